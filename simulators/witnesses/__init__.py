"""Instances on which a bound is attained, or on which one would fail without one of its assumptions.

Every witness is a frozen dataclass. `bound` and `part` name the statement (a key of the catalog of bounds) and the term
it is about, `relation` says whether it attains or breaks it, and `values` gives the statement's symbols, so that bound
and exact number can be put side by side. Numbers are Fractions where the parameters are.

- decoupling, drift, binning_factor: Theorem 2's and 3's terms and the binning corollary's factor 3, attained;
- four_experts, two_experts: the instance families of Theorems 8 and 9 with their best algorithms;
- compounding, independent_noise: what happens without relaxed TV continuity, and without shared noise;
- arctan_trap, rational_twin, noisy_trap: Theorem 6;
- first_step_errors: Ross and Bagnell's bound, attained.
"""
