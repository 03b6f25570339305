"""How well reactor antineutrinos are known: published errors as nuisance parameters of a flux."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

import cevns
from cevns import InputError, UnknownNameError
from cevns.sources import FissionSpectrum, reactor
from cevns.sources.fission_uncertainties import changes

DATA = Path(__file__).parents[3] / "shared" / "data"
HUBER = [("235U", "U235"), ("239Pu", "Pu239"), ("241Pu", "Pu241")]
POINTS = np.arange(2.0, 8.01, 0.25)


def published(name):
    if not (DATA / name).exists():
        pytest.skip(f"needs the published table {name}, which is not part of cevns")
    return np.genfromtxt(DATA / name, delimiter=",", comments="#", skip_header=3)


def relative(spectrum, kind):
    """Relative change of a spectrum at the published energies."""
    (table,) = (table for name, table in changes(spectrum) if name.endswith(kind))
    return table.density(POINTS) / spectrum.density(POINTS)


def independent(spectrum):
    tables = [table for name, table in changes(spectrum) if " at " in name]
    return np.sqrt(sum(table.density(POINTS) ** 2 for table in tables)) / spectrum.density(POINTS)


@pytest.mark.parametrize(("isotope", "name"), HUBER)
def test_errors_of_huber_are_those_of_his_table(isotope, name):
    # kept to 0.001 %
    table, spectrum = published(f"reactor_huber2011_{name}.csv"), FissionSpectrum(isotope)
    np.testing.assert_allclose(relative(spectrum, "normalization"), table[:, 11], atol=6e-6)
    np.testing.assert_allclose(independent(spectrum), np.hypot(table[:, 3], table[:, 5]), atol=8e-6)
    np.testing.assert_allclose(relative(spectrum, "nuclear charge"), table[:, 6] + table[:, 7], atol=6e-6)


@pytest.mark.parametrize(("isotope", "name"), HUBER)
def test_weak_magnetism_is_half_of_what_its_two_sides_differ_by_with_a_sign(isotope, name):
    # the table has the smaller and the larger of the sides, which change places below 2.5 MeV; above, that is up − down
    table, ours = published(f"reactor_huber2011_{name}.csv"), relative(FissionSpectrum(isotope), "weak magnetism")
    np.testing.assert_allclose(ours[2:], (table[2:, 9] - table[2:, 8]) / 2, atol=6e-6)
    assert ours[0] < 0 < ours[2]
    np.testing.assert_allclose(np.diff(ours, 2), 0.0, atol=2.1e-5)  # a straight line, rounded
    assert abs(ours[0]) < max(-table[0, 8], table[0, 9])


@pytest.mark.parametrize(("isotope", "name"), HUBER)
def test_all_errors_of_huber_together_are_his_total(isotope, name):
    # within 7 % of the mean of its two sides: the error of the nuclear charge has one side in his tables and two here
    table, spectrum = published(f"reactor_huber2011_{name}.csv"), FissionSpectrum(isotope)
    total = np.sqrt(sum(t.density(POINTS) ** 2 for _, t in changes(spectrum))) / spectrum.density(POINTS)
    np.testing.assert_allclose(total, (table[:, 13] - table[:, 12]) / 2, rtol=0.07)
    np.testing.assert_allclose(total[:12], (table[:12, 13] - table[:12, 12]) / 2, rtol=0.012)


@pytest.mark.parametrize(
    ("isotope", "energy", "total"),
    # of the tables of Mueller et al., in per cent, with one decimal
    [("235U", 2.0, 2.1), ("235U", 5.5, 3.8), ("235U", 8.0, 4.7), ("239Pu", 2.0, 2.3), ("239Pu", 7.0, 7.1), ("241Pu", 8.0, 7.0)],
)
def test_all_errors_of_mueller_together_are_their_total(isotope, energy, total):
    spectrum = FissionSpectrum(isotope, "mueller")
    E = np.array([energy])
    ours = math.sqrt(sum(t.density(E)[0] ** 2 for _, t in changes(spectrum))) / spectrum.density(E)[0]
    assert 100 * ours == pytest.approx(total, abs=0.06)


def test_what_is_missing_of_238U_is_10_to_20_per_cent():  # noqa: N802
    # the abstract of Mueller et al.: "10 to 20 %"
    missing = relative(FissionSpectrum("238U"), "missing data")
    assert (missing.min(), missing.max()) == pytest.approx((0.10, 0.20))
    assert np.all(np.diff(missing) > -1e-12)


def test_there_are_no_published_errors_below_2_MeV_nor_of_vogel_and_engel():  # noqa: N802
    covariance = reactor(power=1.0, distance=10.0, energies_per_fission=dict.fromkeys(FUEL, 205.0)).covariance([0.1, 1.0, 1.99])
    np.testing.assert_array_equal(covariance, 0.0)
    flux = reactor(power=1.0, distance=10.0, model="vogel-engel")
    assert {u.name for u in flux.uncertainties} == {f"energy per fission of {isotope}" for isotope in FUEL}


FUEL = {"235U": 0.55, "238U": 0.07, "239Pu": 0.32, "241Pu": 0.06}


def test_power_reactor_above_2_MeV_is_known_to_2_per_cent():  # noqa: N802
    flux = reactor(power=1.0, distance=10.0)
    bins = [2.0, 12.0]
    assert math.sqrt(flux.covariance(bins)[0, 0]) / flux.binned(bins)[0] == pytest.approx(0.020, abs=0.0005)


def test_covariance_is_the_sum_over_isotopes_written_out():
    # Σ_kinds v vᵀ with v = Σ_i f_i S_i r_i for what isotopes share, against plain arrays at the published points
    flux = reactor(power=1.0, distance=10.0)
    scale = {c.name: c.scale for c in flux.components}
    E = POINTS
    shared, alone = {}, np.zeros((E.size, E.size))
    for isotope in FUEL:
        for name, table in changes(FissionSpectrum(isotope)):
            shared.setdefault(name, np.zeros(E.size))
            shared[name] += scale[isotope] * table.density(E)
    expected = sum(np.outer(v, v) for v in shared.values())
    got = np.zeros_like(alone)
    for u in flux.uncertainties:
        if not u.name.startswith("energy"):
            v = sum(p.scale * p.spectrum.density(E) for p in u.parts)
            got += np.outer(v, v)
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    # statistics of neighbouring energies and of two isotopes have nothing in common, normalization everything
    names = [u.name for u in flux.uncertainties]
    assert sum(" at " in name for name in names) == 75
    assert len(next(u for u in flux.uncertainties if u.name == "fission normalization").parts) == 3


def test_energies_per_fission_change_all_of_the_flux_alike():
    flux = reactor(power=1.0, distance=10.0, fission_fractions={"235U": 1.0}, captures=False, model="vogel-engel")
    assert flux.total_uncertainty() / flux.total() == pytest.approx(0.26 / 202.36, rel=1e-12)
    mixed = reactor(power=1.0, distance=10.0, model="vogel-engel", energies_per_fission="kopeikin-2004")
    errors = {"235U": 0.46, "238U": 0.96, "239Pu": 0.60, "241Pu": 0.65}
    energies = {"235U": 201.92, "238U": 205.52, "239Pu": 209.99, "241Pu": 213.60}
    mean = sum(f * energies[i] for i, f in FUEL.items())
    expected = math.sqrt(sum((f * errors[i] / mean) ** 2 for i, f in FUEL.items()))
    assert mixed.total_uncertainty() / mixed.total() == pytest.approx(expected, rel=1e-9)


def test_two_reactors_with_the_same_spectra_are_uncertain_together():
    one, other = reactor(power=1.0, distance=10.0), reactor(power=2.0, distance=30.0)
    assert (one + other).total_uncertainty() == pytest.approx(one.total_uncertainty() + other.total_uncertainty(), rel=1e-12)


@pytest.mark.parametrize("end", [2.1, 5.1, 7.99])
def test_errors_end_where_the_spectrum_is_cut(end):
    flux = reactor(power=1.0, distance=10.0, end=end, non_equilibrium="450 d")
    assert all(part.spectrum.breaks[-1] <= end for u in flux.uncertainties for part in u.parts)
    assert 0 < flux.total_uncertainty() < reactor(power=1.0, distance=10.0, non_equilibrium="450 d").total_uncertainty()


def test_a_flux_can_go_without():
    flux = reactor(power=1.0, distance=10.0, uncertainties=False)
    assert flux.uncertainties == ()
    assert flux.components == reactor(power=1.0, distance=10.0).components


# ---- long-lived fragments ------------------------------------------------------------------------------------------------


def test_long_lived_fragments_add_what_mueller_et_al_publish():
    flux = reactor(power=1.0, distance=10.0, non_equilibrium="450 d")
    for isotope, percent in {"235U": (5.7, 4.4, 1.5, 0.7, 0.1), "239Pu": (2.1, 1.7, 0.5), "241Pu": (1.9, 1.5, 0.5)}.items():
        E = np.arange(2.0, 2.0 + 0.5 * len(percent), 0.5)
        more = flux.select(name=f"{isotope} non-equilibrium").spectrum(E)
        np.testing.assert_allclose(100 * more / flux.select(name=isotope).spectrum(E), percent, rtol=1e-9)
    plain = reactor(power=1.0, distance=10.0)
    assert flux.spectrum(1.99) == plain.spectrum(1.99)
    assert flux.spectrum(4.5) == plain.spectrum(4.5)
    assert "238U non-equilibrium" not in {c.name for c in flux.components}


def test_long_lived_fragments_are_half_a_per_cent_of_inverse_beta_decays():
    # Mueller et al. and Daya Bay: 0.6 % of the rate
    E = np.linspace(1.806, 12, 20001)
    positron = E - 1.29333
    sigma = positron * np.sqrt(np.maximum(positron**2 - 0.511**2, 0))
    with_it, without = (
        trapezoid(sigma * reactor(power=1.0, distance=10.0, non_equilibrium=n).spectrum(E), E) for n in ("450 d", None)
    )
    assert 0.004 < with_it / without - 1 < 0.007


def test_long_lived_fragments_are_known_to_30_per_cent():
    flux = reactor(power=1.0, distance=10.0, non_equilibrium="450 d")
    (uncertainty,) = (u for u in flux.uncertainties if u.name == "fission non-equilibrium")
    change = sum(p.scale * p.spectrum.total for p in uncertainty.parts)
    more = flux.total() - reactor(power=1.0, distance=10.0).total()
    assert change == pytest.approx(0.3 * more, rel=1e-6)  # a difference of 0.3 % of the terms


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"uncertainties": 0.02}, InputError, r"uncertainties must be True or False \(got 0.02\)"),
        ({"non_equilibrium": True}, UnknownNameError, r"unknown irradiation for non_equilibrium True; known are '450 d'"),
        ({"non_equilibrium": "36 h"}, UnknownNameError, r"unknown irradiation for non_equilibrium '36 h'; known are '450 d'"),
        (
            {"non_equilibrium": "450 d", "model": "vogel-engel"},
            InputError,
            "non_equilibrium corrects the spectra of huber-mueller and mueller only",
        ),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        reactor(**{"power": 1.0, "distance": 10.0, **arguments})


def test_the_flux_with_its_uncertainties_survives_pickle():
    import pickle

    flux = reactor(power=1.0, distance=10.0, fission_fractions={"239Pu": 1.0}, captures=False, non_equilibrium="450 d")
    assert pickle.loads(pickle.dumps(flux)) == flux


def test_rate_on_germanium_is_known_to_3_per_cent_where_only_the_fits_contribute():
    # recoils of 0.2 keV and more need 2.6 MeV: v of the rate against that of the spectrum folded with the cross section
    flux = reactor(power=3.6, distance=20.7)
    rate, variance = cevns.rate(flux, "Ge", threshold=0.2, covariance=True)
    assert math.sqrt(variance) / rate == pytest.approx(0.027, abs=0.001)
    target = cevns.Nuclide("74Ge")
    E = np.linspace(2.0, 12.0, 4001)
    sigma = cevns.cross_section(E, target, threshold=0.2)
    weights = [trapezoid(sigma * sum(p.scale * p.spectrum.density(E) for p in u.parts), E) for u in flux.uncertainties]
    # 1e-4: the trapezoidal rule over the corners of the tables
    expected = np.sum(np.square(weights)) / trapezoid(sigma * flux.spectrum(E), E) ** 2
    rate, variance = cevns.rate(flux, target, threshold=0.2, covariance=True)
    assert variance / rate**2 == pytest.approx(expected, rel=1e-4)
