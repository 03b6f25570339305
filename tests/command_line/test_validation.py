"""Validation: published results beside those that are computed, and whether they agree."""

import math
from pathlib import Path

import pytest

from cevns import Experiment, experiments
from cevns.command_line.experiments import Check, checks
from cevns.command_line.main import main
from cevns.experiments import Published

SHARED = Path(__file__).parents[3] / "shared" / "data"
CSI = "coherent-csi-2021"


def table_of(printed):
    """Rows of the table: experiment, result → the rest of the row."""
    lines = printed.split("\n\n")[0].splitlines()[1:]
    return {tuple(line.split()[:2]): line for line in lines}


def published(**values):
    """CsI with other published results."""
    return Experiment.load(CSI).replace(published=Published("title", "reference", values=values))


def test_every_published_prediction_and_flux_is_reproduced(capsys):
    status = main(["validate"])
    printed = capsys.readouterr().out
    assert status == 0
    assert "DIFFERS" not in printed
    rows = table_of(printed)
    for name in experiments.names():
        for result in Experiment.load(name).published.values:
            assert (name, result) in rows
            if result in ("counts", "flux"):
                assert rows[name, result].endswith(" ok")
            if result in ("fit", "weak_mixing_angle", "neutron_radius"):
                assert rows[name, result].endswith("needs --release")
    assert "0 outside what is expected" in printed


def test_prediction_of_csi_agrees_within_two_per_cent():
    counts, *others = checks(Experiment.load(CSI))
    assert (counts.result, counts.value, counts.error) == ("counts", 341.0, 0.0)
    assert counts.difference == pytest.approx(Experiment.load(CSI).counts().sum() / 341.0 - 1, rel=1e-12)
    assert counts.agrees
    for check in others:
        assert (check.computed, check.difference, check.agrees, check.missing) == (None, None, None, "needs --release")


def test_differences_are_in_standard_deviations_where_there_is_an_error():
    check = Check("fit", 300.0, 20.0, 0.5, 310.0)
    assert check.difference == 0.5
    assert check.agrees
    assert check.row == ["fit", "300 +- 20", "310", "+0.50 sigma", "0.50 sigma", "ok"]
    assert not Check("fit", 300.0, 20.0, 0.5, 289.0).agrees
    assert Check("counts", 300.0, 0.0, 0.02, 294.1).row[3:] == ["-2.0%", "2.0%", "ok"]
    assert Check("counts", 300.0, 0.0, 0.02, 293.9).row[-1] == "DIFFERS"


def test_what_has_no_tolerance_is_shown_and_not_judged():
    (check,) = checks(published(counts=(100.0, 10.0, math.inf)))
    assert check.agrees is None
    assert check.difference > 10
    assert check.row[-2:] == ["-", ""]


def test_a_flux_is_compared_and_an_unknown_result_is_said():
    experiment = Experiment.load(CSI)
    total = experiment.flux.total()
    flux, other = checks(published(flux=(total / 1.01, 0.0, 0.02), charm=(1.0, 0.0, 0.0)))
    assert flux.computed == total
    assert flux.difference == pytest.approx(0.01, rel=1e-9)
    assert flux.agrees
    assert (other.agrees, other.missing) == (None, "not computed here")


def test_an_experiment_with_data_of_its_own_is_fitted():
    pytest.importorskip("iminuit")
    experiment = published(fit=(300.0, 20.0, 3.0), significance=(1.0, 0.0, 1e9))
    fitted = experiment.replace(observed=experiment.counts())
    fit, significance = checks(fitted)
    assert fit.computed == pytest.approx(experiment.counts().sum(), rel=1e-3)
    assert significance.computed > 5


def test_status_is_one_if_a_result_differs(tmp_path, capsys):
    source = Path(experiments.__file__).parent / f"{CSI}.toml"
    text = source.read_text(encoding="utf-8").replace("value = 341.0", "value = 300.0")
    path = tmp_path / "other.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["validate", str(path)]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[1].endswith("DIFFERS")
    assert "\n1 of " in out
    assert out.endswith(" results compared, 1 outside what is expected\n")
    assert main(["validate", CSI]) == 0


@pytest.mark.parametrize(("name", "folder"), [(CSI, "coherent_csi2021"), ("coherent-lar-2020", "coherent_lar2020")])
def test_published_fits_are_reproduced_from_the_releases(name, folder, capsys):
    pytest.importorskip("iminuit")
    if not (SHARED / folder).is_dir():
        pytest.skip(f"{folder}: a data release that is not part of the project")
    status = main(["validate", name, "--release", f"{name}={SHARED / folder}"])
    out = capsys.readouterr().out
    assert "needs --release" not in out
    assert (status, "DIFFERS" in out) == (0, False)
