"""One browser for each worker of pytest, one report for all of them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from quantbc.commands.report import Extent, report
from tests.browser.window import Window, chromium
from tests.problems import DETERMINISTIC, SWEEP, SYSTEM, UNIFORM

FIGURES = ("phases", "bins_needed", "tightness", "compounding", "proof_graph")
PROBLEM = f"""
name = "small"
{SYSTEM}{DETERMINISTIC}{UNIFORM}{SWEEP}"""


def missing_browser(names: dict[str, str | None], required: str | None) -> str | None:
    """Why there can be no test in a browser; None if there can.

    Raises:
        RuntimeError: a browser is required and not there.
    """
    absent = [name for name, found in names.items() if found is None]
    if not absent:
        return None
    reason = f"not on the path: {', '.join(absent)} (Debian: apt install chromium chromium-driver)"
    if required:
        raise RuntimeError(f"QUANTBC_REQUIRE_BROWSER is set, but {reason}")
    return reason


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    """A running browser."""
    found = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    reason = missing_browser(found, os.environ.get("QUANTBC_REQUIRE_BROWSER"))
    if reason:
        pytest.skip(reason)
    with chromium(str(found["chromium"]), str(found["chromedriver"]), tmp_path_factory.mktemp("profile")) as driver:
        yield Window(driver)


@pytest.fixture(scope="session")
def report_page(tmp_path_factory: pytest.TempPathFactory, window: Window) -> Path:
    """A report with every section and the figures that are soon made, by the first worker that needs it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out, problem = shared / "report", shared / "problem.toml"
    with FileLock(shared / "report.lock"):
        if not (out / "report.html").exists():
            problem.write_text(PROBLEM, encoding="utf-8")
            extent = Extent(figures=FIGURES, quick=True, keys=("calibration",), workers=1)
            assert report(problem, audit=None, out=out, extent=extent, json=False) == 0
    return out / "report.html"
