(* Master theorem on finite spaces: Regret <= H TV + sum_h [1 - prod_{t<=h} (1-p_t)] + sum_h (Lx Gamma_h + Lu) r.
   Steps are numbered from 0.  Any real field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- generic facts on finite averages ---------- *)
Section Generic.
Variable R : realFieldType.

Lemma avg_le (T : finType) (w F : T -> R) (M : R) :
  is_dist w -> (forall t, 0 < w t -> F t <= M) -> \sum_t w t * F t <= M.
Proof.
move=> [w0 w1] H; rewrite -[M]mul1r -w1 mulr_suml; apply: ler_sum => t _.
have := w0 t; rewrite le_eqVlt => /orP [/eqP <-|w_pos]; first by rewrite !mul0r.
by rewrite ler_pmul2l //; exact: H.
Qed.

Lemma avg_ge0 (T : finType) (w F : T -> R) :
  is_dist w -> (forall t, 0 <= F t) -> 0 <= \sum_t w t * F t.
Proof. by move=> [w0 _] H; apply: sumr_ge0 => t _; apply: mulr_ge0. Qed.

Lemma avg_const (T : finType) (w : T -> R) (c : R) : is_dist w -> \sum_t w t * c = c.
Proof. by move=> [_ w1]; rewrite -mulr_suml w1 mul1r. Qed.

(* E_Q F - E_P F <= M TV(P,Q) for 0 <= F <= M *)
Lemma law_change (T : finType) (P Q F : T -> R) (M : R) :
  is_dist P -> is_dist Q -> (forall t, 0 <= F t <= M) ->
  \sum_t Q t * F t - \sum_t P t * F t <= M * tv P Q.
Proof.
move=> [_ P1] [_ Q1] HF.
have -> : \sum_t Q t * F t - \sum_t P t * F t = \sum_t (Q t - P t) * (F t - M / 2%:R).
  have -> : \sum_t (Q t - P t) * (F t - M / 2%:R) =
    \sum_t ((Q t * F t - P t * F t) - (Q t * (M / 2%:R) - P t * (M / 2%:R))).
    by apply: eq_bigr => t _; rewrite mulrBl !mulrBr; ring.
  by rewrite sumrB !sumrB -!mulr_suml P1 Q1 subrr subr0.
have -> : M * tv P Q = \sum_t `|P t - Q t| * (M / 2%:R).
  by rewrite /tv -mulr_suml mulrCA.
apply: ler_sum => t _; apply: (le_trans (ler_norm _)).
rewrite normrM distrC; apply: ler_wpmul2l => //.
have /andP [F0 FM] := HF t.
rewrite ler_norml; apply/andP; split.
  by rewrite -subr_ge0 opprK subrK.
by rewrite ler_subl_addr -splitr.
Qed.
End Generic.

(* ---------- the setting ---------- *)
Section Master.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE : nat -> X -> U -> R) (* expert, raw actions *).
Variables (piL : nat -> X -> U -> R) (* learner, codes *).
Variables (q : U -> U) (eps k Lx Lu : R) (g : nat -> R) (kappa : R -> R).

(* expected return of the last n steps, the first of them h, from x *)
Fixpoint V (pi : nat -> X -> U -> R) n h x : R :=
  if n is n'.+1 then
    \sum_u pi h x u * (rew h x u + \sum_w mu h w * V pi n' h.+1 (f h x u w))
  else 0.
Definition J pi H := \sum_x rho x * V pi H 0 x.

(* the expert's labels, the raw action given state and label, the observed chain *)
Definition piQ h x c := \sum_(v | q v == c) piE h x v.
Definition kap h x c v : R :=
  if piQ h x c == 0 then (v == c)%:R else (q v == c)%:R * piE h x v / piQ h x c.
Definition Tbar h x c x' := \sum_v kap h x c v * \sum_w mu h w * (f h x v w == x')%:R.
Definition rbar h x c := \sum_v kap h x c v * rew h x v.

(* observed trajectories x_1, label_1, ..., x_n, label_n and their law under label policy pi *)
Fixpoint path n : finType := if n is n'.+1 then [finType of X * U * path n'] else [finType of unit].
Fixpoint law (pi : nat -> X -> U -> R) n h (m : X -> R) : path n -> R :=
  match n return path n -> R with
  | 0 => fun _ => 1
  | n'.+1 => fun s => m s.1.1 * pi h s.1.1 s.1.2 * law pi h.+1 (Tbar h s.1.1 s.1.2) s.2
  end.
Fixpoint rsum n h : path n -> R :=
  match n return path n -> R with
  | 0 => fun _ => 0
  | n'.+1 => fun s => rbar h s.1.1 s.1.2 + rsum h.+1 s.2
  end.
Fixpoint Vb (pi : nat -> X -> U -> R) n h x : R :=
  if n is n'.+1 then
    \sum_c pi h x c * (rbar h x c + \sum_x' Tbar h x c x' * Vb pi n' h.+1 x')
  else 0.

(* trajectories of the real system under given actions and noises *)
Fixpoint traj x1 (us : nat -> U) (ws : nat -> W) h : X :=
  if h is h'.+1 then f h' (traj x1 us ws h') (us h') (ws h') else x1.

Definition Gamma h := \sum_(j < h) g j.
Definition hazard t : R := if t is 0%N then 0 else Num.min 1 (kappa (Gamma t * ((k + 1) * eps))).
Definition decoupling H := \sum_(h < H) (1 - \prod_(t < h.+1) (1 - hazard t)).
Definition drift H := \sum_(h < H) (Lx * Gamma h + Lu) * ((k + 1) * eps).

(* ---------- hypotheses ---------- *)
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= Lx, 0 <= Lu, 0 <= eps & 0 <= k].
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_sym : forall u v, dU u v = dU v u.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis g_ge0 : forall j, 0 <= g j.
(* P-IISS with gains g, globally *)
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj x1 us ws h) (traj x1 us' ws h) <= \sum_(t < h) g (h.-1 - t) * dU (us t) (us' t).
Hypothesis kappa_mono : forall r s, r <= s -> kappa r <= kappa s.
Hypothesis kappa_ge0 : forall r, 0 <= kappa r.
(* (k eps)-RTVC of the learner with modulus kappa *)
Hypothesis rtvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u',
      forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= kappa (dX x x')].

(* ---------- part A: imitation ---------- *)
Lemma piQ_ge0 h x c : 0 <= piQ h x c.
Proof. by apply: sumr_ge0 => v _; have [H _] := piE_dist h x; exact: H. Qed.

Lemma piQ_dist h x : is_dist (piQ h x).
Proof.
split; first exact: piQ_ge0.
have [_ E1] := piE_dist h x; by rewrite -E1 [RHS](partition_big q predT).
Qed.

Lemma kap_dist h x c : is_dist (kap h x c).
Proof.
have [E0 E1] := piE_dist h x.
rewrite /kap; case: eqP => [_|/eqP c0]; split.
- by move=> v; exact: ler0n.
- by rewrite (bigD1 c) //= eqxx big1 ?addr0 // => v /negbTE ->.
- by move=> v; rewrite divr_ge0 ?piQ_ge0 // mulr_ge0 ?ler0n.
- rewrite -mulr_suml.
  have -> : \sum_i (q i == c)%:R * piE h x i = piQ h x c.
    rewrite /piQ [RHS]big_mkcond /=; apply: eq_bigr => v _; case: (q v == c); by rewrite ?mul1r ?mul0r.
  by rewrite divff.
Qed.

(* label, then raw action given the label: the expert's own law *)
Lemma kap_piE h x v : \sum_c piQ h x c * kap h x c v = piE h x v.
Proof.
have [E0 E1] := piE_dist h x.
rewrite (bigD1 (q v)) //= big1 ?addr0; last first.
  move=> c cv; rewrite /kap; case: eqP => [->|_]; first by rewrite mul0r.
  by rewrite eq_sym (negbTE cv) !mul0r mulr0.
rewrite /kap; case: eqP => [z|/eqP z]; last by rewrite eqxx mul1r mulrC divfK.
rewrite z mul0r; apply/esym/eqP; rewrite eq_le E0 andbT -z /piQ (bigD1 v) //= ler_addl.
by apply: sumr_ge0 => i _; exact: E0.
Qed.

Lemma Tbar_dist h x c : is_dist (Tbar h x c).
Proof.
have [k0 k1] := kap_dist h x c; have [m0 m1] := mu_dist h.
split=> [x'|]; first by apply: sumr_ge0 => v _; apply: mulr_ge0 => //; apply: sumr_ge0 => w _; rewrite mulr_ge0 ?ler0n.
have one y : \sum_(x' : X) (y == x')%:R = 1 :> R.
  by rewrite (bigD1 y) //= eqxx big1 ?addr0 // => x' /negbTE; rewrite eq_sym => ->.
rewrite /Tbar exchange_big /=.
under eq_bigr => v _.
  rewrite -mulr_sumr exchange_big /=.
  under eq_bigr => w _ do rewrite -mulr_sumr one mulr1.
  rewrite m1 mulr1; over.
exact: k1.
Qed.

Lemma Tbar_sum h x c (F : X -> R) :
  \sum_x' Tbar h x c x' * F x' = \sum_v kap h x c v * \sum_w mu h w * F (f h x v w).
Proof.
under eq_bigr => x' _ do rewrite /Tbar mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => v _.
under eq_bigr => x' _ do rewrite -mulrA mulr_suml.
rewrite -mulr_sumr exchange_big /=; congr (_ * _); apply: eq_bigr => w _.
under eq_bigr => x' _ do rewrite -mulrA.
rewrite -mulr_sumr (bigD1 (f h x v w)) //= eqxx mul1r big1 ?addr0 // => x' /negbTE.
by rewrite eq_sym => ->; rewrite mul0r.
Qed.

Lemma Vb_step pi n h x : Vb pi n.+1 h x =
  \sum_c pi h x c * \sum_v kap h x c v * (rew h x v + \sum_w mu h w * Vb pi n h.+1 (f h x v w)).
Proof.
rewrite /=; apply: eq_bigr => c _; congr (_ * _).
rewrite Tbar_sum /rbar -big_split /=; apply: eq_bigr => v _; by rewrite -mulrDr.
Qed.

(* the expert's return is the observed chain's *)
Lemma expert_value n h x : V piE n h x = Vb piQ n h x.
Proof.
elim: n h x => // n IH h x; rewrite Vb_step.
under [RHS]eq_bigr => c _ do rewrite mulr_sumr.
rewrite exchange_big /=; apply: eq_bigr => v _.
under [RHS]eq_bigr => c _ do rewrite mulrA.
rewrite -mulr_suml kap_piE; congr (_ * (_ + _)); apply: eq_bigr => w _; by rewrite IH.
Qed.

Lemma law_dist pi n h m : (forall h x, is_dist (pi h x)) -> is_dist m -> is_dist (@law pi n h m).
Proof.
move=> pid; elim: n h m => [|n IH] h m [m0 m1].
  by split=> [t|]; rewrite /= ?ler01 // big_const card_unit /= addr0.
split=> [[[x c] s]|] /=.
  have [p0 _] := pid h x; have [l0 _] := IH h.+1 _ (Tbar_dist h x c).
  by rewrite mulr_ge0 ?mulr_ge0.
rewrite -(pair_bigA _ (fun xc s => m xc.1 * pi h xc.1 xc.2 * law pi h.+1 (Tbar h xc.1 xc.2) s)) /=.
under eq_bigr => xc _ do rewrite -mulr_sumr (proj2 (IH h.+1 _ (Tbar_dist h xc.1 xc.2))) mulr1.
rewrite -(pair_bigA _ (fun x c => m x * pi h x c)) /= -m1; apply: eq_bigr => x _.
by rewrite -mulr_sumr (proj2 (pid h x)) mulr1.
Qed.

Lemma law_value pi n h m : (forall h x, is_dist (pi h x)) -> is_dist m ->
  \sum_s @law pi n h m s * rsum h s = \sum_x m x * Vb pi n h x.
Proof.
move=> pid; elim: n h m => [|n IH] h m md.
  by rewrite big1 ?big1 // => i _; rewrite mulr0.
rewrite -(pair_bigA _ (fun xc s => m xc.1 * pi h xc.1 xc.2 * law pi h.+1 (Tbar h xc.1 xc.2) s
  * (rbar h xc.1 xc.2 + rsum h.+1 s))) /=.
have E xc : \sum_s m xc.1 * pi h xc.1 xc.2 * law pi h.+1 (Tbar h xc.1 xc.2) s * (rbar h xc.1 xc.2 + @rsum n h.+1 s)
  = m xc.1 * (pi h xc.1 xc.2 * (rbar h xc.1 xc.2 + \sum_x' Tbar h xc.1 xc.2 x' * Vb pi n h.+1 x')).
  under eq_bigr => s _ do rewrite -mulrA mulrDr.
  rewrite -mulr_sumr big_split /= IH; last exact: Tbar_dist.
  by rewrite -mulr_suml (proj2 (law_dist n h.+1 pid (Tbar_dist h xc.1 xc.2))) mul1r mulrA.
under eq_bigr => xc _ do rewrite E.
rewrite -(pair_bigA _ (fun x c => m x * (pi h x c * (rbar h x c + \sum_x' Tbar h x c x' * Vb pi n h.+1 x')))) /=.
by apply: eq_bigr => x _; rewrite mulr_sumr.
Qed.

Lemma rbar01 h x c : 0 <= rbar h x c <= 1.
Proof.
have kd := kap_dist h x c; apply/andP; split.
  by apply: avg_ge0 => // v; have /andP [] := rew01 h x v.
by apply: avg_le => // v _; have /andP [] := rew01 h x v.
Qed.

Lemma rsum_range n h (s : path n) : 0 <= rsum h s <= n%:R.
Proof.
elim: n h s => [|n IH] h s /=; first by rewrite lexx.
have /andP [a b] := rbar01 h s.1.1 s.1.2; have /andP [c d] := IH h.+1 s.2.
by apply/andP; split; [exact: addr_ge0 | rewrite mulrS; exact: ler_add].
Qed.

Definition TV H := tv (@law piL H 0 rho) (@law piQ H 0 rho).

Lemma imitation H : J piE H - \sum_x rho x * Vb piL H 0 x <= H%:R * TV H.
Proof.
have -> : J piE H = \sum_x rho x * Vb piQ H 0 x.
  by apply: eq_bigr => x _; rewrite expert_value.
rewrite -!law_value //; last exact: piQ_dist.
apply: law_change; first exact: law_dist.
  by apply: law_dist => // h x; exact: piQ_dist.
by move=> s; exact: rsum_range.
Qed.
(* ---------- part B: decoupling and drift ---------- *)
Definition r := (k + 1) * eps.
Definition cost h := (Lx * Gamma h + Lu) * r.
Fixpoint D n h := if n is n'.+1 then hazard h * n%:R + (1 - hazard h) * D n' h.+1 else 0.
Fixpoint C n h := if n is n'.+1 then cost h + C n' h.+1 else 0.

(* two states that can be reached from one start, under one noise, by actions within r of each other *)
Definition near h x y := exists x1 us us' ws,
  [/\ x = traj x1 us ws h, y = traj x1 us' ws h & forall t, (t < h)%N -> dU (us t) (us' t) <= r].

Lemma r_ge0 : 0 <= r.
Proof. by have [_ _ e0 k0] := consts; rewrite /r mulr_ge0 // addr_ge0 // ler01. Qed.

Lemma Gamma_ge0 h : 0 <= Gamma h.
Proof. by apply: sumr_ge0 => j _. Qed.

Lemma near_dist h x y : near h x y -> dX x y <= Gamma h * r.
Proof.
move=> [x1 [us [us' [ws [-> -> H]]]]]; apply: (le_trans (iiss x1 us us' ws h)).
rewrite /Gamma (reindex_inj rev_ord_inj) /= mulr_suml; apply: ler_sum => t _.
have rev a b : (b < a)%N -> (a.-1 - (a - b.+1))%N = b.
  by case: a => // a; rewrite ltnS => ba; rewrite subSS subKn.
rewrite (rev _ _ (ltn_ord t)).
apply: ler_wpmul2l => //; apply: H; exact: rev_ord_proof.
Qed.

Lemma eq_traj x1 us us' ws ws' h :
  (forall t, (t < h)%N -> us t = us' t /\ ws t = ws' t) -> traj x1 us ws h = traj x1 us' ws' h.
Proof.
elim: h => //= h IH H; rewrite IH; last by move=> t th; apply: H; exact: ltnW.
by have [-> ->] := H h (ltnSn h).
Qed.

Lemma near_step h x y u v w : near h x y -> dU u v <= r -> near h.+1 (f h x u w) (f h y v w).
Proof.
move=> [x1 [us [us' [ws [xE yE H]]]]] uv.
pose upd (T : Type) (s : nat -> T) a t := if t == h then a else s t.
have upd_lt T (s : nat -> T) a t : (t < h)%N -> s t = upd T s a t.
  by move=> th; rewrite /upd ltn_eqF.
exists x1, (upd _ us u), (upd _ us' v), (upd _ ws w); split=> /=.
- by rewrite /upd !eqxx xE; congr (f _ _ _ _); apply: eq_traj => t th; rewrite -!/(upd _ _ _ _) -!upd_lt.
- by rewrite /upd !eqxx yE; congr (f _ _ _ _); apply: eq_traj => t th; rewrite -!/(upd _ _ _ _) -!upd_lt.
- move=> t; rewrite ltnS leq_eqVlt => /orP [/eqP ->|th]; first by rewrite /upd !eqxx.
  by rewrite -!upd_lt //; exact: H.
Qed.

Lemma hazard01 t : 0 <= hazard t <= 1.
Proof.
case: t => [|t] /=; first by rewrite lexx ler01.
by rewrite le_minr ler01 kappa_ge0 le_minl lexx.
Qed.

Lemma D_range n h : 0 <= D n h <= n%:R.
Proof.
elim: n h => [|n IH] h; first by rewrite lexx.
have /andP [p0 p1] := hazard01 h; have /andP [d0 d1] := IH h.+1.
have n0 : 0 <= n.+1%:R :> R by exact: ler0n.
have q0 : 0 <= 1 - hazard h by rewrite subr_ge0.
apply/andP; split; first by rewrite /= addr_ge0 // mulr_ge0.
have le1 : D n h.+1 <= n.+1%:R by apply: (le_trans d1); rewrite ler_nat.
have -> : n.+1%:R = hazard h * n.+1%:R + (1 - hazard h) * n.+1%:R :> R.
  by rewrite -mulrDl addrC subrK mul1r.
by rewrite /= ler_add2l; apply: ler_wpmul2l.
Qed.

Lemma cost_ge0 h : 0 <= cost h.
Proof.
have [x0 u0 _ _] := consts.
by rewrite mulr_ge0 ?r_ge0 // addr_ge0 // mulr_ge0 // Gamma_ge0.
Qed.

Lemma C_ge0 n h : 0 <= C n h.
Proof. by elim: n h => [|n IH] h //=; rewrite addr_ge0 ?cost_ge0. Qed.

Lemma V_range pi n h x : (forall h x, is_dist (pi h x)) -> 0 <= V pi n h x <= n%:R.
Proof.
move=> pid; elim: n h x => [|n IH] h x; first by rewrite lexx.
have A u : 0 <= rew h x u + \sum_w mu h w * V pi n h.+1 (f h x u w) <= n.+1%:R.
  have /andP [a b] := rew01 h x u; rewrite mulrS; apply/andP; split.
    by rewrite addr_ge0 // avg_ge0 // => w; have /andP [] := IH h.+1 (f h x u w).
  by apply: ler_add => //; apply: avg_le => // w _; have /andP [] := IH h.+1 (f h x u w).
apply/andP; split => /=; first by apply: avg_ge0 => // u; have /andP [] := A u.
by apply: avg_le => // u _; have /andP [] := A u.
Qed.

Lemma Vb_le n h x : Vb piL n h x <= n%:R.
Proof.
elim: n h x => [|n IH] h x //=; rewrite mulrS.
apply: avg_le => // c _; apply: ler_add; first by have /andP [] := rbar01 h x c.
by apply: avg_le => [|x' _]; [exact: Tbar_dist | exact: IH].
Qed.

Lemma kap_error h x c v : 0 < kap h x c v -> dU v c <= eps.
Proof.
have [_ _ e0 _] := consts.
rewrite /kap; case: eqP => _.
  by case: eqP => [-> _|]; rewrite ?dU_xx // ltxx.
case: eqP => [<- _|]; first exact: sup_error.
by rewrite !mul0r ltxx.
Qed.

(* one coupled step *)
Lemma coupled_step n h x y (G : U -> U -> R) (p : R) :
  (forall u u', 0 <= G u u') ->
  (forall u, \sum_u' G u u' = piL h x u) ->
  (forall u', \sum_u G u u' = piL h y u') ->
  \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= p -> 0 <= p <= 1 ->
  near h x y ->
  (forall x' y', near h.+1 x' y' -> Vb piL n h.+1 x' - V piL n h.+1 y' <= D n h.+1 + C n h.+1) ->
  Vb piL n.+1 h x - V piL n.+1 h y <= p * n.+1%:R + (1 - p) * D n h.+1 + (cost h + C n h.+1).
Proof.
move=> G0 Gx Gy bad /andP [p0 p1] xy IH.
have [x0 u0 e0 k0] := consts.
pose F c u := \sum_v kap h x c v * (rew h x v + \sum_w mu h w * Vb piL n h.+1 (f h x v w))
  - (rew h y u + \sum_w mu h w * V piL n h.+1 (f h y u w)).
have -> : Vb piL n.+1 h x - V piL n.+1 h y = \sum_c \sum_u G c u * F c u.
  rewrite Vb_step /=.
  under eq_bigr => c _ do rewrite -Gx mulr_suml.
  under [X in _ - X]eq_bigr => u _ do rewrite -Gy mulr_suml.
  rewrite [X in _ - X]exchange_big /= -sumrB; apply: eq_bigr => c _.
  by rewrite -sumrB; apply: eq_bigr => u _; rewrite -mulrBr.
pose Z := cost h + (D n h.+1 + C n h.+1).
have FE c u : F c u = \sum_v kap h x c v * ((rew h x v - rew h y u)
    + \sum_w mu h w * (Vb piL n h.+1 (f h x v w) - V piL n h.+1 (f h y u w))).
  have kd := kap_dist h x c.
  rewrite /F -[X in _ - X](avg_const _ kd) -sumrB; apply: eq_bigr => v _.
  rewrite -mulrBr; congr (_ * _); rewrite opprD addrACA; congr (_ + _).
  by rewrite -sumrB; apply: eq_bigr => w _; rewrite mulrBr.
have Fbad c u : F c u <= n.+1%:R.
  rewrite FE; apply: avg_le => [|v _]; first exact: kap_dist.
  rewrite mulrS; apply: ler_add.
    have /andP [_ b] := rew01 h x v; have /andP [a _] := rew01 h y u.
    by rewrite ler_subl_addr; apply: (le_trans b); rewrite ler_addl.
  apply: avg_le => // w _; rewrite ler_subl_addr; apply: (le_trans (Vb_le _ _ _)).
  by rewrite ler_addl; have /andP [] := V_range n h.+1 (f h y u w) piL_dist.
have Fgood c u : ~~ (k * eps < dU c u) -> F c u <= Z.
  rewrite -leNgt => cu; rewrite FE; apply: avg_le => [|v kv]; first exact: kap_dist.
  have vu : dU v u <= r.
    apply: (le_trans (dU_tri v c u)); rewrite addrC /r mulrDl mul1r.
    by apply: ler_add => //; exact: kap_error kv.
  apply: ler_add; last first.
    by apply: avg_le => // w _; apply: IH; exact: near_step.
  apply: (le_trans (ler_norm _)); apply: (le_trans (rew_lip _ _ _ _ _)).
  rewrite /cost mulrDl; apply: ler_add; last exact: ler_wpmul2l.
  by rewrite -mulrA; apply: ler_wpmul2l => //; exact: near_dist.
pose b := \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R.
have tot : \sum_u \sum_u' G u u' = 1.
  by under eq_bigr => u _ do rewrite Gx; exact: (proj2 (piL_dist h x)).
have b0 : 0 <= b.
  by apply: sumr_ge0 => u _; apply: sumr_ge0 => u' _; rewrite mulr_ge0 // ler0n.
have step : \sum_c \sum_u G c u * F c u <= b * n.+1%:R + (1 - b) * Z.
  have -> : b * n.+1%:R + (1 - b) * Z = b * (n.+1%:R - Z) + (\sum_u \sum_u' G u u') * Z.
    by rewrite tot; ring.
  rewrite /b !mulr_suml -big_split; apply: ler_sum => c _ /=.
  rewrite !mulr_suml -big_split; apply: ler_sum => u _ /=.
  rewrite -mulrA -mulrDr; apply: ler_wpmul2l => //.
  have := Fbad c u; have := Fgood c u; case: (k * eps < dU c u) => /= H1 H2.
    by rewrite mul1r subrK.
  by rewrite mul0r add0r; exact: H1.
apply: (le_trans step); rewrite -subr_ge0.
have -> : p * n.+1%:R + (1 - p) * D n h.+1 + (cost h + C n h.+1) - (b * n.+1%:R + (1 - b) * Z)
  = (p - b) * (n.+1%:R - D n h.+1) + b * (cost h + C n h.+1) by rewrite /Z; ring.
have /andP [_ d1] := D_range n h.+1.
have dn : D n h.+1 <= n.+1%:R by apply: (le_trans d1); rewrite ler_nat.
have z0 : 0 <= cost h + C n h.+1 by rewrite addr_ge0 ?cost_ge0 ?C_ge0.
by apply: addr_ge0; [apply: mulr_ge0; rewrite subr_ge0 | apply: mulr_ge0].
Qed.

Lemma bad_le1 h x (G : U -> U -> R) : (forall u u', 0 <= G u u') ->
  (forall u, \sum_u' G u u' = piL h x u) ->
  \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= 1.
Proof.
move=> G0 Gx; rewrite -[X in _ <= X](proj2 (piL_dist h x)); apply: ler_sum => u _; rewrite -Gx.
apply: ler_sum => u' _; rewrite -[X in _ <= X]mulr1; apply: ler_wpmul2l => //.
by case: (k * eps < dU u u'); rewrite /= ?lexx ?ler01.
Qed.

Lemma together n h x y : near h x y -> Vb piL n h x - V piL n h y <= D n h + C n h.
Proof.
elim: n h x y => [|n IH] h x y xy; first by rewrite /= subrr addr0.
have [_ _ e0 k0] := consts.
have [G [G0 Gx Gy bad]] : exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h y u' &
      \sum_u \sum_u' G u u' * ((k * eps < dU u u')%R : nat)%:R <= hazard h].
  case: h xy => [|h] xy.
    have -> : y = x by have [x1 [us [us' [ws [-> -> _]]]]] := xy.
    have [l0 l1] := piL_dist 0 x.
    exists (fun u u' => (u == u')%:R * piL 0 x u); split.
    - by move=> u u'; rewrite mulr_ge0 // ler0n.
    - move=> u; rewrite -mulr_suml (bigD1 u) //= eqxx big1 ?addr0 ?mul1r // => u' /negbTE.
      by rewrite eq_sym => ->.
    - move=> u'; rewrite (bigD1 u') //= eqxx mul1r big1 ?addr0 // => u /negbTE ->.
      by rewrite mul0r.
    - rewrite /= big1 // => u _; rewrite big1 // => u' _; case: eqP => [<-|_]; last by rewrite !mul0r.
      by rewrite dU_xx ltNge mulr_ge0 //= mulr0.
  have [G [G0 Gx Gy bad]] := rtvc h.+1 x y; exists G; split => //.
  rewrite /= le_minr (bad_le1 G0 Gx) /=; apply: (le_trans bad); apply: kappa_mono; exact: near_dist.
have B := coupled_step G0 Gx Gy bad (hazard01 h) xy (IH h.+1).
by apply: (le_trans B); rewrite /= !addrA.
Qed.

Local Arguments hazard _ : simpl never.
Lemma D_sum n h : D n h = \sum_(i < n) (1 - \prod_(t < i.+1) (1 - hazard (h + t))).
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0.
rewrite big_ord_recl /= IH big_ord_recl big_ord0 mulr1 addn0.
have -> : \sum_(i < n) (1 - \prod_(t < (lift ord0 i).+1) (1 - hazard (h + t)))
  = \sum_(i < n) (hazard h + (1 - hazard h) * (1 - \prod_(t < i.+1) (1 - hazard (h.+1 + t)))).
  apply: eq_bigr => i _; rewrite lift0 big_ord_recl /= addn0.
  have -> : \prod_(t < i.+1) (1 - hazard (h + bump 0 t)) = \prod_(t < i.+1) (1 - hazard (h.+1 + t)).
    by apply: eq_bigr => t _; rewrite /bump /= add1n addnS.
  by rewrite mulrBr mulr1 addrA [hazard h + _]addrC subrK.
rewrite [in RHS]big_split /= -mulr_sumr sumr_const card_ord -[hazard h *+ n]mulr_natr mulrS.
have -> : 1 - (1 - hazard h) = hazard h by rewrite opprB addrC subrK.
by rewrite addrA mulrDr mulr1.
Qed.

Lemma C_sum n h : C n h = \sum_(i < n) cost (h + i).
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0.
rewrite big_ord_recl /= IH addn0; congr (_ + _); apply: eq_bigr => i _.
by rewrite /bump /= add1n addnS addSn.
Qed.

Theorem master H : J piE H - J piL H <= H%:R * TV H + decoupling H + drift H.
Proof.
have A := imitation H.
have B : \sum_x rho x * Vb piL H 0 x - J piL H <= decoupling H + drift H.
  have [r0 r1] := rho_dist.
  have -> : decoupling H + drift H = D H 0 + C H 0.
    rewrite D_sum C_sum /decoupling /drift; congr (_ + _).
  rewrite /J -sumrB.
  under eq_bigr => x _ do rewrite -mulrBr.
  apply: avg_le => // x _; apply: together.
  have [us _] : exists us : nat -> U, True.
    have [_ P1] := piL_dist 0 x.
    case: (pickP (fun _ : U => true)) => [u _|none]; first by exists (fun _ => u).
    by move: P1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
  have [ws _] : exists ws : nat -> W, True.
    have [_ P1] := mu_dist 0.
    case: (pickP (fun _ : W => true)) => [w _|none]; first by exists (fun _ => w).
    by move: P1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
  by exists x, us, us, ws.
have -> : J piE H - J piL H = (J piE H - \sum_x rho x * Vb piL H 0 x) + (\sum_x rho x * Vb piL H 0 x - J piL H).
  by rewrite addrA subrK.
by rewrite -[X in _ <= X]addrA; exact: ler_add.
Qed.

End Master.
