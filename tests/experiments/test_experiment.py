"""Experiments: what one expects and says, and files that describe one, right and wrong."""

import math
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import (
    Couplings,
    Detector,
    Experiment,
    InputError,
    StandardModel,
    UnknownNameError,
    UnsupportedError,
    efficiency,
    experiments,
    form_factors,
    quenching,
    sources,
)
from cevns.experiments import SIGNAL
from cevns.reference import detectors as reference
from cevns.statistics import Nuisance, Sample

REACTOR = """\
name = "mine"
title = "a reactor"
reference = "a page of mine"

[flux]
source = "reactor"
power = 2.9
distance = 30.0

[detector]
target = "Ge"
mass = 2.0
quenching = { model = "Lindhard", k = 0.162 }
efficiency = [{ model = "Tabulated", points = [0.1, 0.4], values = [0.5, 0.9], axis = "observed", beyond = "hold" }]

[exposure]
days = 10.0

[bins]
observable = "keV_ee"
edges = [0.2, 0.3, 0.5]

[scale_effects]
flux = 0.03

[[background]]
name = "flat"
counts = [10.0, 20.0]
uncertainty = 0.1

[[background]]
name = "open"
counts = [1.0, 0.0]
free = true

[observed]
counts = [300, 40]

[published]
counts = { value = 300.0, error = 10.0, tolerance = 1.0 }
"""


@pytest.fixture
def load(tmp_path):
    """Load a file with some text replaced."""

    def load(old="", new="", text=REACTOR):
        assert text.count(old) == 1 or not old
        path = tmp_path / "mine.toml"
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        return Experiment.load(str(path))

    return load


@pytest.fixture(scope="module")
def csi():
    return Experiment.load("coherent-csi-2021")


@pytest.fixture(scope="module")
def counted(csi):
    """The same with backgrounds, and what is expected as its observed counts."""
    width = np.outer(np.diff(csi.edges), np.diff(csi.times))
    flat = width / width.sum()
    full = csi.replace(
        backgrounds=[Sample("SSB", 1290 * flat, norm="SSB"), Sample("BRN", 18 * flat, norm="BRN")],
        nuisances=[Nuisance(name, sigma=s, mean=1.0, lower=0.0) for name, s in (("SSB", 0.021), ("BRN", 0.25))],
    )
    return full.replace(observed=full.expected())


def small(**changes):
    """A kilogram of argon that sees recoils as they are."""
    given = {"flux": sources.sns(), "detector": Detector("Ar", 1.0), "exposure": 2.0, "edges": [10.0, 20.0, 40.0, math.inf]}
    given["flux_uncertainties"] = False
    return Experiment(**given | changes)


# ---- what it expects -----------------------------------------------------------------------------------------------------


def test_counts_are_rate_times_mass_times_exposure():
    found = small().counts()
    flux = sources.sns()
    edges = [10.0, 20.0, 40.0, cevns.recoil_energy_max(52.9, cevns.Nuclide("36Ar"))]
    np.testing.assert_allclose(found, 2.0 * cevns.binned_rate(edges, flux, "Ar"), rtol=1e-9)
    np.testing.assert_allclose(small(detector=Detector("Ar", 3.0), exposure=4.0).counts(), 6 * found, rtol=1e-12)


def test_prediction_of_csi_is_the_product_of_energies_and_times_of_each_arrival(csi):
    """Each timing on its own: its energies, and its times by the middles of 400 pieces of a bin."""
    numu, others = csi.flux.select(flavor="numu"), csi.flux.select(flavor="nue") + csi.flux.select(flavor="numubar")
    expected = np.zeros(csi.shape)
    for flux in (numu, others):
        alone = csi.replace(flux=flux, times=None, detector=detector_without_time(csi))
        arrival = flux.components[0].timing
        fractions = []
        for low, high in zip(csi.times[:-1], csi.times[1:], strict=True):
            t = low + (high - low) * (np.arange(400) + 0.5) / 400
            fractions.append((high - low) * np.mean(arrival.density(t) * csi.detector.efficiency[1](t)))
        expected += np.outer(alone.counts(), fractions)
    np.testing.assert_allclose(csi.counts(), expected, rtol=1e-4)  # an efficiency that begins within a bin
    assert csi.counts().shape == (8, 17)
    assert csi.counts().sum() == pytest.approx(341.0, rel=0.02)  # arXiv:2110.07730


def detector_without_time(csi):
    detector = csi.detector
    return Detector(detector.target, detector.mass, detector.quenching, detector.resolution, efficiency=detector.efficiency[:1])


def test_energies_of_csi_are_those_of_the_reference(csi):
    """The user's grids, 2000 recoil energies and 10 intervals a bin: good to 1e-3 of the largest of these broad bins."""
    alone = csi.replace(times=None, detector=detector_without_time(csi), interaction=StandardModel())
    pieces = np.zeros(8)
    for component in csi.flux.components:
        part = spectra_of(component)
        pieces += reference.counts_grid(
            csi.edges,
            [part],
            csi.detector.target.components,
            csi.detector.mass * component.scale,
            csi.detector.quenching.energy,
            lambda x, E: reference.gamma_density(x, E, 0.0749, 9.56),
            csi.detector.efficiency[0],
            maximum=47.0,
            per="burst",
        )
    np.testing.assert_allclose(alone.counts(), pieces, rtol=0, atol=1e-3 * pieces.max())


def spectra_of(component):
    """The reference's spectrum of one component of a source of pion decay at rest."""
    from cevns.reference import cases

    case = next(case for case in cases.SPECTRA if case.name == "pion decay at rest")
    return case.components[component.flavor]


def test_theory_of_the_publication_is_the_default_and_another_can_be_given(csi):
    np.testing.assert_array_equal(csi.counts(), csi.counts(csi.interaction))
    assert csi.interaction == StandardModel(
        couplings=Couplings(gvp=0.0227, gvn=-0.5117), form_factor=form_factors.KleinNystrand()
    )
    assert abs(csi.counts(StandardModel()).sum() / csi.counts().sum() - 1) > 0.01
    doubled = Couplings(gvp=2 * 0.0227, gvn=-2 * 0.5117)
    theory = StandardModel(couplings=doubled, form_factor=form_factors.KleinNystrand())
    np.testing.assert_allclose(csi.counts(theory), 4 * csi.counts(), rtol=1e-12)


def test_periods_of_a_mass_that_changes_count_their_kilogram_days(load):
    argon = {"flux": sources.sns(), "detector": Detector("Ar", 3.0), "edges": [10.0, 20.0]}
    found = Experiment(exposure=[(2.0, 3.0), (4.0, 6.0)], **argon)
    np.testing.assert_allclose(found.counts(), Experiment(exposure=10.0, **argon).counts(), rtol=1e-12)
    assert load("days = 10.0", "periods = [[4.0, 2.0], [3.0, 4.0]]") == load()


def test_expected_counts_are_signal_and_backgrounds(counted):
    total = counted.counts() + sum(sample.counts for sample in counted.backgrounds)
    np.testing.assert_allclose(counted.expected(), total, rtol=1e-14)
    shifted = counted.expected(nuisances={"SSB": 1.5, "flux": 1.0})
    more = 0.10 * counted.counts() + 0.5 * counted.backgrounds[0].counts
    np.testing.assert_allclose(shifted, total + more, rtol=1e-12)
    with pytest.raises(UnknownNameError, match="unknown parameter 'SBB'; did you mean 'SSB'"):
        counted.expected(nuisances={"SBB": 1.0})


def test_shapes_multiply_the_signal_at_one_standard_deviation():
    tilt = np.array([0.9, 1.0, 1.2])
    experiment = small(shape_effects={"scale": (2 - tilt, tilt)})
    np.testing.assert_allclose(experiment.expected(nuisances={"scale": 1.0}), tilt * experiment.counts(), rtol=1e-12)
    np.testing.assert_allclose(experiment.expected(nuisances={"scale": -1.0}), (2 - tilt) * experiment.counts(), rtol=1e-12)


def test_share_divides_every_bin_over_a_further_axis(csi):
    share = np.linspace(0.1, 0.9, 8)
    divided = csi.replace(pattern=np.stack([share, 1 - share], axis=1))
    assert divided.shape == divided.counts().shape == (8, 2, 17)
    np.testing.assert_allclose(divided.counts().sum(axis=1), csi.counts(), rtol=1e-12)
    np.testing.assert_allclose(divided.counts()[:, 0], share[:, None] * csi.counts(), rtol=1e-12)
    flat = small(pattern=[[0.2, 0.8]] * 3)
    np.testing.assert_allclose(flat.counts(), small().counts()[:, None] * [0.2, 0.8], rtol=1e-12)


# ---- what it says --------------------------------------------------------------------------------------------------------


def test_fit_of_what_is_expected_returns_it(counted):
    pytest.importorskip("iminuit")
    result = counted.fit()
    assert result.value == pytest.approx(counted.counts().sum(), rel=1e-4)
    assert result.chi2 == pytest.approx(0.0, abs=1e-5)
    assert result.bins == 8 * 17
    assert result.values["SSB"] == pytest.approx(1290, rel=1e-4)
    asimov = counted.replace(observed=None).fit(asimov=True)
    assert asimov.value == pytest.approx(result.value, rel=1e-6)
    assert asimov.error == pytest.approx(result.error, rel=1e-3)


def test_error_of_a_fit_is_that_of_counting(counted):
    """A signal alone has the error √N; its own uncertainty of normalisation does not change how many counts are there."""
    pytest.importorskip("iminuit")
    alone = counted.replace(backgrounds=(), nuisances=(), observed=counted.counts())
    result = alone.fit()
    assert result.error == pytest.approx(math.sqrt(result.value), rel=1e-3)
    assert result.fit.error("flux") == 0.0
    assert result.significance == math.inf  # nothing else could have made a count
    assert counted.fit().error > result.error


def test_signal_that_was_not_seen_is_not_significant(counted):
    pytest.importorskip("iminuit")
    nothing = counted.replace(observed=sum(sample.counts for sample in counted.backgrounds))
    result = nothing.fit()
    assert result.value == pytest.approx(0.0, abs=0.5)
    assert result.significance == pytest.approx(0.0, abs=0.05)
    assert counted.fit().significance > 10.0


@pytest.mark.parametrize("background", [None, 0.0, 5.0])
def test_zero_counts_empty_bins_and_no_background_are_fine(background):
    """No counts: χ² is twice what is expected, and the best norm of the signal is 0."""
    pytest.importorskip("iminuit")
    backgrounds = [] if background is None else [Sample("b", [background, 0.0, 0.0])]
    experiment = small(observed=[0, 0, 0], backgrounds=backgrounds)
    assert experiment.cost().value({}) == pytest.approx(2 * experiment.expected().sum(), rel=1e-12)
    result = experiment.fit()
    assert result.value == pytest.approx(0.0, abs=1e-4 * experiment.counts().sum())  # where Minuit stops
    assert result.chi2 == pytest.approx(2 * (background or 0.0), abs=1e-4)
    empty = small(edges=[500.0, 600.0], observed=[0])  # above all recoils
    assert empty.counts().tolist() == [0.0]
    assert empty.cost().value({}) == 0.0


def test_an_experiment_without_data_says_what_it_needs(csi):
    with pytest.raises(UnsupportedError, match=r"'coherent-csi-2021' holds no observed counts: give observed=, with_release"):
        csi.cost()
    assert csi.cost(asimov=True).value({}) == 0.0
    with pytest.raises(UnsupportedError, match="has no official release that can be read"):
        small().with_release("anywhere")


# ---- what it is ----------------------------------------------------------------------------------------------------------


def test_experiments_are_equal_by_value_hashable_and_picklable(csi, counted):
    again = Experiment.load("coherent-csi-2021")
    assert again == csi
    assert hash(again) == hash(csi)
    assert counted != csi
    assert len({csi, again, counted}) == 2
    for experiment in (csi, counted, small()):
        back = pickle.loads(pickle.dumps(experiment))
        assert back == experiment
        np.testing.assert_array_equal(back.counts(), experiment.counts())


def test_repr_says_what_the_experiment_is(csi, counted):
    text = repr(csi)
    for words in ("'coherent-csi-2021'", "14.6 kg of CsI", "8 bins from 8 to 60 photo-electrons", "17 bins from 0 to 6 μs"):
        assert words in text
    assert f"{counted.observed.sum():.6g} counts" in repr(counted)


def test_an_experiment_cannot_be_changed_but_replaced(csi):
    with pytest.raises(AttributeError, match="cannot be changed"):
        csi.exposure = 2.0
    with pytest.raises(ValueError, match="read-only"):
        csi.edges[0] = 1.0
    twice = csi.replace(exposure=2.0)
    np.testing.assert_allclose(twice.counts(), 2 * csi.counts(), rtol=1e-14)
    assert csi.exposure == 1.0


def test_another_exposure_counts_signal_and_backgrounds_alike(counted):
    twice = counted.replace(exposure=2.0, observed=None)
    np.testing.assert_allclose(twice.expected(), 2 * counted.expected(), rtol=1e-12)
    for nuisances in ({"SSB": 1.1}, {"BRN": 0.5, "flux": 1.0}):
        np.testing.assert_allclose(twice.expected(None, nuisances), 2 * counted.expected(None, nuisances), rtol=1e-12)
    with pytest.raises(InputError, match=r"observed belongs to the exposure of 1 d: give observed= too .* or observed=None"):
        counted.replace(exposure=2.0)
    other = counted.replace(exposure=2.0, observed=2 * counted.observed, backgrounds=counted.backgrounds[:1], nuisances=())
    assert other.backgrounds == counted.backgrounds[:1]  # as they are given
    assert counted.replace(exposure=1.0) == counted
    shaped = Sample(
        "bkg", [4.0, 2.0, 1.0], shape_effects={"tilt": ([3.0, 2.0, 1.5], [5.0, 2.0, 0.5])}, variance=[4.0, 2.0, 1.0]
    )
    half = small(backgrounds=[shaped]).replace(exposure=1.0)
    assert half.backgrounds[0].counts.tolist() == [2.0, 1.0, 0.5]
    assert half.backgrounds[0].shape_effects["tilt"][1].tolist() == [2.5, 1.0, 0.25]
    assert half.backgrounds[0].variance.tolist() == [1.0, 0.5, 0.25]  # of the template: the square
    with pytest.raises(InputError, match="variance belongs to the exposure of 2 d"):
        small(observed=[1, 2, 3], variance=[1, 2, 3]).replace(exposure=1.0, observed=None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"flux": "sns"}, "flux must be a cevns.Flux (got 'sns')"),
        ({"detector": "CsI"}, "detector must be a cevns.Detector (got 'CsI')"),
        ({"exposure": 0.0}, "exposure must be > 0 d and finite (got 0)"),
        ({"edges": [10.0]}, "edges must be a list of at least 2 (got shape (1,))"),
        ({"edges": [10.0, 30.0, 20.0]}, "edges must increase (got 30 keV_nr at index 1, then 20 keV_nr)"),
        ({"times": [1.0, 0.5]}, "edges of time must increase (got 1 μs at index 0, then 0.5 μs)"),
        ({"observed": [1, 2]}, "observed must have the shape (3,) of the bins (got (2,))"),
        ({"observed": [1, -2, 3]}, "observed must be >= 0 and finite (got -2 at index 1)"),
        (
            {"shape_effects": {"tilt": ([1.0, 1.0], [1.0, 1.0])}},
            "shape_effects of 'tilt' must have the shape (3,) of the bins (got (2,))",
        ),
        ({"shape_effects": {"tilt": (0.9, 1.1)}}, "shape_effects of 'tilt' must have the shape (3,) of the bins (got ())"),
        (
            {"shape_effects": {"tilt": ([1.0] * 3,)}},
            "shape_effects of 'tilt' must be a pair (down, up) of factors by bin (got tuple)",
        ),
        (
            {"shape_effects": {"tilt": ([1.0] * 3, [1.0, -1.0, 1.0])}},
            "shape_effects of 'tilt' must be >= 0 and finite (got -1 at index 1)",
        ),
        (
            {"times": [0.0, 1.0, 6.0], "shape_effects": {"tilt": ([1.0, 1.0], [1.0, 1.0])}},
            "shape_effects of 'tilt' must have the shape (3,) or (3, 2) of the bins (got (2,))",
        ),
        ({"scale_effects": {"flux": np.nan}}, "effect of 'flux' must be finite (got nan)"),
        ({"nuisances": [Nuisance("flux")]}, "nuisance 'flux' changes no sample; known are CEvNS"),
        (
            {"scale_effects": {"flux": 0.5}, "nuisances": [Nuisance("flux", mean=-3.0)]},
            "nuisances must leave some signal in all bins where they are at their means (got a factor <= 0)",
        ),
        (
            {"nuisances": [Nuisance("CEvNS", mean=0.0)]},
            "nuisances must leave some signal in all bins where they are at their means (got a factor <= 0)",
        ),
        ({"scale_effects": ["flux"]}, "scale_effects must map parameters to what is said of each, as {'flux': …} (got list)"),
        ({"shape_effects": 3}, "shape_effects must map parameters to what is said of each, as {'flux': …} (got int)"),
        ({"backgrounds": 3}, "backgrounds must be a list of cevns.statistics.Sample (got 3)"),
        (
            {"backgrounds": Sample("b", [1.0] * 3)},
            "backgrounds must be a list of cevns.statistics.Sample (got Sample(name='b', counts=[1.0, 1.0, 1.0]))",
        ),
        ({"nuisances": ["flux"]}, "nuisances must be a list of cevns.statistics.Nuisance (got 'flux')"),
        ({"exposure": [[1.0, -2.0]]}, "exposure must be >= 0 and finite (got -2 at index 1)"),
        ({"pattern": [[1.0], [1.0]]}, "pattern must have the shape (3, n) (got (2, 1))"),
        ({"pattern": [[-1.0], [1.0], [1.0]]}, "pattern must be >= 0 and finite (got -1 at index 0)"),
        ({"backgrounds": [Sample("b", [1.0])]}, "background 'b' must have the shape (3,) (got (1,))"),
        ({"scale_effects": {"flux": "large"}}, "effect of 'flux' must be a real number (got 'large')"),
        ({"interaction": "tree"}, "interaction must be an interaction such as cevns.StandardModel() (got 'tree')"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused(changes, said):
    with pytest.raises(InputError) as error:
        small(**changes)
    assert str(error.value) == said


# ---- files ---------------------------------------------------------------------------------------------------------------


def test_a_file_is_the_experiment_that_its_keys_say(load):
    found = load()
    detector = Detector(
        "Ge",
        2.0,
        quenching=quenching.Lindhard(k=0.162),
        efficiency=efficiency.Tabulated(points=[0.1, 0.4], values=[0.5, 0.9], axis="observed", beyond="hold"),
    )
    assert found.detector == detector
    assert found.flux == sources.reactor(power=2.9, distance=30.0)
    assert found.interaction == StandardModel()
    np.testing.assert_array_equal(found.observed, [300, 40])
    np.testing.assert_allclose(found.counts(), 10.0 * detector.response(found.edges, found.flux).counts(), rtol=1e-12)
    assert [sample.name for sample in found.backgrounds] == ["flat", "open"]
    flat, free = found.nuisances
    assert (flat.sigma, flat.mean, free.free) == (0.1, 1.0, True)
    assert found.published.values == {"counts": (300.0, 10.0, 1.0)}
    assert found.model().parameters == (SIGNAL, "flat", "open", "flux")


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_of_the_package_loads_and_counts(name):
    experiment = Experiment.load(name)
    counts = experiment.counts()
    assert experiment.name == name
    assert counts.shape == experiment.shape
    assert (counts >= 0).all()
    assert counts.sum() > 1.0
    assert experiment.published.title
    assert experiment.published.reference
    assert pickle.loads(pickle.dumps(experiment)) == experiment


@pytest.mark.parametrize("name", experiments.names())
def test_every_number_in_a_file_of_the_package_has_its_source_beside_it(name):
    """In the sections of the flux, the detector and the exposure: a comment on the line, or on the one above."""
    lines = (Path(experiments.__file__).parent / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    section = before = ""
    for line in lines:
        if line.startswith("["):
            section = line
        elif section in ("[flux]", "[detector]", "[exposure]") and re.match(r"\w+ = [\d.]", line):
            assert "#" in line + before, line
        before = line


EDGES = "edges = [0.2, 0.3, 0.5]"
OBSERVED = 'axis = "observed" }]'


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        # keys
        ("mass = 2.0\n", "", 10, "detector: key 'mass' is missing"),
        ('reference = "a page of mine"\n', "", 1, "key 'reference' is missing"),
        ("mass = 2.0", "mas = 2.0", 10, "detector: key 'mass' is missing"),
        ("mass = 2.0", "mass = 2.0\nresolutoin = 3", 13, "unknown key 'resolutoin'; did you mean 'resolution'"),
        ('title = "a reactor"', 'title = "a reactor"\ncolour = "red"', 3, "colour: unknown key 'colour'; known are 'name'"),
        ("free = true", "fre = true", 34, "background.fre: unknown key 'fre'; did you mean 'free'?"),
        ("uncertainty = 0.1", "uncertain = 0.1", 29, "background.uncertain: unknown key 'uncertain'; did you mean"),
        ("tolerance = 1.0", "tolerence = 1.0", 40, "published.counts: unknown key 'tolerence'; did you mean 'tolerance'?"),
        (
            "{ value = 300.0, error = 10.0, tolerance = 1.0 }", "300.0",
            40,
            "published.counts: must be a table with value, error",
        ),
        # sections
        ("[exposure]\ndays = 10.0", "", 1, "key 'exposure' is missing"),
        (
            "[scale_effects]\nflux = 0.03",
            "[scale_efects]\nflux = 0.03",
            23,
            "scale_efects: unknown key 'scale_efects'; did you mean 'scale_effects'?",
        ),
        ("[observed]", "[[observed]]", 36, "observed: must be a table"),
        # units and bins
        (
            "keV_ee", "photo-electrons",
            20,
            "bins.observable: must be 'keV_ee', the unit of the detector (got 'photo-electrons')",
        ),
        (EDGES, "edges = [0.2, 0.5, 0.3]", 21, "bins.edges: must increase (got 0.5, then 0.3)"),
        (EDGES, "edges = [0.2, 0.2, 0.5]", 21, "bins.edges: must increase (got 0.2, then 0.2)"),
        (EDGES, "edges = [0.2, nan, 0.5]", 21, "bins.edges: must increase (got 0.2, then nan)"),
        (EDGES, "edges = 3", 21, "bins.edges: must be a list of at least 2 numbers"),
        (EDGES, 'edges = [0.2, "0.3"]', 21, "bins.edges: must be a list of at least 2 numbers"),
        (EDGES, EDGES + "\ntimes = [1.0, 0.0]", 22, "bins.times: must increase (got 1, then 0)"),
        # values
        ("mass = 2.0", "mass = -2.0", 12, "detector.mass: mass must be > 0 and finite (got -2)"),
        ("mass = 2.0", 'mass = "2 kg"', 12, "detector.mass: mass must be a real number (got '2 kg')"),
        ("days = 10.0", "days = 0.0", 17, "exposure.days: days must be > 0 and finite (got 0)"),
        ("days = 10.0", "", 16, "exposure: needs either days or periods"),
        ("days = 10.0", "days = 10.0\nperiods = [[1.0, 2.0]]", 16, "exposure: needs either days or periods"),
        ("days = 10.0", "periods = [1.0, 2.0]", 17, "exposure.periods: must be [days, kg] of each period"),
        ("days = 10.0", "periods = [[1.0, 2.0], [-1.0, 2.0]]", 17, "exposure.periods: periods must be >= 0"),
        ('target = "Ge"', 'target = "Gx"', 11, "detector.target: unknown element 'Gx'"),
        (
            "values = [0.5, 0.9]", "values = [0.5, 1.1]",
            14,
            "detector.efficiency: efficiency must be >= 0 and <= 1 (got 1.1 at index 1)",
        ),
        (
            "Tabulated", "TabulatedEficiency",
            14,
            "unknown efficiency 'TabulatedEficiency'; did you mean 'Tabulated'",
        ),
        ("points = [0.1, 0.4]", "energies = [0.1, 0.4]", 14, "unexpected keyword argument 'energies'"),
        (
            'model = "Lindhard"', 'model = "Lindhart"',
            13,
            "detector.quenching: unknown quenching 'Lindhart'; did you mean 'Lindhard'",
        ),
        ('"Lindhard", k = 0.162', '"Lindhard.of", k = 0.162', 13, "detector.quenching: unknown quenching 'of'"),
        ("k = 0.162", "k = -1.0", 13, "detector.quenching: k must be"),
        ('source = "reactor"', 'source = "reacter"', 6, "flux.source: unknown source 'reacter'; did you mean 'reactor'"),
        ("power = 2.9", "powr = 2.9", 6, "unexpected keyword argument 'powr'"),
        ("distance = 30.0", "distance = 0.0", 6, "flux.source: distance must be > 0 m and finite (got 0)"),
        ("flux = 0.03", 'flux = "large"', 24, "scale_effects.flux: flux must be a real number (got 'large')"),
        ('name = "mine"', "name = 3", 1, "name: must be a text (got 3)"),
        # backgrounds and counts
        ('name = "open"', 'name = "flat"', 32, "background.name: must be a name of its own (got 'flat')"),
        ('name = "open"', 'name = "CEvNS"', 32, "background.name: must be a name of its own (got 'CEvNS')"),
        ("counts = [1.0, 0.0]", "counts = [1.0]", 33, "background.counts: must have the shape (2,) of the bins (got (1,))"),
        (
            "counts = [10.0, 20.0]", "counts = [10.0, -1.0]",
            28,
            "background.counts: counts must be >= 0 and finite (got -1 at index 1)",
        ),
        (
            "uncertainty = 0.1", "uncertainty = -0.1",
            29,
            "background.uncertainty: uncertainty must be >= 0 and finite (got -0.1)",
        ),
        ("free = true", "free = true\nuncertainty = 0.1", 34, "background.free: leaves no uncertainty: give one of them"),
        ("[300, 40]", "[300, 40, 1]", 37, "observed.counts: must have the shape (2,) of the bins (got (3,))"),
        ("[300, 40]", '["many"]', 37, "observed.counts: counts must be real numbers (got ['many'])"),
        ("value = 300.0", 'value = "many"', 40, "published.counts: value must be a real number (got 'many')"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_file_line_and_key(load, tmp_path, old, new, line, said):
    with pytest.raises(InputError) as error:
        load(old, new)
    message = str(error.value)
    assert message.startswith(f"{tmp_path / 'mine.toml'}, line {line}: ")
    assert said in message
    assert "\n" not in message


def test_a_theory_in_a_file_is_checked(load):
    section = "[interaction]\n{}\n\n[observed]"
    found = load("[observed]", section.format('couplings = "radiative"\nform_factor = { model = "KleinNystrand" }'))
    assert found.interaction == StandardModel(couplings="radiative", form_factor=form_factors.KleinNystrand())
    for wrong, said in [
        ('couplings = "radiatve"', "line 37: interaction.couplings: unknown couplings 'radiatve'; did you mean"),
        ("couplings = { gvp = 1.0 }", "line 37: interaction.couplings: "),
        ('form_factor = { model = "Helmet" }', "line 37: interaction.form_factor: unknown form_factor 'Helmet'"),
        ("weak_mixing_angle = 2.0", "line 37: interaction.weak_mixing_angle: weak_mixing_angle must be >= 0 and <= 1"),
        ("mixing = 2.0", "line 37: interaction.mixing: "),
    ]:
        with pytest.raises(InputError, match=re.escape(said)):
            load("[observed]", section.format(wrong))


def test_a_release_in_a_file_is_checked(load):
    for wrong, said in [
        ('reader = "coherent-csi"', "line 37: release.reader: must be one of coherent-csi-2021, "),
        ('reader = "dresden-2"\ntemplate = "false"', "line 38: release.template: must be true or false (got 'false')"),
        ('reader = "dresden-2"\nshape_effects = 1', "line 38: release.shape_effects: must be true or false (got 1)"),
    ]:
        with pytest.raises(InputError, match=re.escape(said)):
            load("[observed]", f"[release]\n{wrong}\n\n[observed]")


def test_text_that_is_no_toml_is_refused_by_file_and_line(load, tmp_path):
    with pytest.raises(InputError, match=r"mine\.toml, line 12: Invalid value"):
        load("mass = 2.0", "mass = ")
    with pytest.raises(InputError, match=r"mine\.toml, line 26: background: must be tables: write \[\[background\]\]"):
        load(
            text=re.sub(r"\[\[background\]\]\nname = \"open\"[^[]*\[1.0, 0.0\]\nfree = true\n", "", REACTOR).replace(
                "[[background]]", "[background]"
            )
        )
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"binary\.toml, line 1: the text is UTF-16"):
        Experiment.load(str(path))
    with pytest.raises(FileNotFoundError):
        Experiment.load(str(tmp_path / "no.toml"))


def test_an_unknown_experiment_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown experiment 'coherent-csi-2020'; did you mean 'coherent-csi-2021'"):
        Experiment.load("coherent-csi-2020")
    with pytest.raises(UnknownNameError, match=r"or give the path of a \.toml file"):
        Experiment.load("mine")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_file_with_a_byte_order_mark_is_read(tmp_path, ending):
    text = (Path(cevns.experiments.__file__).parent / "coherent-csi-2021.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ending).encode())
    assert cevns.Experiment.load(str(path)).edges.tolist() == cevns.Experiment.load("coherent-csi-2021").edges.tolist()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name = 'a'\n".encode("utf-16"), "line 1: the text is UTF-16"),
        (b"name = 'a'\ntitle = '\xb5'\n", "line 2: the file is not a text in UTF-8"),
        (b"name = \n", "line 1"),
        (b"name = " + b"[" * 100_000, "it is nested too deeply"),
        (b"name = " + b"1" * 5000 + b"\n", "mine.toml: "),
    ],
)
def test_a_file_that_is_no_toml_is_refused_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        cevns.Experiment.load(str(path))
    assert said in str(error.value)
    assert len(str(error.value)) < 300 + len(str(path))


def test_transposed_counts_are_refused_with_a_hint():
    """Axes are in the order (observable, ..., time) wherever counts are given."""
    from cevns.statistics import Cost, Model

    csi = cevns.Experiment.load("coherent-csi-2021")
    counts = csi.expected()
    hint = re.escape("(observable, ..., time): transpose it")
    templates = csi.templates(csi.interaction + cevns.NSI(), ("eps_ee_u",))
    background = cevns.statistics.Sample("bkg", counts.T)
    for wrong in (
        lambda: csi.replace(observed=counts.T),
        lambda: csi.replace(backgrounds=[background]),
        lambda: csi.replace(shape_effects={"tilt": (counts.T, counts.T)}),
        lambda: Cost(csi.model(), counts.T),
        lambda: Model([csi.signal(), background]),
        lambda: templates.observing(counts.T),
    ):
        with pytest.raises(cevns.InputError, match=hint):
            wrong()
    with pytest.raises(cevns.InputError) as caught:
        csi.replace(observed=counts[:, :3])
    assert "transpose" not in str(caught.value)
    assert repr(csi.response).startswith("<Response of 8 bins in photo-electrons × 17 in time at ")


def test_a_fit_whose_limits_exclude_no_signal_at_all_has_no_significance():
    experiment = cevns.Experiment(
        cevns.sources.sns(protons=2e22),
        cevns.Detector("Ar", 50.0),
        1.0,
        [20.0, 40.0, 60.0, 100.0],
        observed=[60.0, 25.0, 8.0],
        nuisances=[cevns.statistics.Nuisance("CEvNS", sigma=np.inf, mean=1.2, lower=1.15)],
    )
    found = experiment.fit()
    assert np.isnan(found.significance)
    assert found.fit["CEvNS"] >= 1.15
