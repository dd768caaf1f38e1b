"""The parts a bound is made of, each in its two readings: a formula in sympy and a recursion in floats.

Every upper bound is imitation + decoupling + drift. The statistical radius says how far the learned law of observed
trajectories is from the expert's; the deviation says how far the deployed trajectory is from the observed one; the
hazard says how likely the two stop agreeing at a step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from bounds.amplitudes import Amplitude
from bounds.gains import ExponentialGain
from bounds.numerics import Array, log_of_one_less, running_sum, times
from bounds.symbols import symbol
from bounds.values import Need, Values, need

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
    "Term",
    "Zero",
]

Form = Literal["sharp", "simple"]
"""Which of two expressions of a bound: the sharper one, or the shorter one above it."""

GAIN = need("C eta", "gains")
_UNIT = 2.0**-800  # disturbance for which linear gains are summed; a power of two scales without rounding


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
        """0."""
        return np.asarray(0.0)

    def symbolic(self, form: Form) -> sympy.Expr:
        """0."""
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
        """The number."""
        return np.asarray(self.number(values, form))

    def symbolic(self, form: Form) -> sympy.Expr:
        """The formula."""
        return self.formula(form)


@dataclass(frozen=True)
class Radius:
    """Statistical radius of log-loss BC over a finite class: TV of observed laws, with probability >= 1 - delta.

    With x = max(0, (log(N - 1) + log(1/delta)) / n) the sharp form is (w (1 - exp(-m x)))^p and the simple form, with
    log N instead of log(N - 1), is (w m x)^p. Stochastic labels: m = 2, p = 1/2 (Lemmas S1, S2). Deterministic labels:
    m = 2, p = 1 (S3). Deterministic labels and class: m = 1, p = 1 (S4). Four Hellinger distances, 4 D: m = 1,
    p = 1/2, w = 32 (S1).

    Attributes:
        multiplier: m.
        root: whether p is 1/2.
        sizes: log-sizes that add up to log N.
        weight: w.
    """

    multiplier: int
    root: bool
    sizes: tuple[str, ...] = ("log_class_size",)
    weight: int = 1

    @property
    def needs(self) -> tuple[Need, ...]:
        """Demonstrations, confidence and class sizes."""
        return need("n"), need("delta"), *(need(size) for size in self.sizes)

    def numeric(self, values: Values, form: Form) -> Array:
        """The radius; sharp and with weight 1 it lies in [0, 1]."""
        log_size = sum((values[size] for size in self.sizes), start=np.asarray(0.0))
        log_odds = -np.log(values["delta"])
        simple = self.multiplier * ((log_size + log_odds) / values["n"])
        if form == "simple":
            return self._rooted(simple)
        exponent = self.multiplier * (np.maximum(log_of_one_less(log_size) + log_odds, 0.0) / values["n"])
        sharp = np.minimum(-np.expm1(-exponent), simple)  # rounding must not lift sharp above simple
        return self._rooted(sharp)

    def _rooted(self, base: Array) -> Array:
        return np.sqrt(self.weight * base) if self.root else self.weight * base

    def symbolic(self, form: Form) -> sympy.Expr:
        """The radius as a formula."""
        import sympy

        log_size = sympy.Add(*(symbol(size) for size in self.sizes))
        log_odds = -sympy.log(symbol("delta"))
        if form == "simple":
            base = self.multiplier * (log_size + log_odds) / symbol("n")
        else:
            x = sympy.Max(0, (sympy.log(sympy.exp(log_size) - 1) + log_odds) / symbol("n"))
            base = 1 - sympy.exp(-self.multiplier * x)
        return sympy.sqrt(self.weight * base) if self.root else self.weight * base


@dataclass(frozen=True)
class Imitation:
    """H times the statistical radius."""

    radius: Radius

    @property
    def needs(self) -> tuple[Need, ...]:
        """H and what the radius needs."""
        return need("H"), *self.radius.needs

    def numeric(self, values: Values, form: Form) -> Array:
        """Total regret from labels that the learner gets wrong on the expert's own states."""
        return values["H"] * self.radius.numeric(values, form)

    def symbolic(self, form: Form) -> sympy.Expr:
        """The formula."""
        return symbol("H") * self.radius.symbolic(form)


@dataclass(frozen=True)
class Deviation:
    """How far the deployed trajectory is from the observed one while the two agree.

    Attributes:
        amplitude: disturbance of the action that does not come through the state.
        loop: ``"open"``: the disturbance passes the system's gains; ``"closed"``: the policy's Lipschitz constant
            feeds the displacement back; ``"none"``: the states are equal until they decouple.
    """

    amplitude: Amplitude
    loop: Literal["open", "closed", "none"] = "open"

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Gains, amplitude and, in closed loop, the Lipschitz constant."""
        gain = () if self.loop == "none" or need("C") in self.amplitude.needs else (GAIN,)
        feedback = (need("lipschitz"),) if self.loop == "closed" else ()
        return *gain, *self.amplitude.needs, *feedback

    def _moved(self, values: Values, radius: Array, horizon: int) -> Array:
        if self.loop == "closed":
            return values.gains.feedback(radius, values["lipschitz"], horizon)
        return values.gains.displacement(radius, horizon)

    def state(self, values: Values, horizon: int) -> Array:
        """Displacement of the state at steps 1..horizon, along the last axis."""
        if values.step_errors is not None:
            return values.gains.response(values.step_errors.first(horizon))
        return self._moved(values, self.amplitude.number(values), horizon)

    def accumulated(self, values: Values, weight: Array, passes: int) -> Array:
        """``weight`` times the displacement of the state, summed ``passes`` times over steps 1..H.

        Linear gains are summed for a tiny disturbance and scaled afterwards by what depends on other symbols: one curve
        for all amplitudes, and inf only where the product itself exceeds the floats.
        """

        def summed(moved: Array) -> Array:
            return running_sum(moved) if passes == 1 else running_sum(running_sum(moved))

        gain = ("C", "eta", "lipschitz") if self.loop == "closed" else ("C", "eta")
        if values.step_errors is not None:
            return times(weight, values.over_horizon(gain, lambda part, horizon: summed(self.state(part, horizon))))
        if values.gains.linear:
            scale = times(weight, self.amplitude.number(values) / _UNIT)
            unit = np.asarray(_UNIT)
            return times(scale, values.over_horizon(gain, lambda p, horizon: summed(self._moved(p, unit, horizon))))
        names = [n for wanted in self.needs for names in wanted.alternatives for n in names]
        return times(weight, values.over_horizon(names, lambda part, horizon: summed(self.state(part, horizon))))

    def direct(self, values: Values) -> Array:
        """Sum over steps 1..H of the disturbance of the action that does not come through the state."""
        if values.step_errors is None:
            return times(values["H"], self.amplitude.number(values))
        errors = values.step_errors
        return values.over_horizon((), lambda part, horizon: running_sum(errors.first(horizon)))

    def symbolic_state(self, t: sympy.Expr) -> sympy.Expr:
        """Displacement of the state at step t, exponential gains."""
        import sympy

        if self.loop == "none":
            return sympy.Integer(0)
        gain = ExponentialGain.symbolic if self.loop == "open" else ExponentialGain.symbolic_feedback
        return self.amplitude.formula() * gain(t)

    def symbolic_action(self, t: sympy.Expr) -> sympy.Expr:
        """Disturbance of the action at step t."""
        feedback = symbol("lipschitz") * self.symbolic_state(t) if self.loop == "closed" else 0
        return feedback + self.amplitude.formula()


@dataclass(frozen=True)
class Hazard:
    """Probability p_t that deployed and observed labels part at step t >= 2; p_1 = 0.

    Attributes:
        through: ``"policy"``: the policy's modulus at the displacement of the state; ``"kernel"``: L_P eps_q, the
            transition kernel's own modulus; ``"uncapped"``: L times the displacement without the cap at 1.
        threshold: whether a Lipschitz constant may stand in for the modulus (Proposition 5 (i)).
    """

    through: Literal["policy", "kernel", "uncapped"] = "policy"
    threshold: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        """The modulus, in the spellings the statement allows."""
        if self.through == "kernel":
            return (need("L_P"), need("eps_q"))
        if self.through == "uncapped":
            return (need("L"),)
        return (need("L", "lipschitz", "modulus") if self.threshold else need("L", "modulus"),)

    def numeric(self, values: Values, deviation: Deviation, horizon: int) -> Array:
        """p_1..p_horizon along the last axis."""
        if self.through == "kernel":
            later = np.arange(horizon) > 0
            return np.where(later, np.minimum(1.0, times(values["L_P"], values["eps_q"]))[..., None], 0.0)
        distance = deviation.state(values, horizon)
        hazard = np.minimum(1.0, values.modulus(distance, values.get("eps_q", 0.0), values.get("k", 0.0)))
        hazard[..., 0] = 0.0
        return hazard

    def symbolic(self, deviation: Deviation, t: sympy.Expr) -> sympy.Expr:
        """p_t for a linear modulus."""
        import sympy

        if self.through == "kernel":
            return sympy.Min(1, symbol("L_P") * symbol("eps_q"))
        linear = symbol("L") * deviation.symbolic_state(t)
        return linear if self.through == "uncapped" else sympy.Min(1, linear)


@dataclass(frozen=True)
class Decoupling:
    """Expected number of steps after deployed and observed labels have parted.

    Sharp: sum over h of 1 - prod_(t<=h) (1 - p_t). Simple: sum over t of (H - t + 1) p_t, which is the same with the
    product replaced by one minus the sum.
    """

    deviation: Deviation
    hazard: Hazard

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """H, what moves the state, and the modulus."""
        return need("H"), *self.deviation.needs, *self.hazard.needs

    def numeric(self, values: Values, form: Form) -> Array:
        """Running sums over one pass of the horizon."""
        if self.hazard.through == "uncapped":
            return self.deviation.accumulated(values, values["L"], 2)
        names = [name for wanted in self.needs for names in wanted.alternatives for name in names if name != "H"]

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

        return 0.0 - values.over_horizon(names, curve)

    def symbolic(self, form: Form) -> sympy.Expr:
        """The formula, with sums and products over a symbolic horizon."""
        import sympy

        H = symbol("H")
        t, h = sympy.symbols("t h", integer=True, positive=True)
        hazard = self.hazard.symbolic(self.deviation, t)
        if form == "simple":
            return sympy.Sum((H - t + 1) * hazard, (t, 2, H))
        return sympy.Sum(1 - sympy.Product(1 - hazard, (t, 2, h)), (h, 1, H))


@dataclass(frozen=True)
class Drift:
    """Reward lost to the deviation itself: sum over h of L_x * state_h + L_u * action_h."""

    deviation: Deviation

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """H, the reward's Lipschitz constants and what moves state and action."""
        reward = (need("L_u"),) if self.deviation.loop == "none" else (need("L_x"), need("L_u"))
        return need("H"), *self.deviation.needs, *reward

    def numeric(self, values: Values, form: Form) -> Array:
        """Sum of the displacement, and the reward's constants."""
        direct = times(values["L_u"], self.deviation.direct(values))
        if self.deviation.loop == "none":
            return direct
        weight = values["L_x"]
        if self.deviation.loop == "closed":
            weight = weight + values["L_u"] * values["lipschitz"]
        return np.asarray(self.deviation.accumulated(values, weight, 1) + direct)

    def symbolic(self, form: Form) -> sympy.Expr:
        """The formula, with a sum over a symbolic horizon."""
        import sympy

        h = sympy.Symbol("h", integer=True, positive=True)
        state = self.deviation.symbolic_state(h)
        action = self.deviation.symbolic_action(h)
        return sympy.Sum(symbol("L_x") * state + symbol("L_u") * action, (h, 1, symbol("H")))
