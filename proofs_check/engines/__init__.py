"""Ways to decide a claim: symbolic, smt, induction, exact.

Axioms need no engine: they are named, cited and never proved here.
"""
