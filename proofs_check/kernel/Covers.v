(* The cover of all stochastic policies by those whose probabilities are multiples of 1/m: with K actions and
   m (1 - s) >= K - 1, every law p is at most 1/s times a law of multiples: s p <= j/m.  With s = exp(-c/H) this is the cover of
   `TabularCover`, of scale c over a trajectory of H steps.  Any ordered field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master Theorems2And3.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Grid.
Variables (R : realFieldType) (K : finType) (m : nat) (s : R).
Hypothesis s01 : 0 <= s <= 1.
Hypothesis m_large : (#|K|.-1)%:R <= m%:R * (1 - s).

(* laws whose probabilities are multiples of 1/m *)
Definition on_grid (l : K -> R) := exists j : K -> nat, (\sum_a j a)%N = m /\ forall a, l a = (j a)%:R / m%:R.

(* rounding up all m s p leaves at most m; what is missing goes to one action *)
Lemma rounded (p : K -> R) : is_dist p -> exists j : K -> nat, (\sum_a j a)%N = m /\ forall a, m%:R * (s * p a) <= (j a)%:R.
Proof.
move=> [p0 p1]; have /andP [s0 s1] := s01; pose x a := m%:R * (s * p a).
have p_le1 a : p a <= 1 by rewrite -p1 (bigD1 a) //= ler_addl sumr_ge0.
have x0 a : 0 <= x a by rewrite mulr_ge0 ?ler0n // mulr_ge0.
have top a : exists i, x a <= i%:R.
  by exists m; rewrite -[X in _ <= X]mulr1; apply: ler_wpmul2l; rewrite ?ler0n // mulr_ile1.
pose up a := ex_minn (top a).
have upE a : x a <= (up a)%:R /\ (up a)%:R < x a + 1 \/ (up a = 0)%N.
  rewrite /up; case: ex_minnP => i xi least; case: i xi least => [|i] xi least; [by right | left; split=> //].
  by rewrite mulrSr ltr_add2r ltNge; apply/negP => xi'; have := least i xi'; rewrite ltnn.
have xup a : x a <= (up a)%:R by rewrite /up; case: ex_minnP.
have [a0 _] : exists a0 : K, True.
  case: (pickP (fun _ : K => true)) => [a _|none]; first by exists a.
  by move: p1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
have few : (\sum_a up a <= m)%N.
  rewrite -ltnS -(ltr_nat R) natr_sum.
  have lt a : (up a)%:R < x a + 1.
    by case: (upE a) => [[_ lt]|->] //; apply: ltr_spaddr => //; exact: ltr01.
  apply: (@lt_le_trans _ _ (\sum_a (x a + 1))).
    rewrite (bigD1 a0) //= [X in _ < X](bigD1 a0) //=; apply: ltr_le_add => //; apply: ler_sum => a _; exact: ltW.
  rewrite big_split /= sumr_const -/(#|K|) /x -mulr_sumr -mulr_sumr p1 mulr1.
  have K0 : (0 < #|K|)%N by apply/card_gt0P; exists a0.
  rewrite -(prednK K0) !mulrSr addrA ler_add2r.
  by apply: (le_trans (ler_add (lexx _) m_large)); rewrite mulrBr mulr1 addrC subrK.
exists (fun a => (up a + (a == a0) * (m - \sum_b up b))%N); split.
  rewrite big_split /= [X in (_ + X)%N](bigD1 a0) //= eqxx mul1n [X in (_ + (_ + X))%N]big1 ?addn0 ?subnKC // => a /negbTE ->.
  by rewrite mul0n.
by move=> a; apply: (le_trans (xup a)); rewrite ler_nat leq_addr.
Qed.

Theorem grid_cover (p : K -> R) : (0 < m)%N -> is_dist p -> exists l, [/\ is_dist l, on_grid l & forall a, s * p a <= l a].
Proof.
move=> m0 pd; have [j [jm close]] := rounded pd; have mp : 0 < m%:R :> R by rewrite ltr0n.
exists (fun a => (j a)%:R / m%:R); split; last by move=> a; rewrite ler_pdivl_mulr // mulrC.
  split=> [a|]; first by rewrite divr_ge0 ?ler0n.
  by rewrite -mulr_suml -natr_sum jm divff // gt_eqF.
by exists j.
Qed.
End Grid.

(* as many laws on k + 1 actions as there are ways to deal m parts *)
Lemma grid_count k m : #|[set t : k.+1.-tuple 'I_m.+1 | (\sum_(i <- t) i == m)%N]| = 'C(m + k, k).
Proof. by rewrite card_ord_partitions addnC. Qed.

(* trajectories: whatever the dynamics and the data, a stochastic policy is at most s^-H times one of multiples *)
Section Policies.
Variables (R : rcfType) (X U W : finType) (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (m H : nat) (s : R) (pi : nat -> X -> U -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis pi_dist : forall h x, is_dist (pi h x).
Hypothesis s01 : 0 <= s <= 1.
Hypothesis m_gt0 : (0 < m)%N.
Hypothesis m_large : (#|U|.-1)%:R <= m%:R * (1 - s).
Local Notation olaw pi := (@law R X U W f mu piE q pi H 0 rho).

Theorem policy_cover : (forall h x, exists l, [/\ is_dist l, on_grid m l & forall u, s * pi h x u <= l u]) /\
  forall grid : nat -> X -> U -> R, (forall h x u, s * pi h x u <= grid h x u) ->
  forall t, s ^+ H * olaw pi t <= olaw grid t.
Proof.
have /andP [s0 s1] := s01; split=> [h x|grid above t]; first exact: grid_cover.
rewrite !law_split mulrCA; apply: ler_wpmul2l; first by apply: rest_ge0 => //; case: rho_dist.
have l0 k h (t' : path X U k) : 0 <= labels pi h t'.
  elim: k h t' => [|k IH] h t' /=; first exact: ler01.
  by rewrite mulr_ge0 //; case: (pi_dist h t'.1.1).
elim: H 0%N t => [|k IH] h t /=; first by rewrite mul1r.
have -> : s ^+ k.+1 * (pi h t.1.1 t.1.2 * labels pi h.+1 t.2) = (s * pi h t.1.1 t.1.2) * (s ^+ k * labels pi h.+1 t.2).
  by rewrite exprS; ring.
have [p0 _] := pi_dist h t.1.1.
by apply: ler_pmul => //; rewrite mulr_ge0 // exprn_ge0.
Qed.
End Policies.
