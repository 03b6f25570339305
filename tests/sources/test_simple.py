"""One energy and a flat spectrum: what can be integrated by hand."""

import math
import pickle

import numpy as np
import pytest

import cevns
from cevns import InputError, Nuclide, UnknownNameError, constants
from cevns.sources import flat, monochromatic


def test_rate_of_one_energy_is_flux_times_cross_section():
    nuclide = Nuclide("40Ar")
    per_kg = cevns.Target(nuclide).components[0][1]
    expected = 1e7 * per_kg * cevns.cross_section(30.0, nuclide) * constants.DAY
    assert cevns.rate(monochromatic(30.0, flux=1e7), nuclide) == pytest.approx(expected, rel=1e-10)


def test_one_energy_is_a_line():
    flux = monochromatic(30.0, flux=1e7, flavor="numubar", per="burst")
    assert flux.lines() == [(30.0, 1e7)]
    assert (flux.flavors, flux.per, flux.mean_energy()) == (("numubar",), "burst", 30.0)
    assert flux.spectrum(30.0) == 0  # no density


def test_moments_of_a_flat_spectrum_are_elementary():
    low, high, x = 10.0, 50.0, np.array([1.0, 20.0, 49.0])
    moments = flat(low, high, flux=1e7).moments(x)
    start = np.maximum(x, low)
    exact = np.array([high - start, np.log(high / start), 1 / start - 1 / high]) * 1e7 / (high - low)
    np.testing.assert_allclose(moments, exact, rtol=1e-11)


def test_flat_spectrum_has_its_flux_and_its_middle():
    flux = flat(0.0, 50.0, flux=1e7, flavor="numu")
    assert flux.total("numu") == pytest.approx(1e7, rel=1e-14)
    assert flux.mean_energy() == pytest.approx(25.0, rel=1e-14)
    np.testing.assert_allclose(flux.spectrum([0.1, 25.0, 49.9]), 2e5, rtol=1e-14)
    assert flux.spectrum(50.1) == 0


def test_narrow_flat_spectrum_is_one_energy():
    narrow = cevns.rate(flat(29.999, 30.001, flux=1e7), "40Ar")
    assert narrow == pytest.approx(cevns.rate(monochromatic(30.0, flux=1e7), "40Ar"), rel=1e-8)  # half the second derivative


def test_flat_spectrum_per_burst_adds_to_another():
    together = flat(1.0, 2.0, flux=3.0, per="burst") + monochromatic(1.5, flux=4.0, per="burst")
    assert math.isclose(together.total(), 7.0, rel_tol=1e-14)


@pytest.mark.parametrize("flux", [flat(1.0, 2.0), monochromatic(1.0)])
def test_fluxes_survive_pickle(flux):
    assert flux.total() == pytest.approx(1.0, rel=1e-14)
    assert pickle.loads(pickle.dumps(flux)) == flux


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: monochromatic(0.0), InputError, r"^energy must be > 0 MeV and finite \(got 0\)$"),
        (lambda: monochromatic(1.0, flux=-1.0), InputError, r"^flux must be >= 0 cm⁻² s⁻¹ and finite \(got -1\)$"),
        (lambda: monochromatic(1.0, flux=-1.0, per="burst"), InputError, r"^flux must be >= 0 cm⁻² and finite \(got -1\)$"),
        (lambda: monochromatic(1.0, flavor="nux"), UnknownNameError, r"^unknown flavor 'nux'; did you mean"),
        (lambda: monochromatic(1.0, per="day"), UnknownNameError, r"^unknown unit of a flux \(per\) 'day'"),
        (lambda: flat(-1.0, 2.0), InputError, r"^low must be >= 0 MeV and finite \(got -1\)$"),
        (lambda: flat(2.0, 2.0), InputError, r"^high must be > low \(got 2 and 2 MeV\)$"),
        (lambda: flat(1.0, math.inf), InputError, r"^high must be >= 0 MeV and finite \(got inf\)$"),
    ],
)
def test_wrong_arguments_are_explained(make, error, message):
    with pytest.raises(error, match=message):
        make()
