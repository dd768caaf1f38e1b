"""Theorems proved in a kernel: Rocq sources for finite spaces, and the index of what they prove."""
