"""The answer: bounds with the estimated constants, the smallest K for a target, and what the data contradict.

Action norm: largest entry, in half ranges of the data. State norm: largest coordinate, in standard deviations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import bounds
from bounds.moduli import FunctionModulus
from bounds.planning import UnreachableError, smallest_bins
from bounds.step_errors import StepErrors
from quantbc.audit.smoothness import Smoothness
from quantbc.audit.stability import Stability
from quantbc.audit.survey import Survey
from quantbc.audit.tokenizers import TokenizerReport
from quantbc.words import percent

__all__ = ["Constants", "bounds_for", "contradictions", "ranking", "smallest_sizes"]


@dataclass(frozen=True)
class Constants:
    """What the bounds are evaluated with.

    Attributes:
        H: horizon.
        n: demonstrations.
        delta: probability with which a bound may fail.
        C: gain constant.
        eta: its decay.
        L_x: Lipschitz constant of the reward in the state, per standard deviation.
        L_u: the same in the action, per half range.
        L: TV-Lipschitz constant of the policy class, per standard deviation; None if unknown.
        lipschitz: ℓ of the policies before binning, half ranges per standard deviation; None if unknown.
        log_class_size: log N; None leaves the imitation term out.
        log_model_class_size: log M; None leaves the imitation term of Theorem 7 out.
    """

    H: int
    n: int
    delta: float
    C: float
    eta: float
    L_x: float
    L_u: float
    L: float | None = None
    lipschitz: float | None = None
    log_class_size: float | None = None
    log_model_class_size: float | None = None

    def common(self) -> dict[str, Any]:
        """Symbols that every bound here takes; a class of one policy has no imitation term."""
        return {
            "H": self.H,
            "n": self.n,
            "delta": self.delta,
            "C": self.C,
            "eta": self.eta,
            "L_x": self.L_x,
            "L_u": self.L_u,
            "log_class_size": self.log_class_size or 0.0,
        }

    def knows_imitation(self, key: str) -> bool:
        """Whether the class sizes that a statement needs were given."""
        models = key.startswith("theorem_7")
        return self.log_class_size is not None and (not models or self.log_model_class_size is not None)


def _statements(
    report: TokenizerReport, smooth: Smoothness | None, constants: Constants
) -> list[tuple[str, dict[str, Any]]]:
    """Which statements can be evaluated for a tokenizer, with their own symbols."""
    errors = StepErrors(report.step_errors(constants.H))
    models = {"log_model_class_size": constants.log_model_class_size or 0.0}
    found: list[tuple[str, dict[str, Any]]] = [("theorem_7", models | {"average_error": errors})]
    if constants.L is not None:
        found.append(("average_error", {"L": constants.L, "average_error": errors}))
    eps_q = report.eps_q
    if eps_q is None:
        return found
    if constants.L is not None:
        found.append(("theorem_2", {"L": constants.L, "eps_q": eps_q}))
    if constants.lipschitz is not None:
        found.append(("binning_lipschitz", {"lipschitz": constants.lipschitz, "eps_q": eps_q}))
    if smooth is not None and eps_q > 0:
        relaxed = {"eps_q": eps_q, "k": smooth.radius / eps_q, "modulus": FunctionModulus(smooth.modulus)}
        found.append(("theorem_3_deterministic_class", relaxed))
    return found


def bounds_for(report: TokenizerReport, smooth: Smoothness | None, constants: Constants) -> list[dict[str, Any]]:
    """Evaluate every statement that applies to a tokenizer, by term.

    Without class sizes the imitation term is null and the total is the rest: what quantization alone can cost.
    """
    rows: list[dict[str, Any]] = []
    if report.chunk is not None:  # horizon and gains are those of single steps
        return rows
    for key, symbols in _statements(report, smooth, constants):
        theorem = bounds.catalog[key]
        form = None if key != "average_error" else "simple"
        result = bounds.evaluate(theorem, form, **(constants.common() | symbols))
        terms = {name: float(term) for name, term in result.terms.items()}
        known = constants.knows_imitation(key)
        total = math.fsum(terms.values()) if known else math.fsum(terms.values()) - terms["imitation"]
        rows.append(
            {
                "tokenizer": report.candidate.name,
                "bins": report.candidate.bins,
                "theorem": key,
                "expert": _expert_of(theorem),
                "form": result.form,
                "per": report.candidate.quantizer.unit,
                "total": total,
                "capped": min(total, float(constants.H)),
                "vacuous": total >= constants.H,
                "terms": terms if known else terms | {"imitation": None},
                "imitation_included": known,
                "plain": not any(assumption.name == "realizable_models" for assumption in theorem.assumptions),
                "values": {name: float(v) for name, v in result.values.arrays.items() if v.ndim == 0},
                "constants": "estimated",
            }
        )
    return rows


def _expert_of(theorem: bounds.Theorem) -> str:
    named = {assumption.name for assumption in theorem.assumptions}
    return "deterministic" if "deterministic_expert" in named else "any"


def ranking(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tokenizers from the best to the worst by one statement that applies to all of them.

    Theorem 7 with the measured mean errors; the raw totals count, beyond the horizon too. A total `per` chunk is about
    policies of whole chunks, executed open loop: such a tokenizer's place says little about its place among the others.
    """
    mine = sorted((row for row in rows if row["theorem"] == "theorem_7"), key=lambda row: float(row["total"]))
    return [{name: row[name] for name in ("tokenizer", "bins", "theorem", "total", "per")} for row in mine]


def smallest_sizes(constants: Constants, *, target: float, dimension: int) -> list[dict[str, Any]]:
    """The smallest number of uniform bins on the data's range that keeps a bound within a target, per statement."""
    found: list[tuple[str, dict[str, Any]]] = []
    if constants.L is not None:
        found.append(("theorem_2", {"L": constants.L}))
    if constants.lipschitz is not None:
        found.append(("binning_lipschitz", {"lipschitz": constants.lipschitz}))
    found.append(("theorem_7", {"log_model_class_size": constants.log_model_class_size or 0.0}))
    rows = []
    for key, symbols in found:
        row: dict[str, Any] = {"theorem": key, "target": target, "imitation_included": constants.knows_imitation(key)}
        values = constants.common() | symbols
        try:
            solution = smallest_bins(
                bounds.catalog[key], target, low=-1.0, high=1.0, dimension=dimension, norm="linf", **values
            )
        except UnreachableError as error:
            rows.append(row | {"bins": None, "reason": str(error)})
        else:
            rows.append(row | {"bins": solution.value, "bound": float(solution.evaluation.total), "reason": None})
    return rows


def contradictions(
    found: Survey,
    reports: Sequence[tuple[TokenizerReport, Smoothness | None]],
    stability: Stability | None,
    horizon: int,
) -> list[dict[str, str]]:
    """Assumptions of the theory, and what the data say about each: contradicted, doubtful, consistent or untestable."""
    entries = [_horizon(found, horizon), *_dynamics(stability), _expert([smooth for _, smooth in reports])]
    for report, smooth in reports:
        clipped = float(report.usage.clipped[report.live].max(initial=0.0))
        if clipped > 0 and report.eps_q is not None:
            entries.append(
                _entry(
                    "sup_error",
                    "contradicted",
                    f"{report.candidate.label}: {percent(clipped)} of a dimension is clipped, so the error is not "
                    f"half a cell; bounds use the largest error seen, {report.eps_q:.4g} half ranges",
                )
            )
        if smooth is not None and smooth.verdict == "scrambles":
            entries.append(_entry("rtvc", "contradicted", f"{report.candidate.label} {smooth.sentence}"))
    return entries


def _entry(assumption: str, verdict: str, evidence: str) -> dict[str, str]:
    return {"assumption": assumption, "verdict": verdict, "evidence": evidence}


def _horizon(found: Survey, horizon: int) -> dict[str, str]:
    counts = found.counts
    lengths = f"episodes have {counts.shortest} to {counts.longest} steps, H is {horizon}"
    return _entry("horizon", "contradicted" if counts.shortest < horizon else "consistent", lengths)


def _dynamics(stability: Stability | None) -> list[dict[str, str]]:
    if stability is None:
        return [_entry("incrementally_stable", "untestable", "no observations, or too few transitions")]
    low, high = stability.low["eta"], stability.high["eta"]
    evidence = f"estimated eta {stability.eta:.4g}, 95 % interval {low:.4g} to {high:.4g}"
    verdict = "contradicted" if low >= 1 else "doubtful" if high >= 1 or stability.warnings() else "consistent"
    return [_entry("incrementally_stable", verdict, evidence)]


def _expert(smooth: Sequence[Smoothness | None]) -> dict[str, str]:
    """Whether the actions look like a function of the state, from the finest radius measured."""
    known = [s for s in smooth if s is not None]
    if not known:
        return _entry("deterministic_expert", "untestable", "no observations, or too few rows")
    finest = min(known, key=lambda s: s.radius)
    evidence = (
        f"{percent(float(finest.raw[0]))} of the raw actions of neighbouring states differ by more than "
        f"{finest.radius:.3g} half ranges, at a state distance of {finest.distances[0]:.3g}"
    )
    return _entry("deterministic_expert", "doubtful" if finest.raw[0] > 0.5 else "consistent", evidence)
