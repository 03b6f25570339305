"""Cross sections of one nuclide: differential in the recoil energy and the angle, total; limits, figures, the reference.

K = (G_F² M/π) Q², the cross section of a point nucleus at T = 0, is the scale of absolute errors: 1 − T/E − MT/2E² is a sum of
terms of order one. Measured against the reference, in units of ε = 2.2e-16: differential 5.1, angles 7.4, totals 16 (relative).
"""

import math
import re

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import StandardModel
from cevns.constants import WEAK_CROSS_SECTION, WEAK_MIXING_ANGLE
from cevns.nuclei.form_factors import Helm, KleinNystrand, Point
from cevns.reference import cases
from cevns.reference import cross_sections as reference
from cevns.reference import form_factors as reference_form_factors

EPSILON = 2.0**-52
GVP, GVN = 0.5 - 2 * WEAK_MIXING_ANGLE, -0.5
POINT = StandardModel(form_factor=Point())
POINT_HALF = StandardModel(form_factor=Point(), kinematics="spin-1/2")
KN = StandardModel(form_factor=KleinNystrand())

nuclides = st.sampled_from(cases.NUCLIDES).map(cevns.Nuclide)
energies = st.floats(1e-3, 1e3)  # MeV

# model of the library; keywords of the reference for a nuclide
MODELS = [
    (StandardModel(), lambda n: {"proton_form_factor": lambda q: reference_form_factors.default(q, n)}),
    (
        StandardModel(kinematics="spin-1/2"),
        lambda n: {"proton_form_factor": lambda q: reference_form_factors.default(q, n), "kinematics": "spin-1/2"},
    ),
    (POINT, lambda n: {}),
    (POINT_HALF, lambda n: {"kinematics": "spin-1/2"}),
    (
        StandardModel(form_factor=KleinNystrand(), neutron_form_factor=Helm("dukecevns")),
        lambda n: {
            "proton_form_factor": lambda q: reference_form_factors.klein_nystrand(
                q, *reference_form_factors.klein_nystrand_coherent(n.A)
            ),
            "neutron_form_factor": lambda q: reference_form_factors.helm(q, *reference_form_factors.helm_dukecevns(n.A)),
        },
    ),
]
MODEL_IDS = [repr(model) for model, _ in MODELS]

ENERGIES = np.geomspace(0.1, 300.0, 41)[:, None]
FRACTIONS = np.concatenate(
    ([0.0, 1e-12, 1e-6], np.linspace(0.01, 0.99, 50), 1 - np.geomspace(1e-3, 1e-9, 7), [1.0000001, 1.5, 1e6])
)


def scale_of(nuclide):
    """K, per keV."""
    return 1e-3 * WEAK_CROSS_SECTION * nuclide.mass * cevns.weak_charge(nuclide) ** 2


def without_spin_half(keywords):
    return {key: value for key, value in keywords.items() if key != "kinematics"}


# ---- the reference ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "keywords"), MODELS, ids=MODEL_IDS)
@pytest.mark.parametrize("name", cases.NUCLIDES)
def test_differential_cross_section_agrees_with_the_reference(model, keywords, name, instruction_set):
    nuclide = cevns.Nuclide(name)
    T = FRACTIONS * cevns.recoil_energy_max(ENERGIES, nuclide)
    values = cevns.differential_cross_section(T, ENERGIES, nuclide, model)
    expected = reference.differential_cross_section(T, ENERGIES, nuclide, GVP, GVN, **keywords(nuclide))
    # F² has twice the error of F, 8 ε in the kernel and 6 ε in the reference; bracket and factor add less than the rest
    np.testing.assert_allclose(values, expected, rtol=0, atol=16 * EPSILON * scale_of(nuclide))
    np.testing.assert_array_equal(values[:, -3:], 0.0)
    assert (values >= 0).all()


@pytest.mark.parametrize(("model", "keywords"), MODELS, ids=MODEL_IDS)
@pytest.mark.parametrize("name", cases.FEW_NUCLIDES)
def test_angular_cross_sections_agree_with_the_reference(model, keywords, name, instruction_set):
    nuclide, c = cevns.Nuclide(name), np.linspace(-1.0, 1.0, 81)
    if model.kinematics == "spin-0":  # the reference has the neutrino's angle for spin 0 only
        values = cevns.angular_cross_section(c, ENERGIES, nuclide, model)
        expected = reference.angular_cross_section(c, ENERGIES, nuclide, GVP, GVN, **keywords(nuclide))
        largest = WEAK_CROSS_SECTION / (2 * math.pi) * cevns.weak_charge(nuclide) ** 2 * ENERGIES**2
        assert (np.abs(values - expected) / largest).max() <= 16 * EPSILON
    values = 2 * math.pi * cevns.angular_cross_section(c, ENERGIES, nuclide, model, of="recoil")
    expected = reference.recoil_angle_cross_section(c, ENERGIES, nuclide, GVP, GVN, **keywords(nuclide))
    largest = reference.recoil_angle_cross_section(c, ENERGIES, nuclide, GVP, GVN).max(axis=1, keepdims=True)  # of a point
    # the reference writes (E + M)² − E²c², which costs it a few ε
    assert (np.abs(values - expected) / largest).max() <= 32 * EPSILON


@pytest.mark.parametrize(("model", "keywords"), MODELS, ids=MODEL_IDS)
@pytest.mark.parametrize("name", cases.NUCLIDES)
def test_total_cross_section_agrees_with_the_reference(model, keywords, name, instruction_set):
    nuclide = cevns.Nuclide(name)
    for threshold in (0.0, 0.3 * cevns.recoil_energy_max(ENERGIES, nuclide)):
        values = cevns.cross_section(ENERGIES, nuclide, model, threshold=threshold)
        expected = reference.cross_section(ENERGIES, nuclide, GVP, GVN, threshold=threshold, **keywords(nuclide))
        # both are quadratures, good to 1e-13 each (the reference measured 2e-14 up to 500 MeV)
        np.testing.assert_allclose(values, expected, rtol=2e-13)


def test_quadrature_of_the_total_resolves_the_form_factor_at_any_energy():
    # 3 GeV on lead: q R up to 200, of which the last oscillations carry nothing; the reference takes 16 nodes each 100 MeV
    for name in ("12C", "208Pb"):
        nuclide = cevns.Nuclide(name)
        for energy in (500.0, 1e3, 3e3):
            expected = reference.cross_section(
                energy, nuclide, GVP, GVN, proton_form_factor=lambda q, n=nuclide: reference_form_factors.default(q, n)
            )
            assert cevns.cross_section(energy, nuclide) == pytest.approx(float(expected), rel=1e-12)


# ---- limits ----------------------------------------------------------------------------------------------------------


@given(energies, nuclides)
def test_spin_zero_cross_section_vanishes_at_maximum_recoil(energy, nuclide):
    # helicity: backward scattering would turn the neutrino's spin; rounding of T_max leaves some ε of K
    value = cevns.differential_cross_section(cevns.recoil_energy_max(energy, nuclide), energy, nuclide, POINT)
    assert 0.0 <= value <= 1e-14 * scale_of(nuclide)


@given(energies, nuclides)
def test_spin_one_half_leaves_its_share_at_maximum_recoil(energy, nuclide):
    # K T²/2E² = K 2E²/(M + 2E)² there; one part in 1e12 inside, so that rounding cannot put T beyond the end
    T = (1 - 1e-12) * cevns.recoil_energy_max(energy, nuclide)
    value = cevns.differential_cross_section(T, energy, nuclide, POINT_HALF)
    share = 2 * energy**2 / (nuclide.mass + 2 * energy) ** 2
    # what is left of 1 − T/T_max is 1e-12
    assert value == pytest.approx(scale_of(nuclide) * share, rel=1e-11, abs=1.1e-12 * scale_of(nuclide))


@given(energies, nuclides)
def test_no_recoil_beyond_the_maximum(energy, nuclide):
    top = cevns.recoil_energy_max(energy, nuclide)
    for model in (StandardModel(), POINT_HALF):
        # 1e-15: a few roundings of T_max itself
        beyond = top * np.array([1 + 4e-15, 1 + 1e-9, 1.1, 2.0, 1e9])
        np.testing.assert_array_equal(cevns.differential_cross_section(beyond, energy, nuclide, model), 0.0)


@given(st.floats(0.0, 2.0), energies, nuclides)
def test_cross_sections_are_never_negative(fraction, energy, nuclide):
    T = fraction * cevns.recoil_energy_max(energy, nuclide)
    for model in (StandardModel(), KN, POINT_HALF):
        assert cevns.differential_cross_section(T, energy, nuclide, model) >= 0.0


@given(st.floats(0.0, 1.0), energies, nuclides)
def test_spin_one_half_exceeds_spin_zero_by_its_term(fraction, energy, nuclide):
    T = 0.999 * fraction * cevns.recoil_energy_max(energy, nuclide)
    difference = cevns.differential_cross_section(T, energy, nuclide, POINT_HALF) - cevns.differential_cross_section(
        T, energy, nuclide, POINT
    )
    expected = scale_of(nuclide) * (1e-3 * T) ** 2 / (2 * energy**2)
    assert difference == pytest.approx(expected, rel=1e-12, abs=8 * EPSILON * scale_of(nuclide))


def test_no_neutrino_energy_gives_no_cross_section():
    argon = cevns.Nuclide("40Ar")
    assert cevns.differential_cross_section(0.0, 0.0, argon) == 0.0
    assert cevns.cross_section(0.0, argon) == 0.0
    assert cevns.cross_section(0.0, argon, POINT_HALF) == 0.0
    np.testing.assert_array_equal(cevns.angular_cross_section([-1.0, 0.0, 1.0], 0.0, argon), 0.0)


@pytest.mark.parametrize("model", [POINT, POINT_HALF], ids=repr)
@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-6])
def test_the_end_of_the_spectrum_keeps_nine_digits(model, distance, instruction_set):
    # 1 − T/E − MT/2E² near its zero, against 40 digits: the distance as the doubles T, E and M have it. ε/1e-6 = 2e-10.
    for name in ("1H", "40Ar", "208Pb"):
        nuclide = cevns.Nuclide(name)
        for energy in (0.5, 10.0, 29.792140909877, 52.8, 300.0):
            T = (1 - distance) * cevns.recoil_energy_max(energy, nuclide)
            with mpmath.workdps(40):
                t, E, M = mpmath.mpf(T) / 1000, mpmath.mpf(energy), mpmath.mpf(nuclide.mass)
                bracket = 1 - t / E - M * t / (2 * E**2)
                if model.kinematics == "spin-1/2":
                    bracket += t**2 / (2 * E**2)
                expected = float(bracket) * scale_of(nuclide)
            assert cevns.differential_cross_section(T, energy, nuclide, model) == pytest.approx(expected, rel=1e-9)


def test_forward_scattering_is_full_coherence():
    # dσ/dT(T = 0) = (G_F² M/π) Q², whatever the energy and the form factor
    for name in cases.NUCLIDES:
        nuclide = cevns.Nuclide(name)
        values = cevns.differential_cross_section(0.0, np.geomspace(1e-6, 1e6, 13), nuclide)
        np.testing.assert_allclose(values, scale_of(nuclide), rtol=2e-15)


def test_freedmans_angular_distribution_for_a_heavy_nucleus():
    # M → ∞: dσ/dΩ = (G_F²/4π²) Q² E² (1 + cos θ); the recoil is E/M = 1e-9 of it
    lead, energy = cevns.Nuclide("208Pb"), 2e-4
    c = np.linspace(-1.0, 1.0, 21)
    expected = WEAK_CROSS_SECTION / (4 * math.pi) * cevns.weak_charge(lead) ** 2 * energy**2 * (1 + c)
    np.testing.assert_allclose(cevns.angular_cross_section(c, energy, lead, POINT), expected, rtol=1e-8)


def test_angular_cross_section_is_the_recoil_spectrum_times_the_jacobian():
    nuclide, E = cevns.Nuclide("12C"), 40.0
    M, c = nuclide.mass, np.linspace(-0.99, 0.99, 31)
    for model in (StandardModel(), POINT_HALF):
        T = cevns.kinematics.recoil_energy_from_neutrino_angle(c, E, nuclide)
        jacobian = 1e3 * M * E**2 / (M + E * (1 - c)) ** 2  # keV
        expected = cevns.differential_cross_section(T, E, nuclide, model) * jacobian / (2 * math.pi)
        np.testing.assert_allclose(cevns.angular_cross_section(c, E, nuclide, model), expected, rtol=1e-12)  # 1 + c at -0.99


def test_no_recoil_goes_backwards():
    values = cevns.angular_cross_section([-1.0, -0.5, -1e-300, 0.0], 30.0, cevns.Nuclide("40Ar"), of="recoil")
    np.testing.assert_array_equal(values, 0.0)


# ---- integrals -------------------------------------------------------------------------------------------------------


@given(energies, nuclides)
def test_total_of_a_point_nucleus_in_closed_form(energy, nuclide):
    # σ = (G_F² Q²/π) E²/(1 + 2E/M), spin ½: + (G_F² Q²/π) (4/3) M E⁴/(M + 2E)³
    M, charge = nuclide.mass, WEAK_CROSS_SECTION * cevns.weak_charge(nuclide) ** 2
    spin_zero = charge * energy**2 / (1 + 2 * energy / M)
    assert cevns.cross_section(energy, nuclide, POINT) == pytest.approx(spin_zero, rel=2e-15)
    spin_half = spin_zero + charge * 4 / 3 * M * energy**4 / (M + 2 * energy) ** 3
    assert cevns.cross_section(energy, nuclide, POINT_HALF) == pytest.approx(spin_half, rel=3e-15)


@given(st.floats(0.0, 1.0), energies, nuclides)
def test_total_above_a_threshold_of_a_point_nucleus_in_closed_form(fraction, energy, nuclide):
    # K [T − T²/2T_max] from the threshold to T_max = K (T_max − T)²/2T_max
    top = cevns.recoil_energy_max(energy, nuclide)
    value = cevns.cross_section(energy, nuclide, POINT, threshold=fraction * top)
    # ε of T_max and of the threshold, twice, against the whole
    expected = scale_of(nuclide) * top * (1 - fraction) ** 2 / 2
    assert value == pytest.approx(expected, rel=1e-14, abs=4 * EPSILON * scale_of(nuclide) * top)


@pytest.mark.parametrize("of", ["neutrino", "recoil"])
@pytest.mark.parametrize("model", [StandardModel(), KN, POINT, POINT_HALF], ids=repr)
@pytest.mark.parametrize("name", cases.FEW_NUCLIDES)
def test_angular_cross_section_integrates_to_the_total(of, model, name):
    # 2π ∫ dσ/dΩ dcos θ; 200 Gauss nodes in cos θ, in which the integrand is analytic
    x, weight = np.polynomial.legendre.leggauss(200)
    for energy in (5.0, 50.0):
        integral = 2 * math.pi * weight @ cevns.angular_cross_section(x, energy, cevns.Nuclide(name), model, of=of)
        if of == "recoil":  # half of the sphere is empty: the edge at cos θ = 0 must be an end of the rule
            integral = math.pi * weight @ cevns.angular_cross_section((x + 1) / 2, energy, cevns.Nuclide(name), model, of=of)
        assert integral == pytest.approx(cevns.cross_section(energy, cevns.Nuclide(name), model), rel=1e-12)


def test_thresholds_cut_the_total_into_parts():
    nuclide, E = cevns.Nuclide("132Xe"), 40.0
    top = cevns.recoil_energy_max(E, nuclide)
    cuts = np.linspace(0.0, 1.0, 8) * top
    above = cevns.cross_section(E, nuclide, threshold=cuts)
    x, weight = np.polynomial.legendre.leggauss(40)
    for low, high, more, less in zip(cuts[:-1], cuts[1:], above[:-1], above[1:], strict=True):
        T = (low + high) / 2 + (high - low) / 2 * x
        part = (high - low) / 2 * weight @ cevns.differential_cross_section(T, E, nuclide)
        assert more - less == pytest.approx(part, rel=1e-12, abs=1e-14 * above[0])
    assert above[-1] == 0.0


# ---- figures ---------------------------------------------------------------------------------------------------------

# σ [cm²]: point at 10 MeV, Helm, Klein–Nystrand; the same at 30 MeV; Helm and Klein–Nystrand at 50 MeV. 9 digits printed.
TOTALS = {
    "12C": (
        1.37949420e-41,
        1.36904697e-41,
        1.36783161e-41,
        1.23712446e-40,
        1.15658135e-40,
        1.14798835e-40,
        2.85540587e-40,
        2.80398102e-40,
    ),
    "19F": (
        3.87128196e-41,
        3.83596656e-41,
        3.83145804e-41,
        3.47630317e-40,
        3.20550664e-40,
        3.17381019e-40,
        7.74588111e-40,
        7.55853941e-40,
    ),
    "23Na": (
        5.56688051e-41,
        5.51155905e-41,
        5.50437489e-41,
        5.00085780e-40,
        4.57809953e-40,
        4.52787371e-40,
        1.09373489e-39,
        1.06437975e-39,
    ),
    "28Si": (
        7.51825001e-41,
        7.43626937e-41,
        7.42555706e-41,
        6.75606025e-40,
        6.13225479e-40,
        6.05793783e-40,
        1.44540876e-39,
        1.40262694e-39,
    ),
    "40Ar": (
        1.88946779e-40,
        1.86481433e-40,
        1.86164080e-40,
        1.69869620e-39,
        1.51296892e-39,
        1.49137360e-39,
        3.46208822e-39,
        3.34232803e-39,
    ),
    "74Ge": (
        6.92497977e-40,
        6.79828222e-40,
        6.78342541e-40,
        6.22886356e-39,
        5.29839946e-39,
        5.20244785e-39,
        1.13052446e-38,
        1.08231849e-38,
    ),
    "127I": (
        2.15930438e-39,
        2.10494697e-39,
        2.09940910e-39,
        1.94271653e-38,
        1.55679038e-38,
        1.52349593e-38,
        3.05080809e-38,
        2.90417780e-38,
    ),
    "132Xe": (
        2.40449267e-39,
        2.34252905e-39,
        2.33629115e-39,
        2.16333908e-38,
        1.72469767e-38,
        1.68742898e-38,
        3.35625884e-38,
        3.19397548e-38,
    ),
    "133Cs": (
        2.40158555e-39,
        2.33941250e-39,
        2.33316827e-39,
        2.16072882e-38,
        1.72086072e-38,
        1.68360068e-38,
        3.34416194e-38,
        3.18228043e-38,
    ),
    "208Pb": (
        6.29944118e-39,
        6.08461788e-39,
        6.06615877e-39,
        5.66832657e-38,
        4.20834525e-38,
        4.10736099e-38,
        7.47339428e-38,
        7.09692076e-38,
    ),
}


@pytest.mark.parametrize("name", TOTALS)
def test_total_cross_sections_of_ten_nuclei(name):
    nuclide = cevns.Nuclide(name)
    settings = [(m, E) for E in (10.0, 30.0) for m in (POINT, None, KN)] + [(None, 50.0), (KN, 50.0)]
    values = [cevns.cross_section(E, nuclide, model) for model, E in settings]
    np.testing.assert_allclose(values, TOTALS[name], rtol=6e-9)


@pytest.mark.parametrize(
    ("name", "energy", "recoil_energy", "expected"),
    [
        ("40Ar", 30.0, 10.0, (5.5785722184e-38, 5.1818209661e-38, 5.1325300558e-38)),
        ("132Xe", 10.0, 0.5, (2.0467946558e-36, 1.9978668808e-36, 1.9929007483e-36)),
        ("133Cs", 29.792140909877446, 5.0, (1.9360242488e-36, 1.5106114956e-36, 1.4725263455e-36)),
        ("74Ge", 4.0, 0.2, (2.7166460137e-37, 2.7062677022e-37, 2.7050335394e-37)),
    ],
)
def test_differential_cross_section_at_spot_values(name, energy, recoil_energy, expected):
    # cm²/MeV; 11 digits printed, but masses to 1e-10 and T − T_max take one of them
    values = [1e3 * cevns.differential_cross_section(recoil_energy, energy, cevns.Nuclide(name), m) for m in (POINT, None, KN)]
    np.testing.assert_allclose(values, expected, rtol=2e-9)


def test_differential_cross_section_of_spin_one_half_at_a_spot_value():
    value = 1e3 * cevns.differential_cross_section(10.0, 30.0, cevns.Nuclide("40Ar"), POINT_HALF)
    assert value == pytest.approx(5.5785726092e-38, rel=2e-9)  # 11 digits printed


@pytest.mark.parametrize(
    ("name", "energy", "expected"),
    [("74Ge", 3.0, 6.223365797e-41), ("28Si", 3.0, 6.763366695e-42), ("72Ge", 8.0, 3.959275498e-40)],
)
def test_total_cross_sections_at_reactor_energies(name, energy, expected):
    assert cevns.cross_section(energy, cevns.Nuclide(name)) == pytest.approx(expected, rel=1e-9)  # 10 digits printed


def test_a_mirror_pair_shows_the_weak_charges_of_its_nucleons():
    # 11B and 11C as points at 10 and 30 MeV, 9 digits printed
    for energy, boron, carbon in ((10.0, 1.40138767e-41, 9.39560358e-42), (30.0, 1.25635681e-40, 8.42324885e-41)):
        assert cevns.cross_section(energy, cevns.Nuclide("11B"), POINT) == pytest.approx(boron, rel=6e-9)
        assert cevns.cross_section(energy, cevns.Nuclide("11C"), POINT) == pytest.approx(carbon, rel=6e-9)


# ---- arguments -------------------------------------------------------------------------------------------------------

ARGON = cevns.Nuclide("40Ar")


def test_numbers_give_floats_and_arrays_their_broadcast_shape():
    assert type(cevns.differential_cross_section(10, 30, ARGON)) is float
    assert type(cevns.angular_cross_section(0, 30, ARGON)) is float
    assert type(cevns.cross_section(np.float64(30.0), ARGON)) is float
    assert cevns.differential_cross_section(np.ones((4, 1)), np.full(3, 30.0), ARGON).shape == (4, 3)
    assert cevns.differential_cross_section([], 30.0, ARGON).shape == (0,)
    assert cevns.differential_cross_section(np.ones((3, 1)), np.ones((1, 0)), ARGON).shape == (3, 0)
    assert cevns.cross_section([], ARGON).shape == (0,)
    assert cevns.angular_cross_section(np.zeros((2, 0)), 30.0, ARGON).shape == (2, 0)
    for result in (cevns.cross_section([30], ARGON), cevns.differential_cross_section([1], np.float32(30), ARGON)):
        assert result.dtype == np.float64


def test_the_threshold_broadcasts():
    E, T = np.array([10.0, 30.0, 50.0]), np.array([[0.0], [1.0], [5.0], [1e3]])
    values = cevns.cross_section(E, ARGON, threshold=T)
    assert values.shape == (4, 3)
    for i, j in np.ndindex(values.shape):
        assert values[i, j] == cevns.cross_section(E[j], ARGON, threshold=T[i, 0])
    np.testing.assert_array_equal(values[3], 0.0)
    assert cevns.cross_section(30.0, ARGON, threshold=[0.0, 1.0]).shape == (2,)


def test_layout_order_and_type_of_the_input_do_not_matter_and_it_is_not_changed():
    rng = np.random.default_rng(11)
    T, E = rng.uniform(0.0, 60.0, (30, 20)), rng.uniform(1.0, 60.0, (30, 20))
    kept = T.copy(), E.copy()
    expected = cevns.differential_cross_section(T, E, ARGON)
    order = rng.permutation(T.size)
    permuted = cevns.differential_cross_section(T.ravel()[order], E.ravel()[order], ARGON)
    np.testing.assert_array_equal(permuted, expected.ravel()[order])
    np.testing.assert_array_equal(cevns.differential_cross_section(T.T, E.T, ARGON), expected.T)
    np.testing.assert_array_equal(cevns.differential_cross_section(T[::2, ::-3], E[::2, ::-3], ARGON), expected[::2, ::-3])
    np.testing.assert_array_equal(cevns.differential_cross_section(T.tolist(), E.astype(">f8"), ARGON), expected)
    np.testing.assert_array_equal(
        cevns.cross_section(E.astype(np.float32), ARGON), cevns.cross_section(E.astype(np.float32).astype(float), ARGON)
    )
    np.testing.assert_array_equal(cevns.cross_section(np.arange(60), ARGON), cevns.cross_section(np.arange(60.0), ARGON))
    np.testing.assert_array_equal(T, kept[0])
    np.testing.assert_array_equal(E, kept[1])


WRONG = [
    (lambda: cevns.differential_cross_section(-1.0, 30.0, ARGON), "recoil_energy must be >= 0 keV and finite (got -1)"),
    (
        lambda: cevns.differential_cross_section([1.0, np.nan], 30.0, ARGON),
        "recoil_energy must be >= 0 keV and finite (got nan at",
    ),
    (lambda: cevns.differential_cross_section(1.0, -30.0, ARGON), "neutrino_energy must be >= 0 MeV and finite (got -30)"),
    (lambda: cevns.differential_cross_section(1.0, np.inf, ARGON), "neutrino_energy must be >= 0 MeV and finite (got inf)"),
    (lambda: cevns.differential_cross_section([1.0, 2.0], [1.0, 2.0, 3.0], ARGON), "shapes (2,) and (3,) do not broadcast"),
    (lambda: cevns.angular_cross_section(1.1, 30.0, ARGON), "cosine must be >= -1 and <= 1 (got 1.1)"),
    (lambda: cevns.angular_cross_section(0.0, np.nan, ARGON), "neutrino_energy must be >= 0 MeV and finite (got nan)"),
    (lambda: cevns.cross_section(30.0, ARGON, threshold=-0.1), "threshold must be >= 0 keV and finite (got -0.1)"),
    (
        lambda: cevns.cross_section(30.0, ARGON, threshold=[0.0, np.inf]),
        "threshold must be >= 0 keV and finite (got inf at index 1)",
    ),
    (lambda: cevns.cross_section([1.0, -1.0], ARGON), "neutrino_energy must be >= 0 MeV and finite (got -1 at index 1)"),
    (lambda: cevns.cross_section("30", ARGON), "neutrino_energy must be real numbers (got '30')"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)):
        call()


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(cevns.UnknownNameError, match="unknown direction 'lepton'; known are 'neutrino', 'recoil'"):
        cevns.angular_cross_section(0.0, 30.0, ARGON, of="lepton")
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'nuebr'; did you mean 'nuebar'"):
        cevns.differential_cross_section(1.0, 30.0, ARGON, flavor="nuebr")
