"""A mutation run: change the code in one place, run its tests, and see whether they notice.

    python -m tests.mutation bounds --sample 1500 --seed 0 --workers 2 --out out/mutation/bounds.jsonl
    python -m tests.mutation proofs_check --only out/mutation/survivors.txt

The mutants are mutmut's. Its runner is not used: it leaves out what a module says outside its functions, which here is
the statements themselves, and picks tests by the calls they make, which the cached library of proofs hides. Every mutant
therefore gets a process of its own, forked from one that has loaded other people's packages and none of ours. It imports
our packages anew, runs the mutated module's own test file, and, where that passes, the other tests of the package.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from mutants import build, names_of
from runner import Verdict, clean_run, preload, run_all


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
    done = {json.loads(line)["name"] for line in out.read_text(encoding="utf-8").splitlines()} if out.exists() else set()
    mutants = [mutant for name in chosen if name not in done and (mutant := build(name))]
    preload()
    seconds = clean_run(arguments.package)
    with out.open("a", encoding="utf-8") as file:
        for verdict in run_all(mutants, seconds, arguments.longest, arguments.workers):
            file.write(json.dumps(verdict.as_json(), ensure_ascii=False) + "\n")
            file.flush()
    print(f"{len(every)} mutants of {arguments.package}, {len(chosen)} chosen")
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
    """Print the share of mutants that died, with its exact interval."""
    from scipy.stats import binomtest

    verdicts = [json.loads(line)["verdict"] for line in out.read_text(encoding="utf-8").splitlines()]
    counts = Counter(verdicts)
    killed = len(verdicts) - counts[Verdict.SURVIVED]
    interval = binomtest(killed, len(verdicts)).proportion_ci(0.95, method="exact")
    print(f"{killed} of {len(verdicts)} killed: {killed / len(verdicts):.1%} [{interval.low:.1%}, {interval.high:.1%}]")
    print(", ".join(f"{verdict} {count}" for verdict, count in counts.most_common()))


if __name__ == "__main__":
    main()
