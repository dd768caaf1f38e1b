(* Theorem 8, every n, every (randomised) algorithm on labelled data: four experts, x_1 = 1 with probability `rare`.  No axioms.
   Raw action at x_1 = 0: 0 or 2 eps (one bin, code eps); at x_1 = 1 the same, or one minus it (code 1 - eps).  The regret of
   H rewards 1 - |u_1 - target x_1| is H E |u_1 - target x_1|.  Bayes risk >= H [eps + (1 - 4 eps)/2 rare (1 - rare)^n]. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Comparison.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section T8.
Variables (R : realFieldType) (n : nat) (eps rare H : R) (A : finType) (act : A -> R).
Hypothesis eps_ge0 : 0 <= eps.
Hypothesis rare01 : 0 <= rare <= 1.
Hypothesis H_ge0 : 0 <= H.
Definition starts := {ffun 'I_n -> bool}.
Definition w (x : bool) : R := if x then rare else 1 - rare.
Definition weight (d : starts) : R := \prod_i w (d i).
Definition target (high mir x : bool) : R :=
  if x && mir then (if high then 1 - 2%:R * eps else 1) else (if high then 2%:R * eps else 0).
Definition label (mir x : bool) := x && mir.
Definition code (b : bool) : R := if b then 1 - eps else eps.
Definition seen (mir : bool) (d : starts) : {ffun 'I_n -> bool * bool} := [ffun i => (d i, label mir (d i))].
Variable alg : {ffun 'I_n -> bool * bool} -> bool -> A -> R.
Hypothesis alg_dist : forall d x, is_dist (alg d x).
Definition loss high mir d x := \sum_a alg (seen mir d) x a * `|act a - target high mir x|.
Definition regret high mir := H * \sum_d (weight d * \sum_x (w x * loss high mir d x)).

Lemma quantization_error high mir x : `|target high mir x - code (label mir x)| = eps.
Proof.
rewrite /target /code /label; case: (x && mir); case: high.
- have -> : 1 - 2%:R * eps - (1 - eps) = - eps by ring.
  by rewrite normrN ger0_norm.
- by rewrite opprB addrC subrK ger0_norm.
- have -> : 2%:R * eps - eps = eps by ring.
  by rewrite ger0_norm.
- by rewrite sub0r normrN ger0_norm.
Qed.

Lemma w_dist : is_dist w.
Proof.
have /andP [r0 r1] := rare01.
by split=> [x|]; [rewrite /w; case: x; rewrite ?subr_ge0 | rewrite big_bool /w /= addrC subrK].
Qed.

Lemma weight_dist : is_dist weight.
Proof.
have [w0 w1] := w_dist; split=> [d|]; first by apply: prodr_ge0.
by rewrite /weight -(bigA_distr_bigA (fun (_ : 'I_n) b => w b)); apply: big1 => i _; exact: w1.
Qed.

Lemma two (u s t : R) : t - s <= `|u - s| + `|u - t|.
Proof.
have -> : t - s = (u - s) + (t - u) by ring.
by rewrite [`|u - t|]distrC; apply: ler_add; exact: ler_norm.
Qed.

(* a seen label tells the bin, not the end of it *)
Lemma known mir d x : 2%:R * eps <= loss false mir d x + loss true mir d x.
Proof.
rewrite /loss -big_split /=.
under eq_bigr => a _ do rewrite -mulrDr.
apply: avg_ge => // a _; rewrite /target; case: (x && mir).
  have := two (act a) (1 - 2%:R * eps) 1; rewrite opprB addrC subrK => h; by rewrite addrC.
by have := two (act a) 0 (2%:R * eps); rewrite subr0.
Qed.

Definition none : starts := [ffun=> false].

(* if x_1 = 1 was never seen, nothing tells the bin either *)
Lemma blind : 2%:R - 4%:R * eps <=
  loss false false none true + loss false true none true + loss true false none true + loss true true none true.
Proof.
have E : seen true none = seen false none by apply/ffunP => i; rewrite !ffunE.
rewrite /loss E -!big_split /=.
under eq_bigr => a _ do rewrite -!mulrDr.
apply: avg_ge => // a _; rewrite /target /=.
have -> : 2%:R - 4%:R * eps = (1 - 0) + (1 - 2%:R * eps - 2%:R * eps) by ring.
by rewrite -[X in _ <= X]addrA; apply: ler_add; exact: two.
Qed.

Lemma weight_none : weight none = (1 - rare) ^+ n.
Proof. by rewrite /weight; under eq_bigr => i _ do rewrite ffunE; rewrite prodr_const card_ord. Qed.

Theorem bayes_risk :
  H * (eps + (1 - 4%:R * eps) / 2%:R * (rare * (1 - rare) ^+ n))
  <= (regret false false + regret false true + regret true false + regret true true) / 4%:R.
Proof.
have [w0 w1] := w_dist; have [W0 W1] := weight_dist.
rewrite ler_pdivl_mulr ?ltr0n // /regret -!mulrDr -[H * _ * 4%:R]mulrA; apply: ler_wpmul2l => //.
rewrite -!big_split /=.
pose S d x := loss false false d x + loss false true d x + loss true false d x + loss true true d x.
have -> : \sum_d (weight d * (\sum_x w x * loss false false d x) + weight d * (\sum_x w x * loss false true d x)
   + weight d * (\sum_x w x * loss true false d x) + weight d * (\sum_x w x * loss true true d x))
  = \sum_d weight d * (\sum_x w x * S d x).
  apply: eq_bigr => d _; rewrite -!mulrDr -!big_split /=; congr (_ * _); apply: eq_bigr => x _.
  by rewrite -!mulrDr.
have SL d x : 4%:R * eps <= S d x.
  have -> : S d x = (loss false false d x + loss true false d x) + (loss false true d x + loss true true d x).
    by rewrite /S; ring.
  have -> : 4%:R * eps = 2%:R * eps + 2%:R * eps by rewrite -mulrDl -natrD.
  by apply: ler_add; exact: known.
have IN d : 4%:R * eps <= \sum_x w x * S d x by apply: avg_ge => // x _; exact: SL.
have IB : 4%:R * eps + 2%:R * (1 - 4%:R * eps) * rare <= \sum_x w x * S none x.
  rewrite big_bool /w /= [X in _ <= X]addrC; have /andP [r0 r1] := rare01.
  have c0 : 0 <= 1 - rare by rewrite subr_ge0.
  apply: (le_trans _ (ler_add (ler_wpmul2l c0 (SL none false)) (ler_wpmul2l r0 blind))).
  by rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
rewrite (bigD1 none) //=.
have rest : \sum_(d | d != none) weight d = 1 - weight none.
  by rewrite -W1 [in RHS](bigD1 none) //= addrAC subrr add0r.
apply: (@le_trans _ _ (weight none * (4%:R * eps + 2%:R * (1 - 4%:R * eps) * rare)
   + \sum_(d | d != none) weight d * (4%:R * eps))); last first.
  by apply: ler_add; [exact: ler_wpmul2l | apply: ler_sum => d _; exact: ler_wpmul2l].
rewrite -mulr_suml rest weight_none le_eqVlt; apply/orP; left; apply/eqP.
have h4 : 2%:R^-1 * 4%:R = 2%:R :> R by rewrite (natrM _ 2 2) mulrA mulVf ?mul1r // pnatr_eq0.
have -> : (eps + (1 - 4%:R * eps) / 2%:R * (rare * (1 - rare) ^+ n)) * 4%:R
  = 4%:R * eps + (1 - 4%:R * eps) * (2%:R^-1 * 4%:R) * (rare * (1 - rare) ^+ n).
  by move: (2%:R^-1) ((1 - rare) ^+ n) => t1 t2; ring.
by rewrite h4; move: ((1 - rare) ^+ n) => t; ring.
Qed.

(* some expert makes the algorithm pay it *)
Theorem theorem_8 : exists high mir,
  H * (eps + (1 - 4%:R * eps) / 2%:R * (rare * (1 - rare) ^+ n)) <= regret high mir.
Proof.
set v := H * _; have B := bayes_risk; rewrite -/v ler_pdivl_mulr ?ltr0n // in B.
case: (leP v (regret false false)) => [?|a]; first by exists false, false.
case: (leP v (regret false true)) => [?|b]; first by exists false, true.
case: (leP v (regret true false)) => [?|c]; first by exists true, false.
case: (leP v (regret true true)) => [?|d]; first by exists true, true.
have := ltr_add (ltr_add (ltr_add a b) c) d; move=> /(le_lt_trans B).
have -> : v * 4%:R = v + v + v + v by ring.
by rewrite ltxx.
Qed.
End T8.

(* the value is attained, so it is the minimax regret of the four experts: between the two ends of a known bin, a little below
   its middle; in the middle of everything where x_1 = 1 was never seen *)
Section Attained.
Variables (R : realFieldType) (n : nat) (eps rare H : R).
Hypothesis eps_small : 0 <= eps <= 4%:R^-1.
Hypothesis rare01 : 0 <= rare <= 1.
Local Notation data := {ffun 'I_n.+1 -> bool * bool}.
Definition between : R := eps * (1 - rare * (1 - rare) ^+ n).
Definition played (k : bool * bool) : R := if k.1 then code eps k.2 else (if k.2 then 2%:R^-1 else between).
Definition choice (d : data) (x : bool) : bool * bool :=
  if x then (if [exists i, (d i).1] then (true, [exists i, (d i).2]) else (false, true)) else (false, false).
Definition balanced (d : data) (x : bool) (k : bool * bool) : R := (choice d x == k)%:R.

Lemma balanced_dist d x : is_dist (balanced d x).
Proof.
split=> [k|]; first exact: ler0n.
by rewrite /balanced (bigD1 (choice d x)) //= eqxx big1 ?addr0 // => k /negbTE; rewrite eq_sym => ->.
Qed.

Let eps0 : 0 <= eps. Proof. by have /andP [] := eps_small. Qed.
Lemma between_range : 0 <= between <= 2%:R * eps.
Proof.
have /andP [r0 r1] := rare01; have q0 : 0 <= 1 - rare by rewrite subr_ge0.
have q1 : (1 - rare) ^+ n <= 1 by apply: exprn_ile1 => //; rewrite ler_subl_addr ler_addl.
have p0 : 0 <= rare * (1 - rare) ^+ n by rewrite mulr_ge0 ?exprn_ge0.
have p1 : rare * (1 - rare) ^+ n <= 1 by rewrite mulr_ile1 ?exprn_ge0.
rewrite /between mulr_ge0 ?subr_ge0 //= [X in _ <= X]mulrC; apply: ler_wpmul2l => //.
by rewrite ler_subl_addr; apply: (@le_trans _ _ 2%:R); [rewrite ler1n | rewrite ler_addl].
Qed.

Lemma loss_balanced high mir (d : {ffun 'I_n.+1 -> bool}) x :
  loss eps played balanced high mir d x = `|played (choice (seen mir d) x) - target eps high mir x|.
Proof. exact: (sum_at (choice (seen mir d) x) (fun k => `|played k - target eps high mir x|)). Qed.

Definition common (high : bool) : R := if high then 2%:R * eps - between else between.
Definition blind_loss (high : bool) : R := if high then 2%:R^-1 - 2%:R * eps else 2%:R^-1.

Lemma loss_common high mir d : loss eps played balanced high mir d false = common high.
Proof.
have /andP [b0 b1] := between_range; rewrite loss_balanced /choice /played /target /common /=.
by case: high; [rewrite distrC ger0_norm ?subr_ge0 | rewrite subr0 ger0_norm].
Qed.

Lemma half_split : 1 - 2%:R^-1 = 2%:R^-1 :> R.
Proof. by rewrite [X in X - _](splitr 1) mul1r addrK. Qed.
Lemma room : 0 <= 2%:R^-1 - 2%:R * eps.
Proof.
have /andP [_ e4] := eps_small; rewrite subr_ge0; apply: (le_trans (ler_wpmul2l (ler0n R 2) e4)).
have -> : 2%:R * 4%:R^-1 = 2%:R^-1 :> R by rewrite (natrM _ 2 2) invfM mulrA divff ?mul1r // pnatr_eq0.
exact: lexx.
Qed.

Lemma loss_blind high mir : loss eps played balanced high mir (none n.+1) true = blind_loss high.
Proof.
rewrite loss_balanced /choice /= ifF; last first.
  by apply/negbTE; rewrite negb_exists; apply/forallP => i; rewrite !ffunE.
rewrite /played /target /blind_loss /=; have r := room; have h0 : 0 <= 2%:R^-1 :> R by rewrite invr_ge0 ler0n.
case: mir => /=; case: high.
- have -> : 2%:R^-1 - (1 - 2%:R * eps) = - (2%:R^-1 - 2%:R * eps) by rewrite -{2}half_split; ring.
  by rewrite normrN ger0_norm.
- by rewrite distrC half_split ger0_norm.
- by rewrite ger0_norm.
- by rewrite subr0 ger0_norm.
Qed.

Lemma loss_seen high mir d : d != none n.+1 -> loss eps played balanced high mir d true = eps.
Proof.
move=> ne; have [i di] : exists i, d i.
  apply/existsP; apply: contraNT ne; rewrite negb_exists => /forallP no; apply/eqP/ffunP => i.
  by rewrite ffunE; apply/negbTE; exact: no.
rewrite loss_balanced /choice /= ifT; last by apply/existsP; exists i; rewrite ffunE.
have -> : [exists i, (seen mir d i).2] = label mir true.
  apply/existsP/idP => [[j]|m]; first by rewrite ffunE /= /label => /andP [].
  by exists i; rewrite ffunE /= /label di.
by rewrite /played /= distrC quantization_error.
Qed.

Theorem attained high mir : regret (n:=n.+1) eps rare H played balanced high mir
  = H * (eps + (1 - 4%:R * eps) / 2%:R * (rare * (1 - rare) ^+ n.+1)).
Proof.
have [W0 W1] := @weight_dist R n.+1 rare rare01; rewrite /regret; congr (_ * _).
have E d : \sum_x w rare x * loss eps played balanced high mir d x =
  (1 - rare) * common high + rare * (eps + (d == none n.+1)%:R * (blind_loss high - eps)).
  rewrite big_bool /= loss_common addrC; congr (_ + _ * _).
  case: (eqVneq d (none n.+1)) => [->|ne]; first by rewrite mul1r loss_blind addrC subrK.
  by rewrite mul0r addr0 loss_seen.
under eq_bigr => d _ do rewrite E mulrDr.
rewrite big_split /= -mulr_suml W1 mul1r.
have -> : \sum_d weight rare d * (rare * (eps + (d == none n.+1)%:R * (blind_loss high - eps)))
  = rare * (eps + (1 - rare) ^+ n.+1 * (blind_loss high - eps)).
  under eq_bigr => d _ do rewrite mulrCA mulrDr mulrA.
  rewrite -mulr_sumr big_split /= -!mulr_suml W1 mul1r; congr (_ * (_ + _ * _)).
  under eq_bigr => d _ do rewrite mulrC eq_sym; rewrite (sum_at (none n.+1)); exact: weight_none.
have h1 : (1 - 4%:R * eps) / 2%:R = 2%:R^-1 - 2%:R * eps.
  by rewrite mulrBl mul1r mulrAC (natrM _ 2 2) mulfK // pnatr_eq0.
rewrite h1 /common /blind_loss /between exprS; move: (2%:R^-1) ((1 - rare) ^+ n) => t u.
case: high {E}; ring.
Qed.
End Attained.
