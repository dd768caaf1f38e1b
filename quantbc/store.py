"""Results that survive: one SQLite row per finished cell, written the moment it is finished."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any

from quantbc.errors import ProblemError
from quantbc.problem import Cell

__all__ = ["Store", "cell_key"]

_APPLICATION = 0x71626331  # "qbc1"
_SCHEMA = 1
_COMPUTATION = ("bounds", "simulators", "proofs_check.cloning")


@cache
def _code_version() -> str:
    """Digest of the sources a result depends on, so that an edit never mixes old and new numbers."""
    digest = hashlib.sha256()
    for name in _COMPUTATION:
        spec = find_spec(name)
        origin = Path(spec.origin) if spec is not None and spec.origin is not None else Path()
        files = sorted(origin.parent.rglob("*.py")) if origin.name == "__init__.py" else [origin]
        for file in files:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def cell_key(cell: Cell) -> str:
    """Key of a cell's result: a hash of its settings, its seed and the code that computes it."""
    return hashlib.sha256(f"{_code_version()}\n{cell.seed}\n{cell.settings}".encode()).hexdigest()


class Store:
    """A results file; use as a context manager.

    Args:
        path: SQLite file, made if absent.

    Raises:
        ProblemError: the file is no results file, has another schema, or cannot be opened or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise ProblemError(f"store must be a writable results file, got {str(path)!r}: {error}") from None

    def _prepare(self) -> None:
        run = self._connection.execute
        application = run("PRAGMA application_id").fetchone()[0]
        schema = run("PRAGMA user_version").fetchone()[0]
        empty = run("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if not empty and (application, schema) != (_APPLICATION, _SCHEMA):
            self._connection.close()
            raise ProblemError(
                f"store must be a quantbc results file of schema {_SCHEMA}, got {str(self.path)!r} "
                f"with application id {application:#x} and schema {schema}"
            )
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        if empty:
            run(f"PRAGMA application_id = {_APPLICATION}")
            run(f"PRAGMA user_version = {_SCHEMA}")
            run("CREATE TABLE cells (key TEXT PRIMARY KEY, seed INTEGER, settings TEXT, result TEXT, error TEXT)")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def finished(self, cells: Iterable[Cell]) -> dict[str, dict[str, Any]]:
        """Stored results among the given cells, by key."""
        return {key: json.loads(result) for key, result in self._lookup(map(cell_key, cells))}

    def _lookup(self, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
        for key in keys:
            row = self._connection.execute(
                "SELECT result FROM cells WHERE key = ? AND result IS NOT NULL", (key,)
            ).fetchone()
            if row is not None:
                yield key, row[0]

    def put(self, cell: Cell, *, result: dict[str, Any] | None, error: str | None) -> None:
        """Write one outcome, atomically: a result, or the traceback of a cell that failed."""
        self._connection.execute(
            "INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?)",
            (cell_key(cell), cell.seed, cell.settings, None if result is None else json.dumps(result), error),
        )
