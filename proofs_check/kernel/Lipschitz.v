(* Coupled-Lipschitz learners on finite spaces: wasserstein (sup and average form) and validated_error.  Regret is bounded on both sides.  Steps are numbered from 0.  Any real field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition coupling (R : realFieldType) (S T : finType) (a : S -> R) (b : T -> R) (G : S -> T -> R) :=
  [/\ forall s t, 0 <= G s t, forall s, \sum_t G s t = a s & forall t, \sum_s G s t = b t].

Section Couplings.
Variable R : realFieldType.

Lemma coupling_sum1 (S T : finType) (a : S -> R) (b : T -> R) G (F : S -> R) : coupling a b G ->
  \sum_s \sum_t G s t * F s = \sum_s a s * F s.
Proof. by move=> [_ Ga _]; apply: eq_bigr => s _; rewrite -mulr_suml Ga. Qed.

Lemma coupling_sum2 (S T : finType) (a : S -> R) (b : T -> R) G (F : T -> R) : coupling a b G ->
  \sum_s \sum_t G s t * F t = \sum_t b t * F t.
Proof. by move=> [_ _ Gb]; rewrite exchange_big /=; apply: eq_bigr => t _; rewrite -mulr_suml Gb. Qed.

(* gluing along the middle marginal *)
Lemma glue (S T V : finType) (a : S -> R) (b : T -> R) (c : V -> R) G G' : coupling a b G -> coupling b c G' ->
  exists K : S -> V -> R, coupling a c K /\
    forall F : S -> V -> R, forall F1 F2, (forall s t v, F s v <= F1 s t + F2 t v) ->
    \sum_s \sum_v K s v * F s v <= \sum_s \sum_t G s t * F1 s t + \sum_t \sum_v G' t v * F2 t v.
Proof.
move=> [G0 Ga Gb] [G0' Gb' Gc].
have b0 t : 0 <= b t by rewrite -Gb sumr_ge0.
have z s t : b t = 0 -> G s t = 0.
  move=> bt; apply/eqP; rewrite eq_le G0 andbT -bt -Gb (bigD1 s) //= ler_addl sumr_ge0 // => i _.
have z' t v : b t = 0 -> G' t v = 0.
  move=> bt; apply/eqP; rewrite eq_le G0' andbT -bt -Gb' (bigD1 v) //= ler_addl sumr_ge0 // => i _.
pose k s t v := G s t * G' t v / b t.
have k0 s t v : 0 <= k s t v by rewrite divr_ge0 // mulr_ge0.
have kv s t : \sum_v k s t v = G s t.
  rewrite /k -mulr_suml -mulr_sumr Gb'; have [/z->|n] := eqVneq (b t) 0; first by rewrite !mul0r.
  by rewrite mulfK.
have ks t v : \sum_s k s t v = G' t v.
  rewrite /k -!mulr_suml Gb; have [/z'->|n] := eqVneq (b t) 0; first by rewrite mulr0 mul0r.
  by rewrite mulrAC divff // mul1r.
exists (fun s v => \sum_t k s t v); split.
  split; first by move=> s v; exact: sumr_ge0.
  - by move=> s; rewrite exchange_big /= -Ga; apply: eq_bigr => t _; rewrite kv.
  - by move=> v; rewrite exchange_big /= -Gc; apply: eq_bigr => t _; rewrite ks.
move=> F F1 F2 le.
apply: (@le_trans _ _ (\sum_s \sum_v \sum_t k s t v * (F1 s t + F2 t v))).
  by do 2! (apply: ler_sum => ? _); rewrite mulr_suml; apply: ler_sum => t _; apply: ler_wpmul2l.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
under eq_bigr => s _.
  under eq_bigr => v _ do under eq_bigr => t _ do rewrite mulrDr.
  under eq_bigr => v _ do rewrite big_split /=.
  rewrite big_split /=; over.
rewrite big_split /=; congr (_ + _).
  apply: eq_bigr => s _; rewrite exchange_big /=; apply: eq_bigr => t _.
  by rewrite -mulr_suml kv.
under eq_bigr => s _ do rewrite exchange_big /=.
rewrite exchange_big /=; apply: eq_bigr => t _; rewrite exchange_big /=; apply: eq_bigr => v _.
by rewrite -mulr_suml ks.
Qed.
End Couplings.

(* ---------- the second of a coupled pair given the first ---------- *)
Section Conditional.
Variables (R : realFieldType) (U : finType) (P Q : U -> R) (G : U -> U -> R).
Hypothesis cpl : coupling P Q G.
Definition cond c u := if P c == 0 then (u == c)%:R else G c u / P c.

Lemma cond_joint c u : P c * cond c u = G c u.
Proof.
have [G0 Gx _] := cpl; rewrite /cond; case: eqP => [z|/eqP nz]; last by rewrite mulrC divfK.
rewrite z mul0r; apply/esym/eqP; rewrite eq_le G0 andbT -z -Gx (bigD1 u) //= ler_addl; exact: sumr_ge0.
Qed.

Lemma cond_dist c : is_dist (cond c).
Proof.
have [G0 Gx _] := cpl; rewrite /cond; case: eqP => [_|/eqP nz]; split=> [u|].
- exact: ler0n.
- by rewrite (bigD1 c) //= eqxx big1 ?addr0 // => u /negbTE ->.
- by rewrite divr_ge0 // -Gx sumr_ge0.
- by rewrite -mulr_suml Gx divff.
Qed.
End Conditional.

(* ---------- gains along trajectories give gains along histories ---------- *)
Section Gains.
Variables (R : realFieldType) (X U W A : finType) (f : nat -> X -> U -> W -> X) (act1 act2 : A -> U).
Variables (dX : X -> X -> R) (cst : nat -> X -> X -> A -> R) (g : nat -> R) (d : A * W).

Lemma run_traj act x1 s : run f act x1 s =
  traj f x1 (fun t => act (nth d (rev s) t).1) (fun t => (nth d (rev s) t).2) (size s).
Proof.
elim: s => //= aw s ->; rewrite rev_cons nth_rcons size_rev ltnn eqxx; congr (f _ _ _ _).
by apply: eq_traj => t ts; rewrite nth_rcons size_rev ts.
Qed.

Lemma pred_sub k n : (k < n)%N -> (n - k)%N = (n.-1 - k).+1.
Proof. by case: n => // n kn; rewrite subSn // -ltnS. Qed.

Lemma wcost_traj w x1 s (us := fun t => (nth d (rev s) t).1) (ws := fun t => (nth d (rev s) t).2) :
  wcost f act1 act2 cst w x1 s = \sum_(t < size s) w ((size s).-1 - t)%N *
    cst t (traj f x1 (fun i => act1 (us i)) ws t) (traj f x1 (fun i => act2 (us i)) ws t) (us t).
Proof.
rewrite {}/us {}/ws; elim: s w => [|aw s IH] w; first by rewrite big_ord0.
rewrite /= IH big_ord_recr /= subnn addrC; congr (_ + _).
  apply: eq_bigr => t _; have ts := ltn_ord t; rewrite rev_cons.
  rewrite (pred_sub ts) nth_rcons size_rev ts; congr (_ * cst _ _ _ _);
    by apply: eq_traj => i it; rewrite nth_rcons size_rev (ltn_trans it ts).
rewrite rev_cons nth_rcons size_rev ltnn eqxx !run_traj; congr (_ * cst _ _ _ _);
  by apply: eq_traj => i it; rewrite nth_rcons size_rev it.
Qed.

Lemma gains_hist :
  (forall x1 (us : nat -> A) ws h,
     dX (traj f x1 (fun t => act1 (us t)) ws h) (traj f x1 (fun t => act2 (us t)) ws h) <=
     \sum_(t < h) g (h.-1 - t)%N *
       cst t (traj f x1 (fun i => act1 (us i)) ws t) (traj f x1 (fun i => act2 (us i)) ws t) (us t)) ->
  forall x1 s, dX (run f act1 x1 s) (run f act2 x1 s) <= wcost f act1 act2 cst g x1 s.
Proof. by move=> G x1 s; rewrite wcost_traj !run_traj; exact: G. Qed.
End Gains.

(* ---------- the setting ---------- *)
Section Lipschitz.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U).
Variables (eps ell Jump Lx Lu : R) (g : nat -> R) (H : nat).

(* drift of the feedback recursion e_h = sum_{t<h} g_{h-1-t} (ell e_t + inp_t) *)
Definition feedback (inp : nat -> R) := \sum_(h < H) (Lx * dev g ell inp h + Lu * (ell * dev g ell inp h + inp h)).
(* mean of a function of the state at step h under a policy *)
Definition mean pi h (F : X -> R) := \sum_x occ f mu rho pi h x * F x.

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu & 0 <= ell].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis g_ge0 : forall j, 0 <= g j.
(* P-IISS with gains g, globally *)
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).
(* (ell, Jump)-coupled-Lipschitz labels *)
Hypothesis coupled_lip : forall h x x', exists G, coupling (piL h x) (piL h x') G /\
  \sum_u \sum_u' G u u' * dU u u' <= ell * dX x x' + Jump.

Lemma feedback_le i1 i2 : (forall h, (h < H)%N -> i1 h <= i2 h) -> feedback i1 <= feedback i2.
Proof.
have [Lx0 Lu0 ell0] := consts; move=> le; apply: ler_sum => h _; have hH := ltn_ord h.
have D : dev g ell i1 h <= dev g ell i2 h by apply: dev_le => // t th; apply: le; exact: ltn_trans th hH.
apply: ler_add; apply: ler_wpmul2l => //; apply: ler_add; [exact: ler_wpmul2l | exact: le].
Qed.

Lemma mean_le pi h F F' : (forall h x, is_dist (pi h x)) -> (forall x, F x <= F' x) -> mean pi h F <= mean pi h F'.
Proof.
move=> pid le; apply: ler_sum => x _; apply: ler_wpmul2l => //.
by have [o0 _] := occ_dist f h mu_dist rho_dist pid; exact: o0.
Qed.

Lemma mean_const pi h c : (forall h x, is_dist (pi h x)) -> mean pi h (fun _ => c) = c.
Proof. by move=> pid; exact: avg_const (occ_dist f h mu_dist rho_dist pid). Qed.

(* any reference policy whose actions are, state by state, within a of the learner's labels in expectation *)
Section Reference.
Variables (pi1 : nat -> X -> U -> R) (a : nat -> X -> R).
Hypothesis pi1_dist : forall h x, is_dist (pi1 h x).
Hypothesis state_error : forall h x, exists C, coupling (pi1 h x) (piL h x) C /\
  \sum_v \sum_c C v c * dU v c <= a h x.

Let b h x := a h x + Jump.
Lemma pair_coupling h x y : exists G, coupling (pi1 h x) (piL h y) G /\
  \sum_u \sum_u' G u u' * dU u u' <= ell * dX x y + b h x.
Proof.
have [C [Cc Ca]] := state_error h x; have [G [Gc Gl]] := coupled_lip h x y.
have [K [Kc KF]] := glue Cc Gc; exists K; split=> //.
apply: (le_trans (KF dU dU dU _)); first by move=> s t v; exact: dU_tri.
by rewrite addrC /b [a h x + _]addrC addrA; exact: ler_add.
Qed.

Lemma nonempty (T : finType) (w : T -> R) : is_dist w -> exists t : T, True.
Proof.
move=> [_ w1]; have [t _|none] := pickP (fun _ : T => true); first by exists t.
by move: w1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
Qed.

Lemma sum_pair (F : U -> U -> R) : \sum_(a : U * U) F a.1 a.2 = \sum_u \sum_u' F u u'.
Proof. by rewrite (pair_bigA _ (fun u v => F u v)). Qed.

(* joint one-step laws for all steps before H *)
Lemma step_laws : exists K : nat -> X -> X -> U * U -> R, forall h x y, (h < H)%N ->
  coupling (pi1 h x) (piL h y) (fun u v => K h x y (u, v)) /\
  \sum_a K h x y a * dU a.1 a.2 <= ell * dX x y + b h x.
Proof.
have [K KP] := fin_all_exists (fun hxy : 'I_H * X * X => pair_coupling hxy.1.1 hxy.1.2 hxy.2).
exists (fun h x y a => if insub h is Some i then K (i, x, y) a.1 a.2 else 0) => h x y hH.
rewrite insubT /=; have [Kc Ke] := KP (Ordinal hH, x, y); split=> //.
by rewrite (sum_pair (fun u v => K (Ordinal hH, x, y) u v * dU u v)).
Qed.

Section Kernel.
Variable K : nat -> X -> X -> U * U -> R.
Hypothesis KP : forall h x y, (h < H)%N ->
  coupling (pi1 h x) (piL h y) (fun u v => K h x y (u, v)) /\
  \sum_a K h x y a * dU a.1 a.2 <= ell * dX x y + b h x.

Lemma kern1 h x y (F : U -> R) : (h < H)%N -> \sum_a K h x y a * F a.1 = \sum_u pi1 h x u * F u.
Proof.
move=> /(KP x y) [Kc _]; rewrite -(coupling_sum1 F Kc) -sum_pair.
by apply: eq_bigr => [[u v]].
Qed.

Lemma kern2 h x y (F : U -> R) : (h < H)%N -> \sum_a K h x y a * F a.2 = \sum_u piL h y u * F u.
Proof.
move=> /(KP x y) [Kc _]; rewrite -(coupling_sum2 F Kc) -sum_pair.
by apply: eq_bigr => [[u v]].
Qed.

Lemma kern_dist h x y : (h < H)%N -> is_dist (K h x y).
Proof.
move=> hH; split; first by move=> [u v]; have [[K0 _ _] _] := KP x y hH; exact: K0.
have [_ <-] := pi1_dist h x; have := kern1 x y (fun _ => 1) hH.
under eq_bigr => uv _ do rewrite mulr1; move=> ->; by apply: eq_bigr => u _; rewrite mulr1.
Qed.

Lemma kern_rew h x y : (h < H)%N ->
  `|\sum_a K h x y a * (rew h x a.1 - rew h y a.2)| <= (Lx + Lu * ell) * dX x y + Lu * b h x.
Proof.
move=> hH; have [Lx0 Lu0 ell0] := consts; have [K0 K1] := kern_dist x y hH; have [_ Ke] := KP x y hH.
apply: (le_trans (ler_norm_sum _ _ _)).
apply: (@le_trans _ _ (\sum_a K h x y a * (Lx * dX x y + Lu * dU a.1 a.2))).
  by apply: ler_sum => uv _; rewrite normrM ger0_norm //; apply: ler_wpmul2l.
under eq_bigr => uv _ do rewrite mulrDr [K h x y uv * (Lu * _)]mulrCA.
rewrite big_split /= -mulr_suml K1 mul1r -mulr_sumr mulrDl -addrA ler_add2l -mulrA -mulrDr.
exact: ler_wpmul2l.
Qed.

Lemma kern_gains x1 s : dX (run f fst x1 s) (run f snd x1 s) <=
  wcost f fst snd (fun (_ : nat) (_ _ : X) (a : U * U) => dU a.1 a.2) g x1 s.
Proof.
have [u _] := nonempty (piL_dist 0 x1); have [w _] := nonempty (mu_dist 0).
apply: (gains_hist ((u, u), w)) => x0 us ws h.
exact: (iiss x0 (fun t => (us t).1) (fun t => (us t).2)).
Qed.
End Kernel.

Let inp h := mean pi1 h (a h) + Jump.

Lemma mean_b h : mean pi1 h (b h) = inp h.
Proof.
rewrite /inp -[X in _ = _ + X](mean_const h Jump pi1_dist) /mean -big_split /=.
by apply: eq_bigr => x _; rewrite mulrDr.
Qed.

Theorem reference : `|J f mu rho rew pi1 H - J f mu rho rew piL H| <= feedback inp.
Proof.
have [Lx0 Lu0 ell0] := consts; have [K KP] := step_laws.
have L0 : 0 <= Lx + Lu * ell by rewrite addr_ge0 // mulr_ge0.
have Eng := @engine R X U W _ f mu rho rew pi1 piL fst snd K H dX
  (fun _ _ _ a => dU a.1 a.2) g ell (Lx + Lu * ell) b (fun h x => Lu * b h x) mu_dist rho_dist
  (fun h x y => @kern_dist K KP h x y) (fun h x y F => @kern1 K KP h x y F) (fun h x y F => @kern2 K KP h x y F)
  g_ge0 ell0 L0 (fun x1 s _ => kern_gains x1 s) (fun h x y hH => proj2 (KP h x y hH))
  (fun h x y => @kern_rew K KP h x y).
apply: (le_trans Eng); rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => h _.
have D : edev f mu rho pi1 g ell b h = dev g ell inp h.
  by apply/eqP; rewrite eq_le; apply/andP; split; apply: dev_le => // t _; rewrite -mean_b.
have M : mean1 f mu rho pi1 h (fun x => Lu * b h x) = Lu * inp h.
  by rewrite -mean_b /mean /mean1 mulr_sumr; apply: eq_bigr => x _; rewrite mulrCA.
by rewrite D M; ring.
Qed.

(* the laws of the two states at step h are within dev h of each other (Wasserstein-1) *)
Theorem reference_state h : (h < H)%N -> exists G,
  coupling (occ f mu rho pi1 h) (occ f mu rho piL h) G /\ \sum_x \sum_y G x y * dX x y <= dev g ell inp h.
Proof.
move=> hH; have [Lx0 Lu0 ell0] := consts; have [K KP] := step_laws.
have [G [G0 G1 G2 Gd]] := @engine_state R X U W _ f mu rho pi1 piL fst snd K H dX
  (fun _ _ _ a => dU a.1 a.2) g ell b mu_dist rho_dist
  (fun h x y => @kern_dist K KP h x y) (fun h x y F => @kern1 K KP h x y F) (fun h x y F => @kern2 K KP h x y F)
  g_ge0 ell0 (fun x1 s _ => kern_gains x1 s) (fun h x y hH => proj2 (KP h x y hH)) h hH.
exists G; split=> //; apply: (le_trans Gd); apply: dev_le => // t _; by rewrite -mean_b.
Qed.
End Reference.

(* ---------- the expert and its labels ---------- *)
Section Expert.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis dU_xx : forall u, dU u u = 0.

Local Notation kp := (kap piE q).
Local Notation pQ := (piQ piE q).
Local Notation olaw pi := (@law R X U W f mu piE q pi H 0 rho).
Local Notation TVH := (TV f mu rho piE piL q H).

(* the raw actions executed in the labelled chain: a label from pi, then the expert's raw action given it *)
Definition deq (pi : nat -> X -> U -> R) h x v := \sum_c pi h x c * kp h x c v.

Lemma deq_coupling pi h x : is_dist (pi h x) ->
  coupling (deq pi h x) (pi h x) (fun v c => pi h x c * kp h x c v).
Proof.
move=> [p0 p1]; split=> //.
  by move=> v c; have [k0 _] := kap_dist q piE_dist h x c; exact: mulr_ge0.
by move=> c; have [_ k1] := kap_dist q piE_dist h x c; rewrite -mulr_sumr k1 mulr1.
Qed.

Lemma deq_sum pi h x (F : U -> R) : \sum_v deq pi h x v * F v = \sum_c pi h x c * \sum_v kp h x c v * F v.
Proof.
under eq_bigr => v _ do rewrite mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => c _; rewrite mulr_sumr; apply: eq_bigr => v _; by rewrite mulrA.
Qed.

Lemma deq_dist pi h x : is_dist (pi h x) -> is_dist (deq pi h x).
Proof.
move=> pd; have [C0 C1 C2] := deq_coupling pd; split; first by move=> v; rewrite -C1 sumr_ge0.
have [_ p1] := pd; rewrite -p1; under [LHS]eq_bigr => v _ do rewrite -C1.
by rewrite exchange_big /=; apply: eq_bigr => c _; rewrite C2.
Qed.

Lemma Vb_deq pi n h x : Vb f mu rew piE q pi n h x = V f mu rew (deq pi) n h x.
Proof.
elim: n h x => // n IH h x; rewrite Vb_step /= deq_sum; apply: eq_bigr => c _; congr (_ * _).
by apply: eq_bigr => v _; congr (_ * (_ + _)); apply: eq_bigr => w _; rewrite IH.
Qed.

Lemma tv_sym (T : finType) (a b : T -> R) : tv a b = tv b a.
Proof. by rewrite /tv; congr (_ / _); apply: eq_bigr => t _; rewrite distrC. Qed.

Lemma law_change2 (T : finType) (P Q F : T -> R) (M : R) :
  is_dist P -> is_dist Q -> (forall t, 0 <= F t <= M) ->
  `|\sum_t Q t * F t - \sum_t P t * F t| <= M * tv P Q.
Proof.
move=> Pd Qd HF; rewrite ler_norml; apply/andP; split; last exact: law_change.
by rewrite ler_oppl opprB tv_sym; exact: law_change.
Qed.

Lemma olaw_dist pi : (forall h x, is_dist (pi h x)) -> is_dist (olaw pi).
Proof. by move=> pid; exact: law_dist. Qed.

Lemma imitation2 : `|J f mu rho rew piE H - J f mu rho rew (deq piL) H| <= H%:R * TVH.
Proof.
have -> : J f mu rho rew piE H = \sum_x rho x * Vb f mu rew piE q pQ H 0 x.
  by apply: eq_bigr => x _; rewrite (expert_value f mu rew q piE_dist).
have -> : J f mu rho rew (deq piL) H = \sum_x rho x * Vb f mu rew piE q piL H 0 x.
  by apply: eq_bigr => x _; rewrite Vb_deq.
have Qd h x := piQ_dist q piE_dist h x.
rewrite -!law_value //; apply: law_change2; try exact: olaw_dist.
by move=> s; exact: rsum_range.
Qed.

(* expected |raw action - label| in state x of the labelled chain *)
Definition gap pi h x := \sum_c pi h x c * \sum_v kp h x c v * dU v c.

Lemma gap_coupling h x : exists C, coupling (deq piL h x) (piL h x) C /\ \sum_v \sum_c C v c * dU v c <= gap piL h x.
Proof.
exists (fun v c => piL h x c * kp h x c v); split; first exact: deq_coupling.
rewrite exchange_big /= le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => c _.
by rewrite mulr_sumr; apply: eq_bigr => v _; rewrite mulrA.
Qed.

Lemma wasserstein_gap :
  `|J f mu rho rew piE H - J f mu rho rew piL H|
    <= H%:R * TVH + feedback (fun h => mean (deq piL) h (gap piL h) + Jump).
Proof.
have Dd h x := deq_dist (piL_dist h x).
have -> : J f mu rho rew piE H - J f mu rho rew piL H = (J f mu rho rew piE H - J f mu rho rew (deq piL) H)
  + (J f mu rho rew (deq piL) H - J f mu rho rew piL H) by rewrite addrA subrK.
apply: (le_trans (ler_norm_add _ _)); apply: ler_add; first exact: imitation2.
exact: (reference Dd gap_coupling).
Qed.

(* wasserstein, quantizer with sup error eps *)
Theorem wasserstein : (forall u, dU u (q u) <= eps) -> 0 <= eps ->
  `|J f mu rho rew piE H - J f mu rho rew piL H| <= H%:R * TVH + feedback (fun _ => Jump + eps).
Proof.
move=> sup e0; have [Lx0 Lu0 ell0] := consts.
have Dd h x := deq_dist (piL_dist h x).
apply: (le_trans wasserstein_gap); rewrite ler_add2l; apply: feedback_le => h _; rewrite addrC ler_add2l.
rewrite -[X in _ <= X](mean_const h eps Dd); apply: mean_le => // x.
apply: avg_le => // c _; apply: avg_le => [|v kv]; first exact: kap_dist.
exact: (@kap_error R X U dU piE q eps 0 Lx Lu _ dU_xx sup h x c v kv).
Qed.

(* ---------- average error ---------- *)
Fixpoint at_step (F : X -> U -> R) t n {struct n} : path X U n -> R :=
  match n return path X U n -> R with
  | 0 => fun _ => 0
  | n'.+1 => fun s => if t is t'.+1 then at_step F t' s.2 else F s.1.1 s.1.2
  end.
Fixpoint ahead (pi : nat -> X -> U -> R) (F : X -> U -> R) t h x : R :=
  if t is t'.+1 then \sum_c pi h x c * \sum_x' Tbar f mu piE q h x c x' * ahead pi F t' h.+1 x'
  else \sum_c pi h x c * F x c.

Lemma law_at_step pi F n t h m : (forall h x, is_dist (pi h x)) -> is_dist m -> (t < n)%N ->
  \sum_s law f mu piE q pi h m s * @at_step F t n s = \sum_x m x * ahead pi F t h x.
Proof.
move=> pid; elim: n t h m => [|n IH] // t h m md tn.
pose Lw xc s := @law R X U W f mu piE q pi n h.+1 (Tbar f mu piE q h xc.1 xc.2) s.
have Td x c := Tbar_dist f q mu_dist piE_dist h x c.
have L1 xc : \sum_s Lw xc s = 1 by exact: (proj2 (law_dist f q mu_dist piE_dist n h.+1 pid (Td xc.1 xc.2))).
rewrite -(pair_bigA _ (fun xc s => m xc.1 * pi h xc.1 xc.2 * Lw xc s
  * (if t is t'.+1 then at_step F t' s else F xc.1 xc.2))) /=.
have E xc : \sum_s m xc.1 * pi h xc.1 xc.2 * Lw xc s * (if t is t'.+1 then @at_step F t' n s else F xc.1 xc.2)
  = m xc.1 * (pi h xc.1 xc.2 * if t is t'.+1 then \sum_x' Tbar f mu piE q h xc.1 xc.2 x' * ahead pi F t' h.+1 x'
     else F xc.1 xc.2).
  case: t tn => [|t] tn; first by rewrite -mulr_suml -mulr_sumr L1 mulr1 mulrA.
  by under eq_bigr => s _ do rewrite -mulrA; rewrite -mulr_sumr /Lw IH // mulrA.
under eq_bigr => xc _ do rewrite E.
rewrite -(pair_bigA _ (fun x c => m x * (pi h x c * if t is t'.+1 then
  \sum_x' Tbar f mu piE q h x c x' * ahead pi F t' h.+1 x' else F x c))) /=.
by apply: eq_bigr => x _; rewrite -mulr_sumr; case: t {tn E}.
Qed.

Lemma occ_ahead pi F t h : \sum_x occ f mu rho (deq pi) h x * ahead pi F t h x =
  \sum_x occ f mu rho (deq pi) (h + t) x * \sum_c pi (h + t)%N x c * F x c.
Proof.
elim: t h => [|t IH] h; first by rewrite addn0.
rewrite addnS -addSn -IH occ_step; apply: eq_bigr => x _; congr (_ * _).
rewrite deq_sum; apply: eq_bigr => c _; congr (_ * _); by rewrite Tbar_sum.
Qed.

Lemma piQ_kap h x c v : pQ h x c * kp h x c v = (q v == c)%:R * piE h x v.
Proof.
have [E0 E1] := piE_dist h x.
rewrite /kap; case: eqP => [z|/eqP z]; last by rewrite mulrC divfK.
rewrite z mul0r; case: eqP => [e|_]; last by rewrite mul0r.
rewrite mul1r; apply/esym/eqP; rewrite eq_le E0 andbT -z /piQ (bigD1 v) /=; last exact/eqP.
by rewrite ler_addl sumr_ge0.
Qed.

Lemma occ_ext p1 p2 h x : (forall h x u, p1 h x u = p2 h x u) -> occ f mu rho p1 h x = occ f mu rho p2 h x.
Proof.
move=> E; elim: h x => //= h IH x; apply: eq_bigr => y _; rewrite IH; congr (_ * _).
by apply: eq_bigr => u _; rewrite E.
Qed.

(* the expert's average quantization error at step h *)
Definition ebar h := mean piE h (fun x => \sum_v piE h x v * dU v (q v)).

Lemma ebarE h : mean (deq pQ) h (gap pQ h) = ebar h.
Proof.
rewrite /ebar /mean; apply: eq_bigr => x _; congr (_ * _).
  by apply: occ_ext => ? ? ?; exact: kap_piE.
rewrite /gap; under eq_bigr => c _ do rewrite mulr_sumr.
rewrite exchange_big /=; apply: eq_bigr => v _.
under eq_bigr => c _ do rewrite mulrA piQ_kap -mulrA.
by rewrite (sum_at (q v) (fun c => piE h x v * dU v c)).
Qed.

Lemma gap_change epsmax h : (forall u v, 0 <= dU u v) -> 0 <= epsmax ->
  (forall h x v, 0 < piE h x v -> dU v (q v) <= epsmax) -> (h < H)%N ->
  mean (deq piL) h (gap piL h) <= ebar h + epsmax * TVH.
Proof.
move=> dU0 e0 emax hH.
pose F x c := \sum_v kp h x c v * dU v c.
have Qd h' x := piQ_dist q piE_dist h' x.
have F0 x c : 0 <= F x c by apply: avg_ge0 => //; exact: kap_dist.
have Fe x c : F x c <= epsmax.
  apply: avg_le => [|v]; first exact: kap_dist.
  rewrite /kap; case: eqP => _.
    by case: eqP => [-> _|]; rewrite ?dU_xx // ltxx.
  case: eqP => [<- H0|]; last by rewrite !mul0r ltxx.
  apply: (emax h x); have [E0 _] := piE_dist h x; rewrite lt_neqAle E0 andbT eq_sym.
  by apply: contraTneq H0 => ->; rewrite mulr0 mul0r ltxx.
have S n t (s : path X U n) : 0 <= at_step F t s <= epsmax.
  elim: n t s => [|n IH] [|t] s //=; rewrite ?lexx ?e0 ?F0 ?Fe //.
have M pi : (forall h x, is_dist (pi h x)) -> mean (deq pi) h (gap pi h) = \sum_s olaw pi s * at_step F h s.
  by move=> pid; rewrite law_at_step // (occ_ahead pi F h 0).
rewrite -ebarE !M // -ler_subl_addl /TV tv_sym; apply: law_change => //; exact: olaw_dist.
Qed.

(* wasserstein, average quantization error under the expert *)
Theorem wasserstein_average epsmax : (forall u v, 0 <= dU u v) -> 0 <= epsmax ->
  (forall h x v, 0 < piE h x v -> dU v (q v) <= epsmax) ->
  `|J f mu rho rew piE H - J f mu rho rew piL H|
    <= H%:R * TVH + feedback (fun h => Jump + ebar h + epsmax * TVH).
Proof.
move=> dU0 e0 emax; apply: (le_trans wasserstein_gap); rewrite ler_add2l; apply: feedback_le => h hH.
by rewrite addrC -addrA ler_add2l; exact: gap_change.
Qed.

(* validated error: the reference is the expert's own chain; no class, no realizability, no imitation term *)
Theorem validated_error (a : nat -> X -> R) :
  (forall h x, exists C, coupling (piE h x) (piL h x) C /\ \sum_v \sum_c C v c * dU v c <= a h x) ->
  `|J f mu rho rew piE H - J f mu rho rew piL H| <= feedback (fun h => Jump + mean piE h (a h)).
Proof.
move=> err; apply: (le_trans (reference piE_dist err)).
by apply: feedback_le => h _; rewrite addrC.
Qed.
End Expert.
End Lipschitz.

