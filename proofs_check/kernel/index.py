"""The index of the kernel's headline theorems, read from ``index.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the Rocq sources are."""


class KernelError(ValueError):
    """The index, the sources or what Rocq says about them are not as they must be."""


@dataclass(frozen=True)
class Headline:
    """A theorem that the kernel accepts and that is worth showing.

    Attributes:
        name: ``File.theorem``.
        notation: the statement in our notation, Markdown.
        proves: keys of the catalog whose own expression the theorem bounds.
        instance: ``File.lemma``, the theorem on a concrete system; empty while there is none.
        axioms: what `Print Assumptions` may list.
        kind: "theorem", which wants an instance; "lemma", which the theorems use; "concrete", which speaks of one
            system and has no hypotheses to satisfy.
    """

    name: str
    notation: str
    proves: tuple[str, ...] = ()
    instance: str = ""
    axioms: tuple[str, ...] = ()
    kind: str = "theorem"

    def __post_init__(self) -> None:
        for name in (self.name, *filter(None, [self.instance])):
            file, _, theorem = name.partition(".")
            if not file or not theorem or not (FOLDER / f"{file}.v").is_file():
                raise KernelError(f"a theorem must be named File.theorem with File.v among the sources, got {name!r}")
        if self.kind not in ("theorem", "lemma", "concrete") or (self.kind != "theorem" and self.proves):
            raise KernelError(f"{self.name} must be a theorem, a lemma or concrete, got {self.kind!r}")
        if not self.notation.strip():
            raise KernelError(f"{self.name} must be said in our notation too, got {self.notation!r}")

    @property
    def file(self) -> str:
        """The source file.

        Example:
            >>> Headline("Master.master", "the master theorem").file
            'Master.v'
        """
        return self.name.partition(".")[0] + ".v"


_FIELDS = {"notation": str, "proves": list, "instance": str, "axioms": list, "kind": str}


def read(text: str) -> tuple[Headline, ...]:
    r"""The headlines that a text in TOML lists.

    Raises:
        KernelError: an unknown field, a field of the wrong kind, or a file that does not exist.

    Example:
        >>> read('["Master.master"]\nnotation = "the master theorem"')[0].proves
        ()
    """
    found = []
    for name, table in tomllib.loads(text).items():
        for field, value in table.items():
            if field not in _FIELDS or not isinstance(value, _FIELDS[field]):
                raise KernelError(f"{name}: a field must be one of {', '.join(_FIELDS)}, got {field} = {value!r}")
        found.append(
            Headline(
                name,
                table.get("notation", ""),
                tuple(table.get("proves", ())),
                table.get("instance", ""),
                tuple(table.get("axioms", ())),
                table.get("kind", "theorem"),
            )
        )
    return tuple(found)


@cache
def headlines() -> tuple[Headline, ...]:
    """All headline theorems, in the order of the index.

    Example:
        >>> "Hellinger.lemma_s2" in {headline.name for headline in headlines()}
        True
    """
    return read((FOLDER / "index.toml").read_text(encoding="utf-8"))
