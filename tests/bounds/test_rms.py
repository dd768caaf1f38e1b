"""Errors of dithered bins: the example, exact simulation, and what noise buys."""

import math

import numpy as np
import pytest

from bounds import catalog, evaluate
from bounds.gains import GainSequence

DRIFT = catalog["wasserstein_rms"].terms["drift"].deviation
SIGMA, WIDTH, GAIN = 0.25, 1 / 16, 0.05
VALUES = {
    "H": 400,
    "C": GAIN,
    "eta": 1 - GAIN,
    "lipschitz": 0.2,
    "half_width": WIDTH,
    "density": 1 / (SIGMA * math.sqrt(2 * math.pi)),
    "bias": 0.0,
    "rms_error": WIDTH / math.sqrt(3),
}


def states(values):
    result = evaluate(catalog["wasserstein_rms"], **values)
    return DRIFT.state(result.values, int(values["H"]))


def test_dithered_bins_of_the_example_deviate_twenty_times_less_than_the_sure_bound_allows():
    """x' = (1 - a) x + a u, a = .05, 16 bins on [-1, 1], noise .25: .0116 against .234 in the long run."""
    bound = states(VALUES)
    assert bound[-1] == pytest.approx(0.01156, abs=1e-5)
    sure = catalog["common_noise"].terms["drift"].deviation
    values = {"H": 400, "n": 1, "class_size": 1, "C": GAIN, "eta": 1 - GAIN, "lipschitz": 0.2, "eps_q": WIDTH}
    assert sure.state(evaluate(catalog["common_noise"], **values).values, 400)[-1] == pytest.approx(0.2344, abs=1e-4)


def test_simulated_deviations_stay_below_and_within_a_small_factor():
    rng = np.random.default_rng(3)
    raw, coded = np.zeros(20_000), np.zeros(20_000)
    squares = []
    for _ in range(100):
        squares.append(np.mean((raw - coded) ** 2))
        noise = SIGMA * rng.normal(size=raw.size)
        label = 0.2 * coded + noise
        code = WIDTH * (2 * np.floor(label / (2 * WIDTH)) + 1)
        raw, coded = 0.95 * raw + 0.05 * (0.2 * raw + noise), 0.95 * coded + 0.05 * code
    measured = np.sqrt(squares)
    bound = states(VALUES | {"H": 100})
    assert (measured <= bound * 1.02).all()
    assert bound[-1] < 3 * measured[-1]


def test_a_sequence_of_gains_gives_what_its_exponential_does():
    values = {name: value for name, value in VALUES.items() if name not in ("C", "eta")} | {"H": 90}
    sequence = evaluate(catalog["wasserstein_rms"], **values, gains=GainSequence(GAIN * 0.95 ** np.arange(90)))
    assert sequence.total == pytest.approx(
        evaluate(catalog["wasserstein_rms"], **(VALUES | {"H": 90})).total, rel=1e-12
    )


def test_without_feedback_squares_add_by_hand_and_a_thousandth_less_is_broken():
    """g_j = .5: r_h = .5 rms_error sqrt(h - 1), attained by independent centred errors."""
    values = VALUES | {"C": 0.5, "eta": 1.0, "lipschitz": 0.0, "H": 10, "rms_error": 0.1}
    exact = 0.5 * 0.1 * np.sqrt(np.arange(10))
    assert states(values) == pytest.approx(exact, rel=1e-14)
    assert exact[-1] > 0.999 * states(values)[-1]
