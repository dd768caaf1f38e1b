(* Certificates from the data, and what happens when no policy of the class is the expert's.
   likelihood_ratio_set : the policies whose likelihood is at least 1/t of the best one contain the true one but with
     probability (N - 1)/t;  certified: so the worst regret over the set bounds the regret.
   version_space : a deterministic class: the policies that agree with every label contain the true one, surely.
   lemma_s7 : misspecified log-loss: 1 - D^2/2 < a with probability at most N a^n sqrt t + (1 + chi2)^n / t.
   Laws on a finite set of trajectories, n independent ones; any real closed field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 Deterministic.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- n independent draws ---------- *)
Section Product.
Variables (R : realFieldType) (T : finType) (n : nat).
Definition iid (P : T -> R) (d : data T n) : R := \prod_i P (d i).

Lemma iid_sum P (F : T -> R) : \sum_(d : data T n) iid P d * \prod_i F (d i) = (\sum_t P t * F t) ^+ n.
Proof.
rewrite (eq_bigr (fun d : data T n => \prod_i (P (d i) * F (d i)))); last by move=> d _; rewrite /iid -big_split.
by rewrite -(bigA_distr_bigA (fun (_ : 'I_n) t => P t * F t)) prodr_const card_ord.
Qed.

Lemma iid_dist P : is_dist P -> is_dist (iid P).
Proof.
move=> [p0 p1]; split=> [d|]; first exact: prodr_ge0.
transitivity (\sum_(d : data T n) iid P d * \prod_(i < n) 1); first by apply: eq_bigr => d _; rewrite big1_eq mulr1.
rewrite (iid_sum P (fun _ => 1)) (eq_bigr P) ?p1 ?expr1n // => t _; exact: mulr1.
Qed.
End Product.

(* Markov's inequality on a finite set *)
Lemma markov (R : realFieldType) (T : finType) (P F : T -> R) (t : R) :
  (forall d, 0 <= P d) -> (forall d, 0 <= F d) -> 0 < t ->
  \sum_d P d * ((t < F d)%R : nat)%:R <= (\sum_d P d * F d) / t.
Proof.
move=> P0 F0 t0; rewrite ler_pdivl_mulr // mulr_suml; apply: ler_sum => d _; rewrite -mulrA; apply: ler_wpmul2l => //.
by case: ltP => [/ltW le|_]; rewrite ?mul1r // mul0r.
Qed.

Section Sets.
Variables (R : rcfType) (T Pi : finType) (P : Pi -> T -> R) (star : Pi) (n : nat) (t : R).
Hypothesis Pd : forall p, is_dist (P p).
Hypothesis t_ge1 : 1 <= t.
Let t_gt0 : 0 < t. Proof. exact: lt_le_trans ltr01 t_ge1. Qed.
Variable hat : data T n -> Pi.
Hypothesis mle : forall d p, lik P p d <= lik P (hat d) d.
(* the set: likelihood at least 1/t of the largest *)
Definition plausible (d : data T n) (p : Pi) : bool := lik P (hat d) d <= t * lik P p d.

Lemma ratio_mean p : p != star ->
  \sum_(d : data T n) lik P star d * (if lik P star d == 0 then 0 else lik P p d / lik P star d) <= 1.
Proof.
move=> _; have [l0 l1] := iid_dist n (Pd p); rewrite -[X in _ <= X]l1; apply: ler_sum => d _.
case: eqP => [_|/eqP nz]; first by rewrite mulr0; exact: l0.
by rewrite mulrC divfK.
Qed.

Theorem likelihood_ratio_set :
  \sum_(d : data T n) lik P star d * ((~~ plausible d star) : nat)%:R <= (#|Pi|.-1)%:R / t.
Proof.
have L0 p (d : data T n) : 0 <= lik P p d by exact: lik_ge0.
pose rt p (d : data T n) := if lik P star d == 0 then 0 else lik P p d / lik P star d.
have rt0 p d : 0 <= rt p d by rewrite /rt; case: eqP => // _; rewrite divr_ge0.
apply: (@le_trans _ _ (\sum_(d : data T n) \sum_(p | p != star) lik P star d * ((t < rt p d)%R : nat)%:R)).
  apply: ler_sum => d _; rewrite /plausible -ltNge; case: (ltP (t * _) _) => [out|_]; last first.
    by rewrite mulr0 sumr_ge0 // => p _; rewrite mulr_ge0 // ler0n.
  have := L0 star d; rewrite le_eqVlt => /orP [/eqP z|pos].
    by rewrite -z mul0r sumr_ge0 // => p _; rewrite mul0r.
  have [e|ne] := eqVneq (hat d) star.
    by move: out; rewrite e -{2}[lik P star d]mul1r ltr_pmul2r // ltNge t_ge1.
  rewrite (bigD1 (hat d)) //= mulr1 /rt (gt_eqF pos) ltr_pdivl_mulr // out mulr1 ler_addl.
  by rewrite sumr_ge0 // => p _; rewrite mulr_ge0 // ler0n.
rewrite exchange_big /=.
apply: (@le_trans _ _ (\sum_(p | p != star) t^-1)).
  apply: ler_sum => p ne; apply: (le_trans (markov (L0 star) (rt0 p) t_gt0)).
  by rewrite ler_pdivr_mulr // mulVf ?gt_eqF //; exact: ratio_mean.
rewrite sumr_const -[X in X <= _]mulr_natl; apply: ler_wpmul2r; first by rewrite invr_ge0 ltW.
by rewrite ler_nat -(cardC1 star); apply: subset_leq_card; apply/subsetP => p; rewrite !inE.
Qed.

(* hence: whatever number bounds loss p for every p in the set bounds loss star, but with probability (N-1)/t *)
Corollary certified (loss : data T n -> Pi -> R) (bound : data T n -> R) :
  (forall d p, plausible d p -> loss d p <= bound d) ->
  \sum_(d : data T n) lik P star d * ((bound d < loss d star)%R : nat)%:R <= (#|Pi|.-1)%:R / t.
Proof.
move=> cert; apply: (le_trans _ likelihood_ratio_set); apply: ler_sum => d _.
apply: ler_wpmul2l; first exact: lik_ge0.
rewrite ler_nat; case: (boolP (plausible d star)) => [/cert|_]; last exact: leq_b1.
by rewrite leNgt => /negbTE ->.
Qed.
End Sets.

(* ---------- misspecification ---------- *)
Section Misspecified.
Variables (R : rcfType) (T Pi : finType) (P : Pi -> T -> R) (Q : T -> R) (best : Pi) (n : nat) (a t chi2 : R).
Hypothesis Pd : forall p, is_dist (P p).
Hypothesis Qd : is_dist Q.                                    (* the data's law, in the class or not *)
Hypothesis a_ge0 : 0 <= a.
Hypothesis t_gt0 : 0 < t.
(* chi2 (Q || best), finite: best gives everything that can happen positive probability *)
Hypothesis positive : forall s, Q s != 0 -> P best s != 0.
Hypothesis chi2E : \sum_s Q s * (Q s / P best s) <= 1 + chi2.
Variable hat : data T n -> Pi.
Hypothesis mle : forall d p, lik P p d <= lik P (hat d) d.
Local Notation affinity p := (1 - hell2 (P p) Q / 2%:R).

Let A (p : Pi) (b : bool) := if b then P p else Q.
Let Ad p b : is_dist (A p b). Proof. by rewrite /A; case: b. Qed.
Lemma affinityE p : affinity p = \sum_s Num.sqrt (P p s) * Num.sqrt (Q s).
Proof. exact: (affE false (Ad p) true). Qed.
Lemma affinity_ge0 p : 0 <= affinity p.
Proof. by rewrite affinityE sumr_ge0 // => s _; rewrite mulr_ge0 ?sqrtr_ge0. Qed.

(* one policy that is far and still likely *)
Lemma far_likely p : affinity p < a ->
  \sum_(d : data T n) iid Q d * ((iid Q d <= t * lik P p d)%R : nat)%:R <= Num.sqrt t * a ^+ n.
Proof.
have [q0 _] := Qd; move=> far; apply: (@le_trans _ _ (Num.sqrt t * affinity p ^+ n)); last first.
  by apply: ler_wpmul2l; [exact: sqrtr_ge0 | apply: ler_expn2r; rewrite ?nnegrE ?affinity_ge0 // ltW].
have -> : affinity p ^+ n = \sum_(d : data T n) \prod_i (Num.sqrt (P p (d i)) * Num.sqrt (Q (d i))).
  rewrite affinityE -(bigA_distr_bigA (fun (_ : 'I_n) s => Num.sqrt (P p s) * Num.sqrt (Q s))).
  by rewrite prodr_const card_ord.
rewrite mulr_sumr; apply: ler_sum => d _; rewrite big_split /=.
set B := \prod_i Num.sqrt (P p (d i)); set C := \prod_i Num.sqrt (Q (d i)).
have B0 : 0 <= B by apply: prodr_ge0 => i _; exact: sqrtr_ge0.
have C0 : 0 <= C by apply: prodr_ge0 => i _; exact: sqrtr_ge0.
have BB : lik P p d = B ^+ 2.
  by rewrite /lik /B -prodrXl; apply: eq_bigr => i _; rewrite sqr_sqrtr //; case: (Pd p).
have CC : iid Q d = C ^+ 2 by rewrite /iid /C -prodrXl; apply: eq_bigr => i _; rewrite sqr_sqrtr.
rewrite BB CC; case: (leP (C ^+ 2) _) => [le|_]; last by rewrite mulr0 !mulr_ge0 ?sqrtr_ge0.
rewrite mulr1 expr2 mulrA; apply: ler_wpmul2r => //.
rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?mulr_ge0 ?sqrtr_ge0 // exprMn sqr_sqrtr //; exact: ltW.
Qed.

Theorem lemma_s7 :
  \sum_(d : data T n) iid Q d * ((affinity (hat d) < a)%R : nat)%:R
    <= #|Pi|%:R * (Num.sqrt t * a ^+ n) + (1 + chi2) ^+ n / t.
Proof.
have [q0 q1] := Qd.
have L0 p (d : data T n) : 0 <= lik P p d by exact: lik_ge0.
have Q0 (d : data T n) : 0 <= iid Q d by exact: prodr_ge0.
(* the data's law is not more than t times the likelihood of best, but rarely *)
pose rt (d : data T n) := \prod_i (Q (d i) / P best (d i)).
have rt0 d : 0 <= rt d by apply: prodr_ge0 => i _; rewrite divr_ge0 //; case: (Pd best).
have rare : \sum_(d : data T n) iid Q d * ((t < rt d)%R : nat)%:R <= (1 + chi2) ^+ n / t.
  apply: (le_trans (markov Q0 rt0 t_gt0)); apply: ler_wpmul2r; first by rewrite invr_ge0 ltW.
  rewrite (iid_sum n Q (fun s => Q s / P best s)); apply: ler_expn2r => //; rewrite nnegrE.
    by apply: sumr_ge0 => s _; rewrite mulr_ge0 // divr_ge0 //; case: (Pd best).
  apply: (le_trans _ chi2E); apply: sumr_ge0 => s _; rewrite mulr_ge0 // divr_ge0 //; by case: (Pd best).
have close d : iid Q d != 0 -> rt d <= t -> iid Q d <= t * lik P best d.
  move=> nz le; have -> : iid Q d = rt d * lik P best d.
    rewrite /rt /lik -big_split /=; apply: eq_bigr => i _; rewrite divfK //; apply: positive.
    by apply: contraNneq nz => z; rewrite /iid (bigD1 i) //= z mul0r.
  exact: ler_wpmul2r.
pose near p (d : data T n) : bool := iid Q d <= t * lik P p d.
have one p : affinity p < a -> \sum_(d : data T n) iid Q d * (near p d : nat)%:R <= Num.sqrt t * a ^+ n by exact: far_likely.
apply: (@le_trans _ _ (\sum_(d : data T n) (\sum_(p | affinity p < a) iid Q d * (near p d : nat)%:R
   + iid Q d * ((t < rt d)%R : nat)%:R))).
  apply: ler_sum => d _.
  have S0 : 0 <= \sum_(p | affinity p < a) iid Q d * (near p d : nat)%:R.
    by apply: sumr_ge0 => p _; rewrite mulr_ge0 // ler0n.
  case: (ltP (affinity (hat d)) a) => [far|_]; last by rewrite mulr0; apply: addr_ge0 => //; rewrite mulr_ge0 // ler0n.
  rewrite mulr1; case: (ltP t (rt d)) => [_|le]; first by rewrite mulr1 ler_addr.
  rewrite mulr0 addr0; have [z|nz] := eqVneq (iid Q d) 0; first by rewrite {1}z.
  rewrite (bigD1 (hat d)) //= {1}/near.
  have -> : iid Q d <= t * lik P (hat d) d.
    by apply: (le_trans (close d nz le)); apply: ler_wpmul2l; [exact: ltW | exact: mle].
  by rewrite mulr1 ler_addl sumr_ge0 // => p _; rewrite mulr_ge0 // ler0n.
rewrite big_split /=; apply: ler_add => //; rewrite exchange_big /=.
apply: (@le_trans _ _ (\sum_(p | affinity p < a) Num.sqrt t * a ^+ n)); first by apply: ler_sum => p; exact: one.
rewrite sumr_const -[X in X <= _]mulr_natl; apply: ler_wpmul2r; first by rewrite mulr_ge0 ?sqrtr_ge0 // exprn_ge0.
by rewrite ler_nat max_card.
Qed.
End Misspecified.

(* ---------- version space ---------- *)
Section VersionSpace.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (Pi : finType) (lab : Pi -> nat -> X -> U) (star : Pi) (H n : nat).
Hypothesis realizable : forall h x c, piQ piE q h x c = (c == lab star h x)%:R.
Local Notation Path := (path X U H).
Local Notation olaw := (@law R X U W f mu piE q (piQ piE q) H 0 rho).

(* every label of the trajectory is the policy's *)
Fixpoint agrees (p : Pi) m h : path X U m -> bool :=
  match m return path X U m -> bool with
  | 0 => fun _ => true
  | m'.+1 => fun s => (s.1.2 == lab p h s.1.1) && agrees p h.+1 s.2
  end.
Definition version_space (d : data Path n) (p : Pi) : bool := [forall i, agrees p 0 (d i)].

Lemma agrees_star m h l (s : path X U m) : @law R X U W f mu piE q (piQ piE q) m h l s != 0 -> agrees star h s.
Proof.
elim: m h l s => [|m IH] h l s //=; rewrite realizable.
case: (s.1.2 =P lab star h s.1.1) => [_|_]; last by rewrite mulr0 mul0r eqxx.
by rewrite mulr1 mulf_eq0 negb_or => /andP [_ nz]; exact: IH nz.
Qed.

(* data of positive probability: the expert's policy is in the version space *)
Theorem version_space_sound (d : data Path n) : \prod_i olaw (d i) != 0 -> version_space d star.
Proof.
move=> nz; apply/forallP => i; apply: (@agrees_star _ _ rho).
by apply: contraNneq nz => z; rewrite (bigD1 i) //= z mul0r.
Qed.

(* no failure probability: the worst loss over the version space bounds the loss *)
Corollary version_space_certificate (loss : data Path n -> Pi -> R) (bound : data Path n -> R) :
  (forall d p, version_space d p -> loss d p <= bound d) ->
  \sum_(d : data Path n) (\prod_i olaw (d i)) * ((bound d < loss d star)%R : nat)%:R = 0.
Proof.
move=> cert; rewrite big1 // => d _; have [->|nz] := eqVneq (\prod_i olaw (d i)) 0; first by rewrite mul0r.
by rewrite ltNge (cert _ _ (version_space_sound nz)) mulr0.
Qed.
End VersionSpace.
