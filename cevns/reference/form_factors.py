"""Nuclear form factors F(q): amplitudes with their sign, F(0) = 1, of q = √(2MT) in MeV and explicit lengths in fm.

A form factor is the Fourier transform of a normalised density,  F(q) = ∫ ρ(r) [sin(qr)/qr] 4πr² dr, so that
F = 1 − q²⟨r²⟩/6 + q⁴⟨r⁴⟩/120 − …; the functions `…_moments` give ⟨r²⟩ and ⟨r⁴⟩.

Measured against 80 digits for q from 1e-12 to 3300 MeV: relative error below 6e-16 where qR < 3 (2e-15 for the smallest radius
in use), absolute error below 2e-16 beyond, where F passes through its zeros.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from ..constants import HBAR_C
from ._quadrature import composite
from ._types import Array, Nuclide

# Below this argument the power series, above it the closed form, which loses 3/x² roundings there.
_SERIES_BELOW = 1.0
_SERIES_TERMS = 12


def _in_inverse_fm(q: ArrayLike) -> Array:
    return np.asarray(q, dtype=np.float64) / HBAR_C


def _ball_series(x2: Array) -> Array:
    """3 Σ (2n+2)/(2n+3)! (−x²)ⁿ: of x², for 3 (sin x − x cos x)/x³; of −x², for 3 (x cosh x − sinh x)/x³."""
    total = np.zeros_like(x2)
    for n in reversed(range(_SERIES_TERMS)):
        total = total * -x2 + 3 * (2 * n + 2) / math.factorial(2 * n + 3)
    return total


def _ball(x: Array) -> Array:
    """3 j₁(x)/x = 3 (sin x − x cos x)/x³."""
    large = np.abs(x) >= _SERIES_BELOW
    safe = np.where(large, x, 1.0)
    closed = 3 * (np.sin(safe) - safe * np.cos(safe)) / safe**3
    return np.where(large, closed, _ball_series(np.where(large, 0.0, x) ** 2))


def _skin(y: Array) -> Array:
    """y / sinh y, without overflow: 2y e^−y / (1 − e^−2y)."""
    safe = np.where(y > 0, y, 1.0)
    return np.where(y > 0, 2 * safe * np.exp(-safe) / -np.expm1(-2 * safe), 1.0)


def _coth_excess(y: Array) -> Array:
    """3 (y coth y − 1)/y², 1 at y = 0: the bracket of the symmetrised Fermi form factor without its cancellation."""
    large = y >= _SERIES_BELOW
    safe = np.where(large, y, 1.0)
    small = np.where(large, 0.0, y)
    closed = 3 * (safe / np.tanh(safe) - 1) / safe**2
    return np.where(large, closed, _ball_series(-(small**2)) * _skin(small))


def point(q: ArrayLike) -> Array:
    """Return 1: a nucleus without extension.

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    """
    return np.ones_like(np.asarray(q, dtype=np.float64))


def solid_sphere(q: ArrayLike, radius: float) -> Array:
    """Return the form factor of a sphere of constant density.

        F = 3 j₁(qR)/(qR) = 3 [sin(qR) − qR cos(qR)]/(qR)³

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    radius : float
        R [fm].
    """
    return _ball(_in_inverse_fm(q) * radius)


def helm(q: ArrayLike, radius: float, skin: float) -> Array:
    """Return the form factor of Helm: a solid sphere folded with a Gaussian surface.

        F = 3 j₁(qR₀)/(qR₀) · exp(−q²s²/2)

    Helm, Phys. Rev. 104 (1956) 1466; in this form Lewin and Smith, Astropart. Phys. 6 (1996) 87, eq. (4.7).

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    radius : float
        R₀, of the sphere [fm].
    skin : float
        s, standard deviation of the surface [fm].

    Examples
    --------
    >>> round(float(helm(50.0, *helm_lewin_smith(132))), 9)
    0.776268691
    """
    k = _in_inverse_fm(q)
    return _ball(k * radius) * np.exp(-((k * skin) ** 2) / 2)


def klein_nystrand(q: ArrayLike, radius: float, a: float) -> Array:
    """Return the form factor of Klein and Nystrand: a solid sphere folded with a Yukawa potential of range a.

        F = 3 j₁(qR)/(qR) · 1/(1 + q²a²)

    Klein and Nystrand, Phys. Rev. C 60 (1999) 014903.

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    radius : float
        R, of the sphere [fm].
    a : float
        Range of the Yukawa potential [fm].
    """
    k = _in_inverse_fm(q)
    return _ball(k * radius) / (1 + (k * a) ** 2)


def symmetrized_fermi(q: ArrayLike, c: float, a: float) -> Array:
    """Return the form factor of the symmetrised Fermi density.

        ρ(r) ∝ sinh(c/a) / [cosh(r/a) + cosh(c/a)]
        F = 3/{qc [(qc)² + (πqa)²]} · πqa/sinh(πqa) · [πqa sin(qc)/tanh(πqa) − qc cos(qc)]

    Sprung and Martorell, J. Phys. A 30 (1997) 6525. The bracket is a difference that vanishes as q³; with x = qc and y = πqa
    it is (y coth y − 1) sin x + (sin x − x cos x), which makes F a weighted mean of two regular functions:

        F = y/sinh y · {(πa)² · 3(y coth y − 1)/y² · sin x/x + c² · 3j₁(x)/x} / [c² + (πa)²]

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    c : float
        Radius at half density [fm].
    a : float
        Diffuseness [fm].
    """
    k = _in_inverse_fm(q)
    x = k * c
    y = math.pi * k * a
    sinc = np.sinc(x / math.pi)  # sin(x)/x
    surface = (math.pi * a) ** 2
    return _skin(y) * (surface * _coth_excess(y) * sinc + c**2 * _ball(x)) / (surface + c**2)


def gaussian(q: ArrayLike, rms: float) -> Array:
    """Return the form factor of a Gaussian density,  F = exp(−q²r²/6).

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    rms : float
        Root-mean-square radius r [fm].
    """
    return np.exp(-((_in_inverse_fm(q) * rms) ** 2) / 6)


def dipole(q: ArrayLike, rms: float) -> Array:
    """Return the form factor of an exponential density,  F = 1/(1 + q²r²/12)².

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    rms : float
        Root-mean-square radius r [fm].
    """
    return 1 / (1 + (_in_inverse_fm(q) * rms) ** 2 / 12) ** 2


def solid_sphere_moments(radius: float) -> tuple[float, float]:
    """Return ⟨r²⟩ = 3R²/5 [fm²] and ⟨r⁴⟩ = 3R⁴/7 [fm⁴]."""
    return 3 * radius**2 / 5, 3 * radius**4 / 7


def helm_moments(radius: float, skin: float) -> tuple[float, float]:
    """Return ⟨r²⟩ = 3R₀²/5 + 3s² [fm²] and ⟨r⁴⟩ = 3R₀⁴/7 + 6R₀²s² + 15s⁴ [fm⁴]."""
    return 3 * radius**2 / 5 + 3 * skin**2, 3 * radius**4 / 7 + 6 * radius**2 * skin**2 + 15 * skin**4


def klein_nystrand_moments(radius: float, a: float) -> tuple[float, float]:
    """Return ⟨r²⟩ = 3R²/5 + 6a² [fm²] and ⟨r⁴⟩ = 3R⁴/7 + 12a²R² + 120a⁴ [fm⁴]."""
    return 3 * radius**2 / 5 + 6 * a**2, 3 * radius**4 / 7 + 12 * a**2 * radius**2 + 120 * a**4


def symmetrized_fermi_moments(c: float, a: float) -> tuple[float, float]:
    """Return ⟨r²⟩ = 3c²/5 + 7(πa)²/5 [fm²] and ⟨r⁴⟩ = 3c⁴/7 + 18(πa)²c²/7 + 31(πa)⁴/7 [fm⁴]."""
    b = math.pi * a
    return (3 * c**2 + 7 * b**2) / 5, (3 * c**4 + 18 * b**2 * c**2 + 31 * b**4) / 7


def gaussian_moments(rms: float) -> tuple[float, float]:
    """Return ⟨r²⟩ = r² [fm²] and ⟨r⁴⟩ = 5r⁴/3 [fm⁴]."""
    return rms**2, 5 * rms**4 / 3


def dipole_moments(rms: float) -> tuple[float, float]:
    """Return ⟨r²⟩ = r² [fm²] and ⟨r⁴⟩ = 5r⁴/2 [fm⁴]."""
    return rms**2, 5 * rms**4 / 2


def helm_lewin_smith(A: int) -> tuple[float, float]:
    """Return (R₀, s) [fm] of Lewin and Smith, Astropart. Phys. 6 (1996) 87, section 4.

        s = 0.9    c = 1.23 A^⅓ − 0.60    a = 0.52    R₀² = c² + 7π²a²/3 − 5s²

    The root-mean-square radius is that of the symmetrised Fermi density with the same c and a. This is the default.
    """
    s = 0.9  # fm
    c, a = symmetrized_fermi_standard(A)
    return math.sqrt(c**2 + 7 * math.pi**2 * a**2 / 3 - 5 * s**2), s


def helm_engel(A: int) -> tuple[float, float]:
    """Return (R₀, s) [fm] of Engel, Phys. Lett. B 264 (1991) 114:  s = 0.5, R₀² = (1.2 A^⅓)² − 5s²."""
    s = 0.5  # fm
    return math.sqrt((1.2 * math.cbrt(A)) ** 2 - 5 * s**2), s


def helm_dukecevns(A: int) -> tuple[float, float]:
    """Return (R₀, s) [fm] of the program dukecevns:  s = 0.9, R₀ = 1.2 A^⅓, with no subtraction of the skin."""
    return 1.2 * math.cbrt(A), 0.9


def helm_from_rms(rms: float, skin: float = 0.9) -> tuple[float, float]:
    """Return (R₀, s) [fm] of a Helm density with a given root-mean-square radius:  R₀² = 5(r² − 3s²)/3.

    This is how analyses of COHERENT data use a measured radius: Cadeddu et al., Phys. Rev. Lett. 120 (2018) 072501.
    Raises ValueError if the skin alone is larger than the radius.
    """
    return math.sqrt(5 * (rms**2 - 3 * skin**2) / 3), skin


def klein_nystrand_coherent(A: int) -> tuple[float, float]:
    """Return (R, a) [fm] that COHERENT uses:  R = 1.2 A^⅓, a = 0.7.

    Its root-mean-square radius is 5 % above that of `helm_lewin_smith` (132Xe: 5.034 and 4.793 fm): 2 to 5 % in a rate at a
    spallation source.
    """
    return 1.2 * math.cbrt(A), 0.7


def klein_nystrand_adapted(rms: float) -> tuple[float, float]:
    """Return (R, a) [fm] with a given root-mean-square radius:  a = 0.7, R² = 5(r² − 6a²)/3."""
    a = 0.7  # fm
    return math.sqrt(5 * (rms**2 - 6 * a**2) / 3), a


def symmetrized_fermi_standard(A: int) -> tuple[float, float]:
    """Return (c, a) [fm] of the common parametrisation:  c = 1.23 A^⅓ − 0.60, a = 0.52."""
    return 1.23 * math.cbrt(A) - 0.60, 0.52


def symmetrized_fermi_thickness(A: int, thickness: float = 2.3) -> tuple[float, float]:
    """Return (c, a) [fm] with the diffuseness from the 90–10 % surface thickness t:  a = t/(4 ln 3), c = 1.23 A^⅓ − 0.60."""
    return 1.23 * math.cbrt(A) - 0.60, thickness / (4 * math.log(3))


def symmetrized_fermi_from_rms(rms: float, a: float = 0.52) -> tuple[float, float]:
    """Return (c, a) [fm] with a given root-mean-square radius:  c² = 5(r² − 7π²a²/5)/3."""
    return math.sqrt(5 * (rms**2 - 7 * math.pi**2 * a**2 / 5) / 3), a


# ---- densities, for the form factors that have no short formula: their Fourier transform, by quadrature ----------------------


def of_density(q: ArrayLike, density: Callable[[Array], Array], edges: ArrayLike) -> Array:
    """Return the form factor of a density, by its definition.

        F(q) = ∫ ρ(r) [sin(qr)/(qr)] r² dr / ∫ ρ(r) r² dr

    The rule of Gauss and Legendre with 20 nodes on panels: exact to rounding where the density is smooth within a panel and
    q times its width is below 10.

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV].
    density : callable
        ρ(r), of an array of radii in fm, in any unit.
    edges : array_like
        Ends of the panels [fm]; the density is zero beyond the last.
    """
    r, weight = composite(np.asarray(edges, dtype=np.float64))
    weight = weight * density(r) * r**2
    k = _in_inverse_fm(q)
    values = [np.sum(weight * np.sinc(x * r / math.pi)) for x in k.ravel()]
    return np.array(values).reshape(k.shape) / np.sum(weight)


def density_moments(density: Callable[[Array], Array], edges: ArrayLike) -> tuple[float, float]:
    """Return ⟨r²⟩ [fm²] and ⟨r⁴⟩ [fm⁴] of a density; arguments as for `of_density`."""
    r, weight = composite(np.asarray(edges, dtype=np.float64))
    weight = weight * density(r) * r**2
    return tuple(float(np.sum(weight * r**power) / np.sum(weight)) for power in (2, 4))  # type: ignore[return-value]


def fermi_density(r: Array, c: float, a: float, w: float = 0.0) -> Array:
    """Return ρ ∝ (1 + w r²/c²)/(1 + e^((r−c)/a)): two-parameter Fermi for w = 0, three-parameter otherwise. All in fm."""
    return (1 + w * (r / c) ** 2) * np.exp(-np.logaddexp(0, (r - c) / a))


def fourier_bessel_density(r: Array, coefficients: ArrayLike, R: float) -> Array:
    """Return ρ = Σ a_v j₀(vπr/R), v = 1, 2, …, 0 for r > R. De Vries et al., At. Data Nucl. Data Tables 36 (1987) 495."""
    terms = [a * np.sinc(v * r / R) for v, a in enumerate(np.asarray(coefficients), 1)]
    return np.where(r <= R, np.sum(terms, axis=0), 0.0)


def sum_of_gaussians_density(r: Array, radii: ArrayLike, fractions: ArrayLike, gamma: float) -> Array:
    """Return ρ = Σ Q_i [e^(−(r−R_i)²/γ²) + e^(−(r+R_i)²/γ²)]/[2π^(3/2) γ³ (1 + 2R_i²/γ²)].

    Sick, Nucl. Phys. A 218 (1974) 509.
    """
    total = np.zeros_like(r)
    for R, Q in zip(np.asarray(radii), np.asarray(fractions), strict=True):
        shell = np.exp(-(((r - R) / gamma) ** 2)) + np.exp(-(((r + R) / gamma) ** 2))
        total += Q * shell / (2 * math.pi**1.5 * gamma**3 * (1 + 2 * (R / gamma) ** 2))
    return total


def oscillator_density(r: Array, b: float, Z: int) -> Array:
    """Return ρ ∝ (1 + α r²/b²) e^(−r²/b²), α = (Z − 2)/3: two protons in the s shell, Z − 2 in the p shell."""
    return (1 + (Z - 2) / 3 * (r / b) ** 2) * np.exp(-((r / b) ** 2))


def moment_expansion(q: ArrayLike, r2: float, r4: float = 0.0, r6: float = 0.0) -> Array:
    """Return 1 − q²⟨r²⟩/6 + q⁴⟨r⁴⟩/120 − q⁶⟨r⁶⟩/5040, moments in fm², fm⁴, fm⁶."""
    k = _in_inverse_fm(q)
    return 1 - k**2 * r2 / 6 + k**4 * r4 / 120 - k**6 * r6 / 5040


def default(q: ArrayLike, nuclide: Nuclide) -> Array:
    """Return the form factor that is used where none is named: Helm with the parameters of Lewin and Smith."""
    return helm(q, *helm_lewin_smith(nuclide.A))
