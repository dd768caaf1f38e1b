"""Upper against lower bounds: never crossed, a bounded factor apart, and the curves are slices of the map."""

from figures.gap import Settings, compute
from figures.tables import groups

ROWS = compute(Settings(points=9))


def test_the_lower_bound_lies_below_the_upper_bound() -> None:
    assert len(ROWS) == 2 * 9 * 9
    for row in ROWS:
        assert 0 < row["lower_bound"] <= row["bound"]
        assert row["gap"] == row["bound"] / row["lower_bound"]


def test_the_gap_is_at_most_a_constant() -> None:
    largest = {key: max(row["gap"] for row in rows) for (key,), rows in groups(ROWS, "theorem").items()}
    assert largest["theorem_2"] < 7
    assert largest["theorem_3_deterministic_class"] < 20


def test_with_data_enough_only_the_quantization_terms_are_left_two_apart() -> None:
    row = max(ROWS, key=lambda row: row["n"] * row["eps_q"] * (row["lower"] == "theorem_8"))
    assert 1.9 < row["gap"] < 2.1


def test_three_values_are_shown_as_curves() -> None:
    assert {row["eps_q"] for row in ROWS if row["shown"]} == {1e-2, 1e-3, 1e-4}
