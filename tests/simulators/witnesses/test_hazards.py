from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.assumptions.smoothness import tv_lipschitz
from simulators.errors import DomainError
from simulators.exact.chain import learner_law, observed_law
from simulators.exact.divergences import exact_total_variation
from simulators.exact.dp import regret
from simulators.witnesses.hazards import AdaptedHazards, RandomHazards
from tests.simulators.master_inequality import average_label_errors

SHARES = st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=10)


@given(st.integers(1, 3), st.integers(0, 4), SHARES)
def test_regret_distance_and_errors_are_those_of_the_finite_system(steps, more, rho):
    witness = RandomHazards(steps + 1 + more, steps, rho)
    system, expert, labels, learner = witness.enumerated()
    observed = observed_law(system, expert, labels)
    assert witness.exact() == regret(system, expert, learner)
    assert witness.total_variation == exact_total_variation(learner_law(observed, learner, labels), observed)
    assert [float(e) for e in average_label_errors(system, expert, labels)] == witness.values()[
        "average_error"
    ].tolist()
    assert tv_lipschitz(system, learner) == (1 - rho) / witness.error


def test_more_than_twice_the_total_variation_is_paid():
    """Two statements that look right: A + B, and 2 A + B, with A = H TV and B the decoupling under the expert."""
    witness = RandomHazards(8, 2, Fraction(1, 4))
    A = 8 * witness.total_variation
    B = sum((8 - h) * (1 - witness.rho) * witness.left(h - 1) for h in (1, 2))
    assert (float(A), round(float(B), 3), float(witness.exact())) == (0.5, 5.766, 6.875)
    assert witness.exact() > 2 * A + B


@given(st.integers(2, 9), SHARES, SHARES)
def test_adapted_hazards_cost_what_they_should(horizon, p, share):
    witness = AdaptedHazards(horizon, p, share * p)
    assert witness.exact() == (horizon - 1) * (1 - p + share * p)
    assert witness.exact() > (horizon - 1) * p * share * p + (horizon - 1) * (1 - p)


@pytest.mark.parametrize("bad", [{"steps": 0}, {"horizon": 2}, {"rho": 1}, {"error": 0}])
def test_bad_parameters_are_refused(bad):
    with pytest.raises(DomainError):
        RandomHazards(**{"horizon": 5, "steps": 2, "rho": Fraction(1, 2)} | bad)
    with pytest.raises(DomainError, match="danger"):
        AdaptedHazards(5, Fraction(1, 2), Fraction(3, 4))
