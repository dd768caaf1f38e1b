"""The catalog's upper bounds read back: the recursions their terms obey, their radius, the witnesses that attain them.

What the kernel proves needs no more, as the kernel speaks of the catalog's own expression. The others name what they
lean on and end in a step whose joints are prose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
import z3

from bounds.catalog import catalog
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.engines.smt import Smt
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import readings, witnesses
from proofs_check.proofs.readings import Radius, gamma

_T = sympy.Symbol("t", integer=True, positive=True)
_H = sympy.Symbol("h", integer=True, positive=True)
_ONE = sympy.Integer(1)


@dataclass(frozen=True)
class Reading:
    """What the terms of one statement are.

    Attributes:
        key: the catalog's key.
        radius: statistical radius of the imitation term; None where nothing is imitated.
        state: displacement of the state at a step; None without a drift.
        action: disturbance of the action at a step.
        hazard: probability of decoupling at a step, None without decoupling.
        leans: theorems of the kernel, or steps, from which the statement follows by prose; empty where the kernel
            proves it.
        extra: steps of its own.
    """

    key: str
    radius: Radius | None = None
    state: Callable[[sympy.Expr], sympy.Expr] | None = None
    action: Callable[[sympy.Expr], sympy.Expr] = lambda _: sympy.Integer(0)
    hazard: Callable[[sympy.Expr], sympy.Expr] | None = None
    leans: tuple[str, ...] = ()
    extra: tuple[Step, ...] = ()

    def proof(self) -> Proof:
        """Readings, then the witnesses, then, where the kernel has no theorem, the sum."""
        theorem = catalog[self.key]
        steps = list(self.extra)
        if self.hazard is not None:
            steps += readings.decoupling_steps(self.key, self.hazard(_T), _T)
        if self.state is not None:
            steps.append(readings.drift_step(self.key, self.state(_H), self.action(_H), _H))
        if self.radius is not None:
            steps += [readings.imitation_step(self.key, form, self.radius) for form in theorem.forms]
        if theorem.tight:
            steps.append(witnesses.tight(self.key))
        if self.leans:
            steps += [self._final(form) for form in reversed(theorem.forms)]
        return Proof(self.key, theorem.title, "theorem", theorem.provenance.value, theorem.source, tuple(steps))

    def _final(self, form: str) -> Step:
        parts = {name: part for name, part in catalog[self.key].parts(form).items() if part != 0}
        named = {name: z3.Real(name) for name in parts}
        regret = z3.Real("regret")
        bound = sum(named.values(), start=z3.RealVal(0))
        total = to_z3(catalog[self.key].expression(form), {parts[name]: letter for name, letter in named.items()})
        claim = Smt(
            z3.And(regret <= total, -regret <= total), {"decomposition": z3.And(regret <= bound, -regret <= bound)}
        )
        return Step(
            "final" if form == catalog[self.key].forms[0] else f"final_{form}",
            f"{catalog[self.key].statement} ({form} form: the catalog's expression.)",
            claim,
            tuple(Mutant(f"{name} dropped", claim.concluding(regret <= total - named[name])) for name in named),
            latex=rf"|\mathrm{{Regret}}| \le {formula(catalog[self.key].expression(form))}",
            leans=self.leans,
        )


def _own(t: sympy.Expr) -> sympy.Expr:
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    return sympy.Sum(symbol("loop_C") * symbol("loop_eta") ** j, (j, 0, t - 2))


def _answering(
    key: str, radius: Radius | None, put: sympy.Expr, slope: str = "lipschitz", *, own: bool = False
) -> Reading:
    """The action answers the state's displacement with a slope and is disturbed by an input at every step."""
    ell = symbol(slope)
    rho = symbol("eta") + symbol("C") * ell

    def moved(t: sympy.Expr) -> sympy.Expr:
        return put * (_own(t) if own else gamma(t, rho))

    return Reading(key, radius, moved, lambda t: ell * moved(t) + put)


def _driven(
    key: str,
    radius: Radius | None,
    put: sympy.Expr,
    hazard: Callable[[sympy.Expr], sympy.Expr] | None = None,
    *,
    leans: tuple[str, ...] = (),
    extra: tuple[Step, ...] = (),
) -> Reading:
    """The action is disturbed by the same input at every step."""
    return Reading(key, radius, lambda t: put * gamma(t), lambda _: put, hazard, leans, extra)


def _capped(put: sympy.Expr) -> Callable[[sympy.Expr], sympy.Expr]:
    return lambda t: sympy.Min(_ONE, symbol("L") * put * gamma(t))


def _expected(put: sympy.Expr) -> Callable[[sympy.Expr], sympy.Expr]:
    return lambda t: symbol("L") * put * gamma(t)


def _chunk_hazard(t: sympy.Expr) -> sympy.Expr:
    starts = 1 - sympy.Min(1, sympy.Mod(t - 1, symbol("chunk")))
    return starts * _capped(symbol("eps_q"))(t)


def _open_loop() -> tuple[Reading, ...]:
    eps, mean, relaxed = symbol("eps_q"), symbol("average_error"), (symbol("k") + 1) * symbol("eps_q")
    small = 3 * eps / (1 - symbol("lipschitz") * symbol("C") / (1 - symbol("eta")))
    stochastic, labels, alone = Radius(2, True), Radius(2, False), Radius(1, False)
    models = ("log_class_size", "log_model_class_size")
    kernels = Reading(
        "smooth_kernel",
        stochastic,
        lambda _: sympy.Integer(0),
        lambda _: eps,
        lambda _: sympy.Min(_ONE, symbol("L_P") * eps),
    )
    return (
        _driven("theorem_2", stochastic, eps, _capped(eps), extra=(readings.variance_step("theorem_2"),)),
        _driven("theorem_3", labels, relaxed, _capped(relaxed)),
        _driven("theorem_3_deterministic_class", alone, relaxed, _capped(relaxed)),
        _driven("theorem_3_greedy", Radius(1, False, greedy=True), relaxed, _capped(relaxed)),
        _driven("small_gain", alone, small),
        _driven("proposition_5_corollary", alone, relaxed),
        _driven("average_error", labels, mean, _expected(mean)),
        _driven("proposition_4", None, symbol("action_error"), _expected(symbol("action_error"))),
        kernels,
        Reading("foster_log_loss", labels),
        Reading("ross_bagnell"),
        _driven("theorem_7", Radius(2, True, models), eps),
        _driven("theorem_7_deterministic", Radius(2, False, models), eps),
        _driven("chunked", stochastic, eps, _chunk_hazard),
        Reading("chunked_lipschitz", alone),
    )


def _closed_loop() -> tuple[Reading, ...]:
    eps, jump, error = symbol("eps_q"), symbol("jump"), symbol("action_error")
    stochastic, alone = Radius(2, True), Radius(1, False)
    missed = jump + symbol("average_error") + symbol("eps_max") * stochastic.formula("sharp")
    slope = "coupled_lipschitz"
    return (
        _answering("binning_lipschitz", alone, 3 * eps),
        _answering("common_noise", stochastic, 3 * eps),
        _answering("wasserstein", stochastic, jump + eps, slope),
        _answering("wasserstein_deterministic", alone, jump + eps, slope),
        _answering("wasserstein_greedy", Radius(1, False, greedy=True), jump + eps, slope),
        _answering("wasserstein_average", stochastic, missed, slope),
        _answering("closed_loop", stochastic, 3 * eps, own=True),
        _answering("closed_loop_deterministic", alone, 3 * eps, own=True),
        _answering("validated_error", None, jump + error, slope),
        _answering("validated_closed_loop", None, eps + symbol("map_error"), own=True),
        _answering("validated_mismatch", None, (2 * symbol("bins_off") + 3) * eps),
    )


READINGS = (*_open_loop(), *_closed_loop())
"""Every upper bound that is read term by term."""


def proofs() -> tuple[Proof, ...]:
    """A proof each."""
    return tuple(reading.proof() for reading in READINGS)
