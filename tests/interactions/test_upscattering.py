"""Upscattering: thresholds, limits without mass, and the papers' formulas of the reference."""

import math
import pickle
import re

import numpy as np
import pytest

import cevns
from cevns import DipolePortal, MagneticMoment, ScalarUpscattering, StandardModel, VectorUpscattering
from cevns.constants import FLAVORS
from cevns.interactions.nucleon_charges import nucleon_charges
from cevns.interactions.upscattering import BOHR_MAGNETON
from cevns.kinematics import momentum_transfer
from cevns.nuclei.form_factors import Helm
from cevns.reference import new_physics as reference

ARGON, CESIUM = cevns.Nuclide("40Ar"), cevns.Nuclide("133Cs")
SM, HALF = StandardModel(), StandardModel(kinematics="spin-1/2")
T = np.array([0.5, 1.0, 5.0, 10.0])  # keV
ROUNDING = 1e-53  # cm²/keV, of differences of cross sections of 3e-39


def cross_section(interaction, nuclide=CESIUM, T=T, E=50.0, flavor="nue"):
    return cevns.differential_cross_section(T, E, nuclide, interaction, flavor)


def helm(nuclide):
    shape = Helm()
    return lambda q: shape(q, nuclide)


def extra(theory, model, *args, **kwargs):
    """What a theory adds to a Standard Model, whose kinematics are those of the sum."""
    return cross_section(model + theory, *args, **kwargs) - cross_section(model, *args, **kwargs)


# ---- the dipole portal -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mass", [1.0, 10.0, 40.0])
def test_dipole_portal_is_that_of_the_papers(mass):
    # for a nucleus of spin ½; 4 α d² Z² F², d in GeV⁻¹
    theory = DipolePortal.from_dipoles(mass=mass, numu=1e-4)
    expected = reference.dipole_portal(T, 50.0, CESIUM, 1e-7, mass, helm(CESIUM))
    np.testing.assert_allclose(extra(theory, HALF, flavor="numu"), expected, rtol=1e-9, atol=ROUNDING)
    assert (expected > 0).any()


def test_a_bohr_magneton_is_the_published_figure():
    # μ_B = e/2m_e = 296.3 GeV⁻¹
    assert pytest.approx(296.3, abs=0.05) == BOHR_MAGNETON
    # and in SI: 5.7883818060e-11 MeV/T, with 1 T = 195.35 eV² in units ħ = c = 1 and e = √(4πα)
    per_tesla = BOHR_MAGNETON * 1e-3 * 195.35278 * 1e-12
    assert per_tesla == pytest.approx(5.7883818060e-11, rel=1e-5)
    assert DipolePortal.from_dipoles(mass=1.0, nue=1e-6).nue == pytest.approx(2e-6 / BOHR_MAGNETON, rel=1e-15)


@pytest.mark.parametrize("model", [SM, HALF], ids=["spin-0", "spin-1/2"])
def test_without_mass_the_portal_is_a_magnetic_moment(model):
    moments = {"nue": 1e-9, "numu": 3e-9, "nutau": -2e-9}
    for flavor in FLAVORS:
        moment = cross_section(model + MagneticMoment(**moments), flavor=flavor)
        for mass in (0.0, 1e-5):
            np.testing.assert_allclose(
                cross_section(model + DipolePortal(mass=mass, **moments), flavor=flavor), moment, rtol=1e-9
            )


# ---- scalar and vector bosons ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mass", [0.0, 10.0, 40.0])
def test_scalar_upscattering_is_that_of_the_papers(mass):
    g, m = 1e-5, 30.0
    proton, neutron = nucleon_charges("scalar", g, g)
    F = Helm()(momentum_transfer(T, CESIUM), CESIUM)
    coupling = g * (CESIUM.Z * proton + CESIUM.N * neutron) * F
    theory = ScalarUpscattering(mass=mass, mediator_mass=m, coupling=g)
    expected = reference.sterile_scalar(T, 50.0, CESIUM, coupling, m, mass, "spin-0")
    np.testing.assert_allclose(cross_section(theory), expected, rtol=1e-12)
    expected = reference.sterile_scalar(T, 50.0, CESIUM, coupling, m, mass, "spin-1/2")
    np.testing.assert_allclose(extra(theory, HALF), expected, rtol=1e-8, atol=ROUNDING)


@pytest.mark.parametrize("mass", [0.0, 10.0, 40.0])
def test_vector_upscattering_is_that_of_the_papers(mass):
    g, m = 1e-4, 30.0
    F = Helm()(momentum_transfer(T, CESIUM), CESIUM)
    coupling = 3 * g * g * CESIUM.A * F
    theory = VectorUpscattering(mass=mass, mediator_mass=m, coupling=g)
    expected = reference.sterile_vector(T, 50.0, CESIUM, coupling, m, mass)
    np.testing.assert_allclose(extra(theory, HALF), expected, rtol=1e-8, atol=ROUNDING)


@pytest.mark.parametrize("charges", ["universal", "nucleons", {"d": 1.0, "nue": 2.0}])
def test_without_mass_they_are_mediators(charges):
    scalar = cross_section(ScalarUpscattering(mass=0.0, mediator_mass=5.0, coupling=1e-5, charges=charges))
    np.testing.assert_allclose(
        scalar, cross_section(cevns.ScalarMediator(mass=5.0, coupling=1e-5, charges=charges)), rtol=1e-13
    )
    own = {"u": 1.0, "d": 1.0} if charges == "universal" else {"p": 1.0, "n": 1.0} if charges == "nucleons" else charges
    vector = cross_section(VectorUpscattering(mass=0.0, mediator_mass=5.0, coupling=1e-5, charges=charges))
    expected = cross_section(cevns.VectorMediator(mass=5.0, coupling=1e-5, charges=own))
    np.testing.assert_allclose(vector, expected, rtol=1e-13)


LIGHT = [
    (lambda m: DipolePortal(mass=m, numu=1e-9), MagneticMoment(numu=1e-9)),
    (
        lambda m: ScalarUpscattering(mass=m, mediator_mass=5.0, coupling=1e-5, charges={"p": 0.4, "n": 1.0, "numu": -2.0}),
        cevns.ScalarMediator(mass=5.0, coupling=1e-5, charges={"p": 0.4, "n": 1.0, "numu": -2.0}),
    ),
    (
        lambda m: VectorUpscattering(mass=m, mediator_mass=5.0, coupling=1e-5, charges={"u": 0.4, "d": 1.0, "numu": -2.0}),
        cevns.VectorMediator(mass=5.0, coupling=1e-5, charges={"u": 0.4, "d": 1.0, "numu": -2.0}),
    ),
]


@pytest.mark.parametrize("flavor", ["numu", "numubar"])
@pytest.mark.parametrize("model", [SM, HALF], ids=["spin-0", "spin-1/2"])
@pytest.mark.parametrize(("heavy", "light"), LIGHT, ids=["dipole", "scalar", "vector"])
def test_a_vanishing_mass_in_the_final_state_leads_to_the_theory_without_it(heavy, light, model, flavor):
    """m₄ → 0 on nuclei: what is left is of the order of m₄²/2MT, 4e-9 here; a Standard Model only sets the kinematics."""
    none = cevns.StandardModel(couplings=cevns.Couplings(gvp=0.0, gvn=0.0), kinematics=model.kinematics)
    expected = cross_section(none + light, flavor=flavor)
    assert (expected > 0).all()
    total = cevns.cross_section(50.0, CESIUM, none + light, flavor, 0.5)
    for mass, rtol in ((0.0, 1e-12), (1e-3, 1e-7)):
        np.testing.assert_allclose(cross_section(none + heavy(mass), flavor=flavor), expected, rtol=rtol)
        assert cevns.cross_section(50.0, CESIUM, none + heavy(mass), flavor, 0.5) == pytest.approx(total, rel=max(rtol, 1e-9))


def test_a_new_particle_in_the_final_state_does_not_interfere():
    theory = VectorUpscattering(mass=0.1, mediator_mass=30.0, coupling=1e-4)
    np.testing.assert_allclose(cross_section(SM + theory), cross_section(SM) + cross_section(theory), rtol=1e-13)


# ---- thresholds ------------------------------------------------------------------------------------------------------

HEAVY = [
    DipolePortal(mass=30.0, nue=1e-9),
    ScalarUpscattering(mass=30.0, mediator_mass=10.0, coupling=1e-5),
    VectorUpscattering(mass=30.0, mediator_mass=10.0, coupling=1e-5),
]


@pytest.mark.parametrize("theory", HEAVY, ids=repr)
def test_below_its_mass_nothing_is_made(theory):
    # m₄ + m₄²/2M = 30.0036 MeV, and there at T = m₄²/2(M + m₄) alone
    M, m = CESIUM.mass, 30.0
    T = np.linspace(0.1, 20.0, 200)
    np.testing.assert_array_equal(cross_section(theory, T=T, E=m), 0.0)
    least = m + m**2 / (2 * M)
    at = 1e3 * m**2 / (2 * (M + m))
    assert cross_section(theory, T=at, E=least * (1 - 1e-6)) == 0.0
    assert cross_section(theory, T=at, E=least * (1 + 1e-6)) > 0.0


@pytest.mark.parametrize("theory", HEAVY, ids=repr)
def test_recoils_lie_between_two_ends(theory):
    E, M, m = 40.0, CESIUM.mass, 30.0
    low, high = (float(value) for value in reference.recoil_energy_range(E, CESIUM, m))
    assert 0 < low < high < cevns.recoil_energy_max(E, CESIUM)
    for inside, outside in ((low * (1 + 1e-6), low * (1 - 1e-6)), (high * (1 - 1e-6), high * (1 + 1e-6))):
        assert cross_section(theory, T=inside, E=E) > 0.0
        assert cross_section(theory, T=outside, E=E) == 0.0
    # both ends are where E is the least energy: ½ (T + √(T² + 2MT)) (1 + m²/2MT)
    for t in (1e-3 * low, 1e-3 * high):
        assert (t + math.sqrt(t * t + 2 * M * t)) / 2 * (1 + m**2 / (2 * M * t)) == pytest.approx(E, rel=1e-9)


def test_heavy_final_states_have_no_divergence_at_zero():
    assert not DipolePortal(mass=1.0, nue=1e-9).diverges
    assert DipolePortal(mass=0.0, nue=1e-9).diverges
    assert DipolePortal(mass=3.0, nue=1e-9).final_masses == (3.0,)


def test_all_flavours_lead_to_one_particle():
    # so that amplitudes of two flavours add: outgoing states are one column
    for theory in HEAVY:
        for current in theory.currents:
            assert not current.matrix[:, :, 1:].any()
            assert current.final_mass == 30.0


# ---- objects ---------------------------------------------------------------------------------------------------------

CASES = [*HEAVY, VectorUpscattering(mass=1.0, mediator_mass=0.0, coupling=1e-5, charges={"n": 1.0})]


@pytest.mark.parametrize("theory", CASES, ids=repr)
def test_they_are_values(theory):
    namespace = {kind.__name__: kind for kind in (DipolePortal, ScalarUpscattering, VectorUpscattering)}
    for copy in (
        eval(repr(theory), namespace),
        pickle.loads(pickle.dumps(theory)),
        theory.with_parameters(**theory.parameters),
    ):
        assert copy == theory
        assert hash(copy) == hash(theory)


WRONG = [
    (lambda: DipolePortal(mass=-1.0), "mass must be >= 0 MeV and finite (got -1)"),
    (lambda: DipolePortal(mass=1.0, nue=np.inf), "nue must be finite (got inf)"),
    (lambda: DipolePortal.from_dipoles(mass=1.0, numu=np.nan), "numu must be finite (got nan)"),
    (
        lambda: ScalarUpscattering(mass=1.0, mediator_mass=-2.0, coupling=1.0),
        "mediator_mass must be >= 0 MeV and finite (got -2)",
    ),
    (
        lambda: VectorUpscattering(mass=1.0, mediator_mass=1.0, coupling=np.nan),
        "coupling must be >= -1e+06 and <= 1e+06 (got nan)",
    ),
    (lambda: VectorUpscattering(mass=1.0, mediator_mass=1.0, coupling=1.0, charges="b-l"), "unknown charges 'b-l'"),
    (
        lambda: ScalarUpscattering(mass=1.0, mediator_mass=1.0, coupling=1.0, matrix_elements="gupta-2018"),
        "unknown scalar matrix elements 'gupta-2018'",
    ),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()
