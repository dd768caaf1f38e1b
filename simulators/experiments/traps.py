"""Traps: learned quantizers with a small error where the expert goes, whose deployed codes never recover.

Labels and model are known perfectly (classes of one), so quantization alone is seen. Algorithm 1 is the repair: codes
are read off an auxiliary roll-out, which here is the expert's own path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.errors import DomainError, FloatArray, choice
from simulators.experiments.base import Budget, Measured, Regret, Standing
from simulators.experiments.pairs import block_of, measured_pairs
from simulators.policies.base import MeanFunction
from simulators.policies.linear import Linear
from simulators.policies.nonlinear import Arctan
from simulators.quantizers.base import Quantizer, quantize_columns
from simulators.rewards import ImitationReward
from simulators.rollouts import PairedStep, compared, paired
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianInitial, GaussianNoise, UniformBox, UniformNoise
from simulators.witnesses.arctan_trap import ArctanTrapWitness
from simulators.witnesses.gaussian_trap import GaussianTrapWitness
from simulators.witnesses.noisy_trap import NoisyTrapWitness
from simulators.witnesses.rational_twin import RationalTwin

_TRAPS = {ArctanTrapWitness: "arctan_trap", NoisyTrapWitness: "noisy_trap", GaussianTrapWitness: "gaussian_trap"}
_ALWAYS = (
    "iid_demonstrations",
    "realizable",
    "any_expert",
    "deterministic_expert",
    "deterministic_actions",
    "deterministic_class",
    "incrementally_stable",
    "linear_gains",
    "lipschitz_reward",
)


@dataclass(frozen=True, eq=False)
class TrapExperiment:
    """A scalar loop x' = A x + B u + w behind a quantizer, imitated perfectly.

    Attributes:
        system: dynamics.
        expert: u = μ(x), Lipschitz; the reward is 1 − |u − μ(x)|, at least 0.
        quantizer: the trap, or bins for comparison.
        deployment: ``"plain"`` or ``"augmented"``.
        errors: bound on E|q(u_h) − u_h| under the expert by horizon, an array for each H; None if not known.
        witness: the instance whose numbers are enclosed exactly; None for roll-outs.

    Raises:
        DomainError: another deployment, or a system that is not scalar.

    >>> trap = arctan_trap(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01)
    >>> measured = trap.measure(Budget(H=50, n=1), np.random.default_rng(0))
    >>> round(float(measured.regret.mean), 1)
    31.2
    >>> repaired = arctan_trap(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01, deployment="augmented")
    >>> bool(repaired.measure(Budget(H=50, n=1, episodes=2000), np.random.default_rng(0)).regret.mean < 2)
    True
    """

    system: LinearSystem
    expert: MeanFunction
    quantizer: Quantizer
    deployment: str = "plain"
    errors: Any = None
    witness: ArctanTrapWitness | NoisyTrapWitness | GaussianTrapWitness | None = None

    def __post_init__(self) -> None:
        choice("deployment", self.deployment, ("plain", "augmented"))
        if (self.system.dx, self.system.du) != (1, 1):
            raise DomainError(f"system must be scalar, got dimensions {self.system.dx} and {self.system.du}")

    @property
    def reward(self) -> ImitationReward:
        """1 − |u − μ(x)|, at least 0."""
        return ImitationReward(self.expert)

    @property
    def _binned(self) -> bool:
        """Whether every action of the expert is within a known error of its code."""
        ends = np.array(self.expert.action_range)
        finite = self.quantizer.sup_error is not None and bool(np.isfinite(ends).all())
        return finite and np.array_equal(self.quantizer.project(ends[:, None])[:, 0], ends)

    def facts(self) -> Mapping[str, Standing]:
        """Return what holds for the deployment; a trap has neither a sup error nor smooth codes."""
        names = list(_ALWAYS)
        if self.system.noise.radius(1) == 0:
            names.append("deterministic_dynamics")
        if self._binned:
            names += ["sup_error", "bounded_error"]
        if self._binned or self.errors is not None:
            names += ["label_error", "average_error"]
        if self.deployment == "augmented":
            names += ["realizable_models", "shared_noise"]
        elif self._binned:
            names += ["quantized_lipschitz", "noisy_lipschitz"]
        elif self.witness is not None:
            names.append(_TRAPS[type(self.witness)])
        return dict.fromkeys(names, "certified")

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        """Return gains, Lipschitz constants, errors under the expert and the trap's own parameters.

        Args:
            horizon: H.
        """
        gains = gain_sequence(self.system.A, self.system.B, horizon=horizon, norm="linf")
        envelope = tightest_envelope(gains)
        L_x, L_u = self.reward.lipschitz
        found: dict[str, Any] = {
            "log_class_size": 0.0,
            "gains": gains,
            "C": envelope.C,
            "eta": envelope.eta,
            "L_x": L_x,
            "L_u": L_u,
        }
        if self._binned:
            eps = self.quantizer.sup_error
            found |= {"eps_q": eps, "average_error": np.full(horizon, eps), "eps_max": eps}
            found["lipschitz"] = self.expert.lipschitz("linf")
        if self.errors is not None:
            found["average_error"] = self.errors(horizon)
        if self.deployment == "augmented":
            found["log_model_class_size"] = 0.0
        elif self.witness is not None and not self._binned:
            found |= self.witness.values()
        return found

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Return the enclosed regret of a witness, else that of roll-outs which share first state and noise.

        Args:
            budget: H, and how much is rolled out; nothing is learnt, so n does not matter.
            rng: the only source of randomness.
        """
        if self.witness is not None and self.deployment == "plain" and not self._binned:
            w, H = self.witness, budget.H
            found = w.deployed(H).regret if isinstance(w, ArctanTrapWitness) else w.regret(H)
            return Measured(Regret(found.middle, found.low, found.high, exact=False))
        steps = paired(
            self.system,
            self.expert,
            self.expert,
            self.quantizer,
            horizon=budget.H,
            episodes=budget.episodes,
            rng=rng,
            block=block_of(budget),
        )
        if self.deployment == "augmented":
            steps = _repaired(self.system, self.quantizer, steps)
        reach = np.full(budget.H, np.inf)
        reach[0] = 0.0
        seen = compared(steps, self.reward, "linf")
        return Measured(*measured_pairs(seen, budget, spread=budget.H, reach=reach))


def _repaired(system: LinearSystem, quantizer: Quantizer, steps: Iterator[PairedStep]) -> Iterator[PairedStep]:
    """Execute the codes of the auxiliary path, which is the expert's.

    The noise is read off the expert's own steps: w = x' − A x − B u.
    """
    y = v = np.zeros((1, 0))
    before: PairedStep | None = None
    for step in steps:
        if before is None or step.h == 0:
            y = step.x
        else:
            noise = step.x - system.step(before.x, before.u, np.zeros_like(step.x))
            y = system.step(y, v, noise)
        v, before = quantize_columns(quantizer, step.u), step
        yield PairedStep(step.block, step.h, step.x, step.u, y, v)


def arctan_trap(
    *, A: float, B: float, k: float, d: float, eps: float, deployment: str = "plain", bins: bool = False
) -> TrapExperiment:
    """Return Theorem 6's deterministic instance: x' = A x + B u, expert arctan, x_1 ~ N(0, 1).

    Args:
        A: of the quantizer `simulators.quantizers.traps.ArctanTrap`, with its conditions, as are B, k, d and eps.
        B: see A.
        k: see A.
        d: see A.
        eps: see A.
        deployment: ``"plain"`` or ``"augmented"``.
        bins: the same rounding without the trap.

    Raises:
        StabilityError: A + B ≥ 1.
        DomainError: a condition of the trap fails.

    Source: arXiv:2603.20538, Theorem 6.
    """
    witness = ArctanTrapWitness(A=A, B=B, k=k, d=d, eps=eps)
    quantizer: Quantizer = witness.quantizer.binning if bins else witness.quantizer

    def errors(horizon: int) -> FloatArray:
        return np.array([step.high for step in witness.expert_error(horizon, resolution=4)])

    known = None if bins else errors
    return TrapExperiment(witness.system.linear, Arctan(), quantizer, deployment, known, witness)


def bounded_trap(
    *, A: float, B: float, c: float, W: float, eps: float, x_c: float, deployment: str = "plain"
) -> TrapExperiment:
    """Return the trap under bounded noise: x' = A x + B u + w, w ~ Unif[−W, W], expert c x.

    Args:
        A: of `simulators.quantizers.traps.NoisyTrap`, with its conditions, as are B, c, W, eps and x_c (its centre).
        B: see A.
        c: see A.
        W: see A.
        eps: see A.
        x_c: see A.
        deployment: ``"plain"`` or ``"augmented"``.

    Source: ours; after arXiv:2603.20538, Theorem 6.
    """
    witness = NoisyTrapWitness(A=A, B=B, c=c, W=W, eps=eps, x_c=x_c)
    radius = witness.quantizer.expert_radius
    system = LinearSystem(np.array([[A]]), np.array([[B]]), UniformNoise(W), UniformBox(-radius, radius))

    def errors(horizon: int) -> FloatArray:
        return np.array([step.high for step in witness.expert_error(horizon)])

    return TrapExperiment(system, Linear(np.array([[c]])), witness.quantizer, deployment, errors, witness)


def gaussian_trap(
    *, A: float, B: float, c: float, sigma: float, eps: float, deployment: str = "plain"
) -> TrapExperiment:
    """Return the trap under Gaussian noise of fixed variance: x' = A x + B u + w, w ~ N(0, σ²), expert c x.

    The trigger is [0, ε/z], z = √(2 log(2/ε²)); noise beyond σz, which alone lets a state out of the trap, has
    probability ε² a step. The first state has the expert's stationary law, so its error is the same at every step.

    Args:
        A: state coefficient, in (0, 1).
        B: action coefficient, positive, A + B c < 1.
        c: the expert's slope, positive.
        sigma: standard deviation of the noise, positive.
        eps: scale, in (0, 1).
        deployment: ``"plain"`` or ``"augmented"``.

    Raises:
        DomainError: a parameter out of range.

    Source: ours; after arXiv:2603.20538, Theorem 6.

    >>> trap = gaussian_trap(A=0.2, B=0.3, c=1.0, sigma=0.1, eps=0.05)
    >>> round(float(trap.symbols(2)["average_error"][0]) / 0.05, 2)
    2.76
    """
    witness = GaussianTrapWitness(A=A, B=B, c=c, sigma=sigma, eps=eps)
    system = LinearSystem(np.array([[A]]), np.array([[B]]), GaussianNoise(sigma), GaussianInitial(witness.spread))

    def errors(horizon: int) -> FloatArray:
        return np.full(horizon, witness.expert_error())

    return TrapExperiment(system, Linear(np.array([[c]])), witness.quantizer, deployment, errors, witness)


@dataclass(frozen=True, eq=False)
class TwinExperiment:
    """The arctan trap's rational twin, every number an exact Fraction.

    Attributes:
        twin: the instance.

    >>> from fractions import Fraction
    >>> twin = TwinExperiment(RationalTwin(Fraction(1, 64)))
    >>> twin.measure(Budget(H=3, n=1), np.random.default_rng(0)).regret.exact
    True
    """

    twin: RationalTwin

    def facts(self) -> Mapping[str, Standing]:
        """Return what holds: everything but a sup error and smooth codes."""
        return dict.fromkeys((*_ALWAYS, "deterministic_dynamics", "label_error", "average_error"), "certified")

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        """Return gains, Lipschitz constants and the error's average over the horizon.

        Args:
            horizon: H.
        """
        A, B = float(self.twin.A), float(self.twin.B)
        gains = B * A ** np.arange(horizon - 1)
        mean = float(self.twin.average_error(horizon))
        return {"log_class_size": 0.0, "gains": gains, "C": B, "eta": A, "L_x": 1.0, "L_u": 1.0} | {
            "horizon_average_error": mean
        }

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Return the exact regret.

        Args:
            budget: H.
            rng: not used.
        """
        return Measured(Regret.exactly(self.twin.regret(budget.H)))
