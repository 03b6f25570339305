"""Templates between the nodes of a grid: exponentials times cubic polynomials through the nearest nodes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._arguments import Array


class Cell(NamedTuple):
    """Templates between two neighbouring nodes of each axis, T_t(u) = exp(−rate_t u) Σ_j u^j C_tj, 0 ≤ u ≤ 1."""

    rates: Array  # (n_axes, n_terms)
    coefficients: Array  # (powers of each axis, n_terms, bins)

    @classmethod
    def made(cls, coordinates: list[Array], histograms: Array, cell: tuple[int, ...]) -> "Cell":
        """The polynomials through the nearest nodes, of templates (*nodes, n_terms, bins)."""
        near = [_nearest(i, z.size) for i, z in zip(cell, coordinates, strict=True)]
        u = [(z[rows] - z[i]) / (z[i + 1] - z[i]) for z, rows, i in zip(coordinates, near, cell, strict=True)]
        # how fast each template falls across the cell: g⁴/m⁴ is no polynomial in ln m, but it is exp(−rate u) times one
        size = np.abs(histograms).max(axis=-1)
        rates = np.zeros((len(cell), size.shape[-1]))
        for axis, i in enumerate(cell):
            # the same in all cells along the other axis, which meet
            along = size.max(axis=tuple(other for other in range(len(cell)) if other != axis))
            falls = (along[i] > 0) & (along[i + 1] > 0)
            rates[axis, falls] = np.log(along[i, falls] / along[i + 1, falls])
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


def _lagrange(nodes: Array) -> Array:
    """Coefficients [power, node] of the polynomials that are 1 at one node and 0 at the others; exact at a node 0."""
    columns = []
    for i, node in enumerate(nodes.tolist()):
        others = np.delete(nodes, i)
        columns.append(np.poly(others)[::-1] / np.prod(node - others))
    return np.stack(columns, axis=-1)
