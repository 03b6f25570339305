"""Scattering on electrons: against flux × cross section by quadrature, against traces, published totals and rates; shells.

Accuracy: 1e-11 of the reference for rates (sampled spectra are good to 1e-12 of what is above, and some of them end in a
power), 1e-9 for bins. Cross sections from 4 × 4 matrices are good to 1e-12 of their largest term.
"""

import math
import pickle
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr

import cevns
from cevns import Component, Detector, ElectronNSI, Flux, StandardModel, Target, electrons, quenching, resolution
from cevns.constants import ELECTRON_MASS, FERMI_CONSTANT, FINE_STRUCTURE, FLAVORS, KEV, MEV2_CM2
from cevns.detectors.efficiency import Threshold
from cevns.fluxes.spectra import Lines
from cevns.interactions import Current, Interaction
from cevns.reference import cases, dirac
from cevns.reference import electrons as reference
from cevns.reference.spectra import integral, tabulated

YEAR_TONNE = 365.25 * 1000  # kg d
SPECTRUM_IDS = [case.name for case in cases.SPECTRA]
STEP = 1e-9  # from a binding energy


@dataclass(frozen=True)
class Own(Interaction):
    """An interaction of given currents."""

    given: tuple

    @property
    def currents(self):
        return self.given

    def __hash__(self):
        return id(self)


def own(kind, coupling, propagator=None, final_mass=0.0, power=1, value=1.0):
    """The same coupling of all flavours, or (g_L, g_R), or a matrix (2, 3, 3)."""
    electron = np.zeros((2, 3, 3), dtype=complex)
    if np.shape(coupling) == (2, 3, 3):
        electron[...] = coupling
    else:
        for i, g in enumerate(np.atleast_1d(coupling)):
            electron[i] = g * np.eye(3)
    nothing = np.zeros((2, 3, 3), dtype=complex)
    return Own((Current(kind, nothing, propagator, None, value, power, final_mass, electron),))


def integrated(function, cuts):
    """∫ f dT between cuts, piece by piece."""
    return sum(quad(function, low, high, epsabs=0.0, epsrel=1e-12, limit=200)[0] for low, high in pairwise(cuts))


MAGNETON = math.pi * FINE_STRUCTURE / (ELECTRON_MASS * FERMI_CONSTANT)  # MeV, a magnetic current of μ_B


# ---- the cross section of the Standard Model -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("energy", "nue", "numu", "nuebar"),
    [
        (0.3, 1.3855e-45, 3.594e-46, 7.813e-46),
        (0.8613, 6.062e-45, 1.224e-45, 2.857e-45),
        (1.442, 1.1427e-44, 2.110e-45, 5.146e-45),
        (10.0, 9.421e-44, 1.501e-44, 4.017e-44),
        (30.0, 2.887e-43, 4.51e-44, 1.224e-43),
    ],
)
def test_total_cross_sections_are_those_computed_elsewhere(energy, nue, numu, nuebar):
    """With sin²θ_W = 0.23863; to the digits given."""
    model = StandardModel(weak_mixing_angle=0.23863)
    for flavor, expected in (("nue", nue), ("numu", numu), ("nutau", numu), ("nuebar", nuebar)):
        assert electrons.cross_section(energy, model, flavor) == pytest.approx(expected, rel=5e-4)


@pytest.mark.parametrize("flavor", FLAVORS)
def test_differential_cross_section_is_that_of_the_traces(flavor):
    """2√2 G_F g_L and g_R, left- and right-handed electrons, 4 × 4 matrices: the sign of the term in m_e T/E² is minus."""
    left, right = reference.couplings(flavor.removesuffix("bar"))
    contact = 2 * math.sqrt(2) * FERMI_CONSTANT
    for E in (0.2, 1.0, 8.0, 50.0):
        for fraction in (0.01, 0.5, 0.99):
            T = fraction * electrons.recoil_energy_max(E)
            couplings = {"left": contact * left, "right": contact * right}
            traced = dirac.differential_cross_section(KEV * T, E, ELECTRON_MASS, couplings, antineutrino=flavor.endswith("bar"))
            assert electrons.differential_cross_section(T, E, flavor=flavor) == pytest.approx(
                traced * MEV2_CM2 * KEV, rel=1e-11
            )


@given(st.sampled_from(FLAVORS), st.floats(1e-3, 1e3), st.floats(0, 1.2))
def test_differential_cross_section_agrees_with_the_formula(flavor, energy, fraction):
    T = fraction * electrons.recoil_energy_max(energy)
    left, right = reference.couplings(flavor)
    expected = float(reference.differential_cross_section(T, energy, left, right))
    largest = float(reference.differential_cross_section(0.0, energy, left, right))
    if abs(fraction - 1) > 1e-12:  # the edge itself counts, whichever way it was rounded
        assert electrons.differential_cross_section(T, energy, flavor=flavor) == pytest.approx(
            expected, rel=1e-12, abs=1e-14 * largest
        )


def test_nothing_recoils_beyond_the_kinematic_limit_and_the_limit_counts():
    E = np.geomspace(1e-3, 1e3, 200)
    limit = electrons.recoil_energy_max(E)
    assert (electrons.differential_cross_section(limit, E) > 0).all()
    np.testing.assert_array_equal(electrons.differential_cross_section(limit * (1 + 1e-14), E), 0.0)
    np.testing.assert_allclose(limit, [cevns.recoil_energy_max(e, SimpleNamespace(mass=ELECTRON_MASS)) for e in E], rtol=1e-14)
    assert electrons.differential_cross_section(1.0, 0.0) == electrons.cross_section(0.0) == 0.0


def test_antineutrinos_exchange_left_and_right():
    E = np.array([0.5, 3.0, 40.0])
    swapped = own("vector", (0.23857, 0.5 + 0.23857))
    np.testing.assert_allclose(
        electrons.cross_section(E, flavor="nuebar"), electrons.cross_section(E, swapped, "nue"), rtol=1e-14
    )


def test_electron_antineutrinos_leave_no_electron_forward_at_one_energy():
    """g_L = g_R (1 − T_max/E) at E = m_e/(4 sin²θ_W), 535 keV: the dynamical zero; nothing cancels there."""
    s2 = 0.23857
    E = ELECTRON_MASS / (4 * s2)
    T = electrons.recoil_energy_max(E) * (1 - np.array([1e-3, 1e-5, 1e-7, 0.0]))
    values = electrons.differential_cross_section(T, E, flavor="nuebar") / electrons.differential_cross_section(
        0.0, E, flavor="nuebar"
    )  # near it the bracket falls as 2 g_L g_R (1 − T/T_max)(…), by 1 − x/E and that goes as the distance
    assert (values >= 0).all()
    assert values[0] == pytest.approx(100 * values[1], rel=2e-2)
    assert values[1] == pytest.approx(100 * values[2], rel=1e-3)
    assert values[3] < 1e-15


def test_ratios_of_cross_sections_at_high_energies_are_those_of_couplings():
    """σ → (2 G_F² m_e E/π)(g_L² + g_R²/3): corrections fall as m_e/E."""
    s2 = 0.23857
    for flavor, left, right in (
        ("nue", 0.5 + s2, s2),
        ("numu", s2 - 0.5, s2),
        ("nuebar", s2, 0.5 + s2),
        ("numubar", s2, s2 - 0.5),
    ):
        slope = 2 * FERMI_CONSTANT**2 * ELECTRON_MASS / math.pi * MEV2_CM2 * (left**2 + right**2 / 3)
        assert electrons.cross_section(1e5, flavor=flavor) / 1e5 == pytest.approx(slope, rel=2e-5)


@pytest.mark.parametrize("flavor", ["nue", "numubar"])
def test_total_cross_section_is_the_integral_of_the_differential_one(flavor):
    for E in (0.01, 0.8613, 30.0):
        limit = electrons.recoil_energy_max(E)
        for low, high in ((0.0, np.inf), (0.2 * limit, np.inf), (0.1 * limit, 0.7 * limit), (2 * limit, np.inf)):
            cuts = [low, max(low, min(high, limit))]
            exact = integrated(lambda T, E=E: electrons.differential_cross_section(T, E, flavor=flavor), cuts)
            assert electrons.cross_section(E, None, flavor, low, high) == pytest.approx(exact, rel=1e-12)


def test_mixing_angle_is_that_of_the_standard_model():
    for angle in (0.0, 0.2312, 0.25):
        left, right = reference.couplings("nue", angle)
        found = electrons.cross_section(2.0, StandardModel(weak_mixing_angle=angle))
        assert found == pytest.approx(float(reference.cross_section(2.0, left, right)), rel=1e-13)


@pytest.mark.parametrize("couplings", ["radiative", "radiative-q2", "running"])
def test_couplings_of_nucleons_change_nothing(couplings):
    assert electrons.cross_section(2.0, StandardModel(couplings=couplings)) == electrons.cross_section(2.0)
    assert electrons.cross_section(2.0, StandardModel(axial=True)) == electrons.cross_section(2.0)


# ---- new physics -----------------------------------------------------------------------------------------------------

CONTACT = math.sqrt(2) * FERMI_CONSTANT  # of one unit of a charge
TRACED = {  # kind → (our coupling, masses, couplings of the traces at T [MeV])
    "scalar": (0.3, 0.0, lambda T: {"scalar": 0.3 * CONTACT}),
    "pseudoscalar": (0.3, 0.0, lambda T: {"pseudoscalar": 0.3 * CONTACT}),
    "tensor": (0.2, 0.0, lambda T: {"tensor": 0.2 * CONTACT}),
    "magnetic": (1e-10 * MAGNETON, 0.0, lambda T: {"magnetic": 1e-10 * moment() / (2 * ELECTRON_MASS * T)}),
    "dipole": (1e-10 * MAGNETON, 0.3, lambda T: {"magnetic": 1e-10 * moment() / (2 * ELECTRON_MASS * T)}),
    "scalar upscattering": (0.3, 0.3, lambda T: {"scalar": 0.3 * CONTACT}),
    "vector upscattering": (0.3, 0.3, lambda T: {"vector": 0.3 * CONTACT}),
}


def moment():
    """e μ_B [MeV⁻¹]: e²/2m_e = 2πα/m_e."""
    return 2 * math.pi * FINE_STRUCTURE / ELECTRON_MASS


@pytest.mark.parametrize("kind", TRACED)
def test_every_kind_of_current_is_that_of_the_traces(kind):
    coupling, mass, traced = TRACED[kind]
    theory = own(kind, coupling, final_mass=mass)
    for E in (2.0, 9.0, 45.0):
        for T in np.array([0.05, 0.3, 0.8]) * electrons.recoil_energy_max(E):
            expected = dirac.differential_cross_section(KEV * T, E, ELECTRON_MASS, traced(KEV * T), final_mass=mass)
            found = electrons.differential_cross_section(T, E, theory)
            assert found == pytest.approx(expected * MEV2_CM2 * KEV, rel=1e-10)


CHARGES = {"e": 0.7, "numu": -1.6}
BOSON = {"coupling": 1e-4, "charges": CHARGES}


def exchanged(T, mass=2.0):
    """g² Q′_e Q′_ν/(2 m_e T + m²) [MeV⁻²]."""
    return 1e-8 * 0.7 * -1.6 / (2 * ELECTRON_MASS * T + mass**2)


# public name → (theory, mass of what leaves, couplings of its Lagrangian in the traces at T [MeV])
PUBLIC = {
    "vector mediator": (cevns.VectorMediator(mass=2.0, **BOSON), 0.0, lambda T: {"vector": exchanged(T)}),
    "axial mediator": (cevns.AxialMediator(mass=2.0, **BOSON), 0.0, lambda T: {"axial": exchanged(T)}),
    "scalar mediator": (cevns.ScalarMediator(mass=2.0, **BOSON), 0.0, lambda T: {"scalar": -exchanged(T)}),
    "tensor mediator": (cevns.TensorMediator(mass=2.0, **BOSON), 0.0, lambda T: {"tensor": exchanged(T)}),
    "two mediators": (
        cevns.VectorMediator(mass=2.0, **BOSON) + cevns.AxialMediator(mass=0.1, **BOSON),
        0.0,
        lambda T: {"vector": exchanged(T), "axial": exchanged(T, 0.1)},
    ),
    "magnetic moment": (
        cevns.MagneticMoment(numu=1e-9),
        0.0,
        lambda T: {"magnetic": -1e-9 * moment() / (2 * ELECTRON_MASS * T)},
    ),
    "dipole portal": (
        cevns.DipolePortal(mass=0.4, numu=1e-9),
        0.4,
        lambda T: {"magnetic": -1e-9 * moment() / (2 * ELECTRON_MASS * T)},
    ),
    "scalar upscattering": (
        cevns.ScalarUpscattering(mass=0.4, mediator_mass=2.0, **BOSON),
        0.4,
        lambda T: {"scalar": -exchanged(T)},
    ),
    "vector upscattering": (
        cevns.VectorUpscattering(mass=0.4, mediator_mass=2.0, **BOSON),
        0.4,
        lambda T: {"vector": exchanged(T)},
    ),
    "right-handed contact": (
        cevns.ElectronNSI(eps_mm_R=0.3),
        0.0,
        lambda T: {"right": 2 * CONTACT * 0.3},
    ),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_theory_on_electrons_is_the_trace_of_its_lagrangian(name):
    """Of the couplings as the docstrings have them: a charge that is shared or doubled on its way shows here."""
    theory, mass, traced = PUBLIC[name]
    for E in (2.0, 9.0, 45.0):
        for T in np.array([0.05, 0.3, 0.8]) * electrons.recoil_energy_max(E):
            for flavor, anti in (("numu", False), ("numubar", True)):
                expected = dirac.differential_cross_section(
                    KEV * T, E, ELECTRON_MASS, traced(KEV * T), final_mass=mass, antineutrino=anti
                )
                found = electrons.differential_cross_section(T, E, theory, flavor)
                assert found == pytest.approx(expected * MEV2_CM2 * KEV, rel=1e-9)  # the traces cancel where E ≫ T


@pytest.mark.parametrize("flavor", ["numu", "numubar"])
@pytest.mark.parametrize(
    ("heavy", "light"),
    [
        (lambda m: cevns.VectorUpscattering(mass=m, mediator_mass=2.0, **BOSON), "vector mediator"),
        (lambda m: cevns.ScalarUpscattering(mass=m, mediator_mass=2.0, **BOSON), "scalar mediator"),
        (lambda m: cevns.DipolePortal(mass=m, numu=1e-9), "magnetic moment"),
    ],
)
def test_what_leaves_without_a_mass_scatters_as_a_neutrino(heavy, light, flavor):
    """m₄ → 0 on electrons: what is left is of the order of m₄²/2 m_e T, 2e-8 here."""
    E = 5.0
    T = np.array([1e-3, 0.2, 0.6]) * electrons.recoil_energy_max(E)
    expected = electrons.differential_cross_section(T, E, PUBLIC[light][0], flavor)
    assert (expected > 0).all()
    for mass, rtol in ((0.0, 1e-12), (1e-5, 1e-6)):
        np.testing.assert_allclose(electrons.differential_cross_section(T, E, heavy(mass), flavor), expected, rtol=rtol)
        total = electrons.cross_section(E, heavy(mass), flavor, threshold=1.0)
        assert total == pytest.approx(electrons.cross_section(E, PUBLIC[light][0], flavor, threshold=1.0), rel=max(rtol, 1e-11))


@pytest.mark.parametrize("mass", [0.0, 0.3])
@pytest.mark.parametrize("kind", ["scalar", "tensor", "magnetic"])
def test_kinds_of_currents_add_as_rates(kind, mass):
    other = own("dipole", 1e-11 * MAGNETON, final_mass=mass)
    both = StandardModel() + own(kind, 0.1) + other
    parts = [None, own(kind, 0.1), other]
    if kind == "magnetic" and mass == 0.0:
        return  # a dipole without a mass is a magnetic moment: another kind by name, the same amplitude
    T, E = 50.0, 8.0
    assert electrons.differential_cross_section(T, E, both) == pytest.approx(
        sum(electrons.differential_cross_section(T, E, part) for part in parts), rel=1e-13
    )


def test_magnetic_moment_goes_as_one_over_recoil_less_one_over_energy():
    """π α²/m_e² = 2.49467e-25 cm²; GEMMA's limit, 2.9e-11 μ_B, is as large as the weak signal of a reactor at 1 to 2 keV."""
    theory = own("magnetic", 2.9e-11 * MAGNETON)
    T, E = np.array([0.5, 3.0, 100.0]), 3.0
    expected = 2.49467e-25 * 2.9e-11**2 * (1 / T - KEV / E)
    np.testing.assert_allclose(electrons.differential_cross_section(T, E, theory), expected, rtol=3e-6)  # the six digits given
    weak = electrons.differential_cross_section(T, E, flavor="nuebar")
    assert expected[0] > weak[0]
    assert expected[2] < weak[2]


def test_a_light_mediator_interferes_with_the_standard_model():
    """g_V → g_V + g²/(√2 G_F (2 m_e T + m²)), half of it on each hand."""
    g, mass = 2e-7, 0.05
    theory = StandardModel() + own("vector", (0.5 / CONTACT, 0.5 / CONTACT), lambda q: 1 / (q**2 + mass**2), power=2, value=g)
    T, E = np.array([0.1, 1.0, 30.0]), 5.0
    for flavor in ("nue", "numubar"):
        left, right = reference.couplings(flavor)
        shift = g**2 / (2 * CONTACT * (2 * ELECTRON_MASS * KEV * T + mass**2))
        expected = [reference.differential_cross_section(t, E, left + s, right + s) for t, s in zip(T, shift, strict=True)]
        np.testing.assert_allclose(electrons.differential_cross_section(T, E, theory, flavor), np.ravel(expected), rtol=1e-12)
        exact = integrated(
            lambda T, flavor=flavor: electrons.differential_cross_section(T, E, theory, flavor), [0.1, 3.0, 50.0]
        )
        assert electrons.cross_section(E, theory, flavor, 0.1, 50.0) == pytest.approx(exact, rel=1e-11)


@pytest.mark.parametrize("mass", [0.1, 1.0])
def test_total_cross_section_into_a_heavy_state_is_its_integral(mass):
    theory = own("dipole", 1e-9 * MAGNETON, final_mass=mass)
    E = 4.0
    s = ELECTRON_MASS**2 + 2 * ELECTRON_MASS * E
    assert s > (ELECTRON_MASS + mass) ** 2
    T = np.geomspace(1e-4, electrons.recoil_energy_max(E), 2000)
    inside = T[electrons.differential_cross_section(T, E, theory) > 0]
    assert T[0] < inside[0] < inside[-1] < T[-1]
    cuts = np.append(inside[:-1:100], inside[-1])
    exact = integrated(lambda T: electrons.differential_cross_section(T, E, theory), cuts)
    total = electrons.cross_section(E, theory, "nue", inside[0], inside[-1])
    assert total == pytest.approx(exact, rel=1e-11)
    assert electrons.cross_section(E, theory) == pytest.approx(total, rel=2e-2)  # the steps of T at its ends
    assert electrons.cross_section(0.9 * (mass + mass**2 / (2 * ELECTRON_MASS)), theory) == 0.0


COULOMB = 4 * math.pi * FINE_STRUCTURE / CONTACT  # MeV²: of two unit charges, over Q²
# 2 m_e T [MeV²] → the shift of g_V = g_L + g_R
SHIFTS = {
    # √2πα⟨r²⟩/3G_F = 2.37956e30 ⟨r²⟩/cm² lowers the charge of a proton and raises that of an electron
    "charge radius": (cevns.ChargeRadius(nue=-8e-32), lambda q2: 2.37956e30 * -8e-32),
    "millicharge": (cevns.Millicharge(nue=1e-12), lambda q2: -1e-12 * COULOMB / q2),
    "B - L": (cevns.VectorMediator(mass=0.1, coupling=1e-6, model="b-l"), lambda q2: 1e-12 / (CONTACT * (q2 + 0.01))),
}


@pytest.mark.parametrize("name", SHIFTS)
def test_new_vector_couplings_of_electrons_shift_left_and_right_alike(name):
    theory, shift = SHIFTS[name]
    for T in (0.3, 20.0, 1000.0):
        half = shift(2 * ELECTRON_MASS * KEV * T) / 2
        for flavor in ("nue", "nuebar"):
            left, right = reference.couplings(flavor)
            expected = float(reference.differential_cross_section(T, 3.0, left + half, right + half))
            found = electrons.differential_cross_section(T, 3.0, StandardModel() + theory, flavor)
            assert found == pytest.approx(expected, rel=1e-5)  # the six digits given
            assert abs(found / electrons.differential_cross_section(T, 3.0, flavor=flavor) - 1) > 1e-4


def test_magnetic_moments_and_the_dipole_portal_are_the_same_without_a_mass():
    moment = cevns.MagneticMoment(nue=2.9e-11)
    T, E = np.array([0.5, 3.0, 100.0]), 3.0
    expected = 2.49467e-25 * 2.9e-11**2 * (1 / T - KEV / E)
    np.testing.assert_allclose(electrons.differential_cross_section(T, E, moment), expected, rtol=3e-6)
    assert electrons.differential_cross_section(1.0, E, moment, "numu") == 0.0
    light = cevns.DipolePortal(mass=1e-6, nue=2.9e-11)
    np.testing.assert_allclose(electrons.differential_cross_section(T, E, light), expected, rtol=3e-6)


def test_nsi_with_electrons_shift_the_couplings_of_the_chirality_that_they_are_of():
    theory = StandardModel() + ElectronNSI(eps_ee_L=0.05, eps_mm_R=-0.2, eps_et_L=0.3 + 0.1j, eps_em_R=0.07j)
    for flavor, extra in (("nue", (0.3**2 + 0.1**2, 0.07**2)), ("numu", (0.0, 0.07**2)), ("nutau", (0.3**2 + 0.1**2, 0.0))):
        for kind in ("", "bar"):
            left, right = reference.couplings(flavor)
            left, right = left + 0.05 * (flavor == "nue"), right - 0.2 * (flavor == "numu")
            pairs = [(left, right), (math.sqrt(extra[0]), 0.0), (0.0, math.sqrt(extra[1]))]
            pairs = [(b, a) for a, b in pairs] if kind else pairs
            expected = sum(float(reference.differential_cross_section(30.0, 2.0, a, b)) for a, b in pairs)
            found = electrons.differential_cross_section(30.0, 2.0, theory, flavor + kind)
            assert found == pytest.approx(expected, rel=1e-12)


def test_left_and_right_of_one_flavour_change_interfere():
    left, right = 0.3 + 0.1j, -0.2 + 0.4j
    theory = ElectronNSI(eps_em_L=left, eps_em_R=right)
    T, E = 30.0, 2.0
    scale = float(reference.differential_cross_section(0.0, 1e9, 1.0, 0.0))
    square, mixed = abs(right) ** 2 * (1 - T * KEV / E) ** 2, (left * right.conjugate()).real * ELECTRON_MASS * T * KEV / E**2
    assert electrons.differential_cross_section(T, E, theory) == pytest.approx(
        scale * (abs(left) ** 2 + square - mixed), rel=1e-12
    )


def test_nsi_with_electrons_are_none_with_nuclei():
    theory = StandardModel() + ElectronNSI(eps_ee_L=0.3, eps_em_R=0.2)
    flux = cevns.sources.sns()
    np.testing.assert_array_equal(
        cevns.differential_rate([1.0, 10.0], flux, "CsI", theory), cevns.differential_rate([1.0, 10.0], flux, "CsI")
    )


def test_nsi_from_matrices_rebuild_and_travel():
    matrix = np.array([[0.1, 0.2 - 0.3j, 0.0], [0.2 + 0.3j, -0.1, 0.05], [0.0, 0.05, 0.0]])
    theory = ElectronNSI.from_matrices(right=matrix)
    assert theory == ElectronNSI(eps_ee_R=0.1, eps_em_R=0.2 - 0.3j, eps_mm_R=-0.1, eps_mt_R=0.05)
    assert eval(repr(theory)) == theory == pickle.loads(pickle.dumps(theory))
    assert hash(eval(repr(theory))) == hash(theory)
    assert theory.with_parameters(eps_em_R_im=0.0, eps_tt_L=1.0) == replace(theory, eps_em_R=0.2, eps_tt_L=1.0)
    assert theory.parameters["eps_em_R_im"] == -0.3
    charges = sum(c.factor * c.electron for c in theory.currents)
    np.testing.assert_array_equal(charges, [np.zeros((3, 3)), matrix.T])  # ε_αβ takes in β


# ---- rates -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flux_of(make_flux):
    return cache(lambda name: make_flux(next(case for case in cases.SPECTRA if case.name == name)))


def case_of(name):
    case = next(case for case in cases.SPECTRA if case.name == name)
    left, right = zip(*(reference.couplings(flavor) for flavor in case.components), strict=True)
    return case, list(case.components.values()), left, right


def free_electrons(formula):
    return sum(number * nuclide.Z for nuclide, number in Target(formula).components)


def stepping(formula):
    """Electrons per kg that answer, from the table of shells."""
    atoms = {}
    for nuclide, number in Target(formula).components:
        atoms[nuclide.symbol] = atoms.get(nuclide.symbol, 0.0) + number
    known = {element: electrons.shells(element) for element in atoms}

    def answer(T):
        return sum(
            number * reference.effective_electrons(T, known[element].binding_energy, known[element].electrons)
            for element, number in atoms.items()
        )

    return answer, [energy for shells in known.values() for energy in shells.binding_energy]


@pytest.mark.parametrize("name", SPECTRUM_IDS)
def test_differential_rate_agrees_with_the_reference(name, flux_of, instruction_set):
    case, components, left, right = case_of(name)
    end = float(reference.recoil_energy_max(case.end))
    T = np.concatenate([[0.0], np.geomspace(1e-6, 0.3, 6) * end, np.array([0.7, 0.95, 1.001]) * end])
    number = free_electrons("CsI")
    expected = reference.differential_rate(T, components, lambda T: np.full(T.shape, number), left, right, case.per)
    found = electrons.differential_rate(T, flux_of(name), "CsI", binding="free")
    np.testing.assert_allclose(found, expected, rtol=1e-11)
    assert found[-1] == 0.0
    answer, _ = stepping("CsI")
    bound = electrons.differential_rate(T, flux_of(name), "CsI")
    np.testing.assert_allclose(bound, expected * answer(T) / number, rtol=1e-11)


@pytest.mark.parametrize("formula", ["Xe", "CsI"])
@pytest.mark.parametrize("name", ["pion decay at rest", "reactor", "solar 7Be", "linear table, fine", "histogram"])
def test_bins_are_exact_integrals(name, formula, flux_of):
    case, components, left, right = case_of(name)
    answer, steps = stepping(formula)
    edges = np.array([0.0, 0.01, 0.05, 1.0, 5.0, 20.0, 35.0, 300.0, 600.0, 1e5])
    expected = reference.binned_rate(edges, components, answer, left, right, steps, case.per)
    found = electrons.binned_rate(edges, flux_of(name), formula)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    number = free_electrons(formula)
    expected = reference.binned_rate(edges, components, lambda T: np.full(T.shape, number), left, right, (), case.per)
    found = electrons.binned_rate(edges, flux_of(name), formula, binding="free")
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert electrons.rate(flux_of(name), formula, binding="free") == pytest.approx(expected.sum(), rel=1e-10)


def test_total_rate_is_flux_times_total_cross_section(flux_of):
    flux = flux_of("solar 7Be")
    expected = sum(weight * electrons.cross_section(E) for E, weight in flux.lines())
    assert electrons.rate(flux, "Xe", binding="free") == pytest.approx(86400 * free_electrons("Xe") * expected, rel=1e-12)


def test_thresholds_broadcast_and_sum_up():
    flux = cevns.sources.sns()
    low, high = np.array([[0.5], [2.0]]), np.array([2.0, 10.0, np.inf])
    rates = electrons.rate(flux, "Ge", None, low, high)
    assert rates.shape == (2, 3)
    assert rates[1, 0] == 0.0
    np.testing.assert_allclose(rates[0, 1:] - rates[1, 1:], rates[0, 0], rtol=1e-9)
    assert rates[0, 1] == pytest.approx(electrons.binned_rate([0.5, 10.0], flux, "Ge")[0], rel=1e-12)
    assert electrons.rate(flux, "Ge", threshold=1e9) == 0.0
    np.testing.assert_array_equal(electrons.rate(flux, "Ge", threshold=[], maximum=[]), [])


@pytest.mark.parametrize("split", ["flavor", "component"])
def test_parts_of_a_flux_sum_to_the_whole(split):
    flux = cevns.sources.sns()
    T = np.geomspace(0.1, 1e4, 30).reshape(5, 6)
    parts = electrons.differential_rate(T, flux, "CsI", split=split)
    assert parts.shape == (len(flux.flavors if split == "flavor" else flux.components), 5, 6)
    np.testing.assert_allclose(parts.sum(axis=0), electrons.differential_rate(T, flux, "CsI"), rtol=1e-13)
    alone = electrons.differential_rate(T, flux.select(flavor=flux.flavors[0]), "CsI")
    np.testing.assert_allclose(electrons.differential_rate(T, flux, "CsI", split="flavor")[0], alone, rtol=1e-13)


def test_a_history_has_a_column_for_each_step():
    history = cevns.sources.solar_history([0.0, 90.0, 180.0, 365.0], components=["7Be"])
    T = np.array([1.0, 100.0])
    rates = electrons.differential_rate(T, history, "Xe")
    assert rates.shape == (2, 3)
    np.testing.assert_allclose(rates.T, [electrons.differential_rate(T, step, "Xe") for step in history.fluxes], rtol=1e-14)
    np.testing.assert_allclose(
        electrons.binned_rate([1.0, 10.0], history, "Xe")[0], electrons.rate(history, "Xe", None, 1.0, 10.0), rtol=1e-12
    )
    assert rates[0, 0] > rates[0, 1]  # the Earth is nearest to the Sun in January


@pytest.mark.parametrize("kind", ["scalar", "magnetic", "dipole", "vector upscattering"])
def test_rates_of_other_kinds_are_integrals_too(kind, flux_of):
    coupling, mass, _ = TRACED[kind]
    theory = own(kind, coupling, final_mass=mass)
    flux, (_, (component, *_), _, _) = flux_of("reactor"), case_of("reactor")
    for T in (0.5, 40.0, 2000.0):
        lower = float(cevns.interactions.kinds.neutrino_energy_min(kind, np.array(T * KEV), ELECTRON_MASS, mass))
        expected = integral(component, lambda E, T=T: electrons.differential_cross_section(T, E, theory, "nuebar"), lower)
        found = electrons.differential_rate(T, flux, "Ge", theory, binding="free")
        # Φ₂ of differences: 1e-15 (E/E_min)², 1e-11 at 0.5 keV
        assert found == pytest.approx(86400 * free_electrons("Ge") * expected, rel=1e-9)
    edges = [1.0, 10.0, 1000.0, 8000.0]
    bins = electrons.binned_rate(edges, flux, "Ge", theory, binding="free")
    for (low, high), found in zip(pairwise(edges), bins, strict=True):
        kinks = cevns.interactions.kinds.neutrino_energy_min(kind, KEV * np.array([low, high]), ELECTRON_MASS, mass)
        start = mass + mass**2 / (2 * ELECTRON_MASS)  # where σ begins as a square root
        knots = np.concatenate([kinks, start * (1 + np.geomspace(1e-8, 1.0, 20))])

        def section(E, low=low, high=high):
            return electrons.cross_section(E, theory, "nuebar", low, high)

        expected = integral(component, section, start, knots)
        assert found == pytest.approx(86400 * free_electrons("Ge") * expected, rel=1e-8)


def test_rates_are_linear_in_the_flux_and_a_burst_has_no_day():
    flux = Flux.from_table([0.1, 1.0, 5.0], {"nue": [1.0, 3.0, 0.0]})
    burst = replace(flux, per="burst")
    assert electrons.rate(3 * flux + flux, "Xe") == pytest.approx(4 * electrons.rate(flux, "Xe"), rel=1e-13)
    assert electrons.rate(flux, "Xe") == pytest.approx(86400 * electrons.rate(burst, "Xe"), rel=1e-13)


# ---- coherence between flavours --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "bar"])
def test_a_coherent_flux_scatters_as_the_state_that_it_is(kind):
    """ρ = |ψ⟩⟨ψ|: amplitudes Σ_a ψ_a g_ab of each outgoing flavour, complex; antineutrinos with ψ* and g*."""
    psi = np.array([0.6, 0.48 * np.exp(0.7j), 0.64 * np.exp(-1.9j)])
    rho = np.outer(psi, psi.conj())
    flux = Flux.from_table([0.5, 2.0, 6.0], {f"nue{kind}": [1e10, 3e10, 0.0]}).oscillate(np.stack([rho] * 3))
    theory = StandardModel() + ElectronNSI(eps_em_L=0.1 + 0.2j, eps_et_R=-0.3j, eps_mt_L=0.25, eps_ee_R=0.1, eps_mt_R=0.1j)
    charge = sum(c.factor * c.electron for c in theory.currents)  # incoming a, outgoing b
    amplitude = np.einsum("a,cab->cb", psi, charge)
    (gl, gr) = amplitude[::-1] if kind else amplitude
    T = np.array([0.5, 30.0, 1500.0])
    plain = Flux.from_table([0.5, 2.0, 6.0], {f"nue{kind}": [1e10, 3e10, 0.0]})
    effective = [np.sqrt(np.sum(np.abs(g) ** 2)) for g in (gl, gr)]
    mixed = np.sum(gl * gr.conj()).real
    # |g_L|², |g_R|² and Re g_L g_R* as three polynomials in the reference
    component = tabulated([0.5, 2.0, 6.0], [1e10, 3e10, 0.0])
    rows = [
        reference.differential_rate(T, [component], lambda T: np.full(T.shape, free_electrons("Xe")), [a], [b])
        for a, b in ((effective[0], 0.0), (0.0, effective[1]), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0))
    ]
    expected = rows[0] + rows[1] + mixed * (rows[2] - rows[3] - rows[4])
    np.testing.assert_allclose(electrons.differential_rate(T, flux, "Xe", theory, binding="free"), expected, rtol=1e-11)
    without = electrons.differential_rate(T, replace(flux, coherences=()), "Xe", theory, binding="free")
    assert (np.abs(without / expected - 1) > 1e-3).all()
    assert plain.coherences == ()


def test_coherence_does_not_matter_where_no_flavour_changes():
    flux = cevns.sources.solar(components="8B")
    assert flux.coherences
    theory = StandardModel() + ElectronNSI(eps_ee_L=0.1, eps_tt_R=0.2)
    T = [1.0, 100.0]
    np.testing.assert_array_equal(
        electrons.differential_rate(T, flux, "Xe", theory),
        electrons.differential_rate(T, replace(flux, coherences=()), "Xe", theory),
    )
    split = electrons.differential_rate(T, flux, "Xe", split="component")
    np.testing.assert_allclose(split.sum(axis=0), electrons.differential_rate(T, flux, "Xe"), rtol=1e-13)


def test_bins_of_a_coherent_flux_are_integrals_of_its_rate():
    flux = cevns.sources.solar(components="7Be")
    theory = StandardModel() + ElectronNSI(eps_em_L=0.2, eps_mt_R=0.1j)
    found = electrons.binned_rate([10.0, 300.0], flux, "Si", theory, binding="free")[0]
    cuts = [10.0, *(T for T in electrons.recoil_energy_max(flux.breaks) if 10 < T < 300), 300.0]
    exact = integrated(lambda T: electrons.differential_rate(T, flux, "Si", theory, binding="free"), cuts)
    assert found == pytest.approx(exact, rel=1e-9)


# ---- published rates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "bound", "free"), [(1.0, 140.0, 331, 337), (2.0, 30.0, 83.3, 88.1), (1.0, 10.0, 26.4, 29.5)]
)
def test_solar_neutrinos_in_xenon_are_as_computed_elsewhere(low, high, bound, free):
    """pp and ⁷Be of B16-GS98 by adiabatic conversion, a tonne and year; to the digits given."""
    flux = cevns.sources.solar(components=["pp", "7Be"])
    for binding, expected in (("stepping", bound), ("free", free)):
        rate = YEAR_TONNE * electrons.rate(flux, "Xe", None, low, high, binding=binding)
        assert rate == pytest.approx(expected, abs=0.5 if expected > 100 else 0.05)


@pytest.mark.parametrize(("name", "measured", "error"), [("pp", 134.0, 14.0), ("7Be", 48.3, 1.3), ("pep", 2.43, 0.42)])
def test_solar_neutrinos_in_borexino_are_as_measured(name, measured, error):
    """Counts a day in 100 t of pseudocumene, C9H12: M. Agostini et al., arXiv:1707.09279. No radiative corrections: 3 %."""
    flux = cevns.sources.solar(components=name)
    rate = 1e5 * electrons.rate(flux, "C9H12", binding="free")
    assert abs(rate - measured) < error
    assert abs(1e5 * electrons.rate(flux, "C9H12") / rate - 1) < 2e-3  # carbon binds by 0.3 keV
    assert free_electrons("C9H12") * 1e5 == pytest.approx(3.307e31, rel=1e-3)  # electrons, as published


def test_electrons_are_fewer_than_recoils_of_nuclei_at_a_spallation_source():
    """The weak background below 1 % that CEvNS has from the same neutrinos."""
    flux = cevns.sources.sns()
    assert electrons.rate(flux, "CsI", None, 1.0, 50.0) < 0.01 * cevns.rate(flux, "CsI", None, 5.0, 50.0)


# ---- shells ----------------------------------------------------------------------------------------------------------


def element_charges():
    return {nuclide.symbol: nuclide.Z for element in electrons.elements() for nuclide, _ in Target(element).components}


@pytest.mark.parametrize(("element", "charge"), element_charges().items())
def test_shells_hold_all_electrons_of_the_atom(element, charge):
    known = electrons.shells(element)
    assert sum(known.electrons) == charge
    assert len(set(known.names)) == len(known.names)
    for name, number in zip(known.names, known.electrons, strict=True):
        assert re.fullmatch(r"[1-7][spdf][1357]/2", name)
        assert 1 <= number <= int(name[2]) + 1  # 2j + 1
    assert list(known.binding_energy) == sorted(known.binding_energy, reverse=True)
    assert known.names[0] == "1s1/2"
    assert electrons.effective_electrons(1e3, element) == charge
    assert electrons.effective_electrons(0.0, element) == 0.0


# K and L3 edges [eV] of the X-ray Data Booklet (A. Thompson et al., LBNL/PUB-490, table 1-1); xenon is of another source, and
# oxygen and fluorine are those of molecules there
EDGES = {
    "C": (284.2,), "O": (543.1,), "F": (696.7,), "Na": (1070.8, 30.5), "Si": (1839.0, 99.2), "Ar": (3205.9, 248.4),
    "Ca": (4038.5, 346.2), "Ge": (11103.1, 1217.0), "I": (33169.0, 4557.0), "Xe": (34561.0, 4786.0), "Cs": (35985.0, 5012.0),
    "W": (69525.0, 10207.0), "Pb": (88005.0, 13035.0),
}  # fmt: skip


@pytest.mark.parametrize("element", EDGES)
def test_inner_shells_are_at_the_measured_edges(element):
    known = electrons.shells(element)
    for name, edge in zip(("1s1/2", "2p3/2"), EDGES[element], strict=False):
        energy = 1000 * known.binding_energy[known.names.index(name)]
        assert energy == pytest.approx(edge, rel=0.012 if element == "Xe" else 2e-3, abs=12.0 if element in "OF" else 1.0)


def test_inner_shells_become_tighter_from_element_to_element():
    """Moseley's law: √B of a K electron grows by √(13.6 eV) a charge, less what is screened, more for heavy elements."""
    charges = {element: Z for element, Z in element_charges().items() if Z > 10 and element != "Xe"}
    roots = np.sqrt([1000 * electrons.shells(element).binding_energy[0] for element in charges])
    slope = np.diff(roots) / np.diff(list(charges.values()))
    assert (slope / math.sqrt(13.6057) > 0.9).all()
    assert (slope / math.sqrt(13.6057) < 1.21).all()
    assert np.abs(np.diff(slope)).max() < 0.13  # smooth: no digit is wrong


def test_a_shell_answers_from_its_binding_energy_on():
    known = electrons.shells("Xe")
    for energy, number in zip(known.binding_energy, known.electrons, strict=True):
        below, at = electrons.effective_electrons([energy * (1 - STEP), energy], "Xe")
        assert at - below == number
    assert electrons.effective_electrons(np.ones((2, 3)), "Xe").shape == (2, 3)
    assert electrons.effective_electrons(1.0, "Xe") == 40.0  # but K, L, 3s and 3p1/2


def test_rates_count_a_shell_at_its_own_binding_energy_as_the_atom_does():
    """The rate of bound over that of free electrons is Z_eff/Z; at an edge the shell is in both."""
    flux = cevns.Flux.from_table([0.0, 10.0], {"nue": [1e10, 1e10]})
    edges = [energy for energy in electrons.shells("Xe").binding_energy if energy > 0.05]
    for T in (*edges, *(energy * (1 - STEP) for energy in edges)):
        bound = electrons.differential_rate(T, flux, "Xe")
        free = electrons.differential_rate(T, flux, "Xe", binding="free")
        assert bound / free == pytest.approx(electrons.effective_electrons(T, "Xe") / 54, rel=1e-12)


def test_stepping_and_free_electrons_are_alike_above_the_last_shell():
    flux = cevns.sources.reactor(power=3.0, distance=20.0)
    for formula in ("Xe", "CsI", "Ge", "NaI"):
        T = np.array([40.0, 300.0])
        np.testing.assert_allclose(
            electrons.differential_rate(T, flux, formula),
            electrons.differential_rate(T, flux, formula, binding="free"),
            rtol=1e-14,
        )
        T = np.array([1.0])
        ratio = electrons.differential_rate(T, flux, formula) / electrons.differential_rate(T, flux, formula, binding="free")
        assert 0.3 < ratio < 1.0


def test_free_electrons_need_no_shells():
    flux = cevns.sources.reactor(power=3.0, distance=20.0)
    assert electrons.rate(flux, "226Ra", threshold=1.0, binding="free") > 0.0
    said = "binding='stepping' needs the shells of Ra, which are not known; known are H, He"
    with pytest.raises(cevns.UnsupportedError, match=re.escape(said)):
        electrons.rate(flux, {"226Ra": 1.0, "132Xe": 1.0}, threshold=1.0)
    with pytest.raises(cevns.UnknownNameError, match="no shells of the element 'Xf'; known are H, He"):
        electrons.effective_electrons(1.0, "Xf")


# ---- corrections by a table ------------------------------------------------------------------------------------------


def test_a_ratio_multiplies_the_rate():
    flux = cevns.sources.solar(components="pp")
    ratio = electrons.TabulatedRatio([1.0, 3.0, 30.0], [0.5, 0.75, 1.0])
    T = np.array([0.5, 1.0, 2.0, 16.5, 30.0, 100.0])
    plain = electrons.differential_rate(T, flux, "Xe")
    np.testing.assert_allclose(
        electrons.differential_rate(T, flux, "Xe", ratio=ratio), plain * [0.5, 0.5, 0.625, 0.875, 1.0, 1.0], rtol=1e-14
    )
    half = electrons.binned_rate([1.0, 5.0, 9.0], flux, "Xe", ratio=lambda T: np.full(T.shape, 0.5))
    np.testing.assert_allclose(half, electrons.binned_rate([1.0, 5.0, 9.0], flux, "Xe") / 2, rtol=1e-12)


def test_bins_with_a_ratio_are_split_where_its_slope_jumps():
    flux = cevns.sources.solar(components="pp")
    ratio = electrons.TabulatedRatio([1.5, 3.1, 4.0], [0.2, 1.0, 0.5])
    cuts = [1.2, 1.5, 3.1, 4.0, 4.5]
    exact = integrated(lambda T: electrons.differential_rate(T, flux, "Xe", ratio=ratio), cuts)
    assert electrons.rate(flux, "Xe", None, 1.2, 4.5, ratio=ratio) == pytest.approx(exact, rel=1e-10)


def test_a_tabulated_ratio_rebuilds_and_travels():
    ratio = electrons.TabulatedRatio([1.0, 3.0], [0.5, 0.75])
    again = eval(repr(ratio), {"TabulatedRatio": electrons.TabulatedRatio})
    assert again == ratio == pickle.loads(pickle.dumps(ratio))
    assert hash(again) == hash(ratio)
    with pytest.raises(AttributeError):
        ratio.ratio = (1.0, 1.0)


# ---- detectors -------------------------------------------------------------------------------------------------------


def test_a_perfect_detector_counts_the_rate_in_bins():
    flux = cevns.sources.solar(components=["pp", "7Be"])
    edges = [0.5, 1.0, 3.0, 5.0, 40.0, 200.0]
    for binding in ("stepping", "free"):
        found = electrons.response(Detector("Xe", 40.0), edges, flux, binding=binding).counts()
        np.testing.assert_allclose(found, 40.0 * electrons.binned_rate(edges, flux, "Xe", binding=binding), rtol=1e-7)


def test_electrons_are_not_quenched():
    flux = cevns.sources.sns()
    sharp = resolution.Gaussian(constant=0.2)
    edges = [1.0, 3.0, 10.0]
    quenched = Detector("Ge", 3.0, quenching=quenching.Lindhard(k=0.16), resolution=sharp)
    plain = Detector("Ge", 3.0, resolution=sharp)
    np.testing.assert_allclose(
        electrons.response(quenched, edges, flux).counts(), electrons.response(plain, edges, flux).counts(), rtol=1e-12
    )


def test_a_resolution_smears_the_steps_of_the_shells():
    """∫ dR/dT [Φ((b − T)/σ) − Φ((a − T)/σ)] dT by quadrature between the binding energies."""
    flux = cevns.sources.solar(components=["pp", "7Be"])
    width, edges = 0.3, np.array([4.0, 5.0, 6.0])
    found = electrons.response(Detector("Xe", 1.0, resolution=resolution.Gaussian(constant=width)), edges, flux).counts()
    steps = [B for B in electrons.shells("Xe").binding_energy if 1.0 < B < 9.0]
    cuts = np.unique([*steps, *np.arange(1.0, 9.05, 0.1)])
    nodes, weights = np.polynomial.legendre.leggauss(12)
    half = np.diff(cuts)[:, None] / 2
    T = (cuts[1:, None] + cuts[:-1, None]) / 2 + half * nodes
    rate = half * weights * electrons.differential_rate(T, flux, "Xe")
    for (a, b), count in zip(pairwise(edges), found, strict=True):
        exact = (rate * (ndtr((b - T) / width) - ndtr((a - T) / width))).sum()
        assert count == pytest.approx(exact, rel=1e-8)


def test_a_response_serves_other_interactions_and_any_rate():
    flux = cevns.sources.reactor(power=3.0, distance=20.0)
    detector = Detector("Ge", 2.0, resolution=resolution.Gaussian(constant=0.05), efficiency=Threshold(0.3))
    edges = [0.2, 0.5, 2.0, 12.0]
    response = electrons.response(detector, edges, flux)
    theory = StandardModel() + own("magnetic", 1e-10 * MAGNETON)
    np.testing.assert_allclose(
        response.counts(theory), electrons.response(detector, edges, flux, theory).counts(theory), rtol=1e-6
    )
    folded = response.fold(lambda T, flux, target: electrons.differential_rate(T, flux, target, theory))
    np.testing.assert_allclose(folded, response.counts(theory), rtol=1e-12)
    assert (response.counts(theory) > response.counts()).all()


def test_a_response_in_photo_electrons_and_steps_of_time():
    flux = cevns.sources.sns(protons=3.198e23, distance=19.3, yield_per_proton=0.0848)
    csi = Detector("CsI", 14.6, quenching=quenching.CsICoherent(), resolution=resolution.Gamma())
    counts = electrons.response(csi, [10.0, 20.0, 60.0], flux).counts()
    assert (counts > 0).all()
    assert counts.sum() < 0.01 * csi.rate([10.0, 20.0, 60.0], flux).sum()


# ---- wrong input -----------------------------------------------------------------------------------------------------

REACTOR = Flux.from_table([1.0, 8.0], {"nuebar": [1.0, 0.0]})
MAGNETIC = own("magnetic", 1e-10 * MAGNETON)
MASSLESS = own("vector", (1.0, 1.0), lambda q: 1 / q**2)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: electrons.cross_section(-1.0), cevns.InputError, "neutrino_energy must be >= 0 MeV and finite (got -1)"),
        (lambda: electrons.cross_section(1.0, flavor="nu_e"), cevns.UnknownNameError, "unknown flavor 'nu_e'"),
        (
            lambda: electrons.cross_section(1.0, threshold=2.0, maximum=1.0),
            cevns.InputError,
            "threshold must be <= maximum (got threshold 2 keV and maximum 1 keV)",
        ),
        (
            lambda: electrons.cross_section(1.0, MAGNETIC),
            cevns.InputError,
            "threshold must be > 0 keV: a magnetic current grows without end at T = 0 (got 0)",
        ),
        (
            lambda: electrons.cross_section(1.0, MASSLESS),
            cevns.InputError,
            "threshold must be > 0 keV: a vector current grows without end at T = 0 (got 0)",
        ),
        (
            lambda: electrons.differential_cross_section([1.0, 0.0], 1.0, MAGNETIC),
            cevns.InputError,
            "recoil_energy must be > 0 keV",
        ),
        (lambda: electrons.differential_cross_section(1.0, 1.0, "SM"), cevns.InputError, "interaction must be an interaction"),
        (
            lambda: electrons.differential_cross_section([1.0, 2.0], [1.0, 2.0, 3.0]),
            cevns.InputError,
            "the arguments' shapes (2,) and (3,) do not broadcast",
        ),
        (
            lambda: electrons.differential_rate(-1.0, REACTOR, "Xe"),
            cevns.InputError,
            "recoil_energy must be >= 0 keV and finite (got -1)",
        ),
        (
            lambda: electrons.differential_rate(1.0, "sns", "Xe"),
            cevns.InputError,
            "flux must be a cevns.Flux or a cevns.FluxHistory (got 'sns')",
        ),
        (
            lambda: electrons.differential_rate(1.0, REACTOR, "Xe", binding="bound"),
            cevns.UnknownNameError,
            "unknown binding 'bound'; known are 'stepping', 'free'",
        ),
        (
            lambda: electrons.differential_rate(1.0, REACTOR, "Xe", split="nuclide"),
            cevns.UnknownNameError,
            "unknown split 'nuclide'; known are 'flavor', 'component'",
        ),
        (
            lambda: electrons.differential_rate(1.0, REACTOR, "Xe", ratio=0.5),
            cevns.InputError,
            "ratio must be a function of recoil energies such as a TabulatedRatio (got 0.5)",
        ),
        (
            lambda: electrons.differential_rate([1.0], REACTOR, "Xe", ratio=lambda T: [1.0, 2.0]),
            cevns.InputError,
            "ratio must return as many values as it takes (got shape (2,) for (1,))",
        ),
        (
            lambda: electrons.differential_rate([1.0], REACTOR, "Xe", ratio=lambda T: -T),
            cevns.InputError,
            "ratio must be >= 0 and finite (got -1 at index 0)",
        ),
        (
            lambda: electrons.differential_rate(0.0, REACTOR, "Xe", MAGNETIC, binding="free"),
            cevns.InputError,
            "recoil_energy must be > 0 keV",
        ),
        (
            lambda: electrons.binned_rate([0.0, 1.0], REACTOR, "Xe", MAGNETIC, binding="free"),
            cevns.InputError,
            "edges must be > 0 keV",
        ),
        (
            lambda: electrons.binned_rate([1.0, 1.0], REACTOR, "Xe"),
            cevns.InputError,
            "edges must increase (got 1 keV at index 0, then 1 keV)",
        ),
        (
            lambda: electrons.binned_rate(1.0, REACTOR, "Xe"),
            cevns.InputError,
            "edges must be a list of at least 2 recoil energies in keV (got shape ())",
        ),
        (
            lambda: electrons.rate(REACTOR, "Xe", threshold=2.0, maximum=1.0),
            cevns.InputError,
            "threshold must be <= maximum (got threshold 2 keV and maximum 1 keV)",
        ),
        (
            lambda: electrons.rate(REACTOR, "Xe", threshold=[1.0, 2.0], maximum=[1.0, 2.0, 3.0]),
            cevns.InputError,
            "the arguments' shapes (2,) and (3,) do not broadcast",
        ),
        (lambda: electrons.rate(REACTOR, "Xe", MAGNETIC, binding="free"), cevns.InputError, "threshold must be > 0 keV"),
        (lambda: electrons.effective_electrons(-1.0, "Xe"), cevns.InputError, "recoil_energy must be >= 0 keV"),
        (
            lambda: electrons.TabulatedRatio([1.0, 1.0], [1.0, 1.0]),
            cevns.InputError,
            "recoil_energy must increase (got 1 keV at index 0, then 1 keV)",
        ),
        (
            lambda: electrons.TabulatedRatio([1.0, 2.0], [1.0]),
            cevns.InputError,
            "ratio must have as many values as recoil_energy (got shapes (1,) and (2,))",
        ),
        (
            lambda: electrons.TabulatedRatio([1.0, 2.0], [1.0, -1.0]),
            cevns.InputError,
            "ratio must be >= 0 and finite (got -1 at index 1)",
        ),
        (
            lambda: electrons.response("Xe", [1.0, 2.0], REACTOR),
            cevns.InputError,
            "detector must be a cevns.Detector (got 'Xe')",
        ),
        (
            lambda: electrons.response(
                Detector("Xe", 1.0, quenching=quenching.Function(np.sqrt, unit="electrons")), [1.0, 2.0], REACTOR
            ),
            cevns.UnsupportedError,
            "say with signal=",
        ),
        (
            lambda: electrons.response(Detector("Xe", 1.0, efficiency=Threshold(1.0, axis="recoil")), [1.0, 2.0], REACTOR),
            cevns.UnsupportedError,
            "the detector has an efficiency of nuclear recoils",
        ),
        (lambda: ElectronNSI(eps_ee_L=1j), cevns.InputError, "eps_ee_L must be real, as ε is Hermitian (got 1j)"),
        (lambda: ElectronNSI(eps_em_R="x"), cevns.InputError, "eps_em_R must be a number (got 'x')"),
        (lambda: ElectronNSI().with_parameters(eps_ee_u=1.0), cevns.UnknownNameError, "unknown parameter 'eps_ee_u'"),
        (lambda: ElectronNSI.from_matrices(left=np.eye(2)), cevns.InputError, "left must be a matrix (3, 3)"),
    ],
)
def test_wrong_input_is_named(call, error, said):
    with pytest.raises(error, match=re.escape(said)):
        call()


def test_the_split_of_a_coherent_flux_is_refused_where_flavours_change():
    flux = cevns.sources.solar(components="7Be")
    theory = StandardModel() + ElectronNSI(eps_em_L=0.1)
    with pytest.raises(cevns.UnsupportedError, match="a rate that depends on coherence between flavours has no split by"):
        electrons.differential_rate(1.0, flux, "Xe", theory, split="flavor")
    history = cevns.sources.solar_history([0.0, 90.0], components=["7Be"])
    with pytest.raises(cevns.InputError, match="the rate of a history has no split"):
        electrons.differential_rate(1.0, history, "Xe", split="flavor")


def test_what_does_not_touch_electrons_gives_nothing():
    nsi = cevns.NSI(eps_ee_u=0.1)
    flux = Flux((Component("nue", "line", Lines([1.0], [1.0])),))
    assert electrons.cross_section(1.0, nsi) == electrons.rate(flux, "Xe", nsi) == 0.0
    assert electrons.rate(flux, "Xe", StandardModel() + nsi) == electrons.rate(flux, "Xe")
    np.testing.assert_array_equal(electrons.binned_rate([1.0, 2.0], flux, "Xe", nsi), [0.0])


def test_a_signal_of_nuclear_recoils_is_refused():
    xenon = cevns.quenching.NestXenon(field=80.0)
    with pytest.raises(cevns.errors.InputError, match=r"signal must say what an electron gives.*a model of nuclear recoils"):
        electrons.response(cevns.Detector("Xe", 1.0, quenching=xenon), [1.0, 20.0], REACTOR, signal=xenon)
    with pytest.raises(cevns.errors.InputError, match="signal must say what an electron gives"):
        electrons.response(cevns.Detector("Xe", 1.0), [1.0, 20.0], REACTOR, signal=0.5)


def test_a_ratio_need_not_be_hashable():
    class Half:
        __hash__ = None

        def __call__(self, T):
            return np.full(T.shape, 0.5)

    whole = electrons.rate(REACTOR, "Ge", threshold=1.0)
    assert electrons.rate(REACTOR, "Ge", threshold=1.0, ratio=Half()) == pytest.approx(whole / 2, rel=1e-10)
