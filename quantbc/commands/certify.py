"""`quantbc certify`: what a trained policy's validation error guarantees about its deployment."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from quantbc.audit.certify import Settings, certify
from quantbc.audit.differences import read_document
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_lines, say_notes


def run(data: Path, predictions: Path, settings: Settings, *, json: bool) -> None:
    """Certify and print."""
    document = certify(data, predictions, settings).to_dict()
    say_notes(document["warnings"])
    if json:
        print_json(document)
        return
    print_lines(lines(document))


def read_certificate(path: Path) -> tuple[Mapping[str, Any], list[str]]:
    """Return the document that ``quantbc certify --json`` wrote, and what `run` prints of it, notes last.

    Raises:
        ProblemError: it is not one.
    """
    document = read_document(path, "--certify", "a certificate", {"trajectories", "error", "statements", "estimated"})
    try:
        return document, [*lines(document), *(f"note: {text}" for text in document["warnings"])]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ProblemError(f"--certify must be the JSON document of a certificate, got {path}: {error!r}") from None


def lines(document: Mapping[str, Any]) -> list[str]:
    """Format a certificate's document as lines of text; ~ marks what rests on estimated constants."""
    about = "~" if document["estimated"] else ""
    H, error = document["horizon"], document["error"]
    certified = f"certified [{error['low']:.4g}, {error['high']:.4g}]"
    text = [
        f"{document['data']}: {document['trajectories']} held-out trajectories of {H} steps",
        f"error      {error['value']:.4g} half-ranges on average, {certified}",
    ]
    for j, share in document["mismatch"].items():
        off = f"have a label more than {j} bins off, certified at most {100 * share['high']:.3g} %"
        text.append(f"labels     {100 * share['value']:.3g} % of trajectories {off}")
    text += [_statement(row, H, about) for row in document["statements"]]
    text += _advice(document)
    if (systematic := document["systematic_deviation"]) is not None:
        text.append(f"systematic ~{max(map(_number, systematic)):.3g} standard deviations from the signed errors alone")
    if (judged := document["tolerance"]) is not None:
        kept = "met" if judged["met"] else "not shown to be met"
        reach = (
            "nothing is known about the state"
            if judged["deviation_raw"] is None
            else (f"the worst entry deviates by at most {about}{judged['deviation_raw']:.4g} ({judged['sense']})")
        )
        text.append(f"tolerance  {judged['tolerance']:g} per state entry is {kept}: {reach}")
    if document["estimated"]:
        text.append(f"estimated  {', '.join(_estimates(document))}")
    return text


def _estimates(document: Mapping[str, Any]) -> Iterator[str]:
    """The estimated constants with their values, as far as a statement uses them."""
    values = {key: value for row in document["statements"] for key, value in row["values"].items()}
    values = {"lipschitz": values.get("coupled_lipschitz")} | values
    for name in document["estimated"]:
        yield name if values.get(name) is None else f"{name} = {values[name]:.4g}"


def _advice(document: Mapping[str, Any]) -> list[str]:
    """What could make a vacuous certificate informative: more trajectories, or anything but that."""
    rows = document["statements"]
    if not rows or not all(row["vacuous"] for row in rows):
        return []
    least = min((_number(row["expected"]) for row in rows if "expected" in row), default=math.inf)
    if least < document["horizon"]:
        return [f"vacuous    more held-out trajectories can help: at the mean error the bound is ~{least:.3g}"]
    return [
        "vacuous    at the mean error as well, so more trajectories do not help: a --tokenizer, known --gain, --decay "
        "and --lipschitz, or a smaller error may"
    ]


def _statement(row: Mapping[str, Any], H: int, about: str) -> str:
    vacuous = " (vacuous)" if row["vacuous"] else ""
    mean = f" (~{_number(row['expected']):.3g} at the mean error)" if "expected" in row else ""
    largest = max(_number(step["value"]) for step in row["deviation"])
    return (
        f"regret     at most {about}{_number(row['regret']):.4g} of {H}{vacuous} by {row['statement']}{mean}; "
        f"state within {about}{largest:.3g} standard deviations ({row['deviation_sense']})"
    )


def _number(value: float | None) -> float:
    """JSON has no infinity: it is null there."""
    return math.inf if value is None else value
