(* Theorem 7: policy and dynamics learnt by log-loss, the codes of an auxiliary roll-out from x_1 executed in the real system.
   replay_regret : playing the expert's own labels under the expert's noise costs the drift with average errors only.
   theorem_7 : deterministic dynamics; regret > H sqrt(1 - a^2) + drift with probability at most (|class| - 1) a^n, for any
     finite class of pairs (policy, model) that contains the pair (labels of the expert, observed chain).
   theorem_7_independent_noise : with stochastic dynamics and a roll-out that draws its own noise the statement is false: the
     learner knows everything, nothing is quantized, and the regret is (H - 1)/2, for every H >= 1.
   Finite spaces; no axioms; steps from 0. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz.
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

(* ---------- deterministic dynamics, end to end ---------- *)
Section Algorithm1.
Variables (R : rcfType) (X U : finType).
Variables (fd : nat -> X -> U -> X) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (Lx Lu : R) (g : nat -> R).
(* the real system has no noise *)
Local Notation f := (fun h x u (_ : unit) => fd h x u).
Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : 0 <= Lx /\ 0 <= Lu.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).

Let mu_dist (h : nat) : is_dist (mu h).
Proof. by split=> [t|]; rewrite ?ler01 // big_const card_unit /= addr0. Qed.
Let unit_sum (F : unit -> R) : \sum_w 1 * F w = F tt.
Proof. by rewrite (bigD1 tt) //= big1 => [|[]] //; rewrite addr0 mul1r. Qed.

(* law of x~_1, code_1, ..., x~_n, code_n under a label policy and a model of the observed chain *)
Fixpoint rollout (pi : nat -> X -> U -> R) (M : nat -> X -> U -> X -> R) n h (m : X -> R) : path X U n -> R :=
  match n return path X U n -> R with
  | 0 => fun _ => 1
  | n'.+1 => fun s => m s.1.1 * pi h s.1.1 s.1.2 * rollout pi M h.+1 (M h s.1.1 s.1.2) s.2
  end.

Lemma rollout_law pi n h m s : @rollout pi (Tbar f mu piE q) n h m s = law f mu piE q pi h m s.
Proof. by elim: n h m s => //= n IH h m s; rewrite IH. Qed.

Lemma rollout_dist pi M n h m : (forall h x, is_dist (pi h x)) -> (forall h x c, is_dist (M h x c)) -> is_dist m ->
  is_dist (@rollout pi M n h m).
Proof.
move=> pid Md; elim: n h m => [|n IH] h m [m0 m1].
  by split=> [t|]; rewrite /= ?ler01 // big_const card_unit /= addr0.
split=> [[[x c] s]|] /=.
  have [p0 _] := pid h x; have [l0 _] := IH h.+1 _ (Md h x c).
  by rewrite mulr_ge0 ?mulr_ge0.
rewrite -(pair_bigA _ (fun xc s => m xc.1 * pi h xc.1 xc.2 * rollout pi M h.+1 (M h xc.1 xc.2) s)) /=.
under eq_bigr => xc _ do rewrite -mulr_sumr (proj2 (IH h.+1 _ (Md h xc.1 xc.2))) mulr1.
rewrite -(pair_bigA _ (fun x c => m x * pi h x c)) /= -m1; apply: eq_bigr => x _.
by rewrite -mulr_sumr (proj2 (pid h x)) mulr1.
Qed.

(* reward of executing the codes of a roll-out from y; the roll-out's own states play no role *)
Fixpoint execute n h y : path X U n -> R :=
  match n return path X U n -> R with
  | 0 => fun _ => 0
  | n'.+1 => fun s => rew h y s.1.2 + execute h.+1 (fd h y s.1.2) s.2
  end.
(* real and auxiliary trajectories start at the same x_1 *)
Definition execution n : path X U n -> R :=
  match n return path X U n -> R with 0 => fun _ => 0 | n'.+1 => fun s => @execute n'.+1 0 s.1.1 s end.
Definition algorithm_return pi M H := \sum_(s : path X U H) rollout pi M 0 rho s * execution s.

Lemma execute_range n h y s : 0 <= @execute n h y s <= n%:R.
Proof.
elim: n h y s => [|n IH] h y s /=; first by rewrite lexx.
have /andP [a b] := rew01 h y s.1.2; have /andP [c d] := IH h.+1 (fd h y s.1.2) s.2.
by apply/andP; split; [exact: addr_ge0 | rewrite mulrS; exact: ler_add].
Qed.
Lemma execution_range n s : 0 <= @execution n s <= n%:R.
Proof. by case: n s => [|n] s; [rewrite /= lexx | exact: execute_range]. Qed.

Local Notation pQ := (piQ piE q).
Local Notation rp := (replay f mu rew piE q).
Local Notation olaw pi := (law f mu piE q pi).

(* under the expert's own labels the execution is the replay *)
Lemma execute_replay n h m y : is_dist m ->
  \sum_s olaw pQ h m s * @execute n h y s = \sum_x m x * rp n h x y.
Proof.
elim: n h m y => [|n IH] h m y md.
  by rewrite big1 => [|s _]; [rewrite big1 // => x _; rewrite mulr0 | rewrite mulr0].
have L1 xc : \sum_(s : path X U n) olaw pQ h.+1 (Tbar f mu piE q h xc.1 xc.2) s = 1 :> R.
  have Td := Tbar_dist f q mu_dist piE_dist h xc.1 xc.2.
  exact: (proj2 (law_dist f q mu_dist piE_dist n h.+1 (piQ_dist q piE_dist) Td)).
rewrite /= -(pair_bigA _ (fun xc s => m xc.1 * pQ h xc.1 xc.2 * olaw pQ h.+1 (Tbar f mu piE q h xc.1 xc.2) s
  * (rew h y xc.2 + @execute n h.+1 (fd h y xc.2) s))) /=.
have Ex xc : \sum_s m xc.1 * pQ h xc.1 xc.2 * olaw pQ h.+1 (Tbar f mu piE q h xc.1 xc.2) s
   * (rew h y xc.2 + @execute n h.+1 (fd h y xc.2) s)
  = m xc.1 * (pQ h xc.1 xc.2 * \sum_v kap piE q h xc.1 xc.2 v * (rew h y xc.2 + rp n h.+1 (fd h xc.1 v) (fd h y xc.2))).
  under eq_bigr => s _ do rewrite -mulrA mulrDr.
  rewrite -mulr_sumr big_split /= IH; last exact: Tbar_dist.
  rewrite Tbar_sum -mulr_suml L1 mul1r -mulrA; congr (_ * (_ * _)).
  under [RHS]eq_bigr => v _ do rewrite mulrDr.
  rewrite big_split /= (avg_const _ (kap_dist q piE_dist h xc.1 xc.2)); congr (_ + _); apply: eq_bigr => v _.
  by rewrite unit_sum.
under eq_bigr => xc _ do rewrite Ex.
rewrite -(pair_bigA _ (fun x c => m x * (pQ h x c * \sum_v kap piE q h x c v * (rew h y c + rp n h.+1 (fd h x v) (fd h y c))))) /=.
apply: eq_bigr => x _; rewrite -mulr_sumr; congr (_ * _).
under eq_bigr => c _ do rewrite mulr_sumr.
rewrite exchange_big /=; apply: eq_bigr => v _; rewrite unit_sum.
under eq_bigr => c _ do rewrite mulrA piQ_kap // -mulrA.
by rewrite (sum_at (q v) (fun c => piE h x v * (rew h y c + rp n h.+1 (fd h x v) (fd h y c)))).
Qed.

Lemma execution_replay H : \sum_s olaw pQ 0 rho s * @execution H s = replay_return f mu rho rew piE q H.
Proof.
case: H => [|H]; first by rewrite /replay_return big1 => [|s _]; rewrite ?mulr0 // big1 // => x _; rewrite mulr0.
pose Ls (s : path X U H.+1) := @law R X U _ f mu piE q pQ H.+1 0 rho s.
pose P x0 (s : path X U H.+1) := (s.1.1 == x0)%:R * Ls s * @execute H.+1 0 x0 s.
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

Lemma rollout_regret pi M H : (forall h x, is_dist (pi h x)) -> (forall h x c, is_dist (M h x c)) ->
  `|J f mu rho rew piE H - algorithm_return pi M H|
    <= H%:R * tv (@rollout pi M H 0 rho) (@law R X U _ f mu piE q pQ H 0 rho)
       + \sum_(h < H) (Lx * gap_of f mu rho dU piE q g h + Lu * ebar f mu rho dU piE q h).
Proof.
move=> pid Md.
have -> : J f mu rho rew piE H - algorithm_return pi M H = (replay_return f mu rho rew piE q H - algorithm_return pi M H)
  + (J f mu rho rew piE H - replay_return f mu rho rew piE q H) by ring.
apply: (le_trans (ler_norm_add _ _)); apply: ler_add; last first.
  have RR := replay_regret q mu_dist rho_dist piE_dist rew_lip consts g_ge0 iiss H. exact: RR.
rewrite -execution_replay; apply: law_change2; first exact: rollout_dist.
  by apply: law_dist => //; exact: piQ_dist.
exact: execution_range.
Qed.

(* ---------- log-loss over a finite class of (policy, model) pairs ---------- *)
Variables (Pi : finType) (pol : Pi -> nat -> X -> U -> R) (mod : Pi -> nat -> X -> U -> X -> R) (star : Pi).
Variables (H n : nat) (a : R).
Hypothesis pol_dist : forall p h x, is_dist (pol p h x).
Hypothesis mod_dist : forall p h x c, is_dist (mod p h x c).
Hypothesis realizable_policy : forall h x c, pol star h x c = pQ h x c.
Hypothesis realizable_model : forall h x c x', mod star h x c x' = Tbar f mu piE q h x c x'.
Hypothesis a01 : 0 <= a <= 1.
Local Notation Path := (path X U H).
Definition pair_law p : Path -> R := rollout (pol p) (mod p) 0 rho.

Lemma star_law s : pair_law star s = @law R X U _ f mu piE q pQ H 0 rho s.
Proof.
rewrite /pair_law; move: rho s; elim: H 0%N => [|m IH] h l s //=.
rewrite realizable_policy; congr (_ * _).
have E n' h' (l1 l2 : X -> R) t : l1 =1 l2 -> @rollout (pol star) (mod star) n' h' l1 t = rollout (pol star) (mod star) h' l2 t.
  by case: n' t => [|n'] t l12 //=; rewrite l12.
by rewrite (E _ _ _ (Tbar f mu piE q h s.1.1 s.1.2)) // IH.
Qed.

Lemma pair_dist p : is_dist (pair_law p).
Proof. exact: rollout_dist. Qed.

Variable hat : data Path n -> Pi.
(* log-loss of policy and model together *)
Hypothesis mle : forall (d : data Path n) p, lik pair_law p d <= lik pair_law (hat d) d.
Local Notation drift7 := (\sum_(h < H) (Lx * gap_of f mu rho dU piE q g h + Lu * ebar f mu rho dU piE q h)).

Theorem theorem_7 : \sum_(d : data Path n) (\prod_i @law R X U _ f mu piE q pQ H 0 rho (d i)) *
    ((H%:R * Num.sqrt (1 - a ^+ 2) + drift7
      < `|J f mu rho rew piE H - algorithm_return (pol (hat d)) (mod (hat d)) H|)%R : nat)%:R
  <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
have /andP [a0 a1] := a01.
apply: (le_trans _ (@lemma_s1 R Path Pi pair_law star n a pair_dist a01 hat mle)); apply: ler_sum => d _; rewrite /lik.
have -> : \prod_i pair_law star (d i) = \prod_i @law R X U _ f mu piE q pQ H 0 rho (d i).
  by apply: eq_bigr => i _; exact: star_law.
apply: ler_wpmul2l.
  by apply: prodr_ge0 => i _; rewrite -star_law; exact: (proj1 (pair_dist star)).
rewrite ler_nat; case: (ltP (aff pair_law star (hat d)) a) => [_|near_]; first exact: leq_b1.
rewrite leqn0 eqb0 -leNgt; apply: (le_trans (rollout_regret H (pol_dist _) (mod_dist _))).
rewrite ler_add2r; apply: ler_wpmul2l; first exact: ler0n.
have -> : tv (@rollout (pol (hat d)) (mod (hat d)) H 0 rho) (@law R X U _ f mu piE q pQ H 0 rho)
  = tv (pair_law (hat d)) (pair_law star) by rewrite /tv; congr (_ / _); apply: eq_bigr => s _; rewrite star_law.
have S2 := lemma_s2 (pair_dist (hat d)) (pair_dist star).
set t := tv _ _ in S2 *; have t0 : 0 <= t by rewrite /t /tv mulr_ge0 ?invr_ge0 ?ler0n // sumr_ge0.
rewrite -(ger0_norm t0) -sqrtr_sqr; apply: ler_wsqrtr; apply: (le_trans S2).
rewrite half_four -/(aff pair_law star (hat d)) ler_add2l ler_opp2.
by apply: ler_expn2r; rewrite ?nnegrE // (le_trans a0).
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
