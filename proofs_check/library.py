"""All proofs in one graph."""

from __future__ import annotations

from functools import cache

from proofs_check.axioms import AXIOMS
from proofs_check.ledger import Library
from proofs_check.proofs import (
    appendix,
    averages,
    cores,
    elementary,
    findings,
    greedy,
    local_stability,
    loop_bounds,
    loops,
    master,
    mismatch,
    noisy_floor,
    noisy_trap,
    rms,
    shapes,
    smoothness,
    statistics,
    sums,
    theorem_8,
    theorem_9,
    trap_error,
    trap_floor,
    upper_bounds,
    variance,
)


@cache
def library() -> Library:
    """Every proof and every axiom, references resolved.

    Example:
        >>> "master" in {proof.key for proof in library().proofs}
        True
    """
    proofs = (
        elementary.proof(),
        sums.proof(),
        statistics.proof(),
        *mismatch.proofs(),
        master.proof(),
        cores.proof(),
        smoothness.proof(),
        smoothness.gaussian(),
        greedy.proof(),
        variance.proof(),
        loops.proof(),
        *upper_bounds.proofs(),
        *loop_bounds.proofs(),
        rms.proof(),
        *averages.proofs(),
        trap_floor.proof(),
        trap_error.proof(),
        noisy_trap.proof(),
        noisy_floor.proof(),
        noisy_trap.error(),
        theorem_8.proof(),
        theorem_9.proof(),
        *appendix.proofs(),
        local_stability.proof(),
        shapes.proof(),
        *findings.proofs(),
    )
    return Library(proofs, AXIOMS)
