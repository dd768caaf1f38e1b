"""The public functions are where they say, and importing their list loads nothing."""

import subprocess
import sys

import pytest

from quantbc import api


@pytest.mark.parametrize("name", dir(api))
def test_every_name_is_there(name: str) -> None:
    assert getattr(api, name) is not None


def test_another_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(AttributeError, match=r"has no 'evalate'; it has .*evaluate"):
        _ = api.evalate


def test_importing_it_loads_nothing_heavy() -> None:
    code = (
        "import quantbc.api, sys; print(sorted({'numpy', 'scipy', 'sympy', 'bounds', 'simulators'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
