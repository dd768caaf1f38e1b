"""Systems of a problem file become experiments."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.errors import ProblemError
from quantbc.problem.file import load
from quantbc.problem.systems import LinearSpec
from quantbc.sweeps.study import measured, sweep_of
from simulators.systems.noise import GaussianNoise
from tests.problems import DETERMINISTIC, GAUSSIAN, SWEEP, SYSTEM, UNIFORM

UNSTABLE = """
name = "pendulum"
[system]
type = "linear"
A = [[1.0, 0.1], [0.2, 1.0]]
B = [[0.0], [0.1]]
noise = 0.01
noise_law = "gaussian"
initial_low = -0.1
initial_high = 0.1
[task]
target = 0.0
action_low = -1.0
action_high = 1.0
[reward]
state_weight = 1.0
action_weight = 0.1
[[experts]]
name = "feedback"
type = "linear"
K = [[5.0, 3.0]]
class = { matrices = [[[5.0, 3.0]], [[4.0, 3.0]]] }
[[quantizers]]
type = "uniform"
bins = 64
[sweep]
horizons = [5]
demonstrations = [10]
seeds = [0]
"""


def loaded(folder: Path, text: str) -> Any:
    (folder / "problem.toml").write_text(text, encoding="utf-8")
    return load(folder / "problem.toml")


def test_a_linear_system_of_any_shape_with_gaussian_noise(tmp_path: Path) -> None:
    problem = loaded(tmp_path, UNSTABLE)
    assert isinstance(problem.system, LinearSpec)
    built = problem.experiment(problem.experts[0], problem.quantizers[0])
    assert isinstance(built.system.noise, GaussianNoise)
    np.testing.assert_array_equal(built.system.B, [[0.0], [0.1]])
    np.testing.assert_allclose(built.symbols(3)["gains"], [0.1, 0.1], atol=0.02)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("B = [[0.0], [0.1]]", "B = [[0.1]]", r"system\.B must be of 2 rows, one for each state"),
        ('noise_law = "gaussian"', 'noise_law = "cauchy"', r"system\.noise_law must be one of uniform, gaussian"),
        ("target = 0.0", "target = [0.0, 0.0]", r"task\.target must be a finite number"),
        ('type = "linear"\nA', 'type = "nonlinear"\nA', r"system\.type must be one of servo, linear"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in UNSTABLE
    with pytest.raises(ProblemError, match=message):
        loaded(tmp_path, UNSTABLE.replace(old, new, 1))


SERVO = SYSTEM.replace("noise = 0.02\n", "")
CHUNKED = 'type = "chunked"\nsteps = 3'


@pytest.mark.parametrize(
    ("deployment", "quantizer", "expert", "statement"),
    [
        ('type = "greedy"', "uniform", DETERMINISTIC, "closed_loop_deterministic"),
        (CHUNKED, "uniform", DETERMINISTIC, "chunked_lipschitz"),
        (CHUNKED, 'fast"\nsteps = 3\ngamma = "100', DETERMINISTIC, "chunked_lipschitz"),
        ('type = "augmented"', "uniform", DETERMINISTIC, "theorem_7_deterministic"),
        ('type = "augmented"\nspeeds = [0.5, 1.0]', "kmeans", DETERMINISTIC, "theorem_7_deterministic"),
        ('type = "greedy"', "uniform", GAUSSIAN, None),
        ('type = "plain"', "kmeans", DETERMINISTIC, None),
        ('type = "plain"', "uniform", DETERMINISTIC.replace("{ low", '{ type = "regression", low'), "validated_error"),
        ('type = "plain"', "uniform", GAUSSIAN.replace("{ gains", '{ type = "regression", gains'), "proposition_4"),
    ],
)
def test_every_deployment_and_learner_has_its_statement(
    tmp_path: Path, deployment: str, quantizer: str, expert: str, statement: str | None
) -> None:
    kind = quantizer.replace('= "100', "= 100.0\n#")
    text = f'name = "one"\n{SERVO}{expert}\n[[quantizers]]\ntype = "{kind}"\n[deployment]\n{deployment}\n{SWEEP}'
    cell = next(iter(sweep_of(loaded(tmp_path, text)).cells()))
    row = measured(cell)
    assert statement in ({found["statement"] for found in row["statements"]} or {None})
    assert row["holds"]


@pytest.mark.parametrize(
    ("deployment", "message"),
    [
        (
            'type = "augmented"\nspeeds = [0.5]',
            r"deployment\.speeds must be a list with 1, .* got \[0\.5\]",
        ),
        (
            'type = "augmented"\nmodels = "all"',
            r"deployment\.models must be left out for this type of system",
        ),
        (
            CHUNKED,
            r"quantizers\[0\] with experts\[0\]: deployment must be plain or greedy unless",
        ),
    ],
)
def test_a_deployment_that_makes_no_sense_is_refused(tmp_path: Path, deployment: str, message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        loaded(tmp_path, f'name = "one"\n{SYSTEM}{DETERMINISTIC}{UNIFORM}[deployment]\n{deployment}\n{SWEEP}')
