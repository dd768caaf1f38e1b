"""CITATION.cff speaks of this release."""

from typing import Any

import yaml

from quantbc import __version__
from tests.packaging.test_requirements import SETUP
from tests.tree import ROOT

CITATION: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_version_and_licence_are_the_packages() -> None:
    assert CITATION["version"] == __version__
    assert CITATION["license"] == SETUP["metadata"]["license"]


def test_the_paper_is_the_one_that_the_description_names() -> None:
    address = CITATION["preferred-citation"]["url"]
    assert address.startswith("https://arxiv.org/abs/")
    assert address in (ROOT / "README.md").read_text(encoding="utf-8")


def test_bibtex_says_the_same() -> None:
    page, paper = (ROOT / "docs/citing.md").read_text(encoding="utf-8"), CITATION["preferred-citation"]
    authors = " and ".join(f"{one['family-names']}, {one['given-names']}" for one in paper["authors"])
    for value in (paper["title"], authors, paper["journal"], paper["url"], CITATION["title"], CITATION["version"]):
        assert f"{{{value}}}" in page


def test_the_changelog_begins_with_this_release() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if line.startswith("## ")).split()[1] == CITATION["version"]
