"""The command line: what each command prints and writes, and what it says of wrong use."""

import csv
import io
import os
import signal
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import form_factors
from cevns.command_line import rates, terminal
from cevns.data.columns import read_columns

REACTOR = "reactor(power=2.9, distance=28)"
FLUX = "# a reactor of straight lines\nenergy,nuebar\n0,1e12\n4,5e11\n8,0\n"


@pytest.fixture
def refused(run, tmp_path, monkeypatch):
    """Run a command that is refused, in an empty folder where nothing may appear: its message."""
    monkeypatch.chdir(tmp_path)

    def refused(*arguments):
        before = sorted(tmp_path.iterdir())
        status, out, err = run(*arguments)
        assert status == 2
        assert out == ""
        assert err.startswith("cevns: error: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        assert sorted(tmp_path.iterdir()) == before
        return err.removeprefix("cevns: error: ").strip()

    return refused


def table_of(printed):
    """The numbers of a printed table, by column."""
    lines = printed.split("\n\n")[1].splitlines()
    return np.array([[float(cell) for cell in line.split()] for line in lines[2:]]).T


def read_csv(path):
    """Comments, header and columns of a CSV file."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    header, *rows = csv.reader(io.StringIO("\n".join(line for line in lines if not line.startswith("#"))))
    assert lines[-1].startswith("# checksum ")
    assert lines[-1].endswith(f": end of {len(rows)} rows")
    return comments, header, np.array(rows, dtype=float).T


# ---- spectrum ------------------------------------------------------------------------------------------------------------


def test_spectrum_prints_the_rates_of_the_library(output_of):
    printed = output_of("spectrum", "--source", "sns", "--target", "CsI")
    energy, rate = table_of(printed)
    assert 15 <= energy.size <= 40
    np.testing.assert_allclose(rate, cevns.differential_rate(energy, cevns.sources.sns(), "CsI"), rtol=1e-5)  # as printed
    assert "1/(kg day keV)" in printed
    assert f"{cevns.rate(cevns.sources.sns(), 'CsI'):.6g} 1/(kg day)" in printed


def test_spectrum_goes_in_round_steps_to_where_one_recoil_in_a_thousand_is_left(output_of):
    energy, _ = table_of(output_of("spectrum", "--source", "sns", "--target", "CsI"))
    step = energy[1] - energy[0]
    assert f"{step:.0e}"[0] in "125"
    np.testing.assert_allclose(np.diff(energy), step)
    left = cevns.rate(cevns.sources.sns(), "CsI", threshold=energy[-2:]) / cevns.rate(cevns.sources.sns(), "CsI")
    assert left[1] <= 1e-3
    assert left[0] > 1e-4


def test_spectrum_takes_its_range_and_number_of_points(output_of):
    arguments = ("spectrum", "--source", "sns", "--target", "Ar", "--min", "1", "--max", "9")
    np.testing.assert_allclose(table_of(output_of(*arguments, "--points", "5"))[0], [1, 3, 5, 7, 9])
    np.testing.assert_allclose(table_of(output_of(*arguments, "--points", "3", "--log"))[0], [1, 3, 9])
    np.testing.assert_allclose(table_of(output_of(*arguments[:-1], "8.9"))[0][[0, 1, -1]], [1, 1.5, 8.9])


def test_logarithmic_spectrum_begins_at_a_thousandth_of_its_end(output_of):
    energy, _ = table_of(output_of("spectrum", "--source", "sns", "--target", "Ar", "--log"))
    assert energy[-1] / energy[0] == pytest.approx(1000, rel=1e-5)
    np.testing.assert_allclose(np.diff(np.log(energy)), np.log(energy[1] / energy[0]), rtol=1e-3)  # as printed


def test_bins_hold_integrals_and_sum_to_the_rate_between_their_ends(output_of):
    printed = output_of("spectrum", "--source", "sns", "--target", "CsI", "--bins", "7", "--min", "2", "--max", "30")
    low, high, rate = table_of(printed)
    np.testing.assert_allclose(low[1:], high[:-1])
    assert rate.size == 7
    assert rate.sum() == pytest.approx(cevns.rate(cevns.sources.sns(), "CsI", threshold=2.0, maximum=30.0), rel=1e-5)


@pytest.mark.parametrize("shape", [("--points", "6"), ("--bins", "6")])
@pytest.mark.parametrize("split", ["nuclide", "flavor", "component"])
def test_parts_of_a_spectrum_sum_to_the_whole(output_of, tmp_path, shape, split):
    path = str(tmp_path / "parts.csv")
    output_of("spectrum", "--source", "sns", "--target", "Hg1.5Te", "--split", split, *shape, "--output", path)
    _, header, columns = read_csv(path)
    whole = header.index(next(name for name in header if name.startswith("rate")))
    assert len(header) > whole + 2
    np.testing.assert_allclose(columns[whole + 1 :].sum(axis=0), columns[whole], rtol=1e-12)


def test_threshold_counts_the_recoils_above(output_of):
    printed = output_of("spectrum", "--source", "sns", "--target", "CsI", "--threshold", "9")
    assert f"recoils above 9 keV  {cevns.rate(cevns.sources.sns(), 'CsI', threshold=9.0):.6g} 1/(kg day)" in printed


def test_csv_has_all_digits_and_says_of_what_it_is(output_of, tmp_path):
    path = tmp_path / "spectrum.csv"
    path.write_text("old", encoding="utf-8")
    printed = output_of(
        "spectrum", "--source", REACTOR, "--target", "Ge", "--max", "1", "--points", "11", "--threshold", "0.2",
        "--form-factor", "klein-nystrand(range=0.6)", "--weak-mixing-angle", "0.231", "--output", str(path),
    )  # fmt: skip
    assert f"written: {path}" in printed
    comments, header, (energy, rate) = read_csv(path)
    assert header == ["recoil_energy [keV]", "rate [1/(kg day keV)]"]
    model = cevns.StandardModel(weak_mixing_angle=0.231, form_factor=form_factors.KleinNystrand(range=0.6))
    flux = cevns.sources.reactor(power=2.9, distance=28)
    assert (energy == np.linspace(0, 1, 11)).all()
    assert (rate == cevns.differential_rate(energy, flux, "Ge", model)).all()
    told = "\n".join(comments)
    for word in (cevns.__version__, REACTOR, "70Ge", repr(model), "above 0.2 keV"):
        assert word in told
    assert list(tmp_path.iterdir()) == [path]


def test_the_sun_is_split_by_name(output_of, tmp_path):
    """Its eight components arrive in three flavours each: a column for each source, and not 24."""
    import csv

    path = tmp_path / "sun.csv"
    output_of("spectrum", "--source", "solar", "--target", "Xe", "--split", "component", "--bins", "3", "--output", str(path))
    rows = [row for row in csv.reader(path.read_text(encoding="utf-8").splitlines()) if row and not row[0].startswith("#")]
    names = ["pp", "pep", "hep", "7Be", "8B", "13N", "15O", "17F"]
    (header,) = (row for row in rows if any("7Be" in cell for cell in row))
    assert len(header) <= 4 + len(names)
    assert all(any(name in cell for cell in header) for name in names)


@pytest.mark.parametrize("options", [(), ("--log",), ("--bins", "12"), ("--split", "flavor"), ("--threshold", "7")])
def test_plot_is_a_png(output_of, tmp_path, options):
    path = tmp_path / "spectrum.png"
    output_of("spectrum", "--source", "sns", "--target", "CsI", "--plot", str(path), *options)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert list(tmp_path.iterdir()) == [path]


def test_plot_takes_its_format_from_the_name_of_the_file(output_of, tmp_path):
    path = tmp_path / "spectrum.PDF"
    output_of("spectrum", "--source", REACTOR, "--target", "Ge", "--plot", str(path))
    assert path.read_bytes().startswith(b"%PDF")


def test_without_matplotlib_a_plot_says_what_to_install(refused, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    said = refused("spectrum", "--source", "sns", "--target", "CsI", "--plot", "s.png", "--output", "s.csv")
    assert said == 'drawing needs matplotlib; install it with: pip install "cevns[plot]"'


def test_files_have_the_permissions_that_open_gives(output_of, tmp_path):
    (tmp_path / "plain").write_text("", encoding="utf-8")
    output_of("rate", "--source", "sns", "--target", "CsI", "--output", str(tmp_path / "rate.csv"))
    assert (tmp_path / "rate.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


# ---- sources, targets, interactions --------------------------------------------------------------------------------------


def test_source_from_a_csv_file(output_of, tmp_path):
    path = tmp_path / "flux.csv"
    path.write_text(FLUX, encoding="utf-8")
    flux = cevns.Flux.from_csv(path)
    _, rate = table_of(output_of("rate", "--source", str(path), "--target", "Ge"))
    assert rate == pytest.approx(cevns.rate(flux, "Ge"), rel=1e-5)


def test_interpolation_and_unit_of_a_csv_file(output_of, tmp_path):
    path = tmp_path / "flux.csv"
    path.write_text(FLUX, encoding="utf-8")
    flux = cevns.Flux.from_csv(path, interpolation="histogram", per="burst")
    printed = output_of("rate", "--source", str(path), "--target", "Ge", "--interpolation", "histogram", "--per", "burst")
    assert table_of(printed)[1] == pytest.approx(cevns.rate(flux, "Ge"), rel=1e-5)
    assert "1/kg" in printed
    assert "day" not in printed
    assert "1/(kg keV)" in output_of("spectrum", "--source", str(path), "--target", "Ge", "--per", "burst")


def test_every_source_without_parameters_of_its_own_runs(output_of):
    for name, source in rates._known_sources().items():
        try:
            flux = source()
        except TypeError:  # it needs parameters
            continue
        printed = output_of("rate", "--source", name, "--target", "Xe")
        assert table_of(printed)[1] == pytest.approx(cevns.rate(flux, "Xe"), rel=1e-5)


def test_parameters_of_a_source_may_be_mappings_lists_and_negative_numbers(output_of):
    fractions = '{"235U": 0.6, "239Pu": 0.4}'
    printed = output_of("rate", "--source", f"reactor(power=2.9, distance=28, fission_fractions={fractions})", "--target", "Ge")
    flux = cevns.sources.reactor(power=2.9, distance=28, fission_fractions={"235U": 0.6, "239Pu": 0.4})
    assert table_of(printed)[1] == pytest.approx(cevns.rate(flux, "Ge"), rel=1e-5)


def test_target_may_be_a_mixture(output_of):
    printed = output_of("rate", "--source", "sns", "--target", "{'76Ge': 0.9, '74Ge': 0.1}")
    assert table_of(printed)[1] == pytest.approx(cevns.rate(cevns.sources.sns(), {"76Ge": 0.9, "74Ge": 0.1}), rel=1e-5)


def test_rate_takes_the_options_of_the_standard_model(output_of):
    options = ("--couplings", "radiative-q2", "--axial", "--neutron-skin", "0.1", "--form-factor", "two-parameter-fermi")
    printed = output_of("rate", "--source", "sns", "--target", "CsI", *options)
    model = cevns.StandardModel(
        couplings="radiative-q2", axial=True, neutron_skin=0.1, form_factor=form_factors.TwoParameterFermi()
    )
    assert repr(model) in printed
    assert table_of(printed)[1] == pytest.approx(cevns.rate(cevns.sources.sns(), "CsI", model), rel=1e-5)  # the digits printed


@pytest.mark.parametrize("name", terminal.FORM_FACTORS)
def test_every_form_factor_has_a_name(output_of, name):
    model = cevns.StandardModel(form_factor=getattr(form_factors, terminal.FORM_FACTORS[name])())
    # a nucleus that each of them has: closed shells for the oscillator, measured for Fourier and Bessel
    printed = output_of("rate", "--source", "sns", "--target", "16O", "--form-factor", name)
    assert table_of(printed)[1] == pytest.approx(cevns.rate(cevns.sources.sns(), "16O", model), rel=1e-5)


# ---- the other commands --------------------------------------------------------------------------------------------------


def test_rate_takes_several_thresholds(output_of, tmp_path):
    path = str(tmp_path / "rate.csv")
    printed = output_of(
        "rate", "--source", "sns", "--target", "CsI", "--threshold", "0", "5", "--threshold", "500", "--output", path
    )
    threshold, rate = table_of(printed)
    expected = cevns.rate(cevns.sources.sns(), "CsI", threshold=[0, 5, 500])
    assert threshold.tolist() == [0, 5, 500]
    np.testing.assert_allclose(rate, expected, rtol=1e-5)
    assert rate[-1] == 0  # above the end of the spectrum
    assert (read_csv(path)[2][1] == expected).all()


def test_nuclide_tells_what_is_known_and_from_where(output_of):
    printed = output_of("nuclide", "Cs133", "31S", "82Se")
    for fact in ("133Cs", "55, 78, 133", "7/2+", "4.8041 +- 0.0046", "Angeli and Marinova 2013", "AME2020", "-37.74"):
        assert fact in printed
    assert "not measured" in printed.split("\n\n")[1]  # the charge radius of 31S
    for nuclide in (cevns.Nuclide("133Cs"), cevns.Nuclide("31S"), cevns.Nuclide("82Se")):
        assert f"{nuclide.mass:.6f}" in printed


def test_nuclide_without_a_known_moment_says_so(output_of):
    without = next(name for name in cevns.nuclei.nuclides.names() if cevns.Nuclide(name).magnetic_moment is None)
    assert "not known" in output_of("nuclide", without)


def test_config_is_what_show_config_prints(output_of, capsys):
    printed = output_of("config")
    cevns.show_config()
    assert printed == capsys.readouterr().out
    assert cevns.__version__ in printed


def test_version_and_help(output_of):
    assert output_of("--version") == f"cevns {cevns.__version__}\n"
    for command in ((), ("spectrum",), ("rate",), ("nuclide",), ("config",)):
        assert output_of(*command, "--help").startswith("usage: cevns")
    assert "reactor" in output_of("spectrum", "--help")


# ---- wrong use -----------------------------------------------------------------------------------------------------------

ON_CSI = ("--target", "CsI")
SPECTRUM = ("spectrum", "--source", "sns", *ON_CSI)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "required: COMMAND; see cevns --help"),
        (("spectra",), "invalid choice: 'spectra'"),
        (("rate", *ON_CSI), "required: --source; see cevns rate --help"),
        (("rate", "--source", "sns"), "required: --target"),
        (("rate", "--source", "sms", *ON_CSI), "unknown source 'sms'; did you mean 'sns'"),
        (("rate", "--source", "", *ON_CSI), "source must be a name or name(parameter=value, ...) (got '')"),
        (("rate", "--source", "sns(", *ON_CSI), "source must be a name or name(parameter=value, ...) (got 'sns(')"),
        (("rate", "--source", "sns(distance=)", *ON_CSI), "source 'sns(distance=)' cannot be read; check its brackets"),
        (("rate", "--source", "sns(distnce=20)", *ON_CSI), "unknown parameter of sns 'distnce'; did you mean 'distance'?"),
        (("rate", "--source", "sns(20)", *ON_CSI), "give the parameters of sns by name, as sns("),
        (("rate", "--source", "sns(**{})", *ON_CSI), "give the parameters of sns by name"),
        (("rate", "--source", "sns(distance=1, distance=2)", *ON_CSI), "parameter distance of sns stands twice"),
        (("rate", "--source", "sns(distance=-1)", *ON_CSI), "distance must be > 0 m and finite (got -1)"),
        (("rate", "--source", "sns(distance='far')", *ON_CSI), "distance must be a real number (got 'far')"),
        (("rate", "--source", "reactor(distance=2)", *ON_CSI), "reactor needs power, as reactor(power=...)"),
        (("rate", "--source", "no/such.csv", *ON_CSI), "no/such.csv: No such file or directory"),
        (("rate", "--source", "sns", *ON_CSI, "--per", "burst"), "--per is for a source from a CSV file (got --source 'sns')"),
        (("rate", "--source", "sns", *ON_CSI, "--per", "year"), "invalid choice: 'year'"),
        (("rate", "--source", "sns", "--target", "CsJ"), "unknown element 'J' at position 3 of formula 'CsJ'"),
        (("rate", "--source", "sns", "--target", "{'Xe'}"), "a mixture must be like {'76Ge': 0.9, '74Ge': 0.1}"),
        (("rate", "--source", "sns", "--target", "{'Xe': 1"), "--target \"{'Xe': 1\" cannot be read"),
        (("rate", "--source", "sns", "--target", "{'Xe': open('x')}"), "must be a number, text in quotes, or a list"),
        (("rate", "--source", "sns", *ON_CSI, "--threshold", "low"), "--threshold: 'low' is not a number; see cevns rate"),
        (("rate", "--source", "sns", *ON_CSI, "--threshold", "-1"), "--threshold must be >= 0 keV and finite (got -1 at"),
        (("rate", "--source", "sns", *ON_CSI, "--threshold", "nan"), "--threshold must be >= 0 keV and finite (got nan at"),
        (("rate", "--source", "sns", *ON_CSI, "--form-factor", "helmet"), "unknown form factor 'helmet'; did you mean 'helm'"),
        (("rate", "--source", "sns", *ON_CSI, "--form-factor", "helm(skin=-1)"), "skin must be > 0 fm and finite (got -1)"),
        (("rate", "--source", "sns", *ON_CSI, "--couplings", "radiatve"), "unknown couplings 'radiatve'; did you mean"),
        (("rate", "--source", "sns", *ON_CSI, "--neutron-skin", "thick"), "argument --neutron-skin: 'thick' is not a number"),
        (("rate", "--source", "sns", *ON_CSI, "--form-factor", "fourier-bessel"), "no Fourier–Bessel set for 133Cs"),
        (("rate", "--source", "sns", *ON_CSI, "--weak-mixing-angle", "2"), "weak_mixing_angle must be >= 0 and <= 1 (got 2)"),
        ((*SPECTRUM, "--threshold", "-3"), "--threshold must be >= 0 keV and finite (got -3)"),
        ((*SPECTRUM, "--threshold", "1e9"), "keV, the largest recoil of this source and target (got 1e+09)"),
        ((*SPECTRUM, "--min", "1e9"), "--min must be < "),
        ((*SPECTRUM, "--min", "-1"), "--min must be >= 0 keV and finite (got -1)"),
        ((*SPECTRUM, "--max", "inf"), "--max must be >= 0 keV and finite (got inf)"),
        ((*SPECTRUM, "--min", "5", "--max", "3"), "--max must be > --min (got --min 5 and --max 3 keV)"),
        ((*SPECTRUM, "--max", "0"), "--max must be > --min (got --min 0 and --max 0 keV)"),
        ((*SPECTRUM, "--min", "5", "--max", "5.000000000000001", "--points", "9"), "are too near for 9 recoil energies"),
        ((*SPECTRUM, "--min", "0", "--log"), "--min must be > 0 keV with --log (got 0)"),
        ((*SPECTRUM, "--points", "1"), "--points must be >= 2 and <= 1e+06 (got 1)"),
        ((*SPECTRUM, "--points", "2.5"), "--points: '2.5' is not a whole number"),
        ((*SPECTRUM, "--bins", "0"), "--bins must be >= 1 and <= 1e+06 (got 0)"),
        ((*SPECTRUM, "--points", "9", "--bins", "9"), "--bins: not allowed with argument --points"),
        ((*SPECTRUM, "--split", "isotope"), "invalid choice: 'isotope'"),
        ((*SPECTRUM, "--thresh", "3"), "unrecognized arguments: --thresh 3"),
        ((*SPECTRUM, "--plot", "spectrum.doc", "--output", "s.csv"), "unknown format of --plot 'doc'"),
        ((*SPECTRUM, "--plot", "spectrum", "--output", "s.csv"), "unknown format of --plot ''"),
        ((*SPECTRUM, "--plot", "s.png", "--output", "no/such/s.csv"), "no/such/s.csv: cannot be written: No such file or"),
        ((*SPECTRUM, "--plot", "no/such/s.png", "--output", "s.csv"), "no/such/s.png: cannot be written: No such file or"),
        ((*SPECTRUM, "--output", "."), ".: is a directory"),
        (("nuclide",), "required: name"),
        (("nuclide", "133Xx"), "unknown element 'Xx' in nuclide '133Xx'"),
        (("nuclide", "133Cs", "400Cs"), "unknown nuclide '400Cs'; known isotopes of Cs"),
    ],
)  # fmt: skip
def test_wrong_use_is_said_in_a_sentence_and_nothing_is_written(refused, arguments, said):
    assert said in refused(*arguments)


@pytest.mark.parametrize(("mixture", "key"), [("{'Ge': 1, 'Xe': 1, 'Ge': 2}", "'Ge'"), ("{'Ge': 1, 'G' 'e': 2}", "'Ge'")])
def test_a_key_that_stands_twice_is_refused_and_not_lost(refused, mixture, key):
    assert f"{key} stands twice in --target" in refused("rate", "--source", "sns", "--target", mixture)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch broken')",
        "sns.__globals__",
        "sns().components",
        "sns() + sns()",
        "sns()()",
        "sns(distance=__import__('os'))",
        "sns(distance=open('broken', 'w'))",
        "sns(distance=(lambda: 20)())",
        "sns(distance=20 * 2)",
        "sns(distance=[x for x in (20,)][0])",
        "(sns)",
        "sns(distance=20); sns()",
        "sns(distance=20)\nsns()",
        "Path()",
        "pion_decay_at_rest.__call__()",
        "sns(distance=" + "(" * 5000 + "20" + ")" * 5000 + ")",
        "sns(distance=" + "-" * 100_000 + "20)",
        "sns(distance='\0')",
    ],
)
def test_a_source_is_read_without_evaluating_anything(refused, text):
    refused("rate", "--source", text, *ON_CSI)


def test_a_csv_file_that_is_none_is_refused_by_file_and_line(run, tmp_path):
    path = tmp_path / "flux.csv"
    for content, said in [
        (b"", "is empty"),
        (b"energy,nue\n1,2\n2,x\n", "line 3: 'x' is not a number"),
        (b"energy,nux\n1,2\n", "unknown flavor 'nux'"),
        (b"energy,nue\n1,2\n1,2\n", "increas"),
        (b"\xff\xfe\x00", "line 1: the text is UTF-16"),
        (b"energy,nue\n1,\x93\n", "line 2: the file is not a text in UTF-8"),
    ]:
        path.write_bytes(content)
        status, out, err = run("rate", "--source", str(path), "--target", "CsI")
        assert (status, out) == (2, "")
        assert said in err


def test_a_file_that_cannot_be_replaced_leaves_nothing_behind(run, tmp_path, monkeypatch):
    def refuse(source, target):
        raise PermissionError(13, "Permission denied", target)

    monkeypatch.setattr("os.replace", refuse)
    status, out, err = run(*SPECTRUM, "--output", str(tmp_path / "s.csv"), "--plot", str(tmp_path / "s.png"))
    assert (status, out) == (2, "")
    assert "Permission denied" in err
    assert list(tmp_path.iterdir()) == []


# ---- the program ---------------------------------------------------------------------------------------------------------


def away_from_the_tree():
    """An environment in which a Python in another folder finds the cevns that is tested."""
    return os.environ | {"PYTHONPATH": str(Path(cevns.__file__).parents[1])}


def program():
    """How the command line is started as a process: the installed script where there is one."""
    try:
        version("cevns")
    except PackageNotFoundError:
        return [sys.executable, "-m", "cevns"]
    return [str(Path(sysconfig.get_path("scripts")) / "cevns")]


def test_installed_program_prints_and_fails_with_its_exit_status():
    command = [*program(), "rate", "--source", "sns"]
    done = subprocess.run([*command, "--target", "CsI"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1/(kg day)" in done.stdout
    wrong = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "cevns: error: the following arguments are required: --target; see cevns rate --help\n"


def test_python_m_cevns_is_the_program(tmp_path):
    command = [sys.executable, "-m", "cevns", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, env=away_from_the_tree(), cwd=tmp_path, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"cevns {cevns.__version__}\n", "")


def test_output_that_nobody_reads_is_no_error():
    command = [*program(), "spectrum", "--source", "sns", "--target", "CsI", "--points", "20000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_names_that_the_terminal_cannot_show_are_written_in_ascii(tmp_path):
    environment = away_from_the_tree() | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "cevns", "rate", "--source", "sns", "--target", "Xe₂"]
    done = subprocess.run(command, capture_output=True, env=environment, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"Xe\u2082" in done.stdout


# ---- wrong arguments, and how a command ends ------------------------------------------------------------------------------

COMMAND = [sys.executable, "-P", "-m", "cevns"]  # not from the source tree, where it may not be compiled


def environment(**more):
    return {**os.environ, "PYTHONPATH": str(Path(cevns.__file__).parents[1]), **more}


@pytest.mark.parametrize(
    "words",
    [
        ("rate", "--source", f"reactor(power=1{'0' * 400},distance=28)", "--target", "Ge"),
        ("rate", "--source", "solar(components=3)", "--target", "Xe"),
        ("rate", "--source", f"sns(distance={'1' * 5000})", "--target", "Xe"),
        ("rate", "--source", "solar(model=[])", "--target", "Xe"),
        ("rate", "--source", "sns", "--target", "{1: 2}"),
        ("rate", "--source", "sns", "--target", ""),
        ("rate", "--source", "sns", "--target", "Xe", "--output", ""),
        ("rate", "--source", "", "--target", "Xe"),
        ("spectrum", "--source", "sns", "--target", "CsI", "--max", "5e-324", "--log"),
        ("spectrum", "--source", "sns", "--target", "CsI", "--max", "nan"),
        ("spectrum", "--source", "sns", "--target", "CsI", "--points", "1" * 5000),
        ("nuclide", "Cs-" + "1" * 5000),
        ("nuclide", "\udcff"),
        ("predict", "nowhere.toml"),
        ("predict", "."),
        ("fit", "dresden-2", "--release", "="),
        ("validate", "--release", "here"),
        ("scan", "coherent-csi-2021", "--asimov", "--model", "nsi", "--x", "eps_ee_u=0:1:1e400"),
        ("scan", "coherent-csi-2021", "--asimov", "--model", "nsi", "--x", "eps_ee_u=0:nan:5"),
    ],
    ids=lambda words: " ".join(words)[:50],
)
def test_wrong_arguments_end_with_one_short_message(run, words):
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert err.startswith("cevns: error: ")
    assert err.count("\n") == 1
    assert len(err) < 700


def test_a_mistake_that_no_check_has_seen_is_one_sentence_too(run, monkeypatch):
    def fails(*arguments):
        raise ZeroDivisionError("of a kind")

    monkeypatch.setattr(cevns.scattering.rates, "rate", fails)
    status, out, err = run("rate", "--source", "sns", "--target", "CsI")
    assert (status, out) == (2, "")
    assert err.startswith("cevns: error: of a kind (ZeroDivisionError")


@pytest.mark.parametrize("option", ["--neutron-skin", "--weak-mixing-angle"])
@pytest.mark.parametrize("value", ["-1e-1", "-0.1", "-.1", "-1E-01"])
def test_negative_numbers_are_numbers_however_they_are_written(run, option, value):
    status, _, err = run("rate", "--source", "sns", "--target", "CsI", option, value)
    assert status == 0 or "(got -0.1" in err, err
    assert "expected one argument" not in err


@pytest.mark.parametrize(
    "words",
    [
        ("rate", "--source", "sns", "--target", "CsI", "--threshold", "1_0"),
        ("spectrum", "--source", "sns", "--target", "CsI", "--points", "1_0"),
        ("rate", "--source", "sns(distance=1_9)", "--target", "CsI"),
        ("rate", "--source", "sns", "--target", "{'Cs': 1_0, 'I': 1}"),
        ("scan", "coherent-csi-2021", "--asimov", "--model", "nsi", "--x", "eps_ee_u=-1:1_0:5"),
    ],
    ids=lambda words: words[-1],
)
def test_numbers_have_no_underscores(refused, words):
    assert "1_" in refused(*words)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("--output", "same.png", "--plot", "same.png"), ("--output", "--plot")),
        (("--output", "same.csv", "--plot", "./same.csv"), ("--output", "--plot")),
        (("--output", "flux.csv", "--source", "flux.csv"), ("--source", "--output")),
    ],
)
def test_one_file_under_two_options_is_refused(run, tmp_path, monkeypatch, words, names):
    monkeypatch.chdir(tmp_path)
    cevns.sources.sns().to_csv("flux.csv")
    before = Path("flux.csv").read_bytes()
    status, _, err = run("spectrum", "--source", "flux.csv", "--target", "CsI", *words)
    assert status == 2
    assert all(name in err for name in names)
    assert Path("flux.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["flux.csv"]


def test_the_release_has_one_form_in_all_commands(run, tmp_path):
    for command in ("fit", "validate"):
        texts = [
            run(command, "coherent-lar-2020", "--release", release)[2]
            for release in (str(tmp_path), f"coherent-lar-2020={tmp_path}")
        ]
        assert texts[0] == texts[1]
        assert f"{tmp_path} lacks" in texts[0]
        assert "unknown experiment of --release 'x'" in run(command, "coherent-lar-2020", "--release", f"x={tmp_path}")[2]
    odd = tmp_path / "a=b"
    odd.mkdir()
    assert f"{odd} lacks" in run("fit", "coherent-lar-2020", "--release", str(odd))[2]


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(
    ("redirected", "status", "said"),
    [
        (">&-", 1, "standard output is closed"),
        ("2>&-", 0, ""),
        (">/dev/full", 1, "standard output cannot be written"),
        ("| head -c 0", None, ""),
    ],
)
def test_no_way_to_end_the_output_gives_a_traceback(redirected, status, said):
    if "full" in redirected and not os.path.exists("/dev/full"):
        pytest.skip("no such device here")
    shell = f'"{sys.executable}" -P -m cevns rate --source sns --target CsI {redirected}'
    done = subprocess.run(shell, shell=True, capture_output=True, text=True, check=False, env=environment())
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert said in done.stderr
    assert done.stderr.count("\n") == bool(said)
    assert status is None or done.returncode == status


def test_ctrl_c_ends_with_one_line_and_130(run, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cevns.scattering.rates, "rate", interrupted)
    assert run("rate", "--source", "sns", "--target", "CsI") == (130, "", "cevns: interrupted\n")


def test_an_interrupt_of_the_import_is_one_line_too(tmp_path):
    """Ctrl-C in the half second before a command begins: Python then ends by the signal, which a shell shows as 130."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'cevns._kinds':\n"
        "            raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
    )
    path = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    done = subprocess.run([*COMMAND, "config"], capture_output=True, text=True, check=False, env=environment(PYTHONPATH=path))
    assert done.stderr == "cevns: interrupted\n"
    assert done.returncode in (-signal.SIGINT, 130)


def test_an_unknown_instruction_set_is_a_wrong_argument_of_the_command_and_an_error_of_the_import():
    done = subprocess.run([*COMMAND, "config"], capture_output=True, text=True, check=False, env=environment(CEVNS_ISA="neon7"))
    assert done.returncode == 2
    assert done.stderr.startswith("cevns: error: CEVNS_ISA: instruction set 'neon7' is not available here")
    assert done.stderr.count("\n") == 1
    imported = [sys.executable, "-P", "-c", "import cevns"]
    done = subprocess.run(imported, capture_output=True, text=True, check=False, env=environment(CEVNS_ISA="neon7"))
    assert done.returncode == 1
    assert "ValueError: instruction set 'neon7'" in done.stderr


def test_a_cut_table_of_a_command_is_refused_by_every_reader(output_of, tmp_path):
    path = tmp_path / "table.csv"
    output_of("spectrum", "--source", "sns", "--target", "CsI", "--output", str(path))
    assert read_columns(path).values.shape[1] == 2
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for n in range(1, len(lines)):
        path.write_text("".join(lines[:n]), encoding="utf-8")
        with pytest.raises(cevns.InputError, match=r"is cut|the file is empty|no rows"):
            read_columns(path)
