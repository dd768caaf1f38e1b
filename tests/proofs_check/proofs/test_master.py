import pytest

from proofs_check.library import library


def test_the_master_theorem_rests_on_measure_theory_only(stands):
    assert stands("master") == {"expectation", "tower", "disintegration", "finite_partitions", "optimal_coupling"}


@pytest.mark.parametrize(
    "step", ["survival_recursion", "summed_loss", "simple_form", "range", "response", "law_change"]
)
def test_what_holds_for_every_horizon_is_proved_by_induction(step):
    (master,) = (proof for proof in library().proofs if proof.key == "master")
    (found,) = (s for s in master.steps if s.id == step)
    assert "induction" in found.obligation.engine
