"""What closing the loop changes: chunks that are executed open loop, and policies whose own loop is stable."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import bounds
from bounds.chunks import chunk_growth
from proofs_check.comparison import applicable
from quantbc.audit.answer import Constants
from quantbc.audit.stability import Stability
from quantbc.audit.tokenizers import TokenizerReport
from simulators.assumptions.envelopes import tightest_envelope
from simulators.experiments.base import Standing

__all__ = ["chunk_lines", "chunk_summary", "loop_rows"]

_COMMON = ("iid_demonstrations", "deterministic_expert", "any_expert", "sup_error", "lipschitz_reward")
_CHUNKS = ("realizable_chunks", "deterministic_dynamics", "chunked_deployment", "chunk_lipschitz", "chunk_tvc")
_LOOP = ("realizable", "noisy_lipschitz", "quantized_lipschitz", "loop_stable")


def chunk_summary(stability: Stability | None, steps: int | None) -> dict[str, Any] | None:
    """How errors grow from one chunk's first step to the next, and the smallest chunk in which they do not.

    Args:
        stability: the estimated loop; None where nothing is known of it, and nothing is said.
        steps: length of the chunks that are executed; None if the policy looks at every step.
    """
    if stability is None:
        return None
    growth = chunk_growth(stability.slopes, C=stability.C, eta=stability.eta)
    safe = np.flatnonzero(growth <= 1.0)
    chosen = None if steps is None or steps > len(growth) else float(growth[steps - 1])
    return {
        "steps": steps,
        "growth": chosen,
        "smallest_safe": int(safe[0]) + 1 if safe.size else None,
        "sought_up_to": len(growth),
        "kind": "estimated",
    }


def chunk_lines(summary: dict[str, Any] | None) -> list[str]:
    """What a reader should know of the chunk that was asked for."""
    if summary is None or summary["growth"] is None or summary["growth"] <= 1.0:
        return []
    safe = summary["smallest_safe"]
    better = f"none up to {summary['sought_up_to']} is safe" if safe is None else f"the smallest safe one has {safe}"
    return [
        f"chunks of {summary['steps']} steps: an error can grow by {summary['growth']:.3g} from one to the next "
        f"(estimated); {better}"
    ]


def loop_rows(
    report: TokenizerReport, stability: Stability | None, constants: Constants, chunk: int | None
) -> list[dict[str, Any]]:
    """Evaluate what applies to chunks, or, where every step is looked at, to a loop that is stable by itself.

    A tokenizer of chunks is executed by its own; H stays in steps, the gains are those of single steps, and the
    statement carries them through each chunk.

    Args:
        report: a tokenizer.
        stability: the estimated loop; without it there is nothing to say.
        constants: what bounds are evaluated with.
        chunk: steps that a policy executes before it looks again; None: one.
    """
    steps = report.chunk or chunk
    if report.eps_q is None or stability is None:
        return []
    symbols: dict[str, Any] = {"eps_q": report.eps_q, "log_class_size": constants.log_class_size or 0.0}
    symbols |= {"C": constants.C, "eta": constants.eta, "L_x": constants.L_x, "L_u": constants.L_u}
    if constants.L is not None:
        symbols["L"] = constants.L
    if steps is not None:
        envelope = tightest_envelope(stability.slopes[: max(steps, 1)])
        symbols |= {"chunk": steps, "lipschitz": envelope.C, "chunk_decay": envelope.eta}
        wanted, names = "chunk", (*_COMMON, *_CHUNKS, "incrementally_stable", "linear_gains")
    else:
        slope = constants.lipschitz if constants.lipschitz is not None else stability.lipschitz
        symbols |= {"loop_C": stability.loop_C, "loop_eta": stability.loop_eta, "lipschitz": slope}
        wanted, names = "loop_eta", (*_COMMON, *_LOOP)
    facts: dict[str, Standing] = dict.fromkeys(names, "estimated")
    chosen = [theorem for theorem in applicable(facts, symbols) if wanted in theorem.symbols]
    return [_row(report, theorem, symbols, constants, steps) for theorem in chosen]


def _row(
    report: TokenizerReport,
    theorem: bounds.Theorem,
    symbols: dict[str, Any],
    constants: Constants,
    steps: int | None,
) -> dict[str, Any]:
    given = {"H": constants.H, "n": constants.n, "delta": constants.delta} | symbols
    result = bounds.evaluate(theorem, **{name: value for name, value in given.items() if name in theorem.symbols})
    terms = {name: float(term) for name, term in result.terms.items()}
    known = constants.log_class_size is not None
    total = math.fsum(value for name, value in terms.items() if known or name != "imitation")
    named = {assumption.name for assumption in theorem.assumptions}
    return {
        "tokenizer": report.candidate.name,
        "bins": report.candidate.bins,
        "theorem": theorem.key,
        "expert": "deterministic" if "deterministic_expert" in named else "any",
        "form": result.form,
        "per": report.candidate.quantizer.unit if steps is None else f"chunk of {steps}",
        "total": total,
        "capped": min(total, float(constants.H)),
        "vacuous": total >= constants.H,
        "terms": terms if known else terms | {"imitation": None},
        "imitation_included": known,
        "plain": True,
        "values": {name: float(v) for name, v in result.values.arrays.items() if v.ndim == 0},
        "constants": "estimated",
    }
