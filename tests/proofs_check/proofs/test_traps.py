import numpy as np
import pytest
import z3

from proofs_check.proofs import traps
from simulators.quantizers.traps import ArctanTrap

CASES = [(0.2, 0.3, 2.0, 1.2, 1e-3), (0.2, 0.3, 1.0, 0.6, 1e-4), (0.4, 0.1, 1.5, 0.8, 1e-3)]

INTERVALS = (traps.TRIGGER, traps.T1, traps.T2)


def test_invariance_and_contraction_are_among_the_steps_of_theorem_6(checked):
    verdicts = {step.step.id: step.verdict for step in checked(traps.KEY).steps}
    assert {verdicts[step.id] for step in traps.steps()} == {"ALGEBRA CHECKED"}


@pytest.mark.parametrize("case", CASES)
def test_the_proof_speaks_of_the_intervals_that_the_quantizer_has(case):
    numbers = dict(zip(["A", "B", "k", "d", "eps"], case, strict=True))
    values = [(z3.Real(name), z3.RealVal(str(value))) for name, value in numbers.items()]
    read = [[float(z3.simplify(z3.substitute(end, *values)).as_fraction()) for end in i] for i in INTERVALS]
    assert np.allclose(read, ArctanTrap(**numbers).intervals, rtol=1e-12, atol=0)
