"""What every witness says about itself, and the check of its parameters."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Protocol, Self

from simulators.errors import DomainError, positive_int
from simulators.tables import Number

KNOWN_LABELS: Mapping[str, float] = {"n": 1e30, "delta": 0.5, "log_class_size": 0.0, "log_model_class_size": 0.0}
"""Data from which nothing is left to be learnt; witnesses that are about data say so themselves."""

LEARNT = ("iid_demonstrations", "realizable")
"""Data and class, as log-loss behavior cloning wants them."""
DETERMINISTIC = ("any_expert", "deterministic_expert")
"""A deterministic expert is one whose labels may be stochastic, too."""
STABLE = ("incrementally_stable", "lipschitz_reward")
SUP = ("sup_error", "label_error", "bounded_error", "average_error", "horizon_average_error")
"""An error that is never larger is not larger in the mean."""


class Witness(Protocol):
    """An instance whose exact number is known: statements name it, with the terms that it needs in full, as `tight`.

    Attributes:
        holds: names of the assumptions that hold of it; empty where the number is not one experiment's regret.
        limit: in which limit of its parameters the bound is attained; "" if it is attained at all of them.
    """

    holds: ClassVar[tuple[str, ...]]
    limit: ClassVar[str]

    @classmethod
    def tightest(cls) -> Self:
        """An instance so close to the limit that the bound with 0.999 of a term is broken."""
        ...

    def values(self) -> Mapping[str, Any]:
        """Symbols by name, those that any of its statements asks for; those of the data only if it is about data."""
        ...

    def exact(self) -> Number:
        """The quantity that the statements bound."""
        ...


class Counterexample(Protocol):
    """An instance on which a bound fails because one assumption is missing: statements name both as `fails_without`."""

    def values(self) -> Mapping[str, Any]:
        """The statement's symbols by name, except those of the data."""
        ...

    def exact(self) -> Number:
        """The quantity that the statement would bound."""
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
