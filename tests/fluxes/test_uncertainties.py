"""Uncertainties of a flux: how errors add, what sums, factors and oscillation do to them, and the covariance of rates."""

import itertools
import pickle
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

import cevns
from cevns import Component, Flux, Uncertainty, binned_rate, differential_rate, rate
from cevns.errors import InputError, UnknownNameError
from cevns.fluxes.products import product
from cevns.fluxes.spectra import EndPoint, Lines, Table
from cevns.reference import histories as reference
from cevns.reference import spectra as plain

ENERGY = [1.0, 2.0, 5.0, 9.0]
EDGES = [0.5, 1.5, 3.0, 6.0, 10.0]
TARGET = cevns.Target("Ge")
T = np.array([0.0, 0.05, 0.2, 0.7])
BINS = np.array([0.0, 0.1, 0.3, 0.5, 1.0, 2.5])


@dataclass(frozen=True)
class Unitary:
    """A rotation of e and μ by an angle that falls with the energy."""

    strength: float = 2.0

    def __call__(self, energy):
        P = np.zeros((energy.size, 3, 3))
        P[:, 0, 1] = P[:, 1, 0] = 0.9 * np.sin(self.strength / (0.5 + energy)) ** 2
        P[:, 0, 0] = P[:, 1, 1] = 1 - P[:, 0, 1]
        P[:, 2, 2] = 1
        return P


def two():
    """Two components of different flavours, of 15.0 and 2.5 per cm² and s."""
    return Flux(
        (
            Component("nue", "a", Table(ENERGY, [3.0, 2.0, 2.0, 0.0]), 15.0 / 12.5),
            Component("numubar", "b", Lines([2.0, 8.0], [2.0, 0.5])),
        )
    )


def sigma(flux):
    return flux.total_uncertainty()


# ---- how errors add ---------------------------------------------------------------------------------------------------


def test_a_relative_uncertainty_of_everything_is_that_of_the_total():
    flux = two().with_uncertainty("power", 0.02)
    assert sigma(flux) == pytest.approx(0.02 * 17.5, rel=1e-14)
    assert flux.total_uncertainty("nue") == pytest.approx(0.02 * 15.0, rel=1e-14)
    assert flux.total_uncertainty("nutau") == 0.0
    assert sigma(two()) == 0.0


def test_one_component_or_one_flavour_may_be_uncertain():
    assert sigma(two().with_uncertainty("x", 0.1, component="b")) == pytest.approx(0.25, rel=1e-14)
    assert sigma(two().with_uncertainty("x", 0.1, flavor="nue")) == pytest.approx(1.5, rel=1e-14)
    both = two() + Flux((Component("nue", "b", Lines([3.0], [4.0])),))
    assert sigma(both.with_uncertainty("x", 0.1, flavor="nue", component="b")) == pytest.approx(0.4, rel=1e-14)


def test_errors_of_one_name_add_and_those_of_two_add_in_quadrature():
    same = two().with_uncertainty("x", 0.1, component="a").with_uncertainty("x", 0.2, component="b")
    assert [u.name for u in same.uncertainties] == ["x"]
    assert sigma(same) == pytest.approx(1.5 + 0.5, rel=1e-14)
    different = two().with_uncertainty("x", 0.1, component="a").with_uncertainty("y", 0.2, component="b")
    assert sigma(different) == pytest.approx(np.hypot(1.5, 0.5), rel=1e-14)


def test_two_reactors_share_what_has_one_name():
    near = two().with_uncertainty("spectrum", 0.05).with_uncertainty("power of A", 0.01)
    far = (two() * 0.5).with_uncertainty("spectrum", 0.05).with_uncertainty("power of B", 0.01)
    # the shared one on the sum, each power on its own reactor
    expected = np.sqrt((0.05 * 1.5) ** 2 + 0.01**2 + (0.01 * 0.5) ** 2) * 17.5
    assert sigma(near + far) == pytest.approx(expected, rel=1e-14)


@given(st.floats(-1.0, 1.0), st.floats(0.001, 1.0), st.floats(0.001, 1.0))
def test_a_correlation_of_two_components_is_in_the_variance_of_their_sum(rho, a, b):
    matrix = [[a**2, rho * a * b], [rho * a * b, b**2]]
    flux = two().with_covariance(matrix, components=("a", "b"), name="fit")
    A, B = 15.0 * a, 2.5 * b
    # what is below 1e-14 of the largest element is dropped as rounding
    assert sigma(flux) ** 2 == pytest.approx(A**2 + B**2 + 2 * rho * A * B, rel=1e-9, abs=1e-11 * (A**2 + B**2))
    assert flux.total_uncertainty("nue") == pytest.approx(A, rel=1e-7, abs=1e-6 * max(a, b) * 15)
    assert flux.total_uncertainty("numubar") == pytest.approx(B, rel=1e-7, abs=1e-6 * max(a, b) * 2.5)


def test_a_full_correlation_is_one_nuisance_parameter_and_none_is_as_many_as_components():
    full = two().with_covariance([[0.01, 0.02], [0.02, 0.04]], components=("a", "b"), name="fit")
    assert [u.name for u in full.uncertainties] == ["fit 1"]
    none = two().with_covariance([[0.01, 0.0], [0.0, 0.04]], components=("b", "a"), name="fit")
    assert [u.name for u in none.uncertainties] == ["fit 1", "fit 2"]
    # the largest first: it is that of a
    assert [{p.name for p in u.parts if p.scale} for u in none.uncertainties] == [{"a"}, {"b"}]
    assert two().with_covariance(np.zeros((2, 2)), components=("a", "b"), name="fit").uncertainties == ()


def test_a_covariance_of_components_is_of_one_flavour_if_it_says_so():
    both = two() + Flux((Component("nuebar", "a", Lines([3.0], [4.0])),))
    assert sigma(both.with_covariance([[0.01]], components=["a"], name="fit")) == pytest.approx(1.9, rel=1e-14)
    assert sigma(both.with_covariance([[0.01]], components=["a"], flavor="nuebar", name="fit")) == pytest.approx(0.4, rel=1e-14)


# ---- by bin -----------------------------------------------------------------------------------------------------------


def covariance_of_bins():
    A = np.array([[0.1, 0.0, 0.03, 0.0], [0.02, 0.2, 0.0, 0.0], [0.0, -0.05, 0.1, 0.02], [0.3, 0.0, 0.0, 0.1]])
    return A @ A.T


def test_a_covariance_of_bins_is_that_of_the_contents_of_the_bins():
    C = covariance_of_bins()
    flux = two().with_covariance(C, edges=EDGES, name="fit")
    contents = flux.binned(EDGES)
    np.testing.assert_allclose(flux.covariance(EDGES), np.outer(contents, contents) * C, rtol=1e-9, atol=1e-12)
    # flavours change together, and each alone has the same relative error
    nue = flux.binned(EDGES, "nue")
    np.testing.assert_allclose(flux.covariance(EDGES, "nue"), np.outer(nue, nue) * C, rtol=1e-9, atol=1e-12)
    # the total is the sum of the bins
    assert sigma(flux) ** 2 == pytest.approx(contents @ C @ contents, rel=1e-10)


def test_the_change_within_a_bin_is_the_same_at_all_its_energies():
    flux = two().with_covariance(np.diag([0.0, 0.04, 0.0, 0.0]), edges=EDGES, name="fit")
    (change,) = flux.uncertainties
    E = np.array([1.0, 1.49, 1.51, 2.0, 2.5, 2.99, 3.01, 7.0])
    density = sum(p.scale * p.spectrum.density(E) for p in change.parts)
    expected = np.where((E > 1.5) & (E < 3.0), 0.2 * flux.spectrum(E), 0.0)
    np.testing.assert_allclose(np.abs(density), expected, rtol=1e-14)
    # the line at 2 MeV is in the bin, that at 8 MeV not
    lines = {e: w for p in change.parts for e, w in p.spectrum.lines if p.scale}
    assert {e: abs(w) for e, w in lines.items()} == pytest.approx({2.0: 0.4, 8.0: 0.0})


def test_of_bins_a_part_is_known_better_than_the_rest():
    C = covariance_of_bins()
    flux = two().with_covariance(C, edges=EDGES, flavor="nue", name="fit")
    np.testing.assert_allclose(flux.covariance(EDGES, "numubar"), 0.0, atol=0)
    nue = flux.binned(EDGES, "nue")
    np.testing.assert_allclose(flux.covariance(EDGES), np.outer(nue, nue) * C, rtol=1e-9, atol=1e-12)
    # finer bins: parts of one are fully correlated
    fine = [1.5, 2.0, 3.0]
    parts = flux.binned(fine, "nue")
    np.testing.assert_allclose(flux.covariance(fine, "nue"), np.outer(parts, parts) * C[1, 1], rtol=1e-9)


def test_an_uncertainty_of_a_covariance_and_of_a_norm_add_in_quadrature():
    C = covariance_of_bins()
    flux = two().with_covariance(C, edges=EDGES, name="fit").with_uncertainty("norm", 0.1)
    contents = flux.binned(EDGES)
    np.testing.assert_allclose(flux.covariance(EDGES), np.outer(contents, contents) * (C + 0.01), rtol=1e-9, atol=1e-12)
    assert len(flux.uncertainties) == 5


def test_bins_of_a_flux_are_its_integrals_with_a_line_on_an_edge_above_it():
    flux = two()
    table = flux.components[0]
    expected = [
        quad(lambda E: flux.spectrum(E, "nue"), a, b, points=[2.0, 5.0], epsrel=1e-12)[0] for a, b in itertools.pairwise(EDGES)
    ]
    np.testing.assert_allclose(flux.binned(EDGES, "nue"), expected, rtol=1e-11)
    assert flux.binned(EDGES, "nue").sum() == pytest.approx(table.scale * table.spectrum.total, rel=1e-14)
    np.testing.assert_allclose(flux.binned([1.0, 2.0, 8.0, 9.0], "numubar"), [0.0, 2.0, 0.5], atol=1e-15)
    np.testing.assert_array_equal(flux.binned([1.0, 2.0], "nutau"), [0.0])


# ---- sums, factors, parts, oscillation, time -----------------------------------------------------------------------------


def uncertain():
    return (
        two()
        .with_uncertainty("norm", 0.03)
        .with_covariance([[0.01, 0.004], [0.004, 0.09]], components=("a", "b"), name="fit")
        .with_covariance(covariance_of_bins(), edges=EDGES, name="bins", flavor="nue")
    )


def test_a_factor_scales_errors_and_a_sum_of_independent_fluxes_adds_variances():
    flux = uncertain()
    np.testing.assert_allclose((3 * flux).covariance(EDGES), 9 * flux.covariance(EDGES), rtol=1e-13)
    np.testing.assert_allclose((flux / 2).covariance(EDGES), flux.covariance(EDGES) / 4, rtol=1e-13)
    other = two().with_uncertainty("something else", 0.5)
    expected = flux.covariance(EDGES) + other.covariance(EDGES)
    np.testing.assert_allclose((flux + other).covariance(EDGES), expected, rtol=1e-13)
    # and of dependent ones, standard deviations
    np.testing.assert_allclose((flux + 2 * flux).covariance(EDGES), 9 * flux.covariance(EDGES), rtol=1e-12)


def test_a_part_of_a_flux_keeps_the_part_of_its_errors():
    flux = uncertain()
    for flavor, name in (("nue", "a"), ("numubar", "b")):
        for part in (flux.select(flavor=flavor), flux.select(name=name)):
            assert part.flavors == (flavor,)
            np.testing.assert_allclose(part.covariance(EDGES), flux.covariance(EDGES, flavor), rtol=1e-13)
    # b has no part in the bins
    assert [u.name for u in flux.select(name="b").uncertainties] == ["norm", "fit 1", "fit 2"]


@pytest.mark.parametrize("P", [Unitary(), [[0.3, 0.5, 0.2], [0.5, 0.25, 0.25], [0.2, 0.25, 0.55]]], ids=["callable", "matrix"])
def test_flavours_that_change_without_loss_keep_the_rate_and_its_error(P):
    flux = uncertain()
    oscillated = flux.oscillate(P)
    assert set(oscillated.flavors) > set(flux.flavors)
    before, after = (differential_rate(T, f, TARGET, covariance=True) for f in (flux, oscillated))
    np.testing.assert_allclose(after[0], before[0], rtol=1e-10)
    np.testing.assert_allclose(after[1], before[1], rtol=1e-9, atol=1e-10 * before[1].max())
    np.testing.assert_allclose(oscillated.covariance(EDGES), flux.covariance(EDGES), rtol=1e-9, atol=1e-12)


def test_half_of_a_flavour_has_half_of_its_error():
    flux = uncertain().oscillate(np.diag([0.5, 1.0, 1.0]))
    np.testing.assert_allclose(flux.covariance(EDGES, "nue"), uncertain().covariance(EDGES, "nue") / 4, rtol=1e-13)
    np.testing.assert_allclose(flux.covariance(EDGES, "numubar"), uncertain().covariance(EDGES, "numubar"), rtol=1e-13)


def test_what_arrives_in_a_window_is_as_uncertain_as_it_was():
    timing = cevns.timing.Timing(cevns.timing.RectangularPulse(0.0, 2.0))
    flux = Flux(tuple(replace(c, timing=timing) for c in two().components)).with_uncertainty("norm", 0.1)
    window = flux.window(0.5, 1.0)
    assert window.total() == pytest.approx(17.5 / 4, rel=1e-12)
    assert sigma(window) == pytest.approx(1.75 / 4, rel=1e-12)


def test_steps_of_a_history_share_their_errors():
    flux = uncertain()
    history = cevns.FluxHistory([0.0, 1.0, 4.0], [flux, flux * 3], "d")
    burst = replace(history.fluxes[0], per="burst")
    whole = cevns.FluxHistory([0.0, 1.0, 4.0], [burst, burst * 3], "s").sum()
    np.testing.assert_allclose(whole.covariance(EDGES), 16 * flux.covariance(EDGES), rtol=1e-12)
    np.testing.assert_allclose(history.average().covariance(EDGES), (0.25 + 0.75 * 3) ** 2 * flux.covariance(EDGES), rtol=1e-12)


# ---- rates ------------------------------------------------------------------------------------------------------------


def perturbed(flux, index):
    """The flux with one nuisance parameter at +1, as components alone; it may be negative, so shifted up by 10 fluxes."""
    u = flux.uncertainties[index]
    more = tuple(Component(p.flavor, p.name, product(p.spectrum, _Factor(p.scale))) for p in u.parts)
    return Flux((*(replace(c, scale=10 * c.scale) for c in flux.components), *more), flux.per)


@dataclass(frozen=True)
class _Factor:
    value: float

    def __call__(self, energy):
        return np.full(np.shape(energy), self.value)


CALLS = {
    "differential": lambda flux, **k: differential_rate(T, flux, TARGET, **k),
    "binned": lambda flux, **k: binned_rate(BINS, flux, TARGET, **k),
    "rate": lambda flux, **k: rate(flux, TARGET, threshold=[0.05, 0.1, 0.3], maximum=np.inf, **k),
    "rate up to": lambda flux, **k: rate(flux, TARGET, threshold=[0.05, 0.1, 0.2], maximum=[0.1, 0.4, np.inf], **k),
    "flavours apart": lambda flux, **k: binned_rate(BINS, flux, TARGET, cevns.StandardModel(couplings="radiative"), **k),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("per", ["s", "burst"])
def test_the_covariance_of_a_rate_is_that_of_rates_of_perturbed_fluxes(call, per):
    flux = replace(uncertain(), per=per)
    values, covariance = call(flux, covariance=True)
    np.testing.assert_allclose(values, call(flux), rtol=1e-12)
    ten = call(flux * 10)
    changes = np.array([call(perturbed(flux, i)) - ten for i in range(len(flux.uncertainties))])  # exact: it is linear
    expected = changes.T @ changes
    np.testing.assert_allclose(covariance, expected, rtol=1e-6, atol=1e-9 * expected.max())
    assert np.linalg.eigvalsh(covariance).min() > -1e-12 * covariance.max()


def test_the_covariances_of_bins_sum_to_the_variance_of_the_rate():
    flux = uncertain()
    _, C = binned_rate(BINS, flux, TARGET, covariance=True)
    total, variance = rate(flux, TARGET, threshold=BINS[0], maximum=BINS[-1], covariance=True)
    assert type(total) is float
    assert type(variance) is float
    assert C.sum() == pytest.approx(variance, rel=1e-9)


def test_a_norm_that_is_uncertain_makes_all_of_a_rate_uncertain_alike():
    flux = two().with_uncertainty("norm", 0.07)
    values, covariance = differential_rate(T, flux, "CsI", covariance=True)
    np.testing.assert_allclose(covariance, 0.07**2 * np.outer(values, values), rtol=1e-13)
    values, covariance = rate(flux, "CsI", threshold=[0.1, 5.0], covariance=True)
    np.testing.assert_allclose(covariance, 0.07**2 * np.outer(values, values), rtol=1e-7)


def test_shapes_of_covariances_are_those_of_the_rate_twice_over():
    flux = uncertain()
    grid = T.reshape(2, 2)
    values, covariance = differential_rate(grid, flux, TARGET, covariance=True)
    assert values.shape == (2, 2)
    assert covariance.shape == (2, 2, 2, 2)
    flat = differential_rate(T, flux, TARGET, covariance=True)[1]
    np.testing.assert_array_equal(covariance.reshape(4, 4), flat)
    value, variance = differential_rate(0.1, flux, TARGET, covariance=True)
    assert type(value) is type(variance) is float
    for shape in ((), (0,), (2, 0)):
        values, covariance = differential_rate(np.ones(shape), flux, TARGET, covariance=True)
        assert np.shape(values) == shape
        assert np.shape(covariance) == shape + shape
    values, covariance = rate(flux, TARGET, threshold=[0.1, 0.2], maximum=[0.1, 0.2], covariance=True)
    np.testing.assert_array_equal(values, [0.0, 0.0])
    np.testing.assert_array_equal(covariance, np.zeros((2, 2)))


def test_a_flux_without_uncertainties_has_a_covariance_of_zero():
    np.testing.assert_array_equal(differential_rate(T, two(), TARGET, covariance=True)[1], np.zeros((4, 4)))
    np.testing.assert_array_equal(binned_rate(BINS, two(), TARGET, covariance=True)[1], np.zeros((5, 5)))
    assert rate(two(), TARGET, covariance=True)[1] == 0.0
    np.testing.assert_array_equal(two().covariance(EDGES), np.zeros((4, 4)))


def test_the_covariance_agrees_with_the_plain_reference():
    table = plain.tabulated(ENERGY, [3.0, 2.0, 2.0, 0.0])
    line = plain.Component(lines=((4.0, 2.0),))
    flux = Flux(
        (Component("nue", "a", Table(ENERGY, table.density(np.array(ENERGY)))), Component("nue", "b", Lines([4.0], [2.0])))
    )
    C = [[0.01, 0.005], [0.005, 0.04]]
    values, covariance = differential_rate(
        T, flux.with_covariance(C, components=("a", "b"), name="fit"), TARGET, covariance=True
    )
    expected = reference.covariance(T, [table, line], np.array(C), TARGET.components)
    np.testing.assert_allclose(covariance, expected, rtol=1e-10)
    assert np.sqrt(covariance[0, 0]) < values[0]


# ---- values, and what is refused ---------------------------------------------------------------------------------------


def test_fluxes_with_uncertainties_are_values():
    a, b = uncertain(), uncertain()
    assert a == b
    assert hash(a) == hash(b)
    assert a != two()
    assert pickle.loads(pickle.dumps(a)) == a


def test_an_uncertainty_of_nothing_is_none():
    assert two().with_uncertainty("x", 0.0).uncertainties == ()


BAD = [
    (lambda f: f.with_uncertainty("x", -0.1), InputError, "relative uncertainty must be >= 0 and <= 1e+06 (got -0.1)"),
    (lambda f: f.with_uncertainty("x", np.nan), InputError, "relative uncertainty must be >= 0 and <= 1e+06 (got nan)"),
    (
        lambda f: f.with_uncertainty("x", [0.1]),
        InputError,
        "relative uncertainty must be one number (got an array of shape (1,))",
    ),
    (lambda f: f.with_uncertainty("x", 0.1, component="c"), UnknownNameError, "unknown component 'c'; known are 'a', 'b'"),
    (
        lambda f: f.with_uncertainty("x", 0.1, flavor="nutau"),
        UnknownNameError,
        "the flux holds no 'nutau'; it holds nue, numubar",
    ),
    (lambda f: f.with_uncertainty("x", 0.1, flavor="x"), UnknownNameError, "unknown flavor 'x'"),
    (
        lambda f: f.with_uncertainty("x", 0.1, flavor="nue", component="b"),
        UnknownNameError,
        "unknown component 'b'; known are 'a'",
    ),
    (
        lambda f: f.with_covariance([[1.0]], name="fit"),
        InputError,
        "give either components or edges of the bins that the covariance is of",
    ),
    (
        lambda f: f.with_covariance([[1.0]], components=["a"], edges=[1.0, 2.0], name="fit"),
        InputError,
        "give either components or edges of the bins that the covariance is of",
    ),
    (
        lambda f: f.with_covariance(np.eye(2), components=["a", "a"], name="fit"),
        InputError,
        "components of a covariance must differ (got ['a', 'a'])",
    ),
    (
        lambda f: f.with_covariance([[1.0, 0.5], [0.4, 1.0]], components=["a", "b"], name="fit"),
        InputError,
        "covariance must be symmetric (got 0.5 at [0, 1] and 0.4 at [1, 0])",
    ),
    (
        lambda f: f.with_covariance([[1.0, 2.0], [2.0, 1.0]], components=["a", "b"], name="fit"),
        InputError,
        "covariance must have no negative eigenvalue (got -1)",
    ),
    (
        lambda f: f.with_covariance([[-1.0]], components=["a"], name="fit"),
        InputError,
        "covariance must have no negative eigenvalue (got -1)",
    ),
    (
        lambda f: f.with_covariance(np.eye(3), components=["a", "b"], name="fit"),
        InputError,
        "covariance must have the shape (2, 2) (got (3, 3))",
    ),
    (
        lambda f: f.with_covariance([0.1, 0.2], components=["a", "b"], name="fit"),
        InputError,
        "covariance must have the shape (2, 2) (got (2,))",
    ),
    (
        lambda f: f.with_covariance(np.eye(3), edges=[1, 2, 3], name="fit"),
        InputError,
        "covariance must have the shape (2, 2) (got (3, 3))",
    ),
    (
        lambda f: f.with_covariance([[np.nan]], components=["a"], name="fit"),
        InputError,
        "covariance must be >= -1e+12 and <= 1e+12 (got nan at index 0)",
    ),
    (
        lambda f: f.with_covariance([[1.0]], components=["c"], name="fit"),
        UnknownNameError,
        "unknown component 'c'; known are 'a', 'b'",
    ),
    (
        lambda f: f.with_covariance([[1.0]], edges=[2.0, 1.0], name="fit"),
        InputError,
        "edges must increase (got 2 MeV at index 0, then 1 MeV)",
    ),
    (
        lambda f: f.with_covariance([[1.0]], edges=[-1.0, 1.0], name="fit"),
        InputError,
        "edges must be >= 0 MeV and finite (got -1 at index 0)",
    ),
    (
        lambda f: f.with_covariance([[1.0]], edges=[1.0], name="fit"),
        InputError,
        "edges must be a list of at least 2 energies in MeV",
    ),
    (
        lambda f: f.with_covariance([[1.0]], components=["a"], flavor="nutau", name="fit"),
        UnknownNameError,
        "the flux holds no 'nutau'; it holds nue, numubar",
    ),
    (lambda f: f.covariance([0.0, 1.0]), InputError, "edges must be > 0 MeV and finite (got 0 at index 0)"),
    (lambda f: f.binned([1.0, 1.0]), InputError, "edges must increase (got 1 MeV at index 0, then 1 MeV)"),
    (lambda f: f.binned([1.0, 2.0], "e"), UnknownNameError, "unknown flavor 'e'"),
    (lambda f: f.covariance([1.0, 2.0], "e"), UnknownNameError, "unknown flavor 'e'"),
    (lambda f: f.total_uncertainty("e"), UnknownNameError, "unknown flavor 'e'"),
    (lambda f: Uncertainty("x", [1.0]), InputError, "parts must be cevns.Component (got [1.0])"),
    (lambda f: Uncertainty("x", None), InputError, "parts must be cevns.Component (got None)"),
    (
        lambda f: Flux(f.components, uncertainties=[Component("nue", "a", EndPoint("muon"))]),
        InputError,
        "uncertainties must be a list of cevns.Uncertainty (got ",
    ),
    (
        lambda f: Flux((Component("nue", "a", EndPoint("muon"), -1.0),)),
        InputError,
        "scale of component 'a' must be >= 0 (got -1)",
    ),
    (
        lambda f: differential_rate(1.0, f, "Ge", split="flavor", covariance=True),
        InputError,
        "covariance=True needs split=None (got 'flavor')",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_what_is_wrong_is_said(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        call(two())
