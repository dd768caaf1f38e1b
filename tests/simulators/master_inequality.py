"""Everything the master inequality of an upper bound needs, evaluated on a finite system beside the experiments.

Regret ≤ H·TV + Σ_h [1 − Π_{t≤h}(1 − p_t)] + (k+1)ε_q Σ_h (L_x Γ_h + L_u), with hazards p_1 = 0 and
p_t = min(1, κ(Γ_t (k+1) ε_q)).
"""

from dataclasses import dataclass

import numpy as np

from simulators.assumptions.gains import minimal_gains
from simulators.assumptions.smoothness import StepModulus, reward_lipschitz, rtvc_modulus
from simulators.errors import ShapeError, positive_int
from simulators.exact.chain import learner_law, observed_law
from simulators.exact.divergences import exact_total_variation
from simulators.exact.dp import occupancy, regret
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, number


@dataclass(frozen=True, eq=False)
class MasterIngredients:
    """Both sides' ingredients, exact on the given system; floats or Fractions throughout.

    k is the RTVC radius in units of eps_q, gains are g_0..g_{H−2}, cumulative are Γ_1..Γ_H.
    """

    horizon: int
    k: int
    regret: Number
    tv: Number
    gains: Table
    cumulative: Table
    kappa: StepModulus
    L_x: Number
    L_u: Number
    eps_q: Number
    average_errors: Table

    def __post_init__(self) -> None:
        for name, length in (
            ("gains", self.horizon - 1),
            ("cumulative", self.horizon),
            ("average_errors", self.horizon),
        ):
            values = np.array(getattr(self, name))
            if values.shape != (length,):
                raise ShapeError(f"{name} must have shape {(length,)}, got {values.shape}")
            values.setflags(write=False)
            object.__setattr__(self, name, values)


def label_errors(system: FiniteSystem, quantizer: LabelMap) -> Table:
    """Return |q(a) − a| for every raw action a, in the system's norm.

    Raises:
        ShapeError: the quantizer has another action set.

    >>> system = FiniteSystem(states=[0], actions=[0, 1, 3], noise=[1.0], next_state=np.zeros((1, 3, 1), int),
    ...                       initial=[1.0], reward=np.ones((1, 1, 3)))
    >>> label_errors(system, LabelMap([1, 1, 1], [1]))
    array([1., 0., 2.])
    """
    if quantizer.n_actions != system.n_actions:
        raise ShapeError(f"quantizer must act on the system's {system.n_actions} actions, got {quantizer.n_actions}")
    return np.asarray(system.action_distances[np.arange(system.n_actions), quantizer.labels])


def average_label_errors(system: FiniteSystem, expert: TabularPolicy, quantizer: LabelMap) -> Table:
    """Return ē_h = E_{π*}|q(u_h) − u_h| for h = 1..H.

    Raises:
        ShapeError: system, expert and quantizer do not fit together.
        DomainError: a mixture of exact and float64.
    """
    errors = label_errors(system, quantizer)
    return np.asarray(occupancy(system, expert).sum(axis=1) @ errors)


def master_ingredients(
    system: FiniteSystem,
    expert: TabularPolicy,
    quantizer: LabelMap,
    learner: TabularPolicy,
    *,
    k: int = 0,
    max_atoms: int = 200_000,
) -> MasterIngredients:
    """The master inequality's ingredients for a learner that plays codes, each from its own definition."""
    positive_int("k", k, minimum=0)
    errors = label_errors(system, quantizer)
    observed = observed_law(system, expert, quantizer)
    learned = learner_law(observed, learner, quantizer)
    gains = minimal_gains(system)
    state, action = reward_lipschitz(system)
    eps_q = number(errors.max())
    return MasterIngredients(
        horizon=system.horizon,
        k=k,
        regret=regret(system, expert, learner),
        tv=exact_total_variation(learned, observed, max_atoms=max_atoms),
        gains=gains,
        cumulative=np.cumsum(np.append(np.zeros(1, gains.dtype), gains)),
        kappa=rtvc_modulus(system, learner, k * eps_q),
        L_x=state,
        L_u=action,
        eps_q=eps_q,
        average_errors=average_label_errors(system, expert, quantizer),
    )
