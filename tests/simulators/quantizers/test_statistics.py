"""Statistics are given, or computed from pooled data."""

import numpy as np
import pytest

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.statistics import Statistics, pooled


def test_statistics_can_be_given_computed_or_both() -> None:
    s = Statistics.of([[0.0], [1.0]], known={"q99": [5.0]})
    assert (s["q99"].item(), s["q01"].item()) == (5.0, 0.01)
    assert not Statistics({"q01": [0.0], "q99": [1.0]}).has("low", "high")
    for known, message in (({"q50": [0.0]}, "statistics must be among"), ({"low": [np.inf]}, "low must be finite")):
        with pytest.raises(DomainError, match=message):
            Statistics(known)
    with pytest.raises(ShapeError, match="neither"):
        Statistics({})
    with pytest.raises(ShapeError, match="mask must have shape"):
        Statistics({"low": [0.0]}, mask=[True, False])


def test_pooling_needs_actions() -> None:
    for nothing in (np.zeros((0, 2)), np.zeros(3)):
        with pytest.raises(ShapeError, match="at least one action"):
            pooled(nothing)
