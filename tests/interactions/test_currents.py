"""Interactions as lists of currents: the general formula of every later interaction, checked on the Standard Model."""

import math
import pickle
import re
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

import cevns
from cevns import StandardModel
from cevns.constants import FLAVORS, WEAK_CROSS_SECTION, WEAK_MIXING_ANGLE
from cevns.nuclei.form_factors import Helm, KleinNystrand, Point, SymmetrizedFermi
from cevns.reference import cases

MODELS = [
    StandardModel(),
    StandardModel(weak_mixing_angle=0.2312),
    StandardModel(form_factor=Point()),
    StandardModel(form_factor=KleinNystrand(), neutron_form_factor=Helm.from_rms(5.0)),
    StandardModel(neutron_form_factor=SymmetrizedFermi()),
    StandardModel(kinematics="spin-1/2", form_factor=Helm("engel")),
]


# ---- currents --------------------------------------------------------------------------------------------------------


def test_the_standard_model_is_one_vector_current_without_a_free_coupling():
    (current,) = StandardModel().currents
    assert current.kind == "vector"
    assert current.parameter is None


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_charges_of_proton_and_neutron_are_diagonal_in_flavour_and_hermitian(model):
    T = np.array([0.0, 1.0, 10.0, 100.0])
    charge = model.currents[0].charge(cevns.Nuclide("40Ar"), T)
    assert charge.shape == (2, 3, 3, T.size)
    assert charge.dtype == np.complex128
    np.testing.assert_array_equal(charge, np.conj(charge.transpose(0, 2, 1, 3)))
    proton, neutron = 0.5 - 2 * model.weak_mixing_angle, -0.5
    for n in range(T.size):
        np.testing.assert_array_equal(charge[0, :, :, n], proton * np.eye(3))
        np.testing.assert_array_equal(charge[1, :, :, n], neutron * np.eye(3))


def test_charges_at_no_recoil_energies_are_an_empty_array():
    assert StandardModel().currents[0].charge(cevns.Nuclide("40Ar"), []).shape == (2, 3, 3, 0)
    assert StandardModel().currents[0].charge(cevns.Nuclide("40Ar"), 1.0).shape == (2, 3, 3, 1)


def coefficients(model, nuclide, recoil_energy):
    """c_k^{aa'}(T) = (G_F² M/π) p_k(T, M) Σ_b Σ_ij g^i_ab W_ij (g^j_a'b)*, k = 0, 1, 2 [cm²/keV MeV^k], shape (3, 3, 3, n)."""
    T, M = 1e-3 * recoil_energy, nuclide.mass  # MeV
    q = np.sqrt(2 * M * T)
    neutron_form_factor = model.neutron_form_factor or model.form_factor
    w = np.stack([nuclide.Z * model.form_factor(q, nuclide), nuclide.N * neutron_form_factor(q, nuclide)])
    W = w[:, None] * w[None, :]
    g = sum(current.charge(nuclide, recoil_energy) for current in model.currents)
    quadratic = np.einsum("iabn,ijn,jcbn->acn", g, W, np.conj(g))
    spin_half = T**2 / 2 if model.kinematics == "spin-1/2" else 0.0
    p = np.stack([np.ones_like(T), -T, spin_half - M * T / 2])
    return 1e-3 * WEAK_CROSS_SECTION * M * p[:, None, None, :] * quadratic


@pytest.mark.parametrize("model", MODELS, ids=repr)
@pytest.mark.parametrize("name", cases.FEW_NUCLIDES)
def test_cross_section_is_the_general_formula_of_currents(model, name, instruction_set):
    nuclide = cevns.Nuclide(name)
    E = np.array([5.0, 30.0, 150.0])[:, None]
    top = cevns.recoil_energy_max(E, nuclide)
    for fraction in (0.0, 1e-6, 0.1, 0.5, 0.9):
        T = (fraction * top).ravel()
        c = coefficients(model, nuclide, T)
        assert np.abs(c.imag).max() == 0.0
        energies = E.ravel()
        from_currents = c[0] + c[1] / energies + c[2] / energies**2
        for flavor in FLAVORS:
            a = FLAVORS.index(flavor) % 3
            values = cevns.differential_cross_section(T, energies, nuclide, model, flavor)
            # three terms that cancel to 1 − T/T_max: relative to the first
            np.testing.assert_allclose(values, from_currents[a, a].real, rtol=0, atol=2e-15 * float(c[0, a, a].real.max()))
        assert np.abs(from_currents[~np.eye(3, dtype=bool)]).max() == 0.0


def test_flavours_and_antineutrinos_see_the_same_nucleus():
    # at tree level, and without interference for the vector current alone
    nuclide = cevns.Nuclide("40Ar")
    values = [cevns.differential_cross_section(10.0, 30.0, nuclide, flavor=flavor) for flavor in FLAVORS]
    assert len(set(values)) == 1


def test_proton_and_neutron_form_factors_act_on_their_own():
    nuclide, T, E = cevns.Nuclide("132Xe"), 5.0, 30.0
    q = math.sqrt(2e-3 * nuclide.mass * T)
    proton, neutron = KleinNystrand(), Helm.from_rms(5.0)
    gp, gn = 0.5 - 2 * WEAK_MIXING_ANGLE, -0.5
    point = cevns.differential_cross_section(T, E, nuclide, StandardModel(form_factor=Point()))
    charge = nuclide.Z * gp * proton(q, nuclide) + nuclide.N * gn * neutron(q, nuclide)
    expected = point * (charge / cevns.weak_charge(nuclide)) ** 2
    value = cevns.differential_cross_section(T, E, nuclide, StandardModel(form_factor=proton, neutron_form_factor=neutron))
    assert value == pytest.approx(expected, rel=5e-15)
    # and naming the proton's for the neutrons changes nothing
    same = StandardModel(form_factor=proton, neutron_form_factor=proton)
    assert cevns.differential_cross_section(T, E, nuclide, same) == cevns.differential_cross_section(
        T, E, nuclide, StandardModel(form_factor=proton)
    )


def test_the_mixing_angle_changes_a_germanium_rate_by_five_percent():
    # 0.2312 (at the Z mass) instead of 0.23857: Q² of the five isotopes by hand gives -4.74 %
    isotopes = cevns.nuclei.nuclides.isotopes("Ge")
    rate = {
        angle: sum(n.abundance * cevns.cross_section(5.0, n, StandardModel(weak_mixing_angle=angle)) for n in isotopes)
        for angle in (0.2312, WEAK_MIXING_ANGLE)
    }
    assert rate[0.2312] / rate[WEAK_MIXING_ANGLE] == pytest.approx(1 - 0.0474, abs=5e-5)


# ---- objects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_interactions_are_values(model):
    namespace = {"StandardModel": StandardModel, **{m.__name__: m for m in (Helm, KleinNystrand, Point, SymmetrizedFermi)}}
    for copy in (eval(repr(model), namespace), pickle.loads(pickle.dumps(model)), replace(model)):
        assert copy == model
        assert hash(copy) == hash(model)
        assert repr(copy) == repr(model)


def test_interactions_differ_where_their_parameters_do():
    assert len(set(MODELS)) == len(MODELS)
    assert StandardModel(weak_mixing_angle=1) == StandardModel(weak_mixing_angle=1.0)
    assert repr(StandardModel()) == "StandardModel()"


def test_interactions_cannot_be_changed_and_take_keywords_only():
    with pytest.raises(FrozenInstanceError):
        StandardModel().axial = True
    with pytest.raises(TypeError):
        StandardModel(0.2312)


def test_defaults_are_those_of_the_contract():
    model = StandardModel()
    assert (model.weak_mixing_angle, model.couplings, model.form_factor) == (0.23857, "tree", Helm())
    assert (model.neutron_form_factor, model.axial, model.kinematics) == (None, False, "spin-0")


WRONG = [
    (lambda: StandardModel(weak_mixing_angle=1.1), "weak_mixing_angle must be >= 0 and <= 1 (got 1.1)"),
    (lambda: StandardModel(weak_mixing_angle=np.nan), "weak_mixing_angle must be >= 0 and <= 1 (got nan)"),
    (lambda: StandardModel(kinematics="spin-2"), "unknown kinematics 'spin-2'; did you mean 'spin-1/2' or 'spin-0'?"),
    (
        lambda: StandardModel(form_factor="helm"),
        "form_factor must be a form factor such as cevns.form_factors.Helm() (got 'helm')",
    ),
    (lambda: StandardModel(form_factor=None), "form_factor must be a form factor"),
    (lambda: StandardModel(form_factor=Helm), "form_factor must be a form factor"),
    (lambda: StandardModel(neutron_form_factor=1.0), "neutron_form_factor must be a form factor"),
    (lambda: cevns.cross_section(30.0, cevns.Nuclide("40Ar"), "tree"), "interaction must be an interaction such as"),
    (lambda: cevns.cross_section(30.0, 40), "nuclide must be a cevns.Nuclide or its name (got 40)"),
    (lambda: cevns.cross_section(30.0, cevns.Nuclide("40Ar"), flavor="nux"), "unknown flavor 'nux'; did you mean 'nue'"),
    (
        lambda: StandardModel().currents[0].charge(cevns.Nuclide("40Ar"), -1.0),
        "recoil_energy must be >= 0 keV and finite (got -1",
    ),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()
