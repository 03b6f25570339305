"""Atmospheric neutrinos: a table of fluxes from a file, with checks that it is in the units that it is read in.

Formulas
--------
atmospheric neutrinos, `atmospheric`: power laws between the points of a table
    G. Battistoni et al., Astropart. Phys. 23 (2005) 526
"""

from __future__ import annotations

import os

import numpy as np

from .. import constants
from .._arguments import Array, known_name, shown
from .._numerics.quadrature import trapezoid
from ..data.columns import Columns, check_integral, read_columns, unit_in
from ..errors import InputError
from ..fluxes.flux import Component, Flux
from ..fluxes.makers import AREA_UNITS, ENERGY_UNITS
from ..fluxes.spectra import Table

# MeV: the energies of the tables of FLUKA below 1 GeV, where fluxes are compared with what is typical.
RANGE = (13.0, 944.0)

# Of the integral over all flavours, relative to the typical one: sites and phases of the solar cycle differ by a factor of 2.
POSSIBLE = (0.4, 4.0)

# (ν_μ + ν̄_μ)/(ν_e + ν̄_e) of integrals: 2 from a pion and its muon. ν/ν̄ of one flavour: 0.97 to 1.1.
FLAVOR_RATIO = (1.2, 4.0)
ANTINEUTRINO_RATIO = (0.5, 2.0)


def atmospheric(
    path: str | os.PathLike[str], *, energy_unit: str = "GeV", area_unit: str = "m2", uncertainty: float = 0.2
) -> Flux:
    """Atmospheric neutrinos of a table in a file.

    Parameters
    ----------
    path : path
        A file of columns, separated by commas or blanks: a header of the energy and of flavours, as `E_GeV,nue,nuebar,numu,
        numubar`, then energies and fluxes, integrated over all directions. # begins a comment.
    energy_unit : {"GeV", "MeV", "keV"}
        Unit of the energies, and fluxes are per it. If the header names one, as `E_GeV` does, it must be the same.
    area_unit : {"m2", "cm2"}
        Fluxes are per s and per m² or cm².
    uncertainty : float
        One standard deviation of all of it, relative to it, ≥ 0.

    Returns
    -------
    Flux
        The flavours of the file, power laws between the points of the table, zero outside; components "atmospheric". Its
        uncertainty is named "atmospheric flux".

    Raises
    ------
    InputError, UnknownNameError
        For what is not such a file; a table without energies between 13 and 944 MeV; and there, for an integral over the
        flavours that is not 0.4 to 4 times the typical one, (ν_μ + ν̄_μ)/(ν_e + ν̄_e) that is not 1.2 to 4, ν/ν̄ of a flavour
        that is not 0.5 to 2. A factor of 1000 comes of GeV for MeV, 10⁴ of m² for cm², 4π of a flux per steradian.

    Notes
    -----
    CEvNS detectors take the tables of G. Battistoni et al., Astropart. Phys. 23 (2005) 526 (FLUKA), 13 to 944 MeV, which are
    per GeV, m² and s. They give 7.3 cm⁻² s⁻¹ of all flavours at Kamioka and 10.5 at Gran Sasso, known to 20 to 25 %, more near
    the geomagnetic poles and at solar minimum. What is typical here is 0.0517/(1 + (E/106.7 MeV)^2.054) cm⁻² s⁻¹ MeV⁻¹, within
    29 % of the table of Kamioka at all energies. Tables are as published, without oscillation: `Flux.oscillate` converts.

    Leaving one of the 38 energies of Kamioka out and interpolating changes its flux by 2 to 3 % (rms), by up to 11 % near the
    peak of muon decay at 50 MeV; half of the points give an integral that is 0.4 to 0.6 % less. A cubic spline through the
    logarithms differs by at most 2.5 % between the points, by 0.3 to 0.6 % (rms), and by 8e-4 in the integral: the table's own
    rounding and statistics are as large, and power laws add no wiggles.

    Examples
    --------
    >>> flux = cevns.sources.atmospheric("fluka_kamioka.csv")  # doctest: +SKIP
    >>> round(flux.total(), 2)  # doctest: +SKIP
    7.32
    """
    columns = read_columns(path)
    MeV, cm2 = _units(columns, energy_unit, area_unit)
    energy = columns.increasing(0, "energy", energy_unit) * MeV
    components = []
    for i, flavor in enumerate(columns.names[1:], 1):
        values = columns.column(i)
        columns.refuse(~(values > 0), f"{flavor}: values must be > 0", i)
        try:
            table = Table(energy, values / (MeV * cm2), "loglog")
        except InputError as error:
            raise InputError(f"{columns.path}, first row in line {columns.lines[0]}: {flavor}: {error}") from None
        components.append(Component(flavor, "atmospheric", table))
    flux = Flux(tuple(components))
    _check(flux, energy, columns.path)
    return flux.with_uncertainty("atmospheric flux", uncertainty)


def typical(energy: Array) -> Array:
    """A typical flux of all flavours at energies [MeV] below 1 GeV [cm⁻² s⁻¹ MeV⁻¹]."""
    return np.asarray(0.0517 / (1 + (energy / 106.7) ** 2.054))


def _units(columns: Columns, energy_unit: str, area_unit: str) -> tuple[float, float]:
    """The energy's unit [MeV] and the area's [cm²], of a file with a fitting header."""
    MeV = ENERGY_UNITS[known_name(energy_unit, ENERGY_UNITS, "energy_unit")]
    cm2 = AREA_UNITS[known_name(area_unit, AREA_UNITS, "area_unit")]
    place, names = f"{columns.path}, line {columns.header_line}", columns.names
    if len(names) < 2 or names[0] in constants.FLAVORS:
        raise InputError(
            f"{place}: a header of energy and flavours, as 'E_GeV,nue,nuebar', is expected (got {shown(','.join(names))})"
        )
    said = unit_in(names[0])
    if said is not None and said != energy_unit:
        raise InputError(f"{place}: the header has {names[0]!r}, but energy_unit is {energy_unit!r}")
    for flavor in names[1:]:
        known_name(flavor, constants.FLAVORS, "flavor", hint=f" ({place})")
        if names.count(flavor) > 1:
            raise InputError(f"{place}: a flavor stands twice in {','.join(names)!r}")
    return MeV, cm2


def _check(flux: Flux, energy: Array, path: str) -> None:
    low, high = max(RANGE[0], energy[0]), min(RANGE[1], energy[-1])
    if low >= high:
        raise InputError(
            f"{path} has energies from {energy[0]:g} to {energy[-1]:g} MeV, none between {RANGE[0]:g} and {RANGE[1]:g} MeV: "
            "perhaps energy_unit is another"
        )

    def between(flavor: str) -> float:
        above, beyond = flux.moments([low, high], flavor)[0]
        return float(above - beyond)

    held = {flavor: between(flavor) for flavor in flux.flavors}
    share = len(held) / 4 if len(held) < 4 else 1.0  # a file may leave flavours out
    grid = np.geomspace(low, high, 500)
    expected = share * trapezoid(typical(grid), grid)
    what = f"cm⁻² s⁻¹ between {low:g} and {high:g} MeV"
    check_integral(sum(held.values()), POSSIBLE[0] * expected, POSSIBLE[1] * expected, what, path, sky=True)
    for name in ("e", "mu"):
        pair = (f"nu{name}", f"nu{name}bar")
        if held.keys() >= set(pair):
            _check_ratio(held[pair[0]] / held[pair[1]], ANTINEUTRINO_RATIO, f"{pair[0]}/{pair[1]}", path)
    if held.keys() == {"nue", "nuebar", "numu", "numubar"}:
        ratio = (held["numu"] + held["numubar"]) / (held["nue"] + held["nuebar"])
        _check_ratio(ratio, FLAVOR_RATIO, "(numu + numubar)/(nue + nuebar)", path)


def _check_ratio(ratio: float, possible: tuple[float, float], what: str, path: str) -> None:
    if not possible[0] <= ratio <= possible[1]:
        low, high = possible
        raise InputError(f"{path} has {what} = {ratio:.3g}, but {low:g} to {high:g} is possible: perhaps columns are swapped")
