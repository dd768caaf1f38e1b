"""Linear systems x' = A x + B u + w of any dimension, many trajectories side by side."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from simulators.errors import FloatArray, ShapeError, finite_array
from simulators.systems.noise import Law, NoNoise, UniformBox


class System(Protocol):
    """Dynamics x_{h+1} = f(x_h, u_h, w_h) with explicit noise; arrays are (dimension, M), M trajectories.

    Attributes:
        dx: dimension of the state.
        du: dimension of the action.
    """

    @property
    def dx(self) -> int:
        """Dimension of the state."""
        ...

    @property
    def du(self) -> int:
        """Dimension of the action."""
        ...

    def step(self, x: FloatArray, u: FloatArray, w: FloatArray) -> FloatArray:
        """Return the next states, a new array of shape (dx, M)."""
        ...

    def sample_initial(self, M: int, rng: np.random.Generator) -> FloatArray:
        """Draw M first states, shape (dx, M)."""
        ...

    def sample_noise(self, M: int, rng: np.random.Generator) -> FloatArray:
        """Draw one step's noise for M trajectories."""
        ...


@dataclass(frozen=True, eq=False)
class LinearSystem:
    """x' = A x + B u + w, w and x_1 drawn independently of everything else.

    Its incremental gains are exact: g_j = ‖A^j B‖ (see `simulators.assumptions.linear`). Stability is not
    required here; what needs it checks it.

    Attributes:
        A: shape (dx, dx).
        B: shape (dx, du).
        noise: law of w, sampled every step.
        initial: law of x_1.
        dx: dimension of the state.
        du: dimension of the action.

    Raises:
        ShapeError: A is not square, B has another number of rows, or a law has another dimension.
        DomainError: an entry is not finite.

    >>> system = LinearSystem([[0.5]], [[1.0]])
    >>> system.step(np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]]), np.zeros((1, 2)))
    array([[0.5, 2. ]])
    """

    A: FloatArray
    B: FloatArray
    noise: Law = field(default_factory=NoNoise)
    initial: Law = field(default_factory=lambda: UniformBox(-1.0, 1.0))

    def __post_init__(self) -> None:
        A, B = linear_pair(self.A, self.B)
        object.__setattr__(self, "A", A)
        object.__setattr__(self, "B", B)
        self.noise.radius(self.dx)
        self.initial.radius(self.dx)

    @property
    def dx(self) -> int:
        return len(self.A)

    @property
    def du(self) -> int:
        return int(self.B.shape[1])

    def step(self, x: FloatArray, u: FloatArray, w: FloatArray) -> FloatArray:
        """Return A x + B u + w, a new array of shape (dx, M).

        Args:
            x: states, shape (dx, M).
            u: actions, shape (du, M).
            w: noise, shape (dx, M).
        """
        following: FloatArray = self.A @ x
        following += self.B @ u
        following += w
        return following

    def sample_initial(self, M: int, rng: np.random.Generator) -> FloatArray:
        return self.initial.sample(self.dx, M, rng)

    def sample_noise(self, M: int, rng: np.random.Generator) -> FloatArray:
        return self.noise.sample(self.dx, M, rng)


def linear_pair(A: FloatArray, B: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the matrices of x' = A x + B u as read-only arrays.

    Raises:
        ShapeError: A is not square and nonempty, or B has another number of rows or no column.
        DomainError: an entry is not finite.

    >>> linear_pair([[0.5]], [[1.0, 2.0]])[1].shape
    (1, 2)
    """
    state = finite_array("A", A, ndim=2)
    action = finite_array("B", B, ndim=2)
    if state.shape[0] != state.shape[1] or state.size == 0:
        raise ShapeError(f"A must be square, got shape {state.shape}")
    if action.shape[0] != state.shape[0] or action.shape[1] == 0:
        raise ShapeError(f"B must have shape ({state.shape[0]}, du), got {action.shape}")
    return state, action
