"""Neutrinos in dense matter: transport cross section, ion correlations, electron screening, mean free paths, neutrino spheres.

Figures of iron are for the tree level, sin²θ_W = 0.23857, Helm with the lengths of Lewin and Smith. Measured against the
reference: transport cross sections 1e-14 (relative), the closed form 1.8e-14 where it cancels most, ion correlations 33 ε of
the sum of the terms of the exponent, which is up to 4e4.
"""

import math
import re
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import StandardModel, matter
from cevns._core import isa
from cevns.constants import AVOGADRO, SPEED_OF_LIGHT, WEAK_CROSS_SECTION, WEAK_MIXING_ANGLE
from cevns.errors import InputError
from cevns.interactions import kinds
from cevns.matter import transport_cross_section
from cevns.nuclei.form_factors import Helm, KleinNystrand, Point
from cevns.reference import cases
from cevns.reference import form_factors as reference_form_factors
from cevns.reference import matter as reference

EPSILON = 2.0**-52
GVP, GVN = 0.5 - 2 * WEAK_MIXING_ANGLE, -0.5
IRON = cevns.Nuclide("56Fe")
PURE = {"56Fe": 1.0}
POINT = StandardModel(form_factor=Point())
POINT_HALF = StandardModel(form_factor=Point(), kinematics="spin-1/2")
ENERGIES = np.geomspace(0.01, 1000.0, 41)
DENSITIES = np.geomspace(1e5, 1e15, 21)[:, None, None]
TEMPERATURES = np.geomspace(0.01, 100.0, 9)[:, None]

nuclides = st.sampled_from(cases.NUCLIDES).map(cevns.Nuclide)
energies = st.floats(1e-3, 1e3)  # MeV


def helm(nuclide):
    return lambda q: reference_form_factors.default(q, nuclide)


MODELS = [
    (StandardModel(), lambda n: {"proton_form_factor": helm(n)}),
    (StandardModel(kinematics="spin-1/2"), lambda n: {"proton_form_factor": helm(n), "kinematics": "spin-1/2"}),
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


# ---- the transport cross section -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "keywords"), MODELS, ids=[repr(model) for model, _ in MODELS])
@pytest.mark.parametrize("name", cases.NUCLIDES)
def test_transport_cross_section_agrees_with_the_reference(model, keywords, name, instruction_set):
    nuclide = cevns.Nuclide(name)
    values = matter.transport_cross_section(ENERGIES, nuclide, model)
    expected = reference.angular_moment(ENERGIES, nuclide, GVP, GVN, **keywords(nuclide))
    # 1e-14 of two quadratures, 2e-14 of the closed form just above its series
    np.testing.assert_allclose(values, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("energy", "total", "transport"),
    [
        (10.0, 3.44315477e-40, 2.27688368e-40),
        (20.0, 1.31389042e-39, 8.48076159e-40),
        (30.0, 2.73873706e-39, 1.69683220e-39),
    ],
)
def test_iron_with_helm_and_recoil_has_the_published_cross_sections(energy, total, transport):
    # nine digits given
    assert cevns.cross_section(energy, IRON) == pytest.approx(total, rel=3e-9)
    assert matter.transport_cross_section(energy, IRON) == pytest.approx(transport, rel=3e-9)


def test_point_of_iron_without_recoil_has_the_published_cross_sections():
    # printed at 10 MeV; without recoil all go as E², so that low energies have ε = 2e-11
    assert cevns.cross_section(1e-6, IRON, POINT) == pytest.approx(3.499189137e-54, rel=2e-10)
    assert matter.transport_cross_section(1e-6, IRON, POINT) == pytest.approx(2.332792758e-54, rel=2e-10)


@pytest.mark.parametrize(("epsilon", "braces"), [(0.01, 1.29427244773795), (0.3, 0.648013731639424)])
def test_recoil_reduces_the_transport_of_a_point_by_the_known_factor(epsilon, braces):
    energy = epsilon * IRON.mass
    scale = WEAK_CROSS_SECTION / 2 * cevns.weak_charge(IRON) ** 2 * energy**2
    # fifteen digits given
    assert matter.transport_cross_section(energy, IRON, POINT) / scale == pytest.approx(braces, rel=1e-14)


def test_series_and_closed_form_of_a_point_meet_without_a_step():
    # exact values with 50 digits on both sides of ε = 0.1, and down to where the closed form in double would be noise
    for epsilon in (1e-12, 1e-6, 1e-3, 0.03, 0.0999999, 0.1000001, 0.2, 1.0, 30.0):
        energy = epsilon * IRON.mass
        with mpmath.workdps(50):
            e = mpmath.mpf(energy) / mpmath.mpf(IRON.mass)
            exact = (2 * e * (1 + e) / (1 + 2 * e) - mpmath.log(1 + 2 * e)) / e**3
            scale = mpmath.mpf(WEAK_CROSS_SECTION) / 2 * mpmath.mpf(cevns.weak_charge(IRON)) ** 2 * mpmath.mpf(energy) ** 2
            expected = float(exact * scale)
        # the closed form loses 1.5/ε² ulp, 4e-14 at the switch point; below it is rounding alone
        tolerance = 5e-14 if epsilon > 0.1 else 2e-15
        assert matter.transport_cross_section(energy, IRON, POINT) == pytest.approx(expected, rel=tolerance)


@given(nuclides)
def test_transport_is_two_thirds_of_the_total_at_low_energy(nuclide):
    energy = 1e-9 * nuclide.mass  # recoil and form factor change it by some 1e-9, and less for q R = 1e-4
    ratio = matter.transport_cross_section(energy, nuclide) / cevns.cross_section(energy, nuclide)
    assert ratio == pytest.approx(2 / 3, rel=1e-8)


@given(energies, nuclides)
def test_transport_is_between_zero_and_the_total_as_scattering_is_mostly_forward(energy, nuclide):
    # helicity suppresses backward angles, so the mean of 1 − cos θ is below 1
    assert 0.0 < matter.transport_cross_section(energy, nuclide) < cevns.cross_section(energy, nuclide)


def test_zero_energy_is_not_scattered():
    for method in ("exact", "bruenn"):
        assert matter.transport_cross_section(0.0, IRON, method=method) == 0.0
    assert matter.mean_free_path(0.0, 1e12, PURE) == math.inf


def test_cross_sections_stay_finite_at_any_energy():
    # beyond the form factor σ is constant and 1 − cos θ ~ 1/E²
    values = matter.transport_cross_section([1e4, 1e5, 1e6, 1e9, 1e12], IRON)
    assert np.isfinite(values).all()
    np.testing.assert_allclose(values[:3] / values[0], [1.0, 1e-2, 1e-4], rtol=1e-2)


def test_flavors_see_the_same_nucleus_at_tree_level_without_electrons():
    values = {matter.transport_cross_section(20.0, IRON, flavor=flavor) for flavor in cevns.constants.FLAVORS}
    assert len(values) == 1


# ---- Bruenn's closed forms ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "zeroth", "first"),
    [(0.3, 1.65346262326696, 0.656786554953304), (2.0, 0.754578909722184, 0.490842180555633)],
)
def test_legendre_moments_of_bruenn_have_the_known_values(y, zeroth, first):
    assert matter.bruenn_moments(y) == pytest.approx((zeroth, first), rel=1e-14)


def test_legendre_moments_of_bruenn_agree_with_quadrature_across_the_switch_point():
    y = np.concatenate((np.geomspace(1e-9, 90.0, 200), [1.0 - 1e-9, 1.0 + 1e-9]))
    # measured 2.5e-15
    np.testing.assert_allclose(matter.bruenn_moments(y), reference.bruenn_moments(y), rtol=1e-14)
    assert matter.bruenn_moments(0.0) == pytest.approx((2.0, 2 / 3), rel=1e-15)


def test_bruenn_is_the_gaussian_of_his_radius_without_recoil():
    # F² = exp(−4bE²(1 − μ)) = exp(−2bq²), and a Gaussian form factor has F² = exp(−q²⟨r²⟩/3)
    radius = math.sqrt(6 * matter.BRUENN_LENGTH) * IRON.A ** (1 / 3) * cevns.constants.HBAR_C
    gaussian = cevns.form_factors.Gaussian.from_rms(radius)
    E = np.array([1.0, 10.0, 30.0, 60.0])
    # M → ∞: dσ/dμ = (G_F²/2π) Q² E² (1 + μ) F², q² = 2E² (1 − μ), by Gauss and Legendre
    cosine, weight = np.polynomial.legendre.leggauss(40)
    F = gaussian(E[:, None] * np.sqrt(2 * (1 - cosine)), IRON)
    density = WEAK_CROSS_SECTION / 2 * cevns.weak_charge(IRON) ** 2 * E[:, None] ** 2 * (1 + cosine) * F**2 * weight
    bruenn = matter.transport_cross_section(E, IRON, method="bruenn")
    np.testing.assert_allclose((density * (1 - cosine)).sum(axis=1), bruenn, rtol=1e-11)
    total = 1 / (matter.mean_free_path(E, 1.0, PURE, kind="total", method="bruenn") * AVOGADRO / IRON.atomic_mass)
    np.testing.assert_allclose(density.sum(axis=1), total, rtol=1e-10)


# ---- ion correlations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("density", "energy", "expected"),
    [
        (1e10, 5.0, 0.96036133),
        (1e11, 5.0, 0.21232367),
        (1e11, 10.0, 0.96030126),
        (1e12, 5.0, 0.01397990),
        (1e12, 10.0, 0.08643790),
        (1e12, 20.0, 0.95608037),
    ],
)
def test_correlations_of_iron_at_one_mev_have_the_published_values(density, energy, expected):
    assert matter.ion_correlation(energy, IRON, density, 1.0) == pytest.approx(expected, abs=6e-9)  # eight decimals given


@pytest.mark.parametrize(("density", "energy"), [(1e10, 10.0), (1e11, 20.0)])
def test_ions_are_free_for_short_waves(density, energy):
    assert matter.ion_correlation(energy, IRON, density, 1.0) == 1.0


@pytest.mark.parametrize(
    ("density", "coupling", "below"), [(1e10, 7.461893, 0.99427), (1e11, 16.076160, 0.98730), (1e12, 34.635037, 0.99172)]
)
def test_fit_jumps_to_one_where_its_authors_end_it(density, coupling, below):
    # the discontinuity is the fit's own, documented in ion_correlation
    radius, found = reference.ion_coupling(IRON, density, 1.0)
    assert float(found) == pytest.approx(coupling, rel=1e-6)
    end = (3 + 4 / math.sqrt(found)) * cevns.constants.HBAR_C / float(radius)
    assert matter.ion_correlation(end * (1 - 1e-9), IRON, density, 1.0) == pytest.approx(below, abs=6e-6)
    assert matter.ion_correlation(end * (1 + 1e-9), IRON, density, 1.0) == 1.0


@pytest.mark.parametrize("name", ["4He", "16O", "56Fe", "132Xe", "208Pb"])
def test_ion_correlations_agree_with_the_reference(name, instruction_set):
    nuclide, E = cevns.Nuclide(name), np.geomspace(0.1, 300.0, 101)
    arguments = (E, nuclide, DENSITIES, TEMPERATURES, 0.6)
    values, expected = matter.ion_correlation(*arguments), reference.ion_correlation(*arguments)
    scale = 1 + reference.ion_exponent_scale(*arguments) * (1 - expected)
    assert values.shape == (21, 9, 101)
    # measured 7.8 for the fit, 33 for Debye–Hückel, whose closed forms cancel
    assert (np.abs(values - expected) <= 64 * EPSILON * scale * expected).all()
    assert ((values > 0) & (values <= 1)).all()


def test_matter_is_the_same_with_each_instruction_set(using_instruction_set):
    E = np.geomspace(0.1, 300.0, 101)
    arguments = (E, IRON, DENSITIES, TEMPERATURES, 0.6)
    found = {}
    for name in isa.available():
        with using_instruction_set(name):
            found[name] = (
                matter.ion_correlation(*arguments),
                *(matter.transport_cross_section(E, IRON, model) for model, _ in MODELS),
                matter.transport_cross_section(E, IRON, density=1e10, electron_fraction=0.45),
            )
    fused = [name for name in isa.available() if name != "baseline"]
    for name in fused[1:]:
        for a, b in zip(found[fused[0]], found[name], strict=True):
            np.testing.assert_array_equal(a, b)
    for name in fused:
        correlation, *moments = zip(found["baseline"], found[name], strict=True)
        scale = 1 + reference.ion_exponent_scale(*arguments) * (1 - correlation[0])
        assert (np.abs(correlation[0] - correlation[1]) <= 32 * EPSILON * scale * correlation[0]).all()  # measured 18
        for a, b in moments:
            assert (np.abs(a - b) <= 8 * EPSILON * a).all()


HELIUM = cevns.Nuclide("4He")


def in_units_of_the_ion_sphere(e, coupling, nuclide=HELIUM, density=1e9):
    """⟨S⟩ at e = Ea/ħc and Γ: energies and temperatures that have them at a density."""
    radius, at_one_mev = reference.ion_coupling(nuclide, density, 1.0)
    temperature = float(at_one_mev) / np.asarray(coupling)
    return matter.ion_correlation(np.asarray(e) * cevns.constants.HBAR_C / float(radius), nuclide, density, temperature)


def debye_hueckel(e, coupling, long_waves=0.0):
    """(3/4) ∫ (1 + μ)(1 − μ) S(q) dμ, S = (q² + k²)/(q² + k² + 3Γ/a²), by adaptive quadrature."""
    k2 = 3 * coupling * long_waves / (1 - long_waves)

    def integrand(mu):
        q2 = 2 * e * e * (1 - mu)
        return 0.75 * (1 + mu) * (1 - mu) * (q2 + k2) / (q2 + k2 + 3 * coupling)

    return float(mpmath.quad(integrand, [-1, 0, 0.9, 0.99, 1 - 1e-4, 1 - 1e-8, 1]))


def test_helium_of_a_hot_thin_plasma_is_hardly_correlated():
    # Γ = 0.0099, e = 0.59: 0.944 by Debye and Hückel, 0.238 if Γ < 1 counted as 1
    assert matter.ion_correlation(1.0, HELIUM, 1e9, 5.0) == pytest.approx(0.944, rel=2e-3)


@pytest.mark.parametrize("coupling", [1e-6, 1e-3, 0.02, 0.2, 0.36])
@pytest.mark.parametrize("e", [0.02, 0.3, 1.0, 3.0, 12.0])
def test_weak_coupling_is_debye_and_hueckel(e, coupling):
    """By quadrature of the structure factor; without the screening of long waves to 0.5 % of 1 where ⟨S⟩ is above 0.88."""
    found = in_units_of_the_ion_sphere(e, coupling)
    assert found == pytest.approx(debye_hueckel(e, coupling, 1 / 5.6), rel=1e-11)
    bare = debye_hueckel(e, coupling)
    if bare > 0.88:
        assert found == pytest.approx(bare, rel=5e-3)


def test_deviation_from_a_free_gas_is_the_first_order_in_the_coupling():
    # 6 ∫ y (1 − y) 3Γ/4e² dy/y = 9Γ/4e²
    for e in (1.0, 4.0):
        for coupling in (1e-5, 1e-6):
            assert 1 - in_units_of_the_ion_sphere(e, coupling) == pytest.approx(9 * coupling / (4 * e * e), rel=2e-3)


@pytest.mark.parametrize("e", [1e-4, 0.1, 0.5, 1.0, 2.0, 3.0, 6.0])
@pytest.mark.parametrize("join", [0.36, 1.0])
def test_debye_and_hueckel_meet_the_fit_without_a_step_or_a_bend(e, join):
    step = 1e-5 * join
    below, lower, at, higher, above = in_units_of_the_ion_sphere(e, join + step * np.array([-2.0, -1.0, 0.0, 1.0, 2.0]))
    assert lower == pytest.approx(at, abs=1e-5)
    assert higher == pytest.approx(at, abs=1e-5)
    assert (at - below) / (2 * step) == pytest.approx((above - at) / (2 * step), abs=2e-4)  # the curvature is of order 1


@pytest.mark.parametrize("e", [1e-6, 1e-3, 0.03, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 2.1])
def test_correlations_of_long_waves_grow_with_the_coupling(e):
    coupling = np.geomspace(1e-6, 150.0, 4001)
    values = in_units_of_the_ion_sphere(e, coupling)
    assert (np.diff(values) < 1e-12).all()
    assert values[0] > values[-1]


@pytest.mark.parametrize("e", [2.5, 3.0, 4.0, 6.0])
def test_correlations_of_short_waves_come_back_by_three_per_cent_at_most(e):
    values = in_units_of_the_ion_sphere(e, np.geomspace(1e-6, 1.0, 2001))
    assert np.maximum(np.diff(values), 0.0).sum() < 0.034


@pytest.mark.parametrize("nuclide", [HELIUM, IRON])
def test_hot_matter_is_free(nuclide):
    T = np.geomspace(0.1, 1e4, 400)
    values = matter.ion_correlation(1.0, nuclide, 1e9, T)
    assert (np.diff(values) > -1e-12).all()
    assert 1 - values[-1] < 1e-3


def test_mean_free_paths_in_helium_are_those_of_debye_and_hueckel():
    composition = {"4He": 1.0}
    free = matter.mean_free_path(1.5, 1e9, composition)
    # e = 0.887, Γ = 0.0124 at 4 MeV
    radius, coupling = reference.ion_coupling(HELIUM, 1e9, 4.0)
    expected = debye_hueckel(1.5 * float(radius) / cevns.constants.HBAR_C, float(coupling))
    assert free / matter.mean_free_path(1.5, 1e9, composition, 4.0) == pytest.approx(expected, rel=5e-3)


def test_correlations_of_vanishing_matter_vanish():
    assert matter.ion_correlation(5.0, IRON, 0.0, 1.0) == 1.0
    assert matter.ion_correlation(5.0, IRON, 1e12, 1.0, 0.0) == 1.0
    assert matter.ion_correlation(5.0, IRON, 1e-30, 1e12) == pytest.approx(1.0, rel=1e-12)


@given(st.floats(0.1, 100.0), st.floats(1e6, 1e14), st.floats(0.1, 50.0), st.floats(1e-3, 1.0))
def test_only_the_partial_density_of_the_ion_counts(energy, density, temperature, fraction):
    one = matter.ion_correlation(energy, IRON, density, temperature, fraction)
    assert one == pytest.approx(matter.ion_correlation(energy, IRON, density * fraction, temperature), rel=1e-11)


def test_correlations_broadcast_like_numpy():
    E, rho, T = np.geomspace(1.0, 50.0, 20), np.geomspace(1e9, 1e13, 7000)[:, None], 2.0
    grid = matter.ion_correlation(E, IRON, rho, T)
    assert grid.shape == (7000, 20)
    np.testing.assert_array_equal(grid.T, matter.ion_correlation(E[:, None], IRON, rho[:, 0], T))
    full = matter.ion_correlation(*np.broadcast_arrays(E, rho)[:1], IRON, np.broadcast_to(rho, grid.shape), T)
    np.testing.assert_array_equal(grid, full)
    assert matter.ion_correlation(np.empty(0), IRON, rho, T).shape == (7000, 0)
    assert isinstance(matter.ion_correlation(5.0, IRON, 1e12, 1.0), float)


# ---- electron screening ---------------------------------------------------------------------------------------------------


def test_screening_length_agrees_with_the_reference_and_shrinks_with_density():
    rho = np.geomspace(1e-3, 1e15, 50)
    lengths = matter.screening_length(rho, 0.45)
    np.testing.assert_allclose(lengths, reference.screening_length(rho, 0.45), rtol=1e-14)
    assert (np.diff(lengths) < 0).all()
    # far above m_e: r_D = √(π/4α)/p_F
    momentum = cevns.constants.HBAR_C * (3 * math.pi**2 * 1e15 * 0.45 * AVOGADRO * 1e-39) ** (1 / 3)
    limit = math.sqrt(math.pi / (4 * cevns.constants.FINE_STRUCTURE)) / momentum * cevns.constants.HBAR_C
    assert lengths[-1] == pytest.approx(limit, rel=1e-4)  # (m_e/p_F)²/4 = 1e-6 of it


@given(nuclides, st.floats(0.2, 0.26))
def test_long_waves_see_the_whole_atom(nuclide, mixing):
    # at tree level Z g_V^p and Z g_V^e cancel for any sin²θ_W: −N/2 is left for ν_μ, and the W adds Z for ν_e
    charge = cevns.weak_charge(nuclide, mixing)
    for flavor, atom in (("numu", -nuclide.N / 2), ("nutaubar", -nuclide.N / 2), ("nue", nuclide.Z - nuclide.N / 2)):
        found = charge + matter.electron_screening(0.0, nuclide, 1e11, 0.4, flavor, mixing)
        assert found == pytest.approx(atom, abs=1e-13 * nuclide.A)


@pytest.mark.parametrize(("flavor", "coupling"), [("nue", 0.5), ("numu", -0.5)])
@pytest.mark.parametrize("name", ["4He", "56Fe", "208Pb"])
@pytest.mark.parametrize("density", [1e4, 1e7, 1e12])
def test_screened_cross_sections_agree_with_the_reference(flavor, coupling, name, density, instruction_set):
    nuclide = cevns.Nuclide(name)
    keywords = {
        "electron_charge": nuclide.Z * (coupling + 2 * WEAK_MIXING_ANGLE),
        "screening": float(reference.screening_length(density, 0.4)),
    }
    values = matter.transport_cross_section(ENERGIES, nuclide, flavor=flavor, density=density, electron_fraction=0.4)
    expected = reference.angular_moment(ENERGIES, nuclide, GVP, GVN, helm(nuclide), **keywords)
    np.testing.assert_allclose(values, expected, rtol=1e-12)
    options = {"kind": "total", "flavor": flavor, "electron_fraction": 0.4}
    path = matter.mean_free_path(ENERGIES, density, {name: 1.0}, **options)
    total = reference.angular_moment(ENERGIES, nuclide, GVP, GVN, helm(nuclide), power=0, **keywords)
    np.testing.assert_allclose(1 / path, density * AVOGADRO / nuclide.atomic_mass * total, rtol=1e-12)


def test_electrons_matter_for_low_energies_only():
    bare = matter.transport_cross_section([0.01, 3.0, 30.0], IRON)
    dressed = matter.transport_cross_section([0.01, 3.0, 30.0], IRON, density=1e11, electron_fraction=0.45)
    change = np.abs(dressed / bare - 1)
    # the whole atom has Z − N/2 = 11 for ν_e; then the cloud's part falls as (q r)⁻²
    assert change[0] == pytest.approx(1 - (11 / cevns.weak_charge(IRON)) ** 2, rel=0.01)
    assert change[1] < 0.6
    assert change[2] < 0.03


# ---- mean free paths ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("density", "transport", "total"), [(1e12, 3.98158582, 2.65439), (1e11, 39.8158582, 26.5439)])
def test_mean_free_path_in_iron_has_the_published_value(density, transport, total):
    # printed at 10 MeV without recoil, as it is at low energies, where it goes as 1/E²
    path = matter.mean_free_path(1e-6, density, {IRON: 1.0}, interaction=POINT) * 1e-14 / 1e5  # cm/km
    assert path == pytest.approx(transport, rel=1e-8)
    path = matter.mean_free_path(1e-6, density, {IRON: 1.0}, kind="total", interaction=POINT) * 1e-14 / 1e5
    assert path == pytest.approx(total, rel=2e-6)


def test_transport_path_of_iron_is_four_kilometres_at_trapping():
    path = matter.mean_free_path(10.0, 1e12, PURE)
    assert path == pytest.approx(4e5, rel=0.05)
    # ∝ 1/ρ exactly, ∝ 1/E² up to recoil and form factor
    assert matter.mean_free_path(10.0, 1e11, PURE) == pytest.approx(10 * path, rel=1e-14)
    assert matter.mean_free_path(1.0, 1e12, PURE) == pytest.approx(100 * path, rel=0.03)


@given(st.floats(0.5, 60.0), st.floats(1e7, 1e14), st.floats(0.2, 20.0), st.floats(0.0, 1.0))
def test_ions_of_a_mixture_add(energy, density, temperature, share):
    mixture = {"56Fe": share, cevns.Nuclide("4He"): 1.0 - share}
    total = matter.inverse_mean_free_path(energy, density, mixture, temperature)
    parts = 0.0
    for nuclide, fraction in ((IRON, share), (cevns.Nuclide("4He"), 1.0 - share)):
        number = density * fraction * AVOGADRO / nuclide.atomic_mass
        order = matter.ion_correlation(energy, nuclide, density, temperature, fraction)
        parts += number * matter.transport_cross_section(energy, nuclide) * order
    assert total == pytest.approx(parts, rel=1e-13)
    assert matter.opacity(energy, density, mixture, temperature) == pytest.approx(total / density, rel=1e-15)


def test_a_grid_of_zones_and_energies_is_the_zones_one_by_one():
    E = np.array([3.0, 10.0, 30.0])
    rho, T, X = np.array([1e10, 1e12, 1e13]), np.array([0.7, 1.5, 4.0]), np.array([0.9, 0.5, 0.0])
    grid = matter.mean_free_path(E, rho[:, None], {"56Fe": X[:, None]}, T[:, None])
    assert grid.shape == (3, 3)
    for i in range(3):
        np.testing.assert_allclose(grid[i], matter.mean_free_path(E, rho[i], {"56Fe": X[i]}, T[i]), rtol=1e-15)
    assert (grid[2] == math.inf).all()
    several = matter.mean_free_path(10.0, rho, {"56Fe": 0.5 * X, "28Si": 0.5 * X}, electron_fraction=0.4)
    assert several.shape == (3,)


# ---- diffusion and trapping -----------------------------------------------------------------------------------------------


def test_diffusion_time_is_three_crossings_for_each_mean_free_path():
    assert matter.diffusion_time(3e6, 1e5) == pytest.approx(3 * 30 * 3e6 / SPEED_OF_LIGHT, rel=1e-15)
    assert matter.diffusion_time([1e6, 3e6], math.inf).tolist() == [0.0, 0.0]


@given(st.floats(1.0, 60.0), st.floats(0.1, 3.0))
def test_at_the_trapping_density_diffusion_takes_the_dynamical_time(energy, mass):
    density = matter.trapping_density(energy, PURE, mass)
    radius = (3 * mass * cevns.constants.SOLAR_MASS / (4 * math.pi * density)) ** (1 / 3)
    time = matter.diffusion_time(radius, matter.mean_free_path(energy, density, PURE))
    assert time == pytest.approx(1 / math.sqrt(cevns.constants.NEWTON * density), rel=1e-12)


def test_neutrinos_of_collapse_are_trapped_at_some_hundred_billion_grams():
    assert 1e11 < matter.trapping_density(10.0, PURE, 1.4) < 1e12
    assert np.all(np.diff(matter.trapping_density([5.0, 10.0, 20.0], PURE, 1.4)) < 0)


# ---- profiles -------------------------------------------------------------------------------------------------------------


def test_power_law_profile_is_integrated_exactly_from_few_zones():
    # 1/λ ∝ r⁻³: τ = χ₁ r₁³ (r⁻² − R⁻²)/2, the same from 3 zones as from 300
    for zones in (3, 300):
        r = np.geomspace(1e6, 1e9, zones)
        rho = 1e12 * (r / 1e6) ** -3.0
        chi = matter.inverse_mean_free_path(15.0, 1e12, PURE)
        exact = chi * 1e18 * (r**-2 - r[-1] ** -2) / 2
        tau = matter.optical_depth(15.0, r, rho, PURE)
        np.testing.assert_allclose(tau, exact, rtol=1e-12)
        sphere = matter.neutrino_sphere(15.0, r, rho, PURE)
        assert sphere == pytest.approx((2 * (2 / 3) / (chi * 1e18) + 1e-18) ** -0.5, rel=1e-12)


def test_profile_that_falls_as_one_over_r_gives_the_logarithm():
    # 1/λ ∝ 1/r, where (r₀/r₁)^(p+1) is 1: the limit, not 0/0
    r = np.array([1e6, 1e7, 1e8])
    tau = matter.optical_depth(10.0, r, 1e12 * 1e6 / r, PURE)
    chi = matter.inverse_mean_free_path(10.0, 1e12, PURE)
    np.testing.assert_allclose(tau, chi * 1e6 * np.log(1e8 / r), rtol=1e-12)
    sphere = matter.neutrino_sphere(10.0, r, 1e12 * 1e6 / r, PURE)
    assert sphere == pytest.approx(1e8 * math.exp(-2 / 3 / (chi * 1e6)), rel=1e-12)


def test_linear_profile_is_integrated_exactly():
    r = np.array([0.0, 1e6, 3e6])
    rho = np.array([3e12, 2e12, 0.0])
    chi = matter.inverse_mean_free_path(20.0, 1e12, PURE)
    for interpolation in ("linear", "loglog"):  # a zero, at the outer end or in the radius, makes a segment linear
        tau = matter.optical_depth(20.0, r, rho, PURE, interpolation=interpolation)
        np.testing.assert_allclose(tau, [chi * (2.5e6 + 2e6), chi * 2e6, 0.0], rtol=1e-13)
        sphere = matter.neutrino_sphere(20.0, r, rho, PURE, interpolation=interpolation)
        # (R − r)² χ/2 per 1e6 cm
        assert sphere == pytest.approx(3e6 - math.sqrt(2 * (2 / 3) / chi * 1e6), rel=1e-12)


@given(st.floats(20.0, 60.0), st.floats(0.05, 0.6), st.sampled_from(["linear", "loglog"]))
def test_optical_depth_at_the_neutrino_sphere_is_what_was_asked(energy, depth, interpolation):
    r = np.geomspace(1e6, 1e8, 40)
    rho, T = 1e12 * (r / 1e6) ** -2.5, 3.0 * (r / 1e6) ** -0.7
    composition = {"56Fe": np.linspace(0.4, 0.9, 40), "4He": 0.1}
    options = {"interpolation": interpolation, "electron_fraction": np.linspace(0.3, 0.5, 40), "flavor": "numu"}
    radius = matter.neutrino_sphere(energy, r, rho, composition, T, depth=depth, **options)
    tau = matter.optical_depth(energy, r, rho, composition, T, **options)
    assert (np.diff(tau) <= 0).all()
    inner = np.count_nonzero(tau >= depth) - 1
    assert r[inner] <= radius <= r[inner + 1]
    # the same depth from a profile cut there, 1/λ interpolated by hand
    chi = matter.inverse_mean_free_path(
        energy, rho, composition, T, electron_fraction=options["electron_fraction"], flavor="numu"
    )[inner : inner + 2]
    pair = r[inner : inner + 2]
    if interpolation == "linear":
        start = np.interp(radius, pair, chi)
        piece = (pair[1] - radius) * (start + chi[1]) / 2
    else:
        p = math.log(chi[1] / chi[0]) / math.log(pair[1] / pair[0])
        piece = chi[1] * pair[1] * (1 - (radius / pair[1]) ** (p + 1)) / (p + 1)
    assert tau[inner + 1] + piece == pytest.approx(depth, rel=1e-9)


def test_neutrinos_of_high_energy_leave_from_further_out():
    r = np.geomspace(1e6, 1e8, 200)
    rho = 1e12 * (r / 1e6) ** -3.0
    radii = matter.neutrino_sphere([20.0, 30.0, 50.0], r, rho, PURE)
    assert (np.diff(radii) > 0).all()
    assert matter.optical_depth([[20.0], [30.0]], r, rho, PURE).shape == (2, 1, 200)


# ---- wrong input ----------------------------------------------------------------------------------------------------------

R, RHO = [1e6, 1e7], [1e12, 1e9]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: matter.transport_cross_section(-1.0, IRON), "neutrino_energy must be >= 0 MeV and finite (got -1)"),
        (lambda: matter.transport_cross_section(1.0, 56), "nuclide must be a cevns.Nuclide or its name (got 56)"),
        (lambda: matter.transport_cross_section(1.0, IRON, density=1e9), "must be given together: electrons"),
        (
            lambda: matter.transport_cross_section(1.0, IRON, density=1e9, electron_fraction=1.5),
            "electron_fraction must be > 0 and <= 1 (got 1.5)",
        ),
        (
            lambda: matter.transport_cross_section(1.0, IRON, method="bruenn", density=1e9, electron_fraction=0.5),
            "electron screening needs method='exact'",
        ),
        (lambda: matter.ion_correlation(1.0, IRON, -1.0, 1.0), "density must be >= 0 g/cm³ and finite (got -1)"),
        (lambda: matter.ion_correlation(1.0, IRON, 1.0, 0.0), "temperature must be > 0 MeV and finite (got 0)"),
        (lambda: matter.ion_correlation(1.0, IRON, 1.0, 1.0, 1.1), "mass_fraction must be >= 0 and <= 1 (got 1.1)"),
        (lambda: matter.ion_correlation([1.0, 2.0], IRON, [1.0, 2.0, 3.0], 1.0), "do not broadcast"),
        (lambda: matter.mean_free_path(1.0, 1e9, {}), "composition must map nuclides to mass fractions"),
        (lambda: matter.mean_free_path(1.0, 1e9, "56Fe"), "composition must map nuclides to mass fractions"),
        (lambda: matter.mean_free_path(1.0, 1e9, {"56Fe": -0.1}), "mass fraction of 56Fe must be >= 0 and <= 1 (got -0.1)"),
        (lambda: matter.mean_free_path(1.0, 1e9, {"56Fe": 0.6, "4He": 0.5}), "must sum to <= 1 (got 1.1)"),
        (lambda: matter.mean_free_path(1.0, 1e9, {"56Fe": 0.5, IRON: 0.5}), "must name each nuclide once (got 56Fe twice)"),
        (lambda: matter.mean_free_path([1.0, 2.0], [1.0, 2.0, 3.0], PURE), "do not broadcast"),
        (lambda: matter.diffusion_time(1.0, 0.0), "mean_free_path must be > 0 cm (got 0)"),
        (lambda: matter.trapping_density(10.0, PURE, 0.0), "core_mass must be > 0 solar masses and finite (got 0)"),
        (lambda: matter.trapping_density(10.0, {"56Fe": 0.0}, 1.0), "composition must have an ion"),
        (lambda: matter.trapping_density(10.0, {"56Fe": [0.5, 0.5]}, 1.0), "the mass fraction of 56Fe must be one number"),
        (lambda: matter.optical_depth(10.0, [1e6], [1e9], PURE), "radius must be one-dimensional"),
        (
            lambda: matter.optical_depth(10.0, [1e7, 1e6], RHO, PURE),
            "radius must increase (got 1e+07 cm at",
        ),
        (lambda: matter.optical_depth(10.0, R, [1.0, 2.0, 3.0], PURE), "density must have the shape of radius, (2,)"),
        (
            lambda: matter.optical_depth(10.0, R, RHO, {"56Fe": [1.0, 1.0, 1.0]}),
            "mass fraction of 56Fe must have the shape of radius, (2,)",
        ),
        (lambda: matter.neutrino_sphere([30.0, 0.1], R, RHO, PURE), "the optical depth of the whole profile for 0.1 MeV"),
        (lambda: matter.neutrino_sphere(10.0, R, RHO, PURE, depth=0.0), "depth must be > 0 and finite (got 0)"),
    ],
)
def test_wrong_input_is_refused_with_name_value_and_range(call, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        call()
    assert isinstance(caught.value, cevns.CevnsError)


@pytest.mark.parametrize(
    "call",
    [
        lambda: matter.transport_cross_section(1.0, IRON, method="born"),
        lambda: matter.transport_cross_section(1.0, IRON, flavor="electron"),
        lambda: matter.mean_free_path(1.0, 1e9, PURE, kind="elastic"),
        lambda: matter.mean_free_path(1.0, 1e9, {"56Xx": 1.0}),
        lambda: matter.optical_depth(10.0, R, RHO, PURE, interpolation="cubic"),
    ],
)
def test_unknown_names_are_refused_with_those_that_exist(call):
    with pytest.raises(cevns.UnknownNameError, match=r"unknown .*(known are|did you mean|elements that begin)"):
        call()


def test_arguments_are_never_changed():
    E, rho, T, X = np.array([10.0, 20.0]), np.array([[1e12], [1e11]]), np.array([[1.0], [2.0]]), np.array([[1.0], [0.5]])
    kept = [array.copy() for array in (E, rho, T, X)]
    matter.mean_free_path(E, rho, {"56Fe": X}, T, electron_fraction=0.4)
    for before, after in zip(kept, (E, rho, T, X), strict=True):
        np.testing.assert_array_equal(before, after)


# ---- extremes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("density", [1e-310, 1e-30, 1e-10, 1e15])
@pytest.mark.parametrize("energy", [1e-300, 1e-3, 10.0, 1e6])
def test_clouds_of_electrons_of_any_size_are_integrated_in_a_few_panels(density, energy):
    """The cloud of vanishing matter is as large as a galaxy: the innermost panel once had no width, and the loop no end."""
    with np.errstate(all="ignore"):
        try:
            value = matter.transport_cross_section(energy, IRON, density=density, electron_fraction=0.5)
        except cevns.InputError:
            return
    # without electrons where they are far, and never more than with all their charge at the nucleus
    bare = matter.transport_cross_section(energy, IRON)
    whole = cevns.weak_charge(IRON) + IRON.Z * (0.5 + 2 * WEAK_MIXING_ANGLE)
    assert 0 <= value < 1e-30
    if energy <= 1e-3:  # to where no form factor reaches
        assert value <= bare * max(1.0, (whole / cevns.weak_charge(IRON)) ** 2) * (1 + 1e-9) + 1e-300
    if density <= 1e-10 and energy >= 10.0:
        assert value == pytest.approx(bare, rel=1e-9)


@pytest.mark.parametrize("name", ["4He", "56Fe", "208Pb"])
def test_cross_sections_of_any_energy_are_those_of_all_momentum_transfers(name):
    """σ = (G_F²/4π) ∫ (Q F)² dq² once E is beyond all form factors, and E² σ_tr likewise; 1e12 MeV are 1e7 radii."""
    nuclide = cevns.Nuclide(name)
    model = StandardModel(form_factor=Helm())
    limit, slowing = cevns.cross_section(1e6, nuclide, model), matter.transport_cross_section(1e6, nuclide, model)
    for E in (1e8, 1e10, 1e12):
        # at 1e6 MeV T/E is still 1e-5
        assert cevns.cross_section(E, nuclide, model) == pytest.approx(limit, rel=5e-5)
        assert matter.transport_cross_section(E, nuclide, model) * (E / 1e6) ** 2 == pytest.approx(slowing, rel=1e-4)


# ---- any interaction -----------------------------------------------------------------------------------------------------

ANY = {
    "off-diagonal": StandardModel() + cevns.NSI(eps_em_u=0.3),
    "mediator": StandardModel() + cevns.VectorMediator(mass=5.0, coupling=1e-4),
    "scalar": StandardModel() + cevns.ScalarMediator(mass=5.0, coupling=1e-4),
    "heavy": StandardModel() + cevns.DipolePortal(mass=8.0, nue=1e-8),
    "magnetic": StandardModel() + cevns.MagneticMoment(nue=1e-9),
    "upscattering": cevns.DipolePortal(mass=8.0, nue=1e-8),
}


@pytest.mark.parametrize("name", ANY)
def test_transport_cross_section_of_any_interaction_is_the_integral_over_angles(name):
    """∫ (1 − cos θ) dσ by Gauss and Legendre over recoil energies, with cos θ = (2EE′ − m² − 2MT)/2Ep′."""
    theory, iron, E = ANY[name], cevns.Nuclide("56Fe"), 25.0
    x, w = np.polynomial.legendre.leggauss(40)
    expected = 0.0
    for part in theory.parts if theory.final_masses else (theory,):
        m = max(part.final_masses, default=0.0)
        low, high = (1e3 * float(T[0]) for T in kinds.recoil_energy_range(np.array([E]), iron.mass, m))
        for start, end in pairwise(np.geomspace(max(low, 1e-15 * high), high, 120)):
            T = (start + end) / 2 + x * (end - start) / 2
            left = E - 1e-3 * T
            momentum = np.sqrt(left**2 - m**2)
            cosine = (2 * E * left - m**2 - 2e-3 * iron.mass * T) / (2 * E * momentum)
            sigma = cevns.differential_cross_section(T, E, iron, part)
            expected += np.sum((1 - cosine) * sigma * w) * (end - start) / 2
    assert transport_cross_section(E, iron, theory) == pytest.approx(expected, rel=1e-9)


def test_transport_cross_section_of_nothing_new_is_that_of_the_standard_model():
    E = np.array([0.0, 5.0, 20.0, 60.0])
    tiny = transport_cross_section(E, "56Fe", StandardModel() + cevns.NSI(eps_em_u=1e-12))
    np.testing.assert_allclose(tiny, transport_cross_section(E, "56Fe"), rtol=1e-10)


def test_transport_cross_section_without_an_end_is_refused():
    with pytest.raises(InputError, match="finite transport cross section: its vector current grows without end"):
        transport_cross_section(5.0, "56Fe", StandardModel() + cevns.Millicharge(nue=1e-12))
