"""Systems of a problem file, one entry a type: how it is read, which experts it takes, and the experiment they make."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from quantbc.errors import ProblemError
from quantbc.problem import rewards
from quantbc.problem.deployments import DeploymentSpec, refuse
from quantbc.problem.experts import FeedbackExpert, read_feedback
from quantbc.problem.finite import FiniteSpec
from quantbc.problem.quantizers import QuantizerSpec
from quantbc.problem.quantizers import read as read_quantizer
from quantbc.problem.reading import Table
from quantbc.problem.rewards import TaskSpec, Vector
from quantbc.problem.sampled import GymSpec
from quantbc.problem.traps import TrapSpec
from simulators.errors import DomainError, FloatArray
from simulators.experiments.base import Experiment
from simulators.experiments.linear import LinearExperiment
from simulators.planning import ClosedLoop
from simulators.policies.base import Policy
from simulators.quantizers.scalar import uniform
from simulators.rollouts import demonstrate, raw_actions
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianNoise, Law, NoNoise, UniformBox, UniformNoise

_MOST_STATES = 256
_TRIED_STEPS = 2000
_FITTED_EPISODES, _FITTED_STEPS = 200, 20
"""Of the expert, for tokenizers that are fitted to actions."""


class ExpertSpec(Protocol):
    """An expert and its policy class."""

    @property
    def name(self) -> str:
        """Name in tables."""
        ...


class Tokenizer(Protocol):
    """What tables say of a tokenizer."""

    @property
    def label(self) -> str:
        """Name in tables."""
        ...

    @property
    def bins(self) -> int | None:
        """Number of bins, as its project counts; None where there is none."""
        ...


class SystemSpec(Protocol):
    """A system with its task, frozen: everything about a study but experts, tokenizers and the grid."""

    @property
    def norm(self) -> str:
        """Norm of states and actions, "linf" or "l2"."""
        ...

    @classmethod
    def read(cls, root: Table, folder: Path) -> SystemSpec:
        """The system of a document, whose arrays are in the folder.

        Raises:
            ProblemError: a key that is missing, unknown or out of range.
        """
        ...

    def expert(self, table: Table) -> ExpertSpec:
        """One of the [[experts]].

        Raises:
            ProblemError: a key that is missing, unknown or out of range.
        """
        ...

    def quantizer(self, table: Table) -> Tokenizer:
        """One of the [[quantizers]].

        Raises:
            ProblemError: a key that is missing, unknown or out of range.
        """
        ...

    def experiment(self, expert: Any, quantizer: Any, deployment: DeploymentSpec, horizon: int) -> Experiment:
        """The experiment of one expert and one tokenizer, over that horizon.

        Raises:
            ValueError: parts that do not fit each other.
        """
        ...

    def cells(self, quantizer: Any) -> int | None:
        """Number of cells of a tokenizer on one action dimension, or on all of a finite action set."""
        ...


@dataclass(frozen=True)
class LinearSpec:
    """x' = A x + B u + w with a uniform first state and a reaching task; matrices as nested tuples.

    Attributes:
        A: shape (dx, dx).
        B: shape (dx, du).
        noise: half-width (uniform) or standard deviation (gaussian) of w, one for each state.
        law: "uniform" or "gaussian".
        initial_low: lower corner of the box of first states.
        initial_high: its upper corner.
        task: target, action box, reward.
    """

    A: tuple[Vector, ...]
    B: tuple[Vector, ...]
    noise: Vector
    law: str
    initial_low: Vector
    initial_high: Vector
    task: TaskSpec

    @classmethod
    def read(cls, root: Table, folder: Path) -> LinearSpec:
        """Tables [system], [task] and [reward] of type "servo" or "linear"."""
        table = root.table("system")
        if table.text("type") == "servo":
            alpha = table.numbers("alpha", low=0, high=1)
            if len(alpha) > _MOST_STATES:
                raise table.fail("alpha", f"of at most {_MOST_STATES} states", len(alpha))
            A = tuple(_row(1 - a, j, len(alpha)) for j, a in enumerate(alpha))
            B = tuple(_row(a, j, len(alpha)) for j, a in enumerate(alpha))
        else:
            A, B = table.matrix("A"), table.matrix("B")
            if len(A) != len(A[0]):
                raise table.fail("A", "square", A)
            if len(B) != len(A):
                raise table.fail("B", f"of {len(A)} rows, one for each state", B)
        d = len(A)
        if max(d, len(B[0])) > _MOST_STATES:
            raise table.fail("A", f"of at most {_MOST_STATES} states and actions", max(d, len(B[0])))
        low = table.numbers("initial_low", length=d)
        high = table.numbers("initial_high", length=d)
        if any(b < a for a, b in zip(low, high, strict=True)):
            raise table.fail("initial_high", "at least initial_low", high)
        noise = table.numbers("noise", length=d, low=0, default=0.0)
        law = table.text("noise_law", allowed=("uniform", "gaussian"), default="uniform")
        table.close()
        return cls(A, B, noise, law, low, high, rewards.read(root, states=d, actions=len(B[0])))

    @property
    def norm(self) -> str:
        return self.task.norm

    def build(self) -> LinearSystem:
        """The simulator."""
        scale = np.array(self.noise)
        noise: Law = NoNoise()
        if scale.any():
            noise = UniformNoise(scale) if self.law == "uniform" else GaussianNoise(scale)
        return LinearSystem(np.array(self.A), np.array(self.B), noise, UniformBox(self.initial_low, self.initial_high))

    def expert(self, table: Table) -> FeedbackExpert:
        """A feedback policy and its class."""
        return read_feedback(table, states=len(self.A), actions=len(self.B[0]))

    def quantizer(self, table: Table) -> QuantizerSpec:
        return read_quantizer(table)

    def experiment(
        self, expert: FeedbackExpert, quantizer: QuantizerSpec, deployment: DeploymentSpec, horizon: int
    ) -> LinearExperiment:
        system, candidates = self.build(), expert.build(self.task)
        refuse(deployment, "models")
        fitted = self._actions(system, candidates.policies[expert.truth], quantizer) if quantizer.fitted else None
        models: tuple[ClosedLoop, ...] = ()
        if deployment.kind == "augmented":
            plants = [LinearSystem(_slowed(system.A, s), s * system.B) for s in deployment.speeds]
            models = tuple(ClosedLoop(*pair) for pair in itertools.product(plants, candidates.policies))
        return LinearExperiment(
            system,
            self.task.build(),
            candidates,
            expert.truth,
            quantizer.build(self.task.box, fitted),
            self.task.norm,
            deployment.kind,
            deployment.steps,
            models,
            expert.candidates.learner,
        )

    @staticmethod
    def _actions(system: LinearSystem, expert: Policy, quantizer: QuantizerSpec) -> FloatArray:
        """Raw actions of the expert that a tokenizer is fitted to, whole chunks where it acts on them."""
        steps, horizon = quantizer.steps, -(-_FITTED_STEPS // quantizer.steps) * quantizer.steps
        rng = np.random.default_rng(0)
        u = raw_actions(system, expert, horizon=horizon, episodes=_FITTED_EPISODES, rng=rng)
        found = np.moveaxis(u, -1, 0)  # [i, h, j]
        return found.reshape(-1, steps, system.du) if quantizer.learned and steps > 1 else found.reshape(-1, system.du)

    def cells(self, quantizer: QuantizerSpec) -> int | None:
        """Cells on one action dimension; None where that depends on what it is fitted to."""
        return None if quantizer.fitted else quantizer.build(self.task.box).cells


def require_finite(system: SystemSpec, expert: Any, horizon: int) -> None:
    """Let a linear system's expert walk once, so that states that leave the floats show before any work is done.

    Raises:
        ProblemError: they do.
    """
    if not isinstance(system, LinearSpec):  # the states of all others are bounded
        return
    policy, steps = expert.build(system.task).policies[expert.truth], min(horizon, _TRIED_STEPS)
    labels = uniform(2, low=system.task.box[0], high=system.task.box[1])
    try:
        demonstrate(system.build(), policy, labels, horizon=steps, episodes=1, rng=np.random.default_rng(0))
    except DomainError:
        raise ProblemError(
            f"system.A must keep states finite, got an overflow within {steps} steps of the expert {expert.name!r}"
        ) from None


def _slowed(A: FloatArray, speed: float) -> FloatArray:
    """x' = x + speed · (change in a step)."""
    unit = np.eye(len(A))
    return unit + speed * (A - unit) if speed != 1 else A


def _row(value: float, position: int, length: int) -> Vector:
    return tuple(value if i == position else 0.0 for i in range(length))


SYSTEMS: Mapping[str, type[SystemSpec]] = MappingProxyType(
    {
        "servo": LinearSpec,
        "linear": LinearSpec,
        "tabular": FiniteSpec,
        "linear_mdp": FiniteSpec,
        "arctan": TrapSpec,
        "gym": GymSpec,
    }
)
"""Every type of [system]; whoever adds one adds it here."""
