"""Both errors can be caught as ValueError and told apart."""

from bounds.errors import AssumptionError, ParameterError


def test_errors_are_value_errors_of_different_kinds():
    assert issubclass(ParameterError, ValueError)
    assert issubclass(AssumptionError, ValueError)
    assert not issubclass(ParameterError, AssumptionError)
    assert not issubclass(AssumptionError, ParameterError)
