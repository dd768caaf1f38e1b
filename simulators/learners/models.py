"""Learned transition models and model-based augmentation (arXiv:2603.20538, Algorithm 1 and Theorem 7).

In deployment an auxiliary state is rolled from the observed first state, x̄_{h+1} ~ T̂_h(·|x̄_h, ũ_h, w_h) with
ũ_h ~ π̂_h(·|x̄_h), and ũ_h is executed in the real system. The roll-out shares the real system's noise w_h: a model
that ignores it (a table that does not depend on w) is covered by the theorem for deterministic dynamics only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import ShapeError
from simulators.exact.chain import TrajectoryLaw, raw_actions_given_labels
from simulators.exact.dp import expected_return
from simulators.learners.tabular import log_likelihood, most_likely
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward, require_codes
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, holds_fractions, number, probability_table, same_kind, to_float, zeros


@dataclass(frozen=True, eq=False)
class TransitionModel:
    """A model T̂ of the observed chain, driven by the system's noise.

    Attributes:
        table: T̂[s, c, w, s'], or T̂[h, s, c, w, s'], for code c (position in the codebook) and noise w.

    Raises:
        ShapeError: another number of axes.
        ProbabilityError: rows that are not probability distributions.

    >>> TransitionModel([[[[1.0]]]]).at(3).shape
    (1, 1, 1, 1)
    """

    table: Table

    def __post_init__(self) -> None:
        table = probability_table("model", self.table, exact=holds_fractions(self.table))
        if table.ndim not in (4, 5):
            raise ShapeError(f"model must be indexed [s, c, w, s'] or [h, s, c, w, s'], got shape {table.shape}")
        object.__setattr__(self, "table", table)

    def at(self, h: int) -> Table:
        """Return T̂[s, c, w, s'] of step h (from 0)."""
        return self.table if self.table.ndim == 4 else self.table[h]

    def to_float(self) -> "TransitionModel":
        """Return the model in float64."""
        return TransitionModel(to_float(self.table))


def true_model(
    system: FiniteSystem, expert: TabularPolicy, quantizer: LabelMap, *, share_noise: bool = True
) -> TransitionModel:
    """Return the observed chain's own model: the law of x_{h+1} given x_h, the label and the noise.

    Args:
        system: the system.
        expert: π*, on raw actions.
        quantizer: the label map.
        share_noise: False averages over the noise, so that a roll-out draws its own.

    Raises:
        ShapeError: the expert does not fit the system.

    >>> system = FiniteSystem(states=[0, 1], actions=[0], noise=[0.5, 0.5], next_state=[[[0, 1]], [[0, 1]]],
    ...                       initial=[1.0, 0.0], reward=np.ones((2, 2, 1)))
    >>> expert, quantizer = TabularPolicy([[1.0]] * 2), LabelMap([0], [0])
    >>> true_model(system, expert, quantizer).at(0)[0, 0].tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    >>> true_model(system, expert, quantizer, share_noise=False).at(0)[0, 0].tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    expert.require_fit(system.horizon, system.n_states, system.n_actions)
    steps = range(1) if system.stationary and expert.stationary else range(system.horizon)
    tables = []
    for h in steps:
        executed = raw_actions_given_labels(expert.at(h), quantizer)
        if share_noise:
            tables.append(np.stack([executed @ _moves(system, h, w) for w in range(len(system.noise))], axis=2))
        else:
            tables.append(np.repeat((executed @ system.kernel(h))[:, :, None], len(system.noise), axis=2))
    return TransitionModel(tables[0] if len(tables) == 1 else np.stack(tables))


def _moves(system: FiniteSystem, h: int, w: int) -> Table:
    """Return the 0/1 table [s, a, s'] of where noise w leads."""
    result = zeros((system.n_states, system.n_actions, system.n_states), exact=system.exact)
    s, a = np.ogrid[: system.n_states, : system.n_actions]
    result[s, a, system.step_table(h)[:, :, w]] += 1
    return result


def transition_counts(data: Demonstrations, quantizer: LabelMap, *, n_states: int, n_noises: int) -> Table:
    """Return counts[h, s, c, w, s'] of observed transitions, h = 0..H−1 (the last step has none).

    Raises:
        ShapeError: the noises were not recorded, and there are several.
    """
    if data.noises is None and n_noises > 1:
        raise ShapeError(f"data must hold which of the {n_noises} noises occurred, got none recorded")
    noises = np.zeros_like(data.labels) if data.noises is None else data.noises
    counts = np.zeros((data.horizon, n_states, len(quantizer.codebook), n_noises, n_states), dtype=np.int64)
    steps = np.arange(data.horizon - 1)[:, None]
    codes = quantizer.column_of_code(data.labels[:-1])
    np.add.at(counts, (steps, data.states[:-1], codes, noises[:-1], data.states[1:]), 1)
    return counts


def model_mle(candidates: Sequence[TransitionModel], data: Demonstrations, quantizer: LabelMap) -> int:
    """Return the index of the log-loss MLE over a finite class of models; ties go to the smallest index.

    Raises:
        ShapeError: no candidates.
        RealizabilityError: every candidate gives the transitions probability zero.

    >>> data = Demonstrations([[0], [1]], [[0], [0]], [[0], [0]])
    >>> stay, move = (TransitionModel([[[row]], [[row]]]) for row in ([1.0, 0.0], [0.0, 1.0]))
    >>> model_mle([stay, move], data, LabelMap([0], [0]))
    1
    """
    scores = []
    for model in candidates:
        n_states, _, n_noises, _ = model.table.shape[-4:]
        counts = transition_counts(data, quantizer, n_states=n_states, n_noises=n_noises)
        scores.append(log_likelihood(to_float(model.table), counts))
    return most_likely(scores)


def noise_law(
    system: FiniteSystem, policy: TabularPolicy, model: TransitionModel, quantizer: LabelMap
) -> TrajectoryLaw:
    """Return the law of (x̄_h, ũ_h, w_h): the auxiliary chain together with the noise it is driven by.

    Labels of the result are pairs (code, noise), numbered code·W + noise. Its total variation from the expert's law
    (policy q#π*, `true_model`) is the TV of Theorem 7; leaving the noise out would not see a model that pairs the
    right transitions with the wrong noise (ours).

    Raises:
        ShapeError: the parts do not fit together.
        DomainError: the policy plays an action that is not a code, or a mixture of exact and float64.
    """
    policy.require_fit(system.horizon, system.n_states, system.n_actions)
    require_codes(policy, quantizer)
    _require_model_fit(system, model, quantizer)
    codes = policy.probabilities[..., quantizer.codebook]
    pairs = (codes[..., None] * system.noise).reshape(*codes.shape[:-1], -1)
    shape = model.table.shape
    kernel = model.table.reshape(*shape[:-3], shape[-3] * shape[-2], shape[-1])
    return TrajectoryLaw(system.initial, pairs, kernel, system.horizon)


def expert_noise_law(system: FiniteSystem, expert: TabularPolicy, quantizer: LabelMap) -> TrajectoryLaw:
    """Return the law of the expert's (x_h, q(u_h), w_h); see `noise_law`."""
    model = true_model(system, expert, quantizer)
    return noise_law(system, push_forward(expert, quantizer), model, quantizer)


def augmented_return(
    system: FiniteSystem, policy: TabularPolicy, model: TransitionModel, quantizer: LabelMap
) -> Number:
    """Return J of Algorithm 1's deployment, exactly, by dynamic programming on the pair (x̄, x).

    Args:
        system: the real system.
        policy: π̂, on codes; it acts on the auxiliary state.
        model: T̂, driven by the real system's noise.
        quantizer: gives the codebook.

    Raises:
        ShapeError: the parts do not fit together.
        DomainError: the policy plays an action that is not a code, or a mixture of exact and float64.
    """
    policy.require_fit(system.horizon, system.n_states, system.n_actions)
    require_codes(policy, quantizer)
    _require_model_fit(system, model, quantizer)
    exact = same_kind("system, policy and model", [system.initial, policy.probabilities, model.table])
    values = zeros((system.n_states, system.n_states), exact=exact)
    for h in reversed(range(system.horizon)):
        following, auxiliary = system.step_table(h), model.at(h)
        total = zeros(values.shape, exact=exact)
        for c, code in enumerate(quantizer.codebook):
            worth = zeros(values.shape, exact=exact) + system.reward[h, :, code]
            for w, probability in enumerate(system.noise):
                worth += probability * (auxiliary[:, c, w] @ values[:, following[:, code, w]])
            total += policy.at(h)[:, [code]] * worth
        values = total
    return number(system.initial @ np.diagonal(values))


def augmented_regret(
    system: FiniteSystem,
    expert: TabularPolicy,
    policy: TabularPolicy,
    model: TransitionModel,
    quantizer: LabelMap,
) -> Number:
    """Return J(π*) − J(Algorithm 1 with π̂ and T̂), total over the H steps.

    Raises:
        ShapeError: the parts do not fit together.
        DomainError: the policy plays an action that is not a code, or a mixture of exact and float64.
    """
    return expected_return(system, expert) - augmented_return(system, policy, model, quantizer)


def _require_model_fit(system: FiniteSystem, model: TransitionModel, quantizer: LabelMap) -> None:
    wanted: tuple[int, ...] = (system.n_states, len(quantizer.codebook), len(system.noise), system.n_states)
    if model.table.ndim == 5:
        wanted = (system.horizon, *wanted)
    if model.table.shape != wanted:
        raise ShapeError(f"model must have shape {wanted}, got {model.table.shape}")
