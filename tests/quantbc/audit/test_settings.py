"""What is refused before any work is done."""

from typing import Any

import pytest

from quantbc.audit.settings import Settings
from quantbc.errors import ProblemError


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"chunk": 0}, "--chunk must be at least 1, got 0"),
        ({"scale": 0.0}, "--scale must be a finite number > 0"),
        ({"tolerance": float("nan")}, "--tolerance must be a finite number > 0"),
        ({"tolerance": (0.1, -1.0)}, "--tolerance must be a finite number > 0, got 0.1,-1"),
    ],
)
def test_values_out_of_range(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        Settings(**values)
