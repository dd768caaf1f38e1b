import math

import pytest


@pytest.mark.parametrize("low", [0.01, 0.3])
def test_a_path_visits_an_interval_no_more_often_than_the_proof_says(low: float) -> None:
    a, b, high = 0.2, 0.5, 3 * low
    most = math.ceil(math.log(high / low) / math.log(1 / (a + b)))
    for start in (low / 2, low, 1.5 * low, high, 1.0, 2.0, -1.0):
        x, visits = start, 0
        for _ in range(60):
            visits += low <= x <= high
            x = a * x + b * math.atan(x)
        assert visits <= (most if start >= low else 0)


def test_the_steps_stand_without_prose(checked) -> None:
    steps = {step.step.id: step for step in checked("theorem_6_error").steps}
    for name in ("path", "other_side", "few", "source", "late", "visits", "met", "who_visits"):
        assert steps[name].verdict == "ALGEBRA CHECKED"
