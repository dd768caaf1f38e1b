"""Class sizes that grow with the bins."""

import math
from itertools import product

import numpy as np
import pytest

from bounds.classes import SoftmaxClass, TabularClass, TabularCover
from bounds.errors import ParameterError


@pytest.mark.parametrize(("states", "dimension", "horizon", "bins"), [(2, 1, None, 3), (2, 2, None, 2), (1, 2, 3, 2)])
def test_tabular_classes_are_counted(states, dimension, horizon, bins):
    actions = list(product(range(bins), repeat=dimension))
    policies = len(list(product(actions, repeat=states * (horizon or 1))))
    found = TabularClass(states, dimension, horizon)(np.array(float(bins)))
    assert found == pytest.approx(math.log(policies), rel=1e-14)


def test_one_bin_leaves_one_tabular_policy():
    assert TabularClass(5)(np.array([1.0, 2.0])).tolist() == [0.0, 5 * math.log(2)]


def test_softmax_classes_are_all_settings_of_their_stored_weights():
    weights = 3 * 2 * 4
    assert SoftmaxClass(features=3, dimension=2, bits=8)(np.array(4.0)) == pytest.approx(math.log(2 ** (8 * weights)))


@pytest.mark.parametrize(
    "build",
    [
        lambda: TabularClass(0),
        lambda: TabularClass(2.0),
        lambda: TabularClass(2, dimension=-1),
        lambda: TabularClass(2, horizon=0),
        lambda: TabularClass(True),
        lambda: SoftmaxClass(0),
        lambda: SoftmaxClass(1, bits=0),
    ],
)
def test_sizes_must_be_whole_and_positive(build):
    with pytest.raises(ParameterError, match="must be a whole number >= 1, got"):
        build()


@pytest.mark.parametrize("bins", [2, 3, 5])
@pytest.mark.parametrize("scale", [0.05, 0.5, 3.0])
def test_the_cover_of_stochastic_policies_covers(bins, scale):
    """Every law is at most exp(scale) times a multiple of 1/m: round up what the scale leaves, fill up the rest."""
    m = float(TabularCover(states=1, horizon=1, log_cover=scale).parts(np.array(float(bins))))
    rng = np.random.default_rng(bins)
    for law in (*rng.dirichlet(np.full(bins, 0.3), 200), np.full(bins, 1 / bins)):
        assert np.ceil(m * np.exp(-scale) * law - 1e-12).sum() <= m


def test_fewer_parts_do_not_cover_two_actions():
    """m = K / (exp(c) - 1) would be 1 at K = 2, c = log 3; no whole number of parts covers a fair coin then."""
    assert TabularCover(states=1, horizon=1, log_cover=np.log(3)).parts(np.array(2.0)) == 2
    assert np.ceil(1 / 3 * np.array([0.5, 0.5])).sum() > 1


def test_the_cover_counts_compositions():
    cover = TabularCover(states=3, horizon=4, log_cover=1.0, varying=True)
    m = int(cover.parts(np.array(3.0)))
    assert float(cover(np.array(3.0))) == pytest.approx(3 * 4 * math.log(math.comb(m + 2, 2)), rel=1e-12)
    with pytest.raises(ParameterError, match=r"log_cover must be a positive number, got 0\.0"):
        TabularCover(states=1, horizon=1, log_cover=0.0)
