"""Errors of the package: each names the argument, the requirement and the value."""


class ParameterError(ValueError):
    """An argument is missing, unknown, contradictory or outside its domain."""


class AssumptionError(ValueError):
    """The arguments are well formed, but they violate an assumption of the statement."""
