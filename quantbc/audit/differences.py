"""What changed between two audits: of another file, another version of a data set, or other settings."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bounds.notebook import html_table
from quantbc.audit.source import require_file
from quantbc.errors import ProblemError
from quantbc.tables.audits import label

COLUMNS = (("tokenizer", False), ("number", False), ("before", True), ("after", True))
"""Of the table of changes."""
KEYS = ("data", "tokenizers", "verdict", "counts", "stability")
"""What the document of an audit has, for `read_document`."""

_COMPARED = (
    *("sup_error_raw", "average_error_raw", "clip_error_raw", "bin_error_raw", "bias_raw"),
    *("clipped", "bits_per_step"),
)
_COUNTS = ("episodes", "rows", "used_rows")
_DYNAMICS = ("C", "eta", "loop_C", "loop_eta")
_NOTICED = 1e-3
_LARGEST = 2**28


@dataclass(frozen=True)
class Change:
    """A number that differs.

    Attributes:
        place: the tokenizer with its size, ``"data"`` or ``"dynamics"``.
        name: as in the JSON document.
        before: its value in the first audit; None where it had none.
        after: the same in the second.
    """

    place: str
    name: str
    before: float | None
    after: float | None

    def cells(self) -> tuple[str, str, str, str]:
        """As a row of a table."""
        before, after = ("–" if value is None else f"{value:.4g}" for value in (self.before, self.after))
        return self.place, self.name, before, after


@dataclass(frozen=True)
class AuditDifferences:
    """Two audits side by side.

    Attributes:
        before: the first audit's data.
        after: the second one's.
        verdicts: what each of them says to use.
        changes: numbers that differ by more than 0.1 %; of one number a dimension, the largest.
        only_before: tokenizers that only the first compares.
        only_after: tokenizers that only the second compares.
    """

    before: str
    after: str
    verdicts: tuple[str, str]
    changes: tuple[Change, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)

    def lines(self) -> list[str]:
        """The lines above the table."""
        same = self.verdicts[0] == self.verdicts[1]
        use = f"use     {self.verdicts[1]}" + (", as before" if same else f"; before: {self.verdicts[0]}")
        found = [f"{self.before} → {self.after}", use]
        for text, names in (("before", self.only_before), ("now", self.only_after)):
            if names:
                found.append(f"only {text}: {', '.join(names)}")
        return found

    def _repr_html_(self) -> str:
        cells = [change.cells() for change in self.changes]
        return html_table(COLUMNS, cells, caption="\n".join(self.lines()))


def read_document(path: Path, flag: str, kind: str, wanted: Collection[str]) -> Mapping[str, Any]:
    """Return a JSON document that a command wrote with ``--json``.

    Args:
        path: the file.
        flag: what the user named it with.
        kind: what the document is of.
        wanted: keys that it must have.

    Raises:
        ProblemError: it is not one.
    """
    if not path.exists():
        raise ProblemError(f"{flag} must be an existing file, got {str(path)!r}")
    require_file(path)
    if (size := path.stat().st_size) > _LARGEST:
        raise ProblemError(f"{flag} must be a file of at most {_LARGEST} bytes, got {size}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{flag} must be the JSON document of {kind}, got {path}: {error}") from None
    if not isinstance(found, dict) or not set(wanted) <= set(found):
        raise ProblemError(f"{flag} must be the JSON document of {kind}, got {path}")
    return found


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> AuditDifferences:
    """Compare two audits.

    Args:
        before: the document of the first, from ``to_dict`` or `read_document`.
        after: that of the second.

    Raises:
        ProblemError: one of them is not the document of an audit.
    """
    try:
        rows = [{label(row): row for row in document["tokenizers"]} for document in (before, after)]
        return AuditDifferences(
            before=str(before["data"]),
            after=str(after["data"]),
            verdicts=(_use(before), _use(after)),
            changes=tuple(_changes(before, after, rows)),
            only_before=tuple(name for name in rows[0] if name not in rows[1]),
            only_after=tuple(name for name in rows[1] if name not in rows[0]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ProblemError(f"audits must be whole documents to be compared, got one without {error}") from None


def _use(document: Mapping[str, Any]) -> str:
    found = document["verdict"]
    return str(found["closest"]) if found["tokenizer"] is not None else "none of those compared"


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], rows: list[dict[str, Mapping[str, Any]]]
) -> Iterator[Change]:
    yield from _of("data", _COUNTS, before["counts"], after["counts"])
    yield from _of("dynamics", _DYNAMICS, before["stability"] or {}, after["stability"] or {})
    for name, row in rows[0].items():
        if name in rows[1]:
            yield from _of(name, _COMPARED, row, rows[1][name])


def _of(place: str, names: tuple[str, ...], one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Change]:
    for name in names:
        a, b = (max(map(abs, v)) if isinstance(v, list) else v for v in (one.get(name), other.get(name)))
        if a is None and b is None:
            continue
        if a is None or b is None or abs(a - b) > _NOTICED * max(abs(a), abs(b)):
            yield Change(place, name, a, b)
