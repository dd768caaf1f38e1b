"""What a problem file says, the constants computed from it, and how far the assumptions are known to hold."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

import bounds
from proofs_check.comparison import applicable
from proofs_check.comparison import constants as scalars
from quantbc.problem.file import Problem
from quantbc.report.blocks import Block, Fold, Section, Table, Text
from quantbc.report.typeset import symbol
from simulators.experiments.base import Standing


def entries(data: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every key of a parsed TOML document and its value as text.

    Example:
        >>> list(entries({"a": {"b": [1, 2]}, "c": [{"d": True}]}))
        [('a.b', '[1, 2]'), ('c[0].d', 'true')]
    """
    for key, value in data.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping):
            yield from entries(value, f"{name}.")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for index, item in enumerate(value):
                yield from entries(item, f"{name}[{index}].")
        else:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


Key = tuple[str, str, str]
"""Expert, tokenizer and horizon, as labels of a table row."""


def constants(problem: Problem) -> dict[str, list[tuple[str, float]]]:
    """For every symbol the settings and their values; settings that make no difference are merged.

    Example:
        >>> from quantbc.problem.file import load
        >>> from quantbc.report import default_problem
        >>> found = constants(load(default_problem()))
        >>> found["L_x"], [words for words, _ in found["C"]]
        ([('', 1.0)], ['H = 10', 'H = 30', 'H = 100'])
    """
    values: dict[str, dict[Key, float]] = {}
    for expert, quantizer in itertools.product(problem.experts, problem.quantizers):
        built = problem.experiment(expert, quantizer)
        for H in problem.grid.horizons:
            for name, value in scalars(built.symbols(H)).items():
                values.setdefault(name, {})[expert.name, quantizer.label, f"H = {H}"] = value
    return {name: _told_apart(table) for name, table in values.items()}


def _told_apart(table: Mapping[Key, float]) -> list[tuple[str, float]]:
    """The fewest entries that say all of a table."""
    for axes in (axes for count in range(4) for axes in itertools.combinations(range(3), count)):
        groups: dict[str, set[float]] = {}
        for key, value in table.items():
            groups.setdefault(", ".join(key[axis] for axis in axes), set()).add(value)
        if all(len(found) == 1 for found in groups.values()):
            break
    return [(words, found.pop()) for words, found in groups.items()]


def section(problem: Problem, data: Mapping[str, Any]) -> Section:
    """The problem as it was given, and what was computed from it.

    Args:
        problem: the study.
        data: its file, parsed.
    """
    grid = problem.grid
    cells = len(problem.experts) * len(problem.quantizers) * len(grid.horizons) * len(grid.demonstrations)
    size = (
        f"Experts: {len(problem.experts)}; tokenizers: {len(problem.quantizers)}; settings: {cells}; seeds of each: "
        f"{len(grid.seeds)}."
    )
    given = Table("The problem file, key by key", (("key", False), ("value", False)), tuple(entries(data)))
    description = str(data.get("description", ""))
    blocks: list[Block] = [Text(description)] if description else []
    blocks += [Text(size), Fold("Every key of the problem file", (given,))]
    parts = (
        Section("constants", "Constants", (_constants(problem),)),
        Section("assumptions", "Assumptions", (_assumptions(problem),)),
    )
    return Section("problem", "The problem", tuple(blocks), parts)


def _constants(problem: Problem) -> Table:
    rows = []
    for name, found in constants(problem).items():
        lines = [f"{words}: {value:.6g}" if words else f"{value:.6g}" for words, value in found]
        head = Markup("{} <code>{}</code>").format(symbol(name), name)
        listed = Markup("").join(Markup('<span class="entry">{}</span>').format(text) for text in lines)
        rows.append((head, bounds.SYMBOLS[name].meaning, listed))
    columns = (("symbol", False), ("meaning", False), ("value", False))
    norm = "the largest entry" if problem.system.norm == "linf" else "Euclidean length"
    title = f"Constants, computed from the parts of the problem; distances of states and of actions: {norm}"
    return Table(title, columns, tuple(rows))


def _assumptions(problem: Problem) -> Table:
    found: dict[str, tuple[bounds.Assumption, str, list[str]]] = {}
    for expert, quantizer in itertools.product(problem.experts, problem.quantizers[:1]):
        built = problem.experiment(expert, quantizer)
        facts = built.facts()
        for theorem in applicable(facts, built.symbols(problem.grid.horizons[0])):
            for assumption in theorem.assumptions:
                status = _status(assumption, facts)
                keys = found.setdefault(assumption.name, (assumption, status, []))[2]
                keys.extend([] if theorem.key in keys else [theorem.key])
    rows = tuple(
        (Markup("<code>{}</code>").format(name), assumption.sentence, status, ", ".join(keys))
        for name, (assumption, status, keys) in found.items()
    )
    columns = (("assumption", False), ("what it says", False), ("here", False), ("of", False))
    return Table("What the bounds assume, and how far it is known to hold in this problem", columns, rows)


def _status(assumption: bounds.Assumption, facts: Mapping[str, Standing]) -> str:
    """How far an assumption is known to hold; the evaluation itself refuses values that break a requirement."""
    standing = facts.get(assumption.name)
    return f"checked at every value: {assumption.requirement}" if standing is None else standing
