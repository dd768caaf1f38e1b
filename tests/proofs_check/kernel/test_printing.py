"""What the kernel is given is printed from the catalog, and is the same function as the numbers that are shown."""

import math
import shutil
from fractions import Fraction

import pytest
import sympy

from bounds import catalog, evaluate
from proofs_check.kernel.index import KernelError, headlines
from proofs_check.kernel.printing import FILE, definitions, source, term
from tests.proofs_check.kernel.values import arguments, computed

PROVED = [key for headline in headlines() for key in headline.proves]
x, y = sympy.symbols("x y", positive=True)
d, h, H = sympy.symbols("d h H", integer=True, positive=True)


def test_the_committed_file_is_what_the_catalog_prints() -> None:
    """So that a change of a statement's formula is a change of what is proved: `make kernel-record`."""
    assert FILE.read_text(encoding="utf-8") == source()


@pytest.mark.slow
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


WHOLE = ("H", "n", "bins_off", "chunk")
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="needs coqc")

SHARED = {"H": 5, "C": Fraction(1, 2), "eta": Fraction(3, 4), "L": Fraction(2), "L_P": Fraction(2), "L_u": Fraction(1)}
FREE = {"L_x": Fraction(1, 2), "lipschitz": Fraction(1, 4), "k": Fraction(3), "coupled_lipschitz": Fraction(1, 3)}
LOOP = {"loop_C": Fraction(1, 2), "loop_eta": Fraction(2, 3), "jump": Fraction(1, 50), "eps_max": Fraction(1, 8)}
ERRORS = {
    "average_error": Fraction(1, 40),
    "horizon_average_error": Fraction(1, 80),
    "action_error": Fraction(1, 30),
    "map_error": Fraction(1, 20),
    "rate": Fraction(1, 9),
}
GIVEN = {"mismatch": Fraction(1, 7), "bins_off": 2, "step_error": Fraction(1, 90), "distance": Fraction(2)}
COVER = {"b": Fraction(24, 25)}
PAIRS = {
    "eps_prime": Fraction(1, 60),
    "tv": Fraction(9, 16),
    "excess_probability": Fraction(1, 50),
    "local_failure": Fraction(1, 200),
}
CHUNKS = {"chunk": 3, "chunk_decay": Fraction(1, 3)}
REST = FREE | LOOP | ERRORS | GIVEN | CHUNKS | COVER | PAIRS
# squares where the terms take a root: 1 - a^2 and n
POINTS = (
    {**SHARED, **REST, "a": Fraction(3, 5), "n": 16, "eps_q": Fraction(1, 16)},
    {
        **SHARED,
        **REST,
        "a": Fraction(12, 13),
        "n": 49,
        "eps_q": Fraction(1, 100),
        "H": 7,
        "eta": Fraction(1),
        "L_x": 2,
        "chunk": 3,
    },
)


def evaluated(key: str, point: dict[str, int | Fraction]) -> float:
    """The package's number: two policies and one demonstration make a = delta, one policy a rate of log(1/delta)."""
    values = {name.rstrip("_"): float(value) for name, value in point.items() if name not in ("a", "b", "rate")}
    if "a" in point:
        values |= {"n": 1.0, "delta": float(point["a"]), "log_class_size": math.log(2)}
    if key == "misspecification":  # one policy: n (x - 1/100) = log(3/2) + log(3)/2 - (3/2) log(delta)
        spent = 20 * (-math.log(point["a"]) - 0.01) - math.log(1.5) - math.log(3) / 2
        values = {"n": 20.0, "delta": math.exp(-spent / 1.5), "log_class_size": 0.0, "log_misspecification": 0.02}
    if key == "covering":  # one member: a/b = delta
        odds, cover = float(point["a"] / point["b"]), -2 * math.log(point["b"])
        values = {"n": 1.0, "delta": odds, "log_class_size": 0.0, "log_cover": cover}
    if key.startswith("theorem_7"):
        values["log_model_class_size"] = 0.0
    if key == "proposition_5_corollary":
        values["lipschitz"] = 0.0  # asked for by an assumption alone
    if "rate" in point:
        values |= {"n": 1.0, "delta": math.exp(-float(point["rate"])), "log_class_size": 0.0}
    return float(evaluate(catalog[key], **values).total)


def at(key: str) -> list[dict[str, int | Fraction]]:
    """The points, in the arguments of one statement."""
    order = arguments(FILE.read_text(encoding="utf-8"))[key]
    spelled = [{name: point[name.rstrip("_")] for name in order} for point in POINTS]
    if key in ("small_gain", "proposition_5_corollary"):
        spelled[1]["eta"] = Fraction(1, 2)
    return [{n: v if n in WHOLE else Fraction(v) for n, v in point.items()} for point in spelled]


@needs_coq
@pytest.mark.slow
def test_rocq_and_the_package_compute_the_same_numbers() -> None:
    values = computed({key: at(key) for key in PROVED})
    for key, numbers in values.items():
        for number, point in zip(numbers, at(key), strict=True):
            assert float(number) == pytest.approx(evaluated(key, point), rel=1e-12), (key, point)


@needs_coq
@pytest.mark.slow
def test_a_lost_term_is_another_number() -> None:
    text = FILE.read_text(encoding="utf-8").replace("theorem_2_decoupling : R :=", "theorem_2_decoupling : R := 0 *")
    (number, _) = computed({"theorem_2": at("theorem_2")}, text)["theorem_2"]
    assert float(number) < 0.99 * evaluated("theorem_2", at("theorem_2")[0])


def test_every_argument_has_a_value() -> None:
    order = arguments(FILE.read_text(encoding="utf-8"))
    assert set(order) == set(PROVED)
    assert {name.rstrip("_") for names in order.values() for name in names} <= set(POINTS[0])
