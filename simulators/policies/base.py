"""What a policy offers. States and actions are dimension-major: x[…, j, i] is dimension j of trajectory i."""

import dataclasses
from typing import Protocol

import numpy as np

from simulators.errors import DomainError, FloatArray, finite_array


class Policy(Protocol):
    """A map from states and pre-drawn standard normals to raw actions.

    All randomness of a policy enters through `z`, so two policies can be run on the same draws.
    """

    @property
    def deterministic(self) -> bool:
        """Whether the action is a function of the state."""
        ...

    @property
    def action_range(self) -> tuple[float, float]:
        """The smallest and the largest entry an action can have, infinite where there is no limit."""
        ...

    def normals(self, du: int) -> int:
        """Return how many rows of standard normals a step with du-dimensional actions needs."""
        ...

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        """Return raw actions, shape (…, du, M).

        Args:
            x: states, shape (…, dx, M).
            z: standard normals, shape (…, at least normals(du), M); deterministic policies ignore it.
        """
        ...


class Deterministic:
    """Base class of policies whose action is a function of the state."""

    @property
    def deterministic(self) -> bool:
        return True

    def normals(self, du: int) -> int:
        return 0


class ClippedActions:
    """Base class of policies whose actions are clipped to `low` and `high`."""

    low: float
    high: float

    @property
    def action_range(self) -> tuple[float, float]:
        return self.low, self.high


class MeanFunction(Policy, Protocol):
    """A deterministic policy with a known Lipschitz constant."""

    def lipschitz(self, norm: str) -> float:
        """Return ℓ with ‖u(x) − u(x')‖ ≤ ℓ‖x − x'‖ in the norm "linf" or "l2"."""
        ...


def column(vector: FloatArray) -> FloatArray:
    """Return a number or vector so that it broadcasts against (…, d, M).

    >>> column(np.array([1.0, 2.0])).shape, column(np.array(1.0)).shape
    ((2, 1), ())
    """
    return vector[:, None] if vector.ndim == 1 else vector


def clip_range(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a clip, either of which may be infinite.

    Raises:
        DomainError: an end is NaN, or high ≤ low.

    >>> clip_range(-1, float("inf"))
    (-1.0, inf)
    """
    left, right = float(low), float(high)
    if not left < right:
        raise DomainError(f"high must exceed low, got low={low}, high={high}")
    return left, right


def same_policy(one: object, other: object) -> bool:
    """Return whether two policies are of one class with equal fields, arrays compared by value.

    >>> from simulators.policies.linear import Linear
    >>> same_policy(Linear([[1.0]]), Linear([[1.0]])), same_policy(Linear([[1.0]]), Linear([[2.0]]))
    (True, False)
    """
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same_policy, one, other))
    if type(one) is not type(other):
        return False
    if dataclasses.is_dataclass(one):
        return all(same_policy(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    return bool(one == other)


def number_or_vector(name: str, value: object) -> FloatArray:
    """Return a finite number or vector as a read-only array.

    Raises:
        DomainError: not finite, or neither a number nor a vector.

    >>> number_or_vector("std", 0.5)
    array(0.5)
    """
    array = finite_array(name, value)  # type: ignore[arg-type]
    if array.ndim > 1:
        raise DomainError(f"{name} must be a number or a vector, got shape {array.shape}")
    return array
