(* The catalog's statement about the learnt law of trajectories where the class lacks the expert's, with a model in which
   both sides are positive.  The bound is the term printed from the catalog. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Certificates.
From Quantbc Require Catalog.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Misspecified.
Variables (R : rcfType) (T Pi : finType) (P : Pi -> T -> R) (Q : T -> R) (best : Pi) (n : nat) (a t chi2 : R).
Hypothesis Pd : forall p, is_dist (P p).
Hypothesis Qd : is_dist Q.
Hypothesis a_ge0 : 0 <= a.
Hypothesis t_gt0 : 0 < t.
Hypothesis positive : forall s, Q s != 0 -> P best s != 0.
Hypothesis chi2E : \sum_s Q s * (Q s / P best s) <= 1 + chi2.
Variable hat : data T n -> Pi.
Hypothesis mle : forall d p, lik P p d <= lik P (hat d) d.

Theorem misspecification :
  \sum_(d : data T n) iid Q d * ((Catalog.misspecification a < hell2 (P (hat d)) Q)%R : nat)%:R
    <= #|Pi|%:R * (Num.sqrt t * a ^+ n) + (1 + chi2) ^+ n / t.
Proof.
apply: (le_trans _ (lemma_s7 Pd Qd a_ge0 t_gt0 positive chi2E mle)).
apply: ler_sum => d _; apply: ler_wpmul2l; first by apply: prodr_ge0 => i _; case: Qd.
rewrite ler_nat (_ : (Catalog.misspecification a < _) = (1 - hell2 (P (hat d)) Q / 2%:R < a)) //.
set D := hell2 _ _; rewrite -[LHS]subr_gt0 -[RHS]subr_gt0.
rewrite (_ : D - Catalog.misspecification a = 2%:R * (a - (1 - D / 2%:R))) ?pmulr_rgt0 ?ltr0n //.
rewrite /Catalog.misspecification /Catalog.misspecification_distance.
by rewrite !mulrBr mulr1 [2%:R * (D / _)]mulrC divfK ?pnatr_eq0 //; ring.
Qed.
End Misspecified.

(* one policy that flips a coin, data that always show heads: its distance from them exceeds 0 = misspecification 1 *)
Section Instance.
Variables (R : rcfType) (n : nat).
Definition coin (_ : unit) (_ : bool) : R := 2%:R^-1.
Definition heads (s : bool) : R := s%:R.
Definition only (_ : data [finType of bool] n) : unit := tt.

Lemma coin_dist p : is_dist (coin p).
Proof. by rewrite /coin; split=> [s|]; [rewrite invr_ge0 ler0n | rewrite big_bool /= [RHS](splitr 1) !mul1r]. Qed.
Lemma heads_dist : is_dist heads.
Proof. by rewrite /heads; split=> [s|]; [exact: ler0n | rewrite big_bool /= addr0]. Qed.
Lemma coin_positive (s : bool) : heads s != 0 -> coin tt s != 0.
Proof. by move=> _; rewrite /coin invr_neq0 // pnatr_eq0. Qed.
Lemma chi_square : \sum_s heads s * (heads s / coin tt s) <= 1 + 1.
Proof. by rewrite big_bool /heads /coin /= mul0r addr0 !mul1r invrK. Qed.
Lemma apart : 0 < hell2 (coin tt) heads.
Proof.
rewrite /hell2 big_bool /= /coin /heads; apply: ltr_spaddr; last exact: sqr_ge0.
by rewrite /= sqrtr0 subr0 sqr_sqrtr ?invr_gt0 ?invr_ge0 ?ltr0n ?ler0n.
Qed.

Lemma instance_misspecification :
  0 < \sum_(d : data [finType of bool] n) iid heads d *
        ((Catalog.misspecification 1 < hell2 (coin (only d)) heads)%R : nat)%:R
    <= #|[finType of unit]|%:R * (Num.sqrt 1 * 1 ^+ n) + (1 + 1) ^+ n / (1 : R).
Proof.
apply/andP; split; last first.
  exact: (@misspecification R [finType of bool] [finType of unit] coin heads tt n 1 1 1 coin_dist heads_dist ler01 ltr01
    coin_positive chi_square only (fun d p => lexx _)).
rewrite (eq_bigr (fun d => iid heads d)); last first.
  move=> d _; rewrite (_ : _ < _ = true) ?mulr1 //.
  by apply: le_lt_trans apart; rewrite /Catalog.misspecification /Catalog.misspecification_distance mulr1 subrr.
by have [_ ->] := iid_dist n heads_dist; exact: ltr01.
Qed.
End Instance.
