import pytest
import sympy

from bounds.catalog import catalog
from proofs_check.kernel.index import KernelError, headlines
from proofs_check.kernel.printing import FILE, definitions, source, term

PROVED = [key for headline in headlines() for key in headline.proves]
x, y = sympy.symbols("x y", positive=True)
d, h, H = sympy.symbols("d h H", integer=True, positive=True)


def test_the_committed_file_is_what_the_catalog_prints() -> None:
    """So that a change of a statement's formula is a change of what is proved: `make kernel-record`."""
    assert FILE.read_text(encoding="utf-8") == source()


@pytest.mark.parametrize(("key", "name"), [(k, n) for k in PROVED for n, e in catalog[k].parts().items() if e != 0])
def test_a_term_that_the_catalog_loses_is_seen(key: str, name: str) -> None:
    rest = {other: formula for other, formula in catalog[key].parts().items() if other != name}
    assert definitions(key, rest) not in source()
    assert definitions(key) in source()


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (x - y, "x - y"),
        (-x - 2 * y, "- (x) - 2%:R * y"),
        (x / (8 * sympy.sqrt(y)), "x / (8%:R * Num.sqrt y)"),
        (1 / (x + 1), "(x + 1)^-1"),
        (sympy.Rational(3, 4) * x, "3%:R * x / 4%:R"),
        (sympy.Min(1, x * y), "Num.min 1 (x * y)"),
        (sympy.Min(1, x * y, y), "Num.min (Num.min 1 (x * y)) y"),
        (x * sympy.log(x / y), "x * (ln (x / y))"),
        (H * x**2, "H%:R * x ^+ 2"),
        (sympy.Sum(x ** (h - 1), (h, 1, H - 1)), r"\sum_(1 <= h < H) x ^+ h.-1"),
        (x ** (H - h - 1), "x ^+ (H - h - 1)%N"),
        (x ** (-h - 1), "(x ^+ h.+1)^-1"),
        (x * sympy.Mod(H - 1, h), "x * ((H + h - 1)%N %% h)%N%:R"),
        (sympy.Sum(x, (h, 0, (H - sympy.Mod(H, d)) / d - 1)), r"\sum_(0 <= h < ((H - (H %% d)%N)%N %/ d)%N) x"),
        (1 - sympy.Product(1 - x, (h, 2, H)), r"1 - (\prod_(2 <= h < H.+1) (1 - x))"),
    ],
)
def test_a_formula_is_printed_as_it_is_meant(expression: sympy.Expr, printed: str) -> None:
    assert term(expression) == printed


@pytest.mark.parametrize("expression", [sympy.sin(x), x**y, sympy.Sum(x, (h, 1, H), (y, 1, h))])
def test_what_cannot_be_printed_is_refused(expression: sympy.Expr) -> None:
    with pytest.raises(KernelError):
        term(expression)


def test_a_symbol_that_the_table_does_not_know_is_refused() -> None:
    with pytest.raises(KernelError, match="theorem_2 depends on y"):
        definitions("theorem_2", {"imitation": y})
