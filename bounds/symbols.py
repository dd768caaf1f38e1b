"""The symbol table: every quantity a statement may depend on, described once.

Keyword names of the evaluation, symbols of the formulas, columns of tables, labels of figures and options of the
command line are all read from here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bounds.errors import ParameterError

if TYPE_CHECKING:
    import sympy


def as_floats(name: str, value: Any, domain: str) -> NDArray[np.float64]:
    """``value`` as a float array of its own.

    Args:
        name: the argument it was given as.
        value: a number or nested sequence of numbers.
        domain: what it must be, in words.

    Raises:
        ParameterError: not numeric; booleans and strings are not.

    Example:
        >>> as_floats("bins", [2, 4], "a whole number")
        array([2., 4.])
    """
    try:
        given = np.asarray(value)
        if given.dtype.kind not in "iufO":
            raise TypeError
        return np.array(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ParameterError(f"{name} must be {domain}, got {value!r}") from None


@dataclass(frozen=True)
class Symbol:
    """One quantity of the theory.

    Attributes:
        name: keyword name, e.g. ``eps_q``.
        latex: how it is typeset.
        meaning: one phrase, with the unit or norm where there is one.
        low: smallest admissible value.
        high: largest admissible value.
        open_low: whether ``low`` itself is excluded.
        open_high: whether ``high`` itself is excluded.
        integer: whether only whole numbers are admissible.
        default: value used when the caller gives none; ``None`` means it must be given.
    """

    name: str
    latex: str
    meaning: str
    low: float = 0.0
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    integer: bool = False
    default: float | None = None

    @property
    def domain(self) -> str:
        """The admissible values in words.

        Example:
            >>> SYMBOLS["delta"].domain
            'a number in (0, 1)'
        """
        kind = "a whole number" if self.integer else "a number"
        if math.isinf(self.high):
            return f"{kind} {'>' if self.open_low else '>='} {self.low:g}"
        left, right = "(" if self.open_low else "[", ")" if self.open_high else "]"
        return f"{kind} in {left}{self.low:g}, {self.high:g}{right}"

    def array(self, value: Any) -> NDArray[np.float64]:
        """``value`` as a read-only copy, a float array inside the domain.

        Raises:
            ParameterError: not numeric, not finite, or outside the domain.

        Example:
            >>> SYMBOLS["H"].array([10, 20])
            array([10., 20.])
        """
        array = as_floats(self.name, value, self.domain)
        below = array <= self.low if self.open_low else array < self.low
        above = array >= self.high if self.open_high else array > self.high
        bad = below | above | ~np.isfinite(array)
        if self.integer:
            bad |= array != np.floor(array)
        if bad.any():
            raise ParameterError(f"{self.name} must be {self.domain}, got {float(array[bad].flat[0])!r}")
        array.setflags(write=False)
        return array


_TABLE = (
    Symbol("H", "H", "horizon, steps in an episode", low=1, integer=True),
    Symbol("n", "n", "number of demonstrations (expert trajectories)", low=1),
    Symbol("delta", r"\delta", "probability with which a bound may fail", 0, 1, True, True, default=0.05),
    Symbol("log_class_size", r"\log N", "natural logarithm of the number of policies in the class, nats"),
    Symbol("log_model_class_size", r"\log M", "natural logarithm of the number of transition models, nats"),
    Symbol("eps_q", r"\varepsilon_q", "quantization error: largest |q(u) - u|, a radius, in the action norm"),
    Symbol("C", "C", "gain constant: a unit action error moves the state by at most C eta^j after j steps"),
    Symbol("eta", r"\eta", "gain decay per step; below 1 the dynamics are incrementally stable"),
    Symbol("L", "L", "TV-Lipschitz constant of the policy, per unit of state distance: kappa(r) = L r"),
    Symbol("L_P", "L_P", "TV-Lipschitz constant of the transition kernel, per unit of action distance"),
    Symbol("L_x", "L_x", "Lipschitz constant of the reward in the state", default=1.0),
    Symbol("L_u", "L_u", "Lipschitz constant of the reward in the action", default=1.0),
    Symbol("lipschitz", r"\ell", "Lipschitz constant of the policy before binning"),
    Symbol("k", "k", "relaxation: actions within k eps_q of each other count as equal"),
    Symbol("average_error", r"\bar e", "mean of |q(u) - u| under the expert at any one step, in the action norm"),
    Symbol(
        "horizon_average_error",
        r"\bar\varepsilon_q",
        "mean of |q(u) - u| under the expert, averaged over the horizon, in the action norm",
    ),
    Symbol(
        "eps_prime", r"\varepsilon'", "relaxation: actions within eps_prime of each other count as equal", default=0.0
    ),
    Symbol("tv", r"\mathrm{TV}", "total variation between the laws of two policies' observed trajectories", 0, 1),
    Symbol("hazard_sum", "K", "largest sum of the hazards along a path; unbounded if not given"),
    Symbol("excess_probability", r"p_{>d}", "P(some action error exceeds d - eps_prime)", 0, 1, default=0.0),
    Symbol("local_failure", r"\delta_s", "P(stability fails at a step), the largest over steps", 0, 1, default=0.0),
    Symbol("uniform_failure", r"\delta_u", "P(stability fails at some step)", 0, 1),
    Symbol("step_error", r"\epsilon", "mean over steps of P(learner's action differs) under the expert", 0, 1),
    Symbol(
        "return_range", "R", "width of an interval that contains the total reward of every trajectory; H if not given"
    ),
    Symbol("return_std", r"\sigma_J", "standard deviation of the expert's total reward; half its range if not given"),
    Symbol("coupled_lipschitz", r"\ell'", "slope of E|u - u'| under the best coupling, per unit of state distance"),
    Symbol("jump", "J", "largest excess of E|u - u'| under the best coupling over its slope, in the action norm"),
    Symbol("eps_max", r"\varepsilon_{\max}", "largest |q(u) - u| over actions that occur, in the action norm"),
    Symbol("loop_C", r"C_{\mathrm{cl}}", "gain constant of the policy's own closed loop"),
    Symbol("loop_eta", r"\eta_{\mathrm{cl}}", "gain decay per step of the policy's own closed loop"),
    Symbol("action_error", r"\bar a", "mean of |u* - u| under the expert at any one step, u the learner's action"),
    Symbol(
        "map_error",
        r"\bar b",
        "mean of |u* - u| under the expert at any one step, u the learner's before its quantizer",
    ),
    Symbol(
        "mismatch", "m", "P(some label is more than bins_off bins from the policy's on a fresh demonstration)", 0, 1
    ),
    Symbol("bins_off", "j", "bins by which a label may be off and still count as equal", integer=True, default=0.0),
    Symbol("chunk", "T", "actions in a chunk", low=1, integer=True),
    Symbol(
        "chunk_decay", r"\lambda", "decay per action of a chunk map's Lipschitz constant in the chunk's first state"
    ),
    Symbol("half_width", r"\varepsilon_b", "half the width of a bin in one coordinate", open_low=True),
    Symbol("density", "f", "largest density of the policy's noise in one coordinate"),
    Symbol("dimension", "d_u", "action dimensions", low=1, integer=True, default=1.0),
    Symbol("bias", r"\beta", "largest |E[q(u) - u | x]| over states, Euclidean"),
    Symbol("rms_error", r"\bar\varepsilon_2", "root mean square of |q(u) - u|, Euclidean, at any one step"),
    Symbol(
        "log_misspecification",
        r"\log(1+\chi^2)",
        "log(1 + chi^2) between the expert's law of observed trajectories and the best policy's of the class, nats",
    ),
    Symbol(
        "log_cover",
        r"\epsilon_c",
        "scale of a one-sided log cover of the class: a policy's log-likelihood of any trajectory exceeds that of its "
        "cover element by at most this, nats",
    ),
    Symbol("tube", r"\rho", "radius of the tube around the nominal path; twice it stays inside the stable region"),
    Symbol(
        "noise_share",
        r"\theta",
        "share of the tube reserved for the process noise; the rest is for the policy's",
        0,
        1,
        True,
        True,
        default=0.5,
    ),
    Symbol("state_dimension", "d_x", "dimensions of the state", low=1, integer=True),
    Symbol("sigma_w", r"\sigma_w", "standard deviation of the Gaussian process noise, per state dimension"),
    Symbol("distance", "r", "distance |x - x'| between two states"),
    Symbol("sigma", r"\sigma", "standard deviation of the Gaussian policy, per action dimension", open_low=True),
    Symbol("eps", r"\varepsilon", "scale of the trap quantizer", open_low=True),
    Symbol("A", "A", "state coefficient of the scalar system x' = A x + B u + w", 0, 1, False, True),
    Symbol("B", "B", "action coefficient of the scalar system x' = A x + B u + w", 0, 1, True, True),
    Symbol("d", "d", "position of the trap, in units of eps", open_low=True),
    Symbol("c", "c", "slope of the expert of the noisy trap", 0, open_low=True),
    Symbol("W", "W", "half-width of the uniform noise of the noisy trap", open_low=True),
    Symbol("x_c", "x_c", "centre of the noisy trap", open_low=True),
    Symbol(
        "reach",
        r"K_\sigma",
        "number of standard deviations within which the expert's states count, Gaussian trap",
        default=2.0,
    ),
)

SYMBOLS: Mapping[str, Symbol] = MappingProxyType({entry.name: entry for entry in _TABLE})
"""Every symbol by its keyword name."""


def symbol(name: str) -> sympy.Symbol:
    """The sympy symbol of a table entry, with the assumptions its domain implies.

    Example:
        >>> symbol("H").is_positive, symbol("eta").is_nonnegative
        (True, True)
    """
    import sympy

    entry = SYMBOLS[name]
    positive = entry.low > 0 or entry.open_low
    return sympy.Symbol(name, real=True, nonnegative=True, positive=positive or None, integer=entry.integer or None)
