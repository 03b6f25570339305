"""Types of rates and total cross sections for type checkers: they depend on several arguments.

Arguments and defaults are those of the functions (tests/test_types.py); `Number`, `Many` and `Like` as in `cevns._typed`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, cast, overload

from .._arguments import Array
from .._typed import Like, Like2, Many, Number, Rates, Values
from ..fluxes.flux import Flux
from ..interactions import Interaction
from ..nuclei.nuclides import Nuclide

if TYPE_CHECKING:
    from ..fluxes.flux import FluxHistory

Fluxes: TypeAlias = "Flux | FluxHistory"
Model: TypeAlias = Interaction | None
No: TypeAlias = Literal[False]
Yes: TypeAlias = Literal[True]


def as_cross_section(function: Callable[..., Values]) -> CrossSection:
    """For type checkers, a total cross section of a nuclide."""
    return cast("CrossSection", function)


def as_differential_rate(function: Callable[..., Rates]) -> DifferentialRate:
    """For type checkers, dR/dT."""
    return cast("DifferentialRate", function)


def as_binned_rate(function: Callable[..., Rates]) -> BinnedRate:
    """For type checkers, rates in bins."""
    return cast("BinnedRate", function)


def as_rate(function: Callable[..., Rates]) -> Rate:
    """For type checkers, a rate above a threshold."""
    return cast("Rate", function)


class CrossSection(Protocol):
    """σ: a number where energy and threshold are."""

    @overload
    def __call__(
        self,
        neutrino_energy: Number,
        nuclide: Nuclide | str,
        interaction: Model = ...,
        flavor: str = ...,
        threshold: Number = ...,
    ) -> float: ...
    @overload
    def __call__(
        self, neutrino_energy: Many, nuclide: Nuclide | str, interaction: Model = ..., flavor: str = ..., threshold: Like2 = ...
    ) -> Array: ...
    @overload
    def __call__(
        self, neutrino_energy: Like, nuclide: Nuclide | str, interaction: Model = ..., flavor: str = ..., *, threshold: Many
    ) -> Array: ...
    @overload
    def __call__(
        self, neutrino_energy: Like, nuclide: Nuclide | str, interaction: Model = ..., flavor: str = ..., threshold: Like2 = ...
    ) -> Values: ...


class DifferentialRate(Protocol):
    """dR/dT: a number at one recoil energy, of a flux, unless it is split."""

    @overload
    def __call__(
        self,
        recoil_energy: Number,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        split: None = ...,
        *,
        covariance: No = ...,
    ) -> float: ...
    @overload
    def __call__(
        self,
        recoil_energy: Many,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        split: str | None = ...,
        *,
        covariance: No = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: FluxHistory,
        target: Any,
        interaction: Model = ...,
        split: None = ...,
        *,
        covariance: No = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self, recoil_energy: Like, flux: Flux, target: Any, interaction: Model = ..., *, split: str, covariance: No = ...
    ) -> Array: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        split: str | None = ...,
        *,
        covariance: No = ...,
    ) -> Values: ...
    @overload
    def __call__(
        self, recoil_energy: Number, flux: Flux, target: Any, interaction: Model = ..., split: None = ..., *, covariance: Yes
    ) -> tuple[float, float]: ...
    @overload
    def __call__(
        self, recoil_energy: Many, flux: Flux, target: Any, interaction: Model = ..., split: None = ..., *, covariance: Yes
    ) -> tuple[Array, Array]: ...
    @overload
    def __call__(
        self, recoil_energy: Like, flux: Flux, target: Any, interaction: Model = ..., split: None = ..., *, covariance: Yes
    ) -> tuple[Values, Values]: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        split: str | None = ...,
        *,
        covariance: bool,
    ) -> Rates: ...


class BinnedRate(Protocol):
    """Rates in bins, and their covariance if asked for."""

    @overload
    def __call__(self, edges: Like, flux: Fluxes, target: Any, interaction: Model = ..., *, covariance: No = ...) -> Array: ...
    @overload
    def __call__(
        self, edges: Like, flux: Flux, target: Any, interaction: Model = ..., *, covariance: Yes
    ) -> tuple[Array, Array]: ...
    @overload
    def __call__(
        self, edges: Like, flux: Fluxes, target: Any, interaction: Model = ..., *, covariance: bool
    ) -> Array | tuple[Array, Array]: ...


class Rate(Protocol):
    """A rate: a number of a flux above one threshold."""

    @overload
    def __call__(
        self,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        threshold: Number = ...,
        maximum: Number = ...,
        *,
        covariance: No = ...,
    ) -> float: ...
    @overload
    def __call__(
        self, flux: Fluxes, target: Any, interaction: Model, threshold: Many, maximum: Like2 = ..., *, covariance: No = ...
    ) -> Array: ...
    @overload
    def __call__(
        self,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        *,
        threshold: Many,
        maximum: Like2 = ...,
        covariance: No = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self, flux: Fluxes, target: Any, interaction: Model = ..., threshold: Like = ..., *, maximum: Many, covariance: No = ...
    ) -> Array: ...
    @overload
    def __call__(
        self,
        flux: FluxHistory,
        target: Any,
        interaction: Model = ...,
        threshold: Like = ...,
        maximum: Like2 = ...,
        *,
        covariance: No = ...,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        threshold: Like = ...,
        maximum: Like2 = ...,
        *,
        covariance: No = ...,
    ) -> Values: ...
    @overload
    def __call__(
        self,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        threshold: Number = ...,
        maximum: Number = ...,
        *,
        covariance: Yes,
    ) -> tuple[float, float]: ...
    @overload
    def __call__(
        self, flux: Flux, target: Any, interaction: Model = ..., *, threshold: Many, maximum: Like2 = ..., covariance: Yes
    ) -> tuple[Array, Array]: ...
    @overload
    def __call__(
        self, flux: Flux, target: Any, interaction: Model = ..., threshold: Like = ..., maximum: Like2 = ..., *, covariance: Yes
    ) -> tuple[Values, Values]: ...
    @overload
    def __call__(
        self,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        threshold: Like = ...,
        maximum: Like2 = ...,
        *,
        covariance: bool,
    ) -> Rates: ...
