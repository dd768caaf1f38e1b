"""Tables of the package's figures: computed once, with the settings that made them."""

import sys
from pathlib import Path

import pytest

from figures.catalog import FIGURES
from figures.plot import silent
from quantbc import __version__
from quantbc.sweeps.gallery import table, tables
from quantbc.sweeps.store import Store
from quantbc.sweeps.sweep import Cell


def test_a_table_is_the_figure_s_own_and_is_kept(tmp_path: Path) -> None:
    plot = FIGURES["bins_needed"]
    with Store(tmp_path / "tables.sqlite") as store:
        (drawn,), tally = tables(["bins_needed"], store, quick=True)
        again, kept = tables(["bins_needed"], store, quick=True)
    assert drawn.rows == plot.compute(plot.quick, silent)
    assert (drawn.error, drawn.notes) == ("", (f"quantbc {__version__}, figure bins_needed", f"{plot.quick}"))
    assert (again, tally.known, kept.known) == ([drawn], 0, 1)


def test_a_figure_without_its_extra_says_how_to_add_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    monkeypatch.setitem(sys.modules, "sklearn", None)
    cell = Cell({"figure": "tokenizers", "quick": True}, {}, 0, "", "")
    with pytest.raises(
        ImportError, match=r"^sklearn is not installed; it comes with: pip install 'quantbc\[learned\]'"
    ):
        table(cell)
