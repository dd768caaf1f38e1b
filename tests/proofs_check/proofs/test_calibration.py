def test_the_exponent_rests_on_the_exponential_only(stands):
    assert stands("calibration") == {"exponential", "exponential_tangent"}
