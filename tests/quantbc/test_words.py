import pytest

from quantbc.words import dimension_name, percent


@pytest.mark.parametrize("share", [0.996, 0.9999, 1.0, 2.5, 0.5])
def test_no_percentage_has_an_exponent(share: float) -> None:
    assert "e" not in percent(share)
    assert float(percent(share).removesuffix(" %")) == pytest.approx(100 * share, rel=5e-3)


def test_a_dimension_has_its_name_where_there_is_one() -> None:
    assert dimension_name(("x", "gripper"), 1) == "'gripper' (dimension 1)"
