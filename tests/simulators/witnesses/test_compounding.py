from fractions import Fraction

import pytest

from bounds import catalog, evaluate
from simulators.errors import DomainError, StabilityError
from simulators.witnesses.compounding import Compounding

STABLE_PLANT = {"eps": Fraction(1, 10**6), "C": Fraction(1, 2), "eta": Fraction(1, 2)}


def test_the_state_follows_its_closed_form():
    witness = Compounding(12, lipschitz=3, **STABLE_PLANT)
    rho = witness.growth
    assert list(witness.states()) == [witness.C * witness.eps * (rho**h - 1) / (rho - 1) for h in range(12)]


def test_a_bound_without_hazards_is_broken_and_ever_more_so():
    excess = []
    for H in (5, 10, 15):
        witness = Compounding(H, lipschitz=3, **STABLE_PLANT)
        bound = evaluate(catalog["theorem_3_deterministic_class"], n=1, class_size=1, **witness.values())
        excess.append(float(witness.exact()) / float(bound.total))
    assert excess[0] > 1
    assert excess[2] / excess[1] > excess[1] / excess[0] > 5


def test_the_binning_corollary_which_allows_for_growth_is_not_broken():
    witness = Compounding(20, lipschitz=3, **STABLE_PLANT)
    values = {name: value for name, value in witness.values().items() if name not in ("L", "k")}
    assert witness.exact() <= evaluate(catalog["binning_lipschitz"], n=1, class_size=1, lipschitz=3.0, **values).total


def test_rewards_saturate_at_zero():
    witness = Compounding(60, lipschitz=3, **STABLE_PLANT)
    assert witness.exact() < 60
    assert witness.exact() - Compounding(59, lipschitz=3, **STABLE_PLANT).exact() == 1


def test_a_contracting_loop_is_refused():
    with pytest.raises(StabilityError, match="must exceed 1"):
        Compounding(3, lipschitz=1, **STABLE_PLANT)
    with pytest.raises(DomainError, match="eps must be above 0"):
        Compounding(3, eps=0, C=1, eta=1, lipschitz=1)
