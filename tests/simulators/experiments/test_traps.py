"""Traps: enclosed numbers agree with roll-outs, and Algorithm 1 repairs them."""

from fractions import Fraction

import numpy as np
import pytest

from simulators.errors import DomainError
from simulators.experiments.base import Budget
from simulators.experiments.traps import TrapExperiment, TwinExperiment, arctan_trap, bounded_trap, gaussian_trap
from simulators.policies.linear import Linear
from simulators.quantizers.scalar import uniform
from simulators.systems.linear import LinearSystem
from simulators.witnesses.rational_twin import RationalTwin

ARCTAN = {"A": 0.2, "B": 0.3, "k": 1.0, "d": 0.6, "eps": 0.02}
BOUNDED = {"A": 0.2, "B": 0.3, "c": 1.0, "W": 0.1, "eps": 0.02, "x_c": 0.525}
GAUSSIAN = {"A": 0.2, "B": 0.3, "c": 1.0, "sigma": 0.1, "eps": 0.05}


def rolled(trap: TrapExperiment, H: int, episodes: int = 4000):
    """By roll-outs even where numbers are enclosed."""
    blind = TrapExperiment(trap.system, trap.expert, trap.quantizer, trap.deployment, trap.errors)
    return blind.measure(Budget(H=H, n=1, episodes=episodes), np.random.default_rng(0))


@pytest.mark.parametrize("trap", [arctan_trap(**ARCTAN), bounded_trap(**BOUNDED), gaussian_trap(**GAUSSIAN)])
def test_enclosed_regret_agrees_with_roll_outs(trap: TrapExperiment) -> None:
    exact, sampled = trap.measure(Budget(H=40, n=1), np.random.default_rng(0)).regret, rolled(trap, 40).regret
    assert exact.low <= exact.high < exact.low + 0.1 * exact.mean
    assert sampled.low <= exact.high
    assert exact.low <= sampled.high


@pytest.mark.parametrize(
    ("make", "settings"), [(arctan_trap, ARCTAN), (bounded_trap, BOUNDED), (gaussian_trap, GAUSSIAN)]
)
def test_augmentation_repairs_what_the_trap_costs(make, settings: dict[str, float]) -> None:
    H = 150
    lost = rolled(make(**settings), H).regret
    saved = rolled(make(**settings, deployment="augmented"), H).regret
    assert saved.mean < 0.35 * lost.mean
    assert lost.mean > 0.4 * H


def test_facts_and_symbols_are_those_of_the_deployment() -> None:
    plain, repaired = arctan_trap(**ARCTAN), arctan_trap(**ARCTAN, deployment="augmented")
    binned = arctan_trap(**ARCTAN, bins=True)
    assert {"arctan_trap", "label_error", "deterministic_dynamics"} <= set(plain.facts())
    assert not {"sup_error", "quantized_lipschitz", "shared_noise"} & set(plain.facts())
    assert {"shared_noise", "realizable_models"} <= set(repaired.facts())
    assert {"sup_error", "quantized_lipschitz"} <= set(binned.facts())
    assert plain.symbols(5)["k"] == 1.0
    assert "k" not in repaired.symbols(5)
    assert binned.symbols(5)["eps_q"] <= ARCTAN["eps"] / 2
    assert plain.symbols(3)["gains"].tolist() == pytest.approx([0.3, 0.06])
    assert "noisy_trap" in bounded_trap(**BOUNDED).facts()
    assert "deterministic_dynamics" not in gaussian_trap(**GAUSSIAN).facts()


@pytest.mark.parametrize("trap", [arctan_trap(**ARCTAN), bounded_trap(**BOUNDED), gaussian_trap(**GAUSSIAN)])
def test_errors_under_the_expert_are_not_larger_than_stated(trap: TrapExperiment) -> None:
    rng, H, n = np.random.default_rng(3), 8, 20_000
    x = trap.system.sample_initial(n, rng)
    stated = trap.symbols(H)["average_error"]
    for h in range(H):
        u = trap.expert.act(x)
        seen = np.abs(trap.quantizer.quantize(u) - u)[0]
        assert seen.mean() - 4 * seen.std() / np.sqrt(n) <= stated[h]
        x = trap.system.step(x, u, trap.system.sample_noise(n, rng))


def test_the_twin_is_exact() -> None:
    twin = TwinExperiment(RationalTwin(Fraction(1, 64)))
    regret = twin.measure(Budget(H=6, n=1), np.random.default_rng(0)).regret
    assert isinstance(regret.mean, Fraction)
    assert regret.mean == RationalTwin(Fraction(1, 64)).regret(6)
    assert twin.symbols(4)["horizon_average_error"] == pytest.approx(float(twin.twin.average_error(4)))
    assert "sup_error" not in twin.facts()


def test_what_is_no_trap_is_refused() -> None:
    with pytest.raises(DomainError, match="deployment must be one of 'plain', 'augmented', got 'greedy'"):
        arctan_trap(**ARCTAN, deployment="greedy")
    with pytest.raises(DomainError, match="system must be scalar"):
        TrapExperiment(LinearSystem(np.eye(2), np.eye(2)), Linear(np.eye(2)), uniform(2))
    with pytest.raises(DomainError, match=r"eps must lie in \(0, 1\)"):
        gaussian_trap(**(GAUSSIAN | {"eps": 1.5}))
