"""Types of functions of plasmas for type checkers, whose energies, densities and temperatures all broadcast.

Arguments and defaults are those of the functions (tests/test_types.py); `Number`, `Many` and `Like` as in `cevns._typed`. Where
an array stands for more than the energy and the density alone, as temperatures, a checker sees `float | Array`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypedDict, TypeVar, Unpack, cast, overload

from numpy.typing import ArrayLike

from .._arguments import Array
from .._typed import Like, Like2, Many, Number, Values
from ..interactions import Interaction
from ..nuclei.nuclides import Nuclide

P = ParamSpec("P")
D = TypeVar("D", bound=ArrayLike | None)


class Options(TypedDict, total=False):
    """Options of functions of plasmas: the interaction."""

    interaction: Interaction | None
    flavor: str
    method: str


def of_matter(function: Callable[Concatenate[ArrayLike, ArrayLike, P], Values]) -> OfMatter[P]:
    """For type checkers, a function of density and electron fraction; the other arguments are the function's own."""
    return cast("OfMatter[P]", function)


def as_transport_cross_section(function: Callable[..., Values]) -> TransportCrossSection:
    """For type checkers, σ_tr."""
    return cast("TransportCrossSection", function)


def as_electron_screening(function: Callable[..., Values]) -> ElectronScreening:
    """For type checkers, ΔQ."""
    return cast("ElectronScreening", function)


def as_ion_correlation(function: Callable[..., Values]) -> IonCorrelation:
    """For type checkers, ⟨S⟩."""
    return cast("IonCorrelation", function)


def as_opacity(function: Callable[..., Values]) -> Opacity:
    """For type checkers, a mean free path, its inverse, or an opacity."""
    return cast("Opacity", function)


class OfMatter(Protocol[P]):
    @overload
    def __call__(self, density: Number, electron_fraction: Number, *args: P.args, **kwargs: P.kwargs) -> float: ...
    @overload
    def __call__(self, density: Many, electron_fraction: Like2, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, density: Like, electron_fraction: Many, *args: P.args, **kwargs: P.kwargs) -> Array: ...
    @overload
    def __call__(self, density: Like, electron_fraction: Like2, *args: P.args, **kwargs: P.kwargs) -> Values: ...


class TransportCrossSection(Protocol):
    @overload
    def __call__(
        self,
        neutrino_energy: Number,
        nuclide: Nuclide | str,
        interaction: Interaction | None = ...,
        flavor: str = ...,
        *,
        method: str = ...,
        density: Number | None = ...,
        electron_fraction: Number | None = ...,
    ) -> float: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Many,
        nuclide: Nuclide | str,
        interaction: Interaction | None = ...,
        flavor: str = ...,
        *,
        method: str = ...,
        density: D = ...,
        electron_fraction: ArrayLike | None = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Like,
        nuclide: Nuclide | str,
        interaction: Interaction | None = ...,
        flavor: str = ...,
        *,
        method: str = ...,
        density: Many,
        electron_fraction: ArrayLike,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Like,
        nuclide: Nuclide | str,
        interaction: Interaction | None = ...,
        flavor: str = ...,
        *,
        method: str = ...,
        density: D = ...,
        electron_fraction: ArrayLike | None = ...,
    ) -> Values: ...


class ElectronScreening(Protocol):
    @overload
    def __call__(
        self,
        momentum_transfer: Number,
        nuclide: Nuclide | str,
        density: Number,
        electron_fraction: Number,
        flavor: str = ...,
        weak_mixing_angle: float = ...,
    ) -> float: ...
    @overload
    def __call__(
        self,
        momentum_transfer: Many,
        nuclide: Nuclide | str,
        density: Like2,
        electron_fraction: ArrayLike,
        flavor: str = ...,
        weak_mixing_angle: float = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        momentum_transfer: Like,
        nuclide: Nuclide | str,
        density: Many,
        electron_fraction: ArrayLike,
        flavor: str = ...,
        weak_mixing_angle: float = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        momentum_transfer: Like,
        nuclide: Nuclide | str,
        density: Like2,
        electron_fraction: ArrayLike,
        flavor: str = ...,
        weak_mixing_angle: float = ...,
    ) -> Values: ...


class IonCorrelation(Protocol):
    @overload
    def __call__(
        self,
        neutrino_energy: Number,
        nuclide: Nuclide | str,
        density: Number,
        temperature: Number,
        mass_fraction: Number = ...,
    ) -> float: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Many,
        nuclide: Nuclide | str,
        density: Like2,
        temperature: ArrayLike,
        mass_fraction: ArrayLike = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Like,
        nuclide: Nuclide | str,
        density: Many,
        temperature: ArrayLike,
        mass_fraction: ArrayLike = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Like,
        nuclide: Nuclide | str,
        density: Like2,
        temperature: ArrayLike,
        mass_fraction: ArrayLike = ...,
    ) -> Values: ...


class Opacity(Protocol):
    @overload
    def __call__(
        self,
        neutrino_energy: Number,
        density: Number,
        composition: Mapping[Any, Number],
        temperature: Number | None = ...,
        kind: str = ...,
        *,
        electron_fraction: Number | None = ...,
        **options: Unpack[Options],
    ) -> float: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Many,
        density: Like2,
        composition: Mapping[Any, ArrayLike],
        temperature: ArrayLike | None = ...,
        kind: str = ...,
        *,
        electron_fraction: ArrayLike | None = ...,
        **options: Unpack[Options],
    ) -> Array: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Like,
        density: Many,
        composition: Mapping[Any, ArrayLike],
        temperature: ArrayLike | None = ...,
        kind: str = ...,
        *,
        electron_fraction: ArrayLike | None = ...,
        **options: Unpack[Options],
    ) -> Array: ...
    @overload
    def __call__(
        self,
        neutrino_energy: Like,
        density: Like2,
        composition: Mapping[Any, ArrayLike],
        temperature: ArrayLike | None = ...,
        kind: str = ...,
        *,
        electron_fraction: ArrayLike | None = ...,
        **options: Unpack[Options],
    ) -> Values: ...
