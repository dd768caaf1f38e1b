"""Policy classes whose size grows with the number of bins."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bounds.errors import ParameterError
from bounds.numerics import Array


def _whole(name: str, value: int) -> None:
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
        raise ParameterError(f"{name} must be a whole number >= 1, got {value!r}")


@dataclass(frozen=True)
class TabularClass:
    """All deterministic policies on finitely many states: log N = S d log K, times H if they may depend on the step.

    Args:
        states: S.
        dimension: d, action dimensions, each with K bins.
        horizon: H for policies that may change from step to step; ``None`` for stationary ones.

    Raises:
        ParameterError: an argument is not a whole number >= 1.

    Example:
        >>> float(TabularClass(states=3, dimension=2)(np.array(4.0)) / np.log(4))
        6.0
    """

    states: int
    dimension: int = 1
    horizon: int | None = None

    def __post_init__(self) -> None:
        _whole("states", self.states)
        _whole("dimension", self.dimension)
        if self.horizon is not None:
            _whole("horizon", self.horizon)

    @property
    def per_log_bins(self) -> float:
        """The factor of log K."""
        return float(self.states * self.dimension * (self.horizon or 1))

    def __call__(self, bins: Array) -> Array:
        """Natural logarithm of the number of policies."""
        return self.per_log_bins * np.log(bins)


@dataclass(frozen=True)
class SoftmaxClass:
    """Softmax-linear policies with stored weights: features x d x K of them, log N = weights x bits x log 2.

    Args:
        features: inputs of every logit, the constant one included.
        dimension: d, action dimensions, each with a softmax over its K bins.
        bits: bits that store one weight.

    Raises:
        ParameterError: an argument is not a whole number >= 1.

    Example:
        >>> float(SoftmaxClass(features=10, dimension=2, bits=32)(np.array(16.0)) / np.log(2))
        10240.0
    """

    features: int
    dimension: int = 1
    bits: int = 32

    def __post_init__(self) -> None:
        for name in ("features", "dimension", "bits"):
            _whole(name, getattr(self, name))

    def __call__(self, bins: Array) -> Array:
        """Natural logarithm of the number of policies."""
        return np.asarray(self.features * self.dimension * self.bits * math.log(2.0) * bins)


@dataclass(frozen=True)
class TabularCover:
    """A one-sided log cover of all stochastic policies on finitely many states and K actions, for ``log_cover``.

    On each state the probabilities are multiples of 1/m, m the least whole number at least (K - 1) / (1 - exp(-c/H)):
    rounding up all m exp(-c/H) p(a) then leaves a sum of at most m, so p(a) <= exp(c/H) times its multiple. That is
    C(m + K - 1, K - 1) laws for each state, and log N = S log C(m + K - 1, K - 1), times H if they vary.

    Args:
        states: S.
        horizon: H.
        log_cover: c, the scale of the cover over a whole trajectory, nats.
        varying: whether policies may change from step to step.

    Raises:
        ParameterError: states or horizon are not whole numbers >= 1, or the scale is not positive.

    Example:
        >>> cover = TabularCover(states=2, horizon=10, log_cover=0.1)
        >>> round(float(cover(np.array(4.0))), 3)
        30.719
    """

    states: int
    horizon: int
    log_cover: float
    varying: bool = False

    def __post_init__(self) -> None:
        _whole("states", self.states)
        _whole("horizon", self.horizon)
        if not 0 < self.log_cover < math.inf:
            raise ParameterError(f"log_cover must be a positive number, got {self.log_cover!r}")

    def parts(self, bins: Array) -> Array:
        """m, for every K."""
        return np.asarray(np.maximum(1.0, np.ceil((bins - 1.0) / -np.expm1(-self.log_cover / self.horizon))))

    def __call__(self, bins: Array) -> Array:
        """Natural logarithm of the number of policies in the cover."""
        from scipy.special import gammaln

        m = self.parts(bins)
        choices = gammaln(m + bins) - gammaln(m + 1.0) - gammaln(bins)
        return np.asarray(self.states * (self.horizon if self.varying else 1) * choices)
