from fractions import Fraction

import numpy as np
import pytest

from bounds.catalog import catalog
from simulators.errors import DomainError, ShapeError
from simulators.experiments.base import Budget, Deviation, Experiment, Measured, Regret, exact_deviation
from simulators.experiments.finite import FiniteExperiment
from simulators.experiments.finite_learners import ChunkMaps, Counts, Given, PolicyClass
from simulators.experiments.linear import LinearExperiment
from simulators.experiments.traps import TwinExperiment, arctan_trap
from simulators.learners.finite_class import gain_class
from simulators.learners.models import true_model
from simulators.montecarlo import Interval
from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.systems.finite import FiniteSystem
from simulators.systems.linear import LinearSystem
from simulators.witnesses.rational_twin import RationalTwin


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"H": 0}, "H must be an integer >= 1, got 0"),
        ({"n": 2.5}, "n must be an integer >= 1, got 2.5"),
        ({"episodes": 0}, "episodes must be an integer >= 1, got 0"),
        ({"delta": 1.0}, r"delta must lie in \(0, 1\), got 1.0"),
        ({"confidence": 0.0}, r"confidence must lie in \(0, 1\), got 0.0"),
        ({"precision": -1.0}, "precision must be positive, got -1.0"),
    ],
)
def test_a_budget_that_cannot_be_spent_cannot_exist(change: dict[str, float], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        Budget(**({"H": 3, "n": 2} | change))


def test_a_deviation_is_a_vector_with_an_interval_at_every_step() -> None:
    known = exact_deviation("mean", np.array([0.0, 1.0]))
    assert known.exact
    assert not known.values.flags.writeable
    with pytest.raises(ShapeError, match="low must be a vector as long as values"):
        Deviation("mean", [0.0, 1.0], [0.0], [0.0, 2.0])
    with pytest.raises(DomainError, match="sense must be one of"):
        exact_deviation("usually", [0.0])


def test_a_deviation_is_filed_under_its_own_sense() -> None:
    with pytest.raises(DomainError, match="filed under its sense 'rms', got 'mean'"):
        Measured(Regret.exactly(0.0), deviation={"mean": exact_deviation("rms", [0.0])})


def test_what_was_measured_cannot_be_changed() -> None:
    notes = {"rollout": "no"}
    measured = Measured(Regret.exactly(1.0), notes=notes)
    notes["rollout"] = "yes"
    assert measured.notes["rollout"] == "no"
    with pytest.raises(TypeError):
        measured.notes["rollout"] = "yes"  # type: ignore[index]


def test_only_a_computed_regret_is_exact() -> None:
    assert Regret.exactly(Fraction(1, 3)).high == Fraction(1, 3)
    assert not Regret.within(Interval(0.5, 0.5, 0.5)).exact


def test_facts_and_symbols_go_by_the_names_of_the_statements() -> None:
    """One experiment of each kind and deployment; a name that no statement knows would never be matched."""
    known = {assumed.name for theorem in catalog.values() for assumed in theorem.assumptions}
    words = {
        name for theorem in catalog.values() for need in theorem.needs for names in need.alternatives for name in names
    }
    for study in every_kind():
        unknown = set(study.facts()) - known - {"tvc_deployed"}
        assert not unknown, (study, unknown)
        unused = set(study.symbols(3)) - words - {"horizon_average_error", "k", "d"}
        assert not unused, (study, unused)


def every_kind() -> list[Experiment]:
    """Small ones."""
    system = FiniteSystem(
        states=[0.0, 1.0],
        actions=[0.0, 0.5, 1.0],
        noise=[1.0],
        next_state=[[[0], [0], [1]]] * 2,
        initial=[0.5, 0.5],
        reward=np.full((3, 2, 3), 0.5),
    )
    expert, codes = TabularPolicy.of_actions([0, 2], 3), LabelMap([0, 0, 2], [0, 2])
    labels, maps = push_forward(expert, codes), np.array([[[0, 0], [2, 2]]])
    own = (true_model(system, expert, codes),)
    finite: list[Experiment] = [
        FiniteExperiment(system, expert, codes, PolicyClass((expert,))),
        FiniteExperiment(system, expert, codes, PolicyClass((expert, TabularPolicy(np.full((2, 3), 1 / 3)))), "greedy"),
        FiniteExperiment(system, expert, codes, Counts(deterministic=True), "augmented", models=own),
        FiniteExperiment(system, expert, codes, ChunkMaps(maps), "chunked"),
        FiniteExperiment(system, expert, codes, Given(labels)),
    ]
    servo = LinearSystem([[0.5]], [[0.5]])
    reach = ReachReward(0.0, 1.0, 1.0)
    classes = [gain_class([0.1], target_action=0, target_state=0, low=-1, high=1, std=std) for std in (None, 0.2)]
    linear: list[Experiment] = [LinearExperiment(servo, reach, members, 0, uniform(8)) for members in classes]
    return [
        *finite,
        *linear,
        *(arctan_trap(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01, deployment=how) for how in ("plain", "augmented")),
        TwinExperiment(RationalTwin(Fraction(1, 64))),
    ]
