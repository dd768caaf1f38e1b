"""Environments: every fact is an estimate; whatever does not fit is named."""

import re
from pathlib import Path
from typing import Any

import pytest

from quantbc.errors import ProblemError
from quantbc.problem.file import load
from quantbc.sweeps.study import measured, sweep_of
from tests.tree import ROOT

pytest.importorskip("gymnasium")
TEXT = (ROOT / "examples/pendulum_gym.toml").read_text(encoding="utf-8")
for _key, _value in {"horizons": "[4]", "demonstrations": "[5]", "episodes": "10", "probes": "3"}.items():
    TEXT = re.sub(rf"^{_key} = \S+.*$", f"{_key} = {_value}", TEXT, flags=re.MULTILINE)


def loaded(folder: Path, text: str) -> Any:
    (folder / "pendulum.toml").write_text(text, encoding="utf-8")
    return load(folder / "pendulum.toml")


def test_every_fact_is_estimated_and_said_so(tmp_path: Path) -> None:
    problem = loaded(tmp_path, TEXT)
    facts = problem.experiment(problem.experts[0], problem.quantizers[0]).facts()
    assert set(facts.values()) == {"estimated"}
    row = measured(next(iter(sweep_of(problem).cells())))
    assert not row["exact"]
    assert set(row["estimated"]) == set(facts)
    assert row["bound"] is not None


SURE = TEXT.replace('type = "gaussian"', 'type = "linear"').replace("std = 0.3\n", "")


@pytest.mark.parametrize(("text", "statement"), [(SURE, "validated_error"), (TEXT, "proposition_4")])
def test_regression_is_judged_by_its_own_errors(tmp_path: Path, text: str, statement: str) -> None:
    row = measured(next(iter(sweep_of(loaded(tmp_path, text.replace("= { m", '= { type = "regression", m'))).cells())))
    assert row["statement"] == statement
    assert row["holds"]


def test_greedy_decoding_of_a_gaussian_has_no_bound_and_of_a_deterministic_policy_is_plain(tmp_path: Path) -> None:
    greedy = ("[sweep]", '[deployment]\ntype = "greedy"\n[sweep]')
    assert measured(next(iter(sweep_of(loaded(tmp_path, TEXT.replace(*greedy))).cells())))["statement"] is None
    plain, likeliest = (
        measured(next(iter(sweep_of(loaded(tmp_path, text)).cells()))) for text in (SURE, SURE.replace(*greedy))
    )
    assert plain["statement"] == likeliest["statement"] is not None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"Pendulum-v1"', '"Pendulum-v99"', r"system\.id must name an environment, got 'Pendulum-v99'"),
        ("reward_high = 0.0", "reward_high = -20.0", r"system\.reward_high must be greater than reward_low"),
        ("action_high = 2.0", "action_high = -3.0", r"system\.action_high must be greater than action_low"),
        ("K = [[0.0, 1.5, 0.3]]", "K = [[1.5, 0.3]]", r"experts\[0\]\.K must be a matrix of shape 1 x 3"),
        (
            "[sweep]",
            '[deployment]\ntype = "augmented"\n[sweep]',
            r"deployment\.type must be plain or greedy for an environment, whose dynamics are not known",
        ),
        (
            "[sweep]",
            '[deployment]\ntype = "chunked"\nsteps = 2\n[sweep]',
            r"deployment\.type must be plain or greedy for an environment",
        ),
        (
            'type = "uniform"',
            'type = "fast"\nsteps = 2\n[[quantizers]]\ntype = "uniform"',
            r"quantizers\.type must act on single steps for an environment: what follows .* got 'fast 2'",
        ),
    ],
)
def test_bad_input_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(ProblemError, match=message):
        loaded(tmp_path, TEXT.replace(old, new, 1))
