"""The reference against figures that do not come from it: published values, 30-digit arithmetic, limits and sum rules.

Tolerances: a figure is compared to the digits with which it is given ("printed"), else the reason stands beside it. Figures
were computed independently of this package unless a paper is named.
"""

import doctest
import math
from dataclasses import dataclass
from itertools import pairwise

import mpmath
import numpy as np
import pytest

from cevns import constants
from cevns.reference import cases, couplings, cross_sections, form_factors, kinematics, moments, rates, spectra


@dataclass(frozen=True)
class Nucleus:
    """A nucleus with an explicit mass, so that these tests do not depend on the table of nuclides."""

    Z: int
    N: int
    mass: float  # of the nucleus, MeV (AME2020)

    @property
    def A(self) -> int:  # noqa: N802
        return self.Z + self.N


NUCLEI = {
    "12C": Nucleus(6, 6, 11174.864296),
    "19F": Nucleus(9, 10, 17692.304290),
    "23Na": Nucleus(11, 12, 21409.217995),
    "28Si": Nucleus(14, 14, 26053.196044),
    "36Ar": Nucleus(18, 18, 33494.372660),
    "38Ar": Nucleus(18, 20, 35352.877581),
    "40Ar": Nucleus(18, 22, 37215.540717),
    "56Fe": Nucleus(26, 30, 52089.811507),
    "70Ge": Nucleus(32, 38, 65117.730557),
    "72Ge": Nucleus(32, 40, 66978.694890),
    "73Ge": Nucleus(32, 41, 67911.477372),
    "74Ge": Nucleus(32, 42, 68840.846557),
    "76Ge": Nucleus(32, 44, 70704.044318),
    "127I": Nucleus(53, 74, 118183.878398),
    "124Xe": Nucleus(54, 70, 115390.209891),
    "126Xe": Nucleus(54, 72, 117251.719117),
    "128Xe": Nucleus(54, 74, 119113.993176),
    "129Xe": Nucleus(54, 75, 120046.651745),
    "130Xe": Nucleus(54, 76, 120976.961443),
    "131Xe": Nucleus(54, 77, 121909.922447),
    "132Xe": Nucleus(54, 78, 122840.551151),
    "134Xe": Nucleus(54, 80, 124704.692499),
    "136Xe": Nucleus(54, 82, 126569.377370),
    "133Cs": Nucleus(55, 78, 123772.751528),
    "208Pb": Nucleus(82, 126, 193687.691417),
}

# Isotopic abundances by mole: Meija et al., Pure Appl. Chem. 88 (2016) 293.
NATURAL = {
    "Ar": {"36Ar": 0.003336, "38Ar": 0.000629, "40Ar": 0.996035},
    "Ge": {"70Ge": 0.2052, "72Ge": 0.2745, "73Ge": 0.0776, "74Ge": 0.3652, "76Ge": 0.0775},
    "Cs": {"133Cs": 1.0},
    "I": {"127I": 1.0},
    "Xe": {
        "124Xe": 0.000952,
        "126Xe": 0.000890,
        "128Xe": 0.019102,
        "129Xe": 0.264006,
        "130Xe": 0.040710,
        "131Xe": 0.212324,
        "132Xe": 0.269086,
        "134Xe": 0.104357,
        "136Xe": 0.088573,
    },
}

GVP, GVN = couplings.tree_couplings()
RNG = np.random.default_rng(20240917)


def helm(nuclide):
    parameters = form_factors.helm_lewin_smith(nuclide.A)
    return lambda q: form_factors.helm(q, *parameters)


def klein_nystrand(nuclide):
    parameters = form_factors.klein_nystrand_coherent(nuclide.A)
    return lambda q: form_factors.klein_nystrand(q, *parameters)


def klein_nystrand_model(q, nuclide):
    return klein_nystrand(nuclide)(q)


def point_model(q, nuclide):
    return form_factors.point(q)


def molar_mass(nuclide):
    """Atomic mass in g/mol: nucleus, electrons, and the binding of these, 14.4381 Z^2.39 + 1.55468e-6 Z^5.35 eV (AME)."""
    binding = (14.4381 * nuclide.Z**2.39 + 1.55468e-6 * nuclide.Z**5.35) * 1e-6
    return (nuclide.mass + nuclide.Z * constants.ELECTRON_MASS - binding) / constants.ATOMIC_MASS_UNIT


def single_isotope(name):
    """One kilogram of one isotope."""
    return [(NUCLEI[name], rates.nuclei_per_kilogram(molar_mass(NUCLEI[name])))]


def natural(element):
    """One kilogram of an element."""
    mass = sum(abundance * molar_mass(NUCLEI[name]) for name, abundance in NATURAL[element].items())
    return [(NUCLEI[name], abundance * rates.nuclei_per_kilogram(mass)) for name, abundance in NATURAL[element].items()]


# --- constants ---------------------------------------------------------------------------------------------------------------


def test_fermi_constant_squared_in_cross_section_units():
    value = constants.FERMI_CONSTANT**2 * constants.MEV2_CM2
    assert value == pytest.approx(5.297270803695e-44, rel=1e-11)
    assert math.pi * constants.WEAK_CROSS_SECTION == pytest.approx(5.297270803695e-44, rel=1e-11)


def test_freedmans_coefficient_is_0_42e_minus_44():
    # σ ≈ 0.42e-44 N² (E/MeV)² cm²: Freedman, Schramm and Tubbs (1977)
    coefficient = constants.WEAK_CROSS_SECTION / 4
    assert coefficient == pytest.approx(0.421543e-44, rel=2e-6)


def test_hbar_c_cross_section_unit():
    unit = constants.MEV2_CM2
    assert unit == pytest.approx(3.893794e-22, rel=2e-7)  # printed


# --- kinematics --------------------------------------------------------------------------------------------------------------


def test_maximum_recoil_energy_of_the_founding_article():
    nuclide = Nucleus(32, 42, 70000.0)
    assert kinematics.recoil_energy_max(5.0, nuclide) == pytest.approx(7.14183688044565e-1, rel=1e-13)


@pytest.mark.parametrize(
    ("neutrino_energy", "recoil_energy"),
    [(5, 4.06998581052707e-4), (10, 1.62786181672092e-3), (30, 1.46459880215546e-2), (52.82918775, 4.54007177459699e-2)],
)
def test_maximum_recoil_energy_on_xenon(neutrino_energy, recoil_energy):
    # 30-digit figures, printed with 15 digits
    assert kinematics.recoil_energy_max(neutrino_energy, NUCLEI["132Xe"]) == pytest.approx(1e3 * recoil_energy, rel=3e-15)


def test_hydrogen_needs_the_exact_maximum():
    proton = Nucleus(1, 0, 938.27208943)
    assert kinematics.recoil_energy_max(50.0, proton) == pytest.approx(4815.7, rel=1e-5)  # printed; 2E²/M is 5328.9


@pytest.mark.parametrize(
    ("recoil_energy", "neutrino_energy"),
    [(0.5, 5.54192283861561), (1, 7.83760889457968), (10, 24.7881148315743), (100, 78.4211047360569)],
)
def test_minimum_neutrino_energy_on_xenon(recoil_energy, neutrino_energy):
    assert kinematics.neutrino_energy_min(recoil_energy, NUCLEI["132Xe"]) == pytest.approx(neutrino_energy, rel=3e-15)


def test_momentum_transfer_on_xenon():
    nuclide = NUCLEI["132Xe"]
    assert kinematics.momentum_transfer(1.0, nuclide) == pytest.approx(15.6742177572598, rel=1e-14)
    three_momentum = math.sqrt(1e-3**2 + kinematics.momentum_transfer(1.0, nuclide) ** 2)
    assert three_momentum == pytest.approx(15.6742177891594, rel=3e-15)


@pytest.mark.parametrize(
    ("neutrino_energy", "recoil_energy", "neutrino_cosine", "recoil_cosine"),
    [(30, 20, 0.172436274916611, 0.643562609268122), (10, 3, -0.116801261888567, 0.747350739979998)],
)
def test_angles_on_argon(neutrino_energy, recoil_energy, neutrino_cosine, recoil_cosine):
    # 1 − cos θ is a sum of rounded terms of order one: 1e-15 absolute
    nuclide = NUCLEI["40Ar"]
    assert kinematics.neutrino_scattering_cosine(recoil_energy, neutrino_energy, nuclide) == pytest.approx(
        neutrino_cosine, abs=1e-15
    )
    assert kinematics.recoil_cosine(recoil_energy, neutrino_energy, nuclide) == pytest.approx(recoil_cosine, rel=2e-15)


@pytest.mark.parametrize("name", ["12C", "40Ar", "208Pb"])
def test_kinematic_relations_invert_each_other(name):
    nuclide = NUCLEI[name]
    neutrino_energy = np.geomspace(1e-3, 1e3, 200)
    largest = kinematics.recoil_energy_max(neutrino_energy, nuclide)
    recoil_energy = RNG.uniform(1e-3, 1, 200) * largest
    # five or so operations, each correctly rounded
    np.testing.assert_allclose(kinematics.neutrino_energy_min(largest, nuclide), neutrino_energy, rtol=1e-15)
    cosine = kinematics.recoil_cosine(recoil_energy, neutrino_energy, nuclide)
    back = kinematics.recoil_energy_from_recoil_angle(cosine, neutrino_energy, nuclide)
    np.testing.assert_allclose(back, recoil_energy, rtol=3e-15)
    cosine = kinematics.neutrino_scattering_cosine(recoil_energy, neutrino_energy, nuclide)
    back = kinematics.recoil_energy_from_neutrino_angle(cosine, neutrino_energy, nuclide)
    np.testing.assert_allclose(back, recoil_energy, rtol=1e-12)  # 1 − cos θ cancels: 1e-15/1e-3


@pytest.mark.parametrize("name", ["12C", "40Ar", "208Pb"])
def test_momentum_along_the_beam_is_conserved(name):
    nuclide = NUCLEI[name]
    E = np.geomspace(0.1, 300, 100)
    T = RNG.uniform(0, 1, 100) * kinematics.recoil_energy_max(E, nuclide)
    neutrino = (E - T * 1e-3) * kinematics.neutrino_scattering_cosine(T, E, nuclide)
    nucleus = np.sqrt((T * 1e-3) ** 2 + kinematics.momentum_transfer(T, nuclide) ** 2) * kinematics.recoil_cosine(T, E, nuclide)
    np.testing.assert_allclose(neutrino + nucleus, E, rtol=1e-14)


def test_backward_scattering_gives_the_largest_recoil():
    nuclide = NUCLEI["40Ar"]
    largest = kinematics.recoil_energy_max(30.0, nuclide)
    assert kinematics.neutrino_scattering_cosine(largest, 30.0, nuclide) == pytest.approx(-1, abs=1e-15)
    assert kinematics.recoil_cosine(largest, 30.0, nuclide) == pytest.approx(1, abs=1e-15)
    assert np.isnan(kinematics.neutrino_scattering_cosine(1.001 * largest, 30.0, nuclide))
    assert np.isnan(kinematics.recoil_cosine(1.001 * largest, 30.0, nuclide))


def test_no_recoil_needs_no_energy():
    assert kinematics.neutrino_energy_min(0.0, NUCLEI["40Ar"]) == 0
    assert kinematics.recoil_energy_max(0.0, NUCLEI["40Ar"]) == 0


# --- couplings ---------------------------------------------------------------------------------------------------------------


def test_proton_coupling_of_the_founding_article():
    assert couplings.tree_couplings(0.238) == (pytest.approx(0.024, abs=1e-15), -0.5)
    assert couplings.tree_couplings() == (pytest.approx(0.02286, abs=1e-15), -0.5)


WEAK_CHARGES = {  # literature convention, sin²θ_W = 0.23857
    "12C": 5.725680,
    "19F": 9.588520,
    "23Na": 11.497080,
    "28Si": 13.359920,
    "40Ar": 21.177040,
    "74Ge": 40.536960,
    "127I": 71.576840,
    "132Xe": 75.531120,
    "133Cs": 75.485400,
    "208Pb": 122.250960,
}


@pytest.mark.parametrize(("name", "charge"), WEAK_CHARGES.items())
def test_weak_charge_in_both_conventions(name, charge):
    nuclide = NUCLEI[name]
    assert couplings.weak_charge_literature(nuclide) == pytest.approx(charge, rel=1e-14)
    assert couplings.weak_charge(nuclide) == pytest.approx(-charge / 2, rel=1e-14)


# --- form factors ------------------------------------------------------------------------------------------------------------

# q in 1/fm, then Helm (Lewin–Smith), Klein–Nystrand (COHERENT), symmetrised Fermi (a = 0.52 fm); 40 digits, printed with 12.
FORM_FACTORS = {
    12: [
        (0.1, 0.9889169774, 0.987633179615, 0.988925013813),
        (0.5, 0.753384466133, 0.733708514586, 0.757176292469),
        (1.0, 0.299399757817, 0.283590623793, 0.324678068440),
    ],
    40: [
        (0.05, 0.995200941778, 0.994577384023, 0.995201504995),
        (0.1, 0.980917142484, 0.978464176735, 0.980926033682),
        (0.25, 0.885557565741, 0.871914136391, 0.885873602539),
        (0.5, 0.604031565265, 0.567974186320, 0.607623233046),
        (1.0, 0.0727833743393, 0.0444295986195, 0.0856155123725),
    ],
    74: [
        (0.1, 0.973231917157, 0.970094057503, 0.973241626718),
        (0.5, 0.480034700103, 0.439666447195, 0.483418832657),
        (1.0, -0.0253775760251, -0.0402940878901, -0.0198239560463),
    ],
    127: [
        (0.1, 0.963143186270, 0.959385612835, 0.963153965915),
        (0.5, 0.343125489911, 0.303724965345, 0.346221323167),
        (1.0, -0.0574706063931, -0.0558825870338, -0.0569182660051),
    ],
    132: [
        (0.05, 0.990461913595, 0.989485994841, 0.990462609293),
        (0.1, 0.962267584271, 0.958466067241, 0.962278456561),
        (0.25, 0.781665994820, 0.761965902016, 0.782025496657),
        (0.5, 0.332514738178, 0.293397439998, 0.335584941209),
        (1.0, -0.0572543812662, -0.0546475235, -0.0569634631053),
    ],
    133: [
        (0.1, 0.962093725905, 0.958283636116, 0.962104616586),
        (0.5, 0.330430820298, 0.291372459770, 0.333495925201),
        (1.0, -0.0571730202533, -0.0543725412498, -0.0569313883037),
    ],
    208: [
        (0.1, 0.950020567075, 0.945718198889, 0.950032731339),
        (0.5, 0.203199416244, 0.169761863278, 0.205905404343),
        (1.0, -0.0326850050593, -0.0228515850571, -0.0342298117414),
    ],
}


@pytest.mark.parametrize(
    ("A", "q", "of_helm", "of_klein_nystrand", "of_fermi"), [(A, *row) for A in FORM_FACTORS for row in FORM_FACTORS[A]]
)
def test_form_factors_against_forty_digits(A, q, of_helm, of_klein_nystrand, of_fermi):
    q = q * constants.HBAR_C
    # half a unit of the last printed digit
    assert form_factors.helm(q, *form_factors.helm_lewin_smith(A)) == pytest.approx(of_helm, abs=6e-13)
    assert form_factors.klein_nystrand(q, *form_factors.klein_nystrand_coherent(A)) == pytest.approx(
        of_klein_nystrand, abs=6e-13
    )
    assert form_factors.symmetrized_fermi(q, *form_factors.symmetrized_fermi_standard(A)) == pytest.approx(of_fermi, abs=6e-13)


@pytest.mark.parametrize(
    ("function", "parameters", "A", "values"),
    [
        (form_factors.helm, form_factors.helm_lewin_smith, 40, (0.969515666707, 0.882593036641, 0.595340430033)),
        (
            form_factors.klein_nystrand,
            form_factors.klein_nystrand_coherent,
            40,
            (0.965630990923, 0.868630383351, 0.558851585178),
        ),
        (
            form_factors.symmetrized_fermi,
            form_factors.symmetrized_fermi_standard,
            40,
            (0.969538326865, 0.882925525339, 0.599083214828),
        ),
        (form_factors.helm, form_factors.helm_lewin_smith, 132, (0.939972815269, 0.776268690554, 0.320834094085)),
        (
            form_factors.klein_nystrand,
            form_factors.klein_nystrand_coherent,
            132,
            (0.934000354982, 0.756155085893, 0.281705751480),
        ),
        (
            form_factors.symmetrized_fermi,
            form_factors.symmetrized_fermi_standard,
            132,
            (0.940000298520, 0.776646001479, 0.323997326033),
        ),
        (form_factors.helm, form_factors.helm_lewin_smith, 133, (0.939698564873, 0.775315272866, 0.318740946202)),
        (form_factors.helm, form_factors.helm_lewin_smith, 127, (0.941354348086, 0.781080860274, 0.331495803196)),
        (form_factors.helm, form_factors.helm_lewin_smith, 74, (0.957311691653, 0.837797989246, 0.469586314041)),
        (form_factors.helm, form_factors.helm_lewin_smith, 208, (0.920706708442, 0.710777928591, 0.191507709161)),
    ],
)
def test_form_factors_at_25_50_and_100_mev(function, parameters, A, values):
    np.testing.assert_allclose(function([25.0, 50.0, 100.0], *parameters(A)), values, rtol=0, atol=6e-13)


@pytest.mark.parametrize(
    ("A", "radius"),
    [
        (132, 5.85179249726),
        (40, 3.89669079521),
        (133, 5.86705933349),
        (127, 5.77432093124),
        (74, 4.79653385692),
        (208, 6.84857161034),
    ],
)
def test_helm_radius_of_lewin_and_smith(A, radius):
    assert form_factors.helm_lewin_smith(A) == (pytest.approx(radius, abs=6e-12), 0.9)  # half a unit of the last printed digit


def test_root_mean_square_radii_of_the_default_parameters():
    assert form_factors.symmetrized_fermi_standard(132) == (pytest.approx(5.66272134468, abs=6e-12), 0.52)
    assert form_factors.symmetrized_fermi_standard(40) == (pytest.approx(3.60654082882, abs=6e-12), 0.52)
    assert math.sqrt(form_factors.helm_moments(*form_factors.helm_lewin_smith(132))[0]) == pytest.approx(
        4.79333759072, rel=1e-12
    )
    assert math.sqrt(form_factors.helm_moments(*form_factors.helm_lewin_smith(40))[0]) == pytest.approx(3.3971340115, rel=1e-11)
    radius = math.sqrt(form_factors.klein_nystrand_moments(*form_factors.klein_nystrand_coherent(132))[0])
    assert radius == pytest.approx(5.0337913171, rel=1e-11)


@pytest.mark.parametrize("A", [12, 40, 132, 208])
def test_helm_of_lewin_and_smith_has_the_radius_of_the_symmetrised_fermi_density(A):
    of_helm, _ = form_factors.helm_moments(*form_factors.helm_lewin_smith(A))
    of_fermi, _ = form_factors.symmetrized_fermi_moments(*form_factors.symmetrized_fermi_standard(A))
    assert of_helm == pytest.approx(of_fermi, rel=1e-14)


@pytest.mark.parametrize("radius", [3.4274, 4.7859, 5.5012])
def test_parameters_from_a_radius_give_it_back(radius):
    assert form_factors.helm_moments(*form_factors.helm_from_rms(radius))[0] == pytest.approx(radius**2, rel=1e-14)
    assert form_factors.klein_nystrand_moments(*form_factors.klein_nystrand_adapted(radius))[0] == pytest.approx(
        radius**2, rel=1e-14
    )
    assert form_factors.symmetrized_fermi_moments(*form_factors.symmetrized_fermi_from_rms(radius))[0] == pytest.approx(
        radius**2, rel=1e-14
    )


def test_other_parameter_conventions():
    assert form_factors.helm_engel(64) == (pytest.approx(math.sqrt(4.8**2 - 1.25), rel=1e-15), 0.5)
    assert form_factors.helm_dukecevns(64) == (pytest.approx(4.8, rel=1e-15), 0.9)
    assert form_factors.symmetrized_fermi_thickness(64) == (pytest.approx(4.32, rel=1e-15), pytest.approx(0.5234, rel=1e-4))


def test_prex_weak_form_factor_from_a_helm_density_of_its_radius():
    # PREX-2, Phys. Rev. Lett. 126 (2021) 172502: F_W = 0.368 ± 0.013 at q = 0.39774 / fm, weak radius 5.800 fm
    q = 0.397744 * constants.HBAR_C
    value = form_factors.helm(q, *form_factors.helm_from_rms(5.800))
    assert value == pytest.approx(0.361411, abs=1e-6)
    assert value == pytest.approx(0.368, abs=0.013)
    assert form_factors.helm(q, *form_factors.helm_from_rms(5.5)) == pytest.approx(0.407623, abs=1e-6)


@pytest.mark.parametrize("case", cases.FORM_FACTORS, ids=lambda case: case.name)
@pytest.mark.parametrize("A", [12, 40, 132, 208])
def test_form_factor_is_one_at_zero_and_starts_with_its_radii(case, A):
    nuclide = Nucleus(A // 2, A - A // 2, 0.9315e3 * A)
    r2, r4 = case.moments(nuclide)
    k = 0.02  # 1/fm; the next term, q⁶⟨r⁶⟩/5040, is largest for the dipole: 1.8e-9
    value = float(case.reference(np.array([k * constants.HBAR_C]), nuclide)[0])
    assert float(case.reference(np.array([0.0]), nuclide)[0]) == 1
    assert value == pytest.approx(1 - k**2 * r2 / 6 + k**4 * r4 / 120, abs=2e-9)


def exact_ball(x):
    return 3 * (mpmath.sin(x) - x * mpmath.cos(x)) / x**3


def exact_helm(k, radius, skin):
    return exact_ball(k * radius) * mpmath.exp(-((k * skin) ** 2) / 2)


def exact_klein_nystrand(k, radius, a):
    return exact_ball(k * radius) / (1 + (k * a) ** 2)


def exact_symmetrized_fermi(k, c, a):
    """Sprung and Martorell's equation as they print it."""
    x, y = k * c, mpmath.pi * k * a
    return 3 / (x * (x**2 + y**2)) * y / mpmath.sinh(y) * (y * mpmath.sin(x) / mpmath.tanh(y) - x * mpmath.cos(x))


def exact_solid_sphere(k, radius):
    return exact_ball(k * radius)


@pytest.mark.parametrize(
    ("function", "exact", "lengths"),
    [
        (form_factors.solid_sphere, exact_solid_sphere, (6.0,)),
        (form_factors.helm, exact_helm, (5.85, 0.9)),
        (form_factors.klein_nystrand, exact_klein_nystrand, (6.1, 0.7)),
        (form_factors.symmetrized_fermi, exact_symmetrized_fermi, (5.66, 0.52)),
        (form_factors.symmetrized_fermi, exact_symmetrized_fermi, (0.63, 0.52)),
        (form_factors.symmetrized_fermi, exact_symmetrized_fermi, (3.0, 0.1)),
    ],
)
def test_form_factors_keep_their_accuracy_everywhere(function, exact, lengths):
    momentum = np.concatenate((np.geomspace(1e-12, 1, 60), RNG.uniform(1, 3300, 300)))
    values = function(momentum, *lengths)
    with mpmath.workdps(80):  # the printed equations cancel as q³: 40 digits at q = 1e-12 MeV
        hbar_c = mpmath.mpf(constants.HBAR_C)
        expected = np.array([float(exact(mpmath.mpf(float(q)) / hbar_c, *map(mpmath.mpf, lengths))) for q in momentum])
    x = momentum / constants.HBAR_C * lengths[0]
    before_zero = x < 3
    error = np.abs(values - expected)
    assert np.max(error[before_zero] / np.abs(expected[before_zero])) < 3e-15
    assert np.max(error[~before_zero]) < 3e-16


def test_symmetrised_fermi_survives_where_sinh_overflows():
    assert form_factors.symmetrized_fermi(1e6, 5.66, 0.52) == pytest.approx(0, abs=1e-300)


def test_form_factor_docstrings_and_spectra_docstrings_run():
    for module in (form_factors, spectra, couplings):
        assert doctest.testmod(module).failed == 0


# --- cross sections ----------------------------------------------------------------------------------------------------------

# Totals in cm²: point at 10 MeV, Helm(10), Klein–Nystrand(10), point(30), Helm(30), KN(30), Helm(50), KN(50).
TOTALS = {
    "12C": (
        1.37949420e-41, 1.36904697e-41, 1.36783161e-41, 1.23712446e-40,
        1.15658135e-40, 1.14798835e-40, 2.85540587e-40, 2.80398102e-40,
    ),
    "19F": (
        3.87128196e-41, 3.83596656e-41, 3.83145804e-41, 3.47630317e-40,
        3.20550664e-40, 3.17381019e-40, 7.74588111e-40, 7.55853941e-40,
    ),
    "23Na": (
        5.56688051e-41, 5.51155905e-41, 5.50437489e-41, 5.00085780e-40,
        4.57809953e-40, 4.52787371e-40, 1.09373489e-39, 1.06437975e-39,
    ),
    "28Si": (
        7.51825001e-41, 7.43626937e-41, 7.42555706e-41, 6.75606025e-40,
        6.13225479e-40, 6.05793783e-40, 1.44540876e-39, 1.40262694e-39,
    ),
    "40Ar": (
        1.88946779e-40, 1.86481433e-40, 1.86164080e-40, 1.69869620e-39,
        1.51296892e-39, 1.49137360e-39, 3.46208822e-39, 3.34232803e-39,
    ),
    "74Ge": (
        6.92497977e-40, 6.79828222e-40, 6.78342541e-40, 6.22886356e-39,
        5.29839946e-39, 5.20244785e-39, 1.13052446e-38, 1.08231849e-38,
    ),
    "127I": (
        2.15930438e-39, 2.10494697e-39, 2.09940910e-39, 1.94271653e-38,
        1.55679038e-38, 1.52349593e-38, 3.05080809e-38, 2.90417780e-38,
    ),
    "132Xe": (
        2.40449267e-39, 2.34252905e-39, 2.33629115e-39, 2.16333908e-38,
        1.72469767e-38, 1.68742898e-38, 3.35625884e-38, 3.19397548e-38,
    ),
    "133Cs": (
        2.40158555e-39, 2.33941250e-39, 2.33316827e-39, 2.16072882e-38,
        1.72086072e-38, 1.68360068e-38, 3.34416194e-38, 3.18228043e-38,
    ),
    "208Pb": (
        6.29944118e-39, 6.08461788e-39, 6.06615877e-39, 5.66832657e-38,
        4.20834525e-38, 4.10736099e-38, 7.47339428e-38, 7.09692076e-38,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOTALS)
def test_total_cross_sections_of_ten_nuclei(name):
    nuclide = NUCLEI[name]
    energies = (10, 10, 10, 30, 30, 30, 50, 50)
    models = (form_factors.point, helm(nuclide), klein_nystrand(nuclide)) * 2 + (helm(nuclide), klein_nystrand(nuclide))
    values = [float(cross_sections.cross_section(E, nuclide, GVP, GVN, F)) for E, F in zip(energies, models, strict=True)]
    np.testing.assert_allclose(values, TOTALS[name], rtol=5e-9)  # printed with nine digits


@pytest.mark.parametrize(
    ("name", "neutrino_energy", "recoil_energy", "of_point", "of_helm", "of_klein_nystrand"),
    [
        ("40Ar", 30, 10, 5.5785722184e-38, 5.1818209661e-38, 5.1325300558e-38),
        ("132Xe", 10, 0.5, 2.0467946558e-36, 1.9978668808e-36, 1.9929007483e-36),
        ("133Cs", 29.792140909877446, 5, 1.9360242488e-36, 1.5106114956e-36, 1.4725263455e-36),
        ("74Ge", 4, 0.2, 2.7166460137e-37, 2.7062677022e-37, 2.7050335394e-37),
    ],
)
def test_differential_cross_section_at_spot_values(name, neutrino_energy, recoil_energy, of_point, of_helm, of_klein_nystrand):
    nuclide = NUCLEI[name]
    values = [
        float(cross_sections.differential_cross_section(recoil_energy, neutrino_energy, nuclide, GVP, GVN, F))
        for F in (form_factors.point, helm(nuclide), klein_nystrand(nuclide))
    ]
    # cm²/MeV, printed with eleven digits
    np.testing.assert_allclose(np.multiply(values, 1e3), [of_point, of_helm, of_klein_nystrand], rtol=6e-11)


def test_differential_cross_section_of_spin_one_half():
    value = cross_sections.differential_cross_section(10.0, 30.0, NUCLEI["40Ar"], GVP, GVN, kinematics="spin-1/2")
    assert 1e3 * value == pytest.approx(5.5785726092e-38, rel=2e-11)


@pytest.mark.parametrize(
    ("name", "neutrino_energy", "value"),
    [("74Ge", 3, 6.223365797e-41), ("28Si", 3, 6.763366695e-42), ("72Ge", 8, 3.959275498e-40)],
)
def test_total_cross_sections_at_reactor_energies(name, neutrino_energy, value):
    nuclide = NUCLEI[name]
    assert cross_sections.cross_section(neutrino_energy, nuclide, GVP, GVN, helm(nuclide)) == pytest.approx(value, rel=2e-10)


def test_cross_sections_on_iron_for_supernova_opacities():
    nuclide = NUCLEI["56Fe"]
    assert couplings.weak_charge(nuclide) == pytest.approx(-14.40564, rel=1e-12)
    values = [float(cross_sections.cross_section(E, nuclide, GVP, GVN, helm(nuclide))) for E in (10, 20, 30)]
    np.testing.assert_allclose(values, [3.44315477e-40, 1.31389042e-39, 2.73873706e-39], rtol=4e-9)
    infinitely_heavy = Nucleus(26, 30, 1e18)
    assert cross_sections.point_cross_section(10.0, infinitely_heavy, GVP, GVN) == pytest.approx(3.499189137e-40, rel=2e-10)


@pytest.mark.parametrize("name", ["12C", "40Ar", "208Pb"])
def test_spin_zero_cross_section_vanishes_at_maximum_recoil(name):
    E = np.geomspace(0.01, 1000, 200)
    largest = kinematics.recoil_energy_max(E, NUCLEI[name])
    assert np.all(cross_sections.differential_cross_section(largest, E, NUCLEI[name], GVP, GVN) == 0)


def test_spin_one_half_cross_section_does_not_vanish_at_maximum_recoil():
    # helicity is not conserved in a Dirac particle's recoil: K 2E²/(M + 2E)² remains
    nuclide, E = NUCLEI["12C"], 50.0
    largest = kinematics.recoil_energy_max(E, nuclide)
    value = cross_sections.differential_cross_section(largest, E, nuclide, GVP, GVN, kinematics="spin-1/2")
    forward = cross_sections.differential_cross_section(0.0, E, nuclide, GVP, GVN)
    assert value / forward == pytest.approx(2 * E**2 / (nuclide.mass + 2 * E) ** 2, rel=1e-12)


def test_cross_section_is_exactly_zero_outside_its_range():
    nuclide = NUCLEI["40Ar"]
    for model in ("spin-0", "spin-1/2"):
        largest = float(kinematics.recoil_energy_max(30.0, nuclide))
        outside = np.array([-1.0, np.nextafter(largest, np.inf), 2 * largest, 1e9])
        assert np.all(
            cross_sections.differential_cross_section(outside, 30.0, nuclide, GVP, GVN, helm(nuclide), kinematics=model) == 0
        )
        assert cross_sections.differential_cross_section(0.0, 0.0, nuclide, GVP, GVN, kinematics=model) == 0
        assert cross_sections.cross_section(30.0, nuclide, GVP, GVN, kinematics=model, threshold=largest) == 0
        assert cross_sections.cross_section(0.0, nuclide, GVP, GVN, kinematics=model) == 0
        assert cross_sections.point_cross_section(0.0, nuclide, GVP, GVN, kinematics=model) == 0
        assert cross_sections.point_cross_section(30.0, nuclide, GVP, GVN, kinematics=model, threshold=2 * largest) == 0


def test_kinematic_factor_is_the_textbook_polynomial():
    nuclide, E, T = NUCLEI["40Ar"], 30.0, np.linspace(0, 40, 41)
    M, t = nuclide.mass, T * 1e-3
    K = constants.WEAK_CROSS_SECTION * M * couplings.weak_charge(nuclide) ** 2 * 1e-3
    for model, extra in (("spin-0", 0), ("spin-1/2", t**2 / (2 * E**2))):
        value = cross_sections.differential_cross_section(T, E, nuclide, GVP, GVN, kinematics=model)
        np.testing.assert_allclose(value, K * (1 - t / E - M * t / (2 * E**2) + extra), rtol=0, atol=2e-16 * K * 4)


@pytest.mark.parametrize("name", ["12C", "40Ar", "208Pb"])
@pytest.mark.parametrize("model", ["spin-0", "spin-1/2"])
def test_total_of_a_point_nucleus_by_quadrature_and_in_closed_form(name, model):
    nuclide, E = NUCLEI[name], np.array([0.1, 3.0, 30.0, 300.0])
    closed = cross_sections.point_cross_section(E, nuclide, GVP, GVN, kinematics=model)
    by_quadrature = cross_sections.cross_section(E, nuclide, GVP, GVN, kinematics=model)
    np.testing.assert_allclose(by_quadrature, closed, rtol=1e-14)
    M, Q = nuclide.mass, couplings.weak_charge(nuclide)
    textbook = E**2 / (1 + 2 * E / M) + (4 / 3 * M * E**4 / (M + 2 * E) ** 3 if model == "spin-1/2" else 0)
    np.testing.assert_allclose(closed, constants.WEAK_CROSS_SECTION * Q**2 * textbook, rtol=1e-14)
    for low, high in ((0.0, 1.0), (0.5, 7.0), (5.0, np.inf), (1.0, 1e9)):
        closed = cross_sections.point_cross_section(E, nuclide, GVP, GVN, model, low, high)
        by_quadrature = cross_sections.cross_section(E, nuclide, GVP, GVN, kinematics=model, threshold=low, maximum=high)
        np.testing.assert_allclose(by_quadrature, closed, rtol=1e-13, atol=0)


@pytest.mark.parametrize("model", [helm, klein_nystrand])
@pytest.mark.parametrize("neutrino_energy", [10.0, 100.0, 500.0])
def test_cross_section_quadrature_against_adaptive_integration(model, neutrino_energy):
    nuclide = NUCLEI["208Pb"]
    F = model(nuclide)
    largest = float(kinematics.recoil_energy_max(neutrino_energy, nuclide))
    edges = np.linspace(0, math.sqrt(largest), 201)
    x, weight = np.polynomial.legendre.leggauss(12)
    root = (edges[:-1, None] + np.diff(edges)[:, None] * (1 + x) / 2).ravel()
    weight = (np.diff(edges)[:, None] * weight / 2).ravel()
    integrand = cross_sections.differential_cross_section(root**2, neutrino_energy, nuclide, GVP, GVN, F) * 2 * root
    value = cross_sections.cross_section(neutrino_energy, nuclide, GVP, GVN, F)
    assert value == pytest.approx(float(np.sum(weight * integrand)), rel=2e-14)


@pytest.mark.parametrize("model", [helm, klein_nystrand])
def test_angular_cross_sections_integrate_to_the_total(model):
    nuclide, E = NUCLEI["40Ar"], 45.0
    F = model(nuclide)
    total = cross_sections.cross_section(E, nuclide, GVP, GVN, F)
    x, weight = np.polynomial.legendre.leggauss(64)
    solid_angle = 2 * math.pi * np.sum(weight * cross_sections.angular_cross_section(x, E, nuclide, GVP, GVN, F))
    recoil = np.sum(weight / 2 * cross_sections.recoil_angle_cross_section((1 + x) / 2, E, nuclide, GVP, GVN, F))
    assert solid_angle == pytest.approx(total, rel=1e-13)
    assert recoil == pytest.approx(total, rel=1e-13)


def test_angular_cross_section_is_the_recoil_spectrum_times_the_jacobian():
    nuclide, E, c = NUCLEI["40Ar"], 45.0, np.linspace(-1, 1, 21)
    T = kinematics.recoil_energy_from_neutrino_angle(c, E, nuclide)
    jacobian = nuclide.mass * E**2 / (nuclide.mass + E * (1 - c)) ** 2 * 1e3  # keV
    expected = cross_sections.differential_cross_section(T, E, nuclide, GVP, GVN, helm(nuclide)) * jacobian / (2 * math.pi)
    value = cross_sections.angular_cross_section(c, E, nuclide, GVP, GVN, helm(nuclide))
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14 * expected.max())


def test_angular_cross_section_of_a_heavy_nucleus_is_freedmans():
    heavy, E, c = Nucleus(18, 22, 1e15), 10.0, np.linspace(-1, 1, 11)
    expected = constants.WEAK_CROSS_SECTION / (4 * math.pi) * couplings.weak_charge(heavy) ** 2 * E**2 * (1 + c)
    np.testing.assert_allclose(cross_sections.angular_cross_section(c, E, heavy, GVP, GVN), expected, rtol=1e-12)


@pytest.mark.parametrize(("epsilon", "ratio"), [(0.01, 1.29427244773795), (0.3, 0.648013731639424)])
def test_transport_cross_section_follows_from_the_angular_one(epsilon, ratio):
    # ∫(1 − c) dσ = (G_F² Q² E²/2π) · {2ε(1+ε)/(1+2ε) − ln(1+2ε)}/ε³, ε = E/M: the ratio is the last factor
    nuclide, E = Nucleus(18, 22, 100.0 / epsilon), 100.0
    edges = np.linspace(-1, 1, 9)
    x, weight = np.polynomial.legendre.leggauss(32)
    c = (edges[:-1, None] + np.diff(edges)[:, None] * (1 + x) / 2).ravel()
    weight = (np.diff(edges)[:, None] * weight / 2).ravel()
    transport = 2 * math.pi * np.sum(weight * (1 - c) * cross_sections.angular_cross_section(c, E, nuclide, GVP, GVN))
    unit = constants.WEAK_CROSS_SECTION / 2 * couplings.weak_charge(nuclide) ** 2 * E**2
    assert transport / unit == pytest.approx(ratio, rel=1e-13)


def test_neutron_form_factor_acts_on_neutrons_alone():
    nuclide = NUCLEI["40Ar"]

    def none(q):
        return np.zeros_like(q)

    protons = cross_sections.differential_cross_section(5.0, 30.0, nuclide, GVP, GVN, form_factors.point, none)
    neutrons = cross_sections.differential_cross_section(5.0, 30.0, nuclide, GVP, GVN, none, form_factors.point)
    both = cross_sections.differential_cross_section(5.0, 30.0, nuclide, GVP, GVN)
    assert protons / neutrons == pytest.approx((18 * GVP / (22 * GVN)) ** 2, rel=1e-14)
    assert math.sqrt(both) == pytest.approx(math.sqrt(neutrons) - math.sqrt(protons), rel=1e-14)


# --- spectra -----------------------------------------------------------------------------------------------------------------


def test_pion_decay_line_and_end_point():
    assert spectra.pion_line_energy() == pytest.approx(29.792140909877, rel=1e-13)
    end_point = spectra.MICHEL_END_POINT
    assert end_point == pytest.approx(52.82918775, rel=1e-15)


@pytest.mark.parametrize(
    ("flavor", "closed"),
    # ⟨E^k⟩ in powers of m_μ, k = 0, 1, 2, −1, −2
    [("nue", (1, 3 / 10, 1 / 10, 4, 24)), ("numubar", (1, 7 / 20, 2 / 15, 10 / 3, 16))],
)
def test_michel_spectra_have_their_exact_moments(flavor, closed):
    component, m = spectra.pion_decay_at_rest()[flavor], constants.MUON_MASS
    for k, value in zip((0, 1, 2, -1, -2), closed, strict=True):
        assert spectra.integral(component, lambda E, k=k: E**k) == pytest.approx(value * m**k, rel=1e-14)


def test_printed_moments_of_pion_decay_at_rest():
    pion = spectra.pion_decay_at_rest()
    printed = {"nue": (31.6975, 1116.369, 0.037858, 0.0021498), "numubar": (36.9804, 1488.493, 0.031548, 0.0014332)}
    for flavor, values in printed.items():
        computed = [spectra.integral(pion[flavor], lambda E, k=k: E**k) for k in (1, 2, -1, -2)]
        np.testing.assert_allclose(computed, values, rtol=3e-5)


def test_pinched_spectrum_is_normalised_with_its_mean_and_width():
    for mean, alpha in ((12.0, 2.3), (15.0, 3.0), (18.0, 5.0)):
        component = spectra.pinched_component(mean, alpha)
        assert spectra.integral(component) == pytest.approx(1, rel=1e-13)
        assert spectra.integral(component, lambda E: E) == pytest.approx(mean, rel=1e-13)
        second = spectra.integral(component, lambda E: E**2)
        assert second / mean**2 == pytest.approx((2 + alpha) / (1 + alpha), rel=1e-13)


def test_fermi_dirac_spectrum_is_normalised_with_its_mean():
    zeta3 = float(mpmath.zeta(3))
    for temperature, eta in ((4.0, 0.0), (5.0, 3.0), (3.0, -2.0)):
        component = spectra.Component(
            lambda E, t=temperature, e=eta: spectra.fermi_dirac(E, t, e), np.linspace(0, 60 * temperature, 61)
        )
        assert spectra.integral(component) == pytest.approx(1, rel=1e-13)
        if eta == 0:
            mean = spectra.integral(component, lambda E: E)
            assert mean == pytest.approx(3.1514 * temperature, rel=1e-5)
            assert spectra.fermi_dirac(1e-9, temperature) == pytest.approx(1e-18 / 2 / (1.5 * zeta3 * temperature**3), rel=1e-9)


def test_supernova_fluence():
    assert 4 * math.pi * (10 * constants.KILOPARSEC) ** 2 == pytest.approx(1.19649518e46, rel=4e-9)
    assert spectra.supernova_fluence(5e52, 15.0, 10.0) == pytest.approx(1.73883109e11, rel=3e-9)


@pytest.mark.parametrize(
    ("isotope", "of_vogel_engel", "of_huber_mueller"),
    [("235U", 5.67, 5.71), ("238U", 6.61, 6.77), ("239Pu", 5.08, 5.11), ("241Pu", 5.93, 5.92)],
)
def test_antineutrinos_per_fission(isotope, of_vogel_engel, of_huber_mueller):
    # printed with two decimals
    assert spectra.integral(spectra.reactor_component({isotope: 1.0}, "vogel-engel")) == pytest.approx(
        of_vogel_engel, abs=0.0051
    )
    assert spectra.integral(spectra.reactor_component({isotope: 1.0})) == pytest.approx(of_huber_mueller, abs=0.0051)


def test_fissions_of_a_power_reactor():
    fractions = {"235U": 0.55, "238U": 0.07, "239Pu": 0.32, "241Pu": 0.06}
    # MeV per fission: Ma et al., Phys. Rev. C 88 (2013) 014605
    energy = {"235U": 202.36, "238U": 205.99, "239Pu": 211.12, "241Pu": 214.26}
    mean = sum(fractions[isotope] * energy[isotope] for isotope in fractions)
    assert mean == pytest.approx(206.13, abs=0.005)
    assert 1e9 * constants.JOULE / mean == pytest.approx(3.028e19, rel=2e-4)
    # antineutrinos per fission: the mean of the integrals by isotope
    total = spectra.integral(spectra.reactor_component(fractions))
    by_isotope = sum(f * spectra.integral(spectra.reactor_component({isotope: 1.0})) for isotope, f in fractions.items())
    assert total == pytest.approx(by_isotope, rel=1e-14)
    assert total == pytest.approx(5.60, abs=0.01)


@pytest.mark.parametrize(
    ("isotope", "yield_per_fission", "published"),
    [("235U", 6.76, 6.69), ("238U", 10.29, 10.10), ("239Pu", 4.42, 4.40), ("241Pu", 6.11, 6.03)],
)
def test_inverse_beta_decay_yields_of_huber_and_mueller(isotope, yield_per_fission, published):
    # lowest-order cross section: Vogel and Beacom, Phys. Rev. D 60 (1999) 053003
    def section(E):
        positron = E - (939.56542194 - 938.27208943)  # MeV
        return 0.0952e-42 * positron * np.sqrt(np.maximum(positron**2 - constants.ELECTRON_MASS**2, 0))

    component = spectra.reactor_component({isotope: 1.0}, end=10.0)
    value = 1e43 * spectra.integral(component, section, 1.80433, np.linspace(2, 10, 33))
    assert value == pytest.approx(
        yield_per_fission, rel=1.5e-3
    )  # three digits, and the end of the spectrum (8 to 12 MeV) is 3e-3
    assert value == pytest.approx(published, rel=0.02)


def test_vogel_engel_table_is_met_at_its_points():
    for isotope, values in spectra.VOGEL_ENGEL.items():
        points = np.array(spectra.VOGEL_ENGEL_ENERGY)
        np.testing.assert_allclose(spectra.vogel_engel(points[:-1], isotope), values[:-1], rtol=1e-15)
        assert spectra.vogel_engel(0.0, isotope) == 0
        assert abs(spectra.vogel_engel(2.0, isotope) - values[-1]) < 0.12  # the step at 2 MeV


def test_polynomials_agree_with_vogel_and_engel_to_their_difference():
    # three evaluations of the same spectra: 10 % in the range in which they were made catches any slip of a digit
    E = np.linspace(2.5, 6, 15)
    for isotope in ("235U", "239Pu", "241Pu"):
        np.testing.assert_allclose(spectra.huber(E, isotope), spectra.mueller(E, isotope), rtol=0.06)
        np.testing.assert_allclose(spectra.huber(E, isotope), spectra.vogel_engel(E, isotope), rtol=0.15)
    np.testing.assert_allclose(spectra.mueller(E, "238U"), spectra.vogel_engel(E, "238U"), rtol=0.15)


def test_boron8_spectrum_has_its_printed_integral_and_mean():
    component = spectra.boron8_component()
    total = spectra.integral(component)
    assert total == pytest.approx(0.999985, abs=5e-7)
    assert spectra.integral(component, lambda E: E) / total == pytest.approx(6.770, abs=5e-4)


def test_beryllium7_lines_share_one_capture():
    assert sum(weight for _, weight in spectra.BERYLLIUM7_LINES) == pytest.approx(1, abs=1e-15)
    assert spectra.integral(spectra.beryllium7_component(4.93e9)) == pytest.approx(4.93e9, rel=1e-15)


@pytest.mark.parametrize("case", cases.SPECTRA, ids=lambda case: case.name)
def test_spectra_are_zero_outside_their_range(case):
    for component in case.components.values():
        if component.density is not None:
            assert np.all(
                component.density(np.array([-1.0, component.knots[-1] * 1.01, 1e9])) < 1e-9 * spectra.integral(component)
            )
            assert np.all(component.density(np.linspace(component.knots[0], component.knots[-1], 999)) >= 0)


def test_tables_interpolate_as_their_name_says():
    energy, values = [1.0, 2.0, 4.0], [1.0, 4.0, 1.0]
    linear = spectra.tabulated(energy, values).density
    loglog = spectra.tabulated(energy, values, "loglog").density
    histogram = spectra.tabulated(energy, [1.0, 4.0], "histogram").density
    at = np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0])
    np.testing.assert_allclose(linear(at), [0, 1, 2.5, 4, 2.5, 1, 0], rtol=1e-15)
    np.testing.assert_allclose(loglog(at), [0, 1, 2.25, 4, 16 / 9, 1, 0], rtol=1e-15)
    np.testing.assert_allclose(histogram(at), [0, 1, 1, 4, 4, 4, 0], rtol=1e-15)


def test_a_loglog_segment_with_a_zero_end_is_zero():
    table = spectra.tabulated([1.0, 2.0, 4.0], [0.0, 4.0, 1.0], "loglog")
    assert np.all(table.density(np.array([1.0, 1.5, 1.999])) == 0)
    np.testing.assert_array_equal(
        moments.table_moments(1.0, [1.0, 2.0, 4.0], [0.0, 4.0, 1.0], "loglog"),
        moments.table_moments(2.0, [1.0, 2.0, 4.0], [0.0, 4.0, 1.0], "loglog"),
    )


# --- moments -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavor", ["nue", "numubar", "numu"])
def test_moments_of_pion_decay_by_quadrature_and_in_closed_form(flavor):
    component = spectra.pion_decay_at_rest()[flavor]
    x = np.array([1e-6, 0.1, 5.0, 20.0, 29.0, 30.0, 45.0, 52.0, 60.0])
    np.testing.assert_allclose(
        moments.density_moments(x, component), moments.pion_decay_moments(x, flavor), rtol=1e-12, atol=0
    )  # the closed form cancels near the end point, as (1 − x)⁻²


@pytest.mark.parametrize(
    ("flavor", "values"),
    [
        ("nue", (0.8451688995, 0.5356024732, 0.2055086376, 0.0209695244)),
        ("numubar", (0.8897411729, 0.6431067113, 0.3244479520, 0.0654473632)),
    ],
)
def test_folded_kinematic_factor_of_pion_decay_on_argon(flavor, values):
    # Φ₀ − TΦ₁ − (MT/2)Φ₂ for T = 5, 20, 50, 100 keV; the figures take M = 39.962383 u − 18 m_e
    nuclide = Nucleus(18, 22, 39.962383 * 931.49410242 - 18 * 0.51099895)
    T = np.array([5.0, 20.0, 50.0, 100.0])
    of = moments.density_moments(kinematics.neutrino_energy_min(T, nuclide), spectra.pion_decay_at_rest()[flavor])
    folded = of[0] - T * 1e-3 * of[1] - nuclide.mass * T * 1e-3 / 2 * of[2]
    np.testing.assert_allclose(folded, values, rtol=0, atol=6e-11)  # printed


def test_moments_of_a_supernova_by_quadrature_and_by_incomplete_gamma_functions():
    x = np.array([1e-3, 0.5, 5.0, 20.0, 60.0, 120.0])
    for mean, alpha in ((12.0, 2.3), (15.0, 3.0)):
        by_quadrature = moments.density_moments(x, spectra.pinched_component(mean, alpha))
        # the spectrum is cut where 1e-20 of it is left; 120 MeV leaves 1e-12 of it: 1e-9 of that
        np.testing.assert_allclose(by_quadrature, moments.pinched_moments(x, mean, alpha), rtol=1e-8)
        np.testing.assert_allclose(by_quadrature[:, :4], moments.pinched_moments(x, mean, alpha)[:, :4], rtol=1e-12)


def test_moments_of_a_linear_table_against_thirty_digits():
    energy = np.sort(RNG.uniform(0.05, 60, 300))
    values = RNG.uniform(0, 1, 300) * np.exp(-energy / 5)
    x = np.concatenate(([1e-3, energy[0], energy[150]], RNG.uniform(0, energy[-1], 20), [np.nextafter(energy[-1], 0), 61.0]))
    exact = np.array([[float(number) for number in row] for row in moments.table_moments_exact(x, energy, values)])
    computed = moments.table_moments(x, energy, values)
    np.testing.assert_allclose(computed[:, :-2], exact[:, :-2], rtol=1e-14)  # positive nodes: nothing cancels
    np.testing.assert_allclose(computed[:, -2:], exact[:, -2:], rtol=1e-13, atol=0)


def test_moments_of_a_histogram_and_of_a_power_law_are_elementary():
    x = np.array([0.5, 1.0, 1.7, 3.0])
    start = np.clip(x, 1, 4)
    flat = moments.table_moments(x, [1.0, 4.0], [2.0], "histogram")
    np.testing.assert_allclose(flat, [2 * (4 - start), 2 * np.log(4 / start), 2 * (1 / start - 1 / 4)], rtol=1e-14)
    power = moments.table_moments(x, [1.0, 4.0], [1.0, 16.0], "loglog")  # E²
    np.testing.assert_allclose(power, [(64 - start**3) / 3, (16 - start**2) / 2, 4 - start], rtol=1e-14)
    inverse = moments.table_moments(x, [1.0, 4.0], [1.0, 0.25], "loglog")  # 1/E: a logarithm for k = 0
    np.testing.assert_allclose(inverse[0], np.log(4 / start), rtol=1e-14)


def test_loglog_moments_agree_with_quadrature():
    energy, values = np.array([0.1, 0.5, 2.0, 3.0, 9.0]), np.array([3.0, 7.0, 1.0, 0.4, 1e-3])
    x = np.array([0.05, 0.3, 1.0, 2.5, 8.9])
    closed = moments.table_moments(x, energy, values, "loglog", lines=[(1.0, 0.5)])
    table = spectra.tabulated(energy, values, "loglog")
    by_quadrature = moments.density_moments(x, spectra.Component(table.density, table.knots, ((1.0, 0.5),)))
    np.testing.assert_allclose(closed, by_quadrature, rtol=1e-13)


def test_a_line_counts_at_its_own_energy():
    at = moments.table_moments([2.0, np.nextafter(2.0, 3)], [1.0, 4.0], [0.0], "histogram", lines=[(2.0, 8.0)])
    np.testing.assert_array_equal(at, [[8, 0], [4, 0], [2, 0]])


# --- rates -------------------------------------------------------------------------------------------------------------------

PION = spectra.pion_decay_at_rest()
THREE = [PION["nue"], PION["numubar"], PION["numu"]]


def test_flux_averaged_cross_sections_of_argon_at_a_spallation_source():
    values = [
        rates.flux_averaged_cross_section(THREE, NUCLEI["40Ar"], form_factor=F)
        for F in (klein_nystrand_model, form_factors.default)
    ]
    np.testing.assert_allclose(np.multiply(values, 1e40), [17.8571, 18.2473], rtol=4e-6)


def test_flux_averaged_cross_section_of_caesium_iodide():
    tree = {"gvp": GVP, "gvn": GVN}
    # ν_e, ν̄_μ, ν_μ with radiative corrections: Erler and Su, Prog. Part. Nucl. Phys. 71 (2013) 119
    radiative = {"gvp": [0.0382389, 0.0299827, 0.0299827], "gvn": -0.5117042}
    expected = {"tree": (181.67, 187.35), "radiative": (185.28, 191.06)}
    for name, settings in (("tree", tree), ("radiative", radiative)):
        values = [
            np.mean([rates.flux_averaged_cross_section(THREE, NUCLEI[n], form_factor=F, **settings) for n in ("133Cs", "127I")])
            for F in (klein_nystrand_model, form_factors.default)
        ]
        np.testing.assert_allclose(np.multiply(values, 1e40), expected[name], rtol=4e-5)


def average(element, components, form_factor):
    """Per atom, natural isotopes, with the couplings 0.0227 and −0.5117 of the program dukecevns."""
    return sum(
        abundance * rates.flux_averaged_cross_section(components, NUCLEI[name], 0.0227, -0.5117, form_factor)
        for name, abundance in NATURAL[element].items()
    )


@pytest.mark.parametrize(
    ("element", "values"),
    [
        ("Ar", (1.834e-39, 2.338e-39, 1.567e-39, 1.913e-39, 2.3025e-39)),
        ("Cs", (1.975e-38, 2.424e-38, 1.786e-38, 2.062e-38, 2.932e-38)),
        ("I", (1.791e-38, 2.203e-38, 1.616e-38, 1.870e-38, 2.637e-38)),
        ("Xe", (1.951e-38, 2.396e-38, 1.764e-38, 2.037e-38, 2.891e-38)),
    ],
)
def test_flux_averaged_cross_sections_by_flavour(element, values):
    computed = [average(element, [component], form_factors.default) for component in THREE]
    computed += [average(element, THREE, form_factors.default), average(element, THREE, point_model)]
    np.testing.assert_allclose(computed, values, rtol=4e-4)  # printed with four digits


def test_klein_nystrand_averages_of_caesium_and_iodine():
    values = [average(element, THREE, klein_nystrand_model) for element in ("Cs", "I")]
    np.testing.assert_allclose(np.multiply(values, 1e40), [199.91, 181.40], rtol=4e-5)


def supernova(energies, means, pinching):
    """Pinched spectra at 10 kpc of given energies [erg] and mean energies [MeV]."""
    return [
        spectra.pinched_component(mean, pinching, spectra.supernova_fluence(energy, mean, 10.0))
        for energy, mean in zip(energies, means, strict=True)
    ]


MODEL_A = supernova([5e52, 5e52, 20e52], [12, 15, 18], 2.3)  # ν_e, ν̄_e and the four others
MODEL_B = supernova([30e52], [15], 3.0)


def test_supernova_fluences_of_the_two_models():
    assert sum(map(spectra.integral, MODEL_A)) == pytest.approx(9.708474e11, rel=1e-7)
    assert sum(map(spectra.integral, MODEL_B)) == pytest.approx(1.043299e12, rel=4e-7)


@pytest.mark.parametrize(
    ("name", "model", "threshold", "events"),
    [
        ("132Xe", MODEL_A, 0, 30.274892),
        ("132Xe", MODEL_A, 1, 20.741334),
        ("132Xe", MODEL_B, 0, 27.958029),
        ("28Si", MODEL_A, 0, 4.971211),
        ("12C", MODEL_A, 0, 2.180108),
        ("127I", MODEL_A, 0, 28.374893),
        ("133Cs", MODEL_A, 0, 29.986136),
        ("40Ar", MODEL_A, 0, 8.605779),
        ("40Ar", MODEL_A, 1, 7.686839),
        ("40Ar", MODEL_B, 0, 7.754496),
        ("74Ge", MODEL_A, 0, 16.401188),
        ("74Ge", MODEL_A, 1, 13.295128),
        ("74Ge", MODEL_B, 0, 14.939134),
        ("208Pb", MODEL_A, 0, 47.593748),
        ("208Pb", MODEL_A, 1, 25.998293),
        ("208Pb", MODEL_B, 0, 44.544801),
    ],
)
def test_supernova_events_per_tonne(name, model, threshold, events):
    value = 1000 * rates.rate(model, single_isotope(name), per="burst", threshold=threshold)
    assert value == pytest.approx(events, rel=1e-6)


def test_supernova_events_per_tonne_of_natural_xenon():
    assert 1000 * rates.rate(MODEL_A, natural("Xe"), per="burst") == pytest.approx(
        29.961573, rel=1e-5
    )  # abundances differ by 1e-5


@pytest.mark.parametrize(
    ("element", "threshold", "events"),
    [
        ("Xe", 0, 31.44),
        ("Xe", 0.5, 25.78),
        ("Xe", 1, 21.58),
        ("Xe", 2, 15.62),
        ("Ar", 0, 9.026),
        ("Ar", 1, 8.063),
        ("Ar", 5, 5.492),
        ("Ge", 0, 16.48),
        ("Ge", 0.5, 14.80),
    ],
)
def test_supernova_events_per_tonne_of_natural_elements(element, threshold, events):
    value = 1000 * rates.rate(MODEL_A, natural(element), 0.0227, -0.5117, per="burst", threshold=threshold)
    # the figures are good to 6e-4: adaptive integration gives 21.572 (Xe > 1), 15.629 (Xe > 2), 5.4896 (Ar > 5), 16.475 (Ge)
    assert value == pytest.approx(events, rel=8e-4)


def test_supernova_events_above_threshold_by_adaptive_integration():
    expected = {("Xe", 1): 21.572089388, ("Xe", 2): 15.629465930, ("Ge", 0): 16.474828468, ("Ge", 0.5): 14.798936967}
    for (element, threshold), events in expected.items():
        # recoils above 400 keV, left out of the adaptive integral, are 3e-10 of the germanium events
        value = 1000 * rates.rate(MODEL_A, natural(element), 0.0227, -0.5117, per="burst", threshold=threshold)
        assert value == pytest.approx(events, rel=1e-9)


RATE_CASES = [(case, name) for case in cases.SPECTRA for name in ("40Ar", "132Xe")]


@pytest.mark.parametrize(("case", "name"), RATE_CASES, ids=lambda part: getattr(part, "name", part))
def test_rate_equals_the_moments_identity(case, name):
    # dσ/dT is a polynomial in 1/E, so that dR/dT = K (Φ₀ − TΦ₁ − MTΦ₂/2): the idea of the library, against its definition
    components, target = list(case.components.values()), single_isotope(name)
    nuclide, number = target[0]
    largest = float(kinematics.recoil_energy_max(case.end, nuclide))
    T = largest * np.array([1e-6, 0.01, 0.2, 0.5, 0.9])
    direct = rates.differential_rate(T, components, target, per="burst")
    of = sum(moments.density_moments(kinematics.neutrino_energy_min(T, nuclide), component) for component in components)
    t = T * 1e-3
    charge = couplings.weak_charge(nuclide) * form_factors.default(kinematics.momentum_transfer(T, nuclide), nuclide)
    K = number * constants.WEAK_CROSS_SECTION * nuclide.mass * charge**2 * 1e-3
    largest_term = K * of[0]
    np.testing.assert_allclose(
        direct, K * (of[0] - t * of[1] - nuclide.mass * t / 2 * of[2]), rtol=0, atol=1e-13 * largest_term.max()
    )


@pytest.mark.parametrize(("case", "name"), RATE_CASES, ids=lambda part: getattr(part, "name", part))
def test_bins_are_the_integral_of_the_differential_rate(case, name):
    components, target = list(case.components.values()), single_isotope(name)
    nuclide = target[0][0]
    largest = float(kinematics.recoil_energy_max(case.end, nuclide))
    edges = largest * np.array([0.0, 0.1, 0.15, 0.5, 1.2])
    bins = rates.binned_rate(edges, components, target, per=case.per)
    # integrate over √T between the recoil energies at which the differential rate has a kink
    knots = np.concatenate([[*component.knots, *(energy for energy, _ in component.lines)] for component in components])
    split = np.sqrt(np.union1d(edges, kinematics.recoil_energy_max(knots, nuclide)))
    split = np.union1d(split, np.linspace(0, split[-1], 20))
    x, weight = np.polynomial.legendre.leggauss(8)
    root = (split[:-1, None] + np.diff(split)[:, None] * (1 + x) / 2).ravel()
    weight = (np.diff(split)[:, None] * weight / 2).ravel() * 2 * root
    values = weight * rates.differential_rate(root**2, components, target, per=case.per)
    summed = [np.sum(values[(root**2 > low) & (root**2 < high)]) for low, high in pairwise(edges)]
    np.testing.assert_allclose(summed, bins, rtol=1e-9, atol=1e-12 * np.sum(bins))
    assert np.sum(bins) == pytest.approx(rates.rate(components, target, per=case.per), rel=1e-12)


def test_a_users_grid_converges_to_the_rate():
    components, target, T = [PION["nue"], PION["numu"]], single_isotope("40Ar"), np.array([1.0, 10.0, 50.0])
    exact = rates.differential_rate(T, components, target, per="burst")
    error = [
        np.abs(rates.differential_rate_grid(T, components, target, per="burst", points=points) / exact - 1).max()
        for points in (500, 1000, 4000)
    ]
    assert error[1] < 1e-4
    assert error[2] < error[0] / 10
    edges = np.array([1.0, 2.0, 4.0])
    users = rates.binned_rate_grid(edges, components, target, per="burst")
    np.testing.assert_allclose(users, rates.binned_rate(edges, components, target, per="burst"), rtol=1e-4)


def test_a_day_has_its_seconds_and_targets_add():
    components, T = [spectra.boron8_component()], np.array([0.1, 1.0])
    argon, xenon = single_isotope("40Ar"), single_isotope("132Xe")
    per_burst = rates.differential_rate(T, components, argon, per="burst")
    np.testing.assert_allclose(rates.differential_rate(T, components, argon), 86400 * per_burst, rtol=1e-15)
    both = rates.differential_rate(T, components, argon + xenon)
    np.testing.assert_allclose(both, sum(rates.differential_rate(T, components, t) for t in (argon, xenon)), rtol=1e-14)


def test_rates_beyond_the_end_of_the_spectrum_are_zero():
    components, target = [spectra.boron8_component(), spectra.beryllium7_component()], single_isotope("132Xe")
    assert np.all(rates.differential_rate([1e3, 1e6], components, target) == 0)
    assert np.all(rates.binned_rate([1e3, 1e6], components, target) == 0)


@pytest.mark.parametrize("case", cases.SPECTRA, ids=lambda case: case.name)
def test_rates_are_finite_over_all_recoil_energies_of_the_cases(case):
    target, components = single_isotope("132Xe"), list(case.components.values())
    limits = {}
    for name, recoil_energy in cases.RECOIL_ENERGIES.items():
        values = rates.differential_rate(recoil_energy[::6], components, target, per=case.per)
        assert np.all(np.isfinite(values))
        assert np.all(values >= 0)
        limits[name] = values[0]
    assert limits["zero"] > 0
    assert limits["tiny"] == pytest.approx(limits["zero"], rel=1e-4)  # E_min is 8 eV at T = 1e-12 keV
    assert limits["past the end"] == 0


@pytest.mark.parametrize("case", cases.FORM_FACTORS, ids=lambda case: case.name)
def test_form_factors_stay_between_minus_one_and_one(case):
    for A in (1, 4, 40, 238):
        values = case.reference(cases.MOMENTUM_TRANSFERS, Nucleus(A // 2, A - A // 2, 0.9315e3 * A))
        assert np.all(np.abs(values) <= 1 + 1e-15)


# --- cases -------------------------------------------------------------------------------------------------------------------


def test_every_case_has_a_name_of_its_own():
    for registry in (cases.FORM_FACTORS, cases.SPECTRA):
        names = [case.name for case in registry]
        assert len(names) == len(set(names))
    for registry in (cases.NUCLIDES, cases.TARGETS, cases.INSTRUCTION_SETS):
        assert len(registry) == len(set(registry))
