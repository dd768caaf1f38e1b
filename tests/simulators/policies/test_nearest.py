"""Fine actions cut into bins: codes are members of their own cells, nearest to the centre."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.errors import DomainError, ShapeError
from simulators.policies.nearest import nearest_labels
from simulators.quantizers.scalar import uniform


@given(
    actions=st.lists(st.integers(-20, 20), min_size=1, max_size=12, unique=True),
    bins=st.integers(1, 7),
)
def test_every_code_is_a_member_of_its_cell_nearest_to_the_centre(actions: list[int], bins: int) -> None:
    points, q = np.array(actions) / 20, uniform(bins)
    found = nearest_labels(q, points)
    assert set(found.codebook) == set(found.labels)
    for a, code in enumerate(found.labels):
        same = q.encode(points) == q.encode(points[a])
        assert same[code]
        away = np.abs(points[same] - q.quantize(points[a]))
        assert abs(points[code] - q.quantize(points[a])) <= away.min() + 1e-8
        assert found.labels[code] == code


def test_of_two_equally_near_members_the_lower_one_stands_for_the_cell() -> None:
    assert nearest_labels(uniform(1), [0.5, -0.5]).labels.tolist() == [1, 1]
    square = [[0.5, 0.5], [0.5, -0.5], [-0.5, 0.5], [-0.5, -0.5]]
    assert nearest_labels(uniform(1), square).labels.tolist() == [3] * 4
    assert nearest_labels(uniform(1), [[0.6, 0.0], [-0.5, 0.5]], norm="l2").labels.tolist() == [0, 0]
    assert nearest_labels(uniform(1), [[0.6, 0.0], [-0.5, 0.5]], norm="linf").labels.tolist() == [1, 1]


def test_enough_bins_change_nothing() -> None:
    assert nearest_labels(uniform(64), np.linspace(-1, 1, 9)).labels.tolist() == list(range(9))


def test_what_is_no_set_of_actions_is_refused() -> None:
    with pytest.raises(DomainError, match="must act on single steps"):
        nearest_labels(SimpleNamespace(unit="chunk", name="dct"), [0.0])
    with pytest.raises(DomainError, match="actions must be distinct"):
        nearest_labels(uniform(2), [0.0, 0.0])
    with pytest.raises(ShapeError, match="actions must be positions"):
        nearest_labels(uniform(2), [])
