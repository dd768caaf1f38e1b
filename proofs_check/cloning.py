"""Behavior cloning measured beside its bound: one experiment from demonstrations to a certified regret.

An experiment knows its system, expert, policy class, quantizer and reward, and *computes* from them every constant that
the theorem asks for; nothing is typed in. Deterministic experts are compared with the binned-Lipschitz corollary of
Theorem 3, stochastic ones with Theorem 2.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import bounds
from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.errors import DomainError, FloatArray, RealizabilityError, choice
from simulators.learners.finite_class import FiniteClass, log_loss_mle
from simulators.montecarlo import mean_interval
from simulators.norms import NORMS
from simulators.policies import ClippedGaussian, LinearFeedback
from simulators.policies.base import Policy
from simulators.quantizers.scalar import ScalarQuantizer
from simulators.rewards import ReachReward
from simulators.rollouts import demonstrate, paired_returns
from simulators.systems.linear import LinearSystem

__all__ = ["Experiment", "Measurement", "measure"]


@dataclass(frozen=True, eq=False)
class Experiment:
    """A cloning problem on a linear system.

    Attributes:
        system: dynamics x' = A x + B u + w.
        reward: rewards in [0, 1].
        candidates: the finite policy class.
        truth: index of the expert in the class; the expert executes raw actions.
        quantizer: the action tokenizer, applied to every joint.
        norm: ``"linf"`` or ``"l2"``, for states and actions alike; the reward's own.

    Raises:
        RealizabilityError: the class has no member of that index.
        DomainError: the quantizer's range does not cover the actions, the norms differ, or a policy is of another kind.
    """

    system: LinearSystem
    reward: ReachReward
    candidates: FiniteClass
    truth: int
    quantizer: ScalarQuantizer
    norm: str = "linf"

    def __post_init__(self) -> None:
        choice("norm", self.norm, NORMS)
        if self.reward.norm != self.norm:
            raise DomainError(f"norm must be the reward's ({self.reward.norm!r}), got {self.norm!r}")
        if not 0 <= self.truth < len(self.candidates):
            raise RealizabilityError(
                f"truth must index a member of the class of {len(self.candidates)}, got {self.truth}"
            )
        low, high = min(member.low for member in self._members), max(member.high for member in self._members)
        if low < self.quantizer.low or high > self.quantizer.high:
            raise DomainError(
                f"quantizer must cover the actions' range [{low:g}, {high:g}], "
                f"got [{self.quantizer.low:g}, {self.quantizer.high:g}]"
            )

    @property
    def expert(self) -> Policy:
        """The demonstrator."""
        return self.candidates.policies[self.truth]

    @property
    def _members(self) -> list[LinearFeedback | ClippedGaussian]:
        members = [p for p in self.candidates.policies if isinstance(p, LinearFeedback | ClippedGaussian)]
        if len(members) < len(self.candidates):
            raise DomainError("candidates must be LinearFeedback or ClippedGaussian policies, got another kind")
        return members

    @property
    def theorem(self) -> bounds.Theorem:
        """The statement whose hypotheses the experiment meets."""
        return bounds.catalog["binning_lipschitz" if self.candidates.deterministic else "theorem_2"]

    @property
    def lower_theorem(self) -> bounds.Theorem:
        """What no algorithm can avoid on some other instance with the same n, H and eps_q."""
        return bounds.catalog["theorem_8" if self.candidates.deterministic else "theorem_9"]

    def constants(self, horizon: int) -> dict[str, Any]:
        """Every symbol of the theorem but n and delta, computed from the experiment.

        Args:
            horizon: H; the exponential gain envelope is the tightest one over this horizon.
        """
        gains = gain_sequence(self.system.A, self.system.B, horizon=horizon, norm=self.norm)
        envelope = tightest_envelope(gains)
        L_x, L_u = self.reward.lipschitz
        symbols = {
            "log_class_size": float(np.log(len(self.candidates))),
            "eps_q": self.quantizer.eps_q(self.norm, self.system.du),
            "C": envelope.C,
            "eta": envelope.eta,
            "L_x": L_x,
            "L_u": L_u,
        }
        smooth = "lipschitz" if self.candidates.deterministic else "L"
        return symbols | {smooth: max(self._smoothness(member) for member in self._members)}

    def _smoothness(self, policy: LinearFeedback | ClippedGaussian) -> float:
        if isinstance(policy, ClippedGaussian):
            return policy.tv_lipschitz(self.norm, self.system.du)
        return policy.lipschitz(self.norm)

    def lower_bound(self, *, horizon: int, demonstrations: int) -> float | None:
        """The matching lower bound, or None where its own assumption on eps_q fails."""
        eps_q = self.quantizer.eps_q(self.norm, self.system.du)
        try:
            return float(bounds.evaluate(self.lower_theorem, H=horizon, n=demonstrations, eps_q=eps_q).total)
        except bounds.AssumptionError:
            return None


@dataclass(frozen=True)
class Measurement:
    """One cell of a study: what was measured, and what the theorem allows.

    Attributes:
        theorem: key of the upper bound.
        H: horizon.
        n: demonstrations.
        delta: probability with which the bound may fail.
        constants: symbols computed from the experiment.
        chosen: index of the learnt policy in its class.
        regret: mean difference of total reward, expert minus learner.
        low: lower end of its certified interval.
        high: upper end.
        bound: the upper bound, sharp form.
        bound_simple: the upper bound, simple form.
        terms: its terms by name, sharp form.
        lower_bound: worst-case lower bound for the same H, n and eps_q, on another instance; None where not applicable.
        vacuous: whether the bound is at least H.
        holds: whether the interval's lower end is at most the bound.
    """

    theorem: str
    H: int
    n: int
    delta: float
    constants: dict[str, float]
    chosen: int
    regret: float
    low: float
    high: float
    bound: float
    bound_simple: float
    terms: dict[str, float]
    lower_bound: float | None
    vacuous: bool
    holds: bool

    def as_dict(self) -> dict[str, object]:
        """All fields as plain values, ready for JSON."""
        return asdict(self)


def measure(
    experiment: Experiment,
    *,
    horizon: int,
    demonstrations: int,
    delta: float,
    episodes: int,
    confidence: float,
    rng: np.random.Generator,
) -> Measurement:
    """Draw demonstrations, clone by log-loss, deploy the code, and put the bound beside the measured regret.

    Args:
        experiment: the problem.
        horizon: H.
        demonstrations: n.
        delta: probability with which the bound may fail.
        episodes: pairs of evaluation roll-outs, sharing first state, noise and the policies' own randomness.
        confidence: coverage of the interval for the regret, given the learnt policy.
        rng: the only source of randomness.

    Example:
        >>> from simulators.learners.finite_class import gain_class
        >>> from simulators.quantizers.scalar import uniform
        >>> candidates = gain_class([0.1, 0.2], target_action=0.0, target_state=0.0, low=-1.0, high=1.0)
        >>> experiment = Experiment(LinearSystem([[0.5]], [[0.5]]), ReachReward(0.0, 1.0, 1.0),
        ...                         candidates, 1, uniform(64))
        >>> cell = measure(experiment, horizon=10, demonstrations=50, delta=0.05, episodes=200, confidence=0.99,
        ...                rng=np.random.default_rng(0))
        >>> cell.holds, cell.vacuous
        (True, False)
    """
    constants = experiment.constants(horizon)
    sharp = bounds.evaluate(experiment.theorem, H=horizon, n=demonstrations, delta=delta, **constants)
    simple = bounds.evaluate(experiment.theorem, "simple", H=horizon, n=demonstrations, delta=delta, **constants)
    chosen, losses = _cloned(experiment, horizon, demonstrations, episodes, rng)
    interval = mean_interval(losses, low=-horizon, high=horizon, confidence=confidence)
    return Measurement(
        theorem=experiment.theorem.key,
        H=horizon,
        n=demonstrations,
        delta=delta,
        constants=constants,
        chosen=chosen,
        regret=interval.mean,
        low=interval.low,
        high=interval.high,
        bound=float(sharp.total),
        bound_simple=float(simple.total),
        terms={name: float(term) for name, term in sharp.terms.items()},
        lower_bound=experiment.lower_bound(horizon=horizon, demonstrations=demonstrations),
        vacuous=bool(sharp.vacuous),
        holds=bool(interval.low <= sharp.total),
    )


def _cloned(
    experiment: Experiment, horizon: int, demonstrations: int, episodes: int, rng: np.random.Generator
) -> tuple[int, FloatArray]:
    """Index of the policy that log-loss picks from fresh demonstrations, and its losses, pair by pair."""
    system, expert, quantizer = experiment.system, experiment.expert, experiment.quantizer
    data = demonstrate(system, expert, quantizer, horizon=horizon, episodes=demonstrations, rng=rng)
    fit = log_loss_mle(experiment.candidates, quantizer, data.states, data.labels).require_realizable()
    learner = experiment.candidates.policies[fit.index]
    best, ours = paired_returns(
        system, experiment.reward, expert, learner, quantizer, horizon=horizon, episodes=episodes, rng=rng
    )
    return fit.index, best - ours
