"""Faults in numbers: kills, broken disks, interruptions, damaged files, two writers; what was tried, and what was lost.

`python -m tests.fuzz.bench --cases 10000 --out docs/faults.md` writes the table of that run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from quantbc.errors import LostError, ProblemError
from quantbc.problem.file import load
from quantbc.sweeps.export import export_csv
from quantbc.sweeps.store import Outcome, Store
from quantbc.sweeps.sweep import Axis, Cell, Sweep
from tests.fuzz.broken import ODD_VALUES, _toml
from tests.fuzz.harness import faults, run
from tests.problems import PROBLEM
from tests.quantbc.audit.conftest import WRITERS, linear_data, write_npz

sys.path.append(str(Path(__file__).parents[1] / "quantbc" / "support"))  # worker processes import it by this name
toy_cells = importlib.import_module("toy_cells")

COUNT = 40
SWEEP = Sweep("bench", (Axis("x", tuple(range(COUNT))),), (0,), "1")
CELLS = tuple(SWEEP.cells())
REFUSE_SECONDS, END_SECONDS = 1.0, 2.0
COMMANDS = (
    ("theorems",),
    (
        *("bound", "--theorem", "theorem_2", "--horizon", "50", "--eps-q", "0.001", "--demos", "1000"),
        *("--delta", "0.05", "--class-size", "256", "--gain", "0.5", "--decay", "0.5", "--tv-lipschitz", "2"),
    ),
    ("verify",),
    ("figures", "--out", "drawn"),
    ("report", "--quick", "--out", "report"),
    *(("simulate", "problem.toml", "--workers", count, "--out", "begun") for count in ("1", "2")),
    *(("simulate", "huge.toml", "--workers", count, "--out", "new") for count in ("1", "2")),
    ("results", "begun/results.sqlite", "--json", "--csv", "cells.csv"),
    ("audit", "data.npz"),
    ("certify", "data.npz", "data.npy"),
)
"""What is interrupted, in a folder that `_place` makes."""


@dataclass
class Found:
    """What one case did.

    Attributes:
        outcome: a word for how it ended.
        lost: finished cells that are gone.
        wrong: numbers that are shown and were never computed.
        faults: whatever else is not as promised, in words.
    """

    outcome: str = "went on"
    lost: int = 0
    wrong: int = 0
    faults: list[str] = field(default_factory=list)


Case = Callable[[random.Random, Path], Found]


def value(cell: Cell) -> str:
    return f'{{"value": {cell.settings["x"] / 7!r}}}'


def outcomes(cells: list[Cell]) -> list[Outcome]:
    return [Outcome(cell, value(cell), None) for cell in cells]


def compared(path: Path, said: list[Cell], found: Found) -> Found:
    """Count what is gone and what is wrong among the cells of a store."""
    with Store(path) as store:
        for cell in said:
            found.lost += not store.finished(cell)
        for cell, result, _ in store.outcomes(CELLS):
            found.wrong += result is not None and result != {"value": cell.settings["x"] / 7}
    return found


def filled(path: Path) -> Path:
    with Store(path) as store:
        store.record(SWEEP)
        store.put(outcomes(list(CELLS)))
    return path


class Failing:
    """A connection to a disk that breaks at some statement, for once or for good."""

    def __init__(self, connection: Any, good: int, message: str, *, forever: bool) -> None:
        self._connection, self._good, self._message, self._forever = connection, good, message, forever

    def execute(self, *arguments: Any) -> Any:
        self._good -= 1
        if self._good == 0 or (self._forever and self._good < 0):
            raise sqlite3.OperationalError(self._message)
        return self._connection.execute(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def broken_disk(rng: random.Random, folder: Path) -> Found:
    """ENOSPC and EIO at any statement between rows."""
    path, said, found = folder / "results.sqlite", [], Found()
    message = rng.choice(["database or disk is full", "disk I/O error"])
    try:
        with Store(path) as store:
            store.record(SWEEP)
            failing: Any = Failing(store._connection, rng.randint(1, 60), message, forever=rng.random() < 0.5)
            store._connection = failing
            for start in range(0, COUNT, 4):
                cells = list(CELLS[start : start + 4])
                store.put(outcomes(cells))
                said += cells
    except (ProblemError, LostError) as error:
        found.outcome = "refused" if message in str(error) else "refused otherwise"
    except sqlite3.Error as error:
        found.faults.append(f"{type(error).__name__}: {error}")
    return compared(path, said, found)


def killed(rng: random.Random, folder: Path) -> Found:
    """SIGKILL of the whole group after any number of rows."""
    path, count = folder / "results.sqlite", 200
    with toy_cells.program(path, "tiny", count, rng.choice([1, 1, 2]), folder) as program:
        assert program.stdout is not None
        rows = [program.stdout.readline() for _ in range(rng.randint(1, count))]
        os.killpg(program.pid, signal.SIGKILL)
    found = Found("killed")
    with Store(path) as store:
        kept = [(cell, result) for cell, result, _ in store.outcomes(toy_cells.sweep(count, folder).cells()) if result]
    found.lost = max(0, rows.count("stored\n") - len(kept))
    found.wrong = sum(result != toy_cells.tiny(cell) for cell, result in kept)
    return found


def _as_in_a_terminal() -> None:
    """Signals as a shell leaves them, whatever those who run the tests ignore."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@cache
def _place() -> tempfile.TemporaryDirectory[str]:
    """What the commands need: data, a study of 10⁹ cells, and one of 16 000 that has been begun."""
    place = tempfile.TemporaryDirectory()
    folder = Path(place.name)
    for name, horizons in {"problem": 2, "huge": 125_000}.items():
        text = PROBLEM.replace("[0, 1]", str(list(range(2000)))).replace("[3, 6]", str(list(range(3, 3 + horizons))))
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    data = linear_data((400,) * 20)
    write_npz(data, folder / "data.npz")
    np.save(folder / "data.npy", np.concatenate(data.actions))
    with _started(COMMANDS[5], folder) as program:
        while not any(file.stat().st_size > 2**20 for file in folder.glob("begun/*")):
            time.sleep(0.05)
        program.send_signal(signal.SIGTERM)
        program.communicate()
    return place


def _started(command: tuple[str, ...], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "quantbc", *command],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_as_in_a_terminal,
    )


def interrupted(rng: random.Random, folder: Path) -> Found:
    """Any command, any of three signals, once or twice, at any moment after its start."""
    shutil.copytree(_place().name, folder, dirs_exist_ok=True)
    command, number = rng.choice(COMMANDS), rng.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    program = _started(command, folder)
    while program.poll() is None and not _listens(program.pid):
        time.sleep(0.01)
    time.sleep(rng.choice([0.0, 0.5, 4.0]) * rng.random())
    start = time.monotonic()
    for pause in rng.choice([(0.0,), (0.0, 0.2 * rng.random())]):
        time.sleep(pause)
        with suppress(ProcessLookupError):
            os.killpg(program.pid, number)
    _, said = program.communicate(timeout=60)
    found, seconds = Found(f"exit {program.returncode}"), time.monotonic() - start
    if program.returncode not in (130, 0, -number):  # the last one while Python itself is taken down
        found.faults.append(f"{command[0]}: exit {program.returncode}, {said.strip()[-200:]}")
    if program.returncode == 130 and "interrupted" not in said:
        found.faults.append(f"{command[0]}: says nothing")
    if "Traceback" in said or "Warning" in said:
        found.faults.append(f"{command[0]}: {said.strip().splitlines()[-1]}")
    if seconds > END_SECONDS:
        found.faults.append(f"{command[0]}: {seconds:.1f} s")
    time.sleep(0.2)
    if _living(program.pid):
        found.faults.append(f"{command[0]}: a process is left")
    for store in folder.rglob("*.sqlite"):
        with Store(store) as results:
            list(results.sweeps())
    return found


def _listens(pid: int) -> bool:
    """Whether the process handles SIGTERM, which Python by itself does not."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False


def _living(session: int) -> bool:
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of = status.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[:4]
            if int(of) == session and state not in "ZX":
                return True
    return False


def problem_file(rng: random.Random, folder: Path) -> Found:
    """A problem file with values replaced and bytes flipped is read or refused, soon and in one line."""
    lines = PROBLEM.splitlines()
    for _ in range(rng.choice([1, 1, 1, 2])):
        at = rng.randrange(len(lines))
        key, equals, _ = lines[at].partition("=")
        lines[at] = (
            f"{key}= {_toml(rng.choice(ODD_VALUES) or 0)}" if equals else rng.choice(["", "[", "[[a]]", lines[at]])
        )
    content = "\n".join(lines).encode()
    path = folder / "problem.toml"
    path.write_bytes(flipped(rng, content) if rng.random() < 0.2 else content)
    found, start = Found("read"), time.process_time()
    try:
        load(path)
    except ProblemError:
        found.outcome = "refused"
    except Exception as error:  # that is what this looks for
        found.faults.append(f"{type(error).__name__}: {str(error)[:80]}")
    if time.process_time() - start > REFUSE_SECONDS and found.outcome == "refused":
        found.faults.append(f"refused after {time.process_time() - start:.1f} s")
    return found


def flipped(rng: random.Random, content: bytes) -> bytes:
    result = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(max(len(result), 1))
        kind = rng.choice(["flip", "flip", "flip", "insert", "remove", "cut", "zero"])
        if kind == "flip" and result:
            result[min(at, len(result) - 1)] ^= 1 << rng.randrange(8)
        elif kind == "insert":
            result[at:at] = rng.randbytes(3)
        elif kind == "remove":
            del result[at : at + rng.randint(1, 64)]
        elif kind == "cut" and rng.random() < 0.3:
            del result[at:]
        elif kind == "zero":
            result[at : at + 64] = bytes(len(result[at : at + 64]))
    return bytes(result)


def demonstrations(rng: random.Random, folder: Path) -> Found:
    """A demonstration file of any layout with bytes flipped is audited, or refused in one line."""
    path = WRITERS[rng.choice(sorted(WRITERS))](linear_data((8, 6, 7)), folder)
    victim = rng.choice([file for file in sorted(folder.rglob("*")) if file.is_file()])
    victim.write_bytes(flipped(rng, victim.read_bytes()))
    ending = run(("audit", str(path), "--tokenizer", "uniform", "--bins", "8"))
    return Found({0: "audited", 2: "refused"}.get(ending.status or 0, "audited"), faults=faults(ending))


def damaged_store(rng: random.Random, folder: Path) -> Found:
    """A store with bytes flipped shows what was computed, or nothing."""
    path = filled(folder / "results.sqlite")
    path.write_bytes(flipped(rng, path.read_bytes()))
    found = Found("read")
    try:
        with Store(path, read_only=True) as store:
            for cell, result, _ in store.outcomes(CELLS):
                found.wrong += result is not None and result != {"value": cell.settings["x"] / 7}
            store.sweeps()
    except (ProblemError, LostError):
        found.outcome = "refused"
    return found


def two_writers(rng: random.Random, folder: Path) -> Found:
    """Two runs take turns at one store and one table."""
    path, cells = folder / "results.sqlite", list(CELLS)
    rng.shuffle(cells)
    with Store(path) as first, Store(path) as second:
        for start in range(0, COUNT, 5):
            rng.choice([first, second]).put(outcomes(cells[start : start + 5]))
    tables = [[{"x": i} for i in range(rng.randint(1, 50))] for _ in range(2)]

    def meeting(rows: list[dict[str, int]]) -> Iterator[dict[str, int]]:
        export_csv(lambda: iter(tables[1]), folder / "cells.csv")
        yield from rows

    export_csv(lambda: meeting(tables[0]), folder / "cells.csv")
    found = compared(path, cells, Found("both went on"))
    lines = len((folder / "cells.csv").read_text(encoding="utf-8").splitlines())
    if lines != len(tables[0]) + 1 or {file.name for file in folder.iterdir()} != {"cells.csv", "results.sqlite"}:
        found.faults.append("the table is not the last one written, or something is left")
    return found


KINDS: dict[str, tuple[Case, float]] = {
    "disk full or broken at any statement between rows": (broken_disk, 0.22),
    "SIGKILL of all processes between rows": (killed, 0.03),
    "SIGINT, SIGTERM or SIGHUP, once or twice, at any moment of any command": (interrupted, 0.03),
    "problem files with values replaced and bytes flipped": (problem_file, 0.32),
    "demonstration files of every layout with bytes flipped": (demonstrations, 0.08),
    "stores with bytes flipped": (damaged_store, 0.22),
    "two writers of one store and one table": (two_writers, 0.10),
}
"""What is tried, and its share of the cases."""


@dataclass
class Row:
    """One line of the table."""

    kind: str
    cases: int = 0
    lost: int = 0
    wrong: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)


def bench(cases: int, seed: int, only: str = "") -> list[Row]:
    """Try so many cases, spread over the kinds."""
    rows = []
    for kind, (case, share) in KINDS.items():
        if only not in kind:
            continue
        rng, row = random.Random(f"{seed} {kind}"), Row(kind)  # noqa: S311 - no secret
        for _ in range(max(1, round(cases * share))):
            folder = Path(tempfile.mkdtemp())
            try:
                found = case(rng, folder)
            except Exception as error:  # the others are tried all the same
                found = Found("raised", faults=[f"{type(error).__name__}: {str(error)[:80]}"])
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            row.cases += 1
            row.lost += found.lost
            row.wrong += found.wrong
            row.outcomes[found.outcome] += 1
            row.faults.update(found.faults)
        rows.append(row)
    return rows


def page(rows: list[Row], seed: int, seconds: float) -> str:
    """The table as a page."""
    total = sum(row.cases for row in rows)
    lines = [
        "# Fault injection",
        "",
        f"Written by `make fuzz`: {total} cases, seed {seed}, {seconds / 60:.0f} minutes. *Lost* counts cells that a",
        "run had finished and that are missing from the store. *Wrong* counts numbers that were shown but never",
        "computed. *Other* counts all other broken promises: tracebacks, unexpected exit statuses, more than two",
        "seconds to exit after a signal or more than one to reject bad input, processes left behind.",
        "",
        "| fault | cases | how they ended | lost | wrong | other |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        ended = ", ".join(f"{word} {count}" for word, count in row.outcomes.most_common())
        lines.append(f"| {row.kind} | {row.cases} | {ended} | {row.lost} | {row.wrong} | {row.faults.total()} |")
    others = [f"- {kind} ({count})" for row in rows for kind, count in row.faults.most_common(10)]
    return "\n".join([*lines, *(["", "Other broken promises:", "", *others] if others else [])]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="part of the name of a fault")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    start = time.monotonic()
    rows = bench(given.cases, given.seed, given.only)
    text = page(rows, given.seed, time.monotonic() - start)
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    sys.exit(any(row.lost or row.wrong or row.faults for row in rows))


if __name__ == "__main__":
    main()
