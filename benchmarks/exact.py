"""Exact evaluation: against the matrix products alone, against pymdptoolbox, and as the horizon doubles."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks import Row
from simulators.exact.chain import TrajectoryLaw
from simulators.exact.divergences import affinity, mismatch
from simulators.exact.dp import expected_returns
from simulators.policies.tabular import TabularPolicy
from simulators.systems.tabular import TabularMDP

POLICIES = 64


def paired_medians(works: list[Callable[[], object]], repeats: int) -> tuple[list[float], list[float]]:
    """Median seconds of each work, and median of its ratio to the first within the same round."""
    seconds = np.empty((repeats, len(works)))
    for work in works:
        work()
    for turn in range(repeats):
        for index, work in enumerate(works):
            start = time.perf_counter()
            work()
            seconds[turn, index] = time.perf_counter() - start
    return np.median(seconds, axis=0).tolist(), np.median(seconds / seconds[:, :1], axis=0).tolist()


@dataclass(frozen=True)
class Case:
    """A random process with time-varying and stationary policies."""

    mdp: TabularMDP
    varying: list[TabularPolicy]
    stationary: list[TabularPolicy]

    @classmethod
    def draw(cls, states: int, actions: int, horizon: int) -> Case:
        """Draw one; the numbers do not matter for the time."""
        rng = np.random.default_rng(0)

        def laws(*shape: int) -> NDArray[np.float64]:
            weights = rng.random(shape)
            weights /= weights.sum(axis=-1, keepdims=True)
            return weights

        return cls(
            TabularMDP(laws(states, actions, states), rng.random((horizon, states, actions)), laws(states)),
            [TabularPolicy(laws(horizon, states, actions)) for _ in range(POLICIES)],
            [TabularPolicy(laws(states, actions)) for _ in range(POLICIES)],
        )

    def products_alone(self) -> None:
        """Multiply the S·K × S transition matrix by one value vector for each policy, H times, nothing else."""
        matrix = self.mdp.transition.reshape(-1, self.mdp.n_states)
        values = np.ones((self.mdp.n_states, POLICIES))
        out = np.empty((matrix.shape[0], POLICIES))
        for _ in range(self.mdp.horizon):
            np.matmul(matrix, values, out=out)

    def products_transposed(self) -> None:
        """Do the same products in the layout our code uses, which BLAS may run at another speed."""
        matrix = self.mdp.transition.reshape(-1, self.mdp.n_states)
        values = np.ones((POLICIES, self.mdp.n_states))
        out = np.empty((POLICIES, matrix.shape[0]))
        for _ in range(self.mdp.horizon):
            np.matmul(values, matrix.T, out=out)

    def toolbox(self, count: int) -> list[float]:
        """Returns of the first stationary policies by pymdptoolbox, one at a time.

        Raises:
            RuntimeError: pymdptoolbox is not installed.
        """
        try:
            from mdptoolbox.mdp import FiniteHorizon  # type: ignore[import-untyped]
        except ImportError as error:
            raise RuntimeError("pymdptoolbox is not installed") from error
        results = []
        for policy in self.stationary[:count]:
            chain = np.einsum("sa,sat->st", policy.probabilities, self.mdp.transition)
            rewards = (policy.probabilities * self.mdp.reward[0]).sum(axis=1)
            with contextlib.redirect_stdout(io.StringIO()):
                solver = FiniteHorizon(chain[None], rewards[:, None], 1.0, self.mdp.horizon)
            solver.run()
            results.append(float(self.mdp.initial @ solver.V[:, 0]))
        return results


def evaluation(states: int, actions: int, horizon: int, stationary_target: str, quick: bool) -> Iterator[Row]:
    """64 policies on one process: time-varying, stationary, and pymdptoolbox.

    Raises:
        RuntimeError: pymdptoolbox is missing or disagrees.
    """
    case, repeats = Case.draw(states, actions, horizon), 3 if quick else 9
    size = f"64 policies, S={states} K={actions} H={horizon}"
    seconds, ratios = paired_medians(
        [
            lambda: expected_returns(case.mdp, case.varying),
            case.products_alone,
            case.products_transposed,
            lambda: expected_returns(case.mdp, case.stationary),
        ],
        repeats,
    )
    varying, natural, transposed, stationary = seconds
    yield Row(f"{size}: time-varying / H products", varying, natural, 1 / ratios[1], "<= 1.2")
    yield Row(f"{size}: time-varying / H products, our layout", varying, transposed, 1 / ratios[2], "<= 1.2")
    yield Row(f"{size}: stationary / time-varying", stationary, varying, ratios[3], f"<= {stationary_target}")
    few = 4 if quick else 16
    same_reward = TabularMDP(case.mdp.transition, np.repeat(case.mdp.reward[:1], horizon, axis=0), case.mdp.initial)
    ours = expected_returns(same_reward, case.stationary[:few])
    if not np.allclose(case.toolbox(few), ours, rtol=1e-9):
        raise RuntimeError("pymdptoolbox disagrees with the exact evaluation")
    (all_ours, part), ratios = paired_medians(
        [lambda: expected_returns(same_reward, case.stationary), lambda: case.toolbox(few)], repeats
    )
    scale = POLICIES / few
    yield Row(f"{size}: pymdptoolbox / stationary", all_ours, part * scale, ratios[1] * scale, ">= 2.5")


def doubling(quick: bool) -> Iterator[Row]:
    """Affinity and mismatch on laws that vary with the step, H = 5 000 against 10 000."""
    rng = np.random.default_rng(0)
    states, codes, long = 12, 4, 10_000
    kernel = rng.dirichlet(np.ones(states), size=(long, states, codes))
    labels = np.eye(codes)[rng.integers(codes, size=(long, states))]
    soft = 0.999 * labels + 0.001 / codes
    initial = np.full(states, 1 / states)

    def laws(horizon: int) -> tuple[TrajectoryLaw, TrajectoryLaw]:
        expert = TrajectoryLaw(initial, labels[:horizon], kernel[:horizon], horizon)
        return expert, TrajectoryLaw(initial, soft[:horizon], kernel[:horizon], horizon)

    half, full = laws(long // 2), laws(long)
    distances: tuple[tuple[str, Callable[[TrajectoryLaw, TrajectoryLaw], object]], ...]
    distances = (("affinity", affinity), ("mismatch", mismatch))
    for name, distance in distances:
        seconds, ratios = paired_medians([partial(distance, *half), partial(distance, *full)], 3 if quick else 7)
        yield Row(f"{name}, H doubled to {long}", seconds[1], seconds[0], ratios[1], "<= 2.2")


def rows(quick: bool) -> Iterator[Row]:
    """All rows of this module."""
    yield from evaluation(200, 32, 50, "0.25", quick)
    yield from evaluation(1000, 16, 20, "0.35", quick)
    yield from doubling(quick)
