"""Prove, mutate and test: the one entry point behind `quantbc verify`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from bounds.catalog import catalog
from bounds.theorem import Provenance
from proofs_check.empirical import checks
from proofs_check.engines import second_opinion
from proofs_check.kernel.verdicts import compiled, shipped
from proofs_check.ledger import ProofResult
from proofs_check.library import library
from proofs_check.report import VerifyReport

OPEN: Mapping[str, str] = MappingProxyType({})
"""Statements of the catalog that have no proof, with the reason; none at present."""


def verify(
    keys: Sequence[str] | None = None,
    *,
    second: bool | None = None,
    empirical: bool = True,
    kernel: bool = False,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> VerifyReport:
    """Check proofs with everything they rest on, all their mutants, and ask cvc5 where it is installed.

    Args:
        keys: proofs to check, e.g. catalog keys; None for all. Keys that are listed as open need no proof.
        second: whether to ask cvc5; None to ask if it is installed.
        empirical: whether to run the empirical checks of the chosen theorems.
        kernel: whether to compile the kernel's sources afresh, which takes minutes; otherwise its record counts.
        seed: seed of the empirical checks' random systems and data sets.
        progress: called with every step's reference before it is tried.

    Returns:
        The report; `report.ok` says whether everything is as it should be.

    Raises:
        LedgerError: if a key names no proof.
        KernelError: the kernel is to be compiled and Rocq is missing, or rejects a file.

    Example:
        >>> report = verify(["calibration"])
        >>> report.ok, report.to_json()["theorems"]["calibration"]["verdict"]
        (True, 'ALGEBRA CHECKED')
    """
    start = time.perf_counter()
    found_by_kernel = compiled() if kernel else shipped()
    proved = {proof.key for proof in library().proofs}
    elsewhere = {*OPEN, *found_by_kernel.proofs}
    chosen = None if keys is None else [key for key in keys if key in proved or key not in elsewhere]
    results = library().check(chosen, progress=progress)
    ask = second_opinion.available() if second is None else second
    opinions = _opinions(results) if ask else {}
    named = {result.proof.key for result in results}
    known = {key: reason for key, reason in OPEN.items() if keys is None or key in {*named, *keys}}
    found = checks(np.random.default_rng(seed), keys=keys, progress=progress) if empirical else ()
    wanted = {key: proof for key, proof in found_by_kernel.proofs.items() if keys is None or key in {*named, *keys}}
    cited = frozenset(key for key in known if key in catalog and catalog[key].provenance is Provenance.CITED)
    by_kernel = replace(found_by_kernel, proofs=wanted)
    return VerifyReport(results, known, opinions, found, time.perf_counter() - start, by_kernel, cited)


def _opinions(results: Sequence[ProofResult]) -> dict[str, str]:
    words = {}
    with second_opinion.Opinions() as cvc5:
        for result in results:
            for step in result.steps:
                word = cvc5.on(step.step.obligation)
                if word is not None:
                    words[f"{result.proof.key}/{step.step.id}"] = word
    return words
