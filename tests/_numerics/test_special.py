"""Quantiles of χ² against mpmath, closed forms and SciPy."""

import math

import mpmath
import pytest
from scipy import special as scipy_special

from cevns._numerics.special import chi2_quantile

LEVELS = (1e-300, 1e-20, 1e-3, 0.1, 0.3, 0.49, 0.5, 0.51, 0.6827, 0.9, 0.95, 0.99, 0.9973, 1 - 1e-6, 1 - 2.0**-52)


@pytest.mark.parametrize("level", LEVELS[1:])
def test_quantile_of_one_degree_is_the_square_of_a_normal_one(level):
    with mpmath.workdps(50):
        assert chi2_quantile(level, 1) == pytest.approx(float(2 * mpmath.erfinv(mpmath.mpf(level)) ** 2), rel=1e-14)


@pytest.mark.parametrize("level", LEVELS)
def test_quantile_of_two_degrees_is_a_logarithm(level):
    assert chi2_quantile(level, 2) == pytest.approx(-2 * math.log1p(-level), rel=1e-14)


@pytest.mark.parametrize("degrees", [10**9, 10**15, 10**30])
def test_quantile_of_many_degrees_is_that_of_a_normal_distribution(degrees):
    z = math.sqrt(2) * float(mpmath.erfinv(0.9))  # 95 % lie below
    for level, normal in ((0.05, -z), (0.5, 0.0), (0.95, z)):
        relative = normal * math.sqrt(2 / degrees) + 2 / 3 * (normal**2 - 1) / degrees  # Cornish and Fisher
        assert chi2_quantile(level, degrees) / degrees - 1 == pytest.approx(relative, abs=1e-15 + 0.6 * degrees**-1.5)


@pytest.mark.parametrize("degrees", [1, 2, 3, 4, 5, 7, 10, 29, 100, 1001, 10**5])
def test_quantile_is_that_of_scipy(degrees):
    for level in LEVELS:
        assert chi2_quantile(level, degrees) == pytest.approx(2 * scipy_special.gammaincinv(degrees / 2, level), rel=1e-12)
