"""The command where its script is not on the path."""

import subprocess
import sys

from quantbc import __version__


def test_python_runs_it_as_a_module() -> None:
    command = [sys.executable, "-m", "quantbc", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == f"quantbc {__version__}\n"
