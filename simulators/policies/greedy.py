"""Greedy decoding: the most likely code of a Gaussian policy in every state."""

from dataclasses import dataclass

import numpy as np

from simulators.errors import DomainError, FloatArray
from simulators.policies.base import Deterministic
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.pushforward import label_log_probabilities
from simulators.quantizers.base import Quantizer, quantize_columns


@dataclass(frozen=True, eq=False)
class Greedy(Deterministic):
    """Plays argmax_c q#π(c | x), entry by entry; the lowest code on ties.

    Attributes:
        policy: the policy π before q.
        quantizer: the map q; its codes must be their own codes, so that they are executed as they are.
        dimension: of the actions.

    Raises:
        DomainError: the quantizer does not act entry by entry, or moves one of its own codes.

    >>> from simulators.policies.linear import LinearFeedback
    >>> from simulators.quantizers.scalar import uniform
    >>> policy = ClippedGaussian(LinearFeedback(0.0, 0.0, 1.0), 0.1)
    >>> Greedy(policy, uniform(4), 1).act(np.array([[0.3, -0.9]]))
    array([[-0.25,  0.75]])
    """

    policy: ClippedGaussian
    quantizer: Quantizer
    dimension: int

    def __post_init__(self) -> None:
        codes = self._codes()
        for k in range(max(map(len, codes))):
            one = np.array([own[min(k, len(own) - 1)] for own in codes])[:, None]
            if not np.allclose(quantize_columns(self.quantizer, one), one, rtol=0, atol=1e-12):
                raise DomainError(
                    f"quantizer must keep its own codes for greedy deployment, got {self.quantizer.name!r}"
                )

    def _codes(self) -> list[FloatArray]:
        axes = self.quantizer.axes(self.dimension)
        if axes is None:
            raise DomainError(f"quantizer must act entry by entry for greedy deployment, got {self.quantizer.name!r}")
        return [axis.center + axis.scale * axis.part.codes for axis in axes]

    @property
    def action_range(self) -> tuple[float, float]:
        """The lowest and the highest code."""
        codes = self._codes()
        return min(float(own[0]) for own in codes), max(float(own[-1]) for own in codes)

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        best = label_log_probabilities(self.policy, self.quantizer, x).argmax(axis=-1)
        return np.stack([own[best[..., j, :]] for j, own in enumerate(self._codes())], axis=-2)
