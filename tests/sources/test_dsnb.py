"""The diffuse supernova background: its integral against the reference, its sum rules, and published figures."""

import csv
import math
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate

import cevns
from cevns import InputError, UnknownNameError, constants, oscillation
from cevns.reference import dsnb as reference
from cevns.reference import spectra as reference_spectra
from cevns.sources import CoreCollapseRate, DiffuseSupernova, FermiDirac, Pinched, dsnb
from cevns.sources.dsnb import RATES

DATA = Path(__file__).parents[3] / "shared" / "data"
FLUX = dsnb()

SPECTRA = [
    FermiDirac(3.0),
    FermiDirac(8.0),
    FermiDirac(4.0, 3.0),
    Pinched(15.0, 2.3),
    Pinched(12.0, 0.0),
    Pinched(10.0, 0.5),
    Pinched(18.0, 7.0),
    Pinched(15.0, 20.0),
]


# ---------------------------------------------------------------------------------------------------------- the collapses


@pytest.mark.parametrize("rate", RATES.values())
def test_rate_is_that_of_the_literature(rate):
    z = np.linspace(0.0, 10.0, 500)
    expected = reference.core_collapse_rate(z, rate.local, *rate.exponents, *rate.redshifts, rate.smoothing)
    np.testing.assert_allclose(rate(z), expected, rtol=1e-13)


def test_rate_follows_its_three_power_laws_away_from_the_breaks():
    rate = CoreCollapseRate()
    for z, exponent in ((0.2, 3.4), (2.2, -0.3), (9.0, -3.5)):
        slope = (math.log(rate(z + 1e-4)) - math.log(rate(z))) / (math.log(1 + z + 1e-4) - math.log(1 + z))
        assert slope == pytest.approx(exponent, abs=0.02)  # the tails of the breaks, ((1+z)/2)^−37


def test_rate_at_redshift_1_is_ten_times_that_of_today():
    # 2^3.4 = 10.6, smoothed by 2^(−1/10) where two power laws meet
    assert CoreCollapseRate()(1.0) / CoreCollapseRate()(0.0) == pytest.approx(2 ** (3.4 - 0.1), rel=1e-6)


def test_fits_of_star_formation_bracket_the_best_one():
    best, upper, lower = (RATES[f"horiuchi-2009{name}"] for name in ("", "-upper", "-lower"))
    z = np.linspace(0.0, 5.0, 100)
    assert np.all(lower(z) < best(z))
    assert np.all(best(z) < upper(z))
    for rate, formed in ((best, 0.0178), (upper, 0.0213), (lower, 0.0142)):  # M☉ Mpc⁻³ yr⁻¹, of which 0.0070 collapse
        assert rate.local == pytest.approx(0.0070 * formed, rel=5e-3)


# ----------------------------------------------------------------------------------------------------------- the spectrum


@pytest.mark.parametrize("emitted", SPECTRA, ids=repr)
def test_density_agrees_with_the_reference(emitted):
    spectrum = DiffuseSupernova(emitted)
    end = spectrum.edges[-1]
    E = np.concatenate([np.geomspace(1e-9, 1e-2, 50) * end, np.linspace(0.01, 0.999, 300) * end])
    expected = reference.diffuse_flux(E, emitted.density)
    above = expected > 1e-12 * expected.max()
    # 1e-12, the rounding of E^20; and far out, where the rule in z has 12 nodes for a density that falls by 1e40
    np.testing.assert_allclose(spectrum.density(E)[above], expected[above], rtol=1e-12)
    np.testing.assert_allclose(spectrum.density(E), expected, rtol=2e-9)


@pytest.mark.parametrize(
    ("rate", "z_max", "matter"),
    [
        (CoreCollapseRate(), 0.5, 0.3),
        (CoreCollapseRate(), 1.0, 0.3),
        (CoreCollapseRate(), 20.0, 0.3),
        (CoreCollapseRate(exponents=(3.4, 0.0, -3.5)), 5.0, 0.0),
        (CoreCollapseRate(exponents=(2.0, 1.0, 0.0), redshifts=(0.3, 0.7), smoothing=-1.0), 2.0, 1.0),
        (CoreCollapseRate(smoothing=-60.0), 5.0, 0.3),
    ],
)
def test_density_agrees_with_the_reference_for_any_history(rate, z_max, matter):
    emitted = Pinched(14.0, 2.5)
    E = np.linspace(0.1, 80.0, 200)
    expected = reference.diffuse_flux(E, emitted.density, rate, z_max, 70.0, matter)
    # a break of width 1/60 is what the panels of the reference resolve to 1e-9
    np.testing.assert_allclose(DiffuseSupernova(emitted, rate, z_max, 70.0, matter).density(E), expected, rtol=1e-9)


@pytest.mark.slow
def test_double_integral_of_scipy_gives_the_total():
    emitted = Pinched(15.0, 2.3)

    def integrand(z, E):
        return float(
            reference.core_collapse_rate(z)
            * reference_spectra.pinched(E * (1 + z), 15.0, 2.3)
            / math.sqrt(0.3 * (1 + z) ** 3 + 0.7)
        )

    whole, _ = integrate.dblquad(integrand, 0.0, 150.0, 0.0, 5.0, epsabs=0, epsrel=1e-6)
    megaparsec = 1e3 * constants.KILOPARSEC
    factor = reference.LIGHT_SPEED / 70.0 / megaparsec**2 / (365.25 * constants.DAY)
    assert DiffuseSupernova(emitted).total == pytest.approx(factor * whole, rel=1e-6)


@pytest.mark.parametrize("emitted", SPECTRA, ids=repr)
def test_neutrinos_are_fewer_by_time_dilation_and_their_energy_by_redshift_too(emitted):
    # ∫φ dE = (c/H₀) ∫ dz R/((1+z)√…) N, and ∫Eφ dE has (1+z)² and E_tot: against quadrature of the density
    spectrum = DiffuseSupernova(emitted)
    points = np.append(0.0, spectrum.edges[-1] * np.geomspace(1e-9, 1.0, 300))
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half = np.diff(points)[:, np.newaxis] / 2
    E = points[:-1, np.newaxis] + half * (1 + nodes)
    density = spectrum.density(E)
    assert np.sum(half * weights * density) == pytest.approx(spectrum.total, rel=1e-12)
    assert np.sum(half * weights * density * E) == pytest.approx(spectrum.energy_sum, rel=1e-12)


@pytest.mark.parametrize("emitted", SPECTRA, ids=repr)
def test_moments_are_integrals_of_the_density(emitted):
    spectrum = DiffuseSupernova(emitted)
    flux = cevns.Flux((cevns.Component("nue", "test", spectrum, 1e58),))
    for x in (spectrum.energy_sum / spectrum.total) * np.array([0.01, 0.3, 1.0, 3.0]):
        points = np.geomspace(x, spectrum.edges[-1], 200)
        nodes, weights = np.polynomial.legendre.leggauss(20)
        half = np.diff(points)[:, np.newaxis] / 2
        E = points[:-1, np.newaxis] + half * (1 + nodes)
        found = flux.moments(x)
        for k in range(3):
            expected = 1e58 * np.sum(half * weights * spectrum.density(E) / E**k)
            assert abs(found[k] - expected) <= 2e-12 * found[0] / x**k


def test_spectra_that_differ_in_temperature_alone_have_one_shape():
    cold, hot = DiffuseSupernova(FermiDirac(3.0)), DiffuseSupernova(FermiDirac(6.0))
    E = np.linspace(0.1, 60.0, 200)
    np.testing.assert_allclose(cold.density(E), 2 * hot.density(2 * E), rtol=1e-12)
    assert cold.total == pytest.approx(hot.total, rel=1e-14)
    assert 2 * cold.energy_sum == pytest.approx(hot.energy_sum, rel=1e-14)


def test_a_function_may_be_what_is_emitted():
    emitted = Pinched(14.0, 2.5)
    end = emitted.edges[-1]
    own = cevns.spectra.Function(emitted.density, [0.0, 14.0, end])
    E = np.linspace(0.0, 100.0, 50)
    np.testing.assert_allclose(DiffuseSupernova(own).density(E), DiffuseSupernova(emitted).density(E), rtol=1e-12)
    assert DiffuseSupernova(own).total == pytest.approx(DiffuseSupernova(emitted).total, rel=1e-11)


def test_without_evolution_nearby_collapses_arrive_as_emitted():
    # z ≪ 1: φ = (c/H₀) z_max R N f(E)
    emitted = FermiDirac(5.0)
    near = DiffuseSupernova(emitted, CoreCollapseRate(), 1e-6)
    E = np.linspace(1.0, 50.0, 20)
    megaparsec = 1e3 * constants.KILOPARSEC
    expected = reference.LIGHT_SPEED / 70.0 * 1e-6 * 1.25e-4 / (365.25 * constants.DAY) / megaparsec**2
    np.testing.assert_allclose(near.density(E), expected * emitted.density(E), rtol=2e-5)  # E z_max/T


# ------------------------------------------------------------------------------------------------------- published figures


def test_antineutrinos_above_19_3_mev_are_a_quarter_of_the_limit_of_2003():
    # Horiuchi, Beacom and Dwek: 4 MeV is a factor 4 below the 1.2 cm⁻² s⁻¹ of Super-Kamiokande (the figure has one digit)
    flux = dsnb(spectrum={"nuebar": FermiDirac(4.0)})
    assert flux.moments(19.3, "nuebar")[0] == pytest.approx(1.2 / 4, rel=0.05)


def test_shape_of_the_neutrino_floor_is_the_upper_rate_with_one_flavor_at_each_temperature():
    path = DATA / "dsnb_reference.csv"
    if not path.exists():
        pytest.skip("the table of the neutrino floor is not at hand")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))[1:]
    E, shape = np.array(rows, dtype=float).T
    one_each = dsnb(
        rate="horiuchi-2009-upper",
        spectrum={"numu": FermiDirac(8.0)},
        energy={"nutau": 0.0, "numubar": 0.0, "nutaubar": 0.0},
        hubble_constant=67.4,
        matter_density=0.315,
    )
    assert one_each.flavors == ("nue", "numu", "nuebar")
    assert one_each.mean_energy() == pytest.approx(6.62, abs=0.01)  # of the table, which ends at 91 MeV
    assert one_each.total() == pytest.approx(85.7, rel=0.03)  # rate and cosmology are not stated with the table
    # five digits are given, and the same holds: 0.13 % of the peak is what was reached
    np.testing.assert_allclose(one_each.spectrum(E) / one_each.total(), shape, atol=1.5e-3 * shape.max())


def test_default_flux():
    assert FLUX.total() == pytest.approx(91.42, abs=0.01)
    assert FLUX.total("nuebar") == pytest.approx(17.69, abs=0.01)
    assert {c.name for c in FLUX.components} == {"dsnb"}
    assert FLUX.per == "s"
    assert FLUX.flavors == constants.FLAVORS


def test_flux_of_each_flavor_has_its_energy():
    # N = E_tot/⟨E⟩: at equal energy the fluxes are as 1/T
    assert FLUX.total("nue") / FLUX.total("numu") == pytest.approx(8 / 3, rel=1e-12)
    assert dsnb(energy={"nue": 1e53}).total("nue") == pytest.approx(2 * FLUX.total("nue"), rel=1e-14)
    assert dsnb(energy={"nue": 1e53}).total("numu") == FLUX.total("numu")


def test_its_rate_is_uncertain_by_half():
    assert FLUX.total_uncertainty() == pytest.approx(0.5 * FLUX.total(), rel=1e-14)
    assert [u.name for u in FLUX.uncertainties] == ["DSNB rate"]
    assert dsnb(uncertainty=0.0).uncertainties == ()
    assert dsnb(uncertainty=0.4).total_uncertainty("nue") == pytest.approx(0.4 * FLUX.total("nue"), rel=1e-14)


@pytest.mark.parametrize("ordering", ["normal", "inverted"])
def test_conversion_in_the_star_keeps_the_number_and_swaps_flavors(ordering):
    flux = dsnb(ordering=ordering)
    P, Q = oscillation.supernova_swap(ordering)
    assert flux.total() == pytest.approx(FLUX.total(), rel=1e-12)
    assert flux.total("nue") == pytest.approx(P[0, 0] * FLUX.total("nue") + (1 - P[0, 0]) * FLUX.total("numu"), rel=1e-12)
    assert flux.total("nuebar") == pytest.approx(
        Q[0, 0] * FLUX.total("nuebar") + (1 - Q[0, 0]) * FLUX.total("numubar"), rel=1e-12
    )
    assert flux.total_uncertainty() == pytest.approx(FLUX.total_uncertainty(), rel=1e-12)


# ------------------------------------------------------------------------------------------------------------ as an object


def test_flavors_of_one_shape_share_their_spectrum():
    assert len({id(c.spectrum) for c in FLUX.components}) == 3
    assert len({id(c.spectrum) for c in dsnb(spectrum=Pinched(14.0, 2.0)).components}) == 1


def test_fluxes_survive_pickle():
    for flux in (FLUX, dsnb(spectrum={"nue": Pinched(12.0, 3.0)}, rate="horiuchi-2009-lower", redshift_maximum=6.0)):
        assert pickle.loads(pickle.dumps(flux)) == flux
        assert hash(pickle.loads(pickle.dumps(flux))) == hash(flux)


def test_it_quotes_its_papers():
    assert {"Beacom2010", "Horiuchi2009"} <= set(cevns.cite(FLUX).keys)


def test_one_integral_over_redshift_serves_the_moments_of_all_temperatures(monkeypatch):
    from cevns.sources.dsnb import DiffuseSupernova, _diffuse

    integral, energies = DiffuseSupernova._integral_over_redshift, []

    def counted(self, energy):
        energies.append(energy.size)
        return integral(self, energy)

    monkeypatch.setattr(DiffuseSupernova, "_integral_over_redshift", counted)
    _diffuse.cache_clear()
    for component in dsnb().components:
        component.spectrum.moments  # noqa: B018
    assert energies == [80]  # the nodes of one Chebyshev series, for the three temperatures of six flavours


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: dsnb(rate="hopkins"), UnknownNameError, "unknown rate of core collapses 'hopkins'; known are 'horiuchi-2009'"),
        (lambda: dsnb(energy=-1.0), InputError, "energy of nue must be >= 0 erg and finite (got -1)"),
        (lambda: dsnb(energy=0.0), InputError, "energy must be > 0 erg for at least one flavor (got 0 for all)"),
        (lambda: dsnb(energy={"nux": 1.0}), UnknownNameError, "unknown flavor in energy 'nux'"),
        (lambda: dsnb(spectrum={"nux": Pinched(1.0, 1.0)}), UnknownNameError, "unknown flavor in spectrum 'nux'"),
        (lambda: dsnb(spectrum=15.0), InputError, "spectrum must be one of cevns.spectra, without lines (got 15.0)"),
        (lambda: dsnb(spectrum=cevns.spectra.Lines([1.0], [1.0])), InputError, "without lines (got Lines([1.0], [1.0]))"),
        (lambda: dsnb(redshift_maximum=0.0), InputError, "redshift_maximum must be > 0 and <= 100 (got 0)"),
        (lambda: dsnb(hubble_constant=-70.0), InputError, "hubble_constant must be > 0 km s⁻¹ Mpc⁻¹ and finite (got -70)"),
        (lambda: dsnb(matter_density=1.2), InputError, "matter_density must be >= 0 and <= 1 (got 1.2)"),
        (lambda: dsnb(uncertainty=-0.1), InputError, "uncertainty must be >= 0 and <= 1e+06 (got -0.1)"),
        (lambda: dsnb(ordering="up"), UnknownNameError, "unknown ordering 'up'"),
        (lambda: DiffuseSupernova(Pinched(1.0, 1.0), 1.25e-4), InputError, "rate must be a CoreCollapseRate (got 0.000125)"),
        (lambda: CoreCollapseRate(-1.0), InputError, "local rate of core collapses must be >= 0 Mpc⁻³ yr⁻¹"),
        (lambda: CoreCollapseRate(exponents=(1.0, 2.0, 3.0)), InputError, "exponents must be three that decrease"),
        (lambda: CoreCollapseRate(exponents=(2.0, 1.0)), InputError, "exponents must be three that decrease (got (2.0, 1.0))"),
        (lambda: CoreCollapseRate(redshifts=(4.0, 1.0)), InputError, "redshifts must be two that increase (got (4.0, 1.0))"),
        (lambda: CoreCollapseRate(smoothing=10.0), InputError, "smoothing must be >= -100 and <= -1 (got 10)"),
        (lambda: CoreCollapseRate()(-0.5), InputError, "redshift must be >= 0 and finite (got -0.5)"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named_with_value_and_range(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
