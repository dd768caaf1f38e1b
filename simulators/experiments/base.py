"""What every experiment offers: facts that hold, symbols computed from its parts, and measured numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray, ShapeError, choice, open_unit, positive_int, positive_number
from simulators.montecarlo import Interval
from simulators.tables import Number

Standing = Literal["certified", "estimated"]
"""Whether a fact was computed or proved for the system at hand, or merely never seen to fail."""

Sense = Literal["surely", "mean", "rms"]
"""How a deviation is meant: on every path, in expectation, or as the root of the mean square."""

SENSES = ("surely", "mean", "rms")

DEPLOYMENTS = ("plain", "greedy", "augmented", "chunked")
"""How learnt codes are executed: drawn in every state; the likeliest one in every state; read off an auxiliary
roll-out of a learnt model (Algorithm 1); several at a time from the state at the start of a chunk."""


@dataclass(frozen=True)
class Budget:
    """The budget of one measurement.

    Attributes:
        H: horizon, steps an episode.
        n: demonstrations.
        delta: probability with which a bound may fail.
        precision: half width of the regret's interval at which roll-outs stop, in units of total reward; None uses up
            all episodes.
        episodes: pairs of evaluation roll-outs, at most. Exact measurements need none.
        confidence: coverage of the measured intervals, given what was learned.

    Raises:
        DomainError: a number out of range.

    >>> Budget(H=50, n=100).delta
    0.05
    >>> Budget(H=0, n=100)
    Traceback (most recent call last):
    simulators.errors.DomainError: H must be an integer >= 1, got 0
    """

    H: int
    n: int
    delta: float = 0.05
    precision: float | None = None
    episodes: int = 20_000
    confidence: float = 0.99

    def __post_init__(self) -> None:
        for name in ("H", "n", "episodes"):
            object.__setattr__(self, name, positive_int(name, getattr(self, name)))
        for name in ("delta", "confidence"):
            object.__setattr__(self, name, open_unit(name, getattr(self, name)))
        if self.precision is not None:
            object.__setattr__(self, "precision", positive_number("precision", self.precision))


@dataclass(frozen=True)
class Regret:
    """The expert's minus the learner's expected total reward, given what was learned.

    Attributes:
        mean: the sample mean, or the number itself.
        low: lower end of its certified interval.
        high: upper end.
        exact: whether the number was computed; Fractions then are exact, floats right up to rounding.

    >>> Regret.exactly(0.25)
    Regret(mean=0.25, low=0.25, high=0.25, exact=True)
    """

    mean: Number
    low: Number
    high: Number
    exact: bool

    @classmethod
    def exactly(cls, number: Number) -> Regret:
        """Return a computed number."""
        return cls(number, number, number, exact=True)

    @classmethod
    def within(cls, interval: Interval) -> Regret:
        """Return a number that an interval covers with the probability it was made for."""
        return cls(interval.mean, interval.low, interval.high, exact=False)


@dataclass(frozen=True, eq=False)
class Deviation:
    """How far the deployed policy's states are from the expert's, step by step, on shared randomness.

    Attributes:
        sense: ``"surely"`` (largest over all paths), ``"mean"``, or ``"rms"``, of |x̂_h − x*_h| in the state's norm.
        values: values[h], h from 0, in the state's unit.
        low: lower ends of intervals, the values themselves where they are exact.
        high: upper ends; infinite where nothing is known.

    Raises:
        DomainError: another sense.
        ShapeError: arrays that are no vectors of one length.

    >>> Deviation("mean", [0.0, 0.5], [0.0, 0.4], [0.0, 0.6]).exact
    False
    """

    sense: Sense
    values: FloatArray
    low: FloatArray
    high: FloatArray

    def __post_init__(self) -> None:
        choice("sense", self.sense, SENSES)
        shape = np.shape(self.values)
        for name in ("values", "low", "high"):
            array = np.array(getattr(self, name), dtype=np.float64)
            if array.ndim != 1 or array.shape != shape:
                raise ShapeError(f"{name} must be a vector as long as values, got {array.shape} and {shape}")
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @property
    def exact(self) -> bool:
        """Whether every interval is a point."""
        return np.array_equal(self.low, self.high)


def exact_deviation(sense: Sense, values: npt.ArrayLike) -> Deviation:
    """Return a deviation that is known exactly.

    >>> exact_deviation("surely", [0.0, 0.25]).exact
    True
    """
    known = np.asarray(values, dtype=np.float64)
    return Deviation(sense, known, known, known)


def _frozen(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return MappingProxyType(dict(value))


@dataclass(frozen=True, eq=False)
class Measured:
    """The results of one run.

    Attributes:
        regret: exact or with a certified interval.
        deviation: by sense, as far as it is known.
        learnt: what the learner picked, by name: plain numbers for tables.
        certificates: bounds on the regret computed from this run's data on the known system, by rung
            (``"certificate"``: closed form or exact; ``"rollout"``: with roll-outs).
        notes: by rung, why it is absent or with which probability it holds.
        symbols: what statements ask about the policy that was learnt, by keyword, such as its errors on the expert's
            states; the experiment's own symbols are known before.

    Raises:
        DomainError: a deviation filed under another sense than its own.

    >>> Measured(Regret.exactly(0.5)).certificates
    mappingproxy({})
    """

    regret: Regret
    deviation: Mapping[str, Deviation] = field(default_factory=dict)
    learnt: Mapping[str, float] = field(default_factory=dict)
    certificates: Mapping[str, float] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    symbols: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for sense, deviation in self.deviation.items():
            if sense != deviation.sense:
                raise DomainError(f"deviation must be filed under its sense {deviation.sense!r}, got {sense!r}")
        for name in ("deviation", "learnt", "certificates", "notes", "symbols"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))


class Experiment(Protocol):
    """A frozen description of system × expert × quantizer × class × reward × deployment.

    Names of facts and symbols are those of the statements: ``Assumption.name`` and the keywords of evaluation.
    """

    def facts(self) -> Mapping[str, Standing]:
        """Return the assumptions that hold, by name, for the deployment described."""
        ...

    def symbols(self, horizon: int) -> Mapping[str, Any]:
        """Return every symbol that can be computed, by keyword, except H, n and delta.

        Args:
            horizon: H.

        Returns:
            Numbers, arrays (``gains[j]``, j = 0..H−2; ``average_error[h]``), and callables (``modulus``).
        """
        ...

    def measure(self, budget: Budget, rng: np.random.Generator) -> Measured:
        """Draw demonstrations, learn, deploy, and compare with the expert.

        Args:
            budget: how much is spent.
            rng: the only source of randomness.
        """
        ...
