"""Form factors as sums of published coefficients: Fourier–Bessel, sum of Gaussians, oscillator shells, moments.

Formulas
--------
`FourierBessel` form factor: F ∝ sin(qR)/(qR) Σ_v (−1)^v a_v/(v²π² − q²R²)
    H. de Vries et al., At. Data Nucl. Data Tables 36 (1987) 495
`SumOfGaussians` form factor: F = e^(−q²γ²/4) Σ_i Q_i [cos(qR_i) + (2R_i²/γ²) sin(qR_i)/(qR_i)]/(1 + 2R_i²/γ²)
    I. Sick, Nucl. Phys. A 218 (1974) 509
`HarmonicOscillator` form factor: F = [1 − α q²b²/(2(2 + 3α))] e^(−q²b²/4), α = (Z − 2)/3
    L. R. B. Elton, Nuclear Sizes (Oxford, 1961)
`MomentExpansion` form factor: F = 1 − q²⟨r²⟩/6 + q⁴⟨r⁴⟩/120 − q⁶⟨r⁶⟩/5040
    K. Patton et al., Phys. Rev. C 86 (2012) 024612
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from ... import constants
from ..._arguments import Array, digits, known_name, real_number, shown
from ..._immutable import sealing
from ...data.tables import rows
from ...errors import InputError, UnsupportedError
from ..nuclides import named, not_a_nuclide
from ._base import FormFactor, Formula, HasMassNumber, charge_radius, numbers, set_lengths
from ._functions import sinc


class _Coefficients(NamedTuple):
    """A Fourier–Bessel density: R [fm] and a_v [fm⁻³]."""

    radius: float
    values: tuple[float, ...]


@cache
@sealing
def _sets() -> dict[str, dict[str, _Coefficients]]:
    """The published sets, by nuclide and name, the one with the largest R first."""
    sets: dict[str, dict[str, _Coefficients]] = {}
    for row in rows("fourier_bessel.csv"):
        read = _Coefficients(float(row["radius"]), tuple(map(float, row["coefficients"].split())))
        sets.setdefault(row["nuclide"], {})[row["set"]] = read
    return {name: dict(sorted(of.items(), key=lambda item: -item[1].radius)) for name, of in sets.items()}


@dataclass(frozen=True, repr=False)
class FourierBessel(Formula):
    """Fourier–Bessel: the charge density that electron scattering measured, ρ = Σ a_v j₀(vπr/R) for r ≤ R.

        F = sin(qR)/(qR) · Σ (−1)^v a_v/(v²π² − q²R²) / Σ (−1)^v a_v/(v²π²)

    Divided by the integral of the density, which is Z only within the digits printed (0.02 %). For protons: the neutrons of a
    nucleus are not measured so.

    Parameters
    ----------
    set : str, optional
        Name of a published set; by default, of those of the nuclide the one with the largest R. `FourierBessel.sets()` lists
        them: H. de Vries, C. W. de Jager, C. de Vries, At. Data Nucl. Data Tables 36 (1987) 495.
    coefficients : sequence of float, optional
        Own a_v, from v = 1, in any unit; with `radius`, for every nuclide.
    radius : float, optional
        R [fm] of the own coefficients.

    Raises
    ------
    UnsupportedError
        When used: no set is known for the nuclide. None for xenon, iodine, caesium.
    UnknownNameError
        When used: the nuclide has no set of that name.

    Notes
    -----
    The data reach to q = nπ/R with n coefficients (`measured_to`; argon 1030 MeV). The formula has no pole and goes on beyond,
    where it is an extrapolation.

    Examples
    --------
    >>> import cevns
    >>> argon = cevns.Nuclide("40Ar")
    >>> round(cevns.form_factors.FourierBessel().rms_radius(argon), 5)
    3.42347
    """

    set: str | None = None
    coefficients: tuple[float, ...] | None = field(default=None, kw_only=True)
    radius: float | None = field(default=None, kw_only=True)

    if TYPE_CHECKING:

        def __init__(
            self, set: str | None = None, *, coefficients: ArrayLike | None = None, radius: float | None = None
        ) -> None: ...

    def __post_init__(self) -> None:
        set_lengths(self, "radius")
        if (self.coefficients is None) != (self.radius is None):
            raise InputError("coefficients and radius of a Fourier–Bessel density are given together")
        if self.coefficients is not None:
            numbers(self, "coefficients")
            if self.set is not None:
                raise InputError("a Fourier–Bessel density has either a set or coefficients of its own")
            if self.norm(None) <= 0:
                raise InputError("coefficients must be of a density with a positive integral")

    @staticmethod
    def sets() -> dict[str, tuple[str, ...]]:
        """Names of the published sets by nuclide, the default first."""
        return {nuclide: tuple(of) for nuclide, of in _sets().items()}

    def _density(self, nuclide: Any) -> _Coefficients:
        if self.coefficients is not None and self.radius is not None:
            return _Coefficients(self.radius, self.coefficients)
        name = getattr(nuclide, "name", None)
        if name is None:
            raise not_a_nuclide(nuclide)
        known = _sets().get(name)
        if known is None:
            raise UnsupportedError(f"no Fourier–Bessel set for {name}; there are sets for {', '.join(_sets())}")
        chosen = next(iter(known)) if self.set is None else known_name(self.set, known, f"Fourier–Bessel set of {name}")
        return known[chosen]

    def _key(self, nuclide: HasMassNumber) -> Any:
        return nuclide if self.coefficients is None else None

    def norm(self, nuclide: Any) -> float:
        """4π ∫ ρ r² dr = 4πR³ Σ (−1)^(v+1) a_v/(vπ)², the charge within the digits of the coefficients."""
        nuclide = named(nuclide)
        R, values = self._density(nuclide)
        return 4 * math.pi * R**3 * math.fsum(-((-1) ** v) * a / (v * math.pi) ** 2 for v, a in enumerate(values, 1))

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]."""
        nuclide = named(nuclide)
        R, values = self._density(nuclide)
        terms = (-((-1) ** v) * a * ((v * math.pi) ** -2 - 6 * (v * math.pi) ** -4) for v, a in enumerate(values, 1))
        square = 4 * math.pi * R**5 * math.fsum(terms) / self.norm(nuclide)
        if square <= 0:
            raise UnsupportedError("the mean square radius of this Fourier–Bessel density is negative")
        return math.sqrt(square)

    def measured_to(self, nuclide: HasMassNumber | str) -> float:
        """The largest q [MeV] that the coefficients describe, nπ/R."""
        nuclide = named(nuclide)
        R, values = self._density(nuclide)
        return len(values) * math.pi / R * constants.HBAR_C

    def _size(self, nuclide: Any) -> float:
        return self._density(nuclide).radius

    def _values(self, k: Array, nuclide: Any) -> Array:
        R, values = self._density(nuclide)
        x = k * R
        total = np.zeros_like(x)
        for v, a in enumerate(values, 1):
            pole = v * math.pi
            # sin(x) (−1)^v/(v²π² − x²)/x, near x = vπ as −[sin(x − vπ)/(x − vπ)]/(x + vπ)/x
            near = np.abs(x - pole) < 0.5
            away = sinc(x) * (-1) ** v / np.where(near, 1.0, pole**2 - x**2)
            total += a * np.where(near, -sinc(x - pole) / ((x + pole) * np.where(near, x, 1.0)), away)
        return total / math.fsum((-1) ** v * a / (v * math.pi) ** 2 for v, a in enumerate(values, 1))


@dataclass(frozen=True, repr=False)
class SumOfGaussians(Formula):
    """Sum of Gaussians: shells at radii R_i with charges Q_i, each as wide as a Gaussian of γ; own coefficients.

        ρ = Σ Q_i [e^(−(r−R_i)²/γ²) + e^(−(r+R_i)²/γ²)] / [2π^(3/2) γ³ (1 + 2R_i²/γ²)]
        F = e^(−q²γ²/4) Σ Q_i [cos(qR_i) + (2R_i²/γ²) sin(qR_i)/(qR_i)] / (1 + 2R_i²/γ²)

    I. Sick, Nucl. Phys. A 218 (1974) 509; coefficients in de Vries et al., At. Data Nucl. Data Tables 36 (1987) 495, where
    γ² = 2 RP²/3 of the RP printed.

    Parameters
    ----------
    radii : sequence of float
        R_i [fm], ≥ 0.
    fractions : sequence of float
        Q_i, ≥ 0, as many; divided by their sum, which must be 1 within 1 %.
    width : float
        γ [fm].

    Raises
    ------
    InputError
        For lists of different lengths, or fractions that do not add up to 1.
    """

    radii: tuple[float, ...]
    fractions: tuple[float, ...]
    width: float

    if TYPE_CHECKING:

        def __init__(self, radii: ArrayLike, fractions: ArrayLike, width: float) -> None: ...

    def __post_init__(self) -> None:
        n = len(numbers(self, "radii", "fm", minimum=0.0))
        fractions = numbers(self, "fractions", minimum=0.0)
        if len(fractions) != n:
            raise InputError(f"fractions must be as many as radii (got {len(fractions)} and {n})")
        if abs(math.fsum(fractions) - 1) > 0.01:
            raise InputError(f"fractions must add up to 1 within 0.01 (got {digits(math.fsum(fractions))})")
        set_lengths(self, "width")

    def _key(self, nuclide: HasMassNumber) -> Any:
        return None

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]: ⟨r²⟩ = 3γ²/2 + Σ Q_i R_i² (3 + κ_i)/(1 + κ_i), κ_i = 2R_i²/γ²."""
        shells = 0.0
        for R, Q in zip(self.radii, self.fractions, strict=True):
            ratio = 2 * (R / self.width) ** 2
            shells += Q * R**2 * (3 + ratio) / (1 + ratio)
        return math.sqrt(1.5 * self.width**2 + shells / math.fsum(self.fractions))

    def _size(self, nuclide: Any) -> float:
        return max(self.radii) + self.width

    def _values(self, k: Array, nuclide: Any) -> Array:
        total = np.zeros_like(k)
        for R, Q in zip(self.radii, self.fractions, strict=True):
            ratio = 2 * (R / self.width) ** 2
            total += Q * (np.cos(k * R) + ratio * sinc(k * R)) / (1 + ratio)
        return total * np.exp(-((k * self.width) ** 2) / 4) / math.fsum(self.fractions)


@dataclass(frozen=True, repr=False)
class HarmonicOscillator(Formula):
    """Harmonic oscillator for light nuclei, Z = 2 to 8: two protons in the s shell, the others in the p shell.

        ρ ∝ (1 + α r²/b²) e^(−r²/b²)    α = (Z − 2)/3
        F = [1 − α q²b²/(2(2 + 3α))] e^(−q²b²/4)

    Parameters
    ----------
    length : float, optional
        The oscillator length b [fm].
    radius : float, optional
        An rms radius [fm] instead, `from_rms` sets it. With neither, the nuclide's own charge radius.
    center_of_mass : bool
        Whether the motion of the centre of mass is taken out: F × e^(q²b²/4A). Off by default: a density fitted to data has
        none. With it ⟨r²⟩ is less by 3b²/2A.

    Raises
    ------
    UnsupportedError
        When used: for Z below 2 or above 8.

    Notes
    -----
    ⟨r²⟩ = (3b²/2)(2 + 5α)/(2 + 3α). L. R. B. Elton, Nuclear Sizes (Oxford, 1961).
    """

    length: float | None = None
    radius: float | None = None
    center_of_mass: bool = False

    def __post_init__(self) -> None:
        set_lengths(self, "length", "radius")
        if self.length is not None and self.radius is not None:
            raise InputError("a harmonic oscillator has either a length or a radius")
        if not isinstance(self.center_of_mass, bool):
            raise InputError(f"center_of_mass must be True or False (got {shown(self.center_of_mass)})")

    @classmethod
    def from_rms(cls, radius: float, center_of_mass: bool = False) -> Self:
        """The oscillator density of an rms radius [fm]."""
        return cls(radius=radius, center_of_mass=center_of_mass)

    def resized(self, radius: float, nuclide: HasMassNumber | str) -> FormFactor:
        """This density with another rms radius [fm]."""
        return HarmonicOscillator(radius=radius, center_of_mass=self.center_of_mass)

    @staticmethod
    def _alpha(nuclide: Any) -> float:
        try:
            Z = nuclide.Z
        except AttributeError:
            raise not_a_nuclide(nuclide) from None
        if not 2 <= Z <= 8:
            raise UnsupportedError(f"the harmonic oscillator is for nuclei with Z from 2 to 8 (got {nuclide.name}, Z = {Z})")
        return float((Z - 2) / 3)

    def _square_per_length(self, nuclide: Any) -> float:
        """⟨r²⟩/b²."""
        alpha = self._alpha(nuclide)
        return 1.5 * (2 + 5 * alpha) / (2 + 3 * alpha) - (1.5 / nuclide.A if self.center_of_mass else 0.0)

    def _length(self, nuclide: Any) -> float:
        per = math.sqrt(self._square_per_length(nuclide))
        return self.length if self.length is not None else (self.radius or charge_radius(nuclide)) / per

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]."""
        nuclide = named(nuclide)
        return self._length(nuclide) * math.sqrt(self._square_per_length(nuclide))

    def _size(self, nuclide: Any) -> float:
        return 2 * self._length(nuclide)

    def _values(self, k: Array, nuclide: Any) -> Array:
        alpha, z = self._alpha(nuclide), (k * self._length(nuclide)) ** 2
        recoil = 1 - 1 / nuclide.A if self.center_of_mass else 1.0
        return (1 - alpha * z / (2 * (2 + 3 * alpha))) * np.exp(-z * recoil / 4)

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        # F is a function of (k r)² only: ∂F/∂r = (2z/r) dF/dz
        alpha, z = self._alpha(nuclide), (k * self._length(nuclide)) ** 2
        recoil = 1 - 1 / nuclide.A if self.center_of_mass else 1.0
        slope = alpha / (2 * (2 + 3 * alpha))
        by_z = -(slope + (1 - slope * z) * recoil / 4) * np.exp(-z * recoil / 4)
        return 2 * z / self.rms_radius(nuclide) * by_z


# The last term kept where `MomentExpansion` ends: of alternating terms that fall, the sum is wrong by less than that.
_LAST_TERM = 0.01


@dataclass(frozen=True, repr=False)
class MomentExpansion(Formula):
    """The expansion in moments of the density, for small q without a model:

        F = 1 − q²⟨r²⟩/6 + q⁴⟨r⁴⟩/120 − q⁶⟨r⁶⟩/5040

    K. Patton, J. Engel, G. C. McLaughlin, N. Schunck, Phys. Rev. C 86 (2012) 024612, after P. S. Amanik and G. C. McLaughlin.

    Parameters
    ----------
    r2 : float
        ⟨r²⟩ [fm²].
    r4, r6 : float, optional
        ⟨r⁴⟩ [fm⁴], ⟨r⁶⟩ [fm⁶]; r6 only with r4.
    end : float, optional
        Largest q [MeV]. By default where the last term kept is 0.01: the terms alternate and fall, so F is wrong by less. For
        argon with three moments about 90 MeV, with ⟨r²⟩ alone 14 MeV.

    Raises
    ------
    InputError
        For moments that no density has (⟨r⁴⟩ < ⟨r²⟩²; ⟨r⁶⟩⟨r²⟩ < ⟨r⁴⟩²).

    Notes
    -----
    A polynomial says nothing beyond its end: a call with a larger q is refused, and a rate that needs one is not finite.
    """

    r2: float
    r4: float | None = None
    r6: float | None = None
    end: float | None = None

    def __post_init__(self) -> None:
        for name, unit in (("r2", "fm²"), ("r4", "fm⁴"), ("r6", "fm⁶")):
            value = getattr(self, name)
            if value is not None or name == "r2":
                object.__setattr__(self, name, real_number(value, name, unit=unit, minimum=0.0, above=True))
        if self.r6 is not None and self.r4 is None:
            raise InputError("r6 is given without r4")
        if self.r4 is not None and self.r4 < self.r2**2:
            raise InputError(f"r4 must be >= r2² = {self.r2**2:g} fm^4, as of any density (got {digits(self.r4)})")
        if self.r6 is not None and self.r4 is not None and self.r6 * self.r2 < self.r4**2:
            raise InputError(f"r6 must be >= r4²/r2 = {self.r4**2 / self.r2:g} fm^6, as of any density (got {digits(self.r6)})")
        if self.end is not None:
            object.__setattr__(self, "end", real_number(self.end, "end", unit="MeV", minimum=0.0, above=True))

    def _key(self, nuclide: HasMassNumber) -> Any:
        return None

    def maximum(self, nuclide: HasMassNumber | str) -> float:
        """The largest q [MeV]: the one given, else where the last term kept is 0.01."""
        if self.end is not None:
            return self.end
        *_, (power, coefficient) = self._terms()
        return float((_LAST_TERM / abs(coefficient)) ** (1 / power) * constants.HBAR_C)

    def _terms(self) -> list[tuple[int, float]]:
        factors = ((2, self.r2, -6), (4, self.r4, 120), (6, self.r6, -5040))
        return [(power, moment / factor) for power, moment, factor in factors if moment is not None]

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]: √⟨r²⟩."""
        return math.sqrt(self.r2)

    def _size(self, nuclide: Any) -> float:
        return math.sqrt(self.r2)

    def _values(self, k: Array, nuclide: Any) -> Array:
        total = np.ones_like(k)
        for power, coefficient in self._terms():
            total = total + coefficient * k**power
        return total
