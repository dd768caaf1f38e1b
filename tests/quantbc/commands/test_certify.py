"""The command: a screen or JSON on stdout, notes on stderr, one line for bad input."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc.commands.certify import lines, read_certificate
from quantbc.errors import ProblemError
from tests.quantbc.conftest import Run


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(600, 2))
    actions = 0.4 * states[:, :1] + 0.1 * rng.normal(size=(600, 1))
    np.savez(tmp_path / "held.npz", actions=actions, observations=states, episode_ends=np.arange(1, 31) * 20)
    np.savez(tmp_path / "played.npz", predictions=0.35 * states[:, :1])
    return str(tmp_path / "held.npz"), str(tmp_path / "played.npz")


@pytest.fixture
def quantbc(quantbc: Run) -> Run:
    return partial(quantbc, "certify")


def test_a_screen_says_error_regret_and_what_is_estimated(quantbc: Run, files: tuple[str, str]) -> None:
    status, out, err = quantbc(*files)
    assert status == 0
    for words in ("30 held-out trajectories of 20 steps", "certified [", "by validated_error", "estimated  C = "):
        assert words in out
    assert "no --tokenizer" in err


def test_a_vacuous_certificate_says_whether_more_trajectories_can_help() -> None:
    row = {
        "statement": "validated_error",
        "regret": 81.0,
        "vacuous": True,
        "values": {"C": 0.3, "coupled_lipschitz": 0.5},
    }
    row |= {"deviation": [{"value": 1.0}], "deviation_sense": "mean"}
    document: dict[str, Any] = {
        "data": "held.npz",
        "trajectories": 40,
        "horizon": 25,
        "mismatch": {},
        "tolerance": None,
    }
    document |= {"error": {"value": 0.02, "low": 0.0, "high": 0.2}, "systematic_deviation": None}
    document |= {"estimated": ["C", "lipschitz", "loop_C"]}
    text = "\n".join(lines(document | {"statements": [row | {"expected": 9.0}]}))
    assert "vacuous    more held-out trajectories can help: at the mean error the bound is ~9" in text
    assert "estimated  C = 0.3, lipschitz = 0.5, loop_C" in text
    assert "more trajectories do not help" in "\n".join(lines(document | {"statements": [row | {"expected": 30.0}]}))
    fine = row | {"vacuous": False, "regret": 20.0, "expected": 9.0}
    assert "vacuous" not in "\n".join(lines(document | {"statements": [fine, row]})).replace("(vacuous)", "")


def test_json_has_the_documented_keys(quantbc: Run, files: tuple[str, str]) -> None:
    status, out, _ = quantbc(*files, "--tokenizer", "uniform", "--bins", "32", "--json")
    document = json.loads(out)
    assert status == 0
    assert {"trajectories", "error", "mismatch", "regret", "deviation", "estimated", "warnings"} <= set(document)
    assert set(document["error"]) == {"value", "low", "high"}
    assert len(document["deviation"]) == document["horizon"] == 20


def test_bad_input_is_one_line_and_status_two(quantbc: Run, files: tuple[str, str]) -> None:
    for arguments, word in (((files[0], "absent.npz"), "absent.npz"), ((*files, "--gain", "1"), "--gain and --decay")):
        status, out, err = quantbc(*arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert word in err


def test_gains_that_overflow_certify_nothing(quantbc: Run, files: tuple[str, str]) -> None:
    document = json.loads(quantbc(*files, "--gain", "2", "--decay", "1e30", "--json")[1])
    (row,) = [row for row in document["statements"] if row["statement"] == "validated_error"]
    assert (row["regret"], row["expected"], row["vacuous"]) == (None, None, True)


def test_a_kept_document_says_the_same_and_a_damaged_one_is_refused(
    quantbc: Run, files: tuple[str, str], tmp_path: Path
) -> None:
    """JSON has no infinity: these gains make one, which is null in the document."""
    asked = (*files, "--tokenizer", "uniform", "--gain", "2", "--decay", "1e30", "--tolerance", "1")
    kept = tmp_path / "certificate.json"
    kept.write_text(quantbc(*asked, "--json")[1], encoding="utf-8")
    document, text = read_certificate(kept)
    assert (None, True) in {(row["regret"], row["vacuous"]) for row in document["statements"]}
    assert text[: -len(document["warnings"])] == quantbc(*asked)[1].splitlines()
    damage = {"error": 3, "statements": [{}], "mismatch": ["x"], "warnings": 1, "systematic_deviation": []}
    for key, value in damage.items():
        kept.write_text(json.dumps(document | {key: value}), encoding="utf-8")
        with pytest.raises(ProblemError, match="--certify must be the JSON document of a certificate, got "):
            read_certificate(kept)
