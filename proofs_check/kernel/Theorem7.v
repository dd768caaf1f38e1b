(* Theorem 7: policy and dynamics learnt by log-loss, the codes of an auxiliary roll-out from x_1 executed in the real system.
   replay_regret : playing the expert's own labels under the expert's noise costs the drift with average errors only.
   theorem_7 : a roll-out that shares the real noise, in the catalog's expression: for any finite class of pairs (policy, model)
     that contains the pair (labels of the expert, observed chain), the regret exceeds it with probability at most (N - 1) a^n.
     A model says how the next state depends on state, code and noise; demonstrations show the noise.  Dynamics without noise
     are the case of one noise value.
   theorem_7_deterministic : the same where the expert's action is a function of the state.
   theorem_7_independent_noise : with stochastic dynamics and a roll-out that draws its own noise the statement is false: the
     learner knows everything, nothing is quantized, and the regret is (H - 1)/2, for every H >= 1.
   Finite spaces; no axioms; steps from 0.  a stands for exp(-x). *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Statements.
From Quantbc Require Catalog.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- playing the expert's labels, the noise shared ---------- *)
Section Replay.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (Lx Lu : R) (g : nat -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : 0 <= Lx /\ 0 <= Lu.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).

(* expected reward of the last n steps: the expert is at x and acts; y is where its labels have led *)
Fixpoint replay n h x y : R :=
  if n is n'.+1 then
    \sum_v piE h x v * (rew h y (q v) + \sum_w mu h w * replay n' h.+1 (f h x v w) (f h y (q v) w))
  else 0.
Definition replay_return H := \sum_x rho x * replay H 0 x x.
(* the expert's mean quantization error at step h, and the mean gap of the states *)
Local Notation ebar := (ebar f mu rho dU piE q).
Definition gap_of h := \sum_(t < h) g (h.-1 - t)%N * ebar t.

(* one action of the expert moves both chains *)
Local Notation K := (fun h (x _ : X) v => piE h x v).
Local Notation cst := (fun (_ : nat) (_ _ : X) v => dU v (q v)).
Local Notation E := (E f mu rho id q K).
Local Notation r1 := (run f id).
Local Notation r2 := (run f q).
Let Kd h := fun t (x _ : X) (_ : (t < h)%N) => piE_dist t x.
Let K1 h := fun t (x _ : X) (F : U -> R) (_ : (t < h)%N) => erefl (\sum_a piE t x a * F (id a)).
Let E_le h F F' := @E_le R X U W U f mu rho id q K h mu_dist rho_dist (@Kd h) h F F' (leqnn h).
Let E_eq h F F' := @E_eq R X U W U f mu rho id q K h mu_dist rho_dist (@Kd h) h F F' (leqnn h).
Let E_lin h c F F' := @E_lin R X U W U f mu rho id q K h mu_dist rho_dist (@Kd h) h c F F' (leqnn h).
Let E0 h := @E0 R X U W U f mu rho piE id q K h mu_dist rho_dist (@Kd h) (@K1 h) h (leqnn h).
Let E_marg1 h F := @E_marg1 R X U W U f mu rho piE id q K h mu_dist rho_dist (@Kd h) (@K1 h) h F (leqnn h).

Lemma E_abs h F F' B : (forall x1 s, size s = h -> `|F x1 s - F' x1 s| <= B x1 s) -> `|E h F - E h F'| <= E h B.
Proof.
move=> le.
have D G G' : E h G - E h G' = E h (fun x1 s => G x1 s - G' x1 s).
  rewrite -mulN1r addrC -E_lin; apply: E_eq => x1 s _; by rewrite mulN1r addrC.
rewrite ler_norml; apply/andP; split.
  rewrite ler_oppl opprB D; apply: E_le => x1 s sh; apply: (le_trans (ler_norm _)); rewrite distrC; exact: le.
by rewrite D; apply: E_le => x1 s sh; apply: (le_trans (ler_norm _)); exact: le.
Qed.

Lemma replay_E n h : E h (fun x1 s => replay n h (r1 x1 s) (r2 x1 s)) =
  \sum_(i < n) E (h + i)%N (fun x1 s => \sum_v piE (h + i)%N (r1 x1 s) v * rew (h + i)%N (r2 x1 s) (q v)).
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0 E0.
rewrite big_ord_recl addn0.
under [X in _ = _ + X]eq_bigr => i _ do rewrite lift0 addnS -addSn.
rewrite -IH /= -[X in _ = X + _]mul1r -E_lin; apply: E_eq => x1 s sh.
rewrite mul1r -big_split /=; apply: eq_bigr => v _; by rewrite -mulrDr sh.
Qed.

Lemma gap_E h : E h (fun x1 s => dX (r1 x1 s) (r2 x1 s)) <= gap_of h.
Proof.
apply: (@le_trans _ _ (E h (wcost f id q cst g))).
  apply: E_le => x1 s _; have [u _] := nonempty (piE_dist 0 x1); have [w _] := nonempty (mu_dist 0).
  by apply: (gains_hist (u, w)) => x0 us ws t; exact: iiss.
rewrite (@E_wcost R X U W U f mu rho piE id q K h cst mu_dist rho_dist (@Kd h) (@K1 h) h g (leqnn h)) /gap_of.
apply: ler_sum => t _; apply: ler_wpmul2l => //; rewrite /Dc.
by rewrite (E_marg1 t (fun x => \sum_v piE t x v * dU v (q v))).
Qed.

Theorem replay_regret H :
  `|J f mu rho rew piE H - replay_return H| <= \sum_(h < H) (Lx * gap_of h + Lu * ebar h).
Proof.
have [Lx0 Lu0] := consts.
have -> : replay_return H = E 0 (fun x1 s => replay H 0 (r1 x1 s) (r2 x1 s)) by [].
rewrite replay_E J_occ -sumrB; apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => h _; rewrite add0n.
rewrite -(E_marg1 h (fun x => \sum_u piE h x u * rew h x u)).
apply: (@le_trans _ _ (E h (fun x1 s => Lx * dX (r1 x1 s) (r2 x1 s) + Lu * \sum_v piE h (r1 x1 s) v * dU v (q v)))).
  apply: E_abs => x1 s _; rewrite -sumrB; apply: (le_trans (ler_norm_sum _ _ _)).
  rewrite -[X in X + _](avg_const _ (piE_dist h (r1 x1 s))) mulr_sumr -big_split /=; apply: ler_sum => v _.
  rewrite -mulrBr normrM (ger0_norm (proj1 (piE_dist h _) v)) [Lu * _]mulrCA -mulrDr.
  by apply: ler_wpmul2l; [case: (piE_dist h (r1 x1 s)) | exact: rew_lip].
rewrite E_lin; apply: ler_add; first by apply: ler_wpmul2l => //; exact: gap_E.
rewrite (E_marg1 h (fun x => Lu * \sum_v piE h x v * dU v (q v))) /Lipschitz.ebar /mean mulr_sumr.
by apply: ler_sum => x _; rewrite mulrCA.
Qed.
End Replay.

(* ---------- a roll-out that shares the noise, end to end ---------- *)
Section Algorithm1.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (C eta eps_q L_x L_u : R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dU u u'.
Hypothesis rewards_ge0 : 0 <= L_x /\ 0 <= L_u.
Hypothesis gains_ge0 : 0 <= C /\ 0 <= eta.
Hypothesis stable : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) C * eta ^+ (h.-1 - t) * dU (us t) (us' t).
(* every action within eps_q of its code, or in mean on the expert's states of each step *)
Hypothesis label_error : forall h, ebar f mu rho dU piE q h <= eps_q.

(* a model: law of the next state given state, code and the system's noise; without noise W is a point *)
Definition model := nat -> X -> U -> W -> X -> R.
(* the observed chain, its noise seen *)
Definition observed : model := fun h x c w x' => \sum_v kap piE q h x c v * (f h x v w == x')%:R.
(* a roll-out: state, code and noise of every step *)
Definition rolled n := path X [finType of U * W] n.
(* its law under a label policy and a model; the noise is the system's *)
Fixpoint rollout (pi : nat -> X -> U -> R) (M : model) n h (m : X -> R) : rolled n -> R :=
  match n return rolled n -> R with
  | 0 => fun _ => 1
  | n'.+1 => fun s => m s.1.1 * (pi h s.1.1 s.1.2.1 * mu h s.1.2.2)
      * rollout pi M h.+1 (M h s.1.1 s.1.2.1 s.1.2.2) s.2
  end.

Lemma sum_rolled n (F : X -> U -> W -> rolled n -> R) :
  \sum_(s : rolled n.+1) F s.1.1 s.1.2.1 s.1.2.2 s.2 = \sum_x \sum_c \sum_w \sum_s F x c w s.
Proof.
rewrite -(pair_bigA _ (fun (xa : X * (U * W)) s => F xa.1 xa.2.1 xa.2.2 s)) /=.
rewrite -(pair_bigA _ (fun x (a : U * W) => \sum_s F x a.1 a.2 s)) /=; apply: eq_bigr => x _.
by rewrite -(pair_bigA _ (fun c w => \sum_s F x c w s)).
Qed.

Lemma rollout_dist pi M n h m : (forall h x, is_dist (pi h x)) -> (forall h x c w, is_dist (M h x c w)) -> is_dist m ->
  is_dist (@rollout pi M n h m).
Proof.
move=> pid Md; elim: n h m => [|n IH] h m [m0 m1].
  by split=> [t|]; rewrite /= ?ler01 // big_const card_unit /= addr0.
have [w0 w1] := mu_dist h; split=> [[[x [c w]] s]|] /=.
  have [p0 _] := pid h x; have [l0 _] := IH h.+1 _ (Md h x c w).
  by rewrite !mulr_ge0.
rewrite (sum_rolled (fun x c w s => m x * (pi h x c * mu h w) * rollout pi M h.+1 (M h x c w) s)) /=.
transitivity (\sum_x m x) => //; apply: eq_bigr => x _.
under eq_bigr => c _ do (under eq_bigr => w _ do rewrite -mulr_sumr (proj2 (IH h.+1 _ (Md h x c w))) mulr1;
  rewrite -mulr_sumr -mulr_sumr w1 mulr1).
by rewrite -mulr_sumr (proj2 (pid h x)) mulr1.
Qed.

Lemma observed_dist h x c w : is_dist (observed h x c w).
Proof.
have [k0 k1] := kap_dist q piE_dist h x c; split=> [x'|].
  by apply: sumr_ge0 => v _; rewrite mulr_ge0 ?ler0n.
rewrite exchange_big /= -[RHS]k1; apply: eq_bigr => v _; rewrite -mulr_sumr -[RHS]mulr1; congr (_ * _).
by under eq_bigr => x' _ do rewrite -[_%:R]mulr1; rewrite (sum_at _ (fun _ => 1)).
Qed.

Lemma observed_sum h x c w (F : X -> R) : \sum_x' observed h x c w x' * F x' = \sum_v kap piE q h x c v * F (f h x v w).
Proof.
under eq_bigr => x' _ do rewrite mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => v _.
by under eq_bigr => x' _ do rewrite -mulrA; rewrite -mulr_sumr sum_at.
Qed.

(* reward of executing the codes of a roll-out from y, under its noise; the roll-out's own states play no role *)
Fixpoint execute n h y : rolled n -> R :=
  match n return rolled n -> R with
  | 0 => fun _ => 0
  | n'.+1 => fun s => rew h y s.1.2.1 + execute h.+1 (f h y s.1.2.1 s.1.2.2) s.2
  end.
(* real and auxiliary trajectories start at the same x_1 *)
Definition execution n : rolled n -> R :=
  match n return rolled n -> R with 0 => fun _ => 0 | n'.+1 => fun s => @execute n'.+1 0 s.1.1 s end.
Definition algorithm_return pi M H := \sum_(s : rolled H) rollout pi M 0 rho s * execution s.

Lemma execute_range n h y s : 0 <= @execute n h y s <= n%:R.
Proof.
elim: n h y s => [|n IH] h y s /=; first by rewrite lexx.
have /andP [a b] := rew01 h y s.1.2.1; have /andP [c d] := IH h.+1 (f h y s.1.2.1 s.1.2.2) s.2.
by apply/andP; split; [exact: addr_ge0 | rewrite mulrS; exact: ler_add].
Qed.
Lemma execution_range n s : 0 <= @execution n s <= n%:R.
Proof. by case: n s => [|n] s; [rewrite /= lexx | exact: execute_range]. Qed.

Local Notation pQ := (piQ piE q).
Local Notation rp := (replay f mu rew piE q).
Local Notation olaw := (rollout pQ observed).

(* under the expert's own labels the execution is the replay *)
Lemma execute_replay n h m y : is_dist m -> \sum_s olaw h m s * @execute n h y s = \sum_x m x * rp n h x y.
Proof.
elim: n h m y => [|n IH] h m y md.
  by rewrite big1 => [|s _]; [rewrite big1 // => x _; rewrite mulr0 | rewrite mulr0].
have [w0 w1] := mu_dist h.
rewrite (sum_rolled (fun x c w s => m x * (pQ h x c * mu h w) * olaw h.+1 (observed h x c w) s
  * (rew h y c + @execute n h.+1 (f h y c w) s))) /=.
apply: eq_bigr => x _.
have Ew c w : \sum_s m x * (pQ h x c * mu h w) * olaw h.+1 (observed h x c w) s * (rew h y c + @execute n h.+1 (f h y c w) s)
  = m x * (pQ h x c * (mu h w * \sum_v kap piE q h x c v * (rew h y c + rp n h.+1 (f h x v w) (f h y c w)))).
  under eq_bigr => s _ do rewrite -mulrA mulrDr.
  rewrite -mulr_sumr big_split /= IH; last exact: observed_dist.
  have [_ l1] := rollout_dist n h.+1 (fun h x => piQ_dist q piE_dist h x) observed_dist (observed_dist h x c w).
  rewrite observed_sum -mulr_suml l1 mul1r -!mulrA; congr (_ * (_ * (_ * _))).
  under [RHS]eq_bigr => v _ do rewrite mulrDr.
  by rewrite big_split /= (avg_const _ (kap_dist q piE_dist h x c)).
under eq_bigr => c _ do (under eq_bigr => w _ do rewrite Ew; rewrite -mulr_sumr -mulr_sumr).
rewrite -mulr_sumr; congr (_ * _).
transitivity (\sum_c \sum_v pQ h x c * kap piE q h x c v * (rew h y c + \sum_w mu h w * rp n h.+1 (f h x v w) (f h y c w))).
  apply: eq_bigr => c _; under [RHS]eq_bigr => v _ do rewrite -mulrA; rewrite -mulr_sumr; congr (_ * _).
  under eq_bigr => w _ do rewrite mulr_sumr; rewrite exchange_big /=; apply: eq_bigr => v _.
  under eq_bigr => w _ do rewrite mulrCA mulrDr; rewrite -mulr_sumr big_split /= -mulr_suml w1 mul1r //.
rewrite exchange_big /=; apply: eq_bigr => v _.
under eq_bigr => c _ do rewrite piQ_kap // -mulrA.
exact: (sum_at (q v) (fun c => piE h x v * (rew h y c + \sum_w mu h w * rp n h.+1 (f h x v w) (f h y c w)))).
Qed.

Lemma execution_replay H : \sum_s olaw 0 rho s * @execution H s = replay_return f mu rho rew piE q H.
Proof.
case: H => [|H]; first by rewrite /replay_return big1 => [|s _]; rewrite ?mulr0 // big1 // => x _; rewrite mulr0.
pose Ls (s : rolled H.+1) := olaw 0 rho s.
pose P x0 (s : rolled H.+1) := (s.1.1 == x0)%:R * Ls s * @execute H.+1 0 x0 s.
transitivity (\sum_x0 \sum_s P x0 s).
  rewrite exchange_big /=; apply: eq_bigr => s _; rewrite /P.
  under eq_bigr => x0 _ do rewrite -mulrA.
  by rewrite (sum_at s.1.1 (fun x0 => Ls s * @execute H.+1 0 x0 s)).
apply: eq_bigr => x0 _.
have d0 : is_dist (fun x => (x0 == x)%:R : R).
  by split=> [x|]; rewrite ?ler0n // (bigD1 x0) //= eqxx big1 ?addr0 // => x /negbTE; rewrite eq_sym => ->.
rewrite -(sum_at x0 (fun x => rp H.+1 0 x x0)) -execute_replay // mulr_sumr; apply: eq_bigr => s _.
rewrite /P /Ls /= eq_sym; case: eqP => [<-|_]; rewrite ?mul0r ?mulr0 ?mul1r //; ring.
Qed.

Lemma rollout_regret pi M H : (forall h x, is_dist (pi h x)) -> (forall h x c w, is_dist (M h x c w)) ->
  `|J f mu rho rew piE H - algorithm_return pi M H|
    <= H%:R * tv (@rollout pi M H 0 rho) (@rollout pQ observed H 0 rho)
       + \sum_(1 <= h < H.+1) (L_u * eps_q + L_x * eps_q * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Proof.
move=> pid Md; have [x0 u0] := rewards_ge0; have [c0 e0] := gains_ge0.
have g0 j : 0 <= gains C eta j by rewrite mulr_ge0 // exprn_ge0.
have -> : J f mu rho rew piE H - algorithm_return pi M H = (replay_return f mu rho rew piE q H - algorithm_return pi M H)
  + (J f mu rho rew piE H - replay_return f mu rho rew piE q H) by ring.
apply: (le_trans (ler_norm_add _ _)); apply: ler_add; last first.
  apply: (le_trans (replay_regret q mu_dist rho_dist piE_dist rew_lip rewards_ge0 g0 stable H)).
  rewrite big_add1 big_mkord; apply: ler_sum => h _ /=; rewrite addrC; apply: ler_add; first exact: ler_wpmul2l.
  rewrite -mulrA; apply: ler_wpmul2l => //; rewrite big_mkord mulr_sumr (reindex_inj rev_ord_inj) /=; apply: ler_sum => t _.
  have -> : (h - t.+1)%N = (h.-1 - t)%N by rewrite -subn1 subnAC -subnDA addn1.
  by rewrite mulrC; apply: ler_wpmul2r.
rewrite -execution_replay; apply: law_change2; first exact: rollout_dist.
  by apply: rollout_dist => //; [exact: piQ_dist | exact: observed_dist].
exact: execution_range.
Qed.

(* ---------- log-loss over a finite class of (policy, model) pairs ---------- *)
Variables (Pi : finType) (pol : Pi -> nat -> X -> U -> R) (mod : Pi -> model) (star : Pi).
Variables (H n : nat) (a : R).
Hypothesis pol_dist : forall p h x, is_dist (pol p h x).
Hypothesis mod_dist : forall p h x c w, is_dist (mod p h x c w).
Hypothesis realizable_policy : forall h x c, pol star h x c = pQ h x c.
Hypothesis realizable_model : forall h x c w x', mod star h x c w x' = observed h x c w x'.
Hypothesis a01 : 0 <= a <= 1.
Local Notation demonstration := (rolled H).
Definition pair_law p : demonstration -> R := rollout (pol p) (mod p) 0 rho.
Local Notation expert_law := (@rollout pQ observed H 0 rho).

Lemma star_law s : pair_law star s = expert_law s.
Proof.
rewrite /pair_law; move: rho s; elim: H 0%N => [|m IH] h l s //=.
rewrite realizable_policy; congr (_ * _).
have E n' h' (l1 l2 : X -> R) t : l1 =1 l2 -> @rollout (pol star) (mod star) n' h' l1 t = rollout (pol star) (mod star) h' l2 t.
  by case: n' t => [|n'] t l12 //=; rewrite l12.
by rewrite (E _ _ _ (observed h s.1.1 s.1.2.1 s.1.2.2)) // IH.
Qed.

Lemma pair_dist p : is_dist (pair_law p).
Proof. exact: rollout_dist. Qed.

Variable hat : data demonstration n -> Pi.
(* log-loss of policy and model together *)
Hypothesis mle : forall (d : data demonstration n) p, lik pair_law p d <= lik pair_law (hat d) d.
Local Notation drift := (\sum_(1 <= h < H.+1) (L_u * eps_q + L_x * eps_q * (\sum_(0 <= j < h.-1) C * eta ^+ j))).
Local Notation regret p := (J f mu rho rew piE H - algorithm_return (pol p) (mod p) H).
(* demonstrations come from the expert *)
Definition chance (B : pred (data demonstration n)) : R := \sum_(d : data demonstration n) (\prod_i expert_law (d i)) * (B d : nat)%:R.

Lemma learnt rad : (forall p, a <= aff pair_law star p -> tv (pair_law p) (pair_law star) <= rad) ->
  chance (fun d => H%:R * rad + drift < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> near_rad.
apply: (le_trans _ (@lemma_s1 R demonstration Pi pair_law star n a pair_dist a01 hat mle)); apply: ler_sum => d _; rewrite /lik.
have -> : \prod_i pair_law star (d i) = \prod_i expert_law (d i) by apply: eq_bigr => i _; exact: star_law.
apply: ler_wpmul2l.
  by apply: prodr_ge0 => i _; rewrite -star_law; exact: (proj1 (pair_dist star)).
rewrite ler_nat; case: (ltP (aff pair_law star (hat d)) a) => [_|nr]; first exact: leq_b1.
rewrite leqn0 eqb0 -leNgt; apply: (le_trans (rollout_regret H (pol_dist _) (mod_dist _))).
rewrite ler_add2r; apply: ler_wpmul2l; first exact: ler0n.
have -> : tv (@rollout (pol (hat d)) (mod (hat d)) H 0 rho) expert_law = tv (pair_law (hat d)) (pair_law star).
  by rewrite /tv; congr (_ / _); apply: eq_bigr => s _; rewrite star_law.
exact: near_rad.
Qed.

Lemma affinity_sqr p : a <= aff pair_law star p -> 1 - aff pair_law star p ^+ 2 <= 1 - a ^+ 2.
Proof.
have /andP [a0 a1] := a01 => nr; rewrite ler_add2l ler_opp2.
by apply: ler_expn2r; rewrite ?nnegrE // (le_trans a0).
Qed.

Theorem theorem_7 : chance (fun d => Catalog.theorem_7 H C L_u L_x a eps_q eta < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
apply: learnt => p nr; have S2 := lemma_s2 (pair_dist p) (pair_dist star).
set t := tv _ _ in S2 *; have t0 : 0 <= t by rewrite /t /tv mulr_ge0 ?invr_ge0 ?ler0n // sumr_ge0.
rewrite -(ger0_norm t0) -sqrtr_sqr; apply: ler_wsqrtr; apply: (le_trans S2).
by rewrite half_four; exact: affinity_sqr.
Qed.

(* the expert's action is a function of state and step: its observed chain draws nothing but start and noise *)
Variable action : nat -> X -> U.
Hypothesis sure : forall h x v, piE h x v = (v == action h x)%:R.

Lemma sure_label h x c : pQ h x c = (q (action h x) == c)%:R.
Proof.
rewrite /piQ big_mkcond (bigD1 (action h x)) //= sure eqxx big1 ?addr0 => [|v /negbTE ne]; first by case: (_ == _).
by rewrite sure ne; case: ifP.
Qed.
Lemma sure_next h x w x' : observed h x (q (action h x)) w x' = (f h x (action h x) w == x')%:R.
Proof.
rewrite /observed (bigD1 (action h x)) //= big1 ?addr0.
  by rewrite /kap sure_label eqxx oner_eq0 sure eqxx divr1 !mul1r.
by move=> v /negbTE ne; rewrite /kap sure_label eqxx oner_eq0 sure ne mulr0 !mul0r.
Qed.

(* the probabilities of codes and next states along a roll-out, without those of the noise *)
Fixpoint said (pi : nat -> X -> U -> R) (M : model) m h (l : X -> R) : rolled m -> R :=
  match m return rolled m -> R with
  | 0 => fun _ => 1
  | m'.+1 => fun s => l s.1.1 * pi h s.1.1 s.1.2.1 * said pi M h.+1 (M h s.1.1 s.1.2.1 s.1.2.2) s.2
  end.
Fixpoint noise m h : rolled m -> R :=
  match m return rolled m -> R with 0 => fun _ => 1 | m'.+1 => fun s => mu h s.1.2.2 * noise h.+1 s.2 end.

Lemma rollout_said pi M m h l (s : rolled m) : rollout pi M h l s = noise h s * said pi M h l s.
Proof. by elim: m h l s => [|m IH] h l s /=; rewrite ?mulr1 // IH; ring. Qed.

Lemma said_start m (s : rolled m) : exists r, forall pi M, said pi M 0 rho s = r * said pi M 0 (fun _ => 1) s.
Proof.
case: m s => [|m] s; first by exists 1 => pi M; rewrite mulr1.
by exists (rho s.1.1) => pi M /=; rewrite mul1r mulrA.
Qed.

Lemma le1 (T : finType) (w : T -> R) t : is_dist w -> 0 <= w t <= 1.
Proof. by move=> [w0 w1]; rewrite w0 -w1 (bigD1 t) //= ler_addl sumr_ge0. Qed.

Lemma said01 p m h l (s : rolled m) : (forall x, 0 <= l x <= 1) -> 0 <= said (pol p) (mod p) h l s <= 1.
Proof.
elim: m h l s => [|m IH] h l s l01 /=; first by rewrite ler01 lexx.
have /andP [a0 a1] := l01 s.1.1; have /andP [b0 b1] := le1 s.1.2.1 (pol_dist p h s.1.1).
have /andP [c0 c1] := IH h.+1 _ s.2 (fun x => le1 x (mod_dist p h s.1.1 s.1.2.1 s.1.2.2)).
by rewrite !mulr_ge0 //= mulr_ile1 ?mulr_ge0 // mulr_ile1.
Qed.

Lemma said_sure m h l (s : rolled m) : (forall x, l x = 0 \/ l x = 1) ->
  said (pol star) (mod star) h l s = 0 \/ said (pol star) (mod star) h l s = 1.
Proof.
elim: m h l s => [|m IH] h l s l01 /=; first by right.
case: (l01 s.1.1) => ->; first by left; rewrite !mul0r.
rewrite mul1r realizable_policy sure_label; case: eqP => [<-|_]; last by left; rewrite mul0r.
rewrite mul1r; apply: IH => x; rewrite realizable_model sure_next; by case: eqP; [right | left].
Qed.

Theorem theorem_7_deterministic :
  chance (fun d => Catalog.theorem_7_deterministic H C L_u L_x a eps_q eta < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
apply: learnt => p nr; pose Z := said (pol p) (mod p) 0 (fun _ => 1) : demonstration -> R.
have one (x : X) : 0 <= (1 : R) <= 1 by rewrite ler01 lexx.
have Z01 s : 0 <= Z s <= 1 by exact: said01.
have pZ s : pair_law star s != 0 -> pair_law p s = pair_law star s * Z s.
  rewrite /pair_law !rollout_said; have [r rE] := said_start s; rewrite !rE.
  have [->|->] := said_sure 0 s (fun _ => or_intror (erefl (1 : R))); first by rewrite !mulr0 eqxx.
  by rewrite mulr1 mulrA.
have [E M] := @lemma_s3 R demonstration (pair_law p) (pair_law star) Z (pair_dist p) (pair_dist star)
  (fun s => proj1 (andP (Z01 s))) (fun s => proj2 (andP (Z01 s))) pZ.
by rewrite E; apply: (le_trans M); exact: affinity_sqr.
Qed.
End Algorithm1.

(* ---------- a roll-out with its own noise ---------- *)
Section Independent.
Variable R : realFieldType.
(* the next state is a fair coin; the expert says what it sees; 1 if it is right *)
Definition coin_f (_ : nat) (_ _ w : bool) : bool := w.
Definition coin (_ : nat) (_ : bool) : R := 2%:R^-1.
Definition coin_rho (_ : bool) : R := 2%:R^-1.
Definition coin_expert (_ : nat) (x u : bool) : R := (u == x)%:R.
Definition coin_rew (_ : nat) (x u : bool) : R := (u == x)%:R.
(* real state and roll-out state together: same start, same model and policy, a noise each *)
Definition both_f (_ : nat) (_ : bool * bool) (_ : bool) (w : bool * bool) : bool * bool := w.
Definition both_noise (_ : nat) (_ : bool * bool) : R := 2%:R^-1 * 2%:R^-1.
Definition both_rho (z : bool * bool) : R := 2%:R^-1 * (z.1 == z.2)%:R.
(* the code is that of the roll-out, the reward that of the real state *)
Definition both_policy (h : nat) (z : bool * bool) (u : bool) : R := coin_expert h z.2 u.
Definition both_rew (h : nat) (z : bool * bool) (u : bool) : R := coin_rew h z.1 u.

Let half : 2%:R^-1 + 2%:R^-1 = 1 :> R.
Proof. by rewrite [RHS](splitr 1) !mul1r. Qed.

Lemma coin_expert_value n h x : V coin_f coin coin_rew coin_expert n h x = n%:R.
Proof.
elim: n h x => // n IH h x; rewrite /= !big_bool /= !IH /coin -mulrDl half mul1r.
by rewrite [RHS]mulrS /coin_expert /coin_rew; case: x; rewrite /= ?(mul0r, mul1r, addr0, add0r).
Qed.

Local Notation hf := (2%:R^-1 : R).
Let two_sum (F : bool * bool -> R) : \sum_z F z = (F (true, true) + F (true, false)) + (F (false, true) + F (false, false)).
Proof.
transitivity (\sum_x \sum_y F (x, y)); last by rewrite !big_bool.
by rewrite (pair_bigA _ (fun x y => F (x, y))); apply: eq_bigr => [[x y]].
Qed.

Lemma both_value n h z : V both_f both_noise both_rew both_policy n.+1 h z = (z.1 == z.2)%:R + n%:R * hf.
Proof.
elim: n h z => [|n IH] h z.
  rewrite /= big_bool /= !two_sum /= /both_policy /coin_expert /both_rew /coin_rew.
  by case: z => [[] []]; rewrite /= ?(mul0r, mul1r, mulr0, addr0, add0r).
have avg : \sum_w both_noise h w * V both_f both_noise both_rew both_policy n.+1 h.+1 w = hf + n%:R * hf.
  under eq_bigr => w _ do rewrite IH.
  rewrite two_sum /both_noise /= !add0r; set c := n%:R * hf.
  have -> : hf * hf * (1 + c) + hf * hf * c + (hf * hf * c + hf * hf * (1 + c)) = (hf + hf) * hf + (hf + hf) * (hf + hf) * c by ring.
  by rewrite half !mul1r.
have -> : V both_f both_noise both_rew both_policy n.+2 h z
  = \sum_u both_policy h z u * (both_rew h z u + \sum_w both_noise h w * V both_f both_noise both_rew both_policy n.+1 h.+1 w) by [].
rewrite avg big_bool /both_policy /coin_expert /both_rew /coin_rew [n.+1%:R]mulrS mulrDl mul1r.
by case: z => [[] []]; rewrite /= ?(mul0r, mul1r, mulr0, addr0, add0r).
Qed.

(* perfect policy and model, no quantization, infinitely many demonstrations: regret (H - 1)/2 *)
Theorem theorem_7_independent_noise H :
  J coin_f coin coin_rho coin_rew coin_expert H.+1 - J both_f both_noise both_rho both_rew both_policy H.+1 = H%:R / 2%:R.
Proof.
have -> : J coin_f coin coin_rho coin_rew coin_expert H.+1 = H.+1%:R.
  by rewrite /J big_bool !coin_expert_value /coin_rho /= -mulrDl half mul1r.
have -> : J both_f both_noise both_rho both_rew both_policy H.+1 = 1 + H%:R * hf.
  rewrite /J two_sum !both_value /both_rho /= !(mulr0, mul0r, addr0, add0r, mulr1).
  by rewrite -mulrDl half mul1r.
have E : H%:R = H%:R * hf + H%:R * hf by rewrite -mulrDr half mulr1.
by rewrite mulrS {1}E; ring.
Qed.
End Independent.
