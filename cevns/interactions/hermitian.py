"""Couplings that are elements of Hermitian matrices of flavours: real on the diagonal, complex off it.

Of ε_αβ (ν̄_α … ν_β) the element above the diagonal is the argument of an interaction; ε_βα is its complex conjugate. Templates
take real numbers: the imaginary part of "em" is the parameter "em_im".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import complex_array, digits, in_unit, real_number, shown
from .._texts import of_fields
from .._units import UNITS
from ..errors import InputError
from .currents import ComplexArray, Interaction

PAIRS = MappingProxyType({"ee": (0, 0), "em": (0, 1), "et": (0, 2), "mm": (1, 1), "mt": (1, 2), "tt": (2, 2)})


class HermitianCouplings(Interaction):
    """The base class of such interactions; `places` maps their arguments to elements."""

    places: ClassVar[Mapping[str, tuple[int, int]]]

    @property
    def parameters(self) -> dict[str, float]:
        """Real parts by the name of the argument, imaginary parts with "_im" behind it."""
        values = {}
        for name, (a, b) in self.places.items():
            element = complex(getattr(self, name))
            values[name] = element.real
            if a != b:
                values[f"{name}_im"] = element.imag
        return values

    def with_parameters(self, **values: Any) -> Self:
        """As for every interaction; real and imaginary parts apart, as `parameters` names them."""
        if unknown := set(values) - set(self.parameters):
            super().with_parameters(**dict.fromkeys(unknown, 0.0))
        new = {**self.parameters, **{name: real_number(value, name) for name, value in values.items()}}
        arguments = {}
        for name in self.places:
            imaginary = new.get(f"{name}_im", 0.0)
            arguments[name] = complex(new[name], imaginary) if imaginary else new[name]
        return type(self)(**arguments)

    def unit(self, parameter: str) -> ComplexArray:
        """The matrix (3, 3) of a unit of one real number, for incoming a and outgoing b: ε_ba."""
        a, b = self.places[parameter.removesuffix("_im")]
        epsilon = np.zeros((3, 3), dtype=np.complex128)
        epsilon[a, b], epsilon[b, a] = (1j, -1j) if parameter not in self.places else (1.0, 1.0)
        return epsilon.T

    __repr__ = of_fields


def checked_element(value: Any, name: str, *, diagonal: bool, unit: str = "") -> float | complex:
    """An element: a float, or off the diagonal where it must be a complex."""
    if not isinstance(value, complex):
        value = in_unit(value, name, unit)
    if np.asarray(value).dtype.kind == "b":
        raise InputError(f"{name} must be a number (got a truth value, {shown(value)})")
    try:
        number = complex(value + 0)  # a text is no number
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} must be a number (got {shown(value)})") from None
    if not (math.isfinite(number.real) and math.isfinite(number.imag)):
        raise InputError(f"{name} must be finite (got {shown(value)})")
    largest = UNITS[unit].largest
    if max(abs(number.real), abs(number.imag)) > largest:
        raise InputError(f"{name} must be <= {largest:g}{f' {unit}' if unit else ''} in size (got {digits(number)})")
    if number.imag == 0:
        return number.real
    if diagonal:
        raise InputError(f"{name} must be real, as ε is Hermitian (got {shown(value)})")
    return number


def checked_matrix(matrix: ArrayLike | None, name: str) -> ComplexArray:
    """A matrix (3, 3) that is Hermitian to rounding; zero for None."""
    if matrix is None:
        return np.zeros((3, 3), dtype=np.complex128)
    epsilon = complex_array(matrix, name)
    if epsilon.shape != (3, 3) or not np.isfinite(epsilon).all():
        raise InputError(f"{name} must be a matrix (3, 3) of finite numbers (got shape {epsilon.shape})")
    wrong = np.abs(epsilon - epsilon.conj().T)
    if wrong.max() > 1e-12 * max(1.0, float(np.abs(epsilon).max())):
        i, j = np.unravel_index(int(np.argmax(wrong)), (3, 3))
        raise InputError(
            f"{name} must be Hermitian"
            f" (got {digits(complex(epsilon[i, j]))} at [{i}, {j}] and {digits(complex(epsilon[j, i]))} at [{j}, {i}])"
        )
    return np.asarray((epsilon + epsilon.conj().T) / 2)


def elements(matrix: ComplexArray) -> dict[str, Any]:
    """Elements of a Hermitian matrix by the names of their flavours, as `PAIRS` has them."""
    return {pair: checked_element(matrix[a, b], pair, diagonal=a == b) for pair, (a, b) in PAIRS.items()}
