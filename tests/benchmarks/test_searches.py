"""Searches find nothing against the statements, and soon find what is wrong with statements that were changed a little."""

import math
from typing import Any

import numpy as np
import pytest

from benchmarks import search_linear, search_paths, search_systems, searches
from bounds import catalog
from proofs_check import ratios as measuring
from proofs_check.comparison import spellings
from proofs_check.ratios import Ratios
from proofs_check.tightness import spelled
from simulators.experiments import finite, linear
from simulators.learners.finite_class import likely_members

QUICK = ("chunks", "certified", "rolled", "pairs", "radii", "paths", "displacements", "chunked paths", "planned paths")
ENCLOSED = ("linear", "labels", "dither", "noisy traps", "gaussian traps", "greedy")


@pytest.mark.parametrize("name", QUICK + ENCLOSED)
def test_nothing_is_broken_by_a_few_systems(name: str) -> None:
    found = searches.search(name, 6, 3)
    assert found.largest
    assert max(found.largest.values()) <= 1, found.largest


def shrunk(monkeypatch: pytest.MonkeyPatch, symbol: str, factor: float) -> None:
    """Every bound is evaluated with one symbol smaller than it is."""

    def smaller(theorem: Any, symbols: Any) -> dict[str, Any]:
        given = spelled(theorem, symbols)
        return given if symbol not in given else {**given, symbol: scaled(given[symbol], factor)}

    for module in (measuring, search_systems, search_linear):
        monkeypatch.setattr(module, "spelled", smaller)
    monkeypatch.setattr(
        search_systems, "spellings", lambda t, s: spellings(t, {**s, symbol: scaled(s[symbol], factor)} if symbol in s else s)
    )


def scaled(value: Any, factor: float) -> Any:
    """A number, or a sequence in the class that holds it."""
    return type(value)(factor * value.values) if hasattr(value, "values") else factor * value


@pytest.mark.parametrize(
    ("name", "line", "symbol", "factor", "count"),
    [
        ("paths", "closed_loop", "loop_gains", 0.5, 60),
        ("paths", "binning_lipschitz", "eps_q", 0.5, 60),
        ("paths", "rung gains", "gains", 0.5, 30),
        ("paths", "rung loop", "coupled_lipschitz", 0.5, 60),
        ("paths", "validated_closed_loop", "map_error", 0.5, 60),
        ("displacements", "validated_error, deviation", "action_error", 0.5, 60),
        ("chunked paths", "chunked_lipschitz", "eps_q", 0.3, 60),
        ("planned paths", "theorem_7_deterministic", "L_u", 0.5, 60),
        ("pairs", "theorem_1", "tv", 0.5, 60),
        ("pairs", "theorem_1", "average_error", 0.5, 60),
        ("chunks", "chunked", "L", 0.3, 60),
        ("rolled", "theorem_7", "L_u", 0.5, 60),
        ("dither", "wasserstein_rms", "rms_error", 0.7, 60),
        ("dither", "wasserstein_rms, deviation", "gains", 0.7, 60),
        ("rungs", "rung variance", "return_range", 0.5, 20),
        ("rungs", "rung catalog", "C", 0.3, 20),
    ],
)
def test_a_symbol_that_is_too_small_is_found(
    name: str, line: str, symbol: str, factor: float, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrunk(monkeypatch, symbol, factor)
    assert searches.search(name, count, 0).largest[line] > 1.0001


@pytest.mark.parametrize("line", ["stochastic", "deterministic", "greedy"])
def test_a_smaller_radius_is_found(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = search_systems.data_at
    monkeypatch.setattr(search_systems, "data_at", lambda x: known(0.5 * x))
    name = "greedy" if line == "greedy" else "radii"
    assert searches.search(name, 15, 0).largest[f"radius, {line}"] > 1.0001
