"""Types of rates and cross sections of electrons for type checkers, as in `cevns.scattering.overloads`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypedDict, Unpack, cast, overload

from .._arguments import Array
from .._typed import Like, Like2, Like3, Many, Number, Rates, Values
from ..fluxes.flux import Flux, FluxHistory
from ..scattering.overloads import Fluxes, Model, No, Yes


class Options(TypedDict, total=False):
    """Options of rates of electrons: their binding, and a factor of the rate."""

    binding: str
    ratio: Callable[[Array], Any] | None


def as_cross_section(function: Callable[..., Values]) -> CrossSection:
    """For type checkers, a cross section of an electron."""
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
    """σ: a number where energy, threshold and maximum are."""

    @overload
    def __call__(
        self,
        neutrino_energy: Number,
        interaction: Model = ...,
        flavor: str = ...,
        threshold: Number = ...,
        maximum: Number = ...,
    ) -> float: ...
    @overload
    def __call__(
        self, neutrino_energy: Many, interaction: Model = ..., flavor: str = ..., threshold: Like2 = ..., maximum: Like3 = ...
    ) -> Array: ...
    @overload
    def __call__(
        self, neutrino_energy: Like, interaction: Model = ..., flavor: str = ..., *, threshold: Many, maximum: Like3 = ...
    ) -> Array: ...
    @overload
    def __call__(
        self, neutrino_energy: Like, interaction: Model = ..., flavor: str = ..., threshold: Like2 = ..., *, maximum: Many
    ) -> Array: ...
    @overload
    def __call__(
        self, neutrino_energy: Like, interaction: Model = ..., flavor: str = ..., threshold: Like2 = ..., maximum: Like3 = ...
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
        *,
        split: None = ...,
        covariance: No = ...,
        **options: Unpack[Options],
    ) -> float: ...
    @overload
    def __call__(
        self,
        recoil_energy: Many,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        *,
        split: str | None = ...,
        covariance: No = ...,
        **options: Unpack[Options],
    ) -> Array: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: FluxHistory,
        target: Any,
        interaction: Model = ...,
        *,
        split: None = ...,
        covariance: No = ...,
        **options: Unpack[Options],
    ) -> Array: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        *,
        split: str,
        covariance: No = ...,
        **options: Unpack[Options],
    ) -> Array: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        *,
        split: str | None = ...,
        covariance: No = ...,
        **options: Unpack[Options],
    ) -> Values: ...
    @overload
    def __call__(
        self,
        recoil_energy: Number,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        *,
        split: None = ...,
        covariance: Yes,
        **options: Unpack[Options],
    ) -> tuple[float, float]: ...
    @overload
    def __call__(
        self,
        recoil_energy: Many,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        *,
        split: None = ...,
        covariance: Yes,
        **options: Unpack[Options],
    ) -> tuple[Array, Array]: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        *,
        split: None = ...,
        covariance: Yes,
        **options: Unpack[Options],
    ) -> tuple[Values, Values]: ...
    @overload
    def __call__(
        self,
        recoil_energy: Like,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        *,
        split: str | None = ...,
        covariance: bool,
        **options: Unpack[Options],
    ) -> Rates: ...


class BinnedRate(Protocol):
    """Rates in bins, and their covariance if asked for."""

    @overload
    def __call__(
        self,
        edges: Like,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        *,
        covariance: No = ...,
        **options: Unpack[Options],
    ) -> Array: ...
    @overload
    def __call__(
        self, edges: Like, flux: Flux, target: Any, interaction: Model = ..., *, covariance: Yes, **options: Unpack[Options]
    ) -> tuple[Array, Array]: ...
    @overload
    def __call__(
        self, edges: Like, flux: Fluxes, target: Any, interaction: Model = ..., *, covariance: bool, **options: Unpack[Options]
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
        **options: Unpack[Options],
    ) -> float: ...
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
        **options: Unpack[Options],
    ) -> Array: ...
    @overload
    def __call__(
        self,
        flux: Fluxes,
        target: Any,
        interaction: Model = ...,
        threshold: Like = ...,
        *,
        maximum: Many,
        covariance: No = ...,
        **options: Unpack[Options],
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
        **options: Unpack[Options],
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
        **options: Unpack[Options],
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
        **options: Unpack[Options],
    ) -> tuple[float, float]: ...
    @overload
    def __call__(
        self,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        *,
        threshold: Many,
        maximum: Like2 = ...,
        covariance: Yes,
        **options: Unpack[Options],
    ) -> tuple[Array, Array]: ...
    @overload
    def __call__(
        self,
        flux: Flux,
        target: Any,
        interaction: Model = ...,
        threshold: Like = ...,
        maximum: Like2 = ...,
        *,
        covariance: Yes,
        **options: Unpack[Options],
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
        **options: Unpack[Options],
    ) -> Rates: ...
