"""All proofs in one graph."""

from __future__ import annotations

from functools import cache

from proofs_check.axioms import AXIOMS
from proofs_check.ledger import Library
from proofs_check.proofs import (
    appendix,
    averages,
    calibration,
    catalogued,
    elementary,
    gaussian_trap,
    local_stability,
    noisy_floor,
    noisy_trap,
    rms,
    shapes,
    smoothness,
    sums,
    theorem_8,
    theorem_9,
    trap_error,
    trap_floor,
)


@cache
def library() -> Library:
    """Every proof and every axiom, references resolved.

    Example:
        >>> "gain_sums" in {proof.key for proof in library().proofs}
        True
    """
    proofs = (
        elementary.proof(),
        sums.proof(),
        calibration.proof(),
        *catalogued.proofs(),
        smoothness.proof(),
        rms.proof(),
        *averages.proofs(),
        trap_floor.proof(),
        trap_error.proof(),
        noisy_trap.proof(),
        noisy_floor.proof(),
        noisy_trap.error(),
        gaussian_trap.proof(),
        theorem_8.proof(),
        theorem_9.proof(),
        *appendix.proofs(),
        local_stability.proof(),
        shapes.proof(),
    )
    return Library(proofs, AXIOMS)
