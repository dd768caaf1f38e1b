"""The answer: bounds with the estimated constants, the smallest K for a target, and what the data contradict.

Action norm: largest entry, in half-ranges of the data. State norm: largest coordinate, in standard deviations.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import bounds
from bounds.moduli import FunctionModulus
from bounds.planning import UnreachableError, smallest_bins
from bounds.step_errors import StepErrors
from proofs_check.comparison import Row, applicable, stated
from quantbc.audit.smoothness import Smoothness
from quantbc.audit.stability import Stability
from quantbc.audit.survey import Survey
from quantbc.audit.tokenizers import TokenizerReport
from quantbc.words import percent
from simulators.assumptions.envelopes import tightest_envelope
from simulators.errors import FloatArray
from simulators.experiments.base import Budget, Standing


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
        L_u: the same in the action, per half-range.
        L: TV-Lipschitz constant of the policy class, per standard deviation; None if unknown.
        lipschitz: ℓ of the policies before binning, half-ranges per standard deviation; None if unknown.
        log_class_size: log N; None leaves the imitation term out.
        log_model_class_size: log M; None leaves the imitation term of Theorem 7 out.
        loop_C: gain constant of the policies' own loops; None if unknown.
        loop_eta: its decay.
        slopes: how action i of a chunk answers to the chunk's first state, in the norms' units; None if unknown.
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
    loop_C: float | None = None  # noqa: N815 (the symbol's name)
    loop_eta: float | None = None
    slopes: FloatArray | None = field(default=None, repr=False)

    def symbols(self) -> dict[str, Any]:
        """What is known about every tokenizer, by catalog keyword; a class of one policy has no imitation term."""
        names = ("C", "eta", "L_x", "L_u", "L", "lipschitz", "loop_C", "loop_eta")
        found = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        return found | {name: getattr(self, name) or 0.0 for name in _SIZES}

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"slopes": None if self.slopes is None else self.slopes.tolist()}

    def sizes(self, theorem: bounds.Theorem) -> bool:
        """Whether the class sizes that a statement asks for were given."""
        return all(getattr(self, name) is not None for name in _SIZES if name in theorem.symbols)


_SIZES = ("log_class_size", "log_model_class_size")
_ALWAYS = (
    *("iid_demonstrations", "realizable", "any_expert", "deterministic_expert", "deterministic_actions"),
    "deterministic_class",
    *("incrementally_stable", "linear_gains", "lipschitz_reward"),
)
_CHUNKS = ("realizable_chunks", "deterministic_dynamics", "chunked_deployment")
_MODELS = ("realizable_models", "shared_noise")
"""What is taken to hold of the learner; and of one that reads its actions off a roll-out of a learnt model."""

Reading = tuple[dict[str, Standing], dict[str, Any]]
"""Facts, all estimated, and symbols: what a statement is looked up by."""


def _readings(
    constants: Constants, eps_q: float | None, errors: StepErrors | None, smooth: Smoothness | None
) -> Iterator[Reading]:
    """Three views of one learner: smooth in total variation, smooth up to a radius, and with a model.

    They are apart because a modulus up to a radius is none in total variation, and because what a policy does in states
    of its own does not matter where codes are read off a roll-out.
    """
    names, symbols = [*_ALWAYS], constants.symbols()
    if errors is not None:
        names, symbols = [*names, "label_error", "average_error"], symbols | {"average_error": errors}
    if eps_q is not None:
        names, symbols = [*names, "label_error", "sup_error"], symbols | {"eps_q": eps_q}
    smoothness = ["tvc"] if constants.L is not None else []
    if constants.lipschitz is not None:
        smoothness += ["quantized_lipschitz", "noisy_lipschitz"]
        smoothness += ["loop_stable"] if constants.loop_C is not None else []
    yield dict.fromkeys([*names, *smoothness], "estimated"), symbols
    if smooth is not None and eps_q:
        relaxed = {name: value for name, value in symbols.items() if name not in ("L", "lipschitz")}
        relaxed |= {"k": smooth.radius / eps_q, "modulus": FunctionModulus(smooth.modulus)}
        yield dict.fromkeys([*names, "rtvc"], "estimated"), relaxed
    yield dict.fromkeys([*names, *_MODELS], "estimated"), symbols


def _chunk_reading(constants: Constants, eps_q: float | None, steps: int) -> Iterator[Reading]:
    """A learner of chunk maps, executed open loop; H stays in steps, and the statement carries the gains through."""
    if eps_q is None or constants.slopes is None:
        return
    envelope = tightest_envelope(constants.slopes[:steps])
    symbols = constants.symbols() | {"eps_q": eps_q, "chunk": steps}
    symbols |= {"lipschitz": envelope.C, "chunk_decay": envelope.eta}
    smoothness = ["chunk_lipschitz"] + ["chunk_tvc"] * (constants.L is not None)
    yield dict.fromkeys([*_ALWAYS[:1], *_CHUNKS, *_ALWAYS[2:], "sup_error", *smoothness], "estimated"), symbols


def _setting(theorem: bounds.Theorem) -> dict[str, Any]:
    """Which experts a statement is about, and whether no model is learnt besides the policy."""
    named = {assumption.name for assumption in theorem.assumptions}
    expert = "deterministic" if "deterministic_expert" in named else "any"
    return {"theorem": theorem.key, "expert": expert, "plain": not named & set(_MODELS)}


def bounds_for(
    report: TokenizerReport, smooth: Smoothness | None, constants: Constants, chunk: int | None = None
) -> list[dict[str, Any]]:
    """Every statement that applies to a tokenizer, by term, at its smallest.

    Without class sizes the imitation term is null and the total is the rest: what quantization alone can cost.

    Args:
        report: the tokenizer.
        smooth: its smoothness.
        constants: what bounds are evaluated with.
        chunk: steps that a policy executes before it looks again; None: one. A chunk tokenizer has its own.
    """
    steps = report.chunk or chunk
    budget = Budget(constants.H, constants.n, constants.delta)
    if steps is None:
        readings = _readings(constants, report.eps_q, StepErrors(report.step_errors(constants.H)), smooth)
    else:
        readings = _chunk_reading(constants, report.eps_q, steps)
    found: dict[str, Row] = {}
    for facts, symbols in readings:
        for row in stated(facts, symbols, budget):
            if steps is None or "chunk" in row.evaluation.theorem.symbols:  # others are about looking at every step
                found.setdefault(row.statement, row)
    return [_entry_of(row, report, constants, steps) for row in found.values()]


def _entry_of(row: Row, report: TokenizerReport, constants: Constants, steps: int | None) -> dict[str, Any]:
    theorem, terms = row.evaluation.theorem, row.terms
    known = constants.sizes(theorem)
    total = math.fsum(value for name, value in terms.items() if known or name != "imitation")
    return {
        "tokenizer": report.candidate.name,
        "bins": report.candidate.bins,
        **_setting(theorem),
        "form": row.evaluation.form,
        "per": "step" if steps is None else f"chunk of {steps}",
        "total": total,
        "capped": min(total, float(constants.H)),
        "vacuous": total >= constants.H,
        "terms": terms if known else terms | {"imitation": None},
        "imitation_included": known,
        "values": {name: float(v) for name, v in row.evaluation.values.arrays.items() if v.ndim == 0},
        "constants": "estimated",
    }


def ranking(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tokenizers from the best to the worst by one statement that applies to all of them.

    Of several, the one by which quantization costs least in all; the raw totals count, beyond the horizon too.
    """
    costs: dict[str, list[float]] = {}
    for row in (rows := [row for row in rows if row["per"] == "step"]):  # chunks of other lengths do not compare
        costs.setdefault(row["theorem"], []).append(math.fsum(row["terms"][name] for name in _QUANTIZATION))
    shared = [key for key, found in costs.items() if len(found) == len({(r["tokenizer"], r["bins"]) for r in rows})]
    chosen = min(shared, key=lambda key: sum(costs[key]), default=None)
    mine = sorted((row for row in rows if row["theorem"] == chosen), key=lambda row: float(row["total"]))
    return [{name: row[name] for name in ("tokenizer", "bins", "theorem", "total", "per")} for row in mine]


_QUANTIZATION = ("decoupling", "drift")


def smallest_sizes(constants: Constants, *, target: float, dimension: int) -> list[dict[str, Any]]:
    """The smallest number of uniform bins on the data's range that keeps a bound within a target, per statement."""
    box: dict[str, Any] = {"low": -1.0, "high": 1.0, "dimension": dimension, "norm": "linf"}
    given = {"H": constants.H, "n": constants.n, "delta": constants.delta}
    rows = []
    for facts, symbols in _readings(constants, 1.0, None, None):
        for theorem in applicable(facts, symbols):
            values = {name: value for name, value in (symbols | given).items() if name in theorem.symbols}
            solve = partial(smallest_bins, theorem, target, **box, **{k: v for k, v in values.items() if k != "eps_q"})
            row = _setting(theorem) | {"target": target, "imitation_included": constants.sizes(theorem)}
            try:
                found = solve()
            except UnreachableError as error:
                rows.append(row | {"bins": None, "reason": str(error)})
            except bounds.AssumptionError:  # one that depends on the values
                continue
            else:
                rows.append(row | {"bins": found.value, "bound": float(found.evaluation.total), "reason": None})
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
                    f"half a cell; bounds use the largest error seen, {report.eps_q:.4g} half-ranges",
                )
            )
        if smooth is not None and smooth.verdict == "worse":
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
        f"{finest.radius:.3g} half-ranges, at a state distance of {finest.distances[0]:.3g}"
    )
    return _entry("deterministic_expert", "doubtful" if finest.raw[0] > 0.5 else "consistent", evidence)
