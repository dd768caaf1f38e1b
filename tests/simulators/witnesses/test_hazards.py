from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.assumptions.smoothness import tv_lipschitz
from simulators.errors import DomainError
from simulators.exact.chain import learner_law, observed_law
from simulators.exact.divergences import exact_total_variation
from simulators.exact.dp import regret
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.witnesses.hazards import AdaptedHazards, RandomHazards
from tests.simulators.master_inequality import average_label_errors

SHARES = st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=10)


def enumerated(witness, far=Fraction(10**6)):
    """The finite system, the expert, the label map and the learner; the first state is a fourth place, −far."""
    zero, one = 0 * witness.rho, 1 + 0 * witness.rho
    places = [zero, witness.error, far, -far]  # c, r, F, start
    following = np.array([[[a] for a in range(3)] for _ in range(4)])
    reward = np.array([[[zero, zero, one]] * 4] * witness.horizon, dtype=object)
    system = FiniteSystem(
        np.array(places, dtype=object), np.array(places[:3], dtype=object), np.array([one], dtype=object),
        following, np.array([zero, zero, zero, one], dtype=object), reward,
    )  # fmt: skip
    m = witness.total_variation
    expert = np.full((witness.horizon, 4, 3), zero, dtype=object)
    expert[:, 0, 0] = expert[:, 2, 2] = one
    for h in range(witness.horizon):
        away = (
            (witness.rho ** (h - 1) - witness.rho**h) / (witness.rho ** (h - 1) - m) if 0 < h < witness.steps else zero
        )
        away = one if h == witness.steps else away
        expert[h, 1, 1:] = [1 - away, away]
        expert[h, 3, 1:] = [1 - m, m]
    learner = np.full((4, 3), zero, dtype=object)
    learner[0, 0] = learner[3, 0] = learner[2, 2] = one
    learner[1, [0, 2]] = [witness.rho, 1 - witness.rho]
    return system, TabularPolicy(expert), LabelMap(np.array([0, 0, 2]), np.array([0, 2])), TabularPolicy(learner)


@given(st.integers(1, 3), st.integers(0, 4), SHARES)
def test_regret_distance_and_errors_are_those_of_the_finite_system(steps, more, rho):
    witness = RandomHazards(steps + 1 + more, steps, rho)
    system, expert, labels, learner = enumerated(witness)
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
