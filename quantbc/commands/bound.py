"""`quantbc bound`: one statement at given values, by term."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bounds
from quantbc.advice import advice
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line, print_table

__all__ = ["run"]


def theorem_named(key: str, argument: str = "--theorem") -> bounds.Theorem:
    """The catalog's entry; ``argument`` is what the message calls it.

    Raises:
        ProblemError: no such key.
    """
    if key not in bounds.catalog:
        raise ProblemError(f"{argument} must be one of {', '.join(bounds.catalog)}, got {key!r}")
    return bounds.catalog[key]


def quantization(
    *,
    bins: int | None,
    low: float | None,
    high: float | None,
    dimension: int | None,
    norm: str | None,
    eps_q: float | None,
) -> float | None:
    """eps_q from --eps-q or from --bins and its companions.

    Raises:
        ProblemError: both, or bins without their range, or companions without bins.
    """
    companions = {"--low": low, "--high": high, "--dimension": dimension, "--norm": norm}
    given = [flag for flag, value in companions.items() if value is not None]
    if bins is None:
        if given:
            raise ProblemError(f"{given[0]} needs --bins, got {companions[given[0]]!r} without it")
        return eps_q
    if eps_q is not None:
        raise ProblemError(f"give --bins or --eps-q, not both: got {bins} and {eps_q:g}")
    if low is None or high is None:
        raise ProblemError(f"--bins needs --low and --high, the range of an action, got --bins {bins} alone")
    return bounds.eps_q(bins, low=low, high=high, dimension=dimension or 1, norm=norm or "linf")


def symbols(options: dict[str, Any], extra: Sequence[str]) -> dict[str, Any]:
    """Values by symbol name, from options and from NAME=VALUE texts.

    Raises:
        ProblemError: a text is not NAME=VALUE, names no symbol, or repeats an option.

    Example:
        >>> symbols({"H": 5, "n": None}, ["step_error=0.1"])
        {'H': 5, 'step_error': 0.1}
    """
    values = {name: value for name, value in options.items() if value is not None}
    for text in extra:
        name, equals, number = text.partition("=")
        if not equals or name not in bounds.SYMBOLS:
            raise ProblemError(f"--set must be NAME=VALUE with NAME one of {', '.join(bounds.SYMBOLS)}, got {text!r}")
        if name in values:
            raise ProblemError(f"--set {name} repeats a value that was already given, got {text!r}")
        try:
            values[name] = float(number)
        except ValueError:
            raise ProblemError(f"--set {name} must be a number, got {number!r}") from None
    return values


def as_json(result: bounds.Evaluation) -> dict[str, Any]:
    """A scalar evaluation as plain values."""
    return {
        "theorem": result.theorem.key,
        "form": result.form,
        "sense": result.theorem.sense.value,
        "total": float(result.total),
        "capped": float(result.capped),
        "vacuous": bool(result.vacuous),
        "overflow": bool(result.overflow),
        "terms": {name: float(term) for name, term in result.terms.items()},
        "values": {name: float(value) for name, value in result.values.arrays.items()},
        "assumptions": [assumption.sentence for assumption in result.theorem.assumptions],
        "source": result.theorem.source,
        "advice": advice(result),
    }


def run(key: str, form: str | None, values: dict[str, Any], *, json: bool) -> None:
    """Evaluate and print."""
    result = bounds.evaluate(theorem_named(key), form, **values)
    document = as_json(result)
    if json:
        print_json(document)
        return
    rows = [[name, f"{term:.6g}"] for name, term in document["terms"].items()]
    rows.append(["total", f"{document['total']:.6g}" + ("  (vacuous)" if document["vacuous"] else "")])
    shown = ", ".join(f"{name} = {value:g}" for name, value in document["values"].items())
    print_table(
        f"{key}, {result.form} form, {document['sense']} bound: {shown}", [("term", False), ("value", True)], rows
    )
    print_line(f"{document['advice']}.")
    print_line(f"Source: {document['source']}. Quantity: {result.theorem.quantity}.")
