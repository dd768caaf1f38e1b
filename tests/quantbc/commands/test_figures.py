"""Figures are chosen by name."""

from pathlib import Path

import pytest

from quantbc.commands.figures import draw
from quantbc.errors import ProblemError


def test_an_unknown_figure_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="figure must be one of regret_horizon, regret_bins, got 'regret'"):
        draw(["regret_bins", "regret"], out=tmp_path / "out", quick=True)
    assert not (tmp_path / "out").exists()


def test_a_named_figure_is_written_with_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw(["regret_bins"], out=tmp_path, quick=True)
    files = {Path(line).name for line in capsys.readouterr().out.splitlines()}
    assert (
        files
        == {path.name for path in tmp_path.iterdir()}
        == {f"regret_bins.{s}" for s in ("csv", "png", "svg", "pdf")}
    )
