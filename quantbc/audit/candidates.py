"""The tokenizers to compare, fitted to the demonstrations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.ranges import GivenStatistics
from quantbc.audit.rows import windows
from quantbc.audit.survey import Sample, Survey
from quantbc.errors import ProblemError, missing_extra
from simulators.errors import DomainError, FloatArray, ShapeError
from simulators.quantizers.base import Quantizer
from simulators.quantizers.entry import Entry
from simulators.quantizers.registry import Fitted, entries, entry, fit
from simulators.quantizers.statistics import Statistics, pooled

FIT_ROWS = 20_000
"""Most rows a codebook is fitted to."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A tokenizer ready for raw actions.

    Attributes:
        name: of the registry, `simulators.quantizers.registry`.
        bins: the project's "bins" argument (codes a layer for residual_vq, chunk length for FAST); None if it has none.
        fitted: raw actions to executed raw actions, and what they pass through.
        held_out: whether it was fitted to episodes of even number and is to be measured on the others.
        scale: raw units per unit of the tokenizer's own scale, shape (d,).
    """

    name: str
    bins: int | None
    fitted: Fitted = field(repr=False)
    held_out: bool
    scale: FloatArray = field(repr=False)

    @property
    def label(self) -> str:
        """Name and size, for tables."""
        return self.name if self.bins is None else f"{self.name} {self.bins}"

    @property
    def quantizer(self) -> Quantizer:
        """Raw actions to executed raw actions."""
        return self.fitted.quantizer

    @property
    def scale_name(self) -> str:
        """Where the scale comes from."""
        return "bounds" if self.fitted.normalizer is None else self.fitted.normalizer.name

    @property
    def sup_errors(self) -> FloatArray | None:
        """Largest bin error inside the range per dimension, raw units; None where nothing is promised."""
        return self.quantizer.sup_errors(len(self.scale))

    @property
    def token_counts(self) -> tuple[int, ...] | None:
        """Token values per token of an action (of a chunk); None where they are unbounded."""
        return self.quantizer.token_counts(len(self.scale))


def chunk_length(quantizer: Quantizer) -> int | None:
    """Return how many steps a chunk quantizer acts on; None for quantizers of single steps."""
    return quantizer.steps if quantizer.unit == "chunk" else None


_NOTHING_GIVEN = GivenStatistics()


@dataclass(frozen=True, eq=False)
class Choices:
    """The user's choices for all tokenizers together.

    Attributes:
        chunk: steps of a chunk, for tokenizers of chunks; None for each one's own.
        scale: FAST's γ; None for its own.
        min_token: FAST's coefficient that is token 0; None: unbounded tokens.
        tokens: FAST's number of token values; None: unbounded above.
        given: statistics instead of the data's.
        mask: dimensions that normalizers act on, shape (d,); None for the statistics' own mask, or all.
    """

    chunk: int | None = None
    scale: float | None = None
    given: GivenStatistics = _NOTHING_GIVEN
    mask: npt.NDArray[np.bool_] | None = None
    min_token: int | None = None
    tokens: int | None = None

    def arguments(self, chosen: Entry, bins: int | None) -> dict[str, Any]:
        """The arguments of a tokenizer; without `bins`, its own size."""
        found: dict[str, Any] = {} if chosen.size is None or bins is None else {chosen.size: bins}
        asked = {"steps": self.chunk, "gamma": self.scale, "min_token": self.min_token, "tokens": self.tokens}
        return found | {name: value for name, value in asked.items() if value is not None and name in chosen.arguments}


DEFAULT_CHOICES = Choices()


def requests(tokenizers: Sequence[str], bins: Sequence[int], chunk: int | None = None) -> list[tuple[str, int | None]]:
    """Return (name, bins) of what to compare.

    Args:
        tokenizers: names; all that are compared unasked if empty.
        bins: sizes; each tokenizer's own if empty. A chunk length is not one of them.
        chunk: steps of a chunk, the size of tokenizers that have no other; their own if None.

    Raises:
        ProblemError: an unknown name, or bins < 1.

    >>> requests(["uniform", "rt1"], [64, 16])
    [('uniform', 16), ('uniform', 64), ('rt1', 16), ('rt1', 64)]
    """
    for size in bins:
        if size < 1:
            raise ProblemError(f"--bins must be at least 1, got {size}")
    try:
        chosen = [entry(name) for name in tokenizers] or [one for one in entries().values() if one.compared]
    except DomainError as error:
        raise ProblemError(re.sub("^tokenizer ", "--tokenizer ", str(error))) from None
    wanted: list[tuple[str, int | None]] = []
    for one in dict.fromkeys(chosen):
        sizes = one.sizes or (one.default_size,)
        fixed = not bins or one.size in (None, "steps")
        if chunk is not None and one.size == "steps":
            sizes = (chunk,)
        wanted += [(one.name, size) for size in (sizes if fixed else sorted(set(bins)))]
    return wanted


@dataclass(frozen=True, eq=False)
class Built:
    """Tokenizers that were fitted, and what became of the others.

    Attributes:
        candidates: the tokenizers.
        problems: a sentence for each one that could not be fitted.
        missing: one sentence for all that need a distribution that is not installed; None if there are none.
    """

    candidates: tuple[Candidate, ...]
    problems: tuple[str, ...] = ()
    missing: str | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Why something was not built."""
        return self.problems if self.missing is None else (*self.problems, self.missing)


def build_candidates(
    found: Survey,
    wanted: Sequence[tuple[str, int | None]],
    *,
    seed: int,
    choices: Choices = DEFAULT_CHOICES,
) -> Built:
    """Fit every tokenizer that is asked for.

    Codebooks learnt from data are fitted to the episodes of even number and measured on the others (on the same rows if
    there is only one episode). Normalizers have two numbers a dimension and are fitted to everything; range, mean and
    standard deviation are exact even where only a sample is held in memory. Statistics that the user gives go first.

    Args:
        found: the data.
        wanted: names and sizes.
        seed: of codebooks; each tokenizer has a stream of its own, so that one more changes no other.
        choices: what the user says of all of them.
    """
    candidates: list[Candidate] = []
    problems: list[str] = []
    mask = choices.mask if choices.mask is not None else choices.given.mask
    ends = (found.actions.low, found.actions.high)
    known = _exact(found) | dict(choices.given.known)
    statistics = Statistics(known, pooled(found.sample.actions), mask, ends)
    lacking: dict[str, None] = {}
    for name, bins in wanted:
        rng = np.random.default_rng([seed, 1000, bins or 0, *name.encode()])
        try:
            candidates.append(_candidate(found, statistics, name, bins, choices, rng))
        except (DomainError, ShapeError) as error:
            problems.append(f"{name if bins is None else f'{name} {bins}'} was not built: {error}")
        except ModuleNotFoundError as error:
            if (extra := missing_extra(error.name)) is None:
                raise
            lacking[name] = None
    missing = f"{', '.join(lacking)}: not compared, {extra}" if lacking else None
    return Built(tuple(candidates), tuple(problems), missing)


def _exact(found: Survey) -> dict[str, FloatArray]:
    actions = found.actions
    return {"low": actions.low, "high": actions.high, "mean": actions.mean, "std": actions.std}


def _candidate(
    found: Survey,
    statistics: Statistics,
    name: str,
    bins: int | None,
    choices: Choices,
    rng: np.random.Generator,
) -> Candidate:
    chosen = entry(name)
    arguments = choices.arguments(chosen, bins)
    even = _even(found.sample) if chosen.learned else found.sample
    steps = chosen.steps(arguments)
    data = even.actions if steps is None or not chosen.learned else windows(even.pieces, steps)[1]
    if "rng" in chosen.fitted and len(data) > FIT_ROWS:
        data = data[np.sort(rng.choice(len(data), FIT_ROWS, replace=False))]
    fitted = fit(name, arguments, actions=data, statistics=statistics, rng=rng)
    scale = fitted.scale(found.actions.half_range)
    return Candidate(name, bins, fitted, even.rows < found.sample.rows, scale)


def _even(sample: Sample) -> Sample:
    """The pieces of episodes of even number, or all if there are no others."""
    mine = tuple(piece for piece in sample.pieces if piece.episode % 2 == 0)
    return Sample(mine, sample.complete) if 0 < len(mine) < len(sample.pieces) else sample
