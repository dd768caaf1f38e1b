"""One pass: exact counts and moments whatever the block size, and a sample that keeps to its budget."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.rows import Piece, finite_runs
from quantbc.audit.survey import Survey, pieces_of, rows_at_once, survey
from quantbc.errors import ProblemError


@dataclass
class Memory:
    """Episodes held in memory, served in blocks."""

    episodes: list[tuple[Any, Any]]
    layout = "memory"
    path = Path("memory")
    notes = ()

    @property
    def stored(self) -> dict[str, Any]:
        return {}

    @property
    def width(self) -> int:
        return sum(int(a.shape[1]) for a in self.episodes[0] if a is not None)

    def pieces(self, rows: int) -> Iterator[Piece]:
        for number, (u, x) in enumerate(self.episodes):
            for start in range(0, max(len(u), 1), rows):
                part = slice(start, start + rows)
                yield Piece(number, start, u[part], None if x is None else x[part])


def look(episodes: list[tuple[Any, Any]], memory: int = 10**8, seed: int = 0) -> Survey:
    return survey(Memory(episodes), memory=memory, rng=np.random.default_rng(seed))


@settings(deadline=None, max_examples=30)
@given(lengths=st.lists(st.integers(0, 300), min_size=1, max_size=5).filter(any), seed=st.integers(0, 99))
def test_moments_and_counts_are_those_of_the_pooled_rows(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    episodes = [(rng.normal(3.0, 2.0, (n, 2)), rng.normal(-1e3, 1e-2, (n, 3))) for n in lengths]
    found = look(episodes, memory=2000)
    for spread, column in ((found.actions, 0), (found.observations, 1)):
        assert spread is not None
        pooled = np.concatenate([episode[column] for episode in episodes])
        np.testing.assert_allclose(spread.mean, pooled.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(spread.std, pooled.std(axis=0), rtol=1e-7, atol=1e-12)
        np.testing.assert_array_equal([spread.low, spread.high], [pooled.min(axis=0), pooled.max(axis=0)])
    filled = [n for n in lengths if n]
    counts = found.counts
    assert (counts.rows, counts.used_rows, counts.episodes) == (sum(lengths), sum(lengths), len(filled))
    assert counts.empty_episodes == len(lengths) - len(filled)
    assert (counts.shortest, counts.longest, counts.median) == (min(filled), max(filled), np.median(filled))


def test_nothing_is_dropped_silently() -> None:
    u, x = np.arange(12.0).reshape(6, 2), np.zeros((6, 1))
    u[1, 0] = np.nan
    u[2, 1] = np.inf
    x[4, 0] = np.nan
    x[1, 0] = np.nan  # the same row as a bad action: counted once
    counts = look([(u, x)]).counts
    assert (counts.rows, counts.used_rows, counts.bad_actions, counts.bad_observations) == (6, 3, 2, 1)
    assert counts.bad_by_dimension == (1, 1)


def test_stretches_around_bad_rows_are_not_joined() -> None:
    u = np.array([[0.0], [1.0], [np.nan], [3.0]])
    runs = list(finite_runs(Piece(2, 10, u, np.zeros((4, 1)), np.array([9.0]))))
    assert [(run.episode, run.start, len(run), run.following) for run in runs[:1]] == [(2, 10, 2, None)]
    assert (runs[1].start, runs[1].following) == (13, np.array([9.0]))
    assert list(finite_runs(Piece(0, 0, np.zeros((0, 1)), None))) == []


def test_time_that_jumps_is_counted() -> None:
    class Jumping(Memory):
        def pieces(self, rows: int) -> Iterator[Piece]:
            for start in (0, 2, 9):
                yield Piece(0, start, np.zeros((2, 1)), None)

    source = Jumping([(np.zeros((1, 1)), None)])
    assert survey(source, memory=10**6, rng=np.random.default_rng(0)).counts.gaps == 1


def test_a_complete_sample_is_the_data_and_a_partial_one_keeps_to_its_size() -> None:
    episodes = [(np.full((100, 1), float(i)), None) for i in range(200)]
    whole = look(episodes).sample
    assert whole.complete
    np.testing.assert_array_equal(whole.actions, np.concatenate([u for u, _ in episodes]))
    assert whole.observations is None
    np.testing.assert_array_equal(whole.episodes, np.repeat(np.arange(200), 100))
    memory = 64_000  # an eighth of it holds 1000 numbers
    part = look(episodes, memory=memory).sample
    assert not part.complete
    assert 0 < part.rows <= 1000


def test_the_sample_is_uniform_over_the_file() -> None:
    episodes = [(np.full((64, 1), float(i)), None) for i in range(100)]
    means = [look(episodes, memory=64_000, seed=seed).sample.actions.mean() for seed in range(60)]
    # 15 of 100 pieces: the mean of a sample has standard deviation about 6.9, of 60 samples 0.9
    assert abs(np.mean(means) - 49.5) < 4


def test_blocks_fit_the_budget() -> None:
    assert rows_at_once(10**9, 10) * 10 * 8 <= 10**9 / 256
    assert rows_at_once(1, 10) == 64
    source = Memory([(np.zeros((1000, 1)), None)])
    assert max(len(piece) for piece in pieces_of(source, 1)) == 64


@pytest.mark.parametrize(
    ("episodes", "message"),
    [
        ([(np.zeros((0, 1)), None)], "at least one row of finite numbers, got 1 episodes with 0 rows"),
        ([(np.full((2, 1), np.nan), None)], "2 with bad actions"),
        ([(np.zeros((2, 1)), None), (np.zeros((2, 3)), None)], r"episode 1: .* got \(3, None\)"),
        ([(np.zeros((2, 1)), np.zeros((2, 2))), (np.zeros((2, 1)), None)], r"\(1, 2\), got \(1, None\)"),
        ([(np.zeros((2, 0)), None)], "actions must have at least one dimension"),
        ([(np.zeros((2, 1)), np.zeros((2, 0)))], "observations must have at least one dimension"),
    ],
)
def test_data_that_cannot_be_used_are_refused(episodes: list[tuple[Any, Any]], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        look(episodes)


def test_constant_columns_have_unit_scale() -> None:
    found = look([(np.array([[1.0, 5.0], [3.0, 5.0]]), None)]).actions
    assert found.constant == [1]
    assert found.half_range.tolist() == [1.0, 1.0]
    assert found.unit.tolist() == [1.0, 1.0]


def test_memory_stays_within_the_budget(make: Callable[..., Any], tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "large.npz"
    rng = np.random.default_rng(0)
    rows, memory = 60_000, 1_200_000
    np.savez(path, actions=rng.normal(size=(rows, 7)), observations=rng.normal(size=(rows, 20)), episode_ends=[rows])
    assert path.stat().st_size > 10 * memory
    source = open_source(path)
    tracemalloc.start()
    try:
        found = survey(source, memory=memory, rng=np.random.default_rng(0))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < memory
    assert (found.counts.rows, found.sample.complete) == (rows, False)


@pytest.mark.parametrize("largest", [1e101, 1e154, 1e308, -1e308])
@pytest.mark.parametrize("name", ["actions", "observations"])
def test_entries_whose_squares_overflow_are_refused(tmp_path: Path, name: str, largest: float) -> None:
    arrays = {"actions": np.zeros((20, 1)), "observations": np.zeros((20, 1)), "episode_ends": np.array([10, 20])}
    arrays[name][3] = largest
    np.savez(tmp_path / "demo.npz", **arrays)
    with pytest.raises(ProblemError, match=r"actions and observations must be at most 1e\+100 in size, got 1e\+"):
        survey(open_source(tmp_path / "demo.npz"), memory=10**6, rng=np.random.default_rng(0))
