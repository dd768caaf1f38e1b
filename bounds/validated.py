"""Bounds from held-out demonstrations: the learner's own errors on the expert's states; no class, no realizability.

The reference is the expert's own path, so nothing is lost to imitation beyond these errors. The errors enter linearly:
regret <= sum over h of c_h E|code_h - u_h| + rest with weights from the recursion, so that one certified interval for
the weighted sum is enough (`error_weights`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bounds.amplitudes import Amplitude
from bounds.errors import ParameterError
from bounds.evaluate import evaluate
from bounds.loop_bounds import COUPLED, LINEAR, LOOP_STABLE, NOISY_LIPSCHITZ, OURS
from bounds.motion import Deviation
from bounds.numerics import Array
from bounds.step_errors import StepErrors
from bounds.symbols import symbol
from bounds.terms import Closed, Drift, Form, Term, Zero
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import QUANTIZED_LIPSCHITZ, REWARD, STABLE, SUP_ERROR
from bounds.values import Values, need, optionally

if TYPE_CHECKING:
    import sympy


HELD_OUT = Assumption(
    "held_out_errors",
    "E|u* - u| over fresh expert trajectories, u the learner's action at the expert's state, is at most action_error "
    "at every step",
)
_HELD_OUT_MAP = Assumption(
    "held_out_map_errors",
    "E|u* - g(x*, xi)| over fresh expert trajectories is at most map_error at every step",
)
_HELD_OUT_LABELS = Assumption(
    "held_out_mismatch",
    "P(some label of a fresh expert trajectory is more than bins_off bins from the learner's) is at most mismatch",
)
_NEIGHBOURS = Assumption(
    "uniform_bins", "codes that are j bins apart are at most 2 j eps_q apart (any quantizer, where bins_off = 0)"
)
_LOOP_LINEAR = Assumption(
    "linear_loop_gains",
    "displacements of the loop are weighted sums of the disturbances, so that averages carry over",
    "linear loop_gains",
    lambda values: values.loop_gains.linear,
)

_CODES = Amplitude(
    (need("jump"), need("action_error")),
    lambda v: v["jump"] + v["action_error"],
    lambda: symbol("jump") + symbol("action_error"),
    "action_error",
)
_MAPS = Amplitude(
    (need("eps_q"), need("map_error")),
    lambda v: v["eps_q"] + v["map_error"],
    lambda: symbol("eps_q") + symbol("map_error"),
    "map_error",
)
_BINS = Amplitude(
    (need("eps_q"), need("bins_off")),
    lambda v: (2.0 * v["bins_off"] + 3.0) * v["eps_q"],
    lambda: (2 * symbol("bins_off") + 3) * symbol("eps_q"),
)


def _mismatched(values: Values, form: Form) -> Array:
    return np.asarray(values.return_range * values["mismatch"])


class _Ranged(Closed):
    """Closed, with the range of the return in H's place where it is given."""

    def refined(self, form: Form) -> sympy.Expr:
        return symbol("return_range") * symbol("mismatch")


_MISMATCH = _Ranged(
    (need("H"), need("mismatch"), optionally("return_range")),
    _mismatched,
    lambda form: symbol("H") * symbol("mismatch"),
)
_DRIFT_GROWS = ("H", "L_x", "L_u")


def _terms(imitation: Term, deviation: Deviation) -> Mapping[str, Term]:
    return {"imitation": imitation, "decoupling": Zero(), "drift": Drift(deviation)}


VALIDATED_ERROR = Theorem(
    key="validated_error",
    title="A learned policy's own errors on held-out demonstrations",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=OURS,
    statement=(
        "A policy whose codes are Lipschitz in the state in mean, up to a jump, and whose actions are in mean within "
        "action_error of the expert's on the expert's own states, has regret at most the value, however it was learned."
    ),
    assumptions=(HELD_OUT, COUPLED, STABLE, LINEAR, REWARD),
    terms=_terms(Zero(), Deviation(_CODES, "closed", "coupled_lipschitz")),
    paper_rate=r"H\bar a \quad (\eta + C\ell' < 1)",
    increasing=(*_DRIFT_GROWS, "C", "eta", "coupled_lipschitz", "jump", "action_error"),
    decreasing=(),
    tight=(("Feedback", "drift"),),
    forms=("sharp",),
)
VALIDATED_CLOSED_LOOP = Theorem(
    key="validated_closed_loop",
    title="A learned policy's own errors on held-out demonstrations, its own loop stable",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=OURS,
    statement=(
        "A binned Lipschitz policy with a stable loop, which before binning is in mean within map_error of the expert "
        "on the expert's own states, has regret at most the value, however it was learned."
    ),
    assumptions=(_HELD_OUT_MAP, NOISY_LIPSCHITZ, SUP_ERROR, LOOP_STABLE, _LOOP_LINEAR, REWARD),
    terms=_terms(Zero(), Deviation(_MAPS, "own")),
    paper_rate=r"H(\varepsilon_q + \bar b)",
    increasing=(*_DRIFT_GROWS, "loop_C", "loop_eta", "lipschitz", "eps_q", "map_error"),
    decreasing=(),
    tight=(("OwnLoop", "drift"),),
    forms=("sharp",),
)
VALIDATED_MISMATCH = Theorem(
    key="validated_mismatch",
    title="A learned policy's labels on held-out demonstrations",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=OURS,
    statement=(
        "A binned ell-Lipschitz policy whose labels are, on a fresh demonstration, never more than bins_off bins from "
        "the expert's except with probability mismatch, has regret at most the value, however it was learned."
    ),
    assumptions=(_HELD_OUT_LABELS, QUANTIZED_LIPSCHITZ, SUP_ERROR, _NEIGHBOURS, STABLE, REWARD),
    terms=_terms(_MISMATCH, Deviation(_BINS, "closed")),
    paper_rate=r"H m + H\varepsilon_q \quad (\eta + C\ell < 1)",
    increasing=(*_DRIFT_GROWS, "C", "eta", "lipschitz", "eps_q", "mismatch", "bins_off"),
    decreasing=(),
    tight=(("WrongStart", "imitation"), ("RoundingUp", "drift")),
    forms=("sharp",),
)

THEOREMS = (VALIDATED_ERROR, VALIDATED_CLOSED_LOOP, VALIDATED_MISMATCH)
"""Bounds from held-out demonstrations, in the order of the catalog."""


def error_weights(theorem: Theorem, *, H: int, **values: Any) -> tuple[Array, float]:
    """Weights c_1..c_H and the rest r of a statement that is linear in errors by step: bound = sum c_h error_h + r.

    One certified interval for E sum_h c_h |error of step h| over held-out trajectories then replaces H intervals.

    Args:
        theorem: validated_error, validated_closed_loop, or any other whose drift takes errors by step.
        H: horizon.
        **values: the other symbols, scalars; not the error itself.

    Raises:
        ParameterError: the statement takes no errors by step, the error is given, or a value is not scalar.

    Example:
        >>> from bounds.catalog import catalog
        >>> weights, rest = error_weights(catalog["validated_error"], H=3, C=1.0, eta=0.5, coupled_lipschitz=0.0,
        ...                               jump=0.1)
        >>> weights.tolist(), round(rest, 12)
        ([2.5, 2.0, 1.0], 0.55)
    """
    drift = theorem.terms.get("drift")
    deviation = drift.deviation if isinstance(drift, Drift) else None
    error = deviation.amplitude.sequence if isinstance(deviation, Deviation) else None
    if error is None or not isinstance(deviation, Deviation):
        raise ParameterError(f"{theorem.key} is not linear in errors by step")
    if error in values:
        raise ParameterError(f"{error} must be left out for its weights, got {values[error]!r}")
    name: str = error
    zeros: dict[str, Any] = {name: StepErrors(np.zeros(H))}
    none = evaluate(theorem, None, H=H, **values, **zeros)
    if none.shape:
        raise ParameterError(f"weights take scalar values, got shape {none.shape}")
    # the weight of step h is what the last H - h + 1 steps lose by a unit error at their first step and nothing else
    alone = Amplitude((need(name),), lambda v: v[name], lambda: symbol(name), name)
    unit = replace(none.values, objects={**none.values.objects, name: StepErrors(np.eye(1, H)[0])})
    unit = replace(unit, arrays={**unit.arrays, "H": np.arange(H, 0, -1.0)})
    return replace(deviation, amplitude=alone).loss(unit), float(none.total)
