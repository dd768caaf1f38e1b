"""Every upper bound of the catalog as an instance of a core; the last step is the catalog's own expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.engines.induction import All
from proofs_check.engines.smt import Smt
from proofs_check.engines.statement import Declares
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import cores, master, price, readings, smoothness, statistics, sums, witnesses
from proofs_check.proofs.readings import Radius, gamma

DATA = ("iid_demonstrations", "realizable", "lipschitz_reward")
MODELS = ("log_class_size", "log_model_class_size")
_T = sympy.Symbol("t", integer=True, positive=True)
_H = sympy.Symbol("h", integer=True, positive=True)


@dataclass(frozen=True)
class Instance:
    """How one theorem of the catalog comes out of a core.

    Attributes:
        key: the catalog's key.
        radius: statistical radius.
        assumptions: predicate names the proof uses.
        state: displacement of the state at a step.
        action: disturbance of the action at a step.
        hazard: probability of decoupling at a step, None without decoupling.
        core: step that bounds regret by the three terms.
        decoupling: step that bounds the expected number of decoupled steps by the simple decoupling term.
        premises: further steps the instance rests on.
        extra: steps of its own, put first.
    """

    key: str
    radius: Radius
    assumptions: tuple[str, ...]
    state: Callable[[sympy.Expr], sympy.Expr]
    action: Callable[[sympy.Expr], sympy.Expr]
    hazard: Callable[[sympy.Expr], sympy.Expr] | None
    core: str
    premises: tuple[str, ...] = ()
    decoupling: str = master.SIMPLE
    extra: tuple[Step, ...] = ()

    def proof(self) -> Proof:
        """Readings, then the witnesses, then the catalog's expression in every form."""
        theorem = catalog[self.key]
        steps = list(self.extra)
        if self.hazard is not None:
            steps += readings.decoupling_steps(self.key, self.hazard(_T), _T)
        steps.append(readings.drift_step(self.key, self.state(_H), self.action(_H), _H))
        for form in theorem.forms:
            steps.append(readings.imitation_step(self.key, form, self.radius))
        names = tuple(f"{self.key}/{step.id}" for step in steps)
        if theorem.tight:
            steps.append(witnesses.tight(self.key))
        steps += [self._final(form, names) for form in reversed(theorem.forms)]
        return Proof(self.key, theorem.title, "theorem", theorem.provenance.value, theorem.source, tuple(steps))

    def _final(self, form: str, readings_used: tuple[str, ...]) -> Step:  # long: one claim, both signs, its mutants
        regret, horizon, tv, rad, imitation, sharp, d, f = z3.Reals(
            "regret H tv radius imitation sharp decoupling drift"
        )
        parts = catalog[self.key].parts(form)
        names = {"imitation": imitation, "decoupling": d, "drift": f}
        atoms = {parts[name]: term for name, term in names.items() if parts[name] != 0}
        total = to_z3(catalog[self.key].expression(form), atoms)
        lost = sharp if self.hazard is not None else z3.RealVal(0)
        claim = Smt(
            z3.And(regret <= total, -regret <= total),
            {"H": horizon >= 1, "imitation": imitation == horizon * rad},
            {
                self.core: master.decomposition(regret, horizon, tv, lost, f),
                f"{self.core}#1 - r": master.decomposition(-regret, horizon, tv, lost, f),
                f"{self.key}/imitation_{form}": tv <= rad,
            },
        )
        if self.hazard is not None:
            claim = Smt(
                claim.goal,
                claim.hypotheses,
                {**claim.lemmas, self.decoupling: sharp <= d if form == "simple" else sharp == d},
            )
        dropped = [
            Mutant(f"{name} dropped", claim.concluding(regret <= total - term))
            for name, term in names.items()
            if parts[name] != 0
        ]
        return Step(
            "final" if form == catalog[self.key].forms[0] else f"final_{form}",
            f"{catalog[self.key].statement} ({form} form: the catalog's expression.)",
            All((Declares(self.key, self.assumptions), claim)),
            (
                *dropped,
                Mutant("core dropped", claim.without(self.core)),
                Mutant("core for r alone, not for 1 - r", claim.without(f"{self.core}#1 - r")),
                Mutant("radius dropped", claim.without(f"{self.key}/imitation_{form}")),
            ),
            tuple(dict.fromkeys((*readings_used, self.core, self.decoupling, *self.premises, price.SIGNS))),
            rf"|\mathrm{{Regret}}| \le {formula(catalog[self.key].expression(form))}",
        )


def _zero_hazard(key: str) -> Step:
    """Small gain: at the relaxation k the displacement stays inside the modulus' threshold, so nothing decouples."""
    ell, c, eta, k, g, eps, room = z3.Reals("ell C eta k Gamma eps room")
    claim = Smt(
        ell * g * (k + 1) * eps <= (k - 2) * eps,
        {
            "ranges": z3.And(ell >= 0, c >= 0, eta >= 0, eta < 1, eps >= 0),
            "contraction": room == 1 - eta - c * ell,
            "room": room > 0,
            "gain": z3.And(g >= 0, g * (1 - eta) <= c),
            "k": (k + 1) * room == 3 * (1 - eta),
        },
    )
    return Step(
        "no_decoupling",
        "With eta + C ell < 1 and k + 1 = 3 / (1 - ell C/(1 - eta)): ell Gamma_t (k + 1) eps_q <= (k - 2) eps_q "
        "for every t, so all hazards are 0.",
        claim,
        (
            Mutant("k + 1 = 2.9 / (1 - ell Gamma)", claim.supposing({"k": (k + 1) * room == z3.Q(29, 10) * (1 - eta)})),
            Mutant("closed loop need not contract", claim.without("room").supposing({"not": room < 0})),
            Mutant("gain not bounded by C/(1 - eta)", claim.supposing({"gain": g >= 0})),
        ),
        (smoothness.BINNED_JUMP, f"{sums.KEY}/recursion"),
        r"k \ge \frac{2+\ell\Gamma_\infty}{1-\ell\Gamma_\infty}",
    )


def _absorbed(key: str) -> Step:
    """The paper's condition: at this relaxation the displacement stays inside the modulus' threshold."""
    ell, c, eta, k, g, eps = z3.Reals("ell C eta k Gamma eps")
    claim = Smt(
        ell * g * (k + 1) * eps <= (k - 2) * eps,
        {
            "ranges": z3.And(ell >= 0, c >= 0, eta >= 0, eta < 1, eps >= 0, k >= 2),
            "gain": z3.And(g >= 0, g * (1 - eta) <= c),
            "absorbed": ell * c * (k + 1) <= (k - 2) * (1 - eta),
        },
    )
    needed = Smt(
        eta + c * ell < 1,
        {"ranges": z3.And(ell >= 0, c >= 0, eta >= 0, eta < 1, k >= 2), "absorbed": claim.hypotheses["absorbed"]},
    )
    return Step(
        "no_decoupling",
        "With ell C (k + 1) <= (k - 2)(1 - eta): ell Gamma_t (k + 1) eps_q <= (k - 2) eps_q for every t, so all "
        "hazards are 0. Such a k can only be where eta + C ell < 1.",
        All((claim, needed)),
        (
            Mutant("jumps not absorbed", claim.without("absorbed")),
            Mutant("k - 1 in place of k - 2", claim.supposing({"absorbed": ell * c * (k + 1) <= (k - 1) * (1 - eta)})),
            Mutant("contraction with room", needed.concluding(eta + 2 * c * ell < 1)),
        ),
        (smoothness.BINNED_JUMP, f"{sums.KEY}/recursion"),
        r"\ell\,\Gamma_\infty(k+1) \le k-2",
    )


def _product_class() -> Step:
    a, a1, b, b1 = z3.Reals("policy_best policy model_best model")
    claim = Smt(a1 + b1 <= a + b, {"policy": a1 <= a, "model": b1 <= b})
    return Step(
        "product_class",
        "Maximising the policies' and the models' log-likelihoods separately maximises their sum, so (pi, T) is "
        "the maximiser over |Pi||M| laws and "
        "Lemma S1 applies with log N = log |Pi| + log |M|.",
        claim,
        (Mutant("model not the maximiser", claim.without("model")),),
        (f"{statistics.S1}/final",),
    )


def _cap() -> Step:
    h, e, m, total = z3.Reals("H step_error m total")
    claim = Smt(
        z3.And(m <= h * e, m <= 1, m <= total),
        {"union": m <= total, "mean": total == h * e, "probability": m <= 1},
    )
    return Step(
        "mismatch",
        "The probability of any mismatch along the expert's path is at most the sum of the per-step probabilities, "
        "H step_error, and at most 1.",
        claim,
        (
            Mutant("union bound dropped", claim.without("union")),
            Mutant("half the sum", claim.concluding(m <= total / 2)),
        ),
        ("axiom:union_bound",),
    )


def ross_bagnell() -> Proof:
    """The T² ε bound without quantization, from the event core."""
    key = "ross_bagnell"
    theorem = catalog[key]
    regret, h, e, m = z3.Reals("regret H step_error m")
    steps = [_cap(), witnesses.tight(key)]
    for form in ("simple", "sharp"):
        total = to_z3(theorem.expression(form), {})
        claim = Smt(
            z3.And(regret <= total, -regret <= total),
            {"H": h >= 1},
            {
                cores.EVENT: cores.on_event(regret, h, m, z3.RealVal(0)),
                f"{cores.EVENT}#1 - r": cores.on_event(-regret, h, m, z3.RealVal(0)),
                f"{key}/mismatch": z3.And(m <= h * e, m <= 1),
            },
        )
        steps.append(
            Step(
                "final" if form == "sharp" else "final_simple",
                f"{theorem.statement} ({form} form: the catalog's expression.)",
                All((Declares(key, ("deterministic_actions", "unit_rewards")), claim)),
                (
                    Mutant("a horizon factor lost", claim.concluding(regret <= h * e)),
                    Mutant("event argument dropped", claim.without(cores.EVENT)),
                ),
                (cores.EVENT, f"{key}/mismatch", price.SIGNS),
                rf"|\mathrm{{Regret}}| \le {formula(theorem.expression(form))}",
            )
        )
    return Proof(key, theorem.title, "theorem", "ours", theorem.source, tuple(steps))


def _instances() -> tuple[Instance, ...]:  # long: one table, its rows read side by side
    eps, L, ell = symbol("eps_q"), symbol("L"), symbol("lipschitz")
    C, eta, mean, relaxed = symbol("C"), symbol("eta"), symbol("average_error"), (symbol("k") + 1) * symbol("eps_q")
    rho = eta + C * ell
    small = 3 * eps / (1 - ell * C / (1 - eta))
    one = sympy.Integer(1)
    binned = (*DATA, "deterministic_expert", "quantized_lipschitz", "sup_error", "incrementally_stable")
    open_loop = (f"{sums.KEY}/recursion", master.DISPLACEMENT)
    rtvc = (*DATA, "deterministic_expert", "sup_error", "rtvc", "incrementally_stable")

    def theorem_3(key: str, radius: Radius, *extra: str) -> Instance:
        return Instance(
            key,
            radius,
            (*rtvc, *extra),
            lambda t: relaxed * gamma(t),
            lambda _: relaxed,
            lambda t: sympy.Min(one, L * relaxed * gamma(t)),
            master.MASTER,
            open_loop,
        )

    def theorem_7(key: str, radius: Radius, *extra: str) -> Instance:
        return Instance(
            key,
            radius,
            (*DATA, "realizable_models", "label_error", "incrementally_stable", "shared_noise", *extra),
            lambda t: eps * gamma(t),
            lambda _: eps,
            None,
            cores.EVENT,
            (*open_loop, cores.GOOD_SUM, f"{cores.KEY}/average_displacement"),
            extra=(_product_class(),),
        )

    def average(key: str, radius: Radius, core: str, *extra: str) -> Instance:
        return Instance(
            key,
            radius,
            (*DATA, "average_error", "tvc", "incrementally_stable", *extra),
            lambda t: mean * gamma(t),
            lambda _: mean,
            lambda t: L * mean * gamma(t),
            core,
            (cores.GOOD_SUM, *open_loop),
            cores.AVERAGE,
        )

    return (
        Instance(
            "theorem_2",
            Radius(2, True),
            (*DATA, "sup_error", "tvc", "incrementally_stable"),
            lambda t: eps * gamma(t),
            lambda _: eps,
            lambda t: sympy.Min(one, L * eps * gamma(t)),
            master.MASTER,
            open_loop,
        ),
        theorem_3("theorem_3", Radius(2, False)),
        theorem_3("theorem_3_deterministic_class", Radius(1, False), "deterministic_class"),
        theorem_7("theorem_7", Radius(2, True, MODELS)),
        theorem_7(
            "theorem_7_deterministic",
            Radius(2, False, MODELS),
            "deterministic_expert",
            "deterministic_actions",
            "deterministic_dynamics",
        ),
        Instance(
            "binning_lipschitz",
            Radius(1, False),
            binned,
            lambda t: 3 * eps * gamma(t, rho),
            lambda t: ell * 3 * eps * gamma(t, rho) + 3 * eps,
            None,
            cores.EVENT,
            (cores.BINNED, cores.GOOD_SUM, f"{cores.KEY}/closed_loop_step"),
        ),
        Instance(
            "small_gain",
            Radius(1, False),
            (*binned, "small_gain"),
            lambda t: small * gamma(t),
            lambda _: small,
            None,
            master.MASTER,
            (*open_loop, "small_gain/no_decoupling"),
            extra=(_zero_hazard("small_gain"),),
        ),
        Instance(
            "proposition_5_corollary",
            Radius(1, False),
            (*binned, "small_gain", "jumps_absorbed"),
            lambda t: relaxed * gamma(t),
            lambda _: relaxed,
            None,
            master.MASTER,
            (*open_loop, "proposition_5_corollary/no_decoupling"),
            extra=(_absorbed("proposition_5_corollary"),),
        ),
        Instance(
            "smooth_kernel",
            Radius(2, True),
            (*DATA, "sup_error", "smooth_kernel"),
            lambda _: sympy.Integer(0),
            lambda _: eps,
            lambda _: sympy.Min(one, symbol("L_P") * eps),
            cores.KERNEL,
        ),
        average("average_error", Radius(2, False), cores.EVENT, "deterministic_expert"),
    )


def proofs() -> tuple[Proof, ...]:
    """All upper bounds the catalog states as proved."""
    return (*(instance.proof() for instance in _instances()), ross_bagnell())
