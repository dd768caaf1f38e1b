"""Evaluation of any statement of the catalog: one evaluator, numpy broadcasting, no case distinctions by theorem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bounds import notebook
from bounds.errors import AssumptionError
from bounds.numerics import Array
from bounds.terms import Form
from bounds.theorem import Sense, Theorem
from bounds.values import Values, collect


@dataclass(frozen=True, repr=False)
class Evaluation:
    """A statement at given values.

    Attributes:
        theorem: the statement.
        form: ``"sharp"`` or ``"simple"``.
        values: checked values of its symbols.
        parts: terms in the smallest shape their own symbols broadcast to.
    """

    theorem: Theorem
    form: Form
    values: Values
    parts: Mapping[str, Array]

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Broadcast shape of all symbols."""
        return np.broadcast_shapes(*(array.shape for array in self.values.arrays.values()))

    @cached_property
    def terms(self) -> dict[str, Array]:
        """Terms by name, read-only, in the full shape."""
        return {name: np.broadcast_to(part, self.shape)[()] for name, part in self.parts.items()}

    @cached_property
    def total(self) -> Array:
        """The bound: sum of the terms; inf where it exceeds the floats."""
        total = np.asarray(0.0)
        for part in reversed(tuple(self.parts.values())):  # the last terms share symbols: the full shape comes up once
            total = total + part
        return total if total.shape == self.shape else np.broadcast_to(total, self.shape)[()]

    @cached_property
    def ceiling(self) -> Array:
        """The trivial bound on the quantity; inf where there is none."""
        ceiling = self.theorem.ceiling
        if isinstance(ceiling, str):
            return np.minimum(self.values[ceiling], self.values.get("return_range", np.inf))
        return np.asarray(np.inf if ceiling is None else ceiling)

    @cached_property
    def vacuous(self) -> NDArray[np.bool_]:
        """Where the statement is void: an upper bound at or above the ceiling, a lower bound at or below 0."""
        vacuous = self.total <= 0 if self.theorem.sense is Sense.LOWER else self.total >= self.ceiling
        return np.asarray(vacuous, dtype=np.bool_)

    @cached_property
    def capped(self) -> Array:
        """The bound combined with the trivial one."""
        if self.theorem.sense is Sense.LOWER:
            return np.maximum(self.total, 0.0)
        return np.minimum(self.total, self.ceiling)

    @cached_property
    def overflow(self) -> NDArray[np.bool_]:
        """Where the true value exceeds the range of floats and inf is reported."""
        return np.asarray(np.isinf(self.total), dtype=np.bool_)

    def __repr__(self) -> str:
        return notebook.line(self)

    def _repr_html_(self) -> str:
        return notebook.table(self)

    def _repr_latex_(self) -> str | None:
        return None if self.shape else f"$\\displaystyle {notebook.with_numbers(self)}$"


def evaluate(theorem: Theorem, form: str | None = None, **values: Any) -> Evaluation:
    """Evaluate a statement; all arguments broadcast against each other like those of a numpy ufunc.

    Args:
        theorem: an entry of `bounds.catalog.catalog`.
        form: ``"sharp"`` (default where it exists) or ``"simple"``.
        **values: the statement's symbols by keyword name (`bounds.symbols.SYMBOLS`), plus ``class_size`` and
            ``model_class_size`` for the exponentials of their logarithms, and ``gains`` or ``modulus`` objects.

    Returns:
        Evaluation with terms, total, capped value and flags.

    Raises:
        ParameterError: a symbol is missing, unknown, contradictory or outside its domain.
        AssumptionError: the values violate an assumption of the statement.

    Example:
        >>> from bounds import catalog
        >>> result = evaluate(catalog["theorem_8"], H=50, n=[10, 1000], eps_q=0.001)
        >>> result.total.round(4)
        array([0.9227, 0.0592])
        >>> bool(result.vacuous.any())
        False
    """
    chosen = theorem.form(form)
    checked = collect(theorem.key, theorem.needs, values)
    for assumption in theorem.assumptions:
        if assumption.holds is not None and not np.all(holds := np.asarray(assumption.holds(checked))):
            _report(theorem, assumption.requirement, checked, holds)
    parts = {name: term.numeric(checked, chosen) for name, term in theorem.terms.items()}
    return Evaluation(theorem, chosen, checked, parts)


def _report(theorem: Theorem, requirement: str | None, values: Values, holds: Array) -> None:
    """Name the first offending values."""
    index = np.unravel_index(int(np.argmin(holds)), holds.shape)
    words = requirement.split() if requirement else []
    shown = [f"{name} = {value!r}" for name, value in values.objects.items() if name in words]
    for name in values.arrays:
        if name in words:
            value = values[name] if holds.ndim == 0 else np.broadcast_to(values[name], holds.shape)[index]
            shown.append(f"{name} = {float(value)!r}" if value.ndim == 0 else f"{name} given")
    raise AssumptionError(f"{theorem.key} requires {requirement}, got {', '.join(shown)}")
