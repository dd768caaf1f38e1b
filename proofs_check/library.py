"""All proofs in one graph."""

from __future__ import annotations

from proofs_check.axioms import AXIOMS
from proofs_check.ledger import Library
from proofs_check.proofs import cores, elementary, master, mismatch, smoothness, statistics, sums, upper_bounds


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
        *upper_bounds.proofs(),
    )
    return Library(proofs, AXIOMS)
