"""The tokenizers people choose between, by name, ready for raw actions."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.errors import DomainError
from simulators.quantizers import learned, scalar
from simulators.quantizers.base import Quantizer
from simulators.quantizers.chunk import FastDCT
from simulators.quantizers.normalizers import Normalized, Normalizer, fit_bounds, fit_q99, fit_zscore

Fit = Callable[[npt.ArrayLike], Normalizer]
Learn = Callable[[npt.ArrayLike, int, np.random.Generator], Quantizer]


@dataclass(frozen=True)
class Preset:
    """How a named tokenizer is made from data.

    Attributes:
        bins: the project's default for its "bins" argument (chunk length for chunk quantizers).
        summary: one line on what it is.
        normalize: how raw actions become normalized ones; None for tokenizers fitted to raw actions.
        learn: data, bins and generator to a quantizer (of normalized actions if `normalize` is given).
    """

    bins: int
    summary: str
    normalize: Fit | None
    learn: Learn


def _fixed(make: Callable[[int], Quantizer]) -> Learn:
    return lambda _actions, bins, _rng: make(bins)


PRESETS: dict[str, Preset] = {
    "uniform": Preset(64, "uniform bins on each dimension's range, midpoints", fit_bounds, _fixed(scalar.uniform)),
    "openvla": Preset(256, "OpenVLA: [q01, q99], 256 edges and 255 cells, midpoints", fit_q99, _fixed(scalar.openvla)),
    "rt1": Preset(256, "RT-1: truncation to left edges of the range", fit_bounds, _fixed(scalar.rt1)),
    "torchrl_uniform": Preset(
        256, "TorchRL: uniform bins on the range, left-closed", fit_bounds, _fixed(scalar.torchrl_uniform)
    ),
    "octo_uniform": Preset(256, "Octo: uniform bins on [q01, q99]", fit_q99, _fixed(scalar.octo_uniform)),
    "octo_normal": Preset(
        256, "Octo: equal normal mass on z-scores, no clipping", fit_zscore, _fixed(scalar.octo_normal)
    ),
    "fast_dct": Preset(
        50, "FAST: rounded DCT of whole chunks on [q01, q99]; bins is the chunk length", fit_q99, _fixed(FastDCT)
    ),
    "quantile": Preset(
        256, "equal-mass cells per dimension from the data", None, lambda u, bins, _rng: learned.quantile(u, bins)
    ),
    "kmeans": Preset(
        256, "k-means codebook on whole actions", None, lambda u, bins, rng: learned.kmeans(u, bins, rng=rng)
    ),
    "residual_vq": Preset(
        16,
        "two k-means layers on residuals (VQ-BeT without encoder and offset head)",
        None,
        lambda u, bins, rng: learned.residual_vq(u, layers=2, cells=bins, rng=rng),
    ),
}
"""Every tokenizer by name."""


def build(name: str, actions: npt.ArrayLike, *, rng: np.random.Generator, bins: int | None = None) -> Quantizer:
    """Return the named tokenizer for raw actions, normalizer included.

    Args:
        name: a key of `PRESETS`.
        actions: pooled raw actions to fit normalizers and codebooks to, shape (N, d).
        rng: used by learned tokenizers only.
        bins: the project's "bins" argument, its own default if None.

    Raises:
        DomainError: an unknown name, or bins the tokenizer refuses.
        ShapeError: no actions.

    >>> data = np.random.default_rng(0).normal(size=(500, 2))
    >>> q = build("openvla", data, rng=np.random.default_rng(0))
    >>> q.name, q.cells
    ('openvla_q99+openvla', 255)
    """
    if name not in PRESETS:
        raise DomainError(f"tokenizer must be one of {', '.join(PRESETS)}, got {name!r}")
    preset = PRESETS[name]
    inner = preset.learn(actions, preset.bins if bins is None else bins, rng)
    return inner if preset.normalize is None else Normalized(preset.normalize(actions), inner)
