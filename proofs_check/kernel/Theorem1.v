(* Theorem 1: two pairs of policies, each a raw policy and one on codes whose actions are coupled state by state.  The first
   pair's raw policy is compared with the second pair's policy on codes, which is deployed and eps_prime-RTVC; the system is
   stable locally, for the law of the first pair and for action gaps up to d.  The comparison is that of RandomHazards.v,
   where a label is a pair of actions.  Steps are numbered from 0.  Finite spaces, every H, any real closed field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz SureDeviation Trajectories Comparison AverageError RandomHazards
  Statements StochasticLabels LearnerStatements.
From Quantbc Require Catalog StatementInstances LearnerInstances.
Module SI := StatementInstances.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Pairs.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (dX : X -> X -> R) (dU : U -> U -> R).
Variables (g : nat -> R) (eps_prime d : R).
Implicit Type pair : nat -> X -> U * U -> R.

(* of a pair (action of the raw policy, action of the policy on codes): each policy, and the system that executes the former *)
Definition raw pair h x u := \sum_v pair h x (u, v).
Definition coded pair h x v := \sum_u pair h x (u, v).
Definition moves h x (c : U * U) w := f h x c.1 w.
(* mean distance of a pair's actions at step t *)
Definition apart pair t := \sum_x occ moves mu rho pair t x * \sum_c pair t x c * dU c.1 c.2.
(* probability that within n steps they are more than d - eps_prime apart *)
Fixpoint beyond pair n h x : R :=
  if n is n'.+1 then
    \sum_c pair h x c * (if dU c.1 c.2 <= d - eps_prime then \sum_w mu h w * beyond pair n' h.+1 (moves h x c w) else 1)
  else 0.
(* x moves by the pair's raw action, y under the same noise by an action that k draws, knowing both states and the pair:
   probability that action gaps are at most d for m steps and the state gap then exceeds the gains' forecast S *)
Fixpoint exceeds pair (k : nat -> X -> X -> U * U -> U -> R) m h x y (S : nat -> R) : R :=
  if m is m'.+1 then
    \sum_c pair h x c * (\sum_u k h x y c u * (((dU c.1 u <= d)%R : nat)%:R *
      (\sum_w mu h w * exceeds pair k m' h.+1 (f h x c.1 w) (f h y u w) (shift g S (dU c.1 u)))))
  else ((S 0%N < dX x y)%R : nat)%:R.

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.

Lemma raw_sum pair h x (F : U -> R) : \sum_c pair h x c * F c.1 = \sum_u raw pair h x u * F u.
Proof.
rewrite [LHS](eq_bigr (fun c => pair h x (c.1, c.2) * F c.1)) => [|[]//].
rewrite -(pair_bigA _ (fun u v => pair h x (u, v) * F u)) /=.
by apply: eq_bigr => u _; rewrite mulr_suml.
Qed.

Lemma coded_sum pair h x (F : U -> R) : \sum_c pair h x c * F c.2 = \sum_v coded pair h x v * F v.
Proof.
rewrite [LHS](eq_bigr (fun c => pair h x (c.1, c.2) * F c.2)) => [|[]//].
rewrite -(pair_bigA _ (fun u v => pair h x (u, v) * F v)) exchange_big /=.
by apply: eq_bigr => v _; rewrite mulr_suml.
Qed.

Lemma raw_dist pair h x : is_dist (pair h x) -> is_dist (raw pair h x).
Proof.
move=> [p0 p1]; split=> [u|]; first exact: sumr_ge0.
by have := raw_sum pair h x (fun _ => 1); under eq_bigr do rewrite mulr1; under [RHS]eq_bigr do rewrite mulr1; rewrite p1.
Qed.

Lemma coded_dist pair h x : is_dist (pair h x) -> is_dist (coded pair h x).
Proof.
move=> [p0 p1]; split=> [u|]; first exact: sumr_ge0.
by have := coded_sum pair h x (fun _ => 1); under eq_bigr do rewrite mulr1; under [RHS]eq_bigr do rewrite mulr1; rewrite p1.
Qed.

Lemma J_raw pair (rew : nat -> X -> U -> R) H : J moves mu rho (fun h x c => rew h x c.1) pair H = J f mu rho rew (raw pair) H.
Proof.
apply: eq_bigr => x _; congr (_ * _); elim: H 0%N x => //= n IH h x.
rewrite -(raw_sum pair h x (fun u => rew h x u + \sum_w mu h w * V f mu rew (raw pair) n h.+1 (f h x u w))).
by apply: eq_bigr => c _; congr (_ * (_ + _)); apply: eq_bigr => w _; rewrite IH.
Qed.

Section Reference.
Variables (pair0 : nat -> X -> U * U -> R).
Hypothesis pair0_dist : forall h x, is_dist (pair0 h x).
Local Notation p0 := (piQ pair0 id).
Local Notation kr := (kap pair0 id).

Lemma labelE h x c : p0 h x c = pair0 h x c.
Proof. by rewrite /piQ big_pred1_eq. Qed.

Lemma known h x c F : \sum_v kr h x c v * F v = F c.
Proof.
have kE v : kr h x c v = (c == v)%:R.
  rewrite /kap labelE; case: (pair0 h x c =P 0) => [_|/eqP nz]; first by rewrite eq_sym.
  by rewrite /= [v == c]eq_sym; case: (c =P v) => [<-|_]; rewrite ?mul0r // mul1r divff.
by under eq_bigr => v _ do rewrite kE; exact: sum_at.
Qed.

Lemma lawE pair n h m m' s : (forall x, m x = m' x) -> @law _ _ _ _ moves mu pair0 id pair n h m s = plaw moves mu pair h m' s.
Proof.
elim: n h m m' s => [|n IH] h m m' s mm //=; rewrite mm; congr (_ * _); apply: IH => x.
by rewrite /Tbar known.
Qed.

Lemma TVE pair H : TV moves mu rho pair0 pair id H = tv (@plaw _ _ _ _ moves mu pair H 0 rho) (@plaw _ _ _ _ moves mu pair0 H 0 rho).
Proof.
rewrite /TV /tv; congr (_ / _); apply: eq_bigr => s _; congr (`|_ - _|); first exact: lawE.
rewrite -(lawE pair0 0 s (fun x => erefl (rho x))).
by elim: H 0%N rho s => //= n IH h m s; rewrite labelE IH.
Qed.

Lemma excessE n h x : excess moves mu p0 kr (fun v c => dU v.1 c.2 <= d - eps_prime) n h x = beyond pair0 n h x.
Proof.
elim: n h x => //= n IH h x; apply: eq_bigr => c _; rewrite labelE known.
by case: ifP => // _; congr (_ * _); apply: eq_bigr => w _; rewrite IH.
Qed.

Lemma errE t : err moves mu (fun v c => dU v.1 c.2 + eps_prime) pair0 p0 kr rho t = apart pair0 t + eps_prime.
Proof.
rewrite -[eps_prime in RHS](avg_const _ (occ_dist moves t mu_dist rho_dist pair0_dist)) -big_split /=; apply: eq_bigr => x _; rewrite -mulrDr; congr (_ * _).
rewrite -[X in _ + X](avg_const _ (pair0_dist t x)) -big_split; apply: eq_bigr => c _ /=.
by rewrite labelE (known t x c (fun v => dU v.1 c.2 + eps_prime)) mulrDr.
Qed.

Lemma exceeds_ge0 k m h x y S : (forall h x y c, is_dist (k h x y c)) -> 0 <= exceeds pair0 k m h x y S.
Proof.
move=> kd; elim: m h x y S => [|m IH] h x y S /=; first exact: ler0n.
apply: avg_ge0 => // c.
by apply: avg_ge0 => // u; rewrite mulr_ge0 ?ler0n // avg_ge0.
Qed.

(* expected number of steps, of n, after the forecast has failed *)
Definition lost k n h x y S := \sum_(m < n) (n - m)%:R * exceeds pair0 k m h x y S.

Lemma lostS k n h x y S : (forall h x y c, is_dist (k h x y c)) ->
  \sum_c pair0 h x c * (\sum_u k h x y c u * (((dU c.1 u <= d)%R : nat)%:R *
    (\sum_w mu h w * lost k n h.+1 (f h x c.1 w) (f h y u w) (shift g S (dU c.1 u))))) <= lost k n.+1 h x y S.
Proof.
move=> kd; rewrite /lost [X in _ <= X]big_ord_recl /= -[X in X <= _]add0r.
apply: ler_add; first by rewrite mulr_ge0 ?ler0n.
rewrite le_eqVlt; apply/orP; left; apply/eqP.
under [RHS]eq_bigr => m _ do rewrite /bump add1n subSS mulr_sumr.
rewrite exchange_big /=; apply: eq_bigr => c _; under [RHS]eq_bigr => m _ do rewrite mulrCA mulr_sumr.
rewrite -mulr_sumr exchange_big /=; congr (_ * _); apply: eq_bigr => u _.
under [RHS]eq_bigr => m _ do rewrite mulrCA; rewrite -mulr_sumr; congr (_ * _).
under [RHS]eq_bigr => m _ do rewrite mulrCA mulr_sumr; rewrite -mulr_sumr exchange_big /=; congr (_ * _); apply: eq_bigr => w _.
by rewrite mulr_sumr; apply: eq_bigr => m _; rewrite mulrCA.
Qed.
End Reference.
End Pairs.

Section Statement.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (pair0 pair1 : nat -> X -> U * U -> R).
Variables (C eta L L_x L_u eps_prime d : R) (H : nat) (ln : R -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis pair0_dist : forall h x, is_dist (pair0 h x).
Hypothesis pair1_dist : forall h x, is_dist (pair1 h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dU u u'.
Hypothesis rewards_ge0 : 0 <= L_x /\ 0 <= L_u.
Hypothesis gains_ge0 : 0 <= C /\ 0 <= eta.
Hypothesis L_ge0 : 0 <= L.
Hypothesis eps_ge0 : 0 <= eps_prime.
Hypothesis dU_ge0 : forall u v, 0 <= dU u v.
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis ln1 : ln 1 = 0.
Hypothesis ln_tangent : forall x y, 0 < x -> x <= y -> y <= 1 -> 1 - x / y <= ln y - ln x.
(* G couples the deployed policy's actions at two states *)
Variable G : nat -> X -> X -> U -> U -> R.
Hypothesis coupled : forall h x x', coupling (coded pair1 h x) (coded pair1 h x') (G h x x').
Hypothesis rtvc : forall h x x', \sum_u \sum_u' G h x x' u u' * ((eps_prime < dU u u')%R : nat)%:R <= L * dX x x'.
Variables (average_error excess_probability local_failure total_variation : R).
Hypothesis near_pair : forall t, apart f mu rho dU pair0 t <= average_error.
Hypothesis within : \sum_x rho x * beyond f mu dU eps_prime d pair0 H 0 x <= excess_probability.
Hypothesis locally_stable : forall (k : nat -> X -> X -> U * U -> U -> R) m, (forall h x y c, is_dist (k h x y c)) -> (m < H)%N ->
  \sum_x rho x * exceeds f mu dX dU (gains C eta) d pair0 k m 0 x x (fun _ => 0) <= local_failure.
Hypothesis laws : tv (@plaw _ _ _ _ (moves f) mu pair0 H 0 rho) (@plaw _ _ _ _ (moves f) mu pair1 H 0 rho) <= total_variation.
Hypothesis tv_le1 : total_variation <= 1.

Local Notation fA := (moves f).
Local Notation k := (fun h x y (c : U * U) => cond (coded pair1 h x) (G h x y) c.2).
Local Notation lossy cap := (\sum_x weighted fA mu (piQ pair0 id) pair1 (kap pair0 id) cap (fun a _ o => pos a o) H 0 x
  (rho x) (rho x) (rho x)).
Local Notation gap := (sgap (gains C eta) (fun _ => average_error + eps_prime)).
Local Notation failed := (H%:R * excess_probability + (H%:R * local_failure * (H%:R + 1) / 2%:R)).

Let gains_pos j : 0 <= gains C eta j.
Proof. by have [c0 e0] := gains_ge0; rewrite mulr_ge0 // exprn_ge0. Qed.

Let kd h x y c : is_dist (k h x y c). Proof. exact: (cond_dist (coupled h x y) c.2). Qed.

Lemma failures (n : nat) : \sum_(m < n) (n - m)%:R = n%:R * (n%:R + 1) / 2%:R :> R.
Proof.
elim: n => [|n IH]; first by rewrite big_ord0 !mul0r.
rewrite big_ord_recl subn0 /=; under eq_bigr => m _ do rewrite /bump add1n subSS.
rewrite IH; apply: (@mulIf _ 2%:R); first by rewrite pnatr_eq0.
rewrite mulrDl !divfK ?pnatr_eq0 // mulrS; ring.
Qed.

Lemma lost_bound : \sum_x rho x * lost f mu dX dU (gains C eta) d pair0 k H 0 x x (fun _ => 0)
  <= H%:R * local_failure * (H%:R + 1) / 2%:R.
Proof.
have -> : H%:R * local_failure * (H%:R + 1) / 2%:R = \sum_(m < H) (H - m)%:R * local_failure.
  by rewrite -mulr_suml failures [RHS]mulrAC; congr (_ / _); ring.
rewrite /lost; under eq_bigr => x _ do rewrite mulr_sumr.
rewrite exchange_big /=; apply: ler_sum => m _; under eq_bigr => x _ do rewrite mulrCA.
by rewrite -mulr_sumr; apply: ler_wpmul2l; rewrite ?ler0n //; apply: locally_stable.
Qed.

Lemma compared (rw : nat -> X -> U -> R) cap : (forall h x u, 0 <= rw h x u <= 1) ->
  (forall h x u x' u', `|rw h x u - rw h x' u'| <= L_x * dX x x' + L_u * dU u u') -> 1 <= cap ->
  J f mu rho rw (raw pair0) H - J f mu rho rw (coded pair1) H <= H%:R * lossy cap +
    (cap * (L * (\sum_(t < H) (H - t)%:R * gap t)) + (\sum_(h < H) (L_x * gap h + L_u * (average_error + eps_prime)) + failed)).
Proof.
move=> rw01 rwl c1; have [x0 u0] := rewards_ge0.
have Ed h x : is_dist (piQ pair0 id h x) by exact: piQ_dist.
have Kd h x c : is_dist (kap pair0 id h x c) by exact: kap_dist.
have e0 (v c : U * U) : 0 <= dU v.1 c.2 + eps_prime by rewrite addr_ge0.
have near_ok (v c : U * U) u : dU c.2 u <= eps_prime -> dU v.1 c.2 <= d - eps_prime -> dU v.1 u <= dU v.1 c.2 + eps_prime.
  by move=> le _; apply: (le_trans (dU_tri _ c.2 _)); rewrite ler_add2l.
have err_le t : err fA mu (fun v c => dU v.1 c.2 + eps_prime) pair0 (piQ pair0 id) (kap pair0 id) rho t <= average_error + eps_prime.
  by rewrite errE // ler_add2r.
have exceeds0 m h x y S : 0 <= exceeds f mu dX dU (gains C eta) d pair0 k m h x y S by exact: exceeds_ge0.
have lost0 n h x y S : 0 <= lost f mu dX dU (gains C eta) d pair0 k n h x y S.
  by apply: sumr_ge0 => m _; rewrite mulr_ge0 ?ler0n.
have lost_now n (h : nat) x y S : True -> S 0%N < dX x y -> n%:R <= lost f mu dX dU (gains C eta) d pair0 k n h x y S.
  move=> _ far; case: n => [|n]; first exact: lost0.
  rewrite /lost big_ord_recl subn0 /= far /= mulr1 ler_addl; apply: sumr_ge0 => m _; apply: mulr_ge0; [exact: ler0n | exact: (exceeds0 (lift ord0 m))].
have couple n h S x y : True -> dX x y <= S 0%N -> exists k' : U * U -> U -> R,
  [/\ forall c, is_dist (k' c), forall u, \sum_c pair1 h x c * k' c u = coded pair1 h y u,
      \sum_c pair1 h x c * (\sum_u k' c u * (~~ (dU c.2 u <= eps_prime))%:R) <= L * dX x y &
      \sum_c piQ pair0 id h x c * (\sum_v kap pair0 id h x c v * (\sum_u k' c u *
        (((dU c.2 u <= eps_prime) && (dU v.1 c.2 <= d - eps_prime))%:R * (\sum_w mu h w *
          lost f mu dX dU (gains C eta) d pair0 k n h.+1 (f h x v.1 w) (f h y u w) (shift (gains C eta) S (dU v.1 u))))))
        <= lost f mu dX dU (gains C eta) d pair0 k n.+1 h x y S].
  move=> _ _; have [G0 _ G2] := coupled h x y; have joint := cond_joint (coupled h x y).
  exists (k h x y); split=> [c|u||]; first exact: kd.
  - rewrite (coded_sum pair1 h x (fun v => cond (coded pair1 h x) (G h x y) v u)) -G2.
    by apply: eq_bigr => v _; exact: joint.
  - rewrite (coded_sum pair1 h x (fun v => \sum_u cond (coded pair1 h x) (G h x y) v u * (~~ (dU v u <= eps_prime))%:R)).
    apply: (le_trans _ (rtvc h x y)); apply: ler_sum => v _; rewrite mulr_sumr; apply: ler_sum => u _.
    by rewrite mulrA joint -ltNge.
  have st := @lostS R X U W f mu dX dU (gains C eta) d pair0 k n h x y S kd.
  apply: (le_trans _ st); apply: ler_sum => c _; rewrite labelE.
  rewrite (known pair0 h x c (fun v => \sum_u k h x y c u * (((dU c.2 u <= eps_prime) && (dU v.1 c.2 <= d - eps_prime))%:R *
    (\sum_w mu h w * lost f mu dX dU (gains C eta) d pair0 k n h.+1 (f h x v.1 w) (f h y u w) (shift (gains C eta) S (dU v.1 u)))))).
  have [p0 _] := pair0_dist h x; apply: ler_wpmul2l => //; apply: ler_sum => u _; have [q0 _] := kd h x y c; apply: ler_wpmul2l => //.
  apply: ler_wpmul2r; first by apply: avg_ge0.
  case: andP => [[le1 le2]|_]; rewrite ?ler0n // (_ : dU c.1 u <= d) //.
  by apply: (le_trans (near_ok c c u le1 le2)); rewrite -ler_subr_addr.
have := @root R X [finType of U * U] U W f mu fst rw dX dU (fun v c => dU v.1 c.2 + eps_prime) pair0 (piQ pair0 id) pair1 (kap pair0 id)
  (coded pair1) (fun c u => dU c.2 u <= eps_prime) (fun v c => dU v.1 c.2 <= d - eps_prime) cap L L_x L_u (gains C eta)
  mu_dist Ed pair1_dist Kd (fun h x => coded_dist (pair1_dist h x)) (kap_piE id pair0_dist) rw01 rwl (And3 L_ge0 x0 u0) c1 dU_ge0 e0
  gains_pos near_ok (fun _ _ _ _ => True) (lost f mu dX dU (gains C eta) d pair0 k) lost0 lost_now (fun _ _ _ _ _ _ _ _ => I) couple
  rho H _ rho_dist err_le (fun _ => I).
rewrite (J_raw f mu rho pair0 rw H) => B; apply: (le_trans B).
rewrite -[X in X <= _]addrA ler_add2l /bound -[cap * L * _]mulrA -[X in X <= _]addrA ler_add2l ler_add2l.
under eq_bigr => x _ do rewrite excessE mulrDr mulrCA.
by rewrite big_split -mulr_sumr /=; apply: ler_add; [apply: ler_wpmul2l; rewrite ?ler0n | exact: lost_bound].
Qed.

Theorem theorem_1 :
  `|J f mu rho rew (raw pair0) H - J f mu rho rew (coded pair1) H|
    <= Catalog.theorem_1 ln H C L L_u L_x average_error eps_prime eta excess_probability local_failure total_variation.
Proof.
have radius : TV fA mu rho pair0 pair1 id H <= total_variation by rewrite TVE tv_sym.
have t0 : 0 <= total_variation by apply: (le_trans _ laws); rewrite divr_ge0 ?ler0n ?sumr_ge0.
have a0 : 0 <= average_error + eps_prime.
  rewrite addr_ge0 //; apply: (le_trans _ (near_pair 0)); apply: sumr_ge0 => x _; have [r0 _] := rho_dist.
  by rewrite mulr_ge0 //; apply: avg_ge0.
have B0 := parted_ge0 H gains_pos (fun _ => a0) L_ge0.
have one rw : (forall h x u, 0 <= rw h x u <= 1) ->
    (forall h x u x' u', `|rw h x u - rw h x' u'| <= L_x * dX x x' + L_u * dU u u') ->
    J f mu rho rw (raw pair0) H - J f mu rho rw (coded pair1) H
      <= Catalog.theorem_1 ln H C L L_u L_x average_error eps_prime eta excess_probability local_failure total_variation.
  move=> rw01 rwl; have := StochasticLabels.priced mu_dist rho_dist pair0_dist pair1_dist (fun cap => compared rw01 rwl (cap := cap)) B0
    radius tv_le1 ln1 ln_tangent.
  rewrite /StochasticLabels.price partedE movedE sqrtrM // [2%:R * _ * (_ * _)]mulrA [X in _ <= X -> _]addrA.
  exact.
apply: both_sides => //; [| | exact: (one _ rew01 rew_lip) | exact: (one _ (co01 rew01) (co_lip rew_lip))] => h x.
  exact: raw_dist.
exact: coded_dist.
Qed.
End Statement.

(* ---------- both sides positive: states that stay, a pair that plays `false` and is labelled `true` ---------- *)
Section Instance.
Variables (R : rcfType) (H : nat).
Hypothesis H_gt0 : (0 < H)%N.
Local Notation mu := (SI.mu R).
Local Notation rho := (SI.rho R).
Local Notation rew := (SI.rew R).
Local Notation d := (SI.d R).
Local Notation half := (2%:R^-1 : R).
Definition apart_pair (h : nat) (x : bool) (c : bool * bool) : R := (c == (false, true))%:R.

Lemma at_pair h x F : \sum_c apart_pair h x c * F c = F (false, true) :> R.
Proof. by rewrite -(sum_at (false, true) F); apply: eq_bigr => c _; rewrite /apart_pair eq_sym. Qed.

Lemma pair_dist h x : is_dist (apart_pair h x).
Proof.
split=> [c|]; first exact: ler0n.
by rewrite -[RHS](at_pair h x (fun _ => 1)); apply: eq_bigr => c _; rewrite mulr1.
Qed.

Lemma rawE h x u : raw apart_pair h x u = (u == false)%:R.
Proof. by rewrite /raw big_bool /apart_pair /= !xpair_eqE andbT andbF addr0. Qed.

Lemma codedE h x v : coded apart_pair h x v = (v == true)%:R.
Proof. by rewrite /coded big_bool /apart_pair /= !xpair_eqE add0r. Qed.

Lemma constant (b : bool) (pi : nat -> bool -> bool -> R) : (forall h x u, pi h x u = (u == b)%:R) ->
  J SI.f mu rho rew pi H = H%:R * (b == false)%:R.
Proof.
move=> piE; rewrite /J; suff V_E n h x : V SI.f mu rew pi n h x = n%:R * (b == false)%:R.
  by under eq_bigr => x _ do rewrite V_E; exact: (avg_const _ (SI.rho_dist R)).
elim: n h x => [|n IH] h x; first by rewrite mul0r.
rewrite /=; under eq_bigr => u _ do rewrite piE eq_sym; rewrite sum_at.
under eq_bigr => w _ do rewrite IH; rewrite (avg_const _ (SI.mu_dist R h)) mulrS mulrDl mul1r.
by rewrite /SI.rew.
Qed.

Lemma never_beyond n h x : beyond SI.f mu d 0 1 apart_pair n h x = 0.
Proof.
elim: n h x => [//|n IH] h x /=; rewrite big1 // => c _; rewrite /apart_pair; case: eqP => [->|_]; last by rewrite mul0r.
by rewrite subr0 /SI.d /= lexx big1 ?mulr0 // => w _; rewrite IH mulr0.
Qed.

Lemma never_exceeds k m h x S : (forall i, 0 <= S i) -> exceeds SI.f mu d d (gains 1 half) 1 apart_pair k m h x x S = 0.
Proof.
elim: m h x S => [|m IH] h x S S0 /=; first by rewrite SI.d_xx ltNge S0.
rewrite big1 // => c _; rewrite big1 ?mulr0 // => u _; rewrite big1 ?mulr0 // => w _.
rewrite IH ?mulr0 // => i; apply: addr_ge0; first exact: S0.
apply: mulr_ge0; last exact: SI.d_ge0.
by rewrite /gains mul1r exprn_ge0 // invr_ge0 ler0n.
Qed.

Lemma instance_theorem_1 : 0 < `|J SI.f mu rho rew (raw apart_pair) H - J SI.f mu rho rew (coded apart_pair) H|
  <= Catalog.theorem_1 (fun x => 1 - x^-1) H 1 1 1 0 1 0 half 0 0 0.
Proof.
apply/andP; split.
  by rewrite (constant rawE) (constant codedE) mulr0 subr0 mulr1 ger0_norm ?ler0n // ltr0n.
have g0 : 0 <= 1 :> R /\ 0 <= half by rewrite ler01 invr_ge0 ler0n.
have c0 : 0 <= 0 :> R /\ 0 <= 1 :> R by rewrite lexx ler01.
apply: (theorem_1 (d := 1) (G := fun h x x' u u' => coded apart_pair h x u * coded apart_pair h x' u') (SI.mu_dist R) (SI.rho_dist R)
  pair_dist pair_dist (SI.rew01 R) (SI.rew_lip R) c0 g0 ler01 (lexx 0) (SI.d_ge0 R) (SI.d_tri R) (@LearnerInstances.tangent_1 R) (@LearnerInstances.tangent_below R)).
- move=> h x x'; have [p0 p1] := coded_dist (pair_dist h x); have [q0 q1] := coded_dist (pair_dist h x').
  by split=> [u u'|u|u']; [rewrite mulr_ge0 | rewrite -mulr_sumr q1 mulr1 | rewrite -mulr_suml p1 mul1r].
- by move=> h x x'; rewrite !big_bool !codedE /SI.d /= ltxx !(mul0r, mulr0, addr0) mul1r ler0n.
- move=> t; rewrite /apart; under eq_bigr => x _ do rewrite (at_pair t x (fun c => d c.1 c.2)).
  by rewrite (avg_const _ (occ_dist (moves SI.f) t (SI.mu_dist R) (SI.rho_dist R) pair_dist)).
- rewrite big1 // => x _; by rewrite never_beyond mulr0.
- move=> k m _ _; rewrite big1 // => x _; by rewrite never_exceeds ?mulr0.
- by rewrite /tv big1 ?mul0r // => s _; rewrite subrr normr0.
- exact: ler01.
Qed.
End Instance.
