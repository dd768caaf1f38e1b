"""Chunks that are executed open loop: how errors grow from one to the next in the estimated loop."""

from __future__ import annotations

from typing import Any

import numpy as np

from bounds.chunks import chunk_growth
from quantbc.audit.stability import Stability


def chunk_summary(stability: Stability | None, steps: int | None) -> dict[str, Any] | None:
    """How errors grow from one chunk's first step to the next, and the smallest chunk in which they do not.

    Args:
        stability: the estimated loop; None where nothing is known of it, and nothing is said.
        steps: length of the chunks that are executed; None if the policy looks at every step.
    """
    if stability is None:
        return None
    growth = chunk_growth(stability.slopes, C=stability.C, eta=stability.eta)
    safe = np.flatnonzero(growth <= 1.0)
    chosen = None if steps is None or steps > len(growth) else float(growth[steps - 1])
    return {
        "steps": steps,
        "growth": chosen,
        "smallest_safe": int(safe[0]) + 1 if safe.size else None,
        "sought_up_to": len(growth),
        "kind": "estimated",
    }


def chunk_lines(summary: dict[str, Any] | None) -> list[str]:
    """What a reader should know of the chunk that was asked for."""
    if summary is None or summary["growth"] is None or summary["growth"] <= 1.0:
        return []
    safe = summary["smallest_safe"]
    better = f"none up to {summary['sought_up_to']} is safe" if safe is None else f"the smallest safe one has {safe}"
    return [
        f"chunks of {summary['steps']} steps: an error may grow by {summary['growth']:.3g} from one to the next "
        f"(estimated); {better}"
    ]
