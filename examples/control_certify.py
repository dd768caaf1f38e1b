"""Does a certificate hold for deployed clones, and does it rank them? Collect, clone, certify on held-out data, deploy.

Run `python -m examples.control_certify` for the whole comparison.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from examples.control import BINS, TOKENIZERS, Effort, audited, clone, rank_correlation, ranking_bounds
from examples.control_tasks import EXPERT_NOISE, TASKS, Act, Rollouts, Task, roll
from quantbc.audit.candidates import Candidate
from quantbc.audit.certify import Certificate, Settings, certify
from quantbc.audit.run import Settings as AuditSettings
from quantbc.output import print_line, print_table, progress_bar
from simulators.errors import FloatArray

SCORES = ("certificate", "mean error", "systematic", "audit")
"""What clones are ranked by."""


@dataclass(frozen=True, eq=False)
class Certified:
    """What came out on one task.

    Attributes:
        task: its name.
        labels: tokenizers with their sizes, one a clone.
        scores: scores[name][clone]: the certificate's bound on regret, its mean error, the systematic deviation, and
            the audit's bound for the tokenizer.
        losses: losses[clone, 0, episode], expert's return minus the clone's on the same seed.
        reward_range: divides losses for comparison with the bounds.
        horizon: H.
        statements: the statement of each certificate.
    """

    task: str
    labels: tuple[str, ...]
    scores: dict[str, FloatArray] = field(repr=False)
    losses: FloatArray = field(repr=False)
    reward_range: float
    horizon: int
    statements: tuple[str, ...]

    @property
    def scaled(self) -> FloatArray:
        """Mean losses for rewards in [0, 1]."""
        return np.asarray(self.losses.mean(axis=(1, 2)) / self.reward_range)

    @property
    def exceeded(self) -> int:
        """Clones that lose more than their certificate allows."""
        return int((self.scaled > self.scores["certificate"]).sum())

    @property
    def vacuous(self) -> int:
        """Clones whose certificate says no more than H."""
        return int((self.scores["certificate"] >= self.horizon).sum())

    def correlations(self, seed: int) -> dict[str, tuple[float, float, float] | None]:
        """Spearman's rank correlation of each score with the mean losses, and its 95 % bootstrap interval."""
        found = {}
        for name, values in self.scores.items():
            found[name] = rank_correlation(values, self.losses, rng=np.random.default_rng(seed))
        return found


def compare(  # long: the steps of a comparison, in their order
    task: Task,
    *,
    effort: Effort,
    seed: int,
    tokenizers: Sequence[str] = TOKENIZERS,
    bins: Sequence[int] = BINS,
    progress: Callable[[int], None] = lambda _: None,
) -> Certified:
    """Clone with every tokenizer from one half of the demonstrations, certify on the other, deploy.

    Args:
        task: the task.
        effort: how much to run; as many demonstrations are held out as are trained on.
        seed: of everything.
        tokenizers: names, none of them a chunk tokenizer.
        bins: sizes.
        progress: called with 1 for every policy that was deployed.
    """
    expert = task.made_expert()
    rng = np.random.default_rng([seed, 7])
    seeds = rng.integers(2**31, size=2 * effort.demos + effort.episodes).tolist()
    train, held = (
        roll(task, expert, part, noise=EXPERT_NOISE, rng=rng)
        for part in (seeds[: effort.demos], seeds[effort.demos : 2 * effort.demos])
    )
    evaluation = seeds[2 * effort.demos :]
    best = roll(task, expert, evaluation, noise=EXPERT_NOISE, rng=rng).returns
    settings = AuditSettings(tokenizers=tuple(tokenizers), bins=tuple(bins), horizon=task.horizon)
    found = audited(train, settings)
    scores: dict[str, list[float]] = {name: [] for name in SCORES} | {"audit": ranking_bounds(found)}
    labels, losses, statements = [], [], []
    for report, _ in found.reports:
        candidate = report.candidate
        act = clone(candidate.quantizer, train, effort=effort, seed=0, rng=np.random.default_rng([seed, 99]))
        certificate = _certified(held, act, candidate, task)
        best_row = certificate.rows[0]
        systematic = certificate.systematic
        labels.append(candidate.label)
        statements.append(str(best_row["statement"]))
        scores["certificate"].append(float(best_row["regret"]))
        scores["mean error"].append(certificate.error.mean)
        scores["systematic"].append(np.nan if systematic is None else float(systematic.max()))
        losses.append(best - roll(task, act, evaluation, noise=0.0, rng=rng).returns)
        progress(1)
    return Certified(
        task=task.name,
        labels=tuple(labels),
        scores={name: np.array(values) for name, values in scores.items()},
        losses=np.array(losses)[:, None],
        reward_range=task.reward_range,
        horizon=task.horizon,
        statements=tuple(statements),
    )


def _certified(held: Rollouts, act: Act, candidate: Candidate, task: Task) -> Certificate:
    """The certificate of a clone, through files as everybody's."""
    tokenizer = candidate.name if candidate.sup_errors is not None else None
    shortest = min(len(u) for u in held.actions)
    settings = Settings(tokenizer=tokenizer, bins=candidate.bins, horizon=min(task.horizon, shortest))
    with tempfile.TemporaryDirectory() as folder:
        data, played = Path(folder) / "held.npz", Path(folder) / "played.npz"
        held.save(data)
        np.savez(played, predictions=act(np.concatenate(held.observations)))
        return certify(data, played, settings)


_COLUMNS = (
    ("clone", False),
    ("mean error", True),
    ("systematic", True),
    ("certificate", True),
    ("statement", False),
    ("loss, rewards in [0, 1]", True),
)


def report(found: Certified) -> None:
    """Print a comparison."""
    rows = []
    for i in np.argsort(found.scaled, kind="stable").tolist():
        certificate = found.scores["certificate"][i]
        rows.append(
            (
                found.labels[i],
                f"{found.scores['mean error'][i]:.3g}",
                f"{found.scores['systematic'][i]:.3g}",
                f"{certificate:.4g}" + (" vacuous" if certificate >= found.horizon else ""),
                found.statements[i],
                f"{found.scaled[i]:.3g}",
            )
        )
    print_table(f"{found.task}: H = {found.horizon}, clones, certified on held-out demonstrations", _COLUMNS, rows)
    print_line(f"certificates exceeded: {found.exceeded} of {len(rows)}; vacuous: {found.vacuous}")
    for name, correlation in found.correlations(1).items():
        shown = "undefined" if correlation is None else "{:.2f} [{:.2f}, {:.2f}]".format(*correlation)
        print_line(f"Spearman of {name} and return loss: {shown}")


def main() -> None:
    """Compare on every task."""
    effort = Effort(repeats=1)
    for task in TASKS.values():
        with progress_bar(task.name, len(TOKENIZERS) * len(BINS)) as advance:
            found = compare(task, effort=effort, seed=0, progress=advance)
        report(found)


if __name__ == "__main__":
    main()
