"""Chunks: a policy that looks at the state every T steps only, on deterministic dynamics.

Between the first steps of two chunks the actions are executed open loop. T = 1 is the policy that always looks, T = H
needs no smoothness. A chunk is safe if the displacement does not grow from one first step to the next: rho_T <= 1 with
rho_T = eta^T + C * sum over i < T of eta^(T-1-i) slope_i, slope_i the Lipschitz constant of action i in the chunk's
first state.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bounds.amplitudes import BIN_ERROR, TRIPLED
from bounds.errors import ParameterError
from bounds.gains import ExponentialGain
from bounds.loop_bounds import OURS
from bounds.motion import GAIN, Deviation
from bounds.numerics import Array, running_sum, times
from bounds.symbols import SYMBOLS, symbol
from bounds.terms import Drift, Hazard, Imitation, Zero
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import (
    DATA,
    DETERMINISTIC_CLASS,
    DETERMINISTIC_DYNAMICS,
    DETERMINISTIC_EXPERT,
    REWARD,
    STABLE,
    STOCHASTIC,
    STOCHASTIC_EXPERT,
    SUP_ERROR,
    decomposition,
)
from bounds.values import Need, Values, need

if TYPE_CHECKING:
    import sympy


_UNIT = 2.0**-800
_WHP = "With probability at least 1 - delta over the demonstrations, "


def _slopes(values: Values, chunk: int) -> Array:
    return np.asarray(times(values["lipschitz"], values["chunk_decay"] ** np.arange(chunk)))


@dataclass(frozen=True)
class ChunkDeviation:
    """Displacements while the labels of all chunks agree: action i of a chunk answers to the chunk's first state.

    Its Lipschitz constant is lipschitz * chunk_decay^i, and on top it is disturbed by 3 eps_q.
    """

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        return GAIN, *TRIPLED.needs, need("chunk"), need("lipschitz"), need("chunk_decay")

    def _curves(self, values: Values, radius: Array, horizon: int) -> tuple[Array, Array]:
        """State and action for one value of every symbol."""
        chunk = min(int(values["chunk"]), horizon)
        slopes = _slopes(values, chunk)
        state = values.gains.held(radius, slopes, horizon)
        step = np.arange(horizon)
        return state, times(slopes[step % chunk], state[step - step % chunk]) + radius

    def state(self, values: Values, horizon: int) -> Array:
        """Displacement of the state at steps 1..horizon; scalar values."""
        return self._curves(values, TRIPLED.number(values), horizon)[0]

    def action(self, values: Values, horizon: int) -> Array:
        """Displacement of the action at steps 1..horizon; scalar values."""
        return self._curves(values, TRIPLED.number(values), horizon)[1]

    def loss(self, values: Values) -> Array:
        return np.asarray(self._total(values, "L_x", 0) + self._total(values, "L_u", 1))

    def _total(self, values: Values, weight: str, which: int) -> Array:
        names = ("C", "eta", "lipschitz", "chunk_decay", "chunk")
        curve = values.over_horizon(names, lambda part, horizon: self._summed(part, horizon, which))
        return times(times(values[weight], TRIPLED.number(values) / _UNIT), curve)

    def _summed(self, values: Values, horizon: int, which: int) -> Array:
        """Running sums for a tiny disturbance, one row for every combination of the symbols."""
        unit = np.asarray(_UNIT)
        if not any(array.ndim for array in values.arrays.values()):
            return running_sum(self._curves(values, unit, horizon)[which])
        count = max(array.size for array in values.arrays.values())
        rows = [
            Values({name: a if a.ndim == 0 else a[row] for name, a in values.arrays.items()}, values.objects)
            for row in range(count)
        ]
        return np.stack([running_sum(self._curves(row, unit, horizon)[which]) for row in rows])

    def symbolic_state(self, t: sympy.Expr) -> sympy.Expr:
        """Displacement of the state at step t: a_i e + b_i with e that of its chunk's first step."""
        import sympy

        inside = sympy.Mod(t - 1, symbol("chunk"))
        return self._carried(inside) * self._first(t) + self._own(inside)

    @staticmethod
    def _carried(steps: sympy.Expr) -> sympy.Expr:
        """a_i: what is left of the first step's displacement."""
        import sympy

        C, eta = symbol("C"), symbol("eta")
        j = sympy.Symbol("j", integer=True, nonnegative=True)
        slope = symbol("lipschitz") * symbol("chunk_decay") ** j
        return eta**steps + sympy.Sum(C * eta ** (steps - 1 - j) * slope, (j, 0, steps - 1))

    @staticmethod
    def _own(steps: sympy.Expr) -> sympy.Expr:
        """b_i: what the chunk's own disturbances add."""
        import sympy

        j = sympy.Symbol("j", integer=True, nonnegative=True)
        return TRIPLED.formula() * sympy.Sum(symbol("C") * symbol("eta") ** j, (j, 0, steps - 1))

    def _first(self, t: sympy.Expr) -> sympy.Expr:
        """Displacement at the first step of the chunk of step t: from 0, e' = a_T e + b_T."""
        import sympy

        chunk = symbol("chunk")
        m = sympy.Symbol("m", integer=True, nonnegative=True)
        count = (t - 1 - sympy.Mod(t - 1, chunk)) / chunk
        return self._own(chunk) * sympy.Sum(self._carried(chunk) ** m, (m, 0, count - 1))

    def symbolic_action(self, t: sympy.Expr) -> sympy.Expr:
        import sympy

        inside = sympy.Mod(t - 1, symbol("chunk"))
        return symbol("lipschitz") * symbol("chunk_decay") ** inside * self._first(t) + TRIPLED.formula()


_CHUNK_DATA = Assumption(
    "realizable_chunks",
    "the finite class of chunk maps (first state to the chunk's codes) contains the expert's push-forward",
)
_CHUNK_TVC = Assumption(
    "chunk_tvc", "every chunk map of the class is TV-continuous: the laws of its codes differ by at most L |x - x'|"
)
_CHUNK_LIPSCHITZ = Assumption(
    "chunk_lipschitz",
    "action i of a chunk, from 0, is the code of a map of the chunk's first state with Lipschitz constant "
    "lipschitz * chunk_decay^i",
)
_CHUNKED = Assumption("chunked_deployment", "deployment executes the codes of a chunk open loop")

CHUNKED = Theorem(
    key="chunked",
    title="Chunks of actions, TV-continuous chunk maps",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=OURS,
    statement=(
        f"{_WHP}log-loss behavior cloning of chunks, executed open loop on deterministic dynamics, has regret at most "
        "the value: labels diverge at the first steps of chunks only, and never for chunk = H."
    ),
    assumptions=(
        DATA,
        _CHUNK_DATA,
        STOCHASTIC_EXPERT,
        DETERMINISTIC_DYNAMICS,
        _CHUNKED,
        SUP_ERROR,
        _CHUNK_TVC,
        STABLE,
        REWARD,
    ),
    terms=decomposition(STOCHASTIC, Deviation(BIN_ERROR), Hazard(chunked=True)),
    paper_rate=r"H\sqrt{\frac{\log(N/\delta)}{n}} + \frac{H^2}{T}\varepsilon_q",
    increasing=("H", "log_class_size", "eps_q", "L_u", "L_x", "C", "eta", "L"),
    decreasing=("n", "delta"),
    undirected=("chunk",),
    tight=(("MirroredLabels", "imitation"), ("Drift", "drift")),
)
CHUNKED_LIPSCHITZ = Theorem(
    key="chunked_lipschitz",
    title="Chunks of actions, binned Lipschitz chunk maps",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=OURS,
    statement=(
        f"{_WHP}log-loss behavior cloning of a deterministic expert's chunks, executed open loop on deterministic "
        "dynamics, has regret at most the value; safe chunks, rho_T <= 1, make it polynomial in the horizon."
    ),
    assumptions=(
        DATA,
        _CHUNK_DATA,
        DETERMINISTIC_EXPERT,
        DETERMINISTIC_DYNAMICS,
        _CHUNKED,
        SUP_ERROR,
        _CHUNK_LIPSCHITZ,
        STABLE,
        REWARD,
    ),
    terms={"imitation": Imitation(DETERMINISTIC_CLASS), "decoupling": Zero(), "drift": Drift(ChunkDeviation())},
    paper_rate=r"\frac{H\log(N/\delta)}{n} + H\varepsilon_q \quad (\rho_T < 1)",
    increasing=("H", "log_class_size", "eps_q", "L_u", "L_x", "C", "eta", "lipschitz", "chunk_decay"),
    decreasing=("n", "delta"),
    undirected=("chunk",),
    tight=(("WrongStart", "imitation"), ("ChunkedLoop", "drift")),
)

THEOREMS = (CHUNKED, CHUNKED_LIPSCHITZ)
"""Bounds for chunks, in the order of the catalog."""


def linear_slopes(A: float, B: float, K: float, chunk: int) -> Array:
    """Lipschitz constants of a linear loop's chunk: |K| |A + B K|^i, i < chunk, for x' = A x + B u and u = K x.

    Example:
        >>> linear_slopes(0.9, 1.0, -0.8, 3).round(4)
        array([0.8  , 0.08 , 0.008])
    """
    return np.asarray(abs(K) * np.abs(A + B * K) ** np.arange(chunk))


def chunk_growth(slopes: Any, *, C: float, eta: float) -> Array:
    """rho_1, rho_2, ...: growth of the displacement from one chunk's first step to the next, for chunks of 1, 2, ...

    rho_T = eta^T + C * sum over i < T of eta^(T-1-i) slopes_i.

    Args:
        slopes: Lipschitz constant of action i of a chunk in the chunk's first state, i = 0, 1, ..., 1-D.
        C: gain constant, |B| for a scalar linear system.
        eta: gain decay, |A|.

    Raises:
        ParameterError: a value out of its domain.

    Example:
        >>> chunk_growth(linear_slopes(0.9, 1.0, -0.8, 7), C=1.0, eta=0.9).round(3).tolist()
        [1.7, 1.61, 1.457, 1.312, 1.181, 1.063, 0.957]
    """
    given = SYMBOLS["lipschitz"].array(slopes)
    if given.ndim != 1 or not given.size:
        raise ParameterError(f"slopes must be a nonempty 1-D sequence, got shape {given.shape}")
    gain = ExponentialGain(np.asarray(C), np.asarray(eta))
    fed = gain.response(np.append(given, 0.0))[1:]
    return np.asarray(gain.eta ** np.arange(1, given.size + 1) + fed)


def smallest_safe_chunk(slopes: Any, *, C: float, eta: float) -> int | None:
    """The smallest T with rho_T <= 1 among chunks up to ``len(slopes)``, or None.

    Example:
        >>> smallest_safe_chunk(linear_slopes(0.9, 1.0, -0.8, 50), C=1.0, eta=0.9)
        7
    """
    safe = np.flatnonzero(chunk_growth(slopes, C=C, eta=eta) <= 1.0)
    return int(safe[0]) + 1 if safe.size else None
