"""What a problem file says, the constants computed from it, and how far the assumptions are known to hold."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

import bounds
from quantbc.problem.file import Problem
from quantbc.report.blocks import Block, Fold, Section, Table, Text
from quantbc.report.typeset import symbol

__all__ = ["constants", "entries", "section"]

_OBTAINED: Mapping[str, str] = {
    "log_class_size": "exact: the number of gains in the expert's class",
    "eps_q": "exact: the tokenizer's largest error on its range, all joints together",
    "C": "computed: tightest envelope of the exact gains over the horizon",
    "eta": "computed: tightest envelope of the exact gains over the horizon",
    "L": "exact: the largest of the class",
    "lipschitz": "exact: the largest of the class",
    "L_x": "given: weight of the state in the reward",
    "L_u": "given: weight of the action in the reward",
}
_MET: Mapping[str, str] = {
    "iid_demonstrations": "by construction: episodes are drawn independently",
    "realizable": "checked when the file was read: the expert's gain is in the class",
    "deterministic_expert": "by construction: no std is given",
    "any_expert": "nothing to check",
    "quantized_lipschitz": "computed for every member of the class",
    "tvc": "computed for every member of the class",
    "sup_error": "checked when the file was read: the tokenizer covers the action box",
    "incrementally_stable": "computed: the gains of a linear system are exact",
    "lipschitz_reward": "by construction: the weights of the reward",
}


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
"""Expert, tokenizer, horizon: as they are told in a table."""


def constants(problem: Problem) -> dict[str, list[tuple[str, float]]]:
    """For every symbol the settings and their values; settings that make no difference are not told apart.

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
        for H in problem.horizons:
            for name, value in built.constants(H).items():
                values.setdefault(name, {})[expert.name, quantizer.label, f"H = {H}"] = float(value)
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
    cells = len(problem.experts) * len(problem.quantizers) * len(problem.horizons) * len(problem.demonstrations)
    size = (
        f"Joints: {len(problem.system.A)}; experts: {len(problem.experts)}; tokenizers: {len(problem.quantizers)}; "
        f"settings: {cells}; seeds of each: {len(problem.seeds)}."
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
        rows.append((head, bounds.SYMBOLS[name].meaning, listed, _OBTAINED.get(name, "computed")))
    columns = (("symbol", False), ("meaning", False), ("value", False), ("how obtained", False))
    norm = "the largest joint" if problem.task.norm == "linf" else "Euclidean length"
    return Table(f"Constants of the problem; distances of states and of actions: {norm}", columns, tuple(rows))


def _assumptions(problem: Problem) -> Table:
    found: dict[str, tuple[bounds.Assumption, list[str]]] = {}
    for expert, quantizer in itertools.product(problem.experts, problem.quantizers[:1]):
        theorem = problem.experiment(expert, quantizer).theorem
        for assumption in theorem.assumptions:
            keys = found.setdefault(assumption.name, (assumption, []))[1]
            keys.extend([] if theorem.key in keys else [theorem.key])
    rows = tuple(
        (Markup("<code>{}</code>").format(name), assumption.sentence, _status(assumption), ", ".join(keys))
        for name, (assumption, keys) in found.items()
    )
    columns = (("assumption", False), ("what it says", False), ("here", False), ("of", False))
    return Table("What the bounds assume, and how it is met in this problem", columns, rows)


def _status(assumption: bounds.Assumption) -> str:
    """How an assumption is met; the evaluation itself refuses values that break a requirement."""
    if assumption.requirement is not None:
        return f"checked at every value: {assumption.requirement}"
    return _MET.get(assumption.name, "assumed")
