"""Statistics of single episodes, stored against recomputed, on folders written by LeRobot v2.1's rules."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.episodes import aggregate
from quantbc.audit.run import Audit, Settings, audit
from quantbc.audit.source import StoredEpisode
from quantbc.errors import ProblemError

Lines = list[dict[str, Any]]


def statistics(u: Any) -> dict[str, Any]:
    found = {"min": u.min(axis=0), "max": u.max(axis=0), "mean": u.mean(axis=0), "std": u.std(axis=0)}
    return {name: value.tolist() for name, value in found.items()} | {"count": [len(u)]}


def lines_of(data: Any) -> Lines:
    """One line an episode, as v2.1 writes them: features by name, vectors as lists, counts as lists of one."""
    return [
        {"episode_index": i, "stats": {"action": statistics(u), "observation.state": statistics(x[:-1])}}
        for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True))
    ]


@pytest.fixture
def audited(writers: dict[str, Any], data: Any, tmp_path: Path) -> Callable[..., Audit]:
    def go(change: Callable[[Lines], object] = lambda lines: None, memory: int = 10**9) -> Audit:
        root = writers["lerobot_v2"](data, tmp_path)
        (root / "meta" / "stats.json").unlink()  # v2.1 has none
        lines = lines_of(data)
        change(lines)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (root / "meta" / "episodes_stats.jsonl").write_text(text)
        return audit(root, Settings(tokenizers=("uniform",), bins=(8,), memory=memory))

    return go


def test_right_statistics_agree_and_pool_to_those_of_all_rows(audited: Callable[..., Audit], data: Any) -> None:
    found = audited()
    compared = found.episode_statistics
    assert compared is not None
    assert (compared.stored, compared.compared, compared.disagreeing) == (len(data.actions), len(data.actions), {})
    assert not any("stored" in text for text in found.warnings)
    assert [entry["statistic"] for entry in found.statistics] == ["min", "max", "mean", "std"]
    for entry in found.statistics:
        assert entry["stored"] == pytest.approx(entry["recomputed"], rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("name", ["min", "max", "mean", "std"])
def test_each_wrong_statistic_is_found_with_its_episode(audited: Callable[..., Audit], name: str) -> None:
    def change(lines: Lines) -> None:
        lines[2]["stats"]["action"][name][0] += 0.3
        lines[4]["stats"]["action"][name][0] += 0.1

    found = audited(change)
    compared = found.episode_statistics
    assert compared is not None
    assert compared.disagreeing == {name: 2}
    said = [text for text in found.warnings if text.startswith(f"stored {name} disagrees")]
    assert len(said) == 1
    assert "in 2 of 6 episodes: worst in episode 2, dimension 0" in said[0]


def test_small_differences_are_none(audited: Callable[..., Audit]) -> None:
    def change(lines: Lines) -> None:
        lines[0]["stats"]["action"]["mean"][0] += 1e-4

    compared = audited(change).episode_statistics
    assert compared is not None
    assert compared.disagreeing == {}


def test_counts_dimensions_and_nan_that_disagree_are_said(audited: Callable[..., Audit]) -> None:
    def change(lines: Lines) -> None:
        lines[0]["stats"]["action"]["count"] = [31]
        lines[1]["stats"]["action"]["mean"] = [0.0, 0.0]
        lines[2]["stats"]["action"]["std"] = [float("nan")]

    found = audited(change)
    compared = found.episode_statistics
    assert compared is not None
    assert compared.disagreeing == {"count": 1, "dimension": 1, "std": 1}
    assert "episode 0 has 31 rows stored, the data have 30" in compared.worst["count"]
    assert "mean of episode 1 has 2 entries, the data have 1" in compared.worst["dimension"]
    json.dumps(found.to_dict(), allow_nan=False)


def test_episodes_on_one_side_only_are_counted(audited: Callable[..., Audit]) -> None:
    def change(lines: Lines) -> None:
        lines[5]["episode_index"] = 99

    found = audited(change)
    assert any("1 episodes have stored statistics and no rows" in text for text in found.warnings)
    assert "1 episodes have no stored statistics" in found.warnings


def test_stored_quantiles_are_compared_where_the_episode_is_in_memory(audited: Callable[..., Audit], data: Any) -> None:
    def change(lines: Lines) -> None:
        for line, u in zip(lines, data.actions, strict=True):
            line["stats"]["action"]["q99"] = np.quantile(u, 0.99, axis=0).tolist()
        lines[3]["stats"]["action"]["q99"] = [9.0]

    compared = audited(change).episode_statistics
    assert compared is not None
    assert (compared.quantiles, compared.disagreeing) == (6, {"q99": 1})


def test_quantiles_of_episodes_that_are_not_held_are_not_guessed(audited: Callable[..., Audit]) -> None:
    def change(lines: Lines) -> None:
        for line in lines:
            line["stats"]["action"]["q99"] = [9.0]

    compared = audited(change, memory=8_000).episode_statistics
    assert compared is not None
    assert 0 < compared.quantiles < 6
    assert compared.disagreeing == {"q99": compared.quantiles}


def test_a_line_that_is_cut_off_is_refused_before_the_data_are_read(
    writers: dict[str, Any], data: Any, tmp_path: Path
) -> None:
    root = writers["lerobot_v2"](data, tmp_path)
    text = "".join(json.dumps(line) + "\n" for line in lines_of(data))
    (root / "meta" / "episodes_stats.jsonl").write_text(text[:-40])
    for file in root.glob("data/*/*000004.parquet"):
        file.write_bytes(b"")
    with pytest.raises(ProblemError, match=r"episodes_stats\.jsonl: line 6 must be a JSON object"):
        audit(root, Settings())


def test_statistics_of_all_rows_are_preferred_where_both_are_stored(
    writers: dict[str, Any], data: Any, tmp_path: Path
) -> None:
    root = writers["lerobot_v2"](data, tmp_path)
    text = "".join(json.dumps(line) + "\n" for line in lines_of(data))
    (root / "meta" / "episodes_stats.jsonl").write_text(text)
    found = audit(root, Settings(tokenizers=("uniform",), bins=(8,)))
    assert "q99" in [entry["statistic"] for entry in found.statistics]
    assert found.episode_statistics is not None


def test_aggregates_are_those_of_the_pooled_rows() -> None:
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(n, 2)) for n in (3, 10, 1)]
    lines = {
        i: StoredEpisode(len(u), {"min": u.min(0), "max": u.max(0), "mean": u.mean(0), "std": u.std(0)})
        for i, u in enumerate(parts)
    }
    pooled, found = np.concatenate(parts), aggregate(lines)
    for name, value in (
        ("min", pooled.min(0)),
        ("max", pooled.max(0)),
        ("mean", pooled.mean(0)),
        ("std", pooled.std(0)),
    ):
        np.testing.assert_allclose(found[name], value)
    assert aggregate({}) == {}
    without = {0: StoredEpisode(None, {"mean": np.zeros(1), "min": np.zeros(1)})}
    assert list(aggregate(without)) == ["min"]
    uneven = {0: StoredEpisode(1, {"min": np.zeros(1)}), 1: StoredEpisode(1, {"min": np.zeros(2)})}
    assert aggregate(uneven) == {}
