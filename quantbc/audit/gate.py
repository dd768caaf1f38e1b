"""A condition under which an audit fails: a small language of comparisons, for someone's continuous integration.

``sup_error_raw > 0.01``: a name, a comparison and a number, joined by ``and`` and ``or``, with parentheses. A name with
one number a dimension compares if any of them does. Nothing else is read, and nothing is run.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bounds.errors import did_you_mean
from quantbc.errors import ProblemError
from quantbc.tables.audits import label

OF_TOKENIZERS = (
    *("sup_error", "sup_error_raw", "average_error", "average_error_raw", "clip_error", "clip_error_raw"),
    *("bin_error", "bin_error_raw", "sup_clip_error", "sup_clip_error_raw", "sup_bin_error", "sup_bin_error_raw"),
    *("bias", "bias_raw", "clipped", "clipped_by_dimension", "zero_action", "zero_action_raw", "eps_q"),
    *("mean_error_norm", "bits_per_step", "entropy_bits_per_step", "perplexity", "dead_codes", "cells"),
    *("distinct_actions", "left_over_rows", "commonest_token", "boundary_mass"),
)
"""Numbers of a tokenizer, by their names in the JSON document."""

OF_DYNAMICS = ("C", "eta", "loop_C", "loop_eta", "prediction_error", "spectral_radius", "total_gain")
"""Numbers of the estimated dynamics; ``idle`` and ``horizon`` are known besides."""

_WHOLE = ("idle", "horizon")
_COMPARE: Mapping[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
_LONGEST = 1000
_EXAMPLE = "such as 'sup_error_raw > 0.01 or clipped > 0.02'"

Test = Callable[[Mapping[str, Any]], bool | None]


@dataclass(frozen=True)
class Failure:
    """A tokenizer for which the condition holds, or cannot be judged.

    Attributes:
        tokenizer: name and size.
        known: whether it holds; if not, a number that it needs is unknown.
        values: of the names in the condition.
    """

    tokenizer: str
    known: bool
    values: Mapping[str, Any]

    @property
    def sentence(self) -> str:
        """What is the matter."""
        shown = ", ".join(f"{name} = {_shown(value)}" for name, value in self.values.items())
        return f"{self.tokenizer} {'fails' if self.known else 'cannot be judged'}: {shown}"


@dataclass(frozen=True)
class Gate:
    """A condition, read and checked.

    Attributes:
        text: as it was written.

    Raises:
        ProblemError: it is none.

    >>> Gate("sup_error_raw > 0.01 and bits_per_step < 20").names
    ('sup_error_raw', 'bits_per_step')
    >>> Gate("sup_eror > 0.01")
    Traceback (most recent call last):
    quantbc.errors.ProblemError: --fail-if must name numbers of the audit, got 'sup_eror'; did you mean sup_error?
    """

    text: str
    names: tuple[str, ...] = field(init=False, default=())
    _test: Test = field(init=False, repr=False, compare=False, default=lambda _: None)

    def __post_init__(self) -> None:
        if len(self.text) > _LONGEST:
            raise ProblemError(f"--fail-if must have at most {_LONGEST} characters, got {len(self.text)}")
        try:
            tree = ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise ProblemError(f"--fail-if must be a condition {_EXAMPLE}, got {self.text!r}") from None
        names: list[str] = []
        object.__setattr__(self, "_test", _read(tree, names))
        object.__setattr__(self, "names", tuple(dict.fromkeys(names)))

    def failures(self, document: Mapping[str, Any]) -> list[Failure]:
        """Return the tokenizers of an audit's document for which the condition holds or cannot be judged."""
        dynamics = document["stability"] or {}
        common = {name: dynamics.get(name) for name in OF_DYNAMICS} | {name: document[name] for name in _WHOLE}
        found = []
        for row in document["tokenizers"]:
            values = {name: ({**common, **row})[name] for name in self.names}
            if (holds := self._test(values)) is not False:
                found.append(Failure(label(row), holds is not None, values))
        return found


def _read(node: ast.expr, names: list[str]) -> Test:
    if isinstance(node, ast.BoolOp):
        parts = [_read(part, names) for part in node.values]
        return _all_of(parts) if isinstance(node.op, ast.And) else _any_of(parts)
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE):
        raise ProblemError(f"--fail-if must be made of comparisons {_EXAMPLE}, got {ast.unparse(node)!r}")
    left, right = node.left, node.comparators[0]
    if not isinstance(left, ast.Name):
        raise ProblemError(f"--fail-if must have a name before every comparison {_EXAMPLE}, got {ast.unparse(left)!r}")
    name, limit = _known(left.id), _number(right)
    names.append(name)
    compare = _COMPARE[type(node.ops[0])][1]
    return lambda values: _compared(values[name], limit, compare)


def _known(name: str) -> str:
    known = (*OF_TOKENIZERS, *OF_DYNAMICS, *_WHOLE)
    if name not in known:
        hint = did_you_mean(name, known) or f"it has {', '.join(known)}"
        raise ProblemError(f"--fail-if must name numbers of the audit, got {name!r}; {hint}")
    return name


def _number(node: ast.expr) -> float:
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign = node.operand, -1.0
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
        raise ProblemError(f"--fail-if must compare with a number {_EXAMPLE}, got {ast.unparse(node)!r}"[:300])
    return sign * float(value)


def _compared(value: Any, limit: float, compare: Callable[[float, float], bool]) -> bool | None:
    entries = value if isinstance(value, list) else [value]
    if any(entry is not None and compare(entry, limit) for entry in entries):
        return True
    return None if None in entries else False


def _all_of(parts: list[Test]) -> Test:
    def test(values: Mapping[str, Any]) -> bool | None:
        found = [part(values) for part in parts]
        return False if False in found else None if None in found else True

    return test


def _any_of(parts: list[Test]) -> Test:
    def test(values: Mapping[str, Any]) -> bool | None:
        found = [part(values) for part in parts]
        return True if True in found else None if None in found else False

    return test


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_shown(entry) for entry in value)}]"
    return "unknown" if value is None else f"{value:.4g}"
