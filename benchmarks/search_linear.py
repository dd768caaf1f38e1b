"""Random linear systems for `benchmarks.searches`: certificates from data, ranges, deviations, dithered bins.

Where nothing is random the regret is exact; elsewhere the lower end of its interval stands for it, missed with
probability 1e-9. Certificates hold wherever the data leave the expert in the set; how often they lose it is searched
by itself, exactly, on label sequences.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

import bounds
from bounds.deviation import deviation
from bounds.rms import WASSERSTEIN_RMS
from proofs_check.comparison import keyword
from proofs_check.random_cases import changed, entry
from proofs_check.ratios import over
from proofs_check.tightness import spelled
from simulators.assumptions.linear import gain_sequence
from simulators.errors import FloatArray
from simulators.experiments.base import Budget
from simulators.experiments.feedback import affine, closed_form
from simulators.experiments.linear import LinearExperiment
from simulators.experiments.spread import return_range, return_std
from simulators.learners.finite_class import likely_members, matrix_class
from simulators.montecarlo import bernstein_interval
from simulators.norms import norm_along
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.rollouts import paired
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianInitial, GaussianNoise, NoNoise, UniformBox, UniformNoise

_SURE = 1 - 1e-9
_FEW, _MANY, _NEAR = 2**13, 2**16, 0.98
"""Points of an integral, and how many where the ratio is as large as this."""
_SUMMED = 0.998
"""What counts of a number that is integrated: sums err by less than the rest."""
_SHORT = 3
"""Steps of returns whose deviation is integrated."""


def _near(array: FloatArray, rng: np.random.Generator, size: float) -> FloatArray:
    index = entry(array, rng)
    return np.asarray(changed(array, index, array[index] + size * rng.normal()))


@dataclass(frozen=True, eq=False)
class Loop:
    """A linear system and a class of feedback policies, the expert first.

    Attributes:
        A, B: dynamics.
        gains: gains[m], of each member.
        target: action, then state, at which members rest.
        weights: of state and action in the reward.
        goal: the reward's target.
        norm: "linf" or "l2".
        bins: number of them.
        noise: 0 none, 1 uniform, 2 Gaussian.
        first: the same of the first state, 0 a single one.
        std: of Gaussian members; 0 for deterministic ones.
        demonstrations: n.
        seed: of data and roll-outs.
    """

    A: FloatArray
    B: FloatArray
    gains: FloatArray
    target: FloatArray
    weights: FloatArray
    goal: float
    norm: str
    bins: int
    noise: int
    first: int
    std: float
    demonstrations: int
    seed: int

    @classmethod
    def random(cls, rng: np.random.Generator, *, quiet: bool = False) -> Loop:
        """Up to two dimensions and four members; every fourth system, or every one, has nothing random."""
        dx, du = (int(n) for n in rng.integers(1, 3, 2))
        gains = np.tile(rng.normal(size=(du, dx)) * 0.4, (int(rng.integers(1, 5)), 1, 1))
        gains[1:] += rng.choice([0.05, 0.3]) * rng.normal(size=gains[1:].shape)
        quiet = bool(rng.random() < 0.25) or quiet
        return cls(
            A=rng.normal(size=(dx, dx)) * rng.choice([0.3, 0.6]),
            B=rng.normal(size=(dx, du)) * 0.5,
            gains=gains,
            target=rng.uniform(-0.5, 0.5, du + dx),
            weights=rng.uniform(0, 1, 2),
            goal=float(rng.uniform(-0.3, 0.3)),
            norm=str(rng.choice(["linf", "l2"])),
            bins=int(rng.choice([1, 2, 4, 16, 64])),
            noise=0 if quiet else int(rng.choice([0, 1, 1, 1, 2])),
            first=0 if quiet else int(rng.choice([0, 1, 1, 1, 2])),
            std=0.0 if quiet else float(rng.choice([0.0, 0.2, 0.5])),
            demonstrations=int(rng.integers(1, 4)),
            seed=int(rng.integers(2**31)),
        )

    def mutated(self, rng: np.random.Generator) -> Loop:
        """One part changed."""
        name = str(rng.choice(["A", "B", "gains", "target", "weights", "goal", "bins", "norm", "seed"]))
        if name in ("bins", "norm", "seed"):
            return replace(self, **{name: getattr(Loop.random(rng), name)})
        if name == "goal":
            return replace(self, goal=float(np.clip(self.goal + 0.2 * rng.normal(), -1, 1)))
        value = _near(getattr(self, name), rng, 0.15)
        change: dict[str, Any] = {name: np.clip(value, 0, 1) if name == "weights" else value}
        return replace(self, **change)

    @property
    def experiment(self) -> LinearExperiment:
        """The system."""
        du = self.B.shape[1]
        noise = (NoNoise(), UniformNoise(0.05), GaussianNoise(0.03))[self.noise]
        first = (UniformBox(0.4, 0.4), UniformBox(-0.3, 0.6), GaussianInitial(0.4, 0.1))[self.first]
        rest = {"target_action": self.target[:du], "target_state": self.target[du:]}
        members = matrix_class(list(self.gains), **rest, low=-1.0, high=1.0, std=self.std or None)
        reward = ReachReward(self.goal, float(self.weights[0]), float(self.weights[1]), self.norm)
        system = LinearSystem(self.A, self.B, noise, first)
        return LinearExperiment(system, reward, members, 0, uniform(self.bins), self.norm)

    def ratios(self, horizon: int = 6, episodes: int = 400) -> dict[str, float]:
        """Regret over certificates; steps' losses and displacements over the closed form; spread of returns."""
        e, rng = self.experiment, np.random.default_rng(self.seed)
        budget = Budget(H=horizon, n=self.demonstrations, episodes=episodes, confidence=_SURE)
        measured = e.measure(budget, np.random.default_rng(self.seed))
        chosen, known = int(measured.learnt["chosen"]), affine(e.candidates.policies, e.system)
        assert known is not None  # noqa: S101 – for the type checker
        form = closed_form(e.system, e.reward, known[[chosen]], known[[0]], 1 / self.bins, horizon)
        pair = (e.expert, e.candidates.policies[chosen])
        steps = list(paired(e.system, *pair, e.quantizer, horizon=horizon, episodes=episodes, rng=rng))
        best, ours = (
            np.array(found) for found in zip(*((e.reward(s.x, s.u), e.reward(s.y, s.v)) for s in steps), strict=True)
        )
        gaps = np.array([norm_along(s.y - s.x, self.norm, axis=0) for s in steps])
        lost = np.abs(best - ours)
        totals = np.concatenate([best, ours], axis=1).sum(axis=0)
        found = {
            "closed form, surely": over(lost.max(axis=1), form.surely[0]),
            "closed form, displacement": over(gaps.max(axis=1), form.reach[0]),
            "closed form, in mean": over(self._least(lost), form.mean[0]),
            "return_range": over(np.ptp(totals), return_range(e.system, e.reward, known, 1 / self.bins, horizon)),
        }
        if self.first != 2 and self.noise != 2 and (self.noise or self.first or self.std):
            spread = return_std(e.system, e.reward, known[[0]], _SHORT)
            ratio = over(_SUMMED * self._totals(e).std(), spread)
            found["return_std"] = ratio if ratio < _NEAR else over(_SUMMED * self._totals(e, _MANY).std(), spread)
        loss = float(self._least((best - ours).sum(axis=0)[None] + horizon, 2.0 * horizon)[0]) - horizon
        certificates = measured.certificates if self._kept(e, budget) else {}
        return found | {f"rung {rung}": over(loss, value) for rung, value in certificates.items()}

    def _kept(self, e: LinearExperiment, budget: Budget) -> bool:
        """Whether the data, drawn again, leave the expert in the set."""
        fit, _ = e.learn(budget.H, budget.n, np.random.default_rng(self.seed))
        scores = np.array(fit.log_likelihoods)
        return 0 in likely_members(scores, deterministic=self.std == 0, delta=budget.delta)[0]

    def _totals(self, e: LinearExperiment, points: int = _FEW) -> FloatArray:
        """The expert's total rewards over uniform first states and noises, and normals."""
        from scipy.special import ndtri

        dx, du = self.B.shape
        cube = _cube(points, _SHORT * (dx + du)).T.reshape(_SHORT, dx + du, points)
        total, (low, high), radius = np.zeros(points), e.system.initial.box(dx), e.system.noise.box(dx)[1]
        x = low[:, None] + (high - low)[:, None] * cube[0, :dx]
        for h in range(_SHORT):
            u = e.expert.act(x, ndtri(cube[h, dx:]) if self.std else None)
            total += e.reward(x, u)
            if h + 1 < _SHORT:
                x = e.system.step(x, u, radius[:, None] * (2 * cube[h + 1, :dx] - 1))
        return total

    def _least(self, values: FloatArray, most: float = 1.0) -> FloatArray:
        """The mean over pairs, exactly where all are the same, else the lower end of its interval."""
        if not (self.noise or self.first or self.std):
            return np.asarray(values[:, 0])
        sums = values.sum(axis=1), (values**2).sum(axis=1)
        low, _ = bernstein_interval(values.shape[1], *sums, most=np.full(len(values), most), confidence=_SURE)
        return np.asarray(low)


@dataclass(frozen=True, eq=False)
class Labels:
    """The likelihood-ratio set on n draws of one label: how often it loses the expert, exactly, over delta.

    Attributes:
        laws: laws[m, label], the expert's first.
        n: labels drawn.
        delta: what the set is made for.
    """

    laws: FloatArray
    n: int
    delta: float

    @classmethod
    def random(cls, rng: np.random.Generator) -> Labels:
        """Up to four members, three labels, six draws."""
        size = int(rng.integers(2, 5)), int(rng.integers(2, 4))
        return cls(
            rng.dirichlet(np.full(size[1], 0.4), size[0]), int(rng.integers(1, 7)), float(rng.uniform(0.01, 0.5))
        )

    def mutated(self, rng: np.random.Generator) -> Labels:
        """A law nearer to a point or to another law, or another delta."""
        if rng.random() < 0.3:
            return replace(self, delta=float(np.clip(self.delta * rng.lognormal(0, 0.1), 1e-3, 0.9)))
        m, other = int(rng.integers(len(self.laws))), Labels.random(rng).laws[0]
        point = np.eye(self.laws.shape[1])[rng.integers(self.laws.shape[1])]
        share = float(rng.choice([0.02, 0.1, 0.5, 1.0]))
        laws = np.array(self.laws)
        laws[m] = (1 - share) * laws[m] + share * (point if len(other) != len(point) or rng.random() < 0.5 else other)
        return replace(self, laws=laws)

    def ratios(self) -> dict[str, float]:
        """P(the expert is not in the set) / delta."""
        K, lost = self.laws.shape[1], 0.0
        with np.errstate(divide="ignore"):
            logs = np.log(self.laws)
        for split in itertools.combinations(range(self.n + K - 1), K - 1):
            counts = np.diff([-1, *split, self.n + K - 1]) - 1
            terms = np.where(counts > 0, counts * np.where(np.isinf(logs), -1e300, logs), 0.0).sum(axis=1)
            ways = math.factorial(self.n) / math.prod(math.factorial(count) for count in counts)
            chance = ways * math.exp(max(float(terms[0]), -700.0)) if terms[0] > -700 else 0.0
            scores = np.where(terms < -1e290, -np.inf, terms)
            if chance and 0 not in likely_members(scores, deterministic=False, delta=self.delta)[0]:
                lost += chance
        return {"likelihood-ratio set, loses the expert": lost / self.delta}


@cache
def _cube(points: int, dimensions: int) -> FloatArray:
    """Points of the open unit cube, a power of two of them."""
    from scipy.stats.qmc import Sobol

    return np.asarray(Sobol(dimensions, scramble=False).random(points) + 0.5 / points)


@dataclass(frozen=True, eq=False)
class Dither:
    """x' = a x + b u, the expert plays slope x + offset + ξ, ξ uniform or triangular; executed through even bins.

    Attributes:
        loop: a, b, slope, offset, first state.
        half: half width of a bin.
        spread: ξ is within it.
        triangular: whether ξ is the mean of two uniform ones.
        weights: of displacements of state and action in the reward; one may be negative.
        horizon: up to 4.
    """

    loop: FloatArray
    half: float
    spread: float
    triangular: bool
    weights: FloatArray
    horizon: int

    @classmethod
    def random(cls, rng: np.random.Generator) -> Dither:
        """Bins from much wider to much narrower than the noise."""
        half = float(2.0 ** -rng.uniform(3, 6))
        spread = half * float(2.0 ** rng.uniform(-5, 3))
        weights, triangular = rng.uniform(-1, 1, 2), bool(rng.random() < 0.3)
        return cls(rng.uniform(-1.2, 1.2, 5), half, spread, triangular, weights, int(rng.integers(2, 5)))

    def mutated(self, rng: np.random.Generator) -> Dither:
        """One number changed."""
        name = str(rng.choice(["loop", "loop", "spread", "weights", "horizon", "edge"]))
        if name == "edge":  # next to an edge between two bins, and a state that is forgotten
            return replace(self, loop=self.loop * np.array([rng.choice([0, 1]), 1, rng.choice([0, 1]), 0, 0]))
        if name == "spread":
            return replace(self, spread=self.spread * float(rng.choice([0.25, 0.5, 2.0])))
        if name == "horizon":
            return replace(self, horizon=int(rng.integers(2, 5)))
        value = _near(getattr(self, name), rng, 0.2)
        change: dict[str, Any] = {name: np.where(rng.random(value.shape) < 0.1, 0.0, value)}
        return replace(self, **change)

    def _bin(self, u: FloatArray) -> FloatArray:
        return np.asarray((np.floor(u / (2 * self.half)) + 0.5) * (2 * self.half))

    def ratios(self, points: int = _FEW) -> dict[str, float]:
        """Regret and root mean square displacement by quadrature, over noises."""
        a, b, slope, offset, x1 = self.loop
        noise = self.spread * self._noise(_cube(points, self.horizon))
        x = y = np.full(points, x1)
        lost, gaps, errors = np.zeros(points), [], []
        for xi in noise.T:
            u, v = slope * x + offset + xi, self._bin(slope * y + offset + xi)
            gaps.append(math.sqrt(float(((y - x) ** 2).mean())))
            errors.append(math.sqrt(float(((self._bin(u) - u) ** 2).mean())))
            lost += self._lost(np.abs(y - x), np.abs(v - u)) if self.weights.min() >= 0 else self._lost(y - x, v - u)
            x, y = a * x + b * u, a * y + b * v
        symbols = self._symbols(max(errors))
        total = float(bounds.evaluate(WASSERSTEIN_RMS, **spelled(WASSERSTEIN_RMS, symbols)).total)
        limit = deviation(WASSERSTEIN_RMS, **spelled(WASSERSTEIN_RMS, symbols)).values
        moved = over(_SUMMED * np.array(gaps), limit)
        regret, key = over(_SUMMED * abs(lost.mean()), total), WASSERSTEIN_RMS.key
        if points < _MANY and max(moved, regret) > _NEAR:
            return self.ratios(_MANY)
        return {key: regret, f"{key}, deviation": moved}

    def _lost(self, state: FloatArray, action: FloatArray) -> FloatArray:
        return np.asarray(0.5 - np.clip(0.5 - self.weights[0] * state - self.weights[1] * action, 0, 1))

    def _noise(self, points: FloatArray) -> FloatArray:
        """In units of the spread, by the inverse of the distribution function."""
        flat = 2 * points - 1
        return np.asarray(np.sign(flat) * (1 - np.sqrt(1 - np.abs(flat))) if self.triangular else flat)

    def _symbols(self, rms_error: float) -> dict[str, Any]:
        a, b, slope, _, _ = self.loop
        middles = np.linspace(0, 2 * self.half, 257)
        u = middles[:, None] + self.spread * self._noise((np.arange(2000) + 0.5) / 2000)
        density = (1.0 if self.triangular else 0.5) / self.spread
        # between two neighbours of the grid the mean error moves by at most this
        slack = (1 + 2 * self.half * density) * float(middles[1] - middles[0]) / 2
        bias = min(float(np.abs((self._bin(u) - u).mean(axis=1)).max()) + slack, self.half)
        found = {
            "H": self.horizon, "lipschitz": abs(slope), "half_width": self.half, "density": density, "dimension": 1.0,
            "bias": bias, "rms_error": rms_error, "L_x": abs(self.weights[0]), "L_u": abs(self.weights[1]),
            "gains": gain_sequence(np.array([[a]]), np.array([[b]]), horizon=self.horizon, norm="l2"),
        }  # fmt: skip
        return {name: keyword(name, value) for name, value in found.items()}
