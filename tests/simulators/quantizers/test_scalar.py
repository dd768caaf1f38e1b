"""Scalar quantizers: the theory's binning and the facts about each published tokenizer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.octo import octo_normal, octo_uniform
from simulators.quantizers.scalar import ScalarQuantizer, openvla, rt1, torchrl_uniform, uniform

PRESETS = (uniform(64), openvla(), rt1(), torchrl_uniform(64), octo_uniform(), octo_uniform(low=-1.0), octo_normal())
presets = pytest.mark.parametrize("q", PRESETS, ids=lambda q: q.name)
reals = st.floats(-5, 5)


def grid(q: ScalarQuantizer, points: int = 20_001) -> np.ndarray:
    return np.linspace(q.low, q.high, points)


@presets
@settings(deadline=None)
@given(values=st.lists(reals, min_size=1, max_size=30))
def test_quantize_is_decode_after_encode(q: ScalarQuantizer, values: list[float]) -> None:
    assert np.array_equal(q.quantize(values), q.decode(q.encode(values)))


@presets
def test_encoding_is_entry_by_entry(q: ScalarQuantizer) -> None:
    u = np.linspace(-6, 6, 24)
    assert np.array_equal(q.encode(u.reshape(2, 3, 4)).ravel(), [int(q.encode(v)) for v in u])


@presets
def test_error_on_the_range_reaches_and_respects_the_sup_error(q: ScalarQuantizer) -> None:
    error = np.abs(q.quantize(grid(q)) - grid(q))
    assert error.max() <= q.sup_error + 1e-12
    assert error.max() >= q.sup_error - 1.1 * (q.high - q.low) / 20_000


@presets
def test_tokens_and_codes_are_counted_on_the_range(q: ScalarQuantizer) -> None:
    u = np.concatenate([grid(q), q.thresholds, [q.low, q.high]])
    assert len(np.unique(q.quantize(u))) == q.cells == len(q.codes) == len(q.edges) - 1
    assert len(np.unique(q.encode(u))) == q.tokens


@presets
def test_cells_lie_between_edges(q: ScalarQuantizer) -> None:
    u = np.linspace(q.low, q.high, 997)[1:-1]
    cell = q.cell_of_token(q.encode(u))
    assert np.all((q.edges[cell] <= u) & (u <= q.edges[cell + 1]))
    assert np.array_equal(q.codes[cell], q.quantize(u))


@settings(deadline=None)
@given(bins=st.integers(1, 300), ends=st.tuples(reals, reals), data=st.data())
def test_uniform_cells_are_left_open_right_closed(bins: int, ends: tuple[float, float], data: st.DataObject) -> None:
    low, high = min(ends), max(ends)
    if high - low < 1e-3:
        high = low + 1.0
    q = uniform(bins, low=low, high=high)
    edges = np.linspace(low, high, bins + 1)
    k = data.draw(st.integers(0, bins))
    for u in (edges[k], np.nextafter(edges[k], 9), np.nextafter(edges[k], -9), data.draw(reals)):
        expected = np.clip(np.searchsorted(edges, u, side="left") - 1, 0, bins - 1)
        assert q.encode(u) == expected


def test_uniform_sup_error_is_half_a_cell() -> None:
    q = uniform(10, low=0.0, high=3.0)
    assert q.sup_error == pytest.approx(0.15, rel=1e-14)
    assert q.eps_q("l2", 4) == pytest.approx(0.3, rel=1e-14)
    assert q.codes[0] == pytest.approx(0.15)
    assert q.quantize([-7.0, 9.0]).tolist() == [q.codes[0], q.codes[-1]]


def test_openvla_256_edges_are_255_cells() -> None:
    q = openvla()
    assert (q.tokens, q.cells) == (256, 255)
    assert np.diff(q.edges) == pytest.approx(np.full(255, 2 / 255))
    assert q.sup_error == pytest.approx(1 / 255, rel=1e-12)
    assert q.quantize(0.0) == 0.0


def test_openvla_top_two_tokens_execute_the_same_action_and_the_top_one_needs_a_equal_to_one() -> None:
    q = openvla()
    assert q.encode([1.0, np.nextafter(1.0, 0), -1.0]).tolist() == [256, 255, 1]
    assert q.decode(255) == q.decode(256) > q.decode(254)


@settings(deadline=None)
@given(st.lists(st.floats(-1.5, 1.5), min_size=1))
def test_openvla_token_counts_the_edges_below(values: list[float]) -> None:
    a = np.clip(values, -1, 1)
    ticks = -1 + 2 * np.arange(256) / 255
    assert np.array_equal(openvla().encode(values), (ticks[None, :] <= a[:, None]).sum(axis=1))


def test_rt1_executes_left_edges_with_an_error_of_up_to_a_cell_and_a_bias_of_half_a_cell() -> None:
    q = rt1()
    cell = 2 / 255
    assert q.sup_error == pytest.approx(cell)
    assert q.quantize(0.0) == pytest.approx(-1 / 255)
    u = grid(q, 200_001)
    assert np.mean(q.quantize(u) - u) == pytest.approx(-cell / 2, rel=1e-3)
    assert np.all(q.quantize(u) <= u)


@settings(deadline=None)
@given(st.floats(-1, 1), st.integers(2, 300))
def test_rt1_truncates(a: float, vocabulary: int) -> None:
    position = (a + 1) / 2 * (vocabulary - 1)
    if abs(position - round(position)) > 1e-9:
        assert rt1(vocabulary).encode(a) == int(position)


def test_torchrl_moves_zero_up_by_half_a_cell_when_bins_are_even() -> None:
    assert torchrl_uniform(64).quantize(0.0) == 1 / 64
    assert torchrl_uniform(63).quantize(0.0) == pytest.approx(0, abs=1e-15)
    assert torchrl_uniform(64).sup_error == pytest.approx(2 / 128)


@settings(deadline=None)
@given(st.floats(-2, 2), st.integers(1, 300))
def test_torchrl_floors_and_clamps(a: float, bins: int) -> None:
    position = bins * (a + 1) / 2
    if abs(position - round(position)) > 1e-9:
        assert torchrl_uniform(bins).encode(a) == min(max(int(np.floor(position)), 0), bins - 1)


@presets
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_non_finite_actions_are_refused(q: ScalarQuantizer, bad: float) -> None:
    with pytest.raises(DomainError, match="u must be finite"):
        q.encode([0.0, bad])


@presets
def test_tokens_out_of_range_are_refused(q: ScalarQuantizer) -> None:
    for token in (q.first_token - 1, q.first_token + q.tokens):
        with pytest.raises(DomainError, match="token must lie between"):
            q.decode(token)


@pytest.mark.parametrize("make", [uniform, torchrl_uniform, octo_uniform, octo_normal])
def test_at_least_one_bin(make: object) -> None:
    with pytest.raises(DomainError, match="bins must be an integer >= 1, got 0"):
        make(0)  # type: ignore[operator]


def test_ranges_must_have_a_length() -> None:
    for make in (uniform, rt1, torchrl_uniform, octo_uniform):
        with pytest.raises(DomainError, match="high must exceed low"):
            make(8, low=1.0, high=-1.0)
    with pytest.raises(DomainError, match="wider than 1e-06"):
        octo_uniform(10**7)


def test_a_step_function_must_be_monotone_and_stay_in_range() -> None:
    for thresholds, table, error in (
        ([0.0], [0.0], ShapeError),
        ([0.5, 0.0], [0.0, 0.1, 0.2], DomainError),
        ([2.0], [0.0, 0.1], DomainError),
        ([0.0], [0.2, 0.1], DomainError),
        ([0.0], [0.0, 1.1], DomainError),
    ):
        with pytest.raises(error):
            ScalarQuantizer("bad", np.array(thresholds), np.array(table), low=-1.0, high=1.0)


@pytest.mark.parametrize("make", [uniform, rt1, torchrl_uniform, octo_uniform])
def test_cells_that_floats_cannot_tell_apart_are_refused(make: object) -> None:
    """`uniform(4, low=1, high=1 + 4 ulp)` used to encode 1.0 as −1."""
    with pytest.raises(DomainError, match=r"cells must be at least two ulp|wider than"):
        make(5, low=1.0, high=1 + 4 * 2.0**-52)  # type: ignore[operator]


@pytest.mark.parametrize("low", [1.0, -3.0, 1024.0, 1e-300, 0.0])
@pytest.mark.parametrize("cells", [1, 2, 3, 7])
def test_the_narrowest_cells_are_told_apart(low: float, cells: int) -> None:
    ulp = float(np.spacing(2 * abs(low) + 2.0**-1000))
    q = uniform(cells, low=low, high=low + cells * 4 * ulp)
    u = low + ulp * np.arange(-9, 4 * cells + 10)
    assert np.array_equal(q.encode(u), np.searchsorted(q.thresholds, u, side="left"))
    assert q.encode(low) == 0
    assert np.array_equal(q.encode(q.codes), np.arange(cells))


def test_widths_that_are_no_floats_are_refused_without_warnings() -> None:
    with pytest.raises(DomainError, match=r"high − low must be finite, got low=-1e\+308, high=1e\+308"):
        uniform(4, low=-1e308, high=1e308)
    assert uniform(2, low=1e308, high=1.6e308).codes == pytest.approx([1.15e308, 1.45e308])


@pytest.mark.parametrize("bins", [2, 16, 255, 256])
def test_torchrls_own_tokenizers_agree(bins: int) -> None:
    """On actions whose position within a cell float32 can tell."""
    torch = pytest.importorskip("torch", reason="torchrl is large and optional")
    theirs = pytest.importorskip("torchrl.data.vla.tokenizers", reason="torchrl >= 0.14 has action tokenizers")
    rng = np.random.default_rng(0)
    even = (np.arange(bins) + rng.uniform(0.01, 0.99, (20, bins))) / bins
    for low, high in ((-1.0, 1.0), (-0.5, 2.0)):
        u = np.concatenate([(low + (high - low) * even).ravel(), [low - 1, low, high, high + 1]])
        mine, other = torchrl_uniform(bins, low=low, high=high), theirs.UniformActionTokenizer(bins, low=low, high=high)
        tokens = other.encode(torch.as_tensor(u, dtype=torch.float32))
        np.testing.assert_array_equal(mine.encode(u), tokens.numpy())
        np.testing.assert_allclose(mine.quantize(u), other.decode(tokens).numpy(), atol=1e-6)
    u = np.concatenate([(2 * (np.arange(bins - 1) + rng.uniform(0.01, 0.99, (20, bins - 1))) / (bins - 1) - 1).ravel()])
    u = np.concatenate([u, [-2.0, -1.0, 1.0, 2.0]])
    tail = theirs.VocabTailActionTokenizer(bins)
    tokens = tail.encode(torch.as_tensor(u, dtype=torch.float32))
    np.testing.assert_array_equal(openvla(bins).encode(u), bins - tokens.numpy())
    np.testing.assert_allclose(openvla(bins).quantize(u), tail.decode(tokens).numpy(), atol=1e-6)
