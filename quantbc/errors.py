"""Errors the command line turns into one line and exit status 2."""


class ProblemError(ValueError):
    """A problem file or a command-line value is not usable; the message names key, requirement and value."""
