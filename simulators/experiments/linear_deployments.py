"""What deploying clones on linear systems requires of the parts, and the errors of a learned quantizer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulators.errors import DomainError, FloatArray
from simulators.experiments.feedback import Affine
from simulators.norms import norm_along
from simulators.policies.base import Policy
from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.greedy import Greedy
from simulators.quantizers.base import Quantizer, quantize_columns, require_in_codebook
from simulators.rollouts import raw_actions
from simulators.systems.linear import LinearSystem

if TYPE_CHECKING:
    from simulators.experiments.linear import LinearExperiment


LEARNERS = ("likelihood", "regression")
"""How a member of the class is chosen."""

_MOST_CORNERS = 12
_PROBES = 1000


def require_deployment(experiment: LinearExperiment) -> None:
    """Check that a deployment goes with class, noise, quantizer and learner.

    Raises:
        DomainError: it does not.
    """
    e, how = experiment, experiment.deployment
    if how in ("chunked", "augmented"):
        if not e.candidates.deterministic or e.system.noise.radius(e.system.dx) != 0:
            given = "Gaussian policies" if not e.candidates.deterministic else "a system with noise"
            raise DomainError(
                f"deployment must be plain or greedy unless policies are deterministic and the system has no noise, so "
                f"that actions follow from one state, got {how!r} with {given}"
            )
        if e.learner == "regression":
            raise DomainError(f"deployment must be plain or greedy for regression, got {how!r}")
    if how == "greedy":
        for member in e.candidates.policies[:1]:
            if isinstance(member, ClippedGaussian):
                Greedy(member, e.quantizer, e.system.du)
    if (how == "augmented") != bool(e.models):
        raise DomainError(f"models must be given for augmented deployment and only then, got {len(e.models)}")
    chunk = e.steps if how == "chunked" else 1
    if e.steps != chunk or chunk < 1 or (e.quantizer.unit == "chunk" and e.quantizer.steps != chunk):
        raise DomainError(
            f"deployment must be chunked for more than one step at a time, in chunks as long as the quantizer's, got "
            f"{how!r} with {e.steps} steps and a quantizer of {e.quantizer.steps}"
        )
    if e.quantizer.unit == "chunk" and how != "chunked":
        raise DomainError(f"deployment must be chunked for the quantizer {e.quantizer.name!r} of chunks, got {how!r}")


def covered(quantizer: Quantizer, policies: Sequence[Policy], du: int) -> None:
    """Check that a quantizer moves no action of the policies into its range, and executes nothing but its codes.

    Raises:
        DomainError: it does.
    """
    ranges = [member.action_range for member in policies]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    corners = _shaped(quantizer, np.array([low, high]), du)
    known = quantizer.sup_error is not None
    if not np.isfinite([low, high]).all() or (known and not np.array_equal(quantizer.project(corners), corners)):
        raise DomainError(f"quantizer must cover the actions' range [{low:g}, {high:g}], got {quantizer.name!r}")
    executes_codes(quantizer, policies, du)


def executes_codes(quantizer: Quantizer, policies: Sequence[Policy], du: int) -> None:
    """Check that a quantizer executes nothing but its codes, and that labels of Gaussian policies have a likelihood.

    Raises:
        DomainError: it does, or they have none.
    """
    low, high = (end([member.action_range[i] for member in policies]) for i, end in enumerate((min, max)))
    if np.isfinite([low, high]).all():
        require_in_codebook(quantizer, quantizer.quantize(_shaped(quantizer, np.linspace(low, high, 17), du)))
    if any(isinstance(member, ClippedGaussian) for member in policies) and quantizer.axes(du) is None:
        raise DomainError(
            "quantizer must act dimension by dimension for Gaussian policies, whose labels have no closed form "
            f"otherwise, got {quantizer.name!r}"
        )


def _shaped(quantizer: Quantizer, values: FloatArray, du: int) -> FloatArray:
    """Actions, or chunks of them, whose entries are all one value."""
    shape = (quantizer.steps, du) if quantizer.unit == "chunk" else (du,)
    return np.broadcast_to(values.reshape(-1, *[1] * len(shape)), (len(values), *shape))


def chunk_smoothness(feedback: Affine | None, system: LinearSystem, norm: str) -> dict[str, float]:
    """Return lipschitz and chunk_decay: action i of a chunk is lipschitz · chunk_decay^i-Lipschitz in its first state.

    A step of the planned path multiplies a displacement by A + B Θ K, Θ diagonal with entries in [0, 1] for what is
    clipped; the norm is convex in Θ, so corners are enough. Empty for policies that are no feedback.

    >>> from simulators.experiments.feedback import affine
    >>> from simulators.policies.linear import Linear
    >>> plant = LinearSystem([[0.9]], [[1.0]])
    >>> chunk_smoothness(affine([Linear([[-0.8]])], plant), plant, "linf")
    {'lipschitz': 0.8, 'chunk_decay': 0.09999999999999998}
    """
    if feedback is None:
        return {}
    order, du = (np.inf if norm == "linf" else 2), system.du
    slope = float(np.linalg.norm(feedback.K, ord=order, axis=(1, 2)).max())
    if du > _MOST_CORNERS:
        A, B = (float(np.linalg.norm(M, ord=order)) for M in (system.A, system.B))
        return {"lipschitz": slope, "chunk_decay": A + B * slope}
    corners = (
        itertools.product((0.0, 1.0), repeat=du) if np.isfinite([feedback.low, feedback.high]).any() else [(1,) * du]
    )
    steps = [np.linalg.norm(system.A + (system.B * np.array(c)) @ feedback.K, ord=order, axis=(1, 2)) for c in corners]
    return {"lipschitz": slope, "chunk_decay": float(np.max(steps))}


def average_errors(system: LinearSystem, expert: Policy, quantizer: Quantizer, horizon: int, norm: str) -> FloatArray:
    """Return estimates of E|q(u_h) − u_h| under the expert, h = 1..H, for a quantizer without a known sup error.

    From the same roll-outs whenever they are asked for. For chunks whole ones are quantized, the last one completed.
    """
    T, rng = quantizer.steps, np.random.default_rng(0)
    u = raw_actions(system, expert, horizon=-(-horizon // T) * T, episodes=_PROBES, rng=rng)
    if quantizer.unit == "step":
        return np.asarray(norm_along(quantize_columns(quantizer, u) - u, norm, axis=1).mean(axis=1))
    chunks = np.moveaxis(u.reshape(-1, T, system.du, _PROBES), -1, 1)
    return np.asarray(norm_along(quantizer.quantize(chunks) - chunks, norm).mean(axis=1).reshape(-1)[:horizon])
