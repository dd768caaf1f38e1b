(* The catalog's statements about a learner that maximises the likelihood of the labels, other than those of Statements.v:
   coupled-Lipschitz and noisy maps, closed loops, greedy decoding, small gain, smooth kernels, average errors, raw actions.
   Each bound is the term printed from the catalog; a stands for exp(-x). *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Deterministic Learners Trajectories
  MasterForms SimpleForms Statements.
From Quantbc Require Catalog Noise OtherBounds Comparison AverageError BothSigns RandomHazards StochasticLabels.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- policies that agree pointwise ---------- *)
Section Same.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew piE pi pi' : nat -> X -> U -> R) (q : U -> U).
Hypothesis same : forall h x u, pi h x u = pi' h x u.
Lemma J_same H : J f mu rho rew pi H = J f mu rho rew pi' H.
Proof.
apply: eq_bigr => x _; congr (_ * _); elim: H 0%N x => //= n IH h x; apply: eq_bigr => u _; rewrite same.
by congr (_ * (_ + _)); apply: eq_bigr => w _; rewrite IH.
Qed.
Lemma TV_same H : TV f mu rho piE pi q H = TV f mu rho piE pi' q H.
Proof.
congr (_ / _); apply: eq_bigr => s _; congr (`|_ - _|).
elim: H 0%N rho s => //= n IH h l s; by rewrite same IH.
Qed.
End Same.

(* ---------- sums of constant inputs ---------- *)
Section Terms.
Variables (R : realFieldType) (C eta ell L Lx Lu e : R).
Lemma Gcl_gains h : Noise.Gcl (gains C eta) h = \sum_(0 <= j < h) C * eta ^+ j.
Proof. by rewrite /Noise.Gcl -(big_mkord xpredT (gains C eta)). Qed.

Lemma loopE H : \sum_(h < H) ((Lx + ell * Lu) * (3%:R * e * Noise.Gcl (gains C eta) h) + 3%:R * e * Lu) = \sum_(1 <= h < H.+1)
  (Lu * (3%:R * e * ell * (\sum_(0 <= j < h.-1) C * eta ^+ j) + 3%:R * e) + 3%:R * Lx * e * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Proof. by rewrite big_add1 big_mkord; apply: eq_bigr => h _ /=; rewrite Gcl_gains; move: (\sum_(0 <= j < _) _) => s; ring. Qed.

Lemma sgapE t : Comparison.sgap (gains C eta) (fun _ => e) t = e * \sum_(0 <= j < t) C * eta ^+ j.
Proof.
rewrite /Comparison.sgap big_mkord mulr_sumr (reindex_inj rev_ord_inj) /=; apply: eq_bigr => j _.
have -> : (t.-1 - (t - j.+1))%N = j by case: t j => [[]//|t] j /=; rewrite subSS subKn // -ltnS.
by rewrite /gains mulrC.
Qed.

Lemma partedE H : L * (\sum_(t < H) (H - t)%:R * Comparison.sgap (gains C eta) (fun _ => e) t)
  = \sum_(2 <= t < H.+1) L * e * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j).
Proof.
case: H => [|H]; first by rewrite big_ord0 mulr0 big_geq.
rewrite big_ord_recl /Comparison.sgap big_ord0 mulr0 add0r mulr_sumr 2!big_add1 big_mkord; apply: eq_bigr => t _ /=.
rewrite -/(Comparison.sgap _ (fun _ => e) _) sgapE /bump /= add1n natrB; last by rewrite ltnS ltnW.
by move: (\sum_(0 <= j < _) _) => s; rewrite !mulrS; ring.
Qed.

Lemma movedE H : \sum_(h < H) (Lx * Comparison.sgap (gains C eta) (fun _ => e) h + Lu * e)
  = \sum_(1 <= h < H.+1) (Lu * e + Lx * e * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Proof. by rewrite big_add1 big_mkord; apply: eq_bigr => h _ /=; rewrite sgapE; move: (\sum_(0 <= j < _) _) => s; ring. Qed.

Lemma averagesE H : L * (\sum_(t < H) (H - t)%:R * Comparison.sgap (gains C eta) (fun _ => e) t)
    + \sum_(h < H) (Lx * Comparison.sgap (gains C eta) (fun _ => e) h + Lu * e)
  = \sum_(2 <= t < H.+1) L * e * (H%:R - t%:R + 1) * (\sum_(0 <= j < t.-1) C * eta ^+ j)
    + \sum_(1 <= h < H.+1) (Lu * e + Lx * e * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Proof. by rewrite partedE movedE. Qed.
End Terms.

Section Learner.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE : nat -> X -> U -> R).
Variables (q : U -> U) (C eta eps_q L_x L_u : R).
Variables (Pi : finType) (pol : Pi -> nat -> X -> U -> R) (star : Pi) (H n : nat) (a : R).

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis pol_dist : forall p h x, is_dist (pol p h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis realizable : forall h x c, pol star h x c = piQ piE q h x c.
Hypothesis a01 : 0 <= a <= 1.
Variable hat : data (path X U H) n -> Pi.
Hypothesis mle : forall (d : data (path X U H) n) p,
  \prod_i labels (pol p) 0 (d i) <= \prod_i labels (pol (hat d)) 0 (d i).

Local Notation JJ pi := (J f mu rho rew pi H).
Local Notation regret p := (JJ piE - JJ (pol p)).
Local Notation Pr := (prob f mu rho piE q (H:=H) (n:=n)).
Local Notation deterministic pi := (forall h x c, pi h x c = 0 \/ pi h x c = 1).
Local Notation near p := (a <= aff (fun p => @law R X U W f mu piE q (pol p) H 0 rho) star p).
Local Notation tvd pi := (TV f mu rho piE pi q H).

Lemma class_radius p : (forall p, deterministic (pol p)) -> near p -> tvd (pol p) <= 1 - a.
Proof.
move=> dc nr; have det h x c : piQ piE q h x c = 0 \/ piQ piE q h x c = 1 by rewrite -realizable; exact: dc.
rewrite (deterministic_class f H mu_dist rho_dist piE_dist (pol_dist p) det (dc p)).
by move: nr; rewrite (aff_observed f mu rho H realizable) ler_subr_addl addrC -ler_subr_addl.
Qed.

(* deployed policy, radius and the rest of the bound *)
Lemma learnt (dep : Pi -> nat -> X -> U -> R) rad rest : (forall p, near p -> tvd (dep p) <= rad) ->
  (forall p, `|JJ piE - JJ (dep p)| <= H%:R * tvd (dep p) + rest) ->
  Pr (fun d => H%:R * rad + rest < `|JJ piE - JJ (dep (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> nr B; apply: (learner_any mu_dist rho_dist piE_dist pol_dist realizable a01 mle (reg := fun p => `|JJ piE - JJ (dep p)|)) => p ap.
by apply: (le_trans (B p)); rewrite ler_add2r; apply: ler_wpmul2l; [exact: ler0n | exact: nr].
Qed.

Lemma stochastic p : near p -> tvd (pol p) <= Num.sqrt (1 - a ^+ 2).
Proof. exact: stochastic_radius. Qed.

Lemma greedy_radius (gr : nat -> X -> U) p : deterministic (piQ piE q) -> (forall h x c, pol p h x c <= pol p h x (gr h x)) ->
  near p -> tvd (point R gr) <= Num.min 1 ((1 - a) * (Num.sqrt 2%:R + 2%:R)).
Proof.
move=> det greedy nr; rewrite (greedy_tv f H mu_dist rho_dist piE_dist det) le_minr; apply/andP; split.
  have [q_0 q_1] := law_dist f q mu_dist piE_dist H 0 (piQ_dist q piE_dist) rho_dist.
  by rewrite -q_1 [X in _ <= X](bigID (errs gr 0)) /= ler_addl sumr_ge0.
apply: (le_trans (greedy_error f H mu_dist rho_dist piE_dist (pol_dist p) det greedy)).
set s := Num.sqrt 2%:R; have s2 : s ^+ 2 = 2%:R by rewrite sqr_sqrtr // ler0n.
have s0 : 0 <= s by exact: sqrtr_ge0.
have d0 : 0 < 2%:R - s by rewrite subr_gt0 -(@ltr_pexpn2r _ 2) ?nnegrE ?ler0n // s2 -natrX ltr_nat.
rewrite ler_pdivr_mulr //.
have -> : (1 - a) * (s + 2%:R) * (2%:R - s) = (1 - a) * 2%:R.
  have -> : (1 - a) * (s + 2%:R) * (2%:R - s) = (1 - a) * (4%:R - s ^+ 2) by ring.
  by rewrite s2 -(natrB _ (isT : (2 <= 4)%N)).
by move: nr; rewrite (aff_observed f mu rho H realizable) -ler_pdivr_mulr ?ltr0n // ler_subr_addl addrC -ler_subr_addl.
Qed.

(* ---------- a kernel that is Lipschitz in the action, in total variation; any policy ---------- *)
Theorem smooth_kernel L_P : 0 <= L_P -> 0 <= L_u -> 0 <= eps_q ->
  (forall u, dU u u = 0) -> (forall u, dU u (q u) <= eps_q) ->
  (forall h x u u', `|rew h x u - rew h x u'| <= L_u * dU u u') ->
  (forall h x u u', tv (next f mu h x u) (next f mu h x u') <= L_P * dU u u') ->
  Pr (fun d => Catalog.smooth_kernel H L_P L_u a eps_q < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> l0 u0 e0 xx sup lip smooth.
have B p := OtherBounds.smooth_kernel mu_dist rho_dist piE_dist (pol_dist p) rew01 lip (And3 l0 u0 e0) xx sup smooth H.
suff -> : Catalog.smooth_kernel H L_P L_u a eps_q = H%:R * Num.sqrt (1 - a ^+ 2)
    + (\sum_(h < H) (1 - (1 - Num.min 1 (L_P * eps_q)) ^+ h) + H%:R * (L_u * eps_q)).
  by apply: (learnt (rad := Num.sqrt (1 - a ^+ 2))) => p; [exact: stochastic | rewrite addrA; exact: B].
rewrite /Catalog.smooth_kernel -addrA; congr (_ + (_ + _)); last by rewrite /Catalog.smooth_kernel_drift sumr_const_nat subSS subn0 mulr_natl.
rewrite /Catalog.smooth_kernel_decoupling big_add1 big_mkord; apply: eq_bigr => h _.
by rewrite prodr_const_nat subSS subn1.
Qed.

(* ---------- raw actions of a deterministic expert ---------- *)
Theorem foster_log_loss : (forall u, q u = u) -> deterministic piE ->
  Pr (fun d => Catalog.foster_log_loss H a < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> raw det; have lab h x c : piQ piE q h x c = piE h x c.
  by rewrite /piQ (eq_bigl (fun v => v == c)) ?big_pred1_eq // => v; rewrite raw.
have kapE h x c v : kap piE q h x c v = (v == c)%:R.
  rewrite /kap lab raw; case: eqP => // /eqP nz; case: eqP => [->|_]; last by rewrite !mul0r.
  by rewrite mul1r divff.
have B p : `|JJ piE - JJ (pol p)| <= H%:R * tvd (pol p) + 0.
  have := imitation2 f q H mu_dist rho_dist (pol_dist p) piE_dist rew01; rewrite addr0.
  rewrite (J_same f mu rho rew (pi := deq piE q (pol p)) (pi' := pol p)) // => h x v.
  rewrite /deq; under eq_bigr => c _ do rewrite kapE mulrC.
  exact: sum_at.
have -> : Catalog.foster_log_loss H a = H%:R * (1 - a ^+ 2) + 0 by rewrite addr0.
by apply: (learnt (rad := 1 - a ^+ 2) _ B) => p; apply: deterministic_radius => // h x c; rewrite lab.
Qed.

(* ---------- regular rewards and a triangle inequality between actions ---------- *)
Section Regular.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dU u u'.
Hypothesis rewards_ge0 : 0 <= L_x /\ 0 <= L_u.
Hypothesis gains_ge0 : 0 <= C /\ 0 <= eta.
Hypothesis stable : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) C * eta ^+ (h.-1 - t) * dU (us t) (us' t).
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.

Lemma gains_pos j : 0 <= gains C eta j.
Proof. by have [c0 e0] := gains_ge0; rewrite mulr_ge0 // exprn_ge0. Qed.

(* average errors, deterministic labels; rate bounds the exponent: 1 - rate <= a *)
Theorem average_error L average_error rate : 0 <= L -> 1 - rate <= a -> deterministic (piQ piE q) ->
  (forall t, AverageError.expert_error f mu rho dU piE q t <= average_error) ->
  (forall p h x x', exists G : U -> U -> R,
    [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
        forall u', \sum_u G u u' = pol p h x' u' & \sum_u \sum_u' G u u' * (u != u')%:R <= L * dX x x']) ->
  Pr (fun d => Catalog.average_error H C L L_u L_x average_error eta rate < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> L0 ra det err tvc; have [x0 u0] := rewards_ge0; have /andP [a0 a1] := a01.
have B p := BothSigns.average_error_deterministic_both mu_dist rho_dist piE_dist (pol_dist p) rew01 rew_lip (And3 L0 x0 u0)
  dU_ge0 gains_pos stable (tvc p) err H det.
set rest := _ + _ in B; have -> : Catalog.average_error H C L L_u L_x average_error eta rate = H%:R * (2%:R * rate) + rest.
  by rewrite /rest averagesE /Catalog.average_error /Catalog.average_error_imitation addrA; congr (_ + _ + _); rewrite mulrCA mulrA.
apply: learnt => p; last by have := B p; rewrite !return_is_expectation.
move=> nr; apply: le_trans (deterministic_simple a01 ra); exact: deterministic_radius.
Qed.

(* average errors, stochastic labels: the price of random hazards; of the logarithm ln only its tangents are used *)
Section Priced.
Variables (L : R) (ln : R -> R).
Hypothesis L_ge0 : 0 <= L.
Hypothesis ln1 : ln 1 = 0.
Hypothesis ln_tangent : forall x y, 0 < x -> x <= y -> y <= 1 -> 1 - x / y <= ln y - ln x.
Hypothesis tvc : forall p h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
      forall u', \sum_u G u u' = pol p h x' u' & \sum_u \sum_u' G u u' * (u != u')%:R <= L * dX x x'].
Local Notation s := (Num.sqrt (1 - a ^+ 2)).
Local Notation error := (AverageError.expert_error f mu rho dU piE q).
Local Notation gap e := (Comparison.sgap (gains C eta) e).

Lemma priced (e : nat -> R) B F : (forall t, 0 <= e t) -> (forall t, error t <= e t) ->
  L * (\sum_(t < H) (H - t)%:R * gap e t) <= B -> \sum_(h < H) (L_x * gap e h + L_u * e h) <= F ->
  Pr (fun d => Num.min (StochasticLabels.price H B s ln) (H%:R * Num.sqrt (32%:R - 32%:R * a)) + B + F < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> e0 err leB leF; have [x0 u0] := rewards_ge0; have /andP [a0 a1] := a01.
apply: (learner_any mu_dist rho_dist piE_dist pol_dist realizable a01 mle (reg := fun p => `|regret p|)) => p nr.
have rad : tvd (pol p) <= s by exact: stochastic.
have s1 : s <= 1 by rewrite -[X in _ <= X]sqrtr1; apply: ler_wsqrtr; rewrite ler_subl_addr ler_addl sqr_ge0.
set D := Num.sqrt (2%:R * (1 - a)); have D0 : 0 <= D by exact: sqrtr_ge0.
have d0 : 0 <= 2%:R * (1 - a) by rewrite mulr_ge0 ?ler0n // subr_ge0.
have hD : hell2 (@law R X U W f mu piE q (pol p) H 0 rho) (@law R X U W f mu piE q (piQ piE q) H 0 rho) <= D ^+ 2.
  rewrite sqr_sqrtr // mulrC -ler_pdivr_mulr ?ltr0n // ler_subr_addl addrC -ler_subr_addl.
  by move: nr; rewrite (aff_observed f mu rho H realizable).
have B0 : 0 <= B by apply: le_trans leB; exact: (StochasticLabels.parted_ge0 H gains_pos e0 L_ge0).
have one rw : (forall h x u, 0 <= rw h x u <= 1) ->
    (forall h x u x' u', `|rw h x u - rw h x' u'| <= L_x * dX x x' + L_u * dU u u') ->
    J f mu rho rw piE H - J f mu rho rw (pol p) H
      <= Num.min (StochasticLabels.price H B s ln) (H%:R * Num.sqrt (32%:R - 32%:R * a)) + B + F.
  move=> rw01 rwl; pose z := J f mu rho rw piE H - J f mu rho rw (pol p) H.
  have cap c : 1 <= c -> z <= H%:R * (\sum_x RandomHazards.weighted f mu (piQ piE q) (pol p) (kap piE q) c
      (fun a _ o => Comparison.pos a o) H 0 x (rho x) (rho x) (rho x)) + (c * B + F).
    move=> c1; apply: (le_trans (StochasticLabels.capped mu_dist rho_dist piE_dist (pol_dist p) rw01 rwl
      (And3 L_ge0 x0 u0) dU_ge0 gains_pos stable (tvc p) err H c1)).
    by rewrite ler_add2l; apply: ler_add => //; apply: ler_wpmul2l => //; exact: le_trans c1.
  rewrite -addrA -ler_subl_addr le_minr; apply/andP; split; rewrite ler_subl_addr addrA.
    exact: (StochasticLabels.priced mu_dist rho_dist piE_dist (pol_dist p) cap B0 rad s1 ln1 ln_tangent).
  apply: (le_trans (StochasticLabels.form_hellinger mu_dist rho_dist piE_dist (pol_dist p) cap D0 hD)).
  have -> : 32%:R - 32%:R * a = 4%:R ^+ 2 * (2%:R * (1 - a)) by ring.
  rewrite [Num.sqrt (_ * (2%:R * _))]sqrtrM ?sqr_ge0 // sqrtr_sqr (ger0_norm (ler0n _ 4)) -/D.
  by rewrite !ler_add2r mulrA [H%:R * _]mulrC.
by apply: both_sides => //; [exact: (one _ rew01 rew_lip) | exact: (one _ (co01 rew01) (co_lip rew_lip))].
Qed.

(* at most average_error at every step *)
Theorem average_error_stochastic average_error : 0 <= average_error -> (forall t, error t <= average_error) ->
  Pr (fun d => Catalog.average_error_stochastic ln H C L L_u L_x a average_error eta < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> e0 err; have := priced (fun _ => e0) err (lexx _) (lexx _); rewrite partedE movedE.
exact.
Qed.

(* at most horizon_average_error on average over the steps *)
Theorem theorem_2_average horizon_average_error : 0 <= horizon_average_error ->
  \sum_(t < H) error t <= H%:R * horizon_average_error ->
  Pr (fun d => Catalog.theorem_2_average ln H C L L_u L_x a eta horizon_average_error < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> h0 total; have [x0 u0] := rewards_ge0; set m := horizon_average_error in h0 total *.
have e0 t : 0 <= error t.
  have od := occ_dist f t mu_dist rho_dist piE_dist.
  by apply: avg_ge0 => // x; apply: avg_ge0.
have leB := StochasticLabels.parted_worst gains_pos e0 total L_ge0.
have leF := StochasticLabels.drift_worst gains_pos e0 total x0 u0.
have := priced e0 (fun t => lexx _) leB leF.
set S := \sum_(j < _) gains C eta j; set M := \sum_(j < _) (_ * L * _).
have SE : \sum_(0 <= j < H.-1) C * eta ^+ j = S by rewrite big_mkord.
have ME : M = L * \sum_(0 <= j < H.-1) C * eta ^+ j * (H%:R - j%:R - 1).
  rewrite /M mulr_sumr big_mkord; apply: eq_bigr => j _; rewrite /gains.
  have -> : (H.-1 - j)%:R = H%:R - j%:R - 1 :> R.
    case: H j => [[]//|n'] j /=; rewrite natrB; last exact: ltnW.
    by rewrite mulrS; ring.
  by move: (eta ^+ j) (H%:R - j%:R - 1) => t1 t2; ring.
rewrite /Catalog.theorem_2_average /Catalog.theorem_2_average_imitation /Catalog.theorem_2_average_decoupling.
rewrite /Catalog.theorem_2_average_drift SE ME; set T := \sum_(0 <= j < _) _.
have -> : 2%:R * H%:R * Num.sqrt L * Num.sqrt m * Num.sqrt (s * T) = 2%:R * Num.sqrt H%:R * Num.sqrt (s * (H%:R * m * (L * T))).
  rewrite -{1}[H%:R](sqr_sqrtr (ler0n R H)) !sqrtrM ?mulr_ge0 ?ler0n ?sqrtr_ge0 //.
  by move: (Num.sqrt L) (Num.sqrt m) (Num.sqrt s) (Num.sqrt T) (Num.sqrt H%:R) => t1 t2 t3 t4 t5; ring.
have -> : H%:R * L * m * T = H%:R * m * (L * T) by ring.
exact.
Qed.
End Priced.

Section SupError.
Hypothesis eps_ge0 : 0 <= eps_q.
Hypothesis sup_error : forall u, dU u (q u) <= eps_q.

(* coupled-Lipschitz labels *)
Section Coupled.
Variables (coupled_lipschitz jump : R).
Hypothesis cl_ge0 : 0 <= coupled_lipschitz.
Hypothesis coupled : forall p h x x', exists G, coupling (pol p h x) (pol p h x') G /\
  \sum_u \sum_u' G u u' * dU u u' <= coupled_lipschitz * dX x x' + jump.
Local Notation F := (feedback coupled_lipschitz L_x L_u (gains C eta) H (fun _ => jump + eps_q)).

Lemma coupled_bound p : `|regret p| <= H%:R * tvd (pol p) + F.
Proof.
have [x0 u0] := rewards_ge0.
exact: (Lipschitz.wasserstein H mu_dist rho_dist (pol_dist p) rew_lip (And3 x0 u0 cl_ge0) dU_tri gains_pos stable (coupled p)
  piE_dist rew01 dU_xx sup_error eps_ge0).
Qed.

Lemma coupledE : F = Catalog.wasserstein_drift H C L_u L_x coupled_lipschitz eps_q eta jump.
Proof. by rewrite feedbackE; apply: eq_bigr => h _; move: (\sum_(0 <= j < _) _) => s; ring. Qed.

Theorem wasserstein :
  Pr (fun d => Catalog.wasserstein H C L_u L_x a coupled_lipschitz eps_q eta jump < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof. by rewrite /Catalog.wasserstein -coupledE; apply: learnt coupled_bound; exact: stochastic. Qed.

Theorem wasserstein_deterministic : (forall p, deterministic (pol p)) ->
  Pr (fun d => Catalog.wasserstein_deterministic H C L_u L_x a coupled_lipschitz eps_q eta jump < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> dc; have -> : Catalog.wasserstein_deterministic H C L_u L_x a coupled_lipschitz eps_q eta jump = H%:R * (1 - a) + F.
  by rewrite coupledE.
by apply: learnt coupled_bound => p; exact: class_radius.
Qed.
End Coupled.

(* greedy decoding *)
Section Greedy.
Variable gr : Pi -> nat -> X -> U.
Hypothesis greedy : forall p h x c, pol p h x c <= pol p h x (gr p h x).
Hypothesis det : deterministic (piQ piE q).
Local Notation greedy_regret p := (JJ piE - JJ (point R (gr p))).

Theorem wasserstein_greedy coupled_lipschitz jump : 0 <= coupled_lipschitz ->
  (forall p h x x', dU (gr p h x) (gr p h x') <= coupled_lipschitz * dX x x' + jump) ->
  Pr (fun d => Catalog.wasserstein_greedy H C L_u L_x a coupled_lipschitz eps_q eta jump < `|greedy_regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> l0 lip; have [x0 u0] := rewards_ge0.
have pd p h x : is_dist (point R (gr p) h x) := point_dist R (gr p) h x.
have cl p h x x' : exists G, coupling (point R (gr p) h x) (point R (gr p) h x') G /\
  \sum_u \sum_u' G u u' * dU u u' <= coupled_lipschitz * dX x x' + jump.
  exists (fun u u' => point R (gr p) h x u * point R (gr p) h x' u'); split.
    split=> [u u'|u|u']; first by rewrite mulr_ge0 ?ler0n.
      by rewrite -mulr_sumr (proj2 (pd p h x')) mulr1.
    by rewrite -mulr_suml (proj2 (pd p h x)) mul1r.
  under eq_bigr => u _ do (under eq_bigr => u' _ do rewrite -mulrA; rewrite -mulr_sumr /point).
  under eq_bigr => u _ do (rewrite eq_sym; under eq_bigr => u' _ do rewrite eq_sym; rewrite (sum_at _ (fun u' => dU u u'))).
  by rewrite (sum_at _ (fun u => dU u (gr p h x'))).
have B p := Lipschitz.wasserstein H mu_dist rho_dist (pd p) rew_lip (And3 x0 u0 l0) dU_tri gains_pos stable (cl p)
  piE_dist rew01 dU_xx sup_error eps_ge0.
have -> : Catalog.wasserstein_greedy H C L_u L_x a coupled_lipschitz eps_q eta jump
  = H%:R * Num.min 1 ((1 - a) * (Num.sqrt 2%:R + 2%:R))
    + feedback coupled_lipschitz L_x L_u (gains C eta) H (fun _ => jump + eps_q) by rewrite coupledE.
by apply: (learnt (dep := fun p => point R (gr p)) _ B) => p; apply: greedy_radius => //; exact: greedy.
Qed.

Theorem theorem_3_greedy k L : 0 <= k -> 0 <= L ->
  (forall p h x x', (((k * eps_q < dU (gr p h x) (gr p h x'))%R : nat)%:R <= L * dX x x')) ->
  Pr (fun d => Catalog.theorem_3_greedy H C L L_u L_x a eps_q eta k < `|greedy_regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> k0 L0 rt; have [x0 u0] := rewards_ge0.
have pd p h x : is_dist (point R (gr p) h x) := point_dist R (gr p) h x.
have rtvc p h x x' : exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = point R (gr p) h x u,
      forall u', \sum_u G u u' = point R (gr p) h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps_q < dU u u')%R : nat)%:R <= L * dX x x'].
  exists (fun u u' => point R (gr p) h x u * point R (gr p) h x' u'); split=> [u u'|u|u'|].
  - by rewrite mulr_ge0 ?ler0n.
  - by rewrite -mulr_sumr (proj2 (pd p h x')) mulr1.
  - by rewrite -mulr_suml (proj2 (pd p h x)) mul1r.
  under eq_bigr => u _ do (under eq_bigr => u' _ do rewrite -mulrA; rewrite -mulr_sumr /point).
  under eq_bigr => u _ do (rewrite eq_sym; under eq_bigr => u' _ do rewrite eq_sym;
    rewrite (sum_at _ (fun u' => ((k * eps_q < dU u u')%R : nat)%:R))).
  by rewrite (sum_at _ (fun u => ((k * eps_q < dU u (gr p h x'))%R : nat)%:R)).
have -> : Catalog.theorem_3_greedy H C L L_u L_x a eps_q eta k = H%:R * Num.min 1 ((1 - a) * (Num.sqrt 2%:R + 2%:R))
  + (decoupling eps_q k (gains C eta) (linear L) H + drift eps_q k L_x L_u (gains C eta) H).
  by rewrite addrA decouplingE driftE.
apply: (learnt (dep := fun p => point R (gr p))) => p; first by apply: greedy_radius => //; exact: greedy.
rewrite addrA; exact: (linear_master H mu_dist rho_dist piE_dist (pd p) rew01 rew_lip rewards_ge0 gains_ge0 eps_ge0 dU_tri dU_xx
  sup_error stable k0 L0 (rtvc p)).
Qed.
End Greedy.

(* binned Lipschitz maps and a small gain *)
Theorem small_gain (gl : Pi -> nat -> X -> U) lipschitz : 0 <= lipschitz -> eta < 1 -> C * lipschitz + eta < 1 ->
  (forall u v, dU u v = dU v u) ->
  (forall p h x x', dU (gl p h x) (gl p h x') <= lipschitz * dX x x') ->
  (forall p h x c, pol p h x c = (c == q (gl p h x))%:R) ->
  Pr (fun d => Catalog.small_gain H C L_u L_x a eps_q eta lipschitz < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> l0 e1 small sym lip polE; have [x0 u0] := rewards_ge0; have [c0 e0] := gains_ge0.
have m0 : 0 < 1 - eta by rewrite subr_gt0.
have top h : Gamma (gains C eta) h <= C / (1 - eta) by apply: Gamma_top => //; rewrite e0.
have contracts : lipschitz * (C / (1 - eta)) < 1.
  by rewrite mulrA ltr_pdivr_mulr // mul1r ltr_subr_addr mulrC.
have dc p h x c : pol p h x c = 0 \/ pol p h x c = 1 by rewrite polE; case: eqP; [right|left].
have B p := MasterForms.small_gain mu_dist rho_dist piE_dist (pol_dist p) rew01 rew_lip (And3 x0 u0 eps_ge0) dU_tri dU_xx
  sup_error gains_pos stable sym l0 (polE p) (lip p) top contracts H.
set rest := \sum_(h < H) _ in B.
have -> : Catalog.small_gain H C L_u L_x a eps_q eta lipschitz = H%:R * (1 - a) + rest; last first.
  by apply: learnt B => p; exact: class_radius.
congr (_ + _); rewrite /rest /Catalog.small_gain_drift big_add1 big_mkord; apply: eq_bigr => h _ /=.
have -> : Gamma (gains C eta) h = \sum_(0 <= j < h) C * eta ^+ j by rewrite /Gamma -(big_mkord xpredT (gains C eta)).
have nz : 1 - eta != 0 by rewrite gt_eqF.
have -> : small_gain_radius eps_q lipschitz (C / (1 - eta)) = 3%:R * eps_q * (1 - eta) / (- (C * lipschitz) - eta + 1).
  have dE : - (C * lipschitz) - eta + 1 = (1 - eta) * (1 - lipschitz * (C / (1 - eta))).
    by rewrite mulrBr mulr1 mulrCA [(1 - eta) * _]mulrCA divff // mulr1; ring.
  have c1 : 1 - lipschitz * (C / (1 - eta)) != 0 by rewrite gt_eqF // subr_gt0.
  by rewrite /small_gain_radius dE invfM [RHS]mulrA mulfK.
by move: (\sum_(0 <= j < _) _) (_^-1) => s i; ring.
Qed.

(* the same for any relaxation k that leaves room for the jumps *)
Theorem proposition_5_corollary (gl : Pi -> nat -> X -> U) lipschitz k : 0 <= lipschitz -> 0 <= k -> eta < 1 ->
  lipschitz * C * (k + 1) <= (k - 2%:R) * (1 - eta) ->
  (forall u v, dU u v = dU v u) ->
  (forall p h x x', dU (gl p h x) (gl p h x') <= lipschitz * dX x x') ->
  (forall p h x c, pol p h x c = (c == q (gl p h x))%:R) ->
  Pr (fun d => Catalog.proposition_5_corollary H C L_u L_x a eps_q eta k < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> l0 k0 e1 room sym lip polE; have [x0 u0] := rewards_ge0; have [c0 e0] := gains_ge0.
have m0 : 0 < 1 - eta by rewrite subr_gt0.
have top h : Gamma (gains C eta) h <= C / (1 - eta) by apply: Gamma_top => //; rewrite e0.
have dc p h x c : pol p h x c = 0 \/ pol p h x c = 1 by rewrite polE; case: eqP; [right|left].
have r0 : 0 <= (k + 1) * eps_q by rewrite mulr_ge0 // addr_ge0 ?ler01.
have rE : lipschitz * (C / (1 - eta)) * ((k + 1) * eps_q) + 3%:R * eps_q <= (k + 1) * eps_q.
  have le : lipschitz * (C / (1 - eta)) * (k + 1) <= k - 2%:R.
    by rewrite mulrA mulrAC ler_pdivr_mulr.
  have -> : (k + 1) * eps_q = (k - 2%:R) * eps_q + 3%:R * eps_q by ring.
  rewrite ler_add2r; apply: (le_trans _ (ler_wpmul2r eps_ge0 le)).
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
have B p := MasterForms.absorbed mu_dist rho_dist piE_dist (pol_dist p) rew01 rew_lip (And3 x0 u0 eps_ge0) dU_tri dU_xx
  sup_error gains_pos stable sym l0 (polE p) (lip p) top H r0 rE.
set rest := \sum_(h < H) _ in B.
have -> : Catalog.proposition_5_corollary H C L_u L_x a eps_q eta k = H%:R * (1 - a) + rest; last first.
  by apply: learnt B => p; exact: class_radius.
congr (_ + _); rewrite /rest /Catalog.proposition_5_corollary_drift big_add1 big_mkord; apply: eq_bigr => h _ /=.
have -> : Gamma (gains C eta) h = \sum_(0 <= j < h) C * eta ^+ j by rewrite /Gamma -(big_mkord xpredT (gains C eta)).
by move: (\sum_(0 <= j < _) _) => s; ring.
Qed.

(* noise shared by both chains *)
Section Noisy.
Variables (Xi : finType) (nu : nat -> Xi -> R) (gl : Pi -> nat -> X -> Xi -> U) (lipschitz : R).
Hypothesis nu_dist : forall h, is_dist (nu h).
Hypothesis lip_ge0 : 0 <= lipschitz.
Hypothesis noisy : forall p h x c, pol p h x c = Noise.noise_policy q nu (gl p) h x c.

Theorem common_noise : (forall u v, dU u v = dU v u) ->
  (forall p h x x' xi, dU (gl p h x xi) (gl p h x' xi) <= lipschitz * dX x x') ->
  Pr (fun d => Catalog.common_noise H C L_u L_x a eps_q eta lipschitz < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> sym lip; have [x0 u0] := rewards_ge0.
have -> : Catalog.common_noise H C L_u L_x a eps_q eta lipschitz = H%:R * Num.sqrt (1 - a ^+ 2)
  + feedback lipschitz L_x L_u (gains C eta) H (fun _ => 3%:R * eps_q).
  by rewrite feedbackE; congr (_ + _); apply: eq_bigr => h _; move: (\sum_(0 <= j < _) _) => s; ring.
apply: learnt => p; first exact: stochastic.
rewrite (J_same f mu rho rew (noisy p)) (TV_same f mu rho piE q (noisy p)).
exact: (Noise.common_noise H mu_dist nu_dist rho_dist piE_dist rew01 rew_lip (And4 x0 u0 lip_ge0 eps_ge0) dU_tri sym dU_xx
  sup_error gains_pos stable (lip p)).
Qed.
End Noisy.
End SupError.

(* average error: the worst error of an action the expert plays is eps_max *)
Theorem wasserstein_average coupled_lipschitz jump average_error eps_max : 0 <= coupled_lipschitz -> 0 <= eps_max ->
  (forall p h x x', exists G, coupling (pol p h x) (pol p h x') G /\
    \sum_u \sum_u' G u u' * dU u u' <= coupled_lipschitz * dX x x' + jump) ->
  (forall h x v, 0 < piE h x v -> dU v (q v) <= eps_max) ->
  (forall h, ebar f mu rho dU piE q h <= average_error) ->
  Pr (fun d => Catalog.wasserstein_average H C L_u L_x a average_error coupled_lipschitz eps_max eta jump < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> l0 m0 cl worst av; have [x0 u0] := rewards_ge0; set s := Num.sqrt (1 - a ^+ 2).
have -> : Catalog.wasserstein_average H C L_u L_x a average_error coupled_lipschitz eps_max eta jump
  = H%:R * s + feedback coupled_lipschitz L_x L_u (gains C eta) H (fun _ => average_error + eps_max * s + jump).
  rewrite feedbackE; congr (_ + _); apply: eq_bigr => h _; rewrite -/s.
  by move: (\sum_(0 <= j < _) _) => S; ring.
apply: (learner_any mu_dist rho_dist piE_dist pol_dist realizable a01 mle (reg := fun p => `|regret p|)) => p nr.
have tv_s := stochastic nr.
apply: (le_trans (Lipschitz.wasserstein_average H mu_dist rho_dist (pol_dist p) rew_lip (And3 x0 u0 l0) dU_tri gains_pos stable
  (cl p) piE_dist rew01 dU_xx dU_ge0 m0 worst)).
apply: ler_add; first by apply: ler_wpmul2l; [exact: ler0n | exact: tv_s].
apply: feedback_le; try exact: gains_pos; try by [].
by move=> h _; rewrite -addrA addrC; apply: ler_add => //; apply: ler_add => //; exact: ler_wpmul2l.
Qed.
End Regular.

(* ---------- the loop that the learner closes ---------- *)
Section ClosedLoop.
Variables (Xi : finType) (nu : nat -> Xi -> R) (gl : Pi -> nat -> X -> Xi -> U) (E : zmodType) (emb : U -> E) (nrm : E -> R).
Variables (lipschitz loop_C loop_eta : R).
Local Notation dst := (Noise.dist emb nrm).
Hypothesis nu_dist : forall h, is_dist (nu h).
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dst u u'.
Hypothesis constants : [/\ 0 <= L_x, 0 <= L_u, 0 <= lipschitz & 0 <= eps_q].
Hypothesis loop_ge0 : 0 <= loop_C /\ 0 <= loop_eta.
Hypothesis norm_add : forall v w, nrm (v + w) <= nrm v + nrm w.
Hypothesis norm_opp : forall v, nrm (- v) = nrm v.
Hypothesis norm_0 : nrm 0 = 0.
Hypothesis sup_error : forall u, dst u (q u) <= eps_q.
(* gains of the loop x' = f(x, g(x, xi) + d, w) in the disturbance d, for every policy of the class *)
Hypothesis loop : forall p x1 us us' (xis : nat -> Xi) ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) loop_C * loop_eta ^+ (h.-1 - t) *
    nrm (Noise.dstb emb (gl p) t (traj f x1 us ws t) (xis t) (us t) - Noise.dstb emb (gl p) t (traj f x1 us' ws t) (xis t) (us' t)).
Hypothesis lip : forall p h x x' xi, dst (gl p h x xi) (gl p h x' xi) <= lipschitz * dX x x'.
Hypothesis noisy : forall p h x c, pol p h x c = Noise.noise_policy q nu (gl p) h x c.
Local Notation rest := (\sum_(h < H) ((L_x + lipschitz * L_u) * (3%:R * eps_q * Noise.Gcl (gains loop_C loop_eta) h) + 3%:R * eps_q * L_u)).

Lemma loop_bound p : `|regret p| <= H%:R * tvd (pol p) + rest.
Proof.
have g0 j : 0 <= gains loop_C loop_eta j by have [c0 e0] := loop_ge0; rewrite mulr_ge0 // exprn_ge0.
rewrite (J_same f mu rho rew (noisy p)) (TV_same f mu rho piE q (noisy p)).
exact: (Noise.closed_loop H mu_dist nu_dist rho_dist piE_dist rew01 rew_lip constants norm_add norm_opp norm_0 sup_error g0
  (loop p) (lip p)).
Qed.

Theorem closed_loop :
  Pr (fun d => Catalog.closed_loop H L_u L_x a eps_q lipschitz loop_C loop_eta < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
have -> : Catalog.closed_loop H L_u L_x a eps_q lipschitz loop_C loop_eta = H%:R * Num.sqrt (1 - a ^+ 2) + rest by rewrite loopE.
by apply: learnt loop_bound; exact: stochastic.
Qed.

Theorem closed_loop_deterministic : (forall p, deterministic (pol p)) ->
  Pr (fun d => Catalog.closed_loop_deterministic H L_u L_x a eps_q lipschitz loop_C loop_eta < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> dc; have -> : Catalog.closed_loop_deterministic H L_u L_x a eps_q lipschitz loop_C loop_eta = H%:R * (1 - a) + rest.
  by rewrite loopE.
by apply: learnt loop_bound => p; exact: class_radius.
Qed.
End ClosedLoop.
End Learner.
