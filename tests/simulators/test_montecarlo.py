"""The mean interval covers as promised, and adapts to the variance."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from simulators.errors import DomainError, ShapeError
from simulators.montecarlo import Interval, bernstein_interval, mean_interval


def hoeffding(n: int, confidence: float, length: float = 1.0) -> float:
    return length * math.sqrt(math.log(2 / (1 - confidence)) / (2 * n))


LAWS = {
    "rare one": (lambda rng, n: (rng.random(n) < 0.02).astype(float), 0.02),
    "fair coin": (lambda rng, n: (rng.random(n) < 0.5).astype(float), 0.5),
    "uniform": (lambda rng, n: rng.random(n), 0.5),
    "narrow": (lambda rng, n: 0.3 + 0.01 * rng.random(n), 0.305),
    "skewed": (lambda rng, n: rng.beta(0.2, 2.0, n), 0.2 / 2.2),
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n", [10, 200])
def test_coverage_is_not_refuted_by_an_exact_binomial_interval(law: str, n: int) -> None:
    draw, mean = LAWS[law]
    rng = np.random.default_rng(2026)
    runs, confidence = 400, 0.9
    intervals = [mean_interval(draw(rng, n), low=0.0, high=1.0, confidence=confidence) for _ in range(runs)]
    covered = sum(ci.low <= mean <= ci.high for ci in intervals)
    assert binomtest(covered, runs).proportion_ci(0.9999).high >= confidence


def test_a_central_limit_interval_would_fail_the_same_check() -> None:
    draw, mean = LAWS["rare one"]
    rng = np.random.default_rng(2026)
    covered = 0
    for _ in range(400):
        x = draw(rng, 10)
        covered += abs(x.mean() - mean) <= 1.645 * x.std(ddof=1) / math.sqrt(10)
    assert binomtest(covered, 400).proportion_ci(0.9999).high < 0.9


def wealth(x: np.ndarray, m: float, alpha: float) -> float:
    """Wealth of the gambler who bets on a mean above m, recomputed one sample at a time."""
    product, total, squares = 1.0, 0.5, 0.25
    for i, value in enumerate(x):
        variance = squares / (i + 1) if i else 0.25
        bet = min(math.sqrt(2 * math.log(2 / alpha) / (len(x) * variance)), 0.75 / m)
        product *= 1 + bet * (value - m)
        total += value
        squares += (value - total / (i + 2)) ** 2
    return product


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), alpha=st.floats(0.01, 0.5))
def test_ends_are_where_a_gambler_multiplies_his_money_by_two_over_alpha(seed: int, alpha: float) -> None:
    x = np.random.default_rng(seed).random(60) * 0.5 + 0.25
    ci = mean_interval(x, low=0.0, high=1.0, confidence=1 - alpha)
    assert wealth(x, ci.low, alpha) == pytest.approx(2 / alpha, rel=1e-6)
    assert wealth(1 - x, 1 - ci.high, alpha) == pytest.approx(2 / alpha, rel=1e-6)


def stopped(x: np.ndarray, precision: float, confidence: float) -> Interval:
    """Looked at again and again until it is narrow enough."""
    for n in range(20, len(x) + 1, 20):
        ci = mean_interval(x[:n], low=0.0, high=1.0, confidence=confidence, planned=len(x), precision=precision)
        if ci.half_width <= precision:
            break
    return ci


@pytest.mark.parametrize("law", LAWS)
def test_coverage_survives_stopping_at_the_first_interval_that_pleases(law: str) -> None:
    draw, mean = LAWS[law]
    rng = np.random.default_rng(2026)
    runs, confidence = 200, 0.9
    intervals = [stopped(draw(rng, 200), 0.15, confidence) for _ in range(runs)]
    covered = sum(ci.low <= mean <= ci.high for ci in intervals)
    assert binomtest(covered, runs).proportion_ci(0.9999).high >= confidence


def test_looking_at_a_fixed_size_interval_until_it_misses_would_fail_the_same_check() -> None:
    """Mutant: a central-limit interval at every look; a gambler in peace would pass once, not at all looks together."""
    rng = np.random.default_rng(2026)
    missed = 0
    for _ in range(200):
        x = rng.random(300)
        n = np.arange(20, 301)
        means, squares = np.cumsum(x)[19:] / n, np.cumsum(x**2)[19:] / n
        missed += bool(np.any(np.abs(means - 0.5) > 1.645 * np.sqrt((squares - means**2) / n)))
    assert binomtest(200 - missed, 200).proportion_ci(0.9999).high < 0.9


@pytest.mark.parametrize("m", [0.3, 0.5])
def test_all_looks_together_miss_with_at_most_the_promised_probability(m: float) -> None:
    """Exactly: over all sequences of seven coin tosses, looked at after every toss."""
    missed = 0.0
    for x in itertools.product((0.0, 1.0), repeat=7):
        run = {"low": 0.0, "high": 1.0, "confidence": 0.6, "planned": 7, "precision": 0.3}
        looks = (mean_interval(x[:n], **run) for n in range(1, 8))
        if any(not ci.low <= m <= ci.high for ci in looks):
            missed += m ** sum(x) * (1 - m) ** (7 - sum(x))
    assert 0 < missed <= 0.4


def test_bets_for_a_precision_need_about_as_many_samples_as_bets_for_the_right_size() -> None:
    x = np.random.default_rng(0).random(20_000)
    for n in (1000, 4000):
        best = mean_interval(x[:n], low=0.0, high=1.0, confidence=0.99).half_width
        run = {"low": 0.0, "high": 1.0, "confidence": 0.99, "planned": 20_000}
        assert mean_interval(x[:n], **run, precision=best).half_width < 1.1 * best
        assert mean_interval(x[:n], **run).half_width > 1.3 * best


def test_intervals_from_sums_cover_and_know_their_range() -> None:
    rng = np.random.default_rng(3)
    runs, n, covered = 400, 50, 0
    for _ in range(runs):
        x = rng.beta(0.2, 2.0, n) * 3
        low, high = bernstein_interval(
            n, np.array([x.sum()]), np.array([(x**2).sum()]), most=np.array([3.0]), confidence=0.9
        )
        covered += bool(low[0] <= 3 * 0.2 / 2.2 <= high[0])
    assert binomtest(covered, runs).proportion_ci(0.9999).high >= 0.9
    low, high = bernstein_interval(9, np.ones(2), np.ones(2), most=np.array([1.0, np.inf]), confidence=0.9)
    assert high[0] <= 1
    assert (low[1], high[1]) == (0.0, np.inf)
    assert bernstein_interval(1, np.ones(1), np.ones(1), most=np.ones(1), confidence=0.9)[1].tolist() == [1.0]


@pytest.mark.parametrize("m", [0.1, 0.5, 0.8])
def test_if_the_mean_is_m_the_gamblers_expected_wealth_is_one(m: float) -> None:
    n = 8
    expected = sum(
        wealth(np.array(x), m, 0.1) * m ** sum(x) * (1 - m) ** (n - sum(x)) for x in itertools.product((0, 1), repeat=n)
    )
    assert expected == pytest.approx(1, rel=1e-12)


def test_width_adapts_to_the_variance_and_never_loses_much_to_hoeffding() -> None:
    rng = np.random.default_rng(1)
    n = 2000
    for law, ratio in (("fair coin", 1.1), ("uniform", 0.75), ("rare one", 0.45), ("narrow", 0.25)):
        ci = mean_interval(LAWS[law][0](rng, n), low=0.0, high=1.0, confidence=0.95)
        assert ci.half_width <= ratio * hoeffding(n, 0.95)


@settings(deadline=None)
@given(
    x=st.lists(st.floats(0, 1), min_size=1, max_size=40),
    scale=st.floats(0.1, 100),
    shift=st.floats(-50, 50),
    confidence=st.floats(0.5, 0.999),
)
def test_interval_is_ordered_stays_in_range_and_moves_with_units(
    x: list[float], scale: float, shift: float, confidence: float
) -> None:
    plain = mean_interval(x, low=0.0, high=1.0, confidence=confidence)
    assert 0 <= plain.low <= plain.mean <= plain.high <= 1
    moved = mean_interval(
        np.clip(shift + scale * np.array(x), shift, shift + scale),
        low=shift,
        high=shift + scale,
        confidence=confidence,
    )
    for one, other in zip((plain.mean, plain.low, plain.high), (moved.mean, moved.low, moved.high), strict=True):
        assert shift + scale * one == pytest.approx(other, abs=1e-6 * max(scale, 1.0))


def test_one_sample_says_almost_nothing() -> None:
    ci = mean_interval([0.5], low=0.0, high=1.0, confidence=0.95)
    assert ci.high - ci.low > 0.9


def test_interval_has_a_half_width() -> None:
    assert Interval(0.5, 0.0, 0.5).half_width == 0.25


@pytest.mark.parametrize(
    ("samples", "low", "high", "confidence", "error"),
    [
        ([], 0.0, 1.0, 0.95, ShapeError),
        ([[0.5]], 0.0, 1.0, 0.95, ShapeError),
        ([1.5], 0.0, 1.0, 0.95, DomainError),
        ([-0.1], 0.0, 1.0, 0.95, DomainError),
        ([np.nan], 0.0, 1.0, 0.95, DomainError),
        ([0.5], 1.0, 0.0, 0.95, DomainError),
        ([0.5], 0.0, 1.0, 1.0, DomainError),
        ([0.5], 0.0, 1.0, 95.0, DomainError),
    ],
)
def test_bad_input_is_refused(
    samples: list[float], low: float, high: float, confidence: float, error: type[ValueError]
) -> None:
    with pytest.raises(error):
        mean_interval(samples, low=low, high=high, confidence=confidence)


def test_a_plan_has_room_for_the_samples_and_a_precision_is_positive() -> None:
    run = {"low": 0.0, "high": 1.0, "confidence": 0.9}
    with pytest.raises(DomainError, match="planned must be an integer >= 2, got 1"):
        mean_interval([0.5, 0.5], **run, planned=1)
    with pytest.raises(DomainError, match=r"precision must be positive, got 0\.0"):
        mean_interval([0.5, 0.5], **run, precision=0.0)
