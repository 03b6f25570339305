"""Cumulative moments of a spectrum by brute force: the oracle of the compiled moments, and used for nothing else.

    Φ_k(x) = ∫_x^∞ φ(E) E^−k dE,    k = 0, 1, 2

Nothing in `rates` uses them. All functions return shape (3, …): the moments first, then the shape of `energy_min`. At x = 0 the
moments k = 1 and 2 exist only for spectra that vanish fast enough at E = 0; test them elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..constants import MUON_MASS
from ._types import Array
from .spectra import Component, integral, pion_line_energy, tabulated

ORDERS = (0, 1, 2)


def density_moments(energy_min: ArrayLike, component: Component) -> Array:
    """Return Φ_k of any component, lines included, by composite Gauss–Legendre quadrature split at its knots.

    For a spectrum that is analytic between its knots the error is 1e-14 of the moment or less: the nodes are positive and
    nothing cancels.

    Parameters
    ----------
    energy_min : array_like
        Lower limit x [MeV].
    component : Component
        The spectrum.
    """
    x = np.asarray(energy_min, dtype=np.float64)
    powers = (np.ones_like, lambda E: 1 / E, lambda E: 1 / E**2)
    moments = [[integral(component, power, float(lower)) for lower in x.ravel()] for power in powers]
    return np.array(moments).reshape((3, *x.shape))


def table_moments(
    energy_min: ArrayLike,
    energy: ArrayLike,
    values: ArrayLike,
    interpolation: str = "linear",
    lines: Sequence[tuple[float, float]] = (),
) -> Array:
    """Return Φ_k of a table.

    Linear tables and histograms by quadrature, segment by segment; loglog tables in closed form, which stays exact however
    steep a segment is: with φ = φ₁ (E/E₁)^p, L = ln(E₂/E₁) and s = p − k + 1,

        ∫ φ E^−k dE = φ₁ E₁^(1−k) L (e^(sL) − 1)/(sL)

    Parameters
    ----------
    energy_min : array_like
        Lower limit x [MeV].
    energy, values, interpolation
        As for `spectra.tabulated`.
    lines : sequence of (energy, weight)
        Lines beside the table.
    """
    table = tabulated(energy, values, interpolation)
    only_lines = Component(lines=tuple(lines))
    if interpolation != "loglog":
        return density_moments(energy_min, table) + density_moments(energy_min, only_lines)
    x = np.asarray(energy_min, dtype=np.float64)
    E = np.asarray(energy, dtype=np.float64)
    f = np.asarray(values, dtype=np.float64)
    total = density_moments(x, only_lines)
    for E1, E2, f1, f2 in zip(E[:-1], E[1:], f[:-1], f[1:], strict=True):
        if f1 <= 0 or f2 <= 0:
            continue
        p = np.log(f2 / f1) / np.log(E2 / E1)
        start = np.clip(x, E1, E2)
        L = np.log(E2 / start)
        for k in ORDERS:
            z = (p - k + 1) * L
            growth = np.where(z == 0, 1.0, np.expm1(z) / np.where(z == 0, 1.0, z))
            total[k] += f1 * (start / E1) ** p * start ** (1 - k) * L * growth
    return total


def table_moments_exact(energy_min: Sequence[float], energy: Sequence[float], values: Sequence[float], digits: int = 30) -> Any:
    """Return Φ_k of a linear table in `digits` decimal digits (mpmath), as three lists of numbers.

    With φ = a + bE in a segment from E₁ to E₂,

        k = 0: a(E₂−E₁) + b(E₂²−E₁²)/2      k = 1: a ln(E₂/E₁) + b(E₂−E₁)      k = 2: a(1/E₁−1/E₂) + b ln(E₂/E₁)

    in which a cancels against bE for narrow segments: hence the digits. The inputs are taken as the doubles that they are.

    Parameters
    ----------
    energy_min : sequence of float
        Lower limits x [MeV], above zero.
    energy, values : sequence of float
        The table.
    digits : int
        Working precision; the result has some ten fewer.
    """
    import mpmath  # type: ignore[import-untyped,unused-ignore]

    result: Any = [[], [], []]
    with mpmath.workdps(digits + 10):
        E = [mpmath.mpf(float(value)) for value in energy]
        f = [mpmath.mpf(float(value)) for value in values]
        for lower in energy_min:
            total = [mpmath.mpf(0)] * 3
            for i in range(len(E) - 1):
                start = max(E[i], mpmath.mpf(float(lower)))
                end = E[i + 1]
                if start >= end:
                    continue
                b = (f[i + 1] - f[i]) / (E[i + 1] - E[i])
                a = f[i] - b * E[i]
                log = mpmath.log(end / start)
                total[0] += a * (end - start) + b * (end**2 - start**2) / 2
                total[1] += a * log + b * (end - start)
                total[2] += a * (1 / start - 1 / end) + b * log
            for k in ORDERS:
                result[k].append(total[k])
    return result


def pion_decay_moments(energy_min: ArrayLike, flavor: str) -> Array:
    """Return Φ_k of the neutrinos of pion decay at rest in closed form; flavour "nue", "numubar" or "numu", integral 1.

    In x = 2E/m_μ the spectra are a x² − b x³ with (a, b) = (12, 12) for ν_e and (6, 4) for ν̄_μ:

        Φ_k = (2/m_μ)^k [a (1 − x^(3−k))/(3−k) − b (1 − x^(4−k))/(4−k)],        ν_μ: Φ_k = E₀^−k for E_min ≤ E₀

    Parameters
    ----------
    energy_min : array_like
        E_min [MeV].
    flavor : str
        Which of the three.
    """
    E_min = np.asarray(energy_min, dtype=np.float64)
    if flavor == "numu":
        E0 = pion_line_energy()
        return np.stack([np.where(E_min <= E0, E0**-k, 0.0) for k in map(float, ORDERS)])
    a, b = {"nue": (12, 12), "numubar": (6, 4)}[flavor]
    x = np.clip(2 * E_min / MUON_MASS, 0, 1)
    return np.stack(
        [(2 / MUON_MASS) ** k * (a * (1 - x ** (3 - k)) / (3 - k) - b * (1 - x ** (4 - k)) / (4 - k)) for k in ORDERS]
    )


def pinched_moments(energy_min: ArrayLike, mean_energy: float, pinching: float) -> Array:
    """Return Φ_k of the pinched spectrum of integral 1 in closed form, for α > 1.

        Φ_k = [(α+1)/⟨E⟩]^k Γ(α+1−k, x)/Γ(α+1),        x = (α+1) E_min/⟨E⟩

    Parameters
    ----------
    energy_min : array_like
        E_min [MeV].
    mean_energy : float
        ⟨E⟩ [MeV].
    pinching : float
        α.
    """
    from scipy import special  # type: ignore[import-untyped,unused-ignore]

    x = (pinching + 1) * np.asarray(energy_min, dtype=np.float64) / mean_energy
    return np.stack(
        [
            ((pinching + 1) / mean_energy) ** k
            * special.gammaincc(pinching + 1 - k, x)
            * np.exp(special.gammaln(pinching + 1 - k) - special.gammaln(pinching + 1))
            for k in ORDERS
        ]
    )
