"""A small valid problem that tests break in one place at a time."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

sys.path.append(str(Path(__file__).parent / "support"))  # worker processes import the toys under the same name

PROBLEM = """
name = "small"

[system]
type = "servo"
alpha = [0.5, 0.4]
noise = 0.02
initial_low = -0.5
initial_high = 0.5

[task]
target = [0.2, -0.1]
action_low = -1.0
action_high = 1.0

[reward]
state_weight = 1.0
action_weight = 1.0

[[experts]]
name = "deterministic"
gain = 0.2
class = { low = 0.1, high = 0.3, count = 3 }

[[experts]]
name = "gaussian"
gain = 0.2
std = 0.3
class = { gains = [0.1, 0.2] }

[[quantizers]]
type = "openvla"

[[quantizers]]
type = "uniform"
bins = 32

[sweep]
horizons = [3, 6]
demonstrations = [20]
seeds = [0, 1]
episodes = 200
"""


@pytest.fixture(scope="session")
def toys() -> ModuleType:
    """Computations of toy sweeps."""
    return importlib.import_module("toy_cells")


@pytest.fixture
def problem_text() -> str:
    return PROBLEM


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.toml"
    path.write_text(PROBLEM, encoding="utf-8")
    return path
