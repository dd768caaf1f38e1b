"""Facts and symbols of a finite system, computed from its tables, positions and classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.gains import minimal_gains
from simulators.assumptions.pairs import largest_slope
from simulators.assumptions.smoothness import (
    StepModulus,
    kernel_lipschitz,
    reward_action_lipschitz,
    reward_lipschitz,
    rtvc_modulus,
    tv_lipschitz,
)
from simulators.errors import StabilityError
from simulators.exact.dp import Model
from simulators.exact.returns import return_range, return_std
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, number, to_float

MAX_ENTRIES = 2_000_000
"""Largest dense transition table that is looked through for the range of returns."""


def label_symbols(model: Model, expert: TabularPolicy, distances: Table, quantizer: LabelMap) -> dict[str, Any]:
    """Return eps_q, eps_max and average_error[h] = E|q(u_h) − u_h| under the expert, from action distances [a, a']."""
    errors = distances[np.arange(len(distances)), quantizer.labels]
    law, means = model.initial, []
    for h in range(model.horizon):
        flow = law[:, None] * expert.at(h)
        means.append(float((flow * errors).sum()))
        law = model.push(h, flow) if h + 1 < model.horizon else law
    return {"eps_q": float(errors.max()), "eps_max": float(errors.max()), "average_error": np.array(means)}


def deployment_errors(system: FiniteSystem, expert: TabularPolicy, learner: TabularPolicy) -> Table:
    """Return E|u*_h − û_h| on the expert's own states, h = 1..H, under the best coupling; for actions on a line.

    >>> system = FiniteSystem(states=[0], actions=[0.0, 1.0], noise=[1.0], next_state=[[[0], [0]]], initial=[1.0],
    ...                       reward=np.ones((2, 1, 2)))
    >>> deployment_errors(system, TabularPolicy([[1.0, 0.0]]), TabularPolicy([[0.75, 0.25]]))
    array([0.25, 0.25])
    """
    order = np.argsort(system.actions[:, 0], kind="stable")
    steps, law = np.diff(system.actions[order, 0]), system.initial
    found = []
    for h in range(system.horizon):
        gaps = (expert.at(h) - learner.at(h))[:, order].cumsum(axis=1)[:, :-1]
        found.append(float((law * (np.abs(gaps) * steps).sum(axis=1)).sum()))
        law = system.push(h, law[:, None] * expert.at(h)) if h + 1 < system.horizon else law
    return np.array(found)


def return_symbols(model: Model, expert: TabularPolicy) -> dict[str, Any]:
    """Return return_std of the expert, and return_range where the tables are small enough to look for it."""
    found: dict[str, Any] = {"return_std": return_std(model, expert)}
    if isinstance(model, FiniteSystem) or model.n_states**2 * model.n_actions <= MAX_ENTRIES:
        found["return_range"] = float(return_range(model))
    return found


def model_symbols(model: Model, distances: Table) -> dict[str, Any]:
    """Return L_P and L_u from action distances; gains, their envelope and L_x where states have positions.

    A constant that does not exist (two states at one position that behave differently) is left out.
    """
    found: dict[str, Any] = {}
    _put(found, "L_P", lambda: kernel_lipschitz(model, distances))
    _put(found, "L_u", lambda: reward_action_lipschitz(model, distances))
    if isinstance(model, FiniteSystem):
        _put(found, "L_x", lambda: reward_lipschitz(model)[0])
        try:
            gains = to_float(minimal_gains(model))
        except StabilityError:
            return found
        envelope = tightest_envelope(gains)
        found |= {"gains": gains, "C": envelope.C, "eta": envelope.eta}
    return found


def _put(found: dict[str, Any], name: str, compute: Any) -> None:
    try:
        found[name] = float(compute())
    except StabilityError:
        return


def class_symbols(system: FiniteSystem, policies: Sequence[TabularPolicy], radius: Number) -> dict[str, Any]:
    """Return constants that every policy of a class has: L, modulus at a radius, coupled_lipschitz with jump 0.

    Args:
        system: gives the positions.
        policies: on codes.
        radius: of the modulus, k·eps_q.
    """
    found: dict[str, Any] = {}
    _put(found, "L", lambda: max(tv_lipschitz(system, policy) for policy in policies))
    moduli = [rtvc_modulus(system, policy, radius) for policy in policies]
    values = np.max([m.values for m in moduli], axis=0)
    found["modulus"] = StepModulus(moduli[0].thresholds, values)
    if system.actions.shape[1] == 1:
        _put(found, "coupled_lipschitz", lambda: max(_transport_lipschitz(system, policy) for policy in policies))
        if "coupled_lipschitz" in found:
            found["jump"] = 0.0
    return found


def _transport_lipschitz(system: FiniteSystem, policy: TabularPolicy) -> Number:
    """Return the smallest l with W_1(π_h(·|x), π_h(·|x')) ≤ l|x − x'|, for actions on a line."""
    rows = policy.probabilities
    costs = transport_costs(system.actions[:, 0], rows if rows.ndim == 3 else rows[None]).max(axis=0)
    return largest_slope("policy", costs, system.state_distances)


def transport_costs(places: Table, laws: Table) -> Table:
    """Return W_1 between all pairs of laws[..., s, a] on places of the line, shape (..., s, s').

    >>> transport_costs(np.array([2.0, 0.0]), np.array([[1.0, 0.0], [0.25, 0.75]]))
    array([[0. , 1.5],
           [1.5, 0. ]])
    """
    order = np.argsort(places, kind="stable")
    levels = laws[..., order].cumsum(axis=-1)[..., :-1]
    apart = np.abs(levels[..., :, None, :] - levels[..., None, :, :])
    return np.asarray((apart * np.diff(places[order])).sum(axis=-1))


def tabular_class_symbols(system: FiniteSystem, quantizer: LabelMap, radius: Number) -> dict[str, Any]:
    """Return the constants of all deterministic policies on codes: any two states may get any two codes."""
    apart = system.state_distances[system.state_distances > 0]
    width = system.action_distances[np.ix_(quantizer.codebook, quantizer.codebook)].max()
    least = number(apart.min()) if apart.size else None
    if np.count_nonzero(system.state_distances == 0) > system.n_states and width > 0:
        return {}
    if least is None or width == 0:
        return {"L": 0.0, "modulus": StepModulus(np.zeros(1), np.zeros(1)), "coupled_lipschitz": 0.0, "jump": 0.0}
    jumps = StepModulus(np.array([0.0, float(least)]), np.array([0.0, float(width > radius)]))
    return {"L": float(1 / least), "modulus": jumps, "coupled_lipschitz": float(width / least), "jump": 0.0}
