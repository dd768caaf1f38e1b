"""Tables are read key by key; what is missing, wrong or unknown is named."""

import math

import pytest

from quantbc.errors import ProblemError
from quantbc.problem.reading import Table


def test_values_come_back_as_plain_numbers() -> None:
    table = Table({"a": 1, "b": [1, 2.5], "c": 3, "m": [[1, 2], [3, 4]], "t": {"x": "yes"}})
    assert table.number("a") == 1.0
    assert table.numbers("b") == (1.0, 2.5)
    assert table.integer("c", low=0) == 3
    assert table.matrix("m") == ((1.0, 2.0), (3.0, 4.0))
    assert table.table("t").text("x") == "yes"
    table.close()


def test_one_number_stands_for_a_list_of_equal_ones() -> None:
    assert Table({"a": 2}).numbers("a", length=3) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400, -(10**400), "1", True, None, [1]])
def test_a_number_must_be_finite_and_a_number(value: object) -> None:
    with pytest.raises(ProblemError, match=r"sweep\.delta must be a finite number in \(0, 1\), got"):
        Table({"delta": value}, "sweep").number("delta", low=0, high=1, inside=True)


@pytest.mark.parametrize("value", [0, 1, -0.5, 1.5])
def test_an_open_interval_excludes_its_ends(value: float) -> None:
    with pytest.raises(ProblemError, match=f"got {value}"):
        Table({"delta": value}).number("delta", low=0, high=1, inside=True)


@pytest.mark.parametrize("value", [0, 1.0, True, "3"])
def test_whole_numbers_are_whole_and_large_enough(value: object) -> None:
    with pytest.raises(ProblemError, match="bins must be a whole number >= 1"):
        Table({"bins": value}).integer("bins", low=1)


@pytest.mark.parametrize("value", [[], [1, 1], [0], ["a"], 5, [1.5]])
def test_lists_of_whole_numbers_are_nonempty_and_distinct(value: object) -> None:
    with pytest.raises(ProblemError, match="horizons must be a nonempty list of distinct whole numbers >= 1"):
        Table({"horizons": value}).integers("horizons", low=1)


@pytest.mark.parametrize("value", [[], [[]], [[1], [1, 2]], 3, [[1, "a"]]])
def test_matrices_are_rectangular(value: object) -> None:
    with pytest.raises(ProblemError, match=r"A.* must be"):
        Table({"A": value}).matrix("A")


def test_a_wrong_entry_of_a_list_is_named_by_its_index() -> None:
    with pytest.raises(ProblemError, match=r"alpha\[1\] must be a finite number in \[0, 1\], got 2"):
        Table({"alpha": [0.5, 2]}).numbers("alpha", low=0, high=1)


def test_a_missing_key_is_named_with_what_it_should_hold() -> None:
    with pytest.raises(ProblemError, match="task must be given: a table"):
        Table({}).table("task")
    with pytest.raises(ProblemError, match=r"experts must be given: 1 to 3 \[\[experts\]\] tables"):
        Table({}).tables("experts", most=3)


@pytest.mark.parametrize(("written", "wanted"), [("alhpa", "alpha"), ("bin", "bins"), ("sweeps", "sweep")])
def test_a_missing_key_points_at_one_that_is_spelt_alike(written: str, wanted: str) -> None:
    with pytest.raises(
        ProblemError, match=f"system.{wanted} must be given: .*, got '{written}'; did you mean {wanted}[?]$"
    ):
        Table({written: 1, "noise": 0}, "system").numbers(wanted)


def test_a_missing_key_points_at_nothing_else() -> None:
    table = Table({"noise": 0, "alpha_": 1}, "system")
    assert table.has("alpha_")  # known, so it is no misspelling
    with pytest.raises(ProblemError, match=r"system\.alpha must be given: a list of finite numbers$"):
        table.numbers("alpha")


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    table = Table({"bins": 3, "bin": 4}, "quantizers[0]")
    table.integer("bins", low=1)
    with pytest.raises(ProblemError, match=r"quantizers\[0\]\.bin must be a known key \(bins\), got 'bin'"):
        table.close()


def test_words_are_chosen_from_a_list() -> None:
    with pytest.raises(ProblemError, match="norm must be one of linf, l2, got 'l3'"):
        Table({"norm": "l3"}).text("norm", allowed=("linf", "l2"))
