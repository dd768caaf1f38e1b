(* What the change of law costs where the hazards are random: bounds on the loss of the weights of RandomHazards.v, for a
   cap above 1, by a logarithm, and by the Hellinger distance.  Each is a potential that does not rise from a step to the
   next.  Of the logarithm only this is used: ln 1 = 0, and its tangents lie above it, 1 - x / y <= ln y - ln x for
   0 < x <= y <= 1.  Finite spaces, steps from 0; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master Comparison RandomHazards.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Prices.
Variables (R : rcfType) (X A W : finType) (f : nat -> X -> A -> W -> X) (mu : nat -> W -> R).
Variables (p0 p1 : nat -> X -> A -> R) (kr : nat -> X -> A -> A -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis p0_dist : forall h x, is_dist (p0 h x).
Hypothesis p1_dist : forall h x, is_dist (p1 h x).
Hypothesis kr_dist : forall h x c, is_dist (kr h x c).
Local Notation wt cap phi := (weighted f mu p0 p1 kr cap phi).
Local Notation lossy cap := (wt cap (fun a _ o => pos a o)).
Local Notation TT phi := (T f mu p0 p1 kr phi).

Let p00 h x c : 0 <= p0 h x c. Proof. by case: (p0_dist h x). Qed.
Let p10 h x c : 0 <= p1 h x c. Proof. by case: (p1_dist h x). Qed.
Let p0s h x a : \sum_c a * p0 h x c = a. Proof. by rewrite -mulr_sumr (proj2 (p0_dist h x)) mulr1. Qed.
Let p1s h x b : \sum_c b * p1 h x c = b. Proof. by rewrite -mulr_sumr (proj2 (p1_dist h x)) mulr1. Qed.

Definition inside (cap a b o : R) := [/\ 0 <= a, 0 <= o, o <= b & o <= cap * a].

Lemma inside_step cap h x a b o c : 0 <= cap -> inside cap a b o ->
  inside cap (a * p0 h x c) (b * p1 h x c) (Num.min (o * p1 h x c) (cap * (a * p0 h x c))).
Proof.
move=> c0 [a0 o0 ob oa]; split; first exact: mulr_ge0.
- by rewrite le_minr !mulr_ge0.
- by rewrite le_minl; apply/orP; left; exact: ler_wpmul2r.
- by rewrite le_minl lexx orbT.
Qed.

Lemma pos_less (a b o : R) : o <= b -> pos a o <= pos a b + (b - o).
Proof.
move=> ob; rewrite /pos le_maxl addr_ge0 ?subr_ge0 ?le_maxr ?lexx //=.
have -> : a - o = a - b + (b - o) by rewrite addrA subrK.
by rewrite ler_add2r le_maxr lexx orbT.
Qed.

(* ---------- a cap above 1: the weights are lost once the ratio has fallen below 1 / cap ---------- *)
Lemma loss_capped lam cap n h x a : 0 < lam < 1 -> cap * (1 - lam) = 1 -> 0 <= a ->
  lam * lossy cap n h x a a a <= lam * TT (@pos R) n h x a a + TT (@neg R) n h x a a.
Proof.
move=> /andP [l0 l1] cE a0.
have m0 : 0 < 1 - lam by rewrite subr_gt0.
have cap_gt0 : 0 < cap by rewrite -(pmulr_lgt0 _ m0) cE ltr01.
have cap1 : 1 <= cap by rewrite -cE ger_pmulr // ler_subl_addr ler_addl ltW.
pose psi a b o := if o == b then 0 else lam * b - neg a b : R.
pose phi a b o := lam * pos a o + - lam * pos a b + -1 * neg a b : R.
have nn a' b' : 0 <= neg a' b' :> R by exact: pos_ge0.
have : wt cap phi n h x a a a <= psi a a a.
  apply: (@potential _ _ _ _ f mu p0 p1 kr cap mu_dist kr_dist (inside cap)).
  - move=> a1 b o [a0' o0 ob oa]; rewrite /phi /psi; case: eqP => [->|_].
      by rewrite mulN1r mulNr subrr add0r oppr_le0.
    rewrite mulN1r mulNr ler_add2r -mulrBr; apply: ler_wpmul2l; first exact: ltW.
    rewrite ler_subl_addr [X in _ <= X]addrC; apply: (le_trans (pos_less a1 ob)).
    by rewrite ler_add2l ler_subl_addr ler_addl.
  - by move=> *; apply: inside_step => //; exact: ltW.
  - move=> h1 x1 a1 b o [a0' o0 ob oa]; rewrite /psi.
    have [->|nob] := eqVneq o b.
      apply: (@le_trans _ _ (\sum_(c : A) 0)); last by rewrite big1.
      apply: ler_sum => c _; case: eqP => // /eqP ne.
      have small : cap * (a1 * p0 h1 x1 c) < b * p1 h1 x1 c.
        by move: ne; case: (ltP (cap * (a1 * p0 h1 x1 c)) (b * p1 h1 x1 c)) => // ?; rewrite eqxx.
      rewrite subr_le0; apply: (le_trans _ (pos_ge _ _)).
      have le : a1 * p0 h1 x1 c <= (1 - lam) * (b * p1 h1 x1 c).
        have -> : a1 * p0 h1 x1 c = (1 - lam) * (cap * (a1 * p0 h1 x1 c)) by rewrite mulrA [_ * cap]mulrC cE mul1r.
        by apply: ler_wpmul2l; exact: ltW.
      rewrite ler_subr_addr addrC -ler_subr_addr; apply: (le_trans le).
      by rewrite mulrBl mul1r.
    apply: (@le_trans _ _ (\sum_c (lam * (b * p1 h1 x1 c) - neg (a1 * p0 h1 x1 c) (b * p1 h1 x1 c)))); last first.
      rewrite sumrB -mulr_sumr p1s ler_add2l ler_opp2; exact: neg_step.
    apply: ler_sum => c _; case: eqP => // E.
    have z : p1 h1 x1 c = 0.
      apply/eqP; move: (p10 h1 x1 c); rewrite le_eqVlt eq_sym => /orP [//|pp].
      have : b * p1 h1 x1 c <= o * p1 h1 x1 c by rewrite -E le_minl lexx.
      by rewrite ler_pmul2r // => bo; move: nob; rewrite eq_le ob bo.
    rewrite z !mulr0 sub0r oppr_ge0 /neg /pos le_maxl lexx /= sub0r oppr_le0; exact: mulr_ge0.
  - by split=> //; rewrite ler_pemull.
rewrite /psi eqxx /phi.
by rewrite weighted_lin !weighted_T mulN1r mulNr -addrA -opprD subr_le0.
Qed.

(* ---------- a logarithm ---------- *)
Section Logarithm.
Variable ln : R -> R.
Hypothesis ln1 : ln 1 = 0.
Hypothesis ln_tangent : forall x y, 0 < x -> x <= y -> y <= 1 -> 1 - x / y <= ln y - ln x.

Lemma ln_mono x y : 0 < x -> x <= y -> y <= 1 -> ln x <= ln y.
Proof.
move=> x0 xy y1; rewrite -subr_ge0; apply: (le_trans _ (ln_tangent x0 xy y1)).
by rewrite subr_ge0 ler_pdivr_mulr ?mul1r // (lt_le_trans x0).
Qed.

Lemma ln_le0 x : 0 < x -> x <= 1 -> ln x <= 0.
Proof. by move=> x0 x1; rewrite -ln1; apply: ln_mono. Qed.

Lemma loss_ln t n h x a : 0 < t <= 1 -> 0 <= a ->
  lossy 1 n h x a a a <= t * a - ln t * TT (@neg R) n h x a a.
Proof.
move=> /andP [t0 t1] a0.
pose top b o := Num.max (b - o) (t * b) : R.
pose psi a b o := a - b + (top b o - neg a b * (ln (top b o / b) - ln t)) : R.
pose phi a b o := 1 * pos a o + ln t * neg a b + 0 * 0 : R.
have nn a' b' : 0 <= neg a' b' :> R by exact: pos_ge0.
have tb b o : t * b <= top b o by rewrite le_maxr lexx orbT.
have bt b o : 0 <= b -> 0 <= o -> top b o <= b.
  by move=> b0 o0; rewrite le_maxl ler_subl_addr ler_addl o0 /= ler_pimull.
have ratio b o : 0 < b -> 0 <= o -> [/\ 0 < top b o / b, t <= top b o / b & top b o / b <= 1].
  move=> b0 o0; have le : t <= top b o / b by rewrite ler_pdivl_mulr.
  split=> //; first exact: lt_le_trans le.
  by rewrite ler_pdivr_mulr // mul1r; apply: bt => //; exact: ltW.
have : wt 1 phi n h x a a a <= psi a a a.
  apply: (@potential _ _ _ _ f mu p0 p1 kr 1 mu_dist kr_dist (inside 1)).
  - move=> a1 b o [a0' o0 ob]; rewrite mul1r => oa; rewrite /phi /psi mul1r mul0r addr0.
    have -> : pos a1 o = a1 - b + (b - o).
      by rewrite addrA subrK /pos; apply/max_idPr; rewrite subr_ge0.
    rewrite -[X in X <= _]addrA ler_add2l mulrBr opprB [ln t * _]mulrC [X in _ <= X]addrCA [X in X <= _]addrC.
    have b0 : 0 <= b by exact: le_trans ob.
    apply: ler_add; first by [].
    rewrite ler_subr_addr; apply: (@le_trans _ _ (b - o)); last by rewrite le_maxr lexx.
    rewrite ger_addl; have := b0; rewrite le_eqVlt => /orP [/eqP z|bp].
      by rewrite -z /neg /pos sub0r (max_idPl _) ?mul0r // oppr_le0.
    by have [r0 _ r1] := ratio b o bp o0; apply: mulr_ge0_le0 => //; exact: ln_le0.
  - by move=> *; apply: inside_step => //; exact: ler01.
  - move=> h1 x1 a1 b o [a0' o0 ob]; rewrite mul1r => oa.
    have b0 : 0 <= b by exact: le_trans ob.
    pose l := ln (top b o / b) - ln t.
    apply: (@le_trans _ _ (\sum_c (a1 * p0 h1 x1 c - b * p1 h1 x1 c
        + (p1 h1 x1 c * top b o - neg (a1 * p0 h1 x1 c) (b * p1 h1 x1 c) * l)))); last first.
      rewrite big_split /= !sumrB p0s p1s -!mulr_suml (proj2 (p1_dist h1 x1)) mul1r /psi !ler_add2l ler_opp2.
      have := b0; rewrite le_eqVlt => /orP [/eqP z|bp].
        rewrite {1}/neg /pos -z sub0r (max_idPl _) ?oppr_le0 // mul0r.
        under eq_bigr => c _ do rewrite /neg /pos mul0r sub0r (max_idPl _) ?oppr_le0 ?mulr_ge0 //.
        by rewrite big1 // mul0r.
      have [r0 rt r1] := ratio b o bp o0.
      apply: ler_wpmul2r; last exact: neg_step.
      by rewrite subr_ge0; apply: ln_mono.
    apply: ler_sum => c _; rewrite /psi mul1r ler_add2l.
    set o' := Num.min _ _; set a' := a1 * _; set b' := b * _; set p := p1 h1 x1 c.
    have pp : 0 <= p by exact: p10.
    have a'0 : 0 <= a' by exact: mulr_ge0.
    have topE : top b' o' = Num.max (p * top b o) (b' - a').
      rewrite /top /o' /b' oppr_min addr_maxr maxr_pmulr // -/p mulrBr ![p * _]mulrC [t * b * p]mulrAC -mulrA.
      by rewrite [p * b]mulrC mulrA maxAC.
    have b'0 : 0 <= b' by exact: mulr_ge0.
    rewrite topE; have [le|gt] := leP (b' - a') (p * top b o).
      have := b'0; rewrite le_eqVlt => /orP [/eqP z|bp].
        have -> : neg a' b' = 0 by rewrite /neg /pos -z sub0r (max_idPl _) // oppr_le0.
        by rewrite !mul0r.
      have pn : p != 0 by apply: contraTneq bp => z; rewrite /b' -/p z mulr0 ltxx.
      have bn : b != 0 by apply: contraTneq bp => z; rewrite /b' z mul0r ltxx.
      by rewrite /l /b' -/p [b * p]mulrC -mulf_div divff // mul1r.
    have q0 : 0 <= p * top b o by rewrite mulr_ge0 // (le_trans _ (tb b o)) // mulr_ge0 // ltW.
    have m0 : 0 < b' - a' by exact: le_lt_trans gt.
    have bp : 0 < b' by apply: (lt_le_trans m0); rewrite ler_subl_addr ler_addl.
    have pp0 : 0 < p by rewrite lt_neqAle pp andbT; apply: contraTneq bp => z; rewrite /b' -/p -z mulr0 ltxx.
    have bb : 0 < b by rewrite lt_neqAle b0 andbT; apply: contraTneq bp => z; rewrite /b' -z mul0r ltxx.
    have [r0 rt r1] := ratio b o bb o0.
    have -> : neg a' b' = b' - a' by rewrite /neg /pos; apply/max_idPr; exact: ltW.
    have rE : top b o / b = p * top b o / b'.
      by rewrite /b' -/p [b * p]mulrC -mulf_div divff ?mul1r // gt_eqF.
    have xy : top b o / b <= (b' - a') / b' by rewrite rE; apply: ler_wpmul2r; [rewrite invr_ge0 | exact: ltW].
    have y1 : (b' - a') / b' <= 1 by rewrite ler_pdivr_mulr // mul1r ler_subl_addr ler_addl.
    have tan := ler_wpmul2l (ltW m0) (ln_tangent r0 xy y1).
    have E : (b' - a') * (1 - top b o / b / ((b' - a') / b')) = b' - a' - p * top b o.
      by rewrite rE invf_div [_ / b' * _]mulrA divfK ?gt_eqF // mulrBr mulr1 [_ * (_ / _)]mulrC divfK // gt_eqF.
    rewrite E in tan; rewrite /l -subr_ge0.
    have -> : p * top b o - (b' - a') * (ln (top b o / b) - ln t) - (b' - a' - (b' - a') * (ln ((b' - a') / b') - ln t))
      = (b' - a') * (ln ((b' - a') / b') - ln (top b o / b)) - (b' - a' - p * top b o).
      by move: (ln (top b o / b)) (ln ((b' - a') / b')) (ln t) (top b o) => t1' t2 t3 t4; ring.
    by rewrite subr_ge0.
  - by split=> //; rewrite mul1r.
rewrite /phi (weighted_lin f mu p0 p1 kr 1 (fun a _ o => pos a o) (fun a b _ => neg a b) (fun _ _ _ => 0)) weighted_T.
have -> : psi a a a = t * a.
  by rewrite /psi /neg /pos /top !subrr maxxx mul0r subr0 add0r (max_idPr _) // mulr_ge0 // ltW.
by rewrite mul1r mul0r addr0 ler_subr_addr.
Qed.
End Logarithm.

(* ---------- the Hellinger distance: Doob's inequality for 1 - sqrt(reference / labelled) ---------- *)
Lemma affinity h x : \sum_c Num.sqrt (p0 h x c) * Num.sqrt (p1 h x c) <= 1.
Proof.
have -> : 1 = \sum_c (p0 h x c + p1 h x c) / 2%:R :> R.
  by rewrite -mulr_suml big_split /= (proj2 (p0_dist h x)) (proj2 (p1_dist h x)) -mulr2n divff // pnatr_eq0.
apply: ler_sum => c _; rewrite ler_pdivl_mulr ?ltr0n //.
rewrite -[X in _ <= X + _](sqr_sqrtr (p00 h x c)) -[X in _ <= _ + X](sqr_sqrtr (p10 h x c)) -subr_ge0.
set r := Num.sqrt _; set s := Num.sqrt _.
by rewrite (_ : _ - _ = (r - s) ^+ 2) ?sqr_ge0 //; ring.
Qed.

Definition root_gap (a b : R) := (Num.sqrt b - Num.sqrt a) ^+ 2.

Lemma loss_hellinger lam n h x a : 0 <= lam -> 0 <= a ->
  lam * lossy 1 n h x a a a <= lam ^+ 2 * a + 4%:R * TT root_gap n h x a a.
Proof.
move=> l0 a0.
pose gap b o := Num.sqrt b - Num.sqrt o : R.
pose psi a b o := lam * (a - b) + lam ^+ 2 * b + (2%:R * gap b o ^+ 2 - 4%:R * gap b o * gap b a) : R.
pose phi a b o := lam * pos a o + - 4%:R * root_gap a b + 0 * 0 : R.
have gap0 b o : o <= b -> 0 <= gap b o by move=> ob; rewrite subr_ge0; exact: ler_wsqrtr.
have : wt 1 phi n h x a a a <= psi a a a.
  apply: (@potential _ _ _ _ f mu p0 p1 kr 1 mu_dist kr_dist (inside 1)).
  - move=> a1 b o [a0' o0 ob]; rewrite mul1r => oa; rewrite /phi /psi mul0r addr0.
    have b0 : 0 <= b by exact: le_trans ob.
    have -> : pos a1 o = a1 - b + (b - o).
      by rewrite addrA subrK /pos; apply/max_idPr; rewrite subr_ge0.
    have bo : b - o = gap b o * (Num.sqrt b + Num.sqrt o).
      by rewrite /gap -subr_sqr !sqr_sqrtr.
    have bE : lam ^+ 2 * b = lam ^+ 2 * Num.sqrt b ^+ 2 by rewrite sqr_sqrtr.
    rewrite bo bE /root_gap -/(gap b a1) -subr_ge0.
    have so : Num.sqrt o <= Num.sqrt b by exact: ler_wsqrtr.
    have g0 := gap0 b o ob.
    have -> : lam * (a1 - b) + lam ^+ 2 * Num.sqrt b ^+ 2 + (2%:R * gap b o ^+ 2 - 4%:R * gap b o * gap b a1)
      - (lam * (a1 - b + gap b o * (Num.sqrt b + Num.sqrt o)) + - 4%:R * gap b a1 ^+ 2)
      = (lam * Num.sqrt b - gap b o) ^+ 2 + (gap b o - 2%:R * gap b a1) ^+ 2
        + lam * gap b o * (Num.sqrt b - Num.sqrt o).
      by move: (gap b o) (gap b a1) (Num.sqrt b) (Num.sqrt o) => t1 t2 t3 t4; ring.
    by rewrite !addr_ge0 ?sqr_ge0 // !mulr_ge0 // subr_ge0.
  - by move=> *; apply: inside_step => //; exact: ler01.
  - move=> h1 x1 a1 b o [a0' o0 ob]; rewrite mul1r => oa.
    have b0 : 0 <= b by exact: le_trans ob.
    set sa := Num.sqrt a1; set sb := Num.sqrt b; set so := Num.sqrt o.
    have g0 : 0 <= sb - so by exact: gap0.
    apply: (@le_trans _ _ (\sum_c (lam * (a1 * p0 h1 x1 c - b * p1 h1 x1 c) + lam ^+ 2 * (b * p1 h1 x1 c)
        + (p1 h1 x1 c * (2%:R * (sb - so) ^+ 2 - 4%:R * (sb - so) * sb)
           + Num.sqrt (p0 h1 x1 c) * Num.sqrt (p1 h1 x1 c) * (4%:R * (sb - so) * sa))))); last first.
      rewrite !big_split /= -!mulr_sumr sumrB p0s p1s -!mulr_suml (proj2 (p1_dist h1 x1)) mul1r /psi.
      rewrite mulr1 ler_add2l /gap -/sa -/sb -/so.
      have -> : 2%:R * (sb - so) ^+ 2 - 4%:R * (sb - so) * (sb - sa)
        = 2%:R * (sb - so) ^+ 2 - 4%:R * (sb - so) * sb + 1 * (4%:R * (sb - so) * sa) by ring.
      rewrite ler_add2l; apply: ler_wpmul2r; last exact: affinity.
      by rewrite !mulr_ge0 ?ler0n ?sqrtr_ge0.
    apply: ler_sum => c _; rewrite /psi mul1r ler_add2l /gap.
    rewrite !sqrtrM // -/sa -/sb.
    set r := Num.sqrt (p0 h1 x1 c); set s := Num.sqrt (p1 h1 x1 c).
    have pE : p1 h1 x1 c = s ^+ 2 by rewrite sqr_sqrtr.
    have r0 : 0 <= r by exact: sqrtr_ge0.
    have s0 : 0 <= s by exact: sqrtr_ge0.
    case: (leP (o * p1 h1 x1 c) (a1 * p0 h1 x1 c)) => _.
      rewrite sqrtrM // -/so -/s pE le_eqVlt; apply/orP; left; apply/eqP; ring.
    rewrite sqrtrM // -/sa -/r pE -subr_ge0.
    have -> : s ^+ 2 * (2%:R * (sb - so) ^+ 2 - 4%:R * (sb - so) * sb) + r * s * (4%:R * (sb - so) * sa)
      - (2%:R * (sb * s - sa * r) ^+ 2 - 4%:R * (sb * s - sa * r) * (sb * s - sa * r))
      = 2%:R * (s * (sb - so) - (sb * s - sa * r)) ^+ 2 by ring.
    by rewrite mulr_ge0 ?ler0n ?sqr_ge0.
  - by split=> //; rewrite mul1r.
rewrite /phi (weighted_lin f mu p0 p1 kr 1 (fun a _ o => pos a o) (fun a b _ => root_gap a b) (fun _ _ _ => 0)) weighted_T.
have -> : psi a a a = lam ^+ 2 * a by rewrite /psi /gap !subrr [0 ^+ 2]expr2 !mulr0 subr0 addr0 add0r.
by rewrite mul0r addr0 mulNr ler_subl_addr.
Qed.
End Prices.
