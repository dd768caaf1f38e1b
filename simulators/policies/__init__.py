"""Experts and learners: their actions before and after quantization, and how smooth they are."""

from simulators.policies.gaussian import ClippedGaussian
from simulators.policies.linear import LinearFeedback
from simulators.policies.pushforward import label_log_probability

__all__ = ["ClippedGaussian", "LinearFeedback", "label_log_probability"]
