"""On a finite action set a cell's code is its member nearest to the centre."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.quantizers.base import PerChunk
from simulators.quantizers.chunk import FastDCT
from simulators.quantizers.finite import ChunkLabels, label_map
from simulators.quantizers.scalar import openvla, uniform


@given(seed=st.integers(0, 2**32 - 1), A=st.integers(1, 20), d=st.integers(1, 3), bins=st.integers(1, 5))
def test_codes_are_members_of_their_cell_and_none_is_nearer(seed: int, A: int, d: int, bins: int) -> None:
    actions = np.random.default_rng(seed).integers(-4, 5, (A, d)) / 4
    q = uniform(bins)
    found = label_map(q, actions)
    tokens, centres = q.encode(actions), q.quantize(actions)
    for a, code in enumerate(found.labels):
        assert np.array_equal(tokens[a], tokens[code])
        assert found.labels[code] == code
        members = [b for b in range(A) if np.array_equal(tokens[a], tokens[b])]
        distance = [float(np.sqrt(((actions[b] - centres[a]) ** 2).sum())) for b in members]
        ties = [tuple(actions[b]) for b, far in zip(members, distance, strict=True) if far <= min(distance) + 1e-9]
        assert tuple(actions[code]) == min(ties)


def test_ties_go_to_the_lower_action_wherever_it_stands() -> None:
    assert label_map(uniform(1), [0.5, -0.5]).labels.tolist() == [1, 1]
    thirds = np.linspace(0, 1, 13)  # members mirrored about the centre differ in the last bit of their distance
    assert label_map(uniform(1, low=0.0, high=1.0), thirds[[0, 3, 9, 12]]).labels.tolist() == [1, 1, 1, 1]


def test_tokens_of_one_action_are_cells_of_their_own() -> None:
    assert len(label_map(openvla(3), [0.5, 1.0]).codebook) == 2


def test_bad_input_is_refused() -> None:
    with pytest.raises(DomainError, match="must act on single steps where actions are a finite set, got unit 'chunk'"):
        label_map(FastDCT(1), [0.0])
    with pytest.raises(ShapeError, match=r"shape \(A, d\)"):
        label_map(uniform(2), np.zeros((0, 1)))


class Mean(PerChunk):
    """The mean of a chunk, for both of its steps."""

    name, steps = "mean", 2

    def encode(self, u):
        return self.chunks("u", u).mean(axis=-2)

    def decode(self, token):
        return np.repeat(np.asarray(token)[..., None, :], 2, axis=-2)


def test_a_chunk_is_quantized_whole_and_executed_by_the_nearest_members() -> None:
    found = ChunkLabels(Mean(), [1.0, -1.0, 0.25])
    assert (found.n_actions, found.steps) == (3, 2)
    assert found.of_chunks(np.array([[[0, 1], [0, 2]], [[2, 2], [1, 1]]])).tolist() == [
        [[2, 2], [2, 2]],  # means 0 and 0.625, the latter as near to 1 as to 0.25, which is lower
        [[2, 2], [1, 1]],
    ]


def test_a_tie_of_steps_goes_to_the_lower_action_wherever_it_stands() -> None:
    assert ChunkLabels(Mean(), [1.0, -1.0]).of_chunks(np.array([[0, 1]])).tolist() == [[1, 1]]


def test_single_steps_are_no_chunks() -> None:
    with pytest.raises(DomainError, match="quantizer 'uniform' must act on chunks, got unit 'step'"):
        ChunkLabels(uniform(2), [0.0])
