"""Pulses of a beam: when the particles are made that decay into neutrinos.

Formulas
--------
`Instant`, `GaussianPulse`, `RectangularPulse`, `TrapezoidalPulse`, `TabulatedPulse`, `PulseTrain`: p(t), ∫ p dt = 1
    definition
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, check_increasing, digits, increasing, real_array, real_number, several, shown
from .._fields import set_fields
from .._immutable import sealing
from .._kinds import in_files
from .._numerics.quadrature import nodes_between
from .._numerics.special import erfcx, ierfcx
from .._texts import of_fields
from ..errors import InputError

LATEST = 1e9  # μs: pulses lie within ± this
LIFETIMES = (1e-9, 1e9)  # μs, of what decays, and widths of pulses


# ---- pulses --------------------------------------------------------------------------------------------------------------


class Pulse(ABC):
    """When the protons arrive: a density in time, normalised to one."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        in_files(cls)

    @property
    @abstractmethod
    def mean_time(self) -> float:
        """Mean time of arrival [μs]."""

    @property
    @abstractmethod
    def breaks(self) -> tuple[float, ...]:
        """Increasing times [μs] at which the density is not smooth."""

    @abstractmethod
    def shifted(self, by: float) -> Pulse:
        """The same pulse, later by a time [μs]."""

    @property
    def _width(self) -> float:
        """The time over which the density changes between the breaks."""
        return np.inf

    @abstractmethod
    def _density(self, t: Array) -> Array: ...

    @abstractmethod
    def _later(self, t: Array) -> Array:
        """The part that arrives at t or later."""

    @abstractmethod
    def _decaying(self, t: Array, rates: tuple[float, ...]) -> tuple[Array, Array]:
        """E(t) of the first, faster rate and X(t) of both; X is 0 for one rate."""


@dataclass(frozen=True)
class Instant(Pulse):
    """All protons at one time.

    Parameters
    ----------
    time : float
        [μs]

    Raises
    ------
    InputError
        For a time beyond ± 1e9 μs.
    """

    time: float = 0.0

    __repr__ = of_fields

    def __post_init__(self) -> None:
        set_fields(self, time=_time(self.time, "time"))

    @property
    def mean_time(self) -> float:
        return self.time

    @property
    def breaks(self) -> tuple[float, ...]:
        return (self.time,)

    def shifted(self, by: float) -> Instant:
        return Instant(self.time + _time(by, "by"))

    def _density(self, t: Array) -> Array:
        return np.zeros(t.shape)

    def _later(self, t: Array) -> Array:
        return (t <= self.time).astype(np.float64)

    def _decaying(self, t: Array, rates: tuple[float, ...]) -> tuple[Array, Array]:
        after = np.maximum(t - self.time, 0.0)
        begun = np.where(t >= self.time, 1.0, 0.0)
        return begun * np.exp(-rates[0] * after), begun * _both(after, rates)


@dataclass(frozen=True)
class GaussianPulse(Pulse):
    """A normal distribution of protons, not cut at t = 0.

    Parameters
    ----------
    mean, sigma : float
        Mean and standard deviation [μs]; σ from 1e-9 to 1e9 μs.

    Raises
    ------
    InputError
        For values outside their range.
    """

    mean: float
    sigma: float

    __repr__ = of_fields

    def __post_init__(self) -> None:
        low, high = LIFETIMES
        sigma = real_number(self.sigma, "sigma", unit="μs", minimum=low, maximum=high)
        set_fields(self, mean=_time(self.mean, "mean"), sigma=sigma)

    @property
    def mean_time(self) -> float:
        return self.mean

    @property
    def breaks(self) -> tuple[float, ...]:
        return ()

    def shifted(self, by: float) -> GaussianPulse:
        return replace(self, mean=self.mean + _time(by, "by"))

    @property
    def _width(self) -> float:
        return self.sigma

    def _density(self, t: Array) -> Array:
        return np.asarray(np.exp(-0.5 * ((t - self.mean) / self.sigma) ** 2) / (math.sqrt(2 * math.pi) * self.sigma))

    def _later(self, t: Array) -> Array:
        d = (t - self.mean) / self.sigma
        tail = 0.5 * np.exp(-0.5 * d**2) * erfcx(np.abs(d) / math.sqrt(2))
        return np.where(d > 0, tail, 1 - tail)

    def _decaying(self, t: Array, rates: tuple[float, ...]) -> tuple[Array, Array]:
        d = (t - self.mean) / self.sigma
        fast = _gaussian_decay(d, rates[0] * self.sigma)
        if len(rates) == 1:
            return fast, np.zeros(t.shape)
        slow = _gaussian_decay(d, rates[1] * self.sigma)
        near = fast >= 0.6 * slow  # their difference would lose digits: ten nodes integrate dE/dλ between the rates instead
        with np.errstate(divide="ignore", invalid="ignore"):
            both = (slow - fast) / (rates[0] - rates[1])
        if near.any():
            nodes, weights = nodes_between(0.0, 1.0, 10)
            between = (rates[1] + nodes * (rates[0] - rates[1])) * self.sigma
            both[near] = self.sigma * (_gaussian_slope(d[near, None], between) @ weights)
        return fast, both


class _Pieces(Pulse):
    """A density of straight lines between knots, with jumps at them or not."""

    @abstractmethod
    def _lines(self) -> tuple[Array, Array, Array]:
        """Knots (n + 1,) [μs], and the densities (n,) at the left and the right end of each segment, in any unit."""

    @property
    def mean_time(self) -> float:
        knots, left, right, _ = _pieces(self)
        width = np.diff(knots)
        return float(np.sum(width * (knots[:-1] * (left + right) / 2 + width * (left + 2 * right) / 6)))

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(increasing(_pieces(self)[0]).tolist())

    def _place(self, t: Array) -> tuple[NDArray[np.intp], Array, Array, Array]:
        """For each time the last knot before it, the time since, and the densities at that knot and at the time."""
        knots, left, right, _ = _pieces(self)
        i = np.clip(np.searchsorted(knots, t, side="right") - 1, 0, knots.size - 1)
        since = np.maximum(t - knots[i], 0.0)
        inside = (i < left.size) & (t >= knots[0])
        j = np.minimum(i, left.size - 1)
        part = np.clip(since / np.diff(knots)[j], 0.0, 1.0)
        start = np.where(inside, left[j], 0.0)
        return i, since, start, np.where(inside, left[j] * (1 - part) + right[j] * part, 0.0)

    def _density(self, t: Array) -> Array:
        return self._place(t)[3]

    def _later(self, t: Array) -> Array:
        knots, _, right, later = _pieces(self)
        i, _, _, here = self._place(t)
        j = np.minimum(i, right.size - 1)
        rest = np.where(i < right.size, knots[j + 1] - t, 0.0) * (here + right[j]) / 2 + later[np.minimum(j + 1, right.size)]
        return np.where(t <= knots[0], 1.0, np.where(i < right.size, rest, 0.0))

    def _decaying(self, t: Array, rates: tuple[float, ...]) -> tuple[Array, Array]:
        knots = _pieces(self)[0]
        at_knots = _states(self, rates)
        i, since, start, here = self._place(t)
        fast, both = at_knots[0][i], at_knots[1][i]
        begun = t >= knots[0]
        weights = _segment(since, rates)
        end = np.exp(-rates[0] * since) * fast + weights[0] * start + weights[1] * here
        if len(rates) == 1:
            return begun * end, np.zeros(t.shape)
        both = np.exp(-rates[1] * since) * both + _both(since, rates) * fast + weights[2] * start + weights[3] * here
        return begun * end, begun * both


@dataclass(frozen=True)
class RectangularPulse(_Pieces):
    """Protons at a steady rate between two times.

    Parameters
    ----------
    start, stop : float
        [μs], start < stop.

    Raises
    ------
    InputError
        For times that do not increase, or beyond ± 1e9 μs.
    """

    start: float
    stop: float

    __repr__ = of_fields

    def __post_init__(self) -> None:
        set_fields(self, start=_time(self.start, "start"), stop=_time(self.stop, "stop"))
        if not self.start < self.stop:
            raise InputError(f"stop must be > start (got start={shown(self.start)} and stop={shown(self.stop)} μs)")
        _check_steps([self.stop - self.start])

    def shifted(self, by: float) -> RectangularPulse:
        by = _time(by, "by")
        return RectangularPulse(self.start + by, self.stop + by)

    def _lines(self) -> tuple[Array, Array, Array]:
        return np.array([self.start, self.stop]), np.ones(1), np.ones(1)


@dataclass(frozen=True)
class TrapezoidalPulse(_Pieces):
    """Protons at a rate that rises, stays and falls; a triangle where it does not stay.

    Parameters
    ----------
    start, top_start, top_stop, stop : float
        Times [μs] of the four corners, none before the one on its left.

    Raises
    ------
    InputError
        For times that decrease or are all one, or beyond ± 1e9 μs.
    """

    start: float
    top_start: float
    top_stop: float
    stop: float

    __repr__ = of_fields

    def __post_init__(self) -> None:
        names = ("start", "top_start", "top_stop", "stop")
        set_fields(self, **{name: _time(getattr(self, name), name) for name in names})
        times = [getattr(self, name) for name in names]
        if sorted(times) != times or self.start == self.stop:
            raise InputError(f"start, top_start, top_stop, stop must increase (got {', '.join(map(repr, times))} μs)")
        _check_steps(np.diff(times))

    def shifted(self, by: float) -> TrapezoidalPulse:
        by = _time(by, "by")
        return TrapezoidalPulse(self.start + by, self.top_start + by, self.top_stop + by, self.stop + by)

    def _lines(self) -> tuple[Array, Array, Array]:
        knots = np.array([self.start, self.top_start, self.top_stop, self.stop])
        full = np.diff(knots) > 0
        return knots[np.append(True, full)], np.array([0.0, 1.0, 1.0])[full], np.array([1.0, 1.0, 0.0])[full]


@dataclass(frozen=True)
class TabulatedPulse(_Pieces):
    """A measured pulse: straight lines between points, or a histogram.

    Parameters
    ----------
    times : array_like (n,)
        Increasing [μs]; the edges of the bins of a histogram.
    values : array_like (n,) or (n − 1,)
        Rate of protons at the times, ≥ 0, in any unit; or in each bin, where it is the rate and not the content of the bin.

    Raises
    ------
    InputError
        For times that do not increase, negative values, only zeros, lengths that do not match.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]

    if TYPE_CHECKING:

        def __init__(self, times: ArrayLike, values: ArrayLike) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        times = real_array(self.times, "times", unit="μs", minimum=-LATEST, maximum=LATEST)
        values = real_array(self.values, "values", minimum=0.0)
        if times.ndim != 1 or values.ndim != 1 or times.size < 2 or values.size not in (times.size, times.size - 1):
            raise InputError(
                "a pulse needs 2 or more times, and as many values or, for a histogram, one fewer "
                f"(got shapes {times.shape} and {values.shape})"
            )
        check_increasing(times, "times", "μs")
        steps = np.diff(times)
        _check_steps(steps)
        if not (values > 0).any():
            raise InputError("values must be > 0 somewhere (got zeros)")
        set_fields(self, times=tuple(times.tolist()), values=tuple(values.tolist()))

    def shifted(self, by: float) -> TabulatedPulse:
        by = _time(by, "by")
        return TabulatedPulse(tuple(time + by for time in self.times), self.values)

    def _lines(self) -> tuple[Array, Array, Array]:
        values = np.array(self.values) / max(self.values)
        if values.size < len(self.times):
            return np.array(self.times), values, values
        return np.array(self.times), values[:-1], values[1:]


@dataclass(frozen=True)
class PulseTrain(Pulse):
    """Several pulses, one after the other or on top of each other.

    Parameters
    ----------
    pulses : iterable of Pulse
        One or more.
    weights : array_like, optional
        Protons in each, ≥ 0, in any unit; the same in all by default.

    Raises
    ------
    InputError
        For what is no pulse, negative weights or zeros alone, lengths that do not match.

    Examples
    --------
    >>> from cevns.fluxes.timing import PulseTrain, RectangularPulse
    >>> bunches = PulseTrain((RectangularPulse(0.0, 0.1), RectangularPulse(0.6, 0.7)))
    >>> round(bunches.mean_time, 12)
    0.35
    """

    pulses: tuple[Pulse, ...]
    weights: tuple[float, ...] | None = None

    if TYPE_CHECKING:

        def __init__(self, pulses: Iterable[Pulse], weights: ArrayLike | None = None) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        pulses = several(self.pulses, "pulses must be one or more of cevns.timing")
        if not pulses or not all(isinstance(pulse, Pulse) for pulse in pulses):
            raise InputError(f"pulses must be one or more of cevns.timing (got {shown(self.pulses)})")
        set_fields(self, pulses=pulses)
        if self.weights is not None:
            weights = real_array(self.weights, "weights", minimum=0.0)
            if weights.shape != (len(pulses),) or not (weights > 0).any():
                raise InputError(f"weights must be {len(pulses)} numbers, not all 0 (got {shown(self.weights)})")
            set_fields(self, weights=tuple(weights.tolist()))

    @property
    def _shares(self) -> list[float]:
        weights = self.weights or (1.0,) * len(self.pulses)
        largest = max(weights)
        total = sum(weight / largest for weight in weights)
        return [weight / largest / total for weight in weights]

    @property
    def mean_time(self) -> float:
        return sum(share * pulse.mean_time for share, pulse in zip(self._shares, self.pulses, strict=True))

    @property
    def breaks(self) -> tuple[float, ...]:
        return tuple(sorted({time for pulse in self.pulses for time in pulse.breaks}))

    def shifted(self, by: float) -> PulseTrain:
        return PulseTrain(tuple(pulse.shifted(by) for pulse in self.pulses), self.weights)

    @property
    def _width(self) -> float:
        return min(pulse._width for pulse in self.pulses)

    def _density(self, t: Array) -> Array:
        return sum((s * pulse._density(t) for s, pulse in zip(self._shares, self.pulses, strict=True)), np.zeros(t.shape))

    def _later(self, t: Array) -> Array:
        return sum((s * pulse._later(t) for s, pulse in zip(self._shares, self.pulses, strict=True)), np.zeros(t.shape))

    def _decaying(self, t: Array, rates: tuple[float, ...]) -> tuple[Array, Array]:
        parts = [pulse._decaying(t, rates) for pulse in self.pulses]
        fast = sum((s * part[0] for s, part in zip(self._shares, parts, strict=True)), np.zeros(t.shape))
        both = sum((s * part[1] for s, part in zip(self._shares, parts, strict=True)), np.zeros(t.shape))
        return fast, both


# ---- the integrals -------------------------------------------------------------------------------------------------------


def _check_steps(steps: ArrayLike) -> None:
    """Pieces of a pulse must be as long as a width may be, or nothing."""
    given = np.asarray(steps)
    short = (given > 0) & (given < LIFETIMES[0])
    if short.any():
        raise InputError(f"times of a pulse must be >= {LIFETIMES[0]:g} μs apart (got {digits(given[short][0])} μs)")


def _time(value: Any, name: str) -> float:
    return real_number(value, name, unit="μs", minimum=-LATEST, maximum=LATEST)


def _mean_decay(z: Array) -> Array:
    """∫₀¹ e^(−zx) dx."""
    safe = np.where(z > 0, z, 1.0)
    return np.where(z > 0, -np.expm1(-safe) / safe, 1.0)


def _first_decay(z: Array) -> Array:
    """∫₀¹ x e^(−zx) dx: in closed form from z = 2 upwards, below which that cancels."""
    out = np.empty(z.shape)
    near = z < 2
    nodes, weights = nodes_between(0.0, 1.0, 10)
    out[near] = np.exp(-z[near, None] * nodes) @ (weights * nodes)
    far = z[~near]
    out[~near] = (_mean_decay(far) - np.exp(-far)) / far
    return out


def _both(u: Array, rates: tuple[float, ...]) -> Array:
    """G(u) = (e^(−λ₂u) − e^(−λ₁u))/(λ₁ − λ₂), for equal rates u e^(−λu); zeros for one rate."""
    if len(rates) == 1:
        return np.zeros(u.shape)
    return u * np.exp(-rates[1] * u) * _mean_decay((rates[0] - rates[1]) * u)


def _segment(width: Array, rates: tuple[float, ...]) -> tuple[Array, ...]:
    """What a straight piece of a pulse adds to E and X at its end: the factors of the densities at its start and end.

    With p = p_end + (p_start − p_end) x, x = (end − s)/width, they are moments of e^(−λ₁wx) and G(wx). Those of G follow from
    G′ = e^(−λ₂u) − λ₁G by parts, where λ₁ is the faster rate; below λ₁w = 2 that cancels, and ten nodes are exact.
    """
    fast = rates[0] * width
    mean, first = _mean_decay(fast), _first_decay(fast)
    if len(rates) == 1:
        return width * first, width * (mean - first)
    nodes, weights = nodes_between(0.0, 1.0, 10)
    mean_both, first_both = np.empty(width.shape), np.empty(width.shape)
    near = fast < 2
    values = _both(width[near, None] * nodes, rates)
    mean_both[near], first_both[near] = values @ weights, values @ (weights * nodes)
    w = width[~near]
    slow, end = rates[1] * w, _both(w, rates)
    mean_far = (_mean_decay(slow) - end / w) / rates[0]
    mean_both[~near] = mean_far
    first_both[~near] = (_first_decay(slow) + (mean_far - end) / w) / rates[0]
    return width * first, width * (mean - first), width * first_both, width * (mean_both - first_both)


@lru_cache(maxsize=64)
@sealing
def _pieces(pulse: _Pieces) -> tuple[Array, Array, Array, Array]:
    """Knots, normalised densities at both ends of each segment, and what arrives after each knot."""
    knots, left, right = pulse._lines()
    contents = np.diff(knots) * (left + right) / 2
    later = np.append(np.cumsum(contents[::-1])[::-1], 0.0)
    return np.asarray(knots, dtype=np.float64), left / later[0], right / later[0], later / later[0]


@lru_cache(maxsize=64)
@sealing
def _states(pulse: _Pieces, rates: tuple[float, ...]) -> tuple[Array, Array]:
    """E and X at each knot: what was there decays, e^(−λ(u+w)) and G(u + w) by their addition theorems, and a segment adds."""
    knots, left, right, _ = _pieces(pulse)
    width = np.diff(knots)
    weights = _segment(width, rates)
    added = weights[0] * left + weights[1] * right
    fast, both = np.zeros(knots.size), np.zeros(knots.size)
    kept = np.exp(-rates[0] * width)
    for i in range(width.size):
        fast[i + 1] = kept[i] * fast[i] + added[i]
    if len(rates) == 2:
        kept = np.exp(-rates[1] * width)
        added = _both(width, rates) * fast[:-1] + weights[2] * left + weights[3] * right
        for i in range(width.size):
            both[i + 1] = kept[i] * both[i] + added[i]
    return fast, both


def _gaussian_decay(d: Array, r: float) -> Array:
    """E of a Gaussian at d = (t − mean)/σ for r = λσ: ½ e^(−d²/2) erfcx(y), y = (r − d)/√2."""
    y = (r - d) / math.sqrt(2)
    half = 0.5 * np.exp(-0.5 * d**2) * erfcx(np.abs(y))
    return np.where(y < 0, np.exp(np.minimum(r * (0.5 * r - d), 0.0)) - half, half)


def _gaussian_slope(d: Array, r: Array) -> Array:
    """−dE/dr of the same: e^(−d²/2) (1/√π − y erfcx(y))/√2."""
    y = (r - d) / math.sqrt(2)
    bell = np.exp(-0.5 * d**2)
    half = 0.5 * bell * erfcx(np.abs(y))
    after = bell / math.sqrt(math.pi) - 2 * y * (np.exp(np.minimum(r * (0.5 * r - d), 0.0)) - half)
    return np.where(y < 0, after, bell * ierfcx(np.abs(y))) / math.sqrt(2)
