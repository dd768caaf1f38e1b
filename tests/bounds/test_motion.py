"""How far trajectories move apart: open, closed, the policy's own loop; errors by step; state and action."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bounds.amplitudes import AVERAGE, BIN_ERROR
from bounds.gains import GainSequence
from bounds.motion import Deviation
from bounds.step_errors import StepErrors
from bounds.terms import Drift
from bounds.values import collect

REWARD = {"L_x": 0.7, "L_u": 1.3}
GAINS = {"C": 0.5, "eta": 0.6}
LOOPS = {
    "open": (Deviation(BIN_ERROR), GAINS | {"eps_q": 0.1}),
    "closed": (Deviation(BIN_ERROR, "closed"), GAINS | {"eps_q": 0.1, "lipschitz": 0.9}),
    "own": (Deviation(BIN_ERROR, "own"), {"loop_C": 0.5, "loop_eta": 0.6, "eps_q": 0.1, "lipschitz": 0.9}),
    "none": (Deviation(BIN_ERROR, "none"), {"eps_q": 0.1}),
    "by step": (Deviation(AVERAGE, "closed"), GAINS | {"average_error": StepErrors([0.1, 0.3, 0, 1]), "lipschitz": 1}),
}


def collected(deviation, given):
    needs = Drift(deviation).needs
    taken = {name for wanted in needs for names in wanted.alternatives for name in names}
    return collect("a drift", needs, {name: value for name, value in given.items() if name in taken})


@pytest.mark.parametrize("name", LOOPS)
def test_the_drift_is_the_sum_of_what_states_and_actions_lose(name):
    deviation, given = LOOPS[name]
    for H in (1, 2, 4):
        values = collected(deviation, given | REWARD | {"H": H})
        state, action = deviation.state(values, H), deviation.action(values, H)
        assert state.shape == action.shape == (H,)
        assert state[0] == 0
        lost = 1.3 * action.sum() + (0.7 * state.sum() if name != "none" else 0.0)
        assert deviation.loss(values) == pytest.approx(lost, rel=1e-13)


@pytest.mark.parametrize("name", ["closed", "own"])
def test_a_closed_loop_by_hand(name):
    deviation, given = LOOPS[name]
    values = collected(deviation, given | REWARD | {"H": 6})
    base = 0.6 + 0.5 * 0.9 if name == "closed" else 0.6
    state = [0.1 * 0.5 * sum(base**j for j in range(h)) for h in range(6)]
    assert deviation.state(values, 6) == pytest.approx(state, rel=1e-13)
    assert deviation.action(values, 6) == pytest.approx(0.9 * np.array(state) + 0.1, rel=1e-13)


@settings(deadline=None, max_examples=40)
@given(
    errors=st.lists(st.floats(0, 1), min_size=2, max_size=30),
    C=st.floats(0, 2),
    eta=st.floats(0, 1.5),
    ell=st.floats(0, 2),
)
def test_errors_by_step_in_a_closed_loop_whatever_spells_the_gains(errors, C, eta, ell):
    H = len(errors)
    moved, by_hand = 0.0, []
    for error in errors:
        by_hand.append(moved)
        moved = eta * moved + C * (ell * moved + error)
    deviation = Deviation(AVERAGE, "closed")
    given = {"H": H, "average_error": StepErrors(errors), "lipschitz": ell} | REWARD
    for gains in ({"C": C, "eta": eta}, {"gains": GainSequence(C * eta ** np.arange(H))}):
        values = collected(deviation, given | gains)
        assert deviation.state(values, H) == pytest.approx(by_hand, rel=1e-11, abs=1e-300)
