"""Every statement by key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bounds import chunks, loop_bounds, lower_bounds, neighbours, rms, smoothness, upper_bounds, validated
from bounds.theorem import Theorem

__all__ = ["catalog"]

catalog: Mapping[str, Theorem] = MappingProxyType(
    {
        theorem.key: theorem
        for module in (upper_bounds, loop_bounds, validated, chunks, rms, smoothness, lower_bounds, neighbours)
        for theorem in module.THEOREMS
    }
)
"""Every statement by key, in the order in which they are listed."""
