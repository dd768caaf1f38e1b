"""Softmax-linear log-loss cloning: a convex problem, solved to a certified gap or an error."""

from dataclasses import dataclass

import numpy as np

from simulators.demonstrations import Demonstrations
from simulators.errors import FloatArray, ShapeError, finite_array, positive_number
from simulators.learners.tabular import label_counts
from simulators.policies.tabular import LabelMap, TabularPolicy


class ConvergenceError(ValueError):
    """The optimiser stopped before the certified gap was small enough."""


@dataclass(frozen=True, eq=False)
class SoftmaxFit:
    """A fitted softmax-linear policy.

    Attributes:
        weights: W[i, c], one column for each code.
        policy: π(c|s) ∝ exp(Σ_i φ[s, i] W[i, c]), stationary, on the whole action set.
        loss: the attained mean log-loss plus ridge/2·‖W‖², in nats per label.
        gap: the loss exceeds the minimum by at most this much (certified by strong convexity).
    """

    weights: FloatArray
    policy: TabularPolicy
    loss: float
    gap: float


def softmax_learner(
    data: Demonstrations,
    quantizer: LabelMap,
    features: FloatArray,
    *,
    ridge: float = 1e-6,
    tolerance: float = 1e-8,
) -> SoftmaxFit:
    """Minimise mean log-loss + ridge/2·‖W‖² over softmax-linear stationary policies on the codebook.

    The objective is ridge-strongly convex, so its value is within ‖gradient‖²/(2·ridge) of the minimum. The ridge
    must be positive: without it separable demonstrations have no minimiser.

    Args:
        data: demonstrations; steps are pooled.
        quantizer: gives the codebook.
        features: φ[s, i].
        ridge: strength of the penalty, > 0.
        tolerance: largest certified gap accepted, in nats per label.

    Raises:
        ConvergenceError: the certified gap exceeds the tolerance.
        DomainError: ridge or tolerance not positive, features not finite.
        ShapeError: features are not two-dimensional, or do not cover the states seen.

    >>> data = Demonstrations([[0, 0, 1, 1]], [[0, 0, 0, 1]], [[0, 0, 0, 0]])
    >>> fit = softmax_learner(data, LabelMap([0, 1], [0, 1]), np.eye(2), ridge=1e-6)
    >>> bool(abs(fit.policy.probabilities[1, 0] - 0.5) < 1e-4), fit.gap < 1e-8
    (True, True)
    """
    phi = finite_array("features", features, ndim=2)
    positive_number("ridge", ridge)
    positive_number("tolerance", tolerance)
    if data.states.max() >= len(phi):
        raise ShapeError(f"features must cover state {data.states.max()}, got {len(phi)} rows")
    counts = label_counts(data, n_states=len(phi), n_actions=quantizer.n_actions).sum(axis=0)
    shares = counts[:, quantizer.codebook] / counts.sum()
    objective = _Objective(phi, shares, ridge)
    flat = objective.minimiser(tolerance)
    loss, gradient = objective.value_and_gradient(flat)
    gap = float(gradient @ gradient) / (2 * ridge)
    if gap > tolerance:
        raise ConvergenceError(f"softmax fit must reach a gap of {tolerance}, got {gap}")
    weights = flat.reshape(phi.shape[1], -1)
    table = np.zeros((len(phi), quantizer.n_actions))
    table[:, quantizer.codebook] = np.exp(_log_softmax(phi @ weights))
    return SoftmaxFit(weights, TabularPolicy(table), loss, gap)


@dataclass(frozen=True, eq=False)
class _Objective:
    """The regularised log-loss as a function of the flattened weights."""

    phi: FloatArray
    shares: FloatArray
    ridge: float

    def value_and_gradient(self, flat: FloatArray) -> tuple[float, FloatArray]:
        weights = flat.reshape(self.phi.shape[1], -1)
        logs = _log_softmax(self.phi @ weights)
        value = -float((self.shares * logs).sum()) + self.ridge / 2 * float(flat @ flat)
        excess = self.shares.sum(axis=1, keepdims=True) * np.exp(logs) - self.shares
        return value, (self.phi.T @ excess + self.ridge * weights).ravel()

    def minimiser(self, tolerance: float) -> FloatArray:
        """Run L-BFGS until the gradient certifies a tenth of the tolerance, or until it stalls."""
        from scipy.optimize import minimize

        start = np.zeros(self.phi.shape[1] * self.shares.shape[1])
        largest = (0.2 * self.ridge * tolerance / start.size) ** 0.5
        found = minimize(
            self.value_and_gradient,
            start,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 10_000, "maxfun": 20_000, "ftol": 0.0, "gtol": largest},
        )
        return np.asarray(found.x)


def _log_softmax(logits: FloatArray) -> FloatArray:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))
