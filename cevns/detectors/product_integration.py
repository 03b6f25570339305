"""Responses: the matrix R[bin, T] that turns dR/dT into counts.

    counts = R · dR/dT

A row of R is the integral over the recoil energy of the probability P(T) that a recoil is seen in the bin, made once:

    ∫ P(T) dR/dT dT = Σ_j R_j dR/dT(T_j),    R_j = ∫ P(T) ℓ_j(T) dT

with the polynomials ℓ_j that interpolate dR/dT between its nodes T_j (product integration). So the nodes follow the rate alone:
panels in √T, 6 or 12 Gauss–Legendre nodes each, split at the end points of lines and wherever these do not follow the rate. How
sharp the detector sees does not matter: P is integrated with as many points as it asks for, without a Jacobian, when R is made.

Formulas
--------
response matrix: counts = R · dR/dT, R_j = ∫ P(T) ℓ_j(T) dT
    product integration
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._arguments import Array, increasing
from .._immutable import sealing
from .._numerics.polynomials import legendre
from .._numerics.quadrature import NARROWEST, Halves, by_halves, gauss_legendre, nodes_between, split_at
from ..errors import InputError

FEW, MANY = 6, 12  # nodes of a panel: few where they follow the rate as well and the panel is narrow
RATE_ERROR = 1e-8  # of the rate's interpolation, relative to the largest rate of the panel
SEEN_ERROR = 1e-10  # of the integral of P, relative to its largest value in the panel
_FLOOR = 1e-11  # of the largest P T dR/dT: rates below it need no accuracy of their own
_NARROW = 0.1  # relative width in √T up to which few nodes also follow other interactions to 1e-9
_MAX_PANELS = 20_000
_ROUNDING = 1e-15  # of the largest P of a bin: smaller probabilities are known to that
UNSEEN = 1e-17  # probabilities below it are none
_NEGLIGIBLE = 1e-13  # of the integral of P over all T: a piece need not be known better
_MAX_PIECES = 30_000  # over which P is integrated
_FINE = 10  # nodes of its rule
_CHUNK = 1 << 20  # values at once


class _Rule(NamedTuple):
    """Gauss–Legendre nodes on [−1, 1], and the polynomials through them."""

    nodes: Array
    weights: Array
    to_series: Array  # values at the nodes → Legendre coefficients


@cache
@sealing
def _rule(order: int) -> _Rule:
    nodes, weights = gauss_legendre(order)
    degree = np.arange(order)
    return _Rule(nodes, weights, ((2 * degree + 1) / 2)[:, None] * legendre(nodes, order).T * weights)


def _basis(order: int, x: Array) -> Array:
    """Values at x of the polynomials that are 1 at one node and 0 at the others: (…, order)."""
    return np.asarray(legendre(x, order) @ _rule(order).to_series)


@cache
@sealing
def _checks() -> Array:
    """Points between the nodes and at the ends."""
    nodes = _rule(MANY).nodes
    return np.concatenate([[-1 + 1e-9], (nodes[1:] + nodes[:-1]) / 2, [1 - 1e-9]])


class Panels(NamedTuple):
    """Panels in √T, with a number of nodes each."""

    cuts: Array  # (n + 1,)
    orders: NDArray[np.intp]  # (n,), FEW or MANY

    @property
    def recoil_energy(self) -> Array:
        """T [keV] at all nodes, increasing."""
        s = np.zeros((self.orders.size, MANY))
        for order in (FEW, MANY):
            own = self.orders == order
            low, high = self.cuts[:-1][own, None], self.cuts[1:][own, None]
            s[own, :order] = (high + low) / 2 + (high - low) / 2 * _rule(order).nodes
        return np.asarray(s[self.used] ** 2)

    @property
    def used(self) -> NDArray[np.bool_]:
        """A mask (n, MANY) of the places that hold a node."""
        return np.arange(MANY) < self.orders[:, None]


def rate_panels(
    rate: Callable[[Array], Array], hard: Iterable[float], soft: Iterable[float], energies: Array, seen: Array
) -> Panels:
    """Panels in whose nodes polynomials follow the rate.

    Parameters
    ----------
    rate : callable
        Takes recoil energies (n,) [keV] and returns (rows, n): every row is followed.
    hard : iterable of float
        Recoil energies at which the rate, of any interaction, jumps or has a kink.
    soft : iterable of float
        Recoil energies at which it may: it is split there first where it must be split.
    energies, seen : ndarray (n,)
        Increasing recoil energies [keV], the first and last of them the range, and the largest P near each: where little is
        seen the rate needs no accuracy of its own.

    Raises
    ------
    InputError
        If the rate is not finite, or 20000 panels do not suffice.
    """
    low = float(energies[0])
    s_high = float(np.sqrt(energies[-1]))
    s_low = max(float(np.sqrt(low)), (2.0**-10 if low == 0.0 else 2.0**-24) * s_high)
    # at most an octave in √T: then 12 nodes also follow what other interactions add, powers of T and poles at T < 0, to 1e-8
    octaves = max(1, int(np.ceil(np.log2(s_high / s_low) - 1e-9)))
    cuts = np.geomspace(s_low, s_high, octaves + 1)
    if low == 0.0:
        cuts = np.concatenate([[0.0], cuts])
    cuts = split_at(cuts, np.sqrt(np.asarray(list(hard), dtype=np.float64)))
    knots = increasing(np.sqrt(np.asarray(list(soft), dtype=np.float64)))
    checks = _checks()
    to_checks = _basis(MANY, checks).T
    to_few = (_basis(FEW, checks) @ _basis(MANY, _rule(FEW).nodes)).T
    a, b = cuts[:-1], cuts[1:]
    ends, orders = [cuts[:1]], [np.zeros(1, dtype=np.intp)]
    largest: float | None = None
    while a.size:
        middle, half = (b + a)[:, None] / 2, (b - a)[:, None] / 2
        s = np.concatenate([middle + half * _rule(MANY).nodes, middle + half * checks], axis=1)
        values = rate(np.ascontiguousarray((s * s).reshape(-1))).reshape(-1, *s.shape)
        at_nodes, at_checks = values[..., :MANY], values[..., MANY:]
        scaled = np.abs(values).max(axis=2) * (b * b)  # (rows, panels)
        first = np.maximum(np.searchsorted(energies, a * a, side="right") - 1, 0)
        last = np.maximum(np.searchsorted(energies, b * b), first)
        weight = np.array([seen[i : j + 1].max() for i, j in zip(first, last, strict=True)])
        if not np.isfinite(scaled).all():
            raise InputError(f"the rate is not finite between {float(a.min() ** 2):g} and {float(b.max() ** 2):g} keV")
        if largest is None:
            largest = float((scaled * weight).max())
        allowed = RATE_ERROR * scaled + _FLOOR * largest / weight
        good = (np.abs(at_nodes @ to_checks - at_checks).max(axis=2) * (b * b) <= allowed).all(axis=0)
        good |= b - a <= NARROWEST * b
        few = (np.abs(at_nodes @ to_few - at_checks).max(axis=2) * (b * b) <= allowed).all(axis=0) & (b - a <= _NARROW * b)
        ends.append(b[good])
        orders.append(np.where(few[good], FEW, MANY))
        if sum(map(len, ends)) + a.size > _MAX_PANELS:
            raise InputError(f"{_MAX_PANELS} panels do not follow the rate: it is not smooth near {float(b[-1] ** 2):g} keV")
        a, b = a[~good], b[~good]
        # at the knot that is nearest to the middle, if there is one inside, else in the middle
        split = (a + b) / 2
        if knots.size and a.size:
            i = np.minimum(np.searchsorted(knots, split), knots.size - 1)
            left, right = knots[np.maximum(i - 1, 0)], knots[i]
            near = np.where(np.abs(left - split) < np.abs(right - split), left, right)
            margin = 1e-3 * (b - a)
            split = np.where((near > a + margin) & (near < b - margin), near, split)
        a, b = np.concatenate([a, split]), np.concatenate([split, b])
    points = np.concatenate(ends)
    order = np.argsort(points, kind="stable")
    order = order[np.diff(points[order], prepend=-1.0) > 0]  # each once
    return Panels(points[order], np.concatenate(orders)[order][1:])


def crossings(seen: Callable[[Array], Array], cuts: Array, levels: Array) -> tuple[Array, NDArray[np.intp]]:
    """Where what is seen of T passes levels: √T between the cuts, and which level, to rounding.

    A pair of crossings of one level within 1/24 of a panel is not found: the integration then halves its way to it.
    """
    part = np.arange(24) / 24
    s = np.append((cuts[:-1, None] + np.diff(cuts)[:, None] * part).reshape(-1), cuts[-1])
    above = seen(s * s)[:, None] > levels
    place, level = np.nonzero(above[1:] != above[:-1])
    a, b = s[place], s[place + 1]
    upper = above[place + 1, level]
    for _ in range(60):
        middle = (a + b) / 2
        same = (seen(middle * middle) > levels[level]) == upper
        a, b = np.where(same, a, middle), np.where(same, middle, b)
    return (a + b) / 2, level


def fold(probability: Callable[[Array], Array], panels: Panels, breaks: Array, bins: int) -> Array:
    """R (bins, nodes): integrals of P(T) dT with the interpolating polynomials of every panel.

    Parameters
    ----------
    probability : callable
        Takes recoil energies (n,) [keV], returns P (bins, n).
    panels : Panels
        Panels of the rate.
    breaks : ndarray
        √T at which P is not smooth: it is integrated between them, in halves until these agree.
    bins : int
        Number of bins.

    Raises
    ------
    InputError
        If P is not finite.
    """
    cuts = panels.cuts
    points = split_at(cuts, breaks)
    out = np.zeros((cuts.size - 1, bins, MANY))
    highest, total = np.zeros(bins), np.zeros(bins)

    def rule(low: Array, high: Array) -> tuple[Array, tuple[Array, Array, Array]]:
        """∫P dT (bins, panels); and P times the weights of dT at the nodes (bins, panels, 10), the largest P, and √T there."""
        s, weight = nodes_between(low, high, _FINE)
        P = probability(np.ascontiguousarray((s * s).reshape(-1))).reshape(bins, *s.shape)
        weighted = P * (2 * s * weight)
        return weighted.sum(axis=2), (weighted, P.max(axis=2), s)

    def agree(halves: Halves) -> NDArray[np.bool_]:
        low, high, n = halves.low, halves.high, halves.low.size
        if halves.added > 2 * _MAX_PIECES:
            raise InputError(
                f"what is seen of recoils near {float(low[0] ** 2):g} keV is not smooth to {SEEN_ERROR:g}: "
                "name the breaks of an own efficiency"
            )
        tops = halves.detail[1]
        top = np.maximum(tops[:, :n], tops[:, n:])
        np.maximum(highest, top.max(axis=1), out=highest)
        if not np.isfinite(halves.error).all():
            raise InputError(f"what is seen of recoils of {float(low[0] ** 2):g} to {float(high[-1] ** 2):g} keV is not finite")
        if not halves.added:
            np.add(total, halves.whole.sum(axis=1), out=total)
        size = (SEEN_ERROR * top + _ROUNDING * highest[:, None] + UNSEEN) * (high * high - low * low)
        size += _NEGLIGIBLE * total[:, None]
        return np.asarray((halves.error <= size).all(axis=0))

    def keep(halves: Halves, good: NDArray[np.bool_]) -> None:
        weighted, _, s = halves.detail
        kept = np.flatnonzero(np.concatenate([good, good]))
        panel = np.searchsorted(cuts, (s[kept, 0] + s[kept, -1]) / 2) - 1
        x = (2 * s[kept] - (cuts[panel + 1] + cuts[panel])[:, None]) / (cuts[panel + 1] - cuts[panel])[:, None]
        values = weighted[:, kept].transpose(1, 0, 2)
        for order in (FEW, MANY):
            own = panels.orders[panel] == order
            np.add.at(out[..., :order], panel[own], values[own] @ _basis(order, x[own]))

    by_halves(rule, points[:-1], points[1:], agree, keep, max(1, _CHUNK // (3 * _FINE * bins)))
    return np.ascontiguousarray(out.transpose(1, 0, 2)[:, panels.used])


class Integrals(NamedTuple):
    """Integrals between cuts."""

    cuts: Array  # (n + 1,)
    integrals: Array  # (n,)


def integrate(function: Callable[[Array], Array], cuts: Array, tolerance: float) -> Integrals:
    """∫ f between cuts, in halves until these agree to a part of what all of them sum to.

    Raises
    ------
    InputError
        If f is not finite, or not smooth.
    """
    total = np.zeros(cuts.size - 1)
    scale = 0.0

    def rule(low: Array, high: Array) -> tuple[Array, None]:
        x, weight = nodes_between(low, high, _FINE)
        return np.asarray((weight * function(x.reshape(-1)).reshape(x.shape)).sum(axis=1)), None

    def agree(halves: Halves) -> NDArray[np.bool_]:
        nonlocal scale
        low, high = halves.low, halves.high
        if not np.isfinite(halves.whole).all():
            raise InputError(f"what is integrated is not finite between {float(low[0]):g} and {float(high[-1]):g}")
        if halves.added > _MAX_PIECES:
            raise InputError(
                f"what is integrated is not smooth to {tolerance:g} near {float(low[0]):g}: "
                "name the breaks of an own efficiency"
            )
        if not halves.added:
            scale = float(np.abs(halves.whole).sum())
        return np.asarray(~(halves.error > tolerance * scale))

    def keep(halves: Halves, good: NDArray[np.bool_]) -> None:
        np.add.at(total, halves.owner[good], halves.integral[good])

    by_halves(rule, cuts[:-1], cuts[1:], agree, keep)
    return Integrals(cuts, total)
