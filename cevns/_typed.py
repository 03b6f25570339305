"""Types of functions that map numbers to numbers and arrays to arrays, for type checkers; nothing of it runs.

A function is written once, with `Values` as what it returns, and a decorator says which values belong to which arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, cast, overload

import numpy as np
from numpy.typing import ArrayLike

from ._arguments import Array

Values = float | Array
Rates = Values | tuple[Values, Values]
Number = float | np.floating[Any] | np.integer[Any]
P = ParamSpec("P")


def of_neutrino_energy(function: Callable[Concatenate[ArrayLike, P], Values]) -> OfNeutrinoEnergy[P]:
    """For type checkers, a function of one neutrino energy; the other arguments are the function's own."""
    return cast("OfNeutrinoEnergy[P]", function)


def of_recoil_energy(function: Callable[Concatenate[ArrayLike, P], Values]) -> OfRecoilEnergy[P]:
    """As `of_neutrino_energy`, for a function of one recoil energy."""
    return cast("OfRecoilEnergy[P]", function)


def of_both_energies(function: Callable[Concatenate[ArrayLike, ArrayLike, P], Values]) -> OfBothEnergies[P]:
    """As `of_neutrino_energy`, for a function of a recoil energy and a neutrino energy."""
    return cast("OfBothEnergies[P]", function)


def of_cosine(function: Callable[Concatenate[ArrayLike, ArrayLike, P], Values]) -> OfCosine[P]:
    """As `of_neutrino_energy`, for a function of a cosine and a neutrino energy."""
    return cast("OfCosine[P]", function)


class OfNeutrinoEnergy(Protocol[P]):
    @overload
    def __call__(self, neutrino_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, neutrino_energy: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Array: ...


class OfRecoilEnergy(Protocol[P]):
    @overload
    def __call__(self, recoil_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, recoil_energy: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Array: ...


class OfBothEnergies(Protocol[P]):
    @overload
    def __call__(self, recoil_energy: Number, neutrino_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, recoil_energy: ArrayLike, neutrino_energy: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Array: ...


class OfCosine(Protocol[P]):
    @overload
    def __call__(self, cosine: Number, neutrino_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, cosine: ArrayLike, neutrino_energy: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Array: ...
