"""Axes and tables refuse what a page could not interpolate; packed numbers are the numbers."""

from base64 import b64decode

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from bounds import ParameterError
from quantbc.report.explorer_tables import Axis, Table, packed

H = Axis("H", [2, 4, 8], "log")


def unpacked(text: str, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """What the format says, read one byte at a time."""
    numbers, rest, place = [], 0, 1
    for byte in b64decode(text):
        rest += (byte % 128) * place
        place *= 128
        if byte < 128:
            numbers.append(-(rest + 1) // 2 if rest % 2 else rest // 2)
            rest, place = 0, 1
    return np.array(numbers, dtype=np.int64).reshape(shape).cumsum(axis=-1).cumsum(axis=-1)


@given(arrays(np.int64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=st.integers(-(2**40), 2**40)))
def test_packed_numbers_come_back(numbers: NDArray[np.int64]) -> None:
    assert (unpacked(packed(numbers), numbers.shape) == numbers).all()


def test_a_straight_row_takes_a_byte_for_a_number() -> None:
    assert len(b64decode(packed(np.arange(1000)[None]))) == 1000


def test_numbers_that_a_page_could_not_hold_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"below 2\^51"):
        packed(np.array([2**52]))


@pytest.mark.parametrize("nodes", [[1.0], [1.0, 1.0], [2.0, 1.0], [1.0, np.inf], [[1.0, 2.0]]])
def test_nodes_must_increase(nodes: object) -> None:
    with pytest.raises(ParameterError, match="nodes of H must be two or more finite, increasing numbers"):
        Axis("H", nodes)  # type: ignore[arg-type]


def test_a_logarithmic_axis_has_no_zero() -> None:
    assert Axis("n", [0, 1]).nodes[0] == 0
    with pytest.raises(ParameterError, match="nodes of n must be positive on a logarithmic scale"):
        Axis("n", [0, 1], "log")


def test_nothing_can_be_changed_afterwards() -> None:
    values = np.array([1.0, 2.0, 3.0])
    table = Table((H,), values)
    values[0] = 5.0
    assert table.values[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        table.values[0] = 5.0
    with pytest.raises(ValueError, match="read-only"):
        table.axes[0].nodes[0] = 5.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"values": [1.0, 2.0]}, "values must have the shape of the axes"),
        ({"values": [0.0, 1.0, 2.0]}, "values must be positive and finite"),
        ({"values": [np.nan, 1.0, 2.0]}, "values must be positive and finite"),
        ({"values": [np.inf, 1.0, 2.0], "logarithmic": False}, "values must be finite"),
        ({"quantum": 0.0}, "quantum must be in"),
        ({"quantum": 0.1}, "quantum must be in"),
        ({"zero": {"H": 2.0}}, "zero must name an axis and lie below its nodes"),
        ({"zero": {"K": 0.0}}, "zero must name an axis and lie below its nodes"),
    ],
)
def test_a_table_that_cannot_be_looked_up_is_refused(change: dict[str, object], message: str) -> None:
    sound: dict[str, object] = {"axes": (H,), "values": [1.0, 2.0, 3.0]}
    Table(**sound)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=message):
        Table(**(sound | change))  # type: ignore[arg-type]


def test_numbers_are_cut_at_the_ceiling() -> None:
    assert Table((H,), [1.0, 2.0, np.inf], ceiling=10.0).values.tolist() == [1.0, 2.0, 10.0]


@given(arrays(np.float64, (3,), elements=st.floats(1e-300, 1e300)), st.sampled_from([1e-4, 1e-9]))
def test_stored_numbers_are_within_half_a_quantum(values: NDArray[np.float64], quantum: float) -> None:
    stored = Table((H,), values, quantum=quantum).to_json()
    logs = unpacked(stored["numbers"], values.shape) * quantum
    assert np.abs(logs - np.log(values)).max() <= 0.5001 * quantum
