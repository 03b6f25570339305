"""Elastic scattering of neutrinos on electrons, free or bound, by quadrature of flux times cross section.

    dσ/dT = (2 G_F² m_e/π) [g_L² + g_R² (1 − T/E)² − g_L g_R m_e T/E²]        0 ≤ T ≤ 2E²/(m_e + 2E)

with g_L = ½ + sin²θ_W for ν_e, −½ + sin²θ_W for ν_μ and ν_τ, and g_R = sin²θ_W; antineutrinos exchange the two. 't Hooft, Phys.
Lett. B 37 (1971) 195. The sign of the last term is minus: with g_V = g_L + g_R and g_A = g_L − g_R it is −(g_V² − g_A²) m_e
T/E² in (G_F² m_e/2π) [...].

Bound electrons answer as free ones if the energy transfer suffices: Z → Z_eff(T) = Σ_i n_i θ(T − B_i).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from ..constants import DAY, ELECTRON_MASS, KEV, WEAK_CROSS_SECTION, WEAK_MIXING_ANGLE
from ._types import Array
from .spectra import Component, integral

Electrons = Callable[[Array], Array]  # electrons per kg that answer at T [keV]


def couplings(flavor: str, weak_mixing_angle: float = WEAK_MIXING_ANGLE) -> tuple[float, float]:
    """Return (g_L, g_R) of the electron for a flavour such as "nuebar"."""
    left = weak_mixing_angle + (0.5 if flavor in ("nue", "nuebar") else -0.5)
    return (weak_mixing_angle, left) if flavor.endswith("bar") else (left, weak_mixing_angle)


def recoil_energy_max(neutrino_energy: ArrayLike) -> Array:
    """Return T_max = 2E²/(m_e + 2E) [keV] of E [MeV]."""
    E = np.asarray(neutrino_energy, dtype=np.float64)
    return 2 * E**2 / (ELECTRON_MASS + 2 * E) / KEV


def neutrino_energy_min(recoil_energy: ArrayLike) -> Array:
    """Return E_min = (T + √(T² + 2 m_e T))/2 [MeV] of T [keV]."""
    T = KEV * np.asarray(recoil_energy, dtype=np.float64)
    return np.asarray((T + np.sqrt(T**2 + 2 * ELECTRON_MASS * T)) / 2)


def differential_cross_section(recoil_energy: ArrayLike, neutrino_energy: ArrayLike, left: float, right: float) -> Array:
    """Return dσ/dT [cm²/keV] of T [keV] and E [MeV] > 0, which broadcast, with real couplings g_L and g_R."""
    T, E = KEV * np.asarray(recoil_energy, dtype=np.float64), np.asarray(neutrino_energy, dtype=np.float64)
    bracket = left**2 + right**2 * (1 - T / E) ** 2 - left * right * ELECTRON_MASS * T / E**2
    return np.where(recoil_energy_max(E) * KEV >= T, 2 * WEAK_CROSS_SECTION * ELECTRON_MASS * KEV * bracket, 0.0)


def cross_section(
    neutrino_energy: ArrayLike, left: float, right: float, threshold: float = 0.0, maximum: float = np.inf
) -> Array:
    """Return σ [cm²] of recoils between `threshold` and `maximum` [keV], the antiderivative of dσ/dT.

    (2 G_F² m_e/π) [g_L² T − g_R² (E/3) (1 − T/E)³ − g_L g_R m_e T²/2E²]
    """
    E = np.asarray(neutrino_energy, dtype=np.float64)

    def antiderivative(T: Array) -> Array:
        return np.asarray(left**2 * T - right**2 * E / 3 * (1 - T / E) ** 3 - left * right * ELECTRON_MASS * T**2 / (2 * E**2))

    end = KEV * np.minimum(recoil_energy_max(E), maximum)
    start = np.minimum(KEV * threshold, end)
    return 2 * WEAK_CROSS_SECTION * ELECTRON_MASS * (antiderivative(end) - antiderivative(start))


def effective_electrons(recoil_energy: ArrayLike, binding_energy: ArrayLike, electrons: ArrayLike) -> Array:
    """Return Z_eff(T) = Σ n_i θ(T − B_i) of T and B_i [keV]."""
    T = np.asarray(recoil_energy, dtype=np.float64)[..., np.newaxis]
    return np.asarray(np.sum(np.asarray(electrons) * (np.asarray(binding_energy) <= T), axis=-1))


def differential_rate(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    electrons: Electrons,
    left: Sequence[float],
    right: Sequence[float],
    per: str = "s",
) -> Array:
    """Return dR/dT per kg, day and keV by Gauss–Legendre quadrature from E_min(T), split at the knots.

    Parameters
    ----------
    recoil_energy : array_like
        T [keV], of one dimension.
    components : sequence of Component
        The flux, per cm² and s (or burst), one component a flavour.
    electrons : callable
        Electrons per kg that answer at recoil energies [keV].
    left, right : sequence of float
        g_L and g_R of each component.
    per : {"s", "burst"}
        Unit of the flux.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for i, t in enumerate(T):
        lower = float(neutrino_energy_min(t))
        for component, gl, gr in zip(components, left, right, strict=True):

            def section(E: Array, t: float = t, gl: float = gl, gr: float = gr) -> Array:
                return differential_cross_section(t, E, gl, gr)

            rate[i] += integral(component, section, lower)
    return {"s": DAY, "burst": 1.0}[per] * electrons(T) * rate


def binned_rate(
    edges: ArrayLike,
    components: Sequence[Component],
    electrons: Electrons,
    left: Sequence[float],
    right: Sequence[float],
    steps: ArrayLike = (),
    per: str = "s",
) -> Array:
    """Return the rate per kg and day in each bin:  ∫ φ(E) σ(E; T₁ < T < T₂) dE times the electrons, between their steps.

    Parameters
    ----------
    edges : array_like
        Increasing recoil energies [keV].
    components, electrons, left, right, per
        As for `differential_rate`.
    steps : array_like
        Recoil energies [keV] at which the number of electrons changes.
    """
    edges = np.asarray(edges, dtype=np.float64)
    steps = np.asarray(steps, dtype=np.float64)
    rates = np.zeros(edges.size - 1)
    for i, (low, high) in enumerate(pairwise(edges)):
        for start, end in pairwise([low, *sorted(set(steps[(steps > low) & (steps < high)].tolist())), high]):
            number = float(electrons(np.array([(start + end) / 2]))[0])
            lower, kink = float(neutrino_energy_min(start)), float(neutrino_energy_min(end))
            for component, gl, gr in zip(components, left, right, strict=True):

                def section(E: Array, start: float = start, end: float = end, gl: float = gl, gr: float = gr) -> Array:
                    return cross_section(E, gl, gr, start, end)

                rates[i] += number * integral(component, section, lower, [kink])
    return {"s": DAY, "burst": 1.0}[per] * rates


def differential_rate_grid(
    recoil_energy: ArrayLike,
    components: Sequence[Component],
    electrons: Electrons,
    left: Sequence[float],
    right: Sequence[float],
    per: str = "s",
    points: int = 1000,
) -> Array:
    """Return dR/dT per kg, day and keV as a user computes it today: a grid in T and E, and the trapezoidal rule.

    Parameters
    ----------
    recoil_energy, components, electrons, left, right, per
        As for `differential_rate`.
    points : int
        Neutrino energies, evenly spaced over each component.
    """
    T = np.asarray(recoil_energy, dtype=np.float64)
    rate = np.zeros(T.size)
    for component, gl, gr in zip(components, left, right, strict=True):
        if component.density is not None:
            E = np.linspace(max(component.knots[0], 1e-9), component.knots[-1], points)
            integrand = component.density(E) * differential_cross_section(T[:, np.newaxis], E, gl, gr)
            rate += np.sum((integrand[:, 1:] + integrand[:, :-1]) / 2 * np.diff(E), axis=1)
        for energy, weight in component.lines:
            rate += weight * differential_cross_section(T, energy, gl, gr)
    return {"s": DAY, "burst": 1.0}[per] * electrons(T) * rate
