"""Sweeps: their cells, where these are computed and kept, and what they add up to."""
