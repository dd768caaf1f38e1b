"""Gymnasium environments as systems of a problem file: black boxes, so that every constant is an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quantbc.errors import ProblemError, optional
from quantbc.problem.deployments import DeploymentSpec
from quantbc.problem.experts import FeedbackExpert, read_feedback
from quantbc.problem.quantizers import QuantizerSpec
from quantbc.problem.quantizers import read as read_quantizer
from quantbc.problem.reading import Table
from quantbc.problem.rewards import TaskSpec
from simulators.experiments.sampled import SampledExperiment

if TYPE_CHECKING:
    from simulators.systems.gym import SampledSystem


@dataclass(frozen=True)
class GymSpec:
    """An environment by its identifier, cloned from feedback on its observations.

    Attributes:
        id: as `gymnasium.make` takes it.
        reward_low: smallest reward of a step; rewards are rescaled to [0, 1] and cut off there.
        reward_high: largest reward of a step.
        task: target of the feedback and the action box.
        probes: episodes that constants are estimated from.
    """

    id: str
    reward_low: float
    reward_high: float
    task: TaskSpec
    probes: int = 10

    @classmethod
    def read(cls, root: Table, folder: Path) -> GymSpec:
        """Table [system] of type "gym"."""
        table = root.table("system")
        table.text("type")
        low = table.number("action_low")
        high = table.number("action_high")
        if high <= low:
            raise table.fail("action_high", f"greater than action_low ({low:g})", high)
        norm = root.text("norm", allowed=("linf", "l2"), default="linf")
        task = TaskSpec(table.number("target", default=0.0), low, high, 0.0, 0.0, norm)
        least, most = table.number("reward_low"), table.number("reward_high")
        if most <= least:
            raise table.fail("reward_high", f"greater than reward_low ({least:g})", most)
        spec = cls(table.text("id"), least, most, task, table.integer("probes", low=1, high=1_000_000, default=10))
        table.close()
        _environment(spec.id)
        return spec

    @property
    def norm(self) -> str:
        return self.task.norm

    def expert(self, table: Table) -> FeedbackExpert:
        """Feedback on the observation, and its class."""
        system = _environment(self.id)
        return read_feedback(table, states=system.dx, actions=system.du)

    def quantizer(self, table: Table) -> QuantizerSpec:
        return read_quantizer(table)

    def experiment(
        self, expert: FeedbackExpert, quantizer: QuantizerSpec, deployment: DeploymentSpec, horizon: int
    ) -> SampledExperiment:
        if deployment.kind not in ("plain", "greedy"):
            raise ProblemError(
                "deployment.type must be plain or greedy for an environment, whose dynamics are not known, got "
                f"{deployment.kind!r}"
            )
        if quantizer.steps > 1:
            raise ProblemError(
                "quantizers.type must act on single steps for an environment: what follows from a chunk's first state "
                f"depends on dynamics that are not known, got {quantizer.label!r}"
            )
        system, candidates = _environment(self.id), expert.build(self.task)
        actions = None
        if quantizer.fitted:
            run = system.run(
                candidates.policies[expert.truth], horizon=horizon, episodes=self.probes, rng=np.random.default_rng(0)
            )
            actions = np.moveaxis(run[1], 1, 2).reshape(-1, system.du)
        return SampledExperiment(
            system,
            candidates,
            expert.truth,
            quantizer.build(self.task.box, actions),
            (self.reward_low, self.reward_high),
            self.task.norm,
            self.probes,
            deployment=deployment.kind,
            learner=expert.candidates.learner,
        )

    def cells(self, quantizer: QuantizerSpec) -> int | None:
        """Cells on one action dimension; None where that depends on what it is fitted to."""
        return None if quantizer.fitted else quantizer.build(self.task.box).cells


@cache
def _environment(name: str) -> SampledSystem:
    with optional("systems of type gym", "gym"):
        import gymnasium

        from simulators.systems.gym import SampledSystem
    try:
        return SampledSystem(_Make(name))
    except gymnasium.error.Error as error:
        raise ProblemError(f"system.id must name an environment, got {name!r}: {error}") from None


@dataclass(frozen=True)
class _Make:
    """A fresh environment at each call; can be sent to workers."""

    name: str

    def __call__(self):  # type: ignore[no-untyped-def]  # gymnasium may be absent
        import gymnasium

        return gymnasium.make(self.name)
