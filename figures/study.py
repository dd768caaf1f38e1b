"""A small cloning study that the regret figures compute for themselves: three servo joints, with Algorithm 1 or not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from proofs_check.comparison import compare
from simulators.experiments.base import Budget
from simulators.experiments.linear import LinearExperiment
from simulators.learners.finite_class import FiniteClass, gain_class
from simulators.planning import ClosedLoop
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import NoNoise, UniformBox, UniformNoise

TARGET = (0.3, -0.2, 0.1)  # joint positions to reach
SERVO = (0.5, 0.45, 0.4)  # share of the way to the action that each joint goes in a step
_GAIN, _STD = 0.2, 0.25


@dataclass(frozen=True)
class Study:
    """What a regret figure computes.

    Attributes:
        horizons: values of H.
        bins: uniform bins per joint.
        demonstrations: values of n.
        seeds: repetitions.
        episodes: evaluation roll-outs per cell.
        confidence: coverage of the interval of measured regret.
        delta: probability with which a bound may fail.
        experts: of `experiment`.
    """

    horizons: tuple[int, ...]
    bins: tuple[int, ...]
    demonstrations: tuple[int, ...]
    seeds: tuple[int, ...]
    episodes: int = 50000
    confidence: float = 0.99
    delta: float = 0.05
    experts: tuple[str, ...] = ("deterministic", "gaussian")

    @property
    def cells(self) -> int:
        sizes = (self.horizons, self.bins, self.demonstrations, self.seeds)
        return len(self.experts) * int(np.prod([len(axis) for axis in sizes]))


def _candidates(std: float | None, count: int) -> FiniteClass:
    gains = np.round(np.linspace(0.05, 0.3, count), 12)
    return gain_class(gains, target_action=TARGET, target_state=TARGET, low=-1.0, high=1.0, std=std)


_EXPERTS: dict[str, tuple[float | None, int]] = {
    "deterministic": (None, 251),
    "gaussian": (_STD, 26),
    "augmented": (None, 251),
}
_SPEEDS = np.round(np.linspace(0.5, 1.5, 21), 12)
"""Factors of the servos' speeds in the class of transition models."""


def experiment(expert: str, bins: int) -> LinearExperiment:
    """The cloning problem of one expert.

    Args:
        expert: ``"deterministic"`` or ``"gaussian"``; ``"augmented"`` is the former without noise under Algorithm 1,
            with every speed and each of 26 gains as a model.
        bins: uniform bins per joint.

    Example:
        >>> len(experiment("deterministic", 16).candidates), len(experiment("augmented", 16).models)
        (251, 546)
    """
    std, count = _EXPERTS[expert]
    candidates, noise = _candidates(std, count), NoNoise() if expert == "augmented" else UniformNoise(0.02)
    truth = round((_GAIN - 0.05) / 0.25 * (count - 1))
    system = LinearSystem(np.diag(1.0 - np.array(SERVO)), np.diag(SERVO), noise, UniformBox(-0.8, 0.8))
    study = LinearExperiment(system, ReachReward(TARGET, 1.0, 1.0), candidates, truth, uniform(bins))
    if expert != "augmented":
        return study
    plants = [LinearSystem(np.diag(1.0 - s * np.array(SERVO)), np.diag(s * np.array(SERVO))) for s in _SPEEDS]
    models = itertools.starmap(ClosedLoop, itertools.product(plants, _candidates(None, 26).policies))
    return replace(study, deployment="augmented", models=tuple(models))


def compute(study: Study, progress: Callable[[int], None] = lambda _: None) -> list[dict[str, Any]]:
    """Measure every cell of the study.

    Args:
        study: the settings.
        progress: called with the number of cells just finished.

    Returns:
        One row a cell: settings, measured regret with its interval, bounds.
    """
    return list(_rows(study, progress))


def _rows(study: Study, progress: Callable[[int], None]) -> Iterator[dict[str, Any]]:
    axes = itertools.product(study.experts, study.bins, study.horizons, study.demonstrations, study.seeds)
    for expert, bins, H, n, seed in axes:
        key = (list(_EXPERTS).index(expert), bins, H, n)
        budget = Budget(H, n, study.delta, episodes=study.episodes, confidence=study.confidence)
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
        found = compare(experiment(expert, bins), budget, rng)
        settings = {"expert": expert, "quantizer": f"uniform {bins}", "bins": bins, "cells": bins}
        yield settings | {"H": H, "n": n, "delta": study.delta, "seed": seed} | found.as_dict()
        progress(1)
