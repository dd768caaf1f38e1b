(* The catalog's statements about a given policy, however it was found: no class, no data.  Each bound is the term printed
   from the catalog. *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Trajectories Statements LearnerStatements.
From Quantbc Require Catalog Noise OtherBounds BothSigns Validated.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Policy.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE piL : nat -> X -> U -> R).
Variables (q : U -> U) (C eta eps_q L_x L_u : R) (H : nat).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Local Notation JJ pi := (J f mu rho rew pi H).

(* the expert plays act h x; the learner does not, with probability step_error at most, on the expert's states *)
Theorem ross_bagnell act step_error : (forall h x u, 0 <= rew h x u <= 1) ->
  (forall h, OtherBounds.step_error f mu rho act piL h <= step_error) ->
  `|JJ (OtherBounds.sure_expert R act) - JJ piL| <= Catalog.ross_bagnell H step_error.
Proof.
move=> r01 err; have B := @OtherBounds.ross_bagnell R X U W f mu rho rew act piL mu_dist rho_dist piL_dist r01 H.
apply: (le_trans B).
apply: ler_wpmul2l; first exact: ler0n.
rewrite le_minr !le_minl lexx /=; apply/orP; right.
apply: (le_trans (ler_sum _ (fun (h : 'I_H) _ => err h))).
by rewrite sumr_const card_ord mulr_natl.
Qed.

Section Regular.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dU u u'.
Hypothesis rewards_ge0 : 0 <= L_x /\ 0 <= L_u.
Hypothesis gains_ge0 : 0 <= C /\ 0 <= eta.
Hypothesis stable : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) C * eta ^+ (h.-1 - t) * dU (us t) (us' t).

Let gains_pos j : 0 <= gains C eta j.
Proof. by have [c0 e0] := gains_ge0; rewrite mulr_ge0 // exprn_ge0. Qed.

(* G couples the two actions at every state; action_error is their mean distance on the expert's states *)
Theorem proposition_4 L action_error (G : nat -> X -> U -> U -> R) : 0 <= L ->
  (forall h x u, 0 <= rew h x u <= 1) -> (forall u v, 0 <= dU u v) ->
  (forall h x, coupling (piE h x) (piL h x) (G h x)) ->
  (forall t, \sum_x occ f mu rho piE t x * (\sum_u \sum_u' G t x u u' * dU u u') <= action_error) ->
  (forall h x x', exists G' : U -> U -> R,
    [/\ forall u u', 0 <= G' u u', forall u, \sum_u' G' u u' = piL h x u,
        forall u', \sum_u G' u u' = piL h x' u' & \sum_u \sum_u' G' u u' * (u != u')%:R <= L * dX x x']) ->
  `|JJ piE - JJ piL| <= Catalog.proposition_4 H C L L_u L_x action_error eta.
Proof.
move=> L0 r01 d0 cp err tvc; have [x0 u0] := rewards_ge0.
have := @BothSigns.proposition_4_both R X U W f mu rho rew dX dU piE piL L L_x L_u (gains C eta) (fun _ => action_error)
  mu_dist rho_dist piE_dist piL_dist r01 rew_lip (And3 L0 x0 u0) d0 gains_pos stable tvc G _ _ _ err H.
rewrite averagesE !return_is_expectation //; apply.
- by move=> h x u u'; have [g0 _ _] := cp h x; exact: g0.
- by move=> h x u; have [_ g1 _] := cp h x; exact: g1.
- by move=> h x u; have [_ _ g2] := cp h x; exact: g2.
Qed.

Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.

(* the two actions at every state of the expert can be coupled to be err h x apart in mean *)
Theorem validated_error coupled_lipschitz jump action_error (err : nat -> X -> R) : 0 <= coupled_lipschitz ->
  (forall h x x', exists G, coupling (piL h x) (piL h x') G /\
    \sum_u \sum_u' G u u' * dU u u' <= coupled_lipschitz * dX x x' + jump) ->
  (forall h x, exists G, coupling (piE h x) (piL h x) G /\ \sum_v \sum_c G v c * dU v c <= err h x) ->
  (forall h, mean f mu rho piE h (err h) <= action_error) ->
  `|JJ piE - JJ piL| <= Catalog.validated_error H C L_u L_x action_error coupled_lipschitz eta jump.
Proof.
move=> l0 cl cp small; have [x0 u0] := rewards_ge0.
apply: (le_trans (@Lipschitz.validated_error R X U W f mu rho rew dX dU piE piL coupled_lipschitz jump L_x L_u (gains C eta) H
  mu_dist rho_dist piL_dist rew_lip (And3 x0 u0 l0) dU_tri gains_pos stable cl piE_dist err cp)).
have -> : Catalog.validated_error H C L_u L_x action_error coupled_lipschitz eta jump
  = feedback coupled_lipschitz L_x L_u (gains C eta) H (fun _ => jump + action_error).
  by rewrite feedbackE; apply: eq_bigr => h _; move: (\sum_(0 <= j < _) _) => s; ring.
by apply: feedback_le; try exact: gains_pos; try by []; move=> h _; rewrite ler_add2l.
Qed.

(* binned Lipschitz map; more than bins_off bins from the expert's label with probability mismatch, on some step *)
Theorem validated_mismatch (gl : nat -> X -> U) lipschitz bins_off mismatch : 0 <= lipschitz -> 0 <= eps_q ->
  (forall h x u, 0 <= rew h x u <= 1) ->
  (forall u v, dU u v = dU v u) -> (forall u, dU u u = 0) -> (forall u, dU u (q u) <= eps_q) ->
  (forall h x x', dU (gl h x) (gl h x') <= lipschitz * dX x x') ->
  Validated.bad_probability f mu rho piE (Validated.mismatch dU q gl eps_q bins_off) H <= mismatch ->
  `|JJ piE - JJ (Validated.binned_learner R q gl)| <= Catalog.validated_mismatch H bins_off C L_u L_x eps_q eta lipschitz mismatch.
Proof.
move=> l0 e0 r01 sym xx sup lip m; have [x0 u0] := rewards_ge0.
apply: (le_trans (@Validated.validated_mismatch R X U W f mu rho rew dX dU piE q gl eps_q lipschitz L_x L_u (gains C eta) bins_off H
  mu_dist rho_dist piE_dist r01 rew_lip (And4 x0 u0 l0 e0) dU_tri sym xx sup gains_pos stable lip)).
apply: ler_add; first by apply: ler_wpmul2l; [exact: ler0n |].
rewrite feedbackE le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => h _.
by move: (\sum_(0 <= j < _) _) => s; ring.
Qed.
End Regular.

(* the learner's own loop; the expert's action and the learner's noise are coupled in some way *)
Theorem validated_closed_loop (Xi : finType) (E : zmodType) (emb : U -> E) (nrm : E -> R) (nu : nat -> Xi -> R)
    (gl : nat -> X -> Xi -> U) (lipschitz loop_C loop_eta map_error : R) (G : nat -> X -> Xi -> U -> R) :
  (forall h, is_dist (nu h)) ->
  (forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * Noise.dist emb nrm u u') ->
  [/\ 0 <= L_x, 0 <= L_u, 0 <= lipschitz & 0 <= eps_q] -> 0 <= loop_C /\ 0 <= loop_eta ->
  (forall v w, nrm (v + w) <= nrm v + nrm w) -> (forall v, nrm (- v) = nrm v) ->
  (forall u, Noise.dist emb nrm u (q u) <= eps_q) ->
  (forall x1 us us' (xis : nat -> Xi) ws h,
    dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) loop_C * loop_eta ^+ (h.-1 - t) *
      nrm (Noise.dstb emb gl t (traj f x1 us ws t) (xis t) (us t) - Noise.dstb emb gl t (traj f x1 us' ws t) (xis t) (us' t))) ->
  (forall h x x' xi, Noise.dist emb nrm (gl h x xi) (gl h x' xi) <= lipschitz * dX x x') ->
  (forall h x, coupling (nu h) (piE h x) (G h x)) ->
  (forall h, \sum_x occ f mu rho piE h x * (\sum_xi \sum_v G h x xi v * Noise.dist emb nrm v (gl h x xi)) <= map_error) ->
  `|JJ piE - JJ (Noise.noise_policy q nu gl)|
    <= Catalog.validated_closed_loop H L_u L_x eps_q lipschitz loop_C loop_eta map_error.
Proof.
move=> nu_d lip4 c4 [c0 e0] na no sup loop gl_lip cp err.
have g0 j : 0 <= gains loop_C loop_eta j by rewrite mulr_ge0 // exprn_ge0.
apply: (le_trans (@Validated.validated_closed_loop R X U W Xi E emb nrm f mu rho rew dX piE q nu gl eps_q lipschitz L_x L_u
  (gains loop_C loop_eta) H mu_dist nu_d rho_dist piE_dist lip4 c4 na no sup g0 loop gl_lip G (fun _ => map_error) cp err)).
rewrite le_eqVlt; apply/orP; left; apply/eqP.
rewrite /Catalog.validated_closed_loop /Catalog.validated_closed_loop_drift big_add1 big_mkord; apply: eq_bigr => h _ /=.
have -> : Validated.loop_dev eps_q (gains loop_C loop_eta) (fun _ => map_error) h
  = (eps_q + map_error) * \sum_(0 <= j < h) loop_C * loop_eta ^+ j.
  by rewrite -sgapE.
by move: (\sum_(0 <= j < _) _) => s; ring.
Qed.
End Policy.

(* codes of a binned Lipschitz map do not jump further than this *)
Theorem proposition_5 (R : realFieldType) (X : Type) (U : finType) (dX : X -> X -> R) (dU : U -> U -> R) (q : U -> U) (gl : X -> U)
    (eps_q lipschitz distance : R) : 0 <= lipschitz ->
  (forall u v w, dU u w <= dU u v + dU v w) -> (forall u v, dU u v = dU v u) -> (forall u, dU u (q u) <= eps_q) ->
  (forall x x', dU (gl x) (gl x') <= lipschitz * dX x x') ->
  forall x x', dX x x' <= distance -> dU (q (gl x)) (q (gl x')) <= Catalog.proposition_5 distance eps_q lipschitz.
Proof.
move=> l0 tri sym sup lip x x' near.
have -> : Catalog.proposition_5 distance eps_q lipschitz = eps_q + (lipschitz * distance + eps_q).
  by rewrite /Catalog.proposition_5 /Catalog.proposition_5_smoothness /Catalog.proposition_5_quantization; ring.
apply: (le_trans (tri _ (gl x) _)); apply: ler_add; first by rewrite sym.
apply: (le_trans (tri _ (gl x') _)); apply: ler_add => //.
by apply: (le_trans (lip _ _)); apply: ler_wpmul2l.
Qed.
