"""Special functions that NumPy lacks, and for which SciPy would cost a quarter of a second at import."""

from __future__ import annotations

import numpy as np

from .._arguments import Array

# Chebyshev coefficients in (y − 3.75)/(y + 3.75), y ≥ 0, the variable of M. M. Shepherd and J. G. Laframboise, Math. Comp. 36
# (1981) 249, computed with 40 digits for this file (tests/test_timing.py compares with mpmath).
_ERFCX = (
    1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189, -0.026658668435305753,
    0.009074997670705265, -0.002413163540417608, 0.0004907758365258086, -6.916973302501207e-05, 4.13902798607301e-06,
    7.74038306619849e-07, -2.1886401049234397e-07, 1.076499946567091e-08, 4.521959811218287e-09, -7.754400208831351e-10,
    -6.318088340886684e-11, 2.86879501093067e-11, 1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14,
    3.3478119482868056e-14, -1.864562880419313e-15, -1.2507950530688648e-15, 7.418235256624044e-17, 5.068148904796111e-17,
)  # fmt: skip
_IERFCX = (
    1.110301112173963, 0.1690745789274217, -0.23903235362007455, 0.11495799738187608, -0.029253358280215542,
    8.987938382040593e-05, 0.0036723214424159802, -0.001913611700165597, 0.0005861101485089254, -0.00011518777510756137,
    1.1057067464867251e-05, 1.0929829190568763e-06, -5.245752240268165e-07, 4.522654030840605e-08, 1.1088889207122853e-08,
    -2.758064667959754e-09, -1.2166511168542065e-10, 1.0846997756690068e-10, -2.6831416128016704e-12, -3.9770033435814396e-12,
    2.6810658923447673e-13, 1.514170294375484e-13, -1.3903626931348466e-14, -6.2485804648999245e-15, 5.948820406131784e-16,
    2.8085856775629026e-16, -2.1565232302824673e-17, -1.3461181864810187e-17,
)  # fmt: skip


def _chebyshev(y: Array, coefficients: tuple[float, ...]) -> Array:
    """A Chebyshev series in (y − 3.75)/(y + 3.75), by Clenshaw's recurrence."""
    twice = 2 * (y - 3.75) / (y + 3.75)
    last, before = np.zeros(y.shape), np.zeros(y.shape)
    for c in coefficients[:0:-1]:
        last, before = twice * last - before + c, last
    return np.asarray(0.5 * twice * last - before + coefficients[0])


def erfcx(y: Array) -> Array:
    """e^(y²) erfc(y) for y ≥ 0: 1/(1 + 2y) times a series; the error is 5e-16 of it."""
    return np.asarray(_chebyshev(y, _ERFCX) / (1 + 2 * y))


def ierfcx(y: Array) -> Array:
    """1/√π − y e^(y²) erfc(y) for y ≥ 0, e^(y²) times the integral of erfc: 1/(1 + 2y)² times a series; error 2e-15 of it."""
    return np.asarray(_chebyshev(y, _IERFCX) / (1 + 2 * y) ** 2)
