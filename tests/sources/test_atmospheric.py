"""Atmospheric neutrinos: the published table of FLUKA, and what is refused in other units or columns."""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest

import cevns
from cevns import InputError, UnknownNameError
from cevns.sources import atmospheric
from cevns.sources.atmospheric import typical

KAMIOKA = Path(__file__).parents[3] / "shared" / "data" / "atmospheric_fluka2005_kamioka.csv"
FLAVORS = ("nue", "nuebar", "numu", "numubar")


@pytest.fixture
def kamioka():
    if not KAMIOKA.exists():
        pytest.skip("needs the published table atmospheric_fluka2005_kamioka.csv, which is not part of cevns")
    return KAMIOKA


def table(energy, shares=(0.17, 0.16, 0.335, 0.335)):
    """A made-up table in MeV and cm²: rows of the energy and four flavours, twice as many of muon as of electron flavour."""
    return np.column_stack([energy, *(share * typical(energy) for share in shares)])


@pytest.fixture
def write(tmp_path):
    """Write rows under a header, and give the path."""

    def written(rows, header="E_MeV,nue,nuebar,numu,numubar"):
        path = tmp_path / "flux.csv"
        path.write_text(header + "\n" + "\n".join(",".join(f"{cell:.10g}" for cell in row) for row in rows))
        return path

    return written


ENERGY = np.geomspace(13.0, 944.0, 40)
MEV = {"energy_unit": "MeV", "area_unit": "cm2"}


# ----------------------------------------------------------------------------------------------------- the published table


@pytest.mark.parametrize(
    ("flavor", "total"), [("nue", 1.27), ("nuebar", 1.17), ("numu", 2.46), ("numubar", 2.45), (None, 7.34)]
)
def test_fluxes_at_kamioka_are_those_published(kamioka, flavor, total):
    # sums of straight lines between the points; power laws give 0.3 % less
    assert atmospheric(kamioka).total(flavor) == pytest.approx(total, rel=7e-3)


def test_table_is_read_as_it_is_at_its_points(kamioka):
    rows = np.genfromtxt(kamioka, delimiter=",", comments="#", skip_header=5)
    flux = atmospheric(kamioka)
    for i, flavor in enumerate(FLAVORS, 1):
        # per GeV and m²: 1e-3 and 1e-4
        np.testing.assert_allclose(flux.spectrum(rows[:, 0] * 1e3, flavor), rows[:, i] * 1e-7, rtol=1e-12)
    assert np.all(flux.spectrum([12.9, 945.0]) == 0)


def test_muon_flavors_are_twice_the_electron_flavors(kamioka):
    # π → μ ν_μ, μ → e ν_e ν_μ: two for one where all muons decay
    flux = atmospheric(kamioka)
    E = np.array([100.0, 300.0, 900.0])
    ratio = (flux.spectrum(E, "numu") + flux.spectrum(E, "numubar")) / (flux.spectrum(E, "nue") + flux.spectrum(E, "nuebar"))
    np.testing.assert_allclose(ratio, 2.0, rtol=0.08)


def test_typical_flux_is_within_29_percent_of_kamioka(kamioka):
    E = np.genfromtxt(kamioka, delimiter=",", comments="#", skip_header=5)[:, 0] * 1e3
    ratio = atmospheric(kamioka).spectrum(E) / typical(E)
    assert 0.71 < ratio.min() < 0.72
    assert 1.23 < ratio.max() < 1.24


def test_error_of_the_interpolation_is_what_is_said(kamioka):
    from scipy.interpolate import CubicSpline

    rows = np.genfromtxt(kamioka, delimiter=",", comments="#", skip_header=5)
    E = np.log(rows[:, 0])
    for column in np.log(rows[:, 1:].T):
        # a point that is left out
        gone = np.array([np.interp(E[i], E[[i - 1, i + 1]], column[[i - 1, i + 1]]) - column[i] for i in range(1, E.size - 1)])
        assert 0.06 < np.abs(np.expm1(gone)).max() < 0.115
        assert 0.020 < np.sqrt(np.mean(np.expm1(gone) ** 2)) < 0.030
        # a cubic spline
        fine = np.linspace(E[0], E[-1], 5000)
        ratio = np.exp(CubicSpline(E, column)(fine) - np.interp(fine, E, column))
        assert 0.01 < np.abs(ratio - 1).max() < 0.025
        weight = np.exp(fine + np.interp(fine, E, column))
        assert abs((ratio * weight).sum() / weight.sum() - 1) < 8e-4


def test_recoils_of_atmospheric_neutrinos_in_xenon_are_some_per_tonne_and_century(kamioka):
    # 10⁻⁴ to 10⁻² a tonne and day is the neutrino floor of heavy dark matter: a few recoils of 3 to 30 keV in 100 tonne years
    events = cevns.rate(atmospheric(kamioka), "Xe", threshold=3.0, maximum=30.0) * 1000 * 365.25 * 100
    assert 1.0 < events < 5.0


# --------------------------------------------------------------------------------------------------------------- any table


def test_flavors_and_unit_are_those_of_the_file(write):
    flux = atmospheric(write(table(ENERGY)), **MEV)
    assert (set(flux.flavors), flux.per, {c.name for c in flux.components}) == (set(FLAVORS), "s", {"atmospheric"})


@pytest.mark.parametrize(
    ("energy_unit", "area_unit", "MeV", "cm2"), [("GeV", "m2", 1e3, 1e4), ("keV", "cm2", 1e-3, 1.0), ("GeV", "cm2", 1e3, 1.0)]
)
def test_units_only_say_how_the_file_is_read(write, energy_unit, area_unit, MeV, cm2):
    expected = atmospheric(write(table(ENERGY)), **MEV)
    rows = table(ENERGY) * np.array([1 / MeV, *4 * [MeV * cm2]])
    flux = atmospheric(write(rows, "energy,nue,nuebar,numu,numubar"), energy_unit=energy_unit, area_unit=area_unit)
    assert flux.total() == pytest.approx(expected.total(), rel=1e-8)  # ten digits in the file
    assert flux.mean_energy() == pytest.approx(expected.mean_energy(), rel=1e-8)


def test_power_laws_join_the_points(write):
    # E⁻² in three points is E⁻² everywhere: what is typical is made of 1.6 of it here
    E = np.array([300.0, 500.0, 900.0])
    rows = np.column_stack([E, *(share * 0.0517 * (106.7 / E) ** 2 for share in (0.17, 0.17, 0.33, 0.33))])
    flux = atmospheric(write(rows), **MEV)
    assert flux.spectrum(400.0) == pytest.approx(0.0517 * (106.7 / 400.0) ** 2, rel=1e-9)
    assert flux.total() == pytest.approx(0.0517 * 106.7**2 * (1 / 300 - 1 / 900), rel=1e-9)


def test_a_table_above_100_mev_is_judged_by_what_it_covers(write):
    # 0.45 of the typical flux of these energies, and so less than 0.3 of that from 13 MeV
    rows = table(np.geomspace(100.0, 1e4, 30)) * np.array([1.0, 0.45, 0.45, 0.45, 0.45])
    flux = atmospheric(write(rows), **MEV)
    assert flux.total() < 0.3 * atmospheric(write(table(ENERGY)), **MEV).total()
    refused(write(rows * np.array([1.0, 0.8, 0.8, 0.8, 0.8])), r"cm⁻² s⁻¹ between 100 and 944 MeV, but", **MEV)


def test_a_file_may_hold_some_flavors(write):
    flux = atmospheric(write(table(ENERGY)[:, :3], "energy nue nuebar".replace(" ", ",")), **MEV)
    assert set(flux.flavors) == {"nue", "nuebar"}


def test_all_flavors_are_uncertain_together(write):
    path = write(table(ENERGY))
    flux = atmospheric(path, **MEV)
    assert flux.total_uncertainty() / flux.total() == pytest.approx(0.2, rel=1e-12)
    assert [u.name for u in flux.uncertainties] == ["atmospheric flux"]
    assert atmospheric(path, uncertainty=0.25, **MEV).total_uncertainty() / flux.total() == pytest.approx(0.25, rel=1e-12)
    assert not atmospheric(path, uncertainty=0.0, **MEV).uncertainties


def test_flux_survives_pickle(write):
    flux = atmospheric(write(table(ENERGY)), **MEV)
    assert pickle.loads(pickle.dumps(flux)) == flux


# -------------------------------------------------------------------------------------------------------------- wrong units


def refused(path, message, error=InputError, **options):
    with pytest.raises(error, match=message.replace("FILE", re.escape(str(path)))):
        atmospheric(path, **options)


def test_square_metres_for_square_centimetres_are_refused(write):
    rows = table(ENERGY) * np.array([1.0, 1e4, 1e4, 1e4, 1e4])
    message = (
        r"^FILE holds 7\.\d+e\+04 cm⁻² s⁻¹ between 13 and 944 MeV, but 2\.\d+ to 2\d\.\d+ is possible: "
        r"perhaps areas are m²$"
    )
    refused(write(rows), message, **MEV)


def test_densities_per_gev_for_per_mev_are_refused(write):
    rows = table(ENERGY) * np.array([1.0, 1e3, 1e3, 1e3, 1e3])
    refused(write(rows), r"^FILE holds 7\d+ cm⁻² .* perhaps energies are in GeV, or densit", **MEV)


def test_mev_for_gev_are_refused(write):
    rows = table(ENERGY)
    message = r"^FILE has energies from 13000 to 944000 MeV, none between 13 and 944 MeV: perhaps energy_unit is another$"
    refused(write(rows, "energy,nue,nuebar,numu,numubar"), message)


def test_header_and_argument_must_agree(write):
    refused(write(table(ENERGY)), r"^FILE, line 1: the header has 'E_MeV', but energy_unit is 'GeV'$")


def test_swapped_flavors_are_refused(write):
    path = write(table(ENERGY), "E_MeV,numu,numubar,nue,nuebar")
    message = r"^FILE has \(numu \+ numubar\)/\(nue \+ nuebar\) = 0.493, but 1.2 to 4 is possible: perhaps columns are swapped$"
    refused(path, message, **MEV)


def test_swapped_antineutrinos_are_refused(write):
    path = write(table(ENERGY), "E_MeV,nue,numu,numubar,nuebar")
    refused(
        path, r"^FILE has nue/nuebar = 0.507.*|^FILE has numu/numubar = 0.478, but 0.5 to 2 is possible: perhaps columns", **MEV
    )


# ------------------------------------------------------------------------------------------------------- what is no such file


@pytest.mark.parametrize(
    ("header", "error", "message"),
    [
        (
            "nue,nuebar,numu,numubar,nutau",
            InputError,
            r"^FILE, line 1: a header of energy and flavours, as 'E_GeV,nue,nuebar', is",
        ),
        (
            "E_MeV,nue,nuebar,numu,numub",
            UnknownNameError,
            r"^unknown flavor 'numub'; did you mean .* 'numubar' .*\(FILE, line 1\)$",
        ),
        ("E_MeV,nue,nuebar,numu,nue", InputError, r"^FILE, line 1: a flavor stands twice in 'E_MeV,nue,nuebar,numu,nue'$"),
        (
            "1.0,2.0,3.0,4.0,5.0",
            InputError,
            r"^FILE, line 1: a header of energy and flavours, as 'E_GeV,nue,nuebar', is expected",
        ),
    ],
)
def test_wrong_headers_are_explained(write, header, error, message):
    refused(write(table(ENERGY), header), message, error, **MEV)


def test_a_flux_of_zero_cannot_be_a_power_law(write):
    rows = table(ENERGY)
    rows[3, 2] = 0.0
    refused(write(rows), r"^FILE, line 5: nuebar: values must be > 0 \(got 0\)$", **MEV)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"energy_unit": "TeV"}, r"^unknown energy_unit 'TeV'; did you mean"),
        ({"area_unit": "km2"}, r"^unknown area_unit 'km2'; did you mean"),
    ],
)
def test_unknown_units_are_named(write, options, message):
    refused(write(table(ENERGY)), message, UnknownNameError, **options)
