import importlib
import sys
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings

import bounds
from bounds.catalog import catalog
from proofs_check import strategies as own
from proofs_check.ratios import ratios
from simulators.policies.tabular import push_forward

NEVER_SLOW = settings(deadline=None, max_examples=60)


@settings(deadline=None, max_examples=25)
@given(own.problems())
def test_every_bound_holds_on_exact_finite_systems(problem):
    assert isinstance(problem.regret, Fraction)
    assert max(ratios(problem).values()) <= 1


@NEVER_SLOW
@given(own.problems(deterministic_expert=True))
def test_deterministic_experts_have_deterministic_labels(problem):
    assert push_forward(problem.expert, problem.quantizer).deterministic


def test_a_false_statement_is_broken_by_a_readable_system():
    def broken(problem):
        return abs(problem.regret) > problem.system.horizon * problem.tv

    quickly = settings(max_examples=300, deadline=None, database=None, phases=[Phase.generate])
    found = find(own.problems(max_k=0), lambda p: p.system.horizon <= 2 and broken(p), settings=quickly)
    assert broken(found)


@NEVER_SLOW
@given(own.distributions(3), own.positions(4))
def test_distributions_and_positions_are_exact_and_proper(law, points):
    assert sum(law) == 1
    assert min(law) >= 0
    assert all(isinstance(p, Fraction) for p in points)
    assert all(a < b for a, b in pairwise(points))


@NEVER_SLOW
@given(own.linear_systems())
def test_stable_linear_systems_contract_in_the_largest_norm(system):
    assert np.abs(system.A).sum(axis=1).max() <= 0.875 + 1e-12


@pytest.mark.parametrize("key", ["theorem_2", "theorem_7", "small_gain", "ross_bagnell"])
def test_parameters_fit_their_theorem(key):
    @NEVER_SLOW
    @given(own.parameters(key))
    def total_is_a_number(values):
        assert np.isfinite(bounds.evaluate(catalog[key], **values).total)

    total_is_a_number()


def test_without_hypothesis_the_extra_that_brings_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "proofs_check.strategies")
    with pytest.raises(ModuleNotFoundError, match=r"strategies need an extra: pip install 'quantbc\[proofs\]'"):
        importlib.import_module("proofs_check.strategies")
