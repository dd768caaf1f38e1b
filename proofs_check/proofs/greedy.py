"""Lemma S5: greedy decoding of deterministic labels."""

from __future__ import annotations

import z3

from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt, between
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import mismatch

S5 = "lemma_s5"
SOURCE = "ours, beside arXiv:2603.20538v1, Theorems 2 and 3"


def greedy_mismatch(m: z3.ArithRef, d2: z3.ArithRef, root_two: z3.ArithRef) -> z3.BoolRef:
    """m ≤ D²/(2 − √2), the conclusion of Lemma S5."""
    return z3.And(m <= 1, m * (2 - root_two) <= d2)


def proof() -> Proof:  # long: one argument, its steps read in order
    """Greedy decoding of deterministic labels."""
    w, root, half, err, mass, c, d2, m, root_two = z3.Reals("w root half err mass c d2 m root_two")
    wrong = z3.Bool("some greedy label differs")
    path = {"path": z3.And(w >= 0, between(0, root, 1)), "c": z3.And(c > 0, 2 * c * c == 1)}
    likely = z3.Implies(wrong, root * root <= z3.Q(1, 2))
    claim = half + (1 - c) * err <= mass
    summed = Induction(
        Smt(claim, {"empty": z3.And(half == 0, err == 0, mass == 0), "c": path["c"]}),
        Smt(
            half + w * root + (1 - c) * (err + z3.If(wrong, w, z3.RealVal(0))) <= mass + w,
            {**path, "likely": likely, "P(i)": claim},
        ),
        "paths of the expert; half and err stand for the sums of w sqrt(Z) and of w where the greedy label errs",
    )
    one = Smt(w * root + (1 - c) * w <= w, {**path, "err": w == 1, "c": c == z3.Q(7, 10)})
    final = Smt(
        greedy_mismatch(m, d2, root_two),
        {"law": mass == 1, "m": z3.And(m == err, m <= 1), "root": z3.And(root_two > 0, root_two == 2 * c)},
        {f"{mismatch.S3}/affinity": d2 == 2 * (1 - half), f"{S5}/on_path": claim},
    )
    steps = (
        Step(
            "on_path",
            "Where the learner's likeliest label is not the expert's, it gives the expert's at most 1/2: there sqrt(Z) "
            "<= 1/sqrt(2), so E sqrt(Z) <= 1 - (1 - 1/sqrt(2)) P(some greedy label differs).",
            summed,
            (Mutant("a wrong label may be the likelier, one path", one),),
            (),
            r"E\sqrt Z \le 1-(1-1/\sqrt2)P(\mathrm{err})",
        ),
        Step(
            "final",
            "P(some greedy label differs along the expert's path) <= D^2 / (2 - sqrt(2)), labels deterministic.",
            final,
            (
                Mutant("constant 1, as if sampled", final.concluding(m <= d2)),
                Mutant("affinity dropped", final.without(f"{mismatch.S3}/affinity")),
            ),
            (f"{S5}/on_path", f"{mismatch.S3}/affinity"),
            r"P(\mathrm{err}) \le D^2/(2-\sqrt2)",
        ),
    )
    return Proof(S5, "Lemma S5: greedy decoding", "lemma", "ours", SOURCE, steps)
