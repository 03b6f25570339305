"""Pion decay at rest: the spectra, what a beam makes of them, and the facilities."""

import csv
import math
import pickle
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import InputError, constants
from cevns.fluxes.pulses import GaussianPulse, RectangularPulse
from cevns.fluxes.timing import Timing
from cevns.reference import spectra as reference
from cevns.sources import (
    ccm,
    csns,
    ess,
    facilities,
    jsns2,
    neutrino_yield,
    pion_decay_at_rest,
    pion_flight_spectrum,
    protons_on_target,
    sns,
)

DATA = Path(__file__).parents[3] / "shared" / "data"
FACILITIES = (sns, ess, ccm, csns, jsns2)
ONE = pion_decay_at_rest(protons=1.0, yield_per_proton=1.0, distance=0.01 / math.sqrt(4 * math.pi))  # one of each per cm²


# ------------------------------------------------------------------------------------------------------------- the spectra


def test_line_and_end_point_follow_from_the_masses():
    # both are exact functions of the masses; the figures were computed independently to 14 digits
    ((energy, weight),) = ONE.lines("numu")
    assert energy == pytest.approx(29.792140909877, rel=1e-12)
    assert weight == pytest.approx(1.0, rel=1e-14)
    assert ONE.select(name="delayed").breaks[-1] == pytest.approx(52.82918775, rel=1e-12)


@pytest.mark.parametrize("flavor", ["numu", "numubar", "nue"])
def test_each_flavor_is_made_once_per_pion(flavor):
    assert ONE.total(flavor) == pytest.approx(1.0, rel=1e-12)


def test_components_are_one_prompt_line_and_two_delayed_spectra():
    assert [(c.name, c.flavor) for c in ONE.components] == [("prompt", "numu"), ("delayed", "numubar"), ("delayed", "nue")]
    assert ONE.spectrum(np.linspace(0, 60, 100), "numu").max() == 0.0
    assert ONE.lines("nue") == ONE.lines("numubar") == []


@pytest.mark.parametrize(
    ("flavor", "coefficients"), [("nue", (3 / 10, 1 / 10, 4, 24)), ("numubar", (7 / 20, 2 / 15, 10 / 3, 16))]
)
def test_mean_energies_and_inverse_moments_are_those_of_the_closed_forms(flavor, coefficients):
    # ⟨E⟩, ⟨E²⟩, ⟨1/E⟩, ⟨1/E²⟩ in powers of the muon's mass
    m = constants.MUON_MASS
    first, second, inverse, inverse_square = coefficients
    assert ONE.mean_energy(flavor) == pytest.approx(first * m, rel=1e-13)
    nodes, weights = np.polynomial.legendre.leggauss(10)  # exact: the densities are E² times a polynomial
    E = m / 4 * (1 + nodes)
    density = m / 4 * weights * ONE.spectrum(E, flavor)
    assert density @ E**2 == pytest.approx(second * m**2, rel=1e-12)
    assert density @ E**-1 == pytest.approx(inverse / m, rel=1e-12)
    assert density @ E**-2 == pytest.approx(inverse_square / m**2, rel=1e-12)


@pytest.mark.parametrize(("flavor", "component"), reference.pion_decay_at_rest().items())
def test_spectra_and_moments_agree_with_the_reference(flavor, component):
    if component.density is not None:
        E = np.linspace(0, 60, 1201)
        # the forms differ in rounding, which at 1 − x → 0 is 1e-16 of the largest value
        np.testing.assert_allclose(ONE.spectrum(E, flavor), component.density(E), rtol=1e-12, atol=1e-16)
    x = np.array([1e-3, 0.1, 1.0, 10.0, 29.0, 30.0, 45.0, 52.0, 53.0])
    moments = ONE.moments(x, flavor)
    for k in range(3):
        expected = [reference.integral(component, lambda E, k=k: E ** float(-k), lower) for lower in x]
        # the promised accuracy: 1e-12 of Φ₀/x^k
        assert np.all(np.abs(moments[k] - expected) <= 1e-12 * np.maximum(ONE.moments(x, flavor)[0], 1e-30) / x**k)


@pytest.mark.parametrize(
    ("flavor", "expected"),
    [
        ("nue", (0.8451688995, 0.5356024732, 0.2055086376, 0.0209695244)),
        ("numubar", (0.8897411729, 0.6431067113, 0.3244479520, 0.0654473632)),
    ],
)
def test_combination_of_moments_in_the_rate_has_its_published_values(flavor, expected):
    # Φ₀ − TΦ₁ − (MT/2)Φ₂ on ⁴⁰Ar at 5, 20, 50, 100 keV, for a nuclear mass of 39.962383 u less 18 electrons; given to 1e-10
    mass = 39.962383 * 931.49410242 - 18 * 0.51099895
    T = np.array([5.0, 20.0, 50.0, 100.0]) * 1e-3
    phi0, phi1, phi2 = ONE.moments((T + np.sqrt(T * (T + 2 * mass))) / 2, flavor)
    np.testing.assert_allclose(phi0 - T * phi1 - mass * T / 2 * phi2, expected, rtol=0, atol=2e-10)


# ---------------------------------------------------------------------------------------------------------------- the beam


@pytest.mark.parametrize(("energy", "protons"), [(0.94, 2.3904e22), (0.984, 2.2835e22), (1.0, 2.2469e22), (1.3, 1.7284e22)])
def test_protons_in_a_gigawatt_hour(energy, protons):
    assert protons_on_target(1.0, energy) == pytest.approx(protons, rel=3e-5)  # five digits are given
    assert protons_on_target(6.12, energy) == pytest.approx(6.12 * protons_on_target(1.0, energy), rel=1e-15)


@pytest.mark.parametrize(("energy", "produced"), [(0.94, 0.0818), (0.983, 0.0878), (1.0, 0.0900)])
def test_yield_on_mercury_is_a_third_of_the_published_fit(energy, produced):
    assert neutrino_yield(energy) == pytest.approx(produced, abs=6e-5)  # four decimals are given


def test_yield_on_mercury_grows_with_the_proton_energy_over_its_range():
    assert np.all(np.diff([neutrino_yield(E) for E in np.linspace(0.8, 1.4, 50)]) > 0)


def test_flux_of_the_sns_at_20_m_is_15_million_per_flavor():
    flux = sns(distance=20.0)
    for flavor in ("nue", "numubar", "numu"):
        assert flux.total(flavor) == pytest.approx(1.5e7, rel=0.01)  # two digits are given


def test_ess_makes_8_4e22_neutrinos_of_each_flavor_in_5000_hours():
    produced = ess(distance=1.0).total("nue") * 4 * math.pi * 1e4 * 5000 * 3600
    assert produced == pytest.approx(8.43e22, rel=5e-4)  # three digits are given; published as 8.5e22


def test_jsns2_has_the_flux_that_was_measured():
    # arXiv:2412.18509: (6.7 ± 1.6 ± 1.7)e-9 per cm² and proton at 24 m
    assert jsns2(protons=1.0).total("nue") == pytest.approx(6.7e-9, abs=0.1e-9)


def test_flux_falls_with_the_square_of_the_distance_and_grows_with_the_power():
    near, far = sns(distance=10.0), sns(distance=30.0)
    assert near.total() == pytest.approx(9 * far.total(), rel=1e-14)
    assert sns(power=2.8).total() == pytest.approx(2 * sns(power=1.4).total(), rel=1e-15)


def test_a_run_of_protons_is_the_beam_times_its_time():
    beam = sns(power=1.4)
    run = sns(protons=1.4e6 * 1000 / (0.984e9 * constants.ELEMENTARY_CHARGE))  # of 1000 s
    assert (beam.per, run.per) == ("s", "burst")
    assert run.total() == pytest.approx(1000 * beam.total(), rel=1e-14)


def test_run_of_coherent_csi_2021_gives_its_events_per_kg():
    # A burst gives events per kg: 3.198e23 protons at 19.3 m, r = 0.0848. An atom of CsI has 187.35e-40 cm² at tree level with
    # the Helm form factor, averaged over Cs, I and the three flavours. Five digits are given.
    run = sns(protons=3.198e23)
    atoms = 2 * 1000 * constants.AVOGADRO / cevns.Target("CsI").molar_mass
    assert cevns.rate(run, "CsI") == pytest.approx(atoms * 187.35e-40 * run.total(), rel=1e-4)


def test_yield_by_default_is_that_of_mercury():
    flux = pion_decay_at_rest(power=2.0, proton_energy=1.3, distance=20.0)
    own = pion_decay_at_rest(power=2.0, proton_energy=1.3, distance=20.0, yield_per_proton=neutrino_yield(1.3))
    assert flux.components == own.components


def test_sns_takes_its_own_yield_at_its_own_energy_and_the_fit_elsewhere():
    one = 4 * math.pi * 1930.0**2
    assert sns(protons=one).total("nue") == pytest.approx(0.0848, rel=1e-14)
    assert sns(protons=one, proton_energy=1.3).total("nue") == pytest.approx(neutrino_yield(1.3), rel=1e-14)
    assert sns(protons=one, yield_per_proton=0.09).total("nue") == pytest.approx(0.09, rel=1e-14)


def test_the_bunches_of_jsns2_start_half_a_turn_of_their_ring_apart():
    # 348.3 m at 3 GeV of kinetic energy: γ = 1 + 3/0.93827; at the speed of light 581 ns, so that 540 ns is no turn
    gamma = 1 + 3.0 / 0.93827209
    half_turn = 348.3 / 2 / (np.sqrt(1 - gamma**-2) * 299.792458)  # μs
    (pulse,) = (facility.pulse for facility in facilities.FACILITIES if facility.name == "jsns2")
    first, second = pulse.pulses
    assert second.start - first.start == pytest.approx(half_turn, abs=0.003)
    assert 348.3 / 2 / 299.792458 > 0.58


@pytest.mark.parametrize("facility", FACILITIES)
def test_every_parameter_of_a_facility_is_open(facility):
    given = {
        "power": 3.0,
        "proton_energy": 1.1,
        "distance": 7.0,
        "yield_per_proton": 0.2,
        "uncertainty": 0.07,
        "pulse": GaussianPulse(0.7, 0.2),
        "decay_in_flight": 0.02,
        "flight_spectrum": pion_flight_spectrum([100.0, 200.0]),
    }
    assert facility(**given) == pion_decay_at_rest(**given)


def test_facilities_have_the_figures_of_the_table():
    path = DATA / "facilities_pidar.csv"
    if not path.exists():
        pytest.skip(f"{path} is not at hand")
    with open(path, newline="", encoding="utf-8") as file:
        rows = {row["site"]: row for row in csv.DictReader(line for line in file if not line.startswith("#"))}
    # JSNS² has measured three times the yield of the table; Lujan is quoted with 0.08 to 0.1 MW
    for site, facility, power in [
        ("SNS_FTS_2021", sns, None),
        ("ESS", ess, None),
        ("CSNS", csns, None),
        ("LANSCE_Lujan", ccm, 0.08),
    ]:
        row = rows[site]
        expected = pion_decay_at_rest(
            power=float(row["power_MW"]),
            proton_energy=float(row["Ep_GeV"]),
            yield_per_proton=float(row["r_nu_flavour_per_POT"]),
            distance=20.0,
        )
        assert facility(distance=20.0, power=power).total() == pytest.approx(expected.total(), rel=1e-12)


def test_csns_is_weaker_than_coherent_as_its_proposal_says():
    # arXiv:2303.13423: 60 % weaker than COHERENT, whose yield then was 0.09 at 1 GeV
    coherent = sns(proton_energy=1.0, yield_per_proton=0.09)
    assert csns().total("nue") / coherent.total("nue") == pytest.approx(0.40, abs=0.005)


# --------------------------------------------------------------------------------------------------------------- in time


def test_prompt_neutrinos_wait_for_the_pion_and_delayed_ones_for_the_muon_too():
    prompt, numubar, nue = pion_decay_at_rest(
        protons=1.0, yield_per_proton=1.0, distance=1.0, pulse=GaussianPulse(0.0, 0.1)
    ).components
    assert prompt.timing.mean == pytest.approx(0.026033, rel=1e-12)
    assert nue.timing.mean == pytest.approx(0.026033 + 2.1969811, rel=1e-12)
    assert numubar.timing is nue.timing
    assert prompt.timing.pulse == nue.timing.pulse == GaussianPulse(0.0, 0.1)


def test_without_a_pulse_there_is_no_time():
    assert all(component.timing is None for component in ONE.components)
    assert all(component.timing is None for component in sns(pulse=None).components)


@pytest.mark.parametrize(
    ("facility", "mean", "length"),
    [(sns, 0.44, 0.6), (ess, 1430.0, 2860.0), (ccm, 0.145, 0.29), (csns, 0.25, 0.5), (jsns2, 0.35, 0.7)],
)
def test_pulses_of_the_facilities(facility, mean, length):
    pulse = facility().components[0].timing.pulse
    assert pulse.mean_time == pytest.approx(mean, rel=1e-12)
    # all protons within the length of the pulse, ± 2 σ of a Gaussian
    part = Timing(pulse).fraction(mean - length / 2, mean + length / 2)
    assert part == pytest.approx(math.erf(math.sqrt(2)) if facility is sns else 1.0, rel=1e-12)


def test_sns_separates_flavors_in_time():
    # within 1 μs of the protons' time: nearly all ν_μ, and a quarter of the others, from the weights of its Gaussian pulse
    flux = sns()
    early = {c.flavor: c.timing.fraction(-np.inf, 1.0) for c in flux.components}
    assert early["numu"] > 0.999
    # 1 − e^(−(1 − 0.44)/τ) for an instant at the mean time, and the same averaged over the pulse
    assert early["nue"] == early["numubar"] == pytest.approx(-math.expm1(-(1 - 0.44 - 0.026) / 2.197), abs=0.005)


# --------------------------------------------------------------------------------------------------------------- in flight


def test_a_pion_in_flight_gives_every_energy_of_its_boost_alike():
    p, m = 200.0, constants.PION_MASS
    gamma, beta_gamma = math.hypot(p, m) / m, p / m
    line = (m**2 - constants.MUON_MASS**2) / (2 * m)
    spectrum = pion_flight_spectrum(p)
    low, high = spectrum.energy
    assert (low, high) == pytest.approx((line * (gamma - beta_gamma), line * (gamma + beta_gamma)), rel=1e-12)
    assert spectrum.total == pytest.approx(1.0, rel=1e-14)
    assert spectrum.energy_sum == pytest.approx(line * gamma, rel=1e-13)


def test_boosted_decays_have_that_spectrum():
    # the same by throwing directions: E = E₀ (γ + βγ cos θ*), evenly in cos θ*
    p, m = 150.0, constants.PION_MASS
    line = (m**2 - constants.MUON_MASS**2) / (2 * m)
    cosine = (np.arange(200_000) + 0.5) / 100_000 - 1
    energies = line * (math.hypot(p, m) + p * cosine) / m
    counts, edges = np.histogram(energies, bins=20)
    middle = (edges[1:] + edges[:-1]) / 2
    np.testing.assert_allclose(counts / 200_000 / np.diff(edges), pion_flight_spectrum(p).density(middle), rtol=2e-3)


def test_a_slow_pion_gives_the_line():
    spectrum = pion_flight_spectrum(1e-3)
    assert spectrum.energy_sum == pytest.approx(29.792140909877, rel=1e-9)
    assert spectrum.energy[-1] - spectrum.energy[0] < 1e-3


def test_pions_of_several_momenta_are_weighted():
    mixed = pion_flight_spectrum([100.0, 250.0], [3.0, 1.0])
    E = np.array([5.0, 12.0, 20.0, 40.0, 65.0, 100.0, 130.0])
    expected = 0.75 * pion_flight_spectrum(100.0).density(E) + 0.25 * pion_flight_spectrum(250.0).density(E)
    np.testing.assert_allclose(mixed.density(E), expected, rtol=1e-13)
    assert mixed.total == pytest.approx(1.0, rel=1e-14)


def test_decay_in_flight_takes_from_the_line_alone():
    rest, flight = sns(), sns(decay_in_flight=0.01)
    assert flight.total("numu") == pytest.approx(rest.total("numu"), rel=1e-14)
    assert flight.lines("numu")[0][1] == pytest.approx(0.99 * rest.lines("numu")[0][1], rel=1e-14)
    for flavor in ("nue", "numubar"):
        assert flight.select(flavor=flavor) == rest.select(flavor=flavor)
    (part,) = flight.select(name="decay in flight").components
    assert part.flavor == "numu"
    assert part.spectrum == pion_flight_spectrum(200.0)
    assert part.timing == Timing(rest.components[0].timing.pulse)  # a pion stops within a nanosecond


@pytest.mark.parametrize(("target", "change"), [("CsI", 0.0023), ("Ar", 0.0037)])
def test_one_percent_in_flight_changes_rates_as_stated(target, change):
    assert cevns.rate(sns(decay_in_flight=0.01), target) / cevns.rate(sns(), target) - 1 == pytest.approx(change, abs=5e-5)


def test_a_spectrum_in_flight_of_ones_own_is_taken():
    own = cevns.spectra.Table([10.0, 20.0], [0.1, 0.1])
    flux = sns(decay_in_flight=0.5, flight_spectrum=own)
    assert flux.select(name="decay in flight").components[0].spectrum is own


# ------------------------------------------------------------------------------------------------------------- uncertainty

YIELD = "pion decay at rest: neutrinos per proton"


@pytest.mark.parametrize(("facility", "relative"), [(sns, 0.10), (ess, 0.0), (ccm, 0.0), (csns, 0.0), (jsns2, 0.35)])
def test_yields_are_uncertain_as_published(facility, relative):
    flux = facility()
    assert [u.name for u in flux.uncertainties] == ([YIELD] if relative else [])
    assert flux.total_uncertainty() == pytest.approx(relative * flux.total(), rel=1e-12)


def test_the_uncertainty_of_jsns2_is_that_of_its_measurement():
    assert math.hypot(1.6, 1.7) / 6.7 == pytest.approx(0.35, abs=0.002)


def test_the_yield_of_mercury_is_uncertain_and_one_of_ones_own_is_not():
    given = {"power": 1.0, "proton_energy": 1.0, "distance": 20.0}
    assert pion_decay_at_rest(**given).uncertainties[0].name == YIELD
    assert pion_decay_at_rest(**given, yield_per_proton=0.09).uncertainties == ()
    assert pion_decay_at_rest(**given, uncertainty=0.0).uncertainties == ()


def test_two_runs_at_one_source_are_uncertain_together():
    near, far = sns(distance=19.3), sns(distance=27.5)
    assert (near + far).total_uncertainty() == pytest.approx(0.1 * (near + far).total(), rel=1e-12)


# ---------------------------------------------------------------------------------------------------------- as an object


@pytest.mark.parametrize("facility", FACILITIES)
def test_fluxes_survive_pickle(facility):
    flux = facility()
    assert pickle.loads(pickle.dumps(flux)) == flux
    assert hash(flux) == hash(facility())


# --------------------------------------------------------------------------------------------------------------- wrong use


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pion_decay_at_rest(distance=20.0), r"give either power \[MW\] or protons \[on target\] \(got neither\)"),
        (lambda: pion_decay_at_rest(distance=20.0, power=1.0, protons=2.0), r"\(got power=1.0 and protons=2.0\)"),
        (lambda: sns(power=1.4, protons=1e23), r"give either power"),
        (lambda: pion_decay_at_rest(distance=20.0, power=1.0), r"give yield_per_proton, or proton_energy .*\(got neither\)"),
        (lambda: pion_decay_at_rest(distance=20.0, power=1.0, yield_per_proton=0.1), r"power needs proton_energy in GeV"),
        (lambda: sns(distance=0.0), r"distance must be > 0 m and finite \(got 0\)"),
        (lambda: sns(distance=-1.0), r"distance must be > 0 m"),
        (lambda: sns(distance=math.nan), r"distance must be > 0 m and finite \(got nan\)"),
        (lambda: sns(power=-1.4), r"power must be >= 0 MW and finite \(got -1.4\)"),
        (lambda: sns(protons=-1.0), r"protons must be >= 0"),
        (lambda: sns(yield_per_proton=-0.1), r"yield_per_proton must be >= 0"),
        (lambda: sns(proton_energy=0.0), r"proton_energy must be > 0 GeV"),
        (lambda: sns(proton_energy=3.0), r"proton_energy must be >= 0.8 and <= 1.4 GeV \(got 3\)"),
        (lambda: neutrino_yield(0.5), r"proton_energy must be >= 0.8 and <= 1.4 GeV"),
        (
            lambda: ess(proton_energy=2.5),
            r"yield_per_proton must be given for a proton_energy other than ess's 2 GeV \(got 2.5\)",
        ),
        (lambda: ccm(proton_energy=1.0), r"other than ccm's 0.8 GeV"),
        (lambda: jsns2(proton_energy=1.0), r"other than jsns2's 3 GeV"),
        (lambda: protons_on_target(-1.0, 1.0), r"beam_energy must be >= 0 GWh"),
        (lambda: protons_on_target(1.0, 0.0), r"proton_energy must be > 0 GeV"),
        (lambda: sns(uncertainty=-0.1), r"uncertainty must be >= 0 and <= 1e[+]06 \(got -0.1\)"),
        (lambda: sns(pulse="short"), r"pulse must be one of cevns.timing \(got 'short'\)"),
        (lambda: sns(pulse=Timing(RectangularPulse(0, 1))), r"pulse must be one of cevns.timing \(got Timing"),
        (lambda: sns(decay_in_flight=1.5), r"decay_in_flight must be >= 0 and <= 1 \(got 1.5\)"),
        (lambda: sns(flight_spectrum=pion_flight_spectrum(200.0)), r"flight_spectrum needs decay_in_flight > 0 \(got 0.0\)"),
        (lambda: sns(decay_in_flight=0.1, flight_spectrum=3.0), r"flight_spectrum must be one of cevns.spectra \(got 3.0\)"),
        (
            lambda: sns(decay_in_flight=0.1, flight_spectrum=cevns.spectra.Table([1.0, 2.0], [2.0, 2.0])),
            r"flight_spectrum must have a total of 1 \(got 2\)",
        ),
        (lambda: pion_flight_spectrum(0.0), r"momentum must be >= 1e-06 and <= 100000 MeV \(got 0\)"),
        (lambda: pion_flight_spectrum([100.0], [1.0, 2.0]), r"as many weights, not all 0 \(got 1 and 2\)"),
        (lambda: pion_flight_spectrum([100.0], [0.0]), r"as many weights, not all 0"),
        (lambda: csns(proton_energy=1.0), r"other than csns's 1.6 GeV"),
        (lambda: sns(distance="near"), r"distance must be a real number \(got 'near'\)"),
    ],
)
def test_wrong_arguments_are_named_with_value_and_range(call, message):
    with pytest.raises(InputError, match=message):
        call()


@pytest.mark.parametrize("unit", [1e3, 1e-3], ids=["MeV", "TeV"])
def test_a_facility_takes_its_own_proton_energy_in_any_unit(unit):
    astropy = pytest.importorskip("astropy.units")
    energy = 2.0 * unit * (astropy.MeV if unit > 1 else astropy.TeV)
    assert ess(proton_energy=energy) == ess() == ess(proton_energy=2.0)
