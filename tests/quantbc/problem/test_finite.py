"""Tabular and linear MDPs from arrays: exact regret of the file's own numbers; whatever is wrong is named."""

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from quantbc.errors import ProblemError
from quantbc.problem.file import load
from quantbc.sweeps.study import measured, sweep_of
from simulators.exact.dp import regret
from simulators.policies.tabular import TabularPolicy
from tests.quantbc.conftest import Run

P = np.array([[[0.9, 0.1], [0.6, 0.4], [0.1, 0.9]], [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]])
R = np.array([[0.0, 0.25, 0.5], [1.0, 0.5, 0.0]])
ARRAYS: dict[str, Any] = {"P": P, "R": R, "initial": [1.0, 0.0], "actions": [0.0, 0.5, 1.0]}
TEXT = """
name = "small"
[system]
type = "tabular"
arrays = "mdp.npz"
[[experts]]
name = "best"
[[quantizers]]
type = "uniform"
bins = 2
[sweep]
horizons = [1, 3]
demonstrations = [500]
seeds = [0]
"""


TOLD = '\ntype = "table"\npolicy = "mine"'
CHUNKS = '[deployment]\ntype = "chunked"\nsteps = 2\n[sweep]'
AUGMENTED = '[deployment]\ntype = "augmented"\n[sweep]'
NOISY: dict[str, Any] = {
    "P": None,
    "next_state": [[[0, 0], [0, 1], [1, 1]], [[0, 0], [0, 1], [1, 1]]],
    "noise": [0.5, 0.5],
    "positions": [0.0, 1.0],
}
SPARSE: dict[str, Any] = {"P": None, "data": np.ones(6), "indices": [0, 0, 1, 0, 0, 1], "indptr": np.arange(7)}


def written(folder: Path, text: str = TEXT, **changed: Any) -> Path:
    given = {name: value for name, value in (ARRAYS | changed).items() if value is not None}
    np.savez(folder / "mdp.npz", **given)
    (folder / "problem.toml").write_text(text, encoding="utf-8")
    return folder / "problem.toml"


def rows(path: Path) -> list[dict[str, Any]]:
    return [measured(cell) for cell in sweep_of(load(path)).cells()]


def test_regret_is_that_of_the_arrays(tmp_path: Path) -> None:
    problem = load(written(tmp_path))
    last = rows(tmp_path / "problem.toml")[-1]
    experiment = problem.experiment(problem.experts[0], problem.quantizers[0])
    assert experiment.quantizer.labels.tolist() == [0, 0, 2]  # cells {0, 0.5} and {1}; a tie goes to the lower
    codes = experiment.quantizer.labels[experiment.expert.probabilities.argmax(axis=-1)]
    learner = TabularPolicy.of_actions(codes, 3)
    assert last["exact"]
    assert last["regret"] == pytest.approx(regret(experiment.model, experiment.expert, learner))
    assert last["holds"]
    assert last["low"] == last["high"] == last["regret"]
    assert last["cells"] == 2
    assert {row["statement"] for row in last["statements"]} >= {last["statement"]}


def test_a_system_is_the_same_inline_sparse_or_by_step(tmp_path: Path) -> None:
    dense = rows(written(tmp_path))
    matrix = sparse.csr_array(P.reshape(6, 2))
    parts = {name: getattr(matrix, name) for name in ("data", "indices", "indptr")}
    by_step = {"P": np.stack([P] * 3), "R": np.stack([R] * 3)}
    listed = "\n".join(f"{name} = {np.asarray(value).tolist()}" for name, value in ARRAYS.items())
    inline = TEXT.replace('arrays = "mdp.npz"', listed)
    for number, (text, changed) in enumerate(((TEXT, {"P": None, **parts}), (TEXT, by_step), (inline, {}))):
        folder = tmp_path / str(number)
        folder.mkdir()
        for mine, theirs in zip(rows(written(folder, text, **changed)), dense, strict=True):
            assert mine["regret"] == pytest.approx(theirs["regret"], abs=1e-12)
            assert mine["bound"] == pytest.approx(theirs["bound"])


def test_positions_and_a_noise_table_give_gains_and_deviations(tmp_path: Path) -> None:
    last = rows(written(tmp_path, **NOISY))[-1]
    assert set(last["deviation"]) == {"surely", "mean", "rms"}
    assert {"L_x", "L_u", "L_P", "eps_q"} <= set(last["constants"])
    assert last["holds"]


def test_positions_and_transitions_without_noise_are_as_good_as_a_table(tmp_path: Path) -> None:
    sure = (P.max(axis=-1, keepdims=True) == P).astype(float)
    sure[1, 1] = [1.0, 0.0]
    table = {"P": None, "next_state": sure.argmax(axis=-1)[..., None], "noise": [1.0]}
    one, other = (rows(written(tmp_path, positions=[0.0, 1.0], **given)) for given in ({"P": sure}, table))
    assert [row["bounds"] for row in one] == [row["bounds"] for row in other]
    assert {"L_x", "C", "eta"} <= set(one[-1]["constants"])
    drawn = rows(written(tmp_path, positions=[0.0, 1.0]))
    assert [row["bounds"] for row in drawn] == [row["bounds"] for row in rows(written(tmp_path))]


def test_a_class_is_a_list_of_the_file_and_gives_a_certificate(tmp_path: Path) -> None:
    text = TEXT.replace(
        'name = "best"', 'name = "told"\ntype = "table"\npolicy = "mine"\nclass = { type = "list", policies = "all" }'
    )
    last = rows(written(tmp_path, text, mine=[2, 0], all=[[2, 0], [0, 0]]))[-1]
    assert last["constants"]["log_class_size"] == pytest.approx(np.log(2))
    assert "certificate" in [rung["rung"] for rung in last["ladder"]] or "certificate" in last["ladder_notes"]
    values = [rung["value"] for rung in last["ladder"]]
    assert values == sorted(values, reverse=True)


def test_a_linear_mdp(tmp_path: Path) -> None:
    text = TEXT.replace('"tabular"', '"linear_mdp"')
    phi = np.array([[[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]] * 2)
    arrays = {"P": None, "R": None, "phi": phi, "mu": [[0.75, 0.25], [0.25, 0.75]], "theta": [0.0, 1.0]}
    found = rows(written(tmp_path, text, **arrays))
    assert all(row["exact"] and row["holds"] and row["bound"] is not None for row in found)


def test_algorithm_1_with_the_true_model_or_a_class_of_models(tmp_path: Path) -> None:
    text = TEXT.replace("[sweep]", AUGMENTED)
    known = rows(written(tmp_path, text, **NOISY))[-1]
    assert known["statement"].startswith("theorem_7")
    assert known["constants"]["log_model_class_size"] == 0
    problem = load(tmp_path / "problem.toml")
    true = problem.experiment(problem.experts[0], problem.quantizers[0]).models[0].table
    listed = text.replace('"augmented"', '"augmented"\nmodels = "all"')
    (tmp_path / "listed").mkdir()
    some = rows(written(tmp_path / "listed", listed, all=np.stack([true[..., ::-1], true]), **NOISY))[-1]
    assert some["learnt"]["model"] == 1
    assert some["constants"]["log_model_class_size"] == pytest.approx(np.log(2))
    assert known["regret"] == some["regret"]


def test_regression_is_judged_by_its_own_errors(tmp_path: Path) -> None:
    text = TEXT.replace('name = "best"', 'name = "best"\nstationary = true\nclass = { type = "regression" }')
    row = rows(written(tmp_path, text, **NOISY))[-1]
    assert row["holds"]
    assert {found["statement"] for found in row["statements"]} <= {"proposition_4", "validated_error"}
    assert row["statement"] is not None


@pytest.mark.parametrize(
    ("changed", "old", "new", "message"),
    [
        ({"P": P + 0.1}, "", "", r"system\.P .*must sum to 1"),
        ({"R": R + 0.5}, "", "", r"system\.R must .*\[0, 1\]"),
        ({"R": R[:1]}, "", "", r"system\.R must have shape"),
        ({"initial": [0.5, 0.25]}, "", "", r"system\.initial .*sum to 1"),
        ({"P": None}, "", "", r"system\.P must be given, inline or in the \.npz file, got R, actions, initial"),
        ({"actions": None}, "", "", r"system\.actions must be given"),
        ({"actions": [0.0, 1.0]}, "", "", r"system\.actions must have a value for each of 3 actions, got 2"),
        ({"P": None, "next_state": [[[0], [0], [5]]] * 2, "noise": [1.0], "positions": [0.0, 1.0]}, "", "",
         r"system\.next_state must .*5"),
        ({"P": None, "next_state": [[[0], [0], [1]]] * 2, "noise": [1.0], "positions": [[[0.0]], [[1.0]]]}, "", "",
         r"system\.positions must "),
        ({"positions": [0.0, 1.0, 2.0]}, "", "",
         r"system\.positions must have one for each of 2 states, .* got an array of shape \(3,\)"),
        ({"positions": [0.0, np.nan]}, "", "", r"system\.positions must be finite"),
        (SPARSE | {"positions": [0.0, 1.0]}, "", "", r"system\.positions must be omitted beside data, indices"),
        (NOISY | {"P": P}, "", "", r"system\.P must be omitted beside next_state"),
        (NOISY | {"positions": [0.0, 0.5, 1.0]}, "", "", r"system\.positions must have one for each of 2 states"),
        (NOISY | {"next_state": [[[0, 0], [0, 0.5], [1, 1]]] * 2}, "", "",
         r"system\.next_state must be whole numbers, got 0\.5"),
        (SPARSE | {"indices": [0, 0, 1, 0, 0, 7]}, "", "", r"system\.indices must lie in 0\.\.1, got 7"),
        (SPARSE | {"indices": [0, 0, 1, 0, 0, -1]}, "", "", r"system\.indices must lie in 0\.\.1, got -1"),
        (SPARSE | {"indices": [0, 0, 1]}, "", "", r"system\.indices must have an entry for each of data"),
        (SPARSE | {"indptr": [0, 2, 1, 3, 4, 5, 6]}, "", "", r"system\.indptr must rise from 0 to 6, .* got \[0, 2, 1"),
        ({"mine": [0.5, 1.0]}, 'name = "best"', f'name = "b"{TOLD}', r"mine is not a policy: actions must be whole"),
        ({"R": np.stack([R] * 2)}, "", "", r"system\.R must cover the longest horizon, 3 steps, got 2"),
        ({"mine": [2, 0], "all": [[0, 0]]}, 'name = "best"',
         'name = "b"\ntype = "table"\npolicy = "mine"\nclass = { type = "list", policies = "all" }',
         r"experts\.class of 'b': the class must contain the expert's push-forward, got 1 policies without it"),
        ({}, 'arrays = "mdp.npz"', 'arrays = "../mdp.npz"',
         r"system\.arrays must be the name of an \.npz file next to the problem file, got '\.\./mdp\.npz'"),
        ({"mine": [3, 0]}, 'name = "best"', f'name = "b"{TOLD}', r"system\.mine is not a policy"),
        ({}, 'name = "best"', 'name = "b"\ntype = "table"\npolicy = "mine"',
         r"experts\[0\]\.policy must be the name of an array \(P, R, actions, initial\), got 'mine'"),
        ({}, 'name = "best"', 'name = "b"\ntype = "softmax"\ntemperature = 0', r"experts\[0\]\.temperature must be"),
        ({}, 'name = "best"', 'name = "b"\ntype = "oracle"', r"experts\[0\]\.type must be one of optimal, table"),
        ({}, "[sweep]", CHUNKS, r"deployment\.type must be chunked for a class of type chunks and only then"),
        ({"all": np.zeros((1, 2, 3))}, 'name = "best"\n[[quant',
         f'name = "b"\nclass = {{ type = "chunks", maps = "all" }}\n{CHUNKS.removesuffix("[sweep]")}[[quant',
         r"deployment\.type must .*with steps = 2 and maps of 3"),
        ({}, "[sweep]", AUGMENTED, r"deployment\.type must be augmented only for a system with next_state and noise"),
        ({}, "[sweep]", AUGMENTED.replace("\n[", "\nspeeds = [0.5, 1.0]\n["), r"deployment\.speeds must be left out"),
        ({**NOISY, "wrong": [1.0, 0.5]}, "[sweep]",
         AUGMENTED.replace("\n[", '\nmodels = "wrong"\n['), r"system\.wrong is not a class of models"),
        (NOISY, "[sweep]", AUGMENTED.replace("\n[", '\nmodels = "none"\n['),
         r"deployment\.models must be the name"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_status_two(
    tmp_path: Path, quantbc: Run, changed: dict[str, Any], old: str, new: str, message: str
) -> None:
    path = written(tmp_path, TEXT.replace(old, new, 1), **changed)
    with pytest.raises(ProblemError, match=message):
        load(path)
    status, out, err = quantbc("simulate", str(path), "--out", str(tmp_path / "out"))
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert not (tmp_path / "out").exists()


def test_every_test_speaks_of_a_valid_file(tmp_path: Path) -> None:
    assert tomllib.loads(TEXT)["name"] == "small"
    assert len(rows(written(tmp_path))) == 2
