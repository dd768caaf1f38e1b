(* Simple forms from sharp ones: what the catalog's two forms have to do with each other.
   a stands for exp(-x); all that is used of it is 1 - x <= a <= 1 and 0 <= a.  Also closed sums of exponential gains, and
   foster_log_loss: raw actions, deterministic expert, constant 2.  Any real (closed) field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Deterministic Learners Trajectories Hazards.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Radii.
Variables (R : rcfType) (a x : R).
Hypothesis a01 : 0 <= a <= 1.
Hypothesis bernoulli : 1 - x <= a.      (* exp(-x) >= 1 - x *)

Lemma class_radius : 1 - a <= x.
Proof. by rewrite ler_subl_addr addrC -ler_subl_addr. Qed.

Lemma deterministic_simple : 1 - a ^+ 2 <= 2%:R * x.
Proof.
have /andP [a0 a1] := a01.
apply: (@le_trans _ _ (2%:R * (1 - a))); last by apply: ler_wpmul2l; [exact: ler0n | exact: class_radius].
rewrite -subr_ge0; have -> : 2%:R * (1 - a) - (1 - a ^+ 2) = (1 - a) ^+ 2 by ring.
exact: sqr_ge0.
Qed.

Lemma stochastic_simple : Num.sqrt (1 - a ^+ 2) <= Num.sqrt (2%:R * x).
Proof. by apply: ler_wsqrtr; exact: deterministic_simple. Qed.

(* greedy decoding: (1 - a) 2/(2 - sqrt 2) <= (2 + sqrt 2) x *)
Lemma greedy_simple : (1 - a) * (2%:R / (2%:R - Num.sqrt 2%:R)) <= (2%:R + Num.sqrt 2%:R) * x.
Proof.
pose r := Num.sqrt 2%:R : R.
have r2 : r ^+ 2 = 2%:R by rewrite sqr_sqrtr // ler0n.
have r0 : 0 <= r by exact: sqrtr_ge0.
have rlt : r < 2%:R by rewrite -(@ltr_pexpn2r _ 2) ?nnegrE ?ler0n // r2 -natrX ltr_nat.
have d0 : 2%:R - r != 0 by rewrite subr_eq0 eq_sym lt_eqF.
have -> : 2%:R / (2%:R - r) = 2%:R + r.
  apply: (canLR (mulfK d0)); have -> : (2%:R + r) * (2%:R - r) = 4%:R - r ^+ 2 by ring.
  by rewrite r2; ring.
by rewrite mulrC; apply: ler_wpmul2l; [rewrite addr_ge0 ?ler0n | exact: class_radius].
Qed.
End Radii.

(* ---------- decoupling ---------- *)
Section Decoupling.
Variables (R : realFieldType) (p : nat -> R).
Hypothesis p01 : forall h, 0 <= p h <= 1.

Lemma union_bound n : 1 - \prod_(t < n) (1 - p t) <= \sum_(t < n) p t.
Proof.
elim: n => [|n IH]; first by rewrite !big_ord0 subrr.
rewrite !big_ord_recr /=; have /andP [p0 p1] := p01 n.
have P0 : 0 <= \prod_(t < n) (1 - p t) by apply: prodr_ge0 => t _; rewrite subr_ge0; case/andP: (p01 t).
have P1 : \prod_(t < n) (1 - p t) <= 1.
  elim: n {IH p0 p1 P0} => [|n IH]; first by rewrite big_ord0.
  rewrite big_ord_recr /=; have /andP [p0 p1] := p01 n.
  rewrite -[X in _ <= X]mulr1; apply: ler_pmul => //; rewrite ?subr_ge0 // ?ler_subl_addr ?ler_addl //.
  by apply: prodr_ge0 => t _; rewrite subr_ge0; case/andP: (p01 t).
have -> : 1 - (\prod_(t < n) (1 - p t)) * (1 - p n) = 1 - \prod_(t < n) (1 - p t) + (\prod_(t < n) (1 - p t)) * p n by ring.
by apply: ler_add => //; rewrite -[X in _ <= X]mul1r; apply: ler_wpmul2r.
Qed.

(* sum_h [1 - prod_{t<=h} (1 - p_t)] <= sum_t (H - t) p_t *)
Lemma parted_simple H : parted p H <= \sum_(t < H) (H - t)%:R * p t.
Proof.
elim: H => [|H IH]; first by rewrite /parted !big_ord0.
rewrite /parted big_ord_recr /=.
apply: (le_trans (ler_add IH (union_bound H.+1))).
rewrite [X in _ <= X]big_ord_recr /= subSnn mul1r big_ord_recr /= addrA -big_split /=.
rewrite ler_add2r le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => t _.
by rewrite subSn ?(ltnW (ltn_ord t)) // mulrS mulrDl mul1r addrC.
Qed.
End Decoupling.

(* linear modulus, gains: decoupling <= L (k+1) eps sum_t (H - t) Gamma_t *)
Lemma decoupling_simple (R : realFieldType) (eps k L : R) (g : nat -> R) H :
  0 <= eps -> 0 <= k -> 0 <= L -> (forall j, 0 <= g j) ->
  decoupling eps k g (fun r => L * Num.max 0 r) H <= L * ((k + 1) * eps) * \sum_(t < H) (H - t)%:R * Gamma g t.
Proof.
move=> e0 k0 L0 g0.
have r0 : 0 <= (k + 1) * eps by rewrite mulr_ge0 // addr_ge0 // ler01.
have G0 t : 0 <= Gamma g t by apply: sumr_ge0.
have hz t : 0 <= hazard eps k g (fun r => L * Num.max 0 r) t <= 1.
  by case: t => [|t] /=; rewrite ?lexx ?ler01 // le_minr ler01 le_minl lexx mulr_ge0 // le_maxr lexx.
apply: (le_trans (parted_simple hz H)); rewrite mulr_sumr; apply: ler_sum => t _.
rewrite mulrCA; apply: ler_wpmul2l; first exact: ler0n.
case: {t} (nat_of_ord t) => [|t] /=.
  by apply: mulr_ge0; [exact: mulr_ge0 | exact: (G0 0%N)].
have m0 : 0 <= Gamma g t.+1 * ((k + 1) * eps) by apply: mulr_ge0 => //; exact: G0.
rewrite (max_idPr m0) le_minl; apply/orP; right; rewrite le_eqVlt; apply/orP; left; apply/eqP; ring.
Qed.

(* ---------- exponential gains g_j = C eta^j ---------- *)
Section Exponential.
Variables (R : realFieldType) (Cg eta : R).
Local Notation g := (fun j => Cg * eta ^+ j).

Lemma Gamma_step h : Gamma g h.+1 = Cg + eta * Gamma g h.
Proof.
rewrite /Gamma big_ord_recl expr0 mulr1; congr (_ + _); rewrite mulr_sumr; apply: eq_bigr => j _.
by rewrite lift0 exprS; ring.
Qed.

(* (1 - eta) Gamma_h = C (1 - eta^h) *)
Lemma Gamma_closed h : (1 - eta) * Gamma g h = Cg * (1 - eta ^+ h).
Proof.
elim: h => [|h IH]; first by rewrite /Gamma big_ord0 expr0 subrr !mulr0.
rewrite Gamma_step exprS; have -> : (1 - eta) * (Cg + eta * Gamma g h) = (1 - eta) * Cg + eta * ((1 - eta) * Gamma g h) by ring.
by rewrite IH; ring.
Qed.

(* (1 - eta)^2 sum_{h<H} Gamma_h = C (H (1 - eta) - (1 - eta^H)) *)
Lemma Gamma_sum H : (1 - eta) ^+ 2 * (\sum_(h < H) Gamma g h) = Cg * (H%:R * (1 - eta) - (1 - eta ^+ H)).
Proof.
elim: H => [|H IH]; first by rewrite big_ord0 expr0 subrr mul0r subr0 !mulr0.
rewrite big_ord_recr /=; move: IH (Gamma_closed H); move: (\sum_(h < H) _) (Gamma _ H) => S G IH GE.
have -> : (1 - eta) ^+ 2 * (S + G) = (1 - eta) ^+ 2 * S + (1 - eta) * ((1 - eta) * G) by ring.
rewrite IH GE exprS mulrS; ring.
Qed.

Hypothesis eta01 : 0 <= eta < 1.
Hypothesis C_ge0 : 0 <= Cg.
Lemma Gamma_top h : Gamma g h <= Cg / (1 - eta).
Proof.
have /andP [e0 e1] := eta01.
rewrite ler_pdivl_mulr ?subr_gt0 // mulrC Gamma_closed -[X in _ <= X]mulr1; apply: ler_wpmul2l => //.
by rewrite ler_subl_addr ler_addl exprn_ge0.
Qed.
End Exponential.

(* ---------- log-loss on raw actions of a deterministic expert ---------- *)
Section Foster.
Variables (R : rcfType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (piE : nat -> X -> U -> R).
Variables (Pi : finType) (pol : Pi -> nat -> X -> U -> R) (star : Pi) (H n : nat) (a x : R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis pol_dist : forall p h x, is_dist (pol p h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis deterministic : forall h x u, piE h x u = 0 \/ piE h x u = 1.
Hypothesis realizable : forall h x u, pol star h x u = piE h x u.
Hypothesis a01 : 0 <= a <= 1.
Hypothesis bernoulli : 1 - x <= a.
Local Notation q := (fun u : U => u).
Variable hat : data (path X U H) n -> Pi.
Hypothesis mle : forall (d : data (path X U H) n) p,
  \prod_i labels (pol p) 0 (d i) <= \prod_i labels (pol (hat d)) 0 (d i).

Lemma piQ_id h z c : piQ piE q h z c = piE h z c.
Proof. by rewrite /piQ big_pred1_eq. Qed.

Lemma kap_id h z c v : kap piE q h z c v = (v == c)%:R.
Proof.
rewrite /kap piQ_id; case: eqP => // /eqP nz; case: eqP => [->|_]; last by rewrite !mul0r.
by rewrite mul1r divff.
Qed.

Lemma raw_regret p : `|J f mu rho rew piE H - J f mu rho rew (pol p) H| <= H%:R * TV f mu rho piE (pol p) q H.
Proof.
have := imitation2 f q H mu_dist rho_dist (pol_dist p) piE_dist rew01.
have -> // : J f mu rho rew (deq piE q (pol p)) H = J f mu rho rew (pol p) H.
apply: eq_bigr => z _; congr (_ * _); rewrite -Vb_deq.
elim: H 0%N z => //= m IH h z; apply: eq_bigr => c _; congr (_ * (_ + _)).
  rewrite /rbar; under eq_bigr => v _ do rewrite kap_id eq_sym.
  exact: sum_at.
rewrite Tbar_sum; under eq_bigr => v _ do rewrite kap_id eq_sym.
by rewrite sum_at; apply: eq_bigr => w _; rewrite IH.
Qed.

(* regret > 2 H x with probability at most (N - 1) a^n; x = (log N + log (1/delta))/n makes it delta *)
Theorem foster_log_loss :
  prob f mu rho piE q (fun d : data (path X U H) n => H%:R * (2%:R * x) < `|J f mu rho rew piE H - J f mu rho rew (pol (hat d)) H|)
  <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
have rz h z c : pol star h z c = piQ piE q h z c by rewrite piQ_id.
apply: (learner_any mu_dist rho_dist piE_dist pol_dist rz a01 mle
  (reg := fun p => `|J f mu rho rew piE H - J f mu rho rew (pol p) H|)) => p ap.
apply: (le_trans (raw_regret p)); apply: ler_wpmul2l; first exact: ler0n.
apply: (le_trans _ (deterministic_simple a01 bernoulli)).
by apply: (deterministic_radius mu_dist rho_dist piE_dist pol_dist rz a01 _ ap) => h z c; rewrite piQ_id.
Qed.
End Foster.
