"""Figures are chosen by name."""

from dataclasses import replace
from pathlib import Path

import pytest

from figures.catalog import FIGURES
from quantbc import __version__
from quantbc.commands.figures import draw
from quantbc.errors import ProblemError
from quantbc.sweeps import gallery


def test_an_unknown_figure_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"figure must be one of .*bins_needed.*, got 'regret'"):
        draw(["bins_needed", "regret"], out=tmp_path / "out", quick=True)
    assert not (tmp_path / "out").exists()


def test_a_named_figure_is_written_with_its_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw(["bins_needed", "bins_needed"], out=tmp_path, quick=True)
    streams = capsys.readouterr()
    files = {Path(line).name for line in streams.out.splitlines()}
    expected = {f"bins_needed.{suffix}" for suffix in ("csv", "png", "svg", "pdf")}
    assert files == expected == {path.name for path in tmp_path.iterdir()} - {"tables.sqlite"}
    assert streams.err.startswith("figures drawn: 1; tables reused from ")


@pytest.mark.slow
def test_tables_are_computed_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draw(["bins_needed"], out=tmp_path, quick=True)
    drawn = (tmp_path / "bins_needed.svg").read_bytes()
    draw(["bins_needed"], out=tmp_path, quick=True)
    assert capsys.readouterr().err.splitlines()[-1].endswith("tables.sqlite: 1")
    assert (tmp_path / "bins_needed.svg").read_bytes() == drawn


def test_a_table_that_fails_is_named_and_status_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(*_: object) -> None:
        raise ArithmeticError("overflow in the middle")

    broken = replace(FIGURES["bins_needed"], compute=failing)
    monkeypatch.setattr(gallery, "FIGURES", FIGURES | {"bins_needed": broken})
    assert draw(["bins_needed"], out=tmp_path, quick=True) == 1
    assert "bins_needed failed, will be retried on the next run: ArithmeticError" in capsys.readouterr().err
    monkeypatch.undo()
    assert draw(["bins_needed"], out=tmp_path, quick=True) == 0


def test_the_table_names_version_and_settings(tmp_path: Path) -> None:
    draw(["bins_needed"], out=tmp_path, quick=True)
    version, settings = (tmp_path / "bins_needed.csv").read_text(encoding="utf-8").splitlines()[:2]
    assert version == f"# quantbc {__version__}, figure bins_needed"
    assert settings.startswith("# Settings(")
    assert "target=1.0" in settings
