"""Theorems against simulators: measurements of what no proof step covers; they can fail.

(a) The deterministic core of every upper bound on random finite systems; (b) the high-probability claims, their
failure rate against δ, Algorithm 1 end to end included; (c) rates in n, ε_q and H where they are predicted; (d) the
findings in numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

import bounds
from bounds.catalog import catalog
from bounds.loop_bounds import CLOSED_LOOP
from bounds.lower_bounds import THEOREM_8, THEOREM_9
from bounds.traps import THEOREM_6, THEOREM_6_ERROR, THEOREM_6_NOISY, THEOREM_6_NOISY_ERROR
from bounds.upper_bounds import (
    THEOREM_2,
    THEOREM_3,
    THEOREM_3_DETERMINISTIC,
    THEOREM_7,
    THEOREM_7_DETERMINISTIC,
)
from proofs_check.augmented import augmented_core, augmented_coverage, random_augmented
from proofs_check.random_cases import build, mutate, random_genome
from proofs_check.random_loops import build_loop, mutate_loop, random_loop
from proofs_check.ratios import climb, ratios
from proofs_check.report import Check
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.decoupling import Decoupling
from simulators.witnesses.four_experts import EXPERTS, FourExperts
from simulators.witnesses.independent_noise import IndependentNoise
from simulators.witnesses.noisy_trap import NoisyTrapWitness
from simulators.witnesses.rational_twin import RationalTwin
from simulators.witnesses.two_experts import TwoExperts, scaled_gap

_BELOW = "|regret| is below every bound that applies, for any policy, at computed distances, moduli and gains"


def random_systems(
    rng: np.random.Generator, *, systems: int = 300, steps: int = 300, keys: Collection[str] | None = None
) -> Check:
    """Regret below every applicable bound on random systems, and on changes that raise the largest ratios.

    Args:
        rng: systems, experts, quantizers and arbitrary learners.
        systems: number of random ones.
        steps: number of changes.
        keys: of the statements that are asked about; None for all.

    Example:
        >>> random_systems(np.random.default_rng(0), systems=5, steps=5).holds
        True
    """
    found = climb(
        random_genome, mutate, lambda genome: ratios(build(genome), keys=keys), rng, systems=systems, steps=steps
    )
    return found.check("random_systems", THEOREM_2.key, _BELOW)


def random_loops(
    rng: np.random.Generator, *, systems: int = 100, steps: int = 100, keys: Collection[str] | None = None
) -> Check:
    """The same on linear loops, whose learners have closed loops of their own.

    Args:
        rng: systems, experts, quantizers and arbitrary learners.
        systems: number of random ones.
        steps: number of changes.
        keys: of the statements that are asked about; None for all.

    Example:
        >>> random_loops(np.random.default_rng(0), systems=2, steps=2).holds
        True
    """
    found = climb(
        random_loop,
        mutate_loop,
        lambda genome: ratios(build_loop(genome), keys=keys),
        rng,
        systems=systems,
        steps=steps,
    )
    return found.check("random_loops", CLOSED_LOOP.key, _BELOW)


def _radius(n: int, size: int, delta: float, multiplier: int, form: str) -> float:
    """The catalog's deterministic radius 1 − e^(−m x) or m s, at H = 1."""
    theorem = {1: THEOREM_3_DETERMINISTIC, 2: THEOREM_3}[multiplier]
    values = {"H": 1, "n": n, "delta": delta, "class_size": size, "eps_q": 0, "k": 0, "C": 0, "eta": 0, "L": 0}
    return float(bounds.evaluate(theorem, form=form, L_x=1, L_u=1, **values).terms["imitation"])


def stochastic_failures(
    n: int, size: int, delta: float, form: str, rng: np.random.Generator, *, trials: int, factor: float = 1.0
) -> int:
    """How often some maximiser's squared Hellinger distance exceeds Lemma S1's bound, for laws of 4 labels.

    The wrong laws are drawn close to the expert's, where the maximum likelihood is most often mistaken. A
    factor below 1 shrinks the bound, to see that the count can be large.
    """
    expert = rng.dirichlet(np.full(4, 2.0))
    spread = rng.uniform(0, 1, (size - 1, 1))
    laws = np.vstack([expert, (1 - spread) * expert + spread * rng.dirichlet(np.full(4, 0.5), size - 1)])
    d2 = ((np.sqrt(laws) - np.sqrt(expert)) ** 2).sum(axis=1)
    likelihood = rng.multinomial(n, expert, size=trials) @ np.log(laws).T
    best = likelihood >= likelihood.max(axis=1, keepdims=True) - 1e-12
    x = -math.log1p(-_radius(n, size, delta, 2, form)) / 2 if form == "sharp" else _radius(n, size, delta, 2, form) / 2
    bound = factor * (2 * -math.expm1(-x) if form == "sharp" else 2 * x)
    return int(((best * d2).max(axis=1) > bound).sum())


def deterministic_failures(
    n: int, size: int, delta: float, form: str, rng: np.random.Generator, *, trials: int, factor: float = 1.0
) -> int:
    """How often a policy that fits all labels has a mismatch above Lemma S4's bound, for 8 equally likely states."""
    differs = rng.random((size - 1, 8)) < rng.uniform(0.05, 0.6, (size - 1, 1))
    seen = rng.multinomial(n, np.full(8, 1 / 8), size=trials)
    survives = seen @ differs.T == 0
    mismatch = differs.mean(axis=1)
    return int(((survives * mismatch).max(axis=1) > factor * _radius(n, size, delta, 1, form)).sum())


def regret_failures(
    n: int, size: int, delta: float, form: str, rng: np.random.Generator, *, trials: int, factor: float = 1.0
) -> int:
    """How often the regret of the worst policy that fits all labels exceeds Theorem 3, deterministic class.

    Four steps whose states are drawn anew from 8 equally likely ones, reward 1 for the expert's label and 0 for any
    other, exact codes: the regret of a policy is 4 times the share of states where its label differs.
    """
    horizon = 4
    differs = rng.random((size - 1, 8)) < rng.uniform(0.02, 0.3, (size - 1, 1))
    seen = rng.multinomial(n * horizon, np.full(8, 1 / 8), size=trials)
    survives = seen @ differs.T == 0
    bound = horizon * _radius(n, size, delta, 1, form)
    return int(((survives * (horizon * differs.mean(axis=1))).max(axis=1) > factor * bound).sum())


SETTINGS = ((20, 2, 0.1), (50, 16, 0.05), (200, 64, 0.2), (10, 256, 0.3))


def coverage(rng: np.random.Generator, *, trials: int = 2_000) -> Check:
    """The high-probability claims: the exact interval for their failure rate must reach down to δ or below."""
    claims: tuple[tuple[str, Callable[..., int]], ...] = (
        ("S1", stochastic_failures),
        ("S4", deterministic_failures),
        ("regret", regret_failures),
    )
    counts = (
        (f"{name} {form} n={n} N={size}", failures(n, size, delta, form, rng, trials=trials), trials, delta)
        for name, failures in claims
        for n, size, delta in SETTINGS
        for form in ("sharp", "simple")
    )
    claim = "the learner exceeds its statistical bound on at most a share delta of the data sets"
    return Check.of_rates("coverage", "calibration", claim, counts)


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """Least-squares slope of log y against log x.

    Example:
        >>> slope([1, 10, 100], [2, 200, 20000])
        2.0
    """
    return round(float(np.polyfit(np.log(xs), np.log(ys), 1)[0]), 10)


def rates() -> Check:
    """Exact regrets scale as predicted: decoupling as H² ε_q, Theorem 8's excess as 1/n, Theorem 9's as 1/√n."""
    horizons, errors, small, sizes = (50, 100, 200), (1e-8, 1e-7, 1e-6), (3, 5, 8), (100, 400, 1600)
    eps = Fraction(1, 10)
    excess = [float(FourExperts(n=n, eps=eps).loss(EXPERTS[0]) - eps) for n in small]
    gaps = [float(TwoExperts(n=n, eps=eps).regret(1, Fraction(1, 2)) - eps) for n in sizes]
    found = {
        "H": (slope(horizons, [float(Decoupling(horizon=h, eps=1e-9).exact()) for h in horizons]), 2.0, 0.05),
        "eps_q": (slope(errors, [float(Decoupling(horizon=50, eps=e).exact()) for e in errors]), 1.0, 0.01),
        "n + 1 (theorem_8)": (slope([n + 1 for n in small], excess), -1.0, 0.15),
        "n (theorem_9)": (slope(sizes, gaps), -0.5, 1e-6),
    }
    text = ", ".join(f"{name}: {value:.3f} (predicted {target:g})" for name, (value, target, _) in found.items())
    holds = all(abs(value - target) <= slack for value, target, slack in found.values())
    return Check("rates", THEOREM_2.key, "regret scales with H, eps_q and n as predicted", len(found), holds, text)


def rational_twin() -> Check:
    """The expert crosses the trap with probability Θ(1), whatever ε: 0.4422, 0.44951, 0.44997, 0.449998."""
    expected = {6: 0.4422, 10: 0.44951, 14: 0.44997, 18: 0.449998}
    found = {j: float(RationalTwin(Fraction(1, 2**j)).visits(40)) for j in expected}
    holds = all(math.isclose(found[j], value, abs_tol=5e-5 if j < 14 else 5e-6) for j, value in expected.items())
    text = ", ".join(f"{value:.6f}" for value in found.values())
    return Check(
        "rational_twin", THEOREM_6.key, "the expert meets the trap with a probability free of eps", 4, holds, text
    )


def theorem_9_constant() -> Check:
    """3/8 gives exactly 1/8 at n = 1 and more after; 3/(5√n) falls below 1/8 and is no probability at n = 1."""
    eps = Fraction(1, 10)
    kept = [float(TwoExperts(n=n, eps=eps).guaranteed_probability()) for n in (1, 4, 25, 400)]
    larger = float(TwoExperts(n=400, eps=eps, gap=scaled_gap(400, Fraction(3, 5))).guaranteed_probability())
    holds = kept[0] == 0.125 and min(kept[1:]) > 0.125 > larger and scaled_gap(1, Fraction(3, 5)) > Fraction(1, 2)
    text = f"3/8: {', '.join(f'{p:.4f}' for p in kept)}; 3/5 at n = 400: {larger:.4f}"
    return Check("theorem_9_constant", THEOREM_9.key, "3/8 serves every n, 3/5 does not", 5, holds, text)


def independent_noise() -> Check:
    """Algorithm 1 on its own noise: regret (H − 1)/2 by enumeration, 0 with shared noise."""
    found = [
        (h, IndependentNoise(h).enumerated_regret(), IndependentNoise(h).enumerated_regret(shared=True))
        for h in (1, 2, 4)
    ]
    holds = all(own == Fraction(h - 1, 2) and shared == 0 for h, own, shared in found)
    text = ", ".join(f"H = {h}: {own}" for h, own, _ in found)
    return Check(
        "independent_noise", THEOREM_7.key, "an auxiliary roll-out on its own noise loses (H - 1)/2", 3, holds, text
    )


def _total(theorem: bounds.Theorem, values: Mapping[str, float]) -> float:
    keywords: dict[str, Any] = dict(values)
    return float(bounds.evaluate(theorem, **keywords).total)


def noisy_trap() -> Check:
    """The noisy trap's floor stays below the enclosed regret, and its error bound above the enclosed error."""
    bad: list[str] = []
    ratios: list[float] = []
    cases = 0
    for eps, x_c in ((0.02, 0.525), (0.05, 0.6)):
        witness = NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=eps, x_c=x_c, cells=600)
        values = witness.values()
        for horizon in (20, 100):
            floor = _total(THEOREM_6_NOISY, {**values, "H": horizon})
            regret = witness.regret(horizon)
            cases, ratios = cases + 1, [*ratios, floor / regret.high]
            if floor > regret.high:
                bad.append(f"eps={eps} H={horizon}: floor {floor:.4g} above {regret.high:.4g}")
        ceiling = _total(THEOREM_6_NOISY_ERROR, values)
        if any(error.low > ceiling for error in witness.expert_error(30)):
            bad.append(f"eps={eps}: error above {ceiling:.4g}")
    text = "; ".join(bad) or f"floor / regret between {min(ratios):.3f} and {max(ratios):.3f}"
    return Check("noisy_trap", THEOREM_6_NOISY.key, "the noisy trap's floor and error bound hold", cases, not bad, text)


def arctan_trap() -> Check:
    """The arctan trap's floor stays below the enclosed regret, and its error bound above the enclosed error."""
    bad, cases = [], 0
    for k, d, eps in ((1.0, 0.6, 0.01), (2.0, 1.2, 0.001)):
        witness = ArctanTrapWitness(A=0.2, B=0.3, k=k, d=d, eps=eps)
        values = witness.values()
        for horizon in (20, 60):
            floor = _total(THEOREM_6, {**values, "H": horizon})
            regret = witness.deployed(horizon, resolution=2_000).regret
            error = witness.average_error(horizon)
            ceiling = _total(THEOREM_6_ERROR, {**values, "H": horizon})
            cases += 2
            if floor > regret.high or error.low > ceiling:
                bad.append(
                    f"eps={eps} H={horizon}: floor {floor:.4g}, regret {regret}, error {error}, bound {ceiling:.4g}"
                )
    text = "; ".join(bad) or "floor below regret, error below its bound, in all cases"
    return Check("arctan_trap", THEOREM_6_ERROR.key, "the trap's floor and error bound hold", cases, not bad, text)


_UNMET = {"shared_noise", "loop_stable", "chunked_deployment", "coupled_pairs", "dithered"}
"""What is never true of a random system: it is deployed step by step, and no loop but the expert's is known stable."""
_CLIMBED = tuple(
    key
    for key, theorem in catalog.items()
    if theorem.sense is bounds.Sense.UPPER
    and theorem.ceiling == "H"
    and not _UNMET & {a.name for a in theorem.assumptions}
)
"""Whatever `random_systems` is about."""
_LOOPS = tuple(
    key
    for key, theorem in catalog.items()
    if {"loop_stable", "noisy_lipschitz"} & {a.name for a in theorem.assumptions}
)


def checks(
    rng: np.random.Generator,
    *,
    keys: Sequence[str] | None = None,
    systems: int = 300,
    progress: Callable[[str], None] | None = None,
) -> tuple[Check, ...]:
    """The empirical checks that belong to the given theorems, or all of them.

    Args:
        rng: where random systems and data sets come from.
        keys: catalog keys or proof keys; None for all checks.
        systems: how many random systems every upper bound is tried on, and how many changes of the worst.
        progress: called with a check's name before it runs.

    Example:
        >>> [check.name for check in checks(np.random.default_rng(0), keys=["theorem_9"])]
        ['rates', 'theorem_9_constant']
    """

    def rolled() -> Check:
        return augmented_core(random_augmented(rng) for _ in range(systems))

    every: tuple[tuple[tuple[str, ...], str, Callable[[], Check]], ...] = (
        (_CLIMBED, "random_systems", lambda: random_systems(rng, systems=systems, steps=systems, keys=keys)),
        (_LOOPS, "random_loops", lambda: random_loops(rng, systems=-(-systems // 8), steps=systems // 8, keys=keys)),
        (("calibration",), "coverage", lambda: coverage(rng)),
        ((THEOREM_2.key, THEOREM_8.key, THEOREM_9.key), "rates", rates),
        ((THEOREM_6.key,), "rational_twin", rational_twin),
        ((THEOREM_9.key,), "theorem_9_constant", theorem_9_constant),
        ((THEOREM_7.key, THEOREM_7_DETERMINISTIC.key), "augmented_core", rolled),
        ((THEOREM_7.key, THEOREM_7_DETERMINISTIC.key), "augmented_coverage", lambda: augmented_coverage(rng)),
        ((THEOREM_7.key,), "independent_noise", independent_noise),
        ((THEOREM_6_NOISY.key, THEOREM_6_NOISY_ERROR.key, "noisy_trap"), "noisy_trap", noisy_trap),
        ((THEOREM_6.key, THEOREM_6_ERROR.key), "arctan_trap", arctan_trap),
    )
    found = []
    for belongs, name, run in every:
        if keys is None or set(belongs) & set(keys):
            if progress is not None:
                progress(f"empirical/{name}")
            found.append(run())
    return tuple(check for check in found if check.cases)  # a statement of one's own may assume what no system here has
