"""Upper bounds in which only averages are controlled, so that the hazards of decoupling are random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from bounds.amplitudes import ACTION_ERROR, AVERAGE, RELAXED_AVERAGE
from bounds.gains import ExponentialGain
from bounds.motion import GAIN, Deviation
from bounds.numerics import Array, running_sum, times
from bounds.price import GivenPrice, LearntPrice
from bounds.symbols import symbol
from bounds.terms import Closed, Decoupling, Drift, Form, Hazard, Imitation, Zero
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import (
    DATA,
    DETERMINISTIC,
    DETERMINISTIC_EXPERT,
    LINEAR_GAINS,
    REALIZABLE,
    REWARD,
    STABLE,
    STOCHASTIC,
    STOCHASTIC_EXPERT,
    TVC,
)
from bounds.validated import HELD_OUT
from bounds.values import Need, Values, need, optionally

if TYPE_CHECKING:
    import sympy


_PAPER = "arXiv:2603.20538"
_WHP = "With probability at least 1 - delta over the demonstrations, "
_GAIN = ("L_x", "C", "eta")
_FALLS = ("n", "delta")
_UNIT = 2.0**-800  # as in `bounds.terms`: gains are summed for a tiny disturbance and scaled afterwards
_UNCAPPED = Hazard(through="uncapped")
AVERAGED = Assumption("average_error", "E|q(u_h) - u_h| under the expert is at most average_error at every step h")


@dataclass(frozen=True)
class _AtOnce(Decoupling):
    """Decoupling by averages, or by H horizon_average_error at the first step: the worst order of errors."""

    @property
    def needs(self) -> tuple[Need, ...]:
        return need("H"), GAIN, _EITHER, need("L"), optionally("return_range")

    def numeric(self, values: Values, form: Form) -> Array:
        """L H eps times the sum of all displacements by a unit, or the convolution of the step's errors."""
        if "horizon_average_error" not in values.arrays:
            return super().numeric(values, form)
        steps = times(values["L"], _spread(values, running_sum))
        if "return_range" not in values.arrays:
            return steps
        return np.minimum(steps, times(values["return_range"], times(values["L"], _spread(values))))

    def symbolic(self, form: Form) -> sympy.Expr:
        import sympy

        j, H = sympy.Symbol("j", integer=True, nonnegative=True), symbol("H")
        moved = sympy.Sum((H - 1 - j) * symbol("C") * symbol("eta") ** j, (j, 0, H - 2))
        return symbol("L") * H * symbol("horizon_average_error") * moved

    def refined(self, form: Form) -> sympy.Expr:
        import sympy

        H = symbol("H")
        parted = symbol("L") * H * symbol("horizon_average_error") * ExponentialGain.symbolic(H)
        return sympy.Min(self.symbolic(form), symbol("return_range") * parted)


@dataclass(frozen=True)
class _DriftAtOnce(Drift):
    """The same for the drift."""

    @property
    def needs(self) -> tuple[Need, ...]:
        return need("H"), GAIN, _EITHER, need("L_x"), need("L_u")

    def numeric(self, values: Values, form: Form) -> Array:
        """H eps (L_x Gamma_H + L_u), or the sum of the displacements of the step's errors."""
        if "horizon_average_error" not in values.arrays:
            return super().numeric(values, form)
        direct = times(values["L_u"], times(values["H"], values["horizon_average_error"]))
        return np.asarray(times(values["L_x"], _spread(values)) + direct)

    def symbolic(self, form: Form) -> sympy.Expr:
        H = symbol("H")
        moved = symbol("L_x") * ExponentialGain.symbolic(H) + symbol("L_u")
        return H * symbol("horizon_average_error") * moved


_EITHER = need("horizon_average_error", "average_error")


def _spread(values: Values, summed: Callable[[Array], Array] = np.asarray) -> Array:
    """H horizon_average_error times the displacement by a unit, or its sum over the horizon."""
    unit = values.over_horizon(
        ("C", "eta"), lambda part, horizon: summed(part.gains.displacement(np.asarray(_UNIT), horizon))
    )
    return times(times(values["H"], values["horizon_average_error"] / _UNIT), unit)


_STEPS = Deviation(AVERAGE)
_LEARNT = Deviation(ACTION_ERROR)
_PAIR = Deviation(RELAXED_AVERAGE)


def _locality_number(values: Values, form: Form) -> Array:
    """H P(excess) + H (H + 1) / 2 delta_s, or H delta_u."""
    H = values["H"]
    failed = values["local_failure"] * (H + 1) / 2 if "local_failure" in values.arrays else values["uniform_failure"]
    return np.asarray(times(H, values["excess_probability"] + failed))


def _locality_formula(form: Form) -> sympy.Expr:
    import sympy

    H = symbol("H")
    return H * symbol("excess_probability") + H * (H + 1) * symbol("local_failure") / sympy.Integer(2)


THEOREM_1 = Theorem(
    key="theorem_1",
    title="Two pairs of policies: the deployed one's loss against the other pair's expert",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Theorem 1",
    statement=(
        "For two pairs (raw policy, policy on codes) whose actions are coupled state by state, the returns of the "
        "first pair's raw policy and of the second pair's deployed policy differ by at most the value; average_error "
        "is the mean distance of the first pair's two actions under its own law."
    ),
    assumptions=(
        Assumption(
            "coupled_pairs", "each pair's two actions are coupled at every state; tv compares the extended laws"
        ),
        Assumption("average_error", "the first pair's actions are average_error apart in the mean, at every step"),
        Assumption(
            "tvc_deployed",
            "the deployed policy is eps_prime-RTVC: its actions at two states can be coupled so that they are more "
            "than eps_prime apart with probability at most L |x - x'|",
        ),
        Assumption(
            "locally_stable",
            "while all action gaps are at most d, the state gap of the first pair's law exceeds the gains convolved "
            "with the action gaps with probability at most local_failure at a step, or uniform_failure at any step",
        ),
        LINEAR_GAINS,
        REWARD,
    ),
    terms={
        "imitation": GivenPrice(Decoupling(_PAIR, _UNCAPPED)),
        "decoupling": Decoupling(_PAIR, _UNCAPPED),
        "drift": Drift(_PAIR),
        "locality": Closed(
            (need("H"), need("excess_probability"), need("local_failure", "uniform_failure")),
            _locality_number,
            _locality_formula,
        ),
    },
    paper_rate=(
        r"H^2\delta + H\,\mathrm{TV} + H\,P(\exists h: e_h > d - \varepsilon') + \sum_h \big(E\gamma + "
        r"H\,E\kappa(\gamma)\big)"
    ),
    increasing=(
        *("H", "tv", "average_error", "eps_prime", "excess_probability", "local_failure"),
        *("L_u", *_GAIN, "L"),
    ),
    decreasing=(),
    tight=(("RandomHazards", "imitation"), ("RandomHazards", "decoupling"), ("Drift", "drift")),
    quantity="difference of the two policies' returns, total over the horizon, reward units",
    left=r"|J(\pi_0) - J(\tilde\pi_1)|",
)

THEOREM_2_AVERAGE = Theorem(
    key="theorem_2_average",
    title="Quantized BC of a stochastic expert, errors averaged over the horizon",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Theorem 2, horizon average of the error",
    statement=(
        f"{_WHP}log-loss behavior cloning over a TV-continuous class has regret at most the value when the mean of "
        "|q(u) - u| under the expert, averaged over the steps, is at most horizon_average_error."
    ),
    assumptions=(
        DATA,
        REALIZABLE,
        STOCHASTIC_EXPERT,
        Assumption(
            "horizon_average_error",
            "E|q(u_h) - u_h| under the expert is at most horizon_average_error on average over the steps, or at most "
            "average_error at every step",
        ),
        TVC,
        STABLE,
        LINEAR_GAINS,
        REWARD,
    ),
    terms={
        "imitation": LearntPrice(STOCHASTIC, _AtOnce(_STEPS, _UNCAPPED)),
        "decoupling": _AtOnce(_STEPS, _UNCAPPED),
        "drift": _DriftAtOnce(_STEPS),
    },
    paper_rate=r"H\sqrt{\frac{\log(N/\delta)}{n}} + H^2\varepsilon_q",
    increasing=("H", "log_class_size", "horizon_average_error", "L_u", *_GAIN, "L"),
    decreasing=_FALLS,
    tight=(("Decoupling", "decoupling"), ("Drift", "drift")),
)


def _average_error(
    key: str, title: str, imitation: Imitation, labels: Assumption, provenance: Provenance, forms: tuple[Form, ...]
) -> Theorem:
    return Theorem(
        key=key,
        title=title,
        sense=Sense.UPPER,
        provenance=provenance,
        source=f"{_PAPER}v1, Theorem 2 with the average error in place of the sup error",
        statement=(
            f"{_WHP}log-loss behavior cloning over a TV-continuous class has regret at most the value when the mean of "
            "|q(u) - u| under the expert is at most average_error at every step."
        ),
        assumptions=(DATA, REALIZABLE, labels, AVERAGED, TVC, STABLE, LINEAR_GAINS, REWARD),
        terms={"imitation": imitation, "decoupling": Decoupling(_STEPS, _UNCAPPED), "drift": Drift(_STEPS)},
        paper_rate=r"H\sqrt{\frac{\log(N/\delta)}{n}} + H^2\bar e",
        increasing=("H", "log_class_size", "average_error", "L_u", *_GAIN, "L"),
        decreasing=_FALLS,
        tight=(("Decoupling", "decoupling"), ("Drift", "drift")),
        forms=forms,
    )


AVERAGE_ERROR = replace(
    _average_error(
        "average_error",
        "Learned quantizers: only the average error under the expert is controlled, deterministic labels",
        Imitation(DETERMINISTIC),
        DETERMINISTIC_EXPERT,
        Provenance.EXPLICIT,
        ("simple",),
    ),
    fails_without=(("AdaptedHazards", "deterministic_expert"),),
)
AVERAGE_ERROR_STOCHASTIC = _average_error(
    "average_error_stochastic",
    "Learned quantizers of a stochastic expert: imitation pays the price of random hazards",
    LearntPrice(STOCHASTIC, Decoupling(_STEPS, _UNCAPPED)),
    STOCHASTIC_EXPERT,
    Provenance.OURS,
    ("sharp", "simple"),
)

PROPOSITION_4 = Theorem(
    key="proposition_4",
    title="Regression: the learner's error on the expert's own states is known",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Proposition 4",
    statement=(
        "A TV-continuous policy whose action is, at every step, action_error from the expert's in the mean over the "
        "expert's own states, under any coupling state by state, has regret at most the value; no class, no data, no "
        "quantizer."
    ),
    assumptions=(
        HELD_OUT,
        Assumption("tvc_deployed", "the learner's policy is TV-continuous: TV(pi(x), pi(x')) <= L |x - x'|"),
        STABLE,
        LINEAR_GAINS,
        REWARD,
    ),
    terms={"imitation": Zero(), "decoupling": Decoupling(_LEARNT, _UNCAPPED), "drift": Drift(_LEARNT)},
    paper_rate=r"H \sum_{h=1}^{H} E|u^*_h - \hat u_h|",
    increasing=("H", "action_error", "L_u", *_GAIN, "L"),
    decreasing=(),
    tight=(("Decoupling", "decoupling"), ("Drift", "drift")),
    forms=("simple",),
)

THEOREMS = (THEOREM_1, THEOREM_2_AVERAGE, AVERAGE_ERROR, AVERAGE_ERROR_STOCHASTIC, PROPOSITION_4)
"""Statements on averages, in the order of the catalog."""
