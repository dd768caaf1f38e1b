"""Files that are nearly right: documents with a part changed, bytes with a few flipped."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Place = tuple[Any, ...]

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3, 10**7, 10**18, -(10**18), 2**63, 10**400, 0.0, -0.0, 0.5, 1.0, 1e-300, 1e300),
    *(5e-324, 1.7976931348623157e308, float("nan"), float("inf"), -float("inf"), "", "x", "ü\u202e", "0.5", "linf"),
    *("../up", "/", "con", "a" * 300, [], {}, [[]], [{}], [0.5], [1, 1], [[1.0, 0.0], [0.0, 1.0]], [[1.0], [2.0, 3.0]]),
    *([0.1, float("nan")], [True], ["a"], {"low": 0.1}, {"": 1}, {"count": 10**7, "low": 0.1, "high": 0.3}),
)


def places(value: Any, here: Place = ()) -> list[Place]:
    """Where every part of a document is."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here] * bool(here) + [place for key, item in items for place in places(item, (*here, key))]


@st.composite
def changed(draw: st.DrawFn, document: Document, most: int = 3) -> Document:
    """A document in which a few parts are dropped, replaced, renamed, doubled, nested or moved."""
    result = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, most))):
        found = places(result)
        if found:
            _change(draw, result, draw(st.sampled_from(found)))
    return result


def _change(draw: st.DrawFn, document: Document, place: Place) -> None:
    holder: Any = document
    for key in place[:-1]:
        holder = holder[key]
    key, value = place[-1], holder[place[-1]]
    kind = draw(st.sampled_from(["replace", "replace", "replace", "drop", "rename", "double", "nest", "move"]))
    if kind == "drop":
        del holder[key]
    elif kind == "rename" and isinstance(holder, dict):
        holder[draw(st.sampled_from([f"{key}s", str(key).upper(), "", "ü", str(key)[::-1]]))] = holder.pop(key)
    elif kind == "double" and isinstance(holder, list):
        holder.append(copy.deepcopy(value))
    elif kind == "nest":
        holder[key] = draw(st.sampled_from([[value], {"value": value}, [value, value]]))
    elif kind == "move":
        source: Any = document
        for step in draw(st.sampled_from(places(document))):
            source = source[step]
        holder[key] = copy.deepcopy(source)
    else:
        # a copy: the next change may be inside it
        holder[key] = copy.deepcopy(draw(st.one_of(st.sampled_from(ODD_VALUES), st.floats(), st.integers(-5, 30))))


def as_toml(document: Mapping[str, Any]) -> str:
    """A document as TOML, all tables inline; what TOML has no word for is left out."""
    return "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in document.items() if value is not None)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items() if item is not None)
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value if item is not None)}]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value)


@st.composite
def flipped(draw: st.DrawFn, content: bytes, most: int = 8) -> bytes:
    """Bytes of which a few are changed, inserted or removed, or of which an end is missing."""
    result = bytearray(content)
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(len(result) - 1, 0)))
        kind = draw(st.sampled_from(["flip", "flip", "flip", "insert", "remove", "cut", "zero"]))
        if kind == "flip" and result:
            result[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "insert":
            result[at:at] = draw(st.binary(max_size=4))
        elif kind == "remove":
            del result[at : at + draw(st.integers(1, 64))]
        elif kind == "cut":
            del result[at:]
        elif kind == "zero":
            result[at : at + 64] = bytes(len(result[at : at + 64]))
    return bytes(result)
