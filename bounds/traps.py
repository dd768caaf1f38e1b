"""The two non-smooth learned quantizers: small error where the expert goes, a trap for the deployed policy.

**Arctan trap** (arXiv:2603.20538, Theorem 6). x' = A x + B u, expert arctan, s = A + B < 1, x_1 ~ N(0, 1), reward
1 - |u - arctan x|; the code executed in state x is

- (d + 1/2) eps / B on the trigger I_P = [-k eps/2, k eps/2];
- 1 on T1 = [d eps, (d+1) eps], and (d+1)(1 - A^2) eps / B - A on T2 = B + A T1;
- within eps/2 of arctan x elsewhere.

Floor. A trigger state moves to A x + (d + 1/2) eps in T1 since A k < 1; T1 moves to T2; B + A y in T2 moves to A^2 y
+ (1 - A^2)(d+1) eps in T1. So T1 and T2 are never left and alternate. Elsewhere |x'| <= s |x| + B eps / 2, so with g
= k/2 - B / (2(1-s)) > 0 the state has reached I_P, T1 or T2 at step N + 1, N = min{m : s^m |x_1| <= g eps}, and the M
= (H - N - 1)^+ steps from N + 2 on are trapped. A step in T1 loses at least l_1 = 1 - (d+1) eps, one in T2 at least
l_2 = (A + arctan B - (d+1)(1 - A^2) eps / B)^+, so with l = (l_1 + l_2)/2 the loss is at least l M - 1{M > 0} |l_1 -
l_2| / 2. P(N <= h) = erf(g eps s^-h / sqrt 2) gives the sharp form. The simple form uses |l_1 - l_2| / 2 <= l and E N
<= 1 + E log^+(|x_1| / (g eps)) / log(1/s), then log^+ y <= log(1 + y) and Jensen.

Error under the expert's own law, mean over steps. The law of x_h is symmetric, so the trigger adds (d + 1/2) eps / B
times its probability, more than the eps/2 of any other state outside the trap. The expert's path has 0 < x' < s x on
the positive side, so it is at most ceil(log(b/a) / log(1/s)) times in [a, b], and only if x_1 >= a: T1 costs at most
1 - arctan(d eps) a visit, T2 at most max(A + arctan B, (d+1)(1 - A^2) eps / B - A - arctan B).

**Noisy trap.** x' = A x + B u + w, w ~ Unif[-W, W], expert c x, s = A + B c < 1, x_1 ~ Unif[-R, R], R = W / (1-s),
reward (1 - |u - c x|)^+; codes are exact except x_c / B on the trigger [0, eps] and (1 - A) x_c / B on the trap T =
[x_c - r, x_c + r], r = W / (1 - A), with x_c - r > R.

Floor. T is invariant, the trigger leads into T, and until then the state moves like the expert's, inside [-R, R]. In
T, x = x_c + e loses f(e) = min(1, m_0 - c e), m_0 = (1-s) x_c / B, which is concave and positive. E e <= A eps at all
steps in T and the chord of f give a mean loss of at least l = (f(-r) + f(r)) / 2 - A eps (f(-r) - f(r)) / (2 r); the
trigger loses more. Let S_h be the probability that the trigger was not met up to step h, and p = eps / (2 W). The
next state has density P(|y - s x_h| <= W) / (2 W) at y. From x_(h-m), s x_h = s^(m+1) x_(h-m) + Z with Z symmetric
and unimodal on [-a, a], a = s (1 - s^m) R; so P(|Z| <= v) >= min(1, v/a) and |y - s x_h| <= W fails with probability
at most t = 1 - (min(1, (W-v)/a) + min(1, (W+v)/a)) / 2, v = s^(m+1) R + eps <= W. Hence S_(h+1) <= (1-p) S_h + p t
S_(h-m), and by induction S_h <= (1 - q)^(h-m-1) with q = p (1-t) / (1 + m p), as (1-q)^m (p-q) >= p t. Here m >= 1 is
the least with s^(m+1) <= (1-s)/2; eps <= W/2 then gives v <= W. The regret is at least l times the sum of 1 - S_h.

Error at any step: the expert's density is at most 1/(2W), and only [0, eps] errs, by x_c / B - c x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bounds.numerics import Array, exact_product, exact_sum, running_sum
from bounds.symbols import symbol
from bounds.terms import Closed, Form
from bounds.theorem import Assumption, Provenance, Sense, Theorem
from bounds.values import Values, need

if TYPE_CHECKING:
    import sympy


_SOURCE = "arXiv:2603.20538v1, Theorem 6"
_TRAP = ("eps", "A", "B", "k", "d")
_NOISY = ("eps", "A", "B", "c", "W", "x_c")


def slack(values: Values) -> Array:
    """1 - A - B, or 1 - A - B c where there is a c, the differences formed in twice the working precision."""
    action = exact_product(values["B"], values.get("c", 1.0))
    stable = exact_sum(np.asarray(1.0), -values["A"])
    margin = exact_sum(stable.high, -action.high)
    return np.asarray(margin.high + (margin.low + (stable.low - action.low)))


def _reserve(values: Values) -> Array:
    """g: what is left of the trigger's half-width, in units of eps, beyond the ball that the state contracts to."""
    return values["k"] / 2 - values["B"] / (2 * slack(values))


def _losses(values: Values) -> tuple[Array, Array]:
    """Least loss of a step in T1 and of one in T2."""
    A, B, width = values["A"], values["B"], (values["d"] + 1) * values["eps"]
    return 1 - width, np.maximum(A + np.arctan(B) - width * (1 - A) * (1 + A) / B, 0.0)


def _floor_number(values: Values, form: Form) -> Array:
    """Sharp: mean loss times expected trapped steps, less half a difference for an odd one; simple: by logarithms."""
    if form == "simple":
        first, second = _losses(values)
        travel = np.log1p(np.sqrt(2 / np.pi) / (_reserve(values) * values["eps"])) / -np.log1p(-slack(values))
        return np.asarray((first + second) / 2 * np.maximum(values["H"] - 3 - travel, 0.0))

    def curve(part: Values, horizon: int) -> Array:
        from scipy.special import erf

        first, second = (loss[..., None] for loss in _losses(part))
        scale = (_reserve(part) * part["eps"])[..., None]
        with np.errstate(over="ignore"):
            distance = scale * np.exp(np.arange(-1, horizon - 1) * -np.log1p(-slack(part))[..., None])
        arrived = np.where(np.arange(horizon) > 0, erf(distance / np.sqrt(2)), 0.0)
        return (first + second) / 2 * running_sum(arrived) - np.abs(first - second) / 2 * arrived

    return values.over_horizon(_TRAP, curve)


def _floor_formula(form: Form) -> sympy.Expr:
    import sympy

    H, eps, A, B, k, d = (symbol(name) for name in ("H", *_TRAP))
    h = sympy.Symbol("h", integer=True, positive=True)
    reserve = (k / 2 - B / (2 * (1 - A - B))) * eps
    first = 1 - (d + 1) * eps
    second = sympy.Max(0, A + sympy.atan(B) - (d + 1) * (1 - A**2) * eps / B)
    if form == "simple":
        travel = sympy.log(1 + sympy.sqrt(2 / sympy.pi) / reserve) / sympy.log(1 / (A + B))
        return (first + second) / 2 * sympy.Max(0, H - 3 - travel)

    def arrived(step: sympy.Expr) -> sympy.Expr:
        return sympy.erf(reserve * (A + B) ** (2 - step) / sympy.sqrt(2))

    trapped = sympy.Sum(arrived(h), (h, 2, H))
    return sympy.Max(0, (first + second) / 2 * trapped - sympy.Abs(first - second) / 2 * arrived(H))


def _visits_number(values: Values, ratio: Array, form: Form) -> Array:
    """How often the expert's path can be in an interval whose ends have the ratio 1 + ``ratio``."""
    visits = np.log1p(ratio) / -np.log1p(-slack(values))
    return np.asarray(1 + visits if form == "simple" else np.ceil(visits))


def _transient_number(values: Values, form: Form) -> Array:
    """Expected error of the visits to T1 and T2, over H."""
    from scipy.special import erfc

    A, B, d, eps = (values[name] for name in ("A", "B", "d", "eps"))
    jump = (d + 1) * (1 - A) * (1 + A) * eps / B
    low = A + np.arctan(B)
    first = 1.0 if form == "simple" else 1 - np.arctan(d * eps)
    visits = _visits_number(values, 1 / d, form) * first
    visits = visits + _visits_number(values, A * eps / (B + A * d * eps), form) * (
        erfc(B / np.sqrt(2)) * np.maximum(low, jump - low)
    )
    return np.asarray(visits / (2 * values["H"]))


def _transient_formula(form: Form) -> sympy.Expr:
    import sympy

    H, eps, A, B, _, d = (symbol(name) for name in ("H", *_TRAP))

    def visits(ratio: sympy.Expr) -> sympy.Expr:
        exact = sympy.log(1 + ratio) / sympy.log(1 / (A + B))
        return 1 + exact if form == "simple" else sympy.ceiling(exact)

    low = A + sympy.atan(B)
    second = sympy.Max(low, (d + 1) * (1 - A**2) * eps / B - low) * (1 - sympy.erf(B / sympy.sqrt(2)))
    first = 1 if form == "simple" else 1 - sympy.atan(d * eps)
    return (visits(1 / d) * first + visits(A * eps / (B + A * d * eps)) * second) / (2 * H)


def _memory(values: Values) -> Array:
    """m: steps after which the start matters little, the least m >= 1 with s^(m+1) <= (1-s)/2."""
    margin = slack(values)
    return np.asarray(np.maximum(np.ceil(np.log(margin / 2) / np.log1p(-margin)) - 1, 1.0))


def _absorption(values: Values) -> Array:
    """q: chance per step of meeting the trigger, after a delay of m steps."""
    margin, W, m = slack(values), values["W"], _memory(values)
    s, reach = 1 - margin, W / margin
    spread = -np.expm1(m * np.log1p(-margin)) * s * reach
    offset = np.exp((m + 1) * np.log1p(-margin)) * reach + values["eps"]
    near = (np.minimum(1.0, (W - offset) / spread) + np.minimum(1.0, (W + offset) / spread)) / 2
    p = values["eps"] / (2 * W)
    return p * near / (1 + m * p)


def _trapped_loss(values: Values) -> Array:
    """l: least mean loss of a step in the noisy trap."""
    A, B, c = (values[name] for name in ("A", "B", "c"))
    radius = values["W"] / (1 - A)
    middle = slack(values) * values["x_c"] / B
    high, low = (np.minimum(1.0, middle + sign * c * radius) for sign in (1, -1))
    return np.asarray((high + low) / 2 - A * values["eps"] * (high - low) / (2 * radius))


def _noisy_floor_number(values: Values, form: Form) -> Array:
    """l times the sum of 1 - (1-q)^(h-m-1) over steps after m (sharp), or l (H - m - 1/q)^+ (simple)."""
    if form == "simple":
        return _trapped_loss(values) * np.maximum(values["H"] - _memory(values) - 1 / _absorption(values), 0.0)

    def curve(part: Values, horizon: int) -> Array:
        delayed = np.maximum(np.arange(horizon) - _memory(part)[..., None], 0.0)
        absorbed = -np.expm1(delayed * np.log1p(-_absorption(part))[..., None])
        return _trapped_loss(part)[..., None] * running_sum(absorbed)

    return values.over_horizon(_NOISY, curve)


def _noisy_floor_formula(form: Form) -> sympy.Expr:
    import sympy

    H, eps, A, B, c, W, x_c = (symbol(name) for name in ("H", *_NOISY))
    h = sympy.Symbol("h", integer=True, positive=True)
    s = A + B * c
    m = sympy.Max(1, sympy.ceiling(sympy.log((1 - s) / 2) / sympy.log(s)) - 1)
    spread, offset = s * (1 - s**m) * W / (1 - s), s ** (m + 1) * W / (1 - s) + eps
    near = (sympy.Min(1, (W - offset) / spread) + sympy.Min(1, (W + offset) / spread)) / 2
    q = eps / (2 * W) * near / (1 + m * eps / (2 * W))
    radius, middle = W / (1 - A), (1 - s) * x_c / B
    high, low = sympy.Min(1, middle + c * radius), sympy.Min(1, middle - c * radius)
    loss = (high + low) / 2 - A * eps * (high - low) / (2 * radius)
    if form == "simple":
        return loss * sympy.Max(0, H - m - 1 / q)
    return loss * sympy.Sum(1 - (1 - q) ** sympy.Max(0, h - m - 1), (h, 1, H))


def _noisy_error_number(values: Values, form: Form) -> Array:
    """eps (x_c / B - c eps / 2) / (2 W), or without the second term."""
    saved = 0.0 if form == "simple" else values["c"] * values["eps"] / 2
    return values["eps"] * ((values["x_c"] / values["B"] - saved) / (2 * values["W"]))


def _noisy_error_formula(form: Form) -> sympy.Expr:
    eps, _, B, c, W, x_c = (symbol(name) for name in _NOISY)
    saved = 0 if form == "simple" else c * eps / 2
    return eps * (x_c / B - saved) / (2 * W)


_TRAP_NEEDS = tuple(need(name) for name in _TRAP)
_NOISY_NEEDS = tuple(need(name) for name in _NOISY)
_TRAP_ASSUMPTIONS = (
    Assumption("arctan_trap", "x' = A x + B u, expert arctan, x_1 ~ N(0, 1), the trap quantizer of scale eps"),
    Assumption("contracting", "the expert's closed loop contracts", "A + B < 1", lambda v: slack(v) > 0),
    Assumption("trap_beside_trigger", "the trap lies beside the trigger", "d > k / 2", lambda v: v["d"] > v["k"] / 2),
    Assumption("trigger_hits_trap", "the trigger leads into the trap", "A * k < 1", lambda v: v["A"] * v["k"] < 1),
    Assumption(
        "trigger_catches",
        "the trigger is wider than the ball that the binned policy contracts to",
        "k / 2 > B / (2 (1 - A - B))",
        lambda v: _reserve(v) > 0,
    ),
    Assumption(
        "trap_halves_apart",
        "the two halves of the trap are disjoint",
        "eps (1 + d (1 - A)) < B",
        lambda v: v["eps"] * (1 + v["d"] * (1 - v["A"])) < v["B"],
    ),
)
_NOISY_ASSUMPTIONS = (
    Assumption("noisy_trap", "x' = A x + B u + w, w ~ Unif[-W, W], expert c x, the noisy trap quantizer of scale eps"),
    Assumption("contracting", "the expert's closed loop contracts", "A + B * c < 1", lambda v: slack(v) > 0),
    Assumption(
        "trap_out_of_sight",
        "the expert never sees the trap",
        "x_c > W / (1 - A) + W / (1 - A - B * c )",
        lambda v: v["x_c"] > v["W"] / (1 - v["A"]) + v["W"] / slack(v),
    ),
    Assumption(
        "narrow_trigger", "the trigger is narrow beside the noise", "eps <= W / 2", lambda v: v["eps"] <= v["W"] / 2
    ),
)
_ERROR = "mean of |q(u) - u| under the expert, averaged over the horizon, action units"

THEOREM_6 = Theorem(
    key="theorem_6",
    title="A learned quantizer of a deterministic expert can trap the deployed policy",
    sense=Sense.LOWER,
    provenance=Provenance.EXPLICIT,
    source=_SOURCE,
    statement=(
        "The policy that imitates the trap quantizer's labels perfectly has expected regret at least the value: a "
        "constant times H, after a start of order log(1/eps)."
    ),
    assumptions=_TRAP_ASSUMPTIONS,
    terms={"floor": Closed((need("H"), *_TRAP_NEEDS), _floor_number, _floor_formula)},
    paper_rate=r"H",
    increasing=("H", "k"),
    decreasing=("d",),
    tight=(("TrapRegret", "floor"),),
)

THEOREM_6_ERROR = Theorem(
    key="theorem_6_error",
    title="The trap quantizer's error on the expert's own actions",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=_SOURCE,
    statement=(
        "The trap quantizer's expected error under the expert's law, averaged over the horizon, is at most the value: "
        "C_1 eps + C_2 / H, not of order eps before H reaches 1/eps, because the expert crosses the trap once with "
        "constant probability."
    ),
    assumptions=_TRAP_ASSUMPTIONS,
    terms={
        "quantization": Closed(
            _TRAP_NEEDS,
            lambda values, form: (values["d"] + 0.5) * values["eps"] / values["B"],
            lambda form: (2 * symbol("d") + 1) * symbol("eps") / (2 * symbol("B")),
        ),
        "transient": Closed((need("H"), *_TRAP_NEEDS), _transient_number, _transient_formula),
    },
    paper_rate=r"\varepsilon",
    increasing=(),
    decreasing=("H",),
    tight=(("TrapError", "quantization"),),
    quantity=_ERROR,
    left=r"\frac{1}{H} \sum_{h=1}^{H} E|q(u_h) - u_h|",
    ceiling=None,
)

THEOREM_6_NOISY = Theorem(
    key="theorem_6_noisy",
    title="A learned quantizer can trap the deployed policy, stochastic dynamics",
    sense=Sense.LOWER,
    provenance=Provenance.OURS,
    source=_SOURCE,
    statement=(
        "The policy that imitates the noisy trap quantizer's labels perfectly has expected regret at least the value: "
        "a constant times H once H is well above 1/eps."
    ),
    assumptions=_NOISY_ASSUMPTIONS,
    terms={"floor": Closed((need("H"), *_NOISY_NEEDS), _noisy_floor_number, _noisy_floor_formula)},
    paper_rate=r"H",
    increasing=("H",),
    decreasing=(),
    tight=(("NoisyTrapRegret", "floor"),),
)

THEOREM_6_NOISY_ERROR = Theorem(
    key="theorem_6_noisy_error",
    title="The noisy trap quantizer's error on the expert's own actions",
    sense=Sense.UPPER,
    provenance=Provenance.OURS,
    source=_SOURCE,
    statement="At every step the noisy trap quantizer's expected error under the expert's law is at most the value.",
    assumptions=_NOISY_ASSUMPTIONS,
    terms={"quantization": Closed(_NOISY_NEEDS, _noisy_error_number, _noisy_error_formula)},
    paper_rate=r"\varepsilon",
    increasing=("eps", "x_c"),
    decreasing=("W",),
    tight=(("NoisyTrapError", "quantization"),),
    quantity="mean of |q(u) - u| under the expert at any one step, action units",
    left=r"E|q(u_h) - u_h|",
    ceiling=None,
)

THEOREMS = (THEOREM_6, THEOREM_6_ERROR, THEOREM_6_NOISY, THEOREM_6_NOISY_ERROR)
"""Statements of the traps, in the order of the catalog."""
