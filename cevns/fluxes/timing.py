"""Timing: when neutrinos of a pulsed beam arrive, exactly.

Protons arrive in a pulse p(t); a pion decays after a time that is distributed exponentially, its muon after another:

    prompt    h₁ = p ⊛ e^(−t/τ_π)/τ_π               delayed    h₂ = h₁ ⊛ e^(−t/τ_μ)/τ_μ

With the rates λ = 1/τ everything is made of two integrals over the pulse, both of positive terms alone,

    E(t) = ∫ p(s) e^(−λ₁(t−s)) ds,    X(t) = ∫ p(s) G(t−s) ds,    G(u) = (e^(−λ₂u) − e^(−λ₁u))/(λ₁ − λ₂),

so that densities are λ₁E and λ₁λ₂X, and what arrives later than t is P + E and P + E + λ₁X, with P the protons later than t:
no digits are lost in the tail, for equal lifetimes, or for pulses that are short or long against them. Times are in μs, from
the reference time of the pulse; the flight of the neutrino is not in them.

Formulas
--------
arrival times, `Timing`: h₁ = p ⊛ e^(−t/τ_π)/τ_π, h₂ = h₁ ⊛ e^(−t/τ_μ)/τ_μ
    exponential decay
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from .._arguments import Array, broadcast, digits, real_array, restore, shown
from .._fields import set_fields
from .._kinds import in_files
from .._numerics.quadrature import nodes_between
from .._texts import of_fields
from .._typed import Like, Like2, Many, Number, Values
from ..errors import InputError
from .pulses import (
    LIFETIMES,
    GaussianPulse,
    Instant,
    Pulse,
    PulseTrain,
    RectangularPulse,
    TabulatedPulse,
    TrapezoidalPulse,
)

__all__ = [
    "GaussianPulse",
    "Instant",
    "Pulse",
    "PulseTrain",
    "RectangularPulse",
    "TabulatedPulse",
    "Timing",
    "TrapezoidalPulse",
]


def __dir__() -> list[str]:
    return __all__


_NEVER = 1e12  # μs: times beyond ± this are as good as infinite
_NARROW = 0.25  # of lifetime or width: in a narrower bin the density is integrated, where a difference would lose digits


# ---- arrival -------------------------------------------------------------------------------------------------------------


@in_files
@dataclass(frozen=True)
class Timing:
    """When neutrinos arrive: a pulse of protons, and what decays one after the other.

    Parameters
    ----------
    pulse : Pulse
        `Instant`, `GaussianPulse`, `RectangularPulse`, `TrapezoidalPulse`, `TabulatedPulse` or `PulseTrain`.
    lifetimes : sequence of float
        Mean lifetimes τ [μs], 1e-9 to 1e9: none, one (the pion: prompt) or two (pion and muon: delayed), in any order.

    Raises
    ------
    InputError
        For what is no pulse, more than two lifetimes, values outside their range.

    Notes
    -----
    The distribution is that of t_proton + t₁ + t₂, in closed form (see the head of this file): piecewise-linear pulses by
    recurrence over their segments, a Gaussian as the exponentially modified Gaussian. The error of densities and of what
    arrives later is 5e-15 of themselves, and 1e-16 more for each unit of the exponent, t/τ or (t − mean)²/2σ².

    Examples
    --------
    >>> from cevns.fluxes.timing import Instant, Timing
    >>> delayed = Timing(Instant(), (0.026033, 2.1969811))
    >>> round(delayed.fraction(0.0, 6.0), 6)
    0.934066
    >>> round(delayed.mean, 6)
    2.223014
    """

    pulse: Pulse
    lifetimes: tuple[float, ...] = ()

    __repr__ = of_fields

    def __post_init__(self) -> None:
        if not isinstance(self.pulse, Pulse):
            raise InputError(f"pulse must be one of cevns.timing (got {shown(self.pulse)})")
        low, high = LIFETIMES
        lifetimes = real_array(self.lifetimes, "lifetimes", unit="μs", minimum=low, maximum=high)
        if lifetimes.ndim != 1 or lifetimes.size > 2:
            raise InputError(f"lifetimes must be a list of at most two (got {shown(self.lifetimes)})")
        set_fields(self, lifetimes=tuple(lifetimes.tolist()))

    @property
    def _rates(self) -> tuple[float, ...]:
        """Decays per μs, the faster first."""
        return tuple(1.0 / lifetime for lifetime in sorted(self.lifetimes))

    @property
    def mean(self) -> float:
        """Mean time of arrival [μs]: that of the pulse plus the lifetimes."""
        return self.pulse.mean_time + sum(self.lifetimes)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Times [μs] at which the density is not smooth."""
        return self.pulse.breaks

    def shifted(self, by: float) -> Timing:
        """The same, later by a time [μs]: an offset of the clock, or the flight of the neutrino (L/c: 0.0033 μs per m)."""
        return replace(self, pulse=self.pulse.shifted(by))

    @overload
    def density(self, time: Number) -> float: ...
    @overload
    def density(self, time: Many) -> Array: ...
    @overload
    def density(self, time: Like) -> Values: ...
    def density(self, time: ArrayLike) -> Values:
        """Density of arrival [1/μs] at times [μs]; without what arrives at an instant, if nothing decays.

        Raises
        ------
        InputError
            For times that are no numbers.
        """
        shape, (t,) = broadcast(real_array(time, "time", unit="μs", infinite=True))
        return restore(self._at(t, self._density, 0.0, 0.0), shape)

    @overload
    def cumulative(self, time: Number) -> float: ...
    @overload
    def cumulative(self, time: Many) -> Array: ...
    @overload
    def cumulative(self, time: Like) -> Values: ...
    def cumulative(self, time: ArrayLike) -> Values:
        """The part that arrives before times [μs], between 0 and 1.

        Raises
        ------
        InputError
            For times that are no numbers.
        """
        return self.fraction(-np.inf, time)

    @overload
    def later(self, time: Number) -> float: ...
    @overload
    def later(self, time: Many) -> Array: ...
    @overload
    def later(self, time: Like) -> Values: ...
    def later(self, time: ArrayLike) -> Values:
        """The part that arrives at times [μs] or later, between 0 and 1, with its own relative accuracy in the tail.

        Raises
        ------
        InputError
            For times that are no numbers.
        """
        shape, (t,) = broadcast(real_array(time, "time", unit="μs", infinite=True))
        return restore(self._at(t, self._later, 1.0, 0.0), shape)

    @overload
    def fraction(self, start: Number, stop: Number) -> float: ...
    @overload
    def fraction(self, start: Many, stop: Like2) -> Array: ...
    @overload
    def fraction(self, start: Like, stop: Many) -> Array: ...
    @overload
    def fraction(self, start: Like, stop: Like2) -> Values: ...
    def fraction(self, start: ArrayLike, stop: ArrayLike) -> Values:
        """The part that arrives in start ≤ t < stop.

        Parameters
        ----------
        start, stop : array_like
            Ends of the bins [μs], start ≤ stop, of shapes that broadcast; ± infinity is allowed.

        Returns
        -------
        float or ndarray
            Between 0 and 1.

        Raises
        ------
        InputError
            For start > stop, or what is no number.

        Notes
        -----
        The difference of `later` at the ends; in bins narrower than a quarter of the lifetimes and of the width of a Gaussian
        it is the integral of the density. The error is 1e-13 of the fraction, or, in wide bins before the pulse is through,
        3e-16 of everything.
        """
        shape, (low, high) = broadcast(
            real_array(start, "start", unit="μs", infinite=True), real_array(stop, "stop", unit="μs", infinite=True)
        )
        wrong = low > high
        if wrong.any():
            i = int(np.argmax(wrong))
            raise InputError(f"start must be <= stop (got {digits(low[i])} and {digits(high[i])} μs)")
        out = self._at(low, self._later, 1.0, 0.0) - self._at(high, self._later, 1.0, 0.0)
        with np.errstate(invalid="ignore"):  # infinity less infinity
            narrow = high - low < _NARROW * min(self.pulse._width, *self.lifetimes, np.inf)
        narrow &= (np.abs(low) < _NEVER) & (np.abs(high) < _NEVER)
        for time in self.breaks:  # a jump inside; at the start too, where an instant does not decay
            narrow &= ~((low < time) & (time < high)) if self.lifetimes else ~((low <= time) & (time <= high))
        if narrow.any():
            t, weights = nodes_between(low[narrow], high[narrow], 10)
            out[narrow] = (weights * self._density(t.reshape(-1)).reshape(t.shape)).sum(axis=-1)
        return restore(np.maximum(out, 0.0), shape)

    def _at(self, t: Array, function: Any, before: float, after: float) -> Array:
        """A function at finite times, and its limits at infinite ones."""
        near = np.abs(t) < _NEVER
        if near.all():
            return np.asarray(function(t))
        out = np.where(t < 0, before, after)
        out[near] = function(t[near])
        return out

    def _density(self, t: Array) -> Array:
        rates = self._rates
        if not rates:
            return self.pulse._density(t)
        fast, both = self.pulse._decaying(t, rates)
        return rates[0] * fast if len(rates) == 1 else rates[0] * rates[1] * both

    def _later(self, t: Array) -> Array:
        rates = self._rates
        later = self.pulse._later(t)
        if rates:
            fast, both = self.pulse._decaying(t, rates)
            later = later + fast
            if len(rates) == 2:
                later += rates[0] * both
        return np.minimum(later, 1.0)
