"""Official data releases: the counts that were published, the fits that were published, and what is refused."""

import dataclasses
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import Detector, InputError, efficiency, form_factors, quenching, resolution
from cevns.experiments import Experiment, releases
from cevns.experiments.releases import read_csi_2021, read_dresden_2, read_lar_2020
from cevns.fluxes.pulses import GaussianPulse
from cevns.statistics import Cost, Model, Nuisance, Sample, fit, significance

DATA = Path(__file__).parents[3] / "shared" / "data"


def folder_of(name):
    folder = DATA / name
    if not folder.is_dir():
        pytest.skip(f"needs the release in {name}, which is not part of cevns")
    return folder


@pytest.fixture(scope="module")
def csi():
    return read_csi_2021(folder_of("coherent_csi2021"))


@pytest.fixture(scope="module")
def lar():
    return read_lar_2020(folder_of("coherent_lar2020"))


@pytest.fixture(scope="module")
def dresden():
    return read_dresden_2(folder_of("dresden2"))


# ---- made-up releases: what the readers do with numbers of which all is known --------------------------------------------


def write(path, rows, head=()):
    path.write_text("\n".join([*head, *(" ".join(f"{value:.10g}" for value in row) for row in rows)]) + "\n")


def centres(low, high, bins):
    return low + (high - low) / bins * (np.arange(bins) + 0.5)


@pytest.fixture
def made_up_csi(tmp_path):
    """Neutrons that are flat in time; steady events whose times are the quantiles of a falling exponential."""
    head = ["# List of selected events", "# Recoil energy (PE), recoil time (microsecond)"]

    def made(rate=0.3):
        for name, number in (("dataBeamOnC.txt", 5142), ("dataBeamOnAC.txt", 4890)):
            part = (np.arange(number) + 0.5) / number
            times = 6 * part if rate == 0 else -np.log1p(part * np.expm1(-6 * rate)) / rate
            write(tmp_path / name, zip(250 * part[np.arange(number) * 7 % number], times, strict=True), head)
        for name in ("brn", "nin"):
            write(tmp_path / f"{name}PE.txt", zip(centres(0, 250, 250), np.full(250, 0.5), strict=True))
            write(tmp_path / f"{name}Trec.txt", zip(centres(-0.25, 6.25, 650), np.full(650, 0.02), strict=True))
        return tmp_path

    return made


@pytest.fixture
def made_up_lar(tmp_path):
    """Counts that number the rows, so that a mixed-up axis shows."""
    axes = np.meshgrid(centres(0, 120, 12), centres(0.5, 0.9, 8), centres(-0.1, 4.9, 10), indexing="ij")
    where = np.stack([axis.ravel() for axis in axes], axis=1)
    names = ["datanobkgsub.txt", "cevnspdf.txt", "brnpdf.txt", "delbrnpdf.txt", "bkgpdf.txt"]
    names += [name for changes in releases._LAR_VARIATIONS.values() for pair in changes.values() for name in pair if name]
    for name in names:
        counts = 3.0 * np.arange(960) if name == "brnpdfBRNTimingWidthSyst.txt" else np.arange(960.0)
        if name == "cevnspdf.txt":
            counts = np.where(where[:, 0] < 60, counts + 1, 0.0)
        write(tmp_path / name, np.column_stack([where, counts]))
    return tmp_path


@pytest.fixture
def made_up_dresden(tmp_path):
    rows = np.column_stack([centres(0.2, 1.5, 130), *(k + np.arange(130) / 7 for k in range(1, 5))])
    write(tmp_path / "data_release.txt", rows)
    return tmp_path


def test_every_event_is_counted_once_whatever_the_bins(made_up_csi):
    folder = made_up_csi()
    fine = read_csi_2021(folder, np.linspace(0, 250, 501), np.linspace(0, 6, 121))
    coarse = read_csi_2021(folder, [0, 250], [0, 6])
    assert fine.observed.sum() == coarse.observed.item() == 5142
    for name, counts in fine.backgrounds.items():
        assert counts.sum() == pytest.approx(coarse.backgrounds[name].item(), rel=1e-12), name


def test_an_event_on_an_edge_belongs_to_the_bin_above(made_up_csi):
    folder = made_up_csi()
    text = (folder / "dataBeamOnC.txt").read_text().splitlines()
    (folder / "dataBeamOnC.txt").write_text("\n".join([*text[:2], "20 1.5", *text[3:]]))
    edges = [19.999, 20, 20.001], [1.4999, 1.5, 1.5001]
    assert read_csi_2021(folder, *edges).observed.tolist() == [[0, 0], [0, 1]]


def test_neutrons_are_shares_of_energy_times_counts_in_time_times_efficiency_in_time(made_up_csi):
    # 250 equal bins of energy, 0.02 counts in 10 ns: 2 per μs
    release = read_csi_2021(made_up_csi(), [10.5, 35.5], [0.123456, 4.0])
    late = 4.0 - 0.52
    expected = 25 / 250 * 2.0 * (0.52 - 0.123456 - np.expm1(-0.0494 * late) / 0.0494)
    for name in ("BRN", "NIN"):
        assert release.backgrounds[name].item() == pytest.approx(expected, rel=1e-7)  # ε is taken as constant in 10 ns


def test_another_efficiency_in_time_is_taken_for_the_neutrons_only(made_up_csi):
    folder = made_up_csi()
    half = efficiency.Step((-1.0,), (0.0, 0.5), "time")
    release, usual = read_csi_2021(folder, [8, 60], [0, 6], time_efficiency=half), read_csi_2021(folder, [8, 60], [0, 6])
    assert release.backgrounds["BRN"].item() == pytest.approx(0.5 * 52 / 250 * 12.0)
    assert release.backgrounds["SSB"] == usual.backgrounds["SSB"]


@pytest.mark.parametrize("rate", [-0.4, 0.0, 1e-4, 0.3, 3.0])
def test_steady_state_falls_as_its_times_do(made_up_csi, rate):
    edges = np.array([0.0, 0.125, 1.0, 2.5, 6.0])
    share = np.diff(edges) / 6 if rate == 0 else np.diff(np.expm1(-rate * edges)) / np.expm1(-6 * rate)
    counts = read_csi_2021(made_up_csi(rate), [0, 250], edges).backgrounds["SSB"][0]
    # the last of 4890 quantiles stands for a piece of the tail that is not quite an exponential
    np.testing.assert_allclose(counts, 4890 * share, rtol=1e-3)


def test_argon_is_read_along_energy_f90_and_time(made_up_lar):
    release = read_lar_2020(made_up_lar)
    assert release.axes == ("keV_ee", "F90", "time")
    assert release.observed[3, 5, 7] == 3 * 80 + 5 * 10 + 7
    assert [edges.size for edges in release.edges] == [13, 9, 11]
    np.testing.assert_allclose(release.edges[1], [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9])
    assert (release.edges[2][0], release.edges[2][-1]) == pytest.approx((-0.1, 4.9))


def test_argon_mirrors_what_is_given_on_one_side_and_is_not_negative(made_up_lar):
    release = read_lar_2020(made_up_lar)
    down, up = release.variations["CEvNS"]["CEvNS mean time"]
    np.testing.assert_allclose(down[:6] + up[:6], 2 * release.signal[:6])
    down, up = release.variations["BRN"]["BRN time spread"]  # three times the template
    assert (down == 0).all()
    assert up[1, 2, 3] == 3 * (80 + 20 + 3)


def test_argon_shares_sum_to_one_and_go_on_above_the_last_signal(made_up_lar):
    shares = read_lar_2020(made_up_lar).conditional
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares[6:] == shares[5]).all()
    assert (shares[4] != shares[5]).all()


def test_dresden_columns_are_on_and_off_with_their_errors(made_up_dresden):
    release = read_dresden_2(made_up_dresden)
    got = release.observed, release.errors["observed"], release.backgrounds["reactor off"], release.errors["reactor off"]
    assert [column[0] for column in got] == [1, 2, 3, 4]
    np.testing.assert_allclose(release.edges[0], np.linspace(0.2, 1.5, 131))
    assert release.unit == "counts/(10 eV 3 kg d)"


def test_a_release_cannot_be_changed_and_pickles(made_up_lar):
    release = read_lar_2020(made_up_lar)
    arrays = [release.observed, release.signal, release.conditional, *release.edges, *release.backgrounds.values()]
    arrays += [side for changes in release.variations.values() for pair in changes.values() for side in pair]
    assert not any(array.flags.writeable for array in arrays)
    assert (pickle.loads(pickle.dumps(release)).observed == release.observed).all()


# ---- what is refused -----------------------------------------------------------------------------------------------------


def spoil(path, change):
    lines = path.read_text().splitlines()
    change(lines)
    path.write_text("\n".join(lines) + "\n")


def put(number, text):
    def change(lines):
        lines[number - 1] = text

    return change


CSI_WRONG = [
    ("dataBeamOnC.txt", lambda lines: lines.pop(), ", line 5143: 5142 rows expected, as in the release (got 5141)"),
    ("dataBeamOnAC.txt", lambda lines: lines.append("9 1"), ", line 4893: 4890 rows expected, as in the release (got 4891)"),
    ("dataBeamOnC.txt", put(7, "-3 1"), ", line 7: an event must be within 0 to 250 photo-electrons and 0 to 6 μs (got -3 1)"),
    ("dataBeamOnC.txt", put(7, "3 6"), ", line 7: an event must be within 0 to 250 photo-electrons and 0 to 6 μs (got 3 6)"),
    ("dataBeamOnAC.txt", put(9, "nan 1"), ", line 9: numbers must be finite (got nan 1)"),
    ("dataBeamOnAC.txt", put(9, "12.5"), ", line 9: 2 columns expected (got 1)"),
    ("dataBeamOnAC.txt", put(9, "12.5 early"), ", line 9: 'early' is not a number"),
    ("brnPE.txt", put(4, "3.6 0.5"), ", line 4: the centre of a bin must be 3.5 (got 3.6)"),
    ("ninTrec.txt", put(2, "-0.235 -1e-9"), ", line 2: counts must be >= 0 (got -0.235 -1e-09)"),
    (
        "brnTrec.txt",
        lambda lines: lines.__setitem__(slice(None), [f"{t:.10g} 0" for t in centres(-0.25, 6.25, 650)]),
        " holds no counts",
    ),
    ("ninPE.txt", lambda lines: lines.pop(0), ", line 249: 250 rows expected, as in the release (got 249)"),
]


@pytest.mark.parametrize(("name", "change", "message"), CSI_WRONG)
def test_wrong_file_of_csi_is_refused_with_its_line(made_up_csi, name, change, message):
    folder = made_up_csi()
    spoil(folder / name, change)
    with pytest.raises(InputError, match=re.escape(f"{folder / name}{message}") + "$"):
        read_csi_2021(folder)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("datanobkgsub.txt", lambda lines: lines.pop(), ", line 959: 960 rows expected, as in the release (got 959)"),
        ("cevnspdf.txt", put(12, "5 0.525 0.65 3"), ", line 12: the centre of a bin must be 0.575 (got 0.525)"),
        ("cevnspdf.txt", put(2, "5 0.525 0.15 3"), ", line 2: the centre of a bin must be 0.65 (got 0.15)"),
        ("brnpdf-1sigEnergy.txt", put(2, "5 0.525 0.65 -3"), ", line 2: counts must be >= 0 (got 5 0.525 0.65 -3)"),
        ("bkgpdf.txt", put(1, "5 0.525 0.15"), ", line 2: 3 columns expected (got 4)"),
    ],
)
def test_wrong_file_of_argon_is_refused_with_its_line(made_up_lar, name, change, message):
    spoil(made_up_lar / name, change)
    with pytest.raises(InputError, match=re.escape(f"{made_up_lar / name}{message}") + "$"):
        read_lar_2020(made_up_lar)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines.pop(50), ", line 129: 130 rows expected, as in the release (got 129)"),
        (put(1, "0.21 1 2 3 4"), ", line 1: the centre of a bin must be 0.205 (got 0.21)"),
        (put(3, "0.225 1 -2 3 4"), ", line 3: counts must be >= 0 (got 0.225 1 -2 3 4)"),
    ],
)
def test_wrong_file_of_dresden_is_refused_with_its_line(made_up_dresden, change, message):
    path = made_up_dresden / "data_release.txt"
    spoil(path, change)
    with pytest.raises(InputError, match=re.escape(f"{path}{message}") + "$"):
        read_dresden_2(made_up_dresden)


def test_a_folder_names_all_files_that_it_lacks(made_up_csi, tmp_path):
    folder = made_up_csi()
    (folder / "brnPE.txt").unlink()
    (folder / "dataBeamOnAC.txt").unlink()
    with pytest.raises(InputError, match=re.escape(f"{folder} lacks dataBeamOnAC.txt, brnPE.txt of the release") + "$"):
        read_csi_2021(folder)


@pytest.mark.parametrize("read", [read_csi_2021, read_lar_2020, read_dresden_2])
def test_a_folder_must_be_there(read, tmp_path):
    with pytest.raises(InputError, match=re.escape(f"{tmp_path / 'elsewhere'} is not a folder") + "$"):
        read(tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"energy_edges": [8, 300]}, "energy_edges must be >= 0 and <= 250 photo-electrons (got 300 at index 1)"),
        ({"time_edges": [0, 1, 1]}, "time_edges must be 2 or more numbers that increase"),
        ({"time_edges": [-0.2, 1]}, "time_edges must be >= 0 and <= 6 μs (got -0.2 at index 0)"),
        ({"energy_edges": [8]}, "energy_edges must be 2 or more numbers that increase"),
        ({"time_efficiency": 0.5}, "time_efficiency must be a cevns.efficiency of the time (got 0.5)"),
    ],
)
def test_edges_outside_the_release_are_refused(made_up_csi, given, message):
    with pytest.raises(InputError, match=re.escape(message) + "$"):
        read_csi_2021(made_up_csi(), **given)


def test_an_experiment_in_other_bins_than_the_argon_release_is_refused(made_up_lar):
    argon = Experiment.load("coherent-lar-2020")
    shifted = argon.replace(edges=argon.edges + 1.0)
    with pytest.raises(InputError, match="edges of experiment 'coherent-lar-2020' must be the 13 from 0 to 120 of the release"):
        releases.READERS["coherent-lar-2020"](str(made_up_lar), shifted)
    with pytest.raises(InputError, match=r"times of experiment 'coherent-lar-2020' must be the 11 from -0\.1 to 4\.9 of the"):
        releases.READERS["coherent-lar-2020"](str(made_up_lar), argon.replace(times=None))


def test_an_experiment_without_times_has_no_csi_release(made_up_csi):
    timeless = Experiment.load("coherent-csi-2021").replace(times=None)
    with pytest.raises(InputError, match="experiment 'coherent-csi-2021' needs times for the release of coherent-csi-2021"):
        releases.READERS["coherent-csi-2021"](str(made_up_csi()), timeless)


# ---- published counts ----------------------------------------------------------------------------------------------------


def test_csi_counts_are_those_of_the_lists(csi):
    np.testing.assert_array_equal(csi.observed.sum(axis=1), [147, 224, 177, 144, 237, 210, 231, 197])
    steady = csi.backgrounds["SSB"].sum(axis=1)
    np.testing.assert_allclose(steady, [98, 144, 123, 105, 202, 182, 216, 221], rtol=1e-12)


def test_csi_counts_in_time_hold_events_below_8_photo_electrons_too():
    release = read_csi_2021(folder_of("coherent_csi2021"), [0, 8, 60])
    counts = [34, 31, 42, 42, 52, 58, 56, 41, 79, 89, 74, 72, 126, 120, 245, 216, 201]
    np.testing.assert_array_equal(release.observed.sum(axis=0), counts)
    assert release.observed[0].sum() == 11


def test_csi_steady_state_agrees_with_its_counts_in_time(csi):
    # anti-coincident events in the bins of time (8 to 60 photo-electrons), by χ² per bin
    counts = np.array([23, 24, 30, 32, 28, 32, 31, 30, 62, 51, 62, 57, 125, 114, 193, 185, 212])
    expected = csi.backgrounds["SSB"].sum(axis=0)
    assert expected.sum() == pytest.approx(counts.sum())
    assert ((counts - expected) ** 2 / expected).sum() < 17


def test_csi_neutrons_are_those_published():
    # arXiv:2110.07730: 18.4 ± 4.6 prompt neutrons and 5.6 ± 2.0 of neutrinos, before the efficiency in time
    folder = folder_of("coherent_csi2021")
    before = read_csi_2021(folder, time_efficiency=efficiency.Step((-1.0,), (0.0, 1.0), "time")).backgrounds
    assert before["BRN"].sum() == pytest.approx(18.4, abs=0.05)
    assert before["NIN"].sum() == pytest.approx(5.6, abs=0.05)
    after = read_csi_2021(folder).backgrounds
    assert after["BRN"].sum() == pytest.approx(18.26, abs=0.005)
    assert after["NIN"].sum() == pytest.approx(5.16, abs=0.005)


def test_times_of_neutrons_from_neutrinos_are_before_the_efficiency_in_time():
    # they fall with the life of the muon, 0.4552 per μs, and not with 0.0494 more
    in_time = np.loadtxt(folder_of("coherent_csi2021") / "ninTrec.txt")
    time, counts = in_time[in_time[:, 0] > 2.5].T
    fall = -np.polyfit(time[time < 5.9], np.log(counts[time < 5.9]), 1)[0]
    assert fall == pytest.approx(1 / 2.197, abs=0.002)  # scatter of the simulation


def test_argon_counts_are_those_of_the_release(lar):
    assert lar.observed.sum() == 3752
    totals = {"CEvNS": lar.signal.sum(), **{name: counts.sum() for name, counts in lar.backgrounds.items()}}
    for name, total in {"CEvNS": 128, "BRN": 497, "delayed BRN": 33, "SS": 3152}.items():
        assert totals[name] == pytest.approx(total, rel=1e-6), name


def test_argon_variations_keep_their_totals_but_one(lar):
    for sample, nominal in (("CEvNS", lar.signal), ("BRN", lar.backgrounds["BRN"])):
        for name, (down, up) in lar.variations[sample].items():
            other = 523.671 if name == "BRN mean time" else nominal.sum()  # as it is in the file
            assert down.sum() == pytest.approx(nominal.sum(), rel=1e-6), name
            assert up.sum() == pytest.approx(other, rel=1e-6), name


def test_argon_signal_is_energy_times_share_times_time(lar):
    product = lar.signal.sum(axis=(1, 2))[:, None, None] * lar.conditional[..., None] * lar.signal.sum(axis=(0, 1)) / 128
    assert abs(lar.signal - product).sum() < 2e-6 * 128


@pytest.mark.parametrize(
    ("file", "axes"), [("energydata1d.txt", (1, 2)), ("f90data1d.txt", (0, 2)), ("timingdata1d.txt", (0, 1))]
)
def test_argon_projections_are_those_of_the_release(lar, file, axes):
    # columns: data less 3131.75 steady-state counts, their errors, 159.5 CEvNS, 552.8 + 10.7 neutrons: the published fit
    rows = np.loadtxt(folder_of("coherent_lar2020") / file, skiprows=1)
    back = {name: counts.sum(axis=axes) for name, counts in lar.backgrounds.items()}
    np.testing.assert_allclose(rows[:, 1], lar.observed.sum(axis=axes) - 0.993577 * back["SS"], atol=2e-3)
    np.testing.assert_allclose(rows[:, 3], 1.246145 * lar.signal.sum(axis=axes), atol=1e-3)
    np.testing.assert_allclose(rows[:, 4], 1.112356 * back["BRN"] + 0.32380 * back["delayed BRN"], atol=5e-3)


def test_dresden_spectra_have_the_l_shell_line_of_germanium(dresden):
    # 71Ge is made by neutrons of the reactor: a line at 1.297 keV_ee with it on and off
    energy = (dresden.edges[0][1:] + dresden.edges[0][:-1]) / 2
    line = (energy > 1.2) & (energy < 1.4)
    for spectrum in (dresden.observed, dresden.backgrounds["reactor off"]):
        above = spectrum[line] - spectrum[(energy > 1.45)].mean()
        assert (above * energy[line]).sum() / above.sum() == pytest.approx(1.297, abs=0.02)


def test_dresden_has_more_counts_with_the_reactor_on_at_low_energies(dresden):
    # neutrons of the reactor, and the signal that the authors claim, in the first 150 eV
    low = slice(0, 15)
    excess = (dresden.observed - dresden.backgrounds["reactor off"])[low].sum()
    error = np.sqrt((dresden.errors["observed"] ** 2 + dresden.errors["reactor off"] ** 2)[low].sum())
    assert excess > 5 * error


# ---- published fits ------------------------------------------------------------------------------------------------------

CSI = Detector(
    "CsI",
    14.6,
    quenching=quenching.CsICoherent(),
    resolution=resolution.Gamma(),
    efficiency=(efficiency.Logistic.coherent_csi_2021(), efficiency.Decaying.coherent_csi_2021()),
)
THEORY = cevns.StandardModel(couplings=cevns.Couplings(gvp=0.0227, gvn=-0.5117), form_factor=form_factors.KleinNystrand())


def csi_signal(edges, times, mean=0.44):
    pulse = GaussianPulse(mean, 0.15)
    flux = cevns.sources.sns(protons=3.198e23, distance=19.3, yield_per_proton=0.0848, pulse=pulse)
    return CSI.response(edges, flux, THEORY, times=times).counts(THEORY)


def csi_model(release, signal):
    norms = {"BRN": 0.25, "NIN": 0.35, "SSB": 0.021}
    samples = [Sample("CEvNS", signal, norm="mu")]
    samples += [Sample(name, release.backgrounds[name], norm=name) for name in norms]
    return Model(samples, [Nuisance(name, sigma=sigma, mean=1.0, lower=0.0) for name, sigma in norms.items()])


def test_csi_prediction_is_the_published_one():
    counts = csi_signal([0.0, 60.0], [0.0, 6.0]).sum()
    assert counts == pytest.approx(341, rel=0.02)
    assert counts == pytest.approx(338.6, abs=0.5)  # computed independently, for μs from −∞


def test_csi_fit_is_the_published_one(csi):
    # arXiv:2110.07730: 306 ± 20 CEvNS, 17 prompt neutrons, 5 of neutrinos, 1273 steady state; 11.6 σ. The trace of the protons,
    # here a Gaussian, is not public.
    pytest.importorskip("iminuit", reason="needs iminuit")
    cost = Cost(csi_model(csi, csi_signal(*csi.edges)), csi.observed)
    found = fit(cost)
    assert found.valid
    counts = dict(
        zip(("CEvNS", "BRN", "NIN", "SSB"), cost.model.expected_by_sample(found.values).sum(axis=(1, 2)), strict=True)
    )
    assert counts["CEvNS"] == pytest.approx(306, abs=3)
    assert counts["BRN"] == pytest.approx(17, abs=0.5)
    assert counts["NIN"] == pytest.approx(5, abs=0.5)
    assert counts["SSB"] == pytest.approx(1273, abs=3)
    assert significance(cost, "mu") == pytest.approx(11.6, abs=0.3)
    assert found.minimum == pytest.approx(119.3, abs=0.5)  # 119 was found independently, in 136 bins


def test_csi_fit_follows_the_pulse_of_protons_by_ten_counts(csi):
    pytest.importorskip("iminuit", reason="needs iminuit")
    for mean in (0.34, 0.54):
        signal = csi_signal(*csi.edges, mean=mean)
        assert fit(Cost(csi_model(csi, signal), csi.observed))["mu"] * signal.sum() == pytest.approx(305.5, abs=11)


def lar_cost(release, shapes):
    norms = {"BRN": 160 / 497, "delayed BRN": 1.0, "SS": 25 / 3152}
    changes = release.variations if shapes else {}
    samples = [Sample("CEvNS", release.signal, norm="mu", shape_effects=changes.get("CEvNS"))]
    samples += [Sample(name, release.backgrounds[name], norm=name, shape_effects=changes.get(name)) for name in norms]
    nuisances = [Nuisance(name, sigma=sigma, mean=1.0, lower=0.0) for name, sigma in norms.items()]
    return Cost(Model(samples, nuisances), release.observed)


def test_argon_fit_is_the_published_one(lar):
    # arXiv:2003.10630, table I: 159 ± 43 CEvNS, 553 ± 34 and 10 ± 11 neutrons, 3131 ± 23 steady state; 3.9 σ. The release's
    # projections give more digits: 159.51, 552.84, 10.69, 3131.75.
    pytest.importorskip("iminuit", reason="needs iminuit")
    cost = lar_cost(lar, shapes=False)
    found = fit(cost)
    assert found.valid
    counts = cost.model.expected_by_sample(found.values).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(counts, [159.51, 552.84, 10.69, 3131.75], atol=1.0)
    errors = [128 * found.error("mu"), 497 * found.error("BRN"), 33 * found.error("delayed BRN"), 3152 * found.error("SS")]
    np.testing.assert_allclose(errors, [43, 34, 11, 23], atol=0.6)
    assert significance(cost, "mu") == pytest.approx(3.87, abs=0.02)


def test_argon_shapes_move_neutrons_and_not_the_signal(lar):
    pytest.importorskip("iminuit", reason="needs iminuit")
    cost = lar_cost(lar, shapes=True)
    found = fit(cost)
    assert found.valid
    assert 128 * found["mu"] == pytest.approx(160.7, abs=0.5)
    assert 497 * found["BRN"] == pytest.approx(513.6, abs=1.0)
    assert significance(cost, "mu") == pytest.approx(3.81, abs=0.02)


def test_backgrounds_of_the_file_are_those_of_the_release():
    if not (DATA / "coherent_csi2021").is_dir():
        pytest.skip("the official release of COHERENT's CsI is not here")
    experiment = cevns.Experiment.load("coherent-csi-2021")
    published = dataclasses.replace(experiment.published, backgrounds={"BRN": 0.25, "NIN": 0.35, "neutrons": 0.1})
    with pytest.raises(cevns.InputError, match="names the backgrounds BRN, NIN, neutrons, but its release holds BRN, NIN, SSB"):
        experiment.replace(published=published).with_release(DATA / "coherent_csi2021")
