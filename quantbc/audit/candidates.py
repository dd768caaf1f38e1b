"""The tokenizers to compare, fitted to the demonstrations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from quantbc.audit.survey import Sample, Survey
from quantbc.errors import ProblemError
from simulators.errors import DomainError, FloatArray
from simulators.quantizers.base import Quantizer
from simulators.quantizers.chunk import FastDCT
from simulators.quantizers.learned import PerDimension, ResidualVQ
from simulators.quantizers.normalizers import Normalized, fit_bounds
from simulators.quantizers.presets import PRESETS, build
from simulators.quantizers.scalar import ScalarQuantizer

__all__ = ["Candidate", "build_candidates", "chunk_length", "requests"]

MORE_BINS = {"uniform": (8, 16, 32, 64, 128, 256), "kmeans": (64, 256), "residual_vq": (16, 32)}
"""Sizes compared where none is asked for; other tokenizers at their project's own."""

FIT_ROWS = 20_000
"""Most rows a codebook is fitted to."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A tokenizer ready for raw actions.

    Attributes:
        name: key of `simulators.quantizers.presets.PRESETS`.
        bins: the project's "bins" argument (chunk length for fast_dct, codes a layer for residual_vq).
        quantizer: raw actions to executed raw actions.
        held_out: whether it was fitted to episodes of even number and is to be measured on the others.
        scale: raw units per unit of the tokenizer's own scale, shape (d,).
        scale_name: where that scale comes from.
    """

    name: str
    bins: int
    quantizer: Quantizer = field(repr=False)
    held_out: bool
    scale: FloatArray = field(repr=False)
    scale_name: str

    @property
    def label(self) -> str:
        """Name and size, for tables."""
        return f"{self.name} {self.bins}"

    @property
    def inner(self) -> Quantizer:
        """The quantizer behind the normalizer, if there is one."""
        return self.quantizer.inner if isinstance(self.quantizer, Normalized) else self.quantizer

    @property
    def sup_errors(self) -> FloatArray | None:
        """Largest bin error inside the range per dimension, raw units; None for codebooks fitted to data."""
        if isinstance(self.quantizer, Normalized | PerDimension):
            return self.quantizer.sup_errors
        return None

    def token_counts(self, dimension: int) -> list[int] | None:
        """Token values per token of an action; None where they are unbounded."""
        inner = self.inner
        if isinstance(inner, ScalarQuantizer):
            return [inner.tokens] * dimension
        if isinstance(inner, PerDimension):
            return [part.tokens for part in inner.parts]
        return [len(codes) for codes in inner.layers] if isinstance(inner, ResidualVQ) else None

    @property
    def first_token(self) -> int:
        """Number of the lowest token."""
        return self.inner.first_token if isinstance(self.inner, ScalarQuantizer) else 0


def chunk_length(quantizer: Quantizer) -> int | None:
    """Return how many steps a chunk quantizer acts on; None for quantizers of single steps."""
    inner = quantizer.inner if isinstance(quantizer, Normalized) else quantizer
    return inner.steps if isinstance(inner, FastDCT) else None


def requests(tokenizers: Sequence[str], bins: Sequence[int]) -> list[tuple[str, int]]:
    """Return (name, bins) of what to compare.

    Args:
        tokenizers: names; all if empty.
        bins: sizes; each tokenizer's own if empty. The chunk length of fast_dct is not one of them.

    Raises:
        ProblemError: an unknown name, or bins < 1.

    >>> requests(["uniform", "rt1"], [64, 16])
    [('uniform', 16), ('uniform', 64), ('rt1', 16), ('rt1', 64)]
    """
    for name in tokenizers:
        if name not in PRESETS:
            raise ProblemError(f"--tokenizer must be one of {', '.join(PRESETS)}, got {name!r}")
    for size in bins:
        if size < 1:
            raise ProblemError(f"--bins must be at least 1, got {size}")
    wanted: list[tuple[str, int]] = []
    for name in dict.fromkeys(tokenizers or PRESETS):
        sizes = MORE_BINS.get(name, (PRESETS[name].bins,))
        fixed = name == "fast_dct" or not bins
        wanted += [(name, size) for size in (sizes if fixed else sorted(set(bins)))]
    return wanted


def build_candidates(
    found: Survey, wanted: Sequence[tuple[str, int]], *, rng: np.random.Generator
) -> tuple[list[Candidate], list[str]]:
    """Fit every tokenizer that is asked for.

    Tokenizers without a normalizer learn their cells from data: they are fitted to the episodes of even number and
    measured on the others (on the same rows if there is only one episode). Normalizers have two numbers a dimension
    and are fitted to everything; the range is exact even where only a sample is held in memory.

    Returns:
        The tokenizers, and a sentence for each one that could not be built.
    """
    candidates: list[Candidate] = []
    problems: list[str] = []
    for name, bins in wanted:
        try:
            candidates.append(_candidate(found, name, bins, rng))
        except DomainError as error:
            problems.append(f"{name} {bins} was not built: {error}")
    return candidates, problems


def _candidate(found: Survey, name: str, bins: int, rng: np.random.Generator) -> Candidate:
    preset = PRESETS[name]
    learned = preset.normalize is None
    even = _even(found.sample) if learned else found.sample
    held_out = even.rows < found.sample.rows
    data = even.actions
    if name in ("kmeans", "residual_vq") and len(data) > FIT_ROWS:
        data = data[np.sort(rng.choice(len(data), FIT_ROWS, replace=False))]
    if preset.normalize is fit_bounds:
        data = np.concatenate([data, found.actions.low[None], found.actions.high[None]])
    quantizer = build(name, data, rng=rng, bins=bins)
    scale = quantizer.normalizer.scale if isinstance(quantizer, Normalized) else found.actions.half_range
    rule = quantizer.normalizer.name if isinstance(quantizer, Normalized) else "bounds"
    return Candidate(name, bins, quantizer, held_out, scale, rule)


def _even(sample: Sample) -> Sample:
    """The pieces of episodes of even number, or all if there are no others."""
    mine = tuple(piece for piece in sample.pieces if piece.episode % 2 == 0)
    return Sample(mine, sample.complete) if 0 < len(mine) < len(sample.pieces) else sample
