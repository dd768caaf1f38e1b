(* Proposition 4, explicit: regression cloning, no quantizer, no total variation.  Finite spaces, no axioms, steps from 0.
   piL is TVC with linear modulus L, e_t >= E_{x ~ expert at t} |u - u'| under a per-state coupling G of piE and piL:
   J piE - J piL <= L sum_t (H-t) s_t + sum_h (Lx s_h + Lu e_h), s_h = sum_{t<h} g_{h-1-t} e_t. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Comparison.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section P4.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (L Lx Lu : R) (g : nat -> R) (e : nat -> R).
Variable G : nat -> X -> U -> U -> R.
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= L, 0 <= Lx & 0 <= Lu].
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t) * dU (us t) (us' t).
Hypothesis tvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * (u != u')%:R <= L * dX x x'].
(* any coupling of the two policies at one state *)
Hypothesis G_ge0 : forall h x u u', 0 <= G h x u u'.
Hypothesis G_E : forall h x u, \sum_u' G h x u u' = piE h x u.
Hypothesis G_L : forall h x u', \sum_u G h x u u' = piL h x u'.
Hypothesis errors : forall t, \sum_x occ f mu rho piE t x * (\sum_u \sum_u' G t x u u' * dU u u') <= e t.
Notation s := (sgap g e).

(* the expert's action given the learner's *)
Local Notation given := (fun h x => cond (piL h x) (fun c v => G h x v c)).
Let cpl h x : coupling (piL h x) (piE h x) (fun c v => G h x v c). Proof. by split. Qed.
Let given_dist h x c : is_dist (given h x c). Proof. exact: cond_dist (cpl h x) c. Qed.
Let givenE h x c v : piL h x c * given h x c v = G h x v c. Proof. exact: cond_joint (cpl h x) c v. Qed.

Lemma given_mix h x v : \sum_c piL h x c * given h x c v = piE h x v.
Proof. by rewrite -G_E; apply: eq_bigr => c _; rewrite givenE. Qed.

Lemma T_same n h x a : T f mu piL piL given (@pos R) n h x a a = 0.
Proof.
elim: n h x a => [|n IH] h x a /=; first by rewrite /pos subrr maxxx.
by rewrite big1 // => c _; rewrite big1 // => v _; rewrite big1 ?mulr0 // => w _; rewrite IH mulr0.
Qed.

Theorem proposition_4 H :
  J f mu rho rew piE H - J f mu rho rew piL H
  <= L * (\sum_(t < H) (H - t)%:R * s t) + \sum_(h < H) (Lx * s h + Lu * e h).
Proof.
have He t : err f mu dU piE piL given rho t <= e t.
  apply: (le_trans _ (errors t)); rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => x _; congr (_ * _).
  rewrite [RHS]exchange_big /=; apply: eq_bigr => c _; rewrite mulr_sumr; apply: eq_bigr => v _.
  by rewrite mulrA givenE.
have keep h x c : piL h x c = 0 \/ piL h x c <= piL h x c by right.
have := one_tv mu_dist piL_dist piL_dist given_dist given_mix rew01 rew_lip consts dU_ge0 g_ge0 iiss tvc H rho_dist He keep.
by rewrite big1 ?mulr0 ?add0r // => x _; exact: T_same.
Qed.
End P4.
