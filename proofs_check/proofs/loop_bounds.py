"""The statements that close the loop, for chunks and from held-out demonstrations, as instances of the cores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy
import z3

from bounds.catalog import catalog
from bounds.chunks import ChunkDeviation
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.engines.induction import All
from proofs_check.engines.smt import Smt
from proofs_check.engines.statement import Declares
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import cores, elementary, loops, master, readings, sums, witnesses
from proofs_check.proofs.readings import Radius, gamma
from proofs_check.proofs.upper_bounds import DATA, Instance

_H = sympy.Symbol("h", integer=True, positive=True)
_FROM_LOOPS = (loops.RECURSION, loops.SOLVED, loops.LOST, cores.GOOD_SUM)


def _own(t: sympy.Expr) -> sympy.Expr:
    j = sympy.Symbol("j", integer=True, nonnegative=True)
    return sympy.Sum(symbol("loop_C") * symbol("loop_eta") ** j, (j, 0, t - 2))


def _closed(
    key: str, radius: Radius, assumptions: tuple[str, ...], put: sympy.Expr, slope: str, premises: tuple[str, ...]
) -> Instance:
    """An instance whose action answers with a slope and is disturbed by an input at every step."""
    ell = symbol(slope)
    rho = symbol("eta") + symbol("C") * ell
    return Instance(
        key,
        radius,
        (*DATA, *assumptions, "incrementally_stable"),
        lambda t: put * gamma(t, rho),
        lambda t: ell * put * gamma(t, rho) + put,
        None,
        cores.EVENT,
        (*_FROM_LOOPS, *premises),
    )


def _own_loop(key: str, radius: Radius, *assumptions: str) -> Instance:
    put = 3 * symbol("eps_q")
    return Instance(
        key,
        radius,
        (*DATA, "sup_error", "loop_stable", *assumptions),
        lambda t: put * _own(t),
        lambda t: symbol("lipschitz") * put * _own(t) + put,
        None,
        cores.EVENT,
        (loops.LOST, cores.GOOD_SUM, f"{loops.KEY}/own_loop", loops.SHARED),
    )


def _chunk_hazard(t: sympy.Expr) -> sympy.Expr:
    linear = symbol("L") * symbol("eps_q") * gamma(t)
    starts = 1 - sympy.Min(1, sympy.Mod(t - 1, symbol("chunk")))
    return starts * sympy.Min(1, linear)


def _instances() -> tuple[Instance, ...]:  # long: one table, its rows read side by side
    eps, jump = symbol("eps_q"), symbol("jump")
    stochastic, alone, decoded = Radius(2, True), Radius(1, False), Radius(1, False, greedy=True)
    missed = jump + symbol("average_error") + symbol("eps_max") * stochastic.formula("sharp")
    sup = (f"{loops.KEY}/in_mean_sup",)
    coupled = ("coupled_lipschitz", "linear_gains")
    det = "deterministic_expert"
    relaxed = (symbol("k") + 1) * eps
    chunks = ChunkDeviation()
    return (
        _closed("common_noise", stochastic, ("noisy_lipschitz", "sup_error"), 3 * eps, "lipschitz", (loops.SHARED,)),
        _closed("wasserstein", stochastic, (*coupled, "sup_error"), jump + eps, "coupled_lipschitz", sup),
        _closed(
            "wasserstein_deterministic",
            alone,
            (*coupled, "sup_error", det, "deterministic_class"),
            jump + eps,
            "coupled_lipschitz",
            sup,
        ),
        _closed(
            "wasserstein_greedy",
            decoded,
            ("greedy_coupled_lipschitz", "greedy_deployment", "linear_gains", "sup_error", det),
            jump + eps,
            "coupled_lipschitz",
            sup,
        ),
        _closed(
            "wasserstein_average",
            stochastic,
            (*coupled, "average_error", "bounded_error"),
            missed,
            "coupled_lipschitz",
            (loops.MEAN,),
        ),
        _own_loop("closed_loop", stochastic, "noisy_lipschitz"),
        _own_loop("closed_loop_deterministic", alone, "quantized_lipschitz", det),
        Instance(
            "theorem_3_greedy",
            decoded,
            (*DATA, det, "sup_error", "greedy_rtvc", "greedy_deployment", "incrementally_stable"),
            lambda t: relaxed * gamma(t),
            lambda _: relaxed,
            lambda t: sympy.Min(1, symbol("L") * relaxed * gamma(t)),
            master.MASTER,
            (f"{sums.KEY}/recursion", master.DISPLACEMENT),
        ),
        Instance(
            "chunked",
            stochastic,
            (
                "iid_demonstrations",
                "realizable_chunks",
                "lipschitz_reward",
                "sup_error",
                "chunk_tvc",
                "incrementally_stable",
                "deterministic_dynamics",
                "chunked_deployment",
            ),
            lambda t: eps * gamma(t),
            lambda _: eps,
            _chunk_hazard,
            master.MASTER,
            (f"{sums.KEY}/recursion", master.DISPLACEMENT),
        ),
        Instance(
            "chunked_lipschitz",
            alone,
            (
                "iid_demonstrations",
                "realizable_chunks",
                "lipschitz_reward",
                "sup_error",
                "chunk_lipschitz",
                "incrementally_stable",
                "deterministic_dynamics",
                "chunked_deployment",
                det,
            ),
            chunks.symbolic_state,
            chunks.symbolic_action,
            None,
            cores.EVENT,
            (cores.BINNED, cores.GOOD_SUM, "chunked_lipschitz/within", "chunked_lipschitz/between"),
            extra=_chunk_steps(),
        ),
    )


def _chunk_steps() -> tuple[Step, ...]:
    a, b, e, c, eta, slope, put, first, growth, own, s, g = z3.Reals("a b e C eta slope input first rho own s g")
    within = Smt(
        eta * e + c * (slope * first + put) == (eta * a + c * slope) * first + (eta * b + c * put),
        {"E": e == a * first + b},
    )
    between = Smt(
        growth * e + own == own * (s + g),
        {"E": e == own * s, "geometric": s + g == growth * s + 1},
    )
    return (
        Step(
            "within",
            "Within a chunk the displacement is a_i e + b_i, e that of the chunk's first step: a_0 = 1, a_(i+1) = eta "
            "a_i + C slope_i, b_0 = 0, b_(i+1) = eta b_i + C 3 eps_q; the catalog's sums solve these recursions.",
            within,
            (
                Mutant("the action answers to the present state", within.supposing({"E": e == first + b})),
                Mutant("displacement of another form", within.without("E")),
            ),
            (cores.BINNED, elementary.GEOMETRIC),
            r"e_{h+1} = \eta e_h+C(\ell_ie_{\mathrm{first}}+3\varepsilon_q)",
        ),
        Step(
            "between",
            "So first steps of chunks follow e' = rho_T e + b_T, from 0: e = b_T (1 + rho_T + ...).",
            between,
            (
                Mutant("rho = 1", between.concluding(e + own == own * (s + g))),
                Mutant("geometric sum dropped", between.without("geometric")),
            ),
            ("chunked_lipschitz/within", elementary.GEOMETRIC),
            r"e_{\mathrm{next}} = \rho_Te+b_T",
        ),
    )


@dataclass(frozen=True)
class Validated:
    """How a statement about the learner's own errors comes out of the recursion.

    Attributes:
        key: the catalog's key.
        assumptions: predicate names the proof uses.
        state: displacement of the state at a step.
        action: displacement of the action at a step.
        bad: probability of the event off which nothing is claimed; 0 without one.
        premises: steps it rests on.
        extra: steps of its own, put first.
    """

    key: str
    assumptions: tuple[str, ...]
    state: Callable[[sympy.Expr], sympy.Expr]
    action: Callable[[sympy.Expr], sympy.Expr]
    bad: sympy.Expr
    premises: tuple[str, ...]
    extra: tuple[Step, ...]

    def proof(self) -> Proof:
        """Its own steps, the drift read back, and the catalog's expression."""
        theorem = catalog[self.key]
        drift = readings.drift_step(self.key, self.state(_H), self.action(_H), _H)
        steps = (*self.extra, drift, witnesses.tight(self.key), self._final())
        return Proof(self.key, theorem.title, "theorem", theorem.provenance.value, theorem.source, steps)

    def _final(self) -> Step:
        theorem = catalog[self.key]
        regret, horizon, f = z3.Reals("regret H drift")
        parts = theorem.parts()
        total = to_z3(theorem.expression(), {parts["drift"]: f})
        claim = Smt(regret <= total, {"H": horizon >= 1}, {loops.REFERENCE: regret <= f})
        core = loops.REFERENCE
        if self.bad != 0:
            core = cores.EVENT
            claim = Smt(
                regret <= total, {"H": horizon >= 1}, {core: cores.on_event(regret, horizon, to_z3(self.bad, {}), f)}
            )
        own = tuple(f"{self.key}/{step.id}" for step in self.extra)
        return Step(
            "final",
            f"{theorem.statement} (The catalog's expression.)",
            All((Declares(self.key, self.assumptions), claim)),
            (
                Mutant("drift dropped", claim.concluding(regret <= total - f)),
                Mutant("core dropped", claim.without(core)),
            ),
            (*own, f"{self.key}/drift", core, *self.premises),
            rf"\mathrm{{Regret}} \le {formula(theorem.expression())}",
        )


def _inputs() -> tuple[tuple[Step, ...], ...]:  # long: one argument, its steps read in order
    """What disturbs the action against the expert's own: codes, maps, bins."""
    total, gap, error, jump, ell, e, eps, d, d_code = z3.Reals("total code_gap error jump ell e eps d d_code")
    codes = Smt(
        loops.answered(total, ell, e, jump + error),
        {"triangle": total <= gap + error, "coupled": gap <= ell * e + jump},
    )
    maps = Smt(
        z3.And(d <= eps + error, loops.answered(total, ell, e, eps + error)),
        {"code": d_code <= eps, "triangle": d <= d_code + error, "map": total <= ell * e + d},
    )
    a1, a2, a3, a4, a5, j = z3.Reals("code_new map_gap code_old bins_between label j")
    bins = Smt(
        loops.answered(total, ell, e, (2 * j + 3) * eps),
        {
            "triangle": total <= a1 + a2 + a3 + a4 + a5,
            "sup error": z3.And(a1 <= eps, a3 <= eps, a5 <= eps),
            "Lipschitz": a2 <= ell * e,
            "bins": a4 <= 2 * j * eps,
        },
    )
    return (
        (
            Step(
                "input",
                "Against the expert's own path: E|u^ - u*| <= E|u^ - code at x*| + E|code at x* - u*| <= ell' e + J + "
                "action_error.",
                codes,
                (
                    Mutant("no jump", codes.concluding(loops.answered(total, ell, e, error))),
                    Mutant("codes not coupled", codes.without("coupled")),
                ),
                ("axiom:optimal_coupling",),
            ),
        ),
        (
            Step(
                "input",
                "u^ = g(x^, xi) + d^ with |d^| <= eps_q, and u* = g(x*, xi) + d*, E|d*| <= map_error: both run the "
                "loop of g, in mean eps_q + map_error apart.",
                maps,
                (
                    Mutant("map's error forgotten", maps.concluding(d <= eps)),
                    Mutant("no code error", maps.without("code")),
                ),
            ),
        ),
        (
            Step(
                "input",
                "With labels at most j bins apart on the expert's path: three quantization errors, a Lipschitz step "
                "and j bins, so |u^ - u*| <= ell e + (2 j + 3) eps_q.",
                bins,
                (
                    Mutant("bins of no width", bins.concluding(loops.answered(total, ell, e, 3 * eps))),
                    Mutant("labels anywhere", bins.without("bins")),
                ),
            ),
        ),
    )


def _validated() -> tuple[Validated, ...]:  # long: one table, its rows read side by side
    codes, maps, bins = _inputs()
    ell, slope = symbol("lipschitz"), symbol("coupled_lipschitz")
    by_code = symbol("jump") + symbol("action_error")
    by_map = symbol("eps_q") + symbol("map_error")
    by_bin = (2 * symbol("bins_off") + 3) * symbol("eps_q")
    rho, rho_code = symbol("eta") + symbol("C") * ell, symbol("eta") + symbol("C") * slope
    return (
        Validated(
            "validated_error",
            ("held_out_errors", "coupled_lipschitz", "incrementally_stable", "linear_gains", "lipschitz_reward"),
            lambda t: by_code * gamma(t, rho_code),
            lambda t: slope * by_code * gamma(t, rho_code) + by_code,
            sympy.Integer(0),
            _FROM_LOOPS,
            codes,
        ),
        Validated(
            "validated_closed_loop",
            (
                "held_out_map_errors",
                "noisy_lipschitz",
                "sup_error",
                "loop_stable",
                "linear_loop_gains",
                "lipschitz_reward",
            ),
            lambda t: by_map * _own(t),
            lambda t: ell * by_map * _own(t) + by_map,
            sympy.Integer(0),
            (loops.LOST, cores.GOOD_SUM),
            maps,
        ),
        Validated(
            "validated_mismatch",
            (
                "held_out_mismatch",
                "quantized_lipschitz",
                "sup_error",
                "uniform_bins",
                "incrementally_stable",
                "lipschitz_reward",
            ),
            lambda t: by_bin * gamma(t, rho),
            lambda t: ell * by_bin * gamma(t, rho) + by_bin,
            symbol("mismatch"),
            _FROM_LOOPS,
            bins,
        ),
    )


def proofs() -> tuple[Proof, ...]:
    """Every statement of this kind that the catalog has."""
    return (*(instance.proof() for instance in _instances()), *(one.proof() for one in _validated()))
