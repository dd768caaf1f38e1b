"""Random paths for `benchmarks.searches`: without randomness both runs are two paths, and any horizon is cheap.

x' = A x + B u + w_h from one first state. The learner plays codes of maps of the state, Lipschitz with the slope K;
codes are the centres of even bins, or the worst that an error of half a bin allows. Plain deployment, chunks,
Algorithm 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from proofs_check.comparison import keyword
from proofs_check.random_cases import changed, entry
from simulators.assumptions.envelopes import tightest_envelope
from simulators.assumptions.linear import gain_sequence
from simulators.errors import FloatArray
from simulators.norms import norm_along, operator_norm

_ALWAYS = {
    *("any_expert", "deterministic_expert", "deterministic_actions", "deterministic_dynamics", "sup_error"),
    *("label_error", "bounded_error", "average_error", "horizon_average_error"),
    *("incrementally_stable", "linear_gains", "lipschitz_reward"),
}
_MAPS = {"quantized_lipschitz", "noisy_lipschitz", "coupled_lipschitz", "loop_stable", "linear_loop_gains"}
_HELD_OUT = {"held_out_errors", "held_out_map_errors"}
_DATA = {"iid_demonstrations", "deterministic_class"}
_CONSTANT = {"tvc", "rtvc", "tvc_deployed", "chunk_tvc"}


@dataclass(frozen=True, eq=False)
class PathGenome:
    """Everything that makes two paths.

    Attributes:
        A, B: dynamics.
        K: slope of the learner's maps; that of action i of a chunk is decay^i K.
        offsets: offsets[i], of the map of action i of a chunk.
        start: first state.
        noise: noise[h].
        half: half width of a bin.
        errors: errors[j, h] in [−1, 1]: in units of `half`, code less map on the expert's path (j = 0) and on the
            learner's (1), expert's action less its code (2); where the expert does not follow the labels, expert's
            action less map (2).
        losses: losses[h], slopes of the reward in the state and in the action.
        deployment: "plain", "augmented" or "chunked".
        decay: of chunks.
        norm: "linf" or "l2".
        even: whether codes are centres of even bins.
        matching: whether the expert's labels are the learner's.
        k: radius of relaxation.
    """

    A: FloatArray
    B: FloatArray
    K: FloatArray
    offsets: FloatArray
    start: FloatArray
    noise: FloatArray
    half: float
    errors: FloatArray
    losses: FloatArray
    deployment: str
    decay: float
    norm: str
    even: bool
    matching: bool
    k: float


def random_path(rng: np.random.Generator) -> PathGenome:
    """Up to 16 steps and two dimensions; plants may be unstable.

    >>> random_path(np.random.default_rng(0)).errors.shape[0]
    3
    """
    dx, du, H = (int(rng.integers(low, high + 1)) for low, high in ((1, 2), (1, 2), (2, 16)))
    deployment = str(rng.choice(["plain", "plain", "augmented", "chunked"]))
    slope = rng.normal(size=(du, dx)) * rng.choice([0.0, 0.0, 0.3, 1.0])
    signs = np.tile(rng.choice([-1.0, 1.0], (3, 1, du)), (1, H, 1))
    return PathGenome(
        A=rng.normal(size=(dx, dx)) * rng.choice([0.3, 0.7]),
        B=rng.normal(size=(dx, du)),
        K=slope,
        offsets=rng.normal(size=(int(rng.integers(1, 5)) if deployment == "chunked" else 1, du)),
        start=rng.normal(size=dx),
        noise=rng.normal(size=(H, dx)) * rng.choice([0.0, 0.3]),
        half=float(2.0 ** -rng.integers(4, 12)),
        errors=signs if rng.random() < 0.5 else rng.uniform(-1, 1, (3, H, du)),
        losses=rng.normal(size=(H, dx + du)) if rng.random() < 0.5 else np.tile(rng.normal(size=dx + du), (H, 1)),
        deployment=deployment,
        decay=float(rng.uniform(0, 1)),
        norm=str(rng.choice(["linf", "l2"])),
        even=bool(rng.random() < 0.5),
        matching=bool(deployment != "plain" or rng.random() < 0.7),
        k=float(rng.choice([0.0, 2.0, 3.0, 5.0, 9.0])),
    )


@dataclass(frozen=True, eq=False)
class PathCase:
    """Two paths, and every symbol of the catalog for them."""

    genome: PathGenome

    @cached_property
    def _paths(self) -> dict[str, FloatArray]:
        """x*, x̂, u*, û, and values g and codes c of the learner's map on the expert's path, by step."""
        g = self.genome
        found: dict[str, list[FloatArray]] = {name: [] for name in ("x", "y", "u", "v", "g", "c")}
        x = y = first = other = g.start
        for h, (own, worst, more) in enumerate(g.half * g.errors.transpose(1, 0, 2)):
            i = h % len(g.offsets)
            first, other = (x, y) if i == 0 else (first, other)
            value, moved = (g.decay**i * g.K @ state + g.offsets[i] for state in (first, other))
            code = self._code(value, own if g.K.any() else g.half * g.errors[0, i])
            v = code if np.array_equal(value, moved) or g.deployment == "augmented" else self._code(moved, worst)
            u = code + more if g.matching else value + 3 * more
            for name, now in zip(found, (x, y, u, v, value, code), strict=True):
                found[name].append(now)
            x, y = (g.A @ state + g.B @ action + g.noise[h] for state, action in ((x, u), (y, v)))
        return {name: np.array(values) for name, values in found.items()}

    def _code(self, value: FloatArray, error: FloatArray) -> FloatArray:
        width = 2 * self.genome.half
        return np.asarray(width * np.round(value / width) if self.genome.even else value + error)

    def _size(self, vectors: FloatArray) -> FloatArray:
        return np.asarray(norm_along(vectors, self.genome.norm, axis=1))

    @cached_property
    def regret(self) -> float:
        """Of rewards ½ − ⟨loss, displacement⟩, clipped to [0, 1]."""
        p = self._paths
        moved = np.concatenate([p["y"] - p["x"], p["v"] - p["u"]], axis=1)
        return float((0.5 - np.clip(0.5 - (self.genome.losses * moved).sum(axis=1), 0, 1)).sum())

    @property
    def tv(self) -> float:
        """0: labels agree on the expert's path, or the statement does not ask."""
        return 0.0

    hellinger_exponent = tv

    @cached_property
    def deviation(self) -> FloatArray:
        """|x̂_h − x*_h|."""
        return self._size(self._paths["y"] - self._paths["x"])

    def facts(self) -> frozenset[str]:
        """Which assumptions hold."""
        g, found = self.genome, set(_ALWAYS)
        if g.deployment == "augmented":
            found |= {"realizable", "realizable_models", "shared_noise"}
        elif g.deployment == "chunked":
            found |= {"chunked_deployment", "realizable_chunks", "chunk_lipschitz"}
        else:
            found |= _MAPS | _HELD_OUT | ({"realizable"} if g.matching else set())
            found |= {"held_out_mismatch", "uniform_bins"} if g.even else set()
        found |= _DATA if g.matching else set()
        return frozenset(found | (set() if g.K.any() or g.deployment == "augmented" else _CONSTANT))

    def symbols(self, *, relaxed: bool = False) -> dict[str, Any]:
        """Every symbol, exactly."""
        g, p, H = self.genome, self._paths, len(self.genome.noise)
        dual = 1 if g.norm == "linf" else 2
        slopes = np.split(g.losses, [len(g.start)], axis=1)
        eps = float(self._size(np.full((1, g.B.shape[1]), g.half))[0])
        gains, loop = (gain_sequence(A, g.B, horizon=H, norm=g.norm) for A in (g.A, g.A + g.B @ g.K))
        envelopes = [tightest_envelope(sequence) for sequence in (gains, loop)]
        found: dict[str, Any] = {
            "H": H, "gains": gains, "loop_gains": loop, "k": g.k, "eps_q": eps, "eps_max": eps,
            "average_error": np.minimum(self._size(p["u"] - p["c"]), eps), "lipschitz": operator_norm(g.K, g.norm),
            "jump": 2 * eps, "chunk": len(g.offsets), "chunk_decay": g.decay, "mismatch": 0.0,
            "map_error": self._size(p["u"] - p["g"]), "action_error": self._size(p["u"] - p["c"]),
        }  # fmt: skip
        found["coupled_lipschitz"], found["horizon_average_error"] = found["lipschitz"], found["average_error"].mean()
        found["bins_off"] = float(np.ceil(np.abs(p["u"] - p["c"]) / (2 * g.half) - 0.5).max().clip(0))
        for (C, eta), envelope in zip((("C", "eta"), ("loop_C", "loop_eta")), envelopes, strict=True):
            found |= {C: envelope.C, eta: envelope.eta}
        for name, rows in zip(("L_x", "L_u"), slopes, strict=True):
            found[name] = float(np.linalg.norm(rows, ord=dual, axis=1).max())
        found |= {} if g.K.any() else {"L": 0.0, "modulus": np.zeros_like}
        return {name: keyword(name, value) for name, value in found.items()}


def _near(array: FloatArray, rng: np.random.Generator, size: float) -> FloatArray:
    """An array with one entry changed, a little or to 0."""
    index = entry(array, rng)
    return np.asarray(changed(array, index, 0.0 if rng.random() < 0.2 else array[index] + size * rng.normal()))


def _errors(g: PathGenome, rng: np.random.Generator) -> PathGenome:
    errors, j = np.array(g.errors), int(rng.integers(3))
    where = (j, slice(None)) if rng.random() < 0.4 else (j, int(rng.integers(errors.shape[1])))
    value = float(rng.choice([-1.0, 1.0, rng.uniform(-1, 1)]))
    errors[(*where, int(rng.integers(errors.shape[2])))] = value
    return replace(g, errors=errors)


def _losses(g: PathGenome, rng: np.random.Generator) -> PathGenome:
    if rng.random() < 0.5:
        return replace(g, losses=np.tile(g.losses[rng.integers(len(g.losses))], (len(g.losses), 1)))
    if rng.random() < 0.5:
        index = int(rng.integers(g.losses.shape[1]))
        return replace(g, losses=np.where(np.arange(g.losses.shape[1]) == index, 0.0, g.losses))
    return replace(g, losses=_near(g.losses, rng, 0.5))


def _longer(g: PathGenome, rng: np.random.Generator) -> PathGenome:
    """A few more steps, like the last one."""
    last = np.full(int(rng.integers(1, 9)), len(g.noise) - 1)
    which = np.concatenate([np.arange(len(g.noise)), last])
    return replace(g, noise=g.noise[which], errors=g.errors[:, which], losses=g.losses[which]) if len(which) < 64 else g


_CHANGES: tuple[Callable[[PathGenome, np.random.Generator], PathGenome], ...] = (
    _errors,
    _errors,
    _losses,
    _losses,
    _longer,
    lambda g, rng: replace(g, A=_near(g.A, rng, 0.2)),
    lambda g, rng: replace(g, B=_near(g.B, rng, 0.3)),
    lambda g, rng: replace(g, K=_near(g.K, rng, 0.2)) if g.K.any() else g,
    lambda g, rng: replace(g, offsets=_near(g.offsets, rng, 0.3)),
    lambda g, rng: replace(g, decay=float(np.clip(g.decay + 0.2 * rng.normal(), 0, 1))),
    lambda g, rng: replace(g, norm=str(rng.choice(["linf", "l2"]))),
    lambda g, rng: replace(g, half=g.half * float(rng.choice([0.25, 0.5, 2.0]))),
    lambda g, rng: replace(g, k=float(rng.choice([0.0, 2.0, 3.0, 5.0, 9.0]))),
    lambda g, rng: replace(g, even=not g.even),
)


def mutate_path(genome: PathGenome, rng: np.random.Generator) -> PathGenome:
    """A description with one or two random changes.

    >>> rng = np.random.default_rng(0)
    >>> mutate_path(random_path(rng), rng).errors.shape[0]
    3
    """
    for _ in range(int(rng.integers(1, 3))):
        genome = _CHANGES[int(rng.integers(len(_CHANGES)))](genome, rng)
    return genome
