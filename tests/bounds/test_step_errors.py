"""Sequences of quantization errors."""

import math

import numpy as np
import pytest

from bounds.errors import ParameterError
from bounds.step_errors import StepErrors


def test_prefixes():
    errors = StepErrors([0.1, 0.0, 0.3])
    assert errors.first(3).tolist() == [0.1, 0.0, 0.3]
    assert errors.first(1).tolist() == [0.1]
    with pytest.raises(ParameterError, match="average_error must reach H = 4 steps, got 3"):
        errors.first(4)


@pytest.mark.parametrize("values", [[], [[0.1]], [-0.1], [math.nan], [math.inf], 0.1])
def test_what_is_no_sequence_of_errors_is_refused(values):
    with pytest.raises(ParameterError, match="average_error must be a finite, nonnegative 1-D sequence"):
        StepErrors(values)


def test_the_sequence_is_copied():
    values = np.array([0.1, 0.2])
    errors = StepErrors(values)
    values[0] = 9.0
    assert errors.values[0] == 0.1
