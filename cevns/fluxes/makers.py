"""Fluxes from tables, files and functions."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import (
    Array,
    in_unit,
    known_name,
    mapped,
    real_number,
    shown,
)
from ..errors import InputError, UnknownNameError
from ._base import Components, density_unit
from .components import Component
from .spectra import Function, Lines, Table

ENERGY_UNITS = MappingProxyType({"MeV": 1.0, "GeV": 1e3, "keV": 1e-3})  # MeV
AREA_UNITS = MappingProxyType({"cm2": 1.0, "m2": 1e4})  # cm²


class Makers(Components):
    """The makers of a `cevns.Flux`."""

    @classmethod
    def from_table(
        cls,
        energy: ArrayLike,
        densities: Mapping[str, ArrayLike],
        *,
        lines: Mapping[str, Sequence[tuple[float, float]]] | None = None,
        interpolation: str = "linear",
        contents: bool = False,
        per: str = "s",
        name: str = "table",
    ) -> Self:
        """A flux from tabulated densities; its rates are exact for the table as it is interpolated.

        Parameters
        ----------
        energy : array_like (n,)
            Increasing energies [MeV], ≥ 0; the edges of the bins for a histogram. The flux is 0 outside.
        densities : mapping
            Flavour → densities (n,) [cm⁻² s⁻¹ MeV⁻¹, a burst: cm⁻² MeV⁻¹], ≥ 0; (n − 1,) for a histogram, where they are
            densities and not contents of bins.
        lines : mapping, optional
            Flavour → list of (energy [MeV], weight [cm⁻² s⁻¹]) of lines on top.
        interpolation : {"linear", "loglog", "histogram"}
            Straight lines or power laws between the points, or constant in each bin. "loglog" needs positive values.
        contents : bool
            Whether the values of a histogram are contents of its bins [cm⁻² s⁻¹, a burst: cm⁻²] and not densities.
        per : {"s", "burst"}
            The unit.
        name : str
            Name of the components.

        Raises
        ------
        InputError, UnknownNameError
            For energies that do not increase, negative or nan values, lengths that do not match, an unknown flavour.

        Examples
        --------
        >>> flux = cevns.Flux.from_table([1.0, 2.0, 8.0], {"nuebar": [3e12, 2e12, 0.0]})
        >>> flux.total()
        8500000000000.0
        """
        densities, lines = mapped(densities), mapped(lines)
        if not isinstance(densities, Mapping) or not (lines is None or isinstance(lines, Mapping)):
            raise InputError("densities and lines must map flavors to values, as {'nue': [...]}")
        if contents and interpolation != "histogram":
            raise InputError(f"contents=True needs interpolation='histogram' (got {shown(interpolation)})")
        density = density_unit(per)
        number = density.removesuffix(" MeV⁻¹")
        energy = in_unit(energy, "energy", "MeV")
        components = []
        for flavor, values in densities.items():
            known_name(flavor, constants.FLAVORS, "flavor")
            try:
                values = in_unit(values, "values", number if contents else density)
                if contents:
                    Table(energy, values, interpolation)  # what is wrong with it is said of what was given
                    values = np.asarray(values, dtype=np.float64) / np.diff(np.asarray(energy, dtype=np.float64))
                components.append(Component(flavor, name, Table(energy, values, interpolation)))
            except InputError as error:
                raise InputError(f"{flavor}: {error}") from None
        for flavor, pairs in (lines or {}).items():
            known_name(flavor, constants.FLAVORS, "flavor")
            try:
                energies, weights = zip(*pairs, strict=True)
            except (TypeError, ValueError):
                raise InputError(f"{flavor}: lines must be (energy, weight) pairs (got {shown(pairs)})") from None
            weights = in_unit(weights, "line weight", number)
            components.append(Component(flavor, name, Lines(energies, weights)))
        return cls(tuple(components), per)

    @classmethod
    def from_csv(
        cls,
        path: str | os.PathLike[str],
        *,
        interpolation: str = "linear",
        contents: bool = False,
        energy_unit: str = "MeV",
        area_unit: str = "cm2",
        total: tuple[float, float] | None = None,
        mean_energy: tuple[float, float] | None = None,
        per: str = "s",
        name: str | None = None,
    ) -> Self:
        """A flux from a file of columns, or from one that `to_csv` has written.

        The file has a header `energy,nue,numubar,…`, which may stand behind #, then energies and densities, separated by commas
        or blanks; # begins a comment. The header may say the unit of the energies, as `energy [GeV]` or `E_GeV`, which must
        then be `energy_unit`. What `to_csv` has written needs no arguments and comes back as it was; a part of it is refused,
        and so is what has been changed since: whoever does that on purpose makes the last line `# end of 12 rows`.

        Parameters
        ----------
        path : path
            The file.
        interpolation, contents, per
            As for `from_table`; the last density of a histogram may be left empty.
        energy_unit : {"MeV", "GeV", "keV"}
            Unit of the energies, and densities are per it.
        area_unit : {"cm2", "m2"}
            Densities are per cm² or per m².
        total : (float, float), optional
            Range of the integral over all flavours [cm⁻² s⁻¹, a burst: cm⁻²]: a file with other areas, contents of
            bins or a wrong scale is then refused and not passed on.
        mean_energy : (float, float), optional
            Range of the mean energy [MeV]: it tells GeV from MeV where the integral, in GeV times 1/GeV, does not.
        name : str
            Name of the components, that of the file by default.

        Raises
        ------
        InputError, UnknownNameError
            For a header without `energy`, with unknown flavours, another unit or a flux per steradian, rows of another length,
            what is not a number, a file that is cut, an integral outside `total` or a mean outside `mean_energy`; the message
            names file and line.
        """
        from ..data.columns import check_integral, name_of, path_of  # readers of files cost at import
        from . import csv_files

        MeV = ENERGY_UNITS[known_name(energy_unit, ENERGY_UNITS, "energy_unit")]
        cm2 = AREA_UNITS[known_name(area_unit, AREA_UNITS, "area_unit")]
        path = path_of(path)
        written = csv_files.read(path)
        if written is not None:
            try:
                return cls(**written)
            except (InputError, UnknownNameError) as error:
                raise InputError(f"{path}, line 1: {error}") from None
        energy, columns, first_line = csv_files.read_densities(path, interpolation == "histogram", energy_unit, area_unit, per)
        densities = {flavor: values / (cm2 if contents else cm2 * MeV) for flavor, values in columns.items()}
        name = name or name_of(path)
        try:
            flux = cls.from_table(energy * MeV, densities, interpolation=interpolation, contents=contents, per=per, name=name)
        except InputError as error:
            raise InputError(f"{path}, first row in line {first_line}: {error}") from None
        width = float(np.median(np.diff(energy))) * MeV
        unit = "cm⁻² s⁻¹" if per == "s" else "cm⁻²"
        checks = {"total": (total, flux.total(), unit), "mean_energy": (mean_energy, flux.mean_energy(), "MeV on average")}
        for argument, (limits, value, what) in checks.items():
            if limits is not None:
                low, high = (real_number(limit, argument, minimum=0.0, infinite=True) for limit in limits)
                check_integral(value, low, high, what, path, bin_width=width, sky=argument == "total")
        return flux

    @classmethod
    def from_function(
        cls,
        densities: Mapping[str, Callable[[Array], Array]],
        edges: Sequence[float],
        *,
        tolerance: float = 1e-12,
        per: str = "s",
        name: str = "function",
    ) -> Self:
        """A flux from functions of the energy, sampled adaptively.

        Parameters
        ----------
        densities : mapping
            Flavour → function that takes an array of energies [MeV] and returns densities [cm⁻² s⁻¹ MeV⁻¹; a burst:
            cm⁻² MeV⁻¹], ≥ 0, or quantities that convert to them.
        edges : sequence
            Lowest energy (may be 0), energies at which a function or its derivatives jump, highest energy [MeV]. A Gaussian
            peak is found by itself if its σ is 1e-5 of the range or more; name the energy of a narrower one here.
        tolerance : float
            Largest error of the interpolation, relative to the largest value nearby; 1e-13 to 1e-2.
        per, name
            As for `from_table`.

        Raises
        ------
        InputError, UnknownNameError
            For functions that are negative, nan, 0 everywhere or not smooth between the edges, an unknown flavour.
        """
        densities = mapped(densities)
        if not isinstance(densities, Mapping):
            raise InputError(f"densities must map flavors to functions, as {{'nue': f}} (got {shown(densities)})")
        unit = density_unit(per)
        return cls(
            tuple(
                Component(known_name(flavor, constants.FLAVORS, "flavor"), name, Function(function, edges, tolerance, unit))
                for flavor, function in densities.items()
            ),
            per,
        )
