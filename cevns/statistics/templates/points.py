"""Points of a theory, in arrays or by name, and what is asked at each: counts, gradients, likelihoods, the best of all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._arguments import Array, known_name, mapped, real_array, real_number, restore
from ..._immutable import Immutable
from ..._typed import Arrays, Number, Values
from ...errors import InputError, UnsupportedError
from ..minimum import Minimum
from .arguments import mapping_of
from .minima import SAMPLES, Space, lowest

BLOCK = 1 << 14  # points that are looked at together
_NEAR = 1e-14  # of the larger end of a range: rounding of a value at its end


class Data(Protocol):
    """The data that a likelihood needs besides the signal; arrays have the shape of the bins."""

    @property
    def background(self) -> Array: ...
    @property
    def observed(self) -> Array | None: ...
    @property
    def signal_effects(self) -> Mapping[str, Array]: ...
    @property
    def background_effects(self) -> Mapping[str, Array]: ...
    @property
    def sigma(self) -> Mapping[str, float]: ...
    @property
    def mean(self) -> Mapping[str, float]: ...
    @property
    def limits(self) -> Mapping[str, tuple[float, float]]: ...


class Theory(Immutable):
    """The base of templates and of grids of them: points, in arrays or by name, and counts and likelihoods there."""

    parameters: tuple[str, ...]
    start: Array
    name: str

    # ---- what subclasses give, of points (n, n_parameters) ----------------------------------------------------------------

    @property
    def _data(self) -> Data:
        """Bins, background, observation and nuisances."""
        raise NotImplementedError

    def _weighted(self, theta: Array) -> Array:
        """Counts (n, bins) of the signal."""
        raise NotImplementedError

    def _sloped(self, theta: Array) -> Array:
        """Their derivatives (n, n_parameters, bins)."""
        raise NotImplementedError

    def _likelihood(self, theta: Array, out: Array, pulls: Array | None, slopes: Array | None) -> None:
        """χ² (n,), its derivatives (n, n_parameters), and with `pulls` (n, n_nuisances) its minimum over the nuisances."""
        raise NotImplementedError

    def _ranges(self) -> list[tuple[float, float]]:
        """Where each parameter may be."""
        return [(-math.inf, math.inf)] * len(self.parameters)

    def _logarithms(self) -> NDArray[np.bool_]:
        """Which parameters are best searched in their logarithms."""
        return np.zeros(len(self.parameters), dtype=bool)

    def _samples(self, number: int) -> tuple[Array, Array]:
        """Points (number, n_parameters) where a minimum may be near, and by how much each parameter must change to matter."""
        raise NotImplementedError

    # ---- counts ------------------------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the bins."""
        return self._data.background.shape

    @property
    def nuisances(self) -> tuple[str, ...]:
        """Names of the nuisances."""
        return tuple(self._data.sigma)

    def counts(self, theta: ArrayLike | Mapping[str, ArrayLike]) -> Array:
        """Counts of the signal.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points; or by parameter arrays that broadcast with each other, in which a missing one has its value in `start`.

        Returns
        -------
        array (..., *bins)

        Raises
        ------
        InputError, UnknownNameError
            For nan or infinite values, another number of parameters, unknown names, and counts that overflow.
        """
        lead, points = self._points(theta)
        with np.errstate(over="ignore", invalid="ignore"):
            return _finite(self._weighted(points), "counts").reshape(*lead, *self.shape)

    def expected(self, theta: ArrayLike | Mapping[str, ArrayLike], nuisances: Mapping[str, float] | None = None) -> Array:
        """Counts of signal and background.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.
        nuisances : mapping, optional
            Nuisance → value; the others are at their means.

        Returns
        -------
        array (..., *bins)

        Raises
        ------
        InputError, UnknownNameError
            As for `counts`, and for unknown nuisances.
        """
        data, factor, background = self._data, np.ones(self.shape), self._data.background
        for key, value in mapping_of(nuisances, "nuisances").items():
            known_name(key, self.nuisances, "nuisance")
            pull = real_number(value, f"nuisance {key!r}") - data.mean[key]
            factor = factor + pull * data.signal_effects.get(key, 0.0)
            background = background + pull * data.background_effects.get(key, 0.0)
        return self.counts(theta) * factor + background

    def gradient(self, theta: ArrayLike | Mapping[str, ArrayLike]) -> Array:
        """Derivatives of the signal's counts by each parameter.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.

        Returns
        -------
        array (..., n_parameters, *bins)

        Raises
        ------
        InputError, UnknownNameError
            As for `counts`.
        """
        lead, points = self._points(theta)
        with np.errstate(over="ignore", invalid="ignore"):
            return _finite(self._sloped(points), "the gradient").reshape(*lead, len(self.parameters), *self.shape)

    # ---- likelihood --------------------------------------------------------------------------------------------------------

    @overload
    def likelihood(self, theta: Number | Mapping[str, Number], profile: bool = ...) -> float: ...
    @overload
    def likelihood(self, theta: Mapping[str, Arrays], profile: bool = ...) -> Array: ...
    @overload
    def likelihood(self, theta: ArrayLike | Mapping[str, ArrayLike], profile: bool = ...) -> Values: ...
    def likelihood(self, theta: ArrayLike | Mapping[str, ArrayLike], profile: bool = True) -> Values:
        """−2 ln(L/L_saturated) of what was observed, at any number of points.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.
        profile : bool
            Whether the nuisances take their best values at each point, within their limits; else they stay at their means.

        Returns
        -------
        float or array (...)
            inf where a Poisson bin expects less than nothing, or nothing where something was observed (profiled: whatever the
            nuisances are), or where numbers overflow.

        Raises
        ------
        UnsupportedError
            If nothing has been observed.
        InputError, UnknownNameError
            As for `counts`.

        Notes
        -----
        Poisson bins give 2 [μ − n + n ln(n/μ)], bins with a variance (n − μ)²/σ². Profiled, it is the minimum over ξ of it with

            μ(ξ) = S (1 + Σ_k ξ_k s_k) + B + Σ_k ξ_k v_k,    lower_k ≤ mean_k + ξ_k ≤ upper_k

        plus Σ_k (ξ_k/σ_k)²: a convex problem, solved by Newton's steps to 1e-10 of 1 + χ², each to the minimum of a parabola
        within the limits. A bin without counts that the nuisances make negative counts as empty. At the centre, the error of a
        sum of positive terms is below 1e-14 (χ² + Σn).
        """
        lead, chi2, _, _ = self._evaluated(theta, profile, False)
        return restore(chi2, lead)

    def likelihood_gradient(self, theta: ArrayLike | Mapping[str, ArrayLike], profile: bool = True) -> Array:
        """Derivatives of `likelihood` by each parameter.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.
        profile : bool
            As for `likelihood`.

        Returns
        -------
        array (..., n_parameters)
            nan where the likelihood is infinite.

        Raises
        ------
        UnsupportedError, InputError, UnknownNameError
            As for `likelihood`.
        """
        lead, _, _, slopes = self._evaluated(theta, profile, True)
        assert slopes is not None
        return slopes.reshape(*lead, len(self.parameters))

    def pulls(self, theta: ArrayLike | Mapping[str, ArrayLike]) -> dict[str, Values]:
        """Values of the nuisances that fit best.

        Parameters
        ----------
        theta : array_like (..., n_parameters) or mapping
            Points, as for `counts`.

        Returns
        -------
        dict of float or array (...)
            Nuisance → values, within their limits; their means where the likelihood is infinite.

        Raises
        ------
        UnsupportedError, InputError, UnknownNameError
            As for `likelihood`.
        """
        lead, _, pulls, _ = self._evaluated(theta, True, False)
        assert pulls is not None
        return {name: restore(np.ascontiguousarray(pulls[:, k]), lead) for k, name in enumerate(self.nuisances)}

    def minimum(self, profile: bool = True, fixed: Mapping[str, float] | None = None) -> Minimum:
        """The point of the best likelihood, over all parameters of the theory.

        Parameters
        ----------
        profile : bool
            Whether over the nuisances too; else they stay at their means.
        fixed : mapping, optional
            Parameter → value at which it stays.

        Returns
        -------
        Minimum

        Raises
        ------
        UnsupportedError
            If nothing has been observed.
        InputError, UnknownNameError
            For unknown parameters or values that are not finite.

        Notes
        -----
        Couplings have several minima, as rates are the same for the charge Q and −Q. So 2000 points spread over three orders of
        magnitude about the size at which each parameter matters, always the same, are compared, and from the best twelve that
        are apart the minimum is searched for with the gradient (L-BFGS-B). Which of several equal minima it is, is not defined.
        """
        held = {key: real_number(value, f"parameter {key!r}") for key, value in mapping_of(fixed, "fixed").items()}
        for key in held:
            known_name(key, self.parameters, "parameter")
        theta = np.array([held.get(key, at) for key, at in zip(self.parameters, self.start.tolist(), strict=True)])
        free = np.array([key not in held for key in self.parameters])
        if free.any():
            low, high = (np.array(ends) for ends in zip(*self._ranges(), strict=True))
            theta = lowest(
                lambda points: self._evaluated(points, profile, False)[1],
                lambda point: self._value_and_slopes(point, profile),
                Space(low, high, self._logarithms()),
                self._samples(SAMPLES),
                theta,
                free,
            )
        names, values = self.parameters, theta.tolist()
        if profile:
            names = (*names, *self.nuisances)
            values += [value for value in self.pulls(theta).values()]
        return Minimum(names, tuple(values), float(self.likelihood(theta, profile)))

    # ---- points ------------------------------------------------------------------------------------------------------------

    def _points(self, theta: Any) -> tuple[tuple[int, ...], Array]:
        """Leading axes of the points, and the points (n, n_parameters)."""
        lead, columns = self._columns(theta)
        if isinstance(columns, np.ndarray):
            return lead, columns
        return lead, np.stack([np.broadcast_to(column, lead).reshape(-1) for column in columns], axis=-1)

    def _columns(self, theta: Any) -> tuple[tuple[int, ...], Array | list[Array]]:
        """Leading axes, and checked points (n, n_parameters), or what broadcasts to each parameter."""
        theta = mapped(theta)
        if isinstance(theta, Mapping):
            for key in theta:
                known_name(key, self.parameters, "parameter")
            if not self.parameters:
                return (), np.zeros((1, 0))
            columns = [
                real_array(theta.get(key, at), f"parameter {key!r}")
                for key, at in zip(self.parameters, self.start.tolist(), strict=True)
            ]
            try:
                lead = np.broadcast_shapes(*(column.shape for column in columns))
            except ValueError:
                shapes = ", ".join(f"{key} {column.shape}" for key, column in zip(self.parameters, columns, strict=True))
                raise InputError(f"the parameters' shapes must broadcast (got {shapes})") from None
            return lead, [self._within(i, column) for i, column in enumerate(columns)]
        array = real_array(theta, "theta")
        if array.ndim == 0 or array.shape[-1] != len(self.parameters):
            shown = ", ".join(self.parameters)
            raise InputError(
                f"theta must have {len(self.parameters)} values, of {shown or 'none'}, on its last axis (got {array.shape})"
            )
        within = [self._within(i, array[..., i]) for i in range(len(self.parameters))]
        if any(high < math.inf for _, high in self._ranges()):
            array = np.stack(within, axis=-1)
        lead = array.shape[:-1]
        return lead, np.ascontiguousarray(array).reshape(math.prod(lead), len(self.parameters))

    def _within(self, parameter: int, values: Array) -> Array:
        """Values in the range of a parameter; those that rounding has led out of it, as `numpy.arange` does, are at its end."""
        low, high = self._ranges()[parameter]
        if low == -math.inf:
            return values
        near = _NEAR * max(abs(low), abs(high))
        ends = np.where((values < low) & (values >= low - near), low, values)
        ends = np.where((ends > high) & (ends <= high + near), high, ends)
        return real_array(ends, f"parameter {self.parameters[parameter]!r}", minimum=low, maximum=high)

    def _evaluated(self, theta: Any, profile: bool, sloped: bool) -> tuple[tuple[int, ...], Array, Array | None, Array | None]:
        """Leading axes, χ², nuisances and derivatives, point by point."""
        if self._data.observed is None:
            raise UnsupportedError(
                f"templates {self.name!r} hold no observed counts: give observed=, those of a release, or asimov=True"
            )
        lead, columns = self._columns(theta)
        n = math.prod(lead)
        chi2 = np.empty(n)
        pulls = np.zeros((n, len(self.nuisances))) if profile else None
        slopes = np.empty((n, len(self.parameters))) if sloped else None
        start = 0
        for block in [columns] if isinstance(columns, np.ndarray) else _blocks(lead, columns):
            part = slice(start, start := start + block.shape[0])
            if len(block):
                self._likelihood(
                    block,
                    chi2[part],
                    None if pulls is None else pulls[part],
                    None if slopes is None else slopes[part],
                )
        return lead, chi2, pulls, slopes

    def _value_and_slopes(self, point: Array, profile: bool) -> tuple[float, Array]:
        """χ² and its derivatives (n_parameters,) at one point."""
        _, chi2, _, slopes = self._evaluated(point, profile, True)
        assert slopes is not None
        return float(chi2[0]), slopes[0]


def _finite(values: Array, what: str) -> Array:
    if not np.isfinite(values).all():
        raise InputError(f"{what} at these parameters must be < 1.8e308 (got an overflow): are they too large?")
    return values


def _blocks(lead: tuple[int, ...], columns: list[Array]) -> Iterator[Array]:
    """Points (≤ BLOCK, n_parameters) of columns that broadcast to `lead`, in order, without the broadcast arrays."""
    views = [np.broadcast_to(column, lead) for column in columns]
    axis, inner = len(lead), 1
    while axis and inner * lead[axis - 1] <= BLOCK:
        axis -= 1
        inner *= lead[axis]
    if axis == 0:
        yield np.stack([view.reshape(-1) for view in views], axis=-1)
        return
    step = max(1, BLOCK // inner)
    for outer in np.ndindex(*lead[: axis - 1]):
        for begin in range(0, lead[axis - 1], step):
            yield np.stack([view[(*outer, slice(begin, begin + step))].reshape(-1) for view in views], axis=-1)
