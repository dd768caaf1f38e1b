"""What the theorems say: statements, their evaluation and their inversion.

Example:
    >>> import bounds
    >>> result = bounds.evaluate(bounds.catalog["theorem_7"], H=50, n=1000, class_size=256, model_class_size=64,
    ...                          eps_q=0.001, C=0.5, eta=0.5)
    >>> print({name: round(float(term), 3) for name, term in result.terms.items()})
    {'imitation': 7.918, 'decoupling': 0.0, 'drift': 0.098}
"""

from bounds.catalog import catalog
from bounds.errors import AssumptionError, ParameterError
from bounds.evaluate import Evaluation, evaluate
from bounds.symbols import SYMBOLS, symbol
from bounds.theorem import Assumption, Provenance, Sense, Theorem

__all__ = [
    "SYMBOLS",
    "Assumption",
    "AssumptionError",
    "Evaluation",
    "ParameterError",
    "Provenance",
    "Sense",
    "Theorem",
    "catalog",
    "evaluate",
    "symbol",
]
