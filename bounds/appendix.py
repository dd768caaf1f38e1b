"""The paper's appendices: misspecified classes, covers, and when local stability holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bounds.misspecification import half_hellinger
from bounds.numerics import Array, Twofold, multiply_add, powers, running_sum, times
from bounds.symbols import SYMBOLS, symbol
from bounds.terms import Closed, Form
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import DATA
from bounds.values import Values, need

if TYPE_CHECKING:
    import sympy


_PAPER = "arXiv:2603.20538"
_WHP = "With probability at least 1 - delta over the demonstrations, "
_LEARNT = tuple(need(name) for name in ("n", "delta", "log_class_size"))


def _chance_formula(off: bool) -> sympy.Expr:
    """X: what is divided by n."""
    import sympy

    odds = -sympy.log(symbol("delta"))
    if not off:
        return symbol("log_class_size") + odds
    return symbol("log_class_size") + 3 * odds / 2 + sympy.log(sympy.Rational(3, 2)) + sympy.log(3) / 2


def _off_number(values: Values, form: Form) -> Array:
    return 2.0 * half_hellinger(values, values["log_class_size"], sharp=form == "sharp")


def _off_formula(form: Form) -> sympy.Expr:
    import sympy

    x = _chance_formula(True) / symbol("n") + symbol("log_misspecification") / 2
    return 2 * x if form == "simple" else 2 * (1 - sympy.exp(-x))


def _cover_number(values: Values, form: Form) -> Array:
    half = values["log_cover"] / 2
    return np.sqrt(2.0 * (half if form == "simple" else -np.expm1(-half)))


def _cover_formula(form: Form) -> sympy.Expr:
    import sympy

    half = symbol("log_cover") / 2
    return sympy.sqrt(2 * half) if form == "simple" else sympy.sqrt(2 * (1 - sympy.exp(-half)))


def _covered_number(values: Values, form: Form) -> Array:
    odds = values["log_class_size"] - np.log(values["delta"])
    x = odds / values["n"] + values["log_cover"] / 2
    return np.sqrt(2.0 * (x if form == "simple" else -np.expm1(-x)))


def _covered_formula(form: Form) -> sympy.Expr:
    import sympy

    x = _chance_formula(False) / symbol("n") + symbol("log_cover") / 2
    return sympy.sqrt(2 * x) if form == "simple" else sympy.sqrt(2 * (1 - sympy.exp(-x)))


MISSPECIFICATION = Theorem(
    key="misspecification",
    title="Log-loss behavior cloning over a class that lacks the expert",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Appendix A, misspecification",
    statement=(
        f"{_WHP}the squared Hellinger distance between the learned and the expert's laws of observed trajectories is "
        "at most the value, for log_misspecification > 0; every statement with a statistical radius takes that keyword."
    ),
    assumptions=(
        DATA,
        Assumption(
            "misspecified",
            "the chi-squared divergence of the expert's law from that of some policy of the class is at most "
            "exp(log_misspecification) - 1; over a trajectory, log(1 + chi^2) is at most the sum of its largest steps",
            "log_misspecification > 0",
            lambda v: v["log_misspecification"] > 0,
        ),
    ),
    terms={"distance": Closed((*_LEARNT, need("log_misspecification")), _off_number, _off_formula)},
    paper_rate=r"\frac{6\log(2N/\delta)}{n} + 2\log(1+\chi^2)",
    increasing=("log_class_size", "log_misspecification"),
    decreasing=("n", "delta"),
    tight=(("OffTarget", "distance"),),
    quantity="squared Hellinger distance between two laws of observed trajectories, at most 2",
    left=r"D^2(P^{\hat\pi}, P^*)",
    ceiling=2.0,
)

COVERING = Theorem(
    key="covering",
    title="Log-loss behavior cloning over an infinite class with a one-sided log cover",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Appendix A, covers",
    statement=(
        f"{_WHP}the Hellinger distance between the learned and the expert's laws of observed trajectories is "
        "at most the value, "
        "where log_class_size counts the cover; every statement with a statistical radius takes log_cover."
    ),
    assumptions=(
        DATA,
        Assumption(
            "log_cover",
            "the class contains the expert's push-forward, and the log-likelihood of any trajectory under any of its "
            "policies is at most log_cover above that under some member of the cover",
        ),
    ),
    terms={
        "cover": Closed((need("log_cover"),), _cover_number, _cover_formula),
        "estimation": Closed((*_LEARNT, need("log_cover")), _covered_number, _covered_formula),
    },
    paper_rate=r"\inf_\epsilon \sqrt{\frac{\log(N_{\log}(\epsilon)/\delta)}{n} + \epsilon}",
    increasing=("log_class_size", "log_cover"),
    decreasing=("n", "delta"),
    tight=(("Unexcluded", "estimation"),),
    within=(("HiddenLabels", 1.14),),
    quantity="Hellinger distance between two laws of observed trajectories, at most sqrt(2)",
    left=r"D(P^{\hat\pi}, P^*)",
    ceiling=2.0**0.5,
)


def local_radius(*, C: Any, eta: Any, tube: Any, H: Any) -> Array:
    """d = rho / (C A_H(eta)), A_H(L) = 1 + L + ... + L^(H-1): action gaps that keep the state in the stable region.

    Arguments broadcast. Source: arXiv:2603.20538v1, Appendix B, explicit.

    Args:
        C: gain constant on the region.
        eta: gain decay on the region.
        tube: rho, radius of the tube around the nominal path; 2 rho stays inside the region.
        H: horizon.

    Raises:
        ParameterError: an argument is outside its domain.

    Example:
        >>> round(float(local_radius(C=0.5, eta=0.5, tube=1.0, H=50)), 12)
        1.0
    """
    given = {"C": C, "eta": eta, "tube": tube, "H": H}
    values = Values({name: SYMBOLS[name].array(value) for name, value in given.items()}, {})
    with np.errstate(divide="ignore"):
        return np.asarray(values["tube"] / times(values["C"], _growth(values, closed=False)))


def _growth(values: Values, *, closed: bool) -> Array:
    """A_H of eta, or of the closed loop's eta + C lipschitz."""

    def curve(part: Values, horizon: int) -> Array:
        zero = np.zeros_like(part["eta"])
        base = multiply_add(part["C"], part["lipschitz"], part["eta"]) if closed else Twofold(part["eta"], zero)
        return running_sum(powers(base, horizon))

    return values.over_horizon(("eta", "C", "lipschitz") if closed else ("eta",), curve)


def _tail(values: Values, form: Form, share: Array, scale: Array, dimension: str) -> Array:
    """H P(chi_d > r), r = share rho / (scale A_H), or exp(-(r - sqrt d)^2 / 2) for it; relative error r^2 times r's."""
    d = values[dimension]
    with np.errstate(divide="ignore", over="ignore"):
        far = share * values["tube"] / times(scale, _growth(values, closed=True))
    if form == "simple":
        return np.asarray(values["H"] * np.exp(-0.5 * np.maximum(far - np.sqrt(d), 0.0) ** 2))
    from scipy.special import gammaincc

    with np.errstate(over="ignore"):
        return np.asarray(values["H"] * gammaincc(d / 2.0, far**2 / 2.0))


def _tail_formula(form: Form, share: sympy.Expr, scale: sympy.Expr, dimension: str) -> sympy.Expr:
    import sympy

    j, H, d = sympy.Symbol("j", integer=True, nonnegative=True), symbol("H"), symbol(dimension)
    growth = sympy.Sum((symbol("eta") + symbol("C") * symbol("lipschitz")) ** j, (j, 0, H - 1))
    far = share * symbol("tube") / (scale * growth)
    if form == "simple":
        return H * sympy.exp(-(sympy.Max(0, far - sympy.sqrt(d)) ** 2) / 2)
    return H * sympy.uppergamma(d / 2, far**2 / 2) / sympy.gamma(d / 2)


_TUBE = tuple(need(name) for name in ("H", "C", "eta", "lipschitz", "tube", "noise_share"))

LOCAL_STABILITY = Theorem(
    key="local_stability",
    title="A Gaussian expert near a stable path is locally stable",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Appendix B",
    statement=(
        "Under f that is eta-contractive in the state and C-Lipschitz in the action on a region, exponential stability "
        "with (C, eta) fails for some action gaps up to bounds.appendix.local_radius, at some step, with probability "
        "at most the value, which theorem_1 takes as uniform_failure. Each noise has a share of the tube, a half in "
        "the paper; any other will do. The simple form has the paper's tails."
    ),
    assumptions=(
        Assumption("gaussian_process", "x' = f(x, u) + w with w ~ N(0, sigma_w^2 I), from a fixed first state"),
        Assumption("gaussian_policy", "the expert plays N(mu(x), sigma^2 I), mu lipschitz-Lipschitz"),
        Assumption("tube", "the path without noise stays two tubes inside a closed region on which f is stable"),
    ),
    terms={
        "process": Closed(
            (*_TUBE, need("sigma_w"), need("state_dimension")),
            lambda v, form: _tail(v, form, v["noise_share"], v["sigma_w"], "state_dimension"),
            lambda form: _tail_formula(form, symbol("noise_share"), symbol("sigma_w"), "state_dimension"),
        ),
        "policy": Closed(
            (*_TUBE, need("sigma"), need("dimension")),
            lambda v, form: _tail(v, form, 1.0 - v["noise_share"], v["C"] * v["sigma"], "dimension"),
            lambda form: _tail_formula(form, 1 - symbol("noise_share"), symbol("C") * symbol("sigma"), "dimension"),
        ),
    },
    paper_rate=r"H e^{-\frac12(\frac{\rho}{2\sigma A_H} - \sqrt{d_x})^2} + "
    r"H e^{-\frac12(\frac{\rho}{2C\sigma_\pi A_H} - \sqrt{d_u})^2}",
    increasing=("H", "C", "eta", "lipschitz", "sigma_w", "state_dimension", "sigma", "dimension"),
    decreasing=("tube",),
    undirected=("noise_share",),
    tight=(("TubeExit", "process"),),
    quantity="probability that stability fails at some step",
    left=r"\delta_u",
    ceiling=1.0,
)

THEOREMS = (MISSPECIFICATION, COVERING, LOCAL_STABILITY)
"""Statements of the appendices, in the order of the catalog."""
