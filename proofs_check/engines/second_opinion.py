"""A second solver for SMT claims: cvc5, where it is installed. It can agree, leave the claim open, or disagree."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import z3

from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt
from proofs_check.ledger import Obligation

AGREES, OPEN, DISAGREES = "agrees", "open", "disagrees"
TIME_LIMIT_MS = 150
ABANDONED_SECONDS = 60
"""Longer than anyone waits for one answer."""


def available() -> bool:
    """Whether cvc5 is installed."""
    return importlib.util.find_spec("cvc5") is not None


def smt_claims(obligation: Obligation) -> Iterator[Smt]:
    """The SMT claims an obligation is made of."""
    if isinstance(obligation, Smt):
        yield obligation
    elif isinstance(obligation, Induction):
        yield from smt_claims(obligation.base)
        yield from smt_claims(obligation.step)
    elif isinstance(obligation, All):
        for part in obligation.parts:
            yield from smt_claims(part)


def exported(claim: Smt) -> str:
    """Hypotheses, lemma instances and negated goal as an SMT-LIB script."""
    solver = z3.Solver()
    solver.add(*claim.given(), z3.Not(claim.goal))
    return "(set-logic QF_NRA)\n" + str(solver.to_smt2())


def decide(script: str) -> str:
    """Run cvc5 on a script: sat, unsat, or anything else for no answer."""
    import cvc5

    solver = cvc5.Solver(cvc5.TermManager())
    solver.setOption("nl-cov", "true")
    solver.setOption("tlimit-per", str(TIME_LIMIT_MS))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "claim")
    answer = ""
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return answer
        answer = str(command.invoke(solver, parser.getSymbolManager())).strip() or answer


def serve() -> None:
    """Answer scripts, one JSON string a line, until the input ends.

    Ctrl-C reaches the whole process group; whoever asks decides what becomes of it. An alarm ends a solver that comes
    back to nobody.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        if hasattr(signal, "alarm"):
            signal.alarm(ABANDONED_SECONDS)
        sys.stdout.write(decide(json.loads(line)) + "\n")
        sys.stdout.flush()


class Opinions:
    """cvc5 in a process of its own, which is replaced when it does not come back in time.

    Its time limit is not honoured inside some algebraic routines, so patience is enforced from outside.

    Example:
        >>> x = z3.Real("x")
        >>> with Opinions() as cvc5:
        ...     cvc5.on(Smt(x * x >= 0)) if available() else "agrees"
        'agrees'
    """

    def __init__(self, *, patience: float = 3.0) -> None:
        """Nothing starts before the first question.

        Args:
            patience: seconds before an unanswered question counts as open.
        """
        self._patience = patience
        self._worker: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> Opinions:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()
        self._worker = None

    def _start(self) -> None:
        if self._worker is None:
            command = [sys.executable, "-m", "proofs_check.engines.second_opinion"]
            self._worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 (our own module)
            self._answers = queue.SimpleQueue()
            threading.Thread(target=_collect, args=(self._worker, self._answers), daemon=True).start()
            self._send(exported(Smt(z3.BoolVal(True))), 60.0)  # the first answer includes the start of the process

    def _send(self, script: str, patience: float) -> str:
        if self._worker is None or self._worker.stdin is None:
            return ""
        try:
            self._worker.stdin.write(json.dumps(script) + "\n")
            self._worker.stdin.flush()
            return self._answers.get(timeout=patience)
        except (queue.Empty, BrokenPipeError):
            self._stop()
            return ""

    def ask(self, claim: Smt) -> str:
        """The negated claim is unsat (agrees), sat (disagrees), or cvc5 does not say (open)."""
        self._start()
        return {"unsat": AGREES, "sat": DISAGREES}.get(self._send(exported(claim), self._patience), OPEN)

    def on(self, obligation: Obligation) -> str | None:
        """One word for an obligation: disagrees beats open beats agrees; None if nothing in it is an SMT claim."""
        answers = {self.ask(claim) for claim in smt_claims(obligation)}
        return next((word for word in (DISAGREES, OPEN, AGREES) if word in answers), None)


def _collect(worker: subprocess.Popen[str], answers: queue.SimpleQueue[str]) -> None:
    """Pass lines on until the worker ends, then an empty answer so that nobody waits for it."""
    with contextlib.suppress(ValueError):  # the pipe is closed under us when the worker is replaced
        for line in worker.stdout or ():
            answers.put(line.strip())
    answers.put("")


if __name__ == "__main__":
    serve()
