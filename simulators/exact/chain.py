"""The observed chain: the law of states and labels that a learner sees (setting of arXiv:2603.20538).

The expert executes raw actions, the learner sees their codes. Given the state and the label, the next state has
the law T̄_h(·|x, ũ): the dynamics averaged over the raw actions that carry this label. Labels are numbered by
their position in the codebook.
"""

from dataclasses import dataclass, replace

import numpy as np

from simulators.errors import ShapeError, positive_int
from simulators.exact.dp import Model, check_fit
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward, require_codes
from simulators.tables import Table, holds_fractions, is_exact, probability_table, require_shape, to_float, zeros


@dataclass(frozen=True, eq=False)
class TrajectoryLaw:
    """The law of (x_1, ũ_1, …, x_H, ũ_H) for a Markov kernel and a policy on labels.

    Attributes:
        initial: initial[s].
        policy: π[s, c], or π[h, s, c], over labels c (h from 0).
        kernel: T[s, c, s'], or T[h, s, c, s']; the kernel of step H−1 is never used.
        horizon: number of steps H.

    Raises:
        ShapeError: lengths that do not agree.
        ProbabilityError: rows that are not probability distributions.

    >>> TrajectoryLaw([1.0], [[0.5, 0.5]], [[[1.0], [1.0]]], horizon=3).policy_at(2)
    array([[0.5, 0.5]])
    """

    initial: Table
    policy: Table
    kernel: Table
    horizon: int

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        exact = holds_fractions(self.initial, self.policy, self.kernel)
        initial = probability_table("initial", self.initial, exact=exact, shape=(-1,))
        policy = probability_table("policy", self.policy, exact=exact)
        kernel = probability_table("kernel", self.kernel, exact=exact)
        if policy.ndim not in (2, 3) or kernel.ndim not in (3, 4):
            raise ShapeError(
                "policy must be indexed [s, c] or [h, s, c] and kernel [s, c, s'] or [h, s, c, s'], "
                f"got shapes {policy.shape} and {kernel.shape}"
            )
        size = (len(initial), policy.shape[-1])
        require_shape("policy", policy, size if policy.ndim == 2 else (self.horizon, *size))
        wanted = (*size, size[0])
        require_shape("kernel", kernel, wanted if kernel.ndim == 3 else (self.horizon, *wanted))
        object.__setattr__(self, "initial", initial)
        object.__setattr__(self, "policy", policy)
        object.__setattr__(self, "kernel", kernel)

    @property
    def exact(self) -> bool:
        return is_exact(self.initial)

    @property
    def stationary(self) -> bool:
        return self.policy.ndim == 2 and self.kernel.ndim == 3

    def policy_at(self, h: int) -> Table:
        """Return π[s, c] of step h (from 0)."""
        return self.policy if self.policy.ndim == 2 else self.policy[h]

    def kernel_at(self, h: int) -> Table:
        """Return T[s, c, s'] of step h (from 0)."""
        return self.kernel if self.kernel.ndim == 3 else self.kernel[h]

    def to_float(self) -> "TrajectoryLaw":
        """Return the law in float64."""
        return TrajectoryLaw(to_float(self.initial), to_float(self.policy), to_float(self.kernel), self.horizon)


def raw_actions_given_labels(policy: Table, quantizer: LabelMap) -> Table:
    """Return C[s, c, a] = P(u = a | x = s, q(u) = code c) for one step's policy π[s, a].

    Where the expert never emits the label, the raw action is the code itself.

    >>> raw_actions_given_labels(np.array([[0.25, 0.25, 0.5]]), LabelMap([0, 0, 2], [0, 2]))
    array([[[0.5, 0.5, 0. ],
            [0. , 0. , 1. ]]])
    """
    result = zeros((len(policy), len(quantizer.codebook), quantizer.n_actions), exact=is_exact(policy))
    for c, code in enumerate(quantizer.codebook):
        carried = np.where(quantizer.labels == code, policy, 0)
        mass = carried.sum(axis=1)
        seen = mass > 0
        result[seen, c] = carried[seen] / mass[seen, None]
        result[~seen, c, code] += 1
    return result


def observed_law(model: Model, expert: TabularPolicy, quantizer: LabelMap) -> TrajectoryLaw:
    """Return P*, the law of the expert's states and labels: the chain (q#π*, T̄).

    Args:
        model: the system.
        expert: π*, on raw actions.
        quantizer: the map from raw actions to codes.

    Raises:
        ShapeError: model, expert and quantizer do not fit together.
        DomainError: a mixture of exact and float64.

    >>> from simulators.systems.tabular import TabularMDP
    >>> mdp = TabularMDP(transition=[[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]],
    ...                  reward=np.ones((2, 2, 2)), initial=[1, 0])
    >>> observed_law(mdp, TabularPolicy([[0.5, 0.5]] * 2), LabelMap([0, 0], [0])).kernel[0]
    array([[0.5, 0.5]])
    """
    check_fit(model, [expert])
    labels = push_forward(expert, quantizer).probabilities[..., quantizer.codebook]
    if model.stationary and expert.stationary:
        kernel = raw_actions_given_labels(expert.at(0), quantizer) @ model.kernel(0)
    else:
        steps = range(model.horizon)
        kernel = np.stack([raw_actions_given_labels(expert.at(h), quantizer) @ model.kernel(h) for h in steps])
    return TrajectoryLaw(model.initial, labels, kernel, model.horizon)


def learner_law(observed: TrajectoryLaw, learner: TabularPolicy, quantizer: LabelMap) -> TrajectoryLaw:
    """Return P^{π̂}_{T̄}: the observed chain with labels drawn from the learner.

    Raises:
        ShapeError: the learner does not fit the chain.
        DomainError: the learner plays an action that is not a code.
    """
    learner.require_fit(observed.horizon, len(observed.initial), quantizer.n_actions)
    require_codes(learner, quantizer)
    return replace(observed, policy=learner.probabilities[..., quantizer.codebook])
