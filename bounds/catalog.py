"""Every statement by key."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from bounds import (
    appendix,
    average_bounds,
    chunks,
    loop_bounds,
    lower_bounds,
    neighbours,
    rms,
    smoothness,
    upper_bounds,
    validated,
)
from bounds.theorem import Theorem


def _place(theorem: Theorem) -> float:
    """Number in the paper, whose theorems and propositions share one counter; what it does not number comes last."""
    numbered = re.match(r"arXiv:2603\.20538v\d+, (?:Theorem|Proposition) (\d+)", theorem.source)
    if numbered:
        return float(numbered[1])
    return 100.0 if theorem.source.startswith("arXiv:2603.20538v1, Appendix") else math.inf


_MODULES = (
    *(upper_bounds, average_bounds, smoothness, lower_bounds, appendix),
    *(loop_bounds, validated, chunks, rms, neighbours),
)

catalog: Mapping[str, Theorem] = MappingProxyType(
    {
        theorem.key: theorem
        for theorem in sorted((entry for module in _MODULES for entry in module.THEOREMS), key=_place)
    }
)
"""Every statement by key, in the paper's order, appendices last, those that the paper does not number at the end."""
