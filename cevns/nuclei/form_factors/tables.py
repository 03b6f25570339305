"""Form factors from the user's own tables, of F(q) or of a density.

Formulas
--------
`Tabulated` form factor: cubic spline of F(q)
    your own table
`TabulatedDensity` form factor: F = ∫ ρ(r) sin(qr)/(qr) 4πr² dr, ρ piecewise linear
    your own table
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ... import constants
from ..._arguments import Array, check_increasing, digits
from ..._core.form_factors import FormFactor as Kernel
from ..._immutable import kept
from ..._numerics.quadrature import nodes_between
from ..._numerics.tabulation import tabulate
from ...errors import InputError
from ._base import Formula, HasMassNumber, numbers
from ._functions import bessel_ratio, sinc

_SPLINE_TOLERANCE = 1e-10  # of the spline in the kernels, where knots are not equally spaced


@dataclass(frozen=True, repr=False)
class Tabulated(Formula):
    """An own table of F(q), the same for every nuclide; `from_density` makes one of a table of a density.

    Between the points a cubic spline in q, flat at q = 0 as every form factor is.

    Parameters
    ----------
    momentum_transfer : sequence of float
        q [MeV], increasing from 0, four points at least. Equally spaced ones are kept exactly, others to 1e-10.
    values : sequence of float
        F, signed (not F²), with F(0) = 1.

    Raises
    ------
    InputError
        For a table that does not begin with F(0) = 1, is not increasing, or has values beyond ±1.

    Notes
    -----
    A table says nothing beyond its end: a call with a larger q is refused, and a rate that needs one is not finite. The rms
    radius is that of the spline's curvature at q = 0, as good as the first few points are.
    """

    momentum_transfer: tuple[float, ...]
    values: tuple[float, ...]

    if TYPE_CHECKING:

        def __init__(self, momentum_transfer: ArrayLike, values: ArrayLike) -> None: ...

    def __post_init__(self) -> None:
        q, F = numbers(self, "momentum_transfer", "MeV", minimum=0.0), numbers(self, "values")
        _same_length(q, F, "momentum_transfer", "values", 4)
        if q[0] != 0 or abs(F[0] - 1) > 1e-9:
            raise InputError(f"a table of a form factor must begin with F(0) = 1 (got F({digits(q[0])} MeV) = {digits(F[0])})")
        if max(map(abs, F)) > 1 + 1e-9:
            raise InputError(f"values must be >= -1 and <= 1 (got {digits(max(F, key=abs))})")

    @staticmethod
    def from_density(radius: ArrayLike, density: ArrayLike) -> TabulatedDensity:
        """The form factor of a table of a density ρ(r), linear between its points: `TabulatedDensity`."""
        return TabulatedDensity(radius, density)

    def __hash__(self) -> int:
        return self._hash

    @kept
    def _hash(self) -> int:
        return hash((self.momentum_transfer, self.values))

    @kept
    def _spline(self) -> tuple[Array, Array, Array]:
        """Knots, values, and second derivatives of the cubic spline: flat at zero, one cubic in the last two intervals."""
        x, y = np.array(self.momentum_transfer), np.array(self.values)
        h, slope = np.diff(x), np.diff(y) / np.diff(x)
        n = x.size - 1
        lower, middle, upper, right = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
        middle[0], upper[0], right[0] = 2 * h[0], h[0], 6 * slope[0]
        lower[1:], middle[1:], upper[1:] = h[:-1], 2 * (h[:-1] + h[1:]), h[1:]
        right[1:] = 6 * np.diff(slope)
        # M[n] = M[n−1] + (h[n−1]/h[n−2]) (M[n−1] − M[n−2]): no jump of the third derivative at the last knot but one
        ratio = h[-1] / h[-2]
        lower[-1] -= upper[-1] * ratio
        middle[-1] += upper[-1] * (1 + ratio)
        for i in range(1, n):
            factor = lower[i] / middle[i - 1]
            middle[i] -= factor * upper[i - 1]
            right[i] -= factor * right[i - 1]
        M = np.zeros(n + 1)
        M[n - 1] = right[n - 1] / middle[n - 1]
        for i in reversed(range(n - 1)):
            M[i] = (right[i] - upper[i] * M[i + 1]) / middle[i]
        M[n] = M[n - 1] + ratio * (M[n - 1] - M[n - 2])
        return x, y, M

    def _key(self, nuclide: HasMassNumber) -> Any:
        return None

    def maximum(self, nuclide: HasMassNumber | str) -> float:
        """The last q of the table [MeV]."""
        return self.momentum_transfer[-1]

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm] by the curvature of F at q = 0: ⟨r²⟩ = −3F″(0)."""
        square = -3 * float(self._spline[2][0])
        if square <= 0:
            raise InputError("the table of the form factor rises from q = 0: it has no radius")
        return math.sqrt(square) * constants.HBAR_C

    def _size(self, nuclide: Any) -> float:
        return self.rms_radius(nuclide)

    def _values(self, k: Array, nuclide: Any) -> Array:
        x, y, M = self._spline
        q = k * constants.HBAR_C
        i = np.clip(np.searchsorted(x, q, side="right") - 1, 0, x.size - 2)
        h = x[i + 1] - x[i]
        right = (q - x[i]) / h
        left = 1 - right
        cubic = (left**3 - left) * M[i] + (right**3 - right) * M[i + 1]
        return np.asarray(left * y[i] + right * y[i + 1] + cubic * h**2 / 6)

    def _kernel(self, nuclide: Any) -> Kernel:
        # Infinite from a hair beyond the last point on: a rate that needs more is not finite. As many panels as the table has
        # intervals, so that the panels of equally spaced points are those of the spline.
        x = self._spline[0]
        panels, end = x.size - 1, x[-1] * (1 + 1e-9)
        even = np.allclose(np.diff(x), x[-1] / panels, rtol=1e-9, atol=0.0)
        return tabulate(
            lambda q: np.where(q < end, self._values(q / constants.HBAR_C, nuclide), np.inf),
            end,
            (panels - 0.5) / (4 * end),
            1e-14 if even else _SPLINE_TOLERANCE,
        )


@dataclass(frozen=True, repr=False)
class TabulatedDensity(Formula):
    """The form factor of a tabulated density, linear between its points and 0 beyond: its exact Fourier transform.

    Each interval is transformed analytically, so that there is no step in r to choose; what linear interpolation does to the
    density stays: δ⟨r²⟩/⟨r²⟩ about (h/r)²/4 for points h apart.

    Parameters
    ----------
    radius : sequence of float
        r [fm], increasing from 0, two points at least.
    density : sequence of float
        ρ, in any unit; negative values are allowed (a weak density may have them), a negative integral is not.

    Raises
    ------
    InputError
        For a table that does not begin at r = 0, is not increasing, or has no positive integral.

    Notes
    -----
    Making the kernel takes about 2 ms for each point.
    """

    radius: tuple[float, ...]
    density: tuple[float, ...]

    if TYPE_CHECKING:

        def __init__(self, radius: ArrayLike, density: ArrayLike) -> None: ...

    _END = 2000.0  # MeV

    def __post_init__(self) -> None:
        r, rho = numbers(self, "radius", "fm", minimum=0.0), numbers(self, "density")
        _same_length(r, rho, "radius", "density", 2)
        if r[0] != 0:
            raise InputError(f"radius must begin at 0 fm (got {digits(r[0])})")
        if self._moment(2) <= 0:
            raise InputError("density must have a positive integral")

    def __hash__(self) -> int:
        return self._hash

    @kept
    def _hash(self) -> int:
        return hash((self.radius, self.density))

    def _key(self, nuclide: HasMassNumber) -> Any:
        return None

    def _moment(self, order: int) -> float:
        """∫ r^order ρ dr, exact for the interpolation."""
        total = []
        for (r0, f0), (r1, f1) in pairwise(zip(self.radius, self.density, strict=True)):
            # ρ = f0 + slope (r − r0) by its values at the ends: the rule of Gauss and Legendre is exact for the polynomial
            r, weights = nodes_between(r0, r1, order // 2 + 1)
            total.append(float(weights @ (r**order * (f0 + (f1 - f0) * (r - r0) / (r1 - r0)))))
        return math.fsum(total)

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm], exact for the interpolation."""
        square = self._moment(4) / self._moment(2)
        if square <= 0:
            raise InputError("the mean square radius of the density is negative")
        return math.sqrt(square)

    def _size(self, nuclide: Any) -> float:
        return self.radius[-1]

    def _values(self, k: Array, nuclide: Any) -> Array:
        # ∫ (A + Bt + Ct²) sin(k(m+t))/k dt over |t| < h, about the middle m of an interval: moments of sin and cos are
        # spherical Bessel functions of kh, none of which cancels.
        total = np.zeros_like(k)
        for (r0, f0), (r1, f1) in pairwise(zip(self.radius, self.density, strict=True)):
            m, h = (r0 + r1) / 2, (r1 - r0) / 2
            middle, slope = (f0 + f1) / 2, (f1 - f0) / (r1 - r0)
            x = k * h
            j0, j1, j2 = sinc(x), bessel_ratio(1, x), bessel_ratio(2, x) * x**2
            even = m * middle * j0 + slope * h**2 * (j0 - 2 * j2) / 3
            odd = (middle + m * slope) * h**2 * j1
            total += 2 * h * (even * m * sinc(k * m) + odd * np.cos(k * m))
        return total / self._moment(2)


def _same_length(first: tuple[float, ...], second: tuple[float, ...], name: str, other: str, least: int) -> None:
    if len(first) != len(second) or len(first) < least:
        raise InputError(f"{other} must be as many as {name}, {least} at least (got {len(second)} and {len(first)})")
    check_increasing(np.array(first), name)
