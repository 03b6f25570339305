"""Vector and axial currents of nuclei of spin ½ interfere, in the Standard Model and beyond: a kind like the others."""

import numpy as np
import pytest

import cevns
from cevns import NSI, AxialResponse, StandardModel, Target
from cevns.constants import AXIAL_COUPLING
from cevns.reference import new_physics, spins
from cevns.scattering import engine
from cevns.scattering.nuclei import nuclei, nucleus

HALF = StandardModel(axial=True, kinematics="spin-1/2")
POINT = StandardModel(form_factor=cevns.form_factors.Point(), axial=AxialResponse(shape="point"), kinematics="spin-1/2")
PROTON = cevns.Nuclide("1H")
FLUX = cevns.Flux.from_table([2.0, 10.0, 30.0, 45.0], {"nue": [1e6, 3e6, 1e6, 0.0], "numubar": [0.0, 1e6, 2e6, 1e6]})
SPIN_HALF = ("1H", "3He", "13C", "19F", "29Si", "129Xe", "203Tl")


def axial_charge(model=POINT):
    return (AXIAL_COUPLING - model.spin_response.strangeness) / 2


@pytest.mark.parametrize("flavor", ["nue", "numu", "nuebar", "numubar"])
def test_on_a_point_it_is_the_cross_section_of_a_dirac_particle(flavor, instruction_set):
    """The amplitudes of two outgoing flavours add as rates; the axial current has one of them."""
    T, anti = np.array([1.0, 50.0, 400.0, 1500.0]), flavor.endswith("bar")
    theory = POINT + NSI(eps_ee_u=0.1, eps_em_d=0.2)
    shift = {"e": 2 * 0.1, "mu": 0.0}["e" if "nue" in flavor else "mu"]
    vector = POINT.currents[0].matrix[0, 0, 0].real + shift
    kept = spins.point_fermion_cross_section(T, 30.0, PROTON, vector, axial_charge(), anti)
    changed = spins.point_fermion_cross_section(T, 30.0, PROTON, 0.2, 0.0, anti)
    found = cevns.differential_cross_section(T, 30.0, PROTON, theory, flavor)
    np.testing.assert_allclose(found, kept + changed, rtol=1e-12)


@pytest.mark.parametrize("anti", [False, True])
def test_axial_currents_of_new_physics_interfere_too(anti):
    T, mass = np.array([1.0, 50.0, 400.0]), 1e4  # MeV: a contact, but for q²/m²
    boson = cevns.AxialMediator(mass=mass, coupling=1.0)
    flavor = "nuebar" if anti else "nue"
    proton = nucleus(PROTON, POINT + boson)
    own = sum(
        c.unit_charge(np.sqrt(2e-3 * PROTON.mass * T))[0, 0, 0] for c in (POINT + boson).currents if c.kind == "axial"
    ).real
    vector = POINT.currents[0].matrix[0, 0, 0].real
    expected = (
        new_physics.vector(T, 30.0, PROTON, vector**2, "spin-1/2")
        + new_physics.axial(T, 30.0, PROTON, own**2, "spin-1/2")
        + new_physics.vector_axial_interference(T, 30.0, PROTON, vector * own, anti)
    )
    assert abs(own[0] / axial_charge() - 1) > 0.01
    assert [piece.block.kind for piece in proton.pieces] == ["vector", "axial", "vector-axial"]
    np.testing.assert_allclose(cevns.differential_cross_section(T, 30.0, PROTON, POINT + boson, flavor), expected, rtol=1e-12)


@pytest.mark.parametrize("name", SPIN_HALF)
def test_kind_and_kernel_of_the_standard_model_agree(name, instruction_set):
    T, target = np.geomspace(0.01, 20.0, 9), Target(name)
    kernel = engine.differential_rate(T, FLUX, nuclei(target, HALF))
    kinds = engine.term_rates(T, FLUX, nuclei(target, HALF, ())).sum(axis=0)
    np.testing.assert_allclose(kinds, kernel, rtol=1e-12)
    without = engine.differential_rate(T, FLUX, nuclei(target, StandardModel(axial=True, kinematics="spin-0")))
    assert abs(kernel / without - 1).max() > 1e-7


@pytest.mark.parametrize("name", [*SPIN_HALF, "CsI", "Ar"])
def test_what_changes_no_rate_changes_it_smoothly(name):
    """A coupling of 1e-9 takes the road of all interactions, one of 0 that of the kernel: nothing jumps between them."""
    off = cevns.rate(FLUX, name, HALF)
    assert cevns.rate(FLUX, name, HALF + NSI(eps_em_u=1e-9)) == pytest.approx(off, rel=1e-9)
    assert cevns.rate(FLUX, name, HALF + NSI(eps_em_u=0.0)) == off


def test_antineutrinos_have_the_other_sign():
    T, theory = np.array([1.0, 10.0, 50.0]), HALF + NSI(eps_em_u=0.3)
    both = [cevns.differential_cross_section(T, 30.0, "13C", theory, flavor) for flavor in ("nue", "nuebar")]
    without = cevns.differential_cross_section(T, 30.0, "13C", StandardModel(axial=True) + NSI(eps_em_u=0.3))
    half = StandardModel(kinematics="spin-1/2") + NSI(eps_em_u=0.3)
    more = cevns.differential_cross_section(T, 30.0, "13C", half) - cevns.differential_cross_section(
        T, 30.0, "13C", StandardModel() + NSI(eps_em_u=0.3)
    )
    np.testing.assert_allclose(np.mean(both, axis=0), without + more, rtol=1e-6)
    assert (np.sign(both[0] - both[1]) == np.sign(both[0] - both[1])[0]).all()


def test_terms_splits_and_covariances_come_with_it():
    theory = HALF + NSI(eps_em_u=0.2)
    T, uncertain = np.geomspace(0.1, 10.0, 5), FLUX.with_uncertainty("power", 0.1)
    total, covariance = cevns.differential_rate(T, uncertain, "19F", theory, covariance=True)
    np.testing.assert_allclose(covariance, 0.01 * np.outer(total, total), rtol=1e-12)
    np.testing.assert_allclose(cevns.differential_rate(T, FLUX, "19F", theory, split="flavor").sum(axis=0), total, rtol=1e-13)
    response = cevns.Detector("CF4", 1.0).response([1.0, 10.0, 40.0], FLUX)
    exponents, counts = response.terms(HALF + NSI(), ("eps_em_u", "weak_mixing_angle"))
    weights = np.prod(np.array([0.2, 0.23]) ** exponents, axis=1)
    direct = response.counts(StandardModel(axial=True, kinematics="spin-1/2", weak_mixing_angle=0.23) + NSI(eps_em_u=0.2))
    np.testing.assert_allclose(weights @ counts, direct, rtol=1e-9)


def test_amplitudes_of_the_spin_are_within_what_structure_functions_allow():
    q = np.linspace(0.0, 150.0, 7)
    for name in SPIN_HALF:
        nuclide = cevns.Nuclide(name)
        a, W = HALF.spin_amplitudes(q, nuclide), HALF.spin_response.matrix(q, nuclide)
        own = HALF.currents[-1].matrix[:, 0, 0].real
        np.testing.assert_allclose((own @ a) ** 2, np.einsum("i,ijn,j->n", own, W, own), rtol=1e-12)
        for g in np.random.default_rng(3).normal(size=(20, 2)):
            assert ((g @ a) ** 2 <= np.einsum("i,ijn,j->n", g, W, g) * (1 + 1e-9) + 1e-15).all()
