(* Two policies on the same system, coupled step by step: an engine that carries expected deviations.
   The joint chain of two policies sharing start and noise is built forward on histories; gains are applied to every
   history (they hold for all action sequences), everything else in expectation.  Any real field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- the feedback recursion (Volterra sum) ---------- *)
Section Feedback.
Variables (R : realFieldType) (g : nat -> R) (ell : R) (inp : nat -> R).

(* devs n = [:: e_{n-1}; ...; e_0] *)
Fixpoint devs n : seq R :=
  if n is n'.+1 then
    (\sum_(i < n') g i * (ell * nth 0 (devs n') i + inp (n'.-1 - i))) :: devs n'
  else [::].
(* e_0 = 0, e_h = sum_{t<h} g_{h-1-t} (ell e_t + inp_t) *)
Definition dev h : R := head 0 (devs h.+1).

Lemma nth_devs n i : (i < n)%N -> nth 0 (devs n) i = dev (n.-1 - i).
Proof.
elim: n i => [|n IH] [|i] //=; first by rewrite subn0.
by rewrite ltnS => ni; rewrite IH //; case: n ni {IH} => // n _; rewrite subSS.
Qed.

Lemma dev_rec h : dev h = \sum_(t < h) g (h.-1 - t) * (ell * dev t + inp t).
Proof.
rewrite /dev /= (reindex_inj rev_ord_inj) /=; apply: eq_bigr => t _.
have th := ltn_ord t; case: h t th => // h t th.
rewrite subSS nth_devs; last by rewrite ltnS leq_subr.
by rewrite /= subKn // -ltnS.
Qed.

Lemma dev0 : dev 0 = 0. Proof. by rewrite dev_rec big_ord0. Qed.

Lemma dev_ge0 h : (forall j, 0 <= g j) -> 0 <= ell -> (forall t, (t < h)%N -> 0 <= inp t) -> 0 <= dev h.
Proof.
move=> g0 l0; elim/ltn_ind: h => h IH i0; rewrite dev_rec; apply: sumr_ge0 => t _.
have th := ltn_ord t.
rewrite mulr_ge0 // addr_ge0 ?i0 // mulr_ge0 //; apply: IH => // s st; apply: i0; exact: ltn_trans st th.
Qed.
End Feedback.

Lemma dev_le (R : realFieldType) (g : nat -> R) ell i1 i2 h : (forall j, 0 <= g j) -> 0 <= ell ->
  (forall t, (t < h)%N -> i1 t <= i2 t) -> dev g ell i1 h <= dev g ell i2 h.
Proof.
move=> g0 l0; elim/ltn_ind: h => h IH i0; rewrite !dev_rec; apply: ler_sum => t _; have th := ltn_ord t.
apply: ler_wpmul2l => //; apply: ler_add; last exact: i0.
by apply: ler_wpmul2l => //; apply: IH => // s st; apply: i0; exact: ltn_trans st th.
Qed.

(* ---------- law of the state at step h ---------- *)
Section Occ.
Variables (R : realFieldType) (X U W : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).

Fixpoint occ (pi : nat -> X -> U -> R) h : X -> R :=
  if h is h'.+1 then
    fun y => \sum_x occ pi h' x * \sum_u pi h' x u * \sum_w mu h' w * (f h' x u w == y)%:R
  else rho.

Lemma sum_at (T : finType) (y : T) (F : T -> R) : \sum_x (y == x)%:R * F x = F y.
Proof.
rewrite (bigD1 y) //= eqxx mul1r big1 ?addr0 // => x /negbTE.
by rewrite eq_sym => ->; rewrite mul0r.
Qed.

Lemma occ_step pi h (F : X -> R) : \sum_y occ pi h.+1 y * F y =
  \sum_x occ pi h x * \sum_u pi h x u * \sum_w mu h w * F (f h x u w).
Proof.
rewrite /=; under eq_bigr => y _ do rewrite mulr_suml.
rewrite exchange_big /=; apply: eq_bigr => x _.
under eq_bigr => y _ do rewrite -mulrA mulr_suml.
rewrite -mulr_sumr exchange_big /=; congr (_ * _); apply: eq_bigr => u _.
under eq_bigr => y _ do rewrite -mulrA mulr_suml.
rewrite -mulr_sumr exchange_big /=; congr (_ * _); apply: eq_bigr => w _.
under eq_bigr => y _ do rewrite -mulrA.
by rewrite -mulr_sumr sum_at.
Qed.

Lemma occ_dist pi h : (forall h, is_dist (mu h)) -> is_dist rho -> (forall h x, is_dist (pi h x)) ->
  is_dist (occ pi h).
Proof.
move=> mud rd pid; elim: h => [|h [o0 o1]] //; split.
  move=> y /=; apply: sumr_ge0 => x _; rewrite mulr_ge0 //.
  apply: sumr_ge0 => u _; rewrite mulr_ge0 //; first by have [p0 _] := pid h x; exact: p0.
  apply: sumr_ge0 => w _; rewrite mulr_ge0 ?ler0n //; by have [m0 _] := mud h; exact: m0.
transitivity (\sum_t occ pi h.+1 t * 1); first by apply: eq_bigr => t _; rewrite mulr1.
rewrite occ_step -[RHS]o1; apply: eq_bigr => x _; rewrite -[RHS]mulr1; congr (_ * _).
rewrite -[RHS](proj2 (pid h x)); apply: eq_bigr => u _.
by rewrite -mulr_suml (proj2 (mud h)) !mulr1.
Qed.

(* the return is the sum of the expected rewards of the steps *)
Lemma V_occ (rew : nat -> X -> U -> R) pi n h : \sum_x occ pi h x * V f mu rew pi n h x =
  \sum_(i < n) \sum_x occ pi (h + i) x * \sum_u pi (h + i)%N x u * rew (h + i)%N x u.
Proof.
elim: n h => [|n IH] h; first by rewrite big_ord0 big1 // => x _; rewrite mulr0.
rewrite big_ord_recl addn0.
under [X in _ = _ + X]eq_bigr => i _ do rewrite lift0 addnS -addSn.
rewrite -IH occ_step -big_split /=; apply: eq_bigr => x _; rewrite -mulrDr; congr (_ * _).
by rewrite -big_split /=; apply: eq_bigr => u _; rewrite -mulrDr.
Qed.

Lemma J_occ (rew : nat -> X -> U -> R) pi H : J f mu rho rew pi H =
  \sum_(h < H) \sum_x occ pi h x * \sum_u pi h x u * rew h x u.
Proof. exact: (V_occ rew pi H 0). Qed.

End Occ.

(* ---------- the engine ---------- *)
Section Engine.
Variables (R : realFieldType) (X U W A : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (rew : nat -> X -> U -> R).
Variables (pi1 pi2 : nat -> X -> U -> R) (act1 act2 : A -> U).
Variables (K : nat -> X -> X -> A -> R) (H : nat).         (* joint law of one step, given both states *)
Variables (dX : X -> X -> R) (cst : nat -> X -> X -> A -> R) (g : nat -> R).
Variables (ell Lam : R) (b b' : nat -> X -> R).

Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis K_dist : forall h x y, (h < H)%N -> is_dist (K h x y).
Hypothesis K1 : forall h x y (F : U -> R), (h < H)%N -> \sum_a K h x y a * F (act1 a) = \sum_u pi1 h x u * F u.
Hypothesis K2 : forall h x y (F : U -> R), (h < H)%N -> \sum_a K h x y a * F (act2 a) = \sum_u pi2 h y u * F u.

(* histories: newest first *)
Fixpoint run (act : A -> U) (x1 : X) (s : seq (A * W)) : X :=
  if s is aw :: s' then f (size s') (run act x1 s') (act aw.1) aw.2 else x1.
Fixpoint wcost (w : nat -> R) (x1 : X) (s : seq (A * W)) : R :=
  if s is aw :: s' then
    w 0%N * cst (size s') (run act1 x1 s') (run act2 x1 s') aw.1 + wcost (fun j => w j.+1) x1 s'
  else 0.

Fixpoint E h (F : X -> seq (A * W) -> R) : R :=
  if h is h'.+1 then
    E h' (fun x1 s => \sum_a K h' (run act1 x1 s) (run act2 x1 s) a * \sum_w mu h' w * F x1 ((a, w) :: s))
  else \sum_x rho x * F x [::].

Lemma E_le h F F' : (h <= H)%N -> (forall x1 s, size s = h -> F x1 s <= F' x1 s) -> E h F <= E h F'.
Proof.
elim: h F F' => [|h IH] F F' hH le /=.
  by apply: ler_sum => x _; apply: ler_wpmul2l; [have [r0 _] := rho_dist; exact: r0 | exact: le].
apply: IH => [|x1 s sh]; first exact: ltnW.
apply: ler_sum => a _; apply: ler_wpmul2l.
  by have [k0 _] := K_dist (run act1 x1 s) (run act2 x1 s) hH; exact: k0.
apply: ler_sum => w _; apply: ler_wpmul2l; first by have [m0 _] := mu_dist h; exact: m0.
by apply: le; rewrite /= sh.
Qed.

Lemma E_eq h F F' : (h <= H)%N -> (forall x1 s, size s = h -> F x1 s = F' x1 s) -> E h F = E h F'.
Proof.
by move=> hH eqF; apply/eqP; rewrite eq_le; apply/andP; split; apply: E_le => // x1 s sh; rewrite eqF.
Qed.

Lemma E_lin h c F F' : (h <= H)%N -> E h (fun x1 s => c * F x1 s + F' x1 s) = c * E h F + E h F'.
Proof.
elim: h F F' => [|h IH] F F' hH /=.
  by rewrite mulr_sumr -big_split /=; apply: eq_bigr => x _; ring.
rewrite -IH; last exact: ltnW.
apply: E_eq => [|x1 s _]; first exact: ltnW.
rewrite mulr_sumr -big_split /=; apply: eq_bigr => a _.
rewrite mulrCA -mulrDr; congr (_ * _); rewrite mulr_sumr -big_split /=; apply: eq_bigr => w _; ring.
Qed.

Lemma E_marg1 h (F : X -> R) : (h <= H)%N ->
  E h (fun x1 s => F (run act1 x1 s)) = \sum_x occ f mu rho pi1 h x * F x.
Proof.
elim: h F => [|h IH] F hH //; rewrite occ_step -IH /=; last exact: ltnW.
apply: E_eq => [|x1 s sh]; first exact: ltnW.
by rewrite sh (K1 _ _ (fun u => \sum_w mu h w * F (f h (run act1 x1 s) u w))).
Qed.

Lemma E_marg2 h (F : X -> R) : (h <= H)%N ->
  E h (fun x1 s => F (run act2 x1 s)) = \sum_x occ f mu rho pi2 h x * F x.
Proof.
elim: h F => [|h IH] F hH //; rewrite occ_step -IH /=; last exact: ltnW.
apply: E_eq => [|x1 s sh]; first exact: ltnW.
by rewrite sh (K2 _ _ (fun u => \sum_w mu h w * F (f h (run act2 x1 s) u w))).
Qed.

Lemma E0 h : (h <= H)%N -> E h (fun _ _ => 0) = 0.
Proof. by move=> hH; rewrite (E_marg1 (fun _ => 0) hH) big1 // => x _; rewrite mulr0. Qed.

(* expected cost of step h, expected state deviation before step h *)
Definition cost1 h x y := \sum_a K h x y a * cst h x y a.
Definition Dc h := E h (fun x1 s => cost1 h (run act1 x1 s) (run act2 x1 s)).
Definition Dx h := E h (fun x1 s => dX (run act1 x1 s) (run act2 x1 s)).

Lemma E_wcost h w : (h <= H)%N -> E h (wcost w) = \sum_(t < h) w (h.-1 - t)%N * Dc t.
Proof.
elim: h w => [|h IH] w hH; first by rewrite big_ord0 -(E0 hH); apply: E_eq => // x1 [].
have hH' := ltnW hH.
transitivity (E h (fun x1 s => w 0%N * cost1 h (run act1 x1 s) (run act2 x1 s) + wcost (fun j => w j.+1) x1 s)).
  rewrite /=; apply: E_eq => // x1 s sh.
  have [m0 m1] := mu_dist h; have [k0 k1] := K_dist (run act1 x1 s) (run act2 x1 s) hH.
  under eq_bigr => a _ do rewrite -mulr_suml m1 mul1r mulrDr mulrCA sh.
  by rewrite big_split /= -mulr_sumr -mulr_suml k1 mul1r.
rewrite E_lin // IH // big_ord_recr /= subnn addrC; congr (_ + _); apply: eq_bigr => t _.
by case: h t {IH hH hH'} => [[]//|h] t; rewrite subSn // -ltnS.
Qed.

(* hypotheses on the two policies *)
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis ell_ge0 : 0 <= ell.
Hypothesis Lam_ge0 : 0 <= Lam.
Hypothesis gains : forall x1 s, (size s < H)%N -> dX (run act1 x1 s) (run act2 x1 s) <= wcost g x1 s.
Hypothesis step_cost : forall h x y, (h < H)%N -> \sum_a K h x y a * cst h x y a <= ell * dX x y + b h x.
Hypothesis step_rew : forall h x y, (h < H)%N ->
  `|\sum_a K h x y a * (rew h x (act1 a) - rew h y (act2 a))| <= Lam * dX x y + b' h x.

Definition mean1 h (F : X -> R) := \sum_x occ f mu rho pi1 h x * F x.
Definition edev h := dev g ell (fun t => mean1 t (b t)) h.

Lemma Dx_le h : (h < H)%N -> Dx h <= edev h.
Proof.
elim/ltn_ind: h => h IH hH; have hH' := ltnW hH.
apply: (@le_trans _ _ (E h (wcost g))); first by apply: E_le => // x1 s sh; apply: gains; rewrite sh.
rewrite E_wcost // /edev dev_rec; apply: ler_sum => t _; have th := ltn_ord t.
have tH : (t < H)%N by exact: ltn_trans th hH.
apply: ler_wpmul2l => //.
apply: (@le_trans _ _ (ell * Dx t + mean1 t (b t))).
  rewrite /mean1 /Dx -(E_marg1 (b t)) ?(ltnW tH) // -E_lin ?(ltnW tH) //.
  by apply: E_le => [|x1 s _]; [exact: ltnW | exact: step_cost].
by rewrite ler_add2r; apply: ler_wpmul2l => //; apply: IH.
Qed.

Theorem engine : `|J f mu rho rew pi1 H - J f mu rho rew pi2 H| <=
  \sum_(h < H) (Lam * edev h + mean1 h (b' h)).
Proof.
rewrite !J_occ -sumrB; apply: (le_trans (ler_norm_sum _ _ _)); apply: ler_sum => h _.
have hH := ltn_ord h; have hH' := ltnW hH.
pose D x y := \sum_a K h x y a * (rew h x (act1 a) - rew h y (act2 a)).
have -> : \sum_x occ f mu rho pi1 h x * (\sum_u pi1 h x u * rew h x u)
   - \sum_x occ f mu rho pi2 h x * (\sum_u pi2 h x u * rew h x u)
   = E h (fun x1 s => D (run act1 x1 s) (run act2 x1 s)).
  rewrite -(E_marg1 (fun x => \sum_u pi1 h x u * rew h x u)) //.
  rewrite -(E_marg2 (fun x => \sum_u pi2 h x u * rew h x u)) //.
  rewrite addrC -mulN1r -E_lin //; apply: E_eq => // x1 s _.
  rewrite -(K1 _ (run act2 x1 s)) // -(K2 (run act1 x1 s)) // mulN1r addrC -sumrB /D.
  by apply: eq_bigr => a _; rewrite mulrBr.
have up : E h (fun x1 s => Lam * dX (run act1 x1 s) (run act2 x1 s) + b' h (run act1 x1 s))
   <= Lam * edev h + mean1 h (b' h).
  by rewrite E_lin // (E_marg1 (b' h)) // ler_add2r; apply: ler_wpmul2l => //; exact: Dx_le.
rewrite ler_norml; apply/andP; split; last first.
  by apply: (le_trans _ up); apply: E_le => // x1 s _; apply: (le_trans (ler_norm _)); exact: step_rew.
rewrite ler_oppl; apply: (le_trans _ up).
rewrite -[E h _]addr0 -{1}(E0 hH') opprD -mulN1r -[X in _ - X]mul1r.
have -> : -1 * E h (fun x1 s => D (run act1 x1 s) (run act2 x1 s)) - 1 * E h (fun _ _ => 0)
  = -1 * E h (fun x1 s => D (run act1 x1 s) (run act2 x1 s)) + E h (fun _ _ => 0) by rewrite !E0 //; ring.
rewrite -E_lin //; apply: E_le => // x1 s _; rewrite addr0 mulN1r.
by apply: (le_trans (ler_norm _)); rewrite normrN; exact: step_rew.
Qed.

(* the laws of the two states at step h are within edev h of each other (Wasserstein-1) *)
Theorem engine_state h : (h < H)%N -> exists G : X -> X -> R,
  [/\ forall x y, 0 <= G x y,
      forall x, \sum_y G x y = occ f mu rho pi1 h x,
      forall y, \sum_x G x y = occ f mu rho pi2 h y &
      \sum_x \sum_y G x y * dX x y <= edev h].
Proof.
move=> hH; have hH' := ltnW hH.
pose G x y := E h (fun x1 s => (run act1 x1 s == x)%:R * (run act2 x1 s == y)%:R).
have lin (T : finType) (F : T -> X -> seq (A * W) -> R) : \sum_t E h (F t) = E h (fun x1 s => \sum_t F t x1 s).
  elim: (index_enum T) => [|t ts IH].
    rewrite big_nil; transitivity (E h (fun _ _ => 0)); first by rewrite E0.
    by apply: E_eq => // x1 s _; rewrite big_nil.
  rewrite big_cons IH -[E h (F t)]mul1r -E_lin //; apply: E_eq => // x1 s _; by rewrite big_cons mul1r.
exists G; split.
- move=> x y; rewrite -(E0 hH'); apply: E_le => // x1 s _; by rewrite mulr_ge0 ?ler0n.
- move=> x; rewrite /G lin.
  transitivity (E h (fun x1 s => (run act1 x1 s == x)%:R)).
    apply: E_eq => // x1 s _; rewrite -mulr_sumr.
    by under eq_bigr => y _ do rewrite -[_%:R]mulr1; rewrite (sum_at _ (fun _ => 1)) mulr1.
  rewrite (E_marg1 (fun y => (y == x)%:R)) //; under eq_bigr => y _ do rewrite eq_sym mulrC.
  by rewrite sum_at.
- move=> y; rewrite /G lin.
  transitivity (E h (fun x1 s => (run act2 x1 s == y)%:R)).
    apply: E_eq => // x1 s _; rewrite -mulr_suml.
    by under eq_bigr => x _ do rewrite -[_%:R]mulr1; rewrite (sum_at _ (fun _ => 1)) mul1r.
  rewrite (E_marg2 (fun x => (x == y)%:R)) //; under eq_bigr => x _ do rewrite eq_sym mulrC.
  by rewrite sum_at.
- apply: (le_trans _ (Dx_le hH)); rewrite /G.
  have scale x y : E h (fun x1 s => (run act1 x1 s == x)%:R * (run act2 x1 s == y)%:R) * dX x y
    = E h (fun x1 s => dX x y * ((run act1 x1 s == x)%:R * (run act2 x1 s == y)%:R) + 0).
    by rewrite E_lin // E0 // addr0 mulrC.
  under eq_bigr => x _ do under eq_bigr => y _ do rewrite scale.
  under eq_bigr => x _ do rewrite lin.
  rewrite lin; apply: E_le => // x1 s _.
  rewrite le_eqVlt; apply/orP; left; apply/eqP.
  rewrite -[RHS](sum_at (run act1 x1 s) (fun x => dX x (run act2 x1 s))); apply: eq_bigr => x _.
  rewrite -(sum_at (run act2 x1 s) (fun y => dX x y)) mulr_sumr; apply: eq_bigr => y _; ring.
Qed.
End Engine.
