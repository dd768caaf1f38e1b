"""The tightest exponential envelope dominates, and no other has a smaller sum."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence

properties = settings(deadline=None, max_examples=60)


@properties
@given(
    values=st.lists(st.one_of(st.just(0.0), st.floats(1e-6, 10.0)), min_size=1, max_size=15),
    others=st.lists(st.floats(0.05, 4.0), min_size=5, max_size=5),
)
@example(values=[0.0], others=[0.5])
@example(values=[2.0], others=[0.5])
@example(values=[0.0, 0.0, 3.0], others=[0.5])
@example(values=[0.0, 1.0, 0.0], others=[0.5])
@example(values=[0.0, 1.0, 1.0], others=[0.5])
@example(values=[1.0, 10.0], others=[0.5])
@example(values=[1.0, 0.0, 0.0], others=[0.5])
def test_the_envelope_dominates_and_no_other_has_a_smaller_sum(values: list[float], others: list[float]) -> None:
    envelope = tightest_envelope(values)
    gains, steps = np.array(values), np.arange(len(values))
    C, eta = envelope.C, envelope.eta
    assert (C * eta**steps >= gains).all()
    if any(gains[:-1]):
        total = np.sum(C * eta**steps)
        for other in [*others, eta * 1.001, eta * 0.999]:
            if other > 0:
                assert total <= np.max(gains / other**steps) * np.sum(other**steps) * (1 + 1e-9)


def test_envelopes_of_special_sequences() -> None:
    def pair(values: npt.ArrayLike) -> tuple[float, float]:
        envelope = tightest_envelope(values)
        return envelope.C, envelope.eta

    assert pair([]) == (0.0, 0.0)
    assert pair([0.0, 0.0]) == (0.0, 0.0)
    assert pair([2.0]) == (2.0, 0.0)
    assert pair([2.0, 0.0, 0.0]) == (2.0, 0.0)
    assert pair([0.0, 0.0, 3.0]) == pytest.approx((3.0, 1.0), rel=1e-11)
    assert pair([1.0, 10.0]) == pytest.approx((1.0, 10.0), rel=1e-9)
    assert pair(1.5 * 0.8 ** np.arange(200)) == pytest.approx((1.5, 0.8), rel=1e-9)
    assert pair(0.5 * 0.01 ** np.arange(150)) == pytest.approx((0.5, 0.01), rel=1e-9)  # gains down to 1e-298


def test_the_envelope_of_a_linear_system_bounds_its_gains() -> None:
    gains = gain_sequence([[0.6, 0.3], [-0.2, 0.5]], [[1.0], [0.5]], horizon=60, norm="l2")
    envelope = tightest_envelope(gains)
    above = envelope.C * envelope.eta ** np.arange(59)
    assert np.all(above >= gains)
    assert envelope.eta < 1
    assert above.sum() < 2 * gains.sum()
