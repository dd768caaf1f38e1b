"""Measure time and memory against H, S, K and cells on one thread, print the exponents and draw the figure.

Exit status 0; 1 if a curve cannot be measured; 2 for bad input. Exponents are reported, not judged: caches and
fixed costs bend the curves.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks import NotMeasured
from benchmarks.__main__ import environment
from benchmarks.curves import CURVES, Curve, peak_bytes, slope, timed
from benchmarks.growth_figure import DRAWING
from benchmarks.options import parser, typed
from benchmarks.page import insert, markdown
from figures.plot import render
from figures.tables import Row, groups
from quantbc import __version__
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line, progress_bar, say


def measure(curve: Curve, *, quick: bool) -> list[dict[str, Any]]:
    """One row for every size of a curve."""
    sizes = curve.sizes[: curve.quick] if quick else curve.sizes
    works = [curve.prepare(size) for size in sizes]
    seconds = timed(works, 3 if quick else 7)
    stated = {"time_exponent": curve.time, "memory_exponent": curve.memory}
    return [
        {"work": curve.work, "axis": curve.axis, "size": size, "seconds": time, "bytes": peak_bytes(work)} | stated
        for size, work, time in zip(sizes, works, seconds, strict=True)
    ]


def exponents(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For every curve and quantity the fitted exponent, its interval and the exponent that is stated."""
    fits = []
    for (work, axis), mine in groups(rows, "work", "axis").items():
        for quantity, column in (("time", "seconds"), ("memory", "bytes")):
            fit = slope([row["size"] for row in mine], [row[column] for row in mine])
            stated = mine[0][f"{quantity}_exponent"]
            fits.append(
                {"work": work, "axis": axis, "quantity": quantity, "slope": fit.value, "low": fit.low, "high": fit.high}
                | {"stated": stated, "above": fit.exceeds(stated)}
            )
    return fits


def _table(fits: Sequence[Row]) -> str:
    lines = [f"{'work':<14} {'against':<8} {'of':<7} {'slope':>6}  {'95 % interval':>15}  stated"]
    lines += [
        f"{fit['work']:<14} {fit['axis']:<8} {fit['quantity']:<7} {fit['slope']:>z6.2f}  "
        f"{fit['low']:>z6.2f} to {fit['high']:>z5.2f}  {fit['stated']:>6}" + ("  above" if fit["above"] else "")
        for fit in fits
    ]
    return "\n".join(lines)


def section(fits: Sequence[Row], around: Mapping[str, str]) -> str:
    """The same for the page."""
    headings = ("work", "against", "of", "exponent", "95 % interval", "stated, at most")
    lines = [
        [
            *(fit[name] for name in ("work", "axis", "quantity")),
            f"{fit['slope']:z.2f}",
            f"{fit['low']:z.2f} – {fit['high']:z.2f}",
            f"{fit['stated']}" + (", exceeded" if fit["above"] else ""),
        ]
        for fit in fits
    ]
    return markdown(headings, lines, around)


def _all(*, quick: bool, advance: Callable[[int], None]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with threadpool_limits(1):
        for curve in CURVES:
            rows += measure(curve, quick=quick)
            advance(1)
    return rows


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    quick = "the smaller sizes only, few repetitions"
    options = parser("python -m benchmarks.growth", __doc__, quick=quick, page="the exponents")
    options.add_argument("--out", type=Path, metavar="DIR", help="draw the figure and its table into this folder")
    arguments = typed(options, words)
    if arguments.out is not None and arguments.out.exists() and not arguments.out.is_dir():
        options.error(f"--out must be a folder, got {str(arguments.out)!r}")
    return arguments


def main(words: Sequence[str] | None = None) -> int:
    """Measure, print, draw."""
    arguments = _arguments(words)
    around = {"run": "quick" if arguments.quick else "full", **environment()}
    try:
        with progress_bar("curves", len(CURVES)) as advance:
            rows = _all(quick=arguments.quick, advance=advance)
    except (NotMeasured, ProblemError, OSError) as error:
        say(f"not measured: {error}")
        return 1
    fits = exponents(rows)
    if arguments.out is not None:
        notes = (f"quantbc {__version__}, growth curves", *(f"{name}: {value}" for name, value in around.items()))
        for file in render(DRAWING, rows, arguments.out, notes=notes):
            say(str(file))
    if arguments.page is not None:
        insert(arguments.page, "growth", section(fits, around))
    if arguments.json:
        print_json({"environment": around, "rows": rows, "exponents": fits})
    else:
        for name, value in around.items():
            print_line(f"{name}: {value}")
        print_line(_table(fits))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
