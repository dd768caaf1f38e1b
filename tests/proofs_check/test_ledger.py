import pytest
import z3

from proofs_check.engines.smt import Smt
from proofs_check.ledger import Axiom, LedgerError, Library, Mutant, Outcome, Proof, Step, Verdict

x = z3.Real("x")
TRUE = Smt(x * x >= 0)
FALSE = Smt(x * x >= 1)
MUTANT = (Mutant("a larger constant", FALSE),)
AXIOM = Axiom("a", "a fact", "a book")


def step(name, *premises, obligation=TRUE):
    return Step(name, "squares are not negative", obligation, MUTANT, premises)


def proof(key, *steps):
    return Proof(key, key, "lemma", "ours", "here", steps)


def verdicts(library, keys=None):
    return {f"{result.proof.key}/{s.step.id}": s.verdict for result in library.check(keys) for s in result.steps}


def test_a_step_is_proved_only_if_everything_it_rests_on_is():
    library = Library((proof("p", step("bad", obligation=FALSE), step("next", "bad"), step("alone")),), ())
    assert verdicts(library) == {
        "p/bad": Verdict.REFUTED,
        "p/next": Verdict.UNKNOWN,
        "p/alone": Verdict.PROVED,
    }
    assert library.check()[0].verdict is Verdict.REFUTED


def test_axioms_are_collected_through_premises():
    library = Library((proof("p", step("s", "axiom:a")), proof("q", step("t", "p/s"))), (AXIOM,))
    (result,) = library.check(["q"])
    assert result.axioms == (AXIOM,)
    assert result.verdict is Verdict.PROVED


def test_only_what_is_asked_for_is_checked():
    seen = []
    library = Library((proof("p", step("s")), proof("q", step("t")), proof("r", step("u", "p/s"))), ())
    results = library.check(["r"], progress=seen.append)
    assert seen == ["p/s", "r/u"]
    assert [result.proof.key for result in results] == ["r"]


def test_a_cycle_is_refused():
    with pytest.raises(LedgerError, match="circular"):
        Library((proof("p", step("a", "q/b")), proof("q", step("b", "p/a"))), ())


@pytest.mark.parametrize("premise", ["nowhere", "axiom:nowhere", "p/nowhere"])
def test_an_unknown_premise_is_refused(premise):
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
    outcome = Outcome(Verdict.PROVED, given)
    given["solver"] = "another"
    assert outcome.certificate == {"solver": "a solver"}
    with pytest.raises(TypeError):
        outcome.certificate["solver"] = "another"
