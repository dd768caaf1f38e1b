"""Disturbances of an action that do not come through the state: the small number every deviation starts from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bounds.numerics import Array, exact_product, exact_sum, times
from bounds.step_errors import StepErrors
from bounds.symbols import symbol
from bounds.values import Need, Values, need

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class Amplitude:
    """Bound on the disturbance of an action that does not come through the state.

    Attributes:
        needs: what it depends on.
        number: values to array.
        formula: sympy expression.
        sequence: the symbol that may be given step by step, as `bounds.step_errors.StepErrors`; it is added as it is.
    """

    needs: tuple[Need, ...]
    number: Callable[[Values], Array]
    formula: Callable[[], sympy.Expr]
    sequence: str | None = None

    def errors(self, values: Values) -> StepErrors | None:
        """The errors given step by step."""
        return None if self.sequence is None else values.objects.get(self.sequence)

    def constant(self, values: Values) -> Array:
        """The part that is the same at every step: all of it, or all but the errors given step by step."""
        if self.sequence is None or self.errors(values) is None:
            return self.number(values)
        return self.number(replace(values, arrays={**values.arrays, self.sequence: np.asarray(0.0)}))


def contraction(C: Array, eta: Array, lipschitz: Array) -> tuple[Array, Array]:
    """1 - eta and 1 - eta - C lipschitz, the differences formed in twice the working precision.

    Example:
        >>> [float(part) for part in contraction(np.array(0.5), np.array(0.5), np.array(0.5))]
        [0.5, 0.25]
    """
    stable = exact_sum(np.asarray(1.0), -eta)
    loop = exact_product(C, lipschitz)
    margin = exact_sum(stable.high, -loop.high)
    return stable.high, margin.high + (margin.low + (stable.low - loop.low))


def closed_loop_contracts(values: Values) -> Array:
    """Whether eta + C * lipschitz < 1."""
    return np.asarray(contraction(values["C"], values["eta"], values["lipschitz"])[1] > 0)


def no_hazard(C: Array, eta: Array, lipschitz: Array, k: Array) -> Array:
    """Whether a binned Lipschitz policy never decouples at the relaxation k: k (1 - eta - C l) >= 2 (1 - eta) + C l.

    Then l Gamma (k + 1) eps_q <= (k - 2) eps_q for every horizon and eps_q, Gamma = C / (1 - eta) (Proposition 5).
    Decided on the constants, as the two sides meet where k is smallest: rounding a displacement would tip the scales.

    Example:
        >>> [bool(no_hazard(np.array(0.5), np.array(0.5), np.array(0.5), np.array(k))) for k in (5.0, 4.999)]
        [True, False]
    """
    return np.logical_and(contraction(C, eta, lipschitz)[1] > 0, _absorbed(C, eta, lipschitz, k))


def jumps_absorbed(values: Values) -> Array:
    """Whether C * lipschitz * (k + 1) <= (k - 2) (1 - eta); k is at least what small gain requires."""
    return _absorbed(values["C"], values["eta"], values["lipschitz"], values["k"])


def _absorbed(C: Array, eta: Array, lipschitz: Array, k: Array) -> Array:
    stable, margin = contraction(C, eta, lipschitz)
    return np.asarray(times(k, margin) >= 2.0 * stable + C * lipschitz)


def _small_gain(values: Values) -> Array:
    """3 eps_q (1 - eta) / (1 - eta - C lipschitz)."""
    stable, margin = contraction(values["C"], values["eta"], values["lipschitz"])
    return 3.0 * values["eps_q"] * (stable / margin)


_WHICH_K = (
    "k = 0 for a TV-continuous policy; for a Lipschitz policy that is binned give lipschitz, and k >= 2; at the k of "
    "bounds.smoothness.small_gain_relaxation nothing decouples"
)
LABEL_ERROR = Amplitude(
    (need("eps_q", "average_error"),),
    lambda v: v["eps_q" if "eps_q" in v.arrays else "average_error"],
    lambda: symbol("eps_q"),
    "average_error",
)
BIN_ERROR = Amplitude((need("eps_q"),), lambda v: v["eps_q"], lambda: symbol("eps_q"))
RELAXED = Amplitude(
    (need("eps_q"), need("k", hint=_WHICH_K)),
    lambda v: (v["k"] + 1.0) * v["eps_q"],
    lambda: (symbol("k") + 1) * symbol("eps_q"),
)
TRIPLED = Amplitude((need("eps_q"),), lambda v: 3.0 * v["eps_q"], lambda: 3 * symbol("eps_q"))
AVERAGE = Amplitude(
    (need("average_error"),), lambda v: v["average_error"], lambda: symbol("average_error"), "average_error"
)
RELAXED_AVERAGE = Amplitude(
    (need("average_error"), need("eps_prime")),
    lambda v: v["average_error"] + v["eps_prime"],
    lambda: symbol("average_error") + symbol("eps_prime"),
    "average_error",
)
ACTION_ERROR = Amplitude(
    (need("action_error"),), lambda v: v["action_error"], lambda: symbol("action_error"), "action_error"
)
RELAXED_BINS = Amplitude((*RELAXED.needs, need("C"), need("eta"), need("lipschitz")), RELAXED.number, RELAXED.formula)
SMALL_GAIN_RADIUS = Amplitude(
    (need("eps_q"), need("C"), need("eta"), need("lipschitz")),
    _small_gain,
    lambda: 3 * symbol("eps_q") * (1 - symbol("eta")) / (1 - symbol("eta") - symbol("C") * symbol("lipschitz")),
)
