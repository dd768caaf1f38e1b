"""The proof graph: which statement rests on which lemmas, and these on which named textbook facts."""

from __future__ import annotations

import graphlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from figures.plot import Plot, Progress, silent
from figures.style import SMALL, TEXT, caption, panels
from figures.tables import Row
from proofs_check.ledger import AXIOM_PREFIX, KERNEL_PREFIX, Proof, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_LOOKS: dict[str, dict[str, Any]] = {
    "axiom": {"facecolor": "#ffffff", "edgecolor": "#555555", "linestyle": ":"},
    "lemma": {"facecolor": "#e6e6e6", "edgecolor": "#555555", "linestyle": "-"},
    "theorem": {"facecolor": "#bcd3e6", "edgecolor": "#10355f", "linestyle": "-", "linewidth": 1.2},
}
_LETTERS = 14
_COLUMN = 13  # letters from one column to the next
_PITCH = 0.054  # least distance of boxes, a share of the height
_PUSHES = 2000
_SWEEPS = 12
Graph = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Settings:
    """What is shown; no randomness.

    Attributes:
        check: whether to discharge every step and mutant first, and show the verdicts.
    """

    check: bool = True

    @property
    def cells(self) -> int:
        from proofs_check.library import library  # which loads the solvers

        return sum(len(proof.steps) for proof in library().proofs)


SETTINGS = Settings()
QUICK = Settings(check=False)


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """One row an axiom, and a proof that the kernel does not have: kind, steps, verdict, what it rests on directly."""
    from proofs_check.kernel.verdicts import shipped
    from proofs_check.library import library

    known, kernel = library(), shipped().proofs
    results = known.check(progress=lambda reference: progress(1)) if settings.check else ()
    verdicts = {result.proof.key: result for result in results}
    graph: dict[str, frozenset[str]] = {axiom.reference: frozenset() for axiom in known.axioms}
    drawn = [proof for proof in known.proofs if proof.key not in kernel]
    for proof in drawn:
        graph[proof.key] = _below(proof)
    direct, depth = reduced(graph), layers(graph)
    rows: list[dict[str, Any]] = [
        {
            "node": axiom.reference,
            "kind": "axiom",
            "layer": 0,
            "steps": 0,
            "proved": 0,
            "verdict": Verdict.ASSUMED.value,
        }
        for axiom in known.axioms
    ]
    for proof in drawn:
        result = verdicts.get(proof.key)
        proved = sum(step.verdict in (Verdict.CHECKED, Verdict.CASES) for step in result.steps) if result else 0
        rows.append(
            {"node": proof.key, "kind": proof.kind, "layer": depth[proof.key], "steps": len(proof.steps)}
            | {"proved": proved, "verdict": result.verdict.value if result else "not checked"}
            | {"rests_on": " ".join(sorted(direct[proof.key]))}
        )
    if not settings.check:
        progress(settings.cells)
    return rows


def _below(proof: Proof) -> frozenset[str]:
    """Axioms and other proofs that steps of a proof rest on."""
    named = {name for names in proof.references().values() for name in names if not name.startswith(KERNEL_PREFIX)}
    heads = {name if name.startswith(AXIOM_PREFIX) else name.partition("/")[0] for name in named}
    return frozenset(heads - {proof.key})


def layers(graph: Graph) -> dict[str, int]:
    """Length of the longest path from each node down to an axiom; 1 for proofs that need none.

    A proof that nothing is joined to stands in the last layer, out of the way of edges.

    Example:
        >>> none = frozenset()
        >>> found = layers({"axiom:a": none, "b": none, "c": frozenset(["axiom:a", "b"]), "d": none})
        >>> [found[node] for node in ("axiom:a", "b", "c", "d")]
        [0, 1, 2, 2]
    """
    depth: dict[str, int] = {}
    for node in graphlib.TopologicalSorter(graph).static_order():
        lowest = 0 if node.startswith(AXIOM_PREFIX) else 1
        depth[node] = max((depth[below] + 1 for below in graph[node]), default=lowest)
    joined = {node for node, below in graph.items() if below}.union(*graph.values())
    return {node: layer if node in joined else max(depth.values()) for node, layer in depth.items()}


def reduced(graph: Graph) -> dict[str, frozenset[str]]:
    """The same order with the fewest edges: those that a longer path implies are left out.

    Example:
        >>> sorted(reduced({"a": frozenset(), "b": frozenset("a"), "c": frozenset("ab")})["c"])
        ['b']
    """
    reach: dict[str, frozenset[str]] = {}
    for node in graphlib.TopologicalSorter(graph).static_order():
        reach[node] = graph[node].union(*(reach[below] for below in graph[node]))
    return {
        node: frozenset(b for b in below if not any(b in reach[other] for other in below if other != b))
        for node, below in graph.items()
    }


def draw(rows: Sequence[Row]) -> Figure:
    """Axioms on the left, what rests on them further right, an edge from each premise."""
    figure, (axes,) = panels(1, 1, width=TEXT, height=6.9)
    axes.set_axis_off()
    places = _places(rows)
    for row in rows:
        for below in row.get("rests_on", "").split():
            _edge(axes, places[below], places[row["node"]])
    for row in rows:
        _box(axes, row, places[row["node"]])
    last = max(row["layer"] for row in rows)
    heights = [y for _, y in places.values()]
    axes.set(xlim=(-0.45, last + 0.5), ylim=(min(heights) - 0.03, max(heights) + 0.03))
    steps, proved = (sum(row[name] for row in rows) for name in ("steps", "proved"))
    checked = any(row["verdict"] == Verdict.CHECKED.value for row in rows)
    state = f"{proved} of {steps} steps algebra checked" if checked else f"{steps} steps, not checked for this drawing"
    caption(
        figure,
        "Each box rests on those to its left that are joined to it (edges that follow from others are left out). "
        "Dotted: textbook facts, assumed; grey: lemmas; blue, heavy: theorems. What the kernel proves is not "
        f"drawn. Numbers: machine-checked steps; {state}. A star: not checked in full. Statements after "
        "arXiv:2603.20538v1. No randomness.",
    )
    return figure


def _places(rows: Sequence[Row]) -> dict[str, tuple[float, float]]:
    """A column for each layer; nodes ordered by the mean height of their neighbours, sweep after sweep."""
    columns: dict[int, list[str]] = {}
    for row in rows:
        columns.setdefault(row["layer"], []).append(row["node"])
    near: dict[str, list[str]] = {row["node"]: [] for row in rows}
    for row in rows:
        for below in row.get("rests_on", "").split():
            near[row["node"]].append(below)
            near[below].append(row["node"])
    height = {node: (i + 0.5) / len(nodes) for nodes in columns.values() for i, node in enumerate(nodes)}
    for _ in range(_SWEEPS):
        for nodes in columns.values():
            mean = {node: sum(height[o] for o in near[node]) / max(len(near[node]), 1) for node in nodes}
            nodes.sort(key=mean.__getitem__)
            height |= {node: (i + 0.5) / len(nodes) for i, node in enumerate(nodes)}
    start = {node: (float(layer), height[node]) for layer, nodes in columns.items() for node in nodes}
    edges = [(below, row["node"]) for row in rows for below in row.get("rests_on", "").split()]
    return _apart(start, edges, {row["node"]: max(map(len, _lines(row))) for row in rows})


def _apart(
    places: Mapping[str, tuple[float, float]], edges: Sequence[tuple[str, str]], letters: Mapping[str, int]
) -> dict[str, tuple[float, float]]:
    """Push boxes apart that would touch (some are wider than a column), and off edges that pass their column."""
    nodes = list(places)
    x, y = (np.array([places[node][i] for node in nodes]) for i in (0, 1))
    wide = np.array([letters[node] for node in nodes])
    close = (np.abs(x[:, None] - x) * _COLUMN < (wide[:, None] + wide) / 2) & ~np.eye(len(nodes), dtype=bool)
    tail, head = (np.array([nodes.index(edge[end]) for edge in edges]) for end in (0, 1))
    share = (x[:, None] - x[tail]) / (x[head] - x[tail])
    passing = (share > 0) & (share < 1)
    share = 3 * share**2 - 2 * share**3  # the height of a bent edge there, nearly
    tie = np.arange(len(nodes)) / (1e6 * len(nodes))  # which of two at the same height goes up
    for push in range(_PUSHES):
        gap = (y + tie)[:, None] - (y + tie)
        overlap = np.where(close, np.maximum(_PITCH - np.abs(gap), 0.0), 0.0)
        move = (np.sign(gap) * overlap).sum(axis=1)
        if push < _PUSHES // 2:  # boxes come first, and last
            away = y[:, None] - (y[tail] + (y[head] - y[tail]) * share)
            move += np.where(passing, np.sign(away) * np.maximum(_PITCH / 2 - np.abs(away), 0.0), 0.0).sum(axis=1) / 2
        y = np.clip(y + 0.3 * move, 0.0, 1.0)
    return {node: (float(x[i]), float(y[i])) for i, node in enumerate(nodes)}


def _edge(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x, y), (u, v) = start, end
    bend = 0.45 * (u - x)
    path = Path([(x, y), (x + bend, y), (u - bend, v), (u, v)], [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(PathPatch(path, facecolor="none", edgecolor="#8a8a8a", linewidth=0.6, zorder=1))


def _lines(row: Row) -> list[str]:
    name = row["node"].removeprefix(AXIOM_PREFIX).replace("_", " ")
    words = wrap(name, _LETTERS, break_long_words=False)
    if row["steps"]:
        star = "*" if row["verdict"] in (Verdict.UNKNOWN.value, Verdict.REFUTED.value, Verdict.ASSUMED.value) else ""
        words[-1] += f" · {row['steps']}{star}"
    return words


def _box(axes: Axes, row: Row, place: tuple[float, float]) -> None:
    box = {"boxstyle": "round,pad=0.25", "linewidth": 0.7, **_LOOKS[row["kind"]]}
    text = "\n".join(_lines(row))
    axes.text(*place, text, fontsize=SMALL, ha="center", va="center", bbox=box, zorder=2, linespacing=1.0)


PLOT = Plot(
    name="proof_graph",
    title="The proof graph",
    alt=(
        "Layered graph. On the left textbook facts such as Markov's inequality, the union bound and optimal coupling; "
        "from them lemmas on elementary inequalities, sums of gains and the statistics of log-loss; on the right "
        "the theorems that no kernel proves, with its number of machine-checked steps."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
