"""Searches find nothing against the statements, and soon find what is wrong with statements that say too little."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from benchmarks import search_linear, search_systems, searches
from proofs_check import ratios as measuring
from proofs_check.comparison import spellings
from proofs_check.tightness import spelled
from simulators.experiments import finite, linear
from simulators.experiments.feedback import Losses
from simulators.learners.finite_class import likely_members


@pytest.mark.parametrize("name", searches.FAMILIES)
def test_nothing_is_broken_by_a_few_systems(name: str) -> None:
    found = searches.search(name, 3, 3)
    assert found.largest
    assert max(found.largest.values()) <= 1, found.largest


def shrunk(monkeypatch: pytest.MonkeyPatch, symbol: str, factor: float) -> None:
    """Every bound is evaluated with one symbol smaller than it is."""

    def smaller(theorem: Any, symbols: Any) -> dict[str, Any]:
        given = spelled(theorem, symbols)
        return given if symbol not in given else {**given, symbol: scaled(given[symbol], factor)}

    for module in (measuring, search_systems, search_linear):
        monkeypatch.setattr(module, "spelled", smaller)

    def less(theorem: Any, symbols: Any) -> Any:
        return spellings(
            theorem, {**symbols, symbol: scaled(symbols[symbol], factor)} if symbol in symbols else symbols
        )

    monkeypatch.setattr(search_systems, "spellings", less)


def scaled(value: Any, factor: float) -> Any:
    """A number, or a sequence in the class that holds it."""
    return type(value)(factor * value.values) if hasattr(value, "values") else factor * value


@pytest.mark.parametrize(
    ("name", "line", "symbol"),
    [
        ("paths", "closed_loop", "eps_q"),
        ("paths", "validated_closed_loop", "loop_gains"),
        ("paths", "rung gains", "gains"),
        ("displacements", "validated_error, deviation", "action_error"),
        ("displacements", "closed_loop, deviation", "loop_gains"),
        ("chunked paths", "chunked_lipschitz", "eps_q"),
        ("chunked paths", "chunked_lipschitz, deviation", "eps_q"),
        ("planned paths", "theorem_7_deterministic", "L_u"),
        ("pairs", "theorem_1", "average_error"),
        ("chunks", "chunked", "eps_q"),
        ("rolled", "theorem_7", "average_error"),
        ("dither", "wasserstein_rms", "L_u"),
        ("dither", "wasserstein_rms, deviation", "gains"),
        ("rungs", "rung variance", "return_range"),
        ("rungs", "rung gains", "gains"),
        ("paths", "rung loop", "loop_gains"),
        ("paths", "rung catalog", "eps_q"),
    ],
)
def test_a_symbol_that_is_too_small_is_found(
    name: str, line: str, symbol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shrunk(monkeypatch, symbol, 0.01)
    assert searches.search(name, 25 if name == "dither" else 6, 0).largest[line] > 1.01


def test_a_smaller_variation_between_two_pairs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    shrunk(monkeypatch, "tv", 0.01)
    assert searches.search("pairs", 30, 0).largest["theorem_1"] > 1.01


@pytest.mark.parametrize(("name", "line"), [("radii", "stochastic"), ("radii", "deterministic"), ("greedy", "greedy")])
def test_a_smaller_radius_is_found(name: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = search_systems.data_at
    monkeypatch.setattr(search_systems, "data_at", lambda x: known(0.01 * x))
    assert searches.search(name, 20, 0).largest[f"radius, {line}"] > 1.01


def test_a_likelihood_ratio_set_for_a_larger_probability_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def smaller(scores: Any, *, deterministic: bool, delta: float) -> Any:
        return likely_members(scores, deterministic=deterministic, delta=3 * delta)

    monkeypatch.setattr(search_linear, "likely_members", smaller)
    assert searches.search("labels", 100, 0).largest["likelihood-ratio set, loses the expert"] > 1.01


def test_a_certificate_for_what_was_chosen_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finite, "likely_members", lambda scores, **_: (np.array([np.argmax(scores)]), ""))
    assert searches.search("certified", 12, 0).largest["certificate, finite"] > 1.01


def test_certificates_for_smaller_losses_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def smaller(*parts: Any) -> Losses:
        found = search_linear.closed_form(*parts)
        return replace(found, mean=0.01 * found.mean)

    monkeypatch.setattr(linear, "closed_form", smaller)
    found = searches.search("quiet", 8, 0).largest
    assert min(found["rung certificate"], found["rung rollout"]) > 1.01


def test_closed_forms_for_smaller_errors_and_a_smaller_spread_of_returns_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = search_linear.closed_form
    monkeypatch.setattr(search_linear, "closed_form", lambda *parts: known(*parts[:-2], 0.01 * parts[-2], parts[-1]))
    for name in ("return_range", "return_std"):
        spread = getattr(search_linear, name)
        monkeypatch.setattr(search_linear, name, lambda *parts, spread=spread: 0.1 * spread(*parts))
    found = searches.search("linear", 5, 0).largest
    lines = ["return_range", "return_std", *(f"closed form, {kind}" for kind in ("surely", "in mean", "displacement"))]
    assert min(found[line] for line in lines) > 1.01, {line: found[line] for line in lines}


@pytest.mark.parametrize(
    ("kind", "key", "factor"),
    [
        ("arctan", "theorem_6", 2.0),
        ("arctan", "theorem_6_error", 0.5),
        ("noisy", "theorem_6_noisy", 2.0),
        ("noisy", "theorem_6_noisy_error", 0.5),
        ("gaussian", "theorem_6_gaussian", 2.0),
    ],
)
def test_a_floor_that_is_too_high_and_an_error_that_is_too_small_are_found(
    kind: str, key: str, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = search_systems._total

    def wrong(theorem: Any, values: Any) -> float:
        return (factor if theorem.key == key else 1.0) * known(theorem, values)

    monkeypatch.setattr(search_systems, "_total", wrong)
    assert searches.search(f"{kind} traps", 3, 0).largest[key] > 1.01
