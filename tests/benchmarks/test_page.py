"""The page holds the tables that the runs put there, and the figure of the table beside it."""

from pathlib import Path

import pytest
from matplotlib.testing.compare import compare_images

from benchmarks.__main__ import MODULES, section
from benchmarks.curves import CURVES
from benchmarks.growth import exponents
from benchmarks.growth_figure import DRAWING
from benchmarks.page import insert
from figures.style import save, styled
from figures.tables import read_csv

DOCS = Path(__file__).parents[2] / "docs"
PAGE = "Head\n<!-- begin speed -->\nold\n<!-- end speed -->\nTail\n"


def measured(name: str, text: str) -> list[list[str]]:
    """The table in one part of a page."""
    part = text.split(f"<!-- begin {name} -->")[1].split(f"<!-- end {name} -->")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in part.splitlines() if line[:1] == "|"]


def test_the_page_has_every_row_with_its_target() -> None:
    modules = [pytest.importorskip(f"benchmarks.{name}") for name in MODULES]
    promised = [pair for module in modules for each in module.BENCHMARKS for pair in each.targets.items()]
    rows = measured("speed", (DOCS / "benchmarks.md").read_text(encoding="utf-8"))
    assert sorted((row[0], row[5]) for row in rows[2:]) == sorted(promised)


def test_the_page_has_the_exponents_of_its_figure() -> None:
    shown = measured("growth", (DOCS / "benchmarks.md").read_text(encoding="utf-8"))[2:]
    table = read_csv(DOCS / "images" / "growth.csv")
    assert [row[:4] for row in shown] == [
        [fit["work"], fit["axis"], fit["quantity"], f"{fit['slope']:z.2f}"] for fit in exponents(table)
    ]
    assert len(shown) == 2 * len(CURVES)


def test_the_figure_is_drawn_from_its_table(tmp_path: Path) -> None:
    rows = read_csv(DOCS / "images" / "growth.csv")
    with styled():
        save(DRAWING.draw(rows), tmp_path / "growth")
    assert compare_images(str(DOCS / "images" / "growth.png"), str(tmp_path / "growth.png"), tol=1.0) is None


def test_another_table_gives_another_figure(tmp_path: Path) -> None:
    rows = [row | {"seconds": row["seconds"] ** 1.5} for row in read_csv(DOCS / "images" / "growth.csv")]
    with styled():
        save(DRAWING.draw(rows), tmp_path / "growth")
    picture = tmp_path / "expected.png"
    picture.write_bytes((DOCS / "images" / "growth.png").read_bytes())
    assert compare_images(str(picture), str(tmp_path / "growth.png"), tol=1.0) is not None


def test_only_the_named_part_changes(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    insert(page, "speed", section([], ["a row: no module"], {"python": "3.11"}))
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Head\n<!-- begin speed -->\n\nMeasured with: python 3.11.")
    assert text.endswith("<!-- end speed -->\nTail\n")
    assert "old" not in text
    assert measured("speed", text)[2][:2] == ["a row: no module", "not measured"]
    assert [file.name for file in tmp_path.iterdir()] == ["page.md"]


@pytest.mark.parametrize("page", ["nothing", PAGE + PAGE, PAGE.replace("end", "stop")])
def test_a_page_without_the_part_stays_as_it_is(page: str, tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(page, encoding="utf-8")
    with pytest.raises(ValueError, match="once each"):
        insert(file, "speed", "new")
    assert file.read_text(encoding="utf-8") == page
