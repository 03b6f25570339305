"""Spectra of fission from a file: tables that reach over the full range, such as those of summed decays.

Formulas
--------
fission spectra from files, `fission_table`, `FissionTable`: linear between the points of a table
    your own table
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .._arguments import Array, digits, known_name, mapped, pairs_of, shown
from .._numerics.quadrature import trapezoid
from .._texts import of_fields
from ..data.columns import Columns, check_integral, name_of, read_columns, unit_in
from ..errors import InputError, UnknownNameError
from ..fluxes.spectra import Spectrum, Table
from .fission import END, ISOTOPES, FissionSpectrum

TOTAL = "total"
_HOLDS = (*ISOTOPES, TOTAL)

# Of Huber–Mueller in the same range. Tables of Périssé, Mueller, Huber, Hayes, Silaeva and Kopeikin are from 0.94 to 1.08.
_POSSIBLE = (0.7, 1.4)
_ENDS = (3.0, 20.0)  # MeV
_USUAL = {"235U": 0.55, "238U": 0.07, "239Pu": 0.32, "241Pu": 0.06}


@dataclass(frozen=True)
class FissionTable:
    """Spectra of fission [antineutrinos per MeV and fission] by isotope, for `reactor(model=...)`; see `fission_table`.

    Parameters
    ----------
    spectra : mapping, or pairs
        Isotope, or "total" for a whole reactor with its captures → spectrum.
    name : str
        The name of the table.

    Raises
    ------
    InputError, UnknownNameError
        For no spectra, what is not a spectrum, an unknown isotope.
    """

    spectra: tuple[tuple[str, Spectrum], ...]
    name: str = "table"

    if TYPE_CHECKING:

        def __init__(self, spectra: Mapping[str, Spectrum] | Iterable[tuple[str, Spectrum]], name: str = "table") -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        given = pairs_of(self.spectra, "spectra must map fissile isotopes to spectra of cevns.spectra")
        spectra = tuple((known_name(isotope, _HOLDS, "fissile isotope"), spectrum) for isotope, spectrum in given)
        if not spectra or not all(isinstance(spectrum, Spectrum) for _, spectrum in spectra):
            raise InputError(f"spectra must map fissile isotopes to spectra of cevns.spectra (got {shown(self.spectra)})")
        if len(dict(spectra)) < len(spectra):
            raise InputError(f"spectra must hold each isotope once (got {', '.join(isotope for isotope, _ in spectra)})")
        object.__setattr__(self, "spectra", spectra)

    @property
    def isotopes(self) -> tuple[str, ...]:
        """The isotopes that it holds."""
        return tuple(isotope for isotope, _ in self.spectra)

    def spectrum(self, isotope: str) -> Spectrum:
        """The spectrum of an isotope, or "total".

        Raises
        ------
        UnknownNameError
            If the table does not hold it.
        """
        known_name(isotope, self.isotopes, f"isotope of the table {self.name!r}")
        return dict(self.spectra)[isotope]


def fission_table(
    path: str | os.PathLike[str],
    *,
    columns: Mapping[str, str | int] | None = None,
    interpolation: str = "histogram",
) -> FissionTable:
    """Read spectra of fission from a file, for `reactor(model=...)`.

    Parameters
    ----------
    path : path
        Numbers in columns, separated by commas or blanks: energies [MeV], then antineutrinos per MeV and fission, as in the
        tables of BESTIOLE (L. Périssé et al., Phys. Rev. C 108 (2023) 055501, in their supplement). A header names the
        isotopes, as U235, 235U or U-235; # begins a comment.
    columns : mapping, optional
        For other layouts: isotope → name of its column, or its number counted from 0 (the first, 0, is the energy). "total"
        instead of isotopes is the spectrum of a whole reactor for each of its fissions, captures included. Other columns are
        left out.
    interpolation : {"histogram", "linear"}
        Energies are middles of bins of equal width, in which the density is constant; or points, joined by straight lines.

    Returns
    -------
    FissionTable
        The spectra.

    Raises
    ------
    InputError, UnknownNameError
        For another layout, energies that do not increase or, in a histogram, do not keep their step, negative densities, and an
        integral or a mean energy that is impossible: each isotope must have 0.7 to 1.4 times the antineutrinos of Huber–Mueller
        between the table's first and last energy (published tables: 0.94 to 1.08), and their mean energy as nearly. Contents of
        bins instead of densities, and energies in keV or GeV, are found so; the message says which.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from cevns import sources
    >>> table = sources.fission_table("bestiole.csv")  # doctest: +SKIP
    >>> flux = sources.reactor(power=3.6, distance=20.7, model=table)  # doctest: +SKIP
    """
    known_name(interpolation, ("histogram", "linear"), "interpolation of a table of fission")
    file = read_columns(path)
    spectra = []
    for isotope, column in _columns(file, columns).items():
        energy, values = file.increasing(0, "energies", "MeV"), file.column(column)
        file.refuse(~(values >= 0), f"{isotope}: values must be >= 0", column)
        try:
            points = _edges(energy) if interpolation == "histogram" else energy
            spectrum = Table(points, values, interpolation)
        except InputError as error:
            raise InputError(f"{file.path}, {isotope}: {error}") from None
        _check(spectrum, isotope, file.path)
        spectra.append((isotope, spectrum))
    return FissionTable(tuple(spectra), name_of(file.path))


def _columns(file: Columns, columns: Mapping[str, str | int] | None) -> dict[str, int]:
    """Number of the column of each isotope."""
    where = f"{file.path}, line {file.header_line}"
    width = file.cells.shape[1]
    said = unit_in(file.names[0]) if file.names else None
    if said not in (None, "MeV"):
        raise InputError(f"{where}: energies are in {said} (header {file.names[0]!r}), but MeV is expected")
    if width < 2:
        raise InputError(f"{where}: two columns or more expected, energies and densities (got {width})")
    found: dict[str, int] = {}
    if columns is None:
        if not file.names:
            raise InputError(f"{where}: no header says what the columns are; columns={{'235U': 1}} does")
        for i, name in enumerate(file.names[1:], 1):
            isotope = _isotope(name)
            if isotope is None:
                raise UnknownNameError(
                    f"{where}: unknown fissile isotope {name!r} in the header; columns={{'235U': {name!r}}} says what it is"
                )
            if isotope in found:
                raise InputError(f"{where}: {isotope} stands twice in the header")
            found[isotope] = i
        return found
    columns = mapped(columns)
    if not isinstance(columns, Mapping) or not columns:
        raise InputError(f"columns must map isotopes to columns, as {{'235U': 1}} (got {shown(columns)})")
    for isotope, column in columns.items():
        known_name(isotope, _HOLDS, "fissile isotope")
        if isinstance(column, str):
            known_name(column, file.names[1:], f"column of {file.path}")
            column = file.names.index(column)
        if isinstance(column, bool) or not isinstance(column, int | np.integer) or not 1 <= column < width:
            raise InputError(f"column of {isotope} must be a name or a number from 1 to {width - 1} (got {shown(column)})")
        found[isotope] = int(column)
    return found


def _isotope(name: str) -> str | None:
    """A name of cevns for U235, 235U, U-235 or u_235; None for what is none."""
    letters = "".join(c for c in name if c.isalpha()).lower()
    digits = "".join(c for c in name if c.isdigit())
    return next((isotope for isotope in ISOTOPES if isotope.lower() == digits + letters), None)


def _edges(middles: Array) -> Array:
    """Edges of bins of equal width."""
    steps = np.diff(middles)
    if middles.size < 2 or (steps <= 0).any():
        raise InputError("energies must increase")
    width = float(middles[-1] - middles[0]) / steps.size
    if np.abs(steps - width).max() > 0.01 * width:
        raise InputError(
            f"a histogram needs energies in equal steps (got steps of {digits(steps.min())} to {digits(steps.max())} MeV); "
            "interpolation='linear' takes any"
        )
    edges = middles[0] + width * (np.arange(middles.size + 1) - 0.5)
    if abs(edges[0]) < 0.01 * width:  # rounding
        edges[0] = 0.0
    return np.asarray(edges)


def _check(spectrum: Table, isotope: str, path: str) -> None:
    """Refuse what is in other units: a table has about as many antineutrinos as Huber–Mueller, of about their energies."""
    from .beta_decay import BetaDecay

    low, high = float(spectrum.energy[0]), float(spectrum.energy[-1])
    if not (high >= _ENDS[0] and high <= _ENDS[1] and low < high / 2):
        unit = "GeV" if high < _ENDS[0] else "keV"
        raise InputError(
            f"{path}, {isotope}: energies reach from {low:g} to {high:g} MeV; those of fission must end between "
            f"{_ENDS[0]:g} and {_ENDS[1]:g} MeV and begin below half of that: perhaps they are in {unit}"
        )
    E = np.linspace(low, min(high, END), 2001)
    shares = _USUAL if isotope == TOTAL else {isotope: 1.0}
    density = sum((f * FissionSpectrum(i).density(E) for i, f in shares.items()), np.zeros(E.size))
    if isotope == TOTAL:
        density += 0.6 * (BetaDecay("239U").density(E) + BetaDecay("239Np").density(E))
    expected = trapezoid(density, E)
    least, most = _POSSIBLE
    what = f"antineutrinos per fission of {isotope} from {low:g} to {high:g} MeV"
    width = float(np.median(np.diff(spectrum.energy)))
    check_integral(spectrum.total, round(least * expected, 2), round(most * expected, 2), what, path, bin_width=width)
    mean, usual = spectrum.energy_sum / spectrum.total, trapezoid(E * density, E) / expected
    if not least * usual <= mean <= most * usual:
        raise InputError(
            f"{path}, {isotope}: the mean energy is {mean:.4g} MeV, but {least * usual:.3g} to {most * usual:.3g} MeV is "
            "possible: perhaps energies are not in MeV"
        )
