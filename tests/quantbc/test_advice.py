"""The advice names the largest term and the lever that moves it."""

import pytest

import bounds
from quantbc.advice import advice

BASE = {"H": 50, "class_size": 256, "C": 0.5, "eta": 0.5, "L": 2.0}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"n": 1000, "eps_q": 1e-6}, ("imitation dominates", "more demonstrations")),
        ({"n": 10**9, "eps_q": 1e-3}, ("decoupling dominates", "more bins")),
        ({"n": 10**9, "eps_q": 1e-3, "L": 0.0}, ("drift dominates", "more stable dynamics")),
        ({"n": 10, "eps_q": 0.1}, ("VACUOUS", "no better than the trivial")),
    ],
)
def test_the_largest_term_and_its_remedy_are_named(values: dict[str, float], words: tuple[str, ...]) -> None:
    text = advice(bounds.evaluate(bounds.catalog["theorem_2"], **(BASE | values)))
    assert all(word in text for word in words)


def test_overflow_is_said() -> None:
    unstable = bounds.evaluate(bounds.catalog["theorem_2"], **(BASE | {"n": 10, "eps_q": 0.1, "eta": 1.5, "H": 10**4}))
    assert "overflows floating point" in advice(unstable)


def test_nothing_to_lose_is_said() -> None:
    free = bounds.evaluate(bounds.catalog["ross_bagnell"], H=5, step_error=0.0)
    assert advice(free) == "every term is zero"
