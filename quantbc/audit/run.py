"""An audit from file to answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bounds.notebook import html_table
from quantbc import __version__
from quantbc.audit.answer import Constants, bounds_for, contradictions, ranking, smallest_sizes
from quantbc.audit.candidates import Built, Choices, build_candidates, chunk_length, requests
from quantbc.audit.dimensions import chosen_dimensions, periods_of
from quantbc.audit.episodes import EpisodeComparison
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.loops import chunk_lines, chunk_summary
from quantbc.audit.memory import arrays_source
from quantbc.audit.motion import idle_share, outside_lines, periodic_lines
from quantbc.audit.notes import choice_notes, data_notes, doubt_lines, model_notes, unused_lines
from quantbc.audit.parts import Crew, Parts
from quantbc.audit.passes import Plan, first_pass, second_pass
from quantbc.audit.ranges import GivenStatistics, read_range
from quantbc.audit.relative import RelativeActions
from quantbc.audit.rows import windows
from quantbc.audit.settings import Settings
from quantbc.audit.smoothness import Neighbours, Smoothness, neighbours, smoothness
from quantbc.audit.source import Names, Source
from quantbc.audit.stability import Stability, estimate_stability
from quantbc.audit.survey import Survey, require_room, rows_at_once
from quantbc.audit.tally import Tally
from quantbc.audit.tokenizers import TokenizerReport, compare_statistics
from quantbc.audit.verdict import Verdict, verdict
from quantbc.errors import ProblemError
from quantbc.tables.audits import TOKENIZER_COLUMNS, data_line, tokenizer_line, verdict_lines
from simulators.errors import FloatArray

__all__ = ["Audit", "Settings", "audit"]

Data = str | Path | Mapping[str, npt.ArrayLike] | npt.ArrayLike
DEFAULT_SETTINGS = Settings()

Progress = Callable[[int], AbstractContextManager[Callable[[int], None]]]


def _silent(_rows: int) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda _done: None)


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
        chunk: how errors grow over chunks of the estimated loop; None where it is unknown.
        idle: share of steps whose action repeats the one before.
        missing: tokenizers that were not compared because an extra is not installed; None if all were.
        warnings: sentences, this one among them.
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
    chunk: dict[str, Any] | None
    idle: float
    missing: str | None
    warnings: list[str] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
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
                "action_norm": "largest entry, in half-ranges of the data",
                "state_norm": "largest coordinate, in standard deviations of the data",
                "raw": "units of the file",
            },
            "tokenizers": [
                report.to_dict() | {"smoothness": None if smooth is None else smooth.to_dict()}
                for report, smooth in self.reports
            ],
            "stability": None if self.stability is None else self.stability.to_dict(),
            "horizon": self.horizon,
            "constants": None if self.constants is None else self.constants.to_dict(),
            "bounds": self.bounds,
            "ranking": ranking(self.bounds),
            "target": self.target,
            "smallest_bins": self.sizes,
            "assumptions": contradictions(self.found, self.reports, self.stability, self.horizon),
            "statistics": self.statistics,
            "episode_statistics": None if self.episode_statistics is None else self.episode_statistics.to_dict(),
            "observation_keys": list(self.observed),
            "action_names": None if self.action_names is None else list(self.action_names),
            "fps": self.fps,
            "chunk": self.chunk,
            "idle": self.idle,
            "verdict": self.verdict.to_dict(),
            "missing": self.missing,
            "warnings": self.warnings,
        }

    def __repr__(self) -> str:
        document = self.to_dict()
        return "\n".join([data_line(document), *verdict_lines(document)])

    def _repr_html_(self) -> str:
        document = self.to_dict()
        rows = [tokenizer_line(row) for row in document["tokenizers"]]
        lines = [data_line(document), *verdict_lines(document)]
        return html_table(TOKENIZER_COLUMNS, rows, caption="\n".join(lines))


def _spread(spread: Any) -> dict[str, Any]:
    numbers = {name: getattr(spread, name).tolist() for name in ("low", "high", "mean", "std")}
    return numbers | {"constant": spread.constant}


def audit(  # long: the steps of an audit, in their order
    data: Data, settings: Settings = DEFAULT_SETTINGS, *, progress: Progress = _silent, crew: Crew | None = None
) -> Audit:
    """Audit demonstrations.

    A file is read twice: once for ranges and a sample that fits in memory, once to measure every tokenizer and the
    dynamics on all rows.

    Args:
        data: a file or folder, by path or name; or actions, shape (N, d), of one episode; or arrays by name, as an npz
            file has them: actions, observations and episode_ends.
        settings: what the user said.
        crew: who reads the files of a data set; None for this process. The answer is the same.
        progress: given the number of rows to measure, a context whose value is called with rows as they are done.

    Raises:
        ProblemError: the file cannot be used, or a setting is out of range.
    """
    data = Path(data) if isinstance(data, str) else data
    source = _opened(data, settings)
    require_room(source, settings.memory)
    choices, periods = _chosen(source, settings)
    stored, episodic = source.stored, source.stored_episodes
    # Independent streams, so that asking for one tokenizer more changes no other number.
    streams = [np.random.default_rng([settings.seed, part]) for part in range(4)]
    parts = Parts(source, partial(_opened, data, settings), crew)
    first = first_pass(parts, memory=settings.memory, rng=streams[0], checked=bool(episodic))
    found = first.found
    H = settings.horizon or max(int(found.counts.median), 1)
    built = _built(found, settings, choices)
    plan = Plan(built.candidates, found.actions, found.observations, H, periods, settings.memory)
    with progress(found.counts.used_rows) as advance:
        tallies, sums = second_pass(parts, first, plan, advance)
    reports, unmeasured = _reported(tallies, found, source)
    stability = None if sums is None else estimate_stability(sums, horizon=H, rng=streams[1])
    paired = _smoothed(found, reports, settings, periods, streams[2])
    constants = _constants(found, stability, settings, H)
    rows: list[dict[str, Any]] = []
    sizes: list[dict[str, Any]] = []
    target = settings.target if settings.target is not None else H / 10
    if constants is not None:
        rows = [row for pair in paired for row in bounds_for(*pair, constants, settings.chunk)]
        sizes = smallest_sizes(constants, target=target, dimension=found.dimension)
    statistics, differing = compare_statistics(stored, found)
    episodes = first.check.compare(episodic, found)
    differing += [] if episodes is None else episodes.warnings()
    warnings = [*source.notes, *choice_notes(settings, choices, built.candidates), *data_notes(found), *differing]
    warnings += [*built.sentences, *unmeasured]
    warnings += [text for report in reports for text in report.warnings()]
    warnings += model_notes(stability, found, constants)
    chunk = chunk_summary(stability, settings.chunk)
    breaks = [*unused_lines(found), *differing, *outside_lines(found, source.layout)]
    breaks += [*periodic_lines(found, periods, source.action_names), *chunk_lines(chunk)]
    breaks += doubt_lines(stability, settings)
    return Audit(
        path=source.path,
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
        verdict=verdict(
            found, reports, stability, tolerance=settings.tolerance, names=source.action_names, breaks=breaks
        ),
        action_names=source.action_names,
        fps=source.fps,
        chunk=chunk,
        idle=idle_share(found),
        missing=built.missing,
        warnings=warnings,
    )


def _opened(data: Data, settings: Settings) -> Source:
    """The demonstrations, with their actions as the user wants them."""
    source = _source(data, settings, settings.names)
    if settings.relative_to is None:
        return source
    key, _, dims = settings.relative_to.partition(":")
    names = Names(settings.names.actions, (key,), settings.names.episode_ends)
    reference = _source(data, settings, names)
    return RelativeActions(source, reference, key, dims or None, settings.chunk or 1, settings.periodic)


def _source(data: Data, settings: Settings, names: Names) -> Source:
    return open_source(data, settings.layout, names) if isinstance(data, Path) else arrays_source(data, names)


def _chosen(source: Source, settings: Settings) -> tuple[Choices, FloatArray | None]:
    """What the user says of dimensions and ranges, against the first row; and the periods, None if nothing wraps."""
    rows = rows_at_once(settings.memory, source.width)
    first = next((piece for piece in source.pieces(rows) if piece.actions.shape[1]), None)
    d, names = 0 if first is None else first.actions.shape[1], source.action_names
    asked = settings.tolerance if isinstance(settings.tolerance, Sequence) else ()
    if asked and len(asked) != d:
        raise ProblemError(f"--tolerance must be one number, or one for each of {d} action entries, got {len(asked)}")
    mask = None
    if settings.mask is not None:
        mask = np.zeros(d, dtype=np.bool_)
        mask[chosen_dimensions("--mask", settings.mask, d, names)] = True
    given = GivenStatistics()
    if settings.ranges is not None:
        given = read_range(settings.ranges, d, settings.names.actions)
    periods = periods_of(settings.periodic, d, names) if settings.periodic else None
    return Choices(settings.chunk, settings.scale, given, mask, settings.min_token, settings.tokens), periods


def _built(found: Survey, settings: Settings, choices: Choices) -> Built:
    """Fit tokenizers."""
    wanted = requests(settings.tokenizers, settings.bins, settings.chunk)
    built = build_candidates(found, wanted, seed=settings.seed, choices=choices)
    if not built.candidates:
        raise ProblemError(f"at least one tokenizer must fit the data, got none: {'; '.join(built.sentences)}")
    return built


def _reported(tallies: Sequence[Tally], found: Survey, source: Source) -> tuple[list[TokenizerReport], list[str]]:
    """What was measured, and a sentence for each tokenizer that could not be."""
    reports: list[TokenizerReport] = []
    unmeasured: list[str] = []
    for tally in tallies:
        usage = tally.usage()
        if usage is None:
            unmeasured.append(
                f"{tally.candidate.label} was not measured: no stretch of the data is as long as a chunk; the longest "
                f"episode has {found.counts.longest} steps, choose shorter chunks with --chunk"
            )
        else:
            reports.append(TokenizerReport(tally.candidate, usage, found.actions, source.action_names))
    return reports, unmeasured


def _smoothed(
    found: Survey,
    reports: Sequence[TokenizerReport],
    settings: Settings,
    periods: FloatArray | None,
    rng: np.random.Generator,
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
        paired.append((report, None if chosen is None else _smooth(report, chosen, raw, found, periods, rng)))
    return paired


def _situation(
    found: Survey, states: FloatArray, steps: int | None, rng: np.random.Generator
) -> tuple[Neighbours | None, FloatArray]:
    if steps is None:
        starts, raw = np.arange(len(states)), found.sample.actions
    else:
        starts, raw = windows(found.sample.pieces, steps)
    chosen = neighbours(states[starts], found.sample.episodes[starts], rng=rng)
    if chosen is None:
        return None, raw
    rows, chosen = chosen.among_themselves()
    return chosen, raw[rows]


def _smooth(
    report: TokenizerReport,
    chosen: Neighbours,
    raw: FloatArray,
    found: Survey,
    periods: FloatArray | None,
    rng: np.random.Generator,
) -> Smoothness:
    unit = found.actions.half_range
    labels = np.array(raw)
    for start in range(0, len(raw), 4096):
        part = slice(start, start + 4096)
        labels[part] = report.candidate.quantizer.quantize(raw[part])
    flat = [(array / unit).reshape(len(array), -1) for array in (raw, labels)]
    around = None if periods is None else np.tile(periods / unit, flat[0].shape[1] // len(unit))
    return smoothness(chosen, flat[0], flat[1], radius=report.radius, rng=rng, periods=around)


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
        loop_C=None if stability is None else stability.loop_C,
        loop_eta=None if stability is None else stability.loop_eta,
        slopes=None if stability is None else stability.slopes,
        log_class_size=settings.log_class_size,
        log_model_class_size=settings.log_model_class_size,
    )
