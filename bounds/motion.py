"""How far two trajectories move apart while their labels agree: the basis of every drift and every hazard."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from bounds.amplitudes import Amplitude
from bounds.gains import ExponentialGain, Gain
from bounds.numerics import Array, running_sum, times
from bounds.symbols import symbol
from bounds.values import Need, Values, need

if TYPE_CHECKING:
    import sympy


GAIN = need("C eta", "gains")
"""The system's gains."""
LOOP_GAIN = need("loop_C loop_eta", "loop_gains")
"""The gains of the policy's own closed loop."""
_UNIT = 2.0**-800  # disturbance for which linear gains are summed; a power of two scales without rounding


class Motion(Protocol):
    """How far deployed and observed trajectories are apart while their labels agree: in the state and in the action."""

    @property
    def needs(self) -> tuple[Need, ...]:
        """What it depends on, except the reward's constants."""

    def state(self, values: Values, horizon: int) -> Array:
        """Displacement of the state at steps 1..horizon, along the last axis."""

    def action(self, values: Values, horizon: int) -> Array:
        """Displacement of the action at steps 1..horizon, along the last axis."""

    def loss(self, values: Values) -> Array:
        """Sum over steps 1..H of L_x times the state's displacement and L_u times the action's."""

    def symbolic_state(self, t: sympy.Expr) -> sympy.Expr:
        """Displacement of the state at step t, exponential gains."""

    def symbolic_action(self, t: sympy.Expr) -> sympy.Expr:
        """Displacement of the action at step t."""


@dataclass(frozen=True)
class Deviation:
    """How far the deployed trajectory is from the observed one while the two agree.

    Attributes:
        amplitude: disturbance of the action that does not come through the state.
        loop: ``"open"``: the disturbance passes the system's gains; ``"closed"``: the policy's Lipschitz constant
            feeds the displacement back; ``"own"``: the disturbance passes the gains of the policy's own closed loop;
            ``"none"``: the states are equal until they decouple.
        slope: the policy's Lipschitz constant, where the loop is closed.
    """

    amplitude: Amplitude
    loop: Literal["open", "closed", "own", "none"] = "open"
    slope: str = "lipschitz"

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        gain = {"none": (), "own": (LOOP_GAIN,)}.get(self.loop, (GAIN,))
        if need("C") in self.amplitude.needs:
            gain = ()
        feedback = (need(self.slope),) if self.answers else ()
        return *gain, *self.amplitude.needs, *feedback

    @property
    def answers(self) -> bool:
        """Whether the action depends on the displacement of the state."""
        return self.loop in ("closed", "own")

    def gains(self, values: Values) -> Gain:
        """What the disturbance passes through."""
        return values.loop_gains if self.loop == "own" else values.gains

    def _moved(self, values: Values, radius: Array, horizon: int) -> Array:
        if self.loop == "closed":
            return values.gains.feedback(radius, values[self.slope], horizon)
        return self.gains(values).displacement(radius, horizon)

    def _answer(self, values: Values, horizon: int) -> Array:
        """The state's answer to the errors that were given by step."""
        errors = self.amplitude.errors(values)
        if errors is None:
            return np.zeros(horizon)
        feedback = values[self.slope] if self.loop == "closed" else np.asarray(0.0)
        return self.gains(values).response(errors.first(horizon), feedback)

    def state(self, values: Values, horizon: int) -> Array:
        if self.loop == "none":
            return np.zeros(horizon)
        return self._moved(values, self.amplitude.constant(values), horizon) + self._answer(values, horizon)

    def action(self, values: Values, horizon: int) -> Array:
        direct = np.broadcast_to(self.amplitude.constant(values)[..., None], (horizon,))
        errors = self.amplitude.errors(values)
        direct = direct if errors is None else direct + errors.first(horizon)
        return direct + times(values[self.slope][..., None], self.state(values, horizon)) if self.answers else direct

    def accumulated(self, values: Values, weight: Array, passes: int) -> Array:
        """``weight`` times the displacement of the state, summed ``passes`` times over steps 1..H.

        Linear gains are summed for a tiny disturbance and scaled afterwards by what depends on other symbols: one curve
        for all amplitudes, and inf only where the product itself exceeds the floats.
        """

        def summed(moved: Array) -> Array:
            return running_sum(moved) if passes == 1 else running_sum(running_sum(moved))

        if not self.gains(values).linear:
            names = [n for wanted in self.needs for names in wanted.alternatives for n in names]
            return times(weight, values.over_horizon(names, lambda part, horizon: summed(self.state(part, horizon))))
        gain = ["loop_C", "loop_eta"] if self.loop == "own" else ["C", "eta", *([self.slope] * self.answers)]
        scale = times(weight, self.amplitude.constant(values) / _UNIT)
        unit = np.asarray(_UNIT)
        total = times(scale, values.over_horizon(gain, lambda p, horizon: summed(self._moved(p, unit, horizon))))
        if self.amplitude.errors(values) is None:
            return total
        answer = values.over_horizon(gain, lambda part, horizon: summed(self._answer(part, horizon)))
        return np.asarray(total + times(weight, answer))

    def direct(self, values: Values) -> Array:
        """Sum over steps 1..H of the disturbance of the action that does not come through the state."""
        constant = times(values["H"], self.amplitude.constant(values))
        errors = self.amplitude.errors(values)
        if errors is None:
            return constant
        return np.asarray(constant + values.over_horizon((), lambda part, horizon: running_sum(errors.first(horizon))))

    def loss(self, values: Values) -> Array:
        direct = times(values["L_u"], self.direct(values))
        if self.loop == "none":
            return direct
        weight = values["L_x"]
        if self.answers:
            weight = weight + values["L_u"] * values[self.slope]
        return np.asarray(self.accumulated(values, weight, 1) + direct)

    def symbolic_state(self, t: sympy.Expr) -> sympy.Expr:
        import sympy

        if self.loop == "none":
            return sympy.Integer(0)
        return self.amplitude.formula() * ExponentialGain.symbolic(t, self.loop, self.slope)

    def symbolic_action(self, t: sympy.Expr) -> sympy.Expr:
        feedback = symbol(self.slope) * self.symbolic_state(t) if self.answers else 0
        return feedback + self.amplitude.formula()
