"""Chebyshev series and Gauss–Legendre rules against NumPy's own."""

import mpmath
import numpy as np
import pytest

from cevns._numerics.polynomials import clenshaw, gauss_legendre, powers


@pytest.mark.parametrize("n", [1, 2, 3, 10, 24, 80, 200])
def test_rule_is_that_of_numpy(n):
    nodes, weights = np.polynomial.legendre.leggauss(n)
    np.testing.assert_allclose(gauss_legendre(n)[0], nodes, rtol=0, atol=3e-16)
    np.testing.assert_allclose(gauss_legendre(n)[1], weights, rtol=1e-13 if n < 20 else 1e-10)  # theirs lose digits


def test_weights_are_exact_near_the_ends():
    n = 80
    node, weight = (float(values[0]) for values in gauss_legendre(n))
    with mpmath.workdps(40):
        x = mpmath.findroot(lambda t: mpmath.legendre(n, t), node)
        slope = n * (mpmath.legendre(n - 1, x) - x * mpmath.legendre(n, x)) / (1 - x**2)
        assert weight == pytest.approx(float(2 / ((1 - x**2) * slope**2)), rel=1e-13)


@pytest.mark.parametrize("n", [1, 4, 9])
def test_rule_integrates_every_power_up_to_its_degree(n):
    x, w = gauss_legendre(n)
    for power in range(2 * n):
        assert w @ x**power == pytest.approx(2 / (power + 1) if power % 2 == 0 else 0.0, abs=5e-14)
    assert abs(w @ x ** (2 * n) - 2 / (2 * n + 1)) > 1 / 16**n  # and no further


def test_series_is_that_of_numpy():
    coefficients = np.random.default_rng(1).normal(size=17)
    x = np.linspace(-1.0, 1.0, 101).reshape(1, 101)
    np.testing.assert_allclose(clenshaw(coefficients, x), np.polynomial.chebyshev.chebval(x, coefficients), atol=1e-13)
    np.testing.assert_allclose(clenshaw([2.5], x), 2.5)


def test_powers_of_chebyshev_polynomials():
    x = np.linspace(-1.0, 1.0, 21)
    for k, row in enumerate(powers(8)):
        np.testing.assert_allclose(np.polynomial.polynomial.polyval(x, row), np.cos(k * np.arccos(x)), atol=1e-13)
