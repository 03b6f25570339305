"""Where χ² passes a value: along one axis by cubics through the four nearest points, on two by contourpy.

The cubics are those of χ² and the parameter, its logarithm or square, or of logarithms of both, whichever finds the points
around best. Contours pass the lines of the grid where these cubics do. Next to an impossible point (inf) the last possible one
is the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from .._arguments import Array
from ..errors import UnsupportedError
from .grids import along, geometric

_FAR = 1e3  # thresholds above which a contour need not know more
_ROUNDING = 1e-6  # of a χ² of 0
_LEVEL = math.log(2.0)  # ln(1 + Δχ²/threshold) at the threshold


class Curve:
    """χ² along an axis.

    Parameters
    ----------
    x, chi2 : ndarray (n,)
        Increasing values of a parameter, and χ² there; inf where impossible.
    """

    def __init__(self, x: Array, chi2: Array) -> None:
        self._back = math.exp if geometric(x) else float
        self._t, self._y = _with_bottoms(along(x), chi2)
        self._x = np.array([self._back(t) for t in self._t.tolist()])
        on_grid = np.searchsorted(self._t, along(x))
        self._x[on_grid] = x

    @property
    def lowest(self) -> float:
        """The least χ², that of the parabola through the three nearest points; inf if all are."""
        return float(self._y.min())

    def intervals(self, base: float, height: float) -> list[tuple[float, float]]:
        """Where χ² ≤ base + height, in order; −inf and inf for an end that is not on the grid."""
        inside = self._y <= base + height
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
        found = []
        for first, behind in edges.reshape(-1, 2).tolist():
            low = -math.inf if first == 0 else self._crossing(first - 1, first, base, height)
            high = math.inf if behind == self._t.size else self._crossing(behind, behind - 1, base, height)
            found.append((low, high))
        return found

    def crossing(self, outside: float, inside: float, base: float, height: float) -> float:
        """Where χ² passes the height between two neighbouring values of the parameter, or the nearest to it that is a point."""
        places = [int(np.argmin(np.abs(self._x - value))) for value in (outside, inside)]
        step = 1 if places[0] < places[1] else -1
        for k in range(places[1], places[0], -step):  # a bottom may stand between them
            if self._y[k] <= base + height < self._y[k - step]:
                return self._crossing(k - step, k, base, height)
        return inside

    def _crossing(self, outside: int, inside: int, base: float, height: float) -> float:
        """Where χ² passes the height between two neighbours."""
        y = self._y
        if not y[outside] < math.inf:
            return float(self._x[inside])
        left = min(outside, inside)
        near = [k for k in range(left - 1, left + 3) if 0 <= k < y.size and y[k] < math.inf]
        level, base = base + height, min(base, float(y[inside]))
        way = _straightest(
            self._x[near], y[near], [near.index(left), near.index(left + 1)], base, level - base, self._back is math.exp
        )
        ordinates, at_level = way.ordinate(y[near]), float(way.ordinate(np.array([level]))[0])
        start, end = float(self._t[inside]), float(self._t[outside])
        for _ in range(200):  # bisection: a cubic through a steep place may bend more than once
            middle = 0.5 * (start + end)
            if middle in (start, end):
                break
            at = way.abscissa(np.append(self._x[near], self._back(middle)))
            known = np.isfinite(ordinates)
            if _cubic(at[:-1][known], ordinates[known] - at_level, float(at[-1])) <= 0:
                start = middle
            else:
                end = middle
        return self._back(start)


class Way(NamedTuple):
    """Axes on which a likelihood is nearly a polynomial: of the parameter, and of χ²."""

    abscissa: Callable[[Array], Array]
    ordinate: Callable[[Array], Array]
    back: Callable[[float], float]  # from the ordinate


def _straightest(x: Array, y: Array, inner: list[int], base: float, height: float, logarithmic: bool) -> Way:
    """Of several ways to interpolate between two inner points, the one that finds the points beside them best from the others.

    χ² is a polynomial in a coupling g, in g² where only rates tell, and far from its minimum a power; on a coarse logarithmic
    grid it grows by factors of ten from point to point. Two points alone are joined by a power, or by ln(1 + Δχ²/height).
    """

    def plain(values: Array) -> Array:
        return values

    def power(values: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(np.maximum(values - base, 0.0))

    def softened(values: Array) -> Array:
        return np.log1p(np.maximum(values - base, 0.0) / height)

    def unsoftened(value: float) -> float:
        return base + height * math.expm1(min(value, 700.0))

    def unpowered(value: float) -> float:
        return base + math.exp(min(value, 700.0))

    own = np.log if logarithmic else plain
    ways = [Way(own, plain, float)]
    if (x >= 0).all() or (x <= 0).all():
        ways += [Way(plain, plain, float)] if logarithmic else []
        ways.append(Way(np.square, plain, float))
    if (x > 0).all() and (y[inner] > base).all():
        ways.append(Way(np.log, power, unpowered))
    ways.append(Way(own, softened, unsoftened))
    beside = [k for k in range(x.size) if k not in inner]
    if not beside:
        steep = float(y[inner].max() - base) > 10 * height
        return ways[-2] if steep and ways[-2].ordinate is power else ways[-1] if steep else ways[0]
    scores = [_missed(way, x, y, beside, softened) for way in ways]
    best = int(np.argmin(scores))
    return ways[0] if scores[0] <= 2 * scores[best] + 1e-9 else ways[best]


def _missed(way: Way, x: Array, y: Array, beside: list[int], softened: Callable[[Array], Array]) -> float:
    """By how much a way misses, at worst, points that are found from the others."""
    at, values, worst = way.abscissa(x), way.ordinate(y), 0.0
    for k in beside:
        others = [i for i in range(x.size) if i != k and math.isfinite(values[i])]
        if not math.isfinite(values[k]):
            continue
        found = way.back(_cubic(at[others], values[others], float(at[k])))
        worst = max(worst, float(np.abs(np.diff(softened(np.array([found, y[k]]))))[0]))
    return worst


class Regions:
    """Where Δχ² on two axes is below a threshold.

    Parameters
    ----------
    x, y : ndarray (n,), (m,)
        Increasing values of two parameters.
    chi2 : ndarray (n, m)
        χ²; inf where impossible.
    base, height : float
        The least χ², and the threshold above it.

    Raises
    ------
    UnsupportedError
        If contourpy is not installed.
    """

    def __init__(self, x: Array, y: Array, chi2: Array, base: float, height: float) -> None:
        try:
            import contourpy  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            raise UnsupportedError('contours need contourpy; install it with: pip install "cevns[plot]"') from None
        # Δχ² may grow by decades from line to line of a grid: its logarithm is straighter. Impossible points are far above: the
        # lines would end before points that are left out
        z = np.log1p(np.clip((chi2 - base) / height, 0.0, _FAR)).T
        kind = contourpy.FillType.OuterCode
        self._generator: Any = contourpy.contour_generator(along(x), along(y), z, fill_type=kind)
        self._back = [np.exp if geometric(values) else np.asarray for values in (x, y)]
        self._axes, self._along, self._chi2, self._base, self._height = (x, y), (along(x), along(y)), chi2, base, height
        self._curves: dict[tuple[int, int], Curve] = {}

    @cached_property
    def lines(self) -> list[Array]:
        """Lines (k, 2) around the regions."""
        return [self._on_axes(line) for line in self._generator.lines(_LEVEL)]

    @property
    def filled(self) -> list[tuple[Array, Any]]:
        """The regions, as points (k, 2) and codes of paths of matplotlib."""
        points, codes = self._generator.filled(-1.0, _LEVEL)
        return [(self._on_axes(each), code) for each, code in zip(points, codes, strict=True)]

    def _on_axes(self, points: Any) -> Array:
        array = np.asarray(points, dtype=np.float64)
        out = np.stack([back(array[:, i]) for i, back in enumerate(self._back)], axis=1)
        for point, t in zip(out, array.tolist(), strict=True):
            self._move(point, t)
        return out

    def _move(self, point: Array, t: list[float]) -> None:
        """A point of a line of the grid, between two of its points, to where χ² along this line passes the height."""
        for axis in (0, 1):
            k = int(np.argmin(np.abs(self._along[axis] - t[axis])))
            step = float(np.diff(self._along[axis])[max(k - 1, 0) : k + 1].min())
            if abs(float(self._along[axis][k]) - t[axis]) > _ROUNDING * step:
                continue
            point[axis] = self._axes[axis][k]
            other = self._along[1 - axis]
            left = min(max(int(np.searchsorted(other, t[1 - axis], side="right")) - 1, 0), other.size - 2)
            values = self._chi2[k] if axis == 0 else self._chi2[:, k]
            inside = values[left : left + 2] <= self._base + self._height
            if inside[0] == inside[1]:
                continue  # a corner of a filled region
            if (axis, k) not in self._curves:
                self._curves[axis, k] = Curve(self._axes[1 - axis], values)
            ends = self._axes[1 - axis][left : left + 2].tolist()
            out, into = ends if inside[1] else ends[::-1]
            point[1 - axis] = self._curves[axis, k].crossing(out, into, self._base, self._height)
            return


def _with_bottoms(t: Array, y: Array) -> tuple[Array, Array]:
    """The points, and between them the bottoms of parabolas through a lowest point and its neighbours."""
    if t.size < 3:
        return t, y
    left, middle, right = y[:-2], y[1:-1], y[2:]
    with np.errstate(invalid="ignore", divide="ignore"):
        before, behind = t[1:-1] - t[:-2], t[2:] - t[1:-1]
        down, up = (middle - left) / before, (right - middle) / behind
        bend = (up - down) / (before + behind)
        slope = (down * behind + up * before) / (before + behind)
        step = -slope / (2 * bend)
        value = middle - slope**2 / (4 * bend)
        lowest = (middle <= left) & (middle < right) & (left < np.inf) & (right < np.inf) & (bend > 0)
        # a bottom that is almost a point adds nothing, and would spoil the cubics
        apart = (np.abs(step) > 1e-3 * np.minimum(before, behind)) & (value < middle)
    chosen = np.flatnonzero(lowest & apart)
    if not chosen.size:
        return t, y
    # χ² = −2 ln(L/L_saturated) is never negative, where steep valleys between points would have parabolas be
    least = float(y.min())
    value = np.maximum(value, min(least, 0.0) if least > -_ROUNDING else -np.inf)
    order = np.argsort(places := np.concatenate([t, t[1:-1][chosen] + step[chosen]]), kind="stable")
    return places[order], np.concatenate([y, value[chosen]])[order]


def _cubic(nodes: Array, heights: Array, t: float) -> float:
    """Lagrange's polynomial through the nodes."""
    total = 0.0
    for i, height in enumerate(heights.tolist()):
        for j, node in enumerate(nodes.tolist()):
            if j != i:
                height *= (t - node) / (float(nodes[i]) - node)
        total += height
    return total
