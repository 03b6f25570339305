"""Zeros and minima along lines, for which scipy.optimize would cost a quarter of a second at import."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .._arguments import Array

_GOLDEN = (3 - math.sqrt(5)) / 2
_EPSILON = 2.0**-52


def zero(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Where a function is zero, to within a tolerance, between two points where it has different signs.

    T. R. Chandrupatla, Adv. Eng. Softw. 28 (1997) 145: inverse quadratic interpolation where three points allow it, else
    halves. A value may be infinite.
    """
    a, b = low, high
    f_a, f_b = function(a), function(b)
    share = 0.5  # of the interval from a to b
    while True:
        x = a + share * (b - a)
        f_x = function(x)
        if (f_x > 0) == (f_a > 0):
            c, f_c = a, f_a
        else:
            c, f_c, b, f_b = b, f_b, a, f_a
        a, f_a = x, f_x
        best, f_best = (a, f_a) if abs(f_a) < abs(f_b) else (b, f_b)
        least = (2 * _EPSILON * abs(best) + tolerance) / abs(b - a)
        if least > 0.5 or f_best == 0:
            return best
        share = float(inverse_parabola(*map(np.asarray, (a, b, c, f_a, f_b, f_c))))
        share = 0.5 if math.isnan(share) else min(max(share, least), 1 - least)


def inverse_parabola(a: Array, b: Array, c: Array, f_a: Array, f_b: Array, f_c: Array) -> Array:
    """Where zeros lie between a and b, as shares of the way, by the parabola through three points of the inverse function.

    nan where Chandrupatla's criterion does not trust it. The zeros are between a and b, and c was one of the two before.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
        share = f_a / (f_b - f_a) * f_c / (f_b - f_c) + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
        safe = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi) & np.isfinite(share)
    return np.where(safe, share, np.nan)


def minimum(function: Callable[[float], float], low: float, high: float, tolerance: float) -> tuple[float, float]:
    """Where a function is smallest between two points, to within a tolerance and 1.5e-8 of itself, and its value there.

    R. P. Brent, Algorithms for Minimization Without Derivatives (1973), chapter 5: parabolas, or golden sections. Of several
    minima it finds one; it never looks at the ends.
    """
    x = second = third = low + _GOLDEN * (high - low)
    f_x = f_second = f_third = function(x)
    step = before = 0.0
    while True:
        middle, near = (low + high) / 2, math.sqrt(_EPSILON) * abs(x) + tolerance / 3
        if abs(x - middle) <= 2 * near - (high - low) / 2:
            return x, f_x
        golden = True
        if abs(before) > near:  # the minimum of the parabola through three points
            r, q = (x - second) * (f_x - f_third), (x - third) * (f_x - f_second)
            p, q = (x - third) * q - (x - second) * r, 2 * (q - r)
            p, q = (-p, q) if q > 0 else (p, -q)
            last, before = before, step
            if abs(p) < abs(q * last / 2) and q * (low - x) < p < q * (high - x):
                golden, step = False, p / q
                if min(x + step - low, high - x - step) < 2 * near:
                    step = math.copysign(near, middle - x)
        if golden:
            before = low - x if x >= middle else high - x
            step = _GOLDEN * before
        new = x + math.copysign(max(abs(step), near), step)
        f_new = function(new)
        if f_new <= f_x:
            low, high = (x, high) if new >= x else (low, x)
            third, f_third, second, f_second, x, f_x = second, f_second, x, f_x, new, f_new
            continue
        low, high = (new, high) if new < x else (low, new)
        if f_new <= f_second or second == x:
            third, f_third, second, f_second = second, f_second, new, f_new
        elif f_new <= f_third or third in (x, second):
            third, f_third = new, f_new
