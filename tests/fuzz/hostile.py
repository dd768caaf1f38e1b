"""Files that lie about their size, nest without end or would fill the memory, each with what its refusal must name."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pyarrow  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
import zarr

from tests.problems import PROBLEM
from tests.quantbc.audit.conftest import WRITERS, checked, linear_data

MANY = 10**9
"""Rows that are declared and not there."""

Make = Callable[[Path], Path]


def _problem(old: str, new: str) -> Make:
    def make(folder: Path) -> Path:
        assert old in PROBLEM
        path = folder / "problem.toml"
        path.write_text(PROBLEM.replace(old, new), encoding="utf-8")
        return path

    return make


def _matrix(entries: str) -> Make:
    return _problem('type = "servo"\nalpha = [0.5, 0.4]', f'type = "linear"\nA = {entries}\nB = [[1, 0], [0, 1]]')


def _sparse(name: str, head: bytes = b"") -> Make:
    """Five gigabytes, nearly all of them holes."""

    def make(folder: Path) -> Path:
        path = folder / name
        with path.open("wb") as file:
            file.write(head)
            file.truncate(5 * 2**30)
        return path

    return make


def _record(length: int) -> bytes:
    """The head of a TFRecord: its length, and the checksum of that."""
    return checked(length.to_bytes(8, "little"))


def _fifo(name: str) -> Make:
    def make(folder: Path) -> Path:
        os.mkfifo(folder / name)
        return folder / name

    return make


PROBLEM_FILES: dict[str, tuple[Make, str]] = {
    "deep nesting": (_problem('name = "small"', "name = " + "[" * 2000 + "]" * 2000), "nested at most 24 deep"),
    "dotted nesting": (_problem('name = "small"', ".".join("a" * 9000) + " = 1"), "a.a.a"),
    "huge integer": (_problem("seeds = [0, 1]", f"seeds = [{'9' * 5000}]"), "numbers of at most 1000 digits"),
    "integer of 80 bits": (_problem("seeds = [0, 1]", f"seeds = [0, {2**80}]"), "sweep.seeds[1]"),
    "huge count of episodes": (_problem("episodes = 200", f"episodes = {10**12}"), "sweep.episodes"),
    "huge horizon": (_problem("horizons = [3, 6]", f"horizons = [{MANY}]"), "sweep.horizons"),
    "huge count of demonstrations": (_problem("demonstrations = [20]", f"demonstrations = [{10**12}]"), "sweep.dem"),
    "huge class": (_problem("high = 0.3, count = 3", f"high = 0.3, count = {MANY}"), "experts[0].class.count"),
    "bins": (_problem("bins = 32", f"bins = {10**8}"), "quantizers[1].bins"),
    "long name": (_problem('name = "gaussian"', f'name = "{"x" * 10**5}"'), "experts[1].name"),
    "long key": (_problem("[sweep]", f"[sweep]\n{'k' * 10**5} = 1"), "sweep.kkk"),
    "escapes": (_problem('name = "gaussian"', 'name = "\\u001b[31mX"'), "experts[1].name"),
    "wide system": (_problem("alpha = [0.5, 0.4]", f"alpha = {[0.5] * 10**4}"), "system.alpha"),
    "matrix that overflows": (_matrix("[[0.5, -1e308], [0.1, 0.5]]"), "system.A[0][1]"),
    "gains that become infinite": (_matrix("[[0.5, 1e90], [0.1, 1e90]]"), "system.A"),
    "/dev/zero": (lambda _: Path("/dev/zero"), "problem file"),
    "FIFO": (_fifo("problem.toml"), "problem file"),
    "gigabytes of text": (_sparse("problem.toml"), "problem file"),
}


def header(shape: tuple[int, ...], dtype: str = "<f8") -> bytes:
    """Of an npy file."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": dtype, "fortran_order": False, "shape": shape})
    return stream.getvalue()


def _raw_header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def _npz(kind: int = zipfile.ZIP_STORED, **members: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "demo.npz"
        with zipfile.ZipFile(path, "w", kind) as archive:
            for name, content in members.items():
                archive.writestr(f"{name}.npy", content)
        return path

    return make


def _npy(content: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = folder / "demo.npy"
        path.write_bytes(content)
        return path

    return make


def _hdf5(**arrays: Any) -> Make:
    """A number is a scalar, an array itself, a shape an array of which nothing is stored."""

    def make(folder: Path) -> Path:
        path = folder / "demo.hdf5"
        with h5py.File(path, "w") as file:
            for name, value in arrays.items():
                place = name.replace("__", "/")
                if isinstance(value, tuple):
                    file.create_dataset(place, value, "f8", chunks=(1000, *value[1:]))
                else:
                    options = {"compression": "gzip", "chunks": (1, value.shape[1])} if np.ndim(value) == 2 else {}
                    file.create_dataset(place, data=value, **options)
        return path

    return make


def _cyclic(folder: Path) -> Path:
    path = folder / "demo.hdf5"
    with h5py.File(path, "w") as file:
        group = file.create_group("group")
        group["self"], group["up"], file["actions"] = group, file["/"], h5py.SoftLink("/actions")
    return path


def _aloha(folder: Path) -> Path:
    _hdf5(action=(MANY, 2), observations__qpos=(MANY, 2))(folder).rename(folder / "episode_0.hdf5")
    return folder


def _zarr(folder: Path) -> Path:
    root = zarr.open_group(folder / "demo", mode="w")
    root.create_array("data/action", shape=(MANY, 2), chunks=(1000, 2), dtype="f8")
    root.create_array("meta/episode_ends", data=np.array([MANY]))
    return folder / "demo"


def _zarr_fifo(folder: Path) -> Path:
    path = WRITERS["zarr"](linear_data((8, 6)), folder)
    os.mkfifo(path / "data" / "pipe")
    return path


def _zarr_json(folder: Path) -> Path:
    path = WRITERS["zarr"](linear_data((8, 6)), folder)
    (path / "data" / "action" / "zarr.json").write_text("[" * 10**5, encoding="utf-8")
    return path


def _parquet(width: int, rows: int, *names: str) -> Make:
    """Zeros that are hardly stored."""

    def make(folder: Path) -> Path:
        target = folder / "demo" / "data" / "chunk-000" / "episode_000000.parquet"
        target.parent.mkdir(parents=True)
        values = pyarrow.array(np.zeros(width * rows, dtype=np.float32))
        index = pyarrow.array(np.zeros(rows, dtype=np.int64))
        columns = [pyarrow.FixedSizeListArray.from_arrays(values, width) for _ in names]
        table = pyarrow.Table.from_arrays([*columns, index, index], names=[*names, "episode_index", "frame_index"])
        pyarrow.parquet.write_table(table, target, compression="zstd")
        return folder / "demo"

    return make


def _meta(name: str, content: bytes) -> Make:
    def make(folder: Path) -> Path:
        path = WRITERS["lerobot_v2"](linear_data((8, 6)), folder)
        (path / "meta" / name).write_bytes(content)
        return path

    return make


def _meta_of_gigabytes(folder: Path) -> Path:
    path = WRITERS["lerobot_v2"](linear_data((8, 6)), folder)
    _sparse("info.json")(path / "meta")
    return path


def _member_fifo(folder: Path) -> Path:
    path = WRITERS["npz_episodes"](linear_data((8, 6)), folder)
    (path / "0.npz").unlink()
    os.mkfifo(path / "0.npz")
    return path


_FEW = bytes(800)
_FILLED = "must hold what it declares"
DEMONSTRATIONS: dict[str, tuple[Make, str]] = {
    "npz rows": (_npz(actions=header((MANY, 2)) + _FEW), f"actions {_FILLED}"),
    "npz columns": (_npz(actions=header((3, MANY)) + _FEW), f"actions {_FILLED}"),
    "npz ends": (
        _npz(actions=header((24, 1)) + _FEW, episode_ends=header((MANY,), "<i8") + _FEW),
        f"episode_ends {_FILLED}",
    ),
    "npz of LZMA": (_npz(zipfile.ZIP_LZMA, actions=header((MANY, 2)) + bytes(10**6)), f"actions {_FILLED}"),
    "npz that is wide": (
        _npz(zipfile.ZIP_DEFLATED, actions=header((3, 10**4)) + bytes(24 * 10**4)),
        "--memory must be at least",
    ),
    "npz with wide observations": (
        _npz(
            zipfile.ZIP_DEFLATED,
            actions=header((3, 1)) + bytes(24),
            observations=header((3, 10**3)) + bytes(24 * 10**3),
        ),
        "--memory must be at least",
    ),
    "npz of negative shape": (_npz(actions=header((-1, 2)) + _FEW), "actions must have a shape"),
    "npz of 32 axes": (_npz(actions=header((1,) * 32) + bytes(8)), "actions must have shape"),
    "npz header that is cut": (_npz(actions=_raw_header("{'descr': (\n")), "actions must be a numpy array"),
    "npz header that nests": (_npz(actions=_raw_header(f"{{'descr': {'(' * 5000}\n")), "actions must be a numpy"),
    "npz header of gigabytes": (_npz(actions=b"\x93NUMPY\2\0\xff\xff\xff\x7f{"), "actions must be a numpy array"),
    "npz of many arrays": (_npz(**{f"x{i}": b"" for i in range(20_000)}), "must have a directory of at most"),
    "npz of a long name": (_npz(**{"x" * 60_000: header((1,)) + bytes(8)}), "data must have a known layout"),
    "npy rows": (_npy(header((MANY, 2)) + _FEW), f"actions {_FILLED}"),
    "npy columns": (_npy(header((3, 10 * MANY)) + _FEW), f"actions {_FILLED}"),
    "d4rl rows": (_hdf5(actions=(MANY, 2)), f"actions {_FILLED}"),
    "d4rl that is wide": (_hdf5(actions=np.zeros((3, 10**4))), "--memory must be at least"),
    "d4rl text": (_hdf5(actions=["a"] * 24), "actions must hold numbers"),
    "minari scalar": (_hdf5(episode_0__actions=1.0, episode_0__observations=np.zeros(3)), "actions must have a row"),
    "minari rows": (_hdf5(episode_0__actions=(MANY, 2), episode_0__observations=np.zeros(3)), f"actions {_FILLED}"),
    "robomimic rows": (_hdf5(data__demo_0__actions=(MANY, 2)), f"actions {_FILLED}"),
    "maniskill rows": (_hdf5(traj_0__actions=(MANY, 2)), f"actions {_FILLED}"),
    "aloha rows": (_aloha, _FILLED),
    "RLDS of gigabytes": (_sparse("a.tfrecord", _record(5 * 2**30 - 16)), "must be a tf.train.Example"),
    "RLDS of more than there is": (_sparse("a.tfrecord", _record(2**62)), "must hold a record of"),
    "HDF5 links in a circle": (_cyclic, "must hold its own 'actions'"),
    "HDF5 of gigabytes": (_sparse("demo.hdf5", b"\x89HDF\r\n\x1a\n"), "readable HDF5 file"),
    "zarr rows": (_zarr, f"data/action {_FILLED}"),
    "zarr FIFO": (_zarr_fifo, "must be an ordinary file"),
    "zarr nesting": (_zarr_json, "readable zarr store"),
    "parquet values": (_parquet(10**5, 200, "action"), f"a column {_FILLED}"),
    "parquet that is wide": (_parquet(10**4, 3, "action"), "--memory must be at least"),
    "parquet column twice": (_parquet(1, 9, "action", "action"), "'action' twice"),
    "LeRobot huge integer": (_meta("info.json", b'{"fps": ' + b"9" * 5000 + b"}"), "info.json must hold JSON"),
    "LeRobot deep nesting": (_meta("info.json", b"[" * 10**6), "info.json must hold JSON"),
    "LeRobot line without end": (_meta("episodes_stats.jsonl", b"x" * 2**23), "line 1 must be a JSON object"),
    "LeRobot meta of gigabytes": (_meta_of_gigabytes, "info.json must have at most"),
    "infinite numbers": (_npy(header((24, 1)) + np.full(24, np.inf).tobytes()), "at least one row of finite numbers"),
    "numbers that overflow": (_npy(header((24, 1)) + np.full(24, 1e308).tobytes()), "at most 1e+100"),
    "demonstrations in a FIFO": (_fifo("demo.npz"), "an ordinary file"),
    "an episode in a FIFO": (_member_fifo, "data must"),
    "demonstrations in /dev/zero": (lambda _: Path("/dev/zero"), "an ordinary file"),
    "demonstrations of gigabytes": (_sparse("demo.npz"), "known layout"),
    "a pickle": (_npy(b"\x80\x04" + bytes(100)), "must not be a pickle"),
}


def written(files: dict[str, tuple[Make, str]], folder: Path) -> dict[str, str]:
    """Make the files, each in a folder of its own; their paths."""
    made = {}
    for number, (name, (make, _)) in enumerate(files.items()):
        place = folder / str(number)
        place.mkdir()
        made[name] = str(make(place))
    return made
