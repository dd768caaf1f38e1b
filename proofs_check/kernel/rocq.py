"""Compiling the sources with Rocq (Coq 8.16 or later, MathComp), in a folder of their own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from proofs_check.kernel.index import FOLDER, KernelError

INSTALL = (
    "apt-get install coq libcoq-mathcomp-ssreflect libcoq-mathcomp-algebra libcoq-mathcomp-algebra-tactics "
    "(Debian; Coq 8.16 or later with MathComp)"
)
"""How to get what the kernel needs, in one line."""

PROJECT = "_CoqProject"
"""The file that gives the sources their logical name, Quantbc."""

_ONCE_MORE = (
    'Set Warnings "-all".\nFrom mathcomp Require Import all_ssreflect all_algebra.\nLocal Open Scope ring_scope.\n'
)


def sources(folder: Path = FOLDER) -> tuple[Path, ...]:
    """The Rocq files, by name.

    Example:
        >>> "Master.v" in {path.name for path in sources()}
        True
    """
    return tuple(sorted(folder.glob("*.v")))


def hash_of(paths: Sequence[Path] | None = None) -> str:
    """SHA-256 over names and contents of the sources, as it stands beside the committed result.

    Example:
        >>> len(hash_of())
        64
    """
    digest = hashlib.sha256()
    for path in sources() if paths is None else paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def installed() -> bool:
    """Whether Rocq and MathComp are there to compile with."""
    if any(shutil.which(program) is None for program in ("coqc", "coq_makefile", "make")):
        return False
    library = Path(run(["coqc", "-where"], Path()).strip())
    return (library / "user-contrib" / "mathcomp" / "algebra" / "ssralg.vo").is_file()


def run(command: Sequence[str], folder: Path, *, errors_too: bool = False) -> str:
    """The output of a program of Rocq's; with what it says on stderr, where `coqchk` says all.

    Raises:
        KernelError: it fails; the message ends with its last lines.
    """
    program = shutil.which(command[0]) or command[0]
    posix = os.name == "posix"  # there make and its children are a group, none of which outlives an interruption
    with (
        subprocess.Popen(  # noqa: S603
            [program, *command[1:]],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0 if posix else None,
        ) as process
    ):
        try:
            output, errors = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL) if posix else process.kill()
            raise
    if process.returncode != 0:
        last = "\n".join((output + errors).strip().splitlines()[-12:])
        raise KernelError(f"{command[0]} failed in {folder}:\n{last}")
    return output + errors if errors_too else output


def build(folder: Path, *, jobs: int | None = None, source: Path = FOLDER) -> float:
    """Compile the sources in a folder; what is up to date there is not compiled again.

    Args:
        folder: where the compiled files go; made if it does not exist.
        jobs: how many files at a time, by default as many as there are processors, at most 2 GB of memory for 2.
        source: where the sources are.

    Returns:
        Seconds it took.

    Raises:
        KernelError: Rocq is not installed, or a file does not compile.
    """
    if not installed():
        raise KernelError(f"the kernel needs Rocq: {INSTALL}")
    start = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    given = sources(source)
    for stale in {path.stem for path in folder.glob("*.v")} - {path.stem for path in given}:
        for path in folder.glob(f"{stale}.*"):
            path.unlink()
    for path in (*given, source / PROJECT):
        copy = folder / path.name
        if not copy.is_file() or copy.read_bytes() != path.read_bytes():
            shutil.copyfile(path, copy)
    run(["coq_makefile", "-f", PROJECT, *(path.name for path in given), "-o", "Makefile"], folder)
    run(["make", "--no-print-directory", f"-j{jobs or os.cpu_count() or 1}"], folder)
    return time.perf_counter() - start


def query(folder: Path, text: str) -> str:
    """What Rocq answers to vernacular commands, with every compiled file at hand under its own name.

    Args:
        folder: a folder in which `build` has been.
        text: commands; the algebra's notations are on, our theorems are `File.name`.
    """
    files = " ".join(path.stem for path in sources(folder) if not path.name.startswith("query_"))
    script = folder / "query_.v"
    script.write_text(f"{_ONCE_MORE}From Quantbc Require {files}.\n{text}", encoding="utf-8")
    try:
        return run(["coqc", "-q", "-Q", ".", "Quantbc", script.name], folder)
    finally:
        for path in (*folder.glob("query_.*"), *folder.glob(".query_.*")):
            path.unlink()


def coqchk(folder: Path) -> float:
    """The independent checker reads the proof terms of every compiled file of ours again.

    What they require of MathComp and of Rocq's library is loaded and not read again (option -norec).

    Returns:
        Seconds it took.

    Raises:
        KernelError: it rejects a file, or finds an axiom among ours.
    """
    start = time.perf_counter()
    ours = [word for path in sources(folder) for word in ("-norec", f"Quantbc.{path.stem}")]
    context = run(["coqchk", "-silent", "-o", "-Q", ".", "Quantbc", *ours], folder, errors_too=True)
    assumed = re.findall(r"^\s+(Quantbc\.\S+)", context, flags=re.MULTILINE)
    if assumed:
        raise KernelError(f"coqchk finds assumed, of ours: {', '.join(assumed)}")
    return time.perf_counter() - start
