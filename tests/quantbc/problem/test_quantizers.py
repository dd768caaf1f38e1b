"""Tokenizers of a problem file: any name of the registry; a specification that cannot be built cannot exist."""

from typing import Any

import numpy as np
import pytest

from quantbc.errors import ProblemError
from quantbc.problem.quantizers import QuantizerSpec, read
from quantbc.problem.reading import Table
from simulators.quantizers import registry


@pytest.mark.parametrize(
    ("kind", "arguments", "message"),
    [
        ("banana", (), "type must be one of uniform, .*got 'banana'"),
        ("uniform", (("bins", -3),), "uniform: bins must be .*-3"),
        ("uniform", (("bins", 4), ("low", 1.0), ("high", -1.0)), "uniform: .*"),
        ("uniform", (("pins", 4),), "uniform: uniform takes bins, high, low, got 'pins'"),
        ("uniform", (("bins", "four"),), "uniform: "),
    ],
)
def test_a_specification_that_cannot_be_built_cannot_exist(kind: str, arguments: Any, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        QuantizerSpec(kind, arguments)


@pytest.mark.parametrize("kind", [name for name in registry.names() if not registry.entry(name).learned])
def test_every_tokenizer_that_needs_no_data_can_be_named(kind: str) -> None:
    assert read(Table({"type": kind}, "quantizers[0]")).label.split()[0] == kind


def test_the_actions_box_is_the_range_unless_another_is_given() -> None:
    spec = read(Table({"type": "uniform", "bins": 2}, "quantizers[0]"))
    assert spec.build((0.0, 4.0)).quantize(np.array([[0.5], [3.5]])).ravel().tolist() == [1.0, 3.0]
    other = read(Table({"type": "uniform", "bins": 2, "low": 0.0, "high": 2.0}, "quantizers[0]"))
    assert other.build((0.0, 4.0)).quantize(np.array([[0.25]])).item() == 0.5
    assert (spec.label, spec.bins, other.label) == ("uniform 2", 2, "uniform 2 high=2.0 low=0.0")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"type": "uniform", "bins": 0}, r"quantizers\[1\]\.bins must be a whole number in \[1, 1e\+06\], got 0"),
        ({"type": "uniform", "bin": 4}, r"quantizers\[1\]\.bin must be a known key"),
        ({"type": "octo"}, r"quantizers\[1\]\.type must be one of"),
        ({"type": "uniform", "low": 1.0, "high": -1.0}, r"quantizers\[1\]: uniform: "),
        ({"type": "uniform", "low": [[1.0]], "high": 2.0}, r"quantizers\[1\]\.low\[0\] must be a finite number"),
    ],
)
def test_bad_input_is_named(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        read(Table(given, "quantizers[1]"))
