"""Generalised interactions: the convention of the literature, limits, and the reference."""

import math
import pickle
import re

import numpy as np
import pytest

import cevns
from cevns import GeneralizedInteraction, StandardModel
from cevns.constants import FLAVORS, MEV2_CM2, NUCLEON_MASS, QUARK_MASSES
from cevns.interactions.nucleon_charges import matrix_element_names, nucleon_charges
from cevns.kinematics import momentum_transfer
from cevns.nuclei.form_factors import Helm
from cevns.reference import new_physics as reference

ARGON, CESIUM, FLUORINE = (cevns.Nuclide(name) for name in ("40Ar", "133Cs", "19F"))
SM = StandardModel()
T = np.array([0.1, 1.0, 5.0])  # keV


def cross_section(interaction, nuclide=ARGON, T=T, E=30.0, flavor="nue"):
    return cevns.differential_cross_section(T, E, nuclide, interaction, flavor)


def charge(kind, nuclide, up, down):
    """Z C_p F + N C_n F at T."""
    proton, neutron = nucleon_charges(kind, up, down)
    F = Helm()(momentum_transfer(T, nuclide), nuclide)
    return (nuclide.Z * proton + nuclide.N * neutron) * F


# ---- the convention --------------------------------------------------------------------------------------------------


def test_scalar_and_tensor_are_those_of_lindner_rodejohann_and_xu():
    # dσ/dT = (G_F² M/4π) [C_S² MT/2E² + 8 C_T² (1 − T/E − MT/4E² + T²/4E²)] for quarks' C = 2ε
    E, M, t = 30.0, CESIUM.mass, 1e-3 * T
    unit = cevns.constants.FERMI_CONSTANT**2 * M / (4 * math.pi) * MEV2_CM2 * 1e-3
    scalar = unit * charge("scalar", CESIUM, 0.02, -0.04) ** 2 * M * t / (2 * E**2)
    tensor = unit * 8 * charge("tensor", CESIUM, 0.2, 0.4) ** 2 * (1 - t / E - M * t / (4 * E**2) + t**2 / (4 * E**2))
    theory = GeneralizedInteraction(eps_s_u=0.01, eps_s_d=-0.02, eps_t_u=0.1, eps_t_d=0.2)
    np.testing.assert_allclose(cross_section(theory, CESIUM), scalar + tensor, rtol=1e-12)


@pytest.mark.parametrize("flavor", FLAVORS)
def test_vector_ones_are_nsi(flavor):
    nsi = cevns.NSI(eps_ee_u=0.1, eps_mm_u=0.1, eps_ee_d=-0.3, eps_mm_d=-0.3)
    theory = GeneralizedInteraction(eps_v_u=0.1, eps_v_d=-0.3, flavors=("numu", "nue"))
    np.testing.assert_allclose(cross_section(SM + theory, flavor=flavor), cross_section(SM + nsi, flavor=flavor), rtol=1e-13)


def test_contacts_are_heavy_mediators():
    m, g = 3e4, 0.05
    epsilon = g**2 / (math.sqrt(2) * cevns.constants.FERMI_CONSTANT * m**2)
    for short, kind in (("s", cevns.ScalarMediator), ("t", cevns.TensorMediator), ("a", cevns.AxialMediator)):
        contact = GeneralizedInteraction(**{f"eps_{short}_u": epsilon, f"eps_{short}_d": epsilon})
        light = cross_section(kind(mass=m, coupling=g), FLUORINE)
        # 2MT/m² = 2e-7, and squared
        np.testing.assert_allclose(cross_section(contact, FLUORINE), light, rtol=1e-6)
        assert (light > 0).all()


def test_axial_ones_interfere_with_the_axial_part_of_the_standard_model():
    model = StandardModel(axial=True)
    values = [cross_section(model + GeneralizedInteraction(eps_a_u=x, eps_a_d=-x), FLUORINE) for x in (0.1, 0.0, -0.1)]
    assert (values[0] > values[1]).all()
    assert (values[1] > values[2]).all()


def test_pseudoscalars_and_axial_ones_leave_nuclei_without_spin_alone():
    theory = GeneralizedInteraction(eps_a_u=1.0, eps_p_d=1.0)
    np.testing.assert_array_equal(cross_section(theory, ARGON), 0.0)
    assert (cross_section(theory, FLUORINE) > 0).all()


def test_flavours_that_are_not_named_have_none():
    theory = GeneralizedInteraction(eps_s_u=0.01, eps_t_d=0.1, flavors="nutau")
    np.testing.assert_allclose(cross_section(SM + theory), cross_section(SM), rtol=1e-13)
    assert (cross_section(SM + theory, flavor="nutaubar") > cross_section(SM)).all()


def test_scalar_and_tensor_interfere_if_asked_to():
    both = {"eps_s_u": 0.01, "eps_s_d": 0.01, "eps_t_u": 0.1, "eps_t_d": 0.1}
    apart, together = (GeneralizedInteraction(**both, interference=flag) for flag in (False, True))
    product = charge("scalar", CESIUM, 0.01, 0.01) * charge("tensor", CESIUM, 0.1, 0.1)
    for flavor in ("numu", "numubar"):
        extra = cross_section(together, CESIUM, flavor=flavor) - cross_section(apart, CESIUM, flavor=flavor)
        expected = reference.scalar_tensor_interference(T, 30.0, CESIUM, product, antineutrino=flavor.endswith("bar"))
        # a difference of 1e-3 of the rate
        np.testing.assert_allclose(extra, expected, rtol=1e-9)
        assert (np.sign(extra) == (1 if flavor.endswith("bar") else -1)).all()


# ---- nucleons --------------------------------------------------------------------------------------------------------


def test_neutrons_are_protons_with_up_and_down_exchanged():
    for kind in ("vector", "axial", "tensor"):
        for name in matrix_element_names(kind):
            proton, neutron = nucleon_charges(kind, 0.3, -0.7, name)
            assert (neutron, proton) == pytest.approx(nucleon_charges(kind, -0.7, 0.3, name), rel=1e-14)


def test_the_difference_of_axial_charges_is_that_of_neutron_decay():
    # Δu − Δd = g_A: 1.269 of HERMES' input, 1.215(43) of the lattice
    assert nucleon_charges("axial", 1.0, -1.0)[0] == pytest.approx(cevns.constants.AXIAL_COUPLING, abs=0.01)
    assert nucleon_charges("axial", 1.0, -1.0, "lin-2018")[0] == pytest.approx(cevns.constants.AXIAL_COUPLING, abs=0.07)


def test_the_difference_of_tensor_charges_is_that_of_the_lattice():
    # g_T^{u−d} = 0.989(34), the same paper
    assert nucleon_charges("tensor", 1.0, -1.0)[0] == pytest.approx(0.989, abs=0.002)


def test_isovector_pseudoscalar_charges_are_those_of_goldberger_and_treiman():
    # ∂_μ A^μ of u − d: 2m̂ h = 2 m_N g_A for equal masses; unequal ones change it by the product of their difference and the
    # isoscalar charge, a per cent
    mean = (QUARK_MASSES["u"] + QUARK_MASSES["d"]) / 2
    proton, neutron = nucleon_charges("pseudoscalar", 1.0, -1.0)
    expected = NUCLEON_MASS / mean * 1.269
    assert proton == pytest.approx(expected, rel=0.02)
    assert neutron == pytest.approx(-expected, rel=0.02)


def test_pseudoscalar_charges_of_the_anomaly_vanish():
    # couplings 1/m_q to all quarks are a rotation: with u and d alone what is left is the strange quark's and the glue's
    mass = QUARK_MASSES
    up, down = 1 / mass["u"], 1 / mass["d"]
    mean = 1 / sum(1 / m for m in mass.values())
    singlet = 0.842 / mass["u"] - 0.427 / mass["d"] - 0.085 / mass["s"]
    sums = (0.842 / mass["u"] ** 2 - 0.427 / mass["d"] ** 2) * NUCLEON_MASS
    glue = mean * singlet * (1 / mass["u"] ** 2 + 1 / mass["d"] ** 2) * NUCLEON_MASS
    assert nucleon_charges("pseudoscalar", up, down)[0] == pytest.approx(sums - glue, rel=1e-12)


# ---- objects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "theory",
    [GeneralizedInteraction(), GeneralizedInteraction(eps_p_u=0.1, flavors=["numu", "nue"], interference=True)],
    ids=repr,
)
def test_they_are_values(theory):
    namespace = {"GeneralizedInteraction": GeneralizedInteraction}
    for copy in (
        eval(repr(theory), namespace),
        pickle.loads(pickle.dumps(theory)),
        theory.with_parameters(**theory.parameters),
    ):
        assert copy == theory
        assert hash(copy) == hash(theory)
    assert len(theory.parameters) == 10


WRONG = [
    (lambda: GeneralizedInteraction(eps_s_u=np.nan), "eps_s_u must be finite (got nan)"),
    (lambda: GeneralizedInteraction(eps_t_d=1j), "eps_t_d must be a real number (got 1j)"),
    (lambda: GeneralizedInteraction(flavors=["nuebar"]), "unknown flavor 'nuebar'; did you mean 'nue'?"),
    (lambda: GeneralizedInteraction(flavors=[]), "flavors must name at least one of 'nue', 'numu', 'nutau' (got none)"),
    (lambda: GeneralizedInteraction(flavors=3), "flavors must be names such as 'nue' (got 3)"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()
