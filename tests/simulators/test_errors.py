"""The shared argument checks accept what they say and name what they refuse."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators import errors


def test_every_error_is_a_value_error() -> None:
    ours = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]
    assert len(ours) > 3
    assert all(issubclass(kind, ValueError) for kind in ours)


def test_arrays_are_read_only_copies() -> None:
    mine = np.array([1.0, 2.0])
    theirs = errors.finite_array("x", mine)
    mine[0] = 7
    assert theirs[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        theirs[0] = 3


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_arrays_must_be_finite_and_the_message_says_where(bad: float) -> None:
    with pytest.raises(errors.DomainError, match=r"gain must be finite, got .* at index \(1, 0\)"):
        errors.finite_array("gain", [[1.0], [bad]])


@pytest.mark.parametrize("bad", ["a", [1 + 2j], [object()], ["1", "2"]])
def test_arrays_must_be_real(bad: object) -> None:
    with pytest.raises(errors.DomainError, match="x must hold real numbers"):
        errors.finite_array("x", bad)  # type: ignore[arg-type]


def test_arrays_must_have_the_right_shape() -> None:
    with pytest.raises(errors.ShapeError, match="x must have 1 dimension"):
        errors.finite_array("x", [[1.0]], ndim=1)
    with pytest.raises(errors.ShapeError, match=r"x must have shape \(2, any\), got \(3, 1\)"):
        errors.finite_array("x", np.zeros((3, 1)), shape=(2, -1))
    with pytest.raises(errors.ShapeError, match="x must be a regular array"):
        errors.finite_array("x", [[1.0], [1.0, 2.0]])
    assert errors.finite_array("x", np.zeros((2, 5)), shape=(2, -1)).shape == (2, 5)


def test_fractions_become_floats() -> None:
    assert errors.finite_array("x", [Fraction(1, 4)])[0] == 0.25
    assert errors.finite_number("x", Fraction(1, 4)) == 0.25


@pytest.mark.parametrize("bad", [True, "1", None, float("nan"), float("inf"), 10**400, 1j])
def test_numbers_must_be_finite_and_real(bad: object) -> None:
    with pytest.raises(errors.DomainError, match="x must be a finite real number"):
        errors.finite_number("x", bad)  # type: ignore[arg-type]


def test_signs_and_ranges() -> None:
    assert errors.nonnegative_number("x", 0.0) == 0.0
    for check, bad in (
        (errors.positive_number, 0.0),
        (errors.nonnegative_number, -1e-300),
        (errors.open_unit, 0.0),
        (errors.open_unit, 1.0),
    ):
        with pytest.raises(errors.DomainError, match="x must"):
            check("x", bad)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (1.0, 0.0), (float("nan"), 0.0), (0.0, float("inf"))])
def test_intervals_must_have_a_length(low: float, high: float) -> None:
    with pytest.raises(errors.DomainError):
        errors.interval(low, high)


@pytest.mark.parametrize("bad", [0, -1, 1.0, True, "2"])
def test_counts_are_positive_integers(bad: object) -> None:
    with pytest.raises(errors.DomainError, match="bins must be an integer >= 1"):
        errors.positive_int("bins", bad)  # type: ignore[arg-type]


def test_numpy_integers_are_integers() -> None:
    assert errors.positive_int("bins", np.int32(3)) == 3


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=50))
def test_normalised_weights_are_probabilities(weights: list[float]) -> None:
    p = np.array(weights) / np.sum(weights)
    assert np.array_equal(errors.probabilities("p", p), p)


def test_probabilities_are_nonnegative_and_sum_to_one() -> None:
    with pytest.raises(errors.ProbabilityError, match="nonnegative"):
        errors.probabilities("p", [1.5, -0.5])
    with pytest.raises(errors.ProbabilityError, match="sum to 1 along axis 0, got a sum of 0"):
        errors.probabilities("p", [[1.0, 0.0], [0.0, 0.0]], axis=0)
    with pytest.raises(errors.ShapeError, match="at least one entry"):
        errors.probabilities("p", [])


def test_words_come_from_a_list() -> None:
    assert errors.choice("norm", "l2", ("linf", "l2")) == "l2"
    with pytest.raises(errors.DomainError, match="norm must be one of 'linf', 'l2', got 'l1'"):
        errors.choice("norm", "l1", ("linf", "l2"))
