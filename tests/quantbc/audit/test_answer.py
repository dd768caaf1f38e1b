"""Bounds come from the catalog with the audit's constants; sizes are smallest; contradictions carry their number."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import bounds
from bounds.step_errors import StepErrors
from bounds.terms import Zero
from quantbc.audit.answer import Constants, bounds_for, contradictions, ranking, smallest_sizes
from quantbc.audit.candidates import build_candidates
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.smoothness import Smoothness
from quantbc.audit.survey import Survey, survey
from quantbc.audit.tally import Tally
from quantbc.audit.tokenizers import TokenizerReport
from tests.quantbc.audit.conftest import fed

CONSTANTS = Constants(H=20, n=50, delta=0.05, C=0.5, eta=0.5, L_x=1.0, L_u=1.0, L=0.3, lipschitz=0.4)


@pytest.fixture
def found(npz_file: Path) -> Survey:
    return survey(open_source(npz_file), memory=10**8, rng=np.random.default_rng(0))


@pytest.fixture
def lines(found: Survey, npz_file: Path) -> list[TokenizerReport]:
    wanted = [("uniform", 4), ("uniform", 64), ("openvla_q99", 16), ("kmeans", 4), ("fast_openpi", 5)]
    reports = []
    for candidate in build_candidates(found, wanted, seed=0).candidates:
        counter = Tally(candidate, unit=found.actions.half_range, horizon=20)
        fed([counter], open_source(npz_file).pieces(100))
        usage = counter.usage()
        assert usage is not None
        reports.append(TokenizerReport(candidate, usage, found.actions))
    return reports


def smooth(labels: float = 0.1, excess: float = 0.0) -> Smoothness:
    return Smoothness(
        radius=0.5,
        distances=np.array([0.1, 1.0]),
        labels=np.array([labels, 0.5]),
        raw=np.array([0.05, 0.4]),
        band=(0.8, 0.9),
        excess=excess,
        excess_distance=0.1,
        excess_interval=(excess / 2, 2 * excess),
    )


def by_theorem(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["theorem"]: row for row in rows}


def test_every_bound_is_the_catalogs(lines: list[TokenizerReport]) -> None:
    line = lines[0]
    rows = by_theorem(bounds_for(line, smooth(), CONSTANTS))
    base = {"H": 20, "n": 50, "delta": 0.05, "C": 0.5, "eta": 0.5, "class_size": 1}
    eps_q = line.eps_q
    errors = StepErrors(line.step_errors(20))
    expected = {
        "theorem_2": bounds.evaluate(bounds.catalog["theorem_2"], L=0.3, eps_q=eps_q, **base),
        "binning_lipschitz": bounds.evaluate(bounds.catalog["binning_lipschitz"], lipschitz=0.4, eps_q=eps_q, **base),
        "theorem_7": bounds.evaluate(
            bounds.catalog["theorem_7"], model_class_size=1, average_error=errors, **(base | {"delta": 0.05})
        ),
    }
    for key, result in expected.items():
        terms = rows[key]["terms"]
        assert rows[key]["total"] == pytest.approx(float(result.total))
        assert terms["drift"] == pytest.approx(float(result.terms["drift"]))
        assert terms["imitation"] is None
        assert not rows[key]["imitation_included"]
    assert rows["binning_lipschitz"]["expert"] == "deterministic"
    assert rows["theorem_2"]["expert"] == "any"
    assert rows["theorem_3_deterministic_class"]["values"]["k"] == pytest.approx(0.5 / line.eps_q)


@pytest.mark.parametrize("log_class_size", [None, 50.0])
def test_the_total_of_a_row_is_the_sum_of_the_terms_it_shows(
    lines: list[TokenizerReport], log_class_size: float | None
) -> None:
    rows = [row for one in lines for row in bounds_for(one, None, replace(CONSTANTS, log_class_size=log_class_size))]
    assert {row["theorem"] for row in rows} >= {"average_error"}
    for row in rows:
        assert row["total"] == pytest.approx(sum(value for value in row["terms"].values() if value is not None))


def test_class_sizes_bring_the_imitation_term(lines: list[TokenizerReport]) -> None:
    known = Constants(**(vars(CONSTANTS) | {"log_class_size": 3.0}))
    rows = by_theorem(bounds_for(lines[0], None, known))
    assert rows["theorem_2"]["terms"]["imitation"] > 0
    assert rows["theorem_7"]["terms"]["imitation"] is None  # needs the models' class too
    full = Constants(**(vars(known) | {"log_model_class_size": 2.0}))
    assert by_theorem(bounds_for(lines[0], None, full))["theorem_7"]["terms"]["imitation"] > 0


def test_without_class_sizes_quantization_alone_is_charged(lines: list[TokenizerReport]) -> None:
    for row in bounds_for(lines[0], smooth(), CONSTANTS):
        parts = row["terms"]["decoupling"] + row["terms"]["drift"]
        assert row["total"] == pytest.approx(parts, rel=1e-9)


def test_codebooks_get_bounds_by_average_error_only(lines: list[TokenizerReport]) -> None:
    learned = lines[3]
    assert learned.candidate.name == "kmeans"
    found = set(by_theorem(bounds_for(learned, smooth(), CONSTANTS)))
    assert found == {"theorem_7", "average_error", "average_error_stochastic"}
    unknown = Constants(**(vars(CONSTANTS) | {"L": None, "lipschitz": None}))
    assert set(by_theorem(bounds_for(learned, None, unknown))) == {"theorem_7"}


def test_more_bins_rank_higher(lines: list[TokenizerReport]) -> None:
    rows = [row for line in lines[:2] for row in bounds_for(line, None, CONSTANTS)]
    assert [row["bins"] for row in ranking(rows)] == [64, 4]
    assert {row["per"] for row in ranking(rows)} == {"step"}


def test_sizes_are_the_smallest_that_meet_the_target() -> None:
    for row in smallest_sizes(CONSTANTS, target=2.0, dimension=1):
        theorem = bounds.catalog[row["theorem"]]
        own = {"L": 0.3, "lipschitz": 0.4, "log_model_class_size": 0.0}
        base = {"H": 20, "n": 50, "C": 0.5, "eta": 0.5, "class_size": 1}
        base |= {name: value for name, value in own.items() if name in theorem.symbols}
        at = [float(bounds.evaluate(theorem, eps_q=1 / K, **base).total) for K in (row["bins"] - 1, row["bins"])]
        assert at[1] <= 2.0 < at[0]


def test_nothing_is_chosen_by_its_key(lines: list[TokenizerReport], monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that is added is a row, sets the headline if it is smaller, and can rank the tokenizers."""
    toy = replace(
        bounds.catalog["theorem_2"], key="toy", terms={**bounds.catalog["theorem_2"].terms, "decoupling": Zero()}
    )
    monkeypatch.setattr(bounds, "catalog", {**bounds.catalog, "toy": toy})
    rows = [row for line in lines[:2] for row in bounds_for(line, None, CONSTANTS)]
    assert {(row["plain"], row["imitation_included"]) for row in rows if row["theorem"] == "toy"} == {(True, False)}
    assert [row["bins"] for row in smallest_sizes(CONSTANTS, target=2.0, dimension=1) if row["theorem"] == "toy"] != []
    assert {row["theorem"] for row in ranking([row for row in rows if row["plain"]])} == {"toy"}


def test_what_holds_of_a_roll_out_is_no_fact_of_a_plain_learner(lines: list[TokenizerReport]) -> None:
    rows = bounds_for(lines[0], smooth(), CONSTANTS)
    assert {row["theorem"] for row in rows if not row["plain"]} == {"theorem_7"}


def test_the_ranking_is_by_what_applies_to_all(lines: list[TokenizerReport]) -> None:
    rows = [row for line in lines[:4] for row in bounds_for(line, smooth(), CONSTANTS)]
    assert len(ranking(rows)) == 4
    plain = [row for row in rows if row["plain"]]  # sup errors of a codebook are not known
    assert {row["theorem"] for row in ranking(plain)} <= {"average_error", "average_error_stochastic"}
    assert ranking([]) == []


def test_a_target_below_the_imitation_term_is_unreachable() -> None:
    demanding = Constants(**(vars(CONSTANTS) | {"log_class_size": 100.0}))
    rows = by_theorem(smallest_sizes(demanding, target=0.1, dimension=1))
    assert rows["theorem_2"]["bins"] is None
    assert "unreachable" in rows["theorem_2"]["reason"]


def test_contradictions_carry_their_number(found: Survey, lines: list[TokenizerReport]) -> None:
    clipping = next(line for line in lines if line.candidate.name == "openvla_q99")
    pairs = [(lines[0], smooth()), (clipping, smooth(excess=0.1))]
    entries = contradictions(found, pairs, None, 30)
    told = {(entry["assumption"], entry["verdict"]) for entry in entries}
    assert ("horizon", "contradicted") in told
    assert ("incrementally_stable", "untestable") in told
    assert ("deterministic_expert", "consistent") in told
    assert ("sup_error", "contradicted") in told
    assert ("rtvc", "contradicted") in told
    assert any("episodes have 20 to 40 steps, H is 30" in entry["evidence"] for entry in entries)
    assert [e["verdict"] for e in contradictions(found, [], None, 20) if e["assumption"] == "horizon"] == ["consistent"]
