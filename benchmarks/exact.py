"""Exact evaluation: against the matrix products alone, against pymdptoolbox, sparse, and as the horizon doubles."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks import Benchmark, Measured, NotMeasured, compare, paired
from simulators.exact.chain import TrajectoryLaw
from simulators.exact.divergences import affinity, mismatch
from simulators.exact.dp import expected_returns
from simulators.policies.tabular import TabularPolicy
from simulators.systems.sparse import SparseMDP
from simulators.systems.tabular import TabularMDP

POLICIES = 64


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

    def same_reward(self) -> Case:
        """The case with the first step's reward at every step, which is what pymdptoolbox can hold."""
        reward = np.repeat(self.mdp.reward[:1], self.mdp.horizon, axis=0)
        return replace(self, mdp=TabularMDP(self.mdp.transition, reward, self.mdp.initial))

    def toolbox(self, count: int) -> list[float]:
        """Returns of the first stationary policies by pymdptoolbox, one at a time.

        Each policy is handed over as a process with one action, built by a matrix product, the fastest way we know.
        """
        from mdptoolbox.mdp import FiniteHorizon  # type: ignore[import-untyped]

        results = []
        for policy in self.stationary[:count]:
            weights = policy.probabilities
            chain = np.matmul(weights[:, None, :], self.mdp.transition)[:, 0]
            rewards = (weights * self.mdp.reward[0]).sum(axis=1)
            with contextlib.redirect_stdout(io.StringIO()):
                solver = FiniteHorizon(chain[None], rewards[:, None], 1.0, self.mdp.horizon)
            solver.run()
            results.append(float(self.mdp.initial @ solver.V[:, 0]))
        return results

    def steps_by_hand(self) -> NDArray[np.float64]:
        """Returns of the stationary policies: one matrix product a step for all of them."""
        matrix = self.mdp.transition.reshape(-1, self.mdp.n_states)
        weights = np.stack([policy.probabilities for policy in self.stationary])
        values = np.zeros((POLICIES, self.mdp.n_states))
        for reward in self.mdp.reward[::-1]:
            worth = (values @ matrix.T).reshape(weights.shape)
            worth += reward
            worth *= weights
            values = worth.sum(axis=2)
        return np.asarray(values @ self.mdp.initial)

    def loops_by_hand(self) -> NDArray[np.float64]:
        """The same: the transition matrix of each closed loop once, then H matrix-vector products."""
        found = np.empty(POLICIES)
        for i, policy in enumerate(self.stationary):
            weights = policy.probabilities
            loop = np.matmul(weights[:, None, :], self.mdp.transition)[:, 0]
            earned = (self.mdp.reward * weights).sum(axis=2)
            values = earned[-1]
            for reward in earned[-2::-1]:
                values = loop @ values + reward
            found[i] = values @ self.mdp.initial
        return found

    def plain(self, policy: TabularPolicy) -> float:
        """The return of one policy by the textbook recursion, action by action."""
        values = np.zeros(self.mdp.n_states)
        for h in reversed(range(self.mdp.horizon)):
            worth = self.mdp.reward[h] + self.mdp.transition @ values
            values = (policy.at(h) * worth).sum(axis=1)
        return float(self.mdp.initial @ values)

    def require_agreement(self, few: int) -> None:
        """Compare both routes with the textbook recursion, and the stationary one with pymdptoolbox.

        Raises:
            NotMeasured: one of them disagrees.
        """
        for policies in (self.varying, self.stationary):
            expected = [self.plain(policy) for policy in policies[:2]]
            if not np.allclose(expected_returns(self.mdp, policies)[:2], expected, rtol=1e-9, atol=0):
                raise NotMeasured("the exact evaluation disagrees with the textbook recursion")
        by_hand = self.steps_by_hand(), self.loops_by_hand()
        if not np.allclose(by_hand, expected_returns(self.mdp, self.stationary), rtol=1e-9, atol=0):
            raise NotMeasured("the exact evaluation disagrees with a route by hand")
        same = self.same_reward()
        if not np.allclose(expected_returns(same.mdp, same.stationary)[:few], same.toolbox(few), rtol=1e-9, atol=0):
            raise NotMeasured("pymdptoolbox disagrees with the exact evaluation")


@dataclass(frozen=True)
class Size:
    """Size of a comparison."""

    states: int
    actions: int
    horizon: int

    @property
    def targets(self) -> Mapping[str, str]:
        """Rows and targets, in the order they are measured."""
        size = f"{POLICIES} policies, S={self.states} K={self.actions} H={self.horizon}"
        return {
            f"{size}: time-varying / H products": "<= 1.2",
            f"{size}: time-varying / H products, our layout": "<= 1.2",
            f"{size}: stationary / the faster route by hand": "<= 1.2",
            f"{size}: stationary / pymdptoolbox": ">= 2.5",
        }


def evaluation(size: Size, quick: bool) -> Iterator[Measured]:
    """64 policies on one process: time-varying, stationary, and pymdptoolbox.

    Raises:
        NotMeasured: two ways disagree.
    """
    case, repeats, few = Case.draw(size.states, size.actions, size.horizon), 2 if quick else 9, 4 if quick else 16
    natural, ours, stationary, toolbox = size.targets
    case.require_agreement(few)
    timings = paired(
        [
            partial(expected_returns, case.mdp, case.varying),
            case.products_alone,
            case.products_transposed,
            partial(expected_returns, case.mdp, case.stationary),
            case.steps_by_hand,
            case.loops_by_hand,
        ],
        repeats,
    )
    yield timings.row(natural, 0, 1)
    yield timings.row(ours, 0, 2)
    yield timings.row(stationary, 3, min((4, 5), key=timings.median))
    same = case.same_reward()
    mine, theirs = partial(expected_returns, same.mdp, same.stationary), partial(same.toolbox, few)
    yield compare(toolbox, mine, theirs, repeats, speedup=True, scale=POLICIES / few)


_LONG = 10_000
_DOUBLING = {f"{name}, H doubled, worst up to H={_LONG}": "<= 2.2" for name in ("affinity", "mismatch")}


def laws(states: int, codes: int, horizon: int) -> tuple[TrajectoryLaw, TrajectoryLaw]:
    """An expert with deterministic labels and a learner a thousandth away from it; everything varies with the step."""
    rng = np.random.default_rng(0)
    kernel = rng.dirichlet(np.ones(states), size=(horizon, states, codes))
    labels = np.eye(codes)[rng.integers(codes, size=(horizon, states))]
    initial = np.full(states, 1 / states)
    expert = TrajectoryLaw(initial, labels, kernel, horizon)
    return expert, TrajectoryLaw(initial, 0.999 * labels + 0.001 / codes, kernel, horizon)


def doubling(quick: bool) -> Iterator[Measured]:
    """Affinity and mismatch on laws that vary with the step, at H = 1 250, 2 500, 5 000 and 10 000.

    Raises:
        NotMeasured: more steps bring the laws closer, which cannot be.
    """
    pairs = [laws(12, 4, horizon) for horizon in (_LONG // 8, _LONG // 4, _LONG // 2, _LONG)]
    for name, distance, sign in zip(_DOUBLING, (affinity, mismatch), (-1.0, 1.0), strict=True):
        found = sign * np.array([float(distance(*pair)) for pair in pairs])
        if np.any(np.diff(found) < 0) or not np.all((sign * found >= 0) & (sign * found <= 1)):
            raise NotMeasured(f"longer laws must be further apart, got {sign * found}")
        timings = paired([partial(distance, *pair) for pair in pairs], 5 if quick else 11)
        yield max((timings.row(name, i + 1, i) for i in range(len(pairs) - 1)), key=lambda row: row.ratio)


_SPARSE = {f"sparse S=100 000 K=8 H=100, {policy} policy / H products": "<= 1.5" for policy in ("random", "fixed")}
_STATES, _ACTIONS, _SUCCESSORS, _STEPS = 100_000, 8, 8, 100


def thin(states: int) -> SparseMDP:
    """A process in which every action leads to eight states."""
    rng = np.random.default_rng(0)
    rows = states * _ACTIONS
    weights = rng.random((rows, _SUCCESSORS))
    weights /= weights.sum(axis=1, keepdims=True)
    places = (np.repeat(np.arange(rows), _SUCCESSORS), rng.integers(states, size=rows * _SUCCESSORS))
    table = sparse.csr_array((weights.ravel(), places), shape=(rows, states))
    return SparseMDP(table, rng.random((states, _ACTIONS)), np.full(states, 1 / states), steps=_STEPS)


def sparse_by_hand(mdp: SparseMDP, policy: TabularPolicy) -> float:
    """The return of a stationary policy, action by action."""
    values = np.zeros(mdp.n_states)
    for h in reversed(range(mdp.horizon)):
        worth = mdp.reward[h] + (mdp.matrix(h) @ values).reshape(mdp.n_states, mdp.n_actions)
        values = (policy.at(h) * worth).sum(axis=1)
    return float(mdp.initial @ values)


def products(matrix: sparse.csr_array) -> None:
    """H products of a matrix of S columns with a vector of values, and nothing else."""
    values = np.ones(matrix.shape[1])
    for _ in range(_STEPS):
        matrix @ values


def sparsely(quick: bool) -> Iterator[Measured]:
    """One policy on a sparse process: one that may play every action, and one that plays a fixed one.

    The products are with the S·K × S transition matrix for the former, with the closed loop's S × S for the latter.

    Raises:
        NotMeasured: it disagrees with the recursion action by action.
    """
    mdp, rng = thin(_STATES // 20 if quick else _STATES), np.random.default_rng(1)
    states = mdp.n_states
    drawn = TabularPolicy(rng.dirichlet(np.ones(_ACTIONS), states))
    choices = rng.integers(_ACTIONS, size=states)
    fixed = TabularPolicy.of_actions(choices, _ACTIONS)
    loop = mdp.matrix(0)[np.arange(states) * _ACTIONS + choices]
    for name, policy, matrix in zip(_SPARSE, (drawn, fixed), (mdp.matrix(0), loop), strict=True):
        if not np.allclose(expected_returns(mdp, [policy]), sparse_by_hand(mdp, policy), rtol=1e-9, atol=0):
            raise NotMeasured("the sparse evaluation disagrees with the recursion action by action")
        yield compare(name, partial(expected_returns, mdp, [policy]), partial(products, matrix), 2 if quick else 7)


SIZES = (Size(200, 32, 50), Size(1000, 16, 20))
BENCHMARKS = (
    *(Benchmark(size.targets, partial(evaluation, size)) for size in SIZES),
    Benchmark(_SPARSE, sparsely),
    Benchmark(_DOUBLING, doubling),
)
