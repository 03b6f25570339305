"""Non-standard interactions of quarks: charges, cancellations, and cross sections by the reference."""

import pickle
import re

import numpy as np
import pytest

import cevns
from cevns import NSI, StandardModel
from cevns.constants import FLAVORS
from cevns.nuclei.form_factors import Helm
from cevns.reference import new_physics as reference

NUCLIDES = [cevns.Nuclide(name) for name in ("40Ar", "73Ge", "133Cs")]


def hermitian(seed):
    """A random Hermitian matrix with elements of order 0.1."""
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(3, 3)) + 1j * random.normal(size=(3, 3))
    return 0.05 * (matrix + matrix.conj().T)


CASES = [
    NSI(eps_ee_u=0.1),
    NSI(eps_mm_d=-0.3, eps_tt_u=0.2),
    NSI(eps_em_u=0.1 + 0.2j, eps_et_d=-0.1j),
    NSI.from_matrices(hermitian(1), hermitian(2)),
    NSI.from_direction(hermitian(3), 0.7),
]


def charge(interaction):
    """The charges (2, 3, 3) of proton and neutron."""
    return sum(current.factor * current.matrix for current in interaction.currents)


# ---- charges ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theory", CASES, ids=range(len(CASES)))
def test_charges_are_those_of_the_quarks_in_a_nucleon(theory):
    expected = reference.nsi_charges(theory.matrix("u"), theory.matrix("d"), 0.0, 0.0)
    np.testing.assert_allclose(charge(theory), expected, rtol=1e-15, atol=1e-17)


@pytest.mark.parametrize("theory", CASES, ids=range(len(CASES)))
def test_charges_are_hermitian(theory):
    g = charge(theory)
    np.testing.assert_allclose(g, g.conj().transpose(0, 2, 1), rtol=0, atol=1e-17)


def test_the_matrix_takes_in_its_second_index():
    # L ∝ ε_eμ (ν̄_e … ν_μ): a muon neutrino comes in, an electron neutrino goes out
    g = charge(NSI(eps_em_u=0.1j))
    assert g[0, 1, 0] == 0.2j
    assert g[0, 0, 1] == -0.2j


def test_matrices_come_back():
    up, down = hermitian(4), hermitian(5)
    theory = NSI.from_matrices(up, down)
    np.testing.assert_allclose(theory.matrix("u"), up, rtol=1e-15, atol=1e-17)
    np.testing.assert_allclose(theory.matrix("d"), down, rtol=1e-15, atol=1e-17)


@pytest.mark.parametrize(("tangent", "silent"), [(0.5, "d"), (2.0, "u")])
def test_directions_of_one_quark_leave_the_other_alone(tangent, silent):
    theory = NSI.from_direction(hermitian(6), np.arctan(tangent))
    assert np.abs(theory.matrix(silent)).max() < 1e-16
    other = theory.matrix("u" if silent == "d" else "d")
    np.testing.assert_allclose(other, hermitian(6), rtol=1e-14, atol=1e-17)


# ---- cross sections --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theory", CASES, ids=range(len(CASES)))
@pytest.mark.parametrize("nuclide", NUCLIDES, ids=lambda nuclide: nuclide.name)
@pytest.mark.parametrize("flavor", FLAVORS)
def test_cross_section_is_that_of_the_reference(theory, nuclide, flavor):
    T = np.linspace(0.05, 0.95, 7) * cevns.recoil_energy_max(40.0, nuclide)
    value = cevns.differential_cross_section(T, 40.0, nuclide, StandardModel() + theory, flavor)
    helm = Helm()
    expected = reference.nsi(
        T,
        40.0,
        nuclide,
        theory.matrix("u"),
        theory.matrix("d"),
        FLAVORS.index(flavor) % 3,
        None,
        None,
        lambda q: helm(q, nuclide),
    )
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_no_nsi_is_the_standard_model_bit_for_bit():
    T = np.linspace(0.0, 50.0, 40)
    for nuclide in NUCLIDES:
        value = cevns.differential_cross_section(T, 40.0, nuclide, StandardModel() + NSI())
        np.testing.assert_array_equal(value, cevns.differential_cross_section(T, 40.0, nuclide))


@pytest.mark.parametrize("nuclide", NUCLIDES, ids=lambda nuclide: nuclide.name)
def test_a_nucleus_is_blind_along_one_line(nuclide):
    # ε^u/ε^d = −(A + N)/(A + Z), with one form factor for protons and neutrons
    blind = NSI(eps_ee_u=-0.1 * (nuclide.A + nuclide.N), eps_ee_d=0.1 * (nuclide.A + nuclide.Z))
    value = cevns.differential_cross_section(5.0, 30.0, nuclide, StandardModel() + blind)
    assert value == pytest.approx(cevns.differential_cross_section(5.0, 30.0, nuclide), rel=1e-11)


@pytest.mark.parametrize("nuclide", NUCLIDES, ids=lambda nuclide: nuclide.name)
def test_the_weak_charge_may_change_its_sign(nuclide):
    mirrored = NSI(eps_ee_u=-2 * cevns.weak_charge(nuclide) / (nuclide.A + nuclide.Z))
    value = cevns.differential_cross_section(5.0, 30.0, nuclide, StandardModel() + mirrored)
    assert value == pytest.approx(cevns.differential_cross_section(5.0, 30.0, nuclide), rel=1e-12)
    assert mirrored.eps_ee_u == pytest.approx(0.35, abs=0.1)


def test_change_of_flavour_adds_to_the_rate_without_interference():
    nuclide = NUCLIDES[0]
    for element in (0.2, -0.2, 0.2j):
        theory = NSI(eps_et_d=element)
        both = cevns.differential_cross_section(5.0, 30.0, nuclide, StandardModel() + theory)
        alone = cevns.differential_cross_section(5.0, 30.0, nuclide, theory)
        assert both == pytest.approx(alone + cevns.differential_cross_section(5.0, 30.0, nuclide), rel=1e-13)
        unseen = cevns.differential_cross_section(5.0, 30.0, nuclide, StandardModel() + theory, "numu")
        assert unseen == pytest.approx(cevns.differential_cross_section(5.0, 30.0, nuclide), rel=1e-13)


# ---- objects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theory", CASES, ids=range(len(CASES)))
def test_nsi_are_values(theory):
    for copy in (
        eval(repr(theory), {"NSI": NSI}),
        pickle.loads(pickle.dumps(theory)),
        theory.with_parameters(**theory.parameters),
    ):
        assert copy == theory
        assert hash(copy) == hash(theory)


def test_parameters_are_real_numbers_by_name():
    theory = NSI(eps_em_u=0.1 + 0.2j)
    assert theory.parameters["eps_em_u"] == 0.1
    assert theory.parameters["eps_em_u_im"] == 0.2
    assert len(theory.parameters) == 18
    assert theory.with_parameters(eps_em_u_im=-0.3, eps_ee_d=0.5) == NSI(eps_em_u=0.1 - 0.3j, eps_ee_d=0.5)
    assert [current.parameter for current in theory.currents] == list(theory.parameters)


WRONG = [
    (lambda: NSI(eps_ee_u=0.1j), "eps_ee_u must be real, as ε is Hermitian (got 0.1j)"),
    (lambda: NSI(eps_em_u=np.nan), "eps_em_u must be finite (got nan)"),
    (lambda: NSI(eps_em_u=complex(0, np.inf)), "eps_em_u must be finite (got infj)"),
    (lambda: NSI(eps_tt_d="large"), "eps_tt_d must be a number (got 'large')"),
    (lambda: NSI.from_matrices(np.eye(2)), "up must be a matrix (3, 3) of finite numbers (got shape (2, 2))"),
    (
        lambda: NSI.from_matrices(down=[[0, 1, 0], [2, 0, 0], [0, 0, 0]]),
        "down must be Hermitian (got 1+0j at [0, 1] and 2+0j at [1, 0])",
    ),
    (lambda: NSI.from_direction(np.eye(3), np.inf), "eta must be finite (got inf)"),
    (lambda: NSI().with_parameters(eps_em_x=1.0), "unknown parameter 'eps_em_x'"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()
