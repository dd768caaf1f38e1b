"""Root mean squares of dithered bins: attained where the expert plays next to the edge between two cells."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from simulators.errors import positive_int
from simulators.tables import Number
from simulators.witnesses.base import number, require_rewards


@dataclass(frozen=True)
class DitheredEdge:
    """x' = C u from x_1 = 0; the expert plays xi ~ Unif[−spread, spread], the bins round it to ±half_width.

    The reward is 1 − L_x |x| − L_u |u|. The error q(u) − u has mean zero, and nearly the same size whatever xi is, so
    that its mean size is its root mean square as spread → 0; the state forgets at once, so squares of one error add up.

    Attributes:
        horizon: H ≥ 1.
        half_width: w > 0; cells are [−2w, 0] and (0, 2w].
        spread: in (0, half_width].
        C: gain constant, ≥ 0.
        L_x: the reward's slope in the state, ≥ 0.
        L_u: its slope in the action, ≥ 0.

    Raises:
        DomainError: a parameter out of range, or a reward that would fall below 0.

    Source: ours.

    >>> DitheredEdge(3, half_width=Fraction(1, 10), spread=Fraction(1, 50), C=Fraction(1, 2)).exact()
    Fraction(9, 25)
    """

    horizon: int
    half_width: Number
    spread: Number
    C: Number = 1
    L_x: Number = 1
    L_u: Number = 1

    limit: ClassVar[str] = "spread -> 0"
    holds: ClassVar[tuple[str, ...]] = (
        *("quantized_expert", "dithered", "uniform_cells", "second_moments"),
        *("linear_dynamics", "linear_gains", "lipschitz_reward"),
    )

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        object.__setattr__(self, "half_width", number("half_width", self.half_width, above=0))
        object.__setattr__(self, "spread", number("spread", self.spread, above=0, most=self.half_width))
        for name in ("C", "L_x", "L_u"):
            object.__setattr__(self, name, number(name, getattr(self, name), least=0))
        require_rewards(1 - (self.L_x * self.C + self.L_u) * self.half_width)

    @classmethod
    def tightest(cls) -> Self:
        return cls(12, Fraction(1, 2**6), Fraction(1, 6400), C=Fraction(2))

    def values(self) -> Mapping[str, float]:
        w, d = float(self.half_width), float(self.spread)
        moments = {"bias": 0.0, "rms_error": math.sqrt(w * w - w * d + d * d / 3)}
        named = {"C": self.C, "eta": 0, "lipschitz": 0, "half_width": w, "density": 1 / (2 * d), "dimension": 1}
        named |= {"L_x": self.L_x, "L_u": self.L_u}
        return {"H": self.horizon, **{name: float(value) for name, value in named.items()}, **moments}

    def exact(self) -> Number:
        """The expert's value without the bins less that with them: w − spread/2 a step, in the action and the state."""
        lost = self.half_width - self.spread / 2
        return lost * (self.horizon * self.L_u + (self.horizon - 1) * self.C * self.L_x)
