"""Mirror nuclei: the charges of proton and neutron from two nuclei that exchange them."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import form_factors
from cevns.interactions.couplings import tree_couplings
from cevns.scattering.mirror import mirror, nucleon_charges, nucleon_charges_from_cross_sections

BORON = cevns.Nuclide("11B")
CARBON = cevns.Nuclide("11C")
POINT = cevns.StandardModel(form_factor=form_factors.Point())
PAIRS = ("3He", "7Li", "11B", "13C", "15N", "17O", "19F")
pairs = st.sampled_from(PAIRS).map(cevns.Nuclide)


# ---- mirror nuclides -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAIRS)
def test_the_mirror_of_the_mirror_is_the_nucleus(name):
    nuclide = cevns.Nuclide(name)
    other = mirror(nuclide)
    assert (other.Z, other.N) == (nuclide.N, nuclide.Z)
    assert (other.spin, other.parity) == (nuclide.spin, nuclide.parity)  # isospin symmetry
    assert mirror(other) == nuclide


def test_a_self_conjugate_nucleus_is_its_own_mirror():
    assert mirror(cevns.Nuclide("12C")) == cevns.Nuclide("12C")


def test_a_mirror_outside_the_table_takes_a_mass():
    argon = cevns.Nuclide("40Ar")
    titanium = mirror(argon, mass=37240.0)
    assert (titanium.name, titanium.Z, titanium.N, titanium.mass, titanium.spin) == ("40Ti", 22, 18, 37240.0, 0)
    neutron = mirror(cevns.Nuclide("1H"), mass=939.56542194)
    assert (neutron.Z, neutron.N, neutron.spin) == (0, 1, 0.5)


@pytest.mark.parametrize("mass", [39.98, 37.24, 3.7e7, 74480.0])
def test_a_mass_of_the_mirror_in_another_unit_is_refused(mass):
    with pytest.raises(cevns.InputError, match=r"mass of .40Ti. must be"):
        mirror(cevns.Nuclide("40Ar"), mass=mass)


# ---- two cross sections --------------------------------------------------------------------------------------------------


def test_ratio_of_boron_and_carbon_without_recoil():
    # Q_B = −2.8857, Q_C = −2.36284; 11 digits printed
    boron, carbon = cevns.weak_charge(BORON), cevns.weak_charge(CARBON)
    assert (boron, carbon) == pytest.approx((-2.8857, -2.36284), rel=1e-12)
    assert (boron / carbon) ** 2 == pytest.approx(1.4915359664, rel=1e-10)


@pytest.mark.parametrize(
    ("energy", "boron", "carbon"), [(10.0, 1.40138767e-41, 9.39560358e-42), (30.0, 1.25635681e-40, 8.42324885e-41)]
)
def test_cross_sections_of_points_with_recoil(energy, boron, carbon):
    # 9 digits printed
    assert cevns.cross_section(energy, BORON, POINT) == pytest.approx(boron, rel=5e-9)
    assert cevns.cross_section(energy, CARBON, POINT) == pytest.approx(carbon, rel=5e-9)


def test_difference_of_the_squared_charges():
    # Q_B² − Q_C² = 11 (Q_n² − Q_p²)
    gvp, gvn = tree_couplings()
    difference = cevns.weak_charge(BORON) ** 2 - cevns.weak_charge(CARBON) ** 2
    assert difference == pytest.approx(11 * (gvn**2 - gvp**2), rel=1e-13)


@given(pairs, st.floats(-1, 1), st.floats(-1, 1))
def test_charges_come_back_from_any_couplings(nuclide, proton, neutron):
    charge = nuclide.Z * proton + nuclide.N * neutron
    mirrored = nuclide.N * proton + nuclide.Z * neutron
    found = nucleon_charges(nuclide, charge, mirrored)
    # |N² − Z²| ≥ A: two charges of order A, rounded, times A over it
    assert found.proton == pytest.approx(proton, abs=1e-14 * nuclide.A)
    assert found.neutron == pytest.approx(neutron, abs=1e-14 * nuclide.A)


@given(pairs, st.floats(0.2, 0.3), st.floats(0.5, 60.0), st.sampled_from(["spin-0", "spin-1/2"]))
def test_charges_come_back_from_cross_sections(nuclide, angle, energy, kinematics):
    # exact in recoil and form factor: what is measured with one mixing angle is found with the default model
    model = cevns.StandardModel(weak_mixing_angle=angle, kinematics=kinematics)
    pair = (nuclide, mirror(nuclide))
    signs = tuple(math.copysign(1, cevns.weak_charge(each, angle)) for each in pair)
    measured = [cevns.cross_section(energy, each, model) for each in pair]
    found = nucleon_charges_from_cross_sections(
        energy, nuclide, *measured, interaction=cevns.StandardModel(kinematics=kinematics), signs=signs
    )
    assert (found.proton, found.neutron) == pytest.approx(tree_couplings(angle), abs=2e-12)
    assert found.weak_mixing_angle == pytest.approx(angle, abs=1e-12)


def test_form_factor_and_mass_are_taken_off_and_not_ignored():
    measured = [cevns.cross_section(40.0, nuclide) for nuclide in (BORON, CARBON)]
    right = nucleon_charges_from_cross_sections(40.0, BORON, *measured)
    wrong = nucleon_charges_from_cross_sections(40.0, BORON, *measured, interaction=POINT)
    assert right.neutron == pytest.approx(-0.5, rel=1e-12)
    assert abs(wrong.neutron + 0.5) > 0.01


def test_hydrogen_needs_its_sign():
    hydrogen = cevns.Nuclide("1H")
    neutron = mirror(hydrogen, mass=939.56542194)
    measured = [cevns.cross_section(10.0, nuclide, POINT) for nuclide in (hydrogen, neutron)]
    found = nucleon_charges_from_cross_sections(
        10.0, hydrogen, *measured, mirror_nuclide=neutron, interaction=POINT, signs=(1, -1)
    )
    assert (found.proton, found.neutron) == pytest.approx(tree_couplings(), rel=1e-12)


# ---- errors --------------------------------------------------------------------------------------------------------------


@given(pairs, st.floats(0.001, 1), st.floats(0.001, 1), st.floats(-1, 1))
def test_covariance_is_that_of_the_linear_map(nuclide, error, mirror_error, correlation):
    found = nucleon_charges(nuclide, -3.0, -2.0, charge_error=error, mirror_charge_error=mirror_error, correlation=correlation)
    inverse = np.linalg.inv([[nuclide.Z, nuclide.N], [nuclide.N, nuclide.Z]])
    product = correlation * error * mirror_error
    expected = inverse @ np.array([[error**2, product], [product, mirror_error**2]]) @ inverse.T
    scale = max(error, mirror_error) ** 2
    assert found.proton_error**2 == pytest.approx(expected[0, 0], abs=1e-12 * scale)
    assert found.neutron_error**2 == pytest.approx(expected[1, 1], abs=1e-12 * scale)
    assert found.covariance == pytest.approx(expected[0, 1], abs=1e-12 * scale)


@given(st.floats(-0.9, 0.9))
def test_errors_of_cross_sections_propagate_as_finite_differences_do(correlation):
    energy = 30.0
    measured = np.array([cevns.cross_section(energy, nuclide) for nuclide in (BORON, CARBON)])
    errors = np.array([0.02, 0.03]) * measured
    found = nucleon_charges_from_cross_sections(
        energy,
        BORON,
        *measured,
        cross_section_error=errors[0],
        mirror_cross_section_error=errors[1],
        correlation=correlation,
    )

    def charges(values):
        each = nucleon_charges_from_cross_sections(energy, BORON, *values)
        return np.array([each.proton, each.neutron])

    step = 1e-5
    jacobian = np.empty((2, 2))
    for i in range(2):
        shift = step * measured * (np.arange(2) == i)
        jacobian[:, i] = (charges(measured + shift) - charges(measured - shift)) / (2 * step * measured[i])
    covariance = np.outer(errors, errors) * np.array([[1, correlation], [correlation, 1]])
    expected = jacobian @ covariance @ jacobian.T
    # central differences: (1e-5)² and rounding over the step
    assert found.proton_error**2 == pytest.approx(expected[0, 0], rel=1e-6)
    assert found.neutron_error**2 == pytest.approx(expected[1, 1], rel=1e-6)
    assert found.covariance == pytest.approx(expected[0, 1], rel=1e-6)
    assert found.weak_mixing_angle_error == found.proton_error / 2


def test_a_common_error_of_the_flux_scales_both_charges():
    # fully correlated 10 %: 5 % of Q_p and of Q_n, together
    measured = [cevns.cross_section(30.0, nuclide) for nuclide in (BORON, CARBON)]
    found = nucleon_charges_from_cross_sections(
        30.0,
        BORON,
        *measured,
        cross_section_error=0.1 * measured[0],
        mirror_cross_section_error=0.1 * measured[1],
        correlation=1.0,
    )
    assert found.proton_error == pytest.approx(0.05 * abs(found.proton), rel=1e-9)
    assert found.neutron_error == pytest.approx(0.05 * abs(found.neutron), rel=1e-12)
    assert found.correlation == pytest.approx(-1, rel=1e-9)  # Q_p > 0, Q_n < 0


def test_without_errors_there_are_none():
    found = nucleon_charges(BORON, -2.8857, -2.36284)
    assert (found.proton_error, found.neutron_error, found.covariance) == (0, 0, 0)
    assert math.isnan(found.correlation)
    assert eval(repr(found), {"NucleonCharges": type(found)}) == found


# ---- wrong input ---------------------------------------------------------------------------------------------------------

ARGON = cevns.Nuclide("40Ar")
OTHER = form_factors.Helm.from_rms(2.5)


def measured(nuclide=BORON, **options):
    return nucleon_charges_from_cross_sections(10.0, nuclide, 1.4e-41, 9.4e-42, **options)


WRONG = [
    (lambda: mirror(11), cevns.InputError, "nuclide must be a cevns.Nuclide or its name (got 11)"),
    (lambda: mirror(ARGON), cevns.UnknownNameError, "40Ti, the mirror of 40Ar, is not in the table of nuclides: give its mass"),
    (lambda: mirror(ARGON, mass=0), cevns.InputError, "mass must be > 0 MeV and finite (got 0)"),
    (lambda: mirror(cevns.Nuclide("208Pb")), cevns.InputError, "the mirror of 208Pb would have 126 protons"),
    (lambda: nucleon_charges(cevns.Nuclide("12C"), -2.0, -2.0), cevns.UnsupportedError, "12C is its own mirror (Z = N = 6)"),
    (lambda: nucleon_charges(11, -2.0, -2.0), cevns.InputError, "nuclide must be a cevns.Nuclide or its name (got 11)"),
    (lambda: nucleon_charges(BORON, np.nan, -2.0), cevns.InputError, "charge must be >= -1e+100 and <= 1e+100 (got nan)"),
    (lambda: nucleon_charges(BORON, -2.0, -2.0, charge_error=-1), cevns.InputError, "charge_error must be >= 0"),
    (lambda: nucleon_charges(BORON, -2.0, -2.0, correlation=2), cevns.InputError, "correlation must be >= -1 and <= 1 (got 2)"),
    (
        lambda: nucleon_charges_from_cross_sections(10.0, BORON, 0.0, 1e-41),
        cevns.InputError,
        "cross_section must be > 0 cm² and finite (got 0)",
    ),
    (
        lambda: nucleon_charges_from_cross_sections(0.0, BORON, 1e-41, 1e-41),
        cevns.InputError,
        "neutrino_energy must be > 0 MeV and finite (got 0)",
    ),
    (lambda: measured(mirror_nuclide=BORON), cevns.InputError, "mirror_nuclide must have Z = 6 and N = 5, the mirror of 11B"),
    (lambda: measured(signs=(0, 1)), cevns.InputError, "signs must be two of +1 and -1"),
    (lambda: measured(signs=-1), cevns.InputError, "signs must be two of +1 and -1"),
    (
        lambda: measured(interaction=cevns.StandardModel(neutron_form_factor=OTHER)),
        cevns.UnsupportedError,
        "the cross section is proportional to Q² for one form factor only (got another one of the neutrons)",
    ),
    (
        lambda: measured(interaction=cevns.StandardModel(neutron_skin="empirical")),
        cevns.UnsupportedError,
        "the cross section is proportional to Q² for one form factor only (got another one of the neutrons)",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


def test_two_equal_form_factors_are_one():
    helm = form_factors.Helm()
    assert measured(interaction=cevns.StandardModel(neutron_form_factor=helm)) == measured()


def test_no_sign_is_assumed_that_the_charge_does_not_have():
    for name in PAIRS:
        for nuclide in (cevns.Nuclide(name), mirror(cevns.Nuclide(name))):
            assert cevns.weak_charge(nuclide) < 0
