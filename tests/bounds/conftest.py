"""Two evaluators of the statements in 60 digits.

One shares nothing with the package: plain sums, closed forms by hand, for the statements it lists. The other reads the
catalog's formulas, term by term, and serves every other statement: it shows that numbers and formulas agree.
"""

from __future__ import annotations

from types import SimpleNamespace

import mpmath
import pytest
import sympy
from hypothesis import strategies as st
from mpmath import mp, mpf

from bounds import SYMBOLS, catalog

DIGITS = 60
NEXT_TO_ONE = mpf(10) ** -30  # closed forms lose twice its digits; taking it for 1 costs H times it
LONG = 4000  # beyond this horizon sums are replaced by closed forms


def _log_less_one(size):
    """log(N - 1) from log N."""
    if size > 400:
        return size + mpmath.log1p(-mpmath.exp(-size))
    return mpmath.log(mpmath.expm1(size))


def radius(v, form, *, multiplier, root, sizes=("log_class_size",), greedy=False):
    if greedy:
        value = (2 + mpmath.sqrt(2)) * radius(v, form, multiplier=1, root=False)
        return min(mpf(1), value) if form == "sharp" else value
    size = sum((v[name] for name in sizes), mpf(0))
    odds = -mpmath.log(v["delta"])
    if form == "simple":
        value = multiplier * (size + odds) / v["n"]
    else:
        x = max(mpf(0), (_log_less_one(size) + odds) / v["n"]) if size else mpf(0)
        value = -mpmath.expm1(-multiplier * x)
    return mpmath.sqrt(value) if root else value


def geometric(base, count):
    """1 + base + … + base^(count - 1)."""
    count = mpf(count)
    if abs(base - 1) < NEXT_TO_ONE:
        return count
    return (1 - base**count) / (1 - base)


def geometric_sum(base, count):
    """Sum over m < count of geometric(base, m)."""
    count = mpf(count)
    if abs(base - 1) < NEXT_TO_ONE:
        return count * (count - 1) / 2
    return (count - geometric(base, count)) / (1 - base)


def geometric_sum_sum(base, count):
    """Sum over m <= count of geometric_sum(base, m), summed directly for short horizons."""
    count = mpf(count)
    if abs(base - 1) < NEXT_TO_ONE:
        return (count - 1) * count * (count + 1) / 6
    return (count * (count + 1) / 2 - count / (1 - base) + base * (1 - base**count) / (1 - base) ** 2) / (1 - base)


def decoupling(hazards, form):
    """Sums and products as in the statement; ``hazards`` are p_1..p_H."""
    if form == "simple":
        H = len(hazards)
        return sum(((H - t) * p for t, p in enumerate(hazards)), mpf(0))
    total, agree = mpf(0), mpf(1)
    for p in hazards:
        agree *= 1 - p
        total += 1 - agree
    return total


def constant_decoupling(p, H, form):
    """p_1 = 0 and p_t = p afterwards, any horizon."""
    H = mpf(H)
    if form == "simple":
        return p * H * (H - 1) / 2
    if p == 0:
        return mpf(0)
    return H - geometric(1 - p, H)


def linear_hazards(v, amplitude, H):
    hazards, moved, power = [], mpf(0), mpf(1)
    for _ in range(int(H)):
        hazards.append(min(mpf(1), v["L"] * amplitude * moved))
        moved += v["C"] * power
        power *= v["eta"]
    return hazards


def linear_decoupling(v, amplitude, form):
    H = int(v["H"])
    if form == "simple" and H > LONG:
        unsaturated = v["L"] * amplitude * v["C"] * geometric_sum_sum(v["eta"], H)
        last = v["L"] * amplitude * v["C"] * geometric(v["eta"], H - 1)
        assert last <= 1, "no closed form once a hazard saturates"
        return unsaturated
    if v["eta"] == 0:
        return constant_decoupling(min(mpf(1), v["L"] * amplitude * v["C"]), H, form)
    return decoupling(linear_hazards(v, amplitude, H), form)


def open_drift(v, amplitude):
    return amplitude * (v["L_x"] * v["C"] * geometric_sum(v["eta"], v["H"]) + v["L_u"] * v["H"])


def _theorem_2(v, form):
    return {
        "imitation": v["H"] * radius(v, form, multiplier=2, root=True),
        "decoupling": linear_decoupling(v, v["eps_q"], form),
        "drift": open_drift(v, v["eps_q"]),
    }


def _theorem_3(multiplier):
    def terms(v, form):
        amplitude = (v["k"] + 1) * v["eps_q"]
        return {
            "imitation": v["H"] * radius(v, form, multiplier=multiplier, root=False),
            "decoupling": linear_decoupling(v, amplitude, form),
            "drift": open_drift(v, amplitude),
        }

    return terms


def _theorem_7(root):
    def terms(v, form):
        sizes = ("log_class_size", "log_model_class_size")
        return {
            "imitation": v["H"] * radius(v, form, multiplier=2, root=root, sizes=sizes),
            "decoupling": mpf(0),
            "drift": open_drift(v, v["eps_q"]),
        }

    return terms


def _binning_lipschitz(v, form):
    rho = v["eta"] + v["C"] * v["lipschitz"]
    moved = 3 * v["eps_q"] * v["C"] * geometric_sum(rho, v["H"])
    return {
        "imitation": v["H"] * radius(v, form, multiplier=1, root=False),
        "decoupling": mpf(0),
        "drift": (v["L_x"] + v["lipschitz"] * v["L_u"]) * moved + 3 * v["L_u"] * v["eps_q"] * v["H"],
    }


def _small_gain(v, form):
    relaxed = 3 * v["eps_q"] / (1 - v["lipschitz"] * v["C"] / (1 - v["eta"]))
    return {
        "imitation": v["H"] * radius(v, form, multiplier=1, root=False),
        "decoupling": mpf(0),
        "drift": open_drift(v, relaxed),
    }


def _proposition_5_corollary(v, form):
    return {
        "imitation": v["H"] * radius(v, form, multiplier=1, root=False),
        "decoupling": mpf(0),
        "drift": open_drift(v, (v["k"] + 1) * v["eps_q"]),
    }


def _smooth_kernel(v, form):
    return {
        "imitation": v["H"] * radius(v, form, multiplier=2, root=True),
        "decoupling": constant_decoupling(min(mpf(1), v["L_P"] * v["eps_q"]), v["H"], form),
        "drift": v["H"] * v["L_u"] * v["eps_q"],
    }


def _average_error_stochastic(v, form):
    terms = _average_error(v, form)
    A = v["H"] * radius(v, form, multiplier=2, root=True)
    four_hellinger = 4 * mpmath.sqrt(2) * v["H"] * radius(v, form, multiplier=1, root=True)
    if form == "simple" or A == 0:
        return terms | {"imitation": four_hellinger}
    B = terms["decoupling"]
    weight = mpmath.sqrt(A) / (mpmath.sqrt(A) + mpmath.sqrt(B))  # the stopping level that gives form (b)
    split = A + A / weight + (B / (1 - weight) if B else 0) - B
    return terms | {"imitation": min(four_hellinger, split, (2 + mpmath.log(v["H"] / A)) * A)}


def _average_error(v, form):
    moved_twice = v["C"] * geometric_sum_sum(v["eta"], v["H"])
    return {
        "imitation": v["H"] * radius(v, form, multiplier=2, root=False),
        "decoupling": v["L"] * v["average_error"] * moved_twice,
        "drift": open_drift(v, v["average_error"]),
    }


def looped(v, *, inputs, slope="lipschitz", own=False):
    """Drift of a closed loop whose action is disturbed by ``inputs`` at every step."""
    ell = v[slope]
    C, base = (v["loop_C"], v["loop_eta"]) if own else (v["C"], v["eta"] + v["C"] * ell)
    moved = inputs * C * geometric_sum(base, v["H"])
    return (v["L_x"] + ell * v["L_u"]) * moved + v["L_u"] * inputs * v["H"]


def _loop(inputs, *, statistical=None, **how):
    def terms(v, form):
        imitation = mpf(0) if statistical is None else v["H"] * radius(v, form, **statistical)
        return {"imitation": imitation, "decoupling": mpf(0), "drift": looped(v, inputs=inputs(v), **how)}

    return terms


STOCHASTIC = {"multiplier": 2, "root": True}
CLASS = {"multiplier": 1, "root": False}
GREEDY = CLASS | {"greedy": True}
COUPLED = {"slope": "coupled_lipschitz"}


def _missed(v):
    return v["jump"] + v["average_error"] + v["eps_max"] * radius(v, "sharp", **STOCHASTIC)


def _theorem_3_greedy(v, form):
    return _theorem_3(1)(v, form) | {"imitation": v["H"] * radius(v, form, **GREEDY)}


def _validated_mismatch(v, form):
    drift = looped(v, inputs=(2 * v["bins_off"] + 3) * v["eps_q"])
    return {"imitation": v["H"] * v["mismatch"], "decoupling": mpf(0), "drift": drift}


def _chunked(v, form):
    hazards, chunk = linear_hazards(v, v["eps_q"], v["H"]), int(v["chunk"])
    hazards = [p if h % chunk == 0 else mpf(0) for h, p in enumerate(hazards)]
    return {
        "imitation": v["H"] * radius(v, form, **STOCHASTIC),
        "decoupling": decoupling(hazards, form),
        "drift": open_drift(v, v["eps_q"]),
    }


def _chunked_lipschitz(v, form):
    chunk, moved, first, drift = int(v["chunk"]), mpf(0), mpf(0), mpf(0)
    for h in range(int(v["H"])):
        first = moved if h % chunk == 0 else first
        action = v["lipschitz"] * v["chunk_decay"] ** (h % chunk) * first + 3 * v["eps_q"]
        drift += v["L_x"] * moved + v["L_u"] * action
        moved = v["eta"] * moved + v["C"] * action
    return {"imitation": v["H"] * radius(v, form, **CLASS), "decoupling": mpf(0), "drift": drift}


def _wasserstein_rms(v, form):
    smooth = 1 + 2 * v["half_width"] * v["density"]
    mean, square, drift = mpf(0), mpf(0), mpf(0)
    for _ in range(int(v["H"])):
        ell, r = v["lipschitz"], mean + mpmath.sqrt(square)
        inner = ell**2 * r**2 + 2 * v["half_width"] * mpmath.sqrt(v["dimension"]) * ell * r
        s = mpmath.sqrt(smooth * inner) + v["rms_error"]
        drift += v["L_x"] * r + v["L_u"] * s
        mean = v["eta"] * mean + v["C"] * (smooth * ell * r + v["bias"])
        square = v["eta"] ** 2 * square + v["C"] ** 2 * s**2
    return {"imitation": mpf(0), "decoupling": mpf(0), "drift": drift}


def _theorem_8(v, form):
    n = v["n"]
    unseen = mpmath.exp(-1) / (n + 1) if form == "simple" else mpmath.exp(n * mpmath.log1p(-1 / (n + 1))) / (n + 1)
    return {"imitation": v["H"] * (1 - 4 * v["eps_q"]) / 2 * unseen, "quantization": v["H"] * v["eps_q"]}


def _theorem_9(v, form):
    gap = 3 / (8 * mpmath.sqrt(v["n"]))
    return {"imitation": v["H"] * (1 - 2 * v["eps_q"]) * gap, "quantization": v["H"] * v["eps_q"]}


def _ross_bagnell(v, form):
    mismatch = v["H"] * v["step_error"]
    return {"imitation": v["H"] * (min(mpf(1), mismatch) if form == "sharp" else mismatch)}


def _foster(v, form):
    return {"imitation": v["H"] * radius(v, form, multiplier=2, root=False)}


def _proposition_5(v, form):
    return {"smoothness": v["lipschitz"] * v["distance"], "quantization": 2 * v["eps_q"]}


def _proposition_5_gaussian(v, form):
    z = v["lipschitz"] * v["distance"] / v["sigma"]
    return {"smoothness": z / mpmath.sqrt(2 * mpmath.pi) if form == "simple" else 2 * mpmath.ncdf(z / 2) - 1}


TERMS = {
    "theorem_2": _theorem_2,
    "theorem_3": _theorem_3(2),
    "theorem_3_deterministic_class": _theorem_3(1),
    "theorem_7": _theorem_7(root=True),
    "theorem_7_deterministic": _theorem_7(root=False),
    "binning_lipschitz": _binning_lipschitz,
    "small_gain": _small_gain,
    "proposition_5_corollary": _proposition_5_corollary,
    "smooth_kernel": _smooth_kernel,
    "average_error": _average_error,
    "average_error_stochastic": _average_error_stochastic,
    "common_noise": _loop(lambda v: 3 * v["eps_q"], statistical=STOCHASTIC),
    "wasserstein": _loop(lambda v: v["jump"] + v["eps_q"], statistical=STOCHASTIC, **COUPLED),
    "wasserstein_deterministic": _loop(lambda v: v["jump"] + v["eps_q"], statistical=CLASS, **COUPLED),
    "wasserstein_greedy": _loop(lambda v: v["jump"] + v["eps_q"], statistical=GREEDY, **COUPLED),
    "wasserstein_average": _loop(_missed, statistical=STOCHASTIC, **COUPLED),
    "closed_loop": _loop(lambda v: 3 * v["eps_q"], statistical=STOCHASTIC, own=True),
    "closed_loop_deterministic": _loop(lambda v: 3 * v["eps_q"], statistical=CLASS, own=True),
    "theorem_3_greedy": _theorem_3_greedy,
    "validated_error": _loop(lambda v: v["jump"] + v["action_error"], **COUPLED),
    "validated_closed_loop": _loop(lambda v: v["eps_q"] + v["map_error"], own=True),
    "validated_mismatch": _validated_mismatch,
    "chunked": _chunked,
    "chunked_lipschitz": _chunked_lipschitz,
    "wasserstein_rms": _wasserstein_rms,
    "theorem_8": _theorem_8,
    "theorem_9": _theorem_9,
    "ross_bagnell": _ross_bagnell,
    "foster_log_loss": _foster,
    "proposition_5": _proposition_5,
    "proposition_5_gaussian": _proposition_5_gaussian,
}
DEFAULTS = {name: entry.default for name, entry in SYMBOLS.items() if entry.default is not None}
RULES = {
    sympy.Add: lambda *parts: mpmath.fsum(parts),
    sympy.Mul: lambda *parts: mpf(0) if 0 in parts else mpmath.fprod(parts),
    sympy.Pow: mpmath.power,
    sympy.Min: min,
    sympy.Max: max,
    sympy.Abs: abs,
    sympy.Mod: lambda value, period: value - period * mpmath.floor(value / period),
    sympy.log: mpmath.log,
    sympy.exp: mpmath.exp,
    sympy.erf: mpmath.erf,
    sympy.erfc: mpmath.erfc,
    sympy.atan: mpmath.atan,
    sympy.ceiling: mpmath.ceil,
    sympy.uppergamma: lambda a, x: mpmath.gammainc(a, x),
    sympy.gamma: mpmath.gamma,
}


class Formula:
    """A formula at given values; sums and products grow by one term as their upper limit does."""

    def __init__(self, values):
        self.values, self.prefixes = values, {}

    def __call__(self, node):
        if node.is_Symbol:
            return self.values[node.name]
        if node.is_Number:
            return mpf(node.p) / node.q if node.is_Rational else mpf(node)
        if node.is_NumberSymbol:
            return +getattr(mpmath, str(node))
        if isinstance(node, sympy.Sum | sympy.Product):
            return self.folded(node.func is sympy.Sum, node.function, node.limits)
        if isinstance(node, sympy.Piecewise):
            return next(self(value) for value, condition in node.args if condition.subs(self.values) == True)  # noqa: E712
        parts = [self(part) for part in node.args]
        if node.func is sympy.log and parts[0] == 0:
            return -mpmath.inf
        return RULES[node.func](*parts)

    def folded(self, is_sum, function, limits):
        *inner, (index, low, high) = limits
        others = sorted({str(s) for s in function.free_symbols} - {str(limit[0]) for limit in limits})
        key = is_sum, function, limits[:-1], index, low, tuple(self.values[name] for name in others)
        first, last = int(self(low)), int(self(high))
        done = self.prefixes.setdefault(key, [mpf(0 if is_sum else 1)])
        while len(done) <= last - first + 1:
            self.values[index.name] = mpf(first + len(done) - 1)
            term = self.folded(is_sum, function, tuple(inner)) if inner else self(function)
            done.append(done[-1] + term if is_sum else done[-1] * term)
        return done[max(0, last - first + 1)]


def terms(key, values, form="sharp"):
    """Terms of a statement at exact values of the given floats, in 60 digits."""
    with mp.workdps(DIGITS):
        exact = {name: mpf(value) for name, value in (DEFAULTS | values).items()}
        if key in TERMS:
            return TERMS[key](exact, form)
        read = Formula(exact)
        return {name: read(part) for name, part in catalog[key].parts(form).items()}


def refined(key, values, form="sharp"):
    """Terms at the optional symbols as well, as the catalog's formula has them, in 60 digits."""
    with mp.workdps(DIGITS):
        read = Formula({name: mpf(value) for name, value in (DEFAULTS | values).items()})
        return {name: read(part) for name, part in catalog[key].refined(form).items()}


def error(computed, exact):
    """Relative error; inf for a value that should be finite, 0 where both overflow or vanish."""
    with mp.workdps(DIGITS):
        if exact > mpf(2) ** 1024:
            return 0.0 if computed == float("inf") else float("inf")
        if exact == 0:
            return abs(float(computed))
        return float(abs(mpf(float(computed)) - exact) / exact)


def floats(low, high):
    return st.floats(low, high, allow_subnormal=False)


def decades(low, high):
    """Positive floats spread evenly over their orders of magnitude."""
    return floats(low, high).map(lambda exponent: 10.0**exponent)


NEAR_ONE = [0.0, 0.5, 1 - 1e-6, 1 - 1e-12, 1 - 2.0**-53, 1.0, 1 + 2.0**-52, 1 + 1e-12, 1 + 1e-6]
RANGES = {
    "H": st.one_of(st.integers(1, 50), st.integers(1, 2000)),
    "n": st.one_of(st.integers(1, 100), decades(0, 12)),
    "delta": st.one_of(st.sampled_from([1e-300, 0.05, 1 - 2.0**-53]), decades(-300, -0.001)),
    "log_class_size": st.one_of(st.sampled_from([0.0, 1e6]), floats(0.7, 60), decades(-0.15, 6)),
    "log_model_class_size": st.one_of(st.just(0.0), decades(0, 6)),
    "eps_q": st.one_of(st.sampled_from([0.0, 1.0]), decades(-12, 0)),
    "average_error": st.one_of(st.just(0.0), decades(-12, 0)),
    "horizon_average_error": st.one_of(st.just(0.0), decades(-12, 0)),
    "action_error": st.one_of(st.just(0.0), decades(-12, 0)),
    "eps_prime": st.one_of(st.just(0.0), decades(-12, 0)),
    "tv": st.one_of(st.sampled_from([0.0, 1.0]), decades(-12, 0)),
    "excess_probability": st.one_of(st.sampled_from([0.0, 1.0]), decades(-12, 0)),
    "local_failure": st.one_of(st.sampled_from([0.0, 1.0]), decades(-12, 0)),
    "step_error": st.one_of(st.sampled_from([0.0, 1.0]), decades(-12, 0)),
    "C": st.one_of(st.just(0.0), decades(-6, 1)),
    "eta": st.one_of(st.sampled_from(NEAR_ONE), floats(0, 1.5)),
    "L": st.one_of(st.just(0.0), decades(-6, 2)),
    "L_P": st.one_of(st.just(0.0), decades(-6, 1)),
    "L_x": st.one_of(st.just(0.0), decades(-2, 1)),
    "L_u": st.one_of(st.just(0.0), decades(-2, 1)),
    "lipschitz": st.one_of(st.just(0.0), decades(-3, 0.5)),
    "k": floats(0, 20),
    "coupled_lipschitz": st.one_of(st.just(0.0), decades(-3, 0.5)),
    "jump": st.one_of(st.just(0.0), decades(-12, 0)),
    "map_error": st.one_of(st.just(0.0), decades(-12, 0)),
    "eps_max": st.one_of(st.just(0.0), decades(-12, 0)),
    "loop_C": st.one_of(st.just(0.0), decades(-6, 1)),
    "loop_eta": st.one_of(st.sampled_from(NEAR_ONE), floats(0, 1.5)),
    "mismatch": st.one_of(st.sampled_from([0.0, 1.0]), decades(-12, 0)),
    "bins_off": st.integers(0, 20),
    "chunk": st.integers(1, 60),
    "chunk_decay": st.one_of(st.sampled_from([0.0, 1.0]), floats(0, 1.2)),
    "half_width": decades(-6, 0),
    "density": st.one_of(st.just(0.0), decades(-2, 2)),
    "dimension": st.integers(1, 20),
    "bias": st.one_of(st.just(0.0), decades(-6, 0)),
    "rms_error": st.one_of(st.just(0.0), decades(-6, 0)),
    "log_misspecification": decades(-12, 1),
    "log_cover": st.one_of(st.just(0.0), decades(-12, 1)),
    "tube": decades(-3, 2),
    "state_dimension": st.integers(1, 60),
    "sigma_w": st.one_of(st.just(0.0), decades(-3, 1)),
    "noise_share": floats(0.01, 0.99),
    "distance": st.one_of(st.just(0.0), decades(-9, 3)),
    "return_range": decades(-3, 3),
    "return_std": st.one_of(st.just(0.0), decades(-6, 3)),
    "hazard_sum": st.one_of(st.just(0.0), decades(-6, 2)),
    "sigma": decades(-6, 3),
}
NARROW = {
    # a tail at r standard deviations has r^2 times the relative error of r
    "local_stability": {
        "tube": decades(-3, 0),
        "sigma": decades(-1, 1),
        "sigma_w": decades(-1, 1),
        "C": decades(-1, 1),
    },
    "theorem_8": {"eps_q": floats(0, 0.25)},
    "theorem_9": {"eps_q": floats(0, 0.4999)},
    "small_gain": {"C": decades(-6, -0.302), "eta": floats(0, 0.49), "lipschitz": floats(0, 1.0)},
    "proposition_5_corollary": {  # here ell Gamma < 1/2, so 5 is enough
        "C": decades(-6, -0.603),
        "eta": floats(0, 0.49),
        "lipschitz": floats(0, 1.0),
        "k": floats(5, 1000),
    },
}


def strategy(theorem, *, more=(), **overrides):
    """Values of the preferred symbols of a statement over the whole numeric range, assumptions met; and of more."""
    ranges = RANGES | NARROW.get(theorem.key, {}) | overrides
    return st.fixed_dictionaries({name: ranges[name] for name in (*theorem.symbols, *more)})


@pytest.fixture(scope="session")
def strategies():
    return strategy


@pytest.fixture(scope="session")
def reference():
    return SimpleNamespace(
        terms=terms,
        refined=refined,
        error=error,
        decoupling=decoupling,
        geometric=geometric,
        geometric_sum=geometric_sum,
        geometric_sum_sum=geometric_sum_sum,
        keys=tuple(TERMS),
    )
