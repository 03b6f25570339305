"""Kinematics of a massless neutrino on a nucleus at rest: conservation laws, inverses, limits, published figures.

All relations are a few roundings long. Tolerances in units of ε = 2.2e-16 count these, unless a cancellation is named.
"""

import math
import re
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import kinematics
from cevns.reference import cases
from cevns.reference import kinematics as reference

XENON = replace(cevns.Nuclide("132Xe"), mass=122840.551151)  # the mass of the printed figures
ARGON = replace(cevns.Nuclide("40Ar"), mass=37215.540717)

nuclides = st.sampled_from(cases.NUCLIDES).map(cevns.Nuclide)
recoil_energies = st.floats(1e-9, 1e9)  # keV
neutrino_energies = st.floats(1e-6, 1e6)  # MeV
fractions = st.floats(0.0, 1.0)


# ---- figures ---------------------------------------------------------------------------------------------------------


def test_maximum_recoil_energy_of_the_founding_article():
    # "0.0007 MeV" for 5 MeV on A ~ 75: 2E²/(M + 2E) with M = 70000 MeV, 15 digits printed
    heavy = replace(cevns.Nuclide("75As"), mass=70000.0)
    assert kinematics.recoil_energy_max(5.0, heavy) == pytest.approx(0.714183688044565, rel=1e-13)


@pytest.mark.parametrize(
    ("neutrino_energy", "expected"),
    [(5.0, 0.406998581052707), (10.0, 1.62786181672092), (30.0, 14.6459880215546), (52.82918775, 45.4007177459699)],
)
def test_maximum_recoil_energy_on_xenon(neutrino_energy, expected):
    # 15 digits printed
    assert kinematics.recoil_energy_max(neutrino_energy, XENON) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(
    ("recoil_energy", "expected"),
    [(0.5, 5.54192283861561), (1.0, 7.83760889457968), (10.0, 24.7881148315743), (100.0, 78.4211047360569)],
)
def test_minimum_neutrino_energy_on_xenon(recoil_energy, expected):
    # 15 digits printed
    assert kinematics.neutrino_energy_min(recoil_energy, XENON) == pytest.approx(expected, rel=1e-13)


def test_momentum_transfer_on_xenon():
    # Q = √(2MT), 15 digits printed
    assert kinematics.momentum_transfer(1.0, XENON) == pytest.approx(15.6742177572598, rel=1e-13)


@pytest.mark.parametrize(
    ("neutrino_energy", "recoil_energy", "of_neutrino", "of_recoil"),
    [(30.0, 20.0, 0.172436274916611, 0.643562609268122), (10.0, 3.0, -0.116801261888567, 0.747350739979998)],
)
def test_scattering_angles_on_argon(neutrino_energy, recoil_energy, of_neutrino, of_recoil):
    # 15 digits printed
    assert kinematics.neutrino_scattering_cosine(recoil_energy, neutrino_energy, ARGON) == pytest.approx(of_neutrino, rel=1e-12)
    assert kinematics.recoil_cosine(recoil_energy, neutrino_energy, ARGON) == pytest.approx(of_recoil, rel=1e-12)


# ---- laws ------------------------------------------------------------------------------------------------------------


@given(recoil_energies, nuclides)
def test_the_maximum_recoil_of_the_minimum_energy_is_the_recoil(recoil_energy, nuclide):
    # E_min to 2 ε, doubled by the square: 6 ε with the division
    back = kinematics.recoil_energy_max(kinematics.neutrino_energy_min(recoil_energy, nuclide), nuclide)
    assert back == pytest.approx(recoil_energy, rel=2e-15)


@given(neutrino_energies, nuclides)
def test_the_minimum_energy_of_the_maximum_recoil_is_the_energy(neutrino_energy, nuclide):
    back = kinematics.neutrino_energy_min(kinematics.recoil_energy_max(neutrino_energy, nuclide), nuclide)
    assert back == pytest.approx(neutrino_energy, rel=2e-15)


@given(fractions, neutrino_energies, nuclides)
def test_momentum_along_the_beam_is_conserved(fraction, neutrino_energy, nuclide):
    recoil_energy = fraction * kinematics.recoil_energy_max(neutrino_energy, nuclide)
    T, E, M = 1e-3 * recoil_energy, neutrino_energy, nuclide.mass
    along = (E - T) * kinematics.neutrino_scattering_cosine(recoil_energy, E, nuclide)
    along += math.sqrt(T * (T + 2 * M)) * kinematics.recoil_cosine(recoil_energy, E, nuclide)
    # cos θ rounds to 3 ε absolute, and E/M large makes E − T cancel: that times the condition M T/(E (E − T)) ≤ 2
    assert along == pytest.approx(E, rel=2e-14 * (1 + 2 * E / M))


@given(fractions, neutrino_energies, nuclides)
def test_momentum_across_the_beam_is_conserved(fraction, neutrino_energy, nuclide):
    recoil_energy = fraction * kinematics.recoil_energy_max(neutrino_energy, nuclide)
    T, E, M = 1e-3 * recoil_energy, neutrino_energy, nuclide.mass
    c = kinematics.neutrino_scattering_cosine(recoil_energy, E, nuclide)
    r = kinematics.recoil_cosine(recoil_energy, E, nuclide)
    of_neutrino = (E - T) ** 2 * (1 - c) * (1 + c)
    of_recoil = T * (T + 2 * M) * (1 - r) * (1 + r)
    # 1 − cos² loses what the cosines do: absolute, in units of the squared momenta
    assert of_neutrino == pytest.approx(of_recoil, abs=1e-14 * (1 + 2 * E / M) * (E**2 + 2 * M * T))


@given(st.floats(-1.0, 1.0), neutrino_energies, nuclides)
def test_a_neutrino_angle_gives_a_recoil_energy_that_gives_the_angle(cosine, neutrino_energy, nuclide):
    recoil_energy = kinematics.recoil_energy_from_neutrino_angle(cosine, neutrino_energy, nuclide)
    back = kinematics.neutrino_scattering_cosine(recoil_energy, neutrino_energy, nuclide)
    assert back == pytest.approx(cosine, abs=2e-15 * (1 + 2 * neutrino_energy / nuclide.mass))  # E − T cancels for E >> M


@given(fractions, neutrino_energies, nuclides)
def test_a_recoil_angle_gives_a_recoil_energy_that_gives_the_angle(cosine, neutrino_energy, nuclide):
    recoil_energy = kinematics.recoil_energy_from_recoil_angle(cosine, neutrino_energy, nuclide)
    # below 1e-150 the square of the cosine underflows, and with it the recoil energy
    if recoil_energy <= kinematics.recoil_energy_max(neutrino_energy, nuclide):
        back = kinematics.recoil_cosine(recoil_energy, neutrino_energy, nuclide)
        condition = 1 + neutrino_energy / nuclide.mass  # (E + M) − E c cancels for E >> M
        assert back == pytest.approx(cosine, rel=4e-15 * condition, abs=1e-150)


@given(neutrino_energies, nuclides)
def test_backward_scattering_is_the_largest_recoil_and_the_recoil_goes_forward(neutrino_energy, nuclide):
    top = kinematics.recoil_energy_max(neutrino_energy, nuclide)
    # T_max and the angle each round once or twice; the cosines are put on their limits exactly
    assert kinematics.recoil_energy_from_neutrino_angle(-1.0, neutrino_energy, nuclide) == pytest.approx(top, rel=2e-15)
    condition = 1 + neutrino_energy / nuclide.mass
    assert kinematics.recoil_energy_from_recoil_angle(1.0, neutrino_energy, nuclide) == pytest.approx(
        top, rel=2e-15 * condition
    )
    assert kinematics.neutrino_scattering_cosine(top, neutrino_energy, nuclide) == pytest.approx(-1.0, abs=1e-14 * condition)
    assert kinematics.recoil_cosine(top, neutrino_energy, nuclide) == pytest.approx(1.0, abs=1e-15)


@given(neutrino_energies, nuclides)
def test_no_recoil_means_no_deflection(neutrino_energy, nuclide):
    assert kinematics.neutrino_scattering_cosine(0.0, neutrino_energy, nuclide) == 1.0
    assert kinematics.recoil_cosine(0.0, neutrino_energy, nuclide) == 0.0
    assert kinematics.recoil_energy_from_neutrino_angle(1.0, neutrino_energy, nuclide) == 0.0
    assert kinematics.recoil_energy_from_recoil_angle(0.0, neutrino_energy, nuclide) == 0.0


def test_no_energy_gives_no_recoil():
    assert kinematics.recoil_energy_max(0.0, XENON) == 0.0
    assert kinematics.neutrino_energy_min(0.0, XENON) == 0.0


def test_a_recoil_is_never_larger_than_the_neutrino_energy():
    E = np.geomspace(1e-6, 1e12, 200)
    for name in cases.NUCLIDES:
        assert (1e-3 * kinematics.recoil_energy_max(E, cevns.Nuclide(name)) <= E * (1 + 1e-15)).all()


def test_a_billion_to_one_range_stays_finite_and_ordered():
    E = np.geomspace(1e-150, 1e12, 601)
    for name in ("1H", "238U"):
        nuclide = cevns.Nuclide(name)
        T = kinematics.recoil_energy_max(E, nuclide)
        assert np.isfinite(T).all()
        assert (np.diff(T) > 0).all()
        x = kinematics.neutrino_energy_min(E, nuclide)
        assert np.isfinite(x).all()
        assert (np.diff(x) > 0).all()


def test_small_recoil_energies_keep_their_digits():
    # √(MT/2) is the limit; T/2 beside it is 1e-12 of it for 1e-15 keV: mpmath knows the exact sum
    for T in (1e-15, 1e-9, 1e-3, 1e3):
        with mpmath.workdps(40):
            t, M = mpmath.mpf(T) / 1000, mpmath.mpf(XENON.mass)
            exact = (t + mpmath.sqrt(t * (t + 2 * M))) / 2
        assert kinematics.neutrino_energy_min(T, XENON) == pytest.approx(float(exact), rel=5e-16)


# ---- the reference ---------------------------------------------------------------------------------------------------

PAIRS = (
    ("recoil_energy_max", np.geomspace(1e-9, 1e6, 200), None),
    ("neutrino_energy_min", np.concatenate(list(cases.RECOIL_ENERGIES.values())), None),
    ("momentum_transfer", np.concatenate(list(cases.RECOIL_ENERGIES.values())), None),
    ("neutrino_scattering_cosine", np.linspace(0, 1, 41), np.geomspace(1e-3, 500.0, 31)),
    ("recoil_cosine", np.linspace(0, 1, 41), np.geomspace(1e-3, 500.0, 31)),
    ("recoil_energy_from_neutrino_angle", np.linspace(-1, 1, 41), np.geomspace(1e-3, 500.0, 31)),
    ("recoil_energy_from_recoil_angle", np.linspace(0, 1, 41), np.geomspace(1e-3, 500.0, 31)),
)


@pytest.mark.parametrize(("function", "first", "energy"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_kinematics_agree_with_the_reference(function, first, energy, instruction_set):
    for name in cases.NUCLIDES:
        nuclide = cevns.Nuclide(name)
        if energy is None:
            arguments = (first,)
        elif "from" in function:
            arguments = (first, energy[:, None])
        else:
            top = 0.999999 * reference.recoil_energy_max(energy[:, None], nuclide)  # the last ulp is each one's own
            arguments = (first * top, energy[:, None])
        values = getattr(kinematics, function)(*arguments, nuclide)
        expected = getattr(reference, function)(*arguments, nuclide)
        # measured: 3 ε at most, cosines 0; recoils of angles relative to the largest, as 1 − cos θ is exact in both
        np.testing.assert_allclose(values, expected, rtol=2e-15, atol=1e-15 if "cosine" in function else 0.0, err_msg=name)


# ---- arguments -------------------------------------------------------------------------------------------------------


def test_public_names_are_those_of_the_package():
    assert cevns.recoil_energy_max is kinematics.recoil_energy_max
    assert cevns.neutrino_energy_min is kinematics.neutrino_energy_min


def test_a_number_gives_a_float_and_an_array_its_shape():
    assert type(kinematics.recoil_energy_max(30, XENON)) is float
    assert type(kinematics.neutrino_energy_min(np.float32(1.0), XENON)) is float
    assert kinematics.recoil_energy_max([[1, 2, 3]], XENON).shape == (1, 3)
    assert kinematics.recoil_energy_max([], XENON).shape == (0,)
    assert kinematics.recoil_cosine(np.empty((0, 1)), np.ones(3), XENON).shape == (0, 3)
    assert kinematics.neutrino_scattering_cosine(np.zeros((4, 1)), [1.0, 2.0], XENON).shape == (4, 2)


def test_layout_and_type_of_the_input_do_not_matter_and_it_is_not_changed():
    E = np.arange(1.0, 25.0).reshape(4, 6)
    kept = E.copy()
    expected = kinematics.recoil_energy_max(E, XENON)
    np.testing.assert_array_equal(kinematics.recoil_energy_max(E.T, XENON), expected.T)
    np.testing.assert_array_equal(kinematics.recoil_energy_max(E[::-2, ::3], XENON), expected[::-2, ::3])
    np.testing.assert_array_equal(kinematics.recoil_energy_max(E.astype(np.int16), XENON), expected)
    np.testing.assert_array_equal(kinematics.recoil_energy_max(E.astype(np.float32), XENON), expected)
    np.testing.assert_array_equal(kinematics.recoil_energy_max(E.astype(">f8"), XENON), expected)
    np.testing.assert_array_equal(kinematics.recoil_energy_max(E.tolist(), XENON), expected)
    np.testing.assert_array_equal(E, kept)


WRONG = [
    (lambda: cevns.recoil_energy_max(-1.0, XENON), "neutrino_energy must be >= 0 MeV and finite (got -1)"),
    (lambda: cevns.recoil_energy_max(np.nan, XENON), "neutrino_energy must be >= 0 MeV and finite (got nan)"),
    (lambda: cevns.recoil_energy_max([1.0, np.inf], XENON), "neutrino_energy must be >= 0 MeV and finite (got inf at index 1)"),
    (
        lambda: cevns.neutrino_energy_min([1.0, -2.0, -3.0], XENON),
        "recoil_energy must be >= 0 keV and finite (got -2 at index 1, and 1 more)",
    ),
    (lambda: kinematics.momentum_transfer(-0.3, XENON), "recoil_energy must be >= 0 keV and finite (got -0.3)"),
    (lambda: cevns.recoil_energy_max("30", XENON), "neutrino_energy must be real numbers (got '30')"),
    (lambda: cevns.recoil_energy_max(1j, XENON), "neutrino_energy must be real numbers (got 1j)"),
    (lambda: cevns.recoil_energy_max(None, XENON), "neutrino_energy must be"),
    (lambda: cevns.recoil_energy_max(30.0, 132), "nuclide must be a cevns.Nuclide or its name (got 132)"),
    (lambda: kinematics.recoil_cosine(0.0, 0.0, XENON), "neutrino_energy must be > 0 MeV and finite (got 0)"),
    (
        lambda: kinematics.recoil_cosine([1.0, 20.0], 30.0, XENON),
        "recoil_energy must be <= 14.646 keV, the largest that neutrino_energy allows (got 20; 1 of 2 exceed their maximum)",
    ),
    (
        lambda: kinematics.neutrino_scattering_cosine([[20.0], [100.0]], [30.0, 60.0], XENON),
        "recoil_energy must be <= 14.646 keV, the largest that neutrino_energy allows (got 20; 3 of 4 exceed their maximum)",
    ),
    (lambda: kinematics.neutrino_scattering_cosine(1e9, 1.0, XENON), "(got 1e+09; 1 of 1 exceed their maximum)"),
    (lambda: kinematics.recoil_energy_from_neutrino_angle(1.5, 30.0, XENON), "cosine must be >= -1 and <= 1 (got 1.5)"),
    (lambda: kinematics.recoil_energy_from_recoil_angle([0.5, -0.1], 30.0, XENON), "cosine must be >= 0 and <= 1 (got -0.1 at"),
    (
        lambda: kinematics.recoil_cosine([1.0, 2.0], [1.0, 2.0, 3.0], XENON),
        "the arguments' shapes (2,) and (3,) do not broadcast",
    ),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, cevns.CevnsError)
