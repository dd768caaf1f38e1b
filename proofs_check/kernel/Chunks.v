(* Chunks of actions: at a chunk's first step the learner draws the codes of the whole chunk, a plan, from a law that looks at
   that state only, and executes them open loop.  The system is carried as (state, plan), so that such a learner is a policy
   whose actions are plans; at other steps it plays a fixed idle plan, which is ignored.
   The dynamics are deterministic: then the expert too can draw the raw actions of a chunk when it starts (chunk_return), and
   what it shows of them, its plan's codes, is a law given the chunk's first state.
   chunk_radius: plans that agree up to a radius keep the states near; hazards at first steps only.  Two-sided; finite spaces; no
   axioms; steps from 0.
   For exponential gains and Lipschitz plans the deviation grows from one first step to the next by
   rho = eta^T + C sum_{i<T} eta^(T-1-i) slope_i. *)
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
Lemma start_ofS T h : (0 < T)%N -> start_of T h.+1 = if (T %| h.+1)%N then h.+1 else start_of T h.
Proof.
move=> T0; rewrite /start_of; case: ifP => [d|nd]; first by rewrite divnK.
by rewrite divnS // nd.
Qed.

Section Plans.
Variables (T' : nat) (R : realFieldType) (X U : finType) (fd : nat -> X -> U -> X) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (piE : nat -> X -> U -> R) (q : U -> U).
Local Notation T := T'.+1.
Local Notation f := (fun h x u (_ : unit) => fd h x u).
Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).

Definition plan : finType := [finType of {ffun 'I_T -> U}].
Variable idle : plan.
(* the action of step h, the plan with one more action, the codes of a plan *)
Definition act (b : plan) h : U := b (Ordinal (ltn_pmod h (ltn0Sn T'))).
Definition put (b : plan) h u : plan := [ffun j : 'I_T => if val j == (h %% T)%N then u else b j].
Definition codes (b : plan) : plan := [ffun j => q (b j)].

Lemma act_put b h u : act (put b h u) h = u.
Proof. by rewrite /act ffunE /= eqxx. Qed.
Lemma act_other b h u i : (h %% T != i %% T)%N -> act (put b h u) i = act b i.
Proof. by move=> ne; rewrite /act ffunE /= eq_sym (negbTE ne). Qed.

(* the expert draws its next k actions, from x at step h *)
Fixpoint drawn k h x (b : plan) (F : plan -> R) : R :=
  if k is k'.+1 then \sum_u piE h x u * drawn k' h.+1 (fd h x u) (put b h u) F else F b.
Definition expert_plan h x v : R := drawn T h x idle (fun b => (b == v)%:R).

(* the system that remembers the plan; what is played at step h comes from it, or from the new one at a first step *)
Definition current h (b a : plan) : plan := if (T %| h)%N then a else b.
Definition chunk_f h (z : X * plan) (a : plan) (_ : unit) : X * plan :=
  let b := current h z.2 a in (fd h z.1 (act b h), b).
Definition chunk_rho (z : X * plan) : R := rho z.1 * (idle == z.2)%:R.
Definition chunk_rew h (z : X * plan) (a : plan) : R := rew h z.1 (act (current h z.2 a) h).
Definition chunk_policy (i : plan) (P : nat -> X -> plan -> R) h (z : X * plan) (a : plan) : R :=
  if (T %| h)%N then P h z.1 a else (i == a)%:R.
Definition chunk_expert := chunk_policy idle expert_plan.

Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).

Lemma unit_sum (F : unit -> R) : \sum_w 1 * F w = F tt.
Proof. by rewrite (bigD1 tt) //= big1 => [|[]] //; rewrite addr0 mul1r. Qed.
Lemma mu_dist (h : nat) : is_dist (mu h).
Proof. by split=> [t|]; rewrite ?ler01 // big_const card_unit /= addr0. Qed.
Lemma sure_dist (A : finType) (a : A) : is_dist (fun b => (a == b)%:R : R).
Proof. by split=> [b|]; rewrite ?ler0n // (bigD1 a) //= eqxx big1 ?addr0 // => b /negbTE; rewrite eq_sym => ->. Qed.

Lemma drawn_sum k h x b F : \sum_v drawn k h x b (fun b' => (b' == v)%:R) * F v = drawn k h x b F.
Proof.
elim: k h x b => [|k IH] h x b /=; first exact: sum_at.
under eq_bigr => v _ do rewrite mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => u _; rewrite -IH mulr_sumr; apply: eq_bigr => v _.
by rewrite mulrA.
Qed.

Lemma drawn_add k h x b c F : drawn k h x b (fun b' => c + F b') = c + drawn k h x b F.
Proof.
elim: k h x b => [|k IH] h x b //=; under eq_bigr => u _ do rewrite IH mulrDr.
by rewrite big_split /= avg_const.
Qed.

Lemma drawn0 k h x b : drawn k h x b (fun _ => 0) = 0.
Proof. by elim: k h x b => [|k IH] h x b //=; rewrite big1 // => u _; rewrite IH mulr0. Qed.

Lemma expert_plan_dist h x : is_dist (expert_plan h x).
Proof.
split=> [v|].
  rewrite /expert_plan; elim: T h x idle => [|k IH] h' x' b /=; first exact: ler0n.
  by apply: sumr_ge0 => u _; rewrite mulr_ge0 //; case: (piE_dist h' x').
rewrite -[RHS](addr0 1) -[in RHS](drawn0 T h x idle) -drawn_add -drawn_sum.
by apply: eq_bigr => v _; rewrite addr0 mulr1.
Qed.

(* actions to come do not change the one at step i *)
Lemma drawn_keep k h x b i F F' : (forall j, (j < k)%N -> ((h + j) %% T != i %% T)%N) ->
  (forall b', act b' i = act b i -> F b' = F' b') -> drawn k h x b F = drawn k h x b F'.
Proof.
elim: k h x b => [|k IH] h x b off same /=; first exact: same.
have here : (h %% T != i %% T)%N by have := off 0%N (ltn0Sn k); rewrite addn0.
apply: eq_bigr => u _; congr (_ * _); apply: IH => [j jk|b' E]; first by rewrite addSnnS; exact: off.
by apply: same; rewrite E act_other.
Qed.

Local Notation Vc := (V chunk_f mu chunk_rew chunk_expert).
Local Notation Vx := (V f mu rew piE).
Definition rest_of n h x b : R := rew h x (act b h) + Vc n h.+1 (fd h x (act b h), b).

Lemma chunk_step n h x b : Vc n.+1 h (x, b) = if (T %| h)%N then drawn T h x idle (rest_of n h x) else rest_of n h x b.
Proof.
transitivity (\sum_a chunk_expert h (x, b) a * rest_of n h x (current h b a)).
  by apply: eq_bigr => a _; rewrite unit_sum.
rewrite /chunk_expert /chunk_policy /current; case: ifP => _; first exact: drawn_sum.
exact: (sum_at idle (fun _ => rest_of n h x b)).
Qed.

Lemma later h k j : (k.+1 + h %% T = T)%N -> (j < k)%N -> ((h.+1 + j) %% T != h %% T)%N.
Proof.
move=> kT jk; rewrite addSnnS -modnDml; set r := (h %% T)%N in kT *; rewrite modn_small; first by rewrite -[X in _ != X]addn0 eqn_add2l.
by rewrite -kT addnC ltn_add2r.
Qed.

(* what is left of the chunk, drawn at once or step by step *)
Lemma drawn_value n k h x b : (k.+1 + h %% T = T)%N -> drawn k.+1 h x b (rest_of n h x) = Vx n.+1 h x.
Proof.
elim: n k h x b => [|n IH] k h x b kT; rewrite [RHS]/= [LHS]/=; apply: eq_bigr => u _; congr (_ * _); rewrite unit_sum;
  set b' := put b h u; set x' := fd h x u.
  have -> : drawn k h.+1 x' b' (rest_of 0 h x) = drawn k h.+1 x' b' (fun _ => rew h x u + 0).
    apply: (@drawn_keep _ _ _ _ h) => [j jk|c]; [exact: later kT jk | by rewrite act_put /rest_of => ->].
  by rewrite drawn_add drawn0.
have -> : drawn k h.+1 x' b' (rest_of n.+1 h x) = drawn k h.+1 x' b' (fun c => rew h x u + Vc n.+1 h.+1 (x', c)).
  apply: (@drawn_keep _ _ _ _ h) => [j jk|c]; [exact: later kT jk | by rewrite act_put /rest_of => ->].
rewrite drawn_add; congr (_ + _).
case: k kT => [|k] kT.
  have d : (T %| h.+1)%N by rewrite /dvdn -addn1 -modnDml addnC kT modnn.
  rewrite [LHS]/= -/(Vc n.+1 h.+1 (x', b')) chunk_step d; apply: IH; by rewrite (eqP d) addn0.
have m1 : (h.+1 %% T = (h %% T).+1)%N.
  by rewrite -addn1 -modnDml addn1 modn_small //; move: kT; set r := (h %% T)%N => <-; rewrite !addSn !ltnS leq_addl.
have nd : (T %| h.+1)%N = false by rewrite /dvdn m1.
transitivity (drawn k.+1 h.+1 x' b' (rest_of n h.+1 x')); last by apply: IH; rewrite m1 addnS -addSn.
apply: (@drawn_keep _ _ _ _ h) => [j jk|c _]; [exact: later kT jk | by rewrite chunk_step nd].
Qed.

(* drawing plans at first steps earns what the expert earns *)
Theorem chunk_return H : J chunk_f mu chunk_rho chunk_rew chunk_expert H = J f mu rho rew piE H.
Proof.
have sums (F : X * plan -> R) : \sum_z F z = \sum_x \sum_b F (x, b).
  by rewrite (pair_bigA _ (fun x b => F (x, b))); apply: eq_bigr => [[x b]].
rewrite /J sums; apply: eq_bigr => x _; rewrite /chunk_rho /=.
under eq_bigr => b _ do rewrite -mulrA; rewrite -mulr_sumr (sum_at idle (fun b => Vc H 0 (x, b))); congr (_ * _).
by case: H => // n; rewrite chunk_step dvdn0 drawn_value // mod0n addn0.
Qed.

Lemma chunk_rho_dist : is_dist chunk_rho.
Proof.
have [r0 r1] := rho_dist; split=> [z|]; first by rewrite mulr_ge0 ?ler0n.
rewrite -(pair_bigA _ (fun x b => rho x * (idle == b)%:R)) /=; transitivity (\sum_t rho t) => //.
apply: eq_bigr => x _.
by under eq_bigr => b _ do rewrite mulrC; rewrite (sum_at idle (fun _ => rho x)).
Qed.

Lemma chunk_policy_dist i P : (forall h x, is_dist (P h x)) -> forall h z, is_dist (chunk_policy i P h z).
Proof.
move=> Pd h z; have [p0 p1] := Pd h z.1; have [s0 s1] := @sure_dist plan i.
by split=> [a|]; unfold chunk_policy; case: (T %| h)%N.
Qed.
End Plans.

(* ---------- plans that agree, states that stay near ---------- *)
Section Deployed.
Variables (T' : nat) (R : realFieldType) (X U : finType) (fd : nat -> X -> U -> X) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE : nat -> X -> U -> R) (q : U -> U).
Local Notation T := T'.+1.
Local Notation plan := (plan T' U).
Variables (idle : plan) (K : nat -> X -> plan -> R) (rad dev p : nat -> R) (eps Lx Lu : R).
Local Notation f := (fun h x u (_ : unit) => fd h x u).
Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).
Local Notation learner := (chunk_policy (codes q idle) K).
Local Notation expert := (chunk_expert fd piE idle).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis K_dist : forall h x, is_dist (K h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu & 0 <= eps].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis rad_ge0 : forall h, 0 <= rad h.
Hypothesis dev_ge0 : forall h, 0 <= dev h.
Hypothesis p01 : forall h, 0 <= p h <= 1.
(* stability: actions within rad keep the states within dev *)
Hypothesis stable : forall x1 us us' ws h, (forall t, (t < h)%N -> dU (us t) (us' t) <= rad t) ->
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= dev h.
(* smoothness: plans drawn at two such states can be coupled, each code within rad - eps, but for p h *)
Definition apart h (c c' : plan) : bool := [exists i : 'I_T, rad (h + i) < dU (c i) (c' i) + eps].
Hypothesis smooth : forall h x y, (T %| h)%N -> dX x y <= dev h -> exists (G : plan -> plan -> R),
  coupling (K h x) (K h y) G /\ \sum_c \sum_c' G c c' * (apart h c c' : nat)%:R <= p h.

Definition plan_rel h (z z' : X * plan) := exists x1 us us' ws,
  [/\ z.1 = traj f x1 us ws h, z'.1 = traj f x1 us' ws h, forall t, (t < h)%N -> dU (us t) (us' t) <= rad t &
      ~~ (T %| h)%N -> forall i : 'I_T, dU (z.2 i) (z'.2 i) <= rad (start_of T h + i)%N].

Lemma plan_dev h z z' : plan_rel h z z' -> dX z.1 z'.1 <= dev h.
Proof. by move=> [x1 [us [us' [ws [-> -> Hd _]]]]]; exact: stable. Qed.

Lemma plan_step h z z' a a' w : plan_rel h z z' ->
  (forall i : 'I_T, dU (current h z.2 a i) (current h z'.2 a' i) <= rad (start_of T h + i)%N) ->
  dU (act (current h z.2 a) h) (act (current h z'.2 a') h) <= rad h /\ plan_rel h.+1 (chunk_f fd h z a w) (chunk_f fd h z' a' w).
Proof.
move=> [x1 [us [us' [ws [xE yE Hd _]]]]] near.
have now : dU (act (current h z.2 a) h) (act (current h z'.2 a') h) <= rad h.
  by have := near (Ordinal (ltn_pmod h (ltn0Sn T'))); rewrite /= /start_of -divn_eq.
split=> //; pose upd (sq : nat -> U) u t := if t == h then u else sq t.
have upd_lt sq u t : (t < h)%N -> sq t = upd sq u t by move=> th; rewrite /upd ltn_eqF.
exists x1, (upd us (act (current h z.2 a) h)), (upd us' (act (current h z'.2 a') h)), ws; split=> /=.
- by rewrite /upd eqxx xE; congr fd; apply: eq_traj => t th; rewrite -/(upd _ _ _) -upd_lt.
- by rewrite /upd eqxx yE; congr fd; apply: eq_traj => t th; rewrite -/(upd _ _ _) -upd_lt.
- move=> t; rewrite ltnS leq_eqVlt => /orP [/eqP ->|th]; first by rewrite /upd !eqxx.
  by rewrite -!upd_lt //; exact: Hd.
by move=> nd i; rewrite start_ofS // (negbTE nd); exact: near.
Qed.

Theorem chunk_radius H :
  `|J f mu rho rew piE H - J (chunk_f fd) mu (chunk_rho rho idle) (chunk_rew rew) learner H|
    <= H%:R * TV (chunk_f fd) mu (chunk_rho rho idle) expert learner (codes q) H + parted p H
       + \sum_(h < H) (Lx * dev h + Lu * rad h).
Proof.
have [Lx0 Lu0 e0] := consts.
have [x0 _] := nonempty rho_dist; have [u0 _] := nonempty (piE_dist 0 x0).
rewrite -(chunk_return fd rho rew idle piE_dist).
apply: (@master_relation R _ plan _ (chunk_f fd) mu (chunk_rho rho idle) (chunk_rew rew) expert learner (codes q) plan_rel p
  (fun h => Lx * dev h + Lu * rad h)) => //.
- exact: mu_dist.
- exact: chunk_rho_dist.
- by apply: chunk_policy_dist; exact: expert_plan_dist.
- exact: chunk_policy_dist.
- by move=> h z a; exact: rew01.
- by move=> h; rewrite addr_ge0 // mulr_ge0.
- by move=> z _; exists z.1, (fun _ => u0), (fun _ => u0), (fun _ => tt); split; rewrite ?dvdn0.
have cost h z z' a a' : plan_rel h z z' -> dU (act (current h z.2 a) h) (act (current h z'.2 a') h) <= rad h ->
  `|chunk_rew rew h z a - chunk_rew rew h z' a'| <= Lx * dev h + Lu * rad h.
  move=> zz now; apply: (le_trans (rew_lip _ _ _ _ _)); apply: ler_add; apply: ler_wpmul2l => //; exact: plan_dev.
move=> h z z' zz; rewrite /chunk_policy /chunk_expert /chunk_policy; case: (boolP (T %| h)%N) => d; last first.
  exists (fun c c' => (codes q idle == c)%:R * (codes q idle == c')%:R), (fun _ _ => false); split.
  - have [_ s1] := @sure_dist R plan (codes q idle).
    split=> [c c'|c|c']; first by rewrite mulr_ge0 ?ler0n.
      by rewrite -mulr_sumr s1 mulr1.
    by rewrite -mulr_suml s1 mul1r.
  - by rewrite big1 => [|c _]; [case/andP: (p01 h) | rewrite big1 // => c' _; rewrite mulr0].
  move=> c u v _ _ _; have near : forall i : 'I_T, dU (current h z.2 v i) (current h z'.2 u i) <= rad (start_of T h + i)%N.
    by rewrite /current (negbTE d); have [x1 [us [us' [ws [_ _ _ nr]]]]] := zz; exact: nr.
  have now w := plan_step w zz near; split; last by move=> w; case: (now w).
  by apply: cost => //; case: (now tt).
have [G [Gc Gb]] := smooth d (plan_dev zz); exists G, (apart h); split=> // c u v Gp kp; rewrite negb_exists => /forallP close.
have vc i : dU (v i) (c i) <= eps.
  move: kp; rewrite /kap; case: eqP => _; first by case: eqP => [->|_]; rewrite ?dU_xx // ltxx.
  case: eqP => [<- _|_]; first by rewrite ffunE; exact: sup_error.
  by rewrite !mul0r ltxx.
have sE : start_of T h = h by rewrite /start_of divnK.
have near : forall i : 'I_T, dU (current h z.2 v i) (current h z'.2 u i) <= rad (start_of T h + i)%N.
  move=> i; rewrite /current d sE; apply: (le_trans (dU_tri (v i) (c i) (u i))).
  have := close i; rewrite -leNgt; apply: le_trans; by rewrite addrC ler_add2l.
have now w := plan_step w zz near; split; last by move=> w; case: (now w).
by apply: cost => //; case: (now tt).
Qed.
End Deployed.

(* ---------- exponential gains ---------- *)
Section Exponential.
Variables (R : realFieldType) (T : nat) (Cg eta eps : R) (slope : nat -> R).
Local Notation s := (start_of T).
(* deviation at step h and at its chunk's first step; the learner's map for step i of a chunk has slope i *)
Fixpoint chunk_devs h : R * R :=
  if h is h'.+1 then
    let e' := eta * (chunk_devs h').1 + Cg * (slope (h' %% T)%N * (chunk_devs h').2 + 3%:R * eps) in
    (e', if (T %| h)%N then e' else (chunk_devs h').2)
  else (0, 0).
Definition chunk_dev h := (chunk_devs h).1.
(* what the action gap is bounded by *)
Definition action_dev h := slope (h %% T)%N * chunk_dev (s h) + 3%:R * eps.
Hypothesis T_gt0 : (0 < T)%N.

Lemma chunk_dev_start h : (chunk_devs h).2 = chunk_dev (s h).
Proof.
elim: h => [|h IH]; first by rewrite start_of0.
by rewrite start_ofS //=; case: ifP => _; [rewrite /chunk_dev | exact: IH].
Qed.

Lemma chunk_dev_step h : chunk_dev h.+1 = eta * chunk_dev h + Cg * action_dev h.
Proof. by rewrite {1}/chunk_dev /= chunk_dev_start. Qed.

Lemma chunk_dev_sum h :
  \sum_(t < h) Cg * eta ^+ (h.-1 - t) * action_dev t = chunk_dev h.
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
