"""Behavior cloning with quantized actions: its bounds, their proofs, simulations and audits; see `quantbc.api`."""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"

_PUBLIC = ("audit", "catalog", "certify", "evaluate", "load", "plan", "simulate", "verify")


def __getattr__(name: str) -> Any:
    """Load a public function when it is first asked for: importing the package loads nothing else."""
    if name not in _PUBLIC:
        raise AttributeError(f"quantbc has no {name!r}; it has {', '.join(_PUBLIC)}")
    import_module("quantbc.errors").require_own_packages()
    return getattr(import_module("quantbc.api"), name)


def __dir__() -> list[str]:
    """Names of the public functions."""
    return [*_PUBLIC, "__version__"]
