"""Why coarse bins work: errors of dithered bins are nearly centred and uncorrelated, so they add in quadrature.

r_1 = 0, r_h = sum over t < h of g_(h-1-t) (ell' r_t + bias) + sqrt(sum over t < h of g_(h-1-t)^2 s_t^2) with

    smooth = 1 + 2 half_width density,  ell' = smooth * lipschitz,
    s_t = sqrt(smooth (lipschitz^2 r_t^2 + 2 half_width sqrt(dimension) lipschitz r_t)) + rms_error

bounds the root mean square of the state's displacement, and s_t that of the action's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bounds.gains import ExponentialGain
from bounds.loop_bounds import LINEAR
from bounds.motion import GAIN
from bounds.numerics import Array, running_sum, times
from bounds.symbols import symbol
from bounds.terms import Drift, Zero
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import REWARD
from bounds.values import Need, Values, need

if TYPE_CHECKING:
    import sympy


_CONSTANTS = ("lipschitz", "half_width", "density", "dimension", "bias", "rms_error")


@dataclass(frozen=True)
class _Step:
    """Constants of one step, in the shape of the symbols.

    Attributes:
        slope: ell'.
        bias: mean error.
        square: coefficient of r^2 under the root of s.
        line: coefficient of r under the root of s.
        floor: rms_error.
    """

    slope: Array
    bias: Array
    square: Array
    line: Array
    floor: Array

    @classmethod
    def of(cls, values: Values) -> _Step:
        """From the symbols."""
        lipschitz, width = values["lipschitz"], values["half_width"]
        smooth = 1.0 + 2.0 * width * values["density"]
        line = 2.0 * smooth * width * np.sqrt(values["dimension"]) * lipschitz
        return cls(smooth * lipschitz, values["bias"], smooth * lipschitz**2, line, values["rms_error"])

    def spread(self, moved: Array) -> Array:
        """s, the root mean square of the action's displacement, from r."""
        inner = np.sqrt(times(self.square, moved) + self.line)
        return np.asarray(times(inner, np.sqrt(moved)) + self.floor)

    def mean(self, moved: Array) -> Array:
        """The conditional mean of the action's displacement."""
        return np.asarray(times(self.slope, moved) + self.bias)


@dataclass(frozen=True)
class RmsDeviation:
    """Displacements in root mean square."""

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        return GAIN, *(need(name) for name in _CONSTANTS)

    def state(self, values: Values, horizon: int) -> Array:
        """r_1..r_horizon along the last axis: O(horizon) for exponential gains, else O(horizon^2)."""
        with np.errstate(over="ignore"):
            return self._state(values, horizon)

    def _state(self, values: Values, horizon: int) -> Array:
        step = _Step.of(values)
        gain = values.gains
        shape = np.broadcast_shapes(*(array.shape for array in values.arrays.values()))
        moved = np.zeros((*shape, horizon))
        if isinstance(gain, ExponentialGain):
            mean, spread, now = np.zeros(shape), np.zeros(shape), np.zeros(shape)
            for h in range(1, horizon):
                mean = times(gain.eta, mean) + times(gain.C, step.mean(now))
                spread = np.hypot(times(gain.eta, spread), times(gain.C, step.spread(now)))
                moved[..., h] = now = mean + spread
            return moved
        gains = gain.response(np.eye(1, horizon)[0])[1:]
        means, spreads = np.zeros_like(moved), np.zeros_like(moved)
        for h in range(horizon):
            backward = gains[:h][::-1]
            squares = np.linalg.norm(times(spreads[..., :h], backward), axis=-1)
            moved[..., h] = times(means[..., :h], backward).sum(axis=-1) + squares
            means[..., h], spreads[..., h] = step.mean(moved[..., h]), step.spread(moved[..., h])
        return moved

    def action(self, values: Values, horizon: int) -> Array:
        with np.errstate(over="ignore"):
            return self._spread(values, self.state(values, horizon))

    @staticmethod
    def _spread(values: Values, moved: Array) -> Array:
        column = Values({name: array[..., None] for name, array in values.arrays.items()}, values.objects)
        return _Step.of(column).spread(moved)

    def loss(self, values: Values) -> Array:
        names = ("C", "eta", *_CONSTANTS)
        states = values.over_horizon(names, lambda part, horizon: running_sum(self.state(part, horizon)))
        actions = values.over_horizon(names, lambda part, horizon: running_sum(self.action(part, horizon)))
        return np.asarray(times(values["L_x"], states) + times(values["L_u"], actions))

    def symbolic_state(self, t: sympy.Expr) -> sympy.Expr:
        import sympy

        return sympy.Function("r")(t)

    def symbolic_action(self, t: sympy.Expr) -> sympy.Expr:
        import sympy

        r, ell, width = self.symbolic_state(t), symbol("lipschitz"), symbol("half_width")
        smooth = 1 + 2 * width * symbol("density")
        inner = ell**2 * r**2 + 2 * width * sympy.sqrt(symbol("dimension")) * ell * r
        return sympy.sqrt(smooth * inner) + symbol("rms_error")


WASSERSTEIN_RMS = Theorem(
    key="wasserstein_rms",
    title="Dithered bins: errors add in quadrature",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source="ours, beside arXiv:2603.20538v1, Theorem 2",
    statement=(
        "An expert with additive noise that is executed through bins loses at most the value against itself without "
        "them, on linear dynamics; the displacement of the state has root mean square at most r(h), r(1) = 0, "
        "r(h) = sum over t < h of g_(h-1-t) (ell' r(t) + bias) + sqrt(sum over t < h of g_(h-1-t)^2 s(t)^2), "
        "ell' = (1 + 2 half_width density) lipschitz, s(t) that of the action as in the drift."
    ),
    assumptions=(
        Assumption("quantized_expert", "the deployed policy is the expert followed by the quantizer"),
        Assumption(
            "dithered",
            "the expert plays g(x) + xi, g lipschitz-Lipschitz in the Euclidean norm, every coordinate of xi with a "
            "unimodal density of at most density",
        ),
        Assumption(
            "uniform_cells",
            "every coordinate is binned by itself, in cells of half width half_width with their centres as codes",
        ),
        Assumption(
            "second_moments",
            "|E[q(u) - u | x]| is at most bias at every state and E|q(u_h) - u_h|^2 at most rms_error^2 at every step",
        ),
        Assumption("linear_dynamics", "x' = A x + B u + w; the gains bound ||A^j B|| in the Euclidean norm"),
        LINEAR,
        REWARD,
    ),
    terms={"imitation": Zero(), "decoupling": Zero(), "drift": Drift(RmsDeviation())},
    paper_rate=r"H\bar\varepsilon_2 \quad (\eta + C\ell' < 1)",
    increasing=("H", "C", "eta", *_CONSTANTS, "L_x", "L_u"),
    decreasing=(),
    tight=(("DitheredEdge", "drift"),),
    forms=("sharp",),
)

THEOREMS = (WASSERSTEIN_RMS,)
"""Bounds in root mean square, in the order of the catalog."""
