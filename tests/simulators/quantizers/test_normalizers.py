"""Normalizers invert where they do not clip, and errors come back in raw units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.learned import kmeans
from simulators.quantizers.normalizers import (
    GUARD,
    Degenerate,
    Normalized,
    Normalizer,
    bounds,
    openpi_q99,
    openvla_q99,
    zscore,
)
from simulators.quantizers.scalar import openvla, uniform
from simulators.quantizers.statistics import Statistics

seeds = st.integers(0, 2**32 - 1)


def raw_actions(seed: int, N: int = 500) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, 3)) * [0.01, 1.0, 30.0] + [5.0, 0.0, -100.0]


def test_q99_formula() -> None:
    q01, q99, x = np.array([-1.0, 2.0]), np.array([3.0, 2.5]), np.array([[0.3, 2.1], [9.0, -9.0]])
    n = openvla_q99(Statistics({"q01": q01, "q99": q99}))
    a = np.clip(2 * (x - q01) / (q99 - q01 + 1e-8) - 1, -1, 1)
    assert n.forward(x) == pytest.approx(a, abs=1e-12)
    assert n.inverse(a) == pytest.approx((a + 1) / 2 * (q99 - q01 + 1e-8) + q01, rel=1e-12)


def test_unmasked_dimensions_pass_and_constant_ones_become_zero() -> None:
    known = {"q01": [0.0, 0.0, 4.0], "q99": [1.0, 1.0, 4.0], "low": [0.0, 0.0, 4.0], "high": [1.0, 1.0, 4.0]}
    n = openvla_q99(Statistics(known, mask=[True, False, True]))
    assert n.forward([2.0, 2.0, 4.0]).tolist() == [1.0, 2.0, 0.0]
    assert n.forward([0.5, 0.7, 9.0])[2] == 0.0
    assert n.inverse([0.0, 0.7, 0.0]) == pytest.approx([0.5, 0.7, 4.0], abs=1e-7)


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_every_normalizer_inverts_where_nothing_is_clipped(seed: int) -> None:
    u = raw_actions(seed)
    for n in (bounds(Statistics.of(u)), zscore(Statistics.of(u))):
        assert n.inverse(n.forward(u)) == pytest.approx(u, rel=1e-9, abs=1e-9)
    n = openvla_q99(Statistics.of(u))
    kept = np.abs(n.affine(u)) <= 1
    assert n.inverse(n.forward(u))[kept] == pytest.approx(u[kept], rel=1e-9, abs=1e-9)
    assert 0.005 < 1 - kept.mean() < 0.03
    assert np.abs(bounds(Statistics.of(u)).forward(u)).max() == pytest.approx(1)
    z = zscore(Statistics.of(u)).forward(u)
    assert z.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert z.std(axis=0) == pytest.approx(1, abs=1e-5)


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_raw_error_is_the_binners_error_times_half_the_range_plus_the_clip(seed: int) -> None:
    u = raw_actions(seed)
    q01, q99 = np.quantile(u, [0.01, 0.99], axis=0)
    q = Normalized(openvla_q99(Statistics.of(u)), openvla())
    assert q.sup_errors(3) == pytest.approx(openvla().sup_error * (q99 - q01 + GUARD) / 2, rel=1e-12)
    assert q.sup_error == q.sup_errors(3).max()
    clip = np.maximum(u - q99, 0) + np.maximum(q01 - u, 0)
    error = np.abs(q.quantize(u) - u)
    slack = 1e-7 * (1 + np.abs(u))
    assert np.all(np.abs(np.abs(q.project(u) - u) - clip) <= slack)
    assert np.all(error <= q.sup_errors(3) + clip + slack)
    assert np.all(np.abs(q.quantize(u) - q.project(u)) <= q.sup_errors(3) + slack)


def test_clipping_at_q99_gives_the_duplicate_top_token_about_one_percent_of_the_data() -> None:
    u = np.random.default_rng(0).normal(size=(20_000, 1))
    tokens = Normalized(openvla_q99(Statistics.of(u)), openvla()).encode(u)
    assert np.mean(tokens == 256) == pytest.approx(0.01, abs=1e-3)


def test_quantiles_come_from_pooled_data_not_from_averages_over_episodes() -> None:
    rng = np.random.default_rng(0)
    episodes = [rng.normal(loc=m, size=(200, 1)) for m in (-3.0, 0.0, 3.0)]
    pooled_q99 = np.quantile(np.concatenate(episodes), 0.99)
    averaged = np.mean([np.quantile(e, 0.99) for e in episodes])
    top = openvla_q99(Statistics.of(np.concatenate(episodes))).inverse([[1.0]]).item()
    assert top == pytest.approx(pooled_q99, abs=1e-6)
    assert abs(top - averaged) > 1


@settings(deadline=None, max_examples=30)
@given(seed=seeds)
def test_composition_is_normalize_quantize_map_back(seed: int) -> None:
    u = raw_actions(seed)
    n = bounds(Statistics.of(u))
    q = Normalized(n, uniform(7))
    assert q.name == "bounds+uniform"
    assert np.array_equal(q.decode(q.encode(u)), q.quantize(u))
    assert np.array_equal(q.encode(u), uniform(7).encode(n.forward(u)))
    assert (q.cells, q.unit, q.elementwise, q.codebook) == (7, "step", False, None)


def test_a_vector_codebook_is_mapped_to_raw_units() -> None:
    u = raw_actions(0)
    n = zscore(Statistics.of(u))
    q = Normalized(n, kmeans(n.forward(u), 5, rng=np.random.default_rng(0)))
    assert q.codebook.shape == (5, 3)
    assert q.sup_error is None
    assert q.sup_errors(3) is None
    executed = np.unique(q.quantize(u), axis=0)
    assert np.sort(executed, axis=0) == pytest.approx(np.sort(q.codebook, axis=0))


def test_constant_dimensions_survive_every_fit() -> None:
    u = np.stack([np.full(50, 7.0), np.linspace(0, 1, 50)], axis=1)
    for rule in (openvla_q99, openpi_q99, bounds, zscore):
        n = rule(Statistics.of(u))
        assert np.isfinite(n.forward(u)).all()
        assert Normalized(n, openvla()).quantize(u)[:, 0] == pytest.approx(7.0, abs=1e-7)


RARE = np.zeros((1000, 4))
RARE[:, 0] = np.linspace(-1, 1, 1000)
RARE[:8, 1] = 1.0  # q01 = q99, and yet it changes
RARE[:, 2] = np.linspace(-1e-3, 1e-3, 1000)
RARE[:8, 2] = 1.0


def kinds(n: Normalizer) -> list[tuple[int, str, str]]:
    return [(one.dimension, one.kind, one.effect) for one in n.degenerate]


def test_what_a_normalizer_does_to_dimensions_that_it_does_not_fit_is_said() -> None:
    s = Statistics.of(RARE)
    assert kinds(openvla_q99(s)) == [(1, "collapsed", "erased"), (2, "narrow", "erased"), (3, "constant", "none")]
    assert kinds(openpi_q99(s)) == [(1, "collapsed", "explodes"), (2, "narrow", "explodes"), (3, "constant", "none")]
    assert kinds(bounds(s)) == [(3, "constant", "none")]
    assert openpi_q99(s).degenerate[0] == Degenerate(1, "collapsed", "explodes", pytest.approx(2e6))
    assert kinds(openvla_q99(Statistics.of(RARE, mask=[True, False, True, True]))) == [
        (2, "narrow", "erased"),
        (3, "constant", "none"),
    ]


def test_an_erased_event_is_an_error_of_its_whole_size_and_an_exploding_one_survives_as_a_huge_value() -> None:
    s = Statistics.of(RARE)
    erased = Normalized(openvla_q99(s), openvla()).quantize(RARE)
    assert np.abs(erased - RARE)[:8, 1:3].min() > 0.99
    assert np.abs(erased - RARE)[8:, :2].max() < 0.03
    assert openpi_q99(s).forward(RARE)[0, 1] > 1e6


def test_a_constant_dimension_costs_nothing_and_changes_no_other() -> None:
    rng = np.random.default_rng(0)
    u = rng.normal(size=(400, 2))
    more = np.concatenate([u, np.full((400, 1), 0.3)], axis=1)
    for rule, slack in ((bounds, 0.0), (openvla_q99, 1e-8)):
        with_it, without = (Normalized(rule(Statistics.of(data)), uniform(16)) for data in (more, u))
        assert np.array_equal(with_it.quantize(more)[:, :2], without.quantize(u))
        assert np.abs(with_it.quantize(more)[:, 2] - 0.3).max() <= slack
        assert with_it.sup_errors(3).tolist() == [*without.sup_errors(2), 0.0]


def test_bad_input_is_refused() -> None:
    with pytest.raises(DomainError, match="q99 must be at least q01"):
        openvla_q99(Statistics({"q01": [1.0], "q99": [0.0]}))
    with pytest.raises(DomainError, match="scale must be positive"):
        Normalizer("x", [0.0], [0.0], [False], [False])
    with pytest.raises(ShapeError, match="clips must have shape"):
        Normalizer("x", [0.0], [1.0], [False, True], [False])
    with pytest.raises(ShapeError, match=r"x must have shape \(…, 1\)"):
        openvla_q99(Statistics({"q01": [0.0], "q99": [1.0]})).forward([1.0, 2.0])
    with pytest.raises(DomainError, match="x must be finite"):
        openvla_q99(Statistics({"q01": [0.0], "q99": [1.0]})).forward([np.nan])
    with pytest.raises(DomainError, match="high − low must be finite"):
        bounds(Statistics({"low": [-1e308], "high": [1e308]}))
