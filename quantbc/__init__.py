"""The front door: command line, problem files and sweeps."""

__version__ = "0.1.0"
