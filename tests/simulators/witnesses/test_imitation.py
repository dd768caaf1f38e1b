import math

import pytest

from bounds import catalog, evaluate
from proofs_check.tightness import spelled
from simulators.errors import DomainError
from simulators.witnesses.base import KNOWN_LABELS
from simulators.witnesses.imitation import GreedyTie, MirroredLabels, TwoPointReturn, UnsureLearner, WrongStart

LAWS = {
    MirroredLabels: lambda p: ([p, 1 - p], [1 - p, p]),
    UnsureLearner: lambda p: ([1, 0], [p, 1 - p]),
    WrongStart: lambda p: ([1 - p, p, 0], [1 - p, 0, p]),
    GreedyTie: lambda p: ([1 - p, p, 0], [1 - p, p / 2, p / 2]),
}


@pytest.mark.parametrize("p", [0.55, 0.7, 0.95])
@pytest.mark.parametrize("kind", LAWS)
def test_affinities_are_those_of_the_labels(kind, p):
    first, second = LAWS[kind](p)
    assert kind(3, p).affinity == pytest.approx(sum(math.sqrt(a * b) for a, b in zip(first, second, strict=True)))


@pytest.mark.parametrize("p", [0.55, 0.7, 0.95])
@pytest.mark.parametrize(("kind", "key"), [(MirroredLabels, "theorem_2"), (UnsureLearner, "theorem_3")])
def test_the_bound_is_the_regret(kind, key, p):
    witness = kind(7, p)
    values = spelled(catalog[key], {**KNOWN_LABELS, **witness.values()})
    assert evaluate(catalog[key], **values).total == pytest.approx(witness.exact(), rel=1e-12)


def test_the_spread_of_the_return_saves_what_it_should():
    witness = TwoPointReturn(5, 0.1, 1e-4)
    values = spelled(catalog["theorem_2"], {**KNOWN_LABELS, **witness.values()})
    sharp = float(evaluate(catalog["theorem_2"], **values).total)
    wide = float(evaluate(catalog["theorem_2"], **(values | {"return_std": None})).total)
    assert sharp == pytest.approx(witness.exact(), rel=1e-3)
    assert wide == pytest.approx(sharp / (2 * math.sqrt(0.09)), rel=1e-3)


def test_bad_parameters_are_refused():
    with pytest.raises(DomainError, match="p must be"):
        WrongStart(3, 1.0)
    with pytest.raises(DomainError, match="shift must be"):
        TwoPointReturn(3, 0.5, 0.6)
