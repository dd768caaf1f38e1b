(* Theorem 9, every n >= 1: two experts that n labels can hardly tell apart.  No axioms.
   Labels are Bernoulli(1/2 +- D), D = 3 / (8 sqrt n); codes eps and 1 - eps, raw actions at the bins' outer ends (expert +:
   2 eps or 1, reward u; expert -: 0 or 1 - 2 eps, reward 1 - u).  `alg` maps n labels to the mean action of the learner,
   the return is H times the reward of the mean action (the rewards are affine). *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section T9.
Variables (R : rcfType) (n : nat).
Hypothesis n_gt0 : (0 < n)%N.
Definition bias : R := 3%:R / (8%:R * Num.sqrt n%:R).
Definition label (s b : bool) : R := if b == s then 2%:R^-1 + bias else 2%:R^-1 - bias.
Definition sample (s : bool) (d : {ffun 'I_n -> bool}) : R := \prod_i label s (d i).

Lemma bias_ge0 : 0 <= bias.
Proof. by rewrite divr_ge0 ?mulr_ge0 ?ler0n ?sqrtr_ge0. Qed.

Lemma bias2 : n%:R * (4%:R * bias ^+ 2) = 9%:R / 16%:R.
Proof.
have n0 : n%:R != 0 :> R by rewrite pnatr_eq0 -lt0n.
rewrite /bias expr_div_n exprMn sqr_sqrtr ?ler0n //.
have -> : 3%:R ^+ 2 = 9%:R :> R by rewrite -natrX.
have -> : 8%:R ^+ 2 = 4%:R * 16%:R :> R by rewrite -natrX -natrM.
rewrite !invfM.
have -> : n%:R * (4%:R * (9%:R * (4%:R^-1 / 16%:R / n%:R))) = (n%:R / n%:R) * (4%:R / 4%:R) * (9%:R / 16%:R) :> R by ring.
by rewrite (divff n0) divff ?pnatr_eq0 // !mul1r.
Qed.

Lemma half2' : 2%:R^-1 + 2%:R^-1 = 1 :> R. Proof. by rewrite [RHS](splitr 1) !mul1r. Qed.

Lemma bias_small : 4%:R * bias ^+ 2 <= 1.
Proof.
have b0 : 0 <= 4%:R * bias ^+ 2 by rewrite mulr_ge0 ?ler0n ?sqr_ge0.
apply: (@le_trans _ _ (n%:R * (4%:R * bias ^+ 2))).
  by rewrite -{1}[4%:R * _]mul1r; apply: ler_wpmul2r => //; rewrite ler1n.
by rewrite bias2 ler_pdivr_mulr ?ltr0n // mul1r ler_nat.
Qed.

Lemma bias_half : bias <= 2%:R^-1.
Proof.
have h0 : 0 <= 2%:R^-1 :> R by rewrite invr_ge0 ler0n.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?bias_ge0 // exprVn -natrX.
by rewrite -[X in _ <= X]mul1r ler_pdivl_mulr ?ltr0n // mulrC; exact: bias_small.
Qed.

Lemma label_dist s : is_dist (label s).
Proof.
have b0 := bias_ge0; have b1 := bias_half.
split=> [b|]; first by rewrite /label; case: ifP => _; rewrite ?subr_ge0 // addr_ge0 // invr_ge0 ler0n.
by rewrite big_bool /label; case: s => /=; rewrite ?[_ - _ + _]addrC addrACA subrr addr0 half2'.
Qed.

Lemma sample_dist s : is_dist (sample s).
Proof.
have [l0 l1] := label_dist s.
split=> [d|]; first by apply: prodr_ge0.
by rewrite /sample -(bigA_distr_bigA (fun (_ : 'I_n) b => label s b)); apply: big1 => i _; exact: l1.
Qed.

Lemma bernoulli k (x : R) : 0 <= x <= 1 -> 1 - k%:R * x <= (1 - x) ^+ k.
Proof.
move=> /andP [x0 x1]; elim: k => [|k IH]; first by rewrite mul0r subr0 expr0.
have y0 : 0 <= 1 - x by rewrite subr_ge0.
rewrite exprS; apply: (le_trans _ (ler_wpmul2l y0 IH)); rewrite -subr_ge0 mulrS.
have -> : (1 - x) * (1 - k%:R * x) - (1 - (1 + k%:R) * x) = k%:R * (x * x) by ring.
by rewrite !mulr_ge0 ?ler0n.
Qed.

Lemma sample_tv : tv (sample true) (sample false) <= 3%:R / 4%:R.
Proof.
have t0 : 0 <= tv (sample true) (sample false) by rewrite /tv mulr_ge0 ?invr_ge0 ?ler0n // sumr_ge0.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE //; last by rewrite divr_ge0 ?ler0n.
apply: (le_trans (lemma_s2 (sample_dist true) (sample_dist false))); rewrite half_four.
have <- : aff sample false true = 1 - hell2 (sample true) (sample false) / 2%:R by [].
rewrite affE; last exact: sample_dist.
have E : \sum_d Num.sqrt (sample true d) * Num.sqrt (sample false d)
  = (\sum_b Num.sqrt (label true b) * Num.sqrt (label false b)) ^+ n.
  transitivity (\prod_(i < n) \sum_b Num.sqrt (label true b) * Num.sqrt (label false b)); last by rewrite prodr_const card_ord.
  rewrite (bigA_distr_bigA (fun (_ : 'I_n) b => Num.sqrt (label true b) * Num.sqrt (label false b))).
  apply: eq_bigr => d _; rewrite /sample big_split /=; congr (_ * _).
    elim/big_rec2: _ => [|i y1 y2 _ <-]; first by rewrite sqrtr1.
    by rewrite sqrtrM //; case: (label_dist true).
  elim/big_rec2: _ => [|i y1 y2 _ <-]; first by rewrite sqrtr1.
  by rewrite sqrtrM //; case: (label_dist false).
rewrite E exprAC.
have -> : (\sum_b Num.sqrt (label true b) * Num.sqrt (label false b)) ^+ 2 = 1 - 4%:R * bias ^+ 2.
  rewrite big_bool /label /= [Num.sqrt (2%:R^-1 - bias) * _]mulrC.
  have A0 : 0 <= 2%:R^-1 + bias by rewrite addr_ge0 ?bias_ge0 // invr_ge0 ler0n.
  have B0 : 0 <= 2%:R^-1 - bias by rewrite subr_ge0 bias_half.
  rewrite -mulr2n exprMn_n exprMn !sqr_sqrtr // [(2%:R^-1 + _) * _]mulrC -subr_sqr mulrnBl; congr (_ - _); last by rewrite -mulr_natl.
  by rewrite exprVn -natrX -mulr_natl mulfV // pnatr_eq0.
have x01 : 0 <= 4%:R * bias ^+ 2 <= 1 by rewrite bias_small mulr_ge0 ?ler0n ?sqr_ge0.
have := bernoulli n x01; rewrite bias2 => Bn.
rewrite ler_subl_addl; have -> : (3%:R / 4%:R) ^+ 2 = 9%:R / 16%:R :> R by rewrite expr_div_n -!natrX.
by rewrite -ler_subl_addr.
Qed.

(* the two-point reduction: P_+(alg <= 1/2) + P_-(alg >= 1/2) >= 1/4 *)
Theorem two_point (alg : {ffun 'I_n -> bool} -> R) :
  4%:R^-1 <= \sum_d sample true d * ((alg d <= 2%:R^-1)%R : nat)%:R + \sum_d sample false d * ((2%:R^-1 <= alg d)%R : nat)%:R.
Proof.
have [p0 p1] := sample_dist true; have [q0 q1] := sample_dist false.
have F01 (d : {ffun 'I_n -> bool}) : (0 : R) <= ((alg d <= 2%:R^-1)%R : nat)%:R <= (1 : R).
  by case: (alg d <= _); rewrite /= ?lexx ?ler01.
have A := law_change (sample_dist true) (sample_dist false) F01.
rewrite mul1r in A; have {}A := le_trans A sample_tv.
have B : 1 <= \sum_d sample false d * ((alg d <= 2%:R^-1)%R : nat)%:R + \sum_d sample false d * ((2%:R^-1 <= alg d)%R : nat)%:R.
  rewrite -[X in X <= _]q1 -big_split /=; apply: ler_sum => d _; rewrite -mulrDr -[X in X <= _]mulr1; apply: ler_wpmul2l => //.
  by case: (leP (alg d) 2%:R^-1) => [_|/ltW ->]; rewrite /= ?add0r ?lexx // ler_addl ler0n.
rewrite -(ler_add2l (3%:R / 4%:R)).
have -> : 3%:R / 4%:R + 4%:R^-1 = 1 :> R.
  by rewrite -[X in _ + X]mul1r -mulrDl -(natrD _ 3 1) divff // pnatr_eq0.
apply: (le_trans B); rewrite addrA ler_add2r; by rewrite -ler_subl_addr.
Qed.

(* the instances *)
Variables (eps H : R).
Hypothesis eps01 : 0 <= eps <= 2%:R^-1.
Hypothesis H_ge0 : 0 <= H.
Definition code (b : bool) : R := if b then 1 - eps else eps.
Definition raw (s b : bool) : R := if s then (if b then 1 else 2%:R * eps) else (if b then 1 - 2%:R * eps else 0).
Definition reward (s : bool) (u : R) : R := if s then u else 1 - u.
Definition regret (s : bool) (m : R) : R := H * (\sum_b label s b * reward s (raw s b) - reward s m).

Lemma quantization_error s b : `|raw s b - code b| = eps.
Proof.
have /andP [e0 _] := eps01; case: s; case: b; rewrite /raw /code.
- by rewrite opprB addrC subrK ger0_norm.
- have -> : 2%:R * eps - eps = eps by ring.
  by rewrite ger0_norm.
- have -> : 1 - 2%:R * eps - (1 - eps) = - eps by ring.
  by rewrite normrN ger0_norm.
- by rewrite sub0r normrN ger0_norm.
Qed.

Lemma reward_lip s u v : `|reward s u - reward s v| = `|u - v|.
Proof.
case: s; rewrite /reward //; have -> : 1 - u - (1 - v) = v - u by ring.
exact: distrC.
Qed.

Lemma loss s m : (if s then m <= 2%:R^-1 else 2%:R^-1 <= m) -> H * ((1 - 2%:R * eps) * bias + eps) <= regret s m.
Proof.
have h2 : 2%:R * 2%:R^-1 = 1 :> R by rewrite mulfV // pnatr_eq0.
case: s => ms; rewrite /regret big_bool /label /reward /raw /=; apply: ler_wpmul2l => //; rewrite -subr_ge0.
  have -> : (2%:R^-1 + bias) * 1 + (2%:R^-1 - bias) * (2%:R * eps) - m - ((1 - 2%:R * eps) * bias + eps)
    = (2%:R^-1 - m) + eps * (2%:R * 2%:R^-1 - 1) by move: (2%:R^-1) => t; ring.
  by rewrite h2 subrr mulr0 addr0 subr_ge0.
have -> : (2%:R^-1 - bias) * (1 - (1 - 2%:R * eps)) + (2%:R^-1 + bias) * (1 - 0) - (1 - m) - ((1 - 2%:R * eps) * bias + eps)
  = (m - 2%:R^-1) + (2%:R * 2%:R^-1 - 1) * (eps + 1) by move: (2%:R^-1) => t; ring.
by rewrite h2 subrr mul0r addr0 subr_ge0.
Qed.

(* every algorithm: on one of the two instances the regret is at least the value with probability at least 1/8 *)
Theorem theorem_9 (alg : {ffun 'I_n -> bool} -> R) : exists s,
  8%:R^-1 <= \sum_d sample s d * ((H * ((1 - 2%:R * eps) * bias + eps) <= regret s (alg d))%R : nat)%:R.
Proof.
have T := two_point alg.
have up s (E : {ffun 'I_n -> bool} -> bool) : (forall d, E d -> if s then alg d <= 2%:R^-1 else 2%:R^-1 <= alg d) ->
  \sum_d sample s d * (E d : nat)%:R
  <= \sum_d sample s d * ((H * ((1 - 2%:R * eps) * bias + eps) <= regret s (alg d))%R : nat)%:R.
  move=> HE; apply: ler_sum => d _; apply: ler_wpmul2l; first by case: (sample_dist s).
  by have := HE d; case: (E d) => [/(_ isT) /loss -> //|_]; exact: ler0n.
have U1 := up true (fun d => alg d <= 2%:R^-1) (fun d h => h).
have U0 := up false (fun d => 2%:R^-1 <= alg d) (fun d h => h).
have T' := le_trans T (ler_add U1 U0).
case: (leP 8%:R^-1 (\sum_d sample true d * ((H * ((1 - 2%:R * eps) * bias + eps) <= regret true (alg d))%R : nat)%:R)) => [ok|lt].
  by exists true.
exists false; rewrite leNgt; apply/negP => lt'.
have := lt_le_trans (ltr_add lt lt') (lexx _); move=> /(le_lt_trans T').
have -> : 8%:R^-1 + 8%:R^-1 = 4%:R^-1 :> R.
  have -> : 8%:R = 4%:R * 2%:R :> R by rewrite -natrM.
  by rewrite invfM -mulrDr half2' mulr1.
by rewrite ltxx.
Qed.
End T9.
