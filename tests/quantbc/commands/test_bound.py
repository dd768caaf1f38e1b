"""From options to symbols, and from an evaluation to plain values."""

import pytest

import bounds
from quantbc.commands.bound import as_json, quantization, symbols, theorem_named
from quantbc.errors import ProblemError

NOTHING = {"bins": None, "low": None, "high": None, "dimension": None, "norm": None, "eps_q": None}


def test_absent_options_are_absent_symbols() -> None:
    assert symbols({"H": 5, "n": None}, ["k=2"]) == {"H": 5, "k": 2.0}


def test_bins_need_their_range() -> None:
    with pytest.raises(ProblemError, match="--bins needs --low and --high"):
        quantization(**(NOTHING | {"bins": 4}))
    assert quantization(**(NOTHING | {"bins": 4, "low": 0.0, "high": 1.0})) == 0.125
    l2 = quantization(**(NOTHING | {"bins": 4, "low": 0.0, "high": 1.0, "dimension": 4, "norm": "l2"}))
    assert l2 == 0.25
    assert quantization(**NOTHING) is None


def test_unknown_statements_are_refused() -> None:
    with pytest.raises(ProblemError, match="got 'theorem_1'"):
        theorem_named("theorem_1")


def test_an_overflowing_bound_is_flagged() -> None:
    result = bounds.evaluate(
        bounds.catalog["theorem_7"], H=10**4, n=10, class_size=2, model_class_size=2, eps_q=0.1, C=1.0, eta=1.5
    )
    document = as_json(result)
    assert document["overflow"]
    assert document["vacuous"]
    assert document["capped"] == 10**4
