"""What all tests share."""

from hypothesis import settings

# A loaded machine refutes no claim: seconds are judged where they are measured, in benchmarks.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")
