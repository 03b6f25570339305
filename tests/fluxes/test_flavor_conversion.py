"""Oscillation of fluxes: probabilities and density matrices by energy, a sterile neutrino, and what is not a probability."""

import pickle
import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.integrate import quad

import cevns
from cevns import Coherence, Component, Flux, binned_rate, constants, differential_rate
from cevns.errors import InputError, UnsupportedError
from cevns.fluxes.spectra import EndPoint, Function, Lines, Table
from cevns.oscillation import PHASE, Sterile, Vacuum, density_matrices

ENERGY = [1.0, 2.0, 5.0, 9.0]
VALUES = [3.0, 2.0, 2.0, 0.0]
LINE = 29.792
E_MU = 1.3
IDENTITY = np.eye(3)


@dataclass(frozen=True)
class TwoFlavours:
    """P_μe = sin²2θ sin²(1.267 Δm² L/E) of muon and electron neutrinos; tau neutrinos stay.

    Towards E = 0 it has no end of oscillations: below 100 of them it is their mean, as in `Vacuum`.
    """

    sin2_2theta: float = 0.8
    phase: float = 5.0  # 1.267 Δm² L [MeV]
    coherent: bool = False

    @property
    def breaks(self):
        return (self.phase / (100 * np.pi),)

    def __call__(self, energy):
        resolved = energy >= self.breaks[0]
        turned = np.where(resolved, np.exp(2j * self.phase / np.where(resolved, energy, 1.0)), 0.0)
        P = np.zeros((energy.size, 3, 3))
        P[:, 0, 1] = P[:, 1, 0] = self.sin2_2theta * (1 - turned.real) / 2
        P[:, 0, 0] = P[:, 1, 1] = 1 - P[:, 0, 1]
        P[:, 2, 2] = 1.0
        if not self.coherent:
            return P
        # ρ_eμ = Σ_ij U_ai U_aj U_ei U_μj e^(i(φ_i − φ_j))
        s2 = np.sqrt(self.sin2_2theta)
        c2 = np.sqrt(1 - self.sin2_2theta)
        rho = np.zeros((energy.size, 3, 3, 3), dtype=complex)
        rho[:, 0, 0, 1] = s2 / 2 * (c2 * (turned.real - 1) + 1j * turned.imag)
        rho[:, 1, 0, 1] = -rho[:, 0, 0, 1]
        rho[:, :, 1, 0] = rho[:, :, 0, 1].conj()
        rho[:, range(3), :, :] += np.einsum("nab,bc->nabc", P, np.eye(3))
        return rho


@dataclass(frozen=True)
class Step:
    """All of it changes, electron to tau, above an energy, which it names."""

    at: float

    def __call__(self, energy):
        P = np.tile(IDENTITY, (energy.size, 1, 1))
        P[energy > self.at, 0] = [0.0, 0.0, 1.0]
        return P

    @property
    def breaks(self):
        return (self.at,)


@dataclass(frozen=True)
class Fixed:
    """The same matrix at all energies."""

    matrix: tuple

    def __call__(self, energy):
        return np.broadcast_to(np.array(self.matrix), (energy.size, *np.shape(self.matrix)))


def falling(E):
    return E**2 * np.exp(-E / 2.0)


SPECTRA = {
    "table": Table(ENERGY, VALUES),
    "power laws": Table(ENERGY, [3.0, 2.0, 2.0, 0.5], "loglog"),
    "histogram": Table(ENERGY, [3.0, 2.0, 1.0], "histogram"),
    "muon decay": EndPoint("electron"),
    "function": Function(falling, (0.5, 20.0)),
}


def flux_of(spectrum, flavor="numu", scale=2.0):
    return Flux((Component(flavor, "a", spectrum, scale),))


def mixed():
    return Flux(
        (
            Component("nue", "a", Table(ENERGY, VALUES), 2.0),
            Component("numu", "line", Lines([LINE, 4.0], [3.0, 1.0])),
            Component("numubar", "b", EndPoint("muon"), 5.0),
            Component("nutaubar", "b", Table(ENERGY, [1.0, 1.0, 1.0], "histogram")),
        )
    )


# ---- probabilities ----------------------------------------------------------------------------------------------------


def test_a_matrix_shares_a_flux_among_flavours():
    P = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.0, 0.4, 0.6]])
    flux = mixed().oscillate(P)
    total = {flavor: mixed().total(flavor) for flavor in constants.FLAVORS}
    for kind in ("", "bar"):
        before = np.array([total[f"nu{x}{kind}"] for x in ("e", "mu", "tau")])
        after = [flux.total(f"nu{x}{kind}") for x in ("e", "mu", "tau")]
        np.testing.assert_allclose(after, before @ P, rtol=1e-14)
    np.testing.assert_allclose(flux.lines("nue"), [(4.0, 0.1), (LINE, 0.3)], rtol=1e-14)
    assert {c.name for c in flux.select(flavor="nutaubar").components} == {"b"}
    assert flux.coherences == ()


def test_antineutrinos_may_have_probabilities_of_their_own():
    swap = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    flux = mixed().oscillate(IDENTITY, antineutrinos=swap)
    assert flux.select(flavor="nue") == mixed().select(flavor="nue")
    assert flux.total("nuebar") == mixed().total("numubar")
    assert flux.total("numubar") == 0.0
    assert flux.total("nutaubar") == mixed().total("nutaubar")


def test_what_never_arrives_is_left_out():
    flux = mixed().oscillate(IDENTITY)
    assert flux == mixed()
    all_sterile = mixed().select(flavor="nue") + mixed().select(flavor="numu")
    assert all_sterile.oscillate(np.diag([0.0, 1.0, 1.0])).flavors == ("numu",)


@pytest.mark.parametrize("spectrum", SPECTRA.values(), ids=SPECTRA)
def test_probabilities_by_energy_multiply_a_spectrum(spectrum):
    P, before = TwoFlavours(), flux_of(spectrum)
    flux = before.oscillate(P)
    assert flux.flavors == ("nue", "numu")
    E = np.linspace(0.1, 60.0, 301)
    probability = P(E)[:, 1]
    for b, flavor in enumerate(("nue", "numu")):
        np.testing.assert_allclose(flux.spectrum(E, flavor), probability[:, b] * before.spectrum(E), rtol=1e-15)
    np.testing.assert_allclose(flux.spectrum(E), before.spectrum(E), rtol=1e-14)
    assert flux.total() == pytest.approx(before.total(), rel=1e-11)
    assert flux.mean_energy() == pytest.approx(before.mean_energy(), rel=1e-10)


@pytest.mark.parametrize(
    "spectrum", [SPECTRA["table"], SPECTRA["histogram"], SPECTRA["function"]], ids=["table", "bins", "function"]
)
@pytest.mark.parametrize("x", [1.2, 2.0, 4.4, 8.8])
def test_moments_of_what_appears_are_those_of_a_quadrature(spectrum, x):
    P, before = TwoFlavours(), flux_of(spectrum)
    moments = before.oscillate(P).moments(x, "nue")
    knots = [k for k in (*ENERGY, 20.0) if k > x]
    for k in range(3):

        def integrand(E, k=k):
            return before.spectrum(E) * 0.8 * np.sin(5.0 / E) ** 2 / E**k

        pieces = zip([x, *knots[:-1]], knots, strict=True)
        expected = sum(quad(integrand, a, b, epsabs=0, epsrel=1e-11, limit=200)[0] for a, b in pieces if integrand((a + b) / 2))
        assert moments[k] == pytest.approx(expected, rel=1e-8, abs=1e-10)


def test_lines_take_the_probability_of_their_energy_exactly():
    flux = flux_of(Lines([LINE, 4.0], [3.0, 1.0])).oscillate(TwoFlavours())
    expected = [(e, 2.0 * w * 0.8 * np.sin(5.0 / e) ** 2) for e, w in ((4.0, 1.0), (LINE, 3.0))]
    np.testing.assert_allclose(flux.lines("nue"), expected, rtol=1e-14)


@pytest.mark.parametrize("flavor", ["nue", "numu", "nuebar", "numubar"])
def test_two_flavours_do_not_change_a_rate_that_is_blind_to_them(flavor):
    T = np.linspace(0.0, 3.0, 31)
    for spectrum in SPECTRA.values():
        before = flux_of(spectrum, flavor)
        rates = [differential_rate(T, f, "Ge") for f in (before, before.oscillate(TwoFlavours()))]
        np.testing.assert_allclose(rates[1], rates[0], rtol=0, atol=1e-10 * rates[0].max())
        # and do change one that is not: the charge radii of flavours differ by a per cent or two
        sees = cevns.StandardModel(couplings="radiative")
        rates = [differential_rate(T[:2], f, "Ge", sees) for f in (before, before.oscillate(TwoFlavours()))]
        assert (np.abs(rates[1] / rates[0] - 1) > 1e-4).all()


def test_two_flavours_without_a_way_or_without_mixing_do_nothing():
    for P in (TwoFlavours(phase=0.0), TwoFlavours(sin2_2theta=0.0)):
        flux = mixed().oscillate(P)
        assert flux.flavors == mixed().flavors
        E = np.linspace(0.5, 60.0, 50)
        for flavor in flux.flavors:
            np.testing.assert_array_equal(flux.spectrum(E, flavor), mixed().spectrum(E, flavor))
            assert flux.total(flavor) == pytest.approx(mixed().total(flavor), rel=1e-11)


@pytest.mark.parametrize("baseline", [1.0, 25.0, 1e3, 52.5e3])
@pytest.mark.parametrize("name", ["table", "power laws", "histogram", "muon decay"])
def test_three_flavours_appear_as_they_should_at_any_distance(name, baseline):
    # at 1 m and 3 MeV P_eμ is 1e-7, all that is left of 1 − 1: what is resolved of it is 1e-13 of the whole
    P = Vacuum(baseline, antineutrinos=True)
    before = flux_of(SPECTRA[name], "nuebar", 1.0)
    flux = before.oscillate(P)
    assert flux.total() == pytest.approx(before.total(), rel=1e-11)
    cuts = np.unique(np.concatenate([ENERGY, np.linspace(1.0, 9.0, 401)]))
    nodes, weights = np.polynomial.legendre.leggauss(12)
    half, middle = np.diff(cuts)[:, None] / 2, (cuts[1:] + cuts[:-1])[:, None] / 2
    E, w = (middle + half * nodes).ravel(), (half * weights).ravel()
    expected = w @ (P(E)[:, 0, 1] * before.spectrum(E))
    above = flux.binned([1.0, 9.0], "numubar")[0]
    assert above == pytest.approx(expected, rel=1e-9, abs=1e-12 * before.total())


def test_fast_oscillation_averages_to_one_half():
    flux = flux_of(Table([20.0, 50.0], [1.0, 1.0])).oscillate(TwoFlavours(1.0, 1e5))  # 15 cycles a MeV and more
    assert flux.total("nue") == pytest.approx(30.0, rel=2e-3)


@pytest.mark.parametrize("at", [8.9, 1.05, 3.0, 5.0])
def test_what_changes_in_a_small_part_of_a_spectrum_is_not_lost(at):
    # the flux is 0 at 9 MeV and straight from 5 MeV, with 2 per MeV there
    flux = flux_of(Table(ENERGY, VALUES), "nue", 1.0).oscillate(Step(at))
    whole = flux_of(Table(ENERGY, VALUES), "nue", 1.0)
    above = quad(lambda E: whole.spectrum(E), at, 9.0, points=[p for p in (2.0, 5.0) if p > at] or None, epsabs=0)[0]
    assert flux.total("nutau") == pytest.approx(above, rel=1e-10)
    assert flux.total("nue") == pytest.approx(whole.total() - above, rel=1e-10)


def test_equal_spectra_of_two_flavours_are_converted_once():
    table = Table(ENERGY, VALUES)
    flux = Flux((Component("nue", "a", table), Component("nue", "b", table, 3.0))).oscillate(TwoFlavours())
    first, second = (flux.select(flavor="numu", name=name).components[0].spectrum for name in "ab")
    assert first is second


# ---- density matrices -----------------------------------------------------------------------------------------------------


def test_the_diagonal_of_density_matrices_is_the_probabilities():
    plain, coherent = (mixed().oscillate(TwoFlavours(coherent=c)) for c in (False, True))
    E = np.linspace(0.1, 60.0, 301)
    for flavor in constants.FLAVORS:
        np.testing.assert_allclose(coherent.spectrum(E, flavor), plain.spectrum(E, flavor), rtol=1e-12, atol=1e-14)
        assert coherent.total(flavor) == pytest.approx(plain.total(flavor), rel=1e-10)
    assert plain.coherences == ()


def rho_at(flux, flavors, E):
    """Re and Im of the element of the density matrix of a flux at energies."""
    held = [c for c in flux.coherences if c.flavors == flavors]
    return sum(c.scale * (c.real.density(E) + 1j * c.imaginary.density(E)) for c in held)


@pytest.mark.parametrize("kind", ["", "bar"])
def test_coherence_of_two_flavours_is_that_of_the_pure_state(kind):
    # of a pure state ρ_eμ = S_e S*_μ: |ρ_eμ|² = ρ_ee ρ_μμ, and for antineutrinos its conjugate
    P, before = TwoFlavours(coherent=True), flux_of(Table(ENERGY, VALUES), f"numu{kind}")
    flux = before.oscillate(P)
    (coherence,) = flux.coherences
    assert (coherence.flavors, coherence.name) == ((f"nue{kind}", f"numu{kind}"), "a")
    E = np.array([1.1, 1.9, 3.3, 8.0])
    expected = P(E)[:, 1, 0, 1] * before.spectrum(E)
    found = rho_at(flux, coherence.flavors, E)
    np.testing.assert_allclose(found, expected.conj() if kind else expected, rtol=1e-14)
    assert np.abs(found.imag).min() > 0.0
    ee, mumu = (flux.spectrum(E, f"{flavor}{kind}") for flavor in ("nue", "numu"))
    np.testing.assert_allclose(np.abs(found) ** 2, ee * mumu, rtol=1e-12)


def test_a_constant_density_matrix_is_carried_with_its_signs():
    rho = np.zeros((3, 3, 3), dtype=complex)
    rho[0] = [[0.5, 0.1 + 0.2j, 0.0], [0.1 - 0.2j, 0.3, -0.05j], [0.0, 0.05j, 0.2]]
    rho[1] = np.diag([0.0, 1.0, 0.0])
    rho[2] = np.diag([0.0, 0.0, 1.0])
    E = np.array([1.5, 4.0])
    for matrices in (rho, Fixed(_tuples(rho))):
        for kind, sign in (("", 1), ("bar", -1)):
            before = flux_of(Table(ENERGY, VALUES), f"nue{kind}")
            flux = before.oscillate(matrices)
            assert [c.flavors for c in flux.coherences] == [(f"nue{kind}", f"numu{kind}"), (f"numu{kind}", f"nutau{kind}")]
            for flavors, element in zip([c.flavors for c in flux.coherences], (0.1 + 0.2j, -0.05j), strict=True):
                expected = (element.real + sign * 1j * element.imag) * before.spectrum(E)
                np.testing.assert_allclose(rho_at(flux, flavors, E), expected, rtol=1e-14)
            # given as those of antineutrinos, they are not conjugated
            same = before.oscillate(rho, antineutrinos=matrices)
            np.testing.assert_allclose(
                rho_at(same, flux.coherences[0].flavors, E), (0.1 + 0.2j) * before.spectrum(E), rtol=1e-14
            )


def _tuples(array):
    return tuple(map(_tuples, array)) if np.ndim(array) else complex(array)


def test_lines_are_coherent_at_their_energy():
    flux = flux_of(Lines([LINE], [3.0])).oscillate(TwoFlavours(coherent=True))
    (coherence,) = flux.coherences
    element = TwoFlavours(coherent=True)(np.array([LINE]))[0, 1, 0, 1]
    assert coherence.real.lines == ((LINE, pytest.approx(3.0 * element.real)),)
    assert coherence.imaginary.lines == ((LINE, pytest.approx(3.0 * element.imag)),)
    assert coherence.scale == 2.0


def test_coherence_is_scaled_added_and_selected_with_its_flux():
    flux = mixed().oscillate(TwoFlavours(coherent=True))
    assert [c.name for c in flux.coherences] == ["a", "line", "b"]
    assert [c.scale for c in (3 * flux).coherences] == [3 * c.scale for c in flux.coherences]
    assert (flux + flux).coherences == flux.coherences * 2
    assert flux.select(name="b").coherences == flux.coherences[2:]
    assert flux.select(flavor="nue").coherences == ()  # one flavour alone has nothing in common with another
    assert flux.with_uncertainty("x", 0.1).coherences == flux.coherences


def test_a_rate_does_not_see_coherence():
    plain, coherent = (mixed().oscillate(TwoFlavours(coherent=c)) for c in (False, True))
    T = np.linspace(0.0, 20.0, 21)
    for interaction in (None, cevns.StandardModel(couplings="radiative")):
        rates = [differential_rate(T, flux, "Ge", interaction) for flux in (plain, coherent)]
        np.testing.assert_allclose(rates[1], rates[0], rtol=1e-10)


def test_a_coherent_flux_is_not_oscillated_again_and_has_no_history():
    flux = mixed().oscillate(TwoFlavours(coherent=True))
    with pytest.raises(
        UnsupportedError, match="carries coherence cannot be oscillated again: give one matrix for the whole way"
    ):
        flux.oscillate(IDENTITY)
    with pytest.raises(UnsupportedError, match="carries coherence has no history"):
        flux.window(0.0, 1.0)
    # an incoherent one may be
    twice = mixed().oscillate(TwoFlavours()).oscillate(TwoFlavours())
    assert twice.total() == pytest.approx(mixed().total(), rel=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((("numu", "nue"),), "a coherence is between two neutrinos or two antineutrinos, in order (got ('numu', 'nue'))"),
        ((("nue", "nue"),), "a coherence is between two neutrinos or two antineutrinos, in order (got ('nue', 'nue'))"),
        ((("nue", "numubar"),), "a coherence is between two neutrinos or two antineutrinos, in order (got ('nue', 'numubar'))"),
        ((("nue", "nux"),), "unknown flavor 'nux'"),
    ],
)
def test_what_is_no_coherence_is_refused(arguments, message):
    table = Table(ENERGY, VALUES)
    with pytest.raises((InputError, cevns.errors.UnknownNameError), match=f"^{re.escape(message)}"):
        Coherence(*arguments, "a", table, table)


# ---- what is no probability ------------------------------------------------------------------------------------------------


def changed(place, value, complex_=False):
    P = np.array(density_matrices(IDENTITY)) if complex_ else np.eye(3)
    P[place] = value
    return P


BAD = [
    (changed((0, 1), -0.1), "probability of nue to numu must be >= 0 and <= 1 (got -0.1)"),
    (changed((2, 2), 1.1), "probability of nutau to nutau must be >= 0 and <= 1 (got 1.1)"),
    (changed((1, 0), np.nan), "probability of numu to nue must be >= 0 and <= 1 (got nan)"),
    (changed((1, 2), 0.5), "probabilities of numu must sum to at most 1 (got 1.5)"),
    (np.eye(2), "probabilities must have the shape (3, 3) or (3, 3, 3) (got (2, 2))"),
    (np.zeros((4, 3, 3)), "probabilities must have the shape (3, 3) or (3, 3, 3) (got (4, 3, 3))"),
    (1.0, "probabilities must have the shape (3, 3) or (3, 3, 3) (got ())"),
    (None, "probabilities must have the shape (3, 3) or (3, 3, 3) (got ())"),
    (1j * np.eye(3), "probabilities (n, 3, 3) must be real: density matrices have the shape (n, 3, 3, 3)"),
    (changed((0, 0, 1), 0.25, True), "density matrices must be Hermitian (they are off by 0.25)"),
    (changed((0, 0, 0), 0.5j, True), "density matrices must be Hermitian (they are off by 1)"),
    (changed((0, 1, 1), -0.5, True), "probability of nue to numu must be >= 0 and <= 1 (got -0.5)"),
    (changed((1, 2, 2), 0.5, True), "probabilities of numu must sum to at most 1 (got 1.5)"),
    (changed((1, 2, 2), np.nan, True), "density matrices must be Hermitian (they are off by nan)"),
]


@pytest.mark.parametrize(("P", "message"), BAD)
def test_what_is_no_probability_is_refused(P, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        mixed().oscillate(P)
    if P is not None:
        with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
            mixed().oscillate(IDENTITY, antineutrinos=P)


def test_a_callable_that_is_wrong_somewhere_is_refused_with_the_energy():
    def above_5_MeV(E):  # noqa: N802
        P = np.tile(np.eye(3), (E.size, 1, 1))
        P[E > 5.0, 1, 0] = 0.5
        P[E > 5.0, 1, 1] = 1.5
        return P

    for flux in (flux_of(Lines([2.0, 6.0], [1.0, 1.0])), flux_of(Table(ENERGY, VALUES)), flux_of(EndPoint("muon"))):
        with pytest.raises(InputError, match=r"^probability of numu to numu must be >= 0 and <= 1 \(got 1.5 at [\d.]+ MeV\)$"):
            flux.oscillate(above_5_MeV).total()


def test_a_callable_of_another_shape_is_refused():
    for P, shape in ((lambda E: np.eye(3), "(3, 3)"), (lambda E: E, "(2,)"), (lambda E: np.zeros((3, 3, E.size)), "(3, 3, 2)")):
        with pytest.raises(InputError) as error:
            flux_of(Lines([2.0, 6.0], [1.0, 1.0])).oscillate(P)
        assert str(error.value) == (f"probabilities must have the shape (2, 3, 3) or (2, 3, 3, 3) at 2 energies (got {shape})")


def test_rounding_is_not_an_error():
    P = np.array([[1.0 + 1e-12, -1e-13, 0.0], [0.0, 1.0, 1e-12], [0.0, 0.0, 1.0]])
    flux = Flux((Component("nuebar", "a", Table(ENERGY, VALUES)),))
    for probabilities in (np.abs(P), Fixed(tuple(map(tuple, P.tolist())))):
        assert flux.oscillate(probabilities).total() == pytest.approx(flux.total(), rel=1e-11)


def test_rounding_below_zero_of_a_matrix_is_not_an_error_either():
    P = np.array([[1.0, -1e-13, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert mixed().oscillate(P).total() == pytest.approx(mixed().total())


# ---- a sterile neutrino ------------------------------------------------------------------------------------------------


def test_without_a_mass_difference_or_mixing_nothing_becomes_sterile():
    E = np.linspace(0.5, 60.0, 50)
    for options in ({"dm2": 0.0, "sin2_2theta": 1.0}, {"dm2": 1.0, "sin2_2theta": 0.0}, {"dm2": 1.0, "mixing": (0, 0, 0)}):
        flux = mixed().sterile(baseline=20.0, **options)
        assert flux.flavors == mixed().flavors
        for flavor in flux.flavors:
            np.testing.assert_array_equal(flux.spectrum(E, flavor), mixed().spectrum(E, flavor))
            assert flux.total(flavor) == pytest.approx(mixed().total(flavor), rel=1e-11)
            assert flux.lines(flavor) == mixed().lines(flavor)


def test_a_line_disappears_as_two_flavours_do():
    # 1.26693 = 1e-3 · eV² m/(4 MeV ħc)
    flux = flux_of(Lines([LINE], [1.0]), scale=1.0)
    for baseline in (5.0, 19.3, 27.5, 100.0):
        survived = flux.sterile(dm2=1.3, sin2_2theta=0.36, baseline=baseline)
        expected = 1 - 0.36 * np.sin(1.2669327 * 1.3 * baseline / LINE) ** 2
        assert survived.total("numu") == pytest.approx(expected, rel=1e-6)
        assert survived.flavors == ("numu",)
    assert pytest.approx(1.2669327, rel=1e-7) == PHASE


def test_at_its_maximum_all_of_a_line_is_gone():
    baseline = np.pi / 2 * LINE / (PHASE * 1.0)
    assert flux_of(Lines([LINE], [1.0])).sterile(dm2=1.0, sin2_2theta=1.0, baseline=baseline).total() < 1e-25


def test_a_flux_of_which_all_is_sterile_is_a_flux_of_nothing():
    flux = mixed().with_uncertainty("norm", 0.1).oscillate(np.zeros((3, 3)))
    assert flux.total() == flux.total_uncertainty() == 0.0
    np.testing.assert_array_equal(differential_rate([0.1, 1.0], flux, "Ge"), [0.0, 0.0])


def test_a_source_of_many_wavelengths_loses_half():
    # Δm² = 50 eV²: a wavelength is π LINE/(PHASE Δm²) = 1.5 m
    flux = flux_of(Lines([LINE], [1.0]), scale=1.0)
    wave = np.pi * LINE / (PHASE * 50.0)
    mean = flux.sterile(dm2=50.0, sin2_2theta=0.4, baseline=60.0, core=10 * wave, detector=5 * wave).total()
    assert mean == pytest.approx(1 - 0.4 / 2, abs=2e-4)


def test_a_small_core_and_detector_average_over_distances():
    # to second order in the size: ⟨sin²φ⟩ changes by ½ f'' ⟨s²⟩ + f' ⟨s⟩; Monte Carlo over pairs of points is the oracle
    rng = np.random.default_rng(1)
    d, a, b, n = 8.0, 1.5, 0.8, 400_000

    def ball(radius):
        points = rng.normal(size=(n, 3))
        return points / np.linalg.norm(points, axis=1)[:, None] * (radius * rng.random(n) ** (1 / 3))[:, None]

    L = np.linalg.norm(ball(a) - ball(b) + [0.0, 0.0, d], axis=1)
    values = np.sin(PHASE * 2.0 * L / 4.0) ** 2
    expected = np.average(values, weights=L**-2)
    flux = flux_of(Lines([4.0], [1.0]), scale=1.0).sterile(dm2=2.0, sin2_2theta=1.0, baseline=d, core=a, detector=b)
    assert 1 - flux.total() == pytest.approx(expected, abs=5 * values.std() / np.sqrt(n))


def test_what_appears_and_what_is_lost_add_up():
    u = np.array([0.02, 0.05, 0.01])
    source = flux_of(Lines([LINE], [1.0]), scale=1.0)
    flux = source.sterile(dm2=1.0, mixing=u, baseline=30.0)
    sin2 = np.sin(PHASE * 1.0 * 30.0 / LINE) ** 2
    assert flux.total("numu") == pytest.approx(1 - 4 * u[1] * (1 - u[1]) * sin2, rel=1e-13)
    assert flux.total("nue") == pytest.approx(4 * u[0] * u[1] * sin2, rel=1e-13)
    assert flux.total("nutau") == pytest.approx(4 * u[2] * u[1] * sin2, rel=1e-13)
    # what is missing is sterile, |U_s4|² = 1 − Σ|U_a4|²
    assert 1 - flux.total() == pytest.approx(4 * u[1] * (1 - u.sum()) * sin2, rel=1e-12)


def test_a_sterile_neutrino_lowers_a_spectrum_by_its_probability():
    before = mixed().select(name="b")
    flux = before.sterile(dm2=3.0, sin2_2theta=0.2, baseline=20.0, core=1.0, detector=0.5)
    P = Sterile(dm2=3.0, sin2_2theta=0.2, baseline=20.0, core=1.0, detector=0.5)
    E = np.linspace(1.0, 52.0, 200)
    np.testing.assert_allclose(flux.spectrum(E, "numubar"), P(E)[:, 1, 1] * before.spectrum(E, "numubar"), rtol=1e-14)
    edges = np.linspace(0.0, 20.0, 5)
    ratio = binned_rate(edges, flux, "CsI") / binned_rate(edges, before, "CsI")
    assert ((ratio > 0.8) & (ratio < 1.0)).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dm2": -1.0, "sin2_2theta": 0.1}, "dm2 must be >= 0 eV² and finite (got -1)"),
        ({"dm2": 1.0, "sin2_2theta": 1.5}, "sin2_2theta must be >= 0 and <= 1 (got 1.5)"),
        ({"dm2": 1.0}, "give either sin2_2theta or mixing"),
        ({"dm2": 1.0, "sin2_2theta": 0.1, "mixing": (0.1, 0.1, 0.1)}, "give either sin2_2theta or mixing"),
        ({"dm2": 1.0, "mixing": (0.6, 0.6, 0.0)}, "mixing must be three numbers with a sum <= 1"),
        ({"dm2": 1.0, "sin2_2theta": 0.1, "baseline": 0.0}, "baseline must be > 0 m and finite (got 0)"),
        ({"dm2": 1.0, "sin2_2theta": 0.1, "core": -1.0}, "core must be >= 0 m and finite (got -1)"),
        ({"dm2": 1.0, "sin2_2theta": 0.1, "core": 20.0}, "core and detector must be smaller than the baseline of 20 m"),
    ],
)
def test_what_is_no_sterile_neutrino_is_refused(options, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        mixed().sterile(**{"baseline": 20.0, **options})


# ---- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "P",
    [np.full((3, 3), 0.25), Vacuum(1000.0), Vacuum(1000.0, coherent=True), Sterile(1.0, 10.0, 0.1), TwoFlavours(coherent=True)],
)
def test_oscillated_fluxes_are_values(P):
    a, b = (mixed().with_uncertainty("norm", 0.1).oscillate(P) for _ in range(2))
    assert a == b
    assert hash(a) == hash(b)
    assert a != mixed().with_uncertainty("norm", 0.1)
    copy = pickle.loads(pickle.dumps(a))
    assert copy == a
    np.testing.assert_array_equal(copy.moments([1.0, 5.0]), a.moments([1.0, 5.0]))


def test_uncertainties_are_converted_as_the_flux_is():
    flux = mixed().with_uncertainty("norm", 0.1).oscillate(TwoFlavours())
    edges = [0.5, 2.0, 4.5, 40.0]
    for flavor in constants.FLAVORS:
        contents = flux.binned(edges, flavor)
        np.testing.assert_allclose(flux.covariance(edges, flavor), 0.01 * np.outer(contents, contents), rtol=1e-9, atol=1e-20)


def test_a_timing_survives():
    timing = cevns.timing.Timing(cevns.timing.Instant())
    flux = Flux(tuple(replace(c, timing=timing) for c in mixed().components)).oscillate(TwoFlavours())
    assert {c.timing for c in flux.components} == {timing}


class _Window:
    """Survival in a Gaussian window of the energy alone."""

    def __init__(self, at, sigma, breaks=()):
        self.at, self.sigma, self.breaks = at, sigma, breaks

    def __call__(self, energy):
        return np.einsum("n,ab->nab", np.exp(-0.5 * ((energy - self.at) / self.sigma) ** 2), np.eye(3))


@pytest.mark.parametrize(("at", "share", "named"), [(30.1234, 0.01, False), (5.31, 0.01, False), (30.1234, 1e-4, True)])
def test_a_narrow_window_of_survival_is_seen_down_to_a_percent_or_where_a_break_names_it(at, share, named):
    # over a Gaussian a cubic is its value at the middle and half its second derivative times σ²
    flux = cevns.Flux((cevns.Component("nue", "x", cevns.spectra.EndPoint("electron")),))
    sigma, end = share * at, cevns.constants.MUON_MASS / 2
    curvature = (24 - 72 * at / end) / end**3
    expected = np.sqrt(2 * np.pi) * sigma * (flux.spectrum(at) + curvature * sigma**2 / 2)
    assert flux.oscillate(_Window(at, sigma, (at,) if named else ())).total("nue") == pytest.approx(expected, rel=1e-9)
