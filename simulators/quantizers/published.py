"""More published tokenizers of single scalars: openpi's bins, Gato's, mu-law companding, FSQ, RT-1's arm."""

import math
from collections.abc import Callable

import numpy as np

from simulators.errors import FloatArray, finite_number, positive_int, positive_number
from simulators.quantizers.entry import Entry
from simulators.quantizers.learned import PerDimension
from simulators.quantizers.normalizers import openpi_q99, zscore
from simulators.quantizers.scalar import ScalarQuantizer, even_edges, midpoints, rt1, uniform

FSQ_MARGIN = 1e-3
"""FSQ's tanh reaches this much, relatively, beyond the outermost levels, so that they can be mapped back."""


def openpi_bins(bins: int = 256) -> ScalarQuantizer:
    """Return openpi's binning baseline on [−1, 1]: token k of K executes 2k/K − 1, the left edge of its cell.

    The project decodes only; that actions get the token of the cell they lie in, left-closed, is ours.

    Raises:
        DomainError: bins < 1.

    >>> openpi_bins(4).quantize([-1.0, 0.1, 1.0]).tolist()
    [-1.0, 0.0, 0.5]
    """
    edges = even_edges(positive_int("bins", bins), -1.0, 1.0)
    return ScalarQuantizer("openpi_bins", edges[1:-1], edges[:-1], low=-1.0, high=1.0, closed="left")


def gato(bins: int = 1024) -> ScalarQuantizer:
    """Return Gato's action tokens: left-closed uniform bins on [−1, 1], executed as midpoints.

    >>> gato().cells, gato().sup_error
    (1024, 0.0009765625)
    """
    edges = even_edges(positive_int("bins", bins), -1.0, 1.0)
    return ScalarQuantizer("gato", edges[1:-1], midpoints(edges), low=-1.0, high=1.0, closed="left")


def mu_law(bins: int = 1024, *, mu: float = 100.0, largest: float = 256.0) -> ScalarQuantizer:
    """Return Gato's mu-law companding: bins that are even in sign(u) log(μ|u| + 1)/log(μM + 1), clipped to [−1, 1].

    The range in u is [−M, M]. Gato compands observations so, its actions are in [−1, 1] already.

    Args:
        bins: cells of the companded value.
        mu: μ.
        largest: M.

    Raises:
        DomainError: bins < 1, mu or largest ≤ 0, or cells around 0 that floats cannot tell apart.

    >>> q = mu_law()
    >>> q.high, float(q.quantize(0.0).round(5)), round(q.sup_error, 2)
    (256.0, 0.0001, 2.53)
    """
    top = positive_number("largest", largest)
    rate = math.log1p(positive_number("mu", mu) * top)

    def expanded(v: FloatArray) -> FloatArray:
        return np.asarray(np.sign(v) * np.expm1(np.abs(v) * rate) / mu)

    even = even_edges(positive_int("bins", bins), -1.0, 1.0)
    table = expanded(midpoints(even)).clip(-top, top)
    return ScalarQuantizer("mu_law", expanded(even)[1:-1], table, low=-top, high=top, closed="left")


def fsq(levels: int = 8) -> ScalarQuantizer:
    """Return finite scalar quantization without its encoder and decoder: tanh to `levels` integers, rounded, and back.

    Codes go back through the inverse of the bounded map, which the project's decoder network would learn. Beyond
    the outermost codes the error grows without bound: the range given here ends there, and beyond is clipped.

    Args:
        levels: codes of one scalar, at least 2.

    Raises:
        DomainError: levels < 2.

    Source: arXiv:2309.15505, equation 2 and its implementation, without the straight-through gradient.

    >>> fsq(3).codes.round(2).tolist()
    [-3.8, 0.0, 3.8]
    """
    half = (positive_int("levels", levels, minimum=2) - 1) * (1 + FSQ_MARGIN) / 2
    offset = 0.5 if levels % 2 == 0 else 0.0
    shift = math.atanh(offset / half) if offset else 0.0
    codes = np.arange(levels) - (levels // 2)
    table = np.arctanh((codes + offset) / half) - shift
    thresholds = np.arctanh((codes[1:] - 0.5 + offset) / half) - shift
    return ScalarQuantizer("fsq", thresholds, table, low=table[0], high=table[-1])


def rt1_arm(vocabulary: int = 256, *, translation: float = 1.0) -> PerDimension:
    """Return RT-1's truncation on the ranges of its arm: translation (3), rotation ±π/2 (3), gripper ±1 (1).

    Args:
        vocabulary: tokens of a dimension.
        translation: half the range of a translation; 1 or, for some of the project's data, 2.

    Raises:
        DomainError: vocabulary < 2, or translation ≤ 0.

    >>> rt1_arm().sup_errors(7).round(4).tolist()
    [0.0078, 0.0078, 0.0078, 0.0123, 0.0123, 0.0123, 0.0078]
    """
    reach = positive_number("translation", translation)
    one, move = rt1(vocabulary), rt1(vocabulary, low=-reach, high=reach)
    turn = rt1(vocabulary, low=-math.pi / 2, high=math.pi / 2)
    return PerDimension("rt1_arm", (move,) * 3 + (turn,) * 3 + (one,))


def fixed_bins(bins: int = 256, *, half_width: float = 1.0) -> ScalarQuantizer:
    """Return uniform bins on a fixed range [−w, w], whatever the data.

    >>> fixed_bins(4).codes.tolist()
    [-0.75, -0.25, 0.25, 0.75]
    """
    w = finite_number("half_width", half_width)
    return uniform(bins, low=-w, high=w)


def _entry(make: Callable[..., ScalarQuantizer | PerDimension], summary: str, size: str = "bins") -> Entry:
    return Entry(make.__name__, make, summary, size=size, compared=False)


ENTRIES = (
    _entry(fixed_bins, "uniform bins on [−1, 1] for every dimension, whatever the data"),
    _entry(gato, "Gato's actions: 1024 left-closed uniform bins on [−1, 1], midpoints"),
    _entry(
        mu_law, "Gato's mu-law companding (mu = 100, M = 256), then 1024 uniform bins; Gato uses it on observations"
    ),
    Entry(
        "openpi_bins",
        openpi_bins,
        "openpi's binning baseline: [q01, q99] not clipped, cells executed as their left edge; encoding is ours, "
        "openpi decodes only",
        openpi_q99,
        compared=False,
    ),
    _entry(
        rt1_arm,
        "RT-1 on the fixed ranges of its 7 arm dimensions: ±1 (some of its data: ±2), ±π/2, gripper ±1",
        "vocabulary",
    ),
    Entry(
        "fsq",
        fsq,
        "finite scalar quantization of z-scores, per dimension, without its neural encoder and decoder",
        zscore,
        size="levels",
        compared=False,
        title="FSQ",
    ),
)
"""Compared where they are asked for."""
