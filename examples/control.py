"""Does the audit rank tokenizers as deployment does? Collect, audit, clone, deploy and compare on control tasks.

Run `python -m examples.control` for the whole comparison.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from examples.control_tasks import EXPERT_NOISE, TASKS, Act, Rollouts, Task, roll
from quantbc.audit.run import Audit, Settings, audit
from quantbc.errors import ProblemError
from quantbc.output import print_line, print_table, progress_bar
from simulators.errors import FloatArray, IntArray
from simulators.quantizers.base import Quantizer
from simulators.quantizers.registry import entry

TOKENIZERS = ("uniform", "openvla_q99", "rt1_bounds", "octo_normal", "kmeans")
BINS = (4, 16, 64)
"""What is compared by default: small sizes too, where quantization has a chance to matter beside learning."""

_RESAMPLES = 1000


@dataclass(frozen=True)
class Effort:
    """How much to run.

    Attributes:
        demos: demonstrations.
        episodes: evaluation episodes for each learnt policy.
        repeats: demonstrations and training are repeated this often.
        epochs: passes over the data in training.
        hidden: width of the two hidden layers.
    """

    demos: int = 100
    episodes: int = 25
    repeats: int = 2
    epochs: int = 40
    hidden: int = 64


def clone(quantizer: Quantizer, data: Rollouts, *, effort: Effort, seed: int, rng: np.random.Generator) -> Act:
    """Train a classifier of tokens by log-loss and return the policy that samples from it and executes the codes.

    One network a token of an action, given the observation; tokens of one action are drawn independently.

    Args:
        quantizer: the tokenizer.
        data: demonstrations.
        effort: size and length of training.
        seed: of the networks.
        rng: draws the tokens when the policy is deployed.
    """
    states, actions = np.concatenate(data.observations), np.concatenate(data.actions)
    center, scale = states.mean(axis=0), states.std(axis=0) + 1e-8
    tokens = quantizer.encode(actions).reshape(len(actions), -1)
    heads = [_head((states - center) / scale, column, effort, seed) for column in tokens.T]

    def act(x: FloatArray) -> FloatArray:
        z = (x - center) / scale
        return quantizer.decode(np.stack([head(z, rng) for head in heads], axis=1))

    return act


def _head(
    z: FloatArray, labels: IntArray, effort: Effort, seed: int
) -> Callable[[FloatArray, np.random.Generator], IntArray]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    values = np.unique(labels)
    if len(values) == 1:
        return lambda x, _rng: np.full(len(x), values[0])
    model = MLPClassifier((effort.hidden, effort.hidden), max_iter=effort.epochs, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the number of passes is part of the settings
        model.fit(z, labels)

    def draw(x: FloatArray, rng: np.random.Generator) -> IntArray:
        levels = model.predict_proba(x).cumsum(axis=1)
        picked = (levels < rng.random((len(x), 1)) * levels[:, -1:]).sum(axis=1)
        return np.asarray(model.classes_[picked])

    return draw


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came out on one task.

    Attributes:
        task: its name.
        labels: tokenizers with their sizes.
        bounds: the audit's ranking bound for each (Theorem 7's, regret for rewards in [0, 1]), mean over repeats.
        errors: the audit's mean error in the action norm, mean over repeats.
        losses: losses[tokenizer, repeat, episode], expert's return minus the learner's on the same seed.
        expert: mean return of the expert.
        reward_range: divides losses for comparison with the bounds.
        horizon: H.
        warnings: what the audit of the first demonstrations said.
    """

    task: str
    labels: tuple[str, ...]
    bounds: FloatArray
    errors: FloatArray
    losses: FloatArray = field(repr=False)
    expert: float
    reward_range: float
    horizon: int
    warnings: tuple[str, ...] = field(repr=False)

    @property
    def mean_losses(self) -> FloatArray:
        """Mean return loss of each tokenizer, in the environment's reward."""
        return np.asarray(self.losses.mean(axis=(1, 2)))

    def intervals(self, rng: np.random.Generator) -> FloatArray:
        """Bootstrap intervals of the mean losses over repeats and episodes, 95 %, shape (tokenizers, 2)."""
        means = np.array([loss.mean(axis=(1, 2)) for loss in _resampled(self.losses, rng)])
        return np.asarray(np.quantile(means, [0.025, 0.975], axis=0)).T

    def correlation(self, rng: np.random.Generator) -> tuple[float, float, float] | None:
        """Spearman's rank correlation of bound and mean loss, with its bootstrap interval; None if all losses tie."""
        return rank_correlation(self.bounds, self.losses, rng=rng)


def _resampled(losses: FloatArray, rng: np.random.Generator) -> list[FloatArray]:
    """Repeats and, within them, episodes drawn again; tokenizers share the draws as they share the seeds."""
    _, repeats, episodes = losses.shape
    drawn = []
    for _ in range(_RESAMPLES):
        which = rng.integers(repeats, size=(repeats, 1))
        drawn.append(losses[:, which, rng.integers(episodes, size=(repeats, episodes))])
    return drawn


def rank_correlation(
    scores: FloatArray, losses: FloatArray, *, rng: np.random.Generator
) -> tuple[float, float, float] | None:
    """Return Spearman's rank correlation of scores and mean losses, and its 95 % bootstrap interval.

    The interval is about the noise of the measured losses for these very tokenizers, not about other tokenizers.

    Args:
        scores: one a tokenizer.
        losses: losses[tokenizer, repeat, episode].
        rng: for the bootstrap.

    Returns:
        None where scores or mean losses are all equal.

    >>> losses = np.arange(4.0)[:, None, None] + np.zeros((4, 1, 3))
    >>> rank_correlation(np.array([1.0, 2.0, 3.0, 4.0]), losses, rng=np.random.default_rng(0))
    (1.0, 1.0, 1.0)
    """
    from scipy.stats import rankdata

    def correlate(means: FloatArray) -> float:
        if np.ptp(means) == 0 or np.ptp(scores) == 0:
            return float("nan")
        return float(np.corrcoef(rankdata(scores), rankdata(means.round(12)))[0, 1])

    found = correlate(losses.mean(axis=(1, 2)))
    if np.isnan(found):
        return None
    again = [correlate(loss.mean(axis=(1, 2))) for loss in _resampled(losses, rng)]
    low, high = np.nanquantile(again, [0.025, 0.975])
    return found, float(low), float(high)


def compare(
    task: Task,
    *,
    effort: Effort,
    seed: int,
    tokenizers: Sequence[str] = TOKENIZERS,
    bins: Sequence[int] = BINS,
    learn: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> Comparison:
    """Collect demonstrations, audit them, clone with every tokenizer, deploy.

    Args:
        task: the task.
        effort: how much to run.
        seed: of everything.
        tokenizers: names, none of them a chunk tokenizer.
        bins: sizes.
        learn: deploy clones; otherwise the expert itself with its actions quantized, which needs no learning.
        progress: called with 1 for every policy that was deployed.

    Raises:
        ProblemError: a chunk tokenizer.
    """
    for name in tokenizers:
        # A quantized expert would need its own future actions, and a clone's loss would be that of acting open loop
        # for a whole chunk, with the quantizer's share unknown.
        if entry(name).steps({}) is not None:
            raise ProblemError(f"tokenizers must act on single steps to be deployed step by step, got {name!r}")
    expert = task.made_expert()
    settings = Settings(tokenizers=tuple(tokenizers), bins=tuple(bins), horizon=task.horizon)
    trials = [
        _trial(task, expert, settings, effort, seed=seed, repeat=repeat, learn=learn, progress=progress)
        for repeat in range(effort.repeats)
    ]
    return Comparison(
        task=task.name,
        labels=trials[0].labels,
        bounds=np.mean([trial.bounds for trial in trials], axis=0),
        errors=np.mean([trial.errors for trial in trials], axis=0),
        losses=np.stack([trial.losses for trial in trials], axis=1),
        expert=float(np.mean([trial.expert for trial in trials])),
        reward_range=task.reward_range,
        horizon=task.horizon,
        warnings=trials[0].warnings,
    )


@dataclass(frozen=True, eq=False)
class _Trial:
    """One repeat: fresh demonstrations, audit, networks and evaluation seeds."""

    labels: tuple[str, ...]
    bounds: list[float]
    errors: list[float]
    losses: FloatArray
    expert: float
    warnings: tuple[str, ...]


def _trial(
    task: Task,
    expert: Act,
    settings: Settings,
    effort: Effort,
    *,
    seed: int,
    repeat: int,
    learn: bool,
    progress: Callable[[int], None],
) -> _Trial:
    rng = np.random.default_rng([seed, repeat])
    seeds = rng.integers(2**31, size=effort.demos + effort.episodes).tolist()
    training, evaluation = seeds[: effort.demos], seeds[effort.demos :]
    data = roll(task, expert, training, noise=EXPERT_NOISE, rng=rng)
    start = deepcopy(rng)  # a quantized expert gets the expert's own noise
    best = roll(task, expert, evaluation, noise=EXPERT_NOISE, rng=rng).returns
    found = audited(data, settings)
    candidates = [line.candidate for line, _ in found.reports]
    losses = []
    for candidate in candidates:
        q = candidate.quantizer
        if learn:
            act = clone(q, data, effort=effort, seed=repeat, rng=np.random.default_rng([seed, 99]))
            mine = roll(task, act, evaluation, noise=0.0, rng=rng)
        else:
            mine = roll(task, expert, evaluation, noise=EXPERT_NOISE, rng=deepcopy(start), quantizer=q)
        losses.append(best - mine.returns)
        progress(1)
    return _Trial(
        labels=tuple(candidate.label for candidate in candidates),
        bounds=ranking_bounds(found),
        errors=[line.average_error for line, _ in found.reports],
        losses=np.array(losses),
        expert=float(best.mean()),
        warnings=tuple(found.warnings),
    )


def audited(data: Rollouts, settings: Settings) -> Audit:
    """The audit of demonstrations, through a file as everybody's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demonstrations.npz"
        data.save(path)
        return audit(path, settings)


def ranking_bounds(found: Audit) -> list[float]:
    """The bound by which an audit ranks, for each tokenizer of its reports."""
    totals = {(row["tokenizer"], row["bins"]): float(row["total"]) for row in found.to_dict()["ranking"]}
    return [totals[line.candidate.name, line.candidate.bins] for line, _ in found.reports]


_COLUMNS = (
    ("tokenizer", False),
    ("mean error", True),
    ("bound", True),
    ("return loss", True),
    ("95 %", True),
    ("loss, rewards in [0, 1]", True),
)


def report(found: Comparison, who: str, rng: np.random.Generator) -> None:
    """Print a comparison; `who` was deployed."""
    rows = []
    order = np.argsort(found.bounds, kind="stable")
    intervals, means = found.intervals(rng), found.mean_losses
    for i in order:
        bound = f"{found.bounds[i]:.4g}" + (" vacuous" if found.bounds[i] >= found.horizon else "")
        interval = f"[{intervals[i, 0]:.4g}, {intervals[i, 1]:.4g}]"
        scaled = f"{means[i] / found.reward_range:.3g}"
        rows.append((found.labels[i], f"{found.errors[i]:.3g}", bound, f"{means[i]:.4g}", interval, scaled))
    title = f"{found.task}, {who}: H = {found.horizon}, expert's mean return {found.expert:.4g}"
    print_table(title, _COLUMNS, rows)
    correlation = found.correlation(rng)
    if correlation is None:
        print_line("Spearman: undefined, all losses are equal")
    else:
        print_line("Spearman of bound and return loss: {:.2f} [{:.2f}, {:.2f}]".format(*correlation))
    for text in found.warnings:
        if text.startswith("stability"):
            print_line(f"note: {text}")


def main() -> None:
    """Compare on every task."""
    effort = Effort()
    for task in TASKS.values():
        for learn, who in ((False, "quantized expert"), (True, "clones")):
            with progress_bar(f"{task.name}, {who}", effort.repeats * len(TOKENIZERS) * len(BINS)) as advance:
                found = compare(task, effort=effort, seed=0, learn=learn, progress=advance)
            report(found, who, np.random.default_rng(1))


if __name__ == "__main__":
    main()
