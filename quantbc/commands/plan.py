"""`quantbc plan`: a bound inverted for demonstrations, bins or horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import bounds
from bounds.bin_choice import best_bins
from bounds.classes import SoftmaxClass, TabularClass
from bounds.plan import plan
from bounds.planning import Solution, UnreachableError
from bounds.tolerance import Tolerated, UnreachableToleranceError, validation_for
from quantbc.commands.bound import action_box, as_json, symbols, theorem_named
from quantbc.errors import ProblemError
from quantbc.output import print_json, print_line

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


@dataclass(frozen=True)
class Within:
    """How far the state may deviate, as given by the flags.

    Attributes:
        tolerance: in the unit of the state; None to plan for a regret.
        probability: that labels agree, or that a certificate holds.
        diameter: largest error of an action, for held-out trajectories.
    """

    tolerance: float | None
    probability: float = 0.95
    diameter: float | None = None

    def chance(self, solve_for: str) -> dict[str, float]:
        """The probabilities passed to the solver.

        Raises:
            ProblemError: held-out trajectories without the diameter.
        """
        if solve_for != "validation":
            return {"probability": self.probability}
        if self.diameter is None:
            raise ProblemError("--solve-for validation needs --diameter, the largest error of an action")
        return {"confidence": self.probability, "diameter": self.diameter}


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


def run(
    key: str,
    form: str | None,
    *,
    target: float | None,
    within: Within,
    solve_for: str,
    growth: Growth | None,
    flags: dict[str, Any],
    extra: Sequence[str],
    json: bool,
) -> None:
    """Solve and print.

    Raises:
        ProblemError: an unknown unknown, or a value given for it.
    """
    theorem = theorem_named(key)
    if solve_for not in _SYMBOL:
        raise ProblemError(f"--solve-for must be one of {', '.join(_SYMBOL)}, got {solve_for!r}")
    name, flag = _SYMBOL[solve_for]
    if flags.get(name) is not None:
        raise ProblemError(f"{flag} must be left out to be solved for, got {flags[name]!r}")
    if growth is not None:
        _best(theorem, form, solve_for=solve_for, growth=growth, flags=flags, extra=extra, json=json)
        return
    if (target is None) == (within.tolerance is None):
        raise ProblemError("give --target, the total regret to stay below, or --tolerance, the deviation of the state")
    if target is None:
        _tolerated(theorem, within, solve_for, flags, extra, json=json)
        return
    if solve_for in ("chunk", "validation"):
        _certified(theorem, target, within, solve_for, flags, extra, json=json)
        return
    try:
        solved = plan(theorem, solve_for, target=target, form=form, **_values(solve_for, flags, extra))
    except UnreachableError as error:
        if json:
            print_json({"solve_for": solve_for, "target": target, "value": None, "reason": str(error)})
        else:
            print_line(f"{error}.")
        return
    _print(cast(Solution, solved), solve_for, target, json=json)


def _values(solve_for: str, flags: dict[str, Any], extra: Sequence[str]) -> dict[str, Any]:
    """Arguments of the solver: symbols, and the range of the bins when solving for their number."""
    if solve_for != "bins":
        return symbols(flags, extra)
    box = action_box(flags, purpose="--solve-for bins")
    return symbols(flags | dict.fromkeys(("low", "high", "dimension", "norm")), extra) | box


def _print(solution: Solution, solve_for: str, target: float, *, json: bool) -> None:
    bound = as_json(solution.evaluation)
    document = {
        "solve_for": solve_for,
        "target": target,
        "value": solution.value,
        "limited": solution.limited,
        "bound": bound,
        "neighbour": solution.neighbour,
    }
    if json:
        print_json(document)
        return
    theorem = solution.evaluation.theorem
    aim = "a regret of" if theorem.ceiling == "H" else f"{theorem.quantity}:"
    print_line(f"{theorem.key}: {_WORDS[solve_for].format(solution.value)} for {aim} at most {target:g}.")
    if solution.limited:
        print_line("The target is still met at the longest horizon tried.")
    else:
        print_line(f"There the bound is {bound['total']:.9g}; one step further it is {solution.neighbour:.9g}.")
    print_line(f"{bound['advice']}.")


def _best(
    theorem: bounds.Theorem,
    form: str | None,
    *,
    solve_for: str,
    growth: Growth,
    flags: dict[str, Any],
    extra: Sequence[str],
    json: bool,
) -> None:
    """The best bins for a class that grows with them."""
    if solve_for != "bins":
        raise ProblemError(f"--grows needs --solve-for bins, got {solve_for!r}")
    values = _values(solve_for, flags, extra)
    sizes = growth.build(dimension=values["dimension"], horizon=flags["H"])
    found = best_bins(theorem, sizes, form, **values)
    bound = as_json(found.evaluation)
    if json:
        print_json({"solve_for": "best bins", "value": found.bins, "closed_form": found.closed_form, "bound": bound})
        return
    print_line(f"{theorem.key}: {found.bins} bins per action dimension give the smallest bound, {bound['total']:.6g}.")
    if found.closed_form is not None:
        print_line(f"Closed form of the simple bound: K* = {found.closed_form:.6g}.")
    print_line(f"{bound['advice']}.")


def _certified(
    theorem: bounds.Theorem,
    target: float,
    within: Within,
    solve_for: str,
    flags: dict[str, Any],
    extra: Sequence[str],
    *,
    json: bool,
) -> None:
    """Held-out trajectories for a regret."""
    if solve_for == "chunk":
        raise ProblemError("--solve-for chunk needs --tolerance: regret is not monotone in the chunk length")
    values = symbols(flags, extra)
    count = validation_for(theorem, target, diameter=within.diameter, confidence=within.probability, **values)
    if json:
        print_json({"solve_for": solve_for, "target": target, "value": count, "confidence": within.probability})
        return
    print_line(f"{theorem.key}: {_WORDS[solve_for].format(count)} certify a regret of at most {target:g}.")


def _tolerated(
    theorem: bounds.Theorem,
    within: Within,
    solve_for: str,
    flags: dict[str, Any],
    extra: Sequence[str],
    *,
    json: bool,
) -> None:
    """Solve for a deviation, and print."""
    tolerance = 0.0 if within.tolerance is None else within.tolerance
    chance = within.chance(solve_for)
    try:
        found = cast(
            Tolerated, plan(theorem, solve_for, tolerance=tolerance, **chance, **_values(solve_for, flags, extra))
        )
    except UnreachableToleranceError as error:
        if json:
            print_json({"solve_for": solve_for, "tolerance": tolerance, "value": None, "reason": str(error)})
        else:
            print_line(f"{error}.")
        return
    document = {
        "solve_for": solve_for,
        "tolerance": tolerance,
        "value": found.value,
        "limited": found.limited,
        "deviation": found.deviation.largest,
        "deviation_sense": found.deviation.sense,
        "deviation_probability": found.deviation.probability,
    }
    if json:
        print_json(document)
        return
    print_line(f"{theorem.key}: {_WORDS[solve_for].format(found.value)} for a deviation of at most {tolerance:g}.")
    print_line(
        f"There the largest deviation is {found.deviation.largest:.6g} ({found.deviation.sense}), labels agree with "
        f"probability at least {found.deviation.probability:.6g}."
    )
