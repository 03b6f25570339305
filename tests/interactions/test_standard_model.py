"""The Standard Model beyond the tree level, end to end: couplings that run, the axial part, neutron skins, in compiled code."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate

import cevns
from cevns import AxialResponse, Couplings, StandardModel
from cevns._core import isa
from cevns.constants import FLAVORS
from cevns.interactions.couplings import SCHEMES
from cevns.nuclei.form_factors import Helm, KleinNystrand, Point
from cevns.reference import couplings as reference_couplings
from cevns.reference import cross_sections as reference
from cevns.reference import spins as reference_spins

ARGON = cevns.Nuclide("40Ar")
LEPTONS = ("e", "mu", "tau")
# Recoil energies from far below the electron's mass in momentum (q = 0.3 MeV) to where the form factor has its zero.
RECOIL = np.concatenate([[0.0], np.geomspace(1e-3, 60.0, 40)])


def reference_at(scheme, lepton, q):
    if scheme == "radiative-q2":
        return reference_couplings.radiative_couplings(lepton, q)
    if scheme == "eft":
        return reference_couplings.effective_couplings(lepton, q)
    return 0.5 - 2 * reference_couplings.running_weak_mixing_angle(q), -0.5


# ---- couplings that run ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavor", ["nue", "numubar", "nutau"])
@pytest.mark.parametrize("scheme", ["radiative-q2", "eft", "running"])
def test_couplings_run_with_the_momentum_transfer_of_the_recoil(scheme, flavor, instruction_set):
    lepton = LEPTONS[FLAVORS.index(flavor) % 3]
    model = StandardModel(couplings=scheme)
    computed = cevns.differential_cross_section(RECOIL, 50.0, ARGON, model, flavor)
    form_factor = lambda q: Helm()(q, ARGON)  # noqa: E731
    expected = []
    for T in RECOIL:
        gvp, gvn = reference_at(scheme, lepton, float(cevns.kinematics.momentum_transfer(T, ARGON)))
        expected.append(float(reference.differential_cross_section(T, 50.0, ARGON, gvp, gvn, form_factor)))
    # the coupling is tabulated to 1e-10; the reference of the running angle takes B(Q²) as B(0) below 1 GeV, 8e-9 in the angle,
    # and dlnσ/dsin²θ_W = −4Z/Q = 6.8 on argon
    np.testing.assert_allclose(computed, expected, rtol=6e-8 if scheme == "running" else 1e-9, atol=1e-12 * max(expected))


# E [MeV]: ν_e, ν_μ, ν_τ on ⁴⁰Ar [1e-40 cm²], computed independently for r_p = r_n = 3.4274 fm
EFT = {10.0: (1.8844, 1.9164, 1.9446), 30.0: (15.3414, 15.5179, 15.7454), 50.0: (35.0702, 35.3956, 35.9119)}
# the radiative couplings rounded to four digits
ROUNDED = {10.0: (1.8578, 1.9100, 1.9384), 30.0: (15.0456, 15.4687, 15.6982), 50.0: (34.3190, 35.2841, 35.8076)}


@pytest.mark.parametrize(("scheme", "table"), [("eft", EFT), ("atzori-corona-2023", ROUNDED)])
def test_totals_on_argon_have_the_published_flavour_dependence(scheme, table):
    model = StandardModel(couplings=scheme, form_factor=Helm.from_rms(3.4274))
    for energy, values in table.items():
        computed = [1e40 * cevns.cross_section(energy, ARGON, model, flavor) for flavor in FLAVORS[:3]]
        np.testing.assert_allclose(computed, values, rtol=0, atol=6e-5)  # the digits printed


@pytest.mark.parametrize("scheme", SCHEMES)
def test_neutrinos_and_antineutrinos_scatter_alike_off_spin_zero(scheme):
    model = StandardModel(couplings=scheme, axial=True)
    for flavor in FLAVORS[:3]:
        neutrino = cevns.differential_cross_section(RECOIL, 30.0, ARGON, model, flavor)
        np.testing.assert_array_equal(neutrino, cevns.differential_cross_section(RECOIL, 30.0, ARGON, model, flavor + "bar"))


def test_flavours_with_different_couplings_keep_their_own_rates():
    flux = cevns.sources.sns()
    model = StandardModel(couplings="radiative")
    by_flavor = cevns.differential_rate(RECOIL, flux, "Ar", model, split="flavor")
    for row, flavor in zip(by_flavor, flux.flavors, strict=True):
        alone = cevns.differential_rate(RECOIL, flux.select(flavor=flavor), "Ar", model)
        np.testing.assert_allclose(row, alone, rtol=1e-14, atol=0)
    whole = cevns.differential_rate(RECOIL, flux, "Ar", model)
    np.testing.assert_allclose(by_flavor.sum(axis=0), whole, rtol=1e-14, atol=0)
    e, mu = 0, 1  # same spectrum would still differ: Q(ν_e) is 1.7 % below Q(ν_μ) on argon
    assert model.groups[e] != model.groups[mu]


def test_own_couplings_replace_the_scheme_and_carry_no_mixing_angle():
    own = StandardModel(couplings=Couplings(gvp=0.02286, gvn=-0.5))
    np.testing.assert_allclose(cevns.cross_section(30.0, ARGON, own), cevns.cross_section(30.0, ARGON), rtol=1e-14)
    with pytest.raises(cevns.UnsupportedError, match=r"weak_mixing_angle=0\.23 has no effect"):
        StandardModel(couplings=Couplings(gvp=0.02286, gvn=-0.5), weak_mixing_angle=0.23)
    with pytest.raises(cevns.UnsupportedError, match=r"weak_mixing_angle=0\.23 has no effect on couplings='eft'"):
        StandardModel(couplings="eft", weak_mixing_angle=0.23)


def test_coherent_standard_cross_section_of_csi_is_that_of_the_experiment():
    # COHERENT: 189 ± 6 × 10⁻⁴⁰ cm², the mean of Cs and I over the flux, with Klein–Nystrand; the others move with convention
    figures = {
        ("dukecevns", KleinNystrand()): 190.65,
        ("tree", KleinNystrand()): 181.67,
        ("tree", Helm()): 187.35,
        ("radiative", KleinNystrand()): 185.28,
        ("radiative", Helm()): 191.06,
    }
    for (scheme, form_factor), published in figures.items():
        model = StandardModel(couplings=scheme, form_factor=form_factor)
        mean = np.mean([_flux_average(cevns.Nuclide(name), model) for name in ("133Cs", "127I")])
        assert 1e40 * mean == pytest.approx(published, rel=1e-4)
        if isinstance(form_factor, KleinNystrand) and scheme != "tree":
            assert abs(1e40 * mean - 189) < 6


def test_coherent_standard_cross_section_of_argon_is_that_of_the_experiment():
    average = 1e40 * _flux_average(ARGON, StandardModel(form_factor=KleinNystrand()))
    assert average == pytest.approx(17.8571, rel=1e-4)
    assert round(average) == 18  # "1.8e-39"


def _flux_average(nuclide, model):
    """⟨σ⟩ per nucleus of the three flavours of pion decay at rest: the total rate over flux and nuclei."""
    flux = cevns.sources.sns()
    target = cevns.Target(nuclide)
    return cevns.rate(flux, target, model) / (flux.total() * cevns.constants.DAY * target.components[0][1])


# ---- the axial part ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["1H", "19F", "73Ge", "127I", "129Xe", "133Cs"])
def test_the_axial_part_is_that_of_the_reference(name, instruction_set):
    nuclide = cevns.Nuclide(name)
    response = AxialResponse()
    computed = cevns.differential_cross_section(RECOIL, 30.0, nuclide, StandardModel(axial=True))
    vector = cevns.differential_cross_section(RECOIL, 30.0, nuclide)
    strength = response.strength(cevns.kinematics.momentum_transfer(RECOIL, nuclide), nuclide)
    axial = reference_spins.axial_differential_cross_section(RECOIL, 30.0, nuclide, strength)
    # the table of F_A(q) is good to 1e-8 of F_A(0), and the difference of the two sums rounds
    np.testing.assert_allclose(computed - vector, axial, rtol=0, atol=3e-8 * axial.max() + 1e-14 * vector.max())


@pytest.mark.parametrize(
    ("name", "energy", "sigma"),
    [
        ("19F", 10.0, 1.89226146e-42),
        ("19F", 30.0, 1.69664650e-41),
        ("73Ge", 10.0, 5.57766592e-43),
        ("129Xe", 10.0, 8.37099668e-43),
    ],
)
def test_axial_totals_of_a_point_have_the_published_values(name, energy, sigma):
    nuclide = cevns.Nuclide(name)
    point = AxialResponse(model="shell-model", shape="point", strangeness=0.0)
    both = cevns.cross_section(energy, nuclide, StandardModel(form_factor=Point(), axial=point))
    vector = cevns.cross_section(energy, nuclide, StandardModel(form_factor=Point()))
    # what is left of the sum after the vector part, up to 1e4 times larger
    assert both - vector == pytest.approx(sigma, rel=1e-7)


@pytest.mark.parametrize("name", ["19F", "129Xe"])
@pytest.mark.parametrize("of", ["neutrino", "recoil"])
def test_the_axial_angular_cross_section_integrates_to_the_total(name, of):
    nuclide, model = cevns.Nuclide(name), StandardModel(axial=True)

    def ring(cosine):
        return 2 * np.pi * cevns.angular_cross_section(cosine, 30.0, nuclide, model, of=of)

    total, _ = integrate.quad(ring, -1.0 if of == "neutrino" else 0.0, 1.0, epsabs=0, epsrel=1e-11)
    assert total == pytest.approx(cevns.cross_section(30.0, nuclide, model), rel=1e-8)  # of the tabulated F_A


@pytest.mark.parametrize("kinematics", ["spin-0", "spin-1/2"])
def test_the_axial_rate_is_the_flux_times_the_cross_section(kinematics):
    nuclide = cevns.Nuclide("19F")
    model = StandardModel(axial=True, kinematics=kinematics)
    flux = cevns.Flux.from_table([1.0, 20.0, 50.0], {"nue": [0.0, 2e6, 0.0]}, lines={"numu": [(29.79, 1e6)]})
    per_kg = cevns.Target(nuclide).components[0][1] * cevns.constants.DAY
    for T in (0.1, 5.0, 50.0, 150.0, 250.0):
        low = max(1.0, cevns.neutrino_energy_min(T, nuclide))

        def integrand(E, T=T):
            return flux.spectrum(E, "nue") * cevns.differential_cross_section(T, E, nuclide, model)

        parts = [p for p in (low, 20.0, 50.0) if p >= low]
        expected = sum(integrate.quad(integrand, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in pairwise(parts))
        expected += 1e6 * cevns.differential_cross_section(T, 29.79, nuclide, model, "numu")
        assert cevns.differential_rate(T, flux, nuclide, model) == pytest.approx(per_kg * expected, rel=1e-10)


def test_axial_rates_are_never_negative_up_to_the_end_point():
    flux, nuclide = cevns.sources.sns(), cevns.Nuclide("19F")
    end = cevns.recoil_energy_max(cevns.constants.MUON_MASS / 2, nuclide)
    T = end * (1 - np.geomspace(1e-14, 1, 400))
    assert (cevns.differential_rate(T, flux, nuclide, StandardModel(axial=True)) >= 0).all()


@pytest.mark.parametrize("name", ["12C", "40Ar", "132Xe", "208Pb"])
def test_spin_zero_has_no_axial_part_by_nature(name):
    nuclide = cevns.Nuclide(name)
    with_axial = cevns.differential_cross_section(RECOIL, 30.0, nuclide, StandardModel(axial=True))
    np.testing.assert_array_equal(with_axial, cevns.differential_cross_section(RECOIL, 30.0, nuclide))


def test_a_nuclide_without_data_for_the_axial_part_is_an_error_that_names_what_exists():
    with pytest.raises(cevns.UnsupportedError, match="14N"):
        cevns.rate(cevns.sources.sns(), "N2", StandardModel(axial="shell-model"))
    own = StandardModel(axial=AxialResponse(spins={"14N": (0.25, 0.25), "15N": (-0.17, 0.0)}, model="shell-model"))
    assert cevns.rate(cevns.sources.sns(), "N2", own) > cevns.rate(cevns.sources.sns(), "N2")


def test_axial_and_running_kernels_agree_between_instruction_sets(using_instruction_set):
    nuclide = cevns.Nuclide("129Xe")
    model = StandardModel(couplings="radiative-q2", axial=True)
    flux = cevns.sources.supernova()
    T = np.geomspace(1e-3, 300, 1000)
    results = {}
    for name in isa.available():
        with using_instruction_set(name):
            results[name] = cevns.differential_rate(T, flux, nuclide, model)
    largest = results["baseline"].max()
    for name in results:
        np.testing.assert_allclose(results[name], results["baseline"], rtol=0, atol=8 * np.finfo(float).eps * largest)


# ---- neutron skins -----------------------------------------------------------------------------------------------------------


def test_a_neutron_skin_lowers_the_rate_and_none_changes_nothing():
    flux = cevns.sources.sns()
    none = cevns.rate(flux, "CsI", StandardModel(neutron_skin="none"))
    assert none == cevns.rate(flux, "CsI")
    skins = [StandardModel(neutron_skin=skin) for skin in (0.1, 0.2, {"133Cs": 0.3, "127I": 0.3})]
    rates = [cevns.rate(flux, "CsI", model) for model in skins]
    assert none > rates[0] > rates[1] > rates[2]
    assert cevns.rate(flux, "CsI", StandardModel(neutron_skin="empirical")) < none


def test_a_skin_is_the_difference_of_the_rms_radii():
    lead = cevns.Nuclide("208Pb")
    model = StandardModel(neutron_skin=0.283)  # PREX-2
    explicit = StandardModel(neutron_form_factor=Helm.from_rms(Helm().rms_radius(lead) + 0.283))
    E = np.array([10.0, 30.0, 50.0])
    np.testing.assert_allclose(cevns.cross_section(E, lead, model), cevns.cross_section(E, lead, explicit), rtol=1e-12)


def test_skin_and_neutron_form_factor_together_are_refused():
    with pytest.raises(cevns.InputError, match=r"neutron_skin=0\.1 and neutron_form_factor=Helm\(\) both set"):
        StandardModel(neutron_skin=0.1, neutron_form_factor=Helm())


# ---- the object --------------------------------------------------------------------------------------------------------------

MODELS = [
    StandardModel(couplings="radiative-q2", axial=True),
    StandardModel(couplings=Couplings(gvp={"nue": 0.04, "numu": 0.03, "nutau": 0.02}, gvn=-0.51)),
    StandardModel(couplings="radiative", weak_mixing_angle=0.2386, axial="odd-group"),
    StandardModel(axial=AxialResponse(band="upper"), neutron_skin={"133Cs": 0.2, "127I": 0.1}),
    StandardModel(neutron_skin="empirical", form_factor=KleinNystrand(), kinematics="spin-1/2"),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_models_survive_pickle_and_repr(model):
    names = {name: getattr(cevns, name) for name in cevns.__all__} | vars(cevns.form_factors)
    for copy in (pickle.loads(pickle.dumps(model)), eval(repr(model), names)):
        assert copy == model
        assert hash(copy) == hash(model)
        cesium = cevns.Nuclide("133Cs")
        assert cevns.cross_section(30.0, cesium, copy) == cevns.cross_section(30.0, cesium, model)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: StandardModel(couplings="radiatve"), "unknown couplings 'radiatve'; did you mean 'radiative'"),
        (lambda: StandardModel(axial="shell"), "unknown axial model 'shell'"),
        (lambda: StandardModel(axial=None), "unknown axial model None"),
        (lambda: StandardModel(neutron_skin="thick"), "thick"),
    ],
)
def test_wrong_options_are_named_with_the_known_ones(make, message):
    with pytest.raises(cevns.CevnsError, match=message):
        make()


# ---- the interference of vector and axial current ----------------------------------------------------------------------------

PROTON = cevns.Nuclide("1H")
POINT_PROTON = StandardModel(form_factor=Point(), axial=AxialResponse(shape="point"), kinematics="spin-1/2")


@pytest.mark.parametrize("flavor", ["nue", "nuebar"])
def test_a_free_proton_scatters_as_a_point_of_spin_half(flavor, instruction_set):
    # the chiral form, from G_V + G_A and G_V − G_A, which the compiled sum of three terms does not know
    E = 50.0
    T = np.linspace(0.0, cevns.recoil_energy_max(E, PROTON), 201)
    gvp, _ = cevns.interactions.couplings.tree_couplings()
    axial = (cevns.constants.AXIAL_COUPLING - cevns.constants.STRANGE_AXIAL_COUPLING) / 2
    expected = reference_spins.point_fermion_cross_section(T, E, PROTON, gvp, axial, flavor == "nuebar")
    computed = cevns.differential_cross_section(T, E, PROTON, POINT_PROTON, flavor)
    np.testing.assert_allclose(computed[:-1], expected[:-1], rtol=1e-11)  # the last is the edge, which rounding may leave out


def test_neutrinos_scatter_more_off_a_proton_than_antineutrinos():
    neutrino, antineutrino = (cevns.cross_section(50.0, PROTON, POINT_PROTON, flavor) for flavor in ("nue", "nuebar"))
    assert 1.0 < neutrino / antineutrino < 1.1  # ∝ g_V^p, which is small


@pytest.mark.parametrize("name", ["40Ar", "23Na", "133Cs"])
def test_interference_exists_for_spin_half_only(name):
    model = StandardModel(axial=True, kinematics="spin-1/2")
    values = [cevns.differential_cross_section(RECOIL, 30.0, cevns.Nuclide(name), model, f) for f in ("numu", "numubar")]
    np.testing.assert_array_equal(values[0], values[1])


def test_the_rate_of_antineutrinos_carries_the_opposite_interference(instruction_set):
    densities = [0.0, 2e6, 0.0]
    T = np.array([1.0, 100.0, 1000.0, 3000.0])
    rates, sigma = [], []
    for flavor in ("nue", "nuebar"):
        flux = cevns.Flux.from_table([1.0, 20.0, 50.0], {flavor: densities})
        rates.append(cevns.differential_rate(T, flux, PROTON, POINT_PROTON))
        per_kg = cevns.Target(PROTON).components[0][1] * cevns.constants.DAY
        for t, value in zip(T, rates[-1], strict=True):
            low = max(1.0, cevns.neutrino_energy_min(t, PROTON))

            def integrand(E, t=t, flux=flux, flavor=flavor):
                return flux.spectrum(E) * cevns.differential_cross_section(t, E, PROTON, POINT_PROTON, flavor)

            parts = [low, *(p for p in (20.0, 50.0) if p > low)]
            sigma.append(sum(integrate.quad(integrand, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in pairwise(parts)) * per_kg)
            assert value == pytest.approx(sigma[-1], rel=1e-10)
    assert (rates[0] > rates[1]).all()


@pytest.mark.parametrize("of", ["neutrino", "recoil"])
def test_angular_cross_sections_hold_the_interference_too(of):
    def ring(cosine):
        return 2 * np.pi * cevns.angular_cross_section(cosine, 50.0, PROTON, POINT_PROTON, "nuebar", of=of)

    total, _ = integrate.quad(ring, -1.0 if of == "neutrino" else 0.0, 1.0, epsabs=0, epsrel=1e-11)
    assert total == pytest.approx(cevns.cross_section(50.0, PROTON, POINT_PROTON, "nuebar"), rel=1e-10)
