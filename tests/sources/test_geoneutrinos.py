"""Geoneutrinos: the published spectra of decay chains, the fluxes of a site, and which files are found or refused."""

import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

from cevns import InputError, UnknownNameError
from cevns.sources import geoneutrinos

DATA = Path(__file__).parents[3] / "shared" / "data"
PER_DECAY = {"238U": 6.008, "232Th": 3.971, "235U": 4.023, "40K": 0.8928}
ENDS = {"238U": 3270.0, "232Th": 2250.0, "235U": 1420.0, "40K": 1311.0}  # keV


@pytest.fixture
def published():
    if not (DATA / "geoneutrino_enomoto_238U.csv").exists():
        pytest.skip("needs the published spectra geoneutrino_enomoto_*.csv, which are not part of cevns")
    return DATA


def rows(nuclide, unit=1.0):
    """A made-up spectrum in keV: E(end − E)² with the published number of antineutrinos; `unit` is in keV."""
    energy = np.linspace(0.0, ENDS[nuclide], 400)
    density = energy * (ENDS[nuclide] - energy) ** 2
    return np.column_stack([energy / unit, density * PER_DECAY[nuclide] / trapezoid(density, energy) * unit])


@pytest.fixture
def folder(tmp_path):
    """A folder with a made-up spectrum of each nuclide, and what does not belong."""
    for nuclide in PER_DECAY:
        np.savetxt(tmp_path / f"AntineutrinoSpectrum_{nuclide}.knt", rows(nuclide))
    (tmp_path / "fission_238U.csv").write_text("not a spectrum")
    (tmp_path / "notes_on_neutrinos.txt").write_text("nor this")
    return tmp_path


# ---------------------------------------------------------------------------------------------------- the published spectra


def test_fluxes_are_those_of_gran_sasso(published):
    flux = geoneutrinos(published)
    for nuclide, total in (("238U", 4.34e6), ("232Th", 4.23e6), ("40K", 20.54e6)):
        assert flux.select(name=f"geo-{nuclide}").total("nuebar") == pytest.approx(total, rel=1e-13)
    assert flux.total() == pytest.approx(29.11e6, rel=1e-13)
    assert (flux.flavors, flux.per) == (("nuebar",), "s")


@pytest.mark.parametrize(
    ("nuclide", "off"),
    # every fifth point only: the steps of the beta branches cost up to 5 %
    [("238U", 0.025), ("232Th", 0.055), ("235U", 0.01), ("40K", 0.001)],
)
def test_spectra_have_the_antineutrinos_of_their_chain(published, nuclide, off):
    E, density = np.genfromtxt(published / f"geoneutrino_enomoto_{nuclide}.csv", delimiter=",", skip_header=3).T
    assert trapezoid(density, E) == pytest.approx(PER_DECAY[nuclide], rel=off)
    assert geoneutrinos(published, flux={"235U": 1e5}).select(name=f"geo-{nuclide}").total() > 0


@pytest.mark.parametrize(("nuclide", "end"), [("238U", 4.40), ("232Th", 2.26), ("235U", 1.43), ("40K", 1.32)])
def test_spectra_end_where_the_decays_do(published, nuclide, end):
    flux = geoneutrinos(published, flux={"235U": 1e5}).select(name=f"geo-{nuclide}")
    assert flux.spectrum(end) == 0
    assert flux.spectrum(end - 0.02) > 0


def test_only_uranium_and_thorium_are_above_the_threshold_of_inverse_beta_decay(published):
    flux = geoneutrinos(published)
    above = {name: flux.select(name=name).moments(1.806)[0] for name in ("geo-238U", "geo-232Th", "geo-40K")}
    # 0.40 of 6 antineutrinos of ²³⁸U and 0.156 of 4 of ²³²Th (G. Fiorentini et al., Phys. Rept. 453 (2007) 117), of an older
    # compilation; and the steps of these
    assert above["geo-238U"] / 4.34e6 * 6.008 == pytest.approx(0.40, rel=0.06)
    assert above["geo-232Th"] / 4.23e6 * 3.971 == pytest.approx(0.156, rel=0.06)
    assert above["geo-40K"] == 0


# ----------------------------------------------------------------------------------------------------------------- any files


def test_shapes_are_straight_lines_between_points(folder):
    flux = geoneutrinos(folder)
    E, density = rows("40K").T
    middle = (E[1:] + E[:-1]) / 2
    expected = (density[1:] + density[:-1]) / 2 * 1e3 * 20.54e6 / 0.8928
    np.testing.assert_allclose(flux.select(name="geo-40K").spectrum(middle / 1e3), expected, rtol=1e-12)


def test_one_file_gives_one_nuclide(folder):
    flux = geoneutrinos(folder / "AntineutrinoSpectrum_232Th.knt")
    assert [c.name for c in flux.components] == ["geo-232Th"]


def test_files_may_be_named(folder):
    folder.joinpath("AntineutrinoSpectrum_40K.knt").rename(folder / "potassium.txt")
    flux = geoneutrinos({"40K": folder / "potassium.txt"}, flux={"238U": 0.0, "232Th": 0.0})
    assert [c.name for c in flux.components] == ["geo-40K"]


def test_fluxes_may_be_given(folder):
    flux = geoneutrinos(folder, flux={"235U": 1.3e5, "40K": 0.0})
    assert [c.name for c in flux.components] == ["geo-238U", "geo-232Th", "geo-235U"]
    assert flux.total() == pytest.approx(4.34e6 + 4.23e6 + 1.3e5, rel=1e-13)


def test_units_only_say_how_files_are_read(folder, tmp_path):
    expected = geoneutrinos(folder / "AntineutrinoSpectrum_232Th.knt")
    np.savetxt(tmp_path / "mev_neutrino_232Th.txt", rows("232Th", 1e3))
    flux = geoneutrinos(tmp_path / "mev_neutrino_232Th.txt", energy_unit="MeV")
    assert flux.mean_energy() == pytest.approx(expected.mean_energy(), rel=1e-12)
    assert flux.total() == pytest.approx(expected.total(), rel=1e-12)


def test_elements_are_uncertain_each_on_its_own(folder):
    flux = geoneutrinos(folder)
    assert [u.name for u in flux.uncertainties] == ["U in the Earth", "Th in the Earth", "K in the Earth"]
    # 20, 26 and 17 %, in quadrature
    assert flux.total_uncertainty() == pytest.approx(np.sqrt(0.868**2 + 1.0998**2 + 3.4918**2) * 1e6, rel=1e-12)


def test_isotopes_of_uranium_are_uncertain_together(folder):
    flux = geoneutrinos(folder, flux={"235U": 1.34e5, "232Th": 0.0, "40K": 0.0})
    assert [u.name for u in flux.uncertainties] == ["U in the Earth"]
    assert flux.total_uncertainty() == pytest.approx(0.2 * (4.34e6 + 1.34e5), rel=1e-12)


def test_uncertainties_may_be_given(folder):
    flux = geoneutrinos(folder / "AntineutrinoSpectrum_40K.knt", uncertainty={"40K": 0.5})
    assert flux.total_uncertainty() == pytest.approx(0.5 * 20.54e6, rel=1e-12)


def test_flux_survives_pickle(folder):
    flux = geoneutrinos(folder)
    assert pickle.loads(pickle.dumps(flux)) == flux


# -------------------------------------------------------------------------------------------------------------- wrong input


def refused(message, error, path, **options):
    with pytest.raises(error, match=message):
        geoneutrinos(path, **options)


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (
            1e3,
            r"_40K\.knt holds 892\.8 antineutrinos per decay of 40K, but 0\.80352 to 0\.98208 is possible: perhaps",
        ),
        (3.285714, r"_40K\.knt holds 2\.93\d antineutrinos per decay of 40K, but 0\.80352 to 0\.98208 is possible$"),
        (0.0, r"_40K\.knt holds 0 antineutrinos per decay of 40K"),
    ],
)
def test_spectra_with_another_integral_are_refused(folder, factor, message):
    np.savetxt(folder / "AntineutrinoSpectrum_40K.knt", rows("40K") * [1.0, factor])
    refused(message, InputError, folder)


def test_contents_of_bins_are_refused(folder):
    energy, density = rows("40K")[::4].T  # bins of 13 keV
    np.savetxt(folder / "AntineutrinoSpectrum_40K.knt", np.column_stack([energy, density * (energy[1] - energy[0])]))
    refused(r"perhaps contents of bins of 0.0131\d* MeV stand where densities per MeV|is possible", InputError, folder)


def test_a_spectrum_of_another_nuclide_is_refused(folder):
    np.savetxt(folder / "AntineutrinoSpectrum_238U.knt", rows("232Th"))
    refused(r"holds 3\.971 antineutrinos per decay of 238U, but 5\.4072 to 6\.6088 is possible$", InputError, folder)


def test_missing_and_doubled_files_are_named(folder):
    (folder / "AntineutrinoSpectrum_40K.knt").rename(folder / "neutrino_238U.txt")
    refused(
        rf"^{re.escape(str(folder))} has two files for 238U: AntineutrinoSpectrum_238U\.knt and neutrino_238U\.txt$",
        InputError,
        folder,
    )
    (folder / "neutrino_238U.txt").unlink()
    message = r"^there is no file for 40K \(found 232Th, 235U, 238U\); flux=\{'40K': 0\} leaves it out$"
    refused(message, InputError, folder)


def test_a_folder_without_spectra_is_named(tmp_path):
    message = r": no file name has 'neutrino' and one of 238U, 232Th, 235U, 40K; pass \{'238U': file, …\} instead$"
    refused("^" + re.escape(str(tmp_path)) + message, InputError, tmp_path)


def test_a_file_needs_two_columns(tmp_path):
    np.savetxt(tmp_path / "neutrino_40K.txt", np.ones((3, 3)))
    refused(
        r"neutrino_40K\.txt, line 1: two columns are expected, energy and antineutrinos \(got 3\)$",
        InputError,
        tmp_path / "neutrino_40K.txt",
    )


def test_energies_must_increase(tmp_path):
    np.savetxt(tmp_path / "neutrino_40K.txt", [[1.0, 1.0], [1.0, 2.0]])
    message = r"neutrino_40K\.txt, line 2: energy must increase \(got 1, then 1 keV\)$"
    refused(message, InputError, tmp_path / "neutrino_40K.txt")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"site": "SNOLAB"}, UnknownNameError, r"^unknown site 'SNOLAB'; known are 'LNGS'$"),
        ({"energy_unit": "eV"}, UnknownNameError, r"^unknown energy_unit 'eV'"),
        ({"flux": {"238Th": 1.0}}, UnknownNameError, r"^unknown nuclide in flux '238Th'; did you mean"),
        ({"flux": {"238U": -1.0}}, InputError, r"^flux of 238U must be >= 0 cm⁻² s⁻¹ and finite \(got -1\)$"),
        ({"uncertainty": {"40K": -1.0}}, InputError, r"^uncertainty of 40K must be >= 0 and finite \(got -1\)$"),
        (
            {"flux": {"238U": 0.0, "232Th": 0.0, "40K": 0.0}},
            InputError,
            r"^flux must be > 0 cm⁻² s⁻¹ for at least one nuclide \(got 0 for all\)$",
        ),
    ],
)
def test_wrong_arguments_are_explained(folder, options, error, message):
    refused(message, error, folder, **options)


def test_a_file_without_a_flux_is_named(folder):
    file = folder / "AntineutrinoSpectrum_235U.knt"
    message = r"^there is a file for 235U but no flux at LNGS: give flux=\{'235U': …\}$"
    refused(message, InputError, file)
    refused(message, InputError, {"235U": file})
    refused(r"^unknown nuclide of geoneutrinos '36Cl'", UnknownNameError, {"36Cl": file})
