"""Moduli of smoothness: the probability that a policy's actions in two nearby states differ by more than a radius.

A modulus kappa belongs to a policy that is RTVC at some radius: under the best coupling,
P(|u - u'| > radius) <= kappa(|x - x'|). Hazards of the decoupling term are kappa at the displacement of the state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from bounds.errors import ParameterError
from bounds.numerics import Array, times
from bounds.symbols import SYMBOLS


@runtime_checkable
class Modulus(Protocol):
    """A nondecreasing function of the state distance; values above 1 are cut by the evaluation."""

    def __call__(self, distance: Array, eps_q: Array, k: Array) -> Array:
        """kappa at ``distance`` for a policy on codes with error ``eps_q``, relaxed by ``k eps_q``."""


@dataclass(frozen=True)
class LinearModulus:
    """kappa(r) = L r: TV continuity with a linear modulus (k = 0), or any RTVC policy with such a bound.

    Example:
        >>> LinearModulus(2.0)(np.array([0.0, 0.1]), np.array(0.0), np.array(0.0))
        array([0. , 0.2])
    """

    L: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "L", SYMBOLS["L"].array(self.L))

    def __call__(self, distance: Array, eps_q: Array, k: Array) -> Array:
        """L times the distance."""
        return times(self.L[..., None], distance)


@dataclass(frozen=True)
class ThresholdModulus:
    """kappa(r) = 1 where lipschitz * r > (k - 2) eps_q, else 0: a binned Lipschitz policy (Proposition 5 (i), k >= 2).

    Example:
        >>> ThresholdModulus(0.5)(np.array([0.1, 0.5]), np.array(0.1), np.array(3.0))
        array([0., 1.])
    """

    lipschitz: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "lipschitz", SYMBOLS["lipschitz"].array(self.lipschitz))

    def __call__(self, distance: Array, eps_q: Array, k: Array) -> Array:
        """0 or 1, or always 1 for k < 2 where the statement gives nothing better."""
        slack = np.asarray((k - 2.0) * eps_q)[..., None]
        return np.where(times(self.lipschitz[..., None], distance) > slack, 1.0, 0.0)


@dataclass(frozen=True)
class FunctionModulus:
    """Any nondecreasing function given by a callable, e.g. the computed modulus of a finite system.

    Args:
        kappa: vectorised function of the distance with values in [0, 1].

    Example:
        >>> FunctionModulus(lambda r: (r >= 1.0) * 0.5)(np.array([0.5, 1.0]), np.array(0.0), np.array(0.0))
        array([0. , 0.5])
    """

    kappa: Callable[[Array], Array]

    def __call__(self, distance: Array, eps_q: Array, k: Array) -> Array:
        """The function's values, checked to be probabilities."""
        values = np.asarray(self.kappa(distance), dtype=np.float64)
        if values.shape != distance.shape or not ((values >= 0) & (values <= 1)).all():
            raise ParameterError("modulus must map distances to probabilities of the same shape")
        return values
