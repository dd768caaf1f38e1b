"""One tokenizer's line in the audit: errors in its own and in raw units, tokens, codebook use, and what to watch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from quantbc.audit.candidates import Candidate, chunk_length
from quantbc.audit.episodes import NOTICEABLE
from quantbc.audit.survey import Spread, Survey
from quantbc.audit.tally import Usage
from quantbc.words import dimension_name, percent
from simulators.errors import FloatArray, IntArray

_T = TypeVar("_T")

_MEAN_ERRORS, _BIN_ERRORS = 6.0, 4.0


def perplexity(histogram: IntArray) -> float:
    """Return exp(entropy) of how often values occur: the number of equally frequent values of the same entropy.

    >>> round(perplexity(np.array([5, 5, 0])), 12)
    2.0
    """
    shares = histogram[histogram > 0] / histogram.sum()
    return float(np.exp(-np.sum(shares * np.log(shares))))


@dataclass(frozen=True, eq=False)
class TokenizerReport:
    """A tokenizer measured on the demonstrations.

    Attributes:
        candidate: the tokenizer.
        usage: what it does to the data.
        actions: range of the data, for the unit of the action norm (half a range a dimension).
        names: what the file calls the entries of an action.
    """

    candidate: Candidate
    usage: Usage = field(repr=False)
    actions: Spread = field(repr=False)
    names: tuple[str, ...] | None = None

    @property
    def live(self) -> npt.NDArray[np.bool_]:
        """Dimensions that count: they change, and the tokenizer's scale fits them."""
        return live_dimensions(self.candidate, self.actions)

    @property
    def chunk(self) -> int | None:
        """Steps of a chunk; None for tokenizers of single steps."""
        return chunk_length(self.candidate.quantizer)

    @property
    def eps_q(self) -> float | None:
        """Sup error in the action norm (largest entry, half a range a dimension); None if unknown off the data.

        The larger of the bin error promised inside the tokenizer's range and the error seen on the data, so that
        actions beyond the range count.
        """
        promised = self.candidate.sup_errors
        if promised is None or self.candidate.held_out:
            return None
        own = np.maximum(promised, self.usage.max_error) / self.actions.half_range
        return float(np.max(own[self.live], initial=0.0))

    @property
    def average_error(self) -> float:
        """Mean error in the action norm."""
        return self.usage.error

    @property
    def radius(self) -> float:
        """How far labels may differ and count as equal: six mean errors, at least four bin errors of clipped bins.

        Bins with clipping move any two actions apart by at most two bin errors (Proposition 5), so at this radius they
        are never blamed.
        """
        promised, clipped = self.candidate.sup_errors, self.candidate.quantizer.monotone
        least = 0.0
        if promised is not None and clipped:
            least = float(np.max((promised / self.actions.half_range)[self.live], initial=0.0))
        return max(_MEAN_ERRORS * self.usage.error, _BIN_ERRORS * least)

    def step_errors(self, horizon: int) -> FloatArray:
        """Mean error in the action norm at steps 1..horizon; the largest one seen where no episode gets there."""
        found = self.usage.step_errors[:horizon]
        return np.where(np.isnan(found), np.nanmax(self.usage.step_errors), found)

    @property
    def token_counts(self) -> tuple[int, ...] | None:
        """Token values per token of an action (of a chunk)."""
        return self.candidate.token_counts

    @property
    def bits_per_step(self) -> float | None:
        """Bits of an action if all token values cost the same; None where they are unbounded."""
        counts = self.token_counts
        return None if counts is None else float(np.log2(self._counting(counts)).sum()) / self.candidate.quantizer.steps

    @property
    def entropy_bits_per_step(self) -> float:
        """Bits of an action at the tokens' own frequencies, each token by itself."""
        bits = [float(np.log2(perplexity(histogram))) for histogram in self._counting(self.usage.histograms)]
        known = self.token_counts is not None
        return sum(bits) / self.candidate.quantizer.steps if known else bits[0] * int(self.live.sum())

    def _counting(self, tokens: Sequence[_T]) -> list[_T]:
        """Of something kept for every token, what belongs to dimensions that count."""
        if self.candidate.quantizer.axes(len(self.live)) is None or self.chunk is not None:
            return list(tokens)
        return [token for token, counts in zip(tokens, self.live, strict=True) if counts]

    def left_out(self) -> list[dict[str, Any]]:
        """Dimensions that do not count, why, and the largest error there in raw units."""
        normalizer = self.candidate.fitted.normalizer
        known = {} if normalizer is None else {found.dimension: found for found in normalizer.degenerate}
        entries = []
        for dimension in np.flatnonzero(~self.live).tolist():
            found = known.get(dimension)
            still = dimension in self.actions.constant or found is None
            entries.append(
                {
                    "dimension": dimension,
                    "name": None if self.names is None else self.names[dimension],
                    "kind": "constant" if still or found is None else found.kind,
                    "effect": "none" if still or found is None else found.effect,
                    "max_error_raw": float(self.usage.max_error[dimension]),
                    "clipped": float(self.usage.clipped[dimension]),
                }
            )
        return entries

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values; ``_raw`` entries have one number a dimension, in the units of the file."""
        usage, scale = self.usage, self.candidate.scale
        document: dict[str, Any] = {
            "name": self.candidate.name,
            "bins": self.candidate.bins,
            "quantizer": self.candidate.quantizer.name,
            "unit": self.candidate.quantizer.unit,
            "chunk": self.chunk,
            "scale": self.candidate.scale_name,
            "held_out": self.candidate.held_out,
            "rows": usage.rows,
            "left_over_rows": usage.left_over,
            "cells": self.candidate.quantizer.cells,
            "distinct_actions": usage.distinct,
            "distinct_actions_complete": usage.distinct_complete,
            "left_out": self.left_out(),
            "eps_q": self.eps_q,
            "mean_error_norm": usage.error,
        }
        return document | self._errors(scale) | self._use()

    def _errors(self, scale: FloatArray) -> dict[str, Any]:
        usage, promised = self.usage, self.candidate.sup_errors
        by_dimension = {
            "sup_error": usage.max_error,
            "sup_clip_error": usage.max_clip,
            "average_error": usage.average_error,
            "clip_error": usage.clip_error,
            "bin_error": usage.bin_error,
            "bias": usage.bias,
            "zero_action": usage.zero_action,
        }
        document: dict[str, Any] = {}
        for name, raw in by_dimension.items():
            own = raw / scale
            counted = own[self.live]
            document[name] = float(counted.max(initial=0.0) if name.startswith("sup") else _mean(counted))
            document[f"{name}_by_dimension"] = own.tolist()
            document[f"{name}_raw"] = raw.tolist()
        zero = self._zero()
        counted = zero[self.live]
        document["zero_action"] = float(counted[np.argmax(np.abs(counted))]) if len(counted) else 0.0
        document["zero_action_by_dimension"] = zero.tolist()
        document["sup_bin_error_raw"] = None if promised is None else promised.tolist()
        document["sup_bin_error"] = (
            None if promised is None else float(np.max((promised / scale)[self.live], initial=0.0))
        )
        document["clipped"] = float(_mean(usage.clipped[self.live]))
        document["clipped_by_dimension"] = usage.clipped.tolist()
        return document

    def _zero(self) -> FloatArray:
        """Image of the zero of the tokenizer's own scale, in that scale."""
        if self.candidate.fitted.normalizer is None:
            return self.usage.zero_action / self.candidate.scale
        steps = 1 if self.chunk is None else self.chunk
        return np.asarray(self.candidate.fitted.inner.quantize(np.zeros((steps, len(self.actions.low))))[0])

    def _use(self) -> dict[str, Any]:
        counts, histograms = self.token_counts, self.usage.histograms
        steps = self.candidate.quantizer.steps
        tops = [_share(h, h.max(initial=0)) for h in self._counting(histograms)]
        by_dimension = self.boundary is not None and len(tops) > 0
        return {
            "tokens_per_step": int(self.live.sum()) if counts is None else len(self._counting(counts)) / steps,
            "token_values": None if counts is None else list(counts),
            "bits_per_step": self.bits_per_step,
            "entropy_bits_per_step": self.entropy_bits_per_step,
            "perplexity": [perplexity(histogram) for histogram in self._counting(histograms)],
            "dead_codes": None if counts is None else [int((h == 0).sum()) for h in self._counting(histograms)],
            "commonest_token": max(tops, default=0.0),
            "commonest_dimension": int(np.flatnonzero(self.live)[np.argmax(tops)]) if by_dimension else None,
            "boundary_mass": self.boundary,
        }

    @property
    def boundary(self) -> list[float] | None:
        """Share of the entries of every dimension in its lowest and highest token; None without such tokens."""
        if self.candidate.quantizer.axes(len(self.live)) is None:
            return None
        return [_share(histogram, histogram[0] + histogram[-1]) for histogram in self.usage.histograms]

    def warnings(self) -> list[str]:
        """What people trip over with this tokenizer, each as one sentence."""
        return [*self._cell_warnings(), *self._data_warnings()]

    def _cell_warnings(self) -> list[str]:
        label, found = self.candidate.label, list[str]()
        for axis in (self.candidate.quantizer.axes(len(self.actions.low)) or ())[:1]:
            tokens, cells = axis.part.tokens, axis.part.cells
            if tokens > cells and axis.part.table[-1] == axis.part.table[-2]:
                tops = [histogram[-1] / histogram.sum() for histogram in self._counting(self.usage.histograms)]
                found.append(
                    f"{label}: {tokens} tokens are {cells} cells; the top two tokens execute the same action, "
                    f"and {percent(float(_mean(np.array(tops))))} of the data get the top one"
                )
        if self.chunk is not None:
            found.append(
                f"{label}: tokens stand for chunks of {self.chunk} steps that are executed open loop; errors are per "
                "step, and bounds are those of chunks"
            )
        return found

    def _data_warnings(self) -> list[str]:
        label, usage, found = self.candidate.label, self.usage, list[str]()
        found += [*self._lost(), *self._losses()]
        if usage.left_over:
            found.append(f"{label}: {usage.left_over} steps fill no whole chunk and were not measured")
        counts = self.token_counts
        if counts is not None:
            dead = sum(int((histogram == 0).sum()) for histogram in self._counting(usage.histograms))
            total = sum(self._counting(counts))
            if dead > total / 2:
                found.append(f"{label}: {dead} of {total} token values never occur in the data")
        return found

    def _lost(self) -> list[str]:
        """What becomes of the dimensions that the tokenizer's scale does not fit."""
        normalizer = self.candidate.fitted.normalizer
        return [
            f"{self.candidate.label}: {one.sentence}; the largest error there is "
            f"{self.usage.max_error[one.dimension]:.4g} in raw units, and its other numbers exclude it"
            for one in (() if normalizer is None else normalizer.degenerate)
            if one.effect != "none"
        ]

    def _losses(self) -> list[str]:
        """The dimension that loses most, by raw error, and the others that lose a noticeable share of their range."""
        usage, ranges = self.usage, 2 * self.actions.half_range
        outside = usage.clipped >= NOTICEABLE / 10
        noticed = self.live & outside & (usage.max_error > NOTICEABLE * ranges)
        order = [int(i) for i in np.argsort(-usage.max_error, kind="stable") if noticed[i]]
        if not order:
            return []
        worst = [
            f"{dimension_name(self.names, i)}: up to {usage.max_error[i]:.4g} raw units, "
            f"{percent(float(usage.max_error[i] / ranges[i]))} of its range "
            f"({percent(float(usage.clipped[i]))} of its entries lie outside the tokenizer's range)"
            for i in order
        ]
        return [f"{self.candidate.label} loses most in {'; then '.join(worst)}"]


def _share(histogram: IntArray, count: int) -> float:
    return float(count / histogram.sum())


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else 0.0


def live_dimensions(candidate: Candidate, actions: Spread) -> npt.NDArray[np.bool_]:
    """Return the dimensions that change and that a tokenizer's scale fits; only they count in its numbers.

    Args:
        candidate: the tokenizer.
        actions: range of the data.
    """
    live = np.ones(len(actions.low), dtype=np.bool_)
    live[actions.constant] = False
    if candidate.fitted.normalizer is not None:
        live[[found.dimension for found in candidate.fitted.normalizer.degenerate]] = False
    return live


def compare_statistics(stored: Mapping[str, FloatArray], found: Survey) -> tuple[list[dict[str, Any]], list[str]]:
    """Compare action statistics kept beside the data with the data.

    Quantiles are of the pooled rows (an average of per-episode quantiles is something else); where only a sample is
    held in memory they are the sample's.

    Returns:
        One entry a statistic, and a warning for each that is off by more than 1 % of the range.
    """
    recomputed = {
        "min": found.actions.low,
        "max": found.actions.high,
        "mean": found.actions.mean,
        "std": found.actions.std,
    }
    if {"q01", "q99"} & set(stored):
        q01, q99 = np.quantile(found.sample.actions, [0.01, 0.99], axis=0)
        recomputed |= {"q01": q01, "q99": q99}
    entries: list[dict[str, Any]] = []
    warnings: list[str] = []
    for name, value in stored.items():
        mine = recomputed[name]
        if value.shape != mine.shape:
            warnings.append(f"stored {name} of the actions has {value.size} entries, the data have {mine.size}")
            continue
        gap = np.abs(value - mine) / (2 * found.actions.half_range)
        worst = int(np.argmax(np.where(np.isnan(gap), np.inf, gap)))
        shown = [number if math.isfinite(number) else None for number in value.tolist()]
        entries.append({"statistic": name, "stored": shown, "recomputed": mine.tolist()})
        if not gap[worst] <= NOTICEABLE:
            warnings.append(
                f"stored {name} of action dimension {worst} is {value[worst]:.6g}, the data give {mine[worst]:.6g}"
            )
    return entries, warnings
