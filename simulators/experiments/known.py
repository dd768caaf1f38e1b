"""Witnesses as experiments: instances whose regret is known exactly, whatever is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulators.errors import DomainError
from simulators.experiments.base import Budget, Measured, Regret, Standing
from simulators.witnesses.base import KNOWN_LABELS, Witness


@dataclass(frozen=True, eq=False)
class KnownRegret:
    """A witness of a statement on regret.

    Attributes:
        witness: of one experiment's regret, not of an error, a smoothness or a game's value.

    Raises:
        DomainError: a witness of something else.

    >>> from simulators.witnesses.drift import Drift
    >>> known = KnownRegret(Drift.tightest())
    >>> known.measure(known.budget, np.random.default_rng(0)).regret.exact
    True
    """

    witness: Witness

    def __post_init__(self) -> None:
        if "H" not in self.witness.values() or not self.witness.holds:
            raise DomainError(f"witness must be one of regret, got {type(self.witness).__name__}")

    @property
    def budget(self) -> Budget:
        """The horizon and the data at which the witness attains its bound."""
        values = {**KNOWN_LABELS, **self.witness.values()}
        return Budget(H=int(values["H"]), n=int(values["n"]), delta=float(values["delta"]))

    def at(self, horizon: int) -> Witness:
        """The same instance over another horizon."""
        if horizon == self.witness.values()["H"]:
            return self.witness
        changed: Witness = replace(self.witness, horizon=horizon)  # type: ignore[type-var]
        return changed

    def facts(self) -> Mapping[str, Standing]:
        return dict.fromkeys(self.witness.holds, "certified")

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        values = {**KNOWN_LABELS, **self.at(horizon).values()}
        return {name: value for name, value in values.items() if name not in ("H", "n", "delta")}

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Return the exact regret; nothing is drawn, and the data are those of `budget`.

        Raises:
            DomainError: other data.
        """
        own = self.budget
        for name in ("n", "delta"):
            if name in self.witness.values() and getattr(budget, name) != getattr(own, name):
                raise DomainError(f"{name} must be the witness's own {getattr(own, name)}, got {getattr(budget, name)}")
        return Measured(Regret.exactly(self.at(budget.H).exact()))
