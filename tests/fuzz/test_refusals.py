"""Every kind of bad file is refused in a second, 500 MB and one line that names what is wrong."""

import json
import subprocess
import sys

import pytest

hostile = pytest.importorskip("tests.fuzz.hostile", reason="demonstration files need quantbc[data]")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux'")

MEMORY, SECONDS, LONGEST = 500 * 2**20, 1.0, 300
_PROGRAM = """
import json, resource, sys, time
from pathlib import Path
from tests.fuzz.harness import run

groups, limit = json.load(sys.stdin), int(sys.argv[1])
for words in groups.pop("first"):  # imports and thread pools are start-up
    run(words)
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + limit,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))

def slow():
    start = time.process_time()
    while time.process_time() < start + 1.1:
        pass

def told(words, *main):
    ending = run(words, *main)
    return [ending.status, ending.err, ending.out, ending.seconds, repr(ending.error)]

said = {name: told(words) for name, words in groups["then"].items()}
said |= {"greedy": told((), lambda: bytearray(limit) and None), "slow": told((), slow)}
json.dump(said, sys.stdout)
"""


def test_it_is_refused_soon_in_one_line_that_names_what_is_wrong(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One process, which may map no more than 500 MB, is asked for all of them."""
    folder = tmp_path_factory.mktemp("good")
    audit = ("--tokenizer", "uniform", "--bins", "8", "--memory", "32")
    first = [["simulate", str(folder / "absent.toml")]]
    then = {}
    for layout in ("npz", "d4rl", "zarr", "lerobot_v2"):
        (folder / layout).mkdir()
        data = hostile.WRITERS[layout](hostile.linear_data((8, 6, 7)), folder / layout)
        first.append(["audit", str(data), *audit])
    for name, path in hostile.written(hostile.PROBLEM_FILES, tmp_path_factory.mktemp("problems")).items():
        then[name] = ["simulate", path, "--workers", "1", "--out", str(folder / "out")]
    for name, path in hostile.written(hostile.DEMONSTRATIONS, tmp_path_factory.mktemp("data")).items():
        then[name] = ["audit", path, *audit]
    line = [sys.executable, "-c", _PROGRAM, str(MEMORY)]
    asked = json.dumps({"first": first, "then": then})
    said = json.loads(subprocess.run(line, input=asked, capture_output=True, text=True, check=True, timeout=300).stdout)
    keys = {name: key for name, (_, key) in {**hostile.PROBLEM_FILES, **hostile.DEMONSTRATIONS}.items()}
    greedy, slow = said.pop("greedy"), said.pop("slow")
    assert said.keys() == keys.keys()
    assert {name: wrong for name, told in said.items() if (wrong := faults(*told, keys[name]))} == {}
    assert faults(*greedy, "") == ["MemoryError()"]
    assert faults(*slow, "") == ["exit 0", "not one line: ''", "1.1 s"]
    assert not (folder / "out").exists()


def faults(status: int | None, err: str, out: str, seconds: float, error: str, key: str) -> list[str]:
    """What is not as promised; the two commands at the end are the mutants."""
    if error != "None":
        return [error]
    found = [] if status == 2 else [f"exit {status}"]
    if not (err.startswith("quantbc: ") and err.endswith("\n") and err.count("\n") == 1 and not out):
        found.append(f"not one line: {err!r}")
    if len(err) > LONGEST + 1:
        found.append(f"{len(err)} characters")
    if key not in err:
        found.append(f"does not say {key!r}: {err!r}")
    return [*found, f"{seconds:.1f} s"] if seconds > SECONDS else found
