(* Lemma S6 (variance form) on a finite set: the expectations of X under two laws differ by at most
   D (R D + sqrt (R^2 D^2 + 4 sigma^2)), D the Hellinger distance, X in an interval of width R, Var_P X <= sigma^2.
   Any real closed field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section S6.
Variables (R : rcfType) (T : finType) (p q : T -> R).
Hypothesis pd : is_dist p.
Hypothesis qd : is_dist q.
Definition expect (l : T -> R) (F : T -> R) : R := \sum_t l t * F t.
Definition hell : R := Num.sqrt (hell2 p q).
Definition var (l F : T -> R) : R := expect l (fun t => (F t - expect l F) ^+ 2).

(* s <= B + sqrt (B^2 + C) from s^2 <= 2 B s + C *)
Lemma quadratic (s B C : R) : 0 <= B -> 0 <= C -> s ^+ 2 <= 2%:R * B * s + C -> s <= B + Num.sqrt (B ^+ 2 + C).
Proof.
move=> B0 C0 H; have [sB|Bs] := lerP s B.
  by apply: (le_trans sB); rewrite ler_addl sqrtr_ge0.
have sB0 : 0 <= s - B by rewrite subr_ge0 ltW.
rewrite -ler_subl_addl -(ger0_norm sB0) -sqrtr_sqr; apply: ler_wsqrtr.
rewrite -subr_ge0; have -> : B ^+ 2 + C - (s - B) ^+ 2 = 2%:R * B * s + C - s ^+ 2 by ring.
by rewrite subr_ge0.
Qed.

Theorem lemma_s6 (Xf : T -> R) (m Rg sigma2 : R) :
  (forall t, m <= Xf t <= m + Rg) -> var p Xf <= sigma2 ->
  `|expect p Xf - expect q Xf| <= hell * (Rg * hell + Num.sqrt (Rg ^+ 2 * hell ^+ 2 + 4%:R * sigma2)).
Proof.
move=> range vs; set D := hell; have [p0 p1] := pd; have [q0 q1] := qd.
have h0 : 0 <= hell2 p q by apply: sumr_ge0 => t _; exact: sqr_ge0.
have D0 : 0 <= D by exact: sqrtr_ge0.
have DD : D ^+ 2 = hell2 p q by rewrite sqr_sqrtr.
pose e := expect p Xf; pose F t := Xf t - e.
pose r t := Num.sqrt (p t); pose s t := Num.sqrt (q t).
have rr t : r t ^+ 2 = p t by rewrite sqr_sqrtr.
have ss t : s t ^+ 2 = q t by rewrite sqr_sqrtr.
have r0 t : 0 <= r t by exact: sqrtr_ge0.
have s0 t : 0 <= s t by exact: sqrtr_ge0.
have em : m <= e <= m + Rg.
  apply/andP; split; last by apply: avg_le => // t _; have /andP [] := range t.
  rewrite -ler_opp2 /e /expect -mulN1r mulr_sumr.
  under eq_bigr => t _ do rewrite mulN1r -mulrN.
  by apply: avg_le => // t _; rewrite ler_opp2; have /andP [] := range t.
have FR t : `|F t| <= Rg.
  have /andP [a b] := range t; have /andP [c d] := em; rewrite /F ler_norml; apply/andP; split.
    by rewrite ler_subr_addr addrC ler_subl_addr; exact: (le_trans d (ler_add a (lexx Rg))).
  by rewrite ler_subl_addr addrC; exact: (le_trans b (ler_add c (lexx Rg))).
have R0 : 0 <= Rg.
  have [t _|none] := pickP (fun _ : T => true); first exact: le_trans (normr_ge0 _) (FR t).
  by move: p1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
pose S := Num.sqrt (\sum_t (`|F t| * (r t + s t)) ^+ 2).
have SS : S ^+ 2 = \sum_t (`|F t| * (r t + s t)) ^+ 2.
  by rewrite sqr_sqrtr // sumr_ge0 // => t _; exact: sqr_ge0.
have S0 : 0 <= S by exact: sqrtr_ge0.
have N : \sum_t `|r t - s t| ^+ 2 = D ^+ 2.
  by rewrite DD; apply: eq_bigr => t _; rewrite -normrX ger0_norm // sqr_ge0.
have CS : \sum_t `|r t - s t| * (`|F t| * (r t + s t)) <= D * S.
  have A0 : 0 <= \sum_t `|r t - s t| * (`|F t| * (r t + s t)).
    by apply: sumr_ge0 => t _; rewrite !mulr_ge0 // addr_ge0.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 // exprMn SS -N; exact: cauchy_schwarz.
have pq t : p t - q t = (r t - s t) * (r t + s t) by rewrite -rr -ss subr_sqr.
(* the difference of the expectations *)
have dif : `|expect p Xf - expect q Xf| <= D * S.
  have -> : expect p Xf - expect q Xf = \sum_t (p t - q t) * F t.
    have -> : \sum_t (p t - q t) * F t = \sum_t ((p t * Xf t - q t * Xf t) - (p t * e - q t * e)).
      by apply: eq_bigr => t _; rewrite /F; ring.
    by rewrite !sumrB -!mulr_suml p1 q1 subrr subr0.
  apply: (le_trans (ler_norm_sum _ _ _)); apply: (le_trans _ CS); apply: ler_sum => t _.
  rewrite pq !normrM [X in _ * X * _]ger0_norm ?addr_ge0 //.
  by rewrite -mulrA [(r t + s t) * _]mulrC.
pose a := expect p (fun t => F t ^+ 2); pose b := expect q (fun t => F t ^+ 2).
have ba : b - a <= Rg * (D * S).
  apply: (@le_trans _ _ (Rg * (\sum_t `|r t - s t| * (`|F t| * (r t + s t))))); last exact: ler_wpmul2l.
  rewrite /b /a /expect -sumrB mulr_sumr; apply: ler_sum => t _.
  rewrite -mulrBl -opprB pq; apply: (le_trans (ler_norm _)).
  rewrite normrM normrN normrM [X in _ * X * _]ger0_norm ?addr_ge0 // normrX expr2.
  have -> : `|r t - s t| * (r t + s t) * (`|F t| * `|F t|) = `|F t| * (`|r t - s t| * (`|F t| * (r t + s t))).
    by move: `|F t| `|r t - s t| (r t + s t) => y1 y2 y3; ring.
  by apply: ler_wpmul2r => //; rewrite !mulr_ge0 // addr_ge0.
have S2 : S ^+ 2 <= 2%:R * (a + b).
  rewrite SS mulrDr /a /b /expect !mulr_sumr -big_split /=; apply: ler_sum => t _.
  rewrite exprMn -normrX ger0_norm ?sqr_ge0 // -rr -ss -subr_ge0.
  have -> : 2%:R * (r t ^+ 2 * F t ^+ 2) + 2%:R * (s t ^+ 2 * F t ^+ 2) - F t ^+ 2 * (r t + s t) ^+ 2
    = (F t * (r t - s t)) ^+ 2 by ring.
  exact: sqr_ge0.
have va : a <= sigma2 by exact: vs.
have a0 : 0 <= a by apply: sumr_ge0 => t _; rewrite mulr_ge0 // sqr_ge0.
apply: (le_trans dif); apply: ler_wpmul2l => //.
rewrite -exprMn; apply: quadratic; first exact: mulr_ge0.
  by rewrite mulr_ge0 ?ler0n // (le_trans a0).
apply: (le_trans S2); rewrite -subr_ge0.
have -> : 2%:R * (Rg * D) * S + 4%:R * sigma2 - 2%:R * (a + b)
  = 2%:R * (Rg * (D * S) - (b - a)) + 4%:R * (sigma2 - a) by ring.
by rewrite addr_ge0 // mulr_ge0 ?ler0n ?subr_ge0.
Qed.
End S6.
