"""Whoever reads the files of a data set, the audit is the same to the last digit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.audit import parts
from quantbc.audit.run import Settings, audit
from quantbc.errors import ProblemError
from quantbc.sweeps.executors import connect
from tests.quantbc.conftest import Cluster, Run

SETTINGS = Settings(tokenizers=("uniform", "fast_openpi", "quantile"), bins=(8,), chunk=4)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An npz file an episode, one of them with a bad row."""
    rng = np.random.default_rng(0)
    for number, length in enumerate((9, 30, 1, 17, 24, 12)):
        u = rng.normal(size=(length, 2))
        x = np.cumsum(u, axis=0)
        u[length // 2, 0] = np.nan if number == 3 else 0.5
        np.savez(tmp_path / f"episode_{number}.npz", actions=u, observations=x)
    return tmp_path


def document(folder: Path, workers: int = 1, cluster: str | None = None) -> Any:
    with connect(workers=workers, cluster=cluster) as crew:
        return json.loads(json.dumps(audit(folder, SETTINGS, crew=crew).to_dict()))


def test_two_workers_find_what_one_finds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "grouped", lambda sizes: parts_of(len(sizes), 1))
    assert document(folder, 2) == document(folder, 1)


def test_a_cluster_finds_what_this_process_finds_for_any_split(
    folder: Path, cluster: Cluster, quantbc: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = pytest.importorskip("distributed.cfexecutor").ClientExecutor
    sent: list[object] = []
    submit = executor.submit
    monkeypatch.setattr(executor, "submit", lambda self, *work: sent.append(work) or submit(self, *work))
    for together, groups in ((1, 6), (2, 3), (4, 2)):
        monkeypatch.setattr(parts, "grouped", lambda sizes, n=together: parts_of(len(sizes), n))
        assert document(folder, cluster=cluster.address) == document(folder)
        assert len(sent) == 2 * groups  # two passes, and nothing is read here
        sent.clear()
    asked = ("audit", str(folder), "--tokenizer", "uniform", "--bins", "8", "--json")
    assert quantbc(*asked, "--cluster", cluster.address) == quantbc(*asked)
    np.savez(folder / "episode_9.npz", actions=np.zeros((3, 5)), observations=np.zeros((3, 2)))
    with pytest.raises(ProblemError, match="dimensions must be those of the first episode"):
        document(folder, cluster=cluster.address)


def parts_of(files: int, together: int) -> list[slice]:
    return [slice(low, min(low + together, files)) for low in range(0, files, together)]


def test_every_split_finds_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = document(folder)
    for together in (1, 2, 4):
        monkeypatch.setattr(parts, "grouped", lambda sizes, n=together: parts_of(len(sizes), n))
        same(document(folder), whole)


def same(found: Any, expected: Any) -> None:
    """Equal, numbers up to the rounding of sums in another order."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            same(found[key], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)
    else:
        assert found == expected


def test_a_bad_file_is_blamed_from_afar(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "grouped", lambda sizes: parts_of(len(sizes), 1))
    np.savez(folder / "episode_9.npz", actions=np.zeros((3, 5)), observations=np.zeros((3, 2)))
    with pytest.raises(ProblemError, match="dimensions must be those of the first episode"):
        document(folder, 2)
