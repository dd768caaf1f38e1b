"""Pieces of a page refuse what cannot be shown."""

import pytest

from quantbc.report.blocks import Table


def test_a_table_refuses_rows_of_another_length() -> None:
    assert Table("t", (("a", False), ("b", True)), (("x", "1"),)).kind == "table"
    with pytest.raises(ValueError, match="rows of 't' must have 2 cells, got 1"):
        Table("t", (("a", False), ("b", True)), (("x",),))
