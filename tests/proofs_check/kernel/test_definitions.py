import re

from proofs_check.kernel.definitions import definitions
from proofs_check.kernel.record import committed


def test_every_name_of_ours_in_a_printed_statement_is_defined() -> None:
    for name, printed in committed().theorems.items():
        text = f"{printed.statement} {printed.instance}"
        named = definitions(text)
        ours = {word for word in re.findall(r"[A-Z]\w*(?:\.\w+)+", text) if not word.startswith("Num.")}
        for word in ours:
            assert re.search(rf"^(Definition|Fixpoint) {word.split('.')[-1]}\b", named, re.MULTILINE), (name, word)


def test_what_a_definition_rests_on_comes_with_it_and_before_it() -> None:
    named = definitions("Learners.prob f mu rho piE q B <= 1")
    assert named.index("Notation olaw pi :=") < named.index("Definition prob")
    for name in ("Fixpoint law", "Definition Tbar", "Definition kap", "Definition piQ", "Definition data"):
        assert name in named


def test_variables_of_a_section_are_no_definitions() -> None:
    assert re.findall(r"^\(\* (\w+)\.v \*\)", definitions("StatementInstances.f Master.J"), re.MULTILINE) == [
        "Master",
        "StatementInstances",
    ]
    assert "StatementInstances" not in definitions("Master.J f mu rho rew pi H")


def test_a_name_defined_in_two_sections_is_the_one_above() -> None:
    """Chunk plans stand for `plan` above one instance, and for another abbreviation of it below."""
    named = definitions("ChunkStatements.hat R n s")
    assert named.count("Notation plan :=") == 1
    assert "Notation plan := (plan T' [finType of bool])." in named


def test_long_lines_are_broken() -> None:
    assert max(map(len, definitions("Catalog.theorem_1").split("\n"))) <= 100


def test_statements_that_name_nothing_of_ours_need_no_definitions() -> None:
    assert definitions("forall x : R, Num.sqrt x <= x + 1") == ""
