(* No constant c makes  J piE - J piL <= c H TV + L sum_t (H-t) s_t + sum_h (Lx s_h + Lu e_h)  true with expert-law average
   errors and stochastic labels: `claim c` below is that statement (the setting of AverageError.v), and
   no_constant : forall c : nat, ~ claim c%:R.  In particular c = 2 is false.
   Three actions B, r, c; the next state is the action; q r = c.  On the main branch the learner says B with probability 1/2
   for N = 2c steps, the expert exactly as often in absolute terms, so that its weight on the branch is 2^-h - 2^-N and TV = 2^-N. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Comparison AverageError.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition claim (R : realFieldType) (c : R) : Prop :=
  forall (X U W : finType) (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R)
    (dX : X -> X -> R) (dU : U -> U -> R) (piE piL : nat -> X -> U -> R) (q : U -> U) (L Lx Lu : R) (g e : nat -> R),
  (forall h, is_dist (mu h)) -> is_dist rho ->
  (forall h x, is_dist (piE h x)) -> (forall h x, is_dist (piL h x)) ->
  (forall h x u, 0 <= rew h x u <= 1) ->
  (forall h x u x' u', `|rew h x u - rew h x' u'| <= Lx * dX x x' + Lu * dU u u') ->
  [/\ 0 <= L, 0 <= Lx & 0 <= Lu] ->
  (forall u v, 0 <= dU u v) -> (forall u, dU u u = 0) -> (forall u v, dU u v = dU v u) ->
  (forall u v w, dU u w <= dU u v + dU v w) ->
  (forall j, 0 <= g j) ->
  (forall x1 us us' ws h,
    dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t)) ->
  (forall h x x', exists G : U -> U -> R,
    [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = piL h x u,
        forall u', \sum_u G u u' = piL h x' u' &
        \sum_u \sum_u' G u u' * (u != u')%:R <= L * dX x x']) ->
  (forall t, expert_error f mu rho dU piE q t <= e t) ->
  forall H, J f mu rho rew piE H - J f mu rho rew piL H
    <= c * H%:R * TV f mu rho piE piL q H
       + (L * (\sum_(t < H) (H - t)%:R * sgap g e t) + \sum_(h < H) (Lx * sgap g e h + Lu * e h)).

Section CE.
Variables (R : realFieldType) (N : nat).
Local Notation U := [finType of option bool].
Local Notation B := (None : option bool).
Local Notation r := (Some true : option bool).
Local Notation c := (Some false : option bool).

Lemma sum3 (F : option bool -> R) : \sum_u F u = F B + F r + F c.
Proof.
rewrite (bigD1 B) //= (bigD1 r) //= (bigD1 c) //= big1 ?addr0 ?addrA //.
by case=> [[]|].
Qed.

Definition p h : R := 2%:R^-1 ^+ h.
Notation m := (p N).
Definition q (u : option bool) := if u is None then B else c.
Definition d (x y : option bool) : R := if x == y then 0 else if (x == B) || (y == B) then 1 else 2%:R^-1.
Definition f (_ : nat) (_ u : U) (_ : unit) : U := u.
Definition mu (_ : nat) (_ : unit) : R := 1.
Definition rho (x : U) : R := (x == r)%:R.
Definition rew (_ : nat) (_ u : U) : R := (u == B)%:R.
Definition g (j : nat) : R := (j == 0%N)%:R.
Definition bE h : R := if h is h'.+1 then (if (h' < N)%N then (p h' - p h) / (p h' - m) else 1) else m.
Definition bL h : R := if (0 < h <= N)%N then 2%:R^-1 else 0.
Definition piE h (x u : U) : R := if x == r then bE h * (u == B)%:R + (1 - bE h) * (u == r)%:R else (u == x)%:R.
Definition piL h (x u : U) : R := if x == r then bL h * (u == B)%:R + (1 - bL h) * (u == c)%:R else (u == x)%:R.
Definition e h : R := if (h <= N)%N then (p h - m) / 2%:R else 0.

Lemma half_gt0 : 0 < 2%:R^-1 :> R. Proof. by rewrite invr_gt0 ltr0n. Qed.
Lemma half_le1 : 2%:R^-1 <= 1 :> R. Proof. by rewrite invf_le1 ?ltr0n // ler1n. Qed.
Lemma half2 : 2%:R^-1 + 2%:R^-1 = 1 :> R. Proof. by rewrite [RHS](splitr 1) !mul1r. Qed.
Lemma p_gt0 h : 0 < p h. Proof. by rewrite exprn_gt0 ?half_gt0. Qed.
Lemma pS h : p h = p h.+1 + p h.+1.
Proof. by rewrite /p exprS -mulrDl half2 mul1r. Qed.
Lemma p_mono i j : (i <= j)%N -> p j <= p i.
Proof. by move=> ij; apply: ler_wiexpn2l => //; [exact: ltW half_gt0 | exact: half_le1]. Qed.
Lemma p_lt i j : (i < j)%N -> p j < p i.
Proof. by move=> ij; apply: (le_lt_trans (p_mono ij)); rewrite [p i]pS ltr_addl p_gt0. Qed.
Lemma p_le1 h : p h <= 1. Proof. by rewrite -[1]/(p 0) p_mono. Qed.

Lemma bE01 h : 0 <= bE h <= 1.
Proof.
case: h => [|h] /=; first by rewrite ltW ?p_gt0 ?p_le1.
case: ltnP => hN; last by rewrite ler01 lexx.
have dn : 0 < p h - m by rewrite subr_gt0 p_lt.
apply/andP; split; first by apply: divr_ge0; [rewrite subr_ge0 p_mono | exact: ltW].
by rewrite ler_pdivr_mulr // mul1r ler_add2l ler_opp2 p_mono // ltnW.
Qed.

(* the expert's weight on the main branch: p h - m after step h *)
Lemma main h : (h < N)%N -> (p h - m) * bE h.+1 = p h.+1 /\ (p h - m) * (1 - bE h.+1) = p h.+1 - m.
Proof.
move=> hN; have dn : p h - m != 0 by rewrite subr_eq0; apply/eqP => E; have := p_lt hN; rewrite E ltxx.
have A : (p h - m) * bE h.+1 = p h.+1 by rewrite /= hN mulrC divfK // {1}pS addrK.
by split=> //; rewrite mulrBr mulr1 A {1}pS; ring.
Qed.

Lemma two01 b (u v : option bool) : 0 <= b <= 1 -> u != v ->
  is_dist (fun w : U => b * (w == u)%:R + (1 - b) * (w == v)%:R : R).
Proof.
move=> /andP [b0 b1] uv; split=> [w|].
  by rewrite addr_ge0 // mulr_ge0 ?ler0n ?subr_ge0.
have one (z : U) : \sum_(w : U) (w == z)%:R = 1 :> R by rewrite (bigD1 z) //= eqxx big1 ?addr0 // => w /negbTE ->.
by rewrite big_split /= -!mulr_sumr !one !mulr1 addrC subrK.
Qed.
Lemma point1 (z : U) : is_dist (fun w : U => (w == z)%:R : R).
Proof. by split=> [w|]; rewrite ?ler0n // (bigD1 z) //= eqxx big1 ?addr0 // => w /negbTE ->. Qed.

Lemma bL01 h : 0 <= bL h <= 1.
Proof. by rewrite /bL; case: ifP => _; rewrite ?lexx ?ler01 // (ltW half_gt0) half_le1. Qed.
Lemma piE_dist h x : is_dist (piE h x).
Proof. by rewrite /piE; case: (x == r); [apply: two01 => //; exact: bE01 | exact: point1]. Qed.
Lemma piL_dist h x : is_dist (piL h x).
Proof. by rewrite /piL; case: (x == r); [apply: two01 => //; exact: bL01 | exact: point1]. Qed.
Lemma mu_dist h : is_dist (mu h).
Proof. by split=> [t|]; rewrite ?ler01 // big_const card_unit /= addr0. Qed.
Lemma rho_dist : is_dist rho. Proof. exact: point1. Qed.
Lemma unit_sum h (F : unit -> R) : \sum_w mu h w * F w = F tt.
Proof. by rewrite (bigD1 tt) //= big1 => [|[]] //; rewrite addr0 /mu mul1r. Qed.

Lemma piE_r h : (piE h r B = bE h) * (piE h r r = 1 - bE h) * (piE h r c = 0).
Proof. by split; [split|]; rewrite /piE /= ?mulr1 ?mulr0 ?addr0 ?add0r. Qed.
Lemma piE_B h : (piE h B B = 1) * (piE h B r = 0) * (piE h B c = 0). Proof. by []. Qed.
Lemma piE_c h : (piE h c B = 0) * (piE h c r = 0) * (piE h c c = 1). Proof. by []. Qed.
Lemma piL_r h : (piL h r B = bL h) * (piL h r r = 0) * (piL h r c = 1 - bL h).
Proof. by split; [split|]; rewrite /piL /= ?mulr1 ?mulr0 ?addr0 ?add0r. Qed.
Lemma piL_B h : (piL h B B = 1) * (piL h B r = 0) * (piL h B c = 0). Proof. by []. Qed.
Lemma piL_c h : (piL h c B = 0) * (piL h c r = 0) * (piL h c c = 1). Proof. by []. Qed.
Definition ev := (piE_r, piE_B, piE_c, piL_r, piL_B, piL_c).
Definition zo := (mulr0, mulr1, mul0r, mul1r, addr0, add0r).

(* ---- returns ---- *)
Lemma V_step pi n h x : V f mu rew pi n.+1 h x =
  pi h x B * (1 + V f mu rew pi n h.+1 B) + pi h x r * V f mu rew pi n h.+1 r + pi h x c * V f mu rew pi n h.+1 c.
Proof. by rewrite /= sum3 !unit_sum /rew /f /= ?add0r. Qed.

Lemma VB n h : V f mu rew piE n h B = n%:R.
Proof.
by elim: n h => // n IH h; rewrite V_step IH !ev !zo mulrS.
Qed.
Lemma Vc n h : V f mu rew piL n h c = 0.
Proof. by elim: n h => // n IH h; rewrite V_step IH !ev !zo. Qed.

Lemma Vr n h : (0 < h <= N)%N -> n%:R - (N - h)%:R <= V f mu rew piE n h r.
Proof.
elim: n h => [|n IH] h /andP [h0 hN]; first by rewrite /= sub0r oppr_le0 ler0n.
rewrite V_step VB !ev !zo.
have /andP [b0 b1] := bE01 h; rewrite -mulrS.
move: hN; rewrite leq_eqVlt => /orP [/eqP hN|hN].
  have -> : bE h = 1.
    case: h h0 hN {b0 b1} => // h _ hN; have hN' : (h < N)%N by rewrite -hN.
    rewrite /= hN' hN divff // subr_eq0; apply/eqP => E; have := p_lt hN'; by rewrite E ltxx.
  by rewrite hN subnn subr0 subrr mul0r addr0 mul1r.
have := IH h.+1; rewrite ltn0Sn hN => /(_ isT) I.
have c0 : 0 <= 1 - bE h by rewrite subr_ge0.
apply: (le_trans _ (ler_add (lexx _) (ler_wpmul2l c0 I))).
rewrite -subr_ge0 -(subnSK hN) !mulrS.
have -> : bE h * (1 + n%:R) + (1 - bE h) * (n%:R - (N - h.+1)%:R) - (1 + n%:R - (1 + (N - h.+1)%:R))
  = bE h * (1 + (N - h.+1)%:R) by ring.
by rewrite mulr_ge0 // addr_ge0 ?ler01 ?ler0n.
Qed.

Lemma regret n : (0 < N)%N -> n.+1%:R - N%:R <= J f mu rho rew piE n.+1 - J f mu rho rew piL n.+1.
Proof.
move=> N0.
have JE pi : J f mu rho rew pi n.+1 = V f mu rew pi n.+1 0 r.
  by rewrite /J sum3 /rho /= ?mul0r add0r addr0 mul1r.
rewrite !JE ![V _ _ _ _ n.+1 _ _]V_step VB Vc !ev /bL /= !zo subr0.
have /andP [m0 m1] := bE01 0; rewrite /= in m0 m1.
have c0 : 0 <= 1 - m by rewrite subr_ge0.
apply: (le_trans _ (ler_add (lexx _) (ler_wpmul2l c0 (@Vr n 1 _)))); last by rewrite N0.
have EN : N%:R = 1 + (N - 1)%:R :> R by rewrite -mulrS subn1 prednK.
rewrite -subr_ge0 EN !mulrS.
have -> : m * (1 + n%:R) + (1 - m) * (n%:R - (N - 1)%:R) - (1 + n%:R - (1 + (N - 1)%:R)) = m * (1 + (N - 1)%:R) by ring.
by rewrite mulr_ge0 // addr_ge0 ?ler01 ?ler0n.
Qed.

(* ---- total variation ---- *)
Notation p0 := (piQ piE q).
Notation kr := (kap piE q).
Notation T := (T f mu p0 piL kr (@pos R)).

Lemma piQ3 h x : [/\ p0 h x B = piE h x B, p0 h x r = 0 & p0 h x c = piE h x r + piE h x c].
Proof.
split; rewrite /piQ big_mkcond /= sum3 /=; by rewrite ?addr0 ?add0r.
Qed.

Lemma T_zero n h x b : 0 <= b -> T n h x 0 b = 0.
Proof.
elim: n h x b => [|n IH] h x b b0 /=; first by rewrite /pos sub0r (max_idPl _) // oppr_le0.
rewrite big1 // => k _; rewrite big1 // => v _; rewrite big1 ?mulr0 // => w _.
by rewrite mul0r IH ?mulr0 // mulr_ge0 //; case: (piL_dist h x).
Qed.

(* label B reveals the action B *)
Lemma kapB h x (F : U -> R) : \sum_v kr h x B v * F v = F B.
Proof.
rewrite sum3 /kap; case: eqP => [z|/eqP z] /=; first by rewrite ?mul0r ?addr0 mul1r.
by rewrite ?mul0r ?addr0 mul1r; have [-> _ _] := piQ3 h x; have [E _ _] := piQ3 h x; rewrite divff ?mul1r // -E.
Qed.

Lemma T_step n h x a b : 0 <= b -> T n.+1 h x a b =
  T n h.+1 B (a * piE h x B) (b * piL h x B)
  + \sum_v kr h x c v * T n h.+1 v (a * (piE h x r + piE h x c)) (b * piL h x c).
Proof.
move=> b0; rewrite /= sum3; have [-> -> ->] := piQ3 h x.
have l0 u : 0 <= piL h x u by case: (piL_dist h x).
under eq_bigr => v _ do rewrite unit_sum.
rewrite kapB; under [X in _ + X + _]eq_bigr => v _ do rewrite unit_sum mulr0 T_zero ?mulr_ge0 // mulr0.
rewrite big1 ?addr0 //; congr (_ + _); apply: eq_bigr => v _; by rewrite unit_sum.
Qed.

Lemma TB n h a b : 0 <= b -> T n h B a b = pos a b.
Proof.
elim: n h a b => [|n IH] h a b b0 //; rewrite T_step // /piE /piL /= addr0 ?mulr0 ?mulr1 IH //.
by rewrite big1 ?addr0 // => v _; rewrite T_zero ?mulr0.
Qed.

(* label c from r: the raw action is r, unless the weight is 0 *)
Lemma kapc n h a b : 0 <= b -> \sum_v kr h r c v * T n h.+1 v (a * (piE h r r + piE h r c)) b
  = T n h.+1 r (a * (1 - bE h)) b.
Proof.
have E : piE h r r + piE h r c = 1 - bE h by rewrite /piE /= ?mulr0 ?mulr1 add0r ?addr0.
have [_ _ Q] := piQ3 h r; move=> b0; rewrite E; case: (eqVneq (1 - bE h) 0) => [->|nz].
  by rewrite mulr0 T_zero // big1 // => v _; rewrite T_zero ?mulr0.
rewrite sum3 /kap Q E (negbTE nz) /= /piE /= ?mulr0 ?mulr1 ?add0r ?mul0r ?mul1r ?mulr0 ?mul0r ?addr0 ?add0r.
by rewrite divff // mul1r.
Qed.

Lemma Tr n h : (h <= N)%N -> T n h.+1 r (p h - m) (p h) = 0.
Proof.
elim: n h => [|n IH] h hN.
  by rewrite /= /pos (max_idPl _) // subr_le0 ler_subl_addr ler_addl ltW // p_gt0.
move: hN; rewrite leq_eqVlt => /orP [/eqP hN|hN]; first by rewrite hN subrr T_zero // ltW ?p_gt0.
have ph0 := ltW (p_gt0 h); have ph0' := ltW (p_gt0 h.+1).
have [mB mC] := main hN.
have bLh : bL h.+1 = 2%:R^-1 by rewrite /bL /= hN.
have hC : 1 - 2%:R^-1 = 2%:R^-1 :> R by rewrite -[X in X - _]half2 addrK.
have lB : p h * piL h.+1 r B = p h.+1 by rewrite !ev bLh /p exprSr.
have lC : p h * piL h.+1 r c = p h.+1 by rewrite !ev bLh hC /p exprSr.
have eB : (p h - m) * piE h.+1 r B = p h.+1 by rewrite !ev mB.
rewrite T_step // lB lC eB TB // kapc // mC IH // addr0 /pos subrr maxxx //.
Qed.

Lemma TV_eq n : TV f mu rho piE piL q n.+1 = m.
Proof.
have [<- _] := T_tv f q mu_dist rho_dist piE_dist piL_dist n.+1.
rewrite sum3 /rho [B == r]/= [c == r]/= eqxx !T_zero // addr0 add0r T_step ?ler0n //.
have l0 u : 0 <= 1 * piL 0 r u by rewrite mul1r; case: (piL_dist 0 r).
have b0 : bL 0 = 0 by [].
rewrite kapc // TB // !ev b0 subr0 !mul1r.
have -> : T n 1 r (1 - bE 0) 1 = 0 by exact: (@Tr n 0).
by rewrite addr0 /pos subr0 (max_idPr _) // ltW ?p_gt0.
Qed.

(* ---- errors ---- *)
Lemma occ_st i : occ f mu rho piE i.+1 r = occ f mu rho piE i r * (1 - bE i).
Proof. by rewrite /= sum3 !sum3 !unit_sum /f !ev /= !zo. Qed.

Lemma occ_r h : occ f mu rho piE h.+1 r = if (h <= N)%N then p h - m else 0.
Proof.
elim: h => [|h IH]; first by rewrite occ_st /= /rho eqxx mul1r.
rewrite occ_st IH; case: (ltngtP h N) => [hN|hN|->].
- by case: (main hN).
- by rewrite mul0r.
- by rewrite subrr mul0r.
Qed.

Lemma error h : expert_error f mu rho d piE q h = e h.
Proof.
have -> : e h = occ f mu rho piE h.+1 r / 2%:R by rewrite occ_r /e; case: ifP => _ //; rewrite mul0r.
have dB : d B (q B) = 0 by []. have dr : d r (q r) = 2%:R^-1 by []. have dc : d c (q c) = 0 by [].
by rewrite occ_st /expert_error !sum3 dB dr dc !ev !zo mulrA.
Qed.

Lemma e_ge0 h : 0 <= e h.
Proof. by rewrite /e; case: leqP => // hN; rewrite divr_ge0 ?ler0n // subr_ge0 p_mono. Qed.

Lemma gap t : sgap g e t = if t is t'.+1 then e t' else 0.
Proof.
case: t => [|t]; first by rewrite /sgap big_ord0.
rewrite /sgap big_ord_recr /= subnn /g eqxx mul1r big1 ?add0r // => j _.
by rewrite subn_eq0 leqNgt ltn_ord /= mul0r.
Qed.

Lemma e_sum n : (N < n)%N -> \sum_(h < n) e h = 1 - m - N%:R * m / 2%:R.
Proof.
move=> Nn; have E k : (k <= N)%N -> \sum_(h < k) e h = 1 - p k - k%:R * m / 2%:R.
  elim: k => [|k IH] kN; first by rewrite big_ord0 /p expr0 subrr ?mul0r subr0.
  have E2 : p k / 2%:R = p k.+1 by rewrite [p k]pS mulrDl -splitr.
  have E3 : k.+1%:R = k%:R + 1 :> R by rewrite mulrS addrC.
  rewrite big_ord_recr /= IH ?(ltnW kN) // /e (ltnW kN) mulrBl E2 E3 {1}[p k]pS.
  by move: (p k.+1) (p N) (2%:R^-1) (k%:R) => t1 t2 t3 t4; ring.
elim: n Nn => // n IH; rewrite ltnS leq_eqVlt big_ord_recr /= => /orP [/eqP <-|Nn].
  by rewrite E // /e leqnn subrr mul0r addr0.
by rewrite IH // /e leqNgt Nn /= addr0.
Qed.

Lemma d_ge0 x y : 0 <= d x y.
Proof. by rewrite /d; do 2?case: ifP => _; rewrite ?lexx ?ler01 ?(ltW half_gt0). Qed.
Lemma d_le1 x y : d x y <= 1.
Proof. by rewrite /d; do 2?case: ifP => _; rewrite ?lexx ?ler01 ?half_le1. Qed.
Lemma d_xx x : d x x = 0. Proof. by rewrite /d eqxx. Qed.
Lemma d_sym x y : d x y = d y x.
Proof. by rewrite /d eq_sym orbC. Qed.
Lemma d_half x y : x != y -> 2%:R^-1 <= d x y.
Proof. by rewrite /d => /negbTE ->; case: ifP => _; rewrite ?lexx ?half_le1. Qed.
Lemma d_tri x y z : d x z <= d x y + d y z.
Proof.
case: (eqVneq x y) => [->|xy]; first by rewrite d_xx add0r.
case: (eqVneq y z) => [->|yz]; first by rewrite d_xx addr0.
by apply: (le_trans (d_le1 _ _)); rewrite -half2; apply: ler_add; exact: d_half.
Qed.

Lemma rew_lip h x u x' u' : `|rew h x u - rew h x' u'| <= 0 * d x x' + 1 * d u u'.
Proof.
rewrite mul0r add0r mul1r /rew /d.
by case: u => [[]|]; case: u' => [[]|]; rewrite /= ?subrr ?normr0 ?subr0 ?sub0r ?normrN ?normr1 ?lexx ?ler01 ?(ltW half_gt0).
Qed.

Lemma iiss x1 us us' ws h :
  d (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t) * d (us t) (us' t).
Proof.
case: h => [|h] /=; first by rewrite d_xx big_ord0.
rewrite big_ord_recr /= subnn /g eqxx mul1r ler_addr sumr_ge0 // => t _.
by rewrite mulr_ge0 ?ler0n ?d_ge0.
Qed.

Lemma tvc h x x' : exists G : U -> U -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = piL h x u,
      forall u', \sum_u G u u' = piL h x' u' &
      \sum_u \sum_u' G u u' * (u != u')%:R <= 1 * d x x'].
Proof.
rewrite mul1r.
case: (eqVneq x x') => [<-|xx'].
  exists (fun u u' => (u == u')%:R * piL h x u); split.
  - by move=> u u'; rewrite mulr_ge0 ?ler0n //; case: (piL_dist h x).
  - move=> u; rewrite -mulr_suml (bigD1 u) //= eqxx big1 ?addr0 ?mul1r // => u' /negbTE.
    by rewrite eq_sym => ->.
  - move=> u'; rewrite (bigD1 u') //= eqxx mul1r big1 ?addr0 // => u /negbTE ->; by rewrite mul0r.
  - rewrite d_xx big1 // => u _; rewrite big1 // => u' _; case: eqP => _; by rewrite !zo.
have [a0 a1] := piL_dist h x; have [b0 b1] := piL_dist h x'.
exists (fun u u' => piL h x u * piL h x' u'); split.
- by move=> u u'; rewrite mulr_ge0.
- by move=> u; rewrite -mulr_sumr b1 mulr1.
- by move=> u'; rewrite -mulr_suml a1 mul1r.
have le1 : \sum_u \sum_u' piL h x u * piL h x' u' * (u != u')%:R <= 1.
  apply: (@le_trans _ _ (\sum_u \sum_u' piL h x u * piL h x' u')); last first.
    by under eq_bigr => u _ do rewrite -mulr_sumr b1 mulr1; rewrite a1.
  apply: ler_sum => u _; apply: ler_sum => u' _; rewrite -[X in _ <= X]mulr1; apply: ler_wpmul2l.
    by rewrite mulr_ge0.
  by case: (u != u'); rewrite ?lexx ?ler01.
have bLh : bL h <= 2%:R^-1 by rewrite /bL; case: ifP => _ //; rewrite ltW ?half_gt0.
move: le1 xx'; case: x {a0 a1} => [[]|]; case: x' {b0 b1} => [[]|] //= le1 _;
  try by [apply: (le_trans le1); rewrite /d].
- by rewrite !sum3 !ev /d /= !zo.
- by rewrite !sum3 !ev /d /= !zo.
Qed.

Lemma claim_bound cc n : claim cc -> (N < n.+1)%N -> (0 < N)%N ->
  n.+1%:R - N%:R <= cc * n.+1%:R * m + (n.+1%:R + 1) * (1 - m - N%:R * m / 2%:R).
Proof.
move=> H Nn N0; apply: (le_trans (regret n N0)).
have := H _ _ _ f mu rho rew d d piE piL q 1 0 1 g e mu_dist rho_dist piE_dist piL_dist.
move=> /(_ _ rew_lip _ d_ge0 d_xx d_sym d_tri _ iiss tvc _ n.+1) A.
have {A} := A _ _ _ _; rewrite TV_eq => A.
apply: (le_trans (A _ _ _ _)).
- by move=> h x u; rewrite /rew; case: (u == B); rewrite ?lexx ?ler01.
- by rewrite lexx ler01.
- by move=> j; rewrite ler0n.
- by move=> t; rewrite error.
rewrite ler_add2l mul1r mulrDl mul1r -(e_sum Nn); apply: ler_add; last first.
  by apply: ler_sum => h _; rewrite mul0r add0r mul1r.
rewrite mulr_sumr big_ord_recl gap mulr0 add0r [X in _ <= X]big_ord_recr /=.
apply: (@le_trans _ _ (\sum_(i < n) n.+1%:R * e i)); last by rewrite ler_addl mulr_ge0 ?ler0n ?e_ge0.
apply: ler_sum => i _; rewrite gap; apply: ler_wpmul2r; first exact: e_ge0.
by rewrite ler_nat leq_subr.
Qed.
End CE.

(* no constant works *)
Theorem no_constant (R : realFieldType) (c : nat) : ~ claim (c%:R : R).
Proof.
move=> H; pose N := (2 * c.+1)%N; pose n := ((N + 2) * 2 ^ N).-1.
have n1 : n.+1 = ((N + 2) * 2 ^ N)%N by rewrite /n prednK // muln_gt0 addn2 expn_gt0.
have pN : p R N * (2 ^ N)%:R = 1 by rewrite /p natrX exprVn mulVf // expf_neq0 // pnatr_eq0.
have nm : n.+1%:R * p R N = (N + 2)%:R by rewrite n1 natrM -mulrA [_%:R * p R N]mulrC pN mulr1.
have Nn : (N < n.+1)%N.
  by rewrite n1; apply: (@leq_trans (N + 2)); [rewrite addn2 ltnW | rewrite leq_pmulr // expn_gt0].
have N0 : (0 < N)%N by rewrite /N muln_gt0.
have := claim_bound H Nn N0.
have half : N%:R * p R N / 2%:R = c.+1%:R * p R N.
  by rewrite /N natrM mulrAC [2%:R * _]mulrC mulfK // pnatr_eq0.
rewrite half -subr_ge0.
have -> : c%:R * n.+1%:R * p R N + (n.+1%:R + 1) * (1 - p R N - c.+1%:R * p R N) - (n.+1%:R - N%:R)
  = (c%:R - c.+1%:R - 1) * (n.+1%:R * p R N) + 1 + N%:R - p R N - c.+1%:R * p R N by ring.
rewrite nm natrD; apply/negP; rewrite -ltNge.
have -> : (c%:R - c.+1%:R - 1) * (N%:R + 2%:R) + 1 + N%:R - p R N - c.+1%:R * p R N
  = - (N%:R + 3%:R + (1 + c.+1%:R) * p R N) by rewrite (mulrS 1 c); ring.
rewrite oppr_lt0 ltr_spaddl //; first by rewrite ltr_paddl ?ler0n ?ltr0n.
by rewrite mulr_ge0 ?addr_ge0 ?ler01 ?ler0n // ltW // p_gt0.
Qed.
