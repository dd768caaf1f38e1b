"""Small exact systems drawn by Hypothesis, and the brute force they are compared with."""

import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from simulators.policies.tabular import LabelMap, TabularPolicy, push_forward
from simulators.systems.finite import FiniteSystem
from simulators.systems.tabular import TabularMDP


@st.composite
def laws(draw, size):
    weights = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size).filter(any))
    return [Fraction(w, sum(weights)) for w in weights]


@st.composite
def systems(draw, max_horizon=3, max_states=3, max_actions=3, min_states=1, min_actions=1):
    S = draw(st.integers(min_states, max_states))
    A = draw(st.integers(min_actions, max_actions))
    W, H = draw(st.integers(1, 2)), draw(st.integers(1, max_horizon))
    shape = (S, A, W) if draw(st.booleans()) else (H, S, A, W)
    size = int(np.prod(shape))
    following = draw(st.lists(st.integers(0, S - 1), min_size=size, max_size=size))
    places = st.lists(st.integers(0, 9), unique=True)
    rewards = draw(st.lists(st.integers(0, 4), min_size=H * S * A, max_size=H * S * A))
    return FiniteSystem(
        states=[Fraction(x, 7) for x in draw(places.filter(lambda x: len(x) >= S))[:S]],
        actions=[Fraction(x, 10) for x in draw(places.filter(lambda x: len(x) >= A))[:A]],
        noise=draw(laws(W)),
        next_state=np.reshape(following, shape),
        initial=draw(laws(S)),
        reward=np.reshape(np.array([Fraction(x, 4) for x in rewards], dtype=object), (H, S, A)),
    )


@st.composite
def policies(draw, system, allowed=None):
    allowed = list(range(system.n_actions)) if allowed is None else list(allowed)
    steps = draw(st.sampled_from([1, system.horizon]))
    table = np.full((steps, system.n_states, system.n_actions), Fraction(0), dtype=object)
    for row in table.reshape(-1, system.n_actions):
        row[allowed] = draw(laws(len(allowed)))
    return TabularPolicy(table[0] if steps == 1 else table)


@st.composite
def quantizers(draw, n_actions):
    codebook = sorted(draw(st.sets(st.integers(0, n_actions - 1), min_size=1)))
    labels = draw(st.lists(st.sampled_from(codebook), min_size=n_actions, max_size=n_actions))
    return LabelMap(labels, codebook)


@st.composite
def problems(draw, **sizes):
    """(system, expert, quantizer, learner); the learner is sometimes q#π* itself."""
    system = draw(systems(**sizes))
    quantizer = draw(quantizers(system.n_actions))
    expert = draw(policies(system))
    copies = draw(st.booleans())
    learner = push_forward(expert, quantizer) if copies else draw(policies(system, quantizer.codebook))
    return system, expert, quantizer, learner


def as_mdp(system):
    """The same system as a tabular MDP, with the dense transition table."""
    transition = np.stack([system.kernel(h) for h in range(system.horizon)])
    return TabularMDP(transition, system.reward, system.initial)


def runs(system, policy) -> Iterator[tuple[Fraction, tuple[int, ...], tuple[int, ...], tuple[int, ...]]]:
    """All (probability, states, actions, noises) of positive probability, by listing them."""
    spaces = [range(system.n_states), *[range(system.n_actions)] * system.horizon]
    noises = [range(len(system.noise))] * (system.horizon - 1)
    for x, *rest in itertools.product(*spaces, *noises):
        actions, ws = tuple(rest[: system.horizon]), tuple(rest[system.horizon :])
        states, chance = [x], system.initial[x]
        for h, u in enumerate(actions):
            chance = chance * policy.at(h)[states[h], u]
            if h < len(ws):
                chance = chance * system.noise[ws[h]]
                states.append(int(system.step_table(h)[states[h], u, ws[h]]))
        if chance:
            yield chance, tuple(states), actions, ws


def label_paths(system, policy, quantizer):
    """The law of (states, labels) as a dictionary, by listing the runs; labels numbered in the codebook."""
    law: dict[tuple[tuple[int, ...], tuple[int, ...]], Fraction] = {}
    for chance, states, actions, _ in runs(system, policy):
        path = (states, tuple(int(quantizer.column[a]) for a in actions))
        law[path] = law.get(path, Fraction(0)) + chance
    return law


def chain_paths(law):
    """The law of (states, labels) of a TrajectoryLaw as a dictionary, by listing the paths."""
    S, C = law.policy.shape[-2:]
    paths = {}
    for states in itertools.product(range(S), repeat=law.horizon):
        for labels in itertools.product(range(C), repeat=law.horizon):
            chance = law.initial[states[0]]
            for h in range(law.horizon):
                chance = chance * law.policy_at(h)[states[h], labels[h]]
                if h + 1 < law.horizon:
                    chance = chance * law.kernel_at(h)[states[h], labels[h], states[h + 1]]
            if chance:
                paths[states, labels] = chance
    return paths
