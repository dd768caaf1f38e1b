"""From keywords to checked values, and curves over the horizon."""

import numpy as np
import pytest

from bounds.errors import ParameterError
from bounds.gains import ExponentialGain, GainSequence
from bounds.moduli import FunctionModulus, LinearModulus, ThresholdModulus
from bounds.step_errors import StepErrors
from bounds.values import Values, collect, need

NEEDS = [need("H"), need("delta"), need("C eta", "gains"), need("L", "modulus")]


def test_defaults_count_as_given():
    values = collect("x", NEEDS, {"H": 3, "C": 1, "eta": 0.5, "L": 2})
    assert values["delta"] == 0.05
    assert isinstance(values.gains, ExponentialGain)
    assert values.modulus == LinearModulus(2.0)
    assert values.get("k", 7.0) == 7.0


def test_none_counts_as_not_given():
    with pytest.raises(ParameterError, match="x needs H, but H was not given"):
        collect("x", NEEDS, {"H": None, "C": 1, "eta": 0.5, "L": 2})


def test_objects_that_are_their_symbols_become_symbols():
    values = collect("x", NEEDS, {"H": 3, "gains": ExponentialGain([0.1, 0.2], 0.5), "modulus": ThresholdModulus(2.0)})
    assert values["C"].tolist() == [0.1, 0.2]
    assert values["lipschitz"] == 2.0
    assert values.objects == {}
    assert isinstance(values.modulus, ThresholdModulus)


def test_other_objects_stay_objects():
    sequence, step = GainSequence([1.0, 1.0]), FunctionModulus(lambda r: 0.0 * r)
    values = collect("x", NEEDS, {"H": 3, "gains": sequence, "modulus": step})
    assert values.gains is sequence
    assert values.modulus is step
    errors = StepErrors([0.1])
    assert collect("x", [need("average_error")], {"average_error": errors}).objects["average_error"] is errors
    with pytest.raises(ParameterError, match="eps_q must be a number >= 0, got StepErrors"):
        collect("x", [need("eps_q")], {"eps_q": errors})


@pytest.mark.parametrize("H", [3, [1, 2, 5], [[4], [2]], np.ones((2, 1, 2)) * 6])
@pytest.mark.parametrize("eps_q", [0.5, [0.1, 0.2, 0.3], np.full((1, 2), 0.25), np.full((2, 1, 1), 0.5)])
@pytest.mark.parametrize("cells", [1, 7, 1 << 17])
def test_curves_are_read_at_every_horizon(monkeypatch, H, eps_q, cells):
    monkeypatch.setattr("bounds.values._MAX_CELLS", cells)
    H, eps_q = np.asarray(H, dtype=float), np.asarray(eps_q, dtype=float)
    try:
        shape = np.broadcast_shapes(H.shape, eps_q.shape)
    except ValueError:
        return
    values = Values({"H": H, "eps_q": eps_q}, {})
    found = values.over_horizon(["eps_q"], lambda part, horizon: part["eps_q"][..., None] * np.arange(1, horizon + 1))
    assert found.shape == shape
    assert np.array_equal(found, np.broadcast_to(H * eps_q, shape))


def test_curves_of_nothing_are_empty_and_long_ones_are_refused():
    assert Values({"H": np.empty((0, 3))}, {}).over_horizon([], lambda part, horizon: np.zeros(horizon)).shape == (0, 3)
    with pytest.raises(ParameterError, match="H must be at most 10000000 where a bound sums over the steps"):
        Values({"H": np.array(1e12)}, {}).over_horizon([], lambda part, horizon: np.zeros(horizon))


def test_two_spellings_are_named_before_what_is_missing() -> None:
    with pytest.raises(ParameterError, match="t takes C with eta or gains, got C and gains"):
        collect("t", [need("H"), need("C eta", "gains")], {"C": 0.5, "gains": object()})
