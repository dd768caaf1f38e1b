"""Chunks: the adversary attains the bound, the loop itself stays below, and safe chunks are level."""

import pytest

from figures.chunks import QUICK, Settings, compute

ROWS = compute(Settings(chunks=20, starts=101))


def test_the_adversary_attains_the_bound() -> None:
    for row in ROWS:
        assert row["adversary"] == pytest.approx(row["bound"], rel=1e-10)
        assert row["adversary"] > 0.999 * row["bound"]


def test_the_loop_itself_stays_below() -> None:
    assert all(0 < row["measured"] < row["bound"] for row in ROWS)


def test_from_the_smallest_safe_chunk_on_the_bound_stops_growing() -> None:
    assert {row["smallest_safe"] for row in ROWS} == {7}
    by_length = {row["chunk"]: row["bound"] for row in ROWS}
    assert by_length[1] > 1e6 * by_length[7]
    assert by_length[20] < by_length[7]


def test_progress_counts_lengths() -> None:
    steps: list[int] = []
    compute(QUICK, steps.append)
    assert sum(steps) == QUICK.cells == 9
