"""A gate: what it reads, what it refuses, and what it fails."""

from pathlib import Path
from typing import Any

import pytest

from quantbc.audit.gate import OF_DYNAMICS, OF_TOKENIZERS, Gate
from quantbc.audit.run import Settings, audit
from quantbc.errors import ProblemError
from tests.quantbc.conftest import Run


def document(**row: Any) -> dict[str, Any]:
    numbers = {"name": "uniform", "bins": 8, "sup_error_raw": [0.1, 0.3], "clipped": 0.0, "eps_q": None}
    return {"tokenizers": [numbers | row], "stability": None, "idle": 0.5, "horizon": 10}


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("sup_error_raw > 0.2", True),
        ("sup_error_raw > 0.3", False),
        ("sup_error_raw >= 0.3 and clipped > 0", False),
        ("sup_error_raw > 0.2 or eps_q > 1", True),
        ("(idle < 0.1 or idle > 0.4) and clipped == 0", True),
        ("idle > -1", True),
        ("eps_q > 1 and clipped > 0", False),
    ],
)
def test_conditions(text: str, fails: bool) -> None:
    assert bool(Gate(text).failures(document())) is fails


@pytest.mark.parametrize("text", ["eps_q > 1", "eta > 1", "eps_q < 1 or clipped > 0"])
def test_what_is_unknown_fails_and_says_so(text: str) -> None:
    """Mutant: a gate that passes where a number is missing would let anything through."""
    (failure,) = Gate(text).failures(document())
    assert "cannot be judged" in failure.sentence
    assert "unknown" in failure.sentence


@pytest.mark.parametrize(
    "text",
    [
        *("", "sup_error", "sup_error >", "sup_error = 1", "1 < sup_error", "sup_error > clipped", "0 < sup_error < 1"),
        *(
            "not sup_error > 1",
            "open('x') > 1",
            "sup_error.real > 1",
            "sup_error > f('os')",
            "sup_error > 'a'",
        ),
        *("sup_error > True", "sup_error > 1e999", "sup_error > 1j", "f(sup_error) > 1", "(" * 300 + "1" + ")" * 300),
        *("sup_error in 1", "x" * 2000, "sup_error > 1; 2"),
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ProblemError, match="--fail-if must"):
        Gate(text)


def test_the_names_are_the_documents_own(npz_file: Path) -> None:
    found = audit(npz_file, Settings(tokenizers=("uniform",), bins=(8,))).to_dict()
    assert set(OF_TOKENIZERS) <= set(found["tokenizers"][0])
    assert set(OF_DYNAMICS) <= set(found["stability"])


def test_the_command_exits_1(quantbc: Run, npz_file: Path) -> None:
    asked = ("audit", str(npz_file), "--tokenizer", "uniform", "--bins", "8", "--fail-if")
    status, out, err = quantbc(*asked, "sup_error_raw > 0.01")
    assert (status, "use " in out) == (1, True)
    assert "uniform 8 fails: sup_error_raw = [" in err
    assert quantbc(*asked, "sup_error_raw > 100")[0] == 0
    assert quantbc(*asked, "sup_eror > 1")[0] == 2
