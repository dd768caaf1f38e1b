"""A headless Chromium, and what can be wrong with a page in it, as lists of findings."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

DESKTOP, PHONE = (1280, 800), (360, 740)
FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"),
    *("disable-component-update", "disable-sync"),
)


@contextmanager
def chromium(browser: str, driver: str, profile: Path) -> Iterator[Chrome]:
    """Debian's browser and driver; nothing is downloaded."""
    options = ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"user-data-dir={profile}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    running = Chrome(options=options, service=Service(executable_path=driver))
    try:
        running.set_page_load_timeout(60)
        yield running
    finally:
        running.quit()


class Window:
    """A page in a window of a given size and scheme.

    Attributes:
        driver: the browser.
    """

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver

    def open(
        self, page: Path, size: tuple[int, int] = DESKTOP, scheme: str = "light", *, scripts: bool = True
    ) -> Window:
        """Load a page, all of it unfolded."""
        width, height = size
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", **screen)
        self.media("screen", scheme)
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(page.as_uri())
        self.run("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        return self

    def command(self, name: str, **parameters: Any) -> dict[str, Any]:
        """A command of the DevTools protocol."""
        answer: dict[str, Any] = self.driver.execute_cdp_cmd(name, parameters)
        return answer

    def media(self, kind: str, scheme: str = "light") -> None:
        """Screen or print, light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("Emulation.setEmulatedMedia", media=kind, features=features)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)  # type: ignore[no-untyped-call]

    def one(self, selector: str) -> WebElement:
        """The first element of a selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """The text of the first element of a selector."""
        return self.one(selector).text

    def focused(self) -> str:
        """What has the keyboard: id, else where it leads, else its class."""
        script = "const e = document.activeElement; return e.id || e.getAttribute('href') || e.className;"
        return str(self.run(script))

    def press(self, *keys: str) -> None:
        """Press keys wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def tabbed(self, most: int = 2000) -> list[str]:
        """What the tab key reaches, in order, until it leaves the page."""
        found: list[str] = []
        self.run("document.activeElement.blur(); scrollTo(0, 0)")
        self.one("body").send_keys(Keys.TAB)
        while len(found) < most and self.run("return document.activeElement !== document.body"):
            found.append(self.focused())
            self.press(Keys.TAB)
        return found

    def picture(self, target: Path) -> None:
        """The whole page as a PNG."""
        shot = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        target.write_bytes(base64.b64decode(shot["data"]))

    def pages(self) -> int:
        """Pages of the page on paper."""
        document = base64.b64decode(self.command("Page.printToPDF")["data"])
        return len(re.findall(rb"/Type\s*/Page\b", document)) if document.startswith(b"%PDF") else 0


def complaints(window: Window) -> list[str]:
    """Errors and warnings on the console."""
    return [entry["message"] for entry in window.driver.get_log("browser") if entry["level"] != "INFO"]


def overflowing(window: Window) -> list[str]:
    """Whether the page scrolls sideways, and what makes it so."""
    return list(
        window.run(
            """const [page, room] = [document.scrollingElement, document.scrollingElement.clientWidth];
            if (page.scrollWidth <= room) return [];
            const wide = [...document.body.querySelectorAll("*")]
              .filter((e) => e.getBoundingClientRect().right > room + 1 && !e.closest(".scroll"));
            return [`page ${page.scrollWidth} > ${room}`, ...wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];"""
        )
    )


def imageless(window: Window) -> list[str]:
    """Pictures that are not there, have no size, or have no name for those who do not see them."""
    found = []
    for picture in window.driver.find_elements(By.CSS_SELECTOR, "img, svg"):
        markup = picture.get_attribute("outerHTML") or ""
        box = picture.size
        if not (box["width"] and box["height"]):
            found.append(f"no size: {markup[:120]}")
        if picture.tag_name == "img" and not window.run("return arguments[0].naturalWidth", picture):
            found.append(f"not loaded: {markup[:120]}")
        if picture.get_attribute("aria-hidden") != "true" and not picture.accessible_name.strip():
            found.append(f"no name: {markup[:120]}")
    return found


def fetched(window: Window, page: Path) -> list[str]:
    """Whatever was asked for beside the page itself."""
    events = [json.loads(entry["message"])["message"] for entry in window.driver.get_log("performance")]
    urls = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    if page.as_uri() not in urls:
        return [f"the page itself was not seen among {urls}"]
    return [url for url in urls if url != page.as_uri() and not url.startswith("data:")]


FAULTS: dict[str, Callable[[Window, Path], list[str]]] = {
    "console": lambda window, _: complaints(window),
    "width": lambda window, _: overflowing(window),
    "pictures": lambda window, _: imageless(window),
    "requests": fetched,
}
"""What is wrong with an open page, by kind."""


def faults(window: Window, page: Path) -> dict[str, list[str]]:
    """Everything that is wrong with an open page."""
    return {kind: found for kind, check in FAULTS.items() if (found := check(window, page))}
