"""Integrals over the recoil energy keep their stated accuracy wherever the integrand changes.

Charges that run and propagators of light bosons vary where the momentum transfer is as large as a mass, at q ≈ m_e first, far
below the largest q; rates also change at every break of the flux. The other side is a quadrature of many panels, graded
towards T = 0 and split at the breaks, of the differential quantities of the library; once of the reference's own couplings.
"""

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

import cevns
from cevns import NSI, ChargeRadius, StandardModel, Target, VectorMediator, matter
from cevns.constants import WEAK_CROSS_SECTION
from cevns.interactions.kinds import recoil_energy_range
from cevns.nuclei.form_factors import Point
from cevns.reference import couplings as reference_couplings
from cevns.reference import form_factors as reference_form_factors

NUCLIDES = ["1H", "4He", "40Ar", "132Xe"]
FLAVORS = ["nue", "numu", "nutau"]
RUNNING = ["radiative-q2", "eft", "running"]


def nodes(low, high, breaks=()):
    """Recoil energies [keV] and weights between two √T: 20 nodes in each of 150 panels and more."""
    grid = np.concatenate([[low, high], high * np.geomspace(1e-9, 1.0, 100), np.linspace(low, high, 60), breaks])
    ends = np.unique(np.clip(grid, low, high))
    x, w = np.polynomial.legendre.leggauss(20)
    middle, half = (ends[1:, None] + ends[:-1, None]) / 2, np.diff(ends)[:, None] / 2
    s = middle + half * x
    return (s * s).ravel(), (2 * s * half * w).ravel()


@cache
def fluxes():
    return {
        "spallation": cevns.sources.sns(),
        "reactor": cevns.sources.reactor(power=1.0, distance=10.0),
        "supernova": cevns.sources.supernova(),
        "line": cevns.sources.monochromatic(energy=30.0),
    }


@pytest.mark.parametrize("kinematics", ["spin-0", "spin-1/2"])
@pytest.mark.parametrize("couplings", ["tree", *RUNNING])
def test_cross_sections_of_charges_that_run_are_integrals(couplings, kinematics, instruction_set):
    """To 1e-11: charges that run are tables, whose panels join to a few 1e-12."""
    model = StandardModel(couplings=couplings, kinematics=kinematics)
    for name in NUCLIDES:
        nuclide = cevns.Nuclide(name)
        for E in (0.3, 3.0, 40.0, 250.0):
            top = cevns.recoil_energy_max(E, nuclide)
            for fraction in (0.0, 1e-5, 0.02, 0.7):
                T, weight = nodes(math.sqrt(fraction * top), math.sqrt(top))
                for flavor in FLAVORS:
                    differential = cevns.differential_cross_section(T, E, nuclide, model, flavor)
                    total = cevns.cross_section(E, nuclide, model, flavor, fraction * top)
                    assert total == pytest.approx(float(weight @ differential), rel=2e-11)
                    if fraction == 0.0:
                        one_minus_cosine = nuclide.mass * 1e-3 * T / (E * (E - 1e-3 * T))
                        transport = float(weight @ (one_minus_cosine * differential))
                        assert matter.transport_cross_section(E, nuclide, model, flavor) == pytest.approx(transport, rel=2e-11)
                        path = matter.inverse_mean_free_path(
                            E, 1.0, {nuclide: 1.0}, kind="total", interaction=model, flavor=flavor
                        )
                        ions = cevns.constants.AVOGADRO / nuclide.atomic_mass
                        assert path == pytest.approx(ions * total, rel=2e-11)


@pytest.mark.parametrize("couplings", ["radiative-q2", "eft"])
@pytest.mark.parametrize("energy", [1.0, 40.0])
def test_cross_sections_of_charges_that_run_are_those_of_the_formula(couplings, energy):
    """By quadrature of the reference's couplings, without tables: to 1e-9, of which the table of the charge has 1e-10."""
    nuclide = cevns.Nuclide("40Ar")
    of = reference_couplings.radiative_couplings if couplings == "radiative-q2" else reference_couplings.effective_couplings
    top = math.sqrt(cevns.recoil_energy_max(energy, nuclide))
    ends = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 25)]) * top
    x, w = np.polynomial.legendre.leggauss(16)
    s = (ends[1:, None] + ends[:-1, None]) / 2 + np.diff(ends)[:, None] / 2 * x
    weight = (2 * s * np.diff(ends)[:, None] / 2 * w).ravel()
    T = 1e-3 * (s * s).ravel()  # MeV
    q = np.sqrt(2 * nuclide.mass * T)
    charges = np.array([of("e", float(each)) for each in q])
    Q = (nuclide.Z * charges[:, 0] + nuclide.N * charges[:, 1]) * reference_form_factors.default(q, nuclide)
    bracket = 1 - T / energy - nuclide.mass * T / (2 * energy**2)
    expected = 1e-3 * WEAK_CROSS_SECTION * nuclide.mass * float(weight @ (Q**2 * bracket))
    found = cevns.cross_section(energy, nuclide, StandardModel(couplings=couplings), "nue")
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("source", ["spallation", "reactor", "supernova", "line"])
@pytest.mark.parametrize("couplings", ["tree", *RUNNING])
def test_rates_of_charges_that_run_are_integrals(couplings, source, instruction_set):
    """To 1e-10, where 1e-8 is stated; bins lie anywhere, also around q = m_e."""
    model, flux = StandardModel(couplings=couplings), fluxes()[source]
    for name in NUCLIDES:
        nuclide = cevns.Nuclide(name)
        target = Target({nuclide: 1.0})
        knots = np.sqrt(cevns.recoil_energy_max(flux.breaks, nuclide))
        top = float(knots[-1])
        edges = top * np.array([0.0, 1e-4, 3e-3, 0.02, 0.021, 0.3, 0.9])
        expected = []
        for low, high in pairwise(edges):
            T, weight = nodes(low, high, knots)
            expected.append(float(weight @ cevns.differential_rate(T, flux, target, model)))
        np.testing.assert_allclose(cevns.binned_rate(edges**2, flux, target, model), expected, rtol=1e-10)
        above = np.cumsum(expected[::-1])[::-1]
        rates = cevns.rate(flux, target, model, edges[:-1] ** 2, edges[-1] ** 2)
        np.testing.assert_allclose(rates, above, rtol=1e-10)


THEORIES = {
    "NSI beside charges that run": StandardModel(couplings="eft") + NSI(eps_em_u=0.1, eps_ee_d=0.05),
    "a charge radius beside charges that run": StandardModel(couplings="radiative-q2") + ChargeRadius(numu=1e-32),
    "a boson as light as the electron": StandardModel() + VectorMediator(mass=0.5, coupling=3e-5),
    "a lighter boson": StandardModel() + VectorMediator(mass=1e-3, coupling=3e-6),
    "a boson of 20 MeV": StandardModel(couplings="running") + VectorMediator(mass=20.0, coupling=3e-5),
    "a loop of leptons": StandardModel() + VectorMediator(mass=3.0, coupling=3e-4, model="l_mu-l_tau"),
    "a light scalar": cevns.ScalarMediator(mass=0.05, coupling=3e-6),
    "a light tensor": cevns.TensorMediator(mass=3.0, coupling=3e-6),
    "an upscattering": cevns.VectorUpscattering(mass=3.0, mediator_mass=0.1, coupling=3e-5),
    "a dipole": cevns.DipolePortal(mass=5.0, numu=1e-9),
    "a point": StandardModel(form_factor=Point()) + VectorMediator(mass=0.5, coupling=3e-5),
}


@pytest.mark.parametrize("name", THEORIES)
def test_integrals_of_new_physics_follow_its_masses(name):
    """To 1e-9, as stated."""
    theory, flux = THEORIES[name], fluxes()["spallation"]
    heavy = max(theory.final_masses, default=0.0)
    for nuclide in map(cevns.Nuclide, ("1H", "40Ar", "133Cs")):
        for E in (10.0, 40.0, 250.0):
            least, top = (1e3 * float(T) for T in recoil_energy_range(np.array(E), nuclide.mass, heavy))
            for fraction in (0.0, 1e-6, 0.01, 0.7):
                threshold = least + fraction * (top - least)
                T, weight = nodes(math.sqrt(threshold), math.sqrt(top))
                expected = float(weight @ cevns.differential_cross_section(T, E, nuclide, theory, "numu"))
                assert cevns.cross_section(E, nuclide, theory, "numu", threshold) == pytest.approx(expected, rel=1e-9)
        E = flux.breaks[flux.breaks > 0]
        ends = [recoil_energy_range(E, nuclide.mass, mass) for mass in {0.0, heavy}]
        knots = np.sqrt(1e3 * np.unique(np.concatenate([np.zeros(1), *(end for pair in ends for end in pair)])))
        for fraction in (1e-3, 0.3):
            low, target = fraction * knots[-1], Target({nuclide: 1.0})
            T, weight = nodes(low, knots[-1], knots)
            expected = float(weight @ cevns.differential_rate(T, flux, target, theory))
            assert cevns.rate(flux, target, theory, low**2) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("theory", [StandardModel(couplings="eft"), *list(THEORIES.values())[:4]])
def test_a_threshold_beyond_the_end_leaves_exactly_nothing(theory):
    nuclide, flux = cevns.Nuclide("40Ar"), fluxes()["spallation"]
    top = cevns.recoil_energy_max(30.0, nuclide)
    assert cevns.cross_section(30.0, nuclide, theory, "nue", top * (1 + 1e-12)) == 0.0
    end = cevns.recoil_energy_max(float(flux.breaks[-1]), nuclide)
    assert cevns.rate(flux, "Ar", theory, 1.2 * end) == 0.0  # 36Ar recoils with more than 40Ar
