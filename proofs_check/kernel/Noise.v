(* Learners whose label is q (gl (x, xi)), xi a finite noise, every gl(., xi) ell-Lipschitz.
   common_noise: open-loop gains;  closed_loop: gains of the loop x' = f (x, gl (x, xi) + d, w) in the disturbance d.
   Any real field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* the learner's label policy: the law of q (gl h x xi) under the noise law nu h *)
Section NoiseLaw.
Variables (R : realFieldType) (X U Xi : finType) (q : U -> U) (nu : nat -> Xi -> R) (gl : nat -> X -> Xi -> U).
Definition noise_policy h x c : R := \sum_xi nu h xi * (q (gl h x xi) == c)%:R.
Hypothesis nu_dist : forall h, is_dist (nu h).

Lemma noise_sum h x (F : U -> R) : \sum_c noise_policy h x c * F c = \sum_xi nu h xi * F (q (gl h x xi)).
Proof.
under eq_bigr => c _ do rewrite mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => xi _.
by under eq_bigr => c _ do rewrite -mulrA; rewrite -mulr_sumr sum_at.
Qed.

Lemma noise_dist h x : is_dist (noise_policy h x).
Proof.
have [n0 n1] := nu_dist h; split.
  by move=> c; apply: sumr_ge0 => xi _; rewrite mulr_ge0 ?ler0n.
transitivity (\sum_c noise_policy h x c * 1); first by apply: eq_bigr => c _; rewrite mulr1.
by rewrite (noise_sum h x (fun _ => 1)) -mulr_suml n1 mul1r.
Qed.
End NoiseLaw.

Section CommonNoise.
Variables (R : realFieldType) (X U W Xi : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (nu : nat -> Xi -> R) (gl : nat -> X -> Xi -> U).
Variables (eps ell Lx Lu : R) (g : nat -> R) (H : nat).
Local Notation piL := (noise_policy q nu gl).

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis nu_dist : forall h, is_dist (nu h).
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
(* every gl(., xi) is ell-Lipschitz *)
Hypothesis gl_lip : forall h x x' xi, dU (gl h x xi) (gl h x' xi) <= ell * dX x x'.

(* sharing the noise makes the labels (ell, 2 eps)-coupled-Lipschitz *)
Lemma share_noise h x x' : exists G, coupling (piL h x) (piL h x') G /\
  \sum_u \sum_u' G u u' * dU u u' <= ell * dX x x' + 2%:R * eps.
Proof.
have [n0 n1] := nu_dist h.
pose G u u' := \sum_xi nu h xi * ((q (gl h x xi) == u)%:R * (q (gl h x' xi) == u')%:R).
exists G; split.
  split.
  - by move=> u u'; apply: sumr_ge0 => xi _; rewrite !mulr_ge0 ?ler0n.
  - move=> u; rewrite /G exchange_big /=; apply: eq_bigr => xi _; rewrite -!mulr_sumr; congr (_ * _).
    by under eq_bigr => c _ do rewrite -[_%:R]mulr1; rewrite sum_at mulr1.
  - move=> u; rewrite /G exchange_big /=; apply: eq_bigr => xi _; rewrite -mulr_sumr -mulr_suml; congr (_ * _).
    by under eq_bigr => c _ do rewrite -[_%:R]mulr1; rewrite sum_at mul1r.
apply: (@le_trans _ _ (\sum_xi nu h xi * dU (q (gl h x xi)) (q (gl h x' xi)))).
  rewrite le_eqVlt; apply/orP; left; apply/eqP.
  under eq_bigr => u _ do under eq_bigr => u' _ do rewrite mulr_suml.
  under eq_bigr => u _ do rewrite exchange_big /=.
  rewrite exchange_big /=; apply: eq_bigr => xi _.
  under eq_bigr => u _ do under eq_bigr => u' _ do rewrite -!mulrA.
  under eq_bigr => u _ do rewrite -!mulr_sumr sum_at.
  by rewrite -mulr_sumr (sum_at _ (fun u => dU u (q (gl h x' xi)))).
apply: avg_le => // xi _.
apply: (le_trans (dU_tri _ (gl h x xi) _)); rewrite [2%:R * _]mulrDl !mul1r addrCA.
apply: ler_add; first by rewrite dU_sym.
by apply: (le_trans (dU_tri _ (gl h x' xi) _)); apply: ler_add.
Qed.

Theorem common_noise :
  `|J f mu rho rew piE H - J f mu rho rew piL H|
    <= H%:R * TV f mu rho piE piL q H + feedback ell Lx Lu g H (fun _ => 3%:R * eps).
Proof.
have [Lx0 Lu0 ell0 e0] := consts.
have WS := @wasserstein R X U W f mu rho rew dX dU piE piL q eps ell (2%:R * eps) Lx Lu g H mu_dist rho_dist
  (noise_dist q gl nu_dist) rew_lip (And3 Lx0 Lu0 ell0) dU_tri g_ge0 iiss share_noise piE_dist rew01 dU_xx sup_error e0.
apply: (le_trans WS); rewrite ler_add2l; apply: feedback_le => // h _.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.
End CommonNoise.

Section ClosedLoop.
Variables (R : realFieldType) (X U W Xi : finType) (E : zmodType) (emb : U -> E) (nrm : E -> R).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (nu : nat -> Xi -> R) (gl : nat -> X -> Xi -> U).
Variables (eps ell Lx Lu : R) (gcl : nat -> R) (H : nat).
Local Notation piL := (noise_policy q nu gl).
(* actions live in a group with a norm *)
Definition dist u v := nrm (emb u - emb v).
(* the disturbance that turns the learner's own action into u *)
Definition dstb h x xi u := emb u - emb (gl h x xi).

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis nu_dist : forall h, is_dist (nu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dist u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu, 0 <= ell & 0 <= eps].
Hypothesis nrm_add : forall a b, nrm (a + b) <= nrm a + nrm b.
Hypothesis nrm_opp : forall a, nrm (- a) = nrm a.
Hypothesis nrm0 : nrm 0 = 0.
Hypothesis sup_error : forall u, dist u (q u) <= eps.
Hypothesis gcl_ge0 : forall j, 0 <= gcl j.
(* gains of the closed loop: same start, process noise and policy noise, different disturbances *)
Hypothesis closed_gains : forall x1 us us' (xis : nat -> Xi) ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) gcl (h.-1 - t)%N *
    nrm (dstb t (traj f x1 us ws t) (xis t) (us t) - dstb t (traj f x1 us' ws t) (xis t) (us' t)).
Hypothesis gl_lip : forall h x x' xi, dist (gl h x xi) (gl h x' xi) <= ell * dX x x'.

Lemma dist_xx u : dist u u = 0.
Proof. by rewrite /dist subrr. Qed.
Lemma dist_sym u v : dist u v = dist v u.
Proof. by rewrite /dist -opprB nrm_opp. Qed.
Lemma dist_tri u v w : dist u w <= dist u v + dist v w.
Proof. by rewrite /dist -[emb u - emb w](subrKA (emb v)); exact: nrm_add. Qed.

(* one step: policy noise, raw action of the labelled chain, code played by the deployed learner *)
Local Notation A := ((Xi * U * U)%type).
Let a1 (a : A) := a.1.2.
Let a2 (a : A) := a.2.
Definition noise_step h x y (a : A) : R := nu h a.1.1 * kap piE q h x (q (gl h x a.1.1)) a.1.2 * (q (gl h y a.1.1) == a.2)%:R.
Local Notation K := noise_step.
Let cst h x y (a : A) := nrm (dstb h x a.1.1 a.1.2 - dstb h y a.1.1 a.2).

Lemma K_sum h x y (F : A -> R) : \sum_a K h x y a * F a =
  \sum_xi nu h xi * \sum_v kap piE q h x (q (gl h x xi)) v * F (xi, v, q (gl h y xi)).
Proof.
transitivity (\sum_(xv : Xi * U) \sum_u K h x y (xv, u) * F (xv, u)).
  by rewrite (pair_bigA _ (fun xv u => K h x y (xv, u) * F (xv, u))); apply: eq_bigr => [[xv u]].
transitivity (\sum_xi \sum_v \sum_u K h x y (xi, v, u) * F (xi, v, u)).
  by rewrite (pair_bigA _ (fun xi v => \sum_u K h x y (xi, v, u) * F (xi, v, u))); apply: eq_bigr => [[xi v]].
apply: eq_bigr => xi _; rewrite mulr_sumr; apply: eq_bigr => v _; rewrite /K /=.
by under eq_bigr => u _ do rewrite -mulrA; rewrite -mulr_sumr sum_at mulrA.
Qed.

Lemma K_dist h x y : is_dist (K h x y).
Proof.
have [n0 n1] := nu_dist h; split.
  move=> [[xi v] u]; rewrite /K /= mulr_ge0 ?ler0n // mulr_ge0 //.
  by have [k0 _] := kap_dist q piE_dist h x (q (gl h x xi)); exact: k0.
transitivity (\sum_a K h x y a * 1); first by apply: eq_bigr => a _; rewrite mulr1.
rewrite K_sum -[RHS]n1; apply: eq_bigr => xi _.
by rewrite -mulr_suml (proj2 (kap_dist q piE_dist h x _)) !mulr1.
Qed.

Lemma K_left h x y (F : U -> R) : \sum_a K h x y a * F (a1 a) = \sum_u deq piE q piL h x u * F u.
Proof. by rewrite (K_sum h x y (fun a => F (a1 a))) deq_sum noise_sum. Qed.

Lemma K_right h x y (F : U -> R) : \sum_a K h x y a * F (a2 a) = \sum_u piL h y u * F u.
Proof.
rewrite (K_sum h x y (fun a => F (a2 a))) noise_sum; apply: eq_bigr => xi _; rewrite /a2 /=.
by rewrite -mulr_suml (proj2 (kap_dist q piE_dist h x _)) mul1r.
Qed.

(* both disturbances are quantization errors: at most 2 eps and eps *)
Lemma K_cost h x y a : 0 < K h x y a -> cst h x y a <= 3%:R * eps.
Proof.
have [Lx0 Lu0 ell0 e0] := consts; have [n0 n1] := nu_dist h.
case: a => [[xi v] u]; rewrite /K /cst /=; set c := q (gl h x xi).
have [k0 _] := kap_dist q piE_dist h x c.
case: eqP => [<-|_]; last by rewrite mulr0 ltxx.
rewrite mulr1 => pos.
have kv : 0 < kap piE q h x c v.
  by rewrite lt_neqAle k0 andbT eq_sym; apply: contraTneq pos => ->; rewrite mulr0 ltxx.
have vc : dist v c <= eps := @kap_error R X U dist piE q eps 0 Lx Lu (And4 Lx0 Lu0 e0 (lexx 0)) dist_xx sup_error h x c v kv.
have -> : 3%:R * eps = (eps + eps) + eps by ring.
apply: (le_trans (nrm_add _ _)); rewrite nrm_opp; apply: ler_add.
  apply: (le_trans (dist_tri v c (gl h x xi))); apply: ler_add => //; rewrite dist_sym; exact: sup_error.
by rewrite -/(dist _ _) dist_sym; exact: sup_error.
Qed.

Lemma K_rew h x y :
  `|\sum_a K h x y a * (rew h x (a1 a) - rew h y (a2 a))| <= (Lx + Lu * ell) * dX x y + Lu * (3%:R * eps).
Proof.
have [Lx0 Lu0 ell0 e0] := consts; have Kd := K_dist h x y; have [K0 _] := Kd.
apply: (le_trans (ler_norm_sum _ _ _)).
under eq_bigr => a _ do rewrite normrM ger0_norm //.
apply: avg_le => // a pos; apply: (le_trans (rew_lip _ _ _ _ _)).
rewrite mulrDl -addrA ler_add2l -mulrA -mulrDr; apply: ler_wpmul2l => //.
have KC := K_cost pos; case: a KC {pos} => [[xi v] u] /= KC.
rewrite /dist /a1 /a2 /=.
have -> : emb v - emb u = (emb (gl h x xi) - emb (gl h y xi)) + (dstb h x xi v - dstb h y xi u).
  by rewrite /dstb opprB addrACA [emb (gl h x xi) + _]addrC subrK addKr.
apply: (le_trans (nrm_add _ _)); apply: ler_add; [exact: gl_lip | exact: KC].
Qed.

Definition Gcl h := \sum_(j < h) gcl j.

Theorem closed_loop :
  `|J f mu rho rew piE H - J f mu rho rew piL H| <= H%:R * TV f mu rho piE piL q H
    + \sum_(h < H) ((Lx + ell * Lu) * (3%:R * eps * Gcl h) + 3%:R * eps * Lu).
Proof.
have [Lx0 Lu0 ell0 e0] := consts; have piLd := noise_dist q gl nu_dist.
have L0 : 0 <= Lx + Lu * ell by rewrite addr_ge0 // mulr_ge0.
have gains x1 s : dX (run f a1 x1 s) (run f a2 x1 s) <= wcost f a1 a2 cst gcl x1 s.
  have [v _] := nonempty (noise_dist q gl nu_dist 0 x1); have [w _] := nonempty (mu_dist 0).
  have [xi _] := nonempty (nu_dist 0).
  apply: (gains_hist ((xi, v, v), w)) => x0 us ws h.
  exact: (closed_gains x0 (fun t => a1 (us t)) (fun t => a2 (us t)) (fun t => (us t).1.1)).
have cost h x y : \sum_a K h x y a * cst h x y a <= 0 * dX x y + 3%:R * eps.
  by rewrite mul0r add0r; apply: avg_le; [exact: K_dist | exact: K_cost].
have Eng := @engine R X U W _ f mu rho rew (deq piE q piL) piL a1 a2 K H dX cst gcl 0 (Lx + Lu * ell)
  (fun _ _ => 3%:R * eps) (fun _ _ => Lu * (3%:R * eps)) mu_dist rho_dist (fun h x y _ => K_dist h x y)
  (fun h x y F _ => K_left h x y F) (fun h x y F _ => K_right h x y F) gcl_ge0 (lexx 0) L0 (fun x1 s _ => gains x1 s)
  (fun h x y _ => cost h x y) (fun h x y _ => K_rew h x y).
have -> : J f mu rho rew piE H - J f mu rho rew piL H =
   (J f mu rho rew piE H - J f mu rho rew (deq piE q piL) H)
  + (J f mu rho rew (deq piE q piL) H - J f mu rho rew piL H) by rewrite addrA subrK.
apply: (le_trans (ler_norm_add _ _)); apply: ler_add; first exact: imitation2.
apply: (le_trans Eng); rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => h _.
have Dd h' x : is_dist (deq piE q piL h' x) by exact: deq_dist.
have M t (c : R) : mean1 f mu rho (deq piE q piL) t (fun _ => c) = c.
  exact: avg_const (occ_dist f t mu_dist rho_dist Dd).
have -> : edev f mu rho (deq piE q piL) gcl 0 (fun _ _ => 3%:R * eps) h = 3%:R * eps * Gcl h.
  rewrite /edev dev_rec /Gcl mulr_sumr (reindex_inj rev_ord_inj) /=; apply: eq_bigr => t _.
  by rewrite mul0r add0r M mulrC; congr (_ * gcl _); case: {t} (nat_of_ord h) t => [[]//|k] t; rewrite subSS subKn // -ltnS.
by rewrite M; ring.
Qed.
End ClosedLoop.
