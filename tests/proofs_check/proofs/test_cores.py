from fractions import Fraction


def test_events_kernels_and_closed_loops_rest_on_couplings_only(stands):
    assert stands("cores") == {"expectation", "tower", "disintegration", "finite_partitions", "optimal_coupling"}


def test_the_closed_loop_recursion_is_the_geometric_sum():
    C, eta, ell, eps = Fraction(1, 2), Fraction(1, 3), Fraction(3, 2), Fraction(1, 10)
    displacement = Fraction(0)
    for h in range(1, 9):
        assert displacement == 3 * C * eps * sum((eta + C * ell) ** j for j in range(h - 1))
        displacement = eta * displacement + C * (ell * displacement + 3 * eps)
