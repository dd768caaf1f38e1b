"""Any problem file: refused in one line without a trace, or a study whose files are all whole."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from quantbc.commands import simulate
from quantbc.errors import ProblemError
from quantbc.problem.file import Problem, load
from tests.fuzz.broken import as_toml, changed, flipped
from tests.fuzz.harness import faults, files, run, unfinished, workplace
from tests.problems import DETERMINISTIC, GAUSSIAN, SYSTEM

PROBLEM = f"""
name = "tiny"
norm = "linf"
{SYSTEM}{DETERMINISTIC}{GAUSSIAN}
[[quantizers]]
type = "openvla"
edges = 16

[[quantizers]]
type = "uniform"
bins = 8

[sweep]
horizons = [2]
demonstrations = [4]
seeds = [0]
delta = 0.05
episodes = 20
confidence = 0.99
"""
TINY = tomllib.loads(PROBLEM)
LINEAR = TINY | {
    "system": {
        "type": "linear",
        "A": [[0.5, 0.1], [0.0, 0.6]],
        "B": [[0.5, 0.0], [0.0, 0.4]],
        "noise": [0.02, 0.0],
        "initial_low": [-0.5, -0.5],
        "initial_high": [0.5, 0.5],
    }
}
MOST = 20_000
"""Numbers that a study may draw, members of classes included; a larger one is loaded and not run."""

fuzz = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
)


@pytest.fixture(autouse=True, scope="module")
def _no_plots() -> Any:
    """Plots are left out but for `test_with_plots`: drawing takes longer than everything else together."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulate, "PROBLEM_FIGURES", {})
        yield


def size(problem: Problem) -> int:
    """About how many numbers a study draws or compares."""
    grid = problem.grid
    classes = [expert.candidates for expert in problem.experts]
    members = sum(len(getattr(found, "gains", ()) or found.matrices) for found in classes)
    steps = sum(grid.horizons) * (grid.episodes + sum(grid.demonstrations) * members)
    return steps * len(grid.seeds) * len(problem.quantizers) * len(problem.experts) * len(problem.system.A)


def accept(content: bytes, *flags: str) -> int | None:
    """Simulate a problem file; nothing is wrong with how it ends or with what it leaves."""
    with workplace() as folder:
        path = Path("problem.toml")
        path.write_bytes(content)
        try:
            if size(load(path)) > MOST:
                event("too large to run")
                return None
        except ProblemError:
            pass
        before = files(folder)
        ending = run(("simulate", "problem.toml", "--out", "out", "--workers", "1", *flags))
        if ending.status != 2:  # talk goes to stderr before a study starts; a refusal comes first
            assert "problem.toml: " in ending.err
        if currently_in_test_context():
            event(f"exit {ending.status}")
        assert not faults(ending), content
        assert not [fault for fault in unfinished(folder) if not fault.startswith("problem.toml")], content
        if ending.status == 2:
            assert files(folder) == before, content
        return ending.status


def test_the_unchanged_problems_run() -> None:
    assert accept(PROBLEM.encode(), "--json") == 0
    assert accept(as_toml(TINY).encode()) == 0
    assert accept(as_toml(LINEAR).encode()) == 0


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("document", [TINY, LINEAR], ids=["servo", "linear"])
@settings(fuzz, max_examples=100)
@given(data=st.data())
def test_changed_documents(part: int, document: dict[str, Any], data: st.DataObject) -> None:
    flags = data.draw(st.sampled_from([(), ("--json",), ("--no-resume",)]))
    accept(as_toml(data.draw(changed(document))).encode("utf-8", "replace"), *flags)


@pytest.mark.parametrize("part", range(2))
@settings(fuzz, max_examples=200)
@given(content=flipped(PROBLEM.encode()))
def test_flipped_bytes(part: int, content: bytes) -> None:
    accept(content)


@settings(fuzz, max_examples=100)
@given(st.one_of(st.binary(max_size=200), st.text().map(lambda text: text.encode("utf-8", "replace"))))
def test_anything_at_all(content: bytes) -> None:
    accept(content)


LINE = 300


@settings(fuzz, max_examples=60)
@given(changed(TINY), st.sampled_from([(), ("--json",), ("--quick",)]))
def test_a_report_refuses_what_a_study_refuses(document: dict[str, Any], flags: tuple[str, ...]) -> None:
    with workplace() as folder:
        path = Path("problem.toml")
        path.write_text(as_toml(document), encoding="utf-8", errors="replace")
        try:
            load(path)
        except ProblemError as error:
            refusal = f"quantbc: {' '.join(str(error).split())}\n"
        else:
            return
        before = files(folder)
        ending = run(("report", "problem.toml", *flags))
        assert not faults(ending)
        assert ending.status == 2
        if len(refusal) <= LINE:
            assert ending.err == refusal
        else:  # cut in the middle
            assert ending.err.startswith(refusal[: LINE // 3])
        assert files(folder) == before


@settings(fuzz, max_examples=4)
@given(changed({"sweep": TINY["sweep"]}, most=1))
def test_with_plots(document: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        from figures.catalog import PROBLEM_FIGURES

        patch.setattr(simulate, "PROBLEM_FIGURES", PROBLEM_FIGURES)
        accept(as_toml(TINY | document).encode())
