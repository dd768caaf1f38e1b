(* The return is an expectation over trajectories: J, defined by its Bellman recursion, equals the sum over all
   trajectories x_1, u_1, ..., x_H, u_H of probability times total reward.  The master theorem in these words, and on both
   sides.  Finite spaces, every H, any real field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz SureDeviation.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Expectation.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R).
Variables (pi : nat -> X -> U -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis pi_dist : forall h x, is_dist (pi h x).

(* total reward of a trajectory whose first step is h *)
Fixpoint total n h : path X U n -> R :=
  match n return path X U n -> R with
  | 0 => fun _ => 0
  | n'.+1 => fun s => rew h s.1.1 s.1.2 + total h.+1 s.2
  end.

(* the law of the next state *)
Definition next h x u y : R := \sum_w mu h w * (f h x u w == y)%:R.

Lemma next_sum h x u (F : X -> R) : \sum_y next h x u y * F y = \sum_w mu h w * F (f h x u w).
Proof.
under eq_bigr => y _ do rewrite mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => w _.
by under eq_bigr => y _ do rewrite -mulrA; rewrite -mulr_sumr sum_at.
Qed.

Lemma next_dist h x u : is_dist (next h x u).
Proof.
have [m0 m1] := mu_dist h; split=> [y|]; first by apply: sumr_ge0 => w _; rewrite mulr_ge0 ?ler0n.
transitivity (\sum_y next h x u y * 1); first by apply: eq_bigr => y _; rewrite mulr1.
by rewrite (next_sum h x u (fun _ => 1)) -mulr_suml m1 mul1r.
Qed.

Lemma plaw_dist n h m : is_dist m -> is_dist (@plaw R X U W f mu pi n h m).
Proof.
elim: n h m => [|n IH] h m [m0 m1].
  by split=> [s|]; rewrite /= ?ler01 // big_const card_unit /= addr0.
split=> [[[x u] s]|].
  have [p0 _] := pi_dist h x; have [l0 _] := IH h.+1 _ (next_dist h x u).
  by rewrite /= !mulr_ge0 // l0.
rewrite (sum_path (fun x u s => m x * pi h x u * @plaw R X U W f mu pi n h.+1 (next h x u) s)) -m1.
apply: eq_bigr => x _; rewrite -[RHS]mulr1 -(proj2 (pi_dist h x)) mulr_sumr; apply: eq_bigr => u _.
by rewrite -mulr_sumr (proj2 (IH h.+1 _ (next_dist h x u))) mulr1.
Qed.

(* started from the state law m at step h: mean total reward = mean value *)
Lemma expected_total n h m : is_dist m ->
  \sum_s plaw f mu pi h m s * @total n h s = \sum_x m x * V f mu rew pi n h x.
Proof.
elim: n h m => [|n IH] h m md.
  by rewrite big1 => [|s _]; [rewrite big1 // => x _; rewrite mulr0 | rewrite mulr0].
rewrite (sum_path (fun x u s => m x * pi h x u * @plaw R X U W f mu pi n h.+1 (next h x u) s
  * (rew h x u + total h.+1 s))) /=.
apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => u _.
have nd := next_dist h x u; rewrite -next_sum -IH //.
under eq_bigr => s _ do rewrite -mulrA mulrDr.
rewrite -mulr_sumr big_split /= -mulr_suml (proj2 (plaw_dist _ _ nd)) mul1r; ring.
Qed.

(* expected total reward of H steps *)
Definition expected_return H := \sum_(s : path X U H) plaw f mu pi 0 rho s * total 0 s.

Theorem return_is_expectation H : is_dist rho -> expected_return H = J f mu rho rew pi H.
Proof. exact: expected_total. Qed.
End Expectation.

(* ---------- the other sign: rewards 1 - r ---------- *)
Section Flip.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.

Definition co h x u := 1 - rew h x u.

Lemma V_co (pi : nat -> X -> U -> R) n h x : (forall h x, is_dist (pi h x)) ->
  V f mu co pi n h x = n%:R - V f mu rew pi n h x.
Proof.
move=> pid; elim: n h x => [|n IH] h x; first by rewrite /= subr0.
rewrite /= -[n.+1%:R](avg_const _ (pid h x)) -sumrB; apply: eq_bigr => u _.
rewrite -mulrBr; congr (_ * _).
have -> : \sum_w mu h w * V f mu co pi n h.+1 (f h x u w) = n%:R - \sum_w mu h w * V f mu rew pi n h.+1 (f h x u w).
  rewrite -[n%:R](avg_const _ (mu_dist h)) -sumrB; by apply: eq_bigr => w _; rewrite IH mulrBr.
rewrite /co mulrS; move: (\sum_w _) n%:R => t1 t2; ring.
Qed.

Lemma J_co (pi : nat -> X -> U -> R) H : (forall h x, is_dist (pi h x)) -> J f mu rho co pi H = H%:R - J f mu rho rew pi H.
Proof.
move=> pid; rewrite /J; under eq_bigr => x _ do rewrite V_co // mulrBr.
by rewrite sumrB avg_const.
Qed.

Lemma co01 : (forall h x u, 0 <= rew h x u <= 1) -> forall h x u, 0 <= co h x u <= 1.
Proof. by move=> r01 h x u; have /andP [a b] := r01 h x u; rewrite /co subr_ge0 b ler_subl_addr ler_addl. Qed.

Lemma co_lip (dX : X -> X -> R) (dU : U -> U -> R) Lx Lu :
  (forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u') ->
  forall h x u x' u', `|co h x u - co h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Proof. move=> lip h x u x' u'; rewrite distrC (_ : co h x' u' - co h x u = rew h x u - rew h x' u'); first exact: lip.
by rewrite /co; ring. Qed.

(* a bound on the regret for these rewards and for 1 - r bounds it on both sides *)
Lemma both_sides (p1 p2 : nat -> X -> U -> R) H B : (forall h x, is_dist (p1 h x)) -> (forall h x, is_dist (p2 h x)) ->
  J f mu rho rew p1 H - J f mu rho rew p2 H <= B ->
  J f mu rho co p1 H - J f mu rho co p2 H <= B ->
  `|J f mu rho rew p1 H - J f mu rho rew p2 H| <= B.
Proof.
move=> d1 d2 le; rewrite !J_co // => le'; rewrite ler_norml le andbT ler_oppl.
by apply: (le_trans _ le'); rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End Flip.
