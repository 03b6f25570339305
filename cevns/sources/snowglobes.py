"""Flux files of SNOwGLoBES: fluences of a supernova's burst, or fluxes of other sources per second, in bins of energy.

Seven columns: energy [GeV], then nue, numu, nutau, nuebar, numubar, nutaubar. SNOwGLoBES itself writes 501 rows from 0 to
0.1 GeV, each with φ(E) × 0.2 MeV [cm⁻²]: the fluence in a bin, not per MeV (`fluxes/pinched.cc` in its repository). Those of
the Sun (`solar_bs05op_mixed.dat`) and of pion decay at rest (`stpi.dat`) are in the same bins, per second.

K. Scholberg, Annu. Rev. Nucl. Part. Sci. 62 (2012) 81; https://github.com/SNOwGLoBES/snowglobes.

Formulas
--------
files of SNOwGLoBES, `snowglobes`: φ(E) = contents/0.2 MeV
    K. Scholberg, Annu. Rev. Nucl. Part. Sci. 62 (2012) 81
"""

from __future__ import annotations

import os
from types import MappingProxyType

import numpy as np

from .. import constants
from .._arguments import known_name, real_number
from ..data.columns import check_integral, name_of, read_columns
from ..errors import InputError
from ..fluxes.components import Component
from ..fluxes.flux import Flux
from ..fluxes.spectra import Table
from ._geometry import sphere

ENERGY = (1e53, 1e54)  # erg: a neutron star's binding energy is 3e53, within a factor of 2
MEAN_ENERGY = MappingProxyType({"burst": (1.0, 100.0), "s": (0.05, 100.0)})  # MeV: 0.27 of neutrinos from pp

_GEV = 1e3  # MeV
_AREAS = {"cm2": 1.0, "m2": 1e-4}  # of 1/area in 1/cm²


def snowglobes(
    path: str | os.PathLike[str],
    *,
    per: str = "bin",
    bin_width: float | None = None,
    area_unit: str = "cm2",
    distance: float = 10.0,
    emitted: tuple[float, float] | None = ENERGY,
    name: str | None = None,
) -> Flux:
    """The fluence, or the flux per second, in a flux file of SNOwGLoBES.

    Parameters
    ----------
    path : path
        The file: seven columns, # begins a comment.
    per : {"bin", "MeV", "s"}
        Whether the columns are fluences of a burst in a bin, as most of SNOwGLoBES are, fluences per MeV, or fluxes per second
        in a bin, as those of the Sun and of pion decay at rest are.
    bin_width : float, optional
        Width of a bin [MeV], > 0; by default the distance of the energies, which must then be even.
    area_unit : {"cm2", "m2"}
        Fluences are per cm² or per m².
    distance : float
        To the supernova of the file [kpc], > 0; it only serves the check that follows.
    emitted : (float, float), optional
        Lowest and highest energy that the supernova may have emitted [erg]: a file in other units is then refused. None for no
        check, as for a slice of time or another source. A flux per second has none.
    name : str, optional
        Name of the components: "supernova" by default, and for a flux per second the name of the file.

    Returns
    -------
    Flux
        Per burst [cm⁻² MeV⁻¹] or second [cm⁻² s⁻¹ MeV⁻¹], straight lines between the energies. Flavours that are 0 throughout
        are left out.

    Raises
    ------
    InputError
        For other than seven columns, energies that do not increase or are uneven, negative values, a mean energy outside 1 (per
        second: 0.05) to 100 MeV, an energy emitted outside `emitted`; the message names the file and the mix-up of units that
        would explain it.
    OSError
        If the file cannot be read.

    Notes
    -----
    Contents of bins are divided by their width and taken for values at the energies, as they were made. The sum of a column is
    the integral, but for half of the first and the last row, where fluxes are 0.

    Examples
    --------
    >>> import os, tempfile
    >>> from cevns import sources
    >>> burst = sources.supernova()
    >>> E = 2e-4 * np.arange(501)  # GeV
    >>> columns = [E, *(0.2 * burst.spectrum(1e3 * E, flavor) for flavor in burst.flavors)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "pinched_0.dat")
    ...     np.savetxt(path, np.transpose(columns))
    ...     flux = sources.snowglobes(path)
    >>> f"{flux.total():.4e} {burst.total():.4e}"
    '9.7085e+11 9.7085e+11'
    """
    known_name(per, ("bin", "MeV", "s"), "meaning of the columns (per)")
    unit = "s" if per == "s" else "burst"
    area = _AREAS[known_name(area_unit, _AREAS, "area_unit")]
    columns = read_columns(path)
    if columns.cells.shape[1] != 7:
        raise InputError(
            f"{columns.path}, line {columns.lines[0]}: 7 columns are expected, energy and six flavours "
            f"(got {columns.cells.shape[1]})"
        )
    energy = columns.column(0) * _GEV
    widths = np.diff(energy)
    if not (widths.size and (widths > 0).all()):
        at = columns.lines[int(np.argmax(widths <= 0)) + 1] if widths.size else columns.lines[0]
        raise InputError(f"{columns.path}, line {at}: energies must increase, and be 2 or more")
    if bin_width is not None:
        width = real_number(bin_width, "bin_width", unit="MeV", minimum=0.0, above=True)
    else:
        width = float(energy[-1] - energy[0]) / widths.size
        if per != "MeV" and np.abs(widths - width).max() > 1e-3 * width:
            raise InputError(
                f"{columns.path}, line {columns.lines[0]}: there are bins of {widths.min():g} to {widths.max():g} MeV: "
                "give their bin_width"
            )
    scale = area if per == "MeV" else area / width
    name = name or (name_of(columns.path) if unit == "s" else "supernova")
    components = []
    for number, flavor in enumerate(constants.FLAVORS, 1):
        values = columns.column(number)
        columns.refuse(~(values >= 0), f"{flavor}: values must be >= 0", number)
        if values.any():
            try:
                components.append(Component(flavor, name, Table(energy, values * scale)))
            except InputError as error:
                raise InputError(f"{columns.path}, first row in line {columns.lines[0]}: {flavor}: {error}") from None
    if not components:
        raise InputError(f"{columns.path}, line {columns.lines[0]}: there is no flux: all is 0")
    flux = Flux(tuple(components), unit)
    mean = flux.mean_energy()
    if unit == "burst" and MEAN_ENERGY["s"][0] <= mean < MEAN_ENERGY["burst"][0]:
        raise InputError(
            f"{columns.path} has a mean energy of {mean:.3g} MeV, but 1 to 100 MeV is possible for a burst: "
            "fluxes per second, as those of the Sun, need per='s'"
        )
    check_integral(mean, *MEAN_ENERGY[unit], "MeV of mean energy", columns.path)
    if emitted is not None and unit == "burst":
        low, high = emitted
        radius = constants.KILOPARSEC * real_number(distance, "distance", unit="kpc", minimum=0.0, above=True)
        erg = flux.total() * mean * sphere(radius) / constants.ERG
        check_integral(erg, low, high, "erg emitted", columns.path, bin_width=width)
    return flux
