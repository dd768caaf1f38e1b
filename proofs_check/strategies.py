"""Hypothesis strategies for testing statements about quantized behavior cloning on exact finite systems.

All numbers are fractions with small denominators, so equalities are equalities and counterexamples shrink to
something readable. Needs the `hypothesis` package.

Example:
    >>> from hypothesis import given, settings
    >>> from proofs_check.ratios import ratios
    >>> @settings(max_examples=20, database=None)
    ... @given(problems())
    ... def regret_is_at_most_every_bound(problem):
    ...     assert max(ratios(problem).values()) <= 1
    >>> regret_is_at_most_every_bound()
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "strategies need an extra: pip install 'quantbc[proofs]' (in a clone: pip install '.[proofs]')", name=error.name
    ) from None

from bounds.catalog import catalog
from proofs_check.cases import Case
from simulators.policies.tabular import LabelMap, TabularPolicy
from simulators.systems.finite import FiniteSystem
from simulators.systems.linear import LinearSystem
from simulators.systems.noise import NoNoise, UniformNoise

DENOMINATOR = 8


def unit_fractions(low: int = 0, high: int = DENOMINATOR) -> st.SearchStrategy[Fraction]:
    """Multiples of 1/8 in [low/8, high/8], shrinking towards low."""
    return st.integers(low, high).map(lambda n: Fraction(n, DENOMINATOR))


@st.composite
def distributions(draw: st.DrawFn, size: int, *, point: bool = False) -> list[Fraction]:
    """Probability vectors of a given length, shrinking towards the first point mass.

    Args:
        draw: supplied by Hypothesis.
        size: number of outcomes.
        point: only point masses.
    """
    if point:
        chosen = draw(st.integers(0, size - 1))
        return [Fraction(int(i == chosen)) for i in range(size)]
    weights = [draw(st.integers(0, 4)) for _ in range(size - 1)]
    weights.insert(0, 4 if not any(weights) else draw(st.integers(0, 4)))
    return [Fraction(weight, sum(weights)) for weight in weights]


@st.composite
def positions(draw: st.DrawFn, size: int) -> list[Fraction]:
    """Distinct points of the line, increasing, gaps from 1/64 to 1."""
    gaps = [draw(st.sampled_from([Fraction(1), Fraction(1, 4), Fraction(1, 64)])) for _ in range(size)]
    return [sum(gaps[: i + 1], start=Fraction(0)) - gaps[0] for i in range(size)]


@st.composite
def finite_systems(
    draw: st.DrawFn, *, max_states: int = 3, max_actions: int = 3, max_noises: int = 2, max_horizon: int = 4
) -> FiniteSystem:
    """Exact finite systems on the line with explicit, shared noise."""
    S, A = draw(st.integers(1, max_states)), draw(st.integers(1, max_actions))
    W, H = draw(st.integers(1, max_noises)), draw(st.integers(1, max_horizon))
    state = st.integers(0, S - 1)
    following = [[[draw(state) for _ in range(W)] for _ in range(A)] for _ in range(S)]
    reward = [[[draw(unit_fractions()) for _ in range(A)] for _ in range(S)] for _ in range(H)]
    return FiniteSystem(
        states=np.array(draw(positions(S)), dtype=object),
        actions=np.array(draw(positions(A)), dtype=object),
        noise=np.array(draw(distributions(W)), dtype=object),
        next_state=np.array(following, dtype=np.int64),
        initial=np.array(draw(distributions(S)), dtype=object),
        reward=np.array(reward, dtype=object),
    )


@st.composite
def quantizers(draw: st.DrawFn, n_actions: int) -> LabelMap:
    """Any map of actions to codes: not only the nearest code, so learned quantizers are among them."""
    codebook = sorted(draw(st.sets(st.integers(0, n_actions - 1), min_size=1)))
    labels = [draw(st.sampled_from(codebook)) for _ in range(n_actions)]
    return LabelMap(np.array(labels), np.array(codebook))


@st.composite
def policies(
    draw: st.DrawFn, n_states: int, n_actions: int, *, codes: tuple[int, ...] | None = None, deterministic: bool = False
) -> TabularPolicy:
    """Stationary policies, on all actions or on codes only.

    Args:
        draw: supplied by Hypothesis.
        n_states: number of states.
        n_actions: number of actions.
        codes: indices of the actions it may play; None for all.
        deterministic: only point masses.
    """
    allowed = range(n_actions) if codes is None else codes
    table = np.full((n_states, n_actions), Fraction(0), dtype=object)
    for row in table:
        law = draw(distributions(len(allowed), point=deterministic))
        for action, mass in zip(allowed, law, strict=True):
            row[action] = mass
    return TabularPolicy(table)


@st.composite
def problems(draw: st.DrawFn, *, deterministic_expert: bool | None = None, max_k: int = 2) -> Case:
    """A system, an expert, a quantizer and any learner on its codes.

    Args:
        draw: supplied by Hypothesis.
        deterministic_expert: whether the expert is deterministic; None for either.
        max_k: largest relaxation.
    """
    system = draw(finite_systems())
    fixed = draw(st.booleans()) if deterministic_expert is None else deterministic_expert
    size = (system.n_states, system.n_actions)
    expert = draw(policies(*size, deterministic=fixed))
    quantizer = draw(quantizers(system.n_actions))
    codes = tuple(int(code) for code in quantizer.codebook)
    learner = draw(policies(*size, codes=codes, deterministic=draw(st.booleans())))
    return Case(system, expert, quantizer, learner, draw(st.integers(0, max_k)))


@st.composite
def linear_systems(draw: st.DrawFn, *, max_dimension: int = 3, stable: bool = True) -> LinearSystem:
    """x' = A x + B u + w with entries in multiples of 1/8; with `stable` the rows of |A| sum to at most 7/8."""
    dx, du = draw(st.integers(1, max_dimension)), draw(st.integers(1, max_dimension))
    entry = st.integers(-DENOMINATOR, DENOMINATOR)
    A = np.array([[draw(entry) for _ in range(dx)] for _ in range(dx)], dtype=np.float64) / DENOMINATOR
    B = np.array([[draw(entry) for _ in range(du)] for _ in range(dx)], dtype=np.float64) / DENOMINATOR
    if stable:
        A *= 0.875 / max(0.875, float(np.abs(A).sum(axis=1).max()))
    noise = NoNoise() if draw(st.booleans()) else UniformNoise(0.125)
    return LinearSystem(A, B, noise)


@st.composite
def parameters(draw: st.DrawFn, key: str) -> dict[str, Any]:
    """Keyword values for `bounds.evaluate(catalog[key], ...)`, in the symbols of the catalog.

    Args:
        draw: supplied by Hypothesis.
        key: the theorem.
    """
    ranges: dict[str, st.SearchStrategy[float]] = {
        "H": st.integers(1, 200).map(float),
        "n": st.integers(1, 10**6).map(float),
        "delta": st.floats(1e-6, 0.5),
        "log_class_size": st.floats(0, 50),
        "log_model_class_size": st.floats(0, 50),
        "eta": st.floats(0, 0.9),
        "lipschitz": st.floats(0, 0.1),
        "C": st.floats(0, 0.9),
        "eps_q": st.floats(0, 0.25),
        "step_error": st.floats(0, 1),
    }
    return {name: draw(ranges.get(name, st.floats(0.01, 3))) for name in catalog[key].symbols}
