"""Which action tokenizer, and how many bins: answered from demonstrations, before training.

``quantbc.audit(...)`` is a function of `quantbc.api`; once a module of this package is imported, the package has its
name, and so it can be called too.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quantbc.audit.run import Audit


class _Audit(ModuleType):
    """A module that can be called."""

    def __call__(self, data: Any, **settings: Any) -> "Audit":
        """Audit a file, a folder or arrays; see `quantbc.api.audit`."""
        # by name: nothing in this package uses the API, which is above it; the package only answers in its place
        found: Audit = import_module("quantbc.api").audit(data, **settings)
        return found


sys.modules[__name__].__class__ = _Audit
