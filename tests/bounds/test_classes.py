"""Class sizes that grow with the bins."""

import math
from itertools import product

import numpy as np
import pytest

from bounds.classes import SoftmaxClass, TabularClass
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
