"""The scalar system x' = A x + B u with the expert u = arctan x: smooth, contracting, and easy to trap."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.errors import FloatArray, StabilityError, finite_array, open_unit
from simulators.policies.nonlinear import Arctan
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import GaussianInitial, NoNoise

_NEWTON_STEPS = 200


@dataclass(frozen=True, eq=False)
class ArctanSystem:
    """x' = A x + B u, x_1 ~ N(0, 1), with the expert arctan: F(x) = A x + B arctan x contracts by A + B.

    Attributes:
        A: state coefficient, in (0, 1).
        B: action coefficient, in (0, 1), A + B < 1.
        linear: the open loop, a system for roll-outs.

    Raises:
        DomainError: A or B outside (0, 1).
        StabilityError: A + B ≥ 1.

    Source: arXiv:2603.20538, Theorem 6.

    >>> system = ArctanSystem(0.2, 0.3)
    >>> x = np.array([0.1, 1.0, 10.0])
    >>> np.allclose(system.closed_loop_inverse(system.closed_loop(x)), x, rtol=1e-14)
    True
    """

    A: float
    B: float
    linear: LinearSystem = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "A", open_unit("A", self.A))
        object.__setattr__(self, "B", open_unit("B", self.B))
        if self.contraction >= 1:
            raise StabilityError(f"A + B must be below 1, got {self.contraction}")
        object.__setattr__(self, "linear", LinearSystem([[self.A]], [[self.B]], NoNoise(), GaussianInitial(1.0)))  # type: ignore[arg-type]

    @property
    def expert(self) -> Arctan:
        """u = arctan x."""
        return Arctan()

    @property
    def contraction(self) -> float:
        """A + B: the closed loop's slope is at most this, and at least A."""
        return self.A + self.B

    def closed_loop(self, x: npt.ArrayLike) -> FloatArray:
        """Return F(x) = A x + B arctan x, increasing and odd."""
        states = finite_array("x", x)
        return np.asarray(self.A * states + self.B * np.arctan(states))

    def closed_loop_inverse(self, y: npt.ArrayLike) -> FloatArray:
        """Return the state that the expert takes to y in one step.

        F is concave on the positive side and |y|/(A + B) lies before the root, so Newton's iterates rise to it; the
        result is within a few units in the last place (tested against F in 50 digits).
        """
        target = np.abs(finite_array("y", y))
        x = target / self.contraction
        for _ in range(_NEWTON_STEPS):
            change = (target - self.closed_loop(x)) / (self.A + self.B / (1 + x**2))
            x = x + change
            if np.all(np.abs(change) <= 4e-16 * x):
                break
        return np.asarray(np.copysign(x, np.asarray(y, dtype=np.float64)))
