"""Special functions that NumPy lacks, and for which SciPy would cost a quarter of a second at import.

Errors are relative and hold where a result is above 1e-300, also far in the tails (src_c/kernels/special.h, and the tests in
tests/_core/test_special.py); below 3e-308 a result is 0. An ulp is 2.2e-16 of a value, or less.
"""

from __future__ import annotations

import math

import numpy as np

from .._arguments import Array
from .._core import special
from .polynomials import clenshaw

# Chebyshev coefficients in (y − 3.75)/(y + 3.75), y ≥ 0, the variable of M. M. Shepherd and J. G. Laframboise, Math. Comp. 36
# (1981) 249, computed with 40 digits for this file (tests/fluxes/test_timing.py compares with mpmath).
_IERFCX = (
    1.110301112173963, 0.1690745789274217, -0.23903235362007455, 0.11495799738187608, -0.029253358280215542,
    8.987938382040593e-05, 0.0036723214424159802, -0.001913611700165597, 0.0005861101485089254, -0.00011518777510756137,
    1.1057067464867251e-05, 1.0929829190568763e-06, -5.245752240268165e-07, 4.522654030840605e-08, 1.1088889207122853e-08,
    -2.758064667959754e-09, -1.2166511168542065e-10, 1.0846997756690068e-10, -2.6831416128016704e-12, -3.9770033435814396e-12,
    2.6810658923447673e-13, 1.514170294375484e-13, -1.3903626931348466e-14, -6.2485804648999245e-15, 5.948820406131784e-16,
    2.8085856775629026e-16, -2.1565232302824673e-17, -1.3461181864810187e-17,
)  # fmt: skip


def erfcx(y: Array) -> Array:
    """e^(y²) erfc(y) for y ≥ 0, within 3 ulp."""
    values = np.ascontiguousarray(y, np.float64)
    out = np.empty(values.shape)
    special.erfcx(values.reshape(-1), out.reshape(-1))
    return out


def ierfcx(y: Array) -> Array:
    """1/√π − y e^(y²) erfc(y) for y ≥ 0, e^(y²) times the integral of erfc: 1/(1 + 2y)² times a series; error 2e-15 of it."""
    return np.asarray(clenshaw(_IERFCX, (y - 3.75) / (y + 3.75)) / (1 + 2 * y) ** 2)


def normal_cdf(x: Array) -> Array:
    """Φ(x), the probability of the standard normal distribution below x, which may be infinite: within 5 ulp."""
    values = np.ascontiguousarray(x, np.float64)
    out = np.empty(values.shape)
    special.normal_cdf(values.reshape(-1), out.reshape(-1))
    return out


def poisson(number: Array, mean: Array) -> Array:
    """m^k e^(−m)/Γ(k + 1), within 6 ulp: Poisson's probability of k quanta around a mean m, and, for any real k, a density.

    Parameters
    ----------
    number : array (n,)
        k ≥ 0, whole or not.
    mean : array (n, m) or (1, m)
        m ≥ 0 for each number, or the same for all.

    Returns
    -------
    array (n, m)
    """
    out = np.empty((number.size, mean.shape[1]))
    special.poisson(np.ascontiguousarray(number, np.float64), np.ascontiguousarray(mean, np.float64), out)
    return out


def incomplete_gamma(a: Array, x: Array) -> tuple[Array, Array]:
    """P(a, x) and Q(a, x) = 1 − P(a, x), the regularised incomplete gamma functions: the smaller one within 10 ulp.

    Parameters
    ----------
    a : array (n,)
        Each ≥ 1.
    x : array (n, m) or (1, m)
        Each ≥ 0, for each a, or the same for all; infinity too.

    Returns
    -------
    (array (n, m), array (n, m))
    """
    lower, upper = np.empty((a.size, x.shape[1])), np.empty((a.size, x.shape[1]))
    special.incomplete_gamma(np.ascontiguousarray(a, np.float64), np.ascontiguousarray(x, np.float64), lower, upper)
    return lower, upper


def chi2_quantile(level: float, degrees: int) -> float:
    """The χ² that some degrees of freedom exceed with the probability 1 − level: relative error 1e-14.

    Newton's method in the logarithm of the smaller tail, which is concave in χ², and halves where a step leaves the bracket.

    Parameters
    ----------
    level : float
        > 0 and < 1.
    degrees : int
        ≥ 1.
    """
    a = degrees / 2
    upper = level > 0.5
    wanted = 1.0 - level if upper else level

    def tail(x: float) -> float:
        if degrees == 1:
            return math.erfc(math.sqrt(x)) if upper else math.erf(math.sqrt(x))
        return float(incomplete_gamma(np.array([a]), np.array([[x]]))[upper][0, 0])

    # Wilson and Hilferty (1931) with a normal quantile from its tail, or where that is no number, the first term of P's series
    twice = -2 * math.log(wanted)
    normal = math.sqrt(max(twice - math.log(2 * math.pi * twice), 0.0)) * (1 if upper else -1)
    root = 1 - 1 / (9 * a) + normal / (3 * math.sqrt(a))
    x = a * root**3 if root > 0.2 else math.exp((math.log(wanted) + math.lgamma(a + 1)) / a)
    low, high = (a - 1 / 3, math.inf) if upper else (0.0, a)  # the median lies between a − 1/3 and a
    for _ in range(200 if x > 0 else 0):
        found = tail(x)
        low, high = (x, high) if (found > wanted) is upper else (low, x)
        slope = float(poisson(np.array([a]), np.array([[x]]))[0, 0]) * a / x
        new = math.nan
        if found > 0 and slope > 0:
            new = x + found * math.log(found / wanted) / slope * (1 if upper else -1)
        if abs(new - x) <= 1e-15 * x:
            return 2 * new
        if not low < new < high:
            new = (low + high) / 2 if high < math.inf else 2 * x
            if new in (low, high):
                break
        x = new
    return 2 * x
