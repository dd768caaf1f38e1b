"""Octo's tokenizers: bins of equal width, and of equal normal mass."""

from functools import partial

import numpy as np

from simulators.errors import DomainError, finite_number, interval, positive_int
from simulators.quantizers.entry import Entry
from simulators.quantizers.normalizers import openvla_q99, zscore
from simulators.quantizers.scalar import ScalarQuantizer, even_edges, midpoints

OCTO_CLIP = 1e-6
"""How far inside its range, and how far inside (0, 1), Octo keeps values and quantile levels."""


def octo_uniform(bins: int = 256, *, low: float = 0.0, high: float = 1.0) -> ScalarQuantizer:
    """Return Octo's uniform tokenizer: left-closed cells and midpoints, values clipped 1e-6 inside the range.

    The project's own range is [0, 1]: unless another is given, every negative action becomes token 0.

    Raises:
        DomainError: the cells are not wider than that margin.

    >>> octo_uniform(4).quantize([-0.9, 0.0, 1.0]).tolist()
    [0.125, 0.125, 0.875]
    """
    left, right = interval(low, high)
    if (right - left) / positive_int("bins", bins) <= OCTO_CLIP:
        raise DomainError(f"bins must leave cells wider than {OCTO_CLIP}, got {bins} on [{left}, {right}]")
    edges = even_edges(bins, left, right)
    return ScalarQuantizer("octo_uniform", edges[1:-1], midpoints(edges), low=left, high=right, closed="left")


def octo_normal(bins: int = 256) -> ScalarQuantizer:
    """Return Octo's Gaussian tokenizer for z-scored data: equal normal mass a cell, midpoint codes.

    Thresholds are Φ⁻¹ of an even grid on [1e-6, 1 − 1e-6]; a value outside them (from about 4.753 on) becomes
    token 0, the most negative action. So the map is not monotone, its sup error over the closed range is
    attained at the right end, and no relaxed continuity survives it.

    >>> q = octo_normal()
    >>> q.quantize([0.0, 6.0]).round(2).tolist()
    [0.0, -3.71]
    """
    from scipy.special import ndtri

    levels = np.linspace(OCTO_CLIP, 1 - OCTO_CLIP, positive_int("bins", bins) + 1)
    edges = ndtri(levels)
    return ScalarQuantizer(
        "octo_normal",
        edges[1:-1],
        midpoints(edges),
        low=finite_number("low", edges[0]),
        high=finite_number("high", edges[-1]),
        closed="left",
        outside="first",
    )


ENTRIES = (
    Entry(
        "octo_uniform",
        octo_uniform,
        "Octo's uniform head as it comes: z-scores on bins of [0, 1], so that whatever is below the mean is token 0",
        zscore,
        compared=False,
        title="Octo uniform",
    ),
    Entry(
        "octo_uniform_q99",
        partial(octo_uniform, low=-1.0, high=1.0),
        "Octo's uniform bins on the range [−1, 1], behind OpenVLA's quantile normalizer",
        openvla_q99,
        title="Octo uniform, q99",
    ),
    Entry(
        "octo_normal",
        octo_normal,
        "Octo: equal normal mass on z-scores; values beyond ±4.753 become token 0",
        zscore,
        title="Octo normal",
    ),
)
"""Octo's heads, and what people put before them."""
