(* Printed from the catalog by proofs_check.kernel.printing; not to be edited.  One term for each summand of
   a bound, and their sum.  Steps are numbered from 1.  a stands for exp(-x),
   x = max(0, (log(N - 1) + log(1/delta)) / n). *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Local Open Scope ring_scope.

Section theorem_2.
Variables (R : rcfType) (H : nat) (C L L_u L_x a eps_q eta : R).
Definition theorem_2_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition theorem_2_decoupling : R := \sum_(1 <= h < H.+1) (1 - (\prod_(2 <= t < h.+1) (1 - Num.min 1 (L * eps_q * (\sum_(0 <= j < t.-1) C * eta ^+ j))))).
Definition theorem_2_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q + L_x * eps_q * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition theorem_2 : R := theorem_2_imitation + theorem_2_decoupling + theorem_2_drift.
End theorem_2.

Section theorem_3.
Variables (R : realFieldType) (H : nat) (C L L_u L_x a eps_q eta k : R).
Definition theorem_3_imitation : R := H%:R * (1 - a ^+ 2).
Definition theorem_3_decoupling : R := \sum_(1 <= h < H.+1) (1 - (\prod_(2 <= t < h.+1) (1 - Num.min 1 (L * eps_q * (k + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j))))).
Definition theorem_3_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q * (k + 1) + L_x * eps_q * (k + 1) * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition theorem_3 : R := theorem_3_imitation + theorem_3_decoupling + theorem_3_drift.
End theorem_3.

Section theorem_3_deterministic_class.
Variables (R : realFieldType) (H : nat) (C L L_u L_x a eps_q eta k : R).
Definition theorem_3_deterministic_class_imitation : R := H%:R * (1 - a).
Definition theorem_3_deterministic_class_decoupling : R := \sum_(1 <= h < H.+1) (1 - (\prod_(2 <= t < h.+1) (1 - Num.min 1 (L * eps_q * (k + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j))))).
Definition theorem_3_deterministic_class_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q * (k + 1) + L_x * eps_q * (k + 1) * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition theorem_3_deterministic_class : R := theorem_3_deterministic_class_imitation + theorem_3_deterministic_class_decoupling + theorem_3_deterministic_class_drift.
End theorem_3_deterministic_class.

Section binning_lipschitz.
Variables (R : realFieldType) (H : nat) (C L_u L_x a eps_q eta lipschitz : R).
Definition binning_lipschitz_imitation : R := H%:R * (1 - a).
Definition binning_lipschitz_drift : R := \sum_(1 <= h < H.+1) (L_u * (3%:R * eps_q * lipschitz * (\sum_(0 <= j < h.-1) C * (C * lipschitz + eta) ^+ j) + 3%:R * eps_q) + 3%:R * L_x * eps_q * (\sum_(0 <= j < h.-1) C * (C * lipschitz + eta) ^+ j)).
Definition binning_lipschitz : R := binning_lipschitz_imitation + binning_lipschitz_drift.
End binning_lipschitz.

Section theorem_8.
Variables (R : realFieldType) (H n : nat) (eps_q : R).
Definition theorem_8_imitation : R := H%:R * (1 - 4%:R * eps_q) * (1 - (n%:R + 1)^-1) ^+ n / (2%:R * n%:R + 2%:R).
Definition theorem_8_quantization : R := H%:R * eps_q.
Definition theorem_8 : R := theorem_8_imitation + theorem_8_quantization.
End theorem_8.

Section theorem_9.
Variables (R : rcfType) (H n : nat) (eps_q : R).
Definition theorem_9_imitation : R := 3%:R * H%:R * (1 - 2%:R * eps_q) / (8%:R * Num.sqrt n%:R).
Definition theorem_9_quantization : R := H%:R * eps_q.
Definition theorem_9 : R := theorem_9_imitation + theorem_9_quantization.
End theorem_9.
