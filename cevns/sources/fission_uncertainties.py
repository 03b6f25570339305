"""Uncertainties of the antineutrinos of fission: the errors published with the fits, as changes of the spectra.

Each error is one nuisance parameter. The density of an isotope changes by S(E) r(E) a standard deviation, with the relative
error r at 2, 2.25, … 8 MeV and a straight line of S r between. Nothing is published below 2 MeV, and nothing stands here for
it.

    statistics            of the beta spectra, and the bias of their conversion: each energy and isotope for itself
    normalization         of the beta spectra: all energies and isotopes together
    weak magnetism        of the conversion (Huber): all together, and of both signs
    nuclear charge        of the conversion (Huber): all together
    shape corrections     Coulomb and weak magnetism (Mueller): all together
    conversion            the choice of branches (Mueller): the energies of an isotope together
    nuclear data, forbidden transitions, missing data      of summed decays, ²³⁸U (Mueller): its energies together

P. Huber gives the correlations with his tables. For those of Th. A. Mueller et al. they are a choice: what is a property of the
method moves all energies together, which is the larger error in a rate. Others take conversion and the errors of ²³⁸U as
independent from one energy to the next, and find less: 3.0 % of the antineutrinos of ²³⁸U above 2 MeV, where this is 10.5 %.

Formulas
--------
errors of fission spectra, `FissionError`: δφ(E) = S(E) r(E)
    P. Huber, Phys. Rev. C 84 (2011) 024617; Th. A. Mueller et al., Phys. Rev. C 83 (2011) 054615
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np

from .._arguments import Array, known_name
from .._immutable import frozen, kept, sealed, sealing
from ..data.tables import lines
from ..fluxes.spectra import Table
from .fission import MODELS, FissionSpectrum

_FILE = "fission_uncertainties.csv"


class FissionError(Table):
    """The change of the antineutrinos of one fission for a standard deviation of one nuisance parameter [1/MeV].

    Parameters
    ----------
    isotope, model, end
        As for `FissionSpectrum`.
    parameter : str
        One of the errors at the top of `cevns.sources.fission_uncertainties`: "fission normalization", "235U at 3 MeV".

    Raises
    ------
    InputError, UnknownNameError
        For a spectrum or a parameter that is not known.

    Examples
    --------
    >>> from cevns import sources
    >>> f"{sources.FissionError('235U', 'huber-mueller', 12.0, 'fission normalization').total:.4f}"
    '0.0297'
    """

    isotope: str
    model: str
    end: float
    parameter: str

    interpolation = "linear"
    signed = True

    def __init__(self, isotope: str, model: str, end: float, parameter: str) -> None:
        spectrum = FissionSpectrum(isotope, model, end)
        known_name(parameter, _relative(isotope, model, spectrum.end), "parameter of a fission spectrum")
        self.__dict__.update(isotope=isotope, model=model, end=spectrum.end, parameter=parameter)

    @kept
    def energy(self) -> Array:
        """Where the error is given [MeV]."""
        return _points(self.end)

    @kept
    def values(self) -> Array:
        """Made when they are asked for: a reactor has 80 of them."""
        relative = _relative(self.isotope, self.model, self.end)[self.parameter]
        return np.asarray(FissionSpectrum(self.isotope, self.model, self.end).density(self.energy) * relative)

    def _parameters(self) -> tuple[Any, ...]:
        return self.isotope, self.model, self.end, self.parameter


@lru_cache(maxsize=16)
def changes(spectrum: FissionSpectrum) -> tuple[tuple[str, FissionError], ...]:
    """(name of the nuisance parameter, change of the density [1/MeV] a standard deviation); none for Vogel and Engel."""
    isotope, model, end = spectrum.isotope, spectrum.model, spectrum.end
    return tuple((name, _error(isotope, model, end, name)) for name in _relative(isotope, model, end))


def _error(isotope: str, model: str, end: float, parameter: str) -> FissionError:
    """Without the checks of the constructor."""
    error = FissionError.__new__(FissionError)
    error.__dict__.update(isotope=isotope, model=model, end=end, parameter=parameter)
    return error


@lru_cache(maxsize=16)
@sealing
def _relative(isotope: str, model: str, end: float) -> dict[str, Array]:
    """Nuisance parameter → relative change of the density at `_points(end)`, not all of it 0."""
    energy, points = _points(end), _energies()
    names: list[str] = []
    found: list[Array] = []
    squares = np.zeros(points.size)
    for kind, shared, relative in _errors(MODELS[model][isotope != "238U"], isotope):
        if shared == "bins":
            squares += relative**2
        else:
            names.append(f"fission {kind}" if shared == "all" else f"{isotope} {kind}")
            found.append(relative)
    names += [f"{isotope} at {E:g} MeV" for E in points.tolist()]
    table = np.concatenate([np.reshape(found, (-1, points.size)), np.diag(np.sqrt(squares))])
    if energy.size < points.size or energy[-1] < points[-1]:
        table = np.stack([np.interp(energy, points, relative) for relative in table])
    largest = np.abs(table).max(axis=1).tolist()
    return {name: sealed(relative) for name, relative, size in zip(names, table, largest, strict=True) if size > 0}


@cache
@sealing
def _points(end: float) -> Array:
    """Where errors are given up to the end of a spectrum [MeV], and that end."""
    points = _energies()
    if end >= points[-1]:
        return points
    return sealed(np.append(points[points < end], end))


@cache
@sealing
def _energies() -> Array:
    """Where errors are given [MeV]."""
    return frozen([float(name) for name in lines(_FILE)[0].split(",")[4:]])


@cache
@sealing
def _errors(table: str, isotope: str) -> tuple[tuple[str, str, Array], ...]:
    """Kind, what it is shared by, and relative size at each energy."""
    found = (line.split(",", 4) for line in lines(_FILE)[1:] if line.startswith(f"{table},{isotope},"))
    return tuple((kind, shared, np.fromstring(values, sep=",") / 100) for _, _, kind, shared, values in found)
