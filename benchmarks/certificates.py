"""What the data guarantee of one cell, in closed form, against one cloning of that cell."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks import Benchmark, Measured, NotMeasured, compare
from quantbc.problem.file import load
from simulators.experiments.base import Budget
from simulators.experiments.feedback import Affine, affine, closed_form
from simulators.experiments.linear import LinearExperiment
from simulators.learners.finite_class import Fit, likely_members

_STUDY = Path(__file__).parents[1] / "examples" / "reach_7dof.toml"
_ROWS = {
    f"certificates of a cell, {left} / one cloning": "<= 0.5" for left in ("version space", "likelihood-ratio set")
}
_DELTA, _EPISODES = 0.05, 2000


def clone(experiment: LinearExperiment, horizon: int, n: int) -> Fit:
    """Draw demonstrations, and fit all members."""
    return experiment.learn(horizon, n, np.random.default_rng(0))[0]


def certificate(experiment: LinearExperiment, known: Affine, horizon: int, fit: Fit) -> float:
    """The largest regret over the members that the data leave, in closed form."""
    members = experiment.candidates
    left, _ = likely_members(np.array(fit.log_likelihoods), deterministic=members.deterministic, delta=_DELTA)
    eps = cast(float, experiment.quantizer.sup_error)
    one, others = known[[fit.index]], known[left.tolist()]
    losses = closed_form(experiment.system, experiment.reward, one, others, eps, horizon)
    return float(losses.mean.sum(axis=1).max())


def cells(quick: bool) -> Iterator[Measured]:
    """The two experts of the seven joints, through OpenVLA's bins.

    Raises:
        NotMeasured: the experiment itself gives another certificate.
    """
    problem = load(_STUDY)
    horizon, n = (10, 100) if quick else (100, 1000)
    for name, expert in zip(_ROWS, problem.experts, strict=True):
        experiment = cast(LinearExperiment, problem.experiment(expert, problem.quantizers[0]))
        known = affine(experiment.candidates.policies, experiment.system)
        fit = clone(experiment, horizon, n)
        budget = Budget(horizon, n, delta=_DELTA, episodes=_EPISODES)
        itself = experiment.measure(budget, np.random.default_rng(0)).certificates.get("certificate")
        if known is None or itself != certificate(experiment, known, horizon, fit):
            raise NotMeasured(f"{expert.name}: the experiment's own certificate is another one, {itself}")
        ours = partial(certificate, experiment, known, horizon, fit)
        yield compare(name, ours, partial(clone, experiment, horizon, n), 2 if quick else 7)


BENCHMARKS = (Benchmark(_ROWS, cells),)
