"""Deviation of the state against the chunk length: the cost and benefit of observing less often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

import bounds
from bounds.chunks import linear_slopes, smallest_safe_chunk
from bounds.deviation import deviation
from figures.plot import Plot, Progress, silent
from figures.style import BOUND, MEASURED, TEXT, caption, equals, panels
from figures.tables import Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Settings:
    """The scalar loop x' = A x + B u, u = K x, without noise, its actions binned; no randomness.

    Attributes:
        statement: the bound.
        A: state coefficient, at least 0.
        B: action coefficient, at least 0.
        K: feedback.
        eps_q: half the bins' width.
        horizon: H.
        chunks: longest chunk.
        starts: first states of the measured loop, spread over [-1, 1].
    """

    statement: str = "chunked_lipschitz"
    A: float = 0.9
    B: float = 1.0
    K: float = -0.8
    eps_q: float = 0.001
    horizon: int = 60
    chunks: int = 20
    starts: int = 2001

    @property
    def cells(self) -> int:
        return self.chunks


SETTINGS = Settings()
QUICK = Settings(chunks=9, starts=101)


def adversary(settings: Settings, chunk: int) -> float:
    """Largest deviation when every action answers to the chunk's first state as strongly as it may, and errs by 3 eps.

    The expert rests at 0. Exact: the system itself is stepped.
    """
    slopes = linear_slopes(settings.A, settings.B, settings.K, chunk)
    state = first = largest = 0.0
    for h in range(settings.horizon):
        first = state if h % chunk == 0 else first
        largest = max(largest, state)
        state = settings.A * state + settings.B * (slopes[h % chunk] * first + 3 * settings.eps_q)
    return largest


def _binned(actions: NDArray[np.float64], eps_q: float) -> NDArray[np.float64]:
    return np.asarray(2 * eps_q * np.floor(actions / (2 * eps_q)) + eps_q)


def measured(settings: Settings, chunk: int) -> float:
    """Largest deviation of the binned linear loop itself from the one that is not binned, over all first states."""
    state = expert = first = np.linspace(-1.0, 1.0, settings.starts)
    loop, largest = settings.A + settings.B * settings.K, 0.0
    for h in range(settings.horizon):
        first = state if h % chunk == 0 else first
        largest = max(largest, float(np.abs(state - expert).max()))
        code = _binned(settings.K * loop ** (h % chunk) * first, settings.eps_q)
        state, expert = settings.A * state + settings.B * code, loop * expert
    return largest


def compute(settings: Settings, progress: Progress = silent) -> list[dict[str, Any]]:
    """Bound, adversary and measured deviation for every length."""
    A, B, K = settings.A, settings.B, settings.K
    values: dict[str, Any] = {"H": settings.horizon, "n": 1, "class_size": 1, "eps_q": settings.eps_q, "C": B, "eta": A}
    values |= {"lipschitz": abs(K), "chunk_decay": abs(A + B * K)}
    safe = smallest_safe_chunk(linear_slopes(A, B, K, settings.horizon), C=B, eta=A)
    rows = []
    for chunk in range(1, settings.chunks + 1):
        found = deviation(bounds.catalog[settings.statement], **values, chunk=chunk)
        rows.append(
            {
                "chunk": chunk,
                "A": A,
                "B": B,
                "K": K,
                "H": settings.horizon,
                "eps_q": settings.eps_q,
                "bound": found.largest,
                "adversary": adversary(settings, chunk),
                "measured": measured(settings, chunk),
                "smallest_safe": 0 if safe is None else safe,
            }
        )
        progress(1)
    return rows


def draw(rows: Sequence[Row]) -> Figure:
    """One panel."""
    figure, (axes,) = panels(1, 1, width=TEXT, height=3.1)
    chunk = [row["chunk"] for row in rows]
    axes.set(yscale="log", xlabel="actions in a chunk", ylabel="largest deviation of the state")
    axes.plot(chunk, [row["bound"] for row in rows], label="bound", **BOUND)
    axes.plot(chunk, [row["adversary"] for row in rows], "x", color="#444444", label="adversary, exact")
    axes.plot(chunk, [row["measured"] for row in rows], label="binned linear loop", **MEASURED)
    safe = rows[0]["smallest_safe"]
    if safe:
        axes.axvline(safe, color="#aaaaaa", linewidth=1.0, zorder=0)
        axes.annotate(f"smallest safe chunk: {safe}", (safe, axes.get_ylim()[1]), (4, -12), textcoords="offset points")
    axes.legend(frameon=False, loc="center right")
    caption(
        figure,
        "With short chunks the bound grows from one chunk to the next; from the smallest safe chunk on it does not. "
        f"{bounds.catalog[SETTINGS.statement].source}; "
        f"x' = {rows[0]['A']:g} x + {rows[0]['B']:g} u, "
        f"u = {rows[0]['K']:g} x, {equals('H', rows[0]['H'])}, "
        f"{equals('eps_q', rows[0]['eps_q'])}. The adversary responds to the chunk's first state as strongly as its "
        "Lipschitz constants allow, and attains the bound; the linear loop is shown at its worst first "
        "state. No randomness.",
    )
    return figure


PLOT = Plot(
    name="chunks",
    title="Deviation against the chunk's length",
    alt=(
        "The largest deviation of the state against the number of actions in a chunk, on a logarithmic scale: bound "
        "and adversary fall together by many orders of magnitude until the smallest safe chunk and stay level; the "
        "binned linear loop lies below throughout."
    ),
    draw=draw,
    settings=SETTINGS,
    quick=QUICK,
    compute=compute,
)
