"""Cells are chosen by their columns, and nothing that was asked for is silently empty."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from quantbc.errors import ProblemError
from quantbc.sweeps.findings import Findings, Selection, parse_filters
from quantbc.sweeps.store import Outcome, Store
from quantbc.sweeps.sweep import Axis, Sweep

SWEEP = Sweep("toy", (Axis("expert", ("one", "two")), Axis("H", (5, 10)), Axis("fast", (True, False))), (0,), "1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Results for H = 5, failures of the first expert for H = 10, nothing else."""
    with Store(tmp_path / "results.sqlite") as made:
        for cell in SWEEP.cells():
            if cell.labels["H"] == 5:
                result = {"regret": 0.5, "bound": 1.0, "holds": cell.labels["fast"], "theorem": "theorem_2"}
                made.put([Outcome(cell, json.dumps(result), None)])
            elif cell.labels["expert"] == "one":
                made.put([Outcome(cell, None, "Traceback\nLookupError: no luck\n")])
        yield made


def chosen(store: Store, *where: str) -> Selection:
    return Selection(store, (SWEEP,), parse_filters(where))


def test_everything_is_accounted_for(store: Store) -> None:
    findings = Findings()
    rows = list(chosen(store).rows(findings))
    assert len(rows) == findings.summary.cells == 4
    assert (findings.failures, findings.missing, findings.summary.violations, findings.status) == (2, 2, 2, 1)
    assert rows[0] == {
        "study": "toy", "expert": "one", "H": 5, "fast": True, "seed": 0,
        "regret": 0.5, "bound": 1.0, "holds": True, "theorem": "theorem_2",
    }  # fmt: skip
    assert findings.failed[0]["settings"] == {"study": "toy", "expert": "one", "H": 10, "fast": True, "seed": 0}
    assert "LookupError: no luck" in findings.failed[0]["traceback"]


@pytest.mark.parametrize(
    ("where", "count"),
    [
        (["H=5"], 4),
        (["H=5.0", "expert=two"], 2),
        (["expert=one", "expert=two"], 4),
        (["fast=true"], 2),
        (["theorem=theorem_2", "holds=false"], 2),
        (["study=toy"], 4),
        (["H=10"], 0),
    ],
)
def test_filters_choose(store: Store, where: list[str], count: int) -> None:
    selection = chosen(store, *where)
    selection.check()
    assert len(list(selection.rows())) == count


@pytest.mark.parametrize("where", [["H=7"], ["colour=red"], ["H=ten"], ["expert=one", "expert=two", "H=7"]])
def test_filters_that_choose_nothing_are_refused(store: Store, where: list[str]) -> None:
    message = r"--where must choose cells of the store \(expert: one, two; H: 5, 10; fast: True, False\), got "
    with pytest.raises(ProblemError, match=message):
        chosen(store, *where).check()


@pytest.mark.parametrize("text", ["H", "=5", ""])
def test_filters_must_name_axis_and_value(text: str) -> None:
    with pytest.raises(ProblemError, match="--where must be AXIS=VALUE, got"):
        parse_filters([text])


def test_all_is_well_is_status_zero(store: Store) -> None:
    findings = Findings()
    list(chosen(store, "H=5", "fast=true").rows(findings))
    assert findings.status == 0
