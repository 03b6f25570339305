"""Experiments that count nuclei, electrons and dark matter together, and whose flux is uncertain."""

import pickle

import numpy as np
import pytest
from scipy.special import xlogy

import cevns
from cevns import Detector, Experiment, StandardModel, Templates, dark_matter, electrons
from cevns.errors import InputError, UnknownNameError, UnsupportedError
from cevns.experiments.channels import DarkMatter, Electrons, Nuclei
from cevns.interactions import ElectronNSI
from cevns.statistics import Nuisance, Sample

GERMANIUM = Detector(
    "Ge",
    3.0,
    quenching=cevns.quenching.Lindhard(k=0.162),
    resolution=cevns.resolution.Gaussian(constant=0.02),
    efficiency=cevns.efficiency.ErfThreshold(0.2, 0.03),
)
REACTOR = cevns.sources.reactor(power=3.0, distance=20.0)
EDGES = np.linspace(0.2, 0.8, 13)
MASSES = {"mass": 25.0, "mediator_mass": 75.0}
DARK = dark_matter.DarkMatterFlux.from_pion_decay_at_rest(
    **MASSES, kinetic_mixing=1e-4, protons=3.198e23, distance=19.3, pulse=cevns.timing.GaussianPulse(0.44, 0.15)
)
PORTAL = dark_matter.VectorPortal(**MASSES, kinetic_mixing=1e-4, alpha_D=0.5)


@pytest.fixture(scope="module")
def germanium():
    return Experiment(REACTOR, GERMANIUM, 100.0, EDGES, channels=("nuclei", "electrons"), name="both")


@pytest.fixture(scope="module")
def csi():
    return Experiment.load("coherent-csi-2021").replace(channels=("nuclei", "electrons"))


# ---- nuclei and electrons ------------------------------------------------------------------------------------------------


def test_the_signal_is_the_sum_of_its_channels(germanium):
    theory = StandardModel() + cevns.MagneticMoment(nue=3e-11)
    by_hand = [
        100.0 * GERMANIUM.response(EDGES, REACTOR).counts(theory),
        100.0 * electrons.response(GERMANIUM, EDGES, REACTOR).counts(theory),
    ]
    np.testing.assert_allclose(germanium.counts(theory, split="channel"), by_hand, rtol=1e-12)
    np.testing.assert_allclose(germanium.counts(theory), np.sum(by_hand, axis=0), rtol=1e-12)
    assert by_hand[1].sum() > 0.01 * by_hand[0].sum()
    alone = germanium.replace(channels="electrons")
    np.testing.assert_allclose(alone.counts(theory), by_hand[1], rtol=1e-12)
    assert alone.response is alone.responses["electrons"]


CASES = {
    "moments": (cevns.MagneticMoment(), {"nue": 5e-11}),
    "radii": (cevns.ChargeRadius(), {"nue": 3e-32}),
    "millicharge": (cevns.Millicharge(), {"nue": 1e-12}),
    "b-l": (cevns.VectorMediator(mass=0.5, coupling=0.0, model="b-l"), {"coupling": 2e-5}),
    "scalar": (cevns.ScalarMediator(mass=0.5, coupling=0.0), {"coupling": 2e-5}),
    "electrons alone": (ElectronNSI(), {"eps_ee_L": 0.4, "eps_ee_R": -0.2, "eps_em_R": 0.3, "eps_em_R_im": -0.5}),
    "nuclei alone": (cevns.NSI(), {"eps_ee_u": 0.1, "eps_em_d": 0.2}),
    "both": (cevns.NSI() + ElectronNSI(), {"eps_ee_u": 0.1, "eps_ee_L": 0.4}),
    "portal": (cevns.DipolePortal(mass=0.02, nue=0.0), {"nue": 1e-10}),
    "angle": (cevns.MagneticMoment(), {"weak_mixing_angle": 0.22, "nue": 5e-11}),
}


@pytest.mark.parametrize("name", CASES)
def test_templates_of_both_are_the_counts_of_the_interaction(name, germanium):
    addition, values = CASES[name]
    theory = StandardModel() + addition
    templates = germanium.templates(theory, tuple(values))
    for size in (0.0, 1.0, -0.5):
        point = {parameter: size * value for parameter, value in values.items()}
        if "weak_mixing_angle" in point:
            point["weak_mixing_angle"] = 0.22
        direct = germanium.counts(theory.with_parameters(**point))
        np.testing.assert_allclose(templates.counts(list(point.values())), direct, rtol=0, atol=1e-9 * direct.max())


@pytest.mark.parametrize("name", [name for name in CASES if name != "angle"])
def test_couplings_of_zero_change_no_bit(name, germanium):
    addition, values = CASES[name]
    off = (StandardModel() + addition).with_parameters(**dict.fromkeys(values, 0.0))
    np.testing.assert_array_equal(germanium.counts(off, split="channel"), germanium.counts(StandardModel(), split="channel"))


def test_gradient_of_both_is_the_slope_of_the_counts(germanium):
    theory = StandardModel() + cevns.MagneticMoment() + ElectronNSI()
    templates = germanium.templates(theory, ("nue", "eps_ee_L"))
    point, step = np.array([5e-11, 0.3]), np.array([1e-14, 1e-5])
    for p in range(2):
        shift = np.eye(2)[p] * step
        slope = (templates.counts(point + shift) - templates.counts(point - shift)) / (2 * step[p])
        np.testing.assert_allclose(templates.gradient(point)[p], slope, rtol=1e-6, atol=1e-9 * np.abs(slope).max())


def test_both_are_counted_in_time_too(csi):
    theory = csi.interaction + cevns.MagneticMoment(numu=2e-9)
    each = csi.counts(theory, split="channel")
    assert each.shape == (2, *csi.shape)
    by_hand = electrons.response(csi.detector, csi.edges, csi.flux, theory, times=csi.times).counts(theory)
    np.testing.assert_allclose(each[1], by_hand, rtol=1e-12)
    templates = csi.templates(csi.interaction + cevns.MagneticMoment(), ("numu",))
    np.testing.assert_allclose(templates.counts([2e-9]), each.sum(axis=0), rtol=1e-9)


def test_electrons_make_the_limit_of_a_magnetic_moment_stronger(germanium):
    theory = StandardModel() + cevns.MagneticMoment()
    grid = {"nue": np.linspace(0.0, 3e-9, 301)}
    limits = {}
    for channels in ("nuclei", ("nuclei", "electrons")):
        place = germanium.replace(channels=channels)
        likelihood = place.templates(theory, ("nue",), asimov=True).likelihood
        limits[channels] = cevns.scan(likelihood, grid).interval("nue", 0.9)[-1][1]
    assert limits["nuclei", "electrons"] < 0.8 * limits["nuclei"]


def test_an_efficiency_of_nuclear_recoils_says_nothing_of_electrons():
    detector = Detector(
        "Ge", 3.0, quenching=cevns.quenching.Lindhard(), efficiency=cevns.efficiency.Threshold(0.5, axis="recoil")
    )
    given = {"flux": REACTOR, "detector": detector, "exposure": 10.0, "edges": [0.2, 0.5, 1.0]}
    with pytest.raises(UnsupportedError, match="efficiency of nuclear recoils"):
        Experiment(**given, channels="electrons").counts()
    free = Experiment(**given, channels=Electrons(efficiency=(), binding="free")).counts()
    np.testing.assert_allclose(free, 30.0 * electrons.binned_rate([0.2, 0.5, 1.0], REACTOR, "Ge", binding="free"), rtol=1e-7)


# ---- dark matter ---------------------------------------------------------------------------------------------------------


def test_dark_matter_stands_beside_the_neutrinos():
    csi = Experiment.load("coherent-csi-2021")
    both = csi.replace(channels=(Nuclei(), DarkMatter(DARK, PORTAL)))
    dark = dark_matter.counts(csi, DARK, PORTAL)
    np.testing.assert_allclose(both.counts(), csi.counts() + dark, rtol=1e-12)
    templates = both.templates(csi.interaction + cevns.NSI(), ("alpha_D", "eps_ee_u"))
    np.testing.assert_allclose(templates.counts([0.5, 0.0]), both.counts(), rtol=1e-10)
    np.testing.assert_allclose(templates.counts([0.0, 0.0]), csi.counts(), rtol=1e-9)
    # made with ε² and scattered with ε²
    mixing = both.templates(csi.interaction, ("kinetic_mixing", "alpha_D"))
    np.testing.assert_allclose(mixing.counts([3e-4, 0.2]), csi.counts() + 3**4 * 0.4 * dark, rtol=1e-9)
    assert mixing.start.tolist() == [1e-4, 0.5]


def test_responses_of_every_channel_make_templates():
    detector, edges = Detector("CsI", 14.6), [5.0, 10.0, 20.0, 40.0]
    response = dark_matter.DarkMatterResponse(detector, edges, DARK, PORTAL)
    templates = response.templates(None, ("kinetic_mixing", "alpha_D"), observed=response.counts())
    assert templates.exponents.tolist() == [[4, 1]]
    np.testing.assert_allclose(templates.counts([1e-4, 0.5]), response.counts(), rtol=1e-12)
    assert templates.likelihood([1e-4, 0.5]) == pytest.approx(0.0, abs=1e-9)
    # of a flux that is a table, ε is that of the scattering alone
    table = dark_matter.DarkMatterFlux.from_table(25.0, [30.0, 60.0, 90.0], [1.0, 2.0, 0.0])
    assert dark_matter.DarkMatterResponse(detector, edges, table, PORTAL).terms(None, ["kinetic_mixing"])[0].tolist() == [[2]]
    nuclei = detector.response(edges, cevns.sources.sns())
    theory = StandardModel() + cevns.NSI()
    templates = nuclei.templates(theory, "eps_ee_u", exposure=30.0, background=[1.0, 2.0, 3.0])
    np.testing.assert_allclose(templates.counts([0.2]), 30.0 * nuclei.counts(theory.with_parameters(eps_ee_u=0.2)), rtol=1e-10)
    assert templates.start.tolist() == [0.0]
    assert templates.background.tolist() == [1.0, 2.0, 3.0]


# ---- uncertainties of the flux -------------------------------------------------------------------------------------------

YIELD = "pion decay at rest: neutrinos per proton"


def test_the_uncertainty_of_a_flux_is_a_nuisance_of_its_name():
    given = {"detector": Detector("CsI", 14.6), "exposure": 100.0, "edges": [5.0, 10.0, 20.0], "observed": [90, 30]}
    flux = cevns.sources.sns()
    own = Experiment(flux, **given)
    by_hand = Experiment(flux, **given, flux_uncertainties=False, scale_effects={YIELD: 0.1})
    assert own.model().parameters == by_hand.model().parameters == ("CEvNS", YIELD)
    assert own.signal().scale_effects[YIELD] == pytest.approx(0.1, rel=1e-12)
    theory = StandardModel() + cevns.NSI()
    chi2 = [e.templates(theory, ("eps_ee_u",)).likelihood([[0.0], [0.3]]) for e in (own, by_hand)]
    np.testing.assert_allclose(*chi2, rtol=1e-12)
    without = own.replace(flux_uncertainties=False)
    assert without.model().parameters == ("CEvNS",)
    assert without.templates(theory, ("eps_ee_u",)).likelihood([0.3]) > chi2[0][1]
    # what is known better of the flux is said as of every nuisance
    better = own.replace(nuisances=[Nuisance(YIELD, sigma=0.2)])
    assert next(n.sigma for n in better.model().nuisances if n.name == YIELD) == 0.2


def test_an_experiment_that_says_what_is_uncertain_counts_nothing_twice():
    given = {"flux": cevns.sources.sns(), "detector": Detector("CsI", 14.6), "exposure": 100.0, "edges": [5.0, 10.0, 20.0]}
    steady = {"backgrounds": [Sample("steady", [9.0, 9.0], norm="steady")], "nuisances": [Nuisance("steady", 0.1, 1.0)]}
    assert Experiment(**given).model().parameters == ("CEvNS", YIELD)
    assert Experiment(**given, scale_effects={"flux": 0.1}).model().parameters == ("CEvNS", "flux")
    assert Experiment(**given, **steady).model().parameters == ("CEvNS", "steady")
    assert Experiment(**given, **steady, flux_uncertainties=True).model().parameters == ("CEvNS", "steady", YIELD)
    assert Experiment(**given, nuisances=[Nuisance(YIELD, sigma=0.5)]).model().parameters == ("CEvNS", YIELD)
    # what was decided stays, whatever else changes
    assert Experiment(**given).replace(**steady).model().parameters == ("CEvNS", "steady", YIELD)
    assert YIELD in repr(Experiment(**given))


def test_changes_of_the_counts_have_the_covariance_of_the_rate():
    edges = [0.2, 0.5, 1.0, 1.5]
    place = Experiment(REACTOR, Detector("Ge", 3.0), 10.0, edges)
    rates, covariance = cevns.binned_rate(edges, REACTOR, "Ge", covariance=True)
    effects = np.array(list(place.flux_effects.values()))
    # nodes follow the flux, and not each point of the covariance of its tables
    np.testing.assert_allclose(effects.T @ effects, covariance / np.outer(rates, rates), rtol=3e-4)
    both = place.replace(channels=("nuclei", "electrons"))
    more = electrons.binned_rate(edges, REACTOR, "Ge")
    np.testing.assert_allclose(both.counts(), 30.0 * (rates + more), rtol=1e-7)


def test_changes_in_time_are_those_of_each_pulse():
    flux = cevns.sources.sns()
    first = flux.components[0]
    pulse = cevns.Uncertainty("prompt", (cevns.fluxes.components.scaled(first, 0.3),))
    flux = cevns.Flux(flux.components, flux.per, (pulse,))
    place = Experiment(flux, Detector("CsI", 14.6), 100.0, [5.0, 20.0], times=[0.0, 1.0, 6.0])
    alone = place.replace(flux=cevns.Flux((first,), flux.per), flux_uncertainties=False).counts()
    np.testing.assert_allclose(place.flux_effects["prompt"], 0.3 * alone / place.counts(), rtol=1e-7, atol=1e-12)
    assert place.model().parameters == ("CEvNS", "prompt")


def test_hundred_uncertainties_are_profiled_as_one_by_one(germanium):
    """The likelihood of templates knows the directions that the bins tell apart; the cost has every nuisance."""
    theory = StandardModel() + cevns.NSI()
    observed = np.round(germanium.counts() * (1 + 0.05 * np.cos(np.arange(12.0))))
    place = germanium.replace(observed=observed)
    templates = place.templates(theory, ("eps_ee_u",))
    assert len(templates.nuisances) == len({u.name for u in REACTOR.uncertainties}) > 80
    effects = np.array([templates.signal_effects[name] for name in templates.nuisances])
    for point in ([0.0], [0.05]):
        chi2, pulls = templates.likelihood(point), templates.pulls(point)
        counts = templates.counts(point)
        # the same minimum by Newton's method in all nuisances
        x = np.zeros(len(effects))
        for _ in range(20):
            mu = counts * (1 + x @ effects)
            slope = 2 * ((1 - observed / mu) * counts) @ effects.T + 2 * x
            matrix = 2 * (effects * (observed * counts**2 / mu**2)) @ effects.T + 2 * np.eye(len(x))
            x -= np.linalg.solve(matrix, slope)
        mu = counts * (1 + x @ effects)
        full = 2 * np.sum(mu - observed + xlogy(observed, observed / mu)) + x @ x
        assert chi2 == pytest.approx(full, rel=1e-9)
        np.testing.assert_allclose(list(pulls.values()), x, atol=1e-7)


def test_experiments_from_files_count_what_they_state(tmp_path):
    assert all(not Experiment.load(name).flux_uncertainties for name in ("coherent-csi-2021", "dresden-2", "conus-plus-2025"))
    text = """
name = "mine"
title = "mine"
reference = "none"
channels = ["nuclei", { model = "Electrons", binding = "free" }]
[flux]
source = "sns"
[detector]
target = "CsI"
mass = 14.6
[exposure]
days = 10.0
[bins]
observable = "keV_nr"
edges = [5.0, 10.0]
"""
    (tmp_path / "mine.toml").write_text(text)
    mine = Experiment.load(str(tmp_path / "mine.toml"))
    assert mine.channels == (Nuclei(), Electrons(binding="free"))
    assert mine.flux_uncertainties
    assert mine.model().parameters == ("CEvNS", YIELD)
    (tmp_path / "mine.toml").write_text(text.replace('"free"', '"tight"'))
    with pytest.raises(InputError, match=r"mine\.toml, line 5: .*unknown binding 'tight'"):
        Experiment.load(str(tmp_path / "mine.toml"))
    (tmp_path / "mine.toml").write_text(text + "[scale_effects]\nflux = 0.1\n")
    assert Experiment.load(str(tmp_path / "mine.toml")).model().parameters == ("CEvNS", "flux")


# ---- wrong input, identity -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channels", "error", "said"),
    [
        ("neutrons", UnknownNameError, "unknown channel 'neutrons'"),
        ((), InputError, "each once"),
        (("nuclei", Nuclei()), InputError, "each once"),
        ((3,), InputError, "channels must be one or more of"),
        (StandardModel(), InputError, "channels must be one or more of"),
    ],
)
def test_wrong_channels_are_refused(channels, error, said, germanium):
    with pytest.raises(error, match=said):
        germanium.replace(channels=channels)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda e: e.counts(split="flavor"), "unknown split 'flavor'"),
        (lambda e: e.replace(scale_effects={"fission normalization": 0.02}), "must be counted once"),
        (lambda e: e.templates(StandardModel(), ("alpha_D",)), "unknown parameter 'alpha_D'"),
        (lambda e: e.replace(channels=DarkMatter(DARK, PORTAL)).counts(), "dark matter must be per 's'"),
        (lambda e: e.response.templates(StandardModel(), (), obsreved=[1.0]), "unknown argument of templates 'obsreved'"),
        (lambda e: e.response.templates(StandardModel(), (), exposure=-1.0), "exposure must be > 0"),
        (lambda e: e.response.terms(StandardModel(), ("eps_ee_u",)), "unknown parameter 'eps_ee_u'"),
        (lambda e: Electrons(binding="loose"), "unknown binding 'loose'"),
        (lambda e: Electrons(ratio=0.8), "ratio must be a function"),
        (lambda e: Electrons(efficiency=0.8), "efficiency must be one or more"),
        (lambda e: DarkMatter(REACTOR, PORTAL), "flux must be a cevns.dark_matter.DarkMatterFlux"),
        (lambda e: e.replace(flux_uncertainties=2), "flux_uncertainties must be True or False"),
    ],
)
def test_wrong_requests_are_refused(call, said, germanium):
    with pytest.raises((InputError, UnknownNameError), match=said):
        call(germanium)


def test_experiments_with_channels_are_values(germanium):
    again = pickle.loads(pickle.dumps(germanium))
    assert again == germanium
    assert hash(again) == hash(germanium)
    assert germanium.replace(channels="nuclei") != germanium != germanium.replace(flux_uncertainties=False)
    assert "channels: Nuclei(), Electrons()" in repr(germanium)
    assert isinstance(germanium.templates(StandardModel(), ()), Templates)
