"""A cloning problem on a finite system: which assumptions hold, every symbol exactly, and the regret.

The learner need not be the result of learning. Its distance from the expert is computed, and the statement's own
statistical radius is made to say just that (`data_at`), so that the catalog's expressions are tested as they stand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from bounds.gains import GainSequence
from bounds.moduli import StepModulus
from bounds.step_errors import StepErrors
from bounds.terms import Radius
from bounds.values import Values
from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.gains import minimal_gains
from simulators.assumptions.ingredients import average_label_errors, label_errors
from simulators.assumptions.pairs import largest_slope
from simulators.assumptions.smoothness import kernel_lipschitz, reward_lipschitz, rtvc_modulus, tv_lipschitz
from simulators.errors import FloatArray
from simulators.exact.chain import TrajectoryLaw, learner_law, observed_law
from simulators.exact.divergences import exact_total_variation, log_affinity
from simulators.exact.dp import occupancy, regret
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, number, to_float, zeros

__all__ = ["Case", "NoisyMap", "data_at"]

_LOG_ODDS = 460.0
"""log(1/δ) of the data that stand for a known distance: n is 460 / x, and at least 1 up to x = 460."""


def data_at(x: float) -> dict[str, float]:
    """n, delta and log_class_size at which Lemma S1's exponent is x: two policies, or one where x is 0.

    Example:
        >>> data_at(0.0)["log_class_size"], round(data_at(2.0)["n"], 9)
        (0.0, 230.0)
    """
    if x <= 0:
        return {"n": 1e30, "delta": 0.5, "log_class_size": 0.0}
    return {"n": max(1.0, _LOG_ODDS / x), "delta": math.exp(-_LOG_ODDS), "log_class_size": math.log(2)}


@lru_cache(maxsize=64)
def exponent(radius: Radius, distance: float) -> float:
    """The exponent x at which a statistical radius is a known distance; the largest there is if none is.

    Example:
        >>> round(exponent(Radius(multiplier=1, root=False), 0.5), 12) == round(math.log(2), 12)
        True
    """
    from scipy.optimize import brentq

    def excess(log_x: float) -> float:
        symbols = {name: np.asarray(value) for name, value in data_at(math.exp(log_x)).items()}
        sizes = {
            size: symbols["log_class_size"] if size == radius.sizes[0] else np.asarray(0.0) for size in radius.sizes
        }
        return float(radius.numeric(Values({**symbols, **sizes}, {}), "sharp")) - distance

    low, high = math.log(1e-300), math.log(_LOG_ODDS)
    if distance <= 0:
        return 0.0
    if excess(high) <= 0:
        return _LOG_ODDS
    return 0.0 if excess(low) >= 0 else math.exp(brentq(excess, low, high, xtol=1e-15, rtol=1e-15))


@dataclass(frozen=True, eq=False)
class NoisyMap:
    """A policy that plays the code of a raw action g(s, ξ) with noise ξ independent of the state.

    Attributes:
        raw: raw[s, i] = position of g at state s under noise i, on the line.
        labels: labels[s, i] = index of its code among the actions.
        chances: chances[i] = probability of noise i.
    """

    raw: Table
    labels: Table
    chances: Table

    def policy(self, n_actions: int) -> TabularPolicy:
        """The law of the code at every state."""
        result = zeros((len(self.labels), n_actions), exact=self.chances.dtype == object)
        for column, chance in zip(self.labels.T, self.chances, strict=True):
            result[np.arange(len(column)), column] += chance
        return TabularPolicy(result)


@dataclass(frozen=True, eq=False)
class Case:
    """A finite system with positions on the line, an expert on raw actions, a quantizer and any learner on codes.

    Attributes:
        system: dynamics with an explicit noise table.
        expert: policy on raw actions.
        quantizer: which code stands for which action.
        learner: policy on codes.
        k: radius of the relaxed continuity, in units of the quantization error.
        jump: share of the learner's largest jump in mean that the coupled-Lipschitz condition leaves to J.
        maps: the learner before its quantizer, if it is of that kind.
        loop_gains: gains of the learner's own closed loop, if they are known.
        greedy: whether the learner's likeliest code is deployed.
    """

    system: FiniteSystem
    expert: TabularPolicy
    quantizer: LabelMap
    learner: TabularPolicy
    k: int = 0
    jump: Number = 0
    maps: NoisyMap | None = None
    loop_gains: FloatArray | None = None
    greedy: bool = False

    @cached_property
    def deployed(self) -> TabularPolicy:
        """The policy whose regret is measured."""
        if not self.greedy:
            return self.learner
        best = np.argmax(self.learner.probabilities, axis=-1)
        return TabularPolicy.of_actions(best, self.system.n_actions, exact=self.learner.exact)

    @cached_property
    def regret(self) -> Number:
        """J(π*) − J(π̂), exact; every bound holds for its absolute value, since 1 − r is as good a reward as r."""
        return regret(self.system, self.expert, self.deployed)

    @cached_property
    def observed(self) -> TrajectoryLaw:
        """The law of the expert's states and labels."""
        return observed_law(self.system, self.expert, self.quantizer)

    def _law(self, policy: TabularPolicy) -> TrajectoryLaw:
        return learner_law(self.observed, policy, self.quantizer)

    @cached_property
    def tv(self) -> float:
        """Total variation between the deployed policy's and the expert's observed laws."""
        return float(exact_total_variation(self._law(self.deployed), self.observed))

    @cached_property
    def hellinger_exponent(self) -> float:
        """The exponent x at which Lemma S1 holds with equality for the learnt policy: D² = 2(1 − e^(−x))."""
        return -log_affinity(self._law(self.learner).to_float(), self.observed.to_float())

    def facts(self) -> frozenset[str]:
        """Names of the catalog's assumptions that hold; the data are replaced by what they would have to show."""
        always = {
            "iid_demonstrations", "realizable", "lipschitz_reward", "incrementally_stable", "sup_error", "any_expert",
            "average_error", "horizon_average_error", "bounded_error", "label_error", "linear_gains",
        }  # fmt: skip
        labels = push_forward(self.expert, self.quantizer)
        found = always | ({"deterministic_expert"} if labels.deterministic else set())
        if self.greedy:
            return frozenset(found | {"greedy_deployment", "greedy_coupled_lipschitz", "greedy_rtvc"})
        found |= {
            "tvc",
            "rtvc",
            "coupled_lipschitz",
            "smooth_kernel",
            "held_out_errors",
            "tvc_deployed",
            "action_error",
        }
        if self.learner.deterministic:
            found.add("deterministic_class")
        if self.maps is not None:
            found |= {"noisy_lipschitz", "held_out_map_errors"}
            if len(self.maps.chances) == 1:
                found |= {"quantized_lipschitz", "held_out_mismatch", "uniform_bins"}
        if self.loop_gains is not None:
            found |= {"loop_stable", "linear_loop_gains"}
        if self.expert.deterministic:
            found |= {"deterministic_actions", "unit_rewards"}
            if np.array_equal(self.quantizer.labels, np.arange(self.system.n_actions)):
                found |= {"raw_demonstrations", "realizable_expert"}
        return frozenset(found)

    def symbols(self, *, relaxed: bool = False) -> dict[str, Any]:
        """Every symbol of the catalog that can be computed, but for the data.

        Args:
            relaxed: whether the modulus is that of a relaxation by k eps_q, or of total variation.
        """
        return {**self._system, **self._policy, "modulus": self._modulus(self.k if relaxed else 0), "k": float(self.k)}

    @cached_property
    def eps_q(self) -> Number:
        """Largest |q(u) − u| over raw actions, and over what the learner's map plays."""
        worst = number(label_errors(self.system, self.quantizer).max())
        if self.maps is None:
            return worst
        return max(worst, number(np.abs(self.system.actions[self.maps.labels, 0] - self.maps.raw).max()))

    @cached_property
    def _system(self) -> dict[str, Any]:
        system = self.system
        gains = np.asarray(minimal_gains(system), dtype=np.float64)
        state, action = reward_lipschitz(system)
        errors = np.asarray(average_label_errors(system, self.expert, self.quantizer), dtype=np.float64)
        return {
            "H": system.horizon, "gains": GainSequence(gains),
            "L_x": float(state), "L_u": float(action), "L_P": float(kernel_lipschitz(system, system.action_distances)),
            "eps_q": float(self.eps_q), "eps_max": float(self.eps_q), "average_error": StepErrors(errors),
            "horizon_average_error": float(errors.mean()),
        }  # fmt: skip

    @cached_property
    def _policy(self) -> dict[str, Any]:
        system, deployed = self.system, self.deployed
        moved = _distances_between(
            system.actions[:, 0], deployed.at(0), system.actions[:, 0], deployed.at(0), all_pairs=True
        )
        jump = float(self.jump) * float(moved.max())
        slope = largest_slope("policy", np.maximum(moved - jump, 0), to_float(system.state_distances))
        visits = occupancy(system, self.expert)
        found = {
            "L": float(tv_lipschitz(system, deployed)), "jump": jump, "coupled_lipschitz": float(slope),
            "action_error": self._errors(system.actions[:, 0], deployed.at(0)),
            "step_error": max(0.0, float(1 - (visits * deployed.at(0)).sum(axis=(1, 2)).mean())),
        }  # fmt: skip
        if self.maps is not None:
            raw, chances = to_float(self.maps.raw), to_float(self.maps.chances)
            gaps = np.abs(raw[:, None] - raw[None, :]).max(axis=-1)
            found["lipschitz"] = float(largest_slope("map", gaps, to_float(system.state_distances)))
            found["map_error"] = self._errors(raw, np.broadcast_to(chances, raw.shape))
            if len(chances) == 1:
                found["mismatch"] = self.tv  # of a deterministic learner: P(some label of the expert is not its own)
                found |= vars(tightest_envelope(self._system["gains"].values))
        if self.loop_gains is not None:
            found["loop_gains"] = GainSequence(self.loop_gains)
        return found

    def _errors(self, positions: Table, law: Table) -> StepErrors:
        """E|u* − u| at every step, u* and u coupled as well as possible at every state of the expert."""
        experts = [self.expert.at(h) for h in range(self.system.horizon)]
        states = occupancy(self.system, self.expert).sum(axis=2)
        actions = self.system.actions[:, 0]
        gaps = [_distances_between(actions, mine, positions, law) for mine in experts]
        return StepErrors(np.array([float(to_float(s) @ gap) for s, gap in zip(states, gaps, strict=True)]))

    def _modulus(self, k: int) -> StepModulus:
        kappa = rtvc_modulus(self.system, self.deployed, k * self.eps_q)
        return StepModulus(lambda distance: np.vectorize(lambda r: float(kappa(r)), otypes=[float])(distance))


def _distances_between(first: Table, p: Table, second: Table, q: Table, *, all_pairs: bool = False) -> FloatArray:
    """W1 between laws on the line, row by row (p[s] and q[s]), or for all pairs of rows; positions[a] or [s, i]."""
    rows, others = np.broadcast_to(first, p.shape), np.broadcast_to(second, q.shape)
    if all_pairs:
        pairs = [[_wasserstein(rows[s], p[s], others[t], q[t]) for t in range(len(q))] for s in range(len(p))]
        return np.array(pairs)
    return np.array([_wasserstein(rows[s], p[s], others[s], q[s]) for s in range(len(p))])


def _wasserstein(x: Table, p: Table, y: Table, q: Table) -> float:
    points = np.concatenate([to_float(x), to_float(y)])
    signed = np.concatenate([to_float(p), -to_float(q)])
    order = np.argsort(points)
    return float(np.abs(np.cumsum(signed[order])[:-1]) @ np.diff(points[order]))
