import pytest
import z3

from proofs_check.engines.induction import All, Induction
from proofs_check.engines.smt import Smt
from proofs_check.ledger import Axiom, LedgerError, Library, Mutant, Obligation, Outcome, Proof, Step, Verdict
from proofs_check.library import library as everything
from proofs_check.proofs.elementary import bernoulli

x = z3.Real("x")
TRUE = Smt(x * x >= 0)
FALSE = Smt(x * x >= 1)
MUTANT = (Mutant("a larger constant", FALSE),)
AXIOM = Axiom("a", "a fact", "a book")


def step(name, *leans, obligation=TRUE, premises=()):
    return Step(name, "squares are not negative", obligation, MUTANT, premises, leans=leans)


def proof(key, *steps):
    return Proof(key, key, "lemma", "ours", "here", steps)


def verdicts(library, keys=None):
    return {f"{result.proof.key}/{s.step.id}": s.verdict for result in library.check(keys) for s in result.steps}


def test_a_step_is_proved_only_if_everything_it_rests_on_is():
    library = Library((proof("p", step("bad", obligation=FALSE), step("next", "bad"), step("alone")),), ())
    assert verdicts(library) == {
        "p/bad": Verdict.REFUTED,
        "p/next": Verdict.UNKNOWN,
        "p/alone": Verdict.CHECKED,
    }
    assert library.check()[0].verdict is Verdict.REFUTED


def test_axioms_are_collected_through_premises():
    library = Library((proof("p", step("s", premises=("axiom:a",))), proof("q", step("t", "p/s"))), (AXIOM,))
    (result,) = library.check(["q"])
    assert result.axioms == (AXIOM,)
    assert result.verdict is Verdict.ASSUMED


def test_only_what_is_asked_for_is_checked():
    seen = []
    library = Library((proof("p", step("s")), proof("q", step("t")), proof("r", step("u", "p/s"))), ())
    results = library.check(["r"], progress=seen.append)
    assert seen == ["p/s", "r/u"]
    assert [result.proof.key for result in results] == ["r"]


def test_a_cycle_is_refused():
    with pytest.raises(LedgerError, match="circular"):
        Library((proof("p", step("a", "q/b")), proof("q", step("b", "p/a"))), ())


@pytest.mark.parametrize("premise", ["nowhere", "axiom:nowhere", "p/nowhere", "kernel:Hellinger.nowhere"])
def test_an_unknown_premise_is_refused(premise):
    with pytest.raises(LedgerError, match="does not exist"):
        Library((proof("p", step("a", premises=(premise,))),), (AXIOM,))
    with pytest.raises(LedgerError, match="does not exist"):
        Library((proof("p", step("a", premise)),), (AXIOM,))


def test_unknown_keys_are_named():
    with pytest.raises(LedgerError, match="no proof named zzz"):
        Library((proof("p", step("a")),), ()).check(["zzz"])


def test_duplicate_proofs_are_refused():
    with pytest.raises(LedgerError, match="duplicate proof"):
        Library((proof("p", step("a")), proof("p", step("b"))), ())


def test_a_step_without_a_mutant_is_refused():
    with pytest.raises(LedgerError, match="no mutant"):
        Step("a", "a claim", TRUE, ())


@pytest.mark.parametrize("name", ["", "a/b", "axiom:b"])
def test_step_ids_are_plain(name):
    with pytest.raises(LedgerError, match="plain name"):
        Step(name, "a claim", TRUE, MUTANT)


def test_proofs_say_what_kind_they_are():
    with pytest.raises(LedgerError, match="kind"):
        Proof("p", "p", "guess", "ours", "here", (step("a"),))
    with pytest.raises(LedgerError, match="provenance"):
        Proof("p", "p", "lemma", "hearsay", "here", (step("a"),))
    with pytest.raises(LedgerError, match="distinct ids"):
        Proof("p", "p", "lemma", "ours", "here", (step("a"), step("a")))


def test_axioms_need_a_citation():
    with pytest.raises(LedgerError, match="citation"):
        Axiom("a", "a fact", " ")


def test_a_certificate_cannot_be_changed_afterwards():
    given = {"solver": "a solver"}
    outcome = Outcome(Verdict.CHECKED, given)
    given["solver"] = "another"
    assert outcome.certificate == {"solver": "a solver"}
    with pytest.raises(TypeError):
        outcome.certificate["solver"] = "another"


MASTER, AVERAGE = "kernel:Hazards.master_relation", "kernel:BothSigns.average_error_deterministic_both"
regret, H, tv, sharp, drift, power, count = z3.Reals("regret H tv sharp drift power count")
NO_DECOUPLING = Smt(regret <= H * tv + drift, {}, {MASTER: regret <= H * tv + drift})
STOCHASTIC_AVERAGE = Smt(regret <= H * tv + sharp + drift, {}, {AVERAGE: regret <= H * tv + sharp + drift})
SMALL_POWERS = Smt(power <= count + 1, {"count": count >= 1}, {"elementary/bernoulli": power <= count + 1})


WRAPPED = pytest.mark.parametrize(
    "wrap",
    [lambda o: o, lambda o: All((o,)), lambda o: Induction(o, o, "n")],
    ids=["alone", "in All", "in an induction"],
)


def with_step(obligation: Obligation, **more: tuple[str, ...]) -> Library:
    claim = Step("final", "a false theorem", obligation, (Mutant("another", Smt(z3.BoolVal(False))),), **more)
    return Library(
        (*everything().proofs, Proof("false", "false", "theorem", "ours", "nobody", (claim,))), everything().axioms
    )


@pytest.mark.parametrize(
    ("obligation", "cited"),
    [
        pytest.param(NO_DECOUPLING, MASTER, id="Theorem 3 without its decoupling term"),
        pytest.param(STOCHASTIC_AVERAGE, AVERAGE, id="average errors of stochastic labels with one H TV"),
        pytest.param(SMALL_POWERS, "elementary/bernoulli", id="2^n <= n + 1"),
    ],
)
@pytest.mark.parametrize("more", [{}, {"premises": True}, {"leans": True}], ids=["", "a premise", "leans"])
@WRAPPED
def test_a_formula_that_somebody_typed_in_a_lemma_s_place_is_refused(obligation, cited, more, wrap) -> None:
    assert obligation.discharge().verdict is Verdict.CHECKED  # no engine would notice
    named = dict.fromkeys(more, (cited,))
    with pytest.raises(LedgerError, match=f"false/final takes from {cited} what is no instance of it: "):
        with_step(wrap(obligation), **named)


@WRAPPED
@pytest.mark.parametrize("name", ["false/final", "final", "false/final#2"])
def test_a_theorem_that_cites_itself_is_refused(wrap, name: str) -> None:
    with pytest.raises(LedgerError, match="false/final cites itself"):
        with_step(wrap(Smt(regret <= 0, {}, {name: regret <= 0})))


@pytest.mark.parametrize("field", ["premises", "leans"])
def test_a_theorem_that_rests_on_itself_in_words_is_refused(field: str) -> None:
    with pytest.raises(LedgerError, match="false/final cites itself"):
        with_step(TRUE, **{field: ("final",)})


@WRAPPED
@pytest.mark.parametrize("premise", ["elementary/bernoulli", MASTER])
def test_a_premise_that_occurs_in_no_formula_is_refused(wrap, premise: str) -> None:
    with pytest.raises(LedgerError, match=f"false/final has the premise {premise}, which is in no formula of it"):
        with_step(wrap(TRUE), premises=(premise,))


def test_two_lemmas_are_not_each_other_s_hypothesis() -> None:
    """From P gives Q and Q gives P nobody may conclude P."""
    low, high = x >= 1, 2 * x >= 2
    up, down = (Smt(goal, {"given": given}) for goal, given in ((high, low), (low, high)))
    circle = Smt(low, {}, {"up": high, "down": low})
    assert circle.discharge().verdict is Verdict.CHECKED
    steps = (step("up", obligation=up), step("down", obligation=down), step("circle", obligation=circle))
    with pytest.raises(LedgerError, match="p/circle takes from p/up what is no instance of it"):
        Library((proof("p", *steps),), ())
    known = Smt(low, {"given": low}, {"up": high, "down": low})
    assert Library((proof("p", *steps[:2], step("chain", obligation=known)),), ()).check()[0].verdict is Verdict.CHECKED


def test_the_value_of_a_function_is_a_letter_and_no_term() -> None:
    """1 - x <= e^(-x) is not 1 - x <= 0: only a letter may stand for what the axiom calls decay."""
    tangent, decay = "axiom:exponential_tangent", z3.Real("d")
    with pytest.raises(LedgerError, match="no instance"):
        with_step(Smt(1 - x <= 0, {"x": x >= 1}, {tangent: 1 - x <= z3.RealVal(0)}))
    with pytest.raises(LedgerError, match="no instance"):  # what only the letter's being a value forbids
        with_step(Smt(1 - x <= 0, {}, {tangent: 1 - x <= decay - decay}))
    with_step(Smt(1 - 2 * x <= decay, {}, {tangent: 1 - 2 * x <= decay}))


def test_a_letter_stands_for_the_value_at_one_argument() -> None:
    """Else e^-5 would be 1: it is at most 1, and 1 - 0 <= e^-0."""
    decay, tangent, unit = z3.Real("d"), "axiom:exponential_tangent", "axiom:exponential_unit"
    small = z3.And(decay > 0, z3.Implies(5 * x >= 0, decay <= 1))
    false = Smt(decay >= 1, {"x": x >= 1}, {tangent: 1 - (x - x) <= decay, unit: small})
    assert false.discharge().verdict is Verdict.CHECKED
    with pytest.raises(LedgerError, match=r"one letter for two values: d is e\^-x for x = x - x and for x = 5\*x"):
        with_step(false)
    with_step(Smt(decay >= 1 - 5 * x, {}, {tangent: 1 - 5 * x <= decay, unit: small}))


@pytest.mark.parametrize("later", [False, True], ids=["at once", "in what rests on it"])
def test_a_letter_stands_for_a_value_of_one_sequence(later: bool) -> None:
    """(1 + x)^n and (1 + 2x)^n are not one number."""
    first, second = bernoulli(x, count, power), bernoulli(2 * x, count, power)
    proofs, axioms = everything().proofs, everything().axioms
    source, other = "elementary/bernoulli", z3.Real("other")
    handed = step("handed", obligation=Smt(first, {}, {source: first}))
    both = step("both", obligation=Smt(second, {}, {"handed" if later else f"{source}#1": first, source: second}))
    with pytest.raises(LedgerError, match=f"one letter for two values: power is p of {source} for y = x and for y = 2"):
        Library((*proofs, proof("false", handed, both)), axioms)
    two = bernoulli(2 * x, count, other)  # of one index, two sequences
    Library(
        (*proofs, proof("true", step("both", obligation=Smt(two, {}, {f"{source}#1": first, source: two})))), axioms
    )


def test_a_letter_that_runs_does_so_in_what_rests_on_it() -> None:
    """(1 + y)^n >= 1 + n y, taken over letter by letter, is not (1 + y)^n >= 1 + (n + 1) y one step further on."""
    named = bernoulli(x, count, power)
    handed = step("handed", obligation=Smt(named, {}, {"elementary/bernoulli": named}))
    proofs, axioms = everything().proofs, everything().axioms
    typed, renamed = (
        step("above", obligation=Smt(taken, {}, {"handed": taken}))
        for taken in (bernoulli(x, count + 1, power), bernoulli(x, regret, power))
    )
    with pytest.raises(LedgerError, match="false/above takes from false/handed what is no instance"):
        Library((*proofs, proof("false", handed, typed)), axioms)
    Library((*proofs, proof("false", handed, renamed)), axioms)


def test_a_step_that_leans_on_another_in_words_is_assumed_and_so_is_what_rests_on_it() -> None:
    square = step("square")
    good = step("good", obligation=Smt(x * x + 1 >= 1, {}, {"square": x * x >= 0}))
    leaning = step("leaning", "square")
    above = step("above", obligation=Smt(x * x >= 0, {}, {"leaning": x * x >= 0}))
    (result,) = Library((proof("p", square, good, leaning, above),), ()).check()
    assert [s.verdict for s in result.steps] == [*2 * [Verdict.CHECKED], *2 * [Verdict.ASSUMED]]
    assert result.verdict is Verdict.ASSUMED


def test_the_ledger_never_says_proved() -> None:
    results = everything().check(["elementary", "gain_sums"])
    assert {step.verdict for result in results for step in result.steps} == {Verdict.CHECKED}


def test_a_step_that_leans_on_a_theorem_of_the_kernel_is_assumed() -> None:
    """No formula of the ledger is compared with what Rocq says."""
    (result,) = Library((proof("p", step("s", "kernel:Hellinger.lemma_s2")),), ()).check()
    assert result.verdict is Verdict.ASSUMED
