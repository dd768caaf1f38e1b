"""Files larger than the budget, and audits under a limit that the operating system enforces."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

MB = 10**6
ROWS, WIDTH, BUDGET = 250_000, 40, 20
"""80 MB of observations alone, four times the budget; an audit of 10 GB on 1 GB is the same, larger."""

AUDIT = """
    import resource, sys
    from pathlib import Path
    from quantbc.audit.layouts.detect import open_source
    from quantbc.audit.run import Settings, audit

    small, large, budget = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    settings = Settings(tokenizers=("uniform", "openvla_q99"), bins=(16,), memory=budget)
    audit(small, settings)  # imports and thread pools are not the data's memory

    def mapped():
        with open("/proc/self/statm") as numbers:
            return int(numbers.read().split()[0]) * resource.getpagesize()

    limit = mapped() + budget
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    {body}
"""
HONEST = """
    counts = audit(large, settings).found.counts
    print(counts.rows, counts.used_rows)
"""
GREEDY = """
    import numpy as np
    rows = [(p.actions, p.observations) for p in open_source(large).pieces(10_000)]
    print(len(rows))
"""


def limited(body: str, small: Path, large: Path) -> subprocess.CompletedProcess[str]:
    """Run a body in a process that may map no more than the budget beyond what an audit of a small file takes."""
    pytest.importorskip("resource", reason="limits of the operating system are POSIX")
    code = textwrap.dedent(AUDIT).format(body=textwrap.dedent(body))
    arguments = [sys.executable, "-c", code, str(small), str(large), str(BUDGET * MB)]
    environment = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(arguments, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def write_npz(path: Path, rows: int) -> Path:
    rng = np.random.default_rng(0)
    actions, states = rng.uniform(-1, 1, (rows, 2)), rng.normal(size=(rows, WIDTH))
    np.savez(
        path.with_suffix(".npz"), actions=actions, observations=states, episode_ends=np.arange(1, 101) * rows // 100
    )
    return path.with_suffix(".npz")


def write_d4rl(path: Path, rows: int) -> Path:
    h5py = pytest.importorskip("h5py", reason="HDF5 layouts need quantbc[data]")
    rng = np.random.default_rng(0)
    with h5py.File(path.with_suffix(".hdf5"), "w") as file:
        file["actions"], file["observations"] = rng.uniform(-1, 1, (rows, 2)), rng.normal(size=(rows, WIDTH))
        file["terminals"] = np.arange(rows) % (rows // 100) == rows // 100 - 1
    return path.with_suffix(".hdf5")


def write_lerobot(path: Path, rows: int) -> Path:
    pyarrow = pytest.importorskip("pyarrow", reason="parquet layouts need quantbc[data]")
    parquet = pytest.importorskip("pyarrow.parquet", reason="parquet layouts need quantbc[data]")
    rng = np.random.default_rng(0)

    def lists(values: Any) -> Any:
        return pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(values.ravel()), values.shape[1])

    (path / "data" / "chunk-000").mkdir(parents=True)
    columns = {
        "action": lists(rng.uniform(-1, 1, (rows, 2))),
        "observation.state": lists(rng.normal(size=(rows, WIDTH))),
        "episode_index": np.arange(rows) // (rows // 100),
        "frame_index": np.arange(rows) % (rows // 100),
    }
    target = path / "data" / "chunk-000" / "file-000.parquet"
    parquet.write_table(pyarrow.table(columns), target, row_group_size=2_000)
    return path
