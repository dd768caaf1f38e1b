"""Statistics of raw actions, which normalizers are made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, ShapeError, finite_array


@dataclass(frozen=True, eq=False)
class Statistics:
    """Per-dimension statistics of raw actions: given, as in a statistics file, or computed when first asked for.

    Attributes:
        known: statistics by name ("low", "high", "q01", "q99", "mean", "std"), each of shape (d,).
        actions: pooled raw actions, shape (N, d), from which the others are computed; None if there are none.
        mask: which dimensions to normalize, shape (d,); others (a gripper) pass unchanged. All by default.
        extent: smallest and largest value of the data, shape (d,) each, where `low` and `high` are something else.

    Raises:
        ShapeError: statistics of different lengths.
        DomainError: an unknown name, or numbers that are not finite.

    >>> s = Statistics.of([[0.0], [4.0]], known={"high": [5.0]})
    >>> s["low"].item(), s["high"].item(), s["mean"].item()
    (0.0, 5.0, 2.0)
    """

    known: Mapping[str, npt.ArrayLike]
    actions: FloatArray | None = None
    mask: npt.ArrayLike | None = None
    extent: tuple[FloatArray, FloatArray] | None = None
    _cache: dict[str, FloatArray] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        wanted = None if self.actions is None else (self.actions.shape[1],)
        for name, value in self.known.items():
            if name not in _COMPUTED:
                raise DomainError(f"statistics must be among {', '.join(_COMPUTED)}, got {name!r}")
            self._cache[name] = finite_array(name, value, ndim=1, shape=wanted)
            wanted = self._cache[name].shape
        if wanted is None:
            raise ShapeError("statistics must be given or computed from actions, got neither")
        active = np.ones(wanted, np.bool_) if self.mask is None else np.asarray(self.mask, dtype=np.bool_)
        if active.shape != wanted:
            raise ShapeError(f"mask must have shape {wanted}, got {active.shape}")
        object.__setattr__(self, "mask", active)

    @classmethod
    def of(
        cls,
        actions: npt.ArrayLike,
        *,
        known: Mapping[str, npt.ArrayLike] | None = None,
        mask: npt.ArrayLike | None = None,
    ) -> "Statistics":
        """Return the statistics of raw actions, shape (…, d); those that are known are taken as they are.

        Pool before taking quantiles: an average of per-episode quantiles is something else.
        """
        return cls(known or {}, pooled(actions), mask)

    @property
    def active(self) -> npt.NDArray[np.bool_]:
        """The mask, shape (d,)."""
        return np.asarray(self.mask, dtype=np.bool_)

    @property
    def constant(self) -> npt.NDArray[np.bool_]:
        """Dimensions that never change; none where the range is unknown."""
        if (ends := self.ends) is None:
            return np.zeros(self.active.shape, np.bool_)
        return np.asarray(ends[0] == ends[1])

    @property
    def ends(self) -> tuple[FloatArray, FloatArray] | None:
        """Smallest and largest value of the data, shape (d,) each; None where they are unknown."""
        if self.extent is not None:
            return self.extent
        return (self["low"], self["high"]) if self.has("low", "high") else None

    def has(self, *names: str) -> bool:
        """Whether these are given or can be computed."""
        return self.actions is not None or all(name in self._cache for name in names)

    def __getitem__(self, name: str) -> FloatArray:
        """Return a statistic, shape (d,).

        Raises:
            DomainError: it is neither given nor can it be computed.
        """
        if name not in self._cache:
            if self.actions is None:
                raise DomainError(f"statistics must hold {name}, got {', '.join(self._cache)}")
            for key, value in _COMPUTED[name](self.actions).items():
                self._cache.setdefault(key, value)
        return self._cache[name]


def _quantiles(data: FloatArray) -> dict[str, FloatArray]:
    q01, q99 = np.quantile(data, [0.01, 0.99], axis=0)
    return {"q01": q01, "q99": q99}


_COMPUTED: dict[str, Callable[[FloatArray], dict[str, FloatArray]]] = {
    "low": lambda data: {"low": data.min(axis=0)},
    "high": lambda data: {"high": data.max(axis=0)},
    "q01": _quantiles,
    "q99": _quantiles,
    "mean": lambda data: {"mean": data.mean(axis=0)},
    "std": lambda data: {"std": data.std(axis=0)},
}


def pooled(actions: npt.ArrayLike) -> FloatArray:
    """Return actions of shape (…, d) as a matrix, one action a row.

    Raises:
        ShapeError: fewer than two dimensions, or no action.

    >>> pooled([[[0.0, 1.0]]]).shape
    (1, 2)
    """
    data = finite_array("actions", actions)
    if data.ndim < 2 or data.size == 0:
        raise ShapeError(f"actions must have shape (…, d) with at least one action, got {data.shape}")
    return data.reshape(-1, data.shape[-1])
