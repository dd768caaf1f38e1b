"""The symbol table: domains, conversion to arrays, sympy symbols."""

import math
from fractions import Fraction

import numpy as np
import pytest

from bounds.errors import ParameterError
from bounds.symbols import SYMBOLS, symbol


@pytest.mark.parametrize("name", SYMBOLS)
def test_entries_describe_themselves(name):
    entry = SYMBOLS[name]
    assert entry.name == name
    assert entry.meaning
    assert entry.latex
    assert str(f"{entry.low:g}") in entry.domain


@pytest.mark.parametrize("name", SYMBOLS)
def test_both_ends_of_every_domain(name):
    entry = SYMBOLS[name]
    for end, is_open, outward in ((entry.low, entry.open_low, -math.inf), (entry.high, entry.open_high, math.inf)):
        if math.isinf(end):
            continue
        beyond = np.nextafter(end, outward)
        with pytest.raises(ParameterError, match=f"{name} must be a "):
            entry.array(beyond)
        if is_open:
            with pytest.raises(ParameterError, match=f"{name} must be a "):
                entry.array(end)
        else:
            assert entry.array(end) == end


@pytest.mark.parametrize("value", [math.nan, math.inf, "0.1", b"1", None, 1j, True, [0.1, None], {}, [[1], [1, 2]]])
def test_what_is_no_number_of_the_domain_is_refused(value):
    with pytest.raises(ParameterError, match="eps_q must be a number >= 0, got"):
        SYMBOLS["eps_q"].array(value)


@pytest.mark.parametrize("value", [0.25, np.float32(0.25), Fraction(1, 4), [0.25], np.array([[0.25]])])
def test_numbers_of_every_kind_become_float_arrays(value):
    array = SYMBOLS["eps_q"].array(value)
    assert array.dtype == np.float64
    assert (array == 0.25).all()


def test_arrays_are_copied_and_read_only():
    given = np.array([0.1, 0.2])
    array = SYMBOLS["eps_q"].array(given)
    given[0] = 9.0
    assert array[0] == 0.1
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1.0


def test_sympy_symbols_carry_the_domain():
    assert symbol("H").is_integer
    assert symbol("H").is_positive
    assert symbol("sigma").is_positive
    assert symbol("C").is_nonnegative
    assert symbol("C").is_positive is None
    assert symbol("H") == symbol("H")


def test_letters_are_written_as_they_are():
    letters = {name: entry.latex for name, entry in SYMBOLS.items() if len(name.partition("_")[0]) == 1}
    assert len(letters) > 10
    assert all(latex == name for name, latex in letters.items())


def test_every_letter_is_written_in_its_own_way():
    assert len({entry.latex for entry in SYMBOLS.values()}) == len(SYMBOLS)
