"""Octo's bins: a safety margin, and equal mass with a jump."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from simulators.quantizers.octo import octo_normal, octo_uniform
from simulators.quantizers.registry import build
from simulators.quantizers.scalar import torchrl_uniform


@settings(deadline=None)
@given(st.floats(-2, 2))
def test_octo_uniform_is_torchrl_with_a_safety_margin(a: float) -> None:
    inside = float(np.clip(a, -1 + 1e-6, 1 - 1e-6))
    assert octo_uniform(256, low=-1.0).encode(a) == torchrl_uniform(256).encode(inside)


def test_octo_normal_has_equal_mass_and_unequal_width() -> None:
    q = octo_normal()
    widths = np.diff(q.edges)
    assert q.high == pytest.approx(4.753, abs=1e-3)
    assert q.low == pytest.approx(-q.high)
    assert widths[127] == pytest.approx(0.0098, abs=1e-4)
    assert widths[0] == pytest.approx(2.09, abs=1e-2)
    assert np.diff(ndtr(q.edges)) == pytest.approx(np.full(256, (1 - 2e-6) / 256), rel=1e-8)


def test_octo_normal_sends_large_values_to_the_most_negative_action() -> None:
    q = octo_normal()
    assert q.quantize(6.0) == pytest.approx(-3.71, abs=5e-3)
    assert q.encode([6.0, q.high, -6.0, np.nextafter(q.high, 0)]).tolist() == [0, 0, 0, 255]
    assert q.quantize(4.0) > 0 > q.quantize(5.0)
    assert q.sup_error == pytest.approx(q.high + 3.71, abs=1e-2)


def test_octo_uniform_as_it_comes_loses_all_negative_actions() -> None:
    q = octo_uniform()
    assert (q.cells, q.quantize([-0.7, 0.0, 2.0]).tolist()) == (256, [1 / 512, 1 / 512, 1 - 1 / 512])
    u = np.random.default_rng(0).normal(3.0, 2.0, size=(5000, 1))
    tokens = build("octo_uniform", actions=u).encode(u)
    assert np.mean(tokens == 0) == pytest.approx(0.5, abs=0.02)
    assert np.abs(build("octo_uniform_q99", actions=u).quantize(u) - u).max() < 4
