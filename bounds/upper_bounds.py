"""Upper bounds on regret: radii, deviations and hazards combined in a single decomposition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from bounds.amplitudes import (
    BIN_ERROR,
    LABEL_ERROR,
    RELAXED,
    SMALL_GAIN_RADIUS,
    TRIPLED,
    closed_loop_contracts,
)
from bounds.terms import Decoupling, Deviation, Drift, Hazard, Imitation, Radius, Term, Zero
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.values import Values

_PAPER = "arXiv:2603.20538"

STOCHASTIC = Radius(multiplier=2, root=True)
DETERMINISTIC = Radius(multiplier=2, root=False)
DETERMINISTIC_CLASS = Radius(multiplier=1, root=False)
LEARNERS: Mapping[Radius, str] = MappingProxyType(
    {STOCHASTIC: "MirroredLabels", DETERMINISTIC: "UnsureLearner", DETERMINISTIC_CLASS: "WrongStart"}
)
"""Which witness attains the radius."""
_WITH_MODELS = ("log_class_size", "log_model_class_size")

DATA = Assumption(
    "iid_demonstrations",
    "n independent expert trajectories; the expert executes raw actions, the learner sees their labels",
)
REALIZABLE = Assumption(
    "realizable", "the finite policy class contains the expert's push-forward through the quantizer"
)
REWARD = Assumption("lipschitz_reward", "rewards lie in [0, 1] and are (L_x, L_u)-Lipschitz in state and action")
STABLE = Assumption(
    "incrementally_stable",
    "under shared noise the state displacement is at most the gains convolved with the action displacement, globally",
)
SUP_ERROR = Assumption("sup_error", "every action is within eps_q of its code")
LABEL_ERROR_KNOWN = Assumption(
    "label_error",
    "every action is within eps_q of its code, or E|q(u_h) - u_h| under the expert is at most average_error at step h",
)
STOCHASTIC_EXPERT = Assumption("any_expert", "the expert's labels may be stochastic")
DETERMINISTIC_EXPERT = Assumption("deterministic_expert", "the expert's label is a function of the state")
DETERMINISTIC_ACTIONS = Assumption("deterministic_actions", "the expert's action is a function of state and step")
CLASS_DETERMINISTIC = Assumption("deterministic_class", "every policy of the class is deterministic")
TVC = Assumption("tvc", "every policy of the class is TV-continuous: TV(pi(x), pi(x')) <= L |x - x'|")
RTVC = Assumption(
    "rtvc",
    "every policy of the class is (k eps_q)-RTVC (relaxed TV-continuous) with the given modulus kappa: its codes at "
    "two states can be coupled so that they are more than k eps_q apart with probability at most kappa(|x - x'|)",
)
QUANTIZED_LIPSCHITZ = Assumption(
    "quantized_lipschitz", "every policy of the class is an ell-Lipschitz map followed by the quantizer"
)
CONTRACTS = Assumption("small_gain", "the closed loop contracts", "eta + C * lipschitz < 1", closed_loop_contracts)
_AVERAGES = {"average_error", "horizon_average_error", "action_error"}


def _gains_add_up(values: Values) -> bool:
    return values.gains.linear or not _AVERAGES & {*values.arrays, *values.objects}


LINEAR_GAINS = Assumption(
    "linear_gains",
    "displacements are weighted sums of the disturbances, so that averages carry over",
    "linear gains with average_error",
    _gains_add_up,
)


def decomposition(radius: Radius, deviation: Deviation, hazard: Hazard | None) -> Mapping[str, Term]:
    """Imitation + decoupling + drift."""
    decoupling: Term = Zero() if hazard is None else Decoupling(deviation, hazard)
    return {"imitation": Imitation(radius), "decoupling": decoupling, "drift": Drift(deviation)}


_BASE = ("H", "log_class_size", "eps_q", "L_u")
_GAIN = ("L_x", "C", "eta")
_FALLS = ("n", "delta")
_WHP = "With probability at least 1 - delta over the demonstrations, "


DETERMINISTIC_DYNAMICS = Assumption("deterministic_dynamics", "the dynamics are deterministic given the first state")
Attained = tuple[tuple[str, str], ...]


def _theorem_3(key: str, title: str, radius: Radius, extra: tuple[Assumption, ...], attained: Attained) -> Theorem:
    return Theorem(
        key=key,
        title=title,
        sense=Sense.UPPER,
        provenance=Provenance.EXPLICIT,
        source=f"{_PAPER}v1, Theorem 3",
        statement=(
            f"{_WHP}log-loss behavior cloning of a deterministic expert, binned with sup error eps_q, over "
            "a (k eps_q)-RTVC class has regret at most the value."
        ),
        assumptions=(DATA, REALIZABLE, DETERMINISTIC_EXPERT, *extra, SUP_ERROR, RTVC, STABLE, REWARD),
        terms=decomposition(radius, Deviation(RELAXED), Hazard(threshold=True)),
        paper_rate=(
            r"\frac{H\log(N/\delta)}{n} + H^2\kappa\big(\gamma((k+1)\varepsilon_q)\big)"
            r" + H\big[\gamma((k+1)\varepsilon_q) + (k+1)\varepsilon_q\big]"
        ),
        increasing=(*_BASE, *_GAIN, "L", "k"),
        decreasing=_FALLS,
        tight=(*attained, ("Drift", "drift")),
    )


def _theorem_7(key: str, title: str, radius: Radius, extra: tuple[Assumption, ...], attained: Attained) -> Theorem:
    models = Assumption("realizable_models", "the finite model class contains the observed chain's transitions")
    noise = Assumption(
        "shared_noise", "dynamics are deterministic, or the auxiliary roll-out shares the system's noise"
    )
    return Theorem(
        key=key,
        title=title,
        sense=Sense.UPPER,
        provenance=Provenance.EXPLICIT,
        source=f"{_PAPER}v1, Theorem 7",
        statement=(
            f"{_WHP}behavior cloning with model-based augmentation (policy and transition model learned by "
            "log-loss, actions read off an auxiliary roll-out) has regret at most the value; nothing need be smooth."
        ),
        assumptions=(DATA, REALIZABLE, models, *extra, noise, LABEL_ERROR_KNOWN, STABLE, LINEAR_GAINS, REWARD),
        terms=decomposition(radius, Deviation(LABEL_ERROR), None),
        paper_rate=r"H\left[\sqrt{\frac{\log|\Pi| + \log|M|}{n}} + \varepsilon_q\right]",
        increasing=(*_BASE, "log_model_class_size", *_GAIN),
        decreasing=_FALLS,
        tight=(*attained, ("Drift", "drift")),
    )


THEOREM_2 = Theorem(
    key="theorem_2",
    title="Quantized BC of a stochastic expert, TV-continuous policies",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Theorem 2",
    statement=(
        f"{_WHP}log-loss behavior cloning on action codes with sup error eps_q, over a TV-continuous class "
        "and incrementally stable dynamics, has regret at most the value."
    ),
    assumptions=(DATA, REALIZABLE, STOCHASTIC_EXPERT, SUP_ERROR, TVC, STABLE, REWARD),
    terms=decomposition(STOCHASTIC, Deviation(BIN_ERROR), Hazard()),
    paper_rate=r"H\sqrt{\frac{\log(N/\delta)}{n}} + H^2\varepsilon_q",
    increasing=(*_BASE, *_GAIN, "L"),
    decreasing=_FALLS,
    tight=(
        ("MirroredLabels", "imitation"),
        ("TwoPointReturn", "imitation"),
        ("Decoupling", "decoupling"),
        ("Drift", "drift"),
    ),
)

THEOREM_3 = _theorem_3(
    "theorem_3",
    "Quantized BC of a deterministic expert, RTVC policies",
    DETERMINISTIC,
    (),
    (("UnsureLearner", "imitation"), ("Decoupling", "decoupling")),
)
THEOREM_3_DETERMINISTIC = replace(
    _theorem_3(
        "theorem_3_deterministic_class",
        "Quantized BC of a deterministic expert, deterministic RTVC policies",
        DETERMINISTIC_CLASS,
        (CLASS_DETERMINISTIC,),
        (("WrongStart", "imitation"),),
    ),
    fails_without=(("Compounding", "rtvc"),),
)
THEOREM_7 = replace(
    _theorem_7(
        "theorem_7",
        "Model-based augmentation, stochastic labels",
        replace(STOCHASTIC, sizes=_WITH_MODELS),
        (STOCHASTIC_EXPERT,),
        (("MirroredLabels", "imitation"),),
    ),
    fails_without=(("IndependentNoise", "shared_noise"),),
)
THEOREM_7_DETERMINISTIC = _theorem_7(
    "theorem_7_deterministic",
    "Model-based augmentation, deterministic expert and dynamics",
    replace(DETERMINISTIC, sizes=_WITH_MODELS),
    (
        DETERMINISTIC_EXPERT,
        DETERMINISTIC_ACTIONS,  # a label may be a function of the state where the motion is none
        DETERMINISTIC_DYNAMICS,
    ),
    (("UnsureLearner", "imitation"),),
)

BINNED = (DATA, REALIZABLE, DETERMINISTIC_EXPERT, QUANTIZED_LIPSCHITZ, SUP_ERROR, STABLE)
BINNING_LIPSCHITZ = Theorem(
    key="binning_lipschitz",
    title="Binned Lipschitz policies of a deterministic expert",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=f"corollary of {_PAPER}v1, Theorem 3",
    statement=(
        f"{_WHP}log-loss behavior cloning over binned ell-Lipschitz policies has regret at most the value: "
        "polynomial in the horizon if eta + C * ell <= 1, exponential if not."
    ),
    assumptions=(*BINNED, REWARD),
    terms=decomposition(DETERMINISTIC_CLASS, Deviation(TRIPLED, loop="closed"), None),
    paper_rate=r"\frac{H\log(N/\delta)}{n} + H\varepsilon_q \quad (\eta + C\ell < 1)",
    increasing=(*_BASE, *_GAIN, "lipschitz"),
    decreasing=_FALLS,
    tight=(("WrongStart", "imitation"), ("BinningFactor", "drift"), ("RoundingUp", "drift")),
)

SMALL_GAIN = Theorem(
    key="small_gain",
    title="Small-gain radius: no decoupling when the closed loop contracts",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=f"{_PAPER}v1, Theorem 3 at the relaxation k = (2 + ell Gamma) / (1 - ell Gamma), Gamma = C / (1 - eta)",
    statement=(
        f"{_WHP}log-loss behavior cloning over binned ell-Lipschitz policies has regret at most the value, "
        "linear in horizon and eps_q, when eta + C * ell < 1."
    ),
    assumptions=(*BINNED, CONTRACTS, REWARD),
    terms=decomposition(DETERMINISTIC_CLASS, Deviation(SMALL_GAIN_RADIUS), None),
    paper_rate=r"\frac{H\log(N/\delta)}{n} + H\varepsilon_q",
    increasing=(*_BASE, *_GAIN, "lipschitz"),
    decreasing=_FALLS,
    tight=(("WrongStart", "imitation"), ("BinningFactor", "drift"), ("RoundingUp", "drift")),
)

SMOOTH_KERNEL = Theorem(
    key="smooth_kernel",
    title="Smooth transition kernels: tabular and linear MDPs, any policy",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=f"corollary of the decomposition behind {_PAPER}v1, Theorem 2",
    statement=(
        f"{_WHP}log-loss behavior cloning on action codes has regret at most the value when the transition "
        "kernel is L_P-Lipschitz in the action in total variation; no metric on states and no smooth policy is needed."
    ),
    assumptions=(
        DATA,
        REALIZABLE,
        STOCHASTIC_EXPERT,
        SUP_ERROR,
        Assumption("smooth_kernel", "TV(P_h(.|x, u), P_h(.|x, u')) <= L_P |u - u'|"),
        REWARD,
    ),
    terms=decomposition(STOCHASTIC, Deviation(BIN_ERROR, loop="none"), Hazard(through="kernel")),
    paper_rate=r"H\sqrt{\frac{\log(N/\delta)}{n}} + H^2\varepsilon_q",
    increasing=(*_BASE, "L_P"),
    decreasing=_FALLS,
    tight=(("MirroredLabels", "imitation"), ("SmoothKernel", "decoupling"), ("SmoothKernel", "drift")),
)


THEOREMS = (
    THEOREM_2,
    THEOREM_3,
    THEOREM_3_DETERMINISTIC,
    THEOREM_7,
    THEOREM_7_DETERMINISTIC,
    BINNING_LIPSCHITZ,
    SMALL_GAIN,
    SMOOTH_KERNEL,
)
"""Upper bounds, in the order of the catalog."""
