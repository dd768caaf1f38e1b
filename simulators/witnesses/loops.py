"""Policies that answer to their own displacement: every constant of the feedback recursion is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from simulators.errors import DomainError, positive_int
from simulators.tables import Number
from simulators.witnesses.base import DETERMINISTIC, LEARNT, STABLE, SUP, number, require_rewards


@dataclass(frozen=True)
class _Loop:
    """x' = a x + b u from x_1 = 0, where the expert rests with u = 0; r = 1 − L_x x − L_u u.

    Attributes:
        horizon: H ≥ 1.
        eps: eps_q > 0.
        a: what is kept of the state, ≥ 0.
        b: gain of the action, > 0.
        slope: of the learner's action in the state.
        L_x: the reward's slope in the state, ≥ 0.
        L_u: its slope in the action, ≥ 0.

    Raises:
        DomainError: a parameter out of range, an action that turns negative though L_u > 0, or a reward below 0.
    """

    horizon: int
    eps: Number
    a: Number
    b: Number
    slope: Number
    L_x: Number = 1
    L_u: Number = 1

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        for name in ("eps", "b"):
            object.__setattr__(self, name, number(name, getattr(self, name), above=0))
        for name in ("a", "L_x", "L_u"):
            object.__setattr__(self, name, number(name, getattr(self, name), least=0))
        object.__setattr__(self, "slope", number("slope", self.slope, least=-self.a / self.b))
        path = list(self._steps())
        if self.L_u and min(u for _, u in path) < 0:
            raise DomainError(
                f"slope must leave the learner's actions positive where the reward falls in them, got {self.slope}"
            )
        require_rewards(1 - max(self.L_x * x + self.L_u * u for x, u in path))

    def action(self, h: int, x: Number, start: Number) -> Number:
        """The learner's code at step h (from 0), in state x; start is x at the first step of its chunk."""
        raise NotImplementedError

    @property
    def chunk(self) -> int:
        """How many actions are executed before the state is looked at again."""
        return 1

    def _steps(self) -> Iterator[tuple[Number, Number]]:
        """(x_h, executed code)."""
        x: Number = 0 * self.eps
        start = x
        for h in range(self.horizon):
            start = x if h % self.chunk == 0 else start
            u = self.action(h, x, start)
            yield x, u
            x = self.a * x + self.b * u

    def values(self) -> Mapping[str, float]:
        names: dict[str, Number] = {
            "C": self.b,
            "eta": self.a,
            "L_x": self.L_x,
            "L_u": self.L_u,
            "lipschitz": max(self.slope, -self.slope),
        }
        loop = {"loop_C": self.b, "loop_eta": self.a + self.b * self.slope}
        errors = {"eps_q": self.eps, "average_error": self.eps, "eps_max": self.eps, "action_error": self.eps}
        named: dict[str, Number] = {**names, **loop, **errors}
        return {"H": self.horizon, **{name: float(value) for name, value in named.items()}}

    def exact(self) -> Number:
        return sum((self.L_x * x + self.L_u * u for x, u in self._steps()), 0 * self.eps)


@dataclass(frozen=True)
class Feedback(_Loop):
    """The learner plays eps at 0 and eps + jump + slope·x elsewhere, codes that stand for themselves; q(0) = eps.

    Its codes move by at most slope·|x − x'| + jump. Its first action is jump below what a bound must allow for.

    Attributes:
        jump: J ≥ 0.

    Source: ours.

    >>> from fractions import Fraction
    >>> half = Fraction(1, 2)
    >>> [str(u) for _, u in Feedback(3, Fraction(1, 50), a=half, b=half, slope=half, jump=Fraction(1, 100))._steps()]
    ['1/50', '7/200', '33/800']
    """

    jump: Number = 0

    limit: ClassVar[str] = "H -> infinity"
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *DETERMINISTIC,
        *STABLE,
        *SUP,
        "deterministic_class",
        "coupled_lipschitz",
        "held_out_errors",
        "greedy_deployment",
        "greedy_coupled_lipschitz",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "jump", number("jump", self.jump, least=0))
        super().__post_init__()

    @classmethod
    def tightest(cls) -> Self:
        return cls(20_000, 2.0**-8, a=0.5, b=0.5, slope=0.5, jump=2.0**-9)

    def action(self, h: int, x: Number, start: Number) -> Number:
        return self.eps + (self.jump + self.slope * x if x else 0)

    def values(self) -> Mapping[str, float]:
        return {**super().values(), "coupled_lipschitz": float(self.slope), "jump": float(self.jump)}


@dataclass(frozen=True)
class RoundingUp(_Loop):
    """The learner bins g(x) = 2 eps + slope·x; the expert's 0 and g(0) share the cell [0, 2 eps] with the code eps.

    Away from 0 its codes are eps above g: three errors from the expert's action, and the slope on top. Only the first
    action, eps, is less.

    Source: ours.

    >>> from fractions import Fraction
    >>> half = Fraction(1, 2)
    >>> [str(u) for _, u in RoundingUp(3, Fraction(1, 50), a=half, b=half, slope=half)._steps()]
    ['1/50', '13/200', '63/800']
    """

    limit: ClassVar[str] = "H -> infinity"
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *DETERMINISTIC,
        *STABLE,
        *SUP,
        "quantized_lipschitz",
        "noisy_lipschitz",
        "held_out_mismatch",
        "uniform_bins",
    )

    @classmethod
    def tightest(cls) -> Self:
        return cls(20_000, 2.0**-8, a=0.5, b=0.5, slope=0.5)

    def action(self, h: int, x: Number, start: Number) -> Number:
        return 3 * self.eps + self.slope * x if x else self.eps

    def values(self) -> Mapping[str, float]:
        return {**super().values(), "map_error": float(2 * self.eps), "mismatch": 0.0, "bins_off": 0.0}


@dataclass(frozen=True)
class OwnLoop(RoundingUp):
    """The same on a plant that is unstable without its feedback: a > 1, and a negative slope that the loop needs.

    The action's displacement is less than its modulus, so the reward depends on the state only.

    Source: ours.
    """

    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *DETERMINISTIC,
        *STABLE,
        *SUP,
        "quantized_lipschitz",
        "noisy_lipschitz",
        "loop_stable",
        "held_out_map_errors",
    )

    @classmethod
    def tightest(cls) -> Self:
        return cls(20_000, 2.0**-8, a=1.25, b=1.0, slope=-0.5, L_u=0.0)


@dataclass(frozen=True)
class ChunkedLoop(RoundingUp):
    """Action i of a chunk answers to the chunk's first state with slope·decay^i: what is worst for growth rho.

    Attributes:
        steps: actions in a chunk, ≥ 1.
        decay: in [0, 1].

    Source: ours.

    >>> from fractions import Fraction
    >>> half = Fraction(1, 2)
    >>> witness = ChunkedLoop(4, Fraction(1, 50), a=half, b=half, slope=half, steps=2, decay=half)
    >>> [str(u) for _, u in witness._steps()]
    ['1/50', '1/50', '27/400', '51/800']
    """

    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *DETERMINISTIC,
        *STABLE,
        *SUP,
        "deterministic_dynamics",
        "chunked_deployment",
        "realizable_chunks",
        "chunk_lipschitz",
    )

    steps: int = 1
    decay: Number = 1

    def __post_init__(self) -> None:
        positive_int("steps", self.steps)
        object.__setattr__(self, "decay", number("decay", self.decay, least=0, most=1))
        super().__post_init__()

    @classmethod
    def tightest(cls) -> Self:
        return cls(20_000, 2.0**-8, a=0.5, b=0.5, slope=0.5, steps=3, decay=0.5)

    @property
    def chunk(self) -> int:
        return self.steps

    def action(self, h: int, x: Number, start: Number) -> Number:
        if not start:
            return self.eps
        return 3 * self.eps + self.slope * self.decay ** (h % self.steps) * start

    def values(self) -> Mapping[str, float]:
        return {**super().values(), "chunk": float(self.steps), "chunk_decay": float(self.decay)}
