"""Signals end a command soon, in good order if it can, and the second one at once."""

import signal
import subprocess
import sys
import time

import pytest

from quantbc import cli, interrupts

_PROGRAM = """
import sys, time
from quantbc.interrupts import guarded
try:
    with guarded():
        {work}
except KeyboardInterrupt:
    sys.exit("in good order")
"""
_PATIENT = """
        print("ready", flush=True)
        time.sleep(60)
"""
_SLOW_TO_END = """
        try:
            print("ready", flush=True)
            time.sleep(60)
        finally:
            time.sleep(60)
"""
_DEAF = """
        while True:
            try:
                print("ready", flush=True)
                time.sleep(60)
            except BaseException:
                pass
"""


def ended(work: str, *signals: int) -> tuple[int, str, float]:
    """Exit status, stderr, and the seconds since the first signal."""
    program = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM.replace("{work}", work.strip())],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # which who runs the tests may ignore
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"
    start = time.monotonic()
    for number in signals:
        program.send_signal(number)
        time.sleep(0.1)
    _, error = program.communicate(timeout=30)
    return program.returncode, error, time.monotonic() - start


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_is_an_interruption(number: int) -> None:
    assert ended(_PATIENT, number)[:2] == (1, "in good order\n")


def test_what_swallows_the_interruption_is_ended_all_the_same() -> None:
    status, error, seconds = ended(_DEAF, signal.SIGTERM)
    assert (status, error.startswith("quantbc: interrupted; ")) == (interrupts.STATUS, True)
    assert seconds > 1


def test_the_second_signal_ends_at_once() -> None:
    status, error, seconds = ended(_SLOW_TO_END, signal.SIGTERM, signal.SIGHUP)  # two of a kind may arrive as one
    assert (status, error.count("\n")) == (interrupts.STATUS, 1)
    assert seconds < 1.4


def test_handlers_are_put_back_and_nothing_was_received() -> None:
    before = [signal.getsignal(number) for number in interrupts._SIGNALS]
    with interrupts.guarded():
        assert not interrupts.received()
    assert [signal.getsignal(number) for number in interrupts._SIGNALS] == before


def test_an_error_that_an_interruption_caused_is_the_interruption(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli._refuse("user-defined function raised exception") == 2
    assert "user-defined" in capsys.readouterr().err
    monkeypatch.setattr(interrupts, "received", lambda: True)
    assert cli._refuse("user-defined function raised exception") == interrupts.STATUS
    assert capsys.readouterr().err == ""
