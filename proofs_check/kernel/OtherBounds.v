(* ross_bagnell : a policy that differs from a deterministic expert with probability e_h at step h of the expert's own chain
     loses at most H min(1, sum_h e_h); no class, no data.
   smooth_kernel : the law of the next state moves by at most p in total variation within a bin: the same for every policy of
     the learner, no metric on the states.  H TV + sum_h [1 - (1-p)^h] + H L_u eps, steps from 0.
   proposition_5 : when labels are smooth, and what it says about the map behind them.
   Finite spaces, every H, two-sided; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz SureDeviation Trajectories Hazards.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section RossBagnell.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R).
Variables (act : nat -> X -> U) (piL : nat -> X -> U -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Definition sure_expert h x u : R := (u == act h x)%:R.
Local Notation piE := sure_expert.
(* probability that the learner differs from the expert at step h, on the expert's states *)
Definition step_error h := \sum_x occ f mu rho piE h x * (1 - piL h x (act h x)).

Let piE_dist h x : is_dist (piE h x).
Proof. by split=> [u|]; rewrite /sure_expert ?ler0n // (bigD1 (act h x)) //= eqxx big1 ?addr0 // => u /negbTE ->. Qed.
Let occ_d h : is_dist (occ f mu rho piE h). Proof. exact: occ_dist. Qed.
Let miss h x := 1 - piL h x (act h x).
Let miss01 h x : 0 <= miss h x <= 1.
Proof.
have [p0 p1] := piL_dist h x; rewrite /miss subr_ge0 ler_subl_addr ler_addl p0 andbT -p1 (bigD1 (act h x)) //= ler_addl.
by rewrite sumr_ge0.
Qed.

(* mean number of mistakes to come, on the expert's chain *)
Fixpoint mistakes n h x : R :=
  if n is n'.+1 then miss h x + \sum_w mu h w * mistakes n' h.+1 (f h x (act h x) w) else 0.

Lemma mistakes_ge0 n h x : 0 <= mistakes n h x.
Proof.
by elim: n h x => [|n IH] h x //=; rewrite addr_ge0 ?avg_ge0 //; case/andP: (miss01 h x).
Qed.

Lemma mistakes_sum n h : \sum_x occ f mu rho piE h x * mistakes n h x = \sum_(i < n) step_error (h + i)%N.
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0 big1 // => x _; rewrite mulr0.
rewrite big_ord_recl addn0; under [X in _ = _ + X]eq_bigr => i _ do rewrite lift0 addnS -addSn.
rewrite -IH occ_step /step_error -big_split /=; apply: eq_bigr => x _; rewrite mulrDr; congr (_ + _ * _).
by under [RHS]eq_bigr => u _ do rewrite /sure_expert eq_sym; rewrite sum_at.
Qed.

Lemma mistakes_value n h x : `|V f mu rew piE n h x - V f mu rew piL n h x| <= n%:R * mistakes n h x.
Proof.
elim: n h x => [|n IH] h x; first by rewrite /= subrr normr0 mul0r.
pose A pi' u := rew h x u + \sum_w mu h w * V f mu rew pi' n h.+1 (f h x u w).
have A01 pi' u : (forall h x, is_dist (pi' h x)) -> 0 <= A pi' u <= n.+1%:R.
  move=> pid; have /andP [a b] := rew01 h x u; rewrite mulrS.
  have Vr := fun w => V_range f mu_dist rew01 n h.+1 (f h x u w) pid.
  apply/andP; split; first by rewrite addr_ge0 // avg_ge0 // => w; have /andP [] := Vr w.
  by apply: ler_add => //; apply: avg_le => // w _; have /andP [] := Vr w.
pose u0 := act h x; have [p0 p1] := piL_dist h x.
have Eq : V f mu rew piE n.+1 h x = A piE u0.
  by rewrite /= -/(A piE _); under eq_bigr => u _ do rewrite /sure_expert eq_sym; rewrite (sum_at u0 (A piE)).
have -> : V f mu rew piE n.+1 h x - V f mu rew piL n.+1 h x = \sum_u piL h x u * (A piE u0 - A piL u).
  by under [RHS]eq_bigr => u _ do rewrite mulrBr; rewrite sumrB -mulr_suml p1 mul1r Eq.
have d0 : `|A piE u0 - A piL u0| <= n%:R * \sum_w mu h w * mistakes n h.+1 (f h x u0 w).
  rewrite /A opprD addrACA subrr add0r -sumrB mulr_sumr.
  apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => w _.
  rewrite -mulrBr normrM (ger0_norm (proj1 (mu_dist h) w)) mulrCA; apply: ler_wpmul2l; first by case: (mu_dist h).
  exact: IH.
set M := \sum_w mu h w * mistakes n h.+1 (f h x u0 w) in d0.
have M0 : 0 <= M by apply: avg_ge0 => // w; exact: mistakes_ge0.
have rest : \sum_(u | u != u0) piL h x u = miss h x.
  by have E := p1; rewrite (bigD1 u0) //= in E; rewrite /miss -E -/u0 addrAC subrr add0r.
rewrite (bigD1 u0) //=; apply: (le_trans (ler_norm_add _ _)).
have le1 : piL h x u0 <= 1 by rewrite -p1 (bigD1 u0) //= ler_addl sumr_ge0.
apply: (@le_trans _ _ (n%:R * M + n.+1%:R * miss h x)); last first.
  rewrite -/u0 -/M mulrDr addrC ler_add2l; apply: ler_wpmul2r => //; by rewrite ler_nat.
apply: ler_add.
  rewrite normrM (ger0_norm (p0 u0)); apply: (@le_trans _ _ (1 * `|A piE u0 - A piL u0|)); last by rewrite mul1r.
  by apply: ler_wpmul2r.
apply: (le_trans (ler_norm_sum _ _ _)); rewrite -rest mulr_sumr; apply: ler_sum => u _.
rewrite normrM (ger0_norm (p0 u)) mulrC; apply: ler_wpmul2r => //.
have /andP [a0 a1] := A01 piE u0 piE_dist; have /andP [b0 b1] := A01 piL u piL_dist.
rewrite ler_norml; apply/andP; split.
  by rewrite ler_subr_addl; apply: (@le_trans _ _ 0); [rewrite subr_le0 | exact: a0].
by rewrite ler_subl_addr; apply: (le_trans a1); rewrite ler_addl.
Qed.

Theorem ross_bagnell H : `|J f mu rho rew piE H - J f mu rho rew piL H| <= H%:R * Num.min 1 (\sum_(h < H) step_error h).
Proof.
rewrite minr_pmulr ?ler0n // le_minr.
apply/andP; split.
  rewrite mulr1 /J -sumrB; apply: (le_trans (ler_norm_sum _ _ _)).
  under eq_bigr => x _ do rewrite -mulrBr normrM (ger0_norm (proj1 rho_dist x)).
  apply: avg_le => // x _.
  have /andP [a0 a1] := V_range f mu_dist rew01 H 0 x piE_dist; have /andP [b0 b1] := V_range f mu_dist rew01 H 0 x piL_dist.
  rewrite ler_norml; apply/andP; split.
    by rewrite ler_subr_addl; apply: (@le_trans _ _ 0); [rewrite subr_le0 | exact: a0].
  by rewrite ler_subl_addr; apply: (le_trans a1); rewrite ler_addl.
have <- := mistakes_sum H 0; rewrite /J -sumrB mulr_sumr; apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => x _.
rewrite -mulrBr normrM (ger0_norm (proj1 rho_dist x)) mulrCA; apply: ler_wpmul2l; [by case: rho_dist | exact: mistakes_value].
Qed.
End RossBagnell.

(* ---------- smooth transition kernels ---------- *)
Section SmoothKernel.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R) (dU : U -> U -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U) (eps LP Lu : R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u u', `|rew h x u - rew h x u'| <= Lu * dU u u'.
Hypothesis consts : [/\ 0 <= LP, 0 <= Lu & 0 <= eps].
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
(* the kernel is LP-Lipschitz in the action, in total variation *)
Hypothesis smooth : forall h x u u', tv (next f mu h x u) (next f mu h x u') <= LP * dU u u'.
Definition kernel_hazard h : R := if h is 0%N then 0 else Num.min 1 (LP * eps).
Let p := Num.min 1 (LP * eps).
Let p01 : 0 <= p <= 1.
Proof. by have [l0 _ e0] := consts; rewrite /p le_minr ler01 mulr_ge0 // le_minl lexx. Qed.

(* started from the same state, n steps: n-1 chances to part *)
Fixpoint kernel_late n : R := if n is n'.+1 then p * n'%:R + (1 - p) * kernel_late n' else 0.

Let late_range n : 0 <= kernel_late n <= n%:R.
Proof.
have /andP [p0 p1] := p01; have q0 : 0 <= 1 - p by rewrite subr_ge0.
elim: n => [|n /andP [d0 d1]]; first by rewrite lexx.
apply/andP; split; first by rewrite /= addr_ge0 // mulr_ge0 // ?ler0n.
rewrite /= -[n.+1%:R]mul1r; apply: (@le_trans _ _ (p * n%:R + (1 - p) * n%:R)).
  by rewrite ler_add2l; apply: ler_wpmul2l.
by rewrite -mulrDl addrC subrK; apply: ler_wpmul2l; rewrite ?ler01 // ler_nat.
Qed.

Lemma kernel_step h x c v : 0 < kap piE q h x c v -> tv (next f mu h x v) (next f mu h x c) <= p.
Proof.
have [l0 lu0 e0] := consts => kp.
have vc : dU v c <= eps := @kap_error R X U dU piE q eps 0 Lu Lu (And4 lu0 lu0 e0 (lexx 0)) dU_xx sup_error h x c v kp.
rewrite /p le_minr; apply/andP; split; last by apply: (le_trans (smooth _ _ _ _)); apply: ler_wpmul2l.
have [a0 a1] := next_dist f mu_dist h x v; have [b0 b1] := next_dist f mu_dist h x c.
rewrite /tv ler_pdivr_mulr ?ltr0n // mul1r.
apply: (@le_trans _ _ (\sum_t (next f mu h x v t + next f mu h x c t))); last by rewrite big_split /= a1 b1 -[2%:R](natrD _ 1 1).
by apply: ler_sum => t _; apply: (le_trans (ler_norm_sub _ _)); rewrite !ger0_norm.
Qed.

Lemma kernel_value n h x : `|V f mu rew (deq piE q piL) n h x - V f mu rew piL n h x| <= kernel_late n + n%:R * (Lu * eps).
Proof.
have [l0 lu0 e0] := consts; have Dd h' z := deq_dist q piE_dist (piL_dist h' z).
elim: n h x => [|n IH] h x; first by rewrite /= subrr normr0 mul0r addr0.
pose A pi' u := rew h x u + \sum_w mu h w * V f mu rew pi' n h.+1 (f h x u w).
have kd c := kap_dist q piE_dist h x c.
have -> : V f mu rew (deq piE q piL) n.+1 h x - V f mu rew piL n.+1 h x
  = \sum_c piL h x c * (\sum_v kap piE q h x c v * A (deq piE q piL) v - A piL c).
  under [RHS]eq_bigr => c _ do rewrite mulrBr.
  by rewrite sumrB -(deq_sum piE q piL h x (A (deq piE q piL))).
apply: (le_trans (ler_norm_sum _ _ _)).
under eq_bigr => c _ do rewrite normrM (ger0_norm (proj1 (piL_dist h x) c)).
apply: avg_le => // c _; rewrite -[A piL c](avg_const _ (kd c)) -sumrB.
apply: (le_trans (ler_norm_sum _ _ _)).
under eq_bigr => v _ do rewrite -mulrBr normrM (ger0_norm (proj1 (kd c) v)).
apply: avg_le => // v kp.
have vc : dU v c <= eps := @kap_error R X U dU piE q eps 0 Lu Lu (And4 lu0 lu0 e0 (lexx 0)) dU_xx sup_error h x c v kp.
have /andP [p0 p1] := p01; have Vr := fun pi' pid z => V_range f mu_dist rew01 n h.+1 z (pid : forall h x, is_dist (pi' h x)).
set B := kernel_late n + n%:R * (Lu * eps) in IH *.
(* the two next laws agree but for p: the difference of means of V *)
pose D := deq piE q piL.
have T : `|\sum_w mu h w * V f mu rew D n h.+1 (f h x v w) - \sum_w mu h w * V f mu rew piL n h.+1 (f h x c w)|
   <= p * n%:R + (1 - p) * kernel_late n + n%:R * (Lu * eps).
  have [G [Gc Gt]] := max_coupling (next_dist f mu_dist h x v) (next_dist f mu_dist h x c); have [G0 G1 G2] := Gc.
  rewrite -!next_sum -(coupling_sum1 (fun z => V f mu rew D n h.+1 z) Gc) -(coupling_sum2 (fun z => V f mu rew piL n h.+1 z) Gc) -sumrB.
  under eq_bigr => z _ do (rewrite -sumrB; under eq_bigr => z' _ do rewrite -mulrBr).
  have tot : \sum_z \sum_z' G z z' = 1 by under eq_bigr => z _ do rewrite G1; exact: (proj2 (next_dist f mu_dist h x v)).
  set b := \sum_z \sum_z' G z z' * (z != z')%:R in Gt.
  have bp : b <= p by apply: (le_trans Gt); exact: kernel_step kp.
  have /andP [k0 k1] := late_range n.
  have le0 : 0 <= n%:R * (Lu * eps) by rewrite !mulr_ge0 ?ler0n.
  apply: (@le_trans _ _ (b * n%:R + (1 - b) * kernel_late n + n%:R * (Lu * eps))).
    have -> : b * n%:R + (1 - b) * kernel_late n + n%:R * (Lu * eps)
      = \sum_z \sum_z' G z z' * ((z != z')%:R * n%:R + (1 - (z != z')%:R) * kernel_late n + n%:R * (Lu * eps)).
      have -> : b * n%:R + (1 - b) * kernel_late n + n%:R * (Lu * eps)
        = b * (n%:R - kernel_late n) + (\sum_z \sum_z' G z z') * (kernel_late n + n%:R * (Lu * eps)) by rewrite tot; ring.
      rewrite /b !mulr_suml -big_split /=; apply: eq_bigr => z _; rewrite !mulr_suml -big_split /=; apply: eq_bigr => z' _; ring.
    apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => z _.
    apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => z' _.
    rewrite normrM (ger0_norm (G0 z z')); apply: ler_wpmul2l => //.
    case: eqP => [<-|_] /=; first by rewrite mul0r add0r subr0 mul1r; exact: IH.
    rewrite mul1r subrr mul0r addr0; have /andP [a0 a1] := Vr _ Dd z; have /andP [b0 b1] := Vr _ piL_dist z'.
    apply: (@le_trans _ _ n%:R); last by rewrite ler_addl.
    rewrite ler_norml; apply/andP; split.
      by rewrite ler_subr_addl; apply: (@le_trans _ _ 0); [rewrite subr_le0 | exact: a0].
    by rewrite ler_subl_addr; apply: (le_trans a1); rewrite ler_addl.
  rewrite ler_add2r -subr_ge0.
  have -> : p * n%:R + (1 - p) * kernel_late n - (b * n%:R + (1 - b) * kernel_late n) = (p - b) * (n%:R - kernel_late n) by ring.
  by apply: mulr_ge0; rewrite subr_ge0.
rewrite /A opprD addrACA; apply: (le_trans (ler_norm_add _ _)).
apply: (le_trans (ler_add (le_trans (rew_lip _ _ _ _) (ler_wpmul2l lu0 vc)) T)).
rewrite le_eqVlt; apply/orP; left; apply/eqP; rewrite [kernel_late n.+1]/= mulrS.
by move: (kernel_late n) => k; ring.
Qed.

Lemma kernel_late_sum n : kernel_late n = \sum_(h < n) (1 - (1 - p) ^+ h).
Proof.
elim: n => [|n IH]; first by rewrite big_ord0.
rewrite big_ord_recl expr0 subrr add0r.
under [RHS]eq_bigr => h _ do rewrite lift0 exprS.
rewrite /= IH.
have -> : p * n%:R = \sum_(h < n) p by rewrite sumr_const card_ord mulr_natr.
rewrite mulr_sumr -big_split /=; apply: eq_bigr => h _; ring.
Qed.

Theorem smooth_kernel H : `|J f mu rho rew piE H - J f mu rho rew piL H|
  <= H%:R * TV f mu rho piE piL q H + \sum_(h < H) (1 - (1 - Num.min 1 (LP * eps)) ^+ h) + H%:R * (Lu * eps).
Proof.
have -> : J f mu rho rew piE H - J f mu rho rew piL H = (J f mu rho rew piE H - J f mu rho rew (deq piE q piL) H)
  + (J f mu rho rew (deq piE q piL) H - J f mu rho rew piL H) by rewrite addrA subrK.
apply: (le_trans (ler_norm_add _ _)); rewrite -addrA; apply: ler_add; first exact: imitation2.
rewrite -kernel_late_sum /J -sumrB; apply: (le_trans (ler_norm_sum _ _ _)).
under eq_bigr => x _ do rewrite -mulrBr normrM (ger0_norm (proj1 rho_dist x)).
by apply: avg_le => // x _; exact: kernel_value.
Qed.
End SmoothKernel.

(* ---------- Proposition 5 ---------- *)
Section Proposition5.
Variables (R : realFieldType) (X U : finType) (dX : X -> X -> R) (dU : U -> U -> R) (q : U -> U) (pi : X -> U).
Local Notation label x c := ((c == q (pi x))%:R : R).

(* (i) labels of a deterministic policy, smooth with modulus less than 1 near 0, do not jump by more than eps' there *)
Theorem proposition_5_i (eps' del : R) (kappa : R -> R) :
  (forall x x', exists G, coupling (fun c => label x c) (fun c => label x' c) G /\
     \sum_u \sum_u' G u u' * ((eps' < dU u u')%R : nat)%:R <= kappa (dX x x')) ->
  (forall r, r <= del -> kappa r < 1) ->
  forall x x', dX x x' <= del -> dU (q (pi x)) (q (pi x')) <= eps'.
Proof.
move=> rtvc small x x' near_; have [G [[G0 G1 G2] bad]] := rtvc x x'.
rewrite leNgt; apply/negP => far; have := lt_le_trans (le_lt_trans bad (small _ near_)) (lexx 1).
rewrite ltNge => /negP []; pose c := q (pi x); pose c' := q (pi x').
have z u u' : (u, u') <> (c, c') -> G u u' = 0.
  move=> ne; apply/eqP; rewrite eq_le G0 andbT.
  have [e|nu] := eqVneq u c; last first.
    have E : \sum_v G u v = 0 by rewrite G1 (negbTE nu).
    by rewrite -E (bigD1 u') //= ler_addl sumr_ge0.
  have [e'|nu'] := eqVneq u' c'; first by case: ne; rewrite e e'.
  have E : \sum_v G v u' = 0 by rewrite G2 (negbTE nu').
  by rewrite -E (bigD1 u) //= ler_addl sumr_ge0.
have one : G c c' = 1.
  have := G1 c; rewrite eqxx (bigD1 c') //= big1 ?addr0 // => u' ne; apply: z => [[]]; exact/eqP.
rewrite (bigD1 c) //= (bigD1 c') //= one mul1r far /= -addrA ler_addl addr_ge0 ?sumr_ge0 // => u _.
  by rewrite mulr_ge0 // ler0n.
by apply: sumr_ge0 => u' _; rewrite mulr_ge0 // ler0n.
Qed.

(* (ii) binned labels of an ell-Lipschitz map are eps'-smooth with the modulus 1{r > (eps' - 2 eps)/ell} *)
Theorem proposition_5_ii (eps eps' ell : R) : 0 < ell ->
  (forall u v w, dU u w <= dU u v + dU v w) -> (forall u v, dU u v = dU v u) -> (forall u, dU u (q u) <= eps) ->
  (forall x x', dU (pi x) (pi x') <= ell * dX x x') ->
  forall x x', exists G, coupling (fun c => label x c) (fun c => label x' c) G /\
    \sum_u \sum_u' G u u' * ((eps' < dU u u')%R : nat)%:R <= (((eps' - 2%:R * eps) / ell < dX x x')%R : nat)%:R.
Proof.
move=> l0 tri sym sup lip x x'.
have one (c : U) : \sum_u (u == c)%:R = 1 :> R by rewrite (bigD1 c) //= eqxx big1 ?addr0 // => u /negbTE ->.
exists (fun u u' => label x u * label x' u'); split.
  by split=> [u u'|u|u]; [rewrite mulr_ge0 ?ler0n | rewrite -mulr_sumr one mulr1 | rewrite -mulr_suml one mul1r].
have -> : \sum_u \sum_u' label x u * label x' u' * ((eps' < dU u u')%R : nat)%:R
  = ((eps' < dU (q (pi x)) (q (pi x')))%R : nat)%:R.
  under eq_bigr => u _ do (under eq_bigr => u' _ do rewrite -mulrA [(u' == _)]eq_sym; rewrite -mulr_sumr sum_at eq_sym).
  by rewrite (sum_at (q (pi x)) (fun u => ((eps' < dU u (q (pi x')))%R : nat)%:R)).
rewrite ler_nat; case: (boolP (eps' < dU (q (pi x)) (q (pi x')))) => // far.
rewrite (_ : _ < _ = true) // ltr_pdivr_mulr // [_ * ell]mulrC ltr_subl_addr; apply: (lt_le_trans far).
have -> : ell * dX x x' + 2%:R * eps = eps + (ell * dX x x' + eps) by ring.
apply: (le_trans (tri _ (pi x) _)); apply: ler_add; first by rewrite sym.
by apply: (le_trans (tri _ (pi x') _)); apply: ler_add.
Qed.
End Proposition5.
