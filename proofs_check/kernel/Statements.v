(* The statements of the catalog that live on finite spaces: the bound of each is the term printed from the catalog
   (Catalog.v), at exponential gains C eta^j and linear modulus L.  a stands for exp(-x): a log-loss learner over N policies
   fails with probability at most (N-1) a^n, whatever a in [0, 1] is. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Deterministic Learners MasterForms.
From Quantbc Require Catalog Theorem8 Theorem9.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Terms.
Variables (R : realFieldType) (H : nat) (C eta eps k ell L Lx Lu : R).
Definition gains (j : nat) : R := C * eta ^+ j.
Definition linear (r : R) : R := L * r.

Lemma decouplingE : decoupling eps k gains linear H = \sum_(1 <= h < H.+1)
  (1 - \prod_(2 <= t < h.+1) (1 - Num.min 1 (L * eps * (k + 1) * \sum_(0 <= j < t.-1) C * eta ^+ j))).
Proof.
rewrite big_add1 big_mkord; apply: eq_bigr => h _ /=; congr (1 - _).
rewrite -(big_mkord xpredT (fun t => 1 - hazard eps k gains linear t)) big_ltn //= subr0 mul1r.
rewrite !big_add1 /=; apply: eq_bigr => t _; congr (1 - Num.min 1 _).
rewrite /linear /Gamma -(big_mkord xpredT gains).
by have -> : \sum_(0 <= j < t.+1) gains j = \sum_(0 <= j < t.+1) C * eta ^+ j by []; move: (\sum_(0 <= j < _) _) => s; ring.
Qed.

Lemma driftE : drift eps k Lx Lu gains H = \sum_(1 <= h < H.+1)
  (Lu * eps * (k + 1) + Lx * eps * (k + 1) * \sum_(0 <= j < h.-1) C * eta ^+ j).
Proof.
rewrite big_add1 big_mkord; apply: eq_bigr => h _ /=.
rewrite /Gamma -(big_mkord xpredT gains).
by have -> : \sum_(0 <= j < h) gains j = \sum_(0 <= j < h) C * eta ^+ j by []; move: (\sum_(0 <= j < _) _) => s; ring.
Qed.

(* the feedback recursion under a constant input is a geometric sum *)
Lemma devE c h : dev gains ell (fun _ => c) h = c * \sum_(0 <= j < h) C * (C * ell + eta) ^+ j.
Proof.
have step n : dev gains ell (fun _ => c) n.+1 = (C * ell + eta) * dev gains ell (fun _ => c) n + C * c.
  have g0 : gains 0 = C by rewrite /gains expr0 mulr1.
  rewrite dev_rec big_ord_recr /= subnn g0.
  have -> : \sum_(t < n) gains (n - t) * (ell * dev gains ell (fun _ => c) t + c) = eta * dev gains ell (fun _ => c) n.
    rewrite dev_rec mulr_sumr; apply: eq_bigr => t _.
    by rewrite (pred_sub (ltn_ord t)) {1}/gains exprS /gains; ring.
  by move: (dev _ _ _ n) => e; ring.
elim: h => [|h IH]; first by rewrite dev0 big_geq // mulr0.
rewrite step IH big_nat_recl // expr0.
have -> : \sum_(0 <= j < h) C * (C * ell + eta) ^+ j.+1 = (C * ell + eta) * \sum_(0 <= j < h) C * (C * ell + eta) ^+ j.
  by rewrite mulr_sumr; apply: eq_bigr => j _; rewrite exprS mulrCA.
by move: (\sum_(0 <= j < h) _) => s; ring.
Qed.

Lemma feedbackE c : feedback ell Lx Lu gains H (fun _ => c) = \sum_(1 <= h < H.+1)
  (Lu * (c * ell * (\sum_(0 <= j < h.-1) C * (C * ell + eta) ^+ j) + c)
   + Lx * c * \sum_(0 <= j < h.-1) C * (C * ell + eta) ^+ j).
Proof.
rewrite big_add1 big_mkord; apply: eq_bigr => h _ /=; rewrite devE.
by move: (\sum_(0 <= j < h) _) => s; ring.
Qed.
End Terms.

(* the master theorem with a linear modulus, both signs *)
Section LinearModulus.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE piL : nat -> X -> U -> R).
Variables (q : U -> U) (C eta eps_q L_x L_u k L : R) (H : nat).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dU u u'.
Hypothesis rewards_ge0 : 0 <= L_x /\ 0 <= L_u.
Hypothesis gains_ge0 : 0 <= C /\ 0 <= eta.
Hypothesis eps_ge0 : 0 <= eps_q.
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps_q.
Hypothesis stable : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) C * eta ^+ (h.-1 - t) * dU (us t) (us' t).
Hypothesis k_ge0 : 0 <= k.
Hypothesis L_ge0 : 0 <= L.
Hypothesis rtvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps_q < dU u u')%R : nat)%:R <= L * dX x x'].

Lemma linear_master : `|J f mu rho rew piE H - J f mu rho rew piL H|
  <= H%:R * TV f mu rho piE piL q H + decoupling eps_q k (gains C eta) (linear L) H + drift eps_q k L_x L_u (gains C eta) H.
Proof.
have [x0 u0] := rewards_ge0; have [c0 e0] := gains_ge0.
have gains_ge j : 0 <= gains C eta j by rewrite mulr_ge0 // exprn_ge0.
have -> : decoupling eps_q k (gains C eta) (linear L) H = decoupling eps_q k (gains C eta) (fun r => L * Num.max 0 r) H.
  apply: eq_bigr => h _; congr (1 - _); apply: eq_bigr => [[[|t] ?]] _ //=; congr (1 - Num.min 1 (L * _)).
  by rewrite max_r // mulr_ge0 ?sumr_ge0 // ?mulr_ge0 ?addr_ge0 ?ler01 // => j _; exact: gains_ge.
apply: (master_both mu_dist rho_dist piE_dist piL_dist rew01 rew_lip (And3 x0 u0 eps_ge0) dU_tri dU_xx sup_error gains_ge stable k_ge0).
- move=> r s rs; apply: ler_wpmul2l => //; rewrite le_maxl !le_maxr lexx /=.
  by rewrite rs orbT.
- by move=> r; rewrite mulr_ge0 // le_maxr lexx.
- move=> h x x'; have [G [G0 G1 G2 G3]] := rtvc h x x'; exists G; split=> //; apply: (le_trans G3).
  by apply: ler_wpmul2l => //; rewrite le_maxr lexx orbT.
Qed.
End LinearModulus.

(* ---------- log-loss learners ---------- *)
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
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dU u u'.
Hypothesis rewards_ge0 : 0 <= L_x /\ 0 <= L_u.
Hypothesis gains_ge0 : 0 <= C /\ 0 <= eta.
Hypothesis eps_ge0 : 0 <= eps_q.
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis sup_error : forall u, dU u (q u) <= eps_q.
Hypothesis stable : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) C * eta ^+ (h.-1 - t) * dU (us t) (us' t).
Hypothesis realizable : forall h x c, pol star h x c = piQ piE q h x c.
Hypothesis a01 : 0 <= a <= 1.
Variable hat : data (path X U H) n -> Pi.
Hypothesis mle : forall (d : data (path X U H) n) p,
  \prod_i labels (pol p) 0 (d i) <= \prod_i labels (pol (hat d)) 0 (d i).

Local Notation regret p := (J f mu rho rew piE H - J f mu rho rew (pol p) H).
Local Notation Pr := (prob f mu rho piE q (H:=H) (n:=n)).
Local Notation deterministic pi := (forall h x c, pi h x c = 0 \/ pi h x c = 1).

Lemma gains_ge j : 0 <= gains C eta j.
Proof. by have [c0 e0] := gains_ge0; rewrite mulr_ge0 // exprn_ge0. Qed.

(* a learner with modulus L, relaxed by k eps_q *)
Section Relaxed.
Variables (k L : R).
Hypothesis k_ge0 : 0 <= k.
Hypothesis L_ge0 : 0 <= L.
Hypothesis rtvc : forall p h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
      forall u', \sum_u G u u' = pol p h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps_q < dU u u')%R : nat)%:R <= L * dX x x'].

Lemma relaxed rad (bound : R) :
  (forall p, a <= aff (fun p => @law R X U W f mu piE q (pol p) H 0 rho) star p -> TV f mu rho piE (pol p) q H <= rad) ->
  bound = H%:R * rad + decoupling eps_q k (gains C eta) (linear L) H + drift eps_q k L_x L_u (gains C eta) H ->
  Pr (fun d => bound < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> near ->; apply: (learner_any mu_dist rho_dist piE_dist pol_dist realizable a01 mle (reg := fun p => `|regret p|)) => p nr.
apply: (le_trans (linear_master H mu_dist rho_dist piE_dist (pol_dist p) rew01 rew_lip rewards_ge0 gains_ge0 eps_ge0 dU_tri dU_xx
  sup_error stable k_ge0 L_ge0 (rtvc p))).
by rewrite !ler_add2r; apply: ler_wpmul2l; [exact: ler0n | exact: near].
Qed.

Theorem theorem_3 : deterministic (piQ piE q) ->
  Pr (fun d => Catalog.theorem_3 H C L L_u L_x a eps_q eta k < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> det; apply: (relaxed (rad := 1 - a ^+ 2)) => [p|]; first exact: deterministic_radius.
by rewrite decouplingE driftE.
Qed.

Theorem theorem_3_deterministic_class : (forall p, deterministic (pol p)) ->
  Pr (fun d => Catalog.theorem_3_deterministic_class H C L L_u L_x a eps_q eta k < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> dc; apply: (relaxed (rad := 1 - a)) => [p nr|]; last by rewrite decouplingE driftE.
have det h x c : piQ piE q h x c = 0 \/ piQ piE q h x c = 1 by rewrite -realizable; exact: dc.
rewrite (deterministic_class f H mu_dist rho_dist piE_dist (pol_dist p) det (dc p)).
by move: nr; rewrite (aff_observed f mu rho H realizable) ler_subr_addl addrC -ler_subr_addl.
Qed.
End Relaxed.

Theorem theorem_2 L : 0 <= L ->
  (forall p h x x', exists G : U -> U -> R,
    [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
        forall u', \sum_u G u u' = pol p h x' u' &
        \sum_u \sum_u' G u u' * ((0 < dU u u')%R : nat)%:R <= L * dX x x']) ->
  Pr (fun d => Catalog.theorem_2 H C L L_u L_x a eps_q eta < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> L0 tvc.
have tvc0 p h x x' : exists G : U -> U -> R,
    [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
        forall u', \sum_u G u u' = pol p h x' u' &
        \sum_u \sum_u' G u u' * ((0 * eps_q < dU u u')%R : nat)%:R <= L * dX x x'].
  by have [G HG] := tvc p h x x'; exists G; rewrite mul0r.
apply: (relaxed (lexx 0) L0 tvc0 (rad := Num.sqrt (1 - a ^+ 2))) => [p|]; first exact: stochastic_radius.
rewrite decouplingE driftE /Catalog.theorem_2; congr (_ + _ + _).
  apply: eq_bigr => h _; congr (1 - _); apply: eq_bigr => t _; by rewrite add0r mulr1.
by apply: eq_bigr => h _; rewrite add0r !mulr1.
Qed.

(* a class of binned Lipschitz maps *)
Theorem binning_lipschitz (gl : Pi -> nat -> X -> U) lipschitz : 0 <= lipschitz ->
  (forall u v, dU u v = dU v u) ->
  (forall p h x x', dU (gl p h x) (gl p h x') <= lipschitz * dX x x') ->
  (forall p h x c, pol p h x c = (c == q (gl p h x))%:R) ->
  Pr (fun d => Catalog.binning_lipschitz H C L_u L_x a eps_q eta lipschitz < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> l0 sym lip polE; have [x0 u0] := rewards_ge0.
have dc p h x c : pol p h x c = 0 \/ pol p h x c = 1 by rewrite polE; case: eqP; [right|left].
have cl p h x x' : exists G, coupling (pol p h x) (pol p h x') G /\
    \sum_u \sum_u' G u u' * dU u u' <= lipschitz * dX x x' + 2%:R * eps_q.
  pose y := q (gl p h x); pose z := q (gl p h x').
  have one (v : U) : \sum_c (c == v)%:R = 1 :> R by rewrite (bigD1 v) //= eqxx big1 ?addr0 // => c /negbTE ->.
  exists (fun u u' => (u == y)%:R * (u' == z)%:R); split.
    split; [by move=> u u'; rewrite mulr_ge0 ?ler0n | |].
    - by move=> u; rewrite -mulr_sumr one mulr1 polE.
    - by move=> u; rewrite -mulr_suml one mul1r polE.
  under eq_bigr => u _ do under eq_bigr => u' _ do rewrite -mulrA [u' == _]eq_sym.
  under eq_bigr => u _ do rewrite -mulr_sumr sum_at eq_sym.
  rewrite (sum_at y (fun u => dU u z)).
  apply: (le_trans (dU_tri _ (gl p h x) _)); apply: (le_trans (ler_add (lexx _) (dU_tri _ (gl p h x') _))).
  have A : dU y (gl p h x) <= eps_q by rewrite sym; exact: sup_error.
  have B : dU (gl p h x') z <= eps_q by exact: sup_error.
  rewrite addrCA; apply: ler_add; first exact: lip.
  by rewrite mulrDl mul1r; apply: ler_add.
have T := @wasserstein_deterministic_class R X U W f mu rho rew dX dU piE q Pi pol star H n a eps_q lipschitz (2%:R * eps_q)
  L_x L_u (gains C eta) mu_dist rho_dist piE_dist pol_dist rew01 rew_lip (And4 x0 u0 l0 eps_ge0) dU_tri dU_xx sup_error
  gains_ge stable realizable a01 hat mle cl dc.
suff <- : H%:R * (1 - a) + feedback lipschitz L_x L_u (gains C eta) H (fun _ => 2%:R * eps_q + eps_q)
  = Catalog.binning_lipschitz H C L_u L_x a eps_q eta lipschitz by [].
rewrite feedbackE /Catalog.binning_lipschitz; congr (_ + _); apply: eq_bigr => h _.
by move: (\sum_(0 <= j < _) _) => s; ring.
Qed.
End Learner.

(* ---------- lower bounds: for every algorithm some instance, all of whose codes are eps_q off ---------- *)
Lemma theorem_8E (R : realFieldType) (H n : nat) (eps_q : R) : Catalog.theorem_8 H n eps_q = H%:R * (eps_q
  + (1 - 4%:R * eps_q) / 2%:R * ((n%:R + 1)^-1 * (1 - (n%:R + 1)^-1) ^+ n)).
Proof.
rewrite /Catalog.theorem_8 /Catalog.theorem_8_imitation /Catalog.theorem_8_quantization.
have -> : 2%:R * n%:R + 2%:R = 2%:R * (n%:R + 1) :> R by ring.
by rewrite invfM; move: (_^-1) (_^-1) (_ ^+ n) => s t u; ring.
Qed.
Lemma rare01 (R : realFieldType) (n : nat) : (0 : R) <= (n%:R + 1)^-1 <= (1 : R).
Proof.
have n0 : 0 < n%:R + 1 :> R by rewrite addrC -mulrS ltr0n.
by rewrite invr_ge0 ltW //= invf_le1 // ler_addr ler0n.
Qed.

Theorem theorem_8 (R : realFieldType) (H n : nat) (eps_q : R) (A : finType) (act : A -> R)
    (alg : {ffun 'I_n -> bool * bool} -> bool -> A -> R) :
  0 <= eps_q -> (forall d x, is_dist (alg d x)) ->
  exists high mir, (forall x, `|Theorem8.target eps_q high mir x - Theorem8.code eps_q (Theorem8.label mir x)| = eps_q) /\
    Catalog.theorem_8 H n eps_q <= Theorem8.regret eps_q ((n%:R + 1)^-1) H%:R act alg high mir.
Proof.
move=> e0 algd.
have [high [mir B]] := @Theorem8.theorem_8 R n eps_q _ H%:R A act (rare01 R n) (ler0n _ H) alg algd.
by exists high, mir; split; [move=> x; exact: Theorem8.quantization_error | rewrite theorem_8E].
Qed.

(* and some algorithm pays no more, whichever expert it faces: the minimax regret of the four *)
Theorem theorem_8_minimax (R : realFieldType) (H n : nat) (eps_q : R) : (0 < n)%N -> 0 <= eps_q <= 4%:R^-1 ->
  (forall (A : finType) (act : A -> R) (alg : {ffun 'I_n -> bool * bool} -> bool -> A -> R), (forall d x, is_dist (alg d x)) ->
     exists high mir, Catalog.theorem_8 H n eps_q <= Theorem8.regret eps_q ((n%:R + 1)^-1) H%:R act alg high mir) /\
  exists (A : finType) (act : A -> R) (alg : {ffun 'I_n -> bool * bool} -> bool -> A -> R), (forall d x, is_dist (alg d x)) /\
     forall high mir, Theorem8.regret eps_q ((n%:R + 1)^-1) H%:R act alg high mir = Catalog.theorem_8 H n eps_q.
Proof.
move=> n0 small; have /andP [e0 _] := small; split=> [A act alg algd|].
  by have [high [mir [_ B]]] := theorem_8 H act e0 algd; exists high, mir.
case: n n0 => // n _; exists _, (Theorem8.played n eps_q ((n.+1%:R + 1)^-1)), (@Theorem8.balanced R n); split=> [d x|high mir].
  exact: Theorem8.balanced_dist.
by rewrite theorem_8E; apply: Theorem8.attained => //; exact: rare01.
Qed.

Theorem theorem_9 (R : rcfType) (H n : nat) (eps_q : R) (alg : {ffun 'I_n -> bool} -> R) :
  (0 < n)%N -> 0 <= eps_q <= 2%:R^-1 ->
  exists s, (forall b, `|Theorem9.raw eps_q s b - Theorem9.code eps_q b| = eps_q) /\
    8%:R^-1 <= \sum_d Theorem9.sample R s d *
      ((Catalog.theorem_9 H n eps_q <= Theorem9.regret n eps_q H%:R s (alg d))%R : nat)%:R.
Proof.
move=> n0 e0; have [s B] := @Theorem9.theorem_9 R n n0 eps_q H%:R (ler0n _ H) alg.
exists s; split; first by move=> b; exact: Theorem9.quantization_error.
apply: (le_trans B); rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => d _.
suff -> : Catalog.theorem_9 H n eps_q = H%:R * ((1 - 2%:R * eps_q) * Theorem9.bias R n + eps_q) by [].
rewrite /Catalog.theorem_9 /Catalog.theorem_9_imitation /Catalog.theorem_9_quantization /Theorem9.bias.
by move: (_^-1) => t; ring.
Qed.
