"""The numpy engine's own: products that threads can't move, numbers that can't overflow."""

import numpy as np

from composer.model.products import Matrix, rms_norm, silu


def test_products_are_products():
    rng = np.random.default_rng(2)
    for outputs, inputs in ((1, 1), (40, 7), (33, 600), (64, 5000)):
        weight, x = rng.normal(size=(outputs, inputs)), rng.normal(size=(64, inputs))
        matrix = Matrix(weight.astype(np.float32))
        right = x @ weight.T  # float64
        assert np.allclose(matrix(x.astype(np.float32)), right, atol=1e-3)
        assert np.allclose(matrix(x[:1].astype(np.float32)), right[:1], atol=1e-3)
        assert np.allclose(matrix.vector(x[5].astype(np.float32)), right[5], atol=1e-3)


def test_no_number_overflows():
    large = np.array([-3e38, -1e4, -100.0, 0.0, 100.0, 1e4], np.float32)
    with np.errstate(all="raise", under="ignore"):
        assert silu(large).tolist() == [0, 0, 0, 0, 100, 1e4]
        assert rms_norm(np.zeros(4, np.float32)).tolist() == [0, 0, 0, 0]
