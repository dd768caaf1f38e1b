"""What all tests share."""

import os
import signal

import pytest
from hypothesis import settings

# A loaded machine refutes no claim: seconds are judged where they are measured, in benchmarks. In CI every run draws
# the same examples; new releases of Hypothesis do so there by themselves, the oldest that we allow does not.
_REPEATED = {"derandomize": True, "database": None} if os.environ.get("CI") else {}
settings.register_profile("unhurried", settings(), deadline=None, **_REPEATED)
settings.load_profile("unhurried")

# Whoever runs the tests in the background or under nohup has these ignored, and every program started here with them.
for _number in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.default_int_handler if _number == signal.SIGINT else signal.SIG_DFL)

_SETTINGS = "_hypothesis_internal_use_settings"  # tests state their own number of draws, which no profile changes

_SETUPS = frozenset({"built", "run_installed", "theirs", "window", "report_page"})
"""Fixtures that take longer than the tests that need them: a distribution, an environment, a browser, a report."""

_SLOW = ("fuzz", "pins", "benchmarks")
"""Folders of tests that search or run whole studies."""

FEW = 10
"""Draws of a property in a run without the slow tests, for trying changes; a run of everything draws as stated."""


@pytest.hookimpl(tryfirst=True)  # before `-m "not slow"` chooses
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a slow set-up is slow, and no property draws more often than QUANTBC_DRAWS, where that is set.

    A few draws are enough to meet a library's interface, not to search.
    """
    for item in items:
        needed = set(item.fixturenames) if isinstance(item, pytest.Function) else set()
        if _SETUPS & needed or item.nodeid.startswith(tuple(f"tests/{folder}/" for folder in _SLOW)):
            item.add_marker(pytest.mark.slow)
    few = FEW if config.getoption("markexpr") == "not slow" else 0
    most = int(os.environ.get("QUANTBC_DRAWS", few))
    for test in (getattr(item, "obj", None) for item in items if most):
        if (own := getattr(test, _SETTINGS, None)) is not None:
            setattr(test, _SETTINGS, settings(own, max_examples=min(most, own.max_examples)))
