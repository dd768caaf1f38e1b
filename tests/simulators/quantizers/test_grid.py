"""Arithmetic on even grids finds the same cells as a search, at the boundaries and next to them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.quantizers.grid import EvenGrid, even_grid, guide_table


def cells(grid: EvenGrid, values: np.ndarray) -> np.ndarray:
    return grid.position(values) - grid.first


def searched(thresholds: np.ndarray, values: np.ndarray, right: bool) -> np.ndarray:
    return np.searchsorted(thresholds, values, side="left" if right else "right")


def awkward(thresholds: np.ndarray) -> np.ndarray:
    near = [np.nextafter(thresholds, np.inf), np.nextafter(thresholds, -np.inf), thresholds * (1 + 1e-13)]
    tiny = [np.array([0.0, -0.0, 5e-324, -5e-324, 1e-300, -1e-300, 1e308, -1e308])]
    return np.concatenate([thresholds, *near, *tiny])


@settings(deadline=None, max_examples=300)
@given(
    count=st.integers(2, 400),
    low=st.floats(-100, 100),
    length=st.floats(1e-3, 1e3),
    right=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_arithmetic_agrees_with_search(count: int, low: float, length: float, right: bool, seed: int) -> None:
    thresholds = np.linspace(low, low + length, count)
    grid = even_grid(thresholds, right=right)
    values = np.random.default_rng(seed).uniform(low - length, low + 2 * length, size=100)
    if grid is not None:
        for chosen in (values, awkward(thresholds)):
            assert np.array_equal(cells(grid, chosen), searched(thresholds, chosen, right))


@settings(deadline=None)
@given(first=st.integers(-300, 300), count=st.integers(2, 300), power=st.integers(0, 20), right=st.booleans())
def test_binary_grids_are_exact_without_any_search(first: int, count: int, power: int, right: bool) -> None:
    thresholds = (first + np.arange(count)) / 2.0**power
    grid = even_grid(thresholds, right=right)
    assert grid is not None
    assert grid.slack == 0
    values = awkward(thresholds)
    assert np.array_equal(cells(grid, values), searched(thresholds, values, right))


def test_usual_grids_are_recognised() -> None:
    for edges in (np.linspace(-1, 1, 256), np.linspace(-1, 1, 65), np.linspace(0, 1, 11), np.linspace(-0.3, 7, 1001)):
        assert even_grid(edges, right=True) is not None


@pytest.mark.parametrize("thresholds", [[0.0], [], [0.0, 1.0, 2.1], [1e9, 1e9 + 1e-6, 1e9 + 2e-6]])
def test_uneven_or_unresolvable_thresholds_are_left_to_the_search(thresholds: list[float]) -> None:
    assert even_grid(np.array(thresholds), right=True) is None


def test_shapes_are_kept_and_nothing_is_changed() -> None:
    grid = even_grid(np.linspace(-1, 1, 11), right=True)
    assert grid is not None
    values = np.full((2, 3), 0.2)
    assert grid.position(values).shape == (2, 3)
    assert grid.position(np.array(0.2)).shape == ()
    assert grid.position(np.zeros((0, 2))).shape == (0, 2)
    assert np.all(values == 0.2)


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(16, 300),
    power=st.sampled_from([1, 3, 15]),
    right=st.booleans(),
    scale=st.sampled_from([1e-300, 1.0, 1e300]),
)
def test_a_table_finds_what_a_search_finds(seed: int, count: int, power: int, right: bool, scale: float) -> None:
    rng = np.random.default_rng(seed)
    thresholds = np.unique(rng.uniform(-1, 1, count) ** power) * scale
    found = guide_table(np.unique(thresholds), right=right)
    if found is not None:
        edges = found.thresholds
        near = np.concatenate([edges, np.nextafter(edges, np.inf), np.nextafter(edges, -np.inf)])
        u = np.concatenate([near, rng.normal(size=100) * scale, [0.0, 1.7e308, -1.7e308]])
        assert np.array_equal(found.search(u), np.searchsorted(edges, u, side="left" if right else "right"))


def test_no_table_where_none_is_worth_it_or_possible() -> None:
    assert guide_table(np.arange(15.0) ** 2, right=True) is None
    assert guide_table(np.array([-1.7e308, *np.arange(16.0), 1.7e308]), right=True) is None
    assert guide_table(np.arange(20) * 5e-324, right=True) is None
