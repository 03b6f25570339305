"""What a detector counts: the probability that a recoil is seen in a bin, and the fold that a user writes today.

    counts = ∫ dT dR/dT ε_recoil(T) ∫_bin dx ε_observed(x) p(x | E(T))

Bins hold low ≤ x < high. Energies are in the unit in which the resolution is given, recoil energies in keV.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ._quadrature import composite
from ._types import Array
from .rates import Target, differential_rate_grid
from .spectra import Component

# ---- probabilities of bins (m, n), for edges (m + 1,) and energies (n,) -----------------------------------------------------


def gaussian_probability(edges: ArrayLike, energy: ArrayLike, sigma: ArrayLike) -> Array:
    """Return ½ [erf((x₂ − E)/√2σ) − erf((x₁ − E)/√2σ)]."""
    x, E = np.asarray(edges, dtype=np.float64)[:, np.newaxis], np.asarray(energy, dtype=np.float64)
    erf = np.vectorize(math.erf, otypes=[np.float64])
    return np.asarray(np.diff(erf((x - E) / (math.sqrt(2) * np.asarray(sigma))), axis=0) / 2)


def gamma_density(x: ArrayLike, energy: ArrayLike, a: float, b: float) -> Array:
    """Return (α(1 + β))^(1+β)/Γ(1 + β) x^β e^(−α(1+β)x) with α = a/E, β = bE: COHERENT's law for CsI[Na]."""
    x, E = np.asarray(x, dtype=np.float64), np.asarray(energy, dtype=np.float64)
    alpha, beta = a / E, b * E
    log_gamma = np.vectorize(math.lgamma, otypes=[np.float64])(1 + beta)
    return np.asarray(np.exp((1 + beta) * np.log(alpha * (1 + beta)) - log_gamma + beta * np.log(x) - alpha * (1 + beta) * x))


def gamma_probability(edges: ArrayLike, energy: ArrayLike, a: float, b: float, pieces: int = 20) -> Array:
    """Return the integral of `gamma_density` over each bin, by Gauss–Legendre quadrature in pieces of it."""
    edges = np.asarray(edges, dtype=np.float64)
    steps = np.arange(pieces) / pieces
    fine = np.append((edges[:-1, np.newaxis] + np.diff(edges)[:, np.newaxis] * steps).ravel(), edges[-1])
    x, weights = composite(fine)
    density = gamma_density(x[:, np.newaxis], energy, a, b) * weights[:, np.newaxis]
    return np.asarray(density.reshape(edges.size - 1, -1, density.shape[1]).sum(axis=1))


def poisson_probability(edges: ArrayLike, mean: ArrayLike) -> Array:
    """Return Σ μⁿ e^(−μ)/n! over the whole numbers n in each bin."""
    edges = np.asarray(edges, dtype=np.float64)
    mu = np.asarray(mean, dtype=np.float64)
    total = np.zeros((edges.size - 1, mu.size))
    for n in range(max(0, math.ceil(edges[0])), math.ceil(edges[-1])):
        total[np.searchsorted(edges, n, side="right") - 1] += np.exp(n * np.log(mu) - mu - math.lgamma(n + 1))
    return total


# ---- the fold as a user writes it -------------------------------------------------------------------------------------------


def counts_grid(
    edges: ArrayLike,
    components: Sequence[Component],
    target: Target,
    mass: float,
    energy: Callable[[Array], Any],
    density: Callable[[Array, Array], Any],
    efficiency: Callable[[Array], Any],
    *,
    maximum: float,
    points: int = 2000,
    points_per_bin: int = 10,
    **arguments: Any,
) -> Array:
    """Return the counts in bins as a user computes them today: grids in T, E_ν and x, and the trapezoidal rule in all three.

    With 2000 recoil energies and 10 intervals a bin the error is 1e-4 of the largest of 100 bins for COHERENT's CsI.

    Parameters
    ----------
    edges : array_like
        Increasing edges of what is observed.
    components, target
        As for `rates.differential_rate_grid`, to which other keywords go.
    mass : float
        [kg]
    energy : callable
        The quenched energy of recoil energies [keV].
    density : callable
        p(x, E), of arrays that broadcast.
    efficiency : callable
        Of what is observed.
    maximum : float
        Largest recoil energy [keV]; the grid begins at a thousandth of it.
    points, points_per_bin : int
        Recoil energies; intervals in each bin.
    """
    edges = np.asarray(edges, dtype=np.float64)
    T = np.linspace(1e-3 * maximum, maximum, points)
    rate = differential_rate_grid(T, components, target, **arguments)
    fraction = np.linspace(0, 1, points_per_bin + 1)
    x = edges[:-1, np.newaxis] + np.diff(edges)[:, np.newaxis] * fraction
    smeared = density(x.reshape(-1, 1), energy(T)) * rate
    spectrum = np.sum((smeared[:, 1:] + smeared[:, :-1]) / 2 * np.diff(T), axis=1).reshape(x.shape) * efficiency(x)
    return np.asarray(mass * np.sum((spectrum[:, 1:] + spectrum[:, :-1]) / 2 * np.diff(x, axis=1), axis=1))
