"""Interruptions: Ctrl-C, SIGTERM and SIGHUP end a command within two seconds, whatever it is doing.

The first one raises KeyboardInterrupt, so that what has come back is stored. Code that does not return to Python in
time, or a second one, ends the process at once; stores are whole at every moment.
"""

from __future__ import annotations

import atexit
import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType

STATUS = 130
"""Exit status of an interrupted command."""

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_GRACE = 1.5
"""Seconds that are left to end in good order."""
_LAST_WORDS = b"quantbc: interrupted; whatever was stored stays stored, run the same command to go on\n"

_came = threading.Event()


def received() -> bool:
    """Whether an interruption has come: an error that follows it may be its echo, and no cell is to blame for it."""
    return _came.is_set()


def _interrupt(number: int, frame: FrameType | None) -> None:
    if not _came.is_set():
        _came.set()
        raise KeyboardInterrupt


@cache
def _quiet_exit() -> None:
    """Once all is done, while the interpreter is taken down, Ctrl-C just ends the process, without a traceback."""
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_DFL)


@contextmanager
def guarded() -> Iterator[None]:
    """Commands run inside; a signal that was ignored before stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _quiet_exit()
    _came.clear()
    kept = {n: signal.getsignal(n) for n in _SIGNALS if signal.getsignal(n) not in (signal.SIG_IGN, None)}
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    ended = threading.Event()
    threading.Thread(target=_watch, args=(ours, ended), daemon=True).start()
    before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    try:
        for number in kept:
            signal.signal(number, _interrupt)
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        ended.set()
        os.close(theirs)
        _came.clear()


def _watch(ours: int, ended: threading.Event) -> None:
    """Hear of signals even while the main thread is inside a library."""
    count = 0
    while heard := os.read(ours, 1):
        count += heard[0] in _SIGNALS
        if ended.is_set():
            break
        if count > 1:
            _leave()
        elif count == 1 and heard[0] in _SIGNALS:
            threading.Thread(target=_leave_in_time, args=(ended,), daemon=True).start()
    os.close(ours)


def _leave_in_time(ended: threading.Event) -> None:
    if not ended.wait(_GRACE):
        _leave()


def _leave() -> None:
    """The process ends here, even if nobody reads what it says."""
    with suppress(OSError, ValueError):
        if select.select([], [2], [], 0)[1]:
            os.write(2, _LAST_WORDS)
    os._exit(STATUS)
