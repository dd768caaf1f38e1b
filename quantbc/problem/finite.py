"""Systems of a problem file with finitely many states and actions: tabular and linear MDPs, given by arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.errors import ProblemError
from quantbc.problem.arrays import Arrays
from quantbc.problem.deployments import DeploymentSpec, refuse
from quantbc.problem.quantizers import QuantizerSpec
from quantbc.problem.quantizers import read as read_quantizer
from quantbc.problem.reading import Table
from simulators.errors import DomainError, RealizabilityError, ShapeError, finite_array
from simulators.exact.optimal import optimal_policy
from simulators.experiments.finite import FiniteExperiment, FiniteModel
from simulators.experiments.finite_learners import ChunkMaps, Counts, Learner, PolicyClass, Regression, SoftmaxLinear
from simulators.learners.models import TransitionModel, true_model
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.quantizers.finite import ChunkLabels, label_map
from simulators.systems.finite import FiniteSystem
from simulators.systems.linear_mdp import LinearMDP
from simulators.systems.sparse import SparseMDP
from simulators.systems.tabular import TabularMDP
from simulators.tables import indices

_TABULAR = ("P", "R", "initial", "positions", "actions", "noise", "next_state")
_SPARSE = ("data", "indices", "indptr")
_LINEAR = ("phi", "mu", "theta", "initial", "actions")
_NAMED = ("policy", "policies", "features", "maps")
"""Arrays of experts and classes that may stand inline; those of a file have any name."""
_SPELLED = {"transition": "P (or data, indices, indptr)", "reward": "R", "states": "positions"}


@dataclass(frozen=True)
class FiniteExpert:
    """An expert on finitely many states, and what the learner chooses from.

    Attributes:
        name: name in tables.
        kind: "optimal", "table" or "softmax".
        temperature: of a softmax expert.
        stationary: whether an optimal or softmax expert plays at every step what it does at the first.
        policy: name of a table expert's array: policy[s] (indices of actions), policy[s, a] or policy[h, s, a].
        learner: "tabular" (counts), "regression" (means), "list" (policies), "softmax" (features) or "chunks" (maps).
        array: name of the learner's array, if it has one.
    """

    name: str
    kind: str = "optimal"
    temperature: float | None = None
    stationary: bool = False
    policy: str = ""
    learner: str = "tabular"
    array: str = ""


@dataclass(frozen=True)
class FiniteSpec:
    """A finite system by its arrays, those of experts and learners among them.

    Attributes:
        type: "tabular" or "linear_mdp".
        arrays: by name.
        norm: of positions and of actions.
    """

    type: str
    arrays: Arrays
    norm: str = "linf"

    @classmethod
    def read(cls, root: Table, folder: Path) -> FiniteSpec:
        """Table [system] of type "tabular" or "linear_mdp"."""
        table = root.table("system")
        kind = table.text("type")
        names: tuple[str, ...] = _LINEAR if kind == "linear_mdp" else (*_TABULAR, *_SPARSE)
        names += _NAMED
        norm = root.text("norm", allowed=("linf", "l2"), default="linf")
        spec = cls(kind, Arrays.read(table, folder, names), norm)
        table.close()
        spec.require()
        return spec

    def require(self) -> None:
        """Check that the arrays make a system.

        Raises:
            ProblemError: one is missing, or breaks a requirement.
        """
        given = self.arrays.all
        if self.type == "linear_mdp":
            needed: tuple[str, ...] = ("phi", "mu", "theta", "initial", "actions")
        elif "noise" in given or "next_state" in given:
            needed = ("next_state", "noise", "positions", "R", "initial", "actions")
        else:
            needed = (*(_SPARSE if "data" in given else ("P",)), "R", "initial", "actions")
        for name in needed:
            if name not in given:
                raise ProblemError(
                    f"system.{name} must be given, inline or in the .npz file, got {', '.join(sorted(given)) or None}"
                )
        for name in (*_TABULAR, *_SPARSE) if self.type == "tabular" else ():
            if name in given and name not in needed and not ("P" in needed and name == "positions"):
                raise ProblemError(
                    f"system.{name} must be omitted beside {', '.join(needed)} (P, its CSR form, or next_state, noise "
                    f"and positions), got an array of shape {given[name].shape}"
                )
        places = np.shape(given.get("positions", given["initial"]))
        if len(places) not in (1, 2) or places[0] != len(given["initial"]):
            raise ProblemError(
                f"system.positions must have one for each of {len(given['initial'])} states, [s] or [s, dx], got an "
                f"array of shape {places}"
            )
        actions, model = len(given["actions"]), self.model(1)
        if actions != model.n_actions:
            raise ProblemError(f"system.actions must have a value for each of {model.n_actions} actions, got {actions}")

    def array(self, name: str, key: str) -> npt.NDArray[Any]:
        """An array that an expert or a class names.

        Raises:
            ProblemError: there is none of that name.
        """
        found = self.arrays.all
        if name not in found:
            raise ProblemError(f"{key} must be the name of an array ({', '.join(sorted(found))}), got {name!r}")
        return found[name]

    def model(self, horizon: int) -> FiniteModel:
        """The simulator, for as many steps as are asked for.

        Raises:
            ProblemError: arrays that make no system, or rewards for fewer steps.
        """
        try:
            return self._model(self.arrays.all, horizon)
        except ProblemError:
            raise
        except ValueError as error:
            name, _, rest = str(error).partition(" ")
            raise ProblemError(f"system.{_SPELLED.get(name, name)} {rest}") from None

    def _model(self, given: Any, horizon: int) -> FiniteModel:
        if self.type == "linear_mdp":
            theta = given["theta"]
            theta = np.broadcast_to(theta, (horizon, *theta.shape)) if theta.ndim == 1 else theta
            return LinearMDP(given["phi"], given["mu"], self._steps("theta", theta, horizon), given["initial"])
        reward = given["R"]
        if "data" in given:
            return self._sparse(given, reward, horizon)
        if reward.ndim == 2:
            reward = np.broadcast_to(reward, (horizon, *reward.shape))
        reward = self._steps("R", reward, horizon)
        if "next_state" in given:
            return FiniteSystem(
                given["positions"],
                given["actions"],
                given["noise"],
                _cut(_whole("next_state", given["next_state"]), horizon, 3),
                given["initial"],
                reward,
                self.norm,
            )
        mdp = TabularMDP(_cut(given["P"], horizon, 3), reward, given["initial"])
        if "positions" not in given or len(given["actions"]) != mdp.n_actions:
            return mdp
        places, kernel = finite_array("positions", given["positions"]), mdp.transition
        if not (kernel.max(axis=-1) == 1).all():
            return mdp  # random steps share no noise unless a table says which
        following = kernel.argmax(axis=-1)[..., None]
        return FiniteSystem(places, given["actions"], np.ones(1), following, given["initial"], reward, self.norm)

    def _sparse(self, given: Any, reward: npt.NDArray[Any], horizon: int) -> SparseMDP:
        from scipy import sparse

        states, data = len(given["initial"]), given["data"]
        columns = indices("indices", _whole("indices", given["indices"]), below=states)
        starts = _whole("indptr", given["indptr"])
        if data.ndim != 1 or columns.shape != data.shape:
            raise ShapeError(
                f"indices must have an entry for each of data, got shapes {columns.shape} and {data.shape}"
            )
        if starts.ndim != 1 or starts[:1].tolist() != [0] or starts[-1] != len(data) or (np.diff(starts) < 0).any():
            raise DomainError(f"indptr must rise from 0 to {len(data)}, the number of data, got {starts.tolist()[:9]}")
        matrix = sparse.csr_array((data, columns, starts), shape=(len(starts) - 1, states))
        stationary = reward.ndim == 2
        reward = reward if stationary else self._steps("R", reward, horizon)
        return SparseMDP(matrix, reward, given["initial"], horizon if stationary else None)

    def _steps(self, name: str, reward: npt.NDArray[Any], horizon: int) -> npt.NDArray[Any]:
        if len(reward) < horizon:
            raise ProblemError(
                f"system.{name} must cover the longest horizon, {horizon} steps, got {len(reward)} (or leave h out)"
            )
        return reward[:horizon]

    def expert(self, table: Table) -> FiniteExpert:
        """One of the [[experts]].

        Raises:
            ProblemError: a key that is missing, unknown or out of range, or an array that is not there.
        """
        name = table.text("name")
        kind = table.text("type", allowed=("optimal", "table", "softmax"), default="optimal")
        temperature = table.number("temperature", low=0, inside=True) if kind == "softmax" else None
        policy = table.text("policy") if kind == "table" else ""
        stationary = kind != "table" and table.truth("stationary", default=False)
        listed = table.table("class", optional=True)
        learner = listed.text("type", allowed=tuple(_ARRAYS), default="tabular")
        wanted = _ARRAYS[learner]
        array = listed.text(wanted) if wanted else ""
        listed.close()
        table.close()
        for used, key in ((policy, f"{table.path}.policy"), (array, f"{listed.path}.{wanted}")):
            if used:
                self.array(used, key)
        return FiniteExpert(name, kind, temperature, stationary, policy, learner, array)

    def quantizer(self, table: Table) -> QuantizerSpec:
        return read_quantizer(table)

    def labels(self, quantizer: QuantizerSpec, chunks: ChunkMaps | None = None) -> LabelMap | ChunkLabels:
        """The tokenizer on the fine actions, or on chunks of them.

        Args:
            quantizer: the tokenizer.
            chunks: what it is fitted to where it is fitted to chunks.

        Raises:
            ValueError: it cannot act on them.
        """
        actions = np.asarray(self.arrays.all["actions"], dtype=np.float64)
        points = actions[:, None] if actions.ndim == 1 else actions
        box = (float(points.min()), float(points.max()))
        box = box if box[0] < box[1] else (box[0], box[0] + 1.0)
        whole = chunks is not None and quantizer.steps > 1
        known = points[chunks.maps].reshape(-1, chunks.steps, points.shape[1]) if whole and chunks else points
        built = quantizer.build(box, known)
        return label_map(built, points) if built.unit == "step" else ChunkLabels(built, points)

    def experiment(
        self, expert: FiniteExpert, quantizer: QuantizerSpec, deployment: DeploymentSpec, horizon: int
    ) -> FiniteExperiment:
        refuse(deployment, "speeds")
        model, chunks = self.model(horizon), self._chunks(expert)
        self._require_chunks(None if chunks is None else chunks.steps, deployment)
        policy, labels = self._policy(expert, model), self.labels(quantizer, chunks)
        if labels.steps not in (1, deployment.steps):
            raise DomainError(
                f"deployment.steps must be {labels.steps} for the quantizer {quantizer.label!r} of chunks, with a "
                f"class of type chunks, got {deployment.kind!r} with steps = {deployment.steps}"
            )
        actions = None if isinstance(model, FiniteSystem) else self.arrays.all["actions"]
        models: tuple[TransitionModel, ...] = ()
        if chunks is None:
            assert isinstance(labels, LabelMap)  # noqa: S101 – for the type checker; `_require_chunks` tells users
            learner = self._learner(expert, push_forward(policy, labels), model)
            models = self._models(model, policy, labels, deployment) if deployment.kind == "augmented" else ()
        else:
            learner = chunks
        try:
            return FiniteExperiment(model, policy, labels, learner, deployment.kind, actions, models)
        except RealizabilityError as error:
            raise ProblemError(f"experts.class of {expert.name!r}: {error}") from None

    @staticmethod
    def _require_chunks(steps: int | None, deployment: DeploymentSpec) -> None:
        if (deployment.kind == "chunked") != (steps is not None) or deployment.steps != (steps or 1):
            raise ProblemError(
                "deployment.type must be chunked for a class of type chunks and only then, with the steps of its maps, "
                f"got {deployment.kind!r} with steps = {deployment.steps} and maps of {steps or 1}"
            )

    def _models(
        self, model: FiniteModel, policy: TabularPolicy, labels: LabelMap, deployment: DeploymentSpec
    ) -> tuple[TransitionModel, ...]:
        if not isinstance(model, FiniteSystem):
            raise ProblemError(
                "deployment.type must be augmented only for a system with next_state and noise, which Algorithm 1's "
                f"roll-out shares, got one of type {self.type!r} without them"
            )
        if not deployment.models:
            return (true_model(model, policy, labels),)
        given = self.array(deployment.models, "deployment.models")
        try:
            return tuple(TransitionModel(_cut(table, model.horizon, 4)) for table in given)
        except ValueError as error:
            raise ProblemError(
                f"system.{deployment.models} is not a class of models [m, s, c, w, s']: {error}"
            ) from None

    def _policy(self, expert: FiniteExpert, model: FiniteModel) -> TabularPolicy:
        if expert.kind != "table":
            return optimal_policy(model, temperature=expert.temperature, stationary=expert.stationary)
        given = self.arrays.all[expert.policy]
        try:
            return _as_policy(given, model)
        except ValueError as error:
            raise ProblemError(f"system.{expert.policy} is not a policy: {error}") from None

    def _learner(self, expert: FiniteExpert, target: TabularPolicy, model: FiniteModel) -> Learner:
        if expert.learner == "tabular":
            same = target.stationary or all(np.array_equal(target.at(h), target.at(0)) for h in range(model.horizon))
            return Counts(stationary=same, deterministic=target.deterministic)
        if expert.learner == "regression":
            return Regression(np.asarray(self.arrays.all["actions"], dtype=np.float64))
        given = self.arrays.all[expert.array]
        try:
            if expert.learner == "list":
                return PolicyClass(tuple(_as_policy(policy, model) for policy in given))
            return SoftmaxLinear(given)
        except ValueError as error:
            raise ProblemError(f"system.{expert.array} is not a class of type {expert.learner!r}: {error}") from None

    def _chunks(self, expert: FiniteExpert) -> ChunkMaps | None:
        if expert.learner != "chunks":
            return None
        try:
            maps = ChunkMaps(_whole("maps", self.arrays.all[expert.array]))
            indices("maps", maps.maps, below=len(self.arrays.all["actions"]))
        except ValueError as error:
            raise ProblemError(f"system.{expert.array} is not a class of type 'chunks': {error}") from None
        return maps

    def cells(self, quantizer: QuantizerSpec) -> int | None:
        """Codes that the fine actions have; None for a tokenizer of chunks."""
        labels = self.labels(quantizer) if quantizer.steps == 1 else None
        return len(labels.codebook) if isinstance(labels, LabelMap) else None


_ARRAYS = {"tabular": "", "regression": "", "list": "policies", "softmax": "features", "chunks": "maps"}
"""Classes, and the key that names the array of each."""


def _as_policy(given: npt.NDArray[Any], model: FiniteModel) -> TabularPolicy:
    """policy[s] and policy[h, s] hold whole numbers, indices of actions; others probabilities."""
    if given.dtype.kind in "iu" or given.ndim == 1:
        return TabularPolicy.of_actions(_whole("actions", given), model.n_actions)
    return TabularPolicy(_cut(given, model.horizon, 2))


def _whole(name: str, given: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Numbers of a file, or of inline lists, which are floats, as indices."""
    with np.errstate(invalid="ignore"):
        whole = given.astype(np.int64)
    if (bad := given[whole != given]).size:
        raise DomainError(f"{name} must be whole numbers, got {bad[0]}")
    return whole


def _cut(table: npt.NDArray[Any], horizon: int, axes: int) -> npt.NDArray[Any]:
    """The first steps of a table that has one more axis than a stationary one."""
    return table[:horizon] if table.ndim > axes else table
