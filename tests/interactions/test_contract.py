"""What every interaction promises, tried where it is most likely to break: nothing at all, sums of sums, ends, extremes.

What is expected comes from the definitions: a sum is its parts, a rate is an integral, antineutrinos have g* in place of g.
"""

import itertools
import pickle

import numpy as np
import pytest

import cevns
from cevns import Component, Couplings, Flux, StandardModel, Target
from cevns.errors import InputError
from cevns.fluxes.components import Uncertainty
from cevns.fluxes.spectra import Lines
from cevns.interactions import (
    NSI,
    Anapole,
    AxialMediator,
    ChargeRadius,
    DipolePortal,
    ElectronNSI,
    GeneralizedInteraction,
    InteractionSum,
    Leptoquark,
    MagneticMoment,
    Millicharge,
    ScalarMediator,
    ScalarUpscattering,
    TensorMediator,
    TransitionMagneticMoment,
    VectorMediator,
    VectorUpscattering,
)
from cevns.interactions.kinds import recoil_energy_range
from cevns.nuclei.form_factors import KleinNystrand, Tabulated
from cevns.scattering import engine
from cevns.scattering.nuclei import nuclei

ARGON = cevns.Nuclide("40Ar")
CESIUM = cevns.Nuclide("133Cs")
NEW = StandardModel() + NSI(eps_em_u=0.1j)
NOTHING = [
    NSI(),
    ElectronNSI(eps_ee_L=0.1),
    MagneticMoment(),
    TransitionMagneticMoment(moments=np.zeros((3, 3))),
    ChargeRadius(),
    Anapole(),
    Millicharge(),
    VectorMediator(mass=0.0, coupling=0.0),
    AxialMediator(mass=0.0, coupling=0.0),
    ScalarMediator(mass=0.0, coupling=0.0),
    TensorMediator(mass=0.0, coupling=0.0),
    GeneralizedInteraction(),
    DipolePortal(mass=0.0),
    DipolePortal(mass=5.0),
    ScalarUpscattering(mass=3.0, mediator_mass=0.0, coupling=0.0),
    VectorUpscattering(mass=2.0, mediator_mass=0.0, coupling=1.0, charges={"e": 1.0}),
    Leptoquark(multiplet="S1", mass=1e6, coupling=0.0),
]
SOMETHING = [
    NSI(eps_em_u=0.1 + 0.2j, eps_mt_d=-0.3j, eps_ee_u=1),
    NSI(eps_ee_u=np.float32(0.5)),
    MagneticMoment(nue=1e-10),
    TransitionMagneticMoment(moments=[[1, 1j, 0], [-1j, 0, 0], [0, 0, 2]], neutrinos="dirac", scale=1e-10),
    ChargeRadius(nue=1e-32, em=1e-33j),
    Anapole(mt=-1e-33 - 1e-33j),
    Millicharge(et=1e-9j),
    VectorMediator(mass=3.0, coupling=1e-4, model="l_e-l_mu"),
    VectorMediator(mass=3.0, coupling=1e-4, charges={"numu": 2, "u": 1}),
    AxialMediator(mass=1.0, coupling=0.1, matrix_elements="lin-2018"),
    ScalarMediator(mass=1.0, coupling=0.1, matrix_elements="cerdeno-2016"),
    TensorMediator(mass=1.0, coupling=0.1, charges={"n": 1}),
    GeneralizedInteraction(eps_s_u=0.1, flavors="nue", interference=True),
    DipolePortal(mass=1.0, nue=1e-9),
    ScalarUpscattering(mass=1.0, mediator_mass=2.0, coupling=1e-5, charges={"u": 1, "d": 1}),
    VectorUpscattering(mass=1.0, mediator_mass=2.0, coupling=1e-5, charges={"p": 1}),
    Leptoquark(multiplet="R2~", mass=1e6, coupling=1.0, flavors=["numu", "nue"]),
    ElectronNSI(eps_em_L=0.1j),
]


@pytest.fixture(scope="module")
def sns():
    return cevns.sources.sns()


@pytest.fixture(scope="module")
def lines_and_table():
    return Flux.from_table([10.0, 20.0], {"nue": [1.0, 1.0]}, lines={"nue": [(30.0, 5.0)]})


# ---- nothing at all --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
def test_an_interaction_of_nothing_alone_has_no_rate(nothing, sns):
    """It has no current that counts: no kind, no end of the recoils, no divergence either."""
    T = [0.0, 1.0, 50.0]
    assert not cevns.differential_cross_section(T, 30.0, ARGON, nothing).any()
    assert not cevns.angular_cross_section([-1.0, 0.3, 1.0], 30.0, ARGON, nothing).any()
    assert cevns.cross_section(30.0, ARGON, nothing) == 0.0
    assert not cevns.differential_rate(T, sns, "CsI", nothing, split="flavor").any()
    assert cevns.binned_rate([0.0, 1.0, 500.0], sns, "CsI", nothing).tolist() == [0.0, 0.0]
    assert cevns.rate(sns, "CsI", nothing) == 0.0
    assert not nothing.diverges
    assert nothing.final_masses == ()


MODELS = [
    StandardModel(),
    StandardModel(couplings="radiative-q2", neutron_skin="empirical"),
    StandardModel(axial=True),
    StandardModel(axial=True, kinematics="spin-1/2"),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
@pytest.mark.parametrize("nothing", NOTHING, ids=repr)
def test_nothing_added_is_the_standard_model_bit_for_bit(nothing, model, sns):
    T = [0.0, 1.0, 30.0, 500.0]
    for both in (model + nothing, nothing + model):
        assert not both.diverges
        for rate in (cevns.differential_rate, cevns.binned_rate):
            np.testing.assert_array_equal(rate(T, sns, "CsI", both), rate(T, sns, "CsI", model))
        assert cevns.cross_section(30.0, CESIUM, both, threshold=1.0) == cevns.cross_section(30.0, CESIUM, model, threshold=1.0)


# ---- values ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("alone", SOMETHING, ids=repr)
def test_interactions_and_their_sums_are_rebuilt_by_their_text_and_by_pickling(alone):
    names = {name: getattr(cevns, name) for name in cevns.__all__}
    for each in (alone, StandardModel(weak_mixing_angle=0.23) + alone, NSI(eps_mm_d=0.1) + alone + ChargeRadius(em=1e-33j)):
        copies = [eval(repr(each), names), pickle.loads(pickle.dumps(each)), each.with_parameters(**each.parameters)]
        for copy in copies:
            assert copy == each
            assert hash(copy) == hash(each)
            assert repr(copy) == repr(each)
        moved = {name: value + 0.001 for name, value in each.parameters.items()}
        assert each.with_parameters(**moved).parameters == moved
        assert all(type(value) is float for value in each.parameters.values())


def test_a_sum_of_sums_is_the_sum_of_all(sns):
    both = StandardModel() + NSI(eps_ee_u=0.1)
    again = InteractionSum((both, MagneticMoment(nue=1e-9)))
    assert again == StandardModel() + NSI(eps_ee_u=0.1) + MagneticMoment(nue=1e-9)
    T = [1.0, 10.0]
    assert InteractionSum([both]).parts == both.parts
    np.testing.assert_array_equal(
        cevns.differential_rate(T, sns, "CsI", InteractionSum([both])), cevns.differential_rate(T, sns, "CsI", both)
    )
    with pytest.raises(InputError, match="holds one StandardModel at most"):
        InteractionSum((both, StandardModel()))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: InteractionSum(()), "interactions must be one or more, such as cevns.StandardModel() (got ())"),
        (lambda: InteractionSum((1, 2)), "interactions must be one or more, such as cevns.StandardModel() (got (1, 2))"),
        (lambda: NSI(eps_em_u="0.1"), "eps_em_u must be a number (got '0.1')"),
        (lambda: ChargeRadius(em="1e-32"), "em must be a number (got '1e-32')"),
        (lambda: NSI().with_parameters(eps_em_u=0.1j), "eps_em_u must be a real number (got 0.1j)"),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value) == message


# ---- shapes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theory", [StandardModel(), NEW], ids=repr)
def test_empty_input_has_the_shape_of_any_other(theory):
    flux = cevns.sources.reactor(power=1.0, distance=10.0)
    for split, rows in ((None, ()), ("nuclide", (5,)), ("flavor", (1,)), ("component", (len(flux.components),))):
        assert cevns.differential_rate([], flux, "Ge", theory, split).shape == (*rows, 0)
        assert cevns.differential_rate(np.zeros((0, 3)), flux, "Ge", theory, split).shape == (*rows, 0, 3)
    assert [each.shape for each in cevns.binned_rate([], flux, "Ge", theory, covariance=True)] == [(0,), (0, 0)]
    assert cevns.cross_section([], ARGON, theory).shape == (0,)
    assert isinstance(cevns.cross_section(30.0, ARGON, theory), float)
    assert [type(each) for each in cevns.rate(flux, "Ge", theory, covariance=True)] == [float, float]


@pytest.mark.parametrize("theory", [NEW, NEW + VectorMediator(mass=5.0, coupling=1e-4) + DipolePortal(mass=9.0, numu=1e-8)])
def test_cross_sections_of_many_energies_are_those_of_each(theory):
    E, threshold = np.linspace(0.0, 60.0, 200), np.array([[0.0], [2.0]])
    many = cevns.cross_section(E, ARGON, theory, "numu", threshold)
    each = [[cevns.cross_section(float(e), ARGON, theory, "numu", float(t)) for e in E[::23]] for t in threshold[:, 0]]
    np.testing.assert_allclose(many[:, ::23], each, rtol=1e-13)


# ---- extremes --------------------------------------------------------------------------------------------------------------


def in_octaves(of, low, high):
    """∫ of(T) dT by a rule of 20 points in every sixth of an e-fold of T."""
    x, w = np.polynomial.legendre.leggauss(20)
    ends = np.linspace(np.log(low), np.log(high), 2 + int(6 * np.log(high / low)))
    middle, half = (ends[1:, None] + ends[:-1, None]) / 2, np.diff(ends)[:, None] / 2
    T = np.exp(middle + half * x)
    return float(np.sum(half * w * T * of(T)))


@pytest.mark.parametrize("mass", [1.0, 1e-2, 1e-3, 1e-5])
@pytest.mark.parametrize(
    "make",
    [
        lambda m: VectorMediator(mass=m, coupling=1e-6),
        lambda m: TensorMediator(mass=m, coupling=1e-6),
        lambda m: DipolePortal(mass=m, nue=1e-9),
        lambda m: VectorUpscattering(mass=m, mediator_mass=1.0, coupling=1e-5),
        lambda m: ScalarUpscattering(mass=m, mediator_mass=0.0, coupling=1e-7),
    ],
)
def test_integrals_reach_down_to_where_a_light_particle_matters(make, mass, lines_and_table):
    """Poles at T = −m²/2M and ends at T = m⁴/8ME², down to 1e-24 of the largest recoil energy: 1e-8 of the integral."""
    theory = make(mass)
    ends = {0.0}
    for E in (10.0, 20.0, 30.0):
        ends.update(float(1e3 * T) for T in recoil_energy_range(np.array(E), ARGON.mass, max(theory.final_masses, default=0.0)))
    least = 1e-30 if not theory.final_masses else min(ends - {0.0}) * (1 + 1e-14)
    parts = [least, *sorted(end for end in ends if end > least)]
    section = in_octaves(lambda T: cevns.differential_cross_section(T, 30.0, ARGON, theory), least, parts[-1])
    assert cevns.cross_section(30.0, ARGON, theory) == pytest.approx(section, rel=1e-8)
    rate = sum(
        in_octaves(lambda T: cevns.differential_rate(T, lines_and_table, ARGON, theory), low, high)
        for low, high in itertools.pairwise(parts)
    )
    assert cevns.rate(lines_and_table, ARGON, theory) == pytest.approx(rate, rel=1e-8)


@pytest.mark.parametrize("threshold", [1e-3, 1e-12, 1e-20])
def test_one_over_the_recoil_energy_is_followed_down_to_any_threshold(threshold):
    """∫ (1/T − 1/E + T/4E²) dT, with F = 1 for hydrogen: a logarithm."""
    proton, E = cevns.Nuclide("1H"), 30.0
    theory = StandardModel(form_factor=cevns.form_factors.Point()) + MagneticMoment(nue=1e-6)
    alone = cevns.cross_section(E, proton, theory, threshold=threshold) - cevns.cross_section(
        E, proton, StandardModel(form_factor=cevns.form_factors.Point()), threshold=threshold
    )
    low, high = 1e-3 * threshold, 1e-3 * cevns.recoil_energy_max(E, proton)
    integral = np.log(high / low) - (high - low) / E + (high**2 - low**2) / (8 * E**2)
    assert alone == pytest.approx(2.49467e-25 * 1e-12 * integral, rel=2e-6)  # the constant is quoted to six digits


@pytest.mark.parametrize(
    "theory", [ScalarUpscattering(mass=10.0, mediator_mass=0.0, coupling=1e-5), DipolePortal(mass=10.0, nue=1e-9)]
)
def test_what_is_heavy_makes_no_recoil_at_rest(theory, sns):
    """Its recoils begin above T = 0, where a propagator 1/Q² has no end."""
    assert not theory.diverges
    assert cevns.differential_cross_section(0.0, 30.0, ARGON, theory) == 0.0
    assert cevns.differential_rate(0.0, sns, "CsI", theory) == 0.0
    assert np.isfinite(cevns.rate(sns, "CsI", theory))


@pytest.mark.parametrize("theory", [StandardModel, lambda **given: StandardModel(**given) + NSI(eps_em_u=0.1)])
def test_beyond_the_end_of_a_table_of_a_form_factor_a_rate_is_not_finite(theory, sns):
    """As `Tabulated` has it; below the largest recoil of the flux nothing is missing."""
    q = np.linspace(0.0, 60.0, 50)
    short = theory(form_factor=Tabulated(q, np.exp(-((q / 150) ** 2))))
    assert np.isfinite(cevns.differential_rate([1.0, 40.0], sns, "Cs", short)).tolist() == [True, False]
    assert not np.isfinite(cevns.rate(sns, "Cs", short))
    # 30 MeV make 60 MeV of momentum transfer: what is beyond is 0, whatever F is there
    assert cevns.differential_cross_section([1.0, 40.0], 20.0, CESIUM, short).astype(bool).tolist() == [True, False]


# ---- flavours --------------------------------------------------------------------------------------------------------------


def test_flavours_that_are_equal_at_rest_only_are_told_apart(sns):
    """The charge of a proton runs differently with Q for each flavour; NSI can make those of ν_e and ν_μ equal at Q = 0."""
    model = StandardModel(couplings="radiative-q2")
    own = Couplings.named("radiative-q2").gvp
    shifts = {a: 1e-6 - g for a, g in zip(("ee", "mm", "tt"), own, strict=True)}
    nsi = NSI(**{f"eps_{a}_u": 2 * x / 3 for a, x in shifts.items()}, **{f"eps_{a}_d": -x / 3 for a, x in shifts.items()})
    T = np.array([0.5, 5.0, 20.0])
    theory = model + nsi
    assert theory.reduced is not None
    general = engine.term_rates(T, sns, nuclei(Target("CsI"), theory, ())).sum(axis=0)
    np.testing.assert_allclose(cevns.differential_rate(T, sns, "CsI", theory), general, rtol=1e-9)


@pytest.mark.parametrize("neutrinos", ["majorana", "dirac"])
@pytest.mark.parametrize("mixed", [False, True])
def test_a_coherent_state_sees_the_moments_of_its_masses(neutrinos, mixed):
    """μ² = Σ_j |Σ_k ψ_k λ_jk|² of a state Σ ψ_k ν_k; with a mixing ψ_k = Σ_α ψ_α U*_αk. Antineutrinos of the conjugate state
    have the same rate (CP, all phases turned)."""
    rng = np.random.default_rng(3)
    state = rng.normal(size=3) + 1j * rng.normal(size=3)
    state /= np.linalg.norm(state)
    any_matrix = 1e-9 * (rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)))
    moments = any_matrix - any_matrix.T if neutrinos == "majorana" else any_matrix + any_matrix.conj().T
    mixing = cevns.oscillation.mixing_matrix() if mixed else None
    theory = TransitionMagneticMoment(moments=moments, neutrinos=neutrinos, mixing=mixing)
    masses = state @ np.conj(mixing) if mixed else state
    effective = np.sqrt((np.abs(moments @ masses) ** 2).sum())
    rho = np.zeros((3, 3, 3), dtype=complex)
    rho[0] = np.outer(state, state.conj())
    rho[1, 1, 1] = rho[2, 2, 2] = 1.0
    T = np.array([0.5, 5.0, 15.0])
    plain = Flux((Component("nue", "line", Lines([30.0], [1.0])),), "burst")
    expected = cevns.differential_rate(T, plain, "Ar", MagneticMoment(nue=float(effective)))
    np.testing.assert_allclose(cevns.differential_rate(T, plain.oscillate(rho), "Ar", theory), expected, rtol=1e-12)
    bar = Flux((Component("nuebar", "line", Lines([30.0], [1.0])),), "burst")
    np.testing.assert_allclose(cevns.differential_rate(T, bar.oscillate(rho), "Ar", theory), expected, rtol=1e-12)


# ---- uncertainties ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theory", [StandardModel(form_factor=KleinNystrand()), NEW], ids=repr)
def test_uncertainties_that_reach_further_than_the_flux_are_counted_in_full(theory):
    """A covariance is Σ v vᵀ over the rates v of the uncertainties themselves."""
    flux = Flux.from_table([5.0, 20.0], {"nue": [1.0, 1.0]})
    further = Flux.from_table([5.0, 23.3, 50.0], {"nue": [1.0, 3.0, 1.0]})
    both = Flux(flux.components, uncertainties=(Uncertainty("tail", further.components),))
    edges = [0.0, 5.0, 20.0, 60.0, 100.0]
    own = cevns.binned_rate(edges, further, "Ge", theory)
    _, covariance = cevns.binned_rate(edges, both, "Ge", theory, covariance=True)
    np.testing.assert_allclose(covariance, np.outer(own, own), rtol=1e-8)
    _, variance = cevns.rate(both, "Ge", theory, covariance=True)
    assert variance == pytest.approx(cevns.rate(further, "Ge", theory) ** 2, rel=1e-8)


# ---- histories -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theory", [NEW, StandardModel() + MagneticMoment(numu=1e-9), NSI()], ids=repr)
@pytest.mark.parametrize("coherent", [False, True])
def test_a_history_is_its_steps(theory, coherent, sns):
    """Steps with common spectra, with others, and with coherence between flavours."""
    rho = np.full((3, 3, 3), 1 / 3, dtype=complex)
    last = sns.oscillate(rho) if coherent else sns.select(flavor="numu")
    steps = (sns, 0.5 * sns, last, 2.0 * sns)
    history = cevns.FluxHistory([0.0, 1.0, 2.0, 3.0, 4.0], steps)
    T, edges = np.array([1.0, 10.0, 30.0]), [1.0, 3.0, 10.0, 90.0]
    each = [cevns.differential_rate(T, step, "CsI", theory) for step in steps]
    np.testing.assert_allclose(cevns.differential_rate(T, history, "CsI", theory).T, each, rtol=1e-13)
    each = [cevns.binned_rate(edges, step, "CsI", theory) for step in steps]
    np.testing.assert_allclose(cevns.binned_rate(edges, history, "CsI", theory).T, each, rtol=1e-9)
    each = [cevns.rate(step, "CsI", theory, 1.0) for step in steps]
    np.testing.assert_allclose(cevns.rate(history, "CsI", theory, 1.0), each, rtol=1e-9)


@pytest.mark.parametrize(
    ("interaction", "electrons"),
    [
        (cevns.MagneticMoment(nue=1e-10), True),
        (cevns.TransitionMagneticMoment(moments=[[0, 1e-10, 0], [-1e-10, 0, 0], [0, 0, 0]]), True),
        (cevns.Millicharge(nue=1e-12), True),
        (cevns.ChargeRadius(nue=1e-31), True),
        (cevns.Anapole(nue=1e-31), True),
        (cevns.VectorMediator(mass=1.0, coupling=1e-4), True),
        (cevns.VectorMediator(mass=1.0, coupling=1e-4, charges={"u": 1.0, "d": 1.0}), False),
        (cevns.VectorMediator(mass=1.0, coupling=1e-4, model="b-l"), True),
        (cevns.AxialMediator(mass=1.0, coupling=1e-4), True),
        (cevns.AxialMediator(mass=1.0, coupling=1e-4, charges="nucleons"), False),
        (cevns.ScalarMediator(mass=1.0, coupling=1e-4), True),
        (cevns.TensorMediator(mass=1.0, coupling=1e-4), True),
    ],
    ids=repr,
)
def test_electrons_and_nuclei_see_what_the_docstring_says(interaction, electrons):
    assert "Nuclei and electrons see it" in type(interaction).__doc__
    assert cevns.differential_cross_section(5.0, 10.0, "19F", interaction) > 0
    assert (cevns.electrons.differential_cross_section(5.0, 10.0, interaction) > 0) == electrons
