"""From flags to symbols, and from an evaluation to plain values."""

import json

import pytest

import bounds
from quantbc.commands.bound import action_box, as_json, symbols, theorem_named
from quantbc.commands.options import BINNING, SYMBOLS
from quantbc.errors import ProblemError
from tests.quantbc.conftest import Run

NOTHING = dict.fromkeys(flag.name for flag in (*BINNING, *SYMBOLS))


def test_absent_flags_are_absent_symbols() -> None:
    assert symbols(NOTHING | {"H": 5}, ["k=2"]) == {"H": 5, "k": 2.0}


def test_bins_become_the_quantization_error() -> None:
    box = {"bins": 4, "low": 0.0, "high": 1.0}
    assert symbols(NOTHING | box, []) == {"eps_q": 0.125}
    assert symbols(NOTHING | box | {"dimension": 4, "norm": "l2"}, []) == {"eps_q": 0.25}


def test_bins_need_their_range() -> None:
    with pytest.raises(ProblemError, match="--bins 4 needs both --low and --high"):
        symbols(NOTHING | {"bins": 4}, [])
    with pytest.raises(ProblemError, match="--solve-for bins needs both --low and --high"):
        action_box(NOTHING | {"low": 0.0}, purpose="--solve-for bins")


def test_a_dimension_of_zero_is_not_silently_one() -> None:
    with pytest.raises(bounds.ParameterError, match="dimension must be a whole number"):
        symbols(NOTHING | {"bins": 4, "low": 0.0, "high": 1.0, "dimension": 0}, [])


def test_unknown_statements_are_refused() -> None:
    with pytest.raises(ProblemError, match="got 'theorem_0'"):
        theorem_named("theorem_0")


def test_an_overflowing_bound_is_flagged() -> None:
    result = bounds.evaluate(
        bounds.catalog["theorem_7"], H=10**4, n=10, class_size=2, model_class_size=2, eps_q=0.1, C=1.0, eta=1.5
    )
    document = as_json(result)
    assert document["overflow"]
    assert document["vacuous"]
    assert document["capped"] == 10**4


def test_the_deviation_of_the_state_by_step(quantbc: Run) -> None:
    given = ("bound", "--theorem", "binning_lipschitz", "--horizon", "8", "--demos", "1000", "--class-size", "4")
    given += ("--eps-q", "0.01", "--gain", "0.5", "--decay", "0.5", "--lipschitz", "0.5", "--deviation")
    status, out, _ = quantbc(*given, "--json")
    document = json.loads(out)
    assert status == 0
    assert [entry["step"] for entry in document["deviation"]] == list(range(1, 9))
    assert [entry["value"] for entry in document["deviation"][:3]] == pytest.approx([0.0, 0.015, 0.02625])
    assert document["deviation_sense"] == "surely"
    assert 0.9 < document["deviation_probability"] < 1
    assert "State deviation, surely, where labels agree" in quantbc(*given)[1]
    status, _, err = quantbc(
        "bound", "--theorem", "theorem_8", "--horizon", "8", "--demos", "9", "--eps-q", "0.1", "--deviation"
    )
    assert (status, err.count("\n")) == (2, 1)
    assert "theorem_8 bounds no deviation of the state" in err


def test_the_inequality_in_latex_with_the_numbers_that_were_given(quantbc: Run) -> None:
    given = ("bound", "--theorem", "theorem_8", "--horizon", "50", "--demos", "1000", "--eps-q", "0.001", "--latex")
    status, out, _ = quantbc(*given)
    result = bounds.evaluate(bounds.catalog["theorem_8"], H=50, n=1000, eps_q=0.001)
    assert status == 0
    assert result._repr_latex_() == rf"$\displaystyle {out.strip()}$"
    assert "H = 50" in out
    status, out, err = quantbc(*given, "--json")
    assert (status, out, err.count("\n")) == (2, "", 1)


def test_the_table_says_what_each_term_contributes(quantbc: Run) -> None:
    _, out, _ = quantbc("bound", "--theorem", "theorem_8", "--horizon", "50", "--demos", "1000", "--eps-q", "0.001")
    shares = {line.split()[0]: line.split()[2] for line in out.splitlines() if line.rstrip().endswith(" %")}
    assert shares == {"imitation": "15", "quantization": "85"}
