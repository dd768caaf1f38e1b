"""Exact quantities: returns, regret, trajectory laws and their distances."""
