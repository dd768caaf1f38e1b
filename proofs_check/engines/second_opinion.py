"""A second solver for SMT claims: cvc5, where it is installed. It can agree, leave the claim open, or disagree."""

from __future__ import annotations

import importlib.util
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import z3

from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt
from proofs_check.ledger import Obligation

AGREES, OPEN, DISAGREES = "agrees", "open", "disagrees"
TIME_LIMIT_MS = 150


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


def _serve(pipe: Connection) -> None:
    while True:
        pipe.send(decide(pipe.recv()))


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
        self._context = multiprocessing.get_context("spawn")
        self._worker: BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Opinions:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.join()
        if self._pipe is not None:
            self._pipe.close()
        self._worker = self._pipe = None

    def _start(self) -> Connection:
        if self._pipe is None:
            self._pipe, far = self._context.Pipe()
            self._worker = self._context.Process(target=_serve, args=(far,), daemon=True)
            self._worker.start()
            far.close()
            self._pipe.send(exported(Smt(z3.BoolVal(True))))  # the first answer includes the start of the process
            if self._pipe.poll(60):
                self._pipe.recv()
        return self._pipe

    def ask(self, claim: Smt) -> str:
        """The negated claim is unsat (agrees), sat (disagrees), or cvc5 does not say (open)."""
        pipe = self._start()
        pipe.send(exported(claim))
        if not pipe.poll(self._patience):
            self._stop()
            return OPEN
        return {"unsat": AGREES, "sat": DISAGREES}.get(pipe.recv(), OPEN)

    def on(self, obligation: Obligation) -> str | None:
        """One word for an obligation: disagrees beats open beats agrees; None if nothing in it is an SMT claim."""
        answers = {self.ask(claim) for claim in smt_claims(obligation)}
        return next((word for word in (DISAGREES, OPEN, AGREES) if word in answers), None)
