(* The catalog's statements about chunks: log-loss over a finite class of chunk maps, laws of a chunk's codes given its first
   state, on deterministic dynamics, with a system in which both sides are positive.  A demonstration is seen as plans, see
   Chunks.v; the likelihood is that of the codes.  Each bound is the term printed from the catalog; a stands for exp(-x). *)
Set Warnings "-notation-overridden,-ambiguous-paths,-inconsistent-scopes".
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring.
From Quantbc Require Import Hellinger Mle Master Theorems2And3 JointChains Lipschitz Learners Hazards Chunks Statements.
From Quantbc Require Catalog LearnerStatements StatementInstances.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(* ---------- the catalog's sums ---------- *)
Section Terms.
Variables (R : realFieldType) (T : nat) (C eta ell decay L Lx Lu e : R).
Hypothesis T_gt0 : (0 < T)%N.
Lemma step_in (h : nat) : ((T + h.+1 - 1) %% T = h %% T)%N.
Proof. by rewrite addnS subn1 /= modnDl. Qed.

Definition hazard_at t : R := if (T %| t)%N then Num.min 1 (L * (Gamma (gains C eta) t * e)) else 0.
Lemma partedE H : parted hazard_at H = \sum_(1 <= h < H.+1) (1 - (\prod_(2 <= t < h.+1)
  (- ((1 - Num.min 1 (((T + t - 1)%N %% T)%N%:R)) * Num.min 1 (L * e * (\sum_(0 <= j < t.-1) C * eta ^+ j))) + 1))).
Proof.
rewrite big_add1 big_mkord; apply: eq_bigr => h _; congr (1 - _).
rewrite -(big_mkord xpredT (fun t => 1 - hazard_at t)) big_ltn // {1}/hazard_at dvdn0 /Gamma big_ord0 mul0r mulr0.
rewrite (_ : Num.min 1 (0 : R) = 0); last by apply/min_idPr; exact: ler01.
rewrite subr0 mul1r !big_add1; apply: eq_bigr => t _; rewrite step_in /hazard_at [RHS]addrC; congr (1 - _).
have -> : L * (Gamma (gains C eta) t.+1 * e) = L * e * \sum_(0 <= j < t.+1) C * eta ^+ j.
  rewrite /Gamma -(big_mkord xpredT (gains C eta)) -[RHS]mulrA; congr (_ * _); exact: mulrC.
rewrite /dvdn; case: (t.+1 %% T)%N => [|m] /=.
  rewrite (_ : Num.min 1 (0%:R : R) = 0) ?subr0 ?mul1r //; apply/min_idPr; exact: ler01.
rewrite (_ : Num.min 1 (m.+1%:R : R) = 1) ?subrr ?mul0r //; apply/min_idPl; by rewrite ler1n.
Qed.

Lemma openE H : \sum_(h < H) (Lx * (Gamma (gains C eta) h * e) + Lu * e)
  = \sum_(1 <= h < H.+1) (Lu * e + Lx * e * (\sum_(0 <= j < h.-1) C * eta ^+ j)).
Proof.
rewrite big_add1 big_mkord; apply: eq_bigr => h _ /=; rewrite /Gamma -(big_mkord xpredT (gains C eta)).
by have -> : \sum_(0 <= j < h) gains C eta j = \sum_(0 <= j < h) C * eta ^+ j by []; move: (\sum_(0 <= j < _) _) => s; ring.
Qed.

Local Notation slope := (fun i : nat => ell * decay ^+ i).
Local Notation own i := (3%:R * e * \sum_(0 <= j < i) C * eta ^+ j).
Local Notation kept i := (eta ^+ i + \sum_(0 <= j < i) C * decay ^+ j * eta ^+ (i - j - 1)%N * ell).
Lemma fedE i : fed C eta e i = own i.
Proof.
rewrite /fed -mulrA; congr (_ * _); rewrite big_mkord mulr_sumr (reindex_inj rev_ord_inj) /=; apply: eq_bigr => j _.
by congr (_ * _ ^+ _); case: i j => [[]//|i] j; rewrite subSS subKn // -ltnS.
Qed.
Lemma carriedE i : carried C eta slope i = kept i.
Proof.
rewrite /carried; congr (_ + _); rewrite big_mkord mulr_sumr; apply: eq_bigr => j _.
have -> : (i - j - 1 = i.-1 - j)%N by rewrite subnAC subn1.
by move: (eta ^+ _) (decay ^+ _) => s t; ring.
Qed.
Lemma first_dev k : chunk_dev T C eta e slope (k * T) = own T * \sum_(0 <= m < k) kept T ^+ m.
Proof.
elim: k => [|k IH]; first by rewrite mul0n [X in _ * X]big_geq // mulr0.
rewrite chunk_growth // IH carriedE fedE big_nat_recl // expr0 mulrDr mulr1 addrC; congr (_ + _).
by rewrite mulrCA; congr (_ * _); rewrite mulr_sumr; apply: eq_bigr => m _; rewrite exprS.
Qed.
Lemma devE h : chunk_dev T C eta e slope h = kept (h %% T)%N * chunk_dev T C eta e slope (start_of T h) + own (h %% T)%N.
Proof. by rewrite {1}(divn_eq h T) chunk_inside ?carriedE ?fedE // ltnW // ltn_pmod. Qed.

Lemma chunksE H : \sum_(h < H) (Lx * chunk_dev T C eta e slope h + Lu * action_dev T C eta e slope h) = \sum_(1 <= h < H.+1)
  (Lu * (3%:R * decay ^+ ((T + h - 1)%N %% T)%N * e * ell * (\sum_(0 <= j < T) C * eta ^+ j) *
     (\sum_(0 <= m < ((h - ((T + h - 1)%N %% T)%N - 1)%N %/ T)%N) kept T ^+ m) + 3%:R * e)
   + (Lx * (3%:R * e * kept ((T + h - 1)%N %% T)%N * (\sum_(0 <= j < T) C * eta ^+ j) *
     (\sum_(0 <= m < ((h - ((T + h - 1)%N %% T)%N - 1)%N %/ T)%N) kept T ^+ m) + own ((T + h - 1)%N %% T)%N))).
Proof.
rewrite big_add1 big_mkord; apply: eq_bigr => h _ /=; rewrite step_in.
have -> : ((h.+1 - h %% T - 1) %/ T = h %/ T)%N.
  by rewrite subnAC subn1 /= {1}(divn_eq h T) addnK mulnK.
rewrite devE /action_dev /start_of first_dev.
move: (\sum_(0 <= m < (h %/ T)%N) kept T ^+ m) (kept (h %% T)%N) (\sum_(0 <= j < T) C * eta ^+ j) => t1 t2 t3.
by move: (\sum_(0 <= j < (h %% T)%N) C * eta ^+ j) (decay ^+ _) => t4 t5; ring.
Qed.
End Terms.

Section Learner.
Variables (T' : nat) (R : rcfType) (X U : finType) (fd : nat -> X -> U -> X) (rho : X -> R).
Variables (rew : nat -> X -> U -> R) (dX : X -> X -> R) (dU : U -> U -> R) (piE : nat -> X -> U -> R) (q : U -> U).
Local Notation chunk := T'.+1.
Local Notation plan := (plan T' U).
Variables (idle : plan) (C eta eps_q L_x L_u : R).
Variables (Pi : finType) (maps : Pi -> nat -> X -> plan -> R) (star : Pi) (H n : nat) (a : R).
Local Notation f := (fun h x u (_ : unit) => fd h x u).
Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).

Hypothesis rho_dist : is_dist rho.
Hypothesis piE_dist : forall h x, is_dist (piE h x).
Hypothesis maps_dist : forall p h x, is_dist (maps p h x).
Hypothesis rew01 : forall h x u, 0 <= rew h x u <= 1.
Hypothesis rew_lip : forall h x u x' u', `|rew h x u - rew h x' u'| <= L_x * dX x x' + L_u * dU u u'.
Hypothesis rewards_ge0 : 0 <= L_x /\ 0 <= L_u.
Hypothesis gains_ge0 : 0 <= C /\ 0 <= eta.
Hypothesis eps_ge0 : 0 <= eps_q.
Hypothesis dU_tri : forall u v w, dU u w <= dU u v + dU v w.
Hypothesis dU_xx : forall u, dU u u = 0.
Hypothesis sup_error : forall u, dU u (q u) <= eps_q.
Hypothesis stable : forall x1 us us' ws h,
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) C * eta ^+ (h.-1 - t) * dU (us t) (us' t).
(* the class holds the law of the codes of the expert's chunks *)
Hypothesis realizable : forall h x c, (chunk %| h)%N -> maps star h x c = \sum_(v | codes q v == c) expert_plan fd piE idle h x v.
Hypothesis a01 : 0 <= a <= 1.
Local Notation deployed p := (chunk_policy (codes q idle) (maps p)).
Local Notation Data := (data (path [finType of X * plan] plan H) n).
Variable hat : Data -> Pi.
Hypothesis mle : forall (d : Data) p, \prod_i labels (deployed p) 0 (d i) <= \prod_i labels (deployed (hat d)) 0 (d i).

Local Notation expert := (chunk_expert fd piE idle).
Local Notation return_ p := (J (chunk_f fd) mu (chunk_rho rho idle) (chunk_rew rew) (deployed p) H).
Local Notation regret p := (J f mu rho rew piE H - return_ p).
Local Notation Pr := (prob (chunk_f fd) mu (chunk_rho rho idle) expert (codes q) (H:=H) (n:=n)).
Local Notation tvd p := (TV (chunk_f fd) mu (chunk_rho rho idle) expert (deployed p) (codes q) H).
Local Notation near p :=
  (a <= aff (fun p => @law R _ plan _ (chunk_f fd) mu expert (codes q) (deployed p) H 0 (chunk_rho rho idle)) star p).

Let star_labels h z c : deployed star h z c = piQ expert (codes q) h z c.
Proof.
unfold piQ, chunk_expert, chunk_policy; case: (boolP (chunk %| h)%N) => [d|_]; first exact: realizable.
rewrite big_mkcond (bigD1 idle) //= eqxx big1 ?addr0 => [|v /negbTE ne]; first by case: eqP.
by rewrite [idle == v]eq_sym ne; case: ifP.
Qed.
Let deployed_dist p : forall h z, is_dist (deployed p h z).
Proof. by apply: chunk_policy_dist => h x; exact: maps_dist. Qed.

Lemma learnt rad rest : (forall p, near p -> tvd p <= rad) -> (forall p, `|regret p| <= H%:R * tvd p + rest) ->
  Pr (fun d => H%:R * rad + rest < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> nr B; have Ed h z : is_dist (expert h z) by apply: chunk_policy_dist => h' x; exact: expert_plan_dist.
rewrite -(chunk_return fd rho rew idle piE_dist H).
have M := @LearnerStatements.learnt R _ plan _ (chunk_f fd) mu (chunk_rho rho idle) (chunk_rew rew) expert (codes q) Pi
  (fun p => deployed p) star H n a (@mu_dist R) (chunk_rho_dist idle rho_dist) Ed deployed_dist star_labels a01 hat mle
  (fun p => deployed p) rad rest nr.
apply: M => p; rewrite (chunk_return fd rho rew idle piE_dist H); exact: B.
Qed.

Lemma gain_sum rad : (forall t, 0 <= rad t) -> forall x1 us us' ws h, (forall t, (t < h)%N -> dU (us t) (us' t) <= rad t) ->
  dX (traj f x1 us ws h) (traj f x1 us' ws h) <= \sum_(t < h) C * eta ^+ (h.-1 - t) * rad t.
Proof.
have [c0 e0] := gains_ge0; move=> r0 x1 us us' ws h Hr; apply: (le_trans (stable x1 us us' ws h)).
apply: ler_sum => t _; apply: ler_wpmul2l; [by rewrite mulr_ge0 // exprn_ge0 | exact: Hr].
Qed.

(* laws of a chunk's codes that differ by at most L |x - x'| in total variation *)
Theorem chunked L : 0 <= L ->
  (forall p h x x', exists G, coupling (maps p h x) (maps p h x') G /\ \sum_c \sum_c' G c c' * (c != c')%:R <= L * dX x x') ->
  Pr (fun d => Catalog.chunked H chunk C L L_u L_x a eps_q eta < `|regret (hat d)|) <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> L0 tvc; have [x0 u0] := rewards_ge0; have [c0 e0] := gains_ge0.
have G0 h : 0 <= Gamma (gains C eta) h * eps_q.
  by rewrite mulr_ge0 // sumr_ge0 // => j _; rewrite mulr_ge0 // exprn_ge0.
have st x1 us us' ws h : (forall t, (t < h)%N -> dU (us t) (us' t) <= eps_q) ->
    dX (traj f x1 us ws h) (traj f x1 us' ws h) <= Gamma (gains C eta) h * eps_q.
  move=> Hr; apply: (le_trans (gain_sum (fun _ => eps_ge0) x1 ws Hr)).
  rewrite /Gamma mulr_suml (reindex_inj rev_ord_inj) /= le_eqVlt; apply/orP; left; apply/eqP; apply: eq_bigr => t _.
  by congr (_ * _ ^+ _ * _); case: h {Hr} t => [[]//|h] t; rewrite subSS subKn // -ltnS.
have p01 t : 0 <= hazard_at chunk C eta L eps_q t <= 1.
  rewrite /hazard_at; case: ifP => _; last by rewrite lexx ler01.
  by rewrite le_minr ler01 mulr_ge0 // le_minl lexx.
have smooth p h x y : (chunk %| h)%N -> dX x y <= Gamma (gains C eta) h * eps_q -> exists (G : plan -> plan -> R),
    coupling (maps p h x) (maps p h y) G /\
    \sum_c \sum_c' G c c' * (apart dU (fun _ => eps_q) eps_q h c c' : nat)%:R <= hazard_at chunk C eta L eps_q h.
  move=> d xy; have [G [Gc Gb]] := tvc p h x y; have [g0 g1 g2] := Gc; exists G; split=> //.
  have le : \sum_c \sum_c' G c c' * (apart dU (fun _ => eps_q) eps_q h c c' : nat)%:R <= \sum_c \sum_c' G c c' * (c != c')%:R.
    apply: ler_sum => c _; apply: ler_sum => c' _; apply: ler_wpmul2l => //; rewrite ler_nat.
    case: (eqVneq c c') => [->|_]; last exact: leq_b1.
    by rewrite leqn0 eqb0 negb_exists; apply/forallP => i; rewrite dU_xx add0r ltxx.
  rewrite /hazard_at d le_minr (le_trans le) /=.
    by apply: (le_trans le); apply: (le_trans Gb); exact: ler_wpmul2l.
  apply: (@le_trans _ _ (\sum_c maps p h x c)); last by rewrite (proj2 (maps_dist p h x)).
  apply: ler_sum => c _; rewrite -g1; apply: ler_sum => c' _.
  by rewrite -[X in _ <= X]mulr1; apply: ler_wpmul2l => //; case: (c != c'); rewrite ?ler01.
have -> : Catalog.chunked H chunk C L L_u L_x a eps_q eta = H%:R * Num.sqrt (1 - a ^+ 2)
  + (parted (hazard_at chunk C eta L eps_q) H + \sum_(h < H) (L_x * (Gamma (gains C eta) h * eps_q) + L_u * eps_q)).
  by rewrite addrA partedE openE.
apply: learnt => p.
  have S := @LearnerStatements.stochastic R _ plan _ (chunk_f fd) mu (chunk_rho rho idle) expert (codes q) Pi
    (fun p => deployed p) star H a (@mu_dist R) (chunk_rho_dist idle rho_dist) _ deployed_dist star_labels a01 p.
  by apply: S => h z; apply: chunk_policy_dist => h' x; exact: expert_plan_dist.
rewrite addrA; exact: (chunk_radius idle rho_dist piE_dist (maps_dist p) rew01 rew_lip (And3 x0 u0 eps_ge0) dU_tri dU_xx sup_error
  (fun _ => eps_ge0) G0 p01 st (smooth p) H).
Qed.

(* binned maps of the chunk's first state, action i with Lipschitz constant lipschitz chunk_decay^i *)
Theorem chunked_lipschitz (gl : Pi -> nat -> X -> plan) lipschitz chunk_decay : 0 <= lipschitz -> 0 <= chunk_decay ->
  (forall u v, dU u v = dU v u) ->
  (forall p h x x' (i : 'I_chunk), dU (gl p h x i) (gl p h x' i) <= lipschitz * chunk_decay ^+ i * dX x x') ->
  (forall p h x c, maps p h x c = (codes q (gl p h x) == c)%:R) ->
  Pr (fun d => Catalog.chunked_lipschitz H chunk C L_u L_x a chunk_decay eps_q eta lipschitz < `|regret (hat d)|)
    <= (#|Pi|.-1)%:R * a ^+ n.
Proof.
move=> l0 d0 sym lip mapsE; have [x0 u0] := rewards_ge0; have [c0 e0] := gains_ge0.
pose sl (i : nat) := lipschitz * chunk_decay ^+ i; have sl0 i : 0 <= sl i by rewrite mulr_ge0 // exprn_ge0.
pose dev := chunk_dev chunk C eta eps_q sl; pose rad := action_dev chunk C eta eps_q sl.
have devs0 h : 0 <= (chunk_devs chunk C eta eps_q sl h).1 /\ 0 <= (chunk_devs chunk C eta eps_q sl h).2.
  elim: h => [|h [i1 i2]] /=; first by rewrite lexx.
  have i3 : 0 <= eta * (chunk_devs chunk C eta eps_q sl h).1
    + C * (sl (h %% chunk)%N * (chunk_devs chunk C eta eps_q sl h).2 + 3%:R * eps_q).
    apply: addr_ge0; apply: mulr_ge0 => //; apply: addr_ge0; apply: mulr_ge0 => //; exact: ler0n.
  by case: (_ %| _)%N.
have dev0 h : 0 <= dev h by case: (devs0 h).
have rad0 h : 0 <= rad h.
  by apply: addr_ge0; last (by rewrite mulr_ge0 ?ler0n); apply: mulr_ge0; [exact: sl0 | exact: dev0].
have st x1 us us' ws h : (forall t, (t < h)%N -> dU (us t) (us' t) <= rad t) ->
    dX (traj f x1 us ws h) (traj f x1 us' ws h) <= dev h.
  by move=> Hr; apply: (le_trans (gain_sum rad0 x1 ws Hr)); rewrite /rad chunk_dev_sum.
have smooth p h x y : (chunk %| h)%N -> dX x y <= dev h -> exists (G : plan -> plan -> R),
    coupling (maps p h x) (maps p h y) G /\ \sum_c \sum_c' G c c' * (apart dU rad eps_q h c c' : nat)%:R <= 0.
  move=> d xy; exists (fun c c' => maps p h x c * maps p h y c'); split.
    have [x_0 x_1] := maps_dist p h x; have [y_0 y_1] := maps_dist p h y.
    split=> [c c'|c|c']; first exact: mulr_ge0.
      by rewrite -mulr_sumr y_1 mulr1.
    by rewrite -mulr_suml x_1 mul1r.
  rewrite big1 // => c _; rewrite big1 // => c' _; rewrite !mapsE.
  case: eqP => [<-|_]; last by rewrite !mul0r.
  case: eqP => [<-|_]; last by rewrite mulr0 mul0r.
  rewrite (_ : apart _ _ _ _ _ _ = false) ?mulr0 //; apply/negbTE; rewrite negb_exists; apply/forallP => i; rewrite -leNgt !ffunE.
  have hi : ((h + i) %% chunk = i)%N by rewrite -modnDml (eqP d) add0n modn_small.
  have si : start_of chunk (h + i) = h.
    by rewrite /start_of divnDl // (divn_small (ltn_ord i)) addn0 divnK.
  have -> : rad (h + i)%N = eps_q + (sl i * dev h + eps_q) + eps_q by rewrite /rad /action_dev hi si -/(dev h); ring.
  rewrite ler_add2r; apply: (le_trans (dU_tri _ (gl p h x i) _)); apply: ler_add; first by rewrite sym.
  apply: (le_trans (dU_tri _ (gl p h y i) _)); apply: ler_add => //.
  by apply: (le_trans (lip _ _ _ _ _)); exact: (ler_wpmul2l (sl0 i)).
have -> : Catalog.chunked_lipschitz H chunk C L_u L_x a chunk_decay eps_q eta lipschitz = H%:R * (1 - a)
  + (parted (fun _ => 0) H + \sum_(h < H) (L_x * dev h + L_u * rad h)).
  by rewrite parted0 add0r /dev /rad chunksE.
apply: learnt => p.
  have S := @LearnerStatements.class_radius R _ plan _ (chunk_f fd) mu (chunk_rho rho idle) expert (codes q) Pi
    (fun p => deployed p) star H a (@mu_dist R) (chunk_rho_dist idle rho_dist) _ deployed_dist star_labels p.
  apply: S => [h z|p' h z c]; first by apply: chunk_policy_dist => h' x; exact: expert_plan_dist.
  by unfold chunk_policy; case: ifP => _; rewrite ?mapsE; case: eqP; [right | left | right | left].
have p01 (h : nat) : 0 <= (0 : R) <= 1 by rewrite lexx ler01.
rewrite addrA; exact: (chunk_radius idle rho_dist piE_dist (maps_dist p) rew01 rew_lip (And3 x0 u0 eps_ge0) dU_tri dU_xx sup_error
  rad0 dev0 p01 st (smooth p) H).
Qed.
End Learner.

(* one step of the system of StatementInstances.v, in chunks of any length: the class holds the expert's chunks and ones that
   play `true` from state `true`; if no demonstration starts there the learner may take the latter, whose regret is 1/2 *)
Module SI := StatementInstances.
Section Instance.
Variables (T' : nat) (R : rcfType) (n : nat) (a : R).
Hypothesis a01 : 0 <= a <= 1.
Hypothesis a_large : 3%:R / 4%:R < a ^+ 2.
Local Notation fd := (fun (_ : nat) (x _ : bool) => x).
Local Notation plan := (plan T' [finType of bool]).
Local Notation Data := (data (path [finType of bool * plan] plan 1) n).
Local Notation mu := (fun (_ : nat) (_ : unit) => 1 : R).
Definition all_of (b : bool) : plan := [ffun=> b].
Definition maps (p : bool) (_ : nat) (x : bool) (c : plan) : R := (codes SI.q (all_of (p && x)) == c)%:R.
Local Notation idle := (all_of false).
Local Notation deployed p := (chunk_policy (codes SI.q idle) (maps p)).
Definition fit (p : bool) (s : Data) : R := \prod_i labels (deployed p) 0 (s i).
Definition hat (s : Data) : bool := fit false s <= fit true s.
Local Notation expert := (chunk_expert fd (SI.expert R) idle).
Local Notation Pr := (prob (chunk_f fd) mu (chunk_rho (SI.rho R) idle) expert (codes SI.q) (H:=1) (n:=n)).
Local Notation regret p := (J SI.f (SI.mu R) (SI.rho R) (SI.rew R) (SI.expert R) 1
  - J (chunk_f fd) mu (chunk_rho (SI.rho R) idle) (chunk_rew (SI.rew R)) (deployed p) 1).

Lemma maps_dist p h x : is_dist (maps p h x). Proof. exact: sure_dist. Qed.
Lemma codes_id (b : plan) : codes SI.q b = b. Proof. by apply/ffunP => i; rewrite ffunE. Qed.
Lemma plan_sure h x v : expert_plan fd (SI.expert R) idle h x v = (idle == v)%:R.
Proof.
rewrite /expert_plan; elim: T'.+1 h => [|k IH] h //=.
under eq_bigr => u _ do rewrite /SI.expert eq_sym.
rewrite (sum_at false (fun u => drawn fd (SI.expert R) k h.+1 x (put idle h u) (fun b => (b == v)%:R))).
rewrite (_ : put idle h false = idle) ?IH //; by apply/ffunP => i; rewrite !ffunE; case: ifP.
Qed.
Lemma realizable h x c : (T'.+1 %| h)%N -> maps false h x c = \sum_(v | codes SI.q v == c) expert_plan fd (SI.expert R) idle h x v.
Proof.
move=> _; rewrite /maps codes_id (eq_bigl (fun v => v == c)) => [|v]; last by rewrite codes_id.
by rewrite big_pred1_eq plan_sure.
Qed.
Lemma mle (s : Data) p : \prod_i labels (deployed p) 0 (s i) <= \prod_i labels (deployed (hat s)) 0 (s i).
Proof.
change (fit p s <= fit (hat s) s); rewrite /hat.
by case: (leP (fit false s) (fit true s)) => [le|/ltW le]; case: p.
Qed.
Lemma regret_wrong : regret true = 2%:R^-1.
Proof.
have sums (F : bool * plan -> R) : \sum_z F z = \sum_x \sum_b F (x, b).
  by rewrite (pair_bigA _ (fun x b => F (x, b))); apply: eq_bigr => [[x b]].
have -> : J (chunk_f fd) mu (chunk_rho (SI.rho R) idle) (chunk_rew (SI.rew R)) (deployed true) 1 = 2%:R^-1.
  rewrite /J sums; under eq_bigr => x _ do (rewrite /chunk_rho; under eq_bigr => b _ do rewrite -mulrA;
    rewrite -mulr_sumr (sum_at idle (fun b => V (chunk_f fd) mu (chunk_rew (SI.rew R)) (deployed true) 1 0 (x, b)))).
  have E x : V (chunk_f fd) mu (chunk_rew (SI.rew R)) (deployed true) 1 0 (x, idle) = (x == false)%:R.
    rewrite /= /chunk_rew /current dvdn0 /chunk_policy dvdn0 /maps codes_id /=.
    rewrite (sum_at (all_of x) (fun b => SI.rew R 0 x (act b 0) + \sum_(w : unit) 1 * 0)) big1 => [|w _]; last by rewrite mulr0.
    by rewrite addr0 /SI.rew /act ffunE.
  by rewrite big_bool !E /SI.rho /= mulr0 mulr1 add0r.
by rewrite SI.return_of /SI.expert /= !mulr1 addrK.
Qed.
Lemma mistaken (B : pred Data) : (forall s, hat s = true -> B s) -> 0 < Pr B.
Proof.
move=> wrong; pose s0 : Data := [ffun=> ((false, idle), idle, tt)].
have fit0 p : fit p s0 = 1.
  by rewrite /fit big1 // => i _; rewrite ffunE /= mulr1 /chunk_policy dvdn0 /maps andbF codes_id eqxx.
have B0 : B s0 by apply: wrong; rewrite /hat !fit0 lexx.
have Ed h z : is_dist (expert h z).
  by apply: chunk_policy_dist => h' x; apply: expert_plan_dist; exact: SI.expert_dist.
have [law_ge0 _] := law_dist (chunk_f fd) (codes SI.q) (@mu_dist R) Ed 1 0 (piQ_dist (codes SI.q) Ed)
  (chunk_rho_dist idle (SI.rho_dist R)).
rewrite /prob (bigD1 s0) //= B0 mulr1; apply: ltr_paddr.
  by apply: sumr_ge0 => s _; apply: mulr_ge0; [apply: prodr_ge0 => i _; exact: law_ge0 | exact: ler0n].
apply: prodr_gt0 => i _; rewrite ffunE /= mulr1 /chunk_rho /= eqxx mulr1 mulr_gt0 ?invr_gt0 ?ltr0n //.
rewrite /piQ (eq_bigl (fun v => v == idle)) => [|v]; last by rewrite codes_id.
by rewrite big_pred1_eq /chunk_expert /chunk_policy dvdn0 plan_sure eqxx ltr01.
Qed.

Lemma instance_chunked : 0 < Pr (fun s => Catalog.chunked 1 T'.+1 1 1 1 0 a 0 (2%:R^-1) < `|regret (hat s)|) <= a ^+ n.
Proof.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.chunked /Catalog.chunked_imitation /Catalog.chunked_decoupling /Catalog.chunked_drift.
  by rewrite !SI.first_step big_geq // subrr !(mulr0, mul0r) !addr0 mul1r SI.root_small.
rewrite -(SI.class_size n a); have [c0 g0] := SI.constants R.
apply: (@chunked T' R _ _ fd (SI.rho R) (SI.rew R) (SI.d R) (SI.d R) (SI.expert R) SI.q idle 1 (2%:R^-1) 0 0 1 _ maps false 1 n a
  (SI.rho_dist R) (SI.expert_dist R) maps_dist (SI.rew01 R) (SI.rew_lip R) c0 g0 (lexx 0) (SI.d_tri R) (SI.d_xx R) (SI.no_error R)
  (SI.stable R) realizable a01 hat mle 1 ler01) => p h x x'.
exists (fun c c' => maps p h x c * maps p h x' c'); split.
  have [x_0 x_1] := maps_dist p h x; have [y_0 y_1] := maps_dist p h x'.
  split=> [c c'|c|c']; first exact: mulr_ge0.
    by rewrite -mulr_sumr y_1 mulr1.
  by rewrite -mulr_suml x_1 mul1r.
rewrite /maps; under eq_bigr => c _ do (under eq_bigr => c' _ do rewrite -mulrA; rewrite -mulr_sumr (sum_at _ (fun c' => (c != c')%:R))).
rewrite (sum_at _ (fun c => (c != codes SI.q (all_of (p && x')))%:R)) !codes_id mul1r /SI.d ler_nat.
by case: p; case: x; case: x'; rewrite /= ?eqxx ?leq_b1.
Qed.

Lemma instance_chunked_lipschitz :
  0 < Pr (fun s => Catalog.chunked_lipschitz 1 T'.+1 1 1 0 a 1 0 (2%:R^-1) 1 < `|regret (hat s)|) <= a ^+ n.
Proof.
apply/andP; split.
  apply: mistaken => s ->; rewrite regret_wrong ger0_norm ?invr_ge0 ?ler0n //.
  rewrite /Catalog.chunked_lipschitz /Catalog.chunked_lipschitz_imitation /Catalog.chunked_lipschitz_drift.
  by rewrite SI.first_step !(mulr0, mul0r, addr0) mul1r SI.one_less_a.
rewrite -(SI.class_size n a); have [c0 g0] := SI.constants R.
apply: (@chunked_lipschitz T' R _ _ fd (SI.rho R) (SI.rew R) (SI.d R) (SI.d R) (SI.expert R) SI.q idle 1 (2%:R^-1) 0 0 1 _ maps false
  1 n a (SI.rho_dist R) (SI.expert_dist R) maps_dist (SI.rew01 R) (SI.rew_lip R) c0 g0 (lexx 0) (SI.d_tri R) (SI.d_xx R) (SI.no_error R)
  (SI.stable R) realizable a01 hat mle (fun p _ x => all_of (p && x)) 1 1 ler01 ler01 (SI.d_sym R)) => // p h x x' i.
by rewrite !ffunE expr1n !mul1r /SI.d; case: p; case: x; case: x'; rewrite //= ?eqxx ?lexx ?ler01.
Qed.
End Instance.
