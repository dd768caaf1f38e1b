"""Demonstrations with known contents, written by the rules of each layout."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from quantbc.audit.rows import Piece, gathered
from quantbc.audit.tally import Feeds, Tally

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Data:
    """Episodes: actions (T, A) and observations (T + 1, O) each."""

    actions: list[Array]
    observations: list[Array]

    @property
    def ends(self) -> list[int]:
        return np.cumsum([len(u) for u in self.actions]).tolist()


def linear_data(lengths: Sequence[int] = (30, 20, 25, 40, 30, 30), *, noise: float = 0.1, seed: int = 0) -> Data:
    """x' = A x + B u + w with a noisy linear expert."""
    rng = np.random.default_rng(seed)
    A, B, K = np.array([[0.8, 0.1], [0.0, 0.5]]), np.array([[0.3], [0.2]]), np.array([[0.6, 0.2]])
    actions, observations = [], []
    for length in lengths:
        x = [rng.normal(size=2)]
        u = []
        for _ in range(length):
            u.append(-K @ x[-1] + noise * rng.normal(size=1))
            x.append(A @ x[-1] + B @ u[-1] + 0.01 * rng.normal(size=2))
        actions.append(np.array(u).reshape(length, 1))
        observations.append(np.array(x))
    return Data(actions, observations)


def write_npz(data: Data, path: Path) -> Path:
    states = np.concatenate([x[:-1] for x in data.observations])
    np.savez(path, actions=np.concatenate(data.actions), observations=states, episode_ends=data.ends)
    return path


def write_minari(data: Data, folder: Path) -> Path:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    (folder / "data").mkdir(parents=True)
    with h5py.File(folder / "data" / "main_data.hdf5", "w") as file:
        for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
            group = file.create_group(f"episode_{i}")
            group["actions"], group["observations"] = u, x
            group["rewards"] = np.zeros(len(u))
    return folder


def write_robomimic(data: Data, path: Path) -> Path:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    with h5py.File(path, "w") as file:
        for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
            group = file.create_group(f"data/demo_{i}")
            group["actions"], group["obs/joint"], group["next_obs/joint"] = u, x[:-1], x[1:]
            group["obs/camera"] = np.zeros((len(u), 2, 2, 3), dtype=np.uint8)
        file["mask/train"] = np.array([b"demo_0"])
    return path


def write_d4rl(data: Data, path: Path) -> Path:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    total = data.ends[-1]
    flags = np.zeros((2, total), dtype=bool)
    for i, end in enumerate(data.ends):
        flags[i % 2, end - 1] = True
    with h5py.File(path, "w") as file:
        file["actions"] = np.concatenate(data.actions)
        file["observations"] = np.concatenate([x[:-1] for x in data.observations])
        file["rewards"] = np.zeros(total)
        file["terminals"], file["timeouts"] = flags
    return path


def write_maniskill(data: Data, path: Path) -> Path:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    with h5py.File(path, "w") as file:
        for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
            file[f"traj_{i}/actions"], file[f"traj_{i}/obs"] = u, x
            file[f"traj_{i}/env_states/actors/cube"] = np.zeros((len(u) + 1, 13))
    return path


def write_aloha(data: Data, folder: Path) -> Path:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    folder.mkdir()
    for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
        with h5py.File(folder / f"episode_{i}.hdf5", "w") as file:
            file["action"], file["observations/qpos"] = u, x[:-1]
            file["observations/images/top"] = np.zeros((len(u), 2, 2, 3), dtype=np.uint8)
    return folder


def write_archives(data: Data, folder: Path) -> Path:
    folder.mkdir()
    for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
        np.savez(folder / f"{i}.npz", actions=u, observations=x)
    return folder


def write_zarr(data: Data, folder: Path) -> Path:
    zarr = pytest.importorskip("zarr", reason="zarr stores need quantbc[data]")
    root = zarr.open_group(folder, mode="w")
    states = np.concatenate([x[:-1] for x in data.observations])
    for name, array in {"data/action": np.concatenate(data.actions), "data/state": states}.items():
        root.create_array(name, data=array)
    root.create_array("meta/episode_ends", data=np.array(data.ends))
    return folder


def write_lerobot(data: Data, root: Path, *, version: int, files: int = 2, **extra: list[Array]) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="parquet layouts need quantbc[data]")
    parquet = pytest.importorskip("pyarrow.parquet", reason="parquet layouts need quantbc[data]")
    tables = []
    for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
        columns = {
            "action": list(u.astype(np.float32)),
            "observation.state": list(x[:-1].astype(np.float32)),
            "episode_index": np.full(len(u), i),
            "frame_index": np.arange(len(u)),
        }
        columns |= {f"observation.{name}": list(rows[i]) for name, rows in extra.items()}
        tables.append(pyarrow.table(columns))
    chunk = root / "data" / "chunk-000"
    chunk.mkdir(parents=True)
    if version == 2:
        for i, table in enumerate(tables):
            parquet.write_table(table, chunk / f"episode_{i:06d}.parquet")
    else:
        for k in range(files):
            part = tables[k * len(tables) // files : (k + 1) * len(tables) // files]
            parquet.write_table(pyarrow.concat_tables(part), chunk / f"file-{k:03d}.parquet")
    (root / "meta").mkdir()
    pooled = np.concatenate(data.actions)
    stats = {"min": pooled.min(0), "max": pooled.max(0), "mean": pooled.mean(0), "std": pooled.std(0)}
    stats["q99"] = np.mean([np.quantile(u, 0.99, axis=0) for u in data.actions], axis=0)  # the usual mistake
    (root / "meta" / "stats.json").write_text(json.dumps({"action": {k: v.tolist() for k, v in stats.items()}}))
    (root / "meta" / "info.json").write_text(json.dumps({"codebase_version": f"v{version}.0"}))
    return root


def varint(value: int) -> bytes:
    """A number of seven bits a byte, as protobuf writes it."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def field(number: int, content: bytes) -> bytes:
    """A field of protobuf that has a length."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def entry(name: str, number: int, values: bytes) -> bytes:
    """A feature of a tf.train.Example: lists of bytes (1), of float32 (2) or of int64 (3)."""
    return field(1, field(1, name.encode()) + field(2, field(number, values)))


def checked(content: bytes) -> bytes:
    """Content and its checksum, as in a TFRecord file."""
    found = pytest.importorskip("google_crc32c", reason="RLDS needs quantbc[data]").value(content)
    return content + (((found >> 15 | found << 17) + 0xA282EAD8) % 2**32).to_bytes(4, "little")


def record(content: bytes) -> bytes:
    """A record of a TFRecord file."""
    return checked(len(content).to_bytes(8, "little")) + checked(content)


def write_rlds(data: Data, folder: Path, goals: Sequence[Array] = ()) -> Path:
    """As TensorFlow Datasets writes it: a version's folder, steps flattened, bytes for images."""

    def floats(name: str, values: Array) -> bytes:
        return entry(f"steps/{name}", 2, field(1, values.astype("<f4").tobytes()))

    (folder / "1.0.0").mkdir(parents=True)
    with (folder / "1.0.0" / "reach-train.tfrecord-00000-of-00001").open("wb") as file:
        for i, (u, x) in enumerate(zip(data.actions, data.observations, strict=True)):
            flags = bytes([1, *[0] * (len(u) - 1)])
            features = floats("action", u) + floats("observation/state", x[:-1]) + floats("reward", np.zeros(len(u)))
            features += floats("observation/goal", goals[i]) if len(goals) else b""
            features += entry("steps/is_first", 3, field(1, flags))
            features += entry("steps/observation/image", 1, field(1, b"jpeg") * len(u))
            features += entry("episode_metadata/file_path", 1, field(1, b"a.pkl"))
            file.write(record(field(1, features)))
    return folder


def write_table(data: Data, folder: Path, goals: Sequence[Array] = ()) -> Path:
    """A row a step, in an Arrow stream as `datasets` saves it."""
    columns = {"action": data.actions, "state": [x[:-1] for x in data.observations]}
    columns |= {"goal": list(goals)} if len(goals) else {}
    numbers = [i for i, u in enumerate(data.actions) for _ in u]
    joined = {name: np.concatenate(values).tolist() for name, values in columns.items()}
    return _arrow(folder, joined | {"episode_index": numbers})


def write_episode_table(data: Data, folder: Path, goals: Sequence[Array] = ()) -> Path:
    """A row an episode, as the imitation library saves it."""
    columns = {"acts": data.actions, "obs/arm" if len(goals) else "obs": data.observations}
    columns |= {"obs/goal": list(goals)} if len(goals) else {}
    return _arrow(folder, {name: [x.tolist() for x in values] for name, values in columns.items()})


def _arrow(folder: Path, columns: dict[str, list[Any]]) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="tables need quantbc[data]")
    folder.mkdir()
    table = pyarrow.table(columns)
    file = str(folder / "data-00000-of-00001.arrow")
    with pyarrow.OSFile(file, "wb") as out, pyarrow.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table, max_chunksize=1000)
    return folder


def write_two(data: Data, goals: list[Array], layout: str, folder: Path) -> Path:
    """A file with a second observation vector, `goal`; (T + 1, G) an episode."""
    before = [goal[:-1] for goal in goals]
    if layout.startswith("lerobot"):
        return write_lerobot(data, folder / "set", version=int(layout[-1]), goal=before)
    if layout == "rlds":
        return write_rlds(data, folder / "set", before)
    if layout == "huggingface":
        return write_table(data, folder / "set", before)
    if layout == "huggingface_episodes":
        return write_episode_table(data, folder / "set", goals)
    path = WRITERS[layout](data, folder)
    if layout == "npz":
        with np.load(path, allow_pickle=False) as arrays:
            np.savez(path, **arrays, goal=np.concatenate(before))
    elif layout == "zarr":
        zarr = pytest.importorskip("zarr", reason="zarr stores need quantbc[data]")
        zarr.open_group(path, mode="a").create_array("data/goal", data=np.concatenate(before))
    elif layout == "npz_episodes":
        for i, (u, x, goal) in enumerate(zip(data.actions, data.observations, goals, strict=True)):
            np.savez(path / f"{i}.npz", actions=u, **{"observations/arm": x, "observations/goal": goal})
    else:
        _write_goals(path, data, goals, layout)
    return path


def _write_goals(path: Path, data: Data, goals: list[Array], layout: str) -> None:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    if layout == "aloha":
        for i, goal in enumerate(goals):
            with h5py.File(path / f"episode_{i}.hdf5", "a") as file:
                file["observations/goal"] = goal[:-1]
        return
    with h5py.File(path / "data" / "main_data.hdf5" if layout == "minari" else path, "a") as file:
        if layout == "d4rl":
            file["infos/goal"] = np.concatenate([goal[:-1] for goal in goals])
        for i, (states, goal) in enumerate(zip(data.observations, goals, strict=True)):
            if layout == "robomimic":
                file[f"data/demo_{i}/obs/goal"], file[f"data/demo_{i}/next_obs/goal"] = goal[:-1], goal[1:]
            for name, root in {"minari": f"episode_{i}/observations", "maniskill": f"traj_{i}/obs"}.items():
                if layout == name:
                    del file[root]
                    file[f"{root}/arm/state"], file[f"{root}/goal"] = states, goal


NAMES = {
    "npz": ("observations", "goal"),
    "minari": ("arm/state", "goal"),
    "robomimic": ("joint", "goal"),
    "d4rl": ("observations", "infos/goal"),
    "lerobot_v2": ("observation.state", "observation.goal"),
    "lerobot_v3": ("observation.state", "observation.goal"),
    "maniskill": ("arm/state", "goal"),
    "aloha": ("qpos", "goal"),
    "npz_episodes": ("arm", "goal"),
    "zarr": ("state", "data/goal"),
    "rlds": ("state", "goal"),
    "huggingface": ("state", "goal"),
    "huggingface_episodes": ("arm", "goal"),
}
"""What the two vectors are called in each layout."""


Write = Callable[[Data, Path], Path]
WRITERS: dict[str, Write] = {
    "npz": lambda data, folder: write_npz(data, folder / "demo.npz"),
    "minari": lambda data, folder: write_minari(data, folder / "set-v0"),
    "robomimic": lambda data, folder: write_robomimic(data, folder / "demo.hdf5"),
    "d4rl": lambda data, folder: write_d4rl(data, folder / "demo.hdf5"),
    "lerobot_v2": lambda data, folder: write_lerobot(data, folder / "set", version=2),
    "lerobot_v3": lambda data, folder: write_lerobot(data, folder / "set", version=3),
    "maniskill": lambda data, folder: write_maniskill(data, folder / "demo.h5"),
    "aloha": lambda data, folder: write_aloha(data, folder / "episodes"),
    "npz_episodes": lambda data, folder: write_archives(data, folder / "episodes"),
    "zarr": lambda data, folder: write_zarr(data, folder / "demo.zarr"),
    "rlds": lambda data, folder: write_rlds(data, folder / "set"),
    "huggingface": lambda data, folder: write_table(data, folder / "set"),
    "huggingface_episodes": lambda data, folder: write_episode_table(data, folder / "set"),
}
"""Layouts that keep observations; a bare npy file has none."""


@pytest.fixture
def data() -> Data:
    return linear_data()


@pytest.fixture
def make() -> Callable[..., Data]:
    return linear_data


@pytest.fixture(params=list(WRITERS))
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def writers() -> dict[str, Write]:
    return WRITERS


@pytest.fixture
def write_both() -> Callable[..., Path]:
    return write_two


@pytest.fixture
def names(layout: str) -> tuple[str, str]:
    return NAMES[layout]


@pytest.fixture
def npz_file(data: Data, tmp_path: Path) -> Path:
    return write_npz(data, tmp_path / "demo.npz")


def fed(tallies: list[Tally], pieces: Iterable[Piece]) -> None:
    """Measure pieces to the end."""
    feeds = Feeds(tallies)
    for block in gathered(pieces, 1):
        feeds.add(block)
    feeds.close()
