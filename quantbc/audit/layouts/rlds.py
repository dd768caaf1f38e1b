"""RLDS data sets: TFRecord files with an episode a record, its steps side by side below ``steps/``.

A record is a ``tf.train.Example``, a map from names to lists of numbers or bytes. Lists of bytes (images, most of a
file) are passed over, so that neither TensorFlow is needed nor memory for more than what is read.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from quantbc.audit.source import inside, require_chunks, require_file
from quantbc.errors import ProblemError, optional

_NAME = re.compile(r"(?P<split>.+)\.tfrecord(-\d+-of-(?P<shards>\d+))?")
_STEPS = "steps/"
_COUNTED = ("is_first", "is_last", "is_terminal", "reward", "discount")
"""Features with one number a step, which say how many steps there are."""
_KINDS = {1: "O", 2: "f", 3: "i"}
"""Fields of a feature: lists of bytes, of float32 and of int64."""
_MASK = 0xA282EAD8
_AT_ONCE, _LONGEST, _MOST = 2**16, 10, 10**5
"""Bytes of a list of whole numbers read together, bytes of such a number, and fields of a record."""
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def record_files(path: Path) -> list[Path]:
    """Return the TFRecord files of a data set: itself, or those of its folder or of its only version's folder.

    Raises:
        ProblemError: several versions.
    """
    if path.is_file():
        return [path] if _NAME.fullmatch(path.name) else []
    folders = [path, *sorted(child for child in path.iterdir() if child.is_dir())] if path.is_dir() else []
    found = [files for folder in folders if (files := sorted(f for f in folder.iterdir() if _NAME.fullmatch(f.name)))]
    if len(found) > 1 and found[0][0].parent != path:
        versions = ", ".join(files[0].parent.name for files in found)
        raise ProblemError(f"data must be one version of an RLDS data set, got the folder of {versions}")
    return [inside(file, path) for file in found[0]] if found else []


def record_notes(path: Path) -> tuple[str, ...]:
    """Return what is read of several splits, and which of a split's files are missing."""
    names = [found for file in record_files(path) if (found := _NAME.fullmatch(file.name))]
    here = [found["split"] for found in names]
    splits = dict.fromkeys(here)
    notes = [f"all splits are read: {', '.join(splits)} (name a file to read less)"] if len(splits) > 1 else []
    wanted = {found["split"]: int(found["shards"]) for found in names if found["shards"] and path.is_dir()}
    notes += [f"{split} has {here.count(split)} of {n} files" for split, n in wanted.items() if here.count(split) < n]
    return tuple(notes)


def records(file: Path) -> Generator[Record, None, None]:
    """Yield the episodes of a file.

    Raises:
        ProblemError: it is no TFRecord file of episodes, or ends early.
    """
    with optional("TFRecord files", "data"):
        from google_crc32c import value as crc
    require_file(file)
    with file.open("rb") as stream:
        size, at = stream.seek(0, 2), 0
        while at < size:
            stream.seek(at)
            head = stream.read(12)
            sum_ = crc(head[:8])
            masked = ((sum_ >> 15 | sum_ << 17) + _MASK) & 0xFFFFFFFF
            if masked != int.from_bytes(head[8:], "little"):
                raise ProblemError(f"{file} must be an uncompressed TFRecord file, got no record at byte {at}")
            begin, length = at + 12, int.from_bytes(head[:8], "little")
            at = begin + length + 4
            if at > size:
                raise ProblemError(f"{file} must hold a record of {length} bytes at {begin}, got a file of {size}")
            yield Record(f"{file}, record at byte {begin - 12}", stream, begin, begin + length)


Span = tuple[int, int]
"""Where something begins in the file, and where it ends."""


class Record:
    """The features of one episode that have a value for every step."""

    def __init__(self, where: str, stream: IO[bytes], start: int, stop: int) -> None:
        """Find the features between two places in a file.

        Raises:
            ProblemError: it is no episode.
        """
        self.where, self._stream, self._left = where, stream, _MOST
        found = dict(self._features(start, stop))
        self._lists = {name.removeprefix(_STEPS): at for name, at in found.items() if name.startswith(_STEPS)}
        counted = next((name for name in _COUNTED if name in self._lists), None)
        if counted is None:
            shown = ", ".join(sorted(found)[:9]) or "none"
            raise ProblemError(f"{where} must be an RLDS episode with {_STEPS}{_COUNTED[0]}, got features {shown}")
        self._steps = self._count(counted)
        if not self._steps:
            raise ProblemError(f"{where} must have at least one step, got none")

    def _features(self, start: int, stop: int) -> Iterator[tuple[str, tuple[str, Span]]]:
        for features in self._fields(start, stop, 1):  # of an Example
            for entry in self._fields(*features, 1):  # of its map
                name = b"".join(self._read(*key) for key in self._fields(*entry, 1))
                for feature in self._fields(*entry, 2):
                    for field, kind in _KINDS.items():
                        for values in self._fields(*feature, field):
                            span = values if kind == "O" else self._packed(*values)
                            yield name.decode("utf-8", "backslashreplace"), (kind, span)

    def _packed(self, start: int, stop: int) -> Span:
        if start == stop:
            return start, stop
        first = next(self._fields(start, stop, 1), (start, start))
        if first[1] != stop:
            raise ProblemError(f"{self.where} must have packed lists of numbers, got another one at byte {start}")
        return first

    def _fields(self, start: int, stop: int, wanted: int) -> Iterator[Span]:
        """Yield where the fields of a message with that number are; these have a length, others are passed over."""
        while start < stop:
            begin = start
            key, start = self._varint(start, stop)
            kind = key & 7
            if kind == _BYTES:
                length, start = self._varint(start, stop)
            elif kind == _VARINT:
                length = self._varint(start, stop)[1] - start
            else:
                length = {_FIXED32: 4, _FIXED64: 8}.get(kind, stop)
            self._left -= 1
            if start + length > stop or (key >> 3 == wanted and kind != _BYTES) or self._left < 0:
                raise ProblemError(f"{self.where} must be a tf.train.Example, got something else at byte {begin}")
            if key >> 3 == wanted:
                yield start, start + length
            start += length

    def _varint(self, start: int, stop: int) -> Span:
        """A number of seven bits a byte, and where it ends."""
        value = 0
        for place, byte in enumerate(self._read(start, min(start + _LONGEST, stop))):
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value, start + place + 1
        raise ProblemError(f"{self.where} must be a tf.train.Example, got a number without end at byte {start}")

    def _read(self, start: int, stop: int) -> bytes:
        self._stream.seek(start)
        return self._stream.read(min(stop - start, _AT_ONCE))

    def _count(self, name: str) -> int:
        kind, (start, stop) = self._lists[name]
        if kind == "f":
            return (stop - start) // 4
        return sum(len(part) for part in self._integers(start, stop)) if kind == "i" else 0

    def _integers(self, start: int, stop: int) -> Iterator[npt.NDArray[np.int64]]:
        """Numbers of seven bits a byte, a piece of the list at a time."""
        rest = b""
        for begin in range(start, stop, _AT_ONCE):
            raw = np.frombuffer(rest + self._read(begin, min(begin + _AT_ONCE, stop)), dtype=np.uint8)
            last = np.flatnonzero(raw < 0x80)
            lengths = np.diff(last, prepend=-1)
            whole = int(lengths.sum())
            rest = raw[whole:].tobytes()
            if lengths.max(initial=len(rest)) > _LONGEST:
                raise ProblemError(f"{self.where} must have whole numbers of at most {_LONGEST} bytes, got more")
            if whole:
                begins = last - lengths + 1
                shifts = 7 * (np.arange(whole) - np.repeat(begins, lengths))
                bits = (raw[:whole] & 0x7F).astype(np.uint64) << shifts.astype(np.uint64)
                yield np.add.reduceat(bits, begins).view(np.int64)
        if rest:
            raise ProblemError(f"{self.where} must have whole numbers, got one that ends early")

    def names(self) -> list[str]:
        """Every feature of the steps."""
        return sorted(self._lists)

    def shape(self, name: str) -> tuple[int, ...]:
        """Steps, and the numbers of one step; what is no number has more axes, like an image."""
        if self.kind(name) == "O":
            return (self._steps, 0, 0)
        count = self._count(name)
        if count % self._steps:
            raise ProblemError(
                f"{self.where}: {name} must have equally many numbers a step, got {count} in {self._steps}"
            )
        return (self._steps,) if count == self._steps else (self._steps, count // self._steps)

    def kind(self, name: str) -> str:
        """numpy's one letter for what a feature holds."""
        return self._lists[name][0]

    def blocks(self, name: str, rows: int, start: int = 0) -> Iterator[npt.NDArray[Any]]:
        """Yield consecutive steps of a feature from `start` on, at most `rows` at a time."""
        shape, (kind, (begin, stop)) = self.shape(name), self._lists[name]
        width, values = prod(shape[1:]), np.zeros(0)
        if kind == "i":
            require_chunks(f"{self.where}: {name}", stop - begin, 8 * rows * width)
            values = np.concatenate(list(self._integers(begin, stop)))
        for low in range(start, self._steps, rows):
            high = min(low + rows, self._steps)
            if kind == "f":
                self._stream.seek(begin + 4 * low * width)
                part = np.frombuffer(self._stream.read(4 * (high - low) * width), dtype="<f4")
            else:
                part = values[low * width : high * width]
            yield part.reshape(high - low, *shape[1:])
