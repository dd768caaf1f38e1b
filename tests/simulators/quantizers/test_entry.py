"""An entry knows its maker's arguments."""

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.quantizers.entry import Entry
from simulators.quantizers.normalizers import bounds
from simulators.quantizers.scalar import ScalarQuantizer, openvla, uniform


def test_arguments_are_the_makers_without_what_is_filled_in() -> None:
    def make(actions: np.ndarray, cells: int = 3, *, rng: np.random.Generator) -> ScalarQuantizer:
        return uniform(cells)

    entry = Entry("k", make, "cells", size="cells")
    assert (dict(entry.arguments), entry.fitted, entry.learned) == ({"cells": 3}, {"actions", "rng"}, True)
    assert (entry.default_size, entry.steps({}), entry.title) == (3, None, "k")
    assert Entry("u", uniform, "bins", bounds).ranged
    assert not Entry("u", uniform, "bins").ranged
    assert not Entry("u", openvla, "bins", bounds, size="edges").ranged


def test_a_maker_without_a_size_has_none() -> None:
    def make(width: float) -> ScalarQuantizer:
        return uniform(4, low=0.0, high=width)

    entry = Entry("wide", make, "four bins")
    assert (entry.size, entry.default_size) == (None, None)
    with pytest.raises(DomainError, match="wide needs width"):
        entry.check({})
    with pytest.raises(DomainError, match="wide takes width, got 'with'; did you mean 'width'"):
        entry.check({"with": 2.0})
    entry.check({"width": 2.0})


@pytest.mark.parametrize("size", ["cells", "low"])
def test_a_size_is_an_integer_argument(size: str) -> None:
    with pytest.raises(DomainError, match=f"size must be an argument of 'u' with an integer default, got '{size}'"):
        Entry("u", uniform, "bins", size=size)
