"""Responses: the matrix R[bin, T] that turns dR/dT into counts.

    counts = R · dR/dT

A row of R is the integral over the recoil energy of the probability P(T) that a recoil is seen in the bin, made once:

    ∫ P(T) dR/dT dT = Σ_j R_j dR/dT(T_j),    R_j = ∫ P(T) ℓ_j(T) dT

with the polynomials ℓ_j that interpolate dR/dT between its nodes T_j (product integration). So the nodes follow the rate alone:
panels in √T, 12 Gauss–Legendre nodes each, split at the end points of lines and wherever 12 nodes do not follow the rate. How
sharp the detector sees does not matter: P is integrated with as many points as it asks for, without a Jacobian, when R is made.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

import numpy as np

from ._arguments import Array
from .errors import InputError

ORDER = 12
RATE_ERROR = 1e-10  # of the rate's interpolation, relative to the largest rate of the panel
SEEN_ERROR = 1e-10  # of the integral of P, relative to its largest value in the panel
_FLOOR = 1e-13  # of the largest T dR/dT: rates below it need no accuracy of their own
_NARROWEST = 1e-13  # relative width at which splitting stops: what is left is a jump, and no more than that is lost
_MAX_PANELS = 20_000
_CHUNK = 1 << 20  # values at once


class _Rules(NamedTuple):
    """Fixed nodes and matrices on [−1, 1]."""

    nodes: Array  # of a panel of the rate
    weights: Array
    to_series: Array  # values at the nodes → Legendre coefficients (order, nodes)
    checks: Array  # between the nodes and at the ends
    at_checks: Array  # values at the nodes → values at the checks
    fine: Array  # nodes of the integrals of P
    fine_weights: Array


@cache
def _rules() -> _Rules:
    from numpy.polynomial.legendre import leggauss, legvander  # not at import: it costs as much as all of cevns

    nodes, weights = leggauss(ORDER)
    order = np.arange(ORDER)
    to_series = ((2 * order + 1) / 2)[:, None] * legvander(nodes, ORDER - 1).T * weights
    checks = np.concatenate([[-1 + 1e-9], (nodes[1:] + nodes[:-1]) / 2, [1 - 1e-9]])
    fine, fine_weights = leggauss(10)
    return _Rules(nodes, weights, to_series, checks, legvander(checks, ORDER - 1) @ to_series, fine, fine_weights)


def nodes_of(cuts: Array) -> Array:
    """Recoil energies [keV] at the nodes of panels between cuts in √T: (panels, 12)."""
    low, high = cuts[:-1, None], cuts[1:, None]
    return np.asarray(((high + low) / 2 + (high - low) / 2 * _rules().nodes) ** 2)


def rate_panels(
    rate: Callable[[Array], Array], low: float, high: float, hard: Iterable[float], soft: Iterable[float]
) -> Array:
    """Cuts in √T between which 12 nodes follow the rate.

    Parameters
    ----------
    rate : callable
        Takes recoil energies (n,) [keV] and returns (rows, n): every row is followed.
    low, high : float
        Range of recoil energies [keV].
    hard : iterable of float
        Recoil energies at which the rate, of any interaction, jumps or has a kink.
    soft : iterable of float
        Recoil energies at which it may: it is split there first where it must be split.
    """
    rules = _rules()
    s_high = float(np.sqrt(high))
    s_low = max(float(np.sqrt(low)), 2.0**-10 * s_high)
    # at most an octave in √T: then 12 nodes also follow what other interactions add, powers of T and poles at T < 0, to 1e-8
    octaves = max(1, int(np.ceil(np.log2(s_high / s_low) - 1e-9)))
    cuts = np.geomspace(s_low, s_high, octaves + 1)
    if low == 0.0:
        cuts = np.concatenate([[0.0], cuts])
    inside = np.sqrt(np.asarray(list(hard), dtype=np.float64))
    cuts = np.unique(np.concatenate([cuts, inside[(inside > cuts[0]) & (inside < cuts[-1])]]))
    knots = np.unique(np.sqrt(np.asarray(list(soft), dtype=np.float64)))
    a, b = cuts[:-1], cuts[1:]
    done = [cuts[:1]]
    largest: Array | None = None
    while a.size:
        middle, half = (b + a)[:, None] / 2, (b - a)[:, None] / 2
        s = np.concatenate([middle + half * rules.nodes, middle + half * rules.checks], axis=1)
        values = rate(np.ascontiguousarray((s * s).reshape(-1)))
        values = values.reshape(-1, *s.shape)
        scaled = np.abs(values).max(axis=2) * (b * b)  # (rows, panels)
        if largest is None:
            largest = scaled.max(axis=1, keepdims=True)
        error = np.abs(values[..., :ORDER] @ rules.at_checks.T - values[..., ORDER:]).max(axis=2)
        if not np.isfinite(error).all():
            raise InputError(f"the rate is not finite between {float(a.min() ** 2):g} and {float(b.max() ** 2):g} keV")
        good = ((error * (b * b) <= RATE_ERROR * scaled + _FLOOR * largest) | (error == 0)).all(axis=0)
        good |= b - a <= _NARROWEST * b
        done.append(b[good])
        if sum(map(len, done)) + a.size > _MAX_PANELS:
            raise InputError(f"the rate is not smooth in {_MAX_PANELS} panels of the recoil energy near {float(b[0] ** 2):g} keV")
        a, b = a[~good], b[~good]
        # at the knot that is nearest to the middle, if there is one inside, else in the middle
        split = (a + b) / 2
        if knots.size and a.size:
            i = np.clip(np.searchsorted(knots, split), 1, knots.size - 1) if knots.size > 1 else np.zeros(a.size, dtype=np.intp)
            left, right = knots[np.maximum(i - 1, 0)], knots[i]
            near = np.where(np.abs(left - split) < np.abs(right - split), left, right)
            margin = 1e-3 * (b - a)
            split = np.where((near > a + margin) & (near < b - margin), near, split)
        a, b = np.concatenate([a, split]), np.concatenate([split, b])
    return np.unique(np.concatenate(done))


def crossings(seen: Callable[[Array], Array], cuts: Array, levels: Array) -> tuple[Array, Array]:
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


def fold(probability: Callable[[Array], Array], cuts: Array, breaks: Array, bins: int) -> Array:
    """R (bins, 12 · panels): integrals of P(T) dT with the interpolating polynomials of every panel.

    Parameters
    ----------
    probability : callable
        Takes recoil energies (n,) [keV], returns P (bins, n).
    cuts : ndarray
        In √T, of the panels.
    breaks : ndarray
        In √T, where P is not smooth: it is integrated between them, in halves until these agree.
    bins : int
        Number of bins.
    """
    from numpy.polynomial.legendre import legvander

    rules = _rules()
    points = np.unique(np.concatenate([cuts, breaks[(breaks > cuts[0]) & (breaks < cuts[-1])]]))
    a, b = points[:-1], points[1:]
    out = np.zeros((cuts.size - 1, bins, ORDER))
    highest = np.zeros(bins)
    step = max(1, _CHUNK // (30 * bins))

    def seen(low: Array, high: Array) -> tuple[Array, Array, Array, Array]:
        """P at the fine nodes (bins, panels, 10), √T there, the weights of dT, and ∫P dT (bins, panels)."""
        half = (high - low)[:, None] / 2
        s = (high + low)[:, None] / 2 + half * rules.fine
        P = probability(np.ascontiguousarray((s * s).reshape(-1))).reshape(bins, *s.shape)
        weight = 2 * s * half * rules.fine_weights
        return P, s, weight, (P * weight).sum(axis=2)

    while a.size:
        left: list[tuple[Array, Array]] = []
        for start in range(0, a.size, step):
            low, high = a[start : start + step], b[start : start + step]
            whole = seen(low, high)[3]
            middle = (low + high) / 2
            P, s, weight, halves = seen(np.concatenate([low, middle]), np.concatenate([middle, high]))
            n = low.size
            top = P.max(axis=2)
            top = np.maximum(top[:, :n], top[:, n:])
            highest = np.maximum(highest, top.max(axis=1, initial=0.0))
            error = np.abs(halves[:, :n] + halves[:, n:] - whole)
            if not np.isfinite(error).all():
                T = float(np.sqrt(low * high)[~np.isfinite(error).all(axis=0)][0] ** 2)
                raise InputError(f"the probability that a recoil of {T:g} keV is seen is not finite: look at the quenching model")
            size = SEEN_ERROR * (top + 1e-8 * highest[:, None]) * (high * high - low * low)
            good = (error <= size).all(axis=0) | (high - low <= _NARROWEST * high)
            kept = np.flatnonzero(np.concatenate([good, good]))
            panel = np.searchsorted(cuts, (np.concatenate([low, middle]) + np.concatenate([middle, high])) / 2) - 1
            panel = panel[kept]
            x = (2 * s[kept] - (cuts[panel + 1] + cuts[panel])[:, None]) / (cuts[panel + 1] - cuts[panel])[:, None]
            basis = legvander(x, ORDER - 1) @ rules.to_series  # (kept, 10, 12): the polynomials ℓ at the fine nodes
            part = (P[:, kept] * weight[kept]).transpose(1, 0, 2) @ basis
            np.add.at(out, panel, part)
            left.append((low[~good], high[~good]))
        a, b = (np.concatenate(ends) for ends in zip(*left, strict=True))
        middle = (a + b) / 2
        a, b = np.concatenate([a, middle]), np.concatenate([middle, b])
    return np.ascontiguousarray(out.transpose(1, 0, 2).reshape(bins, -1))


class Integrals(NamedTuple):
    """Integrals between cuts."""

    cuts: Array  # (n + 1,)
    integrals: Array  # (n,)


def integrate(function: Callable[[Array], Array], cuts: Array, tolerance: float) -> Integrals:
    """∫ f between cuts, in halves until these agree to a part of what all of them sum to."""
    rules = _rules()

    def rule(low: Array, high: Array) -> Array:
        half = (high - low)[:, None] / 2
        x = (high + low)[:, None] / 2 + half * rules.fine
        return np.asarray(half * rules.fine_weights * function(x.reshape(-1)).reshape(x.shape)).sum(axis=1)

    total = np.zeros(cuts.size - 1)
    owner = np.arange(cuts.size - 1)
    low, high = cuts[:-1], cuts[1:]
    whole = rule(low, high)
    scale = float(np.abs(whole).sum())
    while low.size:
        middle = (low + high) / 2
        first, second = rule(low, middle), rule(middle, high)
        good = ~(np.abs(first + second - whole) > tolerance * scale) | (high - low <= _NARROWEST * np.abs(high))
        np.add.at(total, owner[good], (first + second)[good])
        bad = ~good
        owner = np.concatenate([owner[bad], owner[bad]])
        low, middle, high = low[bad], middle[bad], high[bad]
        whole = np.concatenate([first[bad], second[bad]])
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    return Integrals(cuts, total)
