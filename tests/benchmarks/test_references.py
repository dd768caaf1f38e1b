"""A row is worth nothing if its two sides compute different things: each comparison notices a disagreement."""

import sys
import time

import numpy as np
import pytest

from benchmarks import NotMeasured, bounds, certificates, exact, rollouts, sweep, walls
from benchmarks.exact import Case


def test_the_hand_written_evaluation_agrees() -> None:
    assert np.allclose(bounds.by_bounds(), bounds.by_hand(), rtol=1e-12, atol=0)


def test_another_bound_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = 0.999 * bounds.by_hand()
    monkeypatch.setattr(bounds, "by_hand", lambda: wrong)
    with pytest.raises(NotMeasured, match="disagree"):
        list(bounds.grid(quick=True))


def small() -> Case:
    return Case.draw(6, 3, 4)


def test_exact_evaluation_agrees_with_textbook_and_toolbox() -> None:
    pytest.importorskip("mdptoolbox")
    small().require_agreement(3)


@pytest.mark.parametrize("wrong", ["varying", "stationary"])
def test_another_return_is_noticed(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case, true = small(), exact.expected_returns
    policies = getattr(case, wrong)
    monkeypatch.setattr(
        exact, "expected_returns", lambda mdp, given: true(mdp, given) * (0.999 if given is policies else 1.0)
    )
    with pytest.raises(NotMeasured, match="disagrees"):
        case.require_agreement(2)


def test_another_return_of_pymdptoolbox_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mdptoolbox")
    true = Case.toolbox
    monkeypatch.setattr(Case, "toolbox", lambda self, count: [0.999 * value for value in true(self, count)])
    with pytest.raises(NotMeasured, match="pymdptoolbox"):
        small().require_agreement(2)


def test_laws_that_grow_closer_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "_LONG", 16)
    assert len(list(exact.doubling(quick=True))) == 2
    monkeypatch.setattr(exact, "affinity", lambda first, second: first.horizon / 100)
    with pytest.raises(NotMeasured, match="further apart"):
        list(exact.doubling(quick=True))


def test_results_that_depend_on_the_workers_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "results", lambda cells, work, workers: [workers.in_flight])
    with pytest.raises(NotMeasured, match="two workers"):
        list(sweep.workers(quick=True))


def test_an_environment_with_another_reward_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("gymnasium")
    true = rollouts.stepped
    monkeypatch.setattr(rollouts, "stepped", lambda env, episodes: [0.9 * value for value in true(env, episodes)])
    with pytest.raises(NotMeasured, match="mean returns"):
        list(rollouts.stepping(quick=True))


def test_both_environments_earn_what_the_roll_outs_earn() -> None:
    pytest.importorskip("gymnasium")
    ours = rollouts.simulate(horizon=100, episodes=2000)
    lean, package = (np.array(rollouts.stepped(env, 60)) for env in (rollouts.lean_env(), rollouts.package_env()))
    assert np.allclose(lean, package, rtol=1e-9)  # the same seeds, draw for draw
    assert abs(lean.mean() - ours.mean()) < 5 * ours.std() / np.sqrt(60)
    assert abs(0.9 * lean.mean() - ours.mean()) > 5 * ours.std() / np.sqrt(60)


@pytest.mark.parametrize("name", ["steps_by_hand", "loops_by_hand"])
def test_another_return_by_hand_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    true = getattr(Case, name)
    monkeypatch.setattr(Case, name, lambda self: 0.999 * true(self))
    with pytest.raises(NotMeasured, match="route by hand"):
        small().require_agreement(2)


@pytest.mark.parametrize("name", ["steps_by_hand", "loops_by_hand"])
def test_the_faster_route_by_hand_is_the_reference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mdptoolbox")
    true = getattr(Case, name)

    def slowly(case: Case) -> object:
        time.sleep(0.2)
        return true(case)

    monkeypatch.setattr(Case, name, slowly)
    _, _, against_hand, _ = exact.evaluation(exact.Size(6, 3, 4), quick=True)
    assert against_hand.reference < 0.2


def test_another_sparse_return_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "_STATES", 400)
    assert len(list(exact.sparsely(quick=True))) == 2
    true = exact.sparse_by_hand
    monkeypatch.setattr(exact, "sparse_by_hand", lambda mdp, policy: 0.999 * true(mdp, policy))
    with pytest.raises(NotMeasured, match="action by action"):
        list(exact.sparsely(quick=True))


def test_another_certificate_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    true = certificates.certificate
    monkeypatch.setattr(certificates, "certificate", lambda *given: 0.999 * true(*given))
    with pytest.raises(NotMeasured, match="certificate is another one"):
        list(certificates.cells(quick=True))


def test_a_program_that_fails_is_no_measurement() -> None:
    assert walls.alone([sys.executable, "-c", "print(2)"])[1] == "2\n"
    with pytest.raises(NotMeasured, match="ended with 1 and said ValueError: no"):
        walls.alone([sys.executable, "-c", "raise ValueError('no')"])
