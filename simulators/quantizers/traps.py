"""Two quantizers that look accurate on the expert's data and trap the policy that executes their codes."""

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, StabilityError, finite_array, positive_number
from simulators.quantizers.base import Elementwise, as_tokens
from simulators.quantizers.scalar import ScalarQuantizer, uniform

PLAIN, PASS, FIRST, SECOND = range(4)
"""Where a state lies: outside the trap's intervals, in I_P, in I_T1, in I_T2."""

ROUNDING = 16 * 2.0**-52
"""Trapped states converge to an end of their closed interval; this keeps a rounding error from freeing them."""


@dataclass(frozen=True, eq=False)
class ArctanTrap(Elementwise):
    """The learned quantizer that defeats the expert u = arctan x on x' = Ax + Bu.

    Written on states (the expert is injective): I_P is sent to I_T1, I_T1 to I_T2 and I_T2 back to I_T1, for
    ever; elsewhere arctan x is rounded to midpoints of cells no wider than eps, an error of at most eps/2, which
    pulls every state towards I_P.

    Attributes:
        A: state coefficient, positive.
        B: action coefficient, positive, A + B < 1.
        k: I_P = [−k·eps/2, k·eps/2].
        d: I_T1 = [d·eps, (d + 1)·eps], I_T2 = [A·d·eps + B, A·(d + 1)·eps + B].
        eps: the quantizer's scale, small enough to keep I_T1 and I_T2 apart.
        binning: the rounding outside the three intervals.
        specials: the codes executed in I_P, I_T1 and I_T2.

    Raises:
        StabilityError: A + B ≥ 1.
        DomainError: a parameter is not positive, d ≤ k/2, A·k ≥ 1, k/2 ≤ B/(2(1 − A − B)) (then the pull need not
            end in I_P), or eps so large that I_T1 and I_T2 meet.

    Source: arXiv:2603.20538, Theorem 6; the condition on k is half of the paper's (ours).

    >>> q = ArctanTrap(A=0.2, B=0.3, k=1.0, d=0.6, eps=0.01)
    >>> x = 0.0
    >>> seen = []
    >>> for _ in range(4):
    ...     seen.append(int(q.region(x)))
    ...     x = 0.2 * x + 0.3 * float(q.quantize_state(x))
    >>> seen
    [1, 2, 3, 2]
    """

    A: float
    B: float
    k: float
    d: float
    eps: float
    binning: ScalarQuantizer = field(init=False, repr=False)
    specials: FloatArray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("A", "B", "k", "d", "eps"):
            object.__setattr__(self, name, positive_number(name, getattr(self, name)))
        A, B, k, d, eps = self.A, self.B, self.k, self.d, self.eps
        if self.contraction >= 1:
            raise StabilityError(f"A + B must be below 1, got {self.contraction}")
        if d <= k / 2:
            raise DomainError(f"d must exceed k/2 = {k / 2}, got {d}")
        if A * k >= 1:
            raise DomainError(f"A·k must be below 1, got {A * k}")
        if k / 2 <= B / (2 * (1 - self.contraction)):
            raise DomainError(f"k must exceed B/(1 − A − B) = {B / (1 - self.contraction)}, got {k}")
        if (d + 1 - A * d) * eps >= B:
            raise DomainError(f"eps must be below B/(d + 1 − A·d) = {B / (d + 1 - A * d)}, got {eps}")
        bins = uniform(math.ceil(math.pi / eps), low=-math.pi / 2, high=math.pi / 2)
        specials = [(d + 0.5) * eps / B, 1.0, (d + 1) * (1 - A * A) * eps / B - A]
        object.__setattr__(self, "binning", bins)
        object.__setattr__(self, "specials", finite_array("specials", specials))

    @property
    def name(self) -> str:
        return "arctan_trap"

    @property
    def contraction(self) -> float:
        """λ = A + B, the closed loop's contraction outside the trap."""
        return self.A + self.B

    @property
    def rest(self) -> float:
        """Radius B·eps/(2(1 − λ)) of the ball that attracts untrapped states; below k·eps/2."""
        return self.B * self.eps / (2 * (1 - self.contraction))

    @property
    def intervals(self) -> FloatArray:
        """I_P, I_T1 and I_T2 as rows (left, right), in states."""
        A, B, k, d, eps = self.A, self.B, self.k, self.d, self.eps
        rows = [[-k * eps / 2, k * eps / 2], [d * eps, (d + 1) * eps], [A * d * eps + B, A * (d + 1) * eps + B]]
        return np.array(rows)

    @property
    def codebook(self) -> FloatArray:
        return np.unique(np.concatenate([self.binning.codes, self.specials]))

    @property
    def cells(self) -> int:
        return len(self.codebook)

    @property
    def sup_error(self) -> None:
        """None: the error in the trap does not vanish with eps, only its probability under the expert is small."""
        return None

    def region(self, x: npt.ArrayLike) -> IntArray:
        """Return 0 outside the trap's intervals, 1 in I_P, 2 in I_T1, 3 in I_T2."""
        states = np.asarray(x, dtype=np.float64)
        inside = [(left - ROUNDING <= states) & (states <= right + ROUNDING) for left, right in self.intervals]
        return np.asarray(np.select(inside, [PASS, FIRST, SECOND], PLAIN))

    def quantize_state(self, x: npt.ArrayLike) -> FloatArray:
        """Return q(arctan x), the action executed in state x."""
        states = finite_array("x", x)
        region = self.region(states)
        plain = self.binning.quantize(np.arctan(states))
        return np.where(region == PLAIN, plain, self.specials[np.maximum(region - 1, 0)])

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return tokens of expert actions u = arctan x: the bins' numbers, then one token per interval.

        Raises:
            DomainError: an action is no arctan of a finite state.
        """
        actions = finite_array("u", u)
        if np.any(np.abs(actions) > math.pi / 2):
            raise DomainError(f"u must lie in [−π/2, π/2], got {actions[np.abs(actions) > math.pi / 2].flat[0]}")
        region = self.region(np.tan(actions))
        return np.where(region == PLAIN, self.binning.encode(actions), self.binning.tokens + region - 1)

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        table = np.concatenate([self.binning.table, self.specials])
        return np.asarray(table[as_tokens("token", token, 0, len(table) - 1)])


@dataclass(frozen=True, eq=False)
class NoisyTrap(Elementwise):
    """A quantizer that is exact except on a small trigger and on a trap the expert never visits.

    System x' = Ax + Bu + w, w ~ Unif[−W, W], expert u = c·x, x_1 ~ Unif[−R, R]. A state in the trigger [0, eps] is
    sent near centre, where an interval that is invariant under all noise holds it for ever. The error under the
    expert is of the order of eps at every step; the deployed state is caught at a rate of that order.

    Attributes:
        A: state coefficient, in [0, 1).
        B: action coefficient, positive.
        c: the expert's gain, positive, A + B·c < 1.
        W: half width of the noise, positive.
        eps: length of the trigger, at most trap_radius.
        centre: x_c, with x_c − trap_radius above eps; above expert_radius if the expert is never to see the trap.

    Raises:
        StabilityError: A + B·c ≥ 1.
        DomainError: a parameter out of range, eps above the trap's radius, or a trap that meets the trigger.

    Source: ours.

    >>> q = NoisyTrap(A=0.2, B=0.3, c=1.0, W=0.1, eps=0.01, centre=0.525)
    >>> q.quantize([0.005, 0.1, 0.5]).round(9).tolist()
    [1.75, 0.1, 1.4]
    """

    A: float
    B: float
    c: float
    W: float
    eps: float
    centre: float

    def __post_init__(self) -> None:
        for name in ("B", "c", "W", "eps", "centre"):
            object.__setattr__(self, name, positive_number(name, getattr(self, name)))
        if not 0 <= self.A < 1:
            raise DomainError(f"A must lie in [0, 1), got {self.A}")
        if self.A + self.B * self.c >= 1:
            raise StabilityError(f"A + B·c must be below 1, got {self.A + self.B * self.c}")
        if self.eps > self.trap_radius:
            raise DomainError(f"eps must be at most W/(1 − A) = {self.trap_radius}, got {self.eps}")
        if self.centre - self.trap_radius <= self.eps:
            least = self.trap_radius + self.eps
            raise DomainError(
                f"centre must exceed {least}, so that the trap lies beside the trigger, got {self.centre}"
            )

    @property
    def name(self) -> str:
        return "noisy_trap"

    @property
    def codebook(self) -> None:
        """None: outside trigger and trap every float is its own code."""
        return None

    @property
    def cells(self) -> None:
        return None

    @property
    def sup_error(self) -> None:
        """None: in trigger and trap the error does not vanish with eps."""
        return None

    @property
    def expert_radius(self) -> float:
        """R = W/(1 − A − B·c): the expert's states stay in [−R, R]."""
        return self.W / (1 - self.A - self.B * self.c)

    @property
    def trap_radius(self) -> float:
        """r = W/(1 − A): the trap is [centre − r, centre + r]."""
        return self.W / (1 - self.A)

    @property
    def trigger_action(self) -> float:
        """The action centre/B that throws a state near 0 to the centre."""
        return self.centre / self.B

    @property
    def trap_action(self) -> float:
        """The action (1 − A)·centre/B that holds the centre."""
        return (1 - self.A) * self.centre / self.B

    def region(self, x: npt.ArrayLike) -> IntArray:
        """Return 0 where the quantizer is exact, 1 in the trigger, 2 in the trap, by state."""
        states = np.asarray(x, dtype=np.float64)
        trigger = (states >= 0) & (states <= self.eps)
        trap = np.abs(states - self.centre) <= self.trap_radius + ROUNDING * self.centre
        return np.asarray(np.select([trigger, trap], [1, 2], 0))

    def quantize_state(self, x: npt.ArrayLike) -> FloatArray:
        """Return q(c·x), the action executed in state x."""
        states = finite_array("x", x)
        return np.asarray(
            np.select(
                [self.region(states) == 1, self.region(states) == 2],
                [self.trigger_action, self.trap_action],
                self.c * states,
            )
        )

    def quantize(self, u: npt.ArrayLike) -> FloatArray:
        actions = finite_array("u", u)
        region = self.region(actions / self.c)
        return np.asarray(np.select([region == 1, region == 2], [self.trigger_action, self.trap_action], actions))

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return the bits of the executed action as an integer: the codes are floats, each its own token."""
        return np.array(self.quantize(u)).view(np.int64)

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return the executed actions whose bits the tokens are.

        Raises:
            DomainError: tokens are not 64-bit integers.
        """
        tokens = np.array(token)
        if tokens.dtype != np.int64:
            raise DomainError(f"token must hold 64-bit integers, got dtype {tokens.dtype}")
        return finite_array("decoded token", tokens.view(np.float64))
