(* Deterministic labels on finite spaces: lemma S4 (deterministic class: TV = D^2/2), lemma S5 (greedy decoding:
   P (some greedy label differs on the expert's path) <= D^2/(2 - sqrt 2)), as facts about laws and about observed
   trajectories.  Any real closed field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* q0: the expert's law; p0: the learner's; Z: the probability the learner gives to all the expert's labels *)
Section Laws.
Variables (R : rcfType) (T : finType) (p0 q0 Z : T -> R).
Hypothesis pd : is_dist p0.
Hypothesis qd : is_dist q0.
Hypothesis Z01 : forall t, 0 <= Z t <= 1.
Hypothesis pZ : forall t, q0 t != 0 -> p0 t = q0 t * Z t.

Lemma two_neq0 : 2%:R != 0 :> R. Proof. by rewrite pnatr_eq0. Qed.

(* half the squared Hellinger distance *)
Lemma half_hell : hell2 p0 q0 / 2%:R = 1 - \sum_t q0 t * Num.sqrt (Z t).
Proof.
pose A (b : bool) := if b then p0 else q0.
have Ad b : is_dist (A b) by case: b.
have E : 1 - hell2 p0 q0 / 2%:R = aff A false true by [].
rewrite -[LHS](subKr 1) E affE //=; congr (1 - _); apply: eq_bigr => t _; have [q_0 _] := qd.
case: (eqVneq (q0 t) 0) => [->|/pZ ->]; first by rewrite sqrtr0 mulr0 mul0r.
by rewrite sqrtrM // mulrAC -expr2 sqr_sqrtr.
Qed.

Theorem lemma_s4 : (forall t, q0 t != 0 -> Z t = 0 \/ Z t = 1) -> tv p0 q0 = hell2 p0 q0 / 2%:R.
Proof.
move=> Zb; have Z0 t : 0 <= Z t by have /andP [] := Z01 t.
have Z1 t : Z t <= 1 by have /andP [] := Z01 t.
have [-> _] := lemma_s3 pd qd Z0 Z1 pZ; rewrite half_hell; congr (1 - _); apply: eq_bigr => t _.
case: (eqVneq (q0 t) 0) => [->|/Zb [->|->]]; first by rewrite !mul0r.
  by rewrite sqrtr0.
by rewrite sqrtr1.
Qed.

Theorem lemma_s5 (B : pred T) : (forall t, q0 t != 0 -> B t -> Z t <= 2%:R^-1) ->
  \sum_(t | B t) q0 t <= hell2 p0 q0 / (2%:R - Num.sqrt 2%:R).
Proof.
move=> small; have [q_0 q_1] := qd.
pose s := Num.sqrt 2%:R : R.
have s2 : s ^+ 2 = 2%:R by rewrite sqr_sqrtr // ler0n.
have s0 : 0 <= s by exact: sqrtr_ge0.
have slt : s < 2%:R.
  by rewrite -(@ltr_pexpn2r _ 2) ?nnegrE ?ler0n // s2 -natrX ltr_nat.
have d0 : 0 < 2%:R - s by rewrite subr_gt0.
rewrite ler_pdivl_mulr //.
have -> : hell2 p0 q0 = 2%:R * (1 - \sum_t q0 t * Num.sqrt (Z t)).
  by rewrite -half_hell mulrC divfK // two_neq0.
have root : Num.sqrt (2%:R^-1) = s / 2%:R :> R.
  apply/eqP; rewrite -(@eqr_expn2 _ 2) ?sqrtr_ge0 ?divr_ge0 ?ler0n //.
  by rewrite sqr_sqrtr ?invr_ge0 ?ler0n // expr_div_n s2 expr2 invfM mulrA divff ?mul1r // two_neq0.
have -> : 1 - \sum_t q0 t * Num.sqrt (Z t) = \sum_t q0 t * (1 - Num.sqrt (Z t)).
  by rewrite -[X in X - _ = _]q_1 -sumrB; apply: eq_bigr => t _; rewrite mulrBr mulr1.
rewrite big_mkcond /= mulr_suml mulr_sumr; apply: ler_sum => t _.
have /andP [z0 z1] := Z01 t.
have r1 : Num.sqrt (Z t) <= 1 by rewrite -sqrtr1; exact: ler_wsqrtr.
case: ifP => [Bt|_]; last by rewrite mul0r !mulr_ge0 ?ler0n // subr_ge0.
rewrite mulrCA; case: (eqVneq (q0 t) 0) => [->|nz]; first by rewrite !mul0r.
apply: ler_wpmul2l => //; rewrite mulrBr mulr1 ler_add2l ler_opp2.
have : Num.sqrt (Z t) <= s / 2%:R by rewrite -root; apply: ler_wsqrtr; exact: small.
by rewrite ler_pdivl_mulr ?ltr0n // mulrC.
Qed.
End Laws.

(* ---------- observed trajectories ---------- *)
Section Trajectories.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U) (H : nat).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Local Notation pQ := (piQ piE q).
Local Notation olaw pi := (@law R X U W f mu piE q pi H 0 rho).
(* the expert's labels are deterministic *)
Hypothesis det : forall h x c, pQ h x c = 0 \/ pQ h x c = 1.

Definition observed_hell2 (pi : nat -> X -> U -> R) := hell2 (olaw pi) (olaw pQ).

Lemma olawd pi : (forall h x, is_dist (pi h x)) -> is_dist (olaw pi).
Proof. by move=> pid; exact: law_dist. Qed.
Let Qd : is_dist (olaw pQ) := olawd (fun h x => piQ_dist q piE_dist h x).

Lemma label01 (pi : nat -> X -> U -> R) m h (s : path X U m) : (forall h x, is_dist (pi h x)) -> 0 <= labels pi h s <= 1.
Proof. by move=> pid; exact: (@labels01 R X U [finType of unit] (fun _ => pi) (fun _ => pid) tt m h s). Qed.

Lemma det_labels (pi : nat -> X -> U -> R) m h (s : path X U m) : (forall h x c, pi h x c = 0 \/ pi h x c = 1) ->
  labels pi h s = 0 \/ labels pi h s = 1.
Proof.
move=> pb; elim: m h s => [|m IH] h s /=; first by right.
by case: (pb h s.1.1 s.1.2) => ->; [left; rewrite mul0r | rewrite mul1r; exact: IH].
Qed.

Lemma olaw_labels pi s : olaw pQ s != 0 -> olaw pi s = olaw pQ s * labels pi 0 s.
Proof.
rewrite !law_split; case: (det_labels 0 s det) => ->; first by rewrite mulr0 eqxx.
by rewrite mulr1.
Qed.

(* S4: deterministic labels, deterministic learner *)
Theorem deterministic_class : (forall h x c, piL h x c = 0 \/ piL h x c = 1) ->
  TV f mu rho piE piL q H = observed_hell2 piL / 2%:R.
Proof.
move=> Ld; apply: (@lemma_s4 R _ (olaw piL) (olaw pQ) (labels piL 0)) => //; first exact: olawd.
- by move=> s; exact: label01.
- exact: olaw_labels.
- by move=> s _; exact: det_labels.
Qed.

(* S5: a greedy decoder plays a most probable label *)
Variable gr : nat -> X -> U.
Hypothesis greedy : forall h x c, piL h x c <= piL h x (gr h x).
Definition point h x c : R := (c == gr h x)%:R.

Lemma point_dist h x : is_dist (point h x).
Proof.
split; first by move=> c; exact: ler0n.
by rewrite /point (bigD1 (gr h x)) //= eqxx big1 ?addr0 // => c /negbTE ->.
Qed.

Lemma point01 h x c : point h x c = 0 \/ point h x c = 1.
Proof. by rewrite /point; case: eqP; [right|left]. Qed.

(* some label of the path is not the greedy one *)
Fixpoint errs n h : path X U n -> bool :=
  match n return path X U n -> bool with
  | 0 => fun _ => false
  | n'.+1 => fun s => (s.1.2 != gr h s.1.1) || errs h.+1 s.2
  end.

Lemma errsE n h (s : path X U n) : labels point h s = (~~ errs h s)%:R.
Proof.
elim: n h s => [|n IH] h s //=; rewrite IH /point; case: eqP => _ /=; first by rewrite mul1r.
by rewrite mul0r.
Qed.

Lemma errs_half n h (s : path X U n) : errs h s -> labels piL h s <= 2%:R^-1.
Proof.
elim: n h s => [|n IH] h s //= /orP [ne|bad]; have [l0 l1] := piL_dist h s.1.1; have /andP [a0 a1] := label01 h.+1 s.2 piL_dist.
  have half : piL h s.1.1 s.1.2 <= 2%:R^-1.
    rewrite -[X in _ <= X]mul1r ler_pdivl_mulr ?ltr0n // -[X in _ <= X]l1 (bigD1 (gr h s.1.1)) //= (bigD1 s.1.2) //= addrA.
    rewrite mulr_natr mulr2n; apply: (@le_trans _ _ (piL h s.1.1 (gr h s.1.1) + piL h s.1.1 s.1.2)).
      by rewrite ler_add2r; exact: greedy.
    by rewrite ler_addl sumr_ge0.
  by apply: (le_trans _ half); rewrite -[X in _ <= X]mulr1; apply: ler_wpmul2l.
have p1 : piL h s.1.1 s.1.2 <= 1 by rewrite -l1 (bigD1 s.1.2) //= ler_addl sumr_ge0.
by apply: (le_trans _ (IH _ _ bad)); rewrite -[X in _ <= X]mul1r; apply: ler_wpmul2r.
Qed.

Theorem greedy_error : \sum_(s | errs 0 s) olaw pQ s <= observed_hell2 piL / (2%:R - Num.sqrt 2%:R).
Proof.
apply: (@lemma_s5 R _ (olaw piL) (olaw pQ) (labels piL 0)) => //; first exact: olawd.
- by move=> s; exact: label01.
- exact: olaw_labels.
- by move=> s _; exact: errs_half.
Qed.

(* the imitation term of the greedy decoder: its TV is the probability of an error *)
Theorem greedy_tv : TV f mu rho piE point q H = \sum_(s | errs 0 s) olaw pQ s.
Proof.
have [q_0 q_1] := Qd.
have Z0 (s : path X U H) : 0 <= labels point 0 s by have /andP [] := label01 0 s point_dist.
have Z1 (s : path X U H) : labels point 0 s <= 1 by have /andP [] := label01 0 s point_dist.
have [E _] := @lemma_s3 R _ (olaw point) (olaw pQ) (labels point 0) (olawd point_dist) Qd Z0 Z1 (olaw_labels _).
rewrite /TV E -[X in X - _ = _]q_1 -sumrB [RHS]big_mkcond /=; apply: eq_bigr => s _.
by rewrite errsE; case: (errs 0 s); rewrite /= ?mulr0 ?subr0 // mulr1 subrr.
Qed.
End Trajectories.
