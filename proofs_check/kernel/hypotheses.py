r"""Whether a catalog entry says out loud every hypothesis of the kernel's theorem, read from what Rocq prints.

Each hypothesis must be known here, as part of the setting (laws, distances, signs) or as one that the entry declares
under one of the names beside it. A hypothesis added to a theorem, or an assumption dropped from an entry, is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

__all__ = ["hypotheses", "undeclared"]

_SIGN = r"0 <=? [A-Za-z]\w*"
_SETTING = (
    rf"(\[/\\ )?{_SIGN}((,| &) {_SIGN})*\]?|0 <= a <= 1|\(0 < n\)%N",
    r"\(forall [^,]*, Hellinger\.is_dist \([^,<=]*\)\)|Hellinger\.is_dist \w+",
    r"\(forall u v w : U, dU u w <= dU u v \+ dU v w\)",
    r"\(forall u v : U, (dU u v = dU v u|0 <= dU u v)\)",
    r"\(forall u : U, dU u u = 0\)",
    r"nrm 0 = 0|\(forall v w : E, nrm \(v \+ w\) <= nrm v \+ nrm w\)|\(forall v : E, nrm \(- v\) = nrm v\)",
    r"ln 1 = 0|\(forall x y : R, .* 1 - x / y <= ln y - ln x\)|1 - rate <= a|total_variation <= 1",
    r"dX x x' <= distance",
)
"""Finite laws, distances, signs, what a letter stands for: nothing that an entry would declare."""

_DECLARED = (
    (r"0 <= rew h x u <= 1", "lipschitz_reward unit_rewards"),
    (r"`\|rew h x u - rew h x'? u'\| <= (L_x|L_u) \*", "lipschitz_reward"),
    (r"(pol star h x c =|q u = u)", "realizable realizable_expert raw_demonstrations"),
    (r"maps star h x c =", "realizable_chunks"),
    (r"mod star h x c w x' =", "realizable_models"),
    (r"<= (\\prod_i|Mle\.lik|Certificates\.iid) .*hat d", "iid_demonstrations raw_demonstrations"),
    (r"(dU u|Noise\.dist emb nrm u) \(q u\) <= eps_q", "sup_error"),
    (r"<= \\sum_\(t < h\) C \* eta \^\+ ", "incrementally_stable"),
    (r"<= \\sum_\(t < h\) loop_C \* loop_eta \^\+ ", "loop_stable"),
    (r"\(k \* eps_q < dU u u'\)%R%:R <= L \* dX x x'", "rtvc"),
    (r"\((0 < dU u u'|u != u')\)(%R)?%:R <= L \* dX x x'", "tvc tvc_deployed"),
    (r"\(eps_prime < dU u u'\)%R%:R <= L \* dX x x'|coupling \(Theorem1\.coded pair1 ", "tvc_deployed"),
    (r"Theorem1\.exceeds .* <= local_failure", "locally_stable"),
    (r"Theorem1\.beyond .* <= excess_probability|Hellinger\.tv .* <= total_variation", "coupled_pairs"),
    (r"\(c != c'\)%:R <= L \* dX x x'", "chunk_tvc"),
    (r"piQ piE q h x c = 0 \\/ ", "deterministic_expert"),
    (r"piE h x (c = 0 \\/ |v = \(v == action h x\))", "deterministic_actions"),
    (r"pol p h x c = 0 \\/ ", "deterministic_class quantized_lipschitz"),
    (r"pol p h x c <= pol p h x \(gr p h x\)", "greedy_deployment"),
    (r"\(gr p h x'\) <= coupled_lipschitz \*", "greedy_coupled_lipschitz"),
    (r"\(gr p h x'\)\)%R%:R <= L \* dX x x'", "greedy_rtvc"),
    (r"<= coupled_lipschitz \* dX x x' \+ jump", "coupled_lipschitz"),
    (r"pol p h x c = \(c == q \(gl p h x\)\)", "quantized_lipschitz"),
    (r"maps p h x c = \(Chunks\.codes q \(gl p h x\) == c\)", "chunk_lipschitz"),
    (r"<= lipschitz \* chunk_decay \^\+ i \* dX x x'", "chunk_lipschitz"),
    (r"(pol p h x c = Noise\.noise_policy|<= lipschitz \* dX x x')", "noisy_lipschitz quantized_lipschitz"),
    (r"\\sum_\(t < H\) .* <= H%:R \* horizon_average_error", "horizon_average_error"),
    (r"(expert_error|ebar|Theorem1\.apart) .* <= average_error", "average_error"),
    (r"Lipschitz\.ebar .* <= eps_q", "label_error"),
    (r"dU v \(q v\) <= eps_max", "bounded_error"),
    (r"eta < 1", "small_gain"),
    (r"lipschitz \* C \* \(k \+ 1\) <= \(k - 2\) \* \(1 - eta\)", "jumps_absorbed"),
    (r"Hellinger\.tv .* <= L_P \* dU u u'", "smooth_kernel"),
    (r"Q s != 0 -> P best s != 0|\\sum_s Q s \* \(Q s / P best s\) <= 1 \+ chi2", "misspecified"),
    (r"b \^\+ 2 \* P k s <= member p s", "log_cover"),
    (r"\.step_error .* <= step_error", "deterministic_actions"),
    (r"\(G h x\)|<= err h x|<= (action|map)_error", "held_out_errors held_out_map_errors"),
    (r"Validated\.bad_probability .* <= mismatch", "held_out_mismatch"),
    (r"0 <= eps_q <= 2\^-1", "two_codes"),
)
"""What a hypothesis says, and the names under which an entry may declare it."""


def _parts(statement: str, between: str) -> Iterator[str]:
    """The statement between arrows, or other signs, and after the binders that are in no bracket."""
    text, depth, start, bound = " ".join(statement.split()), 0, 0, statement.lstrip().startswith("forall ")
    for i, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 and bound and sign == ",":
            start, bound = i + 2, text.startswith("forall ", i + 2)
        elif depth == 0 and not bound and text.startswith(between, i):
            yield text[start:i]
            start, bound = i + len(between), text.startswith("forall ", i + len(between))
    yield text[start:]


def hypotheses(statement: str) -> tuple[str, ...]:
    """What a printed statement supposes, a line each, without the letters that it binds.

    Example:
        >>> hypotheses("forall (a b : R), 0 < a -> forall g : R -> R, (g a = b) -> a <= g b")
        ('0 < a', '(g a = b)')
    """
    *supposed, _ = _parts(statement, " -> ")
    return tuple(part for text in supposed for part in _parts(text, " /\\ "))


def undeclared(statement: str, declared: Collection[str]) -> tuple[str, ...]:
    """The hypotheses of a printed statement that are neither setting nor declared.

    Args:
        statement: as Rocq prints it.
        declared: names of the entry's assumptions.

    Example:
        >>> undeclared("forall eta : R, eta < 1 -> Hellinger.is_dist rho -> goal", ["small_gain"])
        ()
        >>> undeclared("forall eta : R, eta < 1 -> 0 <= eta -> eta != 2 -> goal", ["tvc"])
        ('eta < 1', 'eta != 2')
    """
    return tuple(text for text in hypotheses(statement) if not _known(text, declared))


def _known(text: str, declared: Collection[str]) -> bool:
    if any(re.fullmatch(pattern, text) for pattern in _SETTING):
        return True
    names = next((names for pattern, names in _DECLARED if re.search(pattern, text)), "")
    return not set(names.split()).isdisjoint(declared)
