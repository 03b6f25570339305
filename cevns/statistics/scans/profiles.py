"""χ² made smallest over further parameters, at many points at once.

A coarse grid finds the valleys, of which the deepest few are followed: at each point the likelihood is asked on a small
stencil, a parabola through it says where to go, and the stencil shrinks around the best point (a trust region without
derivatives). All points of a block take their steps together, so that the likelihood is only ever asked for arrays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._arguments import Array
from ...errors import UnsupportedError

TOLERANCE = 1e-8  # of χ²
# by the number of parameters, values of each of them on the coarse grid (odd: with 0), and valleys that are followed
STARTS = MappingProxyType({1: 65, 2: 15, 3: 13, 4: 7})
VALLEYS = MappingProxyType({1: 3, 2: 6, 3: 6, 4: 6})
_STEPS = 200
_SMALLEST = 1e-13  # stencil, in units of the range
_SURE = 0.1 * TOLERANCE  # a stencil that promises less twice has arrived


def minimised(chi2: Callable[[Any, Array], Array], ranges: list[tuple[float, float]], number: int) -> tuple[Array, Array]:
    """The least χ² (number,), and the parameters (m, number) there.

    Parameters
    ----------
    chi2 : callable
        Numbers of points (k,) or a slice, and parameters (m, k) → χ² (k,).
    ranges : list of (float, float)
        Range of each parameter.
    number : int
        Number of points.

    Raises
    ------
    UnsupportedError
        For more than 4 parameters.

    Notes
    -----
    The least χ² is right to 1e-8 where χ² has two derivatives; where it is inf for all parameters, they are nan. Two minima are
    told apart if one value of the coarse grid – 65 values for one parameter, 15 × 15 for two, 13³ for three, 7⁴ for four – lies
    higher between them.
    """
    m = len(ranges)
    if m not in STARTS:
        raise UnsupportedError(f"profile takes 1 to {max(STARTS)} parameters (got {m}); more are nuisances of the likelihood")
    low = np.array([a for a, _ in ranges])[:, None]
    width = np.array([b - a for a, b in ranges])[:, None]

    def value(places: Any, unit: Array) -> Array:
        """χ² at parameters (m, k) in units of their ranges, from 0 to 1."""
        theta = np.minimum(low + width * unit, low + width)  # rounding must not lead out
        return chi2(places, theta)

    steps = STARTS[m]
    grid = np.linspace(0.0, 1.0, steps)
    nodes = np.array(list(itertools.product(grid, repeat=m))).T  # (m, steps^m)
    coarse = np.empty((nodes.shape[1], number))
    for k in range(nodes.shape[1]):
        coarse[k] = value(slice(None), np.repeat(nodes[:, k : k + 1], number, axis=1))
    starts, places = _valleys(coarse.reshape((steps,) * m + (number,)), VALLEYS[m])
    unit, ends = _followed(value, places, nodes[:, starts], coarse[starts, places], grid[1])
    order = np.lexsort((ends, places))  # the valleys of each point together, the deepest first
    first = order[np.diff(places[order], prepend=-1) > 0]
    lowest, where = np.full(number, np.inf), np.full((m, number), np.nan)
    lowest[places[first]] = ends[first]
    where[:, places[first]] = np.minimum(low + width * unit[:, first], low + width)
    return lowest, where


def _valleys(coarse: Array, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Nodes that are not above their neighbours, the lowest few of each point: numbers of nodes, and of points."""
    m = coarse.ndim - 1
    lower = np.ones(coarse.shape, dtype=bool)
    around = np.pad(coarse, [(1, 1)] * m + [(0, 0)], constant_values=np.inf)
    for shift in itertools.product((0, 1, 2), repeat=m):  # diagonal neighbours too: a valley may lie across
        lower &= coarse <= around[tuple(slice(k, k + n) for k, n in zip(shift, coarse.shape[:m], strict=True))]
    depth = np.where(lower, coarse, np.inf).reshape(-1, coarse.shape[-1])
    order = np.argsort(depth, axis=0, kind="stable")[:most]
    rank, places = np.nonzero(np.take_along_axis(depth, order, axis=0) < np.inf)
    return order[rank, places], places


def _followed(
    value: Callable[[Any, Array], Array], places: NDArray[np.intp], unit: Array, lowest: Array, size: float
) -> tuple[Array, Array]:
    """Where the ways end that begin at `unit` (m, k), and χ² there."""
    number = unit.shape[1]
    unit, lowest = unit.copy(), lowest.copy()
    radius = np.full(number, size)
    sure = np.zeros(number, dtype=np.int64)
    active = np.flatnonzero(lowest < np.inf)
    for _ in range(_STEPS):
        if not active.size:
            break
        u, r = unit[:, active], np.minimum(radius[active], 0.25)
        here = places[active]
        best_u, best = u.copy(), lowest[active]

        def ask(at: Array, here: Any = here, best_u: Array = best_u, best: Array = best) -> Array:
            found = value(here, at)
            better = found < best
            best_u[:, better] = at[:, better]
            best[better] = found[better]
            return found

        center = np.clip(u, r, 1.0 - r)  # so that the stencil stays inside
        moved = np.any(center != u, axis=0)
        middle = ask(center) if moved.any() else best.copy()
        gradient, curvature = _stencil(ask, center, middle, r)
        known = np.isfinite(gradient).all(axis=0) & np.isfinite(curvature).all(axis=(0, 1))
        gradient, curvature = np.where(known, gradient, 0.0), np.where(known, curvature, 0.0)
        step, promised = _step(gradient, curvature, np.maximum(-2 * r, -center), np.minimum(2 * r, 1.0 - center))
        before = best.copy()
        found = ask(np.clip(center + step, 0.0, 1.0))
        with np.errstate(invalid="ignore"):
            missed = np.abs(middle - promised - found)  # how wrong the parabola is
            done = known & (np.maximum(before - (middle - promised), 0.0) < _SURE) & (missed < _SURE)
        gained = lowest[active] - best
        done &= gained < _SURE
        length = np.max(np.abs(best_u - u), axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            right = np.where(known, (middle - found) / promised, -np.inf)  # 1 for a true parabola
        shrunk = np.where(right > 0.7, np.clip(length, r / 8, 2 * r), np.clip(length, r / 4, r / 2))
        shrunk = np.where((right > 0.25) & (right <= 0.7), np.clip(length, r / 2, r), shrunk)
        unit[:, active], lowest[active] = best_u, best
        radius[active] = shrunk
        sure[active] = np.where(done, sure[active] + 1, 0)
        active = active[(sure[active] < 2) & (radius[active] > _SMALLEST)]
    return unit, lowest


def _stencil(ask: Callable[[Array], Array], center: Array, middle: Array, r: Array) -> tuple[Array, Array]:
    """Gradient (m, k) and second derivatives (m, m, k) by differences of the length r."""
    m, number = center.shape
    gradient, curvature = np.empty((m, number)), np.empty((m, m, number))
    with np.errstate(invalid="ignore"):
        for i in range(m):
            shift = np.zeros((m, 1))
            shift[i] = 1.0
            up, down = ask(center + shift * r), ask(center - shift * r)
            gradient[i] = (up - down) / (2 * r)
            curvature[i, i] = (up - 2 * middle + down) / r**2
        for i, j in itertools.combinations(range(m), 2):
            corners = np.zeros(number)
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                shift = np.zeros((m, 1))
                shift[i], shift[j] = a, b
                corners += a * b * ask(center + shift * r)
            curvature[i, j] = curvature[j, i] = corners / (4 * r**2)
    return gradient, curvature


def _step(gradient: Array, curvature: Array, lower: Array, upper: Array) -> tuple[Array, Array]:
    """The step (m, k) to the lowest place of a parabola within a box, and how much lower (k,) it is.

    It is the bottom of a face of the box, the inside counted as one: with 1 to 4 parameters all 3^m can be tried.
    """
    m, number = gradient.shape
    matrix = np.moveaxis(curvature, -1, 0)
    scale = np.max(np.abs(matrix), axis=(1, 2))
    ridge = np.where(scale > 0, 1e-12 * scale, 1.0)[:, None]
    best, gain = np.zeros((m, number)), np.zeros(number)
    for face in itertools.product((0, -1, 1), repeat=m):
        free = [i for i in range(m) if not face[i]]
        step = np.array([lower[i] if face[i] < 0 else upper[i] if face[i] > 0 else np.zeros(number) for i in range(m)])
        if free:
            pull = -(gradient + np.einsum("kij,jk->ik", matrix, step))[free]
            system = matrix[:, free][:, :, free].copy()
            system[:, range(len(free)), range(len(free))] += ridge
            step[free] = np.clip(_solved(system, pull), lower[free], upper[free])
        lower_by = -np.einsum("ik,ik->k", gradient, step) - 0.5 * np.einsum("ik,kij,jk->k", step, matrix, step)
        better = lower_by > gain
        best[:, better], gain[better] = step[:, better], lower_by[better]
    return best, gain


def _solved(system: Array, pull: Array) -> Array:
    """Solutions (m, k) of k small systems; those without one stay where they are."""
    singular = np.linalg.det(system) == 0
    if singular.any():
        system[singular] = np.eye(pull.shape[0])
        pull = np.where(singular, 0.0, pull)
    return np.asarray(np.linalg.solve(system, pull.T[:, :, None])[:, :, 0].T)
