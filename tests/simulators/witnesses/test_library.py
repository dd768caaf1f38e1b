from dataclasses import is_dataclass

import pytest

from bounds import catalog
from simulators.witnesses.library import WITNESSES


def test_statements_name_witnesses_of_the_library():
    assert {name for theorem in catalog.values() for name, _ in (*theorem.tight, *theorem.within)} <= set(WITNESSES)


@pytest.mark.parametrize("name", WITNESSES)
def test_witnesses_are_frozen_dataclasses_called_by_their_name(name):
    kind = WITNESSES[name]
    assert kind.__name__ == name
    assert is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert kind.tightest() == kind.tightest()
