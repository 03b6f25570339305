"""The reference of new physics against Dirac traces, published figures and limits.

Traces are sums of products of 4 × 4 matrices. At energies of the order of the target's mass, where all terms of a bracket
count, they are good to 1e-14: 1e-12 leaves no room for a wrong coefficient. Interferences are differences of three of them.
"""

import math
from dataclasses import dataclass
from functools import partial

import mpmath
import numpy as np
import pytest

from cevns import constants
from cevns.constants import FERMI_CONSTANT, FINE_STRUCTURE, KEV, MEV2_CM2
from cevns.reference import couplings, cross_sections, dirac, new_physics, rates, spectra, spins
from cevns.reference.new_physics import CONTACT, ELECTRON, ELEMENTARY, MAGNETIC, SQRT2


@dataclass(frozen=True)
class Nucleus:
    Z: int
    N: int
    mass: float  # MeV

    @property
    def A(self) -> int:  # noqa: N802
        return self.Z + self.N


CS133 = Nucleus(55, 78, 123772.751528)
AR40 = Nucleus(18, 22, 37215.540717)
XE132 = Nucleus(54, 78, 122840.551151)
GVP, GVN = couplings.tree_couplings()
UNIT = MEV2_CM2 * KEV  # cm²/keV of MeV⁻³
near = partial(pytest.approx, abs=0)  # its 1e-12 would pass every cross section in cm²

HALF, ZERO = 0.5, 0.0
NAMES = {HALF: "spin-1/2", ZERO: "spin-0"}
POINTS = range(6)


def point(seed, massive=False):
    """Recoil energy, neutrino energy, target and final mass, all of one order of magnitude; energies in MeV."""
    random = np.random.default_rng(seed)
    M, T = random.uniform(1, 3), random.uniform(0.2, 1)
    m4 = random.uniform(0.2, 1) if massive else 0.0
    least = float(new_physics.neutrino_energy_min(T / KEV, Nucleus(1, 0, M), m4))
    return T, least * random.uniform(1.05, 3), Nucleus(1, 0, M), m4


def trace(T, E, nuclide, spin, final_mass=0.0, antineutrino=False, **kinds):
    """dσ/dT [cm²/keV] by traces, couplings in units of √2 G_F."""
    scaled = {kind: CONTACT * value for kind, value in kinds.items()}
    return UNIT * dirac.differential_cross_section(T, E, nuclide.mass, scaled, spin, final_mass, antineutrino)


def interference(T, E, nuclide, spin, antineutrino=False, final_mass=0.0, **kinds):
    """What two currents have together beyond the sum of each."""
    arguments = (T, E, nuclide, spin, final_mass, antineutrino)
    return trace(*arguments, **kinds) - sum(trace(*arguments, **{kind: value}) for kind, value in kinds.items())


# --- Dirac matrices ----------------------------------------------------------------------------------------------------------


def test_gamma_matrices_anticommute_to_the_metric():
    for m in range(4):
        for n in range(4):
            total = dirac.GAMMA[m] @ dirac.GAMMA[n] + dirac.GAMMA[n] @ dirac.GAMMA[m]
            np.testing.assert_array_equal(total, 2 * dirac.METRIC[m, n] * dirac.ONE)
            np.testing.assert_array_equal(
                dirac.SIGMA[m, n], 1j * (dirac.GAMMA[m] @ dirac.GAMMA[n] - dirac.METRIC[m, n] * dirac.ONE)
            )
        np.testing.assert_array_equal(dirac.GAMMA5 @ dirac.GAMMA[m], -dirac.GAMMA[m] @ dirac.GAMMA5)
    np.testing.assert_array_equal(dirac.GAMMA5 @ dirac.GAMMA5, dirac.ONE)
    np.testing.assert_array_equal(dirac.LEFT @ dirac.LEFT, dirac.LEFT)
    np.testing.assert_array_equal(dirac.LEFT + dirac.RIGHT, dirac.ONE)


@pytest.mark.parametrize("seed", POINTS)
def test_momenta_are_on_shell_and_conserved(seed):
    T, E, nuclide, m4 = point(seed, massive=True)
    k, k_out, P, P_out = dirac.momenta(T, E, nuclide.mass, 0.0, m4)
    for p, mass in ((k, 0.0), (k_out, m4), (P, nuclide.mass), (P_out, nuclide.mass)):
        assert dirac.product(p, p) == pytest.approx(mass**2, abs=1e-13 * E**2)
    np.testing.assert_allclose(k + P, k_out + P_out, rtol=1e-15)
    assert dirac.product(P_out - P, P_out - P) == near(-2 * nuclide.mass * T, rel=1e-13)


def test_momenta_beyond_the_kinematic_limit_are_refused():
    with pytest.raises(ValueError, match="gives no recoil"):
        dirac.momenta(1.0, 0.9, 2.0)


@pytest.mark.parametrize("seed", POINTS)
def test_spinors_sum_to_the_matrices_of_the_traces(seed):
    T, E, nuclide, m4 = point(seed, massive=True)
    momenta = dirac.momenta(T, E, nuclide.mass, 0.0, m4)
    for p, mass in zip(momenta, (0.0, m4, nuclide.mass, nuclide.mass), strict=True):
        for sign in (1, -1):
            u = dirac.spinors(p, mass, antiparticle=sign < 0)
            total = np.einsum("si,sj->ij", u, u.conj()) @ dirac.GAMMA[0]
            np.testing.assert_allclose(total, dirac.slash(p) + sign * mass * dirac.ONE, atol=1e-14 * E)


@pytest.mark.parametrize("antineutrino", [False, True])
@pytest.mark.parametrize("seed", POINTS)
def test_traces_are_the_squares_of_amplitudes_between_spinors(seed, antineutrino):
    """V−A on a point of spin ½ with g_V = 0.7, g_A = −1.1, amplitude by amplitude."""
    T, E, nuclide, _ = point(seed)
    k, k_out, P, P_out = dirac.momenta(T, E, nuclide.mass)
    target = np.einsum(
        "sa,mab,tb->mst",
        dirac.spinors(P_out, nuclide.mass).conj() @ dirac.GAMMA[0],
        dirac.GAMMA @ (0.7 * dirac.ONE + 1.1 * dirac.GAMMA5),
        dirac.spinors(P, nuclide.mass),
    )
    first, last = (k, k_out) if antineutrino else (k_out, k)
    bar, ket = dirac.spinors(first, 0.0, antineutrino), dirac.spinors(last, 0.0, antineutrino)
    lepton = np.einsum("sa,mab,tb->mst", bar.conj() @ dirac.GAMMA[0], dirac.GAMMA @ dirac.LEFT, ket)
    amplitude = np.einsum("mst,mn,nuv->stuv", lepton, dirac.METRIC, target)
    expected = np.sum(np.abs(amplitude) ** 2) / 2 / (32 * math.pi * nuclide.mass * E**2)
    value = dirac.differential_cross_section(T, E, nuclide.mass, {"vector": 0.7, "axial": -1.1}, antineutrino=antineutrino)
    assert value == near(expected, rel=1e-13)


def test_target_without_spin_has_no_tensor_current():
    with pytest.raises(ValueError, match="spin 0 has no tensor current"):
        dirac.differential_cross_section(0.3, 2.0, 1.0, {"tensor": 1.0}, spin=0)


# --- the table of polynomials in 1/E -----------------------------------------------------------------------------------------

# (p₀, p₁, p₂) in (G_F² M/π) Σ p_k E^−k, after the design of the library: by kind and spin, of T, M and m₄ in MeV.
TABLE = {
    ("vector", HALF): lambda T, M, m: (1, -T, T**2 / 2 - M * T / 2),
    ("vector", ZERO): lambda T, M, m: (1, -T, -M * T / 2),
    ("axial", HALF): lambda T, M, m: (1, -T, T**2 / 2 + M * T / 2),
    ("scalar", HALF): lambda T, M, m: (0, 0, M * T / 2 * (1 + T / (2 * M))),
    ("scalar", ZERO): lambda T, M, m: (0, 0, M * T / 2),
    ("pseudoscalar", HALF): lambda T, M, m: (0, 0, T**2 / 4),
    ("tensor", HALF): lambda T, M, m: (8, -8 * T, 8 * (T**2 / 4 - M * T / 4)),
    ("magnetic", HALF): lambda T, M, m: (1 / (M * T), -1 / M, 0),
    ("magnetic", ZERO): lambda T, M, m: (1 / (M * T), -1 / M, T / (4 * M)),
}
HEAVY = {
    ("magnetic", HALF): lambda T, M, m: (
        1 / (M * T),
        -(1 + m**2 / (2 * T * M)) / M,
        (m**2 / (4 * M) - m**2 / (4 * T) + m**4 * (T - M) / (8 * T**2 * M**2)) / M,
    ),
    ("magnetic", ZERO): lambda T, M, m: (
        1 / (M * T),
        -(1 + m**2 / (2 * T * M)) / M,
        (
            m**2 / (4 * M)
            - m**2 / (4 * T)
            + m**4 * (T - M) / (8 * T**2 * M**2)
            + T / 4 * (1 + m**2 / (2 * M * T)) * (1 - m**2 / (M * T))
        )
        / M,
    ),
    ("scalar", HALF): lambda T, M, m: (0, 0, (M * T + m**2 / 2) / 2 * (1 + T / (2 * M))),
    ("scalar", ZERO): lambda T, M, m: (0, 0, (M * T + m**2 / 2) / 2),
    ("vector", HALF): lambda T, M, m: (1, -(T + m**2 / (2 * M)), T**2 / 2 - M * T / 2 - m**2 / 4 * (1 - T / M)),
    ("vector", ZERO): lambda T, M, m: (
        1,
        -(T + m**2 / (2 * M)),
        -M * T / 2 - m**2 / 4 * (1 - T / (2 * M)) + m**4 / (16 * M**2),
    ),
}


def unit_coupling(kind, T, M):
    """c of `dirac` for a charge of one in the kinds' unit: √2 G_F, and for a magnetic moment 2 G_F/2MT × MeV."""
    return 2 * FERMI_CONSTANT / (2 * M * T) if kind == "magnetic" else CONTACT


@pytest.mark.parametrize("seed", POINTS)
@pytest.mark.parametrize(
    ("kind", "spin", "polynomial", "massive"),
    [(*key, value, False) for key, value in TABLE.items()] + [(*key, value, True) for key, value in HEAVY.items()],
    ids=lambda value: str(value) if isinstance(value, (str, float, bool)) else "",
)
def test_coefficients_of_a_kind_are_those_of_its_traces(kind, spin, polynomial, massive, seed):
    """Each p_k from traces at three energies; a fourth energy shows that there is no other power."""
    T, E, nuclide, m4 = point(seed, massive)
    M = nuclide.mass
    energies = E * np.array([1.0, 1.6, 2.5, 4.0])
    scale = FERMI_CONSTANT**2 * M / math.pi
    couplings_ = {kind: unit_coupling(kind, T, M)}
    values = np.array([dirac.differential_cross_section(T, e, M, couplings_, spin, m4) / scale for e in energies])
    powers = energies[:, np.newaxis] ** -np.arange(3.0)
    found = np.linalg.solve(powers[:3], values[:3])
    expected = np.array(polynomial(T, M, m4), dtype=float)
    size = np.abs(expected) @ np.array([1.0, 1 / E, 1 / E**2])
    np.testing.assert_allclose(found * E ** -np.arange(3.0), expected * E ** -np.arange(3.0), rtol=1e-11, atol=1e-11 * size)
    np.testing.assert_allclose(powers @ expected, values, rtol=1e-12, atol=1e-12 * size)


@pytest.mark.parametrize("seed", POINTS)
@pytest.mark.parametrize(("antineutrino", "sign"), [(False, 1), (True, -1)])
def test_interference_terms_of_the_table_and_their_signs(antineutrino, sign, seed):
    T, E, nuclide, _ = point(seed)
    recoil, M, g, h = T / KEV, nuclide.mass, 0.8, -1.3
    scale = constants.WEAK_CROSS_SECTION * M * KEV * g * h
    common = {"antineutrino": antineutrino}
    size = trace(T, E, nuclide, HALF, vector=1) + trace(T, E, nuclide, HALF, tensor=1)
    vector_axial = interference(T, E, nuclide, HALF, vector=g, axial=h, **common)
    assert vector_axial == pytest.approx(scale * sign * (2 * T / E - T**2 / E**2), abs=1e-12 * size)
    assert vector_axial == pytest.approx(
        new_physics.vector_axial_interference(recoil, E, nuclide, g * h, **common), abs=1e-12 * size
    )
    scalar_tensor = interference(T, E, nuclide, HALF, scalar=g, tensor=h, **common)
    assert scalar_tensor == pytest.approx(-scale * sign * (2 * T / E - T**2 / E**2), abs=1e-12 * size)
    assert scalar_tensor == pytest.approx(
        new_physics.scalar_tensor_interference(recoil, E, nuclide, g * h, **common), abs=1e-12 * size
    )
    row = -g * h * sign * (T * M / math.pi / E - T**2 * M / (2 * math.pi) / E**2) * CONTACT**2  # of the shared table, D = 1
    assert scalar_tensor == pytest.approx(row * UNIT, abs=1e-12 * size)


@pytest.mark.parametrize("seed", POINTS)
@pytest.mark.parametrize("antineutrino", [False, True])
@pytest.mark.parametrize("spin", [HALF, ZERO])
def test_scalar_current_and_magnetic_moment_interfere(spin, antineutrino, seed):
    """Helicity flips in both. The literature adds their rates, and this is what it leaves out."""
    T, E, nuclide, _ = point(seed)
    g, h = 0.8, 1.7  # h in MeV
    photon = h * unit_coupling("magnetic", T, nuclide.mass) / CONTACT
    value = interference(T, E, nuclide, spin, antineutrino, scalar=g, magnetic=photon)
    expected = new_physics.scalar_magnetic_interference(T / KEV, E, nuclide, g * h, antineutrino)
    assert value == near(expected, rel=1e-11)
    assert (value < 0) is not antineutrino


@pytest.mark.parametrize("seed", POINTS)
def test_tensor_and_magnetic_moment_interfere_on_spin_one_half(seed):
    T, E, nuclide, _ = point(seed)
    h = 1.7
    photon = h * unit_coupling("magnetic", T, nuclide.mass) / CONTACT
    expected = SQRT2 * constants.WEAK_CROSS_SECTION * nuclide.mass * KEV * 0.8 * h * T / E**2
    for antineutrino in (False, True):
        assert interference(T, E, nuclide, HALF, antineutrino, tensor=0.8, magnetic=photon) == near(expected, rel=1e-10)


@pytest.mark.parametrize("seed", POINTS)
def test_other_kinds_do_not_interfere(seed):
    T, E, nuclide, _ = point(seed)
    size = trace(T, E, nuclide, HALF, vector=1)
    for one in ("vector", "axial"):
        for other in ("scalar", "pseudoscalar", "tensor", "magnetic"):
            assert interference(T, E, nuclide, HALF, **{one: 1.0, other: 1.0}) == pytest.approx(0, abs=1e-13 * size)
    for one, other in (("scalar", "tensor"), ("scalar", "magnetic"), ("tensor", "magnetic"), ("vector", "axial")):
        assert interference(T, E, nuclide, HALF, **{one: 1.0, other: 1j}) == pytest.approx(0, abs=1e-12 * size)
    for other in ("scalar", "magnetic", "tensor"):
        assert interference(T, E, nuclide, HALF, pseudoscalar=1.0, **{other: 1.0}) == pytest.approx(0, abs=1e-12 * size)


@pytest.mark.parametrize("seed", POINTS)
def test_only_interference_tells_antineutrinos_from_neutrinos(seed):
    for massive, table in ((False, TABLE), (True, HEAVY)):
        T, E, nuclide, m4 = point(seed, massive)
        for kind, spin in table:
            value = trace(T, E, nuclide, spin, m4, **{kind: 1.0})
            assert trace(T, E, nuclide, spin, m4, antineutrino=True, **{kind: 1.0}) == near(value, rel=1e-12)


# --- functions of the kinds and of the papers --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", POINTS)
@pytest.mark.parametrize("spin", [HALF, ZERO])
def test_kinds_are_their_traces(spin, seed):
    T, E, nuclide, _ = point(seed)
    recoil, kinematics, S = T / KEV, NAMES[spin], 1.7
    amplitude = math.sqrt(S)
    pairs = [
        (new_physics.vector(recoil, E, nuclide, S, kinematics), {"vector": amplitude}),
        (new_physics.scalar(recoil, E, nuclide, S, kinematics), {"scalar": amplitude}),
        (
            new_physics.magnetic(recoil, E, nuclide, S, kinematics),
            {"magnetic": amplitude * unit_coupling("magnetic", T, nuclide.mass) / CONTACT},
        ),
    ]
    if spin == HALF:
        pairs += [
            (new_physics.axial(recoil, E, nuclide, S, kinematics), {"axial": amplitude}),
            (new_physics.pseudoscalar(recoil, E, nuclide, S), {"pseudoscalar": amplitude}),
            (new_physics.tensor(recoil, E, nuclide, S), {"tensor": amplitude}),
        ]
    for value, kinds in pairs:
        assert value == near(trace(T, E, nuclide, spin, **kinds), rel=1e-12), kinds


@pytest.mark.parametrize("seed", POINTS)
@pytest.mark.parametrize("spin", [HALF, ZERO])
def test_kinds_with_a_heavy_final_state_are_their_traces(spin, seed):
    T, E, nuclide, m4 = point(seed, massive=True)
    recoil, kinematics, S = T / KEV, NAMES[spin], 1.7
    photon = unit_coupling("magnetic", T, nuclide.mass) / CONTACT
    for function, kind, unit in (
        (new_physics.dipole, "magnetic", photon),
        (new_physics.scalar_upscattering, "scalar", 1.0),
        (new_physics.vector_upscattering, "vector", 1.0),
    ):
        value = function(recoil, E, nuclide, S, m4, kinematics)
        assert value == near(trace(T, E, nuclide, spin, m4, **{kind: math.sqrt(S) * unit}), rel=1e-11), kind


@pytest.mark.parametrize("seed", POINTS)
def test_formulas_of_papers_are_the_traces_of_their_lagrangians(seed):
    T, E, nuclide, m4 = point(seed, massive=True)
    recoil, M, g, m = T / KEV, nuclide.mass, 0.3, 0.9
    exchange = g**2 / (2 * M * T + m**2)
    natural = partial(dirac.differential_cross_section, T, E, M)
    bohr = ELEMENTARY / (2 * constants.ELECTRON_MASS)
    d = 0.2  # of L = d ν̄ σF P_L N = (μ/2) …, MeV⁻¹
    mediator = (recoil, E, nuclide, g, g, 0.0, m)
    pairs = [
        (new_physics.scalar_mediator(*mediator), natural({"scalar": exchange}, ZERO)),
        (new_physics.tensor_mediator(*mediator), natural({"tensor": exchange})),
        (new_physics.pseudoscalar_mediator(recoil, E, nuclide, g**2, m), natural({"pseudoscalar": exchange})),
        (
            new_physics.dipole_portal(recoil, E, nuclide, d, m4),
            natural({"magnetic": 2 * d * ELEMENTARY / (2 * M * T)}, HALF, m4),
        ),
        (new_physics.sterile_scalar(recoil, E, nuclide, g**2, m, m4), natural({"scalar": exchange}, HALF, m4)),
        (new_physics.sterile_scalar(recoil, E, nuclide, g**2, m, m4, "spin-0"), natural({"scalar": exchange}, ZERO, m4)),
        (new_physics.sterile_vector(recoil, E, nuclide, g**2, m, m4), natural({"vector": exchange}, HALF, m4)),
    ]
    for spin, kinematics in NAMES.items():
        moment = natural({"magnetic": 0.4 * bohr * ELEMENTARY / (2 * M * T)}, spin)
        pairs.append((new_physics.magnetic_moment(recoil, E, nuclide, 0.4, kinematics=kinematics), moment))
    for i, (value, expected) in enumerate(pairs):
        assert value == near(expected * UNIT, rel=1e-11), i


def test_papers_and_kinds_are_two_units_of_the_same():
    """A Gaussian form factor, caesium, 30 MeV; 1e-13: both are products of the same few numbers."""
    T, E = np.array([0.1, 1.0, 5.0]), 30.0
    F = lambda q: np.exp(-((q / 100.0) ** 2))  # noqa: E731
    p, n = new_physics.nuclear_charges(T, CS133, F)
    D = 2 * CS133.mass * T * KEV + 5.0**2

    def close(value, expected):
        np.testing.assert_allclose(value, expected, rtol=1e-13)
        assert np.all(np.abs(value) > 0)

    charge = 1e-4 * (2e-4 * p + 3e-4 * n) / (CONTACT * D)
    mediator = (T, E, CS133, 1e-4, 2e-4, 3e-4, 5.0, F)
    close(new_physics.scalar(T, E, CS133, charge**2), new_physics.scalar_mediator(*mediator))
    close(new_physics.tensor(T, E, CS133, charge**2), new_physics.tensor_mediator(*mediator))
    moment = (MAGNETIC * p * 1e-10) ** 2
    close(new_physics.magnetic(T, E, CS133, moment), new_physics.magnetic_moment(T, E, CS133, 1e-10, F))
    d = 1e-7
    portal = new_physics.dipole(T, E, CS133, (MAGNETIC * p * 2 * d / new_physics.BOHR_MAGNETON) ** 2, 3.0, "spin-1/2")
    close(portal, new_physics.dipole_portal(T, E, CS133, d, 3.0, F))
    for kinematics in new_physics.KINEMATICS:
        upscattering = new_physics.scalar_upscattering(T, E, CS133, charge**2, 3.0, kinematics)
        close(upscattering, new_physics.sterile_scalar(T, E, CS133, charge * CONTACT * D, 5.0, 3.0, kinematics))
    close(
        new_physics.vector_upscattering(T, E, CS133, charge**2, 3.0, "spin-1/2"),
        new_physics.sterile_vector(T, E, CS133, charge * CONTACT * D, 5.0, 3.0),
    )


def test_vector_kind_of_the_weak_charge_is_the_standard_model():
    T, E = np.array([0.0, 1.0, 10.0, 1e4]), 30.0
    for kinematics in new_physics.KINEMATICS:
        expected = cross_sections.differential_cross_section(T, E, CS133, GVP, GVN, kinematics=kinematics)
        Q = new_physics.standard_model_charge(T, CS133)
        np.testing.assert_allclose(new_physics.vector(T, E, CS133, Q**2, kinematics), expected, rtol=1e-12)


def test_axial_kind_is_that_of_structure_functions_and_of_a_point():
    T, E = np.array([0.1, 1.0, 10.0]), 30.0
    np.testing.assert_allclose(
        new_physics.axial(T, E, CS133, 0.9 / 4), spins.axial_differential_cross_section(T, E, CS133, 0.9), rtol=1e-13
    )
    np.testing.assert_allclose(
        new_physics.axial(T, E, CS133, 0.49, "spin-1/2"), spins.point_axial(T, E, CS133, 0.7), rtol=1e-13
    )
    for antineutrino in (False, True):
        total = new_physics.vector(T, E, CS133, 1.21, "spin-1/2") + new_physics.axial(T, E, CS133, 0.49, "spin-1/2")
        total += new_physics.vector_axial_interference(T, E, CS133, 0.77, antineutrino)
        np.testing.assert_allclose(total, spins.point_fermion_cross_section(T, E, CS133, 1.1, 0.7, antineutrino), rtol=1e-13)


def test_unknown_kinematics_is_refused():
    with pytest.raises(ValueError, match="kinematics must be 'spin-0' or 'spin-1/2'"):
        new_physics.scalar(1.0, 30.0, CS133, 1.0, "spin-1")


# --- limits ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kinematics", new_physics.KINEMATICS)
def test_light_final_states_give_the_massless_cross_sections(kinematics):
    T, E, light = np.array([0.1, 1.0, 10.0]), 30.0, 1e-5  # (m₄/E)² and m₄²/2MT are below 1e-11
    for heavy, massless in (
        (new_physics.dipole, new_physics.magnetic),
        (new_physics.scalar_upscattering, new_physics.scalar),
        (new_physics.vector_upscattering, new_physics.vector),
    ):
        expected = massless(T, E, CS133, 1.0, kinematics)
        np.testing.assert_allclose(heavy(T, E, CS133, 1.0, light, kinematics), expected, rtol=1e-10)


def test_heavy_mediators_are_contacts_and_light_ones_fall_with_the_square_of_the_recoil_energy():
    T, E, m = np.array([0.1, 1.0, 10.0]), 30.0, 1e7  # 2MT/m² is 3e-11
    contact = new_physics.scalar(T, E, CS133, (CS133.A * 0.02**2 / (CONTACT * m**2)) ** 2)
    np.testing.assert_allclose(new_physics.scalar_mediator(T, E, CS133, 0.02, 0.02, 0.02, m), contact, rtol=1e-10)
    charge = new_physics.vector_mediator_charge(T, CS133, 0.02, 0.06, 0.06, m)
    np.testing.assert_allclose(charge, 3 * CS133.A * 0.02**2 / (CONTACT * m**2), rtol=1e-10)
    massless = new_physics.tensor_mediator(T, E, CS133, 1e-5, 1e-5, 1e-5, 0.0)
    np.testing.assert_allclose(
        massless * T**2 / new_physics.tensor(T, E, CS133, 1.0),
        np.mean(massless * T**2 / new_physics.tensor(T, E, CS133, 1.0)),
        rtol=1e-12,
    )


def test_universal_mediator_is_destructive_and_b_minus_l_is_constructive():
    T = np.array([1.0, 10.0])
    Q = new_physics.standard_model_charge(T, CS133)
    assert np.all(Q < 0)
    assert np.all(new_physics.vector_mediator_charge(T, CS133, 1e-4, 3e-4, 3e-4, 10.0) > 0)
    assert np.all(new_physics.vector_mediator_charge(T, CS133, -1e-4, 1e-4, 1e-4, 10.0) < 0)


@pytest.mark.parametrize("m4", [0.0, 3.0])
def test_cross_sections_vanish_outside_the_range_of_recoil_energies(m4):
    E = 30.0
    low, high = new_physics.recoil_energy_range(E, CS133, m4)
    assert new_physics.neutrino_energy_min(high, CS133, m4) == near(E, rel=1e-12)
    if m4:
        assert new_physics.neutrino_energy_min(low, CS133, m4) == near(E, rel=1e-12)
        for function in (new_physics.dipole, new_physics.scalar_upscattering, new_physics.vector_upscattering):
            inside = function(np.array([low * 1.001, 5.0, high * 0.999]), E, CS133, 1.0, m4)
            outside = function(np.array([-1.0, 0.0, low * 0.999, high * 1.001]), E, CS133, 1.0, m4)
            assert np.all(inside > 0)
            assert np.all(outside == 0)
    else:
        assert low == 0
        for function in (new_physics.vector, new_physics.scalar, new_physics.tensor, new_physics.magnetic):
            assert np.all(function(np.array([-1.0, high * 1.001]), E, CS133, 1.0) == 0)
            assert function(high * 0.999, E, CS133, 1.0) > 0
    assert np.all(new_physics.vector(np.array([0.0, 1.0]), 0.0, CS133, 1.0) == 0)


@pytest.mark.parametrize("m4", [0.5, 3.0, 20.0])
def test_least_energy_of_a_heavy_final_state_is_that_of_the_threshold(m4):
    T = np.geomspace(1e-6, 1e3, 4001)
    least = np.min(new_physics.neutrino_energy_min(T, CS133, m4))
    assert least == near(m4 + m4**2 / (2 * CS133.mass), rel=1e-5)  # of the grid
    assert np.all(np.isnan(new_physics.recoil_energy_range(0.999 * m4, CS133, m4)))


def test_dark_matter_moves_as_neutrinos_do_where_it_is_light():
    T = np.array([0.1, 1.0, 10.0])
    np.testing.assert_allclose(
        new_physics.dark_matter_energy_min(T, CS133, 0.0), new_physics.neutrino_energy_min(T, CS133), rtol=1e-14
    )


# --- dark matter -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", POINTS)
@pytest.mark.parametrize(("particle", "spin"), [("dirac", HALF), ("dirac", ZERO), ("scalar", ZERO)])
def test_dark_matter_is_the_trace_of_its_lagrangian(particle, spin, seed):
    random = np.random.default_rng(seed)
    M, T, m = random.uniform(1, 3), random.uniform(0.2, 1), random.uniform(0.2, 2)
    nuclide = Nucleus(1, 0, M)
    E = float(new_physics.dark_matter_energy_min(T / KEV, nuclide, m)) * random.uniform(1.02, 3)
    expected = dirac.dark_matter_cross_section(T, E, M, m, particle, spin) * 0.3**2 / (2 * M * T + 0.8**2) ** 2
    value = new_physics.dark_matter(T / KEV, E, nuclide, 0.3, m, 0.8, particle=particle, kinematics=NAMES[spin])
    assert value == near(expected * UNIT, rel=1e-11)


def test_slow_particles_of_charge_one_scatter_as_rutherford_says():
    """dσ/dT = 2π Z² α²/(M v² T²) for two charges; corrections of v² = 1e-6."""
    T, v, m, alpha = 1e-6, 1e-3, 1e5, FINE_STRUCTURE
    E = m * (1 + v**2 / 2)
    expected = 2 * math.pi * CS133.Z**2 * alpha**2 / (CS133.mass * v**2 * (T * KEV) ** 2) * UNIT
    for particle in ("dirac", "scalar"):
        value = new_physics.dark_matter(T, E, CS133, 4 * math.pi * alpha, m, 0.0, particle=particle)
        assert value == near(expected, rel=1e-5)


def test_dark_matter_has_its_own_kinematic_limit():
    least = float(new_physics.dark_matter_energy_min(1.0, CS133, 20.0))
    assert new_physics.dark_matter(1.0, least * 1.0001, CS133, 1e-6, 20.0, 60.0) > 0
    assert new_physics.dark_matter(1.0, least * 0.9999, CS133, 1e-6, 20.0, 60.0) == 0
    with pytest.raises(ValueError, match="targets of spin 0 only"):
        new_physics.dark_matter(1.0, 50.0, CS133, 1e-6, 20.0, 60.0, particle="scalar", kinematics="spin-1/2")


def test_light_fermions_do_not_turn_round_on_a_spinless_target_and_scalars_do():
    """Backward scattering of a helicity-conserving fermion off spin 0 vanishes with its mass, as that of a neutrino does."""
    E, m = 60.0, 0.05
    s = CS133.mass**2 + m**2 + 2 * CS133.mass * E
    end = 2 * CS133.mass * (E**2 - m**2) / s / KEV * (1 - 1e-9)
    middle = new_physics.dark_matter(end / 2, E, CS133, 1e-6, m, 1e4)
    assert new_physics.dark_matter(end, E, CS133, 1e-6, m, 1e4) / middle < 1e-5
    assert new_physics.dark_matter(end, E, CS133, 1e-6, m, 1e4, particle="scalar") / middle > 1


# --- neutrinos and electrons -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", POINTS)
@pytest.mark.parametrize("antineutrino", [False, True])
def test_neutrino_electron_scattering_is_the_trace_of_its_lagrangian(antineutrino, seed):
    random = np.random.default_rng(seed)
    E, gl, gr = random.uniform(0.3, 5), random.uniform(-1, 1), random.uniform(-1, 1)
    T = random.uniform(0.1, 0.9) * 2 * E**2 / (2 * E + ELECTRON.mass)
    kinds = {"left": 2 * gl, "right": 2 * gr}
    expected = trace(T, E, ELECTRON, HALF, antineutrino=antineutrino, **kinds)
    left, right = (gr, gl) if antineutrino else (gl, gr)
    assert new_physics.neutrino_electron(T / KEV, E, left, right) == near(expected, rel=1e-11)


# σ [cm²] of ν_e, ν_μ and ν̄_e with sin²θ_W = 0.23863, to the digits given; computed independently of this package.
ELECTRON_TOTALS = {
    0.3: (1.3855e-45, 3.594e-46, 7.813e-46),
    0.8613: (6.062e-45, 1.224e-45, 2.857e-45),
    1.442: (1.1427e-44, 2.110e-45, 5.146e-45),
    10.0: (9.421e-44, 1.501e-44, 4.017e-44),
    30.0: (2.887e-43, 4.51e-44, 1.224e-43),
}
DIGITS = {0.3: (4, 3, 3), 0.8613: (3, 3, 3), 1.442: (4, 3, 3), 10.0: (3, 3, 3), 30.0: (3, 2, 3)}


@pytest.mark.parametrize("energy", ELECTRON_TOTALS)
def test_total_cross_sections_on_electrons(energy):
    for flavor, expected, digits in zip(("nue", "numu", "nuebar"), ELECTRON_TOTALS[energy], DIGITS[energy], strict=True):
        gl, gr = new_physics.electron_couplings(flavor, 0.23863)
        value = float(new_physics.neutrino_electron_total(energy, gl, gr))
        half = 0.55 * 10.0 ** (math.floor(math.log10(expected)) - digits)
        assert value == pytest.approx(expected, abs=half), flavor
        by_quadrature = new_physics.cross_section(
            energy, ELECTRON, lambda T, E, _, gl=gl, gr=gr: new_physics.neutrino_electron(T, E, gl, gr)
        )
        assert by_quadrature == near(value, rel=1e-12)


def test_muon_neutrinos_and_antineutrinos_at_high_energy_differ_as_three_to_one():
    """σ → (2G_F² m_e E/π)(g_L² + g_R²/3), linear in E."""
    for flavor, weights in (("numu", (1, 1 / 3)), ("numubar", (1 / 3, 1))):
        s2, E = 0.2312, 1e7
        left, right = -0.5 + s2, s2
        expected = 2 * constants.WEAK_CROSS_SECTION * ELECTRON.mass * E * (left**2 * weights[0] + right**2 * weights[1])
        assert new_physics.neutrino_electron_total(E, *new_physics.electron_couplings(flavor, s2)) == near(expected, rel=1e-6)


def test_magnetic_moment_on_an_electron_is_that_of_vogel_and_engel():
    """dσ/dT = (πα²/m_e²)(1/T − 1/E), exact for a point of spin ½; likewise a scalar."""
    T, E = 3.0, 0.8613
    value = new_physics.magnetic(T, E, ELECTRON, (MAGNETIC * 1e-11) ** 2, "spin-1/2")
    assert value == near(2.49467e-25 * 1e-22 * (1 / T - KEV / E), rel=3e-6)  # printed
    assert value == near(
        trace(
            T * KEV, E, ELECTRON, HALF, magnetic=1e-11 * MAGNETIC * unit_coupling("magnetic", T * KEV, ELECTRON.mass) / CONTACT
        ),
        rel=1e-11,
    )


# --- charges that add to the weak charge -------------------------------------------------------------------------------------


def test_published_constants_of_electromagnetic_properties():
    assert math.pi * FINE_STRUCTURE**2 / constants.ELECTRON_MASS**2 * MEV2_CM2 == near(2.49467e-25, rel=2e-6)
    assert -new_physics.charge_radius_coupling(1.0) == near(2.37956e30, rel=2e-6)
    for radius, shift in ((-0.83e-32, 0.01975), (-0.48e-32, 0.01142), (-0.30e-32, 0.00714)):  # Cadeddu et al. (2018)
        assert new_physics.charge_radius_coupling(radius) == pytest.approx(shift, abs=6e-6)


def test_charge_radius_is_the_vertex_expanded_in_the_momentum_transfer():
    """A charge e ⟨r²⟩ q²/6 at q² = −2MT is a millicharge −⟨r²⟩ 2MT/6."""
    T, radius = 7.0, 1e-32
    millicharge = -radius / MEV2_CM2 * 2 * CS133.mass * T * KEV / 6
    assert new_physics.millicharge_coupling(T, CS133, millicharge) == near(
        new_physics.charge_radius_coupling(radius), rel=1e-13
    )


def test_millicharge_is_a_massless_mediator_of_charges():
    T = np.array([0.1, 1.0])
    mediator = new_physics.vector_mediator_charge(T, CS133, 1e-9 * ELEMENTARY, ELEMENTARY, 0.0, 0.0)
    np.testing.assert_allclose(CS133.Z * new_physics.millicharge_coupling(T, CS133, 1e-9), mediator, rtol=1e-14)
    assert np.all(mediator > 0)


@pytest.mark.parametrize("seed", POINTS)
def test_anapole_moment_is_no_more_than_a_charge_radius(seed):
    """q² (⟨r²⟩/6 + a γ₅) γ_μ on a left-handed neutrino: (⟨r²⟩, a) and (⟨r²⟩ − 6a, 0) have the same traces."""
    T, E, nuclide, _ = point(seed)
    k, k_out, P, P_out = dirac.momenta(T, E, nuclide.mass)
    gamma = np.einsum("mn,nij->mij", dirac.METRIC, dirac.GAMMA)
    target = dirac.spin_sum(dirac.GAMMA, P, P_out, nuclide.mass, nuclide.mass)

    def square(radius, anapole):
        vertex = radius / 6 * gamma @ dirac.LEFT + anapole * gamma @ dirac.GAMMA5 @ dirac.LEFT
        return np.sum(dirac.spin_sum(vertex, k, k_out) * target).real

    assert square(1.0, 0.3) == near(square(1.0 - 6 * 0.3, 0.0), rel=1e-12)
    assert square(1.0, 0.3) != near(square(1.0, 0.0), rel=1e-3)
    total = new_physics.charge_radius_coupling(1e-32) + new_physics.anapole_coupling(3e-33)
    assert total == near(new_physics.charge_radius_coupling(1e-32 - 6 * 3e-33), rel=1e-13)


def test_loop_of_muons_and_taus_is_destructive_for_muon_neutrinos():
    T = np.array([0.0, 1.0, 10.0])
    muon = new_physics.loop_charge(T, CS133, "mu", (0, 1, -1), 1e-3, 20.0)
    tau = new_physics.loop_charge(T, CS133, "tau", (0, 1, -1), 1e-3, 20.0)
    assert np.all(muon > 0)  # Q < 0
    np.testing.assert_allclose(tau, -muon, rtol=1e-14)
    assert np.all(new_physics.loop_charge(T, CS133, "e", (0, 1, -1), 1e-3, 20.0) == 0)
    loop = math.log(constants.TAU_MASS**2 / constants.MUON_MASS**2) / 6
    assert loop == pytest.approx(0.941, abs=5e-4)  # printed
    at_rest = SQRT2 * FINE_STRUCTURE * 1e-6 * loop / (math.pi * FERMI_CONSTANT * 20.0**2) * CS133.Z
    assert muon[0] == near(at_rest, rel=1e-12)


@pytest.mark.parametrize("q", [1.0, 50.0, 300.0])
def test_loop_is_the_dispersion_integral_of_a_positive_rate(q):
    """Unitarity fixes the sign: (2α/π)(J(Q) − J(0)) = (α/3π) Q² ∫ ds R(s)/[s (s + Q²)], R = √(1 − 4m²/s)(1 + 2m²/s) > 0."""
    m = constants.MUON_MASS
    loop = (couplings.loop_logarithm(q, m) - couplings.loop_logarithm(0.0, m)) / 6
    rate = lambda s: mpmath.sqrt(1 - 4 * m**2 / s) * (1 + 2 * m**2 / s)  # noqa: E731
    edges = [4 * m**2, 8 * m**2, 100 * m**2, 1e4 * m**2, mpmath.inf]
    dispersion = q**2 * mpmath.quad(lambda s: rate(s) / (s * (s + q**2)), edges) / 6
    assert loop > 0
    assert loop == near(float(dispersion), rel=1e-6)


def test_loop_has_the_sign_and_the_logarithm_of_the_charge_radius_of_the_standard_model():
    """W exchange is the contact 1 of ν_ℓ and ℓ in units of √2 G_F, cut off at M_W; the constant 3/2 is not the loop's."""
    for lepton, mass in couplings.LEPTON_MASSES.items():
        shift = float(new_physics.charge_radius_coupling(couplings.charge_radius(lepton)))
        logarithm = math.log(constants.W_MASS**2 / mass**2)
        loop = 2 * FINE_STRUCTURE / math.pi * logarithm / 6  # √2 α g²/(π G_F m²) J with g²/m² = √2 G_F
        assert shift == near(loop * (1 + 1.5 / logarithm), rel=1e-12), lepton
    g, m = 1e-3, 1e9  # a contact
    charge = float(new_physics.loop_charge(0.0, CS133, "mu", (0, 1, -1), g, m)) / CS133.Z
    logarithm = math.log(constants.TAU_MASS**2 / constants.MUON_MASS**2)
    assert charge == near(g**2 / m**2 / CONTACT * FINE_STRUCTURE / (3 * math.pi) * logarithm, rel=1e-12)


# --- leptoquarks -------------------------------------------------------------------------------------------------------------


def test_fierz_identity_of_scalars_and_vectors():
    """(P_R)_ab (P_L)_cd = ½ (γ^μ P_L)_ad (γ_μ P_R)_cb: fields that anticommute add a minus sign."""
    gamma = np.einsum("mn,nij->mij", dirac.METRIC, dirac.GAMMA)
    expected = 0.5 * np.einsum("mad,mcb->abcd", dirac.GAMMA @ dirac.LEFT, gamma @ dirac.RIGHT)
    np.testing.assert_allclose(np.einsum("ab,cd->abcd", dirac.RIGHT, dirac.LEFT), expected, atol=1e-15)


def test_leptoquarks_are_hermitian_interactions_of_either_sign():
    row = np.array([0.1, 0.2j, 0.3 - 0.1j])
    right, left = (new_physics.leptoquark_epsilon(row, 1e6, number) for number in (0, 2))
    np.testing.assert_array_equal(right, -left)
    np.testing.assert_allclose(right, right.conj().T, rtol=1e-15)
    assert np.all(np.diag(right).real > 0)
    assert right[0, 0].real == near(0.01 / (4 * SQRT2 * FERMI_CONSTANT * 1e12), rel=1e-14)
    assert np.linalg.matrix_rank(right, tol=1e-12 * np.abs(right).max()) == 1


# --- non-standard interactions -----------------------------------------------------------------------------------------------


def random_hermitian(seed):
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(3, 3)) + 1j * random.normal(size=(3, 3))
    return (matrix + matrix.conj().T) / 20


@pytest.mark.parametrize("flavor", [0, 1, 2])
def test_charge_of_a_flavor_is_the_sum_over_the_flavors_that_leave(flavor):
    up, down = random_hermitian(1), random_hermitian(2)
    Z, N = CS133.Z, CS133.N
    charge = Z * (2 * up + down) + N * (up + 2 * down) + np.eye(3) * (Z * GVP + N * GVN)
    expected = new_physics.vector(1.0, 30.0, CS133, np.sum(np.abs(charge[:, flavor]) ** 2))
    assert new_physics.nsi(1.0, 30.0, CS133, up, down, flavor) == near(expected, rel=1e-13)


def test_no_interactions_are_the_standard_model():
    T = np.array([0.1, 1.0, 10.0])
    none = np.zeros((3, 3))
    expected = cross_sections.differential_cross_section(T, 30.0, CS133, GVP, GVN)
    np.testing.assert_allclose(new_physics.nsi(T, 30.0, CS133, none, none, 1), expected, rtol=1e-12)


@pytest.mark.parametrize("nuclide", [CS133, AR40, XE132])
def test_interactions_along_the_blind_line_are_not_seen(nuclide):
    """ε^u/ε^d = −(A + N)/(A + Z): a line of its own for each nuclide."""
    for entry in ((0, 0), (0, 1)):
        up, down = np.zeros((3, 3), complex), np.zeros((3, 3), complex)
        down[entry] = down[entry[::-1]] = 0.3
        up[entry] = up[entry[::-1]] = -0.3 * (nuclide.A + nuclide.N) / (nuclide.A + nuclide.Z)
        standard = new_physics.nsi(1.0, 30.0, nuclide, 0 * up, 0 * down, 0)
        assert new_physics.nsi(1.0, 30.0, nuclide, up, down, 0) == near(standard, rel=1e-12)
        other = Nucleus(nuclide.Z, nuclide.N + 4, nuclide.mass)
        assert new_physics.nsi(1.0, 30.0, other, up, down, 0) != near(
            new_physics.nsi(1.0, 30.0, other, 0 * up, 0 * down, 0), rel=1e-4
        )


def test_charge_turned_round_is_degenerate_with_the_standard_model():
    """ε_ee^u = −2Q/(A + Z) gives −Q."""
    up, none = np.zeros((3, 3)), np.zeros((3, 3))
    Q = couplings.weak_charge(CS133)
    up[0, 0] = -2 * Q / (CS133.A + CS133.Z)
    assert up[0, 0] > 0
    T = np.array([0.1, 1.0, 10.0])
    np.testing.assert_allclose(
        new_physics.nsi(T, 30.0, CS133, up, none, 0), new_physics.nsi(T, 30.0, CS133, none, none, 0), rtol=1e-12
    )


def test_diagonal_interaction_is_a_shift_of_couplings_and_a_heavy_vector():
    up, none = np.zeros((3, 3)), np.zeros((3, 3))
    up[1, 1] = 0.1
    shifted = cross_sections.differential_cross_section(1.0, 30.0, CS133, GVP + 0.2, GVN + 0.1)
    assert new_physics.nsi(1.0, 30.0, CS133, up, none, 1) == near(shifted, rel=1e-12)
    mass = 1e7
    g2 = 0.1 * 2 * SQRT2 * FERMI_CONSTANT * mass**2 / 2  # −2√2 G_F ε P_L (q̄ γ P q), ε = ε^L + ε^R: the vector half
    mediator = new_physics.vector_mediator_charge(1.0, CS133, 1.0, 2 * g2, g2, mass)
    assert mediator == near(0.2 * CS133.Z + 0.1 * CS133.N, rel=1e-9)


# --- states that are coherent in flavour -------------------------------------------------------------------------------------


def amplitudes(T, nuclide):
    g = new_physics.nsi_charges(random_hermitian(1), random_hermitian(2), GVP, GVN)
    p, n = new_physics.nuclear_charges(T, nuclide)
    return p * g[0] + n * g[1]


def test_pure_state_scatters_with_the_square_of_its_amplitude():
    G = amplitudes(1.0, CS133)
    psi = np.array([0.6, 0.48 + 0.3j, -0.2j])
    rho = np.outer(psi, psi.conj())
    expected = np.sum(np.abs(psi @ G) ** 2)  # b of Σ_a ψ_a G_ab
    assert new_physics.strength_of_state(G, rho) == near(expected, rel=1e-14)
    conjugate = new_physics.strength_of_state(G, rho.conj(), antineutrino=True)  # CP: all phases turned round
    assert conjugate == near(expected, rel=1e-14)
    assert new_physics.strength_of_state(G, rho, antineutrino=True) != near(expected, rel=1e-3)


def test_hamiltonian_of_a_hermitian_interaction_gives_the_trace_of_its_square():
    G = amplitudes(1.0, CS133)
    psi = np.array([0.6, 0.48 + 0.3j, -0.2j])
    rho = np.outer(psi, psi.conj())
    H = G.T
    assert new_physics.strength_of_state(G, rho) == near(np.trace(rho @ H @ H).real, rel=1e-13)
    one = np.eye(3) * (3 + 0j)
    assert new_physics.strength_of_state(one, rho) == near(9 * np.trace(rho).real, rel=1e-14)


def test_incoherent_state_is_the_sum_of_its_flavors():
    G = amplitudes(1.0, CS133)
    weights = np.array([0.2, 0.5, 0.3])
    expected = sum(w * new_physics.strength_of_flavor(G, a) for a, w in enumerate(weights))
    assert new_physics.strength_of_state(G, np.diag(weights)) == near(expected, rel=1e-14)


# --- rates -------------------------------------------------------------------------------------------------------------------


def test_rates_of_the_standard_model_are_those_of_the_reference():
    components = [spectra.boron8_component(5e6), spectra.beryllium7_component(5e9)]
    target, T = [(XE132, 4.6e24)], np.array([0.0, 0.5, 2.0])

    def section(t, E, nuclide):
        return new_physics.vector(t, E, nuclide, new_physics.standard_model_charge(t, nuclide) ** 2)

    F = lambda q, nuclide: np.ones_like(q)  # noqa: E731
    expected = rates.differential_rate(T, components, target, form_factor=F)
    np.testing.assert_allclose(new_physics.differential_rate(T, components, target, section), expected, rtol=1e-12)
    total = rates.rate(components, target, form_factor=F, threshold=0.3)
    assert new_physics.rate(components, target, section, threshold=0.3) == near(total, rel=1e-11)


def pion_decay():
    """ν_e and ν̄_μ of muon decay at rest, and the line of ν_μ."""
    return list(spectra.pion_decay_at_rest().values())


@pytest.mark.parametrize(
    ("name", "m4", "section"),
    [
        ("magnetic", 0.0, lambda T, E, n: new_physics.magnetic_moment(T, E, n, 1e-9)),
        ("light scalar", 0.0, lambda T, E, n: new_physics.scalar_mediator(T, E, n, 1e-5, 1e-5, 1e-5, 1.0)),
        ("dipole", 5.0, lambda T, E, n: new_physics.dipole(T, E, n, (n.Z * MAGNETIC * 1e-9) ** 2, 5.0)),
        ("vector upscattering", 20.0, lambda T, E, n: new_physics.vector_upscattering(T, E, n, 1.0, 20.0)),
    ],
)
def test_rate_in_a_window_is_the_integral_of_the_differential_rate(name, m4, section):
    """Muon decay at rest; Simpson's rule in ln T with 201 points is good to 2e-9 (101 points: 2e-8)."""
    target, low, high = [(AR40, 1.5e25)], 0.5, 40.0
    x = np.linspace(math.log(low), math.log(high), 201)
    components = [component for component in pion_decay() if component.density is not None]
    values = new_physics.differential_rate(np.exp(x), components, target, section, m4, per="burst") * np.exp(x)
    weights = np.where(np.arange(x.size) % 2, 4.0, 2.0)
    weights[[0, -1]] = 1.0
    integral = np.sum(weights * values) * (x[1] - x[0]) / 3
    total = new_physics.rate(components, target, section, m4, low, high, per="burst")
    assert total > 0
    assert integral == near(total, rel=3e-9), name


def test_rate_below_the_threshold_of_a_heavy_lepton_is_zero():
    section = lambda T, E, n: new_physics.vector_upscattering(T, E, n, 1.0, 60.0)  # noqa: E731
    assert new_physics.rate(pion_decay(), [(AR40, 1.5e25)], section, 60.0, 0.1) == 0


def test_coherent_flux_scatters_as_flavors_where_its_matrix_is_diagonal():
    component, target, T = spectra.boron8_component(5e6), [(XE132, 4.6e24)], np.array([0.5, 2.0])

    def state(E):
        survival = 0.3 + 0.02 * E
        rho = np.zeros((E.size, 3, 3), complex)
        rho[:, 0, 0], rho[:, 1, 1], rho[:, 2, 2] = survival, 0.6 * (1 - survival), 0.4 * (1 - survival)
        return rho

    value = new_physics.differential_rate_of_state(T, component, state, target, amplitudes)
    expected = 0.0
    for flavor in range(3):
        density = lambda E, flavor=flavor: component.density(E) * state(E)[:, flavor, flavor].real  # noqa: E731
        section = lambda t, E, n, flavor=flavor: new_physics.nsi(  # noqa: E731
            t, E, n, random_hermitian(1), random_hermitian(2), flavor
        )
        expected = expected + new_physics.differential_rate(T, [spectra.Component(density, component.knots)], target, section)
    np.testing.assert_allclose(value, expected, rtol=1e-12)


def test_coherence_of_a_flux_is_seen_by_interactions_that_change_flavor_alone():
    component, target, T = spectra.boron8_component(5e6), [(XE132, 4.6e24)], np.array([1.0])
    psi = np.array([0.6, 0.8j, 0.0])
    rho = np.outer(psi, psi.conj())
    coherent = partial(
        new_physics.differential_rate_of_state, T, component, lambda E: np.broadcast_to(rho, (E.size, 3, 3)), target
    )
    diagonal = partial(
        new_physics.differential_rate_of_state,
        T,
        component,
        lambda E: np.broadcast_to(np.diag(np.diag(rho)), (E.size, 3, 3)),
        target,
    )
    standard = lambda t, n: np.eye(3) * new_physics.standard_model_charge(t, n)  # noqa: E731
    assert coherent(standard)[0] == near(diagonal(standard)[0], rel=1e-13)
    assert coherent(amplitudes)[0] != near(diagonal(amplitudes)[0], rel=1e-3)
    conjugate = new_physics.differential_rate_of_state(
        T, component, lambda E: np.broadcast_to(rho.conj(), (E.size, 3, 3)), target, amplitudes, antineutrino=True
    )
    assert conjugate[0] == near(coherent(amplitudes)[0], rel=1e-13)


def test_dark_matter_rate_begins_at_its_own_least_energy():
    """One line of 50 MeV: the rate is the cross section times the line."""
    line = spectra.Component(lines=((50.0, 2.0),))
    section = lambda T, E, n: new_physics.dark_matter(T, E, n, 1e-6, 20.0, 60.0)  # noqa: E731
    least = lambda t, n: new_physics.dark_matter_energy_min(t, n, 20.0)  # noqa: E731
    value = new_physics.differential_rate([5.0, 1e3], [line], [(AR40, 1.5e25)], section, per="burst", energy_min=least)
    np.testing.assert_allclose(value, [3e25 * section(5.0, 50.0, AR40), 0.0], rtol=1e-14)
