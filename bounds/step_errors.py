"""Quantization errors that are known step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bounds.errors import ParameterError
from bounds.numerics import Array

__all__ = ["StepErrors"]


@dataclass(frozen=True)
class StepErrors:
    """Mean quantization error under the expert at every step, for the keyword ``average_error``.

    Args:
        values: e_1..e_m with e_h = E|q(u_h) - u_h|, nonnegative, in the action norm; horizons up to m can be evaluated.

    Raises:
        ParameterError: not a finite, nonnegative, nonempty 1-D sequence.

    Example:
        >>> StepErrors([0.1, 0.0, 0.2]).first(2)
        array([0.1, 0. ])
    """

    values: Array

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all() or (values < 0).any():
            raise ParameterError(f"average_error must be a finite, nonnegative 1-D sequence, got {self.values!r}")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def first(self, horizon: int) -> Array:
        """e_1..e_horizon.

        Raises:
            ParameterError: the sequence is shorter.
        """
        if horizon > self.values.size:
            raise ParameterError(f"average_error must reach H = {horizon} steps, got {self.values.size}")
        return self.values[:horizon]
