"""Fluxes in files: what is written comes back as it was, what is in other units is refused, and text is never run."""

import csv
import io
import os
import re
import subprocess
import sys
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cevns
from cevns import Component, Flux, Uncertainty
from cevns.errors import InputError, UnknownNameError
from cevns.fluxes.csv_files import rebuilt
from cevns.fluxes.pulses import GaussianPulse, Instant, PulseTrain, RectangularPulse, TabulatedPulse, TrapezoidalPulse
from cevns.fluxes.spectra import EndPoint, Table
from cevns.fluxes.timing import Timing
from cevns.oscillation import Vacuum

ENERGY = [1.0, 2.0, 5.0, 9.0]
POSITIVE = st.floats(1e-300, 1e200)
ENERGIES = st.floats(1e-30, 1e12)


def simple():
    return Flux.from_table(
        ENERGY, {"nue": [3.0, 2.0, 1 / 3, 0.0], "numubar": [0.1, 0.2, 0.3, 0.4]}, lines={"nue": [(0.862, 4.84e9)]}, name="a"
    )


def again(flux, path):
    flux.to_csv(path)
    return Flux.from_csv(path)


# ---- without loss --------------------------------------------------------------------------------------------------------

PULSES = [
    Instant(0.1),
    GaussianPulse(0.3, 0.1),
    RectangularPulse(0.0, 0.7),
    TrapezoidalPulse(0.0, 0.1, 0.5, 0.9),
    TabulatedPulse([0.0, 0.2, 0.4], [0.0, 1.0, 0.3]),
    PulseTrain((GaussianPulse(0.0, 0.03), GaussianPulse(0.6, 0.03)), (0.4, 0.6)),
]
FLUXES = {
    "tables and lines": simple(),
    "power laws": Flux.from_table(ENERGY, {"nutau": [1.0, 0.3, 1e-9, 1e-300]}, interpolation="loglog", per="burst"),
    "histogram": Flux.from_table(ENERGY, {"nuebar": [1.0, 0.3, 1e300]}, interpolation="histogram"),
    "closed form": Flux(
        (Component("nue", "delayed", EndPoint("electron"), 1e7 / 3), Component("numubar", "d", EndPoint("muon")))
    ),
    "relative error": simple().with_uncertainty("norm", 0.1).with_uncertainty("of lines", 1 / 7, flavor="nue"),
    "covariance of components": simple().with_covariance([[0.3]], components=["a"], name="an eigenvector, of ξ"),
    "covariance of bins": simple().with_covariance([[0.3, -0.1], [-0.1, 0.2]], edges=[1.0, 3.0, 9.0], name="fit"),
    "signed": Flux(
        simple().components, "s", (Uncertainty("x", (Component("nue", "a", Table([1, 2], [-1, 1], "linear", True), -2.0),)),)
    ),
    "probabilities": simple().oscillate([[0.3, 0.3, 0.4], [0.1, 0.8, 0.1], [0.6, 0.1, 0.3]]),
    "vacuum": simple().with_uncertainty("norm", 0.1).oscillate(Vacuum(1000.0)),
    "coherence": simple().oscillate(Vacuum(1000.0, "nufit-6.0-inverted", coherent=True)),
    "sterile": simple().sterile(dm2=1.3, baseline=20.0, mixing=(0.01, 0.02, 0.0), core=1.5, detector=0.5),
    "nothing": simple() * 0.0,
    "odd names": Flux(tuple(Component("nue", name, EndPoint("muon")) for name in ("", ",", '"', " ν̄ ", "#", "component"))),
    **{
        type(pulse).__name__: Flux((Component("nue", "a", EndPoint("muon"), 1.0, Timing(pulse, (0.026, 2.2))),), "burst")
        for pulse in PULSES
    },
}


@pytest.mark.parametrize("flux", FLUXES.values(), ids=FLUXES)
def test_a_flux_comes_back_as_it_was(tmp_path, flux):
    back = again(flux, tmp_path / "flux.csv")
    assert back == flux
    assert (back.per, back.components, back.uncertainties, back.coherences) == (
        flux.per,
        flux.components,
        flux.uncertainties,
        flux.coherences,
    )
    assert hash(back) == hash(flux)
    T = np.array([0.0, 0.1, 1.0])
    rates = [cevns.differential_rate(T, f, "Ge", covariance=True) for f in (flux, back)]
    np.testing.assert_array_equal(rates[1][0], rates[0][0])
    np.testing.assert_array_equal(rates[1][1], rates[0][1])


@given(
    st.lists(ENERGIES, min_size=2, max_size=12, unique=True).map(sorted),
    st.data(),
    st.sampled_from(["linear", "loglog", "histogram"]),
    st.floats(0.0, 1e60),
)
def test_any_table_comes_back_bit_for_bit(tmp_path_factory, energy, data, interpolation, scale):
    n = len(energy) - (interpolation == "histogram")
    values = data.draw(st.lists(POSITIVE if interpolation == "loglog" else st.floats(0.0, 1e200), min_size=n, max_size=n))
    flux = Flux((Component("nutaubar", "x", Table(energy, values, interpolation), scale),))
    assert again(flux, tmp_path_factory.mktemp("table") / "flux.csv") == flux


def test_a_file_is_one_row_a_component_that_can_be_read(tmp_path):
    path = tmp_path / "flux.csv"
    replace(simple(), per="burst").to_csv(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# cevns flux per burst of 3 rows"
    assert lines[1] == "part,flavor,name,scale,spectrum,timing"
    assert lines[2].startswith('component,nue,a,1.0,"Table([1.0, 2.0, 5.0, 9.0], [3.0, 2.0, 0.3333333333333333, 0.0]')
    assert [re.sub("[0-9a-f]{32}", "…", line) for line in lines[5:]] == ["# checksum …: end of 3 rows"]


def test_what_is_there_is_replaced(tmp_path):
    path = tmp_path / "flux.csv"
    path.write_text("x" * 100_000)
    assert again(simple(), str(path)) == simple()


def test_what_to_csv_wrote_needs_no_arguments_and_none_change_it(tmp_path):
    path = tmp_path / "flux.csv"
    simple().to_csv(path)
    assert Flux.from_csv(path, name="other", per="burst", interpolation="loglog") == simple()


def _falling(E):
    return np.exp(-E)


@dataclass(frozen=True)
class Own:
    """Probabilities that no file can hold."""

    def __call__(self, energy):
        return np.tile(np.eye(3), (energy.size, 1, 1)) * np.exp(-energy)[:, None, None]


@pytest.mark.parametrize(
    ("flux", "name"),
    [
        (Flux.from_function({"nue": _falling}, (0.0, 9.0), name="f"), "f"),
        (simple() + Flux.from_function({"nue": lambda E: E}, (0.0, 9.0), name="g"), "g"),
        (simple().oscillate(Own()), "a"),
    ],
    ids=["function", "lambda", "own probabilities"],
)
def test_a_python_function_cannot_be_written_and_the_file_stays(tmp_path, flux, name):
    path = tmp_path / "flux.csv"
    path.write_text("before")
    with pytest.raises(InputError, match=f"^component '{name}' cannot be written .*: give energies for a table$"):
        flux.to_csv(path)
    assert path.read_text() == "before"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the lines are left out
        flux.to_csv(path, [1.0, 2.0, 3.0])
    np.testing.assert_allclose(
        Flux.from_csv(path).spectrum([1.0, 2.5]), np.interp([1.0, 2.5], [1.0, 2.0, 3.0], flux.spectrum([1, 2, 3]))
    )


def test_a_table_of_any_size_comes_back(tmp_path):
    # a spectrum is one cell, and csv has a limit for those
    E = np.linspace(1.0, 50.0, 20_000)
    flux = Flux.from_table(E, {"nue": np.random.default_rng(1).random(E.size)})
    assert again(flux, tmp_path / "flux.csv") == flux
    flux.to_csv(tmp_path / "table.csv", E)
    np.testing.assert_array_equal(Flux.from_csv(tmp_path / "table.csv").spectrum(E), flux.spectrum(E))


@pytest.mark.parametrize("table", [False, True], ids=["flux", "table"])
def test_a_part_of_a_file_is_never_a_flux(tmp_path, table):
    path = tmp_path / "flux.csv"
    flux = FLUXES["covariance of bins"]
    if table:
        with pytest.warns(UserWarning, match="leaves out lines, uncertainties"):
            flux.to_csv(path, [1.0, 2.5, 8.25])
    else:
        flux.to_csv(path)
    content, whole_flux = path.read_bytes(), Flux.from_csv(path)
    lines = content.splitlines(keepends=True)
    parts = [content[:n] for n in range(len(content) - 1)]  # the last byte is the end of the last line
    parts += [b"".join(lines[:n] + lines[n + 1 :]) for n in range(1, len(lines))]  # and without any line but the first
    for part in parts:
        path.write_bytes(part)
        with pytest.raises(InputError, match=re.escape(str(path))):
            Flux.from_csv(path)
    path.write_bytes(content[:-1])
    assert Flux.from_csv(path) == whole_flux


def content_of(flux):
    """All that a flux holds: equality tells 0.0 from nothing else, and repr is short."""
    parts = (*flux.components, *(part for u in flux.uncertainties for part in u.parts))
    return flux, [part.name for part in parts], [u.name for u in flux.uncertainties]


@pytest.mark.parametrize("table", [False, True], ids=["flux", "table"])
@pytest.mark.parametrize("name", ["covariance of bins", "coherence", "odd names", "PulseTrain"])
def test_one_bit_never_makes_another_flux(tmp_path, name, table):
    path = tmp_path / "flux.csv"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what a table leaves out
        FLUXES[name].to_csv(path, *([[1.0, 2.5, 8.25]] if table else []))
    content = path.read_bytes()
    was = content_of(Flux.from_csv(path, per=FLUXES[name].per))
    messages = set()
    bits = range(0, 8 * len(content), len(content) // 75 | 1)  # an odd step meets each bit of a byte
    taken = 0
    for bit in bits:
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            now = content_of(Flux.from_csv(path, per=FLUXES[name].per))
        except (InputError, UnknownNameError) as error:
            messages.add(str(error))
        else:
            assert now == was, bit
            taken += 1
    assert all(str(path) in message and len(message) <= 300 for message in messages)
    assert taken < 0.02 * len(bits)  # such as E for e in the exponent of a number, and blanks at the ends of comments


@pytest.mark.parametrize("table", [False, True], ids=["flux", "table"])
def test_whoever_changes_a_file_is_told_how_to_go_on(tmp_path, table):
    path = tmp_path / "flux.csv"
    flux = Flux.from_table([1.0, 2.0, 3.0], {"nue": [1.0, 0.7, 0.0]})
    flux.to_csv(path, *([[1.0, 2.0, 3.0]] if table else []))
    rows = 3 if table else 1
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("0.7", "0.9"), encoding="utf-8")
    message = f"its checksum is another one; if the change is yours, make its last line '# end of {rows} rows'"
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}, line {2 + rows}: .*{message}$"):
        Flux.from_csv(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:-1], f"# end of {rows} rows"]), encoding="utf-8")
    assert Flux.from_csv(path).spectrum(2.0) == 0.9


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("flux", [FLUXES["tables and lines"], FLUXES["coherence"]], ids=["tables", "coherence"])
def test_a_file_that_a_spreadsheet_saved_again_is_the_same_flux(tmp_path, flux, end):
    path = tmp_path / "flux.csv"
    flux.to_csv(path)
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    text = io.StringIO()
    # all rows as long as the longest, cells in quotes, and an empty row below
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([row + [""] * (6 - len(row)) for row in [*rows, []]])
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    assert Flux.from_csv(path) == flux
    table = tmp_path / "table.csv"
    with pytest.warns(UserWarning, match="leaves out lines"):
        flux.to_csv(table, [1.0, 2.0, 4.0])
    table.write_text("".join(f"{line},,{end}" for line in table.read_text().splitlines()), newline="")
    assert Flux.from_csv(table).spectrum(2.0) == pytest.approx(flux.spectrum(2.0), rel=1e-12)


def test_files_do_not_lean_on_what_is_shown(tmp_path, monkeypatch):
    for name in ("vacuum", "coherence", "sterile", "PulseTrain", "tables and lines"):
        flux = FLUXES[name]
        with monkeypatch.context() as patch:
            for kind in {type(c.spectrum) for c in flux.components} | {Timing, Table, Vacuum}:
                patch.setattr(kind, "__repr__", lambda self: "<short>")
            assert again(flux, tmp_path / "flux.csv") == flux


@pytest.mark.parametrize("kind", ["component", "uncertainty", "coherence"])
def test_names_hold_no_line_breaks(kind):
    spectrum = EndPoint("muon")
    made = {
        "component": lambda: Component("nue", "a\nb", spectrum),
        "uncertainty": lambda: Uncertainty("a\nb", ()),
        "coherence": lambda: cevns.Coherence(("nue", "numu"), "a\nb", spectrum, spectrum),
    }
    with pytest.raises(InputError, match=f"name of an? {kind} must be a printable text"):
        made[kind]()


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("E_GeV,nue", {}, "line 1: the header has 'E_GeV', but energy_unit is 'MeV'"),
        ("energy [keV],nue", {}, "line 1: the header has 'energy [keV]', but energy_unit is 'MeV'"),
        ("energy (MeV),nue", {"energy_unit": "GeV"}, "line 1: the header has 'energy (MeV)', but energy_unit is 'GeV'"),
        ("energy,nue [cm-2 s-1 sr-1 MeV-1]", {}, "is a flux per steradian (sr): multiply it by the solid angle"),
        ("energy,nue/sr", {}, "'nue/sr' is a flux per steradian"),
        ("energy,nue [1/(cm2 s GeV)]", {}, "line 1: 'nue [1/(cm2 s GeV)]' has 'GeV', but energy_unit is 'MeV'"),
        ("energy,nue [MeV-1 cm-2 s-1]", {"energy_unit": "GeV"}, "has 'MeV', but energy_unit is 'GeV'"),
        ("energy,nue [MeV-1 m-2 s-1]", {}, "line 1: 'nue [MeV-1 m-2 s-1]' has 'm2', but area_unit is 'cm2'"),
        ("energy,nue [m⁻² s⁻¹ MeV⁻¹]", {}, "has 'm2', but area_unit is 'cm2'"),
        ("energy,nue [1/(cm^2 s MeV)]", {"area_unit": "m2"}, "has 'cm2', but area_unit is 'm2'"),
        ("energy,nue [1/(cm2 day MeV)]", {}, "is a flux per day: densities must be per second"),
        ("energy,nux", {}, "unknown flavor 'nux'"),
    ],
)
def test_units_in_a_header_are_recognised_and_said(tmp_path, header, options, message):
    path = tmp_path / "flux.csv"
    path.write_text(f"{header}\n1,2\n3,4\n")
    with pytest.raises((InputError, UnknownNameError), match=re.escape(message)):
        Flux.from_csv(path, **options)
    path.write_text("# E_GeV,nue [1/(cm2 s GeV)]\n0.001,2\n0.003,4\n")
    assert Flux.from_csv(path, energy_unit="GeV").total() == pytest.approx(3 * 0.002, rel=1e-12)


# ---- a table for other programs -----------------------------------------------------------------------------------------


def test_a_table_of_densities_holds_the_densities(tmp_path):
    path, energy = tmp_path / "table.csv", np.linspace(0.0, 10.0, 31)
    flux = simple().with_uncertainty("x", 0.1)
    with pytest.warns(UserWarning, match="leaves out lines, uncertainties of the flux; to_csv without energy keeps them"):
        flux.to_csv(path, energy)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# cevns table of 31 rows: energy [MeV], then densities [cm-2 s-1 MeV-1]; lines are not in it"
    assert lines[1] == "energy,nue,numubar"
    back = Flux.from_csv(path)
    assert back.flavors == flux.flavors
    assert back.components[0].name == "table"
    for flavor in flux.flavors:
        np.testing.assert_array_equal(back.spectrum(energy, flavor), flux.spectrum(energy, flavor))
    assert back.lines() == []
    assert back.uncertainties == ()
    with pytest.warns(UserWarning, match="leaves out lines, uncertainties"):
        replace(flux, per="burst").to_csv(path, energy)
    assert "densities [cm-2 MeV-1]" in path.read_text(encoding="utf-8")
    assert Flux.from_csv(path, per="burst").per == "burst"


@pytest.mark.parametrize("name", FLUXES)
def test_a_table_of_densities_says_what_it_leaves_out(tmp_path, name):
    flux = FLUXES[name]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        flux.to_csv(tmp_path / "table.csv", ENERGY)
    said = " ".join(str(warning.message) for warning in caught)
    assert ("lines" in said) == bool(flux.lines())
    assert ("uncertainties" in said) == bool(flux.uncertainties)
    assert ("coherence" in said) == bool(flux.coherences)
    assert ("timing" in said) == any(component.timing is not None for component in flux.components)
    assert len(caught) == (said != "")


@pytest.mark.parametrize("per", ["s", "burst"])
def test_a_table_is_read_in_the_units_in_which_it_was_written(tmp_path, per):
    path = tmp_path / "table.csv"
    flux = Flux.from_table([1.0, 2.0, 3.0], {"nue": [1.0, 0.7, 0.0]}, per=per)
    flux.to_csv(path, [1.0, 2.0, 3.0])
    other = {"s": "burst", "burst": "s"}[per]
    assert Flux.from_csv(path, per=per).total() == flux.total()
    for options in ({"per": other}, {"per": per, "energy_unit": "GeV"}, {"per": per, "area_unit": "m2"}):
        with pytest.raises(InputError, match=re.escape(f"{path}, line 1: the table was written with {[*options][-1]}=")):
            Flux.from_csv(path, **options)


def test_a_table_at_its_own_energies_loses_nothing(tmp_path):
    flux = Flux.from_table(ENERGY, {"nue": [3.0, 2.0, 1 / 3, 0.0]}, name="table")
    flux.to_csv(tmp_path / "table.csv", ENERGY)
    assert Flux.from_csv(tmp_path / "table.csv") == flux


@pytest.mark.parametrize(
    ("energy", "message"),
    [
        ([2.0, 1.0], "edges must increase (got 2 MeV at index 0, then 1 MeV)"),
        ([1.0], "edges must be a list of at least 2 energies in MeV (got shape (1,))"),
        ([-1.0, 1.0], "edges must be >= 0 MeV and finite (got -1 at index 0)"),
    ],
)
def test_energies_of_a_table_increase(tmp_path, energy, message):
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        simple().to_csv(tmp_path / "table.csv", energy)


# ---- units -----------------------------------------------------------------------------------------------------------------

# a reactor at 25 m: 2e12 per cm² and s, in bins of 0.25 MeV
EDGES = np.linspace(1.0, 9.0, 33)
CONTENTS = 2e12 * np.diff(-np.exp(-(EDGES - 1.0))) / (1 - np.exp(-8.0))
TOTAL = (1e12, 4e12)
PER_MEV = CONTENTS / 0.25


def file_of(path, energy, values, last=""):
    rows = [f"{e!r},{v!r}" for e, v in zip(energy.tolist(), values.tolist(), strict=False)]
    if len(values) < len(energy):
        rows.append(f"{float(energy[-1])!r},{last}")
    path.write_text("energy,nuebar\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


RIGHT = {
    "MeV, cm²": ((1.0, 1.0), {}),
    "GeV, cm²": ((1e-3, 1e3), {"energy_unit": "GeV"}),
    "keV, cm²": ((1e3, 1e-3), {"energy_unit": "keV"}),
    "MeV, m²": ((1.0, 1e4), {"area_unit": "m2"}),
    "GeV, m²": ((1e-3, 1e7), {"energy_unit": "GeV", "area_unit": "m2"}),
}


@pytest.mark.parametrize(("factors", "options"), RIGHT.values(), ids=RIGHT)
def test_a_table_in_any_unit_is_the_same_flux(tmp_path, factors, options):
    path = file_of(tmp_path / "core.csv", EDGES * factors[0], PER_MEV * factors[1])
    flux = Flux.from_csv(path, interpolation="histogram", total=TOTAL, **options)
    np.testing.assert_allclose(flux.binned(EDGES), CONTENTS, rtol=1e-9)
    assert flux.total() == pytest.approx(2e12, rel=1e-12)
    # as contents of bins, which do not depend on the unit of energy
    areas = 1e4 if "area_unit" in options else 1.0
    path = file_of(tmp_path / "core.csv", EDGES * factors[0], CONTENTS * areas)
    same = Flux.from_csv(path, interpolation="histogram", contents=True, total=TOTAL, **options)
    np.testing.assert_allclose(same.binned(EDGES), CONTENTS, rtol=1e-9)
    np.testing.assert_allclose(same.spectrum((EDGES[1:] + EDGES[:-1]) / 2), PER_MEV, rtol=1e-12)


# what the file holds, what the reader takes it for, and what the message says
MIXED_UP = {
    "densities per GeV, energies in MeV": ((1.0, 1e3), {}, "densities per GeV"),
    "energies in GeV, densities per MeV": ((1e-3, 1.0), {}, "energies are in GeV"),
    "energies in keV, densities per MeV": ((1e3, 1.0), {}, "energies are in keV"),
    "m² for cm²": ((1.0, 1e4), {}, "areas are m²"),
    "cm² for m²": ((1.0, 1.0), {"area_unit": "m2"}, "areas are m²"),
    "GeV and m² for MeV and cm²": ((1.0, 1e7), {}, "both, energies in GeV and areas in m²"),
    "contents for densities": ((1.0, 0.25), {}, "contents of bins of 0.25 MeV stand for densities per MeV"),
    "densities for contents": ((1.0, 1.0), {"contents": True}, "contents of bins of 0.25 MeV stand for densities per MeV"),
}


@pytest.mark.parametrize(("factors", "options", "message"), MIXED_UP.values(), ids=MIXED_UP)
def test_a_mix_up_of_units_shows_in_the_total(tmp_path, factors, options, message):
    path = file_of(tmp_path / "core.csv", EDGES * factors[0], PER_MEV * factors[1])
    limits = (1.2e12, 3e12)  # narrower than a bin's factor of 4
    with pytest.raises(InputError) as error:
        Flux.from_csv(path, interpolation="histogram", total=limits, **options)
    assert str(error.value).startswith(f"{path} holds ")
    assert " cm⁻² s⁻¹, but 1.2e+12 to 3e+12 is possible: perhaps " in str(error.value)
    assert message in str(error.value)
    Flux.from_csv(path, interpolation="histogram", **options)  # nothing is checked if no total is given


def test_a_table_in_gev_throughout_shows_in_its_mean_energy_and_not_in_its_total(tmp_path):
    # ∫ φ dE does not depend on the unit of energy if energies and densities are in the same one
    path = file_of(tmp_path / "core.csv", EDGES * 1e-3, PER_MEV * 1e3)
    wrong, right = (Flux.from_csv(path, interpolation="histogram", total=TOTAL, energy_unit=unit) for unit in ("MeV", "GeV"))
    assert wrong.total() == pytest.approx(right.total(), rel=1e-12)
    assert wrong.mean_energy() == pytest.approx(1e-3 * right.mean_energy(), rel=1e-12)


def test_the_total_of_a_burst_is_in_its_unit(tmp_path):
    path = file_of(tmp_path / "core.csv", EDGES, np.append(PER_MEV, 0.0))
    with pytest.raises(InputError, match=r"holds [\d.e+]+ cm⁻², but 1 to 2 is possible$"):
        Flux.from_csv(path, per="burst", total=(1.0, 2.0))
    assert Flux.from_csv(path, per="burst", total=(1.0, np.inf)).per == "burst"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"energy_unit": "TeV"}, "unknown energy_unit 'TeV'"),
        ({"area_unit": "km2"}, "unknown area_unit 'km2'"),
        ({"contents": True}, "contents=True needs interpolation='histogram' (got 'linear')"),
        ({"total": (-1.0, 1.0)}, "total must be >= 0 (got -1)"),
        ({"total": (np.nan, 1.0)}, "total must be >= 0 (got nan)"),
    ],
)
def test_wrong_options_are_refused(tmp_path, options, message):
    path = file_of(tmp_path / "core.csv", EDGES, np.append(PER_MEV, 0.0))
    with pytest.raises((InputError, UnknownNameError), match=re.escape(message)):
        Flux.from_csv(path, **options)


def test_contents_of_bins_make_a_histogram():
    flux = Flux.from_table(EDGES, {"nuebar": CONTENTS}, interpolation="histogram", contents=True)
    assert flux.total() == pytest.approx(2e12, rel=1e-12)
    np.testing.assert_allclose(flux.binned(EDGES), CONTENTS, rtol=1e-9)
    with pytest.raises(InputError, match=r"^contents=True needs interpolation='histogram'"):
        Flux.from_table([1.0, 2.0], {"nue": [1.0, 1.0]}, contents=True)
    with pytest.raises(InputError, match=r"^nuebar: values must be >= 0 and finite \(got -1 at index 0\)"):
        Flux.from_table([1.0, 2.0], {"nuebar": [-1.0]}, interpolation="histogram", contents=True)
    with pytest.raises(InputError, match=r"^nuebar: energy must increase"):
        Flux.from_table([2.0, 1.0], {"nuebar": [1.0]}, interpolation="histogram", contents=True)


# ---- text is parsed, not run ----------------------------------------------------------------------------------------------

HEADER = "part,flavor,name,scale,spectrum,timing\n"


def whole(text, per="s"):
    """A file of these rows, with their number above and below."""
    n = text.count("\n") - 1
    return f"# cevns flux per {per} of {n} rows\n{text}# end of {n} rows\n"


def row_of(spectrum, timing="", part="component", flavor="nue", scale="1.0"):
    cells = [part, flavor, "a", scale, spectrum, timing]
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\n"


ATTACKS = [
    "__import__('os').system('touch {marker}')",
    "open('{marker}', 'w')",
    "eval('1')",
    "exec('1')",
    "().__class__.__base__.__subclasses__()",
    "Table.density",
    "Table([1.0, 2.0], open('{marker}', 'w'))",
    "Table([1.0, 2.0], [1.0, (lambda: open('{marker}', 'w'))()])",
    "Table([1.0, 2.0], [1.0 for _ in [open('{marker}', 'w')]])",
    "Table(*[[1.0, 2.0], [1.0, 1.0]])",
    "Function(open, (0.0, 1.0))",
    "np.load('{marker}')",
    "Any()",
    "ABC()",
    "cached_property(1)",
    "Path('{marker}')",
    "9**9**9**9",
    "[1.0] * 10**12",
    "'a'",
    "1.0",
    "None",
    "",
    "Table([1.0, 2.0], [1.0, 1.0]",
    "Table([1.0, 2.0], [1.0, 1.0]); 1",
    "Table([1.0, 2.0], [1.0, 1.0]) or 1",
    "x := 1",
    "f'{{open}}'",
    "Lines([1.0], [1.0], weights=[2.0])",
    "Lines()",
    "Table(None, None)",
    "Spectrum()",
    "InputError('a')",
    "Flux(())",
    "(" * 1000,
    "-" * 100_000 + "1",
    "\0",
]


@pytest.mark.parametrize("text", ATTACKS, ids=lambda text: repr(text[:30]))
@pytest.mark.parametrize("place", ["spectrum", "timing"])
def test_what_is_no_spectrum_is_refused_and_not_run(tmp_path, text, place):
    marker, path = tmp_path / "marker", tmp_path / "flux.csv"
    text = text.format(marker=marker)
    row = row_of(text) if place == "spectrum" else row_of("EndPoint('muon')", text)
    path.write_text(whole(HEADER + row_of("EndPoint('muon')") + row), encoding="utf-8")
    if place == "timing" and text in ("", "None"):
        assert Flux.from_csv(path).components[1].timing is None
        return
    with pytest.raises(InputError) as error:
        Flux.from_csv(path)
    assert str(error.value).startswith(f"{path}, line 4: ")
    assert not marker.exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "{path}, line 2: the header must be 'part,flavor,name,scale,spectrum,timing'"),
        ("a,b\n", "{path}, line 2: the header must be 'part,flavor,name,scale,spectrum,timing'"),
        (HEADER + "component,nue,a\n", "{path}, line 3: 6 columns expected (got 3)"),
        (HEADER + row_of("EndPoint('muon')", scale="many"), "{path}, line 3: 'many' is not a number"),
        (HEADER + row_of("EndPoint('muon')", scale="inf"), "{path}, line 3: scale must be finite (got inf)"),
        (HEADER + row_of("EndPoint('muon')", flavor="nux"), "{path}, line 3: unknown flavor 'nux'"),
        (HEADER + row_of("EndPoint('tau')"), "{path}, line 3: unknown muon-decay spectrum 'tau'"),
        (
            HEADER + row_of("EndPoint('muon')", part="piece"),
            "{path}, line 3: a part is a component, an uncertainty, real or imaginary (got 'piece')",
        ),
        (
            HEADER + row_of("EndPoint('muon')", part="imaginary", flavor="nue numu"),
            "{path}, line 3: an imaginary part must follow its real part",
        ),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / "flux.csv"
    path.write_text(whole(text), encoding="utf-8")
    with pytest.raises(InputError, match=f"^{re.escape(message.format(path=path))}"):
        Flux.from_csv(path)


@pytest.mark.parametrize(
    "text",
    [
        whole(HEADER),
        whole(HEADER + row_of("EndPoint('muon')", scale="-1.0")),
        whole(HEADER + row_of("EndPoint('muon')"), "year"),
    ],
    ids=["no component", "a negative component", "another unit"],
)
def test_a_file_of_what_is_no_flux_is_refused_by_name(tmp_path, text):
    path = tmp_path / "flux.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}, line 1: "):
        Flux.from_csv(path)


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "flux.csv"
    simple().to_csv(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert Flux.from_csv(path) == simple()


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path):
    path = tmp_path / "flux.csv"
    for data in (
        b"# \xb5\nenergy,nue\n1,2\n3,4\n",
        b"# cevns flux\n" + HEADER.encode() + b"component,nue,\xb5,1.0,EndPoint('muon'),\n",
    ):
        path.write_bytes(data)
        with pytest.raises(InputError, match=r", line [13]: the file is not a text in UTF-8 \(got the byte 0xb5\)$"):
            Flux.from_csv(path)


def test_a_fresh_process_knows_the_classes_that_a_file_names(tmp_path):
    """Sources and oscillation are imported when a file names a class of theirs, and not before."""
    flux = cevns.sources.supernova().oscillate(Vacuum(1000.0))
    flux.to_csv(tmp_path / "flux.csv")
    code = (
        "import sys, cevns; assert 'cevns.sources' not in sys.modules; "
        "print(f'{cevns.Flux.from_csv(sys.argv[1]).total():.15g}')"
    )
    # away from the source tree, where the package is not built
    environment = os.environ | {"PYTHONPATH": str(Path(cevns.__file__).parents[1])}
    command = [sys.executable, "-c", code, str(tmp_path / "flux.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    assert float(done.stdout) == pytest.approx(flux.total(), rel=1e-12)


@pytest.mark.parametrize("text", ["Cascade(1.0, 20.0, 139.0, [30.0])", "FittedSpectrum()", "InputError(1)"])
def test_a_file_names_spectra_of_neutrinos_and_what_makes_them_alone(text):
    with pytest.raises(InputError, match="no spectrum that a file can hold"):
        rebuilt(text)
