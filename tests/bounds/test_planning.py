"""Bounds solved backwards: boundaries, unreachable targets."""

import math

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from bounds import AssumptionError, ParameterError, catalog, evaluate
from bounds.planning import UnreachableError, largest_horizon, smallest_bins, smallest_demos
from bounds.quantization import eps_q

BASE = {"H": 50, "n": 1000, "class_size": 256, "eps_q": 0.001, "C": 0.5, "eta": 0.5, "L": 2.0}
BOX = {"low": -1.0, "high": 1.0}
DIRECTED = {"n": "decreasing", "bins": "increasing", "H": "increasing"}
SOLVABLE = [
    (key, name)
    for key, theorem in catalog.items()
    for name, direction in DIRECTED.items()
    if ("eps_q" if name == "bins" else name) in getattr(theorem, direction)
]
TRAPS = {
    "theorem_6": {"eps": 0.01, "A": 0.2, "B": 0.3, "k": 1.0, "d": 0.6},
    "theorem_6_gaussian": {"eps": 0.05, "A": 0.2, "B": 0.3, "c": 1.0, "sigma_w": 0.1},
    "theorem_6_noisy": {"eps": 0.01, "A": 0.2, "B": 0.3, "c": 1.0, "W": 0.1, "x_c": 0.525},
}
properties = settings(deadline=None, max_examples=8)


def without(values, *names):
    return {name: value for name, value in values.items() if name not in names}


def solved(theorem, name, target, values):
    """The solution, and the bound at any value of the symbol, with inf where an assumption fails."""

    def bound(value):
        if value < 1:
            return math.inf
        symbol, number = ("eps_q", eps_q(value, **BOX)) if name == "bins" else (name, value)
        try:
            return float(evaluate(theorem, **(values | {symbol: number})).total)
        except AssumptionError:
            return math.inf

    if name == "n":
        return smallest_demos(theorem, target, **without(values, "n")), bound
    if name == "bins":
        return smallest_bins(theorem, target, **BOX, **without(values, "eps_q")), bound
    return largest_horizon(theorem, target, limit=5000, **without(values, "H")), bound


def test_every_statement_can_be_planned_in_a_budget_or_the_horizon():
    no_budget = {"theorem_6_error", "theorem_6_noisy_error", "proposition_5_gaussian"}
    assert set(catalog) - {key for key, _ in SOLVABLE} == no_budget


@pytest.mark.parametrize(("key", "name"), SOLVABLE)
@properties
@given(data=st.data())
def test_the_target_is_met_at_the_answer_and_missed_beside_it(strategies, key, name, data):
    theorem = catalog[key]
    narrow = {"H": st.integers(1, 60), "n": st.integers(1, 10**6), "L_u": st.floats(0.1, 2)}
    values = data.draw(st.just(TRAPS[key] | {"H": 40}) if key in TRAPS else strategies(theorem, **narrow))
    target = data.draw(st.floats(0.01, 1.5)) * float(evaluate(theorem, **values).total)
    assume(0 < target < 1e12)
    try:
        found, bound = solved(theorem, name, target, values)
    except UnreachableError as unreachable:
        event("unreachable")
        floor = unreachable.floor
        found = None
    if found is None:
        assert floor > target
        return
    assert found.evaluation.total == bound(found.value) <= target
    beside = bound(found.value + 1) if name == "H" else bound(found.value - 1)
    assert found.limited or beside > target
    assert found.limited or found.neighbour == beside


@pytest.mark.parametrize("H", [1, 2, 7, 8, 9, 63, 64, 65, 512])
def test_a_target_that_is_met_exactly_is_met(H):
    values = without(BASE, "H")
    target = float(evaluate(catalog["theorem_2"], H=H, **values).total)
    assert largest_horizon(catalog["theorem_2"], target, **values).value == H
    assert largest_horizon(catalog["theorem_2"], target, limit=H, **values).limited
    n = 10 * H
    target = float(evaluate(catalog["theorem_2"], **(BASE | {"n": n})).total)
    assert smallest_demos(catalog["theorem_2"], target, **without(BASE, "n")).value == n


def test_known_answers():
    imitation = smallest_demos(catalog["foster_log_loss"], 1.0, "simple", H=10, class_size=2, delta=0.5)
    assert imitation.value == math.ceil(20 * math.log(4))
    assert smallest_bins(catalog["theorem_8"], 1.0, low=0, high=1, H=50, n=1e12).value == 26
    assert largest_horizon(catalog["ross_bagnell"], 4.0, "simple", step_error=0.01).value == 20
    assert largest_horizon(catalog["theorem_8"], 1e9, n=10, eps_q=0.1, limit=77).limited


def test_the_neighbour_is_reported():
    found = smallest_demos(catalog["theorem_2"], 10.0, **without(BASE, "n"))
    before = evaluate(catalog["theorem_2"], **(BASE | {"n": found.value - 1})).total
    assert found.neighbour == before > 10.0 >= found.evaluation.total
    easy = smallest_demos(catalog["theorem_2"], 1e6, **without(BASE, "n"))
    assert (easy.value, easy.neighbour) == (1, math.inf)


def test_unreachable_targets_name_what_is_left():
    with pytest.raises(UnreachableError, match=r"at any n by theorem_7: drift alone is 0.098$") as drift:
        smallest_demos(catalog["theorem_7"], 0.05, model_class_size=4, **without(BASE, "n", "L"))
    assert drift.value.floor == pytest.approx(0.098, rel=1e-12)
    with pytest.raises(UnreachableError, match=r"decoupling \+ drift alone is 2.37991") as both:
        smallest_demos(catalog["theorem_2"], 2.0, **without(BASE, "n"))
    assert set(both.value.terms) == {"decoupling", "drift"}
    with pytest.raises(UnreachableError, match=r"at any bins by theorem_2: imitation alone is 6.50559"):
        smallest_bins(catalog["theorem_2"], 6.5, **BOX, **without(BASE, "eps_q"))
    with pytest.raises(UnreachableError, match=r"at any H by theorem_2: at the best value tried the bound is 0.1311"):
        largest_horizon(catalog["theorem_2"], 0.01, **without(BASE, "H"))


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda: smallest_demos(catalog["ross_bagnell"], 1.0, H=5), "it does not move in one direction with n"),
        (lambda: smallest_bins(catalog["ross_bagnell"], 1.0, **BOX, H=5), "one direction with eps_q"),
        (lambda: largest_horizon(catalog["proposition_5"], 1.0), "it does not move in one direction with H"),
        (lambda: smallest_demos(catalog["theorem_2"], 1.0, **BASE), "n must be left out to be solved for, got 1000"),
        (lambda: smallest_bins(catalog["theorem_2"], 1.0, **BOX, **BASE), "eps_q must be left out to be solved for"),
        (lambda: largest_horizon(catalog["theorem_2"], 1.0, **BASE), "H must be left out to be solved for, got 50"),
        (lambda: smallest_demos(catalog["theorem_2"], -1.0, **BASE), "target must be a finite number >= 0, got -1.0"),
        (
            lambda: smallest_demos(catalog["theorem_2"], math.nan, **BASE),
            "target must be a finite number >= 0, got nan",
        ),
        (lambda: smallest_demos(catalog["theorem_2"], "1", **BASE), "target must be a finite number >= 0, got '1'"),
        (
            lambda: smallest_demos(catalog["theorem_2"], 9.0, **(without(BASE, "n") | {"H": [5, 6]})),
            r"planning takes scalar values, got shape \(2,\)",
        ),
        (lambda: smallest_demos(catalog["theorem_2"], 9.0, H=5), "theorem_2 needs"),
    ],
)
def test_questions_without_an_answer_are_refused(solve, message):
    with pytest.raises(ParameterError, match=message):
        solve()


def test_a_solution_says_what_the_bound_is_there_and_one_step_further() -> None:
    found = smallest_demos(catalog["theorem_8"], 0.5, H=40, eps_q=0.01)
    assert repr(found).startswith(f"n = {found.value}: theorem_8 (sharp): ")
    assert repr(found).endswith(f"(one step further {found.neighbour:.6g})")
