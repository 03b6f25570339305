"""Non-standard interactions in the Sun: limits, degeneracies, the equation of evolution, and rates in the detector."""

import math
import pickle
import re

import numpy as np
import pytest
from scipy.integrate import trapezoid

import cevns
from cevns import NSI, InputError, StandardModel, UnknownNameError, oscillation, sources
from cevns.oscillation import NEUTRONS, PARAMETER_SETS, PRODUCTION, MixingParameters, SolarAdiabatic, SolarNSI, mixing_matrix
from cevns.reference import oscillation as reference

E = np.geomspace(0.1, 20.0, 40)


def hermitian(seed, size=0.3):
    """A random Hermitian matrix with elements up to this."""
    random = np.random.default_rng(seed)
    matrix = random.uniform(-1, 1, (3, 3)) + 1j * random.uniform(-1, 1, (3, 3))
    return size * (matrix + matrix.conj().T) / 2


def diagonal(*elements):
    return np.diag(np.array(elements, dtype=complex))


OBJECTS = [
    SolarNSI(),
    SolarNSI("pp", "nufit-6.0-inverted", epsilon_up=hermitian(1)),
    SolarNSI("7Be", epsilon_down=hermitian(2), epsilon_electron=hermitian(3), neutron_ratio=0.3),
    SolarNSI("hep", epsilon_up=hermitian(4, 2.0), electron_density=80.0),
]


# ---- limits ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PARAMETER_SETS)
@pytest.mark.parametrize("component", PRODUCTION)
def test_without_nsi_it_is_the_conversion_of_the_standard_model(name, component):
    # which has eigenvectors at zeroth order, 1e-5 for electron neutrinos; ν_μ and ν_τ, which the Sun does not make, 3e-4
    difference = np.abs(SolarNSI(component, name)(E) - SolarAdiabatic(component, name)(E))
    assert difference[:, 0].max() < 1e-5
    assert difference.max() < 3e-4


@pytest.mark.parametrize("name", ["nufit-6.0", "nufit-6.0-inverted"])
def test_weights_are_those_of_the_exact_eigenstates_of_either_ordering(name):
    p = PARAMETER_SETS[name]
    weights = SolarNSI(parameters=name, electron_density=90.0).weights(E)
    exact = [reference.matter_weights(e, mixing_matrix(p), (p.dm2_21, p.dm2_31), 90.0) for e in E]
    np.testing.assert_allclose(weights, exact, atol=1e-12)


@pytest.mark.parametrize("thing", OBJECTS, ids=range(len(OBJECTS)))
def test_slow_neutrinos_oscillate_as_in_vacuum(thing):
    U = np.abs(mixing_matrix(thing.parameters)) ** 2
    np.testing.assert_allclose(thing.weights(0.0), U, atol=1e-14)
    np.testing.assert_allclose(np.einsum("abb->ab", thing(0.0)).real, U @ U.T, atol=1e-14)


@pytest.mark.parametrize("thing", OBJECTS, ids=range(len(OBJECTS)))
def test_arriving_state_is_a_density_matrix_of_incoherent_masses(thing):
    rho = thing(E)
    np.testing.assert_allclose(np.einsum("nabb->na", rho).real, 1.0, atol=1e-13)
    np.testing.assert_allclose(thing.weights(E).sum(axis=1), 1.0, atol=1e-13)  # flavours alike arrive alike
    np.testing.assert_allclose(rho, rho.conj().swapaxes(2, 3), atol=1e-15)
    assert np.linalg.eigvalsh(rho).min() > -1e-14
    U = mixing_matrix(thing.parameters)
    masses = U.conj().T @ rho[:, 0] @ U
    assert np.abs(masses - masses * np.eye(3)).max() < 1e-14


def test_two_flavours_have_their_formula():
    """θ₁₃ = θ₂₃ = 0: tan 2θᵐ = |Δm² sin 2θ + 2 A ε_eμ|/(Δm² cos 2θ − A (1 + ε_ee − ε_μμ)) with A = 2√2 G_F n_e E."""
    p = MixingParameters(0.3, 0.0, 0.0, 0.0, 7.5e-5, 2.5)
    ee, mm, em, ratio, density = -0.2, 0.1, 0.15 + 0.1j, 0.4, 85.0
    epsilon = np.array([[ee, em, 0], [np.conj(em), mm, 0], [0, 0, 0]])
    survival = SolarNSI(parameters=p, epsilon_down=epsilon, electron_density=density, neutron_ratio=ratio)(E)[:, 0, 0, 0].real
    A = 1.52649e-7 * density * E
    down = 1 + 2 * ratio  # down quarks per electron
    cosine, sine = 1 - 2 * 0.3, 2 * math.sqrt(0.3 * 0.7)
    y, x = np.abs(7.5e-5 * sine + 2 * A * down * em), 7.5e-5 * cosine - A * (1 + down * (ee - mm))
    np.testing.assert_allclose(survival, 0.5 + 0.5 * cosine * x / np.hypot(x, y), atol=1e-6)  # digits of the constant


def test_multiples_of_one_change_nothing():
    np.testing.assert_allclose(SolarNSI(epsilon_up=0.7 * np.eye(3))(E), SolarNSI()(E), atol=1e-12)


def test_quarks_and_electrons_add_up_by_their_numbers():
    together = SolarNSI(epsilon_up=hermitian(5), epsilon_down=hermitian(6), neutron_ratio=0.45)
    alone = SolarNSI(epsilon_electron=2.45 * hermitian(5) + 1.9 * hermitian(6))
    np.testing.assert_allclose(together(E), alone(E), atol=1e-12)


def test_what_couples_to_neutrons_alone_needs_neutrons():
    # ε^u = −1/3, ε^d = 2/3: proton 0, neutron 1
    neutrons = SolarNSI(epsilon_up=-hermitian(7) / 3, epsilon_down=2 * hermitian(7) / 3, neutron_ratio=0.0)
    np.testing.assert_allclose(neutrons(E), SolarNSI()(E), atol=1e-12)


# ---- symmetries ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nufit-6.0", "nufit-6.0-inverted"])
@pytest.mark.parametrize("component", ["pp", "8B"])
@pytest.mark.parametrize("seed", [None, 8])
def test_the_dark_side_of_large_mixing_angles_is_the_same(name, component, seed):
    """H → −H*, of protons and electrons: ε_ee → ε_ee − 2 at ε = 0."""
    p = PARAMETER_SETS[name]
    dark = MixingParameters(
        1 - p.sin2_theta12, p.sin2_theta13, p.sin2_theta23, math.pi - p.delta_cp, p.dm2_21, p.dm2_21 - p.dm2_31
    )
    epsilon = np.zeros((3, 3)) if seed is None else hermitian(seed)
    signs = np.diag([1, -1, -1])  # of flavours, which give the mixing matrix its standard form again
    mirrored = -signs @ epsilon.conj() @ signs - diagonal(2, 0, 0)
    light = SolarNSI(component, p, epsilon_electron=epsilon)
    np.testing.assert_allclose(
        SolarNSI(component, dark, epsilon_electron=mirrored).weights(E), light.weights(E)[..., [1, 0, 2]], atol=1e-11
    )
    protons = SolarNSI(component, dark, epsilon_up=2 * mirrored / 3, epsilon_down=-mirrored / 3)
    expected = signs @ light(E).conj() @ signs
    np.testing.assert_allclose(protons(E), expected, atol=1e-11)
    # not so without the change of ε
    assert np.abs(SolarNSI(component, dark, epsilon_electron=epsilon)(E) - expected).max() > 0.1


def test_phases_of_flavours_are_conventions():
    phases = np.exp(1j * np.array([0.3, -1.1, 2.0]))
    turned = phases[:, None] * hermitian(9) * phases.conj()
    base = SolarNSI(epsilon_up=hermitian(9), electron_density=80.0)
    # the same Hamiltonian in turned flavours: U → phases U
    vacuum = mixing_matrix() * np.array([0.0, 7.49e-5, 2.513e-3]) @ mixing_matrix().conj().T
    for energy in (1.0, 10.0):
        A = oscillation.MATTER * 80.0 * energy
        ratio = 2 + np.interp(80.0, *np.array(NEUTRONS).T)
        H = phases[:, None] * vacuum * phases.conj() + A * (diagonal(1, 0, 0) + ratio * turned)
        np.testing.assert_allclose(base.weights(energy), np.abs(np.linalg.eigh(H)[1]) ** 2, atol=1e-12)


# ---- the equation of evolution ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "tolerance"), [(0.1, 1e-4), (0.3, 5e-4)])
@pytest.mark.parametrize("quark", ["up", "down"])
def test_neutrinos_leave_the_sun_as_the_equation_of_evolution_says(size, tolerance, quark):
    # n_e = 245 exp(−10.54 r/R) mol/cm³ from r = 0.09 R on, n_n/n_e falling with it; transitions between levels are the rest
    p, start, steps = PARAMETER_SETS["nufit-6.0"], 0.09, 24_000  # less than 2π a step for Δm²₂₁
    U, epsilon = mixing_matrix(p), hermitian(10, size)
    edges = np.linspace(start, 1.0, steps + 1)
    density = 245 * np.exp(-10.54 * (edges[1:] + edges[:-1]) / 2)
    neutrons = np.interp(density, *np.array(NEUTRONS).T)
    ratio = 2 + neutrons if quark == "up" else 1 + 2 * neutrons
    dx = (1 - start) * 6.957e8 / steps * reference.METRE
    unit = reference.hamiltonian(1.0, np.eye(3), (0.0, 0.0), 1.0)[0, 0].real  # √2 G_F for 1 mol/cm³
    for energy in (3.0, 12.0):
        H = reference.hamiltonian(energy, U, (p.dm2_21, p.dm2_31), 0.0)
        H = H + unit * density[:, None, None] * (diagonal(1, 0, 0) + ratio[:, None, None] * epsilon)
        levels, states = np.linalg.eigh(H)
        S = np.eye(3)
        for step in (states * np.exp(-1j * levels * dx)[:, None, :]) @ states.conj().swapaxes(1, 2):
            S = step @ S
        masses = np.abs(U.conj().T @ S) ** 2
        sun = SolarNSI(**{f"epsilon_{quark}": epsilon}, electron_density=245 * math.exp(-10.54 * start))
        np.testing.assert_allclose(sun.weights(energy)[0], masses[:, 0], atol=tolerance)
        assert np.abs(sun.weights(energy) - SolarNSI(electron_density=95.0).weights(energy))[0].max() > 10 * tolerance


def test_nsi_of_a_tenth_move_the_survival_of_boron_8_by_a_few_per_cent():
    # less matter potential, less conversion: the upturn begins at higher energies
    up = diagonal(-0.1, 0, 0)
    P, Q = (SolarNSI(epsilon_up=e)([6.0, 10.0])[:, 0, 0, 0].real for e in (None, up))
    assert np.all((Q / P - 1 > 0.03) & (Q / P - 1 < 0.12))


# ---- the composition of the Sun --------------------------------------------------------------------------------------------


def test_neutrons_are_those_of_the_solar_model():
    # density [g/cm³] and mass fraction of hydrogen of B16-GS98 at r = 0.0005, 0.0505, 0.1005, 0.1505, 0.2005, 0.3005 R
    rows = [(150.8, 0.34715), (126.6, 0.41446), (86.40, 0.54252), (55.78, 0.63832), (34.79, 0.68501), (12.01, 0.70856)]
    for rho, X in rows:
        electrons = rho * (X / 1.00728 + (1 - X) / 2.0005)
        neutrons = rho * (1 - X) / 2.0005
        assert np.interp(electrons, *np.array(NEUTRONS).T) == pytest.approx(neutrons / electrons, abs=1e-3)


def test_one_density_with_its_own_ratio_is_one_of_the_profile():
    densities, parts = np.array(PRODUCTION["8B"]).T
    ratios = np.interp(densities, *np.array(NEUTRONS).T)
    each = [
        SolarNSI(epsilon_down=hermitian(11), electron_density=n, neutron_ratio=r)(E)
        for n, r in zip(densities, ratios, strict=True)
    ]
    mean = np.tensordot(parts / parts.sum(), each, axes=(0, 0))
    np.testing.assert_allclose(SolarNSI("8B", epsilon_down=hermitian(11))(E), mean, atol=1e-14)


# ---- to the detector -------------------------------------------------------------------------------------------------------


THEORY = NSI(eps_ee_u=0.15, eps_et_u=0.1 - 0.05j, eps_mt_d=0.08j, eps_tt_d=-0.1)


def arriving(theory=THEORY, component="8B"):
    way = SolarNSI(component, epsilon_up=theory.matrix("u"), epsilon_down=theory.matrix("d"))
    return way, sources.solar(components=component, survival=way)


def test_rate_is_the_trace_of_the_arriving_state_with_the_charges():
    """In the Sun and in xenon: with one form factor, dσ is that of the Standard Model times Tr[ρ G†G]/Q²."""
    way, flux = arriving()
    T, xenon = 0.8, cevns.Nuclide("132Xe")
    standard = StandardModel()
    energies = np.linspace(6.0, 15.3, 6001)
    density = sources.solar(components="8B", survival=False).spectrum(energies, "nue")
    sigma = np.array([cevns.differential_cross_section(T, float(e), xenon, standard) for e in energies])
    charge = cevns.weak_charge(xenon) * np.eye(3)
    for quark, number in (("u", 2 * xenon.Z + xenon.N), ("d", xenon.Z + 2 * xenon.N)):
        charge = charge + number * THEORY.matrix(quark)
    ratio = np.einsum("nbc,ce,eb->n", way(energies)[:, 0], charge.conj().T, charge).real / cevns.weak_charge(xenon) ** 2
    per_kg = cevns.Target(xenon).components[0][1]
    day = 86400.0 if flux.per == "s" else 1.0
    expected = per_kg * day * trapezoid(density * sigma * ratio, energies)
    assert cevns.differential_rate(T, flux, xenon, standard + THEORY) == pytest.approx(expected, rel=1e-5)  # of the trapezium
    # both places matter, and the phases of the coherence
    for other in (
        cevns.differential_rate(T, flux, xenon),
        cevns.differential_rate(T, sources.solar(components="8B"), xenon, standard + THEORY),
        cevns.differential_rate(
            T, flux, xenon, standard + NSI.from_matrices(THEORY.matrix("u").conj(), THEORY.matrix("d").conj())
        ),
    ):
        assert abs(other / expected - 1) > 0.003


def test_rates_of_the_standard_model_do_not_notice():
    flux = arriving()[1]
    for threshold in (0.0, 0.5):
        rates = [cevns.rate(f, "Xe", threshold=threshold) for f in (flux, sources.solar(components="8B", survival=False))]
        assert rates[0] == pytest.approx(rates[1], rel=1e-10)


@pytest.mark.parametrize("component", ["7Be", "pep", "pp"])
def test_spectra_and_lines_survive_by_their_probabilities(component):
    way, flux = arriving(component=component)
    made = sources.solar(components=component, survival=False)
    for (energy, weight), (_, before) in zip(flux.lines("nue"), made.lines("nue"), strict=True):
        assert weight == pytest.approx(before * way(energy)[0, 0, 0].real, rel=1e-12)
    energies = np.array([0.1, 0.25, 0.4])
    probability = way(energies)[:, 0, 2, 2].real
    np.testing.assert_allclose(flux.spectrum(energies, "nutau"), made.spectrum(energies, "nue") * probability, rtol=1e-9)


def test_terms_are_the_matrix():
    way = OBJECTS[1]
    for start in range(3):
        values = [(np.ones(E.size) if f is None else f(E), matrix) for f, matrix in way.terms(start)]
        np.testing.assert_allclose(sum(v[:, None, None] * m for v, m in values), way(E)[:, start], atol=1e-14)


def test_a_grid_of_fluxes_makes_templates_of_nsi_on_the_way():
    """One ε^u_ee for the Sun and the detector: the Sun's is a shape, the detector's a coupling."""

    def flux(eps):
        return sources.solar(components="8B", survival=SolarNSI("8B", epsilon_up=diagonal(eps, 0, 0)))

    xenon = cevns.Experiment(flux(0.0), cevns.Detector("Xe", 1000.0), 365.0, [0.5, 1.0, 2.0, 4.0])
    grid = np.linspace(-0.3, 0.3, 7)
    theory = StandardModel() + NSI()
    templates = xenon.templates(theory, ("eps_ee_u",), shapes={"eps": grid}, flux=flux)
    for eps in (float(grid[1]), 0.16):
        direct = xenon.replace(flux=flux(eps)).counts(StandardModel() + NSI(eps_ee_u=eps))
        tolerance = 1e-10 if eps in grid else templates.interpolation_error
        found = templates.counts({"eps": eps, "eps_ee_u": eps})
        np.testing.assert_allclose(found, direct, rtol=0, atol=tolerance * direct.max())
        only_detector = xenon.counts(StandardModel() + NSI(eps_ee_u=eps))
        assert np.abs(direct / only_detector - 1).max() > 0.003
    assert templates.interpolation_error < 0.02


# ---- what it is ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("thing", OBJECTS, ids=range(len(OBJECTS)))
def test_objects_survive_pickle_and_repr(thing):
    thing(1.0)
    same = pickle.loads(pickle.dumps(thing))
    assert same == thing
    assert hash(same) == hash(thing)
    assert eval(repr(thing), vars(oscillation).copy()) == thing
    function = thing.terms(0)[1][0]
    assert pickle.loads(pickle.dumps(function)) == function


def test_nothing_is_the_same_in_two_ways():
    assert SolarNSI(epsilon_up=np.zeros((3, 3))) == SolarNSI()


@pytest.mark.parametrize("thing", OBJECTS, ids=range(len(OBJECTS)))
def test_energies_of_any_shape_give_the_same_matrices(thing):
    flat = thing(E)
    np.testing.assert_allclose(thing(E.reshape(4, 10)), flat.reshape(4, 10, 3, 3, 3), atol=1e-14)
    np.testing.assert_allclose(thing(3.0), thing([3.0])[0], atol=1e-14)
    assert np.isfinite(thing([1e-300, 1e6])).all()


SKEW = np.zeros((3, 3), dtype=complex)
SKEW[0, 1] = 0.1j
SKEW[1, 0] = 0.1j


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: SolarNSI("9B"), UnknownNameError, "unknown solar component '9B'"),
        (lambda: SolarNSI(parameters="nufit"), UnknownNameError, "unknown set of mixing parameters 'nufit'"),
        (
            lambda: SolarNSI(epsilon_up=SKEW),
            InputError,
            "epsilon_up must be Hermitian (got 0+0.1j at [0, 1] and 0+0.1j at [1, 0])",
        ),
        (
            lambda: SolarNSI(epsilon_down=[0.1]),
            InputError,
            "epsilon_down must be a matrix (3, 3) of finite numbers (got shape (1,))",
        ),
        (
            lambda: SolarNSI(epsilon_electron=np.full((3, 3), np.nan)),
            InputError,
            "epsilon_electron must be finite (got ",
        ),
        (lambda: SolarNSI(epsilon_up="all"), InputError, "epsilon_up must be numbers, real or complex (got 'all')"),
        (lambda: SolarNSI(electron_density=-1.0), InputError, "electron_density must be >= 0 mol/cm³ and finite (got -1)"),
        (lambda: SolarNSI(neutron_ratio=-0.1), InputError, "neutron_ratio must be >= 0 and <= 1e+06 (got -0.1)"),
        (lambda: SolarNSI()([1.0, -2.0]), InputError, "energy must be >= 0 MeV and finite (got -2 at index 1)"),
    ],
)
def test_wrong_input_is_explained(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
