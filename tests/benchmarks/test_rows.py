"""What `python -m benchmarks` promises: every row that is declared, a verdict on each, an exit status that says so."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

import benchmarks.sweep
from benchmarks import Benchmark, Measured, NotMeasured, Row, Timings, paired
from benchmarks.__main__ import main, measure, status, table
from benchmarks.proofs import smt_seconds


def row(ratio: float, target: str) -> Row:
    return Row(Measured("a row", 1.0, 1.0, ratio, ratio, ratio), target)


MET, MISSED = row(1.2, "<= 1.3"), row(1.4, "<= 1.3")


@pytest.mark.parametrize(
    ("ratio", "target", "met"),
    [(1.3, "<= 1.3", True), (1.31, "<= 1.3", False), (1e5, ">= 1e5", True), (9e4, ">= 1e5", False)],
)
def test_a_target_is_met_on_its_own_side(ratio: float, target: str, met: bool) -> None:
    assert row(ratio, target).met is met


def test_a_ratio_that_is_no_number_meets_nothing() -> None:
    assert not row(float("nan"), "<= 1.3").met
    assert not row(float("nan"), ">= 1e5").met


@pytest.mark.parametrize(
    ("rows", "failures", "judged", "expected"),
    [
        ([MET], [], True, 0),
        ([MET, MISSED], [], True, 1),
        ([MET, MISSED], [], False, 0),
        ([MET], ["a row: no number came"], True, 1),
        ([MET], ["a row: no number came"], False, 1),
    ],
)
def test_a_missed_time_counts_if_judged_and_a_missing_one_always(
    rows: list[Row], failures: list[str], judged: bool, expected: int
) -> None:
    assert status(rows, failures, judged=judged) == expected


def test_the_table_says_which_row_missed() -> None:
    lines = table([MET, MISSED], judged=True).splitlines()
    assert [line.rstrip().split()[-1] for line in lines[1:]] == ["met", "MISSED"]
    assert "not judged" in table([MISSED], judged=False)


def some(*names: str) -> Benchmark:
    """A benchmark that promises two rows and measures the named ones."""
    return Benchmark(
        {"first": "<= 1", "second": "<= 1"},
        lambda quick: (Measured(name, 1.0, 1.0, 2.0, 2.0, 2.0) for name in names),
    )


def test_a_promised_row_that_does_not_come_is_an_error() -> None:
    assert len(list(some("first", "second").rows(quick=True))) == 2
    with pytest.raises(NotMeasured, match="second: no number came"):
        list(some("first").rows(quick=True))


@pytest.mark.parametrize("error", [ImportError("no module"), OSError("no file"), NotMeasured("they disagree")])
def test_what_prevents_a_row_names_the_row(error: Exception) -> None:
    def broken(quick: bool) -> Iterator[Measured]:
        yield Measured("first", 1.0, 1.0, 1.0, 1.0, 1.0)
        raise error

    with pytest.raises(NotMeasured, match=f"second: {error}"):
        list(Benchmark({"first": "<= 1", "second": "<= 1"}, broken).rows(quick=True))


def test_one_failure_does_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks.sweep, "BENCHMARKS", (some("first"), some("first", "second")))
    rows, failures = measure(["sweep"], quick=True)
    assert [row.measured.name for row in rows] == ["first", "first", "second"]
    assert len(failures) == 1


def test_quick_measures_but_does_not_judge(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(benchmarks.sweep, "BENCHMARKS", (some("first", "second"),))
    assert main(["sweep", "--json"]) == 1
    judged = json.loads(capsys.readouterr().out)
    assert main(["sweep", "--json", "--quick"]) == 0
    quick = json.loads(capsys.readouterr().out)
    assert [each["met"] for each in judged["rows"] + quick["rows"]] == [False] * 4
    assert (judged["judged"], quick["judged"]) == (True, False)
    assert {"python", "numpy", "blas", "machine", "load", "matrix product"} <= set(quick["environment"])


def test_an_unknown_module_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["speed"])
    assert stop.value.code == 2
    assert (
        "MODULE must be one of bounds, exact, rollouts, proofs, sweep, audit, certificates, walls, got 'speed'"
        in capsys.readouterr().err
    )


def test_the_ratio_is_paired_within_rounds() -> None:
    seconds = np.array([[1.0, 2.0], [10.0, 40.0], [100.0, 50.0]])
    found = Timings(seconds).row("a row", 0, 1)
    assert (found.ratio, found.high) == (0.5, 1.25)
    assert found.ours / found.reference == 0.25  # the ratio of the medians is another number
    assert Timings(seconds).row("a row", 0, 1, speedup=True, scale=10.0).ratio == 20.0


def test_works_take_turns_after_a_warm_up() -> None:
    calls: list[str] = []
    paired([lambda: calls.append("a"), lambda: calls.append("b")], 2)
    assert calls == ["a", "b", "a", "b", "b", "a"]


def test_only_smt_steps_count() -> None:
    engines = {"smt": 1.0, "induction+smt": 2.0, "exact": 3.0, "symbolic": 4.0}
    steps = [{"engine": engine, "seconds": seconds} for engine, seconds in engines.items()]
    assert smt_seconds({"theorems": {"theorem_2": {"steps": steps}}}) == [1.0, 2.0]
