"""Persistent results: one SQLite row per cell, and the descriptions of the sweeps the cells belong to."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from quantbc.errors import LostError, ProblemError
from quantbc.sweeps.sweep import Cell, Sweep

_MAGIC = b"SQLite format 3\0"
_APPLICATION = 0x71626331  # "qbc1"
_SCHEMA = 3
_TABLES = (
    "CREATE TABLE sweeps (description TEXT PRIMARY KEY, name TEXT NOT NULL, used INTEGER NOT NULL,"
    " checksum TEXT NOT NULL)",
    "CREATE TABLE cells (key TEXT PRIMARY KEY, settings TEXT NOT NULL, result TEXT, error TEXT,"
    " checksum TEXT NOT NULL, CHECK ((result IS NULL) <> (error IS NULL)))",
)
_GET = "SELECT key, settings, result, error, checksum FROM cells WHERE key = ?"
_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""The second where SQLite's message quotes a damaged name."""
_SYNC_SECONDS = 1.0
_BUSY_SECONDS = 60.0


class Outcome(NamedTuple):
    """The outcome of a cell.

    Attributes:
        cell: the cell.
        result: columns and values as JSON text; None if the cell failed.
        error: traceback of the failure; None if it succeeded.
    """

    cell: Cell
    result: str | None
    error: str | None


class _Row(NamedTuple):
    result: str | None
    error: str | None
    damaged: bool


class Store:
    """A results file; use as a context manager.

    What ``put`` has written survives the death of this process at any moment. It survives a power cut once a second
    has passed: one write a second waits for the disk, the others leave that to the operating system.

    Args:
        path: SQLite file, made if absent.
        read_only: refuse to make or to change the file.

    Raises:
        ProblemError: the file is no results file, has another schema, or cannot be opened. It is left as it was.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self.path = path
        self._synced = -_SYNC_SECONDS
        try:
            new = _is_new(path)
            if new and read_only:
                raise ProblemError(f"store must be an existing results file, got {str(path)!r}")
            if any(_beside(path, end).is_symlink() for end in ("wal", "shm", "journal")):
                raise ProblemError(f"store must have no links beside it for its journals, got {str(path)!r}")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = _connected(path, "mode=rwc" if new else "mode=rw")
            try:
                if read_only and not _writable(self._connection) and _is_settled(path):
                    self._connection.close()
                    self._connection = _connected(path, "immutable=1")
                if new:
                    self._create()
                if not read_only:
                    self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute(f"PRAGMA query_only = {int(read_only)}")
                self._connection.execute("SELECT count(*) FROM sweeps").fetchone()
                self._file = _identity(path)
            except BaseException:  # Ctrl-C as well: whoever holds its traceback must not hold a lock
                self._connection.close()
                raise
        except (OSError, *_ERRORS) as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> ProblemError:
        inside = self.path / "results.sqlite"
        reason = f"that is a folder; did you mean {str(inside)!r}?" if inside.is_file() else error
        return ProblemError(f"store must be a writable results file, got {str(self.path)!r}: {reason}")

    def _create(self) -> None:
        """Make the tables in one transaction, before write-ahead logging: the file is never half a store."""
        run = self._connection.execute
        run("BEGIN EXCLUSIVE")
        if run("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            for table in _TABLES:
                run(table)
            run(f"PRAGMA application_id = {_APPLICATION}")
            run(f"PRAGMA user_version = {_SCHEMA}")
        run("COMMIT")

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; the last one to do so leaves no journal, so that read-only media will do for it."""
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()

    def record(self, sweep: Sweep) -> None:
        """Note the sweep as the latest of its name.

        Raises:
            ProblemError: the file cannot be written.
        """
        values = (sweep.to_json(), sweep.name)
        insert = "INSERT OR REPLACE INTO sweeps VALUES (?, ?, (SELECT coalesce(max(used), 0) + 1 FROM sweeps), ?)"
        self._write(insert, [(*values, _checksum(*values))])

    def sweeps(self) -> list[Sweep]:
        """The latest sweep of every name, oldest first.

        Raises:
            ProblemError: the file is damaged, or holds what is no sweep.
        """
        rows = self._read("SELECT description, name, checksum, max(used) FROM sweeps GROUP BY name ORDER BY max(used)")
        if any(checksum != _checksum(*values) for *values, checksum, _ in rows):
            raise self._damaged("the description of a sweep does not match its checksum")
        try:
            return [Sweep.from_json(description) for description, *_ in rows]
        except (ProblemError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise self._damaged(f"a sweep that cannot be read ({error!r})") from None

    def put(self, outcomes: Iterable[Outcome]) -> None:
        """Write outcomes, all or none.

        Raises:
            ProblemError: the file cannot be written, e.g. because the disk is full; what it held is still there.
        """
        self._write("INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?)", self._rows(outcomes))

    def _rows(self, outcomes: Iterable[Outcome]) -> Iterator[tuple[str | None, ...]]:
        for cell, result, error in outcomes:
            if result is None and self.finished(cell):  # a failure never takes the place of a result
                continue
            values = (cell.key, json.dumps(cell.row({})), result, error)
            yield (*values, _checksum(*values))

    def _write(self, insert: str, rows: Iterable[tuple[str | None, ...]]) -> None:
        """Insert rows in a transaction of their own, in which they are made.

        No context manager: Ctrl-C between its lines and ours would leave the transaction open, and the store unusable.
        """
        run = self._connection.execute
        durable = time.monotonic() - self._synced >= _SYNC_SECONDS
        try:
            run(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            run("BEGIN IMMEDIATE")
            for row in rows:
                run(insert, row)
            run("COMMIT")
        except _ERRORS as error:
            self._require()
            raise self._unusable(error) from None
        finally:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):  # a disk that is gone undoes nothing; the next reader does
                    run("ROLLBACK")
        self._require()
        if durable:
            self._synced = time.monotonic()

    def finished(self, cell: Cell) -> bool:
        """Whether the cell's result is here and undamaged; a failure is not one."""
        result, _, damaged = self._find(cell)
        return result is not None and not damaged

    def count(self, cells: Iterable[Cell]) -> int:
        """How many of the cells are here, failures included."""
        return sum(any(self._find(cell)[:2]) for cell in cells)

    def outcomes(self, cells: Iterable[Cell]) -> Iterator[tuple[Cell, dict[str, Any] | None, str | None]]:
        """Result and error of each cell, in the order asked; both None for a cell not computed yet.

        Raises:
            ProblemError: the file is damaged, or holds what is no result.
        """
        for cell in cells:
            result, error, damaged = self._find(cell)
            if damaged:
                raise self._damaged(
                    f"the row of {cell.row({})} does not match its checksum; quantbc simulate computes it again"
                )
            if error is not None and not (isinstance(error, str) and error.strip()):
                raise self._damaged(f"a failure without its traceback ({error!r})")
            yield cell, None if result is None else self._parsed(result), error

    def _parsed(self, result: str) -> dict[str, Any]:
        try:
            found = json.loads(result)
        except (TypeError, ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self._damaged(f"a result that is not a JSON object ({str(result)[:60]!r})")
        return found

    def _find(self, cell: Cell) -> _Row:
        rows = self._read(_GET, cell.key)
        if not rows:
            return _Row(None, None, False)
        key, settings, result, error, checksum = rows[0]
        return _Row(result, error, checksum != _checksum(key, settings, result, error))

    def __len__(self) -> int:
        """Number of cells here, of whatever sweep, failures included."""
        return int(self._read("SELECT count(*) FROM cells")[0][0])

    def _read(self, query: str, *values: str) -> list[Any]:
        try:
            return self._connection.execute(query, values).fetchall()
        except _ERRORS as error:
            self._require()
            raise self._damaged(str(error)) from None

    def _require(self) -> None:
        """Raise if the file is no longer under its name: what is written now would be lost with this process."""
        if _identity(self.path) != self._file:
            raise LostError(f"store must stay where it is while it is in use, but {str(self.path)!r} is gone")

    def _damaged(self, what: str) -> ProblemError:
        return ProblemError(f"store must be an undamaged results file, got {str(self.path)!r}: {what}")


def kept_in(folder: Path, name: str = "results.sqlite") -> Path:
    """Where a store is kept in a folder that the user named.

    Raises:
        ProblemError: there is a link, which would lead out of that folder.
    """
    path = folder / name
    if path.is_symlink():
        raise ProblemError(f"{path} must not be a link, which leads out of the folder that was named")
    return path


def _connected(path: Path, flags: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{flags}", uri=True, isolation_level=None, timeout=_BUSY_SECONDS)


def _writable(connection: sqlite3.Connection) -> bool:
    """Whether SQLite can open the file with its journals, which it makes beside it."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def _beside(path: Path, end: str) -> Path:
    return path.with_name(f"{path.name}-{end}")


def _is_settled(path: Path) -> bool:
    """Whether the file alone is the whole store: nothing waits in a journal."""
    found = [_beside(path, end) for end in ("wal", "journal")]
    return not any(file.exists() and file.stat().st_size for file in found)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _checksum(*values: str | bytes | float | None) -> str:
    """A digest of a row's columns, whatever a damaged one holds; where each ends is part of it.

    Never called by SQLite: that would make an error of its own of an interruption that comes meanwhile.
    """
    return hashlib.sha256(repr(values).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _is_new(path: Path) -> bool:
    """Whether there is nothing at the path yet; read without SQLite, which may tidy up what it opens.

    Raises:
        ProblemError: there is something else than a results file of this schema.
    """
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError:
        return True
    if not head:
        return True
    wanted = f"store must be a quantbc results file of schema {_SCHEMA}, got {str(path)!r}"
    if not head.startswith(_MAGIC) or len(head) < 100:
        raise ProblemError(f"{wanted}, which is not an SQLite database")
    schema, application = int.from_bytes(head[60:64]), int.from_bytes(head[68:72])
    if application != _APPLICATION:
        raise ProblemError(f"{wanted}, a database of another program (application id {application:#x})")
    if schema != _SCHEMA:
        age = "a newer" if schema > _SCHEMA else "an older"
        raise ProblemError(f"{wanted} of schema {schema}, written by {age} version of quantbc")
    return False
