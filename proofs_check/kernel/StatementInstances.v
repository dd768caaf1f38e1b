(* The hypotheses of the catalog's statements have models in which both sides are positive.
   Learners: one step, two states with probability 1/2 each, which the actions do not move.  The expert plays `false`; the class
   holds its policy and one that plays `true` in state `true`.  If no demonstration starts there, the likelihoods agree and
   the learner may take the wrong policy, whose regret is 1/2. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Deterministic Learners Statements.
From Quantbc Require Catalog Theorem8 Theorem9.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Learner.
Variables (R : rcfType) (n : nat) (a : R).
Hypothesis a01 : 0 <= a <= 1.
Hypothesis a_large : 3%:R / 4%:R < a ^+ 2.

Definition f (_ : nat) (x _ : bool) (_ : unit) : bool := x.
Definition mu (_ : nat) (_ : unit) : R := 1.
Definition rho (_ : bool) : R := 2%:R^-1.
Definition rew (_ : nat) (_ u : bool) : R := (u == false)%:R.
Definition d (x y : bool) : R := (x != y)%:R.
Definition expert (_ : nat) (_ u : bool) : R := (u == false)%:R.
Definition map (p : bool) (_ : nat) (x : bool) : bool := p && x.
Definition pol (p : bool) (h : nat) (x c : bool) : R := (c == map p h x)%:R.
Definition q (u : bool) : bool := u.
Definition fit (p : bool) (s : data (path [finType of bool] [finType of bool] 1) n) : R := \prod_i labels (pol p) 0 (s i).
Definition hat (s : data (path [finType of bool] [finType of bool] 1) n) : bool := fit false s <= fit true s.

Lemma one_of (b : bool) : \sum_u (u == b)%:R = 1 :> R.
Proof. by rewrite big_bool; case: b; rewrite /= ?addr0 ?add0r. Qed.
Lemma mu_dist (h : nat) : is_dist (mu h).
Proof. by split=> [t|]; rewrite ?ler01 // big_const card_unit /= addr0. Qed.
Lemma half : 2%:R^-1 + 2%:R^-1 = 1 :> R.
Proof. by rewrite [RHS](splitr 1) !mul1r. Qed.
Lemma rho_dist : is_dist rho.
Proof. by rewrite /rho; split=> [t|]; rewrite ?invr_ge0 ?ler0n // big_bool /= half. Qed.
Lemma expert_dist (h : nat) x : is_dist (expert h x).
Proof. by split=> [t|]; [exact: ler0n | exact: one_of]. Qed.
Lemma pol_dist p (h : nat) x : is_dist (pol p h x).
Proof. by split=> [t|]; [exact: ler0n | exact: one_of]. Qed.
Lemma rew01 (h : nat) x u : 0 <= rew h x u <= 1.
Proof. by rewrite /rew; case: u; rewrite /= ?lexx ?ler01. Qed.
Lemma rew_lip (h : nat) x u x' u' : `|rew h x u - rew h x' u'| <= 0 * d x x' + 1 * d u u'.
Proof.
rewrite mul0r add0r mul1r /rew /d.
by case: u; case: u'; rewrite /= ?subrr ?normr0 ?subr0 ?sub0r ?normrN ?normr1 ?lexx.
Qed.
Lemma d_tri u v w : d u w <= d u v + d v w.
Proof. by rewrite /d; case: u; case: v; case: w; rewrite /= ?addr0 ?add0r ?lexx ?ler01 ?addr_ge0 ?ler01. Qed.
Lemma d_sym u v : d u v = d v u. Proof. by rewrite /d eq_sym. Qed.
Lemma d_xx u : d u u = 0. Proof. by rewrite /d eqxx. Qed.
Lemma d_ge0 u v : 0 <= d u v. Proof. exact: ler0n. Qed.
Lemma no_error u : d u (q u) <= 0. Proof. by rewrite d_xx. Qed.
Lemma stable x1 us us' (ws : nat -> unit) h :
  d (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) 1 * 2%:R^-1 ^+ (h.-1 - t) * d (us t) (us' t).
Proof.
have still vs : traj f x1 vs ws h = x1 by elim: h => //= h ->.
rewrite !still d_xx; apply: sumr_ge0 => t _; by rewrite mul1r mulr_ge0 ?d_ge0 // exprn_ge0 // invr_ge0 ler0n.
Qed.
Lemma labelsE (h : nat) x c : piQ expert q h x c = (c == false)%:R.
Proof. by rewrite /piQ /q big_pred1_eq. Qed.
Lemma realizable (h : nat) x c : pol false h x c = piQ expert q h x c. Proof. by rewrite labelsE. Qed.
Lemma sure (h : nat) x c : piQ expert q h x c = 0 \/ piQ expert q h x c = 1.
Proof. by rewrite labelsE; case: eqP; [right|left]. Qed.
Lemma sure_class p (h : nat) x c : pol p h x c = 0 \/ pol p h x c = 1.
Proof. by rewrite /pol; case: eqP; [right|left]. Qed.
Lemma mle (s : data (path [finType of bool] [finType of bool] 1) n) p : \prod_i labels (pol p) 0 (s i) <= \prod_i labels (pol (hat s)) 0 (s i).
Proof.
change (fit p s <= fit (hat s) s); rewrite /hat.
by case: (leP (fit false s) (fit true s)) => [le|/ltW le]; case: p.
Qed.
Lemma tvc p (h : nat) x x' : exists G : bool -> bool -> R,
  [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
      forall u', \sum_u G u u' = pol p h x' u' &
      \sum_u \sum_u' G u u' * ((0 < d u u')%R : nat)%:R <= 1 * d x x'].
Proof.
exists (fun u u' => (u == map p h x)%:R * (u' == map p h x')%:R); split.
- by move=> u u'; rewrite mulr_ge0 ?ler0n.
- by move=> u; rewrite -mulr_sumr one_of mulr1.
- by move=> u; rewrite -mulr_suml one_of mul1r.
rewrite mul1r !big_bool /d /map; case: p; case: x; case: x'; rewrite /= ?ltxx ?ltr01 /=;
  by rewrite ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0) ?lexx ?ler01.
Qed.
Lemma lipschitz p (h : nat) x x' : d (map p h x) (map p h x') <= 1 * d x x'.
Proof. by rewrite mul1r /map /d; case: p; case: x; case: x'; rewrite /= ?lexx ?ler01. Qed.

Lemma return_of (pi : nat -> bool -> bool -> R) :
  J f mu rho rew pi 1 = 2%:R^-1 * pi 0%N true false + 2%:R^-1 * pi 0%N false false.
Proof.
rewrite /J big_bool /= !big_bool /rew /= big1 /rho; last by move=> w _; rewrite mulr0.
by rewrite ?(mul0r, mulr0, mul1r, mulr1, add0r, addr0).
Qed.
Lemma regret_wrong : J f mu rho rew expert 1 - J f mu rho rew (pol true) 1 = 2%:R^-1.
Proof. by rewrite !return_of /expert /pol /= !(mulr1, mulr0, add0r) addrK. Qed.

(* no demonstration starts in state true *)
Lemma mistaken (B : pred (data (path [finType of bool] [finType of bool] 1) n)) :
  (forall s, hat s = true -> B s) -> 0 < prob f mu rho expert q B.
Proof.
move=> wrong; pose s0 : data (path [finType of bool] [finType of bool] 1) n := [ffun=> (false, false, tt)].
have fit0 p : fit p s0 = 1.
  by rewrite /fit big1 // => i _; rewrite ffunE /= mulr1 /pol /map andbF.
have B0 : B s0 by apply: wrong; rewrite /hat !fit0 lexx.
have [law_ge0 _] := law_dist f q mu_dist expert_dist 1 0 (piQ_dist q expert_dist) rho_dist.
rewrite /prob (bigD1 s0) //= B0 mulr1; apply: ltr_paddr.
  by apply: sumr_ge0 => s _; apply: mulr_ge0; [apply: prodr_ge0 => i _; exact: law_ge0 | exact: ler0n].
by apply: prodr_gt0 => i _; rewrite ffunE /= labelsE eqxx !mulr1 /rho invr_gt0 ltr0n.
Qed.

Lemma class_size : (#|[finType of bool]|.-1)%:R * a ^+ n = a ^+ n. Proof. by rewrite card_bool mul1r. Qed.
Lemma quarter : 1 - a ^+ 2 < 4%:R^-1.
Proof.
rewrite ltr_subl_addr -ltr_subl_addl; apply: (le_lt_trans _ a_large).
rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite -[X in X - _](@divff _ 4%:R) ?pnatr_eq0 //.
by rewrite -[X in _ - X]mul1r -mulrBl -(natrB _ (isT : (1 <= 4)%N)).
Qed.
Lemma quarter_half : 4%:R^-1 < 2%:R^-1 :> R.
Proof. by rewrite ltf_pinv ?posrE ?ltr0n // ltr_nat. Qed.
Lemma root_small : Num.sqrt (1 - a ^+ 2) < 2%:R^-1.
Proof.
rewrite -[X in _ < X]ger0_norm ?invr_ge0 ?ler0n // -sqrtr_sqr ltr_sqrt.
  by apply: (lt_le_trans quarter); rewrite exprVn -natrX.
by rewrite exprn_gt0 // invr_gt0 ltr0n.
Qed.
Lemma one_less_a : 1 - a < 2%:R^-1.
Proof.
have /andP [a0 a1] := a01; apply: (le_lt_trans _ (lt_trans quarter quarter_half)).
by rewrite ler_add2l ler_opp2 expr2 -[X in _ <= X]mulr1; apply: ler_wpmul2l.
Qed.

Lemma constants : (0 <= 0 :> R /\ 0 <= 1 :> R) /\ (0 <= 1 :> R /\ 0 <= 2%:R^-1 :> R).
Proof. by rewrite !lexx !ler01 invr_ge0 ler0n. Qed.
Lemma first_step (F : nat -> R) : \sum_(1 <= h < 2) F h = F 1%N. Proof. exact: big_nat1. Qed.

Lemma instance_theorem_2 :
  0 < prob f mu rho expert q (fun s : data (path [finType of bool] [finType of bool] 1) n =>
    Catalog.theorem_2 1 1 1 1 0 a 0 (2%:R^-1) < `|J f mu rho rew expert 1 - J f mu rho rew (pol (hat s)) 1|) <= a ^+ n.
Proof.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.theorem_2 /Catalog.theorem_2_imitation /Catalog.theorem_2_decoupling /Catalog.theorem_2_drift.
  by rewrite !first_step big_geq // subrr !(mulr0, mul0r) !addr0 mul1r root_small.
rewrite -class_size; have [c0 g0] := constants.
exact: (theorem_2 mu_dist rho_dist expert_dist pol_dist rew01 rew_lip c0 g0 (lexx 0) d_tri d_xx no_error
  stable realizable a01 mle ler01 tvc).
Qed.

Lemma instance_theorem_3 :
  0 < prob f mu rho expert q (fun s : data (path [finType of bool] [finType of bool] 1) n =>
    Catalog.theorem_3 1 1 1 1 0 a 0 (2%:R^-1) 0 < `|J f mu rho rew expert 1 - J f mu rho rew (pol (hat s)) 1|) <= a ^+ n.
Proof.
have tvc0 p (h : nat) x x' : exists G : bool -> bool -> R,
    [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
        forall u', \sum_u G u u' = pol p h x' u' &
        \sum_u \sum_u' G u u' * ((0 * 0 < d u u')%R : nat)%:R <= 1 * d x x'].
  by have [G HG] := tvc p h x x'; exists G; rewrite mul0r.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.theorem_3 /Catalog.theorem_3_imitation /Catalog.theorem_3_decoupling /Catalog.theorem_3_drift.
  by rewrite !first_step big_geq // subrr !(mulr0, mul0r) !addr0 mul1r (lt_trans quarter quarter_half).
rewrite -class_size; have [c0 g0] := constants.
exact: (theorem_3 mu_dist rho_dist expert_dist pol_dist rew01 rew_lip c0 g0 (lexx 0) d_tri d_xx no_error
  stable realizable a01 mle (lexx 0) ler01 tvc0 sure).
Qed.

Lemma instance_theorem_3_deterministic_class :
  0 < prob f mu rho expert q (fun s : data (path [finType of bool] [finType of bool] 1) n =>
    Catalog.theorem_3_deterministic_class 1 1 1 1 0 a 0 (2%:R^-1) 0
      < `|J f mu rho rew expert 1 - J f mu rho rew (pol (hat s)) 1|) <= a ^+ n.
Proof.
have tvc0 p (h : nat) x x' : exists G : bool -> bool -> R,
    [/\ forall u u', 0 <= G u u', forall u, \sum_u' G u u' = pol p h x u,
        forall u', \sum_u G u u' = pol p h x' u' &
        \sum_u \sum_u' G u u' * ((0 * 0 < d u u')%R : nat)%:R <= 1 * d x x'].
  by have [G HG] := tvc p h x x'; exists G; rewrite mul0r.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.theorem_3_deterministic_class /Catalog.theorem_3_deterministic_class_imitation.
  rewrite /Catalog.theorem_3_deterministic_class_decoupling /Catalog.theorem_3_deterministic_class_drift.
  by rewrite !first_step big_geq // subrr !(mulr0, mul0r, addr0) mul1r one_less_a.
rewrite -class_size; have [c0 g0] := constants.
exact: (theorem_3_deterministic_class mu_dist rho_dist expert_dist pol_dist rew01 rew_lip c0 g0 (lexx 0) d_tri d_xx no_error
  stable realizable a01 mle (lexx 0) ler01 tvc0 sure_class).
Qed.

Lemma instance_binning_lipschitz :
  0 < prob f mu rho expert q (fun s : data (path [finType of bool] [finType of bool] 1) n =>
    Catalog.binning_lipschitz 1 1 1 0 a 0 (2%:R^-1) 1
      < `|J f mu rho rew expert 1 - J f mu rho rew (pol (hat s)) 1|) <= a ^+ n.
Proof.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.binning_lipschitz /Catalog.binning_lipschitz_imitation /Catalog.binning_lipschitz_drift.
  by rewrite first_step !(mulr0, mul0r, addr0) mul1r one_less_a.
rewrite -class_size; have [c0 g0] := constants.
exact: (binning_lipschitz mu_dist rho_dist expert_dist pol_dist rew01 rew_lip c0 g0 (lexx 0) d_tri d_xx no_error
  stable realizable a01 mle ler01 d_sym lipschitz).
Qed.
End Learner.

(* every algorithm will do; here the one that always plays 0 *)
Section Lower.
Variables (R : rcfType) (H n : nat) (eps_q : R).
Hypothesis H_gt0 : (0 < H)%N.
Hypothesis n_gt0 : (0 < n)%N.
Hypothesis eps_small : 0 < eps_q < 4%:R^-1.

Lemma small : 0 < H%:R * eps_q. Proof. by have /andP [e0 _] := eps_small; rewrite mulr_gt0 // ltr0n. Qed.
Lemma rest k : (k <= 4)%N -> 0 <= 1 - k%:R * eps_q.
Proof.
move=> k4; have /andP [e0 e1] := eps_small; rewrite subr_ge0.
apply: (le_trans (ler_wpmul2r (ltW e0) (_ : k%:R <= 4%:R))); first by rewrite ler_nat.
by rewrite mulrC -ler_pdivl_mulr ?ltr0n // mul1r ltW.
Qed.

Lemma instance_theorem_8 : exists high mir, 0 < Catalog.theorem_8 H n eps_q
  <= Theorem8.regret (n:=n) eps_q ((n%:R + 1)^-1) H%:R (fun _ : unit => 0) (fun _ _ _ => 1) high mir.
Proof.
have /andP [e0 e1] := eps_small.
have [|high [mir [_ B]]] := @theorem_8 R H n eps_q _ (fun _ : unit => 0) (fun _ _ _ => 1) (ltW e0).
  by move=> ? ?; split=> [t|]; rewrite ?ler01 // big_const card_unit /= addr0.
exists high, mir; rewrite B andbT; apply: ltr_paddl; last exact: small.
have n0 : 0 < n%:R + 1 :> R by rewrite addrC -mulrS ltr0n.
have p : 0 <= 1 - (n%:R + 1)^-1 :> R by rewrite subr_ge0 invf_le1 // ler_addr ler0n.
apply: divr_ge0; last by rewrite addr_ge0 ?mulr_ge0 ?ler0n.
by rewrite !mulr_ge0 ?ler0n ?rest ?exprn_ge0.
Qed.

(* the best algorithm pays exactly that *)
Lemma instance_theorem_8_minimax : exists (A : finType) act alg, forall high mir, 0 < Catalog.theorem_8 H n eps_q
  <= @Theorem8.regret R n eps_q ((n%:R + 1)^-1) H%:R A act alg high mir.
Proof.
have /andP [e0 e1] := eps_small; have e4 : 0 <= eps_q <= 4%:R^-1 by rewrite (ltW e0) (ltW e1).
have [_ [A [act [alg [_ E]]]]] := theorem_8_minimax H n_gt0 e4.
exists A, act, alg => high mir; rewrite E lexx andbT.
by have [? [? /andP [p _]]] := instance_theorem_8.
Qed.

Lemma instance_theorem_9 : 0 < Catalog.theorem_9 H n eps_q /\ exists s, (0 : R) < 8%:R^-1 <= \sum_d Theorem9.sample R (n:=n) s d *
  ((Catalog.theorem_9 H n eps_q <= Theorem9.regret n eps_q H%:R s 0)%R : nat)%:R.
Proof.
have /andP [e0 e1] := eps_small; split.
  apply: ltr_paddl; last exact: small.
  apply: divr_ge0; last by rewrite mulr_ge0 ?ler0n ?sqrtr_ge0.
  by rewrite !mulr_ge0 ?ler0n ?rest.
have e2 : 0 <= eps_q <= 2%:R^-1.
  by rewrite (ltW e0) /=; apply: (le_trans (ltW e1)); rewrite lef_pinv ?posrE ?ltr0n // ler_nat.
have [s [_ B]] := @theorem_9 R H n eps_q (fun _ => 0) n_gt0 e2.
by exists s; rewrite B andbT invr_gt0 ltr0n.
Qed.
End Lower.
