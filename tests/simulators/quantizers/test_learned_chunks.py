"""Chunks as vectors, and as splines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.learned_chunks import OnChunks, beast, spline_basis, vq_chunks
from simulators.quantizers.scalar import uniform


def waves(seed: int, N: int = 200, steps: int = 20) -> np.ndarray:
    """Smooth chunks of two dimensions, (N, steps, 2)."""
    rng = np.random.default_rng(seed)
    phase, rate = rng.uniform(0, 6, (N, 1, 2)), rng.uniform(0.5, 2, (N, 1, 2))
    return np.sin(phase + rate * np.linspace(0, 1, steps)[:, None])


def test_the_basis_is_a_partition_of_unity_that_starts_and_ends_at_its_coefficients() -> None:
    for steps, basis, degree in ((20, 10, 3), (5, 5, 4), (7, 1, 0), (50, 12, 1)):
        matrix = spline_basis(steps, basis, degree)
        assert matrix.shape == (steps, basis)
        assert matrix.sum(axis=1) == pytest.approx(1)
        assert (matrix[0, 0], matrix[-1, -1]) == (1.0, 1.0)
        assert np.linalg.matrix_rank(matrix) == basis


def test_polynomials_of_the_degree_are_followed_up_to_the_bins() -> None:
    t = np.linspace(0, 1, 20)[:, None]
    u = np.stack(
        [np.concatenate([a + b * t**3, c * t], axis=1) for a, b, c in np.random.default_rng(0).normal(size=(50, 3))]
    )
    fine = beast(u, bins=10**6)
    assert np.abs(fine.quantize(u) - u).max() < 1e-4
    assert np.abs(beast(u, bins=16).quantize(u) - u).max() > 1e-3


def test_what_a_spline_cannot_follow_no_number_of_bins_removes() -> None:
    u = np.random.default_rng(0).normal(size=(100, 20, 1))
    errors = [np.abs(q.quantize(u) - u).mean() for q in (beast(u, bins=64), beast(u, bins=10**6))]
    assert errors[1] > 0.3
    assert errors[0] == pytest.approx(errors[1], rel=0.05)
    assert beast(u).sup_error is None


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_tokens_are_coefficients_in_bins(seed: int) -> None:
    u, new = waves(seed), waves(seed + 1)
    q = beast(u, bins=32)
    tokens = q.encode(new)
    assert tokens.shape == (200, 10, 2)
    assert q.token_counts(2) == (32,) * 20
    assert (tokens.min() >= 0, tokens.max() < 32) == (True, True)
    solved = np.linalg.lstsq(q.matrix, new[0], rcond=None)[0]
    assert q.coefficients(new[0]) == pytest.approx(solved, abs=1e-9)


def test_vector_quantization_of_chunks_uses_what_steps_have_in_common() -> None:
    u, new = waves(0, steps=5), waves(1, steps=5)
    q = vq_chunks(u, rng=np.random.default_rng(0))
    assert (q.unit, q.steps, q.cells, q.token_counts(2)) == ("chunk", 5, 256, (16, 16))
    assert q.encode(new).shape == (200, 2)
    assert np.abs(q.quantize(new) - new).mean() < 0.15
    assert q.quantize(new).shape == new.shape


def test_bad_input_is_refused() -> None:
    rng = np.random.default_rng(0)
    for call in (lambda: vq_chunks(np.zeros((9, 2)), 3, rng=rng), lambda: beast(np.zeros((9, 19, 2)))):
        with pytest.raises(ShapeError, match="actions must hold chunks"):
            call()
    for arguments, message in (((3, 2, 2), "basis must exceed degree"), ((3, 4, 1), "steps must be at least basis")):
        with pytest.raises(DomainError, match=message):
            spline_basis(*arguments)
    with pytest.raises(ShapeError, match=r"u must have shape \(…, 2, d\)"):
        OnChunks("pairs", uniform(2), 2).encode(np.zeros((3, 1)))
    with pytest.raises(ShapeError, match=r"token must have shape \(…, 10, d\)"):
        beast(waves(0)).decode(np.zeros((9, 2), int))
