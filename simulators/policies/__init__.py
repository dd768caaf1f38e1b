"""Experts and learners: what they do, what they do after quantization, and how smooth they are."""
