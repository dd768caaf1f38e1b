(* The hypotheses of the statements about deviations have models in which both sides are positive: two states, the state is the
   last action, the expert plays `false` and the learner `true`; whatever couples their trajectories, the states part.
   And the variance form, on the one-step system of StatementInstances.v. *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Noise Variance Learners SureDeviation
  Validated MasterInstance LipschitzInstances.
From Quantbc Require StatementInstances.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section I.
Variable R : realFieldType.
Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).
Local Notation rho := (fun x : bool => (x == true)%:R : R).
Local Notation expert := (point R false).
Definition wrong (_ : nat) (_ : bool) (_ : unit) : bool := true.
Local Notation noisy := (noise_policy id mu wrong).
Local Notation emb := (fun b : bool => b%:R : R).

Lemma only (F : unit -> R) : \sum_w 1 * F w = F tt.
Proof. by rewrite (bigD1 tt) //= big1 ?addr0 ?mul1r // => [[]]. Qed.
Lemma noisyE h x u : noisy h x u = (true == u)%:R.
Proof. exact: only. Qed.
Lemma labelE h x c : piQ expert id h x c = (c == false)%:R.
Proof. by rewrite /piQ big_pred1_eq. Qed.
Lemma raw_err u : d R u (id u) <= 0. Proof. by rewrite d_xx. Qed.
Lemma emb_err u : dist emb Num.norm u (id u) <= 0. Proof. by rewrite distE d_xx. Qed.
Lemma loop_gains x1 us us' (xis ws : nat -> unit) h : d R (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g R (h.-1 - t)%N *
  `|dstb emb wrong t (traj f x1 us ws t) (xis t) (us t) - dstb emb wrong t (traj f x1 us' ws t) (xis t) (us' t)|.
Proof.
apply: (le_trans (gains_d R x1 us us' ws h)); apply: ler_sum => t _.
have <- := distE R (us t) (us' t); by rewrite /dist /dstb opprB addrA subrK.
Qed.
Lemma product (h : nat) (x : bool) : coupling (mu h) (expert h x) (fun _ v => expert h x v).
Proof.
have [p0 p1] := @pd R false h x; split=> [xi v|xi|v]; [exact: p0 | exact: p1 | by rewrite sumr_const card_unit].
Qed.
Lemma map_error h : \sum_x occ f mu rho expert h x * (\sum_(xi : unit) \sum_v expert h x v * dist emb Num.norm v (wrong h x xi)) <= 1.
Proof.
apply: avg_le => [|x _]; first exact: (occ_dist f h (@mu_d R) (@rho_d R) (@pd R false)).
apply: (@le_trans _ _ (\sum_(xi : unit) 1)); last by rewrite sumr_const card_unit.
apply: ler_sum => xi _; apply: avg_le => [|v _]; first exact: pd.
by rewrite distE; exact: q_err.
Qed.

(* after one step the expert is in `false` and the learner in `true` *)
Lemma expert_state y : occ f mu rho expert 1 y = (y == false)%:R.
Proof.
rewrite /= !big_bool /= !only /point /f /=.
by case: y; rewrite /= ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
Qed.
Lemma learner_state y : occ f mu rho noisy 1 y = (y == true)%:R.
Proof.
rewrite /= !big_bool /= !only !noisyE /f /=.
by case: y; rewrite /= ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
Qed.

Lemma instance_validated_closed_loop_state : exists G,
  coupling (occ f mu rho expert 1) (occ f mu rho noisy 1) G /\
  0 < \sum_x \sum_y G x y * d R x y <= loop_dev 0 (g R) (fun _ => 1) 1.
Proof.
have [G [Gc Gd]] := @validated_closed_loop_state R _ _ _ _ _ emb Num.norm f mu rho (d R) expert id mu wrong 0 (g R) 2
  (@mu_d R) (@mu_d R) (@rho_d R) (@pd R false) (@ler_norm_add _ _) (@normrN _ _) emb_err (@g_0 R) loop_gains
  (fun h x _ v => expert h x v) (fun _ => 1) product map_error 1 isT.
exists G; split=> //; rewrite Gd andbT; have [G0 G1 G2] := Gc.
have z : G false false = 0.
  apply/eqP; rewrite eq_le G0 andbT -(_ : \sum_x G x false = 0); last by rewrite G2 learner_state.
  by rewrite big_bool /= ler_addr.
have one : G false true = 1 by have := G1 false; rewrite expert_state big_bool /= z addr0.
rewrite !big_bool /d /= !mulr0 !mulr1 one add0r addr0; apply: ltr_paddl; [exact: G0 | exact: ltr01].
Qed.

(* trajectories of two steps *)
Local Notation P := (path [finType of bool] [finType of bool] 2).
Local Notation lawE := (@law R _ _ _ f mu expert id (piQ expert id) 2 0 rho).
Local Notation lawL := (@plaw R _ _ _ f mu noisy 2 0 rho).
Lemma law_false (s : P) : s.2.1.1 = true -> lawE s = 0.
Proof.
case: s => [[x c] [[y c'] []]] /= ->; rewrite !labelE; case: c; first by rewrite /= mulr0 mul0r.
rewrite /Tbar (_ : \sum_v _ = 0) ?mul0r ?mulr0 // big1 // => v _; rewrite /kap labelE eqxx oner_eq0 divr1 only /f /point.
by case: v; rewrite /= ?mul0r ?mulr0.
Qed.
Lemma law_true (t : P) : t.2.1.1 = false -> lawL t = 0.
Proof.
by case: t => [[x u] [[y u'] []]] /= ->; rewrite !noisyE !only /f; case: u; rewrite /= ?(mul0r, mulr0).
Qed.

Lemma apart_surely G e : coupling lawE lawL G -> (forall h, e h = 0) -> 0 < \sum_s \sum_t G s t * (far (d R) e 0 s t : nat)%:R.
Proof.
move=> [G0 G1 G2] e0.
have [l0 l1] : is_dist lawE by apply: law_dist; [exact: mu_d | exact: pd | exact: (piQ_dist id (@pd R false)) | exact: rho_d].
have z (I : finType) (F : I -> R) i : (forall i, 0 <= F i) -> \sum_i F i = 0 -> F i = 0.
  by move=> F0 /eqP; rewrite psumr_eq0 // => /allP /(_ i); rewrite mem_index_enum => /(_ isT) /eqP.
suff E s t : G s t * (far (d R) e 0 s t : nat)%:R = G s t.
  by under eq_bigr => s _ do (under eq_bigr => t _ do rewrite E; rewrite G1); rewrite l1 ltr01.
case: (boolP s.2.1.1) => sx; first by rewrite (z _ (G s) t) ?mul0r // G1 law_false.
case: (boolP t.2.1.1) => tx; last first.
  by rewrite (z _ (fun s => G s t) s) ?mul0r // G2 law_true //; exact: negbTE.
by rewrite /= !e0 (negbTE sx) tx /d /= ler10 orbT mulr1.
Qed.

Let z2 : 0 <= 0 :> R. Proof. exact: lexx. Qed.
Lemma instance_common_noise_deviation : exists G, coupling lawE lawL G /\
  0 < \sum_s \sum_t G s t * (far (d R) (dev (g R) 0 (fun _ => 3%:R * 0)) 0 s t : nat)%:R <= TV f mu rho expert noisy id 2.
Proof.
have lip (h : nat) x x' xi : d R (wrong h x xi) (wrong h x' xi) <= 0 * d R x x' by rewrite d_xx mul0r.
have [G [Gc Gd]] := @common_noise_deviation R _ _ _ _ f mu rho (d R) expert id mu wrong 0 0 2 (@mu_d R) (@mu_d R) (@rho_d R)
  (@pd R false) z2 z2 (d R) (g R) (@d_tri R) (@d_sym R) (@d_xx R) raw_err (@g_0 R) (@gains_d R) lip.
exists G; split=> //; rewrite Gd andbT; apply: apart_surely => // h.
by rewrite dev_rec big1 // => t _; rewrite mul0r mulr0 addr0 mulr0.
Qed.

Lemma instance_closed_loop_deviation : exists G, coupling lawE lawL G /\
  0 < \sum_s \sum_t G s t * (far (d R) (fun h => 3%:R * 0 * Gcl (g R) h) 0 s t : nat)%:R <= TV f mu rho expert noisy id 2.
Proof.
have [G [Gc Gd]] := @closed_loop_deviation R _ _ _ _ f mu rho (d R) expert id mu wrong 0 2 (@mu_d R) (@mu_d R) (@rho_d R)
  (@pd R false) z2 _ emb Num.norm (g R) (@ler_norm_add _ _) (@normrN _ _) (@normr0 _ _) emb_err (@g_0 R) loop_gains.
exists G; split=> //; rewrite Gd andbT; apply: apart_surely => // h.
by rewrite mulr0 mul0r.
Qed.
End I.

(* ---------- the variance form ---------- *)
Module SI := StatementInstances.
Section V.
Variables (R : rcfType) (n : nat) (a : R).
Hypothesis a01 : 0 <= a <= 1.
Hypothesis a_near : 4%:R * (1 - a) < 2%:R^-1.
Local Notation D := (data (path [finType of bool] [finType of bool] 1) n).
Local Notation gn := (fun j : nat => 1 * 2%:R^-1 ^+ j : R).
Local Notation Pr := (prob SI.f (SI.mu R) (SI.rho R) (SI.expert R) SI.q (H:=1) (n:=n)).
Local Notation olaw := (@law R _ _ _ SI.f (SI.mu R) (SI.expert R) SI.q (piQ (SI.expert R) SI.q) 1 0 (SI.rho R)).
Definition return_ (s : path [finType of bool] [finType of bool] 1) : R := rsum (SI.rew R) (SI.expert R) SI.q 0 s.

Lemma earns s : olaw s * return_ s = olaw s.
Proof.
case: s => [[x c] []]; rewrite /return_ /= SI.labelsE addr0; case: c; first by rewrite !mulr0 !mul0r.
rewrite /rbar !big_bool /kap SI.labelsE /SI.q /SI.expert /SI.rew /= oner_eq0 divr1.
by rewrite ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0, invr1).
Qed.
Lemma no_variance : var olaw return_ <= 0.
Proof.
have [l0 l1] := law_dist SI.f SI.q (SI.mu_dist R) (SI.expert_dist R) 1 0 (piQ_dist SI.q (SI.expert_dist R)) (SI.rho_dist R).
have m1 : expect olaw return_ = 1 by rewrite /expect (eq_bigr olaw) // => s _; exact: earns.
rewrite /var m1 /expect big1 // => s _.
have z : olaw s * (return_ s - 1) = 0 by rewrite mulrBr earns mulr1 subrr.
by rewrite expr2 mulrA z mul0r.
Qed.
Lemma coupled p (h : nat) x x' : exists G, coupling (SI.pol R p h x) (SI.pol R p h x') G /\
  \sum_u \sum_u' G u u' * SI.d R u u' <= 1 * SI.d R x x' + 0.
Proof.
have [G [G0 G1 G2 Gt]] := SI.tvc R p h x x'; exists G; split=> //; rewrite addr0; apply: (le_trans _ Gt).
apply: ler_sum => u _; apply: ler_sum => u' _; apply: ler_wpmul2l => //.
by rewrite /SI.d; case: eqP => _; rewrite /= ?ltr01 ?ltxx.
Qed.
Lemma variance_small : variance_term 1 0 (Num.sqrt (2%:R * (1 - a))) = 4%:R * (1 - a).
Proof.
have /andP [a0 a1] := a01; have p0 : 0 <= 2%:R * (1 - a) by rewrite mulr_ge0 ?ler0n ?subr_ge0.
rewrite /variance_term expr1n !mul1r mulr0 addr0 sqrtr_sqr ger0_norm ?sqrtr_ge0 // mulrDr -expr2 sqr_sqrtr //.
ring.
Qed.

Lemma instance_variance_learner : 0 < Pr (fun s : D => variance_term 1 0 (Num.sqrt (2%:R * (1 - a))) + feedback 1 0 1 gn 1 (fun _ => 0 + 0)
   < `|J SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.expert R) 1 - J SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.pol R (SI.hat R s)) 1|) <= a ^+ n.
Proof.
have F0 : feedback 1 0 1 gn 1 (fun _ => 0 + 0) = 0 :> R.
  by rewrite /feedback big_ord_recl big_ord0 dev0 !(mulr0, mul0r, addr0).
apply/andP; split.
  by apply: SI.mistaken => s ->; rewrite SI.regret_wrong ger0_norm ?invr_ge0 ?ler0n // F0 addr0 variance_small a_near.
rewrite -(SI.class_size n a).
have gn0 j : 0 <= gn j by rewrite mul1r exprn_ge0 // invr_ge0 ler0n.
have cc : [/\ 0 <= 0 :> R, 0 <= 1 :> R, 0 <= 1 :> R & 0 <= 0 :> R] by rewrite !lexx ler01.
have range s : (0 : R) <= return_ s <= 0 + 1.
  by rewrite add0r; have := rsum_range SI.q (SI.expert_dist R) (SI.rew01 R) 0 s.
have V := @variance_learner R _ _ _ SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.d R) (SI.d R) (SI.expert R) SI.q _ (SI.pol R) false 1 n a
  0 1 0 0 1 gn (SI.mu_dist R) (SI.rho_dist R) (SI.expert_dist R) (SI.pol_dist R) (SI.rew_lip R) cc (SI.d_tri R) (SI.d_xx R)
  (SI.no_error R) gn0 (SI.stable R) (SI.realizable R) a01 (SI.hat R (n:=n)) (SI.mle R (n:=n)) coupled 0 1 0 range ler01 no_variance.
exact: V.
Qed.
End V.
