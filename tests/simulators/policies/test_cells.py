"""Cells as intervals of the unclipped Gaussian: every value lies in the interval of the cell that executes it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import ShapeError
from simulators.policies.cells import cells_of
from simulators.quantizers.learned import PerDimension, kmeans, quantile
from simulators.quantizers.normalizers import Normalized, Normalizer, bounds, openvla_q99, zscore
from simulators.quantizers.octo import octo_normal
from simulators.quantizers.registry import build, entries
from simulators.quantizers.scalar import openvla, rt1, uniform
from simulators.quantizers.statistics import Statistics

DATA = np.random.default_rng(0).normal([1.0, -20.0], [0.3, 5.0], (300, 2))
SEEN = Statistics.of(DATA)
WIDE = Normalizer("wide", [0.1, -3.0], [0.9, 2.0], [True, True], [False, False])
STILL = Normalizer("still", [1.0, 2.0], [1.0, 3.0], [False, True], [True, False])
QUANTIZERS = {
    "scalar": uniform(5),
    "parts": PerDimension("mixed", (uniform(3), octo_normal(6))),
    "quantile": quantile(DATA, 6),
    "bounds": Normalized(bounds(SEEN), rt1(6)),
    "q99": Normalized(openvla_q99(SEEN), openvla(7)),
    "zscore": Normalized(zscore(SEEN), octo_normal(6)),
    "clips inside": Normalized(WIDE, uniform(6, low=-2.0, high=2.0)),
    "clips inside, first": Normalized(WIDE, octo_normal(6)),
    "clips outside, first": Normalized(WIDE, PerDimension("n", (uniform(3, low=-0.5, high=0.5), octo_normal(3)))),
    "constant": Normalized(STILL, uniform(4)),
    "constant, first": Normalized(STILL, octo_normal(4)),
}
CLIPS = [(-math.inf, math.inf), (-1.0, 1.0), (-30.0, 0.5), (0.9, 1.3), (5.5, 6.0), (-math.inf, -22.0)]


@pytest.mark.parametrize("name", QUANTIZERS)
@pytest.mark.parametrize("clip", CLIPS)
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_every_value_lies_in_the_interval_of_its_cell(name: str, clip: tuple[float, float], seed: int) -> None:
    q, rng = QUANTIZERS[name], np.random.default_rng(seed)
    z = rng.choice([0.3, 3.0, 40.0]) * rng.normal(size=(50, 2)) + rng.choice([0.0, 1.0, -20.0])
    tokens = np.asarray(q.encode(np.clip(z, *clip)))
    found = cells_of(q, 2, *clip)
    assert found is not None
    for j, cells in enumerate(found):
        executed = cells.part.cell_of_token(tokens[:, j])
        values = z[:, j]
        margin = 1e-12 * (1 + np.abs(values))  # edges are mapped with one rounding
        inside = (values >= cells.ends[executed] - margin) & (values <= cells.ends[executed + 1] + margin)
        assert np.all(inside | ((executed == 0) & (values >= cells.beyond - margin)))


@pytest.mark.parametrize("name", QUANTIZERS)
@pytest.mark.parametrize("clip", CLIPS)
def test_the_intervals_cover_the_line_once(name: str, clip: tuple[float, float]) -> None:
    for cells in cells_of(QUANTIZERS[name], 2, *clip) or ():
        assert cells.ends[0] == -math.inf
        assert np.all(np.diff(cells.ends[np.isfinite(cells.ends)]) >= 0)
        assert cells.ends[-1] == cells.beyond


def test_an_atom_at_the_clip_is_where_the_quantizer_puts_it() -> None:
    """RT-1's top token is given at the end of the range only, so rounding decides where all the clipped mass goes."""
    seen = set()
    for high in np.linspace(0.5, 0.9, 41):
        q = Normalized(bounds(Statistics.of([[0.1], [high]])), rt1(4))
        cell = int(q.encode([high])[0])
        found = cells_of(q, 1, -math.inf, float(high))
        assert found is not None
        assert found[0].ends[cell + 1] == math.inf
        assert found[0].ends[cell] <= high
        seen.add(cell)
    assert seen == {2, 3}


BY_DIMENSION = [name for name, one in entries().items() if one.steps({}) is None and "rng" not in one.fitted]
BY_DIMENSION.remove("rt1_arm")  # of seven dimensions


@pytest.mark.parametrize("name", BY_DIMENSION)
def test_every_tokenizer_of_single_dimensions_has_cells(name: str) -> None:
    q = build(name, {str(entries()[name].size): 8}, actions=DATA)
    assert len(cells_of(q, 2, -math.inf, math.inf) or ()) == 2


def test_other_quantizers_have_none_and_wrong_dimensions_are_refused() -> None:
    assert cells_of(kmeans(DATA, 3, rng=np.random.default_rng(0)), 2, -1.0, 1.0) is None
    assert cells_of(build("fast_openpi", actions=DATA), 2, -1.0, 1.0) is None
    for q in (QUANTIZERS["parts"], QUANTIZERS["q99"]):
        with pytest.raises(ShapeError, match="quantizer must have 3 dimensions, got 2"):
            cells_of(q, 3, -1.0, 1.0)
