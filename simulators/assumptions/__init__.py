"""The theorems' hypotheses, computed on a given system instead of assumed."""
