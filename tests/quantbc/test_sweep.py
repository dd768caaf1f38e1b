"""A study's results depend on its cells alone: not on order, workers, executor or interruptions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quantbc import sweep
from quantbc.errors import ProblemError
from quantbc.problem import Cell, load
from quantbc.store import Store
from quantbc.sweep import compute, connect, run


def quiet(_: int) -> None:
    """No progress."""


@pytest.fixture
def cells(problem_file: Path) -> list[Cell]:
    return list(load(problem_file).cells())


def test_two_processes_give_the_same_bits_as_one(cells: list[Cell], tmp_path: Path) -> None:
    with Store(tmp_path / "one.sqlite") as store, connect(workers=1, cluster=None) as executor:
        assert executor is None
        serial = run(cells, store, executor, quiet)
    with Store(tmp_path / "two.sqlite") as store, connect(workers=2, cluster=None) as executor:
        parallel = run(cells[::-1], store, executor, quiet)
    assert [outcome.result for outcome in serial] == [outcome.result for outcome in parallel[::-1]]
    assert all(outcome.error is None for outcome in serial)


def test_any_executor_will_do(cells: list[Cell], tmp_path: Path) -> None:
    with Store(tmp_path / "one.sqlite") as store, ThreadPoolExecutor(2) as executor:
        outcomes = run(cells[:3], store, executor, quiet)
    assert [outcome.result for outcome in outcomes] == [compute(cell)[0] for cell in cells[:3]]


def test_finished_cells_are_not_computed_again(
    cells: list[Cell], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(tmp_path / "results.sqlite") as store:
        first = run(cells[:4], store, None, quiet)
    computed: list[Cell] = []

    def counted(cell: Cell) -> sweep.Computed:
        computed.append(cell)
        return compute(cell)

    monkeypatch.setattr(sweep, "compute", counted)
    steps: list[int] = []
    with Store(tmp_path / "results.sqlite") as store:
        again = run(cells[:6], store, None, steps.append)
    assert computed == cells[4:6]
    assert steps == [4, 1, 1]
    assert again[:4] == first


def test_an_interrupted_study_keeps_what_it_finished(
    cells: list[Cell], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(cell: Cell) -> sweep.Computed:
        if cell is cells[2]:
            raise KeyboardInterrupt
        return compute(cell)

    monkeypatch.setattr(sweep, "compute", interrupted)
    with Store(tmp_path / "results.sqlite") as store:
        with pytest.raises(KeyboardInterrupt):
            run(cells, store, None, quiet)
        assert len(store.finished(cells)) == 2


def failing(message: str) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise ArithmeticError(message)

    return fail


def test_a_cell_that_raises_is_recorded_and_the_rest_goes_on(
    cells: list[Cell], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "measure", failing("overflow in the middle"))
    with Store(tmp_path / "results.sqlite") as store:
        failed = run(cells[:2], store, None, quiet)
        assert all("overflow in the middle" in (outcome.error or "") for outcome in failed)
        monkeypatch.undo()
        assert all(outcome.error is None for outcome in run(cells[:2], store, None, quiet))


def test_an_unreachable_scheduler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(sweep, "_CONNECT_TIMEOUT", "1s")
    with (
        pytest.raises(ProblemError, match=r"cluster must be the address of a running Dask scheduler, got 'tcp://127"),
        connect(workers=1, cluster="tcp://127.0.0.1:9"),
    ):
        pass


def test_a_dask_cluster_gives_the_same_bits(cells: list[Cell], tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,
        connect(workers=1, cluster=cluster.scheduler_address) as executor,
        Store(tmp_path / "results.sqlite") as store,
    ):
        outcomes = run(cells[:3], store, executor, quiet)
    assert [outcome.result for outcome in outcomes] == [compute(cell)[0] for cell in cells[:3]]
