"""Estimates from samples are lower bounds, labelled as such, and of a type of their own."""

import numpy as np
import pytest

from simulators.assumptions.estimated import estimate_contraction
from simulators.assumptions.gains import contraction_gains
from simulators.errors import DomainError, ShapeError

A = np.array([[0.5, 0.25], [0.0, 0.75]])
B = np.array([[1.0], [0.5]])


def estimate(norm="linf", pairs=2000, **change):
    rng = np.random.default_rng(5)
    samples = {
        "states": rng.normal(size=(2, 50)),
        "actions": rng.normal(size=(1, 50)),
        "noises": rng.normal(size=(2, 50)),
    }
    samples.update(change)
    return estimate_contraction(lambda x, u, w: A @ x + B @ u + w, pairs=pairs, rng=rng, norm=norm, **samples)


@pytest.mark.parametrize(("norm", "order"), [("linf", np.inf), ("l2", 2)])
def test_estimates_approach_the_truth_from_below(norm, order):
    found = estimate(norm)
    assert found.kind == "estimated"
    truth = np.linalg.norm(A, ord=order)
    assert 0.9 * truth < found.state <= truth * (1 + 1e-9)
    assert found.action == pytest.approx(np.linalg.norm(B, ord=order))
    assert estimate(norm, pairs=3).state <= truth * (1 + 1e-9)


def test_certified_routines_can_tell_an_estimate_from_a_certificate():
    with pytest.raises(TypeError, match="certified"):
        contraction_gains(estimate(), horizon=3)


def test_bad_samples_are_refused():
    with pytest.raises(ShapeError, match="at least two samples"):
        estimate(states=np.ones((2, 1)))
    with pytest.raises(DomainError, match="states must be finite"):
        estimate(states=np.full((2, 5), np.nan))
    with pytest.raises(DomainError, match="pairs must be"):
        estimate(pairs=0)
