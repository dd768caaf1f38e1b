from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulators.errors import DomainError
from simulators.witnesses.loops import ChunkedLoop, Feedback, OwnLoop, RoundingUp

HALF, EPS = Fraction(1, 2), Fraction(1, 2**10)
SHARES = st.fractions(0, 1, max_denominator=8)


def path(witness):
    states, actions = zip(*witness._steps(), strict=True)
    return states, actions


@given(st.integers(1, 12), SHARES, SHARES, SHARES)
def test_the_path_obeys_the_dynamics_and_the_codes_are_near_the_map(H, a, b, slope):
    assume(b > 0)
    try:
        witness = RoundingUp(H, EPS, a, b, slope)
    except DomainError:
        assume(False)
    states, actions = path(witness)
    assert states[0] == 0
    assert all(states[h + 1] == a * states[h] + b * actions[h] for h in range(H - 1))
    assert all(abs(u - (2 * EPS + slope * x)) == EPS for x, u in zip(states, actions, strict=True))
    assert witness.exact() == sum(states) + sum(actions)


@given(st.integers(1, 12), SHARES, SHARES)
def test_codes_of_the_feedback_loop_move_by_slope_and_jump_at_most(H, slope, jump):
    witness = Feedback(H, EPS, HALF, HALF, slope, jump=jump * EPS)
    points = list(witness._steps())
    for x, u in points:
        for y, v in points:
            assert abs(u - v) <= slope * abs(x - y) + jump * EPS


def test_the_open_loop_of_the_unstable_plant_grows_and_its_own_does_not():
    witness = OwnLoop.tightest()
    found = witness.values()
    assert found["eta"] > 1 > found["loop_eta"]
    assert max(path(witness)[0]) < 20 * witness.eps


def test_a_chunk_of_one_is_no_chunk_and_longer_ones_hold_the_first_state():
    assert ChunkedLoop(9, EPS, HALF, HALF, HALF).exact() == RoundingUp(9, EPS, HALF, HALF, HALF).exact()
    witness = ChunkedLoop(9, EPS, HALF, HALF, HALF, steps=3, decay=HALF)
    states, actions = path(witness)
    assert actions[:3] == (EPS, EPS, EPS)
    assert [u - 3 * EPS for u in actions[3:6]] == [HALF ** (i + 1) * states[3] for i in range(3)]


@pytest.mark.parametrize("bad", [{"eps": 0}, {"slope": -2}, {"a": -1}, {"L_u": 10**6}])
def test_bad_parameters_are_refused(bad):
    with pytest.raises(DomainError):
        RoundingUp(**{"horizon": 5, "eps": EPS, "a": HALF, "b": HALF, "slope": HALF} | bad)
