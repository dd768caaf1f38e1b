from proofs_check.proofs.rms import KEY


def test_errors_that_add_in_squares_are_proved(stands):
    stands(KEY)
