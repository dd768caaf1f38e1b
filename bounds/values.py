"""From keyword arguments to checked values: the symbols a statement needs, their alternatives, and their domains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from bounds.errors import ParameterError, did_you_mean
from bounds.gains import ExponentialGain, Gain
from bounds.moduli import LinearModulus, Modulus, ThresholdModulus
from bounds.numerics import Array
from bounds.step_errors import StepErrors
from bounds.symbols import SYMBOLS

_SIZES = {"class_size": "log_class_size", "model_class_size": "log_model_class_size"}
_OBJECTS: Mapping[str, type[Any]] = {"gains": Gain, "loop_gains": Gain, "modulus": Modulus}
_SEQUENCES = ("average_error", "action_error", "map_error")
_MAX_CELLS = 1 << 17
_LONGEST = 10**7


@dataclass(frozen=True)
class Need:
    """One input that a statement requires, in one of several alternative forms.

    Attributes:
        alternatives: tuples of keyword names; exactly one tuple must be given in full.
        optional: whether nothing need be given. An optional quantity is an upper limit that sharpens a statement: its
            value is non-decreasing in it.
        widens: whether an optional quantity widens the statement's scope instead: left out, it counts as 0.
        hint: which value to take, for the message when there is none.
    """

    alternatives: tuple[tuple[str, ...], ...]
    optional: bool = False
    widens: bool = False
    hint: str = field(default="", compare=False)

    def __str__(self) -> str:
        return " or ".join(" with ".join(names) for names in self.alternatives)

    def touched(self, given: Mapping[str, Any], owner: str) -> tuple[str, ...]:
        """The alternative of which ``given`` has a symbol; none if it has no symbol of any.

        Raises:
            ParameterError: it has symbols of more than one.
        """
        touched = [names for names in self.alternatives if any(name in given for name in names)]
        if len(touched) > 1:
            raise ParameterError(
                f"{owner} takes {self}, got {' and '.join(n for t in touched for n in t if n in given)}"
            )
        return touched[0] if touched else ()

    def chosen(self, given: Mapping[str, Any], owner: str) -> tuple[str, ...]:
        """The alternative that ``given`` spells, the first one if it spells none and one is needed.

        Raises:
            ParameterError: more than one alternative is given.
        """
        return self.touched(given, owner) or (() if self.optional else self.alternatives[0])


def need(*alternatives: str, hint: str = "") -> Need:
    """A need; each argument is one spelling, names separated by spaces; see `Need` for the hint.

    Example:
        >>> str(need("C eta", "gains"))
        'C with eta or gains'
    """
    return Need(tuple(tuple(names.split()) for names in alternatives), hint=hint)


def optionally(name: str) -> Need:
    """A need of one symbol that may be left out.

    Example:
        >>> optionally("return_range").chosen({}, "theorem_2")
        ()
    """
    return Need(((name,),), optional=True)


def widening(name: str) -> Need:
    """A need of one symbol that may be left out, and widens the statement's scope where it is given.

    Example:
        >>> widening("log_cover").chosen({}, "theorem_2")
        ()
    """
    return Need(((name,),), optional=True, widens=True)


def _default(name: str) -> float | None:
    return SYMBOLS[name].default if name in SYMBOLS else None


@dataclass(frozen=True)
class Values:
    """Checked values of a statement's symbols, still unbroadcast.

    Attributes:
        arrays: symbol name to float array.
        objects: ``gains``, ``modulus`` and errors step by step, where they were given as objects.
    """

    arrays: Mapping[str, Array]
    objects: Mapping[str, Any]

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    def get(self, name: str, absent: float) -> Array:
        """The array of a symbol, or ``absent`` where the statement was evaluated without it."""
        return self.arrays.get(name, np.asarray(absent))

    @property
    def gains(self) -> Gain:
        """The gain object, built from C and eta unless given."""
        given: Gain | None = self.objects.get("gains")
        return ExponentialGain(self["C"], self["eta"]) if given is None else given

    @property
    def loop_gains(self) -> Gain:
        """The gain object of the policy's own closed loop."""
        given: Gain | None = self.objects.get("loop_gains")
        return ExponentialGain(self["loop_C"], self["loop_eta"]) if given is None else given

    @property
    def return_range(self) -> Array:
        """R, the width of an interval that holds every return; H unless given."""
        return self.arrays.get("return_range", self["H"])

    @property
    def modulus(self) -> Modulus:
        """The modulus object, built from L or lipschitz unless given."""
        given: Modulus | None = self.objects.get("modulus")
        if given is not None:
            return given
        return LinearModulus(self["L"]) if "L" in self.arrays else ThresholdModulus(self["lipschitz"])

    def over_horizon(self, names: Iterable[str], curve: Callable[[Values, int], Array]) -> Array:
        """Evaluate ``curve`` once per combination of the named symbols and read it off at every horizon asked for.

        Args:
            names: symbols the curve depends on, H excluded.
            curve: maps values whose arrays are 0-d or one common (p,) and a largest horizon to an array whose last axis
                is the horizon.

        Returns:
            Array of the broadcast shape of H and the named symbols.
        """
        used = {name: self[name] for name in names if name in self.arrays}
        steps = self["H"].astype(np.intp) - 1
        shape = np.broadcast_shapes(steps.shape, *(array.shape for array in used.values()))
        if not math.prod(shape):
            return np.empty(shape)
        longest = int(steps.max()) + 1
        if longest > _LONGEST:
            raise ParameterError(f"H must be at most {_LONGEST} where a bound sums over the steps, got {longest}")
        varying = {name: array for name, array in used.items() if array.size > 1}
        fixed = replace(self, arrays={name: a.reshape(()) for name, a in used.items() if name not in varying})
        if not varying:
            return np.broadcast_to(curve(fixed, longest)[..., steps], shape)
        inner = np.broadcast_shapes(*(a.shape for a in varying.values()))
        inner = (1,) * (len(shape) - len(inner)) + inner
        flat = {name: np.broadcast_to(a, inner).reshape(-1) for name, a in varying.items()}
        if math.prod(inner) * longest <= _MAX_CELLS:
            curves = curve(replace(fixed, arrays={**fixed.arrays, **flat}), longest)
            return curves[np.arange(math.prod(inner)).reshape(inner), steps]
        rows = np.broadcast_to(np.arange(math.prod(inner)).reshape(inner), shape).reshape(-1)
        columns = np.broadcast_to(steps, shape).reshape(-1)
        order = np.argsort(rows, kind="stable")
        result = np.empty(rows.size)
        chunk = max(1, _MAX_CELLS // longest)
        for start in range(0, math.prod(inner), chunk):
            stop = start + chunk
            mine = order[slice(*np.searchsorted(rows, [start, stop], sorter=order))]
            part = replace(fixed, arrays={**fixed.arrays, **{name: a[start:stop] for name, a in flat.items()}})
            curves = curve(part, int(columns[mine].max()) + 1)
            result[mine] = curves[rows[mine] - start, columns[mine]]
        return result.reshape(shape)


def _merge_sizes(given: dict[str, Any]) -> None:
    for size, log_size in _SIZES.items():
        if size not in given:
            continue
        if log_size in given:
            raise ParameterError(f"give {size} or {log_size}, not both: got {given[size]!r} and {given[log_size]!r}")
        given[log_size] = _log_of_size(size, given.pop(size))


def _log_of_size(name: str, size: Any) -> Array:
    """Logarithm of a class size; Python integers may exceed the range of floats."""
    try:
        array = np.asarray(size)
        with np.errstate(invalid="ignore"):
            whole = array.dtype.kind in "iufO" and bool(((array >= 1) & (array % 1 == 0)).all())
        logs = np.asarray(
            np.vectorize(math.log, otypes=[np.float64])(array) if whole and array.size else np.zeros(array.shape)
        )
    except (TypeError, ValueError, OverflowError):
        whole, logs = False, np.asarray(np.nan)
    if not whole or not np.isfinite(logs).all():
        raise ParameterError(f"{name} must be a whole number >= 1, got {size!r}")
    return logs


def _parameters(name: str, value: Any) -> dict[str, Array]:
    """Symbols that an object stands for; empty where it is more than its symbols.

    Raises:
        ParameterError: the object is not of the kind the keyword takes.
    """
    if not isinstance(value, _OBJECTS[name]):
        raise ParameterError(f"{name} must be a {_OBJECTS[name].__name__} object of this package, got {value!r}")
    if isinstance(value, ExponentialGain):
        prefix = name.removesuffix("gains")
        return {f"{prefix}C": value.C, f"{prefix}eta": value.eta}
    if isinstance(value, LinearModulus):
        return {"L": value.L}
    if isinstance(value, ThresholdModulus):
        return {"lipschitz": value.lipschitz}
    return {}


def _refuse_unknown(owner: str, needs: Iterable[Need], given: Mapping[str, Any]) -> None:
    """Name keywords that the statement does not know, with what may have been meant.

    Raises:
        ParameterError: there are some.
    """
    known = {name: index == 0 for wanted in needs for index, names in enumerate(wanted.alternatives) for name in names}
    unknown = sorted(set(given) - set(known))
    if not unknown:
        return
    near = {name: did_you_mean(name, [*known, *_SIZES]) for name in unknown}
    named = ", ".join(f"{name} ({question})" if question else name for name, question in near.items())
    sizes = {log_size: f"{size} or {log_size}" for size, log_size in _SIZES.items()}
    uses = ", ".join(sizes.get(name, name) for name, preferred in known.items() if preferred)
    raise ParameterError(f"{owner} does not use {named}; it uses {uses}")


def _refuse_missing(owner: str, chosen: Mapping[Need, Sequence[str]], given: Mapping[str, Any]) -> None:
    """Name every symbol that is needed, not given and without a default.

    Raises:
        ParameterError: there are some.
    """
    missing = {
        wanted: [name for name in names if name not in given and _default(name) is None]
        for wanted, names in chosen.items()
    }
    lacking = {wanted: names for wanted, names in missing.items() if names}
    if not lacking:
        return
    hints = "".join(f" ({wanted.hint})" for wanted in lacking if wanted.hint)
    names = [name for names in lacking.values() for name in names]
    be = "was" if len(names) == 1 else "were"
    raise ParameterError(f"{owner} needs {', '.join(map(str, lacking))}, but {', '.join(names)} {be} not given{hints}")


def collect(owner: str, needs: Iterable[Need], given: Mapping[str, Any]) -> Values:
    """Check keyword arguments against what a statement needs.

    Args:
        owner: key of the statement, for messages.
        needs: what it asks for.
        given: keyword arguments as the caller wrote them; ``None`` counts as not given.

    Raises:
        ParameterError: a symbol is missing, contradictory, unknown to the statement or outside its domain, or the
            shapes do not broadcast.

    Example:
        >>> collect("theorem_8", [need("H"), need("n"), need("eps_q")], {"H": 5, "n": 10, "eps_q": 0.1})["H"]
        array(5.)
    """
    given, needs = {name: value for name, value in given.items() if value is not None}, tuple(needs)
    _merge_sizes(given)
    _refuse_unknown(owner, needs, given)
    chosen = {wanted: wanted.chosen(given, owner) for wanted in needs}
    _refuse_missing(owner, chosen, given)
    arrays: dict[str, Array] = {}
    objects: dict[str, Any] = {}
    for name in dict.fromkeys(name for names in chosen.values() for name in names):
        if name in _OBJECTS:
            parameters = _parameters(name, given[name])
            arrays |= parameters
            if not parameters:
                objects[name] = given[name]
        elif isinstance(given.get(name), StepErrors) and name in _SEQUENCES:
            objects[name] = given[name].named(name)
        else:
            arrays[name] = SYMBOLS[name].array(given.get(name, _default(name)))
    try:
        np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items() if array.ndim)
        raise ParameterError(f"{owner}: shapes must broadcast, got {shapes}") from None
    return Values(arrays, objects)
