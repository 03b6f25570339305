"""Chebyshev series, Gauss–Legendre rules and the halving of panels, against NumPy's own and closed forms."""

import mpmath
import numpy as np
import pytest

from cevns._arguments import increasing
from cevns._numerics.polynomials import clenshaw, legendre, powers
from cevns._numerics.quadrature import by_halves, gauss_legendre, nodes_between, split_at


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


@pytest.mark.parametrize("terms", [1, 2, 3, 12])
def test_legendre_polynomials_are_those_of_numpy(terms):
    x = np.linspace(-1.0, 1.0, 30).reshape(5, 6)
    np.testing.assert_allclose(legendre(x, terms), np.polynomial.legendre.legvander(x, terms - 1), rtol=0, atol=1e-15)


@pytest.mark.parametrize("values", [[], [2.0], [3.0, 1.0, 3.0, 2.0, 1.0], [np.inf, -np.inf, 0.0, -0.0, np.inf]])
def test_ascending_values_are_those_of_numpy(values):
    np.testing.assert_array_equal(increasing(np.array(values)), np.unique(values))


def test_cuts_are_split_at_the_points_between_their_ends():
    cuts = np.array([-np.inf, 1.0, 4.0])
    np.testing.assert_array_equal(split_at(cuts, np.array([5.0, 1.0, 4.0, 2.0, -3.0])), [-np.inf, -3.0, 1.0, 2.0, 4.0])
    np.testing.assert_array_equal(split_at(cuts, np.zeros(0)), cuts)


def test_powers_of_chebyshev_polynomials():
    x = np.linspace(-1.0, 1.0, 21)
    for k, row in enumerate(powers(8)):
        np.testing.assert_allclose(np.polynomial.polynomial.polyval(x, row), np.cos(k * np.arccos(x)), atol=1e-13)


def test_nodes_between_ends_of_any_shape_integrate_each_panel():
    low, high = np.array([[0.0, -1.0], [2.0, 5.0]]), np.array([[1.0, 3.0], [2.0, 4.0]])  # one of no width, one backwards
    x, weights = nodes_between(low, high, 4)
    assert x.shape == weights.shape == (2, 2, 4)
    np.testing.assert_allclose((weights * x**7).sum(axis=-1), (high**8 - low**8) / 8, rtol=1e-13, atol=1e-15)


# ---- panels that are halved ----------------------------------------------------------------------------------------------


def integrated(function, cuts, tolerance, most=1 << 30):
    """∫ f between cuts, and how many panels halving has added."""
    total, added = np.zeros(cuts.size - 1), []

    def rule(low, high):
        x, weights = nodes_between(low, high, 6)
        return (weights * function(x))[None].sum(axis=-1), x

    def agree(halves):
        added.append(halves.added)
        assert halves.detail.shape == (2 * halves.low.size, 6)
        return (halves.error <= tolerance)[0]

    def keep(halves, good):
        np.add.at(total, halves.owner[good], halves.integral[0, good])

    by_halves(rule, cuts[:-1], cuts[1:], agree, keep, most)
    return total, added[-1]


@pytest.mark.parametrize("most", [1 << 30, 3])
def test_halving_reaches_its_tolerance_near_a_root_and_a_peak(most):
    cuts = np.array([0.0, 1.0, 4.0])
    total, added = integrated(np.sqrt, cuts, 1e-13, most)
    np.testing.assert_allclose(total, [2 / 3, 14 / 3], rtol=0, atol=3e-12)
    assert added > 0
    total, _ = integrated(lambda x: 1e-3 / ((x - 0.3) ** 2 + 1e-6), cuts, 1e-13, most)
    inside = [np.arctan(700.0) + np.arctan(300.0), np.arctan(3700.0) - np.arctan(700.0)]
    np.testing.assert_allclose(total, inside, rtol=0, atol=1e-11)


def test_smooth_panels_are_not_halved_and_a_jump_ends_the_halving():
    cuts = np.array([0.0, 1.0, 2.0])
    assert integrated(lambda x: x**5, cuts, 1e-12)[1] == 0
    total, added = integrated(lambda x: np.where(x < 0.3, 1.0, 2.0), cuts, 0.0)
    np.testing.assert_allclose(total, [1.7, 2.0], rtol=1e-12)
    assert added < 4 * 60 * cuts.size  # 45 halvings on the way to the jump, and what rounding does not let agree


def test_nothing_to_integrate_asks_nothing():
    asked = []
    by_halves(lambda low, high: asked.append(low), np.zeros(0), np.zeros(0), asked.append, asked.append)
    assert not asked
