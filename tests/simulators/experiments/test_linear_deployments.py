"""Every deployment of a clone of a linear system beside the statements about it; what makes no sense is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from proofs_check.comparison import compare
from simulators.errors import DomainError, RealizabilityError
from simulators.experiments.base import Budget
from simulators.experiments.feedback import affine
from simulators.experiments.linear import LinearExperiment
from simulators.experiments.linear_deployments import average_errors, chunk_smoothness
from simulators.learners.finite_class import gain_class, matrix_class
from simulators.planning import ClosedLoop
from simulators.quantizers.base import PerChunk, PerStep
from simulators.quantizers.chunk import FastDCT
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import UniformNoise

QUIET = LinearSystem(np.diag([0.5, 0.6]), np.diag([0.5, 0.4]))
NOISY = replace(QUIET, noise=UniformNoise(0.02))
BUDGET = Budget(H=12, n=50, episodes=2000)


def study(std: float | None = None, **change: Any) -> LinearExperiment:
    members = gain_class([0.1, 0.2, 0.3], target_action=0.0, target_state=0.0, low=-1.0, high=1.0, std=std)
    parts: dict[str, Any] = {"system": QUIET, "reward": ReachReward(0.0, 1.0, 0.5), "candidates": members, "truth": 1}
    return LinearExperiment(**(parts | {"quantizer": uniform(64)} | change))


def loops(which: LinearExperiment) -> tuple[ClosedLoop, ...]:
    return tuple(ClosedLoop(which.system, policy) for policy in which.candidates.policies)


def found(which: LinearExperiment) -> Any:
    return compare(which, BUDGET, np.random.default_rng(0))


@pytest.mark.parametrize("quantizer", [uniform(64), FastDCT(4, gamma=50.0)], ids=["steps", "chunks"])
def test_chunks_lie_below_the_statement_about_chunks(quantizer: Any) -> None:
    seen = found(study(deployment="chunked", steps=4, quantizer=quantizer))
    assert {row.statement for row in seen.rows} == {"chunked_lipschitz"}
    assert seen.holds
    assert seen.measured.regret.high > 0
    assert not seen.measured.certificates


def test_algorithm_1_lies_below_its_statement() -> None:
    plain = study()
    seen = found(replace(plain, deployment="augmented", models=loops(plain)))
    assert seen.rows[0].statement == "theorem_7_deterministic"
    assert seen.holds
    assert seen.measured.learnt["model"] == 1
    assert seen.constants["log_model_class_size"] == pytest.approx(np.log(3))


def test_a_greedy_gaussian_is_measured_and_no_statement_speaks_of_it() -> None:
    noisy = study(0.2, system=NOISY)
    seen = found(replace(noisy, deployment="greedy"))
    assert seen.rows == ()
    assert "greedy_deployment" in seen.facts
    assert found(noisy).measured.regret.mean != seen.measured.regret.mean
    assert found(study(deployment="greedy")).as_dict() == found(study()).as_dict()  # of one code, the likeliest


@pytest.mark.parametrize(("std", "statement"), [(None, "validated_error"), (0.3, "proposition_4")])
def test_regression_is_judged_by_its_own_errors(std: float | None, statement: str) -> None:
    seen = found(study(std, system=NOISY, learner="regression"))
    assert statement in {row.statement for row in seen.rows}
    assert seen.holds
    errors = seen.measured.symbols["action_error"]
    assert errors.shape == (12,)
    assert not {"iid_demonstrations", "realizable"} & set(seen.facts)
    blind = found(study(std, system=NOISY, learner="regression", quantizer=uniform(1)))
    assert blind.measured.symbols["action_error"][0] > 3 * errors[0]


class Learned(PerStep):
    """Rounds the sum and the difference of two entries, and promises nothing."""

    name = "learned"

    def encode(self, u):
        u = np.asarray(u)
        return np.rint(16 * np.stack([u.sum(axis=-1), u[..., 0] - u[..., 1]], axis=-1)).astype(int)

    def decode(self, token):
        total, difference = np.moveaxis(np.asarray(token) / 16, -1, 0)
        return np.stack([total + difference, total - difference], axis=-1) / 2


def test_a_learned_quantizer_has_an_average_error_and_algorithm_1_a_bound_in_it() -> None:
    codes = Learned()
    plain = study(quantizer=codes)
    assert plain.eps_q is None
    seen = found(plain)
    assert (seen.rows, seen.measured.certificates) == ((), {})
    assert seen.estimated == ("label_error", "average_error")
    repaired = found(replace(plain, deployment="augmented", models=loops(plain)))
    assert repaired.rows[0].statement == "theorem_7_deterministic"
    assert repaired.holds
    errors, gains = average_errors(QUIET, plain.expert, codes, 12, "linf"), plain.symbols(12)["gains"]
    drift = sum(0.5 * errors[h] + gains[:h][::-1] @ errors[:h] for h in range(12))
    assert repaired.rows[0].terms["drift"] == pytest.approx(drift)


def test_errors_of_chunks_are_those_of_whole_chunks() -> None:
    q = FastDCT(5, gamma=3.0)
    errors = average_errors(QUIET, study().expert, q, 7, "l2")
    assert errors.shape == (7,)
    assert 0 < errors.max() <= np.sqrt(2) * q.sup_error


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_a_planned_action_is_as_smooth_as_is_said(norm: str) -> None:
    members = matrix_class([[[0.7, -0.3]], [[0.2, 0.9]]], target_action=0.0, target_state=0.0, low=-0.5, high=0.5)
    plant = LinearSystem([[1.0, 0.1], [-0.2, 0.7]], [[0.2], [0.3]])
    known = chunk_smoothness(affine(members.policies, plant), plant, norm)
    order = np.inf if norm == "linf" else 2
    rng = np.random.default_rng(0)
    for policy in members.policies:
        x = rng.uniform(-1, 1, (2, 500))
        y = x + rng.uniform(-0.1, 0.1, x.shape)
        apart, allowed = np.linalg.norm(x - y, order, axis=0), known["lipschitz"]
        for _ in range(6):
            u, v = policy.act(x), policy.act(y)
            assert np.all(np.linalg.norm(u - v, order, axis=0) <= allowed * apart + 1e-12)
            x, y = (plant.step(a, b, np.zeros_like(a)) for a, b in ((x, u), (y, v)))
            allowed *= known["chunk_decay"]


class Hold(PerChunk):
    name, steps = "hold", 4

    def encode(self, u):
        return np.rint(2 * self.chunks("u", u)[..., 0, :]).astype(int)

    def decode(self, token):
        return np.repeat(np.asarray(token)[..., None, :] / 2, 4, axis=-2)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"deployment": "chunked", "steps": 4, "system": NOISY}, DomainError, "'chunked' with a system with noise"),
        ({"deployment": "chunked", "steps": 4, "std": 0.2}, DomainError, "'chunked' with Gaussian policies"),
        ({"deployment": "augmented"}, DomainError, "models must be given for augmented deployment"),
        ({"deployment": "augmented", "models": (ClosedLoop(NOISY, study().candidates.policies[0]),)},
         RealizabilityError, "models must contain the expert's own loop, got 1 without it"),
        ({"deployment": "chunked", "steps": 4, "learner": "regression"}, DomainError, "plain or greedy for regression"),
        ({"deployment": "chunked", "steps": 3, "quantizer": Hold()}, DomainError,
         "'chunked' with 3 steps and a quantizer of 4"),
        ({"quantizer": Hold()}, DomainError, "must be chunked .* got 'plain' with 1 steps and a quantizer of 4"),
        ({"deployment": "wishful"}, DomainError, "deployment must be one of 'plain'"),
        ({"learner": "divination"}, DomainError, "learner must be one of 'likelihood', 'regression'"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(change: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        study(**change)
