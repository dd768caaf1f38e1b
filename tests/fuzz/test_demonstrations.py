"""Any demonstration file: audited, or refused in one line; never changed, nothing left beside it."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from tests.fuzz.broken import changed, flipped
from tests.fuzz.harness import faults, files, run, workplace
from tests.fuzz.typed import joined, pieces
from tests.quantbc.audit.conftest import WRITERS, linear_data

fuzz = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
)
QUICK = ("--tokenizer", "uniform", "--bins", "8")
WHOLE = {
    "actions": np.linspace(-1.0, 1.0, 24).reshape(24, 1),
    "observations": np.cos(np.arange(48.0)).reshape(24, 2),
    "episode_ends": np.array([8, 16, 24]),
}
ODD_ARRAYS: tuple[Any, ...] = (
    *(np.array(0.5), np.zeros(0), np.zeros((0, 1)), np.zeros((24, 0)), np.zeros((24, 1)), np.full((24, 1), np.nan)),
    *(np.full((24, 1), np.inf), np.full((24, 1), 1e308), np.full((24, 1), 5e-324), np.zeros((24, 1), dtype=complex)),
    *(np.array(["a"] * 24), np.zeros(24, dtype="M8[s]"), np.zeros(24, dtype=bool), np.zeros((2, 3, 4)), np.arange(24)),
    *(
        np.array([24, 16, 8]),
        np.array([-1, 8, 24]),
        np.array([8, 16, 10**9]),
        np.array([8, 8, 24]),
        np.array([0.5, 24]),
    ),
    *(
        np.array([2**63], dtype="u8"),
        np.zeros(24, dtype=[("x", "f8")]),
        np.zeros((23, 1)),
        np.array([24]),
        np.arange(1, 25),
    ),
)


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small data set of every layout; tests work on copies."""
    made = {}
    for name, write in WRITERS.items():
        folder = tmp_path_factory.mktemp(name)
        made[name] = write(linear_data((8, 6, 7)), folder)
    return made


def accept(path: Path, flags: Sequence[str] = ()) -> int | None:
    """Audit a data set in the current folder; nothing is wrong with how it ends or with what it leaves."""
    before = files(Path())
    ending = run(("audit", str(path), *QUICK, *flags))
    if currently_in_test_context():
        event(f"exit {ending.status}")
    assert not faults(ending)
    assert files(Path()) == before
    return ending.status


def copied(path: Path) -> Path:
    """The data set in the current folder."""
    target = Path(path.name)
    if path.is_dir():
        shutil.copytree(path, target)
    else:
        shutil.copyfile(path, target)
    return target


@pytest.mark.parametrize("layout", WRITERS)
def test_the_unchanged_data_are_audited(layouts: dict[str, Path], layout: str) -> None:
    with workplace():
        assert accept(copied(layouts[layout]), ("--json",)) == 0


@pytest.mark.parametrize("layout", WRITERS)
@settings(fuzz, max_examples=60)
@given(data=st.data())
def test_flipped_bytes(layouts: dict[str, Path], layout: str, data: st.DataObject) -> None:
    with workplace():
        path = copied(layouts[layout])
        file = data.draw(st.sampled_from(sorted(files(Path()))))
        file.write_bytes(data.draw(flipped(file.read_bytes())))
        accept(path, data.draw(st.sampled_from([(), ("--json",), ("--layout", layout)])))


@pytest.mark.parametrize("layout", ["lerobot_v2", "lerobot_v3"])
@settings(fuzz, max_examples=60)
@given(data=st.data())
def test_changed_metadata(layouts: dict[str, Path], layout: str, data: st.DataObject) -> None:
    with workplace():
        path = copied(layouts[layout])
        file = data.draw(st.sampled_from(sorted((path / "meta").glob("*.json"))))
        file.write_text(json.dumps(data.draw(changed(json.loads(file.read_text())))), encoding="utf-8")
        accept(path, ("--json",))


@settings(fuzz, max_examples=200)
@given(data=st.data())
def test_arrays_that_do_not_fit(data: st.DataObject) -> None:
    names = st.sampled_from([*WHOLE, "next_observations", "stray", "ü"])
    odd = data.draw(st.dictionaries(names, st.sampled_from(ODD_ARRAYS), min_size=1, max_size=2))
    dropped = data.draw(st.sampled_from([None, None, *WHOLE]))
    with workplace():
        np.savez("demo.npz", **{name: array for name, array in {**WHOLE, **odd}.items() if name != dropped})
        accept(Path("demo.npz"), data.draw(st.sampled_from([(), ("--json",)])))


@settings(fuzz, max_examples=100)
@given(data=st.data())
def test_any_flags(data: st.DataObject) -> None:
    with workplace():
        np.savez("demo.npz", **WHOLE)
        accept(Path("demo.npz"), joined(data.draw(st.lists(pieces("audit", ["--bins"]), max_size=3))))


@settings(fuzz, max_examples=100)
@given(st.binary(max_size=200), st.sampled_from(["demo.npz", "demo.hdf5", "demo", "demo.parquet"]))
def test_anything_at_all(content: bytes, name: str) -> None:
    with workplace():
        Path(name).write_bytes(content)
        assert accept(Path(name)) == 2
