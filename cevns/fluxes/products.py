"""Products: a spectrum times a function of the energy, a probability of oscillation or a relative uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, answer_of, in_unit, increasing, real_array, shown
from .._immutable import kept
from .._numerics.panels import before_grading, evaluate, panels_of
from ..errors import InputError
from .sampling import energies
from .spectra import LOWEST_ENERGY, Lines, Smooth, Spectrum, Table

Factor = Callable[[Array], Array]

TOLERANCE = 1e-11  # of the largest value nearby: what is left of probabilities after the rounding of a diagonalisation
ROUNDING = 1e-13  # of the spectrum: a probability near 0 is what is left of numbers near 1


def product(spectrum: Spectrum, factor: Factor | Table) -> Spectrum:
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
        values = factor.density(spectrum.energies) if isinstance(factor, Table) else _asked(factor, spectrum.energies)
        return Lines(spectrum.energies, spectrum.weights * values, signed=True)
    return Product(spectrum, factor)


def products(spectrum: Spectrum, factors: Sequence[Factor]) -> list[Product]:
    """A spectrum without lines times each of several factors that have the same `breaks`.

    They share their panels, which are made when the first is asked for. Where the factors have a method `together`, it takes
    all of them, and energies, and returns their values (factors, …): what they have in common is then computed once.
    """
    together = _Together(spectrum, factors)
    made = [Product(spectrum, factor) for factor in factors]
    for i, one in enumerate(made):
        one.__dict__["_place"] = together, i
    return made


class Product(Smooth):
    """A spectrum without lines times a factor; see `product`."""

    spectrum: Spectrum
    factor: Factor | Table
    signed = True  # it may be

    def __init__(self, spectrum: Spectrum, factor: Factor | Table) -> None:
        if not isinstance(spectrum, Spectrum) or not (isinstance(factor, Table) or callable(factor)):
            raise InputError(
                f"a product needs a spectrum and a function of the energy (got {shown(spectrum)} and {shown(factor)})"
            )
        self.__dict__.update(spectrum=spectrum, factor=factor)

    @property
    def edges(self) -> tuple[float, ...]:
        return tuple(_edges(self.spectrum, self.factor).tolist())

    def density(self, energy: ArrayLike) -> Array:
        energy = energies(energy)
        return np.asarray(self.spectrum.density(energy) * _values([self.factor], energy)[0])

    def density_between(self, energy: Array) -> Array:
        return np.asarray(_between(self.spectrum)(energy) * _values([self.factor], energy)[0])

    @kept
    def _place(self) -> tuple[_Together, int]:
        """The products that it shares its panels with, and which of them it is."""
        return _Together(self.spectrum, [self.factor]), 0

    @kept
    def _panels(self) -> tuple[Array, Array]:
        together, i = self._place
        edges, coefficients = together.panels
        return edges, coefficients[i]

    def _parameters(self) -> tuple[Any, ...]:
        return self.spectrum, self.factor


class _Together:
    """Products of one spectrum that share their panels."""

    def __init__(self, spectrum: Spectrum, factors: Sequence[Factor | Table]) -> None:
        self.spectrum, self.factors = spectrum, tuple(factors)

    @kept
    def panels(self) -> tuple[Array, Array]:
        """Their edges, and coefficients (products, panels, 3, terms)."""
        spectrum, factors = self.spectrum, self.factors
        if isinstance(spectrum, Smooth) and not len(_breaks(factors[0])):
            # what serves the spectrum nearly serves these too, and there it is known already
            inner, edges, octaves = _interpolated(spectrum), before_grading(spectrum._panels[0]), False
        else:
            inner, edges, octaves = _between(spectrum), _edges(spectrum, factors[0]), True

        def density(energy: Array) -> tuple[Array, Array]:
            own = inner(energy)
            return own * _values(factors, energy), ROUNDING * own

        return panels_of(density, edges, TOLERANCE, octaves)


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

    def density(self, energy: ArrayLike) -> Array:
        return np.asarray(sum(factor * spectrum.density(energy) for spectrum, factor in self.members))

    def density_between(self, energy: Array) -> Array:
        return np.asarray(sum(factor * _between(spectrum)(energy) for spectrum, factor in self.members))

    @kept
    def total(self) -> float:
        return float(sum(factor * spectrum.total for spectrum, factor in self.members))

    @kept
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


def _edges(spectrum: Spectrum, factor: Factor | Table) -> Array:
    """Where a product begins, ends and is not smooth."""
    own = np.asarray(edges_of(spectrum), dtype=np.float64)
    other = np.asarray(_breaks(factor), dtype=np.float64)
    return increasing(np.concatenate([own, other[(other > max(own[0], LOWEST_ENERGY)) & (other < own[-1])]]))


def _breaks(factor: Factor | Table) -> Sequence[float] | Array:
    breaks: Sequence[float] | Array = getattr(factor, "breaks", ())
    return breaks


def _between(spectrum: Spectrum) -> Callable[[Array], Array]:
    """The density at energies (panels, nodes), each row strictly between two edges."""
    between: Callable[[Array], Array] = getattr(spectrum, "density_between", spectrum.density)
    return between


def _interpolated(spectrum: Smooth) -> Callable[[Array], Array]:
    """The density from the panels of φ/E², which keep its relative accuracy from 0 on."""
    edges, coefficients = spectrum._panels
    over_square = np.ascontiguousarray(coefficients[:, 2])
    return lambda energy: np.asarray(energy**2 * evaluate(edges, over_square, energy))


def _asked(factor: Factor, energy: Array) -> Array:
    name = "the factor of a spectrum"
    return np.array(in_unit(answer_of(factor, name, energy), name, ""))


def _values(factors: Sequence[Factor | Table], energy: Array) -> Array:
    """Factors at energies: (factors, …)."""
    together = getattr(factors[0], "together", None) if len(factors) > 1 else None
    if together is not None:
        values = together(factors, energy)
    else:
        each = [factor.density(energy) if isinstance(factor, Table) else _asked(factor, energy) for factor in factors]
        values = np.stack([np.broadcast_to(value, energy.shape) for value in each])
    return real_array(values, "factor of a spectrum")
