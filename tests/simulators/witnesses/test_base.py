from fractions import Fraction

import pytest

import simulators.witnesses as package
from bounds import SYMBOLS, catalog
from simulators.errors import DomainError
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.base import distance, number, require_rewards
from simulators.witnesses.binning_factor import BinningFactor
from simulators.witnesses.compounding import Compounding
from simulators.witnesses.decoupling import Decoupling
from simulators.witnesses.drift import Drift
from simulators.witnesses.first_step_errors import FirstStepErrors
from simulators.witnesses.four_experts import FourExperts
from simulators.witnesses.independent_noise import IndependentNoise
from simulators.witnesses.noisy_trap import NoisyTrapWitness
from simulators.witnesses.rational_twin import RationalTwin
from simulators.witnesses.two_experts import TwoExperts

EVERY = (
    ArctanTrapWitness(0.2, 0.3, 1.0, 0.6, 0.01),
    BinningFactor(5, Fraction(1, 50), Fraction(1, 2), Fraction(1, 2), Fraction(1, 100)),
    Compounding(4, Fraction(1, 100), 1, Fraction(1, 2), 2),
    Decoupling(5, Fraction(1, 100)),
    Drift(5, Fraction(1, 100), Fraction(1, 2), Fraction(1, 2)),
    FirstStepErrors(4, Fraction(1, 8)),
    FourExperts(2, Fraction(1, 8)),
    IndependentNoise(3),
    NoisyTrapWitness(0.2, 0.3, 1.0, 0.1, 0.01, 0.525),
    RationalTwin(Fraction(1, 64)),
    TwoExperts(2, Fraction(1, 8)),
)


@pytest.mark.parametrize("witness", EVERY, ids=lambda w: type(w).__name__)
def test_every_witness_names_a_term_of_a_statement_and_its_symbols(witness):
    assert witness.part in catalog[witness.bound].terms
    assert witness.relation in ("attains", "breaks")
    assert set(witness.values()) <= set(SYMBOLS)


@pytest.mark.parametrize("witness", EVERY, ids=lambda w: type(w).__name__)
def test_witnesses_are_frozen_and_documented_in_the_package(witness):
    with pytest.raises(AttributeError):
        witness.bound_of_something = 1
    assert type(witness).__module__.rsplit(".", 1)[1] in package.__doc__


def test_numbers_keep_their_kind():
    assert number("x", 1, least=0) == Fraction(1)
    assert isinstance(number("x", 1, least=0), Fraction)
    assert isinstance(number("x", 0.5, least=0), float)


@pytest.mark.parametrize("bad", [True, "1", float("nan"), float("inf"), -1, 2, None])
def test_numbers_outside_their_range_are_named(bad):
    with pytest.raises(DomainError, match="eps must be"):
        number("eps", bad, above=Fraction(-1), least=0, below=2, most=1)


def test_rewards_below_zero_are_refused():
    require_rewards(Fraction(0))
    with pytest.raises(DomainError, match="smaller eps"):
        require_rewards(Fraction(-1, 100))


def test_distance_is_symmetric_and_exact():
    assert distance(Fraction(1, 3), Fraction(1, 2)) == distance(Fraction(1, 2), Fraction(1, 3)) == Fraction(1, 6)
