"""A tokenizer's line: what the sources of the projects say must come out of the data."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.candidates import build_candidates
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.survey import Survey, survey
from quantbc.audit.tally import Tally
from quantbc.audit.tokenizers import TokenizerReport, compare_statistics, live_dimensions, perplexity
from tests.quantbc.audit.conftest import fed


def look(path: Path, actions: Any, ends: list[int]) -> Survey:
    np.savez(path, actions=actions, episode_ends=ends)
    return survey(open_source(path), memory=10**8, rng=np.random.default_rng(0))


def report(path: Path, found: Survey, name: str, bins: int) -> TokenizerReport:
    (candidate,) = build_candidates(found, [(name, bins)], seed=0).candidates
    unit = np.where(live_dimensions(candidate, found.actions), found.actions.half_range, np.inf)
    counter = Tally(candidate, unit=unit, horizon=10)
    fed([counter], open_source(path).pieces(1000))
    usage = counter.usage()
    assert usage is not None
    return TokenizerReport(candidate, usage, found.actions)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.npz"


@pytest.fixture
def even(path: Path) -> Survey:
    """Actions spread evenly on [−2, 2] and [0, 10]."""
    one = np.linspace(-1, 1, 10_001)
    return look(path, np.stack([2 * one, 5 + 5 * one[::-1]], axis=1), [10_001])


def test_openvla_has_255_cells_and_clips_two_percent(path: Path, even: Survey) -> None:
    line = report(path, even, "openvla_q99", 256)
    row = line.to_dict()
    assert (row["cells"], row["token_values"], row["bits_per_step"]) == (255, [256, 256], 16.0)
    assert row["clipped"] == pytest.approx(0.02, abs=1e-3)
    assert row["sup_bin_error"] == pytest.approx(1 / 255, rel=1e-6)
    assert row["sup_bin_error_raw"] == pytest.approx([0.98 * 2 / 255, 0.98 * 5 / 255], rel=1e-6)
    assert row["sup_error_raw"] == pytest.approx([0.04 + 1.96 / 255, 0.1 + 4.9 / 255], rel=1e-2)
    assert row["zero_action"] == 0.0
    assert any("256 tokens are 255 cells" in text for text in line.warnings())
    assert any("outside the tokenizer's range" in text for text in line.warnings())


def test_rt1_is_biased_by_half_a_cell_and_moves_zero(path: Path, even: Survey) -> None:
    row = report(path, even, "rt1_bounds", 256).to_dict()
    assert row["bias"] == pytest.approx(-1 / 255, rel=1e-2)
    assert row["zero_action"] == pytest.approx(-1 / 255)
    assert row["sup_error"] == pytest.approx(2 / 255, rel=1e-2)


def test_uniform_bins_err_by_half_a_cell_and_a_quarter_on_average(path: Path, even: Survey) -> None:
    line = report(path, even, "uniform", 16)
    row = line.to_dict()
    assert row["sup_error"] == pytest.approx(1 / 16)
    assert row["average_error"] == pytest.approx(1 / 32, rel=1e-2)
    assert row["average_error_raw"] == pytest.approx([2 / 32, 5 / 32], rel=1e-2)
    assert (row["clip_error"], row["clipped"]) == (0.0, 0.0)
    assert row["bin_error"] == pytest.approx(row["average_error"])
    assert line.eps_q == pytest.approx(1 / 16)
    assert row["perplexity"] == pytest.approx([16.0, 16.0], rel=1e-3)
    assert row["dead_codes"] == [0, 0]
    assert line.warnings() == []


def test_even_bins_have_no_zero(path: Path, even: Survey) -> None:
    assert report(path, even, "torchrl_uniform", 256).to_dict()["zero_action"] == pytest.approx(1 / 256)


def test_octo_normal_sends_outliers_to_the_far_end(path: Path) -> None:
    actions = np.random.default_rng(0).normal(size=(5_000, 1))
    actions[17] = 9.0
    found = look(path, actions, [5_000])
    row = report(path, found, "octo_normal", 256).to_dict()
    assert row["sup_error"] > 11
    assert row["clip_error"] < row["bin_error"]


def test_eps_q_counts_what_is_clipped_and_is_unknown_for_codebooks(path: Path, even: Survey) -> None:
    clipped = report(path, even, "openvla_q99", 256)
    assert clipped.eps_q == pytest.approx(0.02 + 0.98 / 255, rel=1e-2)
    assert report(path, even, "kmeans", 8).eps_q is None


def test_a_chunk_tokenizer_says_what_its_errors_are_about(path: Path, even: Survey) -> None:
    line = report(path, even, "fast_openpi", 10)
    row = line.to_dict()
    assert (row["unit"], row["chunk"], row["bits_per_step"], row["dead_codes"]) == ("chunk", 10, None, None)
    assert row["left_over_rows"] == 1
    assert any("chunks of 10 steps" in text for text in line.warnings())
    assert any("fill no whole chunk" in text for text in line.warnings())


def test_codes_that_never_occur_are_counted(path: Path) -> None:
    found = look(path, np.repeat([0.0, 1.0], 50)[:, None], [100])
    line = report(path, found, "uniform", 64)
    assert line.to_dict()["dead_codes"] == [62]
    assert any("62 of 64 token values never occur" in text for text in line.warnings())


def test_step_errors_reach_any_horizon(path: Path, even: Survey) -> None:
    line = report(path, even, "uniform", 4)
    errors = line.step_errors(10)
    assert errors.shape == (10,)
    assert np.isfinite(errors).all()


def test_perplexity_of_one_value_is_one() -> None:
    assert perplexity(np.array([7, 0])) == 1.0


def test_stored_statistics_that_differ_are_named(path: Path, even: Survey) -> None:
    truth = {"min": even.actions.low, "q99": np.quantile([[-2.0, 0.0], [2.0, 10.0]], 0.99, axis=0)}
    entries, warnings = compare_statistics(truth, even)
    assert [entry["statistic"] for entry in entries] == ["min", "q99"]
    assert warnings == []
    _, warnings = compare_statistics({"q99": np.array([1.96, 9.0])}, even)
    assert warnings == ["stored q99 of action dimension 1 is 9, the data give 9.9"]
    _, warnings = compare_statistics({"std": np.array([np.nan, 9.0])}, even)
    assert "dimension 0 is nan" in warnings[0]
    _, warnings = compare_statistics({"mean": np.zeros(3)}, even)
    assert warnings == ["stored mean of the actions has 3 entries, the data have 2"]


def test_a_rare_event_that_a_normalizer_does_not_fit_is_named(path: Path) -> None:
    actions = np.random.default_rng(0).normal(size=(5_000, 3))
    actions[:, 2] = np.arange(5_000) % 125 == 0
    found = look(path, actions, [5_000])
    (text,) = [one for one in report(path, found, "openvla_q99", 256).warnings() if "dimension 2" in one]
    assert text.startswith("openvla_q99 256: dimension 2 changes, but its scale is 0: what lies outside is erased")
    (text,) = [one for one in report(path, found, "fast_openpi", 10).warnings() if "dimension 2" in one]
    assert "normalized values reach 2e+06, more than tokens can stand for" in text
    assert not [one for one in report(path, found, "uniform", 256).warnings() if "dimension 2" in one]


def test_a_constant_column_changes_no_other_number(tmp_path: Path) -> None:
    actions = np.random.default_rng(1).normal(size=(400, 2)).clip(-2, 2)
    padded = np.concatenate([actions, np.full((400, 1), 3.0)], axis=1)
    for name, bins in (("uniform", 16), ("openvla_q99", 16), ("quantile", 8), ("fast_openpi", 10)):
        rows = []
        for file, data in (("a.npz", actions), ("b.npz", padded)):
            path = tmp_path / file
            rows.append(report(path, look(path, data, [200, 400]), name, bins).to_dict())
        for key in ("average_error", "sup_error", "bias", "clipped", "eps_q", "mean_error_norm", "zero_action"):
            alone, beside = rows[0][key], rows[1][key]
            assert (alone is None) == (beside is None)
            assert (alone or 0.0) == pytest.approx(beside or 0.0, rel=1e-12), (name, key)
        for key in ("bits_per_step", "entropy_bits_per_step", "perplexity", "dead_codes", "distinct_actions"):
            assert rows[0][key] == rows[1][key], (name, key)
        assert [entry["kind"] for entry in rows[1]["left_out"]] == ["constant"]


def test_a_rare_event_is_erased_by_clipping_and_named_with_what_is_lost(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    actions = np.stack([rng.uniform(-1, 1, 1000), (np.arange(1000) % 125 == 0).astype(float)], axis=1)
    found = look(tmp_path / "a.npz", actions, [1000])
    line = report(tmp_path / "a.npz", found, "openvla_q99", 256)
    (entry,) = line.left_out()
    assert (entry["dimension"], entry["kind"], entry["effect"]) == (1, "collapsed", "erased")
    assert entry["max_error_raw"] == pytest.approx(1.0, rel=1e-6)
    assert line.to_dict()["average_error"] < 0.01  # the other dimension's
    assert any(
        "dimension 1 changes" in text and "largest error there is 1 in raw units" in text for text in line.warnings()
    )
    assert report(tmp_path / "a.npz", found, "uniform", 256).left_out() == []


def test_notes_name_the_dimension_that_loses_most_by_raw_error(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    gripper = np.where(rng.random(4000) < 0.5, -1.0, 1.0)
    gripper[:36] = 2.0
    actions = np.stack([rng.normal(size=4000).clip(-1, 1), gripper], axis=1)
    found = look(tmp_path / "a.npz", actions, [4000])
    text = next(text for text in report(tmp_path / "a.npz", found, "openvla_q99", 256).warnings() if "most" in text)
    assert "loses most in dimension 1: up to 1.0" in text
