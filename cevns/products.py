"""Products: a spectrum times a function of the energy, a probability of oscillation or a relative uncertainty."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ._arguments import Array, increasing, real_array
from .errors import InputError
from .panels import before_grading, panels_of
from .spectra import Lines, Smooth, Spectrum, Table

Factor = Callable[[Array], Array]

TOLERANCE = 1e-11  # of the largest value nearby: what is left of probabilities after the rounding of a diagonalisation
ROUNDING = 1e-13  # of the spectrum: a probability near 0 is what is left of numbers near 1


def product(spectrum: Spectrum, factor: "Factor | Table") -> Spectrum:
    """The spectrum times a factor, exact for lines and kept as panels (1e-11) otherwise.

    Parameters
    ----------
    spectrum : Spectrum
        φ(E).
    factor : Table or callable
        Takes energies [MeV] as an array and returns as many numbers, of any sign. Energies at which it is not smooth stand in
        its attribute `breaks`, if it has one. A Table is 0 outside its range.
    """
    if isinstance(spectrum, Lines):
        values = factor.density(spectrum.energies) if isinstance(factor, Table) else factor(spectrum.energies)
        return Lines(spectrum.energies, spectrum.weights * values, signed=True)
    return Product(spectrum, factor)


class Product(Smooth):
    """A spectrum without lines times a factor; see `product`."""

    spectrum: Spectrum
    factor: "Factor | Table"
    signed = True  # it may be

    def __init__(self, spectrum: Spectrum, factor: "Factor | Table") -> None:
        if not isinstance(spectrum, Spectrum) or not (isinstance(factor, Table) or callable(factor)):
            raise InputError(f"a product needs a spectrum and a function of the energy (got {spectrum!r} and {factor!r})")
        self.__dict__.update(spectrum=spectrum, factor=factor)

    @property
    def edges(self) -> tuple[float, ...]:
        own = np.asarray(edges_of(self.spectrum), dtype=np.float64)
        other = np.asarray(self._other_breaks, dtype=np.float64)
        return tuple(increasing(np.concatenate([own, other[(other > own[0]) & (other < own[-1])]])).tolist())

    def density(self, energy: Array) -> Array:
        energy = np.asarray(energy, dtype=np.float64)
        return self.spectrum.density(energy) * self._factor(energy)

    def density_between(self, energy: Array) -> Array:
        return np.asarray(self._inner(energy) * self._factor(energy))

    @property
    def _other_breaks(self) -> Sequence[float] | Array:
        breaks: Sequence[float] | Array = getattr(self.factor, "breaks", ())
        return breaks

    @property
    def _inner(self) -> Callable[[Array], Array]:
        between: Callable[[Array], Array] = getattr(self.spectrum, "density_between", self.spectrum.density)
        return between

    def _factor(self, energy: Array) -> Array:
        values = self.factor.density(energy) if isinstance(self.factor, Table) else self.factor(energy)
        return real_array(np.broadcast_to(values, energy.shape), "factor of a spectrum")

    @cached_property
    def _panels(self) -> tuple[Array, Array]:
        edges, octaves = np.asarray(self.edges), True
        if isinstance(self.spectrum, Smooth) and not len(self._other_breaks):
            edges, octaves = before_grading(self.spectrum._panels[0]), False  # what serves the spectrum nearly serves this too
        return panels_of(self.density_between, edges, TOLERANCE, lambda E: ROUNDING * self._inner(E), octaves=octaves)

    def _parameters(self) -> tuple[Any, ...]:
        return self.spectrum, self.factor


class Combination(Smooth):
    """A sum of spectra without lines, each times a number of any sign.

    Rates take its members, whose moments other sums share: three flavours that arrive from one cost no more than the functions
    of the energy in their probabilities.

    Parameters
    ----------
    members : sequence of (Spectrum, float)
        The spectra and their factors; energies at which one is not smooth are those of the first.
    """

    members: tuple[tuple[Spectrum, float], ...]
    signed = True  # it may be

    def __init__(self, members: Sequence[tuple[Spectrum, float]]) -> None:
        self.__dict__["members"] = tuple((spectrum, float(factor)) for spectrum, factor in members)

    @property
    def parts(self) -> tuple[tuple[Spectrum, float], ...]:
        return tuple((part, factor * inner) for spectrum, factor in self.members for part, inner in spectrum.parts)

    @property
    def edges(self) -> tuple[float, ...]:
        return tuple(increasing(np.concatenate([edges_of(spectrum) for spectrum, _ in self.members])).tolist())

    @property
    def breaks(self) -> Array:
        return self.members[0][0].breaks

    def density(self, energy: Array) -> Array:
        return np.asarray(sum(factor * spectrum.density(energy) for spectrum, factor in self.members))

    def density_between(self, energy: Array) -> Array:
        return np.asarray(
            sum(factor * getattr(spectrum, "density_between", spectrum.density)(energy) for spectrum, factor in self.members)
        )

    @cached_property
    def total(self) -> float:
        return float(sum(factor * spectrum.total for spectrum, factor in self.members))

    @cached_property
    def energy_sum(self) -> float:
        return float(sum(factor * spectrum.energy_sum for spectrum, factor in self.members))

    def _parameters(self) -> tuple[Any, ...]:
        return (self.members,)


def edges_of(spectrum: Spectrum) -> Any:
    """Where a spectrum begins, ends and is not smooth: its breaks, without the cuts of its panels."""
    if isinstance(spectrum, Smooth):
        return spectrum.edges
    if isinstance(spectrum, Table):
        return spectrum.energy
    return 0.0, *spectrum.breaks
