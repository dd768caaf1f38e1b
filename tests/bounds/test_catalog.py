"""The catalog: every entry is a full description."""

import re
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import sympy
from sympy.parsing import sympy_parser

import bounds
from bounds import Provenance, Sense, catalog
from bounds.terms import Form
from bounds.values import Values


def test_keys_are_keys():
    assert all(theorem.key == key for key, theorem in catalog.items())


@pytest.mark.parametrize("key", catalog)
def test_entries_say_everything(key):
    theorem = catalog[key]
    for text in (theorem.title, theorem.statement, theorem.source, theorem.paper_rate, theorem.quantity):
        assert text
    assert theorem.statement.endswith(".")
    assert theorem.assumptions
    assert all(assumption.name and assumption.sentence for assumption in theorem.assumptions)
    assert len({assumption.name for assumption in theorem.assumptions}) == len(theorem.assumptions)
    assert theorem.terms
    assert theorem.forms
    assert theorem.provenance is Provenance.CITED or "arXiv:2603.20538" in theorem.source


@pytest.mark.parametrize("key", catalog)
def test_upper_bounds_on_regret_have_the_three_terms(key):
    theorem = catalog[key]
    if theorem.sense is Sense.UPPER and theorem.ceiling == "H":
        assert tuple(theorem.terms)[:3] == ("imitation", "decoupling", "drift")
        assert set(theorem.terms) <= {"imitation", "decoupling", "drift", "locality"}


def test_cited_statements_say_so():
    cited = {key for key, theorem in catalog.items() if theorem.provenance is Provenance.CITED}
    assert cited == {"ross_bagnell"}


NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@pytest.mark.parametrize("key", catalog)
def test_names_and_forms_are_of_the_vocabulary(key):
    theorem = catalog[key]
    for name in (theorem.key, *(assumption.name for assumption in theorem.assumptions), *theorem.terms):
        assert NAME.fullmatch(name), name
    assert set(theorem.forms) <= set(get_args(Form))
    assert theorem.forms == tuple(sorted(theorem.forms))  # sharp first
    assert all(isinstance(a.sentence, str) and a.sentence[0] != " " for a in theorem.assumptions)
    assert not set(theorem.increasing) & set(theorem.decreasing)


def inequality(requirement, names):
    """What a reader takes the requirement to say, on arrays."""
    symbols = {name: sympy.Symbol(name, real=True) for name in names}
    rules = (*sympy_parser.standard_transformations, sympy_parser.implicit_multiplication)
    parsed = sympy_parser.parse_expr(requirement, local_dict=symbols, transformations=rules)
    return sympy.lambdify(list(symbols.values()), parsed)


CHECKED = [key for key in catalog if any("<" in (a.requirement or "") for a in catalog[key].assumptions)]


@pytest.mark.parametrize("key", [*CHECKED, "theorem_6", "theorem_9"])
def test_a_requirement_is_checked_as_it_is_written(key):
    """On eighths and on anything, so that both sides of an inequality are equal now and then."""
    theorem, rng = catalog[key], np.random.default_rng(0)
    grids = [rng.integers(0, 17, 20_000) / 8, rng.uniform(0, 2, 20_000)]
    values = {name: rng.permutation(np.concatenate(grids)) for name in theorem.symbols}
    holding = np.ones(40_000, dtype=bool)
    for assumption in theorem.assumptions:
        if assumption.holds is None or not re.search("[<>]", assumption.requirement):
            continue
        with np.errstate(all="ignore"):
            read = inequality(assumption.requirement, theorem.symbols)(*values.values())
            found = assumption.holds(Values(values, {}))
        assert (np.asarray(found)[holding] == read[holding]).all(), assumption.requirement
        assert 0 < np.count_nonzero(read[holding]) < np.count_nonzero(holding)
        holding &= read  # a later requirement may rest on an earlier one


def test_every_description_is_frozen():
    modules = [import_module(f"bounds.{path.stem}") for path in Path(bounds.__file__).parent.glob("[!_]*.py")]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    ours = {kind for kind in classes if is_dataclass(kind) and kind.__module__.startswith("bounds")}
    assert len(ours) > 15
    assert {kind.__name__ for kind in ours if not kind.__dataclass_params__.frozen} == set()
