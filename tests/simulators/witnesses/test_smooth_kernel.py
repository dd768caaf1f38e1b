from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.errors import DomainError
from simulators.exact.dp import regret
from simulators.policies.tabular import TabularPolicy
from simulators.systems.tabular import TabularMDP
from simulators.witnesses.smooth_kernel import SmoothKernel


@given(st.integers(1, 6), *(st.fractions(0, 1, max_denominator=20),) * 3)
def test_the_regret_is_that_of_the_tabular_mdp(H, eps, L_P, L_u):
    one, zero, slip = Fraction(1), Fraction(0), L_P * eps
    stays, falls = [one, zero], [1 - slip, slip]
    mdp = TabularMDP(
        transition=np.array([[stays, falls], [[zero, one]] * 2]),
        reward=np.array([[[one, 1 - L_u * eps], [zero, zero]]] * H),
        initial=np.array(stays),
    )
    expert, learner = (TabularPolicy.of_actions([a, a], 2, exact=True) for a in (0, 1))
    assert SmoothKernel(H, eps, L_P, L_u).exact() == regret(mdp, expert, learner)


@pytest.mark.parametrize("bad", [{"eps": -1}, {"L_P": 20}, {"L_u": 11}])
def test_bad_parameters_are_refused(bad):
    with pytest.raises(DomainError):
        SmoothKernel(**{"horizon": 3, "eps": Fraction(1, 10), "L_P": Fraction(1), "L_u": Fraction(1)} | bad)
