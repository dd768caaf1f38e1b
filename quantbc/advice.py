"""Advice in words: which term of a bound dominates, and what would reduce it."""

from __future__ import annotations

from bounds import Evaluation, Sense

_REMEDY = {
    "imitation": "more demonstrations or a smaller policy class would help most",
    "decoupling": "more bins, a smoother policy (lower TV-Lipschitz constant) or more stable dynamics would help most",
    "drift": "more bins, more stable dynamics or a reward less sensitive to actions and states would help most",
    "quantization": "more bins would help most",
}


def advice(result: Evaluation) -> str:
    """One sentence about a scalar evaluation.

    Example:
        >>> import bounds
        >>> advice(bounds.evaluate(bounds.catalog["theorem_8"], H=50, n=1000, eps_q=0.001))
        'quantization dominates (85 % of the bound): more bins would help most'
    """
    if result.overflow:
        return "the value overflows floating point; the system is too unstable for this horizon"
    total = float(result.total)
    if total == 0:
        return "every term is zero"
    name, term = max(result.terms.items(), key=lambda item: float(item[1]))
    remedy = _REMEDY.get(name, "it is the only lever")
    share = f"{name} dominates ({100 * float(term) / total:.0f} % of the bound): {remedy}"
    if result.vacuous and result.theorem.sense is Sense.UPPER:
        return f"VACUOUS: the bound is no better than the trivial one. {share}"
    return share
