"""Theorem 6's traps as a system of a problem file: scalar loops, the expert's noise and the trap's parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from quantbc.errors import ProblemError
from quantbc.problem.deployments import DeploymentSpec, refuse
from quantbc.problem.reading import Table
from simulators.experiments.traps import TrapExperiment, arctan_trap, bounded_trap, gaussian_trap

_PARAMETERS = {"arctan": ("k", "d"), "bounded": ("c", "W", "x_c"), "gaussian": ("c", "sigma")}
"""Kinds of dynamics, and what an expert of each is given by."""


@dataclass(frozen=True)
class TrapExpert:
    """An expert in a loop of one kind, and how its perfect imitation is deployed.

    Attributes:
        name: name in tables.
        kind: "arctan" (no noise, u = arctan x), "bounded" or "gaussian" (noise, u = c x).
        parameters: by name.
        deployment: of this expert; None for the file's own.
    """

    name: str
    kind: str
    parameters: tuple[tuple[str, float], ...]
    deployment: str | None = None


@dataclass(frozen=True)
class TrapQuantizer:
    """The trap at one scale, or the same rounding without the trap.

    Attributes:
        kind: "trap" or "bins".
        eps: the scale, width of a cell.
    """

    kind: str
    eps: float

    def __post_init__(self) -> None:
        if self.kind not in ("trap", "bins"):
            raise ProblemError(f"type must be one of trap, bins, got {self.kind!r}")
        if not 0 < self.eps < 1:
            raise ProblemError(f"eps must be a number in (0, 1), got {self.eps!r}")

    @property
    def label(self) -> str:
        return f"{self.kind} {self.bins}"

    @property
    def bins(self) -> int:
        """Cells of the rounding on the expert's actions, which lie within pi / 2."""
        return math.ceil(math.pi / self.eps)


@dataclass(frozen=True)
class TrapSpec:
    """x' = A x + B u + w with scalar x and u.

    Attributes:
        A: state coefficient.
        B: action coefficient.
    """

    A: float
    B: float

    norm = "linf"

    @classmethod
    def read(cls, root: Table, folder: Path) -> TrapSpec:
        """Table [system] of type "arctan"."""
        table = root.table("system")
        table.text("type")
        spec = cls(table.number("A", low=0, high=1, inside=True), table.number("B", low=0, high=1, inside=True))
        table.close()
        return spec

    def expert(self, table: Table) -> TrapExpert:
        name = table.text("name")
        kind = table.text("type", allowed=tuple(_PARAMETERS), default="arctan")
        given = tuple((key, table.number(key, low=0, inside=True)) for key in _PARAMETERS[kind])
        deployment = table.text("deployment", allowed=("plain", "augmented")) if table.has("deployment") else None
        table.close()
        return TrapExpert(name, kind, given, deployment)

    def quantizer(self, table: Table) -> TrapQuantizer:
        spec = TrapQuantizer(
            table.text("type", allowed=("trap", "bins")), table.number("eps", low=0, high=1, inside=True)
        )
        table.close()
        return spec

    def experiment(
        self, expert: TrapExpert, quantizer: TrapQuantizer, deployment: DeploymentSpec, horizon: int
    ) -> TrapExperiment:
        given = {"A": self.A, "B": self.B, "eps": quantizer.eps, **dict(expert.parameters)}
        refuse(deployment, "speeds", "models")
        how = expert.deployment or deployment.kind
        if how not in ("plain", "augmented"):
            raise ProblemError(f"deployment.type must be plain or augmented for a trap, got {how!r}")
        if expert.kind == "arctan":
            return arctan_trap(**given, deployment=how, bins=quantizer.kind == "bins")
        if quantizer.kind == "bins":
            raise ProblemError(f"quantizers.type must be trap for {expert.kind} noise, got 'bins'")
        return (bounded_trap if expert.kind == "bounded" else gaussian_trap)(**given, deployment=how)

    def cells(self, quantizer: TrapQuantizer) -> int:
        """Cells of the rounding on the expert's actions."""
        return quantizer.bins
