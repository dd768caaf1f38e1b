"""The explorer in a browser agrees with `bounds.evaluate` to three digits, and answers to the keyboard."""

import itertools
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats.qmc import Sobol
from selenium.common.exceptions import JavascriptException
from selenium.webdriver.common.keys import Keys

import bounds
from quantbc.report.blocks import Page, Raw, Section
from quantbc.report.explorer import FIXED, Settings, fragment, script, sliders, symbols
from quantbc.report.page import render
from tests.browser.window import PHONE, Window, faults

KEYS = [key for key, *_ in Settings.shown]
NAMES = [slider.name for slider in sliders()]
THREE_DIGITS = 5e-4
MOST = 1e6
TERMS = ("imitation", "decoupling", "drift", "total")
COMPUTE = """const [key, points] = arguments;
  return points.map((values) => {
    const found = document.getElementById("explorer").bound(key, values);
    return ["imitation", "decoupling", "drift", "total"].map((term) => String(found[term]));
  });"""


def points() -> NDArray[np.float64]:
    """Values of H, K, n, eta and ell: a low-discrepancy sequence over the ranges, half of it close to eta = 1 and some
    without a slope, the corners of the ranges, and each slider's own values while the others stand at their start.
    """
    ranges = [(slider.values[0], slider.values[-1]) for slider in sliders()]
    u = Sobol(6, scramble=False).random(4096)
    spread = np.empty((len(u), 5))
    for i, (low, high) in enumerate(ranges):
        spread[:, i] = low * (high / low) ** u[:, i] if i < 3 else low + (high - low) * u[:, i]
    spread[:, :2] = np.round(spread[:, :2])
    near = np.clip(1 + 0.05 * (2 * u[:, 3] - 1) ** 3, *ranges[3])
    spread[:, 3] = np.where(u[:, 5] < 0.5, spread[:, 3], near)
    spread[u[:, 5] % 0.25 < 0.02, 4] = 0.0
    corners = [list(corner) for corner in itertools.product(*ranges)]
    start = [slider.start for slider in sliders()]
    lines = [[*start[:i], value, *start[i + 1 :]] for i, slider in enumerate(sliders()) for value in slider.values]
    return np.vstack([spread, corners, lines])


POINTS = points()


def evaluate(key: str, **chosen: Any) -> bounds.Evaluation:
    """A statement at values of the sliders: what the page must agree with."""
    given = {**FIXED, **{k: v for name, value in chosen.items() for k, v in symbols(name, value).items()}}
    theorem = bounds.catalog[key]
    taken = {name for need in theorem.needs if not need.optional for names in need.alternatives for name in names}
    return bounds.evaluate(theorem, **{name: given[name] for name in taken & given.keys()})


def computed(window: Window, key: str) -> dict[str, NDArray[np.float64]]:
    given: dict[str, NDArray[np.float64]] = {}
    for name, column in zip(NAMES, POINTS.T, strict=True):
        given |= symbols(name, column)
    points = [dict(zip(given, row, strict=True)) for row in np.array([*given.values()]).T.tolist()]
    found = np.array(window.run(COMPUTE, key, points), dtype=object)
    return dict(zip(TERMS, np.where(found == "Infinity", "inf", found).astype(np.float64).T, strict=True))


@cache
def evaluated(key: str) -> dict[str, NDArray[np.float64]]:
    result = evaluate(key, **dict(zip(NAMES, POINTS.T, strict=True)))
    return {name: np.asarray(value) for name, value in [*result.terms.items(), ("total", result.total)]}


def disagreements(window: Window, key: str) -> list[str]:
    """Where page and evaluation differ in the third digit, a value too large to be told is told, or none is found."""
    try:
        found, wanted = computed(window, key), evaluated(key)
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


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("v.L_x*", "1.003*v.L_x*"),
        ("- Math.exp(", "- 1.001*Math.exp("),
        ("low + sofar.length - 1)", "low + sofar.length)"),
    ],
)
def test_an_expression_that_is_off_by_a_little_is_rejected(
    window: Window, page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str
) -> None:
    assert old in script()
    broken = script().replace(old, new)
    monkeypatch.setattr("quantbc.report.explorer.script", lambda: broken)
    monkeypatch.setattr("quantbc.report.page.script", lambda: broken)
    path = tmp_path / "page.html"
    section = Section("explore", "Explore", (Raw(fragment()),))
    path.write_text(render(Page("Explorer", "", (), (), (section,), "today")), encoding="utf-8")
    window.open(path)
    for key in KEYS:
        assert disagreements(window, key)


def number(text: str) -> float:
    """A number as the page writes it."""
    mantissa, _, power = text.replace(",", "").partition("·10")
    return float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)


def choose(window: Window, key: str) -> None:
    window.run(
        """const choice = document.getElementById("explorer-statement");
        choice.value = arguments[0]; choice.dispatchEvent(new Event("input", { bubbles: true }));""",
        key,
    )


@pytest.mark.parametrize("key", KEYS)
def test_arrow_keys_move_sliders_and_the_text_follows(window: Window, page: Path, key: str) -> None:
    window.open(page, PHONE)
    choose(window, key)
    values: dict[str, float] = {slider.name: slider.start for slider in sliders()}
    for slider in sliders():
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
        result = evaluate(key, **values)
        for term, wanted in [*result.terms.items(), ("total", result.total), ("trivial", values["H"])]:
            assert number(window.text(f'[data-term="{term}"]')) == pytest.approx(float(wanted), rel=5.5e-3)
        assert f"at most {after[1]}" in window.text(".explorer-summary")


def test_it_says_in_words_when_the_bound_is_vacuous(window: Window, page: Path) -> None:
    window.open(page)
    choose(window, "binning_lipschitz")
    for slider, keys, vacuous in (("n", Keys.END, False), ("n", Keys.HOME, True), ("n", Keys.END, False)):
        window.one(f"#explorer-{slider}").send_keys(keys)
        values = {slider.name: slider.start for slider in sliders()}
        values["n"] = sliders()[2].values[-1 if not vacuous else 0]
        assert bool(evaluate("binning_lipschitz", **values).vacuous) == vacuous
        assert window.text(".explorer-summary").count("Not vacuous:") == (not vacuous)
        assert window.text(".explorer-summary").count("Vacuous:") == vacuous


def test_a_bound_beyond_telling_is_not_given_digits(window: Window, page: Path) -> None:
    window.open(page)
    choose(window, "binning_lipschitz")
    for slider in ("H", "eta", "lipschitz"):
        window.one(f"#explorer-{slider}").send_keys(Keys.END)
    assert window.text('[data-term="total"]') == "more than 10⁶"
    assert number(window.text('[data-term="imitation"]')) < MOST
    assert "The bound is more than 10⁶." in window.text(".explorer-summary")
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


def test_without_scripts_a_sentence_stands_in(window: Window, page: Path) -> None:
    shown = window.open(page, scripts=False)
    try:
        assert shown.text("#explorer noscript").startswith("The sliders need JavaScript.")
        assert not shown.one(".explorer-live").is_displayed()
    finally:
        window.command("Emulation.setScriptExecutionDisabled", value=False)
    assert window.open(page).one(".explorer-live").is_displayed()
