"""Detectors: predictions against published ones, binned rates, quadrature and the plain NumPy of the reference; limits."""

import copy
import math
import pickle
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import cevns
from cevns import InputError, UnsupportedError, efficiency, quenching, resolution, timing
from cevns.detectors import product_integration as responses
from cevns.detectors.detector import Detector
from cevns.reference import detectors as reference
from cevns.reference._quadrature import composite

DATA = Path(__file__).parents[3] / "shared" / "data"
DUKE = cevns.Couplings(gvp=0.0227, gvn=-0.5117)  # under which COHERENT's predictions were reproduced independently
SNS = cevns.sources.sns(protons=3.198e23, distance=19.3, yield_per_proton=0.0848)
REACTOR = cevns.sources.reactor(power=3.6, distance=20.7)
CSI = Detector(
    "CsI",
    14.6,
    quenching=quenching.CsICoherent(),
    resolution=resolution.Gamma(),
    efficiency=(
        efficiency.Logistic.coherent_csi_2021(),
        efficiency.Decaying.coherent_csi_2021(),
    ),
)


class Shifted(quenching.Quenching):
    """A quenching model of our own, without an attribute `breaks`: nothing below 1 keV."""

    def _factor(self, T, nuclide):
        return 0.2 * np.maximum(1 - 1 / np.maximum(T, 1e-300), 0.0)

    def _energy(self, T, nuclide):
        return 0.2 * np.maximum(T - 1, 0.0)

    __repr__ = object.__repr__


def largest(found, expected):
    """Largest difference, relative to the largest bin."""
    return np.abs(found - expected).max() / np.abs(expected).max()


def by_quadrature(detector, edges, flux, interaction=None, pieces=400):
    """Counts by composite Gauss–Legendre in √T: P(T) times dR/dT, nuclide by nuclide, with the nodes of neither."""
    total = np.zeros(len(edges) - 1)
    for index, (nuclide, _) in enumerate(detector.target.components):
        known = cevns.recoil_energy_max(flux.breaks, nuclide)
        cut = [point for each in detector.efficiency if each.axis == "recoil" for point in each.breaks]
        cuts = np.unique(np.concatenate([np.linspace(0.0, math.sqrt(known[-1]), pieces), np.sqrt(known), np.sqrt(cut)]))
        s, weights = composite(cuts)
        rate = cevns.differential_rate(s * s, flux, detector.target, interaction, split="nuclide")[index]
        total += detector.probability(edges, s * s, nuclide) @ (rate * weights * 2 * s)
    return detector.mass * total


# ---- published figures ---------------------------------------------------------------------------------------------------


def test_csi_2021_prediction_is_that_computed_independently():
    # 341 by the collaboration; 338.6 was computed with these ingredients by another program, here 338.88
    model = cevns.StandardModel(couplings=DUKE, form_factor=cevns.form_factors.KleinNystrand())
    counts = CSI.rate(np.linspace(0.0, 60.0, 61), SNS, model)
    assert counts.sum() == pytest.approx(338.6, rel=2e-3)
    assert counts[:7].sum() == 0.0  # the efficiency begins at 7.07


def test_csi_2021_counts_each_timing_with_its_weight():
    weights = [CSI.time_weights(component.timing) for component in SNS.components]
    # four decimals are given; 6e-5 as in tests/fluxes/test_timing.py
    np.testing.assert_allclose(np.ravel(weights), [0.9982, *[0.8488] * (len(weights) - 1)], rtol=0, atol=6e-5)


def test_argon_prediction_is_that_of_the_release():
    folder = DATA / "coherent_lar2020"
    if not folder.exists():
        pytest.skip(f"{folder} is not at hand")
    release = np.loadtxt(folder / "cevnspdf.txt")
    argon = Detector(
        "Ar",
        24.4,
        quenching=quenching.LArCoherent(),
        resolution=resolution.Gaussian(root=0.58),
        efficiency=efficiency.Tabulated.from_file(folder / "CENNS10AnlAEfficiency.txt", columns=(0, 2), beyond="hold"),
    )
    flux = cevns.sources.sns(protons=13.8e22, distance=27.5, yield_per_proton=0.09)
    times = np.arange(-0.1, 5.0, 0.5)
    counts = argon.rate(np.arange(0.0, 121.0, 10.0), flux, cevns.StandardModel(couplings=DUKE), times=times)
    assert counts.shape == (12, 10)
    assert counts.sum() == pytest.approx(128.0, rel=0.01)
    in_time = np.array([release[np.isclose(release[:, 2], t + 0.25), 3].sum() for t in times[:-1]])
    # but for the rising edge of the measured pulse, in the first bin
    np.testing.assert_allclose(counts.sum(axis=0)[1:], in_time[1:], rtol=0.02)
    in_energy = np.array([release[release[:, 0] == x, 3].sum() for x in (5.0, 15.0, 25.0, 35.0)])
    np.testing.assert_allclose(counts.sum(axis=1)[:4], in_energy, rtol=0.1)  # the release was simulated in detail


# ---- without any response it is the binned rate --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "source", "edges"),
    [
        ("CsI", SNS, np.linspace(0.0, 45.0, 46)),
        ("Xe", SNS, np.concatenate([[0.0], np.geomspace(1e-3, 40.0, 60)])),
        ("Xe", cevns.sources.solar(), np.linspace(0.01, 4.0, 80)),
        ("Ge", cevns.sources.reactor(power=3.6, distance=20.7), np.linspace(0.02, 2.5, 100)),
        ("CaWO4", cevns.sources.supernova(), np.linspace(0.0, 60.0, 31)),
        ("Ar", cevns.sources.monochromatic(energy=30.0, flux=1e7, flavor="nue"), np.linspace(0.0, 60.0, 7)),
    ],
    ids=["sns CsI", "sns Xe", "solar Xe", "reactor Ge", "supernova CaWO4", "line Ar"],
)
@pytest.mark.parametrize("model", [None, quenching.Identity()], ids=["none", "identity"])
def test_perfect_detector_counts_the_binned_rate(target, source, edges, model):
    detector = Detector(target, 2.5, quenching=model)
    assert detector.observable == "keV_nr"
    expected = 2.5 * cevns.binned_rate(edges, source, target)
    assert largest(detector.rate(edges, source), expected) < 1e-9


def test_quenching_moves_the_edges_of_a_perfect_detector():
    edges = np.linspace(0.1, 3.0, 30)
    model = quenching.CsICoherent()
    moved = model.inverse(edges)
    counts = Detector("CsI", 1.0, quenching=model).rate(edges, SNS)
    assert largest(counts, cevns.binned_rate(moved, SNS, "CsI")) < 1e-9


def test_threshold_of_the_recoil_energy_is_exact():
    edges = np.array([0.0, 2.0, 10.0, 60.0])
    cut = Detector("CsI", 1.0, efficiency=efficiency.Threshold(5.0, "recoil"))
    assert largest(cut.rate(edges, SNS), np.diff([0, 0, *np.cumsum(cevns.binned_rate([5.0, 10.0, 60.0], SNS, "CsI"))])) < 1e-9


def test_narrow_window_of_the_recoil_energy_is_not_missed():
    window = efficiency.Step((5.0, 5.001), (0.0, 1.0, 0.0), "recoil")
    counts = Detector("CsI", 1.0, quenching.Constant(0.1), efficiency=window).rate([0.0, 3.0], SNS)
    assert counts[0] == pytest.approx(cevns.binned_rate([5.0, 5.001], SNS, "CsI")[0], rel=1e-8)


def test_jump_that_a_function_does_not_name_is_found():
    jump = efficiency.Function(lambda T: np.where(T > 7.77, 0.5, 0.0), "recoil")
    counts = Detector("CsI", 1.0, efficiency=jump).rate([0.0, 20.0], SNS)
    assert counts[0] == pytest.approx(0.5 * cevns.binned_rate([7.77, 20.0], SNS, "CsI")[0], rel=1e-9)


@pytest.mark.parametrize("curve", [resolution.Gamma(), resolution.Gaussian(0.5), resolution.Perfect()], ids=repr)
def test_jump_of_what_is_observed_is_found_too(curve):
    jump = efficiency.Function(lambda x: np.where(x > 2.345, 0.5, 0.0))
    plain = {"target": "CsI", "mass": 1.0, "quenching": quenching.Constant(0.1), "resolution": curve}
    edges = np.array([1.0, 2.0, 4.0, 5.0])
    expected = Detector(**plain).rate([2.345, 4.0, 5.0], SNS) / 2
    assert largest(Detector(**plain, efficiency=jump).rate(edges, SNS), np.array([0.0, *expected])) < 1e-8


@pytest.mark.parametrize(
    "curve",
    [efficiency.ErfThreshold(0.2, 0.03), efficiency.Logistic(1.0, 20.0, 0.2), efficiency.Threshold(0.2)],
    ids=lambda curve: type(curve).__name__,
)
def test_bins_beyond_all_signals_hold_almost_nothing(curve):
    """Recoils of reactor neutrinos end at 0.88 keV_ee; nine standard deviations above it bins see their last tails."""
    flux = cevns.sources.reactor(power=2.9, distance=25.0, uncertainties=False)
    noise = resolution.Gaussian.pulser_fano(0.0685)
    germanium = Detector("70Ge", 1.0, quenching.Lindhard(), noise, curve)
    edges = np.linspace(0.2, 1.5, 257)
    counts = germanium.rate(edges, flux)
    few = germanium.rate(edges[::16], flux)
    np.testing.assert_allclose(counts.reshape(16, 16).sum(axis=1), few, rtol=1e-8, atol=1e-9 * few.max())
    assert (counts[-8:] < 1e-15 * counts.max()).all()


@pytest.mark.parametrize("smear", [resolution.Gaussian(0.3), resolution.Gamma(), resolution.Tabulated([0.0, 9.0], [0.0, 0.5])])
def test_efficiency_in_steps_is_an_exact_sum_of_parts_of_bins(smear):
    edges, energy = np.array([-np.inf, 0.5, 2.0, 4.0, np.inf]), np.array([0.0, 0.3, 1.0, 2.5, 9.0])
    steps = efficiency.Step([1.0, 2.0, 3.0], [0.1, 0.4, 0.7, 1.0]) * efficiency.Threshold(0.5)
    parts = smear.probability([-np.inf, 0.5, 1.0, 2.0, 3.0, 4.0, np.inf], energy)
    expected = [0.0 * parts[0], 0.1 * parts[1] + 0.4 * parts[2], 0.7 * parts[3] + parts[4], parts[5]]
    np.testing.assert_allclose(smear._accepted(edges, energy, steps), expected, rtol=1e-13)


def test_bins_up_to_infinity_hold_everything():
    counts = Detector("CsI", 1.0).rate([-math.inf, 3.0, math.inf], SNS)
    assert counts.sum() == pytest.approx(cevns.rate(SNS, "CsI"), rel=1e-9)


# ---- with a response -----------------------------------------------------------------------------------------------------


CHAINS = {
    "gamma": (
        Detector("CsI", 14.6, quenching.CsICoherent(), resolution.Gamma(), CSI.efficiency[:1]),
        SNS,
        (0.0, 60.0, 31),
    ),
    "Poisson": (
        Detector(
            "CsI",
            14.57,
            quenching.Constant(0.0878),
            resolution.Poisson(13.348),
            efficiency.Logistic.coherent_csi_2017(),
        ),
        SNS,
        (0.0, 50.0, 26),
    ),
    "germanium": (
        Detector(
            "Ge",
            2.83,
            quenching.Lindhard(0.162),
            resolution.Gaussian.pulser_fano(0.0203),
            efficiency.ErfThreshold(0.17, 0.01),
        ),
        REACTOR,
        (0.16, 0.6, 45),
    ),
    "by nuclide": (
        Detector("NaI", 1.0, quenching.Lindhard(), resolution.Gaussian(root=0.3)),
        SNS,
        (0.5, 20.0, 40),
    ),
    "light yield": (
        Detector("Ar", 1.0, quenching.LArCoherent(), resolution.Gaussian(root=1.2), light_yield=4.5),
        SNS,
        (0.0, 300.0, 31),
    ),
    "phonons": (
        Detector("CaWO4", 0.01, quenching.Identity(), resolution.Gaussian(0.006), efficiency.Threshold(0.02, "recoil")),
        REACTOR,
        (0.01, 0.5, 50),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAINS)
def test_counts_are_the_integral_of_probability_and_rate(name):
    detector, flux, edges = CHAINS[name]
    edges = np.linspace(*edges)
    found = detector.rate(edges, flux)
    assert largest(found, by_quadrature(detector, edges, flux)) < 1e-8


@pytest.mark.parametrize("name", CHAINS)
def test_more_nodes_change_nothing(name, monkeypatch):
    detector, flux, edges = CHAINS[name]
    edges = np.linspace(*edges)
    found = detector.rate(edges, flux)
    monkeypatch.setattr(responses, "RATE_ERROR", 1e-13)
    monkeypatch.setattr(responses, "SEEN_ERROR", 1e-13)
    assert detector.response(edges, flux).groups[0].recoil_energy.size > detector.rate(edges, flux).size
    assert largest(found, detector.rate(edges, flux)) < 1e-8


def test_plain_numpy_counts_the_same():
    detector, flux, _ = CHAINS["gamma"]
    case = next(case for case in cevns.reference.cases.SPECTRA if case.name == "pion decay at rest")
    edges = np.linspace(8.0, 60.0, 27)
    expected = flux.total("nue") * reference.counts_grid(
        edges,
        list(case.components.values()),
        detector.target.components,
        detector.mass,
        detector.quenching.energy,
        lambda x, E: reference.gamma_density(x, E, 0.0749, 9.56),
        detector.efficiency[0],
        maximum=47.0,
        per=case.per,
    )
    assert largest(detector.rate(edges, flux), expected) < 1e-3  # of the grids


def test_nuclides_that_are_seen_alike_share_their_nodes():
    assert len(Detector("Ge", 1.0, quenching.Lindhard(0.162)).response([0.2, 0.3], REACTOR).groups) == 1
    assert len(Detector("Ge", 1.0, quenching.Lindhard()).response([0.2, 0.3], REACTOR).groups) == 5  # k depends on A
    groups = Detector("NaI", 1.0, quenching.Lindhard(0.15)).response([1.0, 2.0], SNS).groups
    assert [[nuclide.name for nuclide, _ in group.target.components] for group in groups] == [["23Na"], ["127I"]]


def of_own_isotope(T, nuclide):
    """A yield that depends on the isotope in an odd way, and not at all where one might sample it."""
    return 0.1 + (0.002 * nuclide.A + 1e-4 * nuclide.Z) * (1 - np.exp(-T / 3.0))


class ByIsotope(quenching.Quenching):
    """A model of our own that depends on the isotope, says nothing of it, and does without."""

    def _factor(self, T, nuclide):
        return np.full(T.shape, 0.2 if nuclide is None else 0.3 * nuclide.A / 100 / (1 + nuclide.A / 100))

    __repr__ = object.__repr__


class Scaled(quenching.Constant):
    """A constant that its heir changes by isotope."""

    def _factor(self, T, nuclide):
        return super()._factor(T, nuclide) * (1.0 if nuclide is None else nuclide.A / 150)


class Duck:
    """No `Quenching`, but with what a detector asks for."""

    unit = "keV_ee"

    def energy(self, recoil_energy, nuclide=None):
        return 0.2 * np.asarray(recoil_energy) * (1.0 if nuclide is None else nuclide.A / 100)


# every quenching model, a target of several nuclides, and the number of groups that the detector sees alike
YIELDS = [
    (None, "Ge", 1),
    (quenching.Identity(), "CaWO4", 1),
    (quenching.Constant(0.1), "NaI", 1),
    (quenching.Linear(0.2, 1e-3), "Ge", 1),
    (quenching.LArCoherent(), "Ar", 1),
    (quenching.Polynomial((0.1, 1.0), hold=60.0), "Xe", 1),
    (quenching.CsICoherent(model_1=0.7), "CsI", 1),
    (quenching.Lindhard(0.16), "SiGe", 2),
    (quenching.Lindhard(q=0.01), "Si", 3),
    (quenching.Sarkis(), "SiGe", 2),
    (quenching.Tabulated((0.5, 5.0, 50.0), (0.1, 0.2, 0.25), beyond="hold"), "Ge", 1),
    (quenching.Function(lambda T: 0.1 + 0.1 * T / (10.0 + T)), "Ge", 1),
    (quenching.Function(of_own_isotope, needs_nuclide=True), "Si", 3),
    (quenching.NestXenon(80.0), "Xe", 9),
    (quenching.NestXenon(80.0, unit="electrons"), {"124Xe": 0.5, "136Xe": 0.5}, 2),
    (quenching.NestXenon(80.0, unit="photons"), {"124Xe": 0.5, "136Xe": 0.5}, 2),
    (quenching.NestXenon(80.0, unit="quanta"), {"124Xe": 0.5, "136Xe": 0.5}, 2),
    (ByIsotope(), "Ge", 5),
    (Scaled(0.2), {"70Ge": 0.5, "76Ge": 0.5}, 2),
    (Duck(), {"70Ge": 0.5, "76Ge": 0.5}, 2),
]


def test_every_quenching_model_is_among_those_that_responses_are_compared_for():
    assert set(quenching.__all__) - {"Quenching"} <= {type(model).__name__ for model, *_ in YIELDS}


@pytest.mark.parametrize("smear", [0.0, 0.05], ids=["sharp", "smeared"])
@pytest.mark.parametrize(("model", "target", "number"), YIELDS, ids=lambda value: type(value).__name__)
def test_columns_of_the_response_integrate_the_probability_of_each_nuclide(model, target, number, smear):
    # σ = 5 % of √E in whatever unit the model has
    detector = Detector(target, 2.0, model, resolution.Gaussian(root=smear) if smear else None)
    largest_T = cevns.recoil_energy_max(SNS.breaks[-1], detector.target.components[0][0])
    top = max(float(detector.signal(0.9 * largest_T, nuclide)) for nuclide, _ in detector.target.components)
    edges = top * np.array([0.1, 0.25, 0.4, 0.7])
    groups = detector.response(edges, SNS).groups
    assert len(groups) == number
    assert sum(len(group.target.components) for group in groups) == len(detector.target.components)
    for group in groups:
        for nuclide, _ in group.target.components:
            # any smooth function of T stands for a rate; P by 4000 × 10 nodes, in bins split where the signal passes an edge
            # up to the largest recoil that the flux gives to one of the group
            T = np.linspace(0.0, max(cevns.recoil_energy_max(SNS.breaks[-1], n) for n, _ in group.target.components), 40001)
            turns = [np.interp(edge, detector.signal(T, nuclide), T) for edge in edges] if not smear else []
            s, weights = composite(np.unique(np.concatenate([np.linspace(0.0, math.sqrt(T[-1]), 4001), np.sqrt(turns)])))
            P = detector.probability(edges, s * s, nuclide)
            share = group.matrix @ np.exp(-group.recoil_energy / largest_T)
            direct = P @ (np.exp(-s * s / largest_T) * 2 * s * weights)
            mass = 2.0 * dict(detector.target.components)[nuclide] / dict(group.target.components)[nuclide]
            # edges of a sharp bin are interpolated to 1e-9 of T; a smeared one begins at the smallest recoils with a step
            assert largest(share / mass, direct) < 1e-8


def test_electrons_of_light_xenon_are_those_of_its_own_yield():
    # ∫ (Poisson probability of 4 to 15 electrons at the yield of ¹²⁴Xe) dR/dT dT
    # that of 131.293 u gives 1.7 % more
    electrons = resolution.Poisson(1.0, unit_in="electrons", unit_out="electrons")
    light = Detector("124Xe", 1000.0, quenching.NestXenon(80.0, unit="electrons"), electrons)
    burst = cevns.sources.supernova()
    assert light.rate([4.0, 16.0], burst)[0] == pytest.approx(8.075545, rel=2e-7)
    assert light.rate([4.0, 16.0], burst)[0] == pytest.approx(by_quadrature(light, [4.0, 16.0], burst)[0], rel=1e-8)

    class Mean(quenching.NestXenon):
        def _factor(self, T, nuclide):
            return super()._factor(T, None)

    average = Detector("124Xe", 1000.0, Mean(80.0, unit="electrons"), electrons)
    assert average.rate([4.0, 16.0], burst)[0] == pytest.approx(8.212228, rel=2e-7)


def test_narrow_resolution_is_a_perfect_one():
    edges = np.linspace(0.5, 10.0, 20)
    perfect = Detector("CsI", 1.0, quenching.Constant(0.1)).rate(edges, SNS)
    for sigma in (1e-4, 1e-8):
        narrow = Detector("CsI", 1.0, quenching.Constant(0.1), resolution.Gaussian(sigma)).rate(edges, SNS)
        # a convolution changes bins by σ² times the change of the slope: 1e-8
        assert largest(narrow, perfect) < 1e-7


@pytest.mark.parametrize("axis", ["time", "recoil", "observed"])
@pytest.mark.parametrize("smear", [None, resolution.Gaussian(1.0)], ids=["sharp", "smeared"])
def test_efficiency_that_is_smooth_nowhere_ends_in_an_error(axis, smear):
    noise = efficiency.Function(lambda x: 0.5 + 0.1 * np.sin(1e9 * x), axis)
    with pytest.raises(InputError, match="is not smooth"):
        Detector("Ar", 1.0, None, smear, noise).rate([5.0, 20.0, 60.0], SNS)


def test_elements_of_a_compound_have_yields_of_their_own():
    """Sodium iodide with 20 % and 5 %, as each element alone in its own bins of T."""

    def of_element(T, nuclide):
        return np.full(T.shape, 0.2 if nuclide.symbol == "Na" else 0.05)

    edges = np.array([0.5, 1.0, 2.0, 4.0])
    found = Detector("NaI", 3.0, quenching.Function(of_element, needs_nuclide=True)).rate(edges, SNS)
    expected = np.zeros(3)
    for nuclide, number in cevns.Target("NaI").components:
        alone = cevns.Target({nuclide: 1.0})
        share = number / dict(alone.components)[nuclide]
        factor = 0.2 if nuclide.symbol == "Na" else 0.05
        expected += 3.0 * share * cevns.binned_rate(edges / factor, SNS, alone)
    assert largest(found, expected) < 1e-9


@pytest.mark.parametrize(
    ("target", "model", "smear"),
    [
        ("CsI", quenching.Constant(0.1), resolution.Gamma()),
        ("CsI", quenching.CsICoherent(), resolution.Poisson(13.0)),
        ("Ge", quenching.Lindhard(), resolution.Gaussian(0.05, 0.1, 0.02)),
        ("Xe", quenching.NestXenon(80.0, unit="electrons"), resolution.Poisson(1.0, "electrons", "electrons")),
        ("Ar", quenching.LArCoherent(), resolution.Tabulated([0.0, 10.0], [0.1, 1.0], beyond="hold")),
        ("NaI", quenching.Lindhard(), resolution.Gaussian(root=0.2, constant=0.3, quadrature=False)),
    ],
)
@pytest.mark.parametrize("flux", [SNS, REACTOR], ids=["sns", "reactor"])
def test_bins_that_cover_everything_hold_the_rate(target, model, smear, flux):
    detector = Detector(target, 2.0, model, smear)
    total = detector.rate([-math.inf, 0.0, 1.0, 5.0, 20.0, math.inf], flux).sum()
    assert total == pytest.approx(2.0 * cevns.rate(flux, target), rel=1e-9)


@pytest.mark.parametrize("sigma", [1e-320, 1e-300, 1e-100, 1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6])
def test_narrow_resolution_with_an_efficiency_is_a_perfect_one(sigma):
    edges = [5.0, 20.0, 60.0]
    curve = efficiency.ErfThreshold(10.0, 2.0)
    perfect = Detector("Ar", 1.0, efficiency=curve).rate(edges, SNS)
    narrow = Detector("Ar", 1.0, None, resolution.Gaussian(sigma), curve).rate(edges, SNS)
    assert largest(narrow, perfect) < 1e-8


def test_narrow_law_of_photo_electrons_is_a_perfect_one():
    # σ/mean = 1/√(bE): 1e-3 to 3e-3, which changes smooth bins by its square
    edges, curve = [20.0, 60.0, 120.0], efficiency.ErfThreshold(30.0, 5.0)
    perfect = Detector("CsI", 1.0, quenching.Constant(0.1), light_yield=1 / 0.07, efficiency=curve).rate(edges, SNS)
    narrow = Detector("CsI", 1.0, quenching.Constant(0.1), resolution.Gamma(0.07, 1e6), curve).rate(edges, SNS)
    assert largest(narrow, perfect) < 1e-5


def test_many_quanta_behind_an_efficiency_are_summed_one_by_one():
    number = resolution.Poisson(1.0, unit_in="electrons", unit_out="electrons")
    curve = efficiency.ErfThreshold(5000.0, 700.0)
    detector = Detector("Ar", 1.0, quenching.Constant(100.0, "electrons"), number, curve)
    T = np.array([1.0, 30.0, 48.0, 50.0, 52.0, 80.0])
    n = np.arange(20_000.0)
    weights = stats.poisson(100 * T).pmf(n[:, None]) * curve(n)[:, None]
    edges = np.array([0.0, 4.5, 100.0, 4999.5, 5000.0, 5000.2, 12_000.0])
    direct = [weights[(n >= low) & (n < high)].sum(axis=0) for low, high in pairwise(edges)]
    np.testing.assert_allclose(detector.probability(edges, T), direct, rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("smear", [None, resolution.Gaussian(0.5)], ids=["sharp", "smeared"])
def test_many_bins_hold_what_few_hold(smear):
    """1000 bins are integrated in sets of 128, ten in one."""
    detector = Detector("Ar", 1.0, None, smear)
    few = detector.rate(np.linspace(0.0, 50.0, 11), SNS)
    many = detector.rate(np.linspace(0.0, 50.0, 1001), SNS)
    np.testing.assert_allclose(many.reshape(10, 100).sum(axis=1), few, rtol=1e-8)


def test_resolution_does_not_change_the_total():
    edges = [-math.inf, math.inf]
    wide = Detector("CsI", 1.0, quenching.Constant(0.1), resolution.Gaussian(0.3, 0.5)).rate(edges, SNS)
    assert wide[0] == pytest.approx(cevns.rate(SNS, "CsI"), rel=1e-9)


def test_recoils_that_give_nothing_are_not_counted():
    noisy = Detector("Ge", 1.0, Shifted(), resolution.Gaussian(0.5))
    total = noisy.rate([-math.inf, math.inf], SNS)[0]
    assert total == pytest.approx(cevns.rate(SNS, "Ge", threshold=1.0), rel=1e-9)


def test_probability_is_quenching_resolution_and_efficiencies_in_a_chain():
    detector = Detector(
        "Ge",
        1.0,
        quenching.Constant(0.2),
        resolution.Gaussian(0.05),
        (efficiency.Threshold(2.0, "recoil"), efficiency.Step((0.5,), (0.0, 0.8))),
    )
    found = detector.probability([0.4, 0.5, 0.6], [1.0, 2.75])
    expected = 0.8 * resolution.Gaussian(0.05).probability([0.5, 0.6], [0.55])[0, 0]
    np.testing.assert_allclose(found, [[0.0, 0.0], [0.0, expected]], rtol=1e-12)
    np.testing.assert_allclose(detector.signal([1.0, 2.75]), [0.2, 0.55])


def test_nothing_is_seen_of_recoils_that_the_flux_does_not_give():
    assert np.all(Detector("Xe", 1.0).rate([100.0, 110.0, 120.0], cevns.sources.solar()) == 0.0)


# ---- one response, other interactions and rates --------------------------------------------------------------------------


def test_response_serves_other_interactions():
    detector, flux, edges = CHAINS["gamma"]
    edges = np.linspace(*edges)
    response = detector.response(edges, flux)
    for model in (
        cevns.StandardModel(form_factor=cevns.form_factors.KleinNystrand(), couplings=DUKE),
        cevns.StandardModel(kinematics="spin-1/2", axial=True, couplings="radiative-q2"),
    ):
        assert largest(response.counts(model), detector.rate(edges, flux, model)) < 1e-8
        assert largest(response.counts(model), by_quadrature(detector, edges, flux, model)) < 1e-7


@pytest.mark.parametrize("mass", [0.0, 0.1, 3.0, 100.0], ids=lambda m: f"{m} MeV")
def test_response_serves_rates_with_a_propagator(mass):
    """A light mediator multiplies the rate by 1/(2MT + m²)²; no mass stands for the 1/T of magnetic moments here."""
    detector, flux, edges = CHAINS["germanium"]
    edges = np.linspace(*edges)

    def rate(T, flux, target):
        M = 67.6e3
        return cevns.differential_rate(T, flux, target) / (2e-3 * M * T + mass**2) ** (2 if mass else 1)

    found = detector.response(edges, flux).fold(rate)
    nodes, weights = composite(np.linspace(0.01, math.sqrt(cevns.recoil_energy_max(12.0, cevns.Nuclide("70Ge"))), 3000))
    T = nodes**2
    P = detector.probability(edges, T, "74Ge")
    expected = detector.mass * P @ (rate(T, flux, detector.target) * weights * 2 * nodes)
    assert largest(found, expected) < 1e-6  # 4e-7 for 0.1 MeV, which is 1/T² here


def test_fold_keeps_leading_axes():
    response = CSI.response([10.0, 20.0, 30.0, 40.0], SNS, times=[0.0, 1.0, 6.0])
    terms = response.fold(lambda T, flux, target: np.stack([cevns.differential_rate(T, flux, target)] * 3))
    assert terms.shape == (3, 3, 2)
    np.testing.assert_allclose(terms[0], response.counts(), rtol=1e-14)  # sums in another order


# ---- time ----------------------------------------------------------------------------------------------------------------


def test_times_are_a_last_axis_that_sums_to_the_counts():
    edges, times = np.linspace(0.0, 60.0, 13), [-2.0, 0.0, 0.5, 1.0, 3.0, 6.0, 50.0]
    counts = CSI.rate(edges, SNS, times=times)
    assert counts.shape == (12, 6)
    assert largest(counts.sum(axis=1), CSI.rate(edges, SNS)) < 1e-9
    assert np.all(counts[:, -1] == 0.0)  # the efficiency ends at 6 μs


def test_times_without_an_efficiency_are_those_of_a_history():
    edges, times = np.linspace(0.5, 5.0, 10), [0.0, 0.5, 2.0, 6.0]
    detector = Detector("CsI", 1.0, quenching.Constant(0.1), resolution.Gaussian(root=0.2))
    direct = detector.rate(edges, SNS, times=times)
    assert direct.shape == (9, 3)
    assert largest(direct, detector.rate(edges, SNS.history(times))) < 1e-9


def test_efficiency_in_time_of_an_instant():
    at_once = timing.Timing(timing.Instant(1.0))
    assert CSI.time_weights(at_once) == pytest.approx(math.exp(-0.0494 * 0.48), rel=1e-14)
    np.testing.assert_allclose(CSI.time_weights(at_once, [0.0, 1.0, 2.0]), [0.0, math.exp(-0.0494 * 0.48)], rtol=1e-14)


def test_efficiency_in_time_is_integrated_with_the_arrival():
    arrival = timing.Timing(timing.TrapezoidalPulse(0.0, 0.1, 0.4, 0.7), (0.026033, 2.1969811))
    times = np.array([0.0, 0.3, 0.52, 2.0, 8.0])
    for low, high, found in zip(times[:-1], times[1:], CSI.time_weights(arrival, times), strict=True):
        cuts = np.unique(np.clip([low, *np.linspace(low, high, 40), 0.1, 0.4, 0.52, 0.7, 6.0, high], low, high))
        t, weights = composite(cuts)
        expected = weights @ (arrival.density(t) * efficiency.Decaying.coherent_csi_2021()(t))
        assert found == pytest.approx(expected, rel=1e-9)


def test_history_of_a_reactor_has_a_column_a_step():
    history = cevns.FluxHistory([0.0, 1.0, 2.0], [REACTOR, REACTOR * 0.5], "d")
    detector = Detector("Ge", 1.0, quenching.Lindhard(), resolution.Gaussian(0.02))
    counts = detector.rate([0.16, 0.2, 0.3, 0.5], history)
    assert counts.shape == (3, 2)
    np.testing.assert_allclose(counts[:, 1], counts[:, 0] / 2, rtol=1e-12)
    assert largest(counts[:, 0], detector.rate([0.16, 0.2, 0.3, 0.5], REACTOR)) < 1e-9


# ---- values, and wrong input ---------------------------------------------------------------------------------------------


def test_detector_is_a_value():
    assert pickle.loads(pickle.dumps(CSI)) == CSI
    assert hash(copy.deepcopy(CSI)) == hash(CSI)
    names = {**vars(cevns), **vars(quenching), **vars(resolution), **vars(efficiency), "Detector": Detector}
    names |= {name: getattr(quenching, name) for name in quenching.__all__}
    assert eval(repr(CSI), names) == CSI
    assert Detector("CsI", 14.6) == Detector(cevns.Target("CsI"), 14.6, efficiency=None)


def test_observable_is_the_unit_at_the_end_of_the_chain():
    assert CSI.observable == "photo-electrons"
    assert Detector("Ge", 1.0, quenching.Lindhard()).observable == "keV_ee"
    assert Detector("Xe", 1.0, quenching.NestXenon(81.0, unit="electrons")).observable == "electrons"
    electrons = resolution.Poisson(unit_in="electrons", unit_out="electrons")
    assert Detector("Xe", 1.0, quenching.NestXenon(81.0, unit="electrons"), electrons).observable == "electrons"
    assert Detector("Ar", 1.0, quenching.LArCoherent(), light_yield=4.5).observable == "photo-electrons"


def test_response_is_immutable_and_says_what_it_is():
    response = CSI.response([10.0, 20.0, 30.0], SNS)
    assert re.fullmatch(r"<Response of 2 bins in photo-electrons at \d+ recoil energies>", repr(response))
    with pytest.raises(AttributeError, match="immutable"):
        response.edges = None
    with pytest.raises(ValueError, match="read-only"):
        response.groups[0].matrix[0] = 1.0
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(response)).counts(), response.counts())


def test_counts_are_never_negative():
    edges = np.linspace(0.1, 2.0, 60)
    table = quenching.Tabulated((0.1, 0.5, 1.0, 5.0, 50.0), (0.1, 0.15, 0.2, 0.22, 0.25))
    counts = Detector("Ge", 1.0, table, resolution.Gaussian(0.02)).rate(edges, REACTOR)
    assert counts.min() >= 0.0
    assert np.all(np.diff(counts) <= 0.0)  # neither the rate nor its convolution ever rises


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Detector("CsI", 0.0), InputError, "mass must be > 0 kg and finite (got 0)"),
        (lambda: Detector("CsI", 1.0, quenching=0.1), InputError, "quenching must be one of cevns.quenching (got 0.1)"),
        (lambda: Detector("CsI", 1.0, resolution=0.1), InputError, "resolution must be one of cevns.resolution (got 0.1)"),
        (
            lambda: Detector("CsI", 1.0, efficiency=0.9),
            InputError,
            "efficiency must be one or more of cevns.efficiency (got 0.9)",
        ),
        (lambda: Detector("CsI", 1.0, light_yield=-1.0), InputError, "light_yield must be > 0 and <= 1e+09 (got -1)"),
        (
            lambda: Detector("CsI", 1.0, resolution=resolution.Gamma()),
            InputError,
            "Gamma takes keV_ee, but quenching and light yield give keV_nr",
        ),
        (lambda: CSI.rate([20.0, 10.0], SNS), InputError, "edges must increase (got 20 photo-electrons at index 0, then 10"),
        (
            lambda: CSI.rate(range(10_002), SNS),
            InputError,
            "edges must be of at most 10000 bins (got 10001): predict them in pieces",
        ),
        (
            lambda: Detector("Ar", 1.0, quenching.Constant(0.2), resolution.Poisson(1e6), efficiency.Threshold(3.0)).rate(
                [0.0, math.inf], SNS
            ),
            InputError,
            "bins must hold up to 100000 quanta where an efficiency acts on their number (got ",
        ),
        (lambda: CSI.rate([10.0], SNS), InputError, "edges must be a list of at least 2 (got shape (1,))"),
        (lambda: CSI.rate([10.0, 20.0], "sns"), InputError, "flux must be a cevns.Flux or a cevns.FluxHistory (got 'sns')"),
        (lambda: CSI.rate([10.0, 20.0], SNS, times=[1.0, 0.0]), InputError, "edges of time must increase (got 1 μs at index 0"),
        (
            lambda: Detector("Ar", 1.0, quenching=quenching.NestXenon(80.0)),
            UnsupportedError,
            "quenching=NestXenon is for Xe, but the target holds Ar",
        ),
        (
            lambda: Detector("NaI", 1.0, quenching=quenching.CsICoherent()),
            UnsupportedError,
            "quenching=CsICoherent is for Cs and I, but the target holds Na",
        ),
        (
            lambda: Detector("CaWO4", 1.0, quenching=quenching.Tabulated([1.0], [0.1], elements=("O",))),
            UnsupportedError,
            "quenching=Tabulated is for O, but the target holds Ca, W",
        ),
        (lambda: CSI.rate([10.0, 20.0], SNS.window(0.0, 6.0)), UnsupportedError, "give the whole flux and times=[start, stop]"),
        (lambda: CSI.rate([10.0, 20.0], REACTOR), UnsupportedError, "of the flux has no timing: give its source a pulse"),
        (lambda: CSI.rate([10.0, 20.0], SNS.history([0.0, 1.0])), UnsupportedError, "a history has its own steps of time"),
        (lambda: Detector("Ge", 1.0, quenching.Lindhard()).signal(1.0), InputError, "depends on the nuclide that recoils"),
        (
            lambda: Detector("CsI", 1.0, efficiency=efficiency.Function(lambda x: 0 * x + 1.1)).rate([1.0, 2.0], SNS),
            InputError,
            "efficiency must be >= 0 and <= 1 (got 1.1 at ",
        ),
    ],
)
def test_what_is_no_detector_is_refused(make, error, message):
    with pytest.raises(error, match=re.escape(message)):
        make()
