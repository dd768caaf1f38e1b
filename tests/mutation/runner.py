"""One forked process a mutant."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from tests.mutation.mutants import ROOT, Mutant

_LIBRARIES = (
    *("numpy", "scipy.stats", "scipy.optimize", "scipy.special", "sympy", "mpmath", "z3", "flint", "cvc5", "sklearn"),
    *("hypothesis", "hypothesis.strategies", "hypothesis.extra.numpy", "matplotlib.pyplot", "pytest"),
)
_ARGUMENTS = (
    *("-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--import-mode=importlib", "--assert=plain", "--tb=no"),
    *("-o", "addopts=", "--timeout=200"),
)
_SECONDS = 240  # of one mutant; one of proofs_check that survived took 82 to 141, two at a time
_EXAMPLES = 25
_NOTHING_RAN = 5  # pytest's exit status
_OWN, _OTHER, _IMPORT = 10, 11, 12


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: killed by its own tests, by others of the package, by the clock, or not at all."""

    SURVIVED = "survived"

    mutant: Mutant
    word: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """A line of the report."""
        return {
            "name": self.mutant.name,
            "line": self.mutant.line,
            "kind": self.mutant.kind,
            "verdict": self.word,
            "seconds": round(self.seconds, 2),
            "change": self.mutant.change,
        }


def preload() -> None:
    """Load what is not ours, so that a mutant's process need not."""
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    sys.path.insert(0, str(ROOT))
    for name in _LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:  # an extra that is not installed
            continue
    from hypothesis import settings

    settings.register_profile("mutation", deadline=None, derandomize=True, database=None, max_examples=_EXAMPLES)
    settings.load_profile("mutation")
    ours = {name for name in sys.modules if name.split(".")[0] in ("bounds", "simulators", "proofs_check", "quantbc")}
    if ours:
        raise RuntimeError(f"a mutant would not be imported anew: {sorted(ours)}")


def clean_run(package: str) -> dict[str, float]:
    """CPU seconds of every test of a package on unchanged code.

    Raises:
        RuntimeError: a test fails there; no verdict on a mutant would mean anything.
    """
    receive, send = multiprocessing.Pipe(duplex=False)
    pid = os.fork()
    if not pid:
        _isolate()
        clock = _Clock()
        _tests([str(ROOT / "tests" / package)], clock)
        send.send(clock)
        os._exit(0)
    clock = receive.recv()
    os.waitpid(pid, 0)
    if clock.failed or not clock.seconds:
        raise RuntimeError(f"the tests of {package} fail on unchanged code: {clock.failed}")
    return clock.seconds


def run_all(mutants: Iterator[Mutant], seconds: dict[str, float], longest: float, workers: int) -> Iterator[Verdict]:
    """Try every mutant; verdicts come as they fall.

    Args:
        mutants: what to try.
        seconds: what the tests take; the quick ones go first.
        longest: other modules' tests that take longer are left out.
        workers: processes at a time.
    """
    running: dict[int, tuple[Mutant, float]] = {}
    more = True
    while more or running:
        while len(running) < workers and (mutant := next(mutants, None)):
            running[_start(mutant, seconds, longest)] = mutant, time.monotonic()
        more = len(running) == workers
        time.sleep(0.02)
        for pid, (mutant, since) in list(running.items()):
            elapsed = time.monotonic() - since
            if elapsed > _SECONDS:
                os.killpg(pid, signal.SIGKILL)
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del running[pid]
                yield Verdict(mutant, _word(os.waitstatus_to_exitcode(status)), elapsed)


def _word(code: int) -> str:
    if code < 0:
        return "killed by the clock"
    words = {0: Verdict.SURVIVED, _OWN: "killed by its own tests", _OTHER: "killed by other tests"}
    return {**words, _IMPORT: "killed on import"}[code]


def _start(mutant: Mutant, seconds: dict[str, float], longest: float) -> int:
    pid = os.fork()
    if not pid:
        _isolate()
        os._exit(_fate(mutant, seconds, longest))
    return pid


def _isolate() -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    os.chdir(ROOT)


def _fate(mutant: Mutant, seconds: dict[str, float], longest: float) -> int:
    sys.meta_path.insert(0, _Finder(mutant))
    try:
        module = importlib.import_module(mutant.module)
    except Exception:  # whatever it raises, the tests could not even start
        return _IMPORT
    assert str(module.__file__).startswith(str(ROOT))
    top, *rest = mutant.module.split(".")
    tests = ROOT / "tests" / top
    own = tests.joinpath(*rest).with_name(f"test_{rest[-1]}.py") if rest else tests / "nothing"
    if own.exists() and _tests([str(own)], _Quickest(seconds, float("inf"))):
        return _OWN
    return 0 if _tests([str(tests), f"--ignore={own}"], _Quickest(seconds, longest)) in (0, _NOTHING_RAN) else _OTHER


def _tests(arguments: Sequence[str], plugin: object) -> int:
    import pytest

    return int(pytest.main([*_ARGUMENTS, *arguments], plugins=[plugin]))


class _Clock:
    """Measures the tests."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self._since = 0.0

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logstart(self) -> None:
        self._since = time.process_time()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] = time.process_time() - self._since


class _Quickest:
    """Puts quick tests first and leaves out long ones."""

    def __init__(self, seconds: dict[str, float], longest: float) -> None:
        self._seconds = seconds
        self._longest = longest

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items.sort(key=lambda item: self._seconds.get(item.nodeid, 0.0))
        items[:] = [item for item in items if self._seconds.get(item.nodeid, 0.0) <= self._longest]


class _Finder(importlib.abc.MetaPathFinder):
    """Serves one module's changed source from memory; no file is touched."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(self, name: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self._mutant.module:
            return None
        return importlib.util.spec_from_file_location(name, self._mutant.path, loader=_Loader(name, self._mutant))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, mutant: Mutant) -> None:
        super().__init__(name, str(mutant.path))
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._mutant.source, self.path, "exec", dont_inherit=True)
