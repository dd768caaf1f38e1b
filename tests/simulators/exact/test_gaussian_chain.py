"""The density of a piecewise linear chain under Gaussian noise."""

import numpy as np
import pytest
from scipy.special import ndtr

from simulators.errors import DomainError
from simulators.exact.gaussian_chain import GaussianChain


def test_the_stationary_law_of_a_linear_chain_stays_within_the_stated_error():
    slope, sigma = 0.5, 0.3
    spread = sigma / np.sqrt(1 - slope**2)
    ends = np.linspace(-9 * spread, 9 * spread, 301)
    chain = GaussianChain(ends[:-1], ends[1:], np.full(300, slope), np.zeros(300), sigma)
    law = np.diff(ndtr(ends / spread))
    laws = chain.laws(law, 30)
    for h in (1, 5, 29):
        off = np.abs(laws[h] - law).sum()
        assert off <= chain.error(h) + 1e-12
    assert off > 0
    assert chain.matrix.sum(axis=1) == pytest.approx(1)


def test_cells_must_join():
    with pytest.raises(DomainError, match="cells must be intervals that join"):
        GaussianChain([0.0, 2.0], [1.0, 3.0], [1.0, 1.0], [0.0, 0.0], 1.0)
