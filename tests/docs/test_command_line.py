"""The page of the command line is what the commands print."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parents[2] / "docs"


def renderer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("command_line", DOCS / "command_line.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_committed_page_has_not_drifted() -> None:
    """To renew it: python docs/command_line.py."""
    assert (DOCS / "command-line.md").read_text(encoding="utf-8") == renderer().page()
