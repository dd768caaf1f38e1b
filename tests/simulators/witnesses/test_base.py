from dataclasses import replace
from fractions import Fraction

import pytest

import simulators.witnesses as package
from bounds import SYMBOLS, ParameterError, catalog, evaluate
from proofs_check.comparison import keyword
from proofs_check.tightness import spelled
from simulators.errors import DomainError
from simulators.witnesses.base import KNOWN_LABELS, distance, number, require_rewards
from simulators.witnesses.library import COUNTEREXAMPLES, WITNESSES

EVERY = (*(kind.tightest() for kind in WITNESSES.values()), *COUNTEREXAMPLES.values())


@pytest.mark.parametrize("witness", EVERY, ids=lambda w: type(w).__name__)
def test_every_witness_gives_symbols_of_the_table(witness):
    assert set(witness.values()) <= set(SYMBOLS)


@pytest.mark.parametrize("witness", EVERY, ids=lambda w: type(w).__name__)
def test_witnesses_are_frozen_and_documented_in_the_package(witness):
    with pytest.raises(AttributeError):
        witness.bound_of_something = 1
    assert type(witness).__module__.rsplit(".", 1)[1] in package.__doc__


PAIRS = [(key, *pair) for key, theorem in catalog.items() for pair in theorem.fails_without]


@pytest.mark.parametrize(("key", "name", "lacking"), PAIRS)
def test_a_counterexample_breaks_its_statement(key, name, lacking):
    theorem, example = catalog[key], COUNTEREXAMPLES[name]
    symbols = {name: keyword(name, value) for name, value in {**KNOWN_LABELS, **example.values()}.items()}
    bound = evaluate(theorem, **spelled(theorem, symbols))
    assert example.exact() > bound.total


def test_every_counterexample_is_named_by_a_statement():
    assert {name for _, name, _ in PAIRS} == set(COUNTEREXAMPLES)


def test_an_assumption_that_a_statement_does_not_make_is_refused():
    with pytest.raises(ParameterError, match="fails_without of theorem_2 must pair"):
        replace(catalog["theorem_2"], fails_without=(("IndependentNoise", "shared_noise"),))


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
