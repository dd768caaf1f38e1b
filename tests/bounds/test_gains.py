"""Gains: displacement, closed loop, sequences, and linear systems."""

import numpy as np
import pytest
from hypothesis import settings

from bounds.errors import AssumptionError, ParameterError
from bounds.gains import ExponentialGain, Gain, GainSequence, MaxTypeGain

properties = settings(deadline=None, max_examples=60)
LINEAR = [ExponentialGain(0.5, 0.9), GainSequence(0.5 * 0.9 ** np.arange(40))]


@pytest.mark.parametrize("gain", [*LINEAR, MaxTypeGain(2.0)], ids=lambda g: type(g).__name__)
def test_every_gain_keeps_the_first_state_and_grows(gain):
    assert isinstance(gain, Gain)
    moved = gain.displacement(np.array([0.0, 0.1]), 20)
    assert moved.shape == (2, 20)
    assert (moved[0] == 0).all()
    assert moved[1, 0] == 0
    assert (np.diff(moved[1]) >= 0).all()
    assert gain.displacement(np.array(0.3), 1).tolist() == [0.0]


@pytest.mark.parametrize("gain", LINEAR, ids=lambda g: type(g).__name__)
def test_a_linear_gain_answers_sequences_and_constants_alike(gain):
    assert gain.linear
    assert gain.response(np.full(30, 0.2)) == pytest.approx(gain.displacement(np.array(0.2), 30), rel=1e-13)
    one = gain.response(np.eye(1, 30)[0])
    assert one[1:] == pytest.approx(np.diff(gain.displacement(np.array(1.0), 30)), rel=1e-9)


def test_exponential_and_sequence_agree_in_closed_loop():
    radius, lipschitz = np.array([0.1, 0.2]), np.array(0.3)
    sequence = GainSequence(0.5 * 0.9 ** np.arange(40))
    expected = ExponentialGain(0.5, 0.9).feedback(radius, lipschitz, 40)
    assert sequence.feedback(radius, lipschitz, 40) == pytest.approx(expected, rel=1e-13)


def test_max_type_gain_takes_any_nondecreasing_function():
    curved = MaxTypeGain(np.sqrt)
    assert curved.displacement(np.array(0.25), 3).tolist() == [0.0, 0.5, 0.5]
    assert curved.response(np.array([0.25, 0.0, 1.0, 9.0])).tolist() == [0.0, 0.5, 0.5, 1.0]
    assert not curved.linear
    with pytest.raises(AssumptionError, match="exponential or a sequence to close the loop, got a max-type modulus"):
        curved.feedback(np.array(0.1), np.array(1.0), 3)


@pytest.mark.parametrize("gamma", [lambda r: -r - 1, lambda r: r * np.nan, lambda r: np.zeros(3)])
def test_max_type_gain_refuses_what_is_no_modulus(gamma):
    with pytest.raises(ParameterError, match="gamma must map radii to nonnegative radii of the same shape"):
        MaxTypeGain(gamma).displacement(np.array(0.1), 3)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ExponentialGain(-1.0, 0.5), "C must be a number >= 0, got -1.0"),
        (lambda: ExponentialGain(1.0, np.nan), "eta must be a number >= 0, got nan"),
        (lambda: GainSequence([1.0, -0.1]), "gains must be a finite, nonnegative 1-D sequence"),
        (lambda: GainSequence([[1.0]]), "gains must be a finite, nonnegative 1-D sequence"),
        (lambda: GainSequence([1.0]).displacement(np.array(1.0), 3), "gains must reach H - 1 = 2 entries, got 1"),
        (lambda: MaxTypeGain(-1.0), "C must be a number >= 0, got -1.0"),
    ],
)
def test_bad_gains_are_refused(build, message):
    with pytest.raises(ParameterError, match=message):
        build()


def test_a_base_that_overflows_alone_may_have_finite_products():
    moved = ExponentialGain(1e-200, 1.5).displacement(np.array(1e-100), 2000)
    assert np.isfinite(moved).all()
    assert moved[-1] == pytest.approx(10 ** (-300 + 1998 * np.log10(1.5) + np.log10(3)), rel=1e-9)


@pytest.mark.parametrize(("alpha", "total"), [(0.5, 49 / 8192), (2.0, 13 / 512)])
def test_displacement_of_a_scalar_system_adds_up_to_the_known_numbers(alpha, total):
    for gains in (ExponentialGain(1.0, alpha), GainSequence(alpha ** np.arange(4))):
        assert gains.displacement(np.asarray(1 / 1024), 5).sum() == pytest.approx(total, rel=1e-14)
