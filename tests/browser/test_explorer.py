"""The explorer in a browser agrees with `bounds.evaluate` to three digits, and answers to the keyboard."""

import itertools
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats.qmc import Sobol
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.common.keys import Keys

from quantbc.report.blocks import Page, Raw, Section
from quantbc.report.explorer import fragment, sliders
from quantbc.report.explorer_statements import SETTINGS, Explorer
from quantbc.report.page import render
from tests.browser.window import PHONE, Window, faults

EXPLORER = Explorer()
KEYS = [shown.key for shown in EXPLORER.shown]
THREE_DIGITS = 5e-4
MOST = 1e6
TERMS = ("imitation", "decoupling", "drift", "total")
LOOK_UP = """const [key, points] = arguments;
  return points.map(([H, K, n, eta, lipschitz]) => {
    const found = document.getElementById("explorer").bound(key, { H, K, n, eta, lipschitz });
    return ["imitation", "decoupling", "drift", "total"].map((term) => String(found[term]));
  });"""


def points() -> NDArray[np.float64]:
    """Values of H, K, n, eta and ell: a low-discrepancy sequence over the ranges, half of it close to eta = 1 and some
    without a slope, the corners of the ranges, and each slider's own values while the others stand at their start.
    """
    ranges = (SETTINGS.horizons, SETTINGS.bins, SETTINGS.demonstrations, SETTINGS.decays, SETTINGS.slopes)
    u = Sobol(6, scramble=False).random(4096)
    spread = np.empty((len(u), 5))
    for i, (low, high) in enumerate(ranges):
        spread[:, i] = low * (high / low) ** u[:, i] if i < 3 else low + (high - low) * u[:, i]
    spread[:, :2] = np.round(spread[:, :2])
    near = np.clip(1 + 0.05 * (2 * u[:, 3] - 1) ** 3, *SETTINGS.decays)
    spread[:, 3] = np.where(u[:, 5] < 0.5, spread[:, 3], near)
    spread[u[:, 5] % 0.25 < 0.02, 4] = 0.0
    corners = [list(corner) for corner in itertools.product(*ranges)]
    start = [slider.start for slider in sliders(SETTINGS)]
    lines = [
        [*start[:i], value, *start[i + 1 :]] for i, slider in enumerate(sliders(SETTINGS)) for value in slider.values
    ]
    return np.vstack([spread, corners, lines])


POINTS = points()


def looked_up(window: Window, key: str) -> dict[str, NDArray[np.float64]]:
    found = np.array(window.run(LOOK_UP, key, POINTS.tolist()), dtype=object)
    return dict(zip(TERMS, np.where(found == "Infinity", "inf", found).astype(np.float64).T, strict=True))


@cache
def evaluated(key: str) -> dict[str, NDArray[np.float64]]:
    H, K, n, eta, lipschitz = POINTS.T
    result = EXPLORER.evaluate(key, H=H, K=K, n=n, eta=eta, lipschitz=lipschitz)
    return {name: np.asarray(value) for name, value in [*result.terms.items(), ("total", result.total)]}


def disagreements(window: Window, key: str) -> list[str]:
    """Where page and evaluation differ in the third digit, a value too large to be told is told, or none is found."""
    try:
        found, wanted = looked_up(window, key), evaluated(key)
    except JavascriptException as error:
        return [str(error.msg)]
    told = []
    for term in TERMS:
        shown = wanted[term] <= MOST
        off = np.abs(found[term] - wanted[term]) > THREE_DIGITS * wanted[term]
        small = found[term] < MOST * (1 - THREE_DIGITS)
        told += [
            f"{term} at {POINTS[i].tolist()}: {found[term][i]!r}, not {wanted[term][i]!r}"
            for i in np.flatnonzero(np.where(shown, off, small))
        ]
    return told


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the explorer alone."""
    section = Section("explore", "Explore", (Raw(fragment()),))
    path = tmp_path_factory.mktemp("explorer") / "page.html"
    path.write_text(render(Page("Explorer", "", (), (), (section,), "today")), encoding="utf-8")
    return path


@pytest.mark.parametrize("key", KEYS)
def test_the_page_agrees_with_the_evaluation(window: Window, report_page: Path, key: str) -> None:
    wanted = evaluated(key)["total"]
    assert (wanted <= MOST).sum() > 3000
    assert disagreements(window.open(report_page), key) == []


def users(table: str) -> list[str]:
    behind = {name for name, tables in EXPLORER.quantities.items() if table in tables}
    read_by = {name for name, other in EXPLORER.tables.items() if any(axis.of in behind for axis in other.axes)}
    names = read_by | {table}
    return [
        shown.key
        for shown in EXPLORER.shown
        if any(names & set(tables) for products in shown.terms.values() for tables in products)
    ]


@pytest.mark.parametrize("table", EXPLORER.tables)
def test_a_table_that_is_off_by_a_little_is_rejected(window: Window, page: Path, tmp_path: Path, table: str) -> None:
    sound = EXPLORER.tables[table]
    off = replace(sound, values=sound.values * 1.003).to_json()["numbers"]
    text = page.read_text(encoding="utf-8")
    numbers = sound.to_json()["numbers"].replace("/", "/")
    assert text.count(f'"{numbers}"') >= 1
    broken = tmp_path / "page.html"
    before, after = text.split(f'"{table}": {{"axes"', 1)
    broken.write_text(f'{before}"{table}": {{"axes"' + after.replace(f'"{numbers}"', f'"{off}"', 1), encoding="utf-8")
    window.open(broken)
    for key in users(table):
        assert disagreements(window, key)


@pytest.mark.parametrize(
    ("name", "value"), [("H", 0), ("H", 1001), ("K", 1), ("n", 0.5), ("eta", 1.2), ("lipschitz", 0.01)]
)
def test_values_that_no_table_reaches_are_refused(window: Window, page: Path, name: str, value: float) -> None:
    values: dict[str, Any] = {slider.name: slider.start for slider in sliders(SETTINGS)} | {name: value}
    script = """try { document.getElementById("explorer").bound("theorem_2", arguments[0]); return "no error"; }
      catch (error) { return error.name; }"""
    assert window.open(page).run(script, values) == "RangeError"


def number(text: str) -> float:
    """A number as the page writes it."""
    mantissa, _, power = text.replace(",", "").partition("·10")
    return float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


def choose(window: Window, key: str) -> None:
    window.run(
        """const choice = document.getElementById("explorer-statement");
        choice.value = arguments[0]; choice.dispatchEvent(new Event("change"));""",
        key,
    )


@pytest.mark.parametrize("key", KEYS)
def test_arrow_keys_move_sliders_and_the_text_follows(window: Window, page: Path, key: str) -> None:
    window.open(page, PHONE)
    choose(window, key)
    values: dict[str, float] = {slider.name: slider.start for slider in sliders(SETTINGS)}
    for slider in sliders(SETTINGS):
        control = window.one(f"#explorer-{slider.name}")
        unused = key == "theorem_7_deterministic" and slider.name == "lipschitz"
        assert control.is_enabled() != unused
        if unused:
            assert window.text(f"#explorer-{slider.name}-value") == "not used"
            continue
        before = window.text(f"#explorer-{slider.name}-value"), window.text('[data-term="total"]')
        control.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        values[slider.name] = slider.values[slider.values.index(slider.start) + 3]
        after = window.text(f"#explorer-{slider.name}-value"), window.text('[data-term="total"]')
        assert after[0] != before[0]
        assert after[1] != before[1]
        assert number(after[0].split()[0]) == values[slider.name]
        assert control.get_attribute("aria-valuetext") == after[0]
        result = EXPLORER.evaluate(key, **values)
        for term, wanted in [*result.terms.items(), ("total", result.total), ("trivial", values["H"])]:
            assert number(window.text(f'[data-term="{term}"]')) == pytest.approx(float(wanted), rel=5.5e-3)
        assert f"at most {after[1]}" in window.text(".explorer-summary")


def test_it_says_in_words_when_the_bound_is_vacuous(window: Window, page: Path) -> None:
    window.open(page)
    choose(window, "binning_lipschitz")
    for slider, keys, vacuous in (("n", Keys.END, False), ("n", Keys.HOME, True), ("n", Keys.END, False)):
        window.one(f"#explorer-{slider}").send_keys(keys)
        values = {slider.name: slider.start for slider in sliders(SETTINGS)}
        values["n"] = SETTINGS.demonstrations[vacuous is False]
        assert bool(EXPLORER.evaluate("binning_lipschitz", **values).vacuous) == vacuous
        assert window.text(".explorer-summary").count("Not vacuous:") == (not vacuous)
        assert window.text(".explorer-summary").count("Vacuous:") == vacuous


def test_a_bound_beyond_telling_is_not_given_digits(window: Window, page: Path) -> None:
    window.open(page)
    choose(window, "binning_lipschitz")
    for slider in ("H", "eta", "lipschitz"):
        window.one(f"#explorer-{slider}").send_keys(Keys.END)
    assert window.text('[data-term="total"]') == "more than 10⁶"
    assert number(window.text('[data-term="imitation"]')) < MOST
    assert "the bound is more than 10⁶." in window.text(".explorer-summary")
    assert "Vacuous:" in window.text(".explorer-summary")
    assert window.one(".explorer-point").tag_name == "polygon"  # an arrow: the point is above the chart
    assert faults(window, page) == {}


def test_the_chart_marks_the_chosen_horizon(window: Window, page: Path) -> None:
    window.open(page)
    place = "return document.querySelector('.explorer-point').getBoundingClientRect().x"
    first = window.run(place)
    window.one("#explorer-H").send_keys(Keys.END)
    assert window.run(place) > first
    drawn = window.run(
        "return [...document.querySelectorAll('.explorer-chart path')].map((p) => p.getAttribute('class'))"
    )
    assert drawn == [f"explorer-{name}" for name in (*TERMS, "trivial")]
    names = window.run("return [...document.querySelectorAll('.explorer-chart text.halo')].map((t) => t.textContent)")
    assert set(names) == {"vacuous", "imitation", "decoupling", "drift", "bound", "trivial H"}


def test_without_scripts_a_sentence_stands_in(window: Window, page: Path) -> None:
    shown = window.open(page, scripts=False)
    try:
        assert shown.text("#explorer noscript").startswith("The sliders need JavaScript.")
        assert not shown.one(".explorer-live").is_displayed()
    finally:
        window.command("Emulation.setScriptExecutionDisabled", value=False)
    assert window.open(page).one(".explorer-live").is_displayed()
