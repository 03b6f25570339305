"""Conversion of flavours: a component and the probabilities, or density matrices, that say as what it arrives.

Formulas
--------
oscillated fluxes: φ_b(E) = Σ_a φ_a(E) P_ab(E), or with ρ_bc in place of P_ab
    definition
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from numbers import Number
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import constants
from .._arguments import Array, answer_of, digits, in_unit
from .._kinds import in_files
from .._texts import of_fields
from .._units import is_quantity
from ..errors import InputError
from .components import Coherence, Component, changed
from .products import Combination, edges_of, product, products
from .spectra import Lines, Spectrum

_ROUNDING = 1e-9  # what probabilities may be outside [0, 1], and density matrices from being Hermitian


@in_files
@dataclass(frozen=True)
class Transition:
    """One element of the probabilities, or of the density matrices, as a factor of a spectrum.

    Parameters
    ----------
    matrices : callable
        Energies (n,) [MeV] → P (n, 3, 3) or ρ (n, 3, 3, 3).
    start : int
        Flavour at the source: 0 e, 1 μ, 2 τ.
    end : (int, int)
        Row and column of the density matrix: equal for a probability.
    imaginary : bool
        Whether it is the imaginary part.
    """

    matrices: Callable[[Array], Any]
    start: int
    end: tuple[int, int]
    imaginary: bool = False

    __repr__ = of_fields

    def __call__(self, energy: Array) -> Array:
        values = evaluated(self.matrices, np.ravel(energy))
        row, column = self.end
        elements = values[:, self.start, row] if values.ndim == 3 else values[:, self.start, row, column]
        part = elements.imag if self.imaginary else elements.real
        return np.asarray(part, dtype=np.float64).reshape(np.shape(energy))

    @property
    def breaks(self) -> tuple[float, ...]:
        """Energies [MeV] at which it is not smooth."""
        return tuple(getattr(self.matrices, "breaks", ()))


class Conversion:
    """The conversion of the components of one kind, neutrinos or antineutrinos.

    Matrices may say of themselves, by `terms(start)`, that they are a sum of functions of the energy times constant matrices,
    [(function or None, matrix (3, 3)), …]: then only the products with these functions are new spectra.
    """

    def __init__(self, matrices: Any, *, conjugate: bool) -> None:
        self.constant = None if callable(matrices) else checked(numeric(matrices)[None], np.zeros(1))[0]
        self.matrices = matrices
        self.sign = -1.0 if conjugate else 1.0  # of the imaginary parts
        self._products: dict[tuple[Spectrum, Any], Spectrum] = {}
        self._elements: dict[tuple[Spectrum, int, int, int, bool], Spectrum] = {}
        self._sums: dict[tuple[Spectrum, int], list[Spectrum]] = {}
        self._terms: dict[int, _Terms | None] = {}
        self._samples: dict[Spectrum, NDArray[Any]] = {}

    def components(self, component: Component) -> Iterator[Component]:
        """Flavour by flavour what the component arrives as; what never does is left out."""
        kind, start = divmod(constants.FLAVORS.index(component.flavor), 3)
        values = self._sampled(component.spectrum, start)
        probabilities = values if values.ndim == 2 else values[:, range(3), range(3)].real
        for end in np.flatnonzero(probabilities.any(axis=0)).tolist():
            flavor = constants.FLAVORS[3 * kind + end]
            if self.constant is not None:
                probability = max(0.0, float(probabilities[0, end]))  # rounding may leave it below 0
                yield changed(component, flavor=flavor, scale=component.scale * probability)
            else:
                yield changed(component, flavor=flavor, spectrum=self._element(component.spectrum, start, end, end))

    def coherences(self, component: Component) -> Iterator[Coherence]:
        """The elements of the density matrix off its diagonal."""
        kind, start = divmod(constants.FLAVORS.index(component.flavor), 3)
        values = self._sampled(component.spectrum, start)
        if values.ndim == 2:
            return
        for row, column in ((0, 1), (0, 2), (1, 2)):
            if not values[:, row, column].any():
                continue
            flavors = (constants.FLAVORS[3 * kind + row], constants.FLAVORS[3 * kind + column])
            if self.constant is not None:
                element = complex(self.constant[start, row, column])
                real = self._times(component.spectrum, _Constant(element.real))
                imaginary = self._times(component.spectrum, _Constant(self.sign * element.imag))
            else:
                real = self._element(component.spectrum, start, row, column)
                # the conjugate of a Hermitian matrix is its transpose
                end = (row, column) if self.sign > 0 else (column, row)
                imaginary = self._element(component.spectrum, start, *end, imaginary=True)
            yield Coherence(flavors, component.name, real, imaginary, component.scale)

    def _element(self, spectrum: Spectrum, start: int, row: int, column: int, *, imaginary: bool = False) -> Spectrum:
        """The spectrum times an element of the matrices; equal ones are one object, whose moments are made once."""
        key = (spectrum, start, row, column, imaginary)
        if key not in self._elements:
            self._elements[key] = self._made(spectrum, start, row, column, imaginary)
        return self._elements[key]

    def _made(self, spectrum: Spectrum, start: int, row: int, column: int, imaginary: bool) -> Spectrum:
        if isinstance(spectrum, Lines):
            values = self._sampled(spectrum, start)
            elements = values[:, row] if values.ndim == 2 else values[:, row, column]
            part = elements.imag if imaginary else elements.real
            return spectrum.weighted(part)
        terms = self._terms_of(start)
        if terms is None:
            return self._times(spectrum, Transition(self.matrices, start, (row, column), imaginary))
        elements = terms.matrices[:, row, column]
        numbers = (elements.imag if imaginary else elements.real).tolist()
        members = [pair for pair in zip(self._members(spectrum, start, terms), numbers, strict=True) if pair[1]]
        return Combination(members or [(spectrum, 0.0)])

    def _times(self, spectrum: Spectrum, factor: Any) -> Spectrum:
        """The product; equal ones are one object."""
        key = (spectrum, factor)
        if key not in self._products:
            self._products[key] = product(spectrum, factor)
        return self._products[key]

    def _members(self, spectrum: Spectrum, start: int, terms: _Terms) -> list[Spectrum]:
        """The spectrum times the function of each term."""
        key = (spectrum, start)
        if key not in self._sums:
            made = iter(products(spectrum, [factor for factor in terms.factors if factor is not None]))
            self._sums[key] = [spectrum if factor is None else next(made) for factor in terms.factors]
        return self._sums[key]

    def _terms_of(self, start: int) -> _Terms | None:
        """Functions of the energy and constant matrices whose sum the matrices of a flavour are; None if they do not say."""
        if start not in self._terms:
            terms = getattr(self.matrices, "terms", None)
            self._terms[start] = None if terms is None else _Terms(*zip(*terms(start), strict=True))
        return self._terms[start]

    def _sampled(self, spectrum: Spectrum, start: int) -> NDArray[Any]:
        """The matrices of a flavour at some energies of the spectrum, or their terms, to see what is 0: (n, 3) or (n, 3, 3)."""
        if self.constant is not None:
            return np.asarray(self.constant[None, start])
        terms = None if isinstance(spectrum, Lines) else self._terms_of(start)
        if terms is not None:
            return terms.matrices
        if spectrum not in self._samples:
            self._samples[spectrum] = self._evaluated(spectrum)
        return np.asarray(self._samples[spectrum][:, start])

    def _evaluated(self, spectrum: Spectrum) -> NDArray[Any]:
        if isinstance(spectrum, Lines):
            return evaluated(self.matrices, spectrum.energies)
        end = float(edges_of(spectrum)[-1])
        breaks = (b for b in getattr(self.matrices, "breaks", ()) if 0.0 < b < end)
        cuts = np.array([0.0, *sorted(breaks), end])  # between two, what is 0 at all of some energies is taken for 0
        # beside the cuts too, for a peak whose energy is one of the breaks
        inside = np.diff(cuts)[:, None] * np.array([1e-9, 0.03, 0.11, 0.37, 0.71, 0.97, 1 - 1e-9])
        return evaluated(self.matrices, (cuts[:-1, None] + inside).ravel())


class _Terms:
    """Functions of the energy, or None for 1, and the constant matrices that they multiply."""

    def __init__(self, factors: tuple[Any, ...], matrices: tuple[NDArray[Any], ...]) -> None:
        self.factors, self.matrices = factors, np.asarray(matrices)


def _hides(values: Any) -> bool:
    """Whether there is more than numbers and lists of them: a unit or a mask, at any depth, which NumPy would leave out."""
    if isinstance(values, (list, tuple)):
        return any(map(_hides, values))
    return isinstance(values, (np.ndarray, bool)) or is_quantity(values) or not isinstance(values, (Number, str))


def numeric(matrices: Any) -> NDArray[Any]:
    """Real or complex numbers as an array."""
    if _hides(matrices):
        matrices = in_unit(matrices, "probabilities", "")
    try:
        values = np.asarray(matrices)
    except (TypeError, ValueError):
        values = np.asarray([""])
    if values.dtype.kind not in "iufc" and values.ndim > 0:
        got = (
            "lists of different lengths" if values.dtype.kind == "U" and values.size == 1 else f"values of type {values.dtype}"
        )
        raise InputError(f"probabilities must be numbers, real or complex (got {got})")
    return values


@in_files
@dataclass(frozen=True)
class _Constant:
    """A factor that does not depend on the energy."""

    value: float

    __repr__ = of_fields

    def __call__(self, energy: Array) -> Array:
        return np.full(np.shape(energy), self.value)


def evaluated(matrices: Callable[[Array], Any], energy: Array) -> NDArray[Any]:
    """Probabilities or density matrices at energies (n,), checked."""
    values = numeric(answer_of(matrices, "probabilities", energy))
    return checked(values.copy(), energy)  # a function may use one buffer for all its answers


def checked(values: NDArray[Any], energy: Array) -> NDArray[Any]:
    """Matrices (n, 3, 3) or (n, 3, 3, 3) as they are, or an error that says what is wrong with them and where."""
    shapes = ((energy.size, 3, 3), (energy.size, 3, 3, 3))
    if values.shape not in shapes:
        one = energy.size == 1 and not energy.any()
        wanted = "(3, 3) or (3, 3, 3)" if one else f"{shapes[0]} or {shapes[1]} at {energy.size} energies"
        raise InputError(f"probabilities must have the shape {wanted} (got {values.shape[1:] if one else values.shape})")
    if values.ndim == 4:
        difference = np.abs(values - np.conj(np.swapaxes(values, 2, 3)))
        if not (difference <= _ROUNDING).all():
            raise InputError(f"density matrices must be Hermitian (they are off by {difference.max():g})")
        diagonal = np.einsum("nabb->nab", values).real
    else:
        if np.iscomplexobj(values):
            raise InputError("probabilities (n, 3, 3) must be real: density matrices have the shape (n, 3, 3, 3)")
        diagonal = values
    wrong = ~((diagonal >= -_ROUNDING) & (diagonal <= 1 + _ROUNDING))
    if wrong.any():
        i, a, b = (int(k) for k in np.unravel_index(int(np.argmax(wrong)), wrong.shape))
        place = f" at {energy[i]:g} MeV" if energy[i] else ""
        names = f"{constants.FLAVORS[a]} to {constants.FLAVORS[b]}"
        raise InputError(f"probability of {names} must be >= 0 and <= 1 (got {digits(diagonal[i, a, b])}{place})")
    sums = diagonal.sum(axis=2)
    if (sums > 1 + _ROUNDING).any():
        i, a = (int(k) for k in np.unravel_index(int(np.argmax(sums)), sums.shape))
        raise InputError(f"probabilities of {constants.FLAVORS[a]} must sum to at most 1 (got {digits(sums[i, a])})")
    return values
