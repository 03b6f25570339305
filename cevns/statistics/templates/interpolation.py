"""Templates between the nodes of a grid: exponentials times cubic polynomials through the nearest nodes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._arguments import Array


class Cell(NamedTuple):
    """Templates between two neighbouring nodes of each axis, T_t(u) = exp(−rate_t u) Σ_j u^j C_tj, 0 ≤ u ≤ 1."""

    rates: Array  # (n_axes, n_terms)
    coefficients: Array  # (powers of each axis, n_terms, bins)

    @classmethod
    def made(cls, coordinates: list[Array], histograms: Array, cell: tuple[int, ...], powers: tuple[bool, ...]) -> Cell:
        """The polynomials through the nearest nodes, of templates (*nodes, n_terms, bins); `powers` are axes in logarithms."""
        near = [_nearest(i, z.size) for i, z in zip(cell, coordinates, strict=True)]
        u = [(z[rows] - z[i]) / (z[i + 1] - z[i]) for z, rows, i in zip(coordinates, near, cell, strict=True)]
        size = np.abs(histograms).max(axis=-1)
        rates = np.zeros((len(cell), size.shape[-1]))
        for axis, nodes in enumerate(u):
            # the same in all cells along the other axis, which meet
            along = size.max(axis=tuple(other for other in range(len(cell)) if other != axis))
            rates[axis] = _fall(along[near[axis]], nodes, powers[axis])
        found = histograms[np.ix_(*near)]
        for axis, nodes in enumerate(u):
            tail = (*(1 for _ in cell[axis + 1 :]), size.shape[-1], 1)
            found = found * np.exp(nodes[:, None] * rates[axis]).reshape(nodes.size, *tail)
        for axis, nodes in enumerate(u):
            found = np.moveaxis(np.tensordot(_lagrange(nodes), found, axes=(1, axis)), 0, axis)
        return cls(rates, found)

    def at(self, u: Array) -> Array:
        """Templates (n_terms, bins) at one point (n_axes,)."""
        found = self.coefficients
        for value in u.tolist():
            found = np.tensordot(value ** np.arange(found.shape[0]), found, axes=1)
        return found * np.exp(-u @ self.rates)[:, None]


def cell_of(nodes: Array, at: Array) -> NDArray[np.intp]:
    """Indices of the last node at or below values, and of the last but one for the last."""
    return np.clip(np.searchsorted(nodes, at, side="right") - 1, 0, nodes.size - 2)


def _nearest(cell: int, size: int) -> NDArray[np.intp]:
    """Indices of the up to four nodes around a cell."""
    number = min(4, size)
    first = min(max(cell - 1, 0), size - number)
    return np.arange(first, first + number)


def _fall(size: Array, nodes: Array, power: bool) -> Array:
    """How fast templates (nodes, n_terms) fall: g⁴/m⁴ is no polynomial in ln m, but it is exp(−rate u) times one.

    The slowest fall between neighbours, and none unless all fall, or all rise: where a template is small or passes zero, its
    logarithm is steep in one place, and an exponential of that would be all that is left of it in the others. Where the axis is
    not logarithmic, and templates are no powers of it, less by what the falls differ: a straight line has no exponential.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        falls = np.log(size[:-1] / size[1:]) / np.diff(nodes)[:, None]
        steep = np.abs(falls)
        rate = steep.min(axis=0) if power else np.maximum(2 * steep.min(axis=0) - steep.max(axis=0), 0.0)
    one_way = (falls > 0).all(axis=0) | (falls < 0).all(axis=0)
    return np.where(one_way & np.isfinite(rate), np.copysign(rate, falls[0]), 0.0)


def _lagrange(nodes: Array) -> Array:
    """Coefficients [power, node] of the polynomials that are 1 at one node and 0 at the others; exact at a node 0."""
    columns = []
    for i, node in enumerate(nodes.tolist()):
        others = np.delete(nodes, i)
        columns.append(np.poly(others)[::-1] / np.prod(node - others))
    return np.stack(columns, axis=-1)
