"""Appendix A's radii: a class that lacks the expert, a wrong policy that the data cannot exclude, and one overfit."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from simulators.errors import open_unit, positive_int


@dataclass(frozen=True)
class OffTarget:
    """The expert plays label 0; the only policy of the class plays it with probability `share`, else another.

    1 + χ² is 1/share and the affinity √share, so D² = 2 (1 − √share), however many demonstrations there are.

    Attributes:
        share: in (0, 1).

    Source: ours; for arXiv:2603.20538, Appendix A.

    >>> OffTarget(0.25).exact()
    1.0
    """

    share: float

    limit: ClassVar[str] = "n -> infinity"
    holds: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "share", open_unit("share", self.share))

    @classmethod
    def tightest(cls) -> Self:
        return cls(0.9)

    def values(self) -> Mapping[str, float]:
        return {"log_misspecification": -math.log(self.share)}

    def exact(self) -> float:
        """D² between the two laws of a label."""
        return 2 * (1 - math.sqrt(self.share))


@dataclass(frozen=True)
class Unexcluded:
    """Two deterministic policies that differ in one first state, of probability p, which no demonstration shows.

    That has probability (1 − p)^n = delta; both are then maximisers, and the wrong one has affinity 1 − p. The class is
    its own cover, log_cover = 0.

    Attributes:
        p: in (0, 1).
        n: number of demonstrations, ≥ 1.

    Source: ours; for arXiv:2603.20538, Appendix A.

    >>> round(Unexcluded(0.02, 5).exact(), 9)
    0.2
    """

    p: float
    n: int

    limit: ClassVar[str] = "n -> infinity with delta = (1 - p)^n"
    holds: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "p", open_unit("p", self.p))
        positive_int("n", self.n)

    @classmethod
    def tightest(cls) -> Self:
        return cls(0.1, 6000)

    def values(self) -> Mapping[str, float]:
        delta = math.exp(self.n * math.log1p(-self.p))
        return {"n": float(self.n), "delta": delta, "log_class_size": math.log(2), "log_cover": 0.0}

    def exact(self) -> float:
        """D between the two laws of a demonstration."""
        return math.sqrt(2 * self.p)


@dataclass(frozen=True)
class HiddenLabels:
    """One state and one step; the expert plays M labels with equal chances. Each wrong policy keeps a share of them.

    A policy of the class plays the labels of a set S as the expert does, |S| = kept M, and otherwise a label that the
    expert never plays. Whatever n ≤ kept M demonstrations show, some S has all of it, so that policy is a maximiser:
    D² = 2 (1 − kept). With c = log(2 − kept), the law that plays the expert's labels with e^(−c) of their chances, and
    the hidden label otherwise, covers the class alone: each policy is at most e^c times it.

    So the cover is paid for. No class attains the bound where its two distances are alike, as they are at n = ∞: roots
    of laws are points of a sphere, of which no three lie on a line. Two chords of length D_1 = √(2(1 − e^(−c/2))) span
    at most 2 D_1 √(1 − D_1²/4): the bound is at least 1/√(1 − D_1²/4) times what it bounds, 1.07 at kept = .24.

    Attributes:
        kept: in (0, 1).

    Source: ours; for arXiv:2603.20538, Appendix A.

    >>> HiddenLabels(0.5).exact()
    1.0
    """

    kept: float

    limit: ClassVar[str] = ""
    holds: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "kept", open_unit("kept", self.kept))

    @classmethod
    def tightest(cls) -> Self:
        """kept = 0.24: with less the bound is no better than √2."""
        return cls(0.24)

    def values(self) -> Mapping[str, float]:
        return {"log_cover": math.log(2 - self.kept)}

    def exact(self) -> float:
        """D between the two laws of a label."""
        return math.sqrt(2 * (1 - self.kept))
