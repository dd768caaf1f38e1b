(* The hypotheses of the statements in LearnerStatements.v have models in which both sides are positive: the one-step system
   of StatementInstances.v, where a demonstration may fail to show the state that tells the two policies apart. *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Deterministic Learners Trajectories
  StatementInstances LearnerStatements.
From Quantbc Require Catalog Noise Comparison AverageError.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Learner.
Variables (R : rcfType) (n : nat) (a : R).
Hypothesis a01 : 0 <= a <= 1.
Hypothesis a_large : 3%:R / 4%:R < a ^+ 2.
(* 1 - a small enough for the statements with a larger imitation term *)
Hypothesis a_near : 8%:R * (1 - a) < 1.
Local Notation mu := (mu R).
Local Notation rho := (rho R).
Local Notation rew := (rew R).
Local Notation expert := (expert R).
Local Notation pol := (pol R).
Local Notation Sample := (data (path [finType of bool] [finType of bool] 1) n).
Local Notation Pr := (prob f mu rho expert q (H:=1) (n:=n)).
Local Notation hat := (@hat R n).
Local Notation wrong s := (`|J f mu rho rew expert 1 - J f mu rho rew (pol (hat s)) 1|).
Local Notation half := (2%:R^-1 : R).

Let half_ge0 : 0 <= half. Proof. by rewrite invr_ge0 ler0n. Qed.
Let c0 : 0 <= 0 :> R /\ 0 <= 1 :> R. Proof. by rewrite lexx ler01. Qed.
Let g0 : 0 <= 1 :> R /\ 0 <= half. Proof. by rewrite ler01. Qed.

Lemma shown bound (B : pred Sample) : bound < half -> (forall s, B s = (bound < wrong s)) -> 0 < Pr B.
Proof. by move=> small BE; apply: mistaken => s E; rewrite BE E regret_wrong ger0_norm. Qed.

Lemma both_sides bound (B : pred Sample) : (forall s, B s = (bound < wrong s)) -> bound < half ->
  Pr B <= (#|[finType of bool]|.-1)%:R * a ^+ n -> 0 < Pr B <= a ^+ n.
Proof. by move=> BE small le; rewrite (shown small BE) /= -(class_size n a). Qed.

Lemma sums F : \sum_(1 <= h < 2) F h = F 1%N :> R. Proof. exact: big_nat1. Qed.

Lemma coupled p (h : nat) x x' : exists G, coupling (pol p h x) (pol p h x') G /\
  \sum_u \sum_u' G u u' * d R u u' <= 1 * d R x x' + 0.
Proof.
exists (fun u u' => (u == map p h x)%:R * (u' == map p h x')%:R); split.
  split=> [u u'|u|u']; first by rewrite mulr_ge0 ?ler0n.
    by rewrite -mulr_sumr one_of mulr1.
  by rewrite -mulr_suml one_of mul1r.
rewrite addr0; apply: le_trans (lipschitz R p h x x'); rewrite !big_bool /d.
by case: (map p h x); case: (map p h x'); rewrite /= ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
Qed.

Ltac small := rewrite ?sums ?big_geq // ?subrr ?(mulr0, mul0r, addr0, add0r) ?mul1r ?mulr1n.

Lemma instance_wasserstein : 0 < Pr (fun s => Catalog.wasserstein 1 1 1 0 a 1 0 half 0 < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.wasserstein 1 1 1 0 a 1 0 half 0)) => //.
  by rewrite /Catalog.wasserstein /Catalog.wasserstein_imitation /Catalog.wasserstein_drift; small; exact: root_small.
exact: (wasserstein (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R) c0 g0
  (stable R) (d_tri R) (d_xx R) (lexx 0) (no_error R) ler01 coupled).
Qed.

Lemma instance_wasserstein_deterministic :
  0 < Pr (fun s => Catalog.wasserstein_deterministic 1 1 1 0 a 1 0 half 0 < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.wasserstein_deterministic 1 1 1 0 a 1 0 half 0)) => //.
  rewrite /Catalog.wasserstein_deterministic /Catalog.wasserstein_deterministic_imitation /Catalog.wasserstein_deterministic_drift.
  by small; exact: (one_less_a a01 a_large).
exact: (wasserstein_deterministic (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R)
  c0 g0 (stable R) (d_tri R) (d_xx R) (lexx 0) (no_error R) ler01 coupled (sure_class R)).
Qed.

(* ---------- greedy decoding: the deployed policy is the class's own map ---------- *)
Lemma greedy_small : Num.min 1 ((1 - a) * (Num.sqrt 2%:R + 2%:R)) < half.
Proof.
have [_ /andP [a0 a1]] := (a01, a01).
rewrite lt_minl; apply/orP; right; apply: (@le_lt_trans _ _ ((1 - a) * 4%:R)).
  apply: ler_wpmul2l; first by rewrite subr_ge0.
  have -> : 4%:R = 2%:R + 2%:R :> R by rewrite -natrD.
  rewrite ler_add2r -(@ler_pexpn2r _ 2) ?nnegrE ?sqrtr_ge0 ?ler0n //.
  by rewrite sqr_sqrtr ?ler0n // -natrX ler_nat.
by rewrite -[half]mul1r ltr_pdivl_mulr ?ltr0n // -mulrA -natrM mulrC.
Qed.

Lemma likeliest p (h : nat) x c : pol p h x c <= pol p h x (map p h x).
Proof. by rewrite /StatementInstances.pol eqxx; case: eqP => _; rewrite ?ler01. Qed.

Local Notation greedily s := (`|J f mu rho rew expert 1 - J f mu rho rew (point R (map (hat s))) 1|).

Lemma instance_wasserstein_greedy : 0 < Pr (fun s => Catalog.wasserstein_greedy 1 1 1 0 a 1 0 half 0 < greedily s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.wasserstein_greedy 1 1 1 0 a 1 0 half 0)) => //.
  by rewrite /Catalog.wasserstein_greedy /Catalog.wasserstein_greedy_imitation /Catalog.wasserstein_greedy_drift; small; exact: greedy_small.
apply: (wasserstein_greedy (gr := map) (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R)
  c0 g0 (stable R) (d_tri R) (d_xx R) (lexx 0) (no_error R) likeliest (sure R) ler01).
by move=> p h x x'; rewrite addr0; exact: lipschitz.
Qed.

Lemma instance_theorem_3_greedy : 0 < Pr (fun s => Catalog.theorem_3_greedy 1 1 1 1 0 a 0 half 0 < greedily s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.theorem_3_greedy 1 1 1 1 0 a 0 half 0)) => //.
  rewrite /Catalog.theorem_3_greedy /Catalog.theorem_3_greedy_imitation /Catalog.theorem_3_greedy_decoupling /Catalog.theorem_3_greedy_drift.
  by small; exact: greedy_small.
apply: (theorem_3_greedy (gr := map) (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R)
  c0 g0 (stable R) (d_tri R) (d_xx R) (lexx 0) (no_error R) likeliest (sure R) (lexx 0) ler01).
move=> p h x x'; apply: le_trans (lipschitz R p h x x'); rewrite mul0r /d.
by case: (map p h x == map p h x'); rewrite /= ?ltxx ?ltr01.
Qed.

(* ---------- average errors ---------- *)
Lemma no_average (h : nat) : ebar f mu rho (d R) expert q h <= 0.
Proof. by rewrite /ebar /mean big1 // => x _; rewrite big1 ?mulr0 // => v _; rewrite d_xx mulr0. Qed.

Lemma instance_wasserstein_average :
  0 < Pr (fun s => Catalog.wasserstein_average 1 1 1 0 a 0 1 0 half 0 < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.wasserstein_average 1 1 1 0 a 0 1 0 half 0)) => //.
  rewrite /Catalog.wasserstein_average /Catalog.wasserstein_average_imitation /Catalog.wasserstein_average_drift.
  by small; exact: root_small.
apply: (wasserstein_average (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R)
  c0 g0 (stable R) (d_ge0 R) (d_tri R) (d_xx R) ler01 (lexx 0) coupled _ no_average).
by move=> h x v _; exact: no_error.
Qed.

Lemma no_error_at t : AverageError.expert_error f mu rho (d R) expert q t <= 0.
Proof. by rewrite /AverageError.expert_error big1 // => x _; rewrite big1 ?mulr0 // => u _; rewrite d_xx mulr0. Qed.

Lemma parted_labels p (h : nat) x x' : exists G : bool -> bool -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
      forall u', \sum_u G u u' = pol p h x' u' & \sum_u \sum_u' G u u' * (u != u')%:R <= 1 * d R x x'].
Proof.
have [G [G0 G1 G2 G3]] := tvc R p h x x'; exists G; split=> //; apply: (le_trans _ G3).
apply: ler_sum => u _; apply: ler_sum => u' _; apply: ler_wpmul2l => //; rewrite /d.
by case: (u == u'); rewrite /= ?ltxx ?ltr01.
Qed.

Lemma instance_average_error :
  0 < Pr (fun s => Catalog.average_error 1 1 1 1 0 0 half (1 - a) < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.average_error 1 1 1 1 0 0 half (1 - a))) => //.
  rewrite /Catalog.average_error /Catalog.average_error_imitation /Catalog.average_error_decoupling /Catalog.average_error_drift.
  small; rewrite mulr1 -[half]mul1r ltr_pdivl_mulr ?ltr0n //; apply: (le_lt_trans _ a_near); rewrite mulrAC -natrM.
  by apply: ler_wpmul2r; [rewrite subr_ge0; case/andP: a01 | rewrite ler_nat].
apply: (average_error (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R)
  c0 g0 (stable R) (d_ge0 R) ler01 _ (sure R)).
- by rewrite opprB addrC subrK.
- exact: no_error_at.
- exact: parted_labels.
Qed.

Hypothesis a_close : 1 - a ^+ 2 < (4%:R^-1) ^+ 2.
Lemma quarter_root : 2%:R * Num.sqrt (1 - a ^+ 2) < half.
Proof.
have q0 : 0 < 4%:R^-1 :> R by rewrite invr_gt0 ltr0n.
have -> : half = 2%:R * 4%:R^-1.
  by rewrite (_ : 4%:R = 2%:R * 2%:R) ?invfM ?mulrA ?divff ?mul1r ?pnatr_eq0 // -natrM.
rewrite ltr_pmul2l ?ltr0n // -[X in _ < X](ger0_norm (ltW q0)) -sqrtr_sqr ltr_sqrt //; exact: exprn_gt0.
Qed.

Local Notation tangent := (fun x => 1 - x^-1 : R).
Lemma tangent_1 : tangent 1 = 0. Proof. by rewrite /= invr1 subrr. Qed.
Lemma tangent_below (x y : R) : 0 < x -> x <= y -> y <= 1 -> 1 - x / y <= tangent y - tangent x.
Proof.
move=> x0 xy y1; have y0 : 0 < y by exact: lt_le_trans xy.
have -> : 1 - y^-1 - (1 - x^-1) = x^-1 - y^-1 by move: (x^-1) (y^-1) => t1 t2; ring.
have -> : 1 - x / y = (y - x) / y by rewrite mulrBl divff // gt_eqF.
have -> : x^-1 - y^-1 = (y - x) / y / x.
  by rewrite mulrBl divff ?gt_eqF // mulrBl mul1r [x / y / x]mulrAC divff ?gt_eqF // mul1r.
rewrite ler_pdivl_mulr //; apply: ler_pimulr; last exact: le_trans xy y1.
by rewrite divr_ge0 ?subr_ge0 // ltW.
Qed.

Lemma instance_average_error_stochastic :
  0 < Pr (fun s => Catalog.average_error_stochastic tangent 1 1 1 1 0 a 0 half < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.average_error_stochastic tangent 1 1 1 1 0 a 0 half)) => //.
  rewrite /Catalog.average_error_stochastic /Catalog.average_error_stochastic_imitation.
  rewrite /Catalog.average_error_stochastic_decoupling /Catalog.average_error_stochastic_drift.
  small; rewrite !lt_minl; apply/orP; left; apply/orP; left.
  by rewrite sqrtr0 ?mulr0 ?add0r ?mulr1; exact: quarter_root.
exact: (average_error_stochastic (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01
  (mle R (n:=n)) (rew_lip R) c0 g0 (stable R) (d_ge0 R) ler01 tangent_1 tangent_below parted_labels (lexx 0) no_error_at).
Qed.

Lemma instance_theorem_2_average :
  0 < Pr (fun s => Catalog.theorem_2_average tangent 1 1 1 1 0 a half 0 < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.theorem_2_average tangent 1 1 1 1 0 a half 0)) => //.
  rewrite /Catalog.theorem_2_average /Catalog.theorem_2_average_imitation.
  rewrite /Catalog.theorem_2_average_decoupling /Catalog.theorem_2_average_drift.
  small; rewrite !lt_minl; apply/orP; left; apply/orP; left.
  by rewrite sqrtr0 ?mulr0 ?mul0r ?add0r ?mulr1; exact: quarter_root.
apply: (theorem_2_average (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01
  (mle R (n:=n)) (rew_lip R) c0 g0 (stable R) (d_ge0 R) ler01 tangent_1 tangent_below parted_labels (lexx 0)).
by rewrite mulr0 big_ord1; exact: no_error_at.
Qed.

(* ---------- noise that is not there ---------- *)
Local Notation nu := (fun (_ : nat) (_ : unit) => 1 : R).
Local Notation gl := (fun p h x (_ : unit) => map p h x).
Lemma noisy p (h : nat) x c : pol p h x c = Noise.noise_policy q nu (gl p) h x c.
Proof. by rewrite /Noise.noise_policy big_const card_unit /= addr0 mul1r eq_sym. Qed.

Lemma instance_common_noise : 0 < Pr (fun s => Catalog.common_noise 1 1 1 0 a 0 half 1 < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.common_noise 1 1 1 0 a 0 half 1)) => //.
  by rewrite /Catalog.common_noise /Catalog.common_noise_imitation /Catalog.common_noise_drift; small; exact: root_small.
apply: (common_noise (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R)
  c0 g0 (stable R) (d_tri R) (d_xx R) (lexx 0) (no_error R) (mu_dist R) ler01 noisy (d_sym R)).
by move=> p h x x' _; exact: lipschitz.
Qed.

Lemma distE u v : Noise.dist (fun b : bool => b%:R : R) Num.norm u v = d R u v.
Proof. by rewrite /Noise.dist /d; case: u; case: v; rewrite /= ?subrr ?normr0 ?subr0 ?sub0r ?normrN ?normr1. Qed.
Let c4 : [/\ 0 <= 0 :> R, 0 <= 1 :> R, 0 <= 1 :> R & 0 <= 0 :> R]. Proof. by rewrite lexx ler01. Qed.
Let lip_d (h : nat) x u x' u' : `|rew h x u - rew h x' u'| <= 0 * d R x x' + 1 * Noise.dist (fun b : bool => b%:R : R) Num.norm u u'.
Proof. by rewrite distE; exact: rew_lip. Qed.
Let sup_d u : Noise.dist (fun b : bool => b%:R : R) Num.norm u (q u) <= 0. Proof. by rewrite distE; exact: no_error. Qed.
Let still (p : bool) x1 us us' (xis : nat -> unit) (ws : nat -> unit) h :
  d R (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) 1 * half ^+ (h.-1 - t) *
    `|Noise.dstb (fun b : bool => b%:R : R) (gl p) t (traj f x1 us ws t) (xis t) (us t)
      - Noise.dstb (fun b : bool => b%:R : R) (gl p) t (traj f x1 us' ws t) (xis t) (us' t)|.
Proof.
have stay vs : traj f x1 vs ws h = x1 by elim: h => //= h ->.
by rewrite !stay d_xx; apply: sumr_ge0 => t _; rewrite mul1r mulr_ge0 // exprn_ge0.
Qed.
Let gl_lip (p : bool) (h : nat) x x' (xi : unit) : Noise.dist (fun b : bool => b%:R : R) Num.norm (gl p h x xi) (gl p h x' xi) <= 1 * d R x x'.
Proof. by rewrite distE; exact: lipschitz. Qed.

Lemma instance_closed_loop : 0 < Pr (fun s => Catalog.closed_loop 1 1 0 a 0 1 1 half < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.closed_loop 1 1 0 a 0 1 1 half)) => //.
  by rewrite /Catalog.closed_loop /Catalog.closed_loop_imitation /Catalog.closed_loop_drift; small; exact: root_small.
exact: (closed_loop (nrm := Num.norm) (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n))
  (mu_dist R) lip_d c4 g0 (@ler_norm_add _ _) (@normrN _ _) (normr0 _) sup_d still gl_lip noisy).
Qed.

Lemma instance_closed_loop_deterministic :
  0 < Pr (fun s => Catalog.closed_loop_deterministic 1 1 0 a 0 1 1 half < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.closed_loop_deterministic 1 1 0 a 0 1 1 half)) => //.
  rewrite /Catalog.closed_loop_deterministic /Catalog.closed_loop_deterministic_imitation /Catalog.closed_loop_deterministic_drift.
  by small; exact: (one_less_a a01 a_large).
exact: (closed_loop_deterministic (nrm := Num.norm) (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01
  (mle R (n:=n)) (mu_dist R) lip_d c4 g0 (@ler_norm_add _ _) (@normrN _ _) (normr0 _) sup_d still gl_lip noisy (sure_class R)).
Qed.

(* ---------- small gain, smooth kernel, raw actions ---------- *)
Lemma instance_small_gain : 0 < Pr (fun s => Catalog.small_gain 1 0 1 0 a 0 half 1 < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.small_gain 1 0 1 0 a 0 half 1)) => //.
  rewrite /Catalog.small_gain /Catalog.small_gain_imitation /Catalog.small_gain_drift.
  by small; exact: (one_less_a a01 a_large).
have stay x1 us us' (ws : nat -> unit) h :
    d R (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) 0 * half ^+ (h.-1 - t) * d R (us t) (us' t).
  have E vs : traj f x1 vs ws h = x1 by elim: h => //= h ->.
  by rewrite !E d_xx; apply: sumr_ge0 => t _; rewrite !mul0r.
have z : 0 <= 0 :> R /\ 0 <= half by rewrite lexx.
have h1 : half < 1 by rewrite invf_lt1 ?ltr0n // ltr1n.
apply: (small_gain (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) (rew_lip R)
  c0 z stay (d_tri R) (d_xx R) (lexx 0) (no_error R) ler01 h1 _ (d_sym R) (lipschitz R)) => //.
by rewrite mul0r add0r.
Qed.

Lemma instance_proposition_5_corollary :
  0 < Pr (fun s => Catalog.proposition_5_corollary 1 0 1 0 a 0 half 2%:R < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.proposition_5_corollary 1 0 1 0 a 0 half 2%:R)) => //.
  rewrite /Catalog.proposition_5_corollary /Catalog.proposition_5_corollary_imitation.
  by rewrite /Catalog.proposition_5_corollary_drift; small; exact: (one_less_a a01 a_large).
have stay x1 us us' (ws : nat -> unit) h :
    d R (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) 0 * half ^+ (h.-1 - t) * d R (us t) (us' t).
  have E vs : traj f x1 vs ws h = x1 by elim: h => //= h ->.
  by rewrite !E d_xx; apply: sumr_ge0 => t _; rewrite !mul0r.
have z : 0 <= 0 :> R /\ 0 <= half by rewrite lexx.
have h1 : half < 1 by rewrite invf_lt1 ?ltr0n // ltr1n.
apply: (proposition_5_corollary (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01
  (mle R (n:=n)) (rew_lip R) c0 z stay (d_tri R) (d_xx R) (lexx 0) (no_error R) ler01 (ler0n _ 2) h1 _ (d_sym R) (lipschitz R)) => //.
by rewrite mulr0 mul0r subrr mul0r.
Qed.

Lemma instance_smooth_kernel : 0 < Pr (fun s => Catalog.smooth_kernel 1 1 1 a 0 < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.smooth_kernel 1 1 1 a 0)) => //.
  rewrite /Catalog.smooth_kernel /Catalog.smooth_kernel_imitation /Catalog.smooth_kernel_decoupling /Catalog.smooth_kernel_drift.
  by small; exact: root_small.
apply: (smooth_kernel (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R) (realizable R) a01 (mle R (n:=n)) ler01 ler01 (lexx 0)
  (d_xx R) (no_error R)) => [h x u u'|h x u u'].
  by have := rew_lip R h x u x u'; rewrite mul0r add0r.
by rewrite /tv big1 ?mul0r ?mul1r ?d_ge0 // => y _; rewrite subrr normr0.
Qed.

Lemma instance_foster_log_loss : 0 < Pr (fun s => Catalog.foster_log_loss 1 a < wrong s) <= a ^+ n.
Proof.
apply: (@both_sides (Catalog.foster_log_loss 1 a)) => //.
  by rewrite /Catalog.foster_log_loss /Catalog.foster_log_loss_imitation; small; exact: lt_trans (quarter a_large) (quarter_half R).
have sure_e (h : nat) x u : expert h x u = 0 \/ expert h x u = 1.
  by rewrite /StatementInstances.expert; case: eqP => _; [right | left].
exact: (@foster_log_loss R _ _ _ f mu rho rew expert q _ pol false 1 n a (mu_dist R) (rho_dist R) (expert_dist R) (pol_dist R) (rew01 R)
  (realizable R) a01 hat (mle R (n:=n)) (fun _ => erefl) sure_e).
Qed.
End Learner.
