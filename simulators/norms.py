"""The two norms of the theory, on vectors and on matrices."""

import numpy as np

from simulators.errors import FloatArray, choice

NORMS = ("linf", "l2")


def norm_along(array: FloatArray, norm: str, axis: int = -1) -> FloatArray:
    """Return the linf or l2 norm along one axis.

    Raises:
        DomainError: the norm is neither "linf" nor "l2".

    >>> norm_along(np.array([[3.0, -4.0]]), "l2")
    array([5.])
    """
    if choice("norm", norm, NORMS) == "linf":
        return np.asarray(np.abs(array).max(axis=axis))
    return np.asarray(np.sqrt(np.square(array).sum(axis=axis)))


def operator_norm(matrix: FloatArray, norm: str) -> float:
    """Return the operator norm of a matrix between spaces that carry the same norm.

    Args:
        matrix: shape (rows, columns).
        norm: "linf" (largest absolute row sum) or "l2" (largest singular value).

    Raises:
        DomainError: the norm is neither "linf" nor "l2".

    >>> operator_norm(np.array([[1.0, -2.0], [0.0, 1.0]]), "linf")
    3.0
    """
    if choice("norm", norm, NORMS) == "linf":
        return float(np.abs(matrix).sum(axis=1).max())
    return float(np.linalg.norm(matrix, 2))
