"""Lemmas S2-S4: total variation and mismatch of trajectory laws from their Hellinger distance.

Laws are encoded by their atoms: a claim about sums over atoms is an induction over their number. The passage from
finite laws to all laws is the named axiom on finite partitions.
"""

from __future__ import annotations

import z3

from proofs_check.axioms import INDEPENDENCE, PARTITIONS
from proofs_check.engines.induction import Induction
from proofs_check.engines.smt import Smt, absolute, between
from proofs_check.ledger import Mutant, Proof, Step
from proofs_check.proofs import elementary as el
from proofs_check.proofs.statistics import S1, SOURCE

S2, S3, S4 = "lemma_s2", "lemma_s3", "lemma_s4"


def variation(tv: z3.ArithRef, d2: z3.ArithRef) -> z3.BoolRef:
    """TV² ≤ D² (1 − D²/4), the conclusion of Lemma S2."""
    return tv * tv <= d2 * (1 - d2 / 4)


def mismatch(m: z3.ArithRef, d2: z3.ArithRef) -> z3.BoolRef:
    """m ≤ 1 − (1 − D²/2)² ≤ D², the conclusion of Lemma S3."""
    return z3.And(m <= 1 - (1 - d2 / 2) * (1 - d2 / 2), 1 - (1 - d2 / 2) * (1 - d2 / 2) <= d2)


def lemma_s2() -> Proof:  # long: one argument, its steps read in order
    """Total variation is at most D √(1 − D²/4)."""
    r, s, plus, minus, p, q, twice, d2, tv = z3.Reals("r s plus minus p q twice d2 tv")
    nonnegative = {"roots": z3.And(r >= 0, s >= 0)}
    atom = Smt(
        z3.And(
            absolute(r * r - s * s) == absolute(r - s) * (r + s), absolute(r - s) * absolute(r - s) == (r - s) * (r - s)
        ),
        nonnegative,
    )
    claim = minus + plus == 2 * p + 2 * q
    halves = Induction(
        Smt(claim, {"empty": z3.And(minus == 0, plus == 0, p == 0, q == 0)}),
        Smt(minus + (r - s) * (r - s) + plus + (r + s) * (r + s) == 2 * (p + r * r) + 2 * (q + s * s), {"P(i)": claim}),
        "atoms",
    )
    final = Smt(
        variation(tv, d2),
        {"laws": z3.And(p == 1, q == 1), "tv": twice == 2 * tv, "d2": minus == d2},
        {el.CAUCHY: el.cauchy_schwarz(twice, minus, plus), f"{S2}/halves": claim},
    )
    steps = (
        Step(
            "atom",
            "For roots r, s >= 0 of two masses: |r^2 - s^2| = |r - s| (r + s).",
            atom,
            (Mutant("signs dropped", atom.without("roots")),),
            (),
            r"|p-q| = |\sqrt p-\sqrt q|(\sqrt p+\sqrt q)",
        ),
        Step(
            "halves",
            "sum (r-s)^2 + sum (r+s)^2 = 2P + 2Q, for any number of atoms.",
            halves,
            (Mutant("on one atom, without the 2", Smt((r - s) * (r - s) + (r + s) * (r + s) == r * r + s * s)),),
        ),
        Step(
            "final",
            "TV^2 <= D^2 (1 - D^2/4) for any two laws: Cauchy-Schwarz on |r-s| (r+s), atoms first, then all laws "
            "by refinement.",
            final,
            (
                Mutant("TV without the half", final.supposing({"tv": twice == tv})),
                Mutant("constant 1/4 raised to 1/2", final.concluding(tv * tv <= d2 * (1 - d2 / 2))),
                Mutant("Cauchy-Schwarz dropped", final.without(el.CAUCHY)),
            ),
            (f"{S2}/atom", f"{S2}/halves", el.CAUCHY, PARTITIONS.reference),
            r"TV^2 \le D^2(1-D^2/4)",
        ),
    )
    return Proof(S2, "Lemma S2: total variation from Hellinger", "lemma", "explicit", SOURCE, steps)


def lemma_s3() -> Proof:  # long: one argument, its steps read in order
    """Deterministic labels: the mismatch is quadratically smaller."""
    w, root, rw, d2, mass, kept, half, tv, m, aff = z3.Reals("w root rw d2 mass kept half tv m aff")
    atom_range = {"atom": z3.And(w >= 0, rw >= 0, rw * rw == w, between(0, root, 1))}
    claim = d2 == mass + kept - 2 * half
    hellinger = Induction(
        Smt(claim, {"empty": z3.And(d2 == 0, mass == 0, kept == 0, half == 0)}),
        Smt(
            d2 + (rw - rw * root) * (rw - rw * root) == mass + w + kept + w * root * root - 2 * (half + w * root),
            {**atom_range, "P(i)": claim},
        ),
        "paths of the expert; mass, kept, half stand for the sums of w, wZ, w sqrt(Z)",
    )
    affinity = Smt(
        d2 + (1 - kept) == 2 * (1 - half),
        {"law": mass == 1},
        {f"{S3}/on_path": claim},
    )
    gain = z3.If(w - w * root * root >= 0, w - w * root * root, z3.RealVal(0))
    variation_claim = tv == mass - kept
    total = Induction(
        Smt(variation_claim, {"empty": z3.And(tv == 0, mass == 0, kept == 0)}),
        Smt(tv + gain == mass + w - kept - w * root * root, {**atom_range, "P(i)": variation_claim}),
        "paths of the expert",
    )
    final = Smt(
        mismatch(m, d2),
        {"m": m == 1 - kept, "d2": d2 == 2 * (1 - aff)},
        {el.JENSEN: el.jensen(aff, kept)},
    )
    one = z3.Real("z")
    steps = (
        Step(
            "on_path",
            "On the expert's own paths (weight w, learner's weight w Z): sum (sqrt(w) - sqrt(wZ))^2 = sum w + sum "
            "wZ - 2 sum w sqrt(Z).",
            hellinger,
            (
                Mutant(
                    "on one path, without the 2",
                    Smt((rw - rw * root) * (rw - rw * root) == w + w * root * root - w * root, atom_range),
                ),
            ),
        ),
        Step(
            "affinity",
            "With the learner's mass 1 - E Z off those paths, D^2 = 2 (1 - E sqrt(Z)).",
            affinity,
            (
                Mutant("mass off the expert's paths forgotten", affinity.concluding(d2 == 2 * (1 - half))),
                Mutant("expert's law not of mass 1", affinity.without("law")),
            ),
            (f"{S3}/on_path", PARTITIONS.reference),
            r"D^2 = 2(1-E\sqrt Z)",
        ),
        Step(
            "mismatch_is_tv",
            "The positive part of P* - P is w (1 - Z) on the expert's paths, so TV = 1 - E Z = m.",
            total,
            (Mutant("on one path, Z may exceed 1", Smt(gain == w - w * root * root, {"w": w >= 0})),),
            (),
            r"TV(P^{\hat\pi}_{\bar T},P^*) = m",
        ),
        Step(
            "final",
            "m <= 1 - (1 - D^2/2)^2 <= D^2 when the expert's label is a function of the state: E Z >= (E sqrt(Z))^2.",
            final,
            (
                Mutant("Jensen dropped", final.without(el.JENSEN)),
                Mutant("linear instead of quadratic", final.concluding(m <= d2 / 2)),
                Mutant(
                    "stochastic labels (Z = 1 everywhere does not follow from D = 0)",
                    Smt(m <= d2, {"m": between(0, m, 1), "d2": d2 >= 0}),
                ),
            ),
            (f"{S3}/affinity", f"{S3}/mismatch_is_tv", el.JENSEN),
            r"m \le 1-(1-D^2/2)^2 \le D^2",
        ),
        Step(
            "gap",
            "The other side, for scale: m <= D^2 pointwise from 1 - Z <= 2 (1 - sqrt(Z)).",
            Smt(1 - one * one <= 2 * (1 - one), {"z": one >= 0}, {el.GAP: el.affinity_gap(one)}),
            (Mutant("constant 1", Smt(1 - one * one <= 1 - one, {"z": one >= 0})),),
            (el.GAP,),
        ),
    )
    return Proof(S3, "Lemma S3: deterministic labels", "lemma", "explicit", SOURCE, (*steps[:3], steps[4], steps[3]))


def lemma_s4() -> Proof:  # long: one argument, its steps read in order
    """Deterministic labels and class: the version space."""
    m, decay, power, decay_n, alive, keep = z3.Reals("m decay power decay_n alive keep")
    survive = Induction(
        Smt(alive == power, {"n": z3.And(power == 1, alive == 1)}),
        Smt(alive * keep == power * (1 - m), {"keep": keep == 1 - m, "P(n)": alive == power}),
        "trajectories",
    )
    far = Smt(
        power <= decay_n,
        {"far": z3.And(m > 1 - decay, m <= 1)},
        {el.POWERS: el.powers(1 - m, decay, power, decay_n)},
    )
    final = Smt(m <= 1 - decay, {"not far": z3.Not(m > 1 - decay)})
    steps = (
        Step(
            "survives",
            "A deterministic policy with mismatch m agrees with all labels of n independent trajectories with "
            "probability (1 - m)^n; only "
            "then is its likelihood not zero.",
            survive,
            (Mutant("one trajectory lost, n = 2", Smt((1 - m) * (1 - m) == 1 - m, {"m": between(0, m, 1)})),),
            (INDEPENDENCE.reference,),
            r"(1-m)^n",
        ),
        Step(
            "far_policies",
            "If m > 1 - e^(-x), then (1 - m)^n <= e^(-nx).",
            far,
            (
                Mutant("monotone powers dropped", far.without(el.POWERS)),
                Mutant("m at most 1 - e^(-x)", far.supposing({"far": z3.And(m < 1 - decay, decay > 0)})),
            ),
            (el.POWERS, f"{S4}/survives"),
        ),
        Step(
            "final",
            "With probability at least 1 - delta, m <= 1 - e^(-x): the union over the wrong policies is that of "
            "Lemma S1.",
            final,
            (
                Mutant("constant 1/2", final.concluding(m <= (1 - decay) / 2)),
                Mutant("a far policy may be chosen", final.without("not far")),
            ),
            (f"{S4}/far_policies", f"{S1}/union", f"{S1}/calibration", f"{S1}/truncation", f"{S1}/maximiser"),
            r"m \le 1-e^{-x}",
        ),
    )
    return Proof(S4, "Lemma S4: deterministic class", "lemma", "explicit", SOURCE, steps)


def proofs() -> tuple[Proof, ...]:
    """Lemmas S2 to S4."""
    return lemma_s2(), lemma_s3(), lemma_s4()
