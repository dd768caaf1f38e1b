(* The hypotheses of the master theorem have a model in which both sides are positive: two states, two actions. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From Quantbc Require Import Hellinger Master.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section I.
Variable R : realFieldType.
Definition f (_ : nat) (_ u : bool) (_ : unit) := u.
Definition d (x y : bool) : R := (x != y)%:R.
Definition point (b : bool) (_ : nat) (_ u : bool) : R := (u == b)%:R.
Definition rw (_ : nat) (_ u : bool) : R := (~~ u)%:R.
Definition g (j : nat) : R := (j == 0%N)%:R.

Lemma pd b h x : is_dist (point b h x).
Proof. by split=> [t|]; rewrite /point ?ler0n // big_bool; case: b; rewrite /= ?addr0 ?add0r. Qed.

Lemma instance H :
  J f (fun _ _ => 1) (fun x => (x == true)%:R) rw (point false) H
  - J f (fun _ _ => 1) (fun x => (x == true)%:R) rw (point true) H
  <= H%:R * TV f (fun _ _ => 1) (fun x => (x == true)%:R) (point false) (point true) (fun _ => true) H
     + decoupling 1 0 g (fun _ => 1) H + drift 1 0 0 1 g H.
Proof.
apply: (@master R _ _ _ f (fun _ _ => 1) _ rw d d).
- by move=> h; split=> [t|]; rewrite ?ler01 // big_const card_unit /= addr0.
- by split=> [t|]; rewrite ?ler0n // big_bool /= addr0.
- exact: pd.
- exact: pd.
- by move=> h x u; rewrite /rw; case: u; rewrite /= ?lexx ?ler01.
- move=> h x u x' u'; rewrite /rw /d mul0r add0r mul1r.
  by case: u; case: u'; rewrite /= ?subrr ?normr0 ?subr0 ?sub0r ?normrN ?normr1 ?lexx.
- by rewrite lexx ler01.
- by move=> u v w; rewrite /d; case: u; case: v; case: w; rewrite /= ?addr0 ?add0r ?lexx ?ler01 ?addr_ge0 ?ler01.
- by move=> u; rewrite /d eqxx.
- by move=> u; rewrite /d; case: u; rewrite /= ?lexx ?ler01.
- by move=> j; rewrite /g ler0n.
- move=> x1 us us' ws [|h] /=; first by rewrite /d eqxx big_ord0.
  rewrite big_ord_recr /= subnn /g eqxx mul1r ler_addr sumr_ge0 // => t _.
  by rewrite mulr_ge0 // ?ler0n.
- by [].
- by move=> r; exact: ler01.
- move=> h x x'; exists (fun u u' => (u == true)%:R * (u' == true)%:R); split.
  + by move=> u u'; rewrite mulr_ge0 ?ler0n.
  + by move=> u; rewrite big_bool /= mulr1 mulr0 addr0.
  + by move=> u; rewrite big_bool /= mul1r mul0r addr0.
  + by rewrite !big_bool /d /= mul0r ltxx !mulr0 !mul0r !addr0 ler01.
Qed.
End I.
