"""Every figure by name: the package's own, and those that a problem file's rows are drawn with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from figures import (
    bins,
    bins_needed,
    chunks,
    compounding,
    demonstrations,
    gap,
    horizon,
    ladder,
    phases,
    proof_graph,
    regret,
    tightness,
    tokenizers,
    trap,
)
from figures.plot import Drawing, Plot, render

__all__ = ["FIGURES", "PROBLEM_FIGURES", "render"]

FIGURES: Mapping[str, Plot[Any]] = MappingProxyType(
    {
        module.PLOT.name: module.PLOT
        for module in (
            horizon,
            bins,
            demonstrations,
            phases,
            bins_needed,
            trap,
            tightness,
            gap,
            compounding,
            chunks,
            tokenizers,
            proof_graph,
        )
    }
)
"""What `quantbc figures` draws, each with settings and a table of its own."""

PROBLEM_FIGURES: Mapping[str, Drawing] = MappingProxyType(
    {drawing.name: drawing for drawing in (ladder.DRAWING, regret.HORIZON, regret.BINS)}
)
"""What `quantbc simulate` draws from the rows of a study."""
