"""The two values by simulation of the loop with its own quantizer, and the moments by their definition."""

from fractions import Fraction

import numpy as np
import pytest

from bounds import catalog, evaluate
from simulators.errors import DomainError
from simulators.quantizers.scalar import uniform
from simulators.witnesses.dithered_edge import DitheredEdge


def test_the_loop_loses_what_it_says():
    found = DitheredEdge(4, Fraction(1, 8), Fraction(1, 16), C=Fraction(2), L_x=Fraction(1, 2), L_u=Fraction(1))
    w, d = float(found.half_width), float(found.spread)
    played = np.random.default_rng(0).uniform(-d, d, (40_000, 4, 1))
    executed = uniform(2, low=-2 * w, high=2 * w).quantize(played)
    error = executed - played
    assert abs(error.mean()) <= 4 * w / np.sqrt(error.size)
    assert np.sqrt((error**2).mean()) == pytest.approx(found.values()["rms_error"], rel=1e-3)

    def paid(actions):
        moved = 2 * np.abs(actions[:, :-1])
        return (np.abs(actions).sum(axis=1) + 0.5 * moved.sum(axis=1)).mean()

    assert paid(executed) - paid(played) == pytest.approx(float(found.exact()), rel=3e-3)


def test_errors_of_one_step_are_not_added_as_numbers():
    """Were the spread left out, the bound would be broken: only the root mean square moves the state."""
    found = DitheredEdge.tightest()
    values = found.values()
    assert float(evaluate(catalog["wasserstein_rms"], **values).total) >= found.exact()
    assert float(evaluate(catalog["wasserstein_rms"], **values | {"rms_error": 0.0}).total) < found.exact()


def test_parameters_are_checked():
    with pytest.raises(DomainError, match="spread must be above 0 and at most 1/8"):
        DitheredEdge(3, Fraction(1, 8), Fraction(1, 4))
    with pytest.raises(DomainError, match="rewards must stay"):
        DitheredEdge(3, Fraction(3, 4), Fraction(1, 4))
