"""Learned quantizers: nearest codes, residual layers, equal mass."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.base import average_error
from simulators.quantizers.learned import PerDimension, ResidualVQ, kmeans, nearest, quantile, residual_vq
from simulators.quantizers.scalar import uniform

seeds = st.integers(0, 2**32 - 1)


def data(seed: int, N: int = 400, d: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(N, d))


@settings(deadline=None)
@given(seed=seeds, N=st.integers(0, 30), cells=st.integers(1, 6))
def test_nearest_is_nearest_and_ties_go_to_the_smallest(seed: int, N: int, cells: int) -> None:
    rng = np.random.default_rng(seed)
    points, codes = rng.integers(-2, 3, size=(N, 2)) * 1.0, rng.integers(-2, 3, size=(cells, 2)) * 1.0
    for point, index in zip(points, nearest(points, codes), strict=True):
        distances = ((codes - point) ** 2).sum(axis=1)
        assert index == np.flatnonzero(distances == distances.min())[0]


@settings(deadline=None)
@given(seed=seeds, layers=st.integers(1, 3), cells=st.integers(1, 5))
def test_residual_layers_are_greedy_and_sum(seed: int, layers: int, cells: int) -> None:
    rng = np.random.default_rng(seed)
    books = tuple(rng.normal(size=(cells, 2)) for _ in range(layers))
    q, u = ResidualVQ("rvq", books), rng.normal(size=(3, 4, 2))
    tokens = q.encode(u)
    assert tokens.shape == (3, 4, layers)
    left = u.copy()
    for layer, book in enumerate(books):
        best = ((left[..., None, :] - book) ** 2).sum(axis=-1).argmin(axis=-1)
        assert np.array_equal(tokens[..., layer], best)
        left = left - book[best]
    assert q.quantize(u) == pytest.approx(u - left)
    sums = [sum(choice) for choice in itertools.product(*books)]
    assert q.cells == len(np.unique(sums, axis=0))
    assert {tuple(np.round(row, 9)) for row in q.quantize(u).reshape(-1, 2)} <= {tuple(np.round(s, 9)) for s in sums}


def test_greedy_layers_need_not_find_the_nearest_sum() -> None:
    q = ResidualVQ("rvq", (np.array([[0.0], [1.0]]), np.array([[0.0], [0.9]])))
    assert q.quantize([[0.8]]).item() == 1.0
    assert np.abs(q.codebook - 0.8).min() == pytest.approx(0.1)


def test_kmeans_codes_are_centroids_and_beat_uniform_bins_on_clustered_data() -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[-0.73, 0.2], [0.11, 0.9], [0.66, -0.4]])
    u = centres[rng.integers(3, size=600)] + 0.01 * rng.normal(size=(600, 2))
    q = kmeans(u, 3, rng=rng)
    tokens = q.encode(u)[:, 0]
    for k in range(3):
        assert q.layers[0][k] == pytest.approx(u[tokens == k].mean(axis=0), abs=1e-3)
    assert average_error(q, u) < average_error(uniform(2), u) / 5
    assert q.sup_error is None
    assert np.array_equal(q.project(u), u)


def test_a_residual_layer_reduces_the_average_error() -> None:
    train, held_out = data(0), data(1)
    one = kmeans(train, 16, rng=np.random.default_rng(0))
    two = residual_vq(train, layers=2, cells=16, rng=np.random.default_rng(0))
    assert two.cells == 256
    assert average_error(two, held_out, norm="l2") < 0.6 * average_error(one, held_out, norm="l2")


def test_large_codebooks_are_not_written_out() -> None:
    book = np.random.default_rng(0).normal(size=(32, 2))
    q = ResidualVQ("rvq", (book, book, book, book))
    assert q.cells is None
    assert q.codebook is None


def test_the_generator_decides_the_codebook() -> None:
    one, two = (residual_vq(data(0), layers=2, cells=8, rng=np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one.layers, two.layers, strict=True))


@settings(deadline=None)
@given(seed=seeds, bins=st.integers(1, 40))
def test_quantile_cells_have_equal_mass(seed: int, bins: int) -> None:
    u = data(seed, N=400, d=2)
    q = quantile(u, bins)
    tokens = q.encode(u)
    for j in range(2):
        counts = np.bincount(tokens[:, j], minlength=bins)
        assert len(counts) == bins
        assert counts.max() - counts.min() <= 1
    assert np.array_equal(q.project(u), u)


@settings(deadline=None)
@given(values=st.lists(st.integers(-3, 3), min_size=1, max_size=40), bins=st.integers(1, 10))
def test_repeated_values_merge_cells_but_every_cell_keeps_data(values: list[int], bins: int) -> None:
    u = np.array(values, dtype=float)[:, None]
    for codes in ("midpoint", "mean"):
        part = quantile(u, bins, codes=codes).parts[0]
        assert 1 <= part.tokens <= min(bins, len(set(values)))
        assert set(part.encode(u).ravel()) == set(range(part.tokens))
    means = quantile(u, bins, codes="mean")
    tokens = means.encode(u).ravel()
    for token in set(tokens):
        assert means.parts[0].decode(token) == pytest.approx(u.ravel()[tokens == token].mean())
    assert np.mean(means.quantize(u) - u) == pytest.approx(0, abs=1e-12)


def test_quantile_bins_are_not_uniform_bins_on_quantiles() -> None:
    u = np.random.default_rng(0).exponential(size=(1000, 1))
    widths = np.diff(quantile(u, 10).parts[0].edges)
    assert widths.max() > 5 * widths.min()


def test_per_dimension_quantizers_act_on_their_own_column() -> None:
    q = PerDimension("mixed", (uniform(2), uniform(4, low=0.0, high=2.0)))
    u = np.array([[0.3, 1.9], [-5.0, 5.0]])
    assert q.quantize(u).tolist() == [[0.5, 1.75], [-0.5, 1.75]]
    assert q.project(u).tolist() == [[0.3, 1.9], [-1.0, 2.0]]
    assert q.sup_errors(2).tolist() == [0.5, 0.25]
    assert (q.sup_error, q.cells, q.codebook, q.elementwise, q.unit) == (0.5, 4, None, False, "step")


def test_bad_input_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(DomainError, match="cells must be at most the number of distinct points, 2, got 3"):
        kmeans([[0.0], [0.0], [1.0]], 3, rng=rng)
    with pytest.raises(DomainError, match="layers must be an integer >= 1"):
        residual_vq(data(0), layers=0, cells=2, rng=rng)
    with pytest.raises(DomainError, match="bins must be an integer >= 1"):
        quantile(data(0), 0)
    with pytest.raises(DomainError, match="codes must be one of"):
        quantile(data(0), 2, codes="median")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="layers must be nonempty"):
        ResidualVQ("rvq", (np.zeros((2, 1)), np.zeros((2, 2))))
    with pytest.raises(ShapeError, match="parts must hold"):
        PerDimension("none", ())
    q = ResidualVQ("rvq", (np.zeros((2, 3)),))
    with pytest.raises(ShapeError, match=r"u must have shape \(…, 3\)"):
        q.encode([[1.0]])
    with pytest.raises(ShapeError, match=r"token must have shape \(…, 1\)"):
        q.decode([[0, 1]])
    with pytest.raises(DomainError, match="token must lie between 0 and 1"):
        q.decode([[2]])
    with pytest.raises(DomainError, match="u must be finite"):
        q.encode([[np.nan, 0.0, 0.0]])
    with pytest.raises(ShapeError, match=r"u must have shape \(…, 1\)"):
        PerDimension("one", (uniform(2),)).encode([[1.0, 2.0]])
