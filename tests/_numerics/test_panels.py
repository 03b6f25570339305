"""Panels: the fits of smooth densities, and the moments made of them, against the density and plain NumPy."""

import numpy as np
import pytest
from numpy.polynomial import chebyshev as numpy_chebyshev
from scipy.integrate import trapezoid

import cevns
from cevns import InputError, sources
from cevns._core import moments as core
from cevns._numerics import panels, polynomials
from cevns.reference import panels as reference
from cevns.sources import AllowedShape, BetaDecay, Boron8, FermiDirac, FissionSpectrum, Pinched

BUILT_IN = [
    FissionSpectrum("235U"),
    FissionSpectrum("241Pu", "vogel-engel", 9.0),
    BetaDecay("239U"),
    BetaDecay("239Np"),
    AllowedShape(0.42341, -1),
    AllowedShape(18.784, -2),
    AllowedShape(2.0, 40),
    Boron8(),
    Pinched(12.0, 2.3),
    Pinched(12.0, 0.0),
    Pinched(12.0, 3.0),
    FermiDirac(4.0),
    FermiDirac(4.0, 15.0),
]


def bump(E):
    return np.exp(-(((E - 4.0) / 0.5) ** 2))


# ---- matrices ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", [False, True])
def test_matrices_are_those_of_numpy(ends):
    fit = polynomials.interpolation(10, ends)
    series = np.random.default_rng(1).normal(size=10)
    np.testing.assert_allclose(numpy_chebyshev.chebval(fit.nodes, series) @ fit.from_values, series, rtol=0, atol=1e-14)
    np.testing.assert_allclose(series @ fit.at_checks, numpy_chebyshev.chebval(fit.checks, series), rtol=0, atol=1e-13)
    assert fit.checks.size == (11 if ends else 9)
    for k, row in enumerate(polynomials.powers(12)):
        np.testing.assert_array_equal(row[: k + 1], numpy_chebyshev.cheb2poly([0] * k + [1]))


# ---- fits ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spectrum", BUILT_IN, ids=repr)
def test_panels_agree_with_the_density(spectrum):
    # 5e-13 at 11 points between the nodes, here 1e-12 at 40 others: of the largest value in the panel of φ, φ/E, φ/E², or of
    # what lies above; and the rounding of E, which a steep density follows
    edges, coefficients = spectrum._panels
    s = np.cos(np.pi * (np.arange(40) + 0.3) / 40)
    half, middle = np.diff(edges)[:, None] / 2, (edges[1:, None] + edges[:-1, None]) / 2
    E = middle + half * s
    exact = spectrum.density_between(E)
    steep = 4e-16 * E / half * (np.abs(coefficients[:, 0]) @ np.arange(10.0)[:, None] ** 2)
    integral = 2 * half[:, 0] * np.abs(exact).mean(axis=1)
    above = (np.cumsum(integral[::-1])[::-1] - integral)[:, None]
    for k in range(3):
        fitted = numpy_chebyshev.chebval(s, coefficients[:, k].T) * E**k
        size = (np.abs(exact) / E**k).max(axis=1, keepdims=True) * E**k
        allowed = 1e-12 * np.maximum(size, 1e-3 * above / half) + steep + 1e-30 * above.max()
        assert np.all(np.abs(fitted - exact) <= allowed), k


@pytest.mark.parametrize("spectrum", BUILT_IN, ids=repr)
def test_moments_of_panels_agree_with_plain_numpy(spectrum):
    # the same operations in another order: 1e-13 of the largest moment in reach
    edges, coefficients = spectrum._panels
    x = np.unique(
        np.concatenate([edges[0] * np.array([0.1, 1.0]), (edges[1:-1] + edges[:-2]) / 2, edges[-1] * np.linspace(0.1, 0.99, 9)])
    )
    found, expected = spectrum.moments.moments(x), reference.moments(edges, coefficients, x)
    largest = np.stack([expected[0], expected[0], expected[0] / x])
    assert np.all(np.abs(found - expected) <= 1e-13 * largest + 4e-16 * x * spectrum.density(x) + 1e-30 * largest[:, :1])


def test_fits_agree_with_plain_numpy():
    edges = np.geomspace(0.1, 9.0, 12)
    fit, _ = panels._fit()
    energy = fit.energies(edges[:-1], edges[1:])
    rows = fit.fit(energy, bump(energy))
    expected = reference.fit(bump, edges)
    np.testing.assert_allclose(rows[:, :30].reshape(-1, 3, 10), expected, rtol=0, atol=1e-14 * np.abs(expected).max())
    nodes = np.ascontiguousarray(energy[None, :, :10])
    np.testing.assert_allclose(fit.series(nodes, bump(nodes))[0], expected, rtol=0, atol=1e-14 * np.abs(expected).max())


def test_a_power_of_the_energy_needs_one_panel_from_zero_and_the_graded_ones():
    for power, most in ((2, 32), (5, 32), (9, 32)):
        edges, _ = panels.panels_of(lambda E, p=power: E**p, np.array([0.0, 4.0]), octaves=False)
        assert edges.size <= most
        assert edges[0] == panels.LOWEST * 4.0


@pytest.mark.parametrize("power", [0.0, 0.3, 1.0, 1.5, 2.3])
def test_moments_of_powers_that_are_not_smooth_at_zero_are_exact(power):
    # Φ_k above x of E^p up to 1: (1 − x^(p+1−k))/(p+1−k)
    edges, coefficients = panels.panels_of(lambda E: E**power, np.array([0.0, 1.0]), octaves=False)
    x = np.geomspace(1e-12, 0.9, 40)
    phi = [-np.log(x) if power + 1 == k else (1 - x ** (power + 1 - k)) / (power + 1 - k) for k in range(3)]
    found = panels.moments_of(edges, coefficients).moments(x)
    # x Φ₁ and x Φ₂ are subtracted: an error of 1e-12 of the terms
    np.testing.assert_allclose(found[0], phi[0], rtol=1e-12)
    assert np.all(np.abs(found[1] - (phi[0] - x * phi[1])) <= 1e-12 * phi[0])
    assert np.all(np.abs(found[2] - (phi[1] - x * phi[2])) <= 1e-12 * phi[1])


def test_what_is_narrow_is_found_where_octaves_are_asked_for():
    def narrow(E):
        return np.exp(-(((E - 0.01) / 0.001) ** 2))

    edges, coefficients = panels.panels_of(narrow, np.array([0.0, 10.0]))
    assert panels.integral_of(edges, coefficients, 0) == pytest.approx(0.001 * np.sqrt(np.pi), rel=1e-12)


def test_functions_that_share_their_panels_are_those_that_each_has_alone():
    def both(E):
        return np.stack([bump(E), np.exp(-E)])

    edges, coefficients = panels.panels_of(both, np.array([0.0, 10.0]))
    assert coefficients.shape == (2, edges.size - 1, 3, 10)
    for function, series in zip((bump, lambda E: np.exp(-E)), coefficients, strict=True):
        alone = panels.panels_of(function, np.array([0.0, 10.0]))
        x = np.linspace(0.01, 9.99, 50)
        found = panels.moments_of(edges, series).moments(x)
        expected = panels.moments_of(*alone).moments(x)
        # 5e-13 of the largest value nearby in each
        np.testing.assert_allclose(found[0], expected[0], rtol=2e-12)


@pytest.mark.parametrize(
    "spectrum", [AllowedShape(0.42341, -1), Boron8(), Pinched(12.0, 2.3), FissionSpectrum("235U")], ids=repr
)
def test_the_last_steps_towards_the_end_are_told_from_the_others(spectrum):
    edges = spectrum._panels[0]
    rest = panels.before_grading(edges)
    assert 20 <= edges.size - rest.size <= 30
    np.testing.assert_array_equal(rest[:-1], edges[: rest.size - 1])
    assert rest[-1] == edges[-1]


def test_rounding_of_a_density_is_not_resolved():
    def noisy(E):
        return 1e-12 * (1 + E) + 1e-16 * np.sin(1e15 * E)

    with pytest.raises(InputError, match="the spectrum is not smooth to 5e-13 near"):
        panels.panels_of(noisy, np.array([1.0, 2.0]))
    edges, coefficients = panels.panels_of(lambda E: (noisy(E), np.full(E.shape, 1e-15)), np.array([1.0, 2.0]))
    assert panels.integral_of(edges, coefficients, 0) == pytest.approx(2.5e-12, rel=1e-3)


def test_a_density_that_is_not_a_number_is_refused():
    with pytest.raises(InputError, match="not smooth"):
        panels.panels_of(lambda E: np.where(E > 2.0, np.nan, 1.0), np.array([1.0, 3.0]))


def test_a_function_in_panels_is_evaluated_anywhere_in_any_order():
    edges, coefficients = panels.series_of(np.cos, np.array([0.0, 3.0, 10.0]))
    x = np.random.default_rng(2).uniform(0.0, 10.0, (7, 11))
    np.testing.assert_allclose(panels.evaluate(edges, coefficients, x), np.cos(x), rtol=0, atol=1e-12)
    np.testing.assert_allclose(reference.evaluate(edges, coefficients, x), np.cos(x), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(panels.evaluate(edges, coefficients, np.array([-1e-9, 10.1, np.nan])), 0.0)


# ---- many at once --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "low", "high"), [(Pinched, 0.0, 0.1), (Pinched, 0.2, 20.0), (FermiDirac, -30.0, 0.0), (FermiDirac, 0.0, 20.0)]
)
def test_spectra_prepared_together_have_the_moments_of_each(kind, low, high):
    # 5e-13 of φ nearby: 1e-12 of the largest term, also where the spectrum has fallen to 1e-25
    random = np.random.default_rng(3)
    spectra = [kind(*row) for row in zip(random.uniform(1.0, 20.0, 60), random.uniform(low, high, 60), strict=True)]
    kind.prepare_many([*spectra, spectra[0]])
    for spectrum in spectra[::7]:
        assert "moments" in spectrum.__dict__
        x = spectrum.energy_sum * np.concatenate([np.geomspace(1e-9, 1.0, 20), np.linspace(1.5, 9.0, 9)])
        alone = kind(*spectrum._parameters()).moments.moments(x)
        seen = alone[0] > 1e-25
        largest = np.stack([alone[0], alone[0], np.maximum(alone[0] / x, 0)])
        assert np.all(np.abs(spectrum.moments.moments(x) - alone)[:, seen] <= 1e-12 * largest[:, seen])


def test_spectra_that_are_prepared_are_left_alone():
    spectrum = Pinched(11.0, 2.7)
    before = spectrum.moments
    Pinched.prepare_many([spectrum, Pinched(11.0, 2.8)])
    assert spectrum.moments is before
    Pinched.prepare_many([])


# ---- the look-up ---------------------------------------------------------------------------------------------------------


def test_guide_of_a_spectrum_finds_every_knot():
    # thresholds at, just below and above each knot, against a search; knots beside each other and 60 powers of two apart
    edges = np.concatenate([np.geomspace(1e-18, 1.0, 30), 1.0 + np.geomspace(1e-9, 1.0, 30)])
    table = cevns.spectra.Table(edges, 1.0 + np.arange(edges.size, dtype=float))
    x = np.unique(np.concatenate([edges, np.nextafter(edges, 0), np.nextafter(edges, 9)]))
    expected = [
        trapezoid(np.append(table.density(np.array([t])), table.values[edges > t]), np.append(t, edges[edges > t]))
        for t in x[1:-2]
    ]
    np.testing.assert_allclose(table.moments.moments(x[1:-2])[0], expected, rtol=1e-12)


def test_stages_of_the_core_agree_on_the_degree():
    # two integrations of a series of degree 9
    assert core.SMOOTH_TERMS == panels._core.TERMS + 2
    assert sources.Boron8().moments is not None
