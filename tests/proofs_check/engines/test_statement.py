from bounds.catalog import catalog
from proofs_check.engines.statement import Declares
from proofs_check.ledger import Verdict


def test_what_is_declared_is_found_and_what_is_not_is_named():
    names = tuple(assumption.name for assumption in catalog["theorem_2"].assumptions)
    assert Declares("theorem_2", names).discharge().verdict is Verdict.CHECKED
    outcome = Declares("theorem_2", (*names, "perfect_weather")).discharge()
    assert outcome.verdict is Verdict.UNKNOWN
    assert "perfect_weather" in outcome.certificate["reason"]


def test_the_names_are_written_out():
    assert Declares("theorem_2", ("tvc", "any_expert")).written() == ("theorem_2 assumes tvc, any_expert",)
