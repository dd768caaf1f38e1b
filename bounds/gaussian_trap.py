"""The trap under Gaussian noise of fixed variance, and a lower bound on its cost.

x' = A x + B u + w, w ~ N(0, sigma_w^2), expert c x from its stationary law N(0, spread^2), s = A + B c < 1, spread =
sigma_w / sqrt(1 - s^2), z = sqrt(2 log(2/eps^2)), r = sigma_w z / (1 - A), x_c = spread z + r; codes are exact except
x_c / B on the trigger [0, eps/z] and (1 - A) x_c / B on the trap [x_c - r, x_c + r]; reward (1 - |u - c x|)^+.

Floor. Until it meets trigger or trap the deployed chain is the expert's, with law N(0, spread^2) at every step. From
|y| <= K = reach spread a step enters the trigger with probability at least q = P(s K <= w <= s K + eps/z), as w has a
density that falls in |w|; and |y| > K has probability 1 - b, b = erf(reach / sqrt 2). So the probability S_h that
neither was met up to step h has S_(h+1) <= (1 - q) S_h + q (1 - b), hence 1 - S_h >= b (1 - (1-q)^(h-1)) + (1-q)^(h-1)
(1 - S_1). Noise up to sigma_w z, of probability p = erf(z / sqrt 2) and independent of the past, leads from the trigger
into the trap and not out of it. So step h is spent there with probability at least (1 - S_h) p^(h-1), and loses at
least l = min(1, (1-s) x_c / B - c r)^+; elsewhere the loss is at least 0. Any reach will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bounds.numerics import Array, running_sum
from bounds.symbols import symbol
from bounds.terms import Closed, Form
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.traps import slack
from bounds.values import Values, need

if TYPE_CHECKING:
    import sympy


_NAMES = ("eps", "A", "B", "c", "sigma_w", "reach")
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)


def _deviations(values: Values) -> Array:
    """z."""
    return np.asarray(np.sqrt(2 * np.log(2.0) - 4 * np.log(values["eps"])))


def _spread(values: Values) -> Array:
    """Standard deviation of the expert's states over that of the noise."""
    margin = slack(values)
    return 1 / np.sqrt(margin * (2 - margin))


def _between(low: Array, width: Array) -> Array:
    """P(low <= Z <= low + width), Z ~ N(0, 1), low >= 0, without cancellation: by quadrature where it is narrow."""
    from scipy.special import ndtr

    points = (1 + _NODES) / 2
    low, width = low[..., None], width[..., None]
    density = np.exp(-((low + width * points) ** 2) / 2) / np.sqrt(2 * np.pi)
    narrow = (density @ _WEIGHTS) * width[..., 0] / 2
    tails = (ndtr(-low) - ndtr(-low - width))[..., 0]
    return np.asarray(np.where(((1 + low) * width)[..., 0] < 2, narrow, tails))


def _loss(values: Values) -> Array:
    """l: least loss of a step in trigger or trap."""
    A, B, c, margin, z = (*(values[name] for name in ("A", "B", "c")), slack(values), _deviations(values))
    lost = margin * _spread(values) + (margin - B * c) / (1 - A)
    return np.minimum(1.0, np.maximum(0.0, values["sigma_w"] * z * lost / B))


def _number(values: Values, form: Form) -> Array:
    """l times the sum of p^(h-1) (b (1 - (1-q)^(h-1)) + (1-q)^(h-1) (1 - S_1))."""

    def curve(part: Values, horizon: int) -> Array:
        from scipy.special import erf, erfc

        z, spread = _deviations(part), _spread(part)
        width = part["eps"] / z / part["sigma_w"]
        first, enters = (
            _between(np.zeros_like(width), width / spread),
            _between(np.asarray((1 - slack(part)) * spread * part["reach"] + np.zeros_like(width)), width),
        )
        steps = np.arange(horizon)
        missed = steps * np.log1p(-enters)[..., None]
        near = erf(part["reach"] / np.sqrt(2))[..., None]
        caught = near * -np.expm1(missed) + first[..., None] * np.exp(missed)
        kept = np.exp(steps * np.log1p(-erfc(z / np.sqrt(2)))[..., None])
        return _loss(part)[..., None] * running_sum(kept * caught)

    return values.over_horizon(_NAMES, curve)


def _formula(form: Form) -> sympy.Expr:
    import sympy

    H, eps, A, B, c, sigma, reach = (symbol(name) for name in ("H", *_NAMES))
    h, root = sympy.Symbol("h", integer=True, positive=True), sympy.sqrt(2)
    s, z = A + B * c, sympy.sqrt(2 * sympy.log(2 / eps**2))
    spread, radius = sigma / sympy.sqrt(1 - s**2), sigma * z / (1 - A)
    far = s * reach * spread
    enters = (sympy.erf((far + eps / z) / (sigma * root)) - sympy.erf(far / (sigma * root))) / 2
    first, near, kept = sympy.erf(eps / z / (spread * root)) / 2, sympy.erf(reach / root), sympy.erf(z / root)
    loss = sympy.Min(1, sympy.Max(0, (1 - s) * (spread * z + radius) / B - c * radius))
    missed = (1 - enters) ** (h - 1)
    return loss * sympy.Sum(kept ** (h - 1) * (near * (1 - missed) + missed * first), (h, 1, H))


THEOREM_6_GAUSSIAN = Theorem(
    key="theorem_6_gaussian",
    title="A learned quantizer can trap the deployed policy, Gaussian noise",
    sense=Sense.LOWER,
    provenance=Provenance.OURS,
    source="arXiv:2603.20538v1, Theorem 6",
    statement=(
        "The policy that imitates the Gaussian trap quantizer's labels perfectly has expected regret at least the "
        "value: a constant times H for H between 1/eps and 1/eps^2; later it stops growing, as escapes are final. "
        "Expert's states up to reach standard deviations count; any reach will do."
    ),
    assumptions=(
        Assumption(
            "gaussian_trap",
            "x' = A x + B u + w, w ~ N(0, sigma_w^2), expert c x from its stationary law, the Gaussian trap quantizer "
            "of scale eps",
        ),
        Assumption(
            "contracting", "the expert's closed loop contracts", "A + B * c < 1", lambda values: slack(values) > 0
        ),
        Assumption("small_scale", "the noise that the trap holds is most of it", "eps < 1", lambda v: v["eps"] < 1),
        Assumption(
            "trigger_in_trap",
            "the trigger, eps / z, is shorter than half the trap and than the way there; z^2 = 2 log(2 / eps^2)",
            "eps < 2 * sigma_w * log(2 / eps ** 2)",
            lambda v: v["eps"] < v["sigma_w"] * _deviations(v) ** 2,
        ),
    ),
    terms={"floor": Closed((need("H"), *(need(name) for name in _NAMES)), _number, _formula)},
    paper_rate=r"\frac{H}{\log(1/\varepsilon)}",
    increasing=("H",),
    decreasing=(),
    undirected=_NAMES,
    tight=(("GaussianTrapRegret", "floor"),),
    forms=("sharp",),
)

THEOREMS = (THEOREM_6_GAUSSIAN,)
"""The Gaussian trap's floor."""
