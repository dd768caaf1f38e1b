"""Vector norms and the operator norms they induce."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.errors import DomainError
from simulators.norms import norm_along, operator_norm


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 4), columns=st.integers(1, 4))
def test_operator_norm_bounds_every_image_and_is_attained(seed: int, rows: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, columns))
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * columns)).reshape(columns, -1)
    top = np.linalg.svd(matrix)[2][0]
    for norm, extreme in (("linf", signs), ("l2", top[:, None])):
        bound = operator_norm(matrix, norm)
        x = rng.normal(size=(columns, 50))
        assert np.all(norm_along(matrix @ x, norm, axis=0) <= bound * norm_along(x, norm, axis=0) * (1 + 1e-12))
        ratio = norm_along(matrix @ extreme, norm, axis=0) / norm_along(extreme, norm, axis=0)
        assert ratio.max() == pytest.approx(bound, rel=1e-12)


@pytest.mark.parametrize("bad", ["l1", "L2", ""])
def test_other_norms_are_refused(bad: str) -> None:
    for call in (lambda: norm_along(np.ones(2), bad), lambda: operator_norm(np.ones((1, 1)), bad)):
        with pytest.raises(DomainError, match="norm must be one of"):
            call()
