"""Compile the kernel's sources and compare what Rocq prints with the committed record.

``python -m proofs_check.kernel FOLDER`` compiles into FOLDER. ``--write`` first prints the catalog anew and afterwards
replaces the record. The independent checker ``coqchk`` then reads our proof terms again. Without Rocq nothing is done,
and said in one line; with QUANTBC_REQUIRE_KERNEL set that is an error.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from proofs_check.kernel import printing, record, rocq
from proofs_check.kernel.index import KernelError


def _say(line: object) -> None:
    sys.stdout.write(f"{line}\n")


def main(arguments: list[str]) -> int:
    """Do it.

    Returns:
        0 if everything compiles and agrees (or there is no Rocq and none is required), 1 otherwise.
    """
    folder = Path(next((word for word in arguments if not word.startswith("--")), "out/kernel"))
    if not rocq.installed():
        _say(f"not checked, Rocq is missing: {rocq.INSTALL}")
        return 1 if os.environ.get("QUANTBC_REQUIRE_KERNEL") else 0
    try:
        if "--write" in arguments:
            printing.write()
        seconds = rocq.build(folder)
        found = record.printed(folder)
        if "--write" in arguments:
            record.write(found)
            record.committed.cache_clear()
        wrong = (*record.faults(found), *record.differences(found, record.committed()))
        checked = rocq.coqchk(folder)
    except KernelError as error:
        _say(error)
        return 1
    for line in wrong:
        _say(line)
    _say(f"{len(found.theorems)} headline theorems in {len(rocq.sources())} files, compiled in {seconds:.0f} s")
    _say(f"coqchk read our proof terms again in {checked:.0f} s (-norec: not those of MathComp, which it only loads)")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
