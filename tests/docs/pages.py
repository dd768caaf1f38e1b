"""What a page of the documentation shows, and a reader who does all of it, in order."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from quantbc.problem.file import load

ROOT = Path(__file__).parents[2]
PAGES = {str(path.relative_to(ROOT)): path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))}

_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>[^\s`]*)[^\n]*\n(?P<text>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL
)
_NOT_RUN = re.compile(r"<!-- not run: (?P<reason>[^\n]+?) -->\n\s*\Z")
_PICTURE = re.compile(r"!\[[^\]]+\](?:\((?P<target>[^)]+)\)|\[(?P<name>[^\]]+)\])")
_FILE = re.compile(r"# (?P<name>[\w.-]+\.toml)\n")
_ANYTHING = "…"
_END = "\0end of block\0"
_INTERPRETER = f"""
import json, sys
names = {{"__name__": "__main__"}}
for block in sys.stdin:
    exec(compile(json.loads(block), "block", "exec"), names)
    print({_END!r}, flush=True)
"""


class BrokenPageError(AssertionError):
    """A block that does not do what the page shows."""


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, its line, and why it is not run (if it is not)."""

    kind: str
    text: str
    line: int
    reason: str | None


def blocks(source: str) -> list[Block]:
    """The fenced blocks of a page. Sphinx directives, such as ``{toctree}``, show nothing to run."""
    found = []
    for match in _FENCE.finditer(source):
        if not match["kind"].startswith("{"):
            skipped = _NOT_RUN.search(source, 0, match.start())
            line = source.count("\n", 0, match.start()) + 1
            found.append(Block(match["kind"], match["text"], line, skipped["reason"] if skipped else None))
    return found


@dataclass(frozen=True)
class Picture:
    """An image on a page: its target, and why the page's own commands do not make it (if they do not)."""

    target: str
    reason: str | None


def pictures(source: str) -> list[Picture]:
    """The images that a page shows."""
    found = []
    for match in _PICTURE.finditer(source):
        elsewhere = _NOT_RUN.search(source, 0, match.start())
        target = match["target"] or re.findall(rf"^\[{re.escape(match['name'])}\]: (\S+)", source, re.MULTILINE)[0]
        found.append(Picture(target, elsewhere["reason"] if elsewhere else None))
    return found


def _words(line: str) -> str:
    return " ".join(line.split())


def _shows(shown: str, printed: str) -> bool:
    """Whether a printed line is the shown one, in which an ellipsis stands for anything."""
    pattern = ".*".join(re.escape(_words(part)) for part in shown.split(_ANYTHING))
    return re.fullmatch(pattern.replace(".*", r"\s*.*\s*"), printed) is not None


class Reader:
    """Someone who types what a page shows: commands in one folder, Python in one session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._printed: list[str] = []
        self._complaints = folder / ".stderr"
        self._python: subprocess.Popen[str] | None = None
        shutil.copytree(ROOT / "examples", folder / "examples")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self._environment = {**kept, "PATH": path, "PYTHONPATH": str(folder), "NO_COLOR": "1"}

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._python is not None:
            self._python.kill()
            self._python.communicate()

    def follow(self, page: Sequence[Block]) -> int:
        """Do what every block says; the number of blocks done.

        Raises:
            BrokenPageError: a block fails, shows a line that is not printed, or is of a kind that nobody can check.
        """
        ways = {"sh": self._shell, "python": self._session, "toml": self._problem, "text": self._look}
        ways["none"] = lambda _text: None  # what Rocq printed: the tests of the kernel hold it to the record
        ways["bibtex"] = lambda _text: None  # held to CITATION.cff by its own test
        todo = [block for block in page if block.reason is None]
        for block in todo:
            if block.kind not in ways:
                raise BrokenPageError(f"line {block.line}: a block must be {', '.join(ways)}, got {block.kind!r}")
            try:
                ways[block.kind](block.text)
            except ValueError as error:
                raise BrokenPageError(f"line {block.line}: {error}") from error
        return len(todo)

    def made(self, name: str) -> Path:
        """The one file of this name, with or without its folder, that the commands made.

        Raises:
            BrokenPageError: none, or several.
        """
        found = sorted(self._folder.rglob(name))
        if len(found) != 1:
            raise BrokenPageError(f"the page shows {name}, its commands make {len(found)} of that name")
        return found[0]

    def _shell(self, text: str) -> None:
        command = ["bash", "-e", "-u", "-o", "pipefail", "-c", text]
        done = subprocess.run(
            command, cwd=self._folder, env=self._environment, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            raise ValueError(f"exit status {done.returncode}: {done.stderr[-2000:]}")
        self._printed = [_words(line) for line in (done.stderr + done.stdout).splitlines()]

    def _session(self, text: str) -> None:
        if self._python is None:
            with self._complaints.open("w") as complaints:
                self._python = subprocess.Popen(
                    [sys.executable, "-W", "error", "-c", _INTERPRETER],
                    cwd=self._folder,
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    text=True,
                )
        assert self._python.stdin is not None
        assert self._python.stdout is not None
        try:
            self._python.stdin.write(json.dumps(text) + "\n")
            self._python.stdin.flush()
        except BrokenPipeError:
            pass
        self._printed = []
        for line in self._python.stdout:
            if line.rstrip("\n") == _END:
                return
            self._printed.append(_words(line))
        raise ValueError(f"the session ended: {self._complaints.read_text()[-2000:]}")

    def _problem(self, text: str) -> None:
        """A problem file; one whose first line is its name is there for the commands that follow."""
        named = _FILE.match(text)
        path = self._folder / (named["name"] if named else ".block.toml")
        path.write_text(text, encoding="utf-8")
        load(path)

    def _look(self, text: str) -> None:
        """Every shown line must have been printed by the block before, in this order."""
        printed = iter(self._printed)
        for line in filter(None, map(_words, text.splitlines())):
            if line != _ANYTHING and not any(_shows(line, candidate) for candidate in printed):
                raise ValueError(f"not printed, or not in this order: {line!r}")
