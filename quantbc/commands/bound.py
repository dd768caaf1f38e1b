"""`quantbc bound`: evaluate a statement term by term, and compare it with the lower bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bounds
from bounds.comparison import gap
from bounds.deviation import deviation as deviation_of
from bounds.errors import did_you_mean
from bounds.notebook import share, with_numbers
from bounds.quantization import bits, eps_q, vocabulary
from quantbc.advice import advice
from quantbc.commands import options
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line, print_table


def theorem_named(key: str, argument: str = "--theorem") -> bounds.Theorem:
    """Look up a catalog entry; ``argument`` is its name in the error message.

    Raises:
        ProblemError: no such key.
    """
    if key not in bounds.catalog:
        question = did_you_mean(key, bounds.catalog, 3)
        message = f"{argument} must be one of those that `quantbc theorems` lists, got {key!r}"
        raise ProblemError(f"{message}; {question}" if question else message)
    return bounds.catalog[key]


def action_box(flags: dict[str, Any], *, purpose: str) -> dict[str, Any]:
    """The range, dimension and norm of uniform bins.

    Args:
        flags: values of the binning flags.
        purpose: what needs them, for the message.

    Raises:
        ProblemError: the range is not given.
    """
    if flags["low"] is None or flags["high"] is None:
        raise ProblemError(f"{purpose} needs both --low and --high, the action range; got one or neither")
    dimension = 1 if flags["dimension"] is None else flags["dimension"]
    return {"low": flags["low"], "high": flags["high"], "dimension": dimension, "norm": flags["norm"] or "linf"}


def symbols(flags: dict[str, Any], extra: Sequence[str]) -> dict[str, Any]:
    """Values by symbol name, from flags and from NAME=VALUE texts; bins become eps_q, --dimension alone is the symbol.

    Raises:
        ProblemError: bins with eps_q, bins without their range, a range without bins; or a text that is not
            NAME=VALUE, names no symbol, or repeats a flag.

    Example:
        >>> symbols({"H": 5, "bins": 4, "low": 0.0, "high": 1.0, "dimension": None, "norm": None}, ["step_error=0.1"])
        {'H': 5, 'eps_q': 0.125, 'step_error': 0.1}
    """
    binning = {flag.name for flag in options.BINNING}
    values = {name: value for name, value in flags.items() if name not in binning and value is not None}
    if flags["bins"] is not None:
        if "eps_q" in values:
            raise ProblemError(f"give --bins or --eps-q, not both: got {flags['bins']} and {values['eps_q']!r}")
        values["eps_q"] = float(eps_q(flags["bins"], **action_box(flags, purpose=f"--bins {flags['bins']}")))
    else:
        for flag in options.BINNING:
            if flag.name == "dimension" and flags["dimension"] is not None:
                values["dimension"] = flags["dimension"]
            elif flags[flag.name] is not None:
                raise ProblemError(f"{flag.flag} needs --bins, got {flags[flag.name]!r} without it")
    return values | _assignments(extra, values)


def _assignments(texts: Sequence[str], taken: dict[str, Any]) -> dict[str, float]:
    values: dict[str, float] = {}
    for text in texts:
        name, equals, number = text.partition("=")
        if not equals or name not in bounds.SYMBOLS:
            raise ProblemError(f"--set must be NAME=VALUE with NAME one of {', '.join(bounds.SYMBOLS)}, got {text!r}")
        if name in taken or name in values:
            raise ProblemError(f"--set {name} must not repeat a value that was already given, got {text!r}")
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


def _lower(theorem: bounds.Theorem, form: str | None, values: dict[str, Any]) -> dict[str, Any] | None:
    """The matching lower bound and the ratios to it; None if no lower bound applies to these values."""
    try:
        both = gap(theorem, form, **values)
    except (bounds.ParameterError, bounds.AssumptionError):
        return None
    ratios = {name: float(ratio) for name, ratio in both.ratios.items()}
    return {"theorem": both.lower.theorem.key, "total": float(both.lower.total), "ratios": ratios}


def _codes(flags: dict[str, Any]) -> dict[str, Any] | None:
    """The cost of uniform bins in bits and codes."""
    if flags["bins"] is None:
        return None
    dimension = flags["dimension"] or 1
    return {
        "bins": flags["bins"],
        "dimension": dimension,
        "bits": float(bits(flags["bins"], dimension)),
        "vocabulary": vocabulary(flags["bins"], dimension),
    }


def strayed(theorem: bounds.Theorem, form: str | None, values: dict[str, Any]) -> dict[str, Any]:
    """The deviation of the state as plain values."""
    found = deviation_of(theorem, form, **values)
    return {
        "deviation": [{"step": step, "value": float(value)} for step, value in enumerate(found.values, 1)],
        "deviation_sense": found.sense,
        "deviation_probability": found.probability,
    }


def _strayed_in_words(document: dict[str, Any]) -> str:
    steps = document["deviation"]
    shown = [steps[i] for i in sorted({len(steps) // 4, len(steps) // 2, len(steps) - 1})]
    listed = ", ".join("{value:.6g} at step {step}".format(**entry) for entry in shown)
    words = {"surely": "surely", "mean": "in mean", "rms": "in root mean square"}[document["deviation_sense"]]
    return (
        f"State deviation, {words}, where labels agree (probability at least "
        f"{document['deviation_probability']:.6g}): at most {listed}."
    )


def run(
    key: str,
    form: str | None,
    flags: dict[str, Any],
    extra: Sequence[str],
    *,
    deviation: bool = False,
    latex: bool = False,
    json: bool,
) -> None:
    """Evaluate and print.

    Raises:
        ProblemError: a bad key or value, or ``latex`` together with another form of output.
    """
    if latex and (json or deviation):
        raise ProblemError("give --latex without --json and --deviation, got more than one of them")
    theorem = theorem_named(key)
    values = symbols(flags, extra)
    result = bounds.evaluate(theorem, form, **values)
    if latex:
        print_line(with_numbers(result))
        return
    document = as_json(result) | {"lower": _lower(theorem, form, values), "codes": _codes(flags)}
    if deviation:
        document |= strayed(theorem, form, values)
    if json:
        print_json(document)
        return
    rows = [[name, f"{float(term):.6g}", share(result, name)] for name, term in result.terms.items()]
    rows.append(["total", f"{document['total']:.6g}" + ("  (vacuous)" if document["vacuous"] else ""), ""])
    shown = ", ".join(f"{name} = {value:g}" for name, value in document["values"].items())
    columns = [("term", False), (f"{document['sense']} bound", True), ("share", True)]
    print_table(f"{key}, {result.form} form: {shown}", columns, rows)
    print_line(f"{document['advice']}.")
    if deviation:
        print_line(_strayed_in_words(document))
    if document["lower"]:
        print_line(_compared(document["lower"]))
    if document["codes"]:
        print_line(
            "{bins} bins in {dimension} dimension(s): {bits:g} bits, {vocabulary} codes.".format(**document["codes"])
        )
    print_line(f"Source: {document['source']}. Quantity: {result.theorem.quantity}.")


def _compared(lower: dict[str, Any]) -> str:
    ratios = ", ".join(f"{name} {ratio:.3g}x" for name, ratio in lower["ratios"].items())
    return f"Lower bound for the worst instance ({lower['theorem']}): {lower['total']:.6g}. Upper over lower: {ratios}."
