(* Proposition 4 and the average-error forms bound the regret on both sides: apply them to the rewards 1 - r.
   Finite spaces, every H; no axioms; steps from 0. *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From Quantbc Require Import Hellinger Master JointChains Comparison Proposition4 AverageError Trajectories.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Both.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (L Lx Lu : R) (g : nat -> R) (e : nat -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= L, 0 <= Lx & 0 <= Lu].
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).
Hypothesis tvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * (u != u')%:R <= L * dX x x'].
Local Notation s := (sgap g e).
Local Notation ret pi H := (expected_return f mu rho rew pi H).
Local Notation rest H := (L * (\sum_(t < H) (H - t)%:R * s t) + \sum_(h < H) (Lx * s h + Lu * e h)).
Let r01 := co01 rew01.
Let rl := co_lip rew_lip.

Section P4.
Variable G : nat -> X -> U -> U -> R.
Hypothesis G_ge0 : forall h x u u', 0 <= G h x u u'.
Hypothesis G_E : forall h x u, \sum_u' G h x u u' = piE h x u.
Hypothesis G_L : forall h x u', \sum_u G h x u u' = piL h x u'.
Hypothesis errors : forall t, \sum_x occ f mu rho piE t x * (\sum_u \sum_u' G t x u u' * dU u u') <= e t.

Theorem proposition_4_both H : `|ret piE H - ret piL H| <= rest H.
Proof.
rewrite !return_is_expectation //; apply: both_sides => //.
  exact: (proposition_4 mu_dist rho_dist piL_dist rew01 rew_lip consts dU_ge0 g_ge0 iiss tvc G_ge0 G_E G_L errors).
exact: (proposition_4 mu_dist rho_dist piL_dist r01 rl consts dU_ge0 g_ge0 iiss tvc G_ge0 G_E G_L errors).
Qed.
End P4.

Variable q : U -> U.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis errors : forall t, expert_error f mu rho dU piE q t <= e t.
Local Notation TVH H := (TV f mu rho piE piL q H).

Theorem average_error_K_both K H :
  (forall us : nat -> U, \sum_(t < H) Num.min 1 (L * sgap g (fun j => dU (us j) (q (us j))) t) <= K) ->
  `|ret piE H - ret piL H| <= (1 + K) * H%:R * TVH H + rest H.
Proof.
move=> HK; rewrite !return_is_expectation //; apply: both_sides => //.
  exact: (average_error_K mu_dist rho_dist piE_dist piL_dist rew01 rew_lip consts dU_ge0 dU_xx g_ge0 iiss tvc errors HK).
exact: (average_error_K mu_dist rho_dist piE_dist piL_dist r01 rl consts dU_ge0 dU_xx g_ge0 iiss tvc errors HK).
Qed.

Theorem average_error_deterministic_both H : (forall h x c, piQ piE q h x c = 0 \/ piQ piE q h x c = 1) ->
  `|ret piE H - ret piL H| <= H%:R * TVH H + rest H.
Proof.
move=> det; rewrite !return_is_expectation //; apply: both_sides => //.
  exact: (average_error_deterministic mu_dist rho_dist piE_dist piL_dist rew01 rew_lip consts dU_ge0 g_ge0 iiss tvc errors).
exact: (average_error_deterministic mu_dist rho_dist piE_dist piL_dist r01 rl consts dU_ge0 g_ge0 iiss tvc errors).
Qed.

Theorem average_error_log_both k H :
  `|ret piE H - ret piL H| <= (1 + k%:R) * H%:R * TVH H + 2%:R^-1 ^+ k * H%:R + rest H.
Proof.
rewrite !return_is_expectation //; apply: both_sides => //.
  exact: (average_error_log mu_dist rho_dist piE_dist piL_dist rew01 rew_lip consts dU_ge0 g_ge0 iiss tvc errors).
exact: (average_error_log mu_dist rho_dist piE_dist piL_dist r01 rl consts dU_ge0 g_ge0 iiss tvc errors).
Qed.
End Both.
