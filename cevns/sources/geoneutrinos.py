"""Geoneutrinos: antineutrinos of uranium, thorium and potassium in the Earth, with spectra of decay chains from files.

Formulas
--------
geoneutrinos, `geoneutrinos`: φ = Σ_i Φ_i f_i(E), linear between the points of a table
    S. Enomoto, spectra of decay chains
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from .._arguments import canonical_name, known_name, real_number
from ..data.columns import check_integral, read_columns, unit_in
from ..errors import InputError
from ..fluxes.flux import Component, Flux
from ..fluxes.makers import ENERGY_UNITS
from ..fluxes.spectra import Table

# Antineutrinos per decay of the parent, its chain in equilibrium: integrals of the spectra of S. Enomoto.
PER_DECAY: Mapping[str, float] = MappingProxyType({"238U": 6.008, "232Th": 3.971, "235U": 4.023, "40K": 0.8928})
TOLERANCE = 0.1  # of these: every fifth point of the spectra, with their steps, is off by up to 5 %

# Fluxes at a site, all flavours together: (cm⁻² s⁻¹, relative standard deviation). LNGS: as used by C. A. J. O'Hare, Phys. Rev.
# Lett. 127 (2021) 251802 (arXiv:2109.03116).
SITES: Mapping[str, Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"LNGS": MappingProxyType({"238U": (4.34e6, 0.20), "232Th": (4.23e6, 0.26), "40K": (20.54e6, 0.17)})}
)

Path = str | os.PathLike[str]


def geoneutrinos(
    path: Path | Mapping[str, Path],
    *,
    site: str = "LNGS",
    flux: Mapping[str, float] | None = None,
    uncertainty: Mapping[str, float] | None = None,
    energy_unit: str = "keV",
) -> Flux:
    """Antineutrinos of radioactive nuclei in the Earth.

    Parameters
    ----------
    path : path or mapping
        A folder, in which the files of the spectra have names with "neutrino" and the nuclide, as `geoneutrino_238U.csv` or
        `AntineutrinoSpectrum_238U.knt`; one such file; or nuclide → file. A file has two columns: energies, and antineutrinos
        per energy and decay of the parent.
    site : {"LNGS"}
        The site whose fluxes and uncertainties are the defaults: ²³⁸U 4.34e6 ± 20 %, ²³²Th 4.23e6 ± 26 %, ⁴⁰K 20.54e6 ± 17 %.
    flux : mapping, optional
        Nuclide ("238U", "232Th", "235U", "40K") → flux [cm⁻² s⁻¹], ≥ 0, of those that are not as at the site; 0 leaves one out.
    uncertainty : mapping, optional
        Nuclide → relative standard deviation of its flux, ≥ 0, of those that are not as at the site. Elements are independent;
        ²³⁵U has by default the uncertainty of ²³⁸U.
    energy_unit : {"keV", "MeV", "GeV"}
        Unit of the energies in the files, and densities are per it.

    Returns
    -------
    Flux
        Flavour nuebar, components "geo-238U", "geo-232Th", "geo-40K"; and "geo-235U" if `flux` has it. Each has exactly its
        flux. Uncertainties are named "U in the Earth", which both isotopes share, "Th in the Earth", "K in the Earth".

    Raises
    ------
    InputError, UnknownNameError
        For a nuclide with a flux and no file (or the other way round in a mapping), or with two; for what is no spectrum; for
        one that does not integrate to 6.008 (²³⁸U), 3.971 (²³²Th), 4.023 (²³⁵U), 0.8928 (⁴⁰K) antineutrinos per decay within
        10 %, as one in other units does not.

    Notes
    -----
    The spectra are those of S. Enomoto, www.awa.tohoku.ac.jp/~sanshiro/research/geoneutrino/spectrum, in steps of 1 keV;
    straight lines join their points. The fluxes are of antineutrinos as emitted, before oscillation: `Flux.oscillate` converts.
    ²³⁵U has in natural uranium 0.046 of the activity of ²³⁸U, so 3.1 % of its antineutrinos, all below 1.4 MeV; give
    ``flux={"235U": 0.031 * 4.34e6}`` to add it. The ν_e of electron capture in ⁴⁰K are left out.

    Examples
    --------
    >>> flux = cevns.sources.geoneutrinos("spectra")  # doctest: +SKIP
    >>> f"{flux.total():.3e}"  # doctest: +SKIP
    '2.911e+07'
    """
    defaults = SITES[canonical_name(site, SITES, "site")]
    known_name(energy_unit, ENERGY_UNITS, "energy_unit")
    chosen = not isinstance(path, Mapping) and os.path.isdir(path)  # what a folder holds beyond need does not matter
    files = _files(path)
    fluxes = _overridden({nuclide: total for nuclide, (total, _) in defaults.items()}, flux, "flux", "cm⁻² s⁻¹")
    errors = _overridden({nuclide: sigma for nuclide, (_, sigma) in defaults.items()}, uncertainty, "uncertainty", "")
    for nuclide in () if chosen else files:
        if nuclide not in fluxes:
            raise InputError(f"there is a file for {nuclide} but no flux at {site}: give flux={{{nuclide!r}: …}}")
    wanted = [nuclide for nuclide in PER_DECAY if fluxes.get(nuclide, 0.0) > 0]
    if not isinstance(path, Mapping) and not chosen:
        wanted = [nuclide for nuclide in wanted if nuclide in files or nuclide in (flux or {})]
    if not wanted:
        raise InputError("flux must be > 0 cm⁻² s⁻¹ for at least one nuclide (got 0 for all)")
    components = []
    for nuclide in wanted:
        if nuclide not in files:
            raise InputError(
                f"there is no file for {nuclide} (found {', '.join(files)}); flux={{{nuclide!r}: 0}} leaves it out"
            )
        spectrum = _spectrum(nuclide, files[nuclide], energy_unit)
        components.append(Component("nuebar", f"geo-{nuclide}", spectrum, fluxes[nuclide] / spectrum.total))
    together = Flux(tuple(components))
    errors.setdefault("235U", errors.get("238U", 0.0))
    for nuclide in wanted:
        element = nuclide.lstrip("0123456789")
        together = together.with_uncertainty(f"{element} in the Earth", errors.get(nuclide, 0.0), component=f"geo-{nuclide}")
    return together


def _files(path: Path | Mapping[str, Path]) -> dict[str, str]:
    """The file of each nuclide."""
    if isinstance(path, Mapping):
        return {known_name(nuclide, PER_DECAY, "nuclide of geoneutrinos"): os.fspath(file) for nuclide, file in path.items()}
    path = os.fspath(path)
    candidates = sorted(os.listdir(path)) if os.path.isdir(path) else [os.path.basename(path)]
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    found: dict[str, str] = {}
    for name in candidates:
        for nuclide in PER_DECAY:
            if "neutrino" not in name.lower() or not re.search(rf"(?<!\d){nuclide}(?![a-z])", name):
                continue
            if nuclide in found:
                raise InputError(f"{folder} has two files for {nuclide}: {os.path.basename(found[nuclide])} and {name}")
            found[nuclide] = os.path.join(folder, name)
    if not found:
        known = ", ".join(PER_DECAY)
        raise InputError(f"{path}: no file name has 'neutrino' and one of {known}; pass {{'238U': file, …}} instead")
    return found


def _overridden(defaults: dict[str, float], values: Mapping[str, float] | None, what: str, unit: str) -> dict[str, float]:
    for nuclide, value in (values or {}).items():
        known_name(nuclide, PER_DECAY, f"nuclide in {what}")
        defaults[nuclide] = real_number(value, f"{what} of {nuclide}", unit=unit, minimum=0.0)
    return defaults


def _spectrum(nuclide: str, file: str, energy_unit: str) -> Table:
    columns = read_columns(file)
    width = columns.cells.shape[1]
    if width != 2:
        raise InputError(f"{file}, line {columns.lines[0]}: two columns are expected, energy and antineutrinos (got {width})")
    said = unit_in(columns.names[0]) if columns.names else None
    if said not in (None, energy_unit):
        raise InputError(
            f"{file}, line {columns.header_line}: the header has {columns.names[0]!r}, but energy_unit is {energy_unit!r}"
        )
    MeV = ENERGY_UNITS[energy_unit]
    density = columns.column(1) / MeV
    columns.refuse(~(density >= 0), "values must be >= 0", 1)
    energy = columns.increasing(0, "energy", energy_unit) * MeV
    try:
        spectrum = Table(energy, density)
    except InputError as error:
        raise InputError(f"{file}, first row in line {columns.lines[0]}: {error}") from None
    expected = PER_DECAY[nuclide]
    low, high = expected * (1 - TOLERANCE), expected * (1 + TOLERANCE)
    what = f"antineutrinos per decay of {nuclide}"
    check_integral(spectrum.total, low, high, what, file, bin_width=float(np.median(np.diff(energy))))
    return spectrum
