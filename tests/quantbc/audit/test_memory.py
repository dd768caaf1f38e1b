"""Arrays, paths and names of files lead to the same audit; results show themselves in notebooks."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import quantbc
from quantbc.audit.memory import arrays_source
from quantbc.errors import ProblemError

SMALL: dict[str, Any] = {"tokenizers": ("uniform",), "bins": (8,)}


def test_arrays_paths_and_strings_are_one(npz_file: Path) -> None:
    with np.load(npz_file, allow_pickle=False) as archive:
        arrays = dict(archive)
    documents = [quantbc.audit(data, **SMALL).to_dict() for data in (npz_file, str(npz_file), arrays)]
    plain: list[Any] = [{**found, "data": "", "layout": ""} for found in documents]
    assert plain[0] == plain[1] == plain[2]
    assert documents[2]["layout"] == "arrays"
    json.dumps(documents[2], allow_nan=False)


def test_an_array_is_one_episode_and_shows_itself() -> None:
    found = quantbc.audit(np.random.default_rng(0).normal(size=(50, 2)), **SMALL)
    assert found.found.counts.episodes == 1
    assert "<table>" in found._repr_html_()
    assert "uniform 8" in found._repr_html_()


def test_arrays_that_break_the_rules_are_refused() -> None:
    with pytest.raises(ProblemError, match="must hold an array called actions"):
        arrays_source({"moves": np.zeros((3, 1))})
    with pytest.raises(ProblemError, match="real vectors"):
        quantbc.audit(np.zeros((3, 1), dtype=int), **SMALL)
