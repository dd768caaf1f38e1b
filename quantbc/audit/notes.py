"""What a reader of an audit should know about the data and the estimates, in sentences."""

from __future__ import annotations

from quantbc.audit.answer import Constants
from quantbc.audit.stability import Stability
from quantbc.audit.survey import Survey

__all__ = ["data_notes", "model_notes"]


def data_notes(found: Survey) -> list[str]:
    """What of the file could not be used, and what was assumed."""
    counts, warnings = found.counts, list[str]()
    if counts.empty_episodes:
        warnings.append(f"{counts.empty_episodes} episodes have no rows and were not used")
    if counts.bad_actions or counts.bad_observations:
        warnings.append(
            f"{counts.bad_actions} rows with NaN or infinite actions and {counts.bad_observations} with such "
            f"observations, of {counts.rows}, were left out; bad action entries by dimension: "
            f"{', '.join(map(str, counts.bad_by_dimension))}"
        )
    if counts.gaps:
        warnings.append(f"time jumps within an episode at {counts.gaps} places; no transition is counted across them")
    if found.actions.constant:
        still = ", ".join(map(str, found.actions.constant))
        warnings.append(f"action dimensions that never change and count nowhere: {still}")
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
        warnings.append("no TV-Lipschitz constant (the actions show no noise): no bound for stochastic experts")
    return warnings
