"""Spectra of fission from a file: what a reader accepts, and what it refuses because it is in another unit."""

import math
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

import cevns
from cevns import InputError, UnknownNameError, constants
from cevns.sources import FissionSpectrum, FissionTable, fission_table, reactor

DATA = Path(__file__).parents[3] / "shared" / "data"
ISOTOPES = ("235U", "238U", "239Pu", "241Pu")


def published(name):
    if not (DATA / name).exists():
        pytest.skip(f"needs the published table {name}, which is not part of cevns")
    return DATA / name


def bestiole():
    return fission_table(published("reactor_bestiole2023.csv"))


def per_second(flux):
    """Antineutrinos that leave the core in a second, of a flux at 1 m."""
    return flux.total() * 4 * math.pi * 1e4


MIDDLES = np.arange(0.0125, 10, 0.025)


def written(path, energy=MIDDLES, factor=1.0, header="E_MeV,U235,Pu239", isotopes=("235U", "239Pu")):
    """A file of the Huber–Mueller spectra, in other units if asked for."""
    values = [FissionSpectrum(isotope).density(MIDDLES) * factor for isotope in isotopes]
    rows = [header, *(",".join(f"{value:.9g}" for value in row) for row in zip(energy, *values, strict=True))]
    path.write_text("# energies, antineutrinos per MeV and fission\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


# ---- what is published ---------------------------------------------------------------------------------------------------


def test_bestiole_has_the_published_antineutrinos_per_fission():
    table = bestiole()
    assert table.isotopes == ISOTOPES
    assert [round(table.spectrum(isotope).total, 2) for isotope in ISOTOPES] == [6.08, 7.16, 5.50, 6.26]


def test_power_reactor_of_bestiole_has_5_98_antineutrinos_per_fission():
    # 3.028e19 fissions a second and GW: 1.81e20 of fission, 2.17e20 with 1.2 of captures
    without = reactor(power=1.0, distance=1.0, model=bestiole(), captures=False)
    fissions = 1e9 * constants.JOULE / 206.1335
    assert per_second(without) / fissions == pytest.approx(5.98, abs=0.005)
    assert per_second(without) == pytest.approx(1.81e20, rel=3e-3)
    assert per_second(reactor(power=1.0, distance=1.0, model=bestiole())) == pytest.approx(2.17e20, rel=3e-3)


def test_flux_at_leibstadt_is_the_one_that_conus_quotes():
    fuel = {"235U": 0.53, "238U": 0.08, "239Pu": 0.32, "241Pu": 0.07}
    flux = reactor(power=3.6, distance=20.7, fission_fractions=fuel, model=bestiole())
    # 1.089e20 fissions a second, of 206.29 MeV, with 7.194 antineutrinos each; CONUS+ quotes 1.45e13 to 1.5e13
    assert flux.total() == pytest.approx(1.089e20 * 7.194 / (4 * math.pi * 2070**2), rel=1e-3)
    assert 1.445e13 < flux.total() < 1.505e13


@pytest.mark.parametrize("author", ["hayes", "silaeva", "kopeikin"])
@pytest.mark.parametrize("isotope", ["235U", "238U"])
def test_tables_that_begin_at_1_or_2_MeV_are_read(author, isotope):  # noqa: N802
    path = published(f"reactor_{author}_u{isotope[:3]}.csv")
    table = fission_table(path, columns={isotope: "dN_dE"}, interpolation="linear")
    reference = np.genfromtxt(path, delimiter=",", skip_header=3)
    assert table.spectrum(isotope).total == pytest.approx(trapezoid(reference[:, 1], reference[:, 0]), rel=1e-12)


def test_a_table_of_the_whole_reactor_holds_its_captures():
    path = published("reactor_kopeikin1997_lowE.csv")
    table = fission_table(path, columns={"total": "S"}, interpolation="linear")
    flux = reactor(power=1.0, distance=1.0, model=table, captures=False)
    assert [c.name for c in flux.components] == ["total"]
    # 6.67 antineutrinos a fission, captures included: between that of Huber–Mueller, 6.80, and 5.60 without
    assert per_second(flux) * 206.1335 / (1e9 * constants.JOULE) == pytest.approx(6.67, abs=0.01)
    with pytest.raises(InputError, match=r"captures must be False for a table of 'total', which holds them \(got True\)"):
        reactor(power=1.0, distance=1.0, model=table)


# ---- layouts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["E_MeV,U235,Pu239", "energy,235U,239Pu", "E U-235 Pu-239", "E,u_235,PU239"])
def test_headers_name_isotopes_in_several_ways(tmp_path, header):
    path = written(tmp_path / "mine.csv", header=header)
    if " " in header:
        path.write_text(path.read_text().replace(",", " "))
    table = fission_table(path)
    assert (table.name, table.isotopes) == ("mine", ("235U", "239Pu"))
    np.testing.assert_allclose(table.spectrum("235U").density(MIDDLES), FissionSpectrum("235U").density(MIDDLES), rtol=1e-8)


def test_columns_are_found_by_name_and_by_number(tmp_path):
    plain = fission_table(written(tmp_path / "a.csv"))
    named = fission_table(written(tmp_path / "b.csv", header="E,first,second"), columns={"239Pu": "second"})
    counted = fission_table(written(tmp_path / "c.csv", header="#"), columns={"239Pu": 2})
    assert named.isotopes == ("239Pu",)
    assert named.spectrum("239Pu") == counted.spectrum("239Pu") == plain.spectrum("239Pu")


def test_bins_begin_at_zero_and_points_do_not(tmp_path):
    path = written(tmp_path / "a.csv")
    bins, points = (fission_table(path, interpolation=way).spectrum("235U") for way in ("histogram", "linear"))
    assert (bins.energy[0], points.energy[0]) == (0.0, 0.0125)
    assert bins.energy[-1] == pytest.approx(10.0, rel=1e-12)
    assert bins.total == pytest.approx(np.sum(bins.values) * 0.025, rel=1e-12)


def test_tables_survive_pickle(tmp_path):
    table = fission_table(written(tmp_path / "a.csv", header="E,U235,Pu239"))
    assert pickle.loads(pickle.dumps(table)) == table
    assert hash(table) == hash(FissionTable(dict(table.spectra), "a"))


def test_uncertainties_of_a_table_are_those_of_the_energies_alone(tmp_path):
    flux = reactor(
        power=1.0,
        distance=10.0,
        model=fission_table(written(tmp_path / "a.csv")),
        fission_fractions={"235U": 0.6, "239Pu": 0.4},
    )
    assert [u.name for u in flux.uncertainties] == ["energy per fission of 235U", "energy per fission of 239Pu"]


# ---- other units ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("energy", "factor", "message"),
    [
        # contents of bins: 0.025 of the densities
        (1.0, 0.025, r"contents of bins of 0.025 MeV stand for densities per MeV"),
        (1.0, 40.0, r"contents of bins of 0.025 MeV stand for densities per MeV, or densities"),
        # per GeV or per keV instead of per MeV
        (1.0, 1e3, "densities per GeV"),
        (1.0, 1e-3, "densities per keV"),
        # the same integral in other units of the energy is caught by where it ends
        (
            1e3,
            1e-3,
            r"energies reach from 0 to 10000 MeV; those of fission must end between 3 and 20 MeV.*perhaps they are in keV",
        ),
        (
            1e-3,
            1e3,
            r"energies reach from 0 to 0.01 MeV; those of fission must end between 3 and 20 MeV.*perhaps they are in GeV",
        ),
        (1e3, 1.0, "perhaps they are in keV"),
        (1.0, 1e4, "areas are m²"),
        # a factor of two, as of bins of 0.5 MeV
        (1.0, 2.0, r"holds 11.4\d antineutrinos per fission of 235U from 0 to 10 MeV, but 4 to 7.99 is possible"),
        (1.0, 0.5, "but 4 to 7.99 is possible"),
    ],
)
def test_units_that_are_mixed_up_are_caught(tmp_path, energy, factor, message):
    path = written(tmp_path / "a.csv", MIDDLES * energy, factor)
    with pytest.raises(InputError, match=message):
        fission_table(path)


def test_a_spectrum_of_another_shape_is_caught_by_its_mean_energy(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("E,U235\n" + "\n".join(f"{E:g},{0.571:g}" for E in np.arange(0.5, 10, 1.0)), encoding="utf-8")
    with pytest.raises(InputError, match=r"235U: the mean energy is 5 MeV, but 1.11 to 2.22 MeV is possible"):
        fission_table(path)


@pytest.mark.parametrize(
    ("text", "options", "error", "message"),
    [
        ("E,U235\n", {}, InputError, "line 1: the file has no rows below its header"),
        ("E\n1\n2\n", {}, InputError, r"line 1: two columns or more expected, energies and densities \(got 1\)"),
        ("0.5,2.6\n1.5,1.7\n", {}, InputError, r"line 1: no header says what the columns are; columns=\{'235U': 1\} does"),
        (
            "E,S\n0.5,2.6\n1.5,1.7\n",
            {},
            UnknownNameError,
            r"line 1: unknown fissile isotope 'S' in the header; columns=\{'235U': 'S'\}",
        ),
        ("E,U235,235U\n0.5,2,2\n1.5,1,1\n", {}, InputError, "line 1: 235U stands twice in the header"),
        ("E,U235\n0.5,2.6\n1.5\n", {}, InputError, r"line 3: 2 columns expected \(got 1\)"),
        ("E,U235\n0.5,2.6\n1.5,x\n", {}, InputError, "line 3: 'x' is not a number"),
        ("E,U235\n0.5,2.6\n0.4,1\n", {}, InputError, "line 3: energies must increase"),
        (
            "E,U235\n0.5,2.6\n1.5,1.7\n4,0.3\n",
            {},
            InputError,
            r"235U: a histogram needs energies in equal steps \(got steps of 1 to 2.5 MeV\); interpolation='linear' takes any",
        ),
        ("E,U235\n0.5,-2.6\n1.5,1.7\n", {}, InputError, r"line 2: 235U: values must be >= 0 \(got -2.6\)"),
        (
            "E,U235\n0.5,2\n1.5,1\n",
            {"columns": {"235U": 2}},
            InputError,
            r"column of 235U must be a name or a number from 1 to 1 \(got 2\)",
        ),
        ("E,U235\n0.5,2\n1.5,1\n", {"columns": {"235U": "S"}}, UnknownNameError, "unknown column of .* 'S'; known are 'U235'"),
        ("E,U235\n0.5,2\n1.5,1\n", {"columns": {"233U": 1}}, UnknownNameError, "unknown fissile isotope '233U'"),
        (
            "E,U235\n0.5,2\n1.5,1\n",
            {"columns": ["235U"]},
            InputError,
            r"columns must map isotopes to columns, as \{'235U': 1\}",
        ),
        (
            "E,U235\n0.5,2\n1.5,1\n",
            {"interpolation": "loglog"},
            UnknownNameError,
            "unknown interpolation of a table of fission 'loglog'",
        ),
    ],
)
def test_other_layouts_are_refused_with_file_and_line(tmp_path, text, options, error, message):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=message):
        fission_table(path, **options)


def test_a_file_that_is_not_there_is_not_found():
    with pytest.raises(FileNotFoundError):
        fission_table("nowhere.csv")


def test_a_reactor_needs_every_isotope_that_fissions(tmp_path):
    table = fission_table(written(tmp_path / "a.csv"))
    with pytest.raises(InputError, match=r"must hold every isotope that fissions \(none for 238U, 241Pu\)"):
        reactor(power=1.0, distance=10.0, model=table)
    with pytest.raises(UnknownNameError, match="unknown isotope of the table 'a' '238U'; did you mean '235U'"):
        table.spectrum("238U")
    with pytest.raises(UnknownNameError, match=r"unknown fission model 'a.csv'.*a file of your own is read by"):
        reactor(power=1.0, distance=10.0, model="a.csv")


@pytest.mark.parametrize("spectra", [{}, {"235U": 1.0}])
def test_a_table_is_made_of_spectra(spectra):
    flat = cevns.spectra.Table([0.0, 8.0], [1.0, 0.0])
    with pytest.raises(InputError, match=r"spectra must hold each isotope once \(got 235U, 235U\)"):
        FissionTable((("235U", flat), ("235U", flat)))
    with pytest.raises(InputError, match=r"spectra must map fissile isotopes to spectra of cevns\.spectra"):
        FissionTable(spectra)
