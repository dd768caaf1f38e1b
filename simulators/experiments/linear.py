"""Cloning on a linear system: x' = A x + B u + w, feedback policies, any quantizer of single steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.errors import DomainError, FloatArray, RealizabilityError, choice
from simulators.experiments.base import Budget, Measured, Standing
from simulators.experiments.feedback import Affine, Losses, affine, closed_form, loop_gains, never_clipped
from simulators.experiments.pairs import block_of, measured_pairs
from simulators.learners.finite_class import FiniteClass, Fit, likely_members, log_loss_mle
from simulators.norms import NORMS
from simulators.policies.base import MeanFunction, Policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.quantizers.base import Quantizer, lift_error, require_in_codebook
from simulators.rewards import ReachReward
from simulators.rollouts import BLOCK, PairedStep, demonstrate, paired
from simulators.systems.linear import LinearSystem

__all__ = ["LinearExperiment"]

MIN_PAIRS, MAX_PAIRS = 100, 4000
"""Roll-outs for certificates: at least so many for every possible expert, at most so many for all together."""


@dataclass(frozen=True, eq=False)
class LinearExperiment:
    """A cloning problem on a linear system with a finite class of feedback policies.

    Attributes:
        system: dynamics x' = A x + B u + w; uniform, Gaussian or no noise.
        reward: rewards in [0, 1].
        candidates: the finite policy class: all deterministic (clipped feedback), or all Gaussian around such.
        truth: index of the expert in the class; the expert executes raw actions.
        quantizer: the action tokenizer, a map of single steps.
        norm: ``"linf"`` or ``"l2"``, for states and actions alike; the reward's own.

    Raises:
        RealizabilityError: the class has no member of that index.
        DomainError: the quantizer's range does not cover the actions, or is unknown; the norms differ; the class mixes
            deterministic and Gaussian policies or has members of another kind.

    >>> from simulators.learners.finite_class import gain_class
    >>> from simulators.quantizers.scalar import uniform
    >>> candidates = gain_class([0.1, 0.2], target_action=0.0, target_state=0.0, low=-1.0, high=1.0)
    >>> study = LinearExperiment(LinearSystem([[0.5]], [[0.5]]), ReachReward(0.0, 1.0, 1.0), candidates, 1, uniform(64))
    >>> study.symbols(4)["gains"]
    array([0.5  , 0.25 , 0.125])
    >>> measured = study.measure(Budget(H=10, n=50, episodes=200), np.random.default_rng(0))
    >>> measured.learnt["chosen"], bool(measured.regret.mean <= measured.certificates["certificate"] < 0.3)
    (1.0, True)
    """

    system: LinearSystem
    reward: ReachReward
    candidates: FiniteClass
    truth: int
    quantizer: Quantizer
    norm: str = "linf"

    def __post_init__(self) -> None:
        choice("norm", self.norm, NORMS)
        if self.reward.norm != self.norm:
            raise DomainError(f"norm must be the reward's ({self.reward.norm!r}), got {self.norm!r}")
        if not 0 <= self.truth < len(self.candidates):
            raise RealizabilityError(
                f"truth must index a member of the class of {len(self.candidates)}, got {self.truth}"
            )
        kinds = {isinstance(member, ClippedGaussian) for member in self.candidates.policies}
        if kinds != {not self.candidates.deterministic}:
            raise DomainError("candidates must be all deterministic or all ClippedGaussian, got another kind")
        self._require_cover()
        if not self.candidates.deterministic and self.quantizer.axes(self.system.du) is None:
            raise DomainError(
                "quantizer must act dimension by dimension for Gaussian policies, whose labels have no closed form "
                f"otherwise, got {self.quantizer.name!r}"
            )

    def _require_cover(self) -> None:
        ranges = [member.action_range for member in self.candidates.policies]
        ends = np.array([min(low for low, _ in ranges), max(high for _, high in ranges)])
        corners = np.repeat(ends[:, None], self.system.du, axis=1)
        covered = np.isfinite(ends).all() and np.array_equal(self.quantizer.project(corners), corners)
        if not covered or self.quantizer.sup_error is None:
            raise DomainError(
                f"quantizer must cover the actions' range [{ends[0]:g}, {ends[1]:g}] with a known error, "
                f"got {self.quantizer.name!r}"
            )
        probes = np.repeat(np.linspace(ends[0], ends[1], 17)[:, None], self.system.du, axis=1)
        require_in_codebook(self.quantizer, self.quantizer.quantize(probes))

    @property
    def expert(self) -> Policy:
        """The demonstrator."""
        return self.candidates.policies[self.truth]

    @property
    def eps_q(self) -> float:
        """The largest |q(u) − u| over the quantizer's range, in the experiment's norm."""
        return lift_error(cast(float, self.quantizer.sup_error), self.norm, self.system.du)

    def facts(self) -> Mapping[str, Standing]:
        """Return what holds of system, class and quantizer; all of it is computed or proved.

        With shared noise every policy is a Lipschitz map followed by the quantizer: codes at two states differ by at
        most ℓ|x − x'| + 2 eps_q, the symbols ``coupled_lipschitz`` and ``jump``. ``loop_stable`` speaks of the symbol
        ``loop_gains``, which exists for horizons over which no policy of the class is ever clipped.
        """
        names = [
            "iid_demonstrations",
            "realizable",
            "any_expert",
            "sup_error",
            "label_error",
            "incrementally_stable",
            "linear_gains",
            "lipschitz_reward",
            "bounded_error",
            "noisy_lipschitz",
            "coupled_lipschitz",
        ]
        if self.candidates.deterministic:
            names += ["deterministic_expert", "deterministic_actions", "deterministic_class", "quantized_lipschitz"]
            names += ["loop_stable", "linear_loop_gains"] if self._feedback is not None else []
        else:
            names.append("tvc")
        if self.system.noise.radius(self.system.dx) == 0:
            names.append("deterministic_dynamics")
        return dict.fromkeys(names, "certified")

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        """Return every symbol, computed from the parts.

        Args:
            horizon: H; the exponential envelope (C, eta) is the tightest one of the exact gains over this horizon.
        """
        gains = gain_sequence(self.system.A, self.system.B, horizon=horizon, norm=self.norm)
        envelope = tightest_envelope(gains)
        L_x, L_u = self.reward.lipschitz
        members = self.candidates.policies
        slope = max(_slope(member).lipschitz(self.norm) for member in members)
        rough = [m.tv_lipschitz(self.norm, self.system.du) for m in members if isinstance(m, ClippedGaussian)]
        return (
            {
                "log_class_size": float(np.log(len(self.candidates))),
                "eps_q": self.eps_q,
                "eps_max": self.eps_q,
                "C": envelope.C,
                "eta": envelope.eta,
                "gains": gains,
                "L_x": L_x,
                "L_u": L_u,
                "lipschitz": slope,
                "coupled_lipschitz": slope,
                "jump": 2 * self.eps_q,
            }
            | ({"L": max(rough)} if rough else {})
            | self._loop(horizon)
        )

    def _loop(self, horizon: int) -> dict[str, Any]:
        """Return the largest gains of the policies' own loops, if their statement stays where these loops are linear.

        On agreement with the labels a deployed path is at most 3 eps_q Γ_h from the expert's, Γ_h of its own loop. If
        no action is clipped that near to the expert's path, neither it nor the proof ever meets the clip, by induction.
        """
        known = self._feedback
        if known is None or not self.candidates.deterministic:
            return {}
        gains = loop_gains(self.system, known, horizon, self.norm)
        with np.errstate(invalid="ignore"):
            away = 3 * self.eps_q * np.concatenate([np.zeros((len(known), 1)), np.cumsum(gains, axis=1)], axis=1)
        if not np.isfinite(away).all() or not never_clipped(self.system, known[[self.truth]], known, away):
            return {}
        largest = gains.max(axis=0)
        envelope = tightest_envelope(largest)
        return {"loop_gains": largest, "loop_C": envelope.C, "loop_eta": envelope.eta}

    def learn(self, horizon: int, demonstrations: int, rng: np.random.Generator) -> Fit:
        """Draw demonstrations and clone by log-loss.

        Args:
            horizon: H.
            demonstrations: n.
            rng: the only source of randomness.
        """
        data = demonstrate(self.system, self.expert, self.quantizer, horizon=horizon, episodes=demonstrations, rng=rng)
        return log_loss_mle(self.candidates, self.quantizer, data.states, data.labels).require_realizable()

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Clone by log-loss, deploy the codes, and compare with the expert on shared first states, noise and normals.

        Args:
            budget: how much is spent.
            rng: the only source of randomness.

        Raises:
            DomainError: states that leave the finite numbers.
        """
        fit = self.learn(budget.H, budget.n, rng)
        losses = self._losses(fit.index, [self.truth], budget.H)
        spread = budget.H if losses is None else min(budget.H, _outwards(losses.surely.sum()))
        reach = self._reach(budget.H) if losses is None else np.minimum(self._reach(budget.H), losses.reach[0])
        steps = self._pairs(self.truth, fit.index, budget.H, budget.episodes, block_of(budget), rng)
        regret, deviation = measured_pairs(steps, self.reward, budget, norm=self.norm, spread=spread, reach=reach)
        certificates, notes = self._certificates(fit, budget, rng)
        return Measured(regret, deviation, {"chosen": float(fit.index)}, certificates, notes)

    def _pairs(
        self, expert: int, learner: int, horizon: int, episodes: int, block: int, rng: np.random.Generator
    ) -> Iterator[PairedStep]:
        one, other = (self.candidates.policies[i] for i in (expert, learner))
        run = {"horizon": horizon, "episodes": episodes, "block": block}
        return paired(self.system, one, other, self.quantizer, **run, rng=rng)

    @cached_property
    def _feedback(self) -> Affine | None:
        return affine(self.candidates.policies, self.system)

    def _losses(self, learner: int, experts: Sequence[int], horizon: int) -> Losses | None:
        """What the learner loses to some members, were they the expert; None for policies that are no feedback."""
        known = self._feedback
        if known is None:
            return None
        eps = cast(float, self.quantizer.sup_error)
        return closed_form(self.system, self.reward, known[[learner]], known[experts], eps, horizon)

    def _certificates(
        self, fit: Fit, budget: Budget, rng: np.random.Generator
    ) -> tuple[dict[str, float], dict[str, str]]:
        """Return the largest regret over all experts that the data leave: in closed form, and by rolling them out."""
        left, note = likely_members(
            np.array(fit.log_likelihoods), deterministic=self.candidates.deterministic, delta=budget.delta
        )
        losses = self._losses(fit.index, left.tolist(), budget.H)
        if losses is None:
            return {}, dict.fromkeys(("certificate", "rollout"), "the policies are no linear feedback with one clip")
        closed = losses.mean.sum(axis=1)
        rolled = self._rolled(fit.index, left.tolist(), closed, losses, budget, rng)
        missed = f"and the roll-outs' interval with {budget.confidence:g}"
        return {"certificate": float(closed.max()), "rollout": rolled}, {
            "certificate": note,
            "rollout": f"{note}, {missed}",
        }

    def _rolled(
        self,
        learner: int,
        experts: Sequence[int],
        closed: FloatArray,
        losses: Losses,
        budget: Budget,
        rng: np.random.Generator,
    ) -> float:
        """Return the largest upper end over the experts, of intervals that hold together or of the closed form."""
        share = 1 - (1 - budget.confidence) / len(experts)
        episodes = max(MIN_PAIRS, min(MAX_PAIRS, budget.episodes // 4) // len(experts))
        worst = 0.0
        for i in np.argsort(-closed):
            if closed[i] <= worst:
                break
            spread = min(budget.H, _outwards(losses.surely[i].sum()))
            spent = replace(budget, episodes=episodes, precision=None, confidence=share)
            steps = self._pairs(experts[i], learner, budget.H, episodes, BLOCK, rng)
            found, _ = measured_pairs(
                steps, self.reward, spent, norm=self.norm, spread=spread, reach=np.full(budget.H, np.inf)
            )
            worst = max(worst, min(float(closed[i]), float(found.high)))
        return worst

    def _reach(self, horizon: int) -> FloatArray:
        """Γ_h times the diameter of the executed actions: no two runs on the same noise are further apart."""
        ranges = [member.action_range for member in self.candidates.policies]
        width = max(high for _, high in ranges) - min(low for low, _ in ranges)
        gains = gain_sequence(self.system.A, self.system.B, horizon=horizon, norm=self.norm)
        return np.concatenate([[0.0], np.cumsum(gains)]) * (lift_error(width, self.norm, self.system.du) + self.eps_q)


def _slope(policy: Policy) -> MeanFunction:
    """The map before noise, whose slope is that of every map x ↦ g(x, ξ) with the noise held fixed."""
    return policy.mean if isinstance(policy, ClippedGaussian) else cast(MeanFunction, policy)


def _outwards(bound: float) -> float:
    """Return a bound with room for the rounding of the sums that it bounds."""
    return bound * (1 + 1e-9) + 1e-9
