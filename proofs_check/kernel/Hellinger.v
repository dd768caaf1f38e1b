(* Lemma S2 on an arbitrary finite set: TV^2 <= D^2 (1 - D^2/4).  Any real closed field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import ring.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Sums.
Variables (R : realFieldType) (T : finType).
Implicit Types a b : T -> R.

Lemma cauchy_schwarz a b :
  (\sum_i a i * b i) ^+ 2 <= (\sum_i a i ^+ 2) * (\sum_i b i ^+ 2).
Proof.
have H : 0 <= \sum_i \sum_j (a i * b j - a j * b i) ^+ 2.
  by apply: sumr_ge0 => i _; apply: sumr_ge0 => j _; exact: sqr_ge0.
have E : \sum_i \sum_j (a i * b j - a j * b i) ^+ 2 =
  \sum_i \sum_j (a i ^+ 2 * b j ^+ 2) + \sum_i \sum_j (b i ^+ 2 * a j ^+ 2)
  - 2%:R * \sum_i \sum_j ((a i * b i) * (a j * b j)).
  rewrite mulr_sumr -big_split /= -sumrB; apply: eq_bigr => i _.
  rewrite mulr_sumr -big_split /= -sumrB; apply: eq_bigr => j _; ring.
move: H; rewrite E -!big_distrlr /= => H.
rewrite -subr_ge0 -(@pmulr_rge0 _ 2%:R) ?ltr0n //.
by apply: (le_trans H); rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Definition is_dist a := (forall t, 0 <= a t) /\ \sum_t a t = 1.
Definition tv a b : R := (\sum_t `|a t - b t|) / 2%:R.
End Sums.

Section S2.
Variables (R : rcfType) (T : finType).
Definition hell2 (p q : T -> R) : R := \sum_t (Num.sqrt (p t) - Num.sqrt (q t)) ^+ 2.

Theorem lemma_s2 (p q : T -> R) : is_dist p -> is_dist q ->
  tv p q ^+ 2 <= hell2 p q * (1 - hell2 p q / 4%:R).
Proof.
move=> [p0 p1] [q0 q1].
pose r t := Num.sqrt (p t); pose s t := Num.sqrt (q t).
have rr t : r t ^+ 2 = p t by rewrite sqr_sqrtr.
have ss t : s t ^+ 2 = q t by rewrite sqr_sqrtr.
have r0 t : 0 <= r t by exact: sqrtr_ge0.
have s0 t : 0 <= s t by exact: sqrtr_ge0.
have plus : \sum_t (r t + s t) ^+ 2 = 4%:R - hell2 p q.
  have four : 2%:R * (\sum_t p t) + 2%:R * (\sum_t q t) = 4%:R by rewrite p1 q1 !mulr1 -natrD.
  rewrite -four.
  rewrite !mulr_sumr -big_split /= /hell2 -sumrB; apply: eq_bigr => t _.
  by rewrite -/(r t) -/(s t) -(rr t) -(ss t); ring.
have E : \sum_t `|p t - q t| = \sum_t `|r t - s t| * (r t + s t).
  apply: eq_bigr => t _; rewrite -rr -ss subr_sqr normrM.
  by rewrite [X in _ * X]ger0_norm // addr_ge0.
have H := cauchy_schwarz (fun t => `|r t - s t|) (fun t => r t + s t).
have N : \sum_t `|r t - s t| ^+ 2 = hell2 p q.
  by apply: eq_bigr => t _; rewrite -normrX ger0_norm // sqr_ge0.
rewrite -E N plus in H.
have -> : hell2 p q * (1 - hell2 p q / 4%:R) = hell2 p q * (4%:R - hell2 p q) / 4%:R.
  by rewrite -mulrA mulrBl divff // pnatr_eq0.
have -> : tv p q ^+ 2 = (\sum_t `|p t - q t|) ^+ 2 / 4%:R by rewrite /tv expr_div_n -natrX.
by rewrite ler_pmul2r // invr_gt0 ltr0n.
Qed.
End S2.
