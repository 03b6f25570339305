"""Where χ² passes a value: along one axis by cubics through the four nearest points, on two by contourpy.

Axes with equal factors are interpolated in the logarithm. Next to an impossible point (inf) the last possible one is the end.
"""

import math
from functools import cached_property
from typing import Any

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

    @property
    def lowest(self) -> float:
        """The least χ², that of the parabola through the three nearest points; inf if all are."""
        return float(self._y.min())

    def intervals(self, height: float) -> list[tuple[float, float]]:
        """Where χ² ≤ height, in order; −inf and inf for an end that is not on the grid."""
        inside = self._y <= height
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
        found = []
        for first, behind in edges.reshape(-1, 2).tolist():
            low = -math.inf if first == 0 else self._crossing(first - 1, first, height)
            high = math.inf if behind == self._t.size else self._crossing(behind, behind - 1, height)
            found.append((low, high))
        return found

    def _crossing(self, outside: int, inside: int, height: float) -> float:
        """Where χ² passes the height between two neighbours."""
        t, y = self._t, self._y
        if not y[outside] < math.inf:
            return self._back(t[inside])
        left = min(outside, inside)
        near = [k for k in range(left - 1, left + 3) if 0 <= k < t.size and y[k] < math.inf]
        nodes, heights = t[near], y[near] - height
        start, end = float(t[inside]), float(t[outside])
        for _ in range(200):  # bisection: a cubic through a steep place may bend more than once
            middle = 0.5 * (start + end)
            if middle in (start, end):
                break
            if _cubic(nodes, heights, middle) <= 0:
                start = middle
            else:
                end = middle
        return self._back(start)


class Regions:
    """Where Δχ² on two axes is below a threshold.

    Parameters
    ----------
    x, y : ndarray (n,), (m,)
        Increasing values of two parameters.
    delta : ndarray (n, m)
        Δχ²; inf where impossible.
    height : float
        The threshold.

    Raises
    ------
    UnsupportedError
        If contourpy is not installed.
    """

    def __init__(self, x: Array, y: Array, delta: Array, height: float) -> None:
        try:
            import contourpy  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            raise UnsupportedError('contours need contourpy; install it with: pip install "cevns[plot]"') from None
        # Δχ² may grow by decades from line to line of a grid: its logarithm is straighter. Impossible points are far above: the
        # lines would end before points that are left out
        z = np.log1p(np.minimum(delta / height, _FAR)).T
        kind = contourpy.FillType.OuterCode
        self._generator: Any = contourpy.contour_generator(along(x), along(y), z, fill_type=kind)
        self._back = [np.exp if geometric(values) else np.asarray for values in (x, y)]

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
        return np.stack([back(array[:, i]) for i, back in enumerate(self._back)], axis=1)


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
