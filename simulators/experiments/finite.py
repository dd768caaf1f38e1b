"""Cloning on finite systems, where everything is exact: regret by dynamic programming, constants over all pairs.

A tabular process given by arrays needs values of its actions for a quantization error to mean anything; a
`FiniteSystem` has positions of its states and an explicit noise table besides, so that gains, moduli and deviations
under shared noise exist.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import (
    DomainError,
    FloatArray,
    RealizabilityError,
    ShapeError,
    choice,
    finite_array,
    positive_int,
)
from simulators.exact.chunks import chunked_return
from simulators.exact.dp import expected_return, expected_returns
from simulators.exact.returns import MAX_PAIRS, deviations
from simulators.experiments.base import DEPLOYMENTS, Budget, Deviation, Measured, Regret, Standing, exact_deviation
from simulators.experiments.finite_chunks import ExpertChunks, chunk_smoothness, expert_chunks
from simulators.experiments.finite_learners import (
    ChunkMaps,
    Counts,
    Given,
    Learner,
    Learnt,
    PolicyClass,
    Regression,
)
from simulators.experiments.finite_symbols import (
    class_symbols,
    deployment_errors,
    label_symbols,
    model_symbols,
    return_symbols,
    tabular_class_symbols,
)
from simulators.learners.demonstrations import demonstrate
from simulators.learners.finite_class import likely_members
from simulators.learners.models import TransitionModel, augmented_return, model_mle, true_model
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.quantizers.finite import ChunkLabels
from simulators.systems.finite import FiniteSystem, distances
from simulators.systems.linear_mdp import LinearMDP
from simulators.systems.sparse import SparseMDP
from simulators.systems.tabular import TabularMDP
from simulators.tables import Number, Table

FiniteModel = FiniteSystem | TabularMDP | SparseMDP | LinearMDP  # what an experiment on finitely many states runs on


@dataclass(frozen=True, eq=False)
class FiniteExperiment:
    """A cloning problem on finitely many states and actions.

    Attributes:
        model: dynamics, rewards and first law, for as many steps as will be asked for.
        expert: π*, on raw actions.
        quantizer: which code stands for which action, or which codes for a chunk of them.
        learner: how a policy on codes comes about.
        deployment: ``"plain"``, ``"greedy"``, ``"augmented"`` or ``"chunked"`` (with `ChunkMaps`).
        actions: positions of the raw actions, shape (A,) or (A, du); None for a `FiniteSystem`, which has its own.
        models: the finite class of transition models of augmented deployment.
        k: radius of relaxed continuity in units of eps_q, for the symbol ``modulus``.

    Raises:
        ShapeError: parts that do not fit together.
        RealizabilityError: a class without the expert's labels, or models without the observed chain's own.
        DomainError: actions that are no codes, or a deployment that does not go with model, learner or quantizer.

    >>> system = FiniteSystem(states=[0, 1], actions=[0, 1, 2], noise=[1.0], next_state=[[[0], [0], [1]]] * 2,
    ...                       initial=[0.5, 0.5], reward=[[[1.0, 0.75, 0.5], [0.5, 0.5, 0.5]]] * 5)
    >>> expert = TabularPolicy.of_actions([0, 2], 3)
    >>> study = FiniteExperiment(system, expert, LabelMap([1, 1, 2], [1, 2]), Counts(deterministic=True))
    >>> study.measure(Budget(H=5, n=30), np.random.default_rng(0)).regret.mean
    0.625
    """

    model: FiniteModel
    expert: TabularPolicy
    quantizer: LabelMap | ChunkLabels
    learner: Learner
    deployment: str = "plain"
    actions: Table | None = None
    models: tuple[TransitionModel, ...] = ()
    k: int = 0

    def __post_init__(self) -> None:
        choice("deployment", self.deployment, DEPLOYMENTS)
        positive_int("k", self.k, minimum=0)
        model = self.model
        self.expert.require_fit(model.horizon, model.n_states, model.n_actions)
        if self.quantizer.n_actions != model.n_actions:
            raise ShapeError(f"quantizer must act on {model.n_actions} actions, got {self.quantizer.n_actions}")
        if self.actions is not None:
            points = finite_array("actions", np.asarray(self.actions, dtype=np.float64))
            points = points[:, None] if points.ndim == 1 else points
            if isinstance(model, FiniteSystem) or points.ndim != 2 or len(points) != model.n_actions:
                raise ShapeError(
                    f"actions must be {model.n_actions} positions of a model without any, got {points.shape}"
                )
            object.__setattr__(self, "actions", points)
        object.__setattr__(self, "models", tuple(self.models))
        if (self.deployment == "chunked") != isinstance(self.learner, ChunkMaps):
            raise DomainError(f"deployment must be 'chunked' with ChunkMaps and only then, got {self.deployment!r}")
        chunk = self.quantizer.steps
        if chunk > 1 and (not isinstance(self.learner, ChunkMaps) or self.learner.steps != chunk):
            raise DomainError(f"deployment must be chunked, in chunks of the quantizer's {chunk} steps, got others")
        if model.horizon % chunk:
            raise DomainError(f"H must be a whole number of the quantizer's chunks of {chunk}, got {model.horizon}")
        self.learner.require_fit(model, self.expert, self._map)
        if (self.deployment == "augmented") != bool(self.models):
            raise DomainError(f"models must be given for augmented deployment and only then, got {len(self.models)}")
        if self.models:
            self._require_models()

    def _require_models(self) -> None:
        if not isinstance(self.model, FiniteSystem):
            raise DomainError("augmented deployment needs a FiniteSystem, whose noise can be shared, got another model")
        own, steps = self._own_model, range(self.model.horizon)
        if not any(all(_close(model.at(h), own.at(h)) for h in steps) for model in self.models):
            raise RealizabilityError(
                f"models must contain the observed chain's own, got {len(self.models)} models without it"
            )

    @cached_property
    def _own_model(self) -> TransitionModel:
        assert isinstance(self.model, FiniteSystem)  # noqa: S101 – for the type checker; `_require_models` tells users
        return true_model(self.model, self.expert, self._map)

    @property
    def _map(self) -> LabelMap:
        """The quantizer as learners of single steps take it; where it is one of chunks, `ChunkMaps` take both."""
        return cast(LabelMap, self.quantizer)

    @cached_property
    def _deterministic_labels(self) -> bool:
        """Whether the expert's push-forward q#π* is deterministic."""
        if isinstance(self.quantizer, ChunkLabels):
            return self.expert.deterministic
        return push_forward(self.expert, self.quantizer).deterministic

    @cached_property
    def _distances(self) -> Table | None:
        if isinstance(self.model, FiniteSystem):
            return self.model.action_distances
        return None if self.actions is None else distances(self.actions, norm="linf")

    def at(self, horizon: int) -> FiniteExperiment:
        """Return the experiment over its first steps.

        Raises:
            DomainError: more steps than the tables have.
        """
        most = self.model.horizon
        if positive_int("H", horizon) > most:
            raise DomainError(f"H must be at most the {most} steps that the rewards cover, got {horizon}")
        if horizon == most:
            return self
        parts = vars(self)
        fields = {name: parts[name] for name in self.__dataclass_fields__}
        learner = self.learner
        if isinstance(learner, Given):
            learner = Given(_cut(learner.policy, horizon))
        elif isinstance(learner, PolicyClass):
            learner = PolicyClass(tuple(_cut(policy, horizon) for policy in learner.policies))
        models = tuple(m if m.table.ndim == 4 else TransitionModel(m.table[:horizon]) for m in self.models)
        changed = {
            "model": self.model.first_steps(horizon),
            "expert": _cut(self.expert, horizon),
            "learner": learner,
            "models": models,
        }
        return FiniteExperiment(**(fields | changed))

    def facts(self) -> Mapping[str, Standing]:
        """Return the assumptions that hold, all computed or proved, for the deployment described.

        Statements about a policy that draws its code in every state assume smoothness (``tvc``, ``rtvc``,
        ``coupled_lipschitz``, ``smooth_kernel``). Where a policy is deployed otherwise, these are withheld, or named
        after the deployment. For k > 0 the symbol ``modulus`` is that of relaxed continuity, and ``tvc`` is withheld.
        """
        names = ["any_expert", "lipschitz_reward", "incrementally_stable", "linear_gains"]
        if not isinstance(self.quantizer, ChunkLabels) or self._expert_chunks is not None:
            names += ["sup_error", "label_error", "bounded_error", "average_error"]
        if self._deterministic_labels:
            names.append("deterministic_expert")
        if self.expert.deterministic:
            names.append("deterministic_actions")
        if isinstance(self.model, FiniteSystem) and np.count_nonzero(self.model.noise > 0) == 1:
            names.append("deterministic_dynamics")
        names += ["held_out_errors", "tvc_deployed"] if self._errors_known else []
        if not isinstance(self.learner, Given | Regression):
            names.append("iid_demonstrations")
        return dict.fromkeys(names + self._deployment_facts(), "certified")

    @property
    def _errors_known(self) -> bool:
        """Whether the deployed policy's own errors are computed, once it is known: actions are on a line."""
        line = isinstance(self.model, FiniteSystem) and self.model.actions.shape[1] == 1
        return line and isinstance(self.learner, Given | Regression) and self.deployment == "plain" and self.k == 0

    def _deployment_facts(self) -> list[str]:
        finite = self.learner.log_size(self.model, self._map) is not None
        realizable = ["realizable"] if finite else []
        if self.deployment == "augmented":
            return [*realizable, "realizable_models", "shared_noise"]
        if isinstance(self.learner, ChunkMaps):
            known = self._expert_chunks is not None and self._expert_chunks.explained(self.learner.maps, self.quantizer)
            return ["chunked_deployment", *(["realizable_chunks"] if known else []), "chunk_tvc"]
        smooth = ["rtvc", "coupled_lipschitz", "smooth_kernel", *(["tvc"] if self.k == 0 else [])]
        if self._deterministic_class:
            return [*realizable, "deterministic_class", *smooth]
        if self.deployment == "greedy":
            return [*realizable, "greedy_deployment", "greedy_rtvc", "greedy_coupled_lipschitz"]
        return [*realizable, *smooth]

    @cached_property
    def _deterministic_class(self) -> bool:
        """Whether every policy of the class is deterministic; decoding greedily then changes nothing."""
        if isinstance(self.learner, Counts):
            return self.learner.deterministic
        members = self.learner.members(self.model, self._map)
        return members is not None and all(member.deterministic for member in members)

    @cached_property
    def _expert_chunks(self) -> ExpertChunks | None:
        if not isinstance(self.learner, ChunkMaps) or not isinstance(self.model, FiniteSystem):
            return None
        return expert_chunks(self.model, self.expert, self.learner.steps)

    def _errors(self, distances: Table) -> dict[str, Any]:
        """Return eps_q, eps_max and average_error; of a quantizer of chunks on those that the expert plays."""
        if isinstance(self.quantizer, LabelMap):
            return label_symbols(self.model, self.expert, distances, self.quantizer)
        return self._expert_chunks.errors(_f(distances), self.quantizer) if self._expert_chunks else {}

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        """Return every symbol that tables and positions give.

        Raises:
            DomainError: more steps than the tables have.
        """
        cut = self.at(horizon)
        found = return_symbols(cut.model, cut.expert)
        size = cut.learner.log_size(cut.model, cut._map)
        found |= {} if size is None else {"log_class_size": size}
        if cut.models:
            found["log_model_class_size"] = math.log(len(cut.models))
        if cut._distances is None:
            return found
        found |= cut._errors(cut._distances)
        found |= model_symbols(cut.model, cut._distances)
        if cut._errors_known and isinstance(cut.model, FiniteSystem) and isinstance(cut.learner, Given):
            found["action_error"] = deployment_errors(cut.model, cut.expert, cut.learner.policy)
        if isinstance(cut.learner, ChunkMaps):
            found["chunk"] = cut.learner.steps
            if isinstance(cut.model, FiniteSystem):
                found |= chunk_smoothness(cut.model, cut.learner.maps, cut.quantizer)
            return found
        return found | cut._smoothness() if isinstance(cut.model, FiniteSystem) else found

    def _smoothness(self) -> dict[str, Any]:
        assert isinstance(self.model, FiniteSystem)  # noqa: S101 – called for these only
        radius = self.k * max(label_distance for label_distance in self._label_distances)
        if isinstance(self.learner, Counts) and self.learner.deterministic:
            return tabular_class_symbols(self.model, self._map, radius) | {"k": self.k}
        members = self.learner.members(self.model, self._map)
        if members is None:
            return {}
        if self.deployment == "greedy":
            members = [_greedy(member) for member in members]
        return class_symbols(self.model, members, radius) | {"k": self.k}

    @property
    def _label_distances(self) -> Table:
        assert self._distances is not None  # noqa: S101 – called where there are positions
        return np.asarray(self._distances[np.arange(len(self._distances)), self._map.labels])

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Draw demonstrations, learn, and compute regret, deviation and certificates exactly; no episodes are needed.

        Raises:
            DomainError: more steps than the tables have.
            RealizabilityError: no member of the class explains the labels.
        """
        cut = self.at(budget.H)
        data = demonstrate(cut.model, cut.expert, cut.quantizer, episodes=budget.n, rng=rng)
        return cut._measured(cut.learner.fit(cut.model, cut._map, data), data, budget.delta)

    def _measured(self, learnt: Learnt, data: Demonstrations, delta: float) -> Measured:
        numbers = dict(learnt.numbers)
        if self.deployment == "augmented":
            chosen = model_mle(self.models, data, self._map)
            numbers["model"] = float(chosen)
            earned = self._augmented_return(learnt, chosen)
        elif isinstance(self.learner, ChunkMaps):
            earned = chunked_return(self.model, self.quantizer.of_chunks(self.learner.maps[learnt.chosen or 0]))
        else:
            earned = expected_return(self.model, self.deployed(learnt))
        best = expected_return(self.model, self.expert)
        certificates, notes = self._certificates(learnt, earned, delta)
        own = self._own(learnt)
        return Measured(Regret.exactly(best - earned), self._deviation(learnt), numbers, certificates, notes, own)

    def _own(self, learnt: Learnt) -> dict[str, Any]:
        """What is known of a policy once regression has found it."""
        if not self._errors_known or not isinstance(self.learner, Regression):
            return {}
        given = replace(self, learner=Given(self.deployed(learnt)))
        return dict(given.symbols(self.model.horizon))

    def deployed(self, learnt: Learnt) -> TabularPolicy:
        """Return the policy on codes that plain or greedy deployment executes."""
        if learnt.policy is None:
            raise DomainError("chunk maps have no policy of single steps, got a chunked deployment")
        return _greedy(learnt.policy) if self.deployment == "greedy" else learnt.policy

    def _augmented_return(self, learnt: Learnt, chosen: int) -> Number:
        assert isinstance(self.model, FiniteSystem)  # noqa: S101 – checked when the experiment was made
        return augmented_return(self.model, self.deployed(learnt), self.models[chosen], self._map)

    def _deviation(self, learnt: Learnt) -> Mapping[str, Deviation]:
        system = self.model
        single = self.deployment in ("plain", "greedy")
        if not isinstance(system, FiniteSystem) or not single or system.n_states**2 > MAX_PAIRS:
            return {}
        largest, mean, square = deviations(system, self.expert, self.deployed(learnt))
        found = (("surely", largest), ("mean", mean), ("rms", np.sqrt(_f(square))))
        return {sense: exact_deviation(sense, _f(values)) for sense, values in found}  # type: ignore[arg-type]

    def _certificates(self, learnt: Learnt, earned: Number, delta: float) -> tuple[dict[str, float], dict[str, str]]:
        """Return the largest regret over all experts that the data leave, which is exact: no roll-outs are needed."""
        learner, scores = self.learner, learnt.log_likelihoods
        if not isinstance(learner, PolicyClass) or scores is None:
            return {}, {"certificate": "the class is not a finite list of experts", "rollout": "no certificate"}
        if not any(_same_rows(policy, self.expert, self.model.horizon) for policy in learner.policies):
            return {}, {
                "certificate": "the class knows the expert's labels but not its raw actions",
                "rollout": "the same",
            }
        left, note = likely_members(scores, deterministic=self._deterministic_class, delta=delta)
        best = expected_returns(self.model, [learner.policies[i] for i in left])
        value = float(max(best) - earned)
        return {"certificate": value}, {"certificate": note, "rollout": "the certificate is exact"}


def _greedy(policy: TabularPolicy) -> TabularPolicy:
    """Return the policy that plays the likeliest code, the lowest one on ties."""
    best = policy.probabilities.argmax(axis=-1)
    return TabularPolicy.of_actions(best, policy.probabilities.shape[-1], exact=policy.exact)


def _cut(policy: TabularPolicy, horizon: int) -> TabularPolicy:
    return policy if policy.stationary else TabularPolicy(policy.probabilities[:horizon])


def _same_rows(first: TabularPolicy, second: TabularPolicy, horizon: int) -> bool:
    return all(np.array_equal(first.at(h), second.at(h)) for h in range(horizon))


def _close(one: Table, other: Table) -> bool:
    return one.shape == other.shape and np.allclose(_f(one), _f(other))


def _f(values: Table) -> FloatArray:
    return np.asarray(values, dtype=np.float64)
