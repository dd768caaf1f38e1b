import numpy as np
import pytest

from proofs_check import empirical
from proofs_check.intervals import binomial_interval
from proofs_check.report import Check


def test_the_high_probability_claims_hold_at_their_level():
    check = empirical.coverage(np.random.default_rng(8))
    assert check.holds, check.found


@pytest.mark.parametrize(
    ("failures", "n"),
    [(empirical.stochastic_failures, 20), (empirical.deterministic_failures, 20), (empirical.regret_failures, 5)],
)
def test_a_radius_ten_times_smaller_fails_too_often(failures, n):
    rng = np.random.default_rng(4)
    count = failures(n, 16, 0.05, "sharp", rng, trials=1_000, factor=0.1)
    assert binomial_interval(count, 1_000)[0] > 0.05


@pytest.mark.parametrize(
    "check",
    [
        empirical.rates,
        empirical.rational_twin,
        empirical.theorem_9_constant,
        empirical.independent_noise,
        empirical.noisy_trap,
        empirical.arctan_trap,
    ],
)
def test_rates_and_findings_come_out_as_stated(check):
    result = check()
    assert result.holds, result.found


def test_checks_are_chosen_by_theorem():
    seen = []
    found = empirical.checks(np.random.default_rng(0), keys=["theorem_6_noisy"], progress=seen.append)
    assert [check.name for check in found] == ["noisy_trap"]
    assert seen == ["empirical/noisy_trap"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "names"),
    [
        *((key, ["random_systems"]) for key in ("theorem_3", "smooth_kernel", "average_error", "ross_bagnell")),
        ("calibration", ["coverage"]),
        ("theorem_2", ["random_systems", "rates"]),
        ("closed_loop", ["random_loops"]),
        ("theorem_6", ["rational_twin", "arctan_trap"]),
        ("theorem_6_error", ["arctan_trap"]),
        *((key, ["noisy_trap"]) for key in ("theorem_6_noisy_error", "noisy_trap")),
        ("theorem_7_deterministic", ["augmented_core", "augmented_coverage"]),
        ("theorem_8", ["rates"]),
        ("theorem_9", ["rates", "theorem_9_constant"]),
    ],
)
def test_a_key_alone_chooses_its_checks(key, names):
    seen = []
    found = empirical.checks(np.random.default_rng(0), keys=[key], systems=1, progress=seen.append)
    assert [check.name for check in found] == names
    assert seen == [f"empirical/{name}" for name in names]
    assert all(" " in check.claim and check.found for check in found)


@pytest.mark.slow
def test_theorem_7_has_its_rows():
    found = empirical.checks(np.random.default_rng(0), keys=["theorem_7"], systems=20)
    assert [check.name for check in found] == ["augmented_core", "augmented_coverage", "independent_noise"]
    assert all(check.holds and check.theorem == "theorem_7" for check in found)


@pytest.mark.parametrize("key", ["theorem_3", "closed_loop"])
def test_a_key_alone_is_tried_and_no_other_statement(key):
    (found,) = empirical.checks(np.random.default_rng(0), keys=[key], systems=20)
    assert found.found.startswith(f"largest ratio by statement: {key} ")
    assert "," not in found.found


def test_a_check_that_meets_no_case_claims_nothing(monkeypatch):
    nothing = Check("random_systems", "theorem_2", "it holds", 0, False, "")
    monkeypatch.setattr(empirical, "random_systems", lambda *args, **options: nothing)
    assert empirical.checks(np.random.default_rng(0), keys=["theorem_3"]) == ()
