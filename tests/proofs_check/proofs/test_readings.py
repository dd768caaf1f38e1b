import pytest
import sympy

from bounds import evaluate
from bounds.catalog import catalog
from bounds.symbols import symbol
from proofs_check.ledger import Verdict
from proofs_check.proofs import readings
from proofs_check.proofs.readings import Radius, gamma


@pytest.mark.parametrize(
    ("key", "radius"),
    [("theorem_2", Radius(2, False)), ("theorem_3", Radius(1, False)), ("binning_lipschitz", Radius(2, True))],
)
def test_a_catalog_with_another_radius_is_noticed(key, radius):
    for form in catalog[key].forms:
        assert readings.imitation_step(key, form, radius).obligation.discharge().verdict is not Verdict.CHECKED


def test_a_catalog_with_another_hazard_is_noticed():
    t = sympy.Symbol("t", integer=True, positive=True)
    other = sympy.Min(1, symbol("L") * symbol("eps_q") * gamma(t + 1))
    for step in readings.decoupling_steps("theorem_2", other, t):
        assert step.obligation.discharge().verdict is not Verdict.CHECKED


def test_a_catalog_with_another_drift_is_noticed():
    h = sympy.Symbol("h", integer=True, positive=True)
    eps = symbol("eps_q")
    assert (
        readings.drift_step("theorem_2", eps * gamma(h), 2 * eps, h).obligation.discharge().verdict
        is not Verdict.CHECKED
    )


def test_at_half_the_range_the_variance_form_is_never_the_smaller():
    values = {"H": 10, "n": [1, 50, 1e6], "class_size": 9, "eps_q": 0.0, "C": 1.0, "eta": 0.0, "L": 1.0}
    plain = evaluate(catalog["theorem_2"], **values).total
    assert (evaluate(catalog["theorem_2"], **values, return_std=5.0).total == plain).all()
