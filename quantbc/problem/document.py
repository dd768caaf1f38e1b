"""The text of a problem file as plain values; what is too large, too deep or no TOML is refused at once."""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from quantbc.errors import ProblemError

_LARGEST = 4 * 2**20
"""Bytes; larger arrays belong in an .npz file."""
_DEEPEST = 24
_MOST_DIGITS = 1000
_PARTS = re.compile(
    rf"""(?P<dots>(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_DEEPEST},}})"""
    r'|"""(?:\\.|[^\\])*?"""'
    r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|(?P<bracket>[][{}])"
    rf"|(?P<number>(?<![\w.])[0-9][0-9_a-fA-Fox]{{{_MOST_DIGITS},}})",
    re.DOTALL,
)


def parsed(path: Path) -> dict[str, Any]:
    """The document in a file.

    Raises:
        ProblemError: no regular file, more than 4 MiB, not UTF-8, not TOML, nested too deep, or an integer of more than
            64 bits.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ProblemError(f"problem file must be a regular file, got {str(path)!r}")
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ProblemError(f"problem file must have at most {_LARGEST} bytes, got more in {str(path)!r}")
        text = content.decode("utf-8").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ProblemError(f"problem file must be readable, got {str(path)!r}: {reason}") from None
    _require_modest(text, path)
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise ProblemError(f"problem file must be TOML, got {str(path)!r}: {error}") from None
    _require_plain(data, "", 0)
    return data


def _require_modest(text: str, path: Path) -> None:
    """Refuse what the parser would recurse into without end, or could not turn into a number."""
    depth = 0
    for part in _PARTS.finditer(text):
        bracket = part["bracket"]
        depth += (bracket in ("[", "{")) - (bracket in ("]", "}")) if bracket else 0
        wanted = f"nested at most {_DEEPEST} deep" if depth > _DEEPEST or part["dots"] else None
        wanted = f"made of numbers of at most {_MOST_DIGITS} digits" if part["number"] else wanted
        if wanted:
            line = text.rfind("\n", 0, part.start()) + 1
            raise ProblemError(
                f"problem file must be {wanted}, got {str(path)!r}, line {text.count(chr(10), 0, line) + 1}: "
                f"{text[line : line + 40]!r}"
            )


def _require_plain(value: Any, name: str, depth: int) -> None:
    if depth > _DEEPEST:  # dotted keys nest without brackets
        raise ProblemError(f"{name[:60]}… must be nested at most {_DEEPEST} deep")
    if isinstance(value, dict):
        for key, item in value.items():
            _require_plain(item, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _require_plain(item, f"{name}[{index}]", depth + 1)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ProblemError(f"{name} must be an integer of 64 bits, as TOML's are, got {hex(value)[:40]}…")
