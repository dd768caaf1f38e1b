"""Every tokenizer by name: the package's own, those of installed distributions, and those registered at run time.

One name means one map, wherever it is used. A bare name (`openvla`) takes actions as they are; the variant that
normalizes raw actions first has another (`openvla_q99`). A distribution offers its own through an entry point of the
group `quantbc.quantizers`: the name of the entry point is the tokenizer's, its value an `Entry` or a function that
returns a quantizer.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError, FloatArray
from simulators.quantizers import chunk, learned, learned_chunks, octo, published, scalar
from simulators.quantizers.base import Quantizer
from simulators.quantizers.entry import Entry
from simulators.quantizers.normalizers import Normalized, Normalizer
from simulators.quantizers.statistics import Statistics, pooled

GROUP = "quantbc.quantizers"
"""The group of entry points."""

ALIASES = {"fast_dct": "fast_openpi"}
"""Names of earlier versions that still mean one thing."""

_MODULES = (scalar, octo, published, chunk, learned, learned_chunks)
_OWN: tuple[Entry, ...] = tuple(entry for module in _MODULES for entry in module.ENTRIES)
_REGISTERED: dict[str, Entry] = {}


def register(entry: Entry | Callable[..., Quantizer], name: str = "") -> Entry:
    """Offer a tokenizer by name to everything in this process.

    Args:
        entry: the tokenizer, or a function that returns its quantizer for raw actions.
        name: its name, if a function is given.

    Raises:
        DomainError: the name is taken, or empty.
    """
    found = entry if isinstance(entry, Entry) else _of_function(name, entry)
    if found.name in names():
        raise DomainError(f"name must be new, got {found.name!r}")
    _REGISTERED[found.name] = found
    return found


def _of_function(name: str, make: Callable[..., Quantizer]) -> Entry:
    return Entry(name, make, (inspect.getdoc(make) or name).splitlines()[0])


@cache
def _installed() -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=GROUP))


@cache
def _loaded(point: Entry | EntryPoint) -> Entry:
    if isinstance(point, Entry):
        return point
    try:
        found = point.load()
    except (ImportError, AttributeError) as error:
        raise DomainError(f"entry point {point.name!r} of {GROUP} must load, got {point.value!r}: {error}") from None
    return replace(found, name=point.name) if isinstance(found, Entry) else _of_function(point.name, found)


def entries() -> Mapping[str, Entry]:
    """Return every tokenizer by name.

    Raises:
        DomainError: an installed distribution offers one that cannot be loaded, or whose name is taken.

    >>> [name for name, entry in entries().items() if name.startswith("openvla")]
    ['openvla', 'openvla_q99']
    """
    return MappingProxyType({name: _loaded(source) for name, source in _sources().items()})


def _sources() -> dict[str, Entry | EntryPoint]:
    found: dict[str, Entry | EntryPoint] = {entry.name: entry for entry in _OWN}
    for point in _installed():
        if point.name in found:
            raise DomainError(f"entry point of {GROUP} must have a new name, got {point.name!r}")
        found[point.name] = point
    return found | _REGISTERED


def names() -> tuple[str, ...]:
    """Return the names of all tokenizers.

    >>> "uniform" in names(), "fast_dct" in names()
    (True, False)
    """
    return tuple(_sources())


def entry(name: str) -> Entry:
    """Return the tokenizer of that name, or of that name in earlier versions; no other is loaded.

    Raises:
        DomainError: there is none, or it cannot be loaded.

    >>> entry("fast_dct").name
    'fast_openpi'
    """
    known = _sources()
    found = known.get(ALIASES.get(name, name))
    if found is None:
        raise DomainError(f"tokenizer must be one of {', '.join(known)}, got {name!r}")
    return _loaded(found)


@dataclass(frozen=True, eq=False)
class Fitted:
    """A tokenizer ready for raw actions.

    Attributes:
        quantizer: raw actions to executed raw actions.
        inner: the same in its own units; `quantizer` itself where nothing is normalized.
        normalizer: what raw actions pass through first, if anything.
    """

    quantizer: Quantizer
    inner: Quantizer
    normalizer: Normalizer | None = None

    def scale(self, default: FloatArray) -> FloatArray:
        """Return raw units per unit of the tokenizer's own, shape (d,), the default where nothing is normalized."""
        return default if self.normalizer is None else self.normalizer.scale


def fit(
    name: str,
    arguments: Mapping[str, Any] = MappingProxyType({}),
    *,
    actions: npt.ArrayLike | None = None,
    statistics: Statistics | None = None,
    rng: np.random.Generator | None = None,
) -> Fitted:
    """Return the named tokenizer for raw actions, normalizer included.

    Args:
        name: a name of the registry.
        arguments: the tokenizer's own arguments; others keep their defaults. Tokenizers of the actions' range take it
            from `low` and `high` if both are given, and else from the statistics.
        actions: raw actions to fit to, shape (N, d); (N, steps, d) for codebooks of chunks.
        statistics: of raw actions, for normalizers; those of `actions` if None.
        rng: for codebooks.

    Raises:
        DomainError: an unknown name or argument, a value that the tokenizer refuses, or nothing to fit it to.
        ShapeError: no actions, or a tokenizer of other dimensions than theirs.

    >>> data = np.random.default_rng(0).normal(size=(500, 2))
    >>> fit("openvla_q99", actions=data).quantizer.name, fit("uniform", {"low": 0, "high": 1}).quantizer.name
    ('openvla_q99+openvla', 'uniform')
    """
    found = entry(name)
    found.check(arguments)
    if found.rule is None or (found.ranged and {"low", "high"} & set(arguments)):
        quantizer = _make(found, arguments, actions, rng)
        if actions is not None:
            quantizer.sup_errors(np.shape(actions)[-1])  # refuses other dimensions than its own
        return Fitted(quantizer, quantizer)
    if statistics is None:
        if actions is None:
            raise DomainError(f"{found.name} must be fitted to actions or to their statistics, got neither")
        statistics = Statistics.of(actions)
    normalizer = found.rule(statistics)
    data = normalizer.forward(actions) if found.learned and actions is not None else actions
    inner = _make(found, arguments, data, rng)
    return Fitted(Normalized(normalizer, inner), inner, normalizer)


def _make(
    found: Entry, arguments: Mapping[str, Any], actions: npt.ArrayLike | None, rng: np.random.Generator | None
) -> Quantizer:
    if found.ranged and len({"low", "high"} & set(arguments)) == 1:
        raise DomainError(f"{found.name} takes low and high together, got {', '.join(sorted(arguments))}")
    own: dict[str, Any] = dict(arguments)
    for key, value in (("actions", actions), ("rng", rng)):
        if key in found.fitted:
            if value is None:
                raise DomainError(f"{found.name} must be fitted with {key}, got none")
            own[key] = value
    if found.learned:
        pooled(own["actions"])
    return found.make(**own)


def build(
    name: str,
    arguments: Mapping[str, Any] = MappingProxyType({}),
    *,
    actions: npt.ArrayLike | None = None,
    statistics: Statistics | None = None,
    rng: np.random.Generator | None = None,
) -> Quantizer:
    """Return the quantizer of `fit`.

    >>> build("openvla", {"edges": 16}).cells
    15
    """
    return fit(name, arguments, actions=actions, statistics=statistics, rng=rng).quantizer
