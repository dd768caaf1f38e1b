"""The pages build without a warning, need nothing from elsewhere, and describe every public name."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import ROOT
from tests.tree import PACKAGES

DOCS = ROOT / "docs"


def build(source: Path, built: Path, *settings: str) -> subprocess.CompletedProcess[str]:
    """The command of `make docs`, without a network: a proxy that does not exist is all it is offered."""
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-j", "1", "-b", "html", *settings]
    offline = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = {"PATH": str(Path(sys.executable).parent), "PYTHONPATH": str(ROOT), "HOME": str(built), **offline}
    return subprocess.run([*command, source, built], capture_output=True, text=True, cwd=ROOT, env=environment)


_NO_REFERENCE = ("-D", "extensions=myst_parser,sphinx.ext.autodoc,sphinx.ext.napoleon")


class Tags(HTMLParser):
    """What a page fetches, where it leads, and where one can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.targets: set[str] = set()
        self.feed(text)
        self.fetched += re.findall(r"url\(\s*[\'\"]?([^)\'\"]+)", text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value for name, value in attrs if value}
        self.targets |= {values[name] for name in ("id", "name") if name in values}
        self.fetched += [values[name] for name in ("src", "srcset", "data", "poster") if name in values]
        if "href" in values:
            (self.links if tag == "a" else self.fetched).append(values["href"])


def remote(text: str) -> list[str]:
    """Addresses of other machines from which a page would fetch something; links to follow are no such thing."""
    return [address for address in Tags(text).fetched if urlsplit(address).netloc]


def dead_ends(built: Path) -> Iterator[str]:
    """Links within the pages that lead to no file, or to no place in it."""
    pages = {path: Tags(path.read_text(encoding="utf-8")) for path in built.rglob("*.html")}
    for path, tags in pages.items():
        for link in tags.links + tags.fetched:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            aim = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not aim.exists() or (parts.fragment and aim in pages and parts.fragment not in pages[aim].targets):
                yield f"{path.relative_to(built)}: {link}"


def public_names() -> set[str]:
    """Every public name, where it is defined: what ``__all__`` lists, or all functions and classes without a dash."""
    found = set()
    for path in (
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.stem not in ("__init__", "__main__")
    ):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found |= {f"{module}.{name}" for name in public(path.read_text(encoding="utf-8"))}
    return found


def public(source: str) -> list[str]:
    body = ast.parse(source).body
    for node in body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    names = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [name for name in names if not name.startswith("_")]


@pytest.mark.slow
def test_the_pages_build_strictly_and_stand_alone() -> None:
    built = ROOT / "out" / "docs"
    shutil.rmtree(built, ignore_errors=True)
    from sphinx.util.inventory import InventoryFile

    shutil.rmtree(DOCS / "reference", ignore_errors=True)  # generated: nothing of modules that are gone
    done = build(DOCS, built)
    assert (done.returncode, done.stderr) == (0, "")
    texts = [path.read_text(encoding="utf-8") for kind in ("*.html", "*.css") for path in built.rglob(kind)]
    assert [address for text in texts for address in remote(text)] == []
    assert list(dead_ends(built)) == []
    with (built / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, path: path)
    described = {name for kind, objects in inventory.items() if kind.startswith("py:") for name in objects}
    constants = {name for name in public_names() if name.rsplit(".", 1)[1].isupper()}  # without a docstring, of no help
    assert public_names() - constants - described == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        "# Page\n\n[there](nowhere.md)",
        "# Page\n\n### Too deep",
        "# Page\n\n```{eval-rst}\n`open\n```",
        "# Page\n\n{nonsense}`x`",
    ],
)
def test_a_page_with_a_mistake_does_not_build(source: str, tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text(source, encoding="utf-8")
    assert build(tmp_path, tmp_path / "built", "-c", str(DOCS), "-D", "html_static_path=", *_NO_REFERENCE).returncode


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        '<img src="http://example.org/x.png">',
        "@font-face { src: url('https://fonts.example/x.woff') }",
    ],
)
def test_what_is_fetched_from_elsewhere_is_seen(text: str) -> None:
    assert remote(text)


def test_links_are_not_fetched() -> None:
    assert remote('<a href="https://arxiv.org/abs/2603.20538">paper</a><img src="a.png"> url(data:image/png;x)') == []


def test_public_names_are_those_that_are_listed_or_those_without_a_dash() -> None:
    assert public("__all__ = ['a', 'B']\ndef c(): ...") == ["a", "B"]
    assert public("def c(): ...\nclass D: ...\ndef _e(): ...") == ["c", "D"]


@pytest.mark.parametrize("link", ["other.html", "index.html#nowhere", "#nowhere"])
def test_a_dead_end_is_seen(link: str, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f'<h1 id="top"><a href="#top"></a><a href="{link}"></a>', encoding="utf-8")
    assert list(dead_ends(tmp_path.resolve())) == [f"index.html: {link}"]
