(* Printed from the catalog by proofs_check.kernel.printing; not to be edited.  One term for each summand of
   a bound, and their sum.  Steps are numbered from 1.  a stands for exp(-x),
   x = max(0, (log(N - 1) + log(1/delta)) / n), or the exponent that stands there, b for exp(-c/2) of a log cover c, rate for
   (log N + log(1/delta)) / n >= x, ln for the logarithm. *)
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

Section small_gain.
Variables (R : realFieldType) (H : nat) (C L_u L_x a eps_q eta lipschitz : R).
Definition small_gain_imitation : R := H%:R * (1 - a).
Definition small_gain_drift : R := \sum_(1 <= h < H.+1) (3%:R * L_u * eps_q * (1 - eta) / (- (C * lipschitz) - eta + 1) + (3%:R * L_x * eps_q * (1 - eta) * (\sum_(0 <= j < h.-1) C * eta ^+ j) / (- (C * lipschitz) - eta + 1))).
Definition small_gain : R := small_gain_imitation + small_gain_drift.
End small_gain.

Section proposition_5_corollary.
Variables (R : realFieldType) (H : nat) (C L_u L_x a eps_q eta k : R).
Definition proposition_5_corollary_imitation : R := H%:R * (1 - a).
Definition proposition_5_corollary_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q * (k + 1) + L_x * eps_q * (k + 1) * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition proposition_5_corollary : R := proposition_5_corollary_imitation + proposition_5_corollary_drift.
End proposition_5_corollary.

Section misspecification.
Variables (R : realFieldType) (a : R).
Definition misspecification_distance : R := 2%:R - 2%:R * a.
Definition misspecification : R := misspecification_distance.
End misspecification.

Section covering.
Variables (R : rcfType) (a b : R).
Definition covering_cover : R := Num.sqrt (2%:R - 2%:R * b).
Definition covering_estimation : R := Num.sqrt (2%:R - 2%:R * a).
Definition covering : R := covering_cover + covering_estimation.
End covering.

Section smooth_kernel.
Variables (R : rcfType) (H : nat) (L_P L_u a eps_q : R).
Definition smooth_kernel_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition smooth_kernel_decoupling : R := \sum_(1 <= h < H.+1) (1 - (\prod_(2 <= t < h.+1) (1 - Num.min 1 (L_P * eps_q)))).
Definition smooth_kernel_drift : R := \sum_(1 <= h < H.+1) L_u * eps_q.
Definition smooth_kernel : R := smooth_kernel_imitation + smooth_kernel_decoupling + smooth_kernel_drift.
End smooth_kernel.

Section foster_log_loss.
Variables (R : realFieldType) (H : nat) (a : R).
Definition foster_log_loss_imitation : R := H%:R * (1 - a ^+ 2).
Definition foster_log_loss : R := foster_log_loss_imitation.
End foster_log_loss.

Section average_error.
Variables (R : realFieldType) (H : nat) (C L L_u L_x average_error_ eta rate : R).
Definition average_error_imitation : R := 2%:R * H%:R * rate.
Definition average_error_decoupling : R := \sum_(2 <= t < H.+1) L * average_error_ * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j).
Definition average_error_drift : R := \sum_(1 <= h < H.+1) (L_u * average_error_ + L_x * average_error_ * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition average_error : R := average_error_imitation + average_error_decoupling + average_error_drift.
End average_error.

Section average_error_stochastic.
Variables (R : rcfType) (ln : R -> R) (H : nat) (C L L_u L_x a average_error eta : R).
Definition average_error_stochastic_imitation : R := Num.min (Num.min (2%:R * Num.sqrt H%:R * Num.sqrt (Num.sqrt (1 - a ^+ 2) * (\sum_(2 <= t < H.+1) L * average_error * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j))) + 2%:R * H%:R * Num.sqrt (1 - a ^+ 2)) (H%:R * Num.sqrt (1 - a ^+ 2) * (2%:R - ln (Num.sqrt (1 - a ^+ 2))))) (H%:R * Num.sqrt (32%:R - 32%:R * a)).
Definition average_error_stochastic_decoupling : R := \sum_(2 <= t < H.+1) L * average_error * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j).
Definition average_error_stochastic_drift : R := \sum_(1 <= h < H.+1) (L_u * average_error + L_x * average_error * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition average_error_stochastic : R := average_error_stochastic_imitation + average_error_stochastic_decoupling + average_error_stochastic_drift.
End average_error_stochastic.

Section theorem_2_average.
Variables (R : rcfType) (ln : R -> R) (H : nat) (C L L_u L_x a eta horizon_average_error : R).
Definition theorem_2_average_imitation : R := Num.min (Num.min (2%:R * H%:R * Num.sqrt L * Num.sqrt horizon_average_error * Num.sqrt (Num.sqrt (1 - a ^+ 2) * (\sum_(0 <= j < H.-1) C * eta ^+ j * (H%:R - j%:R - 1))) + 2%:R * H%:R * Num.sqrt (1 - a ^+ 2)) (H%:R * Num.sqrt (1 - a ^+ 2) * (2%:R - ln (Num.sqrt (1 - a ^+ 2))))) (H%:R * Num.sqrt (32%:R - 32%:R * a)).
Definition theorem_2_average_decoupling : R := H%:R * L * horizon_average_error * (\sum_(0 <= j < H.-1) C * eta ^+ j * (H%:R - j%:R - 1)).
Definition theorem_2_average_drift : R := H%:R * horizon_average_error * (L_u + L_x * (\sum_(0 <= j < H.-1) C * eta ^+ j)).
Definition theorem_2_average : R := theorem_2_average_imitation + theorem_2_average_decoupling + theorem_2_average_drift.
End theorem_2_average.

Section theorem_1.
Variables (R : rcfType) (ln : R -> R) (H : nat) (C L L_u L_x average_error eps_prime eta excess_probability local_failure tv : R).
Definition theorem_1_imitation : R := Num.min (2%:R * Num.sqrt H%:R * Num.sqrt tv * Num.sqrt (\sum_(2 <= t < H.+1) L * (average_error + eps_prime) * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j)) + 2%:R * H%:R * tv) (H%:R * tv * (2%:R - ln tv)).
Definition theorem_1_decoupling : R := \sum_(2 <= t < H.+1) L * (average_error + eps_prime) * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j).
Definition theorem_1_drift : R := \sum_(1 <= h < H.+1) (L_u * (average_error + eps_prime) + L_x * (average_error + eps_prime) * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition theorem_1_locality : R := H%:R * excess_probability + (H%:R * local_failure * (H%:R + 1) / 2%:R).
Definition theorem_1 : R := theorem_1_imitation + theorem_1_decoupling + theorem_1_drift + theorem_1_locality.
End theorem_1.

Section wasserstein.
Variables (R : rcfType) (H : nat) (C L_u L_x a coupled_lipschitz eps_q eta jump : R).
Definition wasserstein_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition wasserstein_drift : R := \sum_(1 <= h < H.+1) (L_u * (coupled_lipschitz * (eps_q + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j) + eps_q + jump) + L_x * (eps_q + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j)).
Definition wasserstein : R := wasserstein_imitation + wasserstein_drift.
End wasserstein.

Section wasserstein_deterministic.
Variables (R : realFieldType) (H : nat) (C L_u L_x a coupled_lipschitz eps_q eta jump : R).
Definition wasserstein_deterministic_imitation : R := H%:R * (1 - a).
Definition wasserstein_deterministic_drift : R := \sum_(1 <= h < H.+1) (L_u * (coupled_lipschitz * (eps_q + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j) + eps_q + jump) + L_x * (eps_q + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j)).
Definition wasserstein_deterministic : R := wasserstein_deterministic_imitation + wasserstein_deterministic_drift.
End wasserstein_deterministic.

Section wasserstein_greedy.
Variables (R : rcfType) (H : nat) (C L_u L_x a coupled_lipschitz eps_q eta jump : R).
Definition wasserstein_greedy_imitation : R := H%:R * Num.min 1 ((1 - a) * (Num.sqrt 2%:R + 2%:R)).
Definition wasserstein_greedy_drift : R := \sum_(1 <= h < H.+1) (L_u * (coupled_lipschitz * (eps_q + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j) + eps_q + jump) + L_x * (eps_q + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j)).
Definition wasserstein_greedy : R := wasserstein_greedy_imitation + wasserstein_greedy_drift.
End wasserstein_greedy.

Section theorem_3_greedy.
Variables (R : rcfType) (H : nat) (C L L_u L_x a eps_q eta k : R).
Definition theorem_3_greedy_imitation : R := H%:R * Num.min 1 ((1 - a) * (Num.sqrt 2%:R + 2%:R)).
Definition theorem_3_greedy_decoupling : R := \sum_(1 <= h < H.+1) (1 - (\prod_(2 <= t < h.+1) (1 - Num.min 1 (L * eps_q * (k + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j))))).
Definition theorem_3_greedy_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q * (k + 1) + L_x * eps_q * (k + 1) * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition theorem_3_greedy : R := theorem_3_greedy_imitation + theorem_3_greedy_decoupling + theorem_3_greedy_drift.
End theorem_3_greedy.

Section wasserstein_average.
Variables (R : rcfType) (H : nat) (C L_u L_x a average_error coupled_lipschitz eps_max eta jump : R).
Definition wasserstein_average_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition wasserstein_average_drift : R := \sum_(1 <= h < H.+1) (L_u * (average_error + coupled_lipschitz * (average_error + eps_max * Num.sqrt (1 - a ^+ 2) + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j) + eps_max * Num.sqrt (1 - a ^+ 2) + jump) + L_x * (average_error + eps_max * Num.sqrt (1 - a ^+ 2) + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j)).
Definition wasserstein_average : R := wasserstein_average_imitation + wasserstein_average_drift.
End wasserstein_average.

Section common_noise.
Variables (R : rcfType) (H : nat) (C L_u L_x a eps_q eta lipschitz : R).
Definition common_noise_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition common_noise_drift : R := \sum_(1 <= h < H.+1) (L_u * (3%:R * eps_q * lipschitz * (\sum_(0 <= j < h.-1) C * (C * lipschitz + eta) ^+ j) + 3%:R * eps_q) + 3%:R * L_x * eps_q * (\sum_(0 <= j < h.-1) C * (C * lipschitz + eta) ^+ j)).
Definition common_noise : R := common_noise_imitation + common_noise_drift.
End common_noise.

Section closed_loop.
Variables (R : rcfType) (H : nat) (L_u L_x a eps_q lipschitz loop_C loop_eta : R).
Definition closed_loop_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition closed_loop_drift : R := \sum_(1 <= h < H.+1) (L_u * (3%:R * eps_q * lipschitz * (\sum_(0 <= j < h.-1) loop_C * loop_eta ^+ j) + 3%:R * eps_q) + 3%:R * L_x * eps_q * (\sum_(0 <= j < h.-1) loop_C * loop_eta ^+ j)).
Definition closed_loop : R := closed_loop_imitation + closed_loop_drift.
End closed_loop.

Section closed_loop_deterministic.
Variables (R : realFieldType) (H : nat) (L_u L_x a eps_q lipschitz loop_C loop_eta : R).
Definition closed_loop_deterministic_imitation : R := H%:R * (1 - a).
Definition closed_loop_deterministic_drift : R := \sum_(1 <= h < H.+1) (L_u * (3%:R * eps_q * lipschitz * (\sum_(0 <= j < h.-1) loop_C * loop_eta ^+ j) + 3%:R * eps_q) + 3%:R * L_x * eps_q * (\sum_(0 <= j < h.-1) loop_C * loop_eta ^+ j)).
Definition closed_loop_deterministic : R := closed_loop_deterministic_imitation + closed_loop_deterministic_drift.
End closed_loop_deterministic.

Section chunked.
Variables (R : rcfType) (H chunk : nat) (C L L_u L_x a eps_q eta : R).
Definition chunked_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition chunked_decoupling : R := \sum_(1 <= h < H.+1) (1 - (\prod_(2 <= t < h.+1) (- ((1 - Num.min 1 (((chunk + t - 1)%N %% chunk)%N%:R)) * Num.min 1 (L * eps_q * (\sum_(0 <= j < t.-1) C * eta ^+ j))) + 1))).
Definition chunked_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q + L_x * eps_q * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition chunked : R := chunked_imitation + chunked_decoupling + chunked_drift.
End chunked.

Section chunked_lipschitz.
Variables (R : realFieldType) (H chunk : nat) (C L_u L_x a chunk_decay eps_q eta lipschitz : R).
Definition chunked_lipschitz_imitation : R := H%:R * (1 - a).
Definition chunked_lipschitz_drift : R := \sum_(1 <= h < H.+1) (L_u * (3%:R * chunk_decay ^+ ((chunk + h - 1)%N %% chunk)%N * eps_q * lipschitz * (\sum_(0 <= j < chunk) C * eta ^+ j) * (\sum_(0 <= m < ((h - ((chunk + h - 1)%N %% chunk)%N - 1)%N %/ chunk)%N) (eta ^+ chunk + (\sum_(0 <= j < chunk) C * chunk_decay ^+ j * eta ^+ (chunk - j - 1)%N * lipschitz)) ^+ m) + 3%:R * eps_q) + (L_x * (3%:R * eps_q * (eta ^+ ((chunk + h - 1)%N %% chunk)%N + (\sum_(0 <= j < ((chunk + h - 1)%N %% chunk)%N) C * chunk_decay ^+ j * eta ^+ (((chunk + h - 1)%N %% chunk)%N - j - 1)%N * lipschitz)) * (\sum_(0 <= j < chunk) C * eta ^+ j) * (\sum_(0 <= m < ((h - ((chunk + h - 1)%N %% chunk)%N - 1)%N %/ chunk)%N) (eta ^+ chunk + (\sum_(0 <= j < chunk) C * chunk_decay ^+ j * eta ^+ (chunk - j - 1)%N * lipschitz)) ^+ m) + 3%:R * eps_q * (\sum_(0 <= j < ((chunk + h - 1)%N %% chunk)%N) C * eta ^+ j)))).
Definition chunked_lipschitz : R := chunked_lipschitz_imitation + chunked_lipschitz_drift.
End chunked_lipschitz.

Section ross_bagnell.
Variables (R : realFieldType) (H : nat) (step_error : R).
Definition ross_bagnell_imitation : R := H%:R * Num.min 1 (H%:R * step_error).
Definition ross_bagnell : R := ross_bagnell_imitation.
End ross_bagnell.

Section proposition_4.
Variables (R : realFieldType) (H : nat) (C L L_u L_x action_error eta : R).
Definition proposition_4_decoupling : R := \sum_(2 <= t < H.+1) L * action_error * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j).
Definition proposition_4_drift : R := \sum_(1 <= h < H.+1) (L_u * action_error + L_x * action_error * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition proposition_4 : R := proposition_4_decoupling + proposition_4_drift.
End proposition_4.

Section validated_error.
Variables (R : realFieldType) (H : nat) (C L_u L_x action_error coupled_lipschitz eta jump : R).
Definition validated_error_drift : R := \sum_(1 <= h < H.+1) (L_u * (action_error + coupled_lipschitz * (action_error + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j) + jump) + L_x * (action_error + jump) * (\sum_(0 <= j < h.-1) C * (C * coupled_lipschitz + eta) ^+ j)).
Definition validated_error : R := validated_error_drift.
End validated_error.

Section validated_mismatch.
Variables (R : realFieldType) (H bins_off : nat) (C L_u L_x eps_q eta lipschitz mismatch : R).
Definition validated_mismatch_imitation : R := H%:R * mismatch.
Definition validated_mismatch_drift : R := \sum_(1 <= h < H.+1) (L_u * (eps_q * lipschitz * (2%:R * bins_off%:R + 3%:R) * (\sum_(0 <= j < h.-1) C * (C * lipschitz + eta) ^+ j) + eps_q * (2%:R * bins_off%:R + 3%:R)) + L_x * eps_q * (2%:R * bins_off%:R + 3%:R) * (\sum_(0 <= j < h.-1) C * (C * lipschitz + eta) ^+ j)).
Definition validated_mismatch : R := validated_mismatch_imitation + validated_mismatch_drift.
End validated_mismatch.

Section validated_closed_loop.
Variables (R : realFieldType) (H : nat) (L_u L_x eps_q lipschitz loop_C loop_eta map_error : R).
Definition validated_closed_loop_drift : R := \sum_(1 <= h < H.+1) (L_u * (eps_q + lipschitz * (eps_q + map_error) * (\sum_(0 <= j < h.-1) loop_C * loop_eta ^+ j) + map_error) + L_x * (eps_q + map_error) * (\sum_(0 <= j < h.-1) loop_C * loop_eta ^+ j)).
Definition validated_closed_loop : R := validated_closed_loop_drift.
End validated_closed_loop.

Section proposition_5.
Variables (R : realFieldType) (distance eps_q lipschitz : R).
Definition proposition_5_smoothness : R := distance * lipschitz.
Definition proposition_5_quantization : R := 2%:R * eps_q.
Definition proposition_5 : R := proposition_5_smoothness + proposition_5_quantization.
End proposition_5.

Section theorem_7.
Variables (R : rcfType) (H : nat) (C L_u L_x a eps_q eta : R).
Definition theorem_7_imitation : R := H%:R * Num.sqrt (1 - a ^+ 2).
Definition theorem_7_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q + L_x * eps_q * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition theorem_7 : R := theorem_7_imitation + theorem_7_drift.
End theorem_7.

Section theorem_7_deterministic.
Variables (R : realFieldType) (H : nat) (C L_u L_x a eps_q eta : R).
Definition theorem_7_deterministic_imitation : R := H%:R * (1 - a ^+ 2).
Definition theorem_7_deterministic_drift : R := \sum_(1 <= h < H.+1) (L_u * eps_q + L_x * eps_q * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Definition theorem_7_deterministic : R := theorem_7_deterministic_imitation + theorem_7_deterministic_drift.
End theorem_7_deterministic.
