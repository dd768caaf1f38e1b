"""The paper's numbered statements beside ours, as one page: what it says, what we say, and how the two differ.

``python -m proofs_check.faithfulness docs/faithfulness.md`` writes it. Every statement of ours is given with a hash of
its assumptions and formulas, so that a change of what is claimed is a change of the committed page.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bounds.catalog import catalog
from bounds.theorem import Theorem
from proofs_check.kernel.index import headlines
from proofs_check.library import library
from proofs_check.verify import OPEN

_PAPER = "arXiv:2603.20538v1"


@dataclass(frozen=True)
class Row:
    """One numbered statement of the paper.

    Attributes:
        number: as the paper has it.
        says: hypotheses and claim, in our notation.
        differs: in what they are stronger, weaker or more explicit.
    """

    number: str
    says: str
    differs: str

    @property
    def ours(self) -> tuple[Theorem, ...]:
        """Our statements: those whose source is this number itself."""
        own = re.compile(re.escape(f"{_PAPER}, {self.number}") + r"(?!\d)")
        return tuple(theorem for theorem in catalog.values() if own.match(theorem.source))


ROWS = (
    Row(
        "Theorem 1",
        "Two pairs of policies with actions coupled state by state; the deployed one ε'-RTVC with κ; the first "
        "pair's law "
        "(γ, δ)-d-locally P-IISS. Returns differ by ≲ H²δ + H·TV + H·P(some gap > d − ε') + Σ E[L_xγ + L_u(e+ε')] + "
        "H·Σ Eκ(γ).",
        "Explicit. γ is linear (weighted sums of the gaps) and κ(r) = L r. Where hazards are random, the sum of the "
        "terms with constant 1 is false; ours includes the price of random hazards. H²δ becomes H(H+1)δ/2, or Hδ where "
        "stability fails on one event.",
    ),
    Row(
        "Theorem 2",
        "Stochastic expert, TV-continuous class with linear modulus, global P-EIISS: H√(log(N/δ)/n) + H²ε_q, ε_q the "
        "average over the horizon, up to a constant.",
        "Explicit. With the sup error the sum of the three terms holds as it stands; with averages the imitation term "
        "includes the price of random hazards. Stability is assumed pathwise, and the noise need not be observable.",
    ),
    Row(
        "Theorem 3",
        "Deterministic expert, binning, (kε_q)-RTVC class, max-type γ: H log(N/δ)/n + H²κ(γ((k+1)ε_q)) + "
        "H[γ((k+1)ε_q) + (k+1)ε_q], up to a constant.",
        "Explicit, for any gains. A deterministic class halves the radius. `small_gain` is ours: a relaxation k "
        "without an H² term exists if and only if η + Cℓ < 1, and the smallest one is given. The condition on a given "
        "k is the paper's, see Proposition 5.",
    ),
    Row(
        "Proposition 4",
        "Regression, no quantizer: P-EIISS, a learner that is TV-continuous with linear modulus: regret ≲ H Σ E|u*−û| "
        "over the expert's states.",
        "Explicit, for any gains and any coupling of the two actions state by state.",
    ),
    Row(
        "Proposition 5",
        "(i) RTVC after quantization bounds the jump of a Lipschitz policy's codes; (ii) under binning a "
        "Lipschitz policy "
        "is RTVC with a threshold modulus; so ℓ < (k−2)ε_q/γ((k+1)ε_q) makes the H² term of Theorem 3 vanish. Gaussian "
        "policies are TV-continuous.",
        "(ii) as a bound on the jump, which gives the modulus; (i) is not in the catalog. The Gaussian "
        "modulus is "
        "exact before quantization, its tangent smaller than the displayed one by √π.",
    ),
    Row(
        "Theorem 6",
        "A learned quantizer with in-distribution error O(ε) under which the deployed policy has regret of order H: "
        "deterministic dynamics, and Gaussian noise of scale ε/|log ε|^α.",
        "Deterministic part: explicit lower bound under a weaker condition on the trigger; the error is C₁ε + C₂/H, so "
        "of order ε only for H of order 1/ε. Stochastic part: explicit lower bounds for bounded noise and for "
        "Gaussian noise of fixed variance; the paper's Gaussian noise of shrinking scale is not in the catalog.",
    ),
    Row(
        "Theorem 7",
        "Policy and model by log-loss, actions from an auxiliary roll-out: H[√((log|Π|+log|M|)/n) + ε_q], no "
        "smoothness, "
        "general stochastic dynamics.",
        "Weaker in scope: deterministic dynamics, or a roll-out that shares the system's noise. As stated it is false.",
    ),
    Row(
        "Theorem 8",
        "For large n every non-anticipatory algorithm has regret ≳ H(1/n + ε_q) on some instance, deterministic "
        "expert.",
        "Stronger: every n, every algorithm that sees labels, explicit, and the exact minimax value of its family; "
        "requires ε_q ≤ 1/4.",
    ),
    Row(
        "Theorem 9",
        "With probability at least 1/8 regret ≳ H(√(1/n) + ε_q) on some instance, stochastic expert.",
        "Explicit with 3/8 in place of 3/5: the paper's own constant gives 1/32 by its own steps.",
    ),
    Row(
        "Appendix A",
        "Misspecified classes: D² ≤ 6 log(2N/δ)/n + 2 log(1+χ²). Infinite classes by one-sided log covers.",
        "Explicit, smaller constants; every statement with a statistical radius takes them as `log_misspecification` "
        "and `log_cover`. The estimation term is attained; no class attains the sum of both distances of `covering` "
        "(square roots of laws lie on a sphere), but one comes within a factor of 1.14.",
    ),
    Row(
        "Appendix B",
        "Gaussian expert and noise near a stable nominal path: local P-IISS with explicit (γ, d, δ).",
        "The same, with exact χ tails (sharp form) beside the paper's (simple form), a single failure event for all "
        "steps, and any split of the tube between the two noises, where the paper takes halves: so it is attained.",
    ),
)
"""The paper's statements, in its order."""

_INTRODUCTION = """# The paper's statements and ours

For each numbered statement of [arXiv:2603.20538](https://arxiv.org/abs/2603.20538)v1: what it says, what the catalog
says, and how the two differ. [Statements](proofs/statements.md) has our formulas and assumptions in full,
[where we differ](where-we-differ.md) the counterexamples, [what we do not claim](non-claims.md) the limits. *Kernel*:
proved by Rocq in the catalog's own expression, on finite spaces. *Steps*: [algebra, step by step](proofs/index.md).
*Witness*: an instance that satisfies every assumption and attains a term, so the statement is not vacuous. The hash
covers assumptions and formulas: it changes whenever a claim does.
"""


def digest(theorem: Theorem) -> str:
    """First twelve hex digits of the SHA-256 of what is assumed and claimed.

    Example:
        >>> len(digest(catalog["theorem_2"]))
        12
    """
    assumed = [f"{a.name}: {a.sentence}; {a.requirement}" for a in theorem.assumptions]
    claimed = [f"{form} {name} = {part}" for form in theorem.forms for name, part in theorem.parts(form).items()]
    text = "\n".join([theorem.key, theorem.sense.value, theorem.left, theorem.statement, *assumed, *claimed])
    return sha256(text.encode()).hexdigest()[:12]


def _evidence(key: str, steps: frozenset[str], kernel: frozenset[str]) -> str:
    words = (["kernel"] if key in kernel else []) + ([f"[steps](proofs/{key}.md)"] if key in steps else [])
    return ", ".join(words) or f"none yet: {OPEN[key]}"


def page() -> str:
    """The page.

    Raises:
        KeyError: a statement without proof or reason.

    Example:
        >>> "## Proposition 4" in page()
        True
    """
    steps = frozenset(proof.key for proof in library().proofs)
    kernel = frozenset(key for headline in headlines() for key in headline.proves)
    blocks = [_INTRODUCTION.rstrip()]
    for row in ROWS:
        table = ["| ours | provenance | rests on | witness | hash |", "|---|---|---|---|---|"]
        for theorem in row.ours:
            key = theorem.key
            link = f"[{key}](proofs/statements.md#{key})"
            evidence = _evidence(key, steps, kernel)
            table.append(
                f"| {link} | {theorem.provenance.value} | {evidence} | {theorem.attained_by} | `{digest(theorem)}` |"
            )
        blocks += [f"## {row.number}", f"*The paper*: {row.says}", f"*Differs*: {row.differs}", "\n".join(table)]
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
