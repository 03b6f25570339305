"""Types of functions that map numbers to numbers and arrays to arrays, for type checkers; nothing of it runs.

A function is written once, with `Values` as what it returns, and a decorator says which values belong to which arguments.
Methods, and functions that are alone with their arguments, say it by typing.overload of the same three kinds:

    Number → float        Many, an array or a list → Array        Like, anything array_like → float | Array
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar, cast, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._arguments import Array


class SupportsArray(Protocol):
    """Anything that NumPy makes an array of, and that is no number: a Series of pandas, a quantity of astropy."""

    def __array__(self) -> NDArray[Any]: ...
    def __len__(self) -> int: ...


Values: TypeAlias = float | Array
Rates: TypeAlias = Values | tuple[Values, Values]
Number: TypeAlias = float | np.floating[Any] | np.integer[Any]
Arrays: TypeAlias = NDArray[Any] | Sequence[Any] | SupportsArray  # what is array_like without numbers
# Variables in place of what bounds them: else mypy takes an array of unknown dtype, as of np.array, for several overloads
# at once, and gives Any.
Many = TypeVar("Many", bound=Arrays)
Like = TypeVar("Like", bound=ArrayLike)
Like2 = TypeVar("Like2", bound=ArrayLike)
Like3 = TypeVar("Like3", bound=ArrayLike)
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


def of_counts(function: Callable[Concatenate[ArrayLike, ArrayLike, P], Values]) -> OfCounts[P]:
    """For type checkers, a function of counts and expected ones that sums over bins: more axes of the second stay."""
    return cast("OfCounts[P]", function)


class OfNeutrinoEnergy(Protocol[P]):
    @overload
    def __call__(self, neutrino_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, neutrino_energy: Many, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, neutrino_energy: Like, *args: P.args, **kwargs: P.kwargs) -> Values: ...


class OfRecoilEnergy(Protocol[P]):
    @overload
    def __call__(self, recoil_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, recoil_energy: Many, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, recoil_energy: Like, *args: P.args, **kwargs: P.kwargs) -> Values: ...


class OfBothEnergies(Protocol[P]):
    @overload
    def __call__(self, recoil_energy: Number, neutrino_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, recoil_energy: Many, neutrino_energy: Like2, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, recoil_energy: Like, neutrino_energy: Many, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, recoil_energy: Like, neutrino_energy: Like2, *args: P.args, **kwargs: P.kwargs) -> Values: ...


class OfCosine(Protocol[P]):
    @overload
    def __call__(self, cosine: Number, neutrino_energy: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, cosine: Many, neutrino_energy: Like2, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, cosine: Like, neutrino_energy: Many, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, cosine: Like, neutrino_energy: Like2, *args: P.args, **kwargs: P.kwargs) -> Values: ...


class OfCounts(Protocol[P]):
    @overload
    def __call__(self, observed: Number, expected: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, observed: Sequence[Number], expected: Sequence[Number], *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, observed: ArrayLike, expected: ArrayLike, *args: P.args, **kwargs: P.kwargs) -> Values: ...
