(* Where the hazards of decoupling are random: the comparison behind average errors with stochastic labels and Theorem 1.
   Reference: labels c ~ p0, raw actions v ~ kr given (state, c), `act v` is executed.  Labelled chain: the same with labels
   from p1.  Deployed: actions from pd on its own states, coupled to the labels c ~ p1 so that they are `near` but for a
   probability L * state gap.  omega weights the paths of the labelled chain, b is their own probability, a the reference's:
   omega never exceeds cap * a, so that decoupling costs at most cap times what it costs under the reference, and its loss
   against b is the price of the change of law (Prices.v).  Steps from 0; any real field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master Comparison.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Weights.
Variables (R : realFieldType) (X A W : finType) (f : nat -> X -> A -> W -> X) (mu : nat -> W -> R).
Variables (p0 p1 : nat -> X -> A -> R) (kr : nat -> X -> A -> A -> R) (cap : R).

(* sum over observed futures of phi(reference weight, labelled weight, capped weight) *)
Fixpoint weighted (phi : R -> R -> R -> R) n h x a b o : R :=
  if n is n'.+1 then
    \sum_c \sum_v kr h x c v * \sum_w mu h w *
      weighted phi n' h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c) (Num.min (o * p1 h x c) (cap * (a * p0 h x c)))
  else phi a b o.

(* probability, under the reference, that some pair of raw action and label is not ok within n steps *)
Fixpoint excess (ok : A -> A -> bool) n h x : R :=
  if n is n'.+1 then
    \sum_c p0 h x c * \sum_v kr h x c v * (if ok v c then \sum_w mu h w * excess ok n' h.+1 (f h x v w) else 1)
  else 0.

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis p0_dist : forall h x, is_dist (p0 h x).
Hypothesis p1_dist : forall h x, is_dist (p1 h x).
Hypothesis kr_dist : forall h x c, is_dist (kr h x c).

Lemma weightedS phi n h x a b o : weighted phi n.+1 h x a b o = \sum_c \sum_v kr h x c v * \sum_w mu h w *
  weighted phi n h.+1 (f h x v w) (a * p0 h x c) (b * p1 h x c) (Num.min (o * p1 h x c) (cap * (a * p0 h x c))).
Proof. by []. Qed.

(* without the capped weight: the sums of Comparison.v *)
Lemma weighted_T (phi : R -> R -> R) n h x a b o : weighted (fun a b _ => phi a b) n h x a b o = T f mu p0 p1 kr phi n h x a b.
Proof.
elim: n h x a b o => [|n IH] h x a b o //=; apply: eq_bigr => c _; apply: eq_bigr => v _; congr (_ * _).
by apply: eq_bigr => w _; rewrite IH.
Qed.

Lemma weighted_lin phi psi xi r s t n h x a b o :
  weighted (fun a b o => r * phi a b o + s * psi a b o + t * xi a b o) n h x a b o
  = r * weighted phi n h x a b o + s * weighted psi n h x a b o + t * weighted xi n h x a b o.
Proof.
elim: n h x a b o => [|n IH] h x a b o //; rewrite !weightedS !mulr_sumr -!big_split /=; apply: eq_bigr => c _.
rewrite !mulr_sumr -!big_split /=; apply: eq_bigr => v _.
rewrite [r * (_ * _)]mulrCA [s * (_ * _)]mulrCA [t * (_ * _)]mulrCA -!mulrDr; congr (_ * _).
rewrite !mulr_sumr -!big_split /=; apply: eq_bigr => w _.
by rewrite [r * (_ * _)]mulrCA [s * (_ * _)]mulrCA [t * (_ * _)]mulrCA -!mulrDr IH.
Qed.

(* a potential that does not rise from a step to the next bounds the sum; P holds of the weights all along *)
Lemma potential (P : R -> R -> R -> Prop) (phi psi : R -> R -> R -> R) n h x a b o :
  (forall a b o, P a b o -> phi a b o <= psi a b o) ->
  (forall h x a b o c, P a b o -> P (a * p0 h x c) (b * p1 h x c) (Num.min (o * p1 h x c) (cap * (a * p0 h x c)))) ->
  (forall h x a b o, P a b o ->
    \sum_c psi (a * p0 h x c) (b * p1 h x c) (Num.min (o * p1 h x c) (cap * (a * p0 h x c))) <= psi a b o) ->
  P a b o -> weighted phi n h x a b o <= psi a b o.
Proof.
move=> last keep step; elim: n h x a b o => [|n IH] h x a b o Pabo; first exact: last.
rewrite weightedS; apply: (le_trans _ (step h x a b o Pabo)); apply: ler_sum => c _.
by apply: avg_le => // v _; apply: avg_le => // w _; apply: IH; exact: keep.
Qed.

Lemma weighted_ge phi n h x a b o :
  (forall h x a b o, phi a b o <= \sum_c phi (a * p0 h x c) (b * p1 h x c) (Num.min (o * p1 h x c) (cap * (a * p0 h x c)))) ->
  phi a b o <= weighted phi n h x a b o.
Proof.
move=> st; elim: n h x a b o => [|n IH] h x a b o //; rewrite weightedS.
apply: (le_trans (st h x a b o)); apply: ler_sum => c _.
by apply: avg_ge => // v _; apply: avg_ge => // w _; exact: IH.
Qed.

Lemma excess_ge0 ok n h x : 0 <= excess ok n h x.
Proof.
elim: n h x => [|n IH] h x //=; apply: avg_ge0 => // c; apply: avg_ge0 => // v; case: ifP => _; last exact: ler01.
exact: avg_ge0.
Qed.
End Weights.

Section Random.
Variables (R : realFieldType) (X A U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (act : A -> U).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (er : A -> A -> R).
Variables (piE p0 p1 : nat -> X -> A -> R) (kr : nat -> X -> A -> A -> R) (pd : nat -> X -> U -> R).
Variables (near : A -> U -> bool) (ok : A -> A -> bool).
Variables (cap L Lx Lu : R) (g : nat -> R).
Local Notation fA := (fun h x v w => f h x (act v) w).
Local Notation rA := (fun h x v => rew h x (act v)).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis p0_dist : forall h x, is_dist (p0 h x).
Hypothesis p1_dist : forall h x, is_dist (p1 h x).
Hypothesis kr_dist : forall h x c, is_dist (kr h x c).
Hypothesis pd_dist : forall h x, is_dist (pd h x).
Hypothesis piE_mix : forall h x v, \sum_c p0 h x c * kr h x c v = piE h x v.
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u'.
Hypothesis consts : [/\ 0 <= L, 0 <= Lx & 0 <= Lu].
Hypothesis cap1 : 1 <= cap.
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis er_ge0 : forall v c, 0 <= er v c.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis near_ok : forall v c u, near c u -> ok v c -> dU (act v) u <= er v c.

(* S i: the gains' forecast of the state gap i steps from now.  `lost` is what failures of the forecast cost. *)
Variable Inv : nat -> (nat -> R) -> X -> X -> Prop.
Variable lost : nat -> nat -> X -> X -> (nat -> R) -> R.
Hypothesis lost_ge0 : forall n h x y S, 0 <= lost n h x y S.
Hypothesis lost_now : forall n h x y S, Inv h S x y -> S 0%N < dX x y -> n%:R <= lost n h x y S.
Hypothesis keep : forall h S x y v u w, Inv h S x y -> Inv h.+1 (shift g S (dU (act v) u)) (f h x (act v) w) (f h y u w).
Hypothesis coupled : forall n h S x y, Inv h S x y -> dX x y <= S 0%N -> exists k : A -> U -> R,
  [/\ forall c, is_dist (k c), forall u, \sum_c p1 h x c * k c u = pd h y u,
      \sum_c p1 h x c * (\sum_u k c u * (~~ near c u)%:R) <= L * dX x y &
      \sum_c p0 h x c * (\sum_v kr h x c v * (\sum_u k c u * ((near c u && ok v c)%:R *
        (\sum_w mu h w * lost n h.+1 (f h x (act v) w) (f h y u w) (shift g S (dU (act v) u)))))) <= lost n.+1 h x y S].

Notation VE := (V fA mu rA piE).
Notation VL := (V f mu rew pd).
Notation lossy := (weighted fA mu p0 p1 kr cap (fun a _ o => pos a o)).
Notation past := (past (cap * L) Lx).
Notation future := (future fA mu er p0 kr (cap * L) Lx Lu g).
Notation excess := (excess fA mu p0 kr ok).

Let cap0 : 0 <= cap. Proof. exact: (le_trans ler01). Qed.
Let consts' : [/\ 0 <= cap * L, 0 <= Lx & 0 <= Lu]. Proof. by have [l0 ? ?] := consts; split=> //; exact: mulr_ge0. Qed.

Lemma lossy_step h x a o : pos a o <= \sum_c pos (a * p0 h x c) (Num.min (o * p1 h x c) (cap * (a * p0 h x c))).
Proof.
apply: (@le_trans _ _ (\sum_c pos (a * p0 h x c) (o * p1 h x c))); first exact: pos_step.
by apply: ler_sum => c _; rewrite /pos le_maxl le_maxr lexx /= le_maxr; apply/orP; right;
  rewrite ler_add2l ler_opp2 le_minl lexx.
Qed.

Lemma loss_now (a o s s' d : R) : 0 <= o -> 0 <= s <= 1 -> 0 <= s' -> 0 <= a -> s - s' <= d -> 0 <= d ->
  a * s - o * s' <= pos a o + a * d.
Proof.
move=> o0 /andP [s0 s1] s'0 a0 sd d0; case: (leP a o) => ao.
  apply: (@le_trans _ _ (a * s - a * s')); first by rewrite ler_add2l ler_opp2 ler_wpmul2r.
  rewrite -mulrBr; apply: (le_trans (ler_wpmul2l a0 sd)); rewrite ler_addr; exact: pos_ge0.
have -> : a * s - o * s' = (a - o) * s + o * (s - s') by ring.
apply: ler_add; last first.
  by apply: (le_trans (ler_wpmul2l o0 sd)); apply: ler_wpmul2r => //; exact: ltW.
apply: (le_trans _ (pos_ge a o)); rewrite -[X in _ <= X]mulr1; apply: ler_wpmul2l => //; by rewrite subr_ge0 ltW.
Qed.

Lemma compare n h S S' x y a b o : Inv h S x y -> (forall i, 0 <= S i <= S' i) -> 0 <= a -> 0 <= o <= cap * a ->
  a * VE n h x - o * VL n h y <= n%:R * lossy n h x a b o + a * (past n S' + future n h x)
    + a * (n%:R * excess n h x + lost n h x y S).
Proof.
have [l0 x0 u0] := consts; have [cl0 _ _] := consts'.
elim: n h S S' x y a b o => [|n IH] h S S' x y a b o inv SS a0 /andP [o0 oa].
  rewrite !mulr0 subrr !mul0r /Comparison.past big_ord0 !add0r mulr0 add0r; exact: mulr_ge0.
have piEd h' x' : is_dist (piE h' x') by apply: (piE_dist' p0_dist kr_dist).
have VLr m i z : 0 <= VL m i z <= m%:R by apply: V_range.
have VEr m i z : 0 <= VE m i z <= m%:R by apply: V_range => // *; exact: rew01.
have S0 i : 0 <= S' i by have /andP [s0 ss] := SS i; exact: le_trans ss.
have lossy0 m i z a' b' o' : 0 <= lossy m i z a' b' o'.
  by apply: (le_trans (pos_ge0 a' o')); apply: weighted_ge => // *; exact: lossy_step.
have past0 m S'' : (forall i, 0 <= S'' i) -> 0 <= past m S'' by move=> H; apply: (past_ge0 consts').
have future0 m i z : 0 <= future m i z by apply: (future_ge0 _ mu_dist p0_dist kr_dist consts').
have exc0 m i z : 0 <= excess m i z by exact: excess_ge0.
case: (ltP (S 0%N) (dX x y)) => [fails|holds].
  have N : n.+1%:R <= lost n.+1 h x y S by exact: lost_now.
  apply: (@le_trans _ _ (a * n.+1%:R)).
    rewrite ler_subl_addr; apply: (@le_trans _ _ (a * n.+1%:R + 0)).
      by rewrite addr0; apply: ler_wpmul2l => //; case/andP: (VEr n.+1 h x).
    by rewrite ler_add2l mulr_ge0 //; case/andP: (VLr n.+1 h y).
  apply: (@le_trans _ _ (a * (n.+1%:R * excess n.+1 h x + lost n.+1 h x y S))).
    by apply: ler_wpmul2l => //; apply: (le_trans N); rewrite ler_addr mulr_ge0 ?ler0n ?exc0.
  rewrite ler_addr addr_ge0 ?mulr_ge0 ?addr_ge0 ?ler0n ?lossy0 ?future0 ?past0 //.
have [k [kd kp bad lostS]] := coupled n inv holds.
have [q0 q1] := p1_dist h x.
pose A1 v := rew h x (act v) + \sum_w mu h w * VE n h.+1 (f h x (act v) w).
pose B1 u := rew h y u + \sum_w mu h w * VL n h.+1 (f h y u w).
pose oc c := Num.min (o * p1 h x c) (cap * (a * p0 h x c)).
have B0 u : 0 <= B1 u.
  rewrite addr_ge0 ?avg_ge0 // => [|w]; first by have /andP [] := rew01 h y u.
  by have /andP [] := VLr n h.+1 (f h y u w).
have A1n v : A1 v <= n.+1%:R.
  rewrite mulrS; apply: ler_add; first by have /andP [] := rew01 h x (act v).
  by apply: avg_le => // w _; have /andP [] := VEr n h.+1 (f h x (act v) w).
have p00 c : 0 <= p0 h x c by case: (p0_dist h x).
have ac0 c : 0 <= a * p0 h x c by rewrite mulr_ge0.
have oc0 c : 0 <= oc c by rewrite le_minr !mulr_ge0 //; case: (p0_dist h x).
have oc1 c : oc c <= o * p1 h x c by rewrite le_minl lexx.
have oc2 c : oc c <= cap * (a * p0 h x c) by rewrite le_minl lexx orbT.
pose Q c v := Lx * S' 0%N + Lu * er v c + past n (shift g S' (er v c)) + \sum_w mu h w * future n h.+1 (f h x (act v) w).
pose Lw c v := \sum_w mu h w * lossy n h.+1 (f h x (act v) w) (a * p0 h x c) (b * p1 h x c) (oc c).
pose Ex c v := if ok v c then \sum_w mu h w * excess n h.+1 (f h x (act v) w) else 1.
pose Ls v u := \sum_w mu h w * lost n h.+1 (f h x (act v) w) (f h y u w) (shift g S (dU (act v) u)).
have Q0 c v : 0 <= Q c v.
  rewrite /Q !addr_ge0 ?mulr_ge0 ?S0 ?er_ge0 //; last by apply: avg_ge0 => // w; exact: future0.
  by apply: past0 => i; rewrite /shift addr_ge0 // mulr_ge0.
have Ls0 v u : 0 <= Ls v u by apply: avg_ge0 => // w; exact: lost_ge0.
have Lw1 c v : pos (a * p0 h x c) (oc c) <= Lw c v.
  by apply: avg_ge => // w _; apply: weighted_ge => // *; exact: lossy_step.
have Lw0 c v : 0 <= Lw c v by apply: (le_trans (pos_ge0 _ _) (Lw1 c v)).
have Ex0 c v : 0 <= Ex c v by rewrite /Ex; case: ifP => _; [apply: avg_ge0 => // w; exact: exc0 | exact: ler01].
have point c v u : a * p0 h x c * A1 v - oc c * (near c u && ok v c)%:R * B1 u
  <= n.+1%:R * Lw c v + a * p0 h x c * Q c v + a * p0 h x c * (n.+1%:R * Ex c v)
    + a * p0 h x c * ((near c u && ok v c)%:R * Ls v u) + n.+1%:R * oc c * (~~ near c u)%:R.
  have [nr|] := boolP (near c u); last first.
    rewrite /= !mulr0 mul0r subr0 mul0r mulr0 addr0 mulr1 => _.
    apply: (@le_trans _ _ (n.+1%:R * Lw c v + n.+1%:R * oc c)); last first.
      by rewrite ler_add2r -addrA ler_addl addr_ge0 ?mulr_ge0 ?ler0n ?Q0 ?Ex0 ?p00.
    rewrite -mulrDr mulrC; apply: (le_trans (ler_wpmul2r (ac0 c) (A1n v))); apply: ler_wpmul2l; first exact: ler0n.
    by rewrite -ler_subl_addr; apply: (le_trans (pos_ge _ _)).
  have [okv|nok] := boolP (ok v c); last first.
    rewrite /= !mulr0 !mul0r !mulr0 subr0 !addr0 /Ex (negbTE nok) mulr1.
    apply: (@le_trans _ _ (a * p0 h x c * n.+1%:R)); first exact: ler_wpmul2l.
    by rewrite ler_addr addr_ge0 ?mulr_ge0 ?ler0n ?Q0 ?Lw0 ?p00.
  rewrite /= !mulr1 mul1r mulr0 addr0.
  have dv : dU (act v) u <= er v c by exact: near_ok.
  have d0 : dX x y <= S' 0%N by apply: (le_trans holds); case/andP: (SS 0%N).
  have -> : a * p0 h x c * A1 v - oc c * B1 u = (a * p0 h x c * rew h x (act v) - oc c * rew h y u)
    + \sum_w mu h w * (a * p0 h x c * VE n h.+1 (f h x (act v) w) - oc c * VL n h.+1 (f h y u w)).
    rewrite /A1 /B1; under [X in _ = _ + X]eq_bigr => w _ do rewrite mulrBr !(mulrCA (mu h w)).
    by rewrite sumrB -!mulr_sumr !mulrDr opprD addrACA.
  have R1 : a * p0 h x c * rew h x (act v) - oc c * rew h y u
    <= pos (a * p0 h x c) (oc c) + a * p0 h x c * (Lx * S' 0%N + Lu * er v c).
    apply: loss_now => //; first by case/andP: (rew01 h y u).
      apply: (le_trans (ler_norm _)); apply: (le_trans (rew_lip _ _ _ _ _)); apply: ler_add; exact: ler_wpmul2l.
    by rewrite addr_ge0 // mulr_ge0.
  have R2 : \sum_w mu h w * (a * p0 h x c * VE n h.+1 (f h x (act v) w) - oc c * VL n h.+1 (f h y u w))
    <= \sum_w mu h w * (n%:R * lossy n h.+1 (f h x (act v) w) (a * p0 h x c) (b * p1 h x c) (oc c)
      + a * p0 h x c * (past n (shift g S' (er v c)) + future n h.+1 (f h x (act v) w))
      + a * p0 h x c * (n%:R * excess n h.+1 (f h x (act v) w)
          + lost n h.+1 (f h x (act v) w) (f h y u w) (shift g S (dU (act v) u)))).
    apply: ler_sum => w _; apply: ler_wpmul2l; first by case: (mu_dist h).
    apply: IH => //; [exact: keep | move=> i | by rewrite oc0 oc2].
    have /andP [si ss] := SS i; rewrite /shift; have /andP [s1 ss1] := SS i.+1.
    by rewrite addr_ge0 ?mulr_ge0 //=; apply: ler_add => //; apply: ler_wpmul2l.
  apply: (le_trans (ler_add R1 R2)).
  rewrite [X in _ + X](_ : _ = n%:R * Lw c v + a * p0 h x c * (past n (shift g S' (er v c))
      + \sum_w mu h w * future n h.+1 (f h x (act v) w)) + a * p0 h x c * (n%:R * Ex c v + Ls v u)); last first.
    rewrite /Lw /Ls /Ex okv -[past n _ in RHS](avg_const _ (mu_dist h)) !mulrDr !mulr_sumr -!big_split /=.
    by apply: eq_bigr => w _; ring.
  rewrite -subr_ge0 mulrS.
  have -> : (1 + n%:R) * Lw c v + a * p0 h x c * Q c v + a * p0 h x c * ((1 + n%:R) * Ex c v) + a * p0 h x c * Ls v u
    - (pos (a * p0 h x c) (oc c) + a * p0 h x c * (Lx * S' 0%N + Lu * er v c) + (n%:R * Lw c v
      + a * p0 h x c * (past n (shift g S' (er v c)) + \sum_w mu h w * future n h.+1 (f h x (act v) w))
      + a * p0 h x c * (n%:R * Ex c v + Ls v u)))
    = (Lw c v - pos (a * p0 h x c) (oc c)) + a * p0 h x c * Ex c v.
    by rewrite /Q; move: (Lw c v) (Ex c v) (Ls v u) (past n _) (\sum_w _) (pos _ _) => t1 t2 t3 t4 t5 t6; ring.
  by rewrite addr_ge0 ?subr_ge0 ?Lw1 ?mulr_ge0 ?Ex0 ?p00.
pose lc c v := \sum_u k c u * ((near c u && ok v c)%:R * Ls v u).
pose bc c := \sum_u k c u * (~~ near c u)%:R.
have whole : a * VE n.+1 h x - o * VL n.+1 h y <= \sum_c \sum_v kr h x c v * (n.+1%:R * Lw c v + a * p0 h x c * Q c v
    + a * p0 h x c * (n.+1%:R * Ex c v) + a * p0 h x c * lc c v + n.+1%:R * oc c * bc c).
  have -> : a * VE n.+1 h x = \sum_c \sum_v kr h x c v * (\sum_u k c u * (a * p0 h x c * A1 v)).
    rewrite (VE_step fA mu rA piE_mix) mulr_sumr; apply: eq_bigr => c _.
    by rewrite mulrA mulr_sumr; apply: eq_bigr => v _; rewrite (avg_const _ (kd c)) mulrCA.
  have -> : o * VL n.+1 h y = \sum_c \sum_v kr h x c v * (\sum_u k c u * (o * p1 h x c * B1 u)).
    under [RHS]eq_bigr => c _ do rewrite (avg_const _ (kr_dist h x c)).
    rewrite exchange_big /= mulr_sumr; apply: eq_bigr => u _; rewrite -/(B1 u) -kp mulr_suml mulr_sumr.
    by apply: eq_bigr => c _; ring.
  rewrite -sumrB; apply: ler_sum => c _; rewrite -sumrB; apply: ler_sum => v _; rewrite -mulrBr.
  apply: ler_wpmul2l; first by case: (kr_dist h x c).
  rewrite -sumrB -(avg_const (n.+1%:R * Lw c v + _ + _) (kd c)) [n.+1%:R * oc c * bc c]mulr_sumr.
  rewrite [a * p0 h x c * lc c v]mulr_sumr -!big_split /=.
  apply: ler_sum => u _; rewrite -mulrBr.
  have k0 : 0 <= k c u by case: (kd c).
  apply: (@le_trans _ _ (k c u * (a * p0 h x c * A1 v - oc c * (near c u && ok v c)%:R * B1 u))).
    apply: ler_wpmul2l => //; rewrite ler_add2l ler_opp2; apply: ler_wpmul2r => //.
    by case: (near c u && ok v c); rewrite ?mulr1 // mulr0 mulr_ge0.
  apply: (le_trans (ler_wpmul2l k0 (point c v u))).
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
apply: (le_trans whole).
have -> : \sum_c \sum_v kr h x c v * (n.+1%:R * Lw c v + a * p0 h x c * Q c v
    + a * p0 h x c * (n.+1%:R * Ex c v) + a * p0 h x c * lc c v + n.+1%:R * oc c * bc c)
  = n.+1%:R * lossy n.+1 h x a b o + a * (Lx * S' 0%N + past n (fun i => S' i.+1) + future n.+1 h x)
    + a * (n.+1%:R * excess n.+1 h x + \sum_c p0 h x c * (\sum_v kr h x c v * lc c v))
    + n.+1%:R * (\sum_c oc c * bc c).
  have -> : Lx * S' 0%N + past n (fun i => S' i.+1) + future n.+1 h x = \sum_c p0 h x c * \sum_v kr h x c v * Q c v.
    rewrite -[X in X + _](avg_const _ (p0_dist h x)) /= -big_split /=; apply: eq_bigr => c _.
    rewrite -mulrDr -[X in X + _](avg_const _ (kr_dist h x c)) -big_split /=; congr (_ * _).
    apply: eq_bigr => v _; rewrite -mulrDr /Q past_shift; congr (_ * _).
    by move: (past n (fun i => S' i.+1)) (past n g) (\sum_w mu h w * future n h.+1 _) => t1 t2 t3; ring.
  rewrite /= !mulrDr !mulr_sumr -!big_split /=; apply: eq_bigr => c _.
  move: (bc c) => t5; rewrite -[n.+1%:R * (oc c * t5)](avg_const _ (kr_dist h x c)) !mulr_sumr -!big_split /=.
  apply: eq_bigr => v _; rewrite -/(Lw c v) -/(Ex c v); move: (Lw c v) (Q c v) (Ex c v) (lc c v) => t1 t2 t3 t4; ring.
have last : n.+1%:R * (\sum_c oc c * bc c) <= a * (n.+1%:R * (cap * L) * S' 0%N).
  rewrite [a * _](_ : _ = n.+1%:R * (cap * a * L * S' 0%N)); last by ring.
  apply: ler_wpmul2l; first exact: ler0n.
  apply: (@le_trans _ _ (o * (L * dX x y))).
    apply: (le_trans _ (ler_wpmul2l o0 bad)); rewrite mulr_sumr; apply: ler_sum => c _; rewrite mulrA.
    by apply: ler_wpmul2r => //; apply: sumr_ge0 => u _; rewrite mulr_ge0 ?ler0n //; case: (kd c).
  have d0 : dX x y <= S' 0%N by apply: (le_trans holds); case/andP: (SS 0%N).
  rewrite -[cap * a * L * _]mulrA.
  apply: (@le_trans _ _ (o * (L * S' 0%N))); first by apply: ler_wpmul2l => //; exact: ler_wpmul2l.
  by apply: ler_wpmul2r => //; exact: mulr_ge0.
rewrite pastS.
apply: (le_trans (ler_add (ler_add (lexx _) (ler_wpmul2l a0 (ler_add (lexx _) lostS))) last)).
rewrite le_eqVlt; apply/orP; left; apply/eqP.
by move: (lossy n.+1 h x a b o) (past n _) (future n.+1 h x) (excess n.+1 h x) (lost n.+1 h x y S) => t1 t2 t3 t4 t5; ring.
Qed.

Lemma root rho H e : is_dist rho -> (forall t, err fA mu er piE p0 kr rho t <= e t) -> (forall x, Inv 0 (fun _ => 0) x x) ->
  J fA mu rho rA piE H - J f mu rho rew pd H <= H%:R * (\sum_x lossy H 0 x (rho x) (rho x) (rho x)) + bound (cap * L) Lx Lu g e H
    + \sum_x rho x * (H%:R * excess H 0 x + lost H 0 x x (fun _ => 0)).
Proof.
move=> [r0 r1] He inv; have B := future_bound piE_mix consts' g_ge0 H He.
apply: (@le_trans _ _ (\sum_x (H%:R * lossy H 0 x (rho x) (rho x) (rho x) + rho x * future H 0 x
   + rho x * (H%:R * excess H 0 x + lost H 0 x x (fun _ => 0))))); last first.
  by rewrite !big_split /= -mulr_sumr ler_add2r ler_add2l.
rewrite /J -sumrB; apply: ler_sum => x _.
have Z : past H (fun _ => 0) = 0 by rewrite /Comparison.past big1 // => i _; rewrite mulr0.
have o1 : 0 <= rho x <= cap * rho x by rewrite r0 ler_pemull.
by have := @compare H 0 (fun _ => 0) (fun _ => 0) x x (rho x) (rho x) (rho x) (inv x) (fun i => introT andP (conj (lexx 0) (lexx 0))) (r0 x) o1; rewrite Z add0r.
Qed.
End Random.
