"""Files appear whole or not at all, and nothing is written through a link."""

import errno
import os
from pathlib import Path

import pytest

from figures.files import whole


def write(path: Path, content: bytes = b"new") -> None:
    with whole(path) as file:
        file.write(content)


def test_a_link_is_replaced_and_its_target_kept(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"kept")
    link = tmp_path / "link"
    link.symlink_to(elsewhere)
    write(link)
    assert (link.is_symlink(), link.read_bytes(), elsewhere.read_bytes()) == (False, b"new", b"kept")


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with whole(path) as first, whole(path) as second:
        first.write(b"first")
        second.write(b"second")
    assert path.read_bytes() == b"first"  # the last to end
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_is_guessed_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda count: "0" * count)
    (tmp_path / f".{'0' * 8}.partial").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write(tmp_path / "a.csv")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_stays(tmp_path: Path, make: "type[Path]") -> None:
    make(tmp_path / "a")
    with pytest.raises(OSError, match="something else than a file"):
        write(tmp_path / "a")
    assert not (tmp_path / "a").is_file()


def test_a_full_disk_is_named_and_nothing_left(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as told, whole(tmp_path / "a.csv"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert told.value.filename == str(tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as told, whole(tmp_path / "a.csv"):
        (tmp_path / "absent").read_bytes()
    assert told.value.filename == str(tmp_path / "absent")
