"""The textbook facts that are used and not proved here: all of measure theory, and what a limit is."""

from __future__ import annotations

import z3

from proofs_check.ledger import Axiom

DURRETT = "R. Durrett, Probability: Theory and Examples (5th ed., 2019)"

EXPECTATION = Axiom(
    "expectation",
    "Expectation is linear and monotone; P(A) = E[1_A].",
    f"{DURRETT}, Theorem 1.6.1",
    r"X \le Y \Rightarrow E X \le E Y",
)
TOWER = Axiom(
    "tower",
    "E[X] = E[E[X | F]], and F-measurable bounded factors come out of E[. | F].",
    f"{DURRETT}, Theorems 4.1.13 and 4.1.14",
    r"E X = E\,E[X \mid \mathcal F]",
)
UNION = Axiom(
    "union_bound",
    "The probability of a finite union is at most the sum of the probabilities.",
    f"{DURRETT}, Theorem 1.1.1 (iii)",
    r"P(\bigcup_i A_i) \le \sum_i P(A_i)",
)
DISINTEGRATION = Axiom(
    "disintegration",
    "On standard Borel spaces regular conditional laws exist, and a law is its marginal followed by its "
    "conditional law.",
    "O. Kallenberg, Foundations of Modern Probability (3rd ed., 2021), Theorem 8.5",
    r"P(dx, dy) = P(dx)\, P(dy \mid x)",
)
PARTITIONS = Axiom(
    "finite_partitions",
    "Total variation and squared Hellinger distance are suprema over finite measurable partitions, approached "
    "along one "
    "sequence of refinements; so an inequality between continuous functions of them holds if it holds on finite sets.",
    "Y. Polyanskiy, Y. Wu, Information Theory (2025), Theorem 7.6",
    r"D_f(P, Q) = \sup_{\text{finite partitions}} D_f",
)
EXPONENTIAL = Axiom(
    "exponential",
    "exp(x + y) = exp(x) exp(y), exp(log x) = x, and (1 + x/n)^n tends to exp(x).",
    "W. Rudin, Principles of Mathematical Analysis (3rd ed., 1976), Theorems 8.6 and 3.31",
    r"e^x = \lim_n (1 + x/n)^n",
)
_x, _decay = z3.Reals("x decay")
TANGENT = Axiom(
    "exponential_tangent",
    "1 - x <= exp(-x) for every real x.",
    "W. Rudin, Principles of Mathematical Analysis (3rd ed., 1976), Theorem 8.6",
    r"1 - x \le e^{-x}",
    1 - _x <= _decay,
    {"decay": {"e^-x": {"x": _x}}},
)
UNIT = Axiom(
    "exponential_unit",
    "exp(-x) > 0 for every real x, and exp(-x) <= 1 for x >= 0.",
    "W. Rudin, Principles of Mathematical Analysis (3rd ed., 1976), Theorem 8.6",
    r"0 < e^{-x} \le 1 \quad (x \ge 0)",
    z3.And(_decay > 0, z3.Implies(_x >= 0, _decay <= 1)),
    {"decay": {"e^-x": {"x": _x}}},
)
_y, _at_x, _at_y = z3.Reals("y arctan_x arctan_y")
ARCTAN = Axiom(
    "arctan",
    "arctan has derivative 1/(1 + x^2): it grows, by at most y - x from x to y, is 0 at 0, and lies strictly between 0 "
    "and x elsewhere.",
    "W. Rudin, Principles of Mathematical Analysis (3rd ed., 1976), Theorem 5.10",
    r"0 < \arctan x < x \quad (x > 0)",
    z3.And(
        z3.Implies(_x > 0, z3.And(_at_x > 0, _at_x < _x)),
        z3.Implies(_x <= 0, z3.And(_at_x <= 0, _at_x >= _x)),
        z3.Implies(_x <= _y, z3.And(_at_y - _at_x >= 0, _at_y - _at_x <= _y - _x)),
    ),
    {"arctan_x": {"arctan": {"x": _x}}, "arctan_y": {"arctan": {"x": _y}}},
)
GAUSSIAN_NORM = Axiom(
    "gaussian_norm",
    "For Z ~ N(0, I_d), |Z| has density r^(d-1) exp(-r^2/2) / (2^(d/2-1) Gamma(d/2)) on r > 0, E|Z| <= sqrt d, and "
    "P(|Z| > sqrt d + t) <= exp(-t^2/2) for t >= 0.",
    "S. Boucheron, G. Lugosi, P. Massart, Concentration Inequalities (2013), Theorem 5.6",
    r"P(\chi_d > \sqrt d + t) \le e^{-t^2/2}",
)

AXIOMS: tuple[Axiom, ...] = (
    EXPECTATION,
    TOWER,
    UNION,
    DISINTEGRATION,
    PARTITIONS,
    EXPONENTIAL,
    TANGENT,
    UNIT,
    ARCTAN,
    GAUSSIAN_NORM,
)
