"""Gains: how far a disturbance of the actions moves the state under shared noise (incremental stability).

A gain object answers one question, vectorised over everything but the horizon: given that every action is disturbed by
at most r, how far has the state moved at steps 1..H? Linear gains also close the loop with a Lipschitz policy: e_1 = 0,
e_h = sum over t < h of g_(h-1-t) (ell e_t + j_t). That is one recursion, in O(H) for exponential gains and in O(H^2)
for any others; the action of step t may also read the states so far in another way (`solve`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

import numpy as np

from bounds.errors import AssumptionError, ParameterError
from bounds.numerics import Array, Twofold, geometric_response, multiply_add, powers, running_sum, times
from bounds.symbols import SYMBOLS, symbol

if TYPE_CHECKING:
    import sympy


_OPEN = np.asarray(0.0)  # no feedback


@runtime_checkable
class Gain(Protocol):
    """Response of the state to disturbed actions; the horizon is the last axis of every result.

    Attributes:
        linear: whether the displacement is a weighted sum of the disturbances, hence proportional to their size.
    """

    @property
    def linear(self) -> bool:
        """Whether the displacement is a weighted sum of the disturbances."""

    def displacement(self, radius: Array, horizon: int) -> Array:
        """State displacement at steps 1..horizon when every action moves by at most ``radius``."""

    def feedback(self, radius: Array, lipschitz: Array, horizon: int) -> Array:
        """Displacement when the action moves by ``lipschitz`` times the displacement plus at most ``radius``."""

    def response(self, disturbances: Array, lipschitz: Array = _OPEN) -> Array:
        """Displacement when the action of step t moves by ``lipschitz`` times it plus ``disturbances[t - 1]``."""

    def held(self, radius: Array, slopes: Array, horizon: int) -> Array:
        """Displacement when action i of a chunk moves by ``slopes[i]`` times that of its first step plus ``radius``."""


def solve(gains: Array, action: Callable[[int, Array], Array], shape: tuple[int, ...]) -> Array:
    """The Volterra sums e_1 = 0, e_h = sum over t < h of g_(h-1-t) a_t, step by step, where a_t depends on e_1..e_t.

    Args:
        gains: g_0..g_(H-2).
        action: step t - 1 and the array of e, right up to step t, to a_t in the leading shape.
        shape: leading shape.

    Returns:
        e_1..e_H along the last axis.

    Example:
        >>> solve(np.array([0.5, 0.25]), lambda t, e: e[..., t] + 1.0, ())
        array([0. , 0.5, 1. ])
    """
    backward = gains[::-1]
    moved = np.zeros((*shape, gains.size + 1))
    actions = np.zeros_like(moved)
    for h in range(gains.size + 1):
        moved[..., h] = actions[..., :h] @ backward[gains.size - h :]
        actions[..., h] = action(h, moved)
    return moved


def _delayed(totals: Array) -> Array:
    """Shift by one step: the first action moves the second state."""
    return np.concatenate([np.zeros_like(totals[..., :1]), totals[..., :-1]], axis=-1)


@dataclass(frozen=True)
class ExponentialGain:
    """Gains g_j = C eta^j (P-EIISS).

    Args:
        C: gain constant, state units per action unit.
        eta: decay per step; 1 and more are allowed, the sums then grow with the horizon.

    Example:
        >>> ExponentialGain(0.5, 0.5).displacement(np.array(1.0), 4)
        array([0.   , 0.5  , 0.75 , 0.875])
    """

    C: Array
    eta: Array
    linear: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "C", SYMBOLS["C"].array(self.C))
        object.__setattr__(self, "eta", SYMBOLS["eta"].array(self.eta))

    def _summed(self, radius: Array, base: Twofold, horizon: int) -> Array:
        scale = times(radius, self.C)[..., None]
        factors = powers(base, horizon)
        if np.isinf(factors[..., -1]).any():  # base^j alone overflows: a small disturbance comes in half way
            steps = np.arange(horizon)
            half = times(scale, factors[..., steps // 2])
            return _delayed(running_sum(times(half, factors[..., steps - steps // 2])))
        return times(scale, _delayed(running_sum(factors)))

    def displacement(self, radius: Array, horizon: int) -> Array:
        """radius * C * (1 + eta + … + eta^(h-2)) at h = 1..horizon."""
        return self._summed(radius, Twofold(self.eta, np.zeros_like(self.eta)), horizon)

    def feedback(self, radius: Array, lipschitz: Array, horizon: int) -> Array:
        """The same with the closed-loop base rho = eta + C * lipschitz, carried in two floats.

        Example:
            >>> ExponentialGain(0.5, 0.5).feedback(np.array(1.0), np.array(1.0), 3)
            array([0. , 0.5, 1. ])
        """
        return self._summed(radius, multiply_add(self.C, lipschitz, self.eta), horizon)

    def response(self, disturbances: Array, lipschitz: Array = _OPEN) -> Array:
        """Sum over t < h of C rho^(h-1-t) disturbances_t, rho = eta + C * lipschitz.

        Example:
            >>> ExponentialGain(0.5, 0.5).response(np.array([1.0, 0.0, 0.0]))
            array([0.  , 0.5 , 0.25])
        """
        C, eta, lipschitz = np.broadcast_arrays(self.C, self.eta, lipschitz)
        return times(C[..., None], geometric_response(multiply_add(C, lipschitz, eta), disturbances))

    def held(self, radius: Array, slopes: Array, horizon: int) -> Array:
        """The closed loop of a policy that looks at the state every T steps only; scalars.

        Within a chunk the displacement is a_i e + b_i with e that of its first step, so first steps grow by a_T.

        Example:
            >>> ExponentialGain(0.5, 0.5).held(np.array(1.0), np.array([1.0, 1.0]), 4)
            array([0.  , 0.5 , 0.75, 1.25])
        """
        chunk = slopes.size
        eta = Twofold(self.eta, np.asarray(0.0))
        fed = times(self.C, geometric_response(eta, np.append(slopes, 0.0)))
        carried = np.append(powers(eta, chunk), 0.0) + fed
        growth = _growth(float(self.C), float(self.eta), slopes)
        own = self.displacement(radius, chunk + 1)
        count = -(-horizon // chunk)
        first = times(own[-1], _delayed(running_sum(powers(growth, count))))
        inner = times(first[:, None], carried[:chunk]) + own[:chunk]
        return np.asarray(inner.reshape(-1)[:horizon])

    @staticmethod
    def symbolic(t: sympy.Expr, loop: str = "open", slope: str = "lipschitz") -> sympy.Expr:
        """The gain at step t against a constant disturbance, as a sum.

        Args:
            t: step.
            loop: ``"open"``: Gamma_t, base eta; ``"closed"``: base eta + C * slope; ``"own"``: base loop_eta.
            slope: the policy's Lipschitz constant.
        """
        import sympy

        j = sympy.Symbol("j", integer=True, nonnegative=True)
        if loop == "own":
            return sympy.Sum(symbol("loop_C") * symbol("loop_eta") ** j, (j, 0, t - 2))
        base = symbol("eta") + symbol("C") * symbol(slope) if loop == "closed" else symbol("eta")
        return sympy.Sum(symbol("C") * base**j, (j, 0, t - 2))


def _growth(C: float, eta: float, slopes: Array) -> Twofold:
    """eta^T + C * sum of eta^(T-1-i) slopes_i in extended precision, as two floats: it is raised to high powers."""
    fed = np.longdouble(0.0)
    for slope in slopes:
        fed = fed * np.longdouble(eta) + np.longdouble(slope)
    total = np.longdouble(eta) ** slopes.size + np.longdouble(C) * fed
    high = np.float64(total)
    return Twofold(np.asarray(high), np.asarray(np.float64(total - np.longdouble(high)) if np.isfinite(high) else 0.0))


@dataclass(frozen=True)
class GainSequence:
    """Any gains g_0, g_1, …, as computed for a system; zero after the last one unless a longer horizon is asked for.

    Args:
        values: g_0..g_m, nonnegative, state units per action unit; horizons up to m + 2 can be evaluated.

    Example:
        >>> GainSequence([0.5, 0.25]).displacement(np.array(2.0), 3)
        array([0. , 1. , 1.5])
    """

    values: Array
    linear: ClassVar[bool] = True

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 1 or not np.isfinite(values).all() or (values < 0).any():
            raise ParameterError(f"gains must be a finite, nonnegative 1-D sequence, got {self.values!r}")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def _first(self, count: int) -> Array:
        if count > self.values.size:
            raise ParameterError(f"gains must reach H - 1 = {count} entries, got {self.values.size}")
        return self.values[:count]

    def displacement(self, radius: Array, horizon: int) -> Array:
        """radius * (g_0 + … + g_(h-2)) at h = 1..horizon."""
        totals = np.concatenate([[0.0], running_sum(self._first(horizon - 1))])
        return times(np.asarray(radius)[..., None], totals)

    def feedback(self, radius: Array, lipschitz: Array, horizon: int) -> Array:
        """Solution of e_h = sum_(t<h) g_(h-1-t) (lipschitz e_t + radius), e_1 = 0, step by step.

        Example:
            >>> GainSequence([0.5, 0.25]).feedback(np.array(1.0), np.array(1.0), 3)
            array([0. , 0.5, 1. ])
        """
        radius, lipschitz = np.broadcast_arrays(radius, lipschitz)
        return solve(self._first(horizon - 1), lambda h, moved: lipschitz * moved[..., h] + radius, radius.shape)

    def response(self, disturbances: Array, lipschitz: Array = _OPEN) -> Array:
        """Sum over t < h of g_(h-1-t) (lipschitz e_t + disturbances_t).

        Example:
            >>> GainSequence([0.5, 0.25]).response(np.array([1.0, 0.0, 0.0]))
            array([0.  , 0.5 , 0.25])
        """
        gains = self._first(disturbances.size - 1)
        if lipschitz.any():
            return solve(gains, lambda h, moved: lipschitz * moved[..., h] + disturbances[h], lipschitz.shape)
        if not gains.size:
            return np.zeros(disturbances.size)
        return np.concatenate([[0.0], np.convolve(gains, disturbances[:-1])[: gains.size]])

    def held(self, radius: Array, slopes: Array, horizon: int) -> Array:
        """See `ExponentialGain.held`; step by step.

        Example:
            >>> GainSequence(0.5 ** np.arange(1, 4)).held(np.array(1.0), np.array([1.0, 1.0]), 4)
            array([0.  , 0.5 , 0.75, 1.25])
        """

        def action(h: int, moved: Array) -> Array:
            inside = h % slopes.size
            return np.asarray(slopes[inside] * moved[h - inside] + radius)

        return solve(self._first(horizon - 1), action, ())


@dataclass(frozen=True)
class MaxTypeGain:
    """The paper's modulus: the state moves by at most gamma(largest disturbance so far).

    Args:
        gamma: nondecreasing function of the radius (vectorised), or the slope of a linear one.

    Example:
        >>> MaxTypeGain(3.0).displacement(np.array(0.1), 3).round(12)
        array([0. , 0.3, 0.3])
    """

    gamma: float | Callable[[Array], Array]
    linear: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not callable(self.gamma):
            SYMBOLS["C"].array(self.gamma)

    def displacement(self, radius: Array, horizon: int) -> Array:
        """Gamma(radius) from the second step on."""
        radius = np.asarray(radius, dtype=np.float64)
        moved = np.asarray(self.gamma(radius) if callable(self.gamma) else self.gamma * radius, dtype=np.float64)
        if moved.shape != radius.shape or np.isnan(moved).any() or (moved < 0).any():
            raise ParameterError(f"gains: gamma must map radii to nonnegative radii of the same shape, got {moved!r}")
        first = np.arange(horizon) > 0
        return np.where(first, moved[..., None], 0.0)

    def feedback(self, radius: Array, lipschitz: Array, horizon: int) -> Array:
        """Not defined: a max-type modulus cannot be closed by feedback.

        Raises:
            AssumptionError: always.
        """
        raise AssumptionError(
            f"gains must be exponential or a sequence to close the loop, got a max-type modulus "
            f"(radius {np.max(radius):g}, lipschitz {np.max(lipschitz):g}, horizon {horizon})"
        )

    def response(self, disturbances: Array, lipschitz: Array = _OPEN) -> Array:
        """The modulus at the largest disturbance so far, without feedback.

        Raises:
            AssumptionError: a feedback is asked for.
        """
        if lipschitz.any():
            self.feedback(np.asarray(np.max(disturbances)), lipschitz, disturbances.size)
        largest = np.maximum.accumulate(disturbances[:-1])
        return np.concatenate([[0.0], self.displacement(largest, 2)[..., 1]])

    def held(self, radius: Array, slopes: Array, horizon: int) -> Array:
        """Not defined, like `feedback`.

        Raises:
            AssumptionError: always.
        """
        return self.feedback(radius, np.asarray(np.max(slopes, initial=0.0)), horizon)
