(* Average-error forms (expert-law averages instead of a sup error), finite spaces, no axioms.  Steps from 0.
   average_error_K : J piE - J piL <= (1 + K) H TV + L sum_t (H-t) s_t + sum_h (Lx s_h + Lu e_h), K >= the sum of the
     hazards min(1, L * state gap) on every path;
   average_error_log : (1 + k) H TV + H 2^-k in place of (1 + K) H TV, for every k and with no K;
   average_error_deterministic : the same with constant 1 for deterministic labels.
   e_t >= E_expert dU(u_t, q u_t), s_t = sum_{j<t} g_{t-1-j} e_j; TV between the laws of labelled trajectories. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Comparison.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section TVpos.
Variables (R : realFieldType) (T : finType) (P Q : T -> R).
Lemma abs_pos (a b : R) : `|a - b| = pos a b + pos b a.
Proof.
rewrite /pos; case: (leP a b) => ab.
  rewrite (max_idPl _) ?subr_le0 // (max_idPr _) ?subr_ge0 // add0r distrC ger0_norm // subr_ge0 //.
rewrite (max_idPr _) ?subr_ge0 ?(ltW ab) // (max_idPl _) ?subr_le0 ?(ltW ab) // addr0 ger0_norm // subr_ge0; exact: ltW.
Qed.

Lemma pos_diff (a b : R) : pos a b - pos b a = a - b.
Proof.
rewrite /pos; case: (leP a b) => ab.
  by rewrite (max_idPl _) ?subr_le0 // (max_idPr _) ?subr_ge0 // sub0r opprB.
by rewrite (max_idPr _) ?subr_ge0 ?(ltW ab) // (max_idPl _) ?subr_le0 ?(ltW ab) // subr0.
Qed.

Lemma tv_pos : is_dist P -> is_dist Q -> tv P Q = \sum_t pos (Q t) (P t) /\ tv P Q = \sum_t pos (P t) (Q t).
Proof.
move=> [_ P1] [_ Q1].
have E : \sum_t pos (P t) (Q t) = \sum_t pos (Q t) (P t).
  apply/eqP; rewrite -subr_eq0 -sumrB; under eq_bigr => t _ do rewrite pos_diff.
  by rewrite sumrB P1 Q1 subrr.
have D : tv P Q = \sum_t pos (Q t) (P t).
  rewrite /tv; under eq_bigr => t _ do rewrite abs_pos.
  by rewrite big_split /= E mulrDl -splitr.
by rewrite E.
Qed.
End TVpos.

Section Average.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U) (L Lx Lu : R) (g : nat -> R) (e : nat -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= L, 0 <= Lx & 0 <= Lu].
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t) * dU (us t) (us' t).
(* TVC of the learner, linear modulus *)
Hypothesis tvc : forall h x x', exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * (u != u')%:R <= L * dX x x'].
Definition expert_error t := \sum_x occ f mu rho piE t x * \sum_u (piE t x u * dU u (q u)).
Hypothesis errors : forall t, expert_error t <= e t.
Notation s := (sgap g e).

Notation p0 := (piQ piE q).
Notation kr := (kap piE q).

Lemma T_hom phi l n h x a b : (forall l a b, 0 <= l -> phi (l * a) (l * b) = l * phi a b) -> 0 <= l ->
  T f mu p0 piL kr phi n h x (l * a) (l * b) = l * T f mu p0 piL kr phi n h x a b.
Proof.
move=> hom l0; elim: n h x a b => [|n IH] h x a b /=; first exact: hom.
rewrite [RHS]mulr_sumr; apply: eq_bigr => c _; rewrite [RHS]mulr_sumr; apply: eq_bigr => v _.
rewrite [RHS]mulrCA; congr (_ * _); rewrite [RHS]mulr_sumr; apply: eq_bigr => w _.
by rewrite [RHS]mulrCA -IH !mulrA.
Qed.

Lemma T_law phi n h m a b : (forall l a b, 0 <= l -> phi (l * a) (l * b) = l * phi a b) -> is_dist m ->
  \sum_x T f mu p0 piL kr phi n h x (m x * a) (m x * b)
  = \sum_s phi (a * @law _ _ _ _ f mu piE q p0 n h m s) (b * @law _ _ _ _ f mu piE q piL n h m s).
Proof.
move=> hom; elim: n h m a b => [|n IH] h m a b [m0 m1].
  rewrite /= big_const card_unit /= addr0 !mulr1.
  by under eq_bigr => x _ do rewrite hom //; rewrite -mulr_suml m1 mul1r.
rewrite -(pair_bigA _ (fun xc t => phi (a * (m xc.1 * p0 h xc.1 xc.2 * @law _ _ _ _ f mu piE q p0 n h.+1 (Tbar f mu piE q h xc.1 xc.2) t))
  (b * (m xc.1 * piL h xc.1 xc.2 * @law _ _ _ _ f mu piE q piL n h.+1 (Tbar f mu piE q h xc.1 xc.2) t)))) /=.
rewrite -(pair_bigA _ (fun x c => \sum_t phi (a * (m x * p0 h x c * @law _ _ _ _ f mu piE q p0 n h.+1 (Tbar f mu piE q h x c) t))
  (b * (m x * piL h x c * @law _ _ _ _ f mu piE q piL n h.+1 (Tbar f mu piE q h x c) t)))) /=.
apply: eq_bigr => x _; apply: eq_bigr => c _.
rewrite -(Tbar_sum f mu piE q h x c (fun x' => T f mu p0 piL kr phi n h.+1 x' (m x * a * p0 h x c) (m x * b * piL h x c))).
have td := Tbar_dist f q mu_dist piE_dist h x c.
under eq_bigr => x' _ do rewrite -(T_hom _ _ _ _ _ hom (proj1 td x')).
rewrite IH //; apply: eq_bigr => t _; congr (phi _ _); ring.
Qed.

Lemma pos_hom (l a b : R) : 0 <= l -> pos (l * a) (l * b) = l * pos a b.
Proof. by move=> l0; rewrite /pos -mulrBr -{1}[0](mulr0 l) maxr_pmulr. Qed.

Lemma T_tv H : \sum_x T f mu p0 piL kr (@pos R) H 0 x (rho x) (rho x) = TV f mu rho piE piL q H
  /\ \sum_x T f mu p0 piL kr (@neg R) H 0 x (rho x) (rho x) = TV f mu rho piE piL q H.
Proof.
have p0d h x : is_dist (p0 h x) by exact: piQ_dist.
have d1 := law_dist f q mu_dist piE_dist H 0 piL_dist rho_dist.
have d0 := law_dist f q mu_dist piE_dist H 0 p0d rho_dist.
have [E1 E2] := tv_pos d1 d0.
split.
  have := T_law (phi := @pos R) H 0 1 1 pos_hom rho_dist.
  under eq_bigr => x _ do rewrite mulr1.
  by move=> ->; rewrite /TV E1; apply: eq_bigr => t _; rewrite !mul1r.
have nh l a b : 0 <= l -> neg (l * a) (l * b) = l * neg a b :> R by exact: pos_hom.
have := T_law (phi := @neg R) H 0 1 1 nh rho_dist.
under eq_bigr => x _ do rewrite mulr1.
by move=> ->; rewrite /TV E2; apply: eq_bigr => t _; rewrite !mul1r.
Qed.

Lemma kap_cases h x c v : 0 < kr h x c v -> q v = c \/ v = c.
Proof.
rewrite /kap; case: eqP => _; first by case: eqP => [-> _|]; [right|rewrite ltxx].
by case: eqP => [<- _|]; [left|rewrite !mul0r ltxx].
Qed.

Lemma err_expert t : err f mu dU piE p0 kr rho t = expert_error t.
Proof.
apply: eq_bigr => x _; congr (_ * _).
under eq_bigr => c _ do rewrite mulr_sumr.
rewrite exchange_big /=; apply: eq_bigr => v _.
rewrite -(kap_piE q piE_dist) mulr_suml; apply: eq_bigr => c _; rewrite mulrA.
rewrite /kap; case: eqP => [->|_]; first by rewrite !mul0r.
by case: eqP => [->|_] //; rewrite !mul0r mulr0 !mul0r.
Qed.

Lemma U_inh : exists u : U, True.
Proof.
have [x _] : exists x : X, True.
  case: (pickP (fun _ : X => true)) => [x _|none]; first by exists x.
  by have [_] := rho_dist; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
have [_ P1] := piL_dist 0 x.
case: (pickP (fun _ : U => true)) => [u _|none]; first by exists u.
by move: P1; rewrite big_pred0 // => /eqP; rewrite eq_sym oner_eq0.
Qed.

Lemma min1_mono a b : a <= b -> Num.min 1 (L * a) <= Num.min 1 (L * b).
Proof.
have [l0 _ _] := consts; move=> ab; rewrite le_minr !le_minl lexx /=; apply/orP; right; exact: ler_wpmul2l.
Qed.

Lemma budget_paths n (S : nat -> R) K : (forall i, 0 <= S i) ->
  (forall us : nat -> U, \sum_(i < n) Num.min 1 (L * (S i + sgap g (fun j => dU (us j) (q (us j))) i)) <= K) ->
  budget dU kr L g n S K.
Proof.
have [l0 _ _] := consts.
elim: n S K => [|n IH] S K S0 HK //=.
have first us : \sum_(i < n.+1) Num.min 1 (L * (S i + sgap g (fun j => dU (us j) (q (us j))) i))
  = hz L S + \sum_(i < n) Num.min 1 (L * (S i.+1 + sgap g (fun j => dU (us j) (q (us j))) i.+1)).
  rewrite big_ord_recl; congr (_ + _); first by rewrite /hz /sgap big_ord0 addr0.
have sg0 us i : 0 <= sgap g (fun j => dU (us j) (q (us j))) i by apply: sumr_ge0 => j _; rewrite mulr_ge0.
split.
  have [u _] := U_inh; apply: (le_trans _ (HK (fun _ => u))); rewrite first ler_addl sumr_ge0 // => i _.
  by rewrite le_minr ler01 mulr_ge0 // addr_ge0.
move=> h x c v kv.
have [u0 Hu] : exists u, dU v c <= dU u (q u).
  by case: (kap_cases kv) => <-; [exists v | exists v; rewrite dU_xx].
apply: IH => [i|us]; first by rewrite /shift addr_ge0 // mulr_ge0.
rewrite ler_subr_addl.
apply: (le_trans _ (HK (fun j => if j is j'.+1 then us j' else u0))); rewrite first ler_add2l.
apply: ler_sum => i _; apply: min1_mono; rewrite sgapS /shift /= -addrA ler_add2l ler_add2r; exact: ler_wpmul2l.
Qed.

Theorem average_error_K K H :
  (forall us : nat -> U, \sum_(t < H) Num.min 1 (L * sgap g (fun j => dU (us j) (q (us j))) t) <= K) ->
  J f mu rho rew piE H - J f mu rho rew piL H
  <= (1 + K) * H%:R * TV f mu rho piE piL q H
     + (L * (\sum_(t < H) (H - t)%:R * s t) + \sum_(h < H) (Lx * s h + Lu * e h)).
Proof.
move=> HK; have [E1 E2] := T_tv H.
have He t : err f mu dU piE p0 kr rho t <= e t by rewrite err_expert.
have bud : budget dU kr L g H (fun _ => 0) K.
  by apply: budget_paths => // us; under eq_bigr => i _ do rewrite add0r.
have := k_tv mu_dist (piQ_dist q piE_dist) piL_dist (kap_dist q piE_dist) (kap_piE q piE_dist) rew01 rew_lip consts dU_ge0
  g_ge0 iiss tvc rho_dist He bud.
by rewrite E1 E2 !mulrDl mul1r [K * H%:R]mulrC.
Qed.

Theorem average_error_deterministic H :
  (forall h x c, piQ piE q h x c = 0 \/ piQ piE q h x c = 1) ->
  J f mu rho rew piE H - J f mu rho rew piL H
  <= H%:R * TV f mu rho piE piL q H
     + (L * (\sum_(t < H) (H - t)%:R * s t) + \sum_(h < H) (Lx * s h + Lu * e h)).
Proof.
move=> det; have [E1 _] := T_tv H.
have He t : err f mu dU piE p0 kr rho t <= e t by rewrite err_expert.
have keep h x c : p0 h x c = 0 \/ piL h x c <= p0 h x c.
  case: (det h x c) => ->; [by left|right].
  by have [l0 l1] := piL_dist h x; rewrite -l1 (bigD1 c) //= ler_addl sumr_ge0.
have := one_tv mu_dist (piQ_dist q piE_dist) piL_dist (kap_dist q piE_dist) (kap_piE q piE_dist) rew01 rew_lip consts dU_ge0
  g_ge0 iiss tvc H rho_dist He keep.
by rewrite E1.
Qed.

(* no bound on the hazards: the constant is logarithmic in 1 / TV (take 2^-k ~ TV) *)
Theorem average_error_log k H :
  J f mu rho rew piE H - J f mu rho rew piL H
  <= (1 + k%:R) * H%:R * TV f mu rho piE piL q H + 2%:R^-1 ^+ k * H%:R
     + (L * (\sum_(t < H) (H - t)%:R * s t) + \sum_(h < H) (Lx * s h + Lu * e h)).
Proof.
have [E1 E2] := T_tv H.
have He t : err f mu dU piE p0 kr rho t <= e t by rewrite err_expert.
have := log_tv mu_dist (piQ_dist q piE_dist) piL_dist (kap_dist q piE_dist) (kap_piE q piE_dist) rew01 rew_lip consts dU_ge0
  g_ge0 iiss tvc k H rho_dist He.
rewrite E1 E2 => A; apply: (le_trans A); rewrite ler_add2r /lev le_eqVlt; apply/orP; left; apply/eqP.
by move: (TV _ _ _ _ _ _ _) (2%:R^-1 ^+ k) => t1 t2; ring.
Qed.
End Average.
