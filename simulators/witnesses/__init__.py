"""Instances on which a bound is attained, or on which one would fail without one of its assumptions.

Every witness is a frozen dataclass. `values` gives the symbols of the statements that it is about, `exact` the number
that they bound, so that the two can be put side by side; `tightest` is an instance near the limit in which they meet.
Which statement a witness attains, and in which term, is said by the statement (`tight`); counterexamples name the
statement and the assumption that is missing. Numbers are Fractions where the parameters are.

- library: all witnesses by name;
- decoupling, drift, binning_factor: Theorem 2's and 3's terms and the binning corollary's factor 3;
- imitation: the statistical lemmas S2 to S6, at the distance that is true of the learner;
- loops: policies that answer to their own displacement, chunk by chunk or at every step;
- hazards: what average errors cost where labels are stochastic;
- smooth_kernel: transition kernels that are smooth in the action;
- smoothness: Proposition 5;
- four_experts, two_experts: the instance families of Theorems 8 and 9 with their best algorithms;
- hellinger: the radii of Appendix A;
- dithered_edge: bins in root mean square; tube_exit: Appendix B, positive without equality;
- compounding, independent_noise: what happens without relaxed TV continuity, and without shared noise;
- arctan_trap, rational_twin, noisy_trap, gaussian_trap: Theorem 6; trap_numbers: what it bounds;
- first_step_errors: Ross and Bagnell's bound.
"""
