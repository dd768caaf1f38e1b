(* What the change of law costs where the hazards are random, in three forms, each with A = H TV and B the decoupling under
   the expert: A + (sqrt A + sqrt B)^2, (2 - ln TV) A + B and 4 H D + B; and the case of average errors with stochastic
   labels, in which the errors of the steps may be any.  Finite spaces, every H, any real closed field; no axioms.  Of the
   logarithm only its tangents are used (Prices.v). *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Comparison AverageError RandomHazards Prices.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Limits.
Variable R : rcfType.
Implicit Types x y z A B : R.

Lemma best_split z A B : 0 <= A -> 0 <= B ->
  (forall l, 0 < l < 1 -> z <= A / l + B / (1 - l)) -> z <= A + B + 2%:R * (Num.sqrt A * Num.sqrt B).
Proof.
move=> A0 B0 split; set s := Num.sqrt A; set t := Num.sqrt B.
have s0 : 0 <= s by exact: sqrtr_ge0.
have t0 : 0 <= t by exact: sqrtr_ge0.
have -> : A + B + 2%:R * (s * t) = (s + t) ^+ 2.
  by rewrite -[A in LHS](sqr_sqrtr A0) -[B in LHS](sqr_sqrtr B0) -/s -/t; ring.
case: (leP z 0) => [z0|z0]; first exact: le_trans (sqr_ge0 _).
suff le : Num.sqrt z <= s + t.
  by rewrite -[z in X in X <= _](sqr_sqrtr (ltW z0)) ler_expn2r ?nnegrE ?sqrtr_ge0 ?addr_ge0.
apply/ler_addgt0Pr => e e0.
have h0 : 0 < e / 2%:R by rewrite divr_gt0 ?ltr0n.
set al := s + e / 2%:R; set be := t + e / 2%:R.
have al0 : 0 < al by rewrite ltr_spaddr.
have be0 : 0 < be by rewrite ltr_spaddr.
have ab0 : 0 < al + be by rewrite addr_gt0.
have sumE : s + t + e = al + be by rewrite /al /be addrACA -splitr.
have l01 : 0 < al / (al + be) < 1 by rewrite divr_gt0 //= ltr_pdivr_mulr // mul1r ltr_addl.
have compl : 1 - al / (al + be) = be / (al + be).
  by apply/eqP; rewrite subr_eq -mulrDl [be + al]addrC divff // gt_eqF.
have le : z <= (al + be) ^+ 2.
  apply: (le_trans (split _ l01)); rewrite compl !invf_div.
  have Al : A <= al ^+ 2 by rewrite -(sqr_sqrtr A0) -/s ler_expn2r ?nnegrE ?(ltW al0) // ler_addl ltW.
  have Bl : B <= be ^+ 2 by rewrite -(sqr_sqrtr B0) -/t ler_expn2r ?nnegrE ?(ltW be0) // ler_addl ltW.
  have -> : (al + be) ^+ 2 = al ^+ 2 * ((al + be) / al) + be ^+ 2 * ((al + be) / be).
    rewrite !expr2 -![_ * _ * (_ / _)]mulrA [al * (_ / al)]mulrC [be * (_ / be)]mulrC !divfK ?gt_eqF //.
    by rewrite -mulrDl.
  by apply: ler_add; apply: ler_wpmul2r => //; rewrite divr_ge0 // ltW.
rewrite sumE -(ger0_norm (ltW ab0)) -sqrtr_sqr; exact: ler_wsqrtr.
Qed.

Lemma below_all z : (forall e, 0 < e <= 1 -> z <= e) -> z <= 0.
Proof.
move=> H; apply/ler_addgt0Pr => e e0; rewrite add0r; case: (leP e 1) => e1; first by apply: H; rewrite e0.
by apply: (le_trans (H 1 _) (ltW e1)); rewrite ltr01 lexx.
Qed.
End Limits.

(* ---------- the three forms ---------- *)
Section Forms.
Variables (R : rcfType) (X A W : finType) (f : nat -> X -> A -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (piE piL : nat -> X -> A -> R) (q : A -> A) (H : nat) (z B rest : R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Notation p0 := (piQ piE q).
Notation kr := (kap piE q).
Local Notation lossy cap := (\sum_x weighted f mu p0 piL kr cap (fun a _ o => pos a o) H 0 x (rho x) (rho x) (rho x)).
Local Notation TVH := (TV f mu rho piE piL q H).
Hypothesis capped : forall cap, 1 <= cap -> z <= H%:R * lossy cap + (cap * B + rest).
Hypothesis B_ge0 : 0 <= B.

Let p0d h x : is_dist (p0 h x). Proof. exact: piQ_dist. Qed.
Let krd h x c : is_dist (kr h x c). Proof. exact: kap_dist. Qed.

Section Radius.
Variable tau : R.
Hypothesis radius : TVH <= tau.
Let tvp := T_tv f q mu_dist rho_dist piE_dist piL_dist H.

Lemma tau_ge0 : 0 <= tau.
Proof.
apply: (le_trans _ radius); rewrite -(proj1 tvp); apply: sumr_ge0 => x _; have [r0 _] := rho_dist.
by rewrite -(@weighted_T _ _ _ _ f mu p0 piL kr 1 (@pos R) H 0 x (rho x) (rho x) (rho x)); apply: (le_trans (pos_ge0 (rho x) (rho x)));
  rewrite weighted_T; apply: T_ge => // *; exact: pos_step.
Qed.

(* a stopping time *)
Theorem form_stopping :
  z <= 2%:R * (H%:R * tau) + 2%:R * (Num.sqrt (H%:R * tau) * Num.sqrt B) + B + rest.
Proof.
have t0 := tau_ge0; have [r0 _] := rho_dist.
have A0 : 0 <= H%:R * tau by rewrite mulr_ge0 ?ler0n.
have lo l : 0 < l < 1 -> z - rest - H%:R * tau <= H%:R * tau / l + B / (1 - l).
  move=> l01; have /andP [l0 l1] := l01; have m0 : 0 < 1 - l by rewrite subr_gt0.
  have cE : (1 - l)^-1 * (1 - l) = 1 by rewrite mulVf // gt_eqF.
  have c1 : 1 <= (1 - l)^-1 by rewrite invf_ge1 // ler_subl_addr ler_addl ltW.
  have lx : l * lossy (1 - l)^-1 <= l * tau + tau.
    rewrite mulr_sumr; apply: (@le_trans _ _ (\sum_x (l * T f mu p0 piL kr (@pos R) H 0 x (rho x) (rho x)
      + T f mu p0 piL kr (@neg R) H 0 x (rho x) (rho x)))).
      by apply: ler_sum => x _; apply: (loss_capped f mu_dist p0d piL_dist krd H 0 x l01 cE (r0 x)).
    rewrite big_split /= -mulr_sumr (proj1 tvp) (proj2 tvp); apply: ler_add => //; apply: ler_wpmul2l => //; exact: ltW.
  have le : lossy (1 - l)^-1 <= tau + tau / l.
    by rewrite -(ler_pmul2l l0) mulrDr [l * (_ / l)]mulrC divfK ?gt_eqF.
  rewrite -addrA -opprD ler_subl_addr; apply: (le_trans (capped c1)).
  apply: (le_trans (ler_add (ler_wpmul2l (ler0n _ H) le) (lexx _))).
  rewrite mulrDr mulrA [_^-1 * B]mulrC le_eqVlt; apply/orP; left; apply/eqP.
  by move: (H%:R * tau) rest (B / _) (_ / l) => t1 t2 t3 t4; ring.
have := best_split A0 B_ge0 lo; rewrite -addrA -opprD ler_subl_addr => S; apply: (le_trans S).
rewrite le_eqVlt; apply/orP; left; apply/eqP.
by move: B rest (H%:R * tau) (Num.sqrt _ * _) => t1 t2 t3 t4; ring.
Qed.

(* layers *)
Theorem form_logarithm (ln : R -> R) : tau <= 1 -> ln 1 = 0 ->
  (forall x y, 0 < x -> x <= y -> y <= 1 -> 1 - x / y <= ln y - ln x) ->
  z <= H%:R * tau * (1 - ln tau) + B + rest.
Proof.
move=> t1 ln1 tan; have t0 := tau_ge0; have [r0 r1] := rho_dist.
have all t : 0 < t <= 1 -> lossy 1 <= t - ln t * TVH.
  move=> t01; apply: (@le_trans _ _ (\sum_x (t * rho x - ln t * T f mu p0 piL kr (@neg R) H 0 x (rho x) (rho x)))).
    by apply: ler_sum => x _; apply: (loss_ln f mu_dist p0d piL_dist krd ln1 tan H 0 x t01 (r0 x)).
  by rewrite sumrB -!mulr_sumr r1 mulr1 (proj2 tvp).
have lx : lossy 1 <= tau * (1 - ln tau).
  move: t0; rewrite le_eqVlt => /orP [/eqP t_0|tp]; last first.
    apply: (le_trans (all tau _)); first by rewrite tp.
    rewrite mulrBr mulr1 ler_add2l ler_opp2 mulrC; apply: ler_wnmul2l => //; exact: (ln_le0 ln1 tan tp t1).
  rewrite -t_0 mul0r; apply: below_all => t t01; have zz : TVH = 0.
    apply/eqP; rewrite eq_le {1}t_0 radius -(proj1 tvp) /=; apply: sumr_ge0 => x _.
    by apply: (le_trans (pos_ge0 (rho x) (rho x))); apply: T_ge => // *; exact: pos_step.
  by apply: (le_trans (all t t01)); rewrite zz mulr0 subr0.
have -> : H%:R * tau * (1 - ln tau) = H%:R * (tau * (1 - ln tau)) by rewrite mulrA.
apply: (le_trans (capped (lexx 1))); rewrite [1 * B]mul1r -[X in _ <= X]addrA ler_add2r; apply: ler_wpmul2l => //; exact: ler0n.
Qed.

(* the least of both *)
Definition price (ln : R -> R) :=
  Num.min (2%:R * Num.sqrt H%:R * Num.sqrt (tau * B) + 2%:R * H%:R * tau) (H%:R * tau * (2%:R - ln tau)).

Theorem priced (ln : R -> R) : tau <= 1 -> ln 1 = 0 ->
  (forall x y, 0 < x -> x <= y -> y <= 1 -> 1 - x / y <= ln y - ln x) -> z <= price ln + B + rest.
Proof.
move=> t1 ln1 tan; rewrite -addrA -ler_subl_addr le_minr !ler_subl_addr !addrA; apply/andP; split.
  rewrite [X in _ <= X + _ + _]addrC; apply: (le_trans form_stopping).
  by rewrite !sqrtrM ?ler0n ?tau_ge0 // !mulrA.
apply: (le_trans (form_logarithm t1 ln1 tan)); rewrite !ler_add2r; apply: ler_wpmul2l.
  by rewrite mulr_ge0 ?ler0n ?tau_ge0.
by rewrite ler_add2r ler1n.
Qed.
End Radius.

(* the Hellinger distance *)
Theorem form_hellinger D : 0 <= D ->
  hell2 (@law _ _ _ _ f mu piE q piL H 0 rho) (@law _ _ _ _ f mu piE q p0 H 0 rho) <= D ^+ 2 ->
  z <= 4%:R * H%:R * D + B + rest.
Proof.
move=> D0 hD; have [r0 r1] := rho_dist.
have hom (l a b : R) : 0 <= l -> root_gap (l * a) (l * b) = l * root_gap a b.
  by move=> l0; rewrite /root_gap !sqrtrM // -mulrBr exprMn sqr_sqrtr.
have hE : \sum_x T f mu p0 piL kr (@root_gap R) H 0 x (rho x) (rho x)
    = hell2 (@law _ _ _ _ f mu piE q piL H 0 rho) (@law _ _ _ _ f mu piE q p0 H 0 rho).
  have := T_law f piL q mu_dist piE_dist H 0 1 1 hom rho_dist; under eq_bigr => x _ do rewrite !mulr1.
  by move=> ->; apply: eq_bigr => s _; rewrite !mul1r.
have all l : 0 <= l -> l * lossy 1 <= l ^+ 2 + 4%:R * D ^+ 2.
  move=> l0; rewrite mulr_sumr; apply: (@le_trans _ _ (\sum_x (l ^+ 2 * rho x + 4%:R * T f mu p0 piL kr (@root_gap R) H 0 x (rho x) (rho x)))).
    by apply: ler_sum => x _; apply: (loss_hellinger f mu_dist p0d piL_dist krd H 0 x l0 (r0 x)).
  by rewrite big_split /= -!mulr_sumr r1 mulr1 hE ler_add2l ler_pmul2l ?ltr0n.
have lx : lossy 1 <= 4%:R * D.
  move: D0; rewrite le_eqVlt => /orP [/eqP D_0|Dp].
    rewrite -D_0 mulr0; apply: below_all => t /andP [tp _]; rewrite -(ler_pmul2l tp).
    by apply: (le_trans (all t (ltW tp))); rewrite -D_0 expr0n /= mulr0 addr0 expr2.
  have p : 0 < 2%:R * D by rewrite mulr_gt0 ?ltr0n.
  rewrite -(ler_pmul2l p); apply: (le_trans (all _ (ltW p))).
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
have -> : 4%:R * H%:R * D = H%:R * (4%:R * D) by rewrite mulrCA mulrA.
apply: (le_trans (capped (lexx 1))); rewrite mul1r -addrA ler_add2r; apply: ler_wpmul2l => //; exact: ler0n.
Qed.
End Forms.

(* ---------- the worst order of the errors: all of them at the first step ---------- *)
Section WorstOrder.
Variables (R : realFieldType) (g e : nat -> R) (H : nat) (E : R).
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis e_ge0 : forall t, 0 <= e t.
Hypothesis total : \sum_(t < H) e t <= E.

Lemma parted_ge0 (L : R) : 0 <= L -> 0 <= L * (\sum_(t < H) (H - t)%:R * sgap g e t).
Proof.
move=> l0; rewrite mulr_ge0 // sumr_ge0 // => t _; rewrite mulr_ge0 ?ler0n //.
by apply: sumr_ge0 => j _; rewrite mulr_ge0.
Qed.

Lemma past_mono (L Lx : R) m n : 0 <= L -> 0 <= Lx -> (m <= n)%N -> past L Lx m g <= past L Lx n g.
Proof.
move=> l0 x0; apply: (@homo_leq _ (fun n => past L Lx n g) (fun x y => x <= y)) => [x|y x z|j]; rewrite ?lexx //.
  exact: le_trans.
rewrite /past big_ord_recr /= -[X in X <= _]addr0; apply: ler_add; last by rewrite mulr_ge0 ?addr_ge0 ?mulr_ge0 ?ler0n.
by apply: ler_sum => i _; rewrite ler_wpmul2r // ler_add2r ler_wpmul2r // ler_nat leq_sub2r // ltnW.
Qed.

Lemma first_step (L Lx : R) : 0 <= L -> 0 <= Lx ->
  \sum_(t < H) ((H - t)%:R * L + Lx) * sgap g e t <= E * past L Lx H.-1 g.
Proof.
move=> l0 x0; have := weights L Lx g H (fun _ => 0) e.
rewrite {1}/past big1 ?add0r => [|i _]; last by rewrite mulr0.
under [in RHS]eq_bigr => i _ do rewrite add0r.
move=> <-; have p0 : 0 <= past L Lx H.-1 g by apply: (le_trans _ (past_mono l0 x0 (leq0n _))); rewrite /past big_ord0.
apply: (le_trans _ (ler_wpmul2r p0 total)); rewrite mulr_suml; apply: ler_sum => i _; rewrite [X in _ <= X]mulrC.
by apply: ler_wpmul2r => //; apply: past_mono => //; case: H i => [[]//|n] i; rewrite subSS leq_subr.
Qed.

Lemma parted_worst (L : R) : 0 <= L ->
  L * (\sum_(t < H) (H - t)%:R * sgap g e t) <= E * (\sum_(j < H.-1) (H.-1 - j)%:R * L * g j).
Proof.
move=> l0; rewrite [X in X <= _](_ : _ = \sum_(t < H) ((H - t)%:R * L + 0) * sgap g e t); last first.
  by rewrite mulr_sumr; apply: eq_bigr => t _; rewrite addr0 mulrCA mulrA.
by apply: (le_trans (first_step l0 (lexx 0))); rewrite /past; under eq_bigr => t _ do rewrite addr0.
Qed.

Lemma drift_worst (Lx Lu : R) : 0 <= Lx -> 0 <= Lu ->
  \sum_(h < H) (Lx * sgap g e h + Lu * e h) <= E * (Lu + Lx * \sum_(j < H.-1) g j).
Proof.
move=> x0 u0; rewrite big_split /= addrC mulrDr -mulr_sumr; apply: ler_add; first by rewrite mulrC ler_wpmul2r.
rewrite [X in X <= _](_ : _ = \sum_(t < H) ((H - t)%:R * 0 + Lx) * sgap g e t); last first.
  by apply: eq_bigr => t _; rewrite mulr0 add0r.
apply: (le_trans (first_step (lexx 0) x0)); rewrite /past [Lx * _]mulr_sumr le_eqVlt; apply/orP; left; apply/eqP.
by congr (_ * _); apply: eq_bigr => t _; rewrite mulr0 add0r.
Qed.
End WorstOrder.

(* ---------- average errors ---------- *)
Section Average.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U) (L Lx Lu : R) (g : nat -> R) (e : nat -> R).
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
Hypothesis errors : forall t, expert_error f mu rho dU piE q t <= e t.

Notation p0 := (piQ piE q).
Notation kr := (kap piE q).
Local Notation lossy cap H := (\sum_x weighted f mu p0 piL kr cap (fun a _ o => pos a o) H 0 x (rho x) (rho x) (rho x)).
Local Notation parted H := (L * (\sum_(t < H) (H - t)%:R * sgap g e t)).
Local Notation drift H := (\sum_(h < H) (Lx * sgap g e h + Lu * e h)).
Local Notation regret H := (J f mu rho rew piE H - J f mu rho rew piL H).
Local Notation TVH H := (TV f mu rho piE piL q H).

Let p0d h x : is_dist (p0 h x). Proof. exact: piQ_dist. Qed.
Let krd h x c : is_dist (kr h x c). Proof. exact: kap_dist. Qed.

Lemma conditioned h x x' : exists k : U -> U -> R,
  [/\ forall c, is_dist (k c), forall u, \sum_c piL h x c * k c u = piL h x' u &
      \sum_c piL h x c * (\sum_u k c u * (~~ (u == c))%:R) <= L * dX x x'].
Proof.
have [G [G0 Gx Gy bad]] := tvc h x x'; have cpl : coupling (piL h x) (piL h x') G by [].
exists (cond (piL h x) G); split=> [c|u|]; first exact: cond_dist cpl c.
  by rewrite -Gy; apply: eq_bigr => c _; exact: cond_joint cpl c u.
apply: (le_trans _ bad); apply: ler_sum => c _; rewrite mulr_sumr; apply: ler_sum => u _.
by rewrite mulrA (cond_joint cpl) eq_sym.
Qed.

Lemma no_excess n h x : excess f mu p0 kr (fun _ _ : U => true) n h x = 0.
Proof.
elim: n h x => [|n IH] h x //=; rewrite big1 // => c _; rewrite big1 ?mulr0 // => v _.
by rewrite big1 ?mulr0 // => w _; rewrite IH mulr0.
Qed.

Lemma capped cap H : 1 <= cap -> regret H <= H%:R * lossy cap H + (cap * parted H + drift H).
Proof.
move=> c1.
have He t : err f mu dU piE p0 kr rho t <= e t by rewrite err_expert.
have far v c u : (u == c) -> true -> dU v u <= dU v c by move=> /eqP ->.
have := @root R X U U W f mu (fun u => u) rew dX dU dU piE p0 piL kr piL (fun c u => u == c) (fun _ _ => true) cap L Lx Lu g
  mu_dist p0d piL_dist krd piL_dist (kap_piE q piE_dist) rew01 rew_lip consts c1 dU_ge0 dU_ge0 g_ge0 far
  (close f dU g) (fun _ _ _ _ _ => 0) _ _ _ _ rho H e rho_dist He.
have -> : bound (cap * L) Lx Lu g e H = cap * parted H + drift H by rewrite /bound mulrA.
move=> B; apply: (le_trans (B _ _ _ _ _)) => {B} //.
- by move=> n h x y S cl; rewrite ltNge (close_dist iiss cl).
- by move=> h S x y v u w; exact: close_step.
- move=> n h S x y cl _; have [k [kd kp bad]] := conditioned h x y; exists k; split=> //.
  rewrite big1 // => c _; rewrite big1 ?mulr0 // => v _; rewrite big1 ?mulr0 // => u _.
  by rewrite big1 ?mulr0 // => w _; rewrite mulr0.
- move=> x.
  have [us _] : exists us : nat -> U, True.
    by have [u _] := U_inh rho_dist piL_dist; exists (fun _ => u).
  have [ws _] : exists ws : nat -> W, True.
    have [_ P1] := mu_dist 0.
    case: (pickP (fun _ : W => true)) => [w _|none]; first by exists (fun _ => w).
    by move: P1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
  by exists x, us, us, ws; split=> // i; rewrite big_ord0.
- by rewrite [X in _ + X]big1 ?addr0 // => x _; rewrite no_excess mulr0 addr0 mulr0.
Qed.
End Average.
