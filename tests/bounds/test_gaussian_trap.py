"""The Gaussian trap's floor: numbers, conditions, and that no trap is below it."""

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from bounds import AssumptionError, catalog, evaluate
from simulators.errors import DomainError
from simulators.witnesses.gaussian_trap import GaussianTrapWitness

FLOOR = catalog["theorem_6_gaussian"]
USUAL = {"eps": 0.05, "A": 0.2, "B": 0.3, "c": 1.0, "sigma_w": 0.1}


@st.composite
def parameters(draw):
    """Values that meet the conditions, far from where the loss is a difference of equals."""
    A, share, eps = draw(st.floats(0.0, 0.9)), draw(st.floats(0.05, 0.9)), 10 ** draw(st.floats(-9, -0.05))
    B = 10 ** draw(st.floats(-4, -0.01))
    values = {"A": A, "B": B, "c": share * (1 - A) / B, "eps": eps, "sigma_w": 10 ** draw(st.floats(-3, 1))}
    assume(eps < 2 * values["sigma_w"] * np.log(2 / eps**2))
    loop = 1 - A - share * (1 - A)
    assume(abs(loop / np.sqrt(1 - (1 - loop) ** 2) + (loop - share * (1 - A)) / (1 - A)) > 0.01)
    return values | {"reach": draw(st.floats(0, 6)), "H": draw(st.integers(1, 60))}


@settings(deadline=None, max_examples=40)
@given(values=parameters())
def test_the_number_is_the_formula(reference, values):
    exact = reference.terms(FLOOR.key, values)["floor"]
    assert reference.error(evaluate(FLOOR, **values).total, exact) <= 1e-12


@pytest.mark.parametrize("eps", [1e-300, 1e-12, 0.05])
@pytest.mark.parametrize("H", [1, 10**6])
def test_extremes_give_finite_numbers(eps, H):
    total = evaluate(FLOOR, **(USUAL | {"eps": eps}), H=H, reach=[0.0, 40.0]).total
    assert ((total >= 0) & (total <= H)).all()


def test_horizons_and_parameters_broadcast_and_the_floor_grows():
    H, eps = np.array([1, 2, 7, 300])[:, None], np.array([0.01, 0.03, 0.05])
    table = evaluate(FLOOR, **(USUAL | {"eps": eps}), H=H).total
    assert (np.diff(table, axis=0) >= 0).all()
    for i, j in np.ndindex(4, 3):
        one = evaluate(FLOOR, **(USUAL | {"eps": float(eps[j])}), H=int(H[i, 0])).total
        assert table[i, j] == pytest.approx(float(one), rel=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("eps", [0.05, 0.02])
def test_the_floor_is_below_the_propagated_regret_and_of_its_order(eps):
    witness = GaussianTrapWitness(A=0.2, B=0.3, c=1.0, sigma=0.1, eps=eps, cells=700)
    floors = evaluate(FLOOR, **witness.values(), H=[1, 60, 200], reach=np.linspace(0, 4, 9)[:, None]).total.max(axis=0)
    lows = np.array([witness.regret(H).low for H in (1, 60, 200)])
    assert (floors <= lows + 1e-12).all()
    assert floors[-1] > 0.69 * witness.regret(200).high


def test_without_its_far_states_the_floor_would_be_false():
    """reach = 0 enters as from the centre and counts nobody; with everybody counted it exceeds the regret."""
    witness = GaussianTrapWitness(A=0.2, B=0.3, c=1.0, sigma=0.1, eps=0.05, cells=700)
    counted = evaluate(FLOOR, **witness.values(), H=100, reach=1e-3).total / 1e-3 / np.sqrt(2 / np.pi)
    assert counted > witness.regret(100).high


@settings(max_examples=15, deadline=None)
@given(
    A=st.floats(0.05, 0.6),
    share=st.floats(0.1, 0.9),
    B=st.floats(0.1, 0.99),
    sigma=st.floats(0.05, 1),
    eps=st.floats(0.01, 0.3),
    reach=st.floats(0, 4),
)
def test_no_trap_is_below_its_floor(A, share, B, sigma, eps, reach):
    try:
        witness = GaussianTrapWitness(A=A, B=B, c=share * (1 - A) / B, sigma=sigma, eps=eps, cells=150)
        floor = evaluate(FLOOR, **witness.values(), H=30, reach=reach).total
    except (DomainError, AssumptionError):
        reject()
    assert floor <= witness.regret(30).high


def test_a_floor_from_an_unseen_loss_is_zero():
    """The far end of this trap costs nothing: (1 - A - B c) x_c / B is below c r."""
    assert evaluate(FLOOR, eps=0.05, A=0.01, B=0.9, c=1.0, sigma_w=0.1, H=50).total == 0


@pytest.mark.parametrize(
    ("wrong", "requirement"),
    [
        ({"c": 2.7}, "A + B * c < 1"),
        ({"eps": 1.2}, "eps < 1"),
        ({"sigma_w": 0.003}, "eps < 2 * sigma_w"),
    ],
)
def test_violated_conditions_are_named(wrong, requirement):
    with pytest.raises(AssumptionError) as caught:
        evaluate(FLOOR, **(USUAL | wrong), H=10)
    assert requirement in str(caught.value)
