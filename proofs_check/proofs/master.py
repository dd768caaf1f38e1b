"""The one decomposition behind every upper bound: regret ≤ imitation + decoupling + drift.

Sequences over steps (survival probabilities, displacements, partial sums) are reals tied by their recursions, so
each induction holds for all horizons, all hazards and all gains. Laws of trajectories are encoded by atoms. Measure
theory enters through named axioms only: disintegration, the tower rule, measurable optimal couplings, finite
partitions.
"""

from __future__ import annotations

import z3

from proofs_check.axioms import COUPLING, DISINTEGRATION, EXPECTATION, PARTITIONS, TOWER
from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt, absolute, between, largest, smallest
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs import sums

KEY = "master"
MASTER = f"{KEY}/final"
SIMPLE = f"{KEY}/simple_form"
RANGE = f"{KEY}/range"
LAW = f"{KEY}/law_change"
KERNEL = f"{KEY}/same_kernel"
DISPLACEMENT = f"{KEY}/displacement"
SUMMED = f"{KEY}/summed_loss"
SOURCE = "master theorem behind arXiv:2603.20538, Theorems 2 and 3; explicit constants"


def decomposition(
    regret: z3.ArithRef, horizon: z3.ArithRef, tv: z3.ArithRef, decoupling: z3.ArithRef, drift: z3.ArithRef
) -> z3.BoolRef:
    """Regret ≤ H·TV + decoupling + drift."""
    return regret <= horizon * tv + decoupling + drift


def law_change(gap: z3.ArithRef, horizon: z3.ArithRef, tv: z3.ArithRef) -> z3.BoolRef:
    """E_Q f − E_P f ≤ H·TV(P, Q) for 0 ≤ f ≤ H."""
    return gap <= horizon * tv


def _positive(x: z3.ArithRef) -> z3.ArithRef:
    return largest(x, z3.RealVal(0))


def _geometry() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    far, near, total, k, eps = z3.Reals("far near total k eps")
    triangle = Smt(
        total <= (k + 1) * eps,
        {"triangle": total <= far + near, "not decoupled": far <= k * eps, "sup error": near <= eps},
    )
    s, g_sum, g, d, r, moved = z3.Reals("s g_sum g d r moved")
    claim = z3.And(s <= r * g_sum, g_sum >= 0)
    ranges = {"gain": g >= 0, "disturbance": d <= r}
    displaced = Induction(
        Smt(claim, {"empty": z3.And(s == 0, g_sum == 0)}),
        Smt(z3.And(s + g * d <= r * (g_sum + g), g_sum + g >= 0), {**ranges, "P(j)": claim}),
        "gains g_0, g_1, ...; s and g_sum stand for the sums of g_j d_j and g_j",
    )
    use = Smt(moved <= r * g_sum, {"stable": moved <= s}, {f"{KEY}/response": s <= r * g_sum})
    top, gamma_top, gamma_r = z3.Reals("top gamma_top gamma_r")
    maximum = Induction(
        Smt(top <= r, {"first": top == d, "disturbance": d <= r}),
        Smt(largest(top, d) <= r, {"P(j)": top <= r, "disturbance": d <= r}),
        "steps; top stands for the largest disturbance so far",
    )
    through = Smt(
        moved <= gamma_r,
        {
            "stable": moved <= gamma_top,
            "gamma nondecreasing": z3.Implies(top <= r, gamma_top <= gamma_r),
            "top": top <= r,
        },
    )
    two = Smt(s <= r * g_sum, {**ranges, "one step": z3.And(s == g * d, g_sum == g)})
    return (
        Step(
            "error",
            "While the labels differ by at most k eps_q, the action executed is within (k + 1) eps_q of the raw "
            "action: triangle inequality "
            "of the action norm.",
            triangle,
            (
                Mutant("k eps_q only", triangle.concluding(total <= k * eps)),
                Mutant("no sup error", triangle.without("sup error")),
            ),
            (),
            r"|\hat u_t-v_t| \le (k+1)\varepsilon_q",
        ),
        Step(
            "response",
            "For gains g_j >= 0 and disturbances d_t <= r: sum over t < h of g_(h-1-t) d_t <= r (g_0 + ... + "
            "g_(h-2)) = r Gamma_h, summed in "
            "the order j = h - 1 - t.",
            displaced,
            (
                Mutant("a gain may be negative, one step", two.without("gain")),
                Mutant("disturbance not bounded, one step", two.without("disturbance")),
            ),
        ),
        Step(
            "displacement",
            "So the displacement of an incrementally stable system is at most r Gamma_h.",
            use,
            (Mutant("system not incrementally stable", use.without("stable")),),
            (f"{KEY}/error",),
            r"|\hat x_h-\bar x_h| \le \Gamma_h r",
        ),
        Step(
            "displacement_max",
            "Max-type stability: |x' - x| <= gamma(max d_t) <= gamma(r) for nondecreasing gamma.",
            All((maximum, through)),
            (
                Mutant("gamma not monotone", through.without("gamma nondecreasing")),
                Mutant("not stable", through.without("stable")),
            ),
            (f"{KEY}/error",),
            r"|\hat x_h-\bar x_h| \le \gamma(r)",
        ),
    )


def _hazards() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    c, k_near, k_far, near, far, p = z3.Reals("c kappa_near kappa_far near far p")
    hazard = Smt(
        z3.And(c <= p, between(0, p, 1)),
        {
            "RTVC": z3.And(c >= 0, c <= 1, c <= k_near),
            "kappa nondecreasing": z3.Implies(near <= far, k_near <= k_far),
            "displacement": near <= far,
            "p": p == smallest(z3.RealVal(1), k_far),
        },
    )
    w, hit, mass, alive, alive_next, q = z3.Reals("w hit mass alive alive_next q")
    average = Induction(
        Smt(hit <= p * mass, {"empty": z3.And(hit == 0, mass == 0)}),
        Smt(hit + w * c <= p * (mass + w), {"atom": z3.And(w >= 0, c <= p), "P(i)": hit <= p * mass}),
        "pasts with the two chains still together; hit = P(tau = h), mass = P(tau >= h)",
    )
    lower = z3.And(q >= 0, q <= alive, alive <= 1)
    survive = Induction(
        Smt(lower, {"h = 1": z3.And(alive == 1, q == 1)}),
        Smt(
            z3.And(q * (1 - p) >= 0, q * (1 - p) <= alive_next, alive_next <= 1),
            {"P(h)": lower, "p": between(0, p, 1), "step": between(alive * (1 - p), alive_next, alive)},
        ),
        "h from 1, where p_1 = 0: both chains start in the same state and draw the same label",
    )
    a, b = z3.Reals("p_2 p_3")
    unit = {"p_2": between(0, a, 1), "p_3": between(0, b, 1)}
    three = Smt(alive >= (1 - a) * (1 - b), {**unit, "step": alive >= (1 - a) * (1 - b)})
    return (
        Step(
            "hazard",
            "Given a past in which the chains have not decoupled, they decouple at step h with probability at most "
            "kappa(|x^ - x-|) <= "
            "p_h = min(1, kappa(Gamma_h (k+1) eps_q)), under the RTVC coupling at the two states, chosen measurably.",
            hazard,
            (
                Mutant("kappa not monotone", hazard.without("kappa nondecreasing")),
                Mutant("states further apart than Gamma_h r", hazard.without("displacement")),
                Mutant("policy not RTVC", hazard.without("RTVC")),
            ),
            (DISPLACEMENT, f"{KEY}/displacement_max", COUPLING.reference),
            r"P(\tau=h\mid\text{past},\tau\ge h) \le p_h",
        ),
        Step(
            "average_hazard",
            "P(tau = h) <= p_h P(tau >= h): the conditional bound averaged over pasts (an induction over atoms; "
            "the tower rule in "
            "general).",
            average,
            (Mutant("a past may exceed p_h, one past", Smt(w * c <= p * w, {"w": w >= 0})),),
            (f"{KEY}/hazard", TOWER.reference, EXPECTATION.reference),
            r"P(\tau=h) \le p_h P(\tau\ge h)",
        ),
        Step(
            "survival_recursion",
            "P(tau > h) >= Q_h = prod over t <= h of (1 - p_t).",
            survive,
            (
                Mutant("a hazard forgotten, h = 3", three.concluding(alive >= 1 - a)),
                Mutant("inequality reversed, h = 3", three.concluding(alive <= (1 - a) * (1 - b))),
            ),
            (f"{KEY}/average_hazard",),
            r"P(\tau>h) \ge \prod_{t\le h}(1-p_t)",
        ),
    )


def _losses() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    r_bar, r_hat, dx, du, lx, lu, g, r = z3.Reals("r_bar r_hat dx du L_x L_u Gamma r")
    apart = z3.Bool("decoupled")
    cost = (lx * g + lu) * r
    step_loss = Smt(
        r_bar - r_hat <= z3.If(apart, z3.RealVal(1), cost),
        {
            "rewards": z3.And(between(0, r_bar, 1), between(0, r_hat, 1)),
            "Lipschitz": absolute(r_bar - r_hat) <= lx * dx + lu * du,
            "constants": z3.And(lx >= 0, lu >= 0),
            "together": z3.Implies(z3.Not(apart), z3.And(dx <= g * r, du <= r)),
        },
    )
    loss, alive, q, f, d, total = z3.Reals("loss alive q drift decoupling total")
    expected = Smt(
        loss <= (1 - q) + f,
        {"average": loss <= (1 - alive) + alive * f, "drift": f >= 0, "alive": alive <= 1},
        {f"{KEY}/survival_recursion": z3.And(q >= 0, q <= alive)},
    )
    summed = Induction(
        Smt(total <= d + f, {"empty": z3.And(total == 0, d == 0, f == 0)}),
        Smt(
            total + loss <= (d + 1 - q) + (f + r),
            {"P(h)": total <= d + f},
            {f"{KEY}/expected_loss": loss <= (1 - q) + r},
        ),
        "h from 0; decoupling and drift are the running sums",
    )
    lost = Smt(
        total <= d + f, {"one step": z3.And(total == loss, d == 1 - q), "f": f == r, "loss": loss <= (1 - q) + r}
    )
    return (
        Step(
            "step_loss",
            "A step loses at most 1, and at most (L_x Gamma_h + L_u)(k + 1) eps_q before the chains decouple.",
            step_loss,
            (
                Mutant("rewards not in [0, 1]", step_loss.without("rewards")),
                Mutant("reward not Lipschitz", step_loss.without("Lipschitz")),
                Mutant("L_u dropped", step_loss.concluding(r_bar - r_hat <= z3.If(apart, z3.RealVal(1), lx * g * r))),
                Mutant("negative constants", step_loss.without("constants")),
            ),
            (DISPLACEMENT, f"{KEY}/error"),
            r"r(\bar x_h,v_h)-r(\hat x_h,\hat u_h) \le 1\{\tau\le h\}+(L_x\Gamma_h+L_u)(k+1)\varepsilon_q",
        ),
        Step(
            "expected_loss",
            "The expected loss of step h is at most 1 - Q_h + (L_x Gamma_h + L_u)(k + 1) eps_q.",
            expected,
            (
                Mutant("survival bound dropped", expected.without(f"{KEY}/survival_recursion")),
                Mutant("drift may be negative", expected.without("drift")),
                Mutant("drift dropped", expected.concluding(loss <= 1 - q)),
            ),
            (f"{KEY}/step_loss", f"{KEY}/survival_recursion", EXPECTATION.reference),
        ),
        Step(
            "summed_loss",
            "Summed over h <= H, for every H: at most the decoupling term plus the drift term.",
            summed,
            (
                Mutant("a horizon step lost, H = 1", lost.concluding(total <= f)),
                Mutant("drift lost, H = 1", lost.concluding(total <= d)),
            ),
            (f"{KEY}/expected_loss",),
            r"E\sum_h \ell_h \le \sum_h(1-Q_h)+\sum_h(L_x\Gamma_h+L_u)(k+1)\varepsilon_q",
        ),
    )


def _laws() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    p, q, f, h, gap, tv, net, both, k, part = z3.Reals("p q f H gap tv net both k part")
    masses = {"masses": z3.And(p >= 0, q >= 0), "f": between(0, f, h)}
    claim = gap <= h * tv
    change = Induction(
        Smt(claim, {"empty": z3.And(gap == 0, tv == 0)}),
        Smt(gap + (q - p) * f <= h * (tv + _positive(q - p)), {**masses, "P(i)": claim}),
        "atoms; tv stands for the sum of the positive parts of q - p",
    )
    halves = Induction(
        Smt(2 * tv == both + net, {"empty": z3.And(tv == 0, both == 0, net == 0)}),
        Smt(2 * (tv + _positive(q - p)) == both + absolute(q - p) + net + q - p, {"P(i)": 2 * tv == both + net}),
        "atoms; both = sum |q - p|, net = sum (q - p), which is 0 for two laws",
    )
    kernel = Induction(
        Smt(part == _positive(q - p) * k, {"empty": z3.And(part == 0, k == 0)}),
        Smt(
            part + _positive(q * f - p * f) == _positive(q - p) * (k + f),
            {"kernel": f >= 0, "P(j)": part == _positive(q - p) * k},
        ),
        "values attached to one atom; k stands for the kernel's mass so far, 1 in the end",
    )
    one = Smt((q - p) * f <= h * _positive(q - p), masses)
    return (
        Step(
            "law_change",
            "For 0 <= f <= H: E_Q f - E_P f <= H TV(P, Q), where TV = sum (q - p)^+ = half of sum |q - p|.",
            All((change, halves)),
            (
                Mutant("f may exceed H, one atom", one.without("f")),
                Mutant("half of TV, one atom", one.concluding((q - p) * f <= h * _positive(q - p) / 2)),
            ),
            (PARTITIONS.reference, EXPECTATION.reference),
            r"E_Qf-E_Pf \le H\cdot TV",
        ),
        Step(
            "same_kernel",
            "Attaching to every atom of two laws values drawn from one kernel leaves their total variation as it "
            "is: so raw actions "
            "drawn from the expert's law given (state, label) change nothing.",
            kernel,
            (
                Mutant(
                    "a kernel with negative masses, one value", Smt(_positive(q * f - p * f) == _positive(q - p) * f)
                ),
            ),
            (DISINTEGRATION.reference, PARTITIONS.reference),
            r"TV(P\otimes K,Q\otimes K)=TV(P,Q)",
        ),
    )


def _assembly() -> tuple[Step, ...]:  # long: one argument, its steps read in order
    regret, gap, rest, h, tv, d, f = z3.Reals("regret gap rest H tv decoupling drift")
    final = Smt(
        decomposition(regret, h, tv, d, f),
        {"split": regret == gap + rest},
        {LAW: law_change(gap, h, tv), SUMMED: rest <= d + f},
    )
    q, s, w = z3.Reals("q s weighted")
    simple = Induction(
        Smt(d <= w, {"empty": z3.And(d == 0, w == 0)}),
        Smt(d + 1 - q <= w + s, {"P(h)": d <= w}, {el.SURVIVAL: 1 - q <= s}),
        "h from 0; s = sum of p_t, weighted = the sum of partial sums = sum of (H - t + 1) p_t",
    )
    ranged = Induction(
        Smt(between(0, d, h), {"empty": z3.And(d == 0, h == 0)}),
        Smt(between(0, d + 1 - q, h + 1), {"P(h)": between(0, d, h)}, {el.SURVIVAL: between(0, q, 1)}),
        "h from 0",
    )
    p = z3.Real("p")
    at_two = Smt(1 - (1 - p) <= p, {"p": between(0, p, 1)})
    return (
        Step(
            "final",
            "Regret <= H TV + decoupling + drift, for every policy on codes: J(pi*) - E sum r(x-, v) <= H TV, and "
            "E sum r(x-, v) - J(pi^) is "
            "the expected loss along the coupling. (The coupled chain shares first state and noise; its marginals "
            "are the deployed and the "
            "observed chain.)",
            final,
            (
                Mutant("imitation dropped", final.concluding(regret <= d + f)),
                Mutant("decoupling dropped", final.concluding(regret <= h * tv + f)),
                Mutant("drift dropped", final.concluding(regret <= h * tv + d)),
                Mutant("TV without the horizon", final.concluding(regret <= tv + d + f)),
            ),
            (LAW, KERNEL, SUMMED, DISINTEGRATION.reference, EXPECTATION.reference),
            r"\mathrm{Regret} \le H\,TV+\sum_h\Big[1-\prod_{t\le "
            r"h}(1-p_t)\Big]+(k+1)\varepsilon_q\sum_h(L_x\Gamma_h+L_u)",
        ),
        Step(
            "simple_form",
            "The decoupling term is at most the sum of (H - t + 1) p_t.",
            simple,
            (
                Mutant("weight H - t, H = 2", at_two.concluding(1 - (1 - p) <= 0)),
                Mutant("nine tenths, H = 2", at_two.concluding(1 - (1 - p) <= z3.Q(9, 10) * p)),
            ),
            (el.SURVIVAL, sums.REORDER),
            r"\sum_h\Big[1-\prod(1-p_t)\Big] \le \sum_t(H-t+1)p_t",
        ),
        Step(
            "range",
            "The decoupling term lies in [0, H].",
            ranged,
            (Mutant("hazard above 1, H = 1", Smt(between(0, 1 - (1 - p), 1))),),
            (el.SURVIVAL,),
        ),
    )


def proof() -> Proof:
    """The master theorem, sharp and simple."""
    steps = (*_geometry(), *_hazards(), *_losses(), *_laws(), *_assembly())
    ordered = sorted(steps, key=lambda step: step.id == "final")
    return Proof(KEY, "Master theorem: imitation + decoupling + drift", "theorem", "explicit", SOURCE, tuple(ordered))
