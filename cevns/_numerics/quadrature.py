"""Integrals: Gauss–Legendre rules, on one panel or many, and panels that are halved until their integrals agree.

`numpy.polynomial` has the rules, but importing it costs as much as all of cevns, and its rules of high order as much again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._arguments import Array, increasing
from .._immutable import sealing
from .polynomials import legendre

NARROWEST = 1e-13  # relative width at which halving stops: what is left is a jump, and no more than that is lost


@cache
@sealing
def gauss_legendre(n: int) -> tuple[Array, Array]:
    """Nodes on [−1, 1], increasing, and weights of the rule of n points: exact to degree 2n − 1.

    Newton's iteration on P_n from the asymptotic zeros. Nodes are good to rounding and weights to 1e-13 of themselves.
    """
    x = np.cos(np.pi * (np.arange(n, 0, -1) - 0.25) / (n + 0.5))
    for _ in range(4):  # each squares the error, which begins at 1e-3
        last, value = legendre(x, n + 1)[:, -2:].T
        slope = n * (last - x * value) / ((1 - x) * (1 + x))
        node, x = x, x - value / slope
    weights = 2 / ((1 - node) * (1 + node) * slope**2)  # stationary at the nodes: it takes no error from theirs
    x.flags.writeable = weights.flags.writeable = False
    return x, weights


def nodes_between(low: ArrayLike, high: ArrayLike, n: int) -> tuple[Array, Array]:
    """Nodes and weights (…, n) of the rule of n points between ends of any shape (…)."""
    nodes, weights = gauss_legendre(n)
    low, high = np.asarray(low)[..., None], np.asarray(high)[..., None]
    half = (high - low) / 2
    return np.asarray((high + low) / 2 + half * nodes), np.asarray(half * weights)


def split_at(cuts: Array, points: Array) -> Array:
    """Increasing cuts, with the points that lie between the first and the last of them."""
    return increasing(np.concatenate([cuts, points[(points > cuts[0]) & (points < cuts[-1])]]))


def trapezoid(values: Array, x: Array) -> float:
    """∫ values dx by the trapezoidal rule. NumPy calls it so from 2.0 on, and before that only `trapz`."""
    return float(np.sum(np.diff(x) * (values[1:] + values[:-1])) / 2)


class Halves(NamedTuple):
    """Panels, and the integrals over each of them and over its halves."""

    low: Array  # (n,)
    high: Array  # (n,)
    owner: NDArray[np.intp]  # (n,), in which of the first panels each lies
    whole: Array  # (…, n)
    first: Array  # (…, n), over the lower half
    second: Array  # (…, n), over the upper half
    detail: Any  # what the rule has returned besides the integrals, for all lower and then all upper halves
    added: int  # panels that halving has made so far

    @property
    def integral(self) -> Array:
        """The sum of the halves, which is closer than the whole."""
        return self.first + self.second

    @property
    def error(self) -> Array:
        """By how much halves and whole differ."""
        return np.abs(self.integral - self.whole)


def by_halves(
    rule: Callable[[Array, Array], tuple[Array, Any]],
    low: Array,
    high: Array,
    agree: Callable[[Halves], NDArray[np.bool_]],
    keep: Callable[[Halves, NDArray[np.bool_]], None],
    most: int = 1 << 30,
) -> None:
    """Halves panels until the integrals over the halves agree with that over the whole.

    Parameters
    ----------
    rule : callable
        Takes the ends of panels, (n,) each, and returns the integrals (…, n) over them, with anything else that `agree` and
        `keep` need, or None.
    low, high : ndarray (m,)
        Ends of the first panels.
    agree : callable
        Returns a mask (n,) of the panels that agree with their halves. It raises the error if an integral is not finite or too
        many are added.
    keep : callable
        Takes the panels that agree, as a mask (n,); with them those that are too narrow to be halved again.
    most : int
        Panels at once.
    """
    owner, whole, added = np.arange(low.size), None, 0
    while low.size:
        left: list[tuple[Array, ...]] = []
        for start in range(0, low.size, most):
            part = slice(start, start + most)
            a, b, n = low[part], high[part], low[part].size
            middle = (a + b) / 2
            before = rule(a, b)[0] if whole is None else whole[..., part]
            values, detail = rule(np.concatenate([a, middle]), np.concatenate([middle, b]))
            halves = Halves(a, b, owner[part], before, values[..., :n], values[..., n:], detail, added)
            good = agree(halves) | (b - a <= NARROWEST * np.abs(b))
            keep(halves, good)
            bad = ~good
            left.append(
                (
                    np.concatenate([a[bad], middle[bad]]),
                    np.concatenate([middle[bad], b[bad]]),
                    np.tile(halves.owner[bad], 2),
                    np.concatenate([halves.first[..., bad], halves.second[..., bad]], axis=-1),
                )
            )
        low, high, owner, whole = (np.concatenate(each, axis=-1) for each in zip(*left, strict=True))
        added += low.size
