"""What a user may say about an audit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bounds import SYMBOLS
from quantbc.audit.candidates import requests
from quantbc.audit.source import DEFAULT_NAMES, Names
from quantbc.errors import ProblemError

DEFAULT_MEMORY = 10**9
"""Bytes that an audit may hold of the data if nothing is said."""
_AT_LEAST_ONE = ("horizon", "demos", "memory", "chunk", "tokens")


@dataclass(frozen=True)
class Settings:
    """What the user may say; None means: from the data.

    Attributes:
        tokenizers: names; empty for all.
        bins: sizes; empty for each tokenizer's own.
        chunk: steps that a policy executes before it looks again; None: one, and each chunk tokenizer's own.
        scale: γ of FAST; None for its own.
        min_token: FAST's coefficient that is token 0; None: tokens are unbounded.
        tokens: FAST's number of token values, with min_token.
        ranges: what tokenizers are scaled by instead of the data: ``low,high`` or a file, see `quantbc.audit.ranges`.
        mask: dimensions that normalizers act on, such as ``0-5`` or ``!gripper``; the others pass unchanged.
        relative_to: an observation that is subtracted from the actions, as it is at the first step of a chunk;
            dimensions after a colon if not all.
        periodic: dimensions that wrap, each with its period after a colon if that is not 2π.
        layout: of the file.
        names: what the user calls actions, observations and the ends of episodes.
        horizon: H; the median episode's length.
        demos: n; the number of episodes.
        delta: probability with which a bound may fail.
        log_class_size: log N; without it bounds have no imitation term.
        log_model_class_size: log M, for Theorem 7.
        C: gain constant, standard deviations of the state per half-range of the action; given together with eta.
        eta: its decay.
        L: TV-Lipschitz constant of the policy class, per standard deviation of the state.
        lipschitz: ℓ, half-ranges of the action per standard deviation of the state.
        L_x: of the reward, per standard deviation of the state.
        L_u: of the reward, per half-range of the action.
        target: total regret for which the smallest K is sought; a tenth of H.
        tolerance: largest error of an action entry that is good enough, raw units: one number, or one for each entry;
            found in the data if None.
        memory: budget in bytes.
        seed: of everything random.

    Raises:
        ProblemError, ParameterError: a value outside its range.
    """

    tokenizers: tuple[str, ...] = ()
    bins: tuple[int, ...] = ()
    chunk: int | None = None
    scale: float | None = None
    min_token: int | None = None
    tokens: int | None = None
    ranges: str | None = None
    mask: str | None = None
    relative_to: str | None = None
    periodic: tuple[str, ...] = ()
    layout: str | None = None
    names: Names = DEFAULT_NAMES
    horizon: int | None = None
    demos: int | None = None
    delta: float = 0.05
    log_class_size: float | None = None
    log_model_class_size: float | None = None
    C: float | None = None
    eta: float | None = None
    L: float | None = None
    lipschitz: float | None = None
    L_x: float = 1.0
    L_u: float = 1.0
    target: float | None = None
    tolerance: float | Sequence[float] | None = None
    memory: int = DEFAULT_MEMORY
    seed: int = 0

    def __post_init__(self) -> None:
        for name in _AT_LEAST_ONE:
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ProblemError(f"--{name} must be at least 1, got {value}")
        if self.target is not None and not (math.isfinite(self.target) and self.target >= 0):
            raise ProblemError(f"--target must be a finite number >= 0, got {self.target}")
        if self.tolerance is not None:
            object.__setattr__(self, "tolerance", _tolerance(self.tolerance))
        if self.scale is not None and not _positive(self.scale):
            raise ProblemError(f"--scale must be a finite number > 0, got {self.scale}")
        self._require_pairs()
        if self.seed < 0:
            raise ProblemError(f"--seed must be at least 0, got {self.seed}")
        for name in ("delta", "log_class_size", "log_model_class_size", "C", "eta", "L", "lipschitz", "L_x", "L_u"):
            if getattr(self, name) is not None:
                SYMBOLS[name].array(getattr(self, name))
        requests(self.tokenizers, self.bins, self.chunk)

    def _require_pairs(self) -> None:
        for flags, one, other in (
            ("--gain and --decay go together", self.C, self.eta),
            ("--tokens needs --min-token", self.tokens, self.tokens and self.min_token),
        ):
            if (one is None) != (other is None):
                raise ProblemError(f"{flags}, got {one} and {other}")


def _positive(value: float) -> bool:
    return math.isfinite(value) and value > 0


def _tolerance(asked: float | Sequence[float]) -> float | tuple[float, ...]:
    """One number, or one for each entry."""
    found = tuple(map(float, asked)) if isinstance(asked, Sequence) else (float(asked),)
    if not found or not all(map(_positive, found)):
        given = ",".join(f"{value:g}" for value in found)
        raise ProblemError(f"--tolerance must be a finite number > 0, got {given}")
    return found[0] if len(found) == 1 else found
