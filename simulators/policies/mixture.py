"""Mixtures: at every step one of several policies is drawn and followed."""

from dataclasses import dataclass

import numpy as np

from simulators.errors import DomainError, FloatArray, ShapeError, probabilities
from simulators.policies.base import Policy


@dataclass(frozen=True, eq=False)
class Mixture:
    """Draw component c with probability weights[c], independently at every step, and follow it.

    The draw uses one row of standard normals (the first), the component the rows after it.

    Attributes:
        components: policies with actions of one dimension; mixtures do not nest.
        weights: probabilities, shape (number of components,).

    Raises:
        ShapeError: no components, or another number of weights.
        ProbabilityError: the weights are no probabilities.
        DomainError: a component is itself a mixture.

    >>> from simulators.policies.linear import Linear
    >>> policy = Mixture((Linear([[0.0]], 1.0), Linear([[0.0]], 2.0)), np.array([0.5, 0.5]))
    >>> policy.act(np.zeros((1, 2)), np.array([[-1.0, 1.0]]))
    array([[1., 2.]])
    """

    components: tuple[Policy, ...]
    weights: FloatArray

    def __post_init__(self) -> None:
        components = tuple(self.components)
        weights = probabilities("weights", self.weights)
        if not components or weights.shape != (len(components),):
            raise ShapeError(f"weights must have one entry per component, got {len(components)} and {weights.shape}")
        if any(isinstance(policy, Mixture) for policy in components):
            raise DomainError("components must not be mixtures themselves, got a nested one")
        object.__setattr__(self, "components", components)
        object.__setattr__(self, "weights", weights)

    @property
    def deterministic(self) -> bool:
        """False: which component acts is random."""
        return False

    @property
    def action_range(self) -> tuple[float, float]:
        """The hull of the components' ranges."""
        ranges = [policy.action_range for policy in self.components]
        return min(low for low, _ in ranges), max(high for _, high in ranges)

    def normals(self, du: int) -> int:
        """Return one row for the choice and as many as any component needs."""
        return 1 + max(policy.normals(du) for policy in self.components)

    def act(self, x: FloatArray, z: FloatArray | None = None) -> FloatArray:
        """Return raw actions, shape (…, du, M), from standard normals z.

        Raises:
            DomainError: no normals were given.
        """
        from scipy.special import ndtr

        if z is None:
            raise DomainError("z must hold standard normals for a mixture, got None")
        levels = np.cumsum(self.weights)
        uniforms = np.minimum(ndtr(z[..., :1, :]), np.nextafter(1.0, 0.0))
        chosen = np.searchsorted(levels / levels[-1], uniforms, side="right")
        actions = [policy.act(x, z[..., 1:, :]) for policy in self.components]
        return np.asarray(np.select([chosen == c for c in range(len(actions))], actions))
