"""The public functions in one place; each is loaded when it is first asked for, so that importing this costs nothing.

Example:
    >>> from quantbc import api
    >>> float(api.evaluate(api.catalog["theorem_8"], H=50, n=1000, eps_q=0.001).total).__round__(4)
    0.0592
"""

from importlib import import_module
from typing import Any

_PLACES = {
    "catalog": "bounds",
    "evaluate": "bounds",
    "smallest_demos": "bounds.planning",
    "smallest_bins": "bounds.planning",
    "largest_horizon": "bounds.planning",
    "applicable": "proofs_check.comparison",
    "compare": "proofs_check.comparison",
    "verify": "proofs_check.verify",
    "load": "quantbc.problem.file",
    "sweep_of": "quantbc.sweeps.study",
    "run": "quantbc.sweeps.engine",
    "audit": "quantbc.audit.run",
}


def __getattr__(name: str) -> Any:
    """Load a public function from where it is defined."""
    if name not in _PLACES:
        raise AttributeError(f"quantbc.api has no {name!r}; it has {', '.join(sorted(_PLACES))}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    """Names of the public functions."""
    return sorted(_PLACES)
