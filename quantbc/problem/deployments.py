"""How what was learnt is deployed."""

from __future__ import annotations

from dataclasses import dataclass

from quantbc.problem.reading import Table
from simulators.experiments.base import DEPLOYMENTS

__all__ = ["DeploymentSpec", "read"]


@dataclass(frozen=True)
class DeploymentSpec:
    """A deployment.

    Attributes:
        kind: one of `DEPLOYMENTS`.
        steps: actions of a chunk; 1 where single steps are executed.
    """

    kind: str = "plain"
    steps: int = 1


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
    table.close()
    return DeploymentSpec(kind, steps)
