"""The vector form of the gains of a linear system: matrices |A^j B| instead of their norms, an error for each joint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bounds.errors import AssumptionError, ParameterError
from bounds.gains import LinearSystemGain
from bounds.numerics import Array

__all__ = ["ComponentwiseGain"]

_ORDER = {"linf": np.inf, "l2": 2}
_OPEN = np.asarray(0.0)


@dataclass(frozen=True)
class ComponentwiseGain:
    """Gains of x' = A x + B u + w by component: |x_h - x'_h| <= sum over t < h of |A^(h-1-t) B| |u_t - u'_t|.

    A disturbance of size r is one of at most r errors_i / |errors| in dimension i. In closed loop the action moves by
    at most (lipschitz / |feedback_matrix|) feedback_matrix |x - x'|, so that lipschitz = |feedback_matrix| is the loop
    itself. Evaluated as ``gains`` of a statement it gives norms, in ``"linf"`` never larger than those of
    `bounds.gains.LinearSystemGain`; `components` gives every component, in its own unit.

    Args:
        A: state matrix, shape (dx, dx).
        B: input matrix, shape (dx, du).
        errors: largest disturbance of each action dimension, e.g. half the bins' widths, shape (du,).
        feedback_matrix: |u_i - u'_i| <= sum of feedback_matrix[i, j] |x_j - x'_j| for the policy before binning, |K|
            for u = K x, shape (du, dx); None where the loop is not closed.
        norm: ``"linf"`` or ``"l2"``, of states and actions.

    Raises:
        ParameterError: shapes that do not fit, or negative errors or feedback.

    Example:
        >>> gain = ComponentwiseGain([[0.5, 0.0], [0.0, 0.5]], [[1.0, 0.0], [0.0, 0.1]], errors=[0.1, 0.2])
        >>> gain.components(3).round(3).tolist()
        [[0.0, 0.0], [0.1, 0.02], [0.15, 0.03]]
    """

    A: Array
    B: Array
    errors: Array
    feedback_matrix: Array | None = None
    norm: str = "linf"
    linear: ClassVar[bool] = True

    def __post_init__(self) -> None:
        system = LinearSystemGain(self.A, self.B, self.norm)
        errors = np.array(self.errors, dtype=np.float64)
        dx, du = system.B.shape
        given = np.zeros((du, dx)) if self.feedback_matrix is None else np.array(self.feedback_matrix, dtype=np.float64)
        for name, value, shape in (("errors", errors, (du,)), ("feedback_matrix", given, (du, dx))):
            if value.shape != shape or not np.isfinite(value).all() or (value < 0).any():
                raise ParameterError(f"{name} must be nonnegative numbers of shape {shape}, got {value.tolist()!r}")
        for name, value in (("A", system.A), ("B", system.B), ("errors", errors), ("feedback_matrix", given)):
            value.setflags(write=False)
            object.__setattr__(self, name, value)

    @property
    def size(self) -> float:
        """Norm of the errors: the eps_q of a statement."""
        return float(np.linalg.norm(self.errors, ord=_ORDER[self.norm]))

    @property
    def lipschitz(self) -> float:
        """Norm of the feedback: the Lipschitz constant of a statement."""
        return float(np.linalg.norm(np.asarray(self.feedback_matrix), ord=_ORDER[self.norm]))

    def _solve(self, action: Callable[[int, Array], Array], horizon: int) -> Array:
        """Components of the displacement, shape (horizon, dx), where ``action`` reads those so far."""
        dx, du = self.B.shape
        response, matrices = self.B, np.empty((max(horizon - 1, 0), dx, du))
        for j in range(horizon - 1):
            matrices[j] = np.abs(response)
            response = self.A @ response
        moved, actions = np.zeros((horizon, dx)), np.zeros((horizon, du))
        for h in range(horizon):
            moved[h] = np.einsum("txu,tu->x", matrices[:h][::-1], actions[:h])
            actions[h] = action(h, moved)
        return moved

    def components(self, horizon: int, scale: float = 1.0) -> Array:
        """Displacement of every component at steps 1..horizon, ``scale`` times the errors, the loop closed.

        Example:
            >>> loop = ComponentwiseGain([[0.5]], [[1.0]], errors=[0.1], feedback_matrix=[[0.2]])
            >>> loop.components(3, scale=3.0).round(3).tolist()
            [[0.0], [0.3], [0.51]]
        """
        return self._solve(lambda h, moved: self._answer(moved[h], self.lipschitz) + scale * self.errors, horizon)

    def _answer(self, moved: Array, lipschitz: float) -> Array:
        if not lipschitz:
            return np.zeros(self.errors.size)
        if not self.lipschitz:
            raise AssumptionError(
                f"a closed loop needs feedback_matrix, which was not given; lipschitz is {lipschitz!r}"
            )
        return np.asarray(np.asarray(self.feedback_matrix) @ moved * (lipschitz / self.lipschitz))

    def _shape(self) -> Array:
        return self.errors / self.size if self.size else self.errors

    def _norms(self, moved: Array) -> Array:
        return np.asarray(np.linalg.norm(moved, ord=_ORDER[self.norm], axis=-1))

    def displacement(self, radius: Array, horizon: int) -> Array:
        """Norm of the displacement at steps 1..horizon against disturbances of size ``radius``."""
        return self.feedback(radius, _OPEN, horizon)

    def feedback(self, radius: Array, lipschitz: Array, horizon: int) -> Array:
        """The same with the loop closed."""
        radius, lipschitz = np.broadcast_arrays(radius, lipschitz)
        rows = [self._norms(self._solve(self._closed(float(ell)), horizon)) for ell in lipschitz.reshape(-1)]
        unit = np.stack(rows).reshape(*lipschitz.shape, horizon)
        return np.asarray(radius[..., None] * unit)

    def _closed(self, lipschitz: float) -> Callable[[int, Array], Array]:
        return lambda h, moved: self._answer(moved[h], lipschitz) + self._shape()

    def response(self, disturbances: Array, lipschitz: Array = _OPEN) -> Array:
        """Norm of the displacement where the disturbance of step t has size ``disturbances[t - 1]``."""

        def action(h: int, moved: Array) -> Array:
            return np.asarray(self._answer(moved[h], float(lipschitz)) + disturbances[h] * self._shape())

        return self._norms(self._solve(action, disturbances.size))

    def held(self, radius: Array, slopes: Array, horizon: int) -> Array:
        """The same for chunks: action i answers with ``slopes[i]`` to the chunk's first state."""

        def action(h: int, moved: Array) -> Array:
            inside = h % slopes.size
            return self._answer(moved[h - inside], float(slopes[inside])) + float(radius) * self._shape()

        return self._norms(self._solve(action, horizon))
