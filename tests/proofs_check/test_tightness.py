"""Every witness that a statement names attains the named term: with 0.999 of it the bound is broken."""

from dataclasses import replace
from functools import cache

import pytest

from bounds import ParameterError, catalog
from proofs_check.tightness import SHRUNK, Attained, attained
from simulators.witnesses.drift import Drift
from simulators.witnesses.library import WITNESSES

PAIRS = [(key, place) for key, theorem in catalog.items() for place in range(len(theorem.tight))]
WITHIN = [(key, *pair) for key, theorem in catalog.items() for pair in theorem.within]


@cache
def pair_and_exact(key, place):
    pair = attained(catalog[key])[place]
    return pair, pair.witness.exact()


def test_every_statement_has_a_witness_that_attains_it():
    assert all(theorem.tight for theorem in catalog.values())


@pytest.mark.parametrize(("key", "name", "factor"), WITHIN)
def test_what_is_not_attained_is_missed_by_no_more_than_the_factor(key, name, factor):
    theorem = catalog[key]
    witness = WITNESSES[name].tightest()
    exact = witness.exact()
    bound = Attained(theorem, next(iter(theorem.terms)), witness).bound()
    assert factor - 0.01 < bound / exact <= factor
    assert bound < theorem.ceiling
    assert all(not Attained(theorem, term, witness).covers(0.7, exact=exact) for term in theorem.terms)


@pytest.mark.parametrize(("key", "place"), PAIRS)
def test_the_bound_covers_its_witness(key, place):
    pair, exact = pair_and_exact(key, place)
    assert pair.covers(exact=exact)


@pytest.mark.parametrize(("key", "place"), PAIRS)
def test_a_thousandth_less_of_the_term_is_broken(key, place):
    pair, exact = pair_and_exact(key, place)
    assert not pair.covers(SHRUNK, exact=exact)


def test_a_term_that_the_statement_does_not_have_is_refused():
    with pytest.raises(ParameterError, match=r"tight of theorem_8 .* one of its terms, got \('FourExperts', 'drift'\)"):
        replace(catalog["theorem_8"], tight=(("FourExperts", "drift"),))


def test_a_witness_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        attained(replace(catalog["theorem_8"], tight=(("FiveExperts", "imitation"),)))


def test_a_term_that_the_witness_does_not_need_is_seen():
    """The drift witness does not decouple, so it does not attain the decoupling term."""
    (pair,) = attained(replace(catalog["theorem_2"], tight=(("Drift", "decoupling"),)))
    assert isinstance(pair.witness, Drift)
    assert pair.covers(SHRUNK)
