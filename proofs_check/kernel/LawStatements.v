(* The catalog's statements about the learnt law of trajectories: the class lacks the expert's, or is infinite and only a cover
   of it is counted; with models in which both sides are positive.  The bounds are the terms printed from the catalog. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Variance Certificates.
From Quantbc Require Catalog.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Misspecified.
Variables (R : rcfType) (T Pi : finType) (P : Pi -> T -> R) (Q : T -> R) (best : Pi) (n : nat) (a t chi2 : R).
Hypothesis Pd : forall p, is_dist (P p).
Hypothesis Qd : is_dist Q.
Hypothesis a_ge0 : 0 <= a.
Hypothesis t_gt0 : 0 < t.
Hypothesis positive : forall s, Q s != 0 -> P best s != 0.
Hypothesis chi2E : \sum_s Q s * (Q s / P best s) <= 1 + chi2.
Variable hat : data T n -> Pi.
Hypothesis mle : forall d p, lik P p d <= lik P (hat d) d.

Theorem misspecification :
  \sum_(d : data T n) iid Q d * ((Catalog.misspecification a < hell2 (P (hat d)) Q)%R : nat)%:R
    <= #|Pi|%:R * (Num.sqrt t * a ^+ n) + (1 + chi2) ^+ n / t.
Proof.
apply: (le_trans _ (lemma_s7 Pd Qd a_ge0 t_gt0 positive chi2E mle)).
apply: ler_sum => d _; apply: ler_wpmul2l; first by apply: prodr_ge0 => i _; case: Qd.
rewrite ler_nat (_ : (Catalog.misspecification a < _) = (1 - hell2 (P (hat d)) Q / 2%:R < a)) //.
set D := hell2 _ _; rewrite -[LHS]subr_gt0 -[RHS]subr_gt0.
rewrite (_ : D - Catalog.misspecification a = 2%:R * (a - (1 - D / 2%:R))) ?pmulr_rgt0 ?ltr0n //.
rewrite /Catalog.misspecification /Catalog.misspecification_distance.
by rewrite !mulrBr mulr1 [2%:R * (D / _)]mulrC divfK ?pnatr_eq0 //; ring.
Qed.
End Misspecified.

(* an infinite class: every law of it is at most b^-2 times some member of a finite cover; b = exp(-c/2), c the log cover *)
Section Covered.
Variables (R : rcfType) (T Pi : finType) (K : Type) (member : Pi -> T -> R) (P : K -> T -> R) (star : K) (n : nat) (a b : R).
Hypothesis member_dist : forall p, is_dist (member p).
Hypothesis Pd : forall k, is_dist (P k).
Hypothesis a_ge0 : 0 <= a.
Hypothesis b_gt0 : 0 < b.
Hypothesis covered : forall k, exists p, forall s, b ^+ 2 * P k s <= member p s.
Variable hat : data T n -> K.
Hypothesis mle : forall d k, iid (P k) d <= iid (P (hat d)) d.

Lemma root_add (u v : T -> R) :
  Num.sqrt (\sum_s (u s + v s) ^+ 2) <= Num.sqrt (\sum_s u s ^+ 2) + Num.sqrt (\sum_s v s ^+ 2).
Proof.
set A := \sum_s u s ^+ 2; set B := \sum_s v s ^+ 2.
have A0 : 0 <= A by apply: sumr_ge0 => s _; exact: sqr_ge0.
have B0 : 0 <= B by apply: sumr_ge0 => s _; exact: sqr_ge0.
have C0 : 0 <= \sum_s (u s + v s) ^+ 2 by apply: sumr_ge0 => s _; exact: sqr_ge0.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?addr_ge0 ?sqrtr_ge0 // sqr_sqrtr // sqrrD !sqr_sqrtr //.
have -> : \sum_s (u s + v s) ^+ 2 = A + (\sum_s u s * v s) *+ 2 + B.
  by rewrite /A /B -sumrMnl -!big_split /=; apply: eq_bigr => s _; rewrite sqrrD.
rewrite ler_add2r ler_add2l ler_pmuln2r //; apply: (le_trans (ler_norm _)).
rewrite -sqrtrM // -sqrtr_sqr; apply: ler_wsqrtr; exact: cauchy_schwarz.
Qed.

Lemma hell_triangle (p q r : T -> R) : hell p r <= hell p q + hell q r.
Proof.
apply: (le_trans _ (root_add (fun s => Num.sqrt (p s) - Num.sqrt (q s)) (fun s => Num.sqrt (q s) - Num.sqrt (r s)))).
rewrite le_eqVlt; apply/orP; left; apply/eqP; congr Num.sqrt; apply: eq_bigr => s _.
by rewrite addrA subrK.
Qed.

(* a law and the member above it *)
Lemma close k p : (forall s, b ^+ 2 * P k s <= member p s) -> hell2 (P k) (member p) <= 2%:R - 2%:R * b.
Proof.
move=> above; have [k0 k1] := Pd k; pose A (c : bool) := if c then P k else member p.
have Ad c : is_dist (A c) by case: c; [exact: Pd | exact: member_dist].
have E : 1 - hell2 (P k) (member p) / 2%:R = \sum_s Num.sqrt (P k s) * Num.sqrt (member p s) by exact: (affE false Ad true).
have bE : b <= 1 - hell2 (P k) (member p) / 2%:R.
  rewrite E -[b]mulr1 -k1 mulr_sumr; apply: ler_sum => s _.
  have e : P k s = Num.sqrt (P k s) * Num.sqrt (P k s) by rewrite -expr2 sqr_sqrtr.
  rewrite {1}e mulrCA.
  apply: ler_wpmul2l; first exact: sqrtr_ge0.
  rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?sqrtr_ge0 ?(ltW b_gt0) // exprMn !sqr_sqrtr //.
  by case: (member_dist p).
move: bE; rewrite ler_subr_addl addrC -ler_subr_addl ler_pdivr_mulr ?ltr0n // => le; apply: (le_trans le).
by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

Theorem covering :
  \sum_(d : data T n) iid (P star) d * ((Catalog.covering a b < hell (P (hat d)) (P star))%R : nat)%:R
    <= #|Pi|%:R * (a / b) ^+ n.
Proof.
have [q0 _] := Pd star; have b0 := ltW b_gt0; pose t := (b ^- n) ^+ 2.
have t0 : 0 < t by rewrite exprn_gt0 // invr_gt0 exprn_gt0.
have rt : Num.sqrt t = b ^- n by rewrite sqrtr_sqr ger0_norm // invr_ge0 exprn_ge0.
pose near p (d : data T n) : bool := iid (P star) d <= t * lik member p d.
pose aff p := 1 - hell2 (member p) (P star) / 2%:R.
apply: (@le_trans _ _ (\sum_(d : data T n) \sum_(p | aff p < a) iid (P star) d * (near p d : nat)%:R)).
  apply: ler_sum => d _; have Q0 : 0 <= iid (P star) d by exact: prodr_ge0.
  case: ltP => [far|_]; last by rewrite mulr0 sumr_ge0 // => p _; rewrite mulr_ge0 // ler0n.
  have [p above] := covered (hat d); have D := hell_triangle (P (hat d)) (member p) (P star).
  have off : aff p < a.
    have := lt_le_trans far D; rewrite /Catalog.covering /Catalog.covering_cover /Catalog.covering_estimation.
    move=> lt; have : Num.sqrt (2%:R - 2%:R * a) < hell (member p) (P star).
      rewrite -(ltr_add2l (Num.sqrt (2%:R - 2%:R * b))); apply: (lt_le_trans lt).
      by rewrite ler_add2r; apply: ler_wsqrtr; exact: close.
    rewrite /hell; have h0 : 0 <= hell2 (member p) (P star) by apply: sumr_ge0 => s _; exact: sqr_ge0.
    rewrite ltNge; move=> /negP ne; rewrite /aff ltNge; apply/negP => le; apply: ne; apply: ler_wsqrtr.
    move: le; rewrite ler_subr_addl addrC -ler_subr_addl ler_pdivr_mulr ?ltr0n // => le; apply: (le_trans le).
    by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
  have pos : near p d.
    apply: (le_trans (mle d star)); rewrite /t /lik /iid.
    have -> : (b ^- n) ^+ 2 = \prod_(i < n) (b ^- 2) by rewrite prodr_const card_ord exprVn -!exprM exprVn -exprM mulnC.
    rewrite -big_split /=; apply: ler_prod => i _; case: (Pd (hat d)) => k0 _; rewrite k0 /=.
    by rewrite mulrC ler_pdivl_mulr ?exprn_gt0 // mulrC; exact: above.
  by rewrite (bigD1 p) //= pos ler_addl sumr_ge0 // => p' _; rewrite mulr_ge0 // ler0n.
rewrite exchange_big /=; apply: (@le_trans _ _ (\sum_(p | aff p < a) (a / b) ^+ n)).
  apply: ler_sum => p far; apply: (le_trans (@far_likely R T Pi member (P star) n a t member_dist (Pd star) a_ge0 t0 p far)).
  by rewrite rt expr_div_n mulrC.
rewrite sumr_const -[X in X <= _]mulr_natl; apply: ler_wpmul2r; first by rewrite exprn_ge0 // divr_ge0.
by rewrite ler_nat max_card.
Qed.
End Covered.

(* one policy that flips a coin, data that always show heads: its distance from them exceeds 0 = misspecification 1 *)
Section Instance.
Variables (R : rcfType) (n : nat).
Definition coin (_ : unit) (_ : bool) : R := 2%:R^-1.
Definition heads (s : bool) : R := s%:R.
Definition only (_ : data [finType of bool] n) : unit := tt.

Lemma coin_dist p : is_dist (coin p).
Proof. by rewrite /coin; split=> [s|]; [rewrite invr_ge0 ler0n | rewrite big_bool /= [RHS](splitr 1) !mul1r]. Qed.
Lemma heads_dist : is_dist heads.
Proof. by rewrite /heads; split=> [s|]; [exact: ler0n | rewrite big_bool /= addr0]. Qed.
Lemma coin_positive (s : bool) : heads s != 0 -> coin tt s != 0.
Proof. by move=> _; rewrite /coin invr_neq0 // pnatr_eq0. Qed.
Lemma chi_square : \sum_s heads s * (heads s / coin tt s) <= 1 + 1.
Proof. by rewrite big_bool /heads /coin /= mul0r addr0 !mul1r invrK. Qed.
Lemma apart : 0 < hell2 (coin tt) heads.
Proof.
rewrite /hell2 big_bool /= /coin /heads; apply: ltr_spaddr; last exact: sqr_ge0.
by rewrite /= sqrtr0 subr0 sqr_sqrtr ?invr_gt0 ?invr_ge0 ?ltr0n ?ler0n.
Qed.

Lemma instance_misspecification :
  0 < \sum_(d : data [finType of bool] n) iid heads d *
        ((Catalog.misspecification 1 < hell2 (coin (only d)) heads)%R : nat)%:R
    <= #|[finType of unit]|%:R * (Num.sqrt 1 * 1 ^+ n) + (1 + 1) ^+ n / (1 : R).
Proof.
apply/andP; split; last first.
  exact: (@misspecification R [finType of bool] [finType of unit] coin heads tt n 1 1 1 coin_dist heads_dist ler01 ltr01
    coin_positive chi_square only (fun d p => lexx _)).
rewrite (eq_bigr (fun d => iid heads d)); last first.
  move=> d _; rewrite (_ : _ < _ = true) ?mulr1 //.
  by apply: le_lt_trans apart; rewrite /Catalog.misspecification /Catalog.misspecification_distance mulr1 subrr.
by have [_ ->] := iid_dist n heads_dist; exact: ltr01.
Qed.
End Instance.

(* a fair coin and one that always shows heads, each in the cover; if all tosses show heads the learner is off, and that is
   more than 0 = covering 1 1 *)
Section CoverInstance.
Variables (R : rcfType) (n : nat).
Definition either (k : bool) (s : bool) : R := if k then heads R s else coin R tt s.
Definition all_heads (d : data [finType of bool] n) : bool := [forall i, d i].

Lemma either_dist k : is_dist (either k). Proof. by case: k; [exact: heads_dist | exact: coin_dist]. Qed.
Lemma either_covered k : exists p, forall s, 1 ^+ 2 * either k s <= either p s.
Proof. by exists k => s; rewrite expr1n mul1r. Qed.
Lemma coin_le1 k s : 0 <= either k s <= 1.
Proof. by have [e0 e1] := either_dist k; rewrite e0 -e1 (bigD1 s) //= ler_addl sumr_ge0. Qed.
Lemma either_mle d k : iid (either k) d <= iid (either (all_heads d)) d.
Proof.
rewrite /all_heads; case: (boolP [forall i, d i]) => [/forallP hs|].
  have -> : iid (either true) d = 1 by apply: big1 => i _; rewrite /either /heads hs.
  by apply: (@le_trans _ _ (\prod_(i < n) 1)); [apply: ler_prod => i _; exact: coin_le1 | rewrite big1_eq].
rewrite negb_forall => /existsP [i ti]; case: k => //.
by rewrite {1}/iid (bigD1 i) //= /either /heads (negbTE ti) mul0r prodr_ge0 // => j _; case: (coin_dist R tt).
Qed.

Lemma instance_covering :
  0 < \sum_(d : data [finType of bool] n) iid (either false) d *
        ((Catalog.covering 1 1 < hell (either (all_heads d)) (either false))%R : nat)%:R
    <= #|[finType of bool]|%:R * (1 / 1) ^+ n.
Proof.
apply/andP; split; last first.
  exact: (@covering R _ _ bool either either false n 1 1 either_dist either_dist ler01 ltr01 either_covered all_heads either_mle).
pose d0 : data [finType of bool] n := [ffun=> true].
have [c0 _] := coin_dist R tt.
rewrite (bigD1 d0) //=; apply: ltr_paddr.
  by apply: sumr_ge0 => d _; apply: mulr_ge0; [apply: prodr_ge0 => i _; exact: c0 | exact: ler0n].
have -> : all_heads d0 = true by apply/forallP => i; rewrite ffunE.
rewrite (_ : Catalog.covering 1 1 < _ = true); last first.
  rewrite /Catalog.covering /Catalog.covering_cover /Catalog.covering_estimation mulr1 subrr sqrtr0 addr0 sqrtr_gt0.
  have -> : hell2 (either true) (either false) = hell2 (coin R tt) (heads R).
    by apply: eq_bigr => s _; rewrite /either -[LHS]sqrrN opprB.
  exact: apart.
by rewrite mulr1 prodr_gt0 // => i _; rewrite /either /coin invr_gt0 ltr0n.
Qed.
End CoverInstance.
