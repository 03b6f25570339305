"""The base classes of form factors, and the tables by which a formula of q reaches the kernels."""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike

from ... import constants
from ..._arguments import Array, digits, real_array, real_number, restore
from ..._core.form_factors import FormFactor as Kernel
from ..._immutable import Copied
from ..._numerics.tabulation import tabulate
from ..._texts import of_fields
from ..._typed import Like, Many, Number, Values
from ...errors import InputError, UnsupportedError
from ..nuclides import named, not_a_nuclide


class HasMassNumber(Protocol):
    """Anything with a mass number: a `cevns.Nuclide`."""

    @property
    def A(self) -> int: ...  # noqa: N802
    def __hash__(self) -> int: ...


class FormFactor(Copied):
    """The base class of all form factors; each subclass is one density."""

    @overload
    def __call__(self, q: Number, nuclide: HasMassNumber | str) -> float: ...
    @overload
    def __call__(self, q: Many, nuclide: HasMassNumber | str) -> Array: ...
    @overload
    def __call__(self, q: Like, nuclide: HasMassNumber | str) -> Values: ...
    def __call__(self, q: ArrayLike, nuclide: HasMassNumber | str) -> Values:
        """F(q), signed.

        Parameters
        ----------
        q : array_like
            Momentum transfer [MeV], ≥ 0, any shape; √(2MT) for a recoil energy T.
        nuclide : Nuclide
            Sets the radius, where the model's convention depends on it.

        Returns
        -------
        float or ndarray
            F, the shape of `q`; F(0) = 1. The error is at most 4 units in the last place of 1 (9e-16) for a closed form, where
            F(0) = 1 exactly, and 4e-15 for the others.

        Raises
        ------
        InputError
            If q is negative, infinite or nan, or beyond `maximum(nuclide)`.
        """
        nuclide = named(nuclide)
        values = real_array(q, "q", unit="MeV", minimum=0.0, maximum=self.maximum(nuclide))
        out = np.empty(values.size)
        self.kernel(nuclide).evaluate(np.ascontiguousarray(values).reshape(-1), out)
        return restore(out, values.shape)

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm] of the density: F = 1 − q²⟨r²⟩/6 + …"""
        raise NotImplementedError

    def maximum(self, nuclide: HasMassNumber | str) -> float:
        """The largest q [MeV] at which F is defined: inf for most. Beyond it a call refuses, and a rate is not finite."""
        return math.inf

    @overload
    def derivative(self, q: Number, nuclide: HasMassNumber | str) -> float: ...
    @overload
    def derivative(self, q: Many, nuclide: HasMassNumber | str) -> Array: ...
    @overload
    def derivative(self, q: Like, nuclide: HasMassNumber | str) -> Values: ...
    def derivative(self, q: ArrayLike, nuclide: HasMassNumber | str) -> Values:
        """∂F/∂r, by the rms radius r at fixed surface (skin, range, diffuseness): what a fit of a neutron radius needs.

        Parameters
        ----------
        q : array_like
            Momentum transfer [MeV], ≥ 0, any shape.
        nuclide : Nuclide
            Sets the radius, where the model's convention depends on it.

        Returns
        -------
        float or ndarray
            ∂F/∂r [1/fm], the shape of `q`; −q²r/3 for small q in every model. In NumPy, from the formula; the error is about
            1e-14.

        Raises
        ------
        InputError
            As for a call.
        UnsupportedError
            If the density has no radius to vary.
        """
        nuclide = named(nuclide)
        values = real_array(q, "q", unit="MeV", minimum=0.0, maximum=self.maximum(nuclide))
        return restore(self._derivative(values / constants.HBAR_C, nuclide), values.shape)

    def resized(self, radius: float, nuclide: HasMassNumber | str) -> FormFactor:
        """This density of a nuclide with another rms radius [fm].

        A density with a surface keeps it (skin, range, diffuseness) and moves its half-density radius; one without, such as a
        measured one, is stretched, F(q) → F(q r′/r).
        """
        raise self._no_radius()

    def kernel(self, nuclide: HasMassNumber | str) -> Kernel:
        """The compiled form factor of one nuclide."""
        key = self._key(named(nuclide))
        try:
            return _prepared(self, key)
        except TypeError:
            if isinstance(key, Hashable) and not isinstance(key, np.ndarray):
                raise
            raise not_a_nuclide(nuclide) from None

    def _key(self, nuclide: HasMassNumber) -> Any:
        """The properties of the nuclide that F depends on: None if it is the same for all."""
        return nuclide

    def _kernel(self, nuclide: Any) -> Kernel:
        raise NotImplementedError

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        """∂F/∂r [1/fm] at q/ħc = k [1/fm]."""
        raise self._no_radius()

    def _no_radius(self) -> UnsupportedError:
        return UnsupportedError(f"{type(self).__name__} has no radius to vary; densities with one are made by from_rms(radius)")

    __repr__ = of_fields


@lru_cache(maxsize=1024)
def _prepared(form_factor: FormFactor, key: Any) -> Kernel:
    return form_factor._kernel(key)


class Formula(FormFactor):
    """A form factor whose formula is in NumPy, tabulated for the kernels when it is first used.

    The table ends at 2500 MeV, 13 fm⁻¹, far beyond where any nucleus scatters coherently; for larger q the value stays that at
    the end, 1e-5 at most: what the cusp of a density at r = 0, or where it is cut, leaves there (1e-8 for argon).
    """

    _END = 2500.0  # MeV

    def _values(self, k: Array, nuclide: Any) -> Array:
        """F at q/ħc = k [1/fm], any shape."""
        raise NotImplementedError

    def _size(self, nuclide: Any) -> float:
        """The largest length [fm] in F: its inverse is the scale on which F varies."""
        raise NotImplementedError

    def _kernel(self, nuclide: Any) -> Kernel:
        size = self._size(nuclide) / constants.HBAR_C
        last = self.maximum(nuclide)
        if last == math.inf:
            return tabulate(lambda q: self._values(q / constants.HBAR_C, nuclide), self._END, size)
        # A hair beyond the last q, and infinite from there on: a rate that needs more than is known is not finite.
        end = last * (1 + 1e-9)
        return tabulate(lambda q: np.where(q < end, self._values(q / constants.HBAR_C, nuclide), np.inf), end, size)

    def resized(self, radius: float, nuclide: HasMassNumber | str) -> FormFactor:
        """This density of a nuclide stretched to another rms radius [fm]: F(q) → F(q r′/r)."""
        nuclide = named(nuclide)
        key = self._key(nuclide)
        return Stretched(self, key, length(type(self).__name__, radius, "radius") / self.rms_radius(nuclide))


@dataclass(frozen=True, repr=False)
class Stretched(Formula):
    """The density of one nuclide, stretched: F(q) → F(q · factor)."""

    form_factor: Formula
    nuclide: Any
    factor: float

    def _key(self, nuclide: HasMassNumber) -> Any:
        return None

    def _values(self, k: Array, nuclide: Any) -> Array:
        return self.form_factor._values(k * self.factor, self.nuclide)

    def _size(self, nuclide: Any) -> float:
        return self.form_factor._size(self.nuclide) * self.factor

    def maximum(self, nuclide: HasMassNumber | str) -> float:
        """The largest q [MeV] at which F is defined."""
        return self.form_factor.maximum(self.nuclide) / self.factor

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]."""
        return self.form_factor.rms_radius(self.nuclide) * self.factor


def length(model: str, value: float, name: str, minimum: float = 0.0, why: str = "") -> float:
    """A checked length [fm], above 0 or not below `minimum`."""
    number = real_number(value, name, unit="fm", minimum=0.0, above=minimum == 0.0)
    if number * (1 + 1e-12) < minimum:
        raise InputError(f"{name} must be >= {minimum:.4g} fm for {model}{why} (got {digits(number)})")
    return number


def set_lengths(form_factor: FormFactor, *names: str) -> None:
    """Checks optional lengths of a frozen dataclass and stores them as floats."""
    for name in names:
        value = getattr(form_factor, name)
        optional = next(field.default for field in fields(form_factor) if field.name == name) is None  # type: ignore[arg-type]
        if value is not None or not optional:
            object.__setattr__(form_factor, name, length(type(form_factor).__name__, value, name))


def numbers(
    form_factor: FormFactor, name: str, unit: str = "", minimum: float = -math.inf, above: bool = False
) -> tuple[float, ...]:
    """Checks a one-dimensional list of numbers of a frozen dataclass and stores it as a tuple of floats."""
    values = real_array(getattr(form_factor, name), name, unit=unit, minimum=minimum, above=above)
    if values.ndim != 1 or not values.size:
        raise InputError(f"{name} must be a list of numbers (got an array of shape {values.shape})")
    stored = tuple(values.tolist())
    object.__setattr__(form_factor, name, stored)
    return stored


def cube_root(nuclide: HasMassNumber) -> float:
    """A^⅓."""
    try:
        return math.cbrt(nuclide.A)
    except (AttributeError, TypeError):
        raise not_a_nuclide(nuclide) from None


def charge_radius(nuclide: Any) -> float:
    """The nuclide's own rms charge radius [fm]."""
    try:
        return float(nuclide.charge_radius)
    except (AttributeError, TypeError):
        raise not_a_nuclide(nuclide) from None


def standard_half_density(nuclide: HasMassNumber) -> float:
    """c = 1.23 A^⅓ − 0.60 fm, Lewin and Smith (1996) after muon-spectroscopy fits of Fricke et al. (1995)."""
    return 1.23 * cube_root(nuclide) - 0.60
