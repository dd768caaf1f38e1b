import math

import pytest

import bounds
from bounds.catalog import catalog
from simulators.witnesses.arctan_trap import ArctanTrapWitness


def test_theorem_6_is_proved_in_both_forms(stands, checked):
    assert stands("theorem_6") == {"arctan", "expectation", "exponential", "exponential_tangent"}
    assert {"final", "final_simple"} <= {step.step.id for step in checked("theorem_6").steps}


@pytest.mark.parametrize("form", ["sharp", "simple"])
def test_the_floor_is_below_the_enclosed_regret(form):
    witness = ArctanTrapWitness(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01)
    floor = float(bounds.evaluate(catalog["theorem_6"], form=form, H=40, **witness.values()).total)
    regret = witness.deployed(40, resolution=1_000).regret
    assert 0 < floor <= regret.high
    assert math.isfinite(regret.high)
