"""Spectra as Chebyshev series on panels, and the moments made of them, in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike

from ._types import Array

TERMS = 10


def fit(density: Callable[[Array], Array], edges: ArrayLike) -> Array:
    """Return the coefficients (panels, 3, 10) of φ, φ/E and φ/E², interpolated at the Chebyshev nodes of panels between edges.

    Parameters
    ----------
    density : callable
        φ of an array of energies [MeV].
    edges : array_like
        Increasing energies [MeV] > 0.
    """
    ends = np.asarray(edges, dtype=np.float64)
    s = np.cos(np.pi * (np.arange(TERMS) + 0.5) / TERMS)
    E = (ends[1:, None] + ends[:-1, None]) / 2 + np.diff(ends)[:, None] / 2 * s
    inverse = np.linalg.inv(chebyshev.chebvander(s, TERMS - 1))
    return np.stack([density(E) / E**k for k in range(3)], axis=1) @ inverse.T


def evaluate(edges: ArrayLike, coefficients: ArrayLike, x: ArrayLike) -> Array:
    """Return one series (panels, terms) between edges at x, 0 outside."""
    ends, series, at = np.asarray(edges), np.asarray(coefficients), np.asarray(x, dtype=np.float64)
    i = np.clip(np.searchsorted(ends, at, side="right") - 1, 0, ends.size - 2)
    s = (2 * at - ends[i] - ends[i + 1]) / (ends[i + 1] - ends[i])
    value = sum(series[i, k] * np.cos(k * np.arccos(np.clip(s, -1, 1))) for k in range(series.shape[1]))
    return np.where((at >= ends[0]) & (at <= ends[-1]), value, 0.0)


def moments(edges: ArrayLike, coefficients: ArrayLike, energy_min: ArrayLike) -> Array:
    """Return ∫φ, ∫φ(1 − x/E) and ∫φ(1 − x/E)/E above x, shape (3, x): integrals of the series, and integrals of these.

    Parameters
    ----------
    edges : array_like (n + 1,)
        Of the panels [MeV]; below the first the density is 0.
    coefficients : array_like (n, 3, terms)
        Of φ, φ/E and φ/E².
    energy_min : array_like
        x [MeV].
    """
    ends, series, x = np.asarray(edges), np.asarray(coefficients), np.asarray(energy_min, dtype=np.float64)
    half = np.diff(ends) / 2

    def integral_above(rows: Array) -> Array:
        inner = chebyshev.chebint(rows, axis=1) * half[:, None]
        panel = inner.sum(axis=1) - inner @ (-1.0) ** np.arange(inner.shape[1])
        outer = -inner
        outer[:, 0] += inner.sum(axis=1) + np.cumsum(panel[::-1])[::-1] - panel
        return np.asarray(outer)

    phi0, phi1, phi2 = (integral_above(series[:, k]) for k in range(3))
    inside = np.maximum(x, ends[0])
    below = ends[0] - np.minimum(x, ends[0])  # there Φ₁ and Φ₂ stay as they are
    values = [evaluate(ends, rows, inside) for rows in (phi0, integral_above(phi1), integral_above(phi2))]
    values[1] += below * evaluate(ends, phi1, inside)
    values[2] += below * evaluate(ends, phi2, inside)
    return np.stack(values)
