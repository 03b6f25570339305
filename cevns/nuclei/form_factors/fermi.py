"""Fermi densities: the fits of electron scattering and muonic atoms, transformed exactly.

With f(r) = 1/(1 + e^((r−c)/a)) the integrals are Sommerfeld's: a closed main part that treats the surface as if the centre were
infinitely far, and a series in e^(−c/a) for what is cut off at r = 0. With S(y) = y/sinh y, y = πqa and K(q) = S(y) sin(qc)/q,

    ∫ r sin(qr)/q f dr  = −K′/q − 2a³ Σ (−1)ⁿ n e^(−nc/a)/(n² + q²a²)²
    ∫ r³ sin(qr)/q f dr = K‴/q − 24a⁵ Σ (−1)ⁿ n (n² − q²a²) e^(−nc/a)/(n² + q²a²)⁴

the second from the first by r² ↔ −∇²_q. The symmetrised Fermi form factor is the main part of the first alone: it differs by
e^(−c/a), 1e-3 for argon.

Formulas
--------
`TwoParameterFermi` form factor: ρ ∝ 1/(1 + e^((r−c)/a)), exact series
    R. Hofstadter, Rev. Mod. Phys. 28 (1956) 214; series derived here
`ThreeParameterFermi` form factor: ρ ∝ (1 + w r²/c²)/(1 + e^((r−c)/a)), exact series
    H. de Vries et al., At. Data Nucl. Data Tables 36 (1987) 495; series derived here
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from ..._arguments import Array, real_number
from ...errors import InputError
from ..nuclides import named
from ._base import FormFactor, Formula, HasMassNumber, length, set_lengths, standard_half_density
from ._functions import bessel_ratio, eta, sinc, surface

_LEAST_RATIO = 0.25  # c/a: below it the series in e^(−nc/a) would need more than 150 terms, and there is no surface left


def _terms(c: float, a: float) -> int:
    """Terms of the series in e^(−nc/a) down to 1e-17."""
    return math.ceil(40 * a / c)


def _transforms(k: Array, c: float, a: float, by_radius: bool = False) -> tuple[Array, Array]:
    """∫ r sin(kr)/k f dr [fm³] and ∫ r³ sin(kr)/k f dr [fm⁵], or their derivatives by c."""
    width = math.pi * a
    x, t2 = k * c, (k * a) ** 2
    S0, S1, S2, S3 = surface(k * width)
    S1, S2, S3 = width**2 * S1, width**2 * S2, width**4 * S3
    # h = sin(kc)/k, or cos(kc), its derivative by c: h, h′/k, h″, h‴/k by k
    if by_radius:
        h0 = np.cos(x)
        h1, h2, h3 = -(c**2) * sinc(x), -(c**2) * h0, c**4 * sinc(x)
    else:
        j1, j2 = bessel_ratio(1, x), bessel_ratio(2, x)
        h0, h1 = c * sinc(x), -(c**3) * j1
        h2, h3 = c**3 * (2 * j1 - sinc(x)), c**5 * (j1 - 2 * j2)
    first = -(S1 * h0 + S0 * h1)
    second = S3 * h0 + 3 * S2 * h1 + 3 * S1 * h2 + S0 * h3
    for n in range(1, _terms(c, a) + 1):
        weight = (-1) ** n * n * math.exp(-n * c / a) * (-n / a if by_radius else 1.0)
        first = first - 2 * a**3 * weight / (n**2 + t2) ** 2
        second = second - 24 * a**5 * weight * (n**2 - t2) / (n**2 + t2) ** 4
    return first, second


def _moment(order: int, c: float, a: float) -> tuple[float, float]:
    """∫ r^order f dr for an even order, −order! a^(order+1) Li_(order+1)(−e^(c/a)), and its derivative by c.

    By the inversion of the polylogarithm a polynomial and a series in e^(−c/a): exact.
    """
    value = slope = 0.0
    for j in range(order // 2 + 1):
        power = order + 1 - 2 * j
        factor = 2 * eta(j) * a ** (2 * j) * math.factorial(order) / math.factorial(power)
        value += factor * c**power
        slope += factor * power * c ** (power - 1)
    for n in range(1, _terms(c, a) + 1):
        term = (-1) ** n * math.exp(-n * c / a) * math.factorial(order) * a**order
        value -= term * a / n ** (order + 1)
        slope += term / n**order
    return value, slope


@dataclass(frozen=True, repr=False)
class TwoParameterFermi(Formula):
    """Two-parameter Fermi (Woods–Saxon): ρ ∝ 1/(1 + e^((r−c)/a)), its form factor by an exact series.

    Parameters
    ----------
    radius : float, optional
        c [fm], where the density is half that inside (not an rms radius: for that, `from_rms`). c = 1.23 A^⅓ − 0.60 fm if not
        given (Lewin and Smith, Astropart. Phys. 6 (1996) 87).
    diffuseness : float
        a [fm]; 0.52 by default.

    Raises
    ------
    InputError
        For a radius below a quarter of the diffuseness.

    Notes
    -----
    ⟨r²⟩ = 12a² Li₅(−e^(c/a))/Li₃(−e^(c/a)) = (3c² + 7π²a²)/5 but for terms in e^(−c/a). The error of F is below 4e-15.

    Examples
    --------
    >>> import cevns
    >>> argon = cevns.form_factors.TwoParameterFermi(3.53, 0.542)
    >>> round(argon.rms_radius(cevns.Nuclide("40Ar")), 6)
    3.39638
    """

    radius: float | None = None
    diffuseness: float = 0.52

    _NAME = "two-parameter Fermi"

    def __post_init__(self) -> None:
        set_lengths(self, "radius", "diffuseness")
        if self.radius is not None:
            least = _LEAST_RATIO * self.diffuseness
            length(self._NAME, self.radius, "radius", least, f" with a diffuseness of {self.diffuseness:g} fm")

    @classmethod
    def from_rms(cls, radius: float, diffuseness: float = 0.52) -> Self:
        """The density of an rms radius and a diffuseness [fm]: c solves for it."""
        diffuseness = length(cls.__name__, diffuseness, "diffuseness")
        return cls._of_rms(radius, cls(diffuseness=diffuseness))

    @classmethod
    def _of_rms(cls, radius: float, model: Self) -> Self:
        """The model with the half-density radius that gives the rms radius."""
        a = model.diffuseness
        target = length(cls._NAME, radius, "radius")
        # Downwards from beyond √(5/3) r, a sphere's: with a depression only the upper branch of r(c) is that of a nucleus.
        c, rms = 4 * target + a, math.inf
        while True:
            lower = max(0.93 * c, _LEAST_RATIO * a)
            if lower == c or model._norm(lower)[0] <= 0 or not target < (next_rms := model._rms(lower)) < rms:
                break
            c, rms = lower, next_rms
        if lower == c or model._norm(lower)[0] <= 0 or model._rms(lower) > target:
            length(cls._NAME, target, "radius", rms, f" with a diffuseness of {a:g} fm")
            return replace(model, radius=c)
        for _ in range(30):  # Newton, from above on a branch that rises; five steps do
            square, slope = model._square(c)
            step = (square - target**2) / slope
            c = max(c - step, lower)
            if abs(step) <= 2e-16 * c:
                break
        return replace(model, radius=c)

    def resized(self, radius: float, nuclide: HasMassNumber | str) -> FormFactor:
        """This density with another rms radius [fm] and the same diffuseness."""
        return self._of_rms(radius, self)

    @property
    def _depression(self) -> float:
        return 0.0

    def _half_density(self, nuclide: Any) -> float:
        if self.radius is not None:
            return self.radius
        return length(self._NAME, standard_half_density(nuclide), "radius", _LEAST_RATIO * self.diffuseness)

    def _key(self, nuclide: HasMassNumber) -> Any:
        return nuclide if self.radius is None else None

    def _norm(self, c: float) -> tuple[float, float]:
        """∫ r² ρ dr and its derivative by c, for ρ = (1 + w r²/c²) f."""
        w = self._depression
        (I2, D2), (I4, D4) = (_moment(order, c, self.diffuseness) for order in (2, 4))
        return I2 + w * I4 / c**2, D2 + w * (D4 - 2 * I4 / c) / c**2

    def _square(self, c: float) -> tuple[float, float]:
        """⟨r²⟩ and its derivative by c."""
        w = self._depression
        norm, norm_slope = self._norm(c)
        (I4, D4), (I6, D6) = (_moment(order, c, self.diffuseness) for order in (4, 6))
        if norm <= 0:
            raise InputError(f"depression of {w:g} leaves no density: its integral is negative")
        square = (I4 + w * I6 / c**2) / norm
        return square, (D4 + w * (D6 - 2 * I6 / c) / c**2 - square * norm_slope) / norm

    def _rms(self, c: float) -> float:
        return math.sqrt(self._square(c)[0])

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm], exact."""
        nuclide = named(nuclide)
        return self._rms(self._half_density(nuclide))

    def fourth_moment(self, nuclide: HasMassNumber | str) -> float:
        """⟨r⁴⟩ [fm⁴], exact."""
        nuclide = named(nuclide)
        c, a = self._half_density(nuclide), self.diffuseness
        return (_moment(6, c, a)[0] + self._depression * _moment(8, c, a)[0] / c**2) / self._norm(c)[0]

    def _size(self, nuclide: Any) -> float:
        return self._half_density(nuclide) + math.pi * self.diffuseness

    def _values(self, k: Array, nuclide: Any) -> Array:
        c, w = self._half_density(nuclide), self._depression
        first, second = _transforms(k, c, self.diffuseness)
        return (first + w * second / c**2 if w else first) / self._norm(c)[0]

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        # dF/dr = (dF/dc)/(dr/dc), F = ∫ρ(c)/N(c)
        c, w = self._half_density(nuclide), self._depression
        first, second = _transforms(k, c, self.diffuseness)
        first_slope, second_slope = _transforms(k, c, self.diffuseness, by_radius=True)
        norm, norm_slope = self._norm(c)
        form_factor = (first + w * second / c**2) / norm
        by_c = (first_slope + w * (second_slope - 2 * second / c) / c**2 - form_factor * norm_slope) / norm
        square, square_slope = self._square(c)
        return by_c * 2 * math.sqrt(square) / square_slope


@dataclass(frozen=True, repr=False)
class ThreeParameterFermi(TwoParameterFermi):
    """Three-parameter Fermi: ρ ∝ (1 + w r²/c²)/(1 + e^((r−c)/a)), its form factor by an exact series.

    Parameters
    ----------
    radius : float, optional
        c [fm]; c = 1.23 A^⅓ − 0.60 fm if not given. Not an rms radius: for that, `from_rms`.
    diffuseness : float
        a [fm]; 0.52 by default.
    depression : float
        w; positive where the density is lower in the centre, negative where it is higher. With w < 0 the density is negative
        for r > c/√−w, where it is exponentially small; the fits of electron scattering have it so.

    Raises
    ------
    InputError
        For a radius below a quarter of the diffuseness, or a depression that leaves no density.
    """

    depression: float = 0.0

    _NAME = "three-parameter Fermi"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "depression", real_number(self.depression, "depression"))
        if self.radius is not None and self._square(self.radius)[0] <= 0:
            raise InputError(f"depression of {self.depression:g} leaves no density: its mean square radius is negative")

    @classmethod
    def from_rms(cls, radius: float, diffuseness: float = 0.52, depression: float = 0.0) -> Self:
        """The density of an rms radius, a diffuseness [fm] and a depression: c solves for it."""
        return cls._of_rms(radius, cls(diffuseness=diffuseness, depression=depression))

    @property
    def _depression(self) -> float:
        return self.depression
