"""Delta actions: relative to a state at the first step of every chunk."""

from pathlib import Path

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.relative import RelativeActions
from quantbc.audit.run import Settings, audit
from quantbc.audit.source import Names
from quantbc.errors import ProblemError


def written(tmp_path: Path, actions: np.ndarray, states: np.ndarray, ends: list[int]) -> Path:
    path = tmp_path / "demo.npz"
    np.savez(path, actions=actions, observations=states, episode_ends=np.array(ends))
    return path


def relative(path: Path, *, steps: int, dims: str | None = None, periodic: tuple[str, ...] = ()) -> RelativeActions:
    reference = open_source(path, None, Names((), ("observations",)))
    return RelativeActions(open_source(path), reference, "observations", dims, steps, periodic)


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_the_first_step_of_a_chunk_counts_wherever_the_file_is_cut(rows: int, tmp_path: Path) -> None:
    states = np.arange(10.0)[:, None] ** 2
    path = written(tmp_path, np.arange(10.0)[:, None] * 10, states, [7, 10])
    found = np.concatenate([piece.actions for piece in relative(path, steps=3).pieces(rows)]).ravel()
    starts = np.array([0, 0, 0, 9, 9, 9, 36, 49, 49, 49])
    assert found.tolist() == (np.arange(10) * 10.0 - starts).tolist()


def test_some_dimensions_and_angles_the_short_way_around(tmp_path: Path) -> None:
    actions, states = np.array([[3.0, 5.0, 1.0]]), np.array([[-3.0, 2.0, 9.0]])
    source = relative(written(tmp_path, actions, states, [1]), steps=1, dims="0-1", periodic=("0",))
    assert next(source.pieces(9)).actions.round(4).tolist() == [[-0.2832, 3.0, 1.0]]
    assert source.stored == {}
    assert any("relative to observations of the same step" in text for text in source.notes)


def test_a_vector_with_more_entries_needs_its_dimensions(tmp_path: Path) -> None:
    path = written(tmp_path, np.zeros((4, 1)), np.zeros((4, 2)), [4])
    with pytest.raises(ProblemError, match=r"vector with at most 1 entries.*observations:0-0"):
        next(relative(path, steps=1).pieces(9))


def test_an_audit_of_deltas_sees_their_range(tmp_path: Path) -> None:
    """A slow drift has a wide range; its deltas have a small one, and finer bins for it."""
    rng = np.random.default_rng(0)
    states = np.linspace(0, 100, 400)[:, None]
    path = written(tmp_path, states + rng.uniform(-0.1, 0.1, (400, 1)), states, [400])
    wide, small = (
        audit(path, Settings(tokenizers=("uniform",), bins=(16,), relative_to=key)) for key in (None, "observations")
    )
    ratio = small.reports[0][0].usage.average_error / wide.reports[0][0].usage.average_error
    assert ratio.item() < 0.01
    with pytest.raises(ProblemError, match="--observation must be one of"):
        audit(path, Settings(relative_to="joints"))
