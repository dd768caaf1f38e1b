"""The table of goals: medians of cells, misses shown as misses, figures of the page that are quick to compute."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.goals import dithered, lines, main, table

PAGE = Path(__file__).parents[2] / "docs/goals.md"


def row(**changes: Any) -> dict[str, Any]:
    base = {"study": "arm", "expert": "e", "cells": 16, "H": 10, "regret": 1.0, "low": 0.9, "constants": {}}
    return base | {"rungs": {"certificate": 2.0, "rollout": 1.5}} | changes


def test_cells_whose_regret_is_not_told_from_zero_have_no_ratio() -> None:
    found = list(lines([row(), row(low=-0.1, regret=1e-9)]))
    assert found[0] == ("arm", "e: certificate ÷ measured", "1", "2", "≤ 4", "met")


@pytest.mark.parametrize(("regret", "verdict"), [(1.0, "met"), (0.25, "missed")])
def test_a_miss_is_shown(regret: float, verdict: str) -> None:
    found = list(lines([row(regret=regret, low=0.2)]))
    assert {line[-1] for line in found} == {verdict}
    assert verdict in table(found)


def test_of_a_stochastic_expert_the_unit_is_the_horizon() -> None:
    noisy = row(constants={"L": 1.0}, rungs={"certificate": 12.0, "rollout": 0.1})
    assert [line[3] for line in lines([noisy])] == ["1.2", "0.01", "1"]


@pytest.mark.parametrize("bins", [16, 64])
def test_the_page_shows_the_deviation_of_dithered_bins_as_it_is(bins: int) -> None:
    found = dithered(bins)
    assert 1 <= found <= 3
    assert f"| {bins} bins: rms deviation bound ÷ measured | 1 | {found:.3g} | ≤ 3 | met |" in PAGE.read_text("utf-8")


def test_cells_are_read_from_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cells.json"
    step = {"rung": "certificate", "value": 2.0}
    file.write_text(json.dumps({"cells": [row(ladder=[step])]}), "utf-8")
    assert main([str(file)]) == 0
    assert "| arm | e: certificate ÷ measured | 1 | 2 | ≤ 4 | met |" in capsys.readouterr().out
