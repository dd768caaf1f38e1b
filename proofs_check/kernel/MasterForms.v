(* The master theorem in all its forms, from one statement with radii, deviations and hazards that may change from step to
   step: two-sided, with gains, with a modulus of max type, without hazards (small gain), as an expectation over
   trajectories; Theorems 2 and 3 two-sided for the log-loss learner.  Finite spaces, every H; no axioms; steps from 0. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Deterministic Learners SureDeviation
  Trajectories Hazards.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- pairs of states reached from one start under one noise ---------- *)
Section Within.
Variables (R : realFieldType) (X U W : finType) (f : nat -> X -> U -> W -> X) (dU : U -> U -> R) (rad : nat -> R).
(* action t of the two differs by at most rad t *)
Definition within h x y := exists x1 us us' ws,
  [/\ x = traj f x1 us ws h, y = traj f x1 us' ws h & forall t, (t < h)%N -> dU (us t) (us' t) <= rad t].

Lemma within_start (u : U) (w : W) x : within 0 x x.
Proof. by exists x, (fun _ => u), (fun _ => u), (fun _ => w). Qed.

Lemma within_step h x y u v w : within h x y -> dU u v <= rad h -> within h.+1 (f h x u w) (f h y v w).
Proof.
move=> [x1 [us [us' [ws [xE yE H]]]]] uv.
pose upd (T : Type) (s : nat -> T) a t := if t == h then a else s t.
have upd_lt T (s : nat -> T) a t : (t < h)%N -> s t = upd T s a t by move=> th; rewrite /upd ltn_eqF.
exists x1, (upd _ us u), (upd _ us' v), (upd _ ws w); split=> /=.
- by rewrite /upd !eqxx xE; congr (f _ _ _ _); apply: eq_traj => t th; rewrite -!/(upd _ _ _ _) -!upd_lt.
- by rewrite /upd !eqxx yE; congr (f _ _ _ _); apply: eq_traj => t th; rewrite -!/(upd _ _ _ _) -!upd_lt.
- move=> t; rewrite ltnS leq_eqVlt => /orP [/eqP ->|th]; first by rewrite /upd !eqxx.
  by rewrite -!upd_lt //; exact: H.
Qed.
End Within.

Section Forms.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U) (eps Lx Lu : R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu & 0 <= eps].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Local Notation JJ pi H := (J f mu rho rew pi H).
Local Notation TVH := (TV f mu rho piE piL q).

Section Radius.
Variables (rad dev p : nat -> R).
Hypothesis rad_ge0 : forall h, 0 <= rad h.
Hypothesis dev_ge0 : forall h, 0 <= dev h.
Hypothesis p01 : forall h, 0 <= p h <= 1.
(* stability: actions within rad keep the states within dev *)
Hypothesis stable : forall h x y, within f dU rad h x y -> dX x y <= dev h.
(* smoothness: at such states the labels can be coupled to be within rad h - eps but for p h *)
Hypothesis smooth : forall h x y, within f dU rad h x y -> exists (G : U -> U -> R),
  coupling (piL h x) (piL h y) G /\ \sum_c \sum_u G c u * ((rad h < dU c u + eps)%R : nat)%:R <= p h.

Theorem master_radius H : `|JJ piE H - JJ piL H| <= H%:R * TVH H + parted p H + \sum_(h < H) (Lx * dev h + Lu * rad h).
Proof.
have [Lx0 Lu0 e0] := consts.
have [x0 _] := nonempty rho_dist; have [u0 _] := nonempty (piL_dist 0 x0); have [w0 _] := nonempty (mu_dist 0).
apply: (@master_relation R X U W f mu rho rew piE piL q (within f dU rad) p (fun h => Lx * dev h + Lu * rad h)) => //.
- by move=> h; rewrite addr_ge0 // mulr_ge0.
- by move=> x _; exact: within_start.
move=> h x y xy; have [G [Gc Gb]] := smooth xy.
exists G, (fun c u => rad h < dU c u + eps); split=> // c u v Gp kp; rewrite -leNgt => cu.
have vc : dU v c <= eps := @kap_error R X U dU piE q eps 0 Lx Lu (And4 Lx0 Lu0 e0 (lexx 0)) dU_xx sup_error h x c v kp.
have vu : dU v u <= rad h.
  by apply: (le_trans (dU_tri v c u)); apply: (le_trans _ cu); rewrite addrC ler_add2l.
split; last by move=> w; exact: within_step.
apply: (le_trans (rew_lip _ _ _ _ _)); apply: ler_add; apply: ler_wpmul2l => //; exact: stable.
Qed.
End Radius.

(* ---------- stability moduli: the gap is at most gam h r while all action gaps are at most r ---------- *)
Section Modulus.
Variables (k : R) (kappa : R -> R) (gam : nat -> R -> R).
Hypothesis k_ge0 : 0 <= k.
Hypothesis kappa_mono : forall r s, r <= s -> kappa r <= kappa s.
Hypothesis kappa_ge0 : forall r, 0 <= kappa r.
Hypothesis gam_ge0 : forall h r, 0 <= r -> 0 <= gam h r.
Hypothesis modulus : forall x1 us us' ws h r, (forall t, (t < h)%N -> dU (us t) (us' t) <= r) ->
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= gam h r.
Hypothesis rtvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u',
      forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= kappa (dX x x')].
Local Notation rr := ((k + 1) * eps).
Definition hazard_at t : R := if t is 0%N then 0 else Num.min 1 (kappa (gam t rr)).

Theorem master_modulus H : `|JJ piE H - JJ piL H|
  <= H%:R * TVH H + parted hazard_at H + \sum_(h < H) (Lx * gam h rr + Lu * rr).
Proof.
have [Lx0 Lu0 e0] := consts; have r0 : 0 <= rr by rewrite mulr_ge0 // addr_ge0 // ler01.
have st h x y : within f dU (fun _ => rr) h x y -> dX x y <= gam h rr.
  by move=> [x1 [us [us' [ws [-> -> Hr]]]]]; exact: modulus.
have haz t : 0 <= hazard_at t <= 1.
  by case: t => [|t] /=; rewrite ?lexx ?ler01 // le_minr ler01 kappa_ge0 le_minl lexx.
apply: (@master_radius (fun _ => rr) (fun h => gam h rr) hazard_at) => // [h|h x y xy]; first exact: gam_ge0.
have badE c u : (rr < dU c u + eps) = (k * eps < dU c u) by rewrite mulrDl mul1r ltr_add2r.
case: h xy => [|h] xy.
  have -> : y = x by have [x1 [us [us' [ws [-> -> _]]]]] := xy.
  have [l0 l1] := piL_dist 0 x.
  exists (fun u u' => (u == u')%:R * piL 0 x u); split.
    split=> [u u'|u|u']; first by rewrite mulr_ge0 // ler0n.
      by rewrite (sum_at u (fun _ => piL 0 x u)).
    by under eq_bigr => u _ do rewrite eq_sym; rewrite (sum_at u' (piL 0 x)).
  rewrite /= big1 // => u _; rewrite big1 // => u' _; rewrite badE; case: eqP => [<-|_]; last by rewrite !mul0r.
  by rewrite dU_xx ltNge mulr_ge0 //= mulr0.
have [G [G0 Gx Gy bad]] := rtvc h.+1 x y; exists G; split; first by split.
under eq_bigr => c _ do under eq_bigr => u _ do rewrite badE.
rewrite /= le_minr; apply/andP; split.
  rewrite -[X in _ <= X](proj2 (piL_dist h.+1 x)); apply: ler_sum => u _; rewrite -Gx.
  apply: ler_sum => u' _; rewrite -[X in _ <= X]mulr1; apply: ler_wpmul2l => //.
  by case: (_ < _); rewrite /= ?lexx ?ler01.
by apply: (le_trans bad); apply: kappa_mono; exact: st.
Qed.
End Modulus.

(* P-IISS of max type, Theorem 3 of the paper: one modulus for every step *)
Section MaxType.
Variables (k : R) (kappa gam : R -> R).
Hypothesis k_ge0 : 0 <= k.
Hypothesis kappa_mono : forall r s, r <= s -> kappa r <= kappa s.
Hypothesis kappa_ge0 : forall r, 0 <= kappa r.
Hypothesis gam_ge0 : forall r, 0 <= r -> 0 <= gam r.
Hypothesis dX_xx : forall x, dX x x = 0.
Hypothesis max_type : forall x1 us us' ws h r, (forall t, (t < h)%N -> dU (us t) (us' t) <= r) ->
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= gam r.
Hypothesis rtvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u',
      forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= kappa (dX x x')].
Local Notation rr := ((k + 1) * eps).
(* the hazard is one number p from the second step on: 1 - (1-p)^h at step h *)
Theorem master_max H : `|JJ piE H - JJ piL H|
  <= H%:R * TVH H + \sum_(h < H) (1 - (1 - Num.min 1 (kappa (gam rr))) ^+ h)
     + \sum_(h < H) (Lx * (if val h is 0%N then 0 else gam rr) + Lu * rr).
Proof.
pose gm h r := if h is 0%N then 0 else gam r.
have M := @master_modulus k kappa gm k_ge0 kappa_mono kappa_ge0 _ _ rtvc H.
apply: (le_trans (M _ _)).
- by move=> [|h] r r0; rewrite /gm ?lexx //; exact: gam_ge0.
- by move=> x1 us us' ws [|h] r Hr; [rewrite /gm dX_xx | exact: max_type].
rewrite le_eqVlt; apply/orP; left; apply/eqP; congr (_ + _ + _).
apply: eq_bigr => h _; congr (1 - _); rewrite big_ord_recl /= subr0 mul1r.
by rewrite (eq_bigr (fun _ => 1 - Num.min 1 (kappa (gam rr)))) // prodr_const card_ord.
Qed.
End MaxType.

(* ---------- gains ---------- *)
Section Gains.
Variable g : nat -> R.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).

Lemma gains_modulus x1 us us' ws h r : (forall t, (t < h)%N -> dU (us t) (us' t) <= r) ->
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= Gamma g h * r.
Proof.
move=> Hr; apply: (le_trans (iiss x1 us us' ws h)).
rewrite /Gamma (reindex_inj rev_ord_inj) /= mulr_suml; apply: ler_sum => t _.
have -> : (h.-1 - (h - t.+1))%N = t by case: h {Hr} t => [[]//|h] t; rewrite subSS subKn // -ltnS.
by apply: ler_wpmul2l => //; apply: Hr; exact: rev_ord_proof.
Qed.

Lemma Gamma_pos h r : 0 <= r -> 0 <= Gamma g h * r.
Proof. by move=> r0; rewrite mulr_ge0 // sumr_ge0. Qed.

Section Sharp.
Variables (k : R) (kappa : R -> R).
Hypothesis k_ge0 : 0 <= k.
Hypothesis kappa_mono : forall r s, r <= s -> kappa r <= kappa s.
Hypothesis kappa_ge0 : forall r, 0 <= kappa r.
Hypothesis rtvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u',
      forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= kappa (dX x x')].

Theorem master_both H : `|JJ piE H - JJ piL H| <= H%:R * TVH H + decoupling eps k g kappa H + drift eps k Lx Lu g H.
Proof.
have := @master_modulus k kappa (fun h r => Gamma g h * r) k_ge0 kappa_mono kappa_ge0 Gamma_pos gains_modulus rtvc H.
rewrite (_ : \sum_(h < H) _ = drift eps k Lx Lu g H) //; apply: eq_bigr => h _; ring.
Qed.

(* the same, the returns written as expectations over trajectories of the system *)
Theorem master_trajectories H :
  `|expected_return f mu rho rew piE H - expected_return f mu rho rew piL H|
    <= H%:R * TVH H + decoupling eps k g kappa H + drift eps k Lx Lu g H.
Proof. by rewrite !return_is_expectation //; exact: master_both. Qed.
End Sharp.

(* ---------- small gain: binned Lipschitz labels and ell Gamma < 1 leave no hazard ---------- *)
Section SmallGain.
Variables (gl : nat -> X -> U) (ell Gam : R).
Hypothesis dU_sym : forall u v, dU u v = dU v u.
Hypothesis ell_ge0 : 0 <= ell.
Hypothesis binned : forall h x c, piL h x c = (c == q (gl h x))%:R.
Hypothesis gl_lip : forall h x x', dU (gl h x) (gl h x') <= ell * dX x x'.
Hypothesis Gam_top : forall h, Gamma g h <= Gam.
Hypothesis contracts : ell * Gam < 1.

(* the radius (k+1) eps of the relaxation k (1 - ell Gamma) = 2 + ell Gamma *)
Definition small_gain_radius := 3%:R * eps / (1 - ell * Gam).

Lemma small_gain_relaxation k : k * (1 - ell * Gam) = 2%:R + ell * Gam -> (k + 1) * eps = small_gain_radius.
Proof.
move=> kE; have nz : 1 - ell * Gam != 0 by rewrite subr_eq0 eq_sym lt_eqF.
by apply: (canRL (mulfK nz)); rewrite mulrAC mulrDl kE; ring.
Qed.

(* any radius that the jumps leave room for: nothing decouples *)
Theorem absorbed r H : 0 <= r -> ell * Gam * r + 3%:R * eps <= r ->
  `|JJ piE H - JJ piL H| <= H%:R * TVH H + \sum_(h < H) (Lx * Gamma g h + Lu) * r.
Proof.
move=> r0 rE; have [Lx0 Lu0 e0] := consts.
have M := @master_radius (fun _ => r) (fun h => Gamma g h * r) (fun _ => 0) (fun _ => r0) (fun h => Gamma_pos h r0).
have st h x y : within f dU (fun _ => r) h x y -> dX x y <= Gamma g h * r.
  by move=> [x1 [us [us' [ws [-> -> Hr]]]]]; exact: gains_modulus.
apply: (le_trans (M _ st _ H)).
- by move=> h; rewrite lexx ler01.
- move=> h x y xy; exists (fun c u => (c == q (gl h x))%:R * (u == q (gl h y))%:R); split.
    split=> [c u|c|u]; first by rewrite mulr_ge0 ?ler0n.
      rewrite binned -mulr_sumr (bigD1 (q (gl h y))) //= eqxx big1 ?addr0 ?mulr1 // => u /negbTE ->; by [].
    rewrite binned -mulr_suml (bigD1 (q (gl h x))) //= eqxx big1 ?addr0 ?mul1r // => c /negbTE ->; by [].
  rewrite big1 // => c _; rewrite big1 // => u _; case: eqP => [->|_]; last by rewrite !mul0r.
  case: eqP => [->|_]; last by rewrite mulr0 mul0r.
  rewrite ltNge (_ : _ <= r) ?mulr0 //; apply: (le_trans _ rE).
  have -> : ell * Gam * r + 3%:R * eps = eps + (ell * Gam * r + eps) + eps by ring.
  rewrite ler_add2r; apply: (le_trans (dU_tri _ (gl h x) _)); apply: ler_add; first by rewrite dU_sym.
  apply: (le_trans (dU_tri _ (gl h y) _)); apply: ler_add => //.
  apply: (le_trans (gl_lip _ _ _)); rewrite -mulrA; apply: ler_wpmul2l => //.
  by apply: (le_trans (st _ _ _ xy)); apply: ler_wpmul2r.
rewrite parted0 addr0 ler_add2l le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => h _; ring.
Qed.

Theorem small_gain H : `|JJ piE H - JJ piL H| <= H%:R * TVH H + \sum_(h < H) (Lx * Gamma g h + Lu) * small_gain_radius.
Proof.
have [Lx0 Lu0 e0] := consts; have m0 : 0 < 1 - ell * Gam by rewrite subr_gt0.
set r := small_gain_radius; have r0 : 0 <= r by apply: divr_ge0; [rewrite mulr_ge0 ?ler0n | exact: ltW].
apply: absorbed => //; rewrite le_eqVlt; apply/orP; left; apply/eqP.
have <- : r * (1 - ell * Gam) = 3%:R * eps by rewrite /r /small_gain_radius divfK // gt_eqF.
ring.
Qed.
End SmallGain.
End Gains.
End Forms.

(* ---------- Theorems 2 and 3, both signs ---------- *)
Section Learned.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE : nat -> X -> U -> R).
Variables (q : U -> U) (eps k Lx Lu : R) (g : nat -> R) (kappa : R -> R).
Variables (Pi : finType) (pol : Pi -> nat -> X -> U -> R) (star : Pi) (H n : nat) (a : R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis pol_dist : forall p h x, is_dist (pol p h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu & 0 <= eps].
Hypothesis k_ge0 : 0 <= k.
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).
Hypothesis kappa_mono : forall r s, r <= s -> kappa r <= kappa s.
Hypothesis kappa_ge0 : forall r, 0 <= kappa r.
Hypothesis rtvc : forall p h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
      forall u', \sum_u G u u' = pol p h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= kappa (dX x x')].
Hypothesis realizable : forall h x c, pol star h x c = piQ piE q h x c.
Hypothesis a01 : 0 <= a <= 1.
Variable hat : data (path X U H) n -> Pi.
Hypothesis mle : forall (d : data (path X U H) n) p,
  \prod_i labels (pol p) 0 (d i) <= \prod_i labels (pol (hat d)) 0 (d i).
Local Notation ret pi := (expected_return f mu rho rew pi H).
Local Notation prob := (@prob R X U W f mu rho piE q H n).
Local Notation rest_ := (decoupling eps k g kappa H + drift eps k Lx Lu g H).

Lemma both_radius rad :
  (forall p, a <= aff (fun p => @law R X U W f mu piE q (pol p) H 0 rho) star p -> TV f mu rho piE (pol p) q H <= rad) ->
  prob (fun d => H%:R * rad + rest_ < `|ret piE - ret (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> near_; apply: (learner_any mu_dist rho_dist piE_dist pol_dist realizable a01 mle
  (reg := fun p => `|ret piE - ret (pol p)|)) => p ap.
apply: (le_trans (master_trajectories mu_dist rho_dist piE_dist (pol_dist p) rew01 rew_lip consts dU_tri dU_xx sup_error
  g_ge0 iiss k_ge0 kappa_mono kappa_ge0 (rtvc p) H)).
by rewrite -addrA ler_add2r; apply: ler_wpmul2l; [exact: ler0n | exact: near_].
Qed.

(* stochastic labels *)
Theorem theorem_2_both :
  prob (fun d => H%:R * Num.sqrt (1 - a ^+ 2) + rest_ < `|ret piE - ret (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof. by apply: both_radius => p; apply: stochastic_radius. Qed.

(* deterministic labels *)
Theorem theorem_3_both : (forall h x c, piQ piE q h x c = 0 \/ piQ piE q h x c = 1) ->
  prob (fun d => H%:R * (1 - a ^+ 2) + rest_ < `|ret piE - ret (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof. by move=> det; apply: both_radius => p; apply: deterministic_radius. Qed.

(* deterministic labels and class *)
Theorem theorem_3_class : (forall p h x c, pol p h x c = 0 \/ pol p h x c = 1) ->
  prob (fun d => H%:R * (1 - a) + rest_ < `|ret piE - ret (pol (hat d))|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> dc; have det h x c : piQ piE q h x c = 0 \/ piQ piE q h x c = 1 by rewrite -realizable.
apply: both_radius => p; rewrite (deterministic_class f H mu_dist rho_dist piE_dist (pol_dist p) det (dc p)).
by rewrite (aff_observed f mu rho H realizable) ler_subr_addl addrC -ler_subr_addl.
Qed.
End Learned.
