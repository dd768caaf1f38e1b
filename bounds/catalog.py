"""Every statement by key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bounds import lower_bounds, neighbours, upper_bounds
from bounds.theorem import Theorem

__all__ = ["catalog"]

catalog: Mapping[str, Theorem] = MappingProxyType(
    {theorem.key: theorem for theorem in (*upper_bounds.THEOREMS, *lower_bounds.THEOREMS, *neighbours.THEOREMS)}
)
