"""Input errors are value errors, so that callers of the Python side can catch them as such."""

from quantbc.errors import ProblemError


def test_a_problem_error_is_a_value_error() -> None:
    assert issubclass(ProblemError, ValueError)
