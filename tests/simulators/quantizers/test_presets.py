"""Every preset is built from raw data by its name and does what its project does."""

import numpy as np
import pytest

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.measure import measure
from simulators.quantizers.presets import PRESETS, build

DATA = np.random.default_rng(0).normal(size=(600, 3)) * [0.1, 1.0, 20.0] + [0.0, 4.0, -7.0]
NAMES = pytest.mark.parametrize("name", list(PRESETS))


def chunked(name: str) -> np.ndarray:
    return DATA.reshape(-1, 50, 3) if name == "fast_dct" else DATA


def test_the_table_names_every_tokenizer() -> None:
    assert set(PRESETS) == {
        *("uniform", "openvla", "rt1", "torchrl_uniform", "octo_uniform", "octo_normal"),
        *("fast_dct", "quantile", "kmeans", "residual_vq"),
    }


@NAMES
def test_presets_quantize_raw_actions_with_small_errors(name: str) -> None:
    q = build(name, DATA, rng=np.random.default_rng(0))
    u = chunked(name)
    assert np.array_equal(q.quantize(u), q.decode(q.encode(u)))
    m = measure(q, u)
    relative = m.average_error / DATA.std(axis=0)
    assert np.all(relative < {"kmeans": 1.2, "residual_vq": 1.2}.get(name, 0.15))
    assert m.distinct_actions <= len(DATA)


@NAMES
def test_bins_can_be_chosen_and_more_are_better(name: str) -> None:
    few, many = {"fast_dct": (10, 60), "residual_vq": (2, 16)}.get(name, (8, 64))
    errors = []
    for bins in (few, many):
        q = build(name, DATA, bins=bins, rng=np.random.default_rng(0))
        u = DATA.reshape(-1, bins, 3) if name == "fast_dct" else DATA
        errors.append((measure(q, u).average_error / DATA.std(axis=0)).mean())
    if name == "fast_dct":
        assert max(errors) < 0.1
    else:
        eight_times_the_codes = 0.9 if name in ("kmeans", "residual_vq") else 0.2
        assert errors[1] < eight_times_the_codes * errors[0]


def test_only_chunk_presets_speak_of_chunks() -> None:
    units = {name: build(name, DATA, bins=16, rng=np.random.default_rng(0)).unit for name in PRESETS}
    assert {name for name, unit in units.items() if unit == "chunk"} == {"fast_dct"}


def test_openvla_is_256_edges_behind_quantile_normalization() -> None:
    q = build("openvla", DATA, rng=np.random.default_rng(0))
    assert (q.name, q.cells) == ("openvla_q99+openvla", 255)


def test_bad_requests_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(DomainError, match=r"tokenizer must be one of uniform, .*, got 'gpt'"):
        build("gpt", DATA, rng=rng)
    with pytest.raises(DomainError, match="bins must be an integer >= 1, got 0"):
        build("uniform", DATA, rng=rng, bins=0)
    with pytest.raises(ShapeError, match="at least one action"):
        build("uniform", np.zeros((0, 2)), rng=rng)
