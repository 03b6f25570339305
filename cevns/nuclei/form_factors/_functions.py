"""The special functions of form factors in NumPy, without cancellation at small arguments."""

from __future__ import annotations

import math

import numpy as np

from ..._arguments import Array

# Below this argument the power series, of which 20 terms reach rounding; above it recurrences, which lose less than a digit.
_SERIES_BELOW = 3.0
_SERIES_TERMS = 20


def sinc(x: Array) -> Array:
    """sin x / x."""
    return np.sinc(x / math.pi)


def bessel_ratio(n: int, x: Array) -> Array:
    """jₙ(x)/xⁿ for n = 1, 2: 1/3 and 1/15 at zero."""
    large = np.abs(x) >= _SERIES_BELOW
    safe = np.where(large, x, 1.0)
    j1 = np.sin(safe) / safe**2 - np.cos(safe) / safe
    closed = j1 / safe if n == 1 else (3 * j1 / safe - np.sin(safe) / safe) / safe**2
    z = np.where(large, 0.0, x) ** 2
    series = np.zeros_like(z)
    for k in reversed(range(_SERIES_TERMS)):
        series = series * -z / 2 + 1 / (math.factorial(k) * math.prod(range(1, 2 * n + 2 * k + 2, 2)))
    return np.where(large, closed, series)


def eta(n: int) -> float:
    """Dirichlet's η(2n) = Σ (−1)^(k+1)/k^2n, ½ for n = 0."""
    exact = (0.5, math.pi**2 / 12, 7 * math.pi**4 / 720, 31 * math.pi**6 / 30240, 127 * math.pi**8 / 1209600)
    return exact[n] if n < len(exact) else math.fsum((-1) ** (k + 1) / k ** (2 * n) for k in range(1, 60))


_SURFACE = tuple((-1) ** n * 2 * eta(n) / math.pi ** (2 * n) for n in range(26))  # Taylor coefficients of y/sinh y in y²
_TAYLOR_BELOW = 1.0  # the radius of convergence is π


def surface(y: Array) -> tuple[Array, Array, Array, Array]:
    """S = y/sinh y and its derivatives: S, S′/y, S″, S‴/y, for y ≥ 0."""
    large = y >= _TAYLOR_BELOW
    z = np.where(large, 0.0, y) ** 2
    series = [np.zeros_like(z) for _ in range(4)]
    for n in reversed(range(len(_SURFACE))):
        # of y^2n: the derivative of order d, without the y of odd ones; what is lower than y^d is gone
        for d, factor in enumerate((1, 2 * n, 2 * n * (2 * n - 1), 2 * n * (2 * n - 1) * (2 * n - 2))):
            if n >= (d + 1) // 2:
                series[d] = series[d] * z + factor * _SURFACE[n]
    y = np.where(large, y, 1.0)
    S = 2 * y * np.exp(-y) / -np.expm1(-2 * y)
    u = y / np.tanh(y) - 1
    W = (u**2 - 1 + S**2) / y**2  # S″/S
    third = S * (-u / y**2 * W + 2 * ((u + 1) - S**2 * (2 * u + 1)) / y**4)
    closed = (S, -S * u / y**2, S * W, third)
    first, second, third_, fourth = (np.where(large, c, s) for c, s in zip(closed, series, strict=True))
    return first, second, third_, fourth
