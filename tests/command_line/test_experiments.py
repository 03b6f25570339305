"""The commands of experiments: what each prints and writes, and what it says of wrong use."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import Experiment, StandardModel, experiments, form_factors

CSI = "coherent-csi-2021"
SHARED = Path(__file__).parents[3] / "shared" / "data"
MINE = """\
name = "mine"
title = "argon"
reference = "none"

[flux]
source = "sns"

[detector]
target = "Ar"
mass = 100.0

[exposure]
days = 1.0

[bins]
observable = "keV_nr"
edges = [10.0, 20.0, 40.0]

[[background]]
name = "flat"
counts = [5.0, 10.0]
uncertainty = 0.1

[observed]
counts = [1000, 500]

[published]
counts = { value = COUNTS, error = 10.0, tolerance = 1.0 }
flux = { value = 1.0, tolerance = 0.5 }
"""


@pytest.fixture
def mine(tmp_path):
    """A file of one's own."""
    path = tmp_path / "mine.toml"
    path.write_text(MINE.replace("COUNTS", "100.0"), encoding="utf-8")
    return str(path)


def facts_of(printed):
    """What stands before the tables, by name."""
    return dict(line.split("  ", 1) for line in printed.split("\n\n")[0].splitlines())


def tables_of(printed):
    """Numbers of the printed tables: (header, columns)."""
    found = []
    for block in printed.split("\n\n")[1:]:
        head, *rows = block.splitlines()
        if rows and not head.startswith("written"):
            found.append((head, np.array([[float(cell) for cell in row.split()] for row in rows]).T))
    return found


def release(name):
    if not (SHARED / name).is_dir():
        pytest.skip(f"{name}: a data release that is not part of the project")
    return str(SHARED / name)


# ---- experiments ---------------------------------------------------------------------------------------------------------


def test_experiments_are_listed_with_what_they_expect(output_of):
    head, *rows = output_of("experiments").splitlines()
    assert head.split()[:4] == ["experiment", "target", "mass", "exposure"]
    assert [row.split()[0] for row in rows] == list(experiments.names())
    (row,) = (row for row in rows if row.startswith(CSI))
    counts = Experiment.load(CSI).counts().sum()
    for cell in ("CsI", "14.6 kg", "8 x 17", f"{counts:.4g}", "341", "COHERENT CsI[Na], the full data set"):
        assert cell in row


# ---- predict -------------------------------------------------------------------------------------------------------------


def test_predict_prints_the_counts_by_energy_and_by_time(output_of):
    experiment = Experiment.load(CSI)
    printed = output_of("predict", CSI)
    (head, by_energy), (head_of_time, by_time) = tables_of(printed)
    counts = experiment.counts()
    assert head.split("  ")[0] == "from [photo-electrons]"
    assert head_of_time.startswith("time from [us]")
    np.testing.assert_array_equal(by_energy[:2], [experiment.edges[:-1], experiment.edges[1:]])
    np.testing.assert_allclose(by_energy[2], counts.sum(axis=1), rtol=1e-4)  # as printed
    np.testing.assert_allclose(by_time[2], counts.sum(axis=0), rtol=1e-4)
    facts = facts_of(printed)
    assert facts["CEvNS"].split() == [f"{counts.sum():.6g}", "counts"]
    assert facts["interaction"].strip() == repr(experiment.interaction)
    assert "arXiv:2110.07730" in facts["reference"]


@pytest.mark.parametrize(
    ("options", "theory"),
    [
        (("--standard-model",), StandardModel()),
        (("--couplings", "tree"), StandardModel(form_factor=form_factors.KleinNystrand())),
        (
            ("--couplings", "tree", "--weak-mixing-angle", "0.2312"),
            StandardModel(form_factor=form_factors.KleinNystrand(), weak_mixing_angle=0.2312),
        ),
        (
            ("--standard-model", "--form-factor", 'helm(convention="engel")'),
            StandardModel(form_factor=form_factors.Helm(convention="engel")),
        ),
        (("--standard-model", "--axial", "--neutron-skin", "0.2"), StandardModel(axial=True, neutron_skin=0.2)),
    ],
)  # fmt: skip
def test_options_change_the_theory(output_of, options, theory):
    facts = facts_of(output_of("predict", CSI, *options))
    assert facts["interaction"].strip() == repr(theory)
    assert float(facts["CEvNS"].split()[0]) == pytest.approx(Experiment.load(CSI).counts(theory).sum(), rel=1e-5)


def test_all_bins_are_written_with_all_digits_and_drawn(output_of, tmp_path):
    pytest.importorskip("matplotlib")
    table, drawing = tmp_path / "counts.csv", tmp_path / "counts.png"
    printed = output_of("predict", CSI, "--output", str(table), "--plot", str(drawing))
    assert printed.endswith(f"written: {drawing}\nwritten: {table}\n")
    assert drawing.read_bytes().startswith(b"\x89PNG")
    lines = table.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    header, *rows = csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("#"))))
    assert header == ["from [photo-electrons]", "to [photo-electrons]", "time from [us]", "time to [us]", "CEvNS [counts]"]
    counts = Experiment.load(CSI).counts()
    values = np.array(rows, dtype=float)
    assert values.shape == (counts.size, 5)
    np.testing.assert_array_equal(values[:, 4].reshape(counts.shape), counts)
    assert f"# cevns {cevns.__version__}" in comments


def test_an_experiment_of_ones_own_shows_its_backgrounds_and_data(output_of, mine):
    printed = output_of("predict", mine)
    ((head, columns),) = tables_of(printed)
    assert head.split() == ["from", "[keV_nr]", "to", "[keV_nr]", "CEvNS", "flat", "observed"]
    np.testing.assert_array_equal(columns[3:], [[5, 10], [1000, 500]])
    assert facts_of(printed)["flat"].split() == ["15", "counts"]


# ---- fit -----------------------------------------------------------------------------------------------------------------


def test_fit_prints_counts_errors_and_backgrounds(output_of, mine, tmp_path):
    pytest.importorskip("iminuit")
    pytest.importorskip("matplotlib")
    drawing = tmp_path / "fit.svg"
    printed = output_of("fit", mine, "--plot", str(drawing))
    result = Experiment.load(mine).fit()
    facts = {name.strip(): text.strip() for name, text in facts_of(printed).items()}
    assert facts["fitted"] == f"{result.value:.5g} +- {result.error:.3g} counts of CEvNS"
    assert facts["significance"] == f"{result.significance:.3g} sigma"
    assert facts["chi2"] == f"{result.chi2:.5g} in 2 bins"
    assert facts["observed"] == "1500 counts"
    assert result.value + result.values["flat"] == pytest.approx(1500, rel=0.02)
    assert "\nflat" in printed
    assert drawing.read_bytes().startswith(b"<?xml")


def test_fit_of_the_release_of_csi_is_the_published_one(output_of):
    """306 ± 20 (PRL 129 (2022) 081801); half a standard deviation is what is not public."""
    pytest.importorskip("iminuit")
    printed = output_of("fit", CSI, "--release", release("coherent_csi2021"))
    fitted = float(facts_of(printed)["fitted"].split()[0])
    assert abs(fitted - 306) < 10


def test_without_iminuit_the_extra_is_named(run, mine, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "iminuit", None)
    status, out, err = run("fit", mine)
    assert (status, out) == (2, "")
    assert err == 'cevns: error: fits need iminuit; install it with: pip install "cevns[fit]"\n'


# ---- wrong use -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("predict",), "required: experiment; see cevns predict --help"),
        (("predict", "coherent-csi-2020"), "unknown experiment 'coherent-csi-2020'; did you mean 'coherent-csi-2021'"),
        (("predict", "mine"), "or give the path of a .toml file"),
        (("predict", "no/such.toml"), "no/such.toml: No such file or directory"),
        (("predict", CSI, "--couplings", "radiatve"), "unknown couplings 'radiatve'; did you mean 'radiative'"),
        (("predict", CSI, "--weak-mixing-angle", "0.23"), "weak_mixing_angle=0.23 has no effect on Couplings("),
        (("predict", CSI, "--form-factor", "helmet"), "unknown form factor 'helmet'; did you mean 'helm'"),
        (("predict", CSI, "--plot", "a.doc", "--output", "a.csv"), "unknown format of --plot 'doc'"),
        (("predict", CSI, "--plot", "a.png", "--output", "no/such/a.csv"), "no/such/a.csv: cannot be written: No such file"),
        (("fit", CSI), "experiment 'coherent-csi-2021' has no observed counts of its own: give --release FOLDER"),
        (("fit", CSI, "--release", "no/such"), "no/such"),
        (("fit", "ge-mini-2024", "--release", "."), "experiment 'ge-mini-2024' has no official release that can be read"),
        (("validate", "--release", "somewhere"), "--release must be NAME=FOLDER (got 'somewhere')"),
        (("validate", "--release", "coherent=x"), "unknown experiment of --release 'coherent'"),
        (("validate", CSI, "--release", f"{CSI}=no/such"), "no/such"),
    ],
)
def test_wrong_use_is_said_in_a_sentence_and_nothing_is_written(run, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert err.startswith("cevns: error: ")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_file_is_refused_by_file_line_and_key(run, mine):
    Path(mine).write_text(MINE.replace("mass = 100.0", "mass = -1.0"), encoding="utf-8")
    status, out, err = run("predict", mine)
    assert (status, out) == (2, "")
    assert err == f"cevns: error: {mine}, line 28: Invalid value\n"
    Path(mine).write_text(MINE.replace("mass = 100.0", "mass = -1.0").replace("COUNTS", "1"), encoding="utf-8")
    assert run("predict", mine)[2] == f"cevns: error: {mine}, line 10: detector.mass: mass must be > 0 and finite (got -1)\n"
