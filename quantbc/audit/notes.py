"""What a reader of an audit should know about the data and the estimates, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quantbc.audit.answer import Constants
from quantbc.audit.candidates import Candidate, Choices
from quantbc.audit.settings import Settings
from quantbc.audit.stability import NOISELESS, Stability
from quantbc.audit.survey import Survey


def choice_notes(settings: Settings, choices: Choices, candidates: Sequence[Candidate]) -> list[str]:
    """What the user's choices do, and which of them do nothing."""
    notes = [choices.given.note] if choices.given.known else []
    chunked = [candidate for candidate in candidates if candidate.quantizer.unit == "chunk"]
    names = ", ".join(dict.fromkeys(candidate.name for candidate in chunked))
    if settings.bins and any(candidate.bins not in settings.bins for candidate in chunked) and settings.chunk is None:
        notes.append(f"--bins does not set the chunk length, which is that of {names}; choose it with --chunk")
    if settings.relative_to is not None and settings.chunk is None and chunked:
        notes.append(f"actions are relative to every step's own observation, not to a chunk's first, for {names} too")
    if settings.scale is not None and not any("fast" in candidate.quantizer.name for candidate in candidates):
        notes.append("--scale was not used: it applies to FAST only")
    return notes


def data_notes(found: Survey) -> list[str]:
    """What of the file could not be used, and what was assumed."""
    counts, warnings = found.counts, list[str]()
    if counts.empty_episodes:
        warnings.append(f"{counts.empty_episodes} episodes have no rows and were not used")
    warnings += unused_lines(found)
    if counts.gaps:
        warnings.append(f"time jumps within an episode at {counts.gaps} places; no transition is counted across them")
    if found.actions.constant:
        still = ", ".join(map(str, found.actions.constant))
        warnings.append(f"action dimensions that never change and are excluded: {still}")
    if counts.shortest < counts.longest:
        warnings.append(f"episodes have different lengths: {counts.shortest} to {counts.longest} steps")
    if counts.episodes == 1:
        warnings.append("one episode only: learned tokenizers are measured on the rows they were fitted to")
    if not found.sample.complete:
        warnings.append(
            f"quantiles, codebooks and smoothness come from a uniform sample of {found.sample.rows} of "
            f"{counts.used_rows} rows that fits the memory budget; errors, counts and gains from all rows"
        )
    return warnings


def unused_lines(found: Survey) -> list[str]:
    """Rows that could not be used."""
    counts = found.counts
    if not counts.bad_actions + counts.bad_observations:
        return []
    return [
        f"{counts.bad_actions} rows with NaN or infinite actions and {counts.bad_observations} with such "
        f"observations, of {counts.rows}, were left out; bad action entries by dimension: "
        f"{', '.join(map(str, counts.bad_by_dimension))}"
    ]


def doubt_lines(stability: Stability | None, settings: Settings) -> list[str]:
    """What of the verdict is a guess, where the data hardly tell the dynamics and the user does not either."""
    if stability is None or not stability.doubtful or settings.C is not None:
        return []
    return ["the data hardly identify the dynamics: bound and chunk are guesses; --gain and --decay set known gains"]


def model_notes(stability: Stability | None, found: Survey, constants: Constants | None) -> list[str]:
    """What the estimates and the bounds leave open."""
    warnings = [] if stability is None else stability.warnings()
    if constants is None:
        why = "there are no observations" if found.observations is None else "there are too few transitions"
        warnings.append(f"no bounds: the gains are unknown because {why}; give --gain and --decay")
        return warnings
    if constants.log_class_size is None:
        warnings.append("no --class-size: bounds leave out the imitation term and show what quantization alone costs")
    if constants.L is None:
        still = [] if stability is None else np.flatnonzero(stability.noise <= NOISELESS).tolist()
        which = f"action dimensions {', '.join(map(str, still))} show no noise" if still else "the noise is unknown"
        warnings.append(f"no TV-Lipschitz constant ({which}): no bound for stochastic experts")
    return warnings
