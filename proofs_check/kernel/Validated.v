(* Two more bounds from held-out demonstrations.
   validated_mismatch : bad h x v says that the learner's label at the expert's state x is off by more than allowed;
     the return suffers H times the probability that this happens on a demonstration, otherwise the feedback recursion
     with (2 j + 3) eps.
   validated_closed_loop : the learner's own loop x' = f (x, gl (x, xi) + d, w) has gains gcl in the disturbance d; no class,
     no realizability, no imitation term.
   Both two-sided; finite spaces, every H, any real field; no axioms; steps from 0. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Noise SureDeviation Trajectories.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- swapping actions on a rare event ---------- *)
Section Swap.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R).
Variables (pi : nat -> X -> U -> R) (bad : nat -> X -> U -> bool) (alt : nat -> X -> U).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis pi_dist : forall h x, is_dist (pi h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.

(* some step of the trajectory is bad *)
Fixpoint some_bad n h : path X U n -> bool :=
  match n return path X U n -> bool with
  | 0 => fun _ => false
  | n'.+1 => fun s => bad h s.1.1 s.1.2 || some_bad h.+1 s.2
  end.
Definition bad_probability H := \sum_(s : path X U H) plaw f mu pi 0 rho s * (some_bad 0 s : nat)%:R.

Fixpoint ever n h x : R :=
  if n is n'.+1 then \sum_u pi h x u * (if bad h x u then 1 else \sum_w mu h w * ever n' h.+1 (f h x u w)) else 0.

Lemma ever_path n h m : is_dist m ->
  \sum_s plaw f mu pi h m s * (@some_bad n h s : nat)%:R = \sum_x m x * ever n h x.
Proof.
elim: n h m => [|n IH] h m md.
  by rewrite big1 => [|s _]; [rewrite big1 // => x _; rewrite mulr0 | rewrite mulr0].
rewrite (sum_path (fun x u s => m x * pi h x u * @plaw R X U W f mu pi n h.+1 (next f mu h x u) s
  * (bad h x u || some_bad h.+1 s : nat)%:R)) /=.
apply: eq_bigr => x _; rewrite mulr_sumr; apply: eq_bigr => u _.
have nd := next_dist f mu_dist h x u.
under eq_bigr => s _ do rewrite -mulrA.
rewrite -mulr_sumr -mulrA; congr (_ * (_ * _)); case: (bad h x u) => /=.
  by under eq_bigr => s _ do rewrite mulr1; exact: (proj2 (plaw_dist f mu_dist pi_dist n h.+1 nd)).
by rewrite IH // next_sum.
Qed.

(* the policy that plays the alternative where the action would be bad *)
Definition swapped h x u : R := \sum_v pi h x v * ((if bad h x v then alt h x else v) == u)%:R.

Lemma swapped_sum h x (F : U -> R) :
  \sum_u swapped h x u * F u = \sum_v pi h x v * F (if bad h x v then alt h x else v).
Proof.
under eq_bigr => u _ do rewrite mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => v _.
by under eq_bigr => u _ do rewrite -mulrA; rewrite -mulr_sumr sum_at.
Qed.

Lemma swapped_dist h x : is_dist (swapped h x).
Proof.
have [p0 p1] := pi_dist h x; split=> [u|]; first by apply: sumr_ge0 => v _; rewrite mulr_ge0 ?ler0n.
transitivity (\sum_u swapped h x u * 1); first by apply: eq_bigr => u _; rewrite mulr1.
by rewrite (swapped_sum h x (fun _ => 1)) -mulr_suml p1 mul1r.
Qed.

Lemma swap_value n h x : `|V f mu rew pi n h x - V f mu rew swapped n h x| <= n%:R * ever n h x.
Proof.
elim: n h x => [|n IH] h x; first by rewrite /= subrr normr0 mul0r.
have ev0 m i z : 0 <= ever m i z.
  elim: m i z => [|m IHm] i z //=; apply: avg_ge0 => // u; case: (bad i z u); first exact: ler01.
  by apply: avg_ge0.
pose A pi' u := rew h x u + \sum_w mu h w * V f mu rew pi' n h.+1 (f h x u w).
have A01 pi' u : (forall h x, is_dist (pi' h x)) -> 0 <= A pi' u <= n.+1%:R.
  move=> pid; have /andP [a b] := rew01 h x u; rewrite mulrS.
  have Vr := fun w => V_range f mu_dist rew01 n h.+1 (f h x u w) pid.
  apply/andP; split; first by rewrite addr_ge0 // avg_ge0 // => w; have /andP [] := Vr w.
  by apply: ler_add => //; apply: avg_le => // w _; have /andP [] := Vr w.
rewrite /= -/(A pi _) (swapped_sum h x (A swapped)) -sumrB mulr_sumr.
apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => u _.
rewrite -mulrBr normrM (ger0_norm (proj1 (pi_dist h x) u)) mulrCA.
apply: ler_wpmul2l; first by case: (pi_dist h x).
case: (bad h x u); last first.
  rewrite /A opprD addrACA subrr add0r -sumrB.
  apply: (le_trans (ler_norm_sum _ _ _)); rewrite mulr_sumr; apply: ler_sum => w _.
  rewrite -mulrBr normrM (ger0_norm (proj1 (mu_dist h) w)) mulrCA; apply: ler_wpmul2l; first by case: (mu_dist h).
  by apply: (le_trans (IH _ _)); apply: ler_wpmul2r; rewrite ?ler_nat.
rewrite mulr1; have /andP [a0 a1] := A01 pi u pi_dist; have /andP [b0 b1] := A01 swapped (alt h x) swapped_dist.
rewrite ler_norml; apply/andP; split.
  by rewrite ler_subr_addl; apply: (@le_trans _ _ 0); [rewrite subr_le0 | exact: a0].
by rewrite ler_subl_addr; apply: (le_trans a1); rewrite ler_addl.
Qed.

Theorem swap_return H : `|J f mu rho rew pi H - J f mu rho rew swapped H| <= H%:R * bad_probability H.
Proof.
rewrite /bad_probability ever_path // /J -sumrB mulr_sumr.
apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => x _.
rewrite -mulrBr normrM (ger0_norm (proj1 rho_dist x)) mulrCA; apply: ler_wpmul2l; [by case: rho_dist | exact: swap_value].
Qed.
End Swap.

(* ---------- validated mismatch ---------- *)
Section Mismatch.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (gl : nat -> X -> U).
Variables (eps ell Lx Lu : R) (g : nat -> R) (j H : nat).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu, 0 <= ell & 0 <= eps].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_sym : forall u v, dU u v = dU v u.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).
Hypothesis gl_lip : forall h x x', dU (gl h x) (gl h x') <= ell * dX x x'.
Definition binned_learner h x c : R := (c == q (gl h x))%:R.
(* the learner's label is more than j bins (of width 2 eps) away from the expert's *)
Definition mismatch h x v := (2%:R * j%:R * eps < dU (q v) (q (gl h x)))%R.
Local Notation learner := binned_learner.
Local Notation other := (swapped piE mismatch (fun h x => q (gl h x))).

Lemma point_d h x : is_dist (learner h x).
Proof. by split=> [c|]; rewrite /learner ?ler0n // (bigD1 (q (gl h x))) //= eqxx big1 ?addr0 // => c /negbTE ->. Qed.

Lemma binned_lip h x x' : exists G, coupling (learner h x) (learner h x') G /\
  \sum_u \sum_u' G u u' * dU u u' <= ell * dX x x' + 2%:R * eps.
Proof.
have [a0 a1] := point_d h x; have [b0 b1] := point_d h x'.
exists (fun c u => learner h x c * learner h x' u); split.
  split=> [c u|c|u]; [exact: mulr_ge0 | by rewrite -mulr_sumr b1 mulr1 | by rewrite -mulr_suml a1 mul1r].
under eq_bigr => c _ do (under eq_bigr => u _ do rewrite -mulrA; rewrite -mulr_sumr).
rewrite /learner; under eq_bigr => c _ do rewrite eq_sym.
rewrite (sum_at (q (gl h x)) (fun c => \sum_u (u == q (gl h x'))%:R * dU c u)).
under eq_bigr => u _ do rewrite eq_sym.
rewrite (sum_at (q (gl h x')) (fun u => dU (q (gl h x)) u)).
have -> : ell * dX x x' + 2%:R * eps = eps + (ell * dX x x' + eps) by ring.
apply: (le_trans (dU_tri _ (gl h x) _)); apply: ler_add; first by rewrite dU_sym.
by apply: (le_trans (dU_tri _ (gl h x') _)); apply: ler_add.
Qed.

Lemma other_close h x : exists C, coupling (other h x) (learner h x) C /\
  \sum_v \sum_c C v c * dU v c <= (2%:R * j%:R + 1) * eps.
Proof.
have [_ _ _ e0] := consts.
have [a0 a1] := swapped_dist mismatch (fun h x => q (gl h x)) piE_dist h x; have [b0 b1] := point_d h x.
exists (fun v c => other h x v * learner h x c); split.
  split=> [v c|v|c]; [exact: mulr_ge0 | by rewrite -mulr_sumr b1 mulr1 | by rewrite -mulr_suml a1 mul1r].
under eq_bigr => v _ do (under eq_bigr => c _ do rewrite -mulrA; rewrite -mulr_sumr /learner;
  under eq_bigr => c _ do rewrite eq_sym; rewrite (sum_at (q (gl h x)) (fun c => dU v c))).
rewrite swapped_sum; apply: avg_le => // v _; rewrite mulrDl mul1r.
case: (boolP (mismatch h x v)) => [_|]; first by rewrite dU_xx addr_ge0 // !mulr_ge0 ?ler0n.
by rewrite /mismatch -leNgt => le; rewrite addrC; apply: (le_trans (dU_tri v (q v) _)); apply: ler_add.
Qed.

Theorem validated_mismatch : `|J f mu rho rew piE H - J f mu rho rew learner H|
  <= H%:R * bad_probability f mu rho piE mismatch H + feedback ell Lx Lu g H (fun _ => (2%:R * j%:R + 3%:R) * eps).
Proof.
have [Lx0 Lu0 ell0 e0] := consts.
have -> : J f mu rho rew piE H - J f mu rho rew learner H = (J f mu rho rew piE H - J f mu rho rew other H)
  + (J f mu rho rew other H - J f mu rho rew learner H) by rewrite addrA subrK.
apply: (le_trans (ler_norm_add _ _)); apply: ler_add; first exact: swap_return.
have od h x := swapped_dist mismatch (fun h x => q (gl h x)) piE_dist h x.
apply: (le_trans (reference H mu_dist rho_dist point_d rew_lip (And3 Lx0 Lu0 ell0) dU_tri g_ge0 iiss binned_lip od other_close)).
apply: feedback_le => // h _; rewrite (mean_const f mu_dist rho_dist h _ od).
by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End Mismatch.

(* ---------- validated closed loop ---------- *)
Section ClosedLoop.
Variables (R : realFieldType) (X U W Xi : finType) (E : zmodType) (emb : U -> E) (nrm : E -> R).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (nu : nat -> Xi -> R) (gl : nat -> X -> Xi -> U).
Variables (eps ell Lx Lu : R) (gcl : nat -> R) (H : nat).
Local Notation piL := (noise_policy q nu gl).
Local Notation dist := (dist emb nrm).
Local Notation dstb := (dstb emb gl).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis nu_dist : forall h, is_dist (nu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dist u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu, 0 <= ell & 0 <= eps].
Hypothesis nrm_add : forall a b, nrm (a + b) <= nrm a + nrm b.
Hypothesis nrm_opp : forall a, nrm (- a) = nrm a.
Hypothesis sup_error : forall u, dist u (q u) <= eps.
Hypothesis gcl_ge0 : forall j, 0 <= gcl j.
(* gains of the learner's own loop: same start and noises, different disturbances *)
Hypothesis closed_gains : forall x1 us us' (xis : nat -> Xi) ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) gcl (h.-1 - t)%N *
    nrm (dstb t (traj f x1 us ws t) (xis t) (us t) - dstb t (traj f x1 us' ws t) (xis t) (us' t)).
Hypothesis gl_lip : forall h x x' xi, dist (gl h x xi) (gl h x' xi) <= ell * dX x x'.
(* at each of the expert's states its action and the learner's noise are coupled in some way; a is their mean distance *)
Variables (C : nat -> X -> Xi -> U -> R) (a : nat -> R).
Hypothesis C_coupling : forall h x, coupling (nu h) (piE h x) (C h x).
Hypothesis validation : forall h,
  \sum_x occ f mu rho piE h x * (\sum_xi \sum_v C h x xi v * dist v (gl h x xi)) <= a h.

Local Notation A := ((Xi * U * U)%type).
Let a1 (z : A) := z.1.2.
Let a2 (z : A) := z.2.
Definition validation_step h x y (z : A) : R := C h x z.1.1 z.1.2 * (q (gl h y z.1.1) == z.2)%:R.
Local Notation K := validation_step.
Let cst h x y (z : A) := nrm (dstb h x z.1.1 z.1.2 - dstb h y z.1.1 z.2).
Let err h x := \sum_xi \sum_v C h x xi v * dist v (gl h x xi).

Lemma vs_sum h x y (F : A -> R) : \sum_z K h x y z * F z =
  \sum_xi \sum_v C h x xi v * F (xi, v, q (gl h y xi)).
Proof.
transitivity (\sum_(xv : Xi * U) \sum_u K h x y (xv, u) * F (xv, u)).
  by rewrite (pair_bigA _ (fun xv u => K h x y (xv, u) * F (xv, u))); apply: eq_bigr => [[xv u]].
transitivity (\sum_xi \sum_v \sum_u K h x y (xi, v, u) * F (xi, v, u)).
  by rewrite (pair_bigA _ (fun xi v => \sum_u K h x y (xi, v, u) * F (xi, v, u))); apply: eq_bigr => [[xi v]].
apply: eq_bigr => xi _; apply: eq_bigr => v _; rewrite /K /=.
by under eq_bigr => u _ do rewrite -mulrA; rewrite -mulr_sumr sum_at.
Qed.

Lemma vs_left h x y (F : U -> R) : \sum_z K h x y z * F (a1 z) = \sum_u piE h x u * F u.
Proof. by rewrite (vs_sum h x y (fun z => F (a1 z))) -(coupling_sum2 F (C_coupling h x)). Qed.

Lemma vs_right h x y (F : U -> R) : \sum_z K h x y z * F (a2 z) = \sum_u piL h y u * F u.
Proof.
rewrite (vs_sum h x y (fun z => F (a2 z))) noise_sum.
by rewrite -(coupling_sum1 (fun xi => F (q (gl h y xi))) (C_coupling h x)).
Qed.

Lemma vs_dist h x y : is_dist (K h x y).
Proof.
split=> [z|]; first by rewrite mulr_ge0 ?ler0n //; have [C0 _ _] := C_coupling h x.
transitivity (\sum_z K h x y z * 1); first by apply: eq_bigr => z _; rewrite mulr1.
rewrite (vs_left h x y (fun _ => 1)) // -[RHS](proj2 (piE_dist h x)); by apply: eq_bigr => u _; rewrite mulr1.
Qed.

Lemma vs_cost h x y : \sum_z K h x y z * cst h x y z <= 0 * dX x y + (err h x + eps).
Proof.
have [C0 C1 C2] := C_coupling h x; have [_ n1] := nu_dist h.
rewrite mul0r add0r vs_sum /err.
apply: (@le_trans _ _ (\sum_xi \sum_v C h x xi v * (dist v (gl h x xi) + eps))).
  apply: ler_sum => xi _; apply: ler_sum => v _; apply: ler_wpmul2l => //.
  rewrite /cst /=; apply: (le_trans (nrm_add _ _)); rewrite nrm_opp; apply: ler_add => //.
  have := sup_error (gl h y xi); by rewrite /Noise.dist /Noise.dstb -nrm_opp opprB.
under eq_bigr => xi _ do (under eq_bigr => v _ do rewrite mulrDr; rewrite big_split /= -mulr_suml C1).
by rewrite big_split /= -mulr_suml n1 mul1r.
Qed.

Lemma vs_rew h x y :
  `|\sum_z K h x y z * (rew h x (a1 z) - rew h y (a2 z))| <= (Lx + Lu * ell) * dX x y + Lu * (err h x + eps).
Proof.
have [Lx0 Lu0 ell0 e0] := consts; have [K0 K1] := vs_dist h x y.
apply: (le_trans (ler_norm_sum _ _ _)).
apply: (@le_trans _ _ (\sum_z K h x y z * ((Lx + Lu * ell) * dX x y + Lu * cst h x y z))).
  apply: ler_sum => z _; rewrite normrM ger0_norm //; apply: ler_wpmul2l => //.
  apply: (le_trans (rew_lip _ _ _ _ _)).
  rewrite mulrDl -addrA ler_add2l -mulrA -mulrDr; apply: ler_wpmul2l => //.
  case: z => [[xi v] u]; rewrite /Noise.dist /a1 /a2 /cst /=.
  have -> : emb v - emb u = (emb (gl h x xi) - emb (gl h y xi)) + (dstb h x xi v - dstb h y xi u).
    by rewrite /Noise.dstb opprB addrACA [emb (gl h x xi) + _]addrC subrK addKr.
  apply: (le_trans (nrm_add _ _)); apply: ler_add => //; exact: gl_lip.
under eq_bigr => z _ do rewrite mulrDr [K h x y z * (Lu * _)]mulrCA.
rewrite big_split /= -mulr_suml K1 mul1r -mulr_sumr ler_add2l; apply: ler_wpmul2l => //.
by have := vs_cost h x y; rewrite mul0r add0r.
Qed.

Definition loop_dev h := \sum_(t < h) gcl (h.-1 - t)%N * (eps + a t).

Let loop_gains x1 s : dX (run f a1 x1 s) (run f a2 x1 s) <= wcost f a1 a2 cst gcl x1 s.
Proof.
have [v _] := nonempty (piE_dist 0 x1); have [w _] := nonempty (mu_dist 0); have [xi _] := nonempty (nu_dist 0).
apply: (gains_hist ((xi, v, v), w)) => x0 us ws h.
exact: (closed_gains x0 (fun t => a1 (us t)) (fun t => a2 (us t)) (fun t => (us t).1.1)).
Qed.

Let mean_err h : mean1 f mu rho piE h (fun x => err h x + eps) <= eps + a h.
Proof.
rewrite /mean1; under eq_bigr => x _ do rewrite mulrDr.
rewrite big_split /= (avg_const _ (occ_dist f h mu_dist rho_dist piE_dist)) addrC ler_add2l; exact: validation.
Qed.

Let dev_bound h : edev f mu rho piE gcl 0 (fun h x => err h x + eps) h <= loop_dev h.
Proof.
rewrite /edev dev_rec; apply: ler_sum => t _; apply: ler_wpmul2l => //; rewrite mul0r add0r; exact: mean_err.
Qed.

Theorem validated_closed_loop : `|J f mu rho rew piE H - J f mu rho rew piL H|
  <= \sum_(h < H) (Lx * loop_dev h + Lu * (ell * loop_dev h + eps + a h)).
Proof.
have [Lx0 Lu0 ell0 e0] := consts.
have L0 : 0 <= Lx + Lu * ell by rewrite addr_ge0 // mulr_ge0.
have Eng := @engine R X U W _ f mu rho rew piE piL a1 a2 K H dX cst gcl 0 (Lx + Lu * ell)
  (fun h x => err h x + eps) (fun h x => Lu * (err h x + eps)) mu_dist rho_dist (fun h x y _ => vs_dist h x y)
  (fun h x y F _ => vs_left h x y F) (fun h x y F _ => vs_right h x y F) gcl_ge0 (lexx 0) L0 (fun x1 s _ => loop_gains x1 s)
  (fun h x y _ => vs_cost h x y) (fun h x y _ => vs_rew h x y).
apply: (le_trans Eng); apply: ler_sum => h _.
have -> : mean1 f mu rho piE h (fun x => Lu * (err h x + eps)) = Lu * mean1 f mu rho piE h (fun x => err h x + eps).
  by rewrite /mean1 mulr_sumr; apply: eq_bigr => x _; rewrite mulrCA.
apply: (le_trans (ler_add (ler_wpmul2l L0 (dev_bound h)) (ler_wpmul2l Lu0 (mean_err h)))).
by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

(* the laws of the two states at step h have a coupling with mean distance at most e_h *)
Theorem validated_closed_loop_state h : (h < H)%N -> exists G,
  coupling (occ f mu rho piE h) (occ f mu rho piL h) G /\ \sum_x \sum_y G x y * dX x y <= loop_dev h.
Proof.
move=> hH.
have [G [G0 G1 G2 Gd]] := @engine_state R X U W _ f mu rho piE piL a1 a2 K H dX cst gcl 0
  (fun h x => err h x + eps) mu_dist rho_dist (fun h x y _ => vs_dist h x y)
  (fun h x y F _ => vs_left h x y F) (fun h x y F _ => vs_right h x y F) gcl_ge0 (lexx 0) (fun x1 s _ => loop_gains x1 s)
  (fun h x y _ => vs_cost h x y) h hH.
by exists G; split=> //; apply: (le_trans Gd); exact: dev_bound.
Qed.
End ClosedLoop.
