"""The page on installing lists the extras that there are."""

import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {"bench", "docs", "test"}
"""Extras for those who work on the package; CONTRIBUTING names them."""


def test_every_extra_has_its_row() -> None:
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    page = (ROOT / "docs/install.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| \d+ \|$", page, re.MULTILINE)
    assert rows == [*sorted(OURS ^ set(setup["options.extras_require"]) - {"all"}), "all"]
