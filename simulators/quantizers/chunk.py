"""FAST's quantizer of action chunks: a discrete cosine transform along time, rounded."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, IntArray, finite_array, positive_int, positive_number
from simulators.quantizers.base import PerChunk, as_tokens
from simulators.quantizers.entry import Entry
from simulators.quantizers.normalizers import openpi_q99, zscore

LARGEST_COEFFICIENT = 2.0**52
"""Beyond it a float64 no longer resolves the rounding."""


@dataclass(frozen=True, eq=False)
class FastDCT(PerChunk):
    """Quantizer of chunks of T steps: orthonormal DCT-II along time, coefficients rounded at resolution 1/γ.

    The byte-pair coding that follows in FAST is lossless and left out. The map acts on U^T: a step's error
    depends on its whole chunk, so ε is a statement per chunk. Actions are expected in normalized units.

    Attributes:
        steps: T, chunk length.
        gamma: γ, coefficients are multiplied by it before rounding (half to even).
        min_token: the coefficient that is token 0; lower ones become it, as in the project. None: tokens are the
            coefficients themselves, and unbounded.
        tokens: number of token values, with `min_token`; coefficients above the last become it. None: unbounded above.

    Raises:
        DomainError: steps < 1, gamma ≤ 0, tokens < 1, or tokens without a min_token.

    >>> q = FastDCT(10)
    >>> chunk = np.full((10, 1), 0.5)
    >>> q.encode(chunk)[:2].ravel().tolist(), round(q.sup_error, 3)
    ([16, 0], 0.147)
    >>> FastDCT(10, min_token=-5, tokens=12).encode(chunk)[:2].ravel().tolist()
    [11, 5]
    """

    steps: int = 50
    gamma: float = 10.0
    min_token: int | None = None
    tokens: int | None = None

    def __post_init__(self) -> None:
        positive_int("steps", self.steps)
        object.__setattr__(self, "gamma", positive_number("gamma", self.gamma))
        if self.min_token is not None:
            positive_int("min_token", self.min_token, minimum=-int(LARGEST_COEFFICIENT))
        if self.tokens is not None:
            positive_int("tokens", self.tokens)
            if self.min_token is None:
                raise DomainError(f"tokens must come with a min_token, got tokens={self.tokens}")

    @property
    def name(self) -> str:
        """The registry's name."""
        return "fast"

    @property
    def sup_error(self) -> float:
        """Worst error of a single step of a chunk, attained up to rounding: max_t Σ_k |D_kt|/(2γ).

        Of chunks whose coefficients all have tokens.
        """
        from scipy.fft import idct

        basis = idct(np.eye(self.steps), norm="ortho", axis=0)
        return float(np.abs(basis).sum(axis=1).max() / (2 * self.gamma))

    def token_counts(self, dimension: int) -> tuple[int, ...] | None:
        """One token a step and entry; None where their number is unbounded."""
        return None if self.tokens is None else (self.tokens,) * (self.steps * dimension)

    def encode(self, u: npt.ArrayLike) -> IntArray:
        """Return tokens of chunks, shape (…, T, d) in and out.

        Raises:
            ShapeError: the last axes are not (T, d).
            DomainError: an entry is not finite, or too large to be rounded at this resolution.
        """
        scaled = self._coefficients(u)
        if np.any(np.abs(scaled) > LARGEST_COEFFICIENT):
            raise DomainError(f"u must have coefficients below {LARGEST_COEFFICIENT}, got {np.abs(scaled).max()}")
        coefficients = np.rint(scaled, out=scaled).astype(np.int64)
        if self.min_token is None:
            return coefficients
        return np.clip(coefficients - self.min_token, 0, None if self.tokens is None else self.tokens - 1)

    def _coefficients(self, u: npt.ArrayLike) -> FloatArray:
        """γ times the DCT."""
        from scipy.fft import dct

        scaled: FloatArray = dct(self.chunks("u", finite_array("u", u)), norm="ortho", axis=-2)
        scaled *= self.gamma
        return scaled

    def decode(self, token: npt.ArrayLike) -> FloatArray:
        """Return chunks of actions, shape (…, T, d), of tokens.

        Raises:
            ShapeError: the last axes are not (T, d).
            DomainError: the tokens are not integers, or out of range.
        """
        low, high = (-LARGEST_COEFFICIENT, LARGEST_COEFFICIENT) if self.min_token is None else (0, LARGEST_COEFFICIENT)
        tokens = as_tokens("token", token, int(low), int(high) if self.tokens is None else self.tokens - 1)
        return self._inverse(self.chunks("token", tokens) + float(self.min_token or 0))

    def decode_sequence(self, token: npt.ArrayLike, dimension: int) -> FloatArray:
        """Return the chunk that a generated sequence of tokens stands for, shape (T, d).

        A policy may generate a sequence that is no chunk. As in the project, one of another length than T·d becomes
        zeros (in normalized units: the middle of the range, or the mean), without an error.

        Args:
            token: tokens of one chunk in a row, those of the lowest frequency first.
            dimension: d.

        Raises:
            DomainError: the length is right, but the tokens are not integers, or out of range.

        >>> q = FastDCT(2, min_token=-20)
        >>> q.decode_sequence([34, 20], 1).round(2).ravel().tolist(), q.decode_sequence([34], 1).ravel().tolist()
        ([0.99, 0.99], [0.0, 0.0])
        """
        tokens = np.asarray(token)
        if tokens.shape != (self.steps * positive_int("dimension", dimension),):
            return np.zeros((self.steps, dimension))
        return self.decode(tokens.reshape(self.steps, dimension))

    def _inverse(self, coefficients: FloatArray) -> FloatArray:
        from scipy.fft import idct

        return np.asarray(idct(coefficients / self.gamma, norm="ortho", axis=-2))

    def project(self, u: npt.ArrayLike) -> FloatArray:
        """Return the chunks whose coefficients all have tokens: the actions themselves where tokens are unbounded."""
        if self.min_token is None:
            return np.array(u, dtype=np.float64)
        scaled = self._coefficients(u)
        top = None if self.tokens is None else self.min_token + self.tokens - 1
        kept = np.clip(scaled, self.min_token, top)
        moved = (kept != scaled).any(axis=-2, keepdims=True)
        return np.where(moved, self._inverse(kept), u)


ENTRIES = (
    Entry(
        "fast_openpi",
        FastDCT,
        "FAST as openpi runs it: [q01, q99] to [−1, 1] with a guard of 1e-6, not clipped, then fast; chunks of 50 "
        "steps unless told (openpi's default is 32, 10 on LIBERO and DROID)",
        openpi_q99,
        title="FAST, openpi",
    ),
    Entry(
        "fast_lerobot",
        FastDCT,
        "FAST as LeRobot's policy runs it: mean and standard deviation, not clipped, chunks of 50, then fast",
        zscore,
        compared=False,
        title="FAST, LeRobot",
    ),
    Entry(
        "fast",
        FastDCT,
        "FAST's rounded DCT alone, for actions that were normalized already; without its lossless byte-pair coding",
        compared=False,
        title="DCT chunk",
    ),
)
"""FAST and what its users put before it."""
