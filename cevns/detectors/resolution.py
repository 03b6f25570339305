"""Resolution: how what is measured is spread around what a recoil gave.

`resolution.probability(edges, energy)` is the probability that something of a mean energy is reconstructed in each bin, an
exact integral over the bin: a difference of cumulative distributions, never a value at the middle. So bins that cover
everything sum to one, however narrow the distribution is.

    Perfect                what is measured is what was given
    Gaussian     σ² = σ₀² + a²E + c²E²: noise, statistics, what is proportional; pulser and Fano, σ/E = a/√E
    Tabulated    a Gaussian with σ from a table
    Gamma        COHERENT's law for CsI[Na], in photo-electrons
    Poisson      whole photo-electrons or electrons

A bin holds low ≤ x < high. What is reconstructed below the first edge or above the last, also below zero, is lost, not moved.
The energy is what quenching gives (`unit_in`), and what is measured is in `unit_out`; None stands for the unit that comes in.

Formulas
--------
`Gaussian`, `Tabulated` resolution: σ² = σ₀² + a²E + c²E², or σ from a table
    definition
`Gamma` resolution: p(x|E) = (α(1 + β))^(1+β)/Γ(1 + β) x^β e^(−α(1+β)x), α = a/E, β = bE
    D. Akimov et al. (COHERENT), JINST 17 (2022) P10034
`Poisson`, `Perfect` resolution: P(n) = μⁿ e^(−μ)/n!, δ(x − E)
    definition
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, check_increasing, digits, increasing, real_array, real_number, restore
from .._immutable import Copied
from .._numerics.quadrature import gauss_legendre, split_at
from .._numerics.special import incomplete_gamma, normal_cdf, poisson
from .._texts import of_fields
from .._typed import Like, Many, Number, Values
from .._units import OBSERVED
from ..data.curves import check_beyond, check_inside
from ..errors import InputError

if TYPE_CHECKING:
    from .efficiency import Efficiency

__all__ = [
    "Gamma",
    "Gaussian",
    "Perfect",
    "Poisson",
    "Resolution",
    "Tabulated",
]


def __dir__() -> list[str]:
    return __all__


PAIR_ENERGY = 2.96e-3  # keV per electron and hole in germanium at 77 K (Pehl et al., Nucl. Instrum. Meth. 59 (1968) 45)
_CHUNK = 1 << 19  # values that are integrated at once
_WIDEST = 1e9  # of the parameters of a width: squares of it are finite
_SHARP = 1e-7  # of the mean: a width below it is lost in the rounding of x, and changes what smooth bins hold by its square
_MOST = 100_000  # quanta that are summed over one by one


class Resolution(Copied, ABC):
    """A distribution of what is measured, for every energy."""

    unit_in: str | None = None
    unit_out: str | None = None
    discrete: ClassVar[bool] = False  # whether only whole numbers are measured

    def probability(self, edges: ArrayLike, energy: ArrayLike) -> Array:
        """Probability that what has a mean energy is reconstructed in each bin.

        Parameters
        ----------
        edges : array_like (m + 1,)
            Increasing, in `unit_out`; the ends may be infinite.
        energy : array_like (n,)
            In `unit_in`, ≥ 0.

        Returns
        -------
        ndarray (m, n)
            Each from 0 to 1. The sum over bins that cover everything is 1 to rounding.

        Raises
        ------
        InputError
            For edges that do not increase, negative energies.
        """
        bins = checked_edges(edges, self.unit_out or OBSERVED)
        E = np.atleast_1d(real_array(energy, "energy", unit=self.unit_in or OBSERVED, minimum=0.0))
        if E.ndim != 1:
            raise InputError(f"energy must be a list of numbers (got shape {E.shape})")
        return self._probability(bins, E)

    @overload
    def width(self, energy: Number) -> float: ...
    @overload
    def width(self, energy: Many) -> Array: ...
    @overload
    def width(self, energy: Like) -> Values: ...
    def width(self, energy: ArrayLike) -> Values:
        """Standard deviation of what is measured, in `unit_out`, at energies ≥ 0 in `unit_in`, any shape.

        Raises
        ------
        InputError
            For negative energies.
        """
        E = real_array(energy, "energy", unit=self.unit_in or OBSERVED, minimum=0.0)
        return restore(self._width(np.ascontiguousarray(E).reshape(-1)), E.shape)

    @overload
    def mean(self, energy: Number) -> float: ...
    @overload
    def mean(self, energy: Many) -> Array: ...
    @overload
    def mean(self, energy: Like) -> Values: ...
    def mean(self, energy: ArrayLike) -> Values:
        """Mean of what is measured, in `unit_out`, at energies ≥ 0 in `unit_in`, any shape.

        Raises
        ------
        InputError
            For negative energies.
        """
        E = real_array(energy, "energy", unit=self.unit_in or OBSERVED, minimum=0.0)
        return restore(self._mean(np.ascontiguousarray(E).reshape(-1)), E.shape)

    def _mean(self, E: Array) -> Array:
        return E

    @abstractmethod
    def _width(self, E: Array) -> Array: ...

    @abstractmethod
    def _probability(self, edges: Array, E: Array) -> Array: ...

    @abstractmethod
    def _accepted(self, edges: Array, E: Array, efficiency: Efficiency) -> Array:
        """∫ ε(x) p(x|E) dx in each bin: (m, n)."""


class _Continuous(Resolution):
    """A density, and panels over which it is integrated with an efficiency."""

    @abstractmethod
    def _density(self, x: Array, E: Array) -> Array:
        """p(x|E), both of shapes that broadcast."""

    @abstractmethod
    def _panels(self, E: Array) -> Array:
        """Increasing points (n, k) that hold all of p(x|E) but 1e-16, and between which polynomials follow it."""

    def _accepted(self, edges: Array, E: Array, efficiency: Efficiency) -> Array:
        if efficiency.constant_between_breaks:
            cuts = split_at(edges, np.asarray(efficiency.breaks))
            parts = efficiency._values(cuts[:-1])[:, None] * self._probability(cuts, E)
            return np.add.reduceat(parts, np.searchsorted(cuts, edges[:-1]), axis=0)
        # Gauss–Legendre with 10 nodes in panels that follow p(x|E), split at the edges and where ε is not smooth: 1e-13
        bins = edges.size - 1
        out = np.zeros((bins, E.size))
        sigma = self._width(E)
        points = np.asarray(efficiency.breaks)
        gaps = np.diff(increasing(np.concatenate([edges[np.isfinite(edges)], points[np.isfinite(points)]])))
        sharp = (sigma == 0) | ((sigma < _SHARP * self._mean(E)) & (sigma < 1e-3 * gaps.min(initial=np.inf)))
        if sharp.any():
            out[:, sharp] = Perfect()._accepted(edges, self._mean(E[sharp]), efficiency)
        spread = np.flatnonzero(~sharp)
        if not spread.size:
            return out
        low = max(edges[0], float((self._mean(E[spread]) - 12 * self._width(E[spread])).min()))
        high = min(edges[-1], float((self._mean(E[spread]) + 40 * self._width(E[spread])).max()))
        breaks = np.asarray(efficiency._breaks_between(low, high) if low < high else ())
        cuts = split_at(edges, breaks)
        nodes, weights = gauss_legendre(10)
        start, step = 0, max(1, _CHUNK // (10 * (cuts.size + 40)))
        while start < spread.size:
            chunk = spread[start : start + step]
            start += step
            own = np.clip(self._panels(E[chunk]), edges[0], edges[-1])
            begin, end = own[:, :1], own[:, -1:]
            first = np.searchsorted(cuts, begin, side="right")
            most = int((np.searchsorted(cuts, end, side="left") - first).max(initial=0))
            within = np.clip(cuts[np.minimum(first + np.arange(max(most, 0)), cuts.size - 1)], begin, end)
            points = np.sort(np.concatenate([own, within], axis=1), axis=1)
            half, middle = np.diff(points) / 2, (points[:, 1:] + points[:, :-1]) / 2
            x = middle[..., None] + half[..., None] * nodes
            value = self._density(x, E[chunk][:, None, None]) * efficiency._values(x.reshape(-1)).reshape(x.shape)
            integral = half * (value @ weights)
            bin_ = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, bins - 1)
            place = bin_ + bins * np.arange(chunk.size)[:, None]
            out[:, chunk] = np.bincount(place.ravel(), integral.ravel(), bins * chunk.size).reshape(-1, bins).T
        return out


@dataclass(frozen=True)
class Perfect(Resolution):
    """No fluctuations: the detector measures exactly the energy that the recoil gave.

    Examples
    --------
    >>> from cevns.detectors.resolution import Perfect
    >>> Perfect().probability([0.0, 1.0, 2.0], [0.5, 1.0]).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    __repr__ = of_fields

    def _width(self, E: Array) -> Array:
        return np.zeros(E.shape)

    def _probability(self, edges: Array, E: Array) -> Array:
        return np.asarray((edges[:-1, None] <= E) & (edges[1:, None] > E), dtype=np.float64)

    def _accepted(self, edges: Array, E: Array, efficiency: Efficiency) -> Array:
        inside = self._probability(edges, E)
        seen = inside.any(axis=0)  # elsewhere nobody asks what the efficiency is
        inside[:, seen] *= efficiency._values(E[seen])
        return inside


class _Gaussian(_Continuous):
    def _probability(self, edges: Array, E: Array) -> Array:
        sigma = self._width(E)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            d = (edges[:, None] - E) / sigma
        d[np.isnan(d)] = -np.inf  # an edge at E, without any width: E is in the bin above
        upper, tail = d > 0, normal_cdf(-np.abs(d))
        return _between(np.where(upper, 1.0 - tail, tail), tail, upper)

    def _density(self, x: Array, E: Array) -> Array:
        sigma = self._width(E)
        return np.asarray(np.exp(-0.5 * ((x - E) / sigma) ** 2) / (math.sqrt(2 * math.pi) * sigma))

    def _panels(self, E: Array) -> Array:
        return E[:, None] + self._width(E)[:, None] * np.arange(-9.0, 9.1, 1.5)


@dataclass(frozen=True)
class Gaussian(_Gaussian):
    """A Gaussian with σ² = σ₀² + a²E + c²E², or with σ = σ₀ + a√E + cE.

    Parameters
    ----------
    constant : float
        σ₀, 0 to 1e9, in the unit of the energy: noise. A FWHM is 2.355 σ.
    root : float
        a, 0 to 1e9, in the square root of that unit: σ/E = a/√E, statistics.
    linear : float
        c, 0 to 1e9: a constant part of the energy.
    quadrature : bool
        Whether the three add in quadrature, or linearly.

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    The probability of a bin is Φ((high − E)/σ) − Φ((low − E)/σ). The tail below zero, or below the first edge, is lost: these
    are signals that fluctuate below what is looked at. Some published relative resolutions: liquid argon 0.58/√(E/keV)
    (COHERENT's CENNS-10, arXiv:2006.12659: `root=0.58`), xenon 0.310/√(E/keV) + 0.0037 (XENON1T, electron recoils,
    arXiv:2006.09721: `root=0.310, linear=0.0037, quadrature=False`).

    Examples
    --------
    >>> from cevns.detectors.resolution import Gaussian
    >>> round(Gaussian(root=0.58).width(4.0), 3)
    1.16
    """

    constant: float = 0.0
    root: float = 0.0
    linear: float = 0.0
    quadrature: bool = True

    __repr__ = of_fields

    def __post_init__(self) -> None:
        for name in ("constant", "root", "linear"):
            unit = "" if name == "linear" else OBSERVED
            object.__setattr__(self, name, real_number(getattr(self, name), name, unit=unit, minimum=0.0, maximum=_WIDEST))

    @classmethod
    def pulser_fano(cls, noise: float, fano: float = 0.11, pair_energy: float = PAIR_ENERGY) -> Gaussian:
        """Noise of the electronics and fluctuations of the number of pairs: σ² = noise² + η F E.

        Parameters
        ----------
        noise : float
            Standard deviation of a pulser [keV], ≥ 0: 0.0685 for Dresden-II (arXiv:2202.09672).
        fano : float
            F, 0 to 1e3; 0.11 for germanium.
        pair_energy : float
            η, energy per pair [keV], > 0, up to 1e3; 2.96 eV for germanium at 77 K.

        Raises
        ------
        InputError
            For values outside their range.

        Examples
        --------
        >>> round(1e3 * Gaussian.pulser_fano(0.0685).width(0.2), 2)  # eV
        68.97
        """
        factor = real_number(fano, "fano", minimum=0.0, maximum=1e3)
        pair = real_number(pair_energy, "pair_energy", unit="keV", minimum=0.0, maximum=1e3, above=True)
        return cls(constant=real_number(noise, "noise", unit="keV", minimum=0.0), root=math.sqrt(pair * factor))

    def _width(self, E: Array) -> Array:
        if self.quadrature:
            return np.sqrt(self.constant**2 + self.root**2 * E + (self.linear * E) ** 2)
        return self.constant + self.root * np.sqrt(E) + self.linear * E


@dataclass(frozen=True)
class Tabulated(_Gaussian):
    """A Gaussian with a tabulated σ: straight lines between the energies; below the first, its value stays.

    Parameters
    ----------
    energies : array_like (n,)
        Increasing, ≥ 0.
    sigmas : array_like (n,)
        Standard deviations, 0 to 1e9, in the same unit.
    beyond : {"hold"}, optional
        Above the last energy: its value with "hold". By default (None) an error for energies that recoils give there.

    Raises
    ------
    InputError, UnknownNameError
        For energies that do not increase, negative values, lengths that differ, an unknown choice; when it is asked for an
        energy above the last one without `beyond`.
    """

    energies: tuple[float, ...]
    sigmas: tuple[float, ...]
    beyond: str | None = None

    if TYPE_CHECKING:

        def __init__(self, energies: ArrayLike, sigmas: ArrayLike, beyond: str | None = None) -> None: ...

    __repr__ = of_fields

    def __post_init__(self) -> None:
        energies = real_array(self.energies, "energies", unit=OBSERVED, minimum=0.0)
        sigmas = real_array(self.sigmas, "sigmas", unit=OBSERVED, minimum=0.0, maximum=_WIDEST)
        if energies.ndim != 1 or energies.size < 2 or sigmas.shape != energies.shape:
            raise InputError(
                f"a table needs 2 or more energies and as many sigmas (got shapes {energies.shape} and {sigmas.shape})"
            )
        check_increasing(energies, "energies")
        object.__setattr__(self, "energies", tuple(energies.tolist()))
        object.__setattr__(self, "sigmas", tuple(sigmas.tolist()))
        check_beyond(self.beyond, ("hold",))

    def _width(self, E: Array) -> Array:
        if self.beyond is None:
            check_inside(E, self.energies[-1], "the table of the resolution", "energy", "", ("hold",))
        return np.interp(E, self.energies, self.sigmas)


@dataclass(frozen=True)
class Gamma(_Continuous):
    """COHERENT's law for CsI[Na]: photo-electrons of an electron-equivalent energy, gamma-distributed.

    Parameters
    ----------
    a : float
        [keV_ee], 1e-9 to 1e9; 1/a is the mean number of photo-electrons per keV_ee: 13.35.
    b : float
        [1/keV_ee], 0 to 1e6.

    Raises
    ------
    InputError
        For values outside their range.

    Notes
    -----
    With α = a/E and β = bE::

        p(x|E) = (α(1 + β))^(1+β)/Γ(1 + β) x^β e^(−α(1+β)x)

    the mean is 1/α = E/a, and σ/mean = 1/√(1 + β). The probability of a bin is a difference of regularised incomplete gamma
    functions.

    References
    ----------
    D. Akimov et al. (COHERENT), JINST 17 (2022) P10034 (arXiv:2111.02477); Phys. Rev. Lett. 129 (2022) 081801.

    Examples
    --------
    >>> from cevns.detectors.resolution import Gamma
    >>> csi = Gamma()
    >>> f"{csi.mean(1.0):.2f} ± {csi.width(1.0):.2f}"
    '13.35 ± 4.11'
    """

    a: float = 0.0749
    b: float = 9.56

    __repr__ = of_fields

    unit_in = "keV_ee"
    unit_out = "photo-electrons"

    def __post_init__(self) -> None:
        object.__setattr__(self, "a", real_number(self.a, "a", unit="keV_ee", minimum=1e-9, maximum=1e9))
        object.__setattr__(self, "b", real_number(self.b, "b", unit="1/keV_ee", minimum=0.0, maximum=1e6))

    def _mean(self, E: Array) -> Array:
        return E / self.a

    def _width(self, E: Array) -> Array:
        return E / (self.a * np.sqrt(1.0 + self.b * E))

    def _probability(self, edges: Array, E: Array) -> Array:
        shape = 1.0 + self.b * E
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            x = np.maximum(edges, 0.0) * (self.a * shape / E)[:, None]
        x[np.isnan(x)] = 0.0  # an edge at zero, and no energy
        below, above = (side.T for side in incomplete_gamma(shape, x))
        if (E == 0).any():
            below[:, E == 0] = np.asarray(edges > 0, dtype=np.float64)[:, None]  # all of it at zero, which is in the bin above
            above[:, E == 0] = 1.0 - below[:, E == 0]
        return _between(below, above, shape < x.T)

    def _density(self, x: Array, E: Array) -> Array:
        # with y = α(1 + β)x it is Poisson's probability of β around y, times dy/dx
        scale = self.a * (1.0 + self.b * E) / E
        y = x * scale
        return poisson(self.b * E.reshape(-1), y.reshape(E.size, -1)).reshape(y.shape) * scale

    def _panels(self, E: Array) -> Array:
        mean, sigma = self._mean(E)[:, None], self._width(E)[:, None]
        # an exponential tail above, and a power of x towards zero
        above = mean + sigma * np.array([0.0, 1.5, 3.0, 4.5, 6.0, 7.5, 9.0, 12.0, 15.0, 20.0, 25.0, 30.0, 37.0])
        below = np.maximum(mean - sigma * np.arange(1.5, 12.1, 1.5), 0.0)
        return np.sort(np.concatenate([below, mean * 3.0 ** np.arange(-10.0, 0.0), above, 0.0 * mean], axis=1), axis=1)


@dataclass(frozen=True)
class Poisson(Resolution):
    """Whole quanta, Poisson-distributed around their mean number.

    Parameters
    ----------
    light_yield : float
        Mean number of quanta per unit of what comes in, > 0, up to 1e9: photo-electrons per keV_ee.
    unit_in, unit_out : str
        "keV_ee" and "photo-electrons"; "electrons" for both where a number of electrons fluctuates.

    Raises
    ------
    InputError
        For a yield outside its range; with an efficiency of what is observed, for bins of more than 100 000 quanta.

    Notes
    -----
    A bin holds the whole numbers n with low ≤ n < high; its edges need not be whole. Its probability is a difference of
    regularised incomplete gamma functions.

    Examples
    --------
    >>> from cevns.detectors.resolution import Poisson
    >>> sodium_doped = Poisson(13.348)  # COHERENT 2017
    >>> sodium_doped.probability([0.0, 1.0, 1000.0], [0.1]).round(4).ravel().tolist()
    [0.2632, 0.7368]
    """

    light_yield: float = 1.0
    unit_in: str = "keV_ee"
    unit_out: str = "photo-electrons"

    discrete: ClassVar[bool] = True

    __repr__ = of_fields

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "light_yield", real_number(self.light_yield, "light_yield", minimum=0.0, maximum=1e9, above=True)
        )

    def _mean(self, E: Array) -> Array:
        return E * self.light_yield

    def _width(self, E: Array) -> Array:
        return np.sqrt(E * self.light_yield)

    def _probability(self, edges: Array, E: Array) -> Array:
        mean = E * self.light_yield
        last = (np.ceil(edges) - 1.0)[:, None]  # the largest whole number below an edge
        shape = np.broadcast_shapes(last.shape, mean.shape)
        below, above = np.zeros(shape), np.ones(shape)
        within = np.flatnonzero(last[:, 0] >= 0)
        k = np.minimum(last[within, 0], 1e15)  # infinity
        above[within], below[within] = incomplete_gamma(k + 1.0, mean[None, :])
        return _between(below, above, last >= mean)

    def _accepted(self, edges: Array, E: Array, efficiency: Efficiency) -> Array:
        mean = E * self.light_yield
        most = float(mean.max(initial=0.0))
        first = max(0.0, math.ceil(edges[0]) if edges[0] > 0 else 0.0)
        last = min(math.ceil(edges[-1]) if edges[-1] < np.inf else np.inf, math.ceil(most + 12 * math.sqrt(most) + 50))
        out = np.zeros((edges.size - 1, E.size))
        if not first < last:
            return out
        if last > _MOST:
            raise InputError(
                f"bins must hold up to {_MOST} quanta where an efficiency acts on their number (got {digits(last)}): use a"
                " Gaussian for more"
            )
        every = np.arange(first, last)
        passed = efficiency._values(every)
        # the bins that whole numbers begin, for sums of neighbours
        starts = np.searchsorted(every, edges[:-1])
        order = np.argsort(mean)
        ordered = mean[order]
        begin = 0
        while begin < order.size:
            # means so near to each other that one range of numbers holds all of them but 1e-17
            low = float(ordered[begin])
            spread = 10.0 * math.sqrt(low) + 50.0
            most = max(1, 2 * _CHUNK // (200 + 3 * int(spread)))
            end = min(int(np.searchsorted(ordered, low + spread, side="right")), begin + most)
            own = order[begin:end]
            high = float(ordered[end - 1])
            a, b = np.searchsorted(every, [low - 10.0 * math.sqrt(low) - 20.0, high + 12.0 * math.sqrt(high) + 50.0])
            if a < b:
                weight = passed[a:b, None] * poisson(every[a:b], mean[None, own])
                bin_ = np.searchsorted(starts, np.arange(a, b), side="right") - 1
                first_of = np.flatnonzero(np.diff(bin_, prepend=-1))
                out[bin_[first_of][:, None], own] += np.add.reduceat(weight, first_of, axis=0)
            begin = end
        return out


def _between(below: Array, above: Array, upper: NDArray[np.bool_]) -> Array:
    """The probability of bins, from what lies below and above each edge, and which edges lie in the upper half (edges, n).

    From the first edge in the upper half on it is the difference of what lies above, so that small probabilities keep their
    digits; before it `above` need not be known. Rounding cannot make it negative.
    """
    return np.maximum(np.where(upper[:-1], above[:-1] - above[1:], below[1:] - below[:-1]), 0.0)


def checked_edges(edges: ArrayLike, unit: str) -> Array:
    """Increasing edges of bins, at least two; the ends may be infinite."""
    e = real_array(edges, "edges", unit=unit, infinite=True)
    unit = "" if unit == OBSERVED else unit
    if e.ndim != 1 or e.size < 2:
        raise InputError(f"edges must be a list of at least 2 (got shape {e.shape})")
    check_increasing(e, "edges", unit)
    return np.ascontiguousarray(e)
