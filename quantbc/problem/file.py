"""Problem files: a TOML document that describes a study completely, read into frozen, validated specifications."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quantbc.errors import ProblemError
from quantbc.problem import deployments, sweeps
from quantbc.problem.deployments import DeploymentSpec
from quantbc.problem.document import parsed
from quantbc.problem.reading import Table
from quantbc.problem.sweeps import Grid, stopping_width
from quantbc.problem.systems import SYSTEMS, ExpertSpec, SystemSpec, Tokenizer, require_finite
from simulators.experiments.base import Budget, Experiment

_MOST = 100
"""Experts, and tokenizers: every pair is built before any work is done."""


@dataclass(frozen=True)
class Point:
    """One point of a study: everything that is measured there, but for the random numbers."""

    system: SystemSpec
    expert: ExpertSpec
    quantizer: Tokenizer
    deployment: DeploymentSpec
    H: int
    n: int
    delta: float = 0.05
    episodes: int = 20_000
    confidence: float = 0.99
    precision: float | None = None
    precision_per_step: float | None = None

    def build(self) -> Experiment:
        """The experiment that is measured."""
        return self.system.experiment(self.expert, self.quantizer, self.deployment, self.H)

    @property
    def budget(self) -> Budget:
        """How much is spent."""
        wanted = stopping_width(self.H, self.precision, self.precision_per_step)
        return Budget(self.H, self.n, self.delta, wanted, self.episodes, self.confidence)


@dataclass(frozen=True)
class Problem:
    """A study: one system and task, experts and quantizers side by side, and a grid of horizons and budgets."""

    name: str
    system: SystemSpec
    experts: tuple[ExpertSpec, ...]
    quantizers: tuple[Tokenizer, ...]
    deployment: DeploymentSpec
    grid: Grid
    document: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """The file as it was read, so that a report shows the problem that it computed."""

    def __repr__(self) -> str:
        names = (", ".join(expert.name for expert in self.experts), ", ".join(q.label for q in self.quantizers))
        return f"<study {self.name!r}: {names[0]} with {names[1]}; H = {', '.join(map(str, self.grid.horizons))}>"

    def experiment(self, expert: ExpertSpec, quantizer: Tokenizer) -> Experiment:
        """The experiment at every horizon: at the longest, of which the others are the first steps."""
        return self.system.experiment(expert, quantizer, self.deployment, max(self.grid.horizons))


def load(path: Path) -> Problem:
    """Read and validate a problem file.

    Every experiment is built once, so that whatever is wrong shows before any work is done.

    Raises:
        ProblemError: the file cannot be read, is not TOML, or a key is missing, unknown or out of range.
    """
    data, what = parsed(path), path.name
    try:
        problem = _problem(data, path.parent)
        for (i, expert), (j, quantizer) in itertools.product(enumerate(problem.experts), enumerate(problem.quantizers)):
            what = f"quantizers[{j}] with experts[{i}]"
            chunk = problem.deployment.steps
            problem.experiment(expert, quantizer).symbols(min(max(2, chunk), *problem.grid.horizons))
            for H in problem.grid.horizons if chunk > 1 else ():  # which whole chunks may not fill
                problem.system.experiment(expert, quantizer, problem.deployment, H)
        for i, expert in enumerate(problem.experts):
            what = f"experts[{i}]"
            require_finite(problem.system, expert, max(problem.grid.horizons))
    except ProblemError:
        raise
    except (ValueError, OverflowError) as error:
        raise ProblemError(f"{what}: {error}") from None
    return problem


def _problem(data: Mapping[str, Any], folder: Path) -> Problem:
    root = Table(data)
    name = root.text("name")
    if not all(c.isalnum() or c in "-_." for c in name) or name.startswith("."):
        raise root.fail("name", "made of letters, digits, '-', '_' and '.', not starting with '.'", name)
    root.text("description", default="-")
    kind = root.table("system").text("type", allowed=tuple(SYSTEMS))
    system = SYSTEMS[kind].read(root, folder)
    experts = tuple(system.expert(table) for table in root.tables("experts", most=_MOST))
    tokenizers = tuple(system.quantizer(table) for table in root.tables("quantizers", most=_MOST))
    _distinct(root, "experts", [expert.name for expert in experts])
    _distinct(root, "quantizers", [quantizer.label for quantizer in tokenizers])
    problem = Problem(name, system, experts, tokenizers, deployments.read(root), sweeps.read(root), data)
    root.close()
    return problem


def _distinct(root: Table, key: str, names: list[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise root.fail(key, "distinct", name)


def as_json(point: Point) -> dict[str, Any]:
    """The settings of a point that vary in a study, flat, for tables and JSON."""
    return {
        "expert": point.expert.name,
        "quantizer": point.quantizer.label,
        "bins": point.quantizer.bins,
        "cells": point.system.cells(point.quantizer),
        "H": point.H,
        "n": point.n,
        "delta": point.delta,
    }
