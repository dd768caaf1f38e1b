"""The command: a table or JSON on stdout, notes on stderr, one line for bad input."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from quantbc.audit.run import Settings
from quantbc.commands.audit import log_size, run
from quantbc.errors import ProblemError
from tests.quantbc.conftest import Run


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    states = rng.normal(size=(600, 2))
    actions = 0.4 * states[:, :1] + 0.1 * rng.normal(size=(600, 1))
    path = tmp_path / "demo.npz"
    np.savez(path, actions=actions, observations=states, episode_ends=[200, 400, 600])
    return path


@pytest.fixture
def quantbc(quantbc: Run) -> Run:
    return partial(quantbc, "audit")


def test_tables_say_cells_errors_bounds_and_the_answer(quantbc: Run, demo: Path) -> None:
    asked = ("--tokenizer", "openvla_q99", "--tokenizer", "uniform", "--bins", "16", "--full")
    status, out, err = quantbc(str(demo), *asked)
    assert status == 0
    for words in ("600 of 600 rows", "openvla_q99 16", "by dimension", "Stability (estimated)", "theorem_7"):
        assert words in out
    assert "Regret at most 20 by theorem_7: " in out
    assert "sup_error contradicted: openvla_q99 16" in out
    assert "note: openvla_q99 16: 16 tokens are 15 cells" in err


def test_the_first_screen_is_a_verdict_that_fits_a_terminal(quantbc: Run, demo: Path) -> None:
    status, out, _ = quantbc(str(demo), "--tokenizer", "uniform", "--tolerance", "0.05")
    assert status == 0
    assert "use     uniform 32" in out
    assert "(your tolerance, 0.05 per dimension)" in out
    assert out.count("\n") <= 24
    assert "theorem_7" not in out


def test_the_first_screen_names_a_missing_extra_and_no_other_note(
    quantbc: Run, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by its wording, it could be taken for a note that quotes a name from the file."""
    with np.load(demo, allow_pickle=False) as arrays:
        np.savez(demo, **arrays, **{"goal: not compared, ": arrays["observations"][:, :1]})
    for name in ("sklearn", "sklearn.cluster"):
        monkeypatch.setitem(sys.modules, name, None)
    _, _, err = quantbc(str(demo), "--tokenizer", "uniform", "--tokenizer", "kmeans", "--bins", "8")
    assert err.startswith("note: kmeans: not compared, sklearn is not installed; it comes with: pip")
    assert err.count("\n") == 1


def test_json_is_one_document_with_the_documented_keys(quantbc: Run, demo: Path) -> None:
    arguments = ("--tokenizer", "uniform", "--bins", "8", "--bins", "16", "--horizon", "10", "--demos", "500")
    status, out, _ = quantbc(str(demo), *arguments, "--class-size", "100", "--target", "1", "--json")
    document = json.loads(out)
    assert status == 0
    assert [row["bins"] for row in document["tokenizers"]] == [8, 16]
    assert {"tokenizers", "stability", "bounds", "warnings"} <= set(document)
    assert {"C", "eta", "low", "high"} <= set(document["stability"])
    assert (document["constants"]["H"], document["constants"]["n"], document["target"]) == (10, 500, 1.0)
    assert document["constants"]["log_class_size"] == pytest.approx(np.log(100))
    assert (document["observation_keys"], document["episode_statistics"]) == (["observations"], None)


def test_observations_are_chosen_on_the_command_line(quantbc: Run, demo: Path) -> None:
    with np.load(demo, allow_pickle=False) as arrays:
        np.savez(demo, **arrays, goal=arrays["observations"][:, :1])
    arguments = ("--tokenizer", "uniform", "--bins", "8", "--json")
    _, out, _ = quantbc(str(demo), *arguments, "--observation", "goal", "--observation", "observations")
    document = json.loads(out)
    assert document["observation_keys"] == ["goal", "observations"]
    assert len(document["observations"]["low"]) == 3
    assert "observation vectors that are not used: goal" in quantbc(str(demo), *arguments)[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("absent.npz",), ("existing file or folder", "absent.npz")),
        (("DEMO", "--tokenizer", "magic"), ("--tokenizer must be one of", "'magic'")),
        (("DEMO", "--bins", "0"), ("--bins must be at least 1", "got 0")),
        (("DEMO", "--layout", "tfrecord"), ("--layout must be one of", "'tfrecord'")),
        (("DEMO", "--layout", "minari"), ("readable HDF5 file",)),
        (("DEMO", "--observation", "wrist"), ("--observation must be one of observations, got 'wrist'",)),
        (("DEMO", "--gain", "1"), ("--gain and --decay go together",)),
        (("DEMO", "--class-size", "0"), ("--class-size must be at least 1",)),
        (("DEMO", "--delta", "2", "--tokenizer", "uniform"), ("delta must be a number in (0, 1)",)),
        (("DEMO", "--memory", "0"), ("--memory", "0")),
        (("DEMO", "--tolerance", "0"), ("--tolerance must be a finite number > 0, got 0",)),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    quantbc: Run, demo: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    status, out, err = quantbc(*(str(demo) if word == "DEMO" else word for word in arguments))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert all(word in err for word in words), err


def test_log_size_is_one_of_two_spellings() -> None:
    assert log_size(None, 2.5, "class-size") == 2.5
    assert log_size(1, None, "class-size") == 0.0
    assert log_size(None, None, "class-size") is None
    with pytest.raises(ProblemError, match="give --class-size or --log-class-size, not both"):
        log_size(2, 2.0, "class-size")


def test_the_python_side_prints_the_same(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(demo, Settings(tokenizers=("uniform",), bins=(4,)), json=True)
    assert json.loads(capsys.readouterr().out)["tokenizers"][0]["cells"] == 4


def test_starting_the_command_line_does_not_load_readers() -> None:
    code = "import quantbc.cli, sys; print(sorted({'h5py', 'pyarrow', 'scipy', 'sklearn'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
