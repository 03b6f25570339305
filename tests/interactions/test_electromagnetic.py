"""Electromagnetic properties of neutrinos: published figures, equivalences, and the papers' formulas of the reference."""

import math
import pickle
import re

import numpy as np
import pytest

import cevns
from cevns import Anapole, ChargeRadius, MagneticMoment, Millicharge, StandardModel, TransitionMagneticMoment
from cevns.constants import ELECTRON_MASS, FINE_STRUCTURE, FLAVORS, MEV2_CM2, WEAK_MIXING_ANGLE
from cevns.interactions.electromagnetic import MAGNETIC, MILLICHARGE
from cevns.nuclei.form_factors import Helm
from cevns.oscillation import mixing_matrix
from cevns.reference import new_physics as reference

ARGON, XENON = cevns.Nuclide("40Ar"), cevns.Nuclide("132Xe")
SM = StandardModel()
T = np.array([0.1, 1.0, 5.0])  # keV


def cross_section(interaction, nuclide=ARGON, T=T, E=30.0, flavor="nue"):
    return cevns.differential_cross_section(T, E, nuclide, interaction, flavor)


def helm(nuclide):
    shape = Helm()
    return lambda q: shape(q, nuclide)


# ---- magnetic moments ------------------------------------------------------------------------------------------------


def test_the_scale_of_magnetic_scattering_is_the_published_one():
    # π α²/m_e² = 2.49467e-25 cm²
    assert math.pi * FINE_STRUCTURE**2 / ELECTRON_MASS**2 * MEV2_CM2 == pytest.approx(2.49467e-25, rel=2e-6)
    # and that of the current, in the unit of the kinds: (G_F²/π) MAGNETIC²
    scale = cevns.constants.WEAK_CROSS_SECTION * MAGNETIC**2
    assert scale == pytest.approx(2.49467e-25, rel=2e-6)


@pytest.mark.parametrize("kinematics", ["spin-0", "spin-1/2"])
@pytest.mark.parametrize("nuclide", [ARGON, XENON], ids=lambda nuclide: nuclide.name)
def test_magnetic_moments_add_the_formula_of_the_papers_to_the_rate(nuclide, kinematics):
    model = StandardModel(kinematics=kinematics)
    expected = reference.magnetic_moment(T, 30.0, nuclide, 2e-9, helm(nuclide), kinematics)
    both = cross_section(model + MagneticMoment(numu=2e-9), nuclide, flavor="numubar")
    np.testing.assert_allclose(both, expected + cross_section(model, nuclide), rtol=1e-12)
    if kinematics == "spin-0":
        np.testing.assert_allclose(cross_section(MagneticMoment(numu=2e-9), nuclide, flavor="numu"), expected, rtol=1e-12)


def test_each_flavour_has_its_own_moment():
    theory = MagneticMoment(nue=1e-10, numu=2e-10, nutau=3e-10)
    values = [cross_section(theory, flavor=flavor)[0] for flavor in FLAVORS]
    np.testing.assert_allclose(np.array(values) / values[0], [1, 4, 9, 1, 4, 9], rtol=1e-13)


def test_magnetic_rates_need_a_threshold():
    assert MagneticMoment(nue=1e-10).diverges
    assert not MagneticMoment().diverges
    with pytest.raises(cevns.InputError, match="must be > 0 keV: a"):
        cross_section(SM + MagneticMoment(nue=1e-10), T=0.0)


def test_magnetic_scattering_falls_as_one_over_the_recoil_energy():
    low = np.array([1e-4, 1e-3])
    values = cross_section(MagneticMoment(nue=1e-10), T=low)
    assert values[0] / values[1] == pytest.approx(10.0, rel=1e-3)


# ---- transitions -----------------------------------------------------------------------------------------------------


def majorana(seed=3):
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(3, 3)) + 1j * random.normal(size=(3, 3))
    return 1e-10 * (matrix - matrix.T)


U = mixing_matrix()


def test_a_diagonal_matrix_of_flavours_is_what_effective_moments_are():
    theory = TransitionMagneticMoment(moments=np.diag([1e-10, 2e-10, 3e-10]), neutrinos="dirac")
    for flavor in FLAVORS:
        expected = cross_section(MagneticMoment(nue=1e-10, numu=2e-10, nutau=3e-10), flavor=flavor)
        np.testing.assert_allclose(cross_section(theory, flavor=flavor), expected, rtol=1e-13)


@pytest.mark.parametrize("flavor", FLAVORS)
def test_moments_of_masses_add_as_amplitudes(flavor):
    # μ_α² = Σ_j |Σ_k U*_αk λ_jk|², by hand
    moments, a = majorana(), FLAVORS.index(flavor) % 3
    square = sum(abs(sum(np.conj(U[a, k]) * moments[j, k] for k in range(3))) ** 2 for j in range(3))
    theory = TransitionMagneticMoment(moments=moments, mixing=U)
    assert theory.effective[a] == pytest.approx(math.sqrt(square), rel=1e-12)
    expected = reference.magnetic_moment(T, 30.0, XENON, math.sqrt(square), helm(XENON))
    np.testing.assert_allclose(cross_section(theory, XENON, flavor=flavor), expected, rtol=1e-11)


def test_moments_of_all_flavours_are_those_of_all_masses():
    # Σ_α μ_α² = Σ_jk |λ_jk|², whatever the mixing
    moments = majorana()
    for mixing in (None, U):
        effective = TransitionMagneticMoment(moments=moments, mixing=mixing).effective
        assert (effective**2).sum() == pytest.approx((np.abs(moments) ** 2).sum(), rel=1e-12)


def test_the_basis_of_outgoing_neutrinos_does_not_matter():
    # ν_L = U ν_mass, and antineutrinos in the final state of a Majorana moment: λ_flavour = U* λ_mass U†
    moments = majorana()
    flavours = U.conj() @ moments @ U.conj().T
    of_masses = TransitionMagneticMoment(moments=moments, mixing=U)
    of_flavours = TransitionMagneticMoment(moments=flavours)
    np.testing.assert_allclose(of_masses.effective, of_flavours.effective, rtol=1e-12)


def test_majorana_neutrinos_have_no_moment_of_their_own():
    theory = TransitionMagneticMoment(moments=[[0, 1e-10, 0], [-1e-10, 0, 0], [0, 0, 0]])
    matrix = theory.currents[0].matrix[0] / MAGNETIC
    assert matrix[0, 1] == pytest.approx(-1e-10, rel=1e-15)  # λ_μe of incoming ν_e
    assert matrix[1, 0] == pytest.approx(1e-10, rel=1e-15)
    assert not np.diag(matrix).any()


def test_the_scale_is_the_parameter_of_a_matrix():
    theory = TransitionMagneticMoment(moments=majorana())
    assert theory.parameters == {"scale": 1.0}
    np.testing.assert_allclose(cross_section(theory.with_parameters(scale=3.0)), 9 * cross_section(theory), rtol=1e-13)


# ---- charge radii ----------------------------------------------------------------------------------------------------


def test_the_charge_of_a_radius_is_the_published_figure():
    # 2.37956e30 ⟨r²⟩/cm², with the other sign
    assert ChargeRadius(nue=1.0).currents[0].matrix[0, 0, 0].real == pytest.approx(-2.37956e30, rel=1e-6)


@pytest.mark.parametrize("flavor", FLAVORS)
def test_radii_of_the_standard_model_make_its_couplings_those_with_charge_radii(flavor):
    radii = {name: cevns.neutrino_charge_radius(name) for name in FLAVORS[:3]}
    couplings = cevns.Couplings.named("tree").with_charge_radii()
    expected = cross_section(StandardModel(couplings=couplings), flavor=flavor)
    np.testing.assert_allclose(cross_section(SM + ChargeRadius(**radii), flavor=flavor), expected, rtol=1e-13)


def test_radii_between_flavours_add_to_the_rate_without_interference():
    theory = ChargeRadius(em=1e-31j)
    proton = float(reference.charge_radius_coupling(1e-31))
    strength = (proton * reference.nuclear_charges(T, ARGON, helm(ARGON))[0]) ** 2
    for flavor, extra in (("nue", strength), ("numubar", strength), ("nutau", 0 * strength)):
        expected = reference.vector(T, 30.0, ARGON, extra) + cross_section(SM)
        np.testing.assert_allclose(cross_section(SM + theory, flavor=flavor), expected, rtol=1e-12)


@pytest.mark.parametrize("kind", [ChargeRadius, Anapole, Millicharge])
def test_the_matrix_takes_in_its_second_index(kind):
    # as in NSI, so that the two interfere as they should: ⟨r²⟩_eμ (ν̄_e … ν_μ) takes in a muon neutrino
    theory = kind(em=0.3 + 0.4j)
    matrix = sum(current.factor * current.matrix for current in theory.currents)[0]
    unit = kind(nue=1.0).currents[0].matrix[0, 0, 0].real
    assert matrix[1, 0] == pytest.approx((0.3 + 0.4j) * unit, rel=1e-14)
    assert matrix[0, 1] == pytest.approx((0.3 - 0.4j) * unit, rel=1e-14)
    nsi = sum(current.factor * current.matrix for current in cevns.NSI(eps_em_d=0.3 + 0.4j).currents)[0]
    np.testing.assert_allclose(matrix, unit * nsi, rtol=1e-14)


def test_a_charge_radius_shifts_the_weak_mixing_angle_of_electrons_and_protons():
    # g_V^p = ½ − 2 s², g_V^e = −½ + 2 s²: s² → s² + (√2πα/6G_F)·⟨r²⟩ does the same to both, and to g_L and g_R alike
    (current, *_) = ChargeRadius(nue=-8.3e-33).currents
    shift = -current.factor * current.matrix[0, 0, 0].real / 2
    one, other = (StandardModel(weak_mixing_angle=WEAK_MIXING_ANGLE + x).currents[0] for x in (0.0, shift))
    np.testing.assert_allclose(current.factor * current.matrix[0, 0, 0], (other.matrix - one.matrix)[0, 0, 0], rtol=1e-12)
    np.testing.assert_allclose(current.factor * current.electron[:, 0, 0], (other.electron - one.electron)[:, 0, 0], rtol=1e-12)


def test_an_anapole_is_a_charge_radius():
    for values in ({"nue": 1e-33}, {"em": 1e-32 - 2e-32j, "nutau": -1e-32}):
        radius = ChargeRadius(**{name: -6 * value for name, value in values.items()})
        for flavor in FLAVORS:
            ours = cross_section(SM + Anapole(**values), flavor=flavor)
            np.testing.assert_allclose(ours, cross_section(SM + radius, flavor=flavor), rtol=1e-12)


# ---- millicharges ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("charge", [3e-8, -3e-8])
def test_millicharges_add_the_charge_of_the_papers(charge):
    Q = reference.standard_model_charge(T, XENON, None, None, helm(XENON))
    Q = Q + reference.millicharge_coupling(T, XENON, charge) * reference.nuclear_charges(T, XENON, helm(XENON))[0]
    expected = reference.vector(T, 30.0, XENON, Q**2)
    np.testing.assert_allclose(cross_section(SM + Millicharge(nue=charge), XENON), expected, rtol=1e-12)
    np.testing.assert_allclose(
        cross_section(SM + Millicharge(nue=charge), XENON, flavor="numu"), cross_section(SM, XENON), rtol=1e-13
    )


def test_positive_neutrinos_are_repelled_by_protons_and_scatter_less():
    assert (cross_section(SM + Millicharge(nue=1e-10)) < cross_section(SM)).all()
    assert (cross_section(SM + Millicharge(nue=-1e-10)) > cross_section(SM)).all()


def test_a_charge_radius_is_the_slope_of_a_charge():
    # f(q²) = q_ν + q² ⟨r²⟩/6, q² = −2MT: a charge −2MT ⟨r²⟩/6 is the same at one recoil energy
    radius = 1e-32
    for t in (0.5, 5.0):
        charge = -2e-3 * ARGON.mass * t * radius / MEV2_CM2 / 6
        value = cross_section(SM + Millicharge(nue=charge), T=t)
        assert value == pytest.approx(cross_section(SM + ChargeRadius(nue=radius), T=t), rel=1e-12)


def test_millicharges_need_a_threshold():
    assert Millicharge(em=1e-10).diverges
    assert not Millicharge().diverges


def test_electrons_have_the_opposite_charge_of_protons():
    q = np.array([0.1])
    for theory in (Millicharge(nue=1.0), ChargeRadius(nue=1.0)):
        current = theory.currents[0]
        proton, left, right = current.unit_charge(q)[0, 0, 0], *current.unit_electron_charge(q)[:, 0, 0]
        assert left == right
        assert left + right == pytest.approx(-proton, rel=1e-15)
    assert float(current.unit_charge(q)[1].real.max()) == 0.0
    assert (
        pytest.approx(4 * math.pi * FINE_STRUCTURE / (math.sqrt(2) * cevns.constants.FERMI_CONSTANT), rel=1e-15) == MILLICHARGE
    )


# ---- objects ---------------------------------------------------------------------------------------------------------

CASES = [
    MagneticMoment(nue=1e-10),
    TransitionMagneticMoment(moments=majorana(), mixing=U, scale=2.0),
    TransitionMagneticMoment(moments=np.eye(3) * 1e-10, neutrinos="dirac"),
    ChargeRadius(nue=1e-32, em=1e-32 + 1e-33j),
    Anapole(numu=1e-33),
    Millicharge(nutau=1e-9, mt=1e-9),
]


@pytest.mark.parametrize("theory", CASES, ids=lambda theory: type(theory).__name__)
def test_they_are_values(theory):
    kinds = (MagneticMoment, TransitionMagneticMoment, ChargeRadius, Anapole, Millicharge)
    namespace = {kind.__name__: kind for kind in kinds}
    for copy in (
        eval(repr(theory), namespace),
        pickle.loads(pickle.dumps(theory)),
        theory.with_parameters(**theory.parameters),
    ):
        assert copy == theory
        assert hash(copy) == hash(theory)


def test_parameters_are_real_numbers_by_name():
    theory = ChargeRadius(em=1 + 2j)
    assert list(theory.parameters) == ["nue", "numu", "nutau", "em", "em_im", "et", "et_im", "mt", "mt_im"]
    assert [current.parameter for current in theory.currents] == list(theory.parameters)
    assert theory.with_parameters(em_im=0.0, nue=3.0) == ChargeRadius(em=1.0, nue=3.0)
    assert (SM + MagneticMoment() + ChargeRadius()).parameters["MagneticMoment.nue"] == 0.0


WRONG = [
    (lambda: MagneticMoment(nue=np.nan), "nue must be finite (got nan)"),
    (lambda: MagneticMoment(nue=1j), "nue must be a real number (got 1j)"),
    (lambda: ChargeRadius(numu=np.inf), "numu must be finite (got inf)"),
    (lambda: Millicharge(em=complex(0, np.nan)), "em must be finite (got nanj)"),
    (lambda: Anapole(em="small"), "em must be a number (got 'small')"),
    (lambda: ChargeRadius().with_parameters(nux=1.0), "unknown parameter 'nux'"),
    (
        lambda: TransitionMagneticMoment(moments=np.eye(3)),
        "moments of majorana neutrinos must be antisymmetric (got 1+0j at [0, 0]",
    ),
    (
        lambda: TransitionMagneticMoment(moments=[[0, 1, 0], [-1, 0, 0], [0, 0, 0]], neutrinos="dirac"),
        "moments of dirac neutrinos must be Hermitian (got 1+0j at [0, 1] and -1+0j at [1, 0])",
    ),
    (
        lambda: TransitionMagneticMoment(moments=[[0, 1], [1, 0]]),
        "moments must be a matrix (3, 3) of finite numbers (got shape (2, 2))",
    ),
    (lambda: TransitionMagneticMoment(moments="none"), "moments must be numbers, real or complex (got 'none')"),
    (lambda: TransitionMagneticMoment(moments=np.zeros((3, 3)), mixing=2 * U), "mixing must be unitary"),
    (lambda: TransitionMagneticMoment(moments=np.zeros((3, 3)), neutrinos="weyl"), "unknown kind of neutrinos 'weyl'"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named(call, message):
    with pytest.raises(cevns.CevnsError, match=re.escape(message)):
        call()
