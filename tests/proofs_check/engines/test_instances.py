import pytest
import z3

from proofs_check.engines.instances import conjuncts, instance, letters

a, b, n, p, x, y = z3.Reals("a b n p x y")
LARGER = z3.Implies(z3.And(a >= 0, b >= 1), a * b >= a)


@pytest.mark.parametrize(
    ("formula", "context"),
    [
        (z3.Implies(z3.And(x >= 0, y >= 1), x * y >= x), ()),
        (x * y >= x, (z3.And(x >= 0, y >= 1),)),
        (z3.Implies(y >= 1, (x + n) * y >= x + n), (x + n >= 0,)),
        (z3.And(z3.Implies(a >= 0, a * b >= a), z3.Implies(x >= 0, x * b >= x)), (b >= 1,)),
    ],
)
def test_terms_may_be_put_in_the_places_of_letters(formula: z3.BoolRef, context: tuple[z3.BoolRef, ...]) -> None:
    assert instance(formula, [LARGER], context) is not None


@pytest.mark.parametrize(
    ("formula", "context"),
    [
        (x * y >= x, ()),  # hypotheses dropped
        (x * y >= x, (x >= 0,)),  # one of them
        (x * y >= y, (x >= 0, y >= 1)),  # two terms for one letter
        (x * y > x, (x >= 0, y >= 1)),  # another relation
        (x <= x * y, (x >= 0, y >= 1)),  # another formula, though it says the same
        (z3.And(x * y >= x, y * x >= y), (x >= 0, y >= 1)),  # one conjunct too many
    ],
)
def test_anything_else_is_refused(formula: z3.BoolRef, context: tuple[z3.BoolRef, ...]) -> None:
    assert instance(formula, [LARGER], context) is None


def test_running_letters_may_only_be_renamed() -> None:
    bernoulli = z3.Implies(y >= -1, p >= 1 + n * y)
    assert instance(z3.Implies(x >= -1, a >= 1 + b * x), [bernoulli], running={"n", "p"}) == ({"p": a, "n": b, "y": x},)
    assert instance(z3.Implies(x >= -1, a >= 1 + 2 * x), [bernoulli], running={"n", "p"}) is None
    assert instance(z3.Implies(x >= -1, a / 2 >= 1 + n * x), [bernoulli], running={"n", "p"}) is None


def test_parts_and_letters() -> None:
    assert conjuncts(z3.And(a >= 0, z3.And(b >= 0, a <= b))) == (a >= 0, b >= 0, a <= b)
    assert letters(a + 2 * b <= a) == {"a", "b"}


def test_terms_may_be_written_in_another_way() -> None:
    assert instance(z3.Implies(z3.And(x >= 0, y + 2 >= 1), x * (2 + y) >= x + x - x), [LARGER]) == (
        {"a": x, "b": 2 + y},
    )
    assert instance(z3.Implies(z3.And(x >= 0, y + 2 >= 1), x * (2 + y) >= x + x), [LARGER]) is None
