"""A trained policy's own validation error, and what follows from it for its deployment: no class, no realizability.

What the policy plays at the states of held-out demonstrations is compared with what the expert played there. One
certified interval for a weighted sum of these errors bounds the regret by the statements of `bounds.validated`; gains
and Lipschitz constants are given or estimated, and it is said which.

Action norm: largest entry, in half-ranges of the demonstrations. State norm: largest coordinate, in standard
deviations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import bounds
from bounds.deviation import deviation
from bounds.step_errors import StepErrors
from bounds.validated import error_weights
from proofs_check.comparison import applicable
from proofs_check.intervals import binomial_interval
from quantbc import __version__
from quantbc.audit.candidates import Candidate, build_candidates
from quantbc.audit.layouts.arrays import common_length
from quantbc.audit.layouts.detect import open_source
from quantbc.audit.layouts.npz import is_npz, npy_opened, npz_opened
from quantbc.audit.policy_loop import Given, PolicyLoop
from quantbc.audit.rows import Piece, finite_runs
from quantbc.audit.source import DEFAULT_NAMES, Names, as_rows, require_file
from quantbc.audit.survey import Survey, require_room, survey
from quantbc.errors import ProblemError
from simulators.errors import FloatArray
from simulators.montecarlo import Interval, mean_interval

NOTHING_GIVEN = Given()
_BINS_OFF = (0, 1, 2, 4, 8)
_ARRAYS = ("predictions", "actions", "action")


@dataclass(frozen=True)
class Settings:
    """What the user may say; None means: from the data.

    Attributes:
        layout: of the demonstrations.
        names: what the user calls things in them.
        tokenizer: what the policy's actions are codes of; None if unknown.
        bins: its size; its own if None.
        horizon: H; the shortest episode. Longer episodes are cut, shorter ones left out.
        delta: probability with which a certificate may fail.
        given: constants that the user knows.
        tolerance: largest deviation of a state entry that is good enough, raw units; None: nothing is judged.
        memory: budget in bytes.
        seed: of everything random.

    Raises:
        ProblemError: a value outside its range.
    """

    layout: str | None = None
    names: Names = DEFAULT_NAMES
    tokenizer: str | None = None
    bins: int | None = None
    horizon: int | None = None
    delta: float = 0.05
    given: Given = NOTHING_GIVEN
    tolerance: float | None = None
    memory: int = 10**9
    seed: int = 0

    def __post_init__(self) -> None:
        if self.tolerance is not None and not (math.isfinite(self.tolerance) and self.tolerance > 0):
            raise ProblemError(f"--tolerance must be a finite number > 0, got {self.tolerance}")
        if (self.given.C is None) != (self.given.eta is None):
            raise ProblemError(f"--gain and --decay go together, got {self.given.C} and {self.given.eta}")
        if self.horizon is not None and self.horizon < 1:
            raise ProblemError(f"--horizon must be at least 1, got {self.horizon}")
        bounds.SYMBOLS["delta"].array(self.delta)
        for name in ("C", "eta", "lipschitz", "L_x", "L_u"):
            if getattr(self.given, name) is not None:
                bounds.SYMBOLS[name].array(getattr(self.given, name))


@dataclass(frozen=True, eq=False)
class Certificate:
    """What held-out demonstrations certify about a policy.

    Attributes:
        data: the demonstrations.
        trajectories: how many were used.
        horizon: H.
        error: certified interval for the mean error of an action, action norm.
        mismatch: for each number of bins j, the certified interval for the probability that some label of a
            trajectory is more than j bins off; empty without a tokenizer.
        rows: one entry for each statement that applies, smallest bound first: statement, regret, vacuous, and the
            deviation by step with its sense.
        systematic: mean over trajectories of the state deviation that the signed errors alone cause, driven through the
            estimated loop, by step; None without a model. A noisy expert's own noise averages out of it in part.
        state_units: standard deviations of the state entries, raw units.
        action_units: half-ranges of the action entries, raw units.
        estimated: constants that were estimated.
        warnings: sentences.
        tolerance: what was asked of the state, raw units; None if nothing was.
        largest_unit: the largest standard deviation of a state entry that changes, raw units.
    """

    data: Path
    trajectories: int
    horizon: int
    error: Interval
    mismatch: Mapping[int, Interval]
    rows: tuple[Mapping[str, Any], ...] = field(repr=False)
    systematic: FloatArray | None = field(repr=False)
    state_units: FloatArray = field(repr=False)
    action_units: FloatArray = field(repr=False)
    estimated: tuple[str, ...]
    warnings: tuple[str, ...]
    tolerance: float | None = None
    largest_unit: float = 1.0

    def __repr__(self) -> str:
        found = f"{self.rows[0]['statement']} {self.rows[0]['regret']:.4g}" if self.rows else "no statement applies"
        return f"<certificate of {self.trajectories} trajectories of {self.horizon} steps: {found}>"

    @property
    def judged(self) -> dict[str, Any] | None:
        """The tolerance beside the smallest deviation that a statement gives for the worst entry, raw units."""
        if self.tolerance is None:
            return None
        found = [(max(step["value"] for step in row["deviation"]) * self.largest_unit, row) for row in self.rows]
        least, row = min(found, key=lambda pair: pair[0], default=(math.inf, None))
        return {
            "tolerance": self.tolerance,
            "deviation_raw": least if math.isfinite(least) else None,
            "statement": None if row is None else row["statement"],
            "sense": None if row is None else row["deviation_sense"],
            "met": least <= self.tolerance,
        }

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        best = self.rows[0] if self.rows else None
        return {
            "version": __version__,
            "data": str(self.data),
            "trajectories": self.trajectories,
            "horizon": self.horizon,
            "error": {"value": self.error.mean, "low": self.error.low, "high": self.error.high},
            "mismatch": {
                str(j): {"value": found.mean, "low": found.low, "high": found.high}
                for j, found in self.mismatch.items()
            },
            "regret": None if best is None else best["regret"],
            "statement": None if best is None else best["statement"],
            "vacuous": None if best is None else best["vacuous"],
            "deviation": [] if best is None else best["deviation"],
            "deviation_sense": None if best is None else best["deviation_sense"],
            "statements": [dict(row) for row in self.rows],
            "systematic_deviation": None if self.systematic is None else self.systematic.tolist(),
            "units": {
                "state": self.state_units.tolist(),
                "action": self.action_units.tolist(),
            },
            "tolerance": self.judged,
            "estimated": list(self.estimated),
            "warnings": list(self.warnings),
        }


def certify(data: Path, predictions: Path, settings: Settings) -> Certificate:  # long: the steps, in their order
    """Certify a policy from held-out demonstrations and what it plays at their states.

    Args:
        data: held-out demonstrations, in any layout of the audit, with observations.
        predictions: an npz or npy file with one row for every row of the demonstrations, in the same order: what the
            policy plays at that state, in the unit of the actions. In an npz the array is called predictions.
        settings: what the user said.

    Raises:
        ProblemError: a file cannot be used, or the two do not fit together.
    """
    source = open_source(data, settings.layout, settings.names)
    require_room(source, settings.memory)
    found = survey(source, memory=settings.memory, rng=np.random.default_rng([settings.seed, 0]))
    if found.observations is None:
        raise ProblemError("data must have observations: the certificate follows the state")
    paths = _paths(list(source.pieces(10**6)), _predicted(predictions), found)
    H, warnings = _horizon(paths, settings)
    used = [path for path in paths if len(path.errors) >= H and path.piece.start == 0]
    errors = np.stack([np.abs(path.errors[:H]).max(axis=1) for path in used])
    model = PolicyLoop.of([path.piece for path in paths], [path.predicted for path in paths], found, H, settings.given)
    warnings += model.warnings
    diameter = max(_DIAMETER, float(errors.max()))
    if diameter > _DIAMETER:
        warnings.append("the policy plays actions outside the demonstrations' range; the range of errors is estimated")
    error = mean_interval(errors.mean(axis=1), low=0.0, high=diameter, confidence=1 - settings.delta)
    tokenizer = _tokenizer(found, settings)
    mismatch = {} if tokenizer is None else _mismatch(used, tokenizer, found, H, settings.delta)
    facts, symbols = model.facts(tokenizer), model.symbols(tokenizer, settings.given)
    rows = [
        *_by_errors(facts, symbols, errors, diameter, settings),
        *_by_labels(facts, symbols, mismatch, H),
    ]
    if tokenizer is None:
        warnings.append("no --tokenizer: the policy is assumed to be Lipschitz in the state, without jumps")
    return Certificate(
        data=data,
        trajectories=len(used),
        horizon=H,
        error=error,
        mismatch=mismatch,
        rows=tuple(sorted(rows, key=lambda row: float(row["regret"]))),
        systematic=model.systematic([path.errors[:H] for path in used]),
        state_units=found.observations.unit,
        action_units=found.actions.half_range,
        estimated=model.estimated,
        warnings=tuple(warnings),
        tolerance=settings.tolerance,
        largest_unit=float(np.delete(found.observations.unit, found.observations.constant).max(initial=0.0)),
    )


_DIAMETER = 2.0
"""Of the demonstrated actions, in half-ranges."""


@dataclass(frozen=True, eq=False)
class _Path:
    """One held-out trajectory: the expert's actions, the policy's, and the signed error in half-ranges."""

    piece: Piece
    predicted: FloatArray
    errors: FloatArray


def _predicted(path: Path) -> FloatArray:
    """The policy's actions, one a row."""
    require_file(path)
    with npz_opened(path) if is_npz(path) else npy_opened(path) as arrays:
        name = next((name for name in _ARRAYS if name in arrays.names()), None)
        if name is None:
            raise ProblemError(
                f"{path} must hold an array called predictions, got {', '.join(arrays.names()) or 'none'}"
            )
        rows = max(common_length(arrays, [name]), 1)
        found = as_rows(name, next(arrays.blocks(name, rows), np.zeros((0, 1))), real=True)
    if not np.isfinite(found).all():
        raise ProblemError(f"{path}: predictions must be finite, got NaN or infinite entries")
    return found


def _paths(pieces: list[Piece], predicted: FloatArray, found: Survey) -> list[_Path]:
    total = sum(len(piece) for piece in pieces)
    if predicted.shape != (total, found.dimension):
        raise ProblemError(
            f"predictions must have shape {(total, found.dimension)}, a row for every step of the data, "
            f"got {predicted.shape}"
        )
    paths, row = [], 0
    for piece in pieces:
        mine = predicted[row : row + len(piece)]
        row += len(piece)
        for run in finite_runs(piece):
            part = mine[run.start - piece.start : run.start - piece.start + len(run)]
            error = (part - run.actions) / found.actions.half_range
            error[:, found.actions.constant] = 0.0
            paths.append(_Path(run, part, error))
    return paths


def _horizon(paths: list[_Path], settings: Settings) -> tuple[int, list[str]]:
    lengths = [len(path.errors) for path in paths if len(path.errors) and path.piece.start == 0]
    if not lengths:
        raise ProblemError("data must have at least one episode with finite rows, got none")
    H = settings.horizon or min(lengths)
    if not any(length >= H for length in lengths):
        raise ProblemError(f"--horizon must be at most the longest episode, {max(lengths)}, got {H}")
    short = sum(length < H for length in lengths)
    notes = [f"{short} episodes are shorter than H = {H} and were left out"] if short else []
    return H, notes


def _tokenizer(found: Survey, settings: Settings) -> Candidate | None:
    """What the policy's actions are codes of, fitted as the audit fits it."""
    if settings.tokenizer is None:
        return None
    built = build_candidates(found, [(settings.tokenizer, settings.bins)], seed=settings.seed)
    if not built.candidates:
        raise ProblemError(f"--tokenizer must fit the data: {built.sentences[0]}")
    return built.candidates[0]


def _mismatch(used: list[_Path], tokenizer: Candidate, found: Survey, H: int, delta: float) -> dict[int, Interval]:
    """Clopper-Pearson intervals for P(some label of a trajectory is more than j bins off); empty without bins."""
    quantizer = tokenizer.quantizer
    if quantizer.axes(found.dimension) is None:
        return {}
    gaps = []
    for path in used:
        labels = [quantizer.encode(actions[:H]) for actions in (path.piece.actions, path.predicted)]
        gaps.append(int(np.abs(labels[0] - labels[1]).max()))
    far = np.array(gaps)
    intervals = {}
    for j in _BINS_OFF:
        count = int((far > j).sum())
        low, high = binomial_interval(count, len(far), confidence=1 - delta / len(_BINS_OFF))
        intervals[j] = Interval(count / len(far), low, high)
    return intervals


def _by_errors(
    facts: Mapping[str, Any], symbols: Mapping[str, Any], errors: FloatArray, diameter: float, settings: Settings
) -> Iterator[dict[str, Any]]:
    """Statements that are linear in the errors by step: one certified interval for their weighted sum."""
    for name in ("action_error", "map_error"):
        extra = symbols.get("eps_q", 0.0) if name == "map_error" else 0.0  # a code is at most that far from the map
        for theorem in applicable(facts, {**symbols, name: 0.0}):
            if name not in theorem.symbols:
                continue
            needed = {key: value for key, value in symbols.items() if key in theorem.symbols}
            weights, rest = error_weights(theorem, H=errors.shape[1], **needed)
            high = float(weights.sum()) * (diameter + extra)
            found = Interval(0.0, 0.0, 0.0) if high == 0 else Interval(math.inf, 0.0, math.inf)
            if 0 < high < math.inf:  # gains that grow overflow over long horizons
                sums = (errors + extra) @ weights
                found = mean_interval(sums, low=0.0, high=high, confidence=1 - settings.delta)
            steps = needed | {name: StepErrors(errors.mean(axis=0) + extra)}
            yield _row(theorem, rest + found.high, errors.shape[1], steps) | {"expected": rest + found.mean}


def _by_labels(
    facts: Mapping[str, Any], symbols: Mapping[str, Any], mismatch: Mapping[int, Interval], H: int
) -> Iterator[dict[str, Any]]:
    """Statements about labels, at the number of bins that makes each smallest."""
    asked = {"mismatch": 0.0, "bins_off": 0.0}
    for theorem in applicable(facts, {**symbols, **asked}) if mismatch else ():
        if "mismatch" not in theorem.symbols:
            continue
        needed = {key: value for key, value in symbols.items() if key in theorem.symbols}
        steps = [needed | {"mismatch": found.high, "bins_off": float(j)} for j, found in mismatch.items()]
        totals = [float(bounds.evaluate(theorem, H=H, **values).total) for values in steps]
        least = int(np.argmin(totals))
        yield _row(theorem, totals[least], H, steps[least]) | {"bins_off": list(mismatch)[least]}


def _row(theorem: bounds.Theorem, regret: float, H: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """A statement's bound and, at the mean errors by step, what it says of the state."""
    strays = deviation(theorem, H=H, **values)
    return {
        "statement": theorem.key,
        "regret": regret,
        "vacuous": regret >= H,
        "deviation": [{"step": h, "value": float(value)} for h, value in enumerate(strays.values, start=1)],
        "deviation_sense": strays.sense,
        "values": {key: value for key, value in values.items() if isinstance(value, float)},
    }
