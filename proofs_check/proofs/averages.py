"""Readings of the statements whose imitation term is the price of random hazards; the kernel proves the statements."""

from __future__ import annotations

import sympy

from bounds.catalog import catalog
from bounds.price import FOUR_HELLINGER
from bounds.symbols import symbol
from proofs_check.engines.induction import All
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import readings, witnesses
from proofs_check.proofs.readings import Radius, gamma

_T = sympy.Symbol("t", integer=True, positive=True)
_H = sympy.Symbol("h", integer=True, positive=True)


def _by_step(key: str, error: sympy.Expr) -> tuple[Step, ...]:
    """Decoupling and drift of an error that is the same at every step."""
    return (
        *readings.decoupling_steps(key, symbol("L") * error * gamma(_T), _T),
        readings.drift_step(key, error * gamma(_H), error, _H),
    )


def _at_once() -> Step:
    """The catalog's decoupling and drift are the total error times the weights of the first step."""
    parts, H = catalog["theorem_2_average"].parts("sharp"), symbol("H")
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    g = symbol("C") * symbol("eta") ** j
    total = H * symbol("horizon_average_error")
    moved = sympy.Sum((H - 1 - j) * g, (j, 0, H - 2))
    lost = readings.identity(parts["decoupling"], total * symbol("L") * moved)
    drift = readings.identity(parts["drift"], total * (symbol("L_x") * sympy.Sum(g, (j, 0, H - 2)) + symbol("L_u")))
    short = readings.identity(parts["drift"], total * (symbol("L_x") * sympy.Sum(g, (j, 0, H - 2)) + symbol("L_u") / 2))
    return Step(
        "at_once",
        "The catalog's decoupling is L H horizon_average_error times sum_j (H - 1 - j) g_j, its drift H "
        "horizon_average_error (L_x Gamma_H + L_u): the weights of the first step.",
        All((lost, drift)),
        (Mutant("half of L_u", short),),
    )


def _learnt(key: str) -> Step:
    """The simple imitation term of a learnt class."""
    return readings.imitation_step(key, "simple", Radius(1, True, weight=FOUR_HELLINGER.weight))


def proofs() -> tuple[Proof, ...]:
    """Which recursions and radii the terms are, and the witness that attains them."""
    mean, stochastic, averaged = symbol("average_error"), "average_error_stochastic", "theorem_2_average"
    read = {
        "theorem_1": _by_step("theorem_1", mean + symbol("eps_prime")),
        averaged: (_at_once(), _learnt(averaged)),
        stochastic: (*_by_step(stochastic, mean), _learnt(stochastic)),
    }
    return tuple(
        Proof(key, theorem.title, "theorem", theorem.provenance.value, theorem.source, (*steps, witnesses.tight(key)))
        for key, steps in read.items()
        for theorem in (catalog[key],)
    )
