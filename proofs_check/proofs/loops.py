"""Closed loops: one recursion for every statement in which the policy answers to the displacement of the state.

Each statement bounds the action's displacement by slope times the state's plus an input; from there on all are alike.
The runs are coupled as the statement says: noise shared, or labels coupled step by step.
"""

from __future__ import annotations

import z3

from proofs_check.axioms import COUPLING, EXPECTATION, TOWER
from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import cores
from proofs_check.proofs import elementary as el
from proofs_check.proofs import master as ma
from proofs_check.proofs.greedy import SOURCE

KEY = "loops"
RECURSION = f"{KEY}/recursion"
SOLVED = f"{KEY}/solved"
LOST = f"{KEY}/lost"
SHARED = f"{KEY}/shared_noise"
MEAN = f"{KEY}/in_mean"
REFERENCE = f"{KEY}/reference"


def answered(move: z3.ArithRef, slope: z3.ArithRef, dist: z3.ArithRef, put: z3.ArithRef) -> z3.BoolRef:
    """The action's displacement is at most slope times the state's plus an input."""
    return move <= slope * dist + put


def _recursion() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    c, eta, slope, put, past, big, dist, move = z3.Reals("C eta slope input past E dist move")
    ranges = {"constants": z3.And(c >= 0, eta >= 0, slope >= 0)}
    dominated = Induction(
        Smt(past <= big, {"h = 1": z3.And(past == 0, big == 0)}),
        Smt(
            eta * past + c * move <= eta * big + c * (slope * big + put),
            {**ranges, "P(h)": past <= big, "stability": dist <= past, "answer": answered(move, slope, dist, put)},
        ),
        "h from 1; past stands for the sum of C eta^(h-1-t) times the actions' displacements, in mean or surely",
    )
    s, g = z3.Reals("s g")
    solved = Smt(
        eta * big + c * (slope * big + put) == put * c * (s + g),
        {"E": big == put * c * s},
        {el.GEOMETRIC: s + g == (eta + c * slope) * s + 1},
    )
    lx, lu, loss, dx, du = z3.Reals("L_x L_u loss dx du")
    lost = Smt(
        loss <= lx * big + lu * (slope * big + put),
        {
            "Lipschitz": loss <= lx * dx + lu * du,
            "constants": z3.And(lx >= 0, lu >= 0, slope >= 0),
            "answer": answered(du, slope, dx, put),
        },
        {RECURSION: dx <= big},
    )
    return (
        Step(
            "recursion",
            "With gains C eta^j and actions displaced by at most slope times the state's displacement plus an input, "
            "the state's displacement is at most E_h: E_1 = 0, E_(h+1) = eta E_h + C (slope E_h + input).",
            dominated,
            (
                Mutant("gain C dropped, one step", Smt(c * move <= put, {**ranges, "move": move <= put})),
                Mutant(
                    "slope may be negative, second step",
                    Smt(
                        c * (put + slope * dist) <= c * (put + slope * big),
                        {"signs": z3.And(c >= 0, put >= 0), "dist": z3.And(dist >= 0, dist <= big)},
                    ),
                ),
            ),
            (ma.DISPLACEMENT,),
            r"e_{h+1} = \eta e_h+C(\ell e_h+j)",
        ),
        Step(
            "solved",
            "For a constant input j the recursion is solved by E_h = j C (1 + rho + ... + rho^(h-2)), rho = eta + C "
            "slope.",
            solved,
            (
                Mutant("rho = eta", solved.concluding(put * c * (s + g) == put * c * (eta * s + 1))),
                Mutant("geometric sum dropped", solved.without(el.GEOMETRIC)),
            ),
            (RECURSION, el.GEOMETRIC),
            r"e_h = jC\sum_{i\le h-2}(\eta+C\ell)^i",
        ),
        Step(
            "lost",
            "A step on which labels agree loses at most L_x E_h + L_u (slope E_h + input), in mean or surely.",
            lost,
            (
                Mutant("feedback forgotten", lost.concluding(loss <= lx * big + lu * put)),
                Mutant("displacement not bounded", lost.without(RECURSION)),
                Mutant("reward not Lipschitz", lost.without("Lipschitz")),
            ),
            (RECURSION, EXPECTATION.reference),
            r"\ell_h \le L_xe_h+L_u(\ell e_h+j)",
        ),
    )


def _answers() -> tuple[Step, ...]:  # long: one argument after the other, side by side
    a1, a2, a3, a4, total, eps, ell, e = z3.Reals("code_new map_gap code_old label_gap total eps ell e")
    shared = Smt(
        answered(total, ell, e, 3 * eps),
        {
            "triangle": total <= a1 + a2 + a3 + a4,
            "sup error": z3.And(a1 <= eps, a3 <= eps, a4 <= eps),
            "Lipschitz, the noise shared": a2 <= ell * e,
        },
    )
    jump, gap, raw, mean, far, tv, largest = z3.Reals("jump label_gap raw_gap mean_error wrong tv eps_max")
    in_mean = Smt(
        answered(total, ell, e, jump + mean + largest * tv),
        {
            "triangle": total <= gap + raw,
            "coupled": gap <= ell * e + jump,
            "right labels": raw <= mean + far,
            "wrong labels": z3.And(far <= largest * tv, largest >= 0),
        },
        {},
    )
    sure = Smt(
        answered(total, ell, e, jump + eps),
        {"triangle": total <= gap + raw, "coupled": gap <= ell * e + jump, "sup error": raw <= eps},
    )
    d_new, d_old, d = z3.Reals("d_new d_old d")
    own = Smt(
        d <= 3 * eps,
        {"subtract": d <= d_new + d_old, "codes": z3.And(d_new <= eps, d_old <= 2 * eps)},
    )
    regret, drift, loss = z3.Reals("regret drift lost")
    reference = Smt(regret <= drift, {"own path": regret <= loss}, {cores.GOOD_SUM: loss <= drift})
    return (
        Step(
            "shared_noise",
            "Noise xi shared: the codes of g(x^, xi) and g(x-, xi) are within ell e + 2 eps_q of each other, the raw "
            "action with the latter code within eps_q of it.",
            shared,
            (
                Mutant("two errors", shared.concluding(answered(total, ell, e, 2 * eps))),
                Mutant("no sup error", shared.without("sup error")),
                Mutant("noise not shared", shared.without("Lipschitz, the noise shared")),
            ),
            (COUPLING.reference,),
            r"|\hat u-v| \le \ell|\hat x-\bar x|+3\varepsilon_q",
        ),
        Step(
            "in_mean",
            "Labels coupled step by step: E|u^ - u-| <= ell' e + J, and E|u- - v| <= mean error under the expert + "
            "eps_max TV, as u- and v are a function of one chain only.",
            in_mean,
            (
                Mutant("wrong labels cost nothing", in_mean.concluding(answered(total, ell, e, jump + mean))),
                Mutant("labels not coupled", in_mean.without("coupled")),
            ),
            (COUPLING.reference, TOWER.reference, EXPECTATION.reference, ma.LAW),
            r"E|\hat u-v| \le \ell'e+J+\bar e+\varepsilon_{\max}TV",
        ),
        Step(
            "in_mean_sup",
            "With a sup error, E|u^ - v| <= ell' e + J + eps_q.",
            sure,
            (
                Mutant("no jump", sure.concluding(answered(total, ell, e, eps))),
                Mutant("no sup error", sure.without("sup error")),
            ),
            (COUPLING.reference, TOWER.reference, EXPECTATION.reference),
            r"E|\hat u-v| \le \ell'e+J+\varepsilon_q",
        ),
        Step(
            "own_loop",
            "u^ = g(x^, xi) + d^ with |d^| <= eps_q, v = g(x-, xi) + d- with |d-| <= 2 eps_q (same bin): both run the "
            "loop of g, their disturbances 3 eps_q apart.",
            own,
            (
                Mutant("two errors", own.concluding(d <= 2 * eps)),
                Mutant("codes anywhere", own.without("codes")),
            ),
            (COUPLING.reference,),
            r"|\hat d-\bar d| \le 3\varepsilon_q",
        ),
        Step(
            "reference",
            "Against the expert's own path nothing is lost to imitation: regret <= the sum of the steps' losses.",
            reference,
            (
                Mutant("a step's loss not bounded", reference.without(cores.GOOD_SUM)),
                Mutant("another path", reference.without("own path")),
            ),
            (cores.GOOD_SUM, LOST),
            r"\mathrm{Regret} \le \textstyle\sum_h\ell_h",
        ),
    )


def proof() -> Proof:
    """The recursion, and the ways in which its inputs arise."""
    return Proof(KEY, "Closed loops", "lemma", "ours", SOURCE, (*_recursion(), *_answers()))
