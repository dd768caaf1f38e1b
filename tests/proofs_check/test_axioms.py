from proofs_check.axioms import AXIOMS
from proofs_check.library import library


def test_every_axiom_is_used_and_cited():
    used = {premise for premises in library().graph().values() for premise in premises}
    assert {axiom.reference for axiom in AXIOMS} <= used
    assert all(any(sign.isdigit() for sign in axiom.citation) for axiom in AXIOMS)


def test_what_is_proved_here_is_not_among_the_axioms():
    text = " ".join(axiom.statement.lower() for axiom in AXIOMS)
    for name in ("cauchy", "jensen", "bernoulli", "geometric", "median"):
        assert name not in text
