"""All witnesses by name: what `Theorem.tight` and `Theorem.fails_without` of a statement refer to."""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from simulators.witnesses.base import Counterexample, Witness
from simulators.witnesses.binning_factor import BinningFactor
from simulators.witnesses.compounding import Compounding
from simulators.witnesses.decoupling import Decoupling
from simulators.witnesses.dithered_edge import DitheredEdge
from simulators.witnesses.drift import Drift
from simulators.witnesses.first_step_errors import FirstStepErrors
from simulators.witnesses.four_experts import FourExperts
from simulators.witnesses.hazards import AdaptedHazards, RandomHazards
from simulators.witnesses.hellinger import HiddenLabels, OffTarget, Unexcluded
from simulators.witnesses.imitation import GreedyTie, MirroredLabels, TwoPointReturn, UnsureLearner, WrongStart
from simulators.witnesses.independent_noise import IndependentNoise
from simulators.witnesses.loops import ChunkedLoop, Feedback, OwnLoop, RoundingUp
from simulators.witnesses.smooth_kernel import SmoothKernel
from simulators.witnesses.smoothness import BinEdge, TwoGaussians
from simulators.witnesses.trap_numbers import (
    GaussianTrapRegret,
    NoisyTrapError,
    NoisyTrapRegret,
    TrapError,
    TrapRegret,
)
from simulators.witnesses.tube_exit import TubeExit
from simulators.witnesses.two_experts import TwoExperts

_CLASSES: tuple[type[Witness], ...] = (
    BinEdge,
    BinningFactor,
    ChunkedLoop,
    Decoupling,
    DitheredEdge,
    Drift,
    Feedback,
    FirstStepErrors,
    FourExperts,
    GaussianTrapRegret,
    GreedyTie,
    HiddenLabels,
    MirroredLabels,
    NoisyTrapError,
    NoisyTrapRegret,
    OffTarget,
    OwnLoop,
    RandomHazards,
    RoundingUp,
    SmoothKernel,
    TrapError,
    TrapRegret,
    TubeExit,
    TwoExperts,
    TwoGaussians,
    TwoPointReturn,
    Unexcluded,
    UnsureLearner,
    WrongStart,
)

WITNESSES: Mapping[str, type[Witness]] = MappingProxyType({witness.__name__: witness for witness in _CLASSES})
"""Every witness of a statement, by the name of its class."""

_AGAINST: tuple[Counterexample, ...] = (
    AdaptedHazards(8, Fraction(1, 2), Fraction(3, 10)),
    Compounding(20, Fraction(1, 100), 1, Fraction(1, 2), 2),
    IndependentNoise(3),
)

COUNTEREXAMPLES: Mapping[str, Counterexample] = MappingProxyType({type(found).__name__: found for found in _AGAINST})
"""Every instance that breaks a statement for want of one assumption, by the name of its class."""
