"""What `benchmarks.searches` measures on random systems beside every statement's regret: rungs, radii, deviations.

Also the systems that are no `Case`: two pairs of policies, Algorithm 1 with any model, chunks, traps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

import bounds
from benchmarks.search_paths import PathCase
from bounds.average_bounds import THEOREM_1
from bounds.deviation import deviation
from bounds.gaussian_trap import THEOREM_6_GAUSSIAN
from bounds.terms import Imitation, Radius
from bounds.traps import THEOREM_6, THEOREM_6_ERROR, THEOREM_6_NOISY, THEOREM_6_NOISY_ERROR
from bounds.values import Values
from proofs_check.augmented import AugmentedCase
from proofs_check.cases import Case, data_at
from proofs_check.comparison import keyword, spellings
from proofs_check.random_cases import Genome, build, mutate, random_genome
from proofs_check.ratios import ROUNDING, Subject, applying, data_for, known, over
from proofs_check.tightness import spelled
from simulators.assumptions.smoothness import rtvc_modulus
from simulators.exact.chunks import chunked_return
from simulators.exact.dp import expected_return
from simulators.experiments.base import Budget
from simulators.experiments.finite import FiniteExperiment
from simulators.experiments.finite_learners import ChunkMaps, PolicyClass
from simulators.learners.demonstrations import demonstrate
from simulators.learners.finite_class import likely_members
from simulators.learners.models import TransitionModel, true_model
from simulators.policies.tabular import TabularPolicy
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.gaussian_trap import GaussianTrapWitness
from simulators.witnesses.noisy_trap import NoisyTrapWitness


def by_rung(case: Subject, without: tuple[str, ...] = ()) -> dict[str, float]:
    """|Regret| over the bounds of every rung of the ladder, each statement in every spelling: the largest ratios.

    Args:
        case: the system.
        without: symbols that are not used, because there are other spellings.
    """
    symbols, found = {name: value for name, value in known(case).items() if name not in without}, dict[str, float]()
    for theorem in applying(case, symbols):
        if "k" in theorem.symbols:  # whose modulus may be that of a relaxation
            continue
        for row in spellings(theorem, {**symbols, **next(iter(data_for(case, theorem)))}):
            ratio = over(abs(float(case.regret)), row.bound)
            found[f"rung {row.rung}"] = max(ratio, found.get(f"rung {row.rung}", 0.0))
    return found


def by_step(case: PathCase) -> dict[str, float]:
    """|x̂_h − x*_h| over its bound, by statement: the largest ratio of any step."""
    symbols, found = known(case), {}
    for theorem in applying(case, symbols):
        data = data_at(0.0) if "n" in theorem.symbols else {}
        try:
            limit = deviation(theorem, **{**spelled(theorem, symbols), **data}).values
        except (bounds.AssumptionError, bounds.ParameterError):  # one on the values; no displacement
            continue
        found[f"{theorem.key}, deviation"] = float((case.deviation / (limit + ROUNDING)).max())
    return found


def radii(case: Case) -> dict[str, float]:
    """The true total variation over every radius that applies, at the true Hellinger distance: Lemmas S2 to S5."""
    found = {}
    at = Values({name: np.asarray(value) for name, value in data_at(case.hellinger_exponent).items()}, {})
    for theorem in applying(case, known(case)):
        imitation = theorem.terms["imitation"]
        if isinstance(imitation, Imitation) and len(imitation.radius.sizes) == 1:
            limit = float(imitation.radius.numeric(at, "sharp"))
            found[_name(imitation.radius)] = over(case.tv, limit)
    return found


def _name(radius: Radius) -> str:
    kind = "greedy" if radius.greedy else "stochastic" if radius.root else "deterministic"
    return f"radius, {kind}{' class' if radius.multiplier == 1 and kind == 'deterministic' else ''}"


def pairs(case: Case) -> dict[str, float]:
    """Theorem 1: the expert and its labels against the learner, on systems that are stable everywhere.

    The learner's raw actions are drawn as the expert's given the label, so that the laws are `Case.tv` apart.
    """
    near = float(case.k * case.eps_q)
    modulus = rtvc_modulus(case.system, case.deployed, near)
    apart = modulus.thresholds > 0
    slope = float(np.max(modulus.values[apart] / modulus.thresholds[apart], initial=0.0))
    given = {"tv": case.tv, "eps_prime": near, "excess_probability": 0.0, "local_failure": 0.0, "L": slope}
    bound = float(bounds.evaluate(THEOREM_1, **spelled(THEOREM_1, {**case.symbols(), **given})).total)
    return {THEOREM_1.key: over(abs(float(case.regret)), bound)}


@dataclass(frozen=True, eq=False)
class RolledGenome:
    """A case and a model: the share of another than the right one, and where that comes from."""

    base: Genome
    share: float
    seed: int

    @classmethod
    def random(cls, rng: np.random.Generator) -> RolledGenome:
        """Models that are right, nearly right or wrong."""
        return cls(random_genome(rng), float(rng.choice([0.0, 0.1, 1.0])), int(rng.integers(2**31)))

    def mutated(self, rng: np.random.Generator) -> RolledGenome:
        """Another case or another model."""
        if rng.random() < 0.8:
            return replace(self, base=mutate(self.base, rng))
        fresh = self.random(rng)
        return replace(self, share=fresh.share * rng.random(), seed=fresh.seed)

    def build(self) -> Subject:
        """Algorithm 1 on the case."""
        case = build(replace(self.base, greedy=False))
        right = true_model(case.system, case.expert, case.quantizer).table
        other = np.random.default_rng(self.seed).dirichlet(np.full(right.shape[-1], 0.4), right.shape[:-1])
        model = TransitionModel((1 - self.share) * right + self.share * other)
        return AugmentedCase(case.system, case.expert, case.quantizer, case.learner, model=model)


@dataclass(frozen=True, eq=False)
class ChunkCase:
    """A chunk map deployed on deterministic dynamics, against an expert that follows its labels as far as it does.

    Attributes:
        experiment: with the chunk map as its class.
        tv: share of first states from which the expert's labels differ from the map's.
    """

    experiment: FiniteExperiment
    tv: float

    @cached_property
    def regret(self) -> float:
        """Exact."""
        system = self.experiment.model
        learner = self.experiment.learner
        assert isinstance(learner, ChunkMaps)  # noqa: S101 – for the type checker
        earned = chunked_return(system, self.experiment.quantizer.of_chunks(learner.maps[0]))
        return float(expected_return(system, self.experiment.expert) - earned)

    @property
    def hellinger_exponent(self) -> float:
        """The laws agree on some first states, and share nothing elsewhere."""
        return -math.log1p(-self.tv) if self.tv < 1 else math.inf

    def facts(self) -> frozenset[str]:
        """Those of the experiment, with data from which the distance follows."""
        return frozenset({*self.experiment.facts(), "iid_demonstrations", "realizable_chunks"})

    def symbols(self, *, relaxed: bool = False) -> dict[str, Any]:
        """Those of the experiment."""
        H = self.experiment.model.horizon
        found = {**self.experiment.symbols(H), "H": H, "k": 0.0}
        return {name: keyword(name, value) for name, value in found.items()}


def chunks(genome: Genome) -> ChunkCase:
    """The learner's raw actions under its noises, as the actions of a chunk; with jump 0 the expert follows them."""
    quiet = replace(genome, noise=np.ones(1), next_state=genome.next_state[..., :1], greedy=False)
    case = build(replace(quiet, expert=np.eye(len(genome.actions))[genome.expert.argmax(axis=1)]))
    system, labels, H = case.system, case.quantizer.labels, case.system.horizon
    table = np.tile(case.expert.at(0), (H, 1, 1))
    codes, known, apart = labels[genome.raw], set[tuple[int, int]](), 0.0
    for s in map(int, np.flatnonzero(system.initial > 0)):
        x, start, agreed = s, s, True
        for h in range(H):
            start = x if h % codes.shape[1] == 0 else start
            code = codes[start, h % codes.shape[1]]
            if genome.jump == 0 and (h, x) not in known:
                cell = labels == code
                table[h, x] = np.eye(len(labels))[np.argmax(np.where(cell, genome.expert[x], -1.0))]
            known.add((h, x))
            action = int(table[h, x].argmax())
            agreed &= bool(labels[action] == code)
            x = int(system.next_state[x, action, 0])
        apart += 0.0 if agreed else float(system.initial[s])
    learner = ChunkMaps(genome.raw[None])
    return ChunkCase(FiniteExperiment(system, TabularPolicy(table), case.quantizer, learner, "chunked"), apart)


def certified(genome: Genome) -> dict[str, float]:
    """Regret over the exact certificate from a few demonstrations, unless these lose the expert.

    The class is the expert and what it would do in other states or with other actions.
    """
    case, seed = build(replace(genome, greedy=False)), int(1e6 * float(genome.initial[0] + genome.reward.sum()))
    others = [np.roll(genome.expert, i, axis=j) for i, j in ((1, 0), (1, 1))]
    learner = PolicyClass((case.expert, *map(TabularPolicy, others)))
    experiment = FiniteExperiment(case.system, case.expert, case.quantizer, learner)
    budget = Budget(H=case.system.horizon, n=1 + seed % 3)
    measured = experiment.measure(budget, np.random.default_rng(seed))
    data = demonstrate(case.system, case.expert, case.quantizer, episodes=budget.n, rng=np.random.default_rng(seed))
    scores = learner.fit(case.system, case.quantizer, data).log_likelihoods
    assert scores is not None  # noqa: S101 – for the type checker
    sure = all(member.deterministic for member in learner.members(case.system, case.quantizer))
    if 0 not in likely_members(scores, deterministic=sure, delta=budget.delta)[0]:
        return {}
    return {"certificate, finite": over(measured.regret.mean, max(0.0, measured.certificates["certificate"]))}


@dataclass(frozen=True)
class Trap:
    """Parameters of a trap, and the kind of it; most draws meet the conditions."""

    kind: str
    values: dict[str, Any]

    @classmethod
    def random(cls, kind: str, rng: np.random.Generator) -> Trap:
        """Up to 40 steps; drawn until the statement's conditions hold."""
        while True:
            drawn = cls(kind, cls._drawn(kind, rng))
            try:
                _total(_TRAPS[kind][0], drawn.values)
            except ValueError:
                continue
            return drawn

    @staticmethod
    def _drawn(kind: str, rng: np.random.Generator) -> dict[str, float]:
        A = float(rng.uniform(0.02, 0.6))
        B, H = float(rng.uniform(0.1, 0.9) * (1 - A)), float(rng.integers(2, 16 if kind == "arctan" else 41))
        found = {"A": A, "B": B, "H": H, "eps": float(2.0 ** -rng.uniform(3, 12))}
        if kind == "arctan":
            k = float(rng.uniform(0.5, 4))
            return found | {"k": k, "d": k * float(rng.uniform(0.5, 1.5))}
        found["c"] = float(rng.uniform(0.3, 1.0))
        if kind == "gaussian":
            return found | {"sigma_w": float(rng.uniform(0.01, 0.2)), "reach": float(rng.uniform(0.1, 2))}
        W = float(rng.uniform(0.02, 0.3))
        least = W / (1 - A - B * found["c"]) + W / (1 - A)
        return found | {"W": W, "x_c": least * float(rng.uniform(1.01, 2)), "eps": W * float(2.0 ** -rng.uniform(1, 6))}

    def mutated(self, rng: np.random.Generator) -> Trap:
        """One parameter changed by a few per cent, or the horizon."""
        values = dict(self.values)
        name = str(rng.choice(sorted(values)))
        change = float(rng.lognormal(0, 0.2))
        values[name] = max(1.0, values[name] + int(rng.integers(-5, 9))) if name == "H" else values[name] * change
        return replace(self, values=values)

    def ratios(self) -> dict[str, float]:
        """Floor over the largest regret that the enclosure allows; the least error it allows over the error bound."""
        floor, ceiling = _TRAPS[self.kind]
        try:
            limit, (regret, error) = _total(floor, self.values), _enclosed(self.kind, self.values)
        except ValueError:  # parameters that are no trap
            return {}
        found = {floor.key: limit / regret}
        return found if ceiling is None else {**found, ceiling.key: error / _total(ceiling, self.values)}


def _total(theorem: bounds.Theorem, values: dict[str, Any]) -> float:
    return float(bounds.evaluate(theorem, **spelled(theorem, values)).total)


def _enclosed(kind: str, values: dict[str, Any]) -> tuple[float, float]:
    """The largest regret and the least error under the expert that enclosures allow."""
    H = int(values["H"])
    given = {name: value for name, value in values.items() if name not in ("H", "reach", "sigma_w")}
    if kind == "arctan":
        arctan = ArctanTrapWitness(**given)
        return arctan.deployed(H, resolution=40).regret.high, arctan.average_error(H, resolution=2).low
    if kind == "noisy":
        noisy = NoisyTrapWitness(**given, cells=100)
        return noisy.regret(H).high, max(step.low for step in noisy.expert_error(H))
    return GaussianTrapWitness(**given, sigma=values["sigma_w"], cells=100).regret(H).high, 0.0


_TRAPS: dict[str, tuple[bounds.Theorem, bounds.Theorem | None]] = {
    "arctan": (THEOREM_6, THEOREM_6_ERROR),
    "noisy": (THEOREM_6_NOISY, THEOREM_6_NOISY_ERROR),
    "gaussian": (THEOREM_6_GAUSSIAN, None),
}
