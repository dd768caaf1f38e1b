"""All proofs in one graph."""

from __future__ import annotations

from proofs_check.axioms import AXIOMS
from proofs_check.ledger import Library
from proofs_check.proofs import elementary, master, mismatch, statistics, sums


def library() -> Library:
    """Every proof and every axiom, references resolved.

    Example:
        >>> "master" in {proof.key for proof in library().proofs}
        True
    """
    return Library((elementary.proof(), sums.proof(), statistics.proof(), *mismatch.proofs(), master.proof()), AXIOMS)
