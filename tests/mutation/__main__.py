"""A mutation run: change the code in one place, run its tests, and see whether they notice.

    python -m tests.mutation bounds --sample 1000
    python -m tests.mutation bounds --survivors

The mutants are mutmut's. Its runner is not used: it leaves out what a module says outside its functions, which here are
the statements themselves, and picks tests by the calls they make, which the cached library of proofs hides. Every
mutant therefore gets a process of its own, forked from one that has loaded other people's packages and none of ours. It
imports our packages anew, runs the mutated module's own test file, and, where that passes, the package's other tests.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.mutation.mutants import OF_PROOFS, build, names_of
from tests.mutation.runner import Verdict, clean_run, preload, run_all


def main() -> None:
    """Parse, sample, run, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("package", choices=["bounds", "proofs_check"])
    parser.add_argument("--sample", type=int, help="mutants to try, drawn module by module; all of them by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--longest", type=float, default=float("inf"), help="CPU seconds of another module's test")
    parser.add_argument("--survivors", action="store_true", help="try those again that have survived so far")
    parser.add_argument("--out", type=Path, help="JSON lines, one a verdict; what is known is not tried again")
    arguments = parser.parse_args()
    out = arguments.out or Path("out/mutation") / f"{arguments.package}.jsonl"
    out.parent.mkdir(parents=True, exist_ok=True)

    every, known = names_of(arguments.package), _verdicts(out)
    if arguments.survivors:
        chosen = [name for name, verdict in known.items() if verdict["verdict"] == Verdict.SURVIVED]
    else:
        sample = every if arguments.sample is None else stratified(every, arguments.sample, arguments.seed)
        chosen = [name for name in sample if name not in known]
    mutants = (mutant for name in chosen if (mutant := build(name)))
    preload()
    seconds = clean_run(arguments.package)
    with out.open("a", encoding="utf-8") as file:
        for verdict in run_all(mutants, seconds, arguments.longest, arguments.workers):
            file.write(json.dumps(verdict.as_json(), ensure_ascii=False) + "\n")
            file.flush()
    sys.stdout.write(f"{len(every)} mutants of {arguments.package}, {len(chosen)} tried now\n")
    summarise(out)


def stratified(every: list[str], count: int, seed: int) -> list[str]:
    """A sample in which every module has its share."""
    modules: dict[str, list[str]] = {}
    for name in every:
        modules.setdefault(name.partition(":")[0], []).append(name)
    random_ = random.Random(seed)  # noqa: S311
    drawn = []
    for group in modules.values():
        drawn += random_.sample(group, min(len(group), -(-count * len(group) // len(every))))
    random_.shuffle(drawn)
    return drawn


def summarise(out: Path) -> None:
    """Say what share of the mutants died, with its exact interval; changed mutants of proof steps by themselves."""
    verdicts = list(_verdicts(out).values())
    _say("all", verdicts)
    neighbours = [verdict for verdict in verdicts if verdict["kind"] == OF_PROOFS]
    if neighbours:
        _say(OF_PROOFS, neighbours)
        _say("all others", [verdict for verdict in verdicts if verdict["kind"] != OF_PROOFS])


def _say(title: str, verdicts: Sequence[dict[str, Any]]) -> None:
    from scipy.stats import binomtest

    counts = Counter(verdict["verdict"] for verdict in verdicts)
    killed = len(verdicts) - counts[Verdict.SURVIVED]
    interval = binomtest(killed, len(verdicts)).proportion_ci(0.95, method="exact")
    share = f"{killed / len(verdicts):.1%} [{interval.low:.1%}, {interval.high:.1%}]"
    words = ", ".join(f"{word} {count}" for word, count in counts.most_common())
    sys.stdout.write(f"{title}: {killed} of {len(verdicts)} killed: {share} ({words})\n")


def _verdicts(out: Path) -> dict[str, dict[str, Any]]:
    """The last verdict on every mutant."""
    lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    return {verdict["name"]: verdict for verdict in map(json.loads, lines)}


if __name__ == "__main__":
    main()
