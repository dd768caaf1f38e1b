"""Numbers and names as an engineer reads them."""

from __future__ import annotations

from collections.abc import Sequence

LEAST_MEMORY = 32
"""MB that any audit may take: the smallest budget that can be asked for."""


def percent(share: float) -> str:
    """A share as a percentage, without exponents.

    >>> percent(0.996), percent(0.0123), percent(1.0), percent(1e-7), percent(0.0)
    ('99.6 %', '1.23 %', '100 %', 'under 0.01 %', '0 %')
    """
    if 0 < share < 1e-4:
        return "under 0.01 %"
    return f"{100 * share:.3g} %" if share < 9.995 else f"{100 * share:.0f} %"


def dimension_name(names: Sequence[str] | None, index: int) -> str:
    """What the file calls an entry of the action, with its number.

    >>> dimension_name(None, 2), dimension_name(("x", "y", "gripper"), 2)
    ('dimension 2', "'gripper' (dimension 2)")
    """
    return f"dimension {index}" if names is None else f"'{names[index]}' (dimension {index})"
