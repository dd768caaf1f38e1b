"""FAST's quantizer of action chunks: a discrete cosine transform along time, rounded."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, ShapeError, finite_array, positive_int, positive_number
from simulators.quantizers.base import Unit

LARGEST_COEFFICIENT = 2.0**52
"""Beyond it a float64 no longer resolves the rounding."""


@dataclass(frozen=True, eq=False)
class FastDCT:
    """Quantizer of chunks of T steps: orthonormal DCT-II along time, coefficients rounded at resolution 1/γ.

    The byte-pair coding that follows in FAST is lossless and left out. The map acts on U^T: a step's error
    depends on its whole chunk, so ε is a statement per chunk. Actions are expected in normalized units.

    Attributes:
        steps: T, chunk length.
        gamma: γ, coefficients are multiplied by it before rounding (half to even).

    Raises:
        DomainError: steps < 1 or gamma ≤ 0.

    >>> q = FastDCT(10)
    >>> chunk = np.full((10, 1), 0.5)
    >>> q.encode(chunk)[:2].ravel().tolist(), round(q.sup_error, 3)
    ([16, 0], 0.147)
    """

    steps: int
    gamma: float = 10.0

    def __post_init__(self) -> None:
        positive_int("steps", self.steps)
        object.__setattr__(self, "gamma", positive_number("gamma", self.gamma))

    @property
    def name(self) -> str:
        """The preset's name."""
        return "fast_dct"

    @property
    def elementwise(self) -> bool:
        """False: steps of a chunk are quantized together."""
        return False

    @property
    def unit(self) -> Unit:
        """Errors depend on whole chunks."""
        return "chunk"

    @property
    def codebook(self) -> None:
        """None: integer coefficients are unbounded."""
        return None

    @property
    def cells(self) -> None:
        """None: integer coefficients are unbounded."""
        return None

    @property
    def sup_error(self) -> float:
        """Worst error of a single step of a chunk, attained up to rounding: max_t Σ_k |D_kt|/(2γ)."""
        from scipy.fft import idct

        basis = idct(np.eye(self.steps), norm="ortho", axis=0)
        return float(np.abs(basis).sum(axis=1).max() / (2 * self.gamma))

    @property
    def chunk_error_l2(self) -> float:
        """Bound on the ℓ2 error of a whole chunk, per action dimension: √T/(2γ)."""
        return math.sqrt(self.steps) / (2 * self.gamma)

    @property
    def rms_error(self) -> float:
        """Bound on the root mean square error over the steps of a chunk: 1/(2γ)."""
        return 1 / (2 * self.gamma)

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return integer coefficients of chunks, shape (…, T, d) in and out.

        Raises:
            ShapeError: the last axes are not (T, d).
            DomainError: an entry is not finite, or too large to be rounded at this resolution.
        """
        from scipy.fft import dct

        actions = finite_array("u", u)
        if actions.ndim < 2 or actions.shape[-2] != self.steps:
            raise ShapeError(f"u must have shape (…, {self.steps}, d), got {actions.shape}")
        scaled = self.gamma * dct(actions, norm="ortho", axis=-2)
        if np.any(np.abs(scaled) > LARGEST_COEFFICIENT):
            raise DomainError(f"u must have coefficients below {LARGEST_COEFFICIENT}, got {np.abs(scaled).max()}")
        return np.rint(scaled).astype(np.int64)

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return chunks of actions, shape (…, T, d), of integer coefficients.

        Raises:
            ShapeError: the last axes are not (T, d).
            DomainError: the coefficients are not integers.
        """
        from scipy.fft import idct

        tokens = np.asarray(token)
        if tokens.dtype.kind not in "iu":
            raise DomainError(f"token must hold integers, got dtype {tokens.dtype}")
        if tokens.ndim < 2 or tokens.shape[-2] != self.steps:
            raise ShapeError(f"token must have shape (…, {self.steps}, d), got {tokens.shape}")
        return np.asarray(idct(tokens / self.gamma, norm="ortho", axis=-2))

    def quantize(self, u: npt.ArrayLike) -> FloatArray:
        """Return decode(encode(u))."""
        return self.decode(self.encode(u))

    def project(self, u: npt.ArrayLike) -> FloatArray:
        """Return the actions themselves: nothing is clipped."""
        return np.array(u, dtype=np.float64)
