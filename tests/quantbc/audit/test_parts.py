"""How files are grouped, and who reads them."""

import itertools
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from quantbc.audit.layouts.detect import open_source
from quantbc.audit.parts import Parts, grouped


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 20))
def test_groups_are_all_files_in_order_and_no_larger_than_they_must_be(sizes: list[int], most: int) -> None:
    groups = [sizes[group] for group in grouped(sizes, most)]
    assert sum(groups, []) == sizes  # noqa: RUF017
    assert all(len(group) == 1 or sum(group) <= most for group in groups)
    assert all(sum(one) + two[0] > most for one, two in itertools.pairwise(groups))


def test_one_file_is_read_here(npz_file: Path) -> None:
    source = open_source(npz_file)
    parts = Parts(source, lambda: source, None)
    assert not parts.elsewhere
    assert list(parts.map(lambda part, more: (part, more), [(1,)])) == [(source, 1)]
