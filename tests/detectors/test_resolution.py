"""Resolutions: sums over bins, moments, limits, and the same integrals by SciPy."""

import math
import pickle
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from scipy.integrate import trapezoid

from cevns import InputError, efficiency, resolution
from cevns.detectors.efficiency import Threshold
from cevns.detectors.resolution import Perfect
from cevns.reference import detectors as reference

ENERGIES = np.array([0.0, 1e-6, 0.03, 0.2, 1.0, 3.7, 12.0])
ALL = [
    Perfect(),
    resolution.Gaussian(0.07),
    resolution.Gaussian(0.07, 0.02, 0.01),
    resolution.Gaussian(root=0.310, linear=0.0037, quadrature=False),
    resolution.Tabulated((0.0, 1.0, 5.0), (0.1, 0.2, 0.3), "hold"),
    resolution.Gamma(),
    resolution.Poisson(13.348),
]


@pytest.mark.parametrize("each", ALL, ids=repr)
def test_bins_that_cover_everything_sum_to_one(each):
    edges = np.concatenate([[-np.inf], np.linspace(-3.0, 300.0, 1011), [np.inf]])
    P = each.probability(edges, ENERGIES)
    assert P.shape == (1012, ENERGIES.size)
    assert np.all(P >= 0)
    np.testing.assert_allclose(P.sum(axis=0), 1.0, rtol=0, atol=1e-13)


@pytest.mark.parametrize("each", ALL, ids=repr)
def test_finer_bins_sum_to_the_coarse_ones(each):
    edges = np.linspace(0.0, 60.0, 13)
    fine = each.probability(np.linspace(0.0, 60.0, 121), ENERGIES)
    np.testing.assert_allclose(fine.reshape(12, 10, -1).sum(axis=1), each.probability(edges, ENERGIES), rtol=0, atol=1e-14)


@pytest.mark.parametrize("each", [each for each in ALL if not each.discrete], ids=repr)
def test_mean_and_width_are_those_of_the_probabilities(each):
    edges = np.linspace(-5.0, 400.0, 40501)
    x = (edges[1:] + edges[:-1]) / 2
    E = ENERGIES[3:]
    P = each.probability(edges, E)
    # of bins of 0.01: the error of the mean is half a bin at most, that of the variance a twelfth of its square and the mean's
    np.testing.assert_allclose(x @ P, each.mean(E), rtol=0, atol=6e-3)
    np.testing.assert_allclose(np.sqrt(x**2 @ P - (x @ P) ** 2), each.width(E), rtol=0, atol=4e-3)


# ---- Gaussian ------------------------------------------------------------------------------------------------------------


def test_gaussian_bins_are_differences_of_error_functions():
    E = np.array([0.2, 0.5, 1.0])
    edges = np.linspace(0.1, 1.4, 27)
    germanium = resolution.Gaussian.pulser_fano(0.0685)
    expected = reference.gaussian_probability(edges, E, germanium.width(E))
    np.testing.assert_allclose(germanium.probability(edges, E), expected, rtol=0, atol=2e-16)


def test_far_tails_keep_their_digits():
    edges = np.array([8.0, 9.0, np.inf])
    for sign in (1.0, -1.0):  # both tails
        low, high = (edges, 0.0) if sign > 0 else (10.0 - edges[::-1], 10.0)
        P = resolution.Gaussian(1.0).probability(low, [high])[:, 0][:: int(sign)]
        np.testing.assert_allclose(P, [stats.norm.sf(8.0) - stats.norm.sf(9.0), stats.norm.sf(9.0)], rtol=1e-12)


def test_narrow_gaussian_is_perfect():
    edges = np.linspace(0.0, 5.0, 51)
    E = np.linspace(0.013, 4.87, 77)
    for sigma in (0.0, 1e-300, 1e-12):
        np.testing.assert_array_equal(resolution.Gaussian(sigma).probability(edges, E), Perfect().probability(edges, E))
    # on an edge without any width: in the bin above
    np.testing.assert_array_equal(resolution.Gaussian().probability([0.0, 1.0, 2.0], [1.0]), [[0.0], [1.0]])


def test_published_widths():
    assert resolution.Gaussian(root=0.58).width(10.0) / 10.0 == pytest.approx(0.58 / math.sqrt(10.0))  # liquid argon
    xenon = resolution.Gaussian(root=0.310, linear=0.0037, quadrature=False)
    assert xenon.width(5.0) / 5.0 == pytest.approx(0.310 / math.sqrt(5.0) + 0.0037)
    dresden = resolution.Gaussian.pulser_fano(0.0685, 0.11)
    assert dresden.width(1.0) == pytest.approx(math.sqrt(0.0685**2 + 2.96e-3 * 0.11), rel=1e-14)
    assert dresden.width(0.0) == 0.0685


def test_table_asks_what_is_beyond_its_last_energy():
    table = resolution.Tabulated([1.0, 3.0], [0.1, 0.3])
    np.testing.assert_allclose(table.width([0.0, 3.0]), [0.1, 0.3])
    for asked in (lambda: table.width(3.5), lambda: table.probability([1.0, 2.0], [2.0, 3.5])):
        with pytest.raises(InputError, match=r"ends at energy = 3 \(asked for 3\.5\): give beyond='hold'"):
            asked()


def test_table_is_a_gaussian_with_the_width_between_its_points():
    table = resolution.Tabulated([1.0, 3.0], [0.1, 0.3], beyond="hold")
    np.testing.assert_allclose(table.width([0.0, 1.0, 2.0, 9.0]), [0.1, 0.1, 0.2, 0.3])
    edges = np.linspace(1.0, 3.0, 9)
    np.testing.assert_array_equal(
        table.probability(edges, [2.0]), resolution.Gaussian(table.width(2.0)).probability(edges, [2.0])
    )


# ---- gamma ---------------------------------------------------------------------------------------------------------------


def test_csi_gives_13_35_photoelectrons_per_kev():
    assert resolution.Gamma().mean(1.0) == pytest.approx(13.35, abs=2e-3)
    x, E = np.linspace(1e-3, 300.0, 30001), np.array([0.5, 1.0, 4.0])
    p = reference.gamma_density(x[:, None], E, 0.0749, 9.56)
    np.testing.assert_allclose(trapezoid(p * x[:, None], x, axis=0), resolution.Gamma().mean(E), rtol=1e-6)


def test_gamma_bins_are_those_of_the_density():
    E = np.array([0.05, 0.3, 1.0, 4.0])
    edges = np.linspace(0.0, 80.0, 41)
    expected = reference.gamma_probability(edges, E, 0.0749, 9.56)
    # x^0.5 at zero is beyond the quadrature of the reference
    np.testing.assert_allclose(resolution.Gamma().probability(edges, E)[1:], expected[1:], rtol=0, atol=1e-13)
    scipy = np.diff(stats.gamma.cdf(edges[:, None], 1 + 9.56 * E, scale=E / (0.0749 * (1 + 9.56 * E))), axis=0)
    np.testing.assert_allclose(resolution.Gamma().probability(edges, E), scipy, rtol=0, atol=1e-15)


def test_no_energy_gives_no_photoelectrons():
    np.testing.assert_array_equal(resolution.Gamma().probability([-1.0, 0.0, 1.0], [0.0]), [[0.0], [1.0]])
    np.testing.assert_array_equal(resolution.Poisson().probability([-1.0, 0.0, 1.0], [0.0]), [[0.0], [1.0]])


# ---- Poisson -------------------------------------------------------------------------------------------------------------


@given(st.floats(0.01, 300.0), st.lists(st.floats(-5.0, 400.0), min_size=2, max_size=12, unique=True))
def test_poisson_bins_hold_the_whole_numbers_from_low_to_below_high(mean, edges):
    edges = np.sort(edges)
    P = resolution.Poisson(1.0).probability(edges, [mean])[:, 0]
    n = np.arange(0, 401)
    expected = [stats.poisson.pmf(n[(n >= low) & (n < high)], mean).sum() for low, high in pairwise(edges)]
    np.testing.assert_allclose(P, expected, rtol=1e-10, atol=1e-16)
    np.testing.assert_allclose(P, reference.poisson_probability(edges, [mean])[:, 0], rtol=1e-10, atol=1e-16)


def test_poisson_probability_of_an_edge_that_is_whole():
    P = resolution.Poisson(1.0).probability([0.0, 1.0, 2.0, 2.5, 3.0], [2.0])[:, 0]
    np.testing.assert_allclose(P, np.array([1.0, 2.0, 2.0, 0.0]) * math.exp(-2.0), rtol=1e-14)


# ---- with an efficiency of what is observed ------------------------------------------------------------------------------


def wave(x):
    return 0.5 + 0.4 * np.sin(x)


CURVES = [
    efficiency.Logistic.coherent_csi_2021(),
    efficiency.Logistic.coherent_csi_2017(),
    Threshold(7.3) * efficiency.Logistic(0.9, 40.0, 9.0),  # a cut, and a rise much steeper than the resolution
    efficiency.Function(wave),
]


@pytest.mark.parametrize("curve", CURVES, ids=["2021", "2017", "steep", "function"])
@pytest.mark.parametrize("each", [resolution.Gamma(), resolution.Gaussian(0.3, 0.5), resolution.Gaussian(1e-3)], ids=repr)
def test_efficiency_is_integrated_with_the_density(each, curve):
    edges = np.array([-2.0, 0.0, 3.0, 8.0, 11.0, 25.0])
    for E in (0.2, 0.61, 7.5, 9.01):
        P = each._accepted(edges, np.array([E]), curve)[:, 0]
        mean, sigma = each.mean(E), each.width(E)
        cuts = np.concatenate([edges, curve.breaks, mean + sigma * np.arange(-12, 37, 1.5)])
        for value, low, high in zip(P, edges[:-1], edges[1:], strict=True):
            inside = np.unique(np.clip(cuts[(cuts > low) & (cuts < high) & (cuts > mean - 12 * sigma)], low, high))
            ends = np.concatenate([[low], inside, [high]])
            expected = 0.0
            for a, b in pairwise(ends):
                if each == resolution.Gamma() and b <= 0:
                    continue
                expected += integrate.quad(
                    lambda x, E=E: float(each._density(np.array(x), np.array(E)) * curve(x)), a, b, epsabs=1e-13, epsrel=1e-11
                )[0]
            assert value == pytest.approx(expected, abs=2e-12)


@pytest.mark.parametrize("each", ALL, ids=repr)
def test_an_efficiency_that_is_constant_is_a_factor(each):
    edges = np.concatenate([np.linspace(-1.0, 30.0, 63), [500.0]])
    P = each._accepted(edges, ENERGIES, efficiency.Function(lambda x: np.full(x.shape, 0.25)))
    # the density of a gamma distribution begins with a small power of x: the panels end at 2e-5 of the mean
    tolerance = 1e-6 if isinstance(each, resolution.Gamma) else 1e-13
    np.testing.assert_allclose(P, 0.25 * each.probability(edges, ENERGIES), rtol=0, atol=tolerance)


def test_whole_numbers_are_accepted_one_by_one():
    steps = efficiency.Step((1.5, 2.5), (0.0, 0.5, 1.0))
    P = resolution.Poisson(1.0)._accepted(np.array([0.0, 3.0, np.inf]), np.array([2.0]), steps)[:, 0]
    np.testing.assert_allclose(P, [0.5 * 2 * math.exp(-2), 1 - 5 * math.exp(-2)], rtol=1e-13)


# ---- values, and wrong input ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("each", ALL, ids=repr)
def test_resolution_is_a_value(each):
    assert pickle.loads(pickle.dumps(each)) == each
    assert eval(repr(each), vars(resolution)) == each
    assert hash(each) == hash(eval(repr(each), vars(resolution)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: resolution.Gaussian(-1.0), "constant must be >= 0 and <= 1e+09 (got -1)"),
        (lambda: resolution.Gaussian.pulser_fano(0.07, -0.1), "fano must be >= 0 and <= 1000 (got -0.1)"),
        (lambda: resolution.Gaussian.pulser_fano(0.07, 0.1, 0.0), "pair_energy must be > 0 and <= 1000 keV (got 0)"),
        (lambda: resolution.Tabulated([1.0, 2.0], [0.1]), "a table needs 2 or more energies and as many sigmas"),
        (lambda: resolution.Tabulated([2.0, 1.0], [0.1, 0.1]), "energies must increase (got 2 at index 0, then 1)"),
        (lambda: resolution.Tabulated([1.0, 2.0], [0.1, -0.1]), "sigmas must be >= 0 and <= 1e+09 (got -0.1 at index 1)"),
        (lambda: resolution.Gamma(a=0.0), "a must be >= 1e-09 and <= 1e+09 keV_ee (got 0)"),
        (lambda: resolution.Poisson(0.0), "light_yield must be > 0 and <= 1e+09 (got 0)"),
        (lambda: Perfect().probability([2.0, 1.0], [1.0]), "edges must increase (got 2 at index 0, then 1)"),
        (lambda: Perfect().probability([1.0, 1.0], [1.0]), "edges must increase (got 1 at index 0, then 1)"),
        (lambda: Perfect().probability([1.0], [1.0]), "edges must be a list of at least 2 (got shape (1,))"),
        (lambda: Perfect().probability([1.0, np.nan], [1.0]), "edges must be a number (got nan at index 1)"),
        (
            lambda: resolution.Gamma().probability([1.0, 2.0], [-1.0]),
            "energy must be >= 0 keV_ee and finite (got -1 at index 0)",
        ),
        (lambda: Perfect().probability([1.0, 2.0], [[1.0]]), "energy must be a list of numbers (got shape (1, 1))"),
    ],
)
def test_what_is_no_resolution_is_refused(make, message):
    with pytest.raises(InputError, match=re.escape(message)):
        make()
