"""The price of random hazards: what average errors add to the imitation term when labels are stochastic.

Where the hazards κ_t are random, the change of law and the decoupling cannot simply be added: the learner may be at
high risk exactly where it no longer resembles the expert. With A = H TV, B the decoupling under the expert's law, D the
Hellinger distance and K the largest sum of hazards along a path, the regret is at most drift + B + the least of

    A + 2 sqrt(A B) + A,    (1 + K) A,    4 H D,    (2 + log(1/TV)) A.

No constant times A alone will do (`simulators.witnesses` has two systems that break A + B and 2 A + B).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bounds.numerics import Array, times
from bounds.symbols import symbol
from bounds.terms import Decoupling, Form, Imitation, Radius
from bounds.values import Need, Values, need, optionally

if TYPE_CHECKING:
    import sympy


FOUR_HELLINGER = Radius(multiplier=1, root=True, weight=32)
_SUM = optionally("hazard_sum")


def _twice(A: Array, B: Array) -> Array:
    """2 A + 2 sqrt(A B): form (b) without B itself, which is another term."""
    return 2.0 * A + 2.0 * times(np.sqrt(A), np.sqrt(B))


def _least(values: Values, tv: Array, decoupled: Array) -> Array:
    """The least of the forms that need the total variation only."""
    A = times(values.return_range, tv)
    with np.errstate(divide="ignore"):
        least = np.minimum(_twice(A, decoupled), times(A, 2.0 - np.log(tv)))
    if "hazard_sum" not in values.arrays:
        return least
    return np.minimum(least, times(A, 1.0 + values["hazard_sum"]))


def _forms(tv: sympy.Expr, A: sympy.Expr, B: sympy.Expr) -> tuple[sympy.Expr, ...]:
    import sympy

    return 2 * A + 2 * sympy.sqrt(A * B), A * (2 - sympy.log(tv))


@dataclass(frozen=True)
class LearntPrice(Imitation):
    """Imitation and the price of random hazards, over a learned class with stochastic labels.

    Sharp: the least of the four forms. Simple: four Hellinger distances times H. The range of the return takes H's
    place where it is given, and form (c) counts where the largest sum of hazards is.

    Attributes:
        radius: bounds the total variation.
        decoupling: B.
    """

    decoupling: Decoupling

    @property
    def needs(self) -> tuple[Need, ...]:
        return need("H"), *self.radius.needs, *self.decoupling.needs, _SUM

    def numeric(self, values: Values, form: Form) -> Array:
        """The least form."""
        hellinger = values.return_range * FOUR_HELLINGER.numeric(values, form)
        if form == "simple":
            return hellinger
        tv = self.radius.numeric(values, form)
        return np.minimum(_least(values, tv, self.decoupling.numeric(values, form)), hellinger)

    def _formula(self, form: Form, scale: sympy.Expr, B: sympy.Expr, more: bool) -> sympy.Expr:
        import sympy

        hellinger = scale * FOUR_HELLINGER.symbolic(form)
        if form == "simple":
            return hellinger
        tv = self.radius.symbolic(form)
        paths = ((1 + symbol("hazard_sum")) * scale * tv,) if more else ()
        return sympy.Min(*_forms(tv, scale * tv, B), *paths, hellinger)

    def symbolic(self, form: Form) -> sympy.Expr:
        return self._formula(form, symbol("H"), self.decoupling.symbolic(form), more=False)

    def refined(self, form: Form) -> sympy.Expr:
        return self._formula(form, symbol("return_range"), self.decoupling.refined(form), more=True)


@dataclass(frozen=True)
class GivenPrice:
    """Imitation and the price of random hazards for two given laws at total variation ``tv``.

    Sharp: the least form. Simple: 2 A + 2 sqrt(A B).

    Attributes:
        decoupling: B.
    """

    decoupling: Decoupling

    @property
    def needs(self) -> tuple[Need, ...]:
        return need("H"), need("tv"), *self.decoupling.needs, _SUM

    def numeric(self, values: Values, form: Form) -> Array:
        tv, decoupled = values["tv"], self.decoupling.numeric(values, form)
        if form == "sharp":
            return _least(values, tv, decoupled)
        return _twice(times(values.return_range, tv), decoupled)

    def symbolic(self, form: Form) -> sympy.Expr:
        import sympy

        tv = symbol("tv")
        forms = _forms(tv, symbol("H") * tv, self.decoupling.symbolic(form))
        return forms[0] if form == "simple" else sympy.Min(*forms)

    def refined(self, form: Form) -> sympy.Expr:
        import sympy

        tv, scale = symbol("tv"), symbol("return_range")
        forms = _forms(tv, scale * tv, self.decoupling.refined(form))
        return forms[0] if form == "simple" else sympy.Min(*forms, (1 + symbol("hazard_sum")) * scale * tv)
