from fractions import Fraction

from proofs_check.proofs import findings


def test_the_findings_are_established(stands):
    assert "doob" in stands(findings.AVERAGE)
    assert stands(findings.NOISE) == set()


def test_the_counterexample_in_numbers():
    assert findings.stochastic_regret(16) == 7
    assert findings.average_error_bound(16) < 6
    assert findings.observed_variation() == Fraction(1, 4)


def test_the_corrected_form_covers_the_counterexample():
    learner = {("0", "far"): Fraction(1, 2), ("1", "far"): Fraction(1, 4), ("1", "0"): Fraction(1, 4)}
    expert = {("0", "far"): Fraction(3, 4), ("1", "far"): Fraction(1, 4), ("1", "0"): Fraction(0)}
    distance = sum((float(learner[k]) ** 0.5 - float(expert[k]) ** 0.5) ** 2 for k in learner) ** 0.5
    for horizon in (16, 64):
        rest = findings.average_error_bound(horizon, factor=Fraction(0))
        assert findings.stochastic_regret(horizon) <= 4 * horizon * distance + rest


def test_independent_noise_costs_half_a_step():
    assert [findings.noise_regret(h, shared=False) for h in (1, 2, 3)] == [0, Fraction(1, 2), 1]
    assert findings.noise_regret(4, shared=True) == 0
