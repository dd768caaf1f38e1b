import pytest

from simulators.errors import DomainError
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.noisy_trap import NoisyTrapWitness
from simulators.witnesses.trap_numbers import NoisyTrapRegret, TrapError, TrapRegret

ARCTAN = ArctanTrapWitness(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01)
FAR = NoisyTrapWitness(A=0.2, B=0.3, c=1.0, W=0.1, eps=0.05, x_c=2.0, cells=200)


def test_late_steps_of_the_expert_cost_what_the_trigger_costs():
    whole, early = TrapError(ARCTAN, 130), TrapError(ARCTAN, 100)
    assert whole.exact() == pytest.approx(ARCTAN.average_error(130).middle, rel=1e-9)
    assert early.exact() == ARCTAN.average_error(100).middle


def test_late_steps_in_the_noisy_trap_cost_one_each():
    found = FAR.regret(150)
    assert abs(NoisyTrapRegret(FAR, 150).exact() - found.middle) <= found.width


def test_horizons_are_part_of_the_symbols_and_positive():
    assert TrapRegret(ARCTAN, 7).values()["H"] == NoisyTrapRegret(FAR, 7).values()["H"] == 7
    with pytest.raises(DomainError, match="horizon"):
        TrapRegret(ARCTAN, 0)
