"""A deployed policy's loop, estimated: dynamics and policy as the linear maps nearest to the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from quantbc.audit.candidates import Candidate
from quantbc.audit.rows import Block, Piece
from quantbc.audit.stability import TransitionSums, estimate_stability, transitions
from quantbc.audit.survey import Survey
from quantbc.errors import ProblemError
from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.errors import FloatArray


@dataclass(frozen=True)
class Given:
    """Constants that the user may know; None: estimated.

    Attributes:
        C: gain constant, standard deviations of the state per half-range of the action; given together with eta.
        eta: its decay.
        lipschitz: ℓ of the policy, half-ranges per standard deviation.
        L_x: of the reward, per standard deviation of the state.
        L_u: of the reward, per half-range of the action.
        seed: of the resampling behind the estimates' warnings.
    """

    C: float | None = None
    eta: float | None = None
    lipschitz: float | None = None
    L_x: float = 1.0
    L_u: float = 1.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class PolicyLoop:
    """The dynamics and the policy as linear maps, in the norms' units; None where there are too few transitions.

    Attributes:
        half: half-ranges of the action entries, raw units.
        A: state matrix.
        B: input matrix.
        K: the linear policy nearest to the predictions, action entry by state entry.
        C: constant of the system's gains.
        eta: their decay.
        loop: constant and decay of the policy's own loop; None without a model.
        lipschitz: ℓ of the policy.
        estimated: which of these were not given.
        warnings: sentences.
    """

    half: FloatArray
    A: FloatArray | None
    B: FloatArray | None
    K: FloatArray | None
    C: float | None
    eta: float | None
    loop: tuple[float, float] | None
    lipschitz: float | None
    estimated: tuple[str, ...]
    warnings: list[str]

    @classmethod
    def of(
        cls, pieces: Sequence[Piece], predicted: Sequence[FloatArray], found: Survey, H: int, given: Given
    ) -> PolicyLoop:
        """Estimate what was not given."""
        half = found.actions.half_range
        if found.observations is None:
            raise ProblemError("data must have observations, got none")
        expert, policy = (TransitionSums(found.actions, found.observations) for _ in range(2))
        for block in transitions([Block(tuple(pieces))]):
            expert.add(*block)
        played = (replace(piece, actions=mine) for piece, mine in zip(pieces, predicted, strict=True))
        for block in transitions([Block(tuple(played))]):
            policy.add(*block)
        stability = estimate_stability(expert, horizon=H, rng=np.random.default_rng([given.seed, 2]))
        if stability is None:
            known = given.C is not None and given.lipschitz is not None
            notes = [] if known else ["too few transitions to estimate the dynamics: give --gain, --decay, --lipschitz"]
            return cls(half, None, None, None, given.C, given.eta, None, given.lipschitz, (), notes)
        K = policy.policy()[0].T
        closed = stability.A + stability.B @ K
        envelope = tightest_envelope(gain_sequence(closed, stability.B, horizon=max(H, 2), norm="linf"))
        slope = given.lipschitz
        names = ("C", "eta") * (given.C is None) + ("lipschitz",) * (slope is None) + ("loop_C", "loop_eta")
        return cls(
            half=half,
            A=stability.A,
            B=stability.B,
            K=K,
            C=stability.C if given.C is None else given.C,
            eta=stability.eta if given.eta is None else given.eta,
            loop=(envelope.C, envelope.eta),
            lipschitz=float(np.abs(K).sum(axis=1).max()) if slope is None else slope,
            estimated=names,
            warnings=stability.warnings(),
        )

    def facts(self, tokenizer: Candidate | None) -> dict[str, Any]:
        """Names of the assumptions that are taken to hold."""
        names = ["held_out_errors", "coupled_lipschitz", "incrementally_stable", "lipschitz_reward"]
        if tokenizer is not None and tokenizer.sup_errors is not None:
            names += ["held_out_map_errors", "noisy_lipschitz", "sup_error", "held_out_mismatch", "quantized_lipschitz"]
            names += ["uniform_bins"] + ["loop_stable"] * (self.loop is not None)
        return dict.fromkeys(names, "estimated")

    def symbols(self, tokenizer: Candidate | None, given: Given) -> dict[str, Any]:
        """Values by the catalog's keywords; those of the error itself apart."""
        found: dict[str, Any] = {"L_x": given.L_x, "L_u": given.L_u, "jump": 0.0}
        if self.C is not None:
            found |= {"C": self.C, "eta": self.eta}
        if self.loop is not None:
            found |= {"loop_C": self.loop[0], "loop_eta": self.loop[1]}
        if self.lipschitz is not None:
            found |= {"lipschitz": self.lipschitz, "coupled_lipschitz": self.lipschitz}
        if tokenizer is not None and tokenizer.sup_errors is not None:
            eps_q = float(np.max(tokenizer.sup_errors / self.half))
            found |= {"eps_q": eps_q, "jump": 2 * eps_q}
        return found

    def systematic(self, errors: list[FloatArray]) -> FloatArray | None:
        """Mean over trajectories of the state deviation that the signed errors alone drive through the loop."""
        if self.A is None or self.B is None or self.K is None:
            return None
        loop, total = self.A + self.B @ self.K, np.zeros(len(errors[0]))
        for path in errors:
            state = np.zeros(len(self.A))
            for h, error in enumerate(path):
                total[h] += np.abs(state).max()
                state = loop @ state + self.B @ error
        return total / len(errors)
