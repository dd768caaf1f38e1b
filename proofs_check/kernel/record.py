"""What Rocq says of the headline theorems: printed, committed beside the sources, and compared whenever Rocq is there.

``record.json`` holds the statements as Rocq prints them, what they assume, and the hash of the sources they were
printed from. A change of a statement is a change of that file, so a review sees it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from bounds.catalog import catalog
from proofs_check.kernel import rocq
from proofs_check.kernel.hypotheses import undeclared
from proofs_check.kernel.index import FOLDER, Headline, KernelError, headlines

_FILE = FOLDER / "record.json"
_MARK = "=== {} ==="
_CLOSED = "Closed under the global context"


@dataclass(frozen=True)
class Printed:
    """One headline theorem as Rocq prints it.

    Attributes:
        statement: what `Check` prints after the name.
        assumptions: what `Print Assumptions` lists; empty if the theorem is closed.
        instance: the statement of its instance, "" without one.
        applied: whether the instance's proof applies the theorem.
        lines: lines of Rocq in its file and in all files it rests on.
    """

    statement: str
    assumptions: tuple[str, ...]
    instance: str
    applied: bool
    lines: int


@dataclass(frozen=True)
class Record:
    """What a run of Rocq found.

    Attributes:
        sources: SHA-256 of the sources, see `rocq.hash_of`.
        theorems: by the name in the index.
    """

    sources: str
    theorems: Mapping[str, Printed]

    def text(self) -> str:
        """The record as it is committed."""
        content = {"sources": self.sources, "theorems": {name: asdict(found) for name, found in self.theorems.items()}}
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _commands(chosen: Sequence[Headline]) -> Iterator[str]:
    yield "Set Printing Width 100. Unset Printing Implicit Defensive."
    for headline in chosen:
        yield _asked(headline.name, "statement", f"Check {headline.name}.")
        if headline.instance:
            yield _asked(headline.name, "instance", f"Check {headline.instance}.")
    yield "Unset Printing Notations."  # with them a proof takes ten times as long to print, and only names matter
    for headline in chosen:
        if headline.instance:
            yield _asked(headline.name, "proof", f"Print {headline.instance}.")


def _asked(name: str, what: str, command: str) -> str:
    return f'Goal True. idtac "{_MARK.format(f"{name} {what}")}". Abort.\n{command}'


def _assumptions(folder: Path, chosen: Sequence[Headline]) -> dict[str, tuple[str, ...]]:
    """What each theorem assumes; they are asked one by one only if all together assume something.

    Rocq walks through everything below a theorem, MathComp included, and does so again for the next one.
    """
    names = [headline.name for headline in chosen]
    together = " ".join(f"let _ := @{name} in" for name in names)
    if not _assumed(rocq.query(folder, f"Definition together : True := {together} I.\nPrint Assumptions together.\n")):
        return dict.fromkeys(names, ())
    each = [_asked(name, "assumptions", f"Print Assumptions {name}.") for name in names]
    return {name: _assumed(answer) for (name, _), answer in _answers(rocq.query(folder, "\n".join(each))).items()}


def _answers(output: str) -> dict[tuple[str, str], str]:
    pieces = re.split(r"^=== (\S+) (\S+) ===$", output, flags=re.MULTILINE)
    return {(name, what): text.strip("\n") for name, what, text in zip(*[iter(pieces[1:])] * 3, strict=True)}


def _type(answer: str) -> str:
    """What stands behind the colon, without the indentation that the name before it caused."""
    text = answer.partition(":")[2]
    lines = text.splitlines()
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    return "\n".join([lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])])


def _assumed(answer: str) -> tuple[str, ...]:
    if _CLOSED in answer:
        return ()
    if "Axioms:" not in answer:
        raise KernelError(f"Print Assumptions answers neither with axioms nor with none: {answer!r}")
    return tuple(re.findall(r"^(\S+)\s*:", answer.partition("Axioms:")[2], flags=re.MULTILINE))


def _rests_on(file: str, folder: Path) -> set[str]:
    """The files of ours that a file requires, itself among them."""
    found: set[str] = set()
    pending = [file]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            text = (folder / name).read_text(encoding="utf-8")
            for required in re.findall(r"^From Quantbc Require (?:Import |Export )?([\w\s]+)\.", text, re.MULTILINE):
                pending.extend(f"{other}.v" for other in required.split())
    return found


def printed(folder: Path, chosen: Sequence[Headline] | None = None) -> Record:
    """Ask Rocq about headline theorems in a folder that `rocq.build` has compiled."""
    wanted = headlines() if chosen is None else tuple(chosen)
    answers = _answers(rocq.query(folder, "\n".join(_commands(wanted)) + "\n"))
    assumed, theorems = _assumptions(folder, wanted), {}
    for headline in wanted:
        proof = answers.get((headline.name, "proof"), "")
        files = _rests_on(headline.file, folder)
        theorems[headline.name] = Printed(
            _type(answers[headline.name, "statement"]),
            assumed[headline.name],
            _type(answers[headline.name, "instance"]) if headline.instance else "",
            re.search(rf"(?<![\w.]){re.escape(headline.name)}\b", proof) is not None,
            sum(len((folder / file).read_text(encoding="utf-8").splitlines()) for file in files),
        )
    return Record(rocq.hash_of(rocq.sources(folder)), theorems)


@cache
def committed() -> Record:
    """The record that ships.

    Example:
        >>> committed().theorems["Hellinger.lemma_s2"].assumptions
        ()
    """
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    theorems = {
        name: Printed(**{**found, "assumptions": tuple(found["assumptions"])})
        for name, found in content["theorems"].items()
    }
    return Record(content["sources"], theorems)


def write(record: Record) -> None:
    """Replace the record that ships."""
    _FILE.write_text(record.text(), encoding="utf-8")


def differences(found: Record, kept: Record) -> tuple[str, ...]:
    """What a fresh record says otherwise than the committed one, a line each."""
    lines = [] if found.sources == kept.sources else ["the sources have another hash"]
    for name in sorted(set(found.theorems) | set(kept.theorems)):
        now, then = found.theorems.get(name), kept.theorems.get(name)
        if now is None or then is None:
            lines.append(f"{name} is {'new' if then is None else 'gone'}")
        else:
            changed = [field for field, value in asdict(now).items() if value != asdict(then)[field]]
            lines += [f"{name}: its {field} changed" for field in changed]
    return tuple(lines)


def faults(record: Record, chosen: Sequence[Headline] | None = None) -> tuple[str, ...]:
    """What a headline theorem must not be: more assumed than is said, of another entry, or without a true instance.

    Raises:
        KernelError: the record knows nothing of a headline.
    """
    found = []
    for headline in headlines() if chosen is None else chosen:
        if headline.name not in record.theorems:
            raise KernelError(f"{headline.name} is not in the record: make kernel-record")
        said = record.theorems[headline.name]
        axioms = sorted(set(said.assumptions) - set(headline.axioms))
        if axioms:
            found.append(f"{headline.name} assumes {', '.join(axioms)}")
        silent = [key for key in headline.proves if not re.search(rf"\bCatalog\.{key}\b", said.statement)]
        found += [f"{headline.name} does not speak of Catalog.{key}" for key in silent]
        for key in headline.proves:
            names = [assumption.name for assumption in catalog[key].assumptions]
            more = undeclared(said.statement, names)
            found += [f"{headline.name} supposes what {key} does not declare: {text}" for text in more]
        if headline.proves and not headline.instance:
            found.append(f"{headline.name} has no instance")
        if headline.instance and not said.applied:
            found.append(f"{headline.instance} does not apply {headline.name}")
        if headline.instance and not re.search(r"\b0 <\s", said.instance):
            found.append(f"{headline.instance} does not say that the sides are positive")
    return tuple(found)
