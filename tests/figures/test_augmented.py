"""Algorithm 1 on servo joints: the models learn what they should, and the regret lies below the bound."""

import numpy as np
import pytest

from figures.augmented import MODELS, ClosedLoops, measure
from figures.study import experiment
from simulators.errors import RealizabilityError
from simulators.rollouts import demonstrate
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import UniformBox

STUDY = experiment("deterministic", 32)
QUIET = LinearSystem(STUDY.system.A, STUDY.system.B, initial=UniformBox(-0.8, 0.8))
DATA = demonstrate(QUIET, STUDY.expert, STUDY.quantizer, horizon=4, episodes=10, rng=np.random.default_rng(0))


def test_the_model_behind_the_demonstrations_is_found() -> None:
    index = MODELS.fit(DATA)
    assert index == MODELS.fit_index(1.0, 0.2)
    np.testing.assert_allclose(MODELS.step(index, DATA.states[0]), DATA.states[1], atol=1e-12)


def test_a_class_without_it_is_refused() -> None:
    with pytest.raises(RealizabilityError, match="must contain one that explains every transition"):
        ClosedLoops(speeds=(0.9,), gains=(0.1, 0.2)).fit(DATA)


def test_regret_lies_below_the_bounds_and_grows_with_the_horizon() -> None:
    settings = {"bins": 32, "demonstrations": 50, "episodes": 500, "confidence": 0.99, "delta": 0.05}
    cells = [measure(horizon=H, rng=np.random.default_rng(0), **settings) for H in (5, 30)]  # type: ignore[arg-type]
    for cell in cells:
        assert cell["low"] <= cell["regret"] <= cell["high"] <= cell["bound"]
    assert cells[0]["regret"] < cells[1]["regret"]
