"""The tutorial runs as it stands, and its output is what the page shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def output_of(kind: str, code: str, folder: Path) -> str:
    command = [sys.executable, "-c", code] if kind == "python" else ["bash", "-e", "-c", code]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def words(line: str) -> str:
    return " ".join(line.split())


def test_every_block_runs_and_every_shown_line_is_printed(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    printed: set[str] = set()
    shown = 0
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            for line in text.splitlines():
                assert words(line) in printed, line
                shown += 1
        else:
            printed |= {words(line) for line in output_of(kind, text, tmp_path).splitlines()}
    assert shown >= 10
