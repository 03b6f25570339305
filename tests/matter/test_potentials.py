"""Neutral matter: electrons and protons cancel, neutrons refract, and ν_e feels the W."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns.matter.potentials import atomic_weak_charge, matter_potential, neutral_current_parts
from cevns.reference import cases
from cevns.reference import potentials as reference

FLAVORS = cevns.constants.FLAVORS
densities = st.floats(0, 1e15)
fractions = st.floats(0, 1)
flavors = st.sampled_from(FLAVORS)


def test_potential_of_one_electron_and_of_one_neutron_per_nucleon():
    # 1 g/cm³, 9 digits printed
    assert matter_potential(1.0, 1.0, "nue", kind="cc") == pytest.approx(7.63246688e-14, rel=1e-9)
    assert matter_potential(1.0, 0.0, "nue", kind="nc") == pytest.approx(-3.81623344e-14, rel=1e-9)


@given(densities, fractions, flavors)
def test_total_is_the_sum(density, electrons, flavor):
    parts = [matter_potential(density, electrons, flavor, kind) for kind in ("cc", "nc")]
    assert matter_potential(density, electrons, flavor) == pytest.approx(sum(parts), rel=1e-14, abs=1e-300)


@given(st.floats(1e-3, 1e15), fractions, flavors, st.floats(0, 1))
def test_potential_agrees_with_the_reference_for_every_mixing_angle(density, electrons, flavor, angle):
    # the reference adds the terms of electrons and protons, which cancel: relative to one electron
    expected = reference.matter_potential(density, electrons, flavor, angle)
    assert matter_potential(density, electrons, flavor) == pytest.approx(expected, abs=4e-28 * density)


@given(densities, fractions, st.sampled_from(FLAVORS[:3]), st.sampled_from(["total", "cc", "nc"]))
def test_antineutrinos_feel_the_opposite(density, electrons, flavor, kind):
    assert matter_potential(density, electrons, flavor + "bar", kind) == -matter_potential(density, electrons, flavor, kind)


@given(densities, fractions)
def test_only_electron_neutrinos_feel_charged_currents(density, electrons):
    for flavor in ("numu", "nutau", "numubar", "nutaubar"):
        assert matter_potential(density, electrons, flavor, "cc") == 0
        assert not np.signbit(matter_potential(density, electrons, flavor, "cc"))


@given(densities, fractions, flavors, st.floats(0, 1))
def test_electrons_and_protons_cancel_exactly_for_every_mixing_angle(density, electrons, flavor, angle):
    parts = neutral_current_parts(density, electrons, flavor, angle)
    assert parts.electrons + parts.protons == 0
    assert parts.neutrons == pytest.approx(matter_potential(density, electrons, flavor, "nc"), rel=1e-14, abs=1e-300)


def test_electrons_feel_the_z_as_their_coupling_says():
    # g_V^e = −1/2 + 2 sin²θ_W
    parts = neutral_current_parts(1.0, 1.0, "nue", 0.2)
    assert parts.electrons == pytest.approx(-0.1 * 7.63246688e-14, rel=1e-8)
    assert parts.neutrons == 0


def test_neutrinos_and_matter_of_a_supernova_balance_at_a_third():
    # V_CC + V_NC = 0 for ν_e at Y_e = 1/3
    assert matter_potential(1e12, 1 / 3, "nue") == pytest.approx(0, abs=1e-16 * 1e12 * 7.6e-14)


def test_arguments_broadcast():
    grid = matter_potential(np.array([[1.0], [2.0]]), [0.0, 0.5, 1.0], "nue")
    assert grid.shape == (2, 3)
    np.testing.assert_allclose(grid[1], 2 * grid[0], rtol=1e-15)
    assert isinstance(matter_potential(1, 0.5, "nue"), float)
    assert matter_potential([], 0.5, "nue").shape == (0,)
    assert neutral_current_parts([1.0, 2.0], 0.5).protons.shape == (2,)


# ---- whole atoms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", cases.NUCLIDES)
def test_the_weak_charge_of_an_atom_is_that_of_its_neutrons_but_for_electron_neutrinos(name):
    nuclide = cevns.Nuclide(name)
    for flavor in FLAVORS:
        expected = nuclide.Z - nuclide.N / 2 if flavor.startswith("nue") else -nuclide.N / 2
        assert atomic_weak_charge(nuclide, flavor) == expected


@given(st.sampled_from(cases.NUCLIDES).map(cevns.Nuclide), st.floats(0, 1))
def test_electrons_neutralise_the_weak_charge_of_protons(nuclide, angle):
    # Z (g_V^p + g_V^e) = 0 for every mixing angle
    assert cevns.weak_charge(nuclide, angle) + nuclide.Z * (-0.5 + 2 * angle) == pytest.approx(
        atomic_weak_charge(nuclide, "numu"), abs=1e-15 * nuclide.A
    )


@pytest.mark.parametrize("flavor", ["nue", "numu", "nutau"])
def test_the_potential_of_matter_is_that_of_its_atoms(flavor):
    # forward scattering on the atom: V = √2 G_F n_A Q_atom
    nuclide = cevns.Nuclide("56Fe")
    expected = 2 * 3.81623344e-14 * atomic_weak_charge(nuclide, flavor) / 56
    assert matter_potential(1.0, 26 / 56, flavor) == pytest.approx(expected, rel=1e-8)


WRONG = [
    (lambda: matter_potential(-1, 0.5, "nue"), cevns.InputError, "density must be >= 0 g/cm³ and finite (got -1)"),
    (lambda: matter_potential(1, 1.5, "nue"), cevns.InputError, "electron_fraction must be >= 0 and <= 1 (got 1.5)"),
    (lambda: matter_potential([1, 2], [0.1] * 3, "nue"), cevns.InputError, "(2,) and (3,) do not broadcast"),
    (lambda: matter_potential(1, 0.5, "nux"), cevns.UnknownNameError, "unknown flavor 'nux'"),
    (lambda: matter_potential(1, 0.5, "nue", "w"), cevns.UnknownNameError, "unknown kind of potential 'w'; known are 'total'"),
    (lambda: neutral_current_parts(1, 0.5, "nue", 2), cevns.InputError, "weak_mixing_angle must be >= 0 and <= 1 (got 2)"),
    (lambda: atomic_weak_charge(4, "nue"), cevns.InputError, "nuclide must be a cevns.Nuclide or its name (got 4)"),
    (lambda: atomic_weak_charge(cevns.Nuclide("4He"), "e"), cevns.UnknownNameError, "unknown flavor 'e'"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
