"""The electron's or positron's factor in an allowed beta spectrum, in plain NumPy."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ._types import Array

_SHIFT = 8  # Stirling's series with these terms is good to 1e-16 for |z| ≥ 8
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400)  # B_2k/(2k(2k − 1))


def electron_factor(kinetic: ArrayLike, coupling: float) -> Array:
    """Return p W F up to a constant:  W p^(2γ−1) e^(πy) |Γ(γ + iy)|²,  γ = √(1 − c²),  y = cW/p.

    ln Γ is Stirling's series, at γ + iy where |y| is large and moved up by 8 elsewhere. Written so that nothing cancels towards
    the end point, where |y| → ∞: for electrons p^(2γ−1) e^(πy) |Γ|² stays finite, πy − 2y arg z = 2y atan(Re z/y), and for
    positrons it is smaller by e^(2πy).

    Parameters
    ----------
    kinetic : array_like
        Kinetic energies, ≥ 0, in units of m_e.
    coupling : float
        c = αZ for electrons, −αZ for positrons.
    """
    t = np.asarray(kinetic, dtype=np.float64)
    W = 1 + t
    p = np.maximum(np.sqrt(t * (t + 2)), 1e-8)
    gamma = math.sqrt(1 - coupling**2)
    y = abs(coupling) * W / p
    moved = y < _SHIFT
    x = gamma + _SHIFT * moved
    square = x**2 + y**2
    inverse = (x - 1j * y) / square  # 1/z
    series = np.full(y.shape, _STIRLING[-1], dtype=complex)
    for coefficient in _STIRLING[-2::-1]:
        series = coefficient + series * inverse**2
    exponent = 2 * (y * np.arctan2(x, y) - x + (series * inverse).real)
    if coupling < 0:
        exponent -= 2 * np.pi * y
    product = np.ones(y.shape)
    for j in range(_SHIFT):  # |Γ(z)|² = |Γ(z + 8)|²/Π |z + j|²
        product *= square / ((gamma + j) ** 2 + y**2)
    return np.asarray(W * (p * np.sqrt(square)) ** (2 * gamma - 1) * np.exp(exponent) * np.where(moved, product, 1.0))
