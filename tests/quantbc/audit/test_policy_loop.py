"""The loop of a deployed policy is found in data of a linear plant."""

from pathlib import Path

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.policy_loop import Given, PolicyLoop
from quantbc.audit.survey import survey


def test_plant_and_policy_are_recovered_in_the_norms_units(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, states, actions = rng.normal(size=(50, 1)), [], []
    for _ in range(40):
        u = -0.4 * x + 0.1 * rng.normal(size=x.shape)
        states.append(x)
        actions.append(u)
        x = 0.9 * x + 0.5 * u + 0.01 * rng.normal(size=x.shape)
    arrays = {"actions": np.stack(actions, 1).reshape(-1, 1), "observations": np.stack(states, 1).reshape(-1, 1)}
    np.savez(tmp_path / "a.npz", **arrays, episode_ends=np.arange(1, 51) * 40)
    source = open_source(tmp_path / "a.npz")
    found = survey(source, memory=10**8, rng=np.random.default_rng(0))
    pieces = list(source.pieces(1000))
    assert found.observations is not None
    loop = PolicyLoop.of(pieces, [-0.6 * piece.observations for piece in pieces], found, 20, Given())  # type: ignore[operator]
    ratio = found.actions.half_range[0] / found.observations.unit[0]
    assert pytest.approx(0.9, abs=0.01) == loop.A
    assert pytest.approx(0.5 * ratio, rel=0.05) == loop.B
    assert loop.lipschitz == pytest.approx(0.6 / ratio, rel=1e-6)
    assert loop.loop is not None
    assert loop.loop[1] == pytest.approx(0.9 - 0.5 * 0.6, abs=0.02)
    assert loop.systematic([np.zeros((5, 1))]) == pytest.approx(np.zeros(5))
