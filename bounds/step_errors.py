"""Errors that are known step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bounds.errors import ParameterError
from bounds.numerics import Array


@dataclass(frozen=True)
class StepErrors:
    """Mean error under the expert at every step, for the keywords ``average_error`` and ``action_error``.

    Args:
        values: e_1..e_m, e.g. e_h = E|q(u_h) - u_h|, nonnegative, in the action norm; horizons up to m can be
            evaluated.
        name: the keyword, for messages; evaluation fills it in.

    Raises:
        ParameterError: not a finite, nonnegative, nonempty 1-D sequence.

    Example:
        >>> StepErrors([0.1, 0.0, 0.2]).first(2)
        array([0.1, 0. ])
    """

    values: Array
    name: str = "average_error"

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 1 or not values.size or not np.isfinite(values).all() or (values < 0).any():
            raise ParameterError(f"{self.name} must be a finite, nonnegative 1-D sequence, got {self.values!r}")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    def named(self, name: str) -> StepErrors:
        """The same sequence under another keyword."""
        return self if name == self.name else replace(self, name=name)

    def first(self, horizon: int) -> Array:
        """e_1..e_horizon.

        Raises:
            ParameterError: the sequence is shorter.
        """
        if horizon > self.values.size:
            raise ParameterError(f"{self.name} must reach H = {horizon} steps, got {self.values.size}")
        return self.values[:horizon]
