"""Cloning, deploying and ranking on a control task, at the smallest size that still means something."""

import numpy as np
import pytest

pytest.importorskip("gymnasium", reason="control tasks need quantbc[gym]")

from examples.control import Comparison, Effort, clone, compare, rank_correlation, report
from examples.control_tasks import TASKS, Rollouts
from quantbc.errors import ProblemError
from simulators.quantizers.scalar import uniform

SMALL = Effort(demos=4, episodes=3, repeats=2, epochs=3, hidden=8)


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(TASKS["pendulum"], effort=SMALL, seed=0, tokenizers=("uniform", "kmeans"), bins=(4, 16))


def test_a_clone_plays_codes_that_follow_the_state() -> None:
    states = np.linspace(-1, 1, 4000)[:, None]
    data = Rollouts((states,), (np.where(states > 0, 0.75, -0.75),), np.zeros(1))
    effort = Effort(epochs=10, hidden=16)
    act = clone(uniform(4), data, effort=effort, seed=0, rng=np.random.default_rng(0))
    played = act(np.array([[-0.9], [0.9]] * 200)).reshape(200, 2)
    assert set(played.ravel()) <= set(uniform(4).codes)
    assert (played == [-0.75, 0.75]).mean() > 0.95


def test_one_token_only_needs_no_training() -> None:
    data = Rollouts((np.zeros((9, 1)),), (np.full((9, 1), 0.1),), np.zeros(1))
    act = clone(uniform(2), data, effort=SMALL, seed=0, rng=np.random.default_rng(0))
    assert act(np.zeros((3, 1))).tolist() == [[0.5]] * 3


def test_every_tokenizer_is_audited_and_deployed(found: Comparison) -> None:
    assert found.labels == ("uniform 4", "uniform 16", "kmeans 4", "kmeans 16")
    assert found.losses.shape == (4, 2, 3)
    assert found.bounds[0] > found.bounds[1] > 0
    assert found.errors[0] > found.errors[1] > 0
    assert found.horizon == 200
    intervals = found.intervals(np.random.default_rng(0))
    assert np.all(intervals[:, 0] <= found.mean_losses)
    assert np.all(found.mean_losses <= intervals[:, 1])


def test_a_comparison_is_printed_whatever_comes_out(found: Comparison, capsys: pytest.CaptureFixture[str]) -> None:
    report(found, "clones", np.random.default_rng(0))
    out = capsys.readouterr().out
    assert all(label in out for label in found.labels)
    assert "Spearman of bound and return loss" in out
    tied = Comparison(**(vars(found) | {"losses": np.zeros_like(found.losses)}))
    report(tied, "clones", np.random.default_rng(0))
    assert "Spearman: undefined, all losses are equal" in capsys.readouterr().out


def test_a_quantized_expert_loses_less_with_more_bins() -> None:
    task = TASKS["pendulum"]
    found = compare(task, effort=SMALL, seed=0, tokenizers=("rt1_bounds",), bins=(2, 1024), learn=False)
    coarse, fine = found.mean_losses
    assert coarse > 400  # codes −2 and 0 never swing it up
    assert abs(fine) < 1


def test_rank_correlation_knows_its_ends_and_its_noise() -> None:
    rng = np.random.default_rng(0)
    scores = np.arange(8.0)
    clear = scores[:, None, None] + 0.01 * rng.normal(size=(8, 2, 20))
    assert rank_correlation(scores, clear, rng=rng) == (1.0, 1.0, 1.0)
    assert rank_correlation(-scores, clear, rng=rng) == pytest.approx((-1.0, -1.0, -1.0))
    noise = rank_correlation(scores, rng.normal(size=(8, 2, 20)), rng=rng)
    assert noise is not None
    assert noise[2] - noise[1] > 0.4
    assert rank_correlation(np.ones(8), clear, rng=rng) is None


def test_chunk_tokenizers_are_refused_before_any_work() -> None:
    deployed: list[int] = []
    with pytest.raises(ProblemError, match="must act on single steps to be deployed step by step, got 'fast_openpi'"):
        compare(
            TASKS["pendulum"], effort=SMALL, seed=0, tokenizers=("uniform", "fast_openpi"), progress=deployed.append
        )
    assert deployed == []
