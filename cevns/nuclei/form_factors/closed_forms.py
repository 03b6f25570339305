"""Form factors in closed form, which the kernels compute: a kind, a squared radius and a squared width.

Formulas
--------
`Helm` form factor: F = 3j₁(qR₀)/(qR₀) exp(−q²s²/2)
    R. H. Helm, Phys. Rev. 104 (1956) 1466
    src_c/kernels/form_factors.h
`KleinNystrand` form factor: F = 3j₁(qR)/(qR)/(1 + q²a²)
    S. R. Klein, J. Nystrand, Phys. Rev. C 60 (1999) 014903
    src_c/kernels/form_factors.h
`SymmetrizedFermi` form factor: F = 3πqa/[qc ((qc)² + (πqa)²) sinh πqa] [πqa sin(qc)/tanh(πqa) − qc cos(qc)]
    D. W. L. Sprung, J. Martorell, J. Phys. A 30 (1997) 6525
    src_c/kernels/form_factors.h
`SolidSphere` form factor: F = 3j₁(qR)/(qR)
    Fourier transform of a sphere
    src_c/kernels/form_factors.h
`Gaussian` form factor: F = exp(−q²⟨r²⟩/6)
    Fourier transform of a Gaussian
    src_c/kernels/form_factors.h
`Dipole` form factor: F = 1/(1 + q²⟨r²⟩/12)²
    Fourier transform of an exponential
    src_c/kernels/form_factors.h
`Point` form factor: F = 1
    definition
    src_c/kernels/form_factors.h
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ... import constants
from ..._arguments import Array, canonical_name
from ..._core.form_factors import FormFactor as Kernel
from ...errors import InputError
from ..nuclides import named
from ._base import FormFactor, HasMassNumber, charge_radius, cube_root, length, set_lengths, standard_half_density
from ._functions import bessel_ratio, sinc, surface


class ClosedForm(FormFactor):
    """A form factor that the kernels know by name."""

    def _lengths(self, nuclide: HasMassNumber) -> tuple[str, float, float]:
        """The kernel's name, its squared radius and its squared width [fm²]."""
        raise NotImplementedError

    def _kernel(self, nuclide: HasMassNumber) -> Kernel:
        kind, radius_squared, width_squared = self._lengths(nuclide)
        per_mev = constants.HBAR_C**-2
        return Kernel(kind, radius_squared * per_mev, width_squared * per_mev)

    def resized(self, radius: float, nuclide: HasMassNumber | str) -> FormFactor:
        """This density with another rms radius [fm] and the same surface."""
        return replace(self, radius=radius)  # type: ignore[type-var]


def _sphere_by_rms(k: Array, radius_squared: float, rms: float) -> Array:
    """∂/∂r of 3j₁(kR)/(kR) where R² = (5/3)(r² − …): −(k²r/3) · 15 j₂(kR)/(kR)², regular at R = 0."""
    return -(k**2 * rms / 3) * 15 * bessel_ratio(2, k * math.sqrt(radius_squared))


@dataclass(frozen=True, repr=False)
class Helm(ClosedForm):
    """Helm: a solid sphere with a Gaussian surface, F = 3j₁(qR₀)/(qR₀) · exp(−q²s²/2).

    ⟨r²⟩ = 3R₀²/5 + 3s². Source: R. H. Helm, Phys. Rev. 104 (1956) 1466.

    Parameters
    ----------
    convention : {"lewin-smith", "engel", "dukecevns", "charge-radius"}
        The relation between R₀ and A. The default, which most dark-matter and CEvNS papers use, is
        "lewin-smith" (Astropart. Phys. 6 (1996) 87): R₀² = c² + (7/3)π²a² − 5s² with c = 1.23 A^⅓ − 0.60, a = 0.52, s = 0.9 fm,
        which has the rms radius of the symmetrised Fermi density;
        "engel" (Phys. Lett. B 264 (1991) 114): R₀² = (1.2 A^⅓)² − 5s², s = 0.5 fm;
        "dukecevns": R₀ = 1.2 A^⅓ with no subtraction, s = 0.9 fm, as that program has it;
        "charge-radius": the nuclide's own rms charge radius, R₀² = (5/3)(r_ch² − 3s²), s = 0.9 fm (Cadeddu et al., Phys. Rev.
        Lett. 120 (2018) 072501).
        Between them the flux-averaged cross section of CsI at a pion-decay-at-rest source changes by 3 %.
    skin : float, optional
        s [fm], instead of the convention's.
    radius : float, optional
        An rms radius [fm] for all nuclides, instead of the convention's; `from_rms` sets it. R₀² = (5/3)(r² − 3s²).

    Raises
    ------
    UnknownNameError
        For an unknown convention.
    InputError
        For a radius below √3 s, which no Helm density has.
    """

    convention: str = "lewin-smith"
    skin: float | None = None
    radius: float | None = None

    def __post_init__(self) -> None:
        conventions = ("lewin-smith", "engel", "dukecevns", "charge-radius")
        object.__setattr__(self, "convention", canonical_name(self.convention, conventions, "Helm convention"))
        set_lengths(self, "skin", "radius")
        if self.radius is not None:
            length("Helm", self.radius, "radius", math.sqrt(3.0) * self._skin, f" with a skin of {self._skin:g} fm")

    @classmethod
    def from_rms(cls, radius: float, skin: float = 0.9) -> Self:
        """The Helm density of an rms radius and a skin [fm]."""
        return cls(skin=skin, radius=radius)

    @property
    def _skin(self) -> float:
        if self.skin is not None:
            return self.skin
        return 0.5 if self.convention == "engel" else 0.9

    def _lengths(self, nuclide: HasMassNumber) -> tuple[str, float, float]:
        s2 = self._skin**2
        if self.radius is not None:
            R2 = (5 / 3) * (self.radius**2 - 3 * s2)
        elif self.convention == "lewin-smith":
            R2 = standard_half_density(nuclide) ** 2 + (7 / 3) * (math.pi * 0.52) ** 2 - 5 * s2
        elif self.convention == "charge-radius":
            least, why = math.sqrt(3.0) * self._skin, f" with a skin of {self._skin:g} fm"
            R2 = (5 / 3) * (length("Helm", charge_radius(nuclide), "charge radius", least, why) ** 2 - 3 * s2)
        elif self.convention == "engel":
            R2 = (1.2 * cube_root(nuclide)) ** 2 - 5 * s2
        else:
            R2 = (1.2 * cube_root(nuclide)) ** 2
        if R2 < 0:
            if self.radius is None and self.convention != "charge-radius":
                raise InputError(f"skin of {self._skin:g} fm is too thick for the {self.convention} radius of A = {nuclide.A}")
            R2 = 0.0  # rounding at radius = √3 s
        return "helm", R2, s2

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]: √(3R₀²/5 + 3s²)."""
        nuclide = named(nuclide)
        _, R2, s2 = self._lengths(nuclide)
        return math.sqrt(0.6 * R2 + 3 * s2)

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        _, R2, s2 = self._lengths(nuclide)
        return _sphere_by_rms(k, R2, self.rms_radius(nuclide)) * np.exp(-(k**2) * s2 / 2)


@dataclass(frozen=True, repr=False)
class KleinNystrand(ClosedForm):
    """Klein–Nystrand: a solid sphere folded with a Yukawa, F = 3j₁(qR)/(qR) / (1 + q²a²).

    ⟨r²⟩ = 3R²/5 + 6a². Source: S. R. Klein and J. Nystrand, Phys. Rev. C 60 (1999) 014903. COHERENT uses it with its defaults.

    Parameters
    ----------
    range : float
        a [fm], the range of the Yukawa; 0.7 by default.
    radius : float, optional
        An rms radius [fm] for all nuclides; `from_rms` sets it ("adapted": R² = 5r²/3 − 10a²). Otherwise R = 1.2 A^⅓ fm.

    Raises
    ------
    InputError
        For a radius below √6 a, which no such density has.
    """

    range: float = 0.7
    radius: float | None = None

    def __post_init__(self) -> None:
        set_lengths(self, "range", "radius")
        if self.radius is not None:
            length("Klein–Nystrand", self.radius, "radius", math.sqrt(6.0) * self.range, f" with a range of {self.range:g} fm")

    @classmethod
    def from_rms(cls, radius: float, range: float = 0.7) -> Self:
        """The Klein–Nystrand density of an rms radius and a range [fm]."""
        return cls(range=range, radius=radius)

    def _lengths(self, nuclide: HasMassNumber) -> tuple[str, float, float]:
        a2 = self.range**2
        if self.radius is not None:
            return "klein-nystrand", max(0.0, (5 / 3) * (self.radius**2 - 6 * a2)), a2
        return "klein-nystrand", (1.2 * cube_root(nuclide)) ** 2, a2

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]: √(3R²/5 + 6a²)."""
        nuclide = named(nuclide)
        _, R2, a2 = self._lengths(nuclide)
        return math.sqrt(0.6 * R2 + 6 * a2)

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        _, R2, a2 = self._lengths(nuclide)
        return _sphere_by_rms(k, R2, self.rms_radius(nuclide)) / (1 + k**2 * a2)


@dataclass(frozen=True, repr=False)
class SymmetrizedFermi(ClosedForm):
    """Symmetrised Fermi: ρ ∝ 1/(1 + e^((r−c)/a)) + 1/(1 + e^((−r−c)/a)) − 1, with a form factor in closed form:

        F = 3/(qc ((qc)² + (πqa)²)) · πqa/sinh(πqa) · [πqa sin(qc)/tanh(πqa) − qc cos(qc)]

    ⟨r²⟩ = 3c²/5 + 7(πa)²/5. It differs from the two-parameter Fermi density by e^(−c/a) only. Source: D. W. L. Sprung and
    J. Martorell, J. Phys. A 30 (1997) 6525; 31 (1998) 8973.

    Parameters
    ----------
    diffuseness : float
        a [fm]; 0.52 by default (Lewin and Smith). A surface thickness t = 2.3 fm is a = t/(4 ln 3) = 0.5234.
    radius : float, optional
        An rms radius [fm] for all nuclides; `from_rms` sets it: c² = (5/3)(r² − 7π²a²/5). Otherwise c = 1.23 A^⅓ − 0.60 fm.

    Raises
    ------
    InputError
        For a radius below √(7/5) πa, which no such density has.
    """

    diffuseness: float = 0.52
    radius: float | None = None

    def __post_init__(self) -> None:
        set_lengths(self, "diffuseness", "radius")
        if self.radius is not None:
            least = math.sqrt(1.4) * math.pi * self.diffuseness
            length("symmetrised Fermi", self.radius, "radius", least, f" with a diffuseness of {self.diffuseness:g} fm")

    @classmethod
    def from_rms(cls, radius: float, diffuseness: float = 0.52) -> Self:
        """The symmetrised Fermi density of an rms radius and a diffuseness [fm]."""
        return cls(diffuseness=diffuseness, radius=radius)

    @classmethod
    def from_thickness(cls, thickness: float = 2.3) -> Self:
        """The standard c with the diffuseness of a surface thickness t [fm] (density from 90 % to 10 %): a = t/(4 ln 3)."""
        return cls(diffuseness=length("symmetrised Fermi", thickness, "thickness") / (4 * math.log(3)))

    def _lengths(self, nuclide: HasMassNumber) -> tuple[str, float, float]:
        w2 = (math.pi * self.diffuseness) ** 2
        if self.radius is not None:
            return "symmetrized-fermi", max(0.0, (5 / 3) * (self.radius**2 - 1.4 * w2)), w2
        return "symmetrized-fermi", standard_half_density(nuclide) ** 2, w2

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]: √(3c²/5 + 7(πa)²/5)."""
        nuclide = named(nuclide)
        _, c2, w2 = self._lengths(nuclide)
        return math.sqrt(0.6 * c2 + 1.4 * w2)

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        # F = [w² E sin(x)/x + c² B] S/(w² + c²) with S = y/sinh y, SE = −3S′/y, B = 3j₁(x)/x; d(c²)/dr = 10r/3
        _, c2, w2 = self._lengths(nuclide)
        x = k * math.sqrt(c2)
        S, slope, _, _ = surface(k * math.sqrt(w2))
        SE, j1, j2 = -3 * slope, bessel_ratio(1, x), bessel_ratio(2, x)
        value = (w2 * SE * sinc(x) + 3 * c2 * S * j1) / (w2 + c2)
        by_c2 = (3 * S * j1 - k**2 * (w2 * SE * j1 + 3 * c2 * S * j2) / 2 - value) / (w2 + c2)
        return by_c2 * (10 / 3) * self.rms_radius(nuclide)


@dataclass(frozen=True, repr=False)
class _OneLength(ClosedForm):
    """A density with one length, given as an rms radius or taken from A as R = 1.2 A^⅓ fm for a sphere of radius R."""

    radius: float | None = None

    _kind = ""
    _radius_over_rms = 1.0  # the kernel's radius in units of the rms radius

    def __post_init__(self) -> None:
        set_lengths(self, "radius")

    @classmethod
    def from_rms(cls, radius: float) -> Self:
        """The density of an rms radius [fm]."""
        return cls(radius=radius)

    def _lengths(self, nuclide: HasMassNumber) -> tuple[str, float, float]:
        return self._kind, (self._radius_over_rms * self.rms_radius(nuclide)) ** 2, 0.0

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """Root-mean-square radius [fm]: the one given, else √(3/5) · 1.2 A^⅓."""
        nuclide = named(nuclide)
        return self.radius if self.radius is not None else math.sqrt(0.6) * 1.2 * cube_root(nuclide)


@dataclass(frozen=True, repr=False)
class SolidSphere(_OneLength):
    """A solid sphere, F = 3j₁(qR)/(qR) with ⟨r²⟩ = 3R²/5.

    Parameters
    ----------
    radius : float, optional
        An rms radius [fm] for all nuclides; otherwise R = 1.2 A^⅓ fm.
    """

    _kind = "sphere"
    _radius_over_rms = math.sqrt(5 / 3)

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        _, R2, _ = self._lengths(nuclide)
        return _sphere_by_rms(k, R2, self.rms_radius(nuclide))


@dataclass(frozen=True, repr=False)
class Gaussian(_OneLength):
    """A Gaussian density, F = exp(−q²⟨r²⟩/6).

    Parameters
    ----------
    radius : float, optional
        An rms radius [fm] for all nuclides; otherwise that of a sphere of radius 1.2 A^⅓ fm.
    """

    _kind = "gaussian"

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        r = self.rms_radius(nuclide)
        return -(k**2) * r / 3 * np.exp(-((k * r) ** 2) / 6)


@dataclass(frozen=True, repr=False)
class Dipole(_OneLength):
    """An exponential density, F = 1/(1 + q²⟨r²⟩/12)²: the shape of a single nucleon.

    Parameters
    ----------
    radius : float, optional
        An rms radius [fm] for all nuclides; otherwise that of a sphere of radius 1.2 A^⅓ fm.
    """

    _kind = "dipole"

    def _derivative(self, k: Array, nuclide: HasMassNumber) -> Array:
        r = self.rms_radius(nuclide)
        return -(k**2) * r / 3 / (1 + (k * r) ** 2 / 12) ** 3


@dataclass(frozen=True, repr=False)
class Point(ClosedForm):
    """A point, F = 1: full coherence at every q. Total cross sections are closed forms with it."""

    def _lengths(self, nuclide: HasMassNumber) -> tuple[str, float, float]:
        return "point", 0.0, 0.0

    def resized(self, radius: float, nuclide: HasMassNumber | str) -> FormFactor:
        """Refuses: a point has no radius."""
        raise self._no_radius()

    def rms_radius(self, nuclide: HasMassNumber | str) -> float:
        """0 fm."""
        return 0.0
