import pytest

from bounds.catalog import catalog
from proofs_check.proofs import shapes


@pytest.mark.slow
def test_order_ranges_and_directions_are_proved(stands):
    assert stands("shapes") >= {"exponential"}


def test_every_declared_symbol_that_occurs_is_checked():
    checked = {case.name for case in shapes.declared_cases()}
    for theorem in catalog.values():
        names = {str(s) for form in theorem.forms for s in theorem.expression(form).free_symbols}
        for name in (*theorem.increasing, *theorem.decreasing):
            if name in names:
                assert any(label.startswith(f"{theorem.key}, ") and label.endswith(f", {name}") for label in checked)
