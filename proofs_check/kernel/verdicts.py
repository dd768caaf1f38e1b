"""Which statements of the catalog the kernel proves, and how that is known on this machine."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from proofs_check.kernel import rocq
from proofs_check.kernel.index import headlines
from proofs_check.kernel.record import Record, committed, differences, faults, printed


@dataclass(frozen=True)
class KernelProof:
    """The kernel's proof of one statement of the catalog.

    Attributes:
        theorem: ``File.theorem``.
        file: its source.
        assumptions: what it assumes beyond its hypotheses; empty: nothing.
        instance: the lemma that shows its hypotheses have a model with both sides positive.
        checked_here: whether Rocq accepted it in this run.
    """

    theorem: str
    file: str
    assumptions: tuple[str, ...]
    instance: str
    checked_here: bool

    def to_json(self) -> dict[str, Any]:
        """Plain data for `quantbc verify --json`."""
        return {**vars(self), "assumptions": list(self.assumptions)}


@dataclass(frozen=True)
class Kernel:
    """What the kernel has to say.

    Attributes:
        proofs: by the catalog's key.
        line: how that is known, for the reader.
        faults: what must not be, a line each.
    """

    proofs: dict[str, KernelProof] = field(default_factory=dict)
    line: str = ""
    faults: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "proofs", MappingProxyType(dict(self.proofs)))


def _proofs(record: Record, *, here: bool) -> dict[str, KernelProof]:
    found = {}
    for headline in headlines():
        if headline.name in record.theorems and not faults(record, [headline]):
            assumed = record.theorems[headline.name].assumptions
            proof = KernelProof(headline.name, headline.file, assumed, headline.instance, here)
            found.update(dict.fromkeys(headline.proves, proof))
    return found


def shipped() -> Kernel:
    """The committed result, if it belongs to these sources; nothing is compiled.

    Example:
        >>> shipped().proofs["theorem_2"].assumptions
        ()
    """
    kept, now = committed(), rocq.hash_of()
    if kept.sources != now:
        fault = f"the committed result is of sources {kept.sources[:12]}, these are {now[:12]}: quantbc verify --kernel"
        return Kernel(line="the sources have changed since the committed result", faults=(fault,))
    line = f"committed result for sources {now[:12]}, not re-checked on this machine"
    return Kernel(_proofs(kept, here=False), line, faults(kept))


def compiled() -> Kernel:
    """Compile everything afresh and ask Rocq again.

    Raises:
        KernelError: Rocq is missing, or a file does not compile.
    """
    with tempfile.TemporaryDirectory() as folder:
        seconds = rocq.build(Path(folder))
        found = printed(Path(folder))
    line = f"compiled afresh in {seconds:.0f} s, sources {found.sources[:12]}"
    return Kernel(_proofs(found, here=True), line, (*faults(found), *differences(found, committed())))
