"""Imitation is attained at the distance between learner and expert: the statistical lemmas S2 to S6, with equality.

What is learnt from n demonstrations enters the statements as Lemma S1's exponent x, D² = 2(1 − e^(−x)) for the squared
Hellinger distance D² of the labels. Here D is known, so `values` has the data from which just that follows: two
policies, one demonstration, delta = e^(−x). One label decides over all rewards and nothing is quantized.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from simulators.errors import positive_int
from simulators.witnesses.base import DETERMINISTIC, LEARNT, STABLE, SUP, number


@dataclass(frozen=True)
class _OneLabel:
    """The first label is played for H steps; quantization is exact, and nothing depends on state or later actions.

    Attributes:
        horizon: H ≥ 1.
        p: a probability, in (0, 1); see the instance.

    Raises:
        DomainError: a parameter out of range.
    """

    horizon: int
    p: float

    def __post_init__(self) -> None:
        positive_int("horizon", self.horizon)
        number("p", self.p, above=0, below=1)

    @property
    def affinity(self) -> float:
        """1 − D²/2 between the laws of the labels."""
        raise NotImplementedError

    def values(self) -> Mapping[str, float]:
        """The data, H, and constants of a system in which nothing is lost but by a wrong label."""
        data = {"n": 1.0, "delta": self.affinity, "log_class_size": math.log(2), "log_model_class_size": 0.0}
        still = ("eps_q", "C", "eta", "L", "k", "lipschitz", "L_x", "L_u", "L_P", "average_error", "jump", "eps_max")
        loop = ("coupled_lipschitz", "loop_C", "loop_eta", "chunk_decay")
        return {**dict.fromkeys((*still, *loop), 0.0), "chunk": 1.0, **data, "H": self.horizon}


@dataclass(frozen=True)
class MirroredLabels(_OneLabel):
    """The expert plays the good label with probability p > 1/2, the learner with probability 1 − p (Lemma S2).

    Source: ours.

    >>> MirroredLabels(horizon=4, p=0.75).exact()
    2.0
    """

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *STABLE,
        *SUP,
        "any_expert",
        "realizable_models",
        "shared_noise",
        "deterministic_dynamics",
        "chunked_deployment",
        "realizable_chunks",
        "chunk_tvc",
        "coupled_lipschitz",
        "noisy_lipschitz",
        "smooth_kernel",
        "tvc",
        "loop_stable",
    )

    @classmethod
    def tightest(cls) -> Self:
        return cls(10, 0.6)

    @property
    def affinity(self) -> float:
        return 2 * math.sqrt(self.p * (1 - self.p))

    def exact(self) -> float:
        return self.horizon * (2 * self.p - 1)


@dataclass(frozen=True)
class UnsureLearner(_OneLabel):
    """The expert's label is known, the learner plays it with probability p and loses everything otherwise (S3).

    Source: ours.

    >>> UnsureLearner(horizon=4, p=0.75).exact()
    1.0
    """

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *STABLE,
        *SUP,
        *DETERMINISTIC,
        "rtvc",
        "tvc",
        "realizable_models",
        "shared_noise",
        "deterministic_dynamics",
        "raw_demonstrations",
        "realizable_expert",
        "deterministic_actions",
        "unit_rewards",
    )

    @classmethod
    def tightest(cls) -> Self:
        return cls(10, 0.9)

    @property
    def affinity(self) -> float:
        return math.sqrt(self.p)

    def exact(self) -> float:
        return self.horizon * (1 - self.p)


@dataclass(frozen=True)
class WrongStart(_OneLabel):
    """Deterministic policies that differ in one first state, of probability p, where everything is lost (S4).

    Source: ours.

    >>> WrongStart(horizon=4, p=0.25).exact()
    1.0
    """

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *STABLE,
        *SUP,
        *DETERMINISTIC,
        "deterministic_class",
        "rtvc",
        "quantized_lipschitz",
        "coupled_lipschitz",
        "loop_stable",
        "held_out_mismatch",
        "uniform_bins",
        "deterministic_dynamics",
        "chunked_deployment",
        "realizable_chunks",
        "chunk_lipschitz",
    )

    @classmethod
    def tightest(cls) -> Self:
        return cls(10, 0.1)

    @property
    def affinity(self) -> float:
        return 1 - self.p

    def values(self) -> Mapping[str, float]:
        return {**super().values(), "mismatch": self.p, "bins_off": 0.0}

    def exact(self) -> float:
        return self.horizon * self.p


@dataclass(frozen=True)
class GreedyTie(_OneLabel):
    """In one first state, of probability p, the learner gives two labels 1/2 each and decodes the wrong one (S5).

    Source: ours.

    >>> GreedyTie(horizon=4, p=0.25).exact()
    1.0
    """

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = (
        *LEARNT,
        *STABLE,
        *SUP,
        "deterministic_expert",
        "greedy_deployment",
        "greedy_rtvc",
        "greedy_coupled_lipschitz",
    )

    @classmethod
    def tightest(cls) -> Self:
        return cls(10, 0.1)

    @property
    def affinity(self) -> float:
        return 1 - self.p * (1 - math.sqrt(0.5))

    def exact(self) -> float:
        return self.horizon * self.p


@dataclass(frozen=True)
class TwoPointReturn(_OneLabel):
    """Returns 0 or 1: the expert earns 1 with probability p, the learner with probability p + shift (Lemma S6).

    The learner earns more; under 1 − r it earns as much less. The bound in the spread of the return is attained, while
    the one in its range alone is 1/(2 √(p(1 − p))) times as large.

    Attributes:
        shift: in (0, 1 − p).

    Source: ours.

    >>> TwoPointReturn(horizon=4, p=0.25, shift=0.5).exact()
    0.5
    """

    shift: float

    limit: ClassVar[str] = "shift -> 0"
    holds: ClassVar[tuple[str, ...]] = (*LEARNT, *STABLE, *SUP, "any_expert", "tvc")

    def __post_init__(self) -> None:
        super().__post_init__()
        number("shift", self.shift, above=0, below=1 - self.p)

    @classmethod
    def tightest(cls) -> Self:
        return cls(10, 0.1, 1e-4)

    @property
    def affinity(self) -> float:
        q = self.p + self.shift
        return math.sqrt(self.p * q) + math.sqrt((1 - self.p) * (1 - q))

    def values(self) -> Mapping[str, float]:
        return {**super().values(), "return_range": 1.0, "return_std": math.sqrt(self.p * (1 - self.p))}

    def exact(self) -> float:
        """The regret of the learner under 1 − r, or of the expert against it under r."""
        return self.shift
