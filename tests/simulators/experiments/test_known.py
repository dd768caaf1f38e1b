"""A witness is an experiment: compared with everything that applies, it breaks nothing and attains what names it."""

from typing import Any

import numpy as np
import pytest

from bounds import catalog
from proofs_check.comparison import compare
from simulators.errors import DomainError
from simulators.experiments.base import Budget
from simulators.experiments.known import KnownRegret
from simulators.witnesses.library import WITNESSES

RNG = np.random.default_rng(0)
OF_REGRET = [name for name, kind in WITNESSES.items() if kind.holds and "H" in kind.tightest().values()]


@pytest.mark.parametrize("name", OF_REGRET)
def test_it_is_compared_with_every_statement_that_names_it_and_breaks_none(name: str) -> None:
    known = KnownRegret(WITNESSES[name].tightest())
    found = compare(known, known.budget, RNG)
    assert found.measured.regret.exact
    assert found.holds
    compared = {row.statement for row in (*found.rows, *found.floors)}
    named = {key for key, theorem in catalog.items() if name in {witness for witness, _ in theorem.tight}}
    regret = {key for key in named if r"\mathrm{Regret}" in catalog[key].left}
    assert regret <= compared


@pytest.mark.parametrize("name", sorted(set(WITNESSES) - {"RandomHazards"}))
def test_what_holds_of_a_witness_is_an_assumption_of_the_catalog(name: str) -> None:
    assumed = {assumption.name for theorem in catalog.values() for assumption in theorem.assumptions}
    assert set(WITNESSES[name].holds) <= assumed


@pytest.mark.parametrize("name", sorted(set(WITNESSES) - set(OF_REGRET)))
def test_a_witness_of_something_else_than_regret_is_none(name: str) -> None:
    with pytest.raises(DomainError, match="witness must be one of regret"):
        KnownRegret(WITNESSES[name].tightest())


def test_another_horizon_is_another_instance() -> None:
    known = KnownRegret(WITNESSES["Drift"].tightest())
    totals = [known.measure(Budget(H, 5), RNG).regret.mean for H in (3, 6, 12)]
    assert totals == sorted(totals)
    assert totals[-1] == known.witness.exact()


def test_data_that_the_witness_is_not_about_are_refused() -> None:
    known: Any = KnownRegret(WITNESSES["MirroredLabels"].tightest())
    with pytest.raises(DomainError, match="n must be the witness's own 1, got 7"):
        known.measure(Budget(10, 7, delta=known.budget.delta), RNG)
