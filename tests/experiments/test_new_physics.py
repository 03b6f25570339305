"""Published limits and intervals of new physics, against those from the same official data releases.

What cannot be compared in full is said beside each number; `cevns.experiments.new_physics` has sources and notes.
"""

import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import constants
from cevns.command_line.main import main
from cevns.experiments import SIGNAL, Experiment
from cevns.experiments import new_physics as published
from cevns.experiments.new_physics import ARGON, CSI, DRESDEN, Comparison, Result, compare

DATA = Path(__file__).parents[3] / "shared" / "data"
FOLDERS = {CSI: "coherent_csi2021", ARGON: "coherent_lar2020", DRESDEN: "dresden2"}


def folder(name):
    path = DATA / FOLDERS[name]
    if not path.is_dir():
        pytest.skip(f"the official release of {name} is not here")
    return path


@pytest.fixture(scope="module")
def csi():
    return Experiment.load(CSI).with_release(folder(CSI))


@pytest.fixture(scope="module")
def argon():
    return Experiment.load(ARGON).with_release(folder(ARGON))


@pytest.fixture(scope="module")
def comparisons():
    found = compare({name: folder(name) for name in FOLDERS})
    return {each.result.what: each for each in found}


def allowed(templates, name, grid, height=2.706, **others):
    """Ends of where Δχ² is below a height: a plain search on a grid, straight lines between its points."""
    chi2 = templates.likelihood({name: grid, **others}, profile=True)
    above = chi2 - chi2.min() - height
    at = np.flatnonzero(np.diff(np.sign(above)))
    return grid[at] - above[at] * (grid[at + 1] - grid[at]) / (above[at + 1] - above[at])


# ---- what is published, and what comes out -------------------------------------------------------------------------------

# The result, our numbers, and how far they may be from the published ones, relative or over the width of an interval.
EXPECTED = [
    ("sin2 theta_W as a charge radius, CsI, 1 sigma", (0.198, 0.249), 0.10),  # 0.220 +0.028 −0.026: a tenth of the interval
    ("LMA-Dark of u quarks, CsI", (6.19,), 0.20),  # the data of 2017 gave 5.6 σ
    ("LMA-Dark of d quarks, CsI", (7.72,), 0.20),  # and 7.2 σ
    ("eps_ee_u, CONUS+, 1 sigma", (-0.0450, 0.0193, 0.3542, 0.4185), 0.20),  # 13 %: counts in place of the spectrum
    ("eps_ee_d, CONUS+, 1 sigma", (-0.0416, 0.0178, 0.3275, 0.3869), 0.20),
    ("magnetic moment of numu, CsI and argon, 90 %", (18.8,), 0.20),  # 18: 5 %
    ("charge radius of numu, CsI and argon, 90 %", (-5.36, 3.64), 0.20),  # −5.9 to 4.3: 6 % of the width
    ("magnetic moment of nue, Dresden-II, Fef, 90 %", (3.78,), 0.90),  # 2.13: 78 %, see below
]


@pytest.mark.parametrize(("what", "ours", "tolerance"), EXPECTED, ids=[each[0] for each in EXPECTED])
def test_published_result_is_reproduced(comparisons, what, ours, tolerance):
    found = comparisons[what]
    assert found.difference < tolerance
    width = abs(ours[0]) if len(ours) == 1 else ours[1] - ours[0]
    np.testing.assert_allclose(found.computed, ours, rtol=0.0, atol=0.01 * width)  # a change of 1 % is worth a look


def test_more_data_exclude_lma_dark_by_more(comparisons):
    for quark in "ud":
        found = comparisons[f"LMA-Dark of {quark} quarks, CsI"]
        assert found.computed[0] > found.result.published[0]


# ---- bands of NSI --------------------------------------------------------------------------------------------------------

CESIUM, IODINE = cevns.Nuclide("133Cs"), cevns.Nuclide("127I")


def test_csi_allows_two_bands_along_its_blind_line(csi):
    # the slope is −(A + N)/(A + Z): 1.122 of Cs and 1.117 of I (J. Barranco et al., JHEP 12 (2005) 021)
    templates = csi.templates(csi.interaction + cevns.NSI(), ("eps_ee_u", "eps_ee_d"))
    up = np.linspace(-2.0, 2.0, 8001)
    ends = [allowed(templates, "eps_ee_u", up, 4.605, eps_ee_d=down) for down in (-0.5, 0.0, 0.5)]
    assert all(each.size == 4 for each in ends)
    slopes = (ends[2] - ends[0]) / 1.0
    for nuclide in (CESIUM, IODINE):
        np.testing.assert_allclose(slopes, -(nuclide.A + nuclide.N) / (nuclide.A + nuclide.Z), rtol=3e-3)


def test_bands_of_csi_are_mirror_images_at_opposite_weak_charges(csi):
    # Q → −Q about ε = |Q|/(A + Z), 0.2057 for Cs and 0.2037 for I
    templates = csi.templates(csi.interaction + cevns.NSI(), ("eps_ee_u",))
    ends = allowed(templates, "eps_ee_u", np.linspace(-1.0, 1.0, 4001))
    middle = np.mean([(0.5117 * n.N - 0.0227 * n.Z) / (n.A + n.Z) for n in (CESIUM, IODINE)])
    np.testing.assert_allclose(ends + ends[::-1], 2 * middle, atol=1e-3)
    assert ends[1] - ends[0] == pytest.approx(0.1505, abs=0.002)


def test_flavors_are_told_apart_by_time(csi):
    # two thirds of what arrives are numu and their antineutrinos, so that ε_μμ is known better
    electron, muon = (
        allowed(csi.templates(csi.interaction + cevns.NSI(), (name,)), name, np.linspace(-0.3, 0.2, 1001))
        for name in ("eps_ee_u", "eps_mm_u")
    )
    assert 0.4 < (muon[1] - muon[0]) / (electron[1] - electron[0]) < 0.5


# ---- light bosons --------------------------------------------------------------------------------------------------------


def boson(experiment, model, mass):
    theory = experiment.interaction + cevns.VectorMediator(mass=mass, coupling=0.0, model=model)
    return experiment.templates(theory, ("coupling",))


def muon_coupling(shift, mass):
    """g of a vector boson whose loop shifts the muon's anomalous magnetic moment by this much, at one loop."""
    muon, z = 105.6584, (np.arange(20000) + 0.5) / 20000
    loop = np.mean(2 * muon**2 * z**2 * (1 - z) / (muon**2 * z**2 + mass**2 * (1 - z)))
    return math.sqrt(8 * math.pi**2 * shift / loop)


@pytest.mark.parametrize("model", ["universal", "b-l"])
@pytest.mark.parametrize("mass", [1.0, 100.0, 1e4])
def test_csi_leaves_no_room_for_what_the_muon_wants(csi, model, mass):
    # M. Atzori Corona et al., JHEP 05 (2022) 109, of the band (2.51 ± 0.59) × 10⁻⁹ at 2 σ
    templates = boson(csi, model, mass)
    couplings = [muon_coupling((2.51 + 0.59 * sigma) * 1e-9, mass) for sigma in (-2, 0, 2)]
    standard = templates.likelihood([0.0], profile=True)
    # more would mean nothing: at 76 above, (10² + 3.8² + 4.1²)^−½ %, the uncertainties take away all of the signal
    assert (templates.likelihood(np.array(couplings)[:, None], profile=True) > standard + 50).all()


def test_coupling_of_a_light_boson_does_not_depend_on_its_mass(csi):
    ends = [
        allowed(boson(csi, model, mass), "coupling", np.linspace(0.0, 6e-5, 601))[0]
        for model in ("universal", "b-l")
        for mass in (0.1, 1.0, 10.0)
    ]
    # m² against 2MT of 10³ MeV²: nothing at 1 MeV, a few % at 10 MeV
    assert ends[1] == pytest.approx(ends[0], rel=1e-3)
    assert ends[4] == pytest.approx(ends[3], rel=1e-3)
    assert 1.01 < ends[2] / ends[0] < 1.05
    # a few 1e-5, as in the figures of the publications; what takes from the weak charge is three times B − L
    assert ends[0] == pytest.approx(2.27e-5, rel=0.01)
    assert ends[3] == pytest.approx(3.91e-5, rel=0.01)


@pytest.mark.parametrize(("model", "charge"), [("universal", 1.0), ("b-l", -1 / 3)])
def test_heavy_boson_is_nsi(csi, model, charge):
    mass = 1e4
    names = ("eps_ee_u", "eps_ee_d", "eps_mm_u", "eps_mm_d")
    nsi = csi.templates(csi.interaction + cevns.NSI(), names)
    g = np.linspace(1e-4, 0.02, 50)
    epsilon = charge * g**2 / (math.sqrt(2) * constants.FERMI_CONSTANT * mass**2)
    contact = nsi.likelihood(dict.fromkeys(names, epsilon), profile=True)
    # 2MT/m² is below 1e-4; Δχ² of up to 70
    np.testing.assert_allclose(boson(csi, model, mass).likelihood({"coupling": g}, profile=True), contact, rtol=1e-4)


def test_universal_boson_is_allowed_where_it_turns_the_weak_charge_round(csi):
    mass = 1e4
    ends = allowed(boson(csi, "universal", mass), "coupling", np.linspace(0.0, 0.03, 3001))
    assert ends.size == 3
    charge = np.mean([(0.5117 * n.N - 0.0227 * n.Z) / n.A for n in (CESIUM, IODINE)])
    turned = mass * math.sqrt(2 * charge * math.sqrt(2) * constants.FERMI_CONSTANT / 3)
    assert ends[1] < turned < ends[2]
    assert (ends[1] + ends[2]) / 2 == pytest.approx(turned, rel=0.02)
    # the pole of a light one has another shape than the Z: no such strip below 50 MeV
    assert allowed(boson(csi, "universal", 30.0), "coupling", np.linspace(0.0, 2e-4, 2001), 4.0).size == 1


# ---- magnetic moments of reactor antineutrinos ---------------------------------------------------------------------------


def test_background_decides_what_dresden_says_of_magnetic_moments():
    # 2.13e-10 is published: between what can be expected of a background that is known, and of one with free norms
    experiment = published._loaded(DRESDEN, folder(DRESDEN))
    free = published.moments_at_dresden(experiment)
    standard = free.expected([0.0])
    known = cevns.Templates(
        free.parameters,
        free.exponents,
        free.counts_by_term,
        background=standard - free.counts([0.0]),
        observed=standard,
        variance=free.variance,
    )
    grid = np.linspace(0.0, 1e-9, 1001)
    limits = [allowed(each, "nue", grid)[-1] for each in (known, free.observing(standard), free)]
    assert limits == pytest.approx([1.36e-10, 2.85e-10, 3.78e-10], rel=0.01)
    assert limits[0] < 2.13e-10 < limits[1]


@pytest.mark.slow
def test_signal_of_dresden_would_grow_without_end_below_a_pair():
    # 1/T, seen through a noise that exceeds the threshold by itself: as much again for every factor of ten in T
    experiment = published._loaded(DRESDEN, folder(DRESDEN))
    moment = cevns.MagneticMoment(nue=1e-10)
    counts = [
        experiment.replace(
            detector=replace(experiment.detector, efficiency=cevns.efficiency.Threshold(threshold, axis="recoil"))
        ).counts(moment)[0]
        for threshold in (1e-5, 1e-4, 1e-3)
    ]
    assert counts[0] - counts[1] == pytest.approx(counts[1] - counts[2], rel=0.02)  # 0.4 eV_ee at 1 eV
    assert counts[0] - counts[1] > 0.2 * experiment.counts(moment)[0]


# ---- likelihoods ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [0.0, 2e-9])
def test_templates_have_the_likelihood_of_the_full_model(csi, argon, moment):
    for experiment in (csi, argon):
        templates = experiment.templates(experiment.interaction + cevns.MagneticMoment(), ("numu",))
        full = experiment.cost(experiment.interaction + cevns.MagneticMoment(numu=moment)).profiled({SIGNAL: 1.0})
        # all uncertainties of these two are norms, to which the likelihood of templates is exact
        assert templates.likelihood([moment], profile=True) == pytest.approx(full, rel=1e-8)


def test_joint_analysis_has_what_its_experiments_have_in_common(csi, argon):
    parts = [experiment.templates(experiment.interaction + cevns.MagneticMoment(), ("numu",)) for experiment in (csi, argon)]
    moments = np.linspace(0.0, 3e-9, 7)[:, None]
    apart = sum(part.likelihood(moments, profile=True) for part in parts)
    own = cevns.Templates.joined(parts, common=())
    np.testing.assert_allclose(own.likelihood(moments, profile=True), apart, rtol=1e-9)
    both = cevns.Templates.joined(parts, common=("flux",))
    assert {name for name in both.nuisances if name not in own.nuisances} == {"flux"}
    assert {f"{CSI} BRN", f"{ARGON} BRN"} < set(both.nuisances)
    # what is common pays once for being off its centre: paid twice, it can do no better than two of its kind
    assert (both.likelihood(moments, profile=True) + both.pulls(moments)["flux"] ** 2 > apart).all()
    with pytest.raises(cevns.InputError, match=re.escape("sigma of 'BRN' must be the same in all parts (got 0.25 and 0.32)")):
        cevns.Templates.joined(parts, common=("BRN",))


# ---- the table -----------------------------------------------------------------------------------------------------------


def result(*numbers, checked=True):
    return Result("x, 90 %", (CSI,), numbers, "keV", "a paper", checked, "", lambda experiments: numbers)


def test_difference_is_over_the_number_or_the_width_of_its_interval():
    assert Comparison(result(2.0), (2.5,)).difference == pytest.approx(0.25)
    assert Comparison(result(-1.0, 1.0, 9.0, 10.0), (-1.2, 1.0, 9.0, 10.3)).difference == pytest.approx(0.3)
    assert Comparison(result(-1.0, 1.0), (-1.0, 1.0, 3.0, 4.0)).difference == math.inf
    assert Comparison(result(), (1.0,)).difference is None
    assert Comparison(result(1.0), None).difference is None


def test_row_says_what_was_not_read_and_what_is_missing():
    assert Comparison(result(2.0), (2.5,)).row == ["x, 90 %", "keV", "2", "2.5", "25.0%"]
    assert Comparison(result(-1.0, 1.0, checked=False), None).row[2:] == ["[-1, 1] (unchecked)", f"needs {CSI}", "-"]
    assert Comparison(result(), (2.5,)).row[2:] == ["not at hand", "2.5", "-"]


def test_every_result_has_its_source():
    for each in published.RESULTS:
        assert re.search(r"\(\d{4}\)", each.source)
        assert each.checked or each.note or not each.published


def test_results_without_their_data_are_not_computed():
    found = list(compare())
    assert len(found) == len(published.RESULTS)
    assert all((each.computed is None) == bool(each.result.needs) for each in found)
    with pytest.raises(cevns.UnknownNameError, match="experiment with results of new physics"):
        list(compare({"coherent": "somewhere"}))
    with pytest.raises(cevns.InputError, match="no/such is not a folder"):
        list(compare({CSI: "no/such"}))


def test_command_prints_results_and_their_sources(capsys):
    assert main(["validate", "--new-physics"]) == 0
    printed = capsys.readouterr().out
    table, notes = printed.split("\n\n")
    assert len(table.splitlines()) == len(published.RESULTS) + 1
    assert "arXiv:2205.09484" in notes
    assert "eps_ee_u, CONUS+, 1 sigma" in table
    assert printed.isascii()
