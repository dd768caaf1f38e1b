"""What the actions of a file are like before any tokenizer: steps that idle, angles that are cut open."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from quantbc.audit.dimensions import TURN
from quantbc.audit.survey import Survey
from quantbc.words import dimension_name
from simulators.errors import FloatArray

IDLE = 1e-3
"""An action repeats the one before if no entry moves by more than this share of its range."""

NORMALIZED = ("robomimic", "maniskill", "d4rl")
"""Layouts whose actions are controller commands in [−1, 1]."""

_NEAR_TURN = 0.5
_ROUNDING = 1e-6


def idle_share(found: Survey) -> float:
    """Return the share of steps whose action repeats the one before, among the rows in memory; 0 without any.

    >>> from quantbc.audit.ledger import Counts
    >>> from quantbc.audit.survey import Sample, Spread
    >>> from quantbc.audit.rows import Piece
    >>> u = np.array([[0.0], [0.0], [1.0]])
    >>> spread = Spread(u.min(0), u.max(0), u.mean(0), u.std(0))
    >>> counts = Counts(1, 0, 3, 3, 0, 0, (0,), 0, 3, 3.0, 3)
    >>> idle_share(Survey(counts, spread, None, Sample((Piece(0, 0, u, None),), True)))
    0.5
    """
    moves = _moves(found)
    still = (moves <= IDLE * 2 * found.actions.half_range).all(axis=1)
    return float(np.mean(still)) if len(moves) else 0.0


def _moves(found: Survey) -> FloatArray:
    """How far every entry moves from one step to the next, among the rows in memory."""
    steps: FloatArray = np.diff(found.sample.actions, axis=0)
    return np.abs(steps[found.sample.joined])


def outside_lines(found: Survey, layout: str) -> list[str]:
    """Dimensions beyond [−1, 1] in a layout whose actions are promised inside.

    Args:
        found: ranges of the data.
        layout: of the file.
    """
    beyond = np.flatnonzero((found.actions.low < -1 - _ROUNDING) | (found.actions.high > 1 + _ROUNDING)).tolist()
    if layout not in NORMALIZED or not beyond:
        return []
    largest = float(np.abs(np.stack([found.actions.low, found.actions.high])).max())
    return [
        f"actions reach {largest:.4g} (dimensions {', '.join(map(str, beyond))}), where {layout} files promise "
        "[−1, 1]: tokenizers with fixed bins clip them"
    ]


def periodic_lines(found: Survey, periods: FloatArray | None, names: tuple[str, ...] | None) -> list[str]:
    """Dimensions that jump by nearly a full turn and were not said to wrap: angles that are cut open.

    Args:
        found: the rows in memory.
        periods: of dimensions that the user says wrap, infinite for others; None if none does.
        names: what the file calls the entries of an action.
    """
    jumps = _near_turn(_moves(found)).sum(axis=0)
    cut = (jumps > 0) & _near_turn(found.actions.high - found.actions.low)
    if periods is not None:
        cut &= ~np.isfinite(periods)
    return [
        f"{dimension_name(names, i)} jumps by about 2π at {int(jumps[i])} places: an angle that wraps, whose two ends "
        f"are one action; --periodic {i} counts errors around the circle"
        for i in np.flatnonzero(cut).tolist()
    ]


def _near_turn(steps: FloatArray) -> npt.NDArray[np.bool_]:
    return np.asarray((steps > TURN - _NEAR_TURN) & (steps < TURN + _NEAR_TURN))
