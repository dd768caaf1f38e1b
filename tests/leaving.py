"""Quantizers that tests share: one whose codebook is not what it executes, one of whole actions."""

import numpy as np

from simulators.quantizers.base import Elementwise, PerStep


class Leaving(Elementwise):
    """Rounds to halves, but lists whole numbers."""

    name, sup_error, codebook = "leaving", 0.25, np.array([-1.0, 0.0, 1.0])

    def encode(self, u):
        return np.rint(2 * np.asarray(u)).astype(int)

    def decode(self, token):
        return np.asarray(token) / 2


class Whole(PerStep):
    """Rounds whole actions."""

    name = "whole"

    def encode(self, u):
        return np.rint(8 * np.asarray(u)).astype(int)

    def decode(self, token):
        return np.asarray(token) / 8
