"""Smoothness of policies after quantization (Proposition 5), and the relaxation at which hazards vanish."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from bounds.amplitudes import RELAXED_BINS, contraction, jumps_absorbed, no_hazard
from bounds.errors import AssumptionError
from bounds.numerics import Array, times
from bounds.symbols import SYMBOLS, symbol
from bounds.terms import Closed, Deviation, Form
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.upper_bounds import (
    BINNED,
    CONTRACTS,
    DETERMINISTIC_CLASS,
    QUANTIZED_LIPSCHITZ,
    REWARD,
    SUP_ERROR,
    decomposition,
)
from bounds.values import Values, need

if TYPE_CHECKING:
    import sympy


_PAPER = "arXiv:2603.20538"


def small_gain_relaxation(*, C: Any, eta: Any, lipschitz: Any) -> Array:
    """The smallest relaxation k at which a binned Lipschitz policy has no hazard, whatever the horizon and eps_q.

    k = (2 + ell Gamma) / (1 - ell Gamma) with Gamma = C / (1 - eta): the fixed point of
    ell Gamma (k + 1) eps_q = (k - 2) eps_q. Arguments broadcast. Source: ours.

    Args:
        C: gain constant.
        eta: gain decay.
        lipschitz: Lipschitz constant of the policy before binning.

    Raises:
        ParameterError: an argument is outside its domain.
        AssumptionError: the closed loop does not contract, eta + C * lipschitz >= 1.

    Example:
        >>> float(small_gain_relaxation(C=0.5, eta=0.5, lipschitz=0.5))
        5.0
    """
    C, eta, lipschitz = (SYMBOLS[name].array(v) for name, v in (("C", C), ("eta", eta), ("lipschitz", lipschitz)))
    stable, margin = contraction(C, eta, lipschitz)
    if not np.all(margin > 0):
        worst = float(np.max(eta + C * lipschitz))
        raise AssumptionError(f"small_gain requires eta + C * lipschitz < 1, got {worst!r}")
    k = np.asarray((2.0 * stable + C * lipschitz) / margin)
    while not (enough := no_hazard(C, eta, lipschitz, k)).all():  # the quotient rounds; two steps up at most
        k = np.where(enough, k, np.nextafter(k, np.inf))
    return k


def _travelled(values: Values, form: Form) -> Array:
    return times(values["lipschitz"], values["distance"])


def _travelled_formula(form: Form) -> sympy.Expr:
    return symbol("lipschitz") * symbol("distance")


def _overlap(values: Values, form: Form) -> Array:
    """2 Phi(z / 2) - 1 at z = lipschitz * distance / sigma, or its tangent z / sqrt(2 pi)."""
    from scipy.special import erf

    standard = times(values["lipschitz"], values["distance"]) / values["sigma"]
    tangent = standard / math.sqrt(2.0 * math.pi)
    if form == "simple":
        return tangent
    return np.minimum(erf(standard / math.sqrt(8.0)), tangent)  # rounding must not lift sharp above simple


def _overlap_formula(form: Form) -> sympy.Expr:
    import sympy

    standard = symbol("lipschitz") * symbol("distance") / symbol("sigma")
    return standard / sympy.sqrt(2 * sympy.pi) if form == "simple" else sympy.erf(standard / (2 * sympy.sqrt(2)))


PROPOSITION_5 = Theorem(
    key="proposition_5",
    title="Binning adds at most two bins' errors to the jumps of a Lipschitz policy",
    sense=Sense.UPPER,
    provenance=Provenance.PAPER,
    source=f"{_PAPER}v1, Proposition 5",
    statement=(
        "The actions that a binned ell-Lipschitz map plays at two states differ by at most the value, so it is "
        "(k eps_q)-RTVC, k >= 2, with the modulus that is 1 where ell r > (k - 2) eps_q and 0 elsewhere."
    ),
    assumptions=(QUANTIZED_LIPSCHITZ, SUP_ERROR),
    terms={
        "smoothness": Closed((need("lipschitz"), need("distance")), _travelled, _travelled_formula),
        "quantization": Closed(
            (need("eps_q"),), lambda values, form: 2.0 * values["eps_q"], lambda form: 2 * symbol("eps_q")
        ),
    },
    paper_rate=r"\ell\,|x - x'| + 2\varepsilon_q",
    increasing=("lipschitz", "distance", "eps_q"),
    decreasing=(),
    tight=(("BinEdge", "smoothness"), ("BinEdge", "quantization")),
    quantity="jump of the action between two states, in the action norm",
    left=r"|q(g(x)) - q(g(x'))|",
    ceiling=None,
    forms=("sharp",),
)

PROPOSITION_5_COROLLARY = Theorem(
    key="proposition_5_corollary",
    title="No decoupling at a relaxation that absorbs the jumps of binned Lipschitz policies",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Proposition 5 and the remark after it, in Theorem 3",
    statement=(
        "With probability at least 1 - delta over the demonstrations, log-loss behavior cloning over binned "
        "ell-Lipschitz policies has regret at most the value, without a term in H^2, at every relaxation k that "
        "absorbs their jumps; such a k exists if and only if eta + C * ell < 1, and the smallest is small_gain's."
    ),
    assumptions=(
        *BINNED,
        CONTRACTS,
        Assumption(
            "jumps_absorbed",
            "ell times the largest displacement, C (k + 1) eps_q / (1 - eta), is at most (k - 2) eps_q",
            "lipschitz * C * ( k + 1) <= ( k - 2) * (1 - eta )",
            jumps_absorbed,
        ),
        REWARD,
    ),
    terms=decomposition(DETERMINISTIC_CLASS, Deviation(RELAXED_BINS), None),
    paper_rate=r"\frac{H\log(N/\delta)}{n} + H\big[\gamma((k+1)\varepsilon_q) + (k+1)\varepsilon_q\big]",
    increasing=("H", "log_class_size", "eps_q", "L_u", "L_x", "C", "eta", "lipschitz", "k"),
    decreasing=("n", "delta"),
    tight=(("BinningFactor", "drift"),),
)

PROPOSITION_5_GAUSSIAN = Theorem(
    key="proposition_5_gaussian",
    title="Quantizing a Gaussian policy keeps it TV-continuous",
    sense=Sense.UPPER,
    provenance=Provenance.EXPLICIT,
    source=f"{_PAPER}v1, Proposition 5",
    statement=(
        "The laws of the codes that a quantized Gaussian policy plays at two states are within the value in total "
        "variation, under any quantizer; the sharp form is exact before quantization."
    ),
    assumptions=(
        Assumption("gaussian_policy", "actions are N(mu(x), sigma^2 I), mu ell-Lipschitz into the Euclidean norm"),
    ),
    terms={
        "smoothness": Closed((need("lipschitz"), need("distance"), need("sigma")), _overlap, _overlap_formula),
    },
    paper_rate=r"\frac{\ell\,|x - x'|}{\sigma}",
    increasing=("lipschitz", "distance"),
    decreasing=("sigma",),
    tight=(("TwoGaussians", "smoothness"),),
    quantity="total variation between the laws of the action at two states",
    left=r"\mathrm{TV}(q_\#\pi(\cdot|x), q_\#\pi(\cdot|x'))",
    ceiling=1.0,
)

THEOREMS = (PROPOSITION_5, PROPOSITION_5_COROLLARY, PROPOSITION_5_GAUSSIAN)
"""Statements on smoothness, in the order of the catalog."""
