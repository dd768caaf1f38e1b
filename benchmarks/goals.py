"""How far bounds are from what happens, against the goals: one table from the cells of finished studies.

`python -m benchmarks.goals A.json B.json` reads what `quantbc simulate --json` or `quantbc results --json` printed, and
prints the table of docs/goals.md. Exit status 0: a goal that is missed is shown, not judged.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt

import bounds
from bounds.deviation import deviation
from bounds.gains import GainSequence
from figures.tables import Row, distinguishable, groups, rung
from quantbc.output import print_line

Floats = npt.NDArray[np.float64]
Line = tuple[str, str, str, str, str, str]
"""Study, quantity, settings that it is a median over, value, goal, whether it is met."""

_COARSE = (16, 64)


def _line(study: str, what: str, values: Sequence[float], goal: float) -> Iterator[Line]:
    if values:
        found = median(values)
        yield study, what, str(len(values)), f"{found:.3g}", f"≤ {goal:g}", "met" if found <= goal else "missed"


def _over(rows: Iterable[Row], name: str, unit: str) -> list[float]:
    """Values on a rung over the measured regret, where that is told from 0, or over H."""
    known = [(value, row) for row in rows if (value := rung(row, name)) is not None]
    if unit == "H":
        return [value / row["H"] for value, row in known]
    return [value / row["regret"] for value, row in known if distinguishable(row)]


def lines(rows: Sequence[Row]) -> Iterator[Line]:
    """The goals on the cells of studies, by expert: measured regret is the unit of one without noise, H of the other.

    >>> row = {"study": "arm", "expert": "e", "cells": 16, "H": 10, "regret": 1.0, "low": 0.9, "constants": {}}
    >>> [line[1:4] for line in lines([row | {"rungs": {"certificate": 2.0}}])][0]
    ('e: certificate ÷ measured', '1', '2')
    """
    for (study, expert), mine in groups(rows, "study", "expert").items():
        if any("L" in row["constants"] for row in mine):  # total variation is continuous: labels are drawn
            shares = _over(mine, "certificate", "H")
            yield from _line(study, f"{expert}: certificate ÷ H", shares, 0.05)
            yield from _line(study, f"{expert}: roll-out certificate ÷ H", _over(mine, "rollout", "H"), 0.05)
            vacuous = str(sum(share >= 1 for share in shares))
            yield (
                *(study, f"{expert}: vacuous certificates", str(len(shares)), vacuous, "0"),
                "met" if vacuous == "0" else "missed",
            )
            continue
        yield from _line(study, f"{expert}: certificate ÷ measured", _over(mine, "certificate", "regret"), 4)
        for cells in _COARSE:
            some = [row for row in mine if row["cells"] == cells]
            yield from _line(
                study, f"{expert}, {cells} bins: certificate ÷ measured", _over(some, "certificate", "regret"), 2.5
            )
        yield from _line(study, f"{expert}: roll-out certificate ÷ measured", _over(mine, "rollout", "regret"), 2)


def dithered(bins: int, *, share: float = 0.05, std: float = 0.25, H: int = 100, pairs: int = 20_000) -> float:
    """Bound over measurement of the deviation in root mean square, at the last step, of a noisy policy through bins.

    The system is x' = (1 − share)x + share·u, the policy u = −x/5 + std·z; bins of [−1, 1] go on beyond it.

    >>> dithered(16, H=10, pairs=500) > 1
    True
    """
    half = 1 / bins
    bias, root = _dither_moments(half, std)
    values = {
        "H": H,
        "gains": GainSequence(share * (1 - share) ** np.arange(H - 1)),
        "lipschitz": 0.2,
        "half_width": half,
        "density": 1 / (std * math.sqrt(2 * math.pi)),
        "dimension": 1,
        "bias": bias,
        "rms_error": root,
        "L_x": 1.0,
        "L_u": 1.0,
    }
    bound = deviation(bounds.catalog["wasserstein_rms"], **values).values[-1]
    rng = np.random.default_rng(0)
    x = y = rng.uniform(-0.8, 0.8, pairs)
    for _ in range(H - 1):
        z = std * rng.standard_normal(pairs)
        u, raw = -x / 5 + z, -y / 5 + z
        x, y = (1 - share) * x + share * u, (1 - share) * y + share * (raw + _error(raw, half))
    return float(bound / math.sqrt(((x - y) ** 2).mean()))


def _error(u: Floats, half: float) -> Floats:
    return np.asarray(half * (2 * np.floor(u / (2 * half)) + 1) - u)


def _dither_moments(half: float, std: float) -> tuple[float, float]:
    """Largest |mean| and root mean square of a cell's error over where the Gaussian is centred, with room for sums."""
    z = np.linspace(-8, 8, 20_001)
    weights = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    centres = np.linspace(0, 2 * half, 101)[:, None]
    errors = _error(centres + std * z, half)
    return float(np.abs(errors @ weights).max()) * 1.01 + 1e-6, math.sqrt(float((errors**2 @ weights).max())) * 1.01


def table(found: Iterable[Line]) -> str:
    """Lines as a Markdown table."""
    head = ("study", "quantity (median)", "cells", "value", "goal", "")
    body = [head, tuple("---" for _ in head), *found]
    return "\n".join(f"| {' | '.join(line)} |" for line in body)


def main(paths: Sequence[str]) -> int:
    """Print the table for the cells in JSON files."""
    rows = [cell for path in paths for cell in json.loads(Path(path).read_text(encoding="utf-8"))["cells"]]
    found = [row | {"rungs": {step["rung"]: step["value"] for step in row["ladder"]}} for row in rows]
    rms = [
        line
        for bins in _COARSE
        for line in _line("dithered joint", f"{bins} bins: rms deviation bound ÷ measured", [dithered(bins)], 3)
    ]
    print_line(table([*lines(found), *rms]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
