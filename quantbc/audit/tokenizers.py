"""One tokenizer's line in the audit: errors in its own and in raw units, tokens, codebook use, and what to watch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from quantbc.audit.candidates import Candidate, chunk_length
from quantbc.audit.episodes import NOTICEABLE
from quantbc.audit.survey import Spread, Survey
from quantbc.audit.tally import Usage
from simulators.errors import FloatArray, IntArray

__all__ = ["TokenizerReport", "compare_statistics", "perplexity"]

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
    """

    candidate: Candidate
    usage: Usage = field(repr=False)
    actions: Spread = field(repr=False)

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
        return float(np.max(np.maximum(promised, self.usage.max_error) / self.actions.half_range))

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
        least = 0.0 if promised is None or not clipped else float(np.max(promised / self.actions.half_range))
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
        return None if counts is None else float(np.log2(counts).sum()) / self.candidate.quantizer.steps

    @property
    def entropy_bits_per_step(self) -> float:
        """Bits of an action at the tokens' own frequencies, each token by itself."""
        bits = [float(np.log2(perplexity(histogram))) for histogram in self.usage.histograms]
        known = self.token_counts is not None
        return sum(bits) / self.candidate.quantizer.steps if known else bits[0] * len(self.actions.low)

    def as_dict(self) -> dict[str, Any]:
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
            document[name] = float(own.max() if name.startswith("sup") else own.mean())
            document[f"{name}_by_dimension"] = own.tolist()
            document[f"{name}_raw"] = raw.tolist()
        zero = self._zero()
        document["zero_action"] = float(zero[np.argmax(np.abs(zero))])
        document["zero_action_by_dimension"] = zero.tolist()
        document["sup_bin_error_raw"] = None if promised is None else promised.tolist()
        document["sup_bin_error"] = None if promised is None else float(np.max(promised / scale))
        document["clipped"] = float(usage.clipped.mean())
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
        return {
            "tokens_per_step": len(self.actions.low)
            if counts is None
            else len(counts) / self.candidate.quantizer.steps,
            "token_values": None if counts is None else list(counts),
            "bits_per_step": self.bits_per_step,
            "entropy_bits_per_step": self.entropy_bits_per_step,
            "perplexity": [perplexity(histogram) for histogram in histograms],
            "dead_codes": None if counts is None else [int((histogram == 0).sum()) for histogram in histograms],
        }

    def warnings(self) -> list[str]:
        """What people trip over with this tokenizer, each as one sentence."""
        return [*self._cell_warnings(), *self._data_warnings()]

    def _cell_warnings(self) -> list[str]:
        label, found = self.candidate.label, list[str]()
        for axis in (self.candidate.quantizer.axes(len(self.actions.low)) or ())[:1]:
            tokens, cells = axis.part.tokens, axis.part.cells
            if tokens > cells and axis.part.table[-1] == axis.part.table[-2]:
                share = float(np.mean([histogram[-1] / histogram.sum() for histogram in self.usage.histograms]))
                found.append(
                    f"{label}: {tokens} tokens are {cells} cells; the top two tokens execute the same action, "
                    f"and {100 * share:.2g} % of the data get the top one"
                )
        if self.chunk is not None:
            found.append(
                f"{label}: tokens stand for chunks of {self.chunk} steps; errors are per step of a chunk that is "
                "executed open loop, and bounds are per chunk"
            )
        return found

    def _data_warnings(self) -> list[str]:
        label, usage = self.candidate.label, self.usage
        normalizer = self.candidate.fitted.normalizer
        lost = () if normalizer is None else normalizer.degenerate
        found = [f"{label}: {one.sentence}" for one in lost if one.effect != "none"]
        if (share := float(usage.clipped.max())) >= NOTICEABLE / 10:
            worst = int(np.argmax(usage.clipped))
            found.append(
                f"{label}: {100 * share:.2g} % of dimension {worst} lies outside the tokenizer's range; the largest "
                f"error there is {usage.max_error[worst]:.4g} in raw units, from clipping {usage.max_clip[worst]:.4g}"
            )
        if usage.left_over:
            found.append(f"{label}: {usage.left_over} steps fill no whole chunk and were not measured")
        counts = self.token_counts
        if counts is not None:
            dead = sum(int((histogram == 0).sum()) for histogram in usage.histograms)
            if dead > sum(counts) / 2:
                found.append(f"{label}: {dead} of {sum(counts)} token values never occur in the data")
        return found


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
                f"stored {name} of action dimension {worst} is {value[worst]:.6g}, the data say {mine[worst]:.6g}"
            )
    return entries, warnings
