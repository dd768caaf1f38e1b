"""How what was learnt is deployed."""

from __future__ import annotations

from dataclasses import dataclass, field

from quantbc.errors import ProblemError
from quantbc.problem.reading import Table
from simulators.experiments.base import DEPLOYMENTS


@dataclass(frozen=True)
class DeploymentSpec:
    """A deployment.

    Attributes:
        kind: one of `DEPLOYMENTS`.
        steps: actions of a chunk; 1 where single steps are executed.
        speeds: of augmented deployment on a linear system: candidate factors of its change in a step, 1 among them.
        models: of augmented deployment on a finite system: name of the array of candidate models; the true one alone
            if empty.
    """

    kind: str = "plain"
    steps: int = 1
    speeds: tuple[float, ...] = field(default=(1.0,), metadata={"later": True})
    models: str = field(default="", metadata={"later": True})


def read(root: Table) -> DeploymentSpec:
    """The table [deployment]; plain where there is none.

    Raises:
        ProblemError: a key that is missing, unknown or out of range.
    """
    table = root.table("deployment", optional=True)
    if table.nested("type"):
        inner = table.table("type")
        table.close()
        table = inner
    kind = table.text("type", allowed=DEPLOYMENTS, default="plain")
    steps = table.integer("steps", low=1, high=1_000_000) if kind == "chunked" else 1
    augmented = kind == "augmented"
    speeds = table.numbers("speeds", low=0, default=1.0) if augmented and table.has("speeds") else (1.0,)
    if 1.0 not in speeds:
        raise table.fail("speeds", "a list with 1, the system's own", list(speeds))
    models = table.text("models") if augmented and table.has("models") else ""
    table.close()
    return DeploymentSpec(kind, steps, speeds, models)


def refuse(deployment: DeploymentSpec, *keys: str) -> None:
    """Refuse keys that say nothing about the system at hand.

    Raises:
        ProblemError: one is given.
    """
    for key in keys:
        if getattr(deployment, key) != getattr(DeploymentSpec, key):
            raise ProblemError(
                f"deployment.{key} must be left out for this type of system, got {getattr(deployment, key)!r}"
            )
