"""Tokenizers side by side: measured errors, jumps and regrets lie below the bounds of those that have any."""

import numpy as np
import pytest

import figures.tokenizers
from figures.tokenizers import Settings, compute
from simulators.errors import ShapeError
from simulators.quantizers.base import PerStep

SETTINGS = Settings(horizon=10, demonstrations=40, episodes=300, pairs=3000)
ROWS = {row["tokenizer"]: row for row in compute(SETTINGS)}
BINNED = ["openvla_q99", "rt1_bounds", "torchrl_uniform", "octo_normal"]


@pytest.mark.parametrize("name", BINNED)
def test_binning_keeps_its_bounds(name: str) -> None:
    row = ROWS[name]
    assert row["average_error"] <= row["sup_error"]
    assert row["jump"] <= row["jump_bound"]
    assert row["low"] <= row["regret"] <= row["bound"]


@pytest.mark.parametrize("name", ["kmeans", "residual_vq", "fast_openpi"])
def test_what_controls_no_sup_error_claims_no_bound(name: str) -> None:
    assert not {"sup_error", "jump_bound", "bound"} & set(ROWS[name])


def test_learned_codes_jump_further_than_bins_of_the_same_error() -> None:
    for name in ("kmeans", "residual_vq"):
        assert ROWS[name]["jump"] > 10 * ROWS["rt1_bounds"]["jump"]


def test_a_codebook_limits_the_vocabulary() -> None:
    assert 1 < ROWS["kmeans"]["distinct"] <= 256
    assert 1 < ROWS["residual_vq"]["distinct"] <= 16**2


def test_a_tokenizer_does_not_depend_on_the_others() -> None:
    alone = Settings(tokenizers=("kmeans",), horizon=10, demonstrations=40, episodes=300, pairs=3000)
    assert compute(alone) == [ROWS["kmeans"]]


class Pairs(PerStep):
    """Whatever it is given, it executes two entries."""

    name = "pairs"

    def encode(self, u):
        return np.zeros(np.shape(u)[:-1], dtype=int)

    def decode(self, token):
        return np.zeros((*np.shape(token), 2))


def test_a_tokenizer_of_other_actions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures.tokenizers, "build", lambda *_, **__: Pairs())
    with pytest.raises(ShapeError, match=r"tokenizer 'kmeans' must execute actions of shape \(1, 3\), got \(1, 2\)"):
        compute(Settings(tokenizers=("kmeans",), horizon=8, demonstrations=2))
