"""The price of random hazards, form by form."""

from proofs_check.proofs import price


def test_every_form_is_checked_and_its_neighbours_are_refuted(stands):
    stands(price.KEY)


def test_the_forms_name_steps_that_exist():
    steps = {f"{price.KEY}/{step.id}" for step in price.proof().steps}
    assert {reference for name, reference in price.FORMS.items() if name != "path_sum"} <= steps
