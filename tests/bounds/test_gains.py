"""Gains: displacement, closed loop, sequences, and linear systems."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds.errors import AssumptionError, ParameterError
from bounds.gains import ExponentialGain, Gain, GainSequence, LinearSystemGain, MaxTypeGain

properties = settings(deadline=None, max_examples=60)
SYSTEM = LinearSystemGain([[0.6, 0.3], [-0.2, 0.5]], [[1.0], [0.5]], norm="l2")
LINEAR = [ExponentialGain(0.5, 0.9), GainSequence(0.5 * 0.9 ** np.arange(40)), SYSTEM]


def disturbed(A, B, disturbances):
    """States of x' = A x + B u + w with u disturbed, minus the undisturbed ones."""
    moved, path = np.zeros(A.shape[0]), []
    for disturbance in disturbances:
        path.append(moved)
        moved = A @ moved + B @ disturbance
    return path


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


@properties
@given(data=st.data())
def test_linear_system_gains_dominate_every_disturbance_and_one_attains_them(data):
    norm = data.draw(st.sampled_from(["linf", "l2"]))
    entries = st.lists(st.lists(st.floats(-1, 1), min_size=2, max_size=2), min_size=2, max_size=2)
    A, B = np.array(data.draw(entries)), np.array(data.draw(entries))
    order = np.inf if norm == "linf" else 2
    actions = np.array(data.draw(st.lists(st.lists(st.floats(-1, 1), min_size=2, max_size=2), min_size=6, max_size=6)))
    sizes = np.linalg.norm(actions, ord=order, axis=1)
    bound = LinearSystemGain(A, B, norm=norm).response(sizes)
    path = disturbed(A, B, actions)
    assert all(np.linalg.norm(x, ord=order) <= limit + 1e-12 for x, limit in zip(path, bound, strict=True))
    last = np.linalg.matrix_power(A, 4) @ B  # g_4 is a norm: some unit disturbance of the first action attains it
    if norm == "l2":
        worst = np.linalg.svd(last)[2][0]
    else:
        worst = np.where(last[np.argmax(np.abs(last).sum(axis=1))] >= 0, 1.0, -1.0)
    pushed = disturbed(A, B, [worst, *np.zeros((5, 2))])[5]
    gain = LinearSystemGain(A, B, norm=norm).sequence(6).values[4]
    assert np.linalg.norm(pushed, ord=order) == pytest.approx(gain, rel=1e-9, abs=1e-12)


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
        (lambda: LinearSystemGain([[1.0, 0.0]], [[1.0]]), r"A must be \(dx, dx\) and B \(dx, du\), got \(1, 2\)"),
        (lambda: LinearSystemGain([[1.0]], [[1.0], [1.0]]), r"A must be \(dx, dx\) and B \(dx, du\)"),
        (lambda: LinearSystemGain([[np.inf]], [[1.0]]), "A and B must be finite"),
        (lambda: LinearSystemGain([[1.0]], [[1.0]], norm="l1"), "norm must be one of linf, l2, got 'l1'"),
        (lambda: LinearSystemGain([[10.0]], [[1.0]]).sequence(400), "gains must be a finite"),
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
    for gains in (ExponentialGain(1.0, alpha), LinearSystemGain([[alpha]], [[1.0]])):
        assert gains.displacement(np.asarray(1 / 1024), 5).sum() == pytest.approx(total, rel=1e-14)
