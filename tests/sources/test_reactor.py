"""Reactors: spectra of a fission and of the decays after a capture, and how power, fuel and distance scale them."""

import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

import cevns
from cevns import InputError, UnknownNameError, constants
from cevns.reference import spectra as reference
from cevns.sources import BetaDecay, FissionSpectrum, reactor

DATA = Path(__file__).parents[3] / "shared" / "data"

ISOTOPES = ("235U", "238U", "239Pu", "241Pu")
MODELS = ("huber-mueller", "mueller", "vogel-engel")
SPECTRA = {"huber-mueller": reference.huber_mueller, "vogel-engel": reference.vogel_engel}


def published(name, header=3):
    if not (DATA / name).exists():
        pytest.skip(f"needs the published table {name}, which is not part of cevns")
    return np.genfromtxt(DATA / name, delimiter=",", comments="#", skip_header=header)


def flux_of(spectrum):
    return cevns.Flux((cevns.Component("nuebar", "test", spectrum),))


# -------------------------------------------------------------------------------------------------------------- a fission


@pytest.mark.parametrize("isotope", ISOTOPES)
def test_fission_spectra_agree_with_the_reference(isotope):
    E = np.union1d(np.linspace(0, 12, 4801), reference.VOGEL_ENGEL_ENERGY)
    # the exponents reach 150 near 12 MeV, in sums of terms ten times larger: 1e-12 and a little
    for model, expected in SPECTRA.items():
        np.testing.assert_allclose(FissionSpectrum(isotope, model).density(E), expected(E, isotope), rtol=3e-12)
    above = E[E >= 2]
    np.testing.assert_allclose(
        FissionSpectrum(isotope, "mueller").density(above), reference.mueller(above, isotope), rtol=3e-12
    )
    assert np.all(FissionSpectrum(isotope).density(np.array([-1.0, 12.01, 50.0])) == 0)


@pytest.mark.parametrize("isotope", ISOTOPES)
@pytest.mark.parametrize("model", SPECTRA)
def test_moments_of_fission_spectra_agree_with_the_reference(isotope, model):
    component = reference.reactor_component({isotope: 1.0}, model)
    x = np.array([1e-6, 1e-3, 0.0078, 0.1, 1.0, 1.9999, 2.0, 2.0001, 4.0, 8.0, 10.0, 11.0])
    moments = flux_of(FissionSpectrum(isotope, model)).moments(x)
    for k in range(3):
        expected = np.array([reference.integral(component, lambda E, k=k: E ** float(-k), lower) for lower in x])
        # 1e-12 of Φ₀/x^k up to 10 MeV; at 11 MeV, where Φ₀ is 1e-15 to 1e-22 and falls by 1e5 in a cut of the spectrum, 1e-10
        tolerance = np.where(x <= 10, 1e-12, 1e-10)
        assert np.all(np.abs(moments[k] - expected) <= tolerance * moments[0] / x**k)


@pytest.mark.parametrize(
    ("model", "integrals"), [("huber-mueller", (5.71, 6.77, 5.11, 5.92)), ("vogel-engel", (5.67, 6.61, 5.08, 5.93))]
)
def test_antineutrinos_per_fission(model, integrals):
    assert [round(FissionSpectrum(isotope, model).total, 2) for isotope in ISOTOPES] == list(integrals)


def test_step_between_table_and_fit_is_kept():
    # 1.26 of the table and 1.3214 of the fit for ²³⁵U; nothing smooths it
    below, above = FissionSpectrum("235U").density(np.array([2 - 1e-9, 2.0]))
    assert below == pytest.approx(1.26, rel=1e-8)
    assert above == pytest.approx(math.exp(4.367 - 4.577 * 2 + 2.1 * 4 - 0.5294 * 8 + 0.06186 * 16 - 0.002777 * 32), rel=1e-13)
    assert above - below == pytest.approx(0.0614, abs=1e-4)


def test_table_of_vogel_and_engel_is_joined_by_straight_lines_down_to_zero():
    E = np.array([0.0, 0.007813 / 2, 0.007813, 0.375, 1.25])
    np.testing.assert_allclose(FissionSpectrum("235U").density(E), [0.0, 0.012, 0.024, (2.16 + 2.66) / 2, (2.41 + 1.69) / 2])


@pytest.mark.parametrize("isotope", ISOTOPES)
def test_little_is_extrapolated_above_8_MeV_and_nothing_of_use_above_12(isotope):  # noqa: N802
    for model, above_8, above_12 in (
        ("huber-mueller", 3e-4, 1.1e-10),
        ("mueller", 3e-4, 1.1e-10),
        ("vogel-engel", 5e-4, 3.5e-7),
    ):
        spectrum = FissionSpectrum(isotope, model)
        assert flux_of(spectrum).moments(8.0)[0] < above_8 * spectrum.total
        # above 12 MeV the density falls at least as fast as in its last 0.5 MeV
        high, low = spectrum.density(np.array([12.0, 11.5]))
        assert high / (math.log(low / high) / 0.5) < above_12 * spectrum.total


@pytest.mark.parametrize("isotope", ISOTOPES)
def test_fission_spectra_fall_monotonically_above_2_MeV(isotope):  # noqa: N802
    for model in MODELS:
        assert np.all(np.diff(FissionSpectrum(isotope, model).density(np.linspace(2, 12, 1001))) < 0)


def test_end_cuts_the_spectrum_and_changes_nothing_below():
    E = np.linspace(0, 8, 801)
    np.testing.assert_array_equal(FissionSpectrum("238U", end=8.0).density(E), FissionSpectrum("238U").density(E))
    assert FissionSpectrum("238U", end=8.0).density(np.array([8.01]))[0] == 0.0
    full, cut = (flux_of(FissionSpectrum("238U", end=end)) for end in (12.0, 8.0))
    assert full.total() - cut.total() == pytest.approx(full.moments(8.0)[0], rel=1e-9)  # a difference of 3e-4 of the terms


@pytest.mark.parametrize(
    ("isotope", "name", "largest"), [("235U", "U235", 0.044), ("239Pu", "Pu239", 0.106), ("241Pu", "Pu241", 0.084)]
)
def test_fits_of_huber_follow_his_table(isotope, name, largest):
    # rms 2.7, 6.6, 3.6 % over 2 to 8 MeV, where the largest deviations are above 7.5 MeV
    table = published(f"reactor_huber2011_{name}.csv")
    ratio = FissionSpectrum(isotope).density(table[:, 0]) / table[:, 1]
    rms = {"235U": 0.027, "239Pu": 0.066, "241Pu": 0.036}[isotope]
    assert np.sqrt(np.mean((ratio - 1) ** 2)) == pytest.approx(rms, abs=0.001)
    assert np.abs(ratio - 1)[table[:, 0] <= 7.5].max() < largest


@pytest.mark.parametrize(("column", "isotope"), list(enumerate(ISOTOPES, 1)))
def test_fits_of_mueller_follow_their_table(column, isotope):
    # rms 2.2 to 3.3 %, at most 9.3 %
    table = published("reactor_mueller2011_table.csv")
    ratio = FissionSpectrum(isotope, "mueller").density(table[:, 0]) / table[:, column]
    assert 0.021 < np.sqrt(np.mean((ratio - 1) ** 2)) < 0.034
    assert np.abs(ratio - 1).max() < 0.093


@pytest.mark.parametrize(("isotope", "expected"), [*zip(ISOTOPES, (6.69, 10.10, 4.40, 6.03), strict=True)])
def test_yield_of_inverse_beta_decay_is_the_published_one(isotope, expected):
    # σ = 0.0952 E_e p_e 1e-42 cm², E_e = E − 1.293 MeV, without recoil: 2 % from the published yields, in 1e-43 cm² per fission
    E = np.linspace(1.806, 12, 20001)
    positron = E - 1.29333
    sigma = 0.952 * positron * np.sqrt(np.maximum(positron**2 - constants.ELECTRON_MASS**2, 0))
    assert trapezoid(sigma * FissionSpectrum(isotope).density(E), E) == pytest.approx(expected, rel=0.025)


# -------------------------------------------------------------------------------------------------------------- a reactor


def per_second(flux):
    """Antineutrinos that leave the core in a second, of a flux at 1 m."""
    return flux.total() * 4 * math.pi * 1e4


def test_power_reactor_has_3_028e19_fissions_a_second_and_gigawatt():
    # ⟨E_f⟩ = 0.55·202.36 + 0.07·205.99 + 0.32·211.12 + 0.06·214.26 = 206.13 MeV
    flux = reactor(power=1.0, distance=1.0)
    fissions = per_second(flux.select(name="captures")) / 1.2
    assert fissions == pytest.approx(3.028e19, rel=1e-4)
    assert 1e9 * constants.JOULE / fissions == pytest.approx(206.13, abs=0.005)
    # 5.60 of fission and 1.2 of captures for each
    assert per_second(flux) / fissions == pytest.approx(5.60 + 1.2, abs=0.005)
    assert per_second(flux) == pytest.approx(2.060e20, rel=1e-3)


def test_components_are_isotopes_and_captures():
    flux = reactor(power=1.0, distance=1.0)
    assert [c.name for c in flux.components] == [*ISOTOPES, "captures", "captures"]
    assert (flux.flavors, flux.per) == (("nuebar",), "s")
    shares = {c.name: c.scale for c in flux.components[:4]}
    assert [shares[i] / sum(shares.values()) for i in ISOTOPES] == pytest.approx([0.55, 0.07, 0.32, 0.06], rel=1e-13)


def test_captures_add_antineutrinos_below_1_27_MeV_only():  # noqa: N802
    with_captures, without = (reactor(power=1.0, distance=1.0, captures=captures) for captures in (True, False))
    E = np.linspace(0, 10, 1001)
    extra = with_captures.spectrum(E) - without.spectrum(E)
    assert np.all(extra[(E > 0) & (E < 1.26)] > 0)
    assert np.all(extra[E > 1.27] == 0)
    assert [c.name for c in without.components] == list(ISOTOPES)


def test_captures_scale_with_their_number_per_fission():
    one = reactor(power=1.0, distance=1.0, captures_per_fission=1.0).select(name="captures")
    assert one.total() == pytest.approx(reactor(power=1.0, distance=1.0).select(name="captures").total() / 0.6, rel=1e-13)
    assert len(reactor(power=1.0, distance=1.0, captures_per_fission=0.0).components) == 4


def test_research_reactor_is_235U_alone():  # noqa: N802
    flux = reactor(power=0.058, distance=8.8, fission_fractions={"235U": 1.0}, captures=False)
    assert [c.name for c in flux.components] == ["235U"]
    expected = 0.058e9 * constants.JOULE / 202.36 / (4 * math.pi * 880**2) * FissionSpectrum("235U").total
    assert flux.total() == pytest.approx(expected, rel=1e-13)


def test_flux_follows_power_and_distance():
    one = reactor(power=1.0, distance=10.0)
    assert reactor(power=3.0, distance=20.0).total() == pytest.approx(0.75 * one.total(), rel=1e-14)
    assert reactor(power=0.0, distance=20.0).total() == 0.0


def test_several_cores_are_the_sum_of_each_with_the_components_of_one():
    cores = reactor(power=[3.0, 2.0], distance=[20.0, 50.0], duty_cycle=[1.0, 0.5])
    apart = [reactor(power=3.0, distance=20.0), reactor(power=1.0, distance=50.0)]
    assert cores.total() == pytest.approx(sum(flux.total() for flux in apart), rel=1e-14)
    assert len(cores.components) == len(apart[0].components)
    # one power, or one distance, for all
    assert reactor(power=4.25, distance=[72.0, 102.0]).total() == pytest.approx(
        reactor(power=[4.25, 4.25], distance=[72.0, 102.0]).total(), rel=1e-15
    )


def test_duty_cycle_is_the_share_of_the_time_at_power():
    one = reactor(power=3.0, distance=20.0)
    assert reactor(power=3.0, distance=20.0, duty_cycle=0.75).total() == pytest.approx(0.75 * one.total(), rel=1e-14)
    assert reactor(power=3.0, distance=20.0, duty_cycle=0.0).total() == 0.0


def test_rounded_fractions_are_made_to_sum_to_one():
    rounded = {"235U": 0.5503, "238U": 0.0702, "239Pu": 0.3199, "241Pu": 0.0599}
    whole = sum(rounded.values())
    exact = {isotope: fraction / whole for isotope, fraction in rounded.items()}
    assert whole != 1
    a, b = (reactor(power=1.0, distance=1.0, fission_fractions=f) for f in (rounded, exact))
    assert a.total() == pytest.approx(b.total(), rel=1e-14)


def test_energies_per_fission_are_named_sets_or_given():
    ma, kopeikin = (reactor(power=1.0, distance=1.0, energies_per_fission=name) for name in ("ma-2013", "kopeikin-2004"))
    assert kopeikin.total() / ma.total() == pytest.approx(206.13 / 205.45, rel=1e-4)
    given = {"235U": 201.92, "238U": 205.52, "239Pu": 209.99, "241Pu": 213.60}
    assert reactor(power=1.0, distance=1.0, energies_per_fission=given).components == kopeikin.components
    assert reactor(power=1.0, distance=1.0, fission_fractions={"235U": 1.0}, energies_per_fission={"235U": 200.0}).total() > 0


def test_models_differ_above_2_MeV_only():  # noqa: N802
    E = np.linspace(0, 1.99, 200)
    fluxes = [reactor(power=1.0, distance=1.0, model=model) for model in MODELS]
    for flux in fluxes[1:]:
        np.testing.assert_array_equal(flux.spectrum(E), fluxes[0].spectrum(E))
        assert flux.spectrum(4.0) != fluxes[0].spectrum(4.0)


def test_rate_on_germanium_agrees_with_the_reference():
    # 0.3 keV, in reach of 3.2 MeV and more: c₀Φ₀ + c₁Φ₁ + c₂Φ₂ with moments of the reference, 1e-10 for its cancellation
    nuclide = cevns.Nuclide("74Ge")
    flux = reactor(power=2.9, distance=28.0, captures=False)
    components = [reference.reactor_component({c.name: c.scale}) for c in flux.components]
    T, M = 0.3e-3, nuclide.mass
    lower = cevns.neutrino_energy_min(0.3, nuclide)
    phi = [sum(reference.integral(c, lambda E, k=k: E ** float(-k), lower) for c in components) for k in range(3)]
    # dσ/dT = K (1 − T/E − MT/2E²), with K from one energy
    E = 10.0
    K = cevns.differential_cross_section(0.3, E, nuclide) / (1 - T / E - M * T / (2 * E**2))
    expected = cevns.Target(nuclide).components[0][1] * constants.DAY * K * (phi[0] - T * phi[1] - M * T / 2 * phi[2])
    assert cevns.differential_rate(0.3, flux, nuclide) == pytest.approx(expected, rel=1e-10)


# ---------------------------------------------------------------------------------------------------------- as an object


def test_fluxes_survive_pickle():
    flux = reactor(power=3.6, distance=20.7, model="mueller", end=8.0)
    assert pickle.loads(pickle.dumps(flux)) == flux
    assert hash(flux) == hash(reactor(power=3.6, distance=20.7, model="mueller", end=8.0))
    assert repr(BetaDecay("239U")) == "BetaDecay('239U')"
    assert repr(FissionSpectrum("235U")) == "FissionSpectrum('235U', 'huber-mueller', 12.0)"


def test_reactors_share_their_spectra():
    one, other = reactor(power=1.0, distance=10.0), reactor(power=2.0, distance=30.0)
    assert all(a.spectrum is b.spectrum for a, b in zip(one.components, other.components, strict=True))


def test_empty_energies_give_empty_densities():
    assert reactor(power=1.0, distance=1.0).spectrum([]).shape == (0,)


HERE = {"power": 1.0, "distance": 10.0}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"power": -1.0}, InputError, r"power must be >= 0 GW and finite \(got -1\)"),
        ({"power": math.nan}, InputError, r"power must be >= 0 GW and finite \(got nan\)"),
        ({"distance": 0.0}, InputError, r"distance must be > 0 m and finite \(got 0\)"),
        ({"distance": [10.0, 0.0]}, InputError, r"distance must be > 0 m and finite \(got 0 at index 1\)"),
        ({"power": [1.0, 2.0], "distance": [1.0, 2.0, 3.0]}, InputError, r"the arguments' shapes \(2,\) and \(3,\)"),
        ({"power": [[1.0]]}, InputError, r"power, distance and duty_cycle must be numbers, or have one value a core"),
        ({"power": []}, InputError, r"power, distance and duty_cycle must hold one core at least \(got none\)"),
        ({"duty_cycle": 1.2}, InputError, r"duty_cycle must be >= 0 and <= 1 \(got 1.2\)"),
        ({"fission_fractions": {"235U": 0.9}}, InputError, r"fission_fractions must sum to 1 within 0.001 \(got 0.9\)"),
        ({"fission_fractions": {}}, InputError, r"fission_fractions must sum to 1 within 0.001 \(got 0\)"),
        ({"fission_fractions": {"235U": -0.1, "239Pu": 1.1}}, InputError, r"fission fraction of 235U must be >= 0"),
        ({"fission_fractions": {"U235": 1.0}}, UnknownNameError, r"unknown fissile isotope 'U235'"),
        ({"fission_fractions": [1.0]}, InputError, r"fission_fractions must map isotopes to fractions.* \(got \[1.0\]\)"),
        ({"model": "huber"}, UnknownNameError, r"unknown fission model 'huber'"),
        ({"captures": 0.6}, InputError, r"captures must be True or False \(got 0.6\); their number is captures_per_fission"),
        ({"captures_per_fission": -0.1}, InputError, r"captures_per_fission must be >= 0"),
        ({"energies_per_fission": "ma"}, UnknownNameError, r"unknown set of energies_per_fission 'ma'"),
        ({"energies_per_fission": {"235U": 202.0}}, InputError, r"every isotope that fissions \(none for 238U, 239Pu, 241Pu\)"),
        ({"energies_per_fission": {"236U": 202.0}}, UnknownNameError, r"unknown fissile isotope '236U'"),
        (
            {"energies_per_fission": dict.fromkeys(ISOTOPES, 0.0)},
            InputError,
            r"energy per fission of 235U must be > 0 MeV and finite \(got 0\)",
        ),
        ({"end": 2.0}, InputError, r"end must be > 2 and <= 12 MeV \(got 2\)"),
        ({"end": 13.0}, InputError, r"end must be > 2 and <= 12 MeV \(got 13\)"),
    ],
)
def test_wrong_arguments_are_named_with_value_and_range(arguments, error, message):
    with pytest.raises(error, match=message):
        reactor(**{**HERE, **arguments})


def test_unknown_spectra_are_named():
    with pytest.raises(UnknownNameError, match="unknown beta decay '240U'"):
        BetaDecay("240U")
    with pytest.raises(UnknownNameError, match="unknown fissile isotope '233U'"):
        FissionSpectrum("233U")
    with pytest.raises(UnknownNameError, match="unknown fission model 'hm'"):
        FissionSpectrum("235U", "hm")
