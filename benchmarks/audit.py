"""An audit of half a million actions, against the passes that anybody would write by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import Benchmark, Measured, NotMeasured, compare, paired, within
from quantbc.audit.candidates import FIT_ROWS, requests
from quantbc.audit.run import Settings, audit

Floats = NDArray[np.float64]
Tokens = NDArray[np.int64]
Coded = tuple[Tokens, Floats]
"""Tokens, one column a token; executed actions."""

_ALL = "audit of 500 000 × 14 actions, all tokenizers / numpy by hand"
_TWO = "audit of 500 000 × 14 actions, two tokenizers / numpy by hand"
_SHORT = "audit of 1 000 000 episodes of one step / 20 s"
_PAIR = ("openvla_q99", "fast_openpi")
_ALLOWED = 20.0  # seconds
_DIMENSION, _LENGTH = 14, 500


def demonstrations(path: Path, episodes: int, length: int, dimension: int) -> None:
    """Write smooth actions to an npz file."""
    rng = np.random.default_rng(0)
    speed, phase = rng.uniform(0.5, 4, (2, episodes, 1, dimension))
    time = np.linspace(0, 1, length)[None, :, None]
    u = np.sin(2 * np.pi * speed * time + phase) + 0.05 * rng.standard_normal((episodes, length, dimension))
    np.savez(path, actions=u.reshape(-1, dimension), episode_ends=length * np.arange(1, episodes + 1))


class ByHand:
    """numpy passes over all actions at once: no checks, no chunks of memory, no other file than this."""

    def __init__(self, path: Path) -> None:
        """Read, and take ranges, moments and quantiles once."""
        with np.load(path) as file:
            self.u, ends = file["actions"], file["episode_ends"]
        self.low, self.high = self.u.min(axis=0), self.u.max(axis=0)
        self.mean, self.std = self.u.mean(axis=0), self.u.std(axis=0)
        self.q01, self.q99 = np.quantile(self.u, [0.01, 0.99], axis=0)
        episode = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
        self.even, self.odd = (self.u[episode % 2 == half] for half in (0, 1))
        self.steps = int(ends[0])

    def measured(self, name: str, bins: int) -> tuple[Floats, Floats, list[Tokens]]:
        """Mean and largest error a dimension, and how often every token occurs."""
        u = self.odd if name in ("quantile", "kmeans", "residual_vq") else self.u
        tokens, codes = getattr(self, name)(u, bins)
        error = np.abs(codes - u)
        low = tokens.min()
        return error.mean(axis=0), error.max(axis=0), [np.bincount(column - low) for column in tokens.T]

    def _even_bins(self, u: Floats, low: Floats, width: Floats, bins: int) -> Coded:
        tokens = np.clip(np.ceil((u - low) / width) - 1, 0, bins - 1).astype(np.int64)
        return tokens, low + (tokens + 0.5) * width

    def uniform(self, u: Floats, bins: int) -> Coded:
        """Even bins on the range."""
        return self._even_bins(u, self.low, (self.high - self.low) / bins, bins)

    torchrl_uniform = uniform

    def _in_quantiles(self, u: Floats, cells: int) -> Coded:
        half = (self.q99 - self.q01 + 1e-8) / 2
        a = np.clip((u - self.q01) / half - 1, -1, 1)
        tokens = np.minimum(np.floor((a + 1) * cells / 2), cells - 1).astype(np.int64)
        return tokens, self.q01 + half * ((2 * tokens + 1) / cells)

    def octo_uniform_q99(self, u: Floats, bins: int) -> Coded:
        """Even bins between the quantiles."""
        return self._in_quantiles(u, bins)

    def openvla_q99(self, u: Floats, bins: int) -> Coded:
        """The same with one cell fewer."""
        return self._in_quantiles(u, bins - 1)

    def rt1_bounds(self, u: Floats, bins: int) -> Coded:
        """Left edges of the range."""
        width = (self.high - self.low) / (bins - 1)
        tokens = np.floor((u - self.low) / width).astype(np.int64)
        return tokens, self.low + tokens * width

    def octo_normal(self, u: Floats, bins: int) -> Coded:
        """Equal normal mass."""
        from scipy.special import ndtri

        edges = ndtri(np.linspace(1e-6, 1 - 1e-6, bins + 1))
        z = (u - self.mean) / (self.std + 1e-8)
        tokens = np.digitize(z, edges) - 1
        tokens[(tokens < 0) | (tokens >= bins)] = 0
        return tokens, ((edges[1:] + edges[:-1]) / 2)[tokens] * (self.std + 1e-8) + self.mean

    def fast_openpi(self, u: Floats, steps: int) -> Coded:
        """Rounded cosines of chunks, all of which are whole here."""
        from scipy.fft import dct, idct

        half = (self.q99 - self.q01 + 1e-6) / 2
        chunks = ((u - self.q01) / half - 1).reshape(-1, steps, u.shape[1])
        tokens = np.rint(10 * dct(chunks, norm="ortho", axis=1))
        codes = idct(tokens / 10, norm="ortho", axis=1).reshape(u.shape)
        return tokens.astype(np.int64).reshape(-1, 1), (codes + 1) * half + self.q01

    def quantile(self, u: Floats, bins: int) -> Coded:
        """Equal mass in the episodes of even number."""
        edges = np.quantile(self.even, np.linspace(0, 1, bins + 1), axis=0)
        tokens = np.stack([np.searchsorted(e[1:-1], v) for e, v in zip(edges.T, u.T, strict=True)], axis=1)
        return tokens, np.take_along_axis((edges[1:] + edges[:-1]) / 2, tokens, axis=0)

    def residual_vq(self, u: Floats, cells: int, layers: int = 2) -> Coded:
        """k-means on what the layers before left."""
        from sklearn.cluster import KMeans

        rng = np.random.default_rng(0)
        data = self.even[rng.choice(len(self.even), min(FIT_ROWS, len(self.even)), replace=False)]
        rest, tokens = u, []
        for _ in range(layers):
            model = KMeans(cells, n_init="auto", random_state=0).fit(data)
            data = data - model.cluster_centers_[model.labels_]
            tokens.append(model.predict(rest).astype(np.int64))
            rest = rest - model.cluster_centers_[tokens[-1]]
        return np.stack(tokens, axis=1), u - rest

    def kmeans(self, u: Floats, cells: int) -> Coded:
        """One layer."""
        return self.residual_vq(u, cells, layers=1)


def by_hand(path: Path, wanted: Sequence[tuple[str, int | None]]) -> list[tuple[Floats, Floats, list[Tokens]]]:
    """Everything that is asked for."""
    hand = ByHand(path)
    return [hand.measured(name, bins or 0) for name, bins in wanted]


def require_agreement(path: Path, wanted: Sequence[tuple[str, int | None]]) -> None:
    """Compare the mean errors of everything but what k-means starts from at random.

    Raises:
        NotMeasured: one differs by more than a hundredth.
    """
    found = audit(path, Settings(tokenizers=tuple(dict.fromkeys(name for name, _ in wanted))))
    for (name, _), (report, _), hand in zip(wanted, found.reports, by_hand(path, wanted), strict=True):
        loose = 0.2 if name in ("kmeans", "residual_vq") else 0.01
        if report.candidate.name != name or not np.allclose(report.usage.average_error, hand[0], rtol=loose):
            raise NotMeasured(f"{name}: the audit and the passes by hand disagree")


def against_hand(quick: bool) -> Iterator[Measured]:
    """All tokenizers that are compared unasked, and two of them.

    Raises:
        NotMeasured: the two sides disagree.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "actions.npz")
        demonstrations(path, 40 if quick else 1000, _LENGTH, _DIMENSION)
        for name, chosen in ((_ALL, ()), (_TWO, _PAIR)):
            wanted = requests(chosen, ())
            require_agreement(path, wanted)
            ours = partial(audit, path, Settings(tokenizers=chosen))
            yield compare(name, ours, partial(by_hand, path, wanted), 2 if quick else 5)


def short(quick: bool) -> Iterator[Measured]:
    """Episodes of one step: what an episode costs by itself."""
    episodes = 10_000 if quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "short.npz")
        demonstrations(path, episodes, 1, 2)
        ours = partial(audit, path, Settings(tokenizers=("uniform",), bins=(16, 256)))
        seconds = paired([ours], 1 if quick else 3).seconds[:, 0]
    yield within(_SHORT, seconds.tolist(), _ALLOWED * episodes / 1e6)


BENCHMARKS = (Benchmark({_ALL: "<= 2", _TWO: "<= 3"}, against_hand), Benchmark({_SHORT: "<= 1"}, short))
