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
from simulators.experiments.base import Budget
from simulators.experiments.linear import LinearExperiment

__all__ = ["Experiment", "Measurement", "measure"]


@dataclass(frozen=True, eq=False)
class Experiment(LinearExperiment):
    """A cloning problem on a linear system, and the statements that it is compared with."""

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
        computed = self.symbols(horizon)
        return {name: computed[name] for name in self.theorem.symbols if name in computed}

    def lower_bound(self, *, horizon: int, demonstrations: int) -> float | None:
        """The matching lower bound, or None where its own assumption on eps_q fails."""
        try:
            return float(bounds.evaluate(self.lower_theorem, H=horizon, n=demonstrations, eps_q=self.eps_q).total)
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
    budget = Budget(H=horizon, n=demonstrations, delta=delta, episodes=episodes, confidence=confidence)
    measured = experiment.measure(budget, rng)
    return Measurement(
        theorem=experiment.theorem.key,
        H=horizon,
        n=demonstrations,
        delta=delta,
        constants=constants,
        chosen=int(measured.learnt["chosen"]),
        regret=float(measured.regret.mean),
        low=float(measured.regret.low),
        high=float(measured.regret.high),
        bound=float(sharp.total),
        bound_simple=float(simple.total),
        terms={name: float(term) for name, term in sharp.terms.items()},
        lower_bound=experiment.lower_bound(horizon=horizon, demonstrations=demonstrations),
        vacuous=bool(sharp.vacuous),
        holds=bool(measured.regret.low <= float(sharp.total)),
    )
