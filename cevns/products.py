"""Products: a spectrum times a function of the energy, a probability of oscillation or a relative uncertainty."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from ._arguments import Array, real_array
from .panels import panels_of
from .spectra import Lines, Smooth, Spectrum, Table

Factor = Callable[[Array], Array]

TOLERANCE = 1e-11  # of the largest value nearby: what is left of probabilities after the rounding of a diagonalisation


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
        self.__dict__.update(spectrum=spectrum, factor=factor)

    @property
    def edges(self) -> tuple[float, ...]:
        own = np.asarray(edges_of(self.spectrum), dtype=np.float64)
        other = np.asarray(getattr(self.factor, "breaks", ()), dtype=np.float64)
        return tuple(np.unique(np.concatenate([own, other[(other > own[0]) & (other < own[-1])]])).tolist())

    def density(self, energy: Array) -> Array:
        energy = np.asarray(energy, dtype=np.float64)
        return self.spectrum.density(energy) * self._factor(energy)

    def density_between(self, energy: Array) -> Array:
        inner = getattr(self.spectrum, "density_between", self.spectrum.density)
        return np.asarray(inner(energy) * self._factor(energy))

    def _factor(self, energy: Array) -> Array:
        values = self.factor.density(energy) if isinstance(self.factor, Table) else self.factor(energy)
        return real_array(np.broadcast_to(values, energy.shape), "factor of a spectrum")

    @cached_property
    def _panels(self) -> tuple[Array, Array]:
        return panels_of(self.density_between, np.asarray(self.edges), TOLERANCE)

    def _parameters(self) -> tuple[Any, ...]:
        return self.spectrum, self.factor


def edges_of(spectrum: Spectrum) -> Any:
    """Where a spectrum begins, ends and is not smooth: its breaks, without the cuts of its panels."""
    if isinstance(spectrum, Smooth):
        return spectrum.edges
    if isinstance(spectrum, Table):
        return spectrum.energy
    return 0.0, *spectrum.breaks
