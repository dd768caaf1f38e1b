"""Cloning on a linear system: x' = A x + B u + w, feedback policies, any quantizer; every deployment and regression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from typing import Any, cast

import numpy as np

from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.errors import DomainError, FloatArray, RealizabilityError, choice
from simulators.experiments.base import DEPLOYMENTS, Budget, Measured, Standing
from simulators.experiments.feedback import Affine, Losses, affine, closed_form, loop_gains, never_clipped
from simulators.experiments.joints import joints
from simulators.experiments.linear_deployments import (
    LEARNERS,
    average_errors,
    chunk_smoothness,
    covered,
    require_deployment,
)
from simulators.experiments.pairs import block_of, measured_pairs, own_errors
from simulators.experiments.spread import return_range, return_std
from simulators.learners.finite_class import FiniteClass, Fit, least_squares, likely_members, log_loss_mle
from simulators.norms import NORMS
from simulators.planning import ClosedLoop, chunk_mle, explaining, planned_pairs
from simulators.policies.base import MeanFunction, Policy, same_policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.greedy import Greedy
from simulators.quantizers.base import Quantizer, lift_error
from simulators.rewards import ReachReward
from simulators.rollouts import BLOCK, Compared, compared, demonstrate, paired
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
        quantizer: the action tokenizer; one of chunks for chunked deployment.
        norm: ``"linf"`` or ``"l2"``, for states and actions alike; the reward's own.
        deployment: one of `DEPLOYMENTS`. Chunks and Algorithm 1 are for deterministic classes on systems without noise,
            where what a policy does follows from one state.
        steps: actions of a chunk; 1 where single steps are executed.
        models: the finite class of transition models of augmented deployment.
        learner: ``"likelihood"``, or ``"regression"`` (least squares on the labels' codes, of which no statement about
            log-loss speaks; the learnt policy's own errors on the expert's states are measured).

    Raises:
        RealizabilityError: the class has no member of that index, or the models not the expert's own.
        DomainError: the quantizer does not cover the actions; the norms differ; the class mixes deterministic and
            Gaussian policies or has members of another kind; a deployment that does not go with the rest.

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
    deployment: str = "plain"
    steps: int = 1
    models: tuple[ClosedLoop, ...] = ()
    learner: str = "likelihood"

    def __post_init__(self) -> None:
        choice("norm", self.norm, NORMS)
        choice("deployment", self.deployment, DEPLOYMENTS)
        choice("learner", self.learner, LEARNERS)
        if self.reward.norm != self.norm:
            raise DomainError(f"norm must be the reward's ({self.reward.norm!r}), got {self.norm!r}")
        if not 0 <= self.truth < len(self.candidates):
            raise RealizabilityError(
                f"truth must index a member of the class of {len(self.candidates)}, got {self.truth}"
            )
        kinds = {isinstance(member, ClippedGaussian) for member in self.candidates.policies}
        if kinds != {not self.candidates.deterministic}:
            raise DomainError("candidates must be all deterministic or all ClippedGaussian, got another kind")
        covered(self.quantizer, self.candidates.policies, self.system.du)
        require_deployment(self)
        own = (self.system.A, self.system.B)
        if self.models and not any(
            same_policy((m.system.A, m.system.B), own) and same_policy(m.policy, self.expert) for m in self.models
        ):
            raise RealizabilityError(f"models must contain the expert's own loop, got {len(self.models)} without it")

    @property
    def expert(self) -> Policy:
        """The demonstrator."""
        return self.candidates.policies[self.truth]

    @property
    def eps_q(self) -> float | None:
        """The largest |q(u) − u| over the quantizer's range, in the experiment's norm; None where it is not known."""
        known = self.quantizer.sup_error
        return None if known is None else lift_error(known, self.norm, self.system.du)

    @property
    def _reactive(self) -> bool:
        """Whether codes are drawn in every state, as statements about smooth policies have it."""
        return self.deployment == "plain" or (self.deployment == "greedy" and self.candidates.deterministic)

    def facts(self) -> Mapping[str, Standing]:
        """Return what holds of system, class and quantizer; all of it is computed or proved.

        With shared noise every policy is a Lipschitz map followed by the quantizer: codes at two states differ by at
        most ℓ|x − x'| + 2 eps_q, the symbols ``coupled_lipschitz`` and ``jump``. ``loop_stable`` speaks of the symbol
        ``loop_gains``, which exists for horizons over which no policy of the class is ever clipped.
        """
        names = ["any_expert", "label_error", "incrementally_stable", "linear_gains", "lipschitz_reward"]
        names += ["iid_demonstrations", "realizable"] if self.learner == "likelihood" else ["held_out_errors"]
        names += ["sup_error", "bounded_error"] if self.eps_q is not None else []
        if self.candidates.deterministic:
            names += ["deterministic_expert", "deterministic_actions", "deterministic_class"]
        if self.system.noise.radius(self.system.dx) == 0:
            names.append("deterministic_dynamics")
        found: dict[str, Standing] = dict.fromkeys(names + self._smoothness(), "certified")
        return found | ({} if self.eps_q is not None else {"label_error": "estimated", "average_error": "estimated"})

    def _smoothness(self) -> list[str]:
        if self.deployment == "chunked":
            return ["chunked_deployment", "realizable_chunks", "chunk_lipschitz"]
        if self.deployment == "augmented":
            return ["realizable_models", "shared_noise"]
        if not self._reactive:
            return ["greedy_deployment"]
        if not self.candidates.deterministic:
            tvc = ["tvc", "tvc_deployed"] if self.learner == "regression" else ["tvc"]
            return [*tvc, "noisy_lipschitz", "coupled_lipschitz"]
        loops = ["loop_stable", "linear_loop_gains"] if self._feedback is not None else []
        return ["noisy_lipschitz", "coupled_lipschitz", "quantized_lipschitz", *loops]

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        """Return every symbol, computed from the parts.

        Args:
            horizon: H; the exponential envelope (C, eta) is the tightest one of the exact gains over this horizon.
        """
        gains = gain_sequence(self.system.A, self.system.B, horizon=horizon, norm=self.norm)
        envelope = tightest_envelope(gains)
        L_x, L_u = self.reward.lipschitz
        found: dict[str, Any] = {
            "log_class_size": float(np.log(len(self.candidates))),
            "C": envelope.C,
            "eta": envelope.eta,
        }
        found |= {"gains": gains, "L_x": L_x, "L_u": L_u} | self._return_symbols(horizon)
        if self.eps_q is None:
            found["average_error"] = average_errors(self.system, self.expert, self.quantizer, horizon, self.norm)
        else:
            found |= {"eps_q": self.eps_q, "eps_max": self.eps_q}
        if self.deployment == "chunked":
            return found | {"chunk": self.steps} | chunk_smoothness(self._feedback, self.system, self.norm)
        if self.deployment == "augmented":
            return found | {"log_model_class_size": float(np.log(len(self.models)))}
        return found | (self._policy_symbols() | self._loop(horizon) if self._reactive else {})

    def _return_symbols(self, horizon: int) -> dict[str, Any]:
        """Return spread and range of total rewards; a raw action of a member's label is up to 2 eps_q from its own."""
        known, eps = self._feedback, self.quantizer.sup_error
        if known is None:
            return {}
        found = {"return_std": return_std(self.system, self.reward, known[[self.truth]], horizon)}
        if self._reactive and eps is not None:
            found["return_range"] = return_range(self.system, self.reward, known, 2 * eps, horizon)
        return found

    def _policy_symbols(self) -> dict[str, Any]:
        members = self.candidates.policies
        slope = max(_slope(member).lipschitz(self.norm) for member in members)
        rough = [m.tv_lipschitz(self.norm, self.system.du) for m in members if isinstance(m, ClippedGaussian)]
        found = {"lipschitz": slope, "coupled_lipschitz": slope} | ({"L": max(rough)} if rough else {})
        return found if self.eps_q is None else found | {"jump": 2 * self.eps_q}

    def _loop(self, horizon: int) -> dict[str, Any]:
        """Return the largest gains of the policies' own loops, if their statement stays where these loops are linear.

        On agreement with the labels a deployed path is at most 3 eps_q Γ_h from the expert's, Γ_h of its own loop. If
        no action is clipped that near to the expert's path, neither it nor the proof ever meets the clip, by induction.
        """
        known = self._feedback
        if known is None or self.eps_q is None or not self.candidates.deterministic:
            return {}
        gains = loop_gains(self.system, known, horizon, self.norm)
        with np.errstate(invalid="ignore"):
            away = 3 * self.eps_q * np.concatenate([np.zeros((len(known), 1)), np.cumsum(gains, axis=1)], axis=1)
        if not np.isfinite(away).all() or not never_clipped(self.system, known[[self.truth]], known, away):
            return {}
        largest = gains.max(axis=0)
        envelope = tightest_envelope(largest)
        return {"loop_gains": largest, "loop_C": envelope.C, "loop_eta": envelope.eta}

    def learn(self, horizon: int, demonstrations: int, rng: np.random.Generator) -> tuple[Fit, int]:
        """Draw demonstrations and clone.

        Args:
            horizon: H.
            demonstrations: n.
            rng: the only source of randomness.

        Returns:
            What was learnt, and the index of the model (0 where there are none).
        """
        draw: dict[str, Any] = {"horizon": horizon, "episodes": demonstrations, "rng": rng}
        if self.deployment == "chunked":
            classes = (self.candidates, self.truth, self.system, self.quantizer)
            return chunk_mle(*classes, steps=self.steps, **draw), 0
        data = demonstrate(self.system, self.expert, self.quantizer, **draw)
        known = (self.candidates, self.quantizer, data.states, data.labels)
        if self.learner == "regression":
            index = least_squares(*known)
            return Fit(index, 0.0, (index,), realizable=True), 0
        return log_loss_mle(*known).require_realizable(), explaining(self.models, data) if self.models else 0

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Clone, deploy the codes, and compare with the expert on shared first states, noise and normals.

        Args:
            budget: how much is spent.
            rng: the only source of randomness.

        Raises:
            DomainError: states that leave the finite numbers.
        """
        fit, model = self.learn(budget.H, budget.n, rng)
        left, note = self._left(fit, budget)
        losses = self._losses(fit.index, [self.truth, *left], budget.H)
        spread = budget.H if losses is None else min(budget.H, _outwards(losses.surely[0].sum()))
        reach = self._reach(budget.H) if losses is None else np.minimum(self._reach(budget.H), losses.reach[0])
        steps = self._pairs(self.truth, fit.index, budget.H, budget.episodes, block_of(budget), rng, model)
        regret, deviation = measured_pairs(steps, budget, spread=spread, reach=reach)
        learnt = {"chosen": float(fit.index)} | ({"model": float(model)} if self.models else {})
        certificates, notes = self._certificates(fit.index, left, note, losses, budget, rng)
        return Measured(regret, deviation, learnt, certificates, notes, self._own_errors(fit.index, budget, rng))

    def _pairs(
        self,
        expert: int,
        learner: int,
        horizon: int,
        episodes: int,
        block: int,
        rng: np.random.Generator,
        model: int = 0,
    ) -> Iterator[Compared]:
        one, other = (self.candidates.policies[i] for i in (expert, learner))
        run: dict[str, Any] = {"horizon": horizon, "episodes": episodes, "block": block, "rng": rng}
        if self.deployment in ("chunked", "augmented"):
            ahead = self.models[model] if self.models else ClosedLoop(self.system, other)
            every = horizon if self.models else self.steps
            steps = planned_pairs(self.system, one, other, ahead, self.quantizer, every=every, **run)
            return compared(steps, self.reward, self.norm)
        if not self._reactive:
            other = Greedy(cast(ClippedGaussian, other), self.quantizer, self.system.du)
        steps = paired(self.system, one, other, self.quantizer, **run)
        known = self._feedback if self._reactive else None
        apart = None if known is None else joints(self.system, self.reward, known[[expert, learner]], self.quantizer)
        if apart is not None and find_spec("numba") is not None:
            from simulators.experiments.compiled import compiled_pairs

            return compiled_pairs(apart, **run)
        return compared(steps, self.reward, self.norm)

    def _own_errors(self, learner: int, budget: Budget, rng: np.random.Generator) -> dict[str, Any]:
        """Errors of a policy that regression found, on the expert's states; they hold with the budget's delta."""
        if self.learner != "regression" or self.eps_q is None or not self._reactive:
            return {}
        most = self._width + self.eps_q
        pair = (self.expert, self.candidates.policies[learner])
        errors = own_errors(self.system, *pair, self.quantizer, budget, norm=self.norm, most=most, rng=rng)
        return {"action_error": errors}

    @cached_property
    def _feedback(self) -> Affine | None:
        return affine(self.candidates.policies, self.system)

    def _losses(self, learner: int, experts: Sequence[int], horizon: int) -> Losses | None:
        """What the learner loses to some members, were they the expert; None without feedback or a known error."""
        known, eps = self._feedback, self.quantizer.sup_error
        if known is None or eps is None or not self._reactive:
            return None
        return closed_form(self.system, self.reward, known[[learner]], known[experts], eps, horizon)

    def _left(self, fit: Fit, budget: Budget) -> tuple[list[int], str]:
        """Return the experts that the data leave, none for a policy that was not chosen by its likelihood."""
        if not fit.log_likelihoods:
            return [], "nothing was chosen by its likelihood"
        scores = np.array(fit.log_likelihoods)
        left, note = likely_members(scores, deterministic=self.candidates.deterministic, delta=budget.delta)
        return left.tolist(), note

    def _certificates(
        self,
        learner: int,
        left: Sequence[int],
        note: str,
        losses: Losses | None,
        budget: Budget,
        rng: np.random.Generator,
    ) -> tuple[dict[str, float], dict[str, str]]:
        """Return the largest regret over all experts that the data leave: in closed form, and by rolling them out."""
        if not left:
            return {}, dict.fromkeys(("certificate", "rollout"), note)
        if losses is None:
            why = "the policies are no linear feedback with one clip"
            if not self._reactive or self.eps_q is None:
                why = "what is deployed is no feedback in every state with a known error"
            return {}, dict.fromkeys(("certificate", "rollout"), why)
        possible = losses[1:]
        rolled = self._rolled(learner, left, possible, budget, rng)
        missed = f"and the roll-outs' interval with {budget.confidence:g}"
        return {"certificate": float(possible.mean.sum(axis=1).max()), "rollout": rolled}, {
            "certificate": note,
            "rollout": f"{note}, {missed}",
        }

    def _rolled(
        self,
        learner: int,
        experts: Sequence[int],
        losses: Losses,
        budget: Budget,
        rng: np.random.Generator,
    ) -> float:
        """Return the largest upper end over the experts, of intervals that hold together or of the closed form."""
        closed = losses.mean.sum(axis=1)
        share = 1 - (1 - budget.confidence) / len(experts)
        episodes = max(MIN_PAIRS, min(MAX_PAIRS, budget.episodes // 4) // len(experts))
        worst = 0.0
        for i in np.argsort(-closed):
            if closed[i] <= worst:
                break
            spread = min(budget.H, _outwards(losses.surely[i].sum()))
            spent = replace(budget, episodes=episodes, precision=None, confidence=share)
            steps = self._pairs(experts[i], learner, budget.H, episodes, BLOCK, rng)
            found, _ = measured_pairs(steps, spent, spread=spread, reach=np.full(budget.H, np.inf))
            worst = max(worst, min(float(closed[i]), float(found.high)))
        return worst

    def _reach(self, horizon: int) -> FloatArray:
        """Γ_h times the diameter of the executed actions: no two runs on the same noise are further apart."""
        if self.eps_q is None:
            return np.array([0.0, *np.full(horizon - 1, np.inf)])
        gains = gain_sequence(self.system.A, self.system.B, horizon=horizon, norm=self.norm)
        return np.concatenate([[0.0], np.cumsum(gains)]) * (self._width + self.eps_q)

    @property
    def _width(self) -> float:
        ranges = [member.action_range for member in self.candidates.policies]
        width = max(high for _, high in ranges) - min(low for low, _ in ranges)
        return lift_error(width, self.norm, self.system.du)


def _slope(policy: Policy) -> MeanFunction:
    """The map before noise, whose slope is that of every map x ↦ g(x, ξ) with the noise held fixed."""
    return policy.mean if isinstance(policy, ClippedGaussian) else cast(MeanFunction, policy)


def _outwards(bound: float) -> float:
    """Return a bound with room for the rounding of the sums that it bounds."""
    return bound * (1 + 1e-9) + 1e-9
