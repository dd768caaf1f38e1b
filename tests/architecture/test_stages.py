"""The stages of CI: the same in the Makefile, the hooks before a commit, CONTRIBUTING and CI itself."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tree import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
(STAGES,) = (line.split()[1:] for line in MAKEFILE.splitlines() if line.startswith("test:"))
HOOKS: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))


def commands(stage: str) -> list[str]:
    """The recipe of a target."""
    found = re.search(rf"^{stage}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None, stage
    return [line.strip().replace("$(BIN)", ".venv/bin") for line in found[1].splitlines()]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_says_what_it_shows_before_it_starts(stage: str) -> None:
    first, *rest = commands(stage)
    assert first.startswith(f'@echo "== {stage}: ')
    assert rest


def test_contributing_describes_every_stage_in_order() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `make (\S+)` \|", page, re.MULTILINE) == STAGES


def test_hooks_are_the_first_stages_and_need_no_network() -> None:
    assert {repository["repo"] for repository in HOOKS["repos"]} == {"local"}
    hooks = [hook for repository in HOOKS["repos"] for hook in repository["hooks"]]
    assert {hook["language"] for hook in hooks} == {"system"}
    expected = [line.removesuffix(" .") for stage in ("lint", "types") for line in commands(stage)[1:]]
    assert [hook["entry"].removesuffix(" --force-exclude") for hook in hooks] == expected


def test_pre_commit_reads_the_hooks() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")]
    assert subprocess.run(command, capture_output=True).returncode == 0


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("present", [True, False])
def test_ci_brings_browser_and_kernel_where_there_are_none_and_then_tests(tmp_path: Path, present: bool) -> None:
    """CI in a world of its own: every program that it calls writes its name down, root and network are not needed."""
    for name in ("apt-get", "make", "sudo", "env"):
        forward = (
            'while [ "${1#*=}" != "$1" ] || [ "$1" = -n ]; do shift; done; "$@"' if name in ("sudo", "env") else ""
        )
        program(tmp_path, name, f'echo "{name} $* $QUANTBC_REQUIRE_BROWSER $QUANTBC_REQUIRE_KERNEL"; {forward}')
    for name in ("chromium", "chromedriver", "coqc") if present else ():
        program(tmp_path, name, "")
    program(tmp_path, "id", "echo 1000")
    (tmp_path / "dirname").symlink_to(str(shutil.which("dirname")))
    environment = os.environ | {"PATH": str(tmp_path)}
    done = subprocess.run(
        [str(shutil.which("sh")), ROOT / ".ci" / "run"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "make test 1 1"
    installed = [line for line in done.stdout.splitlines() if line.startswith("apt-get install")]
    assert len(installed) == (0 if present else 2)
    assert present or ("chromium-driver" in installed[0] and "libcoq-mathcomp-algebra-tactics" in installed[1])
