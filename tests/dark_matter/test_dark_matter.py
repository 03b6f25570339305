"""Light dark matter: kinematics and traces, spectra of the decay chain, moments against quadrature, and what detectors count.

Accuracy: rates 1e-11 of themselves against the quadrature of `cevns.reference.dark_matter`, which shares no formula with the
library but that of the cross section; the cross section itself is compared with traces of Dirac matrices.
"""

import math
import pickle
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import InputError, UnknownNameError, UnsupportedError, constants, efficiency, spectra, timing
from cevns.constants import FERMI_CONSTANT, KEV, MEV2_CM2, NEUTRAL_PION_MASS
from cevns.dark_matter import (
    Cascade,
    DarkMatterFlux,
    DarkMatterResponse,
    Production,
    VectorPortal,
    binned_rate,
    counts,
    differential_cross_section,
    differential_rate,
    energy_min,
    mediators_per_capture,
    pion_branching_ratio,
    rate,
    recoil_energy_max,
    template,
)
from cevns.dark_matter.production import anisotropy_of
from cevns.detectors.detector import Detector
from cevns.nuclei.form_factors import KleinNystrand, Point
from cevns.reference import dark_matter as reference
from cevns.reference import dirac
from cevns.reference.spectra import Component as ReferenceComponent

CESIUM, ARGON = cevns.Nuclide("133Cs"), cevns.Nuclide("40Ar")
PULSE = timing.GaussianPulse(0.44, 0.15)
SNS = {"protons": 3.198e23, "distance": 19.3}
# χ of spin and nucleus of spin, as the portal names them
SPINS = (("scalar", "spin-0"), ("dirac", "spin-0"), ("dirac", "spin-1/2"))
# m and m_A′: light, heavy, massless; near π⁰, and near twice m
MASSES = ((25.0, 75.0), (1.0, 3.0), (10.0, 30.0), (0.0, 30.0), (5.0, 134.0), (40.0, 81.0))


def portal_of(mass=25.0, mediator_mass=75.0, **options):
    return VectorPortal(**{"mass": mass, "mediator_mass": mediator_mass, "kinetic_mixing": 1e-4, "alpha_D": 0.5} | options)


def sns(mass=25.0, mediator_mass=75.0, **options):
    return DarkMatterFlux.from_pion_decay_at_rest(
        **{"mass": mass, "mediator_mass": mediator_mass, "kinetic_mixing": 1e-4, "decay": "isotropic"} | SNS | options
    )


def reference_components(flux):
    """The flux for the reference: its spectra in flight by quadrature over the mediator's energy."""
    parts = []
    for part in flux.productions:
        scale, spectrum = flux.kinetic_mixing**2 * part.scale, part.spectrum
        if spectrum.lines:
            parts.append(ReferenceComponent(lines=tuple((energy, scale * weight) for energy, weight in spectrum.lines)))
        elif isinstance(spectrum, Cascade):

            def density(E, s=spectrum, scale=scale):
                each = (
                    w * reference.cascade_density(E, s.mass, s.mediator_mass, s.parent_mass, p)
                    for p, w in zip(s.momentum, s.weights, strict=True)
                )
                return scale * sum(each)

            parts.append(ReferenceComponent(density, np.array(spectrum.edges)))
        else:
            parts.append(ReferenceComponent(lambda E, s=spectrum, k=scale: k * s.density(E), np.asarray(spectrum.energy)))
    return parts


def reference_rate(T, flux, target, portal, **options):
    return reference.differential_rate(
        T,
        reference_components(flux),
        cevns.Target(target).components,
        flux.mass,
        per=flux.per,
        mediator_mass=portal.mediator_mass,
        kinetic_mixing=portal.kinetic_mixing,
        alpha_D=portal.alpha_D,
        particle=portal.particle,
        charge=portal.charge,
        kinematics=portal.kinematics,
        **options,
    )


# ---- kinematics ----------------------------------------------------------------------------------------------------------


@given(st.floats(0.0, 200.0), st.floats(1e-3, 500.0), st.sampled_from(["1H", "40Ar", "133Cs"]))
def test_smallest_energy_and_largest_recoil_are_inverse(mass, more, name):
    nuclide = cevns.Nuclide(name)
    T = recoil_energy_max(mass + more, mass, nuclide)
    assert energy_min(T, mass, nuclide) == pytest.approx(mass + more, rel=1e-12)


def test_massless_dark_matter_has_the_kinematics_of_neutrinos():
    T, E = np.geomspace(1e-3, 1e3, 20), np.geomspace(0.1, 300.0, 20)
    np.testing.assert_allclose(energy_min(T, 0.0, CESIUM), cevns.neutrino_energy_min(T, CESIUM), rtol=1e-14)
    np.testing.assert_allclose(recoil_energy_max(E, 0.0, CESIUM), cevns.recoil_energy_max(E, CESIUM), rtol=1e-14)


def test_at_the_largest_recoil_momentum_is_conserved_along_a_line():
    # backward scattering: p = P′ − p′
    E, m, M = 80.0, 25.0, CESIUM.mass
    T = KEV * recoil_energy_max(E, m, CESIUM)
    momentum, recoil, after = math.sqrt(E**2 - m**2), math.sqrt(T * (T + 2 * M)), math.sqrt((E - T) ** 2 - m**2)
    assert momentum == pytest.approx(recoil - after, rel=1e-12)


# ---- cross section -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("particle", "kinematics"), SPINS)
@pytest.mark.parametrize("mass", [0.0, 1.0, 25.0, 60.0])
def test_cross_section_is_the_trace_of_its_vertices(mass, particle, kinematics):
    for nuclide in (cevns.Nuclide("1H"), ARGON):
        portal = portal_of(mass, form_factor=Point(), particle=particle, kinematics=kinematics)
        for E in (61.0, 90.0, 200.0):
            T = np.array([1e-3, 0.3, 0.99]) * recoil_energy_max(E, mass, nuclide)
            e2, gD2 = 4 * math.pi * constants.FINE_STRUCTURE, 4 * math.pi * portal.alpha_D
            c2 = (
                portal.kinetic_mixing**2 * e2 * gD2 * nuclide.Z**2 / (2 * nuclide.mass * KEV * T + portal.mediator_mass**2) ** 2
            )
            spin = 0.5 if kinematics == "spin-1/2" else 0
            traces = [dirac.dark_matter_cross_section(KEV * t, E, nuclide.mass, mass, particle, spin) for t in T]
            # 4 × 4 products of momenta near M cancel to m²: 1e-9
            np.testing.assert_allclose(
                differential_cross_section(T, E, nuclide, portal), MEV2_CM2 * KEV * c2 * traces, rtol=1e-8
            )


def test_no_recoil_above_the_largest():
    end = recoil_energy_max(80.0, 25.0, CESIUM)
    below, above = differential_cross_section([0.999999 * end, 1.000001 * end], 80.0, CESIUM, portal_of())
    assert below > 0
    assert above == 0


def test_massless_dirac_particle_scatters_like_a_neutrino_with_a_vector_mediator():
    # Q (1 − T/E − MT/2E²)^½ G_F √2 ↔ ε e g_D Z/(2MT + m_A′²): g_ν g_N of a light mediator
    portal = portal_of(0.0, 3.0, particle="dirac")
    charge = cevns.StandardModel(couplings=cevns.Couplings(gvp=1.0, gvn=0.0))
    T = np.geomspace(0.01, 70.0, 9)
    D = 2 * CESIUM.mass * KEV * T + 3.0**2
    couplings = 2 * math.pi * portal.strength  # (ε e g_D)²
    expected = cevns.differential_cross_section(T, 80.0, CESIUM, charge) * couplings / (2 * FERMI_CONSTANT**2 * D**2)
    np.testing.assert_allclose(differential_cross_section(T, 80.0, CESIUM, portal), expected, rtol=1e-12)


def test_massless_dirac_particle_does_not_turn_back_and_a_scalar_does():
    # helicity: what has spin ½ and no mass cannot be scattered backward by spin 0
    end = recoil_energy_max(80.0, 0.0, CESIUM)
    dirac_, scalar = (
        differential_cross_section(end * (1 - 1e-9), 80.0, CESIUM, portal_of(0.0, particle=which))
        for which in ("dirac", "scalar")
    )
    assert 0 < dirac_ < 1e-8 * scalar


def test_spins_do_not_matter_at_small_recoil():
    values = [differential_cross_section(1e-6, 80.0, CESIUM, portal_of(particle=p, kinematics=k)) for p, k in SPINS]
    np.testing.assert_allclose(values, values[0], rtol=1e-8)


def test_baryon_number_counts_all_nucleons():
    electric, baryon = (differential_cross_section(1.0, 80.0, CESIUM, portal_of(charge=c)) for c in ("electric", "baryon"))
    assert baryon / electric == pytest.approx((133 / 55) ** 2, rel=1e-14)


def test_relic_combination():
    # the benchmark of the field, m_A′ = 3m and α_D = ½: Y = ε²/162
    combination = portal_of(30.0, 90.0, kinetic_mixing=1e-4).Y
    assert combination == pytest.approx(1e-8 / 162, rel=1e-14)


# ---- production ----------------------------------------------------------------------------------------------------------


def test_branching_ratio_is_twice_that_to_photons_for_a_light_mediator():
    # two photons, each of which may be A′; phase space and polarisations (1 − m²/M²)³
    assert pion_branching_ratio(1e-3, 1e-3) == pytest.approx(2e-6 * 0.98823, rel=1e-9)
    assert pion_branching_ratio(NEUTRAL_PION_MASS / math.sqrt(2), 1.0) == pytest.approx(2 * 0.98823 / 8, rel=1e-12)
    assert pion_branching_ratio(200.0, 1.0) == 0.0


def test_captured_pions_give_one_line_of_129_mev():
    # π⁻ p → n γ: (m_π + m_p)² − m_n² over 2(m_π + m_p) = 129.4 MeV, as in BdNMC and pyCEvNS; A′ shares it with two χ
    flux = sns(1e-3, 0.01, pi0_per_proton=0.0, capture_photons_per_proton=1.0)
    assert 2 * flux.mean_energy() == pytest.approx(129.41, abs=0.005)


def test_the_heaviest_mediator_of_a_capture_stands_still():
    flux = sns(25.0, 138.27, pi0_per_proton=0.0, capture_photons_per_proton=1.0)
    assert 2 * flux.mean_energy() == pytest.approx(138.28, abs=0.01)
    assert mediators_per_capture(138.3, 1.0) == 0.0


def test_a_mediator_at_rest_has_three_polarisations_where_a_photon_has_two():
    # near the end of phase space p = √(2μ(Δ − m_A′)); 5 % is the mass of the nucleons, infinite in the matrix element alone
    available = constants.PION_MASS + constants.PROTON_MASS - constants.NEUTRON_MASS
    m = available - 1e-3
    momentum = math.sqrt(2 * 1e-3 / (1 / m + 1 / constants.NEUTRON_MASS))
    assert mediators_per_capture(m, 1.0) / (momentum / 129.4) == pytest.approx(1.5, rel=0.05)
    assert mediators_per_capture(1e-4, 1.0) == pytest.approx(1.0, rel=1e-9)


def test_each_pion_gives_two_particles_for_each_mediator():
    flux = sns(pi0_per_proton=0.2)
    area = 4 * math.pi * 1930.0**2
    assert flux.total() == pytest.approx(2 * 0.2 * 3.198e23 * pion_branching_ratio(75.0, 1e-4) / area, rel=1e-12)


def test_a_power_is_protons_per_second():
    per_second = sns(protons=None, power=1.4, proton_energy=1.0)
    assert per_second.per == "s"
    assert per_second.total() / sns().total() == pytest.approx(1.4e6 / (1e9 * 1.602176634e-19) / 3.198e23, rel=1e-12)


def test_at_rest_the_spectrum_is_a_box_between_the_boosted_ends():
    (part,) = sns().productions
    E, p = (
        (NEUTRAL_PION_MASS**2 + 75.0**2) / (2 * NEUTRAL_PION_MASS),
        (NEUTRAL_PION_MASS**2 - 75.0**2) / (2 * NEUTRAL_PION_MASS),
    )
    half = p / 2 * math.sqrt(1 - (50 / 75) ** 2)
    np.testing.assert_allclose(part.spectrum.energy, [E / 2 - half, E / 2 + half], rtol=1e-13)


@pytest.mark.parametrize("masses", MASSES, ids=str)
@pytest.mark.parametrize("momentum", [3.0, 200.0, [50.0, 300.0], 1500.0], ids=str)
def test_in_flight_number_and_energy_are_conserved(masses, momentum):
    # an isotropic decay keeps the mean energy of its parent, shared as in its frame: ⟨E_χ⟩ = γ E_A′*/2
    m, mA = masses
    spectrum = Cascade(m, mA, NEUTRAL_PION_MASS, momentum)
    gamma = np.mean(np.hypot(np.atleast_1d(momentum) / NEUTRAL_PION_MASS, 1.0))
    assert spectrum.total == pytest.approx(1.0, rel=1e-11)
    at_rest = (NEUTRAL_PION_MASS**2 + mA**2) / (4 * NEUTRAL_PION_MASS)
    assert spectrum.energy_sum == pytest.approx(gamma * at_rest, rel=1e-11)


@pytest.mark.parametrize("masses", MASSES, ids=str)
def test_in_flight_the_spectrum_is_that_of_boxes_integrated(masses):
    m, mA = masses
    for momentum in (3.0, 200.0, 1500.0):
        spectrum = Cascade(m, mA, NEUTRAL_PION_MASS, momentum)
        E = np.linspace(spectrum.edges[0], spectrum.edges[-1], 301)[1:-1]
        expected = reference.cascade_density(E, m, mA, NEUTRAL_PION_MASS, momentum)
        # where A′ is slow, its kinetic energy is what rounds in the reference: 1e-12
        np.testing.assert_allclose(spectrum.density(E), expected, rtol=0, atol=1e-11 * expected.max())


def test_slow_pions_are_pions_at_rest():
    at_rest, slow = sns().productions[0].spectrum, sns(pi0_momentum=1e-4).productions[0].spectrum
    E = np.linspace(27.0, 61.0, 10)
    np.testing.assert_allclose(slow.density(E), at_rest.density(E), rtol=1e-5)
    assert slow.edges[-1] == pytest.approx(at_rest.energy[-1], rel=1e-5)


def test_pions_at_rest_and_in_flight_share_by_weight():
    flux = sns(pi0_momentum=[0.0, 200.0], pi0_weights=[3.0, 1.0])
    shares = {part.name: part.scale / sns().productions[0].scale for part in flux.productions}
    assert shares == pytest.approx({"pion decay": 0.75, "pion decay in flight": 0.25})


# ---- rates ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("particle", "kinematics"), SPINS)
@pytest.mark.parametrize("masses", MASSES, ids=str)
@pytest.mark.parametrize("momentum", [0.0, 200.0, [50.0, 300.0]], ids=str)
def test_differential_rate_is_the_integral_of_flux_times_cross_section(masses, momentum, particle, kinematics):
    flux, portal = sns(*masses, pi0_momentum=momentum), portal_of(*masses, particle=particle, kinematics=kinematics)
    T = np.array([1e-6, 1e-3, 0.1, 1.0, 10.0, 30.0, 60.0, 100.0])
    expected = reference_rate(T, flux, "CsI", portal)
    found = differential_rate(T, flux, "CsI", portal)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-18 * expected.max())


@pytest.mark.parametrize("masses", [(25.0, 75.0), (0.0, 30.0)], ids=str)
def test_rate_is_exact_up_to_the_end_of_the_spectrum(masses):
    flux, portal = sns(*masses), portal_of(*masses, particle="dirac")
    T = recoil_energy_max(flux.breaks[-1], masses[0], ARGON) * (1 - np.array([1e-1, 1e-2, 1e-3, 1e-4, 1e-5]))
    # the end itself rounds: 1e-16 over the distance from it
    np.testing.assert_allclose(differential_rate(T, flux, ARGON, portal), reference_rate(T, flux, ARGON, portal), rtol=1e-9)
    assert differential_rate(T[0] * 2, flux, ARGON, portal) == 0.0


def test_at_rest_in_the_laboratory_the_weight_is_singular_and_the_rate_is_not():
    # a π⁰ in flight makes χ of all energies from m: φ ∝ p there, and φ E²/p² diverges as 1/p. Where E_min is m but for rounding
    # (T < 1e-9 keV), what is left out of the integral is √1e-15 of it.
    flux, portal = sns(40.0, 81.0, pi0_momentum=[50.0, 300.0]), portal_of(40.0, 81.0)
    assert flux.breaks[0] == pytest.approx(40.0, rel=1e-14)
    T = np.array([0.0, 1e-12, 1e-9])
    found, expected = differential_rate(T, flux, "CsI", portal), reference_rate(T, flux, "CsI", portal)
    np.testing.assert_allclose(found[:2], expected[:2], rtol=5e-8)
    assert found[2] == pytest.approx(expected[2], rel=2e-10)


def test_every_option_of_the_portal_reaches_the_rate():
    flux = sns()
    T = np.array([0.5, 5.0, 20.0])
    plain = differential_rate(T, flux, "CsI", portal_of())
    baryon = portal_of(charge="baryon")
    np.testing.assert_allclose(differential_rate(T, flux, "CsI", baryon), reference_rate(T, flux, "CsI", baryon), rtol=1e-12)
    heavier = differential_rate(T, sns(mediator_mass=80.0), "CsI", portal_of(mediator_mass=80.0))
    assert (np.abs(heavier / plain - 1) > 1e-4).all()
    for change in ({"form_factor": KleinNystrand()}, {"particle": "dirac"}):
        assert (np.abs(differential_rate(T, flux, "CsI", portal_of(**change)) / plain - 1) > 1e-4).all()


def test_massless_dark_matter_gives_the_rate_of_neutrinos():
    # a heavy mediator of charge: with Q = Z the same flux, the same moments, another constant
    energy, values = np.linspace(1.0, 60.0, 30), np.linspace(2.0, 5.0, 30)
    flux = DarkMatterFlux.from_table(0.0, energy, values)
    neutrinos = cevns.Flux.from_table(energy, {"nue": values})
    portal = portal_of(0.0, 1e6, particle="dirac")
    charge = cevns.StandardModel(couplings=cevns.Couplings(gvp=1.0, gvn=0.0))
    T = np.geomspace(1e-3, 40.0, 20)
    D = 2 * ARGON.mass * KEV * T + 1e12
    expected = (
        cevns.differential_rate(T, neutrinos, ARGON, charge) * 2 * math.pi * portal.strength / (2 * FERMI_CONSTANT**2 * D**2)
    )
    np.testing.assert_allclose(differential_rate(T, flux, ARGON, portal), expected, rtol=1e-11)
    assert differential_rate(0.0, flux, ARGON, portal) > 0


@pytest.mark.parametrize("mass", [1e-3, 1e-5])
def test_light_dark_matter_tends_to_massless(mass):
    T = np.array([0.1, 1.0, 10.0])
    for particle in ("dirac", "scalar"):
        massless, light = (
            differential_rate(T, sns(m, 30.0, pi0_momentum=200.0), "CsI", portal_of(m, 30.0, particle=particle))
            for m in (0.0, mass)
        )
        # corrections are m² over E² or MT
        np.testing.assert_allclose(light, massless, rtol=max(1e-10, 10 * mass**2))


@pytest.mark.parametrize("momentum", [0.0, 200.0])
def test_bins_are_integrals(momentum):
    flux, portal, edges = sns(pi0_momentum=momentum), portal_of(), np.array([0.0, 0.5, 3.0, 12.0, 40.0, 900.0])
    turns = np.concatenate([recoil_energy_max(flux.breaks, 25.0, n) for n, _ in cevns.Target("CsI").components])
    cuts = np.unique(np.concatenate([edges, turns[turns < edges[-1]], np.linspace(0, 100, 201)]))
    x, w = np.polynomial.legendre.leggauss(12)
    s, half = (np.sqrt(cuts[1:]) + np.sqrt(cuts[:-1])) / 2, np.diff(np.sqrt(cuts)) / 2
    nodes = s[:, None] + half[:, None] * x
    each = (2 * nodes * half[:, None] * w * differential_rate(nodes**2, flux, "CsI", portal)).sum(axis=1)
    expected = [each[(cuts[:-1] >= a) & (cuts[:-1] < b)].sum() for a, b in pairwise(edges)]
    found = binned_rate(edges, flux, "CsI", portal)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 * sum(expected))
    assert rate(flux, "CsI", portal) == pytest.approx(found.sum(), rel=1e-11)
    np.testing.assert_allclose(rate(flux, "CsI", portal, [0.5, 3.0], [12.0, 12.0]), [found[1:3].sum(), found[2]], rtol=1e-8)
    assert rate(flux, "CsI", portal, 5e3) == 0.0
    assert binned_rate([], flux, "CsI", portal).shape == (0,)


def test_rate_adds_over_nuclides_and_productions():
    T, portal = np.array([1.0, 10.0]), portal_of()
    both = sns(capture_photons_per_proton=0.01)
    apart = [replace(both, productions=(part,)) for part in both.productions]
    assert len(apart) == 2
    np.testing.assert_allclose(
        differential_rate(T, both, "CsI", portal), sum(differential_rate(T, f, "CsI", portal) for f in apart), rtol=1e-14
    )
    per_kg = cevns.Target("CsI").components
    single = sum(n * differential_rate(T, both, k, portal) / cevns.Target(k).components[0][1] for k, n in per_kg)
    np.testing.assert_allclose(differential_rate(T, both, "CsI", portal), single, rtol=1e-14)


def test_lines_are_exact():
    flux = DarkMatterFlux(25.0, [Production("line", spectra.Lines([60.0, 80.0], [2.0, 3.0]))], per="burst")
    T, portal = np.array([0.0, 5.0, 40.0, 60.0]), portal_of()
    per_kg = cevns.Target(CESIUM).components[0][1]
    expected = per_kg * sum(w * differential_cross_section(T, E, CESIUM, portal) for E, w in ((60.0, 2.0), (80.0, 3.0)))
    np.testing.assert_allclose(differential_rate(T, flux, CESIUM, portal), expected, rtol=1e-13)
    assert flux.total() == 5.0
    np.testing.assert_array_equal(flux.spectrum([60.0, 70.0]), 0.0)


def test_a_table_may_begin_at_the_mass():
    # from 0 at E = m: the weight makes it finite; the reference integrates in the rapidity
    energy, values = np.array([25.0, 40.0, 80.0]), np.array([0.0, 3.0, 0.0])
    flux, portal = DarkMatterFlux.from_table(25.0, energy, values), portal_of()
    T = np.array([1e-3, 1.0, 20.0])
    np.testing.assert_allclose(differential_rate(T, flux, "CsI", portal), reference_rate(T, flux, "CsI", portal), rtol=1e-10)


def test_a_function_is_as_good_as_its_table():
    flat = DarkMatterFlux.from_function(25.0, lambda E: np.full(E.shape, 2.0), (30.0, 80.0))
    table = DarkMatterFlux.from_table(25.0, [30.0, 80.0], [2.0], interpolation="histogram")
    T = np.array([0.1, 5.0, 30.0])
    assert differential_rate(T, flat, "Ar", portal_of()) == pytest.approx(
        differential_rate(T, table, "Ar", portal_of()), rel=1e-10
    )


# ---- detection -----------------------------------------------------------------------------------------------------------


def test_counts_without_a_detector_are_the_binned_rate():
    flux, portal, edges = sns(pi0_momentum=200.0), portal_of(), [5.0, 10.0, 20.0, 60.0]
    found = counts(Detector("CsI", 14.6), flux, portal, edges)
    # the nodes of a response: 1e-9 of the largest bin
    np.testing.assert_allclose(found, 14.6 * binned_rate(edges, flux, "CsI", portal), rtol=0, atol=1e-9 * found.max())


def test_counts_are_prompt():
    flux, portal = sns(pulse=PULSE), portal_of()
    times = [-1.0, 0.0, 0.3, 0.5, 1.0, 3.0]
    found = counts(Detector("CsI", 14.6), flux, portal, [10.0, 60.0], times=times)
    below = [0.5 * (1 + math.erf((t - 0.44) / (0.15 * math.sqrt(2)))) for t in times]
    np.testing.assert_allclose(found[0] / found.sum(), np.diff(below), rtol=1e-9, atol=1e-15)
    delayed = efficiency.Decaying(1.0, 0.0, 6.0)  # what opens after the pulse sees next to none
    assert counts(Detector("CsI", 14.6, efficiency=delayed), flux, portal, [10.0, 60.0]).shape == (1,)


def test_counts_of_an_experiment_have_its_shape_and_its_protons():
    experiment = cevns.Experiment.load("coherent-csi-2021")
    flux, portal = sns(pulse=PULSE), portal_of()
    found = counts(experiment, flux, portal)
    assert found.shape == experiment.shape
    # prompt: nothing beyond a microsecond and a half, where half of the neutrinos are
    assert found[:, experiment.times[:-1] >= 1.5].sum() < 1e-9 * found.sum()
    response = DarkMatterResponse(experiment.detector, experiment.edges, flux, portal, experiment.times)
    np.testing.assert_allclose(found, response.counts(), rtol=1e-14)


def test_one_response_serves_all_couplings_and_counts_go_as_their_product():
    experiment = cevns.Experiment.load("coherent-csi-2021")
    flux, portal = sns(pulse=PULSE), portal_of()
    once = template(experiment, flux, portal)
    np.testing.assert_allclose(1e-4**4 * 0.5 * once, counts(experiment, flux, portal), rtol=1e-12)
    more = replace(portal, kinetic_mixing=3e-4, alpha_D=0.1)
    stronger = replace(flux, kinetic_mixing=3e-4)
    np.testing.assert_allclose(3e-4**4 * 0.1 * once, counts(experiment, stronger, more), rtol=1e-12)
    nothing = template(experiment, replace(flux, kinetic_mixing=0.0), replace(portal, alpha_D=0.0))
    np.testing.assert_allclose(nothing, once, rtol=1e-12)
    assert not counts(experiment, flux, replace(portal, alpha_D=0.0)).any()


def test_counts_of_csi_are_of_the_order_of_its_sensitivity():
    # Y = 6e-11 at 25 MeV and α_D = ½: a few counts on a few hundred neutrinos. No published count is at hand to compare with.
    found = counts(cevns.Experiment.load("coherent-csi-2021"), sns(pulse=PULSE), portal_of()).sum()
    assert 2 < found < 20


# ---- the directions in which χ leave their mediator ----------------------------------------------------------------------


def transverse_decay(mass, mediator_mass, cosine, particle, helicities=(1, -1)):
    """Σ|𝓜|² of A′ → χχ̄ in its frame, summed over helicities, at the angle of χ with the axis: from the vertices."""
    half = mediator_mass / 2
    p = math.sqrt(half**2 - mass**2)
    k = np.array([half, p * math.sqrt(1 - cosine**2), 0.0, p * cosine])
    other = np.array([half, *-k[1:]])
    vectors = {
        1: np.array([0, 1, 1j, 0]) / math.sqrt(2),
        -1: np.array([0, 1, -1j, 0]) / math.sqrt(2),
        0: np.array([0, 0, 0, 1.0]),
    }
    total = 0.0
    for helicity in helicities:
        vector = vectors[helicity]
        if particle == "scalar":
            total += abs(np.dot(vector, dirac.METRIC @ (k - other))) ** 2
        else:
            vertex = np.einsum("m,mij->ij", dirac.METRIC @ vector, dirac.GAMMA)
            barred = dirac.GAMMA[0] @ vertex.conj().T @ dirac.GAMMA[0]
            trace = (dirac.slash(k) + mass * dirac.ONE) @ vertex @ (dirac.slash(other) - mass * dirac.ONE) @ barred
            total += float(np.trace(trace).real)
    return total


@pytest.mark.parametrize("particle", ["scalar", "dirac"])
@pytest.mark.parametrize(("mass", "mediator_mass"), [(25.0, 75.0), (0.0, 30.0), (37.0, 75.0)])
def test_directions_of_a_transverse_mediator_are_those_of_the_vertices(mass, mediator_mass, particle):
    cosine = np.linspace(-1.0, 1.0, 9)
    x, w = np.polynomial.legendre.leggauss(8)
    for helicities, factor in (((1, -1), 1.0), ((0,), -2.0), ((1, 0, -1), 0.0)):
        found = np.array([transverse_decay(mass, mediator_mass, c, particle, helicities) for c in cosine])
        norm = w @ [transverse_decay(mass, mediator_mass, c, particle, helicities) for c in x]
        A = factor * anisotropy_of(particle, mass, mediator_mass)
        np.testing.assert_allclose(found / norm, (1 + A * (3 * cosine**2 - 1) / 2) / 2, rtol=1e-12, atol=1e-13)


def test_the_mediator_of_a_pion_is_transverse():
    """The vertex ε_μναβ ε_γ^μ k_γ^ν ε_A^α k_A^β has nothing for a longitudinal A′, and the same for both helicities."""
    m, mA = NEUTRAL_PION_MASS, 75.0
    k = (m**2 - mA**2) / (2 * m)
    energy = math.hypot(k, mA)

    def amplitude(photon, mediator):
        return np.linalg.det(np.array([photon, [k, 0, 0, -k], mediator, [energy, 0, 0, k]]))

    right, left = np.array([0, 1, 1j, 0]) / math.sqrt(2), np.array([0, 1, -1j, 0]) / math.sqrt(2)
    longitudinal = np.array([k, 0, 0, energy]) / mA
    sizes = [sum(abs(amplitude(photon, mediator)) ** 2 for photon in (right, left)) for mediator in (right, left, longitudinal)]
    assert sizes[0] == pytest.approx(sizes[1], rel=1e-12)
    assert sizes[2] < 1e-20 * sizes[0]


@pytest.mark.parametrize("decay", ["scalar", "dirac"])
def test_at_rest_the_spectrum_is_a_parabola_over_the_box(decay):
    for m, mA in MASSES:
        even, uneven = sns(m, mA), sns(m, mA, decay=decay)
        assert uneven.total() == pytest.approx(even.total(), rel=1e-12)
        assert uneven.mean_energy() == pytest.approx(even.mean_energy(), rel=1e-12)
        low, high = even.productions[0].spectrum.energy
        E = np.linspace(low, high, 12)[1:-1]
        energy = (NEUTRAL_PION_MASS**2 + mA**2) / (2 * NEUTRAL_PION_MASS)
        expected = reference.box_density(E, m, mA, energy, anisotropy_of(decay, m, mA))
        found = uneven.spectrum(E) / uneven.total()
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12 * expected.max())
    # scalars leave none at the ends, light Dirac particles most
    edge = [sns(0.0, 30.0, decay=decay).spectrum(high) for high in (uneven_end(0.0, 30.0) * (1 - 1e-9),)]
    middle = sns(0.0, 30.0, decay=decay).spectrum(uneven_middle(0.0, 30.0))
    assert edge[0] / middle == pytest.approx({"scalar": 0.0, "dirac": 2.0}[decay], abs=1e-7)


def uneven_end(m, mA):
    return float(sns(m, mA).productions[0].spectrum.energy[1])


def uneven_middle(m, mA):
    return float(np.mean(sns(m, mA).productions[0].spectrum.energy))


@pytest.mark.parametrize("decay", ["scalar", "dirac"])
@pytest.mark.parametrize("masses", MASSES)
def test_in_flight_uneven_spectra_agree_with_the_reference(masses, decay):
    m, mA = masses
    A = anisotropy_of(decay, m, mA)
    for momentum in (1.0, 150.0, 3000.0):
        flying = Cascade(m, mA, NEUTRAL_PION_MASS, momentum, None, A)
        edges = np.asarray(flying.edges)
        E = (edges[:-1, None] + np.diff(edges)[:, None] * np.array([0.1, 0.4, 0.9])).ravel()
        expected = reference.uneven_cascade_density(E, m, mA, NEUTRAL_PION_MASS, momentum, A)
        np.testing.assert_allclose(flying.density(E), expected, rtol=0, atol=4e-12 * expected.max())
        assert flying.total == pytest.approx(1.0, rel=1e-10)
        even = reference.cascade_density(E, m, mA, NEUTRAL_PION_MASS, momentum)
        none = reference.uneven_cascade_density(E, m, mA, NEUTRAL_PION_MASS, momentum, 0.0)
        np.testing.assert_allclose(none, even, rtol=0, atol=2e-10 * even.max())  # two derivations of the isotropic spectrum


def boosted(vectors, along, gamma_beta):
    """Four-vectors (n, 4) seen from where their frame moves along unit vectors (n, 3)."""
    gamma = np.sqrt(1 + gamma_beta**2)
    parallel = np.einsum("ni,ni->n", vectors[:, 1:], along)
    energy = gamma * vectors[:, 0] + gamma_beta * parallel
    return np.column_stack([energy, vectors[:, 1:] + ((gamma - 1) * parallel + gamma_beta * vectors[:, 0])[:, None] * along])


@pytest.mark.parametrize("decay", ["scalar", "dirac"])
def test_moments_of_the_spectrum_in_flight_are_those_of_single_decays(decay):
    """200 000 decays in three dimensions, by boosts of four-vectors; A′ is polarised along its flight in the pion's frame."""
    random = np.random.default_rng(11)
    n, m, mA, momentum = 200_000, 10.0, 60.0, 120.0

    def directions(cosine, axis):
        phi = random.uniform(0, 2 * math.pi, n)
        helper = np.where(np.abs(axis[:, :1]) < 0.9, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
        first = np.cross(axis, helper)
        first /= np.linalg.norm(first, axis=1)[:, None]
        sine = np.sqrt(1 - cosine**2)[:, None]
        return cosine[:, None] * axis + sine * (np.cos(phi)[:, None] * first + np.sin(phi)[:, None] * np.cross(axis, first))

    flight = directions(random.uniform(-1, 1, n), np.tile([0.0, 0.0, 1.0], (n, 1)))
    trial = random.uniform(-1, 1, (20, n))  # by rejection, of at most 3/2 or 1/2 + A of the mean
    weight = np.array([transverse_decay(m, mA, c, decay) for c in np.linspace(-1, 1, 2001)])
    accepted = random.uniform(0, weight.max(), trial.shape) < np.interp(trial, np.linspace(-1, 1, 2001), weight)
    cosine = trial[np.argmax(accepted, axis=0), np.arange(n)]
    p = math.sqrt(mA**2 / 4 - m**2)
    child = np.column_stack([np.full(n, mA / 2), p * directions(cosine, flight)])
    k = (NEUTRAL_PION_MASS**2 - mA**2) / (2 * NEUTRAL_PION_MASS)
    beam = np.tile([0.6, 0.0, 0.8], (n, 1))
    energy = boosted(boosted(child, flight, np.full(n, k / mA)), beam, np.full(n, momentum / NEUTRAL_PION_MASS))[:, 0]
    spectrum = Cascade(m, mA, NEUTRAL_PION_MASS, momentum, None, anisotropy_of(decay, m, mA))
    edges = np.asarray(spectrum.edges)
    x, w = np.polynomial.legendre.leggauss(40)
    E = (edges[1:, None] + edges[:-1, None]) / 2 + np.diff(edges)[:, None] / 2 * x
    phi = spectrum.density(E) * np.diff(edges)[:, None] / 2 * w
    even = reference.cascade_density(E, m, mA, NEUTRAL_PION_MASS, momentum) * np.diff(edges)[:, None] / 2 * w
    mean = float((phi * E).sum())
    for moment in (1, 2, 3):
        values = (energy - mean) ** moment
        error = values.std() / math.sqrt(n)
        assert values.mean() == pytest.approx(float((phi * (E - mean) ** moment).sum()), abs=4.5 * error)
        if moment == 2:  # which the isotropic spectrum does not have
            assert abs(values.mean() - float((even * (E - mean) ** moment).sum())) > 6 * error


def test_a_captured_pion_has_a_longitudinal_mediator_too():
    """At the end, where A′ stands still, it has all three polarisations alike; a light A′ is transverse."""
    capture = {"pi0_per_proton": 0.0, "capture_photons_per_proton": 1.0, "decay": "scalar"}
    light = sns(0.1, 1.0, **capture)
    assert light.productions[0].spectrum.anisotropy == pytest.approx(-1.0, abs=1e-3)
    late = sns(10.0, 138.27, **capture)
    assert late.productions[0].spectrum.anisotropy == pytest.approx(0.0, abs=0.04)
    assert late.total() == pytest.approx(sns(10.0, 138.27, **(capture | {"decay": "isotropic"})).total(), rel=1e-10)


@pytest.mark.parametrize(("particle", "change"), [("scalar", -0.367), ("dirac", 0.092)])
def test_energetic_recoils_of_scalars_are_fewer_and_those_of_dirac_particles_more(particle, change):
    portal = portal_of(particle=particle)
    even, uneven = (rate(sns(decay=decay), "Cs", portal, 30.0) for decay in ("isotropic", particle))
    assert uneven / even - 1 == pytest.approx(change, abs=1e-3)


@pytest.mark.parametrize("momentum", [0.0, [0.0, 80.0, 200.0]])
@pytest.mark.parametrize("decay", ["scalar", "dirac"])
def test_rates_of_uneven_spectra_are_integrals_of_flux_times_cross_section(decay, momentum):
    flux, portal = sns(decay=decay, pi0_momentum=momentum), portal_of(particle=decay)
    T = np.array([0.5, 8.0, 25.0])
    x, w = np.polynomial.legendre.leggauss(30)
    expected = np.zeros(T.size)
    for nuclide, number in cevns.Target("CsI").components:
        for i, t in enumerate(T):
            least = float(energy_min(t, flux.mass, nuclide))
            cuts = np.unique(np.clip(flux.breaks, least, None))
            y = np.arccosh(cuts / flux.mass)
            grid = (y[1:, None] + y[:-1, None]) / 2 + np.diff(y)[:, None] / 2 * x
            E = flux.mass * np.cosh(grid)
            inner = flux.mass * np.sinh(grid) * np.diff(y)[:, None] / 2 * w
            expected[i] += number * (inner * flux.spectrum(E) * differential_cross_section(t, E, nuclide, portal)).sum()
    np.testing.assert_allclose(differential_rate(T, flux, "CsI", portal), expected, rtol=1e-9)


# ---- portals that contradict the flux ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flux", "change", "message"),
    [
        ({}, {"mediator_mass": 750.0}, "flux and portal must be of one mediator_mass (got 75 and 750 MeV)"),
        ({}, {"kinetic_mixing": 1e-3}, "flux and portal must be of one kinetic_mixing (got 0.0001 and 0.001)"),
        ({}, {"kinetic_mixing": -1e-4}, "flux and portal must be of one kinetic_mixing (got 0.0001 and -0.0001)"),
        (
            {"decay": "dirac"},
            {},
            "flux and portal must be of one particle (got decay='dirac' of the flux and particle='scalar'): "
            "make the flux with decay='scalar', or with 'isotropic' as other codes have it",
        ),
        (
            {"capture_photons_per_proton": 0.1},
            {"charge": "baryon"},
            "a π⁻ is captured to a mediator of charge 'electric': the portal must have it too (got 'baryon'); without captures "
            "give capture_photons_per_proton=0",
        ),
    ],
)
def test_a_portal_that_contradicts_the_flux_is_refused(flux, change, message):
    made, portal = sns(**flux), portal_of(**change)
    for call in (
        lambda: rate(made, "CsI", portal, 5.0),
        lambda: binned_rate([5.0, 6.0], made, "CsI", portal),
        lambda: differential_rate(5.0, made, "CsI", portal),
        lambda: counts(Detector("CsI", 1.0), made, portal, [5.0, 6.0]),
        lambda: rate(2.0 * made, "CsI", portal, 5.0),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value) == message


def test_a_flux_of_one_s_own_goes_with_any_portal_of_its_mass():
    flux = DarkMatterFlux.from_table(25.0, [30.0, 40.0], [1.0, 2.0])
    for portal in (portal_of(), portal_of(mediator_mass=750.0, kinetic_mixing=1e-3, charge="baryon", particle="dirac")):
        assert rate(flux, "CsI", portal) > 0
    assert rate(sns(), "CsI", portal_of(charge="baryon")) > 0  # π⁰ decay to it alike


# ---- objects -------------------------------------------------------------------------------------------------------------

FLUXES = [
    sns(pulse=PULSE),
    sns(pi0_momentum=[0.0, 100.0, 200.0], capture_photons_per_proton=0.1, mediator_mass=60.0),
    sns(0.0, 30.0, pi0_momentum=200.0),
    DarkMatterFlux.from_table(25.0, [30.0, 40.0], [1.0, 2.0], per="burst"),
]


@pytest.mark.parametrize("thing", [*FLUXES, portal_of(), portal_of(form_factor=KleinNystrand(), charge="baryon")], ids=repr)
def test_objects_can_be_pickled_hashed_and_rebuilt(thing):
    names = {**vars(cevns.dark_matter), **vars(spectra), **vars(timing), **vars(cevns.form_factors)}
    getattr(thing, "prepared", None)  # what is prepared does not travel
    for other in (pickle.loads(pickle.dumps(thing)), thing if repr(thing)[0] == "<" else eval(repr(thing), names)):
        assert other == thing
        assert hash(other) == hash(thing)


def test_objects_do_not_change():
    for thing in (sns(), portal_of()):
        with pytest.raises(AttributeError):
            thing.mass = 3.0
    response = DarkMatterResponse(Detector("CsI", 1.0), [1.0, 2.0], sns(), portal_of())
    with pytest.raises(AttributeError, match="immutable"):
        response.edges = np.zeros(2)


def test_a_flux_can_be_scaled():
    assert (2 * sns()).total() == pytest.approx(2 * sns().total(), rel=1e-15)


def test_papers_are_quoted():
    assert "deNiverville2015" in cevns.cite(sns(), portal_of()).keys
    assert "COHERENT2022DarkMatter" in cevns.cite(portal_of(charge="baryon")).keys


# ---- wrong input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mass": -1.0}, "mass must be >= 0 MeV and finite (got -1)"),
        ({"mediator_mass": 50.0}, "mediator_mass must be > 50 MeV, twice the mass of χ, so that it decays to two (got 50)"),
        (
            {"mediator_mass": 135.0},
            "mediator_mass must be < 134.98 MeV, so that a π⁰ can decay to it (or pi0_per_proton=0) (got 135)",
        ),
        (
            {"mediator_mass": 139.0, "pi0_per_proton": 0.0, "capture_photons_per_proton": 1.0},
            "mediator_mass must be < 138.28 MeV, so that a π⁻ can be captured to it (got 139)",
        ),
        ({"pi0_per_proton": 0.0}, "give pi0_per_proton or capture_photons_per_proton > 0 (got 0 for both)"),
        ({"pi0_per_proton": -1.0}, "pi0_per_proton must be >= 0 and finite (got -1)"),
        ({"pi0_momentum": [1.0, -2.0]}, "pi0_momentum must be >= 0 and <= 100000 MeV (got -2 at index 1)"),
        ({"pi0_momentum": [1.0, 2.0], "pi0_weights": [1.0]}, "as many weights, not all 0 (got 2 and 1)"),
        ({"distance": 0.0}, "distance must be > 0 m and finite (got 0)"),
        ({"protons": None}, "give either power [MW] or protons [on target] (got neither)"),
        ({"power": 1.0}, "give either power [MW] or protons [on target] (got power=1.0 and protons=3.198e+23)"),
        ({"protons": None, "power": 1.0}, "power needs proton_energy in GeV (got none)"),
        ({"pulse": 3.0}, "pulse must be one of cevns.timing (got 3.0)"),
        ({"kinetic_mixing": math.nan}, "kinetic_mixing must be >= -1 and <= 1 (got nan)"),
        ({"kinetic_mixing": 2.0}, "kinetic_mixing must be >= -1 and <= 1 (got 2)"),
        (
            {"kinetic_mixing": 1.0, "mediator_mass": 60.0},
            "kinetic_mixing must be <= 0.99 for mediator_mass=60 MeV, where all π⁰ decay to A′ (got 1)",
        ),
        ({"decay": "vector"}, "unknown decay 'vector'"),
    ],
)
def test_sources_that_make_no_sense_are_refused(change, message):
    with pytest.raises((InputError, UnknownNameError), match=re.escape(message)):
        sns(**change)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"mediator_mass": 0.0}, InputError, "mediator_mass must be >= 1e-06 MeV and finite (got 0)"),
        ({"alpha_D": -0.5}, InputError, "alpha_D must be >= 0 and <= 12.5664 (got -0.5)"),
        ({"alpha_D": 1e3}, InputError, "alpha_D must be >= 0 and <= 12.5664 (got 1000)"),
        ({"kinetic_mixing": 1.5}, InputError, "kinetic_mixing must be >= -1 and <= 1 (got 1.5)"),
        ({"particle": "majorana"}, UnknownNameError, "unknown particle 'majorana'; known are 'dirac', 'scalar'"),
        ({"charge": "lepton"}, UnknownNameError, "unknown charge 'lepton'; known are 'electric', 'baryon'"),
        ({"kinematics": "spin-1"}, UnknownNameError, "unknown kinematics 'spin-1'"),
        ({"form_factor": 1.0}, InputError, "form_factor must be one of cevns.form_factors (got 1.0)"),
        ({"kinematics": "spin-1/2"}, UnsupportedError, "kinematics 'spin-1/2' is that of particle 'dirac' only"),
    ],
)
def test_portals_that_make_no_sense_are_refused(change, error, message):
    with pytest.raises(error, match=re.escape(message)):
        portal_of(**change)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DarkMatterFlux(25.0, []), "productions must be one or more cevns.dark_matter.Production (got [])"),
        (
            lambda: DarkMatterFlux.from_table(25.0, [20.0, 40.0], [1.0, 1.0]),
            "the spectrum of 'table' must begin at mass = 25 MeV or above (got 20 MeV)",
        ),
        (
            lambda: DarkMatterFlux(25.0, [Production("still", spectra.Lines([25.0], [1.0]))]),
            "the spectrum of 'still' must begin at mass = 25 MeV or above (got 25 MeV)",
        ),
        (lambda: Production("", 3.0), "spectrum must be one of cevns.spectra (got 3.0)"),
        (lambda: replace(sns(), timing=3.0), "timing must be a cevns.timing.Timing (got 3.0)"),
        (
            lambda: differential_rate(1.0, sns(), "CsI", portal_of(20.0)),
            "flux and portal must be of one mass (got 25 and 20 MeV)",
        ),
        (lambda: differential_rate(-1.0, sns(), "CsI", portal_of()), "recoil_energy must be >= 0 keV and finite (got -1)"),
        (lambda: differential_rate(1.0, 3.0, "CsI", portal_of()), "flux must be a cevns.dark_matter.DarkMatterFlux (got 3.0)"),
        (lambda: differential_rate(1.0, sns(), "CsI", 3.0), "portal must be a cevns.dark_matter.VectorPortal (got 3.0)"),
        (lambda: binned_rate([2.0, 1.0], sns(), "CsI", portal_of()), "edges must increase (got 2 keV at index 0, then 1 keV)"),
        (lambda: binned_rate([2.0], sns(), "CsI", portal_of()), "edges must be a list of at least 2 recoil energies in keV"),
        (
            lambda: rate(sns(), "CsI", portal_of(), 2.0, 1.0),
            "threshold must be <= maximum (got threshold 2 keV and maximum 1 keV)",
        ),
        (lambda: counts(Detector("CsI", 1.0), sns(), portal_of()), "the counts of a detector need edges (got none)"),
        (lambda: counts("CsI", sns(), portal_of()), "place must be a cevns.Detector or a cevns.Experiment (got 'CsI')"),
        (
            lambda: counts(Detector("CsI", 1.0), sns(), portal_of(), [1.0, 2.0], times=[0.0, 1.0]),
            "the flux of dark matter has no timing: give its source a pulse",
        ),
        (
            lambda: counts(cevns.Experiment.load("coherent-csi-2021"), sns(pulse=PULSE), portal_of(), [1.0, 2.0]),
            "an experiment has its own edges and times: give them to its detector",
        ),
        (
            lambda: counts(cevns.Experiment.load("coherent-csi-2021"), replace(sns(pulse=PULSE), per="s"), portal_of()),
            "the flux must be per 'burst' as that of the experiment (got 's')",
        ),
        (lambda: energy_min(1.0, -1.0, CESIUM), "mass must be >= 0 MeV and finite (got -1)"),
        (lambda: recoil_energy_max(10.0, 25.0, CESIUM), "energy must be >= 25 MeV and finite (got 10)"),
        (lambda: differential_cross_section(1.0, 10.0, CESIUM, portal_of()), "energy must be >= 25 MeV and finite (got 10)"),
        (lambda: Cascade(25.0, 75.0, 70.0, 1.0), "parent_mass must be > 75 MeV and finite (got 70)"),
        (lambda: Cascade(25.0, 75.0, 135.0, 0.0), "momentum must be >= 1e-06 and <= 100000 MeV (got 0)"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    with pytest.raises((InputError, UnsupportedError), match=re.escape(message)):
        call()


def test_chi_are_scalar_unless_told_otherwise():
    """The defaults of flux and portal agree; a Dirac portal asks for a flux of its own, and "isotropic" goes with both."""
    options = {"mass": 25.0, "mediator_mass": 75.0, "kinetic_mixing": 1e-4} | SNS
    flux = DarkMatterFlux.from_pion_decay_at_rest(**options)
    assert flux == DarkMatterFlux.from_pion_decay_at_rest(**options, decay="scalar")
    # sin²θ keeps χ from the ends of the box, and recoils from their end point
    assert 0.5 < rate(flux, "Cs", portal_of(), 30.0) / rate(sns(), "Cs", portal_of(), 30.0) < 0.7
    with pytest.raises(cevns.InputError, match="make the flux with decay='dirac'"):
        rate(flux, "Cs", portal_of(particle="dirac"), 30.0)
    assert rate(sns(), "Cs", portal_of(particle="dirac"), 30.0) > 0
