"""Algorithm 1 measured beside Theorem 7: its inequality on random systems, and its probability on random data.

Everything that is compared with a number is the catalog's own expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

import bounds
from bounds.upper_bounds import THEOREM_7, THEOREM_7_DETERMINISTIC
from proofs_check.cases import Case
from proofs_check.comparison import keyword
from proofs_check.random_cases import build, random_genome
from proofs_check.ratios import ROUNDING, Ratios, ratios
from proofs_check.report import Check
from proofs_check.tightness import spelled
from simulators.errors import FloatArray
from simulators.exact.chain import TrajectoryLaw
from simulators.exact.divergences import exact_total_variation, log_affinity
from simulators.experiments.finite_symbols import label_symbols, model_symbols
from simulators.learners.demonstrations import demonstrate
from simulators.learners.models import (
    TransitionModel,
    augmented_regret,
    expert_noise_law,
    model_mle,
    noise_law,
    true_model,
)
from simulators.learners.tabular import policy_mle
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number


@dataclass(frozen=True, eq=False)
class AugmentedCase(Case):
    """A case with any transition model for the auxiliary roll-out, whose codes are executed: Algorithm 1.

    Attributes:
        model: T̂, driven by the system's noise.
        sees_noise: False leaves the noise out of the distance, which the theorem does not allow.
    """

    model: TransitionModel = field(kw_only=True)
    sees_noise: bool = True

    @cached_property
    def regret(self) -> Number:
        """J(π*) − J(Algorithm 1), exactly."""
        return augmented_regret(self.system, self.expert, self.learner, self.model, self.quantizer)

    @cached_property
    def _laws(self) -> tuple[TrajectoryLaw, TrajectoryLaw]:
        """The auxiliary chain with the noise that drives it, and the expert's."""
        if self.sees_noise:
            learnt = noise_law(self.system, self.learner, self.model, self.quantizer)
            return learnt, expert_noise_law(self.system, self.expert, self.quantizer)
        codes = self.quantizer.codebook

        def law(policy: TabularPolicy, model: TransitionModel) -> TrajectoryLaw:
            kernel = np.einsum("scwt,w->sct", model.table, self.system.noise)
            return TrajectoryLaw(self.system.initial, policy.probabilities[..., codes], kernel, self.system.horizon)

        own = true_model(self.system, self.expert, self.quantizer, share_noise=False)
        return law(self.learner, self.model), law(push_forward(self.expert, self.quantizer), own)

    @cached_property
    def tv(self) -> float:
        """Total variation of the two laws."""
        return min(1.0, float(exact_total_variation(*self._laws)))

    @cached_property
    def hellinger_exponent(self) -> float:
        """Minus the logarithm of their affinity."""
        return -log_affinity(*(law.to_float() for law in self._laws))

    def facts(self) -> frozenset[str]:
        """The assumptions of Theorem 7, and whether labels and dynamics are deterministic."""
        always = {
            "iid_demonstrations", "realizable", "realizable_models", "lipschitz_reward", "incrementally_stable",
            "label_error", "linear_gains", "shared_noise", "any_expert",
        }  # fmt: skip
        found = always | ({"deterministic_expert", "deterministic_actions"} & super().facts())
        return frozenset(found | ({"deterministic_dynamics"} if (self.system.noise > 0).sum() == 1 else set()))


def random_augmented(rng: np.random.Generator, *, share_noise: bool = True) -> AugmentedCase:
    """A small random case and a model that is right, wrong, or in between.

    Args:
        rng: where its randomness comes from.
        share_noise: False lets the roll-out draw its own noise.

    Example:
        >>> max(ratios(random_augmented(np.random.default_rng(0))).values()) <= 1
        True
    """
    case = build(replace(random_genome(rng), greedy=False))
    right = true_model(case.system, case.expert, case.quantizer, share_noise=share_noise).table
    other = rng.dirichlet(np.full(right.shape[-1], 0.4), right.shape[:-1])
    share = rng.choice([0.0, 0.1, 1.0])
    model = TransitionModel((1 - share) * right + share * other)
    return AugmentedCase(case.system, case.expert, case.quantizer, case.learner, model=model)


def augmented_core(cases: Iterable[AugmentedCase], *, without: str | None = None) -> Check:
    """Regret of Algorithm 1 below Theorem 7 on every case, for any learned policy and model, at their actual distance.

    Args:
        cases: systems with experts, quantizers, arbitrary learners and models.
        without: a term that is left out, to see that the check can fail.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> augmented_core(random_augmented(rng) for _ in range(5)).holds
        True
    """
    found = Ratios()
    for case in cases:
        found.add(ratios(case, without=without), case)
    return found.check(
        "augmented_core",
        THEOREM_7.key,
        "Algorithm 1's regret is below its bound for any policy and model, noise shared, at their true distance",
    )


@dataclass(frozen=True, eq=False)
class Family:
    """A system with finite classes of policies and models that contain the truth, last, so that ties go against it.

    The wrong members are drawn close to the truth, where the maximum likelihood is most often mistaken, and the reward
    is 1 for what the expert's label most often is, so that mistakes cost.

    Attributes:
        system: dynamics with a noise table.
        expert: π*, on raw actions.
        quantizer: the label map.
        policies: Π, q#π* last.
        models: M, the observed chain's own model last.
    """

    system: FiniteSystem
    expert: TabularPolicy
    quantizer: LabelMap
    policies: Sequence[TabularPolicy]
    models: Sequence[TransitionModel]

    @cached_property
    def regrets(self) -> FloatArray:
        """Exact regret of Algorithm 1 with policy i and model j, whichever the data choose."""
        rows = [
            [augmented_regret(self.system, self.expert, policy, model, self.quantizer) for model in self.models]
            for policy in self.policies
        ]
        return np.array(rows, dtype=np.float64)

    def bound(self, theorem: bounds.Theorem, form: str, n: int, delta: float) -> float:
        """Theorem 7 at the system's own constants and the measured mean errors."""
        gaps = self.system.action_distances
        found = label_symbols(self.system, self.expert, gaps, self.quantizer) | model_symbols(self.system, gaps)
        found |= {"H": self.system.horizon, "n": n, "delta": delta}
        found |= {"log_class_size": np.log(len(self.policies)), "log_model_class_size": np.log(len(self.models))}
        values = spelled(theorem, {name: keyword(name, value) for name, value in found.items()})
        return float(bounds.evaluate(theorem, form, **values).total)

    def learnt(self, n: int, rng: np.random.Generator) -> tuple[int, int]:
        """Which policy and model Algorithm 1 learns by log-loss from n fresh demonstrations."""
        data = demonstrate(self.system, self.expert, self.quantizer, episodes=n, rng=rng)
        return policy_mle(self.policies, data), model_mle(self.models, data, self.quantizer)


def _mixed(right: FloatArray, rng: np.random.Generator, *, deterministic: bool) -> FloatArray:
    """A law near the right one; a deterministic one that differs in few rows if asked for."""
    size, share = right.shape[-1], 1.0 if deterministic else rng.uniform(0.2, 1)
    if deterministic:
        other = np.eye(size)[rng.integers(0, size, right.shape[:-1])]
    else:
        other = rng.dirichlet(np.full(size, 0.5), right.shape[:-1])
    changed = rng.random(right.shape[:-1])[..., None] < 0.3
    return np.where(changed, share * other + (1 - share) * right, right)


def random_family(
    rng: np.random.Generator, *, policies: int, models: int, deterministic: bool, share_noise: bool = True
) -> Family:
    """A random system of 6 states, 4 actions and 3 codes, with classes around the truth.

    Two of the actions share a code and do the same, so that the bound is mostly imitation and what is tested is the
    probability; drift is left to `augmented_core`. Most states are rarely met and seldom left, so that mistakes there
    survive the data.

    Args:
        rng: where its randomness comes from.
        policies: size of Π.
        models: size of M.
        deterministic: whether expert, dynamics and classes are; otherwise two noises, which the roll-out shares.
        share_noise: False makes every model draw its own noise.

    Example:
        >>> family = random_family(np.random.default_rng(0), policies=4, models=2, deterministic=True)
        >>> family.regrets.shape, bool(family.regrets[-1, -1] < family.bound(THEOREM_7, "sharp", 10, 0.1))
        ((4, 2), True)
    """
    S, A, H, W = 6, 4, 4, 1 if deterministic else 2
    codes = np.array([0, 2, 3])
    quantizer = LabelMap(np.array([0, 0, 2, 3]), codes)
    expert = (
        TabularPolicy.of_actions(rng.integers(0, A, S), A)
        if deterministic
        else TabularPolicy(rng.dirichlet(np.full(A, 0.3), S))
    )
    target = push_forward(expert, quantizer).probabilities
    best = quantizer.labels[None, :] == target.argmax(axis=1)[:, None]
    stays = rng.random((S, A, W)) < 0.7
    following = np.where(stays, np.arange(S)[:, None, None], rng.integers(0, S, (S, A, W)))
    system = FiniteSystem(
        states=np.arange(S),
        actions=np.array([0.0, 1e-3, 1.0, 2.0]),
        noise=rng.dirichlet(np.full(W, 3.0)),
        next_state=following[:, quantizer.labels],
        initial=rng.dirichlet(np.full(S, 0.5)),
        reward=np.broadcast_to(best.astype(np.float64), (H, S, A)),
    )
    chain = true_model(system, expert, quantizer, share_noise=share_noise).table
    wrong = [np.zeros((S, A)) for _ in range(policies - 1)]
    for table in wrong:
        table[:, codes] = _mixed(target[:, codes], rng, deterministic=deterministic)
    others = [TransitionModel(_mixed(chain, rng, deterministic=deterministic)) for _ in range(models - 1)]
    return Family(
        system,
        expert,
        quantizer,
        [*map(TabularPolicy, wrong), TabularPolicy(target)],
        [*others, TransitionModel(chain)],
    )


class Setting(NamedTuple):
    """Demonstrations of each trial, sizes of the two classes, the theorem's probability, and which statement."""

    n: int
    policies: int
    models: int
    delta: float
    deterministic: bool


def augmented_failures(
    setting: Setting,
    form: str,
    rng: np.random.Generator,
    *,
    trials: int,
    systems: int = 8,
    factor: float = 1.0,
    share_noise: bool = True,
) -> int:
    """How often Algorithm 1, end to end, has more regret than Theorem 7 allows.

    Args:
        setting: what is drawn.
        form: ``"sharp"`` or ``"simple"``.
        rng: systems, classes and data.
        trials: data sets, spread over the systems.
        systems: random systems.
        factor: below 1 shrinks the bound, to see that the count can be large.
        share_noise: False breaks the theorem's assumption, for the same reason.
    """
    n, policies, models, delta, deterministic = setting
    theorem, failures = THEOREM_7_DETERMINISTIC if deterministic else THEOREM_7, 0
    for _ in range(systems):
        family = random_family(
            rng, policies=policies, models=models, deterministic=deterministic, share_noise=share_noise
        )
        exceeds = family.regrets > factor * family.bound(theorem, form, n, delta) + ROUNDING
        failures += sum(bool(exceeds[family.learnt(n, rng)]) for _ in range(trials // systems))
    return failures


SETTINGS = (
    *(Setting(10, 4, 2, 0.1, True), Setting(40, 16, 8, 0.05, True)),
    *(Setting(30, 8, 4, 0.1, False), Setting(200, 16, 4, 0.2, False)),
)


def augmented_coverage(rng: np.random.Generator, *, trials: int = 240) -> Check:
    """Theorem 7's own probability: the exact interval for its failure rate must reach down to δ or below.

    Args:
        rng: systems, classes and data.
        trials: data sets for each setting and form.
    """
    counts = (
        (
            f"{form} n={setting.n} sizes={(setting.policies, setting.models)}",
            augmented_failures(setting, form, rng, trials=trials),
            trials,
            setting.delta,
        )
        for setting in SETTINGS
        for form in ("sharp", "simple")
    )
    claim = "Algorithm 1 exceeds its regret bound on at most a share delta of the data sets"
    return Check.of_rates("augmented_coverage", THEOREM_7.key, claim, counts)
