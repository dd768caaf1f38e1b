"""What every witness says about itself, and the check of its parameters."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from simulators.errors import DomainError, positive_int
from simulators.tables import Number

Relation = Literal["attains", "breaks"]
"""Whether the bound is attained (in the stated limit) or fails because one of its assumptions is missing."""


class Witness(Protocol):
    """An instance with exactly known numbers.

    Attributes:
        bound: key of the statement it is about.
        part: the statement's term it is about.
        relation: whether it attains the bound or breaks it.
    """

    @property
    def bound(self) -> str:
        """Key of the statement."""
        ...

    @property
    def part(self) -> str:
        """Term of the statement."""
        ...

    @property
    def relation(self) -> Relation:
        """Whether it attains or breaks the bound."""
        ...

    def values(self) -> Mapping[str, float]:
        """The statement's symbols by name, except those of the data."""
        ...


def number(
    name: str,
    value: Number | int,
    *,
    above: Number | None = None,
    below: Number | None = None,
    least: Number | None = None,
    most: Number | None = None,
) -> Number:
    """Return a finite number in its range; Fractions and integers come back as Fractions, floats as floats.

    Raises:
        DomainError: not a number, not finite, or outside the range.

    >>> number("eps", Fraction(1, 8), above=0, most=Fraction(1, 4))
    Fraction(1, 8)
    >>> number("eps", 0.5, above=0, most=0.25)
    Traceback (most recent call last):
    simulators.errors.DomainError: eps must be above 0 and at most 0.25, got 0.5
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)) or not math.isfinite(value):
        raise DomainError(f"{name} must be a finite number or Fraction, got {value!r}")
    limits = {"above": above, "at least": least, "below": below, "at most": most}
    holds = (
        (above is None or value > above)
        and (least is None or value >= least)
        and (below is None or value < below)
        and (most is None or value <= most)
    )
    if not holds:
        wanted = " and ".join(f"{word} {limit}" for word, limit in limits.items() if limit is not None)
        raise DomainError(f"{name} must be {wanted}, got {value}")
    return value if isinstance(value, float) else Fraction(value)


def distance(a: Number, b: Number) -> Number:
    """Return |a − b|.

    >>> distance(Fraction(1, 2), Fraction(3, 4))
    Fraction(1, 4)
    """
    return max(a - b, b - a)


def require_rewards(lowest: Number) -> None:
    """Raise a DomainError unless the smallest reward that occurs is at least 0, so that nothing saturates.

    >>> require_rewards(Fraction(1, 2))
    """
    if lowest < 0:
        raise DomainError(f"rewards must stay in [0, 1] on the path, but one would be {lowest}; take a smaller eps")


@dataclass(frozen=True)
class LipschitzLearner:
    """The parameters of x' = eta x + C u under an ell-Lipschitz learner, checked.

    Attributes:
        horizon: H ≥ 1.
        eps: eps_q > 0.
        C: gain constant, > 0.
        eta: gain decay, ≥ 0.
        lipschitz: ell > 0.
        L_x: the reward's slope in the state, ≥ 0.
        L_u: its slope in the action, ≥ 0.

    Raises:
        DomainError: a parameter out of range.
    """

    horizon: int
    eps: Number
    C: Number
    eta: Number
    lipschitz: Number
    L_x: Number = 1
    L_u: Number = 1

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        for name in ("eps", "C", "lipschitz"):
            object.__setattr__(self, name, number(name, getattr(self, name), above=0))
        for name in ("eta", "L_x", "L_u"):
            object.__setattr__(self, name, number(name, getattr(self, name), least=0))
