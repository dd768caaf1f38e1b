"""The ladder of a study: how much each kind of knowledge tightens the bound, down to the measurement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from figures.ladder import levels
from figures.tables import Row, distinguishable
from proofs_check.ladder import RUNGS

LADDER_COLUMNS = (
    ("rung", False),
    ("settings", True),
    ("total", True),
    ("of H", True),
    ("of measured", True),
    ("factor", True),
    ("requires", False),
)
"""Columns of the ladder's table, and whether each is numeric."""

_PRICES = {
    "gains": "of constants instead of individual gains",
    "loop": "of ignoring how the policy responds to a displacement",
    "variance": "of ignoring range and standard deviation of the return",
    "certificate": "of not looking at the data",
    "rollout": "of a closed form instead of roll-outs",
    "measured": "of not knowing which expert it was",
}


def ladders(rows: Sequence[Row]) -> Iterator[tuple[str, str, list[tuple[str, ...]], str]]:
    """For each expert, its name, the title and rows of a table of medians over its cells, and a summary in words.

    Args:
        rows: finished cells with their ladders; others are passed over.
    """
    known = [row for row in rows if len(row.get("ladder", ())) > 1]
    for expert in dict.fromkeys(row["expert"] for row in known):
        mine = [row for row in known if row["expert"] == expert]
        over = f"medians over {len(mine)} settings (worst seed of each)" if len(mine) > 1 else "one cell"
        title = f"{expert} expert: from bound to measurement, {over}"
        yield expert, title, list(_lines(mine)), summary(mine)


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for rung in RUNGS:
        found = [(row, step) for row in rows for step in row["ladder"] if step["rung"] == rung]
        if not found:
            yield rung, "0", "", "", "", "", f"absent: {_why(rows, rung)}"
            continue
        ratios = [step["value"] / row["regret"] for row, step in found if distinguishable(row)]
        factors = [step["factor"] for row, step in found if step["factor"] and _counts(row, rung)]
        needs = Counter(need for _, step in found for need in step["needs"])
        missing = f"; not on {len(rows) - len(found)}: {_why(rows, rung)}" if len(found) < len(rows) else ""
        yield (
            rung,
            str(len(found)),
            f"{median(step['value'] for _, step in found):.4g}",
            f"{median(step['value'] / row['H'] for row, step in found):.3f}",
            f"{median(ratios):.3g}" if ratios else "",
            f"{median(factors):.3g} x" if factors else "",
            (", ".join(name for name, count in needs.items() if 2 * count >= len(found)) or "the same") + missing
            if rung != "measured"
            else "",
        )


def _counts(row: Row, rung: str) -> bool:
    """Whether the last step has a factor: only where the measurement is known to be positive."""
    return rung != "measured" or distinguishable(row)


def _why(rows: Sequence[Row], rung: str) -> str:
    """The most common reason; numbers, which differ between cells, are left out."""
    reasons = Counter(
        f"{note.split(' allows ')[0]} allows more than a rung above" if " allows " in note else note
        for row in rows
        if all(step["rung"] != rung for step in row["ladder"])
        for note in [str(row["ladder_notes"].get(rung, "not computed"))]
    )
    return reasons.most_common(1)[0][0]


def summary(rows: Sequence[Row]) -> str:
    """The ladder in words: geometric-mean factors over cells with distinguishable regret; the rest in units of H.

    >>> steps = [("catalog", 8.0), ("certificate", 2.0), ("measured", 1.0)]
    >>> ladder = [{"rung": rung, "value": value} for rung, value in steps]
    >>> rungs = {"rungs": dict(steps)}
    >>> print(summary([{"ladder": ladder, **rungs, "low": 0.9, "high": 1.1, "regret": 1.0, "H": 10}]).split(". ")[1])
    Of the factor 8, 4 is the price of not looking at the data; 2 is the price of not knowing which expert it was.
    """
    clear = [row for row in rows if distinguishable(row)]
    dim = [row for row in rows if not distinguishable(row)]
    words = [_factored(clear, len(rows))] if clear else []
    if dim:
        first, last = (median(row["ladder"][i]["value"] / row["H"] for row in dim) for i in (0, -2))
        least = dim[0]["ladder"][-2]["rung"]
        where = f"On {len(dim)} of {len(rows)} settings the regret is negative or not distinguishable from zero"
        words.append(
            f"{where}; in units of H, the first bound there is {first:.3g} H, the last ({least}) {last:.2g} H."
        )
    return " ".join(words)


def _factored(rows: Sequence[Row], settings: int) -> str:
    stands = levels(rows)
    values = list(stands.values())
    total = f"{values[0] / values[-1]:.3g}"
    falls = {rung: above / stands[rung] for above, rung in zip(values, list(stands)[1:], strict=False)}
    parts = [f"{fall:.3g} is the price {_PRICES[rung]}" for rung, fall in falls.items()]
    return (
        f"On {len(rows)} of {settings} settings the regret is distinguishable from zero, and the first bound is "
        f"{total} times as large. "
        f"Of the factor {total}, {'; '.join(parts)}."
    )
