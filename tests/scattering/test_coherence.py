"""Coherence: the sum over pairs of nucleons, what form factors take away, and the laws N² and A²."""

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cevns
from cevns import constants, form_factors
from cevns.interactions.couplings import tree_couplings
from cevns.reference import cases
from cevns.reference import coherence as reference
from cevns.scattering.coherence import coherence_loss, coherency, coherent_limit, coherent_scaling, degree_of_coherency

fractions = st.floats(0.0, 1.0)
nuclides = st.sampled_from(cases.NUCLIDES).map(cevns.Nuclide)
ARGON = cevns.Nuclide("40Ar")
XENON = cevns.Nuclide("132Xe")
HELM = form_factors.Helm()


# ---- the degree of coherency ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "expected"), [("40Ar", 0.0491399), ("74Ge", 0.0255999), ("133Cs", 0.0137091)])
def test_coherency_without_interference(name, expected):
    # sin²θ_W = 0.23857, 7 decimals printed
    assert coherency(cevns.Nuclide(name), 0.0) == pytest.approx(expected, abs=5.1e-8)


@given(nuclides, fractions, st.floats(0.15, 0.35))
def test_coherency_is_the_sum_over_pairs_of_nucleons(nuclide, alpha, angle):
    assume(abs(cevns.weak_charge(nuclide, angle)) > 0.05)
    assert coherency(nuclide, alpha, angle) == pytest.approx(reference.coherency(nuclide, alpha, angle), rel=1e-11)


@given(nuclides)
def test_nucleons_in_phase_are_fully_coherent(nuclide):
    assert coherency(nuclide, 1.0) == 1.0


def test_invisible_protons_leave_one_over_the_number_of_neutrons():
    assert coherency(ARGON, 0.0, 0.25) == pytest.approx(1 / 22, rel=1e-15)


def test_proton_and_neutron_of_the_deuteron_interfere_destructively():
    assert coherency(cevns.Nuclide("2H"), 0.0) > 1


@given(nuclides, fractions)
def test_degree_of_coherency_is_the_inverse(nuclide, alpha):
    assume(nuclide.A > 1)
    assert degree_of_coherency(nuclide, coherency(nuclide, alpha)) == pytest.approx(alpha, abs=1e-13)


def test_degree_of_coherency_is_the_square_of_the_form_factor_but_for_the_incoherent_part():
    squared = HELM(np.linspace(0, 300, 31), ARGON) ** 2
    alpha = degree_of_coherency(ARGON, squared)
    least = coherency(ARGON, 0.0)
    np.testing.assert_allclose(alpha, (squared - least) / (1 - least), rtol=1e-14)
    assert alpha[0] == 1
    assert alpha[-1] < 0  # elastic scattering is rarer than that of 40 free nucleons
    inside = alpha >= 0
    np.testing.assert_allclose(coherency(ARGON, alpha[inside]), squared[inside], rtol=1e-13)


# ---- loss of coherence ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["40Ar", "132Xe", "208Pb"])
def test_coherence_loss_agrees_with_the_reference(name):
    nuclide = cevns.Nuclide(name)
    E = np.geomspace(1, 100, 9)
    expected = reference.coherence_loss(E, nuclide, *tree_couplings(), lambda q: HELM(q, nuclide))
    np.testing.assert_allclose(coherence_loss(E, nuclide), expected, rtol=0, atol=3e-12)


def test_coherence_loss_is_that_of_the_tabulated_cross_sections():
    # Helm and point cross sections of 40Ar at 30 MeV, 9 digits printed
    assert coherence_loss(30.0, ARGON) == pytest.approx(1 - 1.51296892e-39 / 1.69869620e-39, abs=1e-8)


@pytest.mark.parametrize("name", ["12C", "40Ar", "208Pb"])
def test_first_loss_of_coherence_is_set_by_the_radius(name):
    # (4/9) ⟨r²⟩E²/(ħc)²; the next term is of order (Er/ħc)⁴, the recoil's E/M
    nuclide = cevns.Nuclide(name)
    E = 1.0
    x = E * HELM.rms_radius(nuclide) / constants.HBAR_C
    assert coherence_loss(E, nuclide) == pytest.approx(4 / 9 * x**2, rel=4e-3)


def test_a_quarter_is_lost_where_the_docstring_says():
    assert coherence_loss(34.0, XENON) == pytest.approx(0.25, abs=2e-3)
    assert coherence_loss(48.2, ARGON) == pytest.approx(0.25, abs=1e-3)


def test_coherence_is_lost_with_energy_and_with_size():
    loss = np.array(
        [coherence_loss([10.0, 20.0, 40.0], cevns.Nuclide(name)) for name in ("12C", "40Ar", "74Ge", "132Xe", "208Pb")]
    )
    assert np.all(np.diff(loss, axis=0) > 0)
    assert np.all(np.diff(loss, axis=1) > 0)


def test_a_point_loses_nothing_and_neither_does_a_neutrino_at_rest():
    point = cevns.StandardModel(form_factor=form_factors.Point())
    assert coherence_loss(50.0, XENON, point) == 0
    assert coherence_loss(0.0, XENON) == 0
    assert coherence_loss([], XENON).shape == (0,)
    assert isinstance(coherence_loss(10, XENON), float)


# ---- the laws of coherence -----------------------------------------------------------------------------------------------


def test_freedmans_law():
    # σ ≈ 0.42e-44 N² (E/MeV)² cm²: 0.421543, 6 digits printed
    assert coherent_limit(10.0, XENON) == pytest.approx(0.421543e-44 * 78**2 * 100, rel=2e-6)


def test_coherence_enhances_xenon_by_over_17000():
    # the founding article: A ≈ 131, "a boost of over 17,000"
    one, xenon = (coherent_limit(1.0, cevns.Nuclide(name), "nucleons") for name in ("1H", "131Xe"))
    assert xenon / one == pytest.approx(131**2, rel=1e-15)
    assert xenon / one > 17_000


@given(nuclides, st.floats(0.0, 100.0))
def test_invisible_protons_make_the_charge_count_neutrons(nuclide, energy):
    # sin²θ_W = 1/4: Q = −N/2 exactly
    assert coherent_limit(energy, nuclide, "charge", 0.25) == coherent_limit(energy, nuclide, "neutrons")


@given(nuclides, st.floats(0.1, 100.0))
def test_only_recoil_stands_between_a_point_and_its_law(nuclide, energy):
    point = cevns.StandardModel(form_factor=form_factors.Point())
    scaled = coherent_scaling(energy, nuclide, point, law="charge")
    assert scaled == pytest.approx(1 / (1 + 2 * energy / nuclide.mass), rel=1e-12)


def test_the_law_of_neutrons_holds_to_a_tenth_at_reactor_energies():
    heavy = [coherent_scaling(4.0, cevns.Nuclide(name)) for name in ("40Ar", "74Ge", "132Xe", "208Pb")]
    assert all(0.9 < ratio < 1 for ratio in heavy)
    # N² is the better law: protons hardly count
    by_nucleons = [coherent_scaling(4.0, cevns.Nuclide(name), law="nucleons") for name in ("40Ar", "208Pb")]
    assert by_nucleons[1] / by_nucleons[0] > 1.15


# ---- wrong input ---------------------------------------------------------------------------------------------------------

TWELVE = cevns.Nuclide("12C")
WRONG = [
    (lambda: coherency(ARGON, 1.5), cevns.InputError, "alpha must be >= 0 and <= 1 (got 1.5)"),
    (lambda: coherency(40, 0.5), cevns.InputError, "nuclide must be a cevns.Nuclide or its name (got 40)"),
    (lambda: coherency(ARGON, 0.5, 2.0), cevns.InputError, "weak_mixing_angle must be >= 0 and <= 1 (got 2)"),
    (
        lambda: coherency(TWELVE, 0.5, 0.0),
        cevns.UnsupportedError,
        "12C has no weak charge at weak_mixing_angle=0: no coherency",
    ),
    (lambda: degree_of_coherency(ARGON, -0.1), cevns.InputError, "xi must be >= 0 and finite (got -0.1)"),
    (lambda: degree_of_coherency(cevns.Nuclide("1H"), 1.0), cevns.UnsupportedError, "the coherency of 1H is 1"),
    (lambda: coherence_loss(-1.0, ARGON), cevns.InputError, "neutrino_energy must be >= 0 MeV and finite (got -1)"),
    (lambda: coherence_loss(1.0, ARGON, flavor="nux"), cevns.UnknownNameError, "unknown flavor 'nux'"),
    (
        lambda: coherence_loss(1.0, TWELVE, cevns.StandardModel(weak_mixing_angle=0.0)),
        cevns.UnsupportedError,
        "12C has no weak charge in StandardModel(weak_mixing_angle=0.0)",
    ),
    (
        lambda: coherent_limit(1.0, ARGON, "protons"),
        cevns.UnknownNameError,
        "unknown law of coherence 'protons'; known are 'charge'",
    ),
    (lambda: coherent_scaling(0.0, ARGON), cevns.InputError, "neutrino_energy must be > 0 MeV and finite (got 0)"),
    (lambda: coherent_scaling(1.0, cevns.Nuclide("1H")), cevns.UnsupportedError, "1H has no coherent cross section by the law"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_the_figures_of_the_docstrings_are_those_of_the_code():
    # a quarter is lost at 34 MeV in xenon, at 48 MeV in argon
    assert coherence_loss(34.0, cevns.Nuclide("132Xe")) == pytest.approx(0.25, abs=0.005)
    assert coherence_loss(48.0, ARGON) == pytest.approx(0.25, abs=0.005)
    # Q² instead of N²/4: less by 9 % for ¹²C, 6 % for ¹³²Xe
    for name, less in (("12C", 0.09), ("132Xe", 0.06)):
        nuclide = cevns.Nuclide(name)
        assert 1 - coherent_limit(1.0, nuclide, "charge") / coherent_limit(1.0, nuclide) == pytest.approx(less, abs=0.005)
    assert coherency(cevns.Nuclide("2H"), 0.0) > 1
    # the Standard Model: 0.2312 lowers a germanium rate by 4.7 %; T²/2E² is 1.2e-7 for xenon at 30 MeV
    germanium = [cevns.rate(cevns.sources.sns(), "Ge", cevns.StandardModel(weak_mixing_angle=s)) for s in (0.23857, 0.2312)]
    assert 1 - germanium[1] / germanium[0] == pytest.approx(0.047, abs=5e-4)
    T = cevns.recoil_energy_max(30.0, cevns.Nuclide("132Xe")) * 1e-3
    assert pytest.approx(1.2e-7, abs=5e-9) == (T / 30.0) ** 2 / 2


def test_arrays_keep_their_shape():
    assert coherency(ARGON, np.full((2, 3), 0.5)).shape == (2, 3)
    assert coherent_scaling(np.full((2, 3), 5.0), ARGON).shape == (2, 3)
    assert isinstance(coherency(ARGON, 0.5), float)
    assert math.isclose(coherent_limit(0.0, ARGON), 0.0)
