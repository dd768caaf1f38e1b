"""The ladder: every rung says what it buys and what it needs that the rung above does without."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
import pytest

import bounds
from bounds.gains import GainSequence
from proofs_check.comparison import Row, compare
from proofs_check.ladder import RUNGS, Rung, climb
from proofs_check.tightness import SHRUNK
from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.experiments.base import Budget, Experiment, Measured, Regret
from simulators.experiments.finite import FiniteExperiment
from simulators.experiments.finite_learners import PolicyClass
from simulators.experiments.known import KnownRegret
from simulators.experiments.linear import LinearExperiment
from simulators.learners.finite_class import FiniteClass
from simulators.policies.linear import LinearFeedback
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.quantizers.scalar import uniform
from simulators.rewards import ReachReward
from simulators.systems.finite import FiniteSystem
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import UniformBox
from simulators.witnesses.drift import Drift
from simulators.witnesses.imitation import TwoPointReturn
from simulators.witnesses.loops import Feedback, OwnLoop

VALUES: dict[str, Any] = {"H": 10, "n": 100, "delta": 0.05, "log_class_size": 1.0, "eps_q": 0.1, "L_x": 1.0, "L_u": 1.0}


def row(rung: str, **gains: Any) -> Row:
    return Row(bounds.evaluate(bounds.catalog["binning_lipschitz"], **VALUES, lipschitz=0.5, **gains), rung)


FIRST = row("catalog", C=1.0, eta=0.5)
SECOND = row("gains", gains=GainSequence([0.5**j for j in range(1, 10)]))
MEASURED = Measured(Regret.exactly(0.5), certificates={"certificate": 2.0, "rollout": 1.0})


def ladder(*rows: Row, measured: Measured = MEASURED) -> dict[str, Rung]:
    return {rung.rung: rung for rung in climb(rows, measured, {})}


def test_factors_multiply_to_bound_over_measured() -> None:
    found = ladder(SECOND, FIRST)
    product = 1.0
    for rung in list(found.values())[1:]:
        product *= cast(float, rung.factor)
    assert product == pytest.approx(FIRST.bound / 0.5)
    assert found["catalog"].factor is None


def test_a_rung_names_what_it_needs_beyond_the_one_above() -> None:
    found = ladder(SECOND, FIRST)
    assert {"C", "eta"} <= set(found["catalog"].needs)
    assert found["gains"].needs == ("gains",)
    assert found["certificate"].needs == ("known system", "this data")
    assert found["rollout"].needs == ("roll-outs",)


def test_a_rung_that_is_larger_than_one_above_is_left_out_with_the_reason() -> None:
    notes: dict[str, str] = {}
    measured = Measured(Regret.exactly(0.5), certificates={"certificate": 1e9})
    rungs = [rung.rung for rung in climb((FIRST,), measured, notes)]
    assert rungs == ["catalog", "measured"]
    assert "more than a rung above" in notes["certificate"]
    assert set(notes) == set(RUNGS) - set(rungs)


def test_no_factor_where_the_regret_is_not_positive() -> None:
    found = ladder(FIRST, measured=Measured(Regret.exactly(-0.1)))
    assert (found["measured"].factor, found["catalog"].ratio) == (None, None)


@dataclass(frozen=True)
class TwoModes:
    """x' = A x + B u from 0, A = [[.5, .4], [0, .9]], B = (1, .5): A^j B has the largest entry .5^j/2 + .9^j/2 first.

    The expert plays 0, its label executes eps, r = 1 - x_1: gains that no envelope C eta^j meets, all of them needed.
    """

    horizon: int = 12
    eps: float = 2.0**-8
    holds: ClassVar[tuple[str, ...]] = Drift.holds
    limit: ClassVar[str] = ""

    @classmethod
    def tightest(cls) -> "TwoModes":
        return cls()

    def values(self) -> Mapping[str, Any]:
        gains = gain_sequence(*self._plant, horizon=self.horizon, norm="linf")
        envelope = tightest_envelope(gains)
        known: Any = {**Drift(self.horizon, self.eps, envelope.C, envelope.eta, L_u=0.0).values(), "gains": gains}
        return known

    def exact(self) -> float:
        x, lost = np.zeros(2), 0.0
        for _ in range(self.horizon):
            lost += float(x[0])
            x = self._plant[0] @ x + self._plant[1][:, 0] * self.eps
        return lost

    @property
    def _plant(self) -> tuple[Any, Any]:
        return np.array([[0.5, 0.4], [0.0, 0.9]]), np.array([[1.0], [0.5]])


def binned(action: float = 1.0, bins: int = 1) -> LinearExperiment:
    """x' = x/2 + u/4 at rest at action/2, where the expert plays the action; r = 1 - |x - action/2|."""
    rest = action / 2
    system = LinearSystem([[0.5]], [[0.25]], initial=UniformBox(rest, rest))
    members = FiniteClass((LinearFeedback(action, rest, 0.0, -1.0, 1.0),))
    return LinearExperiment(system, ReachReward(rest, 1.0, 0.0), members, 0, uniform(bins))


def undecided() -> FiniteExperiment:
    """Two experts with one label; the true one earns more by its raw action than the label, the other one less."""
    system = FiniteSystem(
        states=[0], actions=[0.0, 1.0, 2.0], noise=[1.0], next_state=[[[0], [0], [0]]], initial=[1.0],
        reward=[[[0.5, 0.25, 0.75]]] * 3,
    )  # fmt: skip
    members = tuple(TabularPolicy.of_actions([action], 3) for action in (0, 2))
    return FiniteExperiment(system, members[1], LabelMap([1, 1, 1], [1]), PolicyClass(members))


ATTAINED: Mapping[str, Experiment] = {
    "catalog": KnownRegret(Drift.tightest()),
    "gains": KnownRegret(TwoModes()),
    "loop": KnownRegret(OwnLoop.tightest()),
    "variance": KnownRegret(TwoPointReturn.tightest()),
    "certificate": binned(),
    "rollout": binned(),
}


def rungs_of(experiment: Experiment) -> dict[str, Rung]:
    budget = experiment.budget if isinstance(experiment, KnownRegret) else Budget(H=3, n=2, episodes=50)
    return {rung.rung: rung for rung in compare(experiment, budget, np.random.default_rng(0)).ladder}


@pytest.mark.parametrize("rung", RUNGS[:-1])
def test_a_thousandth_less_of_a_rung_is_broken(rung: str) -> None:
    found = rungs_of(ATTAINED[rung])
    assert SHRUNK * found[rung].value < found["measured"].value <= found[rung].value * (1 + 1e-12)


def test_the_gains_one_by_one_are_less_than_any_envelope() -> None:
    found = rungs_of(ATTAINED["gains"])
    assert found["catalog"].value > 1.01 * found["gains"].value


def test_a_loop_with_coupled_codes_is_attained_too() -> None:
    found = rungs_of(KnownRegret(Feedback.tightest()))
    assert SHRUNK * found["loop"].value < found["measured"].value <= found["loop"].value


def test_the_worst_expert_that_data_leave_is_the_true_one() -> None:
    """Exactly, by dynamic programming over the set."""
    found = undecided().measure(Budget(H=3, n=4), np.random.default_rng(0))
    assert found.certificates["certificate"] == found.regret.mean == 1.5
    assert SHRUNK * found.certificates["certificate"] < found.regret.mean


def test_roll_outs_below_the_closed_form_miss_by_the_width_of_their_interval_which_is_never_zero() -> None:
    """The expert plays 3/5, whose code is 2/3; the closed form counts half a bin, 1/3.

    An interval from finitely many pairs has a positive width even where all of them are the same, so that below the
    closed form this rung is attained in the limit of many pairs only.
    """
    budget = Budget(H=6, n=2, episodes=20_000)
    found = {rung.rung: rung for rung in compare(binned(0.6, 3), budget, np.random.default_rng(0)).ladder}
    assert found["rollout"].value < 0.25 * found["certificate"].value
    assert 1.005 < found["rollout"].value / found["measured"].value < 1.01
