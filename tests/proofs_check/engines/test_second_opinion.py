import signal

import pytest
import sympy
import z3

pytest.importorskip("cvc5")

from proofs_check.engines.induction import All, Induction
from proofs_check.engines.second_opinion import Opinions, available, smt_claims
from proofs_check.engines.smt import Smt
from proofs_check.engines.symbolic import Identity

x, y = z3.Reals("x y")
TRUE = Smt(x * y <= 1, {"x": z3.And(x >= 0, x <= 1), "y": z3.And(y >= 0, y <= 1)})
FALSE = Smt(x * y <= 1)


def test_cvc5_agrees_with_what_is_true_and_disagrees_with_what_is_not():
    assert available()
    with Opinions() as cvc5:
        assert cvc5.ask(TRUE) == "agrees"
        assert cvc5.ask(FALSE) == "disagrees"


def test_the_worst_answer_speaks_for_the_obligation():
    with Opinions() as cvc5:
        assert cvc5.on(All((TRUE, FALSE))) == "disagrees"
        assert cvc5.on(Induction(TRUE, TRUE, "n")) == "agrees"
        assert cvc5.on(Identity(sympy.Integer(1), sympy.Integer(1))) is None
    assert list(smt_claims(All((TRUE, Induction(FALSE, TRUE, "n"))))) == [TRUE, FALSE, TRUE]


def test_a_solver_that_does_not_come_back_is_replaced():
    with Opinions(patience=60) as cvc5:
        cvc5.ask(TRUE)
        assert cvc5._worker is not None
        cvc5._patience = 0.2
        cvc5._worker.send_signal(signal.SIGSTOP)
        assert cvc5.ask(TRUE) == "open"
    with Opinions() as cvc5:
        assert cvc5.ask(TRUE) == "agrees"
