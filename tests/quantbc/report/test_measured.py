"""What was measured: verdict, violations, failures, coverage."""

from typing import Any

from quantbc.report.blocks import Fold, Items, Table, Text
from quantbc.report.measured import failures, section
from quantbc.sweeps.findings import Findings


def findings(*rows: dict[str, Any]) -> Findings:
    found = Findings()
    for row in rows:
        found.summary.add({name: row[name] for name in ("expert", "quantizer", "H", "n")}, row)
    return found


def test_what_holds_is_told_in_green_with_tables(row: dict[str, Any]) -> None:
    made = section([row], findings(row), [row], [], table="cells.csv")
    assert made.blocks[0] == Text("1 cells, 0 violations, 0 failed; the bound is not vacuous on 1 of 1.", "good")
    fold = next(block for block in made.blocks if isinstance(block, Fold))
    assert isinstance(fold.blocks[0], Table)
    assert fold.blocks[0].rows[0][:4] == ("uniform 32", "6", "20", "0.5000")
    assert isinstance(made.blocks[-1], Table)
    assert made.blocks[-1].rows[0][3:5] == ("1", "1")


def test_a_violation_is_told_with_its_numbers(row: dict[str, Any]) -> None:
    bad = row | {"holds": False, "low": 2.5}
    words = (
        "bound violated: gaussian expert, uniform 32, H = 6, n = 20, seed 1: measured at least 2.5, theorem_2 allows 2"
    )
    assert failures([row, bad], findings(row, bad)) == (words,)
    made = section([row, bad], findings(row, bad), [row], [], table="cells.csv")
    assert isinstance(made.blocks[0], Text)
    assert made.blocks[0].tone == "bad"
    assert made.blocks[1] == Items((words,), "bad")


def test_failed_cells_are_told_and_the_rest_counted(row: dict[str, Any]) -> None:
    found = Findings(failures=3, failed=[{"settings": row, "traceback": "Traceback\nOSError: no luck\n"}])
    one, more = failures([], found)
    assert one == "cell failed: gaussian expert, uniform 32, H = 6, n = 20, seed 1: OSError: no luck"
    assert more == "2 more cells failed"
