"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the tree: what they add works there.

A block is written into the file that the line above it names, next to the line that it quotes, indented like that line;
commands run in order, and end with status 0.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from tests.problems import PROBLEM
from tests.tree import ROOT, copied

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"(?:^(?P<place>New file|In) `(?P<file>[^`\n]+)`(?:, (?P<side>above|below) `(?P<anchor>[^\n]+)`)?:\n\n)?"
    r"^(?P<fence>`{3,})(?P<language>\w+)\n(?P<text>.*?)^(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)
DRIVER = """
import contextlib, io, json, runpy, shutil, sys
import pytest

def call(program, arguments):
    if arguments[:2] == ["-m", "pytest"]:
        return int(pytest.main([*arguments[2:], "-n", "0", "-p", "no:cacheprovider"]))
    sys.argv = [program, *arguments[(2 if program == "python" else 0):]]
    try:
        if program == "cp":
            shutil.copy(*arguments)
        elif program == "quantbc":
            from quantbc.cli import main
            main()
        elif arguments[0] == "-m":
            runpy.run_module(arguments[1], run_name="__main__")
        else:
            exec(arguments[1], {"__name__": "__main__"})
    except SystemExit as end:
        return 0 if end.code is None else end.code
    return 0

for program, *arguments in json.load(sys.stdin):
    print(json.dumps([program, *arguments]), file=sys.__stderr__)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        status = call(program, arguments)
    print(json.dumps([status, out.getvalue()]), flush=True)
    if status:
        break
"""
"""Runs commands one after the other in one process, so that what they import is imported once."""


REPORTED = """
from pathlib import Path
from figures import horizon
from quantbc.commands.report import Extent, report
extent = Extent(keys=("calibration",), figures=(), quick=True, workers=1)
report(Path("small.toml"), audit=Path("toy.npz"), out=Path("page"), extent=extent, json=True)
drawn = horizon.compute(horizon.Settings(horizons=(3, 5), seeds=(0,), episodes=100))
print(*{row["statement"] for row in drawn if row["panel"] == "gaussian"})
"""
"""A report without its figures and without all proofs but one, and a small table of a figure."""


def recipe(title: str) -> str:
    """The section of that title."""
    found = re.search(rf"^### {title}\n(.*?)(?=^### Adding|^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None, title
    return found[1]


def insert(source: str, block: str, side: str, anchor: str) -> str:
    """The block next to the one line that reads like the anchor, indented like it."""
    lines = source.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.strip() == anchor]
    assert len(places) == 1, f"{anchor!r} must be one line, stands {len(places)} times"
    line = lines[places[0]]
    deeper = "    " if side == "below" and anchor.split("  #")[0].endswith(("{", "(", "[")) else ""
    block = textwrap.indent(block, line[: len(line) - len(line.lstrip())] + deeper)
    lines.insert(places[0] + (side == "below"), block)
    return "".join(lines)


def run(tree: Path, *lines: str) -> dict[str, str]:
    """Commands of a recipe, run on the copy; what each printed."""
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps([shlex.split(line) for line in lines]),
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    said = "".join(text for _, text in found)
    assert [status for status, _ in found] == [0] * len(lines), f"{lines[len(found) - 1]}\n{said}{done.stderr}"
    return {line: text for line, (_, text) in zip(lines, found, strict=True)}


def follow(text: str, tree: Path) -> dict[str, str]:
    """Do all steps; what each command printed."""
    assert "```" not in STEP.sub("", text)
    printed: dict[str, str] = {}
    for step in STEP.finditer(text):
        file = step["file"]
        if step["place"] == "New file":
            assert not (tree / file).exists()
            (tree / file).write_text(step["text"], encoding="utf-8")
        elif step["place"] == "In":
            source = (tree / file).read_text(encoding="utf-8")
            (tree / file).write_text(insert(source, step["text"], step["side"], step["anchor"]), encoding="utf-8")
        else:
            assert step["language"] == "sh", "a block must say where it goes"
            printed |= run(tree, *step["text"].splitlines())
    return printed


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("recipes"))


def clean(text: str, tree: Path) -> None:
    """What the recipe wrote passes the linter."""
    files = sorted({step["file"] for step in STEP.finditer(text) if (step["file"] or "").endswith(".py")})
    for command in (["ruff", "check"], ["ruff", "format", "--check"]):
        done = subprocess.run([sys.executable, "-m", *command, *files], cwd=tree, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_a_theorem_and_its_witness(tree: Path) -> None:
    text = recipe("Adding a witness") + recipe("Adding a theorem")
    printed = follow(text, tree)
    assert "ASSUMED" in printed["quantbc verify contextual_bandit"]
    page = (tree / "docs/proofs/contextual_bandit.md").read_text(encoding="utf-8")
    assert all(f"## {step}" in page for step in ("no_decoupling", "tight", "final_simple", "final"))
    clean(text, tree)


@pytest.mark.slow
def test_a_theorem_that_promises_more_than_its_proof_is_refused(tmp_path: Path) -> None:
    both = recipe("Adding a witness") + recipe("Adding a theorem")
    text = re.sub(r"^```sh\n.*?^```$", "", both, flags=re.DOTALL | re.MULTILINE)
    false = text.replace("decomposition(STOCHASTIC", "decomposition(DETERMINISTIC")
    assert false != text
    follow(false, copied(tmp_path))
    code = 'from proofs_check.verify import verify; print(*verify(["contextual_bandit"], empirical=False).problems())'
    (told,) = run(tmp_path, f"python -c {shlex.quote(code)}").values()
    assert "contextual_bandit/imitation_sharp is REFUTED" in told


@pytest.mark.slow
def test_a_toy_theorem_appears_everywhere_by_itself(tmp_path: Path) -> None:
    """Its description alone, assuming what the study and the demonstrations show: no other file knows of it.

    It says that nothing decouples, so it is the smallest bound wherever it applies.
    """
    text = recipe("Adding a theorem")
    (special,) = re.findall(r'^ +Assumption\("contextual_bandit".*\n', text, re.MULTILINE)
    toy = text.replace(special, "").replace('    tight=(("Bandit", "drift"),),\n', "    tight=(),\n")
    steps = [step[0] for step in STEP.finditer(toy) if step["file"] == "bounds/upper_bounds.py"]
    assert len(steps) == 2
    tree = copied(tmp_path)
    follow("\n".join(steps), tree)
    (tree / "small.toml").write_text(PROBLEM, encoding="utf-8")
    actions = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    states = np.concatenate([np.zeros((1, 2)), 0.5 * actions[:-1]])
    np.savez(tree / "toy.npz", actions=actions, observations=states, episode_ends=np.arange(40, 401, 40))
    shown = ("quantbc simulate small.toml --json", "quantbc audit toy.npz --tokenizer uniform")
    simulated, audited, drawn = run(tree, *shown, f"python -c {shlex.quote(REPORTED)}").values()
    cells = json.loads(simulated)["cells"]
    assert {cell["statement"] for cell in cells if cell["expert"] == "gaussian"} == {"contextual_bandit"}
    assert "by contextual_bandit" in audited
    assert drawn.splitlines()[-1] == "contextual_bandit"
    assert (tree / "page/report.html").read_text(encoding="utf-8").count("contextual_bandit") > 4


@pytest.mark.slow
def test_a_quantizer(tree: Path) -> None:
    text = recipe("Adding a quantizer")
    printed = follow(text, tree)
    assert "square_bins 64" in printed["quantbc audit toy.npz --tokenizer square_bins"]
    product = [step["file"] for step in STEP.finditer(text) if (step["file"] or "").startswith("simulators/")]
    assert set(product) == {"simulators/quantizers/published.py"}
    clean(text, tree)


@pytest.mark.slow
def test_a_layout(tree: Path) -> None:
    text = recipe("Adding a layout")
    follow(text, tree)
    clean(text, tree)


@pytest.mark.slow
def test_a_kind_of_system(tree: Path) -> None:
    text = recipe("Adding a kind of system")
    printed = follow(text, tree)["quantbc simulate coin.toml --out coin"]
    product = {step["file"] for step in STEP.finditer(text) if (step["file"] or "").endswith(".py")}
    assert len(product) == 3
    assert "smooth_kernel" in printed
    assert "0 violations" in printed
    clean(text, tree)


@pytest.mark.slow
def test_a_figure(tree: Path) -> None:
    text = recipe("Adding a figure")
    follow(text, tree)
    assert sorted(path.suffix for path in (tree / "out/rates").glob("rates.*")) == [".csv", ".pdf", ".png", ".svg"]
    clean(text, tree)


def test_a_block_without_a_place_is_seen(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="a block must say where it goes"):
        follow("```python\nx = 1\n```\n", tmp_path)


def test_a_line_that_is_not_there_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = (\n)\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="stands 0 times"):
        follow("In `a.py`, above `y = (`:\n\n```python\nx = 1\n```\n", tmp_path)
    follow("In `a.py`, below `x = (`:\n\n```python\n1,\n```\n", tmp_path)
    assert (tmp_path / "a.py").read_text(encoding="utf-8") == "x = (\n    1,\n)\n"
