from functools import cache

import pytest

from proofs_check.ledger import ProofResult, Verdict
from proofs_check.library import library


@cache
def _result(key: str) -> ProofResult:
    (result,) = library().check([key])
    return result


@pytest.fixture
def checked():
    """The result of one proof, with what it rests on; each is checked once a session."""
    return _result


@pytest.fixture
def stands(checked):
    """Asserts that every obligation was discharged and every mutant died; returns the names of the axioms."""

    def assert_stands(key: str) -> set[str]:
        result = checked(key)
        failed = {Verdict.UNKNOWN, Verdict.REFUTED}
        unchecked = {step.step.id: dict(step.outcome.certificate) for step in result.steps if step.verdict in failed}
        alive = {
            f"{step.step.id}: {mutant.change}": dict(mutant.outcome.certificate)
            for step in result.steps
            for mutant in step.mutants
            if not mutant.refuted
        }
        assert not unchecked
        assert not alive
        return {axiom.name for axiom in result.axioms}

    return assert_stands
