"""Couplings and weak charges: two conventions, one factor −2."""

import math
import pickle
import re

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import constants
from cevns.interactions import couplings, weak_mixing
from cevns.interactions.couplings import Couplings, tree_couplings
from cevns.reference import cases
from cevns.reference import couplings as reference

angles = st.floats(0.0, 1.0)
nuclides = st.sampled_from(cases.NUCLIDES).map(cevns.Nuclide)


def test_freedmans_coefficient():
    # σ ≈ 0.42e-44 N² (E/MeV)² cm²: G_F²/4π (ħc)² = 4.21543e-45, 6 digits printed; G_F² (ħc)², 13 digits
    coefficient = constants.WEAK_CROSS_SECTION
    assert coefficient / 4 == pytest.approx(4.21543e-45, rel=2e-6)
    assert coefficient * math.pi == pytest.approx(5.297270803695e-44, rel=1e-11)


def test_proton_coupling_of_the_founding_article():
    # sin²θ_W = 0.238: 1/2 − 2 sin²θ_W = 0.024
    assert tree_couplings(0.238)[0] == pytest.approx(0.024, abs=1e-12)
    assert tree_couplings(0.238)[1] == -0.5


def test_proton_coupling_of_today():
    # sin²θ_W = 0.23857
    assert tree_couplings()[0] == pytest.approx(0.02286, abs=1e-12)


# Q_W = N − (1 − 4 sin²θ_W) Z with sin²θ_W = 0.23857, exact in the digits printed
CHARGES = {
    "12C": 5.725680,
    "19F": 9.588520,
    "23Na": 11.497080,
    "28Si": 13.359920,
    "40Ar": 21.177040,
    "74Ge": 40.536960,
    "127I": 71.576840,
    "132Xe": 75.531120,
    "133Cs": 75.485400,
    "208Pb": 122.250960,
}


@pytest.mark.parametrize(("name", "expected"), CHARGES.items())
def test_weak_charge_in_both_conventions(name, expected):
    nuclide = cevns.Nuclide(name)
    assert cevns.weak_charge_qw(nuclide) == pytest.approx(expected, rel=1e-12)
    assert cevns.weak_charge(nuclide) == pytest.approx(-expected / 2, rel=1e-12)


@given(nuclides, angles)
def test_the_two_conventions_differ_by_minus_two(nuclide, angle):
    assert cevns.weak_charge_qw(nuclide, angle) == -2 * cevns.weak_charge(nuclide, angle)


@given(nuclides, angles)
def test_weak_charge_agrees_with_the_reference(nuclide, angle):
    # a sum of two terms, each rounded twice
    scale = 4e-16 * nuclide.A
    assert cevns.weak_charge(nuclide, angle) == pytest.approx(reference.weak_charge(nuclide, angle), abs=scale)
    assert cevns.weak_charge_qw(nuclide, angle) == pytest.approx(
        reference.weak_charge_literature(nuclide, angle), abs=4 * scale
    )


def test_a_quarter_makes_the_proton_invisible():
    assert tree_couplings(0.25)[0] == 0.0
    assert cevns.weak_charge(cevns.Nuclide("40Ar"), 0.25) == -11.0  # −N/2
    assert cevns.weak_charge(cevns.Nuclide("1H"), 0.25) == 0.0


def test_mirror_nuclei_give_the_charges_of_proton_and_neutron():
    # 11B and 11C: Q_p = (6 Q_C − 5 Q_B)/11, Q_n = (6 Q_B − 5 Q_C)/11
    boron, carbon = (cevns.weak_charge(cevns.Nuclide(name)) for name in ("11B", "11C"))
    assert (boron, carbon) == pytest.approx((-2.8857, -2.36284), rel=1e-12)
    assert (6 * carbon - 5 * boron) / 11 == pytest.approx(tree_couplings()[0], rel=1e-12)
    assert (6 * boron - 5 * carbon) / 11 == pytest.approx(-0.5, rel=1e-14)
    assert (boron / carbon) ** 2 == pytest.approx(1.4915359664, rel=1e-10)  # 11 digits printed


@pytest.mark.parametrize(("name", "angle"), [("12C", 0.0), ("11C", 1 / 24), ("3He", 1 / 8), ("1H", 1 / 4)])
def test_a_nucleus_is_transparent_at_its_own_mixing_angle(name, angle):
    # Q = 0 at sin²θ_W = (Z − N)/4Z
    assert cevns.weak_charge(cevns.Nuclide(name), angle) == pytest.approx(0.0, abs=1e-15)


# --- loops: components, schemes, charge radii ---------------------------------------------------------------------------------

SCHEMES = tuple(couplings.SCHEMES)
LEPTONS = ("e", "mu", "tau")


def test_boxes_of_the_radiative_corrections():
    # 6 digits printed
    expected = {
        "box WW": -0.00527670,
        "crossed WW": 0.00139636,
        "uL": -6.04082e-4,
        "dL": -9.03321e-4,
        "uR": -1.199997e-4,
        "dR": -2.999992e-5,
    }
    assert reference.radiative_components() == pytest.approx(expected, rel=2e-6)


def test_photon_loops_of_the_charged_leptons():
    # 9 decimals printed, with a τ mass of 1776.86 MeV in the last; PDG 2024 has 1776.93, 3e-8 in ø
    loops = [reference.photon_loop(lepton) for lepton in LEPTONS]
    assert loops == pytest.approx([-0.00984556, -0.00571744, -0.00353214], abs=4e-8)


def test_radiative_couplings_have_their_published_values():
    # 7 decimals printed, with a τ mass of 1776.86 MeV in the last (6e-8 in g_V^p); PDG and Atzori Corona et al. print
    # 0.0382, 0.0300, 0.0256, -0.5117
    radiative = Couplings.named("radiative")
    assert radiative.gvp == pytest.approx([0.0382389, 0.0299827, 0.0256121], abs=1.1e-7)
    assert radiative.gvn == pytest.approx([-0.5117042] * 3, abs=5e-8)
    assert Couplings.named("radiative-without-charge-radius").gvp == pytest.approx([0.01854778] * 3, abs=5e-9)
    published = Couplings.named("atzori-corona-2023")
    assert radiative.gvp == pytest.approx(published.gvp, abs=5e-5)
    assert radiative.gvn == pytest.approx(published.gvn, abs=5e-5)


def test_radiative_couplings_follow_the_weak_mixing_angle():
    # sin²θ_W(0) = 0.23863 of later papers: 0.0381, 0.0299, 0.0255
    radiative = Couplings.named("radiative", 0.23863)
    assert radiative.gvp == pytest.approx([0.03812, 0.02986, 0.02549], abs=6e-6)
    assert radiative.gvp == pytest.approx(Couplings.named("atzori-corona-2024").gvp, abs=5e-5)
    assert radiative.gvn == Couplings.named("radiative").gvn


@pytest.mark.parametrize("index", range(3))
def test_radiative_couplings_agree_with_the_reference(index):
    q = np.array([0.0, 1e-6, 0.3, 0.51, 0.52, 3.0, 30.0, 100.0, 105.0, 106.0, 300.0, 3e3])
    dependent = Couplings.named("radiative-q2")
    expected = [reference.radiative_couplings(LEPTONS[index], value) for value in q]
    # sums of numbers below one; the quadrature keeps 14 digits
    np.testing.assert_allclose(dependent.proton(q, index), [gvp for gvp, _ in expected], rtol=0, atol=1e-15)
    assert dependent.neutron(index) == pytest.approx(expected[0][1], abs=1e-15)
    assert Couplings.named("radiative").proton(q, index) == pytest.approx([expected[0][0]] * q.size, abs=1e-15)


# g_V^p for ν_e, ν_μ, ν_τ by momentum transfer [MeV], 6 decimals printed
BY_MOMENTUM = {
    "radiative-q2": {
        0: (0.038239, 0.029983, 0.025612),
        1: (0.037804, 0.029983, 0.025612),
        10: (0.034912, 0.029981, 0.025612),
        30: (0.033221, 0.029970, 0.025612),
        50: (0.032431, 0.029949, 0.025612),
        100: (0.031358, 0.029856, 0.025612),
    },
    "eft": {
        0: (0.037202, 0.028946, 0.024575),
        1: (0.036785, 0.028963, 0.024592),
        10: (0.034008, 0.029077, 0.024708),
        30: (0.032385, 0.029134, 0.024776),
        50: (0.031628, 0.029145, 0.024808),
        100: (0.030601, 0.029099, 0.024854),
    },
}


@pytest.mark.parametrize("name", BY_MOMENTUM)
def test_proton_couplings_at_finite_momentum_transfer(name):
    q = np.array(list(BY_MOMENTUM[name]), dtype=float)
    for index in range(3):
        expected = [row[index] for row in BY_MOMENTUM[name].values()]
        np.testing.assert_allclose(Couplings.named(name).proton(q, index), expected, rtol=0, atol=6e-7)


def test_effective_theory_before_loops():
    # 7 digits printed; the neutron's agrees with the boxes of Erler and Su to 1e-4
    assert couplings.effective_couplings() == pytest.approx((0.0300787, -0.5117584), abs=5e-8)
    assert couplings.effective_couplings()[1] == pytest.approx(Couplings.named("radiative").gvn[0], abs=1e-4)


def test_wilson_coefficients_differ_by_the_charged_current():
    # c_L(ℓℓ) − c_L(ℓℓ') = 2√2 G_F: the exchange of a W; the digits printed of the coefficients
    difference = constants.WILSON_LEPTON_SAME - constants.WILSON_LEPTON_OTHER
    assert difference == pytest.approx(2 * math.sqrt(2) * constants.FERMI_CONSTANT, rel=5e-6)


@pytest.mark.parametrize("index", range(3))
def test_effective_theory_agrees_with_the_reference(index):
    q = np.array([0.0, 0.1, 0.5, 1.0, 20.0, 105.0, 110.0, 500.0, 2e3])
    effective = Couplings.named("eft")
    expected = [reference.effective_couplings(LEPTONS[index], value) for value in q]
    np.testing.assert_allclose(effective.proton(q, index), [gvp for gvp, _ in expected], rtol=0, atol=1e-15)
    assert effective.gvn == pytest.approx([expected[0][1]] * 3, abs=1e-15)


def test_schemes_agree_within_their_hadronic_uncertainty():
    q = np.linspace(0, 100, 51)
    for index in range(3):
        difference = Couplings.named("radiative-q2").proton(q, index) - Couplings.named("eft").proton(q, index)
        assert np.all(np.abs(difference) < 1.05e-3)


def test_loop_logarithm_against_thirty_digits():
    # both sides of the switch at t = 1, and far beyond
    t = np.array([0.0, 1e-30, 1e-8, 1e-3, 0.3, np.nextafter(1, 0), 1.0, 1.1, 4.0, 50.0, 1e5, 1e12])
    with mpmath.workdps(100):

        def exact(t):
            if t == 0:
                return mpmath.mpf(0)
            y = mpmath.asinh(mpmath.sqrt(t) / 2)
            return 4 / t - mpmath.mpf(5) / 3 + (1 - 2 / t) * 2 * y * mpmath.coth(y)

        expected = [float(exact(mpmath.mpf(float(value)))) for value in t]
    np.testing.assert_allclose(weak_mixing.log_loop(t), expected, rtol=1e-15, atol=4e-15)  # terms of order 4 cancel above t = 1
    np.testing.assert_allclose(weak_mixing.log_loop(t[:5]), expected[:5], rtol=4e-16)


def test_charge_radii_of_the_standard_model():
    # 4 digits printed; literature −0.83, −0.48, −0.30
    radii = [couplings.neutrino_charge_radius(flavor) for flavor in ("nue", "numu", "nutau")]
    assert radii == pytest.approx([-0.8275e-32, -0.4805e-32, -0.2969e-32], rel=1e-4)
    assert radii == pytest.approx([reference.charge_radius(lepton) for lepton in LEPTONS], rel=1e-14)
    assert radii == [couplings.neutrino_charge_radius(flavor) for flavor in ("nuebar", "numubar", "nutaubar")]


def test_charge_radius_shift_is_twice_the_photon_loop():
    # 7 decimals printed (the last with a τ mass of 1776.86 MeV, 6e-8); the identity to rounding
    shifts = [couplings.charge_radius_shift(reference.charge_radius(lepton)) for lepton in LEPTONS]
    assert shifts == pytest.approx([0.0196911, 0.0114349, 0.0070643], abs=1.1e-7)
    assert shifts == pytest.approx([-2 * reference.photon_loop(lepton) for lepton in LEPTONS], rel=1e-13)


def test_older_form_of_the_charge_radius_shift_is_larger():
    # (2/3) M_W² ⟨r²⟩ sin²θ_W: 0.02184, 0.01268, 0.00783
    factor = 2 / 3 * constants.W_MASS**2 * constants.WEAK_MIXING_ANGLE / constants.MEV2_CM2
    older = [-factor * reference.charge_radius(lepton) for lepton in LEPTONS]
    assert older == pytest.approx([0.02184, 0.01268, 0.00783], abs=1e-5)


def test_charge_radii_complete_the_couplings_without_them():
    complete = Couplings.named("radiative-without-charge-radius").with_charge_radii()
    assert complete.gvp == pytest.approx(Couplings.named("radiative").gvp, rel=1e-13)
    assert complete.gvn == Couplings.named("radiative").gvn
    assert Couplings.named("tree").with_charge_radii({"nue": 0, "numu": 0, "nutau": 0}).gvp == Couplings.named("tree").gvp


def test_set_of_2004_follows_from_its_parameters():
    # Barranco, Miranda and Rashba: ρ, κ, λ with sin²θ_W = 0.23120
    rho, kappa, s2, up_left, down_left, down_right = 1.0086, 0.9978, 0.23120, -0.0031, -0.0025, 7.5e-5
    up_right = down_right / 2
    gvp = rho * (0.5 - 2 * kappa * s2) + 2 * up_left + 2 * up_right + down_left + down_right
    gvn = -rho / 2 + up_left + up_right + 2 * down_left + 2 * down_right
    historical = Couplings.named("pdg-2004")
    assert (gvp, gvn) == pytest.approx((historical.gvp[0], historical.gvn[0]), abs=1e-4)


def test_coupling_that_cadeddu_did_not_print_follows_from_the_muon():
    e, mu, tau = Couplings.named("cadeddu-2020").gvp
    loops = [-2 * reference.photon_loop(lepton) for lepton in LEPTONS]
    assert mu + loops[2] - loops[1] == pytest.approx(tau, abs=5e-5)
    assert e - mu == pytest.approx(loops[0] - loops[1], abs=1e-4)  # two rounded numbers


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_starts_at_its_couplings_at_rest(name):
    scheme = Couplings.named(name)
    for index in range(3):
        assert scheme.proton(np.zeros(2), index) == pytest.approx([scheme.gvp[index]] * 2, abs=1e-16)
        assert scheme.neutron(index) == scheme.gvn[index]
        assert scheme.proton(np.empty(0), index).shape == (0,)
        far = scheme.proton(np.full((2, 3), 50.0), index)
        assert far.shape == (2, 3)
        assert np.all(far == scheme.gvp[index]) != scheme.depends_on_q
    assert eval(repr(scheme), {"Couplings": Couplings}) == scheme
    assert pickle.loads(pickle.dumps(scheme)) == scheme
    assert {scheme: name}[Couplings.named(name)] == name
    assert f"\n        {name} " in Couplings.named.__doc__


def test_own_couplings_rebuild_from_their_repr():
    for own in (
        Couplings(0.02, -0.5),
        Couplings(gvp={"nue": 0.04, "numu": 0.03, "nutau": np.float64(0.02)}, gvn={"nutau": -0.4, "numu": -0.5, "nue": -0.6}),
        Couplings(0, -1, loops=["charge radius", "boxes"]),
        Couplings.named("running", weak_mixing_angle=0.2387),
    ):
        assert eval(repr(own), {"Couplings": Couplings}) == own
        assert pickle.loads(pickle.dumps(own)) == own
        assert hash(own) == hash(pickle.loads(pickle.dumps(own)))
    assert Couplings(0.02, -0.5).gvp == (0.02,) * 3
    assert not Couplings(0.02, -0.5).depends_on_q


# --- the running weak mixing angle --------------------------------------------------------------------------------------------

# sin²θ_W by momentum transfer in GeV, 8 decimals
RUNNING = {
    0.0: 0.23857,
    1e-4: 0.23856988,
    1e-3: 0.23856087,
    0.0024: 0.23854302,
    0.01: 0.23849877,
    0.03: 0.23845188,
    0.05: 0.23841346,
    0.1: 0.23830274,
    0.158: 0.23815553,
    0.3: 0.23780764,
    1.0: 0.23678180,
    3.0: 0.23558663,
    10.0: 0.23398116,
    30.0: 0.23235212,
    91.1876: 0.23122,
}


def test_running_weak_mixing_angle_at_its_printed_points():
    q = 1e3 * np.array(list(RUNNING))
    np.testing.assert_allclose(weak_mixing.weak_mixing_angle(q), list(RUNNING.values()), rtol=0, atol=6e-9)


def test_running_weak_mixing_angle_meets_both_ends():
    assert weak_mixing.weak_mixing_angle(0.0) == pytest.approx(0.23857, abs=1e-15)
    assert weak_mixing.weak_mixing_angle(constants.Z_MASS) == pytest.approx(0.23122, abs=1e-15)


def test_running_weak_mixing_angle_falls_everywhere():
    q = np.concatenate(([0.0], np.geomspace(1e-3, constants.Z_MASS * (1 - 1e-12), 2000)))
    assert np.all(np.diff(weak_mixing.weak_mixing_angle(q)) < 0)


def test_running_weak_mixing_angle_agrees_with_the_reference():
    # below 1 GeV the reference holds the boson loops constant: 1.2e-7 at 1 GeV, as Q²; above, it loses (M_W/Q)⁴ of its digits
    low, high = np.array([0.0, 0.5, 2.4, 50.0, 160.0]), np.array([1e4, 3e4, 7.9e4, 8.1e4, 9e4])
    np.testing.assert_allclose(
        weak_mixing.weak_mixing_angle(low), [reference.running_weak_mixing_angle(q) for q in low], rtol=0, atol=4e-9
    )
    np.testing.assert_allclose(
        weak_mixing.weak_mixing_angle(high), [reference.running_weak_mixing_angle(q) for q in high], rtol=0, atol=1e-13
    )


def test_boson_loops_against_fifty_digits():
    q = np.array([0.0, 1e-3, 1.0, 50.0, 1e3, 1e4, 7e4, 80376.0, 80378.0, 91187.6])
    with mpmath.workdps(60):
        c = 1 - mpmath.mpf(constants.WEAK_MIXING_ANGLE_AT_Z_MASS)
        s = 1 - c

        def exact(q):
            if q == 0:
                return -(7 * c / 2 + mpmath.mpf(1) / 12) * mpmath.log(c) + mpmath.mpf(7) / 9 - s / 3
            z = (mpmath.mpf(constants.W_MASS) / q) ** 2
            p = mpmath.sqrt(1 + 4 * z)
            L = mpmath.log((p + 1) / (p - 1))
            return (
                -(42 * c + 1) / 12 * mpmath.log(c)
                + mpmath.mpf(1) / 18
                - (p / 2 * L - 1) * ((7 - 4 * z) * c + (1 + 4 * z) / 6)
                - z * (mpmath.mpf(3) / 4 - z + (z - mpmath.mpf(3) / 2) * p * L + z * (2 - z) * L**2)
            )

        expected = [float(exact(mpmath.mpf(float(value)))) for value in q]
    np.testing.assert_allclose(weak_mixing._boson_loops(q), expected, rtol=0, atol=1e-14)
    assert expected[0] == pytest.approx(1.4301456081, abs=5e-11)  # 11 digits printed


def test_one_loop_running_before_it_is_stretched():
    # κ(0) and κ(M_Z), 9 digits printed; literature κ(0) = 1.0301 ± 0.0025
    assert reference.mixing_factor(0.0) == pytest.approx(1.02967219, abs=5e-9)
    assert reference.mixing_factor(constants.Z_MASS) == pytest.approx(1.00120836, abs=5e-9)


def test_running_couplings_are_tree_couplings_at_the_angle_of_their_momentum():
    q = np.array([0.0, 20.0, 100.0])
    for index in range(3):
        running = Couplings.named("running").proton(q, index)
        np.testing.assert_allclose(running, 0.5 - 2 * weak_mixing.weak_mixing_angle(q), rtol=0, atol=2e-16)
        shifted = Couplings.named("running", 0.24).proton(q, index)
        np.testing.assert_allclose(shifted - running, 2 * (0.23857 - 0.24), rtol=0, atol=2e-16)


# --- weak charges with loops --------------------------------------------------------------------------------------------------


def test_weak_charges_of_caesium_by_flavour_are_not_that_of_atomic_parity_violation():
    # −2 (55 · 0.0382 − 78 · 0.5117) and the like, with rounded couplings; atoms: −73.23(1), the couplings of electrons
    caesium = cevns.Nuclide("133Cs")
    assert cevns.weak_charge_qw(caesium, couplings="atzori-corona-2023") == pytest.approx(75.6232, abs=5e-5)
    assert cevns.weak_charge_qw(caesium, couplings="atzori-corona-2023", flavor="numu") == pytest.approx(76.5252, abs=5e-5)
    assert cevns.weak_charge_qw(caesium) == pytest.approx(75.4854, abs=5e-5)
    assert abs(abs(cevns.weak_charge_qw(caesium, couplings="radiative")) - 73.23) > 2


@given(nuclides, st.sampled_from(SCHEMES), st.sampled_from(constants.FLAVORS), st.floats(0.0, 200.0))
def test_weak_charge_is_the_sum_over_nucleons_in_every_scheme(nuclide, name, flavor, q):
    scheme, index = Couplings.named(name), constants.FLAVORS.index(flavor) % 3
    expected = nuclide.Z * float(scheme.proton(q, index)) + nuclide.N * scheme.neutron(index)
    assert cevns.weak_charge(nuclide, couplings=name, flavor=flavor, q=q) == expected
    assert cevns.weak_charge_qw(nuclide, couplings=scheme, flavor=flavor, q=q) == -2 * expected


def test_muon_and_tau_neutrinos_see_more_of_argon_than_electron_neutrinos():
    argon = cevns.Nuclide("40Ar")
    charges = [cevns.weak_charge_qw(argon, couplings="radiative", flavor=flavor) for flavor in ("nue", "numu", "nutau")]
    tree = cevns.weak_charge_qw(argon)
    # as the docstring states, in per cent: −0.2, +1.2, +2.0
    assert [100 * (charge / tree - 1) for charge in charges] == pytest.approx([-0.18, 1.22, 1.96], abs=0.01)


# --- one scheme at a time -----------------------------------------------------------------------------------------------------

FIXED = [name for name, scheme in couplings.SCHEMES.items() if not scheme.takes_angle]


@pytest.mark.parametrize("name", FIXED)
def test_an_angle_is_refused_where_it_would_be_ignored(name):
    with pytest.raises(cevns.UnsupportedError, match=re.escape(f"weak_mixing_angle=0.23 has no effect on couplings={name!r}")):
        Couplings.named(name, 0.23)


DOUBLE = [
    (
        lambda: Couplings.named("radiative").with_charge_radii(),
        "Couplings.named('radiative') and charge radius would count a loop twice: these couplings contain",
    ),
    (
        lambda: Couplings.named("running").with_charge_radii(),
        "Couplings.named('running') and charge radius would count a loop twice: the running of sin²θ_W contains part",
    ),
    (lambda: Couplings.named("tree").with_charge_radii().with_charge_radii(), "charge radius would count a loop twice"),
    (lambda: couplings.one_scheme(Couplings.named("running"), "vacuum polarisation"), "the mixing of photon and Z"),
    (lambda: couplings.one_scheme(Couplings.named("eft"), "boxes"), "the exchange of WW and ZZ pairs is in these couplings"),
    (
        lambda: cevns.weak_charge(cevns.Nuclide("40Ar"), 0.23, couplings=Couplings(0.02, -0.5)),
        "weak_mixing_angle=0.23 has no effect on Couplings(gvp=0.02, gvn=-0.5): the couplings are given already",
    ),
    (
        lambda: Couplings({"nue": 0, "numu": 0, "nutau": 0, "numubar": 0}, -0.5),
        "gvp has no entry of its own for 'numubar': the vector couplings of antineutrinos are those of their flavour",
    ),
]


@pytest.mark.parametrize(("call", "message"), DOUBLE, ids=[message for _, message in DOUBLE])
def test_what_counts_twice_or_not_at_all_is_refused_with_the_reason(call, message):
    with pytest.raises(cevns.UnsupportedError, match=re.escape(message)):
        call()


def test_loops_that_are_missing_may_be_added():
    """What a scheme contains and what may be added to it are all loops together."""
    schemes = (Couplings.named("tree"), Couplings.named("radiative"), Couplings.named("dukecevns"), Couplings(0.02, -0.5))
    missing = (couplings.LOOPS, ("vacuum polarisation",), ("charge radius", "vacuum polarisation"), couplings.LOOPS)
    for scheme, loops in zip(schemes, missing, strict=True):
        couplings.one_scheme(scheme, *loops)
        assert {*loops, *scheme.loops} == set(couplings.LOOPS)
        for loop in scheme.loops:
            with pytest.raises(cevns.UnsupportedError):
                couplings.one_scheme(scheme, loop)


def test_unknown_schemes_suggest_the_nearest():
    with pytest.raises(cevns.UnknownNameError, match="unknown couplings 'radiativ'; did you mean 'radiative'"):
        Couplings.named("radiativ")
    with pytest.raises(cevns.UnknownNameError, match="unknown couplings 1"):
        couplings.couplings_of(1)
    with pytest.raises(cevns.UnknownNameError, match="unknown flavor 'nux'"):
        couplings.neutrino_charge_radius("nux")
    with pytest.raises(cevns.UnknownNameError, match="unknown loop 'box'"):
        Couplings(0.02, -0.5, loops=["box"])


def test_docstring_examples_of_couplings_run():
    import doctest

    assert doctest.testmod(couplings, extraglobs={"cevns": cevns}).failed == 0


WRONG = [
    (lambda: cevns.weak_charge(cevns.Nuclide("40Ar"), 1.2), "weak_mixing_angle must be >= 0 and <= 1 (got 1.2)"),
    (lambda: cevns.weak_charge_qw(cevns.Nuclide("40Ar"), -0.1), "weak_mixing_angle must be >= 0 and <= 1 (got -0.1)"),
    (lambda: tree_couplings(np.nan), "weak_mixing_angle must be >= 0 and <= 1 (got nan)"),
    (lambda: tree_couplings([0.2, 0.3]), "weak_mixing_angle must be one number (got an array of shape (2,))"),
    (lambda: weak_mixing.weak_mixing_angle([1.0, -2.0]), "q must be >= 0 and <= 91187.6 MeV (got -2 at index 1)"),
    (lambda: weak_mixing.weak_mixing_angle(1e5), "q must be >= 0 and <= 91187.6 MeV (got 100000)"),
    (lambda: cevns.weak_charge(cevns.Nuclide("40Ar"), q=-1.0), "q must be >= 0 and <= 91187.6 MeV (got -1)"),
    (lambda: Couplings(np.inf, -0.5), "gvp must be finite (got inf)"),
    (lambda: Couplings(0.02, "half"), "gvn must be a real number (got 'half')"),
    (lambda: Couplings({"nue": 0.02}, -0.5), "gvp must have 'nue', 'numu' and 'nutau' (missing 'numu', 'nutau')"),
    (lambda: Couplings({"nue": np.nan, "numu": 0, "nutau": 0}, -0.5), "gvp['nue'] must be finite (got nan)"),
    (lambda: Couplings(0.02, -0.5, loops="boxes"), "loops must be a sequence of names (got 'boxes')"),
    (lambda: Couplings.named("radiative", 1.2), "weak_mixing_angle must be >= 0 and <= 1 (got 1.2)"),
    (lambda: cevns.weak_charge(40), "nuclide must be a cevns.Nuclide or its name (got 40)"),
]


@pytest.mark.parametrize(("call", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_input_is_named_with_its_value_and_range(call, message):
    with pytest.raises(cevns.InputError, match=re.escape(message)):
        call()
