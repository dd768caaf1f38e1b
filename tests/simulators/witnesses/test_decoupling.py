from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bounds import catalog, evaluate
from proofs_check.tightness import spelled
from simulators.errors import DomainError
from simulators.exact.dp import regret
from simulators.policies.tabular import TabularPolicy
from simulators.systems.finite import enumerate_linear
from simulators.witnesses.base import KNOWN_LABELS
from simulators.witnesses.decoupling import Decoupling


def bound(witness, form):
    return evaluate(catalog["theorem_2"], form, **spelled(catalog["theorem_2"], {**KNOWN_LABELS, **witness.values()}))


def excess(witness, form):
    """Bound without its statistical term over the exact regret."""
    terms = bound(witness, form).terms
    return float(terms["decoupling"] + terms["drift"]) / float(witness.exact())


@pytest.mark.parametrize(
    ("H", "eps", "ratio"),
    [
        (50, 1e-3, 1.0326),
        (50, 1e-5, 1.0003),
        (50, 1e-7, 1.0),
        (1000, 1e-3, 1.7607),
        (1000, 1e-5, 1.0067),
        (1000, 1e-7, 1.0001),
    ],
)
def test_the_simple_form_exceeds_the_regret_by_known_ratios(H, eps, ratio):
    witness = Decoupling(H, eps)
    assert round(excess(witness, "simple"), 4) == ratio
    assert 1 <= excess(witness, "sharp") <= excess(witness, "simple")


def test_neither_form_can_be_lowered_by_a_thousandth():
    witness = Decoupling(50, Fraction(1, 10**7))
    for form in ("sharp", "simple"):
        terms = bound(witness, form).terms
        assert 0.999 * float(terms["decoupling"] + terms["drift"]) < witness.exact()


def test_the_regret_grows_with_the_square_of_the_horizon():
    short, long = (Decoupling(H, 1e-9).exact() for H in (1000, 2000))
    assert long / short == pytest.approx(4, rel=2e-3)


@given(st.integers(1, 5), st.fractions(0, Fraction(1, 3), max_denominator=50))
def test_the_regret_is_that_of_the_finite_system(H, eps):
    half = Fraction(1, 2)
    actions = sorted({Fraction(0), eps, Fraction(1)})
    system = enumerate_linear(
        a=half,
        b=half,
        initial={Fraction(0): Fraction(1)},
        actions=actions,
        noise={Fraction(0): Fraction(1)},
        horizon=H,
        reward=lambda h, x, u: max(Fraction(0), 1 - 2 * x - u),
    )

    def policy(rest):
        table = np.full((system.n_states, len(actions)), Fraction(0), dtype=object)
        for i, x in enumerate(system.states[:, 0]):
            table[i, actions.index(Fraction(1))] = min(Fraction(1), 2 * x)
            table[i, actions.index(rest)] += 1 - min(Fraction(1), 2 * x)
        return TabularPolicy(table)

    assert Decoupling(H, eps).exact() == regret(system, policy(Fraction(0)), policy(eps))


@pytest.mark.parametrize("bad", [{"horizon": 0, "eps": 0.1}, {"horizon": 3, "eps": 0.5}, {"horizon": 3, "eps": -0.1}])
def test_bad_parameters_are_refused(bad):
    with pytest.raises(DomainError):
        Decoupling(**bad)
