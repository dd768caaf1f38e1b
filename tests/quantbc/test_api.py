"""What `import quantbc` offers: the commands as functions; nothing is loaded before it is asked for."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest

import bounds
import quantbc
from bounds.typeset import align
from quantbc.errors import ProblemError

TRAP = Path(__file__).parents[2] / "examples" / "trap.toml"


@pytest.mark.parametrize("name", [name for name in dir(quantbc) if not name.startswith("_")])
def test_every_name_is_there(name: str) -> None:
    assert getattr(quantbc, name) is not None


def test_another_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(AttributeError, match=r"has no 'evalate'; it has .*evaluate"):
        _ = quantbc.evalate


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = "{'numpy', 'scipy', 'sympy', 'bounds', 'simulators'}"
    code = f"import quantbc, quantbc.api, sys; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_statements_are_named_by_key_or_object() -> None:
    values = {"H": 50, "n": 1000, "eps_q": 0.01}
    by_key, by_object = (quantbc.evaluate(name, **values) for name in ("theorem_8", quantbc.catalog["theorem_8"]))
    assert by_key.total == by_object.total == bounds.evaluate(bounds.catalog["theorem_8"], **values).total


def test_bins_with_their_range_stand_for_their_error() -> None:
    fine = quantbc.evaluate("theorem_8", H=50, n=1000, bins=[64, 256], low=-1, high=1)
    assert fine.terms["quantization"].tolist() == [50 / 64, 50 / 256]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"bins": 64}, "bins needs low and high, the range of an action; low and high not given"),
        ({"bins": 64, "low": -1}, "high not given"),
        ({"bins": 64, "eps_q": 0.1}, "give bins or eps_q, not both: got 64 and 0.1"),
    ],
)
def test_bins_without_their_range_are_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        quantbc.evaluate("theorem_8", H=50, n=1000, **values)


def test_an_unknown_statement_is_refused_with_those_there_are() -> None:
    with pytest.raises(ProblemError, match=r"statement must be one of .*, got 'theorem_88'; did you mean theorem_8"):
        quantbc.evaluate("theorem_88", H=50)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantbc.evaluate(8, H=50), "statement must be a key of the catalog or one of its objects, got 8"),
        (lambda: quantbc.plan(None, "demos", target=1), "statement must be a key of .*, got None"),
        (lambda: quantbc.verify(["theorem_8"]), r"statement must be a key of .*, got \['theorem_8'\]"),
        (lambda: quantbc.verify("theorem8"), "theorem8; KEY must be one that .*; did you mean theorem_8"),
        (lambda: quantbc.load(3), "path must be a path, got 3"),
        (lambda: quantbc.simulate(None), "problem must be a path, got None"),
        (lambda: quantbc.simulate(TRAP, out=3), "out must be a path, got 3"),
        (lambda: quantbc.certify(np.zeros(2), "played.npz"), r"data must be a path, got array\("),
        (lambda: quantbc.audit(np.eye(4), workers=0), "workers must be a whole number >= 1, got 0"),
        (lambda: quantbc.audit(np.eye(4), workers="2"), "workers must be a whole number >= 1, got '2'"),
        (lambda: quantbc.audit(np.eye(4), tokenizer="rt1"), "settings must be .*'tokenizer'; did you mean tokenizers"),
        (lambda: quantbc.audit(np.eye(4), tokenizers=["rt9"]), "^tokenizers must be one of .*, got 'rt9'"),
        (lambda: quantbc.audit(np.eye(4), tolerance=-1), "^tolerance must be a finite number > 0, got -1"),
        (lambda: quantbc.audit(np.eye(4), C=1.0), "^C and eta go together, got 1.0 and None"),
        (lambda: quantbc.audit(np.eye(4), tokens=5), "^tokens needs min_token, got 5 and None"),
        (lambda: quantbc.certify("held.npz", "played.npz", foo=1), "settings must be among layout, .*, got 'foo'$"),
    ],
)
def test_errors_name_the_argument_as_it_is_called_here(
    call: Callable[[], object], message: str, tmp_path: Path
) -> None:
    with chdir(tmp_path), pytest.raises(ProblemError, match=message):
        call()


def test_a_study_can_be_sent_to_a_cluster(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="cluster must be the address of a running Dask scheduler, got 'nowhere'"):
        quantbc.simulate(TRAP, out=tmp_path, cluster="nowhere")


def test_proofs_are_checked_by_object() -> None:
    statement = quantbc.catalog["theorem_9"]
    assert list(quantbc.verify(statement).to_json()["theorems"]) == list(
        quantbc.verify("theorem_9").to_json()["theorems"]
    )


def test_planning_inverts_evaluation() -> None:
    found = quantbc.plan("theorem_2", "demos", target=20, H=50, eps_q=1 / 256, class_size=256, C=0.5, eta=0.5, L=0.5)
    values = {"H": 50, "eps_q": 1 / 256, "class_size": 256, "C": 0.5, "eta": 0.5, "L": 0.5}
    at, before = (quantbc.evaluate("theorem_2", n=found.value - less, **values).total for less in (0, 1))
    assert at <= 20 < before


def test_a_study_is_run_from_its_file_and_not_computed_twice(tmp_path: Path) -> None:
    rows = quantbc.simulate(str(TRAP), out=str(tmp_path))
    assert all(row["holds"] for row in rows)
    assert quantbc.simulate(quantbc.load(str(TRAP)), out=tmp_path) == rows


def test_proofs_are_checked_by_name() -> None:
    assert quantbc.verify("calibration").ok


def test_results_say_what_they_are_in_a_few_short_lines(tmp_path: Path) -> None:
    u = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    x = np.cumsum(u, axis=0) % 1
    np.savez(tmp_path / "held.npz", actions=u, observations=x, episode_ends=np.arange(1, 21) * 20)
    np.savez(tmp_path / "played.npz", predictions=u + 0.01)
    shown = [
        repr(quantbc.catalog["theorem_2"]),
        repr(quantbc.load(str(TRAP))),
        repr(quantbc.audit(tmp_path / "held.npz", tokenizers="uniform", bins=(8, 16))),
        repr(quantbc.certify(tmp_path / "held.npz", tmp_path / "played.npz")),
        repr(quantbc.verify("calibration")),
    ]
    assert shown[0] == "<theorem_2: Quantized BC of a stochastic expert, TV-continuous policies>"
    assert "<study 'trap': " in shown[1]
    assert "held.npz (npz): 20 episodes" in shown[2]
    assert shown[3].startswith("<certificate of 20 trajectories of 20 steps: validated_")
    assert shown[4] == "<verification: 1 ALGEBRA CHECKED>"
    assert max(len(line) for text in shown for line in text.replace(str(tmp_path), "").splitlines()) < 120


def test_a_statement_is_its_inequality_in_a_notebook() -> None:
    assert quantbc.catalog["theorem_8"]._repr_latex_() == align(quantbc.catalog["theorem_8"])


def test_without_solvers_one_line_says_what_brings_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("z3", "proofs_check")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "quantbc.commands.verify", raising=False)
    monkeypatch.setitem(sys.modules, "z3", None)
    with pytest.raises(ProblemError, match=r"^proofs need an extra: pip install 'quantbc\[proofs\]' \(in a clone: "):
        quantbc.verify("calibration")


def test_an_unknown_setting_is_said_with_the_nearest_and_one_value_stands_for_several() -> None:
    actions = np.linspace(-1, 1, 40).reshape(20, 2)
    with pytest.raises(
        ProblemError, match=r"settings must be among tokenizers, .*, got 'tokenizer'; did you mean toke"
    ):
        quantbc.audit(actions, tokenizer="uniform")
    found = quantbc.audit(actions, tokenizers="uniform", bins=8, workers=1)
    assert [(report.candidate.name, report.candidate.bins) for report, _ in found.reports] == [("uniform", 8)]
    with pytest.raises(ProblemError, match="got 'class_size'"):
        quantbc.certify("held.npz", "played.npz", class_size=8)
