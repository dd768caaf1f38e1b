"""Bounds solved backwards on the command line; the answers are checked by evaluating forwards."""

import json
from functools import partial

import pytest

import bounds
from bounds.quantization import eps_q
from tests.quantbc.conftest import Run

BOX = ("--low", "-1", "--high", "1")
SYSTEM = ("--theorem", "theorem_7", "--class-size", "16", "--model-class-size", "16", "--gain", "0.5", "--decay", "0.5")
VALUES = {"class_size": 16, "model_class_size": 16, "C": 0.5, "eta": 0.5}


@pytest.fixture
def plan(quantbc: Run) -> Run:
    return partial(quantbc, "plan")


def total(**values: float) -> float:
    return float(bounds.evaluate(bounds.catalog["theorem_7"], **(VALUES | values)).total)


def test_the_smallest_budget_meets_the_target_and_one_less_does_not(plan: Run) -> None:
    given = (*SYSTEM, "--horizon", "20", "--eps-q", "0.01", "--target", "5")
    status, out, _ = plan(*given, "--solve-for", "demos", "--json")
    n = json.loads(out)["value"]
    assert status == 0
    assert total(H=20, eps_q=0.01, n=n) <= 5 < total(H=20, eps_q=0.01, n=n - 1)
    assert f"at least {n} demonstrations" in plan(*given, "--solve-for", "demos")[1]


def test_the_smallest_number_of_bins(plan: Run) -> None:
    given = (*SYSTEM, *BOX, "--horizon", "20", "--demos", "1000", "--target", "5")
    bins = json.loads(plan(*given, "--solve-for", "bins", "--json")[1])["value"]

    def at(k: int) -> float:
        return total(H=20, n=1000, eps_q=float(eps_q(k, low=-1, high=1)))

    assert at(bins) <= 5 < at(bins - 1)


def test_the_longest_horizon(plan: Run) -> None:
    given = (*SYSTEM, "--eps-q", "0.01", "--demos", "1000", "--target", "5")
    horizon = json.loads(plan(*given, "--solve-for", "horizon", "--json")[1])["value"]
    assert total(H=horizon, n=1000, eps_q=0.01) <= 5 < total(H=horizon + 1, n=1000, eps_q=0.01)


def test_an_unreachable_target_is_an_answer_with_its_reason(plan: Run) -> None:
    given = (*SYSTEM, "--horizon", "50", "--eps-q", "0.5", "--target", "5", "--solve-for", "demos")
    status, out, _ = plan(*given)
    assert status == 0
    assert "unreachable at any n" in out
    assert "drift alone is 49" in out
    document = json.loads(plan(*given, "--json")[1])
    assert document["value"] is None
    assert "drift alone" in document["reason"]


@pytest.mark.parametrize(
    "growth",
    [
        ("--grows", "tabular", "--states", "10"),
        ("--grows", "nonstationary", "--states", "3"),
        ("--grows", "softmax", "--features", "4"),
    ],
)
def test_the_best_bins_beat_their_neighbours(plan: Run, growth: tuple[str, ...]) -> None:
    given = ["--theorem", "theorem_7", "--model-class-size", "16", "--gain", "0.5", "--decay", "0.5"]
    status, out, _ = plan(
        *given, *BOX, "--horizon", "20", "--demos", "100000", "--solve-for", "bins", *growth, "--json"
    )
    document = json.loads(out)
    assert status == 0
    assert document["value"] > 1
    assert (document["closed_form"] is None) == (growth[1] == "softmax")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--solve-for", "time", "--target", "5"), "--solve-for must be one of demos, bins, horizon, got 'time'"),
        (("--solve-for", "demos", "--demos", "4", "--target", "5"), "--demos must be left out"),
        (("--solve-for", "demos", "--horizon", "4", "--eps-q", "0.1"), "--target must be given"),
        (("--solve-for", "bins", "--target", "5", "--horizon", "4", "--demos", "4"), "needs --low and --high"),
        (("--solve-for", "demos", "--target", "nan", "--horizon", "4", "--eps-q", "0.1"), "target must be"),
        (("--solve-for", "bins", *BOX, "--grows", "cubic"), "--grows must be one of"),
        (("--solve-for", "bins", *BOX, "--grows", "tabular"), "--grows tabular needs --states"),
        (("--solve-for", "demos", "--grows", "tabular"), "--grows needs --solve-for bins"),
        (("--solve-for", "demos", "--target", "5"), "theorem_7 needs H"),
    ],
)
def test_bad_input_is_one_line_and_status_two(plan: Run, arguments: tuple[str, ...], words: str) -> None:
    status, out, err = plan(*SYSTEM, *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err
