"""Push-forward probabilities: accurate in both tails, exact at clips, and never farther apart than the policies."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import binomtest

from simulators.errors import DomainError, ShapeError
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import Linear, LinearFeedback
from simulators.policies.mixture import Mixture
from simulators.policies.pushforward import label_log_probabilities, label_log_probability, log_normal_interval
from simulators.quantizers.base import Quantizer, encode_columns, quantize_columns
from simulators.quantizers.learned import ResidualVQ
from simulators.quantizers.normalizers import Normalized
from simulators.quantizers.octo import octo_normal
from simulators.quantizers.registry import build, entries
from simulators.quantizers.scalar import ScalarQuantizer, openvla, rt1, uniform

seeds = st.integers(0, 2**32 - 1)
QUANTIZERS = (uniform(7), uniform(4), openvla(9), rt1(8), octo_normal(8))


def exact_log_mass(a: float, b: float) -> float:
    with mpmath.workdps(60):
        left, right = (a, b) if a + b <= 0 else (-b, -a)
        root = mpmath.sqrt(2)
        mass = (mpmath.erfc(-mpmath.mpf(right) / root) - mpmath.erfc(-mpmath.mpf(left) / root)) / 2
        return float(mpmath.log(mass))


@settings(deadline=None, max_examples=300)
@given(middle=st.floats(-60, 60), width=st.floats(-12, 1.5).map(lambda e: 10.0**e))
def test_log_mass_of_an_interval_is_accurate_everywhere(middle: float, width: float) -> None:
    a = middle - width / 2
    b = a + width
    if b > a and (b - a) > 1e-3 * abs(middle) * 2**-40:
        got = float(log_normal_interval(np.array([a]), np.array([b]))[0])
        assert got == pytest.approx(exact_log_mass(a, b), rel=1e-11, abs=2e-11)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("start", [30.0, 36.5, 37.5, 38.2, 38.4, 39.0, 200.0, 1e5])
def test_far_tails_lose_no_accuracy_before_at_and_beyond_underflow(sign: int, start: float) -> None:
    ends = sorted((sign * start, sign * (start + 1)))
    got = float(log_normal_interval(np.array([ends[0]]), np.array([ends[1]]))[0])
    assert got == pytest.approx(exact_log_mass(start, start + 1), rel=1e-13)


def test_a_plain_difference_of_distribution_functions_would_underflow() -> None:
    naive = ndtr(201.0) - ndtr(200.0)
    assert naive == 0
    assert np.isfinite(log_normal_interval(np.array([200.0]), np.array([201.0])))


def test_half_lines_empty_intervals_and_the_whole_line() -> None:
    inf = math.inf
    got = log_normal_interval(np.array([-inf, -inf, 0.0, 1.0, inf, -inf]), np.array([inf, 0.0, inf, 1.0, inf, -inf]))
    assert got == pytest.approx([0, -math.log(2), -math.log(2), -inf, -inf, -inf])


@pytest.mark.parametrize("q", QUANTIZERS, ids=lambda q: q.name)
@pytest.mark.parametrize("clip", [(-math.inf, math.inf), (-1.0, 1.0), (-0.3, 0.45), (-3.0, -0.5)])
@settings(deadline=None, max_examples=20)
@given(mean=st.floats(-6, 6), std=st.floats(0.05, 3))
def test_probabilities_of_all_labels_sum_to_one(
    q: ScalarQuantizer, clip: tuple[float, float], mean: float, std: float
) -> None:
    policy = ClippedGaussian(LinearFeedback(mean, 0.0, 0.0), std, *clip)
    masses = np.exp(label_log_probabilities(policy, q, np.zeros((1, 1))))[0, 0]
    assert masses.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("q", QUANTIZERS, ids=lambda q: q.name)
@pytest.mark.parametrize("clip", [(-math.inf, math.inf), (-1.0, 1.0), (-0.25, 0.5)])
def test_label_frequencies_match_the_probabilities(q: ScalarQuantizer, clip: tuple[float, float]) -> None:
    M = 40_000
    policy = ClippedGaussian(LinearFeedback(0.2, 0.0, 0.0), 0.8, *clip)
    x = np.zeros((1, M))
    u = policy.act(x, np.random.default_rng(7).standard_normal((1, M)))
    cells = q.cell_of_token(q.encode(u))
    masses = np.exp(label_log_probabilities(policy, q, x[:, :1]))[0, 0]
    for k, mass in enumerate(masses):
        assert binomtest(int((cells == k).sum()), M, min(mass, 1.0)).pvalue > 1e-5


def test_octo_normal_gives_token_zero_both_tails() -> None:
    q = octo_normal(8)
    policy = ClippedGaussian(LinearFeedback(6.0, 0.0, 0.0), 0.5)
    log_mass = label_log_probability(policy, q, np.zeros((1, 1)), [[0]])
    assert np.exp(log_mass) == pytest.approx(ndtr((6.0 - q.high) / 0.5), rel=1e-9)
    clipped = ClippedGaussian(LinearFeedback(6.0, 0.0, 0.0), 0.5, -4.0, 4.0)
    assert label_log_probability(clipped, q, np.zeros((1, 1)), [[7]]) == pytest.approx(0, abs=1e-12)


def test_tokens_that_execute_the_same_action_are_one_label() -> None:
    q = openvla(5)
    policy = ClippedGaussian(LinearFeedback(0.9, 0.0, 0.0), 0.5, -1.0, 1.0)
    top, next_to_top = label_log_probability(policy, q, np.zeros((1, 2)), [[5, 4]])
    assert top == next_to_top == pytest.approx(math.log(ndtr(0.8)))


@settings(deadline=None)
@given(seed=seeds)
def test_quantizing_never_increases_total_variation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q = QUANTIZERS[rng.integers(len(QUANTIZERS))]
    std = rng.uniform(0.1, 1)
    policy = ClippedGaussian(Linear([[1.0]]), std)
    x = rng.normal(size=(1, 2)) * rng.choice([0.05, 1])
    p = np.exp(label_log_probabilities(policy, q, x))[0]
    after = np.abs(p[0] - p[1]).sum() / 2
    before = 2 * ndtr(abs(x[0, 0] - x[0, 1]) / (2 * std)) - 1
    assert after <= before + 1e-12


@settings(deadline=None)
@given(seed=seeds)
def test_log_probability_sums_over_dimensions_and_picks_the_label(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q = uniform(5)
    policy = ClippedGaussian(Linear(rng.normal(size=(3, 2)), rng.normal(size=3)), rng.uniform(0.1, 1, 3), -0.9, 2.0)
    x, labels = rng.normal(size=(4, 2, 6)), rng.integers(0, 5, size=(4, 3, 6))
    every = label_log_probabilities(policy, q, x)
    picked = np.take_along_axis(every, labels[..., None], axis=-1)[..., 0].sum(axis=-2)
    assert label_log_probability(policy, q, x, labels) == pytest.approx(picked, rel=1e-12)


def test_deterministic_policies_give_certainty_or_impossibility() -> None:
    policy, q = Linear([[1.0], [0.0]]), uniform(2)
    x = np.array([[0.5, 0.5, -0.5]])
    got = label_log_probability(policy, q, x, [[1, 1, 0], [0, 1, 0]])
    assert got.tolist() == [0.0, -math.inf, 0.0]


def test_a_mixture_averages_probabilities_of_whole_actions() -> None:
    q, x = uniform(2), np.zeros((1, 3))
    low, high = Linear(np.zeros((2, 1)), -0.5), Linear(np.zeros((2, 1)), 0.5)
    policy = Mixture((low, high), [0.25, 0.75])
    got = np.exp(label_log_probability(policy, q, x, [[0, 1, 0], [0, 1, 1]]))
    assert got == pytest.approx([0.25, 0.75, 0.0])


def test_mismatches_are_refused() -> None:
    policy, q = ClippedGaussian(Linear([[1.0]]), 0.1), uniform(2)
    x = np.zeros((1, 3))
    for chosen in (policy, Linear([[1.0]])):
        with pytest.raises(ShapeError, match=r"labels must have shape \(1, 3\)"):
            label_log_probability(chosen, q, x, [[0, 1]])
        with pytest.raises(DomainError, match="token must lie between 0 and 1, got 2"):
            label_log_probability(chosen, q, x, [[0, 1, 2]])


DATA = np.random.default_rng(0).normal([1.0, -20.0], [0.3, 5.0], (400, 2))
ADAPTED = [name for name, one in entries().items() if one.rule is not None or one.learned]
BY_DIMENSION = [name for name in ADAPTED if entries()[name].steps({}) is None and "rng" not in entries()[name].fitted]


def preset(name: str, bins: int = 5) -> Quantizer:
    return build(name, {str(entries()[name].size): bins}, actions=DATA, rng=np.random.default_rng(0))


@pytest.mark.parametrize("name", BY_DIMENSION)
@pytest.mark.parametrize("clip", [(-math.inf, math.inf), (-22.0, 1.1)])
def test_frequencies_through_real_tokenizers_match_the_probabilities(name: str, clip: tuple[float, float]) -> None:
    M, q = 20_000, preset(name)
    policy = ClippedGaussian(Linear(np.zeros((2, 2)), (1.1, -18.0)), (0.4, 6.0), *clip)
    x = np.zeros((2, M))
    u = policy.act(x, np.random.default_rng(3).standard_normal((2, M)))
    parts = [axis.part for axis in q.axes(2) or ()]
    tokens = encode_columns(q, u)
    masses = np.exp(label_log_probabilities(policy, q, x[:, :1]))[:, 0]
    for j, part in enumerate(parts):
        assert masses[j].sum() == pytest.approx(1, abs=1e-12)
        cells = part.cell_of_token(tokens[j])
        for k in range(part.cells):
            assert binomtest(int((cells == k).sum()), M, min(masses[j, k], 1.0)).pvalue > 1e-6
    labels = np.stack([tokens[:, 0]], axis=-1)
    product = math.prod(masses[j, part.cell_of_token(tokens[j, 0])] for j, part in enumerate(parts))
    assert np.exp(label_log_probability(policy, q, x[:, :1], labels)) == pytest.approx(product)


@pytest.mark.parametrize("name", ["uniform", "openvla_q99", "octo_uniform_q99"])
def test_far_tails_keep_their_accuracy_behind_a_normalizer(name: str) -> None:
    q = preset(name, 8)
    assert isinstance(q, Normalized)
    std = 0.05
    policy = ClippedGaussian(Linear(np.zeros((2, 2)), (0.0, -20.0)), std)
    centre, scale = q.normalizer.center[0], q.normalizer.scale[0]
    parts = [axis.part for axis in q.axes(2) or ()]
    edges = (centre + scale * parts[0].edges) / std
    found = label_log_probabilities(policy, q, np.zeros((2, 1)))[0, 0]
    for k in range(1, parts[0].cells - 1):
        assert found[k] == pytest.approx(exact_log_mass(edges[k], edges[k + 1]), rel=1e-11, abs=1e-11)
    assert found.min() < -100


def test_deterministic_policies_and_their_mixtures_are_exact_through_any_quantizer_of_steps() -> None:
    x = np.array([[0.1, 1.5, -2.0], [0.0, 1.0, 3.0]])
    parts = (Linear([[0.2, 0.0], [0.0, 5.0]], (1.0, -20.0)), Linear([[0.0, 0.0], [0.0, 0.0]], (1.2, -25.0)))
    for name in (one for one in ADAPTED if entries()[one].steps({}) is None):
        q = preset(name)
        tokens = encode_columns(q, parts[0].act(x))
        assert label_log_probability(parts[0], q, x, tokens).tolist() == [0.0, 0.0, 0.0]
        other = encode_columns(q, parts[1].act(x))
        same = (quantize_columns(q, parts[0].act(x)) == quantize_columns(q, parts[1].act(x))).all(axis=0)
        mixed = np.exp(label_log_probability(Mixture(parts, [0.25, 0.75]), q, x, tokens))
        assert mixed == pytest.approx(np.where(same, 1.0, 0.25))
        assert np.exp(label_log_probability(parts[0], q, x, other)) == pytest.approx(np.where(same, 1.0, 0.0))
        assert not same.all()


def test_codes_that_different_tokens_execute_are_one_label() -> None:
    q = ResidualVQ("twice", (np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]])))
    policy = Linear([[0.0]], 1.0)
    assert q.encode([[1.0]]).tolist() == [[1, 0]]
    assert label_log_probability(policy, q, np.zeros((1, 1)), [[0], [1]]).tolist() == [0.0]


@pytest.mark.parametrize("name", ["kmeans", "residual_vq", "fast_openpi"])
def test_a_gaussian_through_cells_that_are_no_boxes_is_refused_with_the_reason(name: str) -> None:
    policy = ClippedGaussian(Linear(np.zeros((2, 2)), (1.0, -20.0)), 0.1)
    with pytest.raises(DomainError, match="acts dimension by dimension: the Gaussian mass of a cell that is no box"):
        label_log_probability(policy, preset(name), np.zeros((2, 1)), np.zeros((2, 1), dtype=int))
    with pytest.raises(DomainError, match="no closed form"):
        label_log_probabilities(policy, preset(name), np.zeros((2, 1)))


def test_chunks_and_wrong_dimensions_are_refused() -> None:
    with pytest.raises(DomainError, match="must act on single steps here, got unit 'chunk'"):
        label_log_probability(Linear(np.eye(2)), preset("fast_openpi"), np.zeros((2, 1)), np.zeros((2, 1), dtype=int))
    one = ClippedGaussian(Linear([[1.0]]), 0.1)
    with pytest.raises(ShapeError, match="quantizer must have 1 dimensions, got 2"):
        label_log_probability(one, preset("openvla_q99"), np.zeros((1, 1)), [[1]])
