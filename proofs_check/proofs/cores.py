"""The other ways in which the three terms arise: an event on which nothing goes wrong, and smooth kernels.

On the event that labels and states of two chains agree, deployment is driven by codes and the expert by raw actions.
That is all of Theorem 7, of the binning corollary and of the average-error form for deterministic labels.
"""

from __future__ import annotations

import z3

from proofs_check.axioms import COUPLING, DISINTEGRATION, EXPECTATION, TOWER
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, between, smallest
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import master as ma
from proofs_check.proofs import sums

KEY = "cores"
EVENT = f"{KEY}/event"
BINNED = f"{KEY}/closed_loop"
AVERAGE = f"{KEY}/average_decoupling"
KERNEL = f"{KEY}/kernel"
GOOD_SUM = f"{KEY}/good_sum"


def on_event(regret: z3.ArithRef, horizon: z3.ArithRef, bad: z3.ArithRef, drift: z3.ArithRef) -> z3.BoolRef:
    """Regret ≤ H P(bad) + what is lost on the good event."""
    return regret <= horizon * bad + drift


def _event() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    regret, h, bad, drift, good, lost_bad, lost_good = z3.Reals("regret H bad drift good lost_bad lost_good")
    event = Smt(
        on_event(regret, h, bad, drift),
        {
            "split": regret == lost_bad + lost_good,
            "rewards in [0, 1]": lost_bad <= h * bad,
            "good": lost_good <= drift,
        },
    )
    w, loss, cost, total = z3.Reals("w loss cost total")
    weighted = Induction(
        Smt(total <= drift, {"empty": z3.And(total == 0, drift == 0)}),
        Smt(
            total + w * loss <= drift + good * cost,
            {"part": z3.And(w >= 0, w <= good), "cost": z3.And(cost >= 0, loss <= cost), "P(i)": total <= drift},
        ),
        "pasts; w is the mass of the past on the good event, good its mass under the expert",
    )
    lx, lu, dx, du, s, e, r = z3.Reals("L_x L_u dx du s e r")
    one_step = Smt(
        loss <= lx * s + lu * e,
        {"Lipschitz": loss <= lx * dx + lu * du, "constants": z3.And(lx >= 0, lu >= 0)},
        {ma.DISPLACEMENT: dx <= s, f"{KEY}/code_error": du <= e},
    )
    good_sum = Induction(
        Smt(total <= drift, {"empty": z3.And(total == 0, drift == 0)}),
        Smt(total + loss <= drift + r, {"P(h)": total <= drift}, {f"{KEY}/good_step": loss <= r}),
        "h from 0; drift is the running sum of the step's bounds r",
    )
    code = Smt(du <= e, {"sup error": du <= r, "e": e == r})
    return (
        Step(
            "event",
            "Two runs coupled so that, off an event of probability P(bad), they are as the claim wants them: "
            "regret <= H P(bad) + expected loss "
            "on the good event. (By a maximal coupling P(bad) is the total variation of the two laws; for "
            "deterministic labels it is the mismatch.)",
            event,
            (
                Mutant("losses on the bad event not bounded", event.without("rewards in [0, 1]")),
                Mutant("bad event without the horizon", event.concluding(regret <= bad + drift)),
                Mutant("nothing lost on the good event", event.concluding(regret <= h * bad)),
            ),
            (COUPLING.reference, EXPECTATION.reference, ma.LAW),
            r"\mathrm{Regret} \le H\,P(\text{bad})+E[1_{\text{good}}\textstyle\sum\ell_h]",
        ),
        Step(
            "change_of_measure",
            "Where a past's mass on the good event is at most its mass under the expert, nonnegative costs on the "
            "event average to at most "
            "their expectation under the expert.",
            weighted,
            (
                Mutant(
                    "cost may be negative, one past",
                    Smt(w * loss <= good * cost, {"part": z3.And(w >= 0, w <= good), "cost": loss <= cost}),
                ),
                Mutant(
                    "mass may exceed the expert's, one past",
                    Smt(w * loss <= good * cost, {"cost": z3.And(cost >= 0, loss <= cost), "w": w >= 0}),
                ),
            ),
            (EXPECTATION.reference,),
            r"E[1_{\text{good}}c] \le E_*[c]",
        ),
        Step(
            "code_error",
            "On the good event the executed action is the code of the expert's raw action: within the sup error.",
            code,
            (Mutant("no sup error", code.without("sup error")),),
        ),
        Step(
            "good_step",
            "A step on the good event loses at most L_x Gamma_h eps_q + L_u eps_q: states driven by codes and by "
            "raw actions under shared noise.",
            one_step,
            (
                Mutant("not Lipschitz", one_step.without("Lipschitz")),
                Mutant("L_u dropped", one_step.concluding(loss <= lx * s)),
                Mutant("not stable", one_step.without(ma.DISPLACEMENT)),
            ),
            (ma.DISPLACEMENT, f"{KEY}/code_error"),
            r"\ell_h \le L_x\Gamma_h\varepsilon_q+L_u\varepsilon_q",
        ),
        Step(
            "good_sum",
            "Summed over h <= H, the losses on the good event are at most the sum of the steps' bounds.",
            good_sum,
            (
                Mutant("a step not bounded", Smt(total + loss <= drift + r, {"P(h)": total <= drift})),
                Mutant("99 percent of the bound, one step", Smt(loss <= z3.Q(99, 100) * r, {"loss": loss <= r})),
            ),
            (f"{KEY}/good_step", f"{KEY}/change_of_measure"),
        ),
    )


def _closed_loop() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    a1, a2, a3, a4, total, eps, ell, e, big = z3.Reals("code_new lipschitz_gap code_old label_gap total eps ell e E")
    triple = Smt(
        total <= 3 * eps + ell * e,
        {
            "triangle": total <= a1 + a2 + a3 + a4,
            "sup error": z3.And(a1 <= eps, a3 + a4 <= 2 * eps),
            "Lipschitz": a2 <= ell * e,
        },
    )
    c, eta, move, past, past_big = z3.Reals("C eta move past past_bound")
    ranges = {"constants": z3.And(c >= 0, eta >= 0, ell >= 0, eps >= 0)}
    dominated = Induction(
        Smt(past <= past_big, {"h = 1": z3.And(past == 0, past_big == 0)}),
        Smt(
            eta * past + c * move <= eta * past_big + c * (ell * past_big + 3 * eps),
            {**ranges, "P(h)": past <= past_big, "stability": e <= past},
            {f"{KEY}/triple": move <= 3 * eps + ell * e},
        ),
        "h from 1; past stands for the sum of C eta^(h-1-t) times the action disturbances, which bounds the "
        "displacement e",
    )
    s, g = z3.Reals("s g")
    rho = eta + c * ell
    closed = Smt(
        z3.And(eta * big + c * (ell * big + 3 * eps) == 3 * c * eps * (s + g), rho * s + 1 == s + g),
        {"E": big == 3 * c * eps * s},
        {el.GEOMETRIC: s + g == rho * s + 1},
    )
    lu, lx, loss, dx, du = z3.Reals("L_u L_x loss dx du")
    step = Smt(
        loss <= (lx + ell * lu) * big + 3 * lu * eps,
        {"Lipschitz": loss <= lx * dx + lu * du, "constants": z3.And(lx >= 0, lu >= 0, ell >= 0)},
        {f"{KEY}/dominated": dx <= big, f"{KEY}/triple": du <= 3 * eps + ell * dx},
    )
    return (
        Step(
            "triple",
            "A binned ell-Lipschitz policy that has the expert's label at the expert's state plays, at a state e "
            "away, within ell e + 3 eps_q of the "
            "expert's raw action: three quantization errors and one Lipschitz step.",
            triple,
            (
                Mutant("two errors", triple.concluding(total <= 2 * eps + ell * e)),
                Mutant("map not Lipschitz", triple.without("Lipschitz")),
                Mutant("no sup error", triple.without("sup error")),
            ),
            (),
            r"|\hat u_h-u_h| \le \ell e_h+3\varepsilon_q",
        ),
        Step(
            "dominated",
            "With gains C eta^j the displacement is at most E_h: E_1 = 0, E_(h+1) = eta E_h + C (ell E_h + 3 eps_q).",
            dominated,
            (
                Mutant("gain C dropped, one step", Smt(c * move <= 3 * eps, {**ranges, "move": move <= 3 * eps})),
                Mutant(
                    "ell may be negative, second step",
                    Smt(
                        c * (3 * eps + ell * e) <= c * (3 * eps + ell * big),
                        {"signs": z3.And(c >= 0, eps >= 0), "e": z3.And(e >= 0, e <= big)},
                    ),
                ),
            ),
            (f"{KEY}/triple", ma.DISPLACEMENT),
            r"e_{h+1} = \eta e_h+C(\ell e_h+3\varepsilon_q)",
        ),
        Step(
            "closed_loop",
            "That recursion is solved by E_h = 3 C eps_q (1 + rho + ... + rho^(h-2)) with rho = eta + C ell.",
            closed,
            (
                Mutant(
                    "rho = eta", closed.concluding(eta * big + c * (ell * big + 3 * eps) == 3 * c * eps * (eta * s + 1))
                ),
                Mutant("geometric sum dropped", closed.without(el.GEOMETRIC)),
            ),
            (f"{KEY}/dominated", el.GEOMETRIC),
            r"e_h = 3C\varepsilon_q\sum_{j\le h-2}(\eta+C\ell)^j",
        ),
        Step(
            "closed_loop_step",
            "A step without a mismatch loses at most (L_x + ell L_u) E_h + 3 L_u eps_q.",
            step,
            (
                Mutant("feedback forgotten", step.concluding(loss <= lx * big + 3 * lu * eps)),
                Mutant("displacement not bounded", step.without(f"{KEY}/dominated")),
            ),
            (f"{KEY}/triple", f"{KEY}/dominated"),
            r"\ell_h \le (L_x+\ell L_u)e_h+3L_u\varepsilon_q",
        ),
    )


def _kernels() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    c, lp, eps, gap, p = z3.Reals("c L_P eps gap p")
    hazard = Smt(
        z3.And(c <= p, between(0, p, 1)),
        {
            "optimal coupling": z3.And(c >= 0, c <= 1, c <= lp * gap),
            "sup error": gap <= eps,
            "L_P": z3.And(lp >= 0, eps >= 0),
            "p": p == smallest(z3.RealVal(1), lp * eps),
        },
    )
    loss, lu = z3.Reals("loss L_u")
    apart = z3.Bool("decoupled")
    step = Smt(
        loss <= z3.If(apart, z3.RealVal(1), lu * eps),
        {
            "rewards": loss <= 1,
            "Lipschitz": z3.Implies(z3.Not(apart), loss <= lu * gap),
            "sup error": gap <= eps,
            "L_u": lu >= 0,
        },
    )
    total, d, f, q = z3.Reals("total decoupling drift q")
    summed = Induction(
        Smt(total <= d + f, {"empty": z3.And(total == 0, d == 0, f == 0)}),
        Smt(
            total + loss <= d + 1 - q + f + lu * eps,
            {"P(h)": total <= d + f},
            {f"{KEY}/kernel_step": loss <= 1 - q + lu * eps},
        ),
        "h from 0",
    )
    regret, h, tv, gap_of_laws, rest = z3.Reals("regret H tv gap rest")
    final = Smt(
        ma.decomposition(regret, h, tv, d, f),
        {"split": regret == gap_of_laws + rest},
        {ma.LAW: ma.law_change(gap_of_laws, h, tv), f"{KEY}/kernel_summed": rest <= d + f},
    )
    one = Smt(loss <= lu * eps, {"one step": z3.And(loss <= 1 - q + lu * eps, between(0, q, 1))})
    return (
        Step(
            "kernel_hazard",
            "From equal states and labels, the next states differ with probability at most TV(P(.|x, code), P(.|x, "
            "raw)) <= L_P eps_q.",
            hazard,
            (
                Mutant("kernel not smooth", hazard.supposing({"optimal coupling": between(0, c, 1)})),
                Mutant("no sup error", hazard.without("sup error")),
            ),
            (COUPLING.reference,),
            r"p_t = \min(1,L_P\varepsilon_q)",
        ),
        Step(
            "kernel_step",
            "While the states are equal a step loses at most L_u eps_q; afterwards at most 1.",
            step,
            (
                Mutant("reward not Lipschitz in the action", step.without("Lipschitz")),
                Mutant("rewards not in [0, 1]", step.without("rewards")),
            ),
            (f"{KEY}/kernel_hazard",),
        ),
        Step(
            "kernel",
            "Regret <= H TV + decoupling + H L_u eps_q, for every policy on codes, as in the master theorem.",
            final,
            (
                Mutant("imitation dropped", final.concluding(regret <= d + f)),
                Mutant("drift dropped", final.concluding(regret <= h * tv + d)),
            ),
            (f"{KEY}/kernel_summed", ma.LAW, ma.KERNEL, DISINTEGRATION.reference),
        ),
        Step(
            "kernel_summed",
            "Summed over h <= H: the decoupling term plus H L_u eps_q (the survival recursion is that of the "
            "master theorem).",
            summed,
            (Mutant("decoupling dropped, one step", one),),
            (f"{KEY}/kernel_step", f"{ma.KEY}/survival_recursion", TOWER.reference),
        ),
    )


def _average() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    hit, ell, dist, s, g, e, mean = z3.Reals("hit L dist s g e mean")
    hazard = Smt(
        hit <= ell * s,
        {"tvc": hit <= ell * dist, "L": ell >= 0},
        {f"{KEY}/average_displacement": dist <= s},
    )
    displaced = Induction(
        Smt(dist <= s, {"empty": z3.And(dist == 0, s == 0)}),
        Smt(dist + g * mean <= s + g * e, {"gain": g >= 0, "P(j)": dist <= s}, {f"{KEY}/change_of_measure": mean <= e}),
        "gains; dist stands for the sum of g_j times the mean disturbance on the event",
    )
    d, w, parted, partial = z3.Reals("decoupling weighted parted partial")
    summed = Induction(
        Smt(d <= w, {"empty": z3.And(d == 0, w == 0)}),
        Smt(d + parted <= w + partial, {"P(h)": d <= w, "parted by h": parted <= partial}),
        "h from 0; partial stands for L times the sum of s_t, t <= h",
    )
    union = Induction(
        Smt(parted <= partial, {"h = 1": z3.And(parted == 0, partial == 0)}),
        Smt(parted + hit <= partial + ell * s, {"P(h)": parted <= partial}, {f"{KEY}/average_hazard": hit <= ell * s}),
        "h from 1",
    )
    return (
        Step(
            "average_displacement",
            "On the event of agreement so far, the mean displacement of step h is at most s_h = sum of g_(h-1-t) "
            "times the expert's mean "
            "quantization error at t.",
            displaced,
            (
                Mutant("a gain may be negative, one step", Smt(g * mean <= g * e, {"mean": mean <= e})),
                Mutant("means not the expert's, one step", Smt(g * mean <= g * e, {"g": g >= 0})),
            ),
            (f"{KEY}/change_of_measure", ma.DISPLACEMENT),
            r"E[1_{A}|\hat x_h-\bar x_h|] \le s_h",
        ),
        Step(
            "average_hazard",
            "Deterministic labels: whether all labels before t were the expert's is known before label t is drawn, "
            "so P(agreed so far, tau = t) "
            "<= L E[1{agreed so far} |x^ - x-|] <= L s_t.",
            hazard,
            (
                Mutant("class not TV-continuous", hazard.without("tvc")),
                Mutant("displacement not bounded", hazard.without(f"{KEY}/average_displacement")),
            ),
            (f"{KEY}/average_displacement", TOWER.reference),
            r"P(A_{t-},\tau=t) \le L s_t",
        ),
        Step(
            "average_decoupling",
            "Summed: on the event of agreement the expected number of decoupled steps is at most L sum of (H - t + "
            "1) s_t.",
            All((union, summed)),
            (
                Mutant(
                    "weight one less, at H = 2",
                    Smt(hit <= 0, {"hit": hit <= ell * s, "range": z3.And(hit >= 0, ell >= 0, s >= 0)}),
                ),
                Mutant(
                    "P(tau <= h) not bounded, H = 1",
                    Smt(parted <= partial, {"range": z3.And(parted >= 0, partial >= 0)}),
                ),
            ),
            (f"{KEY}/average_hazard", sums.REORDER),
            r"\sum_h P(A,\tau\le h) \le L\sum_t(H-t+1)s_t",
        ),
    )


def proof() -> Proof:
    """Event, closed loop, smooth kernels, average errors."""
    return Proof(
        KEY,
        "Event, closed-loop, kernel and average-error arguments",
        "lemma",
        "explicit",
        "arXiv:2603.20538, Theorem 7 and corollaries of Theorems 2 and 3; explicit constants",
        (*_event(), *_closed_loop(), *_kernels(), *_average()),
    )
