"""The parts a bound is made of, each in its two readings: a formula in sympy and a recursion in floats.

Every upper bound is imitation + decoupling + drift. The statistical radius says how far the learned law of observed
trajectories is from the expert's; the deviation says how far the deployed trajectory is from the observed one; the
hazard says how likely the two stop agreeing at a step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np

from bounds.amplitudes import no_hazard
from bounds.gains import ExponentialGain
from bounds.misspecification import WIDENED, half_hellinger
from bounds.moduli import ThresholdModulus
from bounds.motion import Deviation, Motion
from bounds.numerics import Array, log_of_one_less, running_sum, times
from bounds.symbols import symbol
from bounds.values import Need, Values, need, optionally

if TYPE_CHECKING:
    import sympy

__all__ = [
    "Closed",
    "Decoupling",
    "Deviation",
    "Drift",
    "Form",
    "Hazard",
    "Imitation",
    "Radius",
    "Refinable",
    "Term",
    "Zero",
]

Form = Literal["sharp", "simple"]
"""Which of two expressions of a bound: the sharper one, or the shorter one above it."""


@runtime_checkable
class Refinable(Protocol):
    """A summand that optional quantities sharpen."""

    def refined(self, form: Form) -> sympy.Expr:
        """Its formula with all of them."""


class Term(Protocol):
    """One summand of a bound."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What it depends on."""

    def numeric(self, values: Values, form: Form) -> Array:
        """Its value, in the smallest shape its own symbols broadcast to."""

    def symbolic(self, form: Form) -> sympy.Expr:
        """Its formula."""


@dataclass(frozen=True)
class Zero:
    """A summand that the statement does not have."""

    needs: tuple[Need, ...] = ()

    def numeric(self, values: Values, form: Form) -> Array:
        return np.asarray(0.0)

    def symbolic(self, form: Form) -> sympy.Expr:
        import sympy

        return sympy.Integer(0)


@dataclass(frozen=True)
class Closed:
    """A summand with a closed form, its two readings side by side.

    Attributes:
        needs: what it depends on.
        number: values and form to array.
        formula: form to sympy expression.
    """

    needs: tuple[Need, ...]
    number: Callable[[Values, Form], Array]
    formula: Callable[[Form], sympy.Expr]

    def numeric(self, values: Values, form: Form) -> Array:
        return np.asarray(self.number(values, form))

    def symbolic(self, form: Form) -> sympy.Expr:
        return self.formula(form)


@dataclass(frozen=True)
class Radius:
    """Statistical radius of log-loss BC over a finite class: TV of observed laws, with probability >= 1 - delta.

    With x = max(0, (log(N - 1) + log(1/delta)) / n) the sharp form is (w (1 - exp(-m x)))^p and the simple form, with
    log N instead of log(N - 1), is (w m x)^p. Stochastic labels: m = 2, p = 1/2 (Lemmas S1, S2). Deterministic labels:
    m = 2, p = 1 (S3). Deterministic labels and class: m = 1, p = 1 (S4). Four Hellinger distances, 4 D: m = 1,
    p = 1/2, w = 32 (S1). Deterministic labels, greedy decoding: m = 1, p = 1, w = 2 + sqrt(2), cut at 1 (S5).

    Misspecification and covers widen it, see `bounds.misspecification`.

    Attributes:
        multiplier: m.
        root: whether p is 1/2.
        sizes: log-sizes that add up to log N.
        weight: w.
        greedy: whether the learner's likeliest label is deployed; w is then 2 + sqrt(2).
    """

    multiplier: int
    root: bool
    sizes: tuple[str, ...] = ("log_class_size",)
    weight: int = 1
    greedy: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        return need("n"), need("delta"), *(need(size) for size in self.sizes), *WIDENED

    def numeric(self, values: Values, form: Form) -> Array:
        """The radius; sharp, and with weight 1 or greedy, it lies in [0, 1]."""
        log_size = sum((values[size] for size in self.sizes), start=np.asarray(0.0))
        if values.arrays.keys() & {"log_misspecification", "log_cover"}:
            half = half_hellinger(values, log_size, sharp=form == "sharp")
            base = half * (2.0 - half if form == "sharp" and self.multiplier == 2 else float(self.multiplier))
            return np.minimum(1.0, self._rooted(base)) if self.greedy and form == "sharp" else self._rooted(base)
        log_odds = -np.log(values["delta"])
        simple = self.multiplier * ((log_size + log_odds) / values["n"])
        if form == "simple":
            return self._rooted(simple)
        exponent = self.multiplier * (np.maximum(log_of_one_less(log_size) + log_odds, 0.0) / values["n"])
        sharp = np.minimum(-np.expm1(-exponent), simple)  # rounding must not lift sharp above simple
        return np.minimum(1.0, self._rooted(sharp)) if self.greedy else self._rooted(sharp)

    @property
    def factor(self) -> float:
        """w as a number."""
        return 2.0 + math.sqrt(2.0) if self.greedy else float(self.weight)

    def _rooted(self, base: Array) -> Array:
        return np.sqrt(self.factor * base) if self.root else np.asarray(self.factor * base)

    def symbolic(self, form: Form) -> sympy.Expr:
        import sympy

        log_size = sympy.Add(*(symbol(size) for size in self.sizes))
        log_odds = -sympy.log(symbol("delta"))
        if form == "simple":
            base = self.multiplier * (log_size + log_odds) / symbol("n")
        else:
            x = sympy.Max(0, (sympy.log(sympy.exp(log_size) - 1) + log_odds) / symbol("n"))
            base = 1 - sympy.exp(-self.multiplier * x)
        if self.greedy:
            base = (2 + sympy.sqrt(2)) * base
            return sympy.Min(1, base) if form == "sharp" else base
        return sympy.sqrt(self.weight * base) if self.root else self.weight * base


@dataclass(frozen=True)
class Imitation:
    """H times the statistical radius.

    Two optional quantities sharpen it. The range R of the return takes H's place. With a standard deviation sigma of
    the expert's return, and the Hellinger distance D behind the radius of stochastic labels, D (R D + sqrt(R^2 D^2 +
    4 sigma^2)) will do as well (S6); at sigma = R / 2, which no return exceeds, it is never the smaller of the two.

    Attributes:
        radius: bounds the total variation.
    """

    radius: Radius

    @property
    def needs(self) -> tuple[Need, ...]:
        spread = (optionally("return_std"),) if self._hellinger else ()
        return need("H"), *self.radius.needs, optionally("return_range"), *spread

    @property
    def _hellinger(self) -> Radius | None:
        """The distance D, where the radius is that of stochastic labels."""
        radius = self.radius
        return Radius(1, True, radius.sizes, weight=2) if radius.root and radius.weight == 1 else None

    def numeric(self, values: Values, form: Form) -> Array:
        """Total regret from labels that the learner gets wrong on the expert's own states."""
        bound = values.return_range * self.radius.numeric(values, form)
        if self._hellinger is None or "return_std" not in values.arrays:
            return np.asarray(bound)
        distance = self._hellinger.numeric(values, form)
        ranged = values.return_range * distance
        bound = np.minimum(bound, distance * (ranged + np.hypot(ranged, 2.0 * values["return_std"])))
        return bound if form == "simple" else np.minimum(bound, self.numeric(values, "simple"))  # rounding

    def symbolic(self, form: Form) -> sympy.Expr:
        return symbol("H") * self.radius.symbolic(form)

    def refined(self, form: Form) -> sympy.Expr:
        import sympy

        R, sigma = symbol("return_range"), symbol("return_std")
        bound = R * self.radius.symbolic(form)
        if self._hellinger is None:
            return bound
        distance = self._hellinger.symbolic(form)
        return sympy.Min(bound, distance * (R * distance + sympy.sqrt(R**2 * distance**2 + 4 * sigma**2)))


@dataclass(frozen=True)
class Hazard:
    """Probability p_t that deployed and observed labels part at step t >= 2; p_1 = 0.

    Attributes:
        through: ``"policy"``: the policy's modulus at the displacement of the state; ``"kernel"``: L_P eps_q, the
            transition kernel's own modulus; ``"uncapped"``: L times the displacement without the cap at 1.
        threshold: whether a Lipschitz constant may stand in for the modulus (Proposition 5 (i)).
        chunked: whether labels part at the first steps of chunks only.
    """

    through: Literal["policy", "kernel", "uncapped"] = "policy"
    threshold: bool = False
    chunked: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        if self.through == "kernel":
            return (need("L_P"), need("eps_q"))
        if self.through == "uncapped":
            return (need("L"),)
        modulus = need("L", "lipschitz", "modulus") if self.threshold else need("L", "modulus")
        return (modulus, need("chunk")) if self.chunked else (modulus,)

    def numeric(self, values: Values, deviation: Deviation, horizon: int) -> Array:
        """p_1..p_horizon along the last axis."""
        if self.through == "kernel":
            later = np.arange(horizon) > 0
            return np.where(later, np.minimum(1.0, times(values["L_P"], values["eps_q"]))[..., None], 0.0)
        distance = deviation.state(values, horizon)
        hazard = np.minimum(1.0, values.modulus(distance, values.get("eps_q", 0.0), values.get("k", 0.0)))
        hazard[..., 0] = 0.0
        if self.chunked:
            hazard = np.where(np.arange(horizon) % values["chunk"][..., None] == 0, hazard, 0.0)
        if isinstance(values.modulus, ThresholdModulus) and isinstance(values.gains, ExponentialGain):
            gains = values.gains
            never = no_hazard(gains.C, gains.eta, values.modulus.lipschitz, values.get("k", 0.0))
            return np.where(never[..., None], 0.0, hazard)
        return hazard

    def symbolic(self, deviation: Deviation, t: sympy.Expr) -> sympy.Expr:
        """p_t for a linear modulus."""
        import sympy

        if self.through == "kernel":
            return sympy.Min(1, symbol("L_P") * symbol("eps_q"))
        linear = symbol("L") * deviation.symbolic_state(t)
        if self.chunked:
            starts = 1 - sympy.Min(1, sympy.Mod(t - 1, symbol("chunk")))  # 1 at the first step of a chunk, else 0
            return starts * sympy.Min(1, linear)
        return linear if self.through == "uncapped" else sympy.Min(1, linear)


@dataclass(frozen=True)
class Decoupling:
    """Expected number of steps after deployed and observed labels have parted.

    Sharp: sum over h of 1 - prod_(t<=h) (1 - p_t). Simple: sum over t of (H - t + 1) p_t, which is the same with the
    product replaced by one minus the sum, and the only form for hazards that are averages. Where the return has a range
    R, R times the probability that they have parted by step H will do as well.
    """

    deviation: Deviation
    hazard: Hazard

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        return need("H"), *self.deviation.needs, *self.hazard.needs, optionally("return_range")

    def numeric(self, values: Values, form: Form) -> Array:
        """Running sums over one pass of the horizon."""
        steps = self._steps(values, form)
        if "return_range" not in values.arrays:
            return steps
        return np.minimum(steps, times(values["return_range"], self.parted(values, form)))

    @property
    def _names(self) -> list[str]:
        wanted = (*self.deviation.needs, *self.hazard.needs)
        return [name for one in wanted for names in one.alternatives for name in names]

    def parted(self, values: Values, form: Form) -> Array:
        """Probability that labels have parted by step H (simple: the sum of the hazards)."""
        if self.hazard.through == "uncapped":
            return self.deviation.accumulated(values, values["L"], 1)

        def curve(part: Values, horizon: int) -> Array:
            hazard = self.hazard.numeric(part, self.deviation, horizon)
            with np.errstate(divide="ignore"):
                gone = -np.expm1(running_sum(np.log1p(-hazard)))
            return gone if form == "sharp" else np.maximum(running_sum(hazard), gone)

        return values.over_horizon(self._names, curve)

    def _steps(self, values: Values, form: Form) -> Array:
        """Expected number of steps after they have parted."""
        if self.hazard.through == "uncapped":
            return self.deviation.accumulated(values, values["L"], 2)

        def curve(part: Values, horizon: int) -> Array:
            hazard = self.hazard.numeric(part, self.deviation, horizon)
            agreed = -hazard
            with np.errstate(divide="ignore"):
                agreed = running_sum(np.log1p(agreed, out=agreed))
            together = running_sum(np.expm1(agreed, out=agreed))  # minus the sum of 1 - prod (1 - p)
            if form == "sharp":
                return together
            simple = running_sum(running_sum(hazard))
            return np.minimum(-simple, together)  # rounding must not lift sharp above simple

        return 0.0 - values.over_horizon(self._names, curve)

    def symbolic(self, form: Form) -> sympy.Expr:
        import sympy

        H = symbol("H")
        t, h = sympy.symbols("t h", integer=True, positive=True)
        hazard = self.hazard.symbolic(self.deviation, t)
        if form == "simple" or self.hazard.through == "uncapped":
            return sympy.Sum((H - t + 1) * hazard, (t, 2, H))
        return sympy.Sum(1 - sympy.Product(1 - hazard, (t, 2, h)), (h, 1, H))

    def refined(self, form: Form) -> sympy.Expr:
        import sympy

        t = sympy.Symbol("t", integer=True, positive=True)
        hazard = self.hazard.symbolic(self.deviation, t)
        ends = (t, 2, symbol("H"))
        summed = form == "simple" or self.hazard.through == "uncapped"
        parted = sympy.Sum(hazard, ends) if summed else 1 - sympy.Product(1 - hazard, ends)
        return sympy.Min(self.symbolic(form), symbol("return_range") * parted)


@dataclass(frozen=True)
class Drift:
    """Reward lost to the deviation itself: sum over h of L_x * state_h + L_u * action_h."""

    deviation: Motion

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        still = isinstance(self.deviation, Deviation) and self.deviation.loop == "none"
        reward = (need("L_u"),) if still else (need("L_x"), need("L_u"))
        return need("H"), *self.deviation.needs, *reward

    def numeric(self, values: Values, form: Form) -> Array:
        return self.deviation.loss(values)

    def symbolic(self, form: Form) -> sympy.Expr:
        import sympy

        h = sympy.Symbol("h", integer=True, positive=True)
        state = self.deviation.symbolic_state(h)
        action = self.deviation.symbolic_action(h)
        return sympy.Sum(symbol("L_x") * state + symbol("L_u") * action, (h, 1, symbol("H")))
