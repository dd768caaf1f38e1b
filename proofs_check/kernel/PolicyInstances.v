(* The hypotheses of the statements in PolicyStatements.v have models in which both sides are positive: the two-state system of
   MasterInstance.v, at any H >= 1. *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Noise MasterInstance LipschitzInstances TwoStateInstances
  OtherBounds Validated.
From Quantbc Require Catalog PolicyStatements.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section I.
Variables (R : realFieldType) (H : nat).
Hypothesis H_gt0 : (0 < H)%N.
Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).
Local Notation rho := (fun x : bool => (x == true)%:R : R).
Local Notation expert := (point R false).
Local Notation learner := (point R true).
Local Notation q := (fun _ : bool => true).
Local Notation reward := (rw R).
Local Notation JJ pi := (J f mu rho reward pi H).
Local Notation mu_d := (@mu_d R).
Local Notation rho_d := (@rho_d R).

Let c0 : 0 <= 0 :> R /\ 0 <= 1 :> R. Proof. by rewrite lexx ler01. Qed.
Let g0 : 0 <= 1 :> R /\ 0 <= 0 :> R. Proof. by rewrite lexx ler01. Qed.
Lemma gE j : 1 * 0 ^+ j = g R j. Proof. by rewrite mul1r expr0n. Qed.
Lemma stable x1 us us' (ws : nat -> unit) h :
  d R (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) 1 * 0 ^+ (h.-1 - t) * d R (us t) (us' t).
Proof. by under eq_bigr => t _ do rewrite gE; exact: gains_d. Qed.
Let regretE : 0 < `|JJ expert - JJ learner| := regret_pos R H_gt0.
Lemma miss (t : nat) x : \sum_u \sum_u' expert t x u * learner t x u' * d R u u' <= 1.
Proof. by rewrite !big_bool /point /d /= ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0). Qed.
Lemma product (h : nat) x : coupling (expert h x) (learner h x) (fun u u' => expert h x u * learner h x u').
Proof.
split=> [u u'|u|u']; first by rewrite mulr_ge0 ?ler0n.
  by rewrite -mulr_sumr (proj2 (@pd R true h x)) mulr1.
by rewrite -mulr_suml (proj2 (@pd R false h x)) mul1r.
Qed.

Lemma instance_ross_bagnell :
  0 < `|JJ (sure_expert R (fun _ _ => false)) - JJ learner| <= Catalog.ross_bagnell H 1.
Proof.
rewrite regretE /=; apply: (@PolicyStatements.ross_bagnell R _ _ _ f mu rho reward learner H mu_d rho_d (@pd R true)
  (fun _ _ => false) 1 (@rew_01 R)) => h.
have od := occ_dist f h mu_d rho_d (@pd R false).
apply: (avg_le od) => x _; by rewrite ler_subl_addr ler_addl ler0n.
Qed.

Lemma instance_proposition_4 : 0 < `|JJ expert - JJ learner| <= Catalog.proposition_4 H 1 0 1 0 1 0.
Proof.
rewrite regretE /=; apply: (@PolicyStatements.proposition_4 R _ _ _ f mu rho reward (d R) (d R) expert learner 1 0 0 1 H mu_d rho_d
  (@pd R false) (@pd R true) (@rew_lip R) c0 g0 stable 0 1 _ (lexx 0) (@rew_01 R) (@d_ge0 R) product _ (@tvc0 R)) => t.
have od := @occ_dist R _ _ _ f mu rho expert t mu_d rho_d (@pd R false).
by apply: (avg_le od) => x _; exact: miss.
Qed.

Lemma instance_validated_error : 0 < `|JJ expert - JJ learner| <= Catalog.validated_error H 1 1 0 1 0 0 0.
Proof.
rewrite regretE /=; apply: (@PolicyStatements.validated_error R _ _ _ f mu rho reward (d R) (d R) expert learner 1 0 0 1 H mu_d rho_d
  (@pd R false) (@pd R true) (@rew_lip R) c0 g0 stable (@d_tri R) 0 0 1 (fun _ _ => 1) (lexx 0) (@learner_lip R)) => h.
  by move=> x; exact: (@point_coupling R false true h x x).
by rewrite (mean_const f mu_d rho_d h 1 (@pd R false)).
Qed.

Lemma instance_validated_mismatch : 0 < `|JJ expert - JJ (binned_learner R q (fun _ _ => true))|
  <= Catalog.validated_mismatch H 0 1 1 0 1 0 0 (bad_probability f mu rho expert (mismatch (d R) q (fun _ _ => true) 1 0) H).
Proof.
rewrite regretE /=; apply: (@PolicyStatements.validated_mismatch R _ _ _ f mu rho reward (d R) (d R) expert q 1 0 1 0 1 H mu_d rho_d
  (@pd R false) (@rew_lip R) c0 g0 stable (@d_tri R) (fun _ _ => true) 0 0 _ (lexx 0) ler01 (@rew_01 R) (@d_sym R) (@d_xx R) (@q_err R)) => //.
by move=> h x x'; rewrite d_xx mul0r.
Qed.

Local Notation noisy := (noise_policy q mu (fun _ _ _ => true)).
Local Notation emb := (fun b : bool => b%:R : R).
Lemma instance_validated_closed_loop : 0 < `|JJ expert - JJ noisy| <= Catalog.validated_closed_loop H 1 0 1 0 1 0 1.
Proof.
rewrite (noisy_regret R H_gt0) /=.
apply: (@PolicyStatements.validated_closed_loop R _ _ _ f mu rho reward (d R) expert q 1 0 1 H mu_d rho_d (@pd R false) _ _ emb Num.norm mu
  (fun _ _ (_ : unit) => true) 0 1 0 1 (fun h x _ v => expert h x v) mu_d _ (@c4 R) g0).
- by move=> h x u x' u'; rewrite distE; exact: rew_lip.
- exact: ler_norm_add.
- exact: normrN.
- by move=> u; rewrite distE; exact: q_err.
- move=> x1 us us' xis ws h; apply: (le_trans (stable x1 us us' ws h)); apply: ler_sum => t _.
  have <- := distE R (us t) (us' t); by rewrite /Noise.dist /dstb opprB addrA subrK.
- by move=> h x x' xi; rewrite distE d_xx mul0r.
- move=> h x; have [p0 p1] := @pd R false h x; split=> [xi v|xi|v]; [exact: p0 | exact: p1 | by rewrite sumr_const card_unit].
- move=> h; apply: avg_le => [|x _]; first exact: (occ_dist f h mu_d rho_d (@pd R false)).
  apply: (@le_trans _ _ (\sum_(xi : unit) 1)); last by rewrite sumr_const card_unit.
  apply: ler_sum => xi _; apply: avg_le => [|v _]; first exact: pd.
  by rewrite distE; exact: q_err.
Qed.

(* the code of an action is the other one *)
Lemma instance_proposition_5 : 0 < d R (~~ true) (~~ false) <= Catalog.proposition_5 1 1 1.
Proof.
have e (u : bool) : d R u (~~ u) <= 1 by rewrite /d; case: u; rewrite /= lexx.
have lip x x' : d R x x' <= 1 * d R x x' by rewrite mul1r.
apply/andP; split; first by rewrite /d /= ltr01.
apply: (@PolicyStatements.proposition_5 R bool _ (d R) (d R) negb id 1 1 1 ler01 (@d_tri R) (@d_sym R) e lip true false).
by rewrite /d /= lexx.
Qed.
End I.
