"""Dynamics with explicit noise, written so that two policies can share every draw."""
