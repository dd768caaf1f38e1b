"""A sweep as data: axes and seeds, the cells they span, and the key under which each cell's result is kept."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from quantbc.errors import ProblemError

Label = str | int | float | bool
"""What stands for an axis value in tables and filters."""

_SHOWN_DIGITS = 8
_ALWAYS = ("quantbc.sweeps.sweep", "quantbc.sweeps.batches")
"""Modules that every result depends on: they seed a cell, and hold its linear algebra to one thread."""
_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def _fields(value: object) -> dict[str, Any]:
    """A dataclass for JSON: what tells it apart, and its type, so that equal fields of two types do not coincide.

    A field whose metadata say that it came ``later`` is left out at its default: random numbers stay what they were.
    """
    if is_dataclass(value) and not isinstance(value, type):
        known = ((f, getattr(value, f.name)) for f in fields(value) if f.compare)
        told = {f.name: own for f, own in known if not ("later" in f.metadata and own == f.default)}
        return {"__type__": type(value).__qualname__} | told
    raise TypeError(f"{type(value).__name__} is not a plain value")


def _canonical(value: object) -> str:
    return json.dumps(value, default=_fields, sort_keys=True, allow_nan=False, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Axis:
    """One setting of a sweep and the values it takes; an axis of one value is a constant.

    Attributes:
        name: its name in tables.
        values: plain values (numbers, texts, tuples of them) or frozen dataclasses of them, all different.
        labels: what stands for each value in tables, all different; by default the value itself if it is a number or
            a text, else the first digits of its digest.
        digests: hash of each value.

    Raises:
        ProblemError: no values, equal values or labels, or a value or label that is not plain.

    Example:
        >>> Axis("H", (10, 20)).labels
        (10, 20)
    """

    name: str
    values: tuple[Any, ...]
    labels: tuple[Label, ...] = ()
    digests: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        values = tuple(self.values)
        try:
            digests = tuple(_digest(_canonical(value)) for value in values)
        except (TypeError, ValueError) as error:
            raise ProblemError(f"values of axis {self.name} must be plain and finite: {error}") from None
        labels = tuple(self.labels) or tuple(
            value if isinstance(value, Label) else digest[:_SHOWN_DIGITS]
            for value, digest in zip(values, digests, strict=True)
        )
        if not values or len(set(digests)) != len(values):
            raise ProblemError(f"axis {self.name} must have values that all differ, got {values!r}")
        if not isinstance(self.name, str) or not all(isinstance(label, Label) for label in labels):
            raise ProblemError(f"axis {self.name!r} must have a text for a name and plain labels, got {labels!r}")
        if len(labels) != len(values) or len(set(map(_canonical, labels))) != len(values):
            raise ProblemError(f"axis {self.name} must have {len(values)} labels that all differ, got {labels!r}")
        for name, value in (("values", values), ("labels", labels), ("digests", digests)):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of a sweep: everything its result depends on.

    Attributes:
        settings: a value for each axis.
        labels: the values' labels.
        seed: number of the repetition.
        digest: hash of the settings.
        key: hash of settings, seed and the code that computes the result.
    """

    settings: Mapping[str, Any]
    labels: Mapping[str, Label]
    seed: int
    digest: str
    key: str

    def rng(self) -> np.random.Generator:
        """A generator that depends on settings and seed alone."""
        words = np.frombuffer(bytes.fromhex(self.digest), dtype="<u4")
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=tuple(map(int, words))))

    def row(self, result: Mapping[str, Any]) -> dict[str, Any]:
        """The result behind the cell's labels, as one row of a table."""
        return {**self.labels, "seed": self.seed, **result}


@dataclass(frozen=True)
class Sweep:
    """A sweep: every combination of a value on each axis and a seed is a cell.

    Attributes:
        name: name of the study.
        axes: the settings; the last one varies fastest, but for the seed.
        seeds: repetitions of every setting.
        version: of the code that computes a cell (``Computation.version``).

    Raises:
        ProblemError: two axes of one name, or seeds that are not different whole numbers >= 0.

    Example:
        >>> sweep = Sweep("small", (Axis("H", (10, 20)), Axis("n", (5,))), (0, 1), "1")
        >>> sweep.size, [cell.row({}) for cell in sweep.cells()][-1]
        (4, {'H': 20, 'n': 5, 'seed': 1})
    """

    name: str
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]
    version: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "axes", tuple(self.axes))
        object.__setattr__(self, "seeds", tuple(self.seeds))
        names = [axis.name for axis in self.axes]
        if len({*names, "seed"}) != len(names) + 1:
            raise ProblemError(f"axes must have different names, none of them 'seed', got {names}")
        whole = all(isinstance(seed, int) and seed >= 0 for seed in self.seeds)
        if not whole or not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise ProblemError(f"seeds must be different whole numbers >= 0, got {self.seeds!r}")

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(len(axis.values) for axis in self.axes) * len(self.seeds)

    def cells(self) -> Iterator[Cell]:
        """Every cell, made one at a time."""
        names = [axis.name for axis in self.axes]
        order = sorted(range(len(names)), key=names.__getitem__)
        points = [list(zip(axis.values, axis.labels, axis.digests, strict=True)) for axis in self.axes]
        for point in itertools.product(*points):
            digest = _digest("\n".join(f"{names[i]}={point[i][2]}" for i in order))
            settings = {name: value for name, (value, _, _) in zip(names, point, strict=True)}
            labels = {name: label for name, (_, label, _) in zip(names, point, strict=True)}
            for seed in self.seeds:
                yield Cell(settings, labels, seed, digest, _digest(f"{self.version}\n{digest}\n{seed}"))

    def to_json(self) -> str:
        """The whole description as text."""
        axes = [{"name": axis.name, "values": axis.values, "labels": axis.labels} for axis in self.axes]
        return _canonical({"name": self.name, "axes": axes, "seeds": self.seeds, "version": self.version})

    @classmethod
    def from_json(cls, text: str) -> Sweep:
        """A description read back: its cells have the same keys, their settings are plain values."""
        data = json.loads(text)
        axes = tuple(Axis(axis["name"], tuple(axis["values"]), tuple(axis["labels"])) for axis in data["axes"])
        return cls(data["name"], axes, tuple(data["seeds"]), data["version"])


@dataclass(frozen=True)
class Computation:
    """What computes a cell, on whatever machine.

    Attributes:
        function: a function of a module (workers import it by name) from a cell to plain values by column; it draws
            random numbers from ``cell.rng()`` only.
        modules: modules and packages the result depends on, beside those of the sweep itself.
    """

    function: Callable[[Cell], Mapping[str, Any]]
    modules: tuple[str, ...]

    @property
    def version(self) -> str:
        """Hash of all that a result depends on but its cell, so that an edit never mixes old and new numbers.

        These are the function's name, the sources of its modules and of those that seed and run every cell, and the
        versions of the numerical libraries.

        Raises:
            ProblemError: a module has no source file.
        """
        return _code_version(f"{self.function.__module__}.{self.function.__qualname__}", self.modules)


def _libraries() -> str:
    """The installed releases of what computes: another one may draw or round otherwise."""
    found = []
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            found.append(f"{name} {version(name)}")
    return ", ".join(found)


@cache
def _code_version(function: str, modules: tuple[str, ...]) -> str:
    digest = hashlib.sha256(f"{function}\n{_libraries()}\n".encode())
    for name in (*_ALWAYS, *modules):
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ProblemError(f"modules of a computation must have source files, got {name!r}")
        origin = Path(spec.origin)
        folder = origin.parent
        for file in sorted(folder.rglob("*.py")) if origin.name == "__init__.py" else [origin]:
            digest.update(f"{name}/{file.relative_to(folder).as_posix()}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
