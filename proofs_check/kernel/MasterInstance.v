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

Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).
Local Notation rho := (fun x : bool => (x == true)%:R : R).

(* the expert earns H, the learner nothing *)
Lemma returns H : J f mu rho rw (point false) H = H%:R /\ J f mu rho rw (point true) H = 0.
Proof.
have VE n h x : V f mu rw (point false) n h x = n%:R.
  elim: n h x => // n IH h x; rewrite /= !big_bool /= /point /rw /= !mul0r !mul1r add0r.
  by under eq_bigr => w _ do rewrite IH ?mul1r; rewrite sumr_const card_unit -mulrS.
have VL n h x : V f mu rw (point true) n h x = 0.
  elim: n h x => // n IH h x; rewrite /= !big_bool /= /point /rw /= !mul0r !mul1r add0r addr0.
  by rewrite big1 // => w _; rewrite IH ?mulr0.
by rewrite /J !big_bool !VE !VL /= ?(mulr0, mul1r, mul0r, addr0).
Qed.

Lemma regret_gt0 H : (0 < H)%N -> 0 < J f mu rho rw (point false) H - J f mu rho rw (point true) H.
Proof. by have [-> ->] := returns H; rewrite subr0 ltr0n. Qed.

Lemma instance H : (0 < H)%N ->
  0 < J f mu rho rw (point false) H - J f mu rho rw (point true) H
  <= H%:R * TV f mu rho (point false) (point true) (fun _ => true) H
     + decoupling 1 0 g (fun _ => 1) H + drift 1 0 0 1 g H.
Proof.
move=> /regret_gt0 -> /=.
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
