"""Flux files of SNOwGLoBES: written in its convention, read back, and refused in any other."""

import math
import re

import numpy as np
import pytest

import cevns
from cevns import InputError, UnknownNameError, constants, sources
from cevns.sources import snowglobes

ENERGY = np.arange(501) * 2e-4  # GeV, as fluxes/pinched.cc of SNOwGLoBES writes them
BURST = sources.supernova()


def write(path, columns, header="", comments="# "):
    np.savetxt(path, columns, fmt="%15.8g", header=header, comments=comments)
    return path


def table(flux=BURST, factor=0.2):
    """Energies [GeV], and of each flavour φ(E) × 0.2 MeV [cm⁻²]."""
    return np.column_stack([ENERGY, *(factor * flux.spectrum(1e3 * ENERGY, flavor) for flavor in constants.FLAVORS)])


@pytest.fixture
def file(tmp_path):
    return write(tmp_path / "pinched_0.dat", table())


def test_a_supernova_written_in_its_convention_comes_back(file):
    flux = snowglobes(file)
    assert (flux.per, flux.flavors) == ("burst", constants.FLAVORS)
    for flavor in constants.FLAVORS:
        # straight lines every 0.2 MeV, and the flux above 100 MeV, 3e-6 of it, is not in the file
        assert flux.total(flavor) == pytest.approx(BURST.total(flavor), rel=1e-5)
        assert flux.mean_energy(flavor) == pytest.approx(BURST.mean_energy(flavor), rel=2e-5)
    assert cevns.rate(flux, "Ar", threshold=1.0) == pytest.approx(cevns.rate(BURST, "Ar", threshold=1.0), rel=1e-4)


def test_the_integral_is_the_sum_of_the_column(file):
    columns = table()
    for k, flavor in enumerate(constants.FLAVORS, 1):
        # to the half of the last row, which is 1e-8 of the flux; nine digits are written
        assert snowglobes(file).total(flavor) == pytest.approx(columns[:, k].sum(), rel=1e-7)


def test_published_rows_of_the_livermore_file_are_read_per_bin(tmp_path):
    # rows of fluxes/livermore.dat around 10 MeV: 1e-3 of a burst's energy in each, 3.5e9 cm⁻² of nue in 0.2 MeV
    rows = """
        0.0098    3.55018e+09    9.48456e+08    9.48456e+08    2.02326e+09    9.48456e+08    9.48456e+08
          0.01      3.502e+09    9.61207e+08    9.61207e+08    2.02857e+09    9.61207e+08    9.61207e+08
        0.0102    3.45136e+09    9.73249e+08    9.73249e+08    2.03202e+09    9.73249e+08    9.73249e+08
    """
    path = tmp_path / "livermore.dat"
    path.write_text(rows)
    flux = snowglobes(path, emitted=None)
    assert flux.spectrum(10.0, "nue") == pytest.approx(3.502e9 / 0.2, rel=1e-12)
    assert flux.spectrum(10.1, "nuebar") == pytest.approx((2.02857e9 + 2.03202e9) / 2 / 0.2, rel=1e-9)


def test_densities_per_mev_are_read_as_such(tmp_path):
    path = write(tmp_path / "flux.dat", table(factor=1.0))
    assert snowglobes(path, per="MeV").total() == pytest.approx(BURST.total(), rel=1e-5)


def test_areas_in_square_metres_are_converted(tmp_path):
    path = write(tmp_path / "flux.dat", table(factor=0.2e4))
    assert snowglobes(path, area_unit="m2").total() == pytest.approx(BURST.total(), rel=1e-5)


def test_a_header_and_comments_are_skipped(tmp_path):
    path = write(tmp_path / "snewpy.dat", table(), "TBinMid=-1.5 sec TBinWidth=0.01 s\nE(GeV) NuE NuMu NuTau aNuE aNuMu aNuTau")
    assert snowglobes(path) == snowglobes(write(tmp_path / "plain.dat", table()))
    named = write(tmp_path / "named.dat", table(), "E NuE NuMu NuTau aNuE aNuMu aNuTau", comments="")
    assert snowglobes(named) == snowglobes(path)


def test_flavors_without_flux_are_left_out(tmp_path):
    columns = table()
    columns[:, [1, 2, 3, 5, 6]] = 0.0
    columns[:, 4] *= 6
    assert snowglobes(write(tmp_path / "nuebar.dat", columns)).flavors == ("nuebar",)


def test_a_file_for_another_distance_is_checked_there(tmp_path):
    path = write(tmp_path / "near.dat", table(sources.supernova(distance=1.0)))
    assert snowglobes(path, distance=1.0).total() == pytest.approx(100 * BURST.total(), rel=1e-5)
    with pytest.raises(InputError, match=r"near.dat holds 3e\+55 erg emitted"):
        snowglobes(path)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (
            table(factor=1.0),
            {},
            "1.5e+54 erg emitted, but 1e+53 to 1e+54 is possible: perhaps contents of bins of 0.2 MeV stand",
        ),
        (
            table(),
            {"per": "MeV"},
            "6e+52 erg emitted, but 1e+53 to 1e+54 is possible: perhaps contents of bins of 0.2 MeV stand",
        ),
        (
            table(factor=0.2e4),
            {},
            "3e+57 erg emitted, but 1e+53 to 1e+54 is possible: perhaps areas are m²",
        ),
        (table(), {"area_unit": "m2"}, "3e+49 erg emitted, but 1e+53 to 1e+54 is possible: perhaps areas are m²"),
        (
            table() * ([1e3] + 6 * [1.0]),
            {},
            "1.612e+04 MeV of mean energy, but 1 to 100 is possible: perhaps energies are in GeV",
        ),
    ],
)
def test_another_convention_is_refused_and_named(tmp_path, columns, options, message):
    path = write(tmp_path / "flux.dat", columns)
    with pytest.raises(InputError, match=re.escape(message)):
        snowglobes(path, **options)


def with_value(row, column, value):
    columns = table()
    columns[row, column] = value
    return columns


@pytest.mark.parametrize(
    ("columns", "options", "error", "message"),
    [
        (table()[:, :5], {}, InputError, "line 1: 7 columns are expected, energy and six flavours (got 5)"),
        (table()[:1], {}, InputError, "line 1: energies must increase, and be 2 or more"),
        (with_value(3, 0, 2e-4), {}, InputError, "line 4: energies must increase, and be 2 or more"),
        (with_value(500, 0, 0.2), {}, InputError, "there are bins of 0.2 to 100.2 MeV: give their bin_width"),
        (with_value(7, 2, -1.0), {}, InputError, "line 8: numu: values must be >= 0 (got -1)"),
        (table() * ([1.0] + 6 * [0.0]), {}, InputError, "there is no flux: all is 0"),
        (table(), {"per": "GeV"}, UnknownNameError, "unknown meaning of the columns (per) 'GeV'; did you mean 'MeV'?"),
        (table(), {"area_unit": "km2"}, UnknownNameError, "unknown area_unit 'km2'; did you mean 'm2'"),
        (table(), {"bin_width": 0.0}, InputError, "bin_width must be > 0 MeV and finite (got 0)"),
        (table(), {"distance": -1.0}, InputError, "distance must be > 0 kpc and finite (got -1)"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_flux_file_is_refused(tmp_path, columns, options, error, message):
    path = write(tmp_path / "flux.dat", columns)
    with pytest.raises(error, match=re.escape(message)):
        snowglobes(path, **options)


def test_a_width_of_bins_replaces_the_distance_of_energies(tmp_path):
    columns = with_value(500, 0, 0.2)
    flux = snowglobes(write(tmp_path / "flux.dat", columns), bin_width=0.2)
    assert flux.total("nue") == pytest.approx(BURST.total("nue"), rel=1e-5)
    assert math.isclose(flux.components[0].spectrum.energy[-1], 200.0)


# ---- fluxes per second ---------------------------------------------------------------------------------------------------


def per_second(flux):
    """Energies [GeV] and fluxes in bins of 0.2 MeV, as `solar_bs05op_mixed.dat` and `stpi.dat` of SNOwGLoBES have them."""
    edges = np.append(1e-6, 0.1 + 0.2 * np.arange(501))  # MeV: a row stands in the middle of its bin
    return np.column_stack(
        [ENERGY, *(flux.select(flavor=f).binned(edges) if f in flux.flavors else 0 * ENERGY for f in FLAVORS)]
    )


FLAVORS = constants.FLAVORS


def test_the_sun_is_read_per_second_though_its_mean_energy_is_below_1_mev(tmp_path):
    sun = sources.solar()
    path = write(tmp_path / "solar.dat", per_second(sun), "Solar neutrino flux, mixed, nu/cm^2/s")
    flux = snowglobes(path, per="s")
    assert flux.per == "s"
    assert {component.name for component in flux.components} == {"solar"}
    # nine digits are written; the half of the first row, below 0.1 MeV, is lost: 2 % of the pp neutrinos
    assert flux.total() == pytest.approx(sun.total(), rel=0.03)
    assert flux.mean_energy() < 1.0
    with pytest.raises(InputError, match=r"solar.dat has a mean energy of 0.\d+ MeV, .* need per='s'"):
        snowglobes(path)


def test_pion_decay_at_rest_is_read_per_second(tmp_path):
    # rows of fluxes/stpi.dat: 1e7 ν_μ in one bin, 63002 ν_e and 45086 ν̄_μ there
    path = tmp_path / "stpi.dat"
    path.write_text("0 0 0 0 0 0 0\n0.0296 62699.2 0 0 0 44662.6 0\n0.0298 63002.3 1e+07 0 0 45085.8 0\n0.03 0 0 0 0 0 0\n")
    flux = snowglobes(path, per="s", bin_width=0.2)
    assert flux.spectrum(29.8, "numu") == pytest.approx(1e7 / 0.2, rel=1e-12)
    assert flux.flavors == ("nue", "numu", "numubar")
    assert flux.per == "s"


def test_a_flux_per_second_in_other_units_is_refused(tmp_path):
    path = write(tmp_path / "solar.dat", per_second(sources.solar()) * ([1e3] + 6 * [1.0]))
    with pytest.raises(InputError, match=r"MeV of mean energy, but 0\.05 to 100 is possible: perhaps energies are in GeV"):
        snowglobes(path, per="s", bin_width=0.2)
