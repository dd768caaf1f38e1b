"""What the registry knows about a tokenizer: how it is made, and what raw actions pass through first."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from simulators.errors import DomainError
from simulators.quantizers.base import Quantizer
from simulators.quantizers.normalizers import Rule

FITTED = ("actions", "rng")
"""Parameters of a maker that the registry fills in: the data a codebook is fitted to, and a numpy Generator."""


@dataclass(frozen=True, eq=False)
class Entry:
    """A named tokenizer.

    Attributes:
        name: its name everywhere: problem files, audits, figures.
        make: a function that returns the quantizer. Its other parameters are the tokenizer's arguments; `actions` and
            `rng`, if it has them, are the data it is fitted to and a numpy Generator.
        summary: one line on what it is, and where it simplifies its project.
        rule: how raw actions become the normalized ones that the quantizer sees; None if it takes raw actions.
        size: the argument that a number of bins sets: "bins" or "steps" if the maker has one of them and nothing is
            said, None if it has no size.
        sizes: sizes to compare where none is asked for; the default one if empty.
        compared: whether an audit that names no tokenizers includes it.
        title: name in figures.

    Raises:
        DomainError: an empty name, or a size that is none of the maker's arguments.

    >>> from simulators.quantizers.scalar import uniform
    >>> entry = Entry("coarse", uniform, "uniform bins on [−1, 1]")
    >>> sorted(entry.arguments), entry.default_size, entry.learned
    (['bins', 'high', 'low'], 64, False)
    """

    name: str
    make: Callable[..., Quantizer]
    summary: str
    rule: Rule | None = None
    size: str | None = None
    sizes: tuple[int, ...] = ()
    compared: bool = True
    title: str = ""
    arguments: Mapping[str, Any] = field(init=False, repr=False)
    fitted: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not self.name:
            raise DomainError("name must not be empty")
        parameters = inspect.signature(self.make).parameters
        own = {key: value.default for key, value in parameters.items() if key not in FITTED}
        size = self.size or next((key for key in ("bins", "steps") if key in own), None)
        if size is not None and not isinstance(own.get(size), int):
            raise DomainError(f"size must be an argument of {self.name!r} with an integer default, got {size!r}")
        object.__setattr__(self, "size", size)
        object.__setattr__(self, "arguments", own)
        object.__setattr__(self, "fitted", frozenset(parameters) & frozenset(FITTED))
        object.__setattr__(self, "title", self.title or self.name)

    @property
    def default_size(self) -> int | None:
        """The project's own number of bins (of steps, for chunk quantizers that have no bins)."""
        return None if self.size is None else int(self.arguments[self.size])

    @property
    def learned(self) -> bool:
        """Whether it is fitted to data, and so to be measured on others."""
        return "actions" in self.fitted

    @property
    def ranged(self) -> bool:
        """Whether it acts on the range of the actions: arguments `low` and `high`, or else that of the data."""
        return self.rule is not None and {"low", "high"} <= set(self.arguments)

    def steps(self, arguments: Mapping[str, Any]) -> int | None:
        """Return the length of the chunks it acts on with these arguments; None if it acts on single steps."""
        return int({**self.arguments, **arguments}["steps"]) if "steps" in self.arguments else None

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Raise a DomainError unless every argument is one of the maker's, and none without a default is missing."""
        for key in arguments:
            if key not in self.arguments:
                near = get_close_matches(key, self.arguments, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise DomainError(f"{self.name} takes {', '.join(sorted(self.arguments))}, got {key!r}{hint}")
        for key, default in self.arguments.items():
            if default is inspect.Parameter.empty and key not in arguments:
                raise DomainError(f"{self.name} needs {key}")
