"""Measurements split the error and speak in the data's units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.chunk import FastDCT
from simulators.quantizers.measure import measure
from simulators.quantizers.normalizers import Normalized, openvla_q99
from simulators.quantizers.octo import octo_normal
from simulators.quantizers.scalar import openvla, rt1, uniform
from simulators.quantizers.statistics import Statistics


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), bins=st.integers(1, 20))
def test_error_is_at_most_clip_plus_bin_error(seed: int, bins: int) -> None:
    u = np.random.default_rng(seed).normal(size=(7, 20, 3))
    m = measure(uniform(bins), u)
    q = uniform(bins).quantize(u)
    assert m.average_error == pytest.approx(np.abs(q - u).mean(axis=(0, 1)))
    assert m.max_error == pytest.approx(np.abs(q - u).max(axis=(0, 1)))
    assert np.all(m.average_error <= m.clip_error + m.bin_error + 1e-12)
    assert np.all(m.bin_error <= 1 / bins + 1e-12)
    assert m.clip_error == pytest.approx(np.maximum(np.abs(u) - 1, 0).mean(axis=(0, 1)))
    assert m.clipped == pytest.approx((np.abs(u) > 1).mean(axis=(0, 1)))
    assert m.distinct_actions == len(np.unique(q.reshape(-1, 3), axis=0))


def test_bias_and_zero_action_of_the_presets() -> None:
    u = np.random.default_rng(0).uniform(-1, 1, size=(200_000, 1))
    m = measure(rt1(), u)
    assert m.bias.item() == pytest.approx(-1 / 255, rel=0.02)
    assert m.zero_action.item() == pytest.approx(-1 / 255)
    assert abs(measure(openvla(), u).bias.item()) < 3e-5
    assert measure(openvla(), u).zero_action.item() == 0.0


def test_q99_clips_about_one_percent_on_each_side_in_raw_units() -> None:
    u = np.random.default_rng(0).normal(size=(20_000, 1)) * 50
    m = measure(Normalized(openvla_q99(Statistics.of(u)), openvla()), u)
    assert m.clipped.item() == pytest.approx(0.02, abs=1e-3)
    assert m.clip_error.item() > 0.02 * 5
    assert m.bin_error.item() == pytest.approx(50 * 2.326 / 255 / 2, rel=0.05)


def test_octo_normal_has_no_clip_but_a_jump() -> None:
    m = measure(octo_normal(), [[6.0], [0.0]])
    assert m.max_error.item() == pytest.approx(9.71, abs=0.01)


def test_chunks_are_measured_per_step() -> None:
    u = np.random.default_rng(0).uniform(-1, 1, size=(50, 10, 2))
    m = measure(FastDCT(10), u)
    assert m.unit == "chunk"
    assert m.average_error.shape == (2,)
    assert np.all(m.average_error <= 0.05)
    assert m.zero_action.tolist() == [0.0, 0.0]


def test_bad_input_is_refused() -> None:
    for nothing in (np.zeros((0, 2)), np.zeros(3)):
        with pytest.raises(ShapeError, match="at least one action"):
            measure(uniform(2), nothing)
    with pytest.raises(DomainError, match="actions must be finite"):
        measure(uniform(2), [[np.inf]])
