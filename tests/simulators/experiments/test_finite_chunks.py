"""Chunks on finite systems: exact errors on what the expert plays, and regret that the statement covers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from proofs_check.comparison import compare
from simulators.errors import DomainError
from simulators.exact.chunks import chunked_return
from simulators.exact.dp import expected_return
from simulators.experiments.base import Budget
from simulators.experiments.finite import FiniteExperiment
from simulators.experiments.finite_chunks import expert_chunks
from simulators.experiments.finite_learners import ChunkMaps, Counts
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.quantizers.finite import ChunkLabels
from simulators.systems.finite import FiniteSystem
from tests.simulators.experiments.test_finite import HOME, LINE
from tests.simulators.quantizers.test_finite import Mean

MAPS = np.array([[[2, 2]] * 5, [[4, 2], [3, 2], [2, 2], [1, 2], [0, 2]]])  # rest; home in one step, then rest
MEANS = ChunkLabels(Mean(), LINE.actions)


def study(**change: Any) -> FiniteExperiment:
    return replace(FiniteExperiment(LINE, HOME, MEANS, ChunkMaps(MAPS), "chunked"), **change)


def test_errors_are_those_of_the_chunks_that_are_played() -> None:
    found = study().symbols(6)
    # from the ends (1, 0) becomes (.5, .5): either step is .25 or .5 off, the code of .5 being .25; rest stays rest
    moved = np.array([[abs(a - b) for a, b in zip(raw, code, strict=True)] for raw, code in CHUNKS])
    assert found["eps_q"] == found["eps_max"] == moved.max()
    np.testing.assert_allclose(found["average_error"][:2], moved.mean(axis=0))
    assert found["average_error"][2:].tolist() == [0.0] * 4  # all are home
    assert found["chunk"] == 2


CHUNKS = [((-1.0, 0.0), (-0.25, -0.25)), ((-0.25, 0.0), (-0.25, -0.25)), ((0.0, 0.0), (0.0, 0.0)),
          ((0.25, 0.0), (0.0, 0.0)), ((1.0, 0.0), (0.25, 0.25))]  # fmt: skip
"""What the expert plays and what stands for it: halves lie nearest to a quarter, an eighth ties with the lower one."""


def test_regret_is_that_of_the_codes_and_below_every_bound() -> None:
    budget = Budget(H=6, n=200)
    found = compare(study(), budget, np.random.default_rng(0))
    codes = MEANS.of_chunks(MAPS[1])
    assert found.measured.learnt["chosen"] == 1
    assert found.measured.regret.mean == expected_return(LINE, HOME) - chunked_return(LINE, codes) > 0
    assert {row.statement for row in found.rows} == {"chunked"}
    assert found.holds
    assert not any(row.bound < found.measured.regret.mean for row in found.rows)


def test_a_class_without_the_labels_and_random_dynamics_have_no_statement() -> None:
    assert "realizable_chunks" not in study(learner=ChunkMaps(MAPS[:1])).facts()
    parts = {name: getattr(LINE, name) for name in ("states", "actions", "initial", "reward")}
    noisy = FiniteSystem(noise=[0.5, 0.5], next_state=np.repeat(LINE.next_state, 2, axis=-1), **parts)
    assert expert_chunks(noisy, HOME, 2) is None
    drawn = study(model=noisy)
    assert not {"realizable_chunks", "sup_error", "deterministic_dynamics"} & set(drawn.facts())
    assert "eps_q" not in drawn.symbols(6)
    assert drawn.measure(Budget(H=6, n=20), np.random.default_rng(0)).regret.exact
    assert expert_chunks(LINE, TabularPolicy(np.full((5, 5), 0.2)), 2) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"learner": Counts(deterministic=True), "deployment": "plain"}, "in chunks of the quantizer's 2 steps"),
        ({"learner": ChunkMaps(MAPS[..., :1])}, "in chunks of the quantizer's 2 steps"),
        ({"model": LINE.first_steps(5)}, "H must be a whole number of the quantizer's chunks of 2, got 5"),
    ],
)
def test_chunks_of_another_length_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        study(**change)


def test_single_steps_may_be_cut_short() -> None:
    whole = FiniteExperiment(LINE.first_steps(5), HOME, LabelMap.identity(5), ChunkMaps(MAPS), "chunked")
    assert "realizable_chunks" in whole.facts()
