"""Certificates of real clones, at a size that says nothing about ranking: only that the numbers fit together."""

import numpy as np
import pytest

pytest.importorskip("gymnasium", reason="control tasks need quantbc[gym]")
pytest.importorskip("sklearn", reason="clones need quantbc[gym]")

from examples.control import Effort
from examples.control_certify import SCORES, Certified, compare, report
from examples.control_tasks import TASKS


@pytest.mark.slow
def test_clones_are_certified_and_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    effort = Effort(demos=4, episodes=2, repeats=1, epochs=2, hidden=4)
    found = compare(TASKS["pendulum"], effort=effort, seed=0, tokenizers=("uniform",), bins=(4, 16))
    assert found.labels == ("uniform 4", "uniform 16")
    assert set(found.scores) == set(SCORES)
    assert all(np.isfinite(values).all() for values in found.scores.values())
    report(found)
    assert "Spearman of systematic" in capsys.readouterr().out


def test_a_certificate_that_is_exceeded_is_counted() -> None:
    scores = {"certificate": np.array([1.0, 30.0]), "mean error": np.array([0.1, 0.2])}
    losses = np.array([[[40.0]], [[10.0]]])
    found = Certified("toy", ("a", "b"), scores, losses, reward_range=10.0, horizon=20, statements=("s", "s"))
    assert (found.exceeded, found.vacuous) == (1, 1)
    assert found.correlations(0)["mean error"] == pytest.approx((-1.0, -1.0, -1.0))
