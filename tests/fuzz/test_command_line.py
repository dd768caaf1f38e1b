"""Any command line: exit 0, 1 or 2, one line for a refusal, no traceback, no hang, no file of a refused command."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from proofs_check.library import library
from tests.fuzz import typed
from tests.fuzz.harness import faults, files, run, unfinished, workplace
from tests.fuzz.typed import ODD, Words

GARBAGE = st.sampled_from([word for word in ODD if not word.startswith("-")])
fuzz = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
)


def accept(words: Words) -> None:
    """Run a command in an empty folder; nothing is wrong with how it ends or with what it leaves."""
    with workplace() as folder:
        ending = run(words)
        event(f"exit {ending.status}")
        assert not faults(ending), words
        assert not unfinished(folder), words
        if ending.status == 2:
            assert not files(folder), words


@pytest.mark.parametrize("part", range(4))
@settings(fuzz, max_examples=250)
@given(data=st.data())
def test_bound(part: int, data: st.DataObject) -> None:
    accept(data.draw(typed.evaluations("bound")))


@pytest.mark.parametrize("part", range(4))
@settings(fuzz, max_examples=100)
@given(data=st.data())
def test_plan(part: int, data: st.DataObject) -> None:
    accept(data.draw(typed.evaluations("plan")))


@settings(fuzz, max_examples=100)
@given(typed.scattered("plan", [("--theorem", "theorem_2", "--solve-for", "bins", "--horizon", "20")]))
def test_plan_with_any_flags(words: Words) -> None:
    accept(words)


@settings(fuzz, max_examples=150)
@given(typed.scattered("theorems", [(), ("theorem_2",), ("theorem_8",), ("theorem_99",)]))
def test_theorems(words: Words) -> None:
    accept(words)


@settings(fuzz, max_examples=150)
@given(
    st.lists(st.one_of(st.sampled_from([*typed.commands(), "bind"]), typed.values(), st.just("--version")), max_size=4)
)
def test_words_in_any_order(words: list[str]) -> None:
    if "verify" in words or "figures" in words or "report" in words:  # without arguments they would do all their work
        words.append("--absent")
    accept(tuple(words))


@settings(fuzz, max_examples=150)
@given(st.lists(st.sampled_from(["calibration", "gain_sums", "theorem_6"]), max_size=3), GARBAGE, st.booleans())
def test_verify_refuses_unknown_keys_before_any_work(good: list[str], bad: str, last: bool) -> None:
    names = [*good, bad] if last else [bad, *good]
    accept(("verify", *names))
    assert run(("verify", *names)).status == 2


@settings(fuzz, max_examples=6)
@given(st.lists(st.sampled_from(["calibration", "gain_sums", "elementary"]), min_size=1, max_size=2), st.booleans())
def test_verify(names: list[str], json: bool) -> None:
    assert {"calibration", "gain_sums", "elementary"} <= {proof.key for proof in library().proofs}
    accept(("verify", *names, *(["--json"] if json else [])))


@settings(fuzz, max_examples=150)
@given(st.lists(st.sampled_from(["phases", "gap"]), max_size=2), GARBAGE, st.booleans(), st.data())
def test_figures_refuse_unknown_names(good: list[str], bad: str, last: bool, data: st.DataObject) -> None:
    rest = data.draw(st.lists(typed.pieces("figures", without=["--help"]), max_size=2))
    accept(typed.joined([("figures",), (*good, bad) if last else (bad, *good), *rest]))


@settings(fuzz, max_examples=20)
@given(st.sampled_from(["file", "file/below"]), st.booleans())
def test_figures_into_what_is_no_folder(out: str, quick: bool) -> None:
    with workplace():
        Path("file").write_bytes(b"kept")
        ending = run(("figures", "phases", "--out", out, *(["--quick"] if quick else [])))
        assert not faults(ending)
        assert ending.status == 2
        assert Path("file").read_bytes() == b"kept"


@pytest.mark.parametrize("command", ["simulate", "results", "audit", "report"])
@settings(fuzz, max_examples=150)
@given(data=st.data())
def test_commands_that_read_files_without_one(command: str, data: st.DataObject) -> None:
    absent = [("absent.toml",), (".",), ("absent/absent",), ("\udcff",), ("x" * 300,)]
    accept(data.draw(typed.scattered(command, absent)))
