"""A cloning problem on a finite system, and by how much each inequality holds on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from simulators.assumptions.ingredients import MasterIngredients, master_ingredients
from simulators.assumptions.smoothness import kernel_lipschitz, reward_action_lipschitz, tv_lipschitz
from simulators.exact.chain import learner_law, observed_law
from simulators.exact.divergences import squared_hellinger
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, number

ROUNDING = 1e-9
"""What an inequality between floats may miss by."""


@dataclass(frozen=True, eq=False)
class Problem:
    """A finite system, an expert on raw actions, a quantizer and any learner on codes.

    Attributes:
        system: dynamics with an explicit noise table, positions and rewards.
        expert: policy on raw actions.
        quantizer: which code stands for which action.
        learner: policy on codes; it need not be the result of learning.
        k: radius of the relaxed continuity, in units of the quantization error.
    """

    system: FiniteSystem
    expert: TabularPolicy
    quantizer: LabelMap
    learner: TabularPolicy
    k: int = 0

    @cached_property
    def ingredients(self) -> MasterIngredients:
        """Exact regret, total variation, gains, moduli and constants."""
        return master_ingredients(self.system, self.expert, self.quantizer, self.learner, k=self.k)

    @property
    def deterministic_labels(self) -> bool:
        """Whether the expert's label is a function of the state."""
        return push_forward(self.expert, self.quantizer).deterministic

    def hazards(self) -> list[Number]:
        """p_1..p_H of the master theorem."""
        found = self.ingredients
        radius = (self.k + 1) * found.eps_q
        later = [min(Fraction(1), found.kappa(gain * radius)) for gain in found.cumulative[1:]]
        return [0 * found.tv, *later]

    def slacks(self) -> Mapping[str, Number]:
        """Bound minus regret for each upper bound that applies, simple minus sharp, and S2's and S3's slacks."""
        found = self.ingredients
        hazards, H = self.hazards(), found.horizon
        drift = (self.k + 1) * found.eps_q * sum(found.L_x * gain + found.L_u for gain in found.cumulative)
        sharp = decoupling(hazards)
        simple = sum((H - t) * p for t, p in enumerate(hazards))
        slacks = {
            "master": H * found.tv + sharp + drift - found.regret,
            "simple over sharp": simple - sharp,
            "smooth_kernel": self._kernel() - found.regret,
            **self._laws(),
        }
        if self.deterministic_labels and self.k == 0:
            slacks["average_error"] = self._average() - found.regret
        return slacks

    def _kernel(self) -> Number:
        """H TV + decoupling + H L_u eps_q with hazards from the transition kernel alone."""
        found, distances = self.ingredients, self.system.action_distances
        hazard = min(Fraction(1), kernel_lipschitz(self.system, distances) * found.eps_q)
        action = reward_action_lipschitz(self.system, distances)
        later = decoupling([0 * found.tv, *([hazard] * (found.horizon - 1))])
        return found.horizon * (found.tv + action * found.eps_q) + later

    def _average(self) -> Number:
        """H TV + L sum (H - t + 1) s_t + sum (L_x s_h + L_u e_h), uncapped."""
        found, H = self.ingredients, self.ingredients.horizon
        means = found.average_errors
        moved = [sum(found.gains[h - 1 - t] * means[t] for t in range(h)) for h in range(H)]
        smooth = tv_lipschitz(self.system, self.learner)
        decoupled = smooth * sum((H - t) * s for t, s in enumerate(moved))
        drift = sum(found.L_x * s + found.L_u * e for s, e in zip(moved, means, strict=True))
        return number(H * found.tv + decoupled + drift)

    def _laws(self) -> dict[str, Number]:
        """Lemma S2, and for deterministic labels Lemma S3, in floats."""
        observed = observed_law(self.system, self.expert, self.quantizer).to_float()
        learned = learner_law(observed, self.learner.to_float(), self.quantizer)
        d2, tv = squared_hellinger(learned, observed), float(self.ingredients.tv)
        slacks: dict[str, Number] = {"lemma_s2": d2 * (1 - d2 / 4) - tv**2}
        if self.deterministic_labels:
            slacks["lemma_s3"] = 1 - (1 - d2 / 2) ** 2 - tv
        return slacks


def decoupling(hazards: Sequence[Number]) -> Number:
    """Sum over h of 1 - prod_(t<=h) (1 - p_t).

    Example:
        >>> decoupling([Fraction(0), Fraction(1, 2), Fraction(1, 2)])
        Fraction(5, 4)
    """
    alive, total = 1 + 0 * hazards[0], 0 * hazards[0]
    for hazard in hazards:
        alive = alive * (1 - hazard)
        total = total + (1 - alive)
    return total


def random_problem(rng: np.random.Generator, *, deterministic_expert: bool) -> Problem:
    """A small random problem in floats: up to 3 states, 3 actions, 2 noises, horizon 4.

    Args:
        rng: where its randomness comes from.
        deterministic_expert: whether the expert is deterministic.

    Example:
        >>> problem = random_problem(np.random.default_rng(0), deterministic_expert=True)
        >>> problem.deterministic_labels, min(problem.slacks().values()) > -1e-9
        (True, True)
    """
    S, A, W, H = (int(rng.integers(low, high + 1)) for low, high in ((2, 3), (2, 3), (1, 2), (1, 4)))
    system = FiniteSystem(
        states=np.sort(rng.uniform(-1, 1, S)) + 0.05 * np.arange(S),
        actions=np.sort(rng.uniform(-1, 1, A)) * rng.choice([0.05, 1.0]) + 0.01 * np.arange(A),
        noise=rng.dirichlet(np.ones(W)),
        next_state=rng.integers(0, S, (S, A, W)),
        initial=rng.dirichlet(np.ones(S)),
        reward=rng.uniform(0, 1, (H, S, A)),
    )
    codebook = np.sort(rng.choice(A, size=int(rng.integers(1, A + 1)), replace=False))
    nearest = codebook[np.argmin(system.action_distances[:, codebook], axis=1)]
    quantizer = LabelMap(nearest if rng.random() < 0.7 else rng.choice(codebook, A), codebook)
    expert = (
        TabularPolicy.of_actions(rng.integers(0, A, S), A)
        if deterministic_expert
        else TabularPolicy(rng.dirichlet(np.full(A, 0.5), S))
    )
    target = push_forward(expert, quantizer).probabilities
    other = np.zeros((S, A))
    other[:, codebook] = rng.dirichlet(np.full(len(codebook), 0.4), S)
    share = rng.choice([0.0, 0.1, 1.0])
    return Problem(
        system, expert, quantizer, TabularPolicy((1 - share) * target + share * other), int(rng.integers(0, 3))
    )
