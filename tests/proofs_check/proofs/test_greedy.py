import math
from fractions import Fraction

from proofs_check.proofs.greedy import S5


def test_greedy_decoding_is_proved(stands):
    stands(S5)


def test_ties_at_one_half_attain_the_bound():
    """One step, the learner gives the expert's label 1/2 on paths of mass m: P(err) = m, D^2 = (2 - sqrt 2) m."""
    for share in (Fraction(1, 10), Fraction(1, 2), Fraction(1)):
        affinity = float(1 - share) + float(share) * math.sqrt(0.5)
        attained = float(share) * (2 - math.sqrt(2)) / (2 * (1 - affinity))
        assert 0.999 < attained <= 1 + 1e-12
