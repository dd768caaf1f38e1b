"""Tables are all float64 or all Fractions, validated before any work."""

from fractions import Fraction

import numpy as np
import pytest

from simulators.errors import DomainError, ProbabilityError, ShapeError
from simulators.tables import (
    holds_fractions,
    indices,
    number,
    probability_table,
    same_kind,
    table,
    to_float,
    zeros,
)

HALF = Fraction(1, 2)


def test_one_fraction_makes_a_computation_exact():
    assert holds_fractions([1.0], [[0, HALF]])
    assert holds_fractions(HALF)
    assert not holds_fractions([1, 2], np.ones(3))
    assert not holds_fractions([[1], [1, 2]])


def test_tables_are_read_only_copies():
    given = np.array([1.0, 2.0])
    copied = table("x", given, exact=False)
    given[0] = 7
    assert copied[0] == 1
    with pytest.raises(ValueError, match="read-only"):
        copied[0] = 3
    with pytest.raises(ValueError, match="read-only"):
        table("x", [HALF], exact=True)[0] = 3


@pytest.mark.parametrize("entry", [0.1, "a", None, float("nan"), float("inf"), 1j])
def test_exact_tables_refuse_what_is_not_rational(entry):
    with pytest.raises(DomainError, match="x is exact"):
        table("x", [HALF, entry], exact=True)


def test_exact_tables_take_whole_numbers_of_every_type():
    values = table("x", [True, 2, np.int64(3), 4.0, HALF], exact=True)
    assert all(type(v) is Fraction and type(v.numerator) is int for v in values)


def test_probabilities_must_sum_to_one_exactly_or_up_to_rounding():
    third = Fraction(1, 3)
    assert probability_table("p", [third, third, third], exact=True).sum() == 1
    assert probability_table("p", [0.1] * 10, exact=False).shape == (10,)
    with pytest.raises(ProbabilityError, match="sum to 1"):
        probability_table("p", [[third, third, third], [third, third, HALF]], exact=True)
    with pytest.raises(ProbabilityError, match="nonnegative"):
        probability_table("p", [2, -1, 0 * HALF], exact=True)
    with pytest.raises(ProbabilityError, match="sum to 1"):
        probability_table("p", [0.5, 0.5 + 1e-9], exact=False)


@pytest.mark.parametrize("exact", [False, True])
def test_shapes_are_checked(exact):
    with pytest.raises(ShapeError, match="x must have shape"):
        table("x", [[1, 2]], exact=exact, shape=(2, -1))
    with pytest.raises(ShapeError, match="p must have shape"):
        probability_table("p", [[1, 0]], exact=exact, shape=(-1,))


def test_indices_must_be_integers_in_range():
    with pytest.raises(DomainError, match="got -1"):
        indices("labels", [0, -1], below=2)
    with pytest.raises(DomainError, match="integers"):
        indices("labels", [0.0], below=2)


def test_kinds_do_not_mix():
    assert same_kind("both", [zeros((1,), exact=True), table("x", [1], exact=True)])
    with pytest.raises(DomainError, match="mixture"):
        same_kind("both", [zeros((1,), exact=True), zeros((1,), exact=False)])


def test_numbers_come_out_plain():
    assert type(number(np.float64(1))) is float
    assert type(number(HALF)) is Fraction
    assert to_float(table("x", [HALF], exact=True)).dtype == np.float64
