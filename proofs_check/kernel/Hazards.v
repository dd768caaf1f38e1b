(* Two policies on one system, coupled until they part: the engine behind every statement of the master theorem's kind,
   for any relation between the two states, any hazards and any costs.
   If related states have a joint law of the two actions that is bad with probability at most p h, and otherwise the rewards
   differ by at most cost h and the next states are related again, then the two returns differ by at most
     sum_h [1 - prod_{t<=h} (1 - p_t)] + sum_h cost h.
   master_relation: with the expert's labels in front, H TV more.  Two-sided.  Any real field; no axioms; steps from 0. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Parting.
Variables (R : realFieldType) (p : nat -> R).
(* probability of having parted, summed over the steps *)
Definition parted H := \sum_(h < H) (1 - \prod_(t < h.+1) (1 - p t)).

Fixpoint late n h := if n is n'.+1 then p h * n%:R + (1 - p h) * late n' h.+1 else 0.

Lemma late_sum n h : late n h = \sum_(i < n) (1 - \prod_(t < i.+1) (1 - p (h + t)%N)).
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0.
rewrite big_ord_recl /= IH big_ord_recl big_ord0 mulr1 addn0.
have -> : \sum_(i < n) (1 - \prod_(t < (lift ord0 i).+1) (1 - p (h + t)%N))
  = \sum_(i < n) (p h + (1 - p h) * (1 - \prod_(t < i.+1) (1 - p (h.+1 + t)%N))).
  apply: eq_bigr => i _; rewrite lift0 big_ord_recl /= addn0.
  have -> : \prod_(t < i.+1) (1 - p (h + bump 0 t)%N) = \prod_(t < i.+1) (1 - p (h.+1 + t)%N).
    by apply: eq_bigr => t _; rewrite /bump /= add1n addnS.
  by rewrite mulrBr mulr1 addrA [p h + _]addrC subrK.
rewrite [in RHS]big_split /= -mulr_sumr sumr_const card_ord -[p h *+ n]mulr_natr mulrS.
have -> : 1 - (1 - p h) = p h by rewrite opprB addrC subrK.
by rewrite addrA mulrDr mulr1.
Qed.

Hypothesis p01 : forall h, 0 <= p h <= 1.
Lemma late_range n h : 0 <= late n h <= n%:R.
Proof.
elim: n h => [|n IH] h; first by rewrite lexx.
have /andP [p0 p1] := p01 h; have /andP [d0 d1] := IH h.+1.
have q0 : 0 <= 1 - p h by rewrite subr_ge0.
apply/andP; split; first by rewrite /= addr_ge0 // mulr_ge0 // ?ler0n.
have le1 : late n h.+1 <= n.+1%:R by apply: (le_trans d1); rewrite ler_nat.
have -> : n.+1%:R = p h * n.+1%:R + (1 - p h) * n.+1%:R :> R by rewrite -mulrDl addrC subrK mul1r.
by rewrite /= ler_add2l; apply: ler_wpmul2l.
Qed.
End Parting.

Section Engine.
Variables (R : realFieldType) (X U W A : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R).
Variables (pi1 pi2 : nat -> X -> U -> R) (act1 act2 : A -> U).
Variables (Rel : nat -> X -> X -> Prop) (p cost : nat -> R).

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis pi1_dist : forall h x, is_dist (pi1 h x).
Hypothesis pi2_dist : forall h x, is_dist (pi2 h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis p01 : forall h, 0 <= p h <= 1.
Hypothesis cost_ge0 : forall h, 0 <= cost h.
Hypothesis start : forall x, 0 < rho x -> Rel 0 x x.
(* one step: a joint law of both actions, with a bad set *)
Hypothesis step : forall h x y, Rel h x y -> exists (K : A -> R) (bad : pred A),
  [/\ is_dist K,
      forall F, \sum_a K a * F (act1 a) = \sum_u pi1 h x u * F u,
      forall F, \sum_a K a * F (act2 a) = \sum_u pi2 h y u * F u,
      \sum_a K a * (bad a : nat)%:R <= p h &
      forall a, 0 < K a -> ~~ bad a ->
        `|rew h x (act1 a) - rew h y (act2 a)| <= cost h /\ forall w, Rel h.+1 (f h x (act1 a) w) (f h y (act2 a) w)].

Fixpoint costs n h := if n is n'.+1 then cost h + costs n' h.+1 else 0.
Lemma costs_sum n h : costs n h = \sum_(i < n) cost (h + i)%N.
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0.
rewrite big_ord_recl /= IH addn0; congr (_ + _); apply: eq_bigr => i _.
by rewrite /bump /= add1n addnS addSn.
Qed.
Lemma costs_ge0 n h : 0 <= costs n h.
Proof. by elim: n h => [|n IH] h //=; rewrite addr_ge0. Qed.

Lemma together n h x y : Rel h x y -> `|V f mu rew pi1 n h x - V f mu rew pi2 n h y| <= late p n h + costs n h.
Proof.
elim: n h x y => [|n IH] h x y xy; first by rewrite /= subrr normr0 addr0.
have [K [bad [[K0 K1] E1 E2 Kb good]]] := step xy.
pose A1 u := rew h x u + \sum_w mu h w * V f mu rew pi1 n h.+1 (f h x u w).
pose A2 u := rew h y u + \sum_w mu h w * V f mu rew pi2 n h.+1 (f h y u w).
have range pi z u : (forall h x, is_dist (pi h x)) ->
  0 <= rew h z u + \sum_w mu h w * V f mu rew pi n h.+1 (f h z u w) <= n.+1%:R.
  move=> pid; have /andP [a b] := rew01 h z u; rewrite mulrS.
  have Vr := fun w => V_range f mu_dist rew01 n h.+1 (f h z u w) pid.
  apply/andP; split; first by rewrite addr_ge0 // avg_ge0 // => w; have /andP [] := Vr w.
  by apply: ler_add => //; apply: avg_le => // w _; have /andP [] := Vr w.
have -> : V f mu rew pi1 n.+1 h x - V f mu rew pi2 n.+1 h y = \sum_a K a * (A1 (act1 a) - A2 (act2 a)).
  by under [RHS]eq_bigr => a _ do rewrite mulrBr; rewrite sumrB (E1 A1) (E2 A2).
pose Z := cost h + (late p n h.+1 + costs n h.+1).
pose b := \sum_a K a * (bad a : nat)%:R.
have b0 : 0 <= b by apply: sumr_ge0 => a _; rewrite mulr_ge0 // ler0n.
apply: (@le_trans _ _ (b * n.+1%:R + (1 - b) * Z)).
  have -> : b * n.+1%:R + (1 - b) * Z = \sum_a K a * ((bad a : nat)%:R * n.+1%:R + (1 - (bad a : nat)%:R) * Z).
    under [RHS]eq_bigr => a _ do rewrite mulrDr mulrA [K a * (_ * Z)]mulrA mulrBr mulr1.
    by rewrite big_split /= -!mulr_suml sumrB K1.
  apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => a _.
  have := K0 a; rewrite le_eqVlt => /orP [/eqP <-|Kp]; first by rewrite !mul0r normr0.
  rewrite normrM ger0_norm // ler_pmul2l //.
  case: (boolP (bad a)) => [_|nb] /=.
    rewrite mul1r subrr mul0r addr0.
    have /andP [a0 a1] := range pi1 x (act1 a) pi1_dist; have /andP [c0 c1] := range pi2 y (act2 a) pi2_dist.
    rewrite ler_norml; apply/andP; split.
      by rewrite ler_subr_addl; apply: (@le_trans _ _ 0); [rewrite subr_le0 | exact: a0].
    by rewrite ler_subl_addr; apply: (le_trans a1); rewrite ler_addl.
  rewrite mul0r add0r subr0 mul1r; have [gr gn] := good a Kp nb.
  have -> : A1 (act1 a) - A2 (act2 a) = (rew h x (act1 a) - rew h y (act2 a)) + \sum_w mu h w *
     (V f mu rew pi1 n h.+1 (f h x (act1 a) w) - V f mu rew pi2 n h.+1 (f h y (act2 a) w)).
    rewrite /A1 /A2 opprD addrACA; congr (_ + _); rewrite -sumrB; by apply: eq_bigr => w _; rewrite mulrBr.
  apply: (le_trans (ler_norm_add _ _)); apply: ler_add => //.
  apply: (le_trans (ler_norm_sum _ _ _)).
  under eq_bigr => w _ do rewrite normrM (ger0_norm (proj1 (mu_dist h) w)).
  by apply: avg_le => // w _; apply: IH; exact: gn.
rewrite -subr_ge0.
have -> : late p n.+1 h + costs n.+1 h - (b * n.+1%:R + (1 - b) * Z)
  = (p h - b) * (n.+1%:R - late p n h.+1) + b * (cost h + costs n h.+1) by rewrite /Z /=; ring.
have /andP [_ d1] := late_range p01 n h.+1.
have dn : late p n h.+1 <= n.+1%:R by apply: (le_trans d1); rewrite ler_nat.
by apply: addr_ge0; apply: mulr_ge0; rewrite ?subr_ge0 // addr_ge0 // costs_ge0.
Qed.

Theorem parting H : `|J f mu rho rew pi1 H - J f mu rho rew pi2 H| <= parted p H + \sum_(h < H) cost h.
Proof.
rewrite /J -sumrB; apply: (le_trans (ler_norm_sum _ _ _)).
under eq_bigr => x _ do rewrite -mulrBr normrM (ger0_norm (proj1 rho_dist x)).
apply: avg_le => // x rx; apply: (le_trans (together H (start rx))).
by rewrite late_sum costs_sum.
Qed.
End Engine.

(* nothing parts: the sum of the costs *)
Lemma parted0 (R : realFieldType) H : parted (fun _ => 0 : R) H = 0.
Proof. by rewrite /parted big1 // => h _; rewrite big1 ?subrr // => t _; rewrite subr0. Qed.

(* ---------- the labelled chain and the deployed learner ---------- *)
Section Labels.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U) (Rel : nat -> X -> X -> Prop) (p cost : nat -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis p01 : forall h, 0 <= p h <= 1.
Hypothesis cost_ge0 : forall h, 0 <= cost h.
Hypothesis start : forall x, 0 < rho x -> Rel 0 x x.
(* labels coupled; c is the labelled chain's label, v a raw action that the expert may have behind it, u the code played *)
Hypothesis labels_step : forall h x y, Rel h x y -> exists (G : U -> U -> R) (bad : U -> U -> bool),
  [/\ coupling (piL h x) (piL h y) G,
      \sum_c \sum_u G c u * (bad c u : nat)%:R <= p h &
      forall c u v, 0 < G c u -> 0 < kap piE q h x c v -> ~~ bad c u ->
        `|rew h x v - rew h y u| <= cost h /\ forall w, Rel h.+1 (f h x v w) (f h y u w)].

Theorem master_relation H : `|J f mu rho rew piE H - J f mu rho rew piL H|
  <= H%:R * TV f mu rho piE piL q H + parted p H + \sum_(h < H) cost h.
Proof.
have -> : J f mu rho rew piE H - J f mu rho rew piL H = (J f mu rho rew piE H - J f mu rho rew (deq piE q piL) H)
  + (J f mu rho rew (deq piE q piL) H - J f mu rho rew piL H) by rewrite addrA subrK.
apply: (le_trans (ler_norm_add _ _)); rewrite -addrA; apply: ler_add; first exact: imitation2.
apply: (@parting R X U W [finType of U * U * U] f mu rho rew (deq piE q piL) piL (fun a => a.2) (fun a => a.1.2) Rel) => //.
  by move=> h x; exact: deq_dist.
move=> h x y xy; have [G [bad [Gc Gb good]]] := labels_step xy; have [G0 Gx Gy] := Gc.
have kd c : is_dist (kap piE q h x c) by exact: kap_dist.
have S (F : U -> U -> U -> R) : \sum_(a : U * U * U) G a.1.1 a.1.2 * kap piE q h x a.1.1 a.2 * F a.1.1 a.1.2 a.2
  = \sum_c \sum_u G c u * \sum_v kap piE q h x c v * F c u v.
  rewrite -(pair_bigA _ (fun cu v => G cu.1 cu.2 * kap piE q h x cu.1 v * F cu.1 cu.2 v)) /=.
  rewrite -(pair_bigA _ (fun c u => \sum_v G c u * kap piE q h x c v * F c u v)) /=.
  apply: eq_bigr => c _; apply: eq_bigr => u _; rewrite mulr_sumr; by apply: eq_bigr => v _; rewrite mulrA.
exists (fun a => G a.1.1 a.1.2 * kap piE q h x a.1.1 a.2), (fun a => bad a.1.1 a.1.2); split.
- split=> [a|]; first by rewrite mulr_ge0 //; case: (kd a.1.1) => k0 _; exact: k0.
  transitivity (\sum_c \sum_u G c u * \sum_v kap piE q h x c v * 1).
    by rewrite -(S (fun _ _ _ => 1)); apply: eq_bigr => a _; rewrite mulr1.
  under eq_bigr => c _ do (under eq_bigr => u _ do rewrite -mulr_suml (proj2 (kd c)) !mulr1; rewrite Gx).
  exact: (proj2 (piL_dist h x)).
- move=> F; rewrite (S (fun _ _ v => F v)) deq_sum; apply: eq_bigr => c _; by rewrite -mulr_suml Gx.
- move=> F; rewrite (S (fun _ u _ => F u)) -(coupling_sum2 F Gc); apply: eq_bigr => c _; apply: eq_bigr => u _.
  by rewrite -mulr_suml (proj2 (kd c)) mul1r.
- rewrite (S (fun c u _ => (bad c u : nat)%:R)); apply: (le_trans _ Gb); apply: ler_sum => c _; apply: ler_sum => u _.
  by rewrite -mulr_suml (proj2 (kd c)) mul1r.
move=> [[c u] v] /= pos nb.
have Gp : 0 < G c u by rewrite lt_neqAle G0 andbT eq_sym; apply: contraTneq pos => ->; rewrite mul0r ltxx.
have kp : 0 < kap piE q h x c v.
  by rewrite lt_neqAle (proj1 (kd c)) andbT eq_sym; apply: contraTneq pos => ->; rewrite mulr0 ltxx.
exact: good Gp kp nb.
Qed.
End Labels.
