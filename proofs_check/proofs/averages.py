"""Statements of the catalog that pay the price of random hazards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy
import z3

from bounds.catalog import catalog
from bounds.price import FOUR_HELLINGER
from bounds.symbols import symbol
from bounds.typeset import formula
from proofs_check.engines.induction import All
from proofs_check.engines.smt import Smt
from proofs_check.engines.statement import Declares
from proofs_check.engines.symbolic import Identity
from proofs_check.engines.translate import to_z3
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import price, readings, witnesses
from proofs_check.proofs.readings import Radius, gamma

_T = sympy.Symbol("t", integer=True, positive=True)
_H = sympy.Symbol("h", integer=True, positive=True)


@dataclass(frozen=True)
class Averaged:
    """A statement of the catalog whose imitation term is the price of random hazards.

    Attributes:
        key: the catalog's key.
        assumptions: predicate names the proof uses.
        radius: statistical radius of the total variation; None where it is given.
        priced: names of the forms in the sharp imitation term, besides four Hellinger distances.
        error: the mean disturbance of an action.
        proved: whether the kernel has the theorem, so that readings of the terms and the witness are all to add.
    """

    key: str
    assumptions: tuple[str, ...]
    radius: Radius | None
    priced: tuple[str, ...]
    error: sympy.Expr
    proved: bool = False

    def proof(self) -> Proof:
        """Readings of the terms, the witness and, where the kernel has no theorem, the expression in every form."""
        theorem = catalog[self.key]
        steps = [*self._readings, witnesses.tight(self.key)]
        if not self.proved:
            steps += [self._final(name) for name in reversed(theorem.forms)]
        return Proof(self.key, theorem.title, "theorem", theorem.provenance.value, theorem.source, tuple(steps))

    @property
    def _variation(self) -> sympy.Expr:
        return symbol("tv") if self.radius is None else self.radius.formula("sharp")

    @cached_property
    def _readings(self) -> list[Step]:
        theorem = catalog[self.key]
        parts = theorem.parts(theorem.forms[0])
        moved = self.error * gamma(_T)
        hazard = symbol("L") * moved
        if self.error.has(symbol("horizon_average_error")):
            found = [self._at_once()]
        else:
            found = [
                *readings.decoupling_steps(self.key, hazard, _T),
                readings.drift_step(self.key, self.error * gamma(_H), self.error, _H),
            ]
        if self.radius is not None:
            weighted = Radius(1, True, weight=FOUR_HELLINGER.weight)
            found.append(readings.imitation_step(self.key, "simple", weighted))
        return found if self.proved else [*found, self._priced(parts)]

    def _at_once(self) -> Step:
        """The catalog's decoupling and drift are the total error times the weights of the first step."""
        parts, H = catalog[self.key].parts("sharp"), symbol("H")
        j = sympy.Symbol("j", integer=True, nonnegative=True)
        g = symbol("C") * symbol("eta") ** j
        total = H * symbol("horizon_average_error")
        moved = sympy.Sum((H - 1 - j) * g, (j, 0, H - 2))
        lost = readings.identity(parts["decoupling"], total * symbol("L") * moved)
        drift = readings.identity(parts["drift"], total * (symbol("L_x") * sympy.Sum(g, (j, 0, H - 2)) + symbol("L_u")))
        short = readings.identity(
            parts["drift"], total * (symbol("L_x") * sympy.Sum(g, (j, 0, H - 2)) + symbol("L_u") / 2)
        )
        return Step(
            "at_once",
            "The catalog's decoupling is L H horizon_average_error times sum_j (H - 1 - j) g_j, its drift H "
            "horizon_average_error (L_x Gamma_H + L_u): the weights of the first step.",
            All((lost, drift)),
            (Mutant("half of L_u", short),),
        )

    def _priced(self, parts: dict[str, sympy.Expr]) -> Step:
        A, B = symbol("H") * self._variation, parts["decoupling"]
        forms = [price.form(name, A, B, self._variation) for name in self.priced]
        extra = [] if self.radius is None else [catalog[self.key].terms["imitation"].symbolic("simple")]
        found = {sympy.powdenest(sympy.expand(arg), force=True) for arg in parts["imitation"].args}
        wanted = {sympy.powdenest(sympy.expand(arg), force=True) for arg in forms}
        missing = sum((sympy.Integer(arg not in found) for arg in wanted), start=sympy.Integer(0))
        count = sympy.Integer(len(parts["imitation"].args) - len(forms) - len(extra))
        limited = catalog[self.key].refined("sharp")["imitation"].args
        path = price.form("path_sum", symbol("return_range") * self._variation, B, self._variation)
        more = sympy.Integer(sum(sympy.expand(arg - path) == 0 for arg in limited))
        claim = All(
            tuple(Identity(left, sympy.Integer(right)) for left, right in ((missing, 0), (count, 0), (more, 1)))
        )
        return Step(
            "priced",
            f"The sharp imitation term is the least of the forms {', '.join(self.priced)}"
            f"{' and four Hellinger distances' if extra else ''}, written for A = H TV and the catalog's decoupling B; "
            "where the largest sum of hazards is given, path_sum is one of them.",
            claim,
            (Mutant("a form left out", Identity(count, sympy.Integer(1))),),
            leans=tuple(price.FORMS[name] for name in (*self.priced, "path_sum")),
        )

    def _final(self, name: str) -> Step:
        regret, d, f, extra = z3.Reals("regret decoupling drift locality")
        theorem = catalog[self.key]
        parts = theorem.parts(name)
        priced = parts["imitation"]
        args = list(priced.args) if isinstance(priced, sympy.Min) else [priced] if priced != 0 else []
        prices = {arg: z3.Real(f"price_{number}") for number, arg in enumerate(args)}
        atoms = {**prices, parts["decoupling"]: d, parts["drift"]: f, **self._more(parts, extra)}
        total = sum((to_z3(part, atoms) for part in parts.values()), start=z3.RealVal(0))
        rest = d + f + (extra if "locality" in parts else 0)
        paid = list(prices.values()) or [z3.RealVal(0)]
        given = {f"form {i}": z3.And(regret <= p + rest, -regret <= p + rest) for i, p in enumerate(paid)}
        claim = Smt(z3.And(regret <= total, -regret <= total), given)
        drop = {"decoupling": d, "drift": f, **({"locality": extra} if "locality" in parts else {})}
        return Step(
            "final" if name == theorem.forms[0] else f"final_{name}",
            f"{theorem.statement} ({name} form: the catalog's expression, for both signs.)",
            All((Declares(self.key, self.assumptions), claim)),
            (
                *(Mutant(f"{what} dropped", claim.concluding(regret <= total - term)) for what, term in drop.items()),
                Mutant("a form dropped", claim.without("form 0")),
            ),
            latex=rf"{theorem.left} \le {formula(theorem.expression(name))}",
            leans=self._leans(name),
        )

    @staticmethod
    def _more(parts: dict[str, sympy.Expr], extra: z3.ArithRef) -> dict[sympy.Expr, z3.ArithRef]:
        return {parts["locality"]: extra} if "locality" in parts else {}

    def _leans(self, name: str) -> tuple[str, ...]:
        own = tuple(f"{self.key}/{step.id}" for step in self._readings)
        forms = (price.FORMS["doob"],) if name == "simple" and self.radius is not None else ()
        local = (f"{price.KEY}/locality",) if "locality" in catalog[self.key].terms else ()
        return (
            *own,
            *forms,
            *local,
            price.SIGNS,
            f"{price.KEY}/comparison",
            price.PATHS,
        )


def _statements() -> tuple[Averaged, ...]:
    data = ("iid_demonstrations", "realizable", "tvc", "incrementally_stable", "lipschitz_reward")
    mean, total_variation = symbol("average_error"), Radius(2, True)
    return (
        Averaged(
            "theorem_1",
            ("coupled_pairs", "average_error", "tvc_deployed", "locally_stable", "lipschitz_reward"),
            None,
            ("stopping", "layers"),
            mean + symbol("eps_prime"),
        ),
        Averaged(
            "theorem_2_average",
            (*data, "horizon_average_error"),
            total_variation,
            ("stopping", "layers"),
            symbol("horizon_average_error"),
            proved=True,
        ),
        Averaged(
            "average_error_stochastic",
            (*data, "average_error"),
            total_variation,
            ("stopping", "layers"),
            mean,
            proved=True,
        ),
    )


def proofs() -> tuple[Proof, ...]:
    """The price, and the statements that pay it."""
    return (price.proof(), *(statement.proof() for statement in _statements()))
