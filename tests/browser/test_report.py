"""The report in a browser: whole, quiet, narrow enough, reachable by keyboard, printable, and alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import FIGURES
from tests.browser.window import DESKTOP, PHONE, Window, faults

SIZES = {"desktop": DESKTOP, "phone": PHONE}
SLIDERS = ["explorer-H", "explorer-K", "explorer-n", "explorer-eta", "explorer-lipschitz"]
A4_PIXELS = (794, 1123)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_report_is_without_fault(window: Window, report_page: Path, tmp_path: Path, size: str, scheme: str) -> None:
    window.open(report_page, SIZES[size], scheme)
    assert faults(window, report_page) == {}
    window.picture(tmp_path / f"{size}-{scheme}.png")
    assert window.run("return matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")


def test_light_and_dark_differ_and_both_can_be_read(window: Window, report_page: Path) -> None:
    script = """const luminance = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
          .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const style = getComputedStyle(document.body);
      return [luminance(style.color), luminance(style.backgroundColor)];"""
    for scheme in ("light", "dark"):
        text, ground = window.open(report_page, scheme=scheme).run(script)
        assert (ground > text) == (scheme == "light")
        assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) > 7


def test_every_section_and_figure_is_there(window: Window, report_page: Path) -> None:
    window.open(report_page)
    sections = window.run("return [...document.querySelectorAll('nav a')].map((a) => a.hash)")
    assert len(sections) > 4
    assert all(window.one(section).is_displayed() for section in sections)
    figures = window.run("return [...document.querySelectorAll('figure[id]')].map((figure) => figure.id)")
    assert {f"figure-{name}" for name in FIGURES} < set(figures)


BROKEN: dict[str, tuple[str, str]] = {
    "wide": ('<div style="width: 200vw">wide</div>', "width"),
    "error": ("<script>console.error('out of order')</script>", "console"),
    "exception": ("<script>throw new Error('out of order')</script>", "console"),
    "missing image": ('<img src="missing.png" alt="a picture">', "pictures"),
    "empty drawing": ('<svg role="img" aria-label="a picture" width="0" height="0"></svg>', "pictures"),
    "nameless drawing": ('<svg role="img" width="9" height="9"></svg>', "pictures"),
    "elsewhere": ('<link rel="stylesheet" href="other.css">', "requests"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_page_with_a_fault_is_rejected(window: Window, tmp_path: Path, name: str) -> None:
    addition, kind = BROKEN[name]
    page = tmp_path / "page.html"
    head = '<!DOCTYPE html><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
    for text, expected in (("", False), (addition, True)):
        page.write_text(f"{head}<p>A page.</p>{text}", encoding="utf-8")
        window.open(page, PHONE)
        assert (kind in faults(window, page)) == expected


def reachable(window: Window) -> list[str]:
    """What a reader with a keyboard needs and cannot reach."""
    wanted = ["#content", *window.run("return [...document.querySelectorAll('nav a')].map((a) => a.hash)")]
    found = window.tabbed()
    late = [] if found[:1] == ["#content"] else ["the skip link is not first"]
    return late + [name for name in [*wanted, *SLIDERS] if name not in found]


def test_the_keyboard_reaches_everything(window: Window, report_page: Path) -> None:
    window.open(report_page)
    assert reachable(window) == []
    window.run("document.activeElement.blur(); scrollTo(0, 0)")
    window.one("body").send_keys(Keys.TAB)
    window.press(Keys.ENTER)
    assert window.focused() == "content"


@pytest.mark.parametrize(
    ("selector", "missing"),
    [(".skip", "the skip link is not first"), ("nav a", "#explore"), ("#explorer-eta", "explorer-eta")],
)
def test_what_the_keyboard_cannot_reach_is_noticed(
    window: Window, report_page: Path, selector: str, missing: str
) -> None:
    window.open(report_page)
    window.run("document.querySelectorAll(arguments[0]).forEach((e) => { e.tabIndex = -1; })", selector)
    assert missing in reachable(window)


def on_paper(window: Window) -> tuple[int, bool]:
    """Pages, and whether the page fits their width."""
    width, height = A4_PIXELS
    screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    window.command("Emulation.setDeviceMetricsOverride", **screen)
    window.media("print")
    fits = window.run("return document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth")
    return window.pages(), bool(fits)


def test_the_report_can_be_printed(window: Window, report_page: Path) -> None:
    window.open(report_page)
    pages, fits = on_paper(window)
    assert pages > 3
    assert fits


SPOILT: dict[str, Callable[[tuple[int, bool]], bool]] = {
    "body { display: none }": lambda paper: paper[0] > 3,
    "table { width: 300vw }": lambda paper: paper[1],
}


@pytest.mark.parametrize("style", SPOILT)
def test_a_page_that_cannot_be_printed_is_noticed(window: Window, report_page: Path, style: str) -> None:
    window.open(report_page)
    rule = "const s = document.createElement('style'); s.textContent = arguments[0]; document.head.append(s);"
    window.run(rule, f"@media print {{ {style} }}")
    assert not SPOILT[style](on_paper(window))
