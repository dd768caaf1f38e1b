"""A mutation run: change the code in one place, run its tests, and see whether they notice.

    python -m tests.mutation bounds --sample 1500 --seed 0 --workers 2 --out out/mutation/bounds.jsonl
    python -m tests.mutation proofs_check --only out/mutation/survivors.txt

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
from pathlib import Path
from typing import Any

from tests.mutation.mutants import build, names_of
from tests.mutation.runner import Verdict, clean_run, preload, run_all


def main() -> None:
    """Parse, sample, run, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("package", choices=["bounds", "proofs_check"])
    parser.add_argument("--sample", type=int, help="mutants to try, drawn module by module; all of them by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--longest", type=float, default=float("inf"), help="CPU seconds of another module's test")
    parser.add_argument("--only", type=Path, help="file with mutant names, one a line")
    parser.add_argument("--out", type=Path, help="JSON lines, one a mutant; what stands there is not run again")
    arguments = parser.parse_args()
    out = arguments.out or Path("out/mutation") / f"{arguments.package}.jsonl"
    out.parent.mkdir(parents=True, exist_ok=True)

    every = names_of(arguments.package)
    chosen = every if arguments.sample is None else stratified(every, arguments.sample, arguments.seed)
    if arguments.only:
        chosen = arguments.only.read_text(encoding="utf-8").split()
    done = {verdict["name"] for verdict in _verdicts(out)}
    mutants = (mutant for name in chosen if name not in done and (mutant := build(name)))
    preload()
    seconds = clean_run(arguments.package)
    with out.open("a", encoding="utf-8") as file:
        for verdict in run_all(mutants, seconds, arguments.longest, arguments.workers):
            file.write(json.dumps(verdict.as_json(), ensure_ascii=False) + "\n")
            file.flush()
    sys.stdout.write(f"{len(every)} mutants of {arguments.package}, {len(chosen)} chosen\n")
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
    """Say what share of the mutants died, with its exact interval."""
    from scipy.stats import binomtest

    words = [verdict["verdict"] for verdict in _verdicts(out)]
    counts = Counter(words)
    killed = len(words) - counts[Verdict.SURVIVED]
    interval = binomtest(killed, len(words)).proportion_ci(0.95, method="exact")
    share = f"{killed / len(words):.1%} [{interval.low:.1%}, {interval.high:.1%}]"
    sys.stdout.write(f"{killed} of {len(words)} killed: {share}\n")
    sys.stdout.write(", ".join(f"{word} {count}" for word, count in counts.most_common()) + "\n")


def _verdicts(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []


if __name__ == "__main__":
    main()
