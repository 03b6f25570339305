"""Interactions of any kind: cross sections and rates against flux × cross section of the plain reference; terms; coherence.

Accuracy: 1e-11 of the rate where the quadrature of the reference resolves it. The moments of heavy final states are those of
polynomials that cancel, so the promise is 1e-12 of their largest term.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.integrate import quad

import cevns
from cevns import Coherence, Component, Flux, StandardModel, Target, constants
from cevns._core import engine as kernels
from cevns._core import isa
from cevns.errors import InputError, UnknownNameError, UnsupportedError
from cevns.fluxes.spectra import EndPoint, Lines, Table
from cevns.interactions import Current, Interaction
from cevns.interactions.kinds import KINDS, coefficients, neutrino_energy_min, recoil_energy_range
from cevns.interactions.nsi import NSI
from cevns.interactions.quadratic_forms import N_ELEMENTS, layout
from cevns.nuclei.form_factors import Helm, KleinNystrand, Point
from cevns.reference import new_physics as reference
from cevns.reference import spectra as reference_spectra
from cevns.scattering import engine
from cevns.scattering.channels import Entry, Rows
from cevns.scattering.nuclei import nuclei

ARGON = cevns.Nuclide("40Ar")
LINE = reference_spectra.pion_line_energy()
END = EndPoint.end
REFERENCE = {
    "vector": reference.vector,
    "scalar": reference.scalar,
    "tensor": reference.tensor,
    "magnetic": reference.magnetic,
    "dipole": reference.dipole,
    "scalar upscattering": reference.scalar_upscattering,
    "vector upscattering": reference.vector_upscattering,
}
HEAVY = 12.0  # MeV


@dataclass(frozen=True)
class Contact(Interaction):
    """One current with charges of its own, the same for all flavours unless a matrix is given; optionally a light mediator."""

    kind: str
    proton: complex = 0.3
    neutron: complex = -0.4
    final_mass: float = 0.0
    mediator: float = 0.0
    coupling: float = 1.0
    power: int = 1
    flavors: tuple[tuple[complex, ...], ...] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))

    @property
    def currents(self):
        matrix = np.array([self.proton, self.neutron])[:, None, None] * np.array(self.flavors, dtype=complex)
        propagator = Propagator(self.mediator) if self.mediator else None
        return (Current(self.kind, matrix, propagator, "coupling", self.coupling, self.power, self.final_mass),)


@dataclass(frozen=True)
class Propagator:
    mass: float

    def __call__(self, q):
        return self.mass**2 / (q * q + self.mass**2)


@dataclass(frozen=True)
class ScalarAndTensor(Interaction):
    """Both, with their interference."""

    scalar: float = 0.5
    tensor: float = 0.2

    @property
    def currents(self):
        one = np.array([1.0, 1.0])[:, None, None] * np.eye(3, dtype=complex)
        return Current("scalar", one, None, "scalar", self.scalar), Current("tensor", one, None, "tensor", self.tensor)

    @property
    def interferences(self):
        return (("scalar", "tensor", "scalar-tensor"),)


def pion_decay():
    return Flux(
        (
            Component("nue", "delayed", EndPoint("electron"), 2e7),
            Component("numubar", "delayed", EndPoint("muon"), 2e7),
            Component("numu", "prompt", Lines([LINE], [1.0]), 2e7),
        )
    )


def helm(q, nuclide):
    return Helm()(q, nuclide)


def section(kind, final_mass=0.0, proton=0.3, neutron=-0.4, kinematics="spin-0", mediator=0.0):
    """dσ/dT of `Contact` in plain NumPy."""

    def at(T, E, nuclide):
        q = np.sqrt(2e-3 * nuclide.mass * np.asarray(T))
        F = Helm()(q, nuclide) * (mediator**2 / (q * q + mediator**2) if mediator else 1.0)
        charged = kind in ("magnetic", "dipole")
        S = np.abs(nuclide.Z * proton * F + (0.0 if charged else nuclide.N * neutron * F)) ** 2
        more = {} if kind == "tensor" else {"kinematics": kinematics}
        return REFERENCE[kind](T, E, nuclide, S, *((final_mass,) if final_mass else ()), **more)

    return at


CASES = [(kind, HEAVY if KINDS[kind].heavy else 0.0, kinematics) for kind in REFERENCE for kinematics in ("spin-0", "spin-1/2")]


def theory(kind, final_mass, kinematics, **more):
    """The contact interaction alone, with the kinematics of a Standard Model whose charges are zero."""
    contact = Contact(kind, final_mass=final_mass, **more)
    if kinematics == "spin-0":
        return contact
    none = StandardModel(couplings=cevns.Couplings(0.0, 0.0), kinematics=kinematics)
    return none + contact


# ---- kinds -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "mass", "kinematics"), CASES)
def test_cross_section_of_each_kind_is_that_of_the_reference(kind, mass, kinematics):
    for name in ("1H", "40Ar", "133Cs"):
        nuclide = cevns.Nuclide(name)
        E = np.array([14.0, 20.0, 35.0, 52.0])
        low, high = recoil_energy_range(E, nuclide.mass, mass)
        T = 1e3 * (low + (high - low) * np.array([[0.02], [0.3], [0.9], [0.999]]))
        values = cevns.differential_cross_section(T, E, nuclide, theory(kind, mass, kinematics))
        expected = section(kind, mass, kinematics=kinematics)(T, np.broadcast_to(E, T.shape), nuclide)
        # at the largest recoil of a vector the bracket of the reference cancels
        np.testing.assert_allclose(values, expected, rtol=1e-11, atol=1e-13 * np.abs(expected).max())


@pytest.mark.parametrize("mass", [0.0, 1.0, 12.0, 30.0])
def test_range_of_recoils_is_where_the_neutrino_has_just_its_smallest_energy(mass):
    E = np.array([13.0, 31.0, 52.8])
    low, high = recoil_energy_range(E, ARGON.mass, mass)
    allowed = high > 0
    np.testing.assert_allclose(neutrino_energy_min("dipole", high[allowed], ARGON.mass, mass), E[allowed], rtol=1e-12)
    if mass:
        np.testing.assert_allclose(neutrino_energy_min("dipole", low[allowed], ARGON.mass, mass), E[allowed], rtol=1e-9)
    np.testing.assert_array_equal(allowed, mass + mass**2 / (2 * ARGON.mass) < E)


@pytest.mark.parametrize("kind", KINDS)
def test_kernel_of_each_kind_adds_the_moments_with_its_polynomial(kind, instruction_set):
    """One line: its moments are E^−k, so that Σ p_k Φ_k = p₀ + p₁/E + p₂/E²."""
    mass = HEAVY if KINDS[kind].heavy else 0.0
    E = 41.0
    rows = Rows([Entry(Lines([E], [1.0]), 0, 0, 1.0)], "burst", 1)
    low, high = recoil_energy_range(np.array(E), ARGON.mass, mass)
    T = 1e3 * np.linspace(max(low, 1e-3 * high), high, 301)[1:-1]
    ends, masses, first = np.array([T.size]), np.array([ARGON.mass]), np.zeros(1, dtype=np.intp)
    x = np.empty(T.size)
    kernels.energy_min(T, ends, masses, mass, x)
    for spin_half in (False, True):
        weights, out = np.empty((1, 3, T.size)), np.empty((1, T.size))
        kernels.kind_weights(T, x, ends, masses, KINDS[kind].code, mass, spin_half, weights[0])
        kernels.moment_sums(x, rows.parts, weights, first, out)
        p0, p1, p2 = coefficients(kind, 1e-3 * T, ARGON.mass, mass, spin_half)
        largest = np.abs(p0) + np.abs(p1 / E) + np.abs(p2 / E**2)
        np.testing.assert_array_less(np.abs(out[0] - (p0 + p1 / E + p2 / E**2)), 1e-13 * largest + 1e-300)


def test_instruction_sets_with_fused_multiply_add_give_the_same_bits(using_instruction_set):
    flux, T = pion_decay(), np.linspace(0.01, 60.0, 500)
    wide = [name for name in isa.available() if name != "baseline"]
    for kind in KINDS:
        if kind in ("axial", "pseudoscalar", "scalar-tensor"):
            continue
        interaction = Contact(kind, final_mass=HEAVY if KINDS[kind].heavy else 0.0)
        found = {}
        for name in isa.available():
            with using_instruction_set(name):
                found[name] = cevns.differential_rate(T, flux, "Ar", interaction)
        for name in wide[1:]:
            np.testing.assert_array_equal(found[name], found[wide[0]])
        for name in wide:
            np.testing.assert_allclose(found[name], found["baseline"], rtol=1e-12, atol=1e-13 * found["baseline"].max())


# ---- rates -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "mass", "kinematics"), CASES)
def test_rate_of_each_kind_is_flux_times_cross_section(kind, mass, kinematics):
    flux, target = pion_decay(), Target("C3F8")
    parts = list(reference_spectra.pion_decay_at_rest().values())
    T = np.array([0.05, 1.0, 10.0, 60.0, 150.0])
    expected = 2e7 * reference.differential_rate(T, parts, target.components, section(kind, mass, kinematics=kinematics), mass)
    np.testing.assert_allclose(
        cevns.differential_rate(T, flux, target, theory(kind, mass, kinematics)),
        expected,
        rtol=2e-11,
        atol=1e-13 * expected.max(),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "mass"), [("scalar", 0.0), ("magnetic", 0.0), ("dipole", 12.0), ("dipole", 3.0), ("vector upscattering", 20.0)]
)
def test_binned_rate_is_the_integral_over_the_bin(kind, mass):
    """Compared with the reference, which integrates over T first; where heavy states begin and end inside of bins too."""
    flux, target = pion_decay(), Target("Ar")
    parts = list(reference_spectra.pion_decay_at_rest().values())
    edges = np.array([0.1, 1.0, 5.0, 30.0, 80.0, 200.0])
    values = cevns.binned_rate(edges, flux, target, Contact(kind, final_mass=mass))
    at = section(kind, mass)
    for low, high, value in zip(edges[:-1], edges[1:], values, strict=True):
        expected = 2e7 * reference.rate(parts, target.components, at, mass, low, high)
        assert value == pytest.approx(expected, rel=1e-8, abs=1e-12 * values.max())
    assert cevns.rate(flux, target, Contact(kind, final_mass=mass), 1.0) == pytest.approx(values[1:].sum(), rel=1e-8)


@pytest.mark.parametrize("mediator", [0.05, 1.0, 30.0])
def test_light_mediators_are_integrated_over_their_pole(mediator):
    """A propagator m²/(2MT + m²) bends at T = m²/2M: 3e-8 keV for 0.05 MeV on argon. Compared with quadrature in log T."""
    flux = pion_decay()
    interaction = Contact("vector", mediator=mediator)

    def density(u):
        return float(cevns.differential_rate(math.exp(u), flux, "Ar", interaction)) * math.exp(u)

    value = cevns.rate(flux, "Ar", interaction, 0.01, 40.0)
    expected, _ = quad(density, math.log(0.01), math.log(40.0), epsabs=0, epsrel=1e-11, limit=400)
    assert value == pytest.approx(expected, rel=1e-8)
    whole = cevns.binned_rate([0.0, 0.01, 40.0], flux, "Ar", interaction)
    below, _ = quad(density, math.log(1e-16), math.log(0.01), epsabs=0, epsrel=1e-10, limit=400)
    assert whole == pytest.approx([below, expected], rel=1e-8)


@pytest.mark.parametrize("axial", [False, True])
@pytest.mark.parametrize("couplings", ["tree", "radiative", "radiative-q2"])
def test_general_way_gives_the_rates_of_the_standard_model(couplings, axial):
    """Two ways through different code: the kernel of the Standard Model, and products of currents."""
    model = StandardModel(couplings=couplings, axial=axial, form_factor=KleinNystrand(), neutron_form_factor=Helm())
    flux, T = pion_decay(), np.linspace(0.0, 60.0, 50)
    for formula in ("Xe", "CsI"):
        channel = nuclei(Target(formula), model, ())
        values = engine.term_rates(T, flux, channel).sum(axis=0)
        np.testing.assert_allclose(values, cevns.differential_rate(T, flux, formula, model), rtol=3e-12, atol=1e-300)
        bins = engine.integrals(T, channel.rows(flux), channel).sum(axis=(0, 1))
        np.testing.assert_allclose(bins, cevns.binned_rate(T, flux, formula, model), rtol=1e-8, atol=1e-300)


def test_total_cross_section_is_that_of_the_reference():
    for kind, mass in (("scalar", 0.0), ("dipole", HEAVY), ("vector upscattering", HEAVY), ("magnetic", 0.0)):
        threshold = 0.1 if kind == "magnetic" else 0.0
        for E in (13.0, 45.0):
            expected = reference.cross_section(E, ARGON, section(kind, mass), threshold, final_mass=mass)
            value = cevns.cross_section(E, ARGON, Contact(kind, final_mass=mass), threshold=threshold)
            assert value == pytest.approx(expected, rel=1e-9)
    assert cevns.cross_section(5.0, ARGON, Contact("dipole", final_mass=HEAVY)) == 0.0


def test_angular_cross_section_integrates_to_the_total():
    interaction = StandardModel() + Contact("scalar")
    for of, low in (("neutrino", -1.0), ("recoil", 0.0)):
        value, _ = quad(
            lambda c, of=of: cevns.angular_cross_section(c, 30.0, ARGON, interaction, of=of), low, 1.0, epsabs=0, epsrel=1e-10
        )
        assert 2 * math.pi * value == pytest.approx(cevns.cross_section(30.0, ARGON, interaction), rel=1e-8)


@pytest.mark.parametrize("split", ["nuclide", "flavor", "component"])
def test_split_rates_sum_to_the_whole(split):
    interaction = StandardModel() + Contact("scalar") + NSI(eps_em_u=0.1j, eps_ee_d=0.2)
    T = np.array([1.0, 7.0, 30.0])
    parts = cevns.differential_rate(T, pion_decay(), "CsI", interaction, split=split)
    assert len(parts) == {"nuclide": 2, "flavor": 3, "component": 3}[split]
    np.testing.assert_allclose(parts.sum(axis=0), cevns.differential_rate(T, pion_decay(), "CsI", interaction), rtol=1e-13)


def test_covariance_and_history_follow_any_interaction():
    interaction = StandardModel() + Contact("scalar")
    flux = pion_decay().with_uncertainty("yield", 0.1).with_uncertainty("line", 0.05, component="prompt")
    T = np.array([2.0, 9.0])
    value, covariance = cevns.differential_rate(T, flux, "Ar", interaction, covariance=True)
    prompt = cevns.differential_rate(T, flux.select(name="prompt"), "Ar", interaction)
    np.testing.assert_allclose(covariance, 0.01 * np.outer(value, value) + 0.0025 * np.outer(prompt, prompt), rtol=1e-12)
    bins, of_bins = cevns.binned_rate([1.0, 2.0, 9.0], flux, "Ar", interaction, covariance=True)
    total, variance = cevns.rate(flux, "Ar", interaction, 1.0, 9.0, covariance=True)
    assert (total, variance) == pytest.approx((bins.sum(), of_bins.sum()), rel=1e-8)
    history = cevns.FluxHistory([0.0, 1.0, 2.0], (flux, 2 * flux), "d")
    np.testing.assert_allclose(cevns.differential_rate(T, history, "Ar", interaction).T, [value, 2 * value], rtol=1e-13)
    np.testing.assert_allclose(cevns.binned_rate([1.0, 2.0, 9.0], history, "Ar", interaction).T, [bins, 2 * bins], rtol=1e-13)


# ---- interference and sums -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "addition",
    [NSI(), Contact("scalar", coupling=0.0), Contact("vector", coupling=0.0, mediator=3.0, power=2), NSI(eps_em_u=0.0)],
    ids=repr,
)
def test_zero_couplings_give_the_standard_model_bit_for_bit(addition):
    flux, T = pion_decay(), np.linspace(0.0, 60.0, 101)
    for model in (StandardModel(), StandardModel(couplings="radiative-q2", axial=True)):
        both = model + addition
        np.testing.assert_array_equal(
            cevns.differential_rate(T, flux, "CsI", both), cevns.differential_rate(T, flux, "CsI", model)
        )
        np.testing.assert_array_equal(cevns.binned_rate(T, flux, "CsI", both), cevns.binned_rate(T, flux, "CsI", model))
        sections = [cevns.differential_cross_section(T, 30.0, ARGON, each) for each in (both, model)]
        np.testing.assert_array_equal(*sections)


def test_amplitudes_of_one_kind_add_and_kinds_add_as_rates():
    T, flux = np.array([3.0, 12.0]), pion_decay()
    vector, scalar = Contact("vector"), Contact("scalar")
    opposite = Contact("vector", proton=-0.3, neutron=0.4)
    np.testing.assert_allclose(cevns.differential_rate(T, flux, "Ar", vector + opposite), 0.0, atol=1e-30)
    doubled = cevns.differential_rate(T, flux, "Ar", vector + vector)
    np.testing.assert_allclose(doubled, 4 * cevns.differential_rate(T, flux, "Ar", vector), rtol=1e-13)
    both = cevns.differential_rate(T, flux, "Ar", vector + scalar)
    alone = [cevns.differential_rate(T, flux, "Ar", each) for each in (vector, scalar)]
    np.testing.assert_allclose(both, sum(alone), rtol=1e-13)


def test_interference_of_scalar_and_tensor_changes_sign_for_antineutrinos():
    T = np.array([3.0, 12.0, 40.0])
    for name, sign in (("nue", False), ("nuebar", True)):
        flux = Flux((Component(name, "line", Lines([LINE], [1.0]), 1.0),), "burst")
        values = cevns.differential_rate(T, flux, Target({ARGON: 1}), ScalarAndTensor())
        count = Target({ARGON: 1}).components[0][1]
        S = (ARGON.A * helm(np.sqrt(2e-3 * ARGON.mass * T), ARGON)) ** 2
        expected = (
            reference.scalar(T, LINE, ARGON, 0.25 * S)
            + reference.tensor(T, LINE, ARGON, 0.04 * S)
            + reference.scalar_tensor_interference(T, LINE, ARGON, 0.1 * S, sign)
        )
        np.testing.assert_allclose(values, count * expected, rtol=1e-11)


def test_sum_of_terms_with_weights_is_the_rate():
    interaction = (
        StandardModel() + NSI(eps_tt_d=0.1) + Contact("vector", mediator=20.0, power=2) + Contact("scalar", proton=0.2)
    )
    names = ("eps_ee_u", "eps_em_d", "eps_em_d_im", "Contact.coupling")
    found = layout(interaction, names)
    T, flux = np.array([0.0, 3.0, 12.0, 40.0]), pion_decay()
    parts = engine.term_rates(T, flux, nuclei(Target("CsI"), interaction, names))
    assert parts.shape == (len(found.exponents), T.size)
    for values in ([0.0, 0.0, 0.0, 0.0], [0.3, -0.2, 0.5, 0.9], [-1.0, 0.1, -0.1, 2.0]):
        weights = np.prod(np.array(values) ** found.exponents, axis=1)
        direct = cevns.differential_rate(T, flux, "CsI", interaction.with_parameters(**dict(zip(names, values, strict=True))))
        np.testing.assert_allclose(weights @ parts, direct, rtol=1e-12)


def test_weak_mixing_angle_is_a_coupling_like_any_other():
    T, flux = np.array([1.0, 10.0]), pion_decay()
    for couplings in ("tree", "radiative", "radiative-q2"):
        model = StandardModel(couplings=couplings)
        found = layout(model, ("weak_mixing_angle",))
        parts = engine.term_rates(T, flux, nuclei(Target("CsI"), model, ("weak_mixing_angle",)))
        for angle in (0.1, 0.22, 0.4):
            weights = np.prod(np.array([angle]) ** found.exponents, axis=1)
            direct = cevns.differential_rate(T, flux, "CsI", StandardModel(couplings=couplings, weak_mixing_angle=angle))
            np.testing.assert_allclose(weights @ parts, direct, rtol=1e-11)


# ---- coherence between flavours --------------------------------------------------------------------------------------------

EPSILON = np.array([[0.3, 0.2 - 0.4j, 0.1j], [0.2 + 0.4j, -0.5, 0.25], [-0.1j, 0.25, 0.15]])


def pure_state(phases):
    """ρ of ν_e turned into a pure state, (3, 3, 3) with the other flavours left as they are."""
    state = np.array([0.6, 0.48 * np.exp(1j * phases[0]), 0.64 * np.exp(1j * phases[1])])
    rho = np.zeros((3, 3, 3), dtype=complex)
    rho[0] = np.outer(state, state.conj())
    rho[1, 1, 1] = rho[2, 2, 2] = 1.0
    return state, rho


@pytest.mark.parametrize("antineutrino", [False, True])
@pytest.mark.parametrize("phases", [(0.0, 0.0), (0.7, -1.9)])
def test_rate_of_a_coherent_flux_is_that_of_the_density_matrix(phases, antineutrino):
    """Tr[ρ G G†] by the reference, on a line; a pure state ψ is Σ_b |Σ_a ψ_a G_ab|² too."""
    state, rho = pure_state(phases)
    name = "nuebar" if antineutrino else "nue"
    flux = Flux((Component(name, "line", Lines([LINE], [1.0])),), "burst").oscillate(rho)
    arriving = rho[0].conj() if antineutrino else rho[0]
    nsi = NSI.from_matrices(EPSILON, 0.5 * EPSILON)
    T = np.array([2.0, 15.0])
    target = Target({ARGON: 1})
    gvp, gvn = 0.5 - 2 * constants.WEAK_MIXING_ANGLE, -0.5
    g = reference.nsi_charges(EPSILON, 0.5 * EPSILON, gvp, gvn)
    F = helm(np.sqrt(2e-3 * ARGON.mass * T), ARGON)
    G = F[:, None, None] * (ARGON.Z * g[0] + ARGON.N * g[1])
    strength = reference.strength_of_state(G, arriving, antineutrino)
    expected = target.components[0][1] * reference.vector(T, LINE, ARGON, strength)
    np.testing.assert_allclose(cevns.differential_rate(T, flux, target, StandardModel() + nsi), expected, rtol=1e-12)
    psi = state.conj() if antineutrino else state
    pure = np.sum(np.abs(np.einsum("a,nab->nb", psi, G.conj() if antineutrino else G)) ** 2, axis=1)
    np.testing.assert_allclose(strength, pure, rtol=1e-12)
    incoherent = cevns.differential_rate(T, Flux(flux.components, flux.per), target, StandardModel() + nsi)
    assert (np.abs(incoherent / expected - 1) > 1e-3).all()


def test_rate_does_not_depend_on_the_basis_of_flavours():
    """NSI turned with the state: the same physics. A flux with spectrum: coherence is a table like the flux."""
    energy = np.linspace(1.0, 15.0, 40)
    density = Table(energy, energy * (15.0 - energy))
    state, rho = pure_state((0.4, 1.1))
    coherent = Flux((Component("nue", "8B", density),)).oscillate(rho)
    assert coherent.coherences
    # a basis in which the state is ν_e
    basis = np.linalg.qr(np.column_stack([state, np.eye(3)[:, :2]]))[0]
    basis[:, 0] *= state[0] / basis[0, 0]
    plain = Flux((Component("nue", "8B", density),))
    T = np.array([0.5, 2.0, 5.0])
    one = cevns.differential_rate(T, coherent, "Ar", StandardModel() + NSI.from_matrices(EPSILON))
    turned = basis.conj().T @ EPSILON @ basis  # ν_a = Σ U_ab ν_b′ in ε_ab (ν̄_a … ν_b)
    other = cevns.differential_rate(T, plain, "Ar", StandardModel() + NSI.from_matrices(turned))
    np.testing.assert_allclose(one, other, rtol=1e-12)
    # with U* in place of U the phases are those of antineutrinos: another rate
    wrong = basis.T @ EPSILON @ basis.conj()
    assert (np.abs(cevns.differential_rate(T, plain, "Ar", StandardModel() + NSI.from_matrices(wrong)) / one - 1) > 1e-3).all()


def test_interactions_that_keep_flavours_do_not_see_coherence():
    _, rho = pure_state((0.3, 0.9))
    flux = pion_decay().oscillate(rho)
    plain = Flux(flux.components, flux.per)
    T = np.array([2.0, 15.0])
    same = StandardModel() + Contact("scalar")
    np.testing.assert_array_equal(cevns.differential_rate(T, flux, "Ar", same), cevns.differential_rate(T, plain, "Ar", same))
    changing = StandardModel() + NSI(eps_em_u=0.3)
    with pytest.raises(UnsupportedError, match="has no split by flavor"):
        cevns.differential_rate(T, flux, "Ar", changing, split="flavor")
    by_nuclide = cevns.differential_rate(T, flux, "CsI", changing, split="nuclide")
    np.testing.assert_allclose(by_nuclide.sum(axis=0), cevns.differential_rate(T, flux, "CsI", changing), rtol=1e-13)


def test_coherence_of_two_flavours_alone_has_the_sign_of_its_element():
    """Re ρ_eμ > 0 with ε_eμ > 0 of the sign of Q adds: 2 Re ρ_ab (G G†)_ba."""
    none = Lines([LINE], [0.0])
    flux = Flux(
        (Component("nue", "line", Lines([LINE], [0.5])), Component("numu", "line", Lines([LINE], [0.5]))),
        "burst",
        coherences=(Coherence(("nue", "numu"), "line", Lines([LINE], [0.5]), none),),
    )
    sign = NSI(eps_em_u=-0.1)  # Q < 0
    both = cevns.differential_rate(5.0, flux, "Ar", StandardModel() + sign)
    apart = cevns.differential_rate(5.0, Flux(flux.components, flux.per), "Ar", StandardModel() + sign)
    assert both > apart


def test_rows_of_a_flux_that_see_the_same_are_one():
    assert layout(StandardModel()).n_rows == 1
    assert set(layout(StandardModel()).rows) == {0, -1}
    assert layout(StandardModel() + NSI(eps_ee_u=0.1)).n_rows == 2
    assert len(layout(NSI(eps_em_u=0.1j)).rows) == N_ELEMENTS


# ---- form factors and forms of an interaction ------------------------------------------------------------------------------


def test_form_factors_are_those_of_the_standard_model_of_the_sum():
    T, flux = np.array([20.0]), pion_decay()
    point = StandardModel(form_factor=Point(), couplings=cevns.Couplings(0.0, 0.0))
    alone = cevns.differential_rate(T, flux, "Xe", Contact("scalar"))
    with_point = cevns.differential_rate(T, flux, "Xe", point + Contact("scalar"))
    squared = [n * (Helm()(math.sqrt(2e-3 * nuclide.mass * 20.0), nuclide)) ** 2 for nuclide, n in Target("Xe").components]
    counts = [n for _, n in Target("Xe").components]
    assert alone / with_point == pytest.approx(sum(squared) / sum(counts), rel=0.03)  # isotopes weigh differently


# ---- wrong input -----------------------------------------------------------------------------------------------------------


def test_what_grows_without_end_at_zero_recoil_asks_for_a_threshold():
    said = "must be > 0 keV: a magnetic current grows without end at T = 0"
    for call in (
        lambda: cevns.differential_rate(0.0, pion_decay(), "Ar", Contact("magnetic")),
        lambda: cevns.binned_rate([0.0, 1.0], pion_decay(), "Ar", Contact("magnetic")),
        lambda: cevns.rate(pion_decay(), "Ar", Contact("magnetic")),
        lambda: cevns.differential_cross_section(0.0, 30.0, ARGON, Contact("magnetic")),
        lambda: cevns.cross_section(30.0, ARGON, Contact("magnetic")),
    ):
        with pytest.raises(InputError, match=re.escape(said)):
            call()
    assert cevns.differential_rate(0.0, pion_decay(), "Ar", Contact("dipole", final_mass=HEAVY)) == 0.0


@pytest.mark.parametrize(
    ("make", "error", "said"),
    [
        (lambda: StandardModel() + StandardModel(), InputError, "a sum of interactions holds one StandardModel at most"),
        (lambda: layout(NSI(), ("eps_ee_x",)), UnknownNameError, "unknown parameter 'eps_ee_x'; did you mean 'eps_ee_u'"),
        (lambda: (StandardModel() + NSI()).with_parameters(g=1.0), UnknownNameError, "unknown parameter 'g'"),
        (lambda: Contact("vectors").currents, UnknownNameError, "unknown kind of current 'vectors'"),
        (
            lambda: Contact("vector", final_mass=1.0).currents,
            InputError,
            "final_mass of a vector current must be 0 MeV (got 1)",
        ),
        (lambda: Contact("scalar").nucleus(ARGON), UnsupportedError, "real charges that change no flavour only"),
        (
            lambda: cevns.angular_cross_section(0.5, 30.0, ARGON, Contact("dipole", final_mass=3.0)),
            UnsupportedError,
            "heavy final state",
        ),
    ],
)
def test_what_is_not_defined_is_refused(make, error, said):
    with pytest.raises(error, match=re.escape(said)):
        make()


def test_parameters_of_one_name_are_told_apart_by_their_class():
    both = NSI(eps_ee_u=0.1) + Contact("vector", coupling=0.5) + Contact("scalar", coupling=0.7)
    assert {name for name in both.parameters if "coupling" in name} == {"Contact.coupling", "Contact2.coupling"}
    changed = both.with_parameters(**{"Contact2.coupling": 0.9, "eps_ee_u": 0.2})
    assert changed.parameters["Contact2.coupling"] == 0.9
    assert changed.parameters["Contact.coupling"] == 0.5
    assert changed.parameters["eps_ee_u"] == 0.2
