"""Where cells are computed: in this process, on processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, get_context, resource_tracker
from multiprocessing.connection import Connection
from threading import Thread
from typing import ParamSpec, TypeVar

from quantbc.errors import ProblemError, optional
from quantbc.output import say

P = ParamSpec("P")
T = TypeVar("T")

_CONNECT_SECONDS = 10
_HELD = {getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)}
"""Signals that a terminal sends to the whole group."""
_CLUSTER_IN_FLIGHT = 512


@dataclass(frozen=True)
class Workers:
    """An executor, and how to feed it.

    Attributes:
        executor: any executor of ``concurrent.futures``.
        in_flight: batches handed over at a time; at least one for every worker, better two.
        batch_seconds: time that a batch of short cells should take; 0 hands over one cell at a time.
    """

    executor: Executor
    in_flight: int = 64
    batch_seconds: float = 0.05


@contextmanager
def connect(*, workers: int, cluster: str | None) -> Iterator[Workers]:
    """The workers a sweep runs on; they are stopped at the end, at once if there was an error or an interruption.

    Args:
        workers: processes on this machine; 1 means this process itself.
        cluster: address of a Dask scheduler, ``tcp://host:port``; then ``workers`` is ignored.

    Raises:
        ProblemError: no such number of processes, the scheduler cannot be reached, or the extra is not installed.
    """
    if not isinstance(workers, int) or workers < 1:
        raise ProblemError(f"workers must be a whole number >= 1, got {workers!r}")
    if cluster is not None:
        with _dask(cluster) as executor:
            yield Workers(executor, in_flight=_CLUSTER_IN_FLIGHT)
    elif workers == 1:
        yield Workers(_Inline(), in_flight=1, batch_seconds=0.0)
    else:
        with _Processes(workers) as pool:
            yield Workers(pool, in_flight=2 * workers + 2)


class _Inline(Executor):
    """Computes at once, in this process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except ProblemError as error:
            future.set_exception(error)
        return future


class _Processes(Executor):
    """A process pool that outlives the death of its workers, and whose workers never outlive it.

    Every worker holds one end of a pipe and leaves as soon as the other end closes: on ``stop``, or when this process
    dies, however suddenly.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._theirs, self._ours = Pipe(duplex=False)
        self._stderr = _stderr()
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        with _interrupts_held(), _unheard():
            pool = ProcessPoolExecutor(
                self._workers,
                mp_context=get_context("spawn"),
                initializer=_begin,
                initargs=(self._theirs, self._stderr),
            )
            for _ in range(self._workers):
                pool.submit(os.getpid)  # starts a process each
        return pool

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:
            self._pool.shutdown(wait=True)
            self._pool = self._start()
            return self._pool.submit(fn, *args, **kwargs)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is not None:
            manager = vars(self._pool)["_executor_manager_thread"]
            self._pool.shutdown(wait=False, cancel_futures=True)  # first, else it may mourn workers in a traceback
            self._ours.close()
            if manager is not None:  # a pool that could not be replaced has none any more
                manager.join()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for end in (self._ours, self._theirs, self._stderr):
            end.close()


def _begin(lifeline: Connection, stderr: Connection) -> None:
    """Ctrl-C reaches the whole process group; the parent alone decides what to do, and says so through the pipe."""
    os.dup2(stderr.fileno(), 2)
    for number in _HELD:
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_leave_with_parent, args=(lifeline,), daemon=True).start()


def _leave_with_parent(lifeline: Connection) -> None:
    lifeline.poll(None)
    os._exit(1)


def _stderr() -> Connection:
    """Where workers speak once they have begun, in the only form that reaches a spawned process."""
    with suppress(OSError):
        return Connection(os.dup(2), readable=False)
    return Connection(os.open(os.devnull, os.O_WRONLY), readable=False)


@contextmanager
def _unheard() -> Iterator[None]:
    """What starts inside, and what tidies up after it, has nothing to say if this process ends abruptly."""
    ours, null = _stderr(), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        resource_tracker.ensure_running()
        yield
    finally:
        os.dup2(ours.fileno(), 2)
        ours.close()
        os.close(null)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started inside never see Ctrl-C, not even before their first line; this process sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def _knock(address: str) -> None:
    """Raise if nobody answers; a client that fails to connect stays half made and can deadlock when it is collected."""
    from distributed.comm.core import connect as reach

    comm = await reach(address, timeout=_CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    await comm.close()


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    with optional("clusters", "cluster"):
        from distributed import Client
    for name in ("distributed", "distributed.client"):  # a lost connection is reported once, by us
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        asyncio.run(asyncio.wait_for(_knock(address), _CONNECT_SECONDS))
        client = Client(address, timeout=_CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError, RuntimeError, ImportError, TimeoutError) as error:
        reason = str(error) or f"no answer within {_CONNECT_SECONDS} seconds"
        raise ProblemError(
            f"cluster must be the address of a running Dask scheduler, got {address!r}: {reason}"
        ) from None
    if not client.ncores():  # type: ignore[no-untyped-call]
        say(f"{address} has no workers yet; nothing is computed until one joins")
    executor: Executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
    try:
        yield executor
    finally:
        executor.shutdown(wait=False)
        client.close()  # type: ignore[no-untyped-call]
