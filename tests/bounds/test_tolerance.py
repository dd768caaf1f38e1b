"""Deviations solved backwards: tolerable at the answer, not beside it."""

import pytest

from bounds import ParameterError, catalog
from bounds.deviation import deviation
from bounds.quantization import eps_q
from bounds.tolerance import (
    UnreachableToleranceError,
    bins_within,
    chunk_within,
    demos_within,
    horizon_within,
    validation_for,
    validation_within,
)

LOOP = {"C": 0.5, "eta": 0.5, "lipschitz": 0.2}
BINNED = catalog["binning_lipschitz"]
CHUNKS = {"H": 100, "n": 10**6, "class_size": 64, "eps_q": 0.001, "C": 1.0, "eta": 0.9, "lipschitz": 0.8}


def tolerable(key, tolerance, probability=0.95, **values):
    found = deviation(catalog[key], **values)
    return found.largest <= tolerance and found.probability >= probability


def test_demonstrations_buy_probability():
    values = {"H": 50, "class_size": 64, "eps_q": 0.01} | LOOP
    n = demos_within(BINNED, 0.05, **values).value
    assert tolerable("binning_lipschitz", 0.05, n=n, **values)
    assert not tolerable("binning_lipschitz", 0.05, n=n - 1, **values)
    assert demos_within(BINNED, 0.05, probability=0.5, **values).value < n
    with pytest.raises(UnreachableToleranceError, match="unreachable at any n by binning_lipschitz: at the best"):
        demos_within(BINNED, 1e-4, **values)


def test_bins_for_five_millimetres():
    values = {"H": 50, "n": 10**6, "class_size": 64} | LOOP
    box = {"low": -1.0, "high": 1.0, "dimension": 7, "norm": "l2"}
    K = bins_within(BINNED, 0.005, **box, **values).value
    assert tolerable("binning_lipschitz", 0.005, eps_q=float(eps_q(K, **box)), **values)
    assert not tolerable("binning_lipschitz", 0.005, eps_q=float(eps_q(K - 1, **box)), **values)


def test_horizons_until_the_deviation_is_too_large():
    values = {"n": 10**6, "class_size": 64, "eps_q": 0.01, "C": 1.0, "eta": 0.9, "lipschitz": 0.2}
    H = horizon_within(BINNED, 1.0, **values).value
    assert tolerable("binning_lipschitz", 1.0, H=H, **values)
    assert not tolerable("binning_lipschitz", 1.0, H=H + 1, **values)
    assert horizon_within(BINNED, 0.2, **(values | {"eta": 0.1, "lipschitz": 0.0})).limited
    with pytest.raises(UnreachableToleranceError, match="at any H"):
        horizon_within(BINNED, 1.0, **(values | {"n": 1}))


def test_the_shortest_chunk_is_the_smallest_safe_one_of_the_example():
    chunked = catalog["chunked_lipschitz"]
    assert chunk_within(chunked, 0.5, **CHUNKS, chunk_decay=0.1).value == 7
    with pytest.raises(UnreachableToleranceError, match="at any chunk"):
        chunk_within(chunked, 1e-3, **CHUNKS, chunk_decay=0.1)
    with pytest.raises(ParameterError, match="binning_lipschitz is not about chunks"):
        chunk_within(BINNED, 0.5, n=9, class_size=2, H=5, eps_q=0.1, **LOOP)


def test_held_out_trajectories_fall_with_the_square_of_the_slack():
    values = {"H": 50, "C": 0.1, "eta": 0.9, "coupled_lipschitz": 0.0, "jump": 0.0, "action_error": 0.0}
    found = [
        validation_within(catalog["validated_error"], tolerance, diameter=1.0, **values).value
        for tolerance in (0.1, 0.05)
    ]
    assert found[1] / found[0] == pytest.approx(4, rel=1e-2)
    wide = {"H": 10, "C": 0.5, "eta": 0.5, "coupled_lipschitz": 0.0, "jump": 0.0, "action_error": 0.01}
    regret = [validation_for(catalog["validated_error"], t, diameter=1.0, **wide) for t in (1.28, 2.38)]
    assert regret[0] / regret[1] == pytest.approx(4, rel=0.02)
    with pytest.raises(UnreachableToleranceError, match="at any validation"):
        validation_within(catalog["validated_error"], 0.1, diameter=1.0, **(values | {"action_error": 0.2}))


def test_mismatches_are_certified_by_their_absence():
    values = {"H": 10, "eps_q": 0.0, "C": 0.5, "eta": 0.5, "lipschitz": 0.2}
    assert validation_for(catalog["validated_mismatch"], 0.5, **values) == 59  # 5 percent of ten steps
    assert validation_for(catalog["validated_mismatch"], 10.0, **values) == 1


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda: demos_within(BINNED, -1.0), "tolerance must be a finite number >= 0, got -1.0"),
        (lambda: demos_within(BINNED, 1.0, probability=1.0), r"probability must be a number in \(0, 1\), got 1.0"),
        (lambda: demos_within(BINNED, 1.0, n=5), "n must be left out to be solved for, got 5"),
        (lambda: demos_within(catalog["validated_error"], 1.0), "does not move in one direction with n"),
        (lambda: bins_within(catalog["validated_error"], 1.0, low=0, high=1), "one direction with eps_q"),
        (lambda: demos_within(catalog["theorem_8"], 1.0), "theorem_8 bounds no deviation of the state"),
        (lambda: validation_within(BINNED, 1.0, diameter=1.0), "takes no error on held-out trajectories"),
        (
            lambda: validation_within(catalog["validated_error"], 1.0, diameter=0.0),
            "diameter must be a number > 0, got 0.0",
        ),
        (lambda: validation_for(catalog["validated_error"], 1.0), "diameter must be given"),
    ],
)
def test_questions_without_an_answer_are_refused(solve, message):
    with pytest.raises(ParameterError, match=message):
        solve()
