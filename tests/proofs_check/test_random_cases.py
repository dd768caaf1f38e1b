import numpy as np
import pytest

from proofs_check.random_cases import build, mutate, random_genome

RNG = np.random.default_rng(17)
GENOMES = [random_genome(RNG) for _ in range(60)]


def test_random_cases_are_of_many_kinds():
    cases = [build(genome) for genome in GENOMES]
    assert len({case.system.horizon for case in cases}) == 5
    assert {case.expert.deterministic for case in cases} == {True, False}
    assert {case.greedy for case in cases} == {True, False}
    assert sum(case.tv < 1e-12 for case in cases) > 10


@pytest.mark.parametrize("genome", GENOMES[:20])
def test_changes_leave_the_description_as_it_was_and_a_case_a_case(genome):
    before = {name: np.array(value) for name, value in vars(genome).items()}
    for _ in range(30):
        assert build(mutate(genome, RNG)).system.horizon == len(genome.reward)
    assert all(np.array_equal(before[name], value) for name, value in vars(genome).items())


def test_changes_reach_every_part():
    genome, changed = GENOMES[0], set()
    for _ in range(200):
        other = mutate(genome, RNG)
        changed |= {name for name, value in vars(other).items() if not np.array_equal(value, getattr(genome, name))}
    assert changed >= {"states", "actions", "next_state", "initial", "reward", "labels", "expert", "raw"}
