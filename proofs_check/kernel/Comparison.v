(* The comparison behind Proposition 4 and the average-error forms, finite spaces, no axioms.
   Reference chain: labels c ~ p0, raw action v ~ kr given (state, c), v is executed.  Learner: labels from p1, executed
   as they are; p1 is TVC with linear modulus L.  Errors dU v c enter through the P-IISS gains only, in expectation under
   the reference.  `slack` is what the change of law costs on top of one total variation.  one_tv: 0 for p0 = p1 or for
   deterministic labels; k_tv: K total variations if the hazards sum to at most K on every path; max_tv: the mean of
   max (1 - Z)_+ under the learner; log_tv: 2^-k + k TV for every k.  No constant works (NoConstant.v).  Steps from 0. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Defs.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (dU : U -> U -> R).
Variables (p0 p1 : nat -> X -> U -> R) (kr : nat -> X -> U -> U -> R).
Variables (L Lx Lu : R) (g : nat -> R).

(* sum over observed futures of phi(reference weight, learner weight) *)
Fixpoint T (phi : R -> R -> R) n h x a b : R :=
  if n is n'.+1 then
    \sum_c \sum_v kr h x c v * \sum_w mu h w * T phi n' h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c)
  else phi a b.
Definition pos (a b : R) := Num.max 0 (a - b).
Definition neg (a b : R) := pos b a.

(* S i: bound on the state gap i steps from now that is due to the errors made so far *)
Definition shift (S : nat -> R) (e : R) i := S i.+1 + g i * e.
Definition hz (S : nat -> R) := Num.min 1 (L * S 0%N).
Definition past n (S : nat -> R) := \sum_(i < n) ((n - i)%:R * L + Lx) * S i.
Fixpoint future n h x : R :=
  if n is n'.+1 then
    \sum_c p0 h x c * \sum_v kr h x c v *
      ((Lu + past n' g) * dU v c + \sum_w mu h w * future n' h.+1 (f h x v w))
  else 0.
End Defs.

Section Compare.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE p0 p1 : nat -> X -> U -> R) (kr : nat -> X -> U -> U -> R).
Variables (L Lx Lu : R) (g : nat -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis p0_dist : forall h x, is_dist (p0 h x).
Hypothesis p1_dist : forall h x, is_dist (p1 h x).
Hypothesis kr_dist : forall h x c, is_dist (kr h x c).
Hypothesis piE_mix : forall h x v, \sum_c p0 h x c * kr h x c v = piE h x v.
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= L, 0 <= Lx & 0 <= Lu].
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t) * dU (us t) (us' t).
Hypothesis tvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = p1 h x u,
      forall u', \sum_u G u u' = p1 h x' u' &
      \sum_u \sum_u' G u u' * (u != u')%:R <= L * dX x x'].

Notation VE := (V f mu rew piE).
Notation VL := (V f mu rew p1).
Notation T := (T f mu p0 p1 kr).
Notation past := (past L Lx).
Notation future := (future f mu dU p0 kr L Lx Lu g).
Notation shift := (shift g).
Notation hz := (hz L).

Lemma pos_ge0 a b : 0 <= pos a b :> R. Proof. by rewrite /pos le_maxr lexx. Qed.

Lemma pos_ge a b : a - b <= pos a b :> R. Proof. by rewrite /pos le_maxr lexx orbT. Qed.

Lemma pos_split (I : finType) (A B : I -> R) : pos (\sum_c A c) (\sum_c B c) <= \sum_c pos (A c) (B c).
Proof.
rewrite {1}/pos le_maxl sumr_ge0 /=; last by move=> c _; exact: pos_ge0.
by rewrite -sumrB; apply: ler_sum => c _; exact: pos_ge.
Qed.

Lemma pos_step h x a b : pos a b <= \sum_c pos (a * p0 h x c) (b * p1 h x c).
Proof.
by apply: (le_trans _ (pos_split _ _)); rewrite -!mulr_sumr (proj2 (p0_dist h x)) (proj2 (p1_dist h x)) !mulr1.
Qed.

Lemma neg_step h x a b : neg a b <= \sum_c neg (a * p0 h x c) (b * p1 h x c).
Proof.
by apply: (le_trans _ (pos_split _ _)); rewrite -!mulr_sumr (proj2 (p0_dist h x)) (proj2 (p1_dist h x)) !mulr1.
Qed.

Lemma avg_ge (I : finType) (w F : I -> R) (M : R) :
  is_dist w -> (forall t, 0 < w t -> M <= F t) -> M <= \sum_t w t * F t.
Proof.
move=> wd H; rewrite -[M](avg_const M wd); apply: ler_sum => t _.
have [w0 _] := wd; have := w0 t; rewrite le_eqVlt => /orP [/eqP <-|w_pos]; first by rewrite !mul0r.
by rewrite ler_pmul2l //; exact: H.
Qed.

Lemma T_ge phi n h x a b :
  (forall h x a b, phi a b <= \sum_c phi (a * p0 h x c) (b * p1 h x c)) -> phi a b <= T phi n h x a b.
Proof.
move=> st; elim: n h x a b => [|n IH] h x a b //=.
apply: (le_trans (st h x a b)); apply: ler_sum => c _.
by apply: avg_ge => // v _; apply: avg_ge => // w _; exact: IH.
Qed.

Lemma VE_step n h x : VE n.+1 h x =
  \sum_c p0 h x c * \sum_v kr h x c v * (rew h x v + \sum_w mu h w * VE n h.+1 (f h x v w)).
Proof.
under [RHS]eq_bigr => c _ do rewrite mulr_sumr.
rewrite exchange_big /=; apply: eq_bigr => v _.
under [RHS]eq_bigr => c _ do rewrite mulrA.
by rewrite -mulr_suml piE_mix.
Qed.

Lemma piE_dist' h x : is_dist (piE h x).
Proof.
split=> [v|]; first by rewrite -piE_mix sumr_ge0 // => c _; rewrite mulr_ge0 //; [case: (p0_dist h x)|case: (kr_dist h x c)].
under eq_bigr => v _ do rewrite -piE_mix.
rewrite exchange_big /= -[RHS](proj2 (p0_dist h x)); apply: eq_bigr => c _.
by rewrite -mulr_sumr (proj2 (kr_dist h x c)) mulr1.
Qed.

Lemma pastS n S : past n.+1 S = (n.+1%:R * L + Lx) * S 0%N + past n (fun i => S i.+1).
Proof. by rewrite /past /Comparison.past big_ord_recl subn0; congr (_ + _); apply: eq_bigr => i _; rewrite lift0 subSS. Qed.

Lemma past_shift n S e : past n (shift S e) = past n (fun i => S i.+1) + past n g * e.
Proof.
rewrite /Comparison.past mulr_suml -big_split /=; apply: eq_bigr => i _.
by rewrite /Comparison.shift mulrDr mulrA.
Qed.

Lemma past_ge0 n S : (forall i, 0 <= S i) -> 0 <= past n S.
Proof.
have [l0 x0 _] := consts.
by move=> S0; apply: sumr_ge0 => i _; rewrite mulr_ge0 // addr_ge0 // mulr_ge0 // ler0n.
Qed.

Lemma future_ge0 n h x : 0 <= future n h x.
Proof.
have [l0 x0 u0] := consts.
elim: n h x => [|n IH] h x //=; apply: avg_ge0 => // c; apply: avg_ge0 => // v.
by rewrite addr_ge0 ?mulr_ge0 ?addr_ge0 ?past_ge0 // avg_ge0.
Qed.

(* two states that can be reached from one start under one noise, with forecast S *)
Definition close h (S : nat -> R) x y := exists x1 us us' ws,
  [/\ x = traj f x1 us ws h, y = traj f x1 us' ws h &
      forall i, \sum_(t < h) g (h + i - t.+1) * dU (us t) (us' t) = S i].

Lemma close_dist h S x y : close h S x y -> dX x y <= S 0%N.
Proof.
move=> [x1 [us [us' [ws [-> -> H]]]]]; apply: (le_trans (iiss x1 us us' ws h)); rewrite -H.
by rewrite le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => t _; rewrite addn0 subnS -subn1 subnAC subn1.
Qed.

Lemma close_ge0 h S x y i : close h S x y -> 0 <= S i.
Proof. by move=> [x1 [us [us' [ws [_ _ <-]]]]]; apply: sumr_ge0 => t _; rewrite mulr_ge0. Qed.

Lemma close_step h S x y u v w : close h S x y -> close h.+1 (shift S (dU u v)) (f h x u w) (f h y v w).
Proof.
move=> [x1 [us [us' [ws [xE yE H]]]]].
pose upd (Q : Type) (s : nat -> Q) a t := if t == h then a else s t.
have upd_lt Q (s : nat -> Q) a t : (t < h)%N -> s t = upd Q s a t by move=> th; rewrite /upd ltn_eqF.
exists x1, (upd _ us u), (upd _ us' v), (upd _ ws w); split=> /=.
- by rewrite /upd !eqxx xE; congr (f _ _ _ _); apply: eq_traj => t th; rewrite -!/(upd _ _ _ _) -!upd_lt.
- by rewrite /upd !eqxx yE; congr (f _ _ _ _); apply: eq_traj => t th; rewrite -!/(upd _ _ _ _) -!upd_lt.
- move=> i; rewrite big_ord_recr /= /Comparison.shift -H; congr (_ + _).
    by apply: eq_bigr => t _; rewrite -!upd_lt // addSnnS.
  by rewrite /upd !eqxx addSn subSS addKn.
Qed.

(* ---------- what the errors cost: weights, then the familiar double sum ---------- *)
Section Cost.
Variable rho : X -> R.
(* the expected error at step t under the expert *)
Local Notation occ := (occ f mu rho piE).
Definition err t := \sum_x occ t x * \sum_c (p0 t x c * \sum_v kr t x c v * dU v c).
Definition sgap (e : nat -> R) t := \sum_(j < t) g (t.-1 - j) * e j.

Lemma future_err n h :
  \sum_x occ h x * future n h x = \sum_(i < n) (Lu + past (n - i.+1) g) * err (h + i).
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0 big1 // => x _; rewrite mulr0.
rewrite big_ord_recl subn1 addn0 /=.
have -> : \sum_(i < n) (Lu + past (n.+1 - (lift ord0 i).+1) g) * err (h + lift ord0 i)
  = \sum_x' occ h.+1 x' * future n h.+1 x'.
  by rewrite IH; apply: eq_bigr => i _; rewrite lift0 subSS addnS addSn.
rewrite occ_step /err mulr_sumr -big_split /=; apply: eq_bigr => x _.
rewrite mulrCA -mulrDr; congr (_ * _).
have -> : \sum_u piE h x u * (\sum_w mu h w * future n h.+1 (f h x u w))
  = \sum_c p0 h x c * (\sum_v kr h x c v * (\sum_w mu h w * future n h.+1 (f h x v w))).
  under [RHS]eq_bigr => c _ do rewrite mulr_sumr.
  rewrite exchange_big /=; apply: eq_bigr => u _.
  under [RHS]eq_bigr => c _ do rewrite mulrA.
  by rewrite -mulr_suml piE_mix.
rewrite mulr_sumr -big_split /=; apply: eq_bigr => c _.
rewrite [X in _ = X + _]mulrCA -mulrDr; congr (_ * _); rewrite mulr_sumr -big_split /=; apply: eq_bigr => v _.
by rewrite mulrDr [X in X + _]mulrCA.
Qed.

Lemma sgapS (e : nat -> R) i : sgap e i.+1 = g i * e 0%N + sgap (fun t => e t.+1) i.
Proof.
rewrite /sgap big_ord_recl subn0; congr (_ + _); apply: eq_bigr => j _.
by rewrite lift0 /= -subn1 subnAC subn1 -subnS.
Qed.

Lemma weights n S (e : nat -> R) :
  past n S + \sum_(i < n) past (n - i.+1) g * e i = \sum_(i < n) ((n - i)%:R * L + Lx) * (S i + sgap e i).
Proof.
elim: n S e => [|n IH] S e; first by rewrite /Comparison.past !big_ord0 addr0.
have z : sgap e 0 = 0 by rewrite /sgap big_ord0.
rewrite pastS big_ord_recl [in RHS]big_ord_recl subn1 subn0 /= z addr0 -addrA; congr (_ + _).
rewrite addrA -past_shift.
have -> : \sum_(i < n) past (n.+1 - (lift ord0 i).+1) g * e (lift ord0 i)
  = \sum_(i < n) past (n - i.+1) g * (fun t => e t.+1) i.
  by apply: eq_bigr => i _; rewrite lift0 subSS.
rewrite (IH (shift S (e 0%N)) (fun t => e t.+1)); apply: eq_bigr => i _; rewrite /bump leq0n add1n subSS; congr (_ * _).
by rewrite sgapS /Comparison.shift addrA.
Qed.

Definition bound (e : nat -> R) H :=
  L * (\sum_(t < H) (H - t)%:R * sgap e t) + \sum_(h < H) (Lx * sgap e h + Lu * e h).

Lemma future_bound e H : (forall t, err t <= e t) -> \sum_x rho x * future H 0 x <= bound e H.
Proof.
move=> He; have [l0 x0 u0] := consts.
have -> : \sum_x rho x * future H 0 x = \sum_(i < H) (Lu + past (H - i.+1) g) * err i by rewrite -(future_err H 0).
apply: (@le_trans _ _ (\sum_(i < H) (Lu + past (H - i.+1) g) * e i)).
  by apply: ler_sum => i _; apply: ler_wpmul2l => //; rewrite addr_ge0 // past_ge0.
have Ws := weights H (fun _ => 0) e.
have Z : past H (fun _ => 0) = 0 by rewrite /Comparison.past big1 // => i _; rewrite mulr0.
rewrite Z add0r in Ws.
under eq_bigr => i _ do rewrite mulrDl.
rewrite big_split /= Ws le_eqVlt; apply/orP; left; apply/eqP.
rewrite /bound mulr_sumr -!big_split /=; apply: eq_bigr => i _.
by move: (sgap e i) (e i) => t1 t2; ring.
Qed.
End Cost.

(* ---------- the comparison, for an abstract slack ---------- *)
Section Slack.
Variables (Sg : Type) (slack : Sg -> nat -> nat -> X -> R -> R -> R).
Variable Inv : Sg -> nat -> nat -> X -> (nat -> R) -> R -> R -> Prop.
Hypothesis slack0 : forall sg h x S a b, Inv sg 0 h x S a b -> 0 <= slack sg 0 h x a b.
Hypothesis slack_step : forall sg n h x S a b (th : U -> R),
  0 <= a -> 0 <= b -> Inv sg n.+1 h x S a b ->
  (forall c, 0 <= th c <= 1) -> 0 <= S 0%N -> \sum_c (1 - th c) * p1 h x c <= hz S ->
  exists sg' : U -> U -> Sg,
    (forall c v w, 0 < kr h x c v -> Inv (sg' c v) n h.+1 (f h x v w) (shift S (dU v c)) (a * p0 h x c) (b * p1 h x c)) /\
    (\sum_c (1 - th c) * Num.min (a * p0 h x c) (b * p1 h x c) * n.+1%:R
    + \sum_c (th c * \sum_v (kr h x c v * \sum_w (mu h w * slack (sg' c v) n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c))))
    <= n.+1%:R * (L * S 0%N) * a + slack sg n.+1 h x a b)%R.

Lemma one_label (th A B ph Tw Sl Q mn acc n1 n : R) :
  0 <= th <= 1 -> 0 <= acc -> 0 <= Q -> ph <= Tw -> 0 <= n -> n1 = n + 1 ->
  A <= ph + n * Tw + Sl + acc * Q -> B <= n1 * (ph + mn) ->
  th * A + (1 - th) * B <= n1 * Tw + th * Sl + (1 - th) * mn * n1 + acc * Q.
Proof.
move=> /andP [t0 t1] acc0 Q0 pT n0 En HA HB.
have t1' : 0 <= 1 - th by rewrite subr_ge0.
apply: (le_trans (ler_add (ler_wpmul2l t0 HA) (ler_wpmul2l t1' HB))).
rewrite -subr_ge0 En.
have -> : (n + 1) * Tw + th * Sl + (1 - th) * mn * (n + 1) + acc * Q
  - (th * (ph + n * Tw + Sl + acc * Q) + (1 - th) * ((n + 1) * (ph + mn)))
  = (th + (1 - th) * (n + 1)) * (Tw - ph) + (1 - th) * (acc * Q) by ring.
apply: addr_ge0; last by rewrite !mulr_ge0.
by apply: mulr_ge0; rewrite ?subr_ge0 // addr_ge0 // mulr_ge0 // addr_ge0 // ler01.
Qed.

Lemma pos_reward (a b s s' d : R) : 0 <= a -> 0 <= b -> 0 <= s <= 1 -> 0 <= s' -> `|s - s'| <= d ->
  a * s - b * s' <= pos a b + a * d.
Proof.
move=> a0 b0 /andP [s0 s1] s'0 sd; have d0 : s - s' <= d by apply: (le_trans (ler_norm _)).
have D : 0 <= d by apply: (le_trans _ sd); exact: normr_ge0.
rewrite -subr_ge0; case: (leP a b) => ab.
  have -> : pos a b + a * d - (a * s - b * s') = pos a b + a * (d - (s - s')) + (b - a) * s' by ring.
  by rewrite !addr_ge0 ?pos_ge0 ?mulr_ge0 ?subr_ge0.
have -> : pos a b + a * d - (a * s - b * s')
  = (pos a b - (a - b)) + (a - b) * (1 - s) + b * (d - (s - s')) + (a - b) * d by ring.
have ab' : 0 <= a - b by rewrite subr_ge0 ltW.
have ps : 0 <= pos a b - (a - b) by rewrite subr_ge0 pos_ge.
apply: addr_ge0; last exact: mulr_ge0.
apply: addr_ge0; last by apply: mulr_ge0; rewrite ?subr_ge0.
by apply: addr_ge0 => //; apply: mulr_ge0; rewrite ?subr_ge0 // ltW.
Qed.

Lemma compare sg n h S x y a b : close h S x y -> 0 <= a -> 0 <= b -> Inv sg n h x S a b ->
  a * VE n h x - b * VL n h y
  <= n%:R * T (@pos R) n h x a b + slack sg n h x a b + a * (past n S + future n h x).
Proof.
have [l0 x0 u0] := consts.
elim: n sg h S x y a b => [|n IH] sg h S x y a b xy a0 b0 inv.
  rewrite /= !mulr0 subrr mul0r add0r /Comparison.past big_ord0 addr0 mulr0 addr0; exact: slack0 inv.
have [G [G0 Gx Gy bad]] := tvc h x y.
have [q0 q1] := p1_dist h x.
have S0 i : 0 <= S i by exact: close_ge0 xy.
have Gle c : G c c <= p1 h x c by rewrite -Gx (bigD1 c) //= ler_addl sumr_ge0.
pose th c := if p1 h x c == 0 then 1 else G c c / p1 h x c.
have thG c : th c * p1 h x c = G c c.
  rewrite /th; case: eqP => [z|/eqP nz]; last by rewrite divfK.
  by apply/esym/eqP; rewrite mul1r z eq_le G0 andbT -z Gle.
have th01 c : 0 <= th c <= 1.
  rewrite /th; case: eqP => [_|/eqP nz]; first by rewrite ler01 lexx.
  have pp : 0 < p1 h x c by rewrite lt_neqAle eq_sym nz q0.
  by rewrite divr_ge0 // ler_pdivr_mulr // mul1r Gle.
have badE : \sum_c (1 - th c) * p1 h x c = \sum_u \sum_u' G u u' * (u != u')%:R.
  apply: eq_bigr => c _; rewrite mulrBl mul1r thG -Gx (bigD1 c) //= [RHS](bigD1 c) //= eqxx mulr0 add0r.
  rewrite [G c c + _]addrC addrK; apply: eq_bigr => u' /negbTE; rewrite eq_sym => ->; by rewrite mulr1.
have kapb : \sum_c (1 - th c) * p1 h x c <= hz S.
  rewrite le_minr; apply/andP; split.
    rewrite -[X in _ <= X]q1; apply: ler_sum => c _; rewrite -[X in _ <= X]mul1r; apply: ler_wpmul2r => //.
    by rewrite ler_subl_addr ler_addl; have /andP [] := th01 c.
  by rewrite badE; apply: (le_trans bad); apply: ler_wpmul2l => //; exact: close_dist xy.
have [sg' [inv' st]] := slack_step a0 b0 inv th01 (S0 0%N) kapb.
pose A v := rew h x v + \sum_w mu h w * VE n h.+1 (f h x v w).
pose B u' := rew h y u' + \sum_w mu h w * VL n h.+1 (f h y u' w).
have VLr m i z : 0 <= VL m i z <= m%:R by apply: V_range.
have VEr m i z : 0 <= VE m i z <= m%:R by apply: V_range => //; exact: piE_dist'.
have B0 u' : 0 <= B u'.
  by rewrite addr_ge0 ?avg_ge0 // => [|w]; [have /andP [] := rew01 h y u' | have /andP [] := VLr n h.+1 (f h y u' w)].
have A1 v : A v <= n.+1%:R.
  rewrite mulrS; apply: ler_add; first by have /andP [] := rew01 h x v.
  by apply: avg_le => // w _; have /andP [] := VEr n h.+1 (f h x v w).
have low : \sum_c b * p1 h x c * th c * B c <= b * VL n.+1 h y.
  rewrite /= mulr_sumr.
  under [X in _ <= X]eq_bigr => u' _ do rewrite -/(B u') -Gy.
  apply: ler_sum => c _; rewrite -!mulrA; apply: ler_wpmul2l => //.
  rewrite mulrA [_ * th c]mulrC thG; apply: ler_wpmul2r => //.
  by rewrite (bigD1 c) //= ler_addl sumr_ge0.
pose Q c v := Lx * S 0%N + Lu * dU v c + past n (shift S (dU v c)) + \sum_w mu h w * future n h.+1 (f h x v w).
pose Tw c v := \sum_w mu h w * T (@pos R) n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c).
pose Sl c v := \sum_w mu h w * slack (sg' c v) n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c).
pose mn c := Num.min (a * p0 h x c) (b * p1 h x c).
have ac0 c : 0 <= a * p0 h x c by rewrite mulr_ge0 //; case: (p0_dist h x).
have bc0 c : 0 <= b * p1 h x c by rewrite mulr_ge0.
have point c v : 0 < kr h x c v ->
  th c * (a * p0 h x c * A v - b * p1 h x c * B c) + (1 - th c) * (a * p0 h x c * A v)
  <= n.+1%:R * Tw c v + th c * Sl c v + (1 - th c) * mn c * n.+1%:R + a * p0 h x c * Q c v.
  move=> kv; apply: (@one_label _ _ _ (pos (a * p0 h x c) (b * p1 h x c)) _ _ _ _ _ _ n%:R) => //.
  - rewrite /Q addr_ge0 ?avg_ge0 //; last by move=> w; exact: future_ge0.
    rewrite !addr_ge0 ?mulr_ge0 // past_ge0 // => i; rewrite /Comparison.shift addr_ge0 // mulr_ge0 //.
  - by apply: avg_ge => // w _; apply: T_ge => *; exact: pos_step.
  - exact: ler0n.
  - by rewrite mulrS addrC.
  - have -> : a * p0 h x c * A v - b * p1 h x c * B c
      = (a * p0 h x c * rew h x v - b * p1 h x c * rew h y c)
      + \sum_w mu h w * (a * p0 h x c * VE n h.+1 (f h x v w) - b * p1 h x c * VL n h.+1 (f h y c w)).
      rewrite /A /B.
      under [X in _ = _ + X]eq_bigr => w _ do rewrite mulrBr !(mulrCA (mu h w)).
      by rewrite sumrB -!mulr_sumr !mulrDr opprD addrACA.
    have R1 : a * p0 h x c * rew h x v - b * p1 h x c * rew h y c
      <= pos (a * p0 h x c) (b * p1 h x c) + a * p0 h x c * (Lx * S 0%N + Lu * dU v c).
      apply: pos_reward => //; first by have /andP [] := rew01 h y c.
      apply: (le_trans (rew_lip _ _ _ _ _)); rewrite ler_add2r; apply: ler_wpmul2l => //; exact: close_dist xy.
    have R2 : \sum_w mu h w * (a * p0 h x c * VE n h.+1 (f h x v w) - b * p1 h x c * VL n h.+1 (f h y c w))
      <= \sum_w mu h w * (n%:R * T (@pos R) n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c)
         + slack (sg' c v) n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c)
         + a * p0 h x c * (past n (shift S (dU v c)) + future n h.+1 (f h x v w))).
      apply: ler_sum => w _; apply: ler_wpmul2l; first by case: (mu_dist h).
      apply: IH => //; [exact: close_step xy | exact: inv'].
    apply: (le_trans (ler_add R1 R2)).
    rewrite le_eqVlt; apply/orP; left; apply/eqP.
    under eq_bigr => w _ do rewrite mulrDr [mu h w * (_ + slack _ _ _ _ _ _)]mulrDr.
    rewrite !big_split /=.
    under [X in _ + (X + _ + _) = _]eq_bigr => w _ do rewrite mulrCA.
    under [X in _ + (_ + _ + X) = _]eq_bigr => w _ do rewrite mulrCA mulrDr.
    rewrite -!mulr_sumr big_split /= (avg_const _ (mu_dist h)) /Q -/(Tw c v) -/(Sl c v).
    by move: (Tw c v) (Sl c v) (past n _) (\sum_w mu h w * future n h.+1 (f h x v w)) => t1 t2 t3 t4; ring.
  - apply: (@le_trans _ _ (a * p0 h x c * n.+1%:R)); first exact: ler_wpmul2l.
    rewrite mulrC; apply: ler_wpmul2l; first exact: ler0n.
    rewrite /mn; case: (leP (a * p0 h x c) (b * p1 h x c)) => _; first by rewrite ler_addr pos_ge0.
    by rewrite -ler_subl_addr; exact: pos_ge.
have -> : a * VE n.+1 h x - b * VL n.+1 h y
  = (\sum_c \sum_v kr h x c v * (a * p0 h x c * A v)) - b * VL n.+1 h y.
  congr (_ - _); rewrite VE_step mulr_sumr; apply: eq_bigr => c _.
  by rewrite mulrA mulr_sumr; apply: eq_bigr => v _; rewrite mulrCA.
apply: (@le_trans _ _ ((\sum_c \sum_v kr h x c v * (a * p0 h x c * A v)) - \sum_c b * p1 h x c * th c * B c)).
  by rewrite ler_add2l ler_opp2; exact: low.
rewrite -sumrB.
apply: (@le_trans _ _ (\sum_c \sum_v kr h x c v * (n.+1%:R * Tw c v + th c * Sl c v
   + (1 - th c) * mn c * n.+1%:R + a * p0 h x c * Q c v))).
  apply: ler_sum => c _; rewrite -[X in _ - X](avg_const _ (kr_dist h x c)) -sumrB.
  apply: ler_sum => v _; rewrite -mulrBr.
  have := proj1 (kr_dist h x c) v; rewrite le_eqVlt => /orP [/eqP <-|kv]; first by rewrite !mul0r.
  rewrite ler_pmul2l //; apply: (le_trans _ (point c v kv)).
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
have -> : \sum_c \sum_v kr h x c v * (n.+1%:R * Tw c v + th c * Sl c v
   + (1 - th c) * mn c * n.+1%:R + a * p0 h x c * Q c v)
  = n.+1%:R * T (@pos R) n.+1 h x a b
    + (\sum_c (1 - th c) * mn c * n.+1%:R + \sum_c th c * \sum_v kr h x c v * Sl c v)
    + a * (Lx * S 0%N + past n (fun i => S i.+1) + future n.+1 h x).
  have -> : Lx * S 0%N + past n (fun i => S i.+1) + future n.+1 h x
    = \sum_c p0 h x c * \sum_v kr h x c v * Q c v.
    rewrite -[X in X + _](avg_const _ (p0_dist h x)) /= -big_split /=; apply: eq_bigr => c _.
    rewrite -mulrDr -[X in X + _](avg_const _ (kr_dist h x c)) -big_split /=; congr (_ * _).
    apply: eq_bigr => v _; rewrite -mulrDr /Q past_shift; congr (_ * _).
    by move: (past n (fun i => S i.+1)) (past n g) (\sum_w mu h w * future n h.+1 (f h x v w)) => t1 t2 t3; ring.
  rewrite /= !mulr_sumr -!big_split /=; apply: eq_bigr => c _.
  rewrite -[(1 - th c) * mn c * n.+1%:R in RHS](avg_const _ (kr_dist h x c)) [a * (_ * _)]mulrA !mulr_sumr -!big_split /=.
  apply: eq_bigr => v _; rewrite -/(Tw c v).
  by move: (Tw c v) (Sl c v) (Q c v) (mn c) (th c) => t1 t2 t3 t4 t5; ring.
apply: (le_trans (ler_add (ler_add (lexx _) st) (lexx _))).
rewrite pastS le_eqVlt; apply/orP; left; apply/eqP.
move: (T _ n.+1 h x a b) (slack _ _ _ _ _ _) (future n.+1 h x) (past n _) => t1 t2 t3 t4; ring.
Qed.

Lemma root rho sg H e : is_dist rho -> (forall t, err rho t <= e t) ->
  (forall x, Inv (sg x) H 0 x (fun _ => 0) (rho x) (rho x)) ->
  J f mu rho rew piE H - J f mu rho rew p1 H
  <= H%:R * (\sum_x T (@pos R) H 0 x (rho x) (rho x)) + \sum_x slack (sg x) H 0 x (rho x) (rho x) + bound e H.
Proof.
move=> [r0 r1] He inv.
have B := future_bound H He.
apply: (@le_trans _ _ (\sum_x (H%:R * T (@pos R) H 0 x (rho x) (rho x) + slack (sg x) H 0 x (rho x) (rho x)
   + rho x * future H 0 x))); last first.
  by rewrite !big_split /= -mulr_sumr ler_add2l.
rewrite /J -sumrB; apply: ler_sum => x _.
have [us _] : exists us : nat -> U, True.
  have [_ P1] := p1_dist 0 x.
  case: (pickP (fun _ : U => true)) => [u _|none]; first by exists (fun _ => u).
  by move: P1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
have [ws _] : exists ws : nat -> W, True.
  have [_ P1] := mu_dist 0.
  case: (pickP (fun _ : W => true)) => [w _|none]; first by exists (fun _ => w).
  by move: P1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
have cl : close 0 (fun _ => 0) x x by exists x, us, us, ws; split=> // i; rewrite big_ord0.
have Z : past H (fun _ => 0) = 0 by rewrite /Comparison.past big1 // => i _; rewrite mulr0.
by have := compare cl (r0 x) (r0 x) (inv x); rewrite Z add0r.
Qed.
End Slack.

Lemma hz_le S : hz S <= L * S 0%N.
Proof. by rewrite /Comparison.hz le_minl lexx orbT. Qed.

(* one total variation is enough when the learner never outweighs the reference on a label the reference can emit:
   equal laws, or deterministic reference labels *)
Lemma one_tv rho H e : is_dist rho -> (forall t, err rho t <= e t) ->
  (forall h x c, p0 h x c = 0 \/ p1 h x c <= p0 h x c) ->
  J f mu rho rew piE H - J f mu rho rew p1 H
  <= H%:R * (\sum_x T (@pos R) H 0 x (rho x) (rho x)) + bound e H.
Proof.
move=> rd He keep; have [l0 x0 u0] := consts.
have := @root unit (fun _ _ _ _ _ _ => 0) (fun _ _ _ _ _ a b => a = 0 \/ b <= a) _ _ rho (fun _ => tt) H e rd He.
rewrite sumr_const mul0rn addr0; apply => //; last by move=> x; right.
move=> _ n h x S a b th a0 b0 inv th01 S0 kap_; exists (fun _ _ => tt); split.
  move=> c v w _; case: inv => [->|ba]; first by left; rewrite mul0r.
  case: (keep h x c) => [->|le]; first by left; rewrite mulr0.
  by right; apply: ler_pmul => //; case: (p1_dist h x).
rewrite [X in _ + X]big1 ?addr0; last first.
  move=> c _; rewrite big1 ?mulr0 // => v _; rewrite big1 ?mulr0 // => w _; by rewrite mulr0.
rewrite -mulr_suml mulrC -mulrA; apply: ler_wpmul2l; first exact: ler0n.
apply: (@le_trans _ _ (\sum_c ((1 - th c) * p1 h x c) * a)); last first.
  by rewrite -mulr_suml; apply: ler_wpmul2r => //; apply: (le_trans kap_); exact: hz_le.
apply: ler_sum => c _; rewrite -mulrA; apply: ler_wpmul2l; first by rewrite subr_ge0; have /andP [] := th01 c.
case: inv => [->|ba]; first by rewrite !mul0r mulr0 le_minl lexx.
rewrite le_minl [p1 h x c * a]mulrC; apply/orP; right; apply: ler_wpmul2r => //; by case: (p1_dist h x).
Qed.

(* in general: hazards that sum to at most K on every path cost K more total variations *)
Fixpoint budget n S K : Prop :=
  if n is n'.+1 then
    hz S <= K /\ forall h x c v, 0 < kr h x c v -> budget n' (shift S (dU v c)) (K - hz S)
  else True.

Lemma T_ge0 phi n h x a b : (forall a b, 0 <= phi a b) -> 0 <= T phi n h x a b.
Proof.
move=> p; elim: n h x a b => [|n IH] h x a b //=.
apply: sumr_ge0 => c _; apply: avg_ge0 => // v; exact: avg_ge0.
Qed.

Lemma k_tv rho H e K : is_dist rho -> (forall t, err rho t <= e t) -> budget H (fun _ => 0) K ->
  J f mu rho rew piE H - J f mu rho rew p1 H
  <= H%:R * (\sum_x T (@pos R) H 0 x (rho x) (rho x)) + H%:R * K * (\sum_x T (@neg R) H 0 x (rho x) (rho x))
     + bound e H.
Proof.
move=> rd He bud; have [l0 x0 u0] := consts.
have := @root R (fun K n h x a b => n%:R * K * T (@neg R) n h x a b) (fun K n _ _ S _ _ => budget n S K) _ _
  rho (fun _ => K) H e rd He.
rewrite -mulr_sumr; apply => //; first by move=> *; rewrite !mul0r.
move=> {K bud} K n h x S a b th a0 b0 [zK bud] th01 S0 kap_; exists (fun _ _ => K - hz S); split.
  by move=> c v w kv; exact: bud kv.
have Tn0 m i z a' b' : 0 <= T (@neg R) m i z a' b' by apply: T_ge0 => *; exact: pos_ge0.
have z0 : 0 <= hz S by rewrite /Comparison.hz le_minr ler01 mulr_ge0.
have A : \sum_c (1 - th c) * Num.min (a * p0 h x c) (b * p1 h x c) * n.+1%:R
  <= n.+1%:R * (L * S 0%N) * a + n.+1%:R * hz S * T (@neg R) n.+1 h x a b.
  rewrite -mulr_suml mulrC -!mulrA -mulrDr; apply: ler_wpmul2l; first exact: ler0n.
  apply: (@le_trans _ _ (hz S * b)).
    apply: (@le_trans _ _ (\sum_c ((1 - th c) * p1 h x c) * b)); last by rewrite -mulr_suml ler_wpmul2r.
    apply: ler_sum => c _; rewrite -mulrA; apply: ler_wpmul2l; first by rewrite subr_ge0; have /andP [] := th01 c.
    by rewrite le_minl [p1 h x c * b]mulrC lexx orbT.
  have bn : b <= a + T (@neg R) n.+1 h x a b.
    rewrite -ler_subl_addl; apply: (le_trans (pos_ge b a)).
    by apply: (@T_ge (@neg R)) => *; exact: neg_step.
  apply: (le_trans (ler_wpmul2l z0 bn)); rewrite mulrDr ler_add2r mulrA; apply: ler_wpmul2r => //; exact: hz_le.
have B : \sum_c (th c * \sum_v (kr h x c v * \sum_w (mu h w * (n%:R * (K - hz S) *
    T (@neg R) n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c))))) <= n.+1%:R * (K - hz S) * T (@neg R) n.+1 h x a b.
  rewrite /= mulr_sumr; apply: ler_sum => c _.
  apply: (@le_trans _ _ (\sum_v (kr h x c v * \sum_w (mu h w * (n%:R * (K - hz S) *
    T (@neg R) n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c)))))).
    rewrite -[X in _ <= X]mul1r; apply: ler_wpmul2r; last by have /andP [] := th01 c.
    apply: avg_ge0 => // v; apply: avg_ge0 => // w; by rewrite !mulr_ge0 ?ler0n ?subr_ge0.
  rewrite mulr_sumr; apply: ler_sum => v _; rewrite mulrCA; apply: ler_wpmul2l; first by case: (kr_dist h x c).
  rewrite [X in _ <= X]mulr_sumr; apply: ler_sum => w _; rewrite [X in _ <= X]mulrCA; apply: ler_wpmul2l; first by case: (mu_dist h).
  apply: ler_wpmul2r => //; apply: ler_wpmul2r; first by rewrite subr_ge0.
  by rewrite ler_nat.
apply: (le_trans (ler_add A B)); rewrite le_eqVlt; apply/orP; left; apply/eqP.
move: (T _ n.+1 h x a b) (hz S) (L * _) n.+1%:R => t1 t2 t3 t4; ring.
Qed.

(* without any such K: the running maximum of (1 - Z)_+ along the learner's path, Z = reference / learner, takes the place
   of K TV.  m carries the maximum, in the unit of the learner's weight b; psi is applied to it at the end. *)
Fixpoint run (psi : R -> R -> R) n h x a b m : R :=
  if n is n'.+1 then
    \sum_c \sum_v (kr h x c v * \sum_w (mu h w *
      run psi n' h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c) (Num.max m (neg a b) * p1 h x c)))
  else psi b (Num.max m (neg a b)).
Definition top (b m : R) := m.
Definition crossed (l b m : R) := if l * b <= m then b else 0.

Lemma runS psi n h x a b m : run psi n.+1 h x a b m =
  \sum_c \sum_v (kr h x c v * \sum_w (mu h w *
      run psi n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c) (Num.max m (neg a b) * p1 h x c))).
Proof. by []. Qed.

Lemma maxm0 (m a b : R) : 0 <= Num.max m (neg a b).
Proof. by rewrite le_maxr pos_ge0 orbT. Qed.

Lemma run_le psi psi' n h x a b m : (forall b m, 0 <= m <= b -> psi b m <= psi' b m) -> 0 <= a -> 0 <= b -> m <= b ->
  run psi n h x a b m <= run psi' n h x a b m.
Proof.
move=> H; elim: n h x a b m => [|n IH] h x a b m a0 b0 mb.
  apply: H; rewrite maxm0 le_maxl mb /neg /pos le_maxl b0 /=; by rewrite ler_subl_addr ler_addl.
rewrite !runS; apply: ler_sum => c _; apply: ler_sum => v _; apply: ler_wpmul2l; first by case: (kr_dist h x c).
apply: ler_sum => w _; apply: ler_wpmul2l; first by case: (mu_dist h).
have q0 : 0 <= p1 h x c by case: (p1_dist h x).
apply: IH; rewrite ?mulr_ge0 //; first by case: (p0_dist h x).
apply: ler_wpmul2r => //; rewrite le_maxl mb /neg /pos le_maxl b0 /=; by rewrite ler_subl_addr ler_addl.
Qed.

Lemma run_lin psi1 psi2 s n h x a b m :
  run (fun b m => psi1 b m + s * psi2 b m) n h x a b m = run psi1 n h x a b m + s * run psi2 n h x a b m.
Proof.
elim: n h x a b m => [|n IH] h x a b m //; rewrite !runS mulr_sumr -big_split /=; apply: eq_bigr => c _.
rewrite mulr_sumr -big_split /=; apply: eq_bigr => v _; rewrite mulrCA -mulrDr; congr (_ * _).
rewrite mulr_sumr -big_split /=; apply: eq_bigr => w _; by rewrite mulrCA -mulrDr IH.
Qed.

Lemma run_const n h x a b m : run (fun b _ => b) n h x a b m = b.
Proof.
elim: n h x a b m => [|n IH] h x a b m //; rewrite runS.
under eq_bigr => c _ do under eq_bigr => v _ do under eq_bigr => w _ do rewrite IH.
under eq_bigr => c _ do under eq_bigr => v _ do rewrite (avg_const _ (mu_dist h)).
under eq_bigr => c _ do rewrite (avg_const _ (kr_dist h x c)).
by rewrite -mulr_sumr (proj2 (p1_dist h x)) mulr1.
Qed.

(* the maximum only grows *)
Lemma run_top n h x a b m : Num.max m (neg a b) <= run top n h x a b m.
Proof.
elim: n h x a b m => [|n IH] h x a b m; first by rewrite /= lexx.
rewrite runS -{1}[Num.max m (neg a b)]mulr1 -(proj2 (p1_dist h x)) mulr_sumr; apply: ler_sum => c _.
apply: avg_ge => // v _; apply: avg_ge => // w _; apply: (le_trans _ (IH _ _ _ _ _)).
by rewrite le_maxr lexx.
Qed.

(* Doob's inequality, backwards *)
Lemma run_doob l n h x a b m : 0 <= l -> 0 <= a -> 0 <= b -> m < l * b ->
  l * run (crossed l) n h x a b m <= T (@neg R) n h x a b.
Proof.
move=> l0; elim: n h x a b m => [|n IH] h x a b m a0 b0 mb.
  rewrite /= /crossed; case: ifP => [|_]; last by rewrite mulr0 pos_ge0.
  by rewrite le_maxr [l * b <= m]leNgt mb.
have all : run (crossed l) n.+1 h x a b m <= b.
  rewrite -[X in _ <= X](run_const n.+1 h x a b m).
  have mb' : m <= Num.max m b by rewrite le_maxr lexx.
  elim: n.+1 h x a b m a0 b0 {mb mb' IH} => [|k IH] h x a b m a0 b0.
    by rewrite /= /crossed; case: ifP.
  rewrite !runS; apply: ler_sum => c _; apply: ler_sum => v _; apply: ler_wpmul2l; first by case: (kr_dist h x c).
  apply: ler_sum => w _; apply: ler_wpmul2l; first by case: (mu_dist h).
  by apply: IH; rewrite mulr_ge0 //; [case: (p0_dist h x) | case: (p1_dist h x)].
case: (leP (l * b) (neg a b)) => cr.
  apply: (le_trans (ler_wpmul2l l0 all)); apply: (le_trans cr).
  by apply: T_ge => *; exact: neg_step.
have mx : Num.max m (neg a b) < l * b by rewrite lt_maxl mb.
rewrite runS mulr_sumr; apply: ler_sum => c _; rewrite mulr_sumr; apply: ler_sum => v _.
rewrite mulrCA; apply: ler_wpmul2l; first by case: (kr_dist h x c).
rewrite mulr_sumr; apply: ler_sum => w _; rewrite mulrCA; apply: ler_wpmul2l; first by case: (mu_dist h).
have ac0 : 0 <= a * p0 h x c by rewrite mulr_ge0 //; case: (p0_dist h x).
have [q0 _] := p1_dist h x.
have := q0 c; rewrite le_eqVlt => /orP [/eqP z|qc]; last first.
  by apply: IH => //; [rewrite mulr_ge0 | rewrite mulrA ltr_pmul2r].
rewrite -z !mulr0; apply: (@le_trans _ _ 0); last by apply: T_ge0 => *; exact: pos_ge0.
rewrite mulr_ge0_le0 //.
apply: (@le_trans _ _ (run (fun b _ => b) n h.+1 (f h x v w) (a * p0 h x c) 0 0)); last by rewrite run_const.
by apply: run_le => // b' m' /andP [m0 mb'']; rewrite /crossed; case: ifP => _ //; apply: (le_trans m0).
Qed.

Lemma max_tv rho H e : is_dist rho -> (forall t, err rho t <= e t) ->
  J f mu rho rew piE H - J f mu rho rew p1 H
  <= H%:R * (\sum_x T (@pos R) H 0 x (rho x) (rho x)) + H%:R * (\sum_x run top H 0 x (rho x) (rho x) 0) + bound e H.
Proof.
move=> rd He; have [l0 x0 u0] := consts.
have := @root R (fun m n h x a b => n%:R * run top n h x a b m) (fun _ _ _ _ _ _ _ => True) _ _ rho (fun _ => 0) H e rd He.
rewrite -mulr_sumr; apply => //; first by move=> *; rewrite mul0r.
move=> m n h x S a b th a0 b0 _ th01 S0 kap_.
exists (fun c _ => Num.max m (neg a b) * p1 h x c); split=> //.
set M := Num.max m (neg a b).
pose Y c := \sum_v (kr h x c v * \sum_w (mu h w * run top n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c) (M * p1 h x c))).
have -> : \sum_c (th c * \sum_v (kr h x c v * \sum_w (mu h w *
   (n%:R * run top n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c) (M * p1 h x c))))) = \sum_c th c * (n%:R * Y c).
  apply: eq_bigr => c _; congr (_ * _); rewrite /Y mulr_sumr; apply: eq_bigr => v _; rewrite [RHS]mulrCA; congr (_ * _).
  by rewrite mulr_sumr; apply: eq_bigr => w _; rewrite [RHS]mulrCA.
rewrite runS -/M -/(Y _) mulr_sumr.
have bM : b <= a + M.
  by rewrite -ler_subl_addl; apply: (le_trans (pos_ge b a)); rewrite le_maxr lexx orbT.
have Yge c : M * p1 h x c <= Y c.
  apply: avg_ge => // v _; apply: avg_ge => // w _; apply: (le_trans _ (run_top _ _ _ _ _ _)); by rewrite le_maxr lexx.
have [q0 q1] := p1_dist h x.
apply: (@le_trans _ _ (\sum_c ((1 - th c) * p1 h x c * (n.+1%:R * a) + n.+1%:R * Y c))); last first.
  rewrite big_split /= -mulr_suml ler_add2r mulrC -!mulrA; apply: ler_wpmul2l; first exact: ler0n.
  rewrite [L * (_ * _)]mulrA [_ * a]mulrC; apply: ler_wpmul2l => //; apply: (le_trans kap_); exact: hz_le.
rewrite -big_split /=; apply: ler_sum => c _; have /andP [t0 t1] := th01 c.
have c0 : 0 <= 1 - th c by rewrite subr_ge0.
have M0 : 0 <= M by exact: maxm0.
have Y0 : 0 <= Y c by apply: (le_trans _ (Yge c)); rewrite mulr_ge0.
have A : Num.min (a * p0 h x c) (b * p1 h x c) <= p1 h x c * a + Y c.
  apply: (@le_trans _ _ (b * p1 h x c)); first by rewrite le_minl lexx orbT.
  apply: (le_trans (ler_wpmul2r (q0 c) bM)); rewrite mulrDl [a * _]mulrC ler_add2l; exact: Yge.
apply: (le_trans (ler_add (ler_wpmul2r (ler0n _ n.+1) (ler_wpmul2l c0 A)) (lexx _))).
rewrite -subr_ge0 mulrS.
have -> : (1 - th c) * p1 h x c * ((1 + n%:R) * a) + (1 + n%:R) * Y c
  - ((1 - th c) * (p1 h x c * a + Y c) * (1 + n%:R) + th c * (n%:R * Y c)) = th c * Y c.
  by move: (Y c) (p1 h x c) (th c) => t2 t3 t4; ring.
exact: mulr_ge0.
Qed.

(* layers at 1/2, 1/4, ..., 2^-k: E max <= 2^-k + k TV *)
Definition lev k : R := 2%:R^-1 ^+ k.
Fixpoint layer k (b m : R) := if k is k'.+1 then layer k' b m + lev k * crossed (lev k) b m + - lev k * b else b.

Lemma lev_half k : lev k = lev k.+1 + lev k.+1.
Proof. by rewrite /lev exprS -mulrDl [X in _ = X * _](_ : _ = 1) ?mul1r // [RHS](splitr 1) !mul1r. Qed.

Lemma layer_ge k b m : 0 <= m <= b -> lev k * b <= layer k b m /\ m <= layer k b m.
Proof.
move=> /andP [m0 mb]; have b0 := le_trans m0 mb; elim: k => [|k [I1 I2]]; first by rewrite /lev expr0 mul1r lexx.
rewrite /= /crossed; case: (leP (lev k.+1 * b) m) => [_|cr].
  rewrite mulNr addrK; split=> //; apply: (le_trans _ I1); rewrite [lev k]lev_half mulrDl ler_addl.
  by rewrite mulr_ge0 // exprn_ge0 // invr_ge0 ler0n.
have A : lev k.+1 * b <= layer k b m + - lev k.+1 * b by rewrite mulNr ler_subr_addr -mulrDl -lev_half.
by rewrite mulr0 addr0; split=> //; apply: (le_trans (ltW cr)).
Qed.

Lemma run_layers k n h x a b : 0 <= a -> 0 <= b ->
  run top n h x a b 0 <= lev k * b + k%:R * T (@neg R) n h x a b.
Proof.
move=> a0 b0; have Tn0 : 0 <= T (@neg R) n h x a b by apply: T_ge0 => *; exact: pos_ge0.
have lev0 j : 0 < lev j by rewrite /lev exprn_gt0 // invr_gt0 ltr0n.
apply: (@le_trans _ _ (run (layer k) n h x a b 0)).
  by apply: run_le => // b' m' H; case: (layer_ge k H).
elim: k => [|k IH]; first by rewrite /lev expr0 mul1r mul0r addr0 run_const.
have -> : run (layer k.+1) n h x a b 0 = run (layer k) n h x a b 0 + lev k.+1 * run (crossed (lev k.+1)) n h x a b 0 - lev k.+1 * b.
  rewrite -mulNr -[X in _ = _ + - lev k.+1 * X](run_const n h x a b 0) -run_lin -run_lin //.
have D : lev k.+1 * run (crossed (lev k.+1)) n h x a b 0 <= T (@neg R) n h x a b.
  have := b0; rewrite le_eqVlt => /orP [/eqP z|bp]; last by apply: run_doob; rewrite ?mulr_gt0 // ltW.
  apply: (le_trans (ler_wpmul2l (ltW (lev0 _)) (_ : _ <= run (fun b _ => b) n h x a b 0))).
    by apply: run_le => // b' m' /andP [m0 mb]; rewrite /crossed; case: ifP => _ //; exact: le_trans mb.
  by rewrite run_const -[X in _ * X]z mulr0.
rewrite mulrS mulrDl mul1r [T _ _ _ _ _ _ + _]addrC addrA ler_subl_addr.
apply: (le_trans (ler_add IH D)); rewrite [lev k]lev_half mulrDl le_eqVlt; apply/orP; left; apply/eqP.
by move: (T _ n h x a b) (lev k.+1) => t1 t2; ring.
Qed.

Lemma log_tv k rho H e : is_dist rho -> (forall t, err rho t <= e t) ->
  J f mu rho rew piE H - J f mu rho rew p1 H
  <= H%:R * (\sum_x T (@pos R) H 0 x (rho x) (rho x))
     + H%:R * (lev k + k%:R * (\sum_x T (@neg R) H 0 x (rho x) (rho x))) + bound e H.
Proof.
move=> rd He; apply: (le_trans (max_tv H rd He)); have [r0 r1] := rd.
rewrite ler_add2r ler_add2l; apply: ler_wpmul2l; first exact: ler0n.
have -> : lev k = \sum_x lev k * rho x by rewrite -mulr_sumr r1 mulr1.
rewrite mulr_sumr -big_split /=; apply: ler_sum => x _; exact: run_layers.
Qed.
End Compare.
