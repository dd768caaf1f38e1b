"""The definitions that a printed statement names, word for word from the kernel's sources."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from functools import cache

from proofs_check.kernel.index import FOLDER

_DEFINITION = re.compile(
    r"^(Definition|Fixpoint|Let|(?:Local )?Notation) (\w+)(?:(?!\.\n).)*?:=.*?\.(?=\n|$)", re.MULTILINE | re.DOTALL
)
_IMPORT = re.compile(r"^From Quantbc Require (?:Import )?([\w\s]+)\.$", re.MULTILINE)
_ALIAS = re.compile(r"^Module (\w+) := (\w+)\.$", re.MULTILINE)
_NAME = re.compile(r"(?<![\w'.])(?:[A-Z]\w*\.)*[A-Za-z]\w*(?![\w'])")
_BOUND = re.compile(r"[({]([\w' ]+) :|^Variables? ([\w ]+) :", re.MULTILINE)
_WIDTH = 100
Place = tuple[str, int]
"""A definition: its file without ending, and where in it the definition starts."""


@cache
def _source(file: str) -> str:
    path = FOLDER / f"{file}.v"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@cache
def _definitions(file: str) -> dict[int, re.Match[str]]:
    return {found.start(): found for found in _DEFINITION.finditer(_source(file))}


def _last(file: str, name: str, before: int | None = None) -> Place | None:
    """The last definition of a name above a place; from outside the file what is local to a section is not seen."""
    for start, found in reversed(_definitions(file).items()):
        exported = before is None and found[1] in ("Definition", "Fixpoint")
        if found[2] == name and (exported or (before is not None and start < before)):
            return file, start
    return None


def _resolved(word: str, file: str, before: int) -> Place | None:
    """What a word stands for at a place of a file: a definition above it, else one of an import, the last first."""
    *qualifiers, name = word.split(".")
    for qualifier in qualifiers:
        file = dict(_ALIAS.findall(_source(file))).get(qualifier, qualifier)
    if qualifiers:
        return _last(file, name)
    imports = (above for names in reversed(_IMPORT.findall(_source(file))) for above in reversed(names.split()))
    return _last(file, name, before) or next(filter(None, (_last(above, name) for above in imports)), None)


def _named(place: Place) -> Iterator[Place]:
    """The definitions that one rests on directly; names that it or its section binds are variables."""
    file, start = place
    found = _definitions(file)[start]
    section = max(_source(file).rfind("\nSection ", 0, start), 0)
    closed = re.search(r"^End ", _source(file)[section:start], re.MULTILINE)
    binders = _BOUND.findall(found[0] if closed else _source(file)[section : found.end()])
    bound = {word for names in binders for word in " ".join(names).split()} | {found[2]}
    for word in dict.fromkeys(_NAME.findall(found[0])):
        if word not in bound and (rest := _resolved(word, file, start)):
            yield rest


def _broken(line: str) -> str:
    """A line broken where it is too long to be read."""
    if len(line) <= _WIDTH:
        return line
    return textwrap.fill(line, _WIDTH, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False)


def definitions(printed: str) -> str:
    r"""Every definition that a printed statement names, and those that these rest on, by file, in the sources' order.

    Args:
        printed: as Rocq prints it, names of definitions with their file.

    Example:
        >>> print(definitions("0 <= Hellinger.hell2 P Q"))
        (* Hellinger.v *)
        Definition hell2 (p q : T -> R) : R := \sum_t (Num.sqrt (p t) - Num.sqrt (q t)) ^+ 2.
    """
    words = (word for word in _NAME.findall(printed) if "." in word)
    places = dict.fromkeys(place for word in words if (place := _resolved(word, "", 0)))
    found = list(places)
    for place in found:  # grows while it is read
        found += [rest for rest in dict.fromkeys(_named(place)) if rest not in found]
    blocks = []
    for file in sorted({file for file, _ in found}):
        texts = (_definitions(file)[start][0] for start in sorted(start for above, start in found if above == file))
        blocks.append("\n".join([f"(* {file}.v *)", *(_broken(line) for text in texts for line in text.split("\n"))]))
    return "\n\n".join(blocks)
