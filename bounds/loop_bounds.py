"""Closed-loop bounds: they use how the policy responds to a displacement of the state, and avoid H^2 eps_q.

All are imitation + drift. The drift is one feedback recursion, e_1 = 0, e_h = sum over t < h of g_(h-1-t) (ell e_t +
j_t), with different slopes ell and inputs j; none needs policies that are smooth in total variation.
"""

from __future__ import annotations

from bounds.amplitudes import RELAXED, TRIPLED, Amplitude
from bounds.motion import Deviation
from bounds.symbols import symbol
from bounds.terms import Hazard, Radius
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import (
    CLASS_DETERMINISTIC,
    DATA,
    DETERMINISTIC_CLASS,
    DETERMINISTIC_EXPERT,
    LEARNERS,
    QUANTIZED_LIPSCHITZ,
    REALIZABLE,
    REWARD,
    STABLE,
    STOCHASTIC,
    STOCHASTIC_EXPERT,
    SUP_ERROR,
    THEOREM_3,
    decomposition,
)
from bounds.values import Values, need

OURS = "ours, beside arXiv:2603.20538v1, Theorems 2 and 3"
"""Source of the statements that the paper does not claim."""
_WHP = "With probability at least 1 - delta over the demonstrations, "
_BASE = ("H", "log_class_size", "L_u", "L_x")
_GAIN = ("C", "eta")
_LOOP_GAIN = ("loop_C", "loop_eta")
_FALLS = ("n", "delta")
_LINEAR_RATE = r"\frac{H\log(N/\delta)}{n} + H\varepsilon_q"
_ROOT_RATE = r"H\sqrt{\frac{\log(N/\delta)}{n}} + H\varepsilon_q"

GREEDY = Radius(multiplier=1, root=False, greedy=True)
_LEARNERS = {**LEARNERS, GREEDY: "GreedyTie"}

NOISY_LIPSCHITZ = Assumption(
    "noisy_lipschitz",
    "every policy of the class plays the code of g(x, xi) with noise xi independent of the state, every g(., xi) "
    "ell-Lipschitz",
)
COUPLED = Assumption(
    "coupled_lipschitz",
    "the codes that a policy of the class plays at two states can be coupled so that E|u - u'| is at most "
    "coupled_lipschitz |x - x'| + jump",
)
LOOP_STABLE = Assumption(
    "loop_stable",
    "under shared noise the loop x' = f(x, g(x, xi) + d, w) of every policy of the class is displaced by at most its "
    "own gains convolved with the displacement of d, globally",
)
GREEDY_DEPLOYMENT = Assumption("greedy_deployment", "the learner's likeliest label is deployed, not a draw")
_GREEDY_COUPLED = Assumption("greedy_coupled_lipschitz", COUPLED.sentence.replace("policy of", "greedy policy of"))
_GREEDY_RTVC = Assumption(
    "greedy_rtvc", "every greedily decoded policy of the class is (k eps_q)-RTVC with the given modulus"
)
_BOUNDED_ERROR = Assumption("bounded_error", "every action that occurs is within eps_max of its code")
_MEAN_ERROR = Assumption("average_error", "E|q(u_h) - u_h| under the expert is at most average_error at every step h")


def _linear(values: Values) -> bool:
    return values.gains.linear


LINEAR = Assumption(
    "linear_gains",
    "displacements are weighted sums of the disturbances, so that averages carry over",
    "linear gains",
    _linear,
)


def _jumping() -> Amplitude:
    return Amplitude(
        (need("jump"), need("eps_q")),
        lambda v: v["jump"] + v["eps_q"],
        lambda: symbol("jump") + symbol("eps_q"),
    )


def _jumping_on_average(radius: Radius) -> Amplitude:
    """Labels that are wrong have errors of their own: eps_max with probability TV, in either form the sharp radius."""
    return Amplitude(
        (need("jump"), need("average_error"), need("eps_max"), *radius.needs),
        lambda v: v["jump"] + v["average_error"] + v["eps_max"] * radius.numeric(v, "sharp"),
        lambda: symbol("jump") + symbol("average_error") + symbol("eps_max") * radius.symbolic("sharp"),
        "average_error",
    )


def _wasserstein(
    key: str, title: str, radius: Radius, amplitude: Amplitude, extra: tuple[Assumption, ...], grows: tuple[str, ...]
) -> Theorem:
    smooth = (_GREEDY_COUPLED, GREEDY_DEPLOYMENT) if radius.greedy else (COUPLED,)
    return Theorem(
        key=key,
        title=title,
        sense=Sense.UPPER,
        provenance=Provenance.OURS,
        source=OURS,
        statement=(
            f"{_WHP}log-loss behavior cloning on action codes, over policies whose codes are Lipschitz in the "
            "state in mean, up to a jump, has regret at most the value: linear in eps_q and jump as long "
            "as eta + C * coupled_lipschitz <= 1."
        ),
        assumptions=(DATA, REALIZABLE, *extra, *smooth, STABLE, LINEAR, REWARD),
        terms=decomposition(radius, Deviation(amplitude, "closed", "coupled_lipschitz"), None),
        paper_rate=_ROOT_RATE if radius.root else _LINEAR_RATE,
        increasing=(*_BASE, *_GAIN, "coupled_lipschitz", "jump", *grows),
        decreasing=_FALLS,
        tight=((_LEARNERS[radius], "imitation"), ("Feedback", "drift"), ("BinningFactor", "drift")),
    )


def _closed_loop(key: str, title: str, radius: Radius, smooth: Assumption, extra: tuple[Assumption, ...]) -> Theorem:
    return Theorem(
        key=key,
        title=title,
        sense=Sense.UPPER,
        provenance=Provenance.OURS,
        source=OURS,
        statement=(
            f"{_WHP}log-loss behavior cloning over binned Lipschitz policies has regret at most the value when their "
            "own loops are stable; the system itself need not be."
        ),
        assumptions=(DATA, REALIZABLE, *extra, smooth, SUP_ERROR, LOOP_STABLE, REWARD),
        terms=decomposition(radius, Deviation(TRIPLED, "own"), None),
        paper_rate=_ROOT_RATE if radius.root else _LINEAR_RATE,
        increasing=(*_BASE, *_LOOP_GAIN, "eps_q", "lipschitz"),
        decreasing=_FALLS,
        tight=((_LEARNERS[radius], "imitation"), ("OwnLoop", "drift")),
    )


COMMON_NOISE = Theorem(
    key="common_noise",
    title="Binned Lipschitz policies with noise that can be shared",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=OURS,
    statement=(
        f"{_WHP}log-loss behavior cloning over policies that add noise to a Lipschitz map and bin the sum has regret "
        "at most the value: polynomial in the horizon if eta + C * ell <= 1, exponential if not."
    ),
    assumptions=(DATA, REALIZABLE, STOCHASTIC_EXPERT, NOISY_LIPSCHITZ, SUP_ERROR, STABLE, REWARD),
    terms=decomposition(STOCHASTIC, Deviation(TRIPLED, "closed"), None),
    paper_rate=_ROOT_RATE,
    increasing=(*_BASE, *_GAIN, "eps_q", "lipschitz"),
    decreasing=_FALLS,
    tight=(("MirroredLabels", "imitation"), ("RoundingUp", "drift")),
)

WASSERSTEIN = _wasserstein(
    "wasserstein",
    "Policies that are continuous in the Wasserstein distance, any quantizer",
    STOCHASTIC,
    _jumping(),
    (STOCHASTIC_EXPERT, SUP_ERROR),
    ("eps_q",),
)
WASSERSTEIN_DETERMINISTIC = _wasserstein(
    "wasserstein_deterministic",
    "Deterministic policies that jump by a bounded amount, any quantizer",
    DETERMINISTIC_CLASS,
    _jumping(),
    (DETERMINISTIC_EXPERT, CLASS_DETERMINISTIC, SUP_ERROR),
    ("eps_q",),
)
WASSERSTEIN_GREEDY = _wasserstein(
    "wasserstein_greedy",
    "Greedy decoding of a deterministic expert, policies that jump by a bounded amount",
    GREEDY,
    _jumping(),
    (DETERMINISTIC_EXPERT, SUP_ERROR),
    ("eps_q",),
)
WASSERSTEIN_AVERAGE = _wasserstein(
    "wasserstein_average",
    "Policies that are continuous in the Wasserstein distance, average quantization errors",
    STOCHASTIC,
    _jumping_on_average(STOCHASTIC),
    (STOCHASTIC_EXPERT, _MEAN_ERROR, _BOUNDED_ERROR),
    ("average_error", "eps_max"),
)
CLOSED_LOOP = _closed_loop(
    "closed_loop",
    "Binned Lipschitz policies whose own loops are stable",
    STOCHASTIC,
    NOISY_LIPSCHITZ,
    (STOCHASTIC_EXPERT,),
)
CLOSED_LOOP_DETERMINISTIC = _closed_loop(
    "closed_loop_deterministic",
    "Deterministic binned Lipschitz policies whose own loops are stable",
    DETERMINISTIC_CLASS,
    QUANTIZED_LIPSCHITZ,
    (DETERMINISTIC_EXPERT,),
)
THEOREM_3_GREEDY = Theorem(
    key="theorem_3_greedy",
    title="Quantized BC of a deterministic expert, RTVC policies decoded greedily",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source="ours, beside arXiv:2603.20538v1, Theorem 3",
    statement=(
        f"{_WHP}log-loss behavior cloning of a deterministic expert, binned with sup error eps_q and deployed by the "
        "likeliest label, has regret at most the value when the decoded policies are (k eps_q)-RTVC."
    ),
    assumptions=(
        DATA,
        REALIZABLE,
        DETERMINISTIC_EXPERT,
        GREEDY_DEPLOYMENT,
        SUP_ERROR,
        _GREEDY_RTVC,
        STABLE,
        REWARD,
    ),
    terms=decomposition(GREEDY, Deviation(RELAXED), Hazard(threshold=True)),
    paper_rate=THEOREM_3.paper_rate,
    increasing=THEOREM_3.increasing,
    decreasing=_FALLS,
    tight=(("GreedyTie", "imitation"), ("Drift", "drift")),
)

THEOREMS = (
    COMMON_NOISE,
    WASSERSTEIN,
    WASSERSTEIN_DETERMINISTIC,
    WASSERSTEIN_GREEDY,
    WASSERSTEIN_AVERAGE,
    CLOSED_LOOP,
    CLOSED_LOOP_DETERMINISTIC,
    THEOREM_3_GREEDY,
)
"""Bounds that close the loop, in the order of the catalog."""
