"""The command line: fine is 0, a failed claim is 1, bad input is one line on stderr and 2."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quantbc import __version__
from tests.quantbc.conftest import Run

THEOREM_2 = (
    *("--theorem", "theorem_2", "--horizon", "50", "--eps-q", "0.001", "--demos", "1000", "--delta", "0.05"),
    *("--class-size", "256", "--gain", "0.5", "--decay", "0.5", "--tv-lipschitz", "2"),
)


def refused(result: tuple[int, str, str], *words: str) -> None:
    status, out, err = result
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert all(word in err for word in words), err


def test_without_arguments_the_help_is_shown(quantbc: Run) -> None:
    status, out, err = quantbc()
    assert (status, err) == (0, "")
    assert out == quantbc("--help")[1]
    assert out.count("\n") > 10


def test_a_bound_is_printed_by_term(quantbc: Run) -> None:
    status, out, err = quantbc("bound", *THEOREM_2)
    assert (status, err) == (0, "")
    for words in ("imitation", "6.50559", "decoupling", "2.28191", "drift", "0.098", "8.88549", "more demonstrations"):
        assert words in out


def test_a_bound_as_json_has_the_documented_keys(quantbc: Run) -> None:
    status, out, _ = quantbc("bound", *THEOREM_2, "--json")
    document = json.loads(out)
    assert status == 0
    assert document["terms"]["imitation"] == pytest.approx(6.505585501122808, rel=1e-12)
    assert document["total"] == pytest.approx(8.88549112418613, rel=1e-12)
    assert {"theorem", "form", "sense", "capped", "vacuous", "values", "assumptions", "source"} <= set(document)
    assert document["values"]["L_x"] == 1.0


def test_bins_stand_for_the_quantization_error(quantbc: Run) -> None:
    _, by_error, _ = quantbc("bound", *THEOREM_2, "--json")
    arguments = [word for word in THEOREM_2 if word not in ("--eps-q", "0.001")]
    _, by_bins, _ = quantbc("bound", *arguments, "--bins", "1000", "--low", "-1", "--high", "1", "--json")
    assert json.loads(by_bins)["total"] == pytest.approx(json.loads(by_error)["total"], rel=1e-12)


def test_lower_bounds_have_their_own_terms(quantbc: Run) -> None:
    _, out, _ = quantbc(
        "bound", "--theorem", "theorem_8", "--horizon", "50", "--eps-q", "0.001", "--demos", "10", "--json"
    )
    assert set(json.loads(out)["terms"]) == {"imitation", "quantization"}


def test_any_other_symbol_can_be_set(quantbc: Run) -> None:
    arguments = ("bound", "--theorem", "ross_bagnell", "--horizon", "10", "--set", "step_error=0.01", "--json")
    assert json.loads(quantbc(*arguments)[1])["total"] == pytest.approx(1.0)


def test_the_action_dimension_is_a_symbol_without_bins(quantbc: Run) -> None:
    noise = ("--tube", "1", "--sigma", ".02", "--sigma-w", ".02", "--state-dimension", "2", "--dimension", "1")
    loop = ("--horizon", "50", "--gain", ".5", "--decay", ".5", "--lipschitz", ".4")
    _, out, _ = quantbc("bound", "--theorem", "local_stability", *loop, *noise, "--json")
    assert json.loads(out)["total"] == pytest.approx(3.05e-11, rel=1e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bound", *THEOREM_2, "--dimension", "2"), ("theorem_2 does not use dimension",)),
        (("bound", "--theorem", "theorem_0"), ("--theorem must be one of", "'theorem_0'", "did you mean theorem_")),
        (("bound", "--theorem", "theorem_2", "--H", "5"), ("No such option: --H", "--horizon")),
        (("bound", "--theorem", "theorem_2", "-n", "5"), ("No such option: -n", "--demos")),
        (("bound", *THEOREM_2, "--delta", "1.5"), ("delta must be a number in (0, 1)", "1.5")),
        (("bound", *THEOREM_2, "--delta", "nan"), ("delta must be", "nan")),
        (("bound", *THEOREM_2, "--log-class-size", "3"), ("class_size or log_class_size",)),
        (("bound", *THEOREM_2, "--bins", "4", "--low", "0", "--high", "1"), ("give --bins or --eps-q, not both",)),
        (("bound", *THEOREM_2, "--low", "0"), ("--low needs --bins",)),
        (("bound", *THEOREM_2, "--model-class-size", "3"), ("theorem_2 does not use", "model")),
        (("bound", "--theorem", "theorem_2", "--horizon", "5"), ("theorem_2 needs", "n")),
        (("bound", *THEOREM_2, "--form", "blunt"), ("form of theorem_2 must be sharp or simple", "'blunt'")),
        (("bound", *THEOREM_2, "--set", "colour=3"), ("--set must be NAME=VALUE",)),
        (("bound", *THEOREM_2, "--set", "k=x"), ("--set k must be a number", "'x'")),
        (("bound", *THEOREM_2, "--set", "H=3"), ("--set H must not repeat",)),
        (("bound", "--theorem", "theorem_2", "--eps", "0.1"), ("does not use eps (did you mean eps_q?)",)),
        (
            ("bound", "--theorem", "theorem_3", "--tv-lipschitz", "1", "--lipschitz", "1"),
            ("takes L or lipschitz or modulus, got L and lipschitz",),
        ),
        (("bound", *THEOREM_2, "--horizon", "ten"), ("--horizon", "ten")),
        (("bound", *THEOREM_2, "--colour", "red"), ("--colour",)),
        (("bind",), ("bind",)),
        (("simulate", "absent.toml"), ("problem file must be readable", "absent.toml")),
        (("simulate", "x.toml", "--workers", "0"), ("--workers", "0")),
        (("simulate", "x.toml", "--workers", "2", "--cluster", "tcp://a:1"), ("give --workers or --cluster",)),
        (("results", "absent.sqlite"), ("store must be an existing results file", "absent.sqlite")),
        (("results", "absent.sqlite", "--where", "H"), ("--where must be AXIS=VALUE", "'H'")),
        (("audit", "x.npz", "--bins", "100000000"), ("--bins", "100000000", "1000000")),
        (("figures", "absent"), ("figure must be one of", "'absent'")),
        (
            ("bound", "--theorem", "theorem_8", "--horizon", "5", "--demos", "5", "--eps-q", "0.3"),
            ("theorem_8 requires eps_q <= 1/4", "0.3"),
        ),
    ],
)
def test_bad_input_is_one_line_and_status_two(quantbc: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused(quantbc(*arguments), *words)


@pytest.mark.slow
def test_a_study_runs_resumes_and_reports(
    quantbc: Run, problem_file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    out = tmp_path / "out"
    arguments = ("simulate", str(problem_file), "--out", str(out), "--workers", "1", "--json")
    status, document, _ = quantbc(*arguments)
    assert status == 0
    parsed = json.loads(document)
    assert parsed["violations"] == 0
    assert len(parsed["cells"]) == 16
    cell = parsed["cells"][0]
    assert {"expert", "quantizer", "H", "n", "seed", "regret", "low", "high", "bound", "holds", "terms"} <= set(cell)
    drawn = ("ladder", "regret_horizon", "regret_bins")
    stems = {"cells.csv", "results.sqlite", *(f"{name}.csv" for name in drawn)}
    plots = {f"{name}.{suffix}" for name in drawn for suffix in ("png", "svg", "pdf")}
    assert {path.name for path in out.iterdir()} == stems | plots
    request.getfixturevalue("sketched")
    assert quantbc(*arguments)[1] == document
    table = quantbc("simulate", str(problem_file), "--out", str(out), "--workers", "1")[1]
    assert "16 cells, 0 violations" in table
    assert "is the price of" in table


@pytest.mark.usefixtures("sketched")
def test_a_store_answers_on_the_command_line(quantbc: Run, problem_file: Path, tmp_path: Path) -> None:
    store = tmp_path / "other.sqlite"
    arguments = ("simulate", str(problem_file), "--out", str(tmp_path / "out"), "--store", str(store), "--json")
    simulated = json.loads(quantbc(*arguments, "--workers", "1", "--no-resume")[1])
    status, out, _ = quantbc("results", str(store), "--where", "H=3", "--csv", str(tmp_path / "h3.csv"), "--json")
    assert status == 0
    assert json.loads(out)["cells"] == [cell for cell in simulated["cells"] if cell["H"] == 3]
    assert (tmp_path / "h3.csv").is_file()


def test_an_unreachable_cluster_is_one_line_and_status_two(quantbc: Run, problem_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    status, out, err = quantbc("simulate", str(problem_file), "--out", str(tmp_path / "out"), "--cluster", "nowhere")
    assert (status, out) == (2, "")
    assert err.splitlines()[1:] == [
        line for line in err.splitlines() if line.startswith("quantbc: cluster must be the")
    ]


def test_a_bad_problem_leaves_no_files(quantbc: Run, tmp_path: Path, problem_text: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(problem_text.replace("bins = 32", "bins = 0"), encoding="utf-8")
    refused(quantbc("simulate", str(path), "--out", str(tmp_path / "out")), "quantizers[1].bins", "got 0")
    assert [entry.name for entry in tmp_path.iterdir()] == ["bad.toml"]


def test_version_and_help(quantbc: Run) -> None:
    assert quantbc("--version")[1] == f"quantbc {__version__}\n"
    status, out, _ = quantbc("--help")
    assert status == 0
    assert all(command in out for command in ("bound", "simulate", "figures"))


def test_starting_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['quantbc', 'bound', *sys.argv[1:]]\n"
        "from quantbc.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'scipy', 'sympy', 'matplotlib', 'z3', 'sklearn'} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code, *THEOREM_2], capture_output=True, text=True, check=True)
    assert "8.88549" in result.stdout
    assert result.stderr == "[]\n"


def test_a_file_name_that_is_no_text_can_be_printed(tmp_path: Path) -> None:
    """A byte that is no UTF-8 arrives as half a surrogate pair, which stdout would not take."""
    data = tmp_path / "demo\udcff.npz"
    rng = np.random.default_rng(0)
    np.savez(data, actions=rng.uniform(-1, 1, (60, 1)), episode_ends=np.array([20, 40, 60]))
    command = [str(Path(sys.executable).with_name("quantbc")), "audit", os.fsencode(data), "--tokenizer", "uniform"]
    result = subprocess.run(command, capture_output=True, check=False)
    assert result.returncode == 0
    assert rb"demo\udcff" in result.stdout
    assert b"Traceback" not in result.stderr


def program(*arguments: str, **given: Any) -> "subprocess.CompletedProcess[str]":
    """The command as a process of its own, whose streams can be closed."""
    line = [sys.executable, "-m", "quantbc", *arguments]
    return subprocess.run(line, stderr=subprocess.PIPE, text=True, check=False, **given)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_stream_is_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = program("theorems", "--json", stdout=full)
    assert (done.returncode, done.stderr) == (2, "quantbc: standard output: No space left on device\n")


@pytest.mark.parametrize("closed", [(1,), (2,), (0, 1, 2)])
def test_closed_streams_are_no_error(closed: tuple[int, ...]) -> None:
    done = program("theorems", stdout=subprocess.PIPE, preexec_fn=lambda: [os.close(n) for n in closed] and None)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    line = [sys.executable, "-m", "quantbc", "theorems", "--json"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        error = process.stderr.read()
    assert (process.returncode, error) == (141, "")


@pytest.mark.slow
def test_json_survives_any_encoding() -> None:
    done = program("theorems", "--json", stdout=subprocess.PIPE, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert done.stdout.isascii()
    assert json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_says_what_is_stored_and_ends_with_130(tmp_path: Path, problem_text: str, number: int) -> None:
    (tmp_path / "a.toml").write_text(problem_text.replace("[0, 1]", str(list(range(100_000)))), encoding="utf-8")
    line = [sys.executable, "-m", "quantbc", "simulate", "a.toml", "--workers", "1", "--out", "out"]
    with subprocess.Popen(line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "800000 cells" in process.stderr.readline()
        process.send_signal(number)
        out, error = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert error.endswith("quantbc: interrupted\n")


@pytest.mark.slow
@pytest.mark.parametrize("link", ["out", "out/results.sqlite"])
def test_no_link_leads_out_of_the_folder_that_was_named(
    quantbc: Run, tmp_path: Path, problem_file: Path, link: str
) -> None:
    """A folder that is itself a link is the user's own choice; what lies in it is not."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if link == "out":
        (tmp_path / "out").symlink_to(elsewhere)
        assert quantbc("simulate", str(problem_file), "--workers", "1", "--out", str(tmp_path / "out"))[0] == 0
        return
    (tmp_path / "out").mkdir()
    (tmp_path / link).symlink_to(elsewhere / "stolen.sqlite")
    refused(
        quantbc("simulate", str(problem_file), "--workers", "1", "--out", str(tmp_path / "out")),
        "results.sqlite must not be a link",
    )
    assert list(elsewhere.iterdir()) == []
