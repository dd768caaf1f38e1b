"""Cloning on a gymnasium environment: a black box that can only be run, so every fact and symbol is an estimate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.errors import DomainError, FloatArray, RealizabilityError, choice, interval, positive_int
from simulators.experiments.base import Budget, Measured, Regret, Standing
from simulators.experiments.linear_deployments import LEARNERS, executes_codes
from simulators.learners.finite_class import FiniteClass, least_squares, log_loss_mle
from simulators.montecarlo import mean_interval
from simulators.norms import NORMS, norm_along
from simulators.policies.base import MeanFunction, Policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.greedy import Greedy
from simulators.quantizers.base import Quantizer, lift_error, quantize_columns

if TYPE_CHECKING:
    from simulators.systems.gym import SampledSystem


_MOST_PAIRS = 2000


@dataclass(frozen=True, eq=False)
class SampledExperiment:
    """A cloning problem on an environment with Box observations and actions.

    Rewards are rescaled from `reward_range` to [0, 1] and cut off there, so regrets are in units of that range.
    Constants are fitted to a few episodes of the expert: gains to a linear model of its transitions, Lipschitz
    constants of the reward to pairs of steps. Nothing of this is certified; the interval of the regret is, for the
    cut-off rewards.

    Attributes:
        system: the environment.
        candidates: the finite policy class.
        truth: index of the expert.
        quantizer: a map of single steps.
        reward_range: the environment's smallest and largest reward a step.
        norm: "linf" or "l2".
        probes: episodes that constants are estimated from.
        seed: of these episodes, so that symbols are the same whenever they are asked for.
        deployment: ``"plain"`` or ``"greedy"``; chunks and Algorithm 1 ask for dynamics that are known or modelled.
        learner: ``"likelihood"`` or ``"regression"``.

    Raises:
        RealizabilityError: the class has no member of that index.
        DomainError: a range without width, another norm, no probes, another deployment, or a quantizer that leaves its
            codebook or gives Gaussian policies labels without a likelihood.
    """

    system: SampledSystem
    candidates: FiniteClass
    truth: int
    quantizer: Quantizer
    reward_range: tuple[float, float]
    norm: str = "linf"
    probes: int = 10
    seed: int = 0
    deployment: str = "plain"
    learner: str = "likelihood"

    def __post_init__(self) -> None:
        choice("deployment", self.deployment, ("plain", "greedy"))
        choice("learner", self.learner, LEARNERS)
        choice("norm", self.norm, NORMS)
        interval(*self.reward_range, names=("reward_range[0]", "reward_range[1]"))
        positive_int("probes", self.probes)
        positive_int("seed", self.seed, minimum=0)
        if not 0 <= self.truth < len(self.candidates):
            raise RealizabilityError(
                f"truth must index a member of the class of {len(self.candidates)}, got {self.truth}"
            )
        executes_codes(self.quantizer, self.candidates.policies, self.system.du)

    @property
    def expert(self) -> Policy:
        return self.candidates.policies[self.truth]

    @cached_property
    def _smooth(self) -> Mapping[str, float]:
        """L for Gaussian classes, lipschitz for deterministic ones with known constants."""
        members = self.candidates.policies
        if all(isinstance(member, ClippedGaussian) for member in members):
            return {
                "L": max(m.tv_lipschitz(self.norm, self.system.du) for m in members if isinstance(m, ClippedGaussian))
            }
        known = [member for member in members if member.deterministic and hasattr(member, "lipschitz")]
        if len(known) < len(members):
            return {}
        slopes: list[MeanFunction] = known  # type: ignore[assignment]
        return {"lipschitz": max(member.lipschitz(self.norm) for member in slopes)}

    def facts(self) -> Mapping[str, Standing]:
        """Return the assumptions presumed to hold; everything is an estimate."""
        names = ["any_expert", "incrementally_stable", "linear_gains", "lipschitz_reward"]
        names += ["label_error", "average_error"]
        names += ["iid_demonstrations", "realizable"] if self.learner == "likelihood" else ["held_out_errors"]
        names += ["sup_error"] if self.quantizer.sup_error is not None else []
        if self.candidates.deterministic:
            names += ["deterministic_expert", "deterministic_actions", "deterministic_class"]
        if not self._reactive:
            return dict.fromkeys([*names, "greedy_deployment"], "estimated")
        lipschitz = ["quantized_lipschitz", "noisy_lipschitz", "coupled_lipschitz"]
        names += {"L": ["tvc", "tvc_deployed"], "lipschitz": lipschitz}.get("".join(self._smooth), [])
        return dict.fromkeys(names, "estimated")

    @property
    def _reactive(self) -> bool:
        """Whether codes are drawn in every state: of a deterministic policy there is but one."""
        return self.deployment == "plain" or self.candidates.deterministic

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        """Return estimates of every symbol, from probing episodes as long as the horizon.

        Raises:
            DomainError: an episode that ends before the horizon.
        """
        rng = np.random.default_rng(self.seed)
        runs = self.system.run(self.expert, horizon=horizon, episodes=self.probes, rng=rng)
        states, actions, rewards = runs
        A, B = _linear_model(states, actions)
        gains = gain_sequence(A, B, horizon=horizon, norm=self.norm)
        slope = _slope(states, actions, self._unit(rewards), self.norm, rng)
        errors = norm_along(quantize_columns(self.quantizer, actions) - actions, self.norm, axis=1).mean(axis=1)
        found: dict[str, Any] = {
            "log_class_size": math.log(len(self.candidates)),
            "average_error": errors,
            "L_x": slope,
            "L_u": slope,
        }
        if np.isfinite(gains).all():
            envelope = tightest_envelope(gains)
            found |= {"gains": gains, "C": envelope.C, "eta": envelope.eta}
        if self.quantizer.sup_error is not None:
            found["eps_q"] = lift_error(self.quantizer.sup_error, self.norm, self.system.du)
        if "lipschitz" in self._smooth and self.learner == "regression" and "eps_q" in found:
            found |= {"coupled_lipschitz": self._smooth["lipschitz"], "jump": 2 * found["eps_q"]}
        return found | dict(self._smooth)

    def _unit(self, rewards: FloatArray) -> FloatArray:
        low, high = self.reward_range
        return np.clip((rewards - low) / (high - low), 0.0, 1.0)

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Clone by log-loss, run learner and expert from the same seeds, and compare.

        Environments are slow: a few dozen episodes are much.

        Raises:
            DomainError: an episode that ends before the horizon.
            RealizabilityError: no member of the class explains the labels.
        """
        data = self.system.demonstrate(self.expert, self.quantizer, horizon=budget.H, episodes=budget.n, rng=rng)
        known = (self.candidates, self.quantizer, data.states, data.labels)
        regression = self.learner == "regression"
        chosen = least_squares(*known) if regression else log_loss_mle(*known).require_realizable().index
        learner, H, episodes = self.candidates.policies[chosen], budget.H, budget.episodes
        shadow = _Shadow(self.expert, learner, self.quantizer, self.norm)
        state = rng.bit_generator.state
        best = self.system.run(shadow, horizon=H, episodes=episodes, rng=rng)[2]
        rng.bit_generator.state = state  # the same seeds and normals for both
        if not self._reactive and isinstance(learner, ClippedGaussian):
            learner = Greedy(learner, self.quantizer, self.system.du)
        ours = self.system.run(learner, self.quantizer, horizon=H, episodes=episodes, rng=rng)[2]
        losses = (self._unit(best) - self._unit(ours)).sum(axis=0)
        found = mean_interval(losses, low=-budget.H, high=budget.H, confidence=budget.confidence)
        notes = dict.fromkeys(("certificate", "rollout"), "the dynamics are not known")
        errors = {"action_error": np.array(shadow.gaps).reshape(episodes, H).mean(axis=0)} if regression else {}
        return Measured(Regret.within(found), learnt={"chosen": float(chosen)}, notes=notes, symbols=errors)


@dataclass(frozen=True, eq=False)
class _Shadow:
    """The expert, and beside it in every state the error of a learner on the same normals."""

    expert: Policy
    learner: Policy
    quantizer: Quantizer
    norm: str
    gaps: list[float] = field(default_factory=list)

    @property
    def deterministic(self) -> bool:
        return self.expert.deterministic

    @property
    def action_range(self) -> tuple[float, float]:
        return self.expert.action_range

    def normals(self, du: int) -> int:
        return self.expert.normals(du)

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        u = self.expert.act(x, z)
        v = quantize_columns(self.quantizer, self.learner.act(x, z))
        self.gaps.append(float(norm_along(v - u, self.norm, axis=0)[0]))
        return u


def _linear_model(states: FloatArray, actions: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit x' = A x + B u + constant by least squares to states[h, j, i] and actions[h, j, i]."""
    if len(states) < 2:
        return np.zeros((states.shape[1],) * 2), np.zeros((states.shape[1], actions.shape[1]))
    x, u, following = (np.concatenate(list(part), axis=1) for part in (states[:-1], actions[:-1], states[1:]))
    regressors = np.concatenate([x, u, np.ones((1, x.shape[1]))])
    model = np.linalg.lstsq(regressors.T, following.T, rcond=None)[0].T
    return model[:, : len(x)], model[:, len(x) : -1]


def _slope(states: FloatArray, actions: FloatArray, rewards: FloatArray, norm: str, rng: np.random.Generator) -> float:
    """Return the largest |Δr| / (|Δx| + |Δu|) over random pairs of steps."""
    x, u = (np.concatenate(list(part), axis=1) for part in (states, actions))
    r = rewards.ravel()
    one, other = rng.integers(len(r), size=(2, _MOST_PAIRS))
    gaps = norm_along(x[:, one] - x[:, other], norm, axis=0) + norm_along(u[:, one] - u[:, other], norm, axis=0)
    apart = gaps > 0
    if not apart.any():
        raise DomainError("probing episodes must visit more than one state, got the same everywhere")
    return float((np.abs(r[one] - r[other])[apart] / gaps[apart]).max())
