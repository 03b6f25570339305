"""Light mediators: signs, limits, published charges, and the papers' formulas of the reference."""

import math
import pickle
import re

import mpmath
import numpy as np
import pytest

import cevns
from cevns import AxialMediator, ScalarMediator, StandardModel, TensorMediator, VectorMediator
from cevns.constants import FERMI_CONSTANT, FLAVORS, MUON_MASS, TAU_MASS
from cevns.interactions.mediators import VECTOR_MODELS, kinetic_mixing
from cevns.interactions.nucleon_charges import matrix_element_names, nucleon_charges
from cevns.interactions.radiative_corrections import charge_radius_shift
from cevns.kinematics import momentum_transfer
from cevns.nuclei.form_factors import Helm
from cevns.reference import new_physics as reference

ARGON, CESIUM = cevns.Nuclide("40Ar"), cevns.Nuclide("133Cs")
SM = StandardModel()
LOOPS = {"l_e-l_mu": (1, -1, 0), "l_e-l_tau": (1, 0, -1), "l_mu-l_tau": (0, 1, -1)}


def cross_section(interaction, nuclide=ARGON, T=5.0, E=30.0, flavor="nue"):
    return cevns.differential_cross_section(T, E, nuclide, interaction, flavor)


def helm(nuclide):
    shape = Helm()
    return lambda q: shape(q, nuclide)


# ---- vector ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [name for name in VECTOR_MODELS if name not in LOOPS])
@pytest.mark.parametrize("flavor", FLAVORS)
@pytest.mark.parametrize("mass", [0.0, 1.0, 50.0, 1e4])
def test_charges_of_models_add_to_the_weak_charge(model, flavor, mass):
    baryon = 3.0 if model == "universal" else 1.0
    charge = {"universal": (1, 1, 1), "b-l": (-1, -1, -1), "b-3l_e": (-3, 0, 0), "b-3l_mu": (0, -3, 0), "b-3l_tau": (0, 0, -3)}
    charge |= {"b-2l_e-l_mu": (-2, -1, 0), "b-l_e-2l_mu": (-1, -2, 0), "b_y+l_mu+l_tau": (0, 1, 1)}
    g, nuclide = 3e-5, CESIUM
    own = charge[model][FLAVORS.index(flavor) % 3]
    T = np.linspace(0.5, 10.0, 5)
    Q = reference.standard_model_charge(T, nuclide, None, None, helm(nuclide))
    Q = Q + reference.vector_mediator_charge(T, nuclide, g * own, g * baryon, g * baryon, mass, helm(nuclide))
    expected = reference.vector(T, 30.0, nuclide, Q**2)
    value = cross_section(SM + VectorMediator(mass=mass, coupling=g, model=model), nuclide, T, 30.0, flavor)
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_universal_bosons_take_from_the_weak_charge_and_b_minus_l_adds_to_it():
    weak = {model: cross_section(SM + VectorMediator(mass=10.0, coupling=3e-6, model=model)) for model in ("universal", "b-l")}
    assert weak["universal"] < cross_section(SM) < weak["b-l"]
    # +3 g² A and −g² A
    change = {model: math.sqrt(weak[model] / cross_section(SM)) - 1 for model in weak}
    assert change["universal"] == pytest.approx(-3 * change["b-l"], rel=1e-10)


def test_a_heavy_boson_is_a_contact():
    # ε = g² Q′_ν Q′_q/(√2 G_F m²), with 2MT/m² = 1e-7 left
    g, m = 0.1, 6e4
    epsilon = g**2 / (math.sqrt(2) * FERMI_CONSTANT * m**2)
    contact = cevns.NSI(**{f"eps_{pair}_{quark}": epsilon for pair in ("ee", "mm", "tt") for quark in "ud"})
    value = cross_section(SM + VectorMediator(mass=m, coupling=g))
    assert value == pytest.approx(cross_section(SM + contact), rel=1e-6)
    assert value != pytest.approx(cross_section(SM), rel=1e-3)


def test_a_boson_without_mass_is_a_photon_of_a_charged_neutrino():
    charge = 1e-9
    g = math.sqrt(4 * math.pi * cevns.constants.FINE_STRUCTURE * charge)
    boson = VectorMediator(mass=0.0, coupling=g, charges={"p": 1.0, "e": -1.0, "nue": 1.0})
    photon = cevns.Millicharge(nue=charge)
    T = np.array([0.1, 1.0, 10.0])
    np.testing.assert_allclose(cross_section(SM + boson, T=T), cross_section(SM + photon, T=T), rtol=1e-13)
    (one,), other = boson.currents, photon.currents[0]
    q = np.array([0.1, 1.0, 30.0])
    for name in ("unit_charge", "unit_electron_charge"):
        np.testing.assert_allclose(
            one.factor * getattr(one, name)(q)[:, 0, 0], other.factor * getattr(other, name)(q)[:, 0, 0], rtol=1e-13
        )


def test_own_charges_are_of_quarks_or_of_nucleons():
    quarks = VectorMediator(mass=10.0, coupling=1e-5, charges={"u": 0.5, "d": -1.0, "numu": 2.0})
    nucleons = VectorMediator(mass=10.0, coupling=1e-5, charges={"p": 0.0, "n": -1.5, "numu": 2.0})
    np.testing.assert_array_equal(quarks.currents[0].matrix, nucleons.currents[0].matrix)
    assert cross_section(SM + quarks) == pytest.approx(cross_section(SM), rel=1e-13)  # ν_e
    assert cross_section(SM + quarks, flavor="numu") != pytest.approx(cross_section(SM), rel=1e-3)


def test_electrons_have_a_vector_coupling():
    # g_L = g_R, half of what a proton with the same charge has
    current = VectorMediator(mass=10.0, coupling=1e-5, charges={"p": 1.0, "e": 1.0}).currents[0]
    np.testing.assert_array_equal(current.electron[0], current.matrix[0] / 2)
    np.testing.assert_array_equal(current.electron[1], current.matrix[0] / 2)


# ---- the loops of leptons --------------------------------------------------------------------------------------------


def test_kinetic_mixing_at_rest_is_the_published_figure():
    # M. Cadeddu et al., JHEP 01 (2021) 116: ln(m_τ²/m_μ²)/6 = 0.941
    assert float(kinetic_mixing(np.array(0.0), "l_mu-l_tau")) == pytest.approx(0.941, abs=5e-4)
    assert float(kinetic_mixing(np.array(0.0), "l_mu-l_tau")) == pytest.approx(math.log(TAU_MASS / MUON_MASS) / 3, rel=1e-15)


@pytest.mark.parametrize(("model", "charges"), LOOPS.items())
@pytest.mark.parametrize("q", [0.0, 0.01, 1.0, 50.0, 400.0])
def test_kinetic_mixing_is_the_integral_over_a_loop(model, charges, q):
    masses = (cevns.constants.ELECTRON_MASS, MUON_MASS, TAU_MASS)
    with mpmath.workdps(30):

        def integrand(x):
            product = x * (1 - x)
            return -product * sum(c * mpmath.log(m**2 + product * q**2) for c, m in zip(charges, masses, strict=True))

        expected = float(mpmath.quad(integrand, [0, 0.001, 0.1, 0.5, 0.9, 0.999, 1]))
    assert float(kinetic_mixing(np.array(q), model)) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(("model", "charges"), LOOPS.items())
@pytest.mark.parametrize("flavor", FLAVORS)
def test_bosons_of_leptons_reach_protons_by_a_loop(model, charges, flavor):
    T = np.array([0.5, 2.0, 5.0])
    own = FLAVORS.index(flavor) % 3
    Q = reference.standard_model_charge(T, CESIUM, None, None, helm(CESIUM))
    Q = Q + reference.loop_charge(T, CESIUM, ("e", "mu", "tau")[own], charges, 1e-3, 20.0, helm(CESIUM))
    value = cross_section(SM + VectorMediator(mass=20.0, coupling=1e-3, model=model), CESIUM, T, 30.0, flavor)
    np.testing.assert_allclose(value, reference.vector(T, 30.0, CESIUM, Q**2), rtol=1e-12)


def test_the_sign_of_the_loop_is_that_of_the_charge_radius_of_the_standard_model():
    # There exchange of a W is a contact of ν_ℓ with its own ℓ, of strength √2 G_F; what protons see of ν_μ and not of ν_τ is
    # a loop of muons less one of taus, as for L_μ − L_τ with g²/m² = √2 G_F
    m = 1.0
    boson = VectorMediator(mass=m, coupling=math.sqrt(math.sqrt(2) * FERMI_CONSTANT) * m, model="l_mu-l_tau")
    (current,) = boson.currents
    proton = (current.factor * current.unit_charge(np.zeros(1)))[0, :, :, 0].real
    radii = [cevns.neutrino_charge_radius(flavor) for flavor in ("numu", "nutau")]
    difference = charge_radius_shift(radii[0]) - charge_radius_shift(radii[1])
    assert difference > 0
    # muon, tau and W masses of the charge radii are those of `constants`
    assert proton[1, 1] == pytest.approx(difference, rel=1e-6)
    assert proton[2, 2] == pytest.approx(-difference, rel=1e-6)
    assert proton[0, 0] == 0.0


def test_muon_neutrinos_lose_and_tau_neutrinos_gain():
    theory = SM + VectorMediator(mass=10.0, coupling=1e-3, model="l_mu-l_tau")
    standard = cross_section(SM)
    assert cross_section(theory, flavor="numu") < standard < cross_section(theory, flavor="nutau")
    assert cross_section(theory, flavor="numubar") == cross_section(theory, flavor="numu")
    assert cross_section(theory) == pytest.approx(standard, rel=1e-13)


def test_electrons_have_the_opposite_of_protons_from_the_loop_and_their_own_charge():
    loop, tree = VectorMediator(mass=10.0, coupling=1e-3, model="l_e-l_mu").currents
    np.testing.assert_array_equal(loop.electron[0] + loop.electron[1], -loop.matrix[0])
    assert not tree.matrix.any()
    assert tree.electron[0, 0, 0].real == pytest.approx(1 / (2 * math.sqrt(2) * FERMI_CONSTANT), rel=1e-15)
    assert tree.electron[0, 1, 1] == -tree.electron[0, 0, 0]
    assert len(VectorMediator(mass=10.0, coupling=1e-3, model="l_mu-l_tau").currents) == 1


# ---- scalar ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("elements", matrix_element_names("scalar"))
@pytest.mark.parametrize("mass", [0.0, 10.0, 1e4])
def test_scalars_add_the_formula_of_the_papers_to_the_rate(elements, mass):
    g, T = 1e-5, np.linspace(0.5, 10.0, 5)
    theory = ScalarMediator(mass=mass, coupling=g, matrix_elements=elements)
    proton, neutron = nucleon_charges("scalar", g, g, elements)
    expected = reference.scalar_mediator(T, 30.0, CESIUM, g, proton, neutron, mass, helm(CESIUM))
    np.testing.assert_allclose(cross_section(theory, CESIUM, T), expected, rtol=1e-12)
    together = cross_section(SM + theory, CESIUM, T)
    np.testing.assert_allclose(together, expected + cross_section(SM, CESIUM, T), rtol=1e-12)


def test_scalar_charges_of_nuclei_are_the_published_ones():
    def nucleus(name, nuclide):
        proton, neutron = nucleon_charges("scalar", 1.0, 1.0, name)
        return nuclide.Z * proton + nuclide.N * neutron

    for nuclide in (ARGON, CESIUM):
        # D. G. Cerdeño et al. 2016; Y. Farzan et al. 2018; M. Atzori Corona et al. 2022
        assert nucleus("cerdeno-2016", nuclide) == pytest.approx(14 * nuclide.A + 1.1 * nuclide.Z, rel=1e-12)
        assert nucleus("farzan-2018", nuclide) == pytest.approx(13.8 * nuclide.A - 0.02 * nuclide.Z, rel=1e-12)
        assert nucleus("atzori-corona-2022", nuclide) == pytest.approx(17.3 * nuclide.A, rel=1e-12)
        assert nucleus("hoferichter-2015", nuclide) == pytest.approx(17.3 * nuclide.A, rel=1e-3)


def test_scalar_charges_are_the_sigma_term_of_the_nucleon():
    # σ_πN = m̂ ⟨N|ūu + d̄d|N⟩ = 59.1(3.5) MeV of the same paper, isospin broken or not
    mean = (cevns.constants.QUARK_MASSES["u"] + cevns.constants.QUARK_MASSES["d"]) / 2
    for charge in nucleon_charges("scalar", 1.0, 1.0):
        assert mean * charge == pytest.approx(59.1, abs=0.2)


# ---- tensor and axial ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("elements", matrix_element_names("tensor"))
def test_tensors_add_the_formula_of_the_papers_to_the_rate(elements):
    g, T = 1e-4, np.linspace(0.5, 10.0, 5)
    theory = TensorMediator(mass=10.0, coupling=g, matrix_elements=elements)
    proton, neutron = nucleon_charges("tensor", g, g, elements)
    expected = reference.tensor_mediator(T, 30.0, CESIUM, g, proton, neutron, 10.0, helm(CESIUM))
    np.testing.assert_allclose(cross_section(theory, CESIUM, T), expected, rtol=1e-12)
    together = cross_section(SM + theory, CESIUM, T)
    np.testing.assert_allclose(together, expected + cross_section(SM, CESIUM, T), rtol=1e-12)


def test_the_formula_in_use_for_light_tensors_is_half_of_it():
    g, m, E, T = 1e-4, 10.0, 30.0, 1e-3
    theory = TensorMediator(mass=m, coupling=g, charges="nucleons")
    M, t = ARGON.mass, 1e-3 * T
    charge = ARGON.A * Helm()(momentum_transfer(T, ARGON), ARGON)
    literature = M * (4 * E**2 - M * t) * charge**2 * g**4 / (2 * math.pi * E**2 * (2 * M * t + m**2) ** 2)
    assert cross_section(theory, T=T) / (literature * cevns.constants.MEV2_CM2 * 1e-3) == pytest.approx(2.0, rel=1e-6)


def test_axial_bosons_see_spins_only():
    theory = AxialMediator(mass=10.0, coupling=1e-4)
    assert cross_section(theory, ARGON) == 0.0
    assert cross_section(theory, cevns.Nuclide("19F")) > 0.0


def test_axial_charges_of_the_z_give_its_axial_current():
    # ½, −½ of u and d as the Z has: g_A/2 and −g_A/2 of the nucleons, g_A = 0.842 + 0.427, without strange quarks
    g, m = 1e-4, 10.0
    (current,) = AxialMediator(mass=m, coupling=g, charges={"u": 0.5, "d": -0.5}).currents
    z = StandardModel(axial=True).currents[1].matrix
    unit = math.sqrt(2) * FERMI_CONSTANT
    strange = cevns.constants.STRANGE_AXIAL_COUPLING / 2
    for nucleon in range(2):
        new = unit * current.matrix[nucleon, 0, 0].real - strange
        assert new == pytest.approx(z[nucleon, 0, 0].real, abs=0.5 * (cevns.constants.AXIAL_COUPLING - 1.269) + 1e-12)
    assert unit * current.matrix[0, 0, 0].real == pytest.approx(0.5 * 1.269, rel=1e-12)


def test_axial_bosons_interfere_with_the_axial_part_of_the_standard_model():
    nuclide = cevns.Nuclide("19F")
    model = StandardModel(axial=True)
    isovector = {"u": 0.5, "d": -0.5}
    up = cross_section(model + AxialMediator(mass=100.0, coupling=5e-4, charges=isovector), nuclide)
    down = cross_section(model + AxialMediator(mass=100.0, coupling=5e-4, charges={"u": -0.5, "d": 0.5}), nuclide)
    alone = cross_section(AxialMediator(mass=100.0, coupling=5e-4, charges=isovector), nuclide)
    assert down < cross_section(model, nuclide) < up
    # ± of the interference drops out of the mean
    assert (up + down) / 2 == pytest.approx(cross_section(model, nuclide) + alone, rel=1e-12)


# ---- couplings and masses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [VectorMediator, AxialMediator, ScalarMediator, TensorMediator])
def test_rates_of_new_physics_alone_grow_as_the_fourth_power_of_the_coupling(kind):
    nuclide = cevns.Nuclide("19F")
    one = cross_section(kind(mass=5.0, coupling=1e-5), nuclide)
    assert cross_section(kind(mass=5.0, coupling=3e-5), nuclide) == pytest.approx(81 * one, rel=1e-12)
    assert cross_section(kind(mass=5.0, coupling=-1e-5), nuclide) == one
    assert kind(mass=5.0, coupling=1e-5).parameters == {"coupling": 1e-5}


@pytest.mark.parametrize("kind", [VectorMediator, AxialMediator, ScalarMediator, TensorMediator])
def test_a_propagator_halves_the_amplitude_where_its_mass_is_the_momentum_transfer(kind):
    nuclide = cevns.Nuclide("19F")
    mass = momentum_transfer(5.0, nuclide)
    massless = cross_section(kind(mass=0.0, coupling=1e-5), nuclide)
    assert cross_section(kind(mass=float(mass), coupling=1e-5), nuclide) == pytest.approx(massless / 4, rel=1e-12)


def test_without_mass_they_need_a_threshold():
    for kind in (VectorMediator, ScalarMediator, TensorMediator):
        assert kind(mass=0.0, coupling=1e-5).diverges
        assert not kind(mass=1.0, coupling=1e-5).diverges
        assert not kind(mass=0.0, coupling=0.0).diverges
    with pytest.raises(cevns.InputError, match="must be > 0 keV: a"):
        cross_section(SM + VectorMediator(mass=0.0, coupling=1e-5), T=0.0)


# ---- objects ---------------------------------------------------------------------------------------------------------

CASES = [
    VectorMediator(mass=10, coupling=1e-5),
    VectorMediator(mass=0.0, coupling=1e-5, model="l_mu-l_tau"),
    VectorMediator(mass=10.0, coupling=1e-5, charges={"nue": 1, "p": 0.5}),
    ScalarMediator(mass=10.0, coupling=1e-5),
    ScalarMediator(mass=10.0, coupling=1e-5, charges={"d": 1.0, "numu": 1.0}),
    ScalarMediator(mass=10.0, coupling=1e-5, charges="nucleons"),
    TensorMediator(mass=10.0, coupling=1e-5, matrix_elements="anselmino-2009"),
    AxialMediator(mass=10.0, coupling=1e-5, charges={"n": 1.0}, matrix_elements="lin-2018"),
]


@pytest.mark.parametrize("theory", CASES, ids=repr)
def test_mediators_are_values(theory):
    namespace = {kind.__name__: kind for kind in (VectorMediator, ScalarMediator, TensorMediator, AxialMediator)}
    for copy in (eval(repr(theory), namespace), pickle.loads(pickle.dumps(theory)), theory.with_parameters(coupling=1e-5)):
        assert copy == theory
        assert hash(copy) == hash(theory)
        assert repr(copy) == repr(theory)
    assert theory.with_parameters(coupling=2e-5) != theory


def test_charges_are_shown_as_they_were_given():
    assert repr(CASES[2]) == "VectorMediator(mass=10.0, coupling=1e-05, charges={'p': 0.5, 'nue': 1.0})"
    assert repr(CASES[0]) == "VectorMediator(mass=10.0, coupling=1e-05)"
    # neutrinos that are not named have 1
    assert CASES[7].charges == (("n", 1.0), ("nue", 1.0), ("numu", 1.0), ("nutau", 1.0))


WRONG = [
    (lambda: VectorMediator(mass=-1.0, coupling=1.0), "mass must be >= 0 MeV and finite (got -1)"),
    (lambda: ScalarMediator(mass=np.inf, coupling=1.0), "mass must be >= 0 MeV and finite (got inf)"),
    (lambda: TensorMediator(mass=1.0, coupling=np.nan), "coupling must be >= -1e+06 and <= 1e+06 (got nan)"),
    (lambda: VectorMediator(mass=1.0, coupling=1j), "coupling must be a real number (got 1j)"),
    (lambda: VectorMediator(mass=1.0, coupling=1.0, model="b-1"), "unknown model 'b-1'; did you mean 'b-l'"),
    (lambda: VectorMediator(mass=1.0, coupling=1.0, model="b-l", charges={"u": 1}), "both set the charges: give one of them"),
    (lambda: VectorMediator(mass=1.0, coupling=1.0, charges="b-l"), "charges must map fermions to numbers; name a model"),
    (
        lambda: VectorMediator(mass=1.0, coupling=1.0, charges={"s": 1}),
        "unknown fermion of charges 's'; known are 'u', 'd', 'p'",
    ),
    (
        lambda: VectorMediator(mass=1.0, coupling=1.0, charges={"u": 1, "p": 1}),
        "charges are of quarks (u, d) or of nucleons (p, n)",
    ),
    (
        lambda: VectorMediator(mass=1.0, coupling=1.0, charges={"u": np.inf}),
        "charges['u'] must be >= -1e+06 and <= 1e+06 (got inf)",
    ),
    (lambda: VectorMediator(mass=1.0, coupling=1.0, charges=3), "charges must be a name or map fermions to numbers (got 3)"),
    (lambda: ScalarMediator(mass=1.0, coupling=1.0, charges="b-l"), "unknown charges 'b-l'; known are 'universal', 'nucleons'"),
    (lambda: ScalarMediator(mass=1.0, coupling=1.0, matrix_elements="x"), "unknown scalar matrix elements 'x'; known are"),
    (
        lambda: ScalarMediator(mass=1.0, coupling=1.0, charges={"u": 1}, matrix_elements="farzan-2018"),
        "'farzan-2018' has scalar charges for equal couplings of u and d only (got 1 and 0)",
    ),
    (lambda: CASES[0].with_parameters(mass=3.0), "unknown parameter 'mass'; known are 'coupling'"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()


@pytest.mark.parametrize("mass", [0.3, 5.0, 30.0, 70.0, 300.0])
@pytest.mark.parametrize("name", ["1H", "40Ar", "208Pb"])
@pytest.mark.parametrize("mediator", [cevns.VectorMediator, cevns.ScalarMediator, cevns.TensorMediator])
def test_the_total_resolves_every_mass_of_a_boson(mediator, name, mass):
    nuclide, theory = cevns.Nuclide(name), StandardModel() + mediator(mass=mass, coupling=1e-4)
    for E in (0.5, 16.0, 30.0, 150.0):
        # forty nodes in √T for each factor of 1.5, far below the mass
        end = float(cevns.recoil_energy_max(E, nuclide)) ** 0.5
        ends = np.concatenate([[0.0], end * 1.5 ** np.arange(-30.0, 1.0)])
        node, weight = np.polynomial.legendre.leggauss(40)
        half = np.diff(ends)[:, None] / 2
        root = (ends[:-1, None] + half * (1 + node)).ravel()
        value = cevns.differential_cross_section(np.minimum(root, end) ** 2, E, nuclide, theory)
        expected = ((half * weight).ravel() * 2 * root * value).sum()
        # 1.5e-11 measured; 1e-9 is promised
        assert cevns.cross_section(E, nuclide, theory) == pytest.approx(expected, rel=1e-10)
