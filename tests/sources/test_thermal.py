"""Thermal spectra: Fermi–Dirac against its integrals, and pinched spectra from their moments."""

import math
import pickle
import re

import mpmath
import numpy as np
import pytest

import cevns
from cevns import InputError, sources
from cevns.reference import spectra as reference
from cevns.sources import FermiDirac, Pinched

DEGENERACIES = [-500.0, -5.0, -0.3, 0.0, 0.3, 2.0, 8.0, 20.0]


def fermi_integral(order, degeneracy):
    """F_k(η) = −k! Li_(k+1)(−e^η), of mpmath."""
    with mpmath.workdps(30):
        return float((-math.factorial(order) * mpmath.polylog(order + 1, -mpmath.exp(mpmath.mpf(degeneracy)))).real)


@pytest.mark.parametrize("degeneracy", DEGENERACIES)
def test_fermi_dirac_is_normalised_by_polylogarithms(degeneracy):
    # against mpmath; over e^η for η < 0, where both fall. 1e-14 is rounding of the sums
    spectrum = FermiDirac(3.0, degeneracy)
    second, third = fermi_integral(2, degeneracy), fermi_integral(3, degeneracy)
    E = np.array([0.1, 1.0, 5.0, 30.0, 80.0])
    exact = E**2 / 27.0 / second / (np.exp(E / 3.0 - degeneracy) + 1.0)
    np.testing.assert_allclose(spectrum.density(E), exact, rtol=1e-13)
    assert spectrum.energy_sum == pytest.approx(3.0 * third / second, rel=2e-15)
    assert spectrum.total == 1.0


def test_without_chemical_potential_the_mean_is_3_1514_temperatures():
    # 7π⁴/180 ζ(3): 3.15137, and F₂ = (3/2) ζ(3) = 1.80309
    zeta = float(mpmath.zeta(3))
    assert FermiDirac(4.0).energy_sum == pytest.approx(4.0 * 7 * math.pi**4 / (180 * zeta), rel=1e-15)
    slope = FermiDirac(1.0).density(np.array([1e-8]))[0] / 1e-16  # 1/(2 F₂)
    assert slope == pytest.approx(1 / (2 * 1.80309), rel=3e-6)  # six digits


def test_far_below_zero_it_is_maxwell_boltzmann():
    E = np.linspace(0.0, 90.0, 91)
    np.testing.assert_allclose(FermiDirac(3.0, -500.0).density(E), E**2 * np.exp(-E / 3.0) / 54.0, rtol=1e-13)


def test_a_degenerate_spectrum_fills_the_sphere():
    # η = 20: E² up to ηT; the mean is 3/4 ηT and a term of (π/η)² more
    assert FermiDirac(1.0, 20.0).energy_sum == pytest.approx(15.0 * (1 + math.pi**2 / 400), rel=2e-3)


@pytest.mark.parametrize("degeneracy", DEGENERACIES)
def test_moments_of_fermi_dirac_are_its_integrals(degeneracy):
    # by Gauss's quadrature in steps of T/2: 1e-12 of the largest term, also far out
    spectrum, T = FermiDirac(5.0, degeneracy), 5.0
    node, weight = np.polynomial.legendre.leggauss(20)
    for x in T * np.array([1e-6, 0.3, 2.0, 10.0, 40.0, 60.0]):
        edges = np.append(x, np.arange(np.floor(2 * x / T) + 1, 2 * (130 + max(degeneracy, 0))) * T / 2)
        half = np.diff(edges)[:, None] / 2
        E = edges[:-1, None] + half * (1 + node)
        phi = [np.sum(half * weight * spectrum.density(E) * f) for f in (1.0, 1 - x / E, (1 - x / E) / E, 1 / E)]
        found = spectrum.moments.moments(np.array([x]))[:, 0]
        assert np.all(np.abs(found - phi[:3]) <= 1e-12 * np.array([phi[0], phi[0], phi[3]]))


@pytest.mark.parametrize("degeneracy", [-2.0, 0.0, 4.0])
def test_density_of_fermi_dirac_agrees_with_the_reference(degeneracy):
    E = np.linspace(-1.0, 100.0, 300)
    np.testing.assert_allclose(FermiDirac(4.5, degeneracy).density(E), reference.fermi_dirac(E, 4.5, degeneracy), rtol=1e-12)


@pytest.mark.parametrize("degeneracy", DEGENERACIES)
def test_fermi_dirac_ends_where_its_density_is_1e_minus_40_of_its_peak(degeneracy):
    spectrum = FermiDirac(2.0, degeneracy)
    at_end = spectrum.density(np.array([spectrum.edges[-1]]))[0]
    peak = spectrum.density(np.linspace(0.0, 60.0, 60001)).max()
    assert at_end / peak == pytest.approx(1e-40, rel=1e-6)


def test_a_pinched_spectrum_has_the_moments_it_was_made_of():
    spectrum = Pinched.from_moments(11.0, 150.0)
    a = spectrum.pinching
    assert (2 + a) / (1 + a) * 11.0**2 == pytest.approx(150.0, rel=1e-14)
    # of E² e^(−E/T): ⟨E⟩ = 3T, ⟨E²⟩ = 12T²
    assert Pinched.from_moments(9.0, 108.0) == Pinched(9.0, 2.0)
    assert Pinched.from_moments(10.0, 200.0) == Pinched(10.0, 0.0)
    assert Pinched.from_moments(10.0, 100.0 * 22 / 21).pinching == pytest.approx(20.0, rel=1e-12)


def test_a_pinched_spectrum_with_the_moments_of_fermi_dirac_is_near_it():
    # ⟨E²⟩/⟨E⟩² = F₄F₂/F₃² = 1.3029 at η = 0: α = 2.30, as is usual
    second, third, fourth = (fermi_integral(k, 0.0) for k in (2, 3, 4))
    mean = 4.0 * third / second
    assert Pinched.from_moments(mean, 16.0 * fourth / second).pinching == pytest.approx(2.30, abs=0.005)


def test_spectra_are_values():
    spectrum = FermiDirac(4.0, 1.5)
    assert repr(spectrum) == "FermiDirac(4.0, 1.5)"
    assert eval(repr(spectrum), dict(vars(sources))) == pickle.loads(pickle.dumps(spectrum)) == spectrum
    assert FermiDirac(4.0) == FermiDirac(4.0, 0) != FermiDirac(4.0, 0.1)
    flux = cevns.Flux((cevns.Component("nue", "test", spectrum),), "burst")
    assert flux.mean_energy() == pytest.approx(spectrum.energy_sum, rel=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FermiDirac(0.0), "temperature must be > 0 MeV and finite (got 0)"),
        (lambda: FermiDirac(4.0, 20.5), "degeneracy must be >= -1000 and <= 20 (got 20.5)"),
        (lambda: FermiDirac(4.0, np.nan), "degeneracy must be >= -1000 and <= 20 (got nan)"),
        (lambda: Pinched.from_moments(0.0, 1.0), "mean must be > 0 MeV and finite (got 0)"),
        (
            lambda: Pinched.from_moments(10.0, 100.0),
            "mean_square must be >= 104.762 and <= 200 MeV² with a mean of 10 MeV, a pinching of 20 to 0 (got 100)",
        ),
        (lambda: Pinched.from_moments(10.0, 201.0), "a pinching of 20 to 0 (got 201)"),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(InputError, match=re.escape(message)):
        call()
