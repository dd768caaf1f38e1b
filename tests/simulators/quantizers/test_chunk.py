"""FAST's chunk quantizer: the error statements of rounding in an orthonormal basis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import dct, idct

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.chunk import FastDCT
from simulators.quantizers.registry import build

seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None)
@given(seed=seeds, T=st.integers(1, 60), gamma=st.floats(0.5, 50))
def test_errors_respect_their_bounds(seed: int, T: int, gamma: float) -> None:
    q = FastDCT(T, gamma)
    u = np.random.default_rng(seed).uniform(-1, 1, size=(5, T, 3))
    error = q.quantize(u) - u
    assert np.linalg.norm(error, axis=-2).max() <= np.sqrt(T) / (2 * gamma) + 1e-12
    assert np.abs(error).max() <= q.sup_error + 1e-12


@pytest.mark.parametrize(("T", "worst"), [(10, 0.147), (16, 0.184), (50, 0.320)])
def test_the_worst_single_step_is_attained(T: int, worst: float) -> None:
    q = FastDCT(T)
    assert q.sup_error == pytest.approx(worst, abs=5e-4)
    basis = idct(np.eye(T), norm="ortho", axis=0)
    step = np.abs(basis).sum(axis=1).argmax()
    almost_half = 0.5 - 1e-9
    u = idct(np.sign(basis[step]) * almost_half / q.gamma, norm="ortho")[:, None]
    assert np.abs(q.quantize(u) - u)[step].item() == pytest.approx(q.sup_error, rel=1e-6)


@pytest.mark.parametrize(("half", "expected"), [(0.5, 0), (1.5, 2), (2.5, 2), (3.5, 4)])
def test_halves_round_to_even(half: float, expected: int) -> None:
    coefficient = dct(np.ones(4), norm="ortho")[0]
    q = FastDCT(4, gamma=half / coefficient)
    assert q.gamma * coefficient == half
    for sign in (1, -1):
        assert q.encode(np.full((4, 1), sign * 1.0))[0].item() == sign * expected


@settings(deadline=None)
@given(seed=seeds)
def test_codes_are_fixed_points_and_a_step_depends_on_its_whole_chunk(seed: int) -> None:
    q, rng = FastDCT(8), np.random.default_rng(seed)
    tokens = rng.integers(-30, 30, size=(2, 8, 1))
    assert np.array_equal(q.encode(q.decode(tokens)), tokens)
    u = rng.uniform(-1, 1, size=(8, 1))
    changed = u.copy()
    changed[7] += 1.0
    assert q.unit == "chunk"
    assert not np.allclose(q.quantize(u)[0], q.quantize(changed)[0], atol=1e-12)


def test_there_is_no_finite_codebook_and_nothing_is_clipped() -> None:
    q, u = FastDCT(4), np.full((4, 2), 1e6)
    assert (q.codebook, q.cells, q.elementwise, q.name) == (None, None, False, "fast")
    assert np.array_equal(q.project(u), u)
    assert np.abs(q.quantize(u) - u).max() < 1


def test_bad_input_is_refused() -> None:
    q = FastDCT(4)
    with pytest.raises(DomainError, match="steps must be"):
        FastDCT(0)
    with pytest.raises(DomainError, match="gamma must be positive"):
        FastDCT(4, 0.0)
    for call in (lambda: q.encode(np.zeros((3, 1))), lambda: q.decode(np.zeros((3, 1), int))):
        with pytest.raises(ShapeError, match=r"must have shape \(…, 4, d\)"):
            call()
    with pytest.raises(DomainError, match="token must hold integers"):
        q.decode(np.zeros((4, 1)))
    with pytest.raises(DomainError, match="coefficients below"):
        q.encode(np.full((4, 1), 1e300))
    with pytest.raises(DomainError, match="u must be finite"):
        q.encode(np.full((4, 1), np.nan))


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 3))
def test_a_sequence_of_the_wrong_length_becomes_zeros_and_no_other(seed: int, T: int, d: int) -> None:
    q = FastDCT(T, min_token=-30, tokens=61)
    u = np.random.default_rng(seed).normal(size=(T, d))
    sequence = q.encode(u).ravel()
    assert np.array_equal(q.decode_sequence(sequence, d), q.quantize(u))
    for wrong in (sequence[:-1], np.append(sequence, 30), sequence[None], []):
        assert np.array_equal(q.decode_sequence(wrong, d), np.zeros((T, d)))
    with pytest.raises(DomainError, match="token must"):
        q.decode_sequence(sequence + 61, d)


def test_a_least_token_and_a_number_of_tokens_bound_the_vocabulary() -> None:
    q = FastDCT(10, min_token=-20, tokens=41)
    u = np.random.default_rng(0).normal(size=(200, 10, 2))
    tokens, free = q.encode(u), FastDCT(10).encode(u)
    assert (tokens.min(), tokens.max()) == (0, 40)
    assert np.array_equal(tokens, np.clip(free, -20, 20) + 20)
    assert q.token_counts(2) == (41,) * 20
    assert FastDCT(10).token_counts(2) is None
    kept = q.project(u)
    assert np.abs(q.quantize(u) - kept).max() <= q.sup_error + 1e-12
    inside = np.abs(free).max(axis=(1, 2)) < 20
    assert 0 < inside.sum() < len(u)
    assert np.array_equal(kept[inside], u[inside])
    assert FastDCT(10, min_token=-20).encode(u).max() > 40


def test_outliers_are_coded_as_they_are() -> None:
    """openpi does not clip: an error of a chunk step is its scale's, wherever the action lies."""
    rng = np.random.default_rng(0)
    u = rng.normal(0, 0.5, size=(400, 10, 1))
    u[rng.random(u.shape) < 0.005] = 8.0
    q = build("fast_openpi", {"steps": 10}, actions=u)
    assert np.abs(q.quantize(u) - u).max() <= q.sup_errors(1)[0] < 0.3
    assert np.array_equal(q.project(u), u) or np.abs(q.project(u) - u).max() < 1e-12
