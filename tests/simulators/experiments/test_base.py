from fractions import Fraction

import numpy as np
import pytest

from simulators.errors import DomainError, ShapeError
from simulators.experiments.base import Budget, Deviation, Measured, Regret, exact_deviation
from simulators.montecarlo import Interval


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
