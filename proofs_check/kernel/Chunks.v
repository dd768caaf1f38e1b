(* Chunks of actions: the learner emits its codes from the state at the chunk's first step and executes them open loop.
   The system is carried as (state, state at the chunk's first step), so that such a learner is a policy like any other;
   the expert acts on the state alone.  chunked_lipschitz: label i of a chunk is q of a map of the chunk's first state,
   Lipschitz with constant slope; the states then stay within e_h = sum_{t<h} g_{h-1-t} (slope_t e_{start t} + 3 eps).
   For exponential gains the deviation grows from one first step to the next by
   rho = eta^T + C sum_{i<T} eta^(T-1-i) slope_i.  Two-sided; finite spaces; no axioms; steps from 0. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Hazards.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* first step of the chunk that step h belongs to, chunks of T steps *)
Definition start_of (T h : nat) : nat := (h %/ T * T)%N.
Lemma start_of0 T : start_of T 0 = 0%N. Proof. by rewrite /start_of div0n. Qed.
Lemma start_of_le T h : (start_of T h <= h)%N. Proof. exact: leq_trunc_div. Qed.
Lemma start_ofS T h : (0 < T)%N -> start_of T h.+1 = if (T %| h.+1)%N then h.+1 else start_of T h.
Proof.
move=> T0; rewrite /start_of; case: ifP => [d|nd]; first by rewrite divnK.
by rewrite divnS // nd.
Qed.

Lemma sum_states (R : realFieldType) (X : finType) (F : X * X -> R) : \sum_z F z = \sum_x \sum_y F (x, y).
Proof. by rewrite (pair_bigA _ (fun x y => F (x, y))); apply: eq_bigr => [[x y]]. Qed.

Section Chunks.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE : nat -> X -> U -> R).
Variables (T : nat).
Local Notation s := (start_of T).

(* the system that remembers the state at the chunk's first step *)
Definition chunk_f h (z : X * X) u w : X * X := let x' := f h z.1 u w in (x', if (T %| h.+1)%N then x' else z.2).
Definition chunk_rho (z : X * X) : R := rho z.1 * (z.1 == z.2)%:R.
Definition chunk_rew h (z : X * X) u : R := rew h z.1 u.
Definition chunk_expert h (z : X * X) u : R := piE h z.1 u.
(* what the learner plays at step h looks at the chunk's first state only *)
Definition chunk_learner (lab : nat -> X -> U) h (z : X * X) c : R := (c == lab h z.2)%:R.

Lemma chunk_expert_value n h z : V chunk_f mu chunk_rew chunk_expert n h z = V f mu rew piE n h z.1.
Proof.
elim: n h z => // n IH h z /=; apply: eq_bigr => u _; congr (_ * (_ + _)).
by apply: eq_bigr => w _; rewrite IH.
Qed.

Lemma chunk_expert_return H : J chunk_f mu chunk_rho chunk_rew chunk_expert H = J f mu rho rew piE H.
Proof.
rewrite /J sum_states; apply: eq_bigr => x _; under eq_bigr => x0 _ do rewrite chunk_expert_value /chunk_rho /= -mulrA mulrCA.
by rewrite (sum_at x (fun _ => rho x * V f mu rew piE H 0 x)).
Qed.

Hypothesis rho_dist : is_dist rho.
Lemma chunk_rho_dist : is_dist chunk_rho.
Proof.
have [r0 r1] := rho_dist; split=> [z|]; first by rewrite mulr_ge0 ?ler0n.
rewrite sum_states -r1; apply: eq_bigr => x _.
by under eq_bigr => x0 _ do rewrite /chunk_rho mulrC; rewrite (sum_at x (fun _ => rho x)).
Qed.

Lemma point_dist (u : U) : is_dist (fun c => (c == u)%:R : R).
Proof. by split=> [c|]; rewrite ?ler0n // (bigD1 u) //= eqxx big1 ?addr0 // => c /negbTE ->. Qed.

Section Lipschitz.
Variables (q : U -> U) (gl : nat -> X -> U) (slope e : nat -> R) (eps Lx Lu : R) (g : nat -> R).
Hypothesis T_gt0 : (0 < T)%N.
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu & 0 <= eps].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_sym : forall u v, dU u v = dU v u.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).
Hypothesis slope_ge0 : forall h, 0 <= slope h.
Hypothesis gl_lip : forall h x x', dU (gl h x) (gl h x') <= slope h * dX x x'.
(* what the action gap and the state gap are bounded by *)
Definition action_dev h := slope h * e (s h) + 3%:R * eps.
Hypothesis recursion : forall h, \sum_(t < h) g (h.-1 - t)%N * action_dev t <= e h.

Local Notation learner := (chunk_learner (fun h x => q (gl h x))).

Lemma e_ge0 h : 0 <= e h.
Proof.
have [_ _ e0] := consts; elim/ltn_ind: h => h IH; apply: (le_trans _ (recursion h)); apply: sumr_ge0 => t _.
rewrite mulr_ge0 // addr_ge0 ?mulr_ge0 ?ler0n //; apply: IH; exact: leq_ltn_trans (start_of_le T t) (ltn_ord t).
Qed.

Definition chunk_rel h (z z' : X * X) := exists x1 us us' ws,
  [/\ z = (traj f x1 us ws h, traj f x1 us ws (s h)), z' = (traj f x1 us' ws h, traj f x1 us' ws (s h)) &
      forall t, (t < h)%N -> dU (us t) (us' t) <= action_dev t].

Lemma rel_dev x1 us us' ws h k : (k <= h)%N -> (forall t, (t < h)%N -> dU (us t) (us' t) <= action_dev t) ->
  dX (traj f x1 us ws k) (traj f x1 us' ws k) <= e k.
Proof.
move=> kh Hd; apply: (le_trans (iiss x1 us us' ws k)); apply: (le_trans _ (recursion k)).
apply: ler_sum => t _; apply: ler_wpmul2l => //; apply: Hd; exact: leq_trans (ltn_ord t) kh.
Qed.

Lemma rel_step h z z' u v w : chunk_rel h z z' -> dU u v <= action_dev h ->
  chunk_rel h.+1 (chunk_f h z u w) (chunk_f h z' v w).
Proof.
move=> [x1 [us [us' [ws [-> -> Hd]]]]] uv.
pose upd (Q : Type) (sq : nat -> Q) a t := if t == h then a else sq t.
have upd_lt Q (sq : nat -> Q) a t : (t < h)%N -> sq t = upd Q sq a t by move=> th; rewrite /upd ltn_eqF.
have same (us0 : nat -> U) u0 k : (k <= h)%N -> traj f x1 us0 ws k = traj f x1 (upd _ us0 u0) (upd _ ws w) k.
  by move=> kh; apply: eq_traj => t tk; rewrite -!upd_lt // (leq_trans tk).
exists x1, (upd _ us u), (upd _ us' v), (upd _ ws w); split.
- rewrite /chunk_f start_ofS //; case: ifP => _ /=; rewrite /upd !eqxx -!/(upd _ _ _) -same //; by rewrite -same // start_of_le.
- rewrite /chunk_f start_ofS //; case: ifP => _ /=; rewrite /upd !eqxx -!/(upd _ _ _) -same //; by rewrite -same // start_of_le.
- move=> t; rewrite ltnS leq_eqVlt => /orP [/eqP ->|th]; first by rewrite /upd !eqxx.
  by rewrite -!upd_lt //; exact: Hd.
Qed.

Theorem chunked_lipschitz H :
  `|J f mu rho rew piE H - J chunk_f mu chunk_rho chunk_rew learner H|
    <= H%:R * TV chunk_f mu chunk_rho chunk_expert learner q H + \sum_(h < H) (Lx * e h + Lu * action_dev h).
Proof.
have [Lx0 Lu0 e0] := consts.
have Ld h z : is_dist (learner h z) by exact: point_dist.
have Ed h z : is_dist (chunk_expert h z) by exact: piE_dist.
have [x0 _] := nonempty rho_dist; have [u0 _] := nonempty (piE_dist 0 x0); have [w0 _] := nonempty (mu_dist 0).
have ad0 h : 0 <= action_dev h by rewrite addr_ge0 // mulr_ge0 ?ler0n // e_ge0.
rewrite -chunk_expert_return.
have start z : 0 < chunk_rho z -> chunk_rel 0 z z.
  case: z => x y; rewrite /chunk_rho /=; case: eqP => [<- _|]; last by rewrite mulr0 ltxx.
  by exists x, (fun _ => u0), (fun _ => u0), (fun _ => w0); split; rewrite ?start_of0.
have p01 (h : nat) : 0 <= (0 : R) <= 1 by rewrite lexx ler01.
have c0 h : 0 <= Lx * e h + Lu * action_dev h by rewrite addr_ge0 // mulr_ge0 // e_ge0.
have := @master_relation R _ U W chunk_f mu chunk_rho chunk_rew chunk_expert learner q chunk_rel (fun _ => 0)
  (fun h => Lx * e h + Lu * action_dev h) mu_dist chunk_rho_dist Ed Ld (fun h z u => rew01 h z.1 u) p01 c0 start _ H.
rewrite parted0 addr0; apply => h z z' zz.
exists (fun c u => learner h z c * learner h z' u), (fun _ _ => false); split.
- have [z0 z1] := Ld h z; have [y0 y1] := Ld h z'.
  split=> [c u|c|u]; [exact: mulr_ge0 | by rewrite -mulr_sumr y1 mulr1 | by rewrite -mulr_suml z1 mul1r].
- by rewrite big1 // => c _; rewrite big1 // => u _; rewrite mulr0.
move=> c u v; rewrite /chunk_learner; case: eqP => [->|_]; last by rewrite mul0r ltxx.
case: eqP => [->|_ ]; last by rewrite mulr0 ltxx.
move=> _ kp _; set c' := q (gl h z.2) in kp *; set u' := q (gl h z'.2).
have vc : dU v c' <= eps := @kap_error R _ U dU chunk_expert q eps 0 Lx Lu (And4 Lx0 Lu0 e0 (lexx 0)) dU_xx sup_error h z c' v kp.
have zz' := zz; have [x1 [us [us' [ws [zE zE' Hd]]]]] := zz'.
have vu : dU v u' <= action_dev h.
  have -> : action_dev h = eps + (eps + (slope h * e (s h) + eps)) by rewrite /action_dev; ring.
  apply: (le_trans (dU_tri v c' u')); apply: ler_add => //.
  apply: (le_trans (dU_tri c' (gl h z.2) u')); apply: ler_add; first by rewrite dU_sym; exact: sup_error.
  apply: (le_trans (dU_tri _ (gl h z'.2) u')); apply: ler_add; last exact: sup_error.
  apply: (le_trans (gl_lip _ _ _)); apply: ler_wpmul2l => //; rewrite zE zE' /=; apply: (@rel_dev x1 us us' ws h) => //; exact: start_of_le.
split; last by move=> w; exact: rel_step.
apply: (le_trans (rew_lip _ _ _ _ _)); apply: ler_add; apply: ler_wpmul2l => //.
by rewrite zE zE' /=; exact: (@rel_dev x1 us us' ws h).
Qed.
End Lipschitz.

(* ---------- exponential gains ---------- *)
Section Exponential.
Variables (Cg eta eps : R) (slope : nat -> R).
(* deviation at step h and at its chunk's first step; the learner's map for step i of a chunk has slope i *)
Fixpoint chunk_devs h : R * R :=
  if h is h'.+1 then
    let e' := eta * (chunk_devs h').1 + Cg * (slope (h' %% T)%N * (chunk_devs h').2 + 3%:R * eps) in
    (e', if (T %| h)%N then e' else (chunk_devs h').2)
  else (0, 0).
Definition chunk_dev h := (chunk_devs h).1.
Hypothesis T_gt0 : (0 < T)%N.

Lemma chunk_dev_start h : (chunk_devs h).2 = chunk_dev (s h).
Proof.
elim: h => [|h IH]; first by rewrite start_of0.
by rewrite start_ofS //=; case: ifP => _; [rewrite /chunk_dev | exact: IH].
Qed.

Lemma chunk_dev_step h : chunk_dev h.+1 = eta * chunk_dev h + Cg * action_dev (fun h => slope (h %% T)%N) chunk_dev eps h.
Proof. by rewrite {1}/chunk_dev /= chunk_dev_start. Qed.

Lemma chunk_dev_sum h :
  \sum_(t < h) Cg * eta ^+ (h.-1 - t) * action_dev (fun h => slope (h %% T)%N) chunk_dev eps t = chunk_dev h.
Proof.
elim: h => [|h IH]; first by rewrite big_ord0.
rewrite big_ord_recr /= subnn expr0 mulr1 chunk_dev_step -IH mulr_sumr; congr (_ + _); apply: eq_bigr => t _.
have -> : (h - t)%N = (h.-1 - t).+1 by case: h t {IH} => [[]//|h] t; rewrite subSn // -ltnS.
by rewrite exprS; ring.
Qed.

(* inside a chunk, and from one chunk's first step to the next *)
Definition carried i : R := eta ^+ i + Cg * \sum_(j < i) eta ^+ (i.-1 - j) * slope j.
Definition fed i : R := 3%:R * eps * Cg * \sum_(j < i) eta ^+ (i.-1 - j).

Lemma chunk_inside k i : (i <= T)%N -> chunk_dev (k * T + i) = carried i * chunk_dev (k * T) + fed i.
Proof.
elim: i => [|i IH] iT; first by rewrite addn0 /carried /fed !big_ord0 !mulr0 expr0 !addr0 mul1r.
have se : s (k * T + i) = (k * T)%N by rewrite /start_of divnMDl // divn_small ?addn0.
rewrite addnS chunk_dev_step IH ?(ltnW iT) // /action_dev se modnMDl modn_small // /carried /fed !big_ord_recr /= subnn expr0.
have E (F : nat -> R) : \sum_(j < i) eta ^+ (i - j) * F j = eta * \sum_(j < i) eta ^+ (i.-1 - j) * F j.
  rewrite mulr_sumr; apply: eq_bigr => j _.
  have -> : (i - j)%N = (i.-1 - j).+1 by case: i j {IH iT se} => [[]//|i] j; rewrite subSn // -ltnS.
  by rewrite exprS mulrA.
have E1 : \sum_(j < i) eta ^+ (i - j) = eta * \sum_(j < i) eta ^+ (i.-1 - j).
  by have := E (fun _ => 1); under eq_bigr => j _ do rewrite mulr1; under [X in _ = _ * X -> _]eq_bigr => j _ do rewrite mulr1.
rewrite (E slope) E1 exprS.
move: (\sum_(j < i) eta ^+ (i.-1 - j) * slope j) (\sum_(j < i) eta ^+ (i.-1 - j)) (chunk_dev _) => t1 t2 t3; ring.
Qed.

Theorem chunk_growth k : chunk_dev (k.+1 * T) = carried T * chunk_dev (k * T) + fed T.
Proof. by rewrite mulSn addnC chunk_inside. Qed.
End Exponential.
End Chunks.
