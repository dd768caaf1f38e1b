"""Algorithm 1 measured on the study's servo joints: cloning with a learnt model, actions read off its own roll-out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import bounds
from bounds.gains import LinearSystemGain
from figures.study import SERVO, TARGET, experiment
from simulators.demonstrations import Demonstrations
from simulators.errors import RealizabilityError
from simulators.experiments.linear import LinearExperiment
from simulators.learners.finite_class import log_loss_mle
from simulators.montecarlo import mean_interval
from simulators.policies.base import Policy
from simulators.quantizers.base import quantize_columns
from simulators.rollouts import demonstrate
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import UniformBox

__all__ = ["ClosedLoops", "measure"]

_KEY = "theorem_7_deterministic"
_ROUNDING = 1e-9  # of a noiseless transition of size 1
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ClosedLoops:
    """A finite class of deterministic transition models x' = x + speed * servo * (u(x) - x), u(x) of a gain.

    Example:
        >>> MODELS.step(MODELS.fit_index(1.0, 0.2), np.zeros((3, 1))).ravel().round(3).tolist()
        [0.18, -0.108, 0.048]

    Attributes:
        speeds: candidate factors of the servos' true speeds.
        gains: candidate gains of the demonstrator's feedback.
    """

    speeds: tuple[float, ...]
    gains: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.speeds) * len(self.gains)

    def fit_index(self, speed: float, gain: float) -> int:
        """Position of a model."""
        return self.speeds.index(speed) * len(self.gains) + self.gains.index(gain)

    def step(self, index: int, x: Floats) -> Floats:
        """Next states under one model; states have shape (..., 3, M)."""
        speed, gain = self.speeds[index // len(self.gains)], self.gains[index % len(self.gains)]
        target, servo = np.array(TARGET)[:, None], np.array(SERVO)[:, None]
        action = np.clip(target + gain * (target - x), -1.0, 1.0)
        return np.asarray(x + speed * servo * (action - x))

    def fit(self, data: Demonstrations) -> int:
        """The first model that explains every transition: deterministic models have likelihood 0 or 1."""
        before, after = data.states[:-1], data.states[1:]
        for index in range(len(self)):
            if np.abs(self.step(index, before[:, :, :8]) - after[:, :, :8]).max() > _ROUNDING:
                continue  # a few trajectories refute most
            if np.abs(self.step(index, before) - after).max() <= _ROUNDING:
                return index
        raise RealizabilityError("models must contain one that explains every transition, got none that does")


MODELS = ClosedLoops(
    speeds=tuple(np.round(np.linspace(0.5, 1.5, 21), 12).tolist()),
    gains=tuple(np.round(np.linspace(0.05, 0.3, 26), 12).tolist()),
)


def measure(
    *,
    bins: int,
    horizon: int,
    demonstrations: int,
    episodes: int,
    confidence: float,
    delta: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """One cell: demonstrations without process noise, policy and model by log-loss, deployment, regret and bounds.

    Args:
        bins: uniform bins per joint.
        horizon: H, at least 2.
        demonstrations: n.
        episodes: evaluation roll-outs, sharing the first state with the demonstrator's.
        confidence: coverage of the interval of measured regret.
        delta: probability with which the bound may fail.
        rng: the only source of randomness.
    """
    study = experiment("deterministic", bins)
    system = LinearSystem(study.system.A, study.system.B, initial=UniformBox(-0.8, 0.8))
    data = demonstrate(system, study.expert, study.quantizer, horizon=horizon, episodes=demonstrations, rng=rng)
    fit = log_loss_mle(study.candidates, study.quantizer, data.states, data.labels).require_realizable()
    initial = system.sample_initial(episodes, rng)
    loss = _losses(study, study.candidates.policies[fit.index], MODELS.fit(data), initial, horizon)
    interval = mean_interval(loss, low=-horizon, high=horizon, confidence=confidence)
    values = _values(study, horizon=horizon, demonstrations=demonstrations, delta=delta)
    return {
        "statement": _KEY,
        "H": horizon,
        "n": demonstrations,
        "delta": delta,
        "regret": interval.mean,
        "low": interval.low,
        "high": interval.high,
        "bound": float(bounds.evaluate(bounds.catalog[_KEY], **values).total),
    }


def _losses(study: LinearExperiment, policy: Policy, model: int, initial: Floats, horizon: int) -> Floats:
    """Reward of the expert minus reward of Algorithm 1's deployment, totals per roll-out without process noise."""
    expert = deployed = auxiliary = initial
    loss, still = np.zeros(initial.shape[-1]), np.zeros_like(initial)
    for _ in range(horizon):
        raw, code = study.expert.act(expert), quantize_columns(study.quantizer, policy.act(auxiliary))
        loss += study.reward(expert, raw) - study.reward(deployed, code)
        expert, deployed = study.system.step(expert, raw, still), study.system.step(deployed, code, still)
        auxiliary = MODELS.step(model, auxiliary)
    return loss


def _values(study: LinearExperiment, *, horizon: int, demonstrations: int, delta: float) -> dict[str, Any]:
    """Every symbol of the bound, computed from the study."""
    L_x, L_u = study.reward.lipschitz
    return {
        "H": horizon,
        "n": demonstrations,
        "delta": delta,
        "log_class_size": math.log(len(study.candidates)),
        "log_model_class_size": math.log(len(MODELS)),
        "eps_q": study.eps_q,
        "gains": LinearSystemGain(study.system.A, study.system.B),
        "L_x": L_x,
        "L_u": L_u,
    }
