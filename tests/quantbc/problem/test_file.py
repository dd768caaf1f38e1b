"""Problem files are read completely or refused before any work, with key, requirement and value."""

from pathlib import Path

import numpy as np
import pytest

from quantbc.errors import ProblemError
from quantbc.problem.file import Point, Problem, as_json, load
from quantbc.sweeps.study import sweep_of

ROOT = Path(__file__).parents[3]


def loaded(tmp_path: Path, text: str):
    path = tmp_path / "problem.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def points(problem: Problem) -> list[Point]:
    return [Point(**cell.settings) for cell in sweep_of(problem).cells()]


def test_the_grid_is_the_product_of_its_axes(problem_file: Path) -> None:
    grid = points(load(problem_file))
    assert len(grid) == 2 * 2 * 2 * 1 * 2
    assert as_json(grid[0]) == {
        "expert": "deterministic",
        "quantizer": "openvla 256",
        "bins": 256,
        "cells": 255,
        "H": 3,
        "n": 20,
        "delta": 0.05,
    }


def test_servos_become_a_diagonal_system(problem_file: Path) -> None:
    system = load(problem_file).system.build()
    np.testing.assert_array_equal(system.A, np.diag([0.5, 0.6]))
    np.testing.assert_array_equal(system.B, np.diag([0.5, 0.4]))


def test_every_constant_is_computed_from_the_file(problem_file: Path) -> None:
    problem = load(problem_file)
    by_kind = {(c.expert.name, c.quantizer.kind): c.build().symbols(4) for c in points(problem)}
    deterministic = by_kind["deterministic", "openvla"]
    assert deterministic["eps_q"] == pytest.approx(1 / 255, rel=1e-12)
    assert deterministic["lipschitz"] == pytest.approx(0.3)
    assert deterministic["log_class_size"] == pytest.approx(np.log(3))
    # The envelope C eta^j passes through the first and the last gain of the horizon: 0.5 and max(.5 .5^2, .4 .6^2).
    assert deterministic["C"] == pytest.approx(0.5)
    assert deterministic["C"] * deterministic["eta"] ** 2 == pytest.approx(0.4 * 0.6**2)
    gaussian = by_kind["gaussian", "uniform"]
    assert gaussian["L"] == pytest.approx(0.2 * np.sqrt(2) / (0.3 * np.sqrt(2 * np.pi)))


def test_random_numbers_depend_on_settings_and_seed_alone(
    problem_file: Path, tmp_path: Path, problem_text: str
) -> None:
    cells = list(sweep_of(load(problem_file)).cells())
    draws = {cell.rng().random() for cell in cells}
    assert len(draws) == len(cells)
    fewer = sweep_of(loaded(tmp_path, problem_text.replace("horizons = [3, 6]", "horizons = [6]")))
    assert [c.rng().random() for c in fewer.cells()] == [c.rng().random() for c in cells if c.settings["H"] == 6]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("bins = 32", "bins = 0", r"quantizers\[1\]\.bins must be a whole number in \[1, 1e\+06\], got 0"),
        ("bins = 32", "bin = 32", r"quantizers\[1\]\.bin must be a known key \(bins, high, low, type\)"),
        ("bins = 32", "bins = 32\nfoo = 1", r"quantizers\[1\]\.foo must be a known key"),
        ("episodes = 200", "delta = 1.5", r"sweep\.delta must be a finite number in \(0, 1\), got 1\.5"),
        ("episodes = 200", "delta = nan", r"sweep\.delta must be a finite number in \(0, 1\), got nan"),
        (
            "action_high = 1.0",
            "action_high = -2.0",
            r"task\.action_high must be greater than action_low \(-1\), got -2",
        ),
        (
            "alpha = [0.5, 0.4]",
            "alpha = [0.5, nan]",
            r"system\.alpha\[1\] must be a finite number in \[0, 1\], got nan",
        ),
        ("target = [0.2, -0.1]", "target = [0.2]", r"task\.target must be a list of 2 finite numbers, got \[0\.2\]"),
        ("initial_high = 0.5", "initial_high = -0.9", r"system\.initial_high must be at least initial_low"),
        ("gain = 0.2\nclass", "gain = 0.25\nclass", r"experts\[0\]\.class must be a class that contains .* 0\.25"),
        ("std = 0.3", "std = 0", r"experts\[1\]\.std must be a finite number > 0, got 0"),
        ("high = 0.3, count", "high = 0.0, count", r"experts\[0\]\.class\.high must be at least low"),
        ('name = "gaussian"', 'name = "deterministic"', r"experts must be distinct, got 'deterministic'"),
        ('name = "small"', 'name = "../small"', r"name must be made of letters"),
        ('type = "servo"', 'type = "arm"', r"system\.type must be one of servo, linear, .*, got 'arm'"),
        ("horizons = [3, 6]", "horizons = [0]", r"sweep\.horizons must be a nonempty list"),
        (
            "action_high = 1.0",
            "action_high = 2.0",
            r"quantizer must cover the actions' range \[-1, 2\], got 'openvla'",
        ),
        ("[reward]", "[reward]\ncolour = 1", r"reward\.colour must be a known key"),
        ("[sweep]", "[sweeps]", r"sweep must be given: a table"),
        ("[sweep]", "[sweep", r"problem file must be TOML"),
        ("[sweep]", f"digits = 1{'0' * 5000}\n[sweep]", r"numbers of at most 1000 digits"),
        ("[sweep]", f"digits = 0x1{'0' * 5000}\n[sweep]", r"numbers of at most 1000 digits"),
        (
            "[sweep]",
            "nested = [[{ bits = 9223372036854775808 }]]\n[sweep]",
            r"nested\[0\]\[0\]\.bits must be an integer",
        ),
    ],
)
def test_bad_input_is_named(tmp_path: Path, problem_text: str, old: str, new: str, message: str) -> None:
    assert old in problem_text
    with pytest.raises(ProblemError, match=message):
        loaded(tmp_path, problem_text.replace(old, new, 1))


def test_a_general_linear_system_can_be_given_by_its_matrices(tmp_path: Path, problem_text: str) -> None:
    text = problem_text.replace('type = "servo"', 'type = "linear"').replace(
        "alpha = [0.5, 0.4]", "A = [[0.5, 0.1], [0.0, 0.5]]\nB = [[0.2, 0.0], [0.0, 0.2]]"
    )
    assert loaded(tmp_path, text).system.A == ((0.5, 0.1), (0.0, 0.5))
    with pytest.raises(ProblemError, match=r"system\.A must be square"):
        loaded(tmp_path, text.replace("A = [[0.5, 0.1], [0.0, 0.5]]", "A = [[0.5, 0.1]]"))


def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"problem file must be readable, got .*absent\.toml"):
        load(tmp_path / "absent.toml")
    with pytest.raises(ProblemError, match=r"problem file must be (readable|a regular file)"):
        load(tmp_path)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProblemError, match="problem file must be"):
        load(tmp_path / "binary.toml")


@pytest.mark.parametrize("name", ["reach_7dof", "reach_7dof_full"])
def test_the_shipped_examples_are_valid(name: str) -> None:
    problem = load(ROOT / "examples" / f"{name}.toml")
    assert problem.name == name
    assert len(problem.system.A) == 7
    labels = {quantizer.label for quantizer in problem.quantizers}
    assert labels == {"openvla 256", "uniform 16", "uniform 64", "uniform 256"}
    sizes = {expert.name: len(expert.candidates.gains) for expert in problem.experts}
    assert sizes["deterministic"] == 256
    assert sizes["gaussian"] >= 32
