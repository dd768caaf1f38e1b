"""The ladder in lines and words: numbers come from the rows, absences are explained."""

from typing import Any

from quantbc.tables.ladder import LADDER_COLUMNS, ladders, summary


def row(*values: tuple[str, float], low: float = 0.5, **changes: Any) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    for rung, value in values:
        factor = steps[-1]["value"] / value if steps and value > 0 else None
        steps.append({"rung": rung, "value": value, "factor": factor, "needs": [f"need of {rung}"]})
    notes = {"loop": "closed_loop allows 77, more than a rung above"}
    base = {"expert": "arm", "ladder": steps, "rungs": dict(values), "ladder_notes": notes, "low": low, "H": 10}
    return base | {"regret": values[-1][1]} | changes


CLEAR = row(("catalog", 40.0), ("certificate", 4.0), ("measured", 1.0))
DIM = row(("catalog", 5.0), ("certificate", 0.5), ("measured", -0.1), low=-0.2)


def test_each_line_is_a_rung_with_what_it_buys_and_needs() -> None:
    ((expert, title, lines, _),) = ladders([CLEAR, DIM])
    assert (expert, "2 settings" in title) == ("arm", True)
    found = {line[0]: line[1:] for line in lines}
    assert all(len(line) == len(LADDER_COLUMNS) for line in lines)
    assert found["certificate"] == ("2", "2.25", "0.225", "4", "10 x", "need of certificate")
    assert found["measured"][4] == "4 x"
    assert found["loop"][-1] == "absent: closed_loop allows more than a rung above"
    assert found["variance"][-1] == "absent: not computed"


def test_the_words_are_the_numbers() -> None:
    words = summary([CLEAR, DIM])
    assert (
        "On 1 of 2 settings the regret is distinguishable from zero, and the first bound is 40 times as large." in words
    )
    assert "Of the factor 40, 10 is the price of not looking at the data" in words
    assert "On 1 of 2 settings the regret is negative or not distinguishable from zero" in words
    assert "the first bound there is 0.5 H, the last (certificate) 0.05 H." in words


def test_a_cell_that_nothing_is_promised_of_has_no_ladder() -> None:
    assert list(ladders([row(("measured", 0.1))])) == []
