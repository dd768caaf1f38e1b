"""The tables hold what the evaluation gives, and sums of products of tables are the terms."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import bounds
from quantbc.report.explorer_statements import SETTINGS, Explorer, Settings, Shown
from quantbc.report.explorer_tables import Table

EXPLORER = Explorer()
TABLES = EXPLORER.tables


def nodes(tables: Mapping[str, Table], name: str, axis: int = 0) -> NDArray[np.float64]:
    return tables[name].axes[axis].nodes


def differs(found: NDArray[np.float64], wanted: NDArray[np.float64]) -> bool:
    shown = wanted < 1e50
    assert shown.any()
    return bool((np.abs(found - wanted)[shown] > 1e-9 * wanted[shown]).any())


RADII = {
    "theorem_2": "radius_stochastic",
    "binning_lipschitz": "radius_deterministic",
    "theorem_7_deterministic": "radius_models",
}
K = np.array(SETTINGS.bins)


def wrong_imitation(tables: Mapping[str, Table]) -> set[str]:
    found = set()
    for key, radius in RADII.items():
        H, n = nodes(tables, "steps")[:, None], nodes(tables, radius)
        terms = EXPLORER.evaluate(key, H=H, K=8, n=n, eta=0.5, lipschitz=0.5).terms
        if differs(tables["steps"].values[:, None] * tables[radius].values, terms["imitation"]):
            found.add(f"{key} imitation")
    return found


def wrong_decoupling(tables: Mapping[str, Table]) -> set[str]:
    """The hazard depends on the product of L and the quantization error only, here split in another place."""
    eps_q, (rates, eta, H) = 0.125, (axis.nodes for axis in tables["parted"].axes)
    L = rates[:, None, None] / eps_q
    theorem = bounds.catalog["theorem_2"]
    terms = bounds.evaluate(theorem, H=H, n=9, class_size=2, eps_q=eps_q, C=SETTINGS.C, eta=eta[:, None], L=L).terms
    return {"theorem_2 decoupling"} if differs(tables["parted"].values, terms["decoupling"]) else set()


def wrong_drift(tables: Mapping[str, Table]) -> set[str]:
    found, width = set(), tables["bin_width"].values[:, None]
    eta, H = (axis.nodes for axis in tables["drift_open"].axes)
    for key in ("theorem_2", "theorem_7_deterministic"):
        terms = EXPLORER.evaluate(key, H=H, K=K[:, None], n=9, eta=eta[:, None, None], lipschitz=0.5).terms
        if differs(tables["drift_open"].values[:, None] * width, terms["drift"]):
            found.add(f"{key} drift")
    return found


def wrong_closed_drift(tables: Mapping[str, Table]) -> set[str]:
    """The loop is closed by the largest slope; the table was made with none."""
    slope, width = SETTINGS.slopes[1], tables["bin_width"].values[:, None]
    loops, H = (axis.nodes for axis in tables["drift_closed"].axes)
    reached = loops >= SETTINGS.C * slope
    eta = loops[reached, None, None] - SETTINGS.C * slope
    terms = EXPLORER.evaluate("binning_lipschitz", H=H, K=K[:, None], n=9, eta=eta, lipschitz=slope).terms
    direct = tables["direct"].values[0] * H  # a straight line, as another test says
    moved = tables["drift_closed"].values[reached] * tables["reward_slope"].values[1]
    return {"binning_lipschitz drift"} if differs((direct + moved)[:, None] * width, terms["drift"]) else set()


def wrong(tables: Mapping[str, Table]) -> set[str]:
    """Terms that are not what the evaluation gives where all axes have nodes, so that nothing is interpolated."""
    checks = (wrong_imitation, wrong_decoupling, wrong_drift, wrong_closed_drift)
    return {name for check in checks for name in check(tables)}


def test_products_of_tables_are_the_terms_at_the_nodes() -> None:
    assert wrong(TABLES) == set()


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("steps", "theorem_2 imitation"),
        ("radius_stochastic", "theorem_2 imitation"),
        ("radius_deterministic", "binning_lipschitz imitation"),
        ("radius_models", "theorem_7_deterministic imitation"),
        ("drift_open", "theorem_2 drift"),
        ("bin_width", "binning_lipschitz drift"),
        ("parted", "theorem_2 decoupling"),
        ("direct", "binning_lipschitz drift"),
        ("drift_closed", "binning_lipschitz drift"),
        ("reward_slope", "binning_lipschitz drift"),
    ],
)
def test_a_table_that_is_off_is_seen(name: str, term: str) -> None:
    off = replace(TABLES[name], values=TABLES[name].values * (1 + 1e-6))
    assert term in wrong({**TABLES, name: off})


def test_two_nodes_suffice_for_what_is_a_power() -> None:
    horizon = TABLES["direct"]
    assert horizon.values[1] / horizon.values[0] == pytest.approx(SETTINGS.horizons[1] / SETTINGS.horizons[0])
    slopes = TABLES["tv_lipschitz"]
    assert slopes.values[1] / slopes.values[0] == pytest.approx(SETTINGS.slopes[1] / SETTINGS.slopes[0])


def test_what_is_declared_zero_is_zero() -> None:
    at_one = EXPLORER.evaluate("theorem_2", H=1, K=2, n=9, eta=1.0, lipschitz=1.5)
    assert at_one.terms["decoupling"] == 0
    flat = EXPLORER.evaluate("theorem_2", H=1000, K=2, n=9, eta=1.0, lipschitz=0.0)
    assert flat.terms["decoupling"] == 0
    assert TABLES["parted"].zero == {"H": 1.0, "jump_rate": 0.0}
    assert EXPLORER.evaluate("theorem_2", H=2, K=4096, n=9, eta=0.0, lipschitz=0.05).terms["decoupling"] > 0


def test_the_closed_loop_is_the_one_of_the_gains() -> None:
    loop = TABLES["loop"].values
    assert loop[0, 0] == 0
    assert loop[1, 1] == pytest.approx(SETTINGS.decays[1] + SETTINGS.C * SETTINGS.slopes[1])
    open_loop, closed_loop = (
        float(EXPLORER.evaluate("binning_lipschitz", H=90, K=2, n=9, eta=eta, lipschitz=slope).terms["drift"])
        for eta, slope in ((1.0, 0.0), (1.0 - SETTINGS.C, 1.0))
    )
    direct = 90 * TABLES["direct"].values[0]
    first, last = TABLES["reward_slope"].values
    at_one = first + (last - first) / SETTINGS.slopes[1]
    assert (closed_loop - direct) / (open_loop - direct) == pytest.approx(at_one / first)


def test_every_table_is_used_and_every_axis_is_known() -> None:
    document = EXPLORER.to_json()
    used = {
        name for shown in EXPLORER.shown for products in shown.terms.values() for names in products for name in names
    }
    used |= {name for names in EXPLORER.quantities.values() for name in names}
    assert used == set(TABLES)
    known = {"H", "K", "n", "eta", "lipschitz", *EXPLORER.quantities}
    assert {axis.of for table in TABLES.values() for axis in table.axes} <= known
    assert document["statements"]["theorem_7_deterministic"]["symbols"] == ["H", "K", "eta", "n"]
    assert document["statements"]["theorem_2"]["symbols"] == ["H", "K", "eta", "lipschitz", "n"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"horizons": (5, 5)}, "horizons must be a smaller and a larger value"),
        ({"horizons": (0, 5)}, "H must be a whole number >= 1"),
        ({"bins": (0, 5)}, "bins must be a whole number"),
        ({"demonstrations": (0.5, 5.0)}, "n must be a number >= 1"),
        ({"slopes": (0.0, 1.0)}, "slopes must start above 0"),
        ({"low": 1.0}, "low must be below high"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(bounds.ParameterError, match=message):
        Settings(**change)  # type: ignore[arg-type]


def test_a_statement_is_shown_with_all_its_terms_and_the_trivial_bound() -> None:
    with pytest.raises(bounds.ParameterError, match="terms must be those of theorem_2"):
        Shown("theorem_2", "", "", {"imitation": []}, "")
    with pytest.raises(bounds.ParameterError, match="the trivial bound must be H"):
        Shown("proposition_5_gaussian", "", "", {"smoothness": []}, "")
