"""Measurements every quantizer shares."""

import math

import numpy as np
import pytest

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.base import (
    as_tokens,
    average_error,
    distinct_actions,
    lift_error,
    require_in_codebook,
)
from simulators.quantizers.scalar import uniform


def test_average_error_is_a_mean_of_norms() -> None:
    actions = np.array([[0.5, 0.5], [1.0, 0.5]])
    q = uniform(2)
    assert average_error(q, actions, norm="linf") == pytest.approx((0 + 0.5) / 2)
    assert average_error(q, [[0.2, 0.1]], norm="l2") == pytest.approx(0.5)


def test_distinct_actions_counts_vectors() -> None:
    q = uniform(2)
    assert distinct_actions(q, [[0.1, 0.9], [0.2, 0.3], [-0.1, 0.3]]) == 2


@pytest.mark.parametrize("measure", [average_error, distinct_actions])
def test_measurements_need_actions(measure: object) -> None:
    for nothing in (np.zeros((0, 2)), 1.0):
        with pytest.raises(ShapeError, match="at least one action"):
            measure(uniform(2), nothing)  # type: ignore[operator]


def test_lifting_an_error_to_vectors() -> None:
    assert lift_error(0.1, "linf", 7) == 0.1
    assert lift_error(0.1, "l2", 7) == pytest.approx(0.1 * math.sqrt(7))
    with pytest.raises(DomainError, match="norm must be"):
        lift_error(0.1, "l1", 7)


def test_codes_outside_the_codebook_are_caught() -> None:
    q = uniform(4)
    require_in_codebook(q, q.quantize(np.linspace(-2, 2, 99)[:, None]))
    with pytest.raises(DomainError, match=r"quantizer 'uniform' must execute codes only, got \[0.1"):
        require_in_codebook(q, np.array([[0.25], [0.1]]))


def test_tokens_are_integers_in_range() -> None:
    assert as_tokens("token", np.array([1, 2]), 1, 2).tolist() == [1, 2]
    for bad, reason in ((0, "between 1 and 2"), (3, "between 1 and 2"), (1.0, "must hold integers")):
        with pytest.raises(DomainError, match=reason):
            as_tokens("token", bad, 1, 2)
