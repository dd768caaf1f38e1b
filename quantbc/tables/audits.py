"""An audit's document as lines of tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = [
    "BOUND_COLUMNS",
    "RAW_COLUMNS",
    "TOKENIZER_COLUMNS",
    "answer_lines",
    "bound_lines",
    "bounds_title",
    "data_line",
    "label",
    "raw_lines",
    "stability_lines",
    "tokenizer_line",
]

TOKENIZER_COLUMNS = (
    ("tokenizer", False),
    ("cells", True),
    ("distinct", True),
    ("sup", True),
    ("average", True),
    ("clip", True),
    ("bin", True),
    ("bias", True),
    ("0 →", True),
    ("bits", True),
    ("perplexity", True),
    ("dead", True),
    ("neighbours", False),
)
"""Columns of the table of tokenizers, and whether each is numeric."""


RAW_COLUMNS = (("tokenizer", False), *((name, True) for name in ("dimension", "sup", "average", "clip", "bin")))
"""The same for errors in raw units, per dimension."""


BOUND_COLUMNS = (
    ("tokenizer", False),
    ("statement", False),
    ("imitation", True),
    ("decoupling", True),
    ("drift", True),
    ("total", True),
)
"""The same for bounds."""


def data_line(document: dict[str, Any]) -> str:
    """What was read, in a sentence."""
    counts = document["counts"]
    return (
        f"{document['data']} ({document['layout']}): {counts['episodes']} episodes, {counts['used_rows']} of "
        f"{counts['rows']} rows used, {counts['shortest']} to {counts['longest']} steps an episode, "
        f"{len(document['actions']['low'])} action dimensions"
    )


def label(row: Mapping[str, Any], *, key: str = "name") -> str:
    """Name and size of a row's tokenizer; some have no size.

    >>> label({"name": "uniform", "bins": 8}), label({"name": "own", "bins": None})
    ('uniform 8', 'own')
    """
    return str(row[key]) if row["bins"] is None else f"{row[key]} {row['bins']}"


def raw_lines(document: dict[str, Any]) -> list[tuple[str, ...]]:
    """Errors of every tokenizer by dimension, in the units of the file."""
    raw = []
    for row in document["tokenizers"]:
        errors = zip(*(row[f"{name}_raw"] for name in _PARTS), strict=True)
        for dimension, values in enumerate(errors):
            raw.append((label(row), str(dimension), *(f"{value:.4g}" for value in values)))
    return raw


_PARTS = ("sup_error", "average_error", "clip_error", "bin_error")


def tokenizer_line(row: dict[str, Any]) -> tuple[str, ...]:
    """A tokenizer as a row of a table."""
    smooth = row["smoothness"]
    dead = row["dead_codes"]
    bits = row["bits_per_step"]
    return (
        label(row) + (" (chunk)" if row["chunk"] else ""),
        "∞" if row["cells"] is None else str(row["cells"]),
        f"{'' if row['distinct_actions_complete'] else '≥'}{row['distinct_actions']}",
        *(f"{row[name]:.3g}" for name in (*_PARTS, "bias", "zero_action")),
        f"{row['entropy_bits_per_step']:.1f}" + ("" if bits is None else f"/{bits:.1f}"),
        f"{min(row['perplexity']):.3g}",
        "–" if dead is None else str(sum(dead)),
        "–" if smooth is None else smooth["verdict"],
    )


def stability_lines(document: dict[str, Any]) -> list[str]:
    """Tokenizers that do not keep neighbours together, and how stable the system looks, in sentences."""
    lines = [
        f"{label(row)} {row['smoothness']['sentence']}."
        for row in document["tokenizers"]
        if row["smoothness"] is not None and row["smoothness"]["verdict"] != "keeps"
    ]
    found = document["stability"]
    if found is None:
        return lines
    return [
        *lines,
        f"Stability (estimated): ‖A^j B‖ ≤ C eta^j with C = {found['C']:.4g} "
        f"[{found['low']['C']:.4g}, {found['high']['C']:.4g}], eta = {found['eta']:.4g} "
        f"[{found['low']['eta']:.4g}, {found['high']['eta']:.4g}]; one-step error "
        f"{100 * found['prediction_error']:.2g} % of the change, over {found['transitions']} transitions",
    ]


def bounds_title(document: dict[str, Any]) -> str:
    """Heading of the table of bounds."""
    constants = document["constants"]
    return f"Smallest bounds on regret, constants estimated: H = {constants['H']}, n = {constants['n']}"


def bound_lines(document: dict[str, Any]) -> list[tuple[str, ...]]:
    """The smallest bounds of every tokenizer by term, as rows of a table."""
    rows = []
    for row in _smallest(document["bounds"]):
        terms = ["–" if row["terms"][name] is None else f"{row['terms'][name]:.4g}" for name in _TERMS]
        total = f"{row['total']:.4g}" + (" vacuous" if row["vacuous"] else "")
        chunk = " (per chunk)" if row["per"] == "chunk" else ""
        rows.append((f"{label(row, key='tokenizer')}{chunk}", row["theorem"], *terms, total))
    return rows


def _smallest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The smallest bound of a tokenizer for each setting: with a model, and plain cloning of either kind of expert."""
    best: dict[tuple[str, int, str], dict[str, Any]] = {}
    for row in rows:
        setting = "with a model" if row["theorem"] == "theorem_7" else row["expert"]
        key = (row["tokenizer"], row["bins"], setting)
        if key not in best or row["total"] < best[key]["total"]:
            best[key] = row
    return list(best.values())


_TERMS = ("imitation", "decoupling", "drift")


def answer_lines(document: dict[str, Any]) -> list[str]:
    """The answer in sentences: smallest sizes for the target, the best tokenizers, assumptions in doubt."""
    lines = []
    for row in document["smallest_bins"]:
        answer = f"{row['bins']} uniform bins" if row["bins"] is not None else row["reason"]
        lines.append(f"Regret at most {row['target']:.4g} by {row['theorem']}: {answer}")
    if document["ranking"]:
        chunk = {"chunk": " (per chunk)", "step": ""}
        best = [f"{label(row, key='tokenizer')}{chunk[row['per']]}" for row in document["ranking"][:3]]
        lines.append(f"Smallest bounds ({document['ranking'][0]['theorem']}): {', '.join(best)}")
    doubts = _doubts(document["assumptions"])
    return lines + [f"{row['assumption']} {row['verdict']}: {row['evidence']}" for row in doubts]


def _doubts(entries: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in entries if row["verdict"] != "consistent"]
