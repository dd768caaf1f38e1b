"""The law of a piecewise linear chain under Gaussian noise, carried by cell masses, with the error of every mass."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulators.errors import DomainError, FloatArray, positive_number
from simulators.exact.density import CellChain

TAIL = 2.0**-50
"""What may leave the outermost cells in a step; it is counted in them."""


@dataclass(frozen=True, eq=False)
class GaussianChain(CellChain):
    """x' = slope_i x + offset_i + w for x in cell i, w ~ N(0, sigma²); the outermost cells take what lies beyond them.

    As in `simulators.exact.density.NoisyChain`, with V = √(2/π)/sigma, the total variation of the noise's density, for
    1/W: a step maps a law with constant density on each cell exactly, spreading it evenly adds e with ‖e‖₁ ≤ D V/2, D
    the widest cell, and a later step leaves at most s V/2 of that, s the largest |slope_i|·(width of cell i). A first
    law whose density has total variation at most V counts as one spreading more.

    Attributes:
        low: left ends of the cells, shape (cells,), increasing.
        high: right ends, each the next left end.
        slope: shape (cells,), not 0.
        offset: shape (cells,).
        sigma: standard deviation of the noise, > 0.

    Raises:
        ShapeError, DomainError: arrays that do not agree, cells that do not join, a slope of 0.

    >>> chain = GaussianChain([-9.0, 0.0], [0.0, 9.0], [0.5, 0.5], [0.0, 0.0], 1.0)
    >>> chain.laws([0.25, 0.75], 2).round(3).tolist()
    [[0.25, 0.75], [0.294, 0.706]]
    """

    sigma: float

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "sigma", positive_number("sigma", self.sigma))
        if np.any(self.high <= self.low) or np.any(self.low[1:] != self.high[:-1]) or np.any(self.slope == 0):
            raise DomainError("cells must be intervals that join, with slopes other than 0")

    @cached_property
    def matrix(self) -> FloatArray:
        """matrix[i, j] = P(x' in cell j | x uniform on cell i)."""
        from scipy.special import ndtr

        a, b = np.sort([self.slope * end + self.offset for end in (self.low, self.high)], axis=0)[:, :, None]

        def summed(v: FloatArray) -> FloatArray:
            """Antiderivative of the normal distribution function."""
            return np.asarray(v * ndtr(v) + np.exp(-(v**2) / 2) / np.sqrt(2 * np.pi))

        ends = self.low[1:]
        below = (summed((ends - a) / self.sigma) - summed((ends - b) / self.sigma)) * self.sigma / (b - a)
        return np.diff(np.clip(below, 0.0, 1.0), prepend=0.0, append=1.0, axis=1)

    def error(self, h: int) -> float:
        """Return the bound on Σ_i |mass[h, i] − true mass| (rounding apart)."""
        widths = self.high - self.low
        variation = np.sqrt(2 / np.pi) / self.sigma
        stretch = float(np.max(np.abs(self.slope) * widths))
        return h * (stretch * float(widths.max()) * float(variation) ** 2 / 4 + TAIL)
