"""Adding up block by block gives what measuring everything at once gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit import tally as module
from quantbc.audit.candidates import build_candidates
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.rows import Piece
from quantbc.audit.survey import Survey, survey
from quantbc.audit.tally import Tally, Usage
from simulators.quantizers.measure import measure
from tests.quantbc.audit.conftest import fed

NAMES = [("uniform", 8), ("openvla_q99", 16), ("octo_normal", 16), ("rt1", 16), ("fast_openpi", 4), ("kmeans", 5)]


@pytest.fixture
def found(npz_file: Path) -> Survey:
    return survey(open_source(npz_file), memory=10**8, rng=np.random.default_rng(0))


def tallied(found: Survey, name: str, bins: int, rows: int, source: Any) -> tuple[Any, Usage]:
    (candidate,) = build_candidates(found, [(name, bins)], seed=0).candidates
    counter = Tally(candidate, unit=found.actions.half_range, horizon=50)
    fed([counter], source.pieces(rows))
    usage = counter.usage()
    assert usage is not None
    return candidate, usage


@pytest.mark.parametrize(("name", "bins"), NAMES)
@pytest.mark.parametrize("rows", [3, 1000])
def test_blocks_do_not_matter(found: Survey, npz_file: Path, data: Any, name: str, bins: int, rows: int) -> None:
    candidate, usage = tallied(found, name, bins, rows, open_source(npz_file))
    mine = data.actions[1::2] if candidate.held_out else data.actions
    steps = bins if name == "fast_openpi" else 1
    whole = np.concatenate([u[: len(u) // steps * steps] for u in mine])
    actions = whole.reshape(-1, steps, 1) if steps > 1 else whole
    direct = measure(candidate.quantizer, actions)
    for field in ("average_error", "max_error", "bin_error", "bias", "clipped", "zero_action"):
        np.testing.assert_allclose(getattr(usage, field), getattr(direct, field), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(usage.clip_error, direct.clip_error, rtol=1e-9, atol=1e-12)
    codes = candidate.quantizer.quantize(actions)
    assert usage.distinct == len(np.unique(codes.reshape(len(codes), -1), axis=0))
    assert usage.distinct_complete
    assert usage.rows == len(whole)
    assert usage.left_over == sum(len(u) for u in mine) - len(whole)
    assert usage.error == pytest.approx(float(direct.average_error[0] / found.actions.half_range[0]))


def test_errors_are_kept_by_time(found: Survey, npz_file: Path, data: Any) -> None:
    candidate, usage = tallied(found, "uniform", 8, 7, open_source(npz_file))
    error = [np.abs(candidate.quantizer.quantize(u) - u) / found.actions.half_range for u in data.actions]
    for time in (0, 19, 24, 39):
        expected = np.mean([e[time] for e in error if len(e) > time])
        assert usage.step_errors[time] == pytest.approx(expected)
    assert np.isnan(usage.step_errors[40:]).all()


def test_histograms_count_every_token(found: Survey, npz_file: Path, data: Any) -> None:
    candidate, usage = tallied(found, "openvla_q99", 16, 7, open_source(npz_file))
    tokens = candidate.quantizer.encode(np.concatenate(data.actions))
    assert usage.histograms[0].tolist() == np.bincount(tokens[:, 0], minlength=17)[1:].tolist()
    _, chunks = tallied(found, "fast_openpi", 4, 7, open_source(npz_file))
    assert sum(chunks.histograms[0]) == chunks.rows


def test_a_gap_starts_a_new_chunk(found: Survey) -> None:
    (candidate,) = build_candidates(found, [("fast_openpi", 4)], seed=0).candidates
    counter = Tally(candidate, unit=np.ones(1), horizon=9)
    fed([counter], (Piece(0, start, np.zeros((length, 1)), None) for start, length in ((0, 3), (3, 3), (7, 3))))
    usage = counter.usage()
    assert usage is not None
    assert (usage.rows, usage.left_over) == (4, 5)


def test_nothing_to_measure_is_none(found: Survey) -> None:
    (candidate,) = build_candidates(found, [("fast_openpi", 4)], seed=0).candidates
    counter = Tally(candidate, unit=np.ones(1), horizon=9)
    fed([counter], [Piece(0, 0, np.zeros((3, 1)), None)])
    assert counter.usage() is None


def test_counting_stops_and_says_so(found: Survey, npz_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_DISTINCT", 3)
    _, usage = tallied(found, "uniform", 64, 7, open_source(npz_file))
    assert (usage.distinct, usage.distinct_complete) == (3, False)
