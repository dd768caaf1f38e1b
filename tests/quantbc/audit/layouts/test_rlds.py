"""RLDS: records as other programs write them, whole numbers, several splits, and files that are no episodes."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.layouts.rlds import Record, records
from quantbc.audit.source import Names
from quantbc.errors import ProblemError
from tests.quantbc.audit.conftest import Data, checked, entry, field, record, varint

pytest.importorskip("google_crc32c", reason="RLDS needs quantbc[data]")

FOREIGN = (
    "vj6}90000055L$!3a|kRED8*BbY*aJFJWVJX>V>491<D|7ytl(zW@M0zW@LLzW@M$z5oCK0001hJ_;fV7jtxFaC0wjVsmA3c42gBZ*DJXZDD6+5(f$e3IlL%"
    "X9^Aq1#DqrWo!}!3IhrOcnTQ`4s&#6aC0wdb6;j@a&vSN2O0$m0|5X43NZ>7b97~Jb1!dVb7gXNVRUJ4ZZBhRb#8PL78(=^6951I|NsC0|NjB30)T*kfPf&~"
    "ZRnB4000000001S4S~`M!vP933Jh~}WpHyZVPkY@Z*CGK5+Vv900000004kK0000#002Ng004kL005vr006*0007`W3L**@b97~Jb1!dVb7gXNVRUJ4ZZBzV"
    "VP|C$2MPrW18{C<3JwYdY++($Y!U?u0}26n3K|Lyb97~Jb1!LgUuJ1?b95328U_jk0RR913OfoHb97~Jb1!dVb7gXNVRUJ4ZZBhRb#8PLAQ~PD9RL6S|NsC0"
    "|NjB30)T*kfPf%?fPjF2fPjF20dnSjDg"
)
"""Two episodes that the package tfrecord 1.14.4 wrote by Google's protobuf 7.36."""


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    path = tmp_path / "set-train.tfrecord"
    path.write_bytes(base64.b85decode(FOREIGN))
    return path


@pytest.mark.parametrize("rows", [2, 100])
def test_what_another_program_wrote_is_read_to_the_digit(foreign: Path, rows: int) -> None:
    source = open_source(foreign)
    assert (source.layout, source.observed, source.width) == ("rlds", ("count",), 3)
    assert "observations that are not vectors are not used: image" in source.notes
    whole = [-1, 300, 2**40, -(2**63)]
    for number, length in ((0, 3), (1, 4)):
        mine = [piece for piece in source.pieces(rows) if piece.episode == number]
        expected = (np.arange(2 * length) / 4 - 1 + number).reshape(length, 2)
        np.testing.assert_array_equal(np.concatenate([piece.actions for piece in mine]), expected)
        seen = np.concatenate([piece.observations for piece in mine if piece.observations is not None])
        np.testing.assert_array_equal(seen.ravel(), np.array(whole[:length], dtype=np.float64))


def test_lists_longer_than_what_is_read_together(writers: Any, tmp_path: Path) -> None:
    """A number may lie across two reads."""
    long = 200_000
    data = Data([np.zeros((long, 1))], [np.zeros((long + 1, 1))])
    (file,) = (writers["rlds"](data, tmp_path) / "1.0.0").iterdir()
    for episode in records(file):
        assert episode.shape("is_first") == (long,)
        assert next(episode.blocks("is_first", long)).sum() == 1
    numbers = [2**k for k in range(63)] * 2000
    text = b"".join(varint(number) for number in numbers)
    found = np.concatenate(list(_of(tmp_path / "numbers", text)))
    np.testing.assert_array_equal(found, numbers)


def _of(path: Path, text: bytes) -> Any:
    path.write_bytes(text)
    with path.open("rb") as stream:
        numbers = Record.__new__(Record)
        numbers.where, numbers._stream = "here", stream
        yield from numbers._integers(0, len(text))


def test_actions_in_parts_stand_side_by_side_by_name(
    write_both: Callable[..., Path], data: Any, tmp_path: Path
) -> None:
    path = write_both(data, [x[:, :1] for x in data.observations], "rlds", tmp_path)
    source = open_source(path, names=Names(("observation/goal", "action"), ("state",)))
    first = next(iter(source.pieces(1000)))
    np.testing.assert_allclose(first.actions, np.concatenate([data.observations[0][:-1, :1], data.actions[0]], axis=1))
    with pytest.raises(ProblemError, match="must have a member 'wrist', got action, is_first, observation/goal"):
        list(open_source(path, names=Names(("action", "wrist"))).pieces(9))


def test_splits_versions_and_missing_files_are_said(writers: Any, data: Any, tmp_path: Path) -> None:
    path = writers["rlds"](data, tmp_path)
    (file,) = (path / "1.0.0").iterdir()
    (path / "1.0.0" / "reach-val.tfrecord-00001-of-00003").write_bytes(file.read_bytes())
    source = open_source(path)
    assert len(list(source.pieces(1000))) == 2 * len(data.actions)
    assert "all splits are read: reach-train, reach-val (name a file to read less)" in source.notes
    assert "reach-val has 1 of 3 files" in source.notes
    assert len(list(open_source(file).pieces(1000))) == len(data.actions)
    (path / "2.0.0").mkdir()
    (path / "2.0.0" / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ProblemError, match=r"one version of an RLDS data set, got the folder of 1.0.0, 2.0.0"):
        open_source(path)
    assert open_source(path / "2.0.0").layout == "rlds"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "at least one episode, got none"),
        (b"\x1f\x8b" + bytes(40), "an uncompressed TFRecord file, got no record at byte 0"),
        (bytes(40), "an uncompressed TFRecord file, got no record at byte 0"),
        ((0, b""), "must be an RLDS episode with steps/is_first, got features none"),
        ((2**60, b""), "must hold a record of 1152921504606846976 bytes at 12, got a file of 16"),
        ((2, b"\x0a\x7f"), "must be a tf.train.Example, got something else at byte 12"),
        ((12, b"\xff" * 11 + b"\x01"), "got a number without end at byte 12"),
        ((9, b"\x13" + bytes(8)), "must be a tf.train.Example, got something else at byte 12"),
        ((400_000, b"\x10\x00" * 200_000), "must be a tf.train.Example, got something else"),
    ],
)
def test_files_that_are_no_episodes_are_refused(tmp_path: Path, content: Any, message: str) -> None:
    if isinstance(content, tuple):
        content = checked(content[0].to_bytes(8, "little")) + content[1] + bytes(4)
    path = tmp_path / "a.tfrecord"
    path.write_bytes(content)
    with pytest.raises(ProblemError, match=message):
        _ = open_source(path).width


FLAGS = entry("steps/is_first", 3, field(1, b"\x01\x00"))
COUNT, ACTION = "steps/observation/count", "steps/action"


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (entry("steps/is_first", 3, b""), "must have at least one step, got none"),
        (FLAGS + entry(ACTION, 2, b"\x0d" + bytes(4)), "must be a tf.train.Example, got something else"),
        (FLAGS + entry(ACTION, 2, 2 * field(1, bytes(4))), "must have packed lists of numbers, got another one"),
        (FLAGS + entry(ACTION, 2, field(1, bytes(12))), "action must have equally many numbers a step, got 3 in 2"),
        (FLAGS + entry(COUNT, 3, field(1, b"\x80" * 10 + b"\x01\x01")), "numbers of at most 10 bytes, got more"),
        (FLAGS + entry(COUNT, 3, field(1, b"\x01\x01\x80")), "whole numbers, got one that ends early"),
    ],
)
def test_lists_that_are_no_numbers_of_steps_are_refused(tmp_path: Path, features: bytes, message: str) -> None:
    path = tmp_path / "a.tfrecord"
    values = b"" if b"action" in features else entry(ACTION, 2, field(1, bytes(8)))
    path.write_bytes(record(field(1, features + values)))
    with pytest.raises(ProblemError, match=message):
        _ = open_source(path).width


def test_whole_numbers_are_not_held_beyond_what_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.tfrecord"
    path.write_bytes(record(field(1, entry("steps/is_first", 3, field(1, bytes(2**22 + 1))))))
    for episode in records(path):
        with pytest.raises(ProblemError, match="is_first must have chunks of at most 4194304 bytes, got 4194305"):
            next(episode.blocks("is_first", 1))


def test_links_out_of_the_folder_are_refused(foreign: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "set-train.tfrecord").symlink_to(foreign)
    with pytest.raises(ProblemError, match="must stay inside"):
        open_source(tmp_path / "linked")


def test_the_end_of_a_file_is_missed(foreign: Path) -> None:
    foreign.write_bytes(foreign.read_bytes()[:-1])
    with pytest.raises(ProblemError, match="must hold a record of"):
        list(open_source(foreign).pieces(10))
