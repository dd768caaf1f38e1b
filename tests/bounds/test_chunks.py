"""Chunks: the safe ones, the recursion against an adversary that attains it, and the two ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds import ParameterError, catalog, evaluate
from bounds.chunks import chunk_growth, linear_slopes, smallest_safe_chunk
from bounds.gains import GainSequence

LOOP = {"C": 1.0, "eta": 0.9}


def adversary(A, B, slopes, push, H):
    """Deviations of x' = A x + B u when every action answers to the chunk's first state and is pushed, A, B >= 0."""
    x, states, actions = 0.0, [], []
    for h in range(H):
        if h % slopes.size == 0:
            first = x
        action = slopes[h % slopes.size] * first + push
        states.append(x)
        actions.append(action)
        x = A * x + B * action
    return np.array(states), np.array(actions)


def test_the_smallest_safe_chunk_of_the_example():
    growth = chunk_growth(linear_slopes(0.9, 1.0, -0.8, 8), **LOOP)
    assert growth[[0, 5, 6]].round(3).tolist() == [1.7, 1.063, 0.957]
    assert smallest_safe_chunk(linear_slopes(0.9, 1.0, -0.8, 8), **LOOP) == 7
    assert smallest_safe_chunk(linear_slopes(0.9, 1.0, -0.8, 6), **LOOP) is None


@settings(deadline=None, max_examples=60)
@given(
    A=st.floats(0, 1.3),
    B=st.floats(0, 1.5),
    ell=st.floats(0, 2),
    decay=st.floats(0, 1.2),
    chunk=st.integers(1, 12),
    H=st.integers(1, 40),
)
def test_the_adversary_attains_the_bound(A, B, ell, decay, chunk, H):
    eps, L_x, L_u = 1e-3, 0.5, 2.0
    states, actions = adversary(A, B, ell * decay ** np.arange(chunk), 3 * eps, H)
    regret = L_x * states.sum() + L_u * actions.sum()
    values = {"H": H, "n": 1, "class_size": 1, "eps_q": eps, "L_x": L_x, "L_u": L_u}
    values |= {"lipschitz": ell, "chunk_decay": decay, "chunk": chunk}
    bound = evaluate(catalog["chunked_lipschitz"], **values, C=B, eta=A).total
    assert bound == pytest.approx(regret, rel=1e-11)
    assert regret > 0.999 * bound
    gains = GainSequence(B * A ** np.arange(max(H - 1, 1)))
    assert evaluate(catalog["chunked_lipschitz"], **values, gains=gains).total == pytest.approx(bound, rel=1e-11)
    if chunk < H:
        first = adversary(A, B, ell * decay ** np.arange(chunk), 0.0, H)[0]
        assert not first.any()
        growth = chunk_growth(ell * decay ** np.arange(chunk), C=B, eta=A)[-1]
        push, more = (
            adversary(A, B, ell * decay ** np.arange(chunk), 1.0, 2 * chunk + 1)[0][i * chunk] for i in (1, 2)
        )
        assert more == pytest.approx(growth * push + push, rel=1e-11)


def test_chunks_of_one_action_are_the_closed_loop_and_a_single_chunk_the_open_one():
    values = {"H": 50, "n": 1000, "class_size": 9, "eps_q": 0.01, "C": 0.5, "eta": 0.6, "lipschitz": 0.9}
    one = evaluate(catalog["chunked_lipschitz"], **values, chunk=1, chunk_decay=0.3).total
    assert one == pytest.approx(evaluate(catalog["binning_lipschitz"], **values).total, rel=1e-13)
    whole = evaluate(catalog["chunked_lipschitz"], **values, chunk=[50, 80], chunk_decay=1.0).total
    without = evaluate(catalog["binning_lipschitz"], **(values | {"lipschitz": 0.0})).total
    assert whole == pytest.approx([without, without], rel=1e-13)


def test_labels_part_at_the_first_steps_of_chunks_only():
    values = {"H": 12, "n": 1000, "class_size": 9, "eps_q": 0.01, "C": 0.5, "eta": 0.6, "L": 3.0}
    result = evaluate(catalog["chunked"], **values, chunk=[1, 5, 12])
    assert result.terms["decoupling"][0] == evaluate(catalog["theorem_2"], **values).terms["decoupling"]
    hazards = [3.0 * 0.01 * 0.5 * sum(0.6**j for j in range(h)) for h in (5, 10)]
    by_hand = 5 * hazards[0] + 2 * (1 - (1 - hazards[0]) * (1 - hazards[1]))
    assert result.terms["decoupling"][1] == pytest.approx(by_hand, rel=1e-13)
    assert result.terms["decoupling"][2] == 0


def test_slopes_are_a_sequence_of_nonnegative_numbers():
    with pytest.raises(ParameterError, match="lipschitz must be a number >= 0, got -1"):
        chunk_growth([-1.0], **LOOP)
    with pytest.raises(ParameterError, match=r"slopes must be a nonempty 1-D sequence, got shape \(\)"):
        chunk_growth(1.0, **LOOP)
