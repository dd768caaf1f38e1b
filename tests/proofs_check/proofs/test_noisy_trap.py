def test_the_noisy_trap_is_proved_without_axioms(stands):
    assert stands("noisy_trap") == set()
    assert stands("theorem_6_noisy_error") == {"disintegration", "expectation"}
