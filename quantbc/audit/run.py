"""An audit from file to answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bounds import SYMBOLS
from quantbc import __version__
from quantbc.audit.answer import Constants, bounds_for, contradictions, ranking, smallest_sizes
from quantbc.audit.candidates import Candidate, build_candidates, chunk_length, requests
from quantbc.audit.episodes import EpisodeCheck, EpisodeComparison
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.notes import data_notes, model_notes
from quantbc.audit.smoothness import Neighbours, Smoothness, neighbours, smoothness
from quantbc.audit.source import DEFAULT_NAMES, Names, Piece, Source, windows
from quantbc.audit.stability import Stability, TransitionSums, estimate_stability, transitions
from quantbc.audit.survey import Survey, pieces_of, survey
from quantbc.audit.tally import Tally
from quantbc.audit.tokenizers import TokenizerReport, compare_statistics, live_dimensions
from quantbc.audit.verdict import Verdict, verdict
from quantbc.errors import ProblemError
from simulators.errors import FloatArray

__all__ = ["Audit", "Settings", "audit"]

DEFAULT_MEMORY = 10**9

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]


def _silent(_rows: int) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda _done: None)


@dataclass(frozen=True)
class Settings:
    """What the user may say; None means: from the data.

    Attributes:
        tokenizers: names; empty for all.
        bins: sizes; empty for each tokenizer's own.
        layout: of the file.
        names: what the user calls actions, observations and the ends of episodes.
        horizon: H; the median episode's length.
        demos: n; the number of episodes.
        delta: probability with which a bound may fail.
        log_class_size: log N; without it bounds have no imitation term.
        log_model_class_size: log M, for Theorem 7.
        C: gain constant, standard deviations of the state per half range of the action; given together with eta.
        eta: its decay.
        L: TV-Lipschitz constant of the policy class, per standard deviation of the state.
        lipschitz: ℓ, half ranges of the action per standard deviation of the state.
        L_x: of the reward, per standard deviation of the state.
        L_u: of the reward, per half range of the action.
        target: total regret for which the smallest K is sought; a tenth of H.
        tolerance: largest error of an action entry that is good enough, raw units; found in the data if None.
        memory: budget in bytes.
        seed: of everything random.

    Raises:
        ProblemError, ParameterError: a value outside its range.
    """

    tokenizers: tuple[str, ...] = ()
    bins: tuple[int, ...] = ()
    layout: str | None = None
    names: Names = DEFAULT_NAMES
    horizon: int | None = None
    demos: int | None = None
    delta: float = 0.05
    log_class_size: float | None = None
    log_model_class_size: float | None = None
    C: float | None = None
    eta: float | None = None
    L: float | None = None
    lipschitz: float | None = None
    L_x: float = 1.0
    L_u: float = 1.0
    target: float | None = None
    tolerance: float | None = None
    memory: int = DEFAULT_MEMORY
    seed: int = 0

    def __post_init__(self) -> None:
        for name, flag in (("horizon", "--horizon"), ("demos", "--demos"), ("memory", "--memory")):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ProblemError(f"{flag} must be at least 1, got {value}")
        if self.target is not None and not (math.isfinite(self.target) and self.target >= 0):
            raise ProblemError(f"--target must be a finite number >= 0, got {self.target}")
        if self.tolerance is not None and not (math.isfinite(self.tolerance) and self.tolerance > 0):
            raise ProblemError(f"--tolerance must be a finite number > 0, got {self.tolerance}")
        if (self.C is None) != (self.eta is None):
            raise ProblemError(f"--gain and --decay go together, got {self.C} and {self.eta}")
        if self.seed < 0:
            raise ProblemError(f"--seed must be at least 0, got {self.seed}")
        for name in ("delta", "log_class_size", "log_model_class_size", "C", "eta", "L", "lipschitz", "L_x", "L_u"):
            if getattr(self, name) is not None:
                SYMBOLS[name].array(getattr(self, name))
        requests(self.tokenizers, self.bins)


@dataclass(frozen=True, eq=False)
class Audit:
    """Everything an audit found.

    Attributes:
        path: the file.
        layout: its layout.
        found: counts and ranges.
        reports: one for each tokenizer, with its smoothness (None without observations).
        stability: None without observations or with too few transitions.
        horizon: H.
        constants: what the bounds were evaluated with; None where the gains are unknown.
        bounds: one entry for each tokenizer and statement.
        target: the regret for which sizes were sought.
        sizes: smallest K per statement.
        statistics: stored against recomputed, of all rows.
        episode_statistics: the same for every episode; None where the file stores none.
        observed: names of the observation vectors, in the order in which they stand side by side.
        verdict: what to use, and why.
        action_names: what the file calls the entries of an action; None where it has no names.
        fps: steps a second; None where the file does not say.
        warnings: sentences.
    """

    path: Path
    layout: str
    found: Survey = field(repr=False)
    reports: tuple[tuple[TokenizerReport, Smoothness | None], ...] = field(repr=False)
    stability: Stability | None = field(repr=False)
    horizon: int
    constants: Constants | None
    bounds: list[dict[str, Any]] = field(repr=False)
    target: float
    sizes: list[dict[str, Any]] = field(repr=False)
    statistics: list[dict[str, Any]] = field(repr=False)
    episode_statistics: EpisodeComparison | None
    observed: tuple[str, ...]
    verdict: Verdict
    action_names: tuple[str, ...] | None
    fps: float | None
    warnings: list[str] = field(repr=False)

    def document(self) -> dict[str, Any]:
        """Everything as plain values: the JSON output, and all that a page or a figure needs."""
        return {
            "version": __version__,
            "data": str(self.path),
            "layout": self.layout,
            "counts": asdict(self.found.counts),
            "sample": {"rows": self.found.sample.rows, "complete": self.found.sample.complete},
            "actions": _spread(self.found.actions),
            "observations": None if self.found.observations is None else _spread(self.found.observations),
            "units": {
                "action_norm": "largest entry, in half ranges of the data",
                "state_norm": "largest coordinate, in standard deviations of the data",
                "raw": "units of the file",
            },
            "tokenizers": [
                report.as_dict() | {"smoothness": None if smooth is None else smooth.as_dict()}
                for report, smooth in self.reports
            ],
            "stability": None if self.stability is None else self.stability.as_dict(),
            "horizon": self.horizon,
            "constants": None if self.constants is None else asdict(self.constants),
            "bounds": self.bounds,
            "ranking": ranking(self.bounds),
            "target": self.target,
            "smallest_bins": self.sizes,
            "assumptions": contradictions(self.found, self.reports, self.stability, self.horizon),
            "statistics": self.statistics,
            "episode_statistics": None if self.episode_statistics is None else self.episode_statistics.as_dict(),
            "observation_keys": list(self.observed),
            "action_names": None if self.action_names is None else list(self.action_names),
            "fps": self.fps,
            "verdict": self.verdict.as_dict(),
            "warnings": self.warnings,
        }


def _spread(spread: Any) -> dict[str, Any]:
    numbers = {name: getattr(spread, name).tolist() for name in ("low", "high", "mean", "std")}
    return numbers | {"constant": spread.constant}


def audit(  # long: the steps of an audit, in their order
    path: Path, settings: Settings, *, progress: Progress = _silent
) -> Audit:
    """Audit a demonstration file.

    The file is read twice: once for ranges and a sample that fits in memory, once to measure every tokenizer and the
    dynamics on all rows.

    Args:
        path: file or folder.
        settings: what the user said.
        progress: given the number of rows to measure, a context whose value is called with rows as they are done.

    Raises:
        ProblemError: the file cannot be used, or a setting is out of range.
    """
    source = open_source(path, settings.layout, settings.names)
    stored, check = source.stored, EpisodeCheck(source.stored_episodes)
    # Independent streams, so that asking for one tokenizer more changes no other number.
    streams = [np.random.default_rng([settings.seed, part]) for part in range(4)]
    found = survey(source, memory=settings.memory, rng=streams[0], watch=check.add)
    H = settings.horizon or max(int(found.counts.median), 1)
    candidates, problems = _built(found, settings)
    reports, stability, unmeasured = _measured(source, found, candidates, settings, H, streams[1], progress)
    paired = _smoothed(found, reports, settings, streams[2])
    constants = _constants(found, stability, settings, H)
    rows: list[dict[str, Any]] = []
    sizes: list[dict[str, Any]] = []
    target = settings.target if settings.target is not None else H / 10
    if constants is not None:
        rows = [row for report, smooth in paired for row in bounds_for(report, smooth, constants)]
        sizes = smallest_sizes(constants, target=target, dimension=found.dimension)
    statistics, differing = compare_statistics(stored, found)
    episodes = check.compare(found)
    differing += [] if episodes is None else episodes.warnings()
    warnings = [*source.notes, *data_notes(found), *differing, *problems, *unmeasured]
    warnings += [text for report in reports for text in report.warnings()]
    warnings += model_notes(stability, found, constants)
    return Audit(
        path=path,
        layout=source.layout,
        found=found,
        reports=tuple(paired),
        stability=stability,
        horizon=H,
        constants=constants,
        bounds=rows,
        target=target,
        sizes=sizes,
        statistics=statistics,
        episode_statistics=episodes,
        observed=source.observed,
        verdict=verdict(found, reports, stability, tolerance=settings.tolerance, names=source.action_names),
        action_names=source.action_names,
        fps=source.fps,
        warnings=warnings,
    )


def _built(found: Survey, settings: Settings) -> tuple[list[Candidate], list[str]]:
    """Fit tokenizers, each with a random stream of its own."""
    candidates: list[Candidate] = []
    problems: list[str] = []
    for name, bins in requests(settings.tokenizers, settings.bins):
        rng = np.random.default_rng([settings.seed, 1000, bins or 0, *name.encode()])
        built, failed = build_candidates(found, [(name, bins)], rng=rng)
        candidates += built
        problems += failed
    if not candidates:
        raise ProblemError(f"at least one tokenizer must fit the data, got none: {'; '.join(problems)}")
    return candidates, problems


def _measured(
    source: Source,
    found: Survey,
    candidates: Sequence[Candidate],
    settings: Settings,
    H: int,
    rng: np.random.Generator,
    progress: Progress,
) -> tuple[list[TokenizerReport], Stability | None, list[str]]:
    """The second pass."""
    unit = found.actions.half_range
    # A dimension that does not count has no error in the norm.
    units = [np.where(live_dimensions(candidate, found.actions), unit, np.inf) for candidate in candidates]
    tallies = [Tally(c, unit=mine, horizon=max(H, 1)) for c, mine in zip(candidates, units, strict=True)]
    sums = None if found.observations is None else TransitionSums(found.actions, found.observations)

    def watched() -> Iterator[Piece]:
        with progress(found.counts.used_rows) as advance:
            for piece in pieces_of(source, settings.memory):
                for tally in tallies:
                    tally.add(piece)
                advance(len(piece))
                yield piece

    for block in transitions(watched()):
        if sums is not None:
            sums.add(*block)
    reports: list[TokenizerReport] = []
    unmeasured: list[str] = []
    for candidate, tally in zip(candidates, tallies, strict=True):
        usage = tally.usage()
        if usage is None:
            unmeasured.append(f"{candidate.label} was not measured: no stretch of the data is as long as a chunk")
        else:
            reports.append(TokenizerReport(candidate, usage, found.actions, source.action_names))
    stability = None if sums is None else estimate_stability(sums, horizon=H, rng=rng)
    return reports, stability, unmeasured


def _smoothed(
    found: Survey, reports: Sequence[TokenizerReport], settings: Settings, rng: np.random.Generator
) -> list[tuple[TokenizerReport, Smoothness | None]]:
    """Smoothness of every tokenizer on the rows in memory; neighbours are found once for steps and chunks each."""
    observed = found.sample.observations
    if observed is None or found.observations is None:
        return [(report, None) for report in reports]
    states = (observed - found.observations.mean) / found.observations.unit
    known: dict[int | None, tuple[Neighbours | None, FloatArray]] = {}
    paired: list[tuple[TokenizerReport, Smoothness | None]] = []
    for report in reports:
        steps = chunk_length(report.candidate.quantizer)
        if steps not in known:
            known[steps] = _situation(found, states, steps, np.random.default_rng([settings.seed, 2000]))
        chosen, raw = known[steps]
        paired.append((report, None if chosen is None else _smooth(report, chosen, raw, found, rng)))
    return paired


def _situation(
    found: Survey, states: FloatArray, steps: int | None, rng: np.random.Generator
) -> tuple[Neighbours | None, FloatArray]:
    if steps is None:
        return neighbours(states, found.sample.episodes, rng=rng), found.sample.actions
    starts, chunks = windows(found.sample.pieces, steps)
    return neighbours(states[starts], found.sample.episodes[starts], rng=rng), chunks


def _smooth(
    report: TokenizerReport, chosen: Neighbours, raw: FloatArray, found: Survey, rng: np.random.Generator
) -> Smoothness:
    unit = found.actions.half_range
    labels = np.array(raw)
    for start in range(0, len(raw), 4096):
        part = slice(start, start + 4096)
        labels[part] = report.candidate.quantizer.quantize(raw[part])
    flat = [(array / unit).reshape(len(array), -1) for array in (raw, labels)]
    return smoothness(chosen, flat[0], flat[1], radius=report.radius, rng=rng)


def _constants(found: Survey, stability: Stability | None, settings: Settings, H: int) -> Constants | None:
    """The user's constants, and estimates for the rest; None where nobody knows the gains."""
    if settings.C is not None and settings.eta is not None:
        C, eta = settings.C, settings.eta
    elif stability is not None:
        C, eta = stability.C, stability.eta
    else:
        return None
    return Constants(
        H=H,
        n=settings.demos or found.counts.episodes,
        delta=settings.delta,
        C=C,
        eta=eta,
        L_x=settings.L_x,
        L_u=settings.L_u,
        L=settings.L if settings.L is not None or stability is None else stability.tv_lipschitz,
        lipschitz=settings.lipschitz if settings.lipschitz is not None or stability is None else stability.lipschitz,
        log_class_size=settings.log_class_size,
        log_model_class_size=settings.log_model_class_size,
    )
