"""Tokenizers are built as asked, on the right rows, and what cannot be built is said."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.candidates import Choices, build_candidates, chunk_length, requests
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.survey import Survey, survey
from quantbc.errors import ProblemError
from simulators.quantizers.registry import entries


def look(path: Path, memory: int = 10**8) -> Survey:
    return survey(open_source(path), memory=memory, rng=np.random.default_rng(0))


def build(found: Survey, *wanted: tuple[str, int]) -> tuple[Any, ...]:
    return build_candidates(found, wanted, seed=0).candidates


def test_all_are_compared_and_uniform_codebooks_at_several_sizes() -> None:
    wanted = requests([], [])
    assert {name for name, _ in wanted} == {name for name, one in entries().items() if one.compared}
    assert "openvla" not in dict(wanted)
    for name in ("uniform", "kmeans", "residual_vq"):
        sizes = [bins for other, bins in wanted if other == name and bins is not None]
        assert len(sizes) > 1
        assert sizes == sorted(set(sizes))


def test_sizes_replace_each_tokenizers_own_but_never_the_chunk_length() -> None:
    assert requests(["fast_dct", "kmeans", "kmeans"], [8, 8, 4]) == [("fast_openpi", 50), ("kmeans", 4), ("kmeans", 8)]


@pytest.mark.parametrize(("names", "bins", "message"), [(["magic"], [], "got 'magic'"), ([], [0], "at least 1, got 0")])
def test_wrong_requests_are_refused(names: list[str], bins: list[int], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        requests(names, bins)


def test_learned_tokenizers_see_even_episodes_only(npz_file: Path, data: Any) -> None:
    kmeans, uniform = build(look(npz_file), ("kmeans", 1), ("uniform", 4))
    even = np.concatenate(data.actions[::2])
    assert kmeans.held_out
    np.testing.assert_allclose(kmeans.quantizer.codebook[0], even.mean(axis=0))
    assert not uniform.held_out


def test_one_episode_serves_for_both(make: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "one.npz"
    np.savez(path, actions=np.arange(9.0)[:, None], episode_ends=[9])
    (kmeans,) = build(look(path), ("kmeans", 1))
    assert not kmeans.held_out
    assert kmeans.quantizer.codebook.item() == 4.0


def test_what_cannot_be_built_is_said(npz_file: Path) -> None:
    built = build_candidates(look(npz_file), [("kmeans", 10_000), ("uniform", 4)], seed=0)
    assert [candidate.label for candidate in built.candidates] == ["uniform 4"]
    assert built.problems[0].startswith("kmeans 10000 was not built: cells must be at most")
    assert built.missing is None


def test_the_range_is_exact_even_from_a_sample(tmp_path: Path) -> None:
    actions = np.random.default_rng(0).normal(size=(20_000, 1))
    actions[12_345], actions[777] = 50.0, -70.0
    np.savez(tmp_path / "a.npz", actions=actions, episode_ends=[20_000])
    found = look(tmp_path / "a.npz", memory=64_000)
    assert not found.sample.complete
    (uniform,) = build(found, ("uniform", 4))
    assert uniform.sup_errors == pytest.approx([120 / 8])


def test_tokens_and_chunks(npz_file: Path) -> None:
    built = build(
        look(npz_file), ("openvla_q99", 256), ("residual_vq", 4), ("quantile", 8), ("fast_openpi", 5), ("uniform", 4)
    )
    assert [candidate.token_counts for candidate in built] == [(256,), (4, 4), (8,), None, (4,)]
    assert [chunk_length(candidate.quantizer) for candidate in built] == [None, None, None, 5, None]
    assert [candidate.quantizer.first_token for candidate in built] == [1, 0, 0, 0, 0]
    assert [candidate.scale_name for candidate in built] == ["openvla_q99", "bounds", "bounds", "openpi_q99", "bounds"]


def test_without_an_extra_the_rest_is_compared_and_one_line_says_so(
    npz_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sklearn", "sklearn.cluster"):
        monkeypatch.setitem(sys.modules, name, None)
    built = build_candidates(look(npz_file), requests([], []), seed=0)
    names = {one.name for one in built.candidates}
    assert names == {n for n, e in entries().items() if e.compared} - {"kmeans", "residual_vq"}
    assert [text.partition(":")[0] for text in built.problems] == ["kmeans 256 was not built"]
    assert built.missing is not None
    assert built.missing.startswith("kmeans, residual_vq: not compared, sklearn is not installed; it comes with: pip")
    assert built.sentences == (*built.problems, built.missing)


def test_fasts_vocabulary_is_an_argument(npz_file: Path) -> None:
    found = look(npz_file)
    for choices in (Choices(min_token=-20, tokens=41), Choices(chunk=8, min_token=-3, tokens=7)):
        wanted = [("fast_openpi", 8), ("uniform", 8)]
        fast, bins = build_candidates(found, wanted, seed=0, choices=choices).candidates
        assert fast.token_counts == (choices.tokens,) * 8
        assert bins.token_counts == (8,)
