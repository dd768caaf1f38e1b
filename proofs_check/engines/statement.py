"""Whether a catalog entry says out loud every hypothesis its proof uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bounds.catalog import catalog
from proofs_check.ledger import Outcome, Verdict


@dataclass(frozen=True)
class Declares:
    """The catalog's theorem lists these assumptions; UNKNOWN if one is missing: then the proof is of another statement.

    Attributes:
        key: the catalog's key.
        names: predicate names of the hypotheses the proof uses.

    Example:
        >>> Declares("theorem_2", ("tvc",)).discharge().verdict
        <Verdict.CHECKED: 'ALGEBRA CHECKED'>
    """

    key: str
    names: tuple[str, ...]

    @property
    def engine(self) -> str:
        return "exact"

    def written(self) -> tuple[str, ...]:
        return (f"{self.key} assumes {', '.join(self.names)}",)

    def cited(self) -> tuple[tuple[str, Any, tuple[Any, ...]], ...]:
        return ()

    def established(self) -> tuple[Any, ...]:
        return ()

    def running(self) -> Mapping[str, frozenset[str]]:
        return {}

    def discharge(self) -> Outcome:
        """Compare names."""
        stated = {assumption.name for assumption in catalog[self.key].assumptions}
        missing = sorted(set(self.names) - stated)
        if missing:
            reason = f"the catalog's {self.key} does not assume {', '.join(missing)}, which its proof needs"
            return Outcome(Verdict.UNKNOWN, {"reason": reason})
        return Outcome(Verdict.CHECKED, {"assumptions": ", ".join(self.names)})
