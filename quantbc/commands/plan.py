"""`quantbc plan`: a bound inverted for demonstrations, bins or horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bounds
from bounds.bin_choice import best_bins
from bounds.classes import SoftmaxClass, TabularClass
from bounds.plan import plan
from bounds.planning import Solution, UnreachableError
from bounds.tolerance import UnreachableToleranceError
from quantbc.commands.bound import action_box, as_json, symbols, theorem_named
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_lines

_SYMBOL = {
    "demos": ("n", "--demos"),
    "bins": ("bins", "--bins"),
    "horizon": ("H", "--horizon"),
    "chunk": ("chunk", "--chunk"),
    "validation": ("validation", "--validation"),
}
_WORDS = {
    "demos": "at least {} demonstrations",
    "bins": "at least {} bins per action dimension",
    "horizon": "at most {} steps",
    "chunk": "chunks of {} actions (the shortest that suffice)",
    "validation": "{} held-out trajectories",
}
_LIMITED = "The {} is still met at the longest horizon tried."
Answer = tuple[dict[str, Any], list[str]]
"""One JSON document, and the same in sentences."""


@dataclass(frozen=True)
class Growth:
    """How the policy class grows with the bins, as given by the flags.

    Attributes:
        kind: ``"tabular"`` (stationary deterministic), ``"nonstationary"`` or ``"softmax"``.
        states: number of states, for the tabular kinds.
        features: inputs of every logit, for softmax.
        weight_bits: bits per stored weight, for softmax.
    """

    kind: str
    states: int | None
    features: int | None
    weight_bits: int

    def build(self, *, dimension: int, horizon: int | None) -> TabularClass | SoftmaxClass:
        """The class.

        Raises:
            ProblemError: an unknown kind, or what the kind needs is missing.
        """
        if self.kind == "softmax":
            return SoftmaxClass(self._needed("--features", self.features), dimension, self.weight_bits)
        if self.kind == "tabular":
            return TabularClass(self._needed("--states", self.states), dimension)
        if self.kind == "nonstationary":
            steps = self._needed("--horizon", horizon)
            return TabularClass(self._needed("--states", self.states), dimension, steps)
        raise ProblemError(f"--grows must be one of tabular, nonstationary, softmax, got {self.kind!r}")

    def _needed(self, flag: str, value: int | None) -> int:
        if value is None:
            raise ProblemError(f"--grows {self.kind} needs {flag}, which was not given")
        return value


@dataclass(frozen=True)
class Aim:
    """What is solved for, and what must be met, as given by the flags.

    Attributes:
        solve_for: the unknown.
        target: total regret to stay below; None to plan for a deviation.
        tolerance: how far the state may deviate, in its unit; None to plan for a regret.
        probability: that labels agree, or that a certificate holds.
        diameter: largest error of an action, for held-out trajectories.
        growth: of the class with the bins, whose best number is then asked for.
    """

    solve_for: str
    target: float | None
    tolerance: float | None
    probability: float = 0.95
    diameter: float | None = None
    growth: Growth | None = None

    def require(self, flags: dict[str, Any]) -> None:
        """Check that the question can be asked.

        Raises:
            ProblemError: an unknown unknown, a value given for it, or not one aim.
        """
        if self.solve_for not in _SYMBOL:
            raise ProblemError(f"--solve-for must be one of {', '.join(_SYMBOL)}, got {self.solve_for!r}")
        name, flag = _SYMBOL[self.solve_for]
        if flags.get(name) is not None:
            raise ProblemError(f"{flag} must be left out to be solved for, got {flags[name]!r}")
        if self.growth is not None:
            if self.solve_for != "bins":
                raise ProblemError(f"--grows needs --solve-for bins, got {self.solve_for!r}")
        elif (self.target is None) == (self.tolerance is None):
            raise ProblemError(
                "give --target, the total regret to stay below, or --tolerance, the deviation of the state"
            )
        elif self.tolerance is None and self.solve_for == "chunk":
            raise ProblemError("--solve-for chunk needs --tolerance: regret is not monotone in the chunk length")
        elif self.tolerance is not None and self.solve_for == "validation" and self.diameter is None:
            raise ProblemError("--solve-for validation needs --diameter, the largest error of an action")

    def given(self, form: str | None) -> dict[str, Any]:
        """The aim, and what its solver takes besides symbols."""
        if self.solve_for == "validation":
            more: dict[str, Any] = {"confidence": self.probability, "diameter": self.diameter}
        else:
            more = {"form": form} if self.tolerance is None else {"probability": self.probability}
        return {"target": self.target, "tolerance": self.tolerance, **more}


def run(key: str, form: str | None, aim: Aim, flags: dict[str, Any], extra: Sequence[str], *, json: bool) -> None:
    """Solve and print.

    Raises:
        ProblemError: a question that cannot be asked, or a bad value.
    """
    theorem = theorem_named(key)
    aim.require(flags)
    values = symbols(flags, extra) if aim.solve_for != "bins" else _with_box(flags, extra)
    if aim.growth is not None:
        growth = aim.growth.build(dimension=values["dimension"], horizon=flags["H"])
        document, lines = _best(theorem, form, growth, values)
    else:
        document, lines = _solved(theorem, form, aim, values)
    if json:
        print_json(document)
        return
    print_lines(lines)


def _with_box(flags: dict[str, Any], extra: Sequence[str]) -> dict[str, Any]:
    """Symbols, and the range of the bins whose number is solved for."""
    box = action_box(flags, purpose="--solve-for bins")
    return symbols(flags | dict.fromkeys(("low", "high", "dimension", "norm")), extra) | box


def _best(theorem: bounds.Theorem, form: str | None, growth: Any, values: dict[str, Any]) -> Answer:
    """The best bins for a class that grows with them."""
    found = best_bins(theorem, growth, form, **values)
    bound = as_json(found.evaluation)
    lines = [f"{theorem.key}: {found.bins} bins per action dimension give the smallest bound, {bound['total']:.6g}."]
    if found.closed_form is not None:
        lines.append(f"Closed form of the simple bound: K* = {found.closed_form:.6g}.")
    document = {"solve_for": "best bins", "value": found.bins, "closed_form": found.closed_form, "bound": bound}
    return document, [*lines, f"{bound['advice']}."]


def _solved(theorem: bounds.Theorem, form: str | None, aim: Aim, values: dict[str, Any]) -> Answer:
    limit = aim.target if aim.tolerance is None else aim.tolerance
    asked = {"solve_for": aim.solve_for, "target" if aim.tolerance is None else "tolerance": limit}
    try:
        found = plan(theorem, aim.solve_for, **aim.given(form), **values)
    except (UnreachableError, UnreachableToleranceError) as error:
        return asked | {"value": None, "reason": str(error)}, [f"{error}."]
    if isinstance(found, int):
        line = f"{theorem.key}: {_WORDS[aim.solve_for].format(found)} certify a regret of at most {limit:g}."
        return asked | {"value": found, "confidence": aim.probability}, [line]
    head = f"{theorem.key}: {_WORDS[aim.solve_for].format(found.value)} for"
    asked |= {"value": found.value, "limited": found.limited}
    if isinstance(found, Solution):
        bound = as_json(found.evaluation)
        there = f"There the bound is {bound['total']:.9g}; one step further it is {found.neighbour:.9g}."
        what = "a regret of" if theorem.ceiling == "H" else f"{theorem.quantity}:"
        aim_met = f"{what} at most {limit:g}"
        if theorem.sense is bounds.Sense.LOWER:
            aim_met = f"a lower bound of at most {limit:g}: necessary for so small a regret, not sufficient"
        lines = [
            f"{head} {aim_met}.",
            _LIMITED.format("target") if found.limited else there,
            f"{bound['advice']}.",
        ]
        return asked | {"bound": bound, "neighbour": found.neighbour}, lines
    largest, sense, probability = found.deviation.largest, found.deviation.sense, found.deviation.probability
    lines = [
        f"{head} a deviation of at most {limit:g}.",
        f"There the largest deviation is {largest:.6g} ({sense}), labels agree with probability at least "
        f"{probability:.6g}.",
        *([_LIMITED.format("tolerance")] if found.limited else []),
    ]
    return asked | {"deviation": largest, "deviation_sense": sense, "deviation_probability": probability}, lines
