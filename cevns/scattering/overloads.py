"""Types of rates and total cross sections, whose results depend on several arguments, for type checkers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast, overload

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array
from .._typed import Number, Rates, Values
from ..fluxes.flux import Flux
from ..interactions import Interaction
from ..nuclei.nuclides import Nuclide

if TYPE_CHECKING:
    from ..fluxes.flux import FluxHistory


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
        interaction: Interaction | None = None,
        flavor: str = "nue",
        threshold: Number = 0.0,
    ) -> float: ...
    @overload
    def __call__(
        self,
        neutrino_energy: ArrayLike,
        nuclide: Nuclide | str,
        interaction: Interaction | None = None,
        flavor: str = "nue",
        threshold: ArrayLike = 0.0,
    ) -> Array: ...


class DifferentialRate(Protocol):
    """dR/dT: a number at one recoil energy, of a flux, unless it is split."""

    @overload
    def __call__(
        self,
        recoil_energy: Number,
        flux: Flux,
        target: Any,
        interaction: Interaction | None = None,
        split: None = None,
        *,
        covariance: Literal[False] = False,
    ) -> float: ...
    @overload
    def __call__(
        self,
        recoil_energy: Number,
        flux: Flux,
        target: Any,
        interaction: Interaction | None = None,
        split: None = None,
        *,
        covariance: Literal[True],
    ) -> tuple[float, float]: ...
    @overload
    def __call__(
        self,
        recoil_energy: ArrayLike,
        flux: Flux | FluxHistory,
        target: Any,
        interaction: Interaction | None = None,
        split: str | None = None,
        *,
        covariance: Literal[False] = False,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        recoil_energy: ArrayLike,
        flux: Flux | FluxHistory,
        target: Any,
        interaction: Interaction | None = None,
        split: str | None = None,
        *,
        covariance: Literal[True],
    ) -> tuple[Array, Array]: ...


class BinnedRate(Protocol):
    """Rates in bins, and their covariance if asked for."""

    @overload
    def __call__(
        self,
        edges: ArrayLike,
        flux: Flux | FluxHistory,
        target: Any,
        interaction: Interaction | None = None,
        *,
        covariance: Literal[False] = False,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        edges: ArrayLike,
        flux: Flux | FluxHistory,
        target: Any,
        interaction: Interaction | None = None,
        *,
        covariance: Literal[True],
    ) -> tuple[Array, Array]: ...


class Rate(Protocol):
    """A rate: a number of a flux above one threshold."""

    @overload
    def __call__(
        self,
        flux: Flux,
        target: Any,
        interaction: Interaction | None = None,
        threshold: Number = 0.0,
        maximum: Number = np.inf,
        *,
        covariance: Literal[False] = False,
    ) -> float: ...
    @overload
    def __call__(
        self,
        flux: Flux,
        target: Any,
        interaction: Interaction | None = None,
        threshold: Number = 0.0,
        maximum: Number = np.inf,
        *,
        covariance: Literal[True],
    ) -> tuple[float, float]: ...
    @overload
    def __call__(
        self,
        flux: Flux | FluxHistory,
        target: Any,
        interaction: Interaction | None = None,
        threshold: ArrayLike = 0.0,
        maximum: ArrayLike = np.inf,
        *,
        covariance: Literal[False] = False,
    ) -> Array: ...
    @overload
    def __call__(
        self,
        flux: Flux | FluxHistory,
        target: Any,
        interaction: Interaction | None = None,
        threshold: ArrayLike = 0.0,
        maximum: ArrayLike = np.inf,
        *,
        covariance: Literal[True],
    ) -> tuple[Array, Array]: ...
