(* The hypotheses of Theorem7.v have a model in which both sides are positive: one step of the system of StatementInstances.v,
   whose model is known; if no demonstration starts in state `true` the learner may play `true` there, and its regret is 1/2. *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Theorem7.
From Quantbc Require Catalog StatementInstances.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.
Module SI := StatementInstances.

Section Instance.
Variables (R : rcfType) (n : nat) (a : R).
Hypothesis a01 : 0 <= a <= 1.
Hypothesis a_large : 3%:R / 4%:R < a ^+ 2.
Local Notation mod := (fun _ : bool => observed SI.f (SI.expert R) SI.q).
Local Notation Data := (data (rolled [finType of bool] [finType of bool] [finType of unit] 1) n).
Local Notation law p := (pair_law (SI.mu R) (SI.rho R) (SI.pol R) mod (H:=1) p).
Definition fit (p : bool) (s : Data) : R := \prod_i law p (s i).
Definition hat (s : Data) : bool := fit false s <= fit true s.
Local Notation Pr := (chance SI.f (SI.mu R) (SI.rho R) (SI.expert R) SI.q (H:=1) (n:=n)).
Local Notation regret p := (J SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.expert R) 1
  - algorithm_return SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.pol R p) (mod p) 1).

Lemma mod_dist p h x c w : is_dist (mod p h x c w). Proof. exact: observed_dist (SI.expert_dist R) h x c w. Qed.
Lemma mle (s : Data) p : lik (fun p => law p) p s <= lik (fun p => law p) (hat s) s.
Proof.
change (fit p s <= fit (hat s) s); rewrite /hat.
by case: (leP (fit false s) (fit true s)) => [le|/ltW le]; case: p.
Qed.
Lemma label_error h : ebar SI.f (SI.mu R) (SI.rho R) (SI.d R) (SI.expert R) SI.q h <= 0.
Proof.
rewrite /ebar /mean big1 // => x _; rewrite big1 ?mulr0 // => v _; by rewrite SI.d_xx mulr0.
Qed.
Lemma only (F : unit -> R) : \sum_t F t = F tt.
Proof. by rewrite (bigD1 tt) //= big1 ?addr0 // => [[]]. Qed.
Lemma regret_wrong : regret true = 2%:R^-1.
Proof.
have -> : algorithm_return SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.pol R true) (mod true) 1 = 2%:R^-1.
  rewrite /algorithm_return (sum_rolled (fun x c w s => SI.rho R x * (SI.pol R true 0 x c * SI.mu R 0 w) * 1 * (SI.rew R 0 x c + 0))).
  rewrite !big_bool /= !only /SI.rho /SI.pol /SI.mu /SI.rew /=.
  by rewrite ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
by rewrite SI.return_of /SI.expert /= !mulr1 addrK.
Qed.
Lemma mistaken (B : pred Data) : (forall s, hat s = true -> B s) -> 0 < Pr B.
Proof.
move=> wrong; pose s0 : Data := [ffun=> (false, (false, tt), tt)].
have fit0 p : fit p s0 = \prod_(i < n) 2%:R^-1.
  apply: eq_bigr => i _; rewrite ffunE /pair_law /= /SI.rho /SI.pol /SI.map /SI.mu andbF eqxx.
  by rewrite ?(mul1r, mulr1).
have B0 : B s0 by apply: wrong; rewrite /hat !fit0 lexx.
have [l0 _] := rollout_dist (SI.mu_dist R) 1 0 (fun h x => piQ_dist SI.q (SI.expert_dist R) h x)
  (fun h x c w => mod_dist true h x c w) (SI.rho_dist R).
rewrite /chance (bigD1 s0) //= B0 mulr1; apply: ltr_paddr.
  by apply: sumr_ge0 => s _; apply: mulr_ge0; [apply: prodr_ge0 => i _; exact: l0 | exact: ler0n].
by apply: prodr_gt0 => i _; rewrite ffunE /= SI.labelsE eqxx /SI.mu /SI.rho !mulr1 invr_gt0 ltr0n.
Qed.
Lemma realizable_model h x c w x' : mod false h x c w x' = observed SI.f (SI.expert R) SI.q h x c w x'. Proof. by []. Qed.
Lemma sure_action h x v : SI.expert R h x v = (v == false)%:R. Proof. by []. Qed.

Lemma instance_theorem_7 : 0 < Pr (fun s => Catalog.theorem_7 1 1 1 0 a 0 (2%:R^-1) < `|regret (hat s)|) <= a ^+ n.
Proof.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.theorem_7 /Catalog.theorem_7_imitation /Catalog.theorem_7_drift.
  by rewrite SI.first_step !(mulr0, mul0r) !addr0 mul1r SI.root_small.
rewrite -(SI.class_size n a); have [c0 g0] := SI.constants R.
exact: (theorem_7 (SI.mu_dist R) (SI.rho_dist R) (SI.expert_dist R) (SI.rew01 R) (SI.rew_lip R) c0 g0 (SI.stable R) label_error
  (SI.pol_dist R) mod_dist (SI.realizable R) realizable_model a01 mle).
Qed.

Lemma instance_theorem_7_deterministic :
  0 < Pr (fun s => Catalog.theorem_7_deterministic 1 1 1 0 a 0 (2%:R^-1) < `|regret (hat s)|) <= a ^+ n.
Proof.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.theorem_7_deterministic /Catalog.theorem_7_deterministic_imitation /Catalog.theorem_7_deterministic_drift.
  by rewrite SI.first_step !(mulr0, mul0r, addr0) mul1r (lt_trans (SI.quarter a_large) (SI.quarter_half R)).
rewrite -(SI.class_size n a); have [c0 g0] := SI.constants R.
exact: (theorem_7_deterministic (SI.mu_dist R) (SI.rho_dist R) (SI.expert_dist R) (SI.rew01 R) (SI.rew_lip R) c0 g0 (SI.stable R) label_error
  (SI.pol_dist R) mod_dist (SI.realizable R) realizable_model a01 mle (action := fun _ _ => false) sure_action).
Qed.
End Instance.
