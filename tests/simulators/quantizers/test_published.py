"""The facts of each project, and TorchRL's own tokenizers as an oracle where they are installed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.errors import DomainError
from simulators.quantizers.measure import measure
from simulators.quantizers.published import fixed_bins, fsq, gato, mu_law, openpi_bins, rt1_arm
from simulators.quantizers.registry import build
from simulators.quantizers.scalar import rt1, uniform
from simulators.quantizers.statistics import Statistics

EVEN = np.linspace(-1, 1, 200_001)[:, None]


def test_openpi_executes_left_edges_below_the_action() -> None:
    q, m = openpi_bins(), measure(openpi_bins(), EVEN)
    assert (q.cells, q.tokens, q.sup_error) == (256, 256, 2 / 256)
    assert q.decode(np.arange(256)).tolist() == (2 * np.arange(256) / 256 - 1).tolist()
    assert m.bias.item() == pytest.approx(-1 / 256, rel=1e-3)
    assert (m.zero_action.item(), m.max_error.item()) == (0.0, pytest.approx(2 / 256))


def test_openpi_bins_clip_what_their_normalizer_lets_through() -> None:
    u = np.random.default_rng(0).normal(size=(20_000, 1))
    m = measure(build("openpi_bins", actions=u), u)
    assert m.clipped.item() == pytest.approx(0.02, abs=1e-3)


def test_gato_has_1024_even_bins() -> None:
    q, m = gato(), measure(gato(), EVEN)
    assert (q.cells, q.sup_error, q.quantize(0.0).item()) == (1024, 1 / 1024, 1 / 1024)
    assert abs(m.bias.item()) < 1e-5


@given(u=st.floats(-300, 300), bins=st.integers(1, 2000))
def test_mu_law_is_uniform_in_the_companded_value(u: float, bins: int) -> None:
    companded = np.sign(u) * np.log(abs(u) * 100 + 1) / np.log(256 * 100 + 1)
    position = (np.clip(companded, -1, 1) + 1) / 2 * bins
    if abs(position - round(position)) > 1e-9 and abs(u) <= 256:
        assert mu_law(bins).encode(u) == int(position)


def test_mu_law_is_finest_around_zero_and_clips_at_its_largest_value() -> None:
    q = mu_law()
    widths = np.diff(q.edges)
    assert (q.cells, q.tokens, q.high) == (1024, 1024, 256.0)
    assert np.argmin(widths) in (511, 512)
    assert widths.max() > 10_000 * widths.min()
    assert q.quantize([1e6]) == q.codes[-1]


def test_fsq_rounds_the_bounded_value() -> None:
    z = np.linspace(-6, 6, 3001)
    for levels in (2, 3, 5, 8):
        half = (levels - 1) * 1.001 / 2
        offset = 0.5 * (levels % 2 == 0)
        code = np.rint(np.tanh(z + np.arctanh(offset / half)) * half - offset)
        q = fsq(levels)
        assert np.array_equal(q.encode(z), code + levels // 2)
        assert np.array_equal(q.encode(q.codes), np.arange(levels))
    assert fsq(5).quantize(0.0) == 0.0
    with pytest.raises(DomainError, match="levels must be an integer >= 2"):
        fsq(1)


def test_rt1_has_fixed_ranges() -> None:
    q = rt1_arm()
    u = np.array([[0.5, 0.5, 0.5, 1.5, 1.5, 1.5, 0.5], [9.0] * 7])
    assert q.quantize(u)[1].tolist() == [1.0, 1.0, 1.0, *[np.pi / 2] * 3, 1.0]
    assert np.array_equal(q.quantize(u)[:, :3], rt1().quantize(u)[:, :3])
    wide = rt1_arm(translation=2.0).quantize(u)
    assert wide[1].tolist() == [2.0, 2.0, 2.0, *[np.pi / 2] * 3, 1.0]
    assert np.array_equal(wide[:, 3:], q.quantize(u)[:, 3:])
    assert np.all(u[:1] - q.quantize(u)[:1] >= 0)
    assert build("rt1", {"low": -2.0, "high": 2.0}).quantize([1.9]).item() == pytest.approx(-2 + 4 * 248 / 255)


def test_fixed_bins_do_not_look_at_the_data() -> None:
    u = np.random.default_rng(0).normal(size=(100, 1)) * 50
    assert np.array_equal(build("fixed_bins", actions=u).quantize(u), uniform(256).quantize(u))
    assert fixed_bins(2, half_width=4.0).codes.tolist() == [-2.0, 2.0]


def test_the_gripper_passes_the_mask_and_is_clipped_by_the_bins() -> None:
    u = np.random.default_rng(0).normal(size=(500, 2))
    u[:, 1] = np.where(u[:, 1] > 0, 1.0, 0.0)
    masked = build("openvla_q99", statistics=Statistics.of(u, mask=[True, False]))
    assert np.abs(masked.quantize(u)[:, 1] - u[:, 1]).max() == pytest.approx(1 / 255)
    wide = u * [1.0, 850.0]
    clipped = build("openvla_q99", statistics=Statistics.of(wide, mask=[True, False])).quantize(wide)[:, 1]
    assert clipped.max() == pytest.approx(1 - 1 / 255)


def test_torchrls_own_tokenizer_agrees_behind_a_mask() -> None:
    torch = pytest.importorskip("torch", reason="TorchRL's tokenizers are compared where TorchRL is installed")
    vla = pytest.importorskip("torchrl.data.vla", reason="TorchRL 0.14 and later has tokenizers")
    a = np.concatenate([np.linspace(-1.2, 1.2, 4801), np.random.default_rng(0).uniform(-1, 1, 2000)])
    low, high, mask = torch.tensor([-3.0, 0.0]), torch.tensor([1.0, 1.0]), torch.tensor([True, False])
    theirs = vla.VocabTailActionTokenizer(256, full_vocab_size=32_000, norm_low=low, norm_high=high, norm_mask=mask)
    q99 = Statistics({"q01": low.numpy(), "q99": high.numpy()}, mask=mask.numpy())
    ours = build("openvla_q99", statistics=q99)
    raw = np.stack([2 * a - 1, np.random.default_rng(1).permutation(a)], axis=1)
    position = (np.clip(np.stack([a, raw[:, 1]], axis=1), -1, 1) + 1) / 2 * 255
    inside = np.abs(position - np.rint(position)) > 1e-3
    found = theirs.decode(theirs.encode(torch.tensor(raw))).numpy()
    assert found[inside] == pytest.approx(ours.quantize(raw)[inside], abs=1e-6)
