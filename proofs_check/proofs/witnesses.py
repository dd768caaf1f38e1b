"""Systems on which the catalog's upper bounds are attained: their exact regret, as a fraction.

All have a single policy in the class, so nothing is to be learnt (x = 0 in Lemma S1) and the imitation term of the
sharp form is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import bounds
from bounds.catalog import catalog
from proofs_check.engines.exact import Case, Exact
from proofs_check.ledger import Mutant, Step


@dataclass(frozen=True)
class Witness:
    """One system with its exact regret and the constants the theorem asks for.

    Attributes:
        key: the theorem.
        story: what happens, in a sentence.
        values: keyword values for the evaluation.
        regret: exact total regret.
        form: the form it is compared with.
    """

    key: str
    story: str
    values: Mapping[str, float]
    regret: Fraction
    form: str

    def cases(self, factor: Fraction) -> Iterator[Case]:
        """Regret ≤ factor × bound, the bound evaluated in floats with 1e-12 of it to spare for rounding."""
        total = float(bounds.evaluate(catalog[self.key], form=self.form, **self.values).total)
        bound = factor * Fraction(total) * (1 + Fraction(1, 10**12))
        yield Case(f"{self.key}, regret of the witness", self.regret, "<=", bound)

    def claim(self, factor: Fraction = Fraction(1)) -> Exact:
        """The bound times a factor covers the witness."""
        return Exact(lambda: self.cases(factor), "one system, exact regret")

    def step(self) -> Step:
        """The bound holds on the witness, and 0.999 of it does not."""
        return Step(
            "tight",
            f"Tight: {self.story} The bound ({self.form} form) covers the exact regret and no 0.999 multiple of it "
            f"does. Checked on this system.",
            self.claim(),
            (Mutant("bound x 0.999", self.claim(Fraction(999, 1000))),),
        )


def displacement(a: Fraction, b: Fraction, action: Callable[[int], Fraction], horizon: int) -> list[Fraction]:
    """States of x' = a x + b u from x_1 = 0.

    Example:
        >>> displacement(Fraction(1, 2), Fraction(1), lambda h: Fraction(1), 3)
        [Fraction(0, 1), Fraction(1, 1), Fraction(3, 2)]
    """
    states = [Fraction(0)]
    for h in range(1, horizon):
        states.append(a * states[-1] + b * action(h))
    return states


_NO_DATA = {"n": 1.0, "delta": 0.5, "log_class_size": 0.0}


def decoupling() -> Witness:
    """Theorem 2's H² ε_q: the deployed policy plays 1 with probability 2x, and never recovers."""
    H, eps, L = 40, Fraction(1, 10**7), 2
    states = displacement(Fraction(1, 2), Fraction(1, 2), lambda _: eps, H)
    alive, regret = Fraction(1), Fraction(0)
    for x in states:
        alive *= 1 - L * x
        regret += (1 - alive) + alive * (2 * x + eps)
    values = {**_NO_DATA, "H": H, "eps_q": float(eps), "C": 0.5, "eta": 0.5, "L": L, "L_x": 2.0, "L_u": 1.0}
    story = (
        "x' = x/2 + u/2, the expert rests at 0 (code eps), the policy plays 1 with probability 2x, after which the "
        "reward "
        "is 0."
    )
    return Witness("theorem_2", story, values, regret, "sharp")


def same_sign(key: str, **extra: float) -> Witness:
    """Errors of one sign and a linear reward below saturation: the drift term exactly."""
    H, eps = 12, Fraction(1, 2**10)
    states = displacement(Fraction(1, 2), Fraction(1), lambda _: eps, H)
    regret = sum((x + 2 * eps for x in states), start=Fraction(0))
    values = {**_NO_DATA, "H": float(H), "eps_q": float(eps), "C": 1.0, "eta": 0.5, "L_x": 1.0, "L_u": 2.0, **extra}
    story = "x' = x/2 + u, the expert rests at 0, every code is eps too large, r = 1 - x - 2u."
    return Witness(key, story, values, regret, catalog[key].forms[0])


def average(key: str) -> Witness:
    """The same system with the average error in place of the sup error; L = 0 and no imitation needs a huge n."""
    base = same_sign("theorem_2", L=0.0)
    values = {name: value for name, value in base.values.items() if name != "eps_q"}
    values |= {"average_error": base.values["eps_q"], "n": 1e30}
    return Witness(key, base.story, values, base.regret, catalog[key].forms[0])


def binning(key: str) -> Witness:
    """The factor 3: after one step the code is one cell up, three errors from the expert's action."""
    H, eps = 4000, Fraction(1, 2**14)
    regret = eps + 3 * eps * (H - 1)
    values = {
        **_NO_DATA,
        "H": float(H),
        "eps_q": float(eps),
        "C": 0.5,
        "eta": 0.5,
        "lipschitz": 1e-12,
        "L_x": 0.0,
        "L_u": 1.0,
    }
    story = (
        "The expert plays the left end of a cell; the learnt map sits at the right end and rises with x, so from "
        "step 2 on the code is "
        "3 eps too large; r = 1 - |u - u*|."
    )
    return Witness(key, story, values, regret, "sharp")


def kernel() -> Witness:
    """Smooth kernels: a code eps away makes the good state decay with probability L_P eps a step."""
    H, eps, L_P = 25, Fraction(1, 100), 3
    alive, regret = Fraction(1), Fraction(0)
    for _ in range(H):
        regret += 1 - alive
        alive *= 1 - L_P * eps
    values = {**_NO_DATA, "H": float(H), "eps_q": float(eps), "L_P": float(L_P), "L_u": 0.0}
    story = "A good state with reward 1 is left for good with probability 3|u|; the expert plays 0, its code is eps."
    return Witness("smooth_kernel", story, values, regret, "sharp")


def ross_bagnell() -> Witness:
    """All errors at the first step, after which everything is lost."""
    H, step_error = 20, Fraction(1, 50)
    story = "The learner errs at the first step only, with probability H step_error, and every reward after that is 0."
    values = {"H": float(H), "step_error": float(step_error)}
    return Witness("ross_bagnell", story, values, H * H * step_error, "sharp")
