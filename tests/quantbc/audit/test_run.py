"""From file to answer, for every layout and for files with something wrong."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bounds import ParameterError
from quantbc.audit.layouts.detect import LAYOUTS
from quantbc.audit.run import Audit, Settings, audit
from quantbc.errors import ProblemError
from tests.quantbc.audit.limited import EPISODES, LENGTH, limited, written

QUICK = Settings(tokenizers=("uniform", "openvla_q99", "kmeans"), bins=(8,))


def test_every_layout_leads_to_the_same_answer(layout: str, writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    reference = audit(writers["npz"](data, tmp_path / "reference"), QUICK).to_dict()
    found = audit(writers[layout](data, tmp_path), QUICK).to_dict()
    assert (found["layout"], found["counts"]) == (layout, reference["counts"])
    for mine, theirs in zip(found["tokenizers"], reference["tokenizers"], strict=True):
        assert mine["name"] == theirs["name"]
        if mine["name"] != "kmeans":
            assert mine["average_error_raw"] == pytest.approx(theirs["average_error_raw"], rel=1e-4)
    assert found["stability"]["eta"] == pytest.approx(reference["stability"]["eta"], abs=0.03)


def test_the_document_is_plain_and_complete(npz_file: Path) -> None:
    document = audit(npz_file, QUICK).to_dict()
    text = json.dumps(document)
    assert "NaN" not in text
    assert set(document) >= {"tokenizers", "stability", "bounds", "warnings", "ranking", "smallest_bins", "assumptions"}
    row = document["tokenizers"][0]
    wanted = {"name", "bins", "cells", "distinct_actions", "sup_error", "average_error", "clip_error", "bin_error"}
    assert set(row) >= wanted | {"bias", "zero_action", "sup_error_raw", "average_error_raw", "smoothness"}
    assert set(document["stability"]) >= {"C", "eta", "low", "high", "kind"}
    assert document["target"] == document["horizon"] / 10
    assert document["constants"]["n"] == 6


def test_an_audit_repeats_itself_and_tokenizers_do_not_disturb_each_other(npz_file: Path) -> None:
    first, again = (audit(npz_file, QUICK).to_dict() for _ in range(2))
    assert first == again
    alone = audit(npz_file, Settings(tokenizers=("kmeans",), bins=(8,))).to_dict()["tokenizers"][0]
    together = first["tokenizers"][2]
    assert {**alone, "smoothness": None} == {**together, "smoothness": None}
    other = audit(npz_file, Settings(tokenizers=("kmeans",), bins=(8,), seed=1)).to_dict()["tokenizers"][0]
    assert other != alone


def test_a_small_budget_changes_what_is_sampled_only(make: Callable[..., Any], tmp_path: Path) -> None:
    data = make((1500,) * 20)
    states = np.concatenate([x[:-1] for x in data.observations])
    path = tmp_path / "a.npz"
    np.savez(path, actions=np.concatenate(data.actions), observations=states, episode_ends=data.ends)
    settings = {"tokenizers": ("uniform", "rt1_bounds"), "bins": (16,)}
    whole = audit(path, Settings(**settings)).to_dict()
    part = audit(path, Settings(**settings, memory=400_000)).to_dict()
    assert whole["sample"]["complete"]
    assert not part["sample"]["complete"]
    assert any("uniform sample" in text for text in part["warnings"])
    for name in ("sup_error", "average_error", "clip_error", "bias"):
        for mine, theirs in zip(part["tokenizers"], whole["tokenizers"], strict=True):
            assert mine[name] == pytest.approx(theirs[name], abs=1e-12)
    assert part["stability"]["C"] == pytest.approx(whole["stability"]["C"])
    assert part["counts"] == whole["counts"]


@pytest.mark.slow
def test_files_larger_than_the_budget_are_audited_within_it_and_those_that_lie_are_refused(tmp_path: Path) -> None:
    """Every layout in one process under a limit of the operating system. Mutant: a reader that keeps every row."""
    hostile = pytest.importorskip("tests.fuzz.hostile", reason="layouts need quantbc[data]")
    small = {layout: written(layout, tmp_path / f"small {layout}", 1) for layout in LAYOUTS}
    large = {layout: written(layout, tmp_path / f"large {layout}", EPISODES) for layout in small}
    (tmp_path / "lies").mkdir()
    lies = hostile.written(hostile.DEMONSTRATIONS, tmp_path / "lies")
    said = limited(small, large | lies, large["npz"])
    assert said.pop("greedy") is None
    assert {name: said[name] for name in large} == dict.fromkeys(large, [EPISODES * LENGTH] * 2)
    unnamed = {name: said[name] for name, (_, key) in hostile.DEMONSTRATIONS.items() if key not in said[name]}
    assert unnamed == {}


def odd(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Audit:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(400, 2))
    arrays: dict[str, Any] = {
        "actions": 0.4 * states + 0.1 * rng.normal(size=(400, 2)),
        "observations": states,
        "episode_ends": np.array([100, 200, 300, 400]),
    }
    change(arrays)
    path = tmp_path / "odd.npz"
    np.savez(path, **arrays)
    return audit(path, QUICK)


def said(found: Audit, words: str) -> bool:
    return any(words in text for text in found.warnings)


def test_bad_rows_empty_episodes_and_constant_dimensions_are_counted(tmp_path: Path) -> None:
    def change(arrays: dict[str, Any]) -> None:
        arrays["actions"][:, 1] = 3.0
        arrays["actions"][7, 0] = np.nan
        arrays["observations"][9, 0] = np.inf
        arrays["episode_ends"] = np.array([100, 100, 250, 400])

    found = odd(tmp_path, change)
    assert said(found, "1 episodes have no rows")
    assert said(found, "1 rows with NaN or infinite actions and 1 with such observations, of 400, were left out")
    assert said(found, "action dimensions that never change and are excluded: 1")
    assert said(found, "different lengths: 100 to 150")
    assert found.found.counts.used_rows == 398
    assert all(report.usage.rows in (398, 150) for report, _ in found.reports)
    assert all(np.isfinite(row["total"]) for row in found.bounds)


def test_without_observations_there_are_errors_but_no_bounds(tmp_path: Path) -> None:
    found = odd(tmp_path, lambda arrays: arrays.pop("observations"))
    assert (found.stability, found.constants, found.bounds, found.sizes) == (None, None, [], [])
    assert said(found, "no bounds: the gains are unknown because there are no observations")
    assert found.to_dict()["tokenizers"][0]["smoothness"] is None
    told = audit(tmp_path / "odd.npz", Settings(tokenizers=("uniform",), C=1.0, eta=0.5))
    assert told.bounds


def test_constant_actions_only(tmp_path: Path) -> None:
    def change(arrays: dict[str, Any]) -> None:
        arrays["actions"][:] = 1.0

    found = odd(tmp_path, change)
    assert said(found, "kmeans 8 was not built: cells must be at most the number of distinct points, 1")
    assert found.reports[0][0].usage.distinct == 1


def test_chunks_longer_than_every_episode_are_said(tmp_path: Path, npz_file: Path) -> None:
    found = audit(npz_file, Settings(tokenizers=("fast_openpi", "uniform"), bins=(4,), chunk=50))
    assert said(found, "fast_openpi 50 was not measured: no stretch of the data is as long as a chunk")


def test_stored_statistics_are_checked(writers: dict[str, Any], data: Any, tmp_path: Path) -> None:
    found = audit(writers["lerobot_v3"](data, tmp_path), QUICK)
    assert [entry["statistic"] for entry in found.statistics] == ["min", "max", "mean", "std", "q99"]
    assert said(found, "stored q99 of action dimension 0")  # an average of per-episode quantiles


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"horizon": 0}, "--horizon must be at least 1, got 0"),
        ({"demos": -1}, "--demos must be at least 1"),
        ({"memory": 0}, "--memory must be at least 1"),
        ({"target": float("nan")}, "--target must be a finite number >= 0, got nan"),
        ({"C": 1.0}, "--gain and --decay go together"),
        ({"delta": 0.0}, r"delta must be a number in \(0, 1\)"),
        ({"C": -1.0, "eta": 0.5}, "C must be a number >= 0"),
        ({"log_class_size": float("inf")}, "log_class_size must be"),
        ({"seed": -1}, "--seed must be at least 0"),
        ({"tokenizers": ("magic",)}, "--tokenizer must be one of"),
        ({"bins": (0,)}, "--bins must be at least 1"),
    ],
)
def test_settings_out_of_range_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises((ProblemError, ParameterError), match=message):
        Settings(**values)


def test_no_tokenizer_that_fits_is_an_error(npz_file: Path) -> None:
    with pytest.raises(ProblemError, match="at least one tokenizer must fit the data"):
        audit(npz_file, Settings(tokenizers=("kmeans",), bins=(10_000,)))


def test_progress_counts_every_used_row(npz_file: Path, data: Any) -> None:
    seen: list[int] = []

    @contextmanager
    def progress(total: int) -> Iterator[Callable[[int], None]]:
        seen.append(-total)
        yield seen.append

    audit(npz_file, QUICK, progress=progress)
    assert seen[0] == -sum(len(u) for u in data.actions)
    assert sum(seen) == 0
