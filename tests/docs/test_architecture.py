"""The tables of packages on the pages are the one that is enforced."""

import re

import pytest

from tests.architecture.test_imports import ALLOWED
from tests.docs.pages import PAGES, ROOT

WORDS = {"none of the others": "", "the three above": "`bounds`, `simulators`, `proofs_check`"}


def table(text: str) -> dict[str, set[str]]:
    """What each package may import, as a page's table says."""
    rows = re.findall(r"^\| `(\w+)/?` \|[^|]+\| ([^|]+) \|$", text, re.MULTILINE)
    everything = ", ".join(f"`{package}`" for package, _ in rows)
    return {
        package: set(re.findall(r"`(\w+)`", WORDS.get(may, everything if may == "all" else may))) - {package}
        for package, may in rows
    }


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_the_table_is_the_one_that_is_enforced(name: str) -> None:
    assert table(PAGES[name].read_text(encoding="utf-8")) == ALLOWED


def test_another_table_is_seen() -> None:
    text = PAGES["docs/architecture.md"].read_text(encoding="utf-8")
    assert table(text.replace("| none of the others |", "| `quantbc` |", 1)) != ALLOWED


def test_modules_named_on_the_architecture_page_exist() -> None:
    packages = "|".join(ALLOWED)
    named = re.findall(rf"`((?:{packages})(?:\.\w+)+)`", PAGES["docs/architecture.md"].read_text(encoding="utf-8"))
    paths = [ROOT.joinpath(*name.split(".")) for name in named]
    assert named
    assert [str(path) for path in paths if not (path.is_dir() or path.with_suffix(".py").is_file())] == []
