(* Theorems 2 and 3 (both imitation terms), finite spaces, end to end: log-loss behavior cloning over a finite class
   of label policies, n i.i.d. demonstrations, with its failure probability.  a stands for exp(-x). *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section T2.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE : nat -> X -> U -> R).
Variables (q : U -> U) (eps k Lx Lu : R) (g : nat -> R) (kappa : R -> R).
Variables (Pi : finType) (pol : Pi -> nat -> X -> U -> R) (star : Pi) (H n : nat) (a : R).

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis pol_dist : forall p h x, is_dist (pol p h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu, 0 <= eps & 0 <= k].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t) * dU (us t) (us' t).
Hypothesis kappa_mono : forall r s, r <= s -> kappa r <= kappa s.
Hypothesis kappa_ge0 : forall r, 0 <= kappa r.
Hypothesis rtvc : forall p h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
      forall u', \sum_u G u u' = pol p h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= kappa (dX x x')].
Hypothesis realizable : forall h x c, pol star h x c = piQ piE q h x c.
Hypothesis a01 : 0 <= a <= 1.

Notation olaw pi := (@law R X U W f mu piE q pi H 0 rho).

(* the log-loss criterion of one demonstration: only the labels' probabilities *)
Fixpoint labels (pi : nat -> X -> U -> R) m h : path X U m -> R :=
  match m return path X U m -> R with
  | 0 => fun _ => 1
  | m'.+1 => fun s => pi h s.1.1 s.1.2 * labels pi h.+1 s.2
  end.
Fixpoint rest m h (l : X -> R) : path X U m -> R :=
  match m return path X U m -> R with
  | 0 => fun _ => 1
  | m'.+1 => fun s => l s.1.1 * rest h.+1 (Tbar f mu piE q h s.1.1 s.1.2) s.2
  end.

Lemma law_split pi m h l (s : path X U m) :
  law f mu piE q pi h l s = rest h l s * labels pi h s.
Proof. by elim: m h l s => [|m IH] h l s /=; rewrite ?mul1r // IH; ring. Qed.

Lemma rest_ge0 m h l (s : path X U m) : (forall x, 0 <= l x) -> 0 <= rest h l s.
Proof.
elim: m h l s => [|m IH] h l s l0 /=; first exact: ler01.
by rewrite mulr_ge0 // IH // => x; have [t0 _] := Tbar_dist f q mu_dist piE_dist h s.1.1 s.1.2; exact: t0.
Qed.

Lemma law_star : olaw (pol star) =1 olaw (piQ piE q).
Proof.
move=> s; rewrite !law_split; congr (_ * _).
elim: H 0%N s => [|m IH] h s //=; by rewrite IH realizable.
Qed.


Let P p := olaw (pol p).
Let tvl p := TV f mu rho piE (pol p) q H.

Lemma P_dist p : is_dist (P p).
Proof. by apply: law_dist => //; exact: pol_dist. Qed.

Lemma tvlE p : tvl p = tv (P p) (P star).
Proof. by rewrite /tvl /TV /tv; congr (_ / _); apply: eq_bigr => s _; rewrite /P law_star. Qed.

(* regret of the log-loss learner exceeds H rad + decoupling + drift with probability at most (N-1) a^n *)
Lemma learner (rad : R) (hat : data (path X U H) n -> Pi) :
  (forall p, a <= aff P star p -> tvl p <= rad) ->
  (forall (d : data (path X U H) n) p, \prod_i labels (pol p) 0 (d i) <= \prod_i labels (pol (hat d)) 0 (d i)) ->
  \sum_(d : data (path X U H) n) (\prod_i olaw (piQ piE q) (d i)) *
    ((H%:R * rad + decoupling eps k g kappa H + drift eps k Lx Lu g H
      < J f mu rho rew piE H - J f mu rho rew (pol (hat d)) H)%R : nat)%:R
  <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> near_rad mle; have /andP [a0 a1] := a01.
have S1 := @lemma_s1 R (path X U H) Pi P star n a P_dist a01 hat.
apply: (le_trans _ (S1 _)); last first.
  move=> d p; rewrite /lik /P.
  under eq_bigr => i _ do rewrite law_split.
  under [X in _ <= X]eq_bigr => i _ do rewrite law_split.
  rewrite !big_split /=; apply: ler_wpmul2l; last exact: mle.
  by apply: prodr_ge0 => i _; apply: rest_ge0; have [r0 _] := rho_dist.
apply: ler_sum => d _; rewrite /lik.
have -> : \prod_i P star (d i) = \prod_i olaw (piQ piE q) (d i).
  by apply: eq_bigr => i _; exact: law_star.
have L0 : 0 <= \prod_i olaw (piQ piE q) (d i).
  by apply: prodr_ge0 => i _; rewrite -law_star; exact: (proj1 (P_dist star)).
apply: ler_wpmul2l => //; rewrite ler_nat.
case: (ltP (aff P star (hat d)) a) => [_|near_]; first exact: leq_b1.
rewrite leqn0 eqb0 -leNgt.
have M := @master R X U W f mu rho rew dX dU piE (pol (hat d)) q eps k Lx Lu g kappa mu_dist rho_dist piE_dist
  (pol_dist (hat d)) rew01 rew_lip consts dU_tri dU_xx sup_error g_ge0 iiss kappa_mono kappa_ge0 (rtvc (hat d)) H.
apply: (le_trans M); rewrite !ler_add2r; apply: ler_wpmul2l; first exact: ler0n.
exact: near_rad.
Qed.

Lemma half_four (D2 : R) : D2 * (1 - D2 / 4%:R) = 1 - (1 - D2 / 2%:R) ^+ 2.
Proof.
have -> : D2 / 4%:R = (D2 / 2%:R) * 2%:R^-1 by rewrite -mulrA -invfM -natrM.
set e := D2 / 2%:R; have -> : D2 = 2%:R * e by rewrite /e mulrCA divff ?mulr1 // pnatr_eq0.
have -> : 2%:R * e * (1 - e * 2%:R^-1) = 2%:R * e - e * e * (2%:R * 2%:R^-1) by ring.
by rewrite divff ?pnatr_eq0 // mulr1 expr2; ring.
Qed.

Lemma aff_sqr p : a <= aff P star p -> 1 - aff P star p ^+ 2 <= 1 - a ^+ 2.
Proof.
have /andP [a0 a1] := a01 => near_.
by rewrite ler_add2l ler_opp2; apply: ler_expn2r; rewrite ?nnegrE ?aff_ge0 //; exact: P_dist.
Qed.

Lemma stochastic_radius p : a <= aff P star p -> tvl p <= Num.sqrt (1 - a ^+ 2).
Proof.
move=> near_; have S2 := lemma_s2 (P_dist p) (P_dist star).
have t0 : 0 <= tvl p by rewrite /tvl /TV /tv mulr_ge0 ?invr_ge0 ?ler0n // sumr_ge0.
rewrite -(ger0_norm t0) -sqrtr_sqr; apply: ler_wsqrtr; rewrite tvlE; apply: (le_trans S2).
by rewrite half_four; exact: aff_sqr.
Qed.

(* ---------- deterministic labels ---------- *)
Lemma lemma_s3 (T : finType) (p0 q0 Z : T -> R) : is_dist p0 -> is_dist q0 -> (forall t, 0 <= Z t) ->
  (forall t, Z t <= 1) -> (forall t, q0 t != 0 -> p0 t = q0 t * Z t) ->
  tv p0 q0 = 1 - \sum_t q0 t * Z t /\ 1 - \sum_t q0 t * Z t <= 1 - (1 - hell2 p0 q0 / 2%:R) ^+ 2.
Proof.
move=> pd qd Z0 Z1 pZ; have [p_0 p_1] := pd; have [q_0 q_1] := qd.
have pz t : q0 t = 0 \/ p0 t = q0 t * Z t by case: (eqVneq (q0 t) 0) => [->|/pZ]; [left|right].
split.
  have E : \sum_t `|p0 t - q0 t| = \sum_t (q0 t - q0 t * Z t) + \sum_t (p0 t - q0 t * Z t).
    rewrite -big_split; apply: eq_bigr => t _ /=; case: (pz t) => [->|->].
      by rewrite !mul0r !subr0 add0r ger0_norm.
    by rewrite subrr addr0 distrC ger0_norm // subr_ge0 -[X in _ <= X]mulr1 ler_wpmul2l.
  by rewrite /tv E !sumrB p_1 q_1 mulrDl -splitr.
pose A (b : bool) := if b then p0 else q0.
have Ad b : is_dist (A b) by case: b.
have <- : aff A false true = 1 - hell2 p0 q0 / 2%:R by [].
rewrite ler_add2l ler_opp2 affE //=.
have -> : \sum_t Num.sqrt (p0 t) * Num.sqrt (q0 t) = \sum_t Num.sqrt (q0 t) * (Num.sqrt (q0 t) * Num.sqrt (Z t)).
  apply: eq_bigr => t _; case: (pz t) => [->|->]; first by rewrite sqrtr0 mulr0 !mul0r.
  by rewrite sqrtrM //; ring.
apply: (le_trans (cauchy_schwarz _ _)).
under eq_bigr => t _ do rewrite sqr_sqrtr //.
rewrite q_1 mul1r le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => t _.
by rewrite exprMn !sqr_sqrtr.
Qed.

Lemma labels01 p m h (s : path X U m) : 0 <= labels (pol p) h s <= 1.
Proof.
elim: m h s => [|m IH] h s /=; first by rewrite ler01 lexx.
have [p0 p1] := pol_dist p h s.1.1; have /andP [a0 a1] := IH h.+1 s.2.
have le1 : pol p h s.1.1 s.1.2 <= 1.
  by rewrite -p1 (bigD1 s.1.2) //= ler_addl sumr_ge0.
by rewrite mulr_ge0 //= -[X in _ <= X]mul1r; apply: ler_pmul.
Qed.

Lemma deterministic_radius p : (forall h x c, piQ piE q h x c = 0 \/ piQ piE q h x c = 1) ->
  a <= aff P star p -> tvl p <= 1 - a ^+ 2.
Proof.
move=> det near_.
have lab1 m h (s : path X U m) : labels (pol star) h s = 0 \/ labels (pol star) h s = 1.
  elim: m h s => [|m IH] h s /=; first by right.
  rewrite realizable; case: (det h s.1.1 s.1.2) => ->; first by left; rewrite mul0r.
  by rewrite mul1r; exact: IH.
have pZ s : P star s != 0 -> P p s = P star s * labels (pol p) 0 s.
  rewrite /P !law_split; case: (lab1 H 0%N s) => ->; first by rewrite mulr0 eqxx.
  by rewrite mulr1.
have [E M] := @lemma_s3 (path X U H) (P p) (P star) (labels (pol p) 0) (P_dist p) (P_dist star)
  (fun s => proj1 (andP (labels01 p 0 s))) (fun s => proj2 (andP (labels01 p 0 s))) pZ.
by rewrite tvlE E; apply: (le_trans M); exact: aff_sqr.
Qed.

Section Statements.
Variable hat : data (path X U H) n -> Pi.
Hypothesis mle : forall (d : data (path X U H) n) p,
  \prod_i labels (pol p) 0 (d i) <= \prod_i labels (pol (hat d)) 0 (d i).
Definition exceeds (rad : R) (d : data (path X U H) n) : bool :=
  H%:R * rad + decoupling eps k g kappa H + drift eps k Lx Lu g H
    < J f mu rho rew piE H - J f mu rho rew (pol (hat d)) H.

Theorem theorem_2 :
  \sum_(d : data (path X U H) n) (\prod_i olaw (piQ piE q) (d i)) * (exceeds (Num.sqrt (1 - a ^+ 2)) d : nat)%:R <= (#|Pi|.-1)%:R * a ^+ n.
Proof. by apply: learner => // p; exact: stochastic_radius. Qed.

Theorem theorem_3 : (forall h x c, piQ piE q h x c = 0 \/ piQ piE q h x c = 1) ->
  \sum_(d : data (path X U H) n) (\prod_i olaw (piQ piE q) (d i)) * (exceeds (1 - a ^+ 2) d : nat)%:R <= (#|Pi|.-1)%:R * a ^+ n.
Proof. by move=> det; apply: learner => // p; exact: deterministic_radius. Qed.
End Statements.
End T2.
