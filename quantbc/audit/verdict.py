"""What to use, how many bins, why, and what would break: the first screen of an audit, for plain deployment.

A tokenizer is good enough where its error is within a target; of those that are, the one with the fewest bits is used,
as finer tokens are not free. The target is the user's tolerance; without one, a share of the expert's own noise, below
which finer codes imitate nothing; without observations, a share of the range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from quantbc.audit.stability import NOISELESS, Stability
from quantbc.audit.survey import Survey
from quantbc.audit.tokenizers import TokenizerReport
from quantbc.words import dimension_name, percent
from simulators.errors import FloatArray

_SHARE_OF_NOISE = 0.25
"""A mean error of a quarter of the noise adds less than five percent to its deviation."""
_SHARE_OF_RANGE = 0.01


@dataclass(frozen=True, eq=False)
class Target:
    """How large an error may be.

    Attributes:
        errors: the largest error that is good enough, raw units, shape (d,); infinite where nothing is asked.
        basis: where it comes from, in words.
        sure: whether the largest error on the data must keep it; if not, the mean error.
        estimated: whether it rests on an estimate.
    """

    errors: FloatArray
    basis: str
    sure: bool
    estimated: bool


@dataclass(frozen=True)
class Verdict:
    """The answer.

    Attributes:
        tokenizer: name of what to use; None where nothing measured is good enough.
        bins: its size.
        bits_per_step: what an action costs in bits with it.
        closest: name and size of what comes nearest to the target, where nothing keeps it.
        largest_error_raw: the largest error of it on the data, in the dimension that errs most of its target.
        mean_error_raw: its mean error there.
        judged: which of the two must keep the target, ``"largest"`` or ``"mean"``.
        dimension: that dimension, by name and number.
        target_raw: what is good enough there.
        basis: where the target comes from.
        uniform_bins: uniform bins on the data's range that keep the target, one number a dimension; None where the
            dimension does not change.
        breaks: what would go wrong with the other tokenizers, or with all, in sentences.
        estimated: which of these rest on estimates.
    """

    tokenizer: str | None
    bins: int | None
    bits_per_step: float | None
    closest: str
    largest_error_raw: float
    mean_error_raw: float
    judged: str
    dimension: str
    target_raw: float
    basis: str
    uniform_bins: tuple[int | None, ...]
    breaks: tuple[str, ...]
    estimated: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self)


def target(
    found: Survey,
    stability: Stability | None,
    tolerance: float | Sequence[float] | None,
    names: tuple[str, ...] | None = None,
) -> Target:
    """Return how large an error may be in every dimension.

    Args:
        found: ranges of the data.
        stability: the expert's noise, where observations allow to estimate it.
        tolerance: what the user asks for, in the unit of the actions, one number for all entries or one for each; None
            for a share of the noise or the range.
        names: what the file calls the entries of an action.
    """
    half = found.actions.half_range
    still = np.zeros(len(half), dtype=np.bool_)
    still[found.actions.constant] = True
    if tolerance is not None:
        basis = "your tolerance" + (f", {tolerance:.4g} per dimension" if isinstance(tolerance, float) else " there")
        return Target(np.where(still, np.inf, tolerance), basis, True, False)
    basis = f"{percent(_SHARE_OF_RANGE)} of each dimension's range"
    if stability is not None:
        noise = stability.noise * half
        silent = np.flatnonzero((noise <= NOISELESS * half) & ~still)
        if not silent.size:
            share = np.where(still, np.inf, _SHARE_OF_NOISE * noise)
            return Target(share, "a quarter of the expert's own noise", False, True)
        basis += f", as {dimension_name(names, int(silent[0]))} shows no noise"
    return Target(np.where(still, np.inf, _SHARE_OF_RANGE * 2 * half), basis, True, False)


def verdict(
    found: Survey,
    reports: Sequence[TokenizerReport],
    stability: Stability | None,
    *,
    tolerance: float | Sequence[float] | None,
    names: tuple[str, ...] | None,
    breaks: Sequence[str] = (),
) -> Verdict:
    """Choose among the tokenizers that were measured.

    Args:
        found: ranges of the data.
        reports: what was measured.
        stability: dynamics and noise; None where they are unknown.
        tolerance: largest error that is good enough, raw units, for all entries or for each; None to find one in the
            data.
        names: what the file calls the entries of an action.
        breaks: what else would go wrong, in sentences.
    """
    aim = target(found, stability, tolerance, names)
    sound = [report for report in reports if all(entry["effect"] == "none" for entry in report.left_out())]
    good = [report for report in sound if _worst(report, aim)[0] <= 1.0]
    ranked = sorted(good, key=_bits) or sorted(sound or reports, key=lambda report: _worst(report, aim)[0])
    best = ranked[0]
    _, where = _worst(best, aim)
    widths = 2 * found.actions.half_range / ((2 if aim.sure else 4) * aim.errors)
    return Verdict(
        tokenizer=best.candidate.name if good else None,
        bins=best.candidate.bins if good else None,
        bits_per_step=_bits(best) if good else None,
        closest=best.candidate.label,
        largest_error_raw=float(best.usage.max_error[where]),
        mean_error_raw=float(best.usage.average_error[where]),
        judged="largest" if aim.sure else "mean",
        dimension=dimension_name(names, where),
        target_raw=float(aim.errors[where]),
        basis=aim.basis,
        uniform_bins=tuple(None if not width else max(1, math.ceil(width - 1e-9)) for width in widths.tolist()),
        breaks=(*_broken(reports), *breaks, *_unstable(stability)),
        estimated=("target",) * aim.estimated + ("dynamics",) * (stability is not None),
    )


def _bits(report: TokenizerReport) -> float:
    """Bits of an action; where token values are unbounded, at their own frequencies."""
    bits = report.bits_per_step
    return report.entropy_bits_per_step if bits is None else bits


def _worst(report: TokenizerReport, aim: Target) -> tuple[float, int]:
    """The largest share of the target that a tokenizer's error takes, and in which dimension."""
    errors = report.usage.max_error if aim.sure else report.usage.average_error
    shares = errors / aim.errors
    where = int(np.argmax(shares))
    return float(shares[where]), where


def _broken(reports: Sequence[TokenizerReport]) -> list[str]:
    """Tokenizers that lose a dimension, one sentence for each way."""
    lost: dict[str, list[str]] = {}
    for report in reports:
        for entry in report.left_out():
            if entry["effect"] == "none":
                continue
            where = dimension_name(report.names, entry["dimension"])
            how = "erases" if entry["effect"] == "erased" else "overflows on"
            lost.setdefault(f"{how} {where}", []).append(report.candidate.label)
    return [f"{what}: {', '.join(labels)}" for what, labels in lost.items()]


def _unstable(stability: Stability | None) -> list[str]:
    if stability is None or stability.doubtful or stability.eta < 1:
        return []
    open_loop = f"errors grow in open loop: the estimated gains have eta = {stability.eta:.4g}"
    if stability.loop_eta < 1:
        return [f"{open_loop}; only the expert's feedback contains them (closed-loop eta = {stability.loop_eta:.4g})"]
    return [
        f"{open_loop}, and the expert's feedback does not contain them (closed-loop eta = {stability.loop_eta:.4g})"
    ]
