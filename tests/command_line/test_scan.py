"""The command `scan`: what it prints, writes and draws, and what it says of wrong use."""

import csv
import io
from functools import partial

import numpy as np
import pytest

import cevns
from cevns import Experiment, ScanResult, StandardModel

CSI = "coherent-csi-2021"
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
"""


@pytest.fixture
def run(run, tmp_path, monkeypatch):
    """Run a scan in a folder of its own: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(MINE, encoding="utf-8")
    return partial(run, "scan")


def facts_of(printed):
    return {
        name.strip(): text.strip() for name, text in (line.split("  ", 1) for line in printed.split("\n\n")[0].splitlines())
    }


def rows_of(printed, table=1):
    return [row.split() for row in printed.split("\n\n")[table].splitlines()[1:]]


def test_nsi_of_the_standard_model_are_best_at_zero(output_of):
    """Asimov data are fitted where they come from; scan and command give the same numbers."""
    printed = output_of(CSI, "--asimov", "--model", "nsi", "--x", "eps_mm_u=-0.2:0.2:41", "--output", "a.npz")
    facts = facts_of(printed)
    assert float(facts["best fit"].split("= ")[1]) == pytest.approx(0.0, abs=1e-12)
    assert float(facts["chi2"].split()[0]) == pytest.approx(0.0, abs=1e-9)
    assert facts["observed"] == "what is expected without the model"
    result = ScanResult.load("a.npz")
    experiment = Experiment.load(CSI)
    templates = experiment.templates(experiment.interaction + cevns.NSI(), ("eps_mm_u",), asimov=True)
    theta = {"eps_mm_u": np.linspace(-0.2, 0.2, 41)}
    np.testing.assert_allclose(result.values, templates.likelihood(theta), rtol=1e-7, atol=1e-9)
    assert dict(result.settings)["model"] == "nsi"
    ((name, best, low, to, high),) = rows_of(printed)
    assert (name, to) == ("eps_mm_u", "to")
    ((expected_low, expected_high),) = result.interval("eps_mm_u", 0.90)
    assert [float(low), float(high)] == pytest.approx([expected_low, expected_high], rel=1e-4)
    assert expected_low < float(best) + 1e-9 < expected_high


def test_fixed_nuisances_allow_less(output_of):
    ends = []
    for more in ((), ("--fixed-nuisances",)):
        printed = output_of(CSI, "--asimov", "--model", "nsi", "--x", "eps_mm_u=-0.2:0.2:41", *more)
        ends.append(float(rows_of(printed)[0][4]))
    assert ends[1] < ends[0]


@pytest.mark.parametrize(("options", "state"), [((), "profiled"), (("--fixed-nuisances",), "fixed")])
def test_a_scan_in_python_gives_the_interval_of_the_command(options, state, output_of):
    printed = output_of(CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=-0.2:0.2:81", *options, "--output", "a.npz")
    experiment = Experiment.load(CSI)
    templates = experiment.templates(experiment.interaction + cevns.NSI(), ("eps_ee_u",), asimov=True)
    likelihood = partial(templates.likelihood, profile=False) if options else templates.likelihood
    result = cevns.scan(likelihood, {"eps_ee_u": np.linspace(-0.2, 0.2, 81)})
    written = ScanResult.load("a.npz")
    assert written.interval("eps_ee_u") == [pytest.approx(ends, rel=1e-9) for ends in result.interval("eps_ee_u")]
    ((_, _, low, _, high),) = rows_of(printed)
    assert [(float(low), float(high))] == [pytest.approx(ends, rel=1e-4) for ends in result.interval("eps_ee_u", 0.90)]
    assert facts_of(printed)["nuisances"] == written.nuisances == result.nuisances == state
    assert f"nuisances {state}" in repr(result)


def test_limits_on_a_mediator_are_told_for_each_mass(output_of):
    """A heavy one is a contact interaction: the limit grows as its mass."""
    arguments = ("--model", "b-l", "--x", "mass=1:1e4:9:log", "--y", "coupling=1e-6:1:200:log", "--level", "0.95")
    printed = output_of("mine.toml", "--asimov", *arguments)
    assert "coupling allowed at 95 %, for this mass" in printed
    rows = rows_of(printed, 2)
    assert [float(row[0]) for row in rows] == pytest.approx(np.geomspace(1, 1e4, 9), rel=1e-4)
    limits = [float(row[2]) for row in rows]
    assert limits[8] / limits[6] == pytest.approx(10.0, rel=2e-3)
    assert limits[1] / limits[0] == pytest.approx(1.0, abs=0.01)


def test_the_mass_of_a_mediator_can_be_given(output_of):
    printed = output_of("mine.toml", "--asimov", "--model", "b-l(mass=10)", "--x", "coupling=1e-6:1e-2:200:log")
    assert facts_of(printed)["model"] == "b-l(mass=10)"
    both = output_of("mine.toml", "--asimov", "--model", "b-l", "--x", "mass=10:20:2", "--y", "coupling=1e-6:1e-2:200:log")
    assert rows_of(both, 2)[0][2] == rows_of(printed)[0][3]


def test_further_parameters_are_profiled(output_of):
    alone = output_of("mine.toml", "--model", "nsi", "--x", "eps_mm_u=-0.2:0.2:21", "--output", "alone.npz")
    printed = output_of(
        "mine.toml", "--model", "nsi", "--x", "eps_mm_u=-0.2:0.2:21", "--profile", "eps_ee_u=-0.3:0.3", "--output", "both.npz"
    )
    both = ScanResult.load("both.npz")
    assert (both.values <= ScanResult.load("alone.npz").values + 1e-8).all()
    assert "eps_ee_u = " in facts_of(printed)["best fit"]
    assert facts_of(alone)["observed"] == "1500 counts"
    assert dict(both.profile_ranges) == {"eps_ee_u": (-0.3, 0.3)}


def test_the_standard_model_itself_can_be_scanned(output_of):
    arguments = ("--couplings", "tree", "--model", "standard-model")
    printed = output_of("mine.toml", "--asimov", *arguments, "--x", "weak_mixing_angle=0.15:0.35:81", "--output", "s.npz")
    true = StandardModel().weak_mixing_angle
    ((low, high),) = ScanResult.load("s.npz").interval("weak_mixing_angle")
    assert low < true < high
    assert float(facts_of(printed)["best fit"].split("= ")[1]) == pytest.approx(true, abs=0.00126)  # half a step
    skin = output_of(CSI, "--asimov", *arguments, "--x", "neutron_skin=0:1:11")
    assert rows_of(skin)[0][:3] == ["neutron_skin", "0", "<"]


def test_processes_and_files_of_blocks_change_nothing(output_of):
    arguments = ("mine.toml", "--model", "nsi", "--x", "eps_ee_u=-1:1:40", "--y", "eps_mm_u=-1:1:40")
    one = output_of(*arguments)
    assert output_of(*arguments, "--workers", "2", "--resume", "blocks") == one
    assert output_of(*arguments, "--resume", "blocks") == one


def test_the_result_is_drawn_and_written_as_a_table(output_of, tmp_path):
    pytest.importorskip("matplotlib")
    printed = output_of(
        "mine.toml", "--model", "nsi", "--x", "eps_ee_u=-1:1:9", "--y", "eps_mm_u=-1:1:8", "--output", "a.csv", "--plot"
    )
    assert printed.endswith("written: scan.png\nwritten: a.csv\n")
    assert (tmp_path / "scan.png").read_bytes().startswith(b"\x89PNG")
    lines = [line for line in (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    header, *rows = csv.reader(io.StringIO("\n".join(lines)))
    assert header == ["eps_ee_u", "eps_mm_u", "chi2", "delta chi2"]
    values = np.array(rows, dtype=float)
    assert values.shape == (72, 4)
    assert values[:, 3].min() == 0


def test_moments_are_drawn_and_written_with_their_unit(output_of, tmp_path):
    pytest.importorskip("matplotlib")
    axis = ("--x", "nue=0:1e-8:9")
    output_of("mine.toml", "--model", "magnetic-moment", *axis, "--output", "a.csv", "--plot", "a.svg")
    assert "\nnue [Bohr magnetons],chi2,delta chi2\n" in (tmp_path / "a.csv").read_text(encoding="utf-8")
    # each line of text is a comment in an .svg, whose letters are paths
    assert "<!-- magnetic moment of ν_e [Bohr magnetons] -->" in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_the_fit_without_the_model_is_told(output_of):
    """A grid that begins far from 0 has a best fit, and nothing else says that it is none."""
    printed = output_of(CSI, "--asimov", "--model", "millicharge", "--x", "nue=1e-6:1e-4:9:log")
    best, without = facts_of(printed)["chi2"].split(" in 136 bins, without the model ")
    assert float(best) > 100.0
    assert float(without) == pytest.approx(0.0, abs=1e-9)
    printed = output_of(CSI, "--asimov", "--model", "nsi(eps_mm_u=0.1)", "--x", "eps_ee_u=-1:1:9")
    assert facts_of(printed)["chi2"].endswith(" in 136 bins")  # eps_ee_u = 0 is another model there


@pytest.mark.parametrize(("number", "coarse"), [(20, True), (400, False)])
def test_a_grid_that_is_too_coarse_for_its_intervals_is_told(output_of, number, coarse):
    """ε = 0 and the weak charge of other sign are 0.38 apart, in valleys of ±0.03: steps of 0.1 see little of them."""
    printed = output_of(CSI, "--asimov", "--model", "nsi", "--x", f"eps_ee_u=-1:1:{number}")
    sentence = "coarse: an interval of eps_ee_u holds fewer than 3 values of the grid; take a finer one"
    assert (sentence in printed) == coarse


def test_three_axes_are_drawn_as_the_first_two(output_of, tmp_path):
    pytest.importorskip("matplotlib")
    axes = ("--x", "eps_ee_u=-1:1:9", "--y", "eps_mm_u=-1:1:8", "--z", "eps_mm_d=-1:1:5")
    output_of("mine.toml", "--model", "nsi", *axes, "--plot", "a.svg")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert text.startswith("<?xml")


GOOD = ("--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:1:5")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            (CSI, "--model", "nsi", "--x", "eps_ee_u=-1:1:5"),
            "has no observed counts of its own: give --release FOLDER, or --asimov",
        ),
        ((CSI, "--asimov", "--model", "nsy", "--x", "eps_ee_u=-1:1:5"), "unknown model 'nsy'; did you mean 'nsi'"),
        ((CSI, "--asimov", "--model", "nsi", "--x", "eps_ee=-1:1:5"), "unknown parameter of the model 'eps_ee'; did you mean"),
        ((CSI, "--asimov", "--model", "b-l", "--x", "coupling=0:1:5"), "b-l needs mass, as b-l(mass=...)"),
        ((CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:1"), "--x must be NAME=LOW:HIGH:N or NAME=LOW:HIGH:N:log"),
        (
            (CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:1:5:lin"),
            "--x must be NAME=LOW:HIGH:N or NAME=LOW:HIGH:N:log",
        ),
        ((CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:a:5"), "--x must be numbers (got 'a')"),
        ((CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:nan:5"), "--x must be finite (got nan)"),
        ((CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=1:-1:5"), "--x must increase (got 1 to -1)"),
        (
            (CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:1:5:log"),
            "--x must begin above 0 for equal factors (got -1)",
        ),
        ((CSI, "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:1:1"), "--x must have 2 to 10000000 values (got 1)"),
        ((CSI, *GOOD, "--y", "eps_ee_u=-1:1:5"), "parameter 'eps_ee_u' stands on two axes"),
        ((CSI, *GOOD, "--y", "eps_mm_u=-1:1:9999999"), "a grid must have <= 10000000 points"),
        ((CSI, *GOOD, "--profile", "eps_ee_u=-1:1"), "--profile of 'eps_ee_u' stands elsewhere too"),
        ((CSI, *GOOD, "--profile", "eps_mm_u=-1"), "--profile must be NAME=LOW:HIGH (got 'eps_mm_u=-1')"),
        ((CSI, *GOOD, "--level", "1"), "level must be < 1 (got 1.0)"),
        ((CSI, *GOOD, "--workers", "0"), "--workers must be >= 1"),
        (
            (CSI, *GOOD, "--output", "a.txt"),
            "unknown ending of a file of a scan '.txt'; known are '.npz', '.h5', '.hdf5', '.csv'",
        ),
        (
            (CSI, "--asimov", "--model", "standard-model", "--x", "couplings=0:1:3"),
            "unknown parameter of standard-model 'couplings'; known are 'weak_mixing_angle', 'neutron_skin'",
        ),
        (
            (CSI, "--asimov", "--model", "generalized", "--x", "interference=0:1:3"),
            "interference must be True or False (got 0.5)",
        ),
        ((CSI, *GOOD, "--plot", "a.doc"), "unknown format of --plot 'doc'"),
        ((CSI, *GOOD, "--output", "no/such/a.npz"), "no/such/a.npz: cannot be written"),
        ((CSI, *GOOD, "--release", "."), "not allowed with argument"),
    ],
)
def test_wrong_use_is_said_in_a_sentence_and_nothing_is_written(run, tmp_path, arguments, said):
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err
    assert err.startswith("cevns: error: ")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]
