(* The hypotheses of the two-sided, validated and learnt statements have models in which both sides are positive:
   the two-state system of MasterInstance.v and, for learners, the one-step system of StatementInstances.v. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Noise Comparison AverageError Learners
  MasterInstance LipschitzInstances Trajectories Hazards MasterForms BothSigns Validated SimpleForms OtherBounds.
From Quantbc Require StatementInstances.
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
Local Notation ret pi := (expected_return f mu rho reward pi H).
Local Notation mu_d := (@mu_d R).
Local Notation rho_d := (@rho_d R).

Lemma ret_pos : 0 < `|ret expert - ret learner|.
Proof.
rewrite (return_is_expectation f reward mu_d (@pd R false) H rho_d) (return_is_expectation f reward mu_d (@pd R true) H rho_d).
exact: regret_pos.
Qed.

Lemma k3 : [/\ 0 <= 0 :> R, 0 <= 1 :> R & 0 <= 1 :> R]. Proof. by rewrite lexx ler01. Qed.
Let one (r : R) : 0 <= 1 :> R. Proof. exact: ler01. Qed.

Lemma rtvc1 (h : nat) x x' : exists G : bool -> bool -> R,
  [/\ forall u u', 0 <= G u u',
      forall u, \sum_u' G u u' = learner h x u,
      forall u', \sum_u G u u' = learner h x' u' &
      \sum_u \sum_u' G u u' * ((0 * 1 < d R u u')%R : nat)%:R <= 1].
Proof.
exists (fun u u' => (u == true)%:R * (u' == true)%:R); split.
- by move=> u u'; rewrite mulr_ge0 ?ler0n.
- by move=> u; rewrite big_bool /= mulr1 mulr0 addr0.
- by move=> u; rewrite big_bool /= mul1r mul0r addr0.
- by rewrite !big_bool /d /= mul0r ltxx !mulr0 !mul0r !addr0 ler01.
Qed.

Lemma instance_master : 0 < `|ret expert - ret learner|
  <= H%:R * TV f mu rho expert learner q H + decoupling 1 0 (g R) (fun _ => 1) H + drift 1 0 0 1 (g R) H.
Proof.
rewrite ret_pos /=; exact: (master_trajectories mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R) (@rew_lip R) k3 (@d_tri R)
  (@d_xx R) (@q_err R) (@g_0 R) (@gains_d R) (lexx 0) (fun _ _ _ => lexx 1) one rtvc1 H).
Qed.

Lemma Gamma_le1 h : Gamma (g R) h <= 1.
Proof.
case: h => [|h]; first by rewrite /Gamma big_ord0 ler01.
by rewrite /Gamma big_ord_recl big1 ?addr0 ?lexx.
Qed.

Lemma instance_modulus : 0 < `|J f mu rho reward expert H - J f mu rho reward learner H|
  <= H%:R * TV f mu rho expert learner q H + parted (hazard_at 1 0 (fun _ => 1) (fun h r => Gamma (g R) h * r)) H
     + \sum_(h < H) (0 * (Gamma (g R) h * ((0 + 1) * 1)) + 1 * ((0 + 1) * 1)).
Proof.
rewrite (regret_pos R H_gt0) /=.
exact: (master_modulus mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R) (@rew_lip R) k3 (@d_tri R) (@d_xx R) (@q_err R)
  (lexx 0) (fun _ _ _ => lexx 1) one (@Gamma_pos R (g R) (@g_0 R)) (gains_modulus (@g_0 R) (@gains_d R)) rtvc1 H).
Qed.

Lemma max_type x1 us us' (ws : nat -> unit) h (r : R) : (forall t, (t < h)%N -> d R (us t) (us' t) <= r) ->
  d R (traj f x1 us ws h) (traj f x1 us' ws h) <= Num.max 0 r.
Proof.
case: h => [|h] /= Hr; first by rewrite d_xx le_maxr lexx.
by rewrite le_maxr; apply/orP; right; exact: Hr.
Qed.

Lemma instance_max : 0 < `|J f mu rho reward expert H - J f mu rho reward learner H|
  <= H%:R * TV f mu rho expert learner q H + \sum_(h < H) (1 - (1 - Num.min 1 1) ^+ h)
     + \sum_(h < H) (0 * (if val h is 0%N then 0 else Num.max 0 ((0 + 1) * 1)) + 1 * ((0 + 1) * 1)).
Proof.
rewrite (regret_pos R H_gt0) /=.
have m0 (r : R) : 0 <= r -> 0 <= Num.max 0 r by move=> _; rewrite le_maxr lexx.
exact: (master_max mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R) (@rew_lip R) k3 (@d_tri R) (@d_xx R) (@q_err R)
  (lexx 0) (fun _ _ _ => lexx 1) one m0 (@d_xx R) max_type rtvc1 H).
Qed.

Lemma instance_small_gain : 0 < `|J f mu rho reward expert H - J f mu rho reward learner H|
  <= H%:R * TV f mu rho expert learner q H + \sum_(h < H) (0 * Gamma (g R) h + 1) * small_gain_radius 1 0 1.
Proof.
rewrite (regret_pos R H_gt0) /=.
apply: (@small_gain R _ _ _ f mu rho reward (d R) (d R) expert learner q 1 0 1 mu_d rho_d (@pd R false) (@pd R true)
  (@rew_01 R) (@rew_lip R) k3 (@d_tri R) (@d_xx R) (@q_err R) (g R) (@g_0 R) (@gains_d R) (fun _ _ => true) 0 1 (@d_sym R)
  (lexx 0)) => //.
- by move=> h x x'; rewrite d_xx mul0r.
- exact: Gamma_le1.
- by rewrite mul0r ltr01.
Qed.

Lemma instance_mismatch : 0 < `|J f mu rho reward expert H - J f mu rho reward (binned_learner R q (fun _ _ => true)) H|
  <= H%:R * bad_probability f mu rho expert (mismatch (d R) q (fun _ _ => true) 1 0) H
     + feedback 0 0 1 (g R) H (fun _ => (2%:R * 0%:R + 3%:R) * 1).
Proof.
rewrite (regret_pos R H_gt0) /=.
apply: (@validated_mismatch R _ _ _ f mu rho reward (d R) (d R) expert q (fun _ _ => true) 1 0 0 1 (g R) 0 H mu_d rho_d
  (@pd R false) (@rew_01 R) (@rew_lip R) (@c4 R) (@d_tri R) (@d_sym R) (@d_xx R) (@q_err R) (@g_0 R) (@gains_d R)).
by move=> h x x'; rewrite d_xx mul0r.
Qed.

Local Notation noisy := (noise_policy q mu (fun _ _ _ => true)).
Lemma instance_validated_closed_loop : 0 < `|J f mu rho reward expert H - J f mu rho reward noisy H|
  <= \sum_(h < H) (0 * loop_dev 1 (g R) (fun _ => 1) h + 1 * (0 * loop_dev 1 (g R) (fun _ => 1) h + 1 + 1)).
Proof.
rewrite (noisy_regret R H_gt0) /=.
apply: (@validated_closed_loop R _ _ _ _ _ (fun b : bool => b%:R : R) Num.norm f mu rho reward (d R) expert q mu
  (fun _ _ (_ : unit) => true) 1 0 0 1 (g R) H mu_d mu_d rho_d (@pd R false) _ (@c4 R) _ _ _ _ _ _
  (fun h x _ v => expert h x v)).
- by move=> h x u x' u'; rewrite distE; exact: rew_lip.
- exact: ler_norm_add.
- exact: normrN.
- by move=> u; rewrite distE; exact: q_err.
- exact: g_0.
- move=> x1 us us' xis ws h; apply: (le_trans (gains_d R x1 us us' ws h)); apply: ler_sum => t _.
  have <- := distE R (us t) (us' t); by rewrite /Noise.dist /dstb opprB addrA subrK.
- by move=> h x x' xi; rewrite distE d_xx mul0r.
- move=> h x; have [p0 p1] := @pd R false h x; split=> [xi v|xi|v]; [exact: p0 | exact: p1 | by rewrite sumr_const card_unit].
- move=> h; apply: avg_le => [|x _]; first exact: (occ_dist f h mu_d rho_d (@pd R false)).
  apply: (@le_trans _ _ (\sum_(xi : unit) 1)); last by rewrite sumr_const card_unit.
  apply: ler_sum => xi _; apply: avg_le => [|v _]; first exact: pd.
  by rewrite distE; exact: q_err.
Qed.

(* ---------- Proposition 4 and average errors, both signs ---------- *)
Lemma tvc0 (h : nat) x x' : exists G : bool -> bool -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = learner h x u,
      forall u', \sum_u G u u' = learner h x' u' &
      \sum_u \sum_u' G u u' * (u != u')%:R <= 0 * d R x x'].
Proof.
have [G [[G0 G1 G2] Gd]] := point_coupling R true true h x x'; exists G; split=> //.
by rewrite mul0r.
Qed.
Lemma z3 : [/\ 0 <= 0 :> R, 0 <= 0 :> R & 0 <= 1 :> R]. Proof. by rewrite lexx ler01. Qed.
Local Notation one_e := (fun _ : nat => 1 : R).
Local Notation rest := (0 * (\sum_(t < H) (H - t)%:R * sgap (g R) one_e t) + \sum_(h < H) (0 * sgap (g R) one_e h + 1 * 1)).

Lemma instance_proposition_4 : 0 < `|ret expert - ret learner| <= rest.
Proof.
rewrite ret_pos /=.
apply: (proposition_4_both mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R) (@rew_lip R) z3 (@d_ge0 R) (@g_0 R) (@gains_d R)
  tvc0 (G := fun h x u u' => expert h x u * learner h x u')).
- by move=> h x u u'; rewrite mulr_ge0 ?ler0n.
- by move=> h x u; rewrite -mulr_sumr (proj2 (@pd R true h x)) mulr1.
- by move=> h x u; rewrite -mulr_suml (proj2 (@pd R false h x)) mul1r.
- move=> t; apply: avg_le => [|x _]; first exact: (@occ_dist R _ _ _ f mu rho expert t mu_d rho_d (@pd R false)).
  under eq_bigr => u _ do (under eq_bigr => u' _ do rewrite -mulrA; rewrite -mulr_sumr).
  apply: avg_le => [|u _]; first exact: pd.
  by apply: avg_le => [|u' _]; [exact: pd | rewrite /d; case: eqP; rewrite /= ?ler01].
Qed.

Lemma labels_sure (h : nat) x c : piQ expert q h x c = 0 \/ piQ expert q h x c = 1.
Proof.
have -> : piQ expert q h x c = (true == c)%:R.
  rewrite /piQ big_mkcond /= big_bool /point /=; case: c => /=; by rewrite ?addr0 ?add0r.
by case: eqP; [right | left].
Qed.
Lemma expert_errors t : expert_error f mu rho (d R) expert q t <= 1.
Proof.
apply: avg_le => [|x _]; first exact: (@occ_dist R _ _ _ f mu rho expert t mu_d rho_d (@pd R false)).
by apply: avg_le => [|u _]; [exact: pd | exact: q_err].
Qed.

Lemma instance_average_deterministic :
  0 < `|ret expert - ret learner| <= H%:R * TV f mu rho expert learner q H + rest.
Proof.
rewrite ret_pos /=.
exact: (average_error_deterministic_both (e := one_e) mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R) (@rew_lip R) z3 (@d_ge0 R)
  (@g_0 R) (@gains_d R) tvc0 expert_errors H labels_sure).
Qed.

Lemma instance_average_log k :
  0 < `|ret expert - ret learner| <= (1 + k%:R) * H%:R * TV f mu rho expert learner q H + 2%:R^-1 ^+ k * H%:R + rest.
Proof.
rewrite ret_pos /=.
exact: (average_error_log_both (e := one_e) mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R) (@rew_lip R) z3 (@d_ge0 R)
  (@g_0 R) (@gains_d R) tvc0 expert_errors k H).
Qed.

Lemma no_hazard (us : nat -> bool) : \sum_(t < H) Num.min 1 (0 * sgap (g R) (fun j => d R (us j) (q (us j))) t) <= 0.
Proof. by rewrite big1 // => t _; rewrite mul0r; apply/min_idPr; exact: ler01. Qed.

Lemma instance_average_K : 0 < `|ret expert - ret learner| <= (1 + 0) * H%:R * TV f mu rho expert learner q H + rest.
Proof.
rewrite ret_pos /=.
apply: (average_error_K_both (e := one_e) mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R) (@rew_lip R) z3 (@d_ge0 R)
  (@g_0 R) (@gains_d R) tvc0 (@d_xx R) expert_errors); exact: no_hazard.
Qed.

(* ---------- other bounds ---------- *)
Lemma instance_ross_bagnell :
  0 < `|J f mu rho reward (sure_expert R (fun _ _ => false)) H - J f mu rho reward learner H|
    <= H%:R * Num.min 1 (\sum_(h < H) step_error f mu rho (fun _ _ => false) learner h).
Proof.
rewrite (regret_pos R H_gt0) /=.
exact: (@ross_bagnell R _ _ _ f mu rho reward (fun _ _ => false) learner mu_d rho_d (@pd R true) (@rew_01 R) H).
Qed.

Lemma instance_smooth_kernel : 0 < `|J f mu rho reward expert H - J f mu rho reward learner H|
  <= H%:R * TV f mu rho expert learner q H + \sum_(h < H) (1 - (1 - Num.min 1 (1 * 1)) ^+ h) + H%:R * (1 * 1).
Proof.
rewrite (regret_pos R H_gt0) /=.
apply: (@smooth_kernel R _ _ _ f mu rho reward (d R) expert learner q 1 1 1 mu_d rho_d (@pd R false) (@pd R true) (@rew_01 R)).
- by move=> h x u u'; have := rew_lip R h x u x u'; rewrite mul0r add0r.
- by rewrite ler01.
- exact: d_xx.
- exact: q_err.
- move=> h x u u'; rewrite mul1r /d /tv; case: eqP => [->|_] /=.
    by rewrite big1 ?mul0r // => y _; rewrite subrr normr0.
  have [a0 a1] := next_dist f mu_d h x u; have [b0 b1] := next_dist f mu_d h x u'.
  rewrite ler_pdivr_mulr ?ltr0n // mul1r.
  apply: (@le_trans _ _ (\sum_t (next f mu h x u t + next f mu h x u' t))); last by rewrite big_split /= a1 b1 -[2%:R](natrD _ 1 1).
  by apply: ler_sum => t _; apply: (le_trans (ler_norm_sub _ _)); rewrite !ger0_norm.
Qed.
End I.

(* ---------- learners ---------- *)
Module SI := StatementInstances.
Section Learnt.
Variables (R : rcfType) (n : nat) (a : R).
Hypothesis a01 : 0 <= a <= 1.
Hypothesis a_large : 3%:R / 4%:R < a ^+ 2.
Local Notation D := (data (path [finType of bool] [finType of bool] 1) n).
Local Notation ret pi := (expected_return SI.f (SI.mu R) (SI.rho R) (SI.rew R) pi 1).
Local Notation Pr := (prob SI.f (SI.mu R) (SI.rho R) (SI.expert R) SI.q (H:=1) (n:=n)).
Local Notation gn := (fun j : nat => 1 * 2%:R^-1 ^+ j : R).
Local Notation rest0 := (decoupling 0 0 gn (fun _ => 1) 1 + drift 0 0 0 1 gn 1).

Lemma wrong_returns : `|ret (SI.expert R) - ret (SI.pol R true)| = 2%:R^-1.
Proof.
rewrite !return_is_expectation; try exact: SI.mu_dist; try exact: SI.rho_dist; try exact: SI.expert_dist; try exact: SI.pol_dist.
by rewrite SI.regret_wrong ger0_norm // invr_ge0 ler0n.
Qed.

Lemma rest0E : rest0 = 0.
Proof.
have -> : decoupling 0 0 gn (fun _ => 1 : R) 1 = 0.
  by rewrite /decoupling big_ord_recl big_ord0 addr0 big_ord_recl big_ord0 mulr1 /= subr0 subrr.
by rewrite add0r /drift big1 // => h _; rewrite !mulr0.
Qed.

Lemma rtvc_one p (h : nat) x x' : exists G : bool -> bool -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = SI.pol R p h x u,
      forall u', \sum_u G u u' = SI.pol R p h x' u' &
      \sum_u \sum_u' G u u' * ((0 * 0 < SI.d R u u')%R : nat)%:R <= 1].
Proof.
have [G [G0 G1 G2 Gt]] := SI.tvc R p h x x'; exists G; split=> //; rewrite mul0r; apply: (le_trans Gt).
by rewrite mul1r /SI.d; case: eqP; rewrite /= ?ler01.
Qed.

Lemma cc : [/\ 0 <= 0 :> R, 0 <= 1 :> R & 0 <= 0 :> R]. Proof. by rewrite !lexx ler01. Qed.
Let gn0 j : 0 <= gn j. Proof. by rewrite /= mul1r exprn_ge0 // invr_ge0 ler0n. Qed.
Let one' (r : R) : 0 <= 1 :> R. Proof. exact: ler01. Qed.

Lemma instance_theorem_2_both : 0 < Pr (fun s : D => 1%:R * Num.sqrt (1 - a ^+ 2) + rest0
   < `|ret (SI.expert R) - ret (SI.pol R (SI.hat R s))|) <= a ^+ n.
Proof.
apply/andP; split.
  by apply: SI.mistaken => s ->; rewrite wrong_returns rest0E addr0 mulr1n mul1r (SI.root_small a_large).
rewrite -(SI.class_size n a).
exact: (theorem_2_both (SI.mu_dist R) (SI.rho_dist R) (SI.expert_dist R) (SI.pol_dist R) (SI.rew01 R) (SI.rew_lip R) cc (lexx 0)
  (SI.d_tri R) (SI.d_xx R) (SI.no_error R) gn0 (SI.stable R) (fun _ _ _ => lexx 1) one' rtvc_one (SI.realizable R) a01 (SI.mle R (n:=n))).
Qed.

Lemma instance_theorem_3_both : 0 < Pr (fun s : D => 1%:R * (1 - a ^+ 2) + rest0
   < `|ret (SI.expert R) - ret (SI.pol R (SI.hat R s))|) <= a ^+ n.
Proof.
apply/andP; split.
  by apply: SI.mistaken => s ->; rewrite wrong_returns rest0E addr0 mulr1n mul1r (lt_trans (SI.quarter a_large) (SI.quarter_half R)).
rewrite -(SI.class_size n a).
exact: (theorem_3_both (SI.mu_dist R) (SI.rho_dist R) (SI.expert_dist R) (SI.pol_dist R) (SI.rew01 R) (SI.rew_lip R) cc (lexx 0)
  (SI.d_tri R) (SI.d_xx R) (SI.no_error R) gn0 (SI.stable R) (fun _ _ _ => lexx 1) one' rtvc_one (SI.realizable R) a01 (SI.mle R (n:=n)) (SI.sure R)).
Qed.

Lemma instance_theorem_3_class : 0 < Pr (fun s : D => 1%:R * (1 - a) + rest0
   < `|ret (SI.expert R) - ret (SI.pol R (SI.hat R s))|) <= a ^+ n.
Proof.
apply/andP; split.
  by apply: SI.mistaken => s ->; rewrite wrong_returns rest0E addr0 mulr1n mul1r (SI.one_less_a a01 a_large).
rewrite -(SI.class_size n a).
exact: (theorem_3_class (SI.mu_dist R) (SI.rho_dist R) (SI.expert_dist R) (SI.pol_dist R) (SI.rew01 R) (SI.rew_lip R) cc (lexx 0)
  (SI.d_tri R) (SI.d_xx R) (SI.no_error R) gn0 (SI.stable R) (fun _ _ _ => lexx 1) one' rtvc_one (SI.realizable R) a01 (SI.mle R (n:=n)) (SI.sure_class R)).
Qed.

(* x = 1 - a will do *)
Hypothesis a_near : 2%:R * (1 - a) < 2%:R^-1.
Lemma instance_foster : 0 < Pr (fun s : D => 1%:R * (2%:R * (1 - a))
   < `|J SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.expert R) 1 - J SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.pol R (SI.hat R s)) 1|) <= a ^+ n.
Proof.
apply/andP; split.
  by apply: SI.mistaken => s ->; rewrite SI.regret_wrong ger0_norm ?invr_ge0 ?ler0n // mulr1n mul1r a_near.
rewrite -(SI.class_size n a).
have le : 1 - (1 - a) <= a by rewrite opprB addrC subrK.
have sure (h : nat) x u : SI.expert R h x u = 0 \/ SI.expert R h x u = 1 by rewrite /SI.expert; case: eqP; [right | left].
have rz (h : nat) x u : SI.pol R false h x u = SI.expert R h x u by [].
exact: (foster_log_loss SI.f (SI.mu_dist R) (SI.rho_dist R) (SI.expert_dist R) (SI.pol_dist R) (SI.rew01 R) sure rz a01 le (SI.mle R (n:=n))).
Qed.
End Learnt.
