"""The deviation of the state beside its bound: the measured one is below it where labels agree."""

import numpy as np
import pytest

from bounds import catalog, evaluate
from proofs_check.comparison import compare
from proofs_check.displacements import likeliest
from simulators.experiments.base import Budget
from tests.simulators.experiments.test_linear import study

LOOP = {"H": 6, "n": 1e6, "log_class_size": 1.0, "eps_q": 0.01, "C": 0.5, "eta": 0.5, "L_x": 1.0, "L_u": 1.0}


def test_a_cell_has_the_measured_deviation_beside_its_bound() -> None:
    cell = compare(study(), Budget(H=8, n=2000, episodes=500), np.random.default_rng(0)).as_dict()
    for sense in ("surely", "mean"):
        found = cell["deviation"][sense]
        assert np.all(np.array(found["values"]) <= np.array(found["bound"]) + 1e-12)
        assert 0.9 < found["probability"] <= 1
        assert "incrementally_stable" in {a.name for a in catalog[found["statement"]].assumptions} or found[
            "statement"
        ].startswith("closed_loop")
    assert "bound" not in cell["deviation"]["rms"]
    assert max(cell["deviation"]["surely"]["values"]) > 0.1 * max(cell["deviation"]["surely"]["bound"])


def test_what_is_likelier_comes_before_what_is_smaller() -> None:
    sure = evaluate(catalog["binning_lipschitz"], lipschitz=0.5, **LOOP)
    smaller = evaluate(catalog["theorem_2"], L=50.0, **LOOP)
    smallest = evaluate(catalog["binning_lipschitz"], lipschitz=0.1, **LOOP)
    assert likeliest([sure, smaller])["surely"].evaluation.theorem.key == "binning_lipschitz"
    assert likeliest([smaller])["surely"].largest < likeliest([sure])["surely"].largest
    assert likeliest([sure, smallest])["surely"].largest == pytest.approx(likeliest([smallest])["surely"].largest)


def test_what_is_as_likely_to_two_digits_is_chosen_by_its_size() -> None:
    sure = evaluate(catalog["binning_lipschitz"], lipschitz=0.5, **LOOP)
    smaller = evaluate(catalog["binning_lipschitz"], lipschitz=0.1, **{**LOOP, "n": 1e5})
    chosen = likeliest([sure, smaller])["surely"]
    assert chosen.probability < likeliest([sure])["surely"].probability
    assert chosen.largest < likeliest([sure])["surely"].largest


def test_states_that_are_coupled_otherwise_say_nothing() -> None:
    known = {name: value for name, value in LOOP.items() if name not in ("C", "eta", "L_x")}
    assert likeliest([evaluate(catalog["smooth_kernel"], L_P=0.5, **known)]) == {}
