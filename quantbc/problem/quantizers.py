"""Action tokenizers of a problem file: any name of the registry, with its own arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from quantbc.errors import ProblemError
from quantbc.problem.reading import Table
from simulators.errors import DomainError, FloatArray, ShapeError
from simulators.quantizers import registry
from simulators.quantizers.base import Quantizer

Argument = float | int | bool | str | tuple[float, ...]
_BOX = (-1.0, 1.0)
_MOST = 1_000_000
"""Bins of a dimension, members of a codebook and the like: more is a slip of the pen, and would fill the memory."""


@dataclass(frozen=True)
class QuantizerSpec:
    """A tokenizer by name, with the arguments that differ from its own defaults.

    Attributes:
        kind: a name of the registry.
        arguments: by name, in alphabetical order.

    Raises:
        ProblemError: an unknown name or argument, or a value that the tokenizer refuses.

    Example:
        >>> QuantizerSpec("uniform", (("bins", 16),)).label
        'uniform 16'
        >>> QuantizerSpec("banana")
        Traceback (most recent call last):
        quantbc.errors.ProblemError: type must be one of ...
    """

    kind: str
    arguments: tuple[tuple[str, Argument], ...] = ()

    def __post_init__(self) -> None:
        known = registry.names()
        if self.kind not in known and self.kind not in registry.ALIASES:
            raise ProblemError(f"type must be one of {', '.join(known)}, got {self.kind!r}")
        try:
            object.__setattr__(self, "arguments", tuple(sorted(dict(self.arguments).items())))
            found = registry.entry(self.kind)
            found.check(dict(self.arguments))
            if not found.fitted:
                found.make(**self._ranged(_BOX))
        except (DomainError, ShapeError, TypeError, ValueError) as error:
            raise ProblemError(f"{self.kind}: {error}") from None

    @property
    def bins(self) -> int | None:
        """The argument that sets the number of bins, as its project counts; None where there is none."""
        found = registry.entry(self.kind)
        return None if found.size is None else int(self._known.get(found.size, found.default_size))

    @property
    def label(self) -> str:
        """Name for tables: kind, number of bins, and every other argument that was given."""
        size = registry.entry(self.kind).size
        rest = [f"{key}={value}" for key, value in self.arguments if key != size]
        return " ".join([self.kind, *([] if self.bins is None else [str(self.bins)]), *rest])

    @property
    def learned(self) -> bool:
        """Whether it is fitted to actions."""
        return registry.entry(self.kind).learned

    @property
    def fitted(self) -> bool:
        """Whether it is fitted to actions or to their statistics, unless the box of the actions is enough."""
        found = registry.entry(self.kind)
        return bool(found.fitted) or (found.rule is not None and not found.ranged)

    @property
    def steps(self) -> int:
        """Length of the chunks it acts on; 1 for single steps."""
        return registry.entry(self.kind).steps(self._known) or 1

    @property
    def _known(self) -> Mapping[str, Any]:
        return dict(self.arguments)

    def build(self, box: tuple[float, float], actions: FloatArray | None = None) -> Quantizer:
        """The simulator's quantizer.

        Args:
            box: range of the actions, unless the arguments say another.
            actions: what it is fitted to, shape (N, du), where it is fitted.

        Raises:
            DomainError: there is nothing to fit it to.
        """
        return registry.build(self.kind, self._ranged(box), actions=actions, rng=np.random.default_rng(0))

    def _ranged(self, box: tuple[float, float]) -> dict[str, Any]:
        arguments: dict[str, Any] = dict(self.arguments)
        given = not registry.entry(self.kind).ranged or {"low", "high"} & set(arguments)
        return arguments if given else arguments | {"low": box[0], "high": box[1]}


def read(table: Table) -> QuantizerSpec:
    """One of the [[quantizers]].

    Raises:
        ProblemError: an unknown name or argument, or a value that the tokenizer refuses.
    """
    kind = table.text("type", allowed=(*registry.names(), *registry.ALIASES))
    found = registry.entry(kind)
    arguments = {}
    for key, default in found.arguments.items():
        if table.has(key):
            arguments[key] = _argument(table, key, default, size=key == found.size)
    table.close()
    try:
        return QuantizerSpec(kind, tuple(arguments.items()))
    except ProblemError as error:
        raise ProblemError(f"{table.path}: {error}") from None


def _argument(table: Table, key: str, default: Any, *, size: bool) -> Argument:
    if size or (isinstance(default, int) and not isinstance(default, bool)):
        return table.integer(key, low=1, high=_MOST)
    return table.plain(key)
