(* The hypotheses of wasserstein, common_noise, closed_loop and validated_error have a model with positive regret; in it
   validated_error is an equality.  Two states, two actions: the state is the last action, expert 0, learner 1. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Noise MasterInstance.
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
Local Notation regret := (`|J f mu rho reward expert H - J f mu rho reward learner H|).

Lemma regret_pos : 0 < regret.
Proof. by apply: (lt_le_trans (regret_gt0 R H_gt0)); exact: ler_norm. Qed.

Lemma mu_d (h : nat) : is_dist (mu h).
Proof. by split=> [t|]; rewrite ?ler01 // big_const card_unit /= addr0. Qed.
Lemma rho_d : is_dist rho.
Proof. by split=> [t|]; rewrite ?ler0n // big_bool /= addr0. Qed.
Lemma rew_01 h x u : 0 <= reward h x u <= 1.
Proof. by rewrite /rw; case: u; rewrite /= ?lexx ?ler01. Qed.
Lemma rew_lip h x u x' u' : `|reward h x u - reward h x' u'| <= 0 * d R x x' + 1 * d R u u'.
Proof.
rewrite /rw /d mul0r add0r mul1r.
by case: u; case: u'; rewrite /= ?subrr ?normr0 ?subr0 ?sub0r ?normrN ?normr1 ?lexx.
Qed.
Lemma d_tri u v w : d R u w <= d R u v + d R v w.
Proof. by rewrite /d; case: u; case: v; case: w; rewrite /= ?addr0 ?add0r ?lexx ?ler01 ?addr_ge0 ?ler01. Qed.
Lemma d_sym u v : d R u v = d R v u. Proof. by rewrite /d eq_sym. Qed.
Lemma d_xx u : d R u u = 0. Proof. by rewrite /d eqxx. Qed.
Lemma d_ge0 u v : 0 <= d R u v. Proof. exact: ler0n. Qed.
Lemma q_err u : d R u (q u) <= 1.
Proof. by rewrite /d; case: u; rewrite /= ?lexx ?ler01. Qed.
Lemma g_0 j : 0 <= g R j. Proof. exact: ler0n. Qed.
Lemma gains_d x1 us us' (ws : nat -> unit) h :
  d R (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g R (h.-1 - t)%N * d R (us t) (us' t).
Proof.
case: h => [|h] /=; first by rewrite /d eqxx big_ord0.
rewrite big_ord_recr /= subnn /g eqxx mul1r ler_addr sumr_ge0 // => t _.
by rewrite mulr_ge0 // ?ler0n.
Qed.
Lemma c3 : [/\ 0 <= 0 :> R, 0 <= 1 :> R & 0 <= 0 :> R]. Proof. by rewrite lexx ler01. Qed.
Lemma c4 : [/\ 0 <= 0 :> R, 0 <= 1 :> R, 0 <= 0 :> R & 0 <= 1 :> R]. Proof. by rewrite lexx ler01. Qed.

Lemma point_coupling b b' h x x' : exists G, coupling (point R b h x) (point R b' h x') G /\
  \sum_u \sum_u' G u u' * d R u u' <= (b != b')%:R.
Proof.
exists (fun u u' => (u == b)%:R * (u' == b')%:R); split; last first.
  by rewrite !big_bool /d; case: b; case: b'; rewrite /= ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
split=> [u u'|u|u]; first by rewrite mulr_ge0 ?ler0n.
  by rewrite big_bool /point; case: b'; rewrite /= ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
by rewrite big_bool /point; case: b; rewrite /= ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
Qed.

Lemma learner_lip h x x' : exists G, coupling (learner h x) (learner h x') G /\
  \sum_u \sum_u' G u u' * d R u u' <= 0 * d R x x' + 0.
Proof. by have [G [Gc Gd]] := point_coupling true true h x x'; exists G; rewrite mul0r addr0. Qed.

Lemma instance_wasserstein :
  0 < regret <= H%:R * TV f mu rho expert learner q H + feedback 0 0 1 (g R) H (fun _ => 0 + 1).
Proof.
rewrite regret_pos /=; exact: (wasserstein H mu_d rho_d (@pd R true) rew_lip c3 d_tri g_0 gains_d learner_lip (@pd R false) rew_01 d_xx q_err ler01).
Qed.

Lemma instance_average : 0 < regret <= H%:R * TV f mu rho expert learner q H + feedback 0 0 1 (g R) H
  (fun h => 0 + ebar f mu rho (d R) expert q h + 1 * TV f mu rho expert learner q H).
Proof.
rewrite regret_pos /=; exact: (wasserstein_average H mu_d rho_d (@pd R true) rew_lip c3 d_tri g_0 gains_d learner_lip (@pd R false) rew_01 d_xx
  d_ge0 ler01 (fun _ _ v _ => q_err v)).
Qed.

(* the learner's policy is the law of a constant *)
Lemma noisy_regret : 0 < `|J f mu rho reward expert H - J f mu rho reward (noise_policy q mu (fun _ _ _ => true)) H|.
Proof.
suff -> : J f mu rho reward (noise_policy q mu (fun _ _ _ => true)) H = J f mu rho reward learner H by exact: regret_pos.
rewrite /J; apply: eq_bigr => x _; congr (_ * _).
elim: H 0%N x => // n IH h x /=; apply: eq_bigr => u _; congr (_ * (_ + _)).
  rewrite /noise_policy (eq_bigr (fun _ => (u == true)%:R)); first by rewrite sumr_const card_unit.
  by move=> w _; rewrite mul1r eq_sym.
by apply: eq_bigr => w _; rewrite IH.
Qed.

Lemma instance_common_noise : 0 < `|J f mu rho reward expert H - J f mu rho reward (noise_policy q mu (fun _ _ _ => true)) H|
  <= H%:R * TV f mu rho expert (noise_policy q mu (fun _ _ _ => true)) q H + feedback 0 0 1 (g R) H (fun _ => 3%:R * 1).
Proof.
rewrite noisy_regret /=; apply: (common_noise H mu_d mu_d rho_d (@pd R false) rew_01 rew_lip c4 d_tri d_sym d_xx q_err g_0 gains_d) => h x x' xi.
by rewrite d_xx mul0r.
Qed.

(* actions embedded in R with its absolute value *)
Lemma distE u v : dist (fun b : bool => b%:R : R) Num.norm u v = d R u v.
Proof. by rewrite /dist /d; case: u; case: v; rewrite /= ?subrr ?normr0 ?subr0 ?sub0r ?normrN ?normr1. Qed.

Lemma instance_closed_loop : 0 < `|J f mu rho reward expert H - J f mu rho reward (noise_policy q mu (fun _ _ _ => true)) H|
  <= H%:R * TV f mu rho expert (noise_policy q mu (fun _ _ _ => true)) q H
     + \sum_(h < H) ((0 + 0 * 1) * (3%:R * 1 * Gcl (g R) h) + 3%:R * 1 * 1).
Proof.
rewrite noisy_regret /=; apply: (@closed_loop R _ _ _ _ _ (fun b : bool => b%:R : R) Num.norm f mu rho reward (d R) expert q mu
  (fun _ _ (_ : unit) => true) 1 0 0 1 (g R) H mu_d mu_d rho_d (@pd R false) rew_01 _ c4) => //.
- by move=> h x u x' u'; rewrite distE; exact: rew_lip.
- exact: ler_norm_add.
- exact: normrN.
- exact: normr0.
- by move=> u; rewrite distE; exact: q_err.
- exact: g_0.
- move=> x1 us us' xis ws h; apply: (le_trans (gains_d x1 us us' ws h)); apply: ler_sum => t _.
  have <- := distE (us t) (us' t); by rewrite /dist /dstb opprB addrA subrK.
- by move=> h x x' xi; rewrite distE d_xx mul0r.
Qed.

Lemma instance_validated : 0 < regret <= feedback 0 0 1 (g R) H (fun h => 0 + mean f mu rho expert h (fun _ => 1)).
Proof.
rewrite regret_pos /=; apply: (validated_error H mu_d rho_d (@pd R true) rew_lip c3 d_tri g_0 gains_d learner_lip (@pd R false)) => h x.
exact: point_coupling.
Qed.

(* both sides of it are H *)
Lemma instance_bound : feedback 0 0 1 (g R) H (fun h => 0 + mean f mu rho expert h (fun _ => 1)) = H%:R.
Proof.
rewrite /feedback (eq_bigr (fun _ => 1)) ?sumr_const ?card_ord // => h _.
by rewrite !mul0r !add0r mul1r (mean_const f mu_d rho_d h 1 (@pd R false)).
Qed.
End I.
