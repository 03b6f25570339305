"""The running weak mixing angle, and the loops that make it run.

A loop of a particle of mass m between photon and Z grows with the momentum transfer Q as ln(m² + x(1−x)Q²), averaged over x:
far below the mass nothing happens, far above the logarithm of Q takes over. The same function describes how the charge radius
of a neutrino, a loop of its charged lepton, fades at large Q (`cevns.interactions.couplings`).

Formulas
--------
running mixing angle, `weak_mixing_angle`: sin²θ_W(Q) = sin²θ_W(0) − f ŝ² [κ(0) − κ(Q)]
    A. Czarnecki, W. J. Marciano, Int. J. Mod. Phys. A 15 (2000) 2365
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from .. import constants
from .._arguments import Array, real_array, restore
from .._typed import Like, Many, Number, Values

LEPTON_MASSES = (constants.ELECTRON_MASS, constants.MUON_MASS, constants.TAU_MASS)

_SWITCH = 1.0  # of t = Q²/m²: below, power series (radius of convergence 4); above, closed forms, which lose no digit there


def _horner(coefficients: tuple[float, ...], t: Array) -> Array:
    total = np.full_like(t, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * t + coefficient
    return total


def _piecewise(t: Array, below: Callable[[Array], Array], above: Callable[[Array], Array]) -> Array:
    out = np.empty_like(t)
    small = t < _SWITCH
    out[small] = below(t[small])
    out[~small] = above(t[~small])
    return out


@cache
def _log_loop_series() -> tuple[float, ...]:
    # 6 (−1)ⁿ⁺¹/n B(n+2, n+2): the next term at the switch is 28th, below 1e-19
    terms = (6 * (-1) ** (n + 1) / n * math.factorial(n + 1) ** 2 / math.factorial(2 * n + 3) for n in range(1, 28))
    return (0.0, *terms)


def log_loop(t: Array) -> Array:
    """J(t) = 6 ∫₀¹ x(1−x) ln[1 + x(1−x) t] dx for t = Q²/m² ≥ 0: how the logarithm of a loop grows with Q.

    J = 4/t − 5/3 + (1 − 2/t) 2y coth y with t = 4 sinh² y; t/5 for small t, ln t − 5/3 for large. Error below 1e-15 max(1, J).
    """

    def closed(t: Array) -> Array:
        y = np.arcsinh(np.sqrt(t) / 2)
        return 4 / t - 5 / 3 + (1 - 2 / t) * (2 * y / np.tanh(y))

    return _piecewise(t, lambda t: _horner(_log_loop_series(), t), closed)


def squared_ratio(q: ArrayLike, mass: float) -> Array:
    """t = Q²/m² of momentum transfers Q and a mass m in the same unit."""
    return np.asarray(np.square(np.asarray(q, dtype=np.float64) / mass))


# (mass, colours, electric charge, third component of the weak isospin) of what runs in the loop between photon and Z, without
# top.
_FERMIONS = (
    *((mass, 1, -1.0, -0.5) for mass in LEPTON_MASSES),
    *((constants.EFFECTIVE_QUARK_MASSES[quark], 3, 2 / 3, 0.5) for quark in "uc"),
    *((constants.EFFECTIVE_QUARK_MASSES[quark], 3, -1 / 3, -0.5) for quark in "dsb"),
)


def _fermion_loops(q: Array) -> Array:
    """The sum over fermions in κ(Q²): ⅓ Σ N_c (T Q − 2 ŝ² Q²) [ln(m²/M_Z²) + J(Q²/m²)]."""
    total = np.zeros_like(q)
    for mass, colours, charge, isospin in _FERMIONS:
        weight = colours * (isospin * charge - 2 * constants.WEAK_MIXING_ANGLE_AT_Z_MASS * charge**2) / 3
        total += weight * (2 * math.log(mass / constants.Z_MASS) + log_loop(squared_ratio(q, mass)))
    return total


@cache
def _boson_series() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Coefficients of tⁿ in B(Q²) − B's logarithm, t = Q²/M_W²: those multiplied by ĉ², and the others.

    The closed form cancels to all digits for t → 0 (terms of order t⁻²), so that powers are summed exactly, from
    L² = 2 Σ (−1)ⁿ⁺¹ tⁿ/(n² C(2n,n)) and pL = (t + 4) Σ (−1)ⁿ⁺¹ tⁿ⁻¹/(n C(2n,n)).
    """
    from fractions import Fraction  # costs milliseconds at import

    order = 28  # the terms fall as 4⁻ⁿ at the switch
    bare = [Fraction((-1) ** (n + 1), n * math.comb(2 * n, n)) for n in range(1, order + 6)]  # of tⁿ⁻¹
    p_l = [4 * b + (bare[n - 1] if n else 0) for n, b in enumerate(bare)]
    l_2 = [Fraction(0), *(2 * b / (n + 1) for n, b in enumerate(bare))]
    with_cosine, without = [], []
    for n in range(order):
        h, h_next = (p_l[n] - 2 if n == 0 else p_l[n]) / 2, p_l[n + 1] / 2
        with_cosine.append(float(4 * h_next - 7 * h))
        without.append(
            float(-h / 6 - Fraction(2, 3) * h_next - p_l[n + 2] + Fraction(3, 2) * p_l[n + 1] - 2 * l_2[n + 2] + l_2[n + 3])
        )
    return tuple(with_cosine), tuple(without)


def _boson_loops(q: Array) -> Array:
    """B(Q²), the loops of W and Higgs ghosts in κ(Q²); error below 1e-14."""
    cosine = 1 - constants.WEAK_MIXING_ANGLE_AT_Z_MASS

    def series(t: Array) -> Array:
        with_cosine, without = _boson_series()
        return cosine * _horner(with_cosine, t) + _horner(without, t)

    def closed(t: Array) -> Array:
        z = 1 / t
        length = 2 * np.arcsinh(np.sqrt(t) / 2)  # L = ln[(p+1)/(p−1)]
        product = np.sqrt(1 + 4 * z) * length  # pL
        first: Array = (product / 2 - 1) * ((7 - 4 * z) * cosine + (1 + 4 * z) / 6)
        second: Array = z * (3 / 4 - z + (z - 3 / 2) * product + z * (2 - z) * length**2)
        return -first - second

    constant = -(42 * cosine + 1) / 12 * math.log(cosine) + 1 / 18
    return constant + _piecewise(squared_ratio(q, constants.W_MASS), series, closed)


def _loops(q: Array) -> Array:
    return _fermion_loops(q) + _boson_loops(q)


@cache
def _loops_at_ends() -> tuple[float, float]:
    at_zero, at_z_mass = _loops(np.array([0.0, constants.Z_MASS]))
    return float(at_zero), float(at_z_mass)


def fall_of_mixing_angle(q: Array) -> Array:
    """sin²θ_W(0) − sin²θ_W(Q), ≥ 0 below the Z mass."""
    at_zero, at_z_mass = _loops_at_ends()
    fall = constants.WEAK_MIXING_ANGLE - constants.WEAK_MIXING_ANGLE_AT_Z_MASS
    return (_loops(q) - at_zero) * (fall / (at_z_mass - at_zero))


@overload
def weak_mixing_angle(q: Number) -> float: ...
@overload
def weak_mixing_angle(q: Many) -> Array: ...
@overload
def weak_mixing_angle(q: Like) -> Values: ...
def weak_mixing_angle(q: ArrayLike) -> Values:
    """sin²θ_W(Q), running from 0.23857 at Q = 0 to 0.23122 at the Z mass; uncertain by 3e-4 between (hadronic loops).

    Parameters
    ----------
    q : array_like
        Momentum transfer [MeV], from 0 to the Z mass, 91187.6.

    Returns
    -------
    float or ndarray
        sin²θ_W, of the shape of `q`.

    Raises
    ------
    InputError
        For values outside.

    Notes
    -----
    sin²θ_W(Q) = 0.23857 − f · 0.23122 [κ(0) − κ(Q)] with κ = 1 − (α/2πŝ²) {⅓ Σ_f N_c (T_f Q_f − 2 ŝ² Q_f²) [ln(m_f²/M_Z²) +
    J(Q²/m_f²)] + B(Q²)} at one loop: A. Czarnecki and W. J. Marciano, Phys. Rev. D 53 (1996) 1066; Int. J. Mod. Phys. A 15
    (2000) 2365; with their effective quark masses. κ(0) = 1.02967 there is 1.0301 ± 0.0025 in the paper and 1.03232 ± 0.00029
    with higher orders; f = 1.1168 restores the values of the PDG at both ends. Between them the recipe is an interpolation:
    ±3e-4.

    This is the effective angle of a process at momentum transfer Q, not the MS-bar angle at scale μ, nor the on-shell (0.2229)
    or the effective leptonic one (0.2315). In CEvNS it replaces the charge radii and never joins
    them: see `cevns.interactions.couplings.one_scheme`.

    Examples
    --------
    >>> round(weak_mixing_angle(50.0), 7)
    0.2384135
    """
    checked = real_array(q, "q", unit="MeV", minimum=0.0, maximum=constants.Z_MASS)
    return restore(constants.WEAK_MIXING_ANGLE - fall_of_mixing_angle(np.atleast_1d(checked)), checked.shape)
