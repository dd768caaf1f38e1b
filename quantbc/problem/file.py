"""Problem files: a TOML document that describes a study completely, read into frozen, validated specifications."""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from proofs_check.cloning import Experiment
from quantbc.errors import ProblemError
from quantbc.problem.reading import Table
from simulators.learners.finite_class import gain_class
from simulators.quantizers.scalar import ScalarQuantizer, openvla, uniform
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import NoNoise, UniformBox, UniformNoise

__all__ = ["Point", "Problem", "as_json", "load"]

_MEMBER_TOLERANCE = 1e-9

Vector = tuple[float, ...]


@dataclass(frozen=True)
class SystemSpec:
    """x' = A x + B u + w with uniform noise, and a uniform first state; matrices as nested tuples."""

    A: tuple[Vector, ...]
    B: tuple[Vector, ...]
    noise: Vector
    initial_low: Vector
    initial_high: Vector

    def build(self) -> LinearSystem:
        """The simulator."""
        noise = UniformNoise(np.array(self.noise)) if any(self.noise) else NoNoise()
        return LinearSystem(np.array(self.A), np.array(self.B), noise, UniformBox(self.initial_low, self.initial_high))


@dataclass(frozen=True)
class TaskSpec:
    """Where to reach, the box of actions, and the reward."""

    target: Vector
    action_low: float
    action_high: float
    state_weight: float
    action_weight: float
    norm: str


@dataclass(frozen=True)
class ExpertSpec:
    """A reaching expert and the gains of its policy class; Gaussian where std is given."""

    name: str
    gain: float
    gains: Vector
    std: float | None


@dataclass(frozen=True)
class QuantizerSpec:
    """An action tokenizer; ``bins`` is the project's own argument (edges for OpenVLA)."""

    kind: str
    bins: int
    low: float
    high: float

    @property
    def label(self) -> str:
        """Name for tables: kind and argument."""
        return f"{self.kind} {self.bins}"

    def build(self) -> ScalarQuantizer:
        """The simulator's quantizer."""
        return openvla(self.bins) if self.kind == "openvla" else uniform(self.bins, low=self.low, high=self.high)


@dataclass(frozen=True)
class Point:
    """One point of a study: everything that is measured there, but for the random numbers."""

    system: SystemSpec
    task: TaskSpec
    expert: ExpertSpec
    quantizer: QuantizerSpec
    H: int
    n: int
    delta: float
    episodes: int
    confidence: float

    def build(self) -> Experiment:
        """The experiment that is measured."""
        task = self.task
        candidates = gain_class(
            self.expert.gains,
            target_action=task.target,
            target_state=task.target,
            low=task.action_low,
            high=task.action_high,
            std=self.expert.std,
        )
        truth = self.expert.gains.index(self.expert.gain)
        reward = ReachReward(task.target, task.state_weight, task.action_weight, task.norm)
        return Experiment(self.system.build(), reward, candidates, truth, self.quantizer.build(), task.norm)


@dataclass(frozen=True)
class Problem:
    """A study: one system and task, experts and quantizers side by side, and a grid of horizons and budgets."""

    name: str
    system: SystemSpec
    task: TaskSpec
    experts: tuple[ExpertSpec, ...]
    quantizers: tuple[QuantizerSpec, ...]
    horizons: tuple[int, ...]
    demonstrations: tuple[int, ...]
    seeds: tuple[int, ...]
    delta: float
    episodes: int
    confidence: float

    def experiment(self, expert: ExpertSpec, quantizer: QuantizerSpec) -> Experiment:
        """The experiment at every horizon and budget: they do not matter to its constants."""
        settings = (self.delta, self.episodes, self.confidence)
        return Point(self.system, self.task, expert, quantizer, 1, 1, *settings).build()


def load(path: Path) -> Problem:
    """Read and validate a problem file.

    Every experiment is built once, so that whatever is wrong shows before any work is done.

    Raises:
        ProblemError: the file cannot be read, is not TOML, or a key is missing, unknown or out of range.
    """
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ProblemError(f"problem file must be readable, got {str(path)!r}: {reason}") from None
    except ValueError as error:  # not only TOMLDecodeError: an integer of thousands of digits is none
        raise ProblemError(f"problem file must be TOML, got {str(path)!r}: {error}") from None
    if not _integers_fit(data):
        raise ProblemError(
            f"problem file must hold integers of 64 bits, as TOML's are, got a larger one in {str(path)!r}"
        )
    problem = _problem(Table(data))
    try:
        for expert, quantizer in itertools.product(problem.experts, problem.quantizers):
            problem.experiment(expert, quantizer).constants(2)
    except ProblemError:
        raise
    except ValueError as error:
        raise ProblemError(f"{path.name}: {error}") from None
    return problem


def _integers_fit(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_integers_fit, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def _problem(root: Table) -> Problem:
    name = root.text("name")
    if not all(c.isalnum() or c in "-_." for c in name) or name.startswith("."):
        raise root.fail("name", "made of letters, digits, '-', '_' and '.', not starting with '.'", name)
    root.text("description", default="-")
    system = _system(root.table("system"))
    task = _task(root, len(system.A))
    experts = tuple(_expert(table) for table in root.tables("experts"))
    quantizers = tuple(_quantizer(table, task) for table in root.tables("quantizers"))
    _distinct(root, "experts", [expert.name for expert in experts])
    _distinct(root, "quantizers", [quantizer.label for quantizer in quantizers])
    sweep = root.table("sweep")
    problem = Problem(
        name=name,
        system=system,
        task=task,
        experts=experts,
        quantizers=quantizers,
        horizons=sweep.integers("horizons", low=1),
        demonstrations=sweep.integers("demonstrations", low=1),
        seeds=sweep.integers("seeds", low=0),
        delta=sweep.number("delta", low=0, high=1, inside=True, default=0.05),
        episodes=sweep.integer("episodes", low=2, default=20000),
        confidence=sweep.number("confidence", low=0, high=1, inside=True, default=0.99),
    )
    sweep.close()
    root.close()
    return problem


def _distinct(root: Table, key: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise root.fail(key, "distinct", name)


def _system(table: Table) -> SystemSpec:
    kind = table.text("type", allowed=("servo", "linear"))
    if kind == "servo":
        alpha = table.numbers("alpha", low=0, high=1)
        A = tuple(_row(1 - a, j, len(alpha)) for j, a in enumerate(alpha))
        B = tuple(_row(a, j, len(alpha)) for j, a in enumerate(alpha))
    else:
        A, B = table.matrix("A"), table.matrix("B")
        if len(A) != len(A[0]):
            raise table.fail("A", "square", A)
        if len(B) != len(A) or len(B[0]) != len(A):
            raise table.fail("B", f"of shape {len(A)} x {len(A)}, one action for each state", B)
    d = len(A)
    low = table.numbers("initial_low", length=d)
    high = table.numbers("initial_high", length=d)
    if any(b < a for a, b in zip(low, high, strict=True)):
        raise table.fail("initial_high", "at least initial_low", high)
    noise = table.numbers("noise", length=d, low=0, default=0.0)
    table.close()
    return SystemSpec(A, B, noise, low, high)


def _row(value: float, position: int, length: int) -> Vector:
    return tuple(value if i == position else 0.0 for i in range(length))


def _task(root: Table, dimension: int) -> TaskSpec:
    norm = root.text("norm", allowed=("linf", "l2"), default="linf")
    task, reward = root.table("task"), root.table("reward")
    low = task.number("action_low")
    high = task.number("action_high")
    if high <= low:
        raise task.fail("action_high", f"greater than action_low ({low:g})", high)
    spec = TaskSpec(
        target=task.numbers("target", length=dimension, low=low, high=high),
        action_low=low,
        action_high=high,
        state_weight=reward.number("state_weight", low=0),
        action_weight=reward.number("action_weight", low=0),
        norm=norm,
    )
    task.close()
    reward.close()
    return spec


def _expert(table: Table) -> ExpertSpec:
    name = table.text("name")
    gain = table.number("gain")
    std = table.number("std", low=0, inside=True) if table.has("std") else None
    grid = table.table("class")
    if grid.has("gains"):
        gains = grid.numbers("gains")
    else:
        low, high = grid.number("low"), grid.number("high")
        if high < low:
            raise grid.fail("high", f"at least low ({low:g})", high)
        gains = tuple(float(g) for g in np.linspace(low, high, grid.integer("count", low=1, high=1_000_000)))
    grid.close()
    nearest = min(gains, key=lambda g: abs(g - gain))
    if abs(nearest - gain) > _MEMBER_TOLERANCE:
        raise table.fail("class", f"a class that contains the expert's gain {gain:g}", f"nearest member {nearest:g}")
    table.close()
    return ExpertSpec(name, nearest, gains, std)


def _quantizer(table: Table, task: TaskSpec) -> QuantizerSpec:
    kind = table.text("type", allowed=("uniform", "openvla"))
    if kind == "openvla":
        spec = QuantizerSpec(kind, table.integer("edges", low=2, default=256), -1.0, 1.0)
    else:
        spec = QuantizerSpec(kind, table.integer("bins", low=1), task.action_low, task.action_high)
    table.close()
    return spec


def as_json(point: Point) -> dict[str, Any]:
    """The settings of a point that vary in a study, flat, for tables and JSON."""
    return {
        "expert": point.expert.name,
        "quantizer": point.quantizer.label,
        "bins": point.quantizer.bins,
        "cells": point.quantizer.build().cells,
        "H": point.H,
        "n": point.n,
    }
