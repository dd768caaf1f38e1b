"""On the worker: some cells, an outcome for each, and no more than one thread."""

import json
from types import ModuleType
from typing import Any

import pytest
from threadpoolctl import threadpool_info

from quantbc.errors import ProblemError
from quantbc.sweeps.batches import compute_batch, traceback_of
from quantbc.sweeps.sweep import Cell, Computation


@pytest.fixture
def cells(toys: ModuleType) -> list[Cell]:
    return list(toys.sweep(5).cells())


def batch(function: Any, cells: list[Cell], seconds: float = 60.0) -> list[tuple[str | None, str | None]]:
    computation = Computation(function, ("toy_cells",))
    return compute_batch(computation, computation.version, cells, seconds)[0]


def test_every_cell_has_its_result(toys: ModuleType, cells: list[Cell]) -> None:
    done = batch(toys.tiny, cells)
    assert [json.loads(result or "") for result, _ in done] == [toys.tiny(cell) for cell in cells]
    assert [error for _, error in done] == [None] * 5


def test_time_over_means_one_cell_at_least(toys: ModuleType, cells: list[Cell]) -> None:
    assert len(batch(toys.tiny, cells, seconds=0.0)) == 1


class OddError(Exception):
    """Not a subclass of any other error."""


def fragile(cell: Cell) -> dict[str, Any]:
    match cell.settings["x"]:
        case 1:
            raise OddError("one")
        case 2:
            return {"value": {1, 2}}
        case 3:
            raise SystemExit(3)
    return {}


def test_whatever_a_cell_does_is_its_own_affair(cells: list[Cell]) -> None:
    done = batch(fragile, cells)
    assert [result for result, _ in done] == ["{}", None, None, None, "{}"]
    assert "OddError: one" in (done[1][1] or "")
    assert "in fragile" in (done[1][1] or "")
    assert "set is not JSON serializable" in (done[2][1] or "")
    assert "SystemExit: 3" in (done[3][1] or "")


def test_an_interruption_is_not_a_failure_of_the_cell(cells: list[Cell]) -> None:
    def interrupted(_: Cell) -> dict[str, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch(interrupted, cells)


def test_linear_algebra_runs_on_one_thread(cells: list[Cell]) -> None:
    def threads(_: Cell) -> dict[str, Any]:
        import scipy.linalg  # noqa: F401

        return {"threads": [library["num_threads"] for library in threadpool_info()]}

    batch(threads, cells[:1])
    counts = json.loads(batch(threads, cells[:1])[0][0] or "")["threads"]
    assert counts
    assert set(counts) == {1}


def test_other_sources_are_refused(toys: ModuleType, cells: list[Cell]) -> None:
    with pytest.raises(ProblemError, match="the same code and libraries as this process, version 0123456789ab, got"):
        compute_batch(toys.computation(), "0123456789abcdef", cells, 60.0)


def test_an_error_is_told_with_its_cause() -> None:
    effect = ValueError("effect")
    effect.__cause__ = OddError("cause")
    assert traceback_of(effect).index("OddError: cause") < traceback_of(effect).index("ValueError: effect")
