"""Files larger than the budget, and audits under a limit that the operating system enforces."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.quantbc.audit.conftest import WRITERS, Data

MB = 10**6
WIDTH, EPISODES, LENGTH, BUDGET = 40, 100, 1_200, 32
"""38 MB of observations alone, more than the budget; an audit of 10 GB on 1 GB is the same, larger."""

_PROGRAM = """
import json, resource, sys
from pathlib import Path
import numpy as np
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.run import Settings, audit
from quantbc.audit.survey import pieces_of, require_room, survey
from quantbc.errors import ProblemError

# Audited to the end is one layout; what the others differ in are the two passes over the file.
groups, budget = json.load(sys.stdin), int(sys.argv[1])

def audited(path):
    found = audit(path, Settings(tokenizers=("uniform",), bins=(16,), horizon=2, memory=budget)).found
    return [found.counts.rows, found.counts.used_rows]

def read(path):
    source = open_source(path)
    require_room(source, budget)
    counts = survey(source, memory=budget, rng=np.random.default_rng(0)).counts
    return [counts.rows, sum(len(piece) for piece in pieces_of(source, budget))]

def told(path, way):
    try:
        return way(Path(path))
    except (ProblemError, MemoryError) as error:
        return f"{type(error).__name__}: {error}"

def held():
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[5]) * resource.getpagesize()

for name, path in groups["small"].items():  # imports and thread pools are not the data's memory
    told(path, audited if name == "npz" else read)
limit = held() + budget
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
said = {name: told(path, audited if name == "npz" or name not in groups["small"] else read)
    for name, path in groups["asked"].items()}
try:
    said["greedy"] = len([(p.actions, p.observations) for p in open_source(Path(groups["greedy"])).pieces(10_000)])
except MemoryError:
    said["greedy"] = None
json.dump(said, sys.stdout)
"""


def limited(small: Mapping[str, Path], asked: Mapping[str, Path], greedy: Path) -> Any:
    """What a process says that may allocate no more than the budget beyond what audits of small files take.

    A file mapped for reading is no allocation: the system takes its pages back.

    Args:
        small: data of every layout.
        asked: what is audited, or read twice as an audit does, under the limit.
        greedy: what is then read by one who keeps every row.

    Returns:
        For each of them rows and used rows, or the refusal; under "greedy" None for a MemoryError.
    """
    pytest.importorskip("resource", reason="limits of the operating system are POSIX")
    given = json.dumps({"small": dict(small), "asked": dict(asked), "greedy": greedy}, default=str)
    environment = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment |= {"MALLOC_ARENA_MAX": "1", "ZARR_THREADING__MAX_WORKERS": "1"}  # threads reserve more than they use
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(BUDGET * MB)],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def written(layout: str, folder: Path, episodes: int) -> Path:
    """Random data of a layout, or of a bare array."""
    rng = np.random.default_rng(0)
    actions = [rng.uniform(-1, 1, (LENGTH, 2)) for _ in range(episodes)]
    states = [rng.normal(size=(LENGTH + 1, WIDTH)) for _ in range(episodes)]
    folder.mkdir()
    if layout == "npy":
        np.save(folder / "demo.npy", np.concatenate([x[:-1] for x in states]))
        return folder / "demo.npy"
    if layout == "lerobot_v3":
        return _lerobot(folder, np.concatenate(actions), np.concatenate([x[:-1] for x in states]))
    if layout.startswith("huggingface"):
        return _table(folder, actions, states, by_episode=layout == "huggingface_episodes")
    return WRITERS[layout](Data(actions, states), folder)


def _table(path: Path, actions: list[Any], states: list[Any], *, by_episode: bool) -> Path:
    """An Arrow stream as `datasets` writes it, in batches of 1000 rows, of steps or of whole episodes."""
    pyarrow = pytest.importorskip("pyarrow", reason="tables need quantbc[data]")

    def lists(values: Any) -> Any:
        flat = pyarrow.array(np.concatenate(values).ravel())
        return pyarrow.ListArray.from_arrays(np.arange(0, len(flat) + 1, values[0].shape[1], dtype=np.int32), flat)

    if by_episode:
        ends = [np.cumsum([0, *map(len, values)], dtype=np.int32) for values in (actions, states)]
        pairs = zip(("acts", "obs"), ends, (actions, states), strict=True)
        columns = {name: pyarrow.ListArray.from_arrays(end, lists(values)) for name, end, values in pairs}
    else:
        number = np.repeat(np.arange(len(actions)), LENGTH)
        columns = {"action": lists(actions), "state": lists([x[:-1] for x in states]), "episode_index": number}
    table = pyarrow.table(columns)
    with (
        pyarrow.OSFile(str(path / "data-00000-of-00001.arrow"), "wb") as out,
        pyarrow.ipc.new_stream(out, table.schema) as stream,
    ):
        stream.write_table(table, max_chunksize=1000)
    return path


def _lerobot(path: Path, actions: Any, states: Any) -> Path:
    """One file of all episodes, in row groups as LeRobot's recorder writes them."""
    pyarrow = pytest.importorskip("pyarrow", reason="parquet layouts need quantbc[data]")
    parquet = pytest.importorskip("pyarrow.parquet", reason="parquet layouts need quantbc[data]")

    def lists(values: Any) -> Any:
        return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(values.ravel()), values.shape[1])

    (path / "data" / "chunk-000").mkdir(parents=True)
    columns = {
        "action": lists(actions),
        "observation.state": lists(states),
        "episode_index": np.arange(len(actions)) // LENGTH,
        "frame_index": np.arange(len(actions)) % LENGTH,
    }
    target = path / "data" / "chunk-000" / "file-000.parquet"
    parquet.write_table(pyarrow.table(columns), target, row_group_size=2_000)
    return path
