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

from bounds.terms import Radius
from bounds.values import Values
from proofs_check.comparison import keyword
from simulators.assumptions.pairs import largest_slope
from simulators.assumptions.smoothness import rtvc_modulus, tv_lipschitz
from simulators.errors import FloatArray
from simulators.exact.chain import TrajectoryLaw, learner_law, observed_law
from simulators.exact.divergences import exact_total_variation, log_affinity
from simulators.exact.dp import occupancy, regret
from simulators.experiments.finite import FiniteExperiment
from simulators.experiments.finite_learners import Given
from simulators.experiments.finite_symbols import label_symbols, model_symbols, return_symbols, transport_costs
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.tables import Number, Table, number, to_float, zeros

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
        return min(1.0, float(exact_total_variation(self._law(self.deployed), self.observed)))

    @cached_property
    def hellinger_exponent(self) -> float:
        """The exponent x at which Lemma S1 holds with equality for the learnt policy: D² = 2(1 − e^(−x))."""
        return -log_affinity(self._law(self.learner).to_float(), self.observed.to_float())

    def facts(self) -> frozenset[str]:
        """Names of the catalog's assumptions that hold; the data are replaced by what they would have to show."""
        given = FiniteExperiment(
            self.system,
            self.expert,
            self.quantizer,
            Given(self.learner),
            "greedy" if self.greedy else "plain",
        )
        found = {*given.facts(), "iid_demonstrations", "realizable", "horizon_average_error"}
        if not self.greedy:
            found |= {"rtvc", "held_out_errors", "tvc_deployed", "action_error"}
            found |= self._raw_facts()
        return frozenset(found)

    def _raw_facts(self) -> set[str]:
        """What holds of the learner's map before its quantizer, and of the expert's raw actions."""
        found = set()
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
        return found

    def symbols(self, *, relaxed: bool = False) -> dict[str, Any]:
        """Every symbol of the catalog that can be computed, but for the data.

        Args:
            relaxed: whether the modulus is that of a relaxation by k eps_q, or of total variation.
        """
        modulus = rtvc_modulus(self.system, self.deployed, (self.k if relaxed else 0) * self.eps_q)
        found = {**self._constant, "modulus": modulus, "k": float(self.k)}
        return {name: keyword(name, value) for name, value in found.items()}

    @cached_property
    def eps_q(self) -> Number:
        """Largest |q(u) − u| over raw actions, and over what the learner's map plays."""
        labels = self.quantizer.labels
        worst = number(self.system.action_distances[np.arange(len(labels)), labels].max())
        if self.maps is None:
            return worst
        return max(worst, number(np.abs(self.system.actions[self.maps.labels, 0] - self.maps.raw).max()))

    @cached_property
    def _constant(self) -> dict[str, Any]:
        system, gaps = self.system, self.system.action_distances
        found = label_symbols(system, self.expert, gaps, self.quantizer) | model_symbols(system, gaps)
        found |= return_symbols(system, self.expert) | self._smoothness() | self._held_out()
        found |= {"H": system.horizon, "eps_q": float(self.eps_q), "eps_max": float(self.eps_q)}
        found["horizon_average_error"] = float(np.mean(found["average_error"]))
        return found

    def _smoothness(self) -> dict[str, Any]:
        system, gaps = self.system, to_float(self.system.state_distances)
        moved = to_float(transport_costs(system.actions[:, 0], self.deployed.at(0)))
        jump = float(self.jump) * float(moved.max())
        slope = largest_slope("policy", np.maximum(moved - jump, 0), gaps)
        found = {"L": float(tv_lipschitz(system, self.deployed)), "jump": jump, "coupled_lipschitz": float(slope)}
        if self.maps is not None:
            raw = to_float(self.maps.raw)
            found["lipschitz"] = float(largest_slope("map", np.abs(raw[:, None] - raw).max(axis=-1), gaps))
        return found if self.loop_gains is None else {**found, "loop_gains": self.loop_gains}

    def _held_out(self) -> dict[str, Any]:
        """The learner's errors on the expert's own states."""
        law = self.deployed.at(0)
        agreed = float((occupancy(self.system, self.expert) * law).sum(axis=(1, 2)).mean())
        found = {
            "action_error": self._errors(self.system.actions[:, 0], law),
            "step_error": min(1.0, max(0.0, 1 - agreed)),
        }
        if self.maps is not None:
            raw = to_float(self.maps.raw)
            found["map_error"] = self._errors(raw, np.broadcast_to(self.maps.chances, raw.shape))
            if len(self.maps.chances) == 1:
                found["bins_off"] = 0.0
                found["mismatch"] = self.tv  # of a deterministic learner: P(some label of the expert is not its own)
        return found

    def _errors(self, positions: Table, law: Table) -> FloatArray:
        """E|u* − u| at every step, u* and u coupled as well as possible at every state of the expert."""
        states = to_float(occupancy(self.system, self.expert).sum(axis=2))
        actions = self.system.actions[:, 0]
        places = np.broadcast_to(positions, law.shape)
        gaps = [
            [_wasserstein(actions, p, x, q) for p, x, q in zip(self.expert.at(h), places, law, strict=True)]
            for h in range(self.system.horizon)
        ]
        return np.asarray((states * np.array(gaps)).sum(axis=1))


def _wasserstein(x: Table, p: Table, y: Table, q: Table) -> float:
    """W1 between two laws on the line, given by positions and probabilities."""
    points = np.concatenate([to_float(x), to_float(y)])
    signed = np.concatenate([to_float(p), -to_float(q)])
    order = np.argsort(points)
    return float(np.abs(np.cumsum(signed[order])[:-1]) @ np.diff(points[order]))
