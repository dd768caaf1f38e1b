(* Sure deviations under common noise: the expert's observed trajectory and
   the deployed learner's trajectory can be realised together so that some state deviates by more than e_h with
   probability at most TV.  Finite spaces, any real field; no axioms. *)
Set Warnings "-notation-overridden,-ambiguous-paths".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Master JointChains Lipschitz Noise.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- a coupling that attains TV ---------- *)
Section MaxCoupling.
Variables (R : realFieldType) (T : finType) (p q : T -> R).
Hypothesis pd : is_dist p.
Hypothesis qd : is_dist q.
Let m t := Num.min (p t) (q t).
Let d : R := \sum_t (p t - m t).

Lemma min_parts t : [/\ 0 <= m t, 0 <= p t - m t & 0 <= q t - m t].
Proof.
have [p0 _] := pd; have [q0 _] := qd.
by rewrite /m !subr_ge0 le_minr p0 q0 !le_minl !lexx orbT.
Qed.

Lemma d_other : \sum_t (q t - m t) = d.
Proof. by have [_ p1] := pd; have [_ q1] := qd; rewrite /d !sumrB p1 q1. Qed.

Lemma d_tv : d = tv p q.
Proof.
have two : d + d = \sum_t `|p t - q t|.
  rewrite -{2}d_other -big_split /=; apply: eq_bigr => t _; rewrite /m.
  by case: (lerP (p t) (q t)) => le; rewrite subrr ?add0r ?addr0.
by rewrite /tv -two mulrDl -splitr.
Qed.

Lemma max_coupling : exists G, coupling p q G /\ \sum_s \sum_t G s t * (s != t)%:R <= tv p q.
Proof.
have d0 : 0 <= d by apply: sumr_ge0 => t _; have [] := min_parts t.
pose G s t := (s == t)%:R * m s + (p s - m s) * (q t - m t) / d.
have rest0 s t : 0 <= (p s - m s) * (q t - m t) / d.
  have [_ a _] := min_parts s; have [_ _ b] := min_parts t; by rewrite divr_ge0 // mulr_ge0.
have z (F : T -> R) (s : T) : (forall t, 0 <= F t) -> \sum_t F t = 0 -> F s = 0.
  by move=> F0 /eqP; rewrite psumr_eq0 // => /allP /(_ s); rewrite mem_index_enum => /(_ isT) /eqP.
have rows s : \sum_t (p s - m s) * (q t - m t) / d = p s - m s.
  rewrite -mulr_suml -mulr_sumr d_other; have [e|n] := eqVneq d 0; last by rewrite mulfK.
  by rewrite e mulr0 mul0r (z (fun t => p t - m t)) // => t; have [] := min_parts t.
have cols t : \sum_s (p s - m s) * (q t - m t) / d = q t - m t.
  rewrite -!mulr_suml -/d; have [e|n] := eqVneq d 0; last by rewrite mulrAC divff // mul1r.
  by rewrite e !mul0r (z (fun t => q t - m t)) ?d_other // => s; have [] := min_parts s.
exists G; split.
  split.
  - move=> s t; have [m0 _ _] := min_parts s; by rewrite addr_ge0 // mulr_ge0 ?ler0n.
  - move=> s; rewrite big_split /= rows (sum_at s (fun _ => m s)); by rewrite addrC subrK.
  - move=> t; rewrite big_split /= cols; under eq_bigr => s _ do rewrite eq_sym.
    by rewrite (sum_at t m) addrC subrK.
rewrite -d_tv; apply: ler_sum => s _; rewrite -[X in _ <= X]rows; apply: ler_sum => t _.
rewrite /G; case: eqP => [_|_] /=; first by rewrite mulr0.
by rewrite mulr1 mul0r add0r.
Qed.
End MaxCoupling.

(* ---------- laws of trajectories ---------- *)
Section Laws.
Variables (R : realFieldType) (X U W : finType) (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U).

(* law of x_h, u_h, ..., for a policy acting on the real system, started from the state law m *)
Fixpoint plaw (pi : nat -> X -> U -> R) n h (m : X -> R) : path X U n -> R :=
  match n return path X U n -> R with
  | 0 => fun _ => 1
  | n'.+1 => fun s => m s.1.1 * pi h s.1.1 s.1.2 *
      plaw pi h.+1 (fun y => \sum_w mu h w * (f h s.1.1 s.1.2 w == y)%:R) s.2
  end.

Lemma law_mix (T : finType) (w : T -> R) (ms : T -> X -> R) m pi n h s : \sum_t w t = 1 ->
  (forall y, m y = \sum_t w t * ms t y) -> @law R X U W f mu piE q pi n h m s = \sum_t w t * law f mu piE q pi h (ms t) s.
Proof.
move=> w1 mE; case: n s => [|n] s /=; first by rewrite -mulr_suml w1 mul1r.
by rewrite mE !mulr_suml; apply: eq_bigr => t _; rewrite !mulrA.
Qed.

Lemma plaw_mix (T : finType) (w : T -> R) (ms : T -> X -> R) m pi n h s : \sum_t w t = 1 ->
  (forall y, m y = \sum_t w t * ms t y) -> @plaw pi n h m s = \sum_t w t * plaw pi h (ms t) s.
Proof.
move=> w1 mE; case: n s => [|n] s /=; first by rewrite -mulr_suml w1 mul1r.
by rewrite mE !mulr_suml; apply: eq_bigr => t _; rewrite !mulrA.
Qed.

Lemma sum_path n (F : X -> U -> path X U n -> R) :
  \sum_(s : path X U n.+1) F s.1.1 s.1.2 s.2 = \sum_x \sum_u \sum_s F x u s.
Proof.
rewrite (pair_bigA _ (fun x u => \sum_s F x u s)) /=.
by rewrite (pair_bigA _ (fun xu s => F xu.1 xu.2 s)).
Qed.

(* the observed chain is the expert's own: states and labels of its real trajectories *)
Fixpoint obs n : path X U n -> path X U n :=
  match n return path X U n -> path X U n with
  | 0 => fun s => s
  | n'.+1 => fun s => (s.1.1, q s.1.2, obs s.2)
  end.

Lemma observed_law n h m t : (forall h, is_dist (mu h)) -> (forall h x, is_dist (piE h x)) ->
  @law R X U W f mu piE q (piQ piE q) n h m t = \sum_s plaw piE h m s * (obs s == t)%:R.
Proof.
move=> mud piEd; elim: n h m t => [|n IH] h m t.
  by case: t; rewrite (bigD1 tt) //= big1 ?addr0 ?mul1r // => [[]].
have [_ m1] := mud h.
case: t => [[x c] t] /=.
rewrite (sum_path (fun y v s => m y * piE h y v *
  plaw piE h.+1 (fun z => \sum_w mu h w * (f h y v w == z)%:R) s * ((y, q v, @obs n s) == (x, c, t))%:R)).
rewrite (bigD1 x) //= [X in _ + X]big1 ?addr0; last first.
  move=> y /negbTE ne; rewrite big1 // => v _; rewrite big1 // => s _.
  by rewrite !xpair_eqE ne /= mulr0.
rewrite -mulrA (@law_mix _ (kap piE q h x c) (fun v z => \sum_w mu h w * (f h x v w == z)%:R)) //; last first.
  exact: (proj2 (kap_dist q piEd h x c)).
rewrite !mulr_sumr; apply: eq_bigr => v _.
rewrite [piQ piE q h x c * (_ * _)]mulrA piQ_kap // IH !mulr_sumr; apply: eq_bigr => s _.
rewrite !xpair_eqE eqxx /=; case: (q v == c); rewrite /= ?mul0r ?mulr0 // mul1r; ring.
Qed.

Variable dX : X -> X -> R.
(* some state of the second trajectory is further than e_h from the first one's *)
Fixpoint far (e : nat -> R) n h : path X U n -> path X U n -> bool :=
  match n return path X U n -> path X U n -> bool with
  | 0 => fun _ _ => false
  | n'.+1 => fun s t => ~~ (dX s.1.1 t.1.1 <= e h) || far e h.+1 s.2 t.2
  end.

Lemma far_ext e e' n h s t : (forall h, e h = e' h) -> @far e n h s t = far e' h s t.
Proof. by move=> E; elim: n h s t => //= n IH h s t; rewrite E IH. Qed.
End Laws.

(* ---------- the joint law of labelled and deployed trajectories ---------- *)
Section Joint.
Variables (R : realFieldType) (X U W A : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R).
Variables (piE piL : nat -> X -> U -> R) (q : U -> U) (lab : nat -> X -> A -> U) (act1 act2 : A -> U).
Variables (K : nat -> X -> X -> A -> R) (dX : X -> X -> R) (cst : nat -> X -> X -> A -> R).
Variables (g : nat -> R) (ell : R) (b : nat -> R).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis piL_dist : forall h x, is_dist (piL h x).
Hypothesis K_ge0 : forall h x y a, 0 <= K h x y a.
Hypothesis K_left : forall h x y (F : U -> U -> R), \sum_a K h x y a * F (lab h x a) (act1 a) =
  \sum_c piL h x c * \sum_v kap piE q h x c v * F c v.
Hypothesis K_right : forall h x y (F : U -> R), \sum_a K h x y a * F (act2 a) = \sum_u piL h y u * F u.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis ell_ge0 : 0 <= ell.
Hypothesis gains : forall x1 s, dX (run f act1 x1 s) (run f act2 x1 s) <= wcost f act1 act2 cst g x1 s.
Hypothesis sure : forall h x y a, 0 < K h x y a -> cst h x y a <= ell * dX x y + b h.

Fixpoint joint n (x1 : X) (hist : seq (A * W)) : path X U n -> path X U n -> R :=
  match n return path X U n -> path X U n -> R with
  | 0 => fun _ _ => 1
  | n'.+1 => fun s t =>
      (run f act1 x1 hist == s.1.1)%:R * ((run f act2 x1 hist == t.1.1)%:R *
      \sum_a K (size hist) (run f act1 x1 hist) (run f act2 x1 hist) a *
        ((lab (size hist) (run f act1 x1 hist) a == s.1.2)%:R * ((act2 a == t.1.2)%:R *
        \sum_w mu (size hist) w * joint x1 ((a, w) :: hist) s.2 t.2)))
  end.

Lemma joint_ge0 n x1 hist s t : 0 <= @joint n x1 hist s t.
Proof.
elim: n hist s t => [|n IH] hist s t /=; first exact: ler01.
rewrite !mulr_ge0 ?ler0n // sumr_ge0 // => a _; rewrite !mulr_ge0 ?ler0n // sumr_ge0 // => w _.
by have [m0 _] := mu_dist (size hist); rewrite mulr_ge0.
Qed.

Lemma joint1 n x1 hist s : \sum_t @joint n x1 hist s t =
  law f mu piE q piL (size hist) (fun x => (run f act1 x1 hist == x)%:R) s.
Proof.
elim: n hist s => [|n IH] hist s; first by rewrite big_const card_unit /= addr0.
have [_ m1] := mu_dist (size hist).
rewrite /=; set x := run f act1 x1 hist; set y := run f act2 x1 hist; set h := size hist.
rewrite -mulr_sumr -mulrA; case: eqP => [xs|_]; last by rewrite !mul0r.
rewrite !mul1r -xs.
rewrite (sum_path (fun y' u t => (y == y')%:R * \sum_a K h x y a * ((lab h x a == s.1.2)%:R * ((act2 a == u)%:R *
  \sum_w mu h w * @joint n x1 ((a, w) :: hist) s.2 t)))).
have S y' u : \sum_t (y == y')%:R * (\sum_a K h x y a * ((lab h x a == s.1.2)%:R * ((act2 a == u)%:R *
    \sum_w mu h w * @joint n x1 ((a, w) :: hist) s.2 t))) =
  (y == y')%:R * \sum_a K h x y a * ((lab h x a == s.1.2)%:R * ((act2 a == u)%:R *
    \sum_w mu h w * law f mu piE q piL h.+1 (fun z => (f h x (act1 a) w == z)%:R) s.2)).
  rewrite -mulr_sumr exchange_big /=; congr (_ * _); apply: eq_bigr => a _.
  rewrite -!mulr_sumr exchange_big /=; congr (_ * (_ * (_ * _))); apply: eq_bigr => w _.
  by rewrite -mulr_sumr IH.
under eq_bigr => y' _ do under eq_bigr => u _ do rewrite S.
under eq_bigr => y' _ do rewrite -mulr_sumr.
rewrite sum_at exchange_big /=.
under eq_bigr => a _ do rewrite -!mulr_sumr sum_at.
rewrite (K_left h x y (fun c v => (c == s.1.2)%:R * \sum_w mu h w *
  law f mu piE q piL h.+1 (fun z => (f h x v w == z)%:R) s.2)).
rewrite (bigD1 s.1.2) //= [X in _ + X]big1 ?addr0; last first.
  by move=> c /negbTE ne; rewrite big1 ?mulr0 // => v _; rewrite ne mul0r mulr0.
congr (_ * _); have [_ k1] := kap_dist q piE_dist h x s.1.2.
rewrite (@law_mix _ _ _ _ f mu piE q _ (kap piE q h x s.1.2) (fun v z => \sum_w mu h w * (f h x v w == z)%:R)) //.
apply: eq_bigr => v _; rewrite eqxx mul1r; congr (_ * _).
by rewrite (@law_mix _ _ _ _ f mu piE q _ (mu h) (fun w z => (f h x v w == z)%:R)).
Qed.

Lemma joint2 n x1 hist t : \sum_s @joint n x1 hist s t =
  plaw f mu piL (size hist) (fun x => (run f act2 x1 hist == x)%:R) t.
Proof.
elim: n hist t => [|n IH] hist t; first by rewrite big_const card_unit /= addr0.
have [_ m1] := mu_dist (size hist).
rewrite /=; set x := run f act1 x1 hist; set y := run f act2 x1 hist; set h := size hist.
under eq_bigr => s _ do rewrite mulrCA.
rewrite -mulr_sumr -mulrA; case: eqP => [yt|_]; last by rewrite !mul0r.
rewrite !mul1r -yt.
rewrite (sum_path (fun x' c s => (x == x')%:R * \sum_a K h x y a * ((lab h x a == c)%:R * ((act2 a == t.1.2)%:R *
  \sum_w mu h w * @joint n x1 ((a, w) :: hist) s t.2)))).
have S x' c : \sum_s (x == x')%:R * (\sum_a K h x y a * ((lab h x a == c)%:R * ((act2 a == t.1.2)%:R *
    \sum_w mu h w * @joint n x1 ((a, w) :: hist) s t.2))) =
  (x == x')%:R * \sum_a K h x y a * ((lab h x a == c)%:R * ((act2 a == t.1.2)%:R *
    \sum_w mu h w * plaw f mu piL h.+1 (fun z => (f h y (act2 a) w == z)%:R) t.2)).
  rewrite -mulr_sumr exchange_big /=; congr (_ * _); apply: eq_bigr => a _.
  rewrite -!mulr_sumr exchange_big /=; congr (_ * (_ * (_ * _))); apply: eq_bigr => w _.
  by rewrite -mulr_sumr IH.
under eq_bigr => x' _ do under eq_bigr => c _ do rewrite S.
under eq_bigr => x' _ do rewrite -mulr_sumr.
rewrite sum_at exchange_big /=.
under eq_bigr => a _ do rewrite -!mulr_sumr sum_at.
rewrite (K_right h x y (fun u => (u == t.1.2)%:R * \sum_w mu h w *
  plaw f mu piL h.+1 (fun z => (f h y u w == z)%:R) t.2)).
rewrite (bigD1 t.1.2) //= [X in _ + X]big1 ?addr0; last first.
  by move=> c /negbTE ->; rewrite mul0r mulr0.
rewrite eqxx mul1r; congr (_ * _).
by rewrite (@plaw_mix _ _ _ _ f mu _ (mu h) (fun w z => (f h y t.1.2 w == z)%:R)).
Qed.

(* histories of positive probability *)
Fixpoint valid x1 (hist : seq (A * W)) : Prop :=
  if hist is aw :: hist' then
    0 < K (size hist') (run f act1 x1 hist') (run f act2 x1 hist') aw.1 /\ valid x1 hist'
  else True.

Lemma valid_dev x1 hist : valid x1 hist -> dX (run f act1 x1 hist) (run f act2 x1 hist) <= dev g ell b (size hist).
Proof.
move=> v; apply: (le_trans (gains x1 hist)); rewrite dev_rec.
suff main w : (forall j, 0 <= w j) -> wcost f act1 act2 cst w x1 hist
  <= \sum_(t < size hist) w ((size hist).-1 - t)%N * (ell * dev g ell b t + b t) by exact: main.
elim: hist v w => [|aw hist IH] v w w0; first by rewrite big_ord0.
have [pos v'] := v.
rewrite /= big_ord_recr /= subnn addrC; apply: ler_add.
  apply: (le_trans (IH v' (fun j => w j.+1) (fun j => w0 _))).
  by apply: ler_sum => t _; rewrite (pred_sub (ltn_ord t)).
apply: ler_wpmul2l => //; apply: (le_trans (sure pos)); rewrite ler_add2r; apply: ler_wpmul2l => //.
by apply: (le_trans (gains x1 hist)); rewrite dev_rec; exact: IH.
Qed.

Local Notation e := (dev g ell b).
Lemma joint_near n x1 hist s t : valid x1 hist -> @joint n x1 hist s t * (far dX e (size hist) s t : nat)%:R = 0.
Proof.
elim: n hist s t => [|n IH] hist s t v /=; first by rewrite mulr0.
case: (eqVneq (run f act1 x1 hist) s.1.1) => [xs|_]; last by rewrite !mul0r.
case: (eqVneq (run f act2 x1 hist) t.1.1) => [yt|_]; last by rewrite mul0r mulr0 mul0r.
rewrite !mul1r -xs -yt (valid_dev v) /= mulr_suml big1 // => a _.
case: (eqVneq (K (size hist) (run f act1 x1 hist) (run f act2 x1 hist) a) 0) => [->|nz]; first by rewrite !mul0r.
have pos : 0 < K (size hist) (run f act1 x1 hist) (run f act2 x1 hist) a by rewrite lt_neqAle eq_sym nz K_ge0.
rewrite -!mulrA mulr_suml big1 ?mulr0 // => w _.
by rewrite -mulrA (IH ((a, w) :: hist)) ?mulr0.
Qed.

Theorem sure_deviation H : exists G,
  [/\ coupling (@law R X U W f mu piE q (piQ piE q) H 0 rho) (@plaw R X U W f mu piL H 0 rho) G &
      \sum_s \sum_t G s t * (far dX e 0 s t : nat)%:R <= TV f mu rho piE piL q H].
Proof.
have [r0 r1] := rho_dist.
pose LQ := @law R X U W f mu piE q (piQ piE q) H 0 rho; pose LL := @law R X U W f mu piE q piL H 0 rho.
have LQd : is_dist LQ by apply: law_dist => // h x; exact: piQ_dist.
have LLd : is_dist LL by exact: law_dist.
pose G' (s t : path X U H) := \sum_x1 rho x1 * @joint H x1 [::] s t.
have rhoE y : rho y = \sum_x rho x * (x == y)%:R.
  by under eq_bigr => x _ do rewrite mulrC eq_sym; rewrite sum_at.
have Gc : coupling LL (@plaw R X U W f mu piL H 0 rho) G'.
  split.
  - by move=> s t; apply: sumr_ge0 => x _; rewrite mulr_ge0 // joint_ge0.
  - move=> s; rewrite /G' exchange_big /= /LL (@law_mix _ _ _ _ f mu piE q _ rho (fun x z => (x == z)%:R)) //.
    by apply: eq_bigr => x _; rewrite -mulr_sumr joint1.
  - move=> t; rewrite /G' exchange_big /= (@plaw_mix _ _ _ _ f mu _ rho (fun x z => (x == z)%:R)) //.
    by apply: eq_bigr => x _; rewrite -mulr_sumr joint2.
have [M [Mc Me]] := max_coupling LQd LLd.
have [N [Nc NF]] := glue Mc Gc; exists N; split=> //.
apply: (le_trans (NF (fun s t => (far dX e 0 s t : nat)%:R) (fun s s' => (s != s')%:R)
  (fun s t => (far dX e 0 s t : nat)%:R) _)).
  move=> s s' t; case: (eqVneq s s') => [->|_] /=; first by rewrite add0r.
  by rewrite -natrD ler_nat (leq_trans (leq_b1 _)) // leq_addr.
rewrite [X in _ + X]big1 ?addr0; first by rewrite /TV tv_sym.
move=> s _; rewrite big1 // => t _; rewrite /G' mulr_suml big1 // => x _.
by rewrite -mulrA (@joint_near H x [::]) ?mulr0.
Qed.
End Joint.

(* ---------- the two headline statements ---------- *)
Section Headlines.
Variables (R : realFieldType) (X U W Xi : finType).
Variables (f : nat -> X -> U -> W -> X) (mu : nat -> W -> R) (rho : X -> R) (dX : X -> X -> R).
Variables (piE : nat -> X -> U -> R) (q : U -> U) (nu : nat -> Xi -> R) (gl : nat -> X -> Xi -> U) (eps ell : R) (H : nat).
Hypothesis mu_dist : forall h, is_dist (mu h).
Hypothesis nu_dist : forall h, is_dist (nu h).
Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis ell_ge0 : 0 <= ell.
Hypothesis eps_ge0 : 0 <= eps.
Local Notation piL := (noise_policy q nu gl).
Local Notation A := ((Xi * U * U)%type).
Local Notation K := (@noise_step R X U Xi piE q nu gl).
Let lab h x (a : A) := q (gl h x a.1.1).
Let a1 (a : A) := a.1.2.
Let a2 (a : A) := a.2.

Lemma step_ge0 h x y a : 0 <= K h x y a.
Proof. by have [k0 _] := K_dist q gl nu_dist piE_dist h x y; exact: k0. Qed.

Lemma step_left h x y (F : U -> U -> R) : \sum_a K h x y a * F (lab h x a) (a1 a) =
  \sum_c piL h x c * \sum_v kap piE q h x c v * F c v.
Proof. by rewrite (K_sum piE q nu gl h x y (fun a => F (lab h x a) (a1 a))) noise_sum. Qed.

Lemma step_right h x y (F : U -> R) : \sum_a K h x y a * F (a2 a) = \sum_u piL h y u * F u.
Proof. exact: (K_right q nu gl piE_dist). Qed.

Lemma some_default : exists d : A * W, True.
Proof.
have [xi _] := nonempty (nu_dist 0); have [w _] := nonempty (mu_dist 0); have [x _] := nonempty rho_dist.
by exists ((xi, gl 0%N x xi, gl 0%N x xi), w).
Qed.

Section Open.
Variables (dU : U -> U -> R) (g : nat -> R).
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_sym : forall u v, dU u v = dU v u.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps.
Hypothesis g_ge0 : forall j, 0 <= g j.
Hypothesis iiss : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) g (h.-1 - t)%N * dU (us t) (us' t).
Hypothesis gl_lip : forall h x x' xi, dU (gl h x xi) (gl h x' xi) <= ell * dX x x'.

Lemma step_open h x y a : 0 < K h x y a -> dU (a1 a) (a2 a) <= ell * dX x y + 3%:R * eps.
Proof.
have [n0 n1] := nu_dist h; case: a => [[xi v] u]; rewrite /noise_step /a1 /a2 /=.
have [k0 _] := kap_dist q piE_dist h x (q (gl h x xi)).
case: eqP => [<-|_]; last by rewrite mulr0 ltxx.
rewrite mulr1 => pos.
have kv : 0 < kap piE q h x (q (gl h x xi)) v.
  by rewrite lt_neqAle k0 andbT eq_sym; apply: contraTneq pos => ->; rewrite mulr0 ltxx.
have vc := @kap_error R X U dU piE q eps 0 0 0 (And4 (lexx 0) (lexx 0) eps_ge0 (lexx 0)) dU_xx sup_error h x _ v kv.
have -> : ell * dX x y + 3%:R * eps = eps + (eps + (ell * dX x y + eps)) by ring.
apply: (le_trans (dU_tri _ (q (gl h x xi)) _)); apply: ler_add => //.
apply: (le_trans (dU_tri _ (gl h x xi) _)); apply: ler_add; first by rewrite dU_sym.
by apply: (le_trans (dU_tri _ (gl h y xi) _)); apply: ler_add.
Qed.

Theorem common_noise_deviation : exists G,
  [/\ coupling (@law R X U W f mu piE q (piQ piE q) H 0 rho) (@plaw R X U W f mu piL H 0 rho) G &
      \sum_s \sum_t G s t * (far dX (dev g ell (fun _ => 3%:R * eps)) 0 s t : nat)%:R <= TV f mu rho piE piL q H].
Proof.
have [d _] := some_default.
apply: (@sure_deviation R X U W _ f mu rho piE piL q lab a1 a2 K dX (fun _ _ _ a => dU (a1 a) (a2 a)) g ell
  (fun _ => 3%:R * eps)) => //.
- exact: noise_dist.
- exact: step_ge0.
- exact: step_left.
- exact: step_right.
- apply: (gains_hist d) => x1 us ws h; exact: (iiss x1 (fun t => a1 (us t)) (fun t => a2 (us t))).
- exact: step_open.
Qed.
End Open.

Section Closed.
Variables (E : zmodType) (emb : U -> E) (nrm : E -> R) (gcl : nat -> R).
Hypothesis nrm_add : forall a b, nrm (a + b) <= nrm a + nrm b.
Hypothesis nrm_opp : forall a, nrm (- a) = nrm a.
Hypothesis nrm0 : nrm 0 = 0.
Hypothesis sup_error : forall u, dist emb nrm u (q u) <= eps.
Hypothesis gcl_ge0 : forall j, 0 <= gcl j.
Hypothesis closed_gains : forall x1 us us' (xis : nat -> Xi) ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) gcl (h.-1 - t)%N *
    nrm (dstb emb gl t (traj f x1 us ws t) (xis t) (us t) - dstb emb gl t (traj f x1 us' ws t) (xis t) (us' t)).

(* the closed form of the recursion without feedback *)
Lemma dev_const h (c : R) : dev gcl 0 (fun _ => c) h = c * Gcl gcl h.
Proof.
rewrite dev_rec /Gcl mulr_sumr (reindex_inj rev_ord_inj) /=; apply: eq_bigr => t _.
rewrite mul0r add0r mulrC; congr (_ * gcl _); have := ltn_ord t; case: {t} h (nat_of_ord t) => // k t tk.
by rewrite subSS subKn // -ltnS.
Qed.

Theorem closed_loop_deviation : exists G,
  [/\ coupling (@law R X U W f mu piE q (piQ piE q) H 0 rho) (@plaw R X U W f mu piL H 0 rho) G &
      \sum_s \sum_t G s t * (far dX (fun h => 3%:R * eps * Gcl gcl h) 0 s t : nat)%:R <= TV f mu rho piE piL q H].
Proof.
have [d _] := some_default.
suff [G [Gc Gd]] : exists G,
  [/\ coupling (@law R X U W f mu piE q (piQ piE q) H 0 rho) (@plaw R X U W f mu piL H 0 rho) G &
      \sum_s \sum_t G s t * (far dX (dev gcl 0 (fun _ => 3%:R * eps)) 0 s t : nat)%:R <= TV f mu rho piE piL q H].
  exists G; split=> //; apply: (le_trans _ Gd); rewrite le_eqVlt; apply/orP; left; apply/eqP.
  apply: eq_bigr => s _; apply: eq_bigr => t _; congr (_ * _%:R); congr (nat_of_bool _).
  by apply: far_ext => h; rewrite dev_const.
apply: (@sure_deviation R X U W _ f mu rho piE piL q lab a1 a2 K dX
  (fun h x y a => nrm (dstb emb gl h x a.1.1 a.1.2 - dstb emb gl h y a.1.1 a.2)) gcl 0 (fun _ => 3%:R * eps)) => //.
- exact: noise_dist.
- exact: step_ge0.
- exact: step_left.
- exact: step_right.
- apply: (gains_hist d) => x1 us ws h.
  exact: (closed_gains x1 (fun t => a1 (us t)) (fun t => a2 (us t)) (fun t => (us t).1.1)).
- move=> h x y a pos; rewrite mul0r add0r.
  exact: (@K_cost R X U Xi E emb nrm piE q nu gl eps 0 0 0 nu_dist piE_dist (And4 (lexx 0) (lexx 0) (lexx 0) eps_ge0)
    nrm_add nrm_opp nrm0 sup_error h x y a pos).
Qed.
End Closed.
End Headlines.
