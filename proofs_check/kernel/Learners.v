(* Log-loss behavior cloning over a finite class of label policies, end to end, for every kind of label and class, n i.i.d. demonstrations; a stands for exp(-x); failure probability at most (N-1) a^n.
   Finite spaces, any real closed field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Variance Deterministic.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Learner.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE : nat -> X -> U -> R) (q : U -> U).
Variables (Pi : finType) (pol : Pi -> nat -> X -> U -> R) (star : Pi) (H n : nat) (a : R).
Variables (eps ell Jump Lx Lu : R) (g : nat -> R).

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis pol_dist : forall p h x, is_dist (pol p h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu, 0 <= ell & 0 <= eps].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).
Hypothesis realizable : forall h x c, pol star h x c = piQ piE q h x c.
Hypothesis a01 : 0 <= a <= 1.

Local Notation olaw pi := (@law R X U W f mu piE q pi H 0 rho).
Local Notation JJ pi := (J f mu rho rew pi H).
Let P p := olaw (pol p).

Lemma Pd p : is_dist (P p).
Proof. by apply: law_dist => //; exact: pol_dist. Qed.

Lemma observedE p : observed_hell2 f mu rho piE q H (pol p) = hell2 (P p) (P star).
Proof. by apply: eq_bigr => s _; rewrite /P (law_star f mu rho realizable). Qed.

Lemma aff_observed p : aff P star p = 1 - observed_hell2 f mu rho piE q H (pol p) / 2%:R.
Proof. by rewrite observedE. Qed.

(* the data's law is the expert's; the learner maximises the labels' likelihood *)
Variable hat : data (path X U H) n -> Pi.
Hypothesis mle : forall (d : data (path X U H) n) p,
  \prod_i labels (pol p) 0 (d i) <= \prod_i labels (pol (hat d)) 0 (d i).
Definition prob (B : pred (data (path X U H) n)) : R :=
  \sum_(d : data (path X U H) n) (\prod_i olaw (piQ piE q) (d i)) * (B d : nat)%:R.

(* a bound that holds for every policy with affinity at least a fails for the learner with probability <= (N-1) a^n *)
Theorem learner_any (reg : Pi -> R) (bound : R) : (forall p, a <= aff P star p -> reg p <= bound) ->
  prob (fun d => bound < reg (hat d)) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> near_.
have S1 := @lemma_s1 R (path X U H) Pi P star n a Pd a01 hat.
apply: (le_trans _ (S1 _)); last first.
  move=> d p; rewrite /lik /P.
  under eq_bigr => i _ do rewrite law_split.
  under [X in _ <= X]eq_bigr => i _ do rewrite law_split.
  rewrite !big_split /=; apply: ler_wpmul2l; last exact: mle.
  by apply: prodr_ge0 => i _; apply: rest_ge0 => //; have [r0 _] := rho_dist.
apply: ler_sum => d _; rewrite /lik.
have -> : \prod_i P star (d i) = \prod_i olaw (piQ piE q) (d i).
  by apply: eq_bigr => i _; exact: (law_star f mu rho realizable).
have L0 : 0 <= \prod_i olaw (piQ piE q) (d i).
  apply: prodr_ge0 => i _; rewrite -(law_star f mu rho realizable); exact: (proj1 (Pd star)).
apply: ler_wpmul2l => //; rewrite ler_nat.
case: (ltP (aff P star (hat d)) a) => [_|nr]; first exact: leq_b1.
by rewrite leqn0 eqb0 -leNgt near_.
Qed.

Let c3 : [/\ 0 <= Lx, 0 <= Lu & 0 <= ell]. Proof. by have [? ? ? ?] := consts. Qed.
Local Notation F := (feedback ell Lx Lu g H (fun _ => Jump + eps)).

(* ---------- the learner samples its label ---------- *)
Section Sampled.
Hypothesis coupled_lip : forall p h x x', exists G, coupling (pol p h x) (pol p h x') G /\
  \sum_u \sum_u' G u u' * dU u u' <= ell * dX x x' + Jump.

Lemma regret_tv p : `|JJ piE - JJ (pol p)| <= H%:R * TV f mu rho piE (pol p) q H + F.
Proof.
have [_ _ _ e0] := consts.
exact: (wasserstein H mu_dist rho_dist (pol_dist p) rew_lip c3 dU_tri g_ge0 iiss (coupled_lip p) piE_dist rew01 dU_xx sup_error e0).
Qed.

Lemma with_radius rad : (forall p, a <= aff P star p -> TV f mu rho piE (pol p) q H <= rad) ->
  prob (fun d => H%:R * rad + F < `|JJ piE - JJ (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> R0; apply: (learner_any (reg := fun p => `|JJ piE - JJ (pol p)|)) => p nr.
by apply: (le_trans (regret_tv p)); rewrite ler_add2r; apply: ler_wpmul2l; [exact: ler0n | exact: R0].
Qed.

(* stochastic labels, any class *)
Theorem wasserstein_learner :
  prob (fun d => H%:R * Num.sqrt (1 - a ^+ 2) + F < `|JJ piE - JJ (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof. by apply: with_radius => p; apply: stochastic_radius. Qed.

(* deterministic labels, any class *)
Theorem wasserstein_deterministic : (forall h x c, piQ piE q h x c = 0 \/ piQ piE q h x c = 1) ->
  prob (fun d => H%:R * (1 - a ^+ 2) + F < `|JJ piE - JJ (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof. by move=> det; apply: with_radius => p; apply: deterministic_radius. Qed.

(* deterministic labels, deterministic class *)
Theorem wasserstein_deterministic_class : (forall p h x c, pol p h x c = 0 \/ pol p h x c = 1) ->
  prob (fun d => H%:R * (1 - a) + F < `|JJ piE - JJ (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> dc; have det h x c : piQ piE q h x c = 0 \/ piQ piE q h x c = 1 by rewrite -realizable.
apply: with_radius => p; rewrite (deterministic_class f H mu_dist rho_dist piE_dist (pol_dist p) det (dc p)).
by rewrite aff_observed ler_subr_addl addrC -ler_subr_addl.
Qed.

(* stochastic labels, variance form: rsum is the return's mean given the observed path (states and labels), so its
   variance is at most the variance of the expert's return; Rg is the width of its range *)
Definition variance_term (Rg sigma2 D : R) := D * (Rg * D + Num.sqrt (Rg ^+ 2 * D ^+ 2 + 4%:R * sigma2)).

Lemma variance_imitation p (m Rg sigma2 : R) :
  (forall s : path X U H, m <= rsum rew piE q 0 s <= m + Rg) ->
  var (olaw (piQ piE q)) (fun s => rsum rew piE q 0 s) <= sigma2 ->
  `|JJ piE - JJ (deq piE q (pol p))| <= variance_term Rg sigma2 (hell (olaw (piQ piE q)) (P p)).
Proof.
move=> range vs.
have -> : JJ piE = \sum_x rho x * Vb f mu rew piE q (piQ piE q) H 0 x.
  by apply: eq_bigr => x _; rewrite (expert_value f mu rew q piE_dist).
have -> : JJ (deq piE q (pol p)) = \sum_x rho x * Vb f mu rew piE q (pol p) H 0 x.
  by apply: eq_bigr => x _; rewrite Vb_deq.
have Qd h x := piQ_dist q piE_dist h x.
rewrite -!law_value //.
apply: (@lemma_s6 R _ (olaw (piQ piE q)) (P p) _ _ (fun s => rsum rew piE q 0 s) m Rg sigma2) => //.
  exact: law_dist.
exact: Pd.
Qed.

Theorem variance_learner (m Rg sigma2 : R) :
  (forall s : path X U H, m <= rsum rew piE q 0 s <= m + Rg) -> 0 <= Rg ->
  var (olaw (piQ piE q)) (fun s => rsum rew piE q 0 s) <= sigma2 ->
  prob (fun d => variance_term Rg sigma2 (Num.sqrt (2%:R * (1 - a))) + F < `|JJ piE - JJ (pol (hat d))|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> range R0 vs; have /andP [a0 a1] := a01; have [_ _ _ e0] := consts.
apply: (learner_any (reg := fun p => `|JJ piE - JJ (pol p)|)) => p nr.
have -> : JJ piE - JJ (pol p) = (JJ piE - JJ (deq piE q (pol p))) + (JJ (deq piE q (pol p)) - JJ (pol p)).
  by rewrite addrA subrK.
apply: (le_trans (ler_norm_add _ _)); apply: ler_add; last first.
  have Dd h x := deq_dist q piE_dist (pol_dist p h x).
  apply: (le_trans (reference H mu_dist rho_dist (pol_dist p) rew_lip c3 dU_tri g_ge0 iiss (coupled_lip p) Dd
    (gap_coupling dU q (pol_dist p) piE_dist))).
  apply: feedback_le => // h _; rewrite addrC ler_add2l.
  rewrite -[X in _ <= X](mean_const f mu_dist rho_dist h eps Dd); apply: mean_le => // x.
  apply: avg_le => // c _; apply: avg_le => [|v kv]; first exact: kap_dist.
  have [Lx0 Lu0 ell0 _] := consts.
  exact: (@kap_error R X U dU piE q eps 0 Lx Lu (And4 Lx0 Lu0 e0 (lexx 0)) dU_xx sup_error h x c v kv).
apply: (le_trans (variance_imitation p range vs)).
set D0 := hell _ _; set D := Num.sqrt (2%:R * _).
have hs : hell2 (olaw (piQ piE q)) (P p) = observed_hell2 f mu rho piE q H (pol p).
  by apply: eq_bigr => s _; rewrite -sqrrN opprB.
have DD : D0 <= D.
  apply: ler_wsqrtr; rewrite hs; move: nr; rewrite aff_observed => nr.
  by rewrite mulrC -ler_pdivr_mulr ?ltr0n // ler_subr_addl addrC -ler_subr_addl.
have D00 : 0 <= D0 by exact: sqrtr_ge0.
have D1 : 0 <= D by exact: le_trans DD.
apply: ler_pmul => //; first by rewrite addr_ge0 ?sqrtr_ge0 // mulr_ge0.
apply: ler_add; first exact: ler_wpmul2l.
apply: ler_wsqrtr; rewrite ler_add2r; apply: ler_wpmul2l; first exact: sqr_ge0.
by apply: ler_expn2r; rewrite ?nnegrE.
Qed.
End Sampled.

(* ---------- the learner plays a most probable label ---------- *)
Section Greedy.
Variable gr : Pi -> nat -> X -> U.
Hypothesis greedy : forall p h x c, pol p h x c <= pol p h x (gr p h x).
Hypothesis gr_lip : forall p h x x', dU (gr p h x) (gr p h x') <= ell * dX x x' + Jump.
Hypothesis det : forall h x c, piQ piE q h x c = 0 \/ piQ piE q h x c = 1.

Theorem greedy_learner :
  prob (fun d => H%:R * (2%:R * (1 - a) / (2%:R - Num.sqrt 2%:R)) + F < `|JJ piE - JJ (point R (gr (hat d)))|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
have [Lx0 Lu0 ell0 e0] := consts.
have s0 : 0 <= Num.sqrt 2%:R :> R by exact: sqrtr_ge0.
have d0 : 0 < 2%:R - Num.sqrt 2%:R :> R.
  by rewrite subr_gt0 -(@ltr_pexpn2r _ 2) ?nnegrE ?ler0n // sqr_sqrtr ?ler0n // -natrX ltr_nat.
apply: (learner_any (reg := fun p => `|JJ piE - JJ (point R (gr p))|)) => p nr.
have lip h x x' : exists G, coupling (point R (gr p) h x) (point R (gr p) h x') G /\
  \sum_u \sum_u' G u u' * dU u u' <= ell * dX x x' + Jump.
  exists (fun u u' => (u == gr p h x)%:R * (u' == gr p h x')%:R); split.
    have one y : \sum_c (c == y)%:R = 1 :> R.
      by rewrite (bigD1 y) //= eqxx big1 ?addr0 // => c /negbTE ->.
    split.
    - by move=> u u'; rewrite mulr_ge0 ?ler0n.
    - by move=> u; rewrite -mulr_sumr one mulr1.
    - by move=> u; rewrite -mulr_suml one mul1r.
  under eq_bigr => u _ do under eq_bigr => u' _ do rewrite -mulrA [u' == _]eq_sym.
  under eq_bigr => u _ do rewrite -mulr_sumr sum_at eq_sym.
  by rewrite (sum_at _ (fun u => dU u (gr p h x'))).
apply: (le_trans (wasserstein H mu_dist rho_dist (point_dist R (gr p)) rew_lip c3 dU_tri g_ge0 iiss lip piE_dist rew01
  dU_xx sup_error e0)).
rewrite ler_add2r; apply: ler_wpmul2l; first exact: ler0n.
rewrite (greedy_tv f H mu_dist rho_dist piE_dist det).
apply: (le_trans (greedy_error f H mu_dist rho_dist piE_dist (pol_dist p) det (greedy p))).
apply: ler_wpmul2r; first by rewrite invr_ge0 ltW.
move: nr; rewrite aff_observed => nr.
by rewrite mulrC -ler_pdivr_mulr ?ltr0n // ler_subr_addl addrC -ler_subr_addl.
Qed.
End Greedy.
End Learner.
