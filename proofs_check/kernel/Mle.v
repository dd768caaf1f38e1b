(* Lemma S1 on a finite space of trajectories: log-loss MLE over a finite class, n i.i.d. trajectories. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section S1.
Variables (R : rcfType) (T Pi : finType) (P : Pi -> T -> R) (star : Pi) (n : nat) (a : R).
Hypothesis Pd : forall p, is_dist (P p).
Hypothesis a01 : 0 <= a <= 1.

Definition data := {ffun 'I_n -> T}.
Definition lik p (d : data) : R := \prod_i P p (d i).
Definition aff p : R := 1 - hell2 (P p) (P star) / 2%:R.

Lemma lik_ge0 p d : 0 <= lik p d.
Proof. by apply: prodr_ge0 => i _; exact: (proj1 (Pd p)). Qed.

Lemma affE p : aff p = \sum_t Num.sqrt (P p t) * Num.sqrt (P star t).
Proof.
have [p0 p1] := Pd p; have [q0 q1] := Pd star.
pose c := \sum_t Num.sqrt (P p t) * Num.sqrt (P star t).
have E : hell2 (P p) (P star) = \sum_t P p t + \sum_t P star t - 2%:R * c.
  rewrite /c mulr_sumr -big_split /= -sumrB; apply: eq_bigr => t _.
  by rewrite -{2}[P p t]sqr_sqrtr // -{2}[P star t]sqr_sqrtr //; ring.
rewrite /aff E p1 q1 -/c; have -> : 1 + 1 - 2%:R * c = (1 - c) * 2%:R by ring.
by rewrite mulfK ?pnatr_eq0 // opprB addrC subrK.
Qed.

Lemma aff_star : aff star = 1.
Proof. by rewrite /aff /hell2 big1 ?mul0r ?subr0 // => t _; rewrite subrr expr0n. Qed.

Lemma aff_ge0 p : 0 <= aff p.
Proof. by rewrite affE sumr_ge0 // => t _; rewrite mulr_ge0 ?sqrtr_ge0. Qed.

Lemma wrong_survives p :
  \sum_(d : data) lik star d * ((lik star d <= lik p d)%R : nat)%:R <= aff p ^+ n.
Proof.
have -> : aff p ^+ n = \sum_(d : data) \prod_i (Num.sqrt (P p (d i)) * Num.sqrt (P star (d i))).
  rewrite affE -(bigA_distr_bigA (fun (_ : 'I_n) t => Num.sqrt (P p t) * Num.sqrt (P star t))).
  by rewrite prodr_const card_ord.
apply: ler_sum => d _; rewrite big_split /= .
set A := \prod_i Num.sqrt (P p (d i)); set B := \prod_i Num.sqrt (P star (d i)).
have A0 : 0 <= A by apply: prodr_ge0 => i _; exact: sqrtr_ge0.
have B0 : 0 <= B by apply: prodr_ge0 => i _; exact: sqrtr_ge0.
have AA : lik p d = A * A.
  by rewrite /lik /A -big_split /=; apply: eq_bigr => i _; rewrite -expr2 sqr_sqrtr //; exact: (proj1 (Pd p)).
have BB : lik star d = B * B.
  by rewrite /lik /B -big_split /=; apply: eq_bigr => i _; rewrite -expr2 sqr_sqrtr //; exact: (proj1 (Pd star)).
case: (leP (lik star d) (lik p d)) => [le|_] /=; last by rewrite mulr0 mulr_ge0.
rewrite mulr1 BB; apply: ler_wpmul2r => //.
by rewrite -(@ler_pexpn2r _ 2) ?nnegrE // !expr2 -AA -BB.
Qed.

Theorem lemma_s1 (hat : data -> Pi) :
  (forall d p, lik p d <= lik (hat d) d) ->            (* any maximiser of the likelihood *)
  \sum_(d : data) lik star d * ((aff (hat d) < a)%R : nat)%:R <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> mle; have /andP [a0 a1] := a01.
apply: (@le_trans _ _ (\sum_(d : data) \sum_(p | (p != star) && (aff p < a)) lik star d * ((lik star d <= lik p d)%R : nat)%:R)).
  apply: ler_sum => d _; case: (ltP (aff (hat d)) a) => [far|_] /=; last first.
    by rewrite mulr0 sumr_ge0 // => p _; rewrite mulr_ge0 ?lik_ge0 ?ler0n.
  have ns : hat d != star by apply: contraTneq far => ->; rewrite aff_star -leNgt.
  rewrite (bigD1 (hat d)) /= ?ns ?far // mle /= mulr1 ler_addl sumr_ge0 // => p _.
  by rewrite mulr_ge0 ?lik_ge0 ?ler0n.
rewrite exchange_big /=.
apply: (@le_trans _ _ (\sum_(p | (p != star) && (aff p < a)) a ^+ n)).
  apply: ler_sum => p /andP [_ pa]; apply: (le_trans (wrong_survives p)).
  by apply: ler_expn2r; rewrite ?nnegrE ?aff_ge0 // ltW.
rewrite sumr_const -mulr_natl; apply: ler_wpmul2r; first exact: exprn_ge0.
rewrite ler_nat -(cardC1 star); apply: subset_leq_card; apply/subsetP => p.
by rewrite !inE => /andP [].
Qed.
End S1.
