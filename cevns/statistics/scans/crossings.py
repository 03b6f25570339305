"""Where χ² passes a value: along one axis by cubics through the four nearest points, on two by contourpy.

The cubics are those of χ² and the parameter, its logarithm or a power, or of logarithms of both, whichever finds the points
around best; the bottom of a valley between points is that of such cubics too. Contours pass the lines of the grid where these
cubics do. Next to an impossible point (inf) the last possible one is the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..._arguments import Array
from ..._immutable import kept
from ...errors import UnsupportedError
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
        self._t, self._y = _with_bottoms(along(x), x, chi2, self._back is math.exp)
        self._x = np.array([self._back(t) for t in self._t.tolist()])
        on_grid = np.searchsorted(self._t, along(x))
        self._x[on_grid] = x

    @property
    def lowest(self) -> float:
        """The least χ², at a point or at the bottom of a valley between points; inf if all are."""
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
        known = np.isfinite(ordinates)
        above = _cubic(way.abscissa(self._x[near])[known], ordinates[known] - at_level)
        start, end = float(self._t[inside]), float(self._t[outside])
        for _ in range(200):  # bisection: a cubic through a steep place may bend more than once
            middle = 0.5 * (start + end)
            if middle in (start, end):
                break
            if above(float(way.abscissa(np.asarray(self._back(middle))))) <= 0:
                start = middle
            else:
                end = middle
        return self._back(start)


class Way(NamedTuple):
    """Axes on which a likelihood is nearly a polynomial: of the parameter, and of χ²."""

    abscissa: Callable[[Array], Array]
    ordinate: Callable[[Array], Array]
    back: Callable[[float], float]  # from the ordinate
    forth: Callable[[float], float] = float  # from the abscissa


def _plain(values: Array) -> Array:
    return values


def _polynomials(x: Array, logarithmic: bool) -> list[Way]:
    """Axes on which χ² itself may be a polynomial: that of the grid, and powers of a parameter that has one sign.

    Counts grow as g, g² or g⁴ with a coupling, and fall as 1/Λ² or 1/Λ⁴ with a scale; χ² is then a square in these.
    """
    ways = [Way(np.log if logarithmic else _plain, _plain, float, math.exp if logarithmic else float)]
    if not ((x >= 0).all() or (x <= 0).all()):
        return ways
    scale = float(x[np.argmax(np.abs(x))])  # so that powers neither overflow nor vanish
    for power in (1, 2, 4, -2, -4) if logarithmic else (2, 4):
        ways.append(_power_of(power, scale))
    return ways


def _power_of(power: int, scale: float) -> Way:
    def raised(values: Array) -> Array:
        return (values / scale) ** float(power)

    def root(value: float) -> float:
        return float(scale * value ** (1.0 / power))

    return Way(raised, _plain, float, root)


def _straightest(x: Array, y: Array, inner: list[int], base: float, height: float, logarithmic: bool) -> Way:
    """Of several ways to interpolate between two inner points, the one that finds the points beside them best from the others.

    χ² is a polynomial in a coupling g, in g² where only rates tell, and far from its minimum a power; on a coarse logarithmic
    grid it grows by factors of ten from point to point. Two points alone are joined by a power, or by ln(1 + Δχ²/height).
    """

    def power(values: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(np.maximum(values - base, 0.0))

    def softened(values: Array) -> Array:
        return np.log1p(np.maximum(values - base, 0.0) / height)

    def unsoftened(value: float) -> float:
        return base + height * math.expm1(min(value, 700.0))

    def unpowered(value: float) -> float:
        return base + math.exp(min(value, 700.0))

    ways = _polynomials(x, logarithmic)
    own = ways[0].abscissa
    if (x > 0).all() and (y[inner] > base).all():
        ways.append(Way(np.log, power, unpowered))
    ways.append(Way(own, softened, unsoftened))
    beside = [k for k in range(x.size) if k not in inner]
    if not beside:
        steep = float(y[inner].max() - base) > 10 * height
        return ways[-2] if steep and ways[-2].ordinate is power else ways[-1] if steep else ways[0]
    return _best(ways, x, y, beside, softened)


def _best(ways: list[Way], x: Array, y: Array, beside: list[int], softened: Callable[[Array], Array]) -> Way:
    """The way that finds the points beside best; the first one, that of the grid, unless another is twice as good."""
    if not beside:
        return ways[0]
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
        found = way.back(_cubic(at[others], values[others])(float(at[k])))
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
        self._crossings: dict[tuple[int, int, int], float] = {}  # lines and filled regions have the same points

    @kept
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
            if (axis, k, left) not in self._crossings:
                if (axis, k) not in self._curves:
                    self._curves[axis, k] = Curve(self._axes[1 - axis], values)
                ends = self._axes[1 - axis][left : left + 2].tolist()
                out, into = ends if inside[1] else ends[::-1]
                self._crossings[axis, k, left] = self._curves[axis, k].crossing(out, into, self._base, self._height)
            point[1 - axis] = self._crossings[axis, k, left]
            return


def _with_bottoms(t: Array, x: Array, y: Array, logarithmic: bool) -> tuple[Array, Array]:
    """The points, and between them the bottoms of the valleys: of the cubics on both sides of a lowest point."""
    if t.size < 3:
        return t, y
    left, middle, right = y[:-2], y[1:-1], y[2:]
    lowest = np.flatnonzero((middle <= left) & (middle < right) & (left < np.inf) & (right < np.inf)) + 1
    # χ² = −2 ln(L/L_saturated) is never negative, where steep valleys between points would have cubics be
    least = float(y.min())
    floor = min(least, 0.0) if least > -_ROUNDING else -math.inf
    places, values = t.tolist(), y.tolist()
    for k in lowest.tolist():
        place, value = _bottom(t, x, y, k, logarithmic)
        # a bottom that is almost a point adds nothing, and would spoil the cubics
        if value < y[k] and abs(place - t[k]) > 1e-3 * min(t[k] - t[k - 1], t[k + 1] - t[k]):
            places.append(place)
            values.append(max(value, floor))
    order = np.argsort(places, kind="stable")
    return np.array(places)[order], np.array(values)[order]


def _bottom(t: Array, x: Array, y: Array, k: int, logarithmic: bool) -> tuple[float, float]:
    """Where the valley around a lowest point has its bottom, and χ² there."""
    near = [i for i in range(k - 2, k + 3) if 0 <= i < y.size and y[i] < math.inf]
    middle = near.index(k)
    at, values = x[near], y[near]
    beside = [i for i in range(len(near)) if abs(i - middle) > 1]

    def softened(heights: Array) -> Array:
        return np.asarray(np.log1p(np.maximum(heights - y[k], 0.0)))

    way = _best(_polynomials(at, logarithmic), at, values, beside, softened)
    u = way.abscissa(at)
    found = (float(t[k]), float(y[k]))
    for left in (middle - 1, middle):
        nodes = slice(max(left - 1, 0), left + 3)
        between = np.linspace(u[left], u[left + 1], 65)
        heights = _cubic(u[nodes], values[nodes])(between)
        lowest = int(np.argmin(heights))
        if not 0 < lowest < between.size - 1:
            continue
        # the parabola through three neighbours, which is exact where the cubic is one
        down, up = heights[lowest - 1] - heights[lowest], heights[lowest + 1] - heights[lowest]
        place = float(between[lowest])
        if down + up > 0:
            place += float(0.5 * (down - up) / (down + up) * (between[1] - between[0]))
        height = float(_cubic(u[nodes], values[nodes])(place))
        if height < found[1]:
            parameter = way.forth(place)
            found = (math.log(parameter) if logarithmic else parameter, height)
    return found


def _cubic(nodes: Array, heights: Array) -> Callable[[Any], Any]:
    """Lagrange's polynomial through the nodes."""
    places = nodes.tolist()
    # a bisection asks some fifty times: plain numbers, and the divisions once
    terms = []
    for i, height in enumerate(heights.tolist()):
        others = [place for j, place in enumerate(places) if j != i]
        terms.append((height, [(other, 1 / (places[i] - other)) for other in others]))

    def value(t: Any) -> Any:
        total: Any = 0.0
        for height, others in terms:
            for other, share in others:
                height = height * (t - other) * share
            total += height
        return total

    return value
