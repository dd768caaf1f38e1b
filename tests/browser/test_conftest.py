"""Where there is no browser its tests are skipped with a word why, unless they are wanted."""

import pytest

from tests.browser.conftest import missing_browser

ABSENT = {"chromium": "/usr/bin/chromium", "chromedriver": None}


def test_without_a_browser_the_tests_say_what_is_missing() -> None:
    assert missing_browser({"chromium": "/a", "chromedriver": "/b"}, required="1") is None
    reason = missing_browser(ABSENT, required=None)
    assert reason is not None
    assert reason.startswith("not on the path: chromedriver (Debian")


def test_without_a_browser_that_is_required_the_tests_fail() -> None:
    with pytest.raises(RuntimeError, match="QUANTBC_REQUIRE_BROWSER is set, but not on the path: chromedriver"):
        missing_browser(ABSENT, required="1")
