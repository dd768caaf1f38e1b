"""An audit's document as lines of tables and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from quantbc.words import dimension_name, percent

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
        f"{document['data']} ({document['layout']}): {counts['episodes']} episode{'s' * (counts['episodes'] != 1)}, "
        f"{counts['used_rows']} of "
        f"{counts['rows']} rows used, {counts['shortest']} to {counts['longest']} steps per episode, "
        f"{len(document['actions']['low'])} action dimensions"
    )


def label(row: Mapping[str, Any], *, key: str = "name") -> str:
    """Name and size of a row's tokenizer; some have no size.

    >>> label({"name": "uniform", "bins": 8}), label({"name": "own", "bins": None})
    ('uniform 8', 'own')
    """
    return str(row[key]) if row["bins"] is None else f"{row[key]} {row['bins']}"


def verdict_lines(document: dict[str, Any]) -> list[str]:
    """The first screen: `verdict_items` and what breaks, in at most 22 lines of 100 characters."""
    breaks = document["verdict"]["breaks"]
    wrapped = [part for text in verdict_items(document) for part in _wrapped(text)]
    for count, text in enumerate(breaks):
        more = _wrapped(f"breaks  {text}")
        if len(wrapped) + len(more) > _LINES:
            return [*wrapped, f"breaks  {len(breaks) - count} more: --full"]
        wrapped += more
    return wrapped


def verdict_items(document: dict[str, Any]) -> list[str]:
    """What to use, how many bins, why, and what it guarantees, one sentence each; ~ marks estimates."""
    found = document["verdict"]
    about = "~" if "target" in found["estimated"] else ""
    aim = f"{about}{found['target_raw']:.3g} ({found['basis']})"
    error = f"{found['judged']} error {found[found['judged'] + '_error_raw']:.3g} in {found['dimension']}"
    if found["tokenizer"] is None:
        lines = [f"use     none of those compared; {found['closest']} comes closest: {error}, but {aim} is required"]
    else:
        lines = [
            f"use     {found['closest']}: {_cost(document)} per action, {error}",
            f"why     fewest bits of the {len(document['tokenizers'])} compared that stay within {aim}",
        ]
    needed = ["–" if bins is None else str(bins) for bins in found["uniform_bins"]]
    shown = ", ".join(needed[:16]) + ("…" if len(needed) > 16 else "")
    lines.append(f"bins    uniform bins that stay within it, per dimension: {shown}")
    lines += _promise(document)
    if document["fps"]:
        seconds = document["horizon"] / document["fps"]
        lines.append(
            f"time    H = {document['horizon']} steps are {seconds:.3g} s at {document['fps']:g} steps per second"
        )
    return lines + _motion(document)


_LINES, _WIDTH = 21, 100
"""Of the first screen, without the line about the file and the last one."""


def _wrapped(text: str) -> list[str]:
    return wrap(text, _WIDTH, subsequent_indent=" " * 8, break_on_hyphens=False)


def _motion(document: dict[str, Any]) -> list[str]:
    """Idle steps and token frequencies, and the smallest safe chunk."""
    found, names = [f"{percent(document['idle'])} of the steps repeat the previous action"], document["action_names"]
    for row in _chosen(document):
        most = row["commonest_dimension"]
        where = "the tokens" if most is None else dimension_name(names, most)
        found.append(f"the most common token accounts for {percent(row['commonest_token'])} of {where}")
        skipped = {entry["dimension"] for entry in row["left_out"]}
        ends = {i: share for i, share in enumerate(row["boundary_mass"] or ()) if i not in skipped}
        if ends:
            worst = max(ends, key=lambda i: ends[i])
            where = dimension_name(names, worst)
            found.append(f"at most {percent(ends[worst])} lies in a first or last token ({where})")
    lines = [f"data    {'; '.join(found)}"]
    chunk = document["chunk"]
    if chunk is not None and chunk["smallest_safe"] is not None:
        lines.append(f"chunk   ~{chunk['smallest_safe']} steps is the smallest safe length in the estimated loop")
    return lines


def _chosen(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The row of the tokenizer that the verdict names."""
    return [row for row in document["tokenizers"] if label(row) == document["verdict"]["closest"]]


def _cost(document: dict[str, Any]) -> str:
    """Bits and tokens of an action; where token values are unbounded, bits at the tokens' own frequencies."""
    bits = f"{document['verdict']['bits_per_step']:.3g} bits"
    for row in _chosen(document):
        return f"{bits} (entropy)" if row["bits_per_step"] is None else f"{bits} in {row['tokens_per_step']:.3g} tokens"
    return bits


def _promise(document: dict[str, Any]) -> list[str]:
    """The smallest bound for plain cloning with the recommended tokenizer, in a sentence."""
    found = document["verdict"]
    mine = [
        row
        for row in document["bounds"]
        if row["plain"] and (row["tokenizer"], row["bins"]) == (found["tokenizer"], found["bins"])
    ]
    if not mine:
        return []
    least = min(mine, key=lambda row: float(row["total"]))
    parts = "" if least["imitation_included"] else "quantization alone; "
    vacuous = f"vacuous: no better than H = {document['horizon']}" if least["vacuous"] else "rewards in [0, 1]"
    return [f"bound   ~{least['total']:.3g} of {document['horizon']} by {least['theorem']} ({parts}{vacuous})"]


def raw_lines(document: dict[str, Any]) -> list[tuple[str, ...]]:
    """Errors of every tokenizer by dimension, in the units of the file."""
    raw = []
    for row in document["tokenizers"]:
        errors = zip(*(row[f"{name}_raw"] for name in _PARTS), strict=True)
        for dimension, values in enumerate(errors):
            name = dimension_name(document["action_names"], dimension).removeprefix("dimension ")
            raw.append((label(row), name, *(f"{value:.4g}" for value in values)))
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
        f"{min(row['perplexity'], default=0.0):.3g}",
        "–" if dead is None else str(sum(dead)),
        "–" if smooth is None else smooth["verdict"],
    )


def stability_lines(document: dict[str, Any]) -> list[str]:
    """Tokenizers that separate neighbouring states, and how stable the system looks, in sentences."""
    tested = [row for row in document["tokenizers"] if row["smoothness"] is not None]
    lines = [f"{label(row)} {row['smoothness']['sentence']}." for row in tested if _is(row, "worse")]
    if unclear := ", ".join(label(row) for row in tested if _is(row, "unclear")):
        lines.append(
            f"Neighbours unclear for {unclear}: as many of their labels differ after shuffling; states do not predict "
            "actions at the resolution of these tokenizers' errors."
        )
    found = document["stability"]
    if found is None:
        return lines
    return [
        *lines,
        f"Stability (estimated): ‖A^j B‖ ≤ C eta^j with C = {found['C']:.4g} "
        f"[{found['low']['C']:.4g}, {found['high']['C']:.4g}], eta = {found['eta']:.4g} "
        f"[{found['low']['eta']:.4g}, {found['high']['eta']:.4g}]; one-step error "
        f"{percent(found['prediction_error'])} of the change, over {found['transitions']} transitions",
        f"With the expert's feedback (estimated): C = {found['loop_C']:.4g} [{found['low']['loop_C']:.4g}, "
        f"{found['high']['loop_C']:.4g}], eta = {found['loop_eta']:.4g} [{found['low']['loop_eta']:.4g}, "
        f"{found['high']['loop_eta']:.4g}]",
    ]


def _is(row: Mapping[str, Any], verdict: str) -> bool:
    return bool(row["smoothness"]["verdict"] == verdict)


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
        rows.append((label(row, key="tokenizer"), row["theorem"], *terms, total))
    return rows


def _smallest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The smallest bound of a tokenizer for each setting: with a model, and plain cloning of either kind of expert."""
    best: dict[tuple[str, int, str], dict[str, Any]] = {}
    for row in rows:
        key = (row["tokenizer"], row["bins"], _setting(row))
        if key not in best or row["total"] < best[key]["total"]:
            best[key] = row
    return list(best.values())


def _setting(row: Mapping[str, Any]) -> str:
    return str(row["expert"]) if row["plain"] else "with a model"


_TERMS = ("imitation", "decoupling", "drift")


def answer_lines(document: dict[str, Any]) -> list[str]:
    """The answer in sentences: smallest sizes for the target, and assumptions in doubt."""
    lines = []
    for row in _fewest(document["smallest_bins"]):
        answer = f"{row['bins']} uniform bins" if row["bins"] is not None else row["reason"]
        lines.append(f"Regret at most {row['target']:.4g} by {row['theorem']}: {answer}")
    doubts = _doubts(document["assumptions"])
    return lines + [f"{row['assumption']} {row['verdict']}: {row['evidence']}" for row in doubts]


def _fewest(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The statement that asks for the fewest bins in each setting; any of them where none can be met."""
    best: dict[str, dict[str, Any]] = {}
    for row in rows:
        mine = best.setdefault(_setting(row), row)
        if row["bins"] is not None and (mine["bins"] is None or row["bins"] < mine["bins"]):
            best[_setting(row)] = row
    return list(best.values())


def _doubts(entries: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in entries if row["verdict"] != "consistent"]
