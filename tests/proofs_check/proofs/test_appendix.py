"""Appendix A: what ties the kernel's letters to misspecified classes and covers."""

import pytest

from proofs_check.proofs import appendix


@pytest.mark.parametrize("key", [appendix.OFF, appendix.COVER])
def test_what_the_kernel_leaves_is_scalar_algebra(stands, checked, key):
    assert stands(key) == {"exponential", "exponential_tangent"}
    assert checked(key).verdict == "ALGEBRA CHECKED"
