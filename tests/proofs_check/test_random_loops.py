import numpy as np
import pytest

from proofs_check.random_loops import build_loop, mutate_loop, random_loop

RNG = np.random.default_rng(23)
GENOMES = [random_loop(RNG) for _ in range(20)]


def test_loops_are_of_many_kinds():
    assert max(abs(genome.loop[0]) for genome in GENOMES) > 16 > min(abs(genome.loop[0]) for genome in GENOMES)
    assert {genome.matching for genome in GENOMES} == {True, False}


@pytest.mark.parametrize("genome", GENOMES[:8])
def test_the_system_is_the_loop_and_the_learner_plays_the_code_nearest_to_its_map(genome):
    case, (a, b, slope) = build_loop(genome), genome.loop / 16
    states, actions = case.system.states[:, 0], case.system.actions[:, 0]
    noise = np.unique(genome.noise) / 16
    moved = case.system.states[case.system.next_state][..., 0]
    target = a * states[:, None, None] + b * actions[:, None] + noise
    inside = (moved != states[:, None, None]).any(axis=(1, 2))  # states of the last step stay where they are
    assert np.allclose(np.sort(moved[inside], axis=2), np.sort(target[inside], axis=2))
    gaps = np.abs(case.maps.raw - actions[case.maps.labels])
    assert np.allclose(case.maps.raw - slope * states[:, None], genome.offsets / 16)
    assert all((gaps <= np.abs(case.maps.raw - actions[code]) + 1e-12).all() for code in genome.codes)
    assert gaps.max() <= case.eps_q


def test_changes_leave_the_description_as_it_was_and_reach_every_part():
    genome, changed = GENOMES[0], set()
    before = {name: np.array(value) for name, value in vars(genome).items()}
    for _ in range(200):
        other = mutate_loop(genome, RNG)
        changed |= {name for name, value in vars(other).items() if not np.array_equal(value, before[name])}
    assert all(np.array_equal(before[name], value) for name, value in vars(genome).items())
    assert changed >= {"loop", "offsets", "noise", "slopes", "actions", "picks", "matching"}
