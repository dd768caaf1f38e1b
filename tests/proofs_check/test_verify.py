import pytest

from bounds.catalog import catalog
from proofs_check.ledger import LedgerError
from proofs_check.verify import OPEN, verify


@pytest.fixture(scope="module")
def report():
    return verify(second=False)


@pytest.mark.slow
def test_everything_is_proved_or_listed_as_open(report):
    assert report.problems() == ()


@pytest.mark.slow
def test_every_statement_of_the_catalog_is_proved_or_listed(report):
    assert set(catalog) <= set(report.verdicts) | set(OPEN)


@pytest.mark.slow
def test_every_mutant_dies(report):
    total, refuted = report.mutants
    assert total == refuted > 200


@pytest.mark.slow
def test_every_measurement_says_what_was_found(report):
    for check in report.checks:
        assert check.holds, check
        assert check.cases > 0
        assert check.found.strip(), check.name
        assert "None" not in check.found, check


def test_keys_choose_and_unknown_keys_are_refused():
    chosen = verify(["calibration"], second=True).to_json()
    assert list(chosen["theorems"]) == ["calibration"]
    assert chosen["second_opinion"]["agrees"] > 0
    with pytest.raises(LedgerError, match="theorem_99"):
        verify(["theorem_99"])


def test_an_open_statement_is_reported_with_its_reason(monkeypatch):
    monkeypatch.setattr("proofs_check.verify.OPEN", {"conjecture": "nobody knows"})
    report = verify(["conjecture"], second=False)
    assert report.results == ()
    assert dict(report.open) == {"conjecture": "nobody knows"}
    assert report.ok


def test_nothing_of_the_catalog_is_open():
    assert not OPEN
    report = verify(["theorem_6_noisy"], second=False)
    assert {result.proof.key for result in report.results} >= {"theorem_6_noisy"}
    assert [check.name for check in report.checks] == ["noisy_trap"]
    assert report.ok
