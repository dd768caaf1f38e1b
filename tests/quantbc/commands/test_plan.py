"""Bounds solved backwards on the command line; the answers are checked by evaluating forwards."""

import json
from functools import partial

import pytest

import bounds
from bounds.deviation import deviation
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


def test_what_is_no_regret_is_called_by_its_name(plan: Run) -> None:
    given = ("--theorem", "covering", "--log-class-size", "3", "--log-cover", ".01", "--target", ".5")
    found = plan(*given, "--solve-for", "demos")[1]
    assert "at least 77 demonstrations for Hellinger distance between" in found
    assert ": at most 0.5." in found


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
        (("--solve-for", "time", "--target", "5"), "demos, bins, horizon, chunk, validation, got 'time'"),
        (("--solve-for", "demos", "--demos", "4", "--target", "5"), "--demos must be left out"),
        (("--solve-for", "demos", "--horizon", "4", "--eps-q", "0.1"), "give --target, the total regret"),
        (("--solve-for", "bins", "--target", "5", "--horizon", "4", "--demos", "4"), "needs both --low and --high"),
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


LOOP = (
    "--gain",
    "1",
    "--decay",
    "0.9",
    "--lipschitz",
    "0.8",
    "--horizon",
    "100",
    "--demos",
    "1e6",
    "--class-size",
    "64",
)


def test_the_smallest_safe_chunk_for_a_tolerance(plan: Run) -> None:
    given = (
        "--theorem",
        "chunked_lipschitz",
        *LOOP,
        "--eps-q",
        "0.001",
        "--set",
        "chunk_decay=0.1",
        "--tolerance",
        "0.5",
    )
    document = json.loads(plan(*given, "--solve-for", "chunk", "--json")[1])
    assert (document["value"], document["deviation_sense"]) == (7, "surely")
    assert document["deviation"] <= 0.5
    assert "chunks of 7 actions" in plan(*given, "--solve-for", "chunk")[1]


def test_bins_for_a_tolerance_in_the_states_unit(plan: Run) -> None:
    given = ("--theorem", "binning_lipschitz", "--gain", "0.05", "--decay", "0.95", "--lipschitz", "0.2")
    given += (*BOX, "--horizon", "50", "--demos", "1e6", "--class-size", "64", "--tolerance", "0.005")
    bins = json.loads(plan(*given, "--solve-for", "bins", "--json")[1])["value"]
    values = {"H": 50, "n": 1e6, "class_size": 64, "C": 0.05, "eta": 0.95, "lipschitz": 0.2}

    def largest(k: int) -> float:
        error = float(eps_q(k, low=-1, high=1))
        return deviation(bounds.catalog["binning_lipschitz"], eps_q=error, **values).largest

    assert largest(bins) <= 0.005 < largest(bins - 1)
    status, out, _ = plan(*given[:-1], "0", "--solve-for", "bins", "--json")
    assert status == 0
    assert json.loads(out)["value"] is None
    assert "unreachable" in plan(*given[:-1], "0", "--solve-for", "bins")[1]


def test_a_tolerance_that_every_horizon_meets_is_no_largest_horizon(plan: Run) -> None:
    given = ("--theorem", "binning_lipschitz", "--gain", "0.5", "--decay", "0.5", "--lipschitz", "0.2", "--eps-q", "0")
    given += ("--class-size", "4", "--demos", "1e6", "--tolerance", "0.02", "--solve-for", "horizon")
    assert json.loads(plan(*given, "--json")[1])["limited"]
    assert "The tolerance is still met at the longest horizon tried." in plan(*given)[1]
    small = ("--theorem", "theorem_8", "--eps-q", "0", "--demos", "1e12", "--target", "1", "--solve-for", "horizon")
    assert "The target is still met at the longest horizon tried." in plan(*small)[1]


def test_the_probability_of_a_tolerance_is_the_one_asked_for(plan: Run) -> None:
    given = ("--theorem", "binning_lipschitz", "--gain", "0.5", "--decay", "0.5", "--lipschitz", "0.2", "--eps-q", "0")
    given += ("--class-size", "4", "--horizon", "50", "--tolerance", "0.05", "--solve-for", "demos", "--json")
    found = [json.loads(plan(*given, "--probability", p)[1]) for p in ("0.5", "0.9", "0.99")]
    for chance, document in zip((0.5, 0.9, 0.99), found, strict=True):
        assert document["deviation_probability"] == pytest.approx(chance, abs=0.02)
        assert document["deviation_probability"] >= chance
    assert found[0]["value"] < found[1]["value"] < found[2]["value"]


def test_held_out_trajectories_for_a_tolerance_and_for_a_regret(plan: Run) -> None:
    given = ("--theorem", "validated_error", "--gain", "0.1", "--decay", "0.9", "--horizon", "50")
    given += ("--set", "coupled_lipschitz=0.2", "--set", "jump=0.01", "--set", "action_error=0.01", "--diameter", "1")
    found = json.loads(plan(*given, "--tolerance", "0.05", "--solve-for", "validation", "--json")[1])
    assert (found["value"], found["deviation_sense"]) == (8074, "mean")
    assert "held-out trajectories" in plan(*given, "--target", "5", "--solve-for", "validation")[1]
    seen = ("--theorem", "validated_mismatch", "--gain", "0.5", "--decay", "0.5", "--horizon", "10", "--eps-q", "0")
    counted = plan(*seen, "--lipschitz", "0.2", "--target", "0.5", "--solve-for", "validation", "--json")[1]
    assert json.loads(counted)["value"] == 59


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--solve-for", "demos"), "give --target, the total regret to stay below, or --tolerance"),
        (("--solve-for", "demos", "--target", "1", "--tolerance", "1"), "give --target"),
        (("--solve-for", "chunk", "--target", "1"), "--solve-for chunk needs --tolerance"),
        (("--solve-for", "validation", "--tolerance", "1"), "needs --diameter"),
        (("--solve-for", "chunk", "--tolerance", "1"), "is not about chunks"),
    ],
)
def test_tolerances_are_refused_in_one_line(plan: Run, flags: tuple[str, ...], message: str) -> None:
    given = (
        "--theorem",
        "binning_lipschitz",
        "--gain",
        "0.5",
        "--decay",
        "0.5",
        "--lipschitz",
        "0.2",
        "--eps-q",
        "0.1",
    )
    status, _, err = plan(*given, "--class-size", "4", "--horizon", "5", "--demos", "9", *flags)
    if "demos" in flags:
        status, _, err = plan(*given, "--class-size", "4", "--horizon", "5", *flags)
    assert status == 2
    assert message in err
    assert err.count("\n") == 1


def test_a_lower_bound_gives_what_is_necessary_and_says_that_it_does_not_suffice(plan: Run) -> None:
    lower = ("--horizon", "40", "--demos", "500", *BOX, "--target", "0.5", "--solve-for", "bins")
    assert "necessary for so small a regret, not sufficient." in plan("--theorem", "theorem_8", *lower)[1]
    upper = (*SYSTEM, "--horizon", "20", "--demos", "1000", *BOX, "--target", "9", "--solve-for", "bins")
    assert "a regret of at most 9." in plan(*upper)[1]
    assert "necessary" not in plan(*upper)[1]
