"""Special functions from their definitions, for moderate arguments: the oracle of the compiled ones.

Φ(x) = ½ erfc(−x/√2),    P(k|m) = m^k e^(−m)/Γ(k + 1),    P(a, x) = ∫₀^x t^(a−1) e^(−t) dt/Γ(a),    Q(a, x) = ∫_x^∞
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ._quadrature import composite
from ._types import Array


def erfcx(y: ArrayLike) -> Array:
    """Return e^(y²) erfc(y), for 0 ≤ y ≤ 26."""
    y = np.asarray(y, dtype=np.float64)
    return np.asarray(np.exp(y**2) * np.vectorize(math.erfc, otypes=[np.float64])(y))


def normal_cdf(x: ArrayLike) -> Array:
    """Return ½ erfc(−x/√2)."""
    erfc = np.vectorize(math.erfc, otypes=[np.float64])
    return np.asarray(erfc(-np.asarray(x, dtype=np.float64) / math.sqrt(2)) / 2)


def poisson(number: ArrayLike, mean: ArrayLike) -> Array:
    """Return m^k e^(−m)/Γ(k + 1), for k ≥ 0 and m > 0."""
    k, m = np.asarray(number, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    log_gamma = np.vectorize(math.lgamma, otypes=[np.float64])(k + 1)
    return np.asarray(np.exp(k * np.log(m) - m - log_gamma))


def incomplete_gamma(a: ArrayLike, x: ArrayLike, pieces: int = 60) -> tuple[Array, Array]:
    """Return P(a, x) and Q(a, x) for 1 ≤ a ≤ 1000 and x > 0, by Gauss–Legendre quadrature in pieces.

    In P t = x u⁴, in Q t = x + (40 √a + 60) u⁴: broken powers of t are smooth at zero, and 1e-17 of Q or less is above its end.
    """
    a, x = np.broadcast_arrays(np.asarray(a, dtype=np.float64)[..., None], np.asarray(x, dtype=np.float64)[..., None])
    u, weights = composite(np.linspace(0.0, 1.0, pieces + 1))
    lower = poisson(a - 1, x * u**4) @ (weights * 4 * u**3) * x[..., 0]
    span = 40 * np.sqrt(a) + 60
    upper = poisson(a - 1, x + span * u**4) @ (weights * 4 * u**3) * span[..., 0]
    return lower, upper
