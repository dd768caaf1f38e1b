"""Upper bounds against the lower bound of the same setting, and which term dominates where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bounds.catalog import catalog
from bounds.errors import ParameterError
from bounds.evaluate import Evaluation, evaluate
from bounds.numerics import Array
from bounds.terms import Imitation
from bounds.theorem import Sense, Theorem


def dominant_term(result: Evaluation) -> NDArray[np.str_]:
    """Name of the largest term at every point, in the shape of the evaluation; ``"none"`` where all terms vanish.

    Example:
        >>> result = evaluate(catalog["theorem_8"], H=10, n=[1, 10**6], eps_q=0.01)
        >>> [str(name) for name in dominant_term(result)]
        ['imitation', 'quantization']
    """
    names = np.array([*result.terms, "none"])
    stacked = np.stack(list(np.broadcast_arrays(*result.terms.values())))
    largest = np.where(stacked.max(axis=0) > 0, np.argmax(stacked, axis=0), len(names) - 1)
    return np.asarray(names[largest])


def matching_lower(theorem: Theorem) -> Theorem:
    """The lower bound for an upper bound's setting: theorem_8 for deterministic experts, theorem_9 for stochastic ones.

    Raises:
        ParameterError: the statement is no upper bound on the regret of quantized log-loss BC.

    Example:
        >>> matching_lower(catalog["theorem_3"]).key
        'theorem_8'
    """
    imitation = theorem.terms.get("imitation")
    if theorem.sense is not Sense.UPPER or not isinstance(imitation, Imitation):
        raise ParameterError(f"{theorem.key} has no matching lower bound")
    return catalog["theorem_9" if imitation.radius.root else "theorem_8"]


@dataclass(frozen=True)
class Gap:
    """An upper bound next to the lower bound of the same H, n and eps_q.

    Attributes:
        upper: the upper bound.
        lower: what no algorithm avoids on some instance with actions in [0, 1] and a 1-Lipschitz reward.
    """

    upper: Evaluation
    lower: Evaluation

    @property
    def ratios(self) -> dict[str, Array]:
        """Upper over lower: ``imitation``, ``quantization`` (decoupling + drift over quantization) and ``total``.

        Inf where only the lower part vanishes, 1 where both do.
        """
        quantization = self.upper.terms["decoupling"] + self.upper.terms["drift"]
        return {
            "imitation": _ratio(self.upper.terms["imitation"], self.lower.terms["imitation"]),
            "quantization": _ratio(quantization, self.lower.terms["quantization"]),
            "total": _ratio(self.upper.total, self.lower.total),
        }


def _ratio(above: Array, below: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotient = np.asarray(above / below)
    return np.where((above == 0) & (below == 0), 1.0, quotient)[()]


def gap(theorem: Theorem, form: str | None = None, **values: Any) -> Gap:
    """Evaluate an upper bound and the matching lower bound at the same symbols; arguments broadcast.

    Args:
        theorem: an upper bound with an imitation term.
        form: form of the upper bound.
        **values: the upper bound's symbols; the lower bound uses H, n and eps_q of them.

    Raises:
        ParameterError: no matching lower bound, no eps_q, or a bad value.
        AssumptionError: an assumption of either fails, e.g. eps_q > 1/4 for theorem_8.

    Example:
        >>> both = gap(catalog["theorem_7"], H=50, n=[10**3, 10**9], class_size=256, model_class_size=64, eps_q=0.001,
        ...            C=0.5, eta=0.5)
        >>> both.ratios["quantization"].round(2)
        array([1.96, 1.96])
    """
    lower = matching_lower(theorem)
    if "eps_q" not in values:
        raise ParameterError(f"{lower.key} needs eps_q to be compared with {theorem.key}, but eps_q was not given")
    shared = {name: values[name] for name in lower.symbols if name in values}
    return Gap(evaluate(theorem, form, **values), evaluate(lower, **shared))
